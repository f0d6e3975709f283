"""What is drawn over the map and never enters the layer tree: highlight, caption, centre. Photos: `photo_items`."""

from __future__ import annotations

from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem, QgsRubberBand
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from qgis.PyQt.QtWidgets import QStyleOptionGraphicsItem, QWidget

DISPLAY_CRS = "EPSG:4490"


def to_canvas(canvas: QgsMapCanvas, project: QgsProject) -> QgsCoordinateTransform:
    """From lon/lat CGCS2000 to the map's CRS."""
    crs = canvas.mapSettings().destinationCrs()
    return QgsCoordinateTransform(QgsCoordinateReferenceSystem(DISPLAY_CRS), crs, project)


def from_canvas(canvas: QgsMapCanvas, project: QgsProject) -> QgsCoordinateTransform:
    """From the map's CRS to lon/lat CGCS2000."""
    crs = canvas.mapSettings().destinationCrs()
    return QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(DISPLAY_CRS), project)


class PatchHighlight:
    """Outline of the current patch, dark casing and a line in the colour of its level."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setBrushStyle(Qt.BrushStyle.NoBrush)
        self._band.setSecondaryStrokeColor(QColor(255, 255, 255, 230))
        self._band.setWidth(max(3, round(canvas.fontMetrics().height() / 5)))
        self._band.setZValue(20)

    def show(self, geometry: QgsGeometry, color: QColor) -> None:
        """Draw `geometry`, which is in the canvas CRS."""
        self._band.setStrokeColor(color)
        self._band.setToGeometry(geometry, None)
        self._band.show()

    def clear(self) -> None:
        """Draw nothing."""
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)

    def geometry(self) -> QgsGeometry:
        """What is drawn, in the canvas CRS."""
        return self._band.asGeometry()

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - as the items of Qt
        """Hide it for a moment, or show it again."""
        self._band.setVisible(visible)

    def remove(self) -> None:
        """Take it off the canvas."""
        self._canvas.scene().removeItem(self._band)


class ScreenItem(QgsMapCanvasItem):
    """An item that is painted in pixels over the whole canvas."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self._map = canvas
        self.setZValue(30)

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt name
        """The whole map in pixels; the canvas itself is wider by its frame."""
        size = self._map.mapSettings().outputSize()
        return QRectF(0, 0, size.width(), size.height())

    def updatePosition(self) -> None:  # noqa: N802 - QGIS name
        """Called by QGIS when the map moves."""
        self.prepareGeometryChange()
        self.setPos(0, 0)
        self.update()

    def remove(self) -> None:
        """Take it off the canvas."""
        self._map.scene().removeItem(self)


def draw_caption(painter: QPainter, font: QFont, box: QRectF, text: str) -> None:
    """White text on a dark ground."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 170))
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(font)
    painter.setPen(QColor("white"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class CaptionItem(ScreenItem):
    """Which time the imagery shows, in the corner of the map."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.text = ""
        self.setZValue(50)

    def set_text(self, text: str) -> None:
        """Show `text`; nothing when it is empty."""
        self.text = text
        self.update()

    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """Draw the caption on a dark ground."""
        if not self.text:
            return
        font = self._map.font()
        font.setBold(True)
        metrics = QFontMetricsF(font)
        margin = metrics.height() * 0.5
        box = QRectF(margin, margin, metrics.horizontalAdvance(self.text) + 2 * margin, metrics.height() * 1.5)
        draw_caption(painter, font, box, self.text)


class CentreItem(ScreenItem):
    """Where a patch without boundary lies: a cross at its issued centre with its area beside it."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__(canvas)
        self._project = project
        self.position: Optional[QgsPointXY] = None
        self.text = ""
        self.setZValue(25)

    def show_at(self, position: Optional[QgsPointXY], text: str = "") -> None:
        """Show the cross at lon/lat `position`; nothing with None."""
        self.position, self.text = position, text
        self.update()

    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """Draw cross and text, dark with a light rim."""
        if self.position is None:
            return
        try:
            place = to_canvas(self._map, self._project).transform(self.position)
        except QgsCsException:
            return
        centre = self.toCanvasCoordinates(place)
        font = self._map.font()
        font.setBold(True)
        metrics = QFontMetricsF(font)
        arm = metrics.height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pen in (QPen(QColor(255, 255, 255, 230), 5), QPen(QColor("#c2185b"), 2.5)):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(centre, arm * 0.5, arm * 0.5)
            painter.drawLine(QPointF(centre.x() - arm, centre.y()), QPointF(centre.x() + arm, centre.y()))
            painter.drawLine(QPointF(centre.x(), centre.y() - arm), QPointF(centre.x(), centre.y() + arm))
        if self.text:
            width = metrics.horizontalAdvance(self.text) + arm
            box = QRectF(centre.x() + arm * 0.9, centre.y() - arm * 1.6, width, arm * 1.3)
            draw_caption(painter, font, box, self.text)
