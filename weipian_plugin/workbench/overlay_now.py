"""A few patches overlaid at once, within the action that made or changed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..core.errors import WeipianError
from ..core.feedback import Silent
from ..core.model import OverlayRow, Patch
from ..overlay.engine import run_overlay
from ..store import records
from ..store.workspace import Transaction, Workspace
from .clock import now

#: Roles that are looked at, not intersected.
_NOT_OVERLAID = ("image_before", "image_after", "village", "grid")


def overlay_rows(ws: Workspace, patches: Sequence[Patch]) -> tuple[list[OverlayRow], str]:
    """Rows of these patches against the layers in a role, not yet stored, and why there are none.

    A layer that cannot be opened is no reason to lose a split or a drawing: the sentence says so and the
    patches wait for the next overlay.
    """
    layers = [layer for layer in records.assignments(ws) if layer.role not in _NOT_OVERLAID]
    if not layers:
        return [], ""
    try:
        result = run_overlay([patch for patch in patches if patch.wkb], layers, Silent())
    except WeipianError as error:
        return [], f"还没有套合：{error.message}。{error.remedy}"
    at = now()
    return [replace(row, computed_at=at) for row in result.rows], ""


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
