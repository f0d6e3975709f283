"""Every file of a workspace hashed again: what changed, what vanished, what appeared that no record names."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Optional

from ..core.errors import os_reason
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.proof import Evidence

CHANGED, VANISHED, APPEARED, LEFT_OVER, UNREADABLE = "changed", "vanished", "appeared", "left_over", "unreadable"
#: Kinds that break the workspace's word; the others are worth knowing.
BROKEN = frozenset({CHANGED, VANISHED, APPEARED, UNREADABLE})
_BLOCK = 1 << 20
_HASHED = re.compile(r"[0-9a-f]{64}")
#: What file managers leave behind, lower case.
_SYSTEM = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db"})


@dataclass(frozen=True)
class FileFinding:
    """A file that is not what the records say. `path` relative to the workspace, `found` its SHA-256 now."""

    kind: str
    path: str
    text: str
    name: str = ""
    evidence_id: str = ""
    patches: tuple[str, ...] = ()
    expected: str = ""
    found: str = ""

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return {**asdict(self), "patches": list(self.patches)}


class Hasher:
    """SHA-256 of many files in several threads, with progress by bytes; the reading thread can be called off.

    hashlib and reading let go of Python's lock, so threads are enough.
    """

    def __init__(self, feedback: Feedback, total: int) -> None:
        self._feedback, self._total, self._done = feedback, max(1, total), 0
        self._stop, self._guard = threading.Event(), threading.Lock()

    def digests(self, groups: Mapping[Path, Sequence[Path]]) -> dict[Path, str]:
        """key -> SHA-256 over the contents of its files one after the other; `!` and a reason where one cannot be read.

        Raises:
            WeipianError: E_CANCELLED.
        """
        found: dict[Path, str] = {}
        with ThreadPoolExecutor(max_workers=max(2, min(8, os.cpu_count() or 2))) as pool:
            jobs = {pool.submit(self._digest, files): key for key, files in groups.items()}
            try:
                for job in as_completed(jobs):
                    found[jobs[job]] = job.result()
                    with self._guard:
                        part = self._done / self._total
                    self._feedback.progress(100 * min(1.0, part))
                    stop_if_cancelled(self._feedback)
            except BaseException:
                self._stop.set()
                for job in jobs:
                    job.cancel()
                raise
        return found

    def _digest(self, files: Sequence[Path]) -> str:
        digest = hashlib.sha256()
        try:
            for path in files:
                with path.open("rb", buffering=0) as stream:
                    while block := stream.read(_BLOCK):
                        digest.update(block)
                        with self._guard:
                            self._done += len(block)
                        if self._stop.is_set():
                            return ""
        except OSError as error:
            return f"!{os_reason(error)}"
        return digest.hexdigest()


@dataclass(frozen=True)
class Expected:
    """Files that together have one hash: a piece of evidence, a delivery as received."""

    path: Path
    sha256: str
    name: str
    what: str  # 举证文件, 下发数据原件 …
    evidence: Optional[Evidence] = None
    patches: tuple[str, ...] = ()


def check_evidence(
    folder: Path,
    evidence: Iterable[Evidence],
    place: Callable[[Evidence], Path],
    patches: Mapping[str, Sequence[str]],
    feedback: Feedback,
) -> list[FileFinding]:
    """Hash the evidence store.

    Args:
        folder: of the workspace.
        evidence: all records.
        place: where the file of a record lies.
        patches: evidence_id -> numbers of the patches that it is linked to.

    Raises:
        WeipianError: E_CANCELLED.
    """
    known = {
        place(item): Expected(
            place(item), item.sha256, item.original_name, "举证文件", item, tuple(patches.get(item.evidence_id, ()))
        )
        for item in evidence
    }
    there = _files_in(folder / "evidence")
    wanted = sorted({*(path for path in known if path.is_file()), *there})
    sizes = sum(_size(path) for path in wanted)
    found = Hasher(feedback, sizes).digests({path: [path] for path in wanted})
    findings = [_judge(folder, item, found.get(path)) for path, item in known.items()]
    findings += [_stranger(folder, path, found[path]) for path in there if path not in known]
    return [finding for finding in findings if finding is not None]


def check_sources(folder: Path, expected: Sequence[Expected], feedback: Feedback) -> list[FileFinding]:
    """Hash the deliveries kept under `sources/`.

    Raises:
        WeipianError: E_CANCELLED.
    """
    orders: dict[Path, list[Path]] = {}
    for item in expected:
        if item.path.is_dir():
            orders[item.path] = sorted(_files_in(item.path))
    total = sum(_size(path) for files in orders.values() for path in files)
    found = Hasher(feedback, total).digests(orders)
    again = {  # Windows puts names in order without regard to case
        item.path: sorted(orders[item.path], key=lambda path: [part.casefold() for part in path.parts])
        for item in expected
        if item.path in found and found[item.path] != item.sha256
    }
    other = {path: files for path, files in again.items() if files != orders[path]}
    if other:
        found.update({k: v for k, v in Hasher(feedback, total).digests(other).items() if v in _sums(expected)})
    findings = [_judge(folder, item, found.get(item.path)) for item in expected]
    return [finding for finding in findings if finding is not None]


def _sums(expected: Sequence[Expected]) -> set[str]:
    return {item.sha256 for item in expected}


def check_exports(folder: Path, manifests: Mapping[str, str], feedback: Feedback) -> list[FileFinding]:
    """Exports that still lie in the workspace, against the digest of their manifest in the journal.

    Raises:
        WeipianError: E_CANCELLED.
    """
    present = {name: folder / "exports" / name for name in manifests if (folder / "exports" / name).is_dir()}
    paths = {name: home / "manifest.json" for name, home in present.items()}
    found = Hasher(feedback, 0).digests({path: [path] for path in paths.values() if path.is_file()})
    findings: list[FileFinding] = []
    for name, path in paths.items():
        if found.get(path) != manifests[name]:
            said = f"导出的报告 {name} 的清单被改动或丢失，不再是当时交出的那一份"
            findings.append(FileFinding(CHANGED, _relative(folder, path), said, name, "", (), manifests[name]))
            continue
        findings += _listed_files(folder, present[name], path, feedback)
    return findings


def _listed_files(folder: Path, home: Path, manifest: Path, feedback: Feedback) -> list[FileFinding]:
    """Files of an export against its manifest."""
    try:
        listed = json.loads(manifest.read_text(encoding="utf-8"))["files"]
        sums = {home / str(entry["path"]): str(entry["sha256"]) for entry in listed}
    except (OSError, ValueError, KeyError, TypeError):
        return []
    there = {path: [path] for path in sums if path.is_file()}
    found = Hasher(feedback, sum(_size(path) for path in there)).digests(there)
    return [
        FileFinding(
            CHANGED if path in found else VANISHED,
            _relative(folder, path),
            f"导出的报告里的文件{'被改动过' if path in found else '不见了'}：{home.name}/{path.relative_to(home)}",
            path.name,
            expected=sha,
            found=found.get(path, ""),
        )
        for path, sha in sums.items()
        if found.get(path) != sha
    ]


def _judge(folder: Path, item: Expected, found: Optional[str]) -> Optional[FileFinding]:
    """What is to be said of a file that a record names; None where it is what it was."""
    if found == item.sha256:
        return None
    where = f"（图斑 {'、'.join(item.patches[:5])}{'等' if len(item.patches) > 5 else ''}）" if item.patches else ""
    if found is None:
        kind, said = VANISHED, f"{item.what}丢失：{item.name}{where}"
    elif found.startswith("!"):
        kind, said = UNREADABLE, f"{item.what}读不出来：{item.name}{where}，{found[1:]}"
    else:
        kind, said = CHANGED, f"{item.what}被改动过：{item.name}{where}"
    evidence_id = item.evidence.evidence_id if item.evidence else ""
    now = "" if found is None or found.startswith("!") else found
    return FileFinding(kind, _relative(folder, item.path), said, item.name, evidence_id, item.patches, item.sha256, now)


def _stranger(folder: Path, path: Path, found: str) -> FileFinding:
    """A file of the store that no record names."""
    shown, stem = _relative(folder, path), path.name.split(".")[0]
    if path.suffix == ".part":  # the name it gets when it is whole is another one
        return FileFinding(LEFT_OVER, shown, f"没有写完的副本，可以删除：{shown}", path.name)
    if found == stem:
        said = f"没有登记的举证文件（添加时中断，或添加后撤销留下的）：{shown}"
        return FileFinding(LEFT_OVER, shown, said, path.name, found=found)
    if _HASHED.fullmatch(stem):
        said = f"举证文件夹里出现了没有登记的文件，内容与文件名不符：{shown}"
    else:
        said = f"举证文件夹里出现了没有登记的文件：{shown}"
    now = "" if found.startswith("!") else found
    return FileFinding(APPEARED, shown, said, path.name, expected=stem if _HASHED.fullmatch(stem) else "", found=now)


def _files_in(folder: Path) -> list[Path]:
    """Files of a folder tree, what file managers leave behind aside."""
    return [path for path in folder.rglob("*") if path.is_file() and path.name.lower() not in _SYSTEM]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _relative(folder: Path, path: Path) -> str:
    try:
        return path.relative_to(folder).as_posix()
    except ValueError:
        return path.name
