"""Use case: a patch that is partly one thing and partly another becomes child patches (拆分), and back.

The issued patch stays as it was delivered, read-only, with its history; the children are judged instead.
Issued set = unsplit + parents, verified set = unsplit + children (dossier 1.6, 2.5).
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Optional

import shapely

from ..core import areas
from ..core.certify import VILLAGE_WORD
from ..core.errors import WeipianError
from ..core.model import CaseStatus, Patch, ReviewStatus
from ..core.proof import Evidence
from ..geo import split as geometry
from ..geo.area import ellipsoidal_area
from ..geo.viewcone import look
from ..sources.crs import Transformer, gauss_kruger_of, is_geographic, same_datum
from ..sources.wkb import plain_wkb
from ..store import proofs, records
from ..store.workspace import Transaction, Workspace
from .overlay_now import overlaid
from .shapes_text import LONLAT, place_shapes, read_shapes

#: What the adopted area of a child says of its source.
ADJUSTED = "平差"
#: The delivered geometry is what was accepted if both lie in the same box, degrees (about 1 cm).
_AGREES = 1e-7
#: Photos without a direction belong to the children nearest to the camera, within a phone's error, m.
_TIE_M = 5.0


@dataclass(frozen=True)
class Piece:
    """A child to be: geometry in EPSG:4490 and in the plane of the cut, official m², 亩 after 平差."""

    wkb: bytes
    plane_wkb: bytes
    area_m2: float
    adopted_mu: Decimal


@dataclass(frozen=True)
class SplitPlan:
    """How a patch would be split: its 亩 in force, the plane of the cut, the pieces."""

    patch_uid: str
    patch_id: str
    total_mu: Decimal
    crs: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class _Ground:
    """The geometry that is cut and the plane in which its edges are straight."""

    geom: Any
    crs: str
    plane: geometry.Plane

    def take(self, geom: Any, crs: str = LONLAT) -> Any:
        """A drawn or pasted geometry of another CRS in this plane, vertex by vertex."""
        return Transformer(crs, self.crs).geometry(geom, densify_m=0)


def _ground(patch: Patch) -> _Ground:
    """The delivered geometry where it is what was accepted, else the one in degrees."""
    if patch.wkb is None:
        raise WeipianError("E_SPLIT_NO_BOUNDARY", patch_id=patch.patch_id)
    checked = shapely.from_wkb(patch.wkb)
    if patch.delivered_wkb and patch.delivered_crs:
        geom = shapely.force_2d(shapely.from_wkb(plain_wkb(patch.delivered_wkb), on_invalid="ignore"))
        zone = gauss_kruger_of(patch.delivered_crs)
        plain = zone is not None or (is_geographic(patch.delivered_crs) and same_datum(patch.delivered_crs))
        if plain and shapely.get_dimensions(geom) == 2 and shapely.is_valid(geom):
            apart = shapely.bounds(
                Transformer(patch.delivered_crs, LONLAT).geometry(geom, densify_m=0)
            ) - shapely.bounds(checked)
            if abs(apart).max() < _AGREES:
                return _Ground(geom, patch.delivered_crs, geometry.Plane(zone))
    return _Ground(checked, LONLAT, geometry.Plane())


# -- planning ------------------------------------------------------------------------------------


def plan_lines(patch: Patch, lines: Sequence[bytes]) -> SplitPlan:
    """The pieces into which lines (WKB LineStrings, lon/lat EPSG:4490) cut a patch. Changes nothing.

    Raises:
        WeipianError: E_SPLIT_NOTHING, E_SPLIT_NO_BOUNDARY.
    """
    ground = _ground(patch)
    drawn = [ground.take(shapely.from_wkb(line)) for line in lines]
    return _plan(patch, ground, lambda: geometry.cut(ground.geom, drawn, ground.plane))


def plan_parts(patch: Patch, parts: Sequence[bytes], *, in_order: bool = False) -> SplitPlan:
    """The given parts (WKB polygons, lon/lat EPSG:4490) of a patch and what is left of it. Changes nothing.

    Raises:
        WeipianError: E_SPLIT_OUTSIDE, E_SPLIT_OVERLAP (unless `in_order`: ground goes to the first),
            E_SPLIT_INVALID, E_SPLIT_NOTHING, E_SPLIT_NO_BOUNDARY.
    """
    ground = _ground(patch)
    given = [ground.take(shapely.from_wkb(part, on_invalid="ignore")) for part in parts]
    return _plan(patch, ground, lambda: geometry.carve(ground.geom, given, ground.plane, in_order=in_order))


def plan_text(patch: Patch, text: str, crs: str = "", *, in_order: bool = False) -> SplitPlan:
    """As `plan_parts`, from pasted WKT, GeoJSON, copied QGIS features or 界址点; `crs` only if it must be told.

    Raises:
        WeipianError: as `plan_parts`; E_SHAPES_TEXT, E_SPLIT_FAR, E_CRS_INVALID, E_CRS_DATUM.
    """
    placed = place_shapes(read_shapes(text), patch, crs)
    return plan_parts(patch, shapely.to_wkb(placed).tolist(), in_order=in_order)


def regroup(plan: SplitPlan, numbers: Sequence[int]) -> SplitPlan:
    """Pieces with the same number become one child, in the order of the numbers.

    Raises:
        WeipianError: E_SPLIT_NUMBERS when that leaves fewer than two.
    """
    if len(numbers) != len(plan.pieces) or len(set(numbers)) < 2:
        raise WeipianError("E_SPLIT_NUMBERS", patch_id=plan.patch_id)
    groups = [[p for p, n in zip(plan.pieces, numbers) if n == number] for number in sorted(set(numbers))]
    geoms = [shapely.union_all(shapely.from_wkb([p.plane_wkb for p in group])) for group in groups]
    return replace(plan, pieces=_pieces(geoms, plan.crs, plan.total_mu))


def _plan(patch: Patch, ground: _Ground, divide: Callable[[], list[Any]]) -> SplitPlan:
    try:
        geoms = divide()
    except geometry.SplitError as error:
        code = {"nothing": "E_SPLIT_NOTHING", "outside": "E_SPLIT_OUTSIDE", "overlap": "E_SPLIT_OVERLAP"}
        raise WeipianError(
            code.get(error.kind, "E_SPLIT_INVALID"), patch_id=patch.patch_id, area=f"{error.area_m2:.2f}"
        ) from error
    total = areas.mu(patch.area_in_force)
    return SplitPlan(patch.patch_uid, patch.patch_id, total, ground.crs, _pieces(geoms, ground.crs, total))


def _pieces(geoms: Sequence[Any], crs: str, total: Decimal) -> tuple[Piece, ...]:
    """Geometry, computed area and the 亩 that add up to those of the patch (平差)."""
    to_lonlat = Transformer(crs, LONLAT)
    whole = [_multi(geom) for geom in geoms]
    lonlat = [_multi(to_lonlat.geometry(geom, densify_m=0)) for geom in whole]
    computed = [ellipsoidal_area(geom) for geom in lonlat]
    # In force may be another area than the computed one: then every child carries its share of it.
    ratio = total / areas.to_mu(sum(computed)) if sum(computed) else Decimal(1)
    adopted = areas.adjust([areas.to_mu(area) * ratio for area in computed], total)
    return tuple(
        Piece(shapely.to_wkb(geom), shapely.to_wkb(plane), area, mu)
        for geom, plane, area, mu in zip(lonlat, whole, computed, adopted)
    )


def _multi(geom: Any) -> Any:
    parts = shapely.get_parts(geom)
    return shapely.multipolygons(parts[shapely.get_dimensions(parts) == 2])


# -- splitting -----------------------------------------------------------------------------------


def check_splittable(ws: Workspace, patch: Patch) -> None:
    """Raise E_SPLIT_VOID, _ALREADY, _CHILD or _CASE where a patch may not be split."""
    if patch.review_status is ReviewStatus.VOID:
        raise WeipianError("E_SPLIT_VOID", patch_id=patch.patch_id)
    if patch.split_state == "parent":
        raise WeipianError("E_SPLIT_ALREADY", patch_id=patch.patch_id)
    if patch.parent_uid:
        parent = records.patch(ws, patch.parent_uid)
        raise WeipianError("E_SPLIT_CHILD", patch_id=patch.patch_id, parent=parent.patch_id if parent else "")
    if patch.case_status is not CaseStatus.NONE:
        raise WeipianError("E_SPLIT_CASE", patch_id=patch.patch_id, status=patch.case_status.label)


def split(ws: Workspace, patch: Patch, plan: SplitPlan, who: str) -> tuple[list[Patch], str]:
    """Make the pieces of `plan` child patches of `patch` in one transaction, overlaid at once.

    Returns the children and a sentence when they could not be overlaid (a layer is not there): they are
    kept and can be overlaid later.

    Raises:
        WeipianError: as `check_splittable`; E_SPLIT_NUMBERS for a plan with one piece.
    """
    check_splittable(ws, patch)
    if len(plan.pieces) < 2 or plan.patch_uid != patch.patch_uid:
        raise WeipianError("E_SPLIT_NUMBERS", patch_id=patch.patch_id)
    first = _last_number(ws, patch) + 1
    children = [_child(patch, piece, plan.crs, first + i) for i, piece in enumerate(plan.pieces)]
    children, rows, said = overlaid(ws, children)
    with ws.transaction("split", patch.patch_uid, who) as change:
        change.put("setting", records.setting_row(_counter(patch), str(first + len(children) - 1)))
        change.put("patch", records.patch_row(replace(patch, split_state="parent")))
        for child in children:
            change.put("patch", records.patch_row(child))
        for row in rows:
            change.put("overlay", records.overlay_row(row))
        _share_evidence(ws, change, patch, children)
    return children, said


def _counter(patch: Patch) -> str:
    return f"split:{patch.patch_uid}"


def _last_number(ws: Workspace, patch: Patch) -> int:
    """The highest number that a child of this id ever had; a number is never used again."""
    given = int(records.setting(ws, _counter(patch)) or 0)
    return max(given, records.highest_number(ws, f"{patch.patch_id}_"))


def _child(patch: Patch, piece: Piece, crs: str, number: int) -> Patch:
    """A child: what the delivery said is inherited, the judgement and the issued figures stay with the parent."""
    return replace(
        patch,
        patch_uid=str(uuid.uuid4()),
        patch_id=f"{patch.patch_id}_{number}",
        parent_uid=patch.patch_uid,
        split_state="child",
        wkb=piece.wkb,
        delivered_wkb=None if crs == LONLAT else piece.plane_wkb,
        delivered_crs="" if crs == LONLAT else crs,
        area_m2=piece.area_m2,
        adopted_area_m2=float(piece.adopted_mu * 2000 / 3),
        adopted_source=ADJUSTED,
        issued_area=None,
        issued_unit=None,
        issued_farmland_m2=None,
        issued_prime_m2=None,
        centre_lon=None,
        centre_lat=None,
        review_status=ReviewStatus.RECEIVED,
        case_status=CaseStatus.NONE,
        remark=None,
        overlay_mark=None,
        review_source=None,
        return_reason=None,
    )


def _share_evidence(ws: Workspace, change: Transaction, patch: Patch, children: Sequence[Patch]) -> None:
    evidence = records.evidence(ws)
    sent = proofs.dispatches(ws, patch.patch_uid).get(patch.patch_uid)
    if sent is not None:  # whoever was sent goes to every part
        for child in children:
            change.put("dispatch", {**proofs.dispatch_row(sent), "patch_uid": child.patch_uid})
    for _, evidence_id, purpose in records.links(ws, patch.patch_uid):
        if purpose == VILLAGE_WORD:  # the village signed for the whole patch, not for these parts
            continue
        for child in concerned(evidence[evidence_id], children):
            change.put("evidence_link", records.link_row(child.patch_uid, evidence_id, purpose))


def concerned(item: Evidence, children: Sequence[Patch]) -> list[Patch]:
    """The children that a piece of evidence is about: a photo's view decides, else nearness; a document all."""
    if item.kind != "photo" or item.lon is None or item.lat is None:
        return list(children)
    seen = [(look(item.lon, item.lat, item.azimuth, child.wkb or b""), child) for child in children]
    looked_at = [child for view, child in seen if view.looks_at]
    nearest = min(view.distance_m for view, _ in seen)
    return looked_at or [child for view, child in seen if view.distance_m <= nearest + _TIE_M]


# -- and back ------------------------------------------------------------------------------------


def unsplit(ws: Workspace, patch: Patch, who: str, action: str = "unsplit") -> list[Patch]:
    """Take the children back and make the parent whole again; returns the children that are gone.

    What was undone on a child before (withdrawn history) goes with it; the journal has all of it.

    Raises:
        WeipianError: E_SPLIT_NOT; E_SPLIT_WORKED naming what was done on a child.
    """
    if patch.split_state != "parent":
        raise WeipianError("E_SPLIT_NOT", patch_id=patch.patch_id)
    children = records.children(ws, patch.patch_uid)
    inherited = {(evidence_id, purpose) for _, evidence_id, purpose in records.links(ws, patch.patch_uid)}
    work = [text for child in children if (text := _worked(ws, child, inherited))]
    if work:
        raise WeipianError("E_SPLIT_WORKED", what="；".join(work))
    with ws.transaction(action, patch.patch_uid, who) as change:
        for child in children:
            delete_patch(ws, change, child.patch_uid)
        change.put("patch", records.patch_row(replace(patch, split_state="")))
    return children


def _worked(ws: Workspace, child: Patch, inherited: set[tuple[str, str]]) -> str:
    """What somebody did on a child, empty when nothing."""
    done = []
    if child.patch_uid in records.judgements(ws, child.patch_uid):
        done.append("判定")
    if records.actions(ws, child.patch_uid):
        done.append("查处整改")
    if any((evidence_id, purpose) not in inherited for _, evidence_id, purpose in records.links(ws, child.patch_uid)):
        done.append("举证")
    if not done and child.review_status not in (ReviewStatus.RECEIVED, ReviewStatus.ASSESSED):
        done.append(child.review_status.label)
    if child.patch_uid in records.platform_statuses(ws, child.patch_uid):
        done.append("平台状态")
    if records.reissues(ws, patch_uid=child.patch_uid):
        done.append("再次下发")
    return f"{child.patch_id} 已有{'、'.join(done)}" if done else ""


def delete_patch(ws: Workspace, change: Transaction, patch_uid: str) -> None:
    """Take a patch and every row about it out of the tables; the journal keeps them."""
    for table, key in records.keys_about(ws, patch_uid):
        change.delete(table, *key)


def family(ws: Workspace, patch: Patch) -> tuple[Optional[Patch], list[Patch]]:
    """(parent or None, children) of a patch, for the panel and the sentences that name them."""
    parent = records.patch(ws, patch.parent_uid) if patch.parent_uid else None
    return parent, records.children(ws, patch.patch_uid) if patch.split_state == "parent" else []


def refuse_parent(ws: Workspace, patch: Patch) -> None:
    """Raise E_SPLIT_PARENT naming the children: a patch that was split can only be looked at."""
    if patch.split_state == "parent":
        names = "、".join(child.patch_id for child in records.children(ws, patch.patch_uid))
        raise WeipianError("E_SPLIT_PARENT", patch_id=patch.patch_id, children=names)
