"""亩, 平差 and the identity, against hand calculation and the worked facts of the domain dossier."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weipian_plugin.core import areas
from weipian_plugin.core.areas import LandClass
from weipian_plugin.core.model import DUPLICATE_CODE, GAP_CODE, OverlayRow

TABLE = {
    "0101": LandClass("0101", "水田", "agri", cropland=True),
    "0301": LandClass("0301", "乔木林地", "agri"),
    "0404": LandClass("0404", "其他草地", "unused"),
    "0702": LandClass("0702", "农村宅基地", "construction"),
    "08H2": LandClass("08H2", "科教文卫用地", "construction"),
    "09": LandClass("09", "特殊用地", "construction"),
}


@pytest.mark.parametrize(
    ("m2", "expected"),
    [
        pytest.param(6834.6327, "10.25", id="dossier fact"),
        pytest.param(2000 / 3, "1.00", id="one mu"),
        pytest.param(10718.84, "16.08", id="test square"),
        pytest.param(3.0 + 1 / 3, "0.01", id="half a cent rounds up"),
        pytest.param(10.0, "0.02", id="0.015 rounds half up, not half even"),
        pytest.param(30.0, "0.05", id="0.045 rounds half up, not half even"),
        pytest.param(0.0, "0.00", id="nothing"),
    ],
)
def test_square_metres_to_mu(m2, expected):
    assert areas.mu(m2) == D(expected)


def test_adjust_takes_the_cent_from_the_largest():
    # 0.335 + 0.335 + 0.33 = 1.00, rounded alone they would be 1.01
    assert areas.adjust([D("0.335"), D("0.335"), D("0.33")], D("1.00")) == [D("0.33"), D("0.34"), D("0.33")]


def test_adjust_leaves_a_real_gap_visible():
    assert areas.adjust([D("1.00"), D("2.00")], D("5.00")) == [D("1.00"), D("2.00")]


parts = st.lists(st.decimals(min_value=0, max_value=1000, places=4), min_size=1, max_size=12)


@given(parts)
def test_adjust_sums_to_the_total_and_moves_no_part_by_more_than_a_cent(values):
    total = areas.round_mu(sum(values, D(0)))
    adjusted = areas.adjust(values, total)
    assert all(abs(a - areas.round_mu(v)) <= D("0.01") for a, v in zip(adjusted, values))
    assert all(a >= 0 for a in adjusted)
    assert abs(sum(adjusted, D(0)) - total) <= D("0.01")  # equal, unless every part rounds to nothing


@pytest.mark.parametrize(
    ("code", "name"),
    [("0101", "水田"), ("0301K", "乔木林地"), ("08H2A", "科教文卫用地"), ("09", "特殊用地"), (" 0702 ", "农村宅基地")],
)
def test_land_class_with_suffix(code, name):
    found = areas.class_of(code, TABLE)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("code", ["", "9999", "1", "010"])
def test_unknown_land_class_is_none(code):
    assert areas.class_of(code, TABLE) is None


def _row(role, code, m2):
    return OverlayRow("u", "p", role, code, m2, 0.0)


def test_summary_adds_up():
    rows = [
        _row("landuse", "0101", 2000.0),  # 3.00 亩
        _row("landuse", "0301", 1000.0),  # 1.50
        _row("landuse", "0404", 200.0),  # 0.30
        _row("landuse", "0702", 400.0),  # 0.60
        _row("landuse", GAP_CODE, 100.0),  # 0.15
        _row("landuse", DUPLICATE_CODE, 40.0),  # 0.06
        _row("prime_farmland", "", 300.0),
        _row("eco_redline", "", 0.0),
    ]
    summary = areas.summarise(3660.0, rows, TABLE)  # 5.49 = 5.40 + 0.15 - 0.06
    assert summary.total == D("5.49")
    assert (summary.cropland, summary.agri_other) == (D("3.00"), D("1.50"))
    assert (summary.unused, summary.construction) == (D("0.30"), D("0.60"))
    assert (summary.uncovered, summary.duplicate) == (D("0.15"), D("0.06"))
    assert summary.prime == D("0.45")
    assert summary.redline == D("0.00")
    assert summary.urban is None
    assert summary.identity_ok
    assert summary.main_class == "水田"


def test_a_gap_that_is_no_rounding_breaks_the_identity():
    summary = areas.summarise(2000.0, [_row("landuse", "0101", 1900.0)], TABLE)
    assert summary.difference == D("0.15")
    assert not summary.identity_ok


@pytest.mark.parametrize("text", ["-1", "x", "NaN", "Infinity", "1,5"])
def test_bad_areas_are_refused(text):
    with pytest.raises(ValueError, match=".*"):
        areas.parse_mu(text)
