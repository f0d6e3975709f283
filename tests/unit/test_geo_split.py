"""Cutting: nothing lost, nothing twice, vertices shared. Areas by the shoelace sum in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from weipian_plugin.geo.gauss_kruger import GaussKruger
from weipian_plugin.geo.split import SLIVER_M2, Plane, SplitError, carve, cut

#: EPSG:4524, 3-degree zone 36: eastings of eight digits, where doubles are coarse.
PLANE = Plane(GaussKruger.from_epsg(4524))
ORIGIN = np.array([36475000.125, 3295000.375])


def ring(*points):
    return np.array(points, dtype=float) + ORIGIN


def poly(*points, holes=()):
    return shapely.Polygon(ring(*points), [ring(*hole) for hole in holes])


def line(*points):
    return shapely.LineString(ring(*points))


RECTANGLE = poly((0, 0), (100, 0), (100, 50), (0, 50))


def exact_area(geom):
    """Planar area by the shoelace sum over exact fractions: no library's polygon code in it."""
    total = Fraction(0)
    for part in shapely.get_parts(geom):
        rings = shapely.get_rings(part)
        for number, one in enumerate(rings):
            points = [(Fraction(x), Fraction(y)) for x, y in shapely.get_coordinates(one)]
            double = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, points[1:]))
            total += (1 if number == 0 else -1) * abs(double) / 2
    return total


def refused(kind, function, *args, **kwargs):
    with pytest.raises(SplitError) as caught:
        function(*args, **kwargs)
    assert caught.value.kind == kind
    return caught.value.area_m2


@pytest.mark.parametrize(
    ("lines", "areas"),
    [
        ([line((50, -10), (50, 60))], [2500, 2500]),
        ([line((50, 0), (50, 50))], [2500, 2500]),  # from edge to edge
        ([line((50, 0.1), (50, 49.9))], [2500, 2500]),  # a hand's breadth short of both edges
        ([line((0, 0), (100, 50))], [2500, 2500]),  # from corner to corner
        ([line((30, -1), (30, 60)), line((-1, 20), (200, 20))], [600, 900, 1400, 2100]),
        ([line((-1, 10), (101, 10), (101, 20), (-1, 20))], [1000, 1000, 3000]),
    ],
)
def test_cuts_of_a_rectangle(lines, areas):
    pieces = cut(RECTANGLE, lines, PLANE)
    assert sorted(float(exact_area(p)) for p in pieces) == pytest.approx(areas, abs=1e-3 if len(areas) == 2 else 1e-4)
    assert sum(exact_area(p) for p in pieces) == pytest.approx(5000, abs=1e-6)


def test_a_concave_patch_falls_into_as_many_pieces_as_the_line_makes():
    u = poly((0, 0), (100, 0), (100, 50), (70, 50), (70, 20), (30, 20), (30, 50), (0, 50))
    pieces = cut(u, [line((-5, 35), (105, 35))], PLANE)
    assert [float(exact_area(p)) for p in pieces] == pytest.approx([450, 2900, 450], abs=1e-5)


def test_a_cut_through_a_hole_needs_both_sides():
    ringed = poly((0, 0), (100, 0), (100, 50), (0, 50), holes=[[(40, 20), (60, 20), (60, 30), (40, 30)]])
    pieces = cut(ringed, [line((50, -1), (50, 51))], PLANE)
    assert [float(exact_area(p)) for p in pieces] == pytest.approx([2400, 2400], abs=1e-5)
    refused("nothing", cut, ringed, [line((50, -1), (50, 25))], PLANE)


@pytest.mark.parametrize(
    "path",
    [
        line((50, -10), (50, 20)),
        line((0, -10), (0, 60)),
        line((-10, 50), (110, 50)),
        line((100, 50), (120, 60)),
        line((200, 0), (200, 50)),
    ],
    ids=["ends inside", "along an edge", "along the top", "touches a corner", "beside"],
)
def test_what_does_not_go_through_cuts_nothing(path):
    refused("nothing", cut, RECTANGLE, [path], PLANE)


def test_parts_that_no_line_meets_stay_whole():
    two = shapely.MultiPolygon([RECTANGLE, poly((200, 0), (210, 0), (210, 10), (200, 10))])
    assert [round(float(exact_area(p))) for p in cut(two, [line((50, -1), (50, 51))], PLANE)] == [2500, 2500, 100]


def test_given_parts_are_taken_and_the_rest_comes_last():
    left = poly((0, 0), (30, 0), (30, 50.02), (0, 50))  # a corner two centimetres off
    middle = poly((30.03, 0), (60, 0), (60, 50), (30, 50))  # and a gap of three to its neighbour
    pieces = carve(RECTANGLE, [left, middle], PLANE)
    assert [float(exact_area(p)) for p in pieces] == pytest.approx([1500, 1500, 2000], abs=1e-5)


def test_parts_outside_overlapping_invalid_or_everything_are_refused():
    assert refused("outside", carve, RECTANGLE, [poly((90, 0), (130, 0), (130, 50), (90, 50))], PLANE) == pytest.approx(
        1500, rel=1e-4
    )
    two = [poly((0, 0), (30, 0), (30, 50), (0, 50)), poly((20, 0), (60, 0), (60, 50), (20, 50))]
    assert refused("overlap", carve, RECTANGLE, two, PLANE) == pytest.approx(500, rel=1e-4)
    assert [float(exact_area(p)) for p in carve(RECTANGLE, two, PLANE, in_order=True)] == pytest.approx(
        [1500, 1500, 2000], abs=1e-5
    )
    refused("invalid", carve, RECTANGLE, [poly((0, 0), (30, 50), (30, 0), (0, 50))], PLANE)
    refused("nothing", carve, RECTANGLE, [RECTANGLE], PLANE)


def test_a_sliver_goes_to_its_neighbour():
    pieces = cut(RECTANGLE, [line((50, -1), (50, 51)), line((50.001, -1), (50.001, 51))], PLANE)  # 0.05 m² between
    assert len(pieces) == 2
    assert sum(exact_area(p) for p in pieces) == pytest.approx(5000, abs=1e-6)


@pytest.mark.parametrize("beside", [0.0, 3e-9, -3e-9, 4e-8, -4e-8])
def test_a_cut_as_good_as_through_a_vertex_goes_through_it(beside):
    """Eastings of eight digits are 7e-9 m apart: a node next to the vertex would fall on it and cross the ring."""
    patch = poly((0, 0), (100.3, 0.7), (60.1, 50.9), (-12.359, 27.279))
    there, half = np.array([-12.359, 27.279]) + beside, np.array([40, -87.4])
    pieces = cut(patch, [line(there - half, there + half)], PLANE)
    assert all(shapely.is_valid(piece) for piece in pieces)
    assert sum(exact_area(p) for p in pieces) == pytest.approx(float(exact_area(patch)), abs=1e-6)
    corners = set(map(tuple, shapely.get_coordinates(patch)))
    new = set(map(tuple, np.concatenate([shapely.get_coordinates(p) for p in pieces]))) - corners
    assert len(new) == 1  # where the cut leaves; nothing beside the vertex


@st.composite
def stars(draw):
    """Star-shaped polygons of 4 to 14 corners, sizes from a shed to a square kilometre."""
    size = draw(st.sampled_from([8.0, 60.0, 400.0, 1000.0]))
    count = draw(st.integers(4, 14))
    radii = [draw(st.floats(0.3, 1.0)) for _ in range(count)]
    turn = draw(st.floats(0, 6.28))
    angles = [turn + 2 * np.pi * i / count for i in range(count)]
    return poly(*[(size * r * np.cos(a), size * r * np.sin(a)) for r, a in zip(radii, angles)])


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(stars(), st.lists(st.tuples(st.floats(0, 3.14), st.floats(-0.5, 0.5)), min_size=1, max_size=3), st.booleans())
def test_random_cuts_conserve_the_patch(patch, cuts, holed):
    radius = float(shapely.length(patch))
    if holed:
        hole = shapely.buffer(shapely.Point(ORIGIN), 0.1 * np.sqrt(shapely.area(patch)), quad_segs=2)
        patch = shapely.difference(patch, hole)
        assume(shapely.is_valid(patch) and shapely.get_type_id(patch) == 3)
    lines = []
    for angle, offset in cuts:
        d, n = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        middle = offset * radius / 6 * n
        lines.append(line(tuple(middle - radius * d), tuple(middle + radius * d)))
    try:
        pieces = cut(patch, lines, PLANE)
    except SplitError as error:
        assume(error.kind != "nothing")
        raise
    whole = exact_area(patch)
    # Crossings are rounded to the grid of the coordinates, 7e-9 m along the edges that they lie on.
    assert abs(sum(exact_area(p) for p in pieces) - whole) < 1e-7 * radius + 1e-9
    for piece in pieces:
        assert shapely.is_valid(piece)
        assert exact_area(piece) >= SLIVER_M2 * 0.9
    tree = [set(map(tuple, shapely.get_coordinates(piece))) for piece in pieces]
    old = set(map(tuple, shapely.get_coordinates(patch)))
    assert old <= set().union(*tree)  # every delivered vertex is there, bit for bit
    for number, _piece in enumerate(pieces):
        new = tree[number] - old
        others = set().union(*(t for i, t in enumerate(tree) if i != number))
        # Every new vertex is held by a neighbour too, but for those that a sliver left on the outer boundary.
        alone = [shapely.Point(point) for point in new - others]
        assert all(shapely.distance(shapely.boundary(patch), point) < 1e-7 for point in alone)
