"""The lines of the queue: all of them in one go, or one after a change."""

from __future__ import annotations

import json
from typing import Optional

from ..core import areas
from ..core.model import SQUARE_METRES, CaseStatus, ReviewStatus
from ..store import queue_columns
from ..store.queue_columns import Beside, PatchColumns
from ..store.workspace import Workspace
from .views import QueueRow

#: Answers of the clerk that the search box finds a patch by.
_FOUND_BY = ("project", "party")
_REVIEW = {status.value: status for status in ReviewStatus}
_CASE = {status.value: status for status in CaseStatus}


def rows(ws: Workspace, batch_id: str = "", only: str = "") -> list[QueueRow]:
    """One line a patch in order of import, of a batch, of one patch (its uid) or of all."""
    beside = queue_columns.beside(ws, only)
    return [_row(columns, beside) for columns in queue_columns.patches(ws, batch_id, only)]


def source_of(area_m2: float, adopted_m2: Optional[float], adopted_source: str, *, drawn: bool, shaped: bool) -> str:
    """How the area in force came about where it is not the computed one of the delivered boundary."""
    if not shaped:
        return "下发，无边界" if area_m2 else "无边界"
    if adopted_m2 is not None and adopted_source:
        return areas.ADOPTED_LABELS.get(adopted_source, adopted_source)
    return "自绘边界" if drawn else ""


def _area(columns: PatchColumns) -> float:
    """m² that every figure counts with, as `Patch.area_in_force`."""
    if columns.adopted_m2 is not None:
        return columns.adopted_m2
    if columns.head is not None or columns.issued_area is None:
        return columns.area_m2
    return columns.issued_area * SQUARE_METRES.get(columns.issued_unit or "", 1.0)


def _answers(text: str) -> list[str]:
    """Names in the clerk's answers that one searches for."""
    if not text or not any(f'"{key}"' in text for key in _FOUND_BY):
        return []
    held = json.loads(text)
    return [str(held[key]) for key in _FOUND_BY if held.get(key)]


def _row(columns: PatchColumns, beside: Beside) -> QueueRow:
    uid = columns.patch_uid
    verdict, doubt, answers = beside.judged.get(uid, (None, 0, ""))
    prime, redline = beside.overlaps.get((uid, "prime_farmland")), beside.overlaps.get((uid, "eco_redline"))
    prime = columns.issued_prime_m2 if prime is None else prime
    area, shaped = _area(columns), columns.head is not None
    centre = None
    if not shaped and columns.centre_lon is not None and columns.centre_lat is not None:
        centre = (columns.centre_lon, columns.centre_lat)
    words = [part for part in (columns.patch_id, columns.village, columns.town) if part] + _answers(answers)
    return QueueRow(
        patch_uid=uid,
        patch_id=columns.patch_id,
        batch_id=columns.batch_id,
        level=columns.level,
        monitor_class=columns.monitor_class or "",
        village=columns.village or "",
        area_mu=areas.mu(area),
        verdict=verdict or "",
        doubt=bool(doubt),
        review_status=_REVIEW[columns.review_status],
        case_status=_CASE[columns.case_status],
        prime_mu=None if prime is None else areas.mu(prime),
        redline_mu=None if redline is None else areas.mu(redline),
        due_on=columns.due_on or beside.dues.get(columns.batch_id, ""),
        bbox=columns.bbox,
        text=" ".join(words).casefold(),
        evidence_count=beside.evidence.get(uid, 0),
        split_state=columns.split_state,
        parent_uid=columns.parent_uid or "",
        origin=columns.origin,
        merged_into=beside.merged.get(uid, ""),
        area_source=source_of(
            area,
            columns.adopted_m2,
            columns.adopted_source or "",
            drawn=columns.geometry_source == "drawn",
            shaped=shaped,
        ),
        centre=centre,
    )
