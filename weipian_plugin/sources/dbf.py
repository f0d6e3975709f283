"""Numbers, dates and logicals of a .dbf as the digits that stand in the file.

GDAL turns them into binary numbers on the way: a 20-digit id in a numeric column loses its tail, 4.50 its
zero. The file has fixed records, so that the text of a cell is a slice.
"""

from __future__ import annotations

import datetime
import re
import struct
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Optional

_PLAIN = re.compile(rb"-?\d*\.?\d+")
_HEADER = 32
_RAW_KINDS = "NFDL"


@dataclass(frozen=True)
class _Column:
    kind: str
    start: int
    stop: int


class DbfCells:
    """Cells of the columns of kind N, F, D and L. `columns` holds the places of these columns."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb")
        head = self._stream.read(_HEADER)
        if len(head) < _HEADER:
            raise ValueError("header")
        self.records, self._start, self._size = struct.unpack_from("<IHH", head, 4)
        self._columns: dict[int, _Column] = {}
        offset, index = 1, 0
        for raw in iter(lambda: self._stream.read(_HEADER), b""):
            if raw[0] in (0x0D, 0) or len(raw) < _HEADER or self._stream.tell() > self._start:
                break
            kind = chr(raw[11])
            width = raw[16] + (256 * raw[17] if kind == "C" else 0)
            if kind in _RAW_KINDS:
                self._columns[index] = _Column(kind, offset, offset + width)
            offset, index = offset + width, index + 1
        self.count = index
        if offset > self._size:
            raise ValueError("record size")

    @property
    def columns(self) -> frozenset[int]:
        """Places of the columns whose cells are read here."""
        return frozenset(self._columns)

    def close(self) -> None:
        """Release the file."""
        self._stream.close()

    def row(self, record: int) -> dict[int, Optional[str]]:
        """{place: text or None} of a record, counted from 0."""
        self._stream.seek(self._start + record * self._size)
        data = self._stream.read(self._size)
        return {i: _text(c.kind, data[c.start : c.stop].strip(b" \0")) for i, c in self._columns.items()}


def _text(kind: str, raw: bytes) -> Optional[str]:
    """The cell as text: dates ISO, exponents written out, what is no value of its kind as it stands."""
    if not raw or raw.strip(b"*") == b"":
        return None
    if kind in "NF" and _PLAIN.fullmatch(raw):
        return raw.decode("ascii")
    text = raw.decode("ascii", "replace")
    if kind == "L":
        return None if text == "?" else text
    if kind == "D":
        return _date(text)
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return format(value, "f") if value.is_finite() and abs(value.adjusted()) < 40 else text


def _date(text: str) -> Optional[str]:
    if not text.strip("0"):
        return None
    try:
        return datetime.date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return text
