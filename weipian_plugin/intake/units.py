"""The unit of the issued areas: named in the header, else measured against the geometry, else asked."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from .model import UNIT_LABELS, Question

#: issued / computed m² for each unit (dossier 3.1).
_RATIOS = {"m2": 1.0, "mu": 0.0015, "ha": 0.0001}
#: The units are a factor 6.7 apart at least; a median further off than this is not decided.
_TOLERANCE = 0.1


def measured(pairs: Sequence[tuple[float, float]]) -> tuple[str, str]:
    """(unit, Chinese reason) from (issued, computed m²) of patches; unit "" when undecidable."""
    ratios = [issued / computed for issued, computed in pairs if issued > 0 and computed > 0]
    if not ratios:
        return "", "没有可以比对的面积"
    middle = median(ratios)
    for unit, expected in _RATIOS.items():
        if abs(middle / expected - 1) <= _TOLERANCE:
            reason = f"与图形面积比对 {len(ratios)} 个图斑，比值中位数 {middle:.6g}，单位是{UNIT_LABELS[unit]}"
            return unit, reason
    return "", f"与图形面积比对 {len(ratios)} 个图斑，比值中位数 {middle:.6g}，不接近任何一种单位"


def question(header: str, reason: str) -> Question:
    """Ask for the unit of a column."""
    text = f"面积字段“{header}”的单位是什么？（{reason}）"
    return Question("unit", text, tuple(UNIT_LABELS.items()))
