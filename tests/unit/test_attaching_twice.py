"""The same file twice is one record: two names in one folder, or two people at once."""

from __future__ import annotations

from pathlib import Path

from weipian_plugin.core.feedback import Feedback
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import evidence_in
from weipian_plugin.workbench.attaching import attach_folder


class _Silent(Feedback):
    def progress(self, percent: float) -> None: ...

    def message(self, text: str) -> None: ...

    def cancelled(self) -> bool:
        return False


def test_one_content_under_two_names_is_one_record(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w", "甲").close()
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.pdf", "b.pdf"):
        (folder / name).write_bytes(b"%PDF-1.4 same")
    attach_folder(tmp_path / "w", folder, "甲", _Silent())
    with Workspace.open(tmp_path / "w") as ws:
        assert len(records.evidence(ws)) == 1
        assert ws.check_journal() == []


def test_prepared_by_two_before_either_commits_is_one_record(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w", "甲").close()
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4 same")
    with Workspace.open(tmp_path / "w") as ws:
        both = [evidence_in.prepare(ws, tmp_path / "a.pdf", who, "2026-05-01") for who in ("甲", "乙")]
        ids = set()
        for item in both:
            with ws.transaction("attach", "workspace", "甲") as change:
                ids.add(evidence_in.keep(change, item))
        assert len(ids) == len(records.evidence(ws)) == 1


def test_an_empty_file_is_skipped(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w", "甲").close()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.pdf").write_bytes(b"")
    report = attach_folder(tmp_path / "w", tmp_path / "in", "甲", _Silent())
    assert [item.file for item in report.skipped] == ["a.pdf"]
