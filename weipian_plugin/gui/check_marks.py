"""Outcomes of checks as the panel shows them: one place for mark, word and tone.

Every mark stands beside a word or a sentence, so that neither colour nor sign carries the meaning alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from qgis.PyQt.QtWidgets import QWidget

from ..core.check_words import CHECKS, MARKS, WORDS, aside, ordered
from ..core.proof import BAD, NOTE, OK, UNKNOWN, WARN, Check, LinkedEvidence
from .widgets import coloured

#: Outcome -> tone of `tones`.
_TONES = {OK: "good", NOTE: "muted", WARN: "warn", BAD: "bad", UNKNOWN: "muted"}
#: Check -> what it is called on a picture when it fails.
_FAILED = {
    "same_file": "重复使用", "same_picture": "画面重复", "looks_at": "未指向", "time_window": "时间不符",
    "edited": "疑似修改", "clock": "时间可疑", "place": "位置可疑", "speed": "行程可疑", "same_azimuth": "方位雷同",
    "distance": "距离远", "azimuth": "方位不明", "gcj02": "坐标偏移", "doc_reused": "文号重复",
    "doc_outline": "范围外", "doc_valid": "已过期", "doc_date": "日期在后", "doc_area": "面积不足",
}  # fmt: skip


class Badge(NamedTuple):
    """A verdict in one word: its mark, the word, the tone, and the outcome behind them."""

    mark: str
    word: str
    tone: str
    outcome: str


def mark(outcome: str) -> str:
    """✔ ℹ ⚠ ✖ ？"""
    return MARKS.get(outcome, "？")


def tone_of(outcome: str) -> str:
    """Name of a tone in `tones`."""
    return _TONES.get(outcome, "muted")


def word(outcome: str) -> str:
    """The outcome as a word, for screen readers and lists."""
    return WORDS.get(outcome, "不明")


def name_of(check: Check) -> str:
    """What the check looks at, in a word."""
    return CHECKS.get(check.id, check.id)


def badge(link: LinkedEvidence) -> Badge:
    """What stands on the picture: the worst check in a word; without checks whether it looks at the patch."""
    checks = [check for check in ordered(link.checks) if not aside(check)]
    first = checks[0] if checks else None
    if first is not None and first.outcome in (BAD, WARN):
        return Badge(mark(first.outcome), _FAILED.get(first.id, first.id), tone_of(first.outcome), first.outcome)
    if first is not None and first.outcome == UNKNOWN:
        return Badge(mark(UNKNOWN), _unknown(first, link), tone_of(UNKNOWN), UNKNOWN)
    if link.checks:
        return Badge(mark(OK), word(OK), tone_of(OK), OK)
    if link.evidence.kind != "photo":
        return Badge("", "", "muted", NOTE)
    if link.looks_at is None:
        return Badge("？", "无定位" if link.evidence.lon is None else "方位不明", "muted", UNKNOWN)
    return Badge("✔", "指向", "good", OK) if link.looks_at else Badge("✖", "未指向", "bad", BAD)


def _unknown(check: Check, link: LinkedEvidence) -> str:
    """What is missing, in a word."""
    if link.evidence.kind == "photo" and check.id in ("looks_at", "azimuth", "distance", "place"):
        return "无定位" if link.evidence.lon is None else "方位不明"
    return f"{name_of(check)}不明"


def line_html(widget: QWidget, check: Check) -> str:
    """One check as a coloured sentence with its mark."""
    return coloured(widget, f"{mark(check.outcome)}&nbsp;{escape(check.text)}", tone_of(check.outcome))


def lines_html(widget: QWidget, checks: Sequence[Check]) -> str:
    """All checks, a sentence a line, worst first."""
    return "<br>".join(line_html(widget, check) for check in ordered(checks))


def short_html(widget: QWidget, checks: Sequence[Check]) -> str:
    """For a narrow line: what is wrong as sentences, what is in order as words behind one mark."""
    found = ordered(checks)
    parts = [line_html(widget, check) for check in found if check.outcome != OK and not aside(check)]
    for outcome in (OK, UNKNOWN):
        names = [name_of(c) for c in found if c.outcome == outcome and (outcome == OK or aside(c))]
        if names:
            parts.append(coloured(widget, f"{mark(outcome)}&nbsp;{escape('、'.join(names))}", tone_of(outcome)))
    return " &nbsp;".join(parts)


def plain(checks: Sequence[Check]) -> str:
    """All checks as text, a line each: for tool tips and screen readers."""
    return "\n".join(f"{mark(check.outcome)} {check.text}" for check in ordered(checks))
