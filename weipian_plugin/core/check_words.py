"""The words of checks, the same in the panel, on the sheet and in the lists: marks never stand without a word."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .proof import BAD, NOTE, OK, UNKNOWN, WARN, Check

MARKS: Mapping[str, str] = {OK: "✔", NOTE: "ℹ", WARN: "⚠", BAD: "✖", UNKNOWN: "？"}
WORDS: Mapping[str, str] = {OK: "符合", NOTE: "说明", WARN: "存疑", BAD: "不符", UNKNOWN: "不明"}
#: From worst to best.
ORDER: tuple[str, ...] = (BAD, WARN, UNKNOWN, NOTE, OK)
#: Check of a photo -> what it looks at; first those that mean a fraud.
PHOTO_CHECKS: Mapping[str, str] = {
    "same_file": "用于几个图斑", "same_picture": "画面重复", "looks_at": "朝向", "time_window": "时间",
    "edited": "修改痕迹", "clock": "时钟", "place": "位置", "speed": "行程", "same_azimuth": "方位雷同",
    "distance": "距离", "azimuth": "方位角", "gcj02": "坐标偏移",
}  # fmt: skip
DOCUMENT_CHECKS: Mapping[str, str] = {
    "doc_reused": "文号", "doc_outline": "批准范围", "doc_valid": "有效期", "doc_date": "日期", "doc_area": "面积",
}  # fmt: skip
CHECKS: Mapping[str, str] = {**PHOTO_CHECKS, **DOCUMENT_CHECKS}
#: Not knowing these makes a photo or a document doubtful.
_ASKED = frozenset({"looks_at", "distance", "time_window", "place", "azimuth", "doc_reused", "doc_date", "doc_area"})
_RANK = {name: number for number, name in enumerate(CHECKS)}


def ordered(checks: Iterable[Check]) -> list[Check]:
    """Worst first; of like ones those first that speak of a fraud; what cannot be told of most photos last."""
    return sorted(checks, key=lambda c: (len(ORDER) if aside(c) else _place(c.outcome), _RANK.get(c.id, len(_RANK))))


def aside(check: Check) -> bool:
    """Whether it cannot be told, as it cannot of most photos: no satellite time, no EXIF to compare with."""
    return check.outcome == UNKNOWN and check.id not in _ASKED


def worst(checks: Iterable[Check]) -> str:
    """The outcome that a single mark shows; empty without checks. What stands aside does not spoil it."""
    outcomes = (OK if aside(check) else check.outcome for check in checks)
    return min(outcomes, key=_place, default="")


def spoken(check: Check) -> str:
    """Mark, word and sentence."""
    return f"{MARKS.get(check.outcome, '？')} {WORDS.get(check.outcome, '不明')}：{check.text}"


def _place(outcome: str) -> int:
    return ORDER.index(outcome) if outcome in ORDER else ORDER.index(UNKNOWN)
