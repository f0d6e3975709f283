"""Photos whose patch is known: made patches close together, photographers, and errors of phones.

Patches: log-uniform sizes, next to each other with gaps of 5–40 m, one in eight touching. A photographer
of a patch stands in it (one in four) or 0–40 m from its edge and aims at a random point of it; whatever lies
between is not asked. A visit is 3–6 photos, 10–60 s apart, from points a short walk apart; then the same
phone goes to one of the nearest patches. Position and direction get Gaussian errors, of which a part may stay
the same during a visit, as receivers and compasses err.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely
from osgeo import osr
from shapely import affinity

#: Where the made villages lie (古路镇), metres of CGCS2000 3-degree GK 108E.
ORIGIN = (377_000.0, 3_300_000.0)


def _crs(code: int) -> osr.SpatialReference:
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(code)
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return crs


osr.UseExceptions()
_PROJ = osr.CoordinateTransformation(_crs(4545), _crs(4490))


def to_degrees(xy: np.ndarray) -> np.ndarray:
    """Metres of EPSG:4545 to lon/lat of EPSG:4490, by PROJ."""
    return np.array(_PROJ.TransformPoints(np.asarray(xy, dtype=float).tolist()))[:, :2]


@dataclass(frozen=True)
class Errors:
    """Standard deviations: metres along one axis, degrees; `told` is what EXIF says of the position."""

    metres: float
    degrees: float
    told: float | None = None
    steady: float = 0.0  # part of the variance that stays the same during a visit


@dataclass(frozen=True)
class Taken:
    """One photo with its truth: `patch` index, where and when it was taken, what the phone says of it."""

    patch: int
    visit: int
    when: float
    true: tuple[float, float]
    true_azimuth: float
    lon: float
    lat: float
    azimuth: float
    camera: str


def shape(rng: np.random.Generator, area: float) -> shapely.Polygon:
    """A field, a yard or a ragged piece of that area around the origin, metres."""
    kind = rng.integers(3)
    if kind == 0:
        ratio = rng.uniform(1, 4)
        found = shapely.box(-ratio, -1, ratio, 1)
    elif kind == 1:
        angles = np.sort(rng.uniform(0, 2 * math.pi, 14))
        radii = rng.uniform(0.6, 1.2, 14)
        found = shapely.buffer(shapely.Polygon(np.column_stack([radii * np.cos(angles), radii * np.sin(angles)])), 0)
        found = max(shapely.get_parts(found), key=shapely.area)
    else:
        found = shapely.box(-2, -1, 2, 1).difference(shapely.box(rng.uniform(-1, 1), 0, 3, 2))
    grown = affinity.scale(found, *(2 * [math.sqrt(area / found.area)]), origin=(0, 0))
    return affinity.rotate(grown, rng.uniform(0, 360), origin=(0, 0))


def village(rng: np.random.Generator, count: int, centre: tuple[float, float]) -> list[shapely.Polygon]:
    """So many patches grown onto each other, the gap to the one before 5–40 m or nothing."""
    placed = [affinity.translate(shape(rng, 3000), *centre)]
    while len(placed) < count:
        area = float(np.exp(rng.uniform(math.log(200), math.log(20_000))))
        new, host = shape(rng, area), int(rng.integers(len(placed)))
        side = placed[host]
        gap = 0.0 if rng.random() < 0.125 else rng.uniform(5, 40)
        angle = rng.uniform(0, 2 * math.pi)
        step = np.array([math.cos(angle), math.sin(angle)])
        start = np.array([side.centroid.x, side.centroid.y])
        low, high = 0.0, 400.0
        for _ in range(30):
            middle = (low + high) / 2
            near = affinity.translate(new, *(start + middle * step)).distance(side) <= gap
            low, high = (middle, high) if near else (low, middle)
        there = affinity.translate(new, *(start + high * step))
        others = shapely.distance(there, placed)
        if (np.delete(others, host) < 5.0).any() or there.intersection(side).area > 1:
            continue
        placed.append(there)
    return placed


def patches(count: int, seed: int = 5, each: int = 100) -> list[shapely.Polygon]:
    """Villages of patches, in metres of EPSG:4545, three kilometres apart."""
    rng = np.random.default_rng(seed)
    found: list[shapely.Polygon] = []
    while len(found) < count:
        n = len(found) // each
        centre = (ORIGIN[0] + 3000 * (n % 15), ORIGIN[1] + 3000 * (n // 15))
        found += village(rng, min(each, count - len(found)), centre)
    return found


def degrees(metres: list[shapely.Polygon]) -> list[shapely.MultiPolygon]:
    """The same in lon/lat, EPSG:4490, by PROJ."""
    turned = shapely.transform(np.array(metres, dtype=object), to_degrees)
    return [shapely.MultiPolygon([p]) for p in turned]


def within(rng: np.random.Generator, patch: shapely.Polygon, count: int) -> np.ndarray:
    """Even random points of a patch."""
    box, found = patch.bounds, np.empty((0, 2))
    shapely.prepare(patch)
    while len(found) < count:
        spots = rng.uniform(box[:2], box[2:], (4 * count, 2))
        found = np.vstack([found, spots[shapely.contains_xy(patch, spots)]])
    return found[:count]


def outside(rng: np.random.Generator, patch: shapely.Polygon, count: int, far: float = 40.0) -> np.ndarray:
    """Points around a patch, at even distances from its edge up to `far`, evenly along it."""
    rings = shapely.get_exterior_ring(shapely.buffer(patch, rng.uniform(0.1, far, count)))
    return shapely.get_coordinates(shapely.line_interpolate_point(rings, rng.uniform(0, 1, count), normalized=True))


class Ground:
    """The patches, and what can be seen of them from where."""

    def __init__(self, metres: list[shapely.Polygon]) -> None:
        self.metres = metres
        self._cores = np.array([p.buffer(-0.05) for p in metres], dtype=object)
        self._tree = shapely.STRtree(self._cores)

        self._pools: dict[int, np.ndarray] = {}

    def views(self, rng: np.random.Generator, target: int, anywhere: bool, count: int) -> np.ndarray:
        """Where photographers of the target stand and what they aim at: rows of x, y, x, y."""
        if target not in self._pools:
            self._pools[target] = self._pool(rng, target, anywhere)
        pool = self._pools[target]
        return pool[rng.integers(len(pool), size=count)]

    def _pool(self, rng: np.random.Generator, target: int, anywhere: bool) -> np.ndarray:
        patch = self.metres[target]
        spots = np.vstack([within(rng, patch, 50), outside(rng, patch, 150)])
        pool = np.hstack([spots, within(rng, patch, 200)])
        if anywhere:
            return pool
        lines = shapely.linestrings(pool.reshape(-1, 2, 2))
        line, met = self._tree.query(lines, predicate="intersects")
        blocked = np.isin(np.arange(len(pool)), line[met != target])
        free = pool[~blocked]
        # One in four from inside, as many as are left of either.
        deep = shapely.contains_xy(patch, free[:, :2])
        inner, outer = free[deep], free[~deep]
        if not len(free):
            return pool[shapely.contains_xy(patch, pool[:, :2])]
        return np.vstack([inner[: max(len(outer) // 3, 5)], outer])


def take(
    metres: list[shapely.Polygon], photos: int, errors: Errors, seed: int = 7, anywhere: bool = False
) -> list[Taken]:
    """Visits until there are so many photos; `anywhere`: also from within and across other patches."""
    rng = np.random.default_rng(seed)
    ground = Ground(metres)
    centres = np.array([(p.centroid.x, p.centroid.y) for p in metres])
    taken: list[Taken] = []
    clocks = [1_777_600_000.0 + 86_400 * n for n in range(4)]
    wheres = [int(rng.integers(len(metres))) for _ in clocks]
    visit = 0
    while len(taken) < photos:
        phone = visit % len(clocks)
        by_distance = np.argsort(np.hypot(*(centres - centres[wheres[phone]]).T))
        target = int(by_distance[rng.integers(1, 8)]) if rng.random() < 0.9 else int(rng.integers(len(metres)))
        clocks[phone] += rng.uniform(60, 300) if target in by_distance[:8] else rng.uniform(1800, 7200)
        wheres[phone] = target
        first = ground.views(rng, target, anywhere, 1)[0]
        steady = rng.normal(0, 1, 2), rng.normal()
        for n in range(int(rng.integers(3, 7))):
            views = ground.views(rng, target, anywhere, 6)
            view = first if n == 0 else min(views, key=lambda v: float(np.hypot(*(v[:2] - first[:2]))))
            spot, at = view[:2], view[2:]
            taken.append(_shoot(rng, at, target, visit, clocks[phone], spot, steady, errors, f"HUAWEI P{phone}"))
            clocks[phone] += rng.uniform(10, 60)
        visit += 1
    return taken[:photos]


def _shoot(rng, at, target, visit, when, spot, steady, errors, camera) -> Taken:
    # Grid north to true north: the angle of a short step north.
    same, new = math.sqrt(errors.steady), math.sqrt(1 - errors.steady)
    off = errors.metres * (same * steady[0] + new * rng.normal(0, 1, 2))
    (lon, lat), up, said = to_degrees(np.array([spot, [spot[0], spot[1] + 100], spot + off])).tolist()
    turn = math.degrees(math.atan2((up[0] - lon) * math.cos(math.radians(lat)), up[1] - lat))
    azimuth = (math.degrees(math.atan2(at[0] - spot[0], at[1] - spot[1])) + turn) % 360
    said_azimuth = (azimuth + errors.degrees * (same * steady[1] + new * rng.normal())) % 360
    return Taken(target, visit, when, (lon, lat), azimuth, *said, said_azimuth, camera)
