"""Watched thresholds: per case, per site, per person or firm; limits of dossier 7 (5 / 10 亩, 2020-07-03, 15 %)."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import Batch, Judgement, OverlayRow, Patch, ReviewStatus, Verdict
from weipian_plugin.core.rulepack import RulePack
from weipian_plugin.core.watch import CaseFigures, RatioFigures, actor_key, ratio_watch, watches
from weipian_plugin.store import records
from weipian_plugin.workbench.advising import advise_all
from weipian_plugin.workbench.packs import load_pack
from weipian_plugin.workbench.session import Session

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "rules" / "chongqing-2023"
MU = 2000 / 3


@lru_cache(maxsize=1)
def pack() -> RulePack:
    return load_pack(FOLDER)


def case(name: str, prime: str = "0", crop: str = "0", **more: object) -> CaseFigures:
    values = {"actor": "甲公司", "verdict": "illegal", **more}
    return CaseFigures(f"u{name}", f"P{name}", prime=Decimal(prime), cropland=Decimal(crop), **values)


def ids(own: CaseFigures, *others: CaseFigures) -> dict[str, tuple[str, ...]]:
    return {w.id: w.patch_ids for w in watches(pack(), own, others)}


@pytest.mark.parametrize(
    ("prime", "crop", "expected"),
    [
        ("0", "0", set()),
        ("0.0005", "0", set()),  # a sliver below touch_mu
        ("0.01", "0", {"prime_any"}),
        ("3.99", "0", {"prime_any"}),
        ("4", "0", {"prime_any", "near_prime"}),
        ("4.994", "0", {"prime_any", "near_prime"}),  # printed 4.99
        ("4.995", "0", {"prime_any", "penal_prime"}),  # printed 5.00
        ("0", "7.99", set()),
        ("0", "8", {"near_cropland"}),
        ("0", "9.994", {"near_cropland"}),
        ("0", "10", {"penal_cropland"}),
        ("5", "10", {"prime_any", "penal_prime", "penal_cropland"}),
    ],
)
def test_of_one_case(prime, crop, expected):
    assert set(ids(case("1", prime, crop))) == expected


@pytest.mark.parametrize("verdict", ["legal", "other"])
def test_judged_otherwise_reaches_nothing(verdict):
    assert not ids(case("1", "6", "20", verdict=verdict))


def test_what_no_approval_layer_tells_is_not_called_unapproved():
    (told,) = watches(pack(), case("1", "0.5", estimated=True), [])
    assert "未经批准" not in told.text
    (told,) = watches(pack(), case("1", "0.5"), [])
    assert "未经批准部分占永久基本农田 0.50 亩" in told.text


def test_splitting_hides_nothing():
    parts = [case(str(i), "0", "2.5") for i in range(4)]
    for own in parts:
        others = [p for p in parts if p is not own]
        assert set(ids(own, *others)["penal_cropland"]) == {p.patch_id for p in others}
        assert not ids(own, *others[:1])  # 5 亩


@pytest.mark.parametrize(
    "name",
    ["甲 公司", " 甲公司 ", "甲公司。", "甲　公司"],
)
def test_the_same_name_written_otherwise(name):
    assert "penal_prime" in ids(case("1", "2.5"), case("2", "2.5", actor=name))


def test_brackets_and_full_width():
    assert actor_key("重庆(渝北)ＡＢ建材") == actor_key("重庆（渝北）ab 建材")
    assert actor_key("不详") == actor_key("／") == actor_key("") == ""


def test_nobody_is_no_common_actor():
    assert set(ids(case("1", "2.5", actor="不详"), case("2", "2.5", actor="不详"))) == {"prime_any"}
    assert set(ids(case("1", "2.5", actor=""), case("2", "2.5", actor=""))) == {"prime_any"}


def test_neighbours_of_one_site_count_unless_somebody_else():
    own = case("1", "2.5", site="s")
    assert "penal_prime" in ids(own, case("2", "2.5", site="s", actor=""))
    assert "penal_prime" not in ids(own, case("2", "2.5", site="s", actor="乙公司"))
    assert "penal_prime" not in ids(own, case("2", "2.5", site="t", actor=""))


def test_others_that_do_not_count():
    own = case("1", "2.5")
    for other in (case("2", "2.5", verdict="legal"), case("2", "2.5", verdict="other"),
                  case("2", "2.5", unchanged=True), case("2", "2.5", same_ground=frozenset({"u1"}))):  # fmt: skip
        assert "penal_prime" not in ids(own, other)


def test_what_is_not_judged_is_said_and_no_more_than_a_warning():
    own, other = case("1", "2.5"), case("2", "2.5", verdict="")
    (found,) = [w for w in watches(pack(), own, [other]) if w.id == "penal_prime"]
    assert found.severity == "warn"
    assert "其中 1 个还没有判定" in found.text
    (sure,) = [w for w in watches(pack(), own, [case("2", "2.5")]) if w.id == "penal_prime"]
    assert sure.severity == "high"
    assert "同一主体“甲公司”的 2 个图斑合计占永久基本农田 5.00 亩，达到 5 亩" in sure.text


@pytest.mark.parametrize(
    ("built", "before", "expected"),
    [("2020-07-04", "", True), ("2020-07-03", "", False), ("2020-07", "", False), ("2019-05", "2025-01-01", False),
     ("", "2025-01-01", True), ("", "2020-01-01", False), ("", "", False)],
)  # fmt: skip
def test_new_houses_on_cropland(built, before, expected):
    own = case("1", "0", "0.5", actual_use="住房", built_on=built, image_before=before)
    assert ("new_house" in ids(own)) is expected
    assert "new_house" not in ids(case("1", "0", "0", actual_use="住房", built_on="2024"))
    assert "new_house" not in ids(case("1", "0", "0.5", actual_use="堆场", built_on="2024"))


def test_several_new_houses_of_one_actor():
    houses = [case(str(i), "0", "0.5", actual_use="住房", built_on="2024") for i in range(3)]
    assert ids(*houses)["several_houses"] == ("P1", "P2")


@pytest.mark.parametrize(
    ("illegal", "total", "severity"),
    [("14.99", "100", "warn"), ("15", "100", "high"), ("14.995", "100", "high"), ("9.99", "100", ""),
     ("10", "100", "warn"), ("0", "0", ""), ("3", "3", "high")],
)  # fmt: skip
def test_ratio(illegal, total, severity):
    found = ratio_watch(pack(), RatioFigures("2026", Decimal(illegal), Decimal(total)))
    assert [w.severity for w in found] == ([severity] if severity else [])


def test_every_watch_names_its_source():
    own = case("1", "6", "20", actual_use="住房", built_on="2024")
    for watch in watches(pack(), own, []):
        assert watch.source == "S"
    clauses = {w.id: w.clause for w in watches(pack(), own, [])}
    assert "法释〔2000〕14号第三条" in clauses["penal_prime"]
    assert "一票否决" in clauses["prime_any"]
    assert "零容忍" in clauses["new_house"]
    (ratio,) = ratio_watch(pack(), RatioFigures("2026", Decimal(20), Decimal(100)))
    assert "15 号令" in ratio.clause


@given(st.lists(st.decimals("0", "3", places=2), min_size=1, max_size=6), st.permutations(range(5)))
def test_order_of_the_others_and_monotony(sizes, order):
    cases = [case(str(i), str(size)) for i, size in enumerate(sizes)]
    own, others = cases[0], cases[1:]
    shuffled = [others[i] for i in order if i < len(others)]
    assert watches(pack(), own, others) == watches(pack(), own, shuffled)
    fewer, more = ids(own, *others[:1]), ids(own, *others)
    assert "penal_prime" not in fewer or "penal_prime" in more


# ---- in a workspace
def square(lon: float, lat: float, size: float = 0.0004) -> bytes:
    return shapely.to_wkb(shapely.MultiPolygon([shapely.box(lon, lat, lon + size, lat + size)]))


def filled(folder: Path, patches: list[tuple[Patch, float, dict[str, str], str]]) -> Session:
    """A workspace with patches, their 永农 in 亩, answers and verdict."""
    session = Session.create(folder, "测试", "张三")
    with session.workspace.transaction("import", "b", "张三") as change:
        for batch in sorted({p.batch_id for p, *_ in patches}):
            change.put("batch", records.batch_row(Batch(batch, batch, issued_on="2026-05-01")))
        for number, (patch, prime, answers, verdict) in enumerate(patches):
            change.put("patch", records.patch_row(patch))
            for role, code, mu in (
                ("landuse", "0103", prime),
                ("prime_farmland", "", prime),
                ("approved_union", "", 0.0),
            ):
                row = OverlayRow(patch.patch_uid, patch.patch_id, role, code, mu * MU, 0.0)
                change.put("overlay", records.overlay_row(row))
            judgement = Judgement(patch.patch_uid, Verdict(verdict) if verdict else None, answers=answers,
                                  judgement_id=f"j{number}", by="张三", at="2026-05-02T09:00:00+08:00")  # fmt: skip
            change.put("judgement", records.judgement_row(judgement))
    return session


def at(name: str, lon: float, batch: str = "b", **more: object) -> Patch:
    return Patch(f"u{name}", f"P{name}", batch, wkb=square(lon, 29.8), area_m2=6 * MU, patch_type="20", review_status=ReviewStatus.ASSESSED,
                 image_before="2025-10-01", image_after="2026-04-01", **more)  # fmt: skip


def reached(session: Session, name: str) -> dict[str, set[str]]:
    return {w.id: set(w.patch_ids) for w in session.patch_view(f"u{name}").watches}


def test_in_a_workspace_across_batches_and_sites(tmp_path):
    # 0.0004° of longitude is 38.6 m at 29.8° N; 0.0005° from corner to corner leaves 9.7 m, 0.002° leaves 155 m
    session = filled(tmp_path / "ws", [
        (at("1", 106.8000), 2.0, {"actor": "甲公司"}, "illegal"),
        (at("2", 106.8005), 2.0, {}, ""),  # next to it, nobody named, not judged
        (at("3", 106.8200, "earlier"), 1.0, {"household": "甲 公司"}, "illegal"),  # another batch, far away
        (at("4", 106.8025), 2.0, {}, "illegal"),  # 155 m off
        (at("5", 106.79950), 2.0, {"actor": "乙公司"}, "illegal"),  # next to it, somebody else's
    ])  # fmt: skip
    try:
        assert reached(session, "1")["penal_prime"] == {"P2", "P3"}
        assert set(reached(session, "3")) == {"prime_any", "ratio"}  # 1 + 2 亩: the neighbour of P1 is not its own
        assert set(reached(session, "4")) == {"prime_any", "ratio"}
        assert "penal_prime" not in reached(session, "5")
        session.judge("u2", "P2", "other", "no_change", answers={"changed": "否"}, against_reason="现场没有变化")
        assert "penal_prime" not in reached(session, "1")
        assert reached(session, "1") == {"prime_any": set(), "ratio": set()}
        session.undo()
        assert reached(session, "1")["penal_prime"] == {"P2", "P3"}
    finally:
        session.close()


def test_parts_of_one_parent_count_together(tmp_path):
    parent = at("0", 106.8, split_state="parent")
    parts = [at(f"0_{i}", 106.8 + i * 0.01, split_state="child", parent_uid="u0") for i in (1, 2, 3)]
    rows = [(parent, 0.0, {}, ""), *[(part, 1.7, {}, "illegal") for part in parts]]
    session = filled(tmp_path / "ws", rows)
    try:
        assert reached(session, "0_1")["penal_prime"] == {"P0_2", "P0_3"}  # 5.1 亩
        assert not session.patch_view("u0").watches
    finally:
        session.close()


def test_headless_advice_tells_guide_contradictions_forecast_and_watches(tmp_path):
    rows = [(at("1", 106.8), 2.0, {"actor": "甲公司", "built_on": "2026-06"}, "illegal"), (at("2", 106.9), 5.0, {}, "")]
    filled(tmp_path / "ws", rows).close()
    told = advise_all(tmp_path / "ws", "张三", Silent())["patches"]
    judged, open_ = told["P1"], told["P2"]
    assert {"suggestion", "leaning", "doubt", "rules", "missing", "areas_mu", "registers"} <= set(judged)
    assert [s["id"] for s in judged["guide"]["steps"]] == ["legal", "facility", "road", "other", "illegal"]
    assert judged["guide"]["current"] in {"legal", "facility", "road", "other", "illegal"}
    assert any("晚于后时相" in c["text"] for c in judged["contradictions"])
    assert judged["forecast_for"] == {"verdict": "illegal", "sub_type": "", "judged": True}
    assert {r["reason_id"] for r in judged["forecast"]} >= {"need_site_photo", "evidence_mismatch"}
    assert {w["id"] for w in open_["watches"]} >= {"prime_any", "penal_prime"}
    json.dumps(told, ensure_ascii=False)


def test_answers_that_are_not_saved_yet_count(tmp_path):
    session = filled(tmp_path / "ws", [(at("1", 106.8), 2.0, {"built_on": "2026-06"}, "illegal")])
    try:
        assert session.patch_view("u1").advice.contradictions
        assert not session.patch_view("u1", "illegal", "", {"built_on": "2026-03"}).advice.contradictions
        assert not session.patch_view("u1", "illegal", "", {"built_on": ""}).advice.contradictions
        assert session.patch_view("u1", "other", "no_change").advice.contradictions
    finally:
        session.close()
