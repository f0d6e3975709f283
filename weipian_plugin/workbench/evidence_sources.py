"""What was dropped, file by file: folders to any depth, zips and zips in zips, single files.

Nothing is unpacked to where a member's name points: content goes into the store under its hash, a name only says
what the file is called and (patch ids in it) where it belongs.
"""

from __future__ import annotations

import os
import threading
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Callable, Optional, cast

from ..core.errors import WeipianError, os_reason
from ..core.feedback import Feedback, stop_if_cancelled
from ..intake.archive import member_name

ZIP = ".zip"
#: What systems and programs leave beside files, lower case.
_JUNK = frozenset({"thumbs.db", "desktop.ini", "__macosx", "$recycle.bin", "system volume information", "@eadir"})
#: Endings that are no evidence -> what it is, what to do.
_REFUSED = {
    **dict.fromkeys(
        (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"), ("这种压缩包", "请先解压，再把文件夹附进来")
    ),
    **dict.fromkeys((".part", ".crdownload", ".download", ".tmp"), ("没有下载完的文件", "请等下载完成后再附")),
    **dict.fromkeys((".lnk", ".url", ".exe", ".dll", ".bat", ".msi"), ("程序或快捷方式", "请附照片、扫描件或文件本身")),
    **dict.fromkeys(
        (".qgs", ".qgz", ".qml", ".mbtiles", ".gpkg-wal", ".gpkg-shm"),
        ("软件的工程或底图", "照片和文件已经够用，不需要处理"),
    ),
    **dict.fromkeys((".aae", ".xmp", ".thm", ".lrv"), ("手机或软件附带的记录", "照片本身已经够用，不需要处理")),
}
_DEPTH = 3  # zips in zips
_MEMBERS = 50_000
#: A zip of photos hardly shrinks; beyond this, and large, it is made to fill the disk.
_RATIO, _RATIO_FROM = 200, 1 << 28
_BLOCK = 1 << 20
#: zipfile reads in several threads, but counts its open members without a lock.
_OPENING = threading.Lock()
#: Errors of a zip that is damaged or made to do harm.
_BROKEN = (zipfile.BadZipFile, EOFError, ValueError, zlib.error, KeyError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Source:
    """A file to take in.

    `path`: where it is or, in a zip, would be, for the ids in its names; `label`: as reports call it; `size` bytes;
    `real`: the file itself unless it is in a zip, `archive`: the part of `path` that stands for the zip.
    """

    path: Path
    label: str
    size: int
    opens: Callable[[], BinaryIO]
    real: Optional[Path] = None
    archive: Optional[Path] = None

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.name


def of_file(path: Path) -> Source:
    """One file as it lies there.

    Raises:
        WeipianError: E_FILE_MISSING.
    """
    named = Path(readable(str(path)))
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=named)
    return Source(named, named.name, path.stat().st_size, lambda: path.open("rb"), path)


@dataclass
class Found:
    """All files, in the order of their names, and what is left out with the reason."""

    files: list[Source] = field(default_factory=list)
    skipped: list[tuple[str, WeipianError]] = field(default_factory=list)


class Expander:
    """Walks what was dropped; archives stay open until it is left.

    Args:
        own: the workspace, which is no evidence of itself.
        scratch: gives a file name for a zip in a zip.
        feedback: asked whether to go on.
    """

    def __init__(self, own: Path, scratch: Callable[[], Path], feedback: Feedback) -> None:
        self._own, self._scratch, self._feedback = os.path.realpath(own), scratch, feedback
        self._stack = ExitStack()
        self.found = Found()

    def __enter__(self) -> Expander:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def expand(self, paths: Sequence[Path]) -> Found:
        """Take everything below `paths`.

        Raises:
            WeipianError: E_FILE_MISSING when nothing of it is there, E_CANCELLED.
        """
        for path in paths:
            label = readable(path.name)
            if path.is_dir():
                self._folder(path)
            elif not path.is_file():
                self.found.skipped.append((label, WeipianError("E_FILE_MISSING", path=readable(str(path)))))
            else:
                self._file(path, Path(readable(str(path))), label)
        if not self.found.files and paths and all(not path.exists() for path in paths):
            raise self.found.skipped[0][1]
        return self.found

    def _folder(self, root: Path) -> None:
        """A folder to any depth; links are followed, each real folder once."""
        seen: set[str] = set()
        for here, folders, names in os.walk(root, followlinks=True, onerror=self._unreadable):
            stop_if_cancelled(self._feedback)
            real = os.path.realpath(here)
            if real in seen or real == self._own:
                if real == self._own:
                    why = WeipianError("E_EVIDENCE_KIND", kind="工作区本身", path=readable(here), remedy="不需要处理")
                    self.found.skipped.append((readable(os.path.relpath(here, root)), why))
                folders.clear()
                continue
            seen.add(real)
            folders[:] = sorted(name for name in folders if not _junk(name))
            for name in sorted(name for name in names if not _junk(name)):
                path = Path(here, name)
                label = readable(path.relative_to(root).as_posix())
                self._file(path, Path(readable(str(path))), label)

    def _unreadable(self, error: OSError) -> None:
        path = readable(str(error.filename or ""))
        why = WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error))
        self.found.skipped.append((path, why))

    def _file(self, path: Path, named: Path, label: str, depth: int = 0) -> None:
        """One real file: itself, or what is in it."""
        refused = _REFUSED.get(named.suffix.lower())
        if refused is not None:
            why = WeipianError("E_EVIDENCE_KIND", kind=refused[0], path=label, remedy=refused[1])
            self.found.skipped.append((label, why))
            return
        if named.suffix.lower() == ZIP:
            self._zip(path, named.with_suffix(""), label, depth)
            return
        try:
            size = path.stat().st_size
        except OSError as error:
            why = WeipianError("E_FILE_UNREADABLE", path=label, detail=os_reason(error))
            self.found.skipped.append((label, why))
            return
        self.found.files.append(Source(named, label, size, lambda: path.open("rb"), path))

    # -- zips ------------------------------------------------------------------------------------

    def _zip(self, path: Path, named: Path, label: str, depth: int) -> None:
        problem = self._try_zip(path, named, label, depth)
        if problem:
            self.found.skipped.append((label, WeipianError("E_FILE_UNREADABLE", path=label, detail=problem)))

    def _try_zip(self, path: Path, named: Path, label: str, depth: int) -> str:
        """What is wrong with the zip as a whole, empty if it was read."""
        if depth >= _DEPTH:
            return "压缩包套压缩包太多层，请先解压"
        try:
            archive = self._stack.enter_context(zipfile.ZipFile(path))
            members = [info for info in archive.infolist() if not info.is_dir()]
            packed = max(1, path.stat().st_size)
        except OSError as error:
            return os_reason(error)
        except _BROKEN as error:
            return f"压缩包损坏：{error}"
        total = sum(info.file_size for info in members)
        if len(members) > _MEMBERS or (total > _RATIO_FROM and total / packed > _RATIO):
            return f"压缩包异常：解开后有 {len(members)} 个文件、{total / 1e9:.1f} GB，请解压后再附"
        if members and all(info.flag_bits & 1 for info in members):
            return "压缩包有密码，请先解压再附"
        named_members = [(member_name(info).replace("\\", "/"), info) for info in members]
        for name, info in sorted(named_members, key=lambda pair: pair[0]):
            stop_if_cancelled(self._feedback)
            self._member(archive, info, name, named, label, depth)
        return ""

    def _member(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, named: Path, label: str, depth: int
    ) -> None:
        parts = [part for part in PurePosixPath(name).parts if part not in ("", ".", "/")]
        if not parts or any(_junk(part) for part in parts if part != ".."):
            return
        shown = f"{label}/{name.lstrip('/')}"
        problem = ""
        if ".." in parts or name.startswith("/") or ":" in parts[0]:
            problem = "压缩包里的路径指向压缩包之外，没有采用"
        elif info.flag_bits & 1:
            problem = "压缩包有密码，请先解压再附"
        if problem:
            self.found.skipped.append((shown, WeipianError("E_FILE_UNREADABLE", path=shown, detail=problem)))
            return
        place = named.joinpath(*parts)
        if place.suffix.lower() == ZIP:
            inner = self._extracted(archive, info, shown)
            if inner is not None:
                self._zip(inner, place.with_suffix(""), shown, depth + 1)
            return
        refused = _REFUSED.get(place.suffix.lower())
        if refused is not None:
            why = WeipianError("E_EVIDENCE_KIND", kind=refused[0], path=shown, remedy=refused[1])
            self.found.skipped.append((shown, why))
            return
        self.found.files.append(
            Source(place, shown, info.file_size, lambda: cast("BinaryIO", _Member(archive, info)), archive=named)
        )

    def _extracted(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, shown: str) -> Optional[Path]:
        """A zip in a zip, beside the workspace for as long as this takes."""
        target = self._scratch()
        try:
            with _Member(archive, info) as source, target.open("xb") as sink:
                for block in source.blocks():
                    stop_if_cancelled(self._feedback)
                    sink.write(block)
        except OSError as error:
            why = WeipianError("E_FILE_UNREADABLE", path=shown, detail=os_reason(error))
            self.found.skipped.append((shown, why))
            return None
        return target


class _Member:
    """A member of a zip as a stream whose every error is an OSError, and that gives no more than it claimed."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._left = info.file_size
        with _OPENING:
            self._stream = _fenced(lambda: archive.open(info))

    def __enter__(self) -> _Member:
        return self

    def __exit__(self, *_: object) -> None:
        with _OPENING:
            self._stream.close()

    def read(self, size: int = -1) -> bytes:
        """So many bytes, or to the end."""
        wanted = self._left if size < 0 else min(size, self._left)
        data = _fenced(lambda: self._stream.read(wanted)) if wanted else b""
        self._left -= len(data)
        if len(data) < wanted:
            raise OSError("压缩包不完整")
        return data

    def blocks(self) -> Iterator[bytes]:
        """All of it."""
        while self._left:
            yield self.read(_BLOCK)


def _fenced(function: Callable[[], Any]) -> Any:
    try:
        return function()
    except NotImplementedError as error:
        raise OSError("压缩方式不支持，请先解压") from error
    except _BROKEN as error:
        raise OSError(f"压缩包损坏：{error}") from error


def _junk(name: str) -> bool:
    return name.startswith((".", "~$")) or name.casefold() in _JUNK


def readable(text: str) -> str:
    """A file name that can be shown and stored: names that are no Unicode (GBK on a Linux disk) made so."""
    raw = os.fsencode(text)
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("utf-8", "replace")
