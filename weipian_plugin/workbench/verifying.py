"""Use case: is everything still what the journal says it is?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core import areas
from ..core.hashing import file_sha256
from ..store import records
from ..store.workspace import Workspace
from .pack_shelf import PackShelf, workspace_default


@dataclass(frozen=True)
class VerifyReport:
    """`problems` break the workspace's word, `notes` are worth knowing."""

    problems: Sequence[str]
    notes: Sequence[str]
    journal_head: str

    @property
    def ok(self) -> bool:
        """Nothing was changed behind the journal's back and no evidence is missing."""
        return not self.problems

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {"problems": list(self.problems), "notes": list(self.notes), "journal_head": self.journal_head}


def verify_workspace(folder: Path) -> VerifyReport:
    """Check journal chains, records against the journal, evidence hashes, area identity and orphans."""
    with Workspace.open(Path(folder)) as ws:
        problems = list(ws.check_journal())
        notes: list[str] = []
        evidence = records.evidence(ws)
        known = set()
        for item in evidence.values():
            path = ws.evidence_file(item.sha256, item.original_name)
            known.add(path)
            if not path.is_file():
                problems.append(f"举证文件丢失：{item.original_name}")
            elif file_sha256(path) != item.sha256:
                problems.append(f"举证文件被改动过：{item.original_name}")
        for path in (ws.folder / "evidence").rglob("*"):
            if path.is_file() and path not in known:
                notes.append(f"举证文件夹里有没有登记的文件：{path.name}")
        for batch in records.batches(ws):
            if batch.source_sha256 and not (ws.folder / "sources" / batch.source_sha256).is_dir():
                problems.append(f"下发数据原件丢失：批次 {batch.name}")
        tables = {item.source_sha256: item.source_name for item in records.platform_statuses(ws).values()}
        for sha, name in tables.items():
            if sha and not (ws.folder / "sources" / sha).is_dir():
                problems.append(f"平台状态表原件丢失：{name}")
        linked = {evidence_id for _, evidence_id, _ in records.links(ws)}
        notes += [f"尚未归到图斑的举证：{e.original_name}" for e in evidence.values() if e.evidence_id not in linked]
        notes += _identity(ws)
        seq, digest = ws.head()
        return VerifyReport(problems, notes, f"{ws.origin} #{seq} {digest}")


def _identity(ws: Workspace) -> list[str]:
    shelf = PackShelf(ws, workspace_default(ws))
    rows: dict[str, list[Any]] = {}
    for row in records.overlay(ws):
        rows.setdefault(row.patch_uid, []).append(row)
    notes = []
    for patch in records.patches(ws):
        table = shelf.pack_for(patch.batch_id).landuse
        summary = areas.summarise(areas.measured_m2(patch), rows.get(patch.patch_uid, []), table)
        if summary.has_landuse and not summary.identity_ok:
            notes.append(f"面积不平：图斑 {patch.patch_id} 差 {summary.difference} 亩")
    return notes
