"""The cards of the gallery: a list of patches and how one card is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Optional

from qgis.PyQt.QtCore import QAbstractListModel, QModelIndex, QObject, QRect, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter, QPalette, QPen, QPolygonF, QTransform
from qgis.PyQt.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ..core.model import LEVEL_MARKS
from ..workbench.views import QueueRow
from .compat import tone
from .gallery_thumbs import frame_of
from .map_styles import level_color
from .queue_model import ROW_ROLE, area_text, status_text

BEFORE, AFTER = "image_before", "image_after"
_TITLES = {BEFORE: "前", AFTER: "后"}
_PAD = 6


@dataclass(frozen=True)
class CardAdvice:
    """What the advice says of one patch, as far as a card shows it."""

    leaning: str = ""
    sub_type: str = ""
    words: str = ""
    days: tuple[str, str] = ("", "")  # of the earlier and the later image, as far as known
    outline: tuple[QPolygonF, ...] = ()  # rings of the boundary, lon/lat degrees


class CardModel(QAbstractListModel):
    """The patches of the queue's filter at the moment the gallery was opened, kept by uid."""

    def __init__(self, parent: Optional[QObject] = None) -> None:
        super().__init__(parent)
        self.rows: list[QueueRow] = []
        self._at: dict[str, int] = {}

    def rowCount(self, parent: Optional[QModelIndex] = None) -> int:  # noqa: N802 - Qt name
        """Cards."""
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The number for type-ahead, words for a screen reader, and the row itself."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.patch_id
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.patch_id} {row.village} {area_text(row)} 亩 {status_text(row)}"
        return row if role == ROW_ROLE else None

    def set_rows(self, rows: Sequence[QueueRow]) -> None:
        """Other patches."""
        self.beginResetModel()
        self.rows = list(rows)
        self._at = {row.patch_uid: i for i, row in enumerate(self.rows)}
        self.endResetModel()

    def update_row(self, row: QueueRow) -> None:
        """One patch changed; its card stays where it is."""
        at = self._at.get(row.patch_uid, -1)
        if at >= 0:
            self.rows[at] = row
            self.dataChanged.emit(self.index(at), self.index(at))

    def repaint_card(self, uid: str) -> None:
        """Its picture or advice came."""
        at = self._at.get(uid, -1)
        if at >= 0:
            self.dataChanged.emit(self.index(at), self.index(at))

    def find(self, uid: str) -> int:
        """The place of a patch, -1 if it is not here."""
        return self._at.get(uid, -1)


class CardPainter(QStyledItemDelegate):
    """Before | after, number, level, area, marks, advice."""

    def __init__(
        self,
        picture: Callable[[str, str], Optional[QImage]],
        advice: Callable[[str], Optional[CardAdvice]],
        seen: Callable[[str, bool], None],
        parent: Optional[QObject] = None,
    ) -> None:
        super().__init__(parent)
        self._picture, self._advice, self._seen = picture, advice, seen
        self.picture_size = QSize(120, 96)

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:  # noqa: N802 - Qt name
        """Two pictures beside each other and three lines of text."""
        line = option.fontMetrics.height()
        return QSize(2 * self.picture_size.width() + 3 * _PAD, self.picture_size.height() + 3 * line + 4 * _PAD)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """One card; what was painted counts as seen."""
        row = index.data(ROW_ROLE)
        if row is None:
            return
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.Highlight if selected else QPalette.ColorRole.Mid
        pen = QPen(option.palette.color(role), 3 if selected else 1)
        painter.setPen(pen)
        painter.setBrush(option.palette.color(QPalette.ColorRole.Base))
        painter.drawRoundedRect(option.rect.adjusted(2, 2, -2, -2), 4, 4)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(option.palette.color(QPalette.ColorRole.Text), 1, Qt.PenStyle.DotLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(option.rect.adjusted(4, 4, -5, -5))
        drawn = [self._paint_picture(painter, option, row, i, side) for i, side in enumerate((BEFORE, AFTER))]
        self._paint_text(painter, option, row, selected=selected)
        painter.restore()
        if drawn[1]:
            self._seen(row.patch_uid, drawn[0])

    def _paint_picture(
        self, painter: QPainter, option: QStyleOptionViewItem, row: QueueRow, place: int, side: str
    ) -> bool:
        size = self.picture_size
        left = option.rect.left() + _PAD + place * (size.width() + _PAD)
        box = QRect(left, option.rect.top() + _PAD, size.width(), size.height())
        image = self._picture(row.patch_uid, side)
        painter.setPen(option.palette.color(QPalette.ColorRole.Mid))
        painter.setBrush(option.palette.color(QPalette.ColorRole.AlternateBase))
        painter.drawRect(box)
        shown = image is not None and not image.isNull()
        if image is not None and shown:
            painter.drawImage(box, image)
            self._paint_outline(painter, box, row)
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        if not shown:
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), "无影像" if image is not None else "正在画…")
        self._caption(painter, option, box, row, place, side)
        return shown

    def _paint_outline(self, painter: QPainter, box: QRect, row: QueueRow) -> None:
        """The boundary without fill, over a dark line so that it shows on any ground."""
        advice = self._advice(row.patch_uid)
        if advice is None or row.bbox is None or not advice.outline:
            return
        frame = frame_of(row.bbox, self.picture_size)
        across, up = box.width() / frame.width(), box.height() / frame.height()
        place = QTransform(across, 0, 0, -up, box.left() - frame.xMinimum() * across, box.top() + frame.yMaximum() * up)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, width in ((QColor(0, 0, 0, 140), 3.5), (level_color(row.level), 1.6)):
            painter.setPen(QPen(color, width))
            for ring in advice.outline:
                painter.drawPolygon(place.map(ring))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _caption(
        self, painter: QPainter, option: QStyleOptionViewItem, box: QRect, row: QueueRow, place: int, side: str
    ) -> None:
        advice = self._advice(row.patch_uid)
        text = f"{_TITLES[side]} {advice.days[place] if advice else ''}".strip()
        width = option.fontMetrics.horizontalAdvance(text) + 6
        strip = QRect(box.left(), box.bottom() - option.fontMetrics.height(), width, option.fontMetrics.height())
        painter.fillRect(strip, QColor(0, 0, 0, 170))
        painter.setPen(QColor("white"))
        painter.drawText(strip, int(Qt.AlignmentFlag.AlignCenter), text)

    def _paint_text(self, painter: QPainter, option: QStyleOptionViewItem, row: QueueRow, *, selected: bool) -> None:
        line, metrics = option.fontMetrics.height(), option.fontMetrics
        top = option.rect.top() + self.picture_size.height() + 2 * _PAD
        left, width = option.rect.left() + _PAD, option.rect.width() - 2 * _PAD
        marks = [text for held, text in ((row.prime_mu, "▲永农"), (row.redline_mu, "▲红线")) if held]
        advice = self._advice(row.patch_uid)
        first = f"{'☑ ' if selected else ''}{LEVEL_MARKS.get(row.level or 0, '–')} {row.patch_id}"
        second = "　".join([status_text(row), f"{area_text(row)} 亩", row.village])
        lines = (first, second, advice.words if advice else "建议：正在计算…")
        painter.setPen(option.palette.color(QPalette.ColorRole.Text))
        for number, text in enumerate(lines):
            room = QRect(left, top + number * line, width, line)
            mark = " ".join(marks) if number == 1 else ""
            if mark:
                painter.setPen(tone(self.parent(), "bad"))
                painter.drawText(room, int(Qt.AlignmentFlag.AlignRight), mark)
                room.setWidth(width - metrics.horizontalAdvance(mark) - _PAD)
                painter.setPen(option.palette.color(QPalette.ColorRole.Text))
            elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft), elided)
