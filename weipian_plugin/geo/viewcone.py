"""Where a camera stands to a patch, and whether it looks there (dossier 4.4).

Distances are metres on the CGCS2000 ellipsoid, bearings degrees clockwise from true north. The
plane is local to the camera: within a few kilometres, far more than a photo shows, distances are
right to centimetres and bearings to hundredths of a degree.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

#: CGCS2000 (GB 22021-2008): semi-major axis in metres, flattening.
_A = 6378137.0
_F = 1 / 298.257222101
_E2 = _F * (2 - _F)
#: Half the horizontal field of view of a phone, degrees (about 65° across).
HALF_ANGLE = 30.0
#: How far a photo is taken to show the ground, metres.
VIEW_LENGTH_M = 300.0
#: Degrees between vertices of the arc: the chord misses the circle by 1 cm at 300 m.
_STEP = 1.0


@dataclass(frozen=True)
class Look:
    """How a camera stands to a patch.

    `distance_m` to the boundary, 0 inside, infinite for an empty patch. `looks_at` is None when the
    azimuth is not known. `bearing` from the camera to the patch's centroid, 0–360, NaN when empty.
    """

    distance_m: float
    looks_at: Optional[bool]
    bearing: float


def _radii(lat: float) -> tuple[float, float]:
    """Radii of curvature at a latitude in degrees: meridian and prime vertical, metres."""
    w2 = 1 - _E2 * math.sin(math.radians(lat)) ** 2
    return _A * (1 - _E2) / w2**1.5, _A / math.sqrt(w2)


def _check(lon: float, lat: float) -> None:
    if not (math.isfinite(lon) and -180 <= lon <= 180 and abs(lat) < 90):
        raise ValueError(f"not a position: {lon}, {lat}")


def to_metres(geom: Any, lon: float, lat: float) -> Any:
    """A geometry (or an array of them) in lon/lat degrees as east/north metres around a point; Z is dropped.

    Equirectangular, each vertex at the mean latitude of itself and the point, which keeps the error
    third order in the distance.

    Raises:
        ValueError: the point is no position.
    """
    _check(lon, lat)
    m, n = _radii(lat)

    def forward(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        turn = (xy[:, 0] - lon + 180) % 360 - 180  # the short way round
        mean = np.radians((xy[:, 1] + lat) / 2)
        return np.column_stack([np.radians(turn) * n * np.cos(mean), np.radians(xy[:, 1] - lat) * m])

    return shapely.transform(geom, forward)


def to_degrees(geom: Any, lon: float, lat: float) -> Any:
    """The inverse of `to_metres`.

    Raises:
        ValueError: the point is no position.
    """
    _check(lon, lat)
    m, n = _radii(lat)

    def inverse(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        north = lat + np.degrees(xy[:, 1] / m)
        mean = np.radians((north + lat) / 2)
        return np.column_stack([lon + np.degrees(xy[:, 0] / (n * np.cos(mean))), north])

    return shapely.transform(geom, inverse)


def _sectors(azimuths: NDArray[np.float64], half_angles: NDArray[np.float64], length_m: float) -> NDArray[Any]:
    """Fields of view in metres around each camera; from 180° up a whole disc."""
    good = np.isfinite(azimuths) & (half_angles > 0) & np.isfinite(half_angles)
    if not (good.all() and 0 < length_m < math.inf):
        raise ValueError(f"not a view: azimuth {azimuths}, half angle {half_angles}, length {length_m}")
    whole = half_angles >= 180
    sectors = np.empty(len(azimuths), dtype=object)
    for disc in (False, True):
        chosen = np.flatnonzero(whole == disc)
        if not len(chosen):
            continue
        spread = np.minimum(half_angles[chosen], 180.0)
        steps = np.linspace(-1.0, 1.0, math.ceil(2 * float(spread.max()) / _STEP) + 1)
        angles = np.radians(azimuths[chosen, None] + spread[:, None] * steps)
        arc = length_m * np.stack([np.sin(angles), np.cos(angles)], axis=2)
        rings = arc[:, :-1] if disc else np.concatenate([np.zeros((len(chosen), 1, 2)), arc], axis=1)
        sectors[chosen] = shapely.polygons(np.concatenate([rings, rings[:, :1]], axis=1))
    return sectors


def _sector(azimuth: float, half_angle: float, length_m: float) -> Polygon:
    """One field of view in metres around the camera."""
    return _sectors(np.array([azimuth], dtype=float), np.array([half_angle], dtype=float), length_m)[0]


def view_sector(
    lon: float, lat: float, azimuth: float, half_angle: float = HALF_ANGLE, length_m: float = VIEW_LENGTH_M
) -> Polygon:
    """What a camera sees on the ground, as a polygon in lon/lat degrees.

    Args:
        lon: of the camera, degrees CGCS2000.
        lat: of the camera, degrees CGCS2000.
        azimuth: of the optical axis, degrees clockwise from true north.
        half_angle: to either side of the axis, degrees; 180 and more is a disc.
        length_m: how far, metres.

    Raises:
        ValueError: a number is not finite or out of range.
    """
    sector = to_degrees(_sector(azimuth, half_angle, length_m), lon, lat)
    return Polygon(shapely.get_coordinates(sector))


def look_many(
    lon: float,
    lat: float,
    azimuth: Optional[float],
    patches: Sequence[BaseGeometry],
    limit_m: float = VIEW_LENGTH_M,
    half_angle: float = HALF_ANGLE,
) -> list[Look]:
    """`look` for several patches at once, shapely geometries in lon/lat degrees, in their order."""
    local = to_metres(np.array(patches, dtype=object), lon, lat)
    empty = shapely.is_empty(local)
    distances = np.where(empty, math.inf, shapely.distance(shapely.Point(0, 0), local))
    centres = shapely.centroid(local)
    centres[empty] = None  # GEOS refuses the coordinate of an empty point
    bearings = np.degrees(np.arctan2(shapely.get_x(centres), shapely.get_y(centres))) % 360
    seen: list[Optional[bool]] = [None] * len(local)
    if azimuth is not None:
        # A distance of nothing is an intersection, and works on invalid rings too.
        meets = shapely.distance(_sector(azimuth, half_angle, limit_m), local) == 0
        seen = [None if gone else bool(hit) for gone, hit in zip(empty, meets)]
    return [Look(float(d), s, float(b)) for d, s, b in zip(distances, seen, bearings)]


def look(
    lon: float,
    lat: float,
    azimuth: Optional[float],
    patch_wkb: bytes,
    limit_m: float = VIEW_LENGTH_M,
    half_angle: float = HALF_ANGLE,
) -> Look:
    """How far a camera stands from a patch and whether its view meets it.

    Args:
        lon: of the camera, degrees CGCS2000.
        lat: of the camera, degrees CGCS2000.
        azimuth: degrees clockwise from true north, None when unknown.
        patch_wkb: the patch, lon/lat degrees EPSG:4490.
        limit_m: length of the view, metres.
        half_angle: of the view to either side, degrees.

    Raises:
        ValueError: the position or the view is not a number in range.
        shapely.errors.GEOSException: `patch_wkb` is no WKB.
    """
    return look_many(lon, lat, azimuth, [shapely.from_wkb(patch_wkb)], limit_m, half_angle)[0]


def local_each(geoms: NDArray[Any], lons: NDArray[np.float64], lats: NDArray[np.float64]) -> NDArray[Any]:
    """`to_metres` of each geometry around a point of its own, in one go."""
    coords, owner = shapely.get_coordinates(geoms, return_index=True)
    lon, lat = lons[owner], lats[owner]
    w2 = 1 - _E2 * np.sin(np.radians(lat)) ** 2
    turn = (coords[:, 0] - lon + 180) % 360 - 180
    east = np.radians(turn) * _A / np.sqrt(w2) * np.cos(np.radians((coords[:, 1] + lat) / 2))
    north = np.radians(coords[:, 1] - lat) * _A * (1 - _E2) / w2**1.5
    return np.asarray(shapely.set_coordinates(shapely.force_2d(geoms), np.column_stack([east, north])))


def look_pairs(
    lons: NDArray[np.float64],
    lats: NDArray[np.float64],
    azimuths: NDArray[np.float64],
    half_angles: NDArray[np.float64],
    patches: NDArray[Any],
    limit_m: float = VIEW_LENGTH_M,
) -> list[Look]:
    """`look` of many cameras, each at a patch of its own; an azimuth of NaN is not known.

    Raises:
        ValueError: a position or a view is not a number in range.
    """
    if not len(lons):
        return []
    if not (np.isfinite(lons).all() and (np.abs(lons) <= 180).all() and (np.abs(lats) < 90).all()):
        raise ValueError("not a position")
    local = local_each(patches, lons, lats)
    empty = shapely.is_empty(local)
    distances = np.where(empty, math.inf, shapely.distance(shapely.Point(0, 0), local))
    centres = shapely.centroid(local)
    centres[empty] = None
    bearings = np.degrees(np.arctan2(shapely.get_x(centres), shapely.get_y(centres))) % 360
    seen: list[Optional[bool]] = [None] * len(local)
    aimed = np.flatnonzero(np.isfinite(azimuths) & ~empty)
    meets = shapely.distance(_sectors(azimuths[aimed], half_angles[aimed], limit_m), local[aimed]) == 0
    for i, hit in zip(aimed, meets):
        seen[i] = bool(hit)
    return [Look(float(d), s, float(b)) for d, s, b in zip(distances, seen, bearings)]
