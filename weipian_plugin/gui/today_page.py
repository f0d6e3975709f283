"""The start screen 今天要办: what waits, by batch, and one key to go on where one stopped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ..workbench.agenda import BatchAgenda, Todo
from .compat import clear_layout, describe, line_height, no_input_method, tone, write_in
from .header_panel import due_text
from .widgets import ElidedLabel

_MARKS = {"bad": "▲", "warn": "●", "link": "○"}
_WEEK = "一二三四五六日"


class TodayPage(QWidget):
    """Renders the agenda; knows no session."""

    go_on = pyqtSignal()
    asked = pyqtSignal(str, object)  # batch_id, Todo

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.title = QLabel(self)
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.2)
        self.title.setFont(font)
        self.proceed = QPushButton(self)
        self.proceed.setAutoDefault(False)
        bold = self.proceed.font()
        bold.setBold(True)
        self.proceed.setFont(bold)
        self.proceed.setMinimumHeight(int(line_height(self) * 2.2))
        no_input_method(self.proceed)
        self.proceed.clicked.connect(lambda _checked=False: self.go_on.emit())
        self.where = ElidedLabel(self)
        self._body = QVBoxLayout()
        self._body.setSpacing(line_height(self) // 2)
        self.lines: list[QPushButton] = []
        inside = QWidget(self)
        holder = QVBoxLayout(inside)
        holder.setContentsMargins(0, 0, 2, 0)
        holder.addLayout(self._body)
        holder.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, line_height(self) // 2, 0, 0)
        layout.addWidget(self.title)
        layout.addWidget(self.proceed)
        layout.addWidget(self.where)
        layout.addWidget(area, 1)

    def show_agenda(self, entries: Sequence[BatchAgenda], today: str) -> None:
        """Show what waits; `today` is an ISO day."""
        day = date.fromisoformat(today)
        self.title.setText(
            self.tr("今天要办 · {month} 月 {day} 日 周{week}").format(
                month=day.month, day=day.day, week=_WEEK[day.weekday()]
            )
        )
        clear_layout(self._body)
        self.lines = []
        for entry in entries:
            self._body.addWidget(self._batch(entry, today, alone=len(entries) == 1))
        order = [self.proceed, *self.lines]
        for first, second in zip(order, order[1:]):
            QWidget.setTabOrder(first, second)

    def show_last(self, patch_id: str, village: str, note: str) -> None:
        """The patch to go on with; an empty number starts with the first of the list."""
        text = self.tr("继续 …{ending}").format(ending=patch_id[-4:]) if patch_id else self.tr("开始")
        self.proceed.setText(f"{text} {village}".rstrip() + "  ⏎")
        describe(self.proceed, f"{text} {village} {note}".strip())
        self.proceed.setToolTip(patch_id)
        self.where.setText(note)
        write_in(self.where, "muted")
        self.where.setVisible(bool(note))

    def _batch(self, entry: BatchAgenda, today: str, *, alone: bool) -> QWidget:
        box = QWidget(self)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        head = QHBoxLayout()
        name = ElidedLabel(box)
        name.setText(self.tr("本工作区") if alone and not entry.name else entry.name)
        font = name.font()
        font.setBold(True)
        name.setFont(font)
        head.addWidget(name, 1)
        due, kind = due_text(entry.due_on, today)
        when = QLabel(due, box)
        write_in(when, kind)
        head.addWidget(when)
        layout.addLayout(head)
        progress = QLabel(
            self.tr("已判定 {done} / {total}").format(done=entry.done, total=entry.total)
            + ("" if entry.todos else "　✔ " + self.tr("没有待办")),
            box,
        )
        write_in(progress, "muted" if entry.todos else "good")
        layout.addWidget(progress)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        for number, todo in enumerate(entry.todos):
            grid.addWidget(self._line(entry, todo, box), number // 2, number % 2)
        layout.addLayout(grid)
        return box

    def _line(self, entry: BatchAgenda, todo: Todo, parent: QWidget) -> QPushButton:
        count = len(todo.uids)
        button = QPushButton(f"{_MARKS[todo.tone]} {todo.label}  {count}", parent)
        button.setAutoDefault(False)
        color = tone(button, todo.tone).name()
        button.setStyleSheet(f"QPushButton {{ color: {color}; text-align: left; padding: 4px 6px; }}")
        tip = self.tr("{hint}；点开只看这 {count} 个").format(hint=todo.hint or todo.label, count=count)
        button.setToolTip(tip)
        describe(button, f"{entry.name} {todo.label} {count}", tip)
        no_input_method(button)
        button.clicked.connect(lambda _checked=False: self.asked.emit(entry.batch_id, todo))
        self.lines.append(button)
        return button
