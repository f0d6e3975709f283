"""The strip of pictures: number, picture, what the checks found in a word, what the photo sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qgis.PyQt.QtCore import QEvent, QModelIndex, QRect, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QIcon, QKeyEvent, QPainter, QPen, QPixmap
from qgis.PyQt.QtWidgets import (
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ..core.proof import LinkedEvidence
from . import check_marks
from .compat import describe, line_height, no_input_method, tone
from .evidence_texts import caption, tip

ID = int(Qt.ItemDataRole.UserRole)
PATH, PHOTO, PURPOSE, NUMBER, BADGE, NOTE = (ID + n for n in range(1, 7))
#: Ground of the word on a picture; white is legible on each of them (4.5:1 and more).
_GROUNDS = {"good": "#1a7431", "bad": "#b3201b", "warn": "#8a5200", "muted": "#4a4a4a"}
_PLACEHOLDER = "正在读取…"


class _Painter(QStyledItemDelegate):
    """Paints one picture with its number, its word and its caption."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """The picture, its marks, its caption, and a frame around the current one."""
        view = self.parent()
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        cell = QRect(option.rect)
        if selected:  # not the theme's ground, on which the tones would not be legible
            ground = tone(view, "mode")
            ground.setAlpha(36)
            painter.fillRect(cell, ground)
        line = line_height(view)
        place = QRect(cell.left() + 3, cell.top() + 3, cell.width() - 6, cell.height() - line - 8)
        self._paint_picture(painter, index, place)
        self._paint_marks(painter, index, place)
        text = QRect(cell.left() + 1, cell.bottom() - line - 3, cell.width() - 2, line + 2)
        painter.setPen(index.data(int(Qt.ItemDataRole.ForegroundRole)).color())
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(index.data() or "", Qt.TextElideMode.ElideRight, text.width())
        painter.drawText(text, int(Qt.AlignmentFlag.AlignCenter), shown)
        if selected:
            painter.setPen(QPen(tone(view, "mode"), 3 if view.hasFocus() else 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(cell.adjusted(1, 1, -2, -2))
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:  # noqa: N802 - Qt name
        """As large as the grid has room for."""
        return self.parent().gridSize()

    def _paint_picture(self, painter: QPainter, index: QModelIndex, place: QRect) -> None:
        icon = index.data(int(Qt.ItemDataRole.DecorationRole))
        pixmap = icon.pixmap(place.size()) if isinstance(icon, QIcon) and not icon.isNull() else QPixmap()
        if not pixmap.isNull():
            x = place.center().x() - pixmap.width() // 2
            y = place.center().y() - pixmap.height() // 2
            painter.drawPixmap(x, y, pixmap)
            return
        painter.setPen(QPen(tone(self.parent(), "muted"), 1, Qt.PenStyle.DotLine))
        painter.drawRect(place.adjusted(0, 0, -1, -1))
        words = index.data(NOTE) or _PLACEHOLDER
        inner = place.adjusted(4, line_height(self.parent()), -4, -2)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), words)

    def _paint_marks(self, painter: QPainter, index: QModelIndex, place: QRect) -> None:
        """The number, as on the map, and the worst that the checks found."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(painter.font())
        metrics = QFontMetricsF(font)
        left = float(place.left())
        badge: check_marks.Badge = index.data(BADGE)
        number = index.data(NUMBER)
        words = [(number, "#303030")] if number else []
        if badge.word:
            words.append((f"{badge.mark} {badge.word}", _GROUNDS.get(badge.tone, "#4a4a4a")))
        for text, ground in words:
            width = metrics.horizontalAdvance(text) + metrics.height() * 0.5
            box = QRectF(left, place.top(), min(width, place.right() - left + 1), metrics.height() + 2)
            color = QColor(ground)
            color.setAlpha(225)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            painter.drawRoundedRect(box, 2, 2)
            painter.setPen(QColor("white"))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)
            left += box.width() + 1


class EvidenceStrip(QListWidget):
    """One line of pictures. With the keyboard in it the arrows go from picture to picture."""

    open_requested = pyqtSignal(str)  # evidence id
    facts_requested = pyqtSignal(str)
    purpose_requested = pyqtSignal(str)
    unlink_requested = pyqtSignal(str)
    left = pyqtSignal()  # Esc

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setAcceptDrops(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        line = line_height(self)
        self.picture_size = QSize(line * 7, int(line * 4.5))
        self.setIconSize(self.picture_size)
        self.setGridSize(QSize(self.picture_size.width() + 8, self.picture_size.height() + line + 12))
        self.setFixedHeight(self.gridSize().height() + self.horizontalScrollBar().sizeHint().height() + 4)
        self.setItemDelegate(_Painter(self))
        describe(self, self.tr("举证照片和文件"), self.tr("左右键逐张，回车看大图，F2 方位，F3 用途，Delete 移出"))
        no_input_method(self)
        self.itemDoubleClicked.connect(lambda item: self.open_requested.emit(item.data(ID)))

    def show_links(self, links: Sequence[LinkedEvidence], purposes: Mapping[str, str]) -> None:
        """Show these files; the one that was current stays so, or what follows it when it is gone."""
        at, chosen = self.currentRow(), self.current_id()
        blocked = self.blockSignals(True)
        self.clear()
        number = 0
        for link in links:
            number += link.evidence.kind == "photo"
            self.addItem(self._item(link, number, purposes))
        rows = [row for row in range(self.count()) if self.item(row).data(ID) == chosen]
        if rows:
            self.setCurrentRow(rows[0])
        elif chosen and self.hasFocus() and self.count():
            self.setCurrentRow(min(at, self.count() - 1))
        self.blockSignals(blocked)
        self.scrollToItem(self.currentItem()) if self.currentItem() is not None else None

    def _item(self, link: LinkedEvidence, number: int, purposes: Mapping[str, str]) -> QListWidgetItem:
        text, name = caption(link)
        photo = link.evidence.kind == "photo"
        if not photo and not link.evidence.doc_no:
            text = purposes.get(link.purpose, text)
        item = QListWidgetItem(text)
        item.setData(ID, link.evidence.evidence_id)
        item.setData(PATH, link.path)
        item.setData(PHOTO, photo)
        item.setData(PURPOSE, link.purpose)
        item.setData(NUMBER, str(number) if photo else "")
        item.setData(BADGE, check_marks.badge(link))
        words = tip(link, purposes)
        item.setToolTip(words)
        spoken = f"{number}，{words}" if photo else words
        item.setData(int(Qt.ItemDataRole.AccessibleTextRole), spoken.replace("\n", "，"))
        item.setForeground(tone(self, name))
        return item

    def set_picture(self, path: str, pixmap: QPixmap, note: str) -> None:
        """The picture of a file came, or the reason why there is none."""
        for row in range(self.count()):
            item = self.item(row)
            if item.data(PATH) == path:
                item.setData(NOTE, "HEIC：此电脑不能显示" if note.startswith("HEIC") else "打不开" if note else "")
                item.setIcon(QIcon(pixmap))

    def current_id(self) -> str:
        """Evidence id of the current file, empty without one."""
        item = self.currentItem()
        return item.data(ID) if item is not None else ""

    def select(self, evidence_id: str) -> bool:
        """Make a file the current one and bring it into view; False when it is not here."""
        for row in range(self.count()):
            if self.item(row).data(ID) == evidence_id:
                self.setCurrentRow(row)
                self.scrollToItem(self.item(row))
                return True
        return False

    # -- keys --------------------------------------------------------------------------------------
    def event(self, event: QEvent) -> bool:
        """The keys of the strip are its own while it has the keyboard, whatever the panel does by them."""
        if event.type() == QEvent.Type.ShortcutOverride and self.currentItem() is not None and self._own(event):
            event.accept()
            return True
        return bool(super().event(event))

    def _own(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return plain and event.key() in (
            Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Return, Qt.Key.Key_Enter,
            Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_F3, Qt.Key.Key_Escape,
        )  # fmt: skip

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Enter opens, F2 asks for facts, F3 for the purpose, Delete takes off, Esc goes back to the panel."""
        signals = {
            Qt.Key.Key_Return: self.open_requested,
            Qt.Key.Key_Enter: self.open_requested,
            Qt.Key.Key_F2: self.facts_requested,
            Qt.Key.Key_F3: self.purpose_requested,
            Qt.Key.Key_Delete: self.unlink_requested,
        }
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in signals and self.current_id() and self._own(event):
            signals[event.key()].emit(self.current_id())
        else:
            super().keyPressEvent(event)
            return
        event.accept()
