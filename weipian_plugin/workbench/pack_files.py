"""The files of a rule pack and of those it is based on, from folders or from the copy in a workspace."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..core.errors import WeipianError, os_reason
from .pack_yaml import MAX_BYTES, Problem, Problems, near, read_yaml

HEAD = "pack.yaml"
#: Test cases say what a pack should do; they do not change what it does.
CASES = "cases.yaml"
SUFFIX = ".yaml"
#: Packs above a pack; more is a mistake.
_MAX_DEPTH = 8
_MAX_FILES = 60
#: Problems that fit into one sentence.
_TOLD = 5


class PackError(WeipianError):
    """E_RULES with everything that is wrong in `problems`."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        rest = len(self.problems) - _TOLD
        more = f"；另有 {rest} 处，“规则包…”里全部列出" if rest > 0 else ""
        super().__init__("E_RULES", detail="；".join(map(str, self.problems[:_TOLD])) + more)


@dataclass(frozen=True)
class PackFiles:
    """A pack with those it extends, base first: (id, file name -> bytes) each."""

    chain: tuple[tuple[str, Mapping[str, bytes]], ...]

    @property
    def id(self) -> str:
        """The id of the pack itself."""
        return self.chain[-1][0]

    @property
    def fingerprint(self) -> str:
        """SHA-256 of all files but the test cases; line ends and BOM do not count."""
        digest = hashlib.sha256()
        for pack_id, files in self.chain:
            digest.update(pack_id.encode() + b"\0")
            for name in sorted(files):
                if name != CASES:
                    digest.update(name.encode() + b"\0" + _even(files[name]) + b"\0")
        return digest.hexdigest()

    def text(self) -> str:
        """As JSON, for the workspace."""
        packs = [
            {
                "id": pack_id,
                "files": {name: _even(raw).decode("utf-8", "surrogateescape") for name, raw in sorted(files.items())},
            }
            for pack_id, files in self.chain
        ]
        return json.dumps(packs, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> PackFiles:
        """Read what `text` wrote.

        Raises:
            WeipianError: E_PACK_STORED when it is damaged.
        """
        try:
            packs = json.loads(text)
            chain = [
                (str(p["id"]), {str(k): str(v).encode("utf-8", "surrogateescape") for k, v in p["files"].items()})
                for p in packs
            ]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise WeipianError("E_PACK_STORED") from error
        if not chain:
            raise WeipianError("E_PACK_STORED")
        return cls(tuple(chain))


def _even(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").removeprefix(b"\xef\xbb\xbf")


def is_pack(folder: Path) -> bool:
    """True for a folder that holds a pack."""
    return (folder / HEAD).is_file()


def pack_folders(parent: Path) -> list[Path]:
    """The packs that lie in a folder, by name; a folder that cannot be read has none."""
    try:
        return sorted(path for path in parent.iterdir() if is_pack(path))
    except OSError:
        return []


def read_files(folder: Path, search: Sequence[Path] = (), problems: Optional[Problems] = None) -> PackFiles:
    """Read a pack and all that it extends, looked for beside it and then in `search`.

    Raises:
        PackError: for what keeps the files from being read, unless `problems` takes it.
    """
    own = Problems() if problems is None else problems
    found = PackFiles(tuple(_chain(Path(folder), (Path(folder).parent, *search), own)))
    if problems is None and len(own):
        raise PackError(list(own))
    return found


def _chain(folder: Path, search: Sequence[Path], problems: Problems) -> list[tuple[str, Mapping[str, bytes]]]:
    chain: list[tuple[str, Mapping[str, bytes]]] = []
    while True:
        files = _folder_files(folder, problems)
        head = read_yaml(f"{folder.name}/{HEAD}", files.get(HEAD, b""), problems) if HEAD in files else None
        pack_id = str(head.text("id")) if head else ""
        chain.insert(0, (pack_id or folder.name, files))
        wanted = str(head.text("extends")) if head else ""
        if not head or not wanted:
            return chain
        if wanted in [name for name, _ in chain] or len(chain) > _MAX_DEPTH:
            circle = " → ".join([name for name, _ in reversed(chain)] + [wanted])
            head.at("extends").fail(f"extends 绕成了圈：{circle}；请改成另一个规则包，或删去")
            return chain
        above = _find(wanted, search)
        if above is None:
            known = sorted({_id_of(p) for place in search for p in pack_folders(place)} - {pack_id})
            head.at("extends").fail(
                f"找不到规则包“{wanted}”{near(wanted, known)}，可用的有 {'、'.join(known) or '（没有）'}"
            )
            return chain
        folder = above


def _find(pack_id: str, search: Sequence[Path]) -> Optional[Path]:
    for place in search:
        folders = pack_folders(place)
        for folder in sorted(folders, key=lambda p: p.name != pack_id):  # mostly named so
            if _id_of(folder) == pack_id:
                return folder
    return None


def _id_of(folder: Path) -> str:
    """The id that a pack gives itself, its folder's name when it cannot be read."""
    return str(head_of(folder).get("id") or folder.name)


def head_of(folder: Path) -> dict[str, object]:
    """pack.yaml as it stands, empty when it cannot be read."""
    try:
        raw = (folder / HEAD).read_bytes()[: MAX_BYTES + 1]
    except OSError:
        return {}
    return read_yaml(f"{folder.name}/{HEAD}", raw, Problems()).plain()


def _folder_files(folder: Path, problems: Problems) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    try:
        paths = sorted(p for p in folder.iterdir() if p.suffix.lower() == SUFFIX and p.is_file())
    except OSError as error:
        problems.add(Problem(folder.name, 0, "", f"文件夹打不开：{os_reason(error)}"))
        return {}
    if len(paths) > _MAX_FILES:
        problems.add(Problem(folder.name, 0, "", f"文件夹里有 {len(paths)} 个 yaml 文件，不像规则包"))
        return {}
    if not any(p.name == HEAD for p in paths):
        problems.add(Problem(f"{folder.name}/{HEAD}", 0, "", "缺少这个文件，不是规则包；每个规则包都要有 pack.yaml"))
    for path in paths:
        try:
            with path.open("rb") as stream:
                files[path.name] = stream.read(MAX_BYTES + 1)
        except OSError as error:
            problems.add(Problem(f"{folder.name}/{path.name}", 0, "", f"文件打不开：{os_reason(error)}"))
    return files
