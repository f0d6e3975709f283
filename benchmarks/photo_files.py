"""A made set of photos as phones take them: 12 MP, 3–4 MB, with EXIF, each of a patch of a made village.

    photo_files.py COUNT

Every picture is painted anew (sky, ground, sheds, fields, grain) and encoded by Qt, so that no two are alike and a
decoder has as much to do as with a real photo. Patches are squares of 40 m, 100 m apart; four photos look at each
from 15 m off, one from each side.
"""

from __future__ import annotations

import math
import os
import random
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import piexif
from county import data_folder
from harness import note
from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QRect, Qt
from qgis.PyQt.QtGui import QColor, QImage, QLinearGradient, QPainter, QPolygon

SEED = 20260501
WIDTH, HEIGHT = 4000, 3000
LON, LAT = 106.60, 29.70
SIDE_M, STEP_M, OFF_M = 40.0, 100.0, 15.0
_SIDES = ((0.0, -1.0, 0.0), (-1.0, 0.0, 90.0), (0.0, 1.0, 180.0), (1.0, 0.0, 270.0))  # east, north, azimuth
#: Bytes that a photo is to have.
_LEAST, _MOST = 3.0e6, 4.0e6


def degrees(east: float, north: float) -> tuple[float, float]:
    """Metres from the corner of the village -> lon, lat; good to a centimetre over a few kilometres."""
    return LON + east / (111_320 * math.cos(math.radians(LAT))), LAT + north / 110_850


def patch_rings(count: int) -> list[list[tuple[float, float]]]:
    """Outlines of the patches, lon/lat, as many as `count` photos need."""
    patches = max(1, -(-count // len(_SIDES)))
    across = max(1, math.isqrt(patches))
    rings = []
    for number in range(patches):
        east, north = number % across * STEP_M, number // across * STEP_M
        corners = ((0, 0), (SIDE_M, 0), (SIDE_M, SIDE_M), (0, SIDE_M), (0, 0))
        rings.append([degrees(east + x, north + y) for x, y in corners])
    return rings


def _rational(value: float, unit: int = 1_000_000) -> tuple[int, int]:
    return round(value * unit), unit


def _dms(value: float) -> tuple[tuple[int, int], ...]:
    minutes = (value - int(value)) * 60
    return (int(value), 1), (int(minutes), 1), _rational((minutes - int(minutes)) * 60, 10_000)


def _exif(number: int, count: int) -> bytes:
    """What a phone writes that stands before one side of a patch and looks at it."""
    across = max(1, math.isqrt(max(1, -(-count // len(_SIDES)))))
    patch, (dx, dy, azimuth) = number // len(_SIDES), _SIDES[number % len(_SIDES)]
    east = patch % across * STEP_M + SIDE_M / 2 + dx * (SIDE_M / 2 + OFF_M)
    north = patch // across * STEP_M + SIDE_M / 2 + dy * (SIDE_M / 2 + OFF_M)
    lon, lat = degrees(east, north)
    minute = number * 2
    taken = f"2026:04:{1 + minute // 600:02d} {8 + minute % 600 // 60:02d}:{minute % 60:02d}:{number % 60:02d}"
    zeroth = {0x10F: b"HUAWEI", 0x110: b"ALN-AL00", 0x112: 1, 0x132: taken.encode()}
    exif = {0x9003: taken.encode(), 0x9011: b"+08:00", 0x920A: (558, 100), 0xA405: 26}
    gps = {1: b"N", 2: _dms(lat), 3: b"E", 4: _dms(lon), 5: 0, 6: (260, 1), 16: b"T", 17: _rational(azimuth, 100),
           31: _rational(4.8, 10)}  # fmt: skip
    return bytes(piexif.dump({"0th": zeroth, "Exif": exif, "GPS": gps}))


def _painted(rng: random.Random, grain: QImage) -> QImage:
    """A scene: sky, ground, sheds and fields, and the grain that makes a photo large."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    painter = QPainter(image)
    ramp = QLinearGradient(0, 0, rng.randrange(WIDTH), HEIGHT)
    for place in (0.0, rng.uniform(0.3, 0.6), 1.0):
        ramp.setColorAt(place, QColor.fromHsv(rng.randrange(360), rng.randrange(40, 160), rng.randrange(90, 230)))
    painter.fillRect(image.rect(), ramp)
    for _ in range(40):
        painter.setBrush(QColor.fromHsv(rng.randrange(360), rng.randrange(30, 200), rng.randrange(60, 240)))
        painter.setPen(Qt.PenStyle.NoPen)
        x, y, size = rng.randrange(WIDTH), rng.randrange(HEIGHT // 4, HEIGHT), rng.randrange(60, 900)
        if rng.random() < 0.5:
            painter.drawRect(QRect(x, y, size, rng.randrange(60, 600)))
        else:
            around = [QPoint(x + rng.randrange(-size, size), y + rng.randrange(-size, size)) for _ in range(5)]
            painter.drawPolygon(QPolygon(around))
    painter.setOpacity(rng.uniform(0.16, 0.2))
    for x in range(-rng.randrange(512), WIDTH, grain.width()):
        for y in range(-rng.randrange(512), HEIGHT, grain.height()):
            painter.drawImage(x, y, grain)
    painter.end()
    return image


def _encoded(image: QImage) -> bytes:
    """JPEG of 3–4 MB."""
    low, high, quality = 40, 98, 88
    data = QByteArray()
    while True:
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "JPEG", quality)
        if _LEAST <= data.size() <= _MOST or high - low < 2:
            return bytes(data)
        low, high = (quality, high) if data.size() < _LEAST else (low, quality)
        quality = (low + high) // 2


def _make(job: tuple[str, int, int]) -> int:
    folder, number, count = job
    rng = random.Random(SEED + number)  # noqa: S311 - a made picture, no secret
    noise = np.random.default_rng(SEED + number).integers(0, 256, (512, 512, 4), np.uint8)
    grain = QImage(noise.data, 512, 512, QImage.Format.Format_RGB32)
    data = _encoded(_painted(rng, grain))
    block = _exif(number, count)
    head = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    path = Path(folder) / f"IMG_{20260401 + number // 60}_{number:04d}.jpg"
    path.write_bytes(data[:2] + head + data[2:])
    return path.stat().st_size


def photos(count: int) -> Path:
    """The folder with so many photos, made once."""
    folder = data_folder() / f"photos_{count}"
    if folder.is_dir():
        return folder
    note(f"  making {count} photos, once")
    building = folder.with_name(f"{folder.name}.{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    with ProcessPoolExecutor(max(1, min(4, os.cpu_count() or 1))) as pool:
        sizes = list(pool.map(_make, ((str(building), number, count) for number in range(count))))
    note(f"  {sum(sizes) / 1e9:.2f} GB, {min(sizes) / 1e6:.2f}–{max(sizes) / 1e6:.2f} MB each")
    building.rename(folder)
    return folder


if __name__ == "__main__":
    print(photos(int(sys.argv[1])))
