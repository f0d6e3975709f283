"""GeoJSON that GDAL does not read whole: a bare geometry or feature, a list, one feature a line, GBK, long numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Optional

from osgeo import ogr

from .delivered import Row
from .memory import MemoryLayer
from .quiet import quiet
from .text import decode, read_bytes
from .wkb import geometry_wkb

_MAX = 256 << 20  # a larger file is left to GDAL
_GEOMETRIES = (
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
)  # fmt: skip
#: An id written as a number with more digits than GDAL keeps.
_LONG_NUMBER = re.compile(r"[:\[,]\s*-?\d{19,}\s*[,}\]]")
_EPSG = re.compile(r"EPSG\D{1,4}(\d{4,6})", re.IGNORECASE)


class _Real(float):
    """A number that remembers how it was written."""

    text: str

    @staticmethod
    def of(text: str) -> _Real:
        """From JSON text."""
        made = _Real(text)
        made.text = text
        return made


def read_loose_json(path: Path) -> Optional[MemoryLayer]:
    """The layer, or None for what GDAL reads itself.

    Raises:
        WeipianError: E_FILE_UNREADABLE for an empty or unreadable file.
    """
    if path.stat().st_size > _MAX:
        return None
    raw = read_bytes(path)
    text, encoding, reason = decode(raw)
    head = text[:2000]
    collection = re.search(r'"type"\s*:\s*"(FeatureCollection|Topology)"', head) and "\n{" not in head
    if encoding == "UTF-8" and collection and ("Topology" in head or not _LONG_NUMBER.search(text)):
        return None
    if "esriGeometry" in head:
        return None
    values = _values(text)
    features = [feature for value in values for feature in _features(value)]
    if not features:
        return None
    layer = MemoryLayer(path, path.stem, (), [], crs=_crs(values[0]))
    layer.encoding, layer.encoding_reason = encoding, reason
    _fill(layer, features)
    return layer


def _values(text: str) -> list[Any]:
    """The JSON value of the file, or one for each line."""
    try:
        return [json.loads(text, parse_float=_Real.of)]
    except ValueError:
        pass
    values = []
    for line in (raw.strip("\x1e\r ,") for raw in text.split("\n")):
        if line:
            try:
                values.append(json.loads(line, parse_float=_Real.of))
            except ValueError:
                return []
    return values


def _features(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [feature for item in value for feature in _features(item)]
    if not isinstance(value, dict):
        return []
    if isinstance(value.get("features"), list):
        return [feature for item in value["features"] for feature in _features(item)]
    if value.get("type") in _GEOMETRIES:
        properties = value.get("properties")
        return [{"geometry": value, "properties": properties if isinstance(properties, dict) else {}}]
    return [value] if "geometry" in value else []


def _crs(value: Any) -> str:
    """What the legacy crs member says, else WGS 84 as the standard has it."""
    member = value.get("crs") if isinstance(value, dict) else None
    found = _EPSG.search(json.dumps(member)) if member else None
    return f"EPSG:{found.group(1)}" if found else "EPSG:4326"


def _fill(layer: MemoryLayer, features: list[dict[str, Any]]) -> None:
    kinds: dict[str, None] = {}
    rows: list[Row] = []
    for number, feature in enumerate(features, 1):
        geometry = feature.get("geometry")
        geom = _geometry(geometry)
        if geom is None and geometry:
            layer.refused[number] = ("R_GEOMETRY_BROKEN", "图形数据读不出来")
        if geom is not None:
            kinds[ogr.GeometryTypeToName(ogr.GT_Flatten(geom.GetGeometryType()))] = None
            if geom.Is3D():
                layer.originals[number] = bytes(geom.ExportToIsoWkb(ogr.wkbNDR))
        properties = feature.get("properties")
        values = {str(k): _text(v) for k, v in properties.items()} if isinstance(properties, dict) else {}
        if "id" in feature and "id" not in values:
            values["id"] = _text(feature["id"])
        rows.append((number, geometry_wkb(geom), values))
    names = list(dict.fromkeys(name for _, _, values in rows for name in values))
    layer.rows = [(fid, wkb, {name: values.get(name) for name in names}) for fid, wkb, values in rows]
    if not names:
        layer.rows = [(fid, wkb, {"文件名": _numbered(layer, fid)}) for fid, wkb, _ in rows]
        names = ["文件名"]
        layer.id_hint = "文件名"
    layer.fields = tuple(names)
    layer.geometry_type = next(iter(kinds)) if len(kinds) == 1 else "Unknown (any)"


def _numbered(layer: MemoryLayer, number: int) -> str:
    return layer.layer if len(layer.rows) == 1 else f"{layer.layer}_{number}"


def _geometry(value: Any) -> Any:
    if not isinstance(value, dict):
        return None
    with quiet():
        try:
            text = json.dumps({k: value.get(k) for k in ("type", "coordinates", "geometries")})
            return ogr.CreateGeometryFromJson(text)
        except (RuntimeError, TypeError, ValueError):
            return None


def _text(value: Any) -> Optional[str]:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, _Real):
        return value.text
    return str(value) if isinstance(value, int) else json.dumps(value, ensure_ascii=False)
