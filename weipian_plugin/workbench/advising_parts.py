"""The guided flow, contradictions, forecast, evidence and watches of a patch as plain values for JSON."""

from __future__ import annotations

import math
from typing import Any, Optional

from ..core.areas import mu
from ..core.check_words import worst
from ..core.guide_model import Guide, GuideStep
from ..core.proof import LinkedEvidence
from .session import Session
from .views import PatchView


def parts(session: Session, view: PatchView) -> dict[str, Any]:
    """What stands beside the advice. Without a verdict the forecast is that of the suggestion."""
    verdict = view.judgement.verdict.value if view.judgement and view.judgement.verdict else ""
    sub_type = view.judgement.sub_type if view.judgement and verdict else ""
    foreseen = view
    if not verdict and view.advice.leaning:
        verdict, sub_type = view.advice.leaning, view.advice.sub_type
        foreseen = session.patch_view(view.patch.patch_uid, verdict, sub_type)
    return {
        "strength": view.advice.strength,
        "sub_type": view.advice.sub_type,
        "mineral": view.mineral,
        "mining_mu": _mining(view),
        "guide": _guide(view.guide),
        "contradictions": [
            {"rule_id": c.rule_id, "text": c.text, "clause": c.clause, "source": c.source, "confirmed": c.confirmed}
            for c in view.advice.contradictions
        ],
        "forecast_for": {"verdict": verdict, "sub_type": sub_type, "judged": foreseen is view and bool(verdict)},
        "forecast": [
            {"reason_id": r.reason_id, "label": r.label, "why": r.why, "confirmed": r.confirmed}
            for r in foreseen.forecast
        ],
        "checklist": [
            {
                "id": item.id, "label": item.label, "done": item.done, "have": item.have, "need": item.need,
                "kind": item.kind, "refused": list(item.refused),
            }
            for item in foreseen.checklist
        ],
        "evidence": [_evidence(link) for link in view.evidence],
        "hand_in": [finding.plain() for finding in view.hand_in],
        "watches": [
            {
                "id": w.id, "text": w.text, "source": w.source, "clause": w.clause, "severity": w.severity,
                "patch_ids": list(w.patch_ids),
            }
            for w in view.watches
        ],
    }  # fmt: skip


def _evidence(link: LinkedEvidence) -> dict[str, Any]:
    """A file as the patch sees it, with its checks."""
    return {
        "evidence_id": link.evidence.evidence_id, "file": link.evidence.original_name, "kind": link.evidence.kind,
        "purpose": link.purpose, "sha256": link.evidence.sha256, "source": link.evidence.source,
        "distance_m": None if link.distance_m is None or math.isinf(link.distance_m) else round(link.distance_m, 2),
        "looks_at": link.looks_at, "confidence": link.confidence, "reason": link.reason, "pair": link.pair,
        "shared": list(link.shared), "worst": worst(link.checks), "checks": [check.plain() for check in link.checks],
    }  # fmt: skip


def _mining(view: PatchView) -> Optional[dict[str, str]]:
    """证内 and 证外 亩, None where no mining right was given."""
    inside = [row.area_m2 for row in view.overlay if row.role == "mining_right"]
    if not inside:
        return None
    outside = max(0.0, view.patch.area_m2 - sum(inside))
    return {"inside": str(mu(sum(inside))), "outside": str(mu(outside))}


def _guide(guide: Guide) -> dict[str, Any]:
    return {
        "current": guide.current,
        "steps": [_step(step) for step in guide.steps],
        "cards": [
            {
                "id": card.id,
                "label": card.label,
                "clause": card.clause,
                "source": card.source,
                "lines": list(card.lines),
            }
            for card in guide.cards
        ],
    }


def _step(step: GuideStep) -> dict[str, Any]:
    return {
        "id": step.id, "label": step.label, "verdict": step.verdict, "sub_type": step.sub_type, "state": step.state,
        "text": step.text, "clause": step.clause, "source": step.source, "why": step.why,
        "rule_ids": list(step.rule_ids),
        "questions": [
            {
                "field": q.field.id, "label": q.field.label, "kind": q.field.kind, "choices": list(q.field.choices),
                "unit": q.field.unit, "prefill": q.prefill, "prefill_from": q.prefill_from, "why": q.why,
                "rule_ids": list(q.rule_ids),
            }
            for q in step.questions
        ],
    }  # fmt: skip
