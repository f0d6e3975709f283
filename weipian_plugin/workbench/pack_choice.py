"""The session's part in rule packs: which there are, which one a batch is judged by, and the offer of a newer one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Optional

from ..core.errors import WeipianError
from ..core.model import CLUE_BATCH, Batch, ReviewStatus
from ..core.rulepack import RulePack
from ..store import kept_packs, records
from . import pack_shelf
from .acting import Acting
from .pack_checks import CheckReport, check_reference
from .pack_library import KEPT, PackRef, available, newest, version_key

#: Setting: this batch is not to be offered this fingerprint again.
DECLINED = "pack_declined:"
_DONE = (ReviewStatus.FINISHED.value, ReviewStatus.VOID.value)


@dataclass(frozen=True)
class PackInfo:
    """A pack as the list shows it."""

    ref: PackRef
    report: CheckReport
    batches: tuple[str, ...] = ()  # names of the batches that are judged by it
    default: bool = False  # new batches start with it

    @property
    def usable(self) -> bool:
        """It can be used; test cases that come out otherwise do not keep anybody from it."""
        return not self.report.problems


@dataclass(frozen=True)
class PackOffer:
    """A pack that was changed while a batch is under work. Nothing happens unless somebody says so."""

    batch_id: str
    batch_name: str
    kept_version: str
    ref: PackRef
    newer: bool  # a higher version; otherwise the same one was edited

    @property
    def text(self) -> str:
        """What is offered, in one sentence."""
        what = f"规则包有新版本 {self.ref.version}" if self.newer else f"规则包 {self.ref.version} 的内容有改动"
        return f"{what}，批次“{self.batch_name}”仍用 {self.kept_version}"


class PackChoice(Acting):
    """Packs of a workspace."""

    _forced: Optional[PackRef] = None  # see judge_with

    def packs(self) -> list[PackInfo]:
        """Every pack that can be chosen, checked, and the copies that batches keep of others."""
        refs = available(self._ws.folder)
        default = pack_shelf.for_new_batch(self._ws)
        by_key: dict[tuple[str, str], list[str]] = {}
        for batch in self.batches():
            by_key.setdefault((batch.pack_id, batch.pack_version), []).append(batch.name)
        kept = {(item.pack_id, item.version): item for item in kept_packs.packs(self._ws)}
        found: list[PackInfo] = []
        shown: set[tuple[str, str]] = {("", "")}
        for ref in refs:
            keys = [key for key, item in kept.items() if key[0] == ref.id and item.fingerprint == ref.fingerprint]
            names = tuple(name for key in keys for name in by_key.get(key, ()))
            if ref.id == default.id and ref.version == default.version:
                names += tuple(by_key.get(("", ""), ()))  # a batch that nobody chose one for
            shown.update(keys)
            found.append(
                PackInfo(ref, check_reference(ref), names, (ref.id, ref.version) == (default.id, default.version))
            )
        for key, names_of in by_key.items():
            if key not in shown:
                ref = self._kept_reference(key)
                found.append(PackInfo(ref, check_reference(ref), tuple(names_of)))
        return found

    def _kept_reference(self, key: tuple[str, str]) -> PackRef:
        kept = kept_packs.pack(self._ws, *key)
        if kept is None:
            return PackRef(key[0], key[1], key[0], KEPT, trouble="工作区里没有保存这个规则包")
        try:
            files = pack_shelf.PackFiles.from_text(kept.files)
        except WeipianError as error:
            return PackRef(key[0], key[1], kept.label, KEPT, trouble=str(error))
        return PackRef(key[0], key[1], kept.label, KEPT, files=files)

    def pack_named(self, word: str) -> PackRef:
        """A pack by id, `id@version`, label or folder; where this PC has none, the copy that batches keep.

        Raises:
            WeipianError: E_PACK_UNKNOWN.
        """
        return pack_shelf.pack_named(self._ws, word)

    def choose_pack(self, batch_id: str, pack_id: str, version: str = "") -> None:
        """Judge a batch by this pack from now on; verdicts that were made stay as they are.

        Raises:
            WeipianError: E_PACK_UNKNOWN, E_PACK_BATCH; PackError for a pack with mistakes.
        """
        batch = self.batch_named(batch_id)
        kept = kept_packs.pack(self._ws, pack_id, version) if version else None
        if kept is not None and "+" in version:  # a copy that another batch keeps
            key, ref = (pack_id, version), None
        else:
            ref = self.pack_named(f"{pack_id}@{version}" if version else pack_id)
            ref.load()
            key = pack_shelf.key_of(self._ws, ref)
        if (batch.pack_id, batch.pack_version) == key:
            return
        with self._ws.transaction("pack", batch_id, self.who) as change:
            if ref is not None:
                pack_shelf.keep(change, self._ws, ref)
            change.put("batch", records.batch_row(pack_shelf.with_pack(batch, key)))

    def pin_pack(self, batch_id: str) -> None:
        """Let a batch that has no pack yet keep the workspace's default, before the first verdict of it."""
        if self._forced is not None:  # a verdict names it, so that it must be here to be looked up
            if kept_packs.pack(self._ws, *pack_shelf.key_of(self._ws, self._forced)) is None:
                with self._ws.transaction("pack_kept", batch_id, self.who) as change:
                    pack_shelf.keep(change, self._ws, self._forced)
            return
        batch = next((b for b in self.batches() if b.batch_id == batch_id), None)
        if batch is None or batch.pack_id:
            return
        ref = pack_shelf.for_new_batch(self._ws)
        with self._ws.transaction("pack_kept", batch_id, self.who) as change:
            key = pack_shelf.keep(change, self._ws, ref)
            change.put("batch", records.batch_row(pack_shelf.with_pack(batch, key)))

    def set_default_pack(self, pack_id: str) -> None:
        """New batches of this workspace start with this pack.

        Raises:
            WeipianError: E_PACK_UNKNOWN; PackError for a pack with mistakes.
        """
        ref = self.pack_named(pack_id)
        ref.load()
        with self._ws.transaction("pack_default", "workspace", self.who) as change:
            change.put("setting", records.setting_row(pack_shelf.DEFAULT, ref.id))
        self.pack = self._shelf.default = pack_shelf.workspace_default(self._ws)

    def judge_with(self, word: str) -> None:
        """Judge everything by this pack as long as the session is open; which pack a batch has stays as it is.

        Raises:
            WeipianError: E_PACK_UNKNOWN; PackError for a pack with mistakes.
        """
        if word.strip():
            ref = self.pack_named(word)
            self._forced = ref
            self._shelf.forced = self.loaded(ref)
            self.pack = self._shelf.forced
            self._ahead.clear()

    def loaded(self, ref: PackRef) -> RulePack:
        """A pack under the version that tells it from an older copy of the same version that batches keep.

        Raises:
            PackError: for a pack with mistakes.
        """
        return replace(ref.load(), version=pack_shelf.key_of(self._ws, ref)[1])

    # -- a newer pack while a batch is under work ------------------------------------------------

    def pack_offers(self) -> list[PackOffer]:
        """Packs that changed since batches under work began to be judged by them, without those declined."""
        batches = [b for b in self.batches() if b.pack_id and b.kind != "clue" and b.batch_id != CLUE_BATCH]
        if not batches:
            return []
        kept = {(item.pack_id, item.version): item for item in kept_packs.packs(self._ws)}
        refs = available(self._ws.folder)
        declined = records.settings(self._ws, DECLINED)
        active = self._under_work()
        found = []
        for batch in batches:
            item = kept.get((batch.pack_id, batch.pack_version))
            ref = newest(refs, batch.pack_id)
            if item is None or ref is None or ref.files is None or batch.batch_id not in active:
                continue
            if ref.fingerprint in (item.fingerprint, declined.get(batch.batch_id)):
                continue
            newer = version_key(ref.version) > version_key(item.version.partition("+")[0])
            found.append(PackOffer(batch.batch_id, batch.name, item.version, ref, newer))
        return found

    def _under_work(self) -> set[str]:
        return kept_packs.batches_under_work(self._ws, _DONE)

    def decline_pack(self, offers: Sequence[PackOffer]) -> None:
        """Keep the packs as they are; the same change is not offered again."""
        with self._ws.transaction("pack_declined", "workspace", self.who) as change:
            for offer in offers:
                change.put("setting", records.setting_row(DECLINED + offer.batch_id, offer.ref.fingerprint))

    def pack_troubles(self) -> list[str]:
        """Copies of packs that cannot be read any more; their batches are judged by the workspace's default."""
        for batch in self.batches():
            self.pack_for(batch.batch_id)
        return [f"{key[0]} {key[1]}：{text}" for key, text in self._shelf.troubles.items()]

    def packs_folder(self) -> Path:
        """Where packs of this workspace lie; made when it is opened."""
        return self._ws.folder / "packs"

    def batch_named(self, word: str) -> Batch:
        """A batch by name or id.

        Raises:
            WeipianError: E_PACK_BATCH.
        """
        batches = self.batches()
        found = next((b for b in batches if word in (b.batch_id, b.name)), None)
        if found is None:
            names = "、".join(b.name for b in batches) or "（没有）"
            raise WeipianError("E_PACK_BATCH", batch=word, known=names)
        return found
