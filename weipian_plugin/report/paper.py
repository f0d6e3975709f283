"""A4 pages drawn with Qt's PDF writer, in millimetres from the top left; text is wrapped as on the map sheets."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QMarginsF, QPointF, QRectF, Qt
from qgis.PyQt.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPageLayout,
    QPageSize,
    QPainter,
    QPainterPath,
    QPdfWriter,
    QPen,
    QPolygonF,
)

from ..core.errors import WeipianError, os_reason
from .layout_parts import LINE, Ink, _break_at, cjk_family

_DPI = 600
_DOT = _DPI / 25.4  # device pixels in a millimetre
_MM_PER_POINT = 25.4 / 72
_SLACK = 0.4
_ALIGN = {
    "left": Qt.AlignmentFlag.AlignLeft,
    "center": Qt.AlignmentFlag.AlignHCenter,
    "right": Qt.AlignmentFlag.AlignRight,
}


class Paper:
    """One PDF in the making; `finish` puts it into its place, `abandon` leaves nothing."""

    def __init__(self, path: Path, title: str, pages: int = 1) -> None:
        self._path = Path(path)
        self._draft = self._path.with_name(f".{uuid.uuid4().hex}.pdf")
        self.page, self.pages = 1, pages
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WeipianError("E_WRITE", path=self._path, detail=os_reason(error)) from error
        self._writer = QPdfWriter(str(self._draft))
        self._writer.setResolution(_DPI)
        self._writer.setTitle(title)
        self._writer.setCreator("卫片执法助手")
        self._writer.setPageLayout(
            QPageLayout(QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
        )
        self.painter = QPainter()
        if not self.painter.begin(self._writer):
            raise WeipianError("E_WRITE", path=self._path, detail="不能建立 PDF 文件")
        self.painter.scale(_DOT, _DOT)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._family = cjk_family()
        self._rulers: dict[bool, QFontMetricsF] = {}

    # -- the file ------------------------------------------------------------------------------

    def new_page(self) -> None:
        """Go on with another page."""
        self._writer.newPage()
        self.page += 1

    def finish(self) -> int:
        """Put the file into its place; gives the number of pages. Raises E_WRITE."""
        ended = self.painter.end()
        try:
            if not ended:
                raise WeipianError("E_WRITE", path=self._path, detail="PDF 没有写完")
            os.replace(self._draft, self._path)
        except OSError as error:
            raise WeipianError("E_WRITE", path=self._path, detail=os_reason(error)) from error
        finally:
            with suppress(OSError):
                self._draft.unlink(missing_ok=True)
        return self.page

    def abandon(self) -> None:
        """Something went wrong: leave no file."""
        self.painter.end()
        with suppress(OSError):
            self._draft.unlink(missing_ok=True)

    # -- text ----------------------------------------------------------------------------------

    def wrap(self, text: str, width: float, ink: Ink) -> list[str]:
        """Lines of at most `width` mm, broken between Chinese characters and not inside words and numbers."""
        lines = []
        for paragraph in text.split("\n"):
            line = ""
            for char in paragraph:
                if line and self._width(line + char, ink) > width - _SLACK:
                    keep = _break_at(line, char)
                    lines.append(line[:keep].rstrip(" "))
                    line = line[keep:].lstrip("　 ")
                line += char
            lines.append(line)
        return lines

    def height(self, text: str, width: float, ink: Ink, pad: float = 1.0) -> float:
        """Height in mm of a box of `width` mm around a text."""
        return len(self.wrap(text, width - 2 * pad, ink)) * self._line(ink) + 1.4

    def text(
        self, x: float, y: float, width: float, height: float, text: str, ink: Ink, pad: float = 1.0, top: bool = False
    ) -> None:
        """A wrapped text, vertically centred unless `top`; it shrinks rather than leave its box."""
        lines = self.wrap(text, width - 2 * pad, ink)
        while ink.size > 5 and len(lines) * self._line(ink) > height + 0.6:
            ink = Ink(ink.size - 0.5, ink.color, ink.bold, ink.align)
            lines = self.wrap(text, width - 2 * pad, ink)
        line = self._line(ink)
        at = y if top else y + (height - line * len(lines)) / 2
        flags = int(_ALIGN[ink.align]) | int(Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextDontClip)
        self.painter.save()
        self.painter.resetTransform()  # letters are set in device dots: glyph widths of half a millimetre are rounded
        self.painter.setFont(self._font(ink))
        self.painter.setPen(QColor(ink.color))
        for number, part in enumerate(lines):
            box = QRectF((x + pad) * _DOT, (at + number * line) * _DOT, (width - 2 * pad) * _DOT, line * _DOT)
            self.painter.drawText(box, flags, part)
        self.painter.restore()

    def row(
        self, x: float, y: float, widths: Sequence[float], height: float, cells: Sequence[str], inks: Sequence[Ink],
        fill: str = "",
    ) -> None:  # fmt: skip
        """One line of a table with its grid."""
        for width, text, ink in zip(widths, cells, inks):
            self.frame(x, y, width, height, fill)
            self.text(x, y, width, height, text, ink)
            x += width

    # -- shapes --------------------------------------------------------------------------------

    def frame(self, x: float, y: float, width: float, height: float, fill: str = "", pen: str = LINE) -> None:
        """A rectangle with a thin line."""
        self.painter.setPen(QPen(QColor(pen), 0.15))
        self.painter.setBrush(QColor(fill) if fill else QColor(0, 0, 0, 0))
        self.painter.drawRect(QRectF(x, y, width, height))

    def box(self, x: float, y: float, width: float, height: float, fill: str, radius: float = 0.0) -> None:
        """A filled rectangle without line, with round corners if so wanted."""
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(fill))
        self.painter.drawRoundedRect(QRectF(x, y, width, height), radius, radius)

    def line(self, x1: float, y1: float, x2: float, y2: float, width: float = 0.25, color: str = "#000000") -> None:
        """A straight line."""
        pen = QPen(QColor(color), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        self.painter.setPen(pen)
        self.painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))

    def polygon(
        self, points: Sequence[tuple[float, float]], fill: str = "", pen: Optional[str] = None, width: float = 0.4
    ) -> None:
        """A closed polygon, filled, outlined or both."""
        self._pens(fill, pen, width)
        self.painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))

    def circle(
        self, x: float, y: float, radius: float, fill: str = "", pen: Optional[str] = None, width: float = 0.4
    ) -> None:
        """A circle around (x, y)."""
        self._pens(fill, pen, width)
        self.painter.drawEllipse(QPointF(x, y), radius, radius)

    def path(self, path: QPainterPath, fill: str = "", pen: Optional[str] = None, width: float = 0.4) -> None:
        """Any outline, in mm."""
        self._pens(fill, pen, width)
        self.painter.drawPath(path)

    def modules(self, x: float, y: float, size: float, matrix: Sequence[Sequence[int]]) -> None:
        """A QR as vectors with its quiet zone of four modules inside `size` mm."""
        count = len(matrix) + 8
        one = size / count
        self.box(x, y, size, size, "#FFFFFF")
        self.painter.setBrush(QColor("#000000"))
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for down, line in enumerate(matrix):
            for across, dark in enumerate(line):
                if dark:
                    self.painter.drawRect(QRectF(x + (across + 4) * one, y + (down + 4) * one, one, one))
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def _pens(self, fill: str, pen: Optional[str], width: float) -> None:
        stroke = QPen(QColor(pen), width) if pen else QPen(Qt.PenStyle.NoPen)
        stroke.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        stroke.setCapStyle(Qt.PenCapStyle.RoundCap)
        self.painter.setPen(stroke)
        self.painter.setBrush(QColor(fill) if fill else QColor(0, 0, 0, 0))

    # -- fonts ---------------------------------------------------------------------------------

    def _font(self, ink: Ink) -> QFont:
        font = QFont(self._family)
        font.setBold(ink.bold)
        font.setPointSizeF(ink.size)
        font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        return font

    def _line(self, ink: Ink) -> float:
        return ink.size * _MM_PER_POINT * 1.45

    def _width(self, text: str, ink: Ink) -> float:
        """Printed width in mm; measured large, because hinting falsifies small sizes."""
        if ink.bold not in self._rulers:
            font = QFont(self._family)
            font.setPixelSize(200)
            font.setBold(ink.bold)
            self._rulers[ink.bold] = QFontMetricsF(font)
        return self._rulers[ink.bold].horizontalAdvance(text) / 200 * ink.size * _MM_PER_POINT
