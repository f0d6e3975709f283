"""Use cases without the panel: 派单 from a table, and the lists that villages sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.fields import normalise
from ..core.proof import Dispatch
from ..sources.tables import read_sheets
from .certifying import PrintedList
from .clock import check_date
from .session import Session
from .views import QueueRow

#: Field of a 派单 -> headers that people write, the first that is there counts.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "patch_id": ("patch_id", "图斑编号", "图斑号", "编号"),
    "village": ("village", "村(社区)", "村", "村名", "村社区", "所在村"),
    "person": ("person", "责任人", "派给", "外业人员", "核查人", "姓名"),
    "due_on": ("due", "due_on", "期限", "截止日期", "办理期限", "完成期限"),
    "note": ("note", "说明", "备注"),
}


@dataclass(frozen=True)
class DispatchRow:
    """What became of one row of the table: the numbers dispatched, or a code and why not."""

    row: int
    patch_ids: tuple[str, ...] = ()
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class DispatchTableReport:
    """What became of a table; `late` are the numbers that are past their deadline now."""

    applied: Sequence[DispatchRow]
    rejected: Sequence[DispatchRow]
    late: Sequence[tuple[str, ...]] = ()

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {
            "applied": [vars(row) for row in self.applied],
            "rejected": [vars(row) for row in self.rejected],
            "late": [list(cells) for cells in self.late],
        }


@dataclass
class _Plan:
    """What is to be written at the end, all in one action."""

    items: dict[str, Dispatch] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)  # patch_uid -> row that it came from
    rejected: list[DispatchRow] = field(default_factory=list)


def dispatch_table(folder: Path, table: Path, who: str, feedback: Feedback) -> DispatchTableReport:
    """Send people to patches by a table; a row names a patch, or a village for all of its patches without verdict.

    Columns: 图斑编号 or 村, 责任人, 期限 (optional), 说明 (optional). What can be done is one action; the other rows
    are told with their reason. A later row about the same patch replaces an earlier one.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_TABLE_COLUMNS, E_WS_*, E_CANCELLED; nothing is written.
    """
    path = Path(table)
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=path)
    rows = _rows(path)
    with Session.open(Path(folder), who) as session:
        queue = session.queue()
        plan = _Plan()
        for done, (number, values) in enumerate(rows):
            stop_if_cancelled(feedback)
            feedback.progress(100 * done / max(1, len(rows)))
            _take(plan, session, queue, number, values)
        applied = _write(plan, session)
        late = session.late_table()[1:]
    feedback.progress(100)
    return DispatchTableReport(applied, plan.rejected, late)


def _take(plan: _Plan, session: Session, queue: Sequence[QueueRow], number: int, values: Mapping[str, str]) -> None:
    try:
        due = check_date(values.get("due_on", ""))
        _check_person(values)
        for uid in _uids(session, queue, values):
            item = Dispatch(uid, values["person"], values.get("village", ""), due, values.get("note", ""))
            plan.items[uid], plan.rows[uid] = item, number
    except WeipianError as error:
        plan.rejected.append(DispatchRow(number, (), error.code, str(error)))


def _check_person(values: Mapping[str, str]) -> None:
    if not values.get("person"):
        raise WeipianError("E_DISPATCH_PERSON")


def _uids(session: Session, queue: Sequence[QueueRow], values: Mapping[str, str]) -> list[str]:
    if values.get("patch_id"):
        return [session.find(values["patch_id"]).patch_uid]
    village = values.get("village", "")
    found = [row.patch_uid for row in queue if village and row.village == village and row.workable and not row.finished]
    if not found:
        raise WeipianError("E_PATCH_MISSING", patch_id=village or "（没有写编号和村）")
    return found


def _write(plan: _Plan, session: Session) -> list[DispatchRow]:
    if not plan.items:
        return []
    result = session.dispatch(list(plan.items.values()))
    refused = dict(result.refused)
    ids: dict[int, list[str]] = {}
    for uid, number in plan.rows.items():
        patch_id = session.queue_row(uid).patch_id
        if patch_id in refused:
            plan.rejected.append(DispatchRow(number, (patch_id,), "E_DISPATCH", refused[patch_id]))
        else:
            ids.setdefault(number, []).append(patch_id)
    return [DispatchRow(number, tuple(found)) for number, found in sorted(ids.items())]


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(row number in the file, field -> text) of every row with anything in it."""
    named = [(sheet, _columns(sheet.header)) for sheet in read_sheets(path)]
    sheet, columns = max(named, key=lambda item: len(item[1]), default=(None, {}))
    if sheet is None or "person" not in columns or not {"patch_id", "village"} & set(columns):
        raise WeipianError("E_TABLE_COLUMNS", columns="图斑编号（或村）、责任人")
    return [
        (number, {name: (row[at] or "").strip() for name, at in columns.items()})
        for number, row in zip(sheet.numbered(), sheet.rows)
        if any(row)
    ]


def _columns(header: Sequence[Optional[str]]) -> dict[str, int]:
    at = {normalise(name or ""): i for i, name in reversed(list(enumerate(header)))}
    found = {}
    for name, words in HEADERS.items():
        hit = next((at[normalise(word)] for word in words if normalise(word) in at), None)
        if hit is not None:
            found[name] = hit
    return found


@dataclass(frozen=True)
class ListsReport:
    """The lists that were printed, and (village, why not) of the others."""

    printed: Sequence[PrintedList]
    skipped: Sequence[tuple[str, str]] = ()

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        lists = [
            {
                "number": item.certificate.number,
                "village": item.certificate.village,
                "patches": item.patches,
                "pages": item.pages,
                "path": str(item.path),
            }
            for item in self.printed
        ]
        skipped = [{"code": "E_CERT_NOTHING", "item": village, "reason": why} for village, why in self.skipped]
        return {"lists": lists, "skipped": skipped}


def print_lists(folder: Path, village: str, output: Optional[Path], who: str, feedback: Feedback) -> ListsReport:
    """Print the list of one village, or of every village with evidence; villages without any are told.

    Raises:
        WeipianError: E_CERT_NOTHING when nothing at all can be printed, those of `Session.print_certificate`,
            E_CANCELLED (lists printed before stay).
    """
    printed: list[PrintedList] = []
    skipped: list[tuple[str, str]] = []
    with Session.open(Path(folder), who) as session:
        uids = [row.patch_uid for row in session.queue() if row.workable]
        states = [state for state in session.certificate_villages(uids) if village.strip() in ("", state.village)]
        for done, state in enumerate(states):
            stop_if_cancelled(feedback)
            if len(state.bare) == len(state.uids):
                skipped.append((state.village, "这些图斑还没有举证材料"))
                continue
            printed.append(session.print_certificate(state.uids, output))
            feedback.progress(100 * (done + 1) / len(states))
    if not printed:
        reason = "这些图斑还没有举证材料" if states else f"没有“{village.strip()}”的图斑"
        raise WeipianError("E_CERT_NOTHING", reason=reason)
    return ListsReport(printed, skipped)
