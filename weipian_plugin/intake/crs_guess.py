"""What coordinates without a .prj may be (dossier 3.8): always a suggestion for a question, never a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

GEOGRAPHIC = "EPSG:4490"
#: CGCS2000 Gauss-Krüger in EPSG: 6° with zone, 6° without, 3° with zone, 3° without.
_GK6_ZONE, _GK6_CM, _GK3_ZONE, _GK3_CM = 4491, 4502, 4513, 4534
CHINA = (73.0, 3.0, 136.0, 54.5)  # lon/lat, islands of the South China Sea included
#: Central meridian of each province's capital 3° zone, by the first two digits of the county code.
_PROVINCE_CM = {
    "11": 117, "12": 117, "13": 114, "14": 114, "15": 111, "21": 123, "22": 126, "23": 126, "31": 120, "32": 120,
    "33": 120, "34": 117, "35": 120, "36": 117, "37": 117, "41": 114, "42": 114, "43": 114, "44": 114, "45": 108,
    "46": 111, "50": 108, "51": 105, "52": 108, "53": 102, "54": 90, "61": 108, "62": 105, "63": 102, "64": 105,
    "65": 87, "71": 123,
}  # fmt: skip


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
        first = _PROVINCE_CM.get(county_code[:2], 108)
        meridians = sorted(range(75, 136, 3), key=lambda cm: (abs(cm - first), -cm))
        three = [_GK3_CM + (cm - 75) // 3 for cm in meridians]
        six = [_GK6_CM + (cm - 75) // 6 for cm in meridians if (cm - 75) % 6 == 0]
        known = f"按区县代码 {county_code[:6]}" if county_code[:2] in _PROVINCE_CM else "没有区县代码，按重庆"
        return CrsGuess(_pick(three + six), f"东坐标是 6 位，不带带号，中央经线未知，{known}推荐 {first}E")
    return CrsGuess(every(), "坐标不像 CGCS2000 的任何一种，请向下发单位核实")
