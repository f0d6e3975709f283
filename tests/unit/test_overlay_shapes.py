"""Cutting up and repairing polygons."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from weipian_plugin.overlay.shapes import HUGE, polygonal, repair, split_huge


def star(vertices: int, hole: bool) -> shapely.Polygon:
    """A jagged ring of many vertices, its area known by the shoelace of its radii."""
    angle = np.linspace(0, 2 * np.pi, vertices, endpoint=False)
    radius = 1000 + 100 * np.cos(37 * angle)
    ring = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return shapely.Polygon(ring, [ring * 0.3] if hole else None)


@pytest.mark.parametrize("hole", [False, True])
def test_pieces_make_up_the_whole(hole):
    whole = star(HUGE * 20, hole)
    pieces = split_huge(whole)
    assert max(shapely.get_num_coordinates(pieces)) <= 512
    assert shapely.is_valid(pieces).all()
    # The shoelace formula in polar form, an independent sum.
    angle = np.linspace(0, 2 * np.pi, HUGE * 20, endpoint=False)
    radius = 1000 + 100 * np.cos(37 * angle)
    expected = 0.5 * np.sin(2 * np.pi / (HUGE * 20)) * np.sum(radius * np.roll(radius, 1)) * (0.91 if hole else 1)
    assert shapely.area(pieces).sum() == pytest.approx(expected, rel=1e-11)
    window = shapely.box(800, -50, 1100, 60)
    cut = sum(shapely.area(shapely.intersection(np.array(pieces), window)))
    assert cut == pytest.approx(whole.intersection(window).area, abs=1e-7)


def test_repair_keeps_ground_that_two_parts_cover():
    parts = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(5, 0, 15, 10)])
    assert not parts.is_valid
    assert repair(parts).area == 150


def test_repair_of_a_bow_tie_has_both_wings():
    assert repair(shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])).area == pytest.approx(50)


def test_polygonal_drops_lines_and_points():
    mixed = shapely.GeometryCollection(
        [shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 2, 2)]
    )
    nested = shapely.GeometryCollection([mixed, shapely.box(5, 5, 6, 6)])
    result = polygonal(np.array([mixed, nested, shapely.Point(1, 1), shapely.box(0, 0, 1, 1)], dtype=object))
    assert [geom.area for geom in result] == [4, 5, 0, 1]
