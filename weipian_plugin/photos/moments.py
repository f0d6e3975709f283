"""When a photo was taken, as a day in China and as an instant."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Optional

CHINA = timezone(timedelta(hours=8))


def instant(text: Optional[str]) -> Optional[datetime]:
    """ISO text with a time of day, in China where it names no offset; None for a bare day and for what is no time."""
    value = (text or "").strip().replace("/", "-").replace("Z", "+00:00")
    if len(value) < 13:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=CHINA)


def china_day(text: Optional[str]) -> str:
    """The day in China, ISO text; empty when it is not known."""
    found = instant(text)
    if found is not None:
        return found.astimezone(CHINA).date().isoformat()
    value = (text or "").strip().replace("/", "-").replace(".", "-")[:10]
    try:
        return datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=CHINA).date().isoformat()
    except ValueError:
        return ""


def seconds(text: Optional[str]) -> Optional[float]:
    """The instant as seconds since 1970, None when it is not known."""
    found = instant(text)
    return None if found is None else found.timestamp()
