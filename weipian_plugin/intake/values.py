"""Values of a delivery's cells: dates, levels, classes, numbers, codes. Unknown spellings stay as they are."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Optional

from ..core.dates import parse_date
from ..core.fields import normalise
from ..core.model import SQUARE_METRES
from .model import ClassTable

_NUMBER_TAIL = re.compile(r"^(\d+)\.0+$")
_THOUSANDS = re.compile(r"^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$")
_AREA_UNIT = re.compile(r"(?<=\d)\s*(亩|平方米|平米|公顷|m2|hm2)$", re.IGNORECASE)
_LEVELS = {"一": 1, "二": 2, "三": 3, "壹": 1, "贰": 2, "叁": 3, "1": 1, "2": 2, "3": 3, "i": 1, "ii": 2, "iii": 3}
_LEVEL = re.compile(r"^第?(一|二|三|壹|贰|叁|iii|ii|i|[123])(?:\.0+)?(?:级|类)?(?:监测|图斑)?(?:等级|级别)?$")


def text(value: Optional[str]) -> str:
    """A cell without blanks around it; "" for null."""
    return (value or "").strip()


def code(value: Optional[str]) -> str:
    """An id or code: opaque text, only the ".0" that a numeric column adds is taken off."""
    cell = text(value)
    found = _NUMBER_TAIL.match(cell)
    return found.group(1) if found else cell


def date(value: Optional[str]) -> Optional[str]:
    """20251006, 2025/10/6, 2025年10月6日 -> 2025-10-06; 202510 -> 2025-10; other text as it is."""
    cell = unicodedata.normalize("NFKC", code(value))
    if not cell:
        return None
    span = parse_date(cell)
    if span is None or span.first[:7] != span.last[:7]:  # no date, or only a year
        return cell
    return span.first if span.first == span.last else span.first[:7]


def number(value: Optional[str]) -> Optional[float]:
    """A finite number, thousands separators and an area unit allowed; None for anything else (1,5 may be 1.5 or 15)."""
    cell = _AREA_UNIT.sub("", unicodedata.normalize("NFKC", text(value)))
    if _THOUSANDS.match(cell):
        cell = cell.replace(",", "")
    try:
        result = float(cell)
    except ValueError:
        return None
    return result if math.isfinite(result) else None


def square_metres(area: float, unit: str) -> float:
    """An area in m2, mu (亩, 2000/3 m²) or ha as m²."""
    return area * SQUARE_METRES[unit]


def level(value: Optional[str]) -> Optional[int]:
    """一级, 1, Ⅰ, 一, 1级 -> 1 …; None for anything else."""
    found = _LEVEL.match(normalise(value)) if value else None
    return _LEVELS[found.group(1)] if found else None


def class_index(table: ClassTable) -> ClassTable:
    """The table by comparable spelling: labels and ids, the final 类 taken off."""
    index = {}
    for name, entry in table.items():
        index[_class_key(entry[0])] = entry
        index[_class_key(name)] = entry
    return index


def _class_key(name: str) -> str:
    return normalise(name).rstrip("类")


def monitor_class(value: Optional[str], index: ClassTable) -> Optional[tuple[str, Optional[int]]]:
    """(id, level) of a class named by its label or id, from `class_index`."""
    return index.get(_class_key(value)) if value else None


def patch_type(value: Optional[str]) -> Optional[str]:
    """TBLX; 1–4 are also written 01–04 (dossier 3.1)."""
    cell = code(value)
    return (cell.zfill(2) if cell in ("1", "2", "3", "4") else cell) or None
