"""Rings of points -> polygons. Which ring is a hole is told by where it lies, not by its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np
import shapely
from osgeo import ogr

from .quiet import quiet

Point = tuple[float, float]


def wkb_of_rings(rings: Sequence[Sequence[Point]]) -> Optional[bytes]:
    """2D WKB of the (Multi)Polygon with these rings; None without a ring of three different points.

    A ring inside an odd number of others is a hole of the smallest of them. Rings are closed where they
    are open; nothing else is repaired.
    """
    shells = [_ring(points) for points in rings]
    usable = [ring for ring in shells if ring is not None]
    if not usable:
        return None
    polygons: Any = np.array([shapely.Polygon(ring) for ring in usable], dtype=object)
    parents = _parents(polygons)
    depth = [_depth(i, parents) for i in range(len(usable))]
    parts = []
    for i, ring in enumerate(usable):
        if depth[i] % 2 == 0:
            holes = [usable[j] for j in range(len(usable)) if parents[j] == i and depth[j] % 2]
            parts.append(shapely.Polygon(ring, holes))
    geom = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    return bytes(shapely.to_wkb(geom, output_dimension=2))


def is_open(points: Sequence[Point]) -> bool:
    """True for a ring whose last point is not its first."""
    return len(points) > 2 and tuple(points[0]) != tuple(points[-1])


def _ring(points: Sequence[Point]) -> Optional[list[Point]]:
    ring = [(float(x), float(y)) for x, y in points]
    if len(set(ring)) < 3:
        return None
    return ring if ring[0] == ring[-1] else [*ring, ring[0]]


def _parents(polygons: Any) -> list[int]:
    """For each ring the smallest one that contains it, -1 for none; rings that cross contain nothing."""
    if len(polygons) == 1:
        return [-1]
    areas = shapely.area(polygons)
    fixed = np.array([p if p.is_valid else p.convex_hull for p in polygons], dtype=object)
    inner, outer = shapely.STRtree(fixed).query(fixed, predicate="covered_by")
    parents = [-1] * len(polygons)
    for i, o in zip(inner.tolist(), outer.tolist()):
        larger = areas[o] > areas[i] or (areas[o] == areas[i] and o < i)
        if i != o and larger and (parents[i] < 0 or areas[o] < areas[parents[i]]):
            parents[i] = o
    return parents


def _depth(i: int, parents: Sequence[int]) -> int:
    depth = 0
    while parents[i] >= 0:
        i, depth = parents[i], depth + 1
    return depth


def close_rings(wkb: bytes) -> Optional[bytes]:
    """The polygon with every ring closed, as WKB; None when the bytes hold no polygon."""
    with quiet():
        try:
            geom = ogr.CreateGeometryFromWkb(wkb)
            if geom is None or ogr.GT_Flatten(geom.GetGeometryType()) not in (ogr.wkbPolygon, ogr.wkbMultiPolygon):
                return None
            geom.CloseRings()
            geom.FlattenTo2D()
            return bytes(geom.ExportToWkb())
        except RuntimeError:
            return None
