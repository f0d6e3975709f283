"""Where Qt and QGIS differ between versions, where files of the plugin lie, and colours from the palette."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QEvent, QObject, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QDropEvent, QIcon, QPainter, QPixmap
from qgis.PyQt.QtSvg import QSvgRenderer
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QWidget

from .tones import is_dark, text_color, tone

__all__ = ["is_dark", "tone"]  # of `tones`, for those who look for them here

LOG_TAG = "卫片执法助手"


def resource(*parts: str) -> Path:
    """A file under `resources/`: inside the built plugin, or beside the package in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "resources"
    root = inside if inside.is_dir() else package.parent / "resources"
    return root.joinpath(*parts)


def write_in(label: QLabel, kind: str) -> None:
    """Write the text of `label` in a named colour; a theme's style sheet would win over the palette alone."""
    color = tone(label, kind)
    palette = label.palette()
    palette.setColor(label.foregroundRole(), color)
    label.setPalette(palette)
    label.setStyleSheet(f"QLabel {{ color: {color.name()}; }}")


def icon(name: str, widget: QWidget) -> QIcon:
    """An icon of ours, tinted with the text colour of `widget`, sharp at twice its size."""
    path = resource("icons", f"{name}.svg")
    if not path.is_file():
        return QIcon()
    size = 2 * QgsApplication.scaleIconSize(16)
    pixmap = QPixmap(size, size)
    pixmap.fill(QColor(0, 0, 0, 0))
    painter = QPainter(pixmap)
    QSvgRenderer(str(path)).render(painter, QRectF(0, 0, size, size))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(pixmap.rect(), text_color(widget))
    painter.end()
    return QIcon(pixmap)


def line_height(widget: QWidget) -> int:
    """Height of one line of text in pixels, by the widget's own font."""
    return int(widget.fontMetrics().height())


def no_input_method(widget: QWidget) -> None:
    """Keep a Chinese input method from swallowing the keys of a widget that takes no text."""
    widget.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)


class _PageTurner(QObject):
    """Gives the wheel to what lies around a control, so that turning a page does not change what it holds."""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Swallow nothing but the wheel, and leave that to the parent."""
        if event.type() == QEvent.Type.Wheel:
            event.ignore()
            return True
        return False


def turn_page_not_value(widget: QWidget) -> None:
    """Keep the mouse wheel from changing a combo box or spin box that lies in a page or table that scrolls."""
    for part in (widget, *widget.findChildren(QComboBox)):
        part.installEventFilter(_PageTurner(part))


def describe(widget: QWidget, name: str, description: str = "") -> None:
    """Give a widget the name that a screen reader says."""
    widget.setAccessibleName(name)
    if description:
        widget.setAccessibleDescription(description)


def take_copy(event: QDropEvent) -> None:
    """Accept dropped files as a copy: where a move is accepted, the file manager deletes what it gave."""
    event.setDropAction(Qt.DropAction.CopyAction)
    event.accept()


def clear_layout(layout: Any) -> None:
    """Remove and delete everything in a layout."""
    while layout.count():
        item = layout.takeAt(0)
        if item.widget() is not None:
            item.widget().hide()
            item.widget().deleteLater()
        elif item.layout() is not None:
            clear_layout(item.layout())
