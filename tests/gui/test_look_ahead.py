"""What is made ready while a patch is looked at: the patches that the keys lead to, and nothing afterwards."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")
from qgis.PyQt.QtCore import QObject, pyqtSignal

from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis


class Map(QObject):
    """Notes whose imagery is wanted."""

    message = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.wanted: list[list[str]] = []

    def prefetch(self, uids) -> None:
        self.wanted.append(list(uids))

    def has_image(self, *_: object) -> bool:
        return False

    def shown_roles(self, *_: object) -> set[str]:
        return set()

    def __getattr__(self, name: str):
        return lambda *_arguments: []


@pytest.fixture
def panel(qapp, qtbot, session):
    dock, the_map = WeipianDock(), Map()
    commands = Commands(Review(dock, lambda _session: the_map))
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.resize(400, 660)
    dock.show()
    commands.review.set_session(session)
    dock.queue.set_filter("all")
    yield commands.review, the_map
    commands.close()


def test_the_next_patches_of_the_list_in_their_order(qtbot, panel):
    """u5, u3, u2 are of the first level with 1 200, 600 and 0 m² of 永农; then u1 and u4 by level."""
    review, the_map = panel
    review.show_patch("u5")
    the_map.wanted.clear()
    qtbot.waitUntil(lambda: bool(the_map.wanted), timeout=3000)
    assert the_map.wanted == [["u3", "u2", "u1"]]
    qtbot.wait(300)  # looking longer asks for nothing again
    assert the_map.wanted == [["u3", "u2", "u1"]]


def test_a_patch_that_is_decided_is_passed_over_by_submission_only(qtbot, panel, session):
    review, the_map = panel
    session.judge("u3", "500112SJBG26210003", "other", against_reason="核实")
    review.row_changed("u3")
    review.show_patch("u5")
    the_map.wanted.clear()
    qtbot.waitUntil(lambda: bool(the_map.wanted), timeout=3000)
    # Enter goes to u2, the arrow to u3
    assert the_map.wanted[-1] == ["u2", "u3", "u1", "u4"]


def test_a_held_key_makes_nothing_ready_on_the_way(qtbot, panel):
    review, the_map = panel
    qtbot.waitUntil(lambda: bool(the_map.wanted), timeout=3000)
    the_map.wanted.clear()
    for uid in ("u5", "u3", "u2"):
        review.show_patch(uid)
    qtbot.wait(400)
    assert the_map.wanted == [["u1", "u4", "u5"]]  # submission goes round
