"""Deciding on a patch: a person's verdict beside the advice, 改判 with its safeguards, the review axis."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Optional

from ..core import states
from ..core.advice import Advice
from ..core.errors import WeipianError
from ..core.hand_in import HandInFinding
from ..core.model import CaseStatus, Judgement, Patch, ReviewStatus, Verdict
from ..core.rulepack import RulePack
from ..store import counts, records
from ..store.workspace import Transaction
from . import pace, revising
from .clock import now, today
from .overlay_now import to_be_overlaid
from .people import People

#: From these a patch may be sent to the field; what was submitted has to come back first.
_TO_FIELD = (
    ReviewStatus.RECEIVED, ReviewStatus.ASSESSED, ReviewStatus.SURVEYED, ReviewStatus.JUDGED, ReviewStatus.RETURNED,
)  # fmt: skip


@dataclass(frozen=True)
class _Decision:
    """What a person decided, before it is weighed against the advice."""

    verdict: Optional[Verdict]
    sub_type: str = ""
    basis: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    doubt: bool = False
    reason: str = ""
    seen: str = ""


class Judging(People):
    """The part of a session that decides; each method is one action."""

    def judge(
        self,
        patch_uid: str,
        patch_id: str,
        verdict: str,
        sub_type: str = "",
        basis: str = "",
        answers: Optional[Mapping[str, str]] = None,
        *,
        doubt: bool = False,
        against_reason: str = "",
        reason_id: str = "",
        seen: str = "",
        second_person: str = "",
        doc_no: str = "",
        evidence_id: str = "",
        known: Optional[str] = None,
    ) -> None:
        """Record a decision; an empty verdict with `doubt` is 存疑 alone and does not finish the patch.

        Args:
            reason_id: an entry of the pick-list "against" or "revision"; `against_reason` are words beside it.
            seen: imagery that was on the screen: after, before+after, none (there is none); empty: not known.
            second_person, doc_no, evidence_id: only for 改判 (core.revision): who agreed, and on what paper.
            known: judgement_id that the person saw in force, empty for none; another one in force is not overwritten.

        Raises:
            WeipianError: E_JUDGED_MEANWHILE, E_VERDICT_UNKNOWN, E_SUBTYPE_UNKNOWN, E_TRANSITION, E_PATCH_MISMATCH,
                E_ROLE_VIEWER,
                E_REASON_REQUIRED when it goes against the advice without a reason, E_REVISION naming what
                改判 still lacks.
        """
        patch = self._guard(patch_uid, patch_id)
        chosen = self._verdict(verdict, doubt=doubt)
        view = self.patch_view(patch_uid, answers=answers)  # the advice as it stood on the screen, answers included
        pack = self._pack_of(view)
        if sub_type and chosen and sub_type not in {s.id for s in pack.sub_types.get(chosen.value, ())}:
            raise WeipianError("E_SUBTYPE_UNKNOWN", verdict=chosen.label, value=sub_type)
        kind = "revision" if revising.concerns(self._ws, patch, view.judgement, chosen) else "against"
        reason = self.reason_text(kind, reason_id, against_reason, patch.batch_id)
        decision = _Decision(chosen, sub_type, basis, answers or {}, doubt, reason, seen)
        revision = None
        if kind == "revision":
            paper = revising.Paper(reason, doc_no.strip(), evidence_id, " ".join(second_person.split()))
            revision = revising.plan(patch, view.judgement, chosen, paper, self.who)
        against = bool(chosen and view.advice.leaning and view.advice.leaning != chosen.value)
        if against and not reason:
            raise WeipianError("E_REASON_REQUIRED")
        judgement = self._judgement(patch, decision, view.advice, pack)
        patch = self._after(patch, chosen, revised=revision is not None)
        self.pin_pack(patch.batch_id)
        with self._ws.transaction("judge", patch_uid, self.who) as change:
            self._refuse_overwriting(patch, known)
            change.put("judgement", records.judgement_row(judgement))
            self._put_patch(change, patch)
            if revision is not None:
                revising.put(change, replace(revision, judgement_id=judgement.judgement_id))
        self.remember(patch_uid)

    def _refuse_overwriting(self, patch: Patch, known: Optional[str]) -> None:
        """Raise E_JUDGED_MEANWHILE when another judgement than the known one is in force."""
        held = records.judgements(self._ws, patch.patch_uid).get(patch.patch_uid)
        if known is None or held is None or held.judgement_id == known:
            return
        said = held.verdict.label if held.verdict is not None else "存疑"
        raise WeipianError("E_JUDGED_MEANWHILE", patch_id=patch.patch_id, by=held.by, verdict=said)

    def _pack_of(self, view: object) -> RulePack:
        """The pack that the batch of this patch is judged by."""
        pack = getattr(view, "pack", None)
        return pack if isinstance(pack, RulePack) else self.pack

    def _after(self, patch: Patch, chosen: Optional[Verdict], *, revised: bool) -> Patch:
        """Both axes of the patch once this verdict is in force; 改判 brings back what was submitted."""
        if revised and patch.review_status in (ReviewStatus.SUBMITTED, ReviewStatus.FINISHED):
            patch = replace(patch, review_status=ReviewStatus.JUDGED, review_source=None)
        if chosen:
            if patch.review_status is ReviewStatus.RECEIVED and not to_be_overlaid(self._ws, patch):
                patch = replace(patch, review_status=ReviewStatus.ASSESSED)
            patch = self._judged(patch)
        if patch.case_status is not CaseStatus.NONE and chosen is not Verdict.ILLEGAL:
            patch = replace(patch, case_status=CaseStatus.NONE)
        return patch

    def _judged(self, patch: Patch) -> Patch:
        """The patch one step further; one that the platform took further without a verdict here stays there."""
        if patch.review_source and patch.review_status in (ReviewStatus.SUBMITTED, ReviewStatus.FINISHED):
            known = records.judgements(self._ws, patch.patch_uid).get(patch.patch_uid)
            if known is None or known.verdict is None:
                return patch
        # What was sent out may be decided at the desk (back by 已套合) or by what came in (on by 已外核).
        if patch.review_status not in (ReviewStatus.JUDGED, ReviewStatus.ASSIGNED):
            states.check_review(patch.patch_id, patch.review_status, ReviewStatus.JUDGED)
        return replace(patch, review_status=ReviewStatus.JUDGED, review_source=None)

    def _verdict(self, verdict: str, *, doubt: bool) -> Optional[Verdict]:
        try:
            chosen = Verdict(verdict) if verdict else None
        except ValueError as error:
            raise WeipianError("E_VERDICT_UNKNOWN", value=verdict) from error
        if chosen is None and not doubt:
            raise WeipianError("E_VERDICT_UNKNOWN", value="（空）")
        return chosen

    def _judgement(self, patch: Patch, decision: _Decision, advice: Advice, pack: RulePack) -> Judgement:
        answers = {key: str(value).strip() for key, value in decision.answers.items() if str(value).strip()}
        return Judgement(
            patch_uid=patch.patch_uid,
            verdict=decision.verdict,
            doubt=decision.doubt,
            sub_type=decision.sub_type,
            basis=decision.basis.strip(),
            rule_ids=tuple(dict.fromkeys(reason.rule_id for reason in advice.reasons)),
            pack_version=pack.version,
            pack_id=pack.id,
            answers=answers,
            advice=advice.headline,
            against_reason=decision.reason,
            by=self.who,
            at=now(),
            judgement_id=str(uuid.uuid4()),
            role=self.role,
            seen=decision.seen,
        )

    def remember(self, patch_uid: str) -> None:
        """Open here next time; a convenience that is no record, so the journal does not hold it."""
        self._ws.note("last_patch", patch_uid)

    # -- 改判 --------------------------------------------------------------------------------------

    def is_revision(self, patch_uid: str, verdict: str) -> bool:
        """Whether this verdict (empty: 存疑 alone) would be 改判; the panel asks for its paper then."""
        patch = self._patch(patch_uid)
        judgement = records.judgements(self._ws, patch_uid).get(patch_uid)
        return revising.concerns(self._ws, patch, judgement, Verdict(verdict) if verdict else None)

    def revisions(self, patch_uid: str = "") -> list[revising.RevisionLine]:
        """改判清单 of one patch or the whole workspace, in order."""
        return revising.lines(self._ws, patch_uid)

    def save_revisions(self, path: Path) -> None:
        """改判清单 as xlsx or csv, by the ending of the name. Raises E_WRITE."""
        revising.write_table(path, self.revisions())

    # -- pace ------------------------------------------------------------------------------------

    def judged_today(self) -> int:
        """How many patches this person gave their verdict today."""
        return counts.judged_on(self._ws, today(), self.who)

    def pace_text(self) -> str:
        """Days from delivery to submission on average, and how many are 已退回 now; empty without either."""
        return pace.text(self._ws)

    # -- the review axis -------------------------------------------------------------------------

    def set_review(self, patch_uid: str, patch_id: str, target: ReviewStatus, note: str = "") -> None:
        """Move the review axis by hand; the note stands in the patch's remark and in the journal.

        Raises:
            WeipianError: E_TRANSITION, E_PATCH_MISMATCH; E_CHECK_RETURNED for what 内审 sent back; E_HAND_IN
                naming what 合法 and 其他 need before they are handed in.
        """
        patch = self._guard(patch_uid, patch_id)
        states.check_review(patch_id, patch.review_status, target)
        if target is ReviewStatus.SUBMITTED:
            self.refuse_returned(patch_uid, patch_id)
            self._refuse_incomplete(patch_uid, patch_id)
        with self._ws.transaction("review", patch_uid, self.who) as change:
            self._put_review(change, patch, target, note)

    def hand_in(self, patch_uid: str) -> tuple[HandInFinding, ...]:
        """What is open before a patch can be handed in, and what of its evidence cannot be believed."""
        return self.patch_view(patch_uid).hand_in

    def _refuse_incomplete(self, patch_uid: str, patch_id: str) -> None:
        """Raise E_HAND_IN while something that blocks is open."""
        open_items = [finding for finding in self.hand_in(patch_uid) if finding.blocking]
        if open_items:
            missing = "；".join(finding.text for finding in open_items)
            remedy = "；".join(dict.fromkeys(finding.remedy.rstrip("。") for finding in open_items))
            raise WeipianError("E_HAND_IN", patch_id=patch_id, missing=missing, remedy=remedy)

    def to_field(self, patch_uid: str, patch_id: str, note: str = "") -> None:
        """转外业: onto the list of what is to be looked at on the spot; a verdict there is stays.

        Raises:
            WeipianError: E_TRANSITION for what is there already or was submitted, E_PATCH_MISMATCH.
        """
        patch = self._guard(patch_uid, patch_id)
        if patch.review_status not in _TO_FIELD:
            raise WeipianError(
                "E_TRANSITION",
                patch_id=patch_id,
                current=patch.review_status.label,
                target=ReviewStatus.ASSIGNED.label,
            )
        with self._ws.transaction("field", patch_uid, self.who) as change:
            self._put_review(change, patch, ReviewStatus.ASSIGNED, note)
        self.remember(patch_uid)

    def _put_review(self, change: Transaction, patch: Patch, target: ReviewStatus, note: str) -> None:
        reason = note.strip() or None if target is ReviewStatus.RETURNED else None
        by_hand = replace(patch, review_status=target, review_source=None, return_reason=reason)
        self._put_patch(change, replace(by_hand, remark=note.strip() or patch.remark))
