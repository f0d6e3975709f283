"""What a file is by its bytes, how large the picture is, and whether its end is there.

The name is not asked: phones and chat programs give HEIC files the ending .jpg.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Optional

#: Start-of-frame markers of JPEG (ITU-T T.81 table B.1): SOF0–15 without DHT, JPG and DAC.
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Markers that stand alone, without a length: TEM, RST0–7, SOI.
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SOS, _EOI = 0xDA, 0xD9
#: Brands of ISO base media files that hold HEIF still pictures (ISO/IEC 23008-12 annex B) and AVIF.
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
#: HEIF puts the boxes that describe the picture first; looking further is a waste.
_META_LIMIT = 1 << 22


@dataclass(frozen=True)
class Container:
    """`kind` is jpeg | png | tiff | heif; sizes in pixels as stored, before any turning."""

    kind: str
    width: Optional[int] = None
    height: Optional[int] = None
    complete: bool = True


class NotAnImageError(ValueError):
    """The bytes are no picture of a kind that is read; the text says why, in Chinese."""


def inspect(data: bytes) -> Container:
    """Recognise a picture.

    Raises:
        NotAnImageError: not a picture, or nothing of the picture is there.
    """
    head = data[:16]
    if head[:2] == b"\xff\xd8":
        return _jpeg(data)
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return _png(data)
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return _tiff(data)
    if head[4:8] == b"ftyp" and _is_heif(data):
        return _heif(data)
    raise NotAnImageError("不是 JPEG、PNG、TIFF 或 HEIC 图片")


def _jpeg(data: bytes) -> Container:
    """Walk the segments up to the scan; the picture ends with EOI, after which phones append films."""
    position, size = 2, None
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            break
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        if marker in _ALONE:
            position += 2
            continue
        if marker in _SOF and position + 9 <= len(data):
            height, width = struct.unpack(">HH", data[position + 5 : position + 9])
            size = (width, height)
        if marker == _SOS and size is not None:
            complete = data[-2:] == b"\xff\xd9" or data.find(b"\xff\xd9", position) >= 0
            return Container("jpeg", *size, complete)
        if marker == _EOI:
            break
        position += 2 + max(2, struct.unpack(">H", data[position + 2 : position + 4])[0])
    raise NotAnImageError("JPEG 文件不完整，没有图像内容")


def _png(data: bytes) -> Container:
    if len(data) < 33 or data[12:16] != b"IHDR":
        raise NotAnImageError("PNG 文件不完整，没有图像内容")
    width, height = struct.unpack(">II", data[16:24])
    return Container("png", width, height, data.find(b"IEND", max(33, len(data) - 4096)) >= 0)


def _tiff(data: bytes) -> Container:
    """Size from the first directory (TIFF 6.0 section 2); BigTIFF keeps its size to itself."""
    order = "<" if data[:1] == b"I" else ">"
    if struct.unpack(order + "H", data[2:4])[0] == 43:
        return Container("tiff")
    if len(data) < 10:
        raise NotAnImageError("TIFF 文件不完整，没有图像内容")
    start = struct.unpack(order + "I", data[4:8])[0]
    if start < 8 or start + 2 > len(data):
        raise NotAnImageError("TIFF 文件不完整，没有图像内容")
    found: dict[int, int] = {}
    for number in range(struct.unpack(order + "H", data[start : start + 2])[0]):
        entry = data[start + 2 + 12 * number : start + 14 + 12 * number]
        if len(entry) < 12:
            break
        tag, kind, _count = struct.unpack(order + "HHI", entry[:8])
        if tag in (0x100, 0x101):
            found[tag] = struct.unpack(order + ("H" if kind == 3 else "I"), entry[8 : 10 if kind == 3 else 12])[0]
    if len(found) < 2:
        raise NotAnImageError("TIFF 文件里没有图像")
    return Container("tiff", found[0x100], found[0x101])


def _is_heif(data: bytes) -> bool:
    size = min(struct.unpack(">I", data[:4])[0], 512, len(data))
    brands = [data[i : i + 4] for i in (8, *range(16, size - 3, 4))]
    return bool(_HEIF_BRANDS.intersection(brands))


def _heif(data: bytes) -> Container:
    """The largest `ispe` (ISO/IEC 23008-12 6.5.3) is the whole picture, smaller ones are its tiles."""
    if data.find(b"meta", 0, _META_LIMIT) < 0:
        raise NotAnImageError("HEIC 文件不完整，没有图像内容")
    sizes = [(0, 0)]
    place = data.find(b"ispe", 0, _META_LIMIT)
    while place >= 0 and place + 16 <= len(data):
        width, height = struct.unpack(">II", data[place + 8 : place + 16])
        sizes.append((width, height))
        place = data.find(b"ispe", place + 16, _META_LIMIT)
    width, height = max(sizes, key=lambda pair: pair[0] * pair[1])
    return Container("heif", width or None, height or None, _boxes_reach_end(data))


def _boxes_reach_end(data: bytes) -> bool:
    """Whether the top-level boxes all lie within the file (ISO/IEC 14496-12 4.2)."""
    position = 0
    while position + 8 <= len(data):
        size = struct.unpack(">I", data[position : position + 4])[0]
        if size == 1 and position + 16 <= len(data):
            size = struct.unpack(">Q", data[position + 8 : position + 16])[0]
        if size == 0:  # to the end of the file
            return True
        if size < 8:
            return True  # something appended that is no box
        position += size
    return position <= len(data)
