"""Clicks and tips on the photos of the map. Whatever is not a click on a photo is left to the tool in hand."""

from __future__ import annotations

from typing import Optional

from qgis.gui import QgsMapCanvas, QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, QObject, QPointF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtWidgets import QApplication, QToolTip

from .photo_items import WedgeItem


class WedgeClicks(QObject):
    """Watches the viewport of a canvas.

    A click is taken only with the hand (or no tool) and only on a tag or a camera; one that becomes a drag is
    given back to the hand from its beginning. Tools that draw, measure, identify or edit never miss a click.
    """

    clicked = pyqtSignal(str)  # evidence id
    opened = pyqtSignal(str)  # the same, by a double click

    def __init__(self, canvas: QgsMapCanvas, item: WedgeItem) -> None:
        super().__init__(canvas)
        self._canvas, self._item = canvas, item
        self._pressed: Optional[tuple[QPointF, str]] = None
        self._passing = False
        canvas.viewport().installEventFilter(self)

    def remove(self) -> None:
        """Watch no longer, and leave nothing on the canvas."""
        self._canvas.viewport().removeEventFilter(self)
        self.setParent(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """True only for what belongs to a click on a photo."""
        if self._passing or not self._item.wedges or not self._item.isVisible():
            return False
        kind = event.type()
        if kind == QEvent.Type.ToolTip:
            return self._tip(event)
        if kind == QEvent.Type.MouseButtonPress:
            return self._press(event)
        if kind == QEvent.Type.MouseButtonDblClick:
            return self._double(event)
        if kind == QEvent.Type.MouseMove and self._pressed is not None:
            return self._move(watched, event)
        return kind == QEvent.Type.MouseButtonRelease and self._release()

    def _free(self, event: QMouseEvent) -> bool:
        """Whether the tool in hand has no use for a click."""
        tool = self._canvas.mapTool()
        plain = event.button() == Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        return plain and (tool is None or isinstance(tool, QgsMapToolPan))

    def _press(self, event: QMouseEvent) -> bool:
        self._pressed = None
        if not self._free(event):
            return False
        wedge = self._item.hit(QPointF(event.pos()))
        if wedge is not None:
            self._pressed = (QPointF(event.pos()), wedge.evidence_id)
        return wedge is not None

    def _double(self, event: QMouseEvent) -> bool:
        wedge = self._item.hit(QPointF(event.pos())) if self._free(event) else None
        if wedge is not None:
            self.opened.emit(wedge.evidence_id)
        return wedge is not None

    def _release(self) -> bool:
        pressed, self._pressed = self._pressed, None
        if pressed is not None:
            self.clicked.emit(pressed[1])
        return pressed is not None

    def _move(self, watched: QObject, event: QMouseEvent) -> bool:
        place, _evidence_id = self._pressed or (QPointF(), "")
        if (QPointF(event.pos()) - place).manhattanLength() < QApplication.startDragDistance():
            return True
        self._pressed = None
        press = QMouseEvent(
            QEvent.Type.MouseButtonPress,
            place,
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton,
            event.modifiers(),
        )
        self._passing = True  # the hand gets the beginning of the drag after all
        try:
            QApplication.sendEvent(watched, press)
        finally:
            self._passing = False
        return False

    def _tip(self, event: QEvent) -> bool:
        wedge = self._item.hit(QPointF(event.pos()))
        if wedge is None:
            return False
        QToolTip.showText(event.globalPos(), wedge.tip, self._canvas.viewport())
        return True
