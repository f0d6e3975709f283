"""When a photo was taken (dossier 4.3): the camera's clock, the satellites' time, at last the file's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Optional

from .values import CHINA, raw, text, to_float, when, zone_of

_OFFSETS = {"Original": "1", "Digitized": "2"}


@dataclass(frozen=True)
class Times:
    """ISO texts with offset, None where not known; `gps` in UTC; `assumed`: `taken` had no offset, UTC+8 was taken.

    `origin` of `taken`: camera, digitized, gps or name.
    """

    taken: Optional[str] = None
    assumed: bool = False
    origin: str = "camera"
    digitized: Optional[str] = None
    modified: Optional[str] = None
    gps: Optional[str] = None


def read_times(tags: Mapping[str, Any], notes: list[str]) -> Times:
    """Time of the shutter; the time of digitising is the same for a phone. Never the time of editing."""
    common = zone_of(text(tags, "EXIF OffsetTime", "EXIF Tag 0x9010"))
    zones = {
        name: zone_of(text(tags, f"EXIF OffsetTime{name}", f"EXIF Tag 0x901{last}")) or common
        for name, last in _OFFSETS.items()
    }
    digitized, _ = when(text(tags, "EXIF DateTimeDigitized"), zones["Digitized"])
    modified, _ = when(text(tags, "Image DateTime"), common or zones["Original"])
    gps = _satellites(tags)
    for name in _OFFSETS:
        written = text(tags, f"EXIF DateTime{name}")
        if not written:
            continue
        taken, assumed = when(written, zones[name])
        if taken is None:
            notes.append(f"拍摄时间写法不对（{written[:30]}），没有采用")
            continue
        if assumed:
            notes.append("拍摄时间没有注明时区，按北京时间（UTC+8）处理")
        if name == "Digitized":
            notes.append("没有原始拍摄时间，采用数字化时间")
        origin = "camera" if name == "Original" else "digitized"
        return Times(taken, assumed, origin, digitized, modified, gps)
    if gps is not None:
        notes.append("没有原始拍摄时间，采用卫星定位时间")
        taken = datetime.fromisoformat(gps).astimezone(CHINA).isoformat()
        return Times(taken, origin="gps", digitized=digitized, modified=modified, gps=gps)
    notes.append("照片没有拍摄时间")
    return Times(digitized=digitized, modified=modified)


def _satellites(tags: Mapping[str, Any]) -> Optional[str]:
    """GPSDateStamp and GPSTimeStamp, which are UTC."""
    day, clock = text(tags, "GPS GPSDate", "GPS GPSDateStamp"), raw(tags, "GPS GPSTimeStamp")
    parts = [to_float(v) for v in clock] if isinstance(clock, list) and len(clock) == 3 else [None]
    if not day or not all(p is not None and 0 <= p < 100 for p in parts):
        return None
    return when(" ".join([day, ":".join(f"{int(p or 0):02d}" for p in parts)]), timezone.utc)[0]


#: What programs write before the milliseconds since 1970, and what that moment is.
_MILLISECONDS = re.compile(r"(mmexport|wx_camera_|microMsg\.|^(?=\d{13}$))(\d{13})(?!\d)", re.IGNORECASE)
#: 20260501093015 with or without separators and milliseconds.
_STAMP = re.compile(
    r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2([0-3]\d)[-_ T.]{0,3}([01]\d|2[0-3])([-_.:]?)([0-5]\d)\6([0-5]\d)"
    r"(?:[-_.]?\d{3})?(?!\d)"
)
_KINDS = (
    ("微信图片", "微信图片的文件名，是保存时间，实际拍摄不晚于此时"),
    ("wechat", "微信图片的文件名，是保存时间，实际拍摄不晚于此时"),
    ("screenshot", "截屏的文件名，是截屏时间；截屏不是现场照片原图"),
    ("截屏", "截屏的文件名，是截屏时间；截屏不是现场照片原图"),
    ("截图", "截屏的文件名，是截屏时间；截屏不是现场照片原图"),
    ("水印", "水印相机的文件名"),
    ("经纬相机", "水印相机的文件名"),
    ("watermark", "水印相机的文件名"),
)


def time_in_name(path: Path) -> Optional[tuple[str, str]]:
    """A time from the name that a phone or a program gave the file: (ISO text, sentence on where it is from).

    Only names of a known form count; numbers of patches have no such form.
    """
    found = _MILLISECONDS.search(path.stem)
    if found:
        made = datetime.fromtimestamp(int(found.group(2)) / 1000, CHINA) if found.group(2)[0] in "12" else None
        if made is None or not 2011 <= made.year <= 2099:  # WeChat began in 2011
            return None
        prefix = found.group(1).lower()
        how = {
            "mmexport": "微信导出的文件名，是保存时间，实际拍摄不晚于此时",
            "wx_camera_": "微信相机的文件名",
        }.get(prefix, "文件名里的毫秒数，可能是保存时间")
        return made.replace(microsecond=0).isoformat(), f"时间取自{how}"
    stamp = _STAMP.search(path.stem)
    if not stamp:
        return None
    year, _, month, day, hour, _, minute, second = stamp.groups()
    # Pixel phones name their photos by UTC.
    zone = timezone.utc if path.stem.upper().startswith("PXL_") else CHINA
    try:
        made = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        return None
    name = path.stem.lower()
    how = next((said for word, said in _KINDS if word in name), "文件名，可能是保存时间")
    return made.astimezone(CHINA).isoformat(), f"时间取自{how}"
