"""Where boundaries lie to each other: shared areas, the same shape within survey noise, distances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ..core.model import Patch
from .area import ellipsoidal_areas

Array = npt.NDArray[np.float64]
#: Boundaries nearer than this all along are one boundary: coordinates in mm, another CRS, another format.
SAME_WITHIN_M = 0.02
#: Metres of one degree of latitude, near enough for tolerances.
DEGREE_M = 111_320.0


def shapes(patches: Sequence[Patch]) -> npt.NDArray[np.object_]:
    """The geometries (lon/lat degrees), None where a patch has none."""
    return np.asarray(shapely.from_wkb([patch.wkb for patch in patches]), dtype=object)


def shared(one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]) -> tuple[Array, Array]:
    """Pairwise shared area in m² (ellipsoidal) and as share of the smaller one.

    Geometry that GEOS cannot intersect as it is (self-touching after a repair) is made valid first.
    """
    try:
        cut = shapely.intersection(one, other)
    except shapely.GEOSException:
        cut = shapely.intersection(shapely.make_valid(one), shapely.make_valid(other))
    area = ellipsoidal_areas(cut) if len(cut) else np.zeros(0)
    smaller = np.minimum(ellipsoidal_areas(list(one)), ellipsoidal_areas(list(other))) if len(cut) else np.zeros(0)
    return area, np.divide(area, smaller, out=np.zeros_like(area), where=smaller > 0)


def same_shape(one: Any, other: Any) -> bool:
    """True where each boundary stays within SAME_WITHIN_M of the other one."""
    if shapely.equals_exact(one, other):
        return True
    lat = shapely.bounds(one)[1]
    scale = np.array([DEGREE_M * np.cos(np.radians(lat)), DEGREE_M])
    origin = shapely.bounds(one)[:2]
    a, b = (shapely.transform(shape, lambda xy: (xy - origin) * scale) for shape in (one, other))
    if abs(shapely.area(a) - shapely.area(b)) > SAME_WITHIN_M * (shapely.length(a) + shapely.length(b)):
        return False
    grown = [shapely.buffer(shape, SAME_WITHIN_M, join_style="mitre") for shape in (a, b)]
    return bool(shapely.covers(grown[0], b) and shapely.covers(grown[1], a))


def metres(lon: Array, lat: Array, lon2: Array, lat2: Array) -> Array:
    """Distances in m of points that lie near each other."""
    east = (lon2 - lon) * np.cos(np.radians((lat + lat2) / 2))
    return np.asarray(np.hypot(east, lat2 - lat) * DEGREE_M, dtype=np.float64)
