"""Use case: a folder of photos and documents in, each file on its patch or in the unmatched list."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.model import Patch
from ..photos.exif import PhotoFacts
from ..photos.matching import match
from ..store import records
from ..store.workspace import Workspace
from . import evidence_in
from .clock import now
from .pack_shelf import workspace_default
from .reporting import write_report
from .splitting import concerned


@dataclass(frozen=True)
class Placed:
    """One file: the patch it went to (empty: none) and why."""

    file: str
    patch_id: str
    purpose: str
    reason: str
    confidence: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class AttachReport:
    """What became of a folder of evidence."""

    matched: Sequence[Placed]
    unmatched: Sequence[Placed]
    skipped: Sequence[Placed]

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {key: [vars(item) for item in getattr(self, key)] for key in ("matched", "unmatched", "skipped")}


def attach_folder(folder: Path, photos: Path, who: str, feedback: Feedback) -> AttachReport:
    """Copy in, hash and lay every file of `photos` on its patch, by id in the name, then by position and view.

    What is doubtful stays in the evidence store without a patch and is listed. One transaction; cancelled
    or interrupted, nothing is linked, and doing it again links nothing twice.

    Raises:
        WeipianError: E_FILE_MISSING, E_DISK_FULL, E_CANCELLED.
    """
    files = evidence_in.files_under(Path(photos))
    with Workspace.open(Path(folder)) as ws:
        pack = workspace_default(ws)
        patches = records.patches(ws)
        by_uid = {patch.patch_uid: patch for patch in patches}
        prepared: dict[Path, evidence_in.Prepared] = {}
        skipped: list[Placed] = []
        for number, file in enumerate(files):
            stop_if_cancelled(feedback)
            feedback.progress(90 * number / max(1, len(files)))
            try:
                prepared[file] = evidence_in.prepare(ws, file, who, now())
            except WeipianError as error:
                if error.code in ("E_DISK_FULL", "E_WS_READONLY", "E_ROLE_VIEWER"):
                    raise
                skipped.append(Placed(str(file.relative_to(photos)), "", "", str(error)))
        placed: list[tuple[Placed, Path, str]] = []
        unmatched: list[Placed] = []
        for result in match([(file, _facts(item)) for file, item in prepared.items()], patches):
            item = prepared[result.path]
            name = str(result.path.relative_to(photos))
            purpose = item.guess_purpose(pack)
            if result.patch_uid is None:
                unmatched.append(Placed(name, "", purpose, result.reason, "", item.notes))
            else:
                for patch in _working_on(by_uid[result.patch_uid], patches, item):
                    note = Placed(name, patch.patch_id, purpose, result.reason, result.confidence, item.notes)
                    placed.append((note, result.path, patch.patch_uid))
        with ws.transaction("attach", "workspace", who) as change:
            for note, path, uid in placed:
                evidence_in.link(change, prepared[path], uid, note.purpose)
            for file, item in prepared.items():
                if file not in {path for _, path, _ in placed}:
                    evidence_in.keep(change, item)
    feedback.progress(100)
    report = AttachReport([note for note, _, _ in placed], unmatched, skipped)
    with suppress(WeipianError):  # what is attached is attached
        write_report(Path(folder), "attachphotos", {"ok": True, **report.report()})
    return report


def _working_on(patch: Patch, patches: Sequence[Patch], item: evidence_in.Prepared) -> Sequence[Patch]:
    """The patch itself; of one that was split, the children that this evidence is about."""
    if patch.split_state != "parent":
        return [patch]
    children = [child for child in patches if child.parent_uid == patch.patch_uid and child.wkb]
    return concerned(item.evidence, children) if children else [patch]


def _facts(item: evidence_in.Prepared) -> PhotoFacts:
    """What matching wants to know; documents are matched by name alone."""
    e = item.evidence
    return PhotoFacts(
        taken_at=e.taken_at, lon=e.lon, lat=e.lat, azimuth=e.azimuth, azimuth_ref=e.azimuth_ref, accuracy_m=e.accuracy_m
    )
