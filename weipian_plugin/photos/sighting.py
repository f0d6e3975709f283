"""How one photo stands to one patch: how far away, whether its view meets it, how far it misses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from ..core.proof import Evidence
from ..core.proof_limits import Limits
from ..geo.viewcone import Look, look_pairs

#: A camera that looks down this steeply shows what lies below it; its yaw is no direction of view, degrees.
STEEP_DEG = -60.0
#: First eccentricity squared of CGCS2000 (GB 22021-2008).
_E2 = 0.00669438002290


@dataclass(frozen=True)
class Sight:
    """`distance_m` to the boundary, 0 inside; `looks_at` None when it cannot be known; `bearing` to the middle of
    the patch; `off_deg` how far the view misses the patch, 0 when it meets it, None without an azimuth."""

    distance_m: float
    looks_at: Optional[bool]
    bearing: float
    off_deg: Optional[float] = None
    fov_deg: float = 0.0
    down: bool = False  # the camera looks down


def looks_down(photo: Evidence) -> bool:
    """Whether the file says that the camera pointed at the ground (a drone from above)."""
    pitch = photo.facts.get("pitch_deg")
    return isinstance(pitch, (int, float)) and -180 < pitch <= STEEP_DEG


def sights(pairs: Sequence[tuple[Evidence, Optional[BaseGeometry]]], limits: Limits) -> list[Optional[Sight]]:
    """How each photo stands to its patch (lon/lat degrees); None without a position or without a shape."""
    found: list[Optional[Sight]] = [None] * len(pairs)
    known = [i for i, (photo, shape) in enumerate(pairs) if _placed(photo) and shape is not None]
    chosen = [i for i in known if not shapely.is_empty(pairs[i][1])]
    if not chosen:
        return found
    photos = [pairs[i][0] for i in chosen]
    shapes = np.empty(len(chosen), dtype=object)
    shapes[:] = [pairs[i][1] for i in chosen]
    halves = np.array([_half(photo, limits) for photo in photos])
    azimuths = np.array([_axis(photo) for photo in photos])
    lons, lats = np.array([p.lon for p in photos], dtype=float), np.array([p.lat for p in photos], dtype=float)
    looks = look_pairs(lons, lats, azimuths, halves, shapes, limits["camera_length_m"])
    for i, photo, look, half in zip(chosen, photos, looks, halves):
        found[i] = _sight(photo, pairs[i][1], look, float(half), limits)
    return found


def sight(photo: Evidence, shape: Optional[BaseGeometry], limits: Limits) -> Optional[Sight]:
    """As `sights`, of one."""
    return sights([(photo, shape)], limits)[0]


def _placed(photo: Evidence) -> bool:
    """Whether there is a position; a person may have typed what is none."""
    lon, lat = photo.lon, photo.lat
    return lon is not None and lat is not None and abs(lon) <= 180 and abs(lat) < 90


def _half(photo: Evidence, limits: Limits) -> float:
    known = photo.fov_deg if photo.fov_deg is not None and 0 < photo.fov_deg < 360 else None
    return known / 2 if known else limits["camera_half_angle_deg"]


def _axis(photo: Evidence) -> float:
    """The azimuth, NaN where it is not known."""
    return photo.azimuth if photo.azimuth is not None and math.isfinite(photo.azimuth) else math.nan


def _sight(photo: Evidence, shape: Any, look: Look, half: float, limits: Limits) -> Sight:
    if looks_down(photo):
        near = look.distance_m <= limits["camera_max_distance_m"]
        return Sight(look.distance_m, True if near else None, look.bearing, None, 2 * half, down=True)
    off = None if look.looks_at is None else 0.0 if look.looks_at else _missed(photo, shape, half)
    return Sight(look.distance_m, look.looks_at, look.bearing, off, 2 * half)


def _missed(photo: Evidence, shape: BaseGeometry, half: float) -> float:
    """Degrees from the edge of the view to the patch, 0 where it only lies too far away.

    Seen from outside, the outermost directions of a polygon are those of its corners; where corners lie to both
    sides of the axis with an edge between them before the camera, the axis itself meets the patch.
    """
    nearest = 180.0
    for part in shapely.get_parts(shape):
        ring = shapely.get_exterior_ring(part) if part.geom_type == "Polygon" else part
        x, y = plane(shapely.get_coordinates(ring), photo.lon or 0.0, photo.lat or 0.0)
        turns = (np.degrees(np.arctan2(x, y)) - (photo.azimuth or 0.0) + 180) % 360 - 180
        steps = np.abs(np.diff(turns))
        if bool(((turns[:-1] * turns[1:] < 0) & (steps < 180)).any()):
            return 0.0
        nearest = min(nearest, float(np.abs(turns).min()))
    return max(0.0, nearest - half)


def plane(xy: NDArray[np.float64], lon: float, lat: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """East and north of coordinates from a point, in degrees of longitude at the equator: for directions."""
    squared = math.sin(math.radians(lat)) ** 2
    turn = (xy[:, 0] - lon + 180) % 360 - 180
    return turn * np.cos(np.radians((xy[:, 1] + lat) / 2)), (xy[:, 1] - lat) * (1 - _E2) / (1 - _E2 * squared)
