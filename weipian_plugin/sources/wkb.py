"""Every WKB there is -> plain 2D WKB: no Z, no M, no curves."""

from __future__ import annotations

import struct
from typing import Any, Optional

from osgeo import ogr

from .quiet import quiet

#: Point … MultiPolygon; collections may hide curves and go the long way.
_PLAIN = range(1, 7)
#: Degrees of an arc between two vertices: the area of a circle comes out 3e-6 too small (GDAL's 4° make it 8e-4).
ARC_STEP = 0.25


def plain_wkb(wkb: Optional[bytes]) -> Optional[bytes]:
    """2D WKB with straight edges; None for a null, empty or unreadable geometry."""
    if not wkb or len(wkb) < 9:
        return None
    (kind,) = struct.unpack_from("<I" if wkb[0] == 1 else ">I", wkb, 1)
    if kind in _PLAIN:
        return None if kind != 1 and wkb[5:9] == b"\0\0\0\0" else bytes(wkb)
    with quiet():
        try:
            geom = ogr.CreateGeometryFromWkb(bytes(wkb))
        except RuntimeError:
            geom = None
    return geometry_wkb(geom)


def geometry_wkb(geom: Any) -> Optional[bytes]:
    """An ogr.Geometry -> 2D WKB with straight edges; None for null or empty."""
    if geom is None or geom.IsEmpty():
        return None
    if geom.HasCurveGeometry() or geom.GetGeometryType() not in _PLAIN:
        geom = _straight(geom.GetLinearGeometry(ARC_STEP))
    return bytes(geom.ExportToWkb(ogr.wkbNDR))


def _straight(geom: Any) -> Any:
    """2D simple features only: surfaces of triangles become multipolygons, also inside a collection."""
    geom.FlattenTo2D()
    if geom.GetGeometryType() in _PLAIN:
        return geom
    if geom.GetGeometryType() != ogr.wkbGeometryCollection:
        return ogr.ForceToMultiPolygon(geom)
    out = ogr.Geometry(ogr.wkbGeometryCollection)
    for i in range(geom.GetGeometryCount()):
        out.AddGeometry(_straight(geom.GetGeometryRef(i).Clone()))
    return out
