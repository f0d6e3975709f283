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

#: Groups of the key overview, in its order.
GROUPS: tuple[str, ...] = ("判定", "队列", "看图", "举证与查处", "面板")


@dataclass(frozen=True)
class Command:
    """A thing to do by key. `text` names it in the shortcut manager, where it must be unique.

    `hold`: acts from press to release; `<key>_end` is run at the release. `repeat`: a held key goes on.
    """

    key: str
    text: str
    default: str
    group: str = "面板"
    hold: bool = False
    repeat: bool = False


COMMANDS: tuple[Command, ...] = (
    Command("legal", "卫片：判合法", "1", "判定"),
    Command("illegal", "卫片：判违法", "2", "判定"),
    Command("other", "卫片：判其他", "3", "判定"),
    Command("doubt", "卫片：存疑", "4", "判定"),
    Command("sub_type", "卫片：选细类", "M", "判定"),
    Command("submit", "卫片：提交并下一个", "Return", "判定"),
    Command("submit_here", "卫片：提交并下一个（正在填写时也可用）", "Ctrl+Return", "判定"),
    Command("undo", "卫片：撤销", "Z", "判定"),
    Command("redo", "卫片：重做", "Shift+Z", "判定"),
    Command("field", "卫片：转外业", "F", "判定"),
    Command("check_pass", "卫片：内审通过", "Y", "判定"),
    Command("check_return", "卫片：内审退回", "Shift+Y", "判定"),
    Command("discard", "卫片：放弃未提交的改动", "Shift+Escape", "判定"),
    Command("next", "卫片：下一个", "Right", "队列", repeat=True),
    Command("previous", "卫片：上一个", "Left", "队列", repeat=True),
    Command("next_open", "卫片：下一个未判定", "Ctrl+Right", "队列"),
    Command("previous_open", "卫片：上一个未判定", "Ctrl+Left", "队列"),
    Command("goto", "卫片：按编号查找", "G", "队列"),
    Command("filter", "卫片：筛选条件", "Shift+Q", "队列"),
    Command("gallery", "卫片：画廊", "Shift+G", "队列"),
    Command("search", "卫片：到搜索框", "/", "队列"),
    Command("today", "卫片：今天要办", "Home", "队列"),
    Command("compare", "卫片：切换前后时相对比", "C", "看图"),
    Command("before", "卫片：按住看前时相", "B", "看图", hold=True),
    Command("overlays", "卫片：按住隐藏叠加", "H", "看图", hold=True),
    Command("swipe", "卫片：卷帘对比", "V", "看图"),
    Command("swipe_back", "卫片：卷帘线左移/上移", "Shift+Left", "看图", repeat=True),
    Command("swipe_on", "卫片：卷帘线右移/下移", "Shift+Right", "看图", repeat=True),
    Command("swipe_turn", "卫片：卷帘换方向", "Shift+V", "看图"),
    Command("lens", "卫片：透镜对比", "L", "看图"),
    Command("fit", "卫片：缩放到图斑", "0", "看图"),
    Command("image_mark", "卫片：标记影像问题", "I", "看图"),
    Command("gaps", "卫片：高亮审批未覆盖的缺口", "A", "看图"),
    Command("photos", "卫片：添加照片/文件", "P", "举证与查处"),
    Command("photo_view", "卫片：照片看大图", "O", "举证与查处"),
    Command("lane", "卫片：待归照片", "U", "举证与查处"),
    Command("fold_evidence", "卫片：展开或收起举证", "E", "举证与查处"),
    Command("fold_case", "卫片：展开或收起查处整改", "J", "举证与查处"),
    Command("dispatch", "卫片：派单", "Shift+S", "举证与查处"),
    Command("reminder", "卫片：复制催办提醒", "Shift+R", "举证与查处"),
    Command("certify", "卫片：村级承诺", "Shift+T", "举证与查处"),
    Command("fill", "卫片：填报抄录", "K", "举证与查处"),
    Command("split", "卫片：拆分图斑", "X", "举证与查处"),
    Command("boundary", "卫片：绘制边界", "D", "举证与查处"),
    Command("clue", "卫片：登记线索", "N", "举证与查处"),
    Command("fold_queue", "卫片：展开或收起队列", "Q", "面板"),
    Command("wide", "卫片：宽版/窄版", "W", "面板"),
    Command("help", "卫片：按键一览", "?", "面板"),
    Command("leave", "卫片：退出核查模式（连按两次）", "Escape", "面板"),
)
COMMAND_BY_KEY = {command.key: command for command in COMMANDS}


class Shortcuts(QObject):
    """Makes the actions on the dock's content and takes all of them back in `close`."""

    def __init__(self, host: QWidget, run: Callable[[str], None], fail: Callable[[WeipianError], None]) -> None:
        super().__init__(host)
        self._host = host
        self._run = run
        self.report_error = fail
        self.actions: dict[str, QAction] = {}
        self._held = ""
        self._held_key = 0
        for command in COMMANDS:
            action = QAction(command.text, host)
            action.setObjectName(f"Weipian_{command.key}")
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.setShortcut(QKeySequence(command.default))
            action.setAutoRepeat(command.repeat)
            action.triggered.connect(lambda _checked=False, key=command.key: self._trigger(key))
            host.addAction(action)
            QgsGui.shortcutsManager().registerAction(action, command.default)
            self.actions[command.key] = action
        # The key pad's Enter is another key than Return; the manager keeps one sequence an action.
        self._enter: list[QShortcut] = []
        for sequence, key in (("Enter", "submit"), ("Ctrl+Enter", "submit_here")):
            shortcut = QShortcut(QKeySequence(sequence), host)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(lambda key=key: self._trigger(key))
            self._enter.append(shortcut)

    def text(self, key: str) -> str:
        """The key as it is now, for labels and tool tips."""
        return str(self.actions[key].shortcut().toString(QKeySequence.SequenceFormat.NativeText))

    def close(self) -> None:
        """Unregister everything."""
        self.release()
        for action in self.actions.values():
            QgsGui.shortcutsManager().unregisterAction(action)
            self._host.removeAction(action)
            action.deleteLater()
        self.actions = {}
        for shortcut in self._enter:
            shortcut.setEnabled(False)

    # -- inside ---------------------------------------------------------------------------
    @guarded
    def _trigger(self, key: str) -> None:
        if QApplication.activePopupWidget() is not None:
            return  # a menu or a list is open: the key was meant for it
        if not COMMAND_BY_KEY[key].hold:
            self._run(key)
            return
        if self._held == key:
            return
        self.release()
        self._held = key
        self._held_key = self._main_key(key)
        QApplication.instance().installEventFilter(self)
        self._run(key)

    def _main_key(self, key: str) -> int:
        """The key of a sequence without its modifiers; 0 where the sequence is empty."""
        sequence = self.actions[key].shortcut()
        if sequence.isEmpty():
            return 0
        first = sequence[0]  # an int in Qt 5, a QKeyCombination in Qt 6
        code = first if isinstance(first, int) else first.toCombined()
        return int(code) & ~0xFE000000

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """While a key is held: its release, or leaving the window, ends what it shows."""
        kind = event.type()
        if kind == QEvent.Type.KeyRelease and not event.isAutoRepeat():
            if event.key() == self._held_key or not self._held_key:
                self.release()
        elif kind in (QEvent.Type.ApplicationDeactivate, QEvent.Type.WindowDeactivate):
            self.release()
        return bool(super().eventFilter(watched, event))

    @guarded
    def release(self) -> None:
        """End what a held key shows: at its release and whenever the focus goes elsewhere."""
        if not self._held:
            return
        held, self._held = self._held, ""
        QApplication.instance().removeEventFilter(self)
        self._run(f"{held}_end")
