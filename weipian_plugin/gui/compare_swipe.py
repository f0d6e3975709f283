"""The swipe line and the lens: which part of the map shows the other time, moved by mouse or by key."""

from __future__ import annotations

from typing import Optional

from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QPainterPath

from .compare_items import HandleItem, PictureItem

#: Lens: radius in the shorter side of the map.
_LENS = 0.22
#: A key moves the line by this share of the map.
STEP = 0.05


class Divider(QObject):
    """Cuts the picture of the other time along a line (swipe) or a circle (lens), and draws the cut."""

    def __init__(self, canvas: QgsMapCanvas, picture: PictureItem) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._picture = picture
        self._handle = HandleItem(canvas)
        self.texts = ("", "")
        self.kind = ""  # "", swipe or lens
        self.share = 0.5  # of the width, or of the height when the line lies
        self.upright = True
        self._at: Optional[QPointF] = None  # centre of the lens in pixels
        self._dragging = False

    @property
    def active(self) -> bool:
        """Whether something is cut now."""
        return bool(self.kind)

    def start(self, kind: str, texts: tuple[str, str]) -> None:
        """Begin with swipe or lens; `texts` are the captions of the other time and of the map."""
        if not self.active:
            self._canvas.viewport().installEventFilter(self)
        self.kind, self.texts = kind, texts
        self._at = None
        self.update()

    def stop(self) -> None:
        """No cut any more."""
        if self.active:
            self._canvas.viewport().removeEventFilter(self)
            self._canvas.viewport().unsetCursor()
        self.kind, self._dragging = "", False
        self._handle.hide()
        self._picture.set_clip(None)

    def remove(self) -> None:
        """Take it off the canvas."""
        self.stop()
        self._handle.remove()

    def move(self, steps: int) -> None:
        """By key: to the right or down with a positive number."""
        self._set_share(self.share + steps * STEP)

    def turn(self) -> None:
        """The line stands or lies."""
        self.upright = not self.upright
        self.update()

    def _set_share(self, share: float) -> None:
        self.share = min(max(share, 0.0), 1.0)
        self.update()

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - as the items of Qt
        """Hide the line for a moment; the picture is then shown whole."""
        self._handle.setVisible(visible and self.active)
        if not visible:
            self._picture.set_clip(None)
        elif self.active:
            self.update()

    def clip(self) -> Optional[QPainterPath]:
        """The part of the map that shows the other time, in pixels; None: all of it."""
        box, path = self._box(), QPainterPath()
        if self.kind == "swipe":
            width = box.width() * self.share if self.upright else box.width()
            height = box.height() if self.upright else box.height() * self.share
            path.addRect(QRectF(0, 0, width, height))
            return path
        if self.kind == "lens":
            path.addEllipse(self._centre(), self._radius(), self._radius())
            return path
        return None

    def update(self) -> None:
        """Draw the cut where it is now."""
        if not self.active:
            return
        box = self._box()
        if self.kind == "lens":
            self._handle.show_rim(self._centre(), self._radius(), self.texts[0])
        elif self.upright:
            x = box.width() * self.share
            self._handle.show_line(QPointF(x, 0), QPointF(x, box.height()), self.texts)
        else:
            y = box.height() * self.share
            self._handle.show_line(QPointF(0, y), QPointF(box.width(), y), self.texts)
        self._picture.set_clip(self.clip())

    def _box(self) -> QRectF:
        return self._handle.boundingRect()

    def _centre(self) -> QPointF:
        return self._at if self._at is not None else self._box().center()

    def _radius(self) -> float:
        return min(self._box().width(), self._box().height()) * _LENS

    def _near(self, place: QPointF) -> bool:
        """Whether the mouse could grab the line."""
        box, reach = self._box(), self._canvas.fontMetrics().height() * 0.8
        if self.upright:
            return abs(place.x() - box.width() * self.share) < reach
        return abs(place.y() - box.height() * self.share) < reach

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Drag the line, or carry the lens along; every other movement is the map tool's."""
        kind = event.type()
        if kind not in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            return False
        place = QPointF(event.pos())
        if self.kind == "lens":
            if kind == QEvent.Type.MouseMove and not event.buttons():
                self._at = place
                self.update()
            return False
        if kind == QEvent.Type.MouseButtonPress:
            self._dragging = event.button() == Qt.MouseButton.LeftButton and self._near(place)
            return self._dragging
        if kind == QEvent.Type.MouseButtonRelease:
            dragging, self._dragging = self._dragging, False
            return dragging
        if self._dragging:
            box = self._box()
            self._set_share(place.x() / box.width() if self.upright else place.y() / box.height())
            return True
        return self._hover(place)

    def _hover(self, place: QPointF) -> bool:
        """The cursor tells that the line can be taken."""
        viewport = self._canvas.viewport()
        shapes = (Qt.CursorShape.SplitHCursor, Qt.CursorShape.SplitVCursor)
        if self._near(place):
            viewport.setCursor(shapes[0] if self.upright else shapes[1])
            return True
        if viewport.cursor().shape() in shapes:
            tool = self._canvas.mapTool()
            if tool is not None:
                viewport.setCursor(tool.cursor())
            else:
                viewport.unsetCursor()
        return False
