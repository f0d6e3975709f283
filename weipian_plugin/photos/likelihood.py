"""How likely a photo was taken of each patch around it, from where it was taken and which way it looks.

Every patch has the same number of photos to begin with. A photographer of a patch stands in it, or
outside within some forty metres of its edge, and aims at any part of it, seldom from within another
patch or across one; the position is off by the receiver's error, the direction by the compass's. All
that is summed up over places around the measured one and directions around the measured one, in plane
metres. What comes out is a density per square metre and radian, so that a small patch right before the
lens outweighs a large one that also reaches there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ..geo.viewcone import local_each

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]

#: Error of a position of which the phone says nothing, metres (68 % within, so 95 % within 16 m), and the least
#: ever believed.
USUAL_ACCURACY_M, LEAST_ACCURACY_M = 10.0, 5.0
#: 68 % of a round normal error lie within 1.515 standard deviations of one axis.
_R68 = 1.515
#: Phone compasses: standard deviation in degrees, and how often they are plainly wrong (dossier 4.3: ±10–20°).
COMPASS_DEG, COMPASS_LOST = 10.0, 0.03
#: Part of the photos taken from inside; outside as often at any distance up to `_STAND_M`, then rarer.
_INSIDE, _STAND_M, _FADE_M = 0.25, 40.0, 15.0
#: How often somebody stands in another patch or shoots across one, against how often he could.
_ACROSS = 0.15
#: Part of the photos that show no patch at all, spread over the land up to so far from where one lies.
_STRAY, _STRAY_REACH_M = 0.05, 150.0
#: So many patches around a photo are weighed.
_MOST = 12
#: Corners that bend an edge by less than this do not count, metres.
_PLAIN_M = 0.3
#: With more corners a patch is made plainer, up to ten times that.
_CORNERS = 150


def _places() -> tuple[Numbers, Numbers]:
    """Where the camera may really be, in standard deviations, and how likely: two rings around the measured place."""
    rings = ((6, 0.912, 0.72), (8, 2.142, 0.28))
    turns = [np.arange(count) * 2 * math.pi / count for count, _, _ in rings]
    places = [radius * np.column_stack([np.sin(t), np.cos(t)]) for t, (_, radius, _) in zip(turns, rings)]
    return np.vstack(places), np.concatenate([np.full(count, part / count) for count, _, part in rings])


_PLACES, _PLACE_WEIGHTS = _places()
_TURNS = np.linspace(-2.6, 2.6, 13)
_TURN_WEIGHTS = np.exp(-(_TURNS**2) / 2) / np.exp(-(_TURNS**2) / 2).sum()


@dataclass(frozen=True)
class Shots:
    """Photos with a position, column by column; an azimuth of NaN is not known, accuracy in metres (68 %)."""

    lon: Numbers
    lat: Numbers
    azimuth: Numbers
    accuracy_m: Numbers

    @property
    def sigma_m(self) -> Numbers:
        """Standard deviation of the position along one axis."""
        return np.maximum(self.accuracy_m, LEAST_ACCURACY_M) / _R68


@dataclass(frozen=True)
class Pairs:
    """Photos beside patches: indices of both, metres to the edge (0 inside), log density."""

    shot: Indices
    patch: Indices
    distance_m: Numbers
    log_density: Numbers


def stray_log_density(area_m2: float = 0.0, girth_m: float = 0.0) -> float:
    """Log density of a photo that shows no patch, around one so large: the same few strays on more land are rarer."""
    land = area_m2 + girth_m * _STRAY_REACH_M + math.pi * _STRAY_REACH_M**2
    return math.log(_STRAY / (land * 2 * math.pi))


class Ground:
    """Patches in local metres, each around its own middle."""

    def __init__(self, shapes: NDArray[Any]) -> None:
        bounds = shapely.bounds(shapes) if len(shapes) else np.zeros((0, 4))
        self._lon, self._lat = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
        self._local = local_each(shapes, self._lon, self._lat) if len(shapes) else np.empty(0, dtype=object)
        self._area = np.maximum(shapely.area(self._local), 1.0)
        self._girth = np.maximum(shapely.length(shapely.convex_hull(self._local)), 4.0)
        self._edges: dict[int, Numbers] = {}
        self.tree = shapely.STRtree(shapes)

    def around(self, shots: Shots, reach_m: Numbers) -> tuple[Indices, Indices, Numbers]:
        """Photo, patch and metres between for all that are within reach, ordered by photo, then patch."""
        high = np.degrees(reach_m / 6.33e6)  # a metre is never more of a degree than on the smallest radius
        wide = high / np.maximum(np.cos(np.radians(np.minimum(np.abs(shots.lat) + high, 89.9))), 1e-3)
        boxes = shapely.box(shots.lon - wide, shots.lat - high, shots.lon + wide, shots.lat + high)
        shot, patch = self.tree.query(boxes)
        order = np.lexsort((patch, shot))
        shot, patch = shot[order], patch[order]
        distance = self.distance(shots, shot, patch)
        near = distance <= reach_m[shot]
        return shot[near], patch[near], distance[near]

    def distance(self, shots: Shots, shot: Indices, patch: Indices) -> Numbers:
        """Metres from each photo to its patch, 0 inside."""
        points = shapely.points(self._camera(shots, shot, patch))
        return np.asarray(shapely.distance(points, self._local[patch]), dtype=float)

    def _camera(self, shots: Shots, shot: Indices, patch: Indices) -> Numbers:
        """Where the cameras stand in the metres of their patches."""
        points = shapely.points(shots.lon[shot], shots.lat[shot])
        return np.asarray(shapely.get_coordinates(local_each(points, self._lon[patch], self._lat[patch])))

    def weigh(self, shots: Shots, reach_m: Numbers) -> Pairs:
        """The density of every photo under the patches within reach, the nearest dozen of them."""
        shot, patch, distance = self.around(shots, reach_m)
        order = np.lexsort((patch, distance, shot))
        shot, patch, distance = shot[order], patch[order], distance[order]
        rank = np.arange(len(shot)) - np.searchsorted(shot, shot)
        shot, patch, distance = (column[rank < _MOST] for column in (shot, patch, distance))
        camera, density = self._camera(shots, shot, patch), np.zeros(len(shot))
        starts = np.searchsorted(shot, np.arange(len(shots.lon) + 1))
        for i in np.unique(shot):
            some = slice(starts[i], starts[i + 1])
            density[some] = self._density(patch[some], camera[some], shots.azimuth[i], shots.sigma_m[i])
        return Pairs(shot, patch, distance, np.log(np.maximum(density, 1e-300)))

    def stray(self, patches: Indices, belief: Numbers) -> float:
        """Log density of a photo that shows no patch: as it is around those that it may show, by their log belief."""
        if not len(patches):
            return stray_log_density()
        each = [stray_log_density(a, g) for a, g in zip(self._area[patches], self._girth[patches])]
        return float(np.logaddexp.reduce(belief + each) - np.logaddexp.reduce(belief))

    def _edges_of(self, patch: int) -> Numbers:
        """Edges of a patch as rows of x, y, dx, dy; the inside is to the left."""
        if patch not in self._edges:
            plain = self._plain(patch)
            rows = []
            for part in shapely.get_parts(plain):
                for hole, ring in enumerate(shapely.get_rings(part)):
                    points = shapely.get_coordinates(ring)
                    if shapely.is_ccw(ring) == (hole > 0):
                        points = points[::-1]
                    rows.append(np.column_stack([points[:-1], np.diff(points, axis=0)]))
            self._edges[patch] = np.vstack(rows)
        return self._edges[patch]

    def _plain(self, patch: int) -> BaseGeometry:
        """A patch without the corners that make no difference here."""
        whole, bend = self._local[patch], _PLAIN_M
        plain = shapely.simplify(whole, bend)
        while shapely.get_num_coordinates(plain) > _CORNERS and bend < 10 * _PLAIN_M:
            bend *= 2
            plain = shapely.simplify(whole, bend)
        return whole if shapely.area(plain) == 0 else plain

    def _density(self, patches: Indices, camera: Numbers, azimuth: float, sigma: float) -> Numbers:
        """Density of one photo under each of some patches; `camera` where it stands in the metres of each."""
        edges = [self._edges_of(int(p)) for p in patches]
        starts = np.cumsum([0, *(len(e) for e in edges[:-1])])
        shift = np.repeat(camera, [len(e) for e in edges], axis=0)
        edge = np.vstack(edges)
        scene = _Scene(edge[:, :2] - shift, edge[:, 2:], starts)
        spots = sigma * _PLACES
        inside, far = scene.distances(spots)
        area, girth = self._area[patches], self._girth[patches]
        outside = (1 - _INSIDE) / (_STAND_M + _FADE_M) / (girth + 2 * math.pi * far)
        stand = np.where(inside, _INSIDE / area, outside * np.exp(-np.maximum(far - _STAND_M, 0) / _FADE_M))
        elsewhere = inside.any(axis=1)[:, None] & ~inside
        stand = np.where(elsewhere, stand * _ACROSS, stand) * _PLACE_WEIGHTS[:, None]
        if math.isnan(azimuth):
            return np.asarray(stand.sum(axis=0) / (2 * math.pi))
        turns = np.radians(azimuth + COMPASS_DEG * _TURNS)
        first, slices = scene.rays(spots, np.column_stack([np.sin(turns), np.cos(turns)]))
        first = np.where(inside[:, None, :], 0.0, first)
        free = first <= first.min(axis=2, keepdims=True)
        aim = np.einsum("sdk,d->sk", slices / area * np.where(free, 1.0, _ACROSS), _TURN_WEIGHTS)
        return np.asarray((stand * ((1 - COMPASS_LOST) * aim + COMPASS_LOST / (2 * math.pi))).sum(axis=0))


class _Scene:
    """The edges of some patches around a camera: from `at` along `run`, each patch beginning at one of `starts`."""

    def __init__(self, at: Numbers, run: Numbers, starts: Indices) -> None:
        self._at, self._run, self._starts = at, run, starts
        self._length2 = np.maximum((run**2).sum(axis=1), 1e-12)

    def distances(self, spots: Numbers) -> tuple[NDArray[np.bool_], Numbers]:
        """For each spot and patch, whether it lies inside, and metres to the edge."""
        off_x = spots[:, 0, None] - self._at[:, 0]
        off_y = spots[:, 1, None] - self._at[:, 1]
        run_x, run_y = self._run[:, 0], self._run[:, 1]
        along = np.clip((off_x * run_x + off_y * run_y) / self._length2, 0, 1)
        square = (off_x - along * run_x) ** 2 + (off_y - along * run_y) ** 2
        far = np.sqrt(np.minimum.reduceat(square, self._starts, axis=1))
        spans = (off_y < 0) != (off_y < run_y)
        right = off_x * run_y < off_y * run_x
        crossed = spans & (right == (run_y > 0))
        return np.add.reduceat(crossed.astype(np.int64), self._starts, axis=1) % 2 == 1, far

    def rays(self, spots: Numbers, turns: Numbers) -> tuple[Numbers, Numbers]:
        """For each spot, direction and patch: metres to where the ray meets it, and m² per radian that it sweeps."""
        to_x = self._at[:, 0] - spots[:, 0, None]
        to_y = self._at[:, 1] - spots[:, 1, None]
        across = turns[:, 0, None] * self._run[:, 1] - turns[:, 1, None] * self._run[:, 0]
        safe = 1 / np.where(np.abs(across) < 1e-9, np.inf, across)
        metres = (to_x * self._run[:, 1] - to_y * self._run[:, 0])[:, None, :] * safe
        part = (to_x[:, None, :] * turns[:, 1, None] - to_y[:, None, :] * turns[:, 0, None]) * safe
        hit = (part >= 0) & (part < 1) & (metres > 0)
        first = np.minimum.reduceat(np.where(hit, metres, np.inf), self._starts, axis=2)
        swept = np.where(hit, np.sign(across) * metres**2 / 2, 0.0)
        return first, np.maximum(np.add.reduceat(swept, self._starts, axis=2), 0.0)
