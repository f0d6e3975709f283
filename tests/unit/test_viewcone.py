"""Expected values from GeographicLib's direct and inverse problems on CGCS2000."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon

from weipian_plugin.geo.viewcone import look, look_many, to_degrees, to_metres, view_sector

EARTH = Geodesic(6378137.0, 1 / 298.257222101)
LON, LAT = 106.7492, 29.7799


def at(azimuth: float, metres: float, lon: float = LON, lat: float = LAT) -> tuple[float, float]:
    end = EARTH.Direct(lat, lon, azimuth, metres)
    return end["lon2"], end["lat2"]


def disc(azimuth: float, metres: float, radius: float, lon: float = LON, lat: float = LAT) -> bytes:
    """A round patch of geodesic radius, its centre at a bearing and a distance from the camera."""
    centre = at(azimuth, metres, lon, lat)
    return MultiPolygon([Polygon([at(a, radius, *centre) for a in range(0, 360, 2)])]).wkb


@pytest.mark.parametrize("lat", [18.0, 29.7799, 40.0, 53.0])
@pytest.mark.parametrize("azimuth", [0, 37, 90, 127.2, 180, 251, 359])
@pytest.mark.parametrize(("metres", "tolerance"), [(1, 1e-4), (50, 1e-3), (300, 5e-3), (5000, 0.1)])
def test_the_distance_is_the_geodesic(lat, azimuth, metres, tolerance) -> None:
    end = at(azimuth, metres, LON, lat)
    tiny = Polygon([(end[0], end[1]), (end[0] + 1e-12, end[1]), (end[0], end[1] + 1e-12)])
    seen = look(LON, lat, None, tiny.wkb)
    assert seen.distance_m == pytest.approx(metres, abs=tolerance)
    off = (seen.bearing - azimuth + 180) % 360 - 180
    assert abs(off) < (0.1 if metres > 1000 else 0.01)
    assert seen.looks_at is None


def test_the_distance_is_to_the_boundary_and_nothing_inside() -> None:
    assert look(LON, LAT, None, disc(75, 120, 40)).distance_m == pytest.approx(80, abs=0.05)
    assert look(LON, LAT, None, disc(75, 20, 40)).distance_m == 0


def test_a_hole_is_outside() -> None:
    ring = Polygon([at(a, 100) for a in range(0, 360, 2)], [[at(a, 30) for a in range(0, 360, 2)]])
    assert look(LON, LAT, None, ring.wkb).distance_m == pytest.approx(30, abs=0.05)


@pytest.mark.parametrize(
    ("azimuth", "expected"),
    [(90, True), (60.2, True), (119.8, True), (59.0, False), (121.0, False), (270, False), (450, True), (-270, True)],
)
def test_the_view_is_thirty_degrees_to_either_side(azimuth, expected) -> None:
    # A small disc due east: 0.2 m at 200 m is 0.06° of angle.
    assert look(LON, LAT, azimuth, disc(90, 200, 0.2)).looks_at is expected


@pytest.mark.parametrize(("metres", "expected"), [(299, True), (302, False)])
def test_the_view_ends(metres, expected) -> None:
    assert look(LON, LAT, 10, disc(10, metres, 0.5)).looks_at is expected
    assert look(LON, LAT, 10, disc(10, metres, 0.5), limit_m=400).looks_at is True


def test_the_view_across_north() -> None:
    assert look(LON, LAT, 350, disc(12, 100, 1)).looks_at is True
    assert look(LON, LAT, 350, disc(25, 100, 1)).looks_at is False


def test_from_inside_every_view_meets_the_patch() -> None:
    assert all(look(LON, LAT, a, disc(0, 5, 40)).looks_at for a in range(0, 360, 45))


def test_zero_azimuth_is_north_and_not_unknown() -> None:
    assert look(LON, LAT, 0.0, disc(0, 100, 5)).looks_at is True
    assert look(LON, LAT, 0.0, disc(180, 100, 5)).looks_at is False


@pytest.mark.parametrize("azimuth", [0, 45, 127.2, 300])
def test_the_sector_has_the_geodesic_arc_and_area(azimuth) -> None:
    sector = view_sector(LON, LAT, azimuth)
    assert sector.is_valid
    points = shapely.get_coordinates(sector)
    assert tuple(points[0]) == pytest.approx((LON, LAT), abs=1e-12)
    for lon, lat in points[1:-1]:
        line = EARTH.Inverse(LAT, LON, lat, lon)
        assert line["s12"] == pytest.approx(300, abs=0.01)
        assert abs((line["azi1"] - azimuth + 180) % 360 - 180) <= 30.01
    ring = EARTH.Polygon()
    for lon, lat in points[:-1]:
        ring.AddPoint(lat, lon)
    area = abs(ring.Compute()[2])
    assert area == pytest.approx(math.pi * 300**2 * 60 / 360, rel=1e-3)


def test_a_whole_turn_is_a_disc() -> None:
    assert view_sector(LON, LAT, 0, 180).contains(Point(LON, LAT))


@pytest.mark.parametrize(
    "call",
    [
        lambda: view_sector(math.nan, LAT, 0),
        lambda: view_sector(LON, 91, 0),
        lambda: view_sector(LON, LAT, math.nan),
        lambda: view_sector(LON, LAT, 0, 0),
        lambda: view_sector(LON, LAT, 0, 30, -1),
        lambda: look(LON, math.inf, 0, disc(0, 10, 1)),
    ],
)
def test_nonsense_raises(call) -> None:
    with pytest.raises(ValueError, match="not a"):
        call()


def test_an_empty_patch_is_nowhere() -> None:
    seen = look(LON, LAT, 10, MultiPolygon().wkb)
    assert math.isinf(seen.distance_m)
    assert seen.looks_at is None


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    wkbs = [disc(10, 100, 5), MultiPolygon().wkb, disc(200, 20, 40)]
    many = look_many(LON, LAT, 15, [shapely.from_wkb(w) for w in wkbs])
    assert [(m.distance_m, m.looks_at) for m in many] == [
        (look(LON, LAT, 15, w).distance_m, look(LON, LAT, 15, w).looks_at) for w in wkbs
    ]


def test_a_bow_tie_does_not_stop_it() -> None:
    bow = Polygon([at(0, 10), at(90, 10), at(180, 10), at(45, 40)])
    assert look(LON, LAT, 45, bow.wkb).looks_at is True


bearings = st.floats(0, 359.99)


@settings(deadline=None)
@given(turn=bearings, bearing=bearings, azimuth=bearings, metres=st.floats(1, 400), radius=st.floats(0.5, 60))
def test_turning_the_scene_changes_nothing(turn, bearing, azimuth, metres, radius) -> None:
    before = look(LON, LAT, azimuth, disc(bearing, metres, radius))
    after = look(LON, LAT, azimuth + turn, disc(bearing + turn, metres, radius))
    assert after.distance_m == pytest.approx(before.distance_m, abs=0.1)
    # On the edge of the view a centimetre decides; a slightly larger and smaller disc bracket it.
    if before.looks_at != after.looks_at:
        grown = look(LON, LAT, azimuth, disc(bearing, metres, radius + 0.2)).looks_at
        shrunk = look(LON, LAT, azimuth, disc(bearing, metres, max(radius - 0.2, 0.1))).looks_at
        assert grown is True
        assert shrunk is False


@settings(deadline=None)
@given(bearing=bearings, azimuth=bearings, metres=st.floats(1, 290), wider=st.floats(0, 100))
def test_a_wider_or_longer_view_sees_no_less(bearing, azimuth, metres, wider) -> None:
    patch = disc(bearing, metres, 3)
    if look(LON, LAT, azimuth, patch).looks_at:
        assert look(LON, LAT, azimuth, patch, half_angle=30 + wider).looks_at
        assert look(LON, LAT, azimuth, patch, limit_m=300 + wider).looks_at


@settings(deadline=None)
@given(bearing=bearings, metres=st.floats(1, 290))
def test_aiming_at_a_patch_sees_it_and_turning_back_does_not(bearing, metres) -> None:
    patch = disc(bearing, metres, 0.5)
    aim = look(LON, LAT, None, patch).bearing
    assert look(LON, LAT, aim, patch).looks_at is True
    assert look(LON, LAT, aim + 180, patch).looks_at is False


@settings(deadline=None)
@given(lon=st.floats(-180, 180), lat=st.floats(-80, 80), x=st.floats(-1000, 1000), y=st.floats(-1000, 1000))
def test_metres_and_degrees_are_inverse(lon, lat, x, y) -> None:
    there = to_degrees(Point(x, y), lon, lat)
    back = to_metres(there, lon, lat)
    np.testing.assert_allclose([back.x, back.y], [x, y], atol=1e-6)
