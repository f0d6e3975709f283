"""Shots of one camera one after the other: how fast it moved, whether its compass ever turned, whether its clock runs.

Two people may carry phones of the same model, and no file says which of them took it; shots that name no camera
are taken together, too. So what does not fit is certain only between files that one phone numbered one after the
other.
"""

from __future__ import annotations

import bisect
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Optional

#: `IMG_0012.jpg`, `DSC00012`, `DJI_0012`: a counter of at most five digits at the end; longer ones are times.
_NUMBERED = re.compile(r"^(.*?\D)(\d{3,5})$")
#: Mean radius of the earth, m: distances here decide about kilometres an hour, not about metres.
_RADIUS_M = 6_371_008.8
#: Shots looked at to either side of one.
_REACH = 40
#: A phone that does not say how far its position may be wrong, m.
_USUAL_ERROR_M = 20.0
_Key = tuple[float, str, str]  # time, name, id: the order of shots


@dataclass(frozen=True)
class Shot:
    """What sequences need of a photo. `at` seconds since 1970, None where unknown; degrees and metres."""

    evidence_id: str
    name: str
    camera: str
    at: Optional[float] = None
    lon: Optional[float] = None
    lat: Optional[float] = None
    azimuth: Optional[float] = None
    accuracy_m: Optional[float] = None
    altitude_m: Optional[float] = None
    source: str = "exif"

    @property
    def placed(self) -> bool:
        """Whether the camera itself said where it was, so that a speed means something."""
        return self.lon is not None and self.lat is not None and self.source == "exif"


@dataclass(frozen=True)
class Move:
    """From one shot to the next: metres, seconds, km/h after taking off what both positions may be wrong by."""

    other: Shot
    distance_m: float
    seconds: float
    km_h: float
    certain: bool  # numbered one after the other by one phone


@dataclass(frozen=True)
class Constant:
    """Shots in a row with the same azimuth; `places` at how many different places they were taken."""

    azimuth: float
    shots: tuple[Shot, ...]
    places: int


def counter(name: str) -> Optional[tuple[str, int]]:
    """(what comes before the counter, the counter) of a file name, None where it has none."""
    stem = name.rsplit(".", 1)[0]
    found = _NUMBERED.match(stem)
    return (found.group(1).casefold(), int(found.group(2))) if found else None


def metres_between(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Distance on the sphere, right to half a per cent."""
    phi1, phi2 = math.radians(lat1), math.radians(lat2)
    half = (
        math.sin((phi2 - phi1) / 2) ** 2
        + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * _RADIUS_M * math.asin(min(1.0, math.sqrt(half)))


class Tracks:
    """All shots of a workspace by camera, in the order of time; kept up to date shot by shot."""

    def __init__(self, shots: Iterable[Shot] = ()) -> None:
        self._shots: dict[str, Shot] = {}
        self._by_camera: dict[str, dict[str, Shot]] = {}
        self._numbered: dict[tuple[str, str, int], dict[str, Shot]] = {}
        self._ordered: dict[str, tuple[list[_Key], list[Shot]]] = {}
        for shot in shots:
            self.put(shot)

    def put(self, shot: Shot) -> None:
        """Add a shot or take its new facts."""
        self.drop(shot.evidence_id)
        self._shots[shot.evidence_id] = shot
        self._by_camera.setdefault(shot.camera, {})[shot.evidence_id] = shot
        mark = counter(shot.name)
        if mark is not None:
            self._numbered.setdefault((shot.camera, *mark), {})[shot.evidence_id] = shot
        known = self._ordered.get(shot.camera)
        if known is not None and shot.at is not None:
            at = bisect.bisect_left(known[0], _key(shot))
            known[0].insert(at, _key(shot))
            known[1].insert(at, shot)

    def drop(self, evidence_id: str) -> None:
        """Forget a shot."""
        shot = self._shots.pop(evidence_id, None)
        if shot is None:
            return
        self._by_camera[shot.camera].pop(evidence_id, None)
        mark = counter(shot.name)
        if mark is not None:
            self._numbered[(shot.camera, *mark)].pop(evidence_id, None)
        known = self._ordered.get(shot.camera)
        if known is not None and shot.at is not None:
            at = bisect.bisect_left(known[0], _key(shot))
            del known[0][at], known[1][at]

    def shot(self, evidence_id: str) -> Optional[Shot]:
        """One shot."""
        return self._shots.get(evidence_id)

    def _around(self, shot: Shot) -> tuple[list[Shot], int]:
        """The dated shots of its camera in the order of time, and where this one stands."""
        known = self._ordered.get(shot.camera)
        if known is None:
            dated = [(_key(s), s) for s in self._by_camera.get(shot.camera, {}).values() if s.at is not None]
            dated.sort(key=itemgetter(0))
            known = self._ordered[shot.camera] = ([key for key, _ in dated], [s for _, s in dated])
        return known[1], bisect.bisect_left(known[0], _key(shot))

    def moves(self, evidence_id: str) -> list[Move]:
        """To the placed shots before and after this one, of the same camera; none where it is not known."""
        shot = self.shot(evidence_id)
        if shot is None or shot.at is None or not shot.placed:
            return []
        track, at = self._around(shot)
        before = next((s for s in reversed(track[max(0, at - _REACH) : at]) if s.placed), None)
        after = next((s for s in track[at + 1 : at + 1 + _REACH] if s.placed), None)
        return [_move(shot, other) for other in (before, after) if other is not None]

    def constant(self, evidence_id: str, same_deg: float, apart_m: float) -> Optional[Constant]:
        """The run of shots around this one in which the azimuth never changed; None without an azimuth."""
        shot = self.shot(evidence_id)
        if shot is None or shot.azimuth is None or shot.at is None or shot.source == "manual":
            return None
        track, at = self._around(shot)
        run = [shot]
        for part in (reversed(track[max(0, at - _REACH) : at]), track[at + 1 : at + 1 + _REACH]):
            for other in part:
                if other.azimuth is None or other.source == "manual":
                    continue
                if abs((other.azimuth - shot.azimuth + 180) % 360 - 180) > same_deg:
                    break
                run.append(other)
        run.sort(key=_key)
        return Constant(shot.azimuth, tuple(run), _places(run, apart_m))

    def misordered(self, evidence_id: str) -> Optional[Shot]:
        """The next file by number that was taken earlier, or the one before that was taken later."""
        shot = self.shot(evidence_id)
        mark = counter(shot.name) if shot is not None else None
        if shot is None or shot.at is None or mark is None or shot.source != "exif":
            return None
        prefix, number = mark
        for step in (1, -1):
            for other in self._numbered.get((shot.camera, prefix, number + step), {}).values():
                if other.at is not None and other.source == "exif" and (other.at - shot.at) * step < 0:
                    return other
        return None

    def peers(self, evidence_id: str) -> list[Shot]:
        """Other shots of the same camera, the nearest in time first, a few."""
        shot = self.shot(evidence_id)
        if shot is None or shot.at is None or not shot.camera:
            return []
        track, at = self._around(shot)
        near = [s for s in track[max(0, at - 5) : at + 6] if s.evidence_id != evidence_id]
        return sorted(near, key=lambda s: abs((s.at or 0) - (shot.at or 0)))


def _key(shot: Shot) -> _Key:
    return (shot.at or 0.0, shot.name, shot.evidence_id)


def _step(one: Shot, other: Shot) -> int:
    """1 or -1 where the other file is the next or the previous by number, else 0."""
    a, b = counter(one.name), counter(other.name)
    if a is None or b is None or a[0] != b[0]:
        return 0
    return b[1] - a[1] if abs(b[1] - a[1]) == 1 else 0


def _move(shot: Shot, other: Shot) -> Move:
    distance = metres_between(shot.lon or 0, shot.lat or 0, other.lon or 0, other.lat or 0)
    gap = abs((shot.at or 0) - (other.at or 0))
    sure = max(0.0, distance - (shot.accuracy_m or _USUAL_ERROR_M) - (other.accuracy_m or _USUAL_ERROR_M))
    # The clock of a photo has whole seconds: two of them may be one second further apart.
    return Move(other, distance, gap, 3.6 * sure / (gap + 1), bool(_step(shot, other)))


def _places(shots: Iterable[Shot], apart_m: float) -> int:
    """How many of the shots stand at least so far from each other, taken in their order."""
    kept: list[tuple[float, float]] = []
    for shot in shots:
        if shot.lon is None or shot.lat is None:
            continue
        lon, lat = shot.lon, shot.lat
        if all(metres_between(lon, lat, *place) >= apart_m for place in kept):
            kept.append((lon, lat))
    return len(kept)
