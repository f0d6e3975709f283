"""On the map instead of in boxes: a click is where a photo was taken, a drag the direction it looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Callable, Optional

from qgis.core import QgsCsException, QgsDistanceArea, QgsGeometry, QgsPointXY, QgsProject, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand
from qgis.PyQt.QtCore import QLineF, QObject, QPoint, QPointF, QRectF, Qt, pyqtSignal
from qgis.PyQt.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPixmap,
)
from qgis.PyQt.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QStyleOptionGraphicsItem,
    QVBoxLayout,
    QWidget,
)

from .canvas_items import ScreenItem, draw_caption, from_canvas, to_canvas
from .compat import line_height

_INK = QColor("#e6007e")
#: A move of the pressed button shorter than this is a trembling hand, no direction; pixels.
_DRAG = 8
_HALF_ANGLE = 30.0


class AimItem(ScreenItem):
    """Where the photo is being placed and where it looks; arrows of a shift that is offered."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__(canvas)
        self._project = project
        self.position: Optional[QgsPointXY] = None  # lon, lat
        self.ahead: Optional[QgsPointXY] = None
        self.azimuth: Optional[float] = None
        self.arrows: tuple[tuple[QgsPointXY, QgsPointXY], ...] = ()
        self.setZValue(46)

    def _pixel(self, point: QgsPointXY) -> Optional[QPointF]:
        try:
            place = to_canvas(self._map, self._project).transform(point)
        except QgsCsException:
            return None
        return self.toCanvasCoordinates(place)

    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """Draw arrows below, then the camera."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for start, end in self.arrows:
            self._paint_arrow(painter, start, end)
        centre = self._pixel(self.position) if self.position is not None else None
        if centre is None:
            return
        ahead = self._pixel(self.ahead) if self.ahead is not None else None
        if ahead is not None:
            self._paint_view(painter, centre, ahead)
        for pen in (QPen(QColor("white"), 5), QPen(_INK, 2.5)):
            painter.setPen(pen)
            painter.setBrush(QColor(255, 255, 255, 120))
            painter.drawEllipse(centre, 7, 7)

    def _paint_view(self, painter: QPainter, centre: QPointF, ahead: QPointF) -> None:
        metrics = QFontMetricsF(self._map.font())
        bearing = math.degrees(math.atan2(ahead.x() - centre.x(), centre.y() - ahead.y()))
        radius = max(5 * metrics.height(), QLineF(centre, ahead).length())
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        path = QPainterPath(centre)
        path.arcTo(box, 90 - bearing - _HALF_ANGLE, 2 * _HALF_ANGLE)
        path.closeSubpath()
        fill = QColor(_INK)
        fill.setAlpha(60)
        painter.setPen(QPen(QColor(255, 255, 255, 220), 4))
        painter.drawPath(path)
        painter.setPen(QPen(_INK, 2))
        painter.setBrush(fill)
        painter.drawPath(path)
        if self.azimuth is not None:
            text = f"{self.azimuth:.0f}°"
            width = metrics.horizontalAdvance(text) + metrics.height()
            tip = QRectF(ahead.x() + 12, ahead.y() - 1.6 * metrics.height(), width, 1.3 * metrics.height())
            draw_caption(painter, self._map.font(), tip, text)

    def _paint_arrow(self, painter: QPainter, start: QgsPointXY, end: QgsPointXY) -> None:
        a, b = self._pixel(start), self._pixel(end)
        if a is None or b is None:
            return
        line = QLineF(a, b)
        for pen in (QPen(QColor(255, 255, 255, 220), 5), QPen(_INK, 2.2)):
            painter.setPen(pen)
            painter.drawLine(line)
            painter.setBrush(QColor("white"))
            painter.drawEllipse(a, 4, 4)
            if line.length() > 6:
                for turn in (150, -150):
                    side = QLineF(b, b + QPointF(10, 0))
                    side.setAngle(line.angle() + turn)
                    painter.drawLine(side)


class AimTool(QgsMapTool):
    """Press = position, drag = direction, release = done; a click alone sets the position, a second the direction."""

    #: lon, lat, azimuth or None
    aimed = pyqtSignal(float, float, object)
    cancelled = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, item: AimItem) -> None:
        super().__init__(canvas)
        self._map, self._project, self._item = canvas, project, item
        self._pressed: Optional[QPoint] = None
        self._measure = QgsDistanceArea()
        self._measure.setEllipsoid("EPSG:7030")
        self.setCursor(Qt.CursorShape.CrossCursor)

    def _place(self, event: QgsMapMouseEvent) -> Optional[QgsPointXY]:
        try:
            return from_canvas(self._map, self._project).transform(event.mapPoint())
        except QgsCsException:
            return None

    def canvasPressEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 - QGIS name
        """The camera stands here."""
        if event.button() != Qt.MouseButton.LeftButton or self._item.position is not None:
            return
        self._pressed = event.pos()
        self._item.position = self._place(event)
        self._item.update()

    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 - QGIS name
        """The direction follows the pointer."""
        if self._item.position is None:
            return
        if self._pressed is not None and not self._far(event):
            return
        self._aim(self._place(event))

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 - QGIS name
        """After a drag, or at the second click: done. The right button takes the position without a direction."""
        if event.button() == Qt.MouseButton.RightButton:
            self.finish(directed=False)
            return
        if event.button() != Qt.MouseButton.LeftButton or self._item.position is None:
            return
        first, self._pressed = self._pressed, None
        if first is not None and QLineF(QPointF(first), QPointF(event.pos())).length() < _DRAG:
            return  # a click: the direction comes with the next one
        self._aim(self._place(event))
        self.finish()

    def _far(self, event: QgsMapMouseEvent) -> bool:
        return QLineF(QPointF(self._pressed), QPointF(event.pos())).length() >= _DRAG

    def _aim(self, ahead: Optional[QgsPointXY]) -> None:
        item = self._item
        if ahead is None or item.position is None or ahead == item.position:
            return
        item.ahead = ahead
        item.azimuth = math.degrees(self._measure.bearing(item.position, ahead)) % 360
        item.update()

    def finish(self, *, directed: bool = True) -> None:
        """Tell what was set; nothing was set yet: give up."""
        item = self._item
        if item.position is None:
            self.cancelled.emit()
            return
        # A tenth of a degree is more than any hand can show.
        azimuth = round(item.azimuth, 1) % 360 if directed and item.azimuth is not None else None
        self.aimed.emit(item.position.x(), item.position.y(), azimuth)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Enter takes the position alone, Backspace begins anew, Esc gives up."""
        item = self._item
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish(directed=False)
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            item.position = item.ahead = item.azimuth = self._pressed = None
            item.update()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            event.ignore()
            return
        event.accept()  # or QGIS would delete features by the same key


class _Card(QFrame):
    """The photo in the corner of the map with what to do: nobody places a photo from memory."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.picture, self.words = QLabel(self), QLabel(self)
        self.words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.picture)
        layout.addWidget(self.words)
        self.button = QPushButton(self)
        layout.addWidget(self.button)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Esc is the button; no other key goes on to the map."""
        if event.key() == Qt.Key.Key_Escape:
            self.button.click()

    def show_photo(self, pixmap: QPixmap, words: str, back: str = "") -> None:
        """In the upper right corner, a third of the map wide at most; `back` names a button that leads back."""
        canvas = self.parentWidget()
        line = line_height(self)
        side = max(line * 10, min(canvas.width() // 3, line * 20))
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        self.picture.setVisible(not pixmap.isNull())
        if not pixmap.isNull():
            self.picture.setPixmap(pixmap.scaled(side, side, keep, smooth))
        self.words.setText(words)
        self.words.setFixedWidth(side)
        self.button.setText(back)
        self.button.setVisible(bool(back))
        self.adjustSize()
        self.move(canvas.width() - self.width() - line // 2, line // 2)
        self.show()
        self.raise_()


class Aim(QObject):
    """Placing one photo at a time on a canvas; afterwards the map has the tool it had before."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__(canvas)
        self._canvas, self._project = canvas, project
        self.item = AimItem(canvas, project)
        self.tool: Optional[AimTool] = None
        self._before: Optional[QgsMapTool] = None
        self._card: Optional[_Card] = None
        self._band: Optional[QgsRubberBand] = None
        self._ended: Callable[[], None] = lambda: None

    def start(
        self,
        done: Callable[[float, float, Optional[float]], None],
        ended: Callable[[], None],
        pixmap: Optional[QPixmap] = None,
    ) -> None:
        """Let the person set position and direction of a photo that is shown in the corner.

        Args:
            done: gets lon, lat (degrees CGCS2000) and azimuth from true north or None, after the tool is gone.
            ended: called instead when the person gave up or took another tool.
            pixmap: the photo.
        """
        self.stop()
        self.show_mark(None, None, None)
        self._ended = ended
        tool = AimTool(self._canvas, self._project, self.item)
        tool.aimed.connect(lambda lon, lat, azimuth: self._aimed(done, lon, lat, azimuth))
        tool.cancelled.connect(self._gave_up)
        tool.deactivated.connect(self._left)
        self.tool, self._before = tool, self._canvas.mapTool()
        self._canvas.setMapTool(tool)
        self._canvas.window().activateWindow()
        self._canvas.setFocus()
        self._card = _Card(self._canvas)
        words = self.tr("按下：拍摄位置　拖动：镜头方向\n只点一下，再点一下也行；右键只定位置；Esc 取消")
        self._card.show_photo(pixmap or QPixmap(), words)

    def go_to(
        self, wkb: Optional[bytes], position: Optional[tuple[float, float]] = None, reach: float = 0.0015
    ) -> None:
        """Outline a patch (WKB EPSG:4490) and turn the map to it and to a position; `reach` in degrees around."""
        self._forget_band()
        geometry = QgsGeometry()
        if wkb:
            geometry.fromWkb(wkb)
        box = geometry.boundingBox() if wkb else None
        if position is not None:
            point = QgsGeometry.fromPointXY(QgsPointXY(*position)).boundingBox()
            if box is None:
                box = point
            else:
                box.combineExtentWith(point)
        if box is None:
            return
        box.grow(max(reach * 0.5, 0.6 * max(box.width(), box.height())))
        transform = to_canvas(self._canvas, self._project)
        try:
            extent = transform.transformBoundingBox(box)
            geometry.transform(transform)
        except QgsCsException:
            return
        if wkb:
            band = QgsRubberBand(self._canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
            band.setStrokeColor(_INK)
            band.setFillColor(QColor(0, 0, 0, 0))
            band.setWidth(2)
            band.setLineStyle(Qt.PenStyle.DashLine)
            band.setToGeometry(geometry, None)
            self._band = band
        self._canvas.setExtent(extent)
        self._canvas.refresh()

    def zoom_to(self, points: Sequence[tuple[float, float]]) -> None:
        """Turn the map to all these (lon, lat)."""
        box = QgsGeometry.fromMultiPointXY([QgsPointXY(*point) for point in points]).boundingBox()
        box.grow(max(0.0005, 0.15 * max(box.width(), box.height())))
        try:
            self._canvas.setExtent(to_canvas(self._canvas, self._project).transformBoundingBox(box))
        except QgsCsException:
            return
        self._canvas.refresh()

    def show_mark(self, lon: Optional[float], lat: Optional[float], azimuth: Optional[float]) -> None:
        """Show where a photo would stand; nothing with None."""
        item = self.item
        item.position = QgsPointXY(lon, lat) if lon is not None and lat is not None else None
        item.ahead, item.azimuth = None, azimuth
        if item.position is not None and azimuth is not None:
            measure = QgsDistanceArea()
            measure.setEllipsoid("EPSG:7030")
            item.ahead = measure.computeSpheroidProject(item.position, 30.0, math.radians(azimuth))
        item.update()

    def show_arrows(
        self,
        arrows: Sequence[tuple[float, float, float, float]],
        words: str = "",
        back: Optional[Callable[[], None]] = None,
    ) -> None:
        """Arrows from (lon, lat) to (lon, lat), with words and a button that calls `back`; none takes them off."""
        self.item.arrows = tuple((QgsPointXY(a, b), QgsPointXY(c, d)) for a, b, c, d in arrows)
        self.item.update()
        self._forget_card()
        if not arrows:
            return
        self.zoom_to([(lon, lat) for a, b, c, d in arrows for lon, lat in ((a, b), (c, d))])
        if back is not None:
            self._card = _Card(self._canvas)
            self._card.button.clicked.connect(lambda _checked=False: back())
            self._card.show_photo(QPixmap(), words, self.tr("返回 (Esc)"))
            self._card.button.setFocus()

    def _aimed(
        self, done: Callable[[float, float, Optional[float]], None], lon: float, lat: float, azimuth: Optional[float]
    ) -> None:
        self.stop()
        done(lon, lat, azimuth)

    def _gave_up(self) -> None:
        self.stop()
        self._ended()

    def _left(self) -> None:
        """Another tool was chosen in QGIS."""
        if self.tool is not None:
            self._before = None
            self.stop()
            self._ended()

    def stop(self) -> None:
        """Back to the tool that was there before."""
        self._forget_band()
        self._forget_card()
        tool, self.tool = self.tool, None
        if tool is None:
            return
        self.show_mark(None, None, None)
        before, self._before = self._before, None
        if self._canvas.mapTool() is tool:
            if before is not None:
                self._canvas.setMapTool(before)
            else:
                self._canvas.unsetMapTool(tool)
        tool.deleteLater()

    def _forget_card(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            card.hide()
            card.deleteLater()

    def _forget_band(self) -> None:
        band, self._band = self._band, None
        if band is not None:
            self._canvas.scene().removeItem(band)

    def remove(self) -> None:
        """Take everything off the canvas, this too."""
        self.stop()
        self.item.remove()
        self.setParent(None)
