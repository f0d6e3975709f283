"""A file on its way into the evidence store: hash, read once, copy, link."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.errors import WeipianError, os_reason
from ..core.hashing import file_sha256
from ..core.proof import Evidence
from ..core.rulepack import RulePack
from ..photos.exif import PHOTO_SUFFIXES, read_photo
from ..store import records
from ..store.workspace import Transaction, Workspace

#: SHA-256 of nothing: an empty file proves nothing.
_EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@dataclass(frozen=True)
class Prepared:
    """A file that lies in the evidence store, ready to be linked."""

    evidence: Evidence
    name: str
    notes: tuple[str, ...] = ()

    def guess_purpose(self, pack: RulePack, *, rectifying: bool = False) -> str:
        """What the file proves, by its kind and the words in its name; the clerk can say otherwise."""
        return purpose_of(self.evidence.kind, self.name, pack, rectifying=rectifying, doc_kind=self.evidence.doc_kind)


def purpose_of(kind: str, name: str, pack: RulePack, *, rectifying: bool = False, doc_kind: str = "") -> str:
    """A requirement id of the pack for a file: by its kind and the words in its name, or plainly photo or document.

    Args:
        kind: photo or document.
        name: of the file as it came.
        pack: whose requirements count.
        rectifying: the patch is being put right, a photo shows it after.
        doc_kind: what kind of document it is, where somebody said so.
    """
    if doc_kind:
        return doc_kind
    named = [r for r in pack.requirements.values() if r.kind == "document" and _words_of(r.label, name)]
    if named:
        return max(named, key=lambda r: len(r.label)).id
    if kind == "photo":
        return "after_photo" if rectifying or "整改后" in name or "复耕" in name else "site_photo"
    return "document"


def _words_of(label: str, name: str) -> bool:
    return any(word and word in name for word in label.replace("（", "/").replace("）", "").split("/"))


def prepare(ws: Workspace, path: Path, who: str, at: str) -> Prepared:
    """Copy a file into the store and read it once; the same content again gives the record that is there.

    Raises:
        WeipianError: E_WS_READONLY, E_ROLE_VIEWER, E_FILE_MISSING, E_FILE_UNREADABLE, E_PHOTO_UNREADABLE,
            E_DISK_FULL, E_WRITE.
    """
    ws.check_writer(who)
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=path)
    try:
        sha = file_sha256(path)
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
    if sha == _EMPTY:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="文件是空的")
    known = next((e for e in records.evidence(ws).values() if e.sha256 == sha), None)
    if known is not None:
        return Prepared(known, path.name, ("文件早已在工作区里，没有重复保存，已归到本图斑",))
    photo = path.suffix.lower() in PHOTO_SUFFIXES
    item = Evidence(
        evidence_id=str(uuid.uuid4()),
        kind="photo" if photo else "document",
        sha256=sha,
        original_name=path.name,
        source="manual",
        added_at=at,
        added_by=who,
    )
    notes: tuple[str, ...] = ()
    if photo:
        facts = read_photo(path)
        notes = facts.notes
        item = replace(
            item,
            taken_at=facts.taken_at,
            lon=facts.lon,
            lat=facts.lat,
            azimuth=facts.azimuth,
            azimuth_ref=facts.azimuth_ref,
            accuracy_m=facts.accuracy_m,
            source=facts.source,
            checks={"notes": list(notes), "orientation": facts.orientation or 1, "camera": facts.camera or ""},
        )
    ws.keep_evidence(path, sha)
    return Prepared(item, path.name, notes)


def keep(change: Transaction, item: Prepared) -> str:
    """Record the evidence unless its content has a record by now; gives the id of the record."""
    known = change.find("evidence", "sha256", item.evidence.sha256)
    if known is not None:
        return str(known["evidence_id"])
    change.put("evidence", records.evidence_row(item.evidence))
    return item.evidence.evidence_id


def link(change: Transaction, item: Prepared, patch_uid: str, purpose: str, **more: str) -> None:
    """Record the evidence and what it proves for a patch; `more` as in `records.link_row`."""
    change.put("evidence_link", records.link_row(patch_uid, keep(change, item), purpose, **more))


def files_under(folder: Path) -> Sequence[Path]:
    """Every file of a folder tree, hidden ones aside, in name order.

    Raises:
        WeipianError: E_FILE_MISSING.
    """
    if not folder.is_dir():
        raise WeipianError("E_FILE_MISSING", path=folder)
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
