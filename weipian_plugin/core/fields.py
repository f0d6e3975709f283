"""Column headers: one spelling for comparison, the unit in a header, and the alias table applied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SPACE = re.compile(r"\s+")
_BRACKETS = str.maketrans({"【": "(", "】": ")", "〔": "(", "〕": ")", "[": "(", "]": ")", "{": "(", "}": ")"})
_UNITS = {
    "亩": "mu",
    "mu": "mu",
    "平方米": "m2",
    "平米": "m2",
    "m2": "m2",
    "sqm": "m2",
    "公顷": "ha",
    "ha": "ha",
    "hm2": "ha",
}
#: Latin units need a separator in front, or every name ending in "ha" would lose it.
_UNIT_TAIL = re.compile(
    r"^(?P<base>.+?)(?:[-_/,、:]?\((?:单位)?[:]?(?P<a>亩|平方米|平米|公顷|m2|mu|ha|hm2|sqm)\)"
    r"|[-_/,、:]?(?P<b>亩|平方米|平米|公顷)|(?<=[^a-z0-9])[-_/]?(?P<c>m2|hm2|ha|mu)|[-_/](?P<d>m2|hm2|ha|mu|sqm))$"
)
#: A DBF header holds ten bytes, so Chinese headers arrive cut (5 characters in GBK, 3 in UTF-8).
_DBF_NAME_BYTES = 10
#: Canonical areas whose header may carry a unit; a bare 面积 is the patch's own area.
_PLAIN_AREA = "面积"
#: Headers that mean different things in different schemas (dossier 3.1: 已供地 or 耕地 area).
AMBIGUOUS: tuple[str, ...] = ("gdmj",)
#: Names that a column of a delivery can be mapped to.
CANONICAL: tuple[str, ...] = (
    "patch_id", "county_code", "county_name", "town_name", "village_name", "patch_type", "monitor_class",
    "monitor_level", "area_issued", "farmland_issued", "ppf_issued", "image_before", "image_after", "centroid_x",
    "centroid_y", "batch", "issued_on", "remark", "earlier_id",
)  # fmt: skip
#: Marks around a header that say "required" or number it.
_MARKS = re.compile(r"^(?:[*＊]+|[0-9]{1,2}[.、](?=[^0-9]))|[*＊:]+$")


def normalise(name: str) -> str:
    """Case folded, full width made half width, brackets unified, blanks and control characters out."""
    text = unicodedata.normalize("NFKC", name).casefold().translate(_BRACKETS)
    text = _SPACE.sub("", text)
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf") and c != "\ufffd")
    return _MARKS.sub("", text) or text


def split_unit(name: str) -> tuple[str, str]:
    """`(header without its unit, unit)`, the unit one of m2, mu, ha or "" when the header names none."""
    text = normalise(name)
    found = _UNIT_TAIL.match(text)
    if not found:
        return text, ""
    unit = next(value for value in found.group("a", "b", "c", "d") if value)
    return found.group("base").rstrip("-_/,、:("), _UNITS[unit]


@dataclass(frozen=True)
class FieldMatch:
    """`mapping` canonical -> header, `units` canonical -> unit named in it, `ambiguous` headers left out.

    `doubles` canonical -> every header that names it, the one in `mapping` first, where there are several.
    """

    mapping: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    ambiguous: tuple[str, ...] = ()
    doubles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def _cut(alias: str) -> set[str]:
    """What is left of an alias in a DBF header that was too short for it."""
    left = set()
    for encoding in ("utf-8", "gbk"):
        raw = alias.encode(encoding, "ignore")
        if len(raw) > _DBF_NAME_BYTES:
            left.add(raw[:_DBF_NAME_BYTES].decode(encoding, "ignore"))
    return left


def _find(aliases: Sequence[str], free: Mapping[str, tuple[str, str]], cut: bool) -> str:
    """First header of `free` (header -> (base, whole)) that an alias names, in the order of aliases."""
    for alias in aliases:
        key = normalise(alias)
        keys = _cut(key) if cut else {key}
        hits = [header for header, forms in free.items() if keys.intersection(forms)]
        if hits and (len(hits) == 1 or not cut):
            return hits[0]
    return ""


def match_fields(headers: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> FieldMatch:
    """Apply the alias table to the headers of a delivery; each header serves one canonical name.

    Whole names win over names cut to ten bytes; ambiguous headers are reported and never mapped. Where
    several columns name one thing, the order of the aliases puts one first and `doubles` names them all.
    """
    ambiguous = tuple(h for h in headers if normalise(h) in AMBIGUOUS)
    free = {h: (split_unit(h)[0], normalise(h)) for h in headers if h not in ambiguous}
    table = {canonical: list(names) for canonical, names in aliases.items()}
    if "area_issued" in table:
        table["area_issued"].append(_PLAIN_AREA)
    mapping: dict[str, str] = {}
    for cut in (False, True):
        for canonical, names in table.items():
            header = "" if canonical in mapping else _find(names, free, cut)
            if header:
                mapping[canonical] = header
                del free[header]
    units = {canonical: split_unit(header)[1] for canonical, header in mapping.items()}
    doubles = {canonical: (header, *_others(table[canonical], free)) for canonical, header in mapping.items()}
    return FieldMatch(
        mapping, {k: v for k, v in units.items() if v}, ambiguous, {k: v for k, v in doubles.items() if len(v) > 1}
    )


def _others(aliases: Sequence[str], free: Mapping[str, tuple[str, str]]) -> list[str]:
    """Headers left over that an alias names in full, in the order of the aliases."""
    found: dict[str, None] = {}
    for alias in aliases:
        key = normalise(alias)
        found.update({header: None for header, forms in free.items() if key in forms})
    return list(found)
