"""Advice with another rule pack beside that of the batch: a table of the patches that differ."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QSortFilterProxyModel, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...workbench.pack_choice import PackInfo
from ...workbench.rejudging import CHANGES, Difference, Rejudgement, rejudge, signed, write_html
from ...workbench.session import Session
from ..compat import describe
from .task_bar import WorkDialog

_ROOT = QModelIndex()
AGAINST = "against"


class DifferenceModel(QAbstractTableModel):
    """One patch a row."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.rows: list[Difference] = []
        self.heads = (
            self.tr("图斑编号"), self.tr("村"), self.tr("已作判定"), self.tr("现用的建议"), self.tr("另一包的建议"),
            self.tr("规则增减"), self.tr("材料增减"),
        )  # fmt: skip

    def set_rows(self, rows: list[Difference]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:  # noqa: N802 - Qt name
        """Patches."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:  # noqa: N802 - Qt name
        """Columns."""
        return 0 if parent.isValid() else len(self.heads)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802 - Qt name
        """Names of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self.heads[section]
        return None

    def data(self, index: QModelIndex, role: int = 0) -> Any:
        """A cell; the tool tip is the whole of it."""
        if not index.isValid():
            return None
        text = self._cell(self.rows[index.row()], index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return text.replace("\n", "  ")
        return text if role == Qt.ItemDataRole.ToolTipRole else None

    def _cell(self, item: Difference, column: int) -> str:
        label = item.verdict_label or self.tr("未判定")
        return (
            item.patch_id,
            item.village,
            f"▲ {label}" + self.tr("（相反）") if item.against_verdict else label,
            item.before.short,
            item.after.short,
            signed(item.rules_new, item.rules_gone),
            signed(item.missing_new, item.missing_gone),
        )[column]


class _Filter(QSortFilterProxyModel):
    """Rows that differ in one thing."""

    wanted = ""

    def filterAcceptsRow(self, row: int, _parent: QModelIndex) -> bool:  # noqa: N802 - Qt name
        """Whether a patch differs so."""
        item = self.sourceModel().rows[row]
        return not self.wanted or self.wanted in item.changes or (self.wanted == AGAINST and item.against_verdict)


class CompareDialog(WorkDialog):
    """Stays open beside the panel; a click shows the patch there."""

    patch_chosen = pyqtSignal(str)

    def __init__(
        self, session: Session, packs: list[PackInfo], batch_id: str = "", parent: Optional[QWidget] = None
    ) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("换规则包对比"))
        self._session = session
        self.found: Optional[Rejudgement] = None
        self._build(packs, batch_id)
        self.size_by_text(68, 30)

    def _build(self, packs: list[PackInfo], batch_id: str) -> None:
        self.batch = QComboBox(self)
        self.batch.addItem(self.tr("全部批次"), "")
        for item in self._session.batches():
            self.batch.addItem(item.name, item.batch_id)
        self.batch.setCurrentIndex(max(0, self.batch.findData(batch_id)))
        describe(self.batch, self.tr("批次"))
        self.pack = QComboBox(self)
        for info in packs:
            if info.ref.files is not None and info.ref.folder is not None:
                self.pack.addItem(info.ref.display, str(info.ref.folder))
        describe(self.pack, self.tr("另一个规则包"))
        form = QFormLayout()
        form.addRow(self.tr("批次"), self.batch)
        form.addRow(self.tr("另一个规则包"), self.pack)
        hint = QLabel(self.tr("只比较建议，不写判定。单击一行，面板转到该图斑。"), self)
        self.show_only = QComboBox(self)
        describe(self.show_only, self.tr("只看"))
        self.show_only.currentIndexChanged.connect(self._filter)
        top = QHBoxLayout()
        top.addWidget(hint, 1)
        top.addWidget(QLabel(self.tr("只看"), self))
        top.addWidget(self.show_only)
        self.model = DifferenceModel(self)
        self.proxy = _Filter(self)
        self.proxy.setSourceModel(self.model)
        self.table = QTableView(self)
        self.table.setModel(self.proxy)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.setAlternatingRowColors(True)
        describe(self.table, self.tr("建议不同的图斑"))
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self._add_buttons()
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.task)
        layout.addWidget(self.buttons)
        self._list_kinds()

    def _add_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("关闭"))
        self.start_button = QPushButton(self.tr("开始对比"), self)
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(self.start)
        self.save_button = QPushButton(self.tr("存为网页"), self)
        self.save_button.setAutoDefault(False)
        self.save_button.setEnabled(False)
        self.save_button.clicked.connect(self._save)
        for button in (self.start_button, self.save_button):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.rejected.connect(self.reject)
        self.task.busy_changed.connect(lambda busy: self.start_button.setEnabled(not busy))

    def choose(self, batch_id: str, folder: Path) -> None:
        """Ask for this batch with this pack."""
        self.batch.setCurrentIndex(max(0, self.batch.findData(batch_id)))
        self.pack.setCurrentIndex(max(0, self.pack.findData(str(folder))))

    def start(self, _checked: bool = False) -> None:
        """Advise again in the background."""
        folder, who = self._session.folder, self._session.who
        batch, pack = str(self.batch.currentData() or ""), str(self.pack.currentData() or "")
        self.tell("")
        self.task.start(
            self.tr("对比"), lambda feedback: rejudge(folder, batch, pack, who, feedback), self._done, self.fail
        )

    def _done(self, found: Rejudgement) -> None:
        self.found = found
        self.model.set_rows(list(found.differences))
        self._list_kinds()
        self.save_button.setEnabled(True)
        self.tell(found.headline(), "warn" if found.against else "good")
        self.table.resizeColumnsToContents()
        header = self.table.horizontalHeader()
        limit = max(120, self.table.viewport().width() // 6)
        for column in range(self.model.columnCount() - 1):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, min(header.sectionSize(column), limit))

    def _list_kinds(self) -> None:
        self.show_only.blockSignals(True)  # filled once, told once
        self.show_only.clear()
        self.show_only.addItem(self.tr("全部不同（{count}）").format(count=len(self.model.rows)), "")
        for key, count in (self.found.counts() if self.found else {}).items():
            if count:
                self.show_only.addItem(f"{CHANGES[key]}（{count}）", key)
        if self.found and self.found.against:
            self.show_only.addItem(self.tr("与已作判定相反（{count}）").format(count=self.found.against), AGAINST)
        self.show_only.blockSignals(False)
        self._filter()

    def _filter(self, _index: int = 0) -> None:
        self.proxy.wanted = str(self.show_only.currentData() or "")
        self.proxy.invalidateFilter()

    def _row_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self.patch_chosen.emit(self.model.rows[self.proxy.mapToSource(current).row()].patch_uid)

    def _save(self, _checked: bool = False) -> None:
        if self.found is None:
            return
        try:
            path = write_html(self.found, self._session.pending_export_dir())
        except WeipianError as error:
            self.fail(error)
            return
        self.tell(self.tr("已存：{path}").format(path=path), "good")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
