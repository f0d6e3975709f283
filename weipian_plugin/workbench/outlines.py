"""The approved boundary of a document, read out of whatever vector file the office handed over."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from ..core.errors import WeipianError, os_reason
from ..core.model import Patch
from ..geo.area import ellipsoidal_area
from ..sources.crs import Transformer, label_of
from ..sources.reader import LayerInfo, list_layers, open_source
from ..sources.text import read_text
from .shapes_text import LONLAT, place_shapes, read_shapes

#: Text files hold 界址点 lists or WKT, without a CRS.
TEXT_SUFFIXES = frozenset({".txt", ".wkt"})
#: An approval is some polygons; a county's register is the wrong file.
_MOST_FEATURES = 5000
#: A file in several pieces is kept as one zip, its dates the same whenever it is packed.
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_PIECES = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj"})
_LARGEST = 200 << 20


@dataclass(frozen=True)
class Outline:
    """MultiPolygon WKB EPSG:4490, its ellipsoidal area, how many polygons it came from, its CRS in words."""

    wkb: bytes
    area_m2: float
    features: int
    crs: str


def polygon_layers(path: Path) -> list[LayerInfo]:
    """Layers of a file that may hold a boundary; none for a text file, which has no layers.

    Raises:
        WeipianError: as `sources.reader.list_layers`.
    """
    if path.suffix.lower() in TEXT_SUFFIXES:
        return []
    layers = list_layers(path)
    return [item for item in layers if "Polygon" in item.geometry_type or "Surface" in item.geometry_type] or layers


def read_outline(path: Path, layer: str = "", crs: str = "", near: Sequence[Patch] = ()) -> Outline:
    """The union of all polygons of a layer; closed lines of a drawing count as polygons.

    Args:
        path: shapefile, GeoPackage, FileGDB, KML, GeoJSON, DXF, a zip of these, or a text of 界址点.
        layer: its name; empty: the first with polygons.
        crs: authid or WKT where the file does not say it.
        near: patches of the document; coordinates without a CRS are placed by them.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_FORMAT_UNSUPPORTED, E_CRS_UNKNOWN, E_CRS_INVALID,
            E_CRS_DATUM, E_SHAPES_TEXT, E_SPLIT_FAR, E_OUTLINE (no polygon, too many, outside the world).
    """
    if not path.exists():
        raise WeipianError("E_FILE_MISSING", path=path)
    if path.suffix.lower() in TEXT_SUFFIXES:
        parts, said = _of_text(path, crs, near), "按图斑位置判断"
    else:
        parts, said = _of_layer(path, layer, crs)
    whole = shapely.union_all(shapely.make_valid(np.array(parts, dtype=object)))
    pieces = shapely.get_parts(whole)
    polygons = pieces[shapely.get_dimensions(pieces) == 2] if len(pieces) else pieces
    if not len(polygons):
        raise WeipianError("E_OUTLINE", path=path.name, reason="没有面")
    outline = shapely.multipolygons(polygons)
    west, south, east, north = outline.bounds
    if not (-180 <= west <= east <= 180 and -90 < south <= north < 90):
        raise WeipianError("E_OUTLINE", path=path.name, reason="坐标不在地球上，坐标系可能不对")
    return Outline(shapely.to_wkb(outline), float(ellipsoidal_area(outline)), len(parts), said)


def _of_text(path: Path, crs: str, near: Sequence[Patch]) -> list[Any]:
    parts = read_shapes(read_text(path)[0])
    placed = [patch for patch in near if patch.wkb]
    error = WeipianError("E_OUTLINE", path=path.name, reason="坐标没有坐标系，要先把文件关联到有边界的图斑")
    for patch in placed:
        try:
            return place_shapes(parts, patch, crs)
        except WeipianError as found:
            error = found
    raise error


def _of_layer(path: Path, layer: str, crs: str) -> tuple[list[Any], str]:
    geoms: list[Any] = []
    with open_source(path, layer, crs=crs) as source:
        if source.count > _MOST_FEATURES:
            raise WeipianError("E_OUTLINE", path=path.name, reason=f"有 {source.count} 个图形，不像一份批准文件的范围")
        for _, wkb, _ in source.read(fields=()):
            if wkb is not None:
                geoms += _polygons(shapely.from_wkb(wkb, on_invalid="ignore"))
        if not geoms:
            raise WeipianError("E_OUTLINE", path=path.name, reason="没有面")
        if not source.crs:
            raise WeipianError("E_CRS_UNKNOWN", path=path)
        to_lonlat = Transformer(source.crs, LONLAT)
        return [to_lonlat.geometry(geom) for geom in geoms], label_of(source.crs)


def _polygons(geom: Any) -> list[Any]:
    """Polygons of a geometry, closed lines as polygons."""
    found = []
    for part in shapely.get_parts(geom) if geom is not None else ():
        kind = shapely.get_type_id(part)
        if kind == 3 and not part.is_empty:
            found.append(shapely.force_2d(part))
        elif kind == 1 and part.is_closed and len(part.coords) >= 4:
            found.append(shapely.force_2d(shapely.polygons(shapely.get_coordinates(part))))
        elif kind in (6, 7):
            found += _polygons(part)
    return found


def as_one_file(path: Path, scratch: Path) -> Path:
    """The file itself, or a zip in `scratch` of a shapefile with its companions or of a FileGDB.

    Raises:
        WeipianError: E_OUTLINE when it is too large, E_FILE_UNREADABLE.
    """
    if path.is_dir():
        members = [(file, f"{path.name}/{file.name}") for file in sorted(path.iterdir()) if file.is_file()]
    elif path.suffix.lower() == ".shp":
        beside = sorted(file for file in path.parent.iterdir() if file.stem == path.stem)
        members = [(file, file.name) for file in beside if file.suffix.lower() in _PIECES]
    else:
        members = []
    size = sum(file.stat().st_size for file, _ in members) if members else path.stat().st_size
    if size > _LARGEST:
        raise WeipianError("E_OUTLINE", path=path.name, reason=f"超过 {_LARGEST >> 20} MB，不像一份批准文件的范围")
    if not members:
        return path
    target = scratch / f"{path.stem}.zip"
    try:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
            for file, name in members:
                packed.writestr(zipfile.ZipInfo(name, _ZIP_DAY), file.read_bytes(), zipfile.ZIP_DEFLATED)
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
    return target
