"""Blocks that flow over as many pages as they need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from .layout_parts import BOTTOM, GREY, LEFT, TOP, WIDTH, Ink, Sheet

#: Height in mm that a paragraph takes besides its lines.
_PAD = 1.8
BODY = Ink(8.5)


class Flow:
    """A cursor that opens a new page when a block does not fit."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.page = sheet.add_page()
        self.y = TOP

    def need(self, height: float) -> None:
        """Make room for a block of this height in mm."""
        if self.y + height > BOTTOM and self.y > TOP:
            self.page = self.sheet.add_page()
            self.y = TOP

    def bar(self, text: str, follow: float = 12) -> None:
        """A section heading that does not stay alone at the foot of a page."""
        if self.y > TOP:
            self.y += 3
        self.need(5.6 + follow)
        self.y = self.sheet.bar(self.page, self.y, text)

    def line(self, text: str, ink: Ink = BODY, frame: bool = True) -> None:
        """One paragraph over the whole width, broken over pages if it is longer than one."""
        lines = self.sheet.wrap(text, WIDTH - 4, ink)
        step = self.sheet.line_height(ink)
        while lines:
            self.need(min(len(lines), 3) * step + _PAD)
            room = max(int((BOTTOM - self.y - _PAD) / step), 1)
            part, lines = lines[:room], lines[room:]
            high = len(part) * step + _PAD
            self.sheet.text(self.page, LEFT, self.y, WIDTH, high, "\n".join(part), ink, frame, pad=2, fit=False)
            self.y += high

    def row(
        self, texts: Sequence[str], widths: Sequence[float], inks: Optional[Sequence[Ink]] = None, head: bool = False
    ) -> None:
        """Cells side by side, as high as the highest of them needs."""
        chosen = inks or [Ink(8, GREY, True) if head else Ink(8)] * len(texts)
        high = max(5.4, *(self.sheet.height(text, width, ink) for text, width, ink in zip(texts, widths, chosen)))
        self.need(high)
        x = LEFT
        for text, width, ink in zip(texts, widths, chosen):
            self.sheet.text(self.page, x, self.y, width, high, text, ink, True, "#F2F5FB" if head else None)
            x += width
        self.y += high
