"""What became of each file that was attached: sorted by any column, a click shows the patch, saved as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...workbench.attach_report import AttachReport, Placed, outcome, trust
from ..compat import describe, line_height, tone, write_in
from .errors import error_text

_UID = int(Qt.ItemDataRole.UserRole)
#: More lines than this are only in the saved table.
_MOST = 5000
_TONES = {"待归": "warn", "没有附上": "bad"}


class AttachResultDialog(QDialog):
    """The list of one drop; `patch_wanted` carries the uid of the patch of the chosen line."""

    patch_wanted = pyqtSignal(str)

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("附件清单"))
        self._report: Optional[AttachReport] = None
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.open_only = QCheckBox(self.tr("只看要处理的（待归、存疑、没有附上）"), self)
        self.open_only.toggled.connect(lambda _on: self._refill())
        heads = [self.tr("文件"), self.tr("结果"), self.tr("图斑编号"), self.tr("可信程度"), self.tr("原因和说明")]
        self.table = QTableWidget(0, len(heads), self)
        self.table.setHorizontalHeaderLabels(heads)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(int(line_height(self) * 1.4))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setWordWrap(False)
        self.table.horizontalHeader().setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        describe(self.table, self.tr("附件清单"), self.tr("点一行在面板和地图上显示该图斑"))
        self.table.itemSelectionChanged.connect(self._chosen)
        self._hint = self.tr("点一行：这里是完整的原因，面板和地图转到该图斑。")
        self.detail = QLabel(self._hint, self)
        self.detail.setWordWrap(True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail.setMinimumHeight(line_height(self) * 3)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.notice = QLabel(self)
        self.notice.setWordWrap(True)
        self.notice.hide()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("关闭"))
        save = buttons.addButton(self.tr("另存为表格…"), QDialogButtonBox.ButtonRole.ActionRole)
        save.clicked.connect(lambda _checked=False: self._save())
        buttons.rejected.connect(self.reject)
        top = QHBoxLayout()
        top.addWidget(self.summary, 1)
        top.addWidget(self.open_only)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.detail)
        layout.addWidget(self.notice)
        layout.addWidget(buttons)
        line = line_height(self)
        self.resize(line * 58, line * 30)

    def fill(self, report: AttachReport) -> None:
        """Show the files of a drop, what needs a person first."""
        self._report = report
        self.summary.setText(report.summary())
        self._refill()

    def _refill(self) -> None:
        if self._report is None:
            return
        items = [item for item in self._report.everything() if not self.open_only.isChecked() or _open(item)]
        table = self.table
        table.blockSignals(True)
        table.setSortingEnabled(False)
        table.setRowCount(min(len(items), _MOST))
        for row, item in enumerate(items[:_MOST]):
            why = "；".join(filter(None, (item.reason, *item.notes, _instead(item))))
            for column, text in enumerate((item.file, outcome(item), item.patch_id, trust(item), why)):
                cell = QTableWidgetItem(text)
                cell.setToolTip(text)
                cell.setData(_UID, item.patch_uid)
                if column == 1 and text in _TONES:
                    cell.setForeground(tone(table, _TONES[text]))
                elif column == 3 and item.doubt:
                    cell.setForeground(tone(table, "warn"))
                table.setItem(row, column, cell)
        # In the order given, what needs a person first, until a head is clicked.
        table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        table.setSortingEnabled(True)
        for column in range(4):
            table.resizeColumnToContents(column)
            table.setColumnWidth(column, min(table.columnWidth(column), line_height(self) * 13))
        table.blockSignals(False)

    def _chosen(self) -> None:
        found = self.table.selectedItems()
        uid = found[0].data(_UID) if found else ""
        self.detail.setText(found[-1].text() if found else self._hint)
        if uid:
            self.patch_wanted.emit(uid)

    def _save(self) -> None:
        name, _kind = QFileDialog.getSaveFileName(self, self.tr("另存为表格"), "附件清单.csv", "CSV (*.csv)")
        if not name or self._report is None:
            return
        try:
            self._report.save(Path(name))
        except WeipianError as error:
            self._tell(error_text(error), "bad")
        else:
            self._tell(self.tr("已保存：") + name, "good")

    def _tell(self, text: str, kind: str) -> None:
        write_in(self.notice, kind)
        self.notice.setText(text)
        self.notice.show()


def _open(item: Placed) -> bool:
    return bool(item.code) or not item.patch_uid or item.doubt


def _instead(item: Placed) -> str:
    return "可能是 " + "、".join(item.candidates[:3]) if item.candidates and not item.patch_uid else ""
