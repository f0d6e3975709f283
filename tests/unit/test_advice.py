"""Advice follows the decision table of dossier 2.2; areas by hand: 1 亩 = 2000/3 m²."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weipian_plugin.core.advice import Advice, Facts, advise, checklist
from weipian_plugin.core.advice_case import percent, show_mu
from weipian_plugin.core.areas import summarise
from weipian_plugin.core.model import Judgement, OverlayRow, Patch, Verdict
from weipian_plugin.core.proof import Evidence, LinkedEvidence
from weipian_plugin.core.rulepack import RulePack
from weipian_plugin.workbench.packs import load_pack

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "rules" / "chongqing-2023"
MU = 2000 / 3


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return load_pack(FOLDER)


def row(role: str, mu: float, code: str = "", *detail: dict[str, str]) -> OverlayRow:
    return OverlayRow("u", "P1", role, code, mu * MU, 0.0, detail=detail)


def facts(
    pack: RulePack, rows: list[OverlayRow], mu: float = 12.0, today: str = "2026-06-01", patch_type: str = "20",
    **answers: str,
) -> Facts:  # fmt: skip
    patch = Patch(
        "u", "P1", "b", area_m2=mu * MU, patch_type=patch_type, image_before="20251006", image_after="20260501"
    )
    summary = summarise(patch.area_m2, rows, pack.landuse) if rows else None
    return Facts(patch, summary, rows, today=today, answers=answers)


def ids(advice: Advice) -> set[str]:
    return set(advice.rule_ids)


CROP = row("landuse", 12.0, "0103")
CLEAR = [row("prime_farmland", 0), row("eco_redline", 0)]
NOTHING = [row(r, 0) for r in ("approval", "temp_land", "facility_agri", "approved_union")]


def test_no_overlay_is_doubt_never_no(pack):
    advice = advise(pack, facts(pack, []))
    assert advice.leaning is None
    assert advice.doubt
    assert advice.headline.startswith("存疑：缺少")
    assert "套合分析结果" in advice.missing


def test_no_geometry(pack):
    advice = advise(pack, facts(pack, [], mu=0))
    assert (advice.leaning, advice.doubt) == (None, True)
    assert "没有图形" in advice.headline


def test_unapproved_on_cropland_leans_illegal(pack):
    advice = advise(pack, facts(pack, [CROP, *CLEAR, *NOTHING]))
    assert (advice.leaning, advice.doubt) == ("illegal", False)
    assert advice.headline == "偏向违法（事实较充分）"
    texts = [r.text for r in advice.reasons]
    assert any("12.00 亩没有查到用地手续" in t for t in texts)
    assert any("占耕地 12.00 亩（100%）" in t for t in texts)
    assert any("达到 10 亩界限" in t for t in texts)  # 法释〔2000〕14号
    assert {"用地主体", "现场照片（带方位角）", "责令停止违法行为通知书"} <= set(advice.missing)


def test_absent_approval_layers_are_doubt(pack):
    advice = advise(pack, facts(pack, [CROP, *CLEAR]))
    assert advice.leaning is None
    assert "农转用批准范围图层" in advice.missing
    some = advise(pack, facts(pack, [CROP, *CLEAR, row("approval", 0), row("approved_union", 0)]))
    assert (some.leaning, some.doubt) == ("illegal", True)
    assert {"临时用地图层", "设施农用地图层"} <= set(some.missing)


def test_absent_landuse_is_doubt(pack):
    advice = advise(pack, facts(pack, [*CLEAR, *NOTHING]))
    assert advice.doubt
    assert "地类图斑（DLTB）图层" in advice.missing


def test_stock_construction_land_is_doubt(pack):
    advice = advise(pack, facts(pack, [row("landuse", 12, "0601"), *CLEAR, *NOTHING]))
    assert advice.leaning is None
    assert advice.doubt


OLD = {"PZSJ": "2024/3/1", "overlap_m2": "8000"}


def approved(mu: float, detail: dict[str, str] = OLD, supply: float = 12.0) -> list[OverlayRow]:
    return [row("approval", mu, "", detail), row("supply", supply, "", detail), row("approved_union", max(mu, supply))]


def test_fully_approved_in_time_leans_legal(pack):
    advice = advise(pack, facts(pack, [CROP, *CLEAR, *approved(12.0)]))
    assert (advice.leaning, advice.doubt, advice.sub_type) == ("legal", False, "conversion_and_supply")
    assert advice.headline == "偏向合法（批准图层覆盖 100%）"
    assert {"农转用（征收）批文", "供地手续"} <= set(advice.missing)
    assert "R-19" not in ids(advice)


@pytest.mark.parametrize(("gap", "leaning"), [(0.0009, "legal"), (0.0011, None)])
def test_tolerance_of_uncovered_area(pack, gap, leaning):
    """Dossier J2: 0.001 亩; one just above is a sliver to look at (R-16), not 违法 outright."""
    advice = advise(pack, facts(pack, [CROP, *CLEAR, *approved(12 - gap, supply=12 - gap)]))
    assert advice.leaning == leaning
    assert ("R-16" in ids(advice)) == (leaning is None)


def test_only_conversion_asks_for_supply(pack):
    rows = [CROP, *CLEAR, row("approval", 12, "", OLD), row("supply", 0), row("approved_union", 12)]
    advice = advise(pack, facts(pack, rows))
    assert (advice.leaning, advice.sub_type) == ("legal", "conversion_only")
    assert "供地手续" in advice.missing


def test_only_supply_asks_for_conversion(pack):
    rows = [CROP, *CLEAR, row("approval", 0), row("supply", 12, "", OLD), row("approved_union", 12)]
    advice = advise(pack, facts(pack, rows))
    assert advice.sub_type == "supply_only"
    assert "农转用批地手续" in advice.missing


@pytest.mark.parametrize(
    ("date", "built", "leaning", "doubt"),
    [
        ("20250930", "", "legal", False),  # before the earlier image
        ("2025年12月", "", "legal", True),  # between the images: when was it begun?
        ("2025-12-01", "2026-02-01", "legal", False),
        ("2026-02-01", "2025-12-01", "illegal", True),  # 未批先建
        ("2025-12-10", "2025-12", "legal", True),  # same month: cannot be told
        ("2026.5.20", "", "illegal", True),  # after the later image: 补办
        ("", "", "legal", True),
        ("不详", "", "legal", True),
    ],
)
def test_approval_date(pack, date, built, leaning, doubt):
    rows = [CROP, *CLEAR, *approved(12, {"pzsj": date})]
    advice = advise(pack, facts(pack, rows, built_on=built))
    assert (advice.leaning, advice.doubt) == (leaning, doubt)
    assert "R-04" in ids(advice)
    if not date:
        assert "批准时间" in advice.missing
    if leaning == "illegal":
        assert advice.sub_type == "unapproved"
        assert any("补办" in r.text for r in advice.reasons)
        assert any(r.display.endswith("（未经核实）") for r in advice.reasons if r.rule_id == "R-04")


def test_one_undated_feature_is_enough_for_doubt(pack):
    most = {**OLD, "overlap_m2": "7500"}
    rows = [CROP, *CLEAR, row("approval", 12, "", most, {"PZSJ": "", "overlap_m2": "500"}), row("approved_union", 12)]
    assert advise(pack, facts(pack, rows)).doubt
    sliver = [CROP, *CLEAR, row("approval", 12, "", most, {"PZSJ": "", "overlap_m2": "0.2"}), row("approved_union", 12)]
    assert not advise(pack, facts(pack, sliver)).doubt


def test_over_occupation(pack):
    rows = [CROP, *CLEAR, *approved(7, supply=7), row("temp_land", 0), row("facility_agri", 0)]
    advice = advise(pack, facts(pack, rows))
    assert (advice.leaning, advice.doubt, advice.sub_type) == ("illegal", True, "over_occupation")
    assert any("超出批准范围 5.00 亩" in r.text and "58.3%" in r.text for r in advice.reasons)


def test_document_smaller_than_the_patch(pack):
    advice = advise(pack, facts(pack, [CROP, *CLEAR, *approved(12)], doc_area="10"))
    assert advice.doubt
    assert any("多 2.00 亩" in r.text for r in advice.reasons)


def test_sum_of_approvals_without_union_is_not_trusted(pack):
    rows = [CROP, *CLEAR, row("approval", 6), row("supply", 6)]
    assert advise(pack, facts(pack, rows)).leaning is None


def test_patchwork_of_approvals(pack):
    rows = [CROP, *CLEAR, row("approval", 6, "", OLD), row("temp_land", 6), row("approved_union", 12)]
    advice = advise(pack, facts(pack, rows))
    assert (advice.leaning, advice.doubt) == (None, True)
    assert any("拆分" in m for m in advice.missing)


def test_prime_farmland_and_redline_are_high_and_doubt_a_favourable_leaning(pack):
    rows = [CROP, row("prime_farmland", 0.5), row("eco_redline", 0.2), *approved(12)]
    advice = advise(pack, facts(pack, rows))
    assert advice.leaning == "legal"
    assert advice.doubt
    assert [r.rule_id for r in advice.reasons[:2]] == ["R-07", "R-08"]
    assert advice.reasons[0].severity == "high"
    assert "0.50 亩" in advice.reasons[0].text


def test_missing_constraint_layers_are_named(pack):
    advice = advise(pack, facts(pack, [CROP, *NOTHING]))
    assert {"永久基本农田图层", "生态保护红线图层"} <= set(advice.missing)
    assert not {"R-07", "R-08"} & ids(advice)


@pytest.mark.parametrize(("prime", "words"), [(5.0, "达到 5 亩"), (4.5, "接近 5 亩"), (3.9, "")])
def test_penal_threshold_of_prime_farmland(pack, prime, words):
    rows = [row("landuse", 6, "0101"), row("prime_farmland", prime), row("eco_redline", 0), *NOTHING]
    advice = advise(pack, facts(pack, rows, mu=6))
    found = [r.text for r in advice.reasons if r.rule_id == "R-19"]
    assert (words in found[0]) if words else not found


def test_urban_boundary(pack):
    rows = [CROP, *CLEAR, *NOTHING, row("urban_boundary", 0)]
    assert any("不在城镇开发边界内" in r.text for r in advise(pack, facts(pack, rows)).reasons)
    assert "R-09" not in ids(advise(pack, facts(pack, [CROP, *CLEAR, *NOTHING])))


def temp(end: str = "", field: str = "YXQZ") -> list[OverlayRow]:
    return [CROP, *CLEAR, row("approval", 0), row("temp_land", 12, "", {field: end}), row("approved_union", 12)]


@pytest.mark.parametrize(
    ("end", "today", "leaning", "sub_type", "doubt"),
    [
        ("2027-01-01", "2026-06-01", "other", "temp_land", False),
        ("2026-06-01", "2026-06-01", "other", "temp_land", False),  # the last day still counts
        ("20260531", "2026-06-01", "illegal", "illegal_temp_land", True),
        ("", "2026-06-01", "other", "temp_land", True),
        ("2027-01-01", "", "other", "temp_land", True),
    ],
)
def test_temporary_land(pack, end, today, leaning, sub_type, doubt):
    advice = advise(pack, facts(pack, temp(end), today=today, patch_type="DT"))
    assert (advice.leaning, advice.sub_type, advice.doubt) == (leaning, sub_type, doubt)


def test_temporary_land_with_a_building(pack):
    advice = advise(pack, facts(pack, temp("2027-01-01"), patch_type="20"))
    assert advice.doubt
    assert any("永久建筑" in r.text for r in advice.reasons)


def facility(prime: float = 0, mu: float = 12) -> list[OverlayRow]:
    return [CROP, row("prime_farmland", prime), row("eco_redline", 0), row("approval", 0), row("temp_land", 0),
            row("facility_agri", mu), row("approved_union", mu)]  # fmt: skip


def test_facility(pack):
    advice = advise(pack, facts(pack, facility(), actual_use="看护房"))
    assert (advice.leaning, advice.sub_type, advice.doubt) == ("other", "facility_agri", False)
    assert "实地用途" in advise(pack, facts(pack, facility())).missing


def test_facility_on_prime_is_doubt_not_rejection(pack):
    advice = advise(pack, facts(pack, facility(prime=1), actual_use="连栋温室"))
    assert (advice.leaning, advice.doubt) == ("other", True)


@pytest.mark.parametrize(
    ("width", "leaning", "doubt"),
    [("2", "other", False), ("8.0", "other", False), ("8.1", "illegal", True), ("0.9", "illegal", True),
     ("", "other", True), ("很宽", "other", True), ("nan", "other", True)],
)  # fmt: skip
def test_rural_road(pack, width, leaning, doubt):
    advice = advise(pack, facts(pack, [CROP, *CLEAR, *NOTHING], patch_type="ND", road_width=width))
    assert (advice.leaning, advice.doubt) == (leaning, doubt)


def test_rural_road_by_land_use(pack):
    advice = advise(pack, facts(pack, [row("landuse", 12, "1006"), *CLEAR, *NOTHING], road_width="4"))
    assert advice.sub_type == "rural_road"
    assert {"R-13", "R-18"} <= ids(advice)


def test_photovoltaic(pack):
    on_crop = advise(pack, facts(pack, [CROP, *CLEAR, *NOTHING], patch_type="GF"))
    assert (on_crop.leaning, on_crop.sub_type, on_crop.doubt) == ("illegal", "illegal_pv", False)
    waste = [row("landuse", 12, "1206"), *CLEAR, *NOTHING]
    on_waste = advise(pack, facts(pack, waste, patch_type="GF"))
    assert (on_waste.leaning, on_waste.sub_type, on_waste.doubt) == ("other", "pv_unchanged", True)
    unknown = advise(pack, facts(pack, [row("landuse", 12, "1206"), *NOTHING], patch_type="GF"))
    assert "永久基本农田图层" in unknown.missing


def test_homestead(pack):
    rows = [CROP, *CLEAR, *NOTHING]
    unknown = advise(pack, facts(pack, rows, actual_use="村民自建房"))
    assert any(r.rule_id == "R-14" for r in unknown.reasons)
    none = advise(pack, facts(pack, [*rows, row("rural_house", 0)], actual_use="村民自建房", built_on="2024-05"))
    assert (none.leaning, none.sub_type) == ("illegal", "illegal_homestead")
    assert any("新增乱占耕地建房" in r.text for r in none.reasons)
    approved_house = [CROP, *CLEAR, row("rural_house", 12), row("approved_union", 12)]
    assert advise(pack, facts(pack, approved_house)).sub_type == "homestead"


def test_no_change(pack):
    said = advise(pack, facts(pack, [CROP, *CLEAR, *NOTHING], changed="否"))
    assert (said.leaning, said.sub_type) == ("other", "no_change")
    hint = advise(pack, facts(pack, [CROP, *CLEAR, *NOTHING], patch_type="03"))
    assert (hint.leaning, hint.doubt) == ("other", True)
    assert advise(pack, facts(pack, [CROP, *CLEAR, *NOTHING], patch_type="03", changed="是")).leaning == "illegal"


def test_use_differs(pack):
    advice = advise(pack, facts(pack, facility(), approved_use="养殖", actual_use="农家乐"))
    assert advice.doubt
    assert "R-05" in ids(advice)


def test_mining(pack):
    rows = [row("landuse", 12, "0301"), *CLEAR, *NOTHING]
    assert "矿业权图层" in advise(pack, facts(pack, rows, patch_type="CK")).missing
    beyond = advise(pack, facts(pack, [*rows, row("mining_right", 8)], patch_type="CK"))
    assert (beyond.leaning, beyond.sub_type) == ("illegal", "beyond_boundary")
    assert any("4.00 亩" in r.text for r in beyond.reasons)


def test_every_reason_is_traceable(pack):
    advice = advise(pack, facts(pack, [CROP, *CLEAR, *NOTHING]))
    for reason in advice.reasons:
        rule = pack.rules[reason.rule_id]
        assert (reason.clause, reason.source) == (rule.clause, rule.source)
        assert reason.severity in {"info", "warn", "high"}


def test_saved_answers_count_and_typed_ones_go_first(pack):
    base = facts(pack, [CROP, *CLEAR, *NOTHING], patch_type="ND")
    saved = replace(base, judgement=Judgement("u", None, answers={"road_width": "9"}))
    assert advise(pack, saved).leaning == "illegal"
    assert advise(pack, replace(saved, answers={"road_width": "4"})).leaning == "other"


@pytest.mark.parametrize(
    ("value", "shown"), [("0.0014", "0.001"), ("0.0004", "0.001"), ("0.125", "0.13"), ("12", "12.00"), ("0", "0.00")]
)
def test_small_areas_never_show_as_nothing(value, shown):
    assert show_mu(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [("11.9989", "12", "99.9"), ("12", "12", "100"), ("0.001", "12", "0.1"), ("0", "12", "0"), ("1", "0", "0")],
)
def test_percent_never_claims_the_whole(part, whole, shown):
    assert percent(Decimal(part), Decimal(whole)) == shown


# --- checklist ----------------------------------------------------------------------------------
def photo(purpose: str = "site_photo", looks: object = True, **values: object) -> LinkedEvidence:
    base = {"lon": 106.75, "lat": 29.78, "azimuth": 12.0, **values}
    return LinkedEvidence(Evidence("e", "photo", "0" * 64, "a.jpg", **base), purpose, looks_at=looks)


def document(purpose: str) -> LinkedEvidence:
    return LinkedEvidence(Evidence("d", "document", "1" * 64, "a.pdf"), purpose)


@pytest.mark.parametrize(
    ("link", "counts"),
    [
        (photo(), 1),
        (photo(azimuth=0.0), 1),  # true north is a direction
        (photo(purpose=""), 1),
        (photo(purpose="road_width_photo"), 1),
        (photo(looks=None), 1),
        (photo(looks=False), 0),
        (photo(azimuth=None), 0),
        (photo(lon=None), 0),
        (photo(purpose="interior_photo"), 0),
        (document("site_photo"), 0),
    ],
)
def test_site_photo_counts(pack, link, counts):
    items = checklist(pack, "other", "实地未变化", replace(facts(pack, []), evidence=[link]))
    (item,) = [i for i in items if i.id == "site_photo"]
    assert (item.have, item.done) == (counts, bool(counts))


def test_checklist_of_a_road(pack):
    given = replace(facts(pack, [CROP], road_width="4.5"), evidence=[photo("road_width_photo")])
    items = checklist(pack, Verdict.OTHER, "rural_road", given)
    assert [(i.id, i.done) for i in items] == [
        ("road_width_fact", True), ("road_width_photo", True), ("site_photo", True),
    ]  # fmt: skip


def test_checklist_documents_and_map(pack):
    given = replace(facts(pack, [CROP]), evidence=[document("approval_doc")])
    done = {i.id: i.done for i in checklist(pack, "legal", "conversion_and_supply", given)}
    assert done == {
        "approval_doc": True, "supply_doc": False, "doc_no_fact": False, "site_photo": False, "overlay_map": True,
    }  # fmt: skip
    without = {i.id: i.done for i in checklist(pack, "legal", "", facts(pack, []))}
    assert not without["overlay_map"]


def test_checklist_without_verdict_is_empty(pack):
    assert checklist(pack, None, "", facts(pack, [])) == ()
    assert checklist(pack, "", "", facts(pack, [])) == ()


ROLES = st.sampled_from(
    ["landuse", "prime_farmland", "eco_redline", "urban_boundary", "approval", "supply", "title", "temp_land",
     "facility_agri", "rural_house", "mining_right", "approved_union"]
)  # fmt: skip
WORDS = st.sampled_from(["", "否", "4", "9.5", "2025-12", "建房", "不详", "{area}"])
DETAIL = st.dictionaries(st.sampled_from(["PZSJ", "YXQZ", "overlap_m2", "{x}"]), WORDS, max_size=3)
ROWS = st.lists(
    st.builds(
        row, ROLES, st.floats(0, 12), st.sampled_from(["", "0101", "1006", "0601", "xx", "__gap__"]), DETAIL
    ),
    max_size=8,
)  # fmt: skip


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(
    rows=ROWS,
    patch_type=st.sampled_from(["", "20", "GF", "ND", "CK", "03", "gf"]),
    answers=st.dictionaries(
        st.sampled_from(["built_on", "road_width", "actual_use", "approved_use", "doc_area", "doc_date", "changed"]),
        WORDS,
    ),
    today=st.sampled_from(["", "2026-06-01"]),
)
def test_whatever_the_facts_advice_is_honest(rows, patch_type, answers, today):
    pack = load_once()
    advice = advise(pack, facts(pack, rows, today=today, patch_type=patch_type, **answers))
    assert advice.leaning in {None, "legal", "illegal", "other"}
    assert advice.headline
    assert advice.leaning or advice.doubt
    roles = {r.role for r in rows}
    if "landuse" not in roles:
        assert advice.doubt
    if advice.leaning == "legal":
        assert roles & {"approval", "supply", "title", "mining_right"}
    for reason in advice.reasons:
        assert reason.rule_id in pack.rules


@lru_cache(maxsize=1)
def load_once() -> RulePack:
    return load_pack(FOLDER)
