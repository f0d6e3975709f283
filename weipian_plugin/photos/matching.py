"""Which patch a photo belongs to: by the id in its name, else by where it was taken and what it looks at.

What is doubtful is left to a person, with the reason: a photo on the wrong patch is worse than none.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Optional

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ..core.dates import parse_date
from ..core.model import Patch, ReviewStatus
from ..geo.gcj02 import gcj_to_wgs
from ..geo.viewcone import HALF_ANGLE, VIEW_LENGTH_M, Look, look_many, to_degrees
from .exif import CHINA, PhotoFacts
from .names import IdFinder

HIGH, MEDIUM, LOW = "high", "medium", "low"


@dataclass(frozen=True)
class MatchSettings:
    """Limits, all editable (dossier 4.2: no official number is known).

    Metres; `half_angle` degrees. Up to `max_distance_m` from its boundary a photo may belong to a
    patch, up to `doubtful_distance_m` a person must say so. Distances that differ by less than
    `tie_m`, about the error of a phone, do not tell two patches apart. A position worse than
    `good_accuracy_m` is never sure.
    """

    max_distance_m: float = 50.0
    doubtful_distance_m: float = 300.0
    tie_m: float = 5.0
    good_accuracy_m: float = 20.0
    view_length_m: float = VIEW_LENGTH_M
    half_angle: float = HALF_ANGLE


@dataclass(frozen=True)
class PhotoMatch:
    """Where a photo belongs.

    `patch_uid` None: nobody or doubtful, and `reason` (Chinese) says why. `confidence` high, medium,
    low, empty without a patch. `distance_m` and `looks_at` to the patch of the match, or to the
    nearest one when doubtful; None where they cannot be known.
    """

    path: Path
    patch_uid: Optional[str]
    reason: str
    confidence: str = ""
    distance_m: Optional[float] = None
    looks_at: Optional[bool] = None


@dataclass(frozen=True)
class _Near:
    """A patch beside a photo."""

    patch: Patch
    seen: Look

    @property
    def rank(self) -> tuple[int, float]:
        """Seen before unknown before not seen, then the nearer."""
        return ({True: 0, None: 1, False: 2}[self.seen.looks_at], self.seen.distance_m)


def match(
    photos: Sequence[tuple[Path, PhotoFacts]], patches: Sequence[Patch], settings: Optional[MatchSettings] = None
) -> list[PhotoMatch]:
    """Assign photos (and documents, by name alone) to patches, one result for each in the same order."""
    matcher = _Matcher(patches, settings or MatchSettings())
    return [matcher.match(Path(path), facts) for path, facts in photos]


class _Matcher:
    """The patches of a workspace, indexed once for all photos."""

    def __init__(self, patches: Sequence[Patch], settings: MatchSettings) -> None:
        self._settings = settings
        self._ids = IdFinder(patches)
        shapes = shapely.from_wkb(np.array([p.wkb for p in patches], dtype=object), on_invalid="ignore")
        self._shape: dict[str, BaseGeometry] = {
            p.patch_uid: s for p, s in zip(patches, shapes) if s is not None and not s.is_empty
        }
        # The parent of a split lies under its children; a void patch wants no evidence.
        self._placed = [
            p
            for p in patches
            if p.patch_uid in self._shape and p.split_state != "parent" and p.review_status is not ReviewStatus.VOID
        ]
        self._tree = shapely.STRtree([self._shape[p.patch_uid] for p in self._placed])

    def match(self, path: Path, facts: PhotoFacts) -> PhotoMatch:
        """By name, else by position."""
        facts = _sane(facts)
        where, ids = self._ids.of_path(path)
        if ids:
            return self._by_name(path, facts, where, ids)
        if facts.lon is None or facts.lat is None:
            return PhotoMatch(path, None, "文件名和文件夹名里没有图斑编号，照片也没有位置")
        return self._by_position(path, facts, facts.lon, facts.lat)

    def _look(self, facts: PhotoFacts, patch: Patch) -> Optional[Look]:
        shape = self._shape.get(patch.patch_uid)
        if shape is None or facts.lon is None or facts.lat is None:
            return None
        s = self._settings
        return look_many(facts.lon, facts.lat, facts.azimuth, [shape], s.view_length_m, s.half_angle)[0]

    def _by_name(self, path: Path, facts: PhotoFacts, where: str, ids: list[str]) -> PhotoMatch:
        named = [patch for key in ids for patch in self._ids.patches(key)]
        label = "、".join(dict.fromkeys(p.patch_id for p in named))
        if len(named) == 1:
            return self._named(path, facts, named[0], f"{where}里有图斑编号 {label}", HIGH)
        problem = (
            f"{where}里有多个图斑编号（{label}）" if len(ids) > 1 else f"编号 {label} 在 {len(named)} 个批次里都有"
        )
        seen = [(p, self._look(facts, p)) for p in named]
        near = [p for p, s in seen if s is not None and s.distance_m <= self._settings.max_distance_m]
        if len(near) == 1:
            return self._named(path, facts, near[0], f"{problem}，照片位置在图斑 {near[0].patch_id} 处", MEDIUM)
        return PhotoMatch(path, None, f"{problem}，照片位置也分不清，请人工确认")

    def _named(self, path: Path, facts: PhotoFacts, patch: Patch, reason: str, confidence: str) -> PhotoMatch:
        seen = self._look(facts, patch)
        if seen is not None and seen.distance_m > self._settings.max_distance_m:
            far = seen.distance_m > self._settings.doubtful_distance_m
            reason += f"，但照片位置距图斑 {_metres(seen.distance_m)}，请核对"
            confidence = LOW if far else MEDIUM
        elif seen is not None and seen.looks_at is False:
            reason += "，但镜头没有朝向图斑，请核对"
            confidence = MEDIUM
        return _result(path, facts, patch, seen, reason, confidence)

    def _nearby(self, lon: float, lat: float, azimuth: Optional[float], reach: float) -> list[_Near]:
        """The patches within `reach` metres, best first."""
        s = self._settings
        corners = to_degrees(shapely.box(-reach, -reach, reach, reach), lon, lat)
        found = [self._placed[i] for i in sorted(self._tree.query(shapely.box(*corners.bounds)))]
        shapes = [self._shape[p.patch_uid] for p in found]
        looks = look_many(lon, lat, azimuth, shapes, s.view_length_m, s.half_angle) if found else []
        near = [_Near(p, seen) for p, seen in zip(found, looks) if seen.distance_m <= reach]
        return sorted(near, key=lambda n: n.rank)

    def _by_position(self, path: Path, facts: PhotoFacts, lon: float, lat: float) -> PhotoMatch:
        s = self._settings
        near = self._nearby(lon, lat, facts.azimuth, s.max_distance_m)
        if not near:
            return self._too_far(path, lon, lat, facts.azimuth)
        best = near[0]
        if facts.accuracy_m is not None and facts.accuracy_m > s.max_distance_m:
            reason = f"定位精度只有 ±{_metres(facts.accuracy_m)}，不能确定图斑，请人工确认"
            return PhotoMatch(path, None, reason, "", best.seen.distance_m, best.seen.looks_at)
        rivals = [
            n for n in near[1:]
            if n.rank[0] == best.rank[0] and n.seen.distance_m - best.seen.distance_m < s.tie_m
        ]  # fmt: skip
        if rivals:
            names = "、".join(n.patch.patch_id for n in (best, *rivals))
            reason = f"图斑 {names} 都符合，分不清是哪一个，请人工确认"
            return PhotoMatch(path, None, reason, "", best.seen.distance_m, best.seen.looks_at)
        reason, confidence = _say(best, len(near), facts, s)
        return _result(path, facts, best.patch, best.seen, reason, confidence)

    def _too_far(self, path: Path, lon: float, lat: float, azimuth: Optional[float]) -> PhotoMatch:
        around = self._nearby(lon, lat, azimuth, self._settings.doubtful_distance_m)
        hint = self._gcj_hint(lon, lat)
        if not around:
            reach = _metres(self._settings.doubtful_distance_m)
            return PhotoMatch(path, None, f"照片位置周围 {reach}内没有图斑{hint}")
        best = min(around, key=lambda n: n.seen.distance_m)
        reason = (
            f"照片位置距最近的图斑 {best.patch.patch_id} 有 {_metres(best.seen.distance_m)}，存疑，请人工确认{hint}"
        )
        return PhotoMatch(path, None, reason, "", best.seen.distance_m, best.seen.looks_at)

    def _gcj_hint(self, lon: float, lat: float) -> str:
        """Map SDKs give GCJ-02, some 500 m off; say so if taking that back leads to a patch."""
        moved = gcj_to_wgs(lon, lat)
        if moved == (lon, lat):
            return ""
        at = self._nearby(*moved, None, self._settings.max_distance_m)
        if not at:
            return ""
        return f"；如果照片位置是 GCJ-02（高德、腾讯）坐标，则在图斑 {at[0].patch.patch_id} 处，请核对"


def _sane(facts: PhotoFacts) -> PhotoFacts:
    """Facts may have been typed by hand: numbers that are no position or direction are not known."""
    lon, lat, azimuth = facts.lon, facts.lat, facts.azimuth
    if lon is None or lat is None or not (abs(lon) <= 180 and abs(lat) < 90):
        lon = lat = None
    if azimuth is not None and not math.isfinite(azimuth):
        azimuth = None
    return replace(facts, lon=lon, lat=lat, azimuth=azimuth)


def _say(best: _Near, count: int, facts: PhotoFacts, settings: MatchSettings) -> tuple[str, str]:
    """The reason in words, and how sure it is."""
    distance, looks_at = best.seen.distance_m, best.seen.looks_at
    place = "照片位置在图斑内" if distance == 0 else f"照片位置距图斑 {_metres(distance)}"
    if looks_at is False:
        return f"{place}，但镜头没有朝向图斑，请核对", LOW
    if looks_at is None:
        return f"{place}，没有方位角，不能确认镜头朝向", MEDIUM
    confidence = HIGH if count == 1 or distance == 0 else MEDIUM
    if facts.accuracy_m is not None and facts.accuracy_m > settings.good_accuracy_m:
        return f"{place}，镜头朝向图斑，定位精度 ±{_metres(facts.accuracy_m)}", MEDIUM
    return f"{place}，镜头朝向图斑", confidence


def _result(
    path: Path, facts: PhotoFacts, patch: Patch, seen: Optional[Look], reason: str, confidence: str
) -> PhotoMatch:
    if _taken_before(facts, patch):
        reason += f"；拍摄时间早于前时相影像（{patch.image_before}），不能反映变化后的现状"
    return PhotoMatch(
        path,
        patch.patch_uid,
        reason,
        confidence,
        seen.distance_m if seen else None,
        seen.looks_at if seen else None,
    )


def _taken_before(facts: PhotoFacts, patch: Patch) -> bool:
    """Whether the shutter fell certainly before the earlier image, by the day in China."""
    image = parse_date(patch.image_before)
    if image is None or not facts.taken_at:
        return False
    try:
        taken = datetime.fromisoformat(facts.taken_at.replace("Z", "+00:00"))
    except ValueError:
        return False
    if taken.tzinfo is not None:
        taken = taken.astimezone(CHINA)
    return taken.date().isoformat() < image.first


def _metres(value: float) -> str:
    return f"{value:.0f} 米" if value < 1000 else f"{value / 1000:.1f} 公里"
