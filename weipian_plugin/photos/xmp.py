"""What is wanted of an XMP packet. The packet is searched as text, never parsed as XML: there are no entities to
expand, no documents to fetch, and a damaged packet still gives what stands in it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from .pieces import XMP_LIMIT
from .values import within

#: Most characters of one value, most values of one property.
_LENGTH, _MOST = 200, 30
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,15})?")
_RATIO = re.compile(r"(\d{1,12})/(\d{1,12})")
#: "29,46.794N" or "29,46,47.64N" (XMP specification part 2, GPSCoordinate).
_COORDINATE = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])", re.IGNORECASE)


@dataclass(frozen=True)
class Xmp:
    """Angles in degrees (yaw clockwise from true north, pitch up), lengths in metres; None is not known."""

    there: bool = False
    lon: Optional[float] = None
    lat: Optional[float] = None
    altitude_m: Optional[float] = None
    direction: Optional[float] = None
    direction_ref: Optional[str] = None
    gimbal_yaw: Optional[float] = None
    pitch: Optional[float] = None
    roll: Optional[float] = None
    tool: str = ""
    history: tuple[str, ...] = ()
    drone: bool = False


def read_xmp(packet: bytes) -> Xmp:
    """The properties that are used, as attributes or as elements."""
    packet = packet[:XMP_LIMIT]
    if not packet.strip(b"\0 \t\r\n"):
        return Xmp()
    words = _text(packet)
    drone = "drone-dji:" in words or "/drone-dji/" in words
    yaw = within(_number(words, "GimbalYawDegree"), -360, 360)
    pitch, roll = _number(words, "GimbalPitchDegree"), _number(words, "GimbalRollDegree")
    lat, lon = _position(words)
    ref = (_first(words, "exif:GPSImgDirectionRef")[:1].upper()) or None
    heading = within(_number(words, "exif:GPSImgDirection"), 0, 360)
    pose = within(_number(words, "GPano:PoseHeadingDegrees"), 0, 360) if heading is None else None
    return Xmp(
        True,
        lon,
        lat,
        _number(words, "exif:GPSAltitude") if not drone else _number(words, "AbsoluteAltitude"),
        heading if heading is not None else pose,
        ref if ref in ("T", "M") else ("T" if pose is not None else None),
        yaw,
        within(pitch, -180, 180),
        within(roll, -180, 180),
        _first(words, "CreatorTool"),
        _history(words),
        drone,
    )


def _text(packet: bytes) -> str:
    for mark, encoding in (
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
        (b"<\0", "utf-16-le"),
        (b"\0<", "utf-16-be"),
    ):
        if packet[:2] == mark:
            return packet.decode(encoding, "replace")
    return packet.decode("utf-8", "replace")


def _values(words: str, name: str) -> Sequence[str]:
    """Values of a property; `name` with or without its prefix."""
    if name not in words:
        return ()
    before = r"[\s<]" if ":" in name else r"[\s<:]"
    pattern = (
        rf"(?<={before}){re.escape(name)}(?:\s{{0,9}}=\s{{0,9}}(?:\"([^\"<]{{0,{_LENGTH}}})\"|'([^'<]{{0,{_LENGTH}}})')"
        rf"|[^<>=]{{0,80}}>([^<]{{0,{_LENGTH}}})<)"
    )
    found = []
    for match in re.finditer(pattern, words):
        value = next((group for group in match.groups() if group is not None), "")
        for entity, character in _ENTITIES.items():
            value = value.replace(entity, character)
        value = "".join(c if c.isprintable() else " " for c in value).strip()
        if value:
            found.append(value)
        if len(found) >= _MOST:
            break
    return found


def _first(words: str, name: str) -> str:
    return next(iter(_values(words, name)), "")


def _number(words: str, name: str) -> Optional[float]:
    value = _first(words, name)
    ratio = _RATIO.fullmatch(value)
    if ratio:
        return int(ratio.group(1)) / int(ratio.group(2)) if int(ratio.group(2)) else None
    number = float(value) if _NUMBER.fullmatch(value) else None
    return number if number is not None and math.isfinite(number) else None


def _coordinate(value: str, negative: str) -> Optional[float]:
    """Degrees of an XMP coordinate or of DJI's plain signed number."""
    found = _COORDINATE.fullmatch(value.replace(" ", ""))
    if found:
        degrees, minutes, seconds = (float(part or 0) for part in found.groups()[:3])
        if minutes > 60 or seconds > 60:
            return None
        total = degrees + minutes / 60 + seconds / 3600
        return -total if found.group(4).upper() == negative else total
    return float(value) if _NUMBER.fullmatch(value) else None


def _position(words: str) -> tuple[Optional[float], Optional[float]]:
    """Latitude and longitude; old DJI programs write Longtitude."""
    for lat_name, lon_names in (
        ("exif:GPSLatitude", ("exif:GPSLongitude",)),
        ("GpsLatitude", ("GpsLongitude", "GpsLongtitude")),
        ("GPSLatitude", ("GPSLongitude", "GPSLongtitude")),
    ):
        lat = _coordinate(_first(words, lat_name), "S")
        lon = next((v for v in (_coordinate(_first(words, name), "W") for name in lon_names) if v is not None), None)
        if lat is not None and lon is not None and abs(lat) < 90 and abs(lon) <= 180:
            return lat, lon
    return None, None


def _history(words: str) -> tuple[str, ...]:
    """Steps of editing, e.g. "saved Adobe Photoshop 24.0": actions and programs in their order."""
    agents, actions = _values(words, "stEvt:softwareAgent"), _values(words, "stEvt:action")
    if len(agents) == len(actions):
        return tuple(f"{action} {agent}" for action, agent in zip(actions, agents))
    return tuple(dict.fromkeys([*actions, *agents]))
