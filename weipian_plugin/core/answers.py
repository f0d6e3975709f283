"""Answers to questions with several choices: one text, the choices in the order of the pack with 、 between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

SEPARATOR = "、"
_SPLIT = re.compile(r"[、，,;；/／+＋|\s]+")


def split_choices(text: str, known: Sequence[str] = ()) -> tuple[str, ...]:
    """The choices that a text names, each once; those of `known` in its order, others behind them as written."""
    named = dict.fromkeys(part for part in _SPLIT.split(text.strip()) if part)
    return (*(item for item in known if item in named), *(item for item in named if item not in known))


def join_choices(chosen: Iterable[str]) -> str:
    """The text that is kept."""
    return SEPARATOR.join(chosen)
