"""What the comparison draws over the map: pictures that keep their place, the swipe line, the linked cursor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Optional

from qgis.core import QgsMapSettings, QgsPointXY
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from qgis.PyQt.QtWidgets import QStyleOptionGraphicsItem, QWidget

from .canvas_items import ScreenItem, draw_caption

#: z values under the outline (20): a cover for the whole map, the other time over it.
COVER_Z, OTHER_Z = 8, 10
_DARK, _LIGHT = QColor(0, 0, 0, 200), QColor(255, 255, 255, 235)


@dataclass(frozen=True)
class Frame:
    """A rendered picture with the map coordinates of three of its corners, so that it stays in its place.

    `key` tells the view that it was made for (see `view_key`).
    """

    image: QImage
    corners: tuple[QgsPointXY, QgsPointXY, QgsPointXY]  # upper left, upper right, lower left
    crs: str
    key: tuple[object, ...]

    @property
    def size(self) -> int:
        """Bytes of the picture."""
        return int(self.image.sizeInBytes())


def view_key(settings: QgsMapSettings) -> tuple[object, ...]:
    """Equal for two settings that show the same place in the same size, to half a pixel."""
    pixel = settings.mapUnitsPerPixel() or 1.0
    extent, size = settings.visibleExtent(), settings.outputSize()
    centre = extent.center()
    return (
        settings.destinationCrs().authid() or settings.destinationCrs().toWkt(),
        size.width(),
        size.height(),
        round(float(settings.devicePixelRatio()), 3),
        round(settings.rotation(), 3),
        round(centre.x() / pixel * 2),
        round(centre.y() / pixel * 2),
        f"{pixel:.9g}",
    )


def frame_of(image: QImage, settings: QgsMapSettings) -> Frame:
    """A finished picture of `settings`."""
    size, to_map = settings.outputSize(), settings.mapToPixel().transform().inverted()[0]
    corners = (QPointF(0, 0), QPointF(size.width(), 0), QPointF(0, size.height()))
    points = [QgsPointXY(to_map.map(corner)) for corner in corners]
    return Frame(image, (points[0], points[1], points[2]), crs_key(settings), view_key(settings))


def crs_key(settings: QgsMapSettings) -> str:
    """Names the CRS that corners are in."""
    crs = settings.destinationCrs()
    return str(crs.authid() or crs.toWkt())


class PictureItem(ScreenItem):
    """A Frame over the map, moved and turned with it; with `clip`, only inside a path in pixels."""

    def __init__(self, canvas: QgsMapCanvas, z: float) -> None:
        super().__init__(canvas)
        self.frame: Optional[Frame] = None
        self.clip: Optional[QPainterPath] = None
        self.painted: Optional[Callable[[Frame], None]] = None  # told at the end of each painting
        self.setZValue(z)
        self.hide()

    def show_frame(self, frame: Frame, clip: Optional[QPainterPath] = None) -> None:
        """Show this picture, the whole of it or the part inside `clip`."""
        self.frame, self.clip = frame, clip
        self.show()
        self.update()

    def set_clip(self, clip: Optional[QPainterPath]) -> None:
        """Show another part."""
        self.clip = clip
        self.update()

    def drop(self) -> None:
        """Show nothing and keep no picture."""
        self.frame = None
        self.hide()

    def fits(self) -> bool:
        """Whether the picture is of exactly the view on the screen."""
        return self.frame is not None and self.frame.key == view_key(self._map.mapSettings())

    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """Draw the picture where its corners are now."""
        frame = self.frame
        if frame is None or frame.crs != crs_key(self._map.mapSettings()):
            return
        painter.save()
        if self.clip is not None:
            painter.setClipPath(self.clip)
        if self.fits():
            painter.drawImage(self.boundingRect(), frame.image)
        else:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.setTransform(self._placed(frame), True)
            painter.drawImage(QRectF(0, 0, 1, 1), frame.image)
        painter.restore()
        if self.painted is not None:
            self.painted(frame)

    def _placed(self, frame: Frame) -> QTransform:
        """The unit square laid on the three corners."""
        origin, right, down = (self.toCanvasCoordinates(point) for point in frame.corners)
        return QTransform(
            right.x() - origin.x(),
            right.y() - origin.y(),
            down.x() - origin.x(),
            down.y() - origin.y(),
            origin.x(),
            origin.y(),
        )


class CrossItem(ScreenItem):
    """A cross at a place of the map: where the mouse is on the other side."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.position: Optional[QgsPointXY] = None
        self.setZValue(60)

    def show_at(self, position: Optional[QgsPointXY]) -> None:
        """Show it at a point in the CRS of the map; None hides it."""
        self.position = position
        self.update()

    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """A light cross with a dark rim, open in the middle."""
        if self.position is None:
            return
        centre, arm = self.toCanvasCoordinates(self.position), QFontMetricsF(self._map.font()).height()
        for pen in (QPen(_DARK, 3.5), QPen(_LIGHT, 1.5)):
            painter.setPen(pen)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                inner = QPointF(centre.x() + dx * arm * 0.25, centre.y() + dy * arm * 0.25)
                painter.drawLine(inner, QPointF(centre.x() + dx * arm, centre.y() + dy * arm))


class HandleItem(ScreenItem):
    """The swipe line with its grip, or the rim of the lens; with the date of either side."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.line: Optional[tuple[QPointF, QPointF]] = None
        self.rim: Optional[tuple[QPointF, float]] = None
        self.texts = ("", "")  # left or above the line, right of it or below
        self.setZValue(55)
        self.hide()

    def show_line(self, start: QPointF, end: QPointF, texts: tuple[str, str]) -> None:
        """A line across the map."""
        self.line, self.rim, self.texts = (start, end), None, texts
        self.show()
        self.update()

    def show_rim(self, centre: QPointF, radius: float, text: str) -> None:
        """A circle."""
        self.line, self.rim, self.texts = None, (centre, radius), (text, "")
        self.show()
        self.update()

    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """Draw line or rim and the dates."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.line is not None:
            self._paint_line(painter, *self.line)
        elif self.rim is not None:
            centre, radius = self.rim
            for pen in (QPen(_DARK, 4), QPen(_LIGHT, 2)):
                painter.setPen(pen)
                painter.drawEllipse(centre, radius, radius)
            self._paint_text(painter, self.texts[0], QPointF(centre.x(), centre.y() - radius), above=True)

    def _paint_line(self, painter: QPainter, start: QPointF, end: QPointF) -> None:
        for pen in (QPen(_DARK, 5), QPen(_LIGHT, 2)):
            painter.setPen(pen)
            painter.drawLine(start, end)
        grip = QPointF((start.x() + end.x()) / 2, (start.y() + end.y()) / 2)
        size = QFontMetricsF(self._map.font()).height() * 0.8
        painter.setPen(QPen(_DARK, 1.5))
        painter.setBrush(_LIGHT)
        painter.drawEllipse(grip, size, size)
        upright = start.x() == end.x()
        painter.setBrush(_DARK)
        painter.setPen(Qt.PenStyle.NoPen)
        for sign in (-1, 1):
            tip, back, half = sign * size * 0.72, sign * size * 0.22, size * 0.38
            arrow = ((tip, 0.0), (back, half), (back, -half))
            points = [
                QPointF(grip.x() + a, grip.y() + b) for a, b in (arrow if upright else [(b, a) for a, b in arrow])
            ]
            painter.drawPolygon(QPolygonF(points))
        box = self.boundingRect()
        if upright:
            self._paint_text(painter, self.texts[0], QPointF(box.left(), box.top()))
            self._paint_text(painter, self.texts[1], QPointF(box.right(), box.top()), right=True)
        else:
            self._paint_text(painter, self.texts[0], QPointF(box.left(), box.top()))
            self._paint_text(painter, self.texts[1], QPointF(box.left(), box.bottom()), above=True, left=True)

    def _paint_text(
        self,
        painter: QPainter,
        text: str,
        at: QPointF,
        *,
        right: bool = False,
        above: bool = False,
        left: bool = False,
    ) -> None:
        """A caption in a corner, or centred above a point."""
        if not text:
            return
        font = self._map.font()
        font.setBold(True)
        metrics = QFontMetricsF(font)
        margin, width, height = metrics.height() * 0.5, 0.0, metrics.height() * 1.5
        width = metrics.horizontalAdvance(text) + 2 * margin
        x = at.x() + margin
        if right:
            x = at.x() - width - margin
        elif above and not left:
            x = at.x() - width / 2
        y = at.y() - height - margin if above else at.y() + margin
        draw_caption(painter, font, QRectF(x, y, width, height), text)
