"""Seeded random polygons as surveyors draw them: any size, holes, parts, winding, spacing of vertices."""

from __future__ import annotations

import math
import random
from typing import Any, Optional

import numpy as np
import shapely

WEST, EAST, SOUTH, NORTH = 73.0, 135.0, 4.0, 53.0


def _star(rng: random.Random, count: int, radius: float, rough: float) -> Any:
    """A star-shaped ring around (0, 0), metres, open."""
    cuts = sorted(rng.uniform(0, 2 * math.pi) for _ in range(count))
    even = [2 * math.pi * i / count for i in range(count)]
    # Between even and random spacing of directions, so that no ring degenerates to a hair.
    angles = np.array([0.5 * a + 0.5 * b for a, b in zip(sorted(cuts), even)])
    lengths = radius * np.array([rng.uniform(1 - rough, 1) for _ in range(count)])
    stretch = rng.uniform(0.25, 1.0)
    return np.column_stack([np.cos(angles) * lengths, np.sin(angles) * lengths * stretch])


def _closed(rng: random.Random, ring: Any) -> Any:
    """Closed, starting anywhere, turning either way."""
    ring = np.roll(ring, rng.randrange(len(ring)), axis=0)
    if rng.random() < 0.5:
        ring = ring[::-1]
    return np.vstack([ring, ring[:1]])


def _polygon(rng: random.Random, area_m2: float, at: tuple[float, float], spacing: Optional[float]) -> Any:
    """A valid polygon of about `area_m2` with up to three holes around a place in a local metric plane."""
    shell = _star(rng, rng.randint(3, 40), math.sqrt(area_m2), rng.uniform(0.1, 0.7))
    outline = shapely.Polygon(shell)
    if not outline.is_valid or not outline.contains(shapely.Point(0, 0)):
        outline = shapely.convex_hull(shapely.MultiPoint(shell))
    shell = shapely.get_coordinates(outline.exterior)[:-1]
    scale = math.sqrt(area_m2 / outline.area)
    shell = shell * scale
    holes: list[Any] = []
    taken: Any = shapely.Polygon()
    for _ in range(rng.choice((0, 0, 1, 2, 3))):
        inside = shapely.Polygon(shell).buffer(-0.02 * math.sqrt(area_m2)).difference(taken)
        if inside.is_empty:
            break
        centre = np.array(inside.representative_point().coords[0])
        room = inside.boundary.distance(shapely.Point(centre)) * 0.9
        hole = _star(rng, rng.randint(3, 12), room, 0.3) + centre
        ring = shapely.Polygon(hole)
        if room < 0.02 * math.sqrt(area_m2) or not ring.is_valid or not inside.contains(ring):
            break
        holes.append(hole)
        taken = taken.union(ring.buffer(0.01 * math.sqrt(area_m2)))
    polygon = shapely.Polygon(_closed(rng, shell) + at, [_closed(rng, hole) + at for hole in holes])
    return shapely.segmentize(polygon, spacing) if spacing else polygon


def metric(rng: random.Random, area_m2: float) -> Any:
    """A (Multi)Polygon around the origin in metres; a third of them with vertices at most 95 m apart."""
    spacing = 95.0 if area_m2 < 2e7 and rng.random() < 0.33 else None
    if rng.random() < 0.75:
        return _polygon(rng, area_m2, (0.0, 0.0), spacing)
    shares = [rng.uniform(0.2, 1) for _ in range(rng.randint(2, 4))]
    step, at, parts = 6 * math.sqrt(area_m2), 0.0, []
    for share in shares:
        parts.append(_polygon(rng, area_m2 * share / sum(shares), (at, 0.0), spacing))
        at += step * 0.5
    return shapely.MultiPolygon(parts)


def size(rng: random.Random) -> float:
    """m², even in the logarithm from 10 m² to 100 km²."""
    return 10 ** rng.uniform(1, 8)


def lonlat(rng: random.Random, area_m2: float, lon: float, lat: float) -> Any:
    """A (Multi)Polygon of about `area_m2` at a place, degrees."""
    metres = np.array([111_320.0 * math.cos(math.radians(lat)), 111_320.0])
    return shapely.transform(metric(rng, area_m2), lambda xy: xy / metres + (lon, lat))
