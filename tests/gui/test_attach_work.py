"""Files that are dropped on the panel go in as a task, with one line of result and a list on request."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("qgis.gui")
from qgis.PyQt.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent, QImage
from qgis.PyQt.QtWidgets import QApplication

from weipian_plugin.gui.attach_work import AttachWork
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review
from weipian_plugin.store import records

PREFIX = "500112SJBG2621"


@pytest.fixture
def panel(qapp, qtbot, session):
    dock = WeipianDock()
    review = Review(dock)
    commands = Commands(review)
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.resize(400, 660)
    dock.show()
    review.set_session(session)
    yield review, dock, commands
    commands.close()


def _photo(path: Path, shade: int = 90) -> Path:
    image = QImage(64, 48, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    image.setPixelColor(3, 3, image.pixelColor(shade % 64, 5).darker(shade))
    path.parent.mkdir(parents=True, exist_ok=True)
    image.setText("shade", str(shade))
    assert image.save(str(path), "PNG" if path.suffix == ".png" else "JPEG")
    return path


def _drop(dock: Any, *paths: Path) -> QDropEvent:
    """As a file manager that would rather move its files than copy them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    enter = QDragEnterEvent(QPoint(5, 5), actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(dock.content, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(5, 5), actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(dock.content, drop)
    return drop


def _work(commands: Any) -> AttachWork:
    return next(feature for feature in commands.features if isinstance(feature, AttachWork))


def _wait(qtbot: Any, work: AttachWork) -> None:
    qtbot.waitUntil(lambda: work.report is not None and not work.bar.task.busy, timeout=20_000)


def test_a_dropped_folder_is_laid_by_its_names(panel, tmp_path: Path, qtbot) -> None:
    review, dock, commands = panel
    inside = tmp_path / "照片" / f"{PREFIX}0002"
    photo = _photo(inside / "a.jpg")
    _photo(tmp_path / "照片" / "b.jpg", 140)
    (tmp_path / "照片" / "坏.jpg").write_bytes(b"no picture")
    event = _drop(dock, tmp_path / "照片")
    assert event.dropAction() == Qt.DropAction.CopyAction
    work = _work(commands)
    _wait(qtbot, work)
    assert photo.is_file()  # never moved
    with_two = review.opened().patch_view("u2").evidence
    assert [link.evidence.original_name for link in with_two] == ["a.jpg"]
    assert work.report is not None
    assert [item.file for item in work.report.unmatched] == ["b.jpg"]
    assert [item.file for item in work.report.skipped] == ["坏.jpg"]
    told = work.bar.text.text()
    assert "归到 1 个图斑" in told
    assert "1 个待归" in told
    assert "1 个没有附上" in told
    assert work.bar.list.isVisibleTo(dock)
    work.show_result()
    table = work._dialog.table
    assert {table.item(row, 1).text() for row in range(table.rowCount())} == {"已归", "待归", "没有附上"}
    row = next(r for r in range(table.rowCount()) if table.item(r, 1).text() == "已归")
    dock.show_today()
    table.selectRow(row)
    assert review.view.patch.patch_uid == "u2"
    assert dock.pages.currentWidget() is dock.splitter  # the panel turns to it, too
    work._dialog.close()


def test_a_zip_on_the_strip_is_for_all_patches(panel, tmp_path: Path, qtbot) -> None:
    review, dock, commands = panel
    photo = _photo(tmp_path / "x.jpg")
    with zipfile.ZipFile(tmp_path / "村.zip", "w") as archive:
        archive.write(photo, f"{PREFIX}0003/x.jpg")
    review.show_patch("u1")
    dock.evidence.files_offered.emit([tmp_path / "村.zip"], "")
    _wait(qtbot, _work(commands))
    assert [link.evidence.original_name for link in review.opened().patch_view("u3").evidence] == ["x.jpg"]
    assert review.opened().patch_view("u1").evidence == ()


def test_files_on_the_strip_belong_to_the_patch_on_the_screen(panel, tmp_path: Path, qtbot) -> None:
    review, dock, commands = panel
    review.show_patch("u1")
    many = [_photo(tmp_path / f"p{number}.png", 20 + number) for number in range(5)]
    dock.evidence.files_offered.emit(many, "site_photo")
    _wait(qtbot, _work(commands))
    links = review.opened().patch_view("u1").evidence
    assert sorted(link.evidence.original_name for link in links) == [path.name for path in many]
    assert {link.purpose for link in links} == {"site_photo"}
    assert dock.evidence.strip.count() == 5
    assert "附在本图斑" in _work(commands).bar.text.text()


def test_few_files_are_there_at_once_and_undo_takes_all_back(panel, tmp_path: Path, qtbot) -> None:
    review, dock, commands = panel
    review.show_patch("u1")
    dock.evidence.files_offered.emit([_photo(tmp_path / "p.jpg")], "")
    assert dock.evidence.strip.count() == 1
    session = review.opened()
    qtbot.waitUntil(lambda: any(e.phash for e in records.evidence(session.workspace).values()), timeout=20_000)
    qtbot.waitUntil(lambda: _work(commands)._quiet is None, timeout=20_000)
    review.undo()
    assert dock.evidence.strip.count() == 0
    assert records.evidence(session.workspace) == {}
    assert session.workspace.check_journal() == []


def test_what_is_dropped_on_the_strip_is_copied_too(panel, tmp_path: Path, qtbot) -> None:
    review, dock, commands = panel
    review.show_patch("u1")
    photo = _photo(tmp_path / "p.jpg")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(photo))])
    actions = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    drop = QDropEvent(QPointF(5, 5), actions, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    dock.evidence.dropEvent(drop)
    assert drop.isAccepted()
    assert drop.dropAction() == Qt.DropAction.CopyAction
    qtbot.waitUntil(lambda: _work(commands)._quiet is None, timeout=20_000)
    assert [link.evidence.original_name for link in review.opened().patch_view("u1").evidence] == ["p.jpg"]


def test_two_drops_follow_each_other(panel, tmp_path: Path, qtbot) -> None:
    review, dock, commands = panel
    for name, shade in (("一", 10), ("二", 200)):
        _photo(tmp_path / name / f"{PREFIX}0004.jpg", shade)
    _drop(dock, tmp_path / "一")
    _drop(dock, tmp_path / "二")
    work = _work(commands)
    qtbot.waitUntil(
        lambda: len(review.opened().patch_view("u4").evidence) == 2 and not work.bar.task.busy, timeout=20_000
    )


def test_without_a_workspace_a_drop_says_what_to_do(qapp, qtbot, tmp_path: Path) -> None:
    dock = WeipianDock()
    qtbot.addWidget(dock)
    review = Review(dock)
    commands = Commands(review)
    _drop(dock, _photo(tmp_path / "x.jpg"))
    assert "工作区" in dock.notice.text()
    commands.close()


def test_what_is_no_file_is_not_taken(panel) -> None:
    _review, dock, _commands = panel
    data = QMimeData()
    data.setText("text")
    enter = QDragEnterEvent(
        QPoint(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    QApplication.sendEvent(dock.content, enter)
    assert not enter.isAccepted()
    assert enter.type() == QEvent.Type.DragEnter


def test_what_ends_after_its_workspace_was_left_is_told_nowhere(panel, tmp_path: Path, qtbot) -> None:
    """Called off too late to stop: the files are where they belong, in the workspace that is no longer open."""
    review, dock, commands = panel
    work = _work(commands)
    _drop(dock, _photo(tmp_path / "照片" / f"{PREFIX}0002.jpg"))
    _wait(qtbot, work)
    report = work.report
    assert report is not None
    work.close()
    work._linked(report, "", tmp_path / "别的工作区")
    work._checked(report, tmp_path / "别的工作区")
    assert work.report is None
    assert not work.bar.isVisibleTo(dock)
    assert not work.bar.task.busy
    work._linked(report, "", review.opened().folder)
    assert work.report is report
    _wait(qtbot, work)
