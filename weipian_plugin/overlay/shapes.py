"""Polygon chores of the overlay: polygons only, repair, cutting up the huge ones, the width of a sliver."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Optional

import numpy as np
import shapely

#: Polygons with more vertices than `HUGE` are cut into pieces of at most `_SMALL`.
HUGE = 1024
_SMALL = 512
#: Halvings after which a polygon is left as it is (a box of 1e-9 m).
_DEPTH = 48
#: Where a cut lies: beside the middle, which in outlines made of pixels or grids is full of vertices.
_MIDDLE = 0.4871938
#: Edges that a cut may cross where the polygon is clipped.
_CROSSINGS = 2000
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
    """Pieces of at most 512 vertices that make up `geom` exactly; None if they do not sum to it.

    Intersecting a patch with a boundary of 100 000 vertices costs milliseconds each time; with the piece
    beside it microseconds. Boxes are halved across their longer side, all pieces of a level at once, and
    the halves are summed at every cut: a polygon that is not valid is not cut unnoticed.
    """
    pieces = _cut_up(geom, _clipped)
    if pieces is None or not shapely.is_valid(pieces).all():
        pieces = _cut_up(geom, _halves)
    return pieces


def _cut_up(geom: Any, halve: Callable[[Any, Any, Any, Any], tuple[Any, Any]]) -> Optional[Any]:
    """`split_huge` with one way of halving: (polygons, bounds, across x, where) -> (low, high)."""
    done: list[Any] = []
    todo = _polygons([geom])
    for _ in range(_DEPTH):
        small = shapely.get_num_coordinates(todo) <= _SMALL
        done.extend(todo[small])
        todo = todo[~small]
        if not len(todo):
            break
        bounds = shapely.bounds(todo)
        x0, y0, x1, y1 = bounds.T
        wide = (x1 - x0) >= (y1 - y0)
        try:
            halves = halve(todo, bounds, wide, np.where(wide, x0 + _MIDDLE * (x1 - x0), y0 + _MIDDLE * (y1 - y0)))
        except shapely.errors.GEOSException:
            return None
        whole, cut = shapely.area(todo), shapely.area(halves[0]) + shapely.area(halves[1])
        # The shoelace sum of a long ring far from the origin has noise of its own, hence the box.
        if (np.abs(whole - cut) > _EXACT * np.maximum(whole, (x1 - x0) * (y1 - y0))).any():
            return None
        todo = _polygons(np.concatenate(halves))
    done.extend(todo)
    return np.array(done, dtype=object)


def _boxes(bounds: Any, wide: Any, at: Any) -> tuple[Any, Any]:
    """Bounds of both sides of a cut, standing out of the polygons everywhere but there.

    A side of the box that the polygon touches is where `clip_by_rect` goes wrong without an error.
    """
    x0, y0, x1, y1 = bounds.T
    pad = (x1 - x0) + (y1 - y0)
    x0, y0, x1, y1 = x0 - pad, y0 - pad, x1 + pad, y1 + pad
    low = np.column_stack([x0, y0, np.where(wide, at, x1), np.where(wide, y1, at)])
    high = np.column_stack([np.where(wide, at, x0), np.where(wide, y0, at), x1, y1])
    return low, high


def _halves(todo: Any, bounds: Any, wide: Any, at: Any) -> tuple[Any, Any]:
    low, high = _boxes(bounds, wide, at)
    return shapely.intersection(todo, shapely.box(*low.T)), shapely.intersection(todo, shapely.box(*high.T))


def _clipped(todo: Any, bounds: Any, wide: Any, at: Any) -> tuple[Any, Any]:
    """`_halves`, by clipping where the cut crosses few edges and meets no vertex: a tenth of the time.

    Clipping grows with the square of the crossings, a comb of 500 000 teeth would take hours.
    """
    coords, owner = shapely.get_coordinates(todo, return_index=True)
    off = np.where(wide[owner], coords[:, 0], coords[:, 1]) - at[owner]
    crossing = (owner[1:] == owner[:-1]) & ((off[1:] > 0) != (off[:-1] > 0))
    crossings = np.bincount(owner[1:][crossing], minlength=len(todo))
    on_cut = np.bincount(owner[off == 0], minlength=len(todo))
    easy = (crossings <= _CROSSINGS) & (on_cut == 0)
    low, high = (np.empty(len(todo), dtype=object) for _ in range(2))
    for side, boxes in zip((low, high), _boxes(bounds, wide, at)):
        for i in np.flatnonzero(easy).tolist():
            side[i] = shapely.clip_by_rect(todo[i], *boxes[i].tolist())
    if not easy.all():
        hard = ~easy
        low[hard], high[hard] = _halves(todo[hard], bounds[hard], wide[hard], at[hard])
    return low, high


def mean_width(geoms: Any) -> Any:
    """Mean width of slivers in their unit: the shorter side of the rectangle with their area and perimeter.

    For a strip it is its width, for a square its side.
    """
    area, half = shapely.area(geoms), shapely.length(geoms) / 2
    return (half - np.sqrt(np.maximum(half**2 - 4 * area, 0.0))) / 2
