"""Small widgets of the panel: notes, overlay bar, level badge, notice line."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Optional

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPaintEvent, QPalette, QResizeEvent
from qgis.PyQt.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QTextBrowser, QToolButton, QWidget

from .compat import describe, line_height, no_input_method, tone
from .tones import GROUND

#: Hatch of each overlay segment: the kind of land is not told by colour alone.
_HATCH = {
    "cropland": Qt.BrushStyle.NoBrush,
    "agri": Qt.BrushStyle.BDiagPattern,
    "unused": Qt.BrushStyle.Dense6Pattern,
    "construction": Qt.BrushStyle.DiagCrossPattern,
    "unknown": Qt.BrushStyle.Dense5Pattern,
    "uncovered": Qt.BrushStyle.NoBrush,
}

_LEVEL_FILL = {1: "#b3201b", 2: "#9a5b00", 3: "#3d6480"}


class ElidedLabel(QLabel):
    """One line that is cut with … instead of widening the dock; the whole text is its tool tip."""

    def __init__(self, parent: Optional[QWidget] = None, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(parent)
        self._full = ""
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt name
        """Show `text`, cut to the width there is."""
        self._full = text
        self.setToolTip(text)
        self.setAccessibleName(text)
        self._elide()

    def full_text(self) -> str:
        """What was set, uncut."""
        return self._full

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt name
        """Cut anew."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        super().setText(self.fontMetrics().elidedText(self._full, self._mode, max(self.width(), 10)))


class OverlayBar(QWidget):
    """Parts of the patch as one bar, each part with its own colour and hatch."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._parts: list[tuple[str, str, Decimal]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt name
        """As high as most of a text line."""
        return QSize(10 * line_height(self), max(10, int(line_height(self) * 0.7)))

    def set_parts(self, parts: Sequence[tuple[str, str, Decimal]]) -> None:
        """Show (tone name, Chinese name, 亩) from left to right; empty parts are left out."""
        self._parts = [p for p in parts if p[2] > 0]
        total = sum((p[2] for p in self._parts), Decimal(0)) or Decimal(1)
        text = "、".join(f"{name} {mu} 亩（{100 * mu / total:.0f} %）" for _tone, name, mu in self._parts)
        self.setToolTip(text)
        describe(self, "地类构成", text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt name
        """Draw the segments with a thin line between them."""
        painter = QPainter(self)
        total = float(sum((p[2] for p in self._parts), Decimal(0)))
        frame = QRectF(self.rect()).adjusted(0, 0, -1, -1)
        if not total:
            painter.setPen(tone(self, "muted"))
            painter.drawRect(frame)
            return
        x = 0.0
        ground = self.palette().color(QPalette.ColorRole.Window)
        for name, _label, mu in self._parts:
            width = frame.width() * float(mu) / total
            box = QRectF(x, 0, width, frame.height())
            painter.fillRect(box, tone(self, name))
            hatch = _HATCH.get(name, Qt.BrushStyle.NoBrush)
            if hatch != Qt.BrushStyle.NoBrush:
                shade = QColor(0, 0, 0, 60)
                painter.fillRect(box, QBrush(shade, hatch))
            painter.setPen(ground)
            painter.drawLine(QPointF(x + width, 0), QPointF(x + width, frame.height()))
            x += width
        painter.setPen(tone(self, "muted"))
        painter.drawRect(frame)


class LevelBadge(QLabel):
    """一级 / 二级 / 三级 as a filled badge; the words carry the meaning, the fill only helps."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._level: Optional[int] = None
        font = self.font()
        font.setBold(True)
        self.setFont(font)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def set_level(self, level: Optional[int], text: str) -> None:
        """Show the level's Chinese name."""
        self._level = level
        self.setText(text)
        self.setVisible(bool(text))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt name
        """Text plus half a character on each side."""
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self.text()) + metrics.averageCharWidth() * 2, metrics.height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt name
        """Draw the filled box and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_LEVEL_FILL.get(self._level or 0, "#5c5c5c")))
        painter.drawRoundedRect(QRectF(self.rect()), 3, 3)
        painter.setPen(QColor("white"))
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())


class NoteFrame(QFrame):
    """A softly tinted box with a coloured edge: advice, never an alarm."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setProperty(GROUND, tone(self, "note").name())

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt name
        """Fill from the palette's light or dark variant; no style sheet, so themes keep working."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), tone(self, "note"))
        painter.fillRect(0, 0, 3, self.height(), tone(self, "note_edge"))


class RichText(QTextBrowser):
    """Read-only text with links that is as high as its content, up to `max_lines`."""

    def __init__(self, max_lines: int, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._max_lines = max_lines
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setAutoFillBackground(False)
        # Themes such as Night Mapping give every text view a border and a ground of its own.
        self.setStyleSheet("QTextBrowser { border: none; background: transparent; padding: 0; margin: 0; }")
        self.document().setDocumentMargin(1)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        no_input_method(self)

    def set_html(self, html: str) -> None:
        """Show `html` and take its height."""
        # Its own window colour is the transparent one of the style sheet, which looks like a dark theme.
        link = tone(self.parentWidget() or self, "link")
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Link, link)
        self.setPalette(palette)
        self.document().setDefaultStyleSheet(f"a {{ color: {link.name()}; }}")
        self.setHtml(html)
        self._fit()

    def set_max_lines(self, lines: int) -> None:
        """Let the text grow to so many lines before it scrolls."""
        if lines != self._max_lines:
            self._max_lines = lines
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt name
        """The lines break anew."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.document().setTextWidth(max(self.viewport().width(), 50))
        limit = self._height_of(self._max_lines)
        wanted = int(self.document().size().height()) + 2
        height = min(wanted, limit)
        bar = Qt.ScrollBarPolicy.ScrollBarAlwaysOff if wanted <= limit else Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(bar)
        if height != self.height():
            self.setFixedHeight(height)

    def line_count(self) -> int:
        """Lines of the whole text at the width there is."""
        count, block = 0, self.document().begin()
        while block.isValid():
            count += block.layout().lineCount()
            block = block.next()
        return count

    def _height_of(self, lines: int) -> int:
        """Pixels of the first so many lines as they are laid out; a fallback font makes some higher than others."""
        left, bottom, more = lines, 0.0, False
        layout, block = self.document().documentLayout(), self.document().begin()
        while block.isValid() and left > 0:
            top, laid = layout.blockBoundingRect(block).top(), block.layout()
            for number in range(min(left, laid.lineCount())):
                line = laid.lineAt(number)
                bottom = top + line.y() + line.height()
            more = laid.lineCount() > left or (laid.lineCount() == left and block.next().isValid())
            left -= laid.lineCount()
            block = block.next()
        # Where it goes on, not even the heads of the next line show.
        return int(bottom) if more else int(self.document().size().height()) + 2


class Notice(QFrame):
    """The inline sentence: what went wrong and what to do, or what was just done."""

    closed = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._mark = QLabel(self)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        close = QToolButton(self)
        close.setText("×")
        close.setAutoRaise(True)
        describe(close, "关闭提示")
        close.clicked.connect(lambda _checked=False: self.clear())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 2, 2)
        layout.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def text(self) -> str:
        """The sentence shown, empty if none."""
        return "" if self.isHidden() else self._text.text()

    def show_text(self, text: str, kind: str) -> None:
        """Show `text`; `kind` is good, warn or bad and gives mark and colour."""
        mark = {"good": "✔", "warn": "▲", "bad": "✖"}[kind]
        for label, value in ((self._mark, mark), (self._text, text)):
            palette = label.palette()
            palette.setColor(QPalette.ColorRole.WindowText, tone(self, kind))
            label.setPalette(palette)
            label.setText(value)
        describe(self, "提示", text)
        self.show()

    def clear(self) -> None:
        """Hide."""
        self._text.setText("")
        self.hide()
        self.closed.emit()


def coloured(widget: QWidget, text: str, name: str) -> str:
    """`text` as HTML in a tone of the palette; the text must already be escaped."""
    return f'<span style="color:{tone(widget, name).name()}">{text}</span>'
