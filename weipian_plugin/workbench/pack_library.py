"""Which rule packs there are: shipped, in the office's own folder, in the workspace, and copies kept by batches."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from ..core.errors import WeipianError
from ..core.rulepack import RulePack
from .pack_files import PackFiles, head_of, is_pack, pack_folders, read_files
from .pack_yaml import Problem, Problems
from .packs import built
from .resources import DEFAULT_PACK, default_pack, resource

#: Folder in the workspace, and QgsSettings key of the office's own.
FOLDER = "packs"
SETTING = "weipian/packs_folder"
SHIPPED, USER, WORKSPACE, KEPT, OTHER = "shipped", "user", "workspace", "kept", "other"
ORIGIN_LABELS = {
    SHIPPED: "随插件", USER: "本单位文件夹", WORKSPACE: "工作区", KEPT: "批次保存的副本", OTHER: "指定文件夹",
}  # fmt: skip


@dataclass(frozen=True)
class PackRef:
    """A pack that lies somewhere, not read yet beyond its head. `files` is None when it cannot be put together."""

    id: str
    version: str
    label: str
    origin: str
    folder: Optional[Path] = None
    files: Optional[PackFiles] = None
    trouble: str = ""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what it says, empty when it cannot be read."""
        return self.files.fingerprint if self.files else ""

    @property
    def origin_label(self) -> str:
        """Where it comes from, in Chinese."""
        return ORIGIN_LABELS[self.origin]

    @property
    def display(self) -> str:
        """Its name with id and version."""
        return f"{self.label}（{self.id} {self.version}）"

    def load(self) -> RulePack:
        """The pack itself.

        Raises:
            PackError: E_RULES with everything that is wrong.
        """
        if self.files is None:
            raise WeipianError("E_RULES", detail=self.trouble)
        return built(self.files)


def user_folder() -> Optional[Path]:
    """The folder of the office's own packs, None when none is set."""
    try:
        from qgis.core import QgsSettings
    except ImportError:  # outside QGIS nobody can set it
        return None
    text = str(QgsSettings().value(SETTING, "") or "").strip()
    return Path(text) if text else None


def set_user_folder(folder: Optional[Path]) -> None:
    """Remember the folder of the office's own packs on this PC."""
    from qgis.core import QgsSettings

    QgsSettings().setValue(SETTING, str(folder) if folder else "")


def places(workspace: Optional[Path] = None) -> list[tuple[str, Path]]:
    """(origin, folder) where packs lie, what goes first first."""
    found = [(WORKSPACE, Path(workspace) / FOLDER)] if workspace else []
    own = user_folder()
    if own is not None:
        found.append((USER, own))
    return [*found, (SHIPPED, resource("rules"))]


def available(workspace: Optional[Path] = None) -> list[PackRef]:
    """Every pack that lies somewhere; of one id and version the first place counts."""
    listed = places(workspace)
    search = [folder for _, folder in listed]
    found: list[PackRef] = []
    for origin, parent in listed:
        own = [parent] if origin == USER and is_pack(parent) else pack_folders(parent)
        for folder in own:
            ref = reference(folder, origin, search)
            if not any((ref.id, ref.version) == (known.id, known.version) for known in found):
                found.append(ref)
    return sorted(found, key=lambda ref: (ref.id, version_key(ref.version)))


def reference(folder: Path, origin: str, search: Sequence[Path] = ()) -> PackRef:
    """The pack in a folder, as far as its head says; what keeps it from being put together is its trouble."""
    problems = Problems()
    files = read_files(folder, search, problems)
    head = head_of(folder)
    first: Optional[Problem] = next(iter(problems), None)
    return PackRef(
        id=str(head.get("id") or folder.name),
        version=str(head.get("version") or ""),
        label=str(head.get("label") or folder.name),
        origin=origin,
        folder=folder,
        files=None if first else files,
        trouble=str(first) if first else "",
    )


def version_key(version: str) -> tuple[tuple[int, str], ...]:
    """For comparing versions: numbers as numbers."""
    return tuple((int(part), "") if part.isdigit() else (-1, part) for part in re.findall(r"\d+|[^\d.]+", version))


def newest(refs: Sequence[PackRef], pack_id: str) -> Optional[PackRef]:
    """The highest version of a pack, None when there is none."""
    own = [ref for ref in refs if ref.id == pack_id]
    return max(own, key=lambda ref: version_key(ref.version), default=None)


def named(word: str, workspace: Optional[Path] = None) -> PackRef:
    """A pack by id, `id@version`, label or folder.

    Raises:
        WeipianError: E_PACK_UNKNOWN.
    """
    wanted = word.strip()
    refs = available(workspace)
    pack_id, _, version = wanted.partition("@")
    fitting = [ref for ref in refs if (ref.id, ref.version) == (pack_id, version)] if version else []
    found = next(iter(fitting), None) or newest(refs, wanted) or next((r for r in refs if r.label == wanted), None)
    if found is not None:
        return found
    try:
        folder = Path(wanted).expanduser()
        if wanted and folder.is_dir():
            return reference(folder.resolve(), OTHER, [place for _, place in places(workspace)])
    except (OSError, RuntimeError, ValueError):
        pass  # no path at all
    raise WeipianError("E_PACK_UNKNOWN", pack=wanted, known="、".join(_known(refs)) or "（没有）")


def _known(refs: Sequence[PackRef]) -> Iterator[str]:
    for ref in refs:
        yield f"{ref.id}（{ref.label} {ref.version}）"


def default_for(pack_id: str, workspace: Optional[Path] = None) -> RulePack:
    """The pack that new batches start with; one that is gone or broken gives way to the shipped default."""
    if not pack_id or pack_id == DEFAULT_PACK:
        own = [folder for origin, folder in places(workspace) if origin != SHIPPED]
        if not any(pack_folders(folder) or is_pack(folder) for folder in own):
            return default_pack()  # without looking further, on every opening
    return default_reference(pack_id, workspace).load()


def default_reference(pack_id: str, workspace: Optional[Path] = None) -> PackRef:
    """As `default_for`, the place of the pack: the highest version without mistakes."""
    refs = available(workspace)
    for wanted in dict.fromkeys((pack_id or DEFAULT_PACK, DEFAULT_PACK)):
        own = [ref for ref in refs if ref.id == wanted]
        for ref in sorted(own, key=lambda ref: version_key(ref.version), reverse=True):
            with suppress(WeipianError):
                ref.load()
                return ref
    return reference(resource("rules", DEFAULT_PACK), SHIPPED)
