"""Bytes of a picture, read where they are asked for: a photo's own account lies in its first and last kilobytes."""

from __future__ import annotations

import io
from typing import BinaryIO

#: Read at once; the segments before the picture of most phones fit into it.
_WINDOW = 1 << 16


class Source:
    """A picture as bytes at places. Nothing is kept but one window; past the end there is nothing, never an error."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.size = stream.seek(0, io.SEEK_END)
        self._start = 0
        self._window = b""

    @classmethod
    def of(cls, data: bytes) -> Source:
        """Bytes that were read already."""
        return cls(io.BytesIO(data))

    def at(self, position: int, size: int) -> bytes:
        """At most `size` bytes from `position`.

        Raises:
            OSError: the file cannot be read.
        """
        size = min(size, self.size - position)
        if position < 0 or size <= 0:
            return b""
        begin = position - self._start
        if begin < 0 or begin + size > len(self._window):
            self._stream.seek(position)
            self._window, self._start, begin = self._stream.read(max(size, _WINDOW)), position, 0
        return self._window[begin : begin + size]

    def find(self, wanted: bytes, begin: int, end: int) -> int:
        """The first place of `wanted` that begins in [begin, end), -1 without one."""
        begin = max(0, begin)
        while begin < min(end, self.size):
            piece = self.at(begin, min(_WINDOW, end - begin) + len(wanted) - 1)
            found = piece.find(wanted)
            if found >= 0:
                return begin + found
            if len(piece) < len(wanted):
                return -1
            begin += len(piece) - len(wanted) + 1
        return -1
