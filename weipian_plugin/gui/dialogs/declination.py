"""磁偏角: one value for the workspace turns directions from magnetic north into directions from true north."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ..compat import describe, line_height, write_in

if TYPE_CHECKING:
    from ...workbench.session import Session

#: Nowhere in China is it more (Heilongjiang: 12° west).
_MOST = 30.0
_ROWS = 6


class DeclinationDialog(QDialog):
    """Empty: nothing is added and directions stay as the files have them."""

    def __init__(self, session: Session, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("磁偏角"))
        self._photos = session.magnetic_photos()
        self._suggested = session.suggested_declination()
        now = session.declination()
        words = QLabel(
            self.tr(
                "有的手机把方位角记成从磁北量起（M）。填写磁偏角后换算成从真北量起；东偏为正，西偏为负，"
                "重庆一带是西偏。留空表示不换算。原值保留，手工填写的方位角不动，可撤销。"
            ),
            self,
        )
        words.setWordWrap(True)
        self.field = QLineEdit("" if now is None else f"{now:g}", self)
        self.field.setPlaceholderText(self.tr("度，例如 -2.5；留空不换算"))
        describe(self.field, self.tr("磁偏角（度，东偏为正）"))
        self.field.textChanged.connect(self._preview)
        self.use = QPushButton(self)
        self.use.setAutoDefault(False)
        self.use.clicked.connect(lambda _checked=False: self.field.setText(f"{self._suggested:g}"))
        self.use.setVisible(self._suggested is not None)
        if self._suggested is not None:
            self.use.setText(self.tr("用参考值 {value:+.1f}°").format(value=self._suggested))
        self.error = QLabel(self)
        write_in(self.error, "bad")
        self.count = QLabel(self)
        self.table = self._make_table()
        form = QFormLayout()
        form.addRow(self.tr("磁偏角（度）"), self.field)
        form.addRow("", self.use)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self)
        box.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("确定"))
        box.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("取消"))
        box.accepted.connect(self._accept)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        layout.addLayout(form)
        source = str(getattr(session, "DECLINATION_SOURCE", ""))
        if self._suggested is not None and source:
            said = QLabel(source, self)
            said.setWordWrap(True)
            write_in(said, "muted")
            layout.addWidget(said)
        for part in (self.count, self.table, self.error, box):
            layout.addWidget(part)
        self.setMinimumWidth(line_height(self) * 26)
        self._preview()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, 3, self)
        table.setHorizontalHeaderLabels([self.tr("照片"), self.tr("磁北（原值）"), self.tr("真北（换算后）")])
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        table.setMaximumHeight(line_height(self) * (_ROWS + 3))
        describe(table, self.tr("换算前后的方位角"))
        return table

    def value(self) -> Optional[float]:
        """Degrees, east positive; None: no correction. Ask after `exec`."""
        text = self.field.text().strip().replace("−", "-").replace("°", "")
        return float(text) if text else None

    def _read(self) -> tuple[bool, Optional[float]]:
        try:
            value = self.value()
        except ValueError:
            return False, None
        return (value is None or abs(value) <= _MOST), value

    def _preview(self) -> None:
        right, value = self._read()
        self.error.setText("" if right else self.tr("✖ 磁偏角是 -30 到 30 之间的数字，例如 -2.5"))
        count = len(self._photos)
        self.count.setText(
            self.tr("{n} 张照片的方位角从磁北量起：").format(n=count) if count else self.tr("没有从磁北量起的照片。")
        )
        self.table.setVisible(bool(count))
        shown = self._photos[:_ROWS]
        self.table.setRowCount(len(shown))
        for row, (name, raw) in enumerate(shown):
            true = (raw + value) % 360 if right and value is not None else None
            said = f"{true:.1f}°" if true is not None else self.tr("不换算")
            for column, text in enumerate((name, f"{raw:.1f}°", said)):
                self.table.setItem(row, column, QTableWidgetItem(text))

    def _accept(self) -> None:
        if self._read()[0]:
            self.accept()
