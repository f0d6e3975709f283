"""Where a photo was taken from and which way it looks: GPS tags of EXIF, or XMP where those are silent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

from .values import number, raw, text, to_float, within
from .xmp import Xmp

#: Values of GPSMapDatum that mean what everyone means.
_USUAL_DATUMS = frozenset({"", "WGS84", "WGS1984", "CGCS2000", "WORLDGEODETICSYSTEM1984"})
#: km/h of one K (km/h), M (miles/h), N (knots).
_SPEEDS = {"K": 1.0, "M": 1.609344, "N": 1.852}
#: Nearer to 0, 0 than this (a tenth of a metre) no camera stands; it is the value of "no fix".
_NOWHERE = 1e-6
#: Pitch in degrees from which on a camera looks down, so that a yaw is no direction of view.
_NADIR = -80.0


@dataclass(frozen=True)
class Position:
    """Degrees, metres; None is not known. `origin` exif or xmp."""

    lon: Optional[float] = None
    lat: Optional[float] = None
    accuracy_m: Optional[float] = None
    altitude_m: Optional[float] = None
    datum: str = ""


@dataclass(frozen=True)
class Direction:
    """`azimuth` degrees from true north after `declination`, `raw` as the file has it; `origin` as in PhotoFacts."""

    azimuth: Optional[float] = None
    ref: Optional[str] = None
    raw: Optional[float] = None
    declination: Optional[float] = None
    origin: str = ""


def _degrees(tags: Mapping[str, Any], name: str) -> Optional[float]:
    """Degrees, minutes, seconds (or fewer of them) to degrees; None if any part is no number."""
    value = raw(tags, name)
    parts = [to_float(v) for v in value] if isinstance(value, list) else []
    if not 1 <= len(parts) <= 3:
        return None
    total = 0.0
    for part, unit in zip(parts, (1, 60, 3600)):
        if part is None or part < 0 or (unit > 1 and part > 60):
            return None
        total += part / unit
    return total


def _hemisphere(tags: Mapping[str, Any], name: str, positive: str, negative: str) -> Optional[int]:
    return {positive: 1, negative: -1}.get(text(tags, name)[:1].upper())


def position(tags: Mapping[str, Any], xmp: Xmp, notes: list[str]) -> Position:
    """Longitude and latitude in degrees, or None for both, with what is said of them."""
    lon, lat = _written(tags, notes)
    if lon is None and xmp.lon is not None and xmp.lat is not None and _there(xmp.lon, xmp.lat):
        notes.append("GPS 位置取自 XMP 附加信息")
        lon, lat = xmp.lon, xmp.lat
    elif lon is None and not {"GPS GPSLatitude", "GPS GPSLongitude"} & set(tags):
        notes.append("照片没有 GPS 位置，请确认拍照时已打开定位，或手工填写位置")
    datum = text(tags, "GPS GPSMapDatum")
    if lon is None:
        return Position(altitude_m=_altitude(tags, xmp))
    if re.sub(r"[\s\-_]", "", datum).upper() not in _USUAL_DATUMS:
        notes.append(f"GPS 位置注明的坐标基准是 {datum[:20]}，不是 WGS-84，位置可能有偏移")
    if text(tags, "GPS GPSStatus")[:1].upper() == "V":
        notes.append("拍照时卫星定位中断，位置可能是之前的")
    method = text(tags, "GPS GPSProcessingMethod").upper()
    if re.search(r"CELLID|NETWORK|WLAN", method):
        notes.append("位置来自基站或无线网络而不是卫星，可能偏差几十米到几百米")
    accuracy = within(number(tags, "GPS GPSHPositioningError", "GPS Tag 0x001F"), 1e-9, 1e7)
    return Position(lon, lat, accuracy, _altitude(tags, xmp), datum[:40])


def _there(lon: float, lat: float) -> bool:
    return abs(lat) < 90 and abs(lon) <= 180 and not (abs(lat) < _NOWHERE and abs(lon) < _NOWHERE)


def _written(tags: Mapping[str, Any], notes: list[str]) -> tuple[Optional[float], Optional[float]]:
    if "GPS GPSLatitude" not in tags and "GPS GPSLongitude" not in tags:
        return None, None
    lat, lon = _degrees(tags, "GPS GPSLatitude"), _degrees(tags, "GPS GPSLongitude")
    if lat is None or lon is None or lat >= 90 or lon > 180:
        notes.append("GPS 位置的数值无效，没有采用，请手工填写位置")
        return None, None
    if not _there(lon, lat):
        notes.append("GPS 位置为 0, 0，说明拍照时没有定位成功，没有采用")
        return None, None
    north, east = _hemisphere(tags, "GPS GPSLatitudeRef", "N", "S"), _hemisphere(tags, "GPS GPSLongitudeRef", "E", "W")
    if north is None or east is None:
        notes.append("GPS 位置没有注明南北纬或东西经，按北纬、东经处理")
    return lon * (east or 1), lat * (north or 1)


def _altitude(tags: Mapping[str, Any], xmp: Xmp) -> Optional[float]:
    """Metres; reference 1 (or 3, below the ellipsoid, EXIF 3.0) counts downwards."""
    height = within(number(tags, "GPS GPSAltitude"), -1e5, 1e5)
    if height is None:
        return within(xmp.altitude_m, -1e5, 1e5)
    return -height if to_float(raw(tags, "GPS GPSAltitudeRef")) in (1, 3) else height


def speed_kmh(tags: Mapping[str, Any]) -> Optional[float]:
    """Speed of the receiver; without a unit it is km/h (EXIF 2.3, 4.6.6)."""
    speed = within(number(tags, "GPS GPSSpeed"), 0, 1e5)
    return None if speed is None else speed * _SPEEDS.get(text(tags, "GPS GPSSpeedRef")[:1].upper(), 1.0)


def direction(tags: Mapping[str, Any], xmp: Xmp, declination: Optional[float], notes: list[str]) -> Direction:
    """Direction of view in degrees from north; unknown is None, never 0."""
    found = _exif_direction(tags, declination, notes)
    if found.azimuth is None:
        found = _xmp_direction(xmp, declination, notes) or found
    if found.azimuth is not None and xmp.pitch is not None and xmp.pitch <= _NADIR:
        notes.append(f"相机垂直向下拍摄（俯仰角 {xmp.pitch:.0f}°），没有水平拍摄方向，方位角没有采用")
        return Direction(raw=found.raw, ref=found.ref, origin=found.origin)
    if found.azimuth is not None or "GPS GPSImgDirection" in tags:
        return found  # why there is none was said above
    track = within(number(tags, "GPS GPSTrack"), 0, 360)
    if track is not None:
        notes.append(f"照片没有方位角，只有行进方向 {track:.0f}°，不能当作拍摄方向，请手工填写")
        return Direction(origin="gpstrack")
    notes.append("照片没有方位角，请手工填写")
    return found


def _exif_direction(tags: Mapping[str, Any], declination: Optional[float], notes: list[str]) -> Direction:
    if "GPS GPSImgDirection" not in tags:
        return Direction()
    value = number(tags, "GPS GPSImgDirection")
    ref: Optional[str] = text(tags, "GPS GPSImgDirectionRef")[:1].upper()
    ref = ref if ref in ("T", "M") else None
    if value is None or not 0 <= value <= 360:
        notes.append("方位角的数值无效，没有采用，请手工填写")
        return Direction()
    if ref is None and value in (0, 360):
        notes.append("方位角为 0 且没有注明真北或磁北，多半是没有测得，没有采用，请手工填写")
        return Direction()
    return _from_north(value, ref, declination, "exif", notes)


def _xmp_direction(xmp: Xmp, declination: Optional[float], notes: list[str]) -> Optional[Direction]:
    if xmp.gimbal_yaw is not None:
        notes.append("方位角取自无人机云台的朝向")
        # North-East-Down axes of the aircraft: yaw is from true north.
        return Direction(xmp.gimbal_yaw % 360, "T", xmp.gimbal_yaw % 360, None, "gimbal")
    if xmp.direction is not None and (xmp.direction_ref or xmp.direction not in (0, 360)):
        notes.append("方位角取自 XMP 附加信息")
        return _from_north(xmp.direction, xmp.direction_ref, declination, "xmp", notes)
    return None


def _from_north(
    value: float, ref: Optional[str], declination: Optional[float], origin: str, notes: list[str]
) -> Direction:
    if ref is None:
        notes.append("方位角没有注明真北还是磁北")
    if ref != "M":
        return Direction(value % 360, ref, value, None, origin)
    how = "，未作磁偏角改正" if declination is None else f"，已按磁偏角 {declination:+.2f}° 改正"
    notes.append("方位角以磁北为准" + how)
    return Direction((value + (declination or 0.0)) % 360, ref, value, declination, origin)
