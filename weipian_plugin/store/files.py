"""What the disk and SQLite say, in words, and putting a file in its place."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..core.errors import WeipianError


def translate(error: BaseException, path: Path) -> WeipianError:
    """What SQLite or the disk said -> a sentence for the clerk."""
    # Of an OSError the reason only: its text has the path in it, and a folder may be called "full".
    text = str((isinstance(error, OSError) and error.strerror) or error).lower()
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WeipianError("E_DISK_FULL", path=path)
    if "full" in text or "disk i/o" in text:
        return WeipianError("E_DISK_FULL", path=path)
    if "locked" in text or "busy" in text:
        return WeipianError("E_WS_LOCKED", path=path)
    if "readonly" in text or "read-only" in text or isinstance(error, PermissionError):
        return WeipianError("E_WS_READONLY", path=path)
    if isinstance(error, sqlite3.DatabaseError) and (
        "malformed" in text or "not a database" in text or "no such table" in text
    ):
        return WeipianError("E_WS_DAMAGED", path=path, detail=error)
    return WeipianError("E_WRITE", path=path, detail=error)


def of_store(error: BaseException) -> bool:
    """True for what SQLite says in the middle of reading, or a full disk: `translate` has a sentence for it."""
    return isinstance(error, sqlite3.Error) or (isinstance(error, OSError) and error.errno == errno.ENOSPC)


@contextmanager
def still_built_on() -> Iterator[None]:
    """What others have built on meanwhile cannot be taken back: E_UNDO_CHANGED."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise WeipianError("E_UNDO_CHANGED") from error


def place(building: Path, target: Path) -> None:
    """Give a new workspace its name, never over one that another process has made meanwhile.

    Raises:
        FileExistsError: there is one.
    """
    try:
        os.link(building, target)
    except FileExistsError:
        raise
    except (OSError, AttributeError):  # a file system without hard links (FAT on a USB stick)
        if target.exists():
            raise FileExistsError(target) from None
        building.replace(target)
