"""A large workspace answers before its queue is read, and nobody ever works on lines that are not there."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")
from weipian_plugin.gui import opening
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review
from weipian_plugin.workbench.session import Session

pytestmark = pytest.mark.qgis


@pytest.fixture
def panel(qapp, qtbot, monkeypatch):
    """The dock, for which five patches are many."""
    monkeypatch.setattr(opening, "LARGE", 4)
    dock = WeipianDock()
    commands = Commands(Review(dock, None))
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.resize(400, 660)
    dock.show()
    yield commands
    commands.close()


def count(commands: Commands) -> int:
    return len(commands.dock.queue.model.rows)


def test_the_last_patch_is_there_before_the_queue(qtbot, panel, folder):
    with Session.open(folder, "测试员") as before:
        before.remember("u4")
    panel.open(Session.open(folder, "测试员"))
    assert panel.review.view.patch.patch_uid == "u4"
    assert count(panel) == 0
    with qtbot.waitSignal(panel.review.rows_read, timeout=10_000):
        pass
    assert count(panel) == 5
    assert panel.review.view.patch.patch_uid == "u4"
    assert panel.dock.pages.currentWidget() is panel.dock.today  # the start screen stays where it is


def test_the_first_time_it_opens_on_the_first_level(qtbot, panel, folder):
    panel.open(Session.open(folder, "测试员"))
    assert panel.review.view.patch.monitor_level == 1
    with qtbot.waitSignal(panel.review.rows_read, timeout=10_000):
        pass
    assert count(panel) == 5


def test_who_cannot_wait_has_the_lines_at_once(qtbot, panel, folder):
    panel.open(Session.open(folder, "测试员"))
    assert count(panel) == 0
    panel.run("next")
    assert count(panel) == 5
    shown = panel.review.view.patch.patch_uid
    qtbot.wait(400)  # what the task still brings changes nothing
    assert count(panel) == 5
    assert panel.review.view.patch.patch_uid == shown


def test_a_decision_made_before_the_lines_came_stands_in_them(qtbot, panel, folder):
    panel.open(Session.open(folder, "测试员"))
    patch = panel.review.view.patch
    panel.review.session.judge(patch.patch_uid, patch.patch_id, "", doubt=True)
    with qtbot.waitSignal(panel.review.rows_read, timeout=10_000):
        pass
    assert panel.dock.queue.model.row_of(patch.patch_uid).doubt


def test_closing_at_once_leaves_nothing_to_come(qtbot, panel, folder):
    panel.open(Session.open(folder, "测试员"))
    panel.review.set_session(None)
    qtbot.wait(400)
    assert panel.review.session is None
    assert panel.dock.notice.text() == ""


def test_another_workspace_shows_none_of_the_former_lines(qtbot, panel, folder, tmp_path):
    panel.open(Session.open(folder, "测试员"))
    panel.run("next")
    assert count(panel) == 5
    panel.open(Session.open(folder, "测试员"))
    assert count(panel) == 0
