"""Dates as offices write them, with their precision: a month is an interval, not its first day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Optional

_SPLIT = re.compile(r"^(\d{4})\s*[-/.:年]\s*(\d{1,2})(?:\s*[-/.:月]\s*(\d{1,2}))?\s*[月日]?(?:[T\s]+.*)?$")
_SOLID = re.compile(r"^(\d{4})(\d{2})(\d{2})?(?:[T\s]+.*)?$")
_LONG = re.compile(r"^(\d{4})(\d{2})(\d{2})\d{6}$")
_YEAR = re.compile(r"^(\d{4})\s*年?$")


@dataclass(frozen=True)
class Span:
    """The days that a written date may mean, both inclusive, as ISO text (so they compare as text)."""

    first: str
    last: str

    @property
    def shown(self) -> str:
        """The day, or from when to when where no day was written."""
        return self.first if self.first == self.last else f"{self.first} 至 {self.last}"

    def before(self, other: Span) -> bool:
        """Certainly earlier than `other`."""
        return self.last < other.first

    def after(self, other: Span) -> bool:
        """Certainly later than `other`."""
        return self.first > other.last


def parse_date(text: Optional[str]) -> Optional[Span]:
    """Read `2025-03-01`, `20250301`, `2025/3/1 00:00:00`, `2025年3月`, `2025.3`, `202503`, `2025`.

    Returns:
        None for empty text and for what is no date (`2025-13-40`); never a guess.
    """
    value = (text or "").strip()
    for pattern in (_SPLIT, _LONG, _SOLID, _YEAR):
        found = pattern.match(value)
        if found:
            parts = [int(g) for g in found.groups() if g]
            return _span(parts)
    return None


def plus_years(day: str, years: int) -> str:
    """The same day `years` later, 28 February for a 29th that the year has not; ISO text."""
    found = date.fromisoformat(day)
    try:
        return found.replace(year=found.year + years).isoformat()
    except ValueError:
        return found.replace(year=found.year + years, day=28).isoformat()


def _span(parts: list[int]) -> Optional[Span]:
    year, rest = parts[0], parts[1:]
    if not rest:
        return Span(f"{year:04d}-01-01", f"{year:04d}-12-31") if year else None
    try:
        first = date(year, rest[0], rest[1] if len(rest) > 1 else 1)
        if len(rest) > 1:
            return Span(first.isoformat(), first.isoformat())
        following = date(year + rest[0] // 12, rest[0] % 12 + 1, 1)
    except ValueError:
        return None
    return Span(first.isoformat(), date.fromordinal(following.toordinal() - 1).isoformat())
