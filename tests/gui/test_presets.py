"""The panel of conditions in the dock: names of batches, own presets kept and removed, counts asked for by mouse."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLabel, QToolButton, QWidget

from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.filters import Chips
from weipian_plugin.gui.queue_filters import QueueFilter
from weipian_plugin.gui.queue_view import OWN_KEY
from weipian_plugin.gui.queue_work import QueueWork
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis


@pytest.fixture
def queue(qapp, qtbot, session):
    QgsSettings().remove(OWN_KEY)
    dock = WeipianDock()
    qtbot.addWidget(dock)
    dock.resize(400, 700)
    dock.show()
    review = Review(dock)
    work = QueueWork(review)
    review.set_session(session)
    yield dock.queue
    work.close()
    review.close_session()
    QgsSettings().remove(OWN_KEY)


def texts(chips: QWidget) -> list[str]:
    return [button.toolTip() for button in chips.findChildren(QToolButton)]


def test_a_batch_is_called_by_its_name(queue, session) -> None:
    (batch,) = session.batches()
    queue.set_conditions(QueueFilter().with_value("batch", batch.batch_id, on=True))
    assert any(batch.name in text for text in texts(queue.chips))
    queue.set_conditions(QueueFilter().with_value("batch", "of another workspace", on=True))
    assert not any("another" in text for text in texts(queue.chips))


def test_a_batch_that_came_since_is_named_too(queue, session, monkeypatch) -> None:
    from weipian_plugin.core.model import Batch

    monkeypatch.setattr(session, "batches", lambda: [Batch("b-new", "第三季度")])
    QTest.mouseClick(queue.filter_button, Qt.MouseButton.LeftButton)
    assert queue.panel.batch_names == {"b-new": "第三季度"}
    queue.panel.close()


def test_opening_the_conditions_by_mouse_works_the_slow_counts_out(queue, qtbot) -> None:
    assert not queue.model.table.has_facts()
    QTest.mouseClick(queue.filter_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: queue.model.table.unknown() == 0, timeout=5000)
    hint = queue.panel.findChild(QLabel)
    qtbot.waitUntil(lambda: not hint.isVisible(), timeout=2000)
    queue.panel.close()


def test_an_own_preset_is_removed_where_it_was_saved(queue) -> None:
    names = lambda: [queue.presets.itemText(at) for at in range(queue.presets.count())]  # noqa: E731
    queue.set_conditions(QueueFilter(frozenset({"open", "risk"})))
    queue.save_preset("我常看的")
    assert any("我常看的" in name for name in names())
    queue.open_filters()
    assert queue.panel.remove.isVisible()
    queue.panel.remove.click()
    assert not any("我常看的" in name for name in names())
    assert queue.current_filter().tests == {"open", "risk"}  # what is shown stays
    assert "我常看的" not in str(QgsSettings().value(OWN_KEY, ""))


def test_what_was_not_saved_cannot_be_removed(queue) -> None:
    queue.set_filter("open")
    queue.open_filters()
    assert not queue.panel.remove.isVisible()
    queue.panel.close()


def test_chips_shorten_and_never_show_an_id(qapp, qtbot) -> None:
    chips = Chips()
    qtbot.addWidget(chips)
    chips.show_filter(QueueFilter().with_value("batch", "9f3c-uid", on=True), {"9f3c-uid": "2026年第二季度"})
    assert texts(chips) == ["去掉条件：批次 2026年第二季度"]
