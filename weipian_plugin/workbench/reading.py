"""What a workspace says about its patches: the queue, one patch whole, today's agenda. Changes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Optional

from ..core import areas, closure
from ..core.advice import CheckItem, Facts, advise_case, checklist
from ..core.advice_case import Case
from ..core.advice_kinds import is_mineral_case
from ..core.errors import WeipianError
from ..core.forecast import forecast_case
from ..core.guide import guide_case
from ..core.hand_in import HandInFinding, hand_in_findings
from ..core.model import Batch, CaseAction, CaseStatus, Judgement, OverlayRow, Patch, ReviewStatus, Verdict
from ..core.proof import Evidence, LinkedEvidence  # fmt: skip
from ..core.rulepack import RulePack
from ..photos.pairs import pairs
from ..store import glance, office, records
from ..store.workspace import Workspace
from . import queue_reading
from .ahead import Ahead
from .believing import Believer
from .clock import today
from .imagery_states import Catalogue, States, states_of
from .measuring import width_of
from .pack_shelf import PackShelf
from .proof_index import ProofIndex
from .registers import Matcher
from .views import Agenda, PatchView, QueueRow
from .village_layer import Villages
from .watching import Watcher

#: Setting with the way 耕地 is counted: gross (also when never set) or net.
CROPLAND = "cropland"


def area_source(patch: Patch) -> str:
    """How the area in force came about where it is not the computed one of the delivered boundary."""
    drawn, shaped = patch.geometry_source == "drawn", patch.wkb is not None
    return queue_reading.source_of(
        patch.area_in_force, patch.adopted_area_m2, patch.adopted_source or "", drawn=drawn, shaped=shaped
    )


class Reader:
    """The reading half of a session."""

    def __init__(self, workspace: Workspace, pack: RulePack) -> None:
        self._ws = workspace
        self.pack = pack  # the workspace's default
        self._shelf = PackShelf(workspace, pack)
        self.catalogue = Catalogue()
        self._watchers: dict[tuple[str, str, bool], Watcher] = {}
        self._matcher: Optional[Matcher] = None
        self._matcher_mark: tuple[int, ...] = ()
        self._matcher_seq = -1
        self._ahead = Ahead(workspace)
        self._proofs, self._villages = ProofIndex(workspace), Villages(workspace)
        self._believers: dict[tuple[str, str], Believer] = {}

    def batches(self) -> list[Batch]:
        """All batches, oldest first."""
        return records.batches(self._ws)

    def pack_for(self, batch_id: str) -> RulePack:
        """The rule pack that the patches of a batch are judged by."""
        return self._shelf.pack_for(batch_id)

    def patches(self, batch_id: str = "") -> list[Patch]:
        """Patches of a batch, those that it held again included, or all."""
        return records.patches(self._ws, batch_id)

    def uids_of(self, batch_id: str) -> set[str]:
        """patch_uid of the patches of a batch, those that it held again included, or of all."""
        return records.uids_of(self._ws, batch_id)

    def find(self, patch_id: str, batch_id: str = "") -> Patch:
        """The patch with this number; of several the newest that is not void.

        Raises:
            WeipianError: E_PATCH_MISSING.
        """
        uid = glance.uid_of(self._ws, patch_id, batch_id)
        if not uid:
            raise WeipianError("E_PATCH_MISSING", patch_id=patch_id)
        return self._patch(uid)

    def _patch(self, patch_uid: str) -> Patch:
        patch = records.patch(self._ws, patch_uid)
        if patch is None:
            raise WeipianError("E_PATCH_MISSING", patch_id=patch_uid)
        return patch

    def patch_geometries(self) -> dict[str, bytes]:
        """patch_uid -> MultiPolygon WKB in EPSG:4490, of the patches that have one."""
        return glance.boundaries(self._ws)

    def patch_uids(self) -> dict[str, str]:
        """patch_uid -> batch_id of every patch."""
        return glance.batch_ids(self._ws)

    def geometry(self, patch_uid: str) -> Optional[bytes]:
        """MultiPolygon WKB in EPSG:4490 of one patch, None without boundary."""
        return self._patch(patch_uid).wkb

    def queue(self, batch_id: str = "") -> list[QueueRow]:
        """One row a patch in order of import; filter and order are the list's own affair."""
        return queue_reading.rows(self._ws, self.pack_for, batch_id)

    def queue_row(self, patch_uid: str) -> QueueRow:
        """The row of one patch, after a change to it.

        Raises:
            WeipianError: E_PATCH_MISSING.
        """
        for row in queue_reading.rows(self._ws, self.pack_for, only=patch_uid):
            return row
        raise WeipianError("E_PATCH_MISSING", patch_id=patch_uid)

    def patch_view(
        self, patch_uid: str, verdict: str = "", sub_type: str = "", answers: Optional[Mapping[str, str]] = None
    ) -> PatchView:
        """Everything about one patch; `verdict`, `sub_type` and `answers` are a choice not yet saved.

        An answer that is given here goes before the saved one, also when it is empty.
        """
        typed = dict(answers or {})
        key = (patch_uid, verdict, sub_type, *(f"{name}={typed[name]}" for name in sorted(typed)))
        return self._ahead.get(key, lambda: self._read_view(patch_uid, verdict, sub_type, typed))

    def prefetch_view(self, patch_uid: str) -> None:
        """Have the view of a patch ready that will probably be asked for next; one that is gone is nobody's fault."""
        with suppress(WeipianError):
            self.patch_view(patch_uid)

    def _read_view(self, patch_uid: str, verdict: str, sub_type: str, answers: Mapping[str, str]) -> PatchView:
        patch = self._patch(patch_uid)
        rows = records.overlay(self._ws, patch_uid)
        judgement = records.judgements(self._ws, patch_uid).get(patch_uid)
        evidence = self.evidence_of(patch)
        actions = records.actions(self._ws, patch_uid)
        return self.assemble(patch, rows, judgement, evidence, actions, verdict, sub_type, answers)

    def assemble(
        self,
        patch: Patch,
        rows: Sequence[OverlayRow],
        judgement: Optional[Judgement],
        evidence: tuple[LinkedEvidence, ...],
        actions: Sequence[CaseAction],
        verdict: str = "",
        sub_type: str = "",
        answers: Optional[Mapping[str, str]] = None,
    ) -> PatchView:
        """Put advice, checklist and closure together from what is known of one patch."""
        pack = self.pack_for(patch.batch_id)
        known = self.facts_of(pack, patch, rows, judgement, evidence)
        facts = replace(known, actions=tuple(actions), verdict=verdict, sub_type=sub_type, answers=dict(answers or {}))
        summary, case = facts.summary, Case(pack, facts)
        chosen = verdict or (judgement.verdict.value if judgement and judgement.verdict else "")
        chosen_sub = sub_type or (judgement.sub_type if judgement and not verdict else "")
        illegal = judgement is not None and judgement.verdict is Verdict.ILLEGAL
        batch = next((b for b in self.batches() if b.batch_id == patch.batch_id), Batch(patch.batch_id, ""))
        advice, mineral = advise_case(case), is_mineral_case(case)
        items = tuple(checklist(pack, chosen, chosen_sub, facts)) if chosen else ()
        return PatchView(
            patch=patch,
            batch=batch,
            summary=summary,
            advice=advice,
            judgement=judgement,
            checklist=items,
            evidence=evidence,
            actions=tuple(actions),
            open_mu=closure.open_mu(patch, summary, judgement, actions, evidence, mineral=mineral) if illegal else None,
            closure_missing=tuple(
                closure.closure_missing(patch, summary, judgement, actions, evidence, mineral=mineral)
            )
            if illegal
            else (),
            guide=guide_case(case, advice),
            forecast=forecast_case(case, items),
            watches=self.watcher(pack).watches(patch, judgement, verdict, batch.issued_on or ""),
            mineral=mineral,
            overlay=tuple(rows),
            registers=tuple(facts.registers),
            clue=records.clues(self._ws, patch.patch_uid).get(patch.patch_uid) if patch.origin != "delivery" else None,
            merged_into=records.merged_clues(self._ws, patch.patch_uid).get(patch.patch_uid, ""),
            family=self._family(patch),
            checks=tuple(office.internal_checks(self._ws, patch.patch_uid)),
            images=self.images_of(patch),
            frame=records.view_frames(self._ws, patch.patch_uid).get(patch.patch_uid),
            pack=pack,
            hand_in=self._hand_in(pack, known, items if not verdict and not sub_type and not answers else None),
        )

    @staticmethod
    def _hand_in(pack: RulePack, known: Facts, items: Optional[Sequence[CheckItem]]) -> tuple[HandInFinding, ...]:
        """What is open at hand-in, by what is saved; `items` where the checklist was made from that already."""
        judgement = known.judgement
        if judgement is None or judgement.verdict is None:
            return ()
        listed = checklist(pack, judgement.verdict, judgement.sub_type, known) if items is None else items
        return hand_in_findings(known.patch, judgement, listed, known.evidence)

    def watcher(self, pack: RulePack) -> Watcher:
        """The thresholds across patches, by the rules of a pack."""
        net = self.cropland_basis() == areas.NET
        key = (pack.id, pack.fingerprint, net)
        if key not in self._watchers:
            self._watchers[key] = Watcher(self._ws, pack, net=net)
        return self._watchers[key]

    def facts_of(
        self,
        pack: RulePack,
        patch: Patch,
        rows: Sequence[OverlayRow],
        judgement: Optional[Judgement],
        evidence: tuple[LinkedEvidence, ...],
    ) -> Facts:
        """What the advice on one patch goes by; the pack says which codes are which land."""
        matcher = self.matcher()
        width = width_of(patch.wkb)
        return Facts(
            patch=patch,
            summary=areas.summarise(areas.measured_m2(patch), rows, pack.landuse, self.cropland_basis())
            if rows
            else None,
            overlay=tuple(rows),
            evidence=evidence,
            judgement=judgement,
            today=today(),
            registers=matcher.matches(patch, judgement),
            registers_given=matcher.index.registers(),
            measured_width_m=width.median_m if width else None,
            elongation=width.elongation if width else None,
        )

    def images_of(self, patch: Patch) -> States:
        """role -> how the patch stands on the imagery of its batch, looked at when first asked for."""
        layers = records.assignments(self._ws)
        marks = records.image_problems(self._ws, patch.patch_uid)
        pack, catalogue = self.pack_for(patch.batch_id), self.catalogue
        # Rasters wait until somebody asks, which may be after the workspace was closed.
        return States(lambda: states_of(patch, layers, marks, pack, catalogue))

    def _family(self, patch: Patch) -> tuple[str, ...]:
        """Numbers of the children of a split patch, or of the parent of a child."""
        if patch.split_state == "parent":
            return tuple(child.patch_id for child in records.children(self._ws, patch.patch_uid))
        return (self._patch(patch.parent_uid).patch_id,) if patch.parent_uid else ()

    def cropland_basis(self) -> str:
        """gross or net: how 耕地 is counted in this workspace (core.areas)."""
        return areas.NET if records.setting(self._ws, CROPLAND) == areas.NET else areas.GROSS

    def matcher(self) -> Matcher:
        """The approval registers as they are now; read again only when their rows changed."""
        seq = self._ws.head()[0]
        if self._matcher is None or seq != self._matcher_seq:
            mark = records.register_mark(self._ws)
            if self._matcher is None or mark != self._matcher_mark:
                self._matcher, self._matcher_mark = Matcher(self._ws, self.pack), mark
            self._matcher_seq = seq
        return self._matcher

    def believer(self, patch: Patch) -> Believer:
        """What tests the evidence of a patch, by the pack of its batch."""
        pack = self.pack_for(patch.batch_id)
        key = (pack.id, pack.fingerprint)
        if key not in self._believers:
            self._believers[key] = Believer(self._ws, pack, self._proofs, self._villages)
        return self._believers[key]

    def evidence_of(self, patch: Patch) -> tuple[LinkedEvidence, ...]:
        """All evidence of a patch with its checks, in the order it was linked."""
        items = glance.linked_evidence(self._ws, patch.patch_uid)
        found = self.believer(patch).all_linked(patch, items) if items else []
        partner = self._pairs(patch, items)
        return tuple(replace(e, pair=partner[i]) if (i := e.evidence.evidence_id) in partner else e for e in found)

    def _pairs(self, patch: Patch, items: Sequence[tuple[Evidence, str, str, str]]) -> dict[str, str]:
        """Photos before and after rectification from one viewpoint, id to id both ways."""
        if all(purpose != "after_photo" for _, purpose, *_ in items):
            return {}
        done = closure.completion_of(closure.since_reopening(records.actions(self._ws, patch.patch_uid)))
        return pairs([(item, purpose) for item, purpose, *_ in items], done.first if done is not None else "")

    def linked(self, patch: Patch, item: Evidence, purpose: str) -> LinkedEvidence:
        """One piece of evidence as this patch sees it: distance, whether it looks here, how far to believe it."""
        return self.believer(patch).linked(patch, item, purpose)

    def evidence_path(self, evidence_id: str) -> Path:
        """Where the file lies.

        Raises:
            WeipianError: E_EVIDENCE_MISSING.
        """
        item = records.evidence(self._ws, evidence_id).get(evidence_id)
        path = self._ws.evidence_file(item.sha256, item.original_name) if item else None
        if item is None or path is None or not path.is_file():
            raise WeipianError("E_EVIDENCE_MISSING", name=item.original_name if item else evidence_id)
        return path

    def patch_count(self) -> int:
        """How many patches there are, split and void ones included."""
        return glance.patch_count(self._ws)

    def last_patch(self) -> str:
        """uid of the patch last worked on, empty if none was."""
        return self._ws.meta("last_patch") or ""

    def opening_patch(self) -> str:
        """uid of the patch to show before anything else is read; empty without any patch."""
        last = self.last_patch()
        return last if last and glance.holds(self._ws, last) else glance.first_open(self._ws)

    def agenda(self) -> Agenda:
        """今天要办 and the patch last worked on."""
        rows = [row for row in self.queue() if row.workable]
        day = today()
        counts = {
            "一级未判定": sum(not r.finished and r.level == 1 for r in rows),
            "未判定": sum(not r.finished for r in rows),
            "存疑": sum(r.doubt for r in rows),
            "已超期": sum(not r.finished and bool(r.due_on) and r.due_on < day for r in rows),
            "被退回": sum(r.review_status is ReviewStatus.RETURNED for r in rows),
            "未销号": sum(r.verdict == "illegal" and r.case_status is not CaseStatus.CLOSED for r in rows),
        }
        return Agenda(counts=counts, last_patch_uid=self.last_patch())
