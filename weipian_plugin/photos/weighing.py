"""Photos beside patches, with all that tells which belongs to which: place, view, time, village, neighbours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

import numpy as np
import shapely
from numpy.typing import NDArray

from ..core.dates import parse_date
from ..core.model import Patch, ReviewStatus
from .exif import PhotoFacts
from .likelihood import USUAL_ACCURACY_M, Ground, Shots
from .moments import china_day, seconds
from .names import IdFinder
from .tracks import NOWHERE, Joined, Shot, join

#: Photos against the days of the images: what is left of the belief (they may be old, clocks are wrong).
_BEFORE_LATER, _BEFORE_EARLIER = 0.4, 0.1
#: Up to so far the local plane gives distances, metres.
_PLANE_M = 20_000.0
#: How much a village named by a folder speaks for its patches.
_VILLAGE = 20.0


@dataclass(frozen=True)
class Known:
    """A photo that lies on its patches already; those taken beside it follow it."""

    facts: PhotoFacts
    patch_uids: tuple[str, ...]


@dataclass(frozen=True)
class Photo:
    """A photo with what its names say: `where` ids were found (文件名, 文件夹名), `ids`, `village`."""

    path: Path
    facts: PhotoFacts
    where: str = ""
    ids: tuple[str, ...] = ()
    village: str = ""

    @property
    def placed(self) -> bool:
        """Whether it has a position."""
        return self.facts.lon is not None and self.facts.lat is not None


class Scene:
    """The patches of a workspace, indexed once for all photos. Patches are spoken of by their index."""

    def __init__(self, patches: Sequence[Patch]) -> None:
        self.patches = patches
        self.ids = IdFinder(patches)
        self.number = {p.patch_uid: i for i, p in enumerate(patches)}
        shapes = shapely.from_wkb(np.array([p.wkb for p in patches], dtype=object), on_invalid="ignore")
        self.shape = {i: s for i, s in enumerate(shapes) if s is not None and not s.is_empty}
        # The parent of a split lies under its children; a void patch wants no evidence.
        takes = [
            i for i, p in enumerate(patches)
            if i in self.shape and p.split_state != "parent" and p.review_status is not ReviewStatus.VOID
        ]  # fmt: skip
        self._index = np.array(takes, dtype=np.int64)
        placed = np.empty(len(takes), dtype=object)
        placed[:] = [self.shape[i] for i in takes]
        self._ground = Ground(placed)
        self._days = np.array(
            [(_first_day(patches[i].image_before), _first_day(patches[i].image_after)) for i in takes], dtype=np.int64
        ).reshape(-1, 2)
        self._villages = np.array([patches[i].village_name or "" for i in takes], dtype=object)

    def read(self, path: Path, facts: PhotoFacts, hint: str) -> Photo:
        """What the names of a photo say; the hint is a path that is read after its own."""
        names = [path, *([Path(hint)] if hint else [])]
        where, ids = next((found for p in names if (found := self.ids.of_path(p))[1]), ("", []))
        village = next((v for p in names if (v := self.ids.village_of_path(p))), "")
        return Photo(path, _sane(facts), where, tuple(ids), village)

    def around(self, lon: float, lat: float, reach_m: float) -> list[tuple[float, int]]:
        """Metres and index of the patches within reach of a point, nearest first."""
        shots = _columns([(lon, lat, math.nan, USUAL_ACCURACY_M)])
        _, patch, distance = self._ground.around(shots, np.array([reach_m]))
        return sorted((float(d), int(self._index[p])) for p, d in zip(patch, distance))

    def within(self, places: NDArray[np.float64], reach_m: float) -> list[tuple[int, int]]:
        """(row, patch) of all patches within reach of points, rows of lon/lat."""
        if not len(places):
            return []
        none = np.full(len(places), math.nan)
        shots = Shots(places[:, 0], places[:, 1], none, np.full(len(places), USUAL_ACCURACY_M))
        row, patch, _ = self._ground.around(shots, np.full(len(places), reach_m))
        return [(int(r), int(self._index[p])) for r, p in zip(row, patch)]

    def nearest(self, lon: float, lat: float) -> Optional[tuple[float, int]]:
        """Metres and index of the patch nearest to a point, however far; None without any boundary."""
        if not len(self._index):
            return None
        found = self._ground.tree.query_nearest(shapely.Point(lon, lat))[:1]
        shots = _columns([(lon, lat, math.nan, USUAL_ACCURACY_M)])
        far = self._ground.distance(shots, np.zeros(1, dtype=np.int64), found)
        number = int(self._index[found[0]])
        return self.far(lon, lat, number, float(far[0])), number

    def far(self, lon: float, lat: float, patch: int, plane_m: float) -> float:
        """Metres to a patch: those of the plane as far as it is one, beyond on the great circle to its middle."""
        if plane_m < _PLANE_M or patch not in self.shape:
            return plane_m
        west, south, east, north = np.radians(shapely.bounds(self.shape[patch]))
        here, there, turn = math.radians(lat), (south + north) / 2, math.radians(lon) - (west + east) / 2
        half = math.sin((here - there) / 2) ** 2 + math.cos(here) * math.cos(there) * math.sin(turn / 2) ** 2
        return 2 * 6_371_008.8 * math.asin(min(1.0, math.sqrt(half)))

    def weigh(self, photos: Sequence[Photo], reach_m: float) -> list[dict[int, float]]:
        """For each photo patch -> likelihood, `NOWHERE` for none of them, the best 1; empty without a position.

        `reach_m`: how far from a patch a photo may stand; the error of its position comes on top.
        """
        weights: list[dict[int, float]] = [{} for _ in photos]
        rows = [i for i, p in enumerate(photos) if p.placed]
        if not rows:
            return weights
        shots = _columns([_row(photos[i].facts) for i in rows])
        pairs = self._ground.weigh(shots, reach_m + 3 * shots.sigma_m)
        taken = np.array([_taken_day(photos[i].facts) for i in rows], dtype=np.int64)[pairs.shot]
        days = self._days[pairs.patch]
        belief = pairs.log_density.copy()
        belief[(taken > 0) & (taken < days[:, 1])] += math.log(_BEFORE_LATER)
        belief[(taken > 0) & (taken < days[:, 0])] += math.log(_BEFORE_EARLIER)
        named = np.array([photos[i].village for i in rows], dtype=object)[pairs.shot]
        belief[(named != "") & (named == self._villages[pairs.patch])] += math.log(_VILLAGE)
        ends = np.searchsorted(pairs.shot, np.arange(len(rows) + 1))
        for n, i in enumerate(rows):
            some = slice(ends[n], ends[n + 1])
            stray = self._ground.stray(pairs.patch[some], belief[some])
            top = max([stray, *belief[some]])
            found = {int(self._index[p]): math.exp(b - top) for p, b in zip(pairs.patch[some], belief[some])}
            weights[i] = {**found, NOWHERE: math.exp(stray - top)}
        return weights

    def join(
        self, photos: Sequence[Photo], weights: Sequence[dict[int, float]], known: Sequence[Known]
    ) -> dict[int, Joined]:
        """What photos of one camera say about each other, by the index of the photo."""
        shots = []
        for i in sorted(range(len(photos)), key=lambda i: str(photos[i].path)):  # not as they happened to be read
            sure = self._named_one(photos[i])
            shots.append(_shot(i, photos[i].facts, {sure: 1.0} if sure is not None else weights[i]))
        for j, item in enumerate(known):
            states = {self.number[uid]: 1.0 for uid in item.patch_uids if uid in self.number}
            if states:
                shots.append(_shot(len(photos) + j, _sane(item.facts), states))
        joined = join([s for s in shots if s is not None])
        return {key: found for key, found in joined.items() if key < len(photos)}

    def _named_one(self, photo: Photo) -> Optional[int]:
        """The patch that a name gives beyond question."""
        named = [p for key in photo.ids for p in self.ids.patches(key)]
        return self.number[named[0].patch_uid] if len(named) == 1 else None


def _shot(key: int, facts: PhotoFacts, weights: dict[int, float]) -> Optional[Shot]:
    """A photo as part of a track; None when its time is not that of the shutter, or nothing tells whose it is."""
    when = seconds(facts.taken_at)
    place = (facts.lon, facts.lat) if facts.lon is not None and facts.lat is not None else None
    if when is None or _saved(facts) or (place is None and not facts.camera):
        return None
    return Shot(key, facts.camera, when, place, weights)


def _saved(facts: PhotoFacts) -> bool:
    """Whether the time is that of saving a file and not of the shutter."""
    return facts.source == "inferred" or facts.more.get("taken_from") == "name"


def _columns(rows: Sequence[tuple[float, float, float, float]]) -> Shots:
    table = np.array(rows, dtype=float)
    return Shots(table[:, 0], table[:, 1], table[:, 2], table[:, 3])


def _row(facts: PhotoFacts) -> tuple[float, float, float, float]:
    accuracy = facts.accuracy_m if facts.accuracy_m and facts.accuracy_m > 0 else USUAL_ACCURACY_M
    azimuth = math.nan if facts.azimuth is None else facts.azimuth
    return facts.lon or 0.0, facts.lat or 0.0, azimuth, min(accuracy, 100.0)


def _sane(facts: PhotoFacts) -> PhotoFacts:
    """Facts may have been typed by hand: numbers that are no position or direction are not known."""
    lon, lat, azimuth, accuracy = facts.lon, facts.lat, facts.azimuth, facts.accuracy_m
    if lon is None or lat is None or not (abs(lon) <= 180 and abs(lat) < 90):
        lon = lat = None
    if azimuth is not None and not math.isfinite(azimuth):
        azimuth = None
    if accuracy is not None and not math.isfinite(accuracy):
        accuracy = None
    return replace(facts, lon=lon, lat=lat, azimuth=azimuth, accuracy_m=accuracy)


def _taken_day(facts: PhotoFacts) -> int:
    return int(china_day(facts.taken_at).replace("-", "") or 0)


def _first_day(text: Optional[str]) -> int:
    """The first day that a date may mean as a number that compares, 0 when not known."""
    span = parse_date(text)
    return int(span.first.replace("-", "")) if span is not None else 0
