"""Files on their way into the evidence store: read once, hashed while they are copied, whole or not there.

A file is written beside the store, forced onto the disk, and only then given the name of its content. Nothing may
be recorded before `settle` has returned: then contents and names outlive a power cut. Each thread waits for the
disk with its own file while the other one hashes the next, so durability costs little where there are two.
What a killed run leaves behind lies in a folder of its own below `cache/incoming` and goes when the next run starts.
"""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Optional

from .files import translate
from .locks import FileLock

#: Up to this size a file is held in memory while it is hashed, copied and read; bytes.
WHOLE = 48 << 20
_BLOCK = 1 << 20
#: What cannot be shown to be left behind is left alone this long, seconds.
_STALE = 86_400.0
#: SHA-256 of nothing: an empty file proves nothing.
EMPTY = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True)
class Held:
    """A file that was read to its end: its bytes, or (a large one) where they were copied to."""

    sha256: str
    size: int
    data: Optional[bytes] = None
    part: Optional[Path] = None

    def whole(self) -> bytes:
        """All bytes.

        Raises:
            OSError: the copy cannot be read.
        """
        return self.data if self.data is not None else self.part.read_bytes() if self.part is not None else b""


class Incoming:
    """One run of copying into the store; `read` and `keep` are safe in several threads."""

    def __init__(self, folder: Path, home: Path) -> None:
        self._folder, self._home = folder, home
        self._numbers = itertools.count()
        self._touched: set[Path] = set()
        self._guard = threading.Lock()

    def scratch(self) -> Path:
        """A name of its own for something that goes with this run."""
        return self._home / f"{next(self._numbers)}.part"

    def read(self, stream: BinaryIO, size: int) -> Held:
        """Read a stream to its end, once, and hash it.

        Args:
            stream: of the file.
            size: bytes that the file is said to have; a hint, the stream decides.

        Raises:
            WeipianError: E_DISK_FULL, E_WS_READONLY, E_WRITE.
            OSError: the stream cannot be read.
        """
        data = stream.read(size + 1) if size <= WHOLE else b""
        if size > WHOLE or len(data) > size:  # large, or it has grown meanwhile, or the size was wrong
            return self._through(stream, data)
        # The hash is computed without Python's lock: other threads copy meanwhile.
        return Held(hashlib.sha256(data).hexdigest(), len(data), data)

    def _through(self, stream: BinaryIO, head: bytes) -> Held:
        """A large file: never more than a block of it in memory, so it is copied before its hash is known."""
        part, digest, total = self.scratch(), hashlib.sha256(), 0
        with self._disk():
            sink = part.open("xb", buffering=0)
        with sink:
            block = head or stream.read(_BLOCK)
            while block:
                digest.update(block)
                total += len(block)
                with self._disk():
                    _write(sink, block)
                block = stream.read(_BLOCK)
            with self._disk():
                os.fsync(sink.fileno())
        return Held(digest.hexdigest(), total, part=part)

    def keep(self, held: Held, target: Path) -> bool:
        """Put a file into its place in the store, on the disk when this returns; False: it lies there already.

        Raises:
            WeipianError: E_DISK_FULL, E_WS_READONLY, E_WRITE.
        """
        if there(target, held.size):
            self.drop(held)
            return False
        part = held.part or self.scratch()
        with self._disk():
            if held.part is None:
                with part.open("xb", buffering=0) as sink:
                    _write(sink, held.data or b"")
                    os.fsync(sink.fileno())
            target.parent.mkdir(parents=True, exist_ok=True)
            # Another process may do the same with the same content: either is right.
            _rename(part, target)
        with self._guard:
            self._touched.add(target.parent)
        return True

    def drop(self, held: Held) -> None:
        """Forget a file that is not kept."""
        if held.part is not None:
            with suppress(OSError):
                held.part.unlink()

    def settle(self) -> None:
        """Force the names of what was kept onto the disk; afterwards it may be recorded."""
        with self._guard:
            folders, self._touched = self._touched, set()
        for folder in sorted({*folders, *(folder.parent for folder in folders)}):
            with suppress(OSError):  # Windows opens no folders, and needs none of this
                _force(folder)

    @contextmanager
    def _disk(self) -> Iterator[None]:
        """What the disk of the workspace says, in words; the disk that is read from speaks for itself."""
        try:
            yield
        except OSError as error:
            raise translate(error, self._folder) from error


@contextmanager
def incoming(folder: Path) -> Iterator[Incoming]:
    """A run of copying into the store of a workspace; sweeps what killed runs left there.

    Raises:
        WeipianError: E_DISK_FULL, E_WS_READONLY, E_WRITE.
    """
    folder = Path(folder)
    sweep(folder)
    home, lock = _own_folder(folder)
    try:
        yield Incoming(folder, home)
    finally:
        lock.release()
        shutil.rmtree(home, ignore_errors=True)


def _own_folder(folder: Path) -> tuple[Path, FileLock]:
    """A folder whose lock says that this run is alive."""
    while True:
        home = folder / "cache" / "incoming" / uuid.uuid4().hex
        lock = FileLock(home / "lock")
        try:
            home.mkdir(parents=True)
        except OSError as error:
            raise translate(error, folder) from error
        if not lock.take() or (home / "lock").exists():  # else another run swept it between making and locking
            return home, lock
        lock.release()


def sweep(folder: Path) -> None:
    """Remove what runs that are over left half done: at once where it can be seen, else after a day."""
    with suppress(OSError):
        for home in (Path(folder) / "cache" / "incoming").iterdir():
            if _left_behind(home):
                shutil.rmtree(home, ignore_errors=True)
    for part in (Path(folder) / "evidence").glob("*/*.part"):
        with suppress(OSError):
            if _old(part):
                part.unlink()


def _left_behind(home: Path) -> bool:
    lock = FileLock(home / "lock")
    held = lock.held_elsewhere()
    return _old(home) if held is None else not held


def _old(path: Path) -> bool:
    return time.time() - path.stat().st_mtime > _STALE


def there(target: Path, size: int) -> bool:
    """Whether the store has this file. A file cut short by a damaged disk is not it, and is replaced."""
    try:
        return target.stat().st_size == size
    except OSError:
        return False


def _write(sink: BinaryIO, data: bytes) -> None:
    """All of it: an unbuffered file may take less than it is given."""
    view = memoryview(data)
    while view:
        view = view[sink.write(view) :]


def _rename(part: Path, target: Path) -> None:
    try:
        part.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:  # evidence/ on a disk of its own
            raise
        beside = target.with_name(f"{uuid.uuid4().hex}.part")
        try:
            shutil.copyfile(part, beside)
            _force(beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
        part.unlink(missing_ok=True)


def _force(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def discard(paths: list[Path]) -> None:
    """Remove files of the store that were never recorded; the caller holds the workspace's write lock."""
    for path in paths:
        with suppress(OSError):
            path.unlink()
