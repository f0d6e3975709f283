"""Index-first reading of a GeoPackage layer with plain sqlite3, read-only.

Only the features in the boxes asked for are read, so that the size of the county does not matter.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

import numpy as np

from .near import Near
from .wkb import plain_wkb

Row = tuple[int, Optional[bytes], dict[str, Optional[str]]]
Box = tuple[float, float, float, float]
#: Length in bytes of the envelope after the blob's 8-byte header, by its indicator.
_ENVELOPES = (0, 32, 48, 48, 64)
#: Ids written into one statement; SQLite reads a million characters at most.
_CHUNK = 5000
#: Geometry types without Z, M and curves, as the first five bytes of little-endian WKB.
_PLAIN = frozenset(b"\x01" + kind.to_bytes(4, "little") for kind in (3, 6))


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
    wkb = blob[8 + _ENVELOPES[envelope] :]
    return wkb if wkb[:5] in _PLAIN and len(wkb) > 9 else plain_wkb(wkb)


def text_of(value: Any) -> Optional[str]:
    """A column value as text, without a needless `.0`; None stays None."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        short = format(value, ".15g")
        return short if float(short) == value else repr(value)
    return value.hex() if isinstance(value, bytes) else str(value)


def _wkbs(blobs: Sequence[Optional[bytes]]) -> list[Optional[bytes]]:
    """As `blob_wkb`, for many: most are little-endian polygons with an XY envelope."""
    return [
        blob[40:] if blob and blob[3] == 3 and blob[40:45] in _PLAIN and len(blob) > 49 else blob_wkb(blob)
        for blob in blobs
    ]


def _texts(column: Sequence[Any]) -> list[Optional[str]]:
    """As `text_of`, for many: codes and coefficients repeat."""
    known = {value: text_of(value) for value in set(column)}
    return [known[value] for value in column]


class GpkgLayer:
    """One feature table with its r-tree; each thread reads through a connection of its own."""

    def __init__(self, path: Path, connection: sqlite3.Connection, table: str, geometry: str, key: str) -> None:
        self._path = path
        self._open = [connection]
        self._mine = threading.local()
        self._mine.connection = connection
        self._lock = threading.Lock()
        self._table, self._geometry, self._key = table, geometry, key
        self._rtree = f"rtree_{table}_{geometry}"

    @property
    def _db(self) -> sqlite3.Connection:
        connection = getattr(self._mine, "connection", None)
        if connection is None:
            connection = self._mine.connection = _connect(self._path)
            with self._lock:
                self._open.append(connection)
        return connection

    def close(self) -> None:
        """Release the file; no thread may be reading."""
        for connection in self._open:
            connection.close()

    def read(self, fields: Sequence[str], box: Optional[Box] = None) -> Iterator[Row]:
        """All features, or those whose box meets `box`, by ascending id."""
        if box is None:
            yield from self._rows(self._select(fields), fields)
            return
        ids = self.ids(box)
        for start in range(0, len(ids), _CHUNK):
            yield from self._rows(self._select(fields, ids[start : start + _CHUNK]), fields)

    def sample(self, fields: Sequence[str], count: int) -> list[tuple[Optional[str], ...]]:
        """The columns of the first rows, without geometry."""
        columns = ", ".join(map(quote, fields))
        rows = self._db.execute(f"SELECT {columns} FROM {quote(self._table)} LIMIT {int(count)}")
        return [tuple(map(text_of, row)) for row in rows]

    def ids(self, box: Box) -> list[int]:
        """Ids of the features whose box meets `box`, ascending."""
        sql = f"SELECT id FROM {quote(self._rtree)} WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
        x0, y0, x1, y1 = box
        return sorted(row[0] for row in self._db.execute(sql, (x0, x1, y0, y1)))

    def near(self, boxes: Any, fields: Sequence[str], known: Collection[int] = ()) -> Near:
        """The surroundings of (n, 4) boxes, geometry of the ids in `known` left out."""
        box, ids = self._pairs(boxes)
        mine, feature = np.unique(ids, return_inverse=True)
        fids = mine.tolist()
        fresh = [fid for fid in fids if fid not in known]
        rest = [fid for fid in fids if fid in known] if fields else []
        rows: dict[int, tuple[Any, ...]] = {}
        for wanted, geometry in ((fresh, True), (rest, False)):
            for start in range(0, len(wanted), _CHUNK):
                found = self._all(self._select(fields, wanted[start : start + _CHUNK], geometry))
                rows.update((row[0], row) for row in found)
        empty = (None,) * (2 + len(fields))
        ordered = [rows.get(fid, empty) for fid in fids]
        columns = list(zip(*ordered)) if ordered else [()] * (2 + len(fields))
        values = {name: _texts(column) for name, column in zip(fields, columns[2:])}
        return Near(box, feature, fids, _wkbs(columns[1]), values)

    def _all(self, sql: str) -> list[Any]:
        """All rows; text is decoded by SQLite where it is what it should be, else byte by byte."""
        db = self._db
        lenient = db.text_factory
        db.text_factory = str
        try:
            return db.execute(sql).fetchall()
        except sqlite3.OperationalError as error:
            if "decode" not in str(error):
                raise
        finally:
            db.text_factory = lenient
        return db.execute(sql).fetchall()

    def _pairs(self, boxes: Any) -> tuple[Any, Any]:
        """(box, id) of all pairs that meet, ascending by box."""
        db = self._db
        db.execute("CREATE TEMP TABLE IF NOT EXISTS asked (id INTEGER PRIMARY KEY, x0 REAL, y0 REAL, x1 REAL, y1 REAL)")
        db.execute("DELETE FROM asked")
        fine = np.flatnonzero(np.isfinite(boxes).all(axis=1))
        rows = [(i, *box) for i, box in zip(fine.tolist(), np.asarray(boxes)[fine].tolist())]
        db.executemany("INSERT INTO asked VALUES (?, ?, ?, ?, ?)", rows)
        # One long text instead of a row a pair: one step outside the interpreter's lock.
        (text,) = db.execute(
            f"SELECT group_concat(a.id || ',' || r.id) FROM asked a CROSS JOIN {quote(self._rtree)} r"
            " WHERE r.maxx >= a.x0 AND r.minx <= a.x1 AND r.maxy >= a.y0 AND r.miny <= a.y1"
        ).fetchone()
        flat = np.array(text.split(","), dtype=np.int64) if text else np.empty(0, dtype=np.int64)
        order = np.argsort(flat[::2], kind="stable")
        return flat[::2][order], flat[1::2][order]

    def _select(self, fields: Sequence[str], ids: Optional[Sequence[int]] = None, geometry: bool = True) -> str:
        shape = quote(self._geometry) if geometry else "NULL"
        columns = ", ".join((quote(self._key), shape, *map(quote, fields)))
        where = "" if ids is None else f" WHERE {quote(self._key)} IN ({','.join(map(str, ids))})"
        return f"SELECT {columns} FROM {quote(self._table)}{where}"

    def _rows(self, sql: str, fields: Sequence[str]) -> Iterator[Row]:
        for row in self._db.execute(sql):
            yield row[0], blob_wkb(row[1]), dict(zip(fields, map(text_of, row[2:])))


class GpkgSurroundings:
    """The surroundings of boxes in a GeoPackage, read when asked for (see `near.Neighbourhood`)."""

    def __init__(self, layer: GpkgLayer, boxes: Any, fields: Sequence[str]) -> None:
        self._layer, self._boxes, self._fields = layer, np.asarray(boxes).reshape(-1, 4), tuple(fields)

    def near(self, which: Any, known: Collection[int] = ()) -> Near:
        """As `near.Neighbourhood`."""
        return self._layer.near(self._boxes[which], self._fields, known)


def _connect(path: Path) -> sqlite3.Connection:
    """Read-only; `immutable` where the medium does not allow the files that WAL needs."""
    uri = path.resolve().as_uri()
    for options in ("?mode=ro", "?mode=ro&immutable=1"):
        connection = sqlite3.connect(uri + options, uri=True, timeout=5, check_same_thread=False, isolation_level=None)
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            connection.execute("SELECT count(*) FROM gpkg_contents").fetchone()
        except sqlite3.OperationalError as error:
            connection.close()
            failure = error
        else:
            connection.execute("PRAGMA temp_store = MEMORY")
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
            found = GpkgLayer(path, connection, row[0], row[1], keys[0])
            found.ids((0.0, 0.0, 0.0, 0.0))
            return found
    except sqlite3.Error:
        pass
    connection.close()
    return None
