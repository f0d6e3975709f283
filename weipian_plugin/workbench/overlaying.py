"""Use case: patches x assigned layers -> areas by class, stored."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Optional

from ..core import areas
from ..core.errors import WeipianError
from ..core.feedback import Feedback, Part
from ..core.findings import Finding
from ..core.journal import canonical
from ..core.model import LOOKED_AT_ROLES, ROLES, LayerAssignment, ReviewStatus
from ..overlay.engine import APPROVED_UNION, OverlayResult, run_overlay
from ..store import dispatches, records
from ..store.records import OverlayTarget
from ..store.workspace import Transaction, Workspace
from .clock import now
from .overlay_marks import (
    Told,
    dump_findings,
    dump_layers,
    geometry_mark,
    layer_marks,
    layers_mark,
    load_findings,
    load_layers,
    merge_findings,
    stale_roles,
)
from .pack_shelf import workspace_default

#: Where the findings of the last overlay are kept, so that a run that computes nothing still tells them.
_FINDINGS = "overlay_findings"
#: Which layers the marks of the patches mean.
_LAYERS = "overlay_layers"
#: Share of the time that computing takes; the rest is writing.
_COMPUTING = 0.85
#: Sums this far from the area of a patch (0.005 亩) cannot break the identity, m².
_SURELY_EQUAL = 10 / 3
_NAMES = ("CMC", "ZLDWMC", "XZQMC", "村名称", "名称")


@dataclass(frozen=True)
class OverlayReport:
    """What the overlay found; `computed` patches of all were computed again."""

    patches: int
    rows: int
    findings: Sequence[Finding]
    identity_bad: Sequence[str]
    computed: int = 0

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {
            "patches": self.patches,
            "computed": self.computed,
            "rows": self.rows,
            "identity_bad": list(self.identity_bad),
            "findings": [vars(item) for item in self.findings],
        }


@dataclass
class _Work:
    """What is to be done and what came of it."""

    targets: list[OverlayTarget]
    layers: Mapping[str, str]
    marks: dict[str, str] = field(default_factory=dict)
    groups: dict[frozenset[str], list[OverlayTarget]] = field(default_factory=dict)
    results: list[tuple[frozenset[str], OverlayResult]] = field(default_factory=list)
    villages: dict[str, str] = field(default_factory=dict)

    @classmethod
    def plan(
        cls, targets: list[OverlayTarget], layers: Mapping[str, str], earlier: Mapping[str, Mapping[str, str]]
    ) -> _Work:
        """Sort the patches by what has changed for them."""
        work = cls(targets, layers)
        key, everything = layers_mark(layers), frozenset(layers)
        for target in targets:
            geometry = geometry_mark(target)
            wanted = f"{geometry}-{key}"
            if wanted != target.overlay_mark:
                work.marks[target.patch_uid] = wanted
                now = target.overlay_mark
                stale = stale_roles(now, geometry, layers, earlier) if now else everything
                work.groups.setdefault(stale, []).append(target)
        return work

    @property
    def computed(self) -> int:
        """Patches that are computed again."""
        return len(self.marks)


def overlay_patches(
    folder: Path, who: str, feedback: Feedback, assignments: Optional[Sequence[LayerAssignment]] = None
) -> OverlayReport:
    """Overlay the patches of the workspace with the layers in a role; given `assignments` are stored too.

    Only patches and roles whose geometry or layers have changed are computed. Cancelled or failed, the
    workspace is what it was.

    Raises:
        WeipianError: E_NO_OVERLAY without any layer, the errors of the overlay engine, E_CANCELLED.
    """
    with Workspace.open(Path(folder)) as ws:
        for assignment in assignments or ():
            if assignment.role not in ROLES:
                raise WeipianError("E_LAYER_ROLE", role=assignment.role)
        layers = list(records.assignments(ws) if assignments is None else assignments)
        overlaid = [layer for layer in layers if layer.role not in LOOKED_AT_ROLES]
        if not overlaid:
            raise WeipianError("E_NO_OVERLAY")
        villages = [layer for layer in layers if layer.role == "village"]
        earlier = load_layers(records.setting(ws, _LAYERS))
        seen = ws.data_version()
        work = _Work.plan(records.overlay_targets(ws), layer_marks([*overlaid, *villages]), earlier)
        _compute(work, overlaid, villages, feedback)
        feedback.message("正在保存套合结果")
        told = _findings(ws, work)
        with ws.transaction("overlay", "workspace", who) as change:
            if assignments is not None:
                change.put("setting", records.assignments_row(layers))
            _write(ws, change, work, moved=ws.data_version() != seen)
            change.put("setting", records.setting_row(_LAYERS, dump_layers(earlier, work.layers)))
            change.put("setting", records.setting_row(_FINDINGS, dump_findings(told)))
        feedback.progress(95)
        bad = _identity_bad(ws, work.targets) if any(layer.role == "landuse" for layer in overlaid) else []
        rows = ws.connection.execute("SELECT count(*) FROM overlay").fetchone()[0]
    feedback.progress(100)
    return OverlayReport(len(work.targets), rows, [item.finding for item in told], bad, work.computed)


def _compute(
    work: _Work, overlaid: Sequence[LayerAssignment], villages: Sequence[LayerAssignment], feedback: Feedback
) -> None:
    """Run the engine for each set of roles that has changed; the bar moves by patches times roles."""
    total = sum(len(targets) * max(1, len(roles)) for roles, targets in work.groups.items()) or 1
    done = 0.0
    for roles, targets in work.groups.items():
        start, done = done, done + len(targets) * max(1, len(roles)) * 100 * _COMPUTING / total
        layers = [layer for layer in overlaid if layer.role in roles]
        share = Part(feedback, start, done)
        if layers:
            work.results.append((roles, run_overlay(targets, layers, share)))
        if "village" in roles:
            work.villages.update(_villages(targets, villages, Part(feedback, done, done)))


def _write(ws: Workspace, change: Transaction, work: _Work, *, moved: bool) -> None:
    """Rows, marks, states and villages of the patches that were computed.

    `moved`: somebody has written meanwhile. Patches are read again then, and one that went or has another
    boundary now is left to the next overlay.
    """
    at = now()
    known = {target.patch_uid: target for target in work.targets}
    if moved:
        there = {target.patch_uid: target for target in records.overlay_targets(ws)}
        known = {
            uid: there[uid]
            for uid, wanted in work.marks.items()
            if uid in there and wanted.partition("-")[0] == geometry_mark(there[uid])
        }
    parts = [_columns(result, at, known) for _, result in work.results]
    old = records.overlay_keys(ws) if work.groups else []
    if old:
        fresh = {key for c in parts for key in zip(c["patch_uid"], c["role"], c["class_code"])}
        stale = {target.patch_uid: roles for roles, targets in work.groups.items() for target in targets}
        gone = [
            key
            for key in old
            if key[0] in stale
            and key[0] in known
            and key not in fresh
            and (key[1] in stale[key[0]] or key[1] not in work.layers)
        ]
        change.delete_many("overlay", gone)
    for columns in parts:
        change.put_columns("overlay", columns)
    uids = [uid for uid in work.marks if uid in known]
    sent = dispatches.dispatched(ws)  # on the day of delivery, before anything was overlaid
    received, assessed, assigned = (
        s.value for s in (ReviewStatus.RECEIVED, ReviewStatus.ASSESSED, ReviewStatus.ASSIGNED)
    )
    columns = {
        "patch_uid": uids,
        "overlay_mark": [work.marks[uid] for uid in uids],
        "review_status": [
            known[uid].review_status if known[uid].review_status != received else assigned if uid in sent else assessed
            for uid in uids
        ],
    }
    if work.villages:
        columns["village_name"] = [known[uid].village_name or work.villages.get(uid) for uid in uids]
    if uids:
        change.put_columns("patch", columns)


def _columns(result: OverlayResult, at: str, known: Container[str]) -> dict[str, list[Any]]:
    """The result as columns of the table, of the patches that are `known`."""
    uids = [target.patch_uid for target in result.targets]
    ids = [target.patch_id for target in result.targets]
    detail = ["[]"] * len(result)
    for row, items in result.detail.items():
        detail[row] = canonical([dict(item) for item in items])
    columns = {
        "patch_uid": [uids[i] for i in result.patch],
        "patch_id": [ids[i] for i in result.patch],
        "role": result.role,
        "class_code": result.code,
        "area_m2": result.area,
        "share": result.share,
        "net_m2": result.net,
        "fingerprint": [result.fingerprints[role] for role in result.role],
        "computed_at": [at] * len(result),
        "detail": detail,
    }
    if all(uid in known for uid in uids):
        return columns
    kept = [row for row, uid in enumerate(columns["patch_uid"]) if uid in known]
    return {name: [values[row] for row in kept] for name, values in columns.items()}


def _findings(ws: Workspace, work: _Work) -> list[Told]:
    """All that holds now: what was found and what is known from before of the parts not computed."""
    fresh: list[Told] = []
    again: dict[str, int] = {}
    for roles, result in work.results:
        layers = [finding for found in result.layer_findings.values() for finding in found]
        fresh += [Told("landuse", True, finding) for finding in result.findings if finding not in layers]
        fresh += [Told(role, False, finding) for role, found in result.layer_findings.items() for finding in found]
        for role in roles:
            again[role] = again.get(role, 0) + len(result.targets)
    known = load_findings(records.setting(ws, _FINDINGS))
    if not known and not fresh:
        return []
    patches = frozenset(target.patch_id for roles, r in work.results if "landuse" in roles for target in r.targets)
    return merge_findings(
        known,
        fresh,
        {role: again.get(role, 0) >= len(work.targets) for role in work.layers if role != APPROVED_UNION},
        patches,
        frozenset(target.patch_id for target in work.targets),
    )


def _identity_bad(ws: Workspace, targets: Sequence[OverlayTarget]) -> list[str]:
    """Patches whose parts do not sum to the whole."""
    bad = []
    doubtful = records.overlay_off(ws, _SURELY_EQUAL)
    # The rules are parsed only where there is something to look at.
    table = workspace_default(ws).landuse if doubtful else {}
    for target in targets if doubtful else ():
        if target.patch_uid not in doubtful:
            continue
        rows = records.overlay(ws, target.patch_uid)
        summary = areas.summarise(target.area_m2, rows, table)
        if summary.has_landuse and not summary.identity_ok:
            bad.append(target.patch_id)
    return bad


def _villages(
    targets: Sequence[OverlayTarget], layers: Sequence[LayerAssignment], feedback: Feedback
) -> dict[str, str]:
    """The village with the largest share of each patch that has none, from the village layer."""
    missing = [target for target in targets if not target.village_name]
    if not missing:
        return {}
    # The engine keeps the attributes of what it met for approvals only, and names are attributes.
    found = run_overlay(missing, [replace(layer, role="approval") for layer in layers], feedback)
    largest: dict[str, tuple[float, str]] = {}
    for row, items in found.detail.items():
        uid = missing[found.patch[row]].patch_uid
        for item in items:
            name = next((item[k] for k in _NAMES if item.get(k)), "")
            area = float(item.get("overlap_m2") or 0)
            if name and area > largest.get(uid, (0.0, ""))[0]:
                largest[uid] = (area, name)
    return {uid: name for uid, (_, name) in largest.items()}
