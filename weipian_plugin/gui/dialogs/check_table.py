"""The checks of an import as a table: filtered by kind and text, double-clicked to see the patch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..compat import describe, tone

_SIGNS = {"ok": ("✔ 通过", "good"), "info": ("ℹ 说明", "link"), "warn": ("▲ 留意", "warn"), "error": ("✖ 错误", "bad")}
_HEADERS = ("检查", "结果", "行", "编号", "说明", "之前 m²", "之后 m²")
_MOST = 5000


class CheckTable(QWidget):
    """One row a check, and one an item; `zoom_to` carries the uid of the patch that was double-clicked."""

    zoom_to = pyqtSignal(str)

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.kind = QComboBox(self)
        self.text = QLineEdit(self)
        self.text.setPlaceholderText("按编号或文字筛选")
        self.text.setClearButtonEnabled(True)
        describe(self.kind, "检查项目")
        describe(self.text, "筛选")
        self.table = QTableWidget(0, len(_HEADERS), self)
        self.table.setHorizontalHeaderLabels(list(_HEADERS))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.horizontalHeader().setSectionResizeMode(4, QHeaderView.ResizeMode.Stretch)
        self.table.setWordWrap(False)
        describe(self.table, "检查结果", "双击一行在地图上查看该图斑")
        top = QHBoxLayout()
        top.addWidget(self.kind)
        top.addWidget(self.text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        self.kind.activated.connect(self._filter)
        self.text.textChanged.connect(self._filter)
        self.table.cellDoubleClicked.connect(self._clicked)

    def fill(self, checks: Sequence[Any]) -> None:
        """Show checks (`intake.model.Check`), those with something to look at first."""
        rank = {"error": 0, "warn": 1, "info": 2, "ok": 3}
        self.kind.clear()
        self.kind.addItem("全部检查", "")
        self.kind.addItem("只看需要留意的", "!")
        rows: list[tuple[tuple[str, ...], str, str, str, str]] = []
        for check in sorted(checks, key=lambda c: rank.get(c.severity, 9)):
            self.kind.addItem(f"{check.title}（{len(check.items)}）", check.check_id)
            head = (check.title, _SIGNS[check.severity][0], "", "", check.summary, "", "")
            rows.append((head, "", check.check_id, check.severity, ""))
            for item in check.items[:_MOST]:
                cells = ("", "", str(item.row or ""), item.patch_id, item.reason, _area(item.before_m2),
                         _area(item.after_m2))  # fmt: skip
                rows.append((cells, item.patch_uid, check.check_id, check.severity, check.title))
        self.table.setRowCount(len(rows))
        for number, (cells, uid, check_id, severity, title) in enumerate(rows):
            for column, text in enumerate(cells):
                cell = QTableWidgetItem(text)
                cell.setData(Qt.ItemDataRole.UserRole, (uid, check_id, severity, f"{title} {' '.join(cells)}"))
                cell.setToolTip(text)
                if column == 1 and text:
                    cell.setForeground(tone(self, _SIGNS[severity][1]))
                if column in (2, 5, 6):
                    cell.setTextAlignment(int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
                self.table.setItem(number, column, cell)
        for column in (0, 1, 2, 3, 5, 6):
            self.table.resizeColumnToContents(column)
            self.table.setColumnHidden(column, all(not cells[column] for cells, *_ in rows))
        self._filter()

    def _filter(self, *_: object) -> None:
        kind, text = str(self.kind.currentData() or ""), self.text.text().strip()
        for number in range(self.table.rowCount()):
            _, check_id, severity, words = self.table.item(number, 0).data(Qt.ItemDataRole.UserRole)
            fits = not kind or kind == check_id or (kind == "!" and severity in ("warn", "error"))
            self.table.setRowHidden(number, not (fits and text in words))

    def _clicked(self, row: int, _column: int) -> None:
        uid = self.table.item(row, 0).data(Qt.ItemDataRole.UserRole)[0]
        if uid:
            self.zoom_to.emit(uid)


def _area(value: Optional[float]) -> str:
    return "" if value is None else f"{value:.2f}"
