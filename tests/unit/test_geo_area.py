"""Areas against GeographicLib, the dossier's test facts (section 12) and arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from weipian_plugin.geo.area import ellipsoidal_area, ellipsoidal_areas, piece_areas
from weipian_plugin.geo.gauss_kruger import GaussKruger

CGCS2000 = Geodesic(6378137.0, 1 / 298.257222101)
ZONE = GaussKruger(108.0)
SQUARE = shapely.box(106.75, 29.780, 106.751, 29.781)


def karney(polygon: shapely.Polygon) -> float:
    """Geodesic area of a polygon without holes, m²."""
    ring = CGCS2000.Polygon()
    for lon, lat in list(polygon.exterior.coords)[:-1]:
        ring.AddPoint(lat, lon)
    return abs(ring.Compute()[2])


def project(geom, zone: GaussKruger = ZONE):
    return shapely.transform(geom, lambda c: np.column_stack(zone.forward(c[:, 0], c[:, 1])))


def test_square_of_the_dossier():
    assert ellipsoidal_area(SQUARE) == pytest.approx(10718.84, abs=0.005)
    assert shapely.area(project(SQUARE)) == pytest.approx(10722.70, abs=0.005)  # what planar would say


@pytest.mark.parametrize("size", [0.0005, 0.001, 0.01, 0.03], ids=["50m", "100m", "1km", "3km"])
@pytest.mark.parametrize(("lon", "lat"), [(106.75, 29.78), (87.6, 43.8), (110.3, 18.5), (127.0, 52.0)])
def test_formula_agrees_with_geographiclib(lon, lat, size):
    ring = shapely.Polygon(
        [(lon, lat), (lon + size, lat + size / 5), (lon + size * 0.8, lat + size), (lon - size / 9, lat + size / 2)]
    )
    # Densified, so that straight lon/lat edges and geodesics coincide.
    ring = shapely.segmentize(ring, size / 200)
    assert ellipsoidal_area(ring) == pytest.approx(karney(ring), rel=2e-7, abs=2e-3)


def test_holes_count_whatever_way_rings_turn():
    shell, hole = shapely.box(106.75, 29.78, 106.76, 29.79), shapely.box(106.752, 29.782, 106.754, 29.784)
    expected = karney(shapely.segmentize(shell, 1e-5)) - karney(shapely.segmentize(hole, 1e-5))
    for a in (shell.exterior.coords, shell.exterior.coords[::-1]):
        for b in (hole.exterior.coords, hole.exterior.coords[::-1]):
            assert ellipsoidal_area(shapely.Polygon(a, [b])) == pytest.approx(expected, rel=1e-6)


def test_many_at_once_and_nothing():
    other = shapely.box(107.0, 30.0, 107.002, 30.001)
    both = shapely.MultiPolygon([SQUARE, other])
    single = [ellipsoidal_area(SQUARE), ellipsoidal_area(other)]
    assert ellipsoidal_areas([SQUARE, shapely.Polygon(), both, other]) == pytest.approx(
        [single[0], 0, sum(single), single[1]], rel=1e-12
    )
    assert ellipsoidal_area(None) == 0
    assert ellipsoidal_area(shapely.MultiPolygon()) == 0
    assert len(piece_areas([], ZONE)) == 0
    assert piece_areas([shapely.Point(1, 1), shapely.LineString([(0, 0), (1, 1)])], ZONE).tolist() == [0, 0]


@pytest.mark.parametrize("code", [4545, 4524, 4544], ids=["108", "zone36", "neighbour"])
def test_pieces_are_planar_over_squared_scale(code):
    """The same ground has the same area in every zone, and GeographicLib's."""
    zone = GaussKruger.from_epsg(code)
    dense = shapely.segmentize(shapely.box(106.75, 29.78, 106.78, 29.80), 2e-5)
    assert piece_areas([project(dense, zone)], zone)[0] == pytest.approx(karney(dense), rel=5e-9)


def test_large_pieces_follow_the_formula_of_densified_edges():
    """A redline of 20 x 15 km with long straight Gauss-Krüger edges."""
    corners = shapely.Polygon([(370000, 3290000), (390000, 3291000), (388000, 3305000), (371000, 3303000)])
    dense = shapely.transform(
        shapely.segmentize(corners, 20), lambda c: np.column_stack(ZONE.inverse(c[:, 0], c[:, 1]))
    )
    assert piece_areas([corners], ZONE)[0] == pytest.approx(ellipsoidal_area(dense), rel=1e-9)
    lonlat = shapely.Polygon([(106.7, 29.7), (106.9, 29.72), (106.85, 29.9)])
    assert piece_areas([lonlat], None)[0] == pytest.approx(ellipsoidal_area(shapely.segmentize(lonlat, 2e-4)), rel=1e-9)


coordinate = st.floats(0, 400, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=9), st.floats(1, 399), st.booleans())
def test_pieces_sum_to_their_whole(points, cut, geographic):
    whole = shapely.convex_hull(shapely.MultiPoint(points))
    if whole.geom_type != "Polygon" or whole.area < 1:
        return
    halves = [whole.intersection(shapely.box(-1, -1, cut, 401)), whole.intersection(shapely.box(cut, -1, 401, 401))]
    scale, origin, zone = (
        (1e-5, (106.75, 29.78), None) if geographic else (1.0, (0.0, 0.0), ZONE.shifted(379000, 3296000))
    )
    placed = [shapely.transform(g, lambda c: c * scale + origin) for g in (whole, *halves)]
    total, *parts = piece_areas(placed, zone)
    assert sum(parts) == pytest.approx(total, abs=1e-6)
