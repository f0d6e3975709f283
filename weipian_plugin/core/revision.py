"""改判: when a verdict of 违法 that already had consequences may be changed, and what that takes.

A verdict is cheap to correct until somebody acted on it. After 制止, 立案 or 移交, or once it was submitted, taking
违法 back needs a reason, a document (its number or the file itself) and a second person, and stands on a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from .model import CaseStatus, ReviewStatus, Verdict
from .people import bare, same_person

#: What 改判清单 shows, in order, as the heads of its table.
HEADS: tuple[str, ...] = (
    "图斑编号", "村", "原判定", "改判为", "改判理由", "文号", "附件", "改判时状态", "经办人", "复核人", "时间",
)  # fmt: skip
#: 已退回 too: it was out of the house once.
_SUBMITTED = (ReviewStatus.SUBMITTED, ReviewStatus.FINISHED, ReviewStatus.RETURNED)


def is_revision(
    before: Optional[Verdict],
    after: Optional[Verdict],
    review: ReviewStatus,
    case: CaseStatus,
    *,
    submitted: bool = False,
) -> bool:
    """Whether going from `before` to `after` (None: no verdict, 存疑 alone) is 改判.

    Args:
        before: the verdict in force, None without one.
        after: what it is to become.
        review: where the patch stands.
        case: how far enforcement has come.
        submitted: it was submitted at some time, wherever it stands now.
    """
    if before is not Verdict.ILLEGAL or after is Verdict.ILLEGAL:
        return False
    return case is not CaseStatus.NONE or review in _SUBMITTED or submitted


def missing(reason: str, doc_no: str, evidence_id: str, second_person: str, who: str) -> Sequence[str]:
    """What 改判 still lacks, in the order of the form; empty when it may go ahead."""
    wanting = []
    if not reason.strip():
        wanting.append("改判理由")
    if not doc_no.strip() and not evidence_id:
        wanting.append("依据文件（文号或附件）")
    if not bare(second_person):
        wanting.append("复核人")
    elif same_person(second_person, who):
        wanting.append(f"复核人（不能是{who}本人）")
    return tuple(wanting)


def standing(review: ReviewStatus, case: CaseStatus) -> str:
    """How far the patch has come, as the sentence of the refusal says it."""
    if case is not CaseStatus.NONE:
        return case.label
    return {"submitted": "已上报", "finished": "审核结束", "returned": "已上报后退回"}.get(review.value, "上报过")
