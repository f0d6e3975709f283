"""How patches stand on the imagery of their batch: what is seen of them, of which day, and who found it wanting."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np

from ..core.errors import WeipianError
from ..core.imagery import (
    AUTOMATIC,
    TILES,
    ImageDate,
    ImageState,
    best_date,
    date_conflict,
    host_of,
    missing_percent,
    of_batch,
    whole,
)
from ..core.model import IMAGE_ROLES, ImageProblem, LayerAssignment, Patch
from ..core.rulepack import RulePack
from ..sources.rasters import Looker, Raster, grid_over
from ..store import gpkg
from .mosaics import Opened, entered_date, open_source, source_date

#: A source that did not open is tried again after so many seconds: the USB stick may be back.
_AGAIN = 10.0
#: Half the width of the box around a bare centre, and of the smallest box that is looked at, degrees (15 m, 0.1 m).
_AROUND, _LEAST = 0.000135, 0.000001
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Sight:
    """What the sources of a role show of a box: share, the raster on top, why nothing is seen."""

    covered: float
    name: str = ""
    date: ImageDate = field(default_factory=ImageDate)
    problem: str = ""  # "", missing, no_crs
    detail: str = ""


class _Frames:
    """Where the rasters of one source lie, so that thousands are told apart without opening one."""

    def __init__(self, assignment: LayerAssignment, opened: Opened) -> None:
        self.opened = opened
        self.date = source_date(assignment, opened)
        self.placeless = [r for r in opened.rasters if not r.placed or not (assignment.crs or r.crs)]
        self._groups: dict[str, tuple[list[Raster], Any]] = {}
        groups: dict[str, list[Raster]] = {}
        for raster in opened.rasters:
            if raster.placed and (assignment.crs or raster.crs):
                groups.setdefault(assignment.crs or raster.crs, []).append(raster)
        for crs, rasters in groups.items():
            ordered = sorted(rasters, key=lambda r: (r.date, r.path), reverse=True)
            self._groups[crs] = (ordered, np.array([_bounds(r) for r in ordered]))

    def near(self, plane: Callable[[str], Optional[Any]]) -> Iterator[tuple[str, Raster]]:
        """(CRS, raster) whose frame meets the box of the points that `plane` gives in a CRS, the newest first."""
        for crs, (rasters, bounds) in self._groups.items():
            points = plane(crs)
            if points is None or not np.isfinite(points).any():
                continue
            low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
            meets = (bounds[:, 0] <= high[0]) & (bounds[:, 2] >= low[0])
            meets &= (bounds[:, 1] <= high[1]) & (bounds[:, 3] >= low[1])
            for index in np.flatnonzero(meets):
                yield crs, rasters[int(index)]

    def met(self, plane: Callable[[str], Optional[Any]], number: int) -> Any:
        """Which of `number` boxes meet a raster; `plane` gives the four corners of each, (4n, 2), in a CRS."""
        found = np.zeros(number, dtype=bool)
        for crs, (_, bounds) in self._groups.items():
            points = plane(crs)
            if points is None:
                continue
            corners = points.reshape(number, 4, 2)
            low, high = corners.min(axis=1), corners.max(axis=1)
            for west, south, east, north in bounds:
                found |= (low[:, 0] <= east) & (high[:, 0] >= west) & (low[:, 1] <= north) & (high[:, 1] >= south)
        return found


def _bounds(raster: Raster) -> tuple[float, float, float, float]:
    t = raster.transform
    corners = [
        (t[0] + c * t[1] + r * t[2], t[3] + c * t[4] + r * t[5]) for c in (0, raster.width) for r in (0, raster.height)
    ]
    xs, ys = zip(*corners)
    return min(xs), min(ys), max(xs), max(ys)


class Catalogue:
    """The opened sources of a session. One thread; nothing is read before it is asked for."""

    def __init__(self) -> None:
        self._looker = Looker()
        self._frames: dict[tuple[str, str, str, str], _Frames] = {}
        self._failed: dict[str, tuple[float, WeipianError]] = {}
        self._sights: dict[tuple[Any, ...], Sight] = {}

    def close(self) -> None:
        """Let go of every file."""
        self._looker.close()

    def forget(self) -> None:
        """Look at the disk anew."""
        self._looker.close()
        for store in (self._frames, self._failed, self._sights):
            store.clear()

    def frames(self, assignment: LayerAssignment) -> _Frames:
        """The rasters of a source. Raises what `mosaics.open_source` does."""
        key = (assignment.source, assignment.crs, assignment.taken_on, assignment.taken_source)
        if key not in self._frames:
            since, error = self._failed.get(assignment.source, (0.0, None))
            if error is not None and time.monotonic() - since < _AGAIN:
                raise error
            try:
                self._frames[key] = _Frames(assignment, open_source(assignment))
            except WeipianError as failure:
                self._failed[assignment.source] = (time.monotonic(), failure)
                raise
        return self._frames[key]

    def touched(self, source: LayerAssignment, boxes: Sequence[Box]) -> int:
        """How many of these boxes the frames of a source meet; no picture is read."""
        if not boxes:
            return 0
        try:
            frames = self.frames(source)
        except WeipianError:
            return 0
        corners = np.array([[(w, s), (e, s), (e, n), (w, n)] for w, s, e, n in boxes]).reshape(-1, 2)
        return int(frames.met(lambda crs: self._looker.plane(crs, corners), len(boxes)).sum())

    def sight(self, sources: Sequence[LayerAssignment], box: Box) -> Sight:
        """What sources, those on top first, show of a lon/lat box."""
        key = (tuple(sources), box)
        if key not in self._sights:
            if len(self._sights) > 50_000:
                self._sights.clear()
            self._sights[key] = self._look(sources, box)
        return self._sights[key]

    def _look(self, sources: Sequence[LayerAssignment], box: Box) -> Sight:
        points = grid_over(box)
        plane = lru_cache(maxsize=None)(lambda crs: self._looker.plane(crs, points))
        seen = np.zeros(len(points), dtype=bool)
        top: Optional[tuple[str, ImageDate]] = None
        problem, detail = "missing", "在已有影像的范围之外"
        for source in sources:
            if source.kind == TILES:
                own = ImageDate(source.taken_on, source.taken_source or "manual")
                return Sight(1.0, *(top or (f"在线 {source.layer or host_of(source.source)}", own)))
            try:
                frames = self.frames(source)
            except WeipianError as error:
                detail = error.message
                continue
            if frames.placeless:
                problem, detail = "no_crs", Path(frames.placeless[0].path).name
            for crs, raster in frames.near(plane):
                found = self._looker.seen(raster, crs, points)
                if found.any() and top is None:
                    top = (Path(raster.path).name, _date(source, frames, raster))
                seen |= found
                if whole(float(seen.mean())):
                    break
        covered = float(seen.mean())
        return Sight(covered, *top) if top else Sight(0.0, problem=problem, detail=detail)


def _date(source: LayerAssignment, frames: _Frames, raster: Raster) -> ImageDate:
    """The day of one raster: what a person entered for the source, else the raster's own, else the source's."""
    if source.taken_on:
        return entered_date(source)
    own = raster.taken
    return own if (own.text and own.source != "written") or not frames.date.text else frames.date


class States(Mapping[str, ImageState]):
    """role -> ImageState of one patch, found when first asked for."""

    def __init__(self, find: Callable[[], Mapping[str, ImageState]]) -> None:
        self._find = find
        self._found: Optional[Mapping[str, ImageState]] = None

    @property
    def ready(self) -> bool:
        """True when asking costs nothing."""
        return self._found is not None

    def _all(self) -> Mapping[str, ImageState]:
        if self._found is None:
            self._found = self._find()
        return self._found

    def __getitem__(self, role: str) -> ImageState:
        return self._all()[role]

    def __iter__(self) -> Iterator[str]:
        return iter(IMAGE_ROLES)

    def __len__(self) -> int:
        return len(IMAGE_ROLES)


def box_of(patch: Patch) -> Optional[Box]:
    """The lon/lat box of a patch, or of some metres around its centre where it has no boundary."""
    bounds = gpkg.wkb_bounds(patch.wkb) if patch.wkb else None
    if bounds is None and patch.centre_lon is not None and patch.centre_lat is not None:
        bounds = (patch.centre_lon, patch.centre_lat, patch.centre_lon, patch.centre_lat)
    if bounds is None:
        return None
    west, south, east, north = bounds
    least = _LEAST if patch.wkb else _AROUND
    wide, high = max((east - west) / 2, least), max((north - south) / 2, least)
    x, y = (west + east) / 2, (south + north) / 2
    return x - wide, y - high, x + wide, y + high


def states_of(
    patch: Patch,
    layers: Sequence[LayerAssignment],
    marks: Sequence[ImageProblem],
    pack: RulePack,
    catalogue: Catalogue,
) -> dict[str, ImageState]:
    """Both times of a patch. A person's mark goes before what the software finds."""
    labels = labels_of(pack)
    by_role = {mark.role: mark for mark in marks}
    delivered = {"image_before": patch.image_before, "image_after": patch.image_after}
    found = {}
    for role in IMAGE_ROLES:
        sources = of_batch(layers, role, patch.batch_id)
        found[role] = _state(role, sources, patch, delivered[role] or "", by_role.get(role), labels, catalogue)
    return found


def labels_of(pack: RulePack) -> dict[str, str]:
    """Reason code -> words, the pack's before our own."""
    return {**AUTOMATIC, **{item.id: item.label for item in pack.reasons.get("imagery", ())}}


def _state(
    role: str,
    sources: Sequence[LayerAssignment],
    patch: Patch,
    delivered: str,
    mark: Optional[ImageProblem],
    labels: Mapping[str, str],
    catalogue: Catalogue,
) -> ImageState:
    box = box_of(patch)
    sight = catalogue.sight(sources, box) if sources and box else Sight(0.0, problem="missing")
    date = best_date(sight.date, delivered)
    reason, detail = _reason(sight, date, given=bool(sources), placed=box is not None)
    by = ""
    if mark is not None:
        reason, detail, by = mark.reason, mark.note, mark.by
    return ImageState(
        role=role,
        reason=reason,
        label=labels.get(reason, reason),
        detail=detail,
        date=date.text,
        dated=bool(date.text),
        date_source=date.source,
        source=sight.name,
        by=by,
        covered=sight.covered if sources and box else None,
        conflict=date_conflict(sight.date, delivered) if sight.name else "",
        given=bool(sources),
    )


def _reason(sight: Sight, date: ImageDate, *, given: bool, placed: bool) -> tuple[str, str]:
    if not given:
        return "missing", "没有添加该时相的影像"
    if not placed:
        return "missing", "图斑没有位置"
    if sight.problem:
        return sight.problem, sight.detail
    if not whole(sight.covered):
        return "cropped", missing_percent(sight.covered)
    return ("", "") if date.text else ("undated", "")
