"""Use case: a delivery in, checked patches in the workspace."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..core.errors import WeipianError
from ..core.feedback import Feedback
from ..core.findings import Finding
from ..core.model import Batch, Patch
from ..core.rulepack import RulePack
from ..intake import delivery
from ..intake.delivery import ImportOptions, Inspection, Rejected
from ..store import records
from ..store.workspace import Workspace
from .clock import check_date, now
from .resources import default_pack

__all__ = ["ImportOptions", "ImportResult", "Inspection", "import_delivery", "inspect_delivery"]


@dataclass(frozen=True)
class ImportResult:
    """What became of a delivery."""

    batch: Batch
    imported: int
    rejected: Sequence[Rejected]
    findings: Sequence[Finding]
    inspection: Inspection

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {
            "batch": self.batch.name,
            "imported": self.imported,
            "crs": self.inspection.crs,
            "crs_reason": self.inspection.crs_reason,
            "encoding": self.inspection.encoding,
            "encoding_reason": self.inspection.encoding_reason,
            "unit": self.inspection.unit,
            "field_map": dict(self.inspection.mapping),
            "rejected": [vars(item) for item in self.rejected],
            "findings": [vars(item) for item in self.findings],
        }


def inspect_delivery(path: Path, options: ImportOptions) -> Inspection:
    """What the file holds and what must be asked; reads, changes nothing. Errors of `intake.inspect`."""
    pack = default_pack()
    return delivery.inspect(Path(path), pack.aliases, _with_classes(options, pack))


def _with_classes(options: ImportOptions, pack: RulePack) -> ImportOptions:
    classes = {
        name: (item.id, item.level)
        for item in pack.monitor_classes.values()
        for name in (item.label, item.id, *item.aliases)
    }
    return replace(options, classes=classes)


def import_delivery(
    folder: Path, path: Path, batch_name: str, options: ImportOptions, who: str, feedback: Feedback
) -> ImportResult:
    """Import a delivery as a batch: patches, source files and journal row in one transaction.

    Raises:
        WeipianError: as `inspect_delivery`; E_QUESTION while something must be asked; E_BATCH_EXISTS.
    """
    inspection = inspect_delivery(path, options)
    if inspection.questions:
        raise delivery.question_error(inspection)
    found = delivery.read(inspection, feedback)
    if not found.patches:
        reasons = "；".join(dict.fromkeys(item.reason for item in found.rejected[:20]))
        raise WeipianError("E_ALL_REJECTED", count=len(found.rejected), reasons=reasons)
    with Workspace.open(Path(folder)) as ws:
        name = batch_name.strip() or Path(path).stem
        _check_new(ws, name)
        batch = Batch(
            batch_id=str(uuid.uuid4()),
            name=name,
            issued_on=_issued_on(found.patches),
            source_sha256=found.sha256,
            source_name=Path(path).name,
            source_schema=found.schema,
            crs=found.crs,
            patch_count=len(found.patches),
            created_at=now(),
        )
        feedback.message("正在保存下发数据原件")
        ws.keep_sources([Path(file) for file in found.files], found.sha256)
        feedback.message("正在写入工作区")
        with ws.transaction("import", batch.batch_id, who) as change:
            _check_new(ws, name)  # again: another process may have imported it since
            change.put("batch", records.batch_row(batch))
            for patch in found.patches:
                change.put("patch", records.patch_row(replace(patch, batch_id=batch.batch_id)))
    feedback.progress(100)
    return ImportResult(batch, len(found.patches), found.rejected, found.findings, inspection)


def _check_new(ws: Workspace, name: str) -> None:
    if any(batch.name == name for batch in records.batches(ws)):
        raise WeipianError("E_BATCH_EXISTS", name=name)


def _issued_on(patches: Sequence[Patch]) -> str:
    """The newest 下发时间 of the rows, if the delivery carries one."""
    dates = []
    for patch in patches[:1]:
        for name in ("下发时间", "XFSJ"):
            value = patch.source_attributes.get(name)
            if value:
                try:
                    dates.append(check_date(value[:10]))
                except WeipianError:
                    continue
    return max(dates, default="")
