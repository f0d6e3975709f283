"""Use case: is everything still what the journal says it is?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

from ..core import areas
from ..core.feedback import Feedback, Part, Silent, stop_if_cancelled
from ..store import proofs, records
from ..store.workspace import Workspace
from .pack_shelf import PackShelf, workspace_default
from .verify_files import BROKEN, Expected, FileFinding, check_evidence, check_exports, check_sources

#: Before the name of an export, in the setting with the digest of its manifest.
_EXPORT = "export:"


@dataclass(frozen=True)
class VerifyReport:
    """`problems` break the workspace's word, `notes` are worth knowing; `files` names each file that differs.

    An export that was changed is a note: it is no record, and whoever was handed it has the digest.
    """

    problems: Sequence[str]
    notes: Sequence[str]
    journal_head: str
    files: Sequence[FileFinding] = ()
    checked: int = 0  # files that were hashed
    kinds: dict[str, list[str]] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Nothing was changed behind the journal's back and no evidence is missing."""
        return not self.problems

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5, what is wrong also by kind."""
        by_kind: dict[str, list[dict[str, Any]]] = {
            kind: [] for kind in ("changed", "vanished", "appeared", "left_over", "unreadable")
        }
        for finding in self.files:
            by_kind[finding.kind].append(finding.plain())
        return {
            "problems": list(self.problems),
            "notes": list(self.notes),
            "journal_head": self.journal_head,
            "checked": self.checked,
            **by_kind,
            **self.kinds,
        }


def verify_workspace(folder: Path, feedback: Optional[Feedback] = None) -> VerifyReport:
    """Check journal chains, records against the journal, every file by its hash, area identity, orphans, signatures.

    Raises:
        WeipianError: E_CANCELLED, and as `Workspace.open`.
    """
    feedback = feedback or Silent()
    with Workspace.open(Path(folder)) as ws:
        feedback.message("正在核对日志和记录")
        journal = list(ws.check_journal())
        feedback.progress(10)
        stop_if_cancelled(feedback)
        feedback.message("正在重新计算举证文件的校验值")
        evidence = records.evidence(ws)
        stored = check_evidence(
            ws.folder,
            evidence.values(),
            lambda item: ws.evidence_file(item.sha256, item.original_name),
            _patches_of(ws),
            Part(feedback, 10, 75),
        )
        feedback.message("正在核对下发原件和导出的报告")
        sources = _sources(ws)
        stored += check_sources(ws.folder, sources, Part(feedback, 75, 88))
        manifests = records.settings(ws, _EXPORT)
        exported = check_exports(ws.folder, manifests, Part(feedback, 88, 94))
        stop_if_cancelled(feedback)
        identity, unlinked, void = _identity(ws), _unlinked(ws, evidence), void_certificates(ws)
        notes = [finding.text for finding in stored if finding.kind not in BROKEN]
        notes += [*(finding.text for finding in exported), *unlinked, *identity, *void]
        problems = [*journal, *(finding.text for finding in stored if finding.kind in BROKEN)]
        seq, digest = ws.head()
        feedback.progress(100)
        return VerifyReport(
            problems,
            notes,
            f"{ws.origin} #{seq} {digest}",
            (*stored, *exported),
            len(evidence) + len(sources) + len(manifests),
            {"journal": journal, "identity": identity, "unlinked": unlinked, "void_certificates": void},
        )


def _patches_of(ws: Workspace) -> dict[str, list[str]]:
    """evidence_id -> numbers of the patches that it is linked to."""
    numbers = {patch.patch_uid: patch.patch_id for patch in records.patches(ws)}
    found: dict[str, list[str]] = {}
    for uid, evidence_id, _ in records.links(ws):
        names = found.setdefault(evidence_id, [])
        if numbers.get(uid, uid) not in names:
            names.append(numbers.get(uid, uid))
    return found


def _sources(ws: Workspace) -> list[Expected]:
    """The deliveries and platform tables that records name, each once."""
    named = {batch.source_sha256: ("下发数据原件", f"批次 {batch.name}") for batch in records.batches(ws)}
    for status in records.platform_statuses(ws).values():
        named.setdefault(status.source_sha256, ("平台状态表原件", status.source_name))
    return [Expected(ws.folder / "sources" / sha, sha, name, what) for sha, (what, name) in named.items() if sha]


def _unlinked(ws: Workspace, evidence: Any) -> list[str]:
    linked = {evidence_id for _, evidence_id, _ in records.links(ws)}
    scans = {paper.evidence_id for paper in proofs.certificates(ws).values()}
    return [
        f"尚未归到图斑的举证：{item.original_name}"
        for item in evidence.values()
        if item.evidence_id not in linked | scans and not item.parent_id
    ]


def void_certificates(ws: Workspace) -> list[str]:
    """Signatures of villages that no longer cover what there is now, one sentence a patch."""
    if not proofs.certificates(ws):
        return []
    from .session import Session

    with Session.open(ws.folder, "") as session:
        states = session.certifications()
        void = {uid: state for uid, state in states.items() if state.state == "void"}
        numbers = {patch.patch_uid: patch.patch_id for patch in session.patches() if patch.patch_uid in void}
    return [f"村级承诺已失效：图斑 {numbers.get(uid, uid)}，{state.text}" for uid, state in void.items()]


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
