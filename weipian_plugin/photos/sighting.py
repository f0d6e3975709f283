"""How one photo stands to one patch: how far away, whether its view meets it, how far it misses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ..core.proof import Evidence
from ..core.proof_limits import Limits
from ..geo.viewcone import look_many, to_metres

#: A camera that looks down this steeply shows what lies below it; its yaw is no direction of view, degrees.
STEEP_DEG = -60.0


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


def sight(photo: Evidence, shape: Optional[BaseGeometry], limits: Limits) -> Optional[Sight]:
    """How the photo stands to a patch (lon/lat degrees); None without a position or without a shape."""
    if photo.lon is None or photo.lat is None or shape is None or shape.is_empty:
        return None
    half = photo.fov_deg / 2 if photo.fov_deg else limits["camera_half_angle_deg"]
    length = limits["camera_length_m"]
    try:
        seen = look_many(photo.lon, photo.lat, photo.azimuth, [shape], length, half)[0]
    except ValueError:  # a typed position or azimuth that is none
        return None
    if looks_down(photo):
        near = seen.distance_m <= limits["camera_max_distance_m"]
        return Sight(seen.distance_m, True if near else None, seen.bearing, None, 2 * half, down=True)
    off = None
    if seen.looks_at is not None and photo.azimuth is not None:
        off = 0.0 if seen.looks_at else _missed(photo, shape, half)
    return Sight(seen.distance_m, seen.looks_at, seen.bearing, off, 2 * half)


def _missed(photo: Evidence, shape: BaseGeometry, half: float) -> float:
    """Degrees from the edge of the view to the patch, 0 where it only lies too far away.

    Seen from outside, the outermost directions of a polygon are those of its corners, so corners suffice unless
    the axis itself meets the patch behind the end of the view.
    """
    local = to_metres(shape, photo.lon or 0.0, photo.lat or 0.0)
    azimuth = photo.azimuth or 0.0
    reach = 4e7
    ray = shapely.LineString(
        [(0, 0), (reach * math.sin(math.radians(azimuth)), reach * math.cos(math.radians(azimuth)))]
    )
    if shapely.intersects(ray, local):
        return 0.0
    corners = shapely.get_coordinates(local)
    turns = (np.degrees(np.arctan2(corners[:, 0], corners[:, 1])) - azimuth + 180) % 360 - 180
    return max(0.0, float(np.abs(turns).min()) - half)
