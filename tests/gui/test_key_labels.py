"""A key that was changed in QGIS's shortcut manager is shown as it is now, wherever a key is shown."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")
from qgis.gui import QgsGui
from qgis.PyQt.QtCore import Qt
from test_judging import opened, press  # noqa: F401 - `opened` is a fixture

pytestmark = pytest.mark.qgis


def test_changed_keys_stand_on_buttons_tips_and_hints(opened) -> None:  # noqa: F811
    review, dock, commands = opened()
    actions = commands.shortcuts.actions
    assert [button.text() for button in dock.verdict.buttons.values()] == ["1 合法", "2 违法", "3 其他", "4 存疑"]
    assert dock.submit.text().endswith("⏎")
    for key, sequence in (("doubt", "7"), ("submit", "Ctrl+J"), ("undo", "F8"), ("redo", "Shift+F8"), ("legal", "")):
        assert QgsGui.shortcutsManager().setKeySequence(actions[key], sequence)
    assert [button.text() for button in dock.verdict.buttons.values()] == ["合法", "2 违法", "3 其他", "7 存疑"]
    assert dock.submit.text().endswith("Ctrl+J")
    assert "Ctrl+J" in dock.submit.toolTip()
    review.show_patch("u2")
    press(dock, Qt.Key.Key_7)
    assert dock.verdict.buttons["doubt"].text() == "✓ 7 存疑"
    press(dock, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert "（F8 撤销）" in dock.state.toolTip() + dock.state.text()
    assert "（F8）" in dock.undo.toolTip()
    press(dock, Qt.Key.Key_F8)
    assert "（Shift+F8）" in dock.undo.toolTip()
    for key in ("doubt", "submit", "undo", "redo", "legal"):
        default = QgsGui.shortcutsManager().objectDefaultKeySequence(actions[key])
        QgsGui.shortcutsManager().setKeySequence(actions[key], default)
