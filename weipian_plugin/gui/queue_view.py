"""The queue panel: filter, search, list. It keeps the selection by patch, not by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ..workbench.views import QueueRow
from .compat import describe, line_height, no_input_method
from .queue_model import PRESETS, QueueModel


class QueuePanel(QWidget):
    """Signals `patch_selected(uid)` when the person picks a line; programmatic selection is silent."""

    patch_selected = pyqtSignal(str)
    filter_changed = pyqtSignal(str)

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._uid = ""
        self._silent = False
        self.model = QueueModel(self)
        self.presets = QComboBox(self)
        describe(self.presets, self.tr("筛选"))
        no_input_method(self.presets)
        for preset in PRESETS:
            self.presets.addItem(preset.label, preset.key)
        self.presets.setMaxVisibleItems(len(PRESETS))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("编号、村"))
        self.search.setClearButtonEnabled(True)
        describe(self.search, self.tr("搜索编号、村"))
        self.table = self._make_table()
        self._empty = QLabel(self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.hide()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(150)
        self._recount = QTimer(self)
        self._recount.setSingleShot(True)
        self._recount.setInterval(60)

        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self.presets, 1)
        top.addWidget(self.search, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._empty)
        line = line_height(self)
        self.setMinimumHeight(int(line * 5.5))

        self.presets.currentIndexChanged.connect(self._apply_filter)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self._typing.timeout.connect(self._apply_filter)
        self._recount.timeout.connect(self.refresh_counts)
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTextElideMode(Qt.TextElideMode.ElideLeft)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setFrameShape(QFrame.Shape.StyledPanel)
        table.setTabKeyNavigation(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(line_height(table) + 5)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(10)
        character = table.fontMetrics().horizontalAdvance("国")
        sizes = (character * 3, 0, 0, character * 6, character * 5)
        for column, size in enumerate(sizes):
            if size:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(column, size)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        describe(table, self.tr("图斑队列"))
        no_input_method(table)
        return table

    # -- rows -----------------------------------------------------------------------------
    def set_rows(self, rows: list[QueueRow], today: str) -> None:
        """Replace the list; the selected patch stays selected if it is still there."""
        self.model.set_today(today)
        self._silently(lambda: self.model.set_rows(rows))
        self.refresh_counts()
        self._reselect()

    def update_row(self, row: QueueRow) -> None:
        """One patch changed; counts follow a moment later so that the next patch is painted first."""
        self._silently(lambda: self.model.update_row(row))
        self._reselect()
        self._recount.start()

    def change_rows(self, rows: list[QueueRow], removed: Sequence[str] = ()) -> None:
        """Several patches changed, came or went; the filter and the selected patch stay."""
        self._silently(lambda: self.model.change_rows(rows, removed))
        self.refresh_counts()
        self._reselect()

    def select(self, uid: str) -> None:
        """Show a patch as the current one without signalling; a filtered-out patch leaves no line marked."""
        self._uid = uid
        self._reselect()

    def selected(self) -> str:
        """uid of the current patch."""
        return self._uid

    def set_filter(self, key: str, text: str = "") -> None:
        """Choose a preset and a search text as if the person had."""
        self._silent = True
        self.search.setText(text)
        self._typing.stop()
        self.presets.setCurrentIndex(self.presets.findData(key))
        self._silent = False
        self._apply_filter()

    def preset(self) -> str:
        """Key of the chosen preset."""
        return str(self.presets.currentData())

    def refresh_counts(self) -> None:
        """Write the counts behind the presets."""
        counts = self.model.counts()
        for i, preset in enumerate(PRESETS):
            self.presets.setItemText(i, f"{preset.label}（{counts[preset.key]}）")

    # -- inside ---------------------------------------------------------------------------
    def _apply_filter(self, _index: int = 0) -> None:
        if self._silent:
            return
        self._typing.stop()
        key, text = self.preset(), self.search.text()
        self._silently(lambda: self.model.set_filter(key, text))
        self._reselect()
        self.filter_changed.emit(key)

    def _silently(self, change: object) -> None:
        self._silent = True
        change()  # type: ignore[operator]
        self._silent = False
        empty = self.model.rowCount() == 0
        self._empty.setText(self.tr("没有符合条件的图斑。可换一个筛选，或清空搜索。") if self.model.rows else "")
        self._empty.setVisible(empty and bool(self.model.rows))

    def _reselect(self) -> None:
        line = self.model.find(self._uid)
        selection = self.table.selectionModel()
        self._silent = True
        if line < 0:
            selection.clearSelection()
            selection.setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)
        else:
            index = self.model.index(line, 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(index, flags)
            self.table.scrollTo(index)
        self._silent = False

    def _row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self._silent or not current.isValid():
            return
        self._uid = self.model.uid_at(current.row())
        self.patch_selected.emit(self._uid)
