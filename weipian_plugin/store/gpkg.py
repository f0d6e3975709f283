"""GeoPackage blobs and the SQL functions its r-tree triggers call."""

from __future__ import annotations

import sqlite3
import struct
from collections.abc import Sequence
from typing import Optional

_HEADER = struct.Struct("<2sBBi4d")
_FLAGS = 0b00000011  # little endian, envelope [minx, maxx, miny, maxy]


def wkb_bounds(wkb: bytes) -> tuple[float, float, float, float]:
    """(minx, miny, maxx, maxy) of a 2D little-endian (Multi)Polygon WKB."""
    xs: list[float] = []
    ys: list[float] = []

    def rings(at: int) -> int:
        (count,) = struct.unpack_from("<I", wkb, at)
        at += 4
        for _ in range(count):
            (points,) = struct.unpack_from("<I", wkb, at)
            values = struct.unpack_from(f"<{points * 2}d", wkb, at + 4)
            xs.extend(values[0::2])
            ys.extend(values[1::2])
            at += 4 + points * 16
        return at

    (kind,) = struct.unpack_from("<I", wkb, 1)
    if kind == 3:
        rings(5)
    else:
        (count,) = struct.unpack_from("<I", wkb, 5)
        at = 9
        for _ in range(count):
            at = rings(at + 5)
    return min(xs), min(ys), max(xs), max(ys)


def encode(wkb: Optional[bytes], srs_id: int = 4490) -> Optional[bytes]:
    """WKB -> GeoPackage geometry blob with an XY envelope; None stays None."""
    if wkb is None:
        return None
    minx, miny, maxx, maxy = wkb_bounds(wkb)
    return _HEADER.pack(b"GP", 0, _FLAGS, srs_id, minx, maxx, miny, maxy) + wkb


def decode(blob: Optional[bytes]) -> Optional[bytes]:
    """GeoPackage geometry blob (any envelope) -> WKB; None stays None."""
    if blob is None:
        return None
    envelope = (blob[3] >> 1) & 0b111
    return blob[8 + {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}[envelope] :]


def box_of(head: Optional[bytes]) -> Optional[tuple[float, float, float, float]]:
    """(minx, miny, maxx, maxy) out of the first 40 bytes of a blob that carries its envelope; None without one."""
    if head is None or not (head[3] >> 1) & 0b111:
        return None
    minx, maxx, miny, maxy = struct.unpack_from("<4d" if head[3] & 1 else ">4d", head, 8)
    return minx, miny, maxx, maxy


def _envelope(blob: Optional[bytes]) -> Optional[Sequence[float]]:
    if blob is None or blob[3] & 0b00010000:
        return None
    if (blob[3] >> 1) & 0b111:
        return struct.unpack_from("<4d" if blob[3] & 1 else ">4d", blob, 8)
    minx, miny, maxx, maxy = wkb_bounds(blob[8:])
    return (minx, maxx, miny, maxy)


def register_functions(connection: sqlite3.Connection) -> None:
    """Give this connection what the r-tree and guard triggers call; without it every write fails."""

    def corner(index: int) -> object:
        def value(blob: Optional[bytes]) -> Optional[float]:
            envelope = _envelope(blob)
            return None if envelope is None else envelope[index]

        return value

    for name, index in (("ST_MinX", 0), ("ST_MaxX", 1), ("ST_MinY", 2), ("ST_MaxY", 3)):
        connection.create_function(name, 1, corner(index), deterministic=True)  # type: ignore[arg-type]
    connection.create_function("ST_IsEmpty", 1, lambda b: int(_envelope(b) is None), deterministic=True)
    # The guard triggers call this; a writer that is not ours does not have it and is refused.
    connection.create_function("weipian_writer", 0, lambda: 1)
