"""Single EXIF values as Python sees them: numbers, texts, times. Whatever is malformed is None, never 0."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

CHINA = timezone(timedelta(hours=8))
_WHEN = re.compile(r"(\d{4})[:\-/.](\d{2})[:\-/.](\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?([+-]\d{2}:\d{2}|Z)?")
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})")


def raw(tags: Mapping[str, Any], *names: str) -> Any:
    """The values of the first of these tags that is there."""
    for name in names:
        if name in tags:
            return tags[name].values
    return None


def text(tags: Mapping[str, Any], *names: str) -> str:
    """A tag as text; cameras pad with NUL and spaces, and some write bytes that are no UTF-8."""
    value = raw(tags, *names)
    if isinstance(value, list) and value and all(isinstance(v, int) and 0 <= v < 256 for v in value):
        value = bytes(value)
    if isinstance(value, bytes):
        value = value.decode("gb18030", "replace")
    if not isinstance(value, str):
        return ""
    return "".join(c if c.isprintable() else " " for c in value).strip()


def to_float(value: Any) -> Optional[float]:
    """One EXIF number; None for x/0, 0/0, NaN and what is no number."""
    if isinstance(value, (tuple, list)):
        value = value[0] if len(value) == 1 else None
    try:
        if hasattr(value, "den"):
            return value.num / value.den if value.den else None
        number = float(value)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if math.isfinite(number) else None


def number(tags: Mapping[str, Any], *names: str) -> Optional[float]:
    """A tag that holds one number."""
    return to_float(raw(tags, *names))


def within(value: Optional[float], low: float, high: float) -> Optional[float]:
    """The number if it lies in [low, high]."""
    return value if value is not None and low <= value <= high else None


def zone_of(written: str) -> Optional[timezone]:
    """`+08:00`, `+0800`, `Z`; None for what is no offset."""
    if written.upper() in ("Z", "UTC"):
        return timezone.utc
    found = _OFFSET.fullmatch(written)
    if not found or int(found.group(2)) > 14 or int(found.group(3)) > 59:
        return None
    minutes = int(found.group(2)) * 60 + int(found.group(3))
    return timezone(timedelta(minutes=-minutes if found.group(1) == "-" else minutes))


def when(written: str, zone: Optional[timezone]) -> tuple[Optional[str], bool]:
    """ISO text with offset of an EXIF time (None if it is no time), and whether Beijing time had to be assumed."""
    found = _WHEN.match(written)
    if not found:
        return None, False
    zone = zone or zone_of(found.group(7) or "")
    parts = [int(part) for part in found.groups()[:6]]
    try:
        made = datetime(*parts, tzinfo=zone or CHINA)  # type: ignore[arg-type, misc]
    except ValueError:
        return None, False
    return made.isoformat(), zone is None
