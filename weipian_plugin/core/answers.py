"""Answers to questions with several choices: one text, the choices in the order of the pack with 、 between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NoReturn

from .advice_case import read_number
from .dates import parse_date
from .errors import WeipianError
from .rulepack import AskField

#: What looks like a date; words such as 2019 年以前 are kept as they are, and prove nothing.
_DATED = re.compile(r"^[\d\s./:年月日T-]+$")

SEPARATOR = "、"
_SPLIT = re.compile(r"[、，,;；/／+＋|\s]+")


def split_choices(text: str, known: Sequence[str] = ()) -> tuple[str, ...]:
    """The choices that a text names, each once; those of `known` in its order, others behind them as written."""
    named = dict.fromkeys(part for part in _SPLIT.split(text.strip()) if part)
    return (*(item for item in known if item in named), *(item for item in named if item not in known))


def join_choices(chosen: Iterable[str]) -> str:
    """The text that is kept."""
    return SEPARATOR.join(chosen)


def checked(field: AskField, text: str) -> str:
    """An answer from a table as the panel would have kept it: choices by name, numbers without their unit.

    Raises:
        WeipianError: E_ANSWER for what the field cannot hold.
    """
    value = text.strip()
    if not value or field.kind == "text":
        return value
    if field.kind == "choice":
        if value not in field.choices:
            _refuse(field, value, "、".join(field.choices))
        return value
    if field.kind == "choices":
        chosen = split_choices(value, field.choices)
        if not set(chosen) <= set(field.choices):
            _refuse(field, value, "、".join(field.choices))
        return join_choices(chosen)
    if field.kind == "date":
        plain = unicodedata.normalize("NFKC", value)
        if parse_date(plain) is None and _DATED.match(plain):
            _refuse(field, value, "2026-05-01、2026-05 这样的日期")
        return plain if parse_date(plain) else value
    return _number(field, value)


def _number(field: AskField, value: str) -> str:
    plain = unicodedata.normalize("NFKC", value).removesuffix(field.unit).strip() if field.unit else value
    number = read_number(plain)
    if number is None or number < 0:
        _refuse(field, value, f"不小于 0 的数字，单位{field.unit}" if field.unit else "不小于 0 的数字")
    return plain


def _refuse(field: AskField, value: str, allowed: str) -> NoReturn:
    raise WeipianError("E_ANSWER", key=field.label, value=value, choices=allowed)
