"""Patches x layers -> ellipsoidal areas by class.

Index first: of every layer only what lies near the patches is read. Work goes in chunks of patches, all
pairs of a chunk at once, so that a county costs what its patches cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.findings import Finding
from ..core.model import APPROVAL_ROLES, DUPLICATE_CODE, GAP_CODE, ROLES, LayerAssignment, OverlayRow, Patch
from .frame import Frame
from .layers import Features, Layer

#: Role of the row with the area of the union of all approvals.
APPROVED_UNION = "approved_union"
#: Roles whose classes are kept apart; all others are one area a patch.
_CLASSED = ("landuse", "plan_zone")
_RASTERS = ("image_before", "image_after")
#: Below this, gaps and duplicates are the arithmetic's, m².
NOISE_M2 = 1e-6
#: Pieces below this stay in the sums and out of lists, m² (design section 6).
SLIVER_M2 = 0.1
#: A gap or duplicate from here on is worth a finding: 0.01 亩 in m².
_WORTH_M2 = 20 / 3
_CHUNK = 256
#: Share by which the meaning of long edges can change an area: 0.9 % on a triangle of 20 km by 500 m.
_EDGES = 0.01


@dataclass(frozen=True)
class OverlayResult:
    """Rows by patch, role and class, and what was met on the way."""

    rows: list[OverlayRow]
    findings: list[Finding]


@dataclass
class _Met:
    """Pieces of one role inside the patches of a chunk; parallel arrays, one entry a piece."""

    patch: Any
    feature: Any
    geom: Any
    area: Any
    codes: list[str] = field(default_factory=list)
    attributes: list[dict[str, str]] = field(default_factory=list)


def run_overlay(patches: Sequence[Patch], layers: Sequence[LayerAssignment], feedback: Feedback) -> OverlayResult:
    """Overlay each patch with each layer; areas in ellipsoidal m².

    Raises:
        WeipianError: E_LAYER_ROLE, E_LAYER_CRS, E_CRS_DATUM, E_LAYER_FIELD, E_LANDUSE_SCHEME,
            E_NOT_POLYGON, the errors of the reader, E_CANCELLED.
    """
    for assignment in layers:
        if assignment.role not in ROLES:
            raise WeipianError("E_LAYER_ROLE", role=assignment.role)
    opened: list[Layer] = []
    try:
        for assignment in sorted(layers, key=lambda a: a.role != "landuse"):
            if assignment.role not in _RASTERS:
                feedback.message(f"正在打开图层 {assignment.source}")
                opened.append(Layer(assignment))
        return _Run(patches, opened, feedback).result()
    finally:
        for layer in opened:
            layer.close()


class _Run:
    """One overlay: the frame, the layers in it, the rows so far."""

    def __init__(self, patches: Sequence[Patch], layers: Sequence[Layer], feedback: Feedback) -> None:
        self._patches, self._layers, self._feedback = patches, layers, feedback
        self._frame = Frame.choose([layer.source.crs for layer in layers], patches)
        self._rows: list[OverlayRow] = []
        self._findings: list[Finding] = []
        self._roles = list(dict.fromkeys(layer.role for layer in layers))
        self._marks: Mapping[str, str] = {
            role: ";".join(layer.source.fingerprint for layer in layers if layer.role == role) for role in self._roles
        }

    def result(self) -> OverlayResult:
        """Run chunk by chunk."""
        geoms = self._frame.settle(self._frame.patch_geometries(self._patches))
        for layer in self._layers:
            stop_if_cancelled(self._feedback)
            layer.enter(self._frame, geoms)
        usable = self._usable(geoms)
        for start in range(0, len(usable), _CHUNK):
            chunk = usable[start : start + _CHUNK]
            self._chunk([self._patches[i] for i in chunk], geoms[chunk], start, len(usable))
        for layer in self._layers:
            layer.check_scheme()
            self._findings += layer.findings()
        self._feedback.progress(100)
        return OverlayResult(self._rows, self._findings)

    def _usable(self, geoms: Any) -> list[int]:
        """Indices of patches with an area; a finding for each of the others."""
        usable = []
        for i, (patch, geom) in enumerate(zip(self._patches, geoms)):
            if geom is None or shapely.is_empty(geom):
                self._note("W_PATCH_NO_GEOMETRY", "没有图形，没有参与套合", patch)
            else:
                usable.append(i)
        return usable

    def _note(self, code: str, text: str, patch: Patch) -> None:
        self._findings.append(Finding(code, f"图斑 {patch.patch_id} {text}", patch.patch_id))

    def _chunk(self, patches: Sequence[Patch], geoms: Any, start: int, total: int) -> None:
        totals = self._frame.areas(geoms)
        roles: dict[str, list[list[OverlayRow]]] = {}
        approvals: list[_Met] = []
        for role in self._roles:
            met = _join([self._meet(layer, geoms) for layer in self._layers if layer.role == role])
            if role == "landuse":
                roles[role] = self._landuse(patches, totals, met)
            else:
                roles[role] = self._constraint(patches, totals, met, role)
                if role in APPROVAL_ROLES:
                    approvals.append(met)
        if approvals:
            roles[APPROVED_UNION] = self._constraint(patches, totals, _join(approvals), APPROVED_UNION)
        for at in range(len(patches)):
            for rows in roles.values():
                self._rows += rows[at]
            self._feedback.progress(100.0 * (start + at + 1) / total)

    def _meet(self, layer: Layer, geoms: Any) -> _Met:
        """Intersect the patches of a chunk with one layer."""
        stop_if_cancelled(self._feedback)
        features: Features = layer.near(geoms)
        tree = shapely.STRtree(features.geoms)
        patch, piece = tree.query(geoms, predicate="intersects")
        order = np.lexsort((piece, patch))
        patch, piece = patch[order], piece[order]
        stop_if_cancelled(self._feedback)
        cut = shapely.intersection(geoms[patch], features.geoms[piece])
        area = self._frame.areas(cut)
        inside = area > 0
        owner = features.owner[piece[inside]]
        return _Met(patch[inside], owner, cut[inside], area[inside], features.codes, features.attributes)

    def _landuse(self, patches: Sequence[Patch], totals: Any, met: _Met) -> list[list[OverlayRow]]:
        """Sums by class, what no parcel covers, what several cover."""
        covered = self._covered(len(patches), met)
        sums = np.bincount(met.patch, weights=met.area, minlength=len(patches))
        by_class: list[dict[str, float]] = [{} for _ in patches]
        for at, feature, area in zip(met.patch.tolist(), met.feature.tolist(), met.area.tolist()):
            code = met.codes[feature]
            by_class[at][code] = by_class[at].get(code, 0.0) + area
        out = []
        for at, patch in enumerate(patches):
            classes = dict(sorted(by_class[at].items(), key=lambda item: (-item[1], item[0])))
            gap, double = float(totals[at] - covered[at]), float(sums[at] - covered[at])
            if gap > NOISE_M2:
                classes[GAP_CODE] = gap
            if double > NOISE_M2:
                classes[DUPLICATE_CODE] = double
            if gap > _WORTH_M2:
                self._note("W_LANDUSE_GAP", f"有 {gap:.2f} m² 没有被地类图斑覆盖", patch)
            if double > _WORTH_M2:
                self._note("W_LANDUSE_DUPLICATE", f"有 {double:.2f} m² 被地类图斑重复覆盖", patch)
            out.append([self._row(patch, totals[at], "landuse", code, area) for code, area in classes.items()])
        return out

    def _constraint(self, patches: Sequence[Patch], totals: Any, met: _Met, role: str) -> list[list[OverlayRow]]:
        """Area of the union a patch (and class, for plan zones); what is not met has a row with 0."""
        classed = role in _CLASSED
        classes = sorted(set(met.codes)) if classed else [""]
        number = {code: i for i, code in enumerate(classes)}
        out: list[list[OverlayRow]] = [[] for _ in patches]
        details = self._details(len(patches), met) if role in APPROVAL_ROLES else None
        of_piece = np.array([number[met.codes[f]] if classed else 0 for f in met.feature.tolist()], dtype=np.intp)
        for i, code in enumerate(classes):
            mine = of_piece == i
            area = self._covered(len(patches), _Met(met.patch[mine], met.feature[mine], met.geom[mine], met.area[mine]))
            for at in np.flatnonzero(area).tolist():
                detail = details[at] if details else ()
                out[at].append(self._row(patches[at], totals[at], role, code, float(area[at]), detail))
        for at, rows in enumerate(out):
            if not rows:
                rows.append(self._row(patches[at], totals[at], role, "", 0.0))
        return out

    def _covered(self, count: int, met: _Met) -> Any:
        """Area of the union of the pieces of each patch; ground is never counted twice."""
        area = np.bincount(met.patch, weights=met.area, minlength=count)
        starts = np.flatnonzero(np.diff(met.patch, prepend=-1))
        unions, where = [], []
        for start, end in zip(starts.tolist(), [*starts[1:].tolist(), len(met.patch)]):
            # Pieces of one feature never overlap, so a single feature needs no union.
            if end - start > 1 and (met.feature[start:end] != met.feature[start]).any():
                unions.append(shapely.union_all(met.geom[start:end]))
                where.append(int(met.patch[start]))
        if unions:
            area[where] = self._frame.areas(unions)
        return area

    @staticmethod
    def _details(count: int, met: _Met) -> list[tuple[Mapping[str, str], ...]]:
        """Attributes of every feature met in each patch with its own overlap, largest first, no slivers."""
        sums: list[dict[int, float]] = [{} for _ in range(count)]
        for at, feature, area in zip(met.patch.tolist(), met.feature.tolist(), met.area.tolist()):
            sums[at][feature] = sums[at].get(feature, 0.0) + area
        out = []
        for features in sums:
            order = sorted((f for f in features if features[f] >= SLIVER_M2), key=lambda f: (-features[f], f))
            out.append(tuple({**met.attributes[f], "overlap_m2": f"{features[f]:.2f}"} for f in order))
        return out

    def _row(
        self,
        patch: Patch,
        total: float,
        role: str,
        code: str,
        area: float,
        detail: tuple[Mapping[str, str], ...] = (),
    ) -> OverlayRow:
        mark = self._marks.get(role) or ";".join(self._marks[r] for r in self._roles if r in APPROVAL_ROLES)
        return OverlayRow(
            patch_uid=patch.patch_uid,
            patch_id=patch.patch_id,
            role=role,
            class_code=code,
            area_m2=area * _to_official(patch, float(total)),
            share=area / float(total) if total else 0.0,
            fingerprint=mark,
            detail=detail,
        )


def _to_official(patch: Patch, total: float) -> float:
    """Factor from areas with edges straight in the frame to the official area of the patch's vertices.

    The two differ where edges are long, by up to 34 亩 on 64 km²; scaled to the control total (平差) the
    parts sum to the patch. A larger factor is no matter of edges and stays visible in the identity.
    """
    factor = patch.area_m2 / total if total else 1.0
    return factor if abs(factor - 1) < _EDGES else 1.0


def _join(parts: Iterable[_Met]) -> _Met:
    """The pieces of several layers as if they came from one, by patch."""
    parts = list(parts)
    if len(parts) == 1:
        return parts[0]
    offsets = np.cumsum([0, *(len(p.codes) for p in parts)])
    patch = np.concatenate([p.patch for p in parts])
    order = np.argsort(patch, kind="stable")
    return _Met(
        patch[order],
        np.concatenate([p.feature + offset for p, offset in zip(parts, offsets)])[order],
        np.concatenate([p.geom for p in parts])[order],
        np.concatenate([p.area for p in parts])[order],
        [code for p in parts for code in p.codes],
        [item for p in parts for item in p.attributes],
    )
