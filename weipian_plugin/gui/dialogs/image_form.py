"""The form below the list of imagery: time, batch, day and CRS of the chosen source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Optional

from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsProjectionSelectionDialog
from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QGridLayout, QGroupBox, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from ...core.imagery import BASEMAP, DATE_LABELS, SHORT_LABELS, TILES, ImageSource
from ...core.model import IMAGE_ROLES, LayerAssignment
from ..compat import describe, turn_page_not_value


class ImageForm(QGroupBox):
    """Shows one source; `applied` carries it as the person wants it."""

    applied = pyqtSignal(object)
    removed = pyqtSignal()
    pyramids = pyqtSignal()

    def __init__(self, batches: Mapping[str, str], parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setTitle(self.tr("所选影像"))
        self._source: Optional[ImageSource] = None
        self.role = QComboBox(self)
        self.batch = QComboBox(self)
        self.batch.addItem(self.tr("全部批次"), "")
        for batch_id, name in batches.items():
            self.batch.addItem(name, batch_id)
        self.day = QLineEdit(self)
        self.day.setClearButtonEnabled(True)
        self.crs = QComboBox(self)
        self.more_crs = QPushButton(self.tr("其他坐标系…"), self)
        self.save = QPushButton(self.tr("保存修改"), self)
        self.remove = QPushButton(self.tr("移除"), self)
        self.pyramid = QPushButton(self.tr("生成金字塔（大影像整体浏览更快）"), self)
        for button in (self.more_crs, self.save, self.remove, self.pyramid):
            button.setAutoDefault(False)
        for widget, name in (
            (self.role, self.tr("时相")), (self.batch, self.tr("批次")), (self.day, self.tr("拍摄日期")),
            (self.crs, self.tr("坐标系")),
        ):  # fmt: skip
            describe(widget, name)
        for combo in (self.role, self.batch, self.crs):
            turn_page_not_value(combo)
        self.more_crs.clicked.connect(lambda _checked=False: self._ask_crs())
        self.save.clicked.connect(lambda _checked=False: self._apply())
        self.remove.clicked.connect(lambda _checked=False: self.removed.emit())
        self.pyramid.clicked.connect(lambda _checked=False: self.pyramids.emit())
        self.day.returnPressed.connect(self._apply)
        self._lay_out()

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        cells: tuple[tuple[int, int, str, QWidget], ...] = (
            (0, 0, self.tr("时相"), self.role), (0, 2, self.tr("批次"), self.batch),
            (1, 0, self.tr("拍摄日期"), self.day), (1, 2, self.tr("坐标系"), self.crs),
        )  # fmt: skip
        for row, column, text, widget in cells:
            label = QLabel(text, self)
            label.setBuddy(widget)
            grid.addWidget(label, row, column)
            grid.addWidget(widget, row, column + 1)
        grid.addWidget(self.more_crs, 1, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(3, 1)
        row = QHBoxLayout()
        for button in (self.save, self.remove, self.pyramid):
            row.addWidget(button)
        row.addStretch(1)
        grid.addLayout(row, 2, 0, 1, 5)

    def show_source(self, source: ImageSource, suggested: Sequence[str], *, slow: int) -> None:
        """Fill the form; `slow` counts large rasters without pyramids."""
        self._source = source
        layer = source.assignment
        online = layer.kind == TILES
        self.role.clear()
        for role in (*IMAGE_ROLES, *((BASEMAP,) if online else ())):
            self.role.addItem(SHORT_LABELS[role], role)
        self.role.setCurrentIndex(self.role.findData(layer.role))
        self.batch.setCurrentIndex(max(self.batch.findData(layer.batch_id), 0))
        own = layer.taken_on and source.date.source == "manual"
        self.day.setText(layer.taken_on if own else "")
        found = DATE_LABELS.get(source.date.source, "")
        hint = self.tr("{}（{}），可以改").format(source.date.text, found) if source.date.text else ""
        empty = self.tr("底图不标日期") if layer.role == BASEMAP else self.tr("例如 2026-05-01；空着则用下发标注的日期")
        self.day.setPlaceholderText(hint or empty)
        self._fill_crs(source, suggested)
        for widget in (self.crs, self.more_crs):
            widget.setEnabled(not online)
        self.pyramid.setVisible(slow > 0)
        self.show()

    def _fill_crs(self, source: ImageSource, suggested: Sequence[str]) -> None:
        self.crs.clear()
        self.crs.addItem(self.tr("影像自带"), "")
        for code in dict.fromkeys((*([source.assignment.crs] if source.assignment.crs else []), *suggested)):
            self._add_crs(code)
        self.crs.setCurrentIndex(max(self.crs.findData(source.assignment.crs), 0))

    def _add_crs(self, code: str) -> None:
        crs = QgsCoordinateReferenceSystem(code)
        self.crs.addItem(f"{code} {crs.description()}" if crs.isValid() else code, code)

    def _ask_crs(self) -> None:
        dialog = QgsProjectionSelectionDialog(self)
        if dialog.exec() and dialog.crs().isValid():
            code = dialog.crs().authid() or dialog.crs().toWkt()
            if self.crs.findData(code) < 0:
                self._add_crs(code)
            self.crs.setCurrentIndex(self.crs.findData(code))

    def values(self) -> Optional[LayerAssignment]:
        """The source as the form has it, None without one."""
        if self._source is None:
            return None
        layer, day = self._source.assignment, self.day.text().strip()
        return replace(
            layer,
            role=str(self.role.currentData()),
            batch_id=str(self.batch.currentData() or ""),
            crs=str(self.crs.currentData() or ""),
            taken_on=day,
            taken_source="manual" if day else "",
        )

    def _apply(self) -> None:
        wanted = self.values()
        if wanted is not None:
            self.applied.emit(wanted)
