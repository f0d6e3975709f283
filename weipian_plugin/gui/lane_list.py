"""The files that wait for a patch: small picture, name, why; one or several are chosen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Optional

from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QIcon, QPainter, QPixmap
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ..core.proof import MANUAL
from ..workbench.lane import LaneItem
from .compat import describe, line_height, no_input_method
from .thumbnails import ThumbnailLoader

_ID = int(Qt.ItemDataRole.UserRole)


class LaneList(QListWidget):
    """Arrow keys and the mouse choose; Shift and Ctrl several."""

    #: The current file or the selection changed.
    chosen = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._items: dict[str, LaneItem] = {}
        line = line_height(self)
        self.setIconSize(QSize(int(line * 4.2), int(line * 3.1)))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # mmexport… differ at their end
        describe(self, self.tr("待归照片"))
        no_input_method(self)
        self.loader = ThumbnailLoader(self)
        self.loader.loaded.connect(self._thumbnail)
        self.currentItemChanged.connect(lambda _new, _old: self.chosen.emit())
        self.itemSelectionChanged.connect(self.chosen)

    def fill(self, items: Sequence[LaneItem], keep: str = "") -> None:
        """Show these; `keep` is the id of the one to stay on, else the one at the same place."""
        row = self.currentRow()
        self.blockSignals(True)
        self.clear()
        self._items = {item.evidence.evidence_id: item for item in items}
        blank = self._blank()
        for item in items:
            name = item.evidence.original_name
            entry = QListWidgetItem(QIcon(blank), f"{name.rpartition('.')[0] or name}\n{_short(item)}")
            entry.setData(_ID, item.evidence.evidence_id)
            entry.setToolTip(f"{name}\n{item.reason}")
            entry.setData(int(Qt.ItemDataRole.AccessibleTextRole), f"{name}，{item.reason}")
            self.addItem(entry)
        self.blockSignals(False)
        ids = list(self._items)
        at = ids.index(keep) if keep in self._items else min(max(row, 0), len(ids) - 1)
        self.setCurrentRow(at)
        if not ids:
            self.chosen.emit()
        photos = [(i.path, i.evidence.orientation or 1) for i in items if i.evidence.kind == "photo"]
        self.loader.request(photos, [i.path for i in items if i.evidence.kind != "photo"], self.iconSize())

    def drop(self, evidence_ids: Collection[str]) -> None:
        """These are settled: the file after the last of them is the next, or the one before at the end."""
        rows = [row for row in range(self.count()) if self.item(row).data(_ID) in evidence_ids]
        self.blockSignals(True)
        for row in reversed(rows):
            self.takeItem(row)
        for evidence_id in evidence_ids:
            self._items.pop(evidence_id, None)
        self.clearSelection()
        self.setCurrentRow(min(rows[0] if rows else 0, self.count() - 1))
        self.blockSignals(False)
        self.chosen.emit()

    def _thumbnail(self, path: str, pixmap: QPixmap, _note: str) -> None:
        if pixmap.isNull():
            return
        boxed = self._blank()
        painter = QPainter(boxed)
        painter.drawPixmap((boxed.width() - pixmap.width()) // 2, (boxed.height() - pixmap.height()) // 2, pixmap)
        painter.end()
        for number, item in enumerate(self._items.values()):
            if item.path == path and self.item(number) is not None:
                self.item(number).setIcon(QIcon(boxed))

    def _blank(self) -> QPixmap:
        """The same room for upright and broad pictures, so that names stand in one line."""
        blank = QPixmap(self.iconSize())
        blank.fill(Qt.GlobalColor.transparent)
        return blank

    def current(self) -> Optional[LaneItem]:
        """The file that is looked at."""
        entry = self.currentItem()
        return self._items.get(entry.data(_ID)) if entry is not None else None

    def following(self) -> Optional[LaneItem]:
        """The file after it."""
        entry = self.item(self.currentRow() + 1)
        return self._items.get(entry.data(_ID)) if entry is not None else None

    def selected(self) -> list[LaneItem]:
        """All that are chosen, the current one at least."""
        rows = sorted(self.row(entry) for entry in self.selectedItems())
        found = [self._items[self.item(row).data(_ID)] for row in rows]
        current = self.current()
        return found or ([current] if current is not None else [])

    def step(self, way: int) -> None:
        """The next or the one before."""
        row = min(max(self.currentRow() + way, 0), self.count() - 1)
        self.setCurrentRow(row)


class LaneSide(QWidget):
    """The list with what concerns all of it below."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.list = LaneList(self)
        self.aside_box = QCheckBox(self.tr("已定为不作举证的"), self)
        self.again = QPushButton(self.tr("重新匹配"), self)
        self.again.setAutoDefault(False)
        self.again.setToolTip(self.tr("导入了新图斑、改了磁偏角或位置之后，让待归的文件再自动归一次"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (self.list, self.aside_box, self.again):
            column.addWidget(part)


def _short(item: LaneItem) -> str:
    """The reason in a few words."""
    evidence = item.evidence
    if evidence.kind != "photo":
        return "文件"
    hand = "手工 · " if evidence.source == MANUAL else ""
    if evidence.lon is None:
        return hand + ("无定位 · 微信压缩" if item.reason.startswith("微信") else "无定位")
    if not item.candidates:
        return hand + "附近没有图斑"
    distance = item.candidates[0].distance_m
    return hand + (f"存疑 · 最近 {distance:.0f} 米" if distance is not None else "存疑")
