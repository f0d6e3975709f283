"""A believable Chongqing hill township: relief, roads, a river, farmsteads and a gap-free mosaic.

Plane coordinates are EPSG:4545 metres (east, north). Nothing here is a real place: the position is
near 106.75E 29.78N, the land is invented from a seed.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import shapely
from PIL import Image
from shapely import Polygon
from shapely.geometry.base import BaseGeometry

#: Names of the DLBM codes used (TD/T 1055-2019).
NAMES = {
    "0101": "水田", "0103": "旱地", "0201": "果园", "0301": "乔木林地", "0302": "竹林地", "0305": "灌木林地",
    "0404": "其他草地", "0601": "工业用地", "0702": "农村宅基地", "08H2": "科教文卫用地", "1003": "公路用地",
    "1006": "农村道路", "1101": "河流水面", "1104": "坑塘水面", "1202": "设施农用地", "1206": "裸土地",
}  # fmt: skip
CROPLAND = ("0101", "0103")


@dataclass(frozen=True)
class Parcel:
    """One polygon of the land-use mosaic; `angle` is the direction of its furrows, radians."""

    code: str
    shape: Polygon
    angle: float


@dataclass
class Land:
    """The invented township inside `extent` (xmin, ymin, xmax, ymax)."""

    extent: tuple[float, float, float, float]
    relief: np.ndarray  # 0..1, rows from the north, one cell a metre
    parcels: list[Parcel] = field(default_factory=list)
    houses: list[Polygon] = field(default_factory=list)
    roads: list[BaseGeometry] = field(default_factory=list)
    river: BaseGeometry = field(default_factory=Polygon)

    def height(self, x: float, y: float) -> float:
        """Relief at a place, 0 (valley) to 1 (hill top)."""
        xmin, _, _, ymax = self.extent
        row = min(max(int(ymax - y), 0), self.relief.shape[0] - 1)
        column = min(max(int(x - xmin), 0), self.relief.shape[1] - 1)
        return float(self.relief[row, column])


def noise(rng: np.random.Generator, shape: tuple[int, int], cell: float, octaves: int = 4) -> np.ndarray:
    """Smooth value noise in 0..1; `cell` is the size of the coarsest bump in pixels."""
    total = np.zeros(shape, dtype=np.float32)
    for octave in range(octaves):
        size = (max(2, round(shape[1] / cell * 2**octave) + 2), max(2, round(shape[0] / cell * 2**octave) + 2))
        coarse = Image.fromarray(rng.random((size[1], size[0]), dtype=np.float32))
        total += np.asarray(coarse.resize((shape[1], shape[0]), Image.Resampling.BICUBIC)) / 2**octave
    low, high = float(total.min()), float(total.max())
    return (total - low) / (high - low)


def _path(rng: np.random.Generator, start: tuple[float, float], end: tuple[float, float], sway: float) -> BaseGeometry:
    """A winding line between two places."""
    t = np.linspace(0, 1, 60)
    a, b = np.array(start), np.array(end)
    normal = np.array([-(b - a)[1], (b - a)[0]]) / np.hypot(*(b - a))
    bend = sum(
        rng.normal(0, sway / k) * np.sin(np.pi * k * t + (0 if k == 1 else rng.uniform(0, 0.6))) for k in (1, 2, 3, 5)
    )
    return shapely.LineString(a + np.outer(t, b - a) + np.outer(bend, normal))


def _seeds(rng: np.random.Generator, land: Land) -> np.ndarray:
    """Parcel centres: close together in the valley, wide apart in the woods."""
    xmin, ymin, xmax, ymax = land.extent
    count = round((xmax - xmin) * (ymax - ymin) / 120)
    scale = np.sqrt((xmax - xmin) * (ymax - ymin) / 1.2e6)
    candidates = np.column_stack([rng.uniform(xmin, xmax, count), rng.uniform(ymin, ymax, count)])
    kept: list[np.ndarray] = []
    reach: list[float] = []
    for point in candidates:
        height = land.height(*point)
        radius = (27 if height < 0.42 else 36 if height < 0.6 else 62) * max(1.0, scale)
        if kept:
            gaps = np.hypot(*(np.array(kept) - point).T)
            if bool(np.any(gaps < np.minimum(radius, np.array(reach)))):
                continue
        kept.append(point)
        reach.append(radius)
    return np.array(kept)


def _farmsteads(rng: np.random.Generator, land: Land, count: int) -> list[Polygon]:
    """Yards beside the rural roads."""
    yards: list[Polygon] = []
    ways = land.roads[1:]
    for _ in range(count * 6):
        way = ways[int(rng.integers(len(ways)))]
        at = way.interpolate(rng.uniform(0.05, 0.95), normalized=True)
        angle = rng.uniform(0, 2 * np.pi)
        x, y = at.x + 26 * np.cos(angle), at.y + 26 * np.sin(angle)
        yard = rectangle(x, y, rng.uniform(20, 40), rng.uniform(16, 26), rng.uniform(0, np.pi))
        free = all(yard.distance(other) > 4 for other in yards)
        clear = all(yard.distance(road) > 5 for road in land.roads) and yard.distance(land.river) > 8
        if free and clear and shapely.box(*land.extent).contains(yard):
            yards.append(yard)
        if len(yards) == count:
            break
    return yards


def rectangle(x: float, y: float, width: float, depth: float, angle: float) -> Polygon:
    """A turned rectangle around (x, y)."""
    c, s = np.cos(angle), np.sin(angle)
    corners = [(-width / 2, -depth / 2), (width / 2, -depth / 2), (width / 2, depth / 2), (-width / 2, depth / 2)]
    return shapely.Polygon([(x + c * u - s * v, y + s * u + c * v) for u, v in corners])


def _code(rng: np.random.Generator, height: float, area: float) -> str:
    """Land use of a field from where it lies."""
    dice = rng.random()
    if height < 0.4:
        return "0101" if dice < 0.78 else "0103" if dice < 0.92 else "1104" if area < 1500 else "0101"
    if height < 0.62:
        return "0103" if dice < 0.68 else "0201" if dice < 0.86 else "0305" if dice < 0.93 else "0404"
    return "0301" if dice < 0.72 else "0302" if dice < 0.85 else "0305" if dice < 0.95 else "0103"


def _absorb_slivers(faces: list[Polygon], least: float) -> list[Polygon]:
    """Give faces smaller than `least` m² to the neighbour that shares the longest edge."""
    order = sorted(range(len(faces)), key=lambda i: faces[i].area)
    for i in order:
        if faces[i].area >= least:
            break
        touching = [j for j in range(len(faces)) if j != i and not faces[j].is_empty and faces[j].intersects(faces[i])]
        shared = [(faces[j].intersection(faces[i]).length, j) for j in touching]
        if not shared or max(shared)[0] == 0:
            continue
        target = max(shared)[1]
        merged = faces[target].union(faces[i])
        if isinstance(merged, Polygon):
            faces[target], faces[i] = merged, Polygon()
    return [face for face in faces if not face.is_empty]


def make_land(extent: tuple[float, float, float, float], rng: np.random.Generator) -> Land:
    """Invent the township inside `extent`; every point of it lies in exactly one parcel."""
    xmin, ymin, xmax, ymax = extent
    width, depth = xmax - xmin, ymax - ymin
    relief = noise(rng, (round(depth), round(width)), max(width, depth) / 2.2, 5)
    land = Land(extent, relief)
    frame = shapely.box(*extent)
    river = _path(rng, (xmin - 20, ymin + depth * 0.22), (xmax + 20, ymin + depth * 0.34), depth * 0.05)
    land.river = river.buffer(9)
    main = _path(rng, (xmin - 20, ymin + depth * 0.62), (xmax + 20, ymin + depth * 0.72), depth * 0.05)
    branches = [
        _path(rng, (west, ymin - 20), (west + width * rng.uniform(-0.08, 0.08), ymax + 20), width * 0.04)
        for west in (xmin + width * at for at in (0.2, 0.48, 0.8))
    ]
    land.roads = [main, *branches]
    public = main.buffer(5)
    rural = shapely.union_all([b.buffer(2.1) for b in branches]).difference(public)
    water = land.river.difference(shapely.union_all([public, rural]))
    yards = _farmsteads(rng, land, round(34 * width * depth / 1.2e6))
    fixed = [(public, "1003"), (rural, "1006"), (water, "1101"), (shapely.union_all(yards), "0702")]
    solid = shapely.union_all([shape for shape, _ in fixed])
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.MultiPoint(_seeds(rng, land)), extend_to=frame.buffer(80))
    )
    hedges = _bent(shapely.union_all(shapely.boundary(cells)), land, rng).intersection(frame).difference(solid)
    edges = [hedges, frame.boundary, *(shape.intersection(frame).boundary for shape, _ in fixed)]
    net = shapely.union_all(shapely.set_precision(edges, 0.001), grid_size=0.001)
    faces = _absorb_slivers(list(shapely.get_parts(shapely.polygonize([net]))), 60.0)
    for face in faces:
        inner = face.representative_point()
        code = next((c for shape, c in fixed if shape.contains(inner)), "")
        land.parcels.append(
            Parcel(code or _code(rng, land.height(inner.x, inner.y), face.area), face, _furrow(face, rng))
        )
    _special(land, rng)
    for yard in yards:
        land.houses += _houses(yard, rng)
    return land


def _bent(lines: BaseGeometry, land: Land, rng: np.random.Generator) -> BaseGeometry:
    """Bend straight cell edges by a smooth field of a few metres: terraces follow the slope."""
    xmin, ymin, xmax, ymax = land.extent
    size = (round(ymax - ymin) + 200, round(xmax - xmin) + 200)
    shifts = [(noise(rng, size, 95, 2) - 0.5) * 36 for _ in range(2)]

    def bend(points: np.ndarray) -> np.ndarray:
        rows = np.clip((ymax + 100 - points[:, 1]).astype(int), 0, size[0] - 1)
        columns = np.clip((points[:, 0] - xmin + 100).astype(int), 0, size[1] - 1)
        return points + np.column_stack([shift[rows, columns] for shift in shifts])

    return shapely.transform(shapely.segmentize(lines, 9.0), bend)


def _furrow(face: Polygon, rng: np.random.Generator) -> float:
    """Furrows follow the long side of a field."""
    ring = np.array(face.minimum_rotated_rectangle.exterior.coords)
    sides = np.diff(ring[:3], axis=0)
    long = sides[int(np.argmax(np.hypot(*sides.T)))]
    return float(np.arctan2(long[1], long[0]) + rng.normal(0, 0.05))


def _houses(yard: Polygon, rng: np.random.Generator) -> list[Polygon]:
    """One or two roofs inside a yard."""
    ring = np.array(yard.exterior.coords)
    angle = float(np.arctan2(*(ring[1] - ring[0])[::-1]))
    c = yard.centroid
    width = float(np.hypot(*(ring[1] - ring[0])))
    depth = float(np.hypot(*(ring[2] - ring[1])))
    main = rectangle(c.x, c.y, width * rng.uniform(0.5, 0.7), depth * 0.5, angle)
    wing = rectangle(
        c.x - np.cos(angle) * width * 0.33, c.y - np.sin(angle) * width * 0.33, width * 0.2, depth * 0.75, angle
    )
    return [main, wing] if rng.random() < 0.6 else [main]


def _special(land: Land, rng: np.random.Generator) -> None:
    """Turn a few fields beside the main road into a works, a school, an old stockyard."""
    near = sorted(
        (i for i, p in enumerate(land.parcels) if p.code in ("0101", "0103", "0201") and p.shape.area > 900),
        key=lambda i: land.parcels[i].shape.distance(land.roads[0]),
    )
    chosen = list(dict.fromkeys(int(i) for i in rng.choice(near[:14], size=min(4, len(near)), replace=False)))
    for index, code in zip(chosen, ("0601", "08H2", "1202", "1206")):
        old = land.parcels[index]
        land.parcels[index] = Parcel(code, old.shape, old.angle)
        inner = old.shape.buffer(-6)
        if code in ("0601", "08H2", "1202") and not inner.is_empty:
            box = shapely.get_parts(inner)[0].centroid
            size = np.sqrt(old.shape.area)
            land.houses.append(rectangle(box.x, box.y, size * 0.55, size * 0.3, old.angle))
