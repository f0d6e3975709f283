"""Which patch a photo belongs to: by the id in its name, else by where it was taken and what it looks at.

`likelihood` says how likely a photo is of each patch around it, `tracks` what the photos before and
after add to that; here stands what is made of it. Clear cases are laid, likely ones laid with a mark of
doubt, the rest is left to a person with the candidates: a photo on the wrong patch is worse than none.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

import numpy as np

from ..core.dates import parse_date
from ..core.model import Patch
from ..geo.gcj02 import gcj_to_wgs
from ..geo.viewcone import HALF_ANGLE, VIEW_LENGTH_M, Look, look_pairs
from .exif import PhotoFacts, is_photo
from .moments import china_day
from .shift import Fix, suspect
from .tracks import NOWHERE, Joined
from .weighing import Known, Photo, Scene

HIGH, MEDIUM, LOW = "high", "medium", "low"
#: More candidates than there are number keys help nobody.
_MOST = 9
#: A photo may be so far beyond the limit, because its position is off; worse positions so much as they are off.
_SLACK_M = 15.0
#: Below this chance the confidence is low.
_FAIR = 0.75

__all__ = ["HIGH", "LOW", "MEDIUM", "Known", "MatchSettings", "PhotoMatch", "match"]


@dataclass(frozen=True)
class MatchSettings:
    """Limits, all editable (dossier 4.2: no official number is known).

    Metres; `half_angle` degrees, of photos that do not tell their field of view. Up to `max_distance_m`
    from its boundary, and the error of the position besides, a photo may belong to a patch; up to
    `doubtful_distance_m` a person must say so. A position worse than `max_distance_m` is left to a person,
    one worse than `good_accuracy_m` is never sure. A name is believed against a position up to `name_limit_m`
    away. From a probability of `sure` no doubt is marked; below `likely`, little more than all the
    others together, nothing is laid.
    """

    max_distance_m: float = 50.0
    doubtful_distance_m: float = 300.0
    name_limit_m: float = 5000.0
    good_accuracy_m: float = 20.0
    view_length_m: float = VIEW_LENGTH_M
    half_angle: float = HALF_ANGLE
    sure: float = 0.985
    likely: float = 0.6


@dataclass(frozen=True)
class PhotoMatch:
    """Where a photo belongs.

    `patch_uid` None: nobody or doubtful, and `reason` (Chinese) says why. `confidence` high, medium,
    low, empty without a patch. `distance_m` and `looks_at` to the patch of the match, or to the best
    candidate when there is none; None where they cannot be known. `candidates`: patch_uids, best first,
    also when nothing was laid. `doubt`: laid with a mark, a person should look; always when not laid.
    `probability` under the model, None where a name decided or nothing could.
    """

    path: Path
    patch_uid: Optional[str]
    reason: str
    confidence: str = ""
    distance_m: Optional[float] = None
    looks_at: Optional[bool] = None
    candidates: tuple[str, ...] = ()
    doubt: bool = False
    probability: Optional[float] = None


def match(
    photos: Sequence[tuple[Path, PhotoFacts]],
    patches: Sequence[Patch],
    settings: Optional[MatchSettings] = None,
    known: Sequence[Known] = (),
    hints: Optional[Mapping[Path, str]] = None,
) -> list[PhotoMatch]:
    """Assign photos (and documents, by name alone) to patches, one result for each in the same order.

    Args:
        photos: files with what they say of themselves.
        patches: of the workspace, with and without boundary.
        settings: limits.
        known: photos that lie on their patches already.
        hints: path -> names to read after those of the path itself, written as a path (`村.zip/5001/IMG.jpg`).
    """
    scene, limits = Scene(patches), settings or MatchSettings()
    items = [scene.read(Path(path), facts, (hints or {}).get(path, "")) for path, facts in photos]
    weights = scene.weigh(items, limits.max_distance_m)
    joined = scene.join(items, weights, known)
    decider = _Decider(scene, limits)
    plans = [decider.plan(item, weights[i], joined.get(i)) for i, item in enumerate(items)]
    return decider.finish(items, plans)


@dataclass(frozen=True)
class _Plan:
    """What is to be said of a photo: the patches that may be it, best first, and the chance of the first."""

    kind: str  # name, unclear, place, sequence, far, bad, nothing
    ranked: tuple[int, ...] = ()
    chance: Optional[float] = None
    text: str = ""
    joined: Optional[Joined] = None


class _Decider:
    """Makes decisions and words of likelihoods."""

    def __init__(self, scene: Scene, limits: MatchSettings) -> None:
        self._scene, self._limits = scene, limits

    # -- which patches come into question ----------------------------------------------------------

    def plan(self, photo: Photo, weights: dict[int, float], joined: Optional[Joined]) -> _Plan:
        """By name, else by position, else by the photos before and after."""
        if photo.ids:
            return self._by_name(photo, weights)
        facts, s = photo.facts, self._limits
        if not photo.placed:
            return self._by_company(photo, joined)
        if facts.accuracy_m is not None and facts.accuracy_m > s.max_distance_m:
            found = self._scene.around(facts.lon or 0, facts.lat or 0, s.doubtful_distance_m)
            text = f"定位精度只有 ±{_metres(facts.accuracy_m)}，不能确定图斑，请人工确认"
            return _Plan("bad", tuple(i for _, i in found[:_MOST]), None, text)
        chances = joined.chances if joined is not None else _share(weights)
        ranked = _ranked(chances)
        if not ranked:
            return self._far(photo)
        return _Plan("place", ranked, chances[ranked[0]], "", joined)

    def _by_name(self, photo: Photo, weights: dict[int, float]) -> _Plan:
        named = [self._scene.number[p.patch_uid] for key in photo.ids for p in self._scene.ids.patches(key)]
        label = "、".join(dict.fromkeys(self._id(i) for i in named))
        if len(named) == 1:
            rest = tuple(i for i in _ranked(_share(weights)) if i != named[0])
            return _Plan("name", (named[0], *rest)[:_MOST], None, f"{photo.where}里有图斑编号 {label}")
        problem = (
            f"{photo.where}里有多个图斑编号（{label}）"
            if len(photo.ids) > 1
            else f"编号 {label} 在 {len(named)} 个批次里都有"
        )
        chances = _share({i: weights.get(i, 0.0) for i in named} if weights else {})
        ranked = tuple(sorted(dict.fromkeys(named), key=lambda i: (-chances.get(i, 0.0), i)))[:_MOST]
        return _Plan("unclear", ranked, chances.get(ranked[0], 0.0), problem)

    def _by_company(self, photo: Photo, joined: Optional[Joined]) -> _Plan:
        """A photo without position: between two others of its camera it belongs where they do."""
        if joined is not None:
            ranked = _ranked(joined.chances)
            if ranked:
                return _Plan("sequence", ranked, joined.chances[ranked[0]], "", joined)
        same = [i for i, p in enumerate(self._scene.patches) if photo.village and p.village_name == photo.village]
        what = "照片也没有位置" if is_photo(photo.path) else "请人工确认属于哪个图斑"
        text = f"文件名和文件夹名里没有图斑编号，{what}"
        if same:
            text += f"；名称里有“{photo.village}”，该村有 {len(same)} 个图斑"
        return _Plan("nothing", tuple(same[:_MOST]), None, text)

    def _far(self, photo: Photo) -> _Plan:
        """Nothing within reach: how far the next patch is, and whether GCJ-02 would explain it."""
        lon, lat, s = photo.facts.lon or 0.0, photo.facts.lat or 0.0, self._limits
        hint = self._gcj_hint(lon, lat)
        around = self._scene.around(lon, lat, s.doubtful_distance_m)
        if around:
            text = f"照片位置距最近的图斑 {self._id(around[0][1])} 有 {_metres(around[0][0])}，存疑，请人工确认{hint}"
            return _Plan("far", tuple(i for _, i in around[:_MOST]), None, text)
        text = f"照片位置周围 {_metres(s.doubtful_distance_m)}内没有图斑"
        nearest = self._scene.nearest(lon, lat)
        if nearest is None:
            return _Plan("far", (), None, text + hint)
        text += f"，最近的图斑 {self._id(nearest[1])} 在 {_metres(nearest[0])}以外"
        if nearest[0] > 100_000:
            text += f"，不在本地（东经 {lon:.3f}°，北纬 {lat:.3f}°）" if lon > 0 < lat else "，不在本地"
        moved = self._behind_gcj(lon, lat)
        return _Plan("far", tuple(i for _, i in moved[:_MOST]), None, text + hint)

    def _behind_gcj(self, lon: float, lat: float) -> list[tuple[float, int]]:
        moved = gcj_to_wgs(lon, lat)
        return [] if moved == (lon, lat) else self._scene.around(*moved, self._limits.max_distance_m)

    def _gcj_hint(self, lon: float, lat: float) -> str:
        """Map SDKs give GCJ-02, some 500 m off; say so if taking that back leads to a patch."""
        at = self._behind_gcj(lon, lat)
        if not at:
            return ""
        return f"；如果照片位置是 GCJ-02（高德、腾讯）坐标，则在图斑 {self._id(at[0][1])} 处，请核对"

    def _id(self, number: int) -> str:
        return self._scene.patches[number].patch_id

    # -- what is made of them ----------------------------------------------------------------------

    def finish(self, photos: Sequence[Photo], plans: Sequence[_Plan]) -> list[PhotoMatch]:
        """Look from each photo to its first candidate, decide and say why."""
        looks = self._looks(photos, plans)
        shifted = self._shifted(photos, plans)
        found = [self._say(photo, plan, look) for photo, plan, look in zip(photos, plans, looks)]
        for i, (photo, plan) in enumerate(zip(photos, plans)):
            if plan.kind == "place" and found[i].patch_uid is not None and _program(photo.facts) in shifted:
                found[i] = _not_sure(found[i])
        return found

    def _shifted(self, photos: Sequence[Photo], plans: Sequence[_Plan]) -> set[str]:
        """Cameras whose other photos look like GCJ-02: what lands beside a patch may do so by accident."""
        far = Counter(_program(p.facts) for p, plan in zip(photos, plans) if p.placed and plan.kind in ("far", "place"))
        lost = {_program(p.facts) for p, plan in zip(photos, plans) if plan.kind == "far"}
        rows = [i for i, p in enumerate(photos) if p.placed and not p.ids and _program(p.facts) in lost]
        rows = [i for i in rows if far[_program(photos[i].facts)] > 1]
        fixes = [Fix(str(i), _program(f), f.lon or 0.0, f.lat or 0.0) for i, f in ((i, photos[i].facts) for i in rows)]
        found = suspect(fixes, self._scene)
        return set() if found is None else {_program(photos[int(key)].facts) for key in found.keys}

    def _looks(self, photos: Sequence[Photo], plans: Sequence[_Plan]) -> list[Optional[Look]]:
        looks: list[Optional[Look]] = [None] * len(photos)
        rows = [
            i for i, (photo, plan) in enumerate(zip(photos, plans))
            if photo.placed and plan.ranked and plan.ranked[0] in self._scene.shape
        ]  # fmt: skip
        facts = [photos[i].facts for i in rows]
        shapes = np.empty(len(rows), dtype=object)
        shapes[:] = [self._scene.shape[plans[i].ranked[0]] for i in rows]
        found = look_pairs(
            np.array([f.lon for f in facts], dtype=float),
            np.array([f.lat for f in facts], dtype=float),
            np.array([math.nan if f.azimuth is None else f.azimuth for f in facts]),
            np.array([f.fov_deg / 2 if f.fov_deg else self._limits.half_angle for f in facts]),
            shapes,
            self._limits.view_length_m,
        )
        for i, look in zip(rows, found):
            looks[i] = look
        return looks

    def _say(self, photo: Photo, plan: _Plan, look: Optional[Look]) -> PhotoMatch:
        if plan.kind == "name":
            return self._named(photo, plan, look)
        if plan.kind == "unclear":
            return self._unclear(photo, plan, look)
        if plan.kind == "sequence":
            return self._followed(photo, plan)
        if plan.kind == "place" and look is not None:
            return self._placed(photo, plan, look)
        return self._lane(photo, plan, look, plan.text)

    def _named(self, photo: Photo, plan: _Plan, look: Optional[Look]) -> PhotoMatch:
        """A name decides, unless the position is in another district altogether."""
        s, reason = self._limits, plan.text
        if look is None:
            return self._lay(photo, plan, look, reason, HIGH, doubt=False)
        slack = max(photo.facts.accuracy_m or 0.0, _SLACK_M)
        if look.distance_m > s.name_limit_m:
            far = self._scene.far(photo.facts.lon or 0.0, photo.facts.lat or 0.0, plan.ranked[0], look.distance_m)
            look = replace(look, distance_m=far)
            reason += f"，但照片位置距图斑 {_metres(far)}，两者矛盾，请人工确认"
            return self._lane(photo, plan, look, reason)
        if look.distance_m > s.max_distance_m + slack:
            reason += f"，但照片位置距图斑 {_metres(look.distance_m)}，请核对"
            confidence = LOW if look.distance_m > s.doubtful_distance_m else MEDIUM
            return self._lay(photo, plan, look, reason, confidence, doubt=True)
        if look.looks_at is False:
            return self._lay(photo, plan, look, f"{reason}，但镜头没有朝向图斑，请核对", MEDIUM, doubt=True)
        return self._lay(photo, plan, look, reason, HIGH, doubt=False)

    def _unclear(self, photo: Photo, plan: _Plan, look: Optional[Look]) -> PhotoMatch:
        near = look is not None and look.distance_m <= self._limits.max_distance_m + _SLACK_M
        if near and (plan.chance or 0) >= self._limits.sure:
            reason = f"{plan.text}，照片位置在图斑 {self._id(plan.ranked[0])} 处"
            return self._lay(photo, plan, look, reason, MEDIUM, doubt=True)
        return self._lane(photo, plan, look, f"{plan.text}，照片位置也分不清，请人工确认")

    def _followed(self, photo: Photo, plan: _Plan) -> PhotoMatch:
        """A photo without position that lies between others of its camera."""
        first, chance = self._id(plan.ranked[0]), plan.chance or 0.0
        if plan.joined is None or not plan.joined.between or chance < self._limits.likely:
            names = "、".join(self._id(i) for i in plan.ranked[:3])
            return self._lane(photo, plan, None, f"照片没有位置；按同一相机前后的照片可能是图斑 {names}，请人工确认")
        reason = (
            f"照片没有位置；同一相机前后 {_span(plan.joined.seconds)}内的 {plan.joined.company} 张照片"
            f"在图斑 {first}，按此归入，请核对"
        )
        return self._lay(photo, plan, None, reason, MEDIUM, doubt=True)

    def _placed(self, photo: Photo, plan: _Plan, look: Look) -> PhotoMatch:
        """A photo with a position: sure, likely or left to a person."""
        s, facts, chance = self._limits, photo.facts, plan.chance or 0.0
        slack = max(facts.accuracy_m or 0.0, _SLACK_M)
        if look.distance_m > s.max_distance_m + slack:
            reason = f"照片位置距图斑 {self._id(plan.ranked[0])} 有 {_metres(look.distance_m)}，存疑，请人工确认"
            return self._lane(photo, plan, look, reason + self._gcj_hint(facts.lon or 0, facts.lat or 0))
        if chance < s.likely:
            names = "、".join(self._id(i) for i in plan.ranked[:3])
            reason = (
                f"图斑 {names} 都符合，分不清是哪一个，请人工确认"
                if len(plan.ranked) > 1
                else f"照片位置距图斑 {names} {_metres(look.distance_m)}，不像是拍的它，请人工确认"
            )
            return self._lane(photo, plan, look, reason)
        reason, doubt = self._place_words(plan, look), chance < s.sure
        if doubt and len(plan.ranked) > 1:
            reason += f"；也可能是图斑 {self._id(plan.ranked[1])}，请核对"
        elif doubt and look.looks_at is not False:
            reason += "；也可能没有拍图斑，请核对"
        vague = facts.accuracy_m is not None and facts.accuracy_m > s.good_accuracy_m
        if vague:
            reason += f"；定位精度 ±{_metres(facts.accuracy_m or 0)}"
        if look.distance_m > s.max_distance_m:
            reason += f"；超过 {_metres(s.max_distance_m)}，请核对"
        away = look.looks_at is False
        doubt = doubt or away or vague or look.distance_m > s.max_distance_m
        confidence = LOW if away or chance < _FAIR else HIGH if not doubt and look.looks_at else MEDIUM
        return self._lay(photo, plan, look, reason, confidence, doubt=doubt)

    @staticmethod
    def _place_words(plan: _Plan, look: Look) -> str:
        reason = "照片位置在图斑内" if look.distance_m == 0 else f"照片位置距图斑 {_metres(look.distance_m)}"
        if look.looks_at is None:
            reason += "，没有方位角，不能确认镜头朝向"
        else:
            reason += "，镜头朝向图斑" if look.looks_at else "，但镜头没有朝向图斑，请核对"
        if plan.joined is not None and plan.joined.company:
            reason += f"；同一相机前后 {_span(plan.joined.seconds)}内另有 {plan.joined.company} 张也在此处"
        return reason

    def _lane(self, photo: Photo, plan: _Plan, look: Optional[Look], reason: str) -> PhotoMatch:
        return PhotoMatch(
            photo.path, None, reason, "", look.distance_m if look else None, look.looks_at if look else None,
            self._uids(plan), doubt=True, probability=plan.chance,
        )  # fmt: skip

    def _lay(
        self, photo: Photo, plan: _Plan, look: Optional[Look], reason: str, confidence: str, *, doubt: bool
    ) -> PhotoMatch:
        patch = self._scene.patches[plan.ranked[0]]
        if _taken_before(photo.facts, patch):
            reason += f"；拍摄时间早于前时相影像（{patch.image_before}），不能反映变化后的现状"
        return PhotoMatch(
            photo.path, patch.patch_uid, reason, confidence, look.distance_m if look else None,
            look.looks_at if look else None, self._uids(plan), doubt, plan.chance,
        )  # fmt: skip

    def _uids(self, plan: _Plan) -> tuple[str, ...]:
        return tuple(self._scene.patches[i].patch_uid for i in plan.ranked[:_MOST])


def _program(facts: PhotoFacts) -> str:
    """What wrote a position: the camera and its program."""
    return f"{facts.camera}|{facts.more.get('software', '')}"


def _not_sure(found: PhotoMatch) -> PhotoMatch:
    """The same with a mark of doubt, because the positions of this camera are."""
    reason = f"{found.reason}；同一相机其他照片的位置像是 GCJ-02（高德、腾讯）坐标，这张也可能偏移，请核对"
    return replace(found, reason=reason, confidence=LOW, doubt=True)


def _share(weights: Mapping[int, float]) -> dict[int, float]:
    total = sum(weights.values())
    return {i: w / total for i, w in weights.items()} if total > 0 else {}


def _ranked(chances: Mapping[int, float]) -> tuple[int, ...]:
    """Patches by their chance, the best first; those that are out of the question left out."""
    found = sorted((i for i in chances if i != NOWHERE), key=lambda i: (-chances[i], i))
    return tuple(i for n, i in enumerate(found) if n == 0 or chances[i] >= 0.001)[:_MOST]


def _taken_before(facts: PhotoFacts, patch: Patch) -> bool:
    """Whether the shutter fell certainly before the earlier image, by the day in China."""
    image, taken = parse_date(patch.image_before), china_day(facts.taken_at)
    return image is not None and bool(taken) and taken < image.first


def _metres(value: float) -> str:
    return (
        f"{value:.0f} 米" if value < 1000 else f"{value / 1000:.1f} 公里" if value < 1e5 else f"{value / 1000:.0f} 公里"
    )


def _span(seconds: float) -> str:
    return f"{seconds:.0f} 秒" if seconds < 90 else f"{seconds / 60:.0f} 分钟"
