"""The preview of a JPEG found straight in its EXIF block, for the many photos of a folder.

`thumbs.embedded_thumbnail` reads every kind of file through the EXIF library and the whole file; this looks at the
head alone, in microseconds, and knows JPEG only.
"""

from __future__ import annotations

import struct
from typing import Optional

#: Bytes at the start of a file in which its EXIF block lies (one segment holds 64 KB; others may come before it).
HEAD = 160 * 1024
#: TIFF tags of the second directory: where the preview begins and how long it is (EXIF 2.32 table 21).
_START, _LENGTH = 0x0201, 0x0202
_APP1, _SOS = 0xE1, 0xDA


def jpeg_preview(head: bytes) -> Optional[bytes]:
    """The preview as JPEG bytes, not turned upright; None when there is none or it cannot be trusted.

    Args:
        head: the first `HEAD` bytes of the file or more.
    """
    block = _exif_block(head)
    if block is None:
        return None
    try:
        return _preview(block)
    except struct.error:  # a directory that points outside its block
        return None


def _exif_block(head: bytes) -> Optional[bytes]:
    """The TIFF block of the first APP1 segment that says Exif."""
    position = 2
    while head[:2] == b"\xff\xd8" and position + 4 <= len(head) and head[position] == 0xFF:
        marker = head[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        size = struct.unpack(">H", head[position + 2 : position + 4])[0]
        if marker == _SOS or size < 2:
            return None
        if marker == _APP1 and head[position + 4 : position + 10] == b"Exif\0\0":
            return head[position + 10 : position + 2 + size]
        position += 2 + size
    return None


def _preview(block: bytes) -> Optional[bytes]:
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return None
    first = struct.unpack_from(order + "I", block, 4)[0]
    count = struct.unpack_from(order + "H", block, first)[0]
    second = struct.unpack_from(order + "I", block, first + 2 + 12 * count)[0]
    if not second:
        return None
    found: dict[int, int] = {}
    for number in range(struct.unpack_from(order + "H", block, second)[0]):
        tag, kind, _many = struct.unpack_from(order + "HHI", block, second + 2 + 12 * number)
        if tag in (_START, _LENGTH):
            form = "H" if kind == 3 else "I"
            found[tag] = struct.unpack_from(order + form, block, second + 10 + 12 * number)[0]
    start, length = found.get(_START, 0), found.get(_LENGTH, 0)
    data = block[start : start + length]
    return data if start and data[:2] == b"\xff\xd8" and len(data) == length else None
