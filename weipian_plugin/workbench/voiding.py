"""作废, 图形灭失 and 撤回批次: patches that no longer count, with everything that is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ..core import states
from ..core.errors import WeipianError
from ..core.model import Patch, ReviewStatus
from ..store import records
from ..store.workspace import Transaction
from .acting import Acting

#: Reason of a void patch -> what its remark says.
REASONS: Mapping[str, str] = {"void": "作废", "vanished": "图形灭失"}
#: Up to here nobody has decided anything, so that no reason is asked for.
_EARLY = (ReviewStatus.RECEIVED, ReviewStatus.ASSESSED, ReviewStatus.ASSIGNED)


def void(session: Acting, patch_uid: str, patch_id: str, reason: str, note: str = "") -> None:
    """Take a patch out of every count, in one action; judgement, evidence and case stay with it.

    A patch that has come further goes there by legal steps back; then the note must say why.

    Raises:
        WeipianError: E_PATCH_MISSING, E_PATCH_MISMATCH, E_ANSWER for an unknown reason, E_TRANSITION when it
            is void already, E_VOID_REASON.
    """
    patch = session.guard(patch_uid, patch_id)
    if reason not in REASONS:
        choices = "、".join(f"{value}（{label}）" for value, label in REASONS.items())
        raise WeipianError("E_ANSWER", key="作废原因", value=reason, choices=choices)
    if not states.review_path(patch.review_status, ReviewStatus.VOID):
        raise WeipianError(
            "E_TRANSITION", patch_id=patch_id, current=patch.review_status.label, target=ReviewStatus.VOID.label
        )
    if patch.review_status not in _EARLY and not note.strip():
        raise WeipianError("E_VOID_REASON", what=f"图斑 {patch_id} ")
    with session.acting("void", patch_uid) as change:
        put_void(change, (patch, *_children(session, (patch_uid,))), REASONS[reason], note)


def withdraw(session: Acting, batch_id: str, note: str = "") -> int:
    """Void every patch that a batch brought, with the children of those that were split, in one action.

    Patches of earlier batches that it held again stay: they were issued before.

    Raises:
        WeipianError: E_ANSWER for an unknown batch, E_VOID_REASON when work was done on one of them.
    """
    batches = {batch.batch_id: batch.name for batch in session.batches()}
    if batch_id not in batches:
        raise WeipianError("E_ANSWER", key="批次", value=batch_id, choices="、".join(batches.values()))
    rows = [
        patch
        for patch in records.patches(session.workspace)
        if patch.batch_id == batch_id and patch.review_status is not ReviewStatus.VOID
    ]
    own = {patch.patch_uid for patch in rows}
    rows += [p for p in _children(session, own) if p.patch_uid not in own]
    if any(patch.review_status not in _EARLY for patch in rows) and not note.strip():
        raise WeipianError("E_VOID_REASON", what=f"批次“{batches[batch_id]}”里的图斑")
    with session.acting("withdraw", batch_id) as change:
        put_void(change, rows, f"批次“{batches[batch_id]}”撤回", note)
    return len(rows)


def put_void(change: Transaction, patches: Iterable[Patch], why: str, note: str = "") -> None:
    """Write patches as void; the reason is added to what their remark says already."""
    told = f"{why}：{note.strip()}" if note.strip() else why
    for patch in patches:
        if patch.review_status is ReviewStatus.VOID:
            continue
        remark = f"{patch.remark}；{told}" if patch.remark else told
        gone = replace(patch, review_status=ReviewStatus.VOID, review_source=None, remark=remark)
        change.put("patch", records.patch_row(gone))


def _children(session: Acting, parents: Iterable[str]) -> list[Patch]:
    parents = set(parents)
    return [
        patch
        for patch in records.patches(session.workspace)
        if patch.parent_uid in parents and patch.review_status is not ReviewStatus.VOID
    ]
