"""Reading what a photo says about itself: when, where, which way (dossier 4.3).

Nothing is invented: a direction of 0 without a reference is what many programs write for "unknown",
a position of 0, 0 is a camera without a fix. Whatever is left out or assumed stands in the notes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Optional, Union

from ..core.errors import WeipianError, os_reason
from .container import Container, NotAnImageError
from .tags import read_tags

#: Endings that are taken for photos, lower case.
PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".heic", ".heif"})
CHINA = timezone(timedelta(hours=8))
#: `mmexport1714525815000.jpg`: WeChat's name, milliseconds since 1970 of saving the picture.
_WECHAT = re.compile(r"mmexport(\d{13})(?!\d)", re.IGNORECASE)
_WHEN = re.compile(r"(\d{4})[:\-/.](\d{2})[:\-/.](\d{2})[ T](\d{2}):(\d{2}):(\d{2})")
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})")
#: Values of GPSMapDatum that mean what everyone means.
_USUAL_DATUMS = frozenset({"", "WGS84", "WGS1984", "CGCS2000", "WORLDGEODETICSYSTEM1984"})


@dataclass(frozen=True)
class PhotoFacts:
    """What a photo says. None is "not known", never 0.

    `taken_at` ISO text with offset; `lon`, `lat` degrees; `azimuth` degrees clockwise from true north
    (magnetic when `azimuth_ref` is M and no declination was given), 0 ≤ azimuth < 360; `azimuth_ref`
    T, M or None; `accuracy_m` horizontal, metres; `orientation` 1–8; sizes in pixels as stored;
    `source` exif, or inferred when all there is comes from the file's name; `notes` Chinese sentences.
    """

    taken_at: Optional[str] = None
    lon: Optional[float] = None
    lat: Optional[float] = None
    azimuth: Optional[float] = None
    azimuth_ref: Optional[str] = None
    accuracy_m: Optional[float] = None
    orientation: Optional[int] = None
    camera: str = ""
    width: Optional[int] = None
    height: Optional[int] = None
    source: str = "exif"
    notes: tuple[str, ...] = ()


def is_photo(path: Union[str, Path]) -> bool:
    """Whether the name has the ending of a photo, in any case."""
    return Path(path).suffix.lower() in PHOTO_SUFFIXES


def read_photo(path: Union[str, Path], declination_deg: float = 0.0) -> PhotoFacts:
    """Read a photo's own account; a photo without EXIF gives facts that say so in the notes.

    Args:
        path: of a jpg, png, tiff or heic file.
        declination_deg: of the magnetic needle, east positive, added to directions with reference M.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_PHOTO_UNREADABLE (no picture), E_LIBRARY.
    """
    path = Path(path)
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=path)
    try:
        container, tags, damaged = read_tags(path)
    except NotAnImageError as error:
        raise WeipianError("E_PHOTO_UNREADABLE", path=path, detail=error) from error
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
    return _facts(path, container, tags, damaged, declination_deg)


def _facts(path: Path, container: Container, tags: Mapping[str, Any], damaged: bool, declination: float) -> PhotoFacts:
    notes: list[str] = []
    if not container.complete:
        notes.append("文件不完整（可能没有传完），图像下部会缺失")
    facts = PhotoFacts(width=container.width, height=container.height)
    if tags:
        taken_at = _taken_at(tags, notes)
        lon, lat = _position(tags, notes)
        azimuth, ref = _azimuth(tags, declination, notes)
        accuracy = _number(tags, "GPS GPSHPositioningError", "GPS Tag 0x001F")
        facts = replace(
            facts,
            taken_at=taken_at,
            lon=lon,
            lat=lat,
            azimuth=azimuth,
            azimuth_ref=ref,
            accuracy_m=accuracy if accuracy is not None and accuracy > 0 and lon is not None else None,
            orientation=_orientation(tags),
            camera=_camera(tags),
        )
    elif damaged:
        notes.append("拍摄信息（EXIF）已损坏，读不出来；请手工填写位置和方位角")
    else:
        notes.append(str(WeipianError("E_PHOTO_NO_EXIF", path=path.name)))
    return replace(_infer(path, facts, notes), notes=tuple(notes))


def _infer(path: Path, facts: PhotoFacts, notes: list[str]) -> PhotoFacts:
    """A time from WeChat's file name when the photo has none."""
    found = _WECHAT.search(path.name)
    if facts.taken_at is not None or not found:
        return facts
    when = datetime.fromtimestamp(int(found.group(1)) / 1000, CHINA) if found.group(1)[0] in "12" else None
    if when is None or not 2011 <= when.year <= 2099:  # WeChat began in 2011
        return facts
    notes.append("时间取自微信导出的文件名，是保存时间，实际拍摄不晚于此时")
    nothing_else = facts.lon is None and facts.azimuth is None
    return replace(
        facts,
        taken_at=when.replace(microsecond=0).isoformat(),
        source="inferred" if nothing_else else facts.source,
    )


def _values(tags: Mapping[str, Any], *names: str) -> Any:
    for name in names:
        if name in tags:
            return tags[name].values
    return None


def _text(tags: Mapping[str, Any], *names: str) -> str:
    """A tag as text; cameras pad with NUL and spaces, and some write bytes that are no UTF-8."""
    value = _values(tags, *names)
    if isinstance(value, bytes):
        value = value.decode("gb18030", "replace")
    return value.replace("\0", " ").strip() if isinstance(value, str) else ""


def _float(value: Any) -> Optional[float]:
    """One EXIF number; None for x/0, 0/0, NaN and what is no number."""
    if isinstance(value, (tuple, list)):
        value = value[0] if len(value) == 1 else None
    try:
        if hasattr(value, "den"):
            return value.num / value.den if value.den else None
        number = float(value)
    except (TypeError, ValueError, ArithmeticError):
        return None
    return number if math.isfinite(number) else None


def _number(tags: Mapping[str, Any], *names: str) -> Optional[float]:
    return _float(_values(tags, *names))


def _orientation(tags: Mapping[str, Any]) -> Optional[int]:
    value = _number(tags, "Image Orientation")
    return int(value) if value is not None and 1 <= value <= 8 else None


def _camera(tags: Mapping[str, Any]) -> str:
    make, model = _text(tags, "Image Make"), _text(tags, "Image Model")
    return model if model.upper().startswith(make.upper()) else f"{make} {model}".strip()


def _offset(text: str) -> Optional[timezone]:
    if text.upper() in ("Z", "UTC"):
        return timezone.utc
    found = _OFFSET.fullmatch(text)
    if not found or int(found.group(2)) > 14 or int(found.group(3)) > 59:
        return None
    minutes = int(found.group(2)) * 60 + int(found.group(3))
    return timezone(timedelta(minutes=-minutes if found.group(1) == "-" else minutes))


def _when(text: str, zone: timezone) -> Optional[str]:
    found = _WHEN.match(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(g) for g in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).isoformat()
    except ValueError:
        return None


def _taken_at(tags: Mapping[str, Any], notes: list[str]) -> Optional[str]:
    """Time of the shutter; the time of digitising is the same for a phone. Never the time of editing."""
    for name in ("Original", "Digitized"):
        text = _text(tags, f"EXIF DateTime{name}")
        if not text:
            continue
        written = _text(tags, f"EXIF OffsetTime{name}", "EXIF OffsetTime", f"EXIF Tag 0x901{name == 'Digitized':d}")
        zone = _offset(written)
        when = _when(text, zone or CHINA)
        if when is None:
            notes.append(f"拍摄时间写法不对（{text[:30]}），没有采用")
            continue
        if zone is None:
            notes.append("拍摄时间没有注明时区，按北京时间（UTC+8）处理")
        if name == "Digitized":
            notes.append("没有原始拍摄时间，采用数字化时间")
        return when
    day, clock = _text(tags, "GPS GPSDate", "GPS GPSDateStamp"), _values(tags, "GPS GPSTimeStamp")
    parts = [_float(v) for v in clock] if isinstance(clock, list) and len(clock) == 3 else [None]
    if day and all(p is not None and 0 <= p < 100 for p in parts):
        stamp = " ".join([day, ":".join(f"{int(p or 0):02d}" for p in parts)])
        utc = _when(stamp, timezone.utc)
        if utc is not None:
            notes.append("没有原始拍摄时间，采用卫星定位时间")
            return datetime.fromisoformat(utc).astimezone(CHINA).isoformat()
    notes.append("照片没有拍摄时间")
    return None


def _degrees(tags: Mapping[str, Any], name: str) -> Optional[float]:
    """Degrees, minutes, seconds (or fewer of them) to degrees; None if any part is no number."""
    value = _values(tags, name)
    parts = [_float(v) for v in value] if isinstance(value, list) else []
    if not 1 <= len(parts) <= 3:
        return None
    total = 0.0
    for part, unit in zip(parts, (1, 60, 3600)):
        if part is None or part < 0 or (unit > 1 and part > 60):
            return None
        total += part / unit
    return total


def _hemisphere(tags: Mapping[str, Any], name: str, positive: str, negative: str) -> Optional[int]:
    ref = _text(tags, name)[:1].upper()
    return {positive: 1, negative: -1}.get(ref)


def _position(tags: Mapping[str, Any], notes: list[str]) -> tuple[Optional[float], Optional[float]]:
    """Longitude and latitude in degrees, or None for both."""
    if "GPS GPSLatitude" not in tags and "GPS GPSLongitude" not in tags:
        notes.append("照片没有 GPS 位置，请确认拍照时已打开定位，或手工填写位置")
        return None, None
    lat, lon = _degrees(tags, "GPS GPSLatitude"), _degrees(tags, "GPS GPSLongitude")
    if lat is None or lon is None or lat >= 90 or lon > 180:
        notes.append("GPS 位置的数值无效，没有采用，请手工填写位置")
        return None, None
    if lat == 0 and lon == 0:
        notes.append("GPS 位置为 0, 0，说明拍照时没有定位成功，没有采用")
        return None, None
    north, east = _hemisphere(tags, "GPS GPSLatitudeRef", "N", "S"), _hemisphere(tags, "GPS GPSLongitudeRef", "E", "W")
    if north is None or east is None:
        notes.append("GPS 位置没有注明南北纬或东西经，按北纬、东经处理")
    datum = _text(tags, "GPS GPSMapDatum")
    if re.sub(r"[\s\-_]", "", datum).upper() not in _USUAL_DATUMS:
        notes.append(f"GPS 位置注明的坐标基准是 {datum[:20]}，不是 WGS-84，位置可能有偏移")
    return lon * (east or 1), lat * (north or 1)


def _azimuth(tags: Mapping[str, Any], declination: float, notes: list[str]) -> tuple[Optional[float], Optional[str]]:
    """Direction of view in degrees from north and its reference T or M; unknown is None, never 0."""
    if "GPS GPSImgDirection" not in tags:
        notes.append("照片没有方位角，请手工填写")
        return None, None
    value = _number(tags, "GPS GPSImgDirection")
    ref: Optional[str] = _text(tags, "GPS GPSImgDirectionRef")[:1].upper()
    ref = ref if ref in ("T", "M") else None
    if value is None or not 0 <= value <= 360:
        notes.append("方位角的数值无效，没有采用，请手工填写")
        return None, None
    if ref is None:
        if value in (0, 360):
            notes.append("方位角为 0 且没有注明真北或磁北，多半是没有测得，没有采用，请手工填写")
            return None, None
        notes.append("方位角没有注明真北还是磁北")
    elif ref == "M":
        value += declination
        how = f"，已按磁偏角 {declination:+.2f}° 改正" if declination else "，未作磁偏角改正"
        notes.append("方位角以磁北为准" + how)
    return value % 360, ref
