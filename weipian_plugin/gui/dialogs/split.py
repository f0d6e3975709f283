"""拆分: draw cuts or paste sub-polygons, see the pieces with their 亩, split. Stays beside the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QCloseEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ..compat import describe, line_height, write_in
from ..guard import guarded

if TYPE_CHECKING:
    from ...workbench.session import Session
    from ...workbench.splitting import SplitPlan

_HINT = (
    "在地图上画切割线：从图斑外画到图斑外（端点会捕捉到边界），右键或回车结束一条，可以画几条。"
    "退格键退回一个点，Esc 结束画线。"
)


class SplitDialog(QDialog):
    """Plans the split of one patch; `accepted_plan` carries what was decided."""

    accepted_plan = pyqtSignal(object)

    def __init__(self, session: Session, patch_uid: str, hands: Any, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._session, self._uid, self._hands = session, patch_uid, hands
        self._lines: list[bytes] = []
        self._parts: list[bytes] = []
        self._text_used = ""
        self.base: Optional[SplitPlan] = None  # one piece a row
        self.plan: Optional[SplitPlan] = None  # rows with the same number together
        view = session.patch_view(patch_uid)
        self.patch_id = view.patch.patch_id
        self.setWindowTitle(f"拆分 …{self.patch_id[-6:]}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._build()
        if hands is not None:
            hands.ended.connect(self._drawing_ended)
        self._refresh()

    # -- widgets ---------------------------------------------------------------------------------
    def _build(self) -> None:
        line = line_height(self)
        self.setMinimumWidth(line * 22)
        self.hint = QLabel(_HINT, self)
        self.hint.setWordWrap(True)
        self.draw_button = QPushButton("画切割线", self)
        self.draw_button.setCheckable(True)
        self.draw_button.setEnabled(self._hands is not None)
        self.draw_button.clicked.connect(self._toggle_drawing)
        self.drop_button = QPushButton("去掉最后一条", self)
        self.drop_button.clicked.connect(lambda _checked=False: self.drop_last())
        self.selected_button = QPushButton("用选中的面", self)
        self.selected_button.setToolTip("当前图层里选中的面作为子图斑；其余部分自动成为一个子图斑")
        self.selected_button.clicked.connect(lambda _checked=False: self.use_selected())
        drawing = QHBoxLayout()
        for button in (self.draw_button, self.drop_button, self.selected_button):
            button.setAutoDefault(False)
            drawing.addWidget(button)
        self.text = QPlainTextEdit(self)
        self.text.setPlaceholderText("或在这里粘贴子图斑：WKT、GeoJSON、界址点（J1,1,X,Y），或在 QGIS 里复制的要素")
        self.text.setMaximumHeight(line * 4)
        self.text.setTabChangesFocus(True)
        describe(self.text, "粘贴子图斑")
        self.text.textChanged.connect(self._text_changed)
        self.crs = QLineEdit(self)
        self.crs.setPlaceholderText("坐标系：自动识别")
        self.crs.setToolTip("粘贴内容的坐标系；空着就自动识别，也可以填 EPSG:4545 这样的代号")
        describe(self.crs, "粘贴内容的坐标系")
        self.crs.editingFinished.connect(self._text_changed)
        self.in_order = QCheckBox("重叠处归前一个", self)
        self.in_order.toggled.connect(lambda _on: self._refresh())
        pasted = QHBoxLayout()
        pasted.addWidget(self.crs, 1)
        pasted.addWidget(self.in_order)
        self.table = self._make_table()
        self.state = QLabel(self)
        self.state.setWordWrap(True)
        self.buttons = QDialogButtonBox(self)
        self.ok = self.buttons.addButton("拆分", QDialogButtonBox.ButtonRole.AcceptRole)
        self.buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole).setAutoDefault(False)
        self.buttons.accepted.connect(self._accept)
        self.buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.hint)
        layout.addLayout(drawing)
        layout.addWidget(self.text)
        layout.addLayout(pasted)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.state)
        layout.addWidget(self.buttons)

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 3, self)
        table.setHorizontalHeaderLabels(["块", "亩（平差后）", "子图斑序号"])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.setMinimumHeight(line_height(self) * 6)
        table.setToolTip("序号相同的块合为一个子图斑")
        describe(table, "拆分后的子图斑")
        return table

    # -- drawing ---------------------------------------------------------------------------------
    def start_drawing(self) -> None:
        """Begin as soon as the dialog is there: the commonest way needs no click here."""
        if self._hands is not None:
            self.draw_button.setChecked(True)
            self._toggle_drawing(True)

    def _toggle_drawing(self, on: bool) -> None:
        if on:
            self._hands.draw("line", self.add_line)
        else:
            self._hands.stop()

    def _drawing_ended(self) -> None:
        self.draw_button.setChecked(False)

    @guarded
    def add_line(self, wkb: bytes) -> None:
        """A cut was drawn (WKB, EPSG:4490)."""
        self._parts = []
        self._forget_text()
        self._lines.append(wkb)
        self._refresh()

    @guarded
    def drop_last(self) -> None:
        """Take the last cut, or all given parts, back."""
        if self._lines:
            self._lines.pop()
        else:
            self._parts = []
            self._forget_text()
        self._refresh()

    @guarded
    def use_selected(self) -> None:
        """The polygons selected in the layer that is current in QGIS."""
        from ..selected import selected_polygons

        self._parts = selected_polygons(self._hands)
        self._lines = []
        self._forget_text()
        self._refresh()

    def _forget_text(self) -> None:
        self.text.blockSignals(True)
        self.text.clear()
        self.text.blockSignals(False)

    def _text_changed(self) -> None:
        self._lines, self._parts = [], []
        self._refresh()

    # -- the plan --------------------------------------------------------------------------------
    def _refresh(self) -> None:
        """Plan anew from what is there and show it, or say in a sentence what is wrong."""
        self.base = self.plan = None
        text, order = self.text.toPlainText().strip(), self.in_order.isChecked()
        try:
            if self._lines:
                self.base = self._session.plan_cut(self._uid, self._lines)
            elif self._parts:
                self.base = self._session.plan_parts(self._uid, self._parts, in_order=order)
            elif text:
                self.base = self._session.plan_paste(self._uid, text, self.crs.text().strip(), in_order=order)
            said, kind = "", "muted"
        except WeipianError as error:
            said, kind = f"✖ {error.message}。{error.remedy}", "bad"
        self.plan = self.base
        self._fill()
        self._show(said, kind)

    def _fill(self) -> None:
        pieces = self.base.pieces if self.base is not None else ()
        self.table.setRowCount(len(pieces))
        for row, piece in enumerate(pieces):
            name = QTableWidgetItem(str(row + 1))
            area = QTableWidgetItem(f"{piece.adopted_mu:.2f}")
            area.setTextAlignment(int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
            self.table.setItem(row, 0, name)
            self.table.setItem(row, 1, area)
            number = QSpinBox(self.table)
            number.setRange(1, len(pieces))
            number.setValue(row + 1)
            describe(number, f"第 {row + 1} 块的子图斑序号")
            number.valueChanged.connect(lambda _value: self._regroup())
            self.table.setCellWidget(row, 2, number)

    def numbers(self) -> list[int]:
        """The child that each row goes to."""
        return [self.table.cellWidget(row, 2).value() for row in range(self.table.rowCount())]

    def _regroup(self) -> None:
        from ...workbench.splitting import regroup

        if self.base is None:
            return
        try:
            numbers = self.numbers()
            self.plan = self.base if numbers == sorted(set(numbers)) else regroup(self.base, numbers)
            self._show("", "muted")
        except WeipianError as error:
            self.plan = None
            self._show(f"✖ {error.message}。{error.remedy}", "bad")

    def _show(self, said: str, kind: str) -> None:
        plan = self.plan
        if plan is not None and not said:
            areas = " + ".join(f"{piece.adopted_mu:.2f}" for piece in plan.pieces)
            said, kind = f"✔ {plan.total_mu:.2f} 亩 = {areas}", "good"
        self.state.setText(said)
        write_in(self.state, kind)
        self.ok.setEnabled(plan is not None)
        self.ok.setText(f"拆分为 {len(plan.pieces)} 个" if plan is not None else "拆分")
        self.drop_button.setEnabled(bool(self._lines or self._parts or self.text.toPlainText()))
        if self._hands is not None:
            if plan is not None:
                shown = [(p.wkb, f"第 {i} 块  {p.adopted_mu:.2f} 亩") for i, p in enumerate(plan.pieces, 1)]
            else:
                shown = [(wkb, "") for wkb in (*self._lines, *self._parts)]
            self._hands.show_plan(shown)

    # -- leaving ---------------------------------------------------------------------------------
    def report_error(self, error: WeipianError) -> None:
        """A failure in a slot, as a sentence."""
        self._show(f"✖ {error.message}。{error.remedy}", "bad")

    @guarded
    def _accept(self) -> None:
        if self.plan is not None:
            self.accepted_plan.emit(self.plan)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt name
        """Leave nothing on the map."""
        if self._hands is not None:
            self._hands.ended.disconnect(self._drawing_ended)
            self._hands.stop()
            self._hands.show_plan([])
            self._hands = None
        super().closeEvent(event)
