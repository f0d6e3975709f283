"""What a file is by its bytes, how large the picture is, whether its end is there, and where its own account lies.

The name is not asked: phones and chat programs give HEIC files the ending .jpg.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, replace

from .heif import is_heif, read_heif
from .pieces import BLOCK_LIMIT, XMP_LIMIT, Container, NotAnImageError
from .source import Source

#: Start-of-frame markers of JPEG (ITU-T T.81 table B.1): SOF0–15 without DHT, JPG and DAC.
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Markers that stand alone, without a length: TEM, RST0–7, SOI.
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_SOS, _EOI, _APP1 = 0xDA, 0xD9, 0xE1
_END = b"\xff\xd9"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
#: An honest photo has some dozens; a forged one could have millions of empty ones.
_SEGMENTS = 2000
_CHUNKS = 20_000
#: Bytes between segments, all together, that are skipped as a decoder would.
_GARBAGE = 1 << 16

__all__ = ["Container", "NotAnImageError", "inspect"]


def inspect(source: Source) -> Container:
    """Recognise a picture.

    Raises:
        NotAnImageError: not a picture, or nothing of the picture is there.
        OSError: the file cannot be read.
    """
    head = source.at(0, 64)
    if head[:2] == b"\xff\xd8":
        return _Jpeg(source).read()
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return _png(source)
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return _tiff(source)
    if head[4:8] == b"ftyp" and is_heif(source):
        return read_heif(source)
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        raise NotAnImageError("是 WebP 图片，不支持；请用“画图”等程序打开后另存为 JPG，或请对方发原图")
    raise NotAnImageError("不是 JPEG、PNG、TIFF 或 HEIC 图片")


@dataclass
class _Jpeg:
    """The segments up to the scan; the picture ends with EOI, after which phones append films."""

    source: Source
    found: Container = Container("jpeg")  # noqa: RUF009 - frozen
    garbage: int = _GARBAGE

    def read(self) -> Container:
        position = 2
        for _ in range(_SEGMENTS):
            head = self.source.at(position, 4)
            if len(head) < 4:
                break
            marker = head[1]
            if head[0] != 0xFF or marker == 0:
                # As decoders do: on to the next marker.
                position = self._next_marker(position + 1)
                if position < 0:
                    break
                continue
            if marker == 0xFF:  # fill byte
                position += 1
                continue
            if marker in _ALONE:
                position += 2
                continue
            if marker == _EOI:
                break
            if marker == _SOS and self.found.width is not None:
                return replace(self.found, complete=self._ends(position))
            length = max(2, struct.unpack(">H", head[2:])[0])
            self._segment(marker, position + 4, length - 2)
            position += 2 + length
        raise NotAnImageError("JPEG 文件不完整，没有图像内容")

    def _next_marker(self, start: int) -> int:
        position, end = start, start + self.garbage
        while True:
            found = self.source.find(b"\xff", position, end)
            self.garbage = end - max(position, found)
            if found < 0 or self.source.at(found + 1, 1) not in (b"\0", b""):
                return found
            position = found + 1

    def _segment(self, marker: int, start: int, length: int) -> None:
        if marker in _SOF:
            frame = self.source.at(start, 5)
            if len(frame) == 5:
                height, width = struct.unpack(">HH", frame[1:])
                self.found = replace(self.found, width=width, height=height)
        elif marker == _APP1:
            block = self.source.at(start, length)
            if block[:5] == b"Exif\0":
                self.found = replace(self.found, exif=(*self.found.exif, block[6:]))
            elif block.startswith(_XMP) and not self.found.xmp:  # extended XMP is not needed
                self.found = replace(self.found, xmp=block[len(_XMP) :])

    def _ends(self, position: int) -> bool:
        """EOI behind the scan: most often the last bytes, else before what was appended."""
        size = self.source.size
        tail = max(position, size - 4096)
        return self.source.find(_END, tail, size) >= 0 or self.source.find(_END, position, size) >= 0


def _png(source: Source) -> Container:
    """Chunks (PNG 3rd edition, 11.2): IHDR first; eXIf and the XMP text may stand before or behind the picture."""
    head = source.at(0, 33)
    if len(head) < 33 or head[12:16] != b"IHDR":
        raise NotAnImageError("PNG 文件不完整，没有图像内容")
    width, height = struct.unpack(">II", head[16:24])
    found = Container("png", width, height, complete=False)
    position = 8
    for _ in range(_CHUNKS):
        chunk = source.at(position, 8)
        if len(chunk) < 8:
            break
        length, name = struct.unpack(">I", chunk[:4])[0], chunk[4:]
        if name == b"IEND":
            return replace(found, complete=True)
        if name == b"eXIf":
            block = source.at(position + 8, min(length, BLOCK_LIMIT))
            found = replace(found, exif=(*found.exif, block[6:] if block[:6] == b"Exif\0\0" else block))
        elif name == b"iTXt" and not found.xmp:
            found = replace(found, xmp=_png_xmp(source.at(position + 8, min(length, XMP_LIMIT))))
        position += 12 + length
    return found


def _png_xmp(chunk: bytes) -> bytes:
    """The packet of an iTXt chunk: keyword, 0, compressed, method, language, 0, keyword again, 0, text."""
    keyword, _, rest = chunk.partition(b"\0")
    if keyword != b"XML:com.adobe.xmp" or len(rest) < 2:
        return b""
    text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    if rest[0] == 0:
        return text
    try:
        return zlib.decompressobj().decompress(text, XMP_LIMIT)
    except zlib.error:
        return b""


def _tiff(source: Source) -> Container:
    """Size from the first directory (TIFF 6.0 section 2); BigTIFF keeps its size to itself."""
    head = source.at(0, 10)
    order = "<" if head[:1] == b"I" else ">"
    if struct.unpack(order + "H", head[2:4])[0] == 43:
        return Container("tiff")
    if len(head) < 10:
        raise NotAnImageError("TIFF 文件不完整，没有图像内容")
    start = struct.unpack(order + "I", head[4:8])[0]
    count = source.at(start, 2)
    if start < 8 or len(count) < 2:
        raise NotAnImageError("TIFF 文件不完整，没有图像内容")
    found: dict[int, int] = {}
    strips: dict[int, tuple[int, int, bytes]] = {}
    for number in range(struct.unpack(order + "H", count)[0]):
        entry = source.at(start + 2 + 12 * number, 12)
        if len(entry) < 12:
            break
        tag, kind, items = struct.unpack(order + "HHI", entry[:8])
        if tag in (0x100, 0x101):
            found[tag] = struct.unpack(order + ("H" if kind == 3 else "I"), entry[8 : 10 if kind == 3 else 12])[0]
        elif tag in (0x111, 0x117):
            strips[tag] = (kind, items, entry[8:])
    if len(found) < 2:
        raise NotAnImageError("TIFF 文件里没有图像")
    return Container("tiff", found[0x100], found[0x101], _strips_are_there(source, order, strips))


def _strips_are_there(source: Source, order: str, strips: dict[int, tuple[int, int, bytes]]) -> bool:
    """Whether the last strip of pixels (StripOffsets, StripByteCounts) lies within the file."""
    last: list[int] = []
    for tag in (0x111, 0x117):
        kind, items, value = strips.get(tag, (0, 0, b""))
        size = {3: 2, 4: 4}.get(kind)
        if size is None or items == 0:
            return True  # tiles, or nothing that can be judged
        place = (items - 1) * size
        if items * size > 4:
            value = source.at(struct.unpack(order + "I", value)[0] + place, size)
        else:
            value = value[place : place + size]
        if len(value) < size:
            return False
        last.append(struct.unpack(order + ("H" if size == 2 else "I"), value)[0])
    return sum(last) <= source.size
