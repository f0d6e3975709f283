"""Drawing on the map: a line, a polygon or a point, snapped to what is there, finished by Enter or right click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, Optional

from qgis.core import (
    QgsCsException,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsMapMouseEvent, QgsMapTool, QgsRubberBand, QgsVertexMarker
from qgis.PyQt.QtCore import QObject, QRectF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter
from qgis.PyQt.QtWidgets import QStyleOptionGraphicsItem, QWidget

from .aim_tool import Aim
from .canvas_items import ScreenItem, from_canvas, to_canvas

LINE, POLYGON, POINT = "line", "polygon", "point"
_LEAST = {LINE: 2, POLYGON: 3, POINT: 1}
#: How near the pointer must be to a vertex or an edge to be drawn to it, pixels.
SNAP_PIXELS = 12
_INK = QColor("#e6007e")


class DrawTool(QgsMapTool):
    """Collects clicks; tells what was drawn as WKB in EPSG:4490."""

    drawn = pyqtSignal(bytes)
    cancelled = pyqtSignal()
    message = pyqtSignal(str)

    def __init__(
        self,
        canvas: QgsMapCanvas,
        kind: str,
        targets: Callable[[], Sequence[QgsGeometry]],
        project: QgsProject,
    ) -> None:
        super().__init__(canvas)
        self._map, self._project, self.kind = canvas, project, kind
        self._targets = targets
        self.points: list[QgsPointXY] = []
        shape = QgsWkbTypes.GeometryType
        self._band = QgsRubberBand(canvas, shape.PolygonGeometry if kind == POLYGON else shape.LineGeometry)
        self._band.setStrokeColor(_INK)
        self._band.setFillColor(QColor(230, 0, 126, 40))
        self._band.setWidth(2)
        self._band.setZValue(40)
        self._mark = QgsVertexMarker(canvas)
        self._mark.setColor(_INK)
        self._mark.setIconType(QgsVertexMarker.IconType.ICON_BOX)
        self._mark.setPenWidth(2)
        self._mark.setZValue(41)
        self._mark.hide()
        self.setCursor(Qt.CursorShape.CrossCursor)

    # -- the hand --------------------------------------------------------------------------------
    def canvasMoveEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 - QGIS name
        """Show where a click would go."""
        place, snapped = self.snap(event.mapPoint())
        self._mark.setCenter(place)
        self._mark.setVisible(snapped)
        self._draw(place)

    def canvasReleaseEvent(self, event: QgsMapMouseEvent) -> None:  # noqa: N802 - QGIS name
        """Left adds a point, right finishes."""
        if event.button() == Qt.MouseButton.RightButton:
            self.finish()
        elif event.button() == Qt.MouseButton.LeftButton:
            self.add(self.snap(event.mapPoint())[0])

    def canvasDoubleClickEvent(self, _event: QgsMapMouseEvent) -> None:  # noqa: N802 - QGIS name
        """A double click finishes too; its two releases are one point."""
        self.finish()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Enter finishes, Backspace takes the last point back, Esc gives up."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.back()
        elif event.key() == Qt.Key.Key_Escape:
            self.points = []
            self._draw()
            self.cancelled.emit()
        else:
            event.ignore()
            return
        # Accepted here, or QGIS would delete features by the same key.
        event.accept()

    # -- points ----------------------------------------------------------------------------------
    def add(self, point: QgsPointXY) -> None:
        """Another corner, in the CRS of the map; a point is finished at once."""
        if not self.points or self.points[-1].distance(point) > 0:
            self.points.append(QgsPointXY(point))
        self._draw()
        if self.kind == POINT:
            self.finish()

    def back(self) -> None:
        """Take the last corner back."""
        if self.points:
            self.points.pop()
        self._draw()

    def finish(self) -> None:
        """Tell what was drawn, or what is still missing."""
        points = self.points
        if self.kind == POLYGON and len(points) > 3 and points[0].distance(points[-1]) == 0:
            points = points[:-1]
        if len(points) < _LEAST[self.kind]:
            self.message.emit({LINE: "至少点两个点", POLYGON: "至少点三个点"}.get(self.kind, "请在地图上点一下"))
            return
        geometry = self._geometry(points)
        self.points = []
        self._draw()
        try:
            geometry.transform(from_canvas(self._map, self._project))
        except QgsCsException:
            self.message.emit("这里不能换算成经纬度，请换一个地图坐标系")
            return
        self.drawn.emit(bytes(geometry.asWkb().data()))

    def _geometry(self, points: Sequence[QgsPointXY]) -> QgsGeometry:
        if self.kind == POINT:
            return QgsGeometry.fromPointXY(points[0])
        if self.kind == LINE:
            return QgsGeometry.fromPolylineXY(list(points))
        return QgsGeometry.fromPolygonXY([[*points, points[0]]])

    def snap(self, point: QgsPointXY) -> tuple[QgsPointXY, bool]:
        """The nearest vertex within reach, else the nearest edge, else the point itself."""
        reach = SNAP_PIXELS * self._map.mapUnitsPerPixel()
        targets = list(self._targets())
        if len(self.points) > 1:
            targets.append(QgsGeometry.fromPolylineXY(self.points))
        best: Optional[QgsPointXY] = None
        nearest = reach**2
        for target in targets:
            vertex, _, _, _, square = target.closestVertex(point)
            if 0 <= square <= nearest:
                best, nearest = vertex, square
        if best is None:
            for target in targets:
                square, place, _, _ = target.closestSegmentWithContext(point)
                if 0 <= square <= nearest:
                    best, nearest = place, square
        return (point, False) if best is None else (QgsPointXY(best), True)

    def _draw(self, pointer: Optional[QgsPointXY] = None) -> None:
        shape = QgsWkbTypes.GeometryType
        self._band.reset(shape.PolygonGeometry if self.kind == POLYGON else shape.LineGeometry)
        for point in [*self.points, *([pointer] if pointer is not None and self.points else [])]:
            self._band.addPoint(point)

    def dispose(self) -> None:
        """Take everything off the canvas."""
        for item in (self._band, self._mark):
            self._map.scene().removeItem(item)


class PieceItem(ScreenItem):
    """Numbers on the pieces of a split that is being planned."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.labels: list[tuple[QgsPointXY, str]] = []
        self.setZValue(45)

    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """Draw each label in the middle of its piece."""
        font = self._map.font()
        font.setBold(True)
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        for place, text in self.labels:
            centre = self.toCanvasCoordinates(place)
            width = metrics.horizontalAdvance(text) + metrics.height()
            box = QRectF(centre.x() - width / 2, centre.y() - metrics.height() * 0.7, width, metrics.height() * 1.4)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(0, 0, 0, 180))
            painter.drawRoundedRect(box, 4, 4)
            painter.setPen(QColor("white"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class MapHands(QObject):
    """One drawing at a time on a canvas, and the outlines of what is being planned."""

    message = pyqtSignal(str)
    #: The person took another tool or pressed Esc.
    ended = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, targets: Callable[[], Sequence[QgsGeometry]]) -> None:
        super().__init__(canvas)
        self._canvas, self._project, self._targets = canvas, project, targets
        self.tool: Optional[DrawTool] = None
        self._before: Optional[QgsMapTool] = None
        self._bands: list[QgsRubberBand] = []
        self._labels = PieceItem(canvas)
        #: Placing a photo: where it was taken and where it looks.
        self.aim = Aim(canvas, project)

    def current_layer(self) -> Optional[QgsMapLayer]:
        """The layer that is current in QGIS."""
        return self._canvas.currentLayer()

    def draw(self, kind: str, done: Callable[[bytes], None]) -> None:
        """Let the person draw; `done` gets the WKB (EPSG:4490) of each thing drawn until `stop`."""
        self.stop()
        tool = DrawTool(self._canvas, kind, self._targets, self._project)
        tool.drawn.connect(done)
        tool.cancelled.connect(self._cancelled)
        tool.message.connect(self.message)
        tool.deactivated.connect(self._left)
        self.tool, self._before = tool, self._canvas.mapTool()
        self._canvas.setMapTool(tool)
        self._canvas.setFocus()

    def stop(self) -> None:
        """Back to the tool that was there before."""
        tool, self.tool = self.tool, None
        if tool is None:
            return
        before, self._before = self._before, None
        if self._canvas.mapTool() is tool:
            if before is not None:
                self._canvas.setMapTool(before)
            else:
                self._canvas.unsetMapTool(tool)
        tool.dispose()
        tool.deleteLater()

    def _cancelled(self) -> None:
        self.stop()
        self.ended.emit()

    def _left(self) -> None:
        """Another tool was chosen in QGIS: the drawing is over."""
        tool, self.tool = self.tool, None
        if tool is not None:
            self._before = None
            tool.dispose()
            tool.deleteLater()
            self.ended.emit()

    def show_plan(self, pieces: Sequence[tuple[bytes, str]]) -> None:
        """Outline pieces (WKB EPSG:4490, label); nothing with an empty list."""
        for band in self._bands:
            self._canvas.scene().removeItem(band)
        self._bands, self._labels.labels = [], []
        for wkb, text in pieces:
            geometry = QgsGeometry()
            geometry.fromWkb(wkb)
            try:
                geometry.transform(to_canvas(self._canvas, self._project))
            except QgsCsException:
                continue
            shape = QgsWkbTypes.GeometryType
            kind = shape.PolygonGeometry if geometry.type() == shape.PolygonGeometry else shape.LineGeometry
            band = QgsRubberBand(self._canvas, kind)
            band.setStrokeColor(_INK)
            band.setFillColor(QColor(230, 0, 126, 36))
            band.setWidth(2)
            band.setZValue(38)
            band.setToGeometry(geometry, None)
            self._bands.append(band)
            if text:
                self._labels.labels.append((geometry.pointOnSurface().asPoint(), text))
        self._labels.update()

    def remove(self) -> None:
        """Take everything off the canvas."""
        self.stop()
        self.show_plan([])
        self._labels.remove()
        self.aim.remove()
