"""A lock that ends with its process, however that ends."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Optional

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]
try:
    import msvcrt
except ImportError:  # everywhere else
    msvcrt = None  # type: ignore[assignment]

#: What systems say when somebody else holds the lock; anything else: this disk knows no locks.
_HELD = (errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK)


class FileLock:
    """An exclusive lock on a file of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: Optional[int] = None

    def take(self) -> bool:
        """Hold the lock until `release` or the end of the process; False where it is held or there are no locks."""
        try:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
            _lock(self._handle)
        except OSError:
            self.release()
            return False
        return True

    def held_elsewhere(self) -> Optional[bool]:
        """Whether a living process holds it; None where that cannot be known (no such file, no locks here)."""
        try:
            handle = os.open(self._path, os.O_RDWR)
        except OSError:
            return None
        try:
            _lock(handle)
        except OSError as error:
            return True if error.errno in _HELD else None
        finally:
            with suppress(OSError):
                os.close(handle)
        return False

    def release(self) -> None:
        """Give it up; doing so twice is harmless."""
        if self._handle is not None:
            with suppress(OSError):
                os.close(self._handle)
            self._handle = None


def _lock(handle: int) -> None:
    if fcntl is not None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    elif msvcrt is not None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        raise OSError(errno.ENOLCK, "no locks")
