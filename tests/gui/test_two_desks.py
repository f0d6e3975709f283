"""Two people on one workspace, and one who only looks: nobody's decision is lost, nothing is written unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")
from qgis.PyQt.QtCore import Qt
from test_judging import PREFIX, opened, press  # noqa: F401 - `opened` is a fixture

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.gui.shortcuts import COMMANDS
from weipian_plugin.workbench.session import Session

pytestmark = pytest.mark.qgis


def judged(folder: Path, uid: str):
    with Session.open(folder, "看一眼") as session:
        return session.patch_view(uid).judgement


def someone_else_judges(folder: Path, uid: str) -> None:
    with Session.open(folder, "李四") as other:
        other.judge(uid, other.patch_view(uid).patch.patch_id, "", doubt=True, basis="要到现场看")


def test_a_decision_of_somebody_else_is_shown_before_it_is_replaced(opened, folder) -> None:  # noqa: F811
    review, dock, _commands = opened()
    review.show_patch("u2")
    someone_else_judges(folder, "u2")
    press(dock, Qt.Key.Key_4)
    press(dock, Qt.Key.Key_Return)
    assert "李四" in dock.notice.text()
    assert judged(folder, "u2").by == "李四"
    assert review.view.patch.patch_uid == "u2"
    assert "u2" in review.drafts  # what was chosen is kept
    press(dock, Qt.Key.Key_Return)  # seen, and decided all the same
    assert judged(folder, "u2").by == "张三"


def test_a_draft_begun_before_does_not_replace_it_either(opened, folder) -> None:  # noqa: F811
    review, dock, _commands = opened()
    review.show_patch("u2")
    press(dock, Qt.Key.Key_4)
    review.show_patch("u3")
    someone_else_judges(folder, "u2")
    review.show_patch("u2")
    press(dock, Qt.Key.Key_Return)
    assert judged(folder, "u2").by == "李四"
    assert "李四" in dock.notice.text()


def test_ones_own_second_thought_asks_nothing(opened, folder) -> None:  # noqa: F811
    review, dock, _commands = opened()
    for _ in range(2):
        review.show_patch("u2")
        press(dock, Qt.Key.Key_4)
        press(dock, Qt.Key.Key_Return)
        assert not dock.notice.isVisible() or "李四" not in dock.notice.text()
        review.undo()
    assert judged(folder, "u2") is None


def test_who_only_looks_writes_nothing_by_any_key(opened, folder, tmp_path, monkeypatch) -> None:  # noqa: F811
    from qgis.PyQt.QtWidgets import QDialog, QFileDialog, QInputDialog

    for kind in (QDialog, QInputDialog):
        monkeypatch.setattr(kind, "exec", lambda *_: 0, raising=False)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_a, **_k: ([], ""))
    with Session.open(folder, "张三") as first:
        first.judge("u1", PREFIX + "0001", "", doubt=True)
    review, _dock, commands = opened("王五")
    review.map = None
    review.session.sit_down("王五", "viewer")
    before = records_of(folder)
    for command in COMMANDS:
        for uid in ("u1", "u2"):
            review.show_patch(uid)
            commands.run(command.key)
            if command.hold:
                commands.run(f"{command.key}_end")
            commands.run("submit")
    paper = tmp_path / "批准文件.pdf"
    paper.write_bytes(b"%PDF-1.4 a paper")
    with pytest.raises(WeipianError, match="只看"):
        review.session.attach("u2", PREFIX + "0002", [paper])
    assert records_of(folder) == before


def records_of(folder: Path) -> tuple[list[str], list[str]]:
    """Journal heads and the files of the workspace."""
    with Session.open(folder, "看一眼") as session:
        head = [session.anchor()]
    return head, sorted(str(p.relative_to(folder)) for p in (folder / "evidence").rglob("*") if p.is_file())
