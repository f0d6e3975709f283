"""Positions that a Chinese map program gave in GCJ-02: some 480 m off, all the same way (dossier 4.3).

One photo in the wrong place proves nothing. Suspected are the photos of one camera and program when taking GCJ-02 back
brings clearly more of them to patches than steps of the same length in other directions do, which is what
chance does among dense patches; or photos whose name or link says which patch they show, and that this brings
there.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np
import shapely
from numpy.typing import NDArray

from ..geo.gcj02 import to_gcj
from ..geo.viewcone import local_each
from .weighing import Scene

#: A photo belongs to a patch up to so far from it: 50 m, and what a position is wrong by.
REACH_M = 65.0
#: Shifts shorter than this are none, metres.
_LEAST_M = 100.0
#: Other directions that the same step is tried in, degrees from the true one.
_ELSEWHERE = (45.0, 90.0, 135.0, 180.0, 225.0, 270.0, 315.0)
#: So many photos without a name, and less than this chance of an accident, make a suspicion.
_LEAST, _ACCIDENT = 3, 0.001
#: Steps elsewhere that hit so seldom make one known photo enough for those of the same program.
_RARE = 0.2
#: A program of which so many of the photos fit after the conversion shifts all of them.
_ALL = 0.95
_WINDS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


@dataclass(frozen=True)
class Fix:
    """A photo with a position in degrees.

    `camera`: what took it, the program included; `patches`: uids that its name or a person gives it.
    """

    key: str
    camera: str
    lon: float
    lat: float
    patches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """The photos that are probably shifted, by how much (median) and which way, degrees from north."""

    keys: tuple[str, ...]
    median_m: float
    azimuth_deg: float
    text: str


@dataclass(frozen=True)
class _Tried:
    """Columns by photo: whether it is near its patches as it is, with GCJ-02 taken back, with steps elsewhere."""

    sure: NDArray[np.bool_]
    now: NDArray[np.bool_]
    back: NDArray[np.bool_]
    elsewhere: NDArray[np.int64]
    shift: NDArray[np.float64]  # metres east and north from the true to the given place


def suspect(fixes: Sequence[Fix], scene: Scene) -> Optional[Found]:
    """The photos whose positions look like GCJ-02; None when nothing speaks for it."""
    if not fixes:
        return None
    tried = _try(fixes, scene)
    cameras: dict[str, list[int]] = defaultdict(list)
    for i, fix in enumerate(fixes):
        cameras[fix.camera].append(i)
    chosen: list[int] = []
    for members in cameras.values():
        chosen += _of_camera(np.array(members), tried)
    if not chosen:
        return None
    rows = np.array(sorted(chosen))
    east, north = np.median(tried.shift[rows], axis=0)
    size, azimuth = math.hypot(east, north), math.degrees(math.atan2(east, north)) % 360
    here = int(tried.now[rows].sum())
    wind = _WINDS[round(azimuth / 45) % 8]
    text = (
        f"{len(rows)} 张照片的位置整体偏离图斑约 {size:.0f} 米、方位 {azimuth:.0f}°（{wind}），"
        f"与 GCJ-02（高德、腾讯地图坐标）的偏移一致：按 GCJ-02 换算后 {len(rows)} 张都在图斑 {REACH_M:.0f} 米以内，"
        f"换算前 {here} 张。可以换算，随时可恢复"
    )
    return Found(tuple(fixes[i].key for i in rows), size, azimuth, text)


def _of_camera(members: NDArray[np.int64], tried: _Tried) -> list[int]:
    """Which photos of one camera and program are suspected."""
    off = members[~tried.now[members]]
    gained = off[tried.back[off]]
    named, free = gained[tried.sure[gained]], gained[~tried.sure[gained]]
    loose = off[~tried.sure[off]]
    luck = (tried.elsewhere[loose].sum() + 1) / (len(_ELSEWHERE) * max(len(loose), 1) + 1)
    enough = len(free) >= _LEAST and _at_least(len(free), len(loose), luck) < _ACCIDENT
    # A photo whose patch is known and that lands there tells of the program that wrote it.
    if enough or (len(named) and len(free) and luck < _RARE):
        # Among dense patches a shifted photo may also land beside a wrong one: if all fit, all are meant.
        everyone = float(tried.back[members].mean()) >= _ALL
        return [int(i) for i in (members[tried.back[members]] if everyone else gained)]
    return [int(i) for i in named]


def _at_least(hits: int, tries: int, chance: float) -> float:
    """Probability of so many hits or more by chance."""
    chance = min(chance, 1.0)
    return sum(math.comb(tries, k) * chance**k * (1 - chance) ** (tries - k) for k in range(hits, tries + 1))


def _try(fixes: Sequence[Fix], scene: Scene) -> _Tried:
    given = np.array([(f.lon, f.lat) for f in fixes])
    true = to_gcj(given, back=True)
    shift = shapely.get_coordinates(local_each(shapely.points(given), true[:, 0], true[:, 1]))
    scale = np.column_stack([np.cos(np.radians(given[:, 1])), np.ones(len(given))]) * 111_200
    long_enough = np.hypot(*shift.T) >= _LEAST_M
    wanted = [{scene.number[uid] for uid in f.patches if uid in scene.number} for f in fixes]
    sure = np.array([bool(w) for w in wanted])
    elsewhere = np.zeros(len(fixes), dtype=np.int64)
    for turn in np.radians(_ELSEWHERE):
        turned = shift @ np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
        elsewhere += _near(scene, given - turned / scale, wanted)
    return _Tried(sure, _near(scene, given, wanted), _near(scene, true, wanted) & long_enough, elsewhere, shift)


def _near(scene: Scene, places: NDArray[np.float64], wanted: Sequence[set[int]]) -> NDArray[np.bool_]:
    """Whether a patch that comes into question lies within reach of each place."""
    near = np.zeros(len(places), dtype=bool)
    for row, patch in scene.within(places, REACH_M):
        near[row] |= not wanted[row] or patch in wanted[row]
    return near
