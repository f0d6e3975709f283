"""Days and times in the text of a watermark, in the ways that cameras and people write them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Optional

_HALF = r"(?P<half{0}>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜间|[AaPp][Mm])?"
_DATE = re.compile(
    r"(?<!\d)(?P<y>(?:19|20)\d{2})\s*(?:[-./年]\s*(?P<m>\d{1,2})\s*[-./月]\s*(?P<d>\d{1,2})(?!\d)\s*日?"
    r"|(?P<m2>\d{2})(?P<d2>\d{2})(?=\D|$|\d{6}(?:\D|$)))"
)
_CLOCK = re.compile(
    r"(?<![\d.:°])" + _HALF.format("") + r"\s*(?P<h>\d{1,2})\s*(?:[:时点]\s*(?P<i>\d{2}|\d(?='))?(?!\d)\s*'?"
    r"\s*(?::?\s*(?P<s>\d{2})(?:\.\d+)?\s*\"?(?![\d.]))?)\s*(?P<half2>[AaPp]\.?[Mm]\.?)?"
    r"(?P<zone>\s*(?:Z|[+-]\d{2}:\d{2}))?"
)
_LOOSE_CLOCK = re.compile(r"(?<![\d.:])(?P<h>\d{1,2}):(?P<i>\d{2})(?![\d:.])")
_LAST_CLOCK = re.compile(r"(?<=[\s,;])(?P<h>\d{2})(?P<i>\d{2})\s*$")
_BARE_CLOCK = re.compile(r"^\s*(?P<h>\d{1,2}):?(?P<i>\d{2})(?::?(?P<s>\d{2}))?\s*$")
_SOLID_CLOCK = re.compile(r"^[\s_T-]*(?P<h>\d{2})(?P<i>\d{2})(?P<s>\d{2})(?!\d)")


def take_time(text: str) -> tuple[str, str]:
    """(ISO instant or day, the text without it). Clocks of watermarks are China's."""
    found = _DATE.search(text)
    if found is None:
        return "", text
    year, month, day = int(found["y"]), int(found["m"] or found["m2"]), int(found["d"] or found["d2"])
    try:
        date = datetime(year, month, day)  # noqa: DTZ001 - its zone is written out below
    except ValueError:
        return "", text
    before, after = text[: found.start()], text[found.end() :]
    solid = _SOLID_CLOCK.match(after)
    clock = solid or _CLOCK.search(after) or _CLOCK.search(before)
    rest = f"{before} ; {after}"
    if clock is None:
        return date.date().isoformat(), rest
    groups = clock.groupdict()
    hour = _hour(int(groups["h"]), (groups.get("half") or groups.get("half2") or "").upper().replace(".", ""))
    minute, second = int(groups["i"] or 0), int(groups.get("s") or 0)
    if hour is None or minute > 59 or second > 59:
        return date.date().isoformat(), rest
    if clock.string is before:
        rest = f"{before[: clock.start()]} ; {before[clock.end() :]} ; {after}"
    else:
        rest = f"{before} ; {after[: clock.start()]} ; {after[clock.end() :]}"
    zone = (groups.get("zone") or "").strip()
    offset = {"": "+08:00", "Z": "+00:00"}.get(zone, zone)
    return f"{date.date().isoformat()}T{hour:02d}:{minute:02d}:{second:02d}{offset}", rest


def take_clock(text: str, day: str) -> tuple[str, str]:
    """A time whose day is known from elsewhere: 09:30 anywhere, 0930 as the last of several words."""
    found = _LOOSE_CLOCK.search(text) or _LAST_CLOCK.search(text)
    if found is None:
        return "", text
    taken_at, _rest = take_time(f"{day[:10]} {found['h']}:{found['i']}:00")
    if "T" not in taken_at:
        return "", text
    return taken_at, f"{text[: found.start()]} ; {text[found.end() :]}"


def take_bare_clock(text: str, day: str) -> str:
    """Instant on a known day (ISO) of a text that is a time and nothing else: 9:30 or 0930; empty where it is not."""
    bare = _BARE_CLOCK.match(text)
    if bare is None:
        return ""
    taken_at, _rest = take_time(f"{day[:10]} {bare['h']}:{bare['i']}:{bare['s'] or '00'}")
    return taken_at if "T" in taken_at else ""


def _hour(hour: int, half: str) -> Optional[int]:
    """Hour of the day; None where it is none or could be two."""
    if hour > 23:
        return None
    if hour > 12 or not half:
        return hour
    if half in ("凌晨", "清晨", "早上", "早晨", "上午", "AM"):
        return 0 if hour == 12 and half in ("凌晨", "AM", "上午") else hour
    if half == "中午":
        return hour if hour >= 10 else hour + 12
    if hour == 12:
        return 12 if half in ("下午", "PM") else None
    return hour + 12
