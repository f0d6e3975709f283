"""The unit of the issued areas: named in the header, else measured against the geometry, else asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from .model import UNIT_LABELS, Question

#: issued / computed m² for each unit (dossier 3.1).
_RATIOS = {"m2": 1.0, "mu": 0.0015, "ha": 0.0001}
#: The units are a factor 6.7 apart at least; a median further off than this is not decided.
_TOLERANCE = 0.1
#: Other words for a unit -> the unit.
SPELLINGS: Mapping[str, str] = {
    "平方米": "m2", "平米": "m2", "㎡": "m2", "m²": "m2", "sqm": "m2", "亩": "mu", "公顷": "ha", "hm2": "ha",
}  # fmt: skip


def measured(pairs: Sequence[tuple[float, float]]) -> tuple[str, str, float]:
    """(unit, Chinese reason, median ratio) from (issued, computed m²); unit "" when undecidable, ratio 0 for none."""
    ratios = [issued / computed for issued, computed in pairs if issued > 0 and computed > 0]
    if not ratios:
        return "", "没有可以比对的面积", 0.0
    middle = median(ratios)
    for unit, expected in _RATIOS.items():
        if abs(middle / expected - 1) <= _TOLERANCE:
            reason = f"与图形面积比对 {len(ratios)} 个图斑，比值中位数 {middle:.6g}，单位是{UNIT_LABELS[unit]}"
            return unit, reason, middle
    return "", f"与图形面积比对 {len(ratios)} 个图斑，比值中位数 {middle:.6g}，不接近任何一种单位", middle


def question(header: str, reason: str, first: str = "") -> Question:
    """Ask for the unit of a column; `first` is the most plausible one."""
    text = f"面积字段“{header}”的单位是什么？（{reason}）"
    return Question("unit", text, tuple(sorted(UNIT_LABELS.items(), key=lambda item: item[0] != first)))
