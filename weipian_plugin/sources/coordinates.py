"""Coordinates as people write them: decimal numbers, degrees-minutes-seconds, lists of points in one cell."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Sequence
from typing import Any, Optional

from .rings import Point

_DMS = re.compile(
    r"^[NSEW东西南北经纬度:]*\s*(?P<d>-?\d{1,3}(?:\.\d+)?)\s*[°度º˚d]\s*"
    r"(?:(?P<m>\d{1,2}(?:\.\d+)?)\s*['′’‘分m]\s*)?(?:(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:[\"″”“秒s]|''|′′)?)?\s*[NSEW东西南北]?$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$", re.IGNORECASE)
_THOUSANDS = re.compile(r"^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$")
_POINT_NO = re.compile(r"^[A-Za-z\u4e00-\u9fff]+\d*$|^\d{1,4}$")
_RING_SEPARATOR = re.compile(r"[|#&]|\]\s*,\s*\[\s*\[|\)\s*,\s*\(")
_FEWEST = 3


def coordinate(text: Optional[str]) -> Optional[float]:
    """A finite number or an angle in degrees; None for anything else. Units of length are taken off."""
    cell = (text or "").strip()
    if _NUMBER.match(cell) and cell.isascii():  # nearly every cell of a long list
        value = float(cell)
        return value if math.isfinite(value) else None
    cell = unicodedata.normalize("NFKC", cell).strip()
    if not cell:
        return None
    plain = cell[:-1].strip() if cell[-1:] in "米m" and _NUMBER.match(cell[:-1].strip()) else cell
    if _THOUSANDS.match(plain):
        plain = plain.replace(",", "")
    if _NUMBER.match(plain):
        value = float(plain)
        return value if math.isfinite(value) else None
    found = _DMS.match(cell.replace("\u2032\u2032", "″").replace("''", '"'))
    return _degrees(found, cell) if found else None


def _degrees(found: Any, cell: str) -> Optional[float]:
    degrees, minutes, seconds = (float(found.group(k) or 0) for k in "dms")
    if minutes >= 60 or seconds >= 60:
        return None
    value = abs(degrees) + minutes / 60 + seconds / 3600
    south = degrees < 0 or cell[0] in "SW西南" or cell[-1] in "SW西南"
    return -value if south else value


def rings_of_text(text: Optional[str]) -> list[list[Point]]:
    """The rings in a cell such as `x,y;x,y;x,y`, `x y, x y`, `[[x,y],[x,y]]`; [] when it is no such list."""
    cell = unicodedata.normalize("NFKC", text or "").strip()
    if sum(c.isdigit() for c in cell) < 6:
        return []
    if cell.startswith("["):
        found = _json_rings(cell)
        if found:
            return found
    parts = [part.strip("[]() ") for part in _RING_SEPARATOR.split(cell)]
    rings = [_points(part) for part in parts if part]
    return rings if rings and all(len(ring) >= _FEWEST for ring in rings) else []


def _json_rings(cell: str) -> list[list[Point]]:
    try:
        value = json.loads(cell)
    except ValueError:
        return []
    rings: list[list[Point]] = []
    _collect(value, rings)
    return rings


def _collect(value: Any, rings: list[list[Point]]) -> None:
    """Lists of number pairs at any depth."""
    if not isinstance(value, list) or not value:
        return
    if all(isinstance(v, list) and len(v) >= 2 and all(isinstance(n, (int, float)) for n in v) for v in value):
        rings.append([(float(v[0]), float(v[1])) for v in value])
    else:
        for part in value:
            _collect(part, rings)


def _points(text: str) -> list[Point]:
    """Points separated by semicolons or lines, else by blanks, else pairs of a flat list."""
    for pattern in (r"[;\n\r]+", r"\s+", None):
        if pattern is None:
            break
        pieces = [p.strip("[]() ") for p in re.split(pattern, text) if p.strip("[]() ,")]
        points = [pair_of(p) for p in pieces]
        if len(points) >= _FEWEST and all(points):
            return [p for p in points if p is not None]
    pieces = [p.strip() for p in re.split(r",", text) if p.strip()]
    if pieces and all(" " in p for p in pieces):  # as in WKT: x y, x y
        points = [pair_of(p) for p in pieces]
        return [p for p in points if p is not None] if all(points) else []
    numbers = [coordinate(p) for p in re.split(r"[,\s;]+", text) if p]
    if any(n is None for n in numbers) or len(numbers) % 2 or len(numbers) < 2 * _FEWEST:
        return []
    return [(a, b) for a, b in zip(numbers[::2], numbers[1::2]) if a is not None and b is not None]


def pair_of(text: Optional[str]) -> Optional[Point]:
    """`x,y` or `x y`, with a point number before or a height after it."""
    cell = unicodedata.normalize("NFKC", text or "").strip().strip("[]() ")
    parts = [p for p in re.split(r"[,\s/]+", cell) if p]
    if len(parts) > 2 and _POINT_NO.match(parts[0]) and _is_number_first(parts):
        parts = parts[1:]
    if len(parts) not in (2, 3):
        return None
    x, y = coordinate(parts[0]), coordinate(parts[1])
    return None if x is None or y is None else (x, y)


def _is_number_first(parts: Sequence[str]) -> bool:
    """True when the first of three is the number of the point and not a coordinate."""
    if coordinate(parts[0]) is None:
        return True
    values = [coordinate(p) for p in parts[:3]]
    return values[2] is not None and abs(values[2]) > 1000 and abs(values[0] or 0) < 1000 < abs(values[1] or 0)
