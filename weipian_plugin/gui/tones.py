"""Colours that stay legible: each named tone is brought to 4.5:1 on the ground that is really painted.

QGIS's themes are style sheets, and the palette of a styled widget says little of them, so the grounds are read
from the sheet. A middle grey such as Blend of Gray's takes no strong colour at all; there the tones come close
to white, and mark and words carry the meaning.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Optional

from qgis.PyQt.QtGui import QColor, QPalette
from qgis.PyQt.QtWidgets import QAbstractItemView, QApplication, QPushButton, QWidget

#: name -> (on light, on dark).
TEXT_TONES = {
    "good": ("#1a7431", "#6fdc8c"),
    "bad": ("#b3201b", "#ff8a80"),
    "warn": ("#8a5200", "#ffc46b"),
    "muted": ("#5c5c5c", "#b0b0b0"),
    "link": ("#0b57a4", "#8ab8ff"),
    "mode": ("#0b57a4", "#8ab8ff"),
}
#: Fills, told apart by hatch and words as well; they need no contrast to a text.
FILL_TONES = {
    "cropland": ("#d9a520", "#e0b84a"),
    "agri": ("#7fb55b", "#8dc46a"),
    "unused": ("#9a9a9a", "#8a8a8a"),
    "construction": ("#b56a6a", "#c98080"),
    "unknown": ("#6f5fa8", "#9a8ad0"),
    "uncovered": ("#ffffff", "#202020"),
    "note_edge": ("#c98a10", "#d9a33c"),
}
NOTE = ("#fdf5e3", "#3a3222")
#: Contrast that text needs (WCAG 2.1, AA).
ENOUGH = 4.5
#: Relative luminance at which black and white are equally far away.
_MIDDLE = 0.179
#: Property of a frame that paints a ground of its own.
GROUND = "weipian_ground"
_HEX = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b")
_STEPS = 20


def luminance(color: QColor) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.1)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(float(part)) for part in (color.redF(), color.greenF(), color.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.1)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache(maxsize=8)
def _sheet(text: str) -> dict[str, str]:
    """Grounds and text colour that a theme's style sheet names; keys that it does not name are absent."""
    found: dict[str, str] = {}
    for selectors, rule in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        names = [name.strip() for name in selectors.split(",")]
        background = re.search(r"background(?:-color)?\s*:\s*([^;]+)", rule)
        color = re.search(r"(?:^|[;\s])color\s*:\s*(#[0-9a-fA-F]{3,6})", rule)
        for name, key in (("QDockWidget", "plain"), ("QAbstractItemView", "view"), ("QPushButton", "button")):
            colors = _HEX.findall(background.group(1)) if background is not None and name in names else []
            if colors:
                found.setdefault(key, _mean(colors))
        if "QLabel" in names and color is not None:
            found.setdefault("text", color.group(1))
    return found


def _mean(colors: list[str]) -> str:
    parts = [QColor(color) for color in colors]
    mean = (sum(getattr(c, part)() for c in parts) // len(parts) for part in ("red", "green", "blue"))
    return str(QColor(*mean).name())


def _theme() -> dict[str, str]:
    app = QApplication.instance()
    return _sheet(app.styleSheet()) if app is not None else {}


def ground(widget: QWidget) -> QColor:
    """The colour on which `widget` writes."""
    part: Optional[QWidget] = widget
    while part is not None:
        own = part.property(GROUND)
        if own:
            return QColor(own)
        part = part.parentWidget()
    kind, role = "plain", QPalette.ColorRole.Window
    if isinstance(widget, QAbstractItemView):
        kind, role = "view", QPalette.ColorRole.Base
    elif isinstance(widget, QPushButton):
        kind, role = "button", QPalette.ColorRole.Button
    named = _theme().get(kind)
    return QColor(named) if named else widget.palette().color(role)


def text_color(widget: QWidget) -> QColor:
    """The colour of ordinary text."""
    named = _theme().get("text")
    return QColor(named) if named else widget.palette().color(QPalette.ColorRole.WindowText)


def is_dark(widget: QWidget) -> bool:
    """Whether light colours stand out better from the ground than dark ones."""
    return luminance(ground(widget)) < _MIDDLE


def note_ground(widget: QWidget) -> QColor:
    """The tint of a note: light under dark text, dark under light text, whatever lies around it."""
    return QColor(NOTE[1 if luminance(text_color(widget)) > _MIDDLE else 0])


@lru_cache(maxsize=256)
def legible(name: str, on: str) -> str:
    """The tone `name` on the colour `on`, moved towards black or white as far as it needs."""
    below = QColor(on)
    dark = luminance(below) < _MIDDLE
    color = QColor(TEXT_TONES[name][1 if dark else 0])
    end = 255 if dark else 0
    for step in range(_STEPS + 1):
        share = step / _STEPS
        mixed = QColor(*(round(part + (end - part) * share) for part in (color.red(), color.green(), color.blue())))
        if contrast(mixed, below) >= ENOUGH:
            return str(mixed.name())
    return str(QColor(end, end, end).name())


def tone(widget: QWidget, name: str) -> QColor:
    """A named colour for `widget`: text tones reach 4.5:1 on its ground."""
    if name == "note":
        return note_ground(widget)
    if name in FILL_TONES:
        return QColor(FILL_TONES[name][1 if is_dark(widget) else 0])
    return QColor(legible(name, ground(widget).name()))
