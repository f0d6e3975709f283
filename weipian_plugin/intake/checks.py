"""The health check of the geometries of a delivery, in arrays; the delivered WKB is never touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Optional

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ..core.feedback import Feedback, stop_if_cancelled
from ..core.findings import Finding
from ..geo.area import ellipsoidal_area, ellipsoidal_areas
from ..sources.crs import gauss_kruger_of
from ..sources.rings import close_rings
from .crs_guess import CHINA

_POLYGON, _MULTIPOLYGON, _COLLECTION = 3, 6, 7
#: Pieces below this stay out of lists (design section 6), m².
_SLIVER_M2 = 0.1
_CHUNK = 2000
#: Coordinates are below this in any CRS, m or degrees.
_FARTHEST = 1e9
#: Issued and computed area may differ by this share.
AREA_TOLERANCE = 0.01
#: A Gauss-Krüger zone is used within this many degrees of its meridian.
_ZONE_DEGREES = 3.0
#: geometry (or array of them) in the delivered CRS -> lon/lat EPSG:4490
ToLonLat = Callable[[Any], Any]


@dataclass(frozen=True)
class Checked:
    """One geometry after the check: lon/lat MultiPolygon or why not. Areas in m², ellipsoidal."""

    lonlat: Optional[BaseGeometry] = None
    source: Optional[BaseGeometry] = None
    area_m2: float = 0.0
    before_m2: Optional[float] = None  # set when it had to be repaired
    code: str = ""
    reason: str = ""


def polygons_only(geom: BaseGeometry) -> list[Polygon]:
    """The polygons of any geometry; points and lines fall away."""
    if geom.is_empty:
        return []
    kind = shapely.get_type_id(geom)
    if kind == _POLYGON:
        return [geom]
    if kind in (_MULTIPOLYGON, _COLLECTION):
        return [p for part in geom.geoms for p in polygons_only(part)]
    return []


def repair(geom: BaseGeometry) -> MultiPolygon:
    """A valid MultiPolygon: each ring made valid, holes taken out of their shell, parts unioned.

    Whole-geometry make_valid would count an area covered by two parts as a hole.
    """
    parts: list[BaseGeometry] = []
    for polygon in polygons_only(geom):
        shell = shapely.union_all(polygons_only(shapely.make_valid(Polygon(polygon.exterior))))
        holes = [h for ring in polygon.interiors for h in polygons_only(shapely.make_valid(Polygon(ring)))]
        parts.append(shell.difference(shapely.union_all(holes)) if holes else shell)
    return MultiPolygon(polygons_only(shapely.union_all(parts)))


def _raw_area(geom: BaseGeometry, to_lonlat: ToLonLat) -> float:
    """Ellipsoidal area by the rings as delivered, m², also of an invalid geometry."""
    return ellipsoidal_area(to_lonlat(MultiPolygon(polygons_only(geom))))


def check_one(geom: Optional[BaseGeometry], valid: bool, to_lonlat: ToLonLat) -> Checked:
    """Check and repair one geometry (2D, delivered CRS, east/north order); see `_place` for the rest."""
    if geom is None or geom.is_empty:
        return Checked(code="R_GEOMETRY_EMPTY", reason="没有图形（空几何）")
    polygons = polygons_only(geom)
    if not polygons:
        return Checked(code="R_NOT_POLYGON", reason=f"图形不是面，而是{kind_label(geom.geom_type)}")
    before = None if valid else _raw_area(geom, to_lonlat)
    source = repair(geom) if not valid else polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)
    if source.is_empty:
        return Checked(code="R_GEOMETRY_BROKEN", reason="图形自相交，修复后没有面积")
    return Checked(source=source, before_m2=before)


def _place(part: list[Checked], to_lonlat: ToLonLat) -> list[Checked]:
    """Transform and measure what passed `check_one`, all at once."""
    good = [c.source for c in part if c.source is not None]
    if not good:
        return part
    lonlat = to_lonlat(np.array(good, dtype=object))
    coords, owner = shapely.get_coordinates(lonlat, return_index=True)
    bad = set(owner[~np.isfinite(coords).all(axis=1)].tolist())
    # A hair-thin spike that is valid in metres can cross itself once its degrees are rounded.
    for i in np.flatnonzero(~shapely.is_valid(lonlat)):
        if int(i) not in bad:
            lonlat[i] = repair(lonlat[i])
    single = shapely.get_type_id(lonlat) == _POLYGON
    lonlat[single] = shapely.multipolygons(lonlat[single][:, None])
    areas = ellipsoidal_areas(lonlat)
    done, number = [], -1
    for item in part:
        number += item.source is not None
        if item.source is None:
            done.append(item)
        elif number in bad:
            done.append(Checked(code="R_COORDINATES", reason="坐标超出坐标系范围，无法换算到 CGCS2000"))
        elif lonlat[number].is_empty:
            done.append(Checked(code="R_GEOMETRY_BROKEN", reason="图形自相交，修复后没有面积"))
        else:
            done.append(replace(item, lonlat=lonlat[number], area_m2=float(areas[number])))
    return done


def _closed(wkb: bytes, swap: bool, to_lonlat: ToLonLat) -> Checked:
    """A geometry that cannot be built as it stands: repaired where only the last point of a ring is missing."""
    raw = close_rings(wkb)
    geom = shapely.force_2d(shapely.from_wkb(raw, on_invalid="ignore")) if raw else None
    if geom is None or not np.isfinite(shapely.get_coordinates(geom)).all():
        return Checked(code="R_GEOMETRY_BROKEN", reason="图形数据读不出来（已损坏，或不是普通的面）")
    return check_one(shapely.transform(geom, lambda xy: xy[:, ::-1]) if swap else geom, False, to_lonlat)


@np.errstate(invalid="ignore")  # NaN is looked for here, QGIS would show the warning
def check_all(
    wkbs: Sequence[Optional[bytes]], swap: bool, to_lonlat: ToLonLat, feedback: Feedback, span: tuple[float, float]
) -> list[Checked]:
    """`check_one` over all rows, progress within `span` percent.

    Raises:
        WeipianError: E_CANCELLED.
    """
    done: list[Checked] = []
    for start in range(0, len(wkbs), _CHUNK):
        stop_if_cancelled(feedback)
        raw = np.array(list(wkbs[start : start + _CHUNK]), dtype=object)
        geoms = shapely.force_2d(shapely.from_wkb(raw, on_invalid="ignore"))
        if swap:
            present = np.array([g is not None for g in geoms])
            geoms[present] = shapely.transform(geoms[present], lambda xy: xy[:, ::-1])
        coords, owner = shapely.get_coordinates(geoms, return_index=True)
        # False for NaN too; nothing on earth is that far from an origin, and GEOS and PROJ break down out there.
        broken = set(owner[~(np.abs(coords) < _FARTHEST).all(axis=1)].tolist())
        part = []
        for i, (geom, wkb, valid) in enumerate(zip(geoms, raw, shapely.is_valid(geoms))):
            if i in broken:
                part.append(Checked(code="R_COORDINATES", reason="坐标里有无效数字"))
            elif geom is None and wkb:
                part.append(_closed(wkb, swap, to_lonlat))
            else:
                part.append(check_one(geom, bool(valid), to_lonlat))
        done += _place(part, to_lonlat)
        feedback.progress(span[0] + (span[1] - span[0]) * len(done) / len(wkbs))
    return done


def kind_label(geometry_type: str) -> str:
    """Chinese word for a geometry type."""
    name = geometry_type.lower().replace(" ", "")
    for part, word in (("polygon", "面"), ("surface", "面"), ("line", "线"), ("curve", "线"), ("point", "点")):
        if part in name:
            return word
    return "没有图形的表" if name in ("none", "") else "混合类型"


def overlaps(
    geoms: Sequence[BaseGeometry],
    ids: Sequence[str],
    to_lonlat: ToLonLat,
    feedback: Feedback,
    span: tuple[float, float],
) -> list[Finding]:
    """A finding for each pair of patches of one batch that share more than 0.1 m².

    Raises:
        WeipianError: E_CANCELLED.
    """
    array: Any = np.array(list(geoms), dtype=object)
    tree = shapely.STRtree(array)
    found = []
    for start in range(0, len(array), _CHUNK):
        stop_if_cancelled(feedback)
        left, right = tree.query(array[start : start + _CHUNK], predicate="intersects")
        left = left + start
        once = left < right
        left, right = left[once], right[once]
        pieces = shapely.intersection(array[left], array[right])
        for i in np.flatnonzero(shapely.area(pieces) > 0):
            area = ellipsoidal_area(to_lonlat(MultiPolygon(polygons_only(pieces[i]))))
            if area >= _SLIVER_M2:
                a, b = ids[left[i]], ids[right[i]]
                found.append(Finding("W_OVERLAP", f"图斑 {a} 与 {b} 重叠 {area:.2f} 平方米", a))
        feedback.progress(span[0] + (span[1] - span[0]) * min(start + _CHUNK, len(array)) / len(array))
    return found


def place_findings(geoms: Sequence[BaseGeometry], ids: Sequence[str], crs: str) -> list[Finding]:
    """Patches outside China one by one, and one finding for a batch far from its zone's meridian."""
    if not geoms:
        return []
    bounds = shapely.bounds(np.array(list(geoms), dtype=object))
    west, south, east, north = CHINA
    outside = (bounds[:, 0] < west) | (bounds[:, 1] < south) | (bounds[:, 2] > east) | (bounds[:, 3] > north)
    found = []
    for i in np.flatnonzero(outside):
        lon, lat = bounds[i, 0], bounds[i, 1]
        message = f"图斑 {ids[i]} 在中国范围之外（{lon:.4f}, {lat:.4f}），请检查坐标系"
        found.append(Finding("W_OUTSIDE_CHINA", message, ids[i]))
    zone = gauss_kruger_of(crs) if crs else None
    if zone is not None:
        meridian = zone.central_meridian
        middle = (bounds[:, 0] + bounds[:, 2]) / 2
        far = np.flatnonzero((np.abs(middle - meridian) > _ZONE_DEGREES) & ~outside)
        if len(far):
            message = f"有 {len(far)} 个图斑离中央经线 {meridian:g}E 超过 3 度，请核对分带（例如 {ids[far[0]]}）"
            found.append(Finding("W_ZONE", message, ids[far[0]]))
    return found
