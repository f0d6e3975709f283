"""HEIC and AVIF files: size, EXIF and XMP out of the boxes of ISO/IEC 14496-12 and 23008-12."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Optional

from .pieces import BLOCK_LIMIT, XMP_LIMIT, Container, NotAnImageError
from .source import Source

#: Brands of ISO base media files that hold HEIF still pictures (ISO/IEC 23008-12 annex B) and AVIF.
_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"})
#: The box that describes the picture; a phone's is some kilobytes.
_META_LIMIT = 1 << 22
_BOXES = 4096
_ITEMS = 4096
_ORDERS = (b"II*\0", b"MM\0*")


def is_heif(source: Source) -> bool:
    """Whether the `ftyp` box names a brand of still pictures."""
    head = source.at(0, 512)
    size = min(struct.unpack(">I", head[:4])[0], len(head))
    return bool(_BRANDS.intersection(head[i : i + 4] for i in (8, *range(16, size - 3, 4))))


def read_heif(source: Source) -> Container:
    """Size, EXIF and XMP; the largest `ispe` (23008-12 6.5.3) is the whole picture, smaller ones are its tiles.

    Raises:
        NotAnImageError: nothing of the picture is there.
    """
    meta, complete = b"", True
    for name, start, size in _top(source):
        if name == b"meta" and not meta:
            meta = source.at(start + 4, min(size - 4, _META_LIMIT))
        complete = start + size <= source.size
    if not meta:
        raise NotAnImageError("HEIC 文件不完整，没有图像内容")
    width, height = _largest(meta)
    boxes = {name: meta[start : start + size] for name, start, size in _inner(meta)}
    exif_id, xmp_id = _wanted(boxes.get(b"iinf", b""))
    places = _places(boxes.get(b"iloc", b""))
    idat = boxes.get(b"idat", b"")
    exif = _tiff_part(_item(source, idat, places.get(exif_id), BLOCK_LIMIT)) or _loose(source)
    xmp = _item(source, idat, places.get(xmp_id), XMP_LIMIT)
    return Container("heif", width or None, height or None, complete, (exif,) if exif else (), xmp)


def _largest(meta: bytes) -> tuple[int, int]:
    sizes, place = [(0, 0)], meta.find(b"ispe")
    while 0 <= place <= len(meta) - 16 and len(sizes) < _ITEMS:
        sizes.append(struct.unpack(">II", meta[place + 8 : place + 16]))
        place = meta.find(b"ispe", place + 16)
    return max(sizes, key=lambda pair: pair[0] * pair[1])


def _top(source: Source) -> Iterator[tuple[bytes, int, int]]:
    """(name, start, size) of what the top-level boxes hold (14496-12 4.2)."""
    position = 0
    for _ in range(_BOXES):
        head = source.at(position, 16)
        if len(head) < 8:
            return
        size, begin = struct.unpack(">I", head[:4])[0], 8
        if size == 1 and len(head) == 16:
            size, begin = struct.unpack(">Q", head[8:])[0], 16
        if size == 0:  # to the end of the file
            size = source.size - position
        if size < begin:
            return  # something appended that is no box
        yield head[4:8], position + begin, size - begin
        position += size


def _inner(data: bytes, start: int = 0) -> Iterator[tuple[bytes, int, int]]:
    for _ in range(_BOXES):
        head = data[start : start + 8]
        if len(head) < 8:
            return
        size = struct.unpack(">I", head[:4])[0]
        if size < 8:
            return
        yield head[4:], start + 8, size - 8
        start += size


def _wanted(iinf: bytes) -> tuple[Optional[int], Optional[int]]:
    """Item ids of the EXIF and of the XMP (14496-12 8.11.6, `infe` versions 2 and 3)."""
    exif = xmp = None
    for name, start, size in _inner(iinf, 6 if iinf[:1] == b"\0" else 8):
        entry = iinf[start : start + size]
        wide = 4 if entry[:1] == b"\x03" else 2
        if name != b"infe" or entry[:1] not in (b"\x02", b"\x03") or len(entry) < 10 + wide:
            continue
        number = int.from_bytes(entry[4 : 4 + wide], "big")
        kind, rest = entry[6 + wide : 10 + wide], entry[10 + wide :]
        if kind == b"Exif" and exif is None:
            exif = number
        elif kind == b"mime" and xmp is None and b"application/rdf+xml\0" in rest:
            xmp = number
    return exif, xmp


class _Numbers:
    """Big-endian numbers one after the other; past the end they are 0 and `over` is set."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self.over = False

    def next(self, size: int) -> int:
        piece = self._data[self._place : self._place + size]
        self._place += size
        self.over |= len(piece) < size
        return int.from_bytes(piece, "big")


def _places(iloc: bytes) -> dict[Optional[int], tuple[int, list[tuple[int, int]]]]:
    """Item id -> (construction method, extents (offset, length)) (14496-12 8.11.3)."""
    numbers = _Numbers(iloc)
    version = numbers.next(4) >> 24
    if not iloc or version > 2:
        return {}
    sizes = numbers.next(2)
    offset_size, length_size, base_size, index_size = (sizes >> shift & 15 for shift in (12, 8, 4, 0))
    found: dict[Optional[int], tuple[int, list[tuple[int, int]]]] = {}
    left = _ITEMS  # fields may be of no size, so that counts are not bounded by the data
    for _ in range(min(_ITEMS, numbers.next(4 if version == 2 else 2))):
        item = numbers.next(4 if version == 2 else 2)
        method = numbers.next(2) & 15 if version else 0
        numbers.next(2)
        base = numbers.next(base_size)
        extents = []
        for _ in range(numbers.next(2)):
            if version:
                numbers.next(index_size)
            offset = base + numbers.next(offset_size)
            extents.append((offset, numbers.next(length_size)))
            left -= 1
            if numbers.over or left < 0:
                return found
        found[item] = (method, extents)
    return found


def _item(source: Source, idat: bytes, place: Optional[tuple[int, list[tuple[int, int]]]], limit: int) -> bytes:
    """The bytes of an item from the file (method 0) or the `idat` box (method 1)."""
    if place is None or place[0] > 1:
        return b""
    pieces, left = [], limit
    for offset, length in place[1]:
        take = min(length or limit, left)
        piece = source.at(offset, take) if place[0] == 0 else idat[offset : offset + take]
        pieces.append(piece)
        left -= len(piece)
        if left <= 0:
            break
    return b"".join(pieces)


def _tiff_part(item: bytes) -> bytes:
    """The block behind the item's own offset (23008-12 A.2.1); some phones write the offset wrong or leave it out."""
    begin = 4 + int.from_bytes(item[:4], "big")
    if item[begin : begin + 4] in _ORDERS:
        return item[begin:]
    places = [place for place in (item.find(order, 0, 64) for order in _ORDERS) if place >= 0]
    return item[min(places) :] if places else b""


def _loose(source: Source) -> bytes:
    """A block that no item names, in the first megabytes."""
    for order in _ORDERS:
        place = source.find(b"Exif\0\0" + order, 0, _META_LIMIT)
        if place >= 0:
            return source.at(place + 6, BLOCK_LIMIT)
    return b""
