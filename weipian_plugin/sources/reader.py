"""Vector layers of any kind behind one small door: plain 2D WKB, attributes as text, CRS, fingerprint.

OGR reads everything; a GeoPackage with an r-tree is read by box through sqlite3. Sources are opened
read-only and nothing beside them is written. GDAL's exception mode belongs to QGIS and stays as it is,
so both ways of failing are handled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional, Union

import numpy as np
from osgeo import gdal, ogr

from ..core.errors import WeipianError
from .crs import authid_of, spatial_reference
from .gathering import gather, ignore_fields
from .gpkg import Box, GpkgLayer, GpkgSurroundings, Row, open_layer
from .near import Neighbourhood
from .quiet import quiet
from .wkb import geometry_wkb

_DRIVERS = [
    "ESRI Shapefile", "GPKG", "OpenFileGDB", "FileGDB", "GeoJSON", "GeoJSONSeq", "TopoJSON", "KML", "LIBKML",
    "SQLite", "FlatGeobuf", "MapInfo File", "GML", "DXF", "CSV", "XLSX", "Parquet", "ESRIJSON",
]  # fmt: skip
_INSIDE_ZIP = (".shp", ".gpkg", ".gdb", ".geojson", ".json", ".kml", ".tab", ".fgb", ".gml", ".dxf")
#: Companions of a shapefile that belong to its content.
_SIDECARS = (".shp", ".dbf", ".shx", ".prj", ".cpg")
_MONTH_TYPES = (ogr.OFTDate, ogr.OFTDateTime, ogr.OFTTime)


@dataclass(frozen=True)
class LayerInfo:
    """A layer of a file. `geometry_type` is OGR's name, e.g. `Polygon`, `3D Multi Polygon`, `None`."""

    name: str
    geometry_type: str
    count: int
    crs: str = ""


@dataclass(frozen=True)
class FieldInfo:
    """A column: OGR's type name (`String`, `Integer`, `Real`, `Date` …), width and decimals (0: not set)."""

    name: str
    type: str
    width: int = 0
    decimals: int = 0
    subtype: str = ""  # Boolean, Int16, Float32, JSON, UUID; "" for none

    @classmethod
    def of(cls, name: str, definition: Any) -> FieldInfo:
        """Of an ogr.FieldDefn, under the name that the source gives it."""
        sub = definition.GetSubType()
        subtype = "" if sub == ogr.OFSTNone else str(ogr.GetFieldSubTypeName(sub))
        return cls(name, definition.GetTypeName(), definition.GetWidth(), definition.GetPrecision(), subtype)


class FeatureSource:
    """An open layer. Use it in the thread that opened it; `close()` or `with` releases the file."""

    def __init__(self, path: Path, dataset: Any, layer: Any, crs: str) -> None:
        self.path = path
        self.layer = str(layer.GetName())
        self.geometry_type = ogr.GeometryTypeToName(layer.GetGeomType())
        self.count = int(layer.GetFeatureCount())
        definition = layer.GetLayerDefn()
        described = [definition.GetFieldDefn(i) for i in range(definition.GetFieldCount())]
        names = unique_names([clean_text(d.GetName()) for d in described])
        self.field_info = tuple(FieldInfo.of(name, d) for name, d in zip(names, described))
        self.fields = tuple(info.name for info in self.field_info)
        self.crs = crs or crs_of(layer)
        self.extent = extent_of(layer) if self.count else None
        self.fingerprint = fingerprint(path, self.layer)
        self._fast: Optional[GpkgLayer] = None
        if dataset.GetDriver().ShortName == "GPKG" and path.is_file():
            self._fast = open_layer(path, self.layer)
        # Two SQLite libraries should not hold one file: OGR lets go of it as soon as the other reads.
        self._dataset, self._layer = (None, None) if self._fast else (dataset, layer)

    def __enter__(self) -> FeatureSource:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Release the file."""
        if self._fast is not None:
            self._fast.close()
        self._dataset = self._layer = self._fast = None

    def read(self, bbox: Optional[Box] = None, fields: Optional[Sequence[str]] = None) -> Iterator[Row]:
        """(id, plain 2D WKB or None, {field: text or None}) of all features or of those meeting `bbox`.

        `bbox` is (xmin, ymin, xmax, ymax) in the layer's CRS; `fields` limits the attributes.

        Raises:
            WeipianError: E_FILE_UNREADABLE, E_LAYER_FIELD for a field that is not there.
        """
        yield from self._rows(bbox, fields)

    def surroundings(self, boxes: Any, fields: Sequence[str]) -> Neighbourhood:
        """What lies near (n, 4) boxes of the layer's CRS, for several threads; keeps what cannot be read twice.

        Raises:
            WeipianError: as `read`.
        """
        wanted = self._wanted(fields)
        if self._fast is not None:
            return GpkgSurroundings(self._fast, boxes, wanted)
        return gather(self.path, self._opened(), self._slots(wanted), np.asarray(boxes).reshape(-1, 4), text_value)

    def sample(self, fields: Sequence[str], count: int) -> list[tuple[Optional[str], ...]]:
        """Columns of the first rows, `count` at most."""
        wanted = self._wanted(fields)
        if self._fast is not None:
            return self._fast.sample(wanted, count)
        rows = []
        for _, (_, _, values) in zip(range(count), self._rows(None, wanted)):
            rows.append(tuple(values[name] for name in wanted))
        return rows

    def _wanted(self, fields: Optional[Sequence[str]]) -> tuple[str, ...]:
        wanted = self.fields if fields is None else tuple(fields)
        for name in wanted:
            if name not in self.fields:
                raise WeipianError("E_LAYER_FIELD", path=f"{self.path.name}|{self.layer}", field=name)
        return wanted

    def _opened(self) -> Any:
        if self._layer is None:
            raise WeipianError("E_FILE_UNREADABLE", path=self.path, detail="图层已关闭")
        return self._layer

    def _slots(self, wanted: Sequence[str]) -> list[tuple[str, int]]:
        """(name, index) of the columns wanted; GDAL is told to leave the others."""
        ignore_fields(self._opened(), self.fields, wanted)
        return [(name, self.fields.index(name)) for name in wanted]

    def _rows(self, bbox: Optional[Box], fields: Optional[Sequence[str]]) -> Iterator[Row]:
        wanted = self._wanted(fields)
        if self._fast is not None:
            yield from self._fast.read(wanted, bbox)
            return
        slots = self._slots(wanted)
        layer = self._layer
        if bbox is None:
            layer.SetSpatialFilter(None)
        else:
            layer.SetSpatialFilterRect(*map(float, bbox))
        layer.ResetReading()
        while True:
            try:
                feature = layer.GetNextFeature()
            except RuntimeError as error:
                raise WeipianError("E_FILE_UNREADABLE", path=self.path, detail=str(error)[:120]) from error
            if feature is None:
                return
            values = {name: text_value(feature, i) for name, i in slots}
            yield feature.GetFID(), geometry_wkb(feature.GetGeometryRef()), values


def clean_text(text: str) -> str:
    """Bytes that are no UTF-8 come from GDAL as lone surrogates, which nothing can store: make them U+FFFD."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def unique_names(names: Sequence[str]) -> list[str]:
    """Names that became equal get a number."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return out


def text_value(feature: Any, index: int) -> Optional[str]:
    """A value as text, dates in ISO order; None for null and unset."""
    if not feature.IsFieldSetAndNotNull(index):
        return None
    kind = feature.GetFieldType(index)
    if kind not in _MONTH_TYPES:
        return clean_text(feature.GetFieldAsString(index))
    year, month, day, hour, minute, second, _ = feature.GetFieldAsDateTime(index)
    date, time = f"{year:04d}-{month:02d}-{day:02d}", f"{hour:02d}:{minute:02d}:{int(second):02d}"
    return {ogr.OFTDate: date, ogr.OFTTime: time}.get(kind, f"{date}T{time}")


def extent_of(layer: Any) -> Optional[Box]:
    """(xmin, ymin, xmax, ymax) in the layer's CRS, None where OGR has none."""
    try:
        x0, x1, y0, y1 = layer.GetExtent()
    except RuntimeError:
        return None
    return (x0, y0, x1, y1)


def crs_of(layer: Any) -> str:
    """Authid if there is one, else WKT; empty if the layer does not say (or says "undefined")."""
    srs = layer.GetSpatialRef()
    if srs is None or not (srs.IsGeographic() or srs.IsProjected()) or srs.GetName().startswith("Undefined"):
        return ""
    wkt = str(srs.ExportToWkt())
    try:
        return authid_of(wkt) or wkt
    except WeipianError:
        return ""


def fingerprint(path: Path, layer: str) -> str:
    """Name, layer, size and time of a file or folder: changes when the content may have changed."""
    if path.is_dir():
        files = sorted(p for p in path.rglob("*") if p.is_file() and p.suffix.lower() != ".lock")
    elif path.suffix.lower() == ".shp":
        files = [p for p in path.parent.glob("*") if p.stem == path.stem and p.suffix.lower() in _SIDECARS]
    else:
        # A GeoPackage in WAL mode keeps fresh rows beside itself.
        files = [p for p in (path, path.with_name(path.name + "-wal")) if p.exists()]
    stats = [p.stat() for p in files]
    newest = max((s.st_mtime_ns for s in stats), default=0)
    return f"{path.name}|{layer}|{sum(s.st_size for s in stats)}|{newest}"


def _zip_members(path: Path) -> list[str]:
    """GDAL names of the datasets in a zip, the zip itself first."""
    root = "/vsizip/" + path.resolve().as_posix()
    names = gdal.ReadDirRecursive(root) or []
    inner = [
        n.rstrip("/") for n in names if n.rstrip("/").lower().endswith(_INSIDE_ZIP) and ".gdb/" not in n[:-1].lower()
    ]
    return [f"{root}/{name}" for name in inner] or [root]


def _why(path: Path) -> str:
    """A reason in words for a file that does not open."""
    if path.is_file() and path.stat().st_size == 0:
        return "文件是空的"
    if path.suffix.lower() == ".shp":
        there = {p.suffix.lower() for p in path.parent.glob("*") if p.stem == path.stem}
        missing = [s for s in (".shx", ".dbf") if s not in there]
        if missing:
            return "缺少同名的 " + "、".join(missing) + " 文件"
    return "文件已损坏，或不是矢量数据"


def _open(path: Path, encoding: str) -> Iterator[Any]:
    """The GDAL datasets behind a path, read-only.

    Raises:
        WeipianError: E_FILE_MISSING, E_FORMAT_UNSUPPORTED, E_FILE_UNREADABLE.
    """
    if not path.exists():
        raise WeipianError("E_FILE_MISSING", path=path)
    suffix = path.suffix.lower()
    if suffix in (".mdb", ".accdb"):
        raise WeipianError("E_FORMAT_UNSUPPORTED", path=path)
    names = _zip_members(path) if suffix in (".zip", ".kmz") else [str(path)]
    options = [f"ENCODING={encoding}"] if encoding else []
    if suffix in (".geojson", ".json"):  # a text that looks like a date stays the text it is
        options.append("DATE_AS_STRING=YES")
    found = False
    for name in names:
        dataset = _open_quietly(name, options)
        if dataset is not None:
            found = True
            yield dataset
    if not found:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=_why(path))


def _open_quietly(name: str, options: list[str]) -> Any:
    """A dataset or None. QGIS sets SHAPE_ENCODING to nothing, which would leave GBK undecoded in its process."""
    with quiet(SHAPE_ENCODING=None):
        try:
            # ENCODING is an option of shapefiles; other drivers only warn about it, quietly.
            return gdal.OpenEx(name, gdal.OF_VECTOR | gdal.OF_READONLY, _DRIVERS, options)
        except RuntimeError:
            return None


def list_layers(path: Union[str, Path]) -> list[LayerInfo]:
    """The layers of a file, FileGDB folder or zip.

    Raises:
        WeipianError: E_FILE_MISSING, E_FORMAT_UNSUPPORTED, E_FILE_UNREADABLE.
    """
    infos = []
    for dataset in _open(Path(path), ""):
        for i in range(dataset.GetLayerCount()):
            layer = dataset.GetLayerByIndex(i)
            kind = ogr.GeometryTypeToName(layer.GetGeomType())
            infos.append(LayerInfo(layer.GetName(), kind, int(layer.GetFeatureCount()), crs_of(layer)))
    return infos


def open_source(path: Union[str, Path], layer: str = "", *, crs: str = "", encoding: str = "") -> FeatureSource:
    """Open a layer for reading.

    Args:
        path: file, FileGDB folder or zip.
        layer: its name; empty takes the first layer with polygons, else the first.
        crs: authid or WKT that overrides what the file says.
        encoding: GDAL's name of the text encoding of a shapefile, e.g. `CP936`; empty leaves it to GDAL.

    Raises:
        WeipianError: E_FILE_MISSING, E_FORMAT_UNSUPPORTED, E_FILE_UNREADABLE, E_CRS_INVALID.
    """
    path = Path(path)
    if crs:
        spatial_reference(crs)
        crs = authid_of(crs) or crs
    return FeatureSource(path, *open_dataset(path, layer, encoding), crs)


def open_dataset(path: Path, layer: str, encoding: str = "") -> tuple[Any, Any]:
    """(GDAL dataset, layer) behind a path; arguments and errors as `open_source`."""
    fallback: Optional[tuple[Any, Any]] = None
    for dataset in _open(path, encoding):
        for i in range(dataset.GetLayerCount()):
            found = dataset.GetLayerByIndex(i)
            polygonal = ogr.GT_Flatten(found.GetGeomType()) in _POLYGONAL
            if found.GetName() == layer or (not layer and polygonal):
                return dataset, found
            if not layer and fallback is None:
                fallback = (dataset, found)
    if fallback is None:
        detail = f"没有图层“{layer}”" if layer else "里面没有图层"
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=detail)
    return fallback


_POLYGONAL = (ogr.wkbPolygon, ogr.wkbMultiPolygon, ogr.wkbCurvePolygon, ogr.wkbMultiSurface)
