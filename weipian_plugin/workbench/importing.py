"""Use case: a delivery in, checked patches in the workspace; patches that come again keep their work."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Optional

from ..core.dates import parse_date
from ..core.errors import WeipianError
from ..core.feedback import Feedback
from ..core.findings import Finding
from ..core.model import CLUE_BATCH, Batch, PatchRelation
from ..core.reissue import GEOMETRY
from ..core.rulepack import RulePack
from ..intake import delivery
from ..intake.archive import ZIPS
from ..intake.delivery import Delivery, ImportOptions, Inspection, Rejected
from ..intake.files import FORMATS
from ..intake.model import Check
from ..store import records
from ..store.workspace import FILE_NAME, Transaction, Workspace
from . import delivered_values, earlier, import_report, intake_memory, pack_shelf, reissue, voiding
from .clock import now

__all__ = ["SUFFIXES", "ImportOptions", "ImportResult", "Inspection", "import_delivery", "inspect_delivery"]

#: Files that can be chosen as a delivery; of .mdb and .accdb it is said what to do where no driver reads them.
SUFFIXES = (*FORMATS, *ZIPS, ".mdb", ".accdb")

#: How often a delivery is laid on a workspace that others write to at the same time.
_TRIES = 5
#: Relations that are told one by one.
_LISTED = 200


@dataclass(frozen=True)
class ImportResult:
    """What became of a delivery. `imported`: new patches; `plan`: what it held again, what is missing.

    Where the delivery is one that was imported before, `batch` is the batch of that time and nothing was written.
    """

    batch: Batch
    imported: int
    rejected: Sequence[Rejected]
    findings: Sequence[Finding]
    inspection: Inspection
    plan: reissue.Plan = field(default_factory=reissue.Plan)
    relations: Sequence[PatchRelation] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # patch_uid -> number, of those in `relations`
    checks: Sequence[Check] = ()

    @property
    def identical(self) -> bool:
        """True when this very delivery was imported before."""
        return self.plan.identical is not None

    def headline(self) -> str:
        """What happened, in one sentence."""
        if self.identical:
            return f"与批次“{self.batch.name}”完全相同，没有导入新图斑"
        counts = self.plan.report()["counts"]
        parts = [f"批次“{self.batch.name}”导入 {self.imported} 个新图斑"]
        for key, text in (
            ("same", "{} 个以前下发过、没有变化"), ("changed", "{} 个以前下发过、有变化（已有的判定和举证都保留）"),
            ("missing", "{} 个本次未再下发"),
        ):  # fmt: skip
            if counts[key]:
                parts.append(text.format(counts[key]))
        if self.relations:
            parts.append(f"{len({r.patch_uid for r in self.relations})} 个位于往期图斑或线索处")
        if self.rejected:
            parts.append(f"{len(self.rejected)} 行未导入")
        return "，".join(parts)

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {
            "batch": self.batch.name,
            "imported": self.imported,
            "result": self.headline(),
            "reissue": self.plan.report(),
            "relations": [
                {
                    "patch_id": self.names.get(r.patch_uid, ""), "other_id": self.names.get(r.other_uid, ""),
                    "kind": r.kind, "overlap_m2": r.overlap_m2, "share": r.share, "reason": r.reason,
                }
                for r in self.relations
            ],
            "crs": self.inspection.crs,
            "crs_reason": self.inspection.crs_reason,
            "encoding": self.inspection.encoding,
            "encoding_reason": self.inspection.encoding_reason,
            "unit": self.inspection.unit,
            "field_map": dict(self.inspection.mapping),
            "rejected": [vars(item) for item in self.rejected],
            "findings": [vars(item) for item in self.findings],
            **import_report.understood_json(self.inspection),
            "checks": import_report.checks_json(self.checks),
        }  # fmt: skip


def inspect_delivery(path: Path, options: ImportOptions, folder: Optional[Path] = None) -> Inspection:
    """What the file holds and what must be asked; reads, changes nothing. Errors of `intake.inspect`.

    With the workspace `folder`, answers given for the same layout before are taken over.
    """
    pack = pack_shelf.pack_of(folder)
    return delivery.inspect(Path(path), pack.aliases, _with_classes(intake_memory.prepared(folder, options), pack))


def _with_classes(options: ImportOptions, pack: RulePack) -> ImportOptions:
    classes = {
        name: (item.id, item.level)
        for item in pack.monitor_classes.values()
        for name in (item.label, item.id, *item.aliases)
    }
    return replace(options, classes=classes)


def import_delivery(
    folder: Path,
    path: Path,
    batch_name: str,
    options: ImportOptions,
    who: str,
    feedback: Feedback,
    *,
    create: bool = False,
    pack: str = "",
) -> ImportResult:
    """Import a delivery as a batch: patches, source files and journal row in one transaction.

    A patch that is there already is not doubled: its record takes what changed, its work stays, a `reissue`
    row says what was different. A delivery that says nothing new is told so and writes nothing.

    Args:
        folder: the workspace.
        path: the delivery.
        batch_name: name of the batch; empty is the name of the file.
        options: what the user settled.
        who: who imports.
        feedback: progress, cancelling.
        create: make the workspace when there is none, once the delivery has been read.
        pack: rule pack that the batch is judged by (id, `id@version` or folder), empty: the workspace's default.

    Raises:
        WeipianError: as `inspect_delivery`; E_QUESTION while something must be asked, `params["details"]` holds
            the questions; E_ALL_REJECTED; E_BATCH_EXISTS; E_PACK_UNKNOWN; E_RULES; E_CANCELLED.
            Nothing is written then.
    """
    if pack.strip():
        pack_shelf.check_named(Path(folder), pack)  # a pack that is not there or wrong stops it before anything
    inspection = inspect_delivery(path, options, Path(folder))
    if inspection.questions:
        raise delivery.question_error(inspection)
    found = delivery.read(inspection, feedback)
    fresh = create and not (Path(folder) / FILE_NAME).is_file()
    if not found.patches and (fresh or not found.updates):
        strangers = [(update.patch_id, f"工作区里没有图斑 {update.patch_id}") for update in found.updates]
        raise _all_rejected([*found.rejected, *_unknown(strangers, found)])
    if fresh:
        _create(Path(folder))
    with Workspace.open(Path(folder)) as ws:
        for _ in range(_TRIES):
            result = _lay(ws, found, inspection, Path(path), batch_name.strip(), who, feedback, pack)
            if result is not None:
                feedback.progress(100)
                return result
    raise WeipianError("E_WS_LOCKED", path=folder)


def _lay(
    ws: Workspace, found: Delivery, inspection: Inspection, path: Path, name: str, who: str, feedback: Feedback,
    pack: str,
) -> Optional[ImportResult]:  # fmt: skip
    """Lay the delivery on the workspace; None when somebody else wrote meanwhile, and nothing was written."""
    feedback.message("正在与工作区里的图斑比对")
    head = ws.head()
    known = reissue.Known(ws)
    plan = _plan(known, found, inspection)
    findings = [*found.findings, *plan.findings]
    rejected = [*found.rejected, *_unknown(plan.unknown, found)]
    if plan.identical is not None:
        if name:
            _check_new(known.batches, name)
        return ImportResult(plan.identical, 0, rejected, findings, inspection, plan)
    if not plan.fresh and not plan.returned:
        raise _all_rejected(rejected)
    batch = _batch(known, found, plan, inspection, path, name)
    chosen = pack_shelf.for_new_batch(ws, pack)
    relations = _relations(known, plan, inspection, batch.created_at, feedback)
    feedback.message("正在保存下发数据原件")
    ws.keep_sources([Path(file) for file in found.files], found.sha256)
    feedback.message("正在写入工作区")
    with ws.transaction("import", batch.batch_id, who) as change:
        if ws.head() != head:
            return None  # records read before would overwrite what was written since
        batch = pack_shelf.with_pack(batch, pack_shelf.keep(change, ws, chosen))
        _write(change, ws, batch, plan, relations)
        intake_memory.remember(change, inspection, batch)
    names = {p.patch_uid: p.patch_id for p in (*known.patches, *plan.fresh)} if relations else {}
    findings += _relation_findings(relations, names)
    checks = delivery.health.run(inspection, _as_known(found, plan.known_as))
    return ImportResult(batch, len(plan.fresh), rejected, findings, inspection, plan, relations, names, checks)


def _as_known(found: Delivery, names: Mapping[str, str]) -> Delivery:
    """The delivery with the patch_uid under which its patches lie in the workspace."""
    patches = [replace(p, patch_uid=names.get(p.patch_uid, p.patch_uid)) for p in found.patches]
    return replace(found, patches=patches, rows={names.get(uid, uid): row for uid, row in found.rows.items()})


def _all_rejected(rejected: Sequence[Rejected]) -> WeipianError:
    reasons = "；".join(dict.fromkeys(item.reason for item in rejected[:20]))
    return WeipianError("E_ALL_REJECTED", count=len(rejected), reasons=reasons)


def _create(folder: Path) -> None:
    try:
        Workspace.create(folder, folder.name).close()
    except WeipianError:
        if not (folder / FILE_NAME).is_file():  # else another process has just made it
            raise


def _plan(known: reissue.Known, found: Delivery, inspection: Inspection) -> reissue.Plan:
    """The delivery laid on what is known: patches first, then rows of attributes alone."""
    answers = inspection.options.answers
    likeness = reissue.likeness_of(found.sha256, found.schema)
    carried = frozenset(inspection.mapping)
    plan = reissue.make_plan(known, found.patches, carried, answers, likeness) if found.patches else reissue.Plan()
    if found.updates and plan.identical is None:
        read = delivered_values.reader(inspection)
        plan = reissue.join_updates(known, plan, found.updates, lambda update: read(update.attributes))
    return plan


def _unknown(strangers: Iterable[tuple[str, str]], found: Delivery) -> list[Rejected]:
    rows = {update.patch_id: update.row for update in found.updates}
    return [Rejected(rows.get(pid, 0), pid, "R_ID_UNKNOWN", reason) for pid, reason in strangers]


def _batch(
    known: reissue.Known, found: Delivery, plan: reissue.Plan, inspection: Inspection, path: Path, name: str
) -> Batch:
    """The record of the delivery. A name that was given must be new, that of the file gets a number."""
    if name:
        _check_new(known.batches, name)
    return Batch(
        batch_id=str(uuid.uuid4()),
        name=name or _free_name(path.stem, {batch.name for batch in known.batches}),
        issued_on=_issued_on(found, inspection.mapping.get("issued_on", "")),
        source_sha256=found.sha256,
        source_name=path.name,
        source_schema=found.schema,
        crs=found.crs,
        patch_count=len(plan.fresh) + len(plan.returned),
        created_at=now(),
    )


def _check_new(batches: Sequence[Batch], name: str) -> None:
    if any(batch.name == name for batch in batches):
        raise WeipianError("E_BATCH_EXISTS", name=name)


def _free_name(stem: str, taken: set[str]) -> str:
    number, name = 1, stem
    while name in taken:
        number += 1
        name = f"{stem}（{number}）"
    return name


def _relations(
    known: reissue.Known, plan: reissue.Plan, inspection: Inspection, at: str, feedback: Feedback
) -> list[PatchRelation]:
    """往期图斑 and clues under the new patches, and under those whose boundary changed."""
    moved = [item.again.patch for item in plan.returned if item.again.change == GEOMETRY]
    header = inspection.mapping.get("earlier_id", "")
    named = {p.patch_uid: p.source_attributes.get(header) or "" for p in (*plan.fresh, *moved)} if header else {}
    clues = {patch.patch_uid for patch in known.patches if patch.batch_id == CLUE_BATCH}
    return earlier.find_relations([*plan.fresh, *moved], known.patches, clues, named, at, feedback)


def _relation_findings(relations: Sequence[PatchRelation], names: Mapping[str, str]) -> list[Finding]:
    found = []
    for item in relations[:_LISTED]:
        what = "线索" if item.kind == earlier.CLUE else "往期图斑"
        how = f"重叠 {100 * item.share:.0f}%" if item.overlap_m2 else item.reason
        text = f"图斑 {names[item.patch_uid]} 在{what} {names[item.other_uid]} 处（{how}），其举证可以沿用"
        found.append(Finding("N_EARLIER", text, names[item.patch_uid]))
    if len(relations) > _LISTED:
        text = f"另有 {len(relations) - _LISTED} 处与往期图斑或线索重叠，见各图斑的“往期图斑”一行"
        found.append(Finding("N_EARLIER", text))
    return found


def _write(
    change: Transaction, ws: Workspace, batch: Batch, plan: reissue.Plan, relations: Sequence[PatchRelation]
) -> None:
    judged = {uid: item.judgement_id for uid, item in records.judgements(ws).items() if item.verdict is not None}
    change.put("batch", records.batch_row(batch))
    changed = [item.again.patch for item in plan.returned if item.again.patch is not item.before]
    fresh = [replace(patch, batch_id=batch.batch_id) for patch in plan.fresh]
    put_rows(change, "patch", [records.patch_row(patch) for patch in (*fresh, *changed, *plan.children)])
    again = reissue.reissue_rows(plan, batch.batch_id, batch.created_at, judged)
    put_rows(change, "reissue", [records.reissue_row(row) for row in again])
    put_rows(change, "patch_relation", [records.relation_row(relation) for relation in relations])
    if plan.void_missing:
        voiding.put_void(change, plan.missing, f"批次“{batch.name}”未再下发")


def put_rows(change: Transaction, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put records that all have the same columns, in one go."""
    if rows:
        change.put_columns(table, {name: [row[name] for row in rows] for name in rows[0]})


def _issued_on(found: Delivery, header: str) -> Optional[str]:
    """The newest 下发时间 of the rows, a day or a month as ISO text; empty when the delivery carries none."""
    rows = [*(patch.source_attributes for patch in found.patches), *(update.attributes for update in found.updates)]
    written = {row.get(header) for row in rows} if header else set()
    spans = [span for span in map(parse_date, written) if span is not None and span.first[:7] == span.last[:7]]
    return max((s.first if s.first == s.last else s.first[:7] for s in spans), default="")
