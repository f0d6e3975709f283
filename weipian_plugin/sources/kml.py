"""KML of 奥维, Google Earth and ArcGIS: polygons with the attributes of ExtendedData and of the balloon's table."""

from __future__ import annotations

import html
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

import shapely
from shapely.geometry.base import BaseGeometry

from ..core.errors import WeipianError
from ..core.findings import Finding
from .delivered import ROW_NUMBER, Row, needs_row_number
from .memory import MemoryLayer
from .tables import html_tables
from .text import read_text

_FOLDERS = ("Folder", "Document")
_PLAIN = ("name", "description", "address", "phoneNumber", "Snippet", "snippet")
_PAIR = re.compile(r"^\s*([^:：<>]{1,20}?)\s*[:：]\s*(.*?)\s*$")
_NULLS = ("<Null>", "&lt;Null&gt;", "&lt;空&gt;", "<空>")
_TAG = re.compile(r"<[^>]+>")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MAX_DEPTH = 100
_NAME, _FOLDER = "name", "文件夹"


def read_kml(path: Path) -> MemoryLayer:
    """All placemarks as one layer; what is no polygon stays a row, to be rejected with its reason.

    Raises:
        WeipianError: E_FILE_UNREADABLE.
    """
    text, encoding, reason = read_text(path)
    root = _parsed(path, text)
    layer = MemoryLayer(path, path.stem, (), [], crs="EPSG:4326", encoding=encoding, encoding_reason=reason)
    marks = list(_placemarks(root, (), 0))
    shapes = [_geometries(mark) for mark, _ in marks]
    areal = any(kind == "Polygon" for found in shapes for kind, _ in found)
    rings = 0
    rows: list[Row] = []
    for number, ((mark, folder), found) in enumerate(zip(marks, shapes), 1):
        closed = [(k, g) for k, g in found if k == "Ring" and not areal]
        rings += len(closed)
        geom = _joined(found, keep_rings=not areal)
        if geom is not None and geom.has_z:
            layer.originals[number] = bytes(shapely.to_wkb(geom, output_dimension=3, flavor="iso"))
        wkb = None if geom is None else bytes(shapely.to_wkb(shapely.force_2d(geom), output_dimension=2))
        rows.append((number, wkb, _attributes(mark, folder)))
    _finish(layer, rows, [k for found in shapes for k, _ in found], rings)
    return layer


def _finish(layer: MemoryLayer, rows: list[Row], kinds: list[str], rings: int) -> None:
    """Columns, geometry type and what should be known."""
    names = list(dict.fromkeys(name for _, _, values in rows for name in values))
    used = [n for n in names if n == _NAME or any(values.get(n) not in (None, "") for _, _, values in rows)]
    layer.rows = [(fid, wkb, {name: values.get(name) for name in used}) for fid, wkb, values in rows]
    layer.fields = tuple(used)
    layer.id_hint = _NAME if any((values.get(_NAME) or "").strip() for _, _, values in rows) else ""
    if not layer.id_hint and needs_row_number([name for name in used if name != _NAME]):
        layer.fields = (*layer.fields, ROW_NUMBER)
        layer.rows = [(fid, wkb, {**values, ROW_NUMBER: str(fid)}) for fid, wkb, values in layer.rows]
    if "Polygon" not in kinds and not rings and kinds:
        layer.geometry_type = "Point" if "Point" in kinds else "Line String"
    if rings:
        layer.notes.append(Finding("W_CLOSED_LINE", f"文件里没有面，{rings} 条首尾相接的线已按面导入"))
    if layer.originals:
        layer.notes.append(
            Finding("W_Z", f"{len(layer.originals)} 个图形带高程，计算和显示时不用高程；下发的图形原样保存")
        )


def _parsed(path: Path, text: str) -> Any:
    """The element tree without namespaces.

    Raises:
        WeipianError: E_FILE_UNREADABLE.
    """
    if "<!DOCTYPE" in text[:4096] or "<!ENTITY" in text:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="文件带有外部定义（DOCTYPE），不安全")
    text = _CONTROL.sub("", re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff")))
    for repair in (False, True):
        content = text
        if repair:  # prefixes that nobody declared, bare ampersands: seen in what 奥维 and people write
            content = re.sub(r"<(/?)[A-Za-z_][\w.\-]*:", r"<\1", content)
            content = re.sub(r"(\s)[A-Za-z_][\w.\-]*:([\w.\-]+\s*=)", r"\1\2", content)
            content = re.sub(r"&(?!#?\w{1,8};)", "&amp;", content)
        try:
            return ET.fromstring(content.encode("utf-8", "replace"))  # noqa: S314 - see the import
        except (ET.ParseError, ValueError, RecursionError) as error:
            failure = error
    raise WeipianError("E_FILE_UNREADABLE", path=path, detail=f"KML 内容不完整：{str(failure)[:60]}") from failure


def _tag(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _placemarks(element: Any, folder: tuple[str, ...], depth: int) -> Iterator[tuple[Any, str]]:
    """(placemark, path of the folders around it)."""
    if depth > _MAX_DEPTH:
        return
    for child in element:
        tag = _tag(child)
        if tag == "Placemark":
            yield child, "/".join(folder)
        elif tag in _FOLDERS:
            name = next(((c.text or "").strip() for c in child if _tag(c) == "name"), "")
            inner = (*folder, name) if tag == "Folder" and name else folder
            yield from _placemarks(child, inner, depth + 1)


def _geometries(element: Any, depth: int = 0) -> list[tuple[str, BaseGeometry]]:
    """(Polygon, Ring, Line or Point; geometry) of a placemark, MultiGeometry taken apart."""
    found: list[tuple[str, BaseGeometry]] = []
    for child in element if depth <= _MAX_DEPTH else ():
        tag = _tag(child)
        if tag == "Polygon":
            polygon = _polygon(child)
            found += [("Polygon", polygon)] if polygon is not None else []
        elif tag in ("LineString", "LinearRing"):
            points = _points(child)
            closed = len(points) > 3 and points[0][:2] == points[-1][:2]
            if closed:
                found.append(("Polygon" if tag == "LinearRing" else "Ring", shapely.Polygon(points)))
            elif len(points) > 1:
                found.append(("Line", shapely.LineString(points)))
        elif tag == "Point":
            points = _points(child)
            found += [("Point", shapely.Point(points[0]))] if points else []
        elif tag in ("MultiGeometry", "MultiPolygon"):
            found += _geometries(child, depth + 1)
    return found


def _polygon(element: Any) -> Optional[BaseGeometry]:
    shells: list[Any] = []
    holes: list[Any] = []
    for boundary in element:
        target = {"outerBoundaryIs": shells, "innerBoundaryIs": holes}.get(_tag(boundary))
        for ring in boundary if target is not None else ():
            points = _points(ring)
            if len({p[:2] for p in points}) >= 3 and target is not None:
                target.append(points if points[0] == points[-1] else [*points, points[0]])
    return shapely.Polygon(shells[0], holes) if shells else None


def _points(element: Any) -> list[tuple[float, ...]]:
    """lon,lat[,alt] tuples; heights of zero say nothing and are left out."""
    text = next((c.text or "" for c in element if _tag(c) == "coordinates"), "")
    text = re.sub(r"\s*,\s*", ",", text)
    points = []
    for item in text.split():
        try:
            values = [float(v) for v in item.split(",") if v]
        except ValueError:
            continue
        if not all(map(math.isfinite, values)):
            return []
        if len(values) >= 2:
            points.append(tuple(values[:3]))
    flat = all(len(p) < 3 or p[2] == 0 for p in points)
    return [p[:2] for p in points] if flat else [(*p, 0.0)[:3] for p in points]


def _joined(found: list[tuple[str, BaseGeometry]], keep_rings: bool) -> Optional[BaseGeometry]:
    """The polygons of a placemark as one geometry; else its first line or point."""
    areas = [g for kind, g in found if kind == "Polygon" or (kind == "Ring" and keep_rings)]
    if len(areas) > 1:
        return shapely.MultiPolygon(areas)
    return areas[0] if areas else found[0][1] if found else None


def _attributes(mark: Any, folder: str) -> dict[str, Optional[str]]:
    """name, folder, description, ExtendedData, times, and the pairs in the description."""
    values: dict[str, Optional[str]] = {_NAME: None}
    for child in mark:
        tag = _tag(child)
        if tag in _PLAIN:
            values[tag] = child.text
        elif tag == "ExtendedData":
            _extended(child, values)
        elif tag in ("TimeStamp", "TimeSpan"):
            values.update({_tag(part): (part.text or "").strip() for part in child})
    if folder:
        values[_FOLDER] = folder
    for key, value in _described(values.get("description") or ""):
        if values.get(key) in (None, ""):
            values[key] = value
        elif values[key] != value:
            values[f"{key}_2"] = value
    return values


def _extended(element: Any, values: dict[str, Optional[str]]) -> None:
    for item in element.iter():
        name = str(item.get("name") or "").strip()
        if _tag(item) == "Data" and name:
            values[name] = next(((c.text or "") for c in item if _tag(c) == "value"), None)
        elif _tag(item) == "SimpleData" and name:
            values[name] = item.text


def _described(text: str) -> list[tuple[str, Optional[str]]]:
    """Attributes in a description: rows of two cells of a table, else lines of `key：value`."""
    if "<t" in text.lower():
        pairs = [(row[0], row[1]) for table in html_tables(text) for row in table if len(row) == 2]
        pairs = [(re.sub(r"\s+", " ", key).strip(" :：\xa0"), value.strip("\xa0 ")) for key, value in pairs]
        if pairs:
            return [(k, None if v in _NULLS else v) for k, v in pairs if 0 < len(k) <= 40]
    plain = _TAG.sub("", re.sub(r"<\s*(br|/p|/div|/li)\s*/?>", "\n", text, flags=re.IGNORECASE))
    lines = [html.unescape(line) for line in re.split(r"[\r\n]+", plain) if line.strip()]
    found = [_PAIR.match(line) for line in lines]
    pairs = [(m.group(1), m.group(2)) for m in found if m and not m.group(2).startswith("//")]
    return [(k.strip(), v) for k, v in pairs] if pairs and len(pairs) >= 0.5 * len(lines) else []
