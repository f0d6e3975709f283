"""Use case: decisions and case steps from a table, each row through the same door as the panel."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path
from typing import Any

from ..core import states
from ..core.answers import checked
from ..core.errors import WeipianError, os_reason
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.model import CaseAction, Patch, ReviewStatus, Verdict
from ..core.rulepack import RulePack
from .session import Session

_REQUIRED = ("图斑编号",)
_VERDICTS = {v.label: v.value for v in Verdict} | {v.value: v.value for v in Verdict}
_REVIEW = {status.label: status for status in ReviewStatus} | {status.value: status for status in ReviewStatus}
#: A step may be named by what it leads to, as the panel shows it: 已制止 for 制止.
_LED = {kind.leads_to.label: kind.kind for kind in reversed(states.CASE_ACTIONS.values()) if kind.leads_to}
_ACTIONS = _LED | {kind.label: kind.kind for kind in states.CASE_ACTIONS.values()} | {k: k for k in states.CASE_ACTIONS}
_STEPS = "、".join((*(k.label for k in states.CASE_ACTIONS.values()), *(s.label for s in ReviewStatus)))
#: At least one of these says what to do with the patch of a row.
_WHAT = ("判定", "动作", "附件")
_WAYS = {label: way for way, label in states.WAYS.items()} | {way: way for way in states.WAYS}


@dataclass(frozen=True)
class RowReport:
    """What became of one row; `code` is empty when it was applied."""

    row: int
    patch_id: str
    what: str
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class DecisionReport:
    """What became of a table of decisions."""

    applied: Sequence[RowReport]
    rejected: Sequence[RowReport]

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {"applied": [vars(r) for r in self.applied], "rejected": [vars(r) for r in self.rejected]}


def read_table(path: Path) -> list[dict[str, str]]:
    """Rows of a csv (UTF-8 or GBK) or xlsx (first sheet) as text, header in the first row.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_TABLE_COLUMNS.
    """
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=path)
    rows = _read_xlsx(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    header = [name.strip() for name in rows[0]] if rows else []
    missing = [name for name in _REQUIRED if name not in header]
    if not missing and not any(name in header for name in _WHAT):
        missing = ["判定、动作或附件"]
    if missing:
        raise WeipianError("E_TABLE_COLUMNS", columns="、".join(missing))
    blank = dict.fromkeys(header, "")
    return [
        {**blank, **dict(zip(header, (value.strip() for value in row)))}
        for row in rows[1:]
        if any(v.strip() for v in row)
    ]


def _read_csv(path: Path) -> list[list[str]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(raw.decode(encoding), newline="")))
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail="不是 csv 表格，或引号没有成对") from error
    raise WeipianError("E_FILE_UNREADABLE", path=path, detail="编码不是 UTF-8 或 GBK")


def _read_xlsx(path: Path) -> list[list[str]]:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, OSError, EOFError, KeyError, ValueError, zlib.error) as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="不是 xlsx 表格，或文件不完整") from error
    try:
        return [[_cell(v) for v in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    finally:
        book.close()


def _cell(value: Any) -> str:
    """A cell as the clerk sees it: a date without the midnight that Excel keeps with it."""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return "" if value is None else str(value)


def apply_decisions(folder: Path, table: Path, who: str, feedback: Feedback, pack: str = "") -> DecisionReport:
    """Apply verdicts and case steps row by row, in order; a row that cannot be applied changes nothing.

    Columns: 图斑编号; 判定 二级类 判定依据说明 理由 and any label of the pack's facts (用地主体 …):
    facts that the row leaves empty stay as they were; for 改判 also
    改判理由 文号 复核人 (an 附件 of the row may stand for the number); or
    动作 日期 文号 单位 责任人 整改方式 拆除面积 复耕面积 补办面积 备注; 附件 with 附件用途 in either.

    Raises:
        WeipianError: as `read_table`, E_CANCELLED (rows applied before stay applied, as on the panel).
    """
    rows = read_table(Path(table))
    applied: list[RowReport] = []
    rejected: list[RowReport] = []
    with Session.open(Path(folder), who) as session:
        session.judge_with(pack)
        for number, row in enumerate(rows, start=2):
            stop_if_cancelled(feedback)
            feedback.progress(100 * number / (len(rows) + 1))
            patch_id, what = row["图斑编号"], row.get("动作") or row.get("判定", "")
            try:
                _apply(session, row, Path(table).parent)
                applied.append(RowReport(number, patch_id, what))
            except WeipianError as error:
                if error.code in ("E_DISK_FULL", "E_WS_READONLY", "E_WS_LOCKED"):
                    raise
                rejected.append(RowReport(number, patch_id, what, error.code, str(error)))
    return DecisionReport(applied, rejected)


def _apply(session: Session, row: Mapping[str, str], base: Path) -> None:
    patch = session.find(row["图斑编号"])
    action = row.get("动作", "")
    # What the row says is read before its files are attached, so that a slip of the pen attaches nothing.
    pack = session.pack_for(patch.batch_id)
    verdict = _verdict(pack, row) if row.get("判定") else ("", "")
    answers = _answers(pack, row) if row.get("判定") else {}
    purpose = _purpose(pack, row.get("附件用途", ""))
    if action and action not in _REVIEW:
        _check_step(action, row)
    files = [base / name.strip() for name in row.get("附件", "").replace("；", ";").split(";") if name.strip()]
    before = session.undo_depth()
    try:
        if files:  # first, because a step may need the proof that comes with it
            session.attach(patch.patch_uid, patch.patch_id, files, purpose)
        if row.get("判定"):
            paper = _document(session, patch.patch_uid, files)
            _judge(session, patch, row, verdict, answers, paper)
        if action in _REVIEW:
            session.set_review(patch.patch_uid, patch.patch_id, _REVIEW[action], row.get("备注", ""))
        elif action:
            _step(session, patch.patch_uid, patch.patch_id, action, row)
    except WeipianError:
        while session.undo_depth() > before:
            session.undo()
        raise


def _purpose(pack: RulePack, text: str) -> str:
    for item in pack.requirements.values():
        if text and text in (item.id, item.label):
            return item.id
    if text:
        labels = "、".join(item.label for item in pack.requirements.values())
        raise WeipianError("E_ANSWER", key="附件用途", value=text, choices=labels)
    return ""


def _verdict(pack: RulePack, row: Mapping[str, str]) -> tuple[str, str]:
    """Verdict and sub-type of a row; a pack may know more words for the verdict (农村道路 …)."""
    text = row["判定"]
    opinion = pack.opinion(text)
    verdict = "" if text == "存疑" else opinion.verdict if opinion else _VERDICTS.get(text)
    if verdict is None:
        raise WeipianError("E_VERDICT_UNKNOWN", value=text)
    sub_type = opinion.sub_type if opinion else ""
    if row.get("二级类") and verdict:
        found = pack.sub_type(verdict, row["二级类"])
        if found is None:
            raise WeipianError("E_SUBTYPE_UNKNOWN", verdict=Verdict(verdict).label, value=row["二级类"])
        sub_type = found.id
    return verdict, sub_type


def _document(session: Session, uid: str, files: Sequence[Path]) -> str:
    """Id of the document among the files just attached to a patch, empty without one."""
    names = {file.name for file in files}
    found = [item.evidence for item in session.patch_view(uid).evidence] if names else []
    return next((e.evidence_id for e in reversed(found) if e.kind == "document" and e.original_name in names), "")


def _answers(pack: RulePack, row: Mapping[str, str]) -> dict[str, str]:
    """The facts of a row by the id of their field. Raises E_ANSWER."""
    return {
        item.id: checked(item, row.get(item.label) or row.get(item.id, ""))
        for item in pack.ask_fields.values()
        if row.get(item.label) or row.get(item.id)
    }


def _judge(
    session: Session, patch: Patch, row: Mapping[str, str], decided: tuple[str, str], answers: Mapping[str, str],
    paper: str,
) -> None:  # fmt: skip
    doubt = row["判定"] == "存疑" or row.get("存疑", "") in ("是", "1", "true")
    before = session.patch_view(patch.patch_uid).judgement
    known = before.answers if before is not None else {}  # what the row does not speak of stays as it was filled in
    session.judge(
        patch.patch_uid, patch.patch_id, *decided, row.get("判定依据说明", ""), {**known, **answers},
        doubt=doubt, against_reason=row.get("改判理由") or row.get("理由", ""),
        second_person=row.get("复核人", ""), doc_no=row.get("文号", ""), evidence_id=paper,
    )  # fmt: skip


def _check_step(action: str, row: Mapping[str, str]) -> None:
    if action not in _ACTIONS:
        raise WeipianError("E_ANSWER", key="动作", value=action, choices=_STEPS)
    way = row.get("整改方式", "")
    if way and way not in _WAYS:
        raise WeipianError("E_ANSWER", key="整改方式", value=way, choices="、".join(states.WAYS.values()))


def _step(session: Session, uid: str, patch_id: str, action: str, row: Mapping[str, str]) -> None:
    session.add_action(
        CaseAction(
            patch_uid=uid,
            kind=_ACTIONS[action],
            date=row.get("日期", ""),
            doc_no=row.get("文号", ""),
            office=row.get("单位", ""),
            person=row.get("责任人", ""),
            way=_WAYS.get(row.get("整改方式", ""), ""),
            demolished_mu=row.get("拆除面积", ""),
            reclaimed_mu=row.get("复耕面积", ""),
            regularised_mu=row.get("补办面积", ""),
            note=row.get("备注", ""),
        ),
        patch_id,
        row.get("理由", ""),
    )
