"""The one place that calls exifread: in a fence, because photos come from strangers' phones."""

from __future__ import annotations

import io
import logging
import struct
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Optional

from ..core.errors import WeipianError
from .container import Container, NotAnImageError, inspect

#: What exifread raises on damaged input (seen and read in its source): it checks little.
_DAMAGE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, EOFError, MemoryError,
           struct.error, AssertionError)  # fmt: skip
#: An honest photo takes a few thousand reads; a forged directory could ask for millions.
_READS = 300_000
#: No tag that is wanted is longer; a forged length must not reserve gigabytes.
_LONGEST = 1 << 20
#: Bytes; phones stay below 30 MB, a film or an orthophoto is not read into memory.
_LARGEST = 512 << 20


class _FencedReader:
    """A file that gives at most `_LONGEST` bytes at a time and `_READS` times."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._left = _READS

    def read(self, size: int = -1) -> bytes:
        """Bytes from here on."""
        self._left -= 1
        if self._left < 0:
            raise ValueError("too many reads")
        return self._stream.read(_LONGEST if size < 0 else min(size, _LONGEST))

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move; past the end is allowed and reads nothing."""
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        """Where the next read begins."""
        return self._stream.tell()


def _library() -> ModuleType:
    """Import late: without the library everything but photos works.

    Raises:
        WeipianError: E_LIBRARY.
    """
    try:
        import exifread
    except ImportError as error:
        raise WeipianError("E_LIBRARY", name="exifread") from error
    # Its complaints about single tags are told to the clerk in our own words.
    logging.getLogger("exifread").setLevel(logging.CRITICAL)
    return exifread


def read_tags(path: Path, *, thumbnail: bool = False) -> tuple[Container, Mapping[str, Any], bool]:
    """What kind of picture a file is, its EXIF tags by exifread's names, and whether they are damaged.

    Args:
        path: of the file.
        thumbnail: also extract the embedded preview (`JPEGThumbnail`).

    Raises:
        OSError: the file cannot be read.
        NotAnImageError: it is no picture.
        WeipianError: E_LIBRARY.
    """
    library = _library()
    # Read whole, not mapped: a memory stick pulled out under a map takes QGIS with it.
    with path.open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise NotAnImageError(f"文件超过 {_LARGEST >> 20} MB，不像现场照片")
    container = inspect(data)
    tags, damaged = _process(library, data, thumbnail)
    block = _heif_block(data) if not tags and container.kind == "heif" else None
    if block is not None:
        tags, damaged = _process(library, block, thumbnail)
    return container, _meaningful(container, tags), damaged


def _process(library: ModuleType, data: bytes, thumbnail: bool) -> tuple[dict[str, Any], bool]:
    try:
        found = library.process_file(_FencedReader(io.BytesIO(data)), details=False, extract_thumbnail=thumbnail)
    except (*_DAMAGE, library.core.exceptions.ExifError):
        return {}, True
    return dict(found), False


def _heif_block(data: bytes) -> Optional[bytes]:
    """The TIFF block of HEIF brands that exifread does not walk (heix, hevc, msf1)."""
    for order in (b"II*\0", b"MM\0*"):
        place = data.find(b"Exif\0\0" + order)
        if place >= 0:
            return bytes(data[place + 6 : place + 6 + _LONGEST])
    return None


def _meaningful(container: Container, tags: dict[str, Any]) -> dict[str, Any]:
    """A plain TIFF has tags, but they describe pixels; a JFIF header is no EXIF either."""
    wanted = ("EXIF ", "GPS ", "Image Make", "Image Model", "Image DateTime", "JPEGThumbnail", "Image Orientation")
    if container.kind == "tiff":
        wanted = wanted[:-1]
    return tags if any(name.startswith(wanted) for name in tags) else {}
