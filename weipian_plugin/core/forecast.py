"""Which reasons for being returned the reviewers may give (dossier 2.4): a hint before handing in.

The reasons and when they are to be expected are data of the pack (returns.yaml).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .advice_case import Case, show_mu
from .advice_model import CheckItem, Facts
from .conditions import doubtful_evidence, foreign_evidence, holds, late_documents, mismatched_evidence
from .contradictions import contradictions
from .guide_model import ReturnRisk
from .rulepack import ReturnReason, RulePack

__all__ = ["WHY_VALUES", "ReturnRisk", "forecast", "forecast_case"]

#: What the sentence of a reason may name.
WHY_VALUES = frozenset(
    {"area", "cropland", "prime", "redline", "uncovered", "type", "have", "need", "contradictions",
     "foreign", "mismatched", "doubtful", "late", "fraud"}
)  # fmt: skip


def forecast(
    pack: RulePack, facts: Facts, verdict: str, sub_type: str, items: Sequence[CheckItem]
) -> tuple[ReturnRisk, ...]:
    """The reasons to expect for `verdict` / `sub_type`, in pack order; none without a verdict.

    Args:
        items: the checklist of that choice (`advice.checklist`).
    """
    if not verdict:
        return ()
    return forecast_case(Case(pack, replace(facts, verdict=verdict, sub_type=sub_type)), items)


def forecast_case(case: Case, items: Sequence[CheckItem]) -> tuple[ReturnRisk, ...]:
    """As `forecast`, for a case whose facts hold the choice."""
    if not case.facts.chosen[0]:
        return ()
    by_id = {item.id: item for item in items}
    found = []
    for reason in case.pack.return_reasons:
        item = by_id.get(reason.requirement)
        if reason.why and _concerns(case, reason) and _expected(case, reason, item):
            found.append(ReturnRisk(reason.id, reason.label, _why(case, reason, item), reason.confirmed))
    return tuple(found)


def _concerns(case: Case, reason: ReturnReason) -> bool:
    verdict, sub_type = case.facts.chosen
    if reason.verdicts and verdict not in reason.verdicts:
        return False
    found = case.pack.sub_type(verdict, sub_type)
    if not reason.sub_types:
        return True
    return bool(reason.verdicts) if found is None else found.id in reason.sub_types


def _expected(case: Case, reason: ReturnReason, item: object) -> bool:
    if isinstance(item, CheckItem) and not item.done:
        return True
    return bool(reason.when) and holds(case, reason.when)


def _why(case: Case, reason: ReturnReason, item: object) -> str:
    known = item if isinstance(item, CheckItem) else None
    uncovered = case.uncovered
    values = {
        "area": show_mu(case.total),
        "cropland": show_mu(case.cropland) if case.knows_cropland else "不明",
        "prime": show_mu(case.prime) if case.knows_prime else "不明",
        "redline": show_mu(case.area("eco_redline")) if case.given("eco_redline") else "不明",
        "uncovered": "不明" if uncovered is None else show_mu(uncovered),
        "type": case.pack.patch_type_label(case.patch_type) or "没有填写",
        "have": str(known.have if known else 0),
        "need": str(known.need if known else 1),
        "contradictions": "；".join(item.text for item in contradictions(case)),
        "foreign": _listed(foreign_evidence(case)) or "有照片的拍摄点离图斑太远，或背对图斑",
        "fraud": "填写了骗取批准的疑点" if holds(case, ("fraud_suspected",)) else "",
        "mismatched": _listed(mismatched_evidence(case)),
        "doubtful": _listed(doubtful_evidence(case)),
        "late": _listed(late_documents(case)),
    }
    # A sentence may name several things of which only some are there.
    return "；".join(part for part in reason.why.format(**values).split("；") if part)


def _listed(texts: tuple[str, ...], most: int = 3) -> str:
    return "；".join(texts[:most]) + (f"；等 {len(texts)} 处" if len(texts) > most else "")
