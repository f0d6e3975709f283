"""A file on its way into the evidence store: read once, hashed, copied, understood, ready to be recorded."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from pathlib import Path
from typing import Callable, Optional

from ..core.errors import WeipianError, os_reason
from ..core.proof import Evidence
from ..core.rulepack import RulePack
from ..photos.exif import PHOTO_SUFFIXES, PhotoFacts, read_photo
from ..store import records
from ..store.evidence_files import EMPTY, Held, Incoming, incoming
from ..store.workspace import Transaction, Workspace
from .evidence_sources import Source, of_file

#: Endings of files that can be the document that a requirement asks for; others are kept and count for nothing.
DOCUMENT_SUFFIXES = frozenset({
    ".pdf", ".ofd", ".doc", ".docx", ".wps", ".rtf", ".txt", ".xls", ".xlsx", ".et", ".csv", ".ppt", ".pptx", ".dps",
    ".bmp", ".dwg", ".dxf", ".shp", ".kml", ".kmz", ".geojson", ".json", ".gpkg",
})  # fmt: skip
_FILMS = frozenset({
    ".mp4", ".mov", ".avi", ".3gp", ".mkv", ".wmv", ".m4v", ".mp3", ".wav", ".m4a", ".aac", ".amr",
})  # fmt: skip
_ODD_PICTURES = frozenset({".webp", ".gif", ".avif", ".jfif", ".jxl"})
#: A larger picture is no photo of a phone; it is kept without being read, bytes.
_LARGEST = 512 << 20
#: What a parser may raise on bytes made to break it; the file is kept, what it says of itself is not known.
_BROKEN = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RuntimeError, EOFError, struct.error)
#: What a photo says of itself that has a column of its own.
SHARED = tuple(f.name for f in fields(PhotoFacts) if f.name in {e.name for e in fields(Evidence)})
KNOWN_NOTE = "文件早已在工作区里，没有重复保存"


@dataclass(frozen=True)
class Prepared:
    """A file that lies in the evidence store, ready to be linked.

    `known`: its content had a record before; `fresh`: where the file lies that was not in the store before;
    `size` bytes.
    """

    evidence: Evidence
    name: str
    notes: tuple[str, ...] = ()
    known: bool = False
    fresh: Optional[Path] = field(default=None, compare=False)
    size: int = 0

    def guess_purpose(self, pack: RulePack, *, rectifying: bool = False) -> str:
        """What the file proves, by its kind and the words in its name; the clerk can say otherwise."""
        return purpose_of(self.evidence.kind, self.name, pack, rectifying=rectifying, doc_kind=self.evidence.doc_kind)


#: What kinds of documents end with in the pack; the next office calls the same paper otherwise.
_PAPERS = ("批准书", "材料", "批文", "批复")
#: A shorter word is in too many names.
_STEM = 3


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
    if kind != "photo" and Path(name).suffix.lower() not in DOCUMENT_SUFFIXES:
        return "document"
    papers = [r for r in pack.requirements.values() if r.kind == "document"]
    named = [r for r in papers if any(word in name for word in _words_of(r.label))]
    named = named or [r for r in papers if any(_stem(word) in name for word in _words_of(r.label))]
    if named:
        return max(named, key=lambda r: len(r.label)).id
    if kind == "photo":
        return "after_photo" if rectifying or "整改后" in name or "复耕" in name else "site_photo"
    return "document"


def _words_of(label: str) -> list[str]:
    return [word for word in label.replace("（", "/").replace("）", "").split("/") if word]


def _stem(word: str) -> str:
    """The word without what it is written on: a 备案表 is as good as 备案材料, a 批复 as a 批文."""
    stem = next((word[: -len(end)] for end in _PAPERS if word.endswith(end)), word)
    return stem if len(stem) >= _STEM else word


@dataclass(frozen=True)
class Reading:
    """What is the same for all files of one run; safe to use in several threads.

    Args:
        inbox: where files are copied to.
        place: SHA-256 and name as it came -> where the file belongs in the store.
        known: gives the evidence that has this SHA-256 already.
        who: brings the files.
        at: instant, ISO text.
        declination: degrees east that are added to magnetic directions; None: nothing is.
    """

    inbox: Incoming
    place: Callable[[str, str], Path]
    known: Callable[[str], Optional[Evidence]]
    who: str
    at: str
    declination: Optional[float] = None

    def take(self, source: Source) -> Prepared:
        """Read a file once: hash, copy, what it says of itself.

        Raises:
            WeipianError: E_FILE_UNREADABLE, E_PHOTO_UNREADABLE, E_DISK_FULL, E_WS_READONLY, E_WRITE, E_LIBRARY.
        """
        try:
            with source.opens() as stream:
                held = self.inbox.read(stream, source.size)
        except OSError as error:
            raise WeipianError("E_FILE_UNREADABLE", path=source.label, detail=os_reason(error)) from error
        if held.sha256 == EMPTY:
            raise WeipianError("E_FILE_UNREADABLE", path=source.label, detail="文件是空的")
        known = self.known(held.sha256)
        if known is not None:  # also brings back what vanished from the store
            self.inbox.keep(held, self.place(held.sha256, known.original_name))
            return Prepared(known, source.name, (KNOWN_NOTE,), known=True, size=held.size)
        try:
            item, notes = self._understood(source, held)
        except WeipianError:
            self.inbox.drop(held)
            raise
        target = self.place(held.sha256, source.name)
        fresh = self.inbox.keep(held, target)
        return Prepared(item, source.name, notes, fresh=target if fresh else None, size=held.size)

    def _understood(self, source: Source, held: Held) -> tuple[Evidence, tuple[str, ...]]:
        suffix = source.path.suffix.lower()
        item = Evidence(
            evidence_id=str(uuid.uuid4()),
            kind="photo" if suffix in PHOTO_SUFFIXES else "document",
            sha256=held.sha256,
            original_name=source.name,
            source="manual",
            added_at=self.at,
            added_by=self.who,
        )
        if item.kind != "photo":
            note = _uncounted(suffix)
            return replace(item, checks={"notes": [note]} if note else {}), (note,) if note else ()
        facts = self._facts(source, held)
        shared = {name: getattr(facts, name) for name in SHARED}
        checks = {"notes": list(facts.notes), "orientation": facts.orientation or 1, "camera": facts.camera or ""}
        return replace(item, **shared, checks=checks, facts=dict(facts.more)), facts.notes

    def _facts(self, source: Source, held: Held) -> PhotoFacts:
        if held.size > _LARGEST:
            return PhotoFacts(notes=("文件太大，不像现场照片，没有读取拍摄信息",))
        try:
            return read_photo(Path(source.label), self.declination, held.whole())
        except OSError as error:
            raise WeipianError("E_FILE_UNREADABLE", path=source.label, detail=os_reason(error)) from error
        except _BROKEN:
            return PhotoFacts(notes=("拍摄信息读不出来，请手工填写位置和方位角",))


def _uncounted(suffix: str) -> str:
    """What to say of a file that is kept but proves nothing."""
    if suffix in DOCUMENT_SUFFIXES:
        return ""
    if suffix in _FILMS:
        return "录像、录音只作附件保存，不计入举证清单；请另附现场照片"
    if suffix in _ODD_PICTURES:
        return f"{suffix[1:].upper()} 图片只作附件保存，不计入举证清单；请转成 JPG 再附，或向拍照人要原图"
    return "这种文件只作附件保存，不计入举证清单"


def declination(ws: Workspace) -> Optional[float]:
    """Degrees east that this workspace adds to magnetic directions; None: nothing was set."""
    try:
        return float(records.setting(ws, "declination"))
    except ValueError:
        return None


def prepare(ws: Workspace, path: Path, who: str, at: str) -> Prepared:
    """Copy one file into the store and read it once; the same content again gives the record that is there.

    Raises:
        WeipianError: E_WS_READONLY, E_ROLE_VIEWER, E_FILE_MISSING, E_FILE_UNREADABLE, E_PHOTO_UNREADABLE,
            E_DISK_FULL, E_WRITE.
    """
    return prepare_all(ws, [path], who, at)[0]


def prepare_all(ws: Workspace, paths: Sequence[Path], who: str, at: str) -> list[Prepared]:
    """As `prepare` for several files; one that cannot be read stops all of them."""
    ws.check_writer(who)
    with incoming(ws.folder) as inbox:
        run = Reading(inbox, ws.evidence_file, partial(records.evidence_of_content, ws), who, at, declination(ws))
        items = [run.take(of_file(path)) for path in paths]
        inbox.settle()
    return items


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
