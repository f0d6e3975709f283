"""The list gets the focus while the patch on the panel is filtered out: nothing moves."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.PyQt")
from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtGui import QFocusEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis


@pytest.fixture
def review(qapp, qtbot, session):
    dock = WeipianDock()
    qtbot.addWidget(dock)
    dock.show()
    made = Review(dock)
    made.set_session(session)
    dock.queue.set_filter("illegal")  # nothing is judged: an empty list
    dock.queue.set_filter("open_1")
    yield made
    made.close_session()


def test_a_patch_that_is_filtered_out_stays_on_the_panel(review) -> None:
    queue = review.dock.queue
    review.show_patch("u1")  # level 2
    assert queue.model.find("u1") == -1
    QApplication.sendEvent(queue.table, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.OtherFocusReason))
    assert review.view.patch.patch_uid == "u1"
    assert not queue.table.currentIndex().isValid()


def test_the_arrow_still_goes_into_the_list_and_a_current_line_stays(review) -> None:
    queue = review.dock.queue
    review.show_patch("u1")
    QApplication.sendEvent(queue.table, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.OtherFocusReason))
    QTest.keyClick(queue.table, Qt.Key.Key_Down)
    assert review.view.patch.patch_uid == queue.model.uid_at(0)
    shown = queue.model.uid_at(1)
    review.show_patch(shown)
    QApplication.sendEvent(queue.table, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.OtherFocusReason))
    assert review.view.patch.patch_uid == shown
    assert queue.table.currentIndex().row() == 1
