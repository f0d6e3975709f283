"""What a person may put right about a patch itself: class, level, village, person, deadline, area in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Optional

from ..core import areas
from ..core.errors import WeipianError
from ..core.model import SQUARE_METRES, Patch, ReviewStatus
from .acting import Acting
from .clock import check_date

#: `level_source` of a level that a person chose; the others are issued and derived (from the class).
MANUAL = "manual"
#: How an adopted area that a person entered names its source, with the reason behind it.
BY_HAND = "手工"
LEVELS = (1, 2, 3)


@dataclass(frozen=True)
class PatchFacts:
    """The facts as they stand in the form; texts are stripped, an empty one means: not known.

    `adopted_mu` (亩) empty means that the computed (or issued) area counts; `adopted_reason` says why another does.
    """

    monitor_class: str = ""
    level: Optional[int] = None
    village: str = ""
    assignee: str = ""
    due_on: str = ""
    adopted_mu: str = ""
    adopted_reason: str = ""


def facts_of(patch: Patch) -> PatchFacts:
    """What the form starts with. An area adopted by 平差, a drawing or the delivery is not in it: it is no entry."""
    source = patch.adopted_source or ""
    by_hand = source.startswith(BY_HAND) and patch.adopted_area_m2 is not None
    return PatchFacts(
        monitor_class=patch.monitor_class or "",
        level=patch.monitor_level,
        village=patch.village_name or "",
        assignee=patch.assignee or "",
        due_on=patch.due_on or "",
        adopted_mu=str(areas.mu(patch.adopted_area_m2 or 0)) if by_hand else "",
        adopted_reason=source.partition("：")[2] if by_hand else "",
    )


class FactWork(Acting):
    """The part of a session that puts facts of a patch right; one action, undoable."""

    def set_facts(self, patch_uid: str, patch_id: str, facts: PatchFacts) -> bool:
        """Save what differs; False when nothing does.

        Raises:
            WeipianError: E_PATCH_MISMATCH, E_PATCH_VOID, E_LEVEL, E_CLASS_UNKNOWN, E_DATE_INVALID, E_AREA_INVALID,
                E_ADOPTED when the area of a part of a split is to change, or no reason is given.
        """
        patch = self._guard(patch_uid, patch_id)
        if patch.review_status is ReviewStatus.VOID:
            raise WeipianError("E_PATCH_VOID", patch_id=patch_id)
        before = facts_of(patch)
        changed = replace(
            self._classed(patch, before, facts),
            village_name=facts.village.strip() or None,
            assignee=facts.assignee.strip() or None,
            due_on=check_date(facts.due_on) or None,
        )
        if (facts.adopted_mu.strip(), facts.adopted_reason.strip()) != (before.adopted_mu, before.adopted_reason):
            changed = _adopt(changed, facts)
        if changed == replace(patch, village_name=patch.village_name or None, assignee=patch.assignee or None,
                              due_on=patch.due_on or None):  # fmt: skip
            return False
        with self.acting("facts", patch_uid) as change:
            self._put_patch(change, changed)
        return True

    def _classed(self, patch: Patch, before: PatchFacts, facts: PatchFacts) -> Patch:
        """Class and level. A level left alone follows a newly chosen class where nobody issued one."""
        name = facts.monitor_class.strip()
        if name != before.monitor_class:
            found = self.pack_for(patch.batch_id).monitor_class(name) if name else None
            if name and found is None:
                raise WeipianError("E_CLASS_UNKNOWN", value=name)
            patch = replace(patch, monitor_class=found.id if found else None)
            if found and facts.level == before.level and patch.level_source not in ("issued", MANUAL):
                return replace(patch, monitor_level=found.level, level_source="derived" if found.level else None)
        if facts.level == before.level:
            return patch
        if facts.level is not None and facts.level not in LEVELS:
            raise WeipianError("E_LEVEL", value=facts.level)
        return replace(patch, monitor_level=facts.level, level_source=MANUAL if facts.level else None)


def _adopt(patch: Patch, facts: PatchFacts) -> Patch:
    """The area in force by hand, or back to what was measured."""
    if patch.split_state == "child":
        raise WeipianError("E_ADOPTED", reason="拆分出的图斑面积之和要与原图斑相等，不能单独改")
    text, reason = facts.adopted_mu.strip(), facts.adopted_reason.strip()
    if not text:
        return replace(patch, adopted_area_m2=None, adopted_source=None)
    try:
        amount: Decimal = areas.parse_mu(text)
    except ValueError as error:
        raise WeipianError("E_AREA_INVALID", value=text) from error
    if amount <= 0:
        raise WeipianError("E_AREA_INVALID", value=text)
    if not reason:
        raise WeipianError("E_ADOPTED", reason="没有写采用这个面积的理由")
    return replace(patch, adopted_area_m2=float(amount) * SQUARE_METRES["mu"], adopted_source=f"{BY_HAND}：{reason}")
