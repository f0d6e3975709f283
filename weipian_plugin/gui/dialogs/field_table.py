"""Which column of a delivery is what, with values to judge by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QAbstractItemView, QComboBox, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from ..compat import describe, line_height, turn_page_not_value

FIELD_LABELS: Mapping[str, str] = {
    "patch_id": "图斑编号（必填）",
    "monitor_level": "图斑级别",
    "monitor_class": "图斑分类",
    "patch_type": "图斑类型",
    "county_code": "县级代码",
    "county_name": "县区",
    "town_name": "乡镇",
    "village_name": "村",
    "area_issued": "下发面积",
    "farmland_issued": "下发耕地面积",
    "ppf_issued": "下发永农面积",
    "image_before": "前时相",
    "image_after": "后时相",
    "centroid_x": "中心点 X / 经度",
    "centroid_y": "中心点 Y / 纬度",
    "batch": "批次",
    "issued_on": "下发时间",
    "remark": "备注",
    "earlier_id": "往期图斑编号",
}
NONE = "— 没有 —"


class FieldTable(QTableWidget):
    """One row a field that we know; the second column chooses the column of the delivery."""

    changed = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(0, 3, parent)
        self.setHorizontalHeaderLabels(["含义", "下发数据中的字段", "样例"])
        self.verticalHeader().hide()
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)
        self.setMinimumHeight(line_height(self) * 12)
        describe(self, "字段对应")
        self._found: dict[str, str] = {}
        self._told: dict[str, str] = {}
        self._sample: Sequence[Mapping[str, Optional[str]]] = ()

    def fill(
        self, fields: Sequence[str], mapping: Mapping[str, str], sample: Sequence[Mapping[str, Optional[str]]]
    ) -> None:
        """Show the columns `fields`, which of them was taken for what, and rows to look at."""
        self._found, self._sample = dict(mapping), sample
        names = [*FIELD_LABELS, *(name for name in mapping if name not in FIELD_LABELS)]
        # What was recognised first: the rest is there to be filled in when something is missing.
        names.sort(key=lambda name: (name != "patch_id", name not in mapping))
        self.setRowCount(len(names))
        for row, name in enumerate(names):
            label = QTableWidgetItem(FIELD_LABELS.get(name, name))
            label.setData(Qt.ItemDataRole.UserRole, name)
            self.setItem(row, 0, label)
            combo = QComboBox(self)
            combo.addItem(NONE, "")
            for field in fields:
                combo.addItem(field, field)
            combo.setCurrentIndex(max(combo.findData(mapping.get(name, "")), 0))
            combo.setProperty("canonical", name)
            describe(combo, FIELD_LABELS.get(name, name))
            turn_page_not_value(combo)
            combo.activated.connect(self._chosen)
            self.setCellWidget(row, 1, combo)
            self.setItem(row, 2, QTableWidgetItem(self._values(mapping.get(name, ""))))
            self.setRowHeight(row, combo.sizeHint().height() + 2)

    def _values(self, header: str) -> str:
        return "、".join(str(row[header]) for row in self._sample[:3] if row.get(header)) if header else ""

    def _chosen(self, _index: int) -> None:
        combo = self.sender()
        self.choose(str(combo.property("canonical")), str(combo.currentData() or ""))

    def choose(self, canonical: str, field: str) -> None:
        """Take the column `field` for `canonical`; empty means that there is none."""
        self._told[canonical] = field
        self.changed.emit()

    def forget(self) -> None:
        """Another layer is looked at: nothing has been said about its columns."""
        self._told = {}

    def overrides(self) -> dict[str, str]:
        """canonical -> column, as far as a person said so."""
        return dict(self._told)
