"""What a status table of the official platform says of a patch (dossier 1.6), told by the rule pack's words.

Nothing is guessed: a spelling that the pack does not know, or columns of one row that contradict each other,
are given back as such.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Optional

from .fields import normalise
from .model import ReviewStatus

#: What a state means for the review axis.
MEANINGS: tuple[str, ...] = ("open", "filed", "returned", "finished", "not_returned", "whole", "parent", "child")
#: Columns whose values are states; the others of `COLUMNS` are text.
STATE_FIELDS: tuple[str, ...] = (
    "fill_state", "audit_stage", "return_state", "split_state", "split_review", "city_audit", "province_audit",
)  # fmt: skip
COLUMNS: tuple[str, ...] = ("patch_id", *STATE_FIELDS, "return_reason", "opinion", "updated_on", "task")
#: Columns of which a table must have one to be a status table.
TELLING: tuple[str, ...] = ("fill_state", "audit_stage", "return_state", "split_review", "city_audit", "province_audit")
_TARGETS: Mapping[str, ReviewStatus] = {
    "filed": ReviewStatus.SUBMITTED, "returned": ReviewStatus.RETURNED, "finished": ReviewStatus.FINISHED,
}  # fmt: skip
_PUNCTUATION = re.compile(r"[\s\-_—:：;；,，.。、/\\|()\[\]【】<>《》“”\"'·]+")
_CODE_FIRST = re.compile(r"^(\d+)(\D.*)$")
_CODE_LAST = re.compile(r"^(.*\D)(\d+)$")


@dataclass(frozen=True)
class PlatformState:
    """A state of the platform: its column, code and words, what it means, how far it has come."""

    id: str
    field: str
    label: str
    means: str
    source: str = "P"
    codes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    rank: int = 0
    returnable: bool = False  # a return flag beside it means that this stage gave the patch back


@dataclass(frozen=True)
class PlatformRules:
    """The words of the platform's tables: column -> headers, and the states."""

    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: tuple[PlatformState, ...] = ()

    def match_columns(self, headers: Sequence[str]) -> dict[str, list[str]]:
        """column -> headers that name it, in the order of the pack."""
        plain = {normalise(header): header for header in reversed(headers)}
        return {
            column: [plain[normalise(name)] for name in names if normalise(name) in plain]
            for column, names in self.columns.items()
        }

    def state(self, column: str, text: str) -> Optional[PlatformState]:
        """The state that a cell names by code, word, or both together; None when the pack does not know it."""
        key = state_key(text)
        found = self._lookup(column, key)
        if found is not None:
            return found
        for pattern in (_CODE_FIRST, _CODE_LAST):
            parts = pattern.match(key)
            if parts:
                left, right = (self._lookup(column, part) for part in parts.groups())
                if left is not None and left == right:
                    return left
        return None

    def _lookup(self, column: str, key: str) -> Optional[PlatformState]:
        for state in self.states:
            if state.field == column and key in {state_key(n) for n in (state.label, *state.codes, *state.aliases)}:
                return state
        return None

    def words(self, column: str) -> str:
        """The states of a column as they are listed in a sentence."""
        return "、".join("/".join((*s.codes, s.label)) for s in self.states if s.field == column)


def state_key(text: str) -> str:
    """A cell without blanks, marks and the ".0" of a numeric column, letters folded."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    plain = re.sub(r"^(\d+)\.0+$", r"\1", plain)
    return _PUNCTUATION.sub("", plain)


@dataclass(frozen=True)
class Said:
    """What one row says. `target` None: it does not move the review axis; `conflict`: its columns disagree."""

    states: Mapping[str, PlatformState]
    target: Optional[ReviewStatus] = None
    is_open: bool = False  # not filed yet
    conflict: str = ""
    note: str = ""
    rank: int = 0

    @property
    def filed(self) -> bool:
        """已填报 = 审核结束 + 已打回 + 市级待审核 + 省级待审核 (dossier 1.6 A)."""
        return self.target is not None

    @property
    def label(self) -> str:
        """The state as the platform shows it."""
        stage = self.states.get("audit_stage") or self.states.get("province_audit") or self.states.get("city_audit")
        stage = stage or self.states.get("split_review") or self.states.get("fill_state")
        back = self.states.get("return_state")
        parts = [stage.label if stage else ""]
        if back is not None and back.means == "returned":
            parts.append(back.label)
        return "，".join(part for part in parts if part)


def decide(states: Mapping[str, PlatformState]) -> Said:
    """Put the states of one row together.

    A province's return shows as the city's stage with the return flag (dossier 1.6 A), so a flag beside a stage
    that cannot be returned from contradicts it.
    """
    audit = _audit(states)
    fill = states.get("fill_state")
    back = states.get("return_state")
    flagged = back is not None and back.means == "returned"
    rank = max((state.rank for state in states.values()), default=0)
    conflict = _conflict(audit, fill, back) if audit is not None else ""
    if conflict:
        return Said(states, conflict=conflict, rank=rank)
    if audit is not None:
        means = "returned" if flagged else audit.means
        return Said(states, _TARGETS.get(means), is_open=means == "open", rank=rank)
    if flagged or (fill is not None and fill.means == "returned"):
        return Said(states, ReviewStatus.RETURNED, rank=rank)
    if fill is None:
        return Said(states, rank=rank)
    note = f"表中为“{fill.label}”而没有审核阶段，按已填报登记" if fill.means == "finished" else ""
    if fill.means == "open":
        return Said(states, is_open=True, rank=rank)
    return Said(states, ReviewStatus.SUBMITTED, note=note, rank=rank)


def _audit(states: Mapping[str, PlatformState]) -> Optional[PlatformState]:
    """The state that tells the stage of the review: the highest level that has said something."""
    if "audit_stage" in states:
        return states["audit_stage"]
    for name in ("province_audit", "city_audit"):
        found = states.get(name)
        if found is not None and found.means != "not_returned":
            return found
    review = states.get("split_review")
    return review if review is not None and review.means == "finished" else None


def _conflict(audit: PlatformState, fill: Optional[PlatformState], back: Optional[PlatformState]) -> str:
    told = "、".join(f"“{state.label}”" for state in (audit, fill, back) if state is not None)
    flagged = back is not None and back.means == "returned"
    if flagged and audit.means != "returned" and not audit.returnable:
        return f"审核阶段与打回状态矛盾：{told}"
    if fill is None:
        return ""
    if fill.means == "open" and audit.means in ("filed", "finished") and not flagged:
        return f"填报状态与审核阶段矛盾：{told}"
    if fill.means == "returned" and audit.means in ("filed", "finished") and not flagged:
        return f"填报状态与审核阶段矛盾：{told}"
    if audit.means == "open" and fill.means in ("filed", "finished"):
        return f"填报状态与审核阶段矛盾：{told}"
    return ""
