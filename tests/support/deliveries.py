"""Random deliveries: what a county may send, with the truth beside it.

A `Plan` says everything that is true of a delivery; the writers put it into files by routes that are not the
plugin's (OGR, openpyxl, the csv and json modules, own text). `same_value` compares what came back with what
was put in, modulo what the format itself cannot hold.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Optional, Union
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import openpyxl
import shapely
from osgeo import gdal, ogr

from tests.support.projection import reference

Value = Union[None, str, int, float, Decimal, date]


@dataclass(frozen=True)
class Column:
    """A column: `kind` is str, int, real, date or decimal (text in formats without decimals)."""

    name: str
    kind: str
    width: int = 0


@dataclass(frozen=True)
class Row:
    """A row: the geometry as delivered (shapely or None), what of its area is true, the cells by column.

    `area_m2` is None where the row must be rejected for its geometry.
    """

    geometry: Any
    area_m2: Optional[float]
    cells: tuple[Value, ...]


@dataclass(frozen=True)
class Plan:
    """A delivery. `crs` is EPSG; `says_crs` whether the file says so; `swapped`: north comes first."""

    form: str
    crs: int
    says_crs: bool
    swapped: bool
    encoding: str
    declares: str  # shapefile: cpg | ldid | nothing | lie
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    id_column: int
    unit: str
    dimension: str = ""  # Z, M or ZM

    @property
    def written(self) -> list[Any]:
        """The geometries in the order of axes in which the file has them."""
        if not self.swapped:
            return [row.geometry for row in self.rows]
        return [
            None if r.geometry is None else shapely.transform(r.geometry, lambda xy: xy[:, ::-1]) for r in self.rows
        ]


_TYPES = {
    "str": ogr.OFTString,
    "int": ogr.OFTInteger64,
    "real": ogr.OFTReal,
    "date": ogr.OFTDate,
    "decimal": ogr.OFTString,
}


def _ogr_geometry(geom: Any, dimension: str) -> Any:
    made = ogr.CreateGeometryFromWkb(shapely.to_wkb(geom))
    if "Z" in dimension:
        made.Set3D(True)
    if "M" in dimension:
        made.SetMeasured(True)
    return made


def _set(feature: Any, index: int, value: Value) -> None:
    if value is None:
        feature.SetFieldNull(index)
    elif isinstance(value, date):
        feature.SetField(index, value.year, value.month, value.day, 0, 0, 0, 0)
    elif isinstance(value, int):
        feature.SetFieldInteger64(index, value)
    else:
        feature.SetField(index, str(value) if isinstance(value, Decimal) else value)


def _by_ogr(path: Path, plan: Plan, driver: str, options: list[str]) -> None:
    source = ogr.GetDriverByName(driver).CreateDataSource(str(path))
    kind = (
        ogr.wkbMultiPolygon
        if driver == "OpenFileGDB"
        else ogr.wkbPolygon
        if driver == "ESRI Shapefile"
        else ogr.wkbUnknown
    )
    srs = reference(plan.crs) if plan.says_crs else None
    layer = source.CreateLayer("图斑" if driver != "ESRI Shapefile" else path.stem, srs, kind, options)
    for column in plan.columns:
        field = ogr.FieldDefn(column.name, _TYPES[column.kind])
        if driver == "ESRI Shapefile":
            field.SetWidth({"int": 18, "real": 24}.get(column.kind, column.width or 100))
            field.SetPrecision(11 if column.kind == "real" else 0)
        layer.CreateField(field)
    for row, geom in zip(plan.rows, plan.written):
        feature = ogr.Feature(layer.GetLayerDefn())
        for index, value in enumerate(row.cells):
            _set(feature, index, value)
        if geom is not None:
            made = _ogr_geometry(geom, plan.dimension)
            feature.SetGeometry(ogr.ForceToMultiPolygon(made) if driver == "OpenFileGDB" else made)
        if layer.CreateFeature(feature) != 0:
            raise OSError(gdal.GetLastErrorMsg())
    layer = source = None


def _shapefile(folder: Path, plan: Plan) -> Path:
    path = folder / "监测图斑.shp"
    _by_ogr(path, plan, "ESRI Shapefile", [f"ENCODING={plan.encoding}"])
    label = path.with_suffix(".cpg")
    label.unlink(missing_ok=True)
    if plan.declares == "cpg":
        label.write_text({"CP936": "GBK"}.get(plan.encoding, plan.encoding))
    elif plan.declares == "lie":
        label.write_text("ISO-8859-1")
    dbf = path.with_suffix(".dbf")
    raw = bytearray(dbf.read_bytes())
    raw[29] = 0x4D if plan.declares == "ldid" and plan.encoding == "CP936" else 0
    dbf.write_bytes(bytes(raw))
    return path


def _zipped(folder: Path, plan: Plan) -> Path:
    import zipfile

    inner = folder / "inner"
    inner.mkdir()
    _shapefile(inner, plan)
    path = folder / "下发.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(inner.iterdir()):
            archive.write(file, f"2026年上半年/{file.name}")
    return path


def _geopackage(folder: Path, plan: Plan) -> Path:
    path = folder / "图斑.gpkg"
    _by_ogr(path, plan, "GPKG", [])
    return path


def _filegdb(folder: Path, plan: Plan) -> Path:
    path = folder / "图斑.gdb"
    _by_ogr(
        path,
        plan,
        "OpenFileGDB",
        ["COLUMN_TYPES=", "XYTOLERANCE=0.0000000001" if plan.crs == 4490 else "XYTOLERANCE=0.0001"],
    )
    return path


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _geojson(folder: Path, plan: Plan) -> Path:
    features = []
    for row, geom in zip(plan.rows, plan.written):
        shape = None if geom is None else json.loads(json.dumps(shapely.geometry.mapping(geom)))
        cells = {c.name: _plain(v) for c, v in zip(plan.columns, row.cells)}
        features.append({"type": "Feature", "properties": cells, "geometry": shape})
    content: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if plan.says_crs:
        content["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{plan.crs}"}}
    path = folder / "图斑.geojson"
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


def _cell(value: Value) -> str:
    return "" if value is None else str(_plain(value))


def _wkt(geom: Any) -> str:
    return "" if geom is None or geom.is_empty else shapely.to_wkt(geom, rounding_precision=-1)


def _csv(folder: Path, plan: Plan) -> Path:
    path = folder / "图斑.csv"
    with path.open("w", encoding=plan.encoding, newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*(c.name for c in plan.columns), "WKT"])
        for row, geom in zip(plan.rows, plan.written):
            writer.writerow([*map(_cell, row.cells), _wkt(geom)])
    return path


def _xlsx(folder: Path, plan: Plan) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append([*(c.name for c in plan.columns), "WKT"])
    for row, geom in zip(plan.rows, plan.written):
        sheet.append([*(str(v) if isinstance(v, (Decimal, int)) else v for v in row.cells), _wkt(geom) or None])
    path = folder / "图斑.xlsx"
    book.save(path)
    return path


def _coordinates(ring: Any) -> str:
    return (
        "<LinearRing><coordinates>" + " ".join(f"{x!r},{y!r},0" for x, y in ring.coords) + "</coordinates></LinearRing>"
    )


def _kml_polygon(polygon: Any) -> str:
    inner = "".join(f"<innerBoundaryIs>{_coordinates(hole)}</innerBoundaryIs>" for hole in polygon.interiors)
    return f"<Polygon><outerBoundaryIs>{_coordinates(polygon.exterior)}</outerBoundaryIs>{inner}</Polygon>"


def _kml(folder: Path, plan: Plan) -> Path:
    marks = []
    for row, geom in zip(plan.rows, plan.written):
        cells = "".join(
            f"<Data name={quoteattr(c.name)}><value>{escape(_cell(v))}</value></Data>"
            for c, v in zip(plan.columns, row.cells)
            if v is not None
        )
        parts = [] if geom is None or geom.is_empty else list(shapely.get_parts(geom))
        shape = "".join(map(_kml_polygon, parts))
        shape = f"<MultiGeometry>{shape}</MultiGeometry>" if len(parts) > 1 else shape
        marks.append(f"<Placemark><ExtendedData>{cells}</ExtendedData>{shape}</Placemark>")
    path = folder / "图斑.kml"
    head = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>'
    path.write_text(f"{head}<name>图斑</name>{''.join(marks)}</Folder></Document></kml>", encoding="utf-8")
    return path


#: Form -> writer into an empty folder.
WRITERS: Mapping[str, Callable[[Path, Plan], Path]] = {
    "shp": _shapefile,
    "zip": _zipped,
    "gpkg": _geopackage,
    "gdb": _filegdb,
    "geojson": _geojson,
    "kml": _kml,
    "csv": _csv,
    "xlsx": _xlsx,
}
#: Forms whose cells are texts of a fixed width in bytes: blanks at the end and empty texts cannot be held.
PADDED = ("shp", "zip")
#: Forms that cannot tell an empty text from none.
EMPTY_IS_NULL = (*PADDED, "csv", "xlsx", "kml")


def write(folder: Path, plan: Plan) -> Path:
    """Write the delivery and return what the clerk would pick."""
    folder.mkdir(parents=True, exist_ok=True)
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        return WRITERS[plan.form](folder, plan)
    finally:
        gdal.PopErrorHandler()


def _date_text(text: str) -> str:
    return "".join(ch for ch in text[:10] if ch.isdigit())


def same_value(form: str, given: Value, got: Optional[str]) -> bool:
    """Whether the text that was kept of a cell says what was put in."""
    if given is None or (given == "" and form in EMPTY_IS_NULL):
        return got is None or (form in EMPTY_IS_NULL and got.strip(" 0") == "")
    if got is None:
        return isinstance(given, str) and form in PADDED and not given.strip()
    if isinstance(given, date):
        return _date_text(got) == given.strftime("%Y%m%d")
    if isinstance(given, str):
        return got.rstrip(" ") == given.rstrip(" ") if form in PADDED else got == given
    return _same_number(form, given, got)


def _same_number(form: str, given: Union[int, float, Decimal], got: str) -> bool:
    try:
        if form == "gdb" and isinstance(given, int):  # GDAL 3.6 has no wide integers there and writes doubles
            return float(got) == float(given)
        if not isinstance(given, float):
            return Decimal(got.strip()) == Decimal(given)
        if form in PADDED:  # eleven decimals were written
            return math.isclose(float(got), given, rel_tol=1e-15, abs_tol=0.6e-11)
        if form == "xlsx":  # openpyxl writes sixteen digits
            return float(got) == float(f"{given:.16g}")
        return float(got) == given
    except (InvalidOperation, ValueError):
        return False


def rounded(geom: Any, digits: int) -> Any:
    """Coordinates as a surveyor writes them."""
    return shapely.transform(geom, lambda xy: np.round(xy, digits))
