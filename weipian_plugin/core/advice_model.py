"""What the advice engine is given and what it says, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Optional

from .areas import AreaSummary
from .model import CaseAction, Judgement, OverlayRow, Patch
from .proof import LinkedEvidence
from .registers import RegisterMatch
from .rulepack import UNCONFIRMED_MARK, is_confirmed


@dataclass(frozen=True)
class Facts:
    """Everything known about one patch. `today` is an ISO date, empty when not known.

    `answers` are facts typed but not saved yet; they go before those of the judgement, also when emptied.
    """

    patch: Patch
    summary: Optional[AreaSummary] = None
    overlay: Sequence[OverlayRow] = ()
    evidence: Sequence[LinkedEvidence] = ()
    judgement: Optional[Judgement] = None
    today: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    registers: Sequence[RegisterMatch] = ()  # entries of approval registers on this patch
    registers_given: Sequence[str] = ()  # roles that a register was read for, met or not
    measured_width_m: Optional[float] = None  # median along the middle line, None unless elongated (geo.width)
    elongation: Optional[float] = None  # length of the middle line in widths, None unless elongated
    actions: Sequence[CaseAction] = ()  # steps of the case in force
    verdict: str = ""  # a choice that is not saved yet, with its sub-type; before those of the judgement
    sub_type: str = ""

    @property
    def chosen(self) -> tuple[str, str]:
        """(verdict, sub-type) as chosen or saved, empty where nothing was."""
        if self.verdict:
            return self.verdict, self.sub_type
        if self.judgement is None or self.judgement.verdict is None:
            return "", ""
        return self.judgement.verdict.value, self.sub_type or self.judgement.sub_type

    def answer(self, key: str) -> str:
        """A fact the clerk entered, stripped, empty when it was not."""
        saved = self.judgement.answers if self.judgement else {}
        value = self.answers[key] if key in self.answers else saved.get(key)
        return str(value or "").strip()


@dataclass(frozen=True)
class Reason:
    """Why: `text` holds the numbers (亩), `clause` and `source` (dossier tag) where it comes from."""

    rule_id: str
    text: str
    clause: str = ""
    source: str = "K"
    severity: str = "info"  # info | warn | high

    @property
    def confirmed(self) -> bool:
        """False when the rule behind it must be marked 未经核实."""
        return is_confirmed(self.source)

    @property
    def display(self) -> str:
        """The sentence with its rule id, as shown and printed."""
        mark = "" if self.confirmed else f"（{UNCONFIRMED_MARK}）"
        return f"{self.text}〔{self.rule_id}〕{mark}"


@dataclass(frozen=True)
class Contradiction:
    """What was filled in does not agree with what is known; a hint to look again, never a verdict."""

    rule_id: str
    text: str
    clause: str = ""
    source: str = "K"

    @property
    def confirmed(self) -> bool:
        """False when the rule behind it must be marked 未经核实."""
        return is_confirmed(self.source)


@dataclass(frozen=True)
class Advice:
    """Advice, never a verdict: where the facts point, and what is missing."""

    leaning: Optional[str] = None  # legal | illegal | other | None: cannot be told
    doubt: bool = True  # 存疑
    headline: str = ""
    strength: str = ""  # 事实较充分 | 事实不充分 | 存疑
    reasons: tuple[Reason, ...] = ()
    missing: tuple[str, ...] = ()
    sub_type: str = ""  # the sub-type that the facts point to, empty when none
    contradictions: tuple[Contradiction, ...] = ()

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The rules named, each once, in order."""
        return tuple(dict.fromkeys(r.rule_id for r in self.reasons))


@dataclass(frozen=True)
class CheckItem:
    """One line of the evidence checklist."""

    id: str
    label: str
    done: bool
    have: int
    need: int
    kind: str = "document"  # photo | document | fact | map
    hint: str = ""
    confirmed: bool = True  # False: marked 未经核实
    refused: tuple[str, ...] = ()  # files that are here for it and do not count, each with why
