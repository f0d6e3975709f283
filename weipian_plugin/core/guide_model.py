"""What the guided flow, the forecast of being returned and the watched thresholds say, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass

from .pack_flow import Card
from .rulepack import AskField

#: States of a step.
FITS, FAILS, OPEN, SKIPPED = "fits", "fails", "open", "skipped"
STATE_LABELS = {FITS: "符合", FAILS: "不符合", OPEN: "待定", SKIPPED: "不用看"}


@dataclass(frozen=True)
class GuideQuestion:
    """A fact to ask. `prefill` is a suggestion only (or what was answered), `prefill_from` says whose."""

    field: AskField
    prefill: str = ""
    prefill_from: str = ""
    why: str = ""
    rule_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class GuideStep:
    """One step: `state` fits | fails | open | skipped, `text` says why in plain words with the numbers."""

    id: str
    label: str
    verdict: str
    sub_type: str
    state: str
    text: str
    clause: str
    source: str
    why: str
    rule_ids: tuple[str, ...]
    questions: tuple[GuideQuestion, ...]

    @property
    def state_label(self) -> str:
        """The state in Chinese."""
        return STATE_LABELS.get(self.state, self.state)


@dataclass(frozen=True)
class Guide:
    """The steps in order; `current` is the id of the first that fits or is open, empty when none is."""

    steps: tuple[GuideStep, ...] = ()
    current: str = ""
    cards: tuple[Card, ...] = ()  # e.g. 八不准 beside a house


@dataclass(frozen=True)
class ReturnRisk:
    """A reason of the reviewers that is likely to be given; `confirmed` False: 未经核实."""

    reason_id: str
    label: str
    why: str
    confirmed: bool = True


@dataclass(frozen=True)
class Watch:
    """A threshold that is reached. `patch_ids`: the others that it adds up with; `severity` warn | high."""

    id: str
    text: str
    source: str = "K"
    clause: str = ""
    severity: str = "warn"
    patch_ids: tuple[str, ...] = ()
