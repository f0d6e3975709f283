"""What the office keeps of its own work on a verdict: 改判 and 内审. Instants are ISO text."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Revision:
    """改判: a verdict of 违法 changed after 制止, 立案 or submission; with reason, document and a second person."""

    revision_id: str
    patch_uid: str
    judgement_id: str
    from_verdict: str
    to_verdict: str
    reason: str
    doc_no: str
    evidence_id: str
    second_person: str
    review_status: str
    case_status: str
    by: str
    at: str


@dataclass(frozen=True)
class InternalCheck:
    """内审 before submission, apart from 县审: `result` pass or returned, `reasons` ids of the pack."""

    check_id: str
    patch_uid: str
    judgement_id: str
    result: str
    reasons: tuple[str, ...] = ()
    note: str = ""
    by: str = ""
    at: str = ""
