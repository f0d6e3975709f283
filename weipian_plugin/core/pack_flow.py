"""The guided flow, cards and minerals of a rule pack as frozen values (dossier 2.2, 2.6, 6).

`workbench/pack_flow.py` fills these from flow.yaml, cards.yaml and minerals.yaml; nothing here reads a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Steps whose state the code can tell, in the order of the plan.
STEP_IDS: tuple[str, ...] = ("legal", "facility", "road", "other", "illegal")


@dataclass(frozen=True)
class FlowQuestion:
    """A question of a step: `field` an AskField id; asked when one of the conditions `when` holds, or always."""

    field: str
    when: tuple[str, ...] = ()
    why: str = ""
    rules: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlowStep:
    """One step of the guided flow. `texts`: sentence templates by state and situation."""

    id: str
    label: str
    source: str = "K"
    verdict: str = ""
    sub_type: str = ""
    clause: str = ""
    why: str = ""
    rules: tuple[str, ...] = ()
    questions: tuple[FlowQuestion, ...] = ()


@dataclass(frozen=True)
class Card:
    """Sentences of a document shown beside a patch when one of the conditions `when` holds."""

    id: str
    label: str
    source: str = "K"
    clause: str = ""
    lines: tuple[str, ...] = ()
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mineral:
    """A 矿种; `strategic`: on the list of strategic minerals."""

    id: str
    label: str
    source: str = "K"
    strategic: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Flow:
    """The whole flow; `attributes`: AskField id -> names of layer attributes it is prefilled from."""

    steps: tuple[FlowStep, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
