"""The clock and the calendar of the work: China time, ISO text."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

from ..core.errors import WeipianError

CHINA = timezone(timedelta(hours=8))


def now() -> str:
    """This instant, China time, ISO text to the second."""
    return datetime.now(CHINA).isoformat(timespec="seconds")


def today() -> str:
    """Today's date in China, ISO text."""
    return datetime.now(CHINA).date().isoformat()


def check_date(text: str) -> str:
    """Normalise a date; empty stays empty.

    Raises:
        WeipianError: E_DATE_INVALID.
    """
    text = text.strip().replace("/", "-").replace(".", "-")
    if not text:
        return ""
    if text.isdigit() and len(text) == 8:
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    try:
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise WeipianError("E_DATE_INVALID", value=text) from error
