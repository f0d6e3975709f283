"""Boxes of text, tables and pictures on a print layout, in millimetres from the top left of a page.

Text is wrapped here and not by the label items: QGIS 3.22 and 3.44 wrap differently, and neither
breaks Chinese text, which has no spaces, everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from qgis.core import (
    QgsFillSymbol,
    QgsLayoutItem,
    QgsLayoutItemLabel,
    QgsLayoutItemPage,
    QgsLayoutItemPicture,
    QgsLayoutItemShape,
    QgsLayoutMeasurement,
    QgsLayoutPoint,
    QgsLayoutSize,
    QgsPrintLayout,
    QgsTextFormat,
    QgsUnitTypes,
)
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0
LEFT, TOP, WIDTH, BOTTOM = 12.0, 12.0, 186.0, 283.0
BLUE, RED, GREY, LINE = "#4472C4", "#C00000", "#595959", "#8C8C8C"
#: First family found is used; the last resort is whatever the system gives.
_FAMILIES = (
    "Microsoft YaHei", "微软雅黑", "Noto Sans CJK SC", "Source Han Sans SC", "思源黑体", "PingFang SC",
    "WenQuanYi Micro Hei", "SimHei", "SimSun", "宋体", "Noto Serif CJK SC",
)  # fmt: skip
_MM_PER_POINT = 25.4 / 72
#: Characters that must not begin a line.
_NOT_FIRST = "，。、；：？！）】〕》”’％%"

#: Measured and printed widths differ a little; a label that thinks a line too long wraps it again.
_SLACK = 0.8
#: Longest run of letters and digits that is carried to the next line whole.
_RUN = 24


@dataclass(frozen=True)
class Ink:
    """How a text looks: size in points, colour, weight, alignment left | center | right."""

    size: float = 8.5
    color: str = "#000000"
    bold: bool = False
    align: str = "left"


def _break_at(line: str, following: str) -> int:
    """Where to end a full line: characters before the index stay, the rest go down with `following`."""
    keep = len(line)
    if following in _NOT_FIRST:
        keep -= 1
    elif _in_word(following):
        while keep > 0 and len(line) - keep < _RUN and _in_word(line[keep - 1]):
            keep -= 1
    return keep if keep > 0 and len(line) - keep < _RUN else len(line)


def _in_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char in "-_./:")


def cjk_family() -> str:
    """A font family of this machine that has Chinese."""
    try:
        known = set(QFontDatabase().families())
    except TypeError:  # Qt 6: static functions only
        known = set(QFontDatabase.families())
    return next((family for family in _FAMILIES if family in known), QFont().defaultFamily())


class Sheet:
    """The pages of one patch on a layout that serves many: items added here go with :meth:`clear`."""

    def __init__(self, layout: QgsPrintLayout) -> None:
        self.layout = layout
        self.family = cjk_family()
        self._items: list[QgsLayoutItem] = []
        self._rulers: dict[bool, QFontMetricsF] = {}

    def clear(self) -> None:
        """Remove what belongs to the last patch, pages after the first included."""
        for item in self._items:
            self.layout.removeLayoutItem(item)
        self._items = []
        pages = self.layout.pageCollection()
        while pages.pageCount() > 1:
            pages.deletePage(pages.pageCount() - 1)

    def add_page(self) -> int:
        """Append an A4 portrait page and give its index."""
        page = QgsLayoutItemPage(self.layout)
        page.setPageSize("A4", QgsLayoutItemPage.Portrait)
        self.layout.pageCollection().addPage(page)
        return self.layout.pageCollection().pageCount() - 1

    def font(self, ink: Ink) -> QFont:
        """The font of an ink."""
        font = QFont(self.family)
        font.setPointSizeF(ink.size)
        font.setBold(ink.bold)
        # shaped digits next to Latin letters become glyphs that the PDF cannot be searched for
        font.setStyleStrategy(QFont.StyleStrategy.PreferNoShaping)
        return font

    def _width_mm(self, text: str, ink: Ink) -> float:
        """Printed width; measured large, because screen hinting falsifies small sizes."""
        if ink.bold not in self._rulers:
            font = QFont(self.family)
            font.setPixelSize(200)
            font.setBold(ink.bold)
            self._rulers[ink.bold] = QFontMetricsF(font)
        return self._rulers[ink.bold].horizontalAdvance(text) / 200 * ink.size * _MM_PER_POINT

    def wrap(self, text: str, width: float, ink: Ink) -> list[str]:
        """Break a text into lines of at most `width` mm: between Chinese characters, not inside numbers or words."""
        lines = []
        for paragraph in text.replace("\r", "").split("\n"):
            line = ""
            for char in paragraph:
                if line and self._width_mm(line + char, ink) > width - _SLACK:
                    keep = _break_at(line, char)
                    lines.append(line[:keep].rstrip(" "))
                    line = line[keep:].lstrip("　 ")
                line += "" if not line and lines and char in "　 " else char
            lines.append(line)
        return lines

    def line_height(self, ink: Ink) -> float:
        """Height in mm that a line of text takes."""
        return ink.size * _MM_PER_POINT * 1.52

    def height(self, text: str, width: float, ink: Ink, pad: float = 1.0) -> float:
        """Height in mm of a text box of `width` mm."""
        return len(self.wrap(text, width - 2 * pad, ink)) * self.line_height(ink) + 1.2

    def _place(self, item: QgsLayoutItem, page: int, x: float, y: float, width: float, height: float) -> None:
        self.layout.addLayoutItem(item)
        mm = QgsUnitTypes.LayoutMillimeters
        item.attemptResize(QgsLayoutSize(width, height, mm))
        item.attemptMove(QgsLayoutPoint(x, y, mm), page=page)
        self._items.append(item)

    def text(
        self, page: int, x: float, y: float, width: float, height: float, text: str, ink: Ink,
        frame: bool = False, fill: Optional[str] = None, pad: float = 1.0, fit: bool = True,
    ) -> None:  # fmt: skip
        """A wrapped text, vertically centred; with `fit` it shrinks rather than being cut off."""
        lines = self.wrap(text, width - 2 * pad, ink)
        while fit and ink.size > 5 and len(lines) * self.line_height(ink) > height + 0.6:
            ink = Ink(ink.size - 0.5, ink.color, ink.bold, ink.align)
            lines = self.wrap(text, width - 2 * pad, ink)
        label = QgsLayoutItemLabel(self.layout)
        label.setText("\n".join(lines))
        _ink_label(label, self.font(ink), QColor(ink.color))
        align = {"left": Qt.AlignmentFlag.AlignLeft, "center": Qt.AlignmentFlag.AlignHCenter}
        label.setHAlign(align.get(ink.align, Qt.AlignmentFlag.AlignRight))
        label.setVAlign(Qt.AlignmentFlag.AlignVCenter)
        label.setMarginX(pad)
        label.setMarginY(0)
        frame_item(label, frame)
        if fill:
            label.setBackgroundEnabled(True)
            label.setBackgroundColor(QColor(fill))
        self._place(label, page, x, y, width, height)

    def box(self, page: int, x: float, y: float, width: float, height: float, symbol: QgsFillSymbol) -> None:
        """A rectangle filled as a legend patch is."""
        shape = QgsLayoutItemShape(self.layout)
        shape.setShapeType(QgsLayoutItemShape.Rectangle)
        shape.setSymbol(symbol)
        self._place(shape, page, x, y, width, height)

    def picture(self, page: int, x: float, y: float, width: float, height: float, path: str) -> None:
        """A raster picture, whole, centred in its frame."""
        item = QgsLayoutItemPicture(self.layout)
        item.setPicturePath(path)
        item.setResizeMode(QgsLayoutItemPicture.Zoom)
        item.setPictureAnchor(QgsLayoutItem.Middle)
        frame_item(item, True)
        self._place(item, page, x, y, width, height)

    def north(self, page: int, x: float, y: float) -> None:
        """A north arrow with 北 in a white box, 7 x 12 mm."""
        self.text(page, x, y, 7, 12, "", Ink(), fill="#FFFFFF")
        arrow = QgsLayoutItemShape(self.layout)
        arrow.setShapeType(QgsLayoutItemShape.Triangle)
        arrow.setSymbol(QgsFillSymbol.createSimple({"color": "#000000", "outline_style": "no"}))
        self._place(arrow, page, x + 1.7, y + 5.2, 3.6, 6)
        self.text(page, x, y + 0.4, 7, 4.6, "北", Ink(8, bold=True, align="center"), pad=0)

    def bar(self, page: int, y: float, text: str) -> float:
        """A section heading over the whole width; gives the y below it."""
        self.text(page, LEFT, y, WIDTH, 5.6, text, Ink(9, "#FFFFFF", True), fill=BLUE, pad=2)
        return y + 5.6

    def pairs(self, page: int, y: float, entries: Sequence[tuple[str, str]], label_width: float = 25) -> float:
        """Label/value cells, two pairs a row; gives the y below."""
        ink, half = Ink(8), WIDTH / 2
        for at in range(0, len(entries), 2):
            row = entries[at : at + 2]
            high = max(5.4, *(min(self.height(value, half - label_width, ink), 9) for _, value in row))
            for column, (label, value) in enumerate(row):
                x = LEFT + column * half
                self.text(page, x, y, label_width, high, label, Ink(8, GREY), frame=True, fill="#F2F5FB")
                self.text(page, x + label_width, y, half - label_width, high, value, ink, frame=True)
            y += high
        return y


def _ink_label(label: QgsLayoutItemLabel, font: QFont, color: QColor) -> None:
    if hasattr(label, "setTextFormat"):  # QGIS 3.24 and later
        text_format = QgsTextFormat()
        text_format.setFont(font)
        text_format.setSize(font.pointSizeF())
        text_format.setColor(color)
        label.setTextFormat(text_format)
    else:
        label.setFont(font)
        label.setFontColor(color)


def frame_item(item: QgsLayoutItem, on: bool) -> None:
    """The thin grey frame of every box, or none."""
    item.setFrameEnabled(on)
    if on:
        item.setFrameStrokeWidth(QgsLayoutMeasurement(0.15, QgsUnitTypes.LayoutMillimeters))
        item.setFrameStrokeColor(QColor(LINE))
