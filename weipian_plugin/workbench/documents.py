"""Documents: what they say of themselves, the patches that they prove (一举多用), the approved boundary."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..core import areas
from ..core.dates import parse_date
from ..core.errors import WeipianError
from ..core.model import Patch
from ..core.proof import MANUAL, Evidence
from ..store import records
from . import evidence_in
from .clock import now
from .evidence_acts import EvidenceActs
from .outlines import Outline, as_one_file, read_outline

#: Purposes that say no more than that it is some document; they follow the kind once that is known.
_PLAIN = ("", "document")


@dataclass(frozen=True)
class DocumentUse:
    """A patch that a document lies on; `purpose` a requirement id of the pack."""

    patch_uid: str
    patch_id: str
    village: str
    area_m2: float
    purpose: str = ""


@dataclass(frozen=True)
class Shared:
    """What became of linking one document to many patches: numbers of patches; `refused` with the reason."""

    done: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()


class Documents(EvidenceActs):
    """The part of a session that works on documents."""

    # -- what it says ----------------------------------------------------------------------------

    def set_document(
        self,
        evidence_id: str,
        kind: str = "",
        doc_no: str = "",
        authority: str = "",
        doc_date: str = "",
        area_mu: str = "",
        valid_until: str = "",
    ) -> None:
        """What a document says of itself; one action. A photo becomes a document: it is a scan then.

        Args:
            evidence_id: of the file.
            kind: a requirement id of the pack, what kind of document it is; links that only said "document" or the
                former kind prove this kind from now on. Empty: not known.
            doc_no: 文号.
            authority: 批准机关.
            doc_date: a day.
            area_mu: approved area, 亩.
            valid_until: last day of validity.

        Raises:
            WeipianError: E_DATE_INVALID, E_AREA_INVALID, E_EVIDENCE_MISSING. Links of patches that were split
                stay as they are.
        """
        before = self._evidence(evidence_id)
        after = replace(
            before,
            kind="document",
            source=before.source if before.kind == "document" else MANUAL,
            doc_kind=kind,
            doc_no=doc_no.strip(),
            doc_authority=authority.strip(),
            doc_date=_day(doc_date),
            doc_area_mu=_area(area_mu),
            valid_until=_day(valid_until),
        )
        links = [link for link in records.links(self._ws) if link[1] == evidence_id]
        follow = (*_PLAIN, before.doc_kind, *(("site_photo",) if before.kind == "photo" else ()))
        proves = kind or ("document" if before.kind == "photo" else "")
        moved = [(uid, purpose) for uid, _, purpose in links if proves and purpose in follow and purpose != proves]
        if after == before and not moved:
            return
        with self._ws.transaction("document", evidence_id, self.who) as change:
            change.put("evidence", records.evidence_row(after))
            for uid, purpose in moved:
                patch = records.patch(self._ws, uid)
                if patch is None or patch.split_state == "parent":
                    continue
                change.delete("evidence_link", uid, evidence_id, purpose)
                if change.get("evidence_link", uid, evidence_id, proves) is None:
                    row = records.link_row(uid, evidence_id, proves, by=self.who, at=now())
                    change.put("evidence_link", row)

    # -- what it proves --------------------------------------------------------------------------

    def document_uses(self, evidence_id: str) -> list[DocumentUse]:
        """The patches that a document lies on, by number."""
        links = [link for link in records.links(self._ws) if link[1] == evidence_id]
        found = [(records.patch(self._ws, uid), purpose) for uid, _, purpose in links]
        uses = [_use(patch, purpose) for patch, purpose in found if patch is not None]
        return sorted(uses, key=lambda use: use.patch_id)

    def link_document(self, evidence_id: str, patch_uids: Sequence[str], purpose: str = "") -> Shared:
        """Let one document prove many patches; one action. Patches that it lies on already stay as they are.

        Args:
            evidence_id: of the document.
            patch_uids: where it belongs as well.
            purpose: a requirement id; empty: its kind, else guessed by its name.

        Raises:
            WeipianError: E_EVIDENCE_MISSING; for single patches the reason stands in the result.
        """
        item = self._evidence(evidence_id)
        use = purpose or evidence_in.purpose_of(item.kind, item.original_name, self.pack, doc_kind=item.doc_kind)
        lying = {uid for uid, found, _ in records.links(self._ws) if found == evidence_id}
        done: list[Patch] = []
        already, refused = [], []
        for uid in dict.fromkeys(patch_uids):
            patch = records.patch(self._ws, uid)
            if patch is None:
                refused.append((uid, "工作区里没有这个图斑"))
            elif uid in lying:
                already.append(patch.patch_id)
            else:
                try:
                    done.append(self._guard(uid, patch.patch_id))
                except WeipianError as error:
                    refused.append((patch.patch_id, error.message))
        if done:
            with self._ws.transaction("share", evidence_id, self.who) as change:
                for patch in done:
                    row = records.link_row(patch.patch_uid, evidence_id, use, by=self.who, at=now())
                    change.put("evidence_link", row)
        return Shared(tuple(patch.patch_id for patch in done), tuple(already), tuple(refused))

    def unlink_document(self, evidence_id: str, patch_uids: Sequence[str]) -> int:
        """Take a document off patches; one action, gives how many links went. The file stays in the workspace."""
        gone = set(patch_uids)
        links = [link for link in records.links(self._ws) if link[1] == evidence_id and link[0] in gone]
        for uid in {uid for uid, _, _ in links}:
            patch = self._patch(uid)
            self._guard(uid, patch.patch_id)
        if links:
            with self._ws.transaction("share", evidence_id, self.who) as change:
                for link in links:
                    change.delete("evidence_link", *link)
        return len(links)

    # -- the approved boundary -------------------------------------------------------------------

    def attach_outline(self, evidence_id: str, path: Path, layer: str = "", crs: str = "") -> Outline:
        """Keep the vector file of an approval and lay its union on the document as 批准范围; one action.

        Args:
            evidence_id: of the document.
            path: as `outlines.read_outline`; a shapefile is kept with its companions as one zip.
            layer: its name; empty: the first with polygons.
            crs: where the file does not say it.

        Raises:
            WeipianError: as `outlines.read_outline`; E_DISK_FULL, E_WRITE; nothing is kept then.
        """
        item = self._evidence(evidence_id)
        path = Path(path)
        uses = {uid for uid, found, _ in records.links(self._ws) if found == evidence_id}
        near = [patch for patch in (records.patch(self._ws, uid) for uid in sorted(uses)) if patch is not None]
        outline = read_outline(path, layer, crs, near)
        with tempfile.TemporaryDirectory() as scratch:
            kept = evidence_in.prepare(self._ws, as_one_file(path, Path(scratch)), self.who, now())
        with self._ws.transaction("outline", evidence_id, self.who) as change:
            child = kept if kept.known else replace(kept, evidence=replace(kept.evidence, parent_id=evidence_id))
            told = {
                "name": path.name,
                "evidence_id": evidence_in.keep(change, child),
                "area_m2": round(outline.area_m2, 2),
                "polygons": outline.features,
                "crs": outline.crs,
            }
            facts = {**item.facts, "outline": told}
            change.put("evidence", records.evidence_row(replace(item, outline=outline.wkb, facts=facts)))
        return outline

    def remove_outline(self, evidence_id: str) -> None:
        """Take the approved boundary off a document; its file stays in the workspace."""
        item = self._evidence(evidence_id)
        if item.outline is None:
            return
        facts = {key: value for key, value in item.facts.items() if key != "outline"}
        with self._ws.transaction("outline", evidence_id, self.who) as change:
            change.put("evidence", records.evidence_row(replace(item, outline=None, facts=facts)))


def outline_text(item: Evidence) -> str:
    """The approved boundary of a document in words; empty without one."""
    told = item.facts.get("outline")
    if item.outline is None or not isinstance(told, dict):
        return "有批准范围" if item.outline is not None else ""
    return f"{told.get('name', '')}，{told.get('polygons', 0)} 个面，{areas.mu(told.get('area_m2', 0))} 亩"


def _use(patch: Patch, purpose: str) -> DocumentUse:
    return DocumentUse(patch.patch_uid, patch.patch_id, patch.village_name or "", patch.area_in_force, purpose)


def _area(text: str) -> str:
    try:
        return str(areas.parse_mu(text)) if text.strip() else ""
    except ValueError as error:
        raise WeipianError("E_AREA_INVALID", value=text) from error


def _day(text: str) -> str:
    """A day as ISO text, also where it is written 2024年3月5日; empty stays empty."""
    span = parse_date(text)
    if text.strip() and (span is None or span.first != span.last):
        raise WeipianError("E_DATE_INVALID", value=text)
    return span.first if span is not None else ""
