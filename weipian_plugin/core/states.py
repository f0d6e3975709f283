"""The two axes of a patch and which steps they allow (design section 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Optional

from .errors import WeipianError
from .model import CaseStatus, ReviewStatus

R = ReviewStatus
REVIEW_STEPS: Mapping[ReviewStatus, tuple[ReviewStatus, ...]] = {
    R.RECEIVED: (R.ASSESSED, R.VOID),
    R.ASSESSED: (R.ASSIGNED, R.JUDGED, R.VOID),
    R.ASSIGNED: (R.SURVEYED, R.ASSESSED),
    R.SURVEYED: (R.JUDGED, R.ASSIGNED),
    R.JUDGED: (R.SUBMITTED, R.SURVEYED),
    R.SUBMITTED: (R.RETURNED, R.FINISHED),
    R.RETURNED: (R.SURVEYED, R.JUDGED, R.SUBMITTED),
    R.FINISHED: (R.RETURNED,),
    R.VOID: (),
}


def check_review(patch_id: str, current: ReviewStatus, target: ReviewStatus) -> None:
    """Raise E_TRANSITION unless `current` -> `target` is allowed."""
    if target not in REVIEW_STEPS[current]:
        raise WeipianError("E_TRANSITION", patch_id=patch_id, current=current.label, target=target.label)


def review_path(current: ReviewStatus, target: ReviewStatus) -> tuple[ReviewStatus, ...]:
    """The shortest way of legal steps from `current` to `target`, without `current`; empty if there is none."""
    ways: dict[ReviewStatus, tuple[ReviewStatus, ...]] = {current: ()}
    queue = [current]
    for status in queue:  # grows while it is walked: breadth first
        for following in REVIEW_STEPS[status]:
            if following not in ways:
                ways[following] = (*ways[status], following)
                queue.append(following)
    return ways.get(target, ())


@dataclass(frozen=True)
class ActionKind:
    """A kind of case action: its Chinese name and the status that it leads to (None: no change)."""

    kind: str
    label: str
    leads_to: Optional[CaseStatus]
    fields: tuple[str, ...] = ("date",)


C = CaseStatus
#: Fields: date doc_no office person way demolished_mu reclaimed_mu regularised_mu note.
CASE_ACTIONS: Mapping[str, ActionKind] = {
    a.kind: a
    for a in (
        ActionKind("stop", "制止", C.STOPPED, ("date", "doc_no", "person", "note")),
        ActionKind("file", "立案", C.FILED, ("date", "doc_no", "office", "person")),
        ActionKind("transfer", "移交", C.TRANSFERRED, ("date", "doc_no", "office", "note")),
        ActionKind("feedback", "移交反馈", None, ("date", "office", "note")),
        ActionKind("penalise", "处罚", C.PENALISED, ("date", "doc_no", "office", "note")),
        ActionKind("enforce", "催告/申请强执", C.ENFORCING, ("date", "doc_no", "office")),
        ActionKind("rectify", "开始整改", C.RECTIFYING, ("date", "way", "office", "person", "note")),
        ActionKind(
            "rectified",
            "整改完成",
            C.RECTIFIED,
            ("date", "way", "demolished_mu", "reclaimed_mu", "regularised_mu", "doc_no", "person"),
        ),
        ActionKind("accept", "验收", C.ACCEPTED, ("date", "person", "note")),
        ActionKind("close", "销号", C.CLOSED, ("date", "person", "note")),
        ActionKind("reopen", "重新整改", C.RECTIFYING, ("date", "note")),
    )
}
WAYS: Mapping[str, str] = {
    "demolish": "拆除复耕",
    "regularise": "补办手续",
    "both": "拆补组合",
    "confiscate": "没收",
    "mining": "矿山停采修复",
}
#: The order of design section 4; 立案 and 移交 stand side by side.
_RANK: Mapping[CaseStatus, int] = {
    C.NONE: 0, C.STOPPED: 1, C.FILED: 2, C.TRANSFERRED: 2, C.PENALISED: 3, C.ENFORCING: 4,
    C.RECTIFYING: 5, C.RECTIFIED: 6, C.ACCEPTED: 7, C.CLOSED: 8,
}  # fmt: skip
#: These prove each other in turn, so none of them may be skipped.
_BEFORE: Mapping[CaseStatus, CaseStatus] = {C.ACCEPTED: C.RECTIFIED, C.CLOSED: C.ACCEPTED}


def check_case(patch_id: str, current: CaseStatus, target: CaseStatus, reason: str = "") -> None:
    """Raise unless a case may go from `current` to `target`.

    Forward steps may skip what the law lets one skip, except 已整改 -> 已验收 -> 已销号; a step back
    (reopening included) needs a reason.

    Raises:
        WeipianError: E_TRANSITION, or E_REASON_REQUIRED for a step back without a reason.
    """
    needed = _BEFORE.get(target)
    if needed is not None and current is not needed:
        raise WeipianError("E_TRANSITION", patch_id=patch_id, current=current.label, target=target.label)
    if _RANK[target] > _RANK[current] or {current, target} == {C.FILED, C.TRANSFERRED}:
        if current is C.CLOSED:
            raise WeipianError("E_TRANSITION", patch_id=patch_id, current=current.label, target=target.label)
        return
    if current is C.CLOSED and target is not C.RECTIFYING:
        raise WeipianError("E_TRANSITION", patch_id=patch_id, current=current.label, target=target.label)
    if not reason.strip():
        raise WeipianError("E_REASON_REQUIRED")
