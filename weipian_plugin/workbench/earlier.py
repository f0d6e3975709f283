"""往期图斑: where a patch lies on patches and clues that were there before, and taking their evidence over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Optional

import numpy as np
import numpy.typing as npt
import shapely

from ..core import areas, reissue
from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.model import Patch, PatchRelation, PlatformStatus, Reissue, ReviewStatus
from ..geo import comparing
from ..store import records
from ..store.workspace import Workspace
from .acting import Acting

#: Two patches are one place over time from this share of the smaller one.
EARLIER_SHARE = 0.2
#: Where one of them has no boundary, its centre may lie this far off, m.
CENTRE_WITHIN_M = 30.0
EARLIER, CLUE = "earlier", "clue"
#: Pairs of geometries that are intersected at a time, so that memory stays small.
_CHUNK = 20_000
_ID_SEPARATORS = re.compile(r"[,，;；、|/\s]+")

Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True)
class EarlierPatch:
    """A patch or clue that was at this place before, with what it offers. `kind`: earlier or clue."""

    patch_uid: str
    patch_id: str
    batch: str
    kind: str
    overlap_m2: float
    share: float
    reason: str
    area_mu: Decimal
    review_status: ReviewStatus
    verdict: str = ""  # label of the judgement with its sub-type, empty while not judged
    evidence_ids: tuple[str, ...] = ()
    not_taken: tuple[str, ...] = ()  # of these, what this patch does not have yet

    def line(self, *, short: bool = False) -> str:
        """One line for the panel; `short` gives the ending of the number only."""
        named = "线索" if self.kind == CLUE else "往期图斑"
        number = f"…{self.patch_id[-4:]}" if short and len(self.patch_id) > 8 else self.patch_id
        parts = [f"重叠 {100 * self.share:.0f}%" if self.overlap_m2 else self.reason]
        if self.review_status is ReviewStatus.VOID:
            parts.append(self.review_status.label)
        parts.append(f"判定 {self.verdict}" if self.verdict else "未判定")
        parts.append(f"举证 {len(self.evidence_ids)} 件")
        return f"{named} {number}（{'，'.join(parts)}）"


@dataclass(frozen=True)
class Lineage:
    """Where a patch comes from: what was there before, what came again, what the platform said."""

    earlier: tuple[EarlierPatch, ...] = ()
    reissues: tuple[Reissue, ...] = ()
    boundary: str = ""  # what to look at again since the boundary changed; empty when nothing
    boundary_detail: str = ""  # every difference of that delivery
    platform: Optional[PlatformStatus] = None


def find_relations(
    fresh: Sequence[Patch],
    others: Sequence[Patch],
    clues: Iterable[str],
    named: Mapping[str, str],
    at: str,
    feedback: Feedback,
) -> list[PatchRelation]:
    """Where each of `fresh` lies on one of `others`, or names one as its former number.

    Args:
        fresh: patches that just came.
        others: patches that were there before; split ones are left to their children.
        clues: patch_uid of those that are clues.
        named: patch_uid of a fresh one -> former numbers as delivered.
        at: this instant, ISO text.
        feedback: asked for cancelling.

    Raises:
        WeipianError: E_CANCELLED.
    """
    others = [patch for patch in others if patch.split_state != "parent"]
    kinds = dict.fromkeys(clues, CLUE)
    found: dict[tuple[str, str], PatchRelation] = {}

    def note(new: Patch, old: Patch, area: float, share: float, reason: str) -> None:
        key = (new.patch_uid, old.patch_uid)
        own = new.patch_uid in (old.patch_uid, old.parent_uid)  # itself, or a part of it
        if not own and key not in found:
            kind = kinds.get(old.patch_uid, EARLIER)
            found[key] = PatchRelation(*key, kind, round(area, 2), round(min(share, 1.0), 4), reason, at)

    for i, j, area, share in _overlaps(fresh, others, feedback):
        note(fresh[i], others[j], area, share, "位置重叠")
    for i, j, distance in _near(fresh, others):
        note(fresh[i], others[j], 0.0, 0.0, f"中心点相距 {distance:.0f} 米" if distance else "中心点在图斑内")
    by_id: dict[str, Patch] = {patch.patch_id: patch for patch in others}
    for new in fresh:
        for number in _ID_SEPARATORS.split(named.get(new.patch_uid, "")):
            if number in by_id:
                note(new, by_id[number], 0.0, 0.0, "下发数据注明的往期图斑编号")
    return list(found.values())


def _overlaps(
    fresh: Sequence[Patch], others: Sequence[Patch], feedback: Feedback
) -> Iterable[tuple[int, int, float, float]]:
    left = [i for i, patch in enumerate(fresh) if patch.wkb]
    right = [j for j, patch in enumerate(others) if patch.wkb]
    if not left or not right:
        return
    news, olds = comparing.shapes([fresh[i] for i in left]), comparing.shapes([others[j] for j in right])
    pairs = shapely.STRtree(olds).query(news, predicate="intersects")
    for start in range(0, pairs.shape[1], _CHUNK):
        stop_if_cancelled(feedback)
        a, b = pairs[:, start : start + _CHUNK]
        area, share = comparing.shared(news[a], olds[b])
        for k in np.flatnonzero(share >= EARLIER_SHARE):
            yield left[a[k]], right[b[k]], float(area[k]), float(share[k])


def _near(fresh: Sequence[Patch], others: Sequence[Patch]) -> Iterable[tuple[int, int, float]]:
    """Pairs of which one has no boundary: its centre lies in the other one, or within CENTRE_WITHIN_M of it."""
    left, news = _places(fresh)
    right, olds = _places(others)
    if not left or not right:
        return
    points = shapely.get_type_id(news) == shapely.GeometryType.POINT
    other_points = shapely.get_type_id(olds) == shapely.GeometryType.POINT
    if not points.any() and not other_points.any():
        return
    x0, y0, x1, y1 = shapely.bounds(news).T
    # Metres in degrees, of longitude where they are longest: what is nearer is decided below.
    north = CENTRE_WITHIN_M / comparing.DEGREE_M * 1.1
    east = north / np.maximum(np.cos(np.radians(y1)), 0.1)
    pairs = shapely.STRtree(olds).query(shapely.box(x0 - east, y0 - north, x1 + east, y1 + north))
    pairs = pairs[:, points[pairs[0]] | other_points[pairs[1]]]
    lines = shapely.get_coordinates(shapely.shortest_line(news[pairs[0]], olds[pairs[1]])).reshape(-1, 4).T
    for i, j, distance in zip(*pairs, comparing.metres(*lines)):
        if distance <= CENTRE_WITHIN_M:
            yield left[i], right[j], float(distance)


def _places(patches: Sequence[Patch]) -> tuple[list[int], Shapes]:
    """The boundary of each patch, or its centre, with its place in the list; patches without either are left out."""
    at: list[int] = []
    shapes: list[Any] = []
    for i, patch in enumerate(patches):
        if patch.wkb:
            shapes.append(shapely.from_wkb(patch.wkb))
        elif patch.centre_lon is not None and patch.centre_lat is not None:
            shapes.append(shapely.Point(patch.centre_lon, patch.centre_lat))
        else:
            continue
        at.append(i)
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return at, array


# -- as the panel sees it ------------------------------------------------------------------------


def lineage(session: Acting, patch_uid: str) -> Lineage:
    """Everything that came before one patch, and what others said of it since."""
    ws = session.workspace
    again = tuple(records.reissues(ws, patch_uid=patch_uid))
    changed = _open_change(ws, patch_uid, again)
    return Lineage(
        earlier=tuple(earlier(session, patch_uid)),
        reissues=again,
        boundary=f"下发边界有变化，判定可能受影响：{reissue.boundary_told(changed.differences)}" if changed else "",
        boundary_detail=reissue.told(changed.differences) if changed else "",
        platform=records.platform_statuses(ws, patch_uid).get(patch_uid),
    )


def _open_change(ws: Workspace, patch_uid: str, again: Sequence[Reissue]) -> Optional[Reissue]:
    """The last change of the boundary that nobody has judged or confirmed since."""
    changed = [row for row in again if row.change == reissue.GEOMETRY]
    if not changed or reissue.CONFIRMED in changed[-1].differences:
        return None
    judged = records.judgements(ws, patch_uid).get(patch_uid)
    before = (changed[-1].differences.get(reissue.JUDGED_AS) or [None])[0]
    # Judged anew since: another judgement is in force than the one that the change met.
    if judged is not None and judged.verdict is not None and judged.judgement_id != before:
        return None
    return changed[-1]


def open_changes(ws: Workspace) -> set[str]:
    """patch_uid of all patches whose boundary changed and was not looked at since."""
    by_patch: dict[str, list[Reissue]] = {}
    for row in records.reissues(ws):
        by_patch.setdefault(row.patch_uid, []).append(row)
    return {uid for uid, rows in by_patch.items() if _open_change(ws, uid, rows) is not None}


def confirm_boundary(session: Acting, patch_uid: str, patch_id: str) -> None:
    """A person looked at the changed boundary and leaves the judgement as it is.

    Raises:
        WeipianError: E_PATCH_MISSING, E_PATCH_MISMATCH.
    """
    session.guard(patch_uid, patch_id)
    ws = session.workspace
    with session.acting("confirm", patch_uid) as change:
        for row in records.reissues(ws, patch_uid=patch_uid):
            if row.change == reissue.GEOMETRY and reissue.CONFIRMED not in row.differences:
                differences = {**row.differences, reissue.CONFIRMED: [None, session.who]}
                change.put(
                    "reissue",
                    records.reissue_row(
                        Reissue(row.batch_id, row.patch_uid, row.change, differences, row.at),
                    ),
                )


def earlier(session: Acting, patch_uid: str) -> list[EarlierPatch]:
    """Patches and clues that were at this place before, the largest share first."""
    ws = session.workspace
    own = {(item, purpose) for _, item, purpose in records.links(ws, patch_uid)}
    names = {batch.batch_id: batch.name for batch in session.batches()}
    found = []
    for relation in records.relations(ws, patch_uid=patch_uid):
        other = records.patch(ws, relation.other_uid)
        if other is None:
            continue
        links = records.links(ws, other.patch_uid)
        found.append(
            EarlierPatch(
                patch_uid=other.patch_uid,
                patch_id=other.patch_id,
                batch=names.get(other.batch_id, ""),
                kind=relation.kind,
                overlap_m2=relation.overlap_m2,
                share=relation.share,
                reason=relation.reason,
                area_mu=areas.mu(other.area_in_force),
                review_status=other.review_status,
                verdict=_verdict(session, other),
                evidence_ids=tuple(dict.fromkeys(item for _, item, _ in links)),
                not_taken=tuple(dict.fromkeys(item for _, item, use in links if (item, use) not in own)),
            )
        )
    return sorted(found, key=lambda item: (-item.share, item.patch_id))


def _verdict(session: Acting, patch: Patch) -> str:
    judged = records.judgements(session.workspace, patch.patch_uid).get(patch.patch_uid)
    if judged is None or judged.verdict is None:
        return "存疑" if judged is not None and judged.doubt else ""
    sub = session.pack_for(patch.batch_id).sub_type(judged.verdict.value, judged.sub_type)
    return "·".join(part for part in (judged.verdict.label, sub.label if sub else judged.sub_type) if part)


def take_evidence(
    session: Acting, patch_uid: str, patch_id: str, other_uid: str, evidence_ids: Sequence[str] = ()
) -> int:
    """Link the evidence of an earlier patch to this one too, for the same purposes; gives how many links are new.

    One action, undone as one. The earlier patch keeps its own.

    Args:
        session: the open workspace.
        patch_uid: the patch that takes.
        patch_id: its number, as the person sees it.
        other_uid: the earlier patch or clue.
        evidence_ids: what to take; empty is everything.

    Raises:
        WeipianError: E_PATCH_MISSING, E_PATCH_MISMATCH, E_EVIDENCE_MISSING for evidence that is not the other's.
    """
    session.guard(patch_uid, patch_id)
    ws = session.workspace
    links = records.links(ws, other_uid)
    unknown = set(evidence_ids) - {item for _, item, _ in links}
    if unknown:
        raise WeipianError("E_EVIDENCE_MISSING", name="、".join(sorted(unknown)))
    own = {(item, purpose) for _, item, purpose in records.links(ws, patch_uid)}
    wanted = [
        (item, use) for _, item, use in links if (not evidence_ids or item in evidence_ids) and (item, use) not in own
    ]
    other = records.patch(ws, other_uid)
    note = f"沿用 {other.patch_id if other else ''} 的举证"
    with session.acting("take", patch_uid) as change:
        for item, purpose in wanted:
            change.put("evidence_link", records.link_row(patch_uid, item, purpose, note=note))
    return len(wanted)
