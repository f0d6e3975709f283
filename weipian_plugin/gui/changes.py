"""Patches that came, went or have another boundary: list, counts and map follow without reading all anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..workbench.acting import ACTION_LABELS, HAND_ACTIONS, WIDE_ACTIONS

if TYPE_CHECKING:
    from .review import Review

#: Evidence and who sees to it: a choice that was begun on the patch stays as it is, whatever becomes of these.
_BESIDE_THE_CHOICE = frozenset(
    ACTION_LABELS[key]
    for key in (
        "attach", "unlink", "photo", "document", "purpose", "aside", "share", "outline", "shift", "declination",
        "rematch", "image", "dispatch", "cert_sign", "cert_withdraw",
    )
)  # fmt: skip


def patches_changed(review: Review, uids: Sequence[str], removed: Sequence[str] = (), show: str = "") -> None:
    """Take over what is now of these patches, drop those of `removed`, then show one."""
    session = review.opened()
    inside = session.uids_of(review.batch_id)
    rows = [session.queue_row(uid) for uid in uids if uid in inside]
    for uid in (*uids, *removed):
        review.drafts.pop(uid, None)
    review.dock.queue.change_rows(rows, removed)
    if review.map is not None:
        review.map.sync(rows, removed)
    review.dock.show_review()
    review.refresh_counts()
    if show:
        review.show_patch(show)


def show_added(review: Review, uid: str) -> None:
    """A new patch, also where the queue holds another batch only."""
    if uid not in review.opened().uids_of(review.batch_id):
        review.choose_batch("")
    patches_changed(review, [uid], show=uid)


def undone(review: Review, label: str, subject: str, uid: str) -> str:
    """Show what an undone action left: all anew, what came and went, or one line. Gives the patch to show."""
    if label in WIDE_ACTIONS or subject == "workspace":
        review.reload()
    elif label in HAND_ACTIONS:
        return follow(review, subject)
    else:
        review.row_changed(uid)
    return uid


def follow(review: Review, subject: str) -> str:
    """After undo: take over what came and went with it; gives the patch to show, empty if none is left."""
    now = review.opened().patch_uids()
    shown = [row.patch_uid for row in review.dock.queue.model.rows]
    removed = [uid for uid in shown if uid not in now]
    added = sorted(review.opened().uids_of(review.batch_id).difference(shown))
    uid = subject if subject in now else next((other for other in shown if other in now), "")
    if not uid:
        review.reload()
        return ""
    patches_changed(review, list(dict.fromkeys([uid, *added])), removed)
    return uid


def stepped(review: Review, label: str, subject: str, said: str) -> None:
    """Show what undo or redo left, on the patch that it was about."""
    known = review.dock.queue.model.row_of(subject) is not None
    uid = subject if known or review.view is None else review.view.patch.patch_uid
    # What was begun on another patch has nothing to do with it.
    if known and label not in _BESIDE_THE_CHOICE:
        review.drafts.pop(uid, None)
    uid = undone(review, label, subject, uid)
    review.show_patch(uid)
    review.tell(f"{said}：{label}" + (f" …{review.view.patch.patch_id[-4:]}" if review.view else ""))
