"""待归照片: evidence that lies on no patch yet, where it may belong, and putting it right in one action."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Optional

import numpy as np
import numpy.typing as npt
import shapely

from ..core.errors import WeipianError
from ..core.model import Patch, ReviewStatus
from ..core.proof import INFERRED, Evidence
from ..geo.gcj02 import gcj_to_wgs
from ..geo.viewcone import HALF_ANGLE, VIEW_LENGTH_M, look_many, to_degrees
from ..store import records, unplaced
from .clock import CHINA, now
from .evidence_acts import EvidenceActs, by_hand, said_by_file

#: Patches up to so far away are offered, m; so many of them, as many as there are number keys.
REACH_M, MOST = 1000.0, 9
#: Of the patches within reach so many are looked at closely, the nearest ones.
_LOOKED_AT = 16
#: Photos taken so near in time to one that lies on a patch may belong there too.
_SAME_VISIT = timedelta(minutes=20)
#: Values are carried over from a photo so near in time.
_SAME_PLACE = timedelta(minutes=10)
#: Names that WeChat gives to what it saved.
_WECHAT = re.compile(r"^(?:mmexport|微信图片|wx_camera|wechat|weixin)", re.IGNORECASE)
NEAR, GUESSED, VISIT = "near", "guessed", "visit"


@dataclass(frozen=True)
class Candidate:
    """A patch that a photo may belong to. `why`: near (by position), guessed (when it came in), visit (by time)."""

    patch_uid: str
    patch_id: str
    distance_m: Optional[float] = None
    looks_at: Optional[bool] = None
    why: str = NEAR
    village: str = ""


@dataclass(frozen=True)
class LaneItem:
    """A file on no patch: why, where it may belong (best first), where it lies, its small picture or empty."""

    evidence: Evidence
    reason: str
    candidates: tuple[Candidate, ...]
    path: str
    thumb: str = ""


@dataclass(frozen=True)
class HandFacts:
    """What a person says of a photo: degrees, azimuth clockwise from true north; None is not known."""

    lon: Optional[float] = None
    lat: Optional[float] = None
    azimuth: Optional[float] = None
    taken_at: str = ""


class Lane(EvidenceActs):
    """The part of a session that works on evidence without a patch."""

    _lane_places: Optional[_Places] = None
    _lane_mark: tuple[int, int] = (-1, -1)

    def lane_count(self) -> int:
        """How many files wait for a patch."""
        return unplaced.unplaced_count(self._ws)

    def lane(self, *, aside: bool = False) -> list[LaneItem]:
        """What lies on no patch, sorted by name; `aside`: what was said to be no evidence instead."""
        items = unplaced.unplaced(self._ws, aside=aside)
        visits = _Visits(unplaced.timed_links(self._ws)) if items else _Visits([])
        found = [
            LaneItem(
                evidence=item,
                reason=why_waiting(item),
                candidates=self._candidates(item, visits),
                path=str(self._ws.evidence_file(item.sha256, item.original_name)),
                thumb=self._thumb(item.sha256),
            )
            for item in items
        ]
        return sorted(found, key=lambda entry: _natural(entry.evidence.original_name))

    def lane_item(self, evidence_id: str) -> LaneItem:
        """One file as the lane shows it, also when it lies on a patch.

        Raises:
            WeipianError: E_EVIDENCE_MISSING.
        """
        item = self._evidence(evidence_id)
        visits = _Visits(unplaced.timed_links(self._ws))
        path = str(self._ws.evidence_file(item.sha256, item.original_name))
        return LaneItem(item, why_waiting(item), self._candidates(item, visits), path, self._thumb(item.sha256))

    def candidates_at(
        self, lon: float, lat: float, azimuth: Optional[float] = None, half_angle: Optional[float] = None
    ) -> tuple[Candidate, ...]:
        """Patches around a position, those that the camera looks at first, then the nearer; degrees."""
        return self._places().around(lon, lat, azimuth, half_angle or HALF_ANGLE)

    def lane_patches(self) -> list[Candidate]:
        """Every patch that evidence can be laid on, in the order they came."""
        return self._places().all()

    def lane_patch(self, patch_uid: str, why: str = "") -> Optional[Candidate]:
        """One of them, None where no evidence can be laid on it."""
        places = self._places()
        return places.candidate(patch_uid, why) if places.known(patch_uid) else None

    def place_centre(self) -> Optional[tuple[float, float]]:
        """Middle of all patches (lon, lat), None without any; completes positions that are typed short."""
        return self._places().centre()

    def shifted_photos(self) -> list[str]:
        """Ids of the photos whose position was converted back from GCJ-02."""
        return unplaced.shifted(self._ws)

    def magnetic_photos(self) -> list[tuple[str, float]]:
        """(name, degrees from magnetic north as the file has it) of the photos whose direction a declination turns."""
        found = records.evidence(self._ws).values()
        return [
            (item.original_name, item.azimuth_raw)
            for item in found
            if item.azimuth_raw is not None and said_by_file(item).get("azimuth_ref") == "M" and item.azimuth_ref == "M"
        ]

    def shift_arrows(self, evidence_ids: Sequence[str]) -> list[tuple[float, float, float, float]]:
        """(lon, lat, lon, lat) from where photos are to where taking GCJ-02 for their position leads."""
        items = [self._evidence(evidence_id) for evidence_id in evidence_ids]
        placed = [(i.lon, i.lat) for i in items if i.lon is not None and i.lat is not None]
        return [(lon, lat, *gcj_to_wgs(lon, lat)) for lon, lat in placed]

    def carried(self, evidence_id: str) -> Optional[tuple[HandFacts, str]]:
        """Facts of the photo with a position taken next in time (within minutes), and its name; None without one."""
        item = self._evidence(evidence_id)
        at = _instant(item.taken_at)
        if at is None:
            return None
        best: Optional[tuple[timedelta, Evidence]] = None
        for other in records.evidence(self._ws).values():
            if other.evidence_id == evidence_id or other.lon is None or other.lat is None:
                continue
            when = _instant(other.taken_at)
            if when is not None and abs(when - at) <= _SAME_PLACE and (best is None or abs(when - at) < best[0]):
                best = (abs(when - at), other)
        if best is None:
            return None
        found = best[1]
        return HandFacts(found.lon, found.lat, found.azimuth, ""), found.original_name

    # -- acting ----------------------------------------------------------------------------------

    def place(
        self,
        evidence_ids: Sequence[str],
        patch_uid: str,
        patch_id: str,
        purpose: str = "",
        facts: Optional[Mapping[str, HandFacts]] = None,
    ) -> None:
        """Lay files on a patch together with what was entered for them by hand: one action.

        Args:
            evidence_ids: of the files.
            patch_uid: where they belong.
            patch_id: number of that patch as the person sees it.
            purpose: a requirement id of the pack; empty: guessed.
            facts: evidence id -> what a person says of the photo; what differs from the file marks it 手工.

        Raises:
            WeipianError: E_EVIDENCE_MISSING, E_PATCH_MISSING, E_PATCH_MISMATCH, E_SPLIT_PARENT,
                E_PHOTO_POSITION, E_DATE_INVALID.
        """
        patch = self._guard(patch_uid, patch_id)
        items = [self._evidence(evidence_id) for evidence_id in evidence_ids]
        said = facts or {}
        changed = [_with(item, said.get(item.evidence_id)) for item in items]
        with self._ws.transaction("attach", patch_uid, self.who) as change:
            for before, after in zip(items, changed):
                kept = _back(after)
                if kept != before:
                    change.put("evidence", records.evidence_row(kept))
                self._lay(change, kept, patch, purpose, "人工归到本图斑")

    def set_aside(self, evidence_ids: Sequence[str], reason: str = "") -> None:
        """These are no evidence (不作举证): they leave the lane and stay in the workspace."""
        mark = {"by": self.who, "at": now(), "reason": reason.strip()}
        items = [self._evidence(evidence_id) for evidence_id in evidence_ids]
        self._change_evidence("aside", *[replace(i, match={**i.match, unplaced.ASIDE: mark}) for i in items])

    def take_back(self, evidence_ids: Sequence[str]) -> None:
        """The opposite of `set_aside`."""
        items = [_back(self._evidence(evidence_id)) for evidence_id in evidence_ids]
        self._change_evidence("aside", *items)

    # -- inside ----------------------------------------------------------------------------------

    def _thumb(self, sha256: str) -> str:
        path = self._ws.folder / "cache" / "thumbs" / sha256[:2] / f"{sha256}.jpg"
        return str(path) if path.is_file() else ""

    def _places(self) -> _Places:
        """The patches, indexed; anew when something was written, here or by another program."""
        mark = (self._ws.head()[0], self._ws.data_version())
        if self._lane_places is None or mark != self._lane_mark:
            boundaries = unplaced.places_mark(self._ws)
            if self._lane_places is None or boundaries != self._lane_places.mark:
                self._lane_places = _Places(records.patches(self._ws), boundaries)
            self._lane_mark = mark
        return self._lane_places

    def _candidates(self, item: Evidence, visits: _Visits) -> tuple[Candidate, ...]:
        places = self._places()
        found: dict[str, Candidate] = {}
        if item.kind == "photo" and item.lon is not None and item.lat is not None:
            half = item.fov_deg / 2 if item.fov_deg else HALF_ANGLE
            found = {c.patch_uid: c for c in places.around(item.lon, item.lat, item.azimuth, half)}
        recorded = item.match.get("candidates")
        guessed = [str(uid) for uid in recorded] if isinstance(recorded, (list, tuple)) else []
        order = [uid for uid in guessed if places.known(uid)] + list(found)
        if item.kind == "photo":
            order += [uid for uid in visits.at(item) if places.known(uid)]
        chosen = list(dict.fromkeys(order))[:MOST]
        near = set(guessed)
        return tuple(found.get(uid) or places.candidate(uid, GUESSED if uid in near else VISIT) for uid in chosen)


def why_waiting(item: Evidence) -> str:
    """Why a file lies on no patch, in a sentence."""
    aside = item.match.get(unplaced.ASIDE)
    if isinstance(aside, Mapping):
        said = str(aside.get("reason") or "")
        return f"{aside.get('by', '')} 定为不作举证" + (f"：{said}" if said else "")
    reason = str(item.match.get("reason") or "")
    if item.kind != "photo":
        return reason or "文件名里没有图斑编号，不知道属于哪个图斑"
    return without_position(item) or reason or "还没有归到图斑"


def without_position(item: Evidence) -> str:
    """Why a photo has no position, as exactly as can be told; empty when it has one."""
    if item.lon is not None and item.lat is not None:
        return ""
    if item.facts.get("maker_position"):
        return "位置只写在相机厂商的私有字段里，读不出来，请手工填写"
    if item.facts.get("has_exif") or item.camera:
        return "照片有拍摄信息但没有定位：拍照时手机定位没有打开，或没有允许相机使用位置"
    if _WECHAT.match(item.original_name):
        return "微信压缩图：没有发“原图”，拍摄位置、方位和时间已被微信去掉"
    return "照片里没有拍摄信息（EXIF）：多半是微信没有发“原图”，或是截图、另存的图片"


def time_mark(item: Evidence) -> str:
    """What has to be said beside the time of a photo; empty when the camera wrote it."""
    if said_by_file(item).get("source") == INFERRED and item.taken_at == said_by_file(item).get("taken_at"):
        return "按文件名推断（微信保存时间，不一定是拍摄时间）" if _WECHAT.match(item.original_name) else "按文件名推断"
    return ""


class _Places:
    """The patches of a workspace that evidence can be laid on, indexed by place."""

    def __init__(self, patches: Sequence[Patch], mark: tuple[object, ...] = ()) -> None:
        self.mark = mark
        usable = [p for p in patches if p.split_state != "parent" and p.review_status is not ReviewStatus.VOID]
        self._by_uid = {p.patch_uid: p for p in usable}
        shaped = [p for p in usable if p.wkb]
        shapes = shapely.from_wkb(np.array([p.wkb for p in shaped], dtype=object), on_invalid="ignore")
        pairs = [(p, s) for p, s in zip(shaped, shapes) if s is not None and not s.is_empty]
        self._patches = [p for p, _ in pairs]
        self._shapes = [s for _, s in pairs]
        self._tree = shapely.STRtree(self._shapes)
        self._bounds = shapely.bounds(np.array(self._shapes, dtype=object)).reshape(-1, 4)

    def known(self, patch_uid: str) -> bool:
        """Whether evidence can be laid on this patch."""
        return patch_uid in self._by_uid

    def centre(self) -> Optional[tuple[float, float]]:
        """Middle of the box around all boundaries."""
        if not self._shapes:
            return None
        west, south, east, north = shapely.total_bounds(self._shapes)
        return float(west + east) / 2, float(south + north) / 2

    def all(self) -> list[Candidate]:
        """Every patch."""
        return [self.candidate(uid, "") for uid in self._by_uid]

    def candidate(self, patch_uid: str, why: str) -> Candidate:
        """A patch of which no distance is known."""
        patch = self._by_uid[patch_uid]
        return Candidate(patch_uid, patch.patch_id, why=why, village=patch.village_name or "")

    def _nearest(self, lon: float, lat: float, near: npt.NDArray[np.intp]) -> list[int]:
        """Of many those whose boxes are nearest: only they are looked at closely."""
        if len(near) <= _LOOKED_AT:
            return [int(i) for i in near]
        west, south, east, north = self._bounds[near].T
        across = np.maximum(0, np.maximum(west - lon, lon - east)) * math.cos(math.radians(lat))
        along = np.maximum(0, np.maximum(south - lat, lat - north))
        best = near[np.argsort(np.hypot(across, along), kind="stable")[:_LOOKED_AT]]
        return [int(i) for i in best]

    def around(self, lon: float, lat: float, azimuth: Optional[float], half_angle: float) -> tuple[Candidate, ...]:
        """The patches within reach, seen before unknown before not seen, then the nearer."""
        if not (abs(lon) <= 180 and abs(lat) < 89.9) or not self._shapes:
            return ()
        box = to_degrees(shapely.box(-REACH_M, -REACH_M, REACH_M, REACH_M), lon, lat)
        near = self._nearest(lon, lat, np.sort(self._tree.query(shapely.box(*box.bounds))))
        if not near:
            return ()
        looks = look_many(lon, lat, azimuth, [self._shapes[i] for i in near], VIEW_LENGTH_M, half_angle)
        found = [(self._patches[i], seen) for i, seen in zip(near, looks) if seen.distance_m <= REACH_M]
        found.sort(key=lambda pair: ({True: 0, None: 1, False: 1}[pair[1].looks_at], pair[1].distance_m))
        return tuple(
            Candidate(p.patch_uid, p.patch_id, seen.distance_m, seen.looks_at, NEAR, p.village_name or "")
            for p, seen in found[:MOST]
        )


class _Visits:
    """Photos on patches by time, for those that come without a place."""

    def __init__(self, links: Sequence[tuple[str, str, str]]) -> None:
        known = [(_instant(at), uid) for at, uid, _ in links]
        self._links = [(at, uid) for at, uid in known if at is not None]

    def at(self, item: Evidence) -> list[str]:
        """Patches of the photos of the same visit, nearest in time first."""
        when = _instant(item.taken_at)
        if when is None:
            return []
        near = sorted((abs(at - when), uid) for at, uid in self._links if abs(at - when) <= _SAME_VISIT)
        return list(dict.fromkeys(uid for _, uid in near))[:3]


def _instant(text: Optional[str]) -> Optional[datetime]:
    """An instant; None for a day without a time and for what is none."""
    if not text or len(text) <= 10:
        return None
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=CHINA)


def _with(item: Evidence, facts: Optional[HandFacts]) -> Evidence:
    if facts is None:
        return item
    if item.kind != "photo":
        raise WeipianError("E_PHOTO_POSITION", value=item.original_name)
    return by_hand(item, facts.lon, facts.lat, facts.azimuth, facts.taken_at)


def _back(item: Evidence) -> Evidence:
    """Without the word that it is no evidence."""
    if unplaced.ASIDE not in item.match:
        return item
    match: dict[str, Any] = {key: value for key, value in item.match.items() if key != unplaced.ASIDE}
    return replace(item, match=match)


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key: 2 before 10."""
    parts = re.split(r"(\d+)", name.casefold())
    return tuple((0, int(part), "") if part.isdigit() and part.isascii() else (1, 0, part) for part in parts)
