"""How wide an elongated patch is, such as a road: along the middle line of its outline, in metres on the ground.

Method: the middle line is the longest path through the Voronoi edges of the densified outline that lie inside
it (the medial axis). At each piece of it the width is the diameter of the largest circle inside the outline.
Of these, weighted by length, the median is the width and the 10th and 90th percentile are its range; the last
stretch at either end, where the axis runs into the corners, does not count. Circles are wider where a road
meets another; the median leaves such places out. The plane is local (ellipsoidal radii of CGCS2000 at the
patch), good to a millimetre in a kilometre.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import numpy.typing as npt
import shapely

from .viewcone import to_metres

Array = npt.NDArray[np.float64]
#: Path through the middle in widths from which a shape counts as elongated.
ELONGATED = 5.0
#: Points of the outline in one width, and at most.
_PER_WIDTH, _MOST = 8, 6000
#: A shape that is this compact (length of the rectangle with the same area and perimeter, in widths) is left out.
_COMPACT = 3.0
_SHARES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Width:
    """Metres on the ground: median width, its 10th and 90th percentile, length of the middle line."""

    median_m: float
    low_m: float
    high_m: float
    length_m: float

    @property
    def elongation(self) -> float:
        """Length in widths."""
        return self.length_m / self.median_m

    @property
    def elongated(self) -> bool:
        """Whether it is shaped like a road."""
        return self.elongation >= ELONGATED


def measure_width(wkb: Optional[bytes]) -> Optional[Width]:
    """Width of the largest part of a (Multi)Polygon, WKB in lon/lat degrees CGCS2000; None when it is compact."""
    if not wkb:
        return None
    shape = shapely.from_wkb(wkb)
    if shapely.is_empty(shape) or shapely.get_dimensions(shape) != 2:
        return None
    x0, y0, x1, y1 = shapely.bounds(shape)
    plane = to_metres(shape, (x0 + x1) / 2, (y0 + y1) / 2)
    parts = shapely.get_parts(plane)
    found = plane_width(parts[int(np.argmax(shapely.area(parts)))])
    return found if found is not None and found.elongated else None


def plane_width(polygon: Any) -> Optional[Width]:
    """The same for a Polygon in metres; None when it is too compact to have a middle line."""
    area, perimeter = float(shapely.area(polygon)), float(shapely.length(polygon))
    half = perimeter / 2
    root = half * half - 4 * area
    if area <= 0 or root <= 0:
        return None
    about = (half - math.sqrt(root)) / 2  # shorter side of the rectangle with this area and perimeter
    if about <= 0 or area / about / about < _COMPACT:
        return None
    polygon = shapely.simplify(polygon, about / 40)
    edges = _axis(polygon, max(about / _PER_WIDTH, perimeter / _MOST))
    path = _longest_path(edges)
    return _along(path, polygon) if len(path) > 2 else None


def _axis(polygon: Any, step: float) -> Array:
    """(n, 2, 2) Voronoi edges of the outline that lie inside."""
    outline = shapely.segmentize(shapely.boundary(polygon), step)
    points = shapely.multipoints(np.unique(shapely.get_coordinates(outline), axis=0))
    # Cells rather than `only_edges`, which takes six times as long; that each edge comes twice does no harm.
    cells = shapely.get_parts(shapely.voronoi_polygons(points))
    coords, cell = shapely.get_coordinates(cells, return_index=True)
    follows = cell[1:] == cell[:-1]
    edges = np.stack([coords[:-1][follows], coords[1:][follows]], axis=1)
    shapely.prepare(polygon)
    inside = shapely.contains_xy(polygon, edges[:, 0]) & shapely.contains_xy(polygon, edges[:, 1])
    return np.asarray(edges[inside], dtype=np.float64)


def _longest_path(edges: Array) -> Array:
    """(m, 2) vertices of the longest of the shortest paths through the edges."""
    if not len(edges):
        return np.empty((0, 2))
    nodes, index = np.unique(np.round(edges.reshape(-1, 2), 6), axis=0, return_inverse=True)
    ends = index.reshape(-1, 2)
    lengths = np.hypot(*(nodes[ends[:, 0]] - nodes[ends[:, 1]]).T)
    near: list[list[tuple[int, float]]] = [[] for _ in nodes]
    for (a, b), length in zip(ends.tolist(), lengths.tolist()):
        near[a].append((b, length))
        near[b].append((a, length))
    # The axis may fall apart at a needle's eye; the longest of its parts is looked for.
    best: tuple[float, int] = (0.0, 0)
    seen: set[int] = set()
    for start in range(len(nodes)):
        if start not in seen:
            far, reached, _ = _farthest(near, start)
            seen.update(reached)
            distance = _farthest(near, far)[1]
            best = max(best, (max(distance.values()), far))
    end, _, came = _farthest(near, best[1])
    path = [end]
    while came[path[-1]] >= 0:
        path.append(came[path[-1]])
    return np.asarray(nodes[path], dtype=np.float64)


def _farthest(near: list[list[tuple[int, float]]], start: int) -> tuple[int, dict[int, float], dict[int, int]]:
    """The node farthest from `start`, all distances, and where each node was reached from (Dijkstra)."""
    distance, came = {start: 0.0}, {start: -1}
    heap = [(0.0, start)]
    while heap:
        gone, node = heapq.heappop(heap)
        if gone > distance[node]:
            continue
        for other, length in near[node]:
            if gone + length < distance.get(other, math.inf):
                distance[other], came[other] = gone + length, node
                heapq.heappush(heap, (gone + length, other))
    return max(distance, key=lambda node: distance[node]), distance, came


def _along(path: Array, polygon: Any) -> Optional[Width]:
    """Widths along the middle line without its ends."""
    steps = np.hypot(*np.diff(path, axis=0).T)
    length = float(steps.sum())
    middles = (path[1:] + path[:-1]) / 2
    widths = 2 * shapely.distance(shapely.points(middles), shapely.boundary(polygon))
    place = np.cumsum(steps) - steps / 2
    margin = min(float(_percentiles(widths, steps)[1]), length / 4)
    inner = (place > margin) & (place < length - margin)
    if not inner.any():
        return None
    low, median, high = _percentiles(widths[inner], steps[inner])
    return Width(median, low, high, length) if median > 0 else None


def _percentiles(values: Array, weights: Array) -> tuple[float, float, float]:
    """10th, 50th and 90th percentile of weighted values."""
    order = np.argsort(values)
    share = np.cumsum(weights[order]) - weights[order] / 2
    low, median, high = np.interp(_SHARES, share / weights.sum(), values[order])
    return float(low), float(median), float(high)
