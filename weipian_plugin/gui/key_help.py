"""The key overview on `?`: made from the live actions, so that it tells the keys as they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.PyQt.QtCore import QEvent, Qt
from qgis.PyQt.QtGui import QFontMetrics, QKeyEvent, QKeySequence
from qgis.PyQt.QtWidgets import QAction, QFrame, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from .compat import describe, line_height, no_input_method, write_in
from .shortcuts import GROUPS, Command

_PREFIX = "卫片："
#: More lines than this need a third column on a screen of 768 px.
_LONG = 40
_NAMES = {"Return": "回车", "Enter": "回车", "Esc": "Esc", "Right": "→", "Left": "←", "Up": "↑", "Down": "↓"}


def key_name(sequence: QKeySequence) -> str:
    """A key as it stands on the keyboard, arrows and 回车 in signs that need no English."""
    text = str(sequence.toString(QKeySequence.SequenceFormat.NativeText))
    head, plus, last = text.rpartition("+")
    return f"{head}{plus}{_NAMES.get(last, last)}" if last else text


def rows_of(commands: Sequence[Command], actions: Mapping[str, QAction]) -> dict[str, list[tuple[str, str]]]:
    """group -> (key, what it does) of the commands that have a key now."""
    found: dict[str, list[tuple[str, str]]] = {group: [] for group in GROUPS}
    for command in commands:
        action = actions.get(command.key)
        if action is None or action.shortcut().isEmpty():
            continue
        words = command.text.removeprefix(_PREFIX)
        found.setdefault(command.group, []).append((key_name(action.shortcut()), words))
    return {group: rows for group, rows in found.items() if rows}


class KeyHelp(QFrame):
    """A window over the panel; any key or click closes it."""

    def __init__(self, groups: Mapping[str, Sequence[tuple[str, str]]], enter_key: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("WeipianKeyHelp")
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        no_input_method(self)
        describe(self, self.tr("按键一览"))
        bold = self.font()
        bold.setBold(True)
        keys = [key for rows in groups.values() for key, _words in rows]
        self._key_width = max((QFontMetrics(bold).horizontalAdvance(key) for key in keys), default=0)
        layout = QVBoxLayout(self)
        title = QLabel(f"<b>{self.tr('按键一览')}</b>", self)
        layout.addWidget(title)
        columns = QHBoxLayout()
        columns.setSpacing(line_height(self))
        for part in self._columns(groups):
            column = QVBoxLayout()
            for group in part:
                column.addWidget(self._group(group, groups[group]))
            column.addStretch(1)
            columns.addLayout(column)
        layout.addLayout(columns)
        for text in (
            self.tr(
                "进入核查模式：点一下面板，或按 {key}。正在填写的文字里按键只是文字，按回车或 Esc 回到核查。"
            ).format(key=enter_key),
            self.tr("改键：设置 → 键盘快捷键，搜索“卫片”。按任意键关闭。"),
        ):
            label = QLabel(text, self)
            label.setWordWrap(True)
            write_in(label, "muted")
            layout.addWidget(label)

    def _columns(self, groups: Mapping[str, Sequence[tuple[str, str]]]) -> list[list[str]]:
        """Groups over two or three columns of about the same length, in their order."""
        total = sum(len(rows) + 2 for rows in groups.values())
        share = total / (3 if total > _LONG else 2)
        columns: list[list[str]] = [[]]
        used = 0.0
        for name, rows in groups.items():
            if columns[-1] and used + (len(rows) + 2) / 2 > share * len(columns):
                columns.append([])
            columns[-1].append(name)
            used += len(rows) + 2
        return columns

    def _group(self, title: str, rows: Sequence[tuple[str, str]]) -> QWidget:
        box = QWidget(self)
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, line_height(self) // 3)
        grid.setVerticalSpacing(1)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, self._key_width)
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        head = QLabel(f"<b>{title}</b>", box)
        write_in(head, "link")
        grid.addWidget(head, 0, 0, 1, 2)
        for number, (key, words) in enumerate(rows, 1):
            name = QLabel(f"<b>{key}</b>", box)
            name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(name, number, 0)
            grid.addWidget(QLabel(words, box), number, 1)
        return box

    def event(self, event: QEvent) -> bool:
        """Any key closes, and none of them does anything else."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Modifiers alone are no key yet."""
        if event.key() not in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta):
            self.close()

    def mousePressEvent(self, _event: object) -> None:  # noqa: N802 - Qt name
        """A click closes as well."""
        self.close()

    def show_over(self, widget: QWidget) -> None:
        """Open beside or over `widget`, wholly on the screen."""
        self.adjustSize()
        screen: Optional[object] = widget.screen() if hasattr(widget, "screen") else None
        corner = widget.mapToGlobal(widget.rect().topLeft())
        x, y = corner.x() - self.width(), corner.y()
        if screen is not None:
            area = screen.availableGeometry()  # type: ignore[attr-defined]
            x = max(area.left(), min(x, area.right() - self.width()))
            y = max(area.top(), min(y, area.bottom() - self.height()))
        self.move(x, y)
        self.show()
        self.setFocus()
