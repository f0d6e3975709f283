"""Patches as KML for phone maps (奥维, Google Earth): OGC KML 2.2, WGS84 lon/lat, UTF-8.

Phones know few styles and no schema, so that everything a person wants to read stands in name and description.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional
from xml.etree import ElementTree as ET

import shapely
from shapely.geometry import Polygon

_NS = "http://www.opengis.net/kml/2.2"
#: aabbggrr by level: red, orange, yellow as on the map; grey where no level is known.
_COLORS = {1: "ff2f2fd3", 2: "ff007cf5", 3: "ff1db9f9"}
_NO_LEVEL = "ff9e9e9e"
#: 1e-7 degrees are a centimetre.
_PLACES = 7


@dataclass(frozen=True)
class Mark:
    """One numbered patch. `lon`, `lat` degrees; `wkb` its boundary in lon/lat degrees, None without one."""

    name: str
    lines: Sequence[str]
    lon: float
    lat: float
    level: Optional[int] = None
    wkb: Optional[bytes] = None
    uid: str = ""
    patch_id: str = ""


def kml(title: str, marks: Sequence[Mark]) -> bytes:
    """The document: a folder of points (they carry the numbers), one of boundaries, and the way between them."""
    ET.register_namespace("", _NS)
    root = ET.Element(f"{{{_NS}}}kml")
    document = _add(root, "Document")
    _add(document, "name", title)
    for level, color in [*_COLORS.items(), (0, _NO_LEVEL)]:
        _style(document, f"level{level}", color)
    points, shapes = _add(document, "Folder"), _add(document, "Folder")
    _add(points, "name", "图斑点位")
    _add(shapes, "name", "图斑边界")
    for mark in marks:
        style = f"#level{mark.level if mark.level in _COLORS else 0}"
        place = _placemark(points, mark, style)
        _add(_add(place, "Point"), "coordinates", _pair(mark.lon, mark.lat))
        polygons = _polygons(mark.wkb)
        if polygons:
            place = _placemark(shapes, mark, style)
            many = _add(place, "MultiGeometry")
            for polygon in polygons:
                _polygon(many, polygon)
    if len(marks) > 1:
        way = _add(document, "Placemark")
        _add(way, "name", "行走顺序")
        line = _add(way, "LineString")
        _add(line, "tessellate", "1")
        _add(line, "coordinates", " ".join(_pair(mark.lon, mark.lat) for mark in marks))
    return bytes(ET.tostring(root, encoding="UTF-8", xml_declaration=True))


def _add(parent: ET.Element, tag: str, text: str = "") -> ET.Element:
    child = ET.SubElement(parent, f"{{{_NS}}}{tag}")
    if text:
        child.text = "".join(c for c in text if c.isprintable() or c == "\n")  # XML 1.0 knows no control characters
    return child


def _style(document: ET.Element, name: str, color: str) -> None:
    style = _add(document, "Style")
    style.set("id", name)
    _add(_add(style, "IconStyle"), "color", color)  # the schema wants this order
    line = _add(style, "LineStyle")
    _add(line, "color", color)
    _add(line, "width", "3")
    _add(_add(style, "PolyStyle"), "fill", "0")


def _placemark(folder: ET.Element, mark: Mark, style: str) -> ET.Element:
    place = _add(folder, "Placemark")
    _add(place, "name", mark.name)
    _add(place, "description", "\n".join(line for line in mark.lines if line))
    _add(place, "styleUrl", style)
    return place


def _polygons(wkb: Optional[bytes]) -> list[Polygon]:
    if not wkb:
        return []
    return [part for part in shapely.get_parts(shapely.from_wkb(wkb)) if not part.is_empty]


def _polygon(parent: ET.Element, polygon: Polygon) -> None:
    element = _add(parent, "Polygon")
    for tag, ring in [("outerBoundaryIs", polygon.exterior), *(("innerBoundaryIs", r) for r in polygon.interiors)]:
        text = " ".join(_pair(x, y) for x, y in shapely.get_coordinates(ring))
        _add(_add(_add(element, tag), "LinearRing"), "coordinates", text)


def _pair(lon: float, lat: float) -> str:
    return f"{lon:.{_PLACES}f},{lat:.{_PLACES}f}"
