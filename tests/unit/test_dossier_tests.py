"""J1–J18 of dossier 2.2 one by one; inputs and expectations by hand from its text. 1 亩 = 2000/3 m²."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weipian_plugin.core.advice import Advice, Facts, advise
from weipian_plugin.core.areas import summarise
from weipian_plugin.core.guide import guide
from weipian_plugin.core.model import OverlayRow, Patch
from weipian_plugin.core.proof import Evidence, LinkedEvidence
from weipian_plugin.core.rulepack import RulePack
from weipian_plugin.workbench.packs import load_pack

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "rules"
MU = 2000 / 3


@lru_cache(maxsize=2)
def pack(name: str = "chongqing-2023") -> RulePack:
    return load_pack(FOLDER / name)


def row(role: str, mu: float, code: str = "", *detail: dict[str, str]) -> OverlayRow:
    return OverlayRow("u", "P1", role, code, mu * MU, 0.0, detail=detail)


def facts(
    rows: list[OverlayRow], mu: float = 6.0, patch_type: str = "20", today: str = "2026-06-01", **answers: str
) -> Facts:
    patch = Patch("u", "P1", "b", area_m2=mu * MU, patch_type=patch_type, image_before="2025-10-06",
                  image_after="2026-05-01")  # fmt: skip
    summary = summarise(patch.area_m2, rows, pack().landuse) if rows else None
    return Facts(patch, summary, tuple(rows), today=today, answers=answers)


def told(what: Facts, which: str = "chongqing-2023") -> Advice:
    return advise(pack(which), what)


def verdict(what: Facts) -> tuple[object, str, bool]:
    found = told(what)
    return found.leaning, found.sub_type, found.doubt


def said(what: Facts, rule: str) -> str:
    return "；".join(r.text for r in told(what).reasons if r.rule_id == rule)


def land(code: str = "0103", mu: float = 6.0) -> list[OverlayRow]:
    """Land use of the whole patch; 永农 and 红线 given and not met."""
    return [row("landuse", mu, code), row("prime_farmland", 0), row("eco_redline", 0)]


NONE = [row(role, 0) for role in ("approval", "supply", "title", "temp_land", "facility_agri", "approved_union")]


def covered(mu: float, *detail: dict[str, str], roles: tuple[str, ...] = ("approval", "supply")) -> list[OverlayRow]:
    given_roles = [row(role, mu, "", *detail) for role in roles]
    rest = [row(r, 0) for r in ("approval", "supply", "temp_land", "facility_agri") if r not in roles]
    return [*given_roles, *rest, row("approved_union", mu)]


EARLY = {"PZSJ": "2025-03-01"}


# ---- J1: nothing really changed -> 其他·实地未变化 with a current photo
@pytest.mark.parametrize(
    ("patch_type", "changed", "expected"),
    [("20", "否", ("other", "no_change", False)), ("03", "", ("other", "no_change", True)),
     ("03", "是", ("illegal", "", False)), ("20", "", ("illegal", "", False))],
)  # fmt: skip
def test_j1_real_change(patch_type, changed, expected):
    what = facts([*land(), *NONE], patch_type=patch_type, changed=changed)
    assert verdict(what) == expected
    if expected[0] == "other":
        assert "现场照片（带方位角）" in told(what).missing


# ---- J2: tolerance 0.001 亩 of uncovered ground
@pytest.mark.parametrize(("gap", "legal"), [(0.0, True), (0.001, True), (0.0012, False), (0.4, False)])
def test_j2_tolerance(gap, legal):
    assert (told(facts([*land(), *covered(6 - gap, EARLY)])).leaning == "legal") is legal


def test_j2_uncovered_slivers_are_counted():
    gaps = ({"gap_m2": "100", "gap_width_m": "2.5"}, {"gap_m2": "40", "gap_width_m": "1"})
    rows = [*land(), row("approval", 5.79), row("approved_union", 5.79, "", *gaps)]
    assert "未覆盖部分共 2 处，最大一处 0.15 亩、平均宽约 2.5 米" in said(facts(rows), "R-16")  # 100 m² × 0.0015


# ---- J3: which approvals there are
@pytest.mark.parametrize(
    ("roles", "sub_type", "lacking"),
    [(("approval", "supply"), "conversion_and_supply", ""), (("approval",), "conversion_only", "供地手续"),
     (("supply",), "supply_only", "农转用批地手续"), (("title",), "title", "")],
)  # fmt: skip
def test_j3_by_which(roles, sub_type, lacking):
    found = told(facts([*land(), *covered(6, EARLY, roles=roles)]))
    assert (found.leaning, found.sub_type) == ("legal", sub_type)
    assert not lacking or lacking in found.missing


# ---- J4: approval before building; images of 2025-10-06 and 2026-05-01 enclose it
@pytest.mark.parametrize(
    ("approved_on", "built", "expected"),
    [
        ("2025-10-01", "", ("legal", False)),  # before the earlier image: before anything was built
        ("2025-12-01", "", ("legal", True)),  # between the images: the time of building decides
        ("2025-12-01", "2026-01-15", ("legal", False)),
        ("2025-12-01", "2025-11-15", ("illegal", True)),  # 未批先建
        ("2026-05-20", "", ("illegal", True)),  # after the later image: 未批先建 whatever else
        ("2026-01", "2026-01", ("legal", True)),  # the same month: not known
        ("", "2026-01-15", ("legal", True)),
    ],
)
def test_j4_time(approved_on, built, expected):
    detail = {"PZSJ": approved_on} if approved_on else {}
    found = told(facts([*land(), *covered(6, detail)], built_on=built))
    assert (found.leaning, found.doubt) == expected
    if expected[0] == "illegal":
        assert found.sub_type == "unapproved"
        assert "未批先建" in said(facts([*land(), *covered(6, detail)], built_on=built), "R-04")


def test_j4_approval_of_a_house_after_it_was_built():
    rows = [*land(), *covered(6, {"PZSJ": "2026-05-20"}, roles=("rural_house",))]
    found = told(facts(rows, actual_use="住宅"))
    assert (found.leaning, found.sub_type, found.doubt) == ("illegal", "illegal_homestead", True)
    assert "动工时间与批准时间的核实情况" in found.missing


# ---- J5: use
@pytest.mark.parametrize(
    ("approved_use", "actual", "doubt"),
    [("工业用地", "农家乐", True), ("工业用地", "工业", False), ("住宅", "住宅用地", False), ("", "农家乐", False)],
)
def test_j5_use(approved_use, actual, doubt):
    what = facts([*land("0301"), *covered(6, EARLY)], approved_use=approved_use, actual_use=actual)
    assert (told(what).leaning, told(what).doubt) == ("legal", doubt)
    assert ("R-05" in told(what).rule_ids) is doubt


# ---- J6: extent and area
def test_j6_beyond_the_approved_outline():
    what = facts([*land(), *covered(4)], actual_use="厂房")
    assert verdict(what) == ("illegal", "over_occupation", True)
    assert "超出批准范围 2.00 亩" in said(what, "R-06")


@pytest.mark.parametrize(("doc_area", "over"), [("6", False), ("5.99", False), ("5.98", True), ("5", True)])
def test_j6_more_than_the_document(doc_area, over):
    """The identity tolerance of 0.01 亩 is no 超占."""
    what = facts([*land(), *covered(6, EARLY)], doc_area=doc_area)
    assert told(what).doubt is over


# ---- J7, J8, J10
def test_j7_prime_farmland_is_never_decided_by_the_software():
    rows = [row("landuse", 6, "0103"), row("prime_farmland", 1), row("eco_redline", 0)]
    pv = told(facts([*rows, *NONE], patch_type="GF"))
    assert (pv.leaning, pv.sub_type) == ("illegal", "illegal_pv")
    greenhouse = [*rows, *covered(6, roles=("facility_agri",))]
    assert verdict(facts(greenhouse, actual_use="种植大棚")) == ("other", "facility_agri", True)
    assert told(facts(greenhouse)).reasons[0].severity == "high"


def test_j8_redline_is_high_and_absent_is_missing():
    met = [row("landuse", 6, "0301"), row("prime_farmland", 0), row("eco_redline", 0.5), *covered(6, EARLY)]
    assert "压占生态保护红线 0.50 亩" in said(facts(met), "R-08")
    assert told(facts(met)).doubt
    without = [row("landuse", 6, "0301"), row("prime_farmland", 0), *covered(6, EARLY)]
    assert "生态保护红线图层" in told(facts(without)).missing


def test_j10_cropland_drives_the_numerator():
    rows = [
        row("landuse", 4, "0101"),
        row("landuse", 2, "0301"),
        row("prime_farmland", 0),
        row("eco_redline", 0),
        *NONE,
    ]
    assert "占耕地 4.00 亩（66.6%）" in said(facts(rows), "R-10")


# ---- J9: outside the urban boundary is never against the plan by itself
@pytest.mark.parametrize(
    ("inside", "zone", "words"),
    [(6.0, None, ""), (0.0, None, "没有规划分区图层"), (0.0, "农业农村发展区", "在边界外不等于不符合规划"),
     (2.0, "农业农村发展区", "有 4.00 亩不在城镇开发边界内")],
)  # fmt: skip
def test_j9_plan(inside, zone, words):
    rows = [*land(), *NONE, row("urban_boundary", inside)]
    rows += [row("plan_zone", 6, zone)] if zone else []
    what = facts(rows)
    assert words in said(what, "R-09")
    assert ("规划分区图层" in told(what).missing) is (zone is None and inside < 6)
    assert verdict(what) == verdict(facts([*land(), *NONE]))


def test_j9_no_boundary_layer_is_named_as_missing():
    assert "城镇开发边界图层" in told(facts([*land(), *NONE])).missing


# ---- J11: 设施农用地
@pytest.mark.parametrize(
    ("inside", "use", "code", "expected"),
    [
        (6.0, "养殖圈舍", "0301", ("other", "facility_agri", False)),
        (6.0, "", "0301", ("other", "facility_agri", True)),  # the use is not known
        (6.0, "农家乐餐饮", "0301", ("illegal", "illegal_facility", True)),  # used otherwise: to be looked into
        (0.0, "养殖圈舍", "0301", ("illegal", "", False)),  # not 上图入库, nothing else approved
    ],
)
def test_j11_facility(inside, use, code, expected):
    rows = [*land(code), *(covered(inside, roles=("facility_agri",)) if inside else NONE)]
    assert verdict(facts(rows, actual_use=use)) == expected


def test_j11_says_why():
    inside = [*land("0103"), *covered(6, roles=("facility_agri",))]
    assert "设施农不得占耕" in said(facts(inside, actual_use="养殖"), "R-11")  # the standard reason for being returned
    assert "不在设施农用地上图入库范围内" in said(facts([*land(), *NONE], actual_use="养殖"), "R-11")


# ---- J12: 临时用地
@pytest.mark.parametrize(
    ("answers", "patch_type", "end", "expected"),
    [
        ({}, "DT", "2027-01-01", ("other", "temp_land", False)),
        ({}, "DT", "2026-05-31", ("illegal", "illegal_temp_land", True)),
        ({"reclaimed": "否"}, "DT", "2026-05-31", ("illegal", "illegal_temp_land", True)),  # reclaiming: 1 year
        ({"reclaimed": "否"}, "DT", "2025-06-01", ("illegal", "illegal_temp_land", True)),  # its last day
        ({"reclaimed": "否"}, "DT", "2025-05-31", ("illegal", "illegal_temp_land", False)),  # overdue
        ({"reclaimed": "是"}, "DT", "2026-05-31", ("other", "temp_land", False)),
        ({}, "20", "2027-01-01", ("other", "temp_land", True)),  # a building: permanent or not?
        ({"permanent_building": "否"}, "20", "2027-01-01", ("other", "temp_land", False)),
        ({"permanent_building": "是"}, "DT", "2027-01-01", ("illegal", "illegal_temp_land", False)),
        ({}, "DT", "", ("other", "temp_land", True)),
    ],
)
def test_j12_temporary_land(answers, patch_type, end, expected):
    rows = [*land("0301"), *covered(6, {"YXQZ": end}, roles=("temp_land",))]
    assert verdict(facts(rows, patch_type=patch_type, **answers)) == expected


def test_j12_on_cropland_the_city_grants():
    rows = [*land("0103"), *covered(6, {"YXQZ": "2027-01-01"}, roles=("temp_land",))]
    assert "批准机关（占耕地的须市级以上）" in told(facts(rows, patch_type="DT")).missing
    assert "市级以上" not in "".join(told(facts(rows, patch_type="DT", authority="市规划局")).missing)


# ---- J13: width by region, outside the national network
@pytest.mark.parametrize(
    ("which", "width", "fits"),
    [("chongqing-2023", "1", True), ("chongqing-2023", "0.99", False), ("chongqing-2023", "8", True),
     ("chongqing-2023", "8.01", False), ("north-2026", "2", True), ("north-2026", "1.99", False),
     ("north-2026", "8", True), ("north-2026", "8.5", False)],
)  # fmt: skip
def test_j13_width_by_region(which, width, fits):
    found = told(facts([*land(), *NONE], patch_type="ND", road_width=width), which)
    assert (found.sub_type == "rural_road") is fits
    assert any(r.rule_id == "R-13" and not r.confirmed for r in found.reasons)  # both bounds are unverified


def test_j13_national_network_and_purpose():
    rows = [*land(), *NONE]
    assert verdict(facts(rows, patch_type="ND", road_width="5", road_purpose="国家公路网内"))[:2] == (
        "illegal", "illegal_local_road",
    )  # fmt: skip
    asked = told(facts(rows, patch_type="ND", road_width="5")).missing
    assert "道路是否在国家公路网以外、服务于农业生产" in asked


# ---- J14: houses
def test_j14_house():
    none = [*land(), *NONE, row("rural_house", 0)]
    assert verdict(facts(none, actual_use="村民住房"))[:2] == ("illegal", "illegal_homestead")
    inside = [*land("0301"), *covered(6, EARLY, roles=("rural_house",))]
    assert verdict(facts(inside, actual_use="村民住房"))[:2] == ("other", "homestead")
    unknown = told(facts([*land(), *NONE], actual_use="村民住房"))
    assert "宅基地批准书、乡村建设规划许可证" in unknown.missing
    assert unknown.doubt


def test_j14_two_names_never_one():
    illegal, legal = pack().sub_type("illegal", "illegal_homestead"), pack().sub_type("other", "homestead")
    assert (illegal.label, legal.label) == ("农村宅基地（违法）", "已批宅基地")
    assert not {illegal.label, *illegal.aliases} & {legal.label, *legal.aliases}


# ---- 骗取批准: covered to 100 %, unlawful all the same
@pytest.mark.parametrize(
    ("role", "use", "fraud", "expected"),
    [("approval", "厂房", "已查实", ("illegal", "fraud_approval", False)),
     ("rural_house", "住宅", "已查实", ("illegal", "illegal_homestead", True)),
     ("approval", "厂房", "有疑点", ("legal", "conversion_only", True)),
     ("approval", "厂房", "未发现", ("legal", "conversion_only", False))],
)  # fmt: skip
def test_fraud_at_full_coverage(role, use, fraud, expected):
    rows = [*land("0301"), *covered(6, EARLY, roles=(role,))]
    found = told(facts(rows, actual_use=use, fraud=fraud))
    assert (found.leaning, found.sub_type) == expected[:2]
    assert expected[2] <= found.doubt
    assert pack().sub_type("illegal", "骗取批准") is not None


# ---- J15: 光伏
@pytest.mark.parametrize(
    ("code", "prime", "expected"),
    [("0103", 0, ("illegal", "illegal_pv")), ("0301", 0.2, ("illegal", "illegal_pv")),
     ("1206", 0, ("other", "pv_unchanged"))],
)  # fmt: skip
def test_j15_photovoltaic(code, prime, expected):
    rows = [row("landuse", 6, code), row("prime_farmland", prime), row("eco_redline", 0), *NONE]
    assert verdict(facts(rows, patch_type="GF"))[:2] == expected
    assert verdict(facts(rows, patch_type="QT", actual_use="光伏板"))[:2] == expected


# ---- J16: entrance strips, both size classes
@pytest.mark.parametrize(
    ("mu", "part", "crop", "building", "expected"),
    [
        # above 2 亩: 95 % of the patch, uncovered 耕地 below 0.5 亩
        (10.0, 9.6, 0.0, "", ("other", "entrance", False)),
        (10.0, 9.5, 0.4, "", ("other", "entrance", False)),  # exactly 95 %
        (10.0, 9.4, 0.0, "", ("illegal", "over_occupation", False)),
        (20.0, 19.4, 20.0, "", ("illegal", "over_occupation", False)),  # 0.6 亩 of 耕地 must be outside
        (20.0, 19.4, 5.0, "", ("other", "entrance", True)),  # where the 耕地 lies is not known
        (10.0, 9.5, 10.0, "", ("illegal", "over_occupation", False)),  # 0.50 is not below 0.5
        # up to 2 亩: 90 % of the main building
        (2.0, 1.7, 0.0, "90", ("other", "entrance", False)),
        (2.0, 1.7, 0.0, "89.9", ("illegal", "over_occupation", False)),
        (2.0, 1.7, 0.0, "", ("other", "entrance", True)),
        (1.0, 0.6, 0.4, "95", ("other", "entrance", False)),
        (1.5, 0.9, 1.5, "95", ("illegal", "over_occupation", False)),  # 0.6 亩 of 耕地 outside
    ],
)
def test_j16_entrance(mu, part, crop, building, expected):
    rows = [row("landuse", crop, "0103"), row("landuse", mu - crop, "0301"), row("prime_farmland", 0),
            row("eco_redline", 0), *covered(part)]  # fmt: skip
    assert verdict(facts(rows, mu=mu, uncovered_is="出入口", building_cover=building)) == expected


def test_j16_is_asked_not_assumed():
    rows = [*land("0301"), *covered(5.8)]
    assert told(facts(rows)).leaning is None  # 96.7 %: an entrance, a sliver, or 超占
    assert verdict(facts(rows, uncovered_is="边角细缝")) == ("other", "edge_sliver", False)
    assert verdict(facts(rows, uncovered_is="其他"))[:2] == ("illegal", "over_occupation")


# ---- J17: 新增 after 2020-07-03
@pytest.mark.parametrize(
    ("built", "words"),
    [("2020-07-04", "属新增乱占耕地建房"), ("2020-07-03", "属存量"), ("2019", "属存量"), ("2020-07", ""),
     ("2020", ""), ("", "按影像推定属新增")],
)  # fmt: skip
def test_j17_new_or_stock(built, words):
    text = said(facts([*land(), *NONE, row("rural_house", 0)], actual_use="住房", built_on=built), "R-17")
    assert words in text if words else not text


def test_j17_kinds_of_houses_and_what_is_approved():
    rows = [*land(), *NONE]
    for use in ("厂房", "管理房", "商铺", "民房"):  # 住宅类、管理类、工商业类
        assert "新增" in said(facts(rows, actual_use=use, built_on="2024"), "R-17")
    assert not said(facts([*land(), *covered(6, EARLY)], actual_use="厂房", built_on="2025-11"), "R-17")
    assert not said(facts([*land("0301"), *NONE], actual_use="厂房", built_on="2024"), "R-17")  # no 耕地


# ---- J18: hints of the land-use code
@pytest.mark.parametrize(
    ("code", "label"),
    [("0702", "其他·已批宅基地"), ("1006", "其他·农村道路"), ("1202", "其他·设施农用地"), ("0601", "违法·厂房类"),
     ("0602", "违法·采矿用地"), ("0102", "违法·其他违法用地"), ("0701", "违法·城镇住宅")],
)  # fmt: skip
def test_j18_hint(code, label):
    assert f"“{label}”" in said(facts([*land(code), *NONE]), "R-18")
    approved = facts([*land(code), *covered(6, EARLY)])
    assert ("R-18" in told(approved).rule_ids) is not label.startswith("违法")  # 违法 unless approved


# ---- whatever is absent is never "no"
ROLES = ("landuse", "prime_farmland", "eco_redline", "urban_boundary", "approval", "supply", "title", "temp_land",
         "facility_agri", "rural_house", "mining_right", "approved_union")  # fmt: skip
KINDS = ("", "20", "GF", "ND", "CK", "03", "DT")
ANSWERS = {
    "built_on": ("", "2025-12", "2019"), "changed": ("", "是", "否"), "actual_use": ("", "住房", "养殖", "采石"),
    "road_width": ("", "4", "12"), "uncovered_is": ("", "出入口", "其他"), "building_cover": ("", "95"),
    "fraud": ("", "有疑点"), "renewal_accepted": ("", "是", "否"), "licence_until": ("", "2024-01-01"),
    "permanent_building": ("", "是"), "reclaimed": ("", "否"), "road_purpose": ("", "国家公路网内"),
}  # fmt: skip
AREAS = st.sampled_from([0.0, 0.0005, 0.3, 3.0, 5.9, 6.0])
CODES = st.sampled_from(["0103", "0301", "0601", "1006", "0602", "xx"])


@st.composite
def any_facts(draw):
    roles = draw(st.lists(st.sampled_from(ROLES), unique=True))
    detail = draw(st.sampled_from([{}, EARLY, {"PZSJ": "2026-05-20"}, {"YXQZ": "2024-01-01", "overlap_m2": "900"}]))
    rows = [row(r, draw(AREAS), draw(CODES) if r == "landuse" else "", detail) for r in roles]
    if "landuse" in roles:
        rows.append(row("landuse", draw(AREAS), "0404"))
    answers = {key: draw(st.sampled_from(values)) for key, values in ANSWERS.items()}
    return facts(rows, patch_type=draw(st.sampled_from(KINDS)), **answers)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(any_facts(), st.randoms(use_true_random=False))
def test_order_of_the_rows_changes_nothing(what, random):
    rows = list(what.overlay)
    random.shuffle(rows)
    summary = summarise(what.patch.area_m2, rows, pack().landuse) if rows else None
    other = replace(what, overlay=tuple(rows), summary=summary)
    assert advise(pack(), other) == advise(pack(), what)
    assert guide(pack(), other) == guide(pack(), what)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(any_facts())
def test_nothing_absent_makes_it_illegal(what):
    """A leaning to 违法 without doubt stands on a layer that was given or on an answer, never on a gap."""
    found = advise(pack(), what)
    roles = {r.role for r in what.overlay}
    answered = {key for key in ANSWERS if what.answer(key)}
    if found.leaning == "illegal" and not found.doubt:
        on_layers = {"approval", "temp_land", "facility_agri"} <= roles or found.sub_type in ("illegal_pv",)
        on_answers = answered & {"permanent_building", "reclaimed", "renewal_accepted", "uncovered_is"}
        assert on_layers or on_answers
    for step in guide(pack(), what).steps:
        if step.id == "legal" and step.state == "fails" and "mining_right" not in roles:
            assert roles & {
                "approved_union",
                "approval",
                "supply",
                "title",
                "temp_land",
                "facility_agri",
                "rural_house",
            }
        if step.id == "facility" and step.state == "fails":
            assert "facility_agri" in roles


@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(any_facts(), st.sampled_from(ROLES))
def test_taking_a_layer_away_never_makes_it_surer_of_illegal(what, gone):
    """Monotonic: less is known, so 违法 without doubt is not reached newly by losing a layer of approvals."""
    rows = [r for r in what.overlay if r.role not in (gone, "approved_union")]
    if gone not in ("approval", "temp_land", "facility_agri"):
        return
    kept = (
        [r for r in what.overlay if r.role != gone] if "approved_union" not in {r.role for r in what.overlay} else rows
    )
    summary = summarise(what.patch.area_m2, kept, pack().landuse) if kept else None
    less = advise(pack(), replace(what, overlay=tuple(kept), summary=summary))
    before = advise(pack(), what)
    sure = less.leaning == "illegal" and not less.doubt
    answered = any(what.answer(k) for k in ("permanent_building", "reclaimed", "renewal_accepted", "uncovered_is"))
    assert not sure or (before.leaning == "illegal") or answered or less.sub_type == "illegal_pv"


def test_documents_count_as_well_as_answers():
    document = Evidence("e", "document", "0" * 64, "批文.pdf", doc_date="2025-09-01", doc_area_mu="5")
    what = replace(facts([*land(), *covered(6)]), evidence=(LinkedEvidence(document, "approval_doc"),))
    assert "批准时间 2025-09-01 早于建设时间" in said(what, "R-04")
    assert "大于批准面积 5.00 亩，多 1.00 亩" in said(what, "R-06")
