"""Use case: advice on every patch, as words, rule ids and numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..core.areas import issued_cropland, issued_prime, mu
from ..core.feedback import Feedback, stop_if_cancelled
from .advising_parts import parts
from .session import Session


def advise_all(folder: Path, who: str, feedback: Feedback, pack: str = "") -> dict[str, Any]:
    """patch_id -> suggestion, reasons with rule id and clause, figures in 亩, missing evidence. Changes nothing."""
    result: dict[str, Any] = {}
    with Session.open(Path(folder), who) as session:
        session.judge_with(pack)
        patches = session.patches()
        for number, patch in enumerate(patches):
            stop_if_cancelled(feedback)
            feedback.progress(100 * number / max(1, len(patches)))
            view = session.patch_view(patch.patch_uid)
            advice, summary = view.advice, view.summary
            crop, prime = issued_cropland(patch, summary), issued_prime(patch, summary)
            result[patch.patch_id] = {
                "pack": None if view.pack is None else f"{view.pack.id} {view.pack.version}",
                "suggestion": advice.headline,
                "leaning": advice.leaning,
                "doubt": advice.doubt,
                "rules": [vars(reason) for reason in advice.reasons],
                "missing": list(advice.missing),
                "areas_mu": None
                if summary is None
                else {
                    key: None if getattr(summary, key) is None else str(getattr(summary, key))
                    for key in (
                        "total", "cropland", "agri_other", "unused", "construction", "unknown", "uncovered",
                        "duplicate", "prime", "redline", "urban",
                    )
                },
                "cropland_basis": None if summary is None or not summary.has_landuse else summary.basis,
                "issued_mu": {
                    "cropland": None if crop is None else str(crop), "prime": None if prime is None else str(prime),
                },
                "gaps": [
                    {"mu": str(mu(float(d["gap_m2"]))), "width_m": d.get("gap_width_m"), "wkt": d.get("gap_wkt")}
                    for row in view.overlay if row.role == "approved_union" for d in row.detail if d.get("gap_m2")
                ],
                "registers": [
                    {
                        "entry_id": m.entry.entry_id, "register": m.entry.register, "doc_no": m.entry.doc_no,
                        "approved_m2": m.entry.approved_m2, "how": m.how, "certain": m.certain, "reason": m.label,
                    }
                    for m in view.registers
                ],
                **parts(session, view),
            }  # fmt: skip
    return {"patches": result, "pack_version": session.pack.version}
