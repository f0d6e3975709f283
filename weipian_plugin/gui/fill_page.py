"""填报抄录: a small window beside the browser; one key copies the next field of the platform's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent, QKeySequence
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QShortcut,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..workbench.filling import Filled, FormProfile, progress
from .compat import describe, icon, is_dark, line_height, no_input_method, tone, write_in
from .widgets import ElidedLabel

_MARK, _LABEL, _VALUE, _COPY = range(4)


class FillPage(QDialog):
    """Renders the fields of one patch; what to do with files and pages goes out as signals."""

    stepped = pyqtSignal(int)  # 1 next patch, -1 previous
    profile_chosen = pyqtSignal(str)
    copied = pyqtSignal(str)  # field id
    files_wanted = pyqtSignal()
    page_wanted = pyqtSignal(bool)  # all judged patches of the batch
    restarted = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self.setObjectName("WeipianFill")
        self.setWindowTitle(self.tr("填报抄录"))
        self.fields: tuple[Filled, ...] = ()
        self._done: set[str] = set()
        self.patch = QLabel(self)
        font = self.patch.font()
        font.setBold(True)
        self.patch.setFont(font)
        self.patch.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.profiles = QComboBox(self)
        self.profiles.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        describe(self.profiles, self.tr("平台"))
        self.profiles.currentIndexChanged.connect(self._profile_picked)
        self.bar = QProgressBar(self)
        describe(self.bar, self.tr("已抄字段"))
        self.table = self._make_table()
        self.clip = ElidedLabel(self)
        self.note = QLabel(self)
        self.note.setWordWrap(True)
        self.next_button = self._button(self.tr("复制下一项（空格）"), self.copy_next)
        self.next_button.setIcon(icon("copy", self))
        bold = self.next_button.font()
        bold.setBold(True)
        self.next_button.setFont(bold)
        self._lay_out()
        for sequence, slot in (("Space", self.copy_next), ("Return", self.copy_next), ("Enter", self.copy_next)):
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)
        for sequence, step in (("Ctrl+Right", 1), ("Ctrl+Left", -1)):
            shortcut = QShortcut(QKeySequence(sequence), self)
            shortcut.activated.connect(lambda step=step: self.stepped.emit(step))
        no_input_method(self)
        self.resize(line_height(self) * 24, line_height(self) * 32)

    def _button(self, text: str, slot: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        no_input_method(button)
        button.clicked.connect(lambda _checked=False: slot())  # type: ignore[operator]
        return button

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 4, self)
        table.setHorizontalHeaderLabels(["", self.tr("平台字段"), self.tr("内容"), ""])
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(line_height(table) + 8)
        header = table.horizontalHeader()
        character = table.fontMetrics().horizontalAdvance("国")
        for column, size in ((_MARK, 2), (_LABEL, 9), (_VALUE, 0), (_COPY, 3)):
            if size:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(column, character * size)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        describe(table, self.tr("平台字段，按平台的顺序"))
        no_input_method(table)
        table.doubleClicked.connect(lambda index: self.copy_row(index.row()))
        return table

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.patch)
        top.addWidget(self.profiles, 1)
        moves = QHBoxLayout()
        moves.addWidget(self._button(self.tr("◂ 上一个图斑"), lambda: self.stepped.emit(-1)))
        moves.addWidget(self._button(self.tr("下一个图斑 ▸"), lambda: self.stepped.emit(1)))
        moves.addWidget(self._button(self.tr("重新抄"), self._restart))
        files = QHBoxLayout()
        self.files_button = self._button(self.tr("取出照片和附件…"), self.files_wanted.emit)
        files.addWidget(self.files_button)
        self.page_button = self._button(self.tr("存为网页…"), lambda: self.page_wanted.emit(False))
        self.page_button.setToolTip(self.tr("在别的电脑上填报时用：存到 U 盘，用浏览器打开，不需要联网"))
        files.addWidget(self.page_button)
        self.all_button = self._button(self.tr("已判定的都存…"), lambda: self.page_wanted.emit(True))
        self.all_button.setToolTip(self.tr("本批次已判定的图斑存在一个网页里"))
        files.addWidget(self.all_button)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.bar)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.next_button)
        layout.addWidget(self.clip)
        layout.addWidget(self.note)
        layout.addLayout(moves)
        layout.addLayout(files)

    # -- showing --------------------------------------------------------------------------
    def set_profiles(self, profiles: Sequence[FormProfile], chosen: str) -> None:
        """The platforms to choose from."""
        self.profiles.blockSignals(True)
        self.profiles.clear()
        for profile in profiles:
            self.profiles.addItem(profile.label, profile.id)
        self.profiles.setCurrentIndex(max(self.profiles.findData(chosen), 0))
        self.profiles.blockSignals(False)

    def show_fields(self, patch_id: str, fields: Sequence[Filled], done: Sequence[str], overall: str) -> None:
        """Show one patch; `done` are the fields that were copied, `overall` how far all patches are."""
        self.patch.setText(patch_id)
        self.fields, self._done = tuple(fields), set(done)
        self.table.setRowCount(len(fields))
        for row, item in enumerate(self.fields):
            self._fill_row(row, item)
        self.note.setText(overall)
        self.clip.setText("")
        self._show_progress()
        self._select(self._following(-1))
        self.table.setFocus()

    def _fill_row(self, row: int, item: Filled) -> None:
        mark = QTableWidgetItem("✓" if item.field.id in self._done else "")
        mark.setForeground(tone(self.table, "good"))
        label = QTableWidgetItem(item.field.label)
        value = QTableWidgetItem(("▲ " if item.note else "") + (item.text or "—"))
        tip = "\n".join(text for text in (item.full or self.tr("没有内容"), item.note) if text)
        for column, cell in ((_MARK, mark), (_LABEL, label), (_VALUE, value)):
            cell.setToolTip(tip)
            self.table.setItem(row, column, cell)
        if item.note:
            value.setForeground(tone(self.table, "warn"))
        elif not item.text:
            value.setForeground(tone(self.table, "muted"))
        button = QToolButton(self.table)
        button.setIcon(icon("copy", self))
        button.setAutoRaise(True)
        button.setEnabled(bool(item.text))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        describe(button, self.tr("复制") + item.field.label)
        button.setToolTip(self.tr("复制") + item.field.label)
        button.clicked.connect(lambda _checked=False, row=row: self.copy_row(row))
        self.table.setCellWidget(row, _COPY, button)

    def _show_progress(self) -> None:
        done, total = progress(self.fields, tuple(self._done))
        # Night Mapping writes black on its dark bar.
        self.bar.setStyleSheet(f"color: {tone(self, 'muted').name()};" if is_dark(self) else "")
        self.bar.setMaximum(max(total, 1))
        self.bar.setValue(done)
        self.bar.setFormat(self.tr("本图斑已抄 {done} / {total} 项").format(done=done, total=total))

    # -- copying --------------------------------------------------------------------------
    def copy_row(self, row: int) -> None:
        """One field to the clipboard, and the tick beside it."""
        if not 0 <= row < len(self.fields) or not self.fields[row].text:
            return
        item = self.fields[row]
        QApplication.clipboard().setText(item.text)
        self._done.add(item.field.id)
        self.table.item(row, _MARK).setText("✓")
        note = f"　▲ {item.note}" if item.note else ""
        self.clip.setText(self.tr("剪贴板：{label} = {text}").format(label=item.field.label, text=item.text) + note)
        write_in(self.clip, "warn" if item.note else "good")
        self._select(row)
        self._show_progress()
        self.copied.emit(item.field.id)

    def copy_next(self) -> None:
        """The next field that was not copied; at the end say so."""
        current = self.table.currentRow()
        row = current if self._open(current) else self._following(current)
        if row < 0:
            row = self._following(-1)  # some further up were passed over
        if row < 0:
            self.clip.setText(self.tr("✔ 本图斑的字段都抄完了"))
            write_in(self.clip, "good")
            return
        self.copy_row(row)

    def _open(self, row: int) -> bool:
        inside = 0 <= row < len(self.fields)
        return inside and bool(self.fields[row].text) and self.fields[row].field.id not in self._done

    def _following(self, row: int) -> int:
        return next((i for i in range(row + 1, len(self.fields)) if self._open(i)), -1)

    def _select(self, row: int) -> None:
        if row >= 0:
            self.table.selectRow(row)
            self.table.scrollTo(self.table.model().index(row, 0))

    def _restart(self) -> None:
        self._done = set()
        for row in range(len(self.fields)):
            self.table.item(row, _MARK).setText("")
        self._show_progress()
        self._select(self._following(-1))
        self.table.setFocus()
        self.restarted.emit()

    def _profile_picked(self, _index: int) -> None:
        self.profile_chosen.emit(str(self.profiles.currentData() or ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
