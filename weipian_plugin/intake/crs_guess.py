"""What coordinates without a .prj may be (dossier 3.8): always a suggestion for a question, never a decision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Optional

import numpy as np

from ..geo.gauss_kruger import GaussKruger

WEB_MERCATOR = "EPSG:3857"
#: CGCS2000 Gauss-Krüger in EPSG: 6° with zone, 6° without, 3° with zone, 3° without.
_GK6_ZONE, _GK6_CM, _GK3_ZONE, _GK3_CM = 4491, 4502, 4513, 4534
_SLACK = 0.1  # degrees
CHINA = (73.0, 3.0, 136.0, 54.5)  # lon/lat, islands of the South China Sea included


@dataclass(frozen=True)
class Province:
    """Name, meridian of the capital's 3° zone, and its box in degrees, rounded outward to a tenth."""

    name: str
    meridian: int
    west: float
    south: float
    east: float
    north: float

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point lies in the box, with a little slack for patches on the border."""
        return self.west - _SLACK <= lon <= self.east + _SLACK and self.south - _SLACK <= lat <= self.north + _SLACK


#: By the first two digits of the county code; Hainan with its islands.
PROVINCES: dict[str, Province] = {
    "11": Province("北京市", 117, 115.4, 39.4, 117.6, 41.1),
    "12": Province("天津市", 117, 116.7, 38.5, 118.1, 40.3),
    "13": Province("河北省", 114, 113.4, 36.0, 119.9, 42.7),
    "14": Province("山西省", 114, 110.2, 34.5, 114.6, 40.8),
    "15": Province("内蒙古自治区", 111, 97.1, 37.4, 126.1, 53.4),
    "21": Province("辽宁省", 123, 118.8, 38.7, 125.8, 43.5),
    "22": Province("吉林省", 126, 121.6, 40.8, 131.4, 46.4),
    "23": Province("黑龙江省", 126, 121.1, 43.4, 135.1, 53.6),
    "31": Province("上海市", 120, 120.8, 30.6, 122.0, 31.9),
    "32": Province("江苏省", 120, 116.3, 30.7, 122.0, 35.2),
    "33": Province("浙江省", 120, 118.0, 27.0, 123.2, 31.2),
    "34": Province("安徽省", 117, 114.8, 29.3, 119.7, 34.7),
    "35": Province("福建省", 120, 115.8, 23.5, 120.8, 28.4),
    "36": Province("江西省", 117, 113.5, 24.4, 118.5, 30.1),
    "37": Province("山东省", 117, 114.8, 34.3, 122.8, 38.5),
    "41": Province("河南省", 114, 110.3, 31.3, 116.7, 36.4),
    "42": Province("湖北省", 114, 108.3, 29.0, 116.2, 33.3),
    "43": Province("湖南省", 114, 108.7, 24.6, 114.3, 30.2),
    "44": Province("广东省", 114, 109.6, 20.1, 117.4, 25.6),
    "45": Province("广西壮族自治区", 108, 104.4, 20.8, 112.1, 26.4),
    "46": Province("海南省", 111, 108.6, 3.0, 118.0, 20.2),
    "50": Province("重庆市", 108, 105.2, 28.1, 110.2, 32.3),
    "51": Province("四川省", 105, 97.3, 26.0, 108.6, 34.4),
    "52": Province("贵州省", 108, 103.6, 24.6, 109.6, 29.3),
    "53": Province("云南省", 102, 97.5, 21.1, 106.2, 29.3),
    "54": Province("西藏自治区", 90, 78.3, 26.8, 99.2, 36.5),
    "61": Province("陕西省", 108, 105.4, 31.7, 111.3, 39.6),
    "62": Province("甘肃省", 105, 92.3, 32.5, 108.8, 42.9),
    "63": Province("青海省", 102, 89.4, 31.5, 103.1, 39.3),
    "64": Province("宁夏回族自治区", 105, 104.2, 35.2, 107.7, 39.4),
    "65": Province("新疆维吾尔自治区", 87, 73.4, 34.3, 96.4, 49.2),
}
#: Longitude of the middle of a county, degrees rounded to a tenth, where a province is wider than a zone and its
#: counties are known: a place east of one meridian would lie as well west of the next one, three degrees on.
COUNTIES: dict[str, float] = {
    "500101": 108.4, "500102": 107.3, "500103": 106.6, "500104": 106.5, "500105": 106.7, "500106": 106.4,
    "500107": 106.4, "500108": 106.6, "500109": 106.5, "500110": 106.7, "500111": 105.7, "500112": 106.7,
    "500113": 106.7, "500114": 108.7, "500115": 107.1, "500116": 106.3, "500117": 106.3, "500118": 105.9,
    "500119": 107.2, "500120": 106.2, "500151": 106.0, "500152": 105.8, "500153": 105.5, "500154": 108.4,
    "500155": 107.7, "500156": 107.7, "500229": 108.7, "500230": 107.8, "500231": 107.4, "500233": 107.9,
    "500235": 108.8, "500236": 109.4, "500237": 109.9, "500238": 109.4, "500240": 108.3, "500241": 109.0,
    "500242": 108.8, "500243": 108.2,
}  # fmt: skip
#: Without a county code: where this plugin is at home.
_HOME = "50"


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


def guess(extent: tuple[float, float, float, float], county_code: str = "", near: Optional[float] = None) -> CrsGuess:
    """Candidates for an extent (xmin, ymin, xmax, ymax) in east/north order.

    `near`: longitude of what came before from the same county, degrees, where anything did.
    """
    xmin, ymin, xmax, ymax = extent
    if max(abs(xmin), abs(xmax)) <= 180 and max(abs(ymin), abs(ymax)) <= 90:
        return CrsGuess(_pick([4490]), "坐标在 ±180 以内，是经纬度")
    zone = int(xmin // 1_000_000)
    mercator = ((WEB_MERCATOR, "Web 墨卡托（EPSG:3857，网络地图）"),) if _mercator(extent) else ()
    if xmin >= 10_000_000 and zone == int(xmax // 1_000_000):
        if 25 <= zone <= 45:
            return CrsGuess(_pick([_GK3_ZONE + zone - 25]), f"东坐标是 8 位，前两位 {zone} 是 3 度带带号")
        if 13 <= zone <= 23:
            picked = _pick([_GK6_ZONE + zone - 13])
            return CrsGuess((*picked, *mercator), f"东坐标是 8 位，前两位 {zone} 是 6 度带带号")
    if mercator:
        return CrsGuess((*mercator, *every()), "坐标像网络地图的 Web 墨卡托")
    if xmin >= -100_000 and xmax < 1_100_000:
        return _without_zone(extent, county_code, near)
    return CrsGuess(every(), "坐标不像 CGCS2000 的任何一种，请向下发单位核实")


def _mercator(extent: tuple[float, float, float, float]) -> bool:
    """Whether the extent lies in China when read as Web Mercator, metres."""
    half = 20037508.342789244
    if max(map(abs, extent)) > half:
        return False
    to_degrees = 180.0 / half
    lon = [extent[0] * to_degrees, extent[2] * to_degrees]
    lat = [math.degrees(2 * math.atan(math.exp(math.radians(y * to_degrees))) - math.pi / 2) for y in extent[1::2]]
    west, south, east, north = CHINA
    return west <= lon[0] and lon[1] <= east and south <= lat[0] and lat[1] <= north


def scale(extent: tuple[float, float, float, float]) -> str:
    """千米, 厘米 or 毫米 when the extent is a Gauss-Krüger one in that unit, "" otherwise."""
    for unit, factor in (("千米", 1000.0), ("厘米", 0.01), ("毫米", 0.001)):
        x, y = extent[0] * factor, extent[1] * factor
        zone = int(x // 1_000_000)
        east = x - 1_000_000 * zone
        if 2_000_000 <= y <= 6_000_000 and 100_000 <= east <= 900_000 and (zone == 0 or 13 <= zone <= 45):
            return unit
    return ""


def _without_zone(extent: tuple[float, float, float, float], county_code: str, near: Optional[float]) -> CrsGuess:
    """Six-digit eastings: meridians that put the extent into the province first, then the nearest to its county.

    Where that is unknown, the nearest to the zone of the capital.
    """
    province = county_code[:2] if county_code[:2] in PROVINCES else _HOME
    home = PROVINCES[province]
    capital, west, east = home.meridian, home.west, home.east
    xmin, ymin, xmax, ymax = extent

    middle = near if near is not None else COUNTIES.get(county_code[:6])

    def rank(meridian: int) -> tuple[bool, float, int]:
        lon, _ = GaussKruger(float(meridian), 500_000.0).inverse(np.array([xmin, xmax]), (ymin + ymax) / 2)
        inside = bool(west - _SLACK <= lon[0] and lon[1] <= east + _SLACK)
        off = abs(meridian - capital) if middle is None else abs(float(lon.mean()) - middle)
        return not inside, off, meridian

    meridians = sorted(range(75, 136, 3), key=rank)
    three = [_GK3_CM + (cm - 75) // 3 for cm in meridians]
    six = [_GK6_CM + (cm - 75) // 6 for cm in meridians if (cm - 75) % 6 == 0]
    known = f"按区县代码 {county_code[:6]} " if province == county_code[:2] else "没有区县代码，按重庆"
    known = "按以前各批的位置" if near is not None else known
    reason = f"东坐标是 6 位，不带带号，中央经线未知，{known}推荐 {meridians[0]}E"
    return CrsGuess(_pick(three + six), reason)
