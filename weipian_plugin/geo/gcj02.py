"""GCJ-02, the shifted datum of Chinese web maps, to and from WGS84 / CGCS2000.

The shift is the published polynomial of the open-source implementations; it is good for looking at a
map and never for an area.
"""

from __future__ import annotations

from math import cos, pi, radians, sin, sqrt
from typing import Any

import numpy as np

#: Krasovsky 1940, on which the shift is defined.
_A = 6378245.0
_EE = 0.00669342162296594323


def in_china(lon: float, lat: float) -> bool:
    """True inside the box in which the shift is applied."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _shift(lon: float, lat: float) -> tuple[float, float]:
    x, y = lon - 105.0, lat - 35.0
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    d_lat = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    d_lat += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    d_lat += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    d_lon = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    d_lon += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    d_lon += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    magic = 1 - _EE * sin(radians(lat)) ** 2
    north = d_lat * 180.0 / ((_A * (1 - _EE)) / (magic * sqrt(magic)) * pi)
    east = d_lon * 180.0 / (_A / sqrt(magic) * cos(radians(lat)) * pi)
    return east, north


def wgs_to_gcj(lon: float, lat: float) -> tuple[float, float]:
    """Degrees WGS84 / CGCS2000 -> degrees GCJ-02; unchanged outside China."""
    if not in_china(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def gcj_to_wgs(lon: float, lat: float) -> tuple[float, float]:
    """Degrees GCJ-02 -> degrees WGS84 / CGCS2000 by fixed-point iteration (below 1 mm)."""
    if not in_china(lon, lat):
        return lon, lat
    x, y = lon, lat
    for _ in range(8):
        east, north = _shift(x, y)
        x, y = lon - east, lat - north
    return x, y


def to_gcj(coords: Any, *, back: bool = False) -> Any:
    """An (n, 2) array of degrees into GCJ-02, or out of it with `back`; a new array."""
    turn = gcj_to_wgs if back else wgs_to_gcj
    return np.array([turn(float(x), float(y)) for x, y in coords], dtype=np.float64).reshape(-1, 2)
