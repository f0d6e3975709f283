"""What does not depend on an answer is read once: the last delivery looked at, until its files change.

The import page looks at a delivery again after each answer, and the import reads it once more. A file that has
to be loaded whole (tables, KML, GeoJSON) and the pass over all rows are kept for the one that was looked at last.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import TypeVar, cast

T = TypeVar("T")
#: Files of a folder that are compared; a folder with more is read afresh each time.
_MOST_FILES = 2000

_lock = threading.Lock()
_of: tuple[Hashable, ...] = ()
_things: dict[Hashable, object] = {}


def fingerprint(path: Path) -> tuple[Hashable, ...]:
    """Name, size and time of the files of a delivery; empty where they cannot be told."""
    try:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file())
        else:
            files = sorted(p for p in path.parent.iterdir() if p.stem == path.stem and p.is_file())
        if len(files) > _MOST_FILES:
            return ()
        stats = [(str(p), p.stat()) for p in files]
    except OSError:
        return ()
    return (str(path), *((name, found.st_size, found.st_mtime_ns) for name, found in stats))


def kept(delivery: tuple[Hashable, ...], what: Hashable, make: Callable[[], T]) -> T:
    """`make()`, or what it gave for the same delivery (a `fingerprint`) and the same `what` before."""
    global _of  # noqa: PLW0603 - one delivery for the whole process
    if not delivery:
        return make()
    with _lock:
        if delivery == _of and what in _things:
            return cast("T", _things[what])
    made = make()
    with _lock:
        if delivery != _of:
            _of = delivery
            _things.clear()
        _things[what] = made
    return made


def drop() -> None:
    """Keep nothing."""
    global _of  # noqa: PLW0603
    with _lock:
        _of = ()
        _things.clear()
