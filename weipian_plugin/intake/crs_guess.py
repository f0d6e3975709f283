"""What coordinates without a .prj may be (dossier 3.8): always a suggestion for a question, never a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import numpy as np

from ..geo.gauss_kruger import GaussKruger

GEOGRAPHIC = "EPSG:4490"
#: CGCS2000 Gauss-Krüger in EPSG: 6° with zone, 6° without, 3° with zone, 3° without.
_GK6_ZONE, _GK6_CM, _GK3_ZONE, _GK3_CM = 4491, 4502, 4513, 4534
CHINA = (73.0, 3.0, 136.0, 54.5)  # lon/lat, islands of the South China Sea included
#: By the first two digits of the county code: meridian of the capital's 3° zone, and the province's
#: longitudes rounded outward to a tenth of a degree.
_PROVINCES: dict[str, tuple[int, float, float]] = {
    "11": (117, 115.4, 117.6), "12": (117, 116.7, 118.1), "13": (114, 113.4, 119.9), "14": (114, 110.2, 114.6),
    "15": (111, 97.1, 126.1), "21": (123, 118.8, 125.8), "22": (126, 121.6, 131.4), "23": (126, 121.1, 135.1),
    "31": (120, 120.8, 122.0), "32": (120, 116.3, 122.0), "33": (120, 118.0, 123.2), "34": (117, 114.8, 119.7),
    "35": (120, 115.8, 120.8), "36": (117, 113.5, 118.5), "37": (117, 114.8, 122.8), "41": (114, 110.3, 116.7),
    "42": (114, 108.3, 116.2), "43": (114, 108.7, 114.3), "44": (114, 109.6, 117.4), "45": (108, 104.4, 112.1),
    "46": (111, 108.6, 111.1), "50": (108, 105.2, 110.2), "51": (105, 97.3, 108.6), "52": (108, 103.6, 109.6),
    "53": (102, 97.5, 106.2), "54": (90, 78.3, 99.2), "61": (108, 105.4, 111.3), "62": (105, 92.3, 108.8),
    "63": (102, 89.4, 103.1), "64": (105, 104.2, 107.7), "65": (87, 73.4, 96.4),
}  # fmt: skip
#: Without a county code: where this plugin is at home.
_HOME = "50"
_SLACK = 0.1  # degrees


@dataclass(frozen=True)
class CrsGuess:
    """Choices (authid, label) with the most plausible first, and why that one is."""

    choices: tuple[tuple[str, str], ...]
    reason: str


def label(epsg: int) -> str:
    """Chinese name of a CGCS2000 code (4490–4554)."""
    if epsg >= _GK3_CM:
        return f"CGCS2000 3 度带 {75 + 3 * (epsg - _GK3_CM)}E（不带带号，EPSG:{epsg}）"
    if epsg >= _GK3_ZONE:
        zone = epsg - _GK3_ZONE + 25
        return f"CGCS2000 3 度带第 {zone} 带（{3 * zone}E，EPSG:{epsg}）"
    if epsg >= _GK6_CM:
        return f"CGCS2000 6 度带 {75 + 6 * (epsg - _GK6_CM)}E（不带带号，EPSG:{epsg}）"
    if epsg >= _GK6_ZONE:
        zone = epsg - _GK6_ZONE + 13
        return f"CGCS2000 6 度带第 {zone} 带（{6 * zone - 3}E，EPSG:{epsg}）"
    return f"CGCS2000 经纬度（EPSG:{epsg}）"


def central_meridian(authid: str) -> Optional[float]:
    """Central meridian, degrees east, of a CGCS2000 Gauss-Krüger code; None for anything else."""
    number = authid[5:] if authid.upper().startswith("EPSG:") else ""
    epsg = int(number) if number.isdigit() else 0
    if _GK3_CM <= epsg <= _GK3_CM + 20:
        return 75.0 + 3 * (epsg - _GK3_CM)
    if _GK3_ZONE <= epsg <= _GK3_ZONE + 20:
        return 75.0 + 3 * (epsg - _GK3_ZONE)
    if _GK6_CM <= epsg <= _GK6_CM + 10:
        return 75.0 + 6 * (epsg - _GK6_CM)
    if _GK6_ZONE <= epsg <= _GK6_ZONE + 10:
        return 75.0 + 6 * (epsg - _GK6_ZONE)
    return None


def _pick(codes: list[int]) -> tuple[tuple[str, str], ...]:
    return tuple((f"EPSG:{code}", label(code)) for code in codes)


def every() -> tuple[tuple[str, str], ...]:
    """Longitude/latitude and all 3° zones, for when nothing is known."""
    return _pick([4490, *range(_GK3_ZONE, _GK3_ZONE + 21), *range(_GK3_CM, _GK3_CM + 21)])


def swapped(extent: tuple[float, float, float, float]) -> bool:
    """True when x is plainly a northing (or latitude) and y an easting (or longitude) in China."""
    xmin, ymin, xmax, ymax = extent
    if max(abs(v) for v in extent) <= 180:
        west, south, east, north = CHINA
        return south <= xmin and xmax <= north and west <= ymin and ymax <= east
    northing = xmin > 300_000 and xmax < 6_100_000
    if ymin >= 1_000_000 and 13 <= ymin // 1_000_000 <= 45 and ymin // 1_000_000 == ymax // 1_000_000:
        return northing
    return xmin > 1_000_000 and northing and ymin >= 100_000 and ymax < 1_000_000


def guess(extent: tuple[float, float, float, float], county_code: str = "") -> CrsGuess:
    """Candidates for an extent (xmin, ymin, xmax, ymax) in east/north order."""
    xmin, ymin, xmax, ymax = extent
    if max(abs(xmin), abs(xmax)) <= 180 and max(abs(ymin), abs(ymax)) <= 90:
        return CrsGuess(_pick([4490]), "坐标在 ±180 以内，是经纬度")
    zone = int(xmin // 1_000_000)
    if xmin >= 10_000_000 and zone == int(xmax // 1_000_000):
        if 25 <= zone <= 45:
            return CrsGuess(_pick([_GK3_ZONE + zone - 25]), f"东坐标是 8 位，前两位 {zone} 是 3 度带带号")
        if 13 <= zone <= 23:
            return CrsGuess(_pick([_GK6_ZONE + zone - 13]), f"东坐标是 8 位，前两位 {zone} 是 6 度带带号")
    if xmin >= -100_000 and xmax < 1_100_000:
        return _without_zone(extent, county_code)
    return CrsGuess(every(), "坐标不像 CGCS2000 的任何一种，请向下发单位核实")


def _without_zone(extent: tuple[float, float, float, float], county_code: str) -> CrsGuess:
    """Six-digit eastings: meridians that put the extent into the province first, then the nearest to its capital."""
    province = county_code[:2] if county_code[:2] in _PROVINCES else _HOME
    capital, west, east = _PROVINCES[province]
    xmin, ymin, xmax, ymax = extent

    def rank(meridian: int) -> tuple[bool, int, int]:
        lon, _ = GaussKruger(float(meridian), 500_000.0).inverse(np.array([xmin, xmax]), (ymin + ymax) / 2)
        inside = bool(west - _SLACK <= lon[0] and lon[1] <= east + _SLACK)
        return not inside, abs(meridian - capital), meridian

    meridians = sorted(range(75, 136, 3), key=rank)
    three = [_GK3_CM + (cm - 75) // 3 for cm in meridians]
    six = [_GK6_CM + (cm - 75) // 6 for cm in meridians if (cm - 75) % 6 == 0]
    known = f"按区县代码 {county_code[:6]} " if province == county_code[:2] else "没有区县代码，按重庆"
    reason = f"东坐标是 6 位，不带带号，中央经线未知，{known}推荐 {meridians[0]}E"
    return CrsGuess(_pick(three + six), reason)
