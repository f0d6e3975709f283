"""Widths of shapes whose width is known from how they were made."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from weipian_plugin.geo.width import measure_width, plane_width


def strip(points, width: float) -> Polygon:
    """A line with flat ends, made as wide as said."""
    return LineString(points).buffer(width / 2, cap_style="flat", join_style="mitre")


def arc(radius: float, degrees: float) -> list[tuple[float, float]]:
    angles = np.radians(np.linspace(0, degrees, 60))
    return list(zip(radius * np.cos(angles), radius * np.sin(angles)))


T_JUNCTION = shapely.union_all([strip([(0, 0), (200, 0)], 6), strip([(100, 0), (100, 80)], 6)])
TAPERED = Polygon([(0, -2), (300, -4), (300, 4), (0, 2)])  # 4 m to 8 m wide: 6 m in the middle
LAY_BY = shapely.union_all([strip([(0, 0), (300, 0)], 5), box(120, -2.5, 150, 12)])  # a yard of 30 m beside it


@pytest.mark.parametrize(
    ("shape", "width", "length"),
    [
        pytest.param(box(0, 0, 200, 6), 6, 200, id="straight"),
        pytest.param(shapely.affinity.rotate(box(0, 0, 200, 6), 33), 6, 200, id="oblique"),
        pytest.param(box(0, 0, 2000, 3.5), 3.5, 2000, id="long and narrow"),
        pytest.param(strip([(0, 0), (120, 0), (120, 90)], 6), 6, 210, id="right angle"),
        pytest.param(strip(arc(60, 150), 8), 8, 60 * math.radians(150), id="curve"),
        pytest.param(strip([(0, 0), (60, 25), (110, -10), (190, 40)], 4.5), 4.5, None, id="winding"),
        pytest.param(T_JUNCTION, 6, 200, id="junction"),
        pytest.param(TAPERED, 6, 300, id="tapered"),
        pytest.param(LAY_BY, 5, 300, id="with a yard beside it"),
    ],
)
def test_width_of_a_strip_is_what_it_was_made_with(shape, width: float, length: float | None) -> None:
    found = plane_width(shape)
    assert found.median_m == pytest.approx(width, rel=0.05)
    assert found.low_m <= found.median_m <= found.high_m
    if length is not None:
        assert found.length_m == pytest.approx(length, rel=0.05)
    assert found.elongated


def test_a_tapered_strip_has_the_range_of_its_ends() -> None:
    found = plane_width(TAPERED)
    # Nine tenths of the way from 4 m to 8 m are 7.6 m, one tenth 4.4 m.
    assert found.low_m == pytest.approx(4.4, rel=0.05)
    assert found.high_m == pytest.approx(7.6, rel=0.05)


def test_a_digitised_edge_with_noise_keeps_its_width() -> None:
    random = np.random.default_rng(7)
    x = np.arange(0, 301, 5.0)
    upper = np.column_stack([x, 3 + random.normal(0, 0.15, len(x))])
    lower = np.column_stack([x[::-1], -3 + random.normal(0, 0.15, len(x))])
    found = plane_width(Polygon(np.vstack([upper, lower])))
    assert found.median_m == pytest.approx(6, rel=0.05)


@pytest.mark.parametrize(
    "shape", [box(0, 0, 40, 40), box(0, 0, 60, 30), shapely.Point(0, 0).buffer(30)], ids=["square", "house", "disc"]
)
def test_compact_shapes_have_no_width_of_a_road(shape) -> None:
    found = plane_width(shape)
    assert found is None or not found.elongated


def test_degrees_are_metres_on_the_ellipsoid() -> None:
    # At 29.8° N one degree is 96 679 m of longitude and 110 849 m of latitude (radii of CGCS2000 by hand:
    # N cos B = 6 383 416.3 × 0.867765 × π/180; M = 6 351 184.4 × π/180). A strip of 300 m × 6 m to the north:
    lon, lat, east, north = 106.8, 29.8, 6 / 96_679, 300 / 110_849
    shape = MultiPolygon([box(lon, lat - north / 2, lon + east, lat + north / 2)])
    found = measure_width(shapely.to_wkb(shape))
    assert found.median_m == pytest.approx(6, rel=0.02)
    assert found.length_m == pytest.approx(300, rel=0.02)


def test_the_largest_part_counts_and_nothing_has_no_width() -> None:
    degree = 1 / 111_000
    road, speck = box(106, 29, 106 + 5 * degree, 29 + 400 * degree), box(106.1, 29, 106.1 + degree, 29 + 20 * degree)
    assert measure_width(shapely.to_wkb(MultiPolygon([speck, road]))).length_m > 350
    assert measure_width(None) is None
    assert measure_width(b"") is None
