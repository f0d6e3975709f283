"""Index-first reading of a GeoPackage layer with plain sqlite3, read-only.

Only the features in the boxes asked for are read, so that the size of the county does not matter.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

from .wkb import plain_wkb

Row = tuple[int, Optional[bytes], dict[str, Optional[str]]]
Box = tuple[float, float, float, float]
#: Length in bytes of the envelope after the blob's 8-byte header, by its indicator.
_ENVELOPES = (0, 32, 48, 48, 64)
#: Below SQLite's oldest limit of 999 variables.
_CHUNK = 500


def quote(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def blob_wkb(blob: Optional[bytes]) -> Optional[bytes]:
    """A GeoPackage geometry blob -> plain 2D WKB; None if empty, null or no such blob."""
    if not blob or len(blob) < 13 or blob[:2] != b"GP":
        return None
    flags = blob[3]
    envelope = (flags >> 1) & 7
    if flags & 0x10 or envelope >= len(_ENVELOPES):
        return None
    return plain_wkb(blob[8 + _ENVELOPES[envelope] :])


def text_of(value: Any) -> Optional[str]:
    """A column value as text, without a needless `.0`; None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        short = format(value, ".15g")
        return short if float(short) == value else repr(value)
    return value.hex() if isinstance(value, bytes) else str(value)


class GpkgLayer:
    """One feature table with its r-tree. The connection belongs to the thread that made it."""

    def __init__(self, connection: sqlite3.Connection, table: str, geometry: str, key: str) -> None:
        self._db = connection
        self._table, self._geometry, self._key = table, geometry, key
        self._rtree = f"rtree_{table}_{geometry}"

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def read(self, fields: Sequence[str], boxes: Optional[Iterable[Box]] = None) -> Iterator[Row]:
        """All features, or each feature whose box meets one of `boxes` once, by ascending id."""
        columns = ", ".join(quote(name) for name in (self._key, self._geometry, *fields))
        sql = f"SELECT {columns} FROM {quote(self._table)}"
        if boxes is None:
            yield from self._rows(sql, (), fields)
            return
        ids = self.ids(boxes)
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            marks = ",".join("?" * len(part))
            yield from self._rows(f"{sql} WHERE {quote(self._key)} IN ({marks})", part, fields)

    def ids(self, boxes: Iterable[Box]) -> list[int]:
        """Ids of the features whose box meets one of `boxes`, ascending."""
        sql = f"SELECT id FROM {quote(self._rtree)} WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
        found: set[int] = set()
        for x0, y0, x1, y1 in boxes:
            found.update(row[0] for row in self._db.execute(sql, (x0, x1, y0, y1)))
        return sorted(found)

    def _rows(self, sql: str, values: Sequence[Any], fields: Sequence[str]) -> Iterator[Row]:
        for row in self._db.execute(sql, values):
            yield row[0], blob_wkb(row[1]), dict(zip(fields, map(text_of, row[2:])))


def _connect(path: Path) -> sqlite3.Connection:
    """Read-only; `immutable` where the medium does not allow the files that WAL needs."""
    uri = path.resolve().as_uri()
    for options in ("?mode=ro", "?mode=ro&immutable=1"):
        connection = sqlite3.connect(uri + options, uri=True, timeout=5)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            connection.execute("SELECT count(*) FROM gpkg_contents").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            failure = error
        else:
            return connection
    raise failure


def open_layer(path: Path, layer: str) -> Optional[GpkgLayer]:
    """The layer if it has an r-tree that sqlite3 can read, else None (then OGR reads it)."""
    try:
        connection = _connect(path)
    except sqlite3.Error:
        return None
    try:
        row = connection.execute(
            "SELECT table_name, column_name FROM gpkg_geometry_columns WHERE lower(table_name) = lower(?)", (layer,)
        ).fetchone()
        keys = [c[1] for c in connection.execute(f"PRAGMA table_info({quote(row[0])})") if c[5]] if row else []
        if row and len(keys) == 1:
            found = GpkgLayer(connection, row[0], row[1], keys[0])
            found.ids([(0.0, 0.0, 0.0, 0.0)])
            return found
    except sqlite3.Error:
        pass
    connection.close()
    return None
