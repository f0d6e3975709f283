"""The lines of the queue: all of them in one go, or one after a change."""

from __future__ import annotations

import gc
import json
import unicodedata
from collections.abc import Callable
from typing import Optional

from ..core import areas
from ..core.model import SQUARE_METRES, CaseStatus, ReviewStatus
from ..core.rulepack import RulePack
from ..store import queue_columns
from ..store.queue_columns import Beside, Judged, PatchColumns
from ..store.workspace import Workspace
from .views import QueueRow

#: Answers of the clerk that the search box finds a patch by.
_FOUND_BY = ("project", "party", "actor", "household", "actual_use")
#: Answers with words that tell the responsible office.
_OFFICE_WORDS = ("actual_use", "project")
_NOBODY = Judged()
#: Our own JSON begins at once; `loads` looks for white space twice, which is half its time on short texts.
_DECODER = json.JSONDecoder()
_REVIEW = {status.value: status for status in ReviewStatus}
_CASE = {status.value: status for status in CaseStatus}


PackFor = Callable[[str], RulePack]


def fold(text: str) -> str:
    """Text as the search compares it: full width is half width, no upper case."""
    return unicodedata.normalize("NFKC", text).casefold()


def rows(ws: Workspace, pack_for: PackFor, batch_id: str = "", only: str = "") -> list[QueueRow]:
    """One line a patch in order of import, of a batch, of one patch (its uid) or of all."""
    collecting = gc.isenabled() and not only
    if collecting:  # everything made here is kept: looking for rubbish in it meanwhile costs as much as making it
        gc.disable()
    try:
        beside, names = queue_columns.beside(ws, only), _Names(pack_for)
        return [_row(columns, beside, names) for columns in queue_columns.patches(ws, batch_id, only)]
    finally:
        if collecting:
            gc.enable()


class _Names:
    """What the pack of a batch calls things, asked once for each."""

    def __init__(self, pack_for: PackFor) -> None:
        self._pack_for = pack_for
        self._packs: dict[str, RulePack] = {}
        self._classes: dict[tuple[str, str], str] = {}
        self._offices: dict[tuple[str, ...], str] = {}

    def _pack(self, batch_id: str) -> RulePack:
        if batch_id not in self._packs:
            self._packs[batch_id] = self._pack_for(batch_id)
        return self._packs[batch_id]

    def monitor_class(self, batch_id: str, name: str) -> str:
        """Label of the monitoring class; an unknown one keeps its name."""
        key = (batch_id, name)
        if key not in self._classes:
            found = self._pack(batch_id).monitor_class(name) if name else None
            self._classes[key] = found.label if found else name
        return self._classes[key]

    def office(self, batch_id: str, sub_type: str, landuse: str, patch_type: str, words: tuple[str, ...]) -> str:
        """整改责任科室 by the pack, empty where no rule fits."""
        key = (batch_id, sub_type, landuse, patch_type, *words)
        if key not in self._offices:
            found = self._pack(batch_id).office_for(
                sub_type=sub_type, landuse=landuse, patch_type=patch_type, texts=words
            )
            self._offices[key] = found.label if found else ""
        return self._offices[key]


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


def _answers(text: str) -> dict[str, str]:
    """What the clerk answered."""
    if len(text) < 3:
        return {}
    return {key: str(value) for key, value in _DECODER.raw_decode(text)[0].items() if value}


def _row(columns: PatchColumns, beside: Beside, names: _Names) -> QueueRow:
    uid, batch_id = columns.patch_uid, columns.batch_id
    judged = beside.judged.get(uid, _NOBODY)
    answers = _answers(judged.answers or "")
    prime, redline = beside.overlaps.get((uid, "prime_farmland")), beside.overlaps.get((uid, "eco_redline"))
    prime = columns.issued_prime_m2 if prime is None else prime
    area, shaped = _area(columns), columns.head is not None
    centre = None
    if not shaped and columns.centre_lon is not None and columns.centre_lat is not None:
        centre = (columns.centre_lon, columns.centre_lat)
    words = [part for part in (columns.patch_id, columns.village, columns.town) if part]
    words += [answers[key] for key in _FOUND_BY if key in answers]
    office_words = tuple(answers.get(key, "") for key in _OFFICE_WORDS)
    return QueueRow(
        patch_uid=uid,
        patch_id=columns.patch_id,
        batch_id=batch_id,
        level=columns.level,
        monitor_class=columns.monitor_class or "",
        village=columns.village or "",
        area_mu=areas.mu(area),
        verdict=judged.verdict or "",
        doubt=bool(judged.doubt),
        review_status=_REVIEW[columns.review_status],
        case_status=_CASE[columns.case_status],
        prime_mu=None if prime is None else areas.mu(prime),
        redline_mu=None if redline is None else areas.mu(redline),
        due_on=columns.due_on or beside.dues.get(batch_id, ""),
        bbox=columns.bbox,
        text=fold(" ".join(words)),
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
        class_label=names.monitor_class(batch_id, columns.monitor_class or ""),
        office=answers.get("office", "")
        or names.office(batch_id, judged.sub_type, beside.landuse.get(uid, ""), columns.patch_type or "", office_words),
        assignee=columns.assignee or "",
        judged_by=judged.by,
        sub_type=judged.sub_type,
        against=bool(judged.against_reason),
    )
