"""改判: what taking 违法 back after its consequences needs, and the list of what was changed so."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..core import revision
from ..core.errors import WeipianError
from ..core.model import CaseStatus, Judgement, Patch, ReviewStatus, Verdict
from ..core.office import Revision
from ..core.people import Person
from ..core.revision import HEADS
from ..core.trail import REDO, UNDO
from ..store import office, records
from ..store.workspace import Transaction, Workspace
from . import plain_table
from .acting import UNDOABLE
from .clock import now

_WENT_OUT = (ReviewStatus.SUBMITTED.value, ReviewStatus.FINISHED.value)


@dataclass(frozen=True)
class Paper:
    """What 改判 rests on: why, the number or the file of the document, and who agreed."""

    reason: str = ""
    doc_no: str = ""
    evidence_id: str = ""
    second_person: str = ""


@dataclass(frozen=True)
class RevisionLine:
    """One line of 改判清单, in words."""

    patch_uid: str
    patch_id: str
    village: str
    before: str
    after: str
    reason: str
    doc_no: str
    document: str
    standing: str
    by: str
    second_person: str
    at: str

    def cells(self) -> tuple[str, ...]:
        """The texts under HEADS."""
        return (
            self.patch_id, self.village, self.before, self.after, self.reason, self.doc_no, self.document,
            self.standing, self.by, self.second_person, self.at[:16].replace("T", " "),
        )  # fmt: skip


def concerns(ws: Workspace, patch: Patch, judgement: Optional[Judgement], after: Optional[Verdict]) -> bool:
    """Whether this verdict would be 改判."""
    before = judgement.verdict if judgement is not None else None
    if before is not Verdict.ILLEGAL or after is Verdict.ILLEGAL:
        return False
    if revision.is_revision(before, after, patch.review_status, patch.case_status):
        return True
    return was_submitted(ws, patch.patch_uid)


def was_submitted(ws: Workspace, patch_uid: str) -> bool:
    """Whether the patch was out of the house at any time, however it came back; what was undone does not count."""
    status = records.platform_statuses(ws, patch_uid).get(patch_uid)
    if status is not None and status.audit_stage:
        return True
    done: dict[str, list[bool]] = {}
    again: dict[str, list[bool]] = {}
    for row in ws.journal(patch_uid):
        mine, theirs = done.setdefault(row.who, []), again.setdefault(row.who, [])
        if row.action == UNDO and mine:
            theirs.append(mine.pop())
        elif row.action == REDO and theirs:
            mine.append(theirs.pop())
        elif row.action in UNDOABLE:
            mine.append(row.action == "review" and _went_out(ws, row.after))
    return any(any(flags) for flags in done.values())


def _went_out(ws: Workspace, after: str) -> bool:
    return any(
        table == "patch" and record is not None and record.get("review_status") in _WENT_OUT
        for table, _key, record, _whole in ws.changes(after)
    )


def plan(patch: Patch, judgement: Optional[Judgement], after: Optional[Verdict], paper: Paper, who: str) -> Revision:
    """The record of a 改判 that may go ahead.

    Raises:
        WeipianError: E_REVISION naming what is missing.
    """
    lacking = revision.missing(paper.reason, paper.doc_no, paper.evidence_id, paper.second_person, who)
    if lacking:
        raise WeipianError(
            "E_REVISION",
            patch_id=patch.patch_id,
            state=revision.standing(patch.review_status, patch.case_status),
            to=after.label if after else "存疑",
            missing="、".join(lacking),
        )
    return Revision(
        revision_id=str(uuid.uuid4()),
        patch_uid=patch.patch_uid,
        judgement_id="",
        from_verdict=judgement.verdict.value if judgement and judgement.verdict else "",
        to_verdict=after.value if after else "",
        reason=paper.reason,
        doc_no=paper.doc_no,
        evidence_id=paper.evidence_id,
        second_person=paper.second_person,
        review_status=patch.review_status.value,
        case_status=patch.case_status.value,
        by=who,
        at=now(),
    )


def put(change: Transaction, item: Revision) -> None:
    """Write it; a second person nobody knew yet is known from now on."""
    change.put("revision", office.revision_row(item))
    known = change.get("person", item.second_person)
    if known is None:
        change.put("person", office.person_row(Person(item.second_person, "checker", item.at)))


def lines(ws: Workspace, patch_uid: str = "") -> list[RevisionLine]:
    """改判清单 of one patch or all, in order."""
    found = []
    for item in office.revisions(ws, patch_uid):
        patch = records.patch(ws, item.patch_uid)
        paper = records.evidence(ws, item.evidence_id).get(item.evidence_id) if item.evidence_id else None
        found.append(
            RevisionLine(
                patch_uid=item.patch_uid,
                patch_id=patch.patch_id if patch is not None else item.patch_uid,
                village=(patch.village_name or "") if patch is not None else "",
                before=_label(item.from_verdict),
                after=_label(item.to_verdict),
                reason=item.reason,
                doc_no=item.doc_no,
                document=paper.original_name if paper is not None else "",
                standing=revision.standing(ReviewStatus(item.review_status), CaseStatus(item.case_status)),
                by=item.by,
                second_person=item.second_person,
                at=item.at,
            )
        )
    return found


def _label(verdict: str) -> str:
    return Verdict(verdict).label if verdict else "存疑"


def write_table(path: Path, found: Sequence[RevisionLine]) -> None:
    """改判清单 as xlsx, or csv (UTF-8 with a mark, so that Excel reads it) where the name ends so.

    Raises:
        WeipianError: E_WRITE.
    """
    plain_table.write(path, "改判清单", [HEADS, *(line.cells() for line in found)])
