"""Whether a photo looks at a patch, against geodesics to the patch's boundary.

The truth knows nothing of geo/viewcone.py: boundaries are cut into pieces of a metre, PROJ's geodesic (Karney)
gives distance and bearing of every cut from the camera, an own crossing count says what is inside. A photo
looks at a patch when the camera is inside, or a piece of the boundary lies within the length of the view and
touches its angle. Left out as border: what changes when the view is a metre longer or shorter, a degree wider
or narrower, or the camera a metre from the edge.
"""

from __future__ import annotations

import math
import time

import numpy as np
import shapely
from harness import Row, figure, limit
from photo_truth import shape
from pyproj import Geod

from weipian_plugin.geo.viewcone import look_many, look_pairs

CASES, LENGTH_M = 10_000, 300.0
TINY = {"cases": 50}
_EARTH = Geod(a=6378137.0, rf=298.257222101)


def _patch(rng: np.random.Generator) -> shapely.Geometry:
    """A patch around the origin in metres: plain, with a hole, or in two parts."""
    found = shape(rng, float(np.exp(rng.uniform(math.log(200), math.log(20_000)))))
    kind = rng.integers(5)
    if kind == 0:
        hole = shapely.buffer(shapely.point_on_surface(found), rng.uniform(2, 12))
        found = found if hole.contains(found) else found.difference(hole)
    if kind == 1:
        other = shapely.transform(shape(rng, 400), lambda c: c + rng.uniform(100, 200, 2))
        found = shapely.union(found, other)
    return shapely.MultiPolygon([p for p in shapely.get_parts(found) if p.area > 0])


def _on_earth(metres: shapely.Geometry, lon: float, lat: float) -> shapely.Geometry:
    def turn(c: np.ndarray) -> np.ndarray:
        count = len(c)
        bearing = np.degrees(np.arctan2(c[:, 0], c[:, 1]))
        east, north, _ = _EARTH.fwd(np.full(count, lon), np.full(count, lat), bearing, np.hypot(*c.T))
        return np.column_stack([east, north])

    return shapely.transform(metres, turn)


def _inside(rings: list[np.ndarray], lon: float, lat: float) -> bool:
    """Even–odd rule over all rings."""
    odd = False
    for ring in rings:
        (x1, y1), (x2, y2) = ring[:-1].T, ring[1:].T
        spans = (y1 > lat) != (y2 > lat)
        meets = x1[spans] + (lat - y1[spans]) / (y2[spans] - y1[spans]) * (x2[spans] - x1[spans])
        odd ^= int((meets > lon).sum()) % 2 == 1
    return odd


def _truth(patch: shapely.Geometry, lon: float, lat: float, azimuth: float, half: float) -> tuple[bool, bool, float]:
    """Looks there even if everything is cut a little; if everything is let out a little; metres to the boundary."""
    rings = [shapely.get_coordinates(r) for r in shapely.get_rings(shapely.get_parts(patch))]
    near, strict, lenient = math.inf, False, False
    for ring in rings:
        step = 1 / 111_000
        cuts = shapely.get_coordinates(shapely.segmentize(shapely.LineString(ring), step))
        count = len(cuts)
        bearing, _, far = _EARTH.inv(np.full(count, lon), np.full(count, lat), cuts[:, 0], cuts[:, 1])
        off = (np.asarray(bearing) - azimuth + 180) % 360 - 180
        best = int(np.argmin(far))
        around = cuts[[best - 1 if best else -2, best, best + 1 if best + 1 < count else 1]]
        fine = np.vstack([a + np.linspace(0, 1, 200)[:, None] * (b - a) for a, b in zip(around, around[1:])])
        closest = _EARTH.inv(np.full(400, lon), np.full(400, lat), fine[:, 0], fine[:, 1])[2]
        near = min(near, float(np.min(closest)))
        through = (off[:-1] * off[1:] < 0) & (np.abs(off[:-1] - off[1:]) < 180)
        least = np.where(through, 0, np.minimum(np.abs(off[:-1]), np.abs(off[1:])))
        farther, nearer = np.maximum(far[:-1], far[1:]), np.minimum(far[:-1], far[1:])
        strict |= bool(((farther <= LENGTH_M - 1) & (least <= half - 1)).any())
        lenient |= bool(((nearer <= LENGTH_M + 1) & (least <= half + 1)).any())
    inside = _inside(rings, lon, lat)
    return strict or (inside and near > 1), lenient or inside or near <= 1, 0.0 if inside else near


def run(cases: int = CASES) -> list[Row]:
    """The entries of this benchmark; the share of right answers is judged."""
    rng = np.random.default_rng(20)
    lons, lats = rng.uniform(75, 134, cases), rng.uniform(18, 53, cases)
    azimuths, halves = rng.uniform(0, 360, cases), rng.uniform(12, 50, cases)
    patches = np.empty(cases, dtype=object)
    for i in range(cases):
        far, way = rng.uniform(0, 380), rng.uniform(0, 2 * math.pi)
        shift = far * np.array([math.sin(way), math.cos(way)])
        patches[i] = _on_earth(shapely.transform(_patch(rng), lambda c, s=shift: c + s), lons[i], lats[i])
    begun = time.perf_counter()
    seen = look_pairs(lons, lats, azimuths, halves, patches, LENGTH_M)
    took = time.perf_counter() - begun
    singly = [
        look_many(lons[i], lats[i], azimuths[i], [patches[i]], LENGTH_M, halves[i])[0] for i in range(0, cases, 10)
    ]
    wrong = border = looking = 0
    worst = 0.0
    for i in range(cases):
        strict, lenient, near = _truth(patches[i], lons[i], lats[i], azimuths[i], halves[i])
        worst = max(worst, abs(seen[i].distance_m - near))
        border += strict != lenient
        looking += strict
        wrong += strict == lenient and seen[i].looks_at is not strict
    alike = sum(a.looks_at == b.looks_at for a, b in zip(seen[::10], singly))
    judged = cases - border
    name = f"looks at the patch, {cases} random cases"
    return [
        limit(f"{name}: wrong outside the border of 1 m / 1°", float(wrong), "photos",
              f"0 of {judged} ({looking} look there, {border} on the border)", 1.0, 0.0),
        figure("distance to the patch: largest error against the geodesic", worst, "m"),
        figure(f"{name}: time", took, "s"),
        figure("one by one gives the same as all at once", 100 * alike / max(len(singly), 1), "%"),
    ]  # fmt: skip
