"""What the filters of the queue need of the advice: evidence incomplete, against the advice, area left open."""

from __future__ import annotations

from .views import PatchView


def facts_of(view: PatchView) -> tuple[int, int, int]:
    """(incomplete, against, left) of one patch, 1 yes, 0 no.

    incomplete: something of the checklist of the verdict is not done; without a verdict, the advice lacks something.
    against: the verdict is another one than the advice as it is today points to.
    left: 未整改面积 of an illegal patch is more than 0.
    """
    judgement, advice = view.judgement, view.advice
    verdict = judgement.verdict.value if judgement is not None and judgement.verdict else ""
    incomplete = any(not item.done for item in view.checklist) if verdict else bool(advice.missing)
    against = bool(verdict and advice.leaning and advice.leaning != verdict)
    return int(incomplete), int(against), int(bool(view.open_mu))
