"""What a session does with evidence: attach, lay on a patch, take off, correct what is known of it.

Each method is one undoable action. Reading and copying many files is `workbench.attaching`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

from ..core.dates import parse_date
from ..core.errors import WeipianError
from ..core.model import CaseStatus, Patch
from ..core.proof import MANUAL, Evidence
from ..store import records
from ..store.workspace import Transaction
from . import evidence_in
from .acting import Acting
from .clock import now
from .splitting import refuse_parent

#: States of a case in which a new photo shows what became of the place.
_RECTIFYING = (CaseStatus.RECTIFYING, CaseStatus.RECTIFIED, CaseStatus.ACCEPTED)
#: What a file said of itself and a person may overrule: kept under checks["exif"] before the first change.
_SAID = (
    "lon", "lat", "azimuth", "azimuth_ref", "azimuth_raw", "declination", "accuracy_m", "taken_at", "source", "shift",
)  # fmt: skip


def rectifying(patch: Patch) -> bool:
    """Whether a photo of this patch shows the place after rectification, unless somebody says otherwise."""
    return patch.case_status in _RECTIFYING


def said_by_file(item: Evidence) -> Mapping[str, Any]:
    """What the file itself said of place, direction and time, also after a person has overruled it."""
    kept = item.checks.get("exif")
    return kept if isinstance(kept, Mapping) else {name: getattr(item, name) for name in _SAID}


def by_hand(
    item: Evidence, lon: Optional[float], lat: Optional[float], azimuth: Optional[float], taken_at: str
) -> Evidence:
    """A photo with what a person says of it; the same as before where that is nothing new.

    What is overruled loses what belonged to it: the accuracy of a position, the declination of an azimuth.
    checks["hand"] lists what is by hand: position, azimuth, time.

    Raises:
        WeipianError: E_PHOTO_POSITION, E_DATE_INVALID.
    """
    for value, limit in ((lon, 180.0), (lat, 89.9), (azimuth, 360.0)):
        if value is not None and not abs(value) <= limit:  # NaN fails the comparison too
            raise WeipianError("E_PHOTO_POSITION", value=value)
    taken_at = taken_at.strip() or item.taken_at or ""
    if taken_at and taken_at != item.taken_at and parse_date(taken_at) is None:
        raise WeipianError("E_DATE_INVALID", value=taken_at)
    azimuth = None if azimuth is None else azimuth % 360
    moved, turned = (lon, lat) != (item.lon, item.lat), azimuth != item.azimuth
    timed = taken_at != (item.taken_at or "")
    if not (moved or turned or timed):
        return item
    kept = item.checks.get("hand")
    hand = [*(kept if isinstance(kept, list) else []), *_named(moved, turned, timed)]
    changed = replace(
        item, taken_at=taken_at or None, source=MANUAL,
        checks={**item.checks, "exif": dict(said_by_file(item)), "hand": sorted(set(hand))},
    )  # fmt: skip
    if moved:
        changed = replace(changed, lon=lon, lat=lat, accuracy_m=None, shift="")
    if turned:
        ref = None if azimuth is None else "T"
        changed = replace(changed, azimuth=azimuth, azimuth_ref=ref, azimuth_raw=None, declination=None)
    return changed


def _named(moved: bool, turned: bool, timed: bool) -> list[str]:
    return [name for name, is_so in (("position", moved), ("azimuth", turned), ("time", timed)) if is_so]


class EvidenceActs(Acting):
    """The part of a session that works on evidence."""

    # -- on a patch and off it -------------------------------------------------------------------

    def attach(self, patch_uid: str, patch_id: str, paths: Sequence[Path], purpose: str = "") -> list[str]:
        """Copy files in and link them to a patch; returns a sentence for each file with something to tell.

        Raises:
            WeipianError: E_FILE_MISSING, E_DISK_FULL, E_PATCH_MISMATCH; nothing is linked then.
        """
        patch = self._guard(patch_uid, patch_id)
        notes: list[str] = []
        prepared = []
        for item in evidence_in.prepare_all(self._ws, [Path(path) for path in paths], self.who, now()):
            notes += [f"{item.name}：{note}" for note in item.notes]
            prepared.append((item, purpose or item.guess_purpose(self.pack, rectifying=rectifying(patch))))
        with self._ws.transaction("attach", patch_uid, self.who) as change:
            for item, use in prepared:
                evidence_in.link(change, item, patch_uid, use, by=self.who, at=now())
        return notes

    def link(
        self, evidence_ids: Sequence[str], patch_uid: str, patch_id: str, purpose: str = "", reason: str = ""
    ) -> None:
        """Lay evidence on a patch by hand; what lies there already stays as it is.

        Args:
            evidence_ids: of the files.
            patch_uid: where they belong.
            patch_id: number of that patch as the person sees it.
            purpose: a requirement id of the pack; empty: guessed by kind, name and state of the case.
            reason: why, for the record.

        Raises:
            WeipianError: E_EVIDENCE_MISSING, E_PATCH_MISSING, E_PATCH_MISMATCH, E_SPLIT_PARENT.
        """
        patch = self._guard(patch_uid, patch_id)
        items = [self._evidence(evidence_id) for evidence_id in evidence_ids]
        with self._ws.transaction("attach", patch_uid, self.who) as change:
            for item in items:
                self._lay(change, item, patch, purpose, reason)

    def relink(
        self, evidence_ids: Sequence[str], patch_uid: str, patch_id: str, purpose: str = "", reason: str = ""
    ) -> None:
        """Move evidence: it lies on this patch alone afterwards, for what it proved before unless said otherwise.

        Raises:
            WeipianError: as `link`; E_SPLIT_PARENT also for a patch that it lies on now.
        """
        patch = self._guard(patch_uid, patch_id)
        items = [self._evidence(evidence_id) for evidence_id in evidence_ids]
        wanted = {item.evidence_id for item in items}
        lying = [link for link in records.links(self._ws) if link[1] in wanted]
        for uid in {uid for uid, _, _ in lying}:
            refuse_parent(self._ws, self._patch(uid))
        with self._ws.transaction("attach", patch_uid, self.who) as change:
            for uid, evidence_id, proved in lying:
                if (uid, proved) != (patch_uid, purpose or proved):
                    change.delete("evidence_link", uid, evidence_id, proved)
            for item in items:
                before = [proved for _, found, proved in lying if found == item.evidence_id]
                for use in [purpose] if purpose else before or [""]:
                    self._lay(change, item, patch, use, reason)

    def _lay(self, change: Transaction, item: Evidence, patch: Patch, purpose: str, reason: str) -> None:
        use = purpose or evidence_in.purpose_of(
            item.kind, item.original_name, self.pack, rectifying=rectifying(patch), doc_kind=item.doc_kind
        )
        if change.get("evidence_link", patch.patch_uid, item.evidence_id, use) is None:
            row = records.link_row(patch.patch_uid, item.evidence_id, use, reason=reason, by=self.who, at=now())
            change.put("evidence_link", row)

    def unlink(self, patch_uid: str, evidence_id: str) -> None:
        """Take evidence off a patch; the file stays in the workspace."""
        refuse_parent(self._ws, self._patch(patch_uid))
        with self._ws.transaction("unlink", patch_uid, self.who) as change:
            for _, found, purpose in records.links(self._ws, patch_uid):
                if found == evidence_id:
                    change.delete("evidence_link", patch_uid, evidence_id, purpose)

    # -- what is known of it ---------------------------------------------------------------------

    def set_photo_facts(
        self, evidence_id: str, lon: Optional[float], lat: Optional[float], azimuth: Optional[float], taken_at: str
    ) -> None:
        """Facts of a photo entered by hand; the photo is marked 手工 from now on, what EXIF said is kept.

        Args:
            evidence_id: of the photo.
            lon: degrees, CGCS2000.
            lat: degrees.
            azimuth: degrees clockwise from true north; None: not known.
            taken_at: day or instant; empty: as it was.

        Raises:
            WeipianError: E_PHOTO_POSITION, E_DATE_INVALID, E_EVIDENCE_MISSING.
        """
        self._change_evidence("photo", by_hand(self._evidence(evidence_id), lon, lat, azimuth, taken_at))

    def _evidence(self, evidence_id: str) -> Evidence:
        item = records.evidence(self._ws, evidence_id).get(evidence_id)
        if item is None:
            raise WeipianError("E_EVIDENCE_MISSING", name=evidence_id)
        return item

    def _change_evidence(self, action: str, *items: Evidence) -> None:
        """Write what is known of files now; one action, under the first file or the workspace."""
        subject = items[0].evidence_id if len(items) == 1 else "workspace"
        with self._ws.transaction(action, subject, self.who) as change:
            for item in items:
                change.put("evidence", records.evidence_row(item))
