"""A few patches overlaid at once, within the action that made or changed them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..core.errors import WeipianError
from ..core.feedback import Silent
from ..core.model import LOOKED_AT_ROLES, OverlayRow, Patch, ReviewStatus
from ..overlay.engine import run_overlay
from ..store import records
from ..store.workspace import Transaction, Workspace
from .clock import now
from .overlay_marks import geometry_mark, layer_marks, mark


def to_be_overlaid(ws: Workspace, patch: Patch) -> bool:
    """Whether an overlay can say anything of this patch: it has a boundary and some layer has a role."""
    return patch.wkb is not None and any(layer.role not in LOOKED_AT_ROLES for layer in records.assignments(ws))


def overlaid(ws: Workspace, patches: Sequence[Patch]) -> tuple[list[Patch], list[OverlayRow], str]:
    """These patches against the layers in a role: the patches as assessed and marked, their rows, what is to say.

    Nothing is stored. A layer that cannot be opened is no reason to lose a split or a drawing: the sentence
    says so, there are no rows, and the patches wait for the next overlay.
    """
    layers = records.assignments(ws)
    crossed = [layer for layer in layers if layer.role not in LOOKED_AT_ROLES]
    if not crossed or not any(patch.wkb for patch in patches):
        return list(patches), [], ""
    villages = [layer for layer in layers if layer.role == "village"]
    try:
        result = run_overlay([patch for patch in patches if patch.wkb], crossed, Silent())
        marks = layer_marks([*crossed, *villages])
    except WeipianError as error:
        return list(patches), [], f"还没有套合：{error.message}。{error.remedy}"
    at = now()
    return [_marked(p, marks) for p in patches], [replace(row, computed_at=at) for row in result.rows], ""


def _marked(patch: Patch, marks: Mapping[str, str]) -> Patch:
    """The patch as overlaid, so that the next overlay need not do it again; a village is still to be found."""
    if not patch.wkb:
        return patch
    status = ReviewStatus.ASSESSED if patch.review_status is ReviewStatus.RECEIVED else patch.review_status
    known = {role: key for role, key in marks.items() if role != "village" or patch.village_name}
    return replace(patch, review_status=status, overlay_mark=mark(geometry_mark(patch), known))


def put_overlay(ws: Workspace, change: Transaction, uids: Sequence[str], rows: Sequence[OverlayRow]) -> None:
    """Store `rows` in place of whatever these patches had."""
    fresh = {(row.patch_uid, row.role, row.class_code) for row in rows}
    for uid in uids:
        for old in records.overlay(ws, uid):
            key = (old.patch_uid, old.role, old.class_code)
            if key not in fresh:
                change.delete("overlay", *key)
    for row in rows:
        change.put("overlay", records.overlay_row(row))
