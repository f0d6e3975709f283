"""Keys of the panel: remappable in QGIS's shortcut manager, alive only while the focus is in the dock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from qgis.gui import QgsGui
from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QAction, QApplication, QShortcut, QWidget

from ..core.errors import WeipianError
from .guard import guarded


@dataclass(frozen=True)
class Command:
    """A thing to do by key. `text` names it in the shortcut manager, where it must be unique."""

    key: str
    text: str
    default: str


COMMANDS: tuple[Command, ...] = (
    Command("legal", "卫片：判合法", "1"),
    Command("illegal", "卫片：判违法", "2"),
    Command("other", "卫片：判其他", "3"),
    Command("doubt", "卫片：存疑", "4"),
    Command("submit", "卫片：提交并下一个", "Return"),
    Command("next", "卫片：下一个", "Right"),
    Command("previous", "卫片：上一个", "Left"),
    Command("next_open", "卫片：下一个未判定", "Ctrl+Right"),
    Command("previous_open", "卫片：上一个未判定", "Ctrl+Left"),
    Command("compare", "卫片：切换前后时相对比", "C"),
    Command("before", "卫片：按住看前时相", "B"),
    Command("undo", "卫片：撤销", "Z"),
    Command("fit", "卫片：缩放到图斑", "0"),
    Command("goto", "卫片：按编号查找", "G"),
    Command("photos", "卫片：添加照片/文件", "P"),
    Command("split", "卫片：拆分图斑", "X"),
    Command("boundary", "卫片：绘制边界", "D"),
    Command("clue", "卫片：登记线索", "N"),
    Command("gaps", "卫片：高亮审批未覆盖的缺口", "H"),
    Command("discard", "卫片：放弃未提交的改动", "Escape"),
)


class Shortcuts(QObject):
    """Makes the actions on the dock's content and takes all of them back in `close`."""

    def __init__(self, host: QWidget, run: Callable[[str], None], fail: Callable[[WeipianError], None]) -> None:
        super().__init__(host)
        self._host = host
        self._run = run
        self.report_error = fail
        self.actions: dict[str, QAction] = {}
        self._held = ""
        for command in COMMANDS:
            action = QAction(command.text, host)
            action.setObjectName(f"Weipian_{command.key}")
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setShortcut(QKeySequence(command.default))
            action.setAutoRepeat(command.key in ("next", "previous"))
            action.triggered.connect(lambda _checked=False, key=command.key: self._trigger(key))
            host.addAction(action)
            QgsGui.shortcutsManager().registerAction(action, command.default)
            self.actions[command.key] = action
        # The key pad's Enter is another key than Return; the manager keeps one sequence an action.
        self._enter = QShortcut(QKeySequence("Enter"), host)
        self._enter.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._enter.activated.connect(lambda: self._trigger("submit"))

    def text(self, key: str) -> str:
        """The key as it is now, for labels and tool tips."""
        return str(self.actions[key].shortcut().toString(QKeySequence.SequenceFormat.NativeText))

    def close(self) -> None:
        """Unregister everything."""
        self._release()
        for action in self.actions.values():
            QgsGui.shortcutsManager().unregisterAction(action)
            self._host.removeAction(action)
            action.deleteLater()
        self.actions = {}
        self._enter.setEnabled(False)

    # -- inside ---------------------------------------------------------------------------
    @guarded
    def _trigger(self, key: str) -> None:
        self._run(key)
        if key == "before" and not self._held:
            self._held = key
            QApplication.instance().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """While B is held: its release, or leaving the window, ends the look at the earlier image."""
        kind = event.type()
        released = kind == QEvent.Type.KeyRelease and not event.isAutoRepeat()
        if released or kind == QEvent.Type.ApplicationDeactivate:
            self._release()
        return bool(super().eventFilter(watched, event))

    @guarded
    def _release(self) -> None:
        if not self._held:
            return
        self._held = ""
        QApplication.instance().removeEventFilter(self)
        self._run("before_end")
