"""Use case: one click to everything that is handed in (design section 5)."""

from __future__ import annotations

import errno
import re
import shutil
import uuid
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Optional

import shapely

from ..core.areas import AreaSummary
from ..core.certify import OWN_PURPOSES
from ..core.closure import MANUAL_REVIEW, review_source
from ..core.errors import WeipianError, os_reason
from ..core.feedback import Feedback, Part, stop_if_cancelled
from ..core.hashing import file_sha256
from ..core.model import Batch, Patch, ReviewStatus, Verdict
from ..core.names import safe_name
from ..core.proof import LinkedEvidence
from ..report import ledger, result_layer, selfcheck
from ..report import package as packing
from ..report.contents import sheet_job
from ..report.facts import cropland_note, image_findings, in_verified_set
from ..report.model import PatchReport, ReportMeta, SheetResult
from ..store import records
from ..store.files import translate
from . import rendering
from .clock import CHINA
from .earlier import open_changes
from .pictures import cache_of, thumb_file
from .session import Session

LEDGER = "台账.xlsx"
_SPAN = {"month": re.compile(r"\d{4}-(0[1-9]|1[0-2])"), "year": re.compile(r"\d{4}")}
#: Less than this left on a disk is nothing, bytes.
_ROOM = 1 << 18


@dataclass(frozen=True)
class ExportResult:
    """What an export made. `problems`: sheets that could not be drawn and why it is a draft."""

    folder: Path
    ledger: Path
    patches: int
    sheets: int
    draft: bool
    problems: Sequence[str]
    cropland: str = ""
    hand_in: Sequence[Mapping[str, Any]] = ()  # what is open at hand-in, patch by patch (core.hand_in)
    images: Sequence[Mapping[str, str]] = ()  # patches whose imagery is wanting, or dated otherwise than delivered

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {
            "folder": str(self.folder), "ledger": str(self.ledger), "patches": self.patches, "sheets": self.sheets,
            "draft": self.draft, "cropland": self.cropland,
            "images": list(self.images),
            "hand_in": list(self.hand_in),
            "skipped": [{"code": "W_EXPORT", "reason": text} for text in self.problems],
        }  # fmt: skip


def export_report(
    folder: Path,
    output: Path,
    scope: str = "all",
    *,
    sheets: bool = True,
    package: bool = True,
    who: str = "",
    feedback: Feedback,
    pack: str = "",
) -> ExportResult:
    """Write ledger, sheets, evidence package, result layer and manifest into a new folder under `output`.

    Built beside its final name and renamed at the end, so that a folder with that name is whole. A sheet that
    cannot be drawn is listed and the others go on.

    Args:
        scope: all, open, batch:<name>, month:2026-05 or year:2026.
        pack: a rule pack for advice and names in place of those of the batches; nothing is changed by it.

    Raises:
        WeipianError: E_EXPORT_SCOPE, E_PACK_UNKNOWN, E_RULES, E_RENDER, E_WRITE, E_DISK_FULL, E_CANCELLED;
            nothing is left behind.
    """
    stamp = datetime.now(CHINA)
    with Session.open(Path(folder), who) as session:
        session.judge_with(pack)
        chosen, label = _in_scope(session, scope)
        chosen = _families(chosen)
        feedback.message(f"正在汇总 {len(chosen)} 个图斑")
        reports = _reports(session, chosen, feedback)
        meta = _meta(session, reports, label, stamp)
        target = Path(output) / f"{safe_name(label)}_{stamp:%Y%m%d-%H%M%S}"
        # A name of its own: another export of the same second must not meet, or clear away, this one.
        building = target.with_name(f".{target.name}.{uuid.uuid4().hex[:8]}.part")
        try:
            building.mkdir(parents=True)
            results = _write(session, reports, meta, building, feedback, sheets=sheets, package=package)
            manifest = packing.write_manifest(building, meta)
            target = _free(target)
            if not session.read_only:
                _record(session, target.name, manifest)
            building.replace(target)
        except OSError as error:
            raise _failure(error, Path(output)) from error
        except WeipianError as error:
            if error.code == "E_WRITE" and _is_full(error.__cause__, building):
                raise WeipianError("E_DISK_FULL", path=output) from error
            raise
        finally:
            shutil.rmtree(building, ignore_errors=True)
        images = image_findings(reports)
    feedback.progress(100)
    bad = [f"{r.patch_id}：{r.error}" for r in results if r.error]
    drawn = sum(1 for r in results if not r.error)
    return ExportResult(
        target, target / LEDGER, len(reports), drawn, meta.draft, [*bad, *meta.draft_reasons], meta.cropland,
        [finding.plain() for report in reports if in_verified_set(report) for finding in report.hand_in], images,
    )  # fmt: skip


def _free(target: Path) -> Path:
    """`target`, or with a number behind it when there is one of that name."""
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}_{number}")
    return free


def _is_full(error: Optional[BaseException], folder: Path) -> bool:
    """Is the disk of `folder` why writing failed? GDAL does not say, so the space that is left is asked too."""
    if isinstance(error, OSError) and error.errno:
        return error.errno == errno.ENOSPC
    with suppress(OSError):
        return shutil.disk_usage(folder).free < _ROOM
    return False


def _failure(error: OSError, output: Path) -> WeipianError:
    """The output folder is not the workspace: what cannot be written there is E_WRITE."""
    found = translate(error, output)
    if found.code == "E_DISK_FULL":
        return found
    return WeipianError("E_WRITE", path=output, detail=os_reason(error))


def _record(session: Session, name: str, manifest: Path) -> None:
    """Journal the export with the digest of its manifest: the anchor that a printed report leads back to."""
    with session.workspace.transaction("export", name, session.who) as change:
        change.put("setting", records.setting_row(f"export:{name}", file_sha256(manifest)))


def _in_scope(session: Session, scope: str) -> tuple[list[Patch], str]:
    kind, _, value = (scope.strip() or "all").partition(":")
    patches = session.patches()
    batches = {batch.batch_id: batch for batch in session.batches()}
    if kind == "all":
        return patches, "全部"
    if kind == "open":
        judged = records.judgements(session.workspace)
        return [p for p in patches if _open(p, judged.get(p.patch_uid))], "未办结"
    if kind == "batch" and value:
        wanted = {b.batch_id for b in batches.values() if value in (b.name, b.batch_id)}
        if wanted:
            return _of_batches(session, patches, wanted), value
    if kind in _SPAN and _SPAN[kind].fullmatch(value):
        wanted = {b.batch_id for b in batches.values() if (b.issued_on or b.created_at).startswith(value)}
        return _of_batches(session, patches, wanted), value
    raise WeipianError("E_EXPORT_SCOPE", scope=scope)


def _families(patches: Sequence[Patch]) -> list[Patch]:
    """The same patches, children right after the patch that they were split from."""
    place = {patch.patch_uid: number for number, patch in enumerate(patches)}
    order = {p.patch_uid: (place.get(p.parent_uid or "", place[p.patch_uid]), place[p.patch_uid]) for p in patches}
    return sorted(patches, key=lambda patch: order[patch.patch_uid])


def _open(patch: Patch, judgement: Any) -> bool:
    """Not judged, or illegal and not closed: the 挂账 list."""
    if patch.split_state == "parent":
        return False  # its children stand for it
    if patch.review_status is ReviewStatus.VOID:
        return False
    if judgement is None or judgement.verdict is None:
        return True
    return judgement.verdict is Verdict.ILLEGAL and patch.case_status.value != "closed"


def _of_batches(session: Session, patches: Sequence[Patch], batches: set[str]) -> list[Patch]:
    """Patches of these batches, those that came with an earlier one and were issued again included."""
    wanted = {patch.patch_uid for batch_id in batches for patch in session.patches(batch_id)}
    return [patch for patch in patches if patch.patch_uid in wanted]


def _reports(session: Session, patches: Sequence[Patch], feedback: Feedback) -> list[PatchReport]:
    batches = {batch.batch_id: batch for batch in session.batches()}
    revised: dict[str, list[tuple[str, ...]]] = {}
    for line in session.revisions():
        revised.setdefault(line.patch_uid, []).append(line.cells())
    words = session.certifications([patch.patch_uid for patch in patches]) if patches else {}
    reports = []
    for number, patch in enumerate(patches):
        stop_if_cancelled(feedback)
        feedback.progress(15 * number / max(1, len(patches)))
        found = _report(session, patch, batches[patch.batch_id])
        uid = patch.patch_uid
        reports.append(replace(found, revisions=tuple(revised.get(uid, ())), certification=words.get(uid)))
    return reports


def _report(session: Session, patch: Patch, batch: Batch) -> PatchReport:
    view = session.patch_view(patch.patch_uid)
    pack, judgement = view.pack or session.pack, view.judgement
    sub = pack.sub_type(judgement.verdict.value, judgement.sub_type) if judgement and judgement.verdict else None
    answers = judgement.answers if judgement else {}
    office = pack.office_for(
        sub_type=judgement.sub_type if judgement else "",
        landuse=_main_code(view.summary),
        patch_type=patch.patch_type or "",
        texts=(answers.get("actual_use", ""), answers.get("project", "")),
    )
    illegal = judgement is not None and judgement.verdict is Verdict.ILLEGAL
    monitor = pack.monitor_class(patch.monitor_class or "")
    point = shapely.from_wkb(patch.wkb).representative_point() if patch.wkb else None
    known = patch.centre_lon is not None and patch.centre_lat is not None
    centre = (patch.centre_lon, patch.centre_lat) if known else None
    return PatchReport(
        patch=patch,
        batch=batch,
        summary=view.summary,
        judgement=judgement,
        evidence=view.evidence,
        actions=view.actions,
        advice=view.advice,
        checklist=view.checklist,
        open_mu=view.open_mu,
        overlay=view.overlay,
        registers=view.registers,
        sub_type_label=sub.label if sub else "",
        patch_type_label=pack.patch_type_label(patch.patch_type),
        monitor_class_label=monitor.label if monitor else patch.monitor_class or "",
        closure_missing=view.closure_missing,
        centroid=(point.x, point.y) if point is not None else centre,
        family=view.family,
        clue=view.clue,
        merged_into=view.merged_into,
        images=view.images,
        frame=view.frame,
        hand_in=view.hand_in,
        previews=_previews(session, view.evidence),
        labels={**OWN_PURPOSES, **{key: item.label for key, item in pack.requirements.items()}},
        office=office.label if illegal and office else "",
        hand_entered=("审核结束",) if review_source(patch, view.evidence) == MANUAL_REVIEW else (),
    )


def _previews(session: Session, evidence: Sequence[LinkedEvidence]) -> dict[str, str]:
    """Small pictures of photos that Qt does not decode, where they were made."""
    cache = cache_of(session.workspace.folder)
    found = {}
    for linked in evidence:
        item = linked.evidence
        if item.kind == "photo" and Path(item.original_name).suffix.lower() in (".heic", ".heif"):
            thumb = thumb_file(cache, item.sha256)
            if thumb.is_file():
                found[item.evidence_id] = str(thumb)
    return found


def _main_code(summary: Optional[AreaSummary]) -> str:
    """DLBM of the largest class."""
    return summary.classes[0][0] if summary and summary.classes else ""


def _meta(session: Session, reports: Sequence[PatchReport], label: str, stamp: datetime) -> ReportMeta:
    reasons = _draft_reasons(reports, open_changes(session.workspace))
    used = {batch_id: session.pack_for(batch_id) for batch_id in dict.fromkeys(r.patch.batch_id for r in reports)}
    packs = list(used.values()) or [session.pack]
    towns = [r.patch.town_name for r in reports if r.patch.town_name]
    town = max(set(towns), key=towns.count) if towns else ""
    return ReportMeta(
        title=f"{town}卫片执法图斑台账",
        workspace_name=session.name,
        scope_label=label,
        produced_at=stamp.isoformat(timespec="seconds"),
        produced_by=session.who,
        anchor=session.anchor(),
        draft=bool(reasons),
        pack_version="、".join(dict.fromkeys(pack.version for pack in packs)),
        pack_label="、".join(dict.fromkeys(pack.label for pack in packs)),
        town_name=town,
        draft_reasons=tuple(reasons),
        cropland=cropland_note(reports, session.cropland_basis()),
    )


def _draft_reasons(reports: Sequence[PatchReport], changed: Collection[str]) -> list[str]:
    """What keeps this from being handed in; it then leaves as a marked 草稿."""
    reports = [report for report in reports if in_verified_set(report)]
    counts = {
        "没有判定": sum(r.judgement is None or r.judgement.verdict is None for r in reports),
        "没有套合结果": sum(r.summary is None for r in reports),
        "面积不平": sum(r.summary is not None and r.summary.has_landuse and not r.summary.identity_ok for r in reports),
        "举证不全": sum(any(not item.done for item in r.checklist) for r in reports),
        "仍有存疑": sum(bool(r.judgement and r.judgement.doubt) for r in reports),
        "下发边界有变化，尚未重新判定或确认": sum(r.patch.patch_uid in changed for r in reports),
    }
    return [f"{count} 个图斑{name}" for name, count in counts.items() if count]


def _write(
    session: Session,
    reports: Sequence[PatchReport],
    meta: ReportMeta,
    folder: Path,
    feedback: Feedback,
    *,
    sheets: bool,
    package: bool,
) -> list[SheetResult]:
    feedback.message("正在写台账")
    ledger.write_ledger(folder / LEDGER, reports, meta)
    feedback.message("正在写成果图层")
    result_layer.write_result(folder, reports)
    copied: Sequence[packing.CopiedFile] = ()
    if package:
        feedback.message("正在整理举证材料")
        copied = packing.copy_evidence(folder, reports, Part(feedback, 15, 25))
    packing.write_photo_list(folder, reports, copied)
    drawn: list[SheetResult] = []
    if sheets and reports:
        feedback.message("正在出核查表")
        job = sheet_job(reports, meta, session.sheet_layers(), session.pack.landuse, folder)
        drawn = rendering.render(job, Part(feedback, 25, 98))
    selfcheck.write_selfcheck(folder, reports, meta, drawn, copied)
    return drawn
