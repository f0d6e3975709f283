"""Distances between boundaries against GeographicLib."""

from __future__ import annotations

import pytest
import shapely
from geographiclib.geodesic import Geodesic

from weipian_plugin.geo.nearness import grown_box, within


def square(lon: float, lat: float) -> bytes:
    return shapely.to_wkb(shapely.MultiPolygon([shapely.box(lon, lat, lon + 0.0003, lat + 0.0003)]))


@pytest.mark.parametrize("lat", [0.0, 29.8, 52.0])
@pytest.mark.parametrize(
    ("azimuth", "gap", "near"), [(90, 19.9, True), (90, 20.1, False), (0, 19.8, True), (0, 20.2, False)]
)
def test_twenty_metres(lat, azimuth, gap, near):
    start = (106.8003, lat) if azimuth == 90 else (106.8, lat + 0.0003)
    there = Geodesic.WGS84.Direct(start[1], start[0], azimuth, gap)
    assert within([square(106.8, lat)], [square(there["lon2"], there["lat2"])], 20.0) == [near]


def test_touching_far_and_nothing():
    one = square(106.8, 29.8)
    assert within([one], [square(106.8003, 29.8), square(107.8, 29.8), one], 20.0) == [True, False, True]
    assert within([], [one], 20.0) == [False]
    assert within([one], [], 20.0) == []


def test_the_box_reaches_as_far_on_every_side():
    x0, y0, x1, y1 = grown_box(square(106.8, 29.8), 20.0)
    west = Geodesic.WGS84.Inverse(29.8, x0, 29.8, 106.8)["s12"]
    north = Geodesic.WGS84.Inverse(29.8003, 106.8, y1, 106.8)["s12"]
    assert west == pytest.approx(20, abs=0.2)
    assert north == pytest.approx(20, abs=0.2)
    assert x1 > 106.8003
    assert y0 < 29.8
