"""Patches x layers -> ellipsoidal areas by class.

Index first: of every layer only what lies near the patches is read. Work goes in chunks of patches, cut
between patches, each chunk in one thread: GEOS crashes when two threads touch one prepared geometry, so
no geometry ever belongs to two of them. Reading, intersecting and measuring of one chunk run beside those
of the next.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.findings import Finding
from ..core.model import APPROVAL_ROLES, DUPLICATE_CODE, GAP_CODE, IMAGE_ROLES, ROLES, LayerAssignment
from . import coverage
from .coverage import SLIVER_M2, Chunk, Met
from .frame import Frame, Target
from .layers import DETAILED_ROLES, Layer
from .table import Detail, OverlayResult, Part, collect

__all__ = ["APPROVED_UNION", "SLIVER_M2", "VERSION", "OverlayResult", "run_overlay"]

#: Changes whenever the same patch and layer give other rows than before: everything is computed again then.
VERSION = 1
#: Role of the row with the area of the union of all approvals.
APPROVED_UNION = "approved_union"
#: Roles whose classes are kept apart; all others are one area a patch.
_CLASSED = ("landuse", "plan_zone")
#: A gap or duplicate from here on is worth a finding: 0.01 亩 in m².
_WORTH_M2 = 20 / 3
#: Patches in a chunk at most: enough for arrays to pay, few enough to stay in the processor's cache.
_CHUNK = 384
_MOST_THREADS = 4
#: Patches that are parsed and checked in one go.
_SLICE = 512
#: Share by which the meaning of long edges can change an area: 0.9 % on a triangle of 20 km by 500 m.
_EDGES = 0.01
#: A curve through the patches keeps neighbours in one chunk; cells along one side.
_CURVE = 1 << 10


def run_overlay(patches: Sequence[Target], layers: Sequence[LayerAssignment], feedback: Feedback) -> OverlayResult:
    """Overlay each patch with each layer; areas in ellipsoidal m².

    Rows per patch, role and class; a role that was given but not met has one row with 0. `detail` of
    approvals and mining rights: attributes of each feature met with `overlap_m2` (and `outside_m2`, the
    rest of the patch, for mining rights); after them, where the role covers a part of the patch only, each
    part that it leaves as `over_m2`, `over_width_m`, `over_wkt`; on the row `approved_union` likewise
    `gap_m2`, `gap_width_m`, `gap_wkt`. What the role does not meet at all lists nothing.

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
            if assignment.role not in IMAGE_ROLES:
                feedback.message(f"正在打开图层 {assignment.source}")
                opened.append(Layer(assignment))
        return _Run(patches, opened, feedback).result()
    finally:
        for layer in opened:
            layer.close()


@dataclass
class _Done:
    """What a chunk gives: rows by role and findings by position of their patch."""

    parts: dict[str, Part] = field(default_factory=dict)
    findings: list[tuple[int, Finding]] = field(default_factory=list)
    overlaps: dict[str, int] = field(default_factory=dict)


class _Run:
    """One overlay: the frame, the layers in it, the rows so far."""

    def __init__(self, patches: Sequence[Target], layers: Sequence[Layer], feedback: Feedback) -> None:
        self._patches, self._layers, self._feedback = patches, layers, feedback
        self._frame = Frame.choose([layer.source.crs for layer in layers], patches)
        self._roles = list(dict.fromkeys(layer.role for layer in layers))
        self._approvals = [role for role in self._roles if role in APPROVAL_ROLES]
        self._stop = threading.Event()
        self._factor = np.ones(len(patches))
        self._totals = np.zeros(len(patches))

    def result(self) -> OverlayResult:
        """Run chunk by chunk."""
        stop_if_cancelled(self._feedback)
        frame = self._frame
        geoms = frame.settle(self._geometries())
        some = ~(shapely.is_missing(geoms) | shapely.is_empty(geoms))
        for layer in self._layers:
            stop_if_cancelled(self._feedback)
            layer.enter(frame, geoms)
        chunks = _chunks(geoms, np.flatnonzero(some))
        done = self._all(geoms, chunks)
        roles = [*self._roles, *([APPROVED_UNION] if self._approvals else [])]
        parts = {role: [item.parts[role] for item in done if role in item.parts] for role in roles}
        marks = {
            role: ";".join(layer.source.fingerprint for layer in self._layers if layer.role in of)
            for role, of in ((r, APPROVAL_ROLES if r == APPROVED_UNION else (r,)) for r in roles)
        }
        result = collect(self._patches, self._totals * self._factor, parts, marks)
        result.findings += self._findings(done, np.flatnonzero(~some).tolist())
        by_role: dict[str, list[Finding]] = {}
        for layer in self._layers:
            layer.check_scheme()
            by_role.setdefault(layer.role, []).extend(layer.findings())
        for role, count in _sums(done).items():
            text = f"有 {count} 个图斑范围内图层的图形相互重叠，重叠部分只计一次"
            label = "、".join(layer.label for layer in self._layers if layer.role == role)
            by_role[role].append(Finding("W_LAYER_OVERLAP", f"{label} {text}", label))
        result.layer_findings = by_role
        result.findings += [finding for role in self._roles for finding in by_role[role]]
        self._feedback.progress(100)
        return result

    def _geometries(self) -> Any:
        """The patches in the frame; parsed and checked some at a time."""
        slices = [self._patches[at : at + _SLICE] for at in range(0, len(self._patches), _SLICE)]
        with ThreadPoolExecutor(_threads(len(slices))) as pool:
            parts = list(pool.map(self._frame.patch_geometries, slices))
        return np.concatenate(parts) if parts else np.empty(0, dtype=object)

    def _findings(self, done: Sequence[_Done], missing: Sequence[int]) -> list[Finding]:
        """Findings about patches, in their order."""
        found = [(at, _note(self._patches[at], "W_PATCH_NO_GEOMETRY", "没有图形，没有参与套合")) for at in missing]
        found += [item for chunk in done for item in chunk.findings]
        return [finding for _, finding in sorted(found, key=lambda item: item[0])]

    def _all(self, geoms: Any, chunks: Sequence[Any]) -> list[_Done]:
        """All chunks, some at a time; errors and a wish to stop end the others."""
        total = max(1, sum(len(which) for which in chunks))
        threads = _threads(len(chunks))
        done: dict[int, _Done] = {}
        finished = 0
        with ThreadPoolExecutor(threads) as pool:
            left: dict[Future[_Done], int] = {}
            queue = list(enumerate(chunks))[::-1]
            try:
                while queue or left:
                    while queue and len(left) < threads + 1:
                        number, which = queue.pop()
                        left[pool.submit(self._chunk, number, which, geoms[which])] = number
                    ready, _ = wait(left, timeout=0.2, return_when=FIRST_COMPLETED)
                    for future in ready:
                        number = left.pop(future)
                        done[number] = future.result()
                        finished += len(chunks[number])
                        self._feedback.progress(100.0 * finished / total)
                    stop_if_cancelled(self._feedback)
            finally:
                self._stop.set()
        return [done[number] for number in sorted(done)]

    def _chunk(self, number: int, which: Any, geoms: Any) -> _Done:
        """Everything about some patches, in one thread."""
        frame = self._frame
        chunk = Chunk.of(frame, which, geoms)
        self._totals[which] = chunk.area
        issued = np.array([self._patches[i].area_m2 for i in which.tolist()])
        self._factor[which] = _to_official(issued, chunk.area)
        met: dict[int, Met] = {}
        # Every other chunk begins at the other end, so that two threads do not wait for one cut.
        order = range(len(self._layers)) if number % 2 == 0 else range(len(self._layers) - 1, -1, -1)
        for at in order:
            if self._stop.is_set():
                raise WeipianError("E_CANCELLED")
            met[at] = coverage.meet(frame, chunk, self._layers[at].features(which, geoms))
        done = _Done()
        by_role: dict[str, Met] = {}
        for role in self._roles:
            by_role[role] = coverage.joined([met[at] for at, layer in enumerate(self._layers) if layer.role == role])
            if role == "landuse":
                done.parts[role] = self._landuse(chunk, by_role[role], done)
            else:
                done.parts[role] = self._constraint(chunk, by_role[role], role, done)
        if self._approvals:
            every = coverage.joined([by_role[role] for role in self._approvals])
            done.parts[APPROVED_UNION] = self._constraint(chunk, every, APPROVED_UNION, done)
        shapely.destroy_prepared(geoms)
        return done

    def _landuse(self, chunk: Chunk, met: Met, done: _Done) -> Part:
        """Sums by class, what no parcel covers, what several cover."""
        factor = self._factor[chunk.which]
        ground = coverage.cover(self._frame, chunk, met, whole=True)
        gap, double = (chunk.area - ground.area) * factor, (ground.total - ground.area) * factor
        noise = coverage.NOISE_M2 + coverage.NOISE * chunk.area
        names, number = _numbered(met.features.codes)
        key, slot = np.unique(met.patch * max(1, len(names)) + number[met.feature], return_inverse=True)
        area = np.bincount(slot, weights=met.area, minlength=len(key))
        net = met.features.net
        nets = None if net is None else np.bincount(slot, weights=met.area * net[met.feature], minlength=len(key))
        patch = key // max(1, len(names))
        area, nets = area * factor[patch], None if nets is None else nets * factor[patch]
        order = np.lexsort((key, -area, patch))
        rows = [
            (at, names[k], a, n)
            for at, k, a, n in zip(
                patch[order].tolist(),
                (key % max(1, len(names)))[order].tolist(),
                area[order].tolist(),
                [None] * len(key) if nets is None else nets[order].tolist(),
            )
        ]
        which = chunk.which.tolist()
        for code, extra, finding, text in (
            (GAP_CODE, gap, "W_LANDUSE_GAP", "没有被地类图斑覆盖"),
            (DUPLICATE_CODE, double, "W_LANDUSE_DUPLICATE", "被地类图斑重复覆盖"),
        ):
            for at in np.flatnonzero(extra > noise).tolist():
                rows.append((at, code, float(extra[at]), None))
                if extra[at] > _WORTH_M2:
                    note = _note(self._patches[which[at]], finding, f"有 {extra[at]:.2f} m² {text}")
                    done.findings.append((which[at], note))
        rows.sort(key=lambda row: row[0])
        return Part([which[r[0]] for r in rows], [r[1] for r in rows], [r[2] for r in rows], [r[3] for r in rows], {})

    def _constraint(self, chunk: Chunk, met: Met, role: str, done: _Done) -> Part:
        """Area of the union a patch (and class, for plan zones); what is not met has a row with 0."""
        frame, factor, which = self._frame, self._factor[chunk.which], chunk.which.tolist()
        rows: list[tuple[int, str, float]] = []
        told: list[Detail] = [()] * len(chunk)
        for code, mine in _classes(met) if role in _CLASSED else [("", met)]:
            ground = coverage.cover(frame, chunk, mine)
            rows += [(at, code, float(ground.area[at] * factor[at])) for at in np.flatnonzero(ground.area).tolist()]
            twice = int(((ground.total - ground.area) * factor > _WORTH_M2).sum())
            if twice and role != APPROVED_UNION:
                done.overlaps[role] = done.overlaps.get(role, 0) + twice
            if role in DETAILED_ROLES or role == APPROVED_UNION:
                told = self._told(chunk, mine, ground.area, role)
        missed = set(range(len(chunk))) - {row[0] for row in rows}
        rows += [(at, "", 0.0) for at in missed]
        rows.sort(key=lambda row: row[0])
        detail = {i: told[row[0]] for i, row in enumerate(rows) if told[row[0]]}
        return Part([which[r[0]] for r in rows], [r[1] for r in rows], [r[2] for r in rows], [None] * len(rows), detail)

    def _told(self, chunk: Chunk, met: Met, ground: Any, role: str) -> list[Detail]:
        """Details of the rows of an approval, a mining right or the union of approvals."""
        out: list[Detail] = [()] * len(chunk)
        if role != APPROVED_UNION:
            totals = chunk.area if role == "mining_right" else None
            out = list(coverage.details(len(chunk), met, totals))
        name = "gap" if role == APPROVED_UNION else "over"
        for at in np.flatnonzero((ground > 0) & (chunk.area - ground >= SLIVER_M2)).tolist():
            lo, hi = np.searchsorted(met.patch, (at, at + 1))
            out[at] = (*out[at], *coverage.outside(self._frame, chunk.geoms[at], met.geom[lo:hi], name))
        return out


def _threads(tasks: int) -> int:
    return max(1, min(_MOST_THREADS, os.cpu_count() or 1, tasks))


def _note(patch: Target, code: str, text: str) -> Finding:
    return Finding(code, f"图斑 {patch.patch_id} {text}", patch.patch_id)


def _sums(done: Sequence[_Done]) -> dict[str, int]:
    """Patches with overlaps by role."""
    out: dict[str, int] = {}
    for item in done:
        for role, count in item.overlaps.items():
            out[role] = out.get(role, 0) + count
    return out


def _numbered(codes: Sequence[str]) -> tuple[list[str], Any]:
    """(distinct codes in order, number of each)."""
    names = sorted(set(codes))
    number = {code: i for i, code in enumerate(names)}
    return names, np.array([number[code] for code in codes], dtype=np.intp)


def _classes(met: Met) -> list[tuple[str, Met]]:
    """The pieces of each class apart."""
    names, number = _numbered(met.features.codes)
    of_piece = number[met.feature] if len(met.feature) else np.empty(0, dtype=np.intp)
    out = []
    for i, code in enumerate(names):
        m = of_piece == i
        mine = Met(met.patch[m], met.feature[m], met.source[m], met.geom[m], met.moments[m], met.area[m], met.features)
        out.append((code, mine))
    return out


def _to_official(issued: Any, area: Any) -> Any:
    """Factors from areas with edges straight in the frame to the official areas of the patches' vertices.

    The two differ where edges are long, by up to 34 亩 on 64 km²; scaled to the control total (平差) the
    parts sum to the patch. A larger factor is no matter of edges and stays visible in the identity.
    """
    factor = np.divide(issued, area, out=np.ones(len(area)), where=area > 0)
    return np.where(np.abs(factor - 1) < _EDGES, factor, 1.0)


def _chunks(geoms: Any, some: Any) -> list[Any]:
    """Positions of the patches by chunks, neighbours together along a Z-order curve."""
    if not len(some):
        return []
    bounds = shapely.bounds(geoms[some])
    middle = (bounds[:, :2] + bounds[:, 2:]) / 2
    low, high = middle.min(axis=0), middle.max(axis=0)
    cell = ((middle - low) / np.maximum(high - low, 1e-12) * (_CURVE - 1)).astype(np.int64)
    key = np.zeros(len(some), dtype=np.int64)
    for bit in range(_CURVE.bit_length() - 1):
        key |= ((cell[:, 0] >> bit) & 1) << (2 * bit) | ((cell[:, 1] >> bit) & 1) << (2 * bit + 1)
    ordered = some[np.argsort(key, kind="stable")]
    # As many chunks for each thread, all of one size: none works on while the others wait.
    threads = _threads(len(ordered))
    rounds = -(-len(ordered) // (_CHUNK * threads))
    return np.array_split(ordered, min(len(ordered), rounds * threads))
