"""Every command of menu and keyboard runs once on each kind of patch: it may refuse with a sentence, never break."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

pytest.importorskip("qgis.gui")
from qgis.gui import QgsMapCanvas, QgsProjectionSelectionDialog
from qgis.PyQt.QtWidgets import QApplication, QDialog, QFileDialog, QInputDialog, QMainWindow, QMessageBox

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import LayerAssignment
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.map_controller import MapController
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis
#: What is started on another patch of the workspace, with another state of it.
PATCHES = ("u1", "u2")


@pytest.fixture
def commands(qapp, qtbot, session, tmp_path) -> Iterator[Commands]:
    from test_map import make_image

    for role, value in (("image_before", 60), ("image_after", 200)):
        source = str(make_image(tmp_path / f"{role}.tif", value))
        session.assign(LayerAssignment(role=role, source=source, taken_on="2026-05-01"))
    window = QMainWindow()
    canvas = QgsMapCanvas(window)
    window.setCentralWidget(canvas)
    dock = WeipianDock(window)
    review = Review(dock, lambda opened: MapController(canvas, opened))
    made = Commands(review)
    made._reopened = True
    qtbot.addWidget(window)
    window.show()
    made.open(session)
    made.desk.go_on()
    yield made
    made.close()


@pytest.fixture
def broken(commands, monkeypatch) -> list[str]:
    """Failures that nobody foresaw; every dialog is opened, looked at and dismissed."""
    found: list[str] = []

    def report(error: WeipianError) -> None:
        if error.code in ("E_UNEXPECTED", "E_LIBRARY"):
            found.append(str(error))

    def dismissed(dialog: QDialog) -> int:
        dialog.show()
        QApplication.processEvents()
        dialog.reject()
        return 0

    for kind in (QDialog, QInputDialog, QMessageBox, QFileDialog, QgsProjectionSelectionDialog):
        monkeypatch.setattr(kind, "exec", dismissed)
        monkeypatch.setattr(kind, "open", dismissed)
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, staticmethod(lambda *_a, **_k: ("", "")))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", staticmethod(lambda *_a, **_k: ([], "")))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", staticmethod(lambda *_a, **_k: ""))
    monkeypatch.setattr(commands.review, "report_error", report)
    monkeypatch.setattr(commands, "report_error", report)
    return found


@pytest.mark.parametrize("uid", PATCHES)
@pytest.mark.parametrize("verdict", ["", "illegal"])
def test_no_command_breaks(commands: Commands, broken: list[str], session, uid: str, verdict: str) -> None:
    review = commands.review
    if verdict:
        patch = session.patch_view(uid).patch
        session.judge(uid, patch.patch_id, verdict, against_reason="试")
        review.row_changed(uid)
    for key in commands._table():
        if key == "leave":
            continue
        review.show_patch(uid)
        commands.run(key)
        QApplication.processEvents()
        for window in QApplication.topLevelWidgets():
            if isinstance(window, QDialog) and window.isVisible():
                window.reject()
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        assert broken == [], key
    assert broken == []
