"""Site photos, drawn, with the EXIF that phones write, and scans of approval papers."""

from __future__ import annotations

import io
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

import numpy as np
import piexif
from land import noise
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE = (640, 480)
HORIZON = 205
#: Bare soil, grass, concrete: (near, far) colours of the ground.
GROUND = {
    "soil": ((150, 116, 82), (172, 142, 106)), "green": ((84, 112, 54), (118, 138, 84)),
    "hard": ((166, 164, 158), (188, 186, 180)), "paddy": ((96, 120, 70), (126, 142, 96)),
}  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """One photo: where the camera stood (degrees), where it looked, when; None is left out of the EXIF."""

    name: str
    kind: str
    lon: Optional[float]
    lat: Optional[float]
    azimuth: Optional[float]
    taken: str  # 2026-05-20 09:41:07
    reference: str = "T"
    exif: bool = True
    stamp: Sequence[str] = ()


def font(size: int) -> ImageFont.FreeTypeFont:
    """A Chinese font of the system, or Pillow's own when there is none."""
    asked = ["fc-match", "-f", "%{file}|%{index}", "Noto Sans CJK SC:lang=zh-cn"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, check=True)
        path, index = found.stdout.split("|")
        return ImageFont.truetype(path, size, index=int(index))
    except (OSError, ValueError, subprocess.CalledProcessError):
        return ImageFont.load_default()


def _backdrop(rng: np.random.Generator, ground: str) -> Image.Image:
    """Sky, two lines of hills and textured ground."""
    width, height = SIZE
    rows = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    pixels = np.broadcast_to(np.array([168, 192, 216], np.float32) + rows * 70, (height, width, 3)).copy()
    pixels += (noise(rng, (height, width), 320, 4) - 0.5)[:, :, None] * 44
    columns = np.arange(width)
    for level, colour in ((HORIZON - 46, (142, 164, 168)), (HORIZON - 20, (94, 124, 96))):
        crest = level + np.interp(columns, np.linspace(0, width, 12), rng.normal(0, 15, 12))
        inside = np.arange(height)[:, None] > crest[None, :]
        pixels[inside] = np.array(colour) + rng.normal(0, 4, (int(inside.sum()), 1))
    near, far = (np.array(c, np.float32) for c in GROUND[ground])
    depth = np.clip((np.arange(height) - HORIZON) / (height - HORIZON), 0, 1)[:, None, None]
    plain = far + (near - far) * depth
    plain = plain + ((noise(rng, (height, width), 50, 5) - 0.5) * 62)[:, :, None] + rng.normal(0, 5, (height, width, 1))
    pixels[HORIZON:] = plain[HORIZON:]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _building(pen: ImageDraw.ImageDraw, rng: np.random.Generator, works: bool) -> None:
    """A works hall with a blue roof, or a brick farmhouse."""
    x0, x1 = (
        (70 + rng.integers(40), 540 + rng.integers(60)) if works else (190 + rng.integers(40), 430 + rng.integers(40))
    )
    top, foot = (140, 318) if works else (112, 322)
    wall = (214, 216, 214) if works else (196, 172, 150)
    pen.polygon(
        [(x1, top + 6), (x1 + 40, top + 22), (x1 + 40, foot - 22), (x1, foot)], fill=tuple(v - 44 for v in wall)
    )
    pen.rectangle((x0, top, x1, foot), fill=wall)
    if works:
        pen.polygon([(x0 - 12, top + 6), ((x0 + x1) / 2, top - 40), (x1 + 8, top + 6)], fill=(70, 112, 168))
        pen.polygon([((x0 + x1) / 2, top - 40), (x1 + 8, top + 6), (x1 + 46, top + 24)], fill=(52, 88, 138))
        pen.rectangle((x0 + 60, foot - 96, x0 + 150, foot), fill=(128, 134, 142))
        for x in range(x0 + 190, x1 - 40, 58):
            pen.rectangle((x, top + 44, x + 34, top + 74), fill=(92, 116, 136), outline=(240, 240, 238))
        return
    pen.polygon([(x0 - 14, top), (x1 + 14, top), (x1 - 8, top - 40), (x0 + 10, top - 40)], fill=(140, 74, 58))
    for floor in (top + 26, top + 122):
        for x in range(x0 + 20, x1 - 40, 62):
            pen.rectangle((x, floor, x + 36, floor + 46), fill=(84, 106, 122), outline=(236, 232, 224), width=3)
    pen.line((x0, top + 96, x1, top + 96), fill=(150, 132, 116), width=5)
    for x in range(x0 - 8, x1 + 50, 22):  # scaffolding
        pen.line((x, top - 20, x, foot), fill=(120, 104, 76), width=2)


def _rows(pen: ImageDraw.ImageDraw, *, solar: bool) -> None:
    """Solar panels or greenhouses, nearer ones larger."""
    for row in range(6):
        y, tall, w = HORIZON + 22 + row * row * 7, 12 + row * 9, 66 + row * 18
        for x in range(-60 + row * 9, 660, 84 + row * 22):
            if solar:
                pen.polygon([(x, y), (x + w, y - 3), (x + w + 10, y - tall), (x + 12, y - tall)], fill=(38, 52, 94))
                pen.line((x + 6, y - tall / 2, x + w + 5, y - tall / 2 - 2), fill=(150, 160, 186), width=1)
                pen.line((x + w / 2, y - 3, x + w / 2, y + 8 + row * 2), fill=(120, 122, 124), width=2)
            else:
                arch = (x, y - tall * 2, x + w, y + tall)
                pen.pieslice(arch, 180, 360, fill=(222, 228, 228), outline=(176, 184, 184))


def _heaps(pen: ImageDraw.ImageDraw, rng: np.random.Generator) -> None:
    """Heaps of soil and an excavator."""
    for x in sorted(rng.integers(30, 600, 5)):
        y, w = int(rng.integers(HORIZON + 30, 330)), int(rng.integers(60, 130))
        left, right = (x - w // 4, y - w // 2), (x + w // 5, y - w // 2 + 8)
        pen.polygon([(x - w, y), left, right, (x + w, y)], fill=(146, 112, 78))
        pen.polygon([left, right, (x + w, y), (x, y)], fill=(124, 92, 64))
    _digger(pen, int(rng.integers(330, 460)), 300)


def _slabs(pen: ImageDraw.ImageDraw) -> None:
    """Joints of a concrete surface."""
    for step in range(9):
        y = HORIZON + 3 + step * step * 4
        pen.line((0, y, 640, y + 3), fill=(146, 144, 138), width=1 + step // 4)
    for x in (-380, -160, 60, 300, 560, 840):
        pen.line((320 + (x - 320) * 0.12, HORIZON, x, 480), fill=(146, 144, 138), width=2)


def _crop(pen: ImageDraw.ImageDraw) -> None:
    """Rows of seedlings on ploughed land."""
    for x in range(-700, 1400, 52):
        pen.line((320 + (x - 320) * 0.18, HORIZON + 4, x, 480), fill=(92, 74, 50), width=5)
        pen.line((323 + (x - 320) * 0.18, HORIZON + 4, x + 18, 480), fill=(92, 132, 58), width=4)


def _object(image: Image.Image, kind: str, rng: np.random.Generator) -> None:
    """Draw what stands on the patch."""
    pen = ImageDraw.Draw(image)
    if kind in ("works", "house"):
        _building(pen, rng, kind == "works")
    elif kind in ("greenhouse", "solar"):
        _rows(pen, solar=kind == "solar")
    elif kind in ("soil", "pit", "road_building"):
        _heaps(pen, rng)
    elif kind == "road":
        pen.polygon([(300, HORIZON), (322, HORIZON), (520, 480), (110, 480)], fill=(184, 182, 176))
    elif kind in ("hard", "yard"):
        _slabs(pen)
    elif kind == "pond":
        pen.ellipse((60, 238, 590, 392), fill=(140, 118, 86))
        pen.ellipse((84, 250, 566, 372), fill=(96, 124, 124))
    elif kind == "restored":
        _crop(pen)


def _digger(pen: ImageDraw.ImageDraw, x: int, y: int) -> None:
    """An excavator."""
    pen.rounded_rectangle((x, y - 22, x + 92, y), 10, fill=(52, 52, 52))
    pen.rectangle((x + 14, y - 56, x + 78, y - 22), fill=(226, 168, 40))
    pen.rectangle((x + 20, y - 84, x + 50, y - 54), fill=(72, 92, 104), outline=(226, 168, 40), width=4)
    pen.line((x + 18, y - 50, x - 46, y - 104, x - 86, y - 44), fill=(214, 156, 34), width=9)
    pen.polygon([(x - 98, y - 46), (x - 72, y - 46), (x - 78, y - 20), (x - 100, y - 26)], fill=(90, 84, 70))


def draw(kind: str, rng: np.random.Generator, stamp: Sequence[str]) -> Image.Image:
    """A scene with the watermark that field apps burn in."""
    base = {
        "hard": "hard",
        "yard": "hard",
        "road": "green",
        "solar": "green",
        "greenhouse": "green",
        "restored": "soil",
    }
    base |= {"house": "soil", "works": "hard", "pond": "paddy", "unchanged": "paddy"}
    image = _backdrop(rng, base.get(kind, "soil"))
    pen = ImageDraw.Draw(image)
    for x in rng.integers(0, 640, 16):
        size = int(rng.integers(8, 20))
        y = HORIZON + int(rng.integers(-4, 8))
        pen.ellipse((x - size, y - size * 1.5, x + size, y), fill=(56 + int(rng.integers(26)), 88, 52))
    _object(image, kind, rng)
    image = image.filter(ImageFilter.GaussianBlur(0.7))
    if stamp:
        pen = ImageDraw.Draw(image, "RGBA")
        top = SIZE[1] - 12 - 21 * len(stamp)
        pen.rectangle((8, top - 6, 300, SIZE[1] - 8), fill=(0, 0, 0, 96))
        for i, line in enumerate(stamp):
            pen.text((16, top + 21 * i), line, font=font(15), fill=(255, 255, 255, 235))
    return image


def _degrees(value: float) -> tuple[tuple[int, int], ...]:
    """Degrees as EXIF rationals to 0.0001 second (3 mm)."""
    units = round(abs(value) * 3600 * 10000)
    whole, rest = divmod(units, 3600 * 10000)
    minutes, seconds = divmod(rest, 60 * 10000)
    return (whole, 1), (minutes, 1), (seconds, 10000)


def write_photo(folder: Path, shot: Shot, rng: np.random.Generator) -> Path:
    """Save one JPEG with its EXIF; times are local (UTC+8), GPS time is UTC."""
    path = folder / shot.name
    path.parent.mkdir(parents=True, exist_ok=True)
    image = draw(shot.kind, rng, shot.stamp)
    if not shot.exif:
        image.save(path, quality=78)
        return path
    when = shot.taken.replace("-", ":")
    gps: dict[int, object] = {piexif.GPSIFD.GPSVersionID: (2, 3, 0, 0), piexif.GPSIFD.GPSMapDatum: b"WGS-84"}
    if shot.lon is not None and shot.lat is not None:
        gps[piexif.GPSIFD.GPSLatitudeRef], gps[piexif.GPSIFD.GPSLatitude] = b"N", _degrees(shot.lat)
        gps[piexif.GPSIFD.GPSLongitudeRef], gps[piexif.GPSIFD.GPSLongitude] = b"E", _degrees(shot.lon)
        gps[piexif.GPSIFD.GPSHPositioningError] = (48, 10)
    if shot.azimuth is not None:
        gps[piexif.GPSIFD.GPSImgDirectionRef] = shot.reference.encode()
        gps[piexif.GPSIFD.GPSImgDirection] = (round(shot.azimuth % 360 * 100), 100)
    data = {
        "0th": {piexif.ImageIFD.Make: b"Sample", piexif.ImageIFD.Model: b"Field phone", piexif.ImageIFD.Orientation: 1},
        "Exif": {piexif.ExifIFD.DateTimeOriginal: when.encode(), piexif.ExifIFD.OffsetTimeOriginal: b"+08:00"},
        "GPS": gps,
    }
    image.save(path, quality=78, exif=piexif.dump(data))
    return path


def write_paper(path: Path, title: str, number: str, lines: Sequence[str], office: str, date: str) -> Path:
    """A one-page PDF of a scanned approval or receipt, marked as a sample."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page = Image.new("RGB", (827, 1169), (252, 251, 248))
    pen = ImageDraw.Draw(page)
    pen.text((413, 120), office, font=font(40), fill=(190, 30, 30), anchor="mm")
    pen.line((90, 176, 737, 176), fill=(190, 30, 30), width=4)
    pen.text((413, 206), number, font=font(22), fill=(30, 30, 30), anchor="mm")
    pen.text((413, 300), title, font=font(34), fill=(20, 20, 20), anchor="mm")
    for i, line in enumerate(lines):
        pen.text((110, 380 + 46 * i), line, font=font(23), fill=(30, 30, 30))
    pen.text((560, 920), office, font=font(22), fill=(30, 30, 30), anchor="mm")
    pen.text((560, 962), date, font=font(22), fill=(30, 30, 30), anchor="mm")
    pen.ellipse((482, 852, 642, 1012), outline=(204, 50, 44), width=5)
    pen.text((413, 1100), "示例文件，仅供试用，不具任何效力", font=font(18), fill=(150, 150, 150), anchor="mm")
    memory = io.BytesIO()
    page.rotate(0.4, resample=Image.Resampling.BICUBIC, fillcolor=(252, 251, 248)).convert("L").save(
        memory, "JPEG", quality=60
    )
    scan = Image.open(memory)
    clock = time.gmtime(1778544000)
    scan.save(path, "PDF", resolution=100.0, creationDate=clock, modDate=clock, title=title)
    return path
