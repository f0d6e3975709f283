"""Polygon chores of the overlay: polygons only, repair, cutting up the huge ones, the width of a sliver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np
import shapely

#: Polygons with more vertices than `HUGE` are cut into pieces of at most `_SMALL`.
HUGE = 1024
_SMALL = 256
#: Halvings after which a polygon is left as it is (a box of 1e-9 m).
_DEPTH = 48
#: Two halves must sum to their whole this closely, relative.
_EXACT = 1e-12


def polygonal(geoms: Any) -> Any:
    """The polygons of each geometry as one (Multi)Polygon; points and lines fall away."""
    kinds = shapely.get_type_id(geoms)
    odd = (kinds != shapely.GeometryType.POLYGON) & (kinds != shapely.GeometryType.MULTIPOLYGON)
    if not odd.any():
        return geoms
    geoms = np.array(geoms, dtype=object)
    for i in np.flatnonzero(odd).tolist():
        geoms[i] = _one(_polygons([geoms[i]]))
    return geoms


def _one(parts: Any) -> Any:
    return shapely.multipolygons(parts) if len(parts) else shapely.Polygon()


def _polygons(geoms: Sequence[Any]) -> Any:
    """All polygons in `geoms`, collections opened."""
    parts = np.asarray(geoms, dtype=object)
    while True:
        parts = shapely.get_parts(parts)
        nested = shapely.get_type_id(parts) > shapely.GeometryType.POLYGON
        if not nested.any():
            return parts[(shapely.get_type_id(parts) == shapely.GeometryType.POLYGON) & ~shapely.is_empty(parts)]


def repair(geom: Any) -> Any:
    """A valid (Multi)Polygon of an invalid geometry.

    Polygon by polygon and then unioned: made valid as a whole, ground that two parts cover would count
    as a hole.
    """
    valid = _polygons(shapely.make_valid(_polygons([geom])))
    return _one(_polygons([shapely.union_all(valid)]))


def split_huge(geom: Any) -> Optional[Any]:
    """Pieces of at most 256 vertices that make up `geom` exactly; None if they do not sum to it.

    Intersecting a patch with a boundary of 100 000 vertices costs milliseconds each time; with the piece
    beside it microseconds. Boxes are halved across their longer side, all pieces of a level at once, and
    the halves are summed at every cut: a polygon that is not valid is not cut unnoticed.
    """
    done: list[Any] = []
    todo = _polygons([geom])
    for _ in range(_DEPTH):
        small = shapely.get_num_coordinates(todo) <= _SMALL
        done.extend(todo[small])
        todo = todo[~small]
        if not len(todo):
            break
        x0, y0, x1, y1 = shapely.bounds(todo).T
        wide = (x1 - x0) >= (y1 - y0)
        mx, my = (x0 + x1) / 2, (y0 + y1) / 2
        low = shapely.box(x0, y0, np.where(wide, mx, x1), np.where(wide, y1, my))
        high = shapely.box(np.where(wide, mx, x0), np.where(wide, y0, my), x1, y1)
        try:
            halves = shapely.intersection(todo, low), shapely.intersection(todo, high)
        except shapely.errors.GEOSException:
            return None
        whole, cut = shapely.area(todo), shapely.area(halves[0]) + shapely.area(halves[1])
        # The shoelace sum of a long ring far from the origin has noise of its own, hence the box.
        if (np.abs(whole - cut) > _EXACT * np.maximum(whole, (x1 - x0) * (y1 - y0))).any():
            return None
        todo = _polygons(np.concatenate(halves))
    done.extend(todo)
    return np.array(done, dtype=object)


def mean_width(geoms: Any) -> Any:
    """Mean width of slivers in their unit: the shorter side of the rectangle with their area and perimeter.

    For a strip it is its width, for a square its side.
    """
    area, half = shapely.area(geoms), shapely.length(geoms) / 2
    return (half - np.sqrt(np.maximum(half**2 - 4 * area, 0.0))) / 2
