"""Positions in GCJ-02 put right, and the lane matched anew after a correction: each one undoable action.

A converted photo keeps what it had under facts["gcj02"]: {lon, lat, match, laid, lifted}; taking it back gives the
record as it was, takes off the patch what was laid there because of it and lays back what was lifted. What a person
or a name laid stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from ..core.proof import Evidence
from ..geo.gcj02 import gcj_to_wgs
from ..photos import shift
from ..photos.weighing import Scene
from ..store import records, unplaced
from ..store.workspace import Transaction
from .attach_plan import Planner, Step, once
from .clock import now
from .evidence_acts import EvidenceActs
from .evidence_in import Prepared
from .evidence_sources import Source

#: Evidence.shift of a converted photo, and the key of what it had before in Evidence.facts.
GCJ02 = "gcj02"


@dataclass(frozen=True)
class Suspicion:
    """Photos whose positions look like GCJ-02; metres and degrees from north of the shift, a plain sentence."""

    text: str
    evidence_ids: tuple[str, ...]
    median_m: float
    azimuth_deg: float


class Shifting(EvidenceActs):
    """The part of a session that converts positions and matches what waits anew."""

    _suspicion: Optional[Suspicion] = None
    _suspicion_mark: tuple[int, int] = (-1, -1)
    _scene_now: Optional[Scene] = None
    _scene_mark: tuple[object, ...] = ()

    def gcj_suspicion(self) -> Optional[Suspicion]:
        """Whether positions look shifted as a whole; asked anew only when something was written."""
        mark = (self._ws.head()[0], self._ws.data_version())
        if mark != self._suspicion_mark:
            self._suspicion, self._suspicion_mark = self._suspected(), mark
        return self._suspicion

    def _suspected(self) -> Optional[Suspicion]:
        photos = [
            e for e in records.evidence(self._ws).values()
            if e.kind == "photo" and e.lon is not None and e.lat is not None and not e.shift
            and not e.match.get(unplaced.ASIDE)
        ]  # fmt: skip
        if not photos:
            return None
        scene = self._scene()
        linked: dict[str, list[str]] = {}
        for row in records.select(self._ws, "evidence_link"):
            if not _by_position(row):
                linked.setdefault(row["evidence_id"], []).append(row["patch_uid"])
        found = shift.suspect([_fix(e, scene, linked.get(e.evidence_id, ())) for e in photos], scene)
        return Suspicion(found.text, found.keys, found.median_m, found.azimuth_deg) if found is not None else None

    def _scene(self) -> Scene:
        """The patches as matching sees them, indexed anew only when they changed."""
        mark = unplaced.places_mark(self._ws)
        if self._scene_now is None or mark != self._scene_mark:
            self._scene_now, self._scene_mark = Scene(records.patches(self._ws)), mark
        return self._scene_now

    def shift_photos(self, evidence_ids: Sequence[str]) -> int:
        """Take the positions for GCJ-02 and convert them; what lay in the lane, or on a patch by its position alone, is
        matched anew. Gives how many photos were converted.

        Raises:
            WeipianError: E_EVIDENCE_MISSING.
        """
        items = [self._evidence(evidence_id) for evidence_id in dict.fromkeys(evidence_ids)]
        moved = [found for e in items if (found := _moved(e)) is not None]
        if not moved:
            return 0
        with self.acting("shift", "workspace") as change:
            lifted = self._lifted(change, {e.evidence_id for e in moved})
            waiting = {e.evidence_id for e in unplaced.unplaced(self._ws)}
            planner = Planner(self._ws)
            planner.forget(lifted)
            steps = _plan(planner, [_anew(e) for e in moved if e.evidence_id in waiting])
            for item in moved:
                step = steps.get(item.evidence_id)
                laid = [[lay.patch.patch_uid, lay.purpose] for lay in once(step.lays)] if step is not None else []
                kept = {**item.facts[GCJ02], "laid": laid, "match": dict(item.match)}
                if item.evidence_id in lifted:
                    kept["lifted"] = lifted[item.evidence_id]
                new = replace(_anew(item) if step is not None else item, facts={**item.facts, GCJ02: kept})
                self._relay(change, new, step)
        return len(moved)

    def _lifted(self, change: Transaction, ids: set[str]) -> dict[str, list[dict[str, Any]]]:
        """Take photos off that lie on patches by their position alone; gives their links by evidence id."""
        lying: dict[str, list[dict[str, Any]]] = {}
        for uid, evidence_id, purpose in records.links(self._ws):
            if evidence_id in ids:
                lying.setdefault(evidence_id, []).append(
                    dict(change.get("evidence_link", uid, evidence_id, purpose) or {})
                )
        found = {i: rows for i, rows in lying.items() if all(_by_position(row) for row in rows)}
        for row in (row for rows in found.values() for row in rows):
            change.delete("evidence_link", row["patch_uid"], row["evidence_id"], row["purpose"])
        return found

    def unshift_photos(self, evidence_ids: Sequence[str]) -> int:
        """Give converted photos back the position they had, and what follows from it. Gives how many.

        Raises:
            WeipianError: E_EVIDENCE_MISSING.
        """
        items = [self._evidence(evidence_id) for evidence_id in dict.fromkeys(evidence_ids)]
        items = [e for e in items if e.shift == GCJ02 and isinstance(e.facts.get(GCJ02), Mapping)]
        if not items:
            return 0
        with self.acting("shift", "workspace") as change:
            for item in items:
                kept = item.facts[GCJ02]
                for uid, purpose in kept.get("laid", []):
                    row = change.get("evidence_link", uid, item.evidence_id, purpose)
                    if row is not None and row.get("confidence"):  # laid by the conversion, not by a person since
                        change.delete("evidence_link", uid, item.evidence_id, purpose)
                for row in kept.get("lifted", []):
                    change.put("evidence_link", row)
                facts = {key: value for key, value in item.facts.items() if key != GCJ02}
                match = kept.get("match", {})
                if item.match.get(unplaced.ASIDE) != match.get(unplaced.ASIDE):
                    match = {**match, unplaced.ASIDE: item.match.get(unplaced.ASIDE)}
                back = replace(item, lon=kept["lon"], lat=kept["lat"], shift="", facts=facts, match=match)
                change.put("evidence", records.evidence_row(back))
        return len(items)

    def rematch_lane(self) -> int:
        """Match what lies in the lane anew, after something was put right; gives how many files were laid."""
        items = unplaced.unplaced(self._ws)
        steps = _plan(Planner(self._ws), items) if items else {}
        news = [(e, steps[e.evidence_id]) for e in items if _differs(e, steps[e.evidence_id])]
        if not news:
            return 0
        with self.acting("rematch", "workspace") as change:
            for item, step in news:
                self._relay(change, item, step)
        return sum(bool(step.lays) for _, step in news)

    def _relay(self, change: Transaction, item: Evidence, step: Optional[Step]) -> None:
        """Write a file with why it lies where it lies now, and its links."""
        if step is None:
            change.put("evidence", records.evidence_row(item))
            return
        lays = once(step.lays)
        change.put("evidence", records.evidence_row(replace(item, match=_match(item, step))))
        for lay in lays:
            more = {"confidence": lay.confidence, "reason": lay.reason, "by": self.who, "at": now()}
            change.put("evidence_link", records.link_row(lay.patch.patch_uid, item.evidence_id, lay.purpose, **more))


def _fix(item: Evidence, scene: Scene, linked: Sequence[str]) -> shift.Fix:
    """A photo as the suspicion sees it: its name first, else the patches that a person laid it on."""
    _, ids = scene.ids.of_path(Path(item.original_name))
    named = [p.patch_uid for key in ids for p in scene.ids.patches(key)]
    camera = f"{item.camera}|{item.facts.get('software', '')}"
    return shift.Fix(item.evidence_id, camera, item.lon or 0.0, item.lat or 0.0, tuple(named or linked))


def _moved(item: Evidence) -> Optional[Evidence]:
    """A photo with its position converted; None where there is nothing to convert."""
    if item.kind != "photo" or item.lon is None or item.lat is None or item.shift:
        return None
    lon, lat = gcj_to_wgs(item.lon, item.lat)
    if (lon, lat) == (item.lon, item.lat):
        return None
    before = {"lon": item.lon, "lat": item.lat}
    return replace(item, lon=lon, lat=lat, shift=GCJ02, facts={**item.facts, GCJ02: before})


def _by_position(link: Mapping[str, Any]) -> bool:
    """Whether a link was made by matching a position: not by a person, a name or a hand-out."""
    return bool(link.get("confidence")) and str(link.get("reason", "")).startswith("照片")


def _anew(item: Evidence) -> Evidence:
    """A photo without the memory of where it was laid by a position that was wrong."""
    return replace(item, match={key: value for key, value in item.match.items() if key != "placed"})


def _plan(planner: Planner, items: Sequence[Evidence]) -> dict[str, Step]:
    """Where files of the lane belong, by evidence id."""
    files = [(_named(item), Prepared(item, item.original_name, known=True)) for item in items]
    return {step.item.evidence.evidence_id: step for step in planner.plan(files, {})} if files else {}


def _named(item: Evidence) -> Source:
    """A file of the store under the name it came with: nothing is read of it again."""
    name = Path(item.original_name)
    return Source(name, item.original_name, 0, lambda: name.open("rb"))


def _match(item: Evidence, step: Step) -> dict[str, Any]:
    """Why a file lies where it lies now, as Evidence.match keeps it."""
    lays = once(step.lays)
    placed = [lay.patch.patch_uid for lay in lays]
    return {
        **item.match,
        "reason": lays[0].reason if lays else step.reason,
        "confidence": lays[0].confidence if lays else "",
        "candidates": list(step.candidates),
        "placed": list(dict.fromkeys([*(item.match.get("placed") or []), *placed])),
    }


def _differs(item: Evidence, step: Step) -> bool:
    return bool(step.lays) or _match(item, step) != {"placed": [], **item.match}
