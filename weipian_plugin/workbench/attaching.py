"""Use case: photos and documents in, each file on its patch or in the unmatched lane.

Files first: each is read once, hashed while it is copied, and on the disk under its content's name before anything
is recorded. Then one transaction with all records and links, which is one step of undo. Then, with the work already
there for everyone to see, small previews and the comparison of pictures (`workbench.attach_pictures`).

Stopped at any moment, nothing is linked and no file is half there; what was copied whole is used the next time.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Optional

from ..core.errors import WeipianError
from ..core.feedback import Feedback, Part, stop_if_cancelled
from ..core.journal import canonical
from ..core.model import ReviewStatus
from ..photos.names import normal
from ..store import records
from ..store.evidence_files import Incoming, discard, incoming, there
from ..store.workspace import Transaction, Workspace
from . import attach_pictures, evidence_in
from .attach_plan import Lay, Planner, Step, once
from .attach_reading import BulkReader, Taken
from .attach_report import AttachReport, Placed, left_out, understood
from .attach_returned import Returned
from .clock import now
from .evidence_in import Prepared, Reading
from .evidence_sources import Expander
from .reporting import write_report

#: Attempts to link: another run with the same files may be cancelled, and clear up, between our copy and our link.
_ATTEMPTS = 3


def attach_folder(folder: Path, photos: Path, who: str, feedback: Feedback) -> AttachReport:
    """Take in everything below a folder; errors of `attach`, and E_FILE_MISSING when it is no folder."""
    if not Path(photos).is_dir():
        raise WeipianError("E_FILE_MISSING", path=photos)
    return attach(folder, [Path(photos)], who, feedback)


def attach(
    folder: Path,
    paths: Sequence[Path],
    who: str,
    feedback: Feedback,
    patch_uid: str = "",
    purpose: str = "",
    *,
    pictures: bool = True,
) -> AttachReport:
    """Take in folders, zips and files: copied (never moved), hashed, read, laid on patches.

    Args:
        folder: of the workspace.
        paths: what was dropped.
        who: for the journal.
        feedback: progress and cancellation; once the files are linked, cancelling only ends the work on pictures.
        patch_uid: lay everything on this patch; empty: each file where its name, position and view say.
        purpose: requirement id of the pack; empty: by kind, name and state of the case.
        pictures: also make previews and compare pictures; False when the caller does that afterwards.

    Raises:
        WeipianError: E_WS_MISSING …, E_WS_READONLY, E_ROLE_VIEWER, E_FILE_MISSING, E_PATCH_MISSING, E_PATCH_VOID,
            E_SPLIT_PARENT, E_DISK_FULL, E_WRITE, E_LIBRARY, E_CANCELLED; nothing is linked then.
    """
    with Workspace.open(Path(folder)) as ws:
        run = _Run(ws, who, Planner(ws, patch_uid, purpose), patch_uid)
        report = run.take_in([Path(path) for path in paths], Part(feedback, 0, 50 if pictures else 100))
        if pictures:
            try:
                report = _looked_at(ws, who, report, Part(feedback, 50, 100))
            except WeipianError as error:  # what is attached is attached; the next drop looks again
                feedback.message(str(error))
    _tell(folder, report)
    feedback.progress(100)
    return report


def follow_up(folder: Path, who: str, feedback: Feedback, report: AttachReport, *, told: bool = True) -> AttachReport:
    """What `attach(pictures=False)` left for later: previews, comparison of pictures, checks.

    Args:
        folder: of the workspace.
        who: for the journal.
        feedback: progress and cancellation.
        report: of what was attached.
        told: write the report again, with the checks.

    Raises:
        WeipianError: E_DISK_FULL, E_WS_LOCKED …; what is attached stays attached.
    """
    with Workspace.open(Path(folder)) as ws:
        report = _looked_at(ws, who, report, feedback)
    if told:
        _tell(folder, report)
    return report


def _looked_at(ws: Workspace, who: str, report: AttachReport, feedback: Feedback) -> AttachReport:
    attach_pictures.look(ws, who, feedback)
    return report.with_checks(attach_pictures.checks_of(ws, report))


def _tell(folder: Path, report: AttachReport) -> None:
    with suppress(WeipianError):  # what is attached is attached
        write_report(Path(folder), "attachphotos", {"ok": True, **report.report()})


def patch_named(folder: Path, patch_id: str) -> str:
    """uid of the patch with this number; of several batches that have it the last one in force.

    Raises:
        WeipianError: E_WS_MISSING …, E_PATCH_MISSING.
    """
    with Workspace.open(Path(folder)) as ws:
        found = [patch for patch in records.patches(ws) if normal(patch.patch_id) == normal(patch_id)]
    if not found:
        raise WeipianError("E_PATCH_MISSING", patch_id=patch_id)
    alive = [patch for patch in found if patch.review_status is not ReviewStatus.VOID]
    return (alive or found)[-1].patch_uid


class _Run:
    """One drop, from the files to the report."""

    def __init__(self, ws: Workspace, who: str, planner: Planner, subject: str) -> None:
        ws.check_writer(who)
        self._ws, self._who, self._planner = ws, who, planner
        self._subject, self._at = subject or "workspace", now()

    def take_in(self, paths: Sequence[Path], feedback: Feedback) -> AttachReport:
        """Copy, read, match, link."""
        ws = self._ws
        content = {item.sha256: item for item in reversed(list(self._planner.evidence.values()))}
        with incoming(ws.folder) as inbox, Expander(ws.folder, inbox.scratch, feedback) as expander:
            found = expander.expand(paths)
            returned = Returned(found.files, inbox.scratch)
            sources = [source for source in found.files if source.path not in returned.tables]
            reading = Reading(inbox, ws.evidence_file, content.get, self._who, self._at, evidence_in.declination(ws))
            reader = BulkReader(reading, Part(feedback, 0, 90))
            try:
                taken = reader.read(sources)
                feedback.message("正在对照图斑……")
                files = [
                    (s, returned.fill(s.path, item)) for s, item in zip(sources, taken) if isinstance(item, Prepared)
                ]
                steps = self._planner.plan(files, returned.hints)
                stop_if_cancelled(feedback)
                placed = self._linked(steps, reading, inbox)
            except WeipianError as error:
                if error.code == "E_CANCELLED":
                    self._forget(reader.taken)
                raise
        feedback.progress(100)
        skipped = [left_out(label, error) for label, error in (*found.skipped, *returned.left_out(found.files))]
        skipped += [left_out(s.label, item) for s, item in zip(sources, taken) if isinstance(item, WeipianError)]
        matched = [item for item in placed if item.patch_uid]
        return AttachReport(matched, [item for item in placed if not item.patch_uid], skipped)

    def _linked(self, steps: Sequence[Step], reading: Reading, inbox: Incoming) -> list[Placed]:
        """Record everything, once all of it is on the disk."""
        for _ in range(_ATTEMPTS):
            inbox.settle()
            gone, placed = self._record(steps)
            if not gone:
                return placed
            for step in gone:
                reading.take(step.source)
        raise WeipianError("E_EVIDENCE_MISSING", name=gone[0].source.label)

    def _forget(self, taken: Sequence[Optional[Taken]]) -> None:
        """Somebody changed their mind: what was copied for nothing goes, unless it was recorded by others meanwhile."""
        fresh = [(item.evidence.sha256, item.fresh) for item in taken if isinstance(item, Prepared) and item.fresh]
        with suppress(WeipianError), self._ws.transaction("attach", self._subject, self._who):  # nobody links meanwhile
            recorded = records.evidence_ids(self._ws)
            discard([path for sha, path in fresh if sha not in recorded])

    # -- the transaction -------------------------------------------------------------------------

    def _record(self, steps: Sequence[Step]) -> tuple[list[Step], list[Placed]]:
        """Write every record and link at once; nothing where a file is not there (any more): those are returned."""
        ws = self._ws
        with ws.transaction("attach", self._subject, self._who) as change:
            gone = [s for s in steps if not there(self._file(s), s.item.size)]
            if gone:
                return gone, []
            ids = records.evidence_ids(ws)
            alive = records.uids_of(ws)
            lying = {(uid, evidence_id) for uid, evidence_id, _ in records.links(ws)}
            matches = _matches(steps)
            placed: list[Placed] = []
            doubles: list[Path] = []
            for step in steps:
                sha = step.item.evidence.sha256
                if sha not in ids:
                    row = records.evidence_row(step.item.evidence)
                    change.put("evidence", {**row, "match": canonical(matches[sha])})
                    ids[sha] = step.item.evidence.evidence_id
                elif sha in matches and step.item.known:
                    change.put("evidence", {"evidence_id": ids[sha], "match": canonical(matches[sha])})
                doubles += self._doubled(change, step, ids[sha])
                placed += self._laid(change, step, ids[sha], alive, lying)
        discard(doubles)
        return [], placed

    def _doubled(self, change: Transaction, step: Step, evidence_id: str) -> list[Path]:
        """What was copied under another ending than that of the record of the same content."""
        if step.item.fresh is None:
            return []
        name = (change.get("evidence", evidence_id) or {}).get("original_name") or ""
        home = self._ws.evidence_file(step.item.evidence.sha256, name)
        return [step.item.fresh] if step.item.fresh != home else []

    def _file(self, step: Step) -> Path:
        return self._ws.evidence_file(step.item.evidence.sha256, step.item.evidence.original_name)

    def _laid(
        self, change: Transaction, step: Step, evidence_id: str, alive: set[str], lying: set[tuple[str, str]]
    ) -> list[Placed]:
        """Link one file; what the report says of it."""
        said: list[Placed] = []
        for lay in step.lays:
            uid = lay.patch.patch_uid
            if uid not in alive:
                raise WeipianError("E_PATCH_MISSING", patch_id=lay.patch.patch_id)
            new = (uid, evidence_id) not in lying
            if new or (self._subject == uid and not change.get("evidence_link", uid, evidence_id, lay.purpose)):
                more = {"confidence": lay.confidence, "reason": lay.reason, "by": self._who, "at": self._at}
                change.put("evidence_link", records.link_row(uid, evidence_id, lay.purpose, **more))
            lying.add((uid, evidence_id))
            said.append(self._placed(step, evidence_id, lay, new=new))
        if said:
            return said
        if step.old and not step.reason:
            return [self._placed(step, evidence_id, lay, new=False) for lay in step.old]
        return [self._placed(step, evidence_id, None, new=True)]

    def _placed(self, step: Step, evidence_id: str, lay: Optional[Lay], *, new: bool) -> Placed:
        numbers = [self._planner.number(uid) for uid in step.candidates]
        return Placed(
            file=step.source.label,
            patch_id=lay.patch.patch_id if lay is not None else "",
            purpose=lay.purpose if lay is not None else "",
            reason=lay.reason if lay is not None else step.reason,
            confidence=lay.confidence if lay is not None else "",
            notes=step.item.notes,
            evidence_id=evidence_id,
            patch_uid=lay.patch.patch_uid if lay is not None else "",
            doubt=lay.doubt if lay is not None else False,
            candidates=tuple(number for number in numbers if number),
            understood=understood(step.item.evidence),
            new=new,
        )


def _matches(steps: Sequence[Step]) -> dict[str, dict[str, Any]]:
    """Per content, why it lies where it lies, as `Evidence.match` keeps it; absent where there is nothing new."""
    found: dict[str, dict[str, Any]] = {}
    for step in steps:
        sha, was = step.item.evidence.sha256, step.item.evidence.match
        if step.item.known and not step.lays and not step.reason:
            continue
        kept = found.setdefault(sha, {**was, "reason": "", "confidence": "", "candidates": []})
        kept["candidates"] = list(dict.fromkeys([*kept["candidates"], *step.candidates]))
        placed = [lay.patch.patch_uid for lay in once(step.lays)]
        if placed and not kept["confidence"]:
            kept["reason"], kept["confidence"] = step.lays[0].reason, step.lays[0].confidence
        kept["reason"] = kept["reason"] or step.reason
        kept["placed"] = list(dict.fromkeys([*(kept.get("placed") or []), *placed]))
    return found
