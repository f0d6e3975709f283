"""One pass over a delivery before anything is asked: where it lies, which geometries are invalid, whole columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional

import numpy as np
import shapely

from ..sources.rings import close_rings
from .checks import polygons_only, repair
from .model import CheckItem

Row = Mapping[str, Optional[str]]
Extent = tuple[float, float, float, float]
#: Rows kept as a sample, geometries kept to be shown, invalid ones kept to be listed.
SAMPLE, SHOWN, LISTED = 500, 300, 2000
_CHUNK = 2000
#: A row this many times the spread of the middle half away from it is not where the delivery lies.
_OUTLIER = 5.0
#: Millimetres on earth are below this; what is beyond is no coordinate in any unit.
_FARTHEST = 1e11
_REASONS = (
    ("Self-intersection", "图形自相交"), ("Ring Self-intersection", "边界自相接"),
    ("Hole lies outside", "洞在外环之外"),
    ("Nested", "多个部分互相嵌套"), ("Holes are nested", "洞中有洞"), ("Duplicate", "环重复"),
    ("Interior is disconnected", "洞把图形切断"), ("Too few points", "点数太少"), ("Invalid Coordinate", "坐标无效"),
)  # fmt: skip


@dataclass
class Invalid:
    """A geometry that would have to be repaired: row from 1, its attributes, why, itself (2D, as delivered)."""

    row: int
    attributes: Row
    reason: str
    geometry: Any


@dataclass
class Survey:
    """What one pass found. `boxes` are those of single rows, in the order of coordinates of the file."""

    count: int = 0
    sample: list[tuple[int, Optional[bytes], Row]] = field(default_factory=list)
    shown: list[bytes] = field(default_factory=list)
    boxes: list[Extent] = field(default_factory=list)
    invalid: list[Invalid] = field(default_factory=list)
    invalid_count: int = 0
    cells: list[Row] = field(default_factory=list)  # whole columns, those asked for only

    def extent(self) -> Optional[Extent]:
        """Where most rows lie; single rows far off do not count."""
        boxes = np.array(self.boxes, dtype=float).reshape(-1, 4)
        if not len(boxes):
            return None
        middles = (boxes[:, :2] + boxes[:, 2:]) / 2
        low, high = np.percentile(middles, 25, axis=0), np.percentile(middles, 75, axis=0)
        reach = _OUTLIER * np.maximum(high - low, np.median(boxes[:, 2:] - boxes[:, :2], axis=0))
        near = ((middles >= low - reach) & (middles <= high + reach)).all(axis=1)
        chosen = boxes[near] if near.any() else boxes
        x0, y0 = chosen[:, :2].min(axis=0).tolist()
        x1, y1 = chosen[:, 2:].max(axis=0).tolist()
        return x0, y0, x1, y1


def look(rows: Iterable[tuple[int, Optional[bytes], Row]], columns: Sequence[str], points: bool = False) -> Survey:
    """Read all rows once; `columns` are kept whole, `points`: geometries are centres, which are never invalid."""
    found = Survey()
    pending: list[tuple[int, bytes, Row]] = []
    for fid, wkb, attributes in rows:
        found.count += 1
        if len(found.sample) < SAMPLE:
            found.sample.append((fid, wkb, attributes))
        if columns:
            found.cells.append({name: attributes.get(name) for name in columns})
        if wkb:
            pending.append((found.count, wkb, attributes))
        if len(pending) >= _CHUNK:
            _measure(pending, found, points)
            pending = []
    _measure(pending, found, points)
    return found


@np.errstate(invalid="ignore")
def _measure(pending: Sequence[tuple[int, bytes, Row]], found: Survey, points: bool) -> None:
    """Boxes and validity of some rows."""
    if not pending:
        return
    found.shown += [wkb for _, wkb, _ in pending[: SHOWN - len(found.shown)]]
    wkbs: Any = np.array([wkb for _, wkb, _ in pending], dtype=object)
    geoms = shapely.force_2d(shapely.from_wkb(wkbs, on_invalid="ignore"))
    boxes = shapely.bounds(geoms)
    usable = np.isfinite(boxes).all(axis=1) & (np.abs(boxes) < _FARTHEST).all(axis=1)
    found.boxes += [tuple(box) for box in boxes[usable].tolist()]
    if points:
        return
    valid = shapely.is_valid(geoms)
    for i in np.flatnonzero(~valid):
        number, wkb, attributes = pending[i]
        geom, reason = geoms[i], ""
        if geom is None:
            closed = close_rings(wkb)
            geom = shapely.force_2d(shapely.from_wkb(closed, on_invalid="ignore")) if closed else None
            reason = "环没有闭合"
        elif usable[i] and np.isfinite(shapely.get_coordinates(geom)).all():
            reason = _in_chinese(str(shapely.is_valid_reason(geom)))
        if geom is None or not reason or not polygons_only(geom):
            continue
        found.invalid_count += 1
        if len(found.invalid) < LISTED:
            found.invalid.append(Invalid(number, attributes, reason, geom))


def _in_chinese(reason: str) -> str:
    return next((text for start, text in _REASONS if reason.startswith(start)), "图形无效")


def repairs(
    found: Survey, header: str, turned: bool, areas: Callable[[Any], Any], code: Callable[[Optional[str]], str]
) -> tuple[CheckItem, ...]:
    """What a repair would do to each invalid geometry, areas in m² by `areas` (array of geometries -> array).

    Args:
        found: the survey.
        header: column of the patch id, "" while it is not known.
        turned: True when x is the northing.
        areas: ellipsoidal areas of geometries in the delivered CRS, east/north order.
        code: cell -> id.
    """
    if not found.invalid:
        return ()
    before: Any = np.array(
        [shapely.multipolygons(polygons_only(item.geometry)) for item in found.invalid], dtype=object
    )
    if turned:
        before = shapely.transform(before, lambda xy: xy[:, ::-1])
    after: Any = np.empty(len(before), dtype=object)
    after[:] = [repair(geom) for geom in before]
    first, second = areas(before), areas(after)
    return tuple(
        CheckItem(item.row, code(item.attributes.get(header)) if header else "", item.reason, float(a), float(b))
        for item, a, b in zip(found.invalid, first, second)
    )
