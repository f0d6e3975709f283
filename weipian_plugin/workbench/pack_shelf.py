"""The rule packs of an open workspace: each batch is judged by the copy that it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Optional

from ..core.errors import WeipianError
from ..core.model import Batch
from ..core.rulepack import RulePack
from ..store import kept_packs, records
from ..store.kept_packs import KeptPack
from ..store.workspace import FILE_NAME, Transaction, Workspace
from .clock import now
from .pack_files import PackFiles, read_files
from .pack_library import KEPT, PackRef, default_for, default_reference, named
from .packs import built
from .resources import DEFAULT_PACK, default_pack, resource

#: Setting with the id of the pack that new batches start with.
DEFAULT = "pack"


def workspace_default(ws: Workspace) -> RulePack:
    """The pack that new batches of this workspace start with."""
    wanted = records.setting(ws, DEFAULT)
    found = default_for(wanted, ws.folder)
    kept = None if not wanted or found.id == wanted else kept_reference(ws, wanted)
    return found if kept is None else kept.load()


def kept_reference(ws: Workspace, pack_id: str, version: str = "") -> Optional[PackRef]:
    """The copy that batches keep of a pack, the last of them without `version`; None when there is none to use.

    A workspace that was carried to another PC goes on with what it brought along.
    """
    for item in reversed(kept_packs.packs(ws)):
        if item.pack_id == pack_id and version in ("", item.version):
            whole = kept_packs.pack(ws, item.pack_id, item.version)
            with suppress(WeipianError):
                if whole is not None:
                    ref = PackRef(item.pack_id, item.version, item.label, KEPT, files=_kept_files(whole))
                    ref.load()
                    return ref
    return None


def pack_named(ws: Workspace, word: str) -> PackRef:
    """A pack by id, `id@version`, label or folder; where this PC has none, the copy that batches keep.

    Raises:
        WeipianError: E_PACK_UNKNOWN.
    """
    try:
        return named(word, ws.folder)
    except WeipianError:
        pack_id, _, version = word.strip().partition("@")
        kept = kept_reference(ws, pack_id, version)
        if kept is None:
            raise
        return kept


def check_named(folder: Path, word: str) -> None:
    """Refuse a pack that is not there or wrong, before anything is done with it.

    Raises:
        WeipianError: E_PACK_UNKNOWN; PackError for a pack with mistakes.
    """
    if not (folder / FILE_NAME).is_file():
        named(word, folder).load()
        return
    with Workspace.open(folder) as ws:
        pack_named(ws, word).load()


def pack_of(folder: Optional[Path]) -> RulePack:
    """The default pack of the workspace in a folder, that of the plugin where there is none."""
    if folder is None or not (Path(folder) / FILE_NAME).is_file():
        return default_pack()
    with Workspace.open(Path(folder)) as ws:
        return workspace_default(ws)


class PackShelf:
    """Finds the pack of a batch; reads again only when the workspace changed."""

    def __init__(self, workspace: Workspace, default: RulePack) -> None:
        self._ws = workspace
        self.default = default
        self.forced: Optional[RulePack] = None  # one call judges everything by it, nothing is written
        self._mark = (-1, -1)
        self._of_batch: Mapping[str, tuple[str, str]] = {}
        self._packs: dict[tuple[str, str], RulePack] = {}
        self.troubles: dict[tuple[str, str], str] = {}

    def pack_for(self, batch_id: str) -> RulePack:
        """The pack that the patches of a batch are judged by."""
        if self.forced is not None:
            return self.forced
        mark = (self._ws.head()[0], self._ws.data_version())
        if mark != self._mark:
            self._mark = mark
            self._of_batch = {b.batch_id: (b.pack_id, b.pack_version) for b in records.batches(self._ws)}
            self._packs.clear()
        key = self._of_batch.get(batch_id, ("", ""))
        if not key[0]:
            return self.default
        if key not in self._packs:
            self._packs[key] = self._kept(key)
        return self._packs[key]

    def _kept(self, key: tuple[str, str]) -> RulePack:
        kept = kept_packs.pack(self._ws, *key)
        if kept is None:
            self.troubles[key] = "工作区里没有保存这个规则包"
            return self.default
        if (self.default.id, self.default.fingerprint) == (kept.pack_id, kept.fingerprint):
            return replace(self.default, version=kept.version)
        try:
            return replace(_read_kept(kept), version=kept.version, fingerprint=kept.fingerprint)
        except WeipianError as error:
            self.troubles[key] = str(error)
            return self.default


def _read_kept(kept: KeptPack) -> RulePack:
    return built(_kept_files(kept))


def _kept_files(kept: KeptPack) -> PackFiles:
    """The pack as it was kept; what a newer program wants besides comes from the base shipped with it."""
    files = PackFiles.from_text(kept.files)
    try:
        built(files)
    except WeipianError:
        base = read_files(resource("rules", DEFAULT_PACK)).chain[:1]
        return PackFiles((*base, *files.chain))
    return files


def key_of(ws: Workspace, ref: PackRef) -> tuple[str, str]:
    """(id, version) under which a pack is kept: an edit without a new version gets a mark behind it."""
    same = [kept for kept in kept_packs.packs(ws) if kept.pack_id == ref.id and kept.fingerprint == ref.fingerprint]
    if same:
        return same[0].pack_id, same[0].version
    if kept_packs.pack(ws, ref.id, ref.version) is None:
        return ref.id, ref.version
    return ref.id, f"{ref.version}+{ref.fingerprint[:8]}"


def keep(change: Transaction, ws: Workspace, ref: PackRef) -> tuple[str, str]:
    """Put a copy of a pack into the workspace unless it is there; gives its key.

    Raises:
        PackError: E_RULES, a pack with mistakes is not used.
    """
    ref.load()
    key = key_of(ws, ref)
    if kept_packs.pack(ws, *key) is None and ref.files is not None:
        kept = KeptPack(key[0], key[1], ref.fingerprint, ref.label, ref.files.text(), now())
        change.put("pack", kept_packs.pack_row(kept))
    return key


def for_new_batch(ws: Workspace, word: str = "") -> PackRef:
    """The pack of a new batch: the one that was asked for, or the workspace's default.

    Raises:
        WeipianError: E_PACK_UNKNOWN.
    """
    if word.strip():
        return pack_named(ws, word)
    wanted = records.setting(ws, DEFAULT)
    found = default_reference(wanted, ws.folder)
    kept = None if not wanted or found.id == wanted else kept_reference(ws, wanted)
    return kept or found


def with_pack(batch: Batch, key: tuple[str, str]) -> Batch:
    """The batch judged by this pack."""
    return replace(batch, pack_id=key[0], pack_version=key[1])
