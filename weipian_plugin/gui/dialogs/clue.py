"""登记线索: what was found by ourselves, with its place on the map. Stays beside the map."""

from __future__ import annotations

from typing import Any, Optional

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QCloseEvent
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QWidget,
)

from ...core.errors import WeipianError
from ...workbench.clues import SOURCES, ClueDraft
from ..compat import describe, line_height, write_in
from ..guard import guarded

_TEXTS = (
    ("finder", "发现人", ""),
    ("found_at", "发现时间", "2026-05-01 14:30"),
    ("stopped_at", "制止时间", "没有就留空"),
    ("reported_at", "报告时间", "没有就留空"),
    ("grid_l3", "三级网格长", ""),
    ("grid_l4", "四级网格员", ""),
    ("village", "村（社区）", ""),
    ("note", "说明", "例如：新建钢架棚，约 200 平方米"),
)
_HINT = "线索不计入下发图斑和填报率；以后下发的图斑覆盖这里时会自动关联。"


class ClueDialog(QDialog):
    """Collects a ClueDraft; `submitted` carries it, the dialog stays until it was taken."""

    submitted = pyqtSignal(object)

    def __init__(self, hands: Any, now: str = "", parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._hands = hands
        self.wkb: Optional[bytes] = None
        self.position: Optional[tuple[float, float]] = None
        self.setWindowTitle("登记线索")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(line_height(self) * 20)
        form = QFormLayout(self)
        self.source = QComboBox(self)
        for key, label in SOURCES.items():
            self.source.addItem(label, key)
        describe(self.source, "来源")
        form.addRow("来源", self.source)
        form.addRow("位置", self._place_row())
        form.addRow("", self.place)
        self.fields: dict[str, QLineEdit] = {}
        for name, label, hint in _TEXTS:
            edit = QLineEdit(self)
            edit.setPlaceholderText(hint)
            describe(edit, label)
            self.fields[name] = edit
            form.addRow(label, edit)
        self.fields["found_at"].setText(now[:16].replace("T", " "))
        self.state = QLabel(_HINT, self)
        self.state.setWordWrap(True)
        form.addRow(self.state)
        self.buttons = QDialogButtonBox(self)
        self.buttons.addButton("登记", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole).setAutoDefault(False)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.close)
        form.addRow(self.buttons)
        if hands is not None:
            hands.ended.connect(self._drawing_ended)

    def _place_row(self) -> QHBoxLayout:
        self.point_button = QPushButton("点一个点", self)
        self.area_button = QPushButton("画范围", self)
        self.place = QLineEdit(self)
        self.place.setPlaceholderText("或输入 经度, 纬度（度）")
        describe(self.place, "位置，经度和纬度")
        self.place.textEdited.connect(self._typed)
        row = QHBoxLayout()
        for button, kind in ((self.point_button, "point"), (self.area_button, "polygon")):
            button.setAutoDefault(False)
            button.setCheckable(True)
            button.setEnabled(self._hands is not None)
            button.clicked.connect(lambda _checked=False, kind=kind: self._draw(kind))
            row.addWidget(button)
        return row

    # -- where -----------------------------------------------------------------------------------
    def _draw(self, kind: str) -> None:
        self.point_button.setChecked(kind == "point")
        self.area_button.setChecked(kind == "polygon")
        self._hands.draw(kind, self.take_point if kind == "point" else self.take_area)

    def _drawing_ended(self) -> None:
        self.point_button.setChecked(False)
        self.area_button.setChecked(False)

    @guarded
    def take_point(self, wkb: bytes) -> None:
        """A place was clicked (WKB point, EPSG:4490)."""
        geometry = QgsGeometry()
        geometry.fromWkb(wkb)
        point = geometry.asPoint()
        self.wkb, self.position = None, (point.x(), point.y())
        self.place.setText(f"{point.x():.6f}, {point.y():.6f}")
        self.place.setCursorPosition(0)
        self._placed([(bytes(geometry.buffer(1e-4, 12).asWkb().data()), "")])

    @guarded
    def take_area(self, wkb: bytes) -> None:
        """An extent was drawn (WKB polygon, EPSG:4490)."""
        from ...workbench.drawing import check_polygon

        check_polygon(wkb)
        self.wkb, self.position = wkb, None
        self.place.setText("已画范围")
        self._placed([(wkb, "")])

    def _placed(self, shown: list[tuple[bytes, str]]) -> None:
        self._drawing_ended()
        self._say(_HINT, "muted")
        if self._hands is not None:
            self._hands.stop()
            self._hands.show_plan(shown)
        self.fields["finder"].setFocus()

    def _typed(self, text: str) -> None:
        self.wkb = None
        words = text.replace("，", ",").replace(",", " ").split()
        try:
            lon, lat = (float(word) for word in words)
            self.position = (lon, lat)
        except ValueError:
            self.position = None

    # -- what ------------------------------------------------------------------------------------
    def draft(self) -> ClueDraft:
        """What was entered."""
        lon, lat = self.position or (None, None)
        texts = {name: edit.text() for name, edit in self.fields.items()}
        return ClueDraft(origin=str(self.source.currentData()), lon=lon, lat=lat, wkb=self.wkb, **texts)

    def report_error(self, error: WeipianError) -> None:
        """A failure, as a sentence."""
        self._say(f"✖ {error.message}。{error.remedy}")

    def _say(self, text: str, kind: str = "bad") -> None:
        self.state.setText(text)
        write_in(self.state, kind)

    @guarded
    def _accept(self) -> None:
        self.submitted.emit(self.draft())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt name
        """Leave nothing on the map."""
        if self._hands is not None:
            self._hands.ended.disconnect(self._drawing_ended)
            self._hands.stop()
            self._hands.show_plan([])
            self._hands = None
        super().closeEvent(event)
