"""Reading by OGR what lies near many boxes, in whichever way costs least; no index of ours is written.

A shapefile's records carry their boxes; a FileGDB has an index that costs a third of a millisecond a
box; all else is one pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

import numpy as np
from osgeo import gdal, ogr

from ..core.errors import WeipianError
from .near import Gathered, Raster, meeting
from .shapefile import record_boxes
from .wkb import geometry_wkb

#: Features that one question to OGR's spatial index costs (0.3 ms against 4 µs).
_INDEX_COST = 80
#: Share of the records from which one pass is cheaper than picking them.
_MOST = 0.4
_BATCH = 4096


def ignore_fields(layer: Any, names: Sequence[str], wanted: Sequence[str]) -> None:
    """Tell GDAL to leave the columns that are not wanted; `names` are those of the layer, decoded."""
    if not layer.TestCapability(ogr.OLCIgnoreFields):
        return
    definition = layer.GetLayerDefn()
    raw = [definition.GetFieldDefn(i).GetName() for i in range(len(names))]
    # Names in a broken encoding cannot be handed back to GDAL; reading them is harmless.
    layer.SetIgnoredFields([r for r, name in zip(raw, names) if name not in wanted and r == name])


def gather(
    path: Path,
    layer: Any,
    slots: Sequence[tuple[str, int]],
    boxes: Any,
    text: Callable[[Any, int], Optional[str]],
) -> Gathered:
    """All features whose box meets one of (n, 4) `boxes`, in memory.

    Raises:
        WeipianError: E_FILE_UNREADABLE.
    """
    fids: list[int] = []
    wkb: list[Optional[bytes]] = []
    extents: list[tuple[float, ...]] = []
    values: dict[str, list[Optional[str]]] = {name: [] for name, _ in slots}
    asked = boxes[np.isfinite(boxes).all(axis=1)]
    try:
        for feature, extent in _features(path, layer, asked) if len(asked) else ():
            fids.append(feature.GetFID())
            wkb.append(geometry_wkb(feature.GetGeometryRef()))
            extents.append(extent)
            for name, index in slots:
                values[name].append(text(feature, index))
    except RuntimeError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=str(error)[:120]) from error
    return Gathered(boxes, fids, wkb, np.array(extents, dtype=np.float64).reshape(-1, 4), values)


def _extent(feature: Any) -> Optional[tuple[float, ...]]:
    geom = feature.GetGeometryRef()
    if geom is None or geom.IsEmpty():
        return None
    x0, x1, y0, y1 = geom.GetEnvelope()
    return (x0, y0, x1, y1)


def _features(path: Path, layer: Any, boxes: Any) -> Iterator[tuple[Any, tuple[float, ...]]]:
    """(feature, box) of what meets one of the boxes, each once."""
    count = int(layer.GetFeatureCount())
    raster = Raster(boxes)
    records = record_boxes(path)
    if records is not None:
        far = ~raster.may_meet(np.nan_to_num(records, nan=np.inf))
        near = np.flatnonzero(~far)
        rows = near[np.unique(meeting(boxes, records[near])[1])]
        if len(rows) < _MOST * max(count, 1):
            yield from _picked(layer, rows.tolist())
            return
    if layer.TestCapability(ogr.OLCFastSpatialFilter) and len(boxes) * _INDEX_COST < count:
        yield from _by_index(layer, boxes)
        return
    yield from _in_one_pass(layer, raster)


def _picked(layer: Any, fids: Sequence[int]) -> Iterator[tuple[Any, tuple[float, ...]]]:
    """Features by number; a record that was deleted is passed over."""
    layer.SetSpatialFilter(None)
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        for fid in fids:
            try:
                feature = layer.GetFeature(fid)
            except RuntimeError as error:
                if "delete" not in str(error):
                    raise
                feature = None
            extent = None if feature is None else _extent(feature)
            if extent is not None:
                yield feature, extent
    finally:
        gdal.PopErrorHandler()


def _by_index(layer: Any, boxes: Any) -> Iterator[tuple[Any, tuple[float, ...]]]:
    seen: set[int] = set()
    for box in boxes.tolist():
        layer.SetSpatialFilterRect(*box)
        layer.ResetReading()
        for feature in iter(layer.GetNextFeature, None):
            fid = feature.GetFID()
            extent = None if fid in seen else _extent(feature)
            if extent is not None:
                seen.add(fid)
                yield feature, extent
    layer.SetSpatialFilter(None)


def _in_one_pass(layer: Any, raster: Raster) -> Iterator[tuple[Any, tuple[float, ...]]]:
    """One pass over the common box, tested by the batch."""
    layer.SetSpatialFilterRect(*raster.common)
    layer.ResetReading()
    batch: list[tuple[Any, tuple[float, ...]]] = []
    reading = True
    while reading:
        feature = layer.GetNextFeature()
        reading = feature is not None
        extent = _extent(feature) if reading else None
        if extent is not None:
            batch.append((feature, extent))
        if batch and (len(batch) == _BATCH or not reading):
            hits = raster.may_meet(np.array([extent for _, extent in batch]))
            for at in np.flatnonzero(hits).tolist():
                yield batch[at]
            batch = []
    layer.SetSpatialFilter(None)
