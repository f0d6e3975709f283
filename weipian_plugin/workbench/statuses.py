"""Use case: a status table of the official platform, joined by number, moves the review axis (dossier 1.6).

The platform is the authority on how far a review has come; what it does not say clearly is listed and left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from ..core import states
from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.hashing import file_sha256
from ..core.model import Patch, PlatformStatus, ReviewStatus
from ..core.platform_status import COLUMNS, STATE_FIELDS, TELLING, PlatformRules, PlatformState, Said, decide
from ..intake import values
from ..sources.sheet import Sheet
from ..sources.tables import read_sheets
from ..store import records
from ..store.workspace import Workspace
from .clock import now
from .importing import put_rows
from .pack_shelf import pack_of
from .status_report import StatusOptions, StatusReport, StatusRow

__all__ = ["ANSWERS", "StatusOptions", "StatusReport", "StatusRow", "import_status"]

SHEET, CONFLICT = "sheet", "conflict"
#: What may be answered beforehand.
ANSWERS: Mapping[str, str] = {SHEET: "工作表名称", CONFLICT: "keep（列出，不改）或 platform（以平台为准）"}
_KEEP, _PLATFORM = "keep", "platform"
#: Opinion, reason and the raw row are compared to tell whether a table says anything new.
_SAME = ("fill_state", "audit_stage", "return_state", "return_reason", "split_state", "opinion", "raw", "source_sha256")
_STEP = 500
#: How often a table is laid on a workspace that others write to at the same time.
_TRIES = 5
#: The platform's record of a patch and the columns of the patch that change, None where nothing does.
_Change = tuple[Optional[PlatformStatus], Optional[dict[str, Any]]]


@dataclass(frozen=True)
class _Line:
    """A row of the table whose patch is known."""

    row: int
    patch: Patch
    said: Said
    cells: Mapping[str, str]  # column -> text
    raw: Mapping[str, Optional[str]]

    def order(self) -> tuple[str, int]:
        """Later, then further."""
        return (values.date(self.cells.get("updated_on")) or "", self.said.rank)


def import_status(folder: Path, table: Path, options: StatusOptions, who: str, feedback: Feedback) -> StatusReport:
    """Join a status table by number; one transaction, nothing is written when it says nothing new.

    The table is kept under `sources/<sha>/`. Raises before anything is written:

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_TABLE_COLUMNS, E_FIELD_UNKNOWN, E_ANSWER, E_PARAMETER,
            E_QUESTION when several sheets could be meant, E_CANCELLED, those of the store.
    """
    table = Path(table)
    if not table.is_file():
        raise WeipianError("E_FILE_MISSING", path=table)
    _check_options(options)
    rules = pack_of(Path(folder)).platform
    feedback.message("正在读取状态表")
    sheet, columns, ids = _choose(read_sheets(table), rules, options, table)
    sha = file_sha256(table)
    with Workspace.open(Path(folder)) as ws:
        for _ in range(_TRIES):
            join = _Join(ws, rules, columns, ids, options)
            join.read(sheet, feedback)
            changes = join.changes(f"platform:{table.name}", table.name, sha, now())
            seq = _write(ws, table, sha, changes, join.head, who)
            if seq is not None:
                break
        else:
            raise WeipianError("E_WS_LOCKED", path=folder)
    feedback.progress(100)
    shown = {**{name: headers[0] for name, headers in columns.items() if headers}, "patch_id": "、".join(ids)}
    return StatusReport(
        table.name, sheet.name, shown, join.applied, join.unchanged, join.rejected, join.notes, join.counts(), seq
    )


def _write(
    ws: Workspace, table: Path, sha: str, changes: Sequence[_Change], head: tuple[int, str], who: str
) -> Optional[int]:
    """Write what a table changes; the journal row, 0 if nothing, None when somebody else wrote meanwhile."""
    if not changes:
        return 0
    ws.keep_sources([table], sha)
    with ws.transaction("platform", table.name, who) as change:
        if ws.head() != head:
            return None
        put_rows(change, "platform_status", [records.platform_row(s) for s, _ in changes if s is not None])
        put_rows(change, "patch", [row for _, row in changes if row is not None])
    return ws.head()[0]


def _check_options(options: StatusOptions) -> None:
    for key in options.answers:
        if key not in ANSWERS:
            raise WeipianError("E_ANSWER", key="ANSWERS", value=key, choices="、".join(ANSWERS))
    answer = options.answers.get(CONFLICT, "")
    if answer not in ("", _KEEP, _PLATFORM):
        raise WeipianError("E_ANSWER", key=CONFLICT, value=answer, choices=ANSWERS[CONFLICT])
    for name in options.field_map:
        if name not in COLUMNS:
            raise WeipianError("E_ANSWER", key="FIELD_MAP", value=name, choices="、".join(COLUMNS))


Columns = dict[str, list[str]]


def _choose(
    sheets: Sequence[Sheet], rules: PlatformRules, options: StatusOptions, table: Path
) -> tuple[Sheet, Columns, list[str]]:
    """The sheet with the states, its columns, and the columns that name the patch, the most specific first."""
    wanted = str(options.answers.get(SHEET, "") or "")
    if wanted and wanted not in {sheet.name for sheet in sheets}:
        raise WeipianError("E_ANSWER", key=SHEET, value=wanted, choices="、".join(sheet.name for sheet in sheets))
    found = []
    for sheet in sheets:
        if wanted and sheet.name != wanted:
            continue
        columns = _columns(sheet, rules, options)
        if columns["patch_id"] and any(columns.get(name) for name in TELLING):
            found.append((sheet, columns))
    if not found:
        heads = "、".join(name for sheet in sheets[:1] for name in sheet.header[:20] if name)
        raise WeipianError("E_TABLE_COLUMNS", columns=f"图斑编号，以及填报状态或审核阶段（现有：{heads}）")
    if len(found) > 1:
        text = f"“{table.name}”里有几张工作表像状态表，用哪一张？"
        choices = [{"value": sheet.name, "label": f"{sheet.name}（{sheet.count} 行）"} for sheet, _ in found]
        raise WeipianError(
            "E_QUESTION", questions=text.rstrip("？"), details=[{"key": SHEET, "text": text, "choices": choices}]
        )
    sheet, columns = found[0]
    return sheet, columns, columns.pop("patch_id")


def _columns(sheet: Sheet, rules: PlatformRules, options: StatusOptions) -> Columns:
    columns = {name: list(headers) for name, headers in rules.match_columns(sheet.header).items()}
    for name, header in options.field_map.items():
        if header not in sheet.header:
            raise WeipianError("E_FIELD_UNKNOWN", field=header, fields="、".join(h for h in sheet.header if h))
        columns = {other: [h for h in headers if h != header] for other, headers in columns.items()}
        columns[name] = [header]
    return columns


class _Join:
    """The rows of one table laid on the patches of one workspace."""

    def __init__(
        self, ws: Workspace, rules: PlatformRules, columns: Columns, ids: Sequence[str], options: StatusOptions
    ) -> None:
        self.head = ws.head()
        self._rules = rules
        self._columns = columns
        self._ids = ids
        self._platform_wins = options.answers.get(CONFLICT) == _PLATFORM
        self._by_id: dict[str, list[Patch]] = {}
        self._issued = 0
        for patch in records.patches(ws):
            if patch.origin == "delivery":
                self._by_id.setdefault(patch.patch_id, []).append(patch)
                live = patch.review_status is not ReviewStatus.VOID
                self._issued += live and patch.split_state != "child"
        self._judged = {uid for uid, item in records.judgements(ws).items() if item.verdict is not None}
        self._before = records.platform_statuses(ws)
        self._lines: dict[str, list[_Line]] = {}
        self.applied: list[StatusRow] = []
        self.unchanged: list[StatusRow] = []
        self.rejected: list[StatusRow] = []
        self.notes: list[StatusRow] = []
        self._chosen: list[_Line] = []

    # -- reading ---------------------------------------------------------------------------------

    def read(self, sheet: Sheet, feedback: Feedback) -> None:
        """Join every row; those that cannot be used are listed.

        Raises:
            WeipianError: E_CANCELLED.
        """
        at = {name: i for i, name in reversed(list(enumerate(sheet.header)))}
        for count, (number, cells) in enumerate(zip(sheet.numbered(), sheet.rows)):
            if count % _STEP == 0:
                stop_if_cancelled(feedback)
                feedback.progress(60 * count / max(sheet.count, 1))
            raw = {name: cells[i] for name, i in at.items() if name}
            self._take(number, raw)
        for lines in self._lines.values():
            self._chosen.append(self._latest(lines))

    def _take(self, number: int, raw: Mapping[str, Optional[str]]) -> None:
        named = [values.code(raw.get(header)) for header in self._ids]
        named = [text for text in named if text]
        if not named:
            self.rejected.append(StatusRow(number, "", "R_ID_EMPTY", f"第 {number} 行没有图斑编号"))
            return
        known = next((text for text in named if text in self._by_id), "")
        if not known:
            reason = f"工作区里没有图斑 {named[0]}"
            self.rejected.append(StatusRow(number, named[0], "R_ID_UNKNOWN", reason))
            return
        patch = self._patch(number, known)
        if patch is None:
            return
        cells = {name: self._cell(raw, headers) for name, headers in self._columns.items()}
        found = self._states(number, known, cells)
        if found is None:
            return
        said = decide(found)
        if said.conflict:
            self.rejected.append(StatusRow(number, known, "R_CONTRADICTION", f"图斑 {known}：{said.conflict}"))
            return
        if not found and not any(cells.get(name) for name in ("return_reason", "opinion")):
            self.rejected.append(StatusRow(number, known, "R_STATE_EMPTY", f"图斑 {known} 这一行没有写状态"))
            return
        if named[0] != known:
            text = f"本地没有子图斑 {named[0]}，状态记到图斑 {known}；如已拆分请先在本地拆分"
            self.notes.append(StatusRow(number, known, "N_CHILD_UNKNOWN", text))
        split = found.get("split_state") or found.get("split_review")
        if split is not None and split.means == "parent" and patch.split_state != "parent":
            text = f"图斑 {known} 平台显示已拆分，本地没有拆分，请先拆分再按子图斑办理"
            self.notes.append(StatusRow(number, known, "N_SPLIT_THERE", text))
        self._lines.setdefault(patch.patch_uid, []).append(_Line(number, patch, said, cells, raw))

    @staticmethod
    def _cell(raw: Mapping[str, Optional[str]], headers: Sequence[str]) -> str:
        """The first column of this meaning that says something."""
        return next((text for text in (values.text(raw.get(header)) for header in headers) if text), "")

    def _patch(self, number: int, patch_id: str) -> Optional[Patch]:
        """The patch in force with this number, the newest of several."""
        live = [p for p in self._by_id[patch_id] if p.review_status is not ReviewStatus.VOID]
        if not live:
            reason = f"图斑 {patch_id} 本地已作废，没有更新"
            self.rejected.append(StatusRow(number, patch_id, "R_VOID", reason))
            return None
        if len(live) > 1:
            text = f"图斑编号 {patch_id} 在几个批次里都有，状态记到最近一批的图斑"
            self.notes.append(StatusRow(number, patch_id, "N_ID_SEVERAL", text))
        return live[-1]

    def _states(self, number: int, patch_id: str, cells: Mapping[str, str]) -> Optional[dict[str, PlatformState]]:
        found: dict[str, PlatformState] = {}
        for name in STATE_FIELDS:
            text = cells.get(name, "")
            if not text:
                continue
            state = self._rules.state(name, text)
            # 拆分状态 holds free words besides the two that matter, and says nothing that another column does not.
            if state is None and name == "split_review":
                continue
            if state is None:
                header = self._columns[name][0]
                reason = f"图斑 {patch_id} 的“{header}”是“{text}”，不认识；认识的有 {self._rules.words(name)}"
                self.rejected.append(StatusRow(number, patch_id, "R_STATE_UNKNOWN", reason))
                return None
            found[name] = state
        return found

    def _latest(self, lines: Sequence[_Line]) -> _Line:
        """Of several tasks the latest by their dates, where every row has one, else the one that has come furthest."""
        if len(lines) == 1:
            return lines[0]
        dated = all(line.order()[0] for line in lines)
        chosen = max(lines, key=lambda line: line.order() if dated else ("", line.said.rank))
        told = "；".join(f"第 {line.row} 行 {line.said.label or '未写状态'}" for line in lines)
        why = "时间最近" if dated else "进度最靠后"
        text = f"图斑 {chosen.patch.patch_id} 在表中有 {len(lines)} 行（{told}），采用{why}的第 {chosen.row} 行"
        self.notes.append(StatusRow(chosen.row, chosen.patch.patch_id, "N_SEVERAL_ROWS", text))
        return chosen

    # -- deciding --------------------------------------------------------------------------------

    def changes(self, source: str, name: str, sha: str, at: str) -> list[_Change]:
        """What is to be written for each patch: its platform record, the changed columns of the patch."""
        result: list[_Change] = []
        for line in self._chosen:
            status = _status(line, name, sha, at)
            before = self._before.get(line.patch.patch_uid)
            fresh = before is None or any(getattr(before, key) != getattr(status, key) for key in _SAME)
            moved = self._moved(line, source)
            row = StatusRow(line.row, line.patch.patch_id, "", "", line.said.label)
            if not fresh and moved is None:
                self.unchanged.append(row)
                continue
            told = ""
            if moved is not None and moved["review_status"] != line.patch.review_status.value:
                target = ReviewStatus(moved["review_status"])
                told = f"{line.patch.review_status.label} → {target.label}"
            self.applied.append(StatusRow(row.row, row.patch_id, "", told, row.state))
            result.append((status if fresh else None, moved))
        return result

    def _moved(self, line: _Line, source: str) -> Optional[dict[str, Any]]:
        """The columns of the patch that change, None when the review axis stays as it is."""
        patch, said = line.patch, line.said
        pid = patch.patch_id
        if said.note:
            self.notes.append(StatusRow(line.row, pid, "N_STAGE_MISSING", f"图斑 {pid} {said.note}", said.label))
        target = self._target(line)
        if target is None:
            return None
        reason = line.cells.get("return_reason") or None if target is ReviewStatus.RETURNED else None
        if target is ReviewStatus.RETURNED and not reason:
            reason = line.cells.get("opinion") or patch.return_reason
            if not reason:
                text = f"图斑 {pid} 被退回，表中没有写退回原因"
                self.notes.append(StatusRow(line.row, pid, "N_NO_REASON", text, said.label))
        after = {"review_status": target.value, "review_source": source, "return_reason": reason}
        if target is not patch.review_status and patch.patch_uid not in self._judged and patch.split_state != "parent":
            text = f"图斑 {pid} 本地还没有判定，已按平台改为{target.label}，请补判定"
            self.notes.append(StatusRow(line.row, pid, "N_NOT_JUDGED", text, said.label))
        same = (patch.review_status.value, patch.review_source, patch.return_reason) == tuple(after.values())
        return None if same else {"patch_uid": patch.patch_uid, **after}

    def _target(self, line: _Line) -> Optional[ReviewStatus]:
        """Where the review axis goes: legal steps only, and nothing against what is known here unless told to."""
        patch, said = line.patch, line.said
        current, target = patch.review_status, said.target
        pid = patch.patch_id
        told = ""
        if target is None:
            if not said.is_open or current not in (ReviewStatus.SUBMITTED, ReviewStatus.FINISHED):
                return None
            told = f"图斑 {pid} 平台显示未填报，本地为“{current.label}”"
            target = ReviewStatus.RETURNED  # the only legal way back
        elif current is ReviewStatus.FINISHED and target is ReviewStatus.SUBMITTED:
            told = f"图斑 {pid} 平台为“{said.label}”，本地为“{current.label}”"
        if told:
            done = f"，已按平台改为{target.label}" if self._platform_wins else "，没有改动，请核对"
            self.notes.append(StatusRow(line.row, pid, "N_CONTRADICTION", told + done, said.label))
            if not self._platform_wins:
                return None
        if target is not current and not states.review_path(current, target):
            raise WeipianError("E_TRANSITION", patch_id=pid, current=current.label, target=target.label)
        return target

    def counts(self) -> dict[str, int]:
        """How far the issued patches of the workspace have come by this table (dossier 1.6 A)."""
        # A split patch is issued once, its children are not: each is counted where the issued set has it.
        issued = [line for line in self._chosen if line.patch.split_state != "child"]
        by = {
            name: sum(line.said.target is status for line in issued)
            for name, status in (
                ("pending", ReviewStatus.SUBMITTED), ("returned", ReviewStatus.RETURNED),
                ("finished", ReviewStatus.FINISHED),
            )
        }  # fmt: skip
        return {
            "patches": self._issued, "in_table": len(issued), "filed": sum(by.values()), **by,
            "open": sum(line.said.is_open for line in issued),
        }  # fmt: skip


def _status(line: _Line, name: str, sha: str, at: str) -> PlatformStatus:
    found = line.said.states
    stage = found.get("audit_stage") or found.get("province_audit") or found.get("city_audit")

    def label(key: str) -> str:
        return found[key].label if key in found else line.cells.get(key, "")

    return PlatformStatus(
        patch_uid=line.patch.patch_uid,
        fill_state=label("fill_state"),
        audit_stage=stage.label if stage else "",
        return_state=label("return_state"),
        return_reason=line.cells.get("return_reason", ""),
        split_state=label("split_state"),
        opinion=line.cells.get("opinion", ""),
        raw=dict(line.raw),
        source_name=name,
        source_sha256=sha,
        imported_at=at,
    )
