"""A photo looked at once: a small upright preview for the eye, a small grey picture for comparing.

Safe in worker threads: Qt's reader decodes without Python's lock, so two threads do twice as much.
"""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np
from qgis.PyQt.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from qgis.PyQt.QtGui import QImage, QImageReader, QTransform

from ..core.errors import WeipianError
from ..photos.preview import HEAD, jpeg_preview
from ..photos.thumbs import embedded_thumbnail

#: Pixels of the longer side: what the strip shows, and what is compared.
THUMB_SIDE, GREY_SIDE = 320, 256
_QUALITY = 88
#: Kinds of pixels; Qt would also draw SVG and other documents that call themselves .jpg.
_KINDS = frozenset({b"jpeg", b"png", b"tiff", b"bmp", b"gif", b"webp", b"heif", b"heic", b"avif"})
#: Pixels. JPEG is shrunk while it is decoded; other formats are decoded whole, four bytes a pixel.
_MOST_JPEG, _MOST_OTHER = 600_000_000, 120_000_000
#: How Qt's transformation turns an array: mirrored left–right, then upside down, then a quarter to the right.
_MIRROR, _FLIP, _QUARTER = 1, 2, 4
#: EXIF orientation -> Qt's transformation (JEITA CP-3451 4.6.4 A).
_OF_EXIF = {1: 0, 2: 1, 3: 3, 4: 2, 5: 6, 6: 4, 7: 5, 8: 7}


@dataclass(frozen=True)
class Picture:
    """What a photo looks like. Arrays are uint8 grey values of the upright picture, rows first.

    `thumb_path` is empty when nothing could be shown or there is no cache; `width`, `height` are pixels as stored,
    0 if not known. `readable` False: Qt cannot decode the file (HEIC on most machines, damaged); `grey` is then
    that of the preview inside the file, if it has one. `embedded` is the preview that the camera put into the
    file, turned like the picture, to compare it with the picture itself.
    """

    thumb_path: str = ""
    grey: Optional[np.ndarray] = None
    width: int = 0
    height: int = 0
    readable: bool = False
    embedded: Optional[np.ndarray] = None


def cache_of(folder: Path) -> Path:
    """Where a workspace keeps what can be derived again."""
    return Path(folder) / "cache"


def thumb_file(cache: Path, sha256: str) -> Path:
    """Where the preview of a file lies, made or not yet."""
    return Path(cache) / "thumbs" / sha256[:2] / f"{sha256}.jpg"


def look_at(path: Path, sha256: str, cache: Optional[Path], orientation: Optional[int] = None) -> Picture:
    """Decode a photo once, at the size of the preview; never raises for a bad picture.

    Args:
        path: of the photo.
        sha256: of its bytes, names the preview.
        cache: `cache_of` the workspace; None: no preview is written.
        orientation: EXIF 1–8, for a picture that Qt cannot read and whose preview must be turned.
    """
    reader, image = _decode(path, THUMB_SIDE)
    size = reader.size()
    width, height = max(0, size.width()), max(0, size.height())
    if not image.isNull():
        turn = _flags(reader.transformation())
        preview = _preview_image(path)
        embedded = None if preview.isNull() else _turned(grey_array(preview), turn)
        return Picture(_keep(image, sha256, cache), grey_array(image), width, height, True, embedded)
    preview = _any_preview(path)
    if preview.isNull():
        return Picture(width=width, height=height)
    turn = _OF_EXIF.get(orientation or 1, 0)
    grey = _turned(grey_array(preview), turn)
    return Picture(_keep(_turned_image(preview, turn), sha256, cache), grey, width, height, False, grey)


def grey_of(path: Path, sha256: str, cache: Optional[Path], orientation: Optional[int] = None) -> Optional[np.ndarray]:
    """The grey picture again, from the kept preview when it is there (a thirtieth of the time)."""
    if cache is not None:
        thumb = thumb_file(cache, sha256)
        if thumb.is_file():
            image = QImage(str(thumb))
            if not image.isNull():
                return grey_array(image)
    return look_at(path, sha256, cache, orientation).grey


def grey_array(image: QImage) -> np.ndarray:
    """uint8 grey values, longer side at most `GREY_SIDE`."""
    if max(image.width(), image.height()) > GREY_SIDE:
        image = image.scaled(
            GREY_SIDE, GREY_SIDE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    width, height, line = grey.width(), grey.height(), grey.bytesPerLine()
    raw = grey.constBits().asstring(line * height)
    # Qt pads each row to four bytes.
    return np.frombuffer(raw, np.uint8).reshape(height, line)[:, :width].copy()


def _decode(path: Path, side: int) -> tuple[QImageReader, QImage]:
    reader = QImageReader(str(path))
    reader.setDecideFormatFromContent(True)  # chat programs give any picture the ending .jpg
    reader.setAutoTransform(True)
    size = reader.size()
    kind = bytes(reader.format())
    if kind not in _KINDS or size.width() * size.height() > (_MOST_JPEG if kind == b"jpeg" else _MOST_OTHER):
        return reader, QImage()
    if max(size.width(), size.height()) > side:
        reader.setScaledSize(_fitted(size, side))
    image = reader.read()
    if not image.isNull() and max(image.width(), image.height()) > side:  # a format that does not tell its size
        image = image.scaled(
            _fitted(image.size(), side),
            Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation,
        )  # fmt: skip
    return reader, image


def _fitted(size: QSize, side: int) -> QSize:
    fitted = size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
    return QSize(max(1, fitted.width()), max(1, fitted.height()))


def _preview_image(path: Path) -> QImage:
    try:
        with Path(path).open("rb") as stream:
            data = jpeg_preview(stream.read(HEAD))
    except OSError:
        return QImage()
    return QImage.fromData(data, "JPEG") if data else QImage()


def _any_preview(path: Path) -> QImage:
    """The preview of any kind of file; null without one."""
    with suppress(WeipianError):
        data = embedded_thumbnail(path)
        if data:
            return QImage.fromData(data, "JPEG")
    return QImage()


def _turned(grey: np.ndarray, turn: int) -> np.ndarray:
    if turn & _MIRROR:
        grey = grey[:, ::-1]
    if turn & _FLIP:
        grey = grey[::-1]
    return np.ascontiguousarray(np.rot90(grey, -1) if turn & _QUARTER else grey)


def _turned_image(image: QImage, turn: int) -> QImage:
    image = image.mirrored(bool(turn & _MIRROR), bool(turn & _FLIP))
    return image.transformed(QTransform().rotate(90.0)) if turn & _QUARTER else image


def _keep(image: QImage, sha256: str, cache: Optional[Path]) -> str:
    """Write the preview unless it is there; empty when it cannot be written (a cache is no reason to stop)."""
    if cache is None:
        return ""
    target = thumb_file(cache, sha256)
    if target.is_file():
        return str(target)
    data = _jpeg(_without_alpha(image))
    part = target.with_name(f"{sha256}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(data)
        part.replace(target)
    except OSError:
        with suppress(OSError):
            part.unlink()
        return ""
    return str(target)


def _without_alpha(image: QImage) -> QImage:
    return image.convertToFormat(QImage.Format.Format_RGB32) if image.hasAlphaChannel() else image


def _jpeg(image: QImage) -> bytes:
    array = QByteArray()
    buffer = QBuffer(array)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", _QUALITY)
    return bytes(array.data())


def _flags(value: Any) -> int:
    """Qt's flags as a number: PyQt5 converts by int(), PyQt6 by .value."""
    return int(getattr(value, "value", value))
