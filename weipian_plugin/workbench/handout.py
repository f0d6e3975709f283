"""Use case: what somebody takes along to the field, as a numbered way through the patches.

Everything that is handed out (sheet, KML, QField project, list) carries the same numbers, so that what comes
back named by a number finds its patch (`hand_in`).
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Optional

import shapely

from ..core.areas import mu
from ..core.errors import WeipianError, os_reason
from ..core.model import Batch, Patch, ReviewStatus
from ..core.proof import Dispatch
from ..core.rulepack import RulePack
from ..geo.viewcone import to_metres
from ..report.package import csv_cell
from ..store import proofs
from .nearest import way
from .session import Session

#: The list that goes with every hand-out; a returned folder that holds it says which number is which patch.
LIST_NAME = "派发清单.csv"
LIST_HEADS = (
    "序号",
    "图斑编号",
    "批次",
    "村",
    "人员",
    "等级",
    "面积（亩）",
    "截止",
    "经度",
    "纬度",
    "要拍什么",
    "标识",
)
_PHOTO = "site_photo"
#: Done in the field: nothing is left to look at there.
_DONE = (ReviewStatus.SUBMITTED, ReviewStatus.FINISHED, ReviewStatus.VOID)


@dataclass(frozen=True)
class Stop:
    """One patch of the way. `lon`, `lat` degrees CGCS2000 (WGS84 to a metre), of a point inside the patch.

    `wkb` MultiPolygon EPSG:4490, None without boundary; `leg_m` metres on the ellipsoid from the stop before.
    """

    number: int
    patch_uid: str
    patch_id: str
    batch: str
    village: str
    person: str
    level: Optional[int]
    area_mu: Decimal
    due_on: str
    wanted: tuple[str, ...]
    lon: float
    lat: float
    wkb: Optional[bytes]
    leg_m: float = 0.0


@dataclass(frozen=True)
class Route:
    """The stops in order; `without` are numbers of patches whose place is not known."""

    stops: tuple[Stop, ...]
    without: tuple[str, ...] = ()

    @property
    def length_m(self) -> float:
        """From the first stop to the last, as the crow flies."""
        return sum(stop.leg_m for stop in self.stops)


@dataclass(frozen=True)
class Choice:
    """Which patches go along: of a village, of a person, or named; empty means every one that is still open."""

    village: str = ""
    person: str = ""
    patch_uids: Collection[str] = ()

    @property
    def label(self) -> str:
        """For the title and the name of the folder."""
        return "_".join(part for part in (self.village, self.person) if part) or "全部未办"


def plan(session: Session, choice: Choice, start: Optional[tuple[float, float]] = None) -> Route:
    """The way through the chosen patches, always on to the nearest; from `start` (lon, lat), else the most western.

    Raises:
        WeipianError: E_HANDOUT_EMPTY when nothing is chosen that can be visited.
    """
    batches = {batch.batch_id: batch for batch in session.batches()}
    sent = proofs.dispatches(session.workspace)
    places: list[tuple[Patch, tuple[float, float]]] = []
    without: list[str] = []
    for patch in session.patches():
        if not _chosen(patch, sent.get(patch.patch_uid), choice):
            continue
        place = _place(patch)
        if place is None:
            without.append(patch.patch_id)
        else:
            places.append((patch, place))
    if not places:
        raise WeipianError("E_HANDOUT_EMPTY", label=choice.label)
    points = [place for _, place in places]
    order = way(points, start or min(points))
    stops: list[Stop] = []
    for index in order:
        patch, (lon, lat) = places[index]
        leg = _distance_m((stops[-1].lon, stops[-1].lat), (lon, lat)) if stops else 0.0
        batch = batches.get(patch.batch_id, Batch(patch.batch_id, patch.batch_id))
        stops.append(_stop(session, len(stops) + 1, patch, batch, sent.get(patch.patch_uid), (lon, lat), leg))
    return Route(tuple(stops), tuple(without))


def choices(session: Session) -> tuple[dict[str, int], dict[str, int]]:
    """Villages and people with open patches, each with how many, in the order of their names."""
    sent = proofs.dispatches(session.workspace)
    villages: Counter[str] = Counter()
    people: Counter[str] = Counter()
    for patch in session.patches():
        found = sent.get(patch.patch_uid)
        if _chosen(patch, found, Choice()):
            villages[_village(patch, found)] += 1
            people[_person(patch, found)] += 1
    return {name: villages[name] for name in sorted(villages) if name}, {
        name: people[name] for name in sorted(people) if name
    }


def _village(patch: Patch, sent: Optional[Dispatch]) -> str:
    return (sent.village if sent else "") or patch.village_name or ""


def _person(patch: Patch, sent: Optional[Dispatch]) -> str:
    return (sent.person if sent else "") or patch.assignee or ""


def _chosen(patch: Patch, sent: Optional[Dispatch], choice: Choice) -> bool:
    if patch.split_state == "parent" or patch.review_status is ReviewStatus.VOID:
        return False
    if choice.patch_uids:
        return patch.patch_uid in choice.patch_uids
    if choice.village and choice.village != _village(patch, sent):
        return False
    if choice.person and choice.person != _person(patch, sent):
        return False
    return patch.review_status not in _DONE


def _place(patch: Patch) -> Optional[tuple[float, float]]:
    if patch.wkb:
        point = shapely.point_on_surface(shapely.from_wkb(patch.wkb))
        if not point.is_empty:
            return float(point.x), float(point.y)
    if patch.centre_lon is not None and patch.centre_lat is not None:
        return patch.centre_lon, patch.centre_lat
    return None


def _distance_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(shapely.distance(shapely.Point(0, 0), to_metres(shapely.Point(*other), *one)))


def _stop(
    session: Session,
    number: int,
    patch: Patch,
    batch: Batch,
    sent: Optional[Dispatch],
    place: tuple[float, float],
    leg_m: float,
) -> Stop:
    return Stop(
        number=number,
        patch_uid=patch.patch_uid,
        patch_id=patch.patch_id,
        batch=batch.name,
        village=_village(patch, sent),
        person=_person(patch, sent),
        level=patch.monitor_level,
        area_mu=mu(patch.area_in_force),
        due_on=(sent.due_on if sent else "") or patch.due_on or batch.due_on or "",
        wanted=_wanted(session, patch, session.pack_for(patch.batch_id)),
        lon=place[0],
        lat=place[1],
        wkb=patch.wkb,
        leg_m=leg_m,
    )


def _wanted(session: Session, patch: Patch, pack: RulePack) -> tuple[str, ...]:
    """What is to be brought back: open photos and documents of the checklist; before a verdict, the site photo."""
    view = session.patch_view(patch.patch_uid)
    open_items = [item.label for item in view.checklist if not item.done and item.kind in ("photo", "document")]
    if view.checklist:
        return tuple(open_items)
    first = pack.requirements.get(_PHOTO)
    return (first.label,) if first is not None else ()


def row_of(stop: Stop) -> tuple[str, ...]:
    """A stop as the line of `LIST_NAME` (LIST_HEADS)."""
    return (
        str(stop.number),
        stop.patch_id,
        stop.batch,
        stop.village,
        stop.person,
        "" if stop.level is None else str(stop.level),
        str(stop.area_mu),
        stop.due_on,
        f"{stop.lon:.6f}",
        f"{stop.lat:.6f}",
        "、".join(stop.wanted),
        stop.patch_uid,
    )


def write_list(path: Path, stops: Sequence[Stop]) -> Path:
    """The list as CSV that Excel opens (UTF-8 with BOM), ids guarded as text.

    Raises:
        WeipianError: E_WRITE.
    """
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(LIST_HEADS)
            writer.writerows([csv_cell(text) for text in row_of(stop)] for stop in stops)
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error
    return path


def read_list(path: Path) -> Mapping[int, str]:
    """number -> patch_uid of a list that was handed out; empty when it is none (people edit and rename)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return {}
    return {
        int(row["序号"]): row["标识"]
        for row in rows
        if (row.get("序号") or "").strip().isdigit() and (row.get("标识") or "").strip()
    }
