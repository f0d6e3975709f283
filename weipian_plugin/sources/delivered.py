"""A layer of a delivery, read so that nothing of it is lost: every value as it is stored, every geometry as it is.

Beside plain 2D polygons for computing, geometries with Z, M or arcs are kept as they came (`originals`),
and those that are no flat figure at all are named (`refused`).
"""

from __future__ import annotations

import contextlib
import json
import math
import re
import sqlite3
import struct
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np
from osgeo import gdal, ogr

from ..core.errors import WeipianError
from ..core.findings import Finding
from .dbf import DbfCells
from .gpkg import quote
from .reader import FieldInfo, clean_text, crs_of, extent_of, fingerprint, unique_names
from .wkb import geometry_wkb

Row = tuple[int, Optional[bytes], dict[str, Optional[str]]]
Reader = Callable[[Any, int], Optional[str]]
_FLAT = range(1, 7)
_SOLID = (ogr.wkbTIN, ogr.wkbPolyhedralSurface, ogr.wkbTriangle)
_COLLECTION = ogr.wkbGeometryCollection
_MULTIPATCH = 31  # shape type in the header of a .shp
#: Names of columns that may tell rows apart; a layer with none of them gets its row numbers to choose.
_ID_LIKE = re.compile(r"bh\d*$|编号|标识|序号|号$|^(.*_)?id$|objectid|bsm$|^fid|code$|name|名称", re.IGNORECASE)
ROW_NUMBER = "行号"
_ENVELOPES = (0, 32, 48, 48, 64)  # GeoPackage blob: envelope length by indicator
MULTIPATCH = "R_MULTIPATCH"
MULTIPATCH_REASON = "图形是三维体（Multipatch/TIN），不是平面图形；请在 ArcGIS 中用“多面体轮廓”转成面后重新提供"
_CHANGES = (
    ("z", "W_Z", "{count} 个图形带高程（Z 值），计算和显示时不用高程；下发的图形原样保存"),
    ("m", "W_M", "{count} 个图形带测量值（M 值），计算和显示时不用；下发的图形原样保存"),
    ("curve", "W_CURVE", "{count} 个图形有圆弧边，已按折线计算；下发的图形原样保存"),
)


def number_text(value: float) -> str:
    """The shortest text that gives the same double, without a needless `.0`."""
    if not math.isfinite(value):
        return str(value)
    short = format(value, ".15g")
    text = short if float(short) == value else repr(value)
    return text if "e" not in text else np.format_float_positional(value, trim="-") if abs(value) < 1e20 else text


def _string(feature: Any, i: int) -> Optional[str]:
    return clean_text(feature.GetFieldAsString(i))


def _whole(feature: Any, i: int) -> Optional[str]:
    return str(feature.GetFieldAsInteger64(i))


def _truth(feature: Any, i: int) -> Optional[str]:
    return "true" if feature.GetFieldAsInteger64(i) else "false"


def _real(feature: Any, i: int) -> Optional[str]:
    return number_text(feature.GetFieldAsDouble(i))


def _single(feature: Any, i: int) -> Optional[str]:
    return np.format_float_positional(np.float32(feature.GetFieldAsDouble(i)), trim="-")


def _moment(feature: Any, i: int) -> Optional[str]:
    """ISO text with what the value has: fractions of a second, an offset from UTC."""
    year, month, day, hour, minute, second, zone = feature.GetFieldAsDateTime(i)
    date, time = f"{year:04d}-{month:02d}-{day:02d}", f"{hour:02d}:{minute:02d}:{int(second):02d}"
    thousandths = round((second - int(second)) * 1000)
    if 0 < thousandths < 1000:
        time += f".{thousandths:03d}"
    if zone == 100:
        time += "Z"
    elif zone > 1:
        quarters = zone - 100
        time += f"{'-' if quarters < 0 else '+'}{abs(quarters) // 4:02d}:{abs(quarters) % 4 * 15:02d}"
    kind = feature.GetFieldType(i)
    return {ogr.OFTDate: date, ogr.OFTTime: time}.get(kind, f"{date}T{time}")


def _list(feature: Any, i: int) -> Optional[str]:
    kind = feature.GetFieldType(i)
    if kind == ogr.OFTStringList:
        return json.dumps(list(feature.GetFieldAsStringList(i) or ()), ensure_ascii=False)
    values = {
        ogr.OFTIntegerList: feature.GetFieldAsIntegerList,
        ogr.OFTInteger64List: feature.GetFieldAsInteger64List,
        ogr.OFTRealList: feature.GetFieldAsDoubleList,
    }[kind](i)
    return "[" + ", ".join(number_text(v) if isinstance(v, float) else str(v) for v in values or ()) + "]"


def _reader(definition: Any, json_like: bool) -> Reader:
    kind, sub = definition.GetType(), definition.GetSubType()
    if kind in (ogr.OFTInteger, ogr.OFTInteger64):
        return _truth if sub == ogr.OFSTBoolean and json_like else _whole
    if kind == ogr.OFTReal:
        return _single if sub == ogr.OFSTFloat32 else _real
    if kind in (ogr.OFTDate, ogr.OFTDateTime, ogr.OFTTime):
        return _moment
    if kind in (ogr.OFTStringList, ogr.OFTIntegerList, ogr.OFTInteger64List, ogr.OFTRealList):
        return _list
    return _string


class DeliveredLayer:
    """An open layer of a delivery; `close()` or `with` releases the file.

    `originals` (id -> ISO WKB) and `refused` (id -> code and Chinese reason) fill while `read` goes on.
    """

    encoding = encoding_reason = ""
    id_hint = axis = ""
    asked: tuple[Any, ...] = ()
    boundless = tabular = updates_only = False

    def __init__(self, path: Path, dataset: Any, layer: Any, crs: str = "", *, numbered: bool = True) -> None:
        self.path = path
        self.layer = str(layer.GetName())
        self.geometry_type = ogr.GeometryTypeToName(layer.GetGeomType())
        self.count = int(layer.GetFeatureCount())
        definition = layer.GetLayerDefn()
        described = [definition.GetFieldDefn(i) for i in range(definition.GetFieldCount())]
        names = unique_names([clean_text(d.GetName()) for d in described])
        self.field_info = tuple(FieldInfo.of(name, d) for name, d in zip(names, described))
        self._stored = tuple(names)
        self._numbered = numbered and needs_row_number(names)
        if self._numbered:
            self.field_info = (*self.field_info, FieldInfo(ROW_NUMBER, "Integer"))
        self.fields = tuple(info.name for info in self.field_info)
        self.crs = crs or crs_of(layer)
        self.extent = extent_of(layer) if self.count else None
        self.fingerprint = fingerprint(path, self.layer)
        driver = dataset.GetDriver().ShortName
        self._readers = [_reader(d, "JSON" in driver) for d in described]
        self._dataset, self._layer = dataset, layer
        self._sqlite = driver == "GPKG" and path.is_file()
        self._cells = _cells(path, len(names)) if path.suffix.lower() in (".shp", ".dbf") else None
        self._multipatch = path.suffix.lower() == ".shp" and _shape_type(path) == _MULTIPATCH
        self.originals: dict[int, bytes] = {}
        self.refused: dict[int, tuple[str, str]] = {}
        self._changes: Counter[str] = Counter()
        self._readings: list[Generator[Row, None, None]] = []

    def __enter__(self) -> DeliveredLayer:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Release the file, readings that were broken off first: no feature may outlive its dataset."""
        for reading in self._readings:
            reading.close()
        self._readings.clear()
        if self._cells is not None:
            self._cells.close()
        self._dataset = self._layer = self._cells = None

    def findings(self) -> list[Finding]:
        """What was left out of the geometries read so far."""
        return [
            Finding(code, text.format(count=self._changes[key])) for key, code, text in _CHANGES if self._changes[key]
        ]

    def read(self) -> Iterator[Row]:
        """(id, plain 2D WKB or None, {field: text or None}) of every row, in the order of the file.

        Raises:
            WeipianError: E_FILE_UNREADABLE.
        """
        self._readings.append(self._read())
        return self._readings[-1]

    def _read(self) -> Generator[Row, None, None]:
        self.originals.clear()
        self.refused.clear()
        self._changes.clear()
        for number, (fid, wkb, values) in enumerate(self._rows(), 1):
            if self._numbered:
                values[ROW_NUMBER] = str(number)
            yield fid, wkb, values

    def _rows(self) -> Iterator[Row]:
        rows = _gpkg_rows(self.path, self.layer, self._stored) if self._sqlite else None
        if rows is None:
            yield from self._from_ogr()
            return
        self._dataset = self._layer = None  # two SQLite libraries should not hold one file
        for fid, blob, values in rows:
            yield fid, self._from_wkb(fid, _blob_wkb(blob)), values

    def _from_ogr(self) -> Iterator[Row]:
        layer = self._layer
        if layer is None:
            raise WeipianError("E_FILE_UNREADABLE", path=self.path, detail="图层已关闭")
        raw = self._cells.columns if self._cells is not None else frozenset()
        slots = [(i, self.fields[i], read) for i, read in enumerate(self._readers) if i not in raw]
        layer.ResetReading()
        fid = -1
        while True:
            feature, broken = self._next()
            if feature is None and not (broken and self._cells is not None and fid + 1 < self._cells.records):
                return
            fid = fid + 1 if feature is None else feature.GetFID()
            values: dict[str, Optional[str]] = dict.fromkeys(self._stored)
            if self._cells is not None:
                values.update((self.fields[i], text) for i, text in self._cells.row(fid).items())
            for i, name, read in slots if feature is not None else ():
                if feature.IsFieldSetAndNotNull(i):
                    values[name] = read(feature, i)
            geom = None if feature is None else feature.GetGeometryRef()
            if geom is None and broken:
                self.refused[fid] = ("R_GEOMETRY_BROKEN", "图形数据已损坏，读不出来")
            yield fid, self._plain(fid, geom), values

    def _next(self) -> tuple[Any, bool]:
        """The next feature, None at the end; True when GDAL complained about it.

        Where GDAL raises, the feature of a shapefile it complains about does not come: its row still counts.
        """
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        gdal.ErrorReset()
        try:
            return self._layer.GetNextFeature(), gdal.GetLastErrorType() >= gdal.CE_Failure
        except RuntimeError as error:
            if self._cells is not None:
                return None, True
            raise WeipianError("E_FILE_UNREADABLE", path=self.path, detail=str(error)[:120]) from error
        finally:
            gdal.PopErrorHandler()

    def _from_wkb(self, fid: int, wkb: Optional[bytes]) -> Optional[bytes]:
        """A GeoPackage geometry; what cannot be parsed comes as it is, to be rejected with its row."""
        if not wkb or len(wkb) < 9:
            return wkb or None
        (kind,) = struct.unpack_from("<I" if wkb[0] == 1 else ">I", wkb, 1)
        if kind in _FLAT and kind != 1:
            return None if wkb[5:9] == b"\0\0\0\0" else wkb
        try:
            geom = ogr.CreateGeometryFromWkb(wkb)
        except RuntimeError:
            geom = None
        return wkb if geom is None else self._plain(fid, geom)

    def _plain(self, fid: int, geom: Any) -> Optional[bytes]:
        """2D WKB with straight edges; what this leaves out is counted and kept in `originals`."""
        if geom is None or geom.IsEmpty():
            return None
        kind = geom.GetGeometryType()
        if kind in _FLAT:
            return bytes(geom.ExportToWkb(ogr.wkbNDR))
        flat = ogr.GT_Flatten(kind)
        if self._multipatch or flat in _SOLID or (flat == _COLLECTION and _has_solid(geom)):
            self.refused[fid] = (MULTIPATCH, MULTIPATCH_REASON)
            return None
        changed = {"z": geom.Is3D(), "m": geom.IsMeasured(), "curve": geom.HasCurveGeometry()}
        self._changes.update(key for key, value in changed.items() if value)
        if any(changed.values()):
            self.originals[fid] = bytes(geom.ExportToIsoWkb(ogr.wkbNDR))
        return geometry_wkb(geom)


def needs_row_number(names: Sequence[str]) -> bool:
    """True when no column can tell rows apart by its name, so that a person may choose the row number."""
    return ROW_NUMBER not in names and not any(_ID_LIKE.search(name) for name in names)


def _has_solid(geom: Any) -> bool:
    parts = [geom.GetGeometryRef(i) for i in range(geom.GetGeometryCount())]
    return any(ogr.GT_Flatten(part.GetGeometryType()) in _SOLID for part in parts)


def _cells(path: Path, count: int) -> Optional[DbfCells]:
    """The .dbf beside a .shp, None when it cannot be read record by record."""
    found = [p for p in sorted(path.parent.iterdir()) if p.stem == path.stem and p.suffix.lower() == ".dbf"]
    if not found:
        return None
    with contextlib.suppress(OSError, ValueError, struct.error):
        cells = DbfCells(found[0])
        if cells.count == count:
            return cells
        cells.close()
    return None


def _shape_type(path: Path) -> int:
    with contextlib.suppress(OSError, struct.error), path.open("rb") as stream:
        return int(struct.unpack_from("<i", stream.read(36), 32)[0])
    return 0


def _blob_wkb(blob: Any) -> Optional[bytes]:
    """The WKB in a GeoPackage blob; what is no such blob comes back as it is."""
    if not isinstance(blob, bytes) or len(blob) < 8:
        return blob if isinstance(blob, bytes) else None
    envelope = (blob[3] >> 1) & 7
    if blob[:2] != b"GP" or envelope >= len(_ENVELOPES):
        return blob
    if blob[3] & 0x10:
        return None
    return blob[8 + _ENVELOPES[envelope] :]


def _gpkg_rows(path: Path, layer: str, fields: tuple[str, ...]) -> Optional[Iterator[Row]]:
    """Rows of a table or view straight from SQLite, whose cells have types of their own; None where it cannot."""
    for options in ("?mode=ro", "?mode=ro&immutable=1"):
        db = sqlite3.connect(path.resolve().as_uri() + options, uri=True, timeout=5)
        db.text_factory = lambda raw: raw.decode("utf-8", "replace")
        try:
            tables = {str(r[0]).lower(): str(r[0]) for r in db.execute("SELECT table_name FROM gpkg_contents")}
            table = tables[layer.lower()]
            columns = [(str(c[1]), c[5]) for c in db.execute(f"PRAGMA table_info({quote(table)})")]
            found = db.execute(
                "SELECT column_name FROM gpkg_geometry_columns WHERE table_name = ?", (table,)
            ).fetchone()
            keys = [name for name, key in columns if key]
            if len(keys) != 1 or not set(fields) <= {name for name, _ in columns}:
                break
            wanted = [quote(keys[0]), quote(found[0]) if found else "NULL", *map(quote, fields)]
            cursor = db.execute(f"SELECT {', '.join(wanted)} FROM {quote(table)} ORDER BY 1")
        except (sqlite3.Error, KeyError):
            db.close()
            continue
        return _cursor_rows(db, cursor, fields, path)
    with contextlib.suppress(sqlite3.Error):
        db.close()
    return None


def _cursor_rows(db: sqlite3.Connection, cursor: sqlite3.Cursor, fields: tuple[str, ...], path: Path) -> Iterator[Row]:
    try:
        for number, row in enumerate(cursor):
            fid = row[0] if isinstance(row[0], int) else number
            yield fid, row[1], dict(zip(fields, map(_cell, row[2:])))
    except sqlite3.Error as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=str(error)[:120]) from error
    finally:
        db.close()


def _cell(value: Any) -> Optional[str]:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return number_text(value)
    return value.hex() if isinstance(value, bytes) else str(value)
