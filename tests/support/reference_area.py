"""The area of a polygon by two routes that share nothing with the plugin.

`official` is the formula of 国土调查办发〔2008〕32号 (dossier 3.6) written down as printed, summed edge by
edge to the reference meridian 60°E with 45 decimal digits. `karney` is GeographicLib's geodesic polygon
over the boundary densified along the edges that the formula means, which are straight in longitude and
latitude.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import mpmath
import numpy as np
import shapely
from geographiclib.geodesic import Geodesic

from tests.support.projection import project

_A, _INVERSE_F = "6378137", "298.257222101"
CGCS2000 = Geodesic(6378137.0, 1 / 298.257222101)
_MP = mpmath.mp.clone() if hasattr(mpmath.mp, "clone") else mpmath.mp
_MP.dps = 45


def _constants() -> tuple[Any, tuple[Any, ...]]:
    """(2b², (A, B, C, D, E))."""
    mpf = _MP.mpf
    f = 1 / mpf(_INVERSE_F)
    e2 = 2 * f - f * f
    b = mpf(_A) * (1 - f)
    a_ = 1 + mpf(3) / 6 * e2 + mpf(30) / 80 * e2**2 + mpf(35) / 112 * e2**3 + mpf(630) / 2304 * e2**4
    b_ = mpf(1) / 6 * e2 + mpf(15) / 80 * e2**2 + mpf(21) / 112 * e2**3 + mpf(420) / 2304 * e2**4
    c_ = mpf(3) / 80 * e2**2 + mpf(7) / 112 * e2**3 + mpf(180) / 2304 * e2**4
    d_ = mpf(1) / 112 * e2**3 + mpf(45) / 2304 * e2**4
    e_ = mpf(5) / 2304 * e2**4
    return 2 * b * b, (a_, b_, c_, d_, e_)


_TWO_B2, _ABCDE = _constants()


def _ring(lonlat: Sequence[Sequence[float]]) -> Any:
    """Signed m² of one closed ring; the sign is that of its winding."""
    mpf, sin, cos = _MP.mpf, _MP.sin, _MP.cos
    degree = _MP.pi / 180
    a_, b_, c_, d_, e_ = _ABCDE
    points = [(mpf(float(lon)) * degree, mpf(float(lat)) * degree) for lon, lat in lonlat]
    meridian = 60 * degree
    total = mpf(0)
    for (lon1, lat1), (lon2, lat2) in zip(points[:-1], points[1:]):
        d_lon = (lon1 + lon2) / 2 - meridian
        half, mean = (lat2 - lat1) / 2, (lat1 + lat2) / 2
        total += (_TWO_B2 * d_lon) * (
            a_ * sin(half) * cos(mean)
            - b_ * sin(3 * half) * cos(3 * mean)
            + c_ * sin(5 * half) * cos(5 * mean)
            - d_ * sin(7 * half) * cos(7 * mean)
            + e_ * sin(9 * half) * cos(9 * mean)
        )
    return total


def _polygons(geom: Any) -> Iterable[Any]:
    return geom.geoms if hasattr(geom, "geoms") else [geom]


def official(geom: Any) -> float:
    """m² of a (Multi)Polygon in lon/lat degrees: outer rings minus holes, whatever way they turn."""
    total = _MP.mpf(0)
    for polygon in _polygons(geom):
        total += abs(_ring(polygon.exterior.coords))
        for hole in polygon.interiors:
            total -= abs(_ring(hole.coords))
    return float(total)


def _strip(lat: Any) -> Any:
    """Authalic ordinate (closed form, Snyder 3-12) of latitudes in radians, and its derivative."""
    e2, sin = _E2, np.sin(lat)
    q = (1 - e2) * (sin / (1 - e2 * sin * sin) + np.arctanh(_E2**0.5 * sin) / _E2**0.5)
    return q, 2 * (1 - e2) * np.cos(lat) / (1 - e2 * sin * sin) ** 2


_E2 = CGCS2000.f * (2 - CGCS2000.f)


def _densified(ring: Any, step: float) -> Any:
    """Vertices (n, 2) of a ring with points at most `step` degrees apart, on the edges of the formula."""
    corners = shapely.get_coordinates(ring)
    out = []
    for (lon1, lat1), (lon2, lat2) in zip(corners[:-1], corners[1:]):
        pieces = max(1, int(np.ceil(np.hypot(lon2 - lon1, lat2 - lat1) / step)))
        at = np.arange(pieces) / pieces
        lat = np.radians(lat1 + at * (lat2 - lat1))
        (q1, _), (q2, _) = _strip(np.radians(lat1)), _strip(np.radians(lat2))
        for _ in range(3):  # Newton from the straight edge; the first step is exact to 1e-13 already
            q, slope = _strip(lat)
            lat = lat - (q - (q1 + at * (q2 - q1))) / slope
        lat[0] = np.radians(lat1)
        out.append(np.column_stack([lon1 + at * (lon2 - lon1), np.degrees(lat)]))
    return np.vstack(out)


def _karney_ring(ring: Any, step: float) -> float:
    polygon = CGCS2000.Polygon()
    for lon, lat in _densified(ring, step).tolist():
        polygon.AddPoint(lat, lon)
    return abs(polygon.Compute()[2])


def karney(geom: Any, step_m: float = 10.0) -> float:
    """GeographicLib's m² of a (Multi)Polygon in lon/lat degrees, edges densified to `step_m` metres."""
    step = step_m / 111_320.0
    total = 0.0
    for polygon in _polygons(geom):
        total += _karney_ring(polygon.exterior, step) - sum(_karney_ring(hole, step) for hole in polygon.interiors)
    return total


def closed_form(geom: Any) -> float:
    """m² of a (Multi)Polygon in lon/lat degrees by the closed authalic strip in plain doubles, edges as given."""
    total = 0.0
    for polygon in _polygons(geom):
        for number, ring in enumerate((polygon.exterior, *polygon.interiors)):
            lon, lat = np.radians(shapely.get_coordinates(ring)).T
            # Differences of the strip from its slope, so that no digits go on the way to the equator.
            middle, half = (lat[1:] + lat[:-1]) / 2, (lat[1:] - lat[:-1]) / 2
            step = sum(_strip(middle + half * node)[1] * half * weight for node, weight in _NODES)
            part = abs(float(np.sum(((lon[1:] + lon[:-1]) / 2 - lon[0]) * step))) * _A2_HALF
            total += part if number == 0 else -part
    return total


def ground(geom: Any, code: int, step_m: float = 20.0) -> float:
    """m² of ground under a (Multi)Polygon whose edges are straight in a projected EPSG code."""
    if geom is None or geom.is_empty:
        return 0.0
    return closed_form(project(shapely.segmentize(geom, step_m), code, 4490))


_A2_HALF = 6378137.0**2 / 2
#: Gauss-Legendre on [-1, 1], three points: exact to fifth order, edges are short.
_NODES = ((-(0.6**0.5), 5 / 9), (0.0, 8 / 9), (0.6**0.5, 5 / 9))


def longest_edge_m(geom: Any) -> float:
    """Length in m of the longest edge of a lon/lat geometry, to a percent."""
    longest = 0.0
    for ring in shapely.get_rings(shapely.get_parts(geom)):
        step = np.diff(shapely.get_coordinates(ring), axis=0)
        middle = shapely.get_coordinates(ring)[:-1, 1]
        metres = np.hypot(step[:, 0] * np.cos(np.radians(middle)), step[:, 1]) * 111_320.0
        longest = max(longest, float(metres.max()))
    return longest
