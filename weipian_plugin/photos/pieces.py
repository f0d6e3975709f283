"""What is found in a picture's file before its pixels are looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

#: Bytes of EXIF that are looked at; a JPEG segment holds 64 KB, other files may hold forged lengths.
BLOCK_LIMIT = 1 << 20
#: Bytes of an XMP packet that are looked at: what is wanted stands in the first kilobytes.
XMP_LIMIT = 1 << 18


@dataclass(frozen=True)
class Container:
    """`kind` is jpeg | png | tiff | heif; sizes in pixels as stored, before any turning.

    `exif` are the blocks that begin with a TIFF header, in the order of the file (a TIFF file is one itself and has
    none here); `xmp` is the packet as it is written.
    """

    kind: str
    width: Optional[int] = None
    height: Optional[int] = None
    complete: bool = True
    exif: tuple[bytes, ...] = ()
    xmp: bytes = b""


class NotAnImageError(ValueError):
    """The bytes are no picture of a kind that is read; the text says why, in Chinese."""
