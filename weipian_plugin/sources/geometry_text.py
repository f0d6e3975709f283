"""Geometry written into a cell: WKT, EWKT, GeoJSON, WKB as hexadecimal digits."""

from __future__ import annotations

import re
from typing import Any, Optional

from osgeo import ogr

from .quiet import quiet
from .wkb import geometry_wkb, plain_wkb

_WKT = re.compile(
    r"^\s*(SRID=(?P<srid>\d+);)?\s*(MULTI)?(POLYGON|SURFACE|GEOMETRYCOLLECTION|CURVEPOLYGON)\b", re.IGNORECASE
)
_JSON = re.compile(r'^\s*\{.*"type"\s*:\s*"(Multi)?(Polygon|GeometryCollection|Feature)"', re.DOTALL)
_HEX = re.compile(r"^\s*0[01]0?[0-9A-Fa-f]{40,}\s*$")
_EMPTY = re.compile(r"\bEMPTY\s*$", re.IGNORECASE)
_EWKB_SRID = 0x20000000


def is_geometry_text(text: Optional[str]) -> bool:
    """True for text that begins like a polygon in one of the notations."""
    return bool(text) and any(pattern.match(text or "") for pattern in (_WKT, _JSON, _HEX))


def crs_of_text(text: str) -> str:
    """`EPSG:n` that an EWKT names, "" for none."""
    found = _WKT.match(text)
    return f"EPSG:{found.group('srid')}" if found and found.group("srid") not in (None, "0") else ""


def is_empty_text(text: Optional[str]) -> bool:
    """True for WKT of no geometry, such as `POLYGON EMPTY`."""
    return bool(_WKT.match(text or "") and _EMPTY.search(text or ""))


def wkb_of_text(text: Optional[str]) -> Optional[bytes]:
    """2D WKB with straight edges, None for what cannot be read."""
    cell = (text or "").strip()
    if _HEX.match(cell):
        return _from_hex(cell)
    geom: Any = None
    with quiet():
        try:
            if cell.startswith("{"):
                geom = ogr.CreateGeometryFromJson(cell)
            else:
                geom = ogr.CreateGeometryFromWkt(cell.partition(";")[2] if cell.upper().startswith("SRID=") else cell)
        except RuntimeError:
            return None
    return geometry_wkb(geom)


def _from_hex(cell: str) -> Optional[bytes]:
    """WKB or EWKB; the latter's SRID is cut out."""
    try:
        raw = bytes.fromhex(cell)
    except ValueError:
        return None
    order = "little" if raw[0] == 1 else "big"
    kind = int.from_bytes(raw[1:5], order)
    if kind & _EWKB_SRID:
        raw = raw[:1] + (kind & ~_EWKB_SRID).to_bytes(4, order) + raw[9:]
    try:
        return plain_wkb(raw)
    except (ValueError, OverflowError):
        return None
