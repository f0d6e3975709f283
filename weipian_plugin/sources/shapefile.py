"""The boxes of a shapefile's records, straight from its bytes: an index without building or keeping one.

Every polygon record carries its bounding box, and the .shx says where it stands (ESRI white paper, 1998),
so one pass over the file in blocks tells which records are worth reading.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import numpy as np

#: Polygon, PolygonZ, PolygonM; a null shape has no box.
_POLYGONS = (5, 15, 25)
_HEADER = 100
_BLOCK = 1 << 23
#: A record's header, its type and its box, in bytes.
_TYPE_AT, _BOX_AT, _BOX_END = 8, 12, 44


def _beside(path: Path, suffix: str) -> Optional[Path]:
    for name in (suffix, suffix.upper()):
        if path.with_suffix(name).is_file():
            return path.with_suffix(name)
    return None


def record_boxes(path: Path) -> Optional[Any]:
    """(n, 4) boxes (xmin, ymin, xmax, ymax) by record number, NaN for null shapes.

    None if the file is not one whose index can be trusted; then it is read the slow way.
    """
    index = _beside(path, ".shx")
    if index is None or path.suffix.lower() != ".shp":
        return None
    try:
        raw = np.fromfile(index, dtype=np.uint8)[_HEADER:]
        size = path.stat().st_size
        entries = raw[: len(raw) // 8 * 8].view(">i4").reshape(-1, 2).astype(np.int64) * 2
        offsets, lengths = entries[:, 0], entries[:, 1]
        if not len(offsets) or (offsets < _HEADER).any() or (offsets + 8 + lengths > size).any():
            return None
        return _boxes(path, offsets, lengths)
    except OSError:
        return None


def _boxes(path: Path, offsets: Any, lengths: Any) -> Optional[Any]:
    """Read block by block, in the order in which the records lie in the file."""
    out = np.full((len(offsets), 4), np.nan)
    order = np.argsort(offsets, kind="stable")
    ordered = offsets[order]
    span = np.arange(_BOX_AT, _BOX_END)
    done = 0
    with path.open("rb") as stream:
        while done < len(order):
            start = int(ordered[done])
            upto = int(np.searchsorted(ordered, start + _BLOCK))
            stream.seek(start)
            block = np.frombuffer(stream.read(_BLOCK + _BOX_END), dtype=np.uint8)
            at, rows = ordered[done:upto] - start, order[done:upto]
            kinds = block[at + _TYPE_AT].astype(np.int64)
            if not np.isin(kinds, (0, *_POLYGONS)).all():
                return None
            boxed = (kinds != 0) & (lengths[rows] >= _BOX_END - _TYPE_AT)
            at, rows = at[boxed], rows[boxed]
            if len(at):
                out[rows] = block[at[:, None] + span].copy().view("<f8")
            done = upto
    return out
