"""Ellipsoidal areas on CGCS2000 (dossier 3.6; 国土调查办发〔2008〕32号).

Two figures, both in m²: the official formula over the vertices of a lon/lat polygon, which is the
legal area, and an area for overlay pieces that is additive, so that the pieces of a patch sum to the
patch however its edges were cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np
import numpy.typing as npt
import shapely

from .gauss_kruger import E2, SEMI_MAJOR, GaussKruger

Array = npt.NDArray[np.float64]

_B2 = SEMI_MAJOR**2 * (1 - E2)
#: (multiple of the latitude, signed coefficient A, -B, C, -D, E of the official series).
_SERIES = (
    (1, 1 + 3 / 6 * E2 + 30 / 80 * E2**2 + 35 / 112 * E2**3 + 630 / 2304 * E2**4),
    (3, -(1 / 6 * E2 + 15 / 80 * E2**2 + 21 / 112 * E2**3 + 420 / 2304 * E2**4)),
    (5, 3 / 80 * E2**2 + 7 / 112 * E2**3 + 180 / 2304 * E2**4),
    (7, -(1 / 112 * E2**3 + 45 / 2304 * E2**4)),
    (9, 5 / 2304 * E2**4),
)
#: Abscissae of two-point Gauss-Legendre quadrature on [0, 1], exact for cubics.
_GAUSS = (0.5 - 0.5 / 3**0.5, 0.5 + 0.5 / 3**0.5)


class _Edges:
    """The edges of all rings of some polygons, and how to sum them back to the polygons."""

    def __init__(self, geoms: Sequence[Any]) -> None:
        array = np.asarray(geoms, dtype=object)
        self.count = len(array)
        parts, part_geom = shapely.get_parts(array, return_index=True)
        polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
        parts, part_geom = parts[polygonal], part_geom[polygonal]
        rings, ring_part = shapely.get_rings(parts, return_index=True)
        coords, ring = shapely.get_coordinates(rings, return_index=True)
        inner = ring[1:] == ring[:-1]
        self.x0, self.y0 = coords[:-1][inner].T
        self.x1, self.y1 = coords[1:][inner].T
        self._ring = ring[1:][inner]
        self._rings = len(rings)
        first = np.ones(len(rings), dtype=bool)
        first[1:] = ring_part[1:] != ring_part[:-1]
        self._sign = np.where(first, 1.0, -1.0)
        self._geom = part_geom[ring_part]
        starts = np.searchsorted(ring, np.arange(len(rings)))
        self._origin = coords[starts] if len(rings) else np.empty((0, 2))

    def origin_x(self) -> Array:
        """Of each edge: x of the first vertex of its ring; a close reference keeps digits."""
        return np.asarray(self._origin[:, 0][self._ring])

    def total(self, of_edge: Array) -> Array:
        """Sum edges to rings, take outer rings minus holes whatever way they turn."""
        rings = np.abs(np.bincount(self._ring, weights=of_edge, minlength=self._rings))
        return np.asarray(np.bincount(self._geom, weights=rings * self._sign, minlength=self.count), dtype=np.float64)


def ellipsoidal_areas(geoms: Sequence[Any]) -> Array:
    """The official area in m² of each (Multi)Polygon in lon/lat degrees CGCS2000."""
    edges = _Edges(geoms)
    if not len(edges.x0):
        return np.zeros(edges.count)
    # The ring is closed, so the reference meridian (60°E in the notice) cancels; a near one is exacter.
    d_lon = np.radians((edges.x0 + edges.x1) / 2 - edges.origin_x())
    d_lat = np.radians(edges.y1 - edges.y0)
    mean_lat = np.radians((edges.y0 + edges.y1) / 2)
    series = np.zeros_like(d_lon)
    for multiple, coefficient in _SERIES:
        series += coefficient * np.sin(multiple / 2 * d_lat) * np.cos(multiple * mean_lat)
    return edges.total(2 * _B2 * d_lon * series)


def ellipsoidal_area(geom: Any) -> float:
    """The official area in m² of one (Multi)Polygon in lon/lat degrees CGCS2000; 0 without polygons.

    Holes are subtracted whatever way the rings turn.
    """
    if geom is None or shapely.is_empty(geom):
        return 0.0
    return float(ellipsoidal_areas([geom])[0])


def piece_areas(geoms: Sequence[Any], gk: Optional[GaussKruger]) -> Array:
    """Ellipsoidal m² of overlay pieces, edges straight in their CRS.

    With `gk` the planar area is divided by the squared scale factor, integrated along the edges rather
    than taken at the centroid: with F = R·tanh(E/R), dF/dE = 1/k², the area is the integral of F dN
    around the ring. Without `gk` the pieces are lon/lat degrees and the trapezoid to the meridian is
    integrated the same way. Either is the limit of the official formula for densified edges, holds for
    any size, and adds up: pieces sum to their whole to 1e-6 m².
    """
    edges = _Edges(geoms)
    if not len(edges.x0):
        return np.zeros(edges.count)
    dx, dy = edges.x1 - edges.x0, edges.y1 - edges.y0
    origin = edges.origin_x()
    if gk is None:
        of_edge = np.zeros_like(dx)
        for at in _GAUSS:
            lat = np.radians(edges.y0 + at * dy)
            strip = _B2 * np.cos(lat) / (1 - E2 * np.sin(lat) ** 2) ** 2
            of_edge += np.radians(edges.x0 + at * dx - origin) * strip / 2
        return edges.total(of_edge * np.radians(dy))
    # The planar part with near coordinates, and apart from it the small correction E - F.
    of_edge = ((edges.x0 + edges.x1) / 2 - origin) * dy
    for at in _GAUSS:
        east = edges.x0 + at * dx - gk.false_easting
        radius = gk.gaussian_radius(edges.y0 + at * dy)
        of_edge -= (east - radius * np.tanh(east / radius)) * dy / 2
    return edges.total(of_edge)


#: Columns of :func:`plane_moments`: area, first moments, second moment along the axis that scales the ground.
AREA, FIRST_X, FIRST_Y, SECOND = range(4)


def plane_moments(geoms: Sequence[Any], centres: Array, gk: Optional[GaussKruger]) -> Array:
    """Area, ∬x, ∬y and ∬x² (zone `gk`) or ∬y² (lon/lat) of each (Multi)Polygon: (n, 4) in m², m³ and m⁴.

    `centres` (n, 2) are points near the geometries, in their coordinates; degrees become m with the arc
    lengths there. Near coordinates keep the digits: of a patch of 1 km² the area is good to 1e-9 m². Holes
    are subtracted whatever way the rings turn. Moments tell more than an area: pieces of a whole that sum
    to it in all four neither miss nor repeat any of it.
    """
    array = np.asarray(geoms, dtype=object)
    single = shapely.get_type_id(array) == shapely.GeometryType.POLYGON
    if single.all():
        parts, part_geom = array, np.arange(len(array))  # copying each polygon would cost two fifths of it all
    elif single.any():
        out = np.empty((len(array), 4))
        for some in (single, ~single):
            out[some] = plane_moments(array[some], centres[some], gk)
        return out
    else:
        parts, part_geom = shapely.get_parts(array, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    if not len(rings):
        return np.zeros((len(array), 4))
    coords, ring = shapely.get_coordinates(rings, return_index=True)
    ring_geom = part_geom[ring_part]
    last = ring[1:] != ring[:-1]
    starts = np.concatenate([[0], np.flatnonzero(last) + 1])
    counts = np.diff(starts, append=len(ring))
    near = coords - np.repeat(centres[ring_geom], counts, axis=0)
    if gk is None:
        near *= np.repeat(_metres_per_degree(centres[:, 1])[ring_geom], counts, axis=0)
    x0, y0, x1, y1 = near[:-1, 0], near[:-1, 1], near[1:, 0], near[1:, 1]
    cross = x0 * y1
    cross -= x1 * y0
    cross[last] = 0.0  # from the end of a ring to the start of the next there is no edge
    across = (x0, x1) if gk is not None else (y0, y1)
    squares = across[0] * across[0]
    squares += across[0] * across[1]
    squares += across[1] * across[1]
    # A ring has four vertices or more, so every start but the last edge's is inside.
    sums = [np.add.reduceat(v, starts) for v in (cross, cross * (x0 + x1), cross * (y0 + y1), cross * squares)]
    first = np.ones(len(rings), dtype=bool)
    first[1:] = ring_part[1:] != ring_part[:-1]
    sign = np.where(first == (sums[AREA] > 0), 1.0, -1.0)
    of = [np.bincount(ring_geom, weights=v * sign / d, minlength=len(array)) for v, d in zip(sums, (2, 6, 6, 12))]
    return np.column_stack(of)


def _metres_per_degree(lat: Array) -> Array:
    """(n, 2) m of a degree of longitude and of latitude at latitudes in degrees."""
    flat = 1 - E2 * np.sin(np.radians(lat)) ** 2
    normal, meridian = SEMI_MAJOR / np.sqrt(flat), SEMI_MAJOR * (1 - E2) / flat**1.5
    return np.asarray(np.radians(np.column_stack([normal * np.cos(np.radians(lat)), meridian])), dtype=np.float64)


def moment_areas(moments: Array, centres: Array, gk: Optional[GaussKruger]) -> Array:
    """Ellipsoidal m² from :func:`plane_moments` about `centres`, edges straight in their CRS.

    The scale of the ground, 1/k² in a zone `gk` and the strip of a parallel in lon/lat (None), is taken at
    the centroid with its curvature times the second moment: within 1e-11 of :func:`piece_areas` for pieces
    of some km, at a fraction of its cost.
    """
    area = moments[:, AREA]
    safe = np.where(area == 0, 1.0, area)
    shift_x, shift_y = moments[:, FIRST_X] / safe, moments[:, FIRST_Y] / safe
    if gk is not None:
        radius = gk.gaussian_radius(centres[:, 1] + shift_y)
        east = (centres[:, 0] + shift_x - gk.false_easting) / radius
        flat = np.cosh(east) ** -2
        bend = (4 * flat * np.tanh(east) ** 2 - 2 * flat**2) / radius**2
        spread = moments[:, SECOND] - moments[:, FIRST_X] * shift_x
    else:
        lat0 = np.radians(centres[:, 1])
        meridian = SEMI_MAJOR * (1 - E2) / (1 - E2 * np.sin(lat0) ** 2) ** 1.5
        lat, step = lat0 + shift_y / meridian, 1e-3
        flat = _strip_ratio(lat0, lat)
        bend = _strip_ratio(lat0, lat - step) - 2 * flat + _strip_ratio(lat0, lat + step)
        bend /= (step * meridian) ** 2
        spread = moments[:, SECOND] - moments[:, FIRST_Y] * shift_y
    return np.asarray(area * flat + spread * bend / 2, dtype=np.float64)


def _strip_ratio(lat0: Array, lat: Array) -> Array:
    """Ground of a unit of latitude and longitude at `lat` against that at `lat0` (radians)."""

    def strip(at: Array) -> Array:
        return np.asarray(np.cos(at) / (1 - E2 * np.sin(at) ** 2) ** 2)

    return strip(lat) / strip(lat0)
