"""Use case: clues that nobody issued (巡查, 网格员报告, 群众举报), judged and followed but in no issued count."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Optional

import shapely

from ..core.dates import parse_date
from ..core.errors import WeipianError
from ..core.model import CLUE_BATCH, Batch, Clue, Patch
from ..geo.area import ellipsoidal_area
from ..store import records
from ..store.workspace import Transaction, Workspace
from .clock import CHINA, now, today
from .drawing import check_polygon
from .overlay_now import overlaid
from .splitting import delete_patch

#: origin -> how it is called; also what a table of clues may say.
SOURCES: Mapping[str, str] = {"patrol": "巡查", "grid": "网格员报告", "report": "群众举报"}
BATCH_NAME = "线索（自行发现）"
_KIND = "clue"
_TIMES: Mapping[str, str] = {"found_at": "发现时间", "stopped_at": "制止时间", "reported_at": "报告时间"}
_INSTANT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T\s]+(\d{1,2})(?:[:：时](\d{1,2}))?(?:[:：分](\d{1,2}))?.*)?"
)


@dataclass(frozen=True)
class ClueDraft:
    """What is entered of a clue. `wkb` a polygon, else `lon`/`lat` a point, both EPSG:4490; times as text."""

    origin: str
    lon: Optional[float] = None
    lat: Optional[float] = None
    wkb: Optional[bytes] = None
    finder: str = ""
    found_at: str = ""
    stopped_at: str = ""
    reported_at: str = ""
    grid_l3: str = ""
    grid_l4: str = ""
    village: str = ""
    note: str = ""


def origin_of(text: str) -> str:
    """patrol, grid or report from its id or its Chinese name. Raises E_CLUE_SOURCE."""
    value = text.strip()
    for origin, label in SOURCES.items():
        if value in (origin, label):
            return origin
    words = {"patrol": ("巡查", "巡逻", "日常"), "grid": ("网格",), "report": ("举报", "信访", "投诉", "来电")}
    found = [origin for origin, parts in words.items() if any(part in value for part in parts)]
    if len(found) != 1:
        raise WeipianError("E_CLUE_SOURCE", value=text)
    return found[0]


def instant(label: str, text: str) -> str:
    """A date or date with time as ISO text (China time with offset), empty stays empty. Raises E_CLUE_TIME."""
    value = text.strip()
    if not value:
        return ""
    match = _INSTANT.fullmatch(value)
    try:
        if match is None:
            day = parse_date(value)
            if day is not None and day.first == day.last:
                return day.first
            moment = datetime.fromisoformat(value)
            return moment.replace(tzinfo=moment.tzinfo or CHINA).isoformat(timespec="seconds")
        numbers = [int(part) for part in match.groups() if part is not None]
        if len(numbers) == 3:
            return datetime(*numbers[:3], tzinfo=CHINA).date().isoformat()
        return datetime(*numbers, tzinfo=CHINA).isoformat(timespec="seconds")  # type: ignore[misc, arg-type]
    except ValueError as error:
        raise WeipianError("E_CLUE_TIME", label=label, value=text) from error


def _checked(draft: ClueDraft) -> ClueDraft:
    origin = origin_of(draft.origin)
    times = {name: instant(label, getattr(draft, name)) for name, label in _TIMES.items()}
    found = times["found_at"]
    for name in ("stopped_at", "reported_at"):
        # Dates without a time of day compare by their day.
        length = min(len(found), len(times[name]), 19) if min(len(found), len(times[name])) > 10 else 10
        if found and times[name] and times[name][:length] < found[:length]:
            raise WeipianError("E_CLUE_ORDER", later=_TIMES[name], earlier=_TIMES["found_at"])
    if draft.wkb is None and (draft.lon is None or draft.lat is None):
        raise WeipianError("E_CLUE_PLACE")
    if draft.wkb is None and not (abs(draft.lon or 0) <= 180 and abs(draft.lat or 0) <= 90):
        raise WeipianError("E_CLUE_PLACE")
    return replace(draft, origin=origin, **times)


def add_clue(ws: Workspace, draft: ClueDraft, who: str) -> tuple[Patch, str]:
    """Register a clue in the batch of clues, overlaid at once when it has an extent; one transaction.

    Returns the patch and a sentence when it could not be overlaid.

    Raises:
        WeipianError: E_CLUE_PLACE, E_CLUE_SOURCE, E_CLUE_TIME, E_CLUE_ORDER, E_SPLIT_INVALID.
    """
    draft = _checked(draft)
    at = now()
    patch = _patch(ws, draft)
    (patch,), rows, said = overlaid(ws, [patch])
    with ws.transaction(_KIND, patch.patch_uid, who) as change:
        _put_batch(ws, change, at, 1)
        change.put("setting", records.setting_row(*_counter(patch.patch_id)))
        change.put("patch", records.patch_row(patch))
        for row in rows:
            change.put("overlay", records.overlay_row(row))
        change.put("clue", records.clue_row(_clue(patch.patch_uid, draft, who, at)))
    return patch, said


def _put_batch(ws: Workspace, change: Transaction, at: str, more: int) -> None:
    """The batch of clues, made when the first one comes; its count follows."""
    known = change.get("batch", CLUE_BATCH)
    count = records.patch_count(ws, CLUE_BATCH)
    if known is None:
        batch = Batch(CLUE_BATCH, BATCH_NAME, patch_count=more, created_at=at, kind=_KIND)
        change.put("batch", records.batch_row(batch))
    else:
        change.put("batch", {**known, "patch_count": count + more})


def _patch(ws: Workspace, draft: ClueDraft) -> Patch:
    geom = check_polygon(draft.wkb) if draft.wkb else None
    centre = shapely.point_on_surface(geom) if geom is not None else None
    return Patch(
        patch_uid=str(uuid.uuid4()),
        patch_id=_next_id(ws, today().replace("-", "")),
        batch_id=CLUE_BATCH,
        wkb=None if geom is None else bytes(shapely.to_wkb(geom)),
        origin=draft.origin,
        village_name=draft.village.strip() or None,
        geometry_source="none" if geom is None else "drawn",
        area_m2=0.0 if geom is None else ellipsoidal_area(geom),
        remark=draft.note.strip() or None,
        centre_lon=draft.lon if centre is None else float(centre.x),
        centre_lat=draft.lat if centre is None else float(centre.y),
    )


def _next_id(ws: Workspace, day: str) -> str:
    """XS-yyyymmdd-nn; a number that was given once is not given again."""
    prefix = f"XS-{day}-"
    last = max(int(records.setting(ws, f"clue:{day}") or 0), records.highest_number(ws, prefix))
    return f"{prefix}{last + 1:02d}"


def _counter(patch_id: str) -> tuple[str, str]:
    _, day, number = patch_id.split("-")
    return f"clue:{day}", str(int(number))


def _clue(patch_uid: str, draft: ClueDraft, who: str, at: str) -> Clue:
    return Clue(
        patch_uid=patch_uid,
        finder=draft.finder.strip(),
        found_at=draft.found_at,
        stopped_at=draft.stopped_at,
        reported_at=draft.reported_at,
        grid_l3=draft.grid_l3.strip(),
        grid_l4=draft.grid_l4.strip(),
        note=draft.note.strip(),
        by=who,
        at=at,
    )


def withdraw_clue(ws: Workspace, patch: Patch, who: str) -> None:
    """Undo of a registration: the clue and what was undone on it go; its number is not used again."""
    with ws.transaction("undo", patch.patch_uid, who) as change:
        delete_patch(ws, change, patch.patch_uid)
        known = change.get("batch", CLUE_BATCH)
        count = records.patch_count(ws, CLUE_BATCH)
        if count:
            change.put("batch", {**(known or {}), "patch_count": count})
        else:
            change.delete("batch", CLUE_BATCH)
