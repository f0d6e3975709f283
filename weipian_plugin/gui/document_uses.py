"""The patches that one document proves (一举多用): a list, adding by number or all that the queue shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Optional

from qgis.PyQt.QtCore import QEvent, QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..core.areas import parse_mu
from ..workbench.views import QueueRow
from .compat import describe, line_height, write_in

_UID = int(Qt.ItemDataRole.UserRole)
_SPLIT = re.compile(r"[\s,，、;；]+")
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DocumentUses(QWidget):
    """Nothing is written here: `added()` and `removed()` say what was changed."""

    changed = pyqtSignal()

    def __init__(
        self, rows: Sequence[QueueRow], lying: Sequence[str], shown: Sequence[str], parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        self._rows = {row.patch_uid: row for row in rows}
        self._lying = tuple(dict.fromkeys(lying))
        self._uids = list(self._lying)
        self._shown = [uid for uid in shown if uid in self._rows and self._rows[uid].workable]
        self._approved = ""
        self.list = QListWidget(self)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setMinimumHeight(line_height(self) * 4)
        self.list.installEventFilter(self)
        describe(self.list, self.tr("本文件证明的图斑"), self.tr("Delete 移出选中的图斑"))
        self.number = QLineEdit(self)
        self.number.setPlaceholderText(self.tr("图斑编号或末几位，可一次写几个，回车加入"))
        self.number.installEventFilter(self)
        describe(self.number, self.tr("加入图斑，按编号"))
        self.all_button = QPushButton(self.tr("加入本次筛选的全部（{count}）").format(count=len(self._shown)), self)
        self.all_button.setAutoDefault(False)
        self.all_button.clicked.connect(lambda _checked=False: self.add(self._shown))
        self.off_button = QPushButton(self.tr("移出选中"), self)
        self.off_button.setAutoDefault(False)
        self.off_button.clicked.connect(lambda _checked=False: self.take_off())
        self.sum = QLabel(self)
        self.sum.setWordWrap(True)
        self.said = QLabel(self)
        self.said.setWordWrap(True)
        self.said.hide()
        self._lay_out()
        self._fill()

    def _lay_out(self) -> None:
        below = QHBoxLayout()
        below.addWidget(self.all_button)
        below.addWidget(self.off_button)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.number)
        layout.addLayout(below)
        layout.addWidget(self.said)
        layout.addWidget(self.sum)

    # -- what was chosen -------------------------------------------------------------------------
    def added(self) -> list[str]:
        """Patches that the document shall lie on as well."""
        return [uid for uid in self._uids if uid not in self._lying]

    def removed(self) -> list[str]:
        """Patches that it shall not lie on any more."""
        return [uid for uid in self._lying if uid not in self._uids]

    def set_approved(self, text: str) -> None:
        """The approved area as typed, 亩: what is left of it is said below the list."""
        self._approved = text.strip()
        self._tell_sum()

    # -- changing --------------------------------------------------------------------------------
    def add(self, uids: Sequence[str]) -> None:
        """More patches; those that are there stay."""
        new = [uid for uid in uids if uid not in self._uids]
        self._uids += new
        self._fill(new)
        self._say(self.tr("加入 {count} 个图斑").format(count=len(new)) if new else self.tr("都已经在列表里"), "muted")

    def add_typed(self) -> bool:
        """Add what stands in the field; False when it is empty or not clear, which is said."""
        words = [word for word in _SPLIT.split(self.number.text().strip()) if word]
        if not words:
            return False
        found: list[str] = []
        for word in words:
            uids = self._matching(word)
            if len(uids) != 1:
                what = (
                    self.tr("没有编号是或以“{word}”结尾的图斑")
                    if not uids
                    else self.tr("有 {count} 个图斑的编号以“{word}”结尾，请写全")
                )
                self._say(what.format(word=word, count=len(uids)), "bad")
                return False
            found += uids
        self.number.clear()
        self.add(found)
        return True

    def _matching(self, word: str) -> list[str]:
        rows = [row for row in self._rows.values() if row.workable]
        whole = [row.patch_uid for row in rows if row.patch_id.upper() == word.upper()]
        return whole or [row.patch_uid for row in rows if row.patch_id.upper().endswith(word.upper())]

    def take_off(self) -> None:
        """The selected patches; none is lost before the form is accepted."""
        gone = {str(item.data(_UID)) for item in self.list.selectedItems()}
        if gone:
            self._uids = [uid for uid in self._uids if uid not in gone]
            self._fill()
            self._say(self.tr("移出 {count} 个图斑").format(count=len(gone)), "muted")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """回车 in the field adds and does not close the form; Delete in the list takes off."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.number and event.key() in _ENTER and self.number.text().strip():
                self.add_typed()
                return True
            if watched is self.list and event.key() == Qt.Key.Key_Delete:
                self.take_off()
                return True
        return bool(super().eventFilter(watched, event))

    # -- showing ---------------------------------------------------------------------------------
    def _fill(self, marked: Sequence[str] = ()) -> None:
        self.list.clear()
        for uid in self._uids:
            row = self._rows.get(uid)
            text = f"{row.patch_id}　{row.village}　{row.area_mu} 亩" if row is not None else uid
            item = QListWidgetItem(text + ("" if uid in self._lying else self.tr("　（新加）")), self.list)
            item.setData(_UID, uid)
            if uid in marked:
                item.setSelected(True)
                self.list.scrollToItem(item)
        self._tell_sum()
        self.changed.emit()

    def _say(self, text: str, kind: str) -> None:
        self.said.setText(text)
        write_in(self.said, kind)
        self.said.show()

    def _tell_sum(self) -> None:
        total = sum((self._rows[uid].area_mu for uid in self._uids if uid in self._rows), Decimal(0))
        text = self.tr("证明 {count} 个图斑，合计 {total} 亩").format(count=len(self._uids), total=total)
        kind = "muted"
        try:
            approved = parse_mu(self._approved) if self._approved else None
        except ValueError:
            approved = None
        if approved is not None:
            left = approved - total
            if left >= 0:
                text += self.tr("；批准 {approved} 亩，余 {left} 亩").format(approved=approved, left=left)
            else:
                text += self.tr("；⚠ 超过批准的 {approved} 亩 {over} 亩").format(approved=approved, over=-left)
                kind = "warn"
        self.sum.setText(text)
        write_in(self.sum, kind)
