"""Use case: patches x assigned layers -> areas by class, stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from ..core import areas
from ..core.errors import WeipianError
from ..core.feedback import Feedback
from ..core.findings import Finding
from ..core.model import ROLES, LayerAssignment, OverlayRow, Patch, ReviewStatus
from ..overlay.engine import run_overlay
from ..store import records
from ..store.workspace import Workspace
from .clock import now
from .resources import default_pack

#: Roles that are looked at, not intersected.
_NOT_OVERLAID = ("image_before", "image_after", "village", "grid")


@dataclass(frozen=True)
class OverlayReport:
    """What the overlay found."""

    patches: int
    rows: int
    findings: Sequence[Finding]
    identity_bad: Sequence[str]

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {
            "patches": self.patches,
            "rows": self.rows,
            "identity_bad": list(self.identity_bad),
            "findings": [vars(item) for item in self.findings],
        }


def overlay_patches(
    folder: Path, who: str, feedback: Feedback, assignments: Optional[Sequence[LayerAssignment]] = None
) -> OverlayReport:
    """Overlay every patch of the workspace with the layers in a role; given `assignments` are stored too.

    Raises:
        WeipianError: E_NO_OVERLAY without any layer, the errors of the overlay engine, E_CANCELLED.
    """
    with Workspace.open(Path(folder)) as ws:
        if assignments is not None:
            for assignment in assignments:
                if assignment.role not in ROLES:
                    raise WeipianError("E_LAYER_ROLE", role=assignment.role)
        layers = list(records.assignments(ws) if assignments is None else assignments)
        overlaid = [layer for layer in layers if layer.role not in _NOT_OVERLAID]
        if not overlaid:
            raise WeipianError("E_NO_OVERLAY")
        patches = [p for p in records.patches(ws) if p.wkb and p.split_state != "parent"]
        result = run_overlay(patches, overlaid, feedback)
        villages = _villages(patches, layers, feedback)
        feedback.message("正在保存套合结果")
        at = now()
        with ws.transaction("overlay", "workspace", who) as change:
            if assignments is not None:
                change.put("setting", records.assignments_row(layers))
            ids = {patch.patch_uid for patch in patches}
            fresh = {(r.patch_uid, r.role, r.class_code) for r in result.rows}
            for old in records.overlay(ws):
                key = (old.patch_uid, old.role, old.class_code)
                if old.patch_uid in ids and key not in fresh:
                    change.delete("overlay", *key)
            for row in result.rows:
                change.put("overlay", records.overlay_row(replace(row, computed_at=at)))
            for patch in patches:
                changed = patch
                if patch.review_status is ReviewStatus.RECEIVED:
                    changed = replace(changed, review_status=ReviewStatus.ASSESSED)
                if not patch.village_name and villages.get(patch.patch_uid):
                    changed = replace(changed, village_name=villages[patch.patch_uid])
                change.put("patch", records.patch_row(changed))
    feedback.progress(100)
    return OverlayReport(len(patches), len(result.rows), result.findings, _identity_bad(patches, result.rows))


def _identity_bad(patches: Sequence[Patch], rows: Sequence[OverlayRow]) -> list[str]:
    """Patches whose parts do not sum to the whole."""
    by_patch: dict[str, list[OverlayRow]] = {}
    for row in rows:
        by_patch.setdefault(row.patch_uid, []).append(row)
    table = default_pack().landuse
    bad = []
    for patch in patches:
        summary = areas.summarise(patch.area_m2, by_patch.get(patch.patch_uid, []), table)
        if summary.has_landuse and not summary.identity_ok:
            bad.append(patch.patch_id)
    return bad


def _villages(patches: Sequence[Patch], layers: Sequence[LayerAssignment], feedback: Feedback) -> dict[str, str]:
    """The village with the largest share of each patch that has none, from the village layer."""
    missing = [p for p in patches if not p.village_name]
    village = [layer for layer in layers if layer.role == "village"]
    if not missing or not village:
        return {}
    largest: dict[str, tuple[float, str]] = {}
    # The engine keeps the attributes of what it met for approvals only, and names are attributes.
    found = run_overlay(missing, [replace(layer, role="approval") for layer in village], feedback)
    for row in found.rows:
        for item in row.detail:
            name = next((item[k] for k in ("CMC", "ZLDWMC", "XZQMC", "村名称", "名称") if item.get(k)), "")
            area = float(item.get("overlap_m2") or 0)
            if name and area > largest.get(row.patch_uid, (0.0, ""))[0]:
                largest[row.patch_uid] = (area, name)
    return {uid: name for uid, (_, name) in largest.items()}
