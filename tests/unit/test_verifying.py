"""weipian:verifyworkspace: every file that changed, vanished or appeared is named."""

from __future__ import annotations

import hashlib
import shutil

import pytest

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.proof import Evidence
from weipian_plugin.store import records
from weipian_plugin.workbench.session import Session
from weipian_plugin.workbench.verifying import verify_workspace


@pytest.fixture
def folder(tmp_path):
    """Three documents, a delivery of two files and an export."""
    home = tmp_path / "工作区"
    with Session.create(home, "古路镇", "张三") as session:
        ws = session.workspace
        for number in range(3):
            source = tmp_path / f"文件{number}.pdf"
            source.write_bytes(b"%d" % number * 3_000_000)
            sha = hashlib.sha256(source.read_bytes()).hexdigest()
            ws.keep_evidence(source, sha)
            with ws.transaction("attach", "workspace", "张三") as change:
                change.put("evidence", records.evidence_row(Evidence(f"e{number}", "document", sha, source.name)))
        for name in ("图斑.dbf", "图斑.shp"):
            (tmp_path / name).write_bytes(name.encode() * 100)
        files = [tmp_path / "图斑.dbf", tmp_path / "图斑.shp"]
        sha = hashlib.sha256(files[0].read_bytes() + files[1].read_bytes()).hexdigest()
        ws.keep_sources(files, sha)
        with ws.transaction("import", "b1", "张三") as change:
            change.put("batch", {"batch_id": "b1", "name": "六月", "created_at": "2026-06-01", "source_sha256": sha})
    return home


def evidence_of(folder, number):
    data = b"%d" % number * 3_000_000
    sha = hashlib.sha256(data).hexdigest()
    return folder / "evidence" / sha[:2] / f"{sha}.pdf"


def test_all_is_as_it_was(folder):
    report = verify_workspace(folder)
    assert report.ok
    assert report.checked == 4
    assert [len(report.report()[kind]) for kind in ("changed", "vanished", "appeared", "left_over")] == [0, 0, 0, 0]


def test_what_changed_vanished_and_appeared_is_named(folder):
    with evidence_of(folder, 0).open("r+b") as stream:
        stream.seek(2_000_000)
        stream.write(b"!")  # same size, same day
    evidence_of(folder, 1).unlink()
    stranger = folder / "evidence" / "ab" / "外来.jpg"
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_bytes(b"1")
    forged = folder / "evidence" / ("0" * 64 + ".pdf")
    shutil.copy(evidence_of(folder, 2), forged)
    left = folder / "evidence" / (hashlib.sha256(b"hello").hexdigest() + ".txt")
    left.write_bytes(b"hello")
    (folder / "evidence" / "Thumbs.db").write_bytes(b"windows")
    report = verify_workspace(folder)
    told = report.report()
    assert not report.ok
    assert [entry["name"] for entry in told["changed"]] == ["文件0.pdf"]
    assert told["changed"][0]["expected"] != told["changed"][0]["found"]
    assert [(entry["name"], entry["evidence_id"]) for entry in told["vanished"]] == [("文件1.pdf", "e1")]
    assert {entry["name"] for entry in told["appeared"]} == {"外来.jpg", forged.name}
    assert [entry["name"] for entry in told["left_over"]] == [left.name]
    assert len(report.problems) == 4


def test_a_delivery_that_was_touched(folder):
    (file,) = (folder / "sources").rglob("图斑.dbf")
    file.write_bytes(b"other")
    (problem,) = verify_workspace(folder).problems
    assert "六月" in problem
    shutil.rmtree(file.parent)
    (problem,) = verify_workspace(folder).problems
    assert "丢失" in problem


def test_an_export_that_was_touched_is_worth_knowing(folder):
    home = folder / "exports" / "全部_1"
    home.mkdir(parents=True)
    (home / "台账.xlsx").write_bytes(b"ledger")
    sha = hashlib.sha256(b"ledger").hexdigest()
    (home / "manifest.json").write_text(f'{{"files": [{{"path": "台账.xlsx", "sha256": "{sha}"}}]}}', encoding="utf-8")
    digest = hashlib.sha256((home / "manifest.json").read_bytes()).hexdigest()
    with Session.open(folder, "张三") as session, session.workspace.transaction("export", "全部_1", "张三") as change:
        change.put("setting", records.setting_row("export:全部_1", digest))
    assert not any("台账" in note for note in verify_workspace(folder).notes)
    (home / "台账.xlsx").write_bytes(b"forged")
    report = verify_workspace(folder)
    assert report.ok
    assert any("台账.xlsx" in note for note in report.notes)


class Impatient(Silent):
    def __init__(self, after: int) -> None:
        self.left, self.seen = after, []

    def progress(self, percent: float) -> None:
        self.seen.append(percent)

    def cancelled(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_it_can_be_called_off_and_tells_how_far_it_is(folder):
    with pytest.raises(WeipianError) as caught:
        verify_workspace(folder, Impatient(1))
    assert caught.value.code == "E_CANCELLED"
    patient = Impatient(10_000)
    verify_workspace(folder, patient)
    assert patient.seen == sorted(patient.seen)
    assert patient.seen[-1] == 100
