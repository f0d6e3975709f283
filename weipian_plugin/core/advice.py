"""Advice on one patch and the evidence checklist. Pure: facts in, sentences out; a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Union

from .advice_model import Advice, CheckItem, Facts, Reason
from .model import LinkedEvidence, Verdict
from .rulepack import Requirement, RulePack

__all__ = ["Advice", "CheckItem", "Facts", "Reason", "checklist"]


def checklist(pack: RulePack, verdict: Union[str, Verdict, None], sub_type: str, facts: Facts) -> tuple[CheckItem, ...]:
    """The evidence that `verdict` / `sub_type` needs and how much of it is there (dossier 2.4).

    An empty or unknown sub-type falls back to what the verdict itself needs; no verdict, no list.
    """
    key = verdict.value if isinstance(verdict, Verdict) else (verdict or "")
    return tuple(_check(r, facts) for r in pack.requires(key, sub_type))


def _check(requirement: Requirement, facts: Facts) -> CheckItem:
    have = _have(requirement, facts)
    return CheckItem(
        id=requirement.id,
        label=requirement.label,
        done=have >= requirement.minimum,
        have=have,
        need=requirement.minimum,
        kind=requirement.kind,
        hint=requirement.hint,
        confirmed=requirement.confirmed,
    )


def _have(requirement: Requirement, facts: Facts) -> int:
    if requirement.kind == "fact":
        return int(bool(facts.answer(requirement.field or requirement.id)))
    if requirement.kind == "map":
        return int(bool(facts.overlay))
    return count_evidence(requirement, facts.evidence)


def count_evidence(requirement: Requirement, evidence: Sequence[LinkedEvidence]) -> int:
    """How many linked files count towards `requirement`."""
    purposes = {requirement.id, *requirement.also}
    return sum(1 for link in evidence if link.purpose in purposes and _usable(requirement, link))


def _usable(requirement: Requirement, link: LinkedEvidence) -> bool:
    if requirement.kind != "photo":
        return True  # a scanned document may well be a picture
    if link.evidence.kind != "photo":
        return False
    tests = {
        "position": link.evidence.lon is not None and link.evidence.lat is not None,
        "azimuth": link.evidence.azimuth is not None,
        "not_away": link.looks_at is not False,
        "aim": link.looks_at is True,
    }
    return all(tests[need] for need in requirement.needs)
