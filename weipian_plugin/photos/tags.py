"""The one place that calls exifread: in a fence, because photos come from strangers' phones.

exifread decodes the values; what is decoded is decided here. Only tags that somebody asks for are read, each in a
fence of its own, so that one damaged tag costs that tag and not the position beside it.
"""

from __future__ import annotations

import logging
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import ModuleType
from typing import Any, Optional

from ..core.errors import WeipianError
from .container import Container, inspect
from .pieces import XMP_LIMIT
from .source import Source

#: What exifread raises on damaged input (seen and read in its source): it checks little.
_DAMAGE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, EOFError, MemoryError,
           struct.error, AssertionError)  # fmt: skip
#: Reads of one block, most of a few bytes. An honest photo takes some hundreds; a forged directory asks for millions.
_READS = 8_000
#: Bytes of one value, and of all values: no tag that is wanted is longer, a forged length must not reserve gigabytes.
_LONGEST = 1 << 16
_ALL = 1 << 21
_MAKER_NOTE, _XMP = 0x927C, 0x02BC
#: Tags of the image, EXIF and GPS directories that are read. The comment of the user is not: apps write anything there.
_IMAGE = frozenset({0x10F, 0x110, 0x112, 0x131, 0x132, 0x201, 0x202, 0x8769, 0x8825, _XMP})
_EXIF = frozenset({0x9003, 0x9004, 0x9010, 0x9011, 0x9012, 0x920A, _MAKER_NOTE, 0xA002, 0xA003, 0xA20E, 0xA20F, 0xA210,
                   0xA405, 0xA434, 0x8825})  # fmt: skip
_WANTED = {"Image": _IMAGE, "Thumbnail": _IMAGE - {0x8769, 0x8825, _XMP}, "EXIF": _EXIF, "GPS": frozenset(range(0x20))}
#: Bytes of a value by its type (TIFF 6.0 section 2).
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
#: A TIFF has these for its pixels; alone they are no account of a photo.
_OF_PIXELS = frozenset({"Image Orientation", "Image ExifOffset", "Image GPSInfo", "Image Software"})

_POINTERS = frozenset({"Image ExifOffset", "Image GPSInfo"})


@dataclass(frozen=True)
class Tags:
    """What the EXIF of a photo holds.

    `values` by exifread's names, as exifread decodes them; `damaged`: something could not be decoded;
    `turned`: the byte order mark was wrong; `maker` the maker's private bytes, `preview` the embedded
    JPEG, `xmp` the packet, each empty without one.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    damaged: bool = False
    turned: bool = False
    maker: bytes = b""
    preview: bytes = b""
    xmp: bytes = b""


class _FencedReader:
    """A block that gives at most `_LONGEST` bytes at a time, `_READS` times and `_ALL` bytes together."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._place = 0
        self._reads, self._bytes = _READS, _ALL

    def read(self, size: int = -1) -> bytes:
        """Bytes from here on."""
        piece = self.source.at(self._place, _LONGEST if size < 0 else min(size, _LONGEST))
        self._place += len(piece)
        self._reads -= 1
        self._bytes -= len(piece)
        if self.spent:
            raise ValueError("too much to read")
        return piece

    @property
    def spent(self) -> bool:
        """Whether nothing more will be read."""
        return self._reads < 0 or self._bytes < 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move; past the end is allowed and reads nothing."""
        self._place = max(0, offset if whence == 0 else self.tell() + offset)
        return self._place

    def tell(self) -> int:
        """Where the next read begins."""
        return self._place


def library() -> ModuleType:
    """Import late: without the library everything but photos works.

    Raises:
        WeipianError: E_LIBRARY.
    """
    try:
        import exifread
        import exifread.core.exif_header
    except ImportError as error:
        raise WeipianError("E_LIBRARY", name="exifread") from error
    # Its complaints about single tags are told to the clerk in our own words.
    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    return exifread


@lru_cache(maxsize=2)
def _header_class(exifread: ModuleType) -> Any:
    class Header(exifread.core.exif_header.ExifHeader):  # type: ignore[misc, name-defined]
        """Decodes the wanted tags only, notes where the maker's bytes lie, and goes on after a damaged tag."""

        def __init__(self, reader: _FencedReader, endian: str) -> None:
            super().__init__(reader, endian, 0, 0, False)
            self.damaged = False
            self.places: dict[int, tuple[int, int]] = {}

        def _process_tag(
            self, ifd: int, ifd_name: str, tag_entry: Any, entry: int, tag: int, *rest: Any, **named: Any
        ) -> None:
            if self.file_handle.spent:
                raise ValueError("too much to read")
            if tag not in _WANTED.get(ifd_name, ()):
                return
            try:
                size = _SIZES.get(self.s2n(entry + 2, 2), 0) * self.s2n(entry + 4, 4)
                if tag in (_MAKER_NOTE, _XMP):
                    self.places[tag] = (self.s2n(entry + 8, 4) if size > 4 else entry + 8, size)
                elif size > _LONGEST:
                    self.damaged = True
                elif size:
                    super()._process_tag(ifd, ifd_name, tag_entry, entry, tag, *rest, **named)
            except (*_DAMAGE, exifread.core.exceptions.ExifError):
                self.damaged = True

        def directory(self, place: int, name: str) -> None:
            """Read one directory; what was read before the damage stays."""
            try:
                self.dump_ifd(place, name)
            except (*_DAMAGE, exifread.core.exceptions.ExifError):
                self.damaged = True

    return Header


def read_tags(source: Source) -> tuple[Container, Tags]:
    """What kind of picture a file is, and its EXIF.

    Raises:
        OSError: the file cannot be read.
        NotAnImageError: it is no picture.
        WeipianError: E_LIBRARY.
    """
    exifread = library()
    container = inspect(source)
    blocks = [source] if container.kind == "tiff" else [Source.of(block) for block in container.exif]
    best = Tags()
    for block in blocks[:4]:  # some programs write a second one; the first that says anything counts
        found = _decode(exifread, block, plain=container.kind == "tiff")
        if found.values:
            best = found
            break
        best = replace(
            found,
            damaged=best.damaged or found.damaged,
            xmp=best.xmp or found.xmp,
            preview=best.preview or found.preview,
        )
    return container, replace(best, xmp=container.xmp or best.xmp)


def _decode(exifread: ModuleType, block: Source, *, plain: bool) -> Tags:
    """The tags of a block; where the byte order mark is wrong, as the other order reads them."""
    mark = block.at(0, 4)
    orders = {b"II": "IM", b"MM": "MI"}.get(mark[:2], "")
    if not orders:
        return Tags(damaged=bool(mark))
    first = _in_order(exifread, block, orders[0], plain=plain)
    if first.values or plain:
        return first
    other = _in_order(exifread, block, orders[1], plain=plain)
    # Noise read in the wrong order gives a tag by chance, hardly a text that belongs there.
    return replace(other, turned=True) if {"Image Make", "EXIF DateTimeOriginal"} & set(other.values) else first


def _in_order(exifread: ModuleType, block: Source, order: str, *, plain: bool) -> Tags:
    reader = _FencedReader(block)
    header = _header_class(exifread)(reader, order)
    try:
        start = header.s2n(4, 4)
        header.directory(start, "Image")
        exif = header.tags.get("Image ExifOffset")
        if exif is not None and exif.values:
            header.directory(exif.values[0], "EXIF")
        second = header._next_ifd(start)  # noqa: SLF001 - the library offers the whole chain only, which may be endless
        if second:
            header.directory(second, "Thumbnail")
    except (*_DAMAGE, exifread.core.exceptions.ExifError):
        header.damaged = True
    values = {name: tag for name, tag in header.tags.items() if not name.startswith("Thumbnail ")}
    ignored = _OF_PIXELS if plain else _POINTERS
    maker, xmp = (header.places.get(tag, (0, 0)) for tag in (_MAKER_NOTE, _XMP))
    return Tags(
        values if set(values) - ignored else {},
        damaged=header.damaged,
        maker=block.at(maker[0], min(maker[1], _LONGEST)),
        xmp=block.at(xmp[0], min(xmp[1], XMP_LIMIT)),
        preview=_preview(block, header.tags),
    )


def _preview(block: Source, tags: Mapping[str, Any]) -> bytes:
    """The JPEG that the second directory points to."""
    place, length = (_first(tags.get(f"Thumbnail JPEGInterchangeFormat{name}")) for name in ("", "Length"))
    data = block.at(place, min(length, _ALL)) if place and length else b""
    return data if data[:2] == b"\xff\xd8" else b""


def _first(tag: Optional[Any]) -> int:
    values = getattr(tag, "values", None)
    value = values[0] if isinstance(values, list) and values else 0
    return value if isinstance(value, int) and value > 0 else 0


#: Two entries of a GPS directory one after the other: reference of the latitude, latitude as rationals.
_GPS_PAIR = re.compile(
    rb"\x01\0\x02\0\x02\0\0\0.{4}\x02\0\x05\0\x03\0\0\0|\0\x01\0\x02\0\0\0\x02.{4}\0\x02\0\x05\0\0\0\x03", re.DOTALL
)
_GPS_WORD = re.compile(rb"gps|l\0?a\0?t\0?i\0?t\0?u\0?d\0?e|l\0?o\0?n\0?g\0?i\0?t\0?u\0?d\0?e", re.IGNORECASE)


def maker_position(tags: Tags) -> bool:
    """Whether the maker's private bytes seem to hold a position: not readable for sure, but worth saying."""
    return bool(_GPS_PAIR.search(tags.maker) or _GPS_WORD.search(tags.maker))
