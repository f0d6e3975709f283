"""Several approvals, terms and licences on one patch (dossier J3, J4, J12, 6), by hand. 1 亩 = 2000/3 m²."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from weipian_plugin.core.advice import Advice, Facts, advise
from weipian_plugin.core.advice_case import percent
from weipian_plugin.core.areas import summarise
from weipian_plugin.core.model import OverlayRow, Patch
from weipian_plugin.core.rulepack import RulePack
from weipian_plugin.workbench.packs import load_pack

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "rules"
MU = 2000 / 3
BEFORE, AFTER = "2025-10-06", "2026-05-01"


@lru_cache(maxsize=1)
def pack() -> RulePack:
    return load_pack(FOLDER / "chongqing-2023")


def row(role: str, mu: float, code: str = "", *detail: dict[str, str]) -> OverlayRow:
    return OverlayRow("u", "P1", role, code, mu * MU, 0.0, detail=detail)


def told(
    layers: dict[str, list[tuple[float, dict[str, str]]]], patch_type: str = "YH", code: str = "0301",
    mu: float = 6.0, today: str = "2026-06-01", **answers: str,
) -> Advice:  # fmt: skip
    """Advice on a patch whose layers have features of (亩, attributes); features may lie on each other."""
    rows = [row("landuse", mu, code), row("prime_farmland", 0), row("eco_redline", 0), row("urban_boundary", mu)]
    for role in ("approval", "supply", "temp_land", "facility_agri", "rural_house", "mining_right"):
        found = layers.get(role, [])
        detail = [{**values, "overlap_m2": str(area * MU)} for area, values in found]
        rows.append(row(role, min(mu, sum(area for area, _ in found)), "", *detail))
    rows.append(row("approved_union", max(r.area_m2 for r in rows if r.role not in ("landuse", "urban_boundary",
                                                                                   "mining_right")) / MU))  # fmt: skip
    patch = Patch("u", "P1", "b", area_m2=mu * MU, patch_type=patch_type, image_before=BEFORE, image_after=AFTER)
    summary = summarise(patch.area_m2, rows, pack().landuse)
    return advise(pack(), Facts(patch, summary, tuple(rows), today=today, answers=answers))


EARLY, BETWEEN, LATE = {"PZSJ": "20240301"}, {"PZSJ": "20260101"}, {"PZSJ": "20260601"}


@pytest.mark.parametrize("order", [1, -1])
def test_an_early_approval_of_all_is_not_undone_by_a_later_one(order):
    both = [(6.0, EARLY), (6.0, LATE)][::order]
    found = told({"approval": both, "supply": [(6.0, EARLY)]})
    assert (found.leaning, found.doubt) == ("legal", False)


def test_approvals_of_parts_all_count():
    found = told({"approval": [(3.0, EARLY), (3.0, LATE)], "supply": [(6.0, EARLY)]})
    assert (found.leaning, found.sub_type) == ("illegal", "unapproved")


def test_supplied_after_building_is_not_simply_lawful():
    found = told({"approval": [(6.0, EARLY)], "supply": [(6.0, LATE)]})
    assert found.doubt
    assert any("未供即用" in text for text in found.missing)
    between = told({"approval": [(6.0, EARLY)], "supply": [(6.0, BETWEEN)]})
    assert between.doubt
    assert "建设时间" in between.missing
    assert not told({"approval": [(6.0, EARLY)], "supply": [(6.0, BETWEEN)]}, built_on="2026-02-01").doubt


def test_temporary_land_granted_after_it_was_used():
    found = told({"temp_land": [(6.0, {**LATE, "YXQZ": "2028-01-01"})]})
    assert (found.leaning, found.sub_type) == ("illegal", "unapproved")
    early = told({"temp_land": [(6.0, {**EARLY, "YXQZ": "2028-01-01"})]})
    assert (early.leaning, early.doubt) == ("other", False)


def test_an_extension_of_temporary_land_counts():
    first, second = {**EARLY, "YXQZ": "2025-12-31"}, {**EARLY, "YXQZ": "2027-12-31"}
    assert told({"temp_land": [(6.0, first), (6.0, second)]}).leaning == "other"
    assert told({"temp_land": [(3.0, first), (3.0, second)]}).leaning == "illegal"  # one half is expired


def test_reclaiming_is_overdue_after_a_year():
    expired = {"temp_land": [(6.0, {**EARLY, "YXQZ": "2025-09-30"})]}
    assert told(expired, today="2026-09-30", reclaimed="否").doubt
    late = told(expired, today="2026-10-01", reclaimed="否")
    assert (late.leaning, late.doubt) == ("illegal", False)


def test_a_road_that_serves_no_farming_is_in_doubt():
    assert told({}, "ND", "1006", road_width="5", road_purpose="其他").doubt
    assert not told({}, "ND", "1006", road_width="5", road_purpose="服务农业生产").doubt


OLD, NEW = {"YXQZ": "20240601"}, {"YXQZ": "20280101"}


def test_the_renewed_licence_beside_the_old_one_is_valid():
    found = told({"mining_right": [(6.0, OLD), (6.0, {**NEW, "YXQQ": "20240602"})]}, "CK", "0602")
    assert (found.leaning, found.sub_type, found.doubt) == ("legal", "valid_mining", False)


def test_parts_under_different_licences_all_count():
    found = told({"mining_right": [(3.0, OLD), (3.0, NEW)]}, "CK", "0602")
    assert (found.leaning, found.doubt) == (None, True)


@pytest.mark.parametrize(("begun", "leaning"), [("20260502", None), ("20260101", "legal")])
def test_a_licence_that_began_after_the_mining(begun, leaning):
    found = told({"mining_right": [(6.0, {**NEW, "FZRQ": begun})]}, "CK", "0602")
    assert (found.leaning, found.doubt) == (leaning, True)


def test_a_house_approved_after_it_was_built_is_no_approved_house():
    found = told({"rural_house": [(6.0, LATE)]}, actual_use="农房")
    assert (found.leaning, found.sub_type, found.doubt) == ("illegal", "illegal_homestead", True)


@pytest.mark.parametrize(
    ("cover", "sub_type"),
    [(9.12, "entrance"), (9.12 * (1 - 3e-9), "entrance"), (9.1199, "over_occupation")],
)
def test_exactly_95_percent_is_enough_for_an_entrance(cover, sub_type):
    """J16 says ≥ 95 %; outlines measured in two ways differ by 3e-9 of their area."""
    layers = {"approval": [(cover, EARLY)], "supply": [(cover, EARLY)]}
    assert told(layers, "20", "0103", 9.6, uncovered_is="出入口").sub_type == sub_type


def test_the_whole_is_100_percent():
    from decimal import Decimal

    assert percent(Decimal("2.99999999"), Decimal(3)) == "100"
    assert percent(Decimal("2.9991"), Decimal(3)) == "99.9"


def test_a_month_is_not_told_as_a_day():
    found = told({}, "20", "0103", actual_use="农房", built_on="2024-02")
    said = [reason.text for reason in found.reasons if reason.rule_id == "R-17"]
    assert ["2024-02-01 至 2024-02-29" in text for text in said] == [True]
