"""What is drawn over the map and never enters the layer tree: highlight, photo wedges, caption, centre."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsDistanceArea,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsWkbTypes,
)
from qgis.gui import QgsMapCanvas, QgsMapCanvasItem, QgsRubberBand
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen
from qgis.PyQt.QtWidgets import QStyleOptionGraphicsItem, QWidget

from ..core.proof import LinkedEvidence

DISPLAY_CRS = "EPSG:4490"
#: Half of the angle that a wedge shows, degrees; the same as the view test uses.
HALF_ANGLE = 30.0
#: The direction on the screen is taken from a point this far along the azimuth, m.
_STEP_M = 50.0
_GOOD, _BAD, _UNKNOWN = QColor("#0aa34f"), QColor("#d35400"), QColor("#5c6bc0")


@dataclass(frozen=True)
class Wedge:
    """A photo on the map: camera position, a point ahead of it (None: direction unknown), both lon/lat."""

    number: int
    position: QgsPointXY
    ahead: Optional[QgsPointXY]
    looks_at: Optional[bool]
    azimuth: Optional[float]

    @property
    def color(self) -> QColor:
        """Green towards the patch, orange away from it, blue where it cannot be known."""
        return {True: _GOOD, False: _BAD}.get(self.looks_at, _UNKNOWN)

    @property
    def text(self) -> str:
        """Number of the photo and, in a sign, whether it looks at the patch."""
        return f"{self.number} {({True: '✔', False: '✖'}).get(self.looks_at, '？')}"


def to_canvas(canvas: QgsMapCanvas, project: QgsProject) -> QgsCoordinateTransform:
    """From lon/lat CGCS2000 to the map's CRS."""
    crs = canvas.mapSettings().destinationCrs()
    return QgsCoordinateTransform(QgsCoordinateReferenceSystem(DISPLAY_CRS), crs, project)


def from_canvas(canvas: QgsMapCanvas, project: QgsProject) -> QgsCoordinateTransform:
    """From the map's CRS to lon/lat CGCS2000."""
    crs = canvas.mapSettings().destinationCrs()
    return QgsCoordinateTransform(crs, QgsCoordinateReferenceSystem(DISPLAY_CRS), project)


def wedges_of(evidence: Sequence[LinkedEvidence]) -> list[Wedge]:
    """A wedge for each photo with a position, numbered as in the list of photos."""
    measure = QgsDistanceArea()
    measure.setEllipsoid("EPSG:7030")
    photos = [item for item in evidence if item.evidence.kind == "photo"]
    found = []
    for number, item in enumerate(photos, 1):
        lon, lat, azimuth = item.evidence.lon, item.evidence.lat, item.evidence.azimuth
        if lon is None or lat is None:
            continue
        position = QgsPointXY(lon, lat)
        ahead = None
        if azimuth is not None:
            ahead = measure.computeSpheroidProject(position, _STEP_M, math.radians(azimuth))
        found.append(Wedge(number, position, ahead, item.looks_at, azimuth))
    return found


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


class WedgeItem(ScreenItem):
    """All photo wedges of the current patch. Their size is that of the screen, their place and aim the map's."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__(canvas)
        self._project = project
        self.wedges: tuple[Wedge, ...] = ()

    def set_wedges(self, wedges: Sequence[Wedge]) -> None:
        """Show these instead."""
        self.wedges = tuple(wedges)
        self.update()

    def bearing(self, wedge: Wedge) -> Optional[float]:
        """Direction on the screen, degrees clockwise from up; grid convergence and map rotation are in it."""
        if wedge.ahead is None:
            return None
        start, end = self._pixel(wedge.position), self._pixel(wedge.ahead)
        if start is None or end is None:
            return None
        return math.degrees(math.atan2(end.x() - start.x(), start.y() - end.y())) % 360

    def _pixel(self, point: QgsPointXY) -> Optional[QPointF]:
        try:
            place = to_canvas(self._map, self._project).transform(point)
        except QgsCsException:
            return None
        return self.toCanvasCoordinates(place)

    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """Draw every wedge whose camera is on the screen."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for wedge in self.wedges:
            centre = self._pixel(wedge.position)
            if centre is not None and self.boundingRect().adjusted(-200, -200, 200, 200).contains(centre):
                self._paint_wedge(painter, wedge, centre)

    def _paint_wedge(self, painter: QPainter, wedge: Wedge, centre: QPointF) -> None:
        metrics = QFontMetricsF(self._map.font())
        radius = 3.2 * metrics.height()
        bearing = self.bearing(wedge)
        fill = QColor(wedge.color)
        fill.setAlpha(110)
        if bearing is not None:
            path = QPainterPath(centre)
            box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
            # Qt counts counter-clockwise from three o'clock, azimuths run clockwise from twelve.
            path.arcTo(box, 90 - bearing - HALF_ANGLE, 2 * HALF_ANGLE)
            path.closeSubpath()
            painter.setPen(QPen(QColor(255, 255, 255, 220), 3))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            painter.setPen(QPen(wedge.color, 1.5))
            painter.setBrush(fill)
            painter.drawPath(path)
        self._paint_tag(painter, wedge, centre, metrics)

    def _paint_tag(self, painter: QPainter, wedge: Wedge, centre: QPointF, metrics: QFontMetricsF) -> None:
        width, height = metrics.horizontalAdvance(wedge.text) + metrics.height() * 0.6, metrics.height()
        box = QRectF(centre.x() - width / 2, centre.y() - height / 2, width, height)
        painter.setPen(QPen(QColor("white"), 1))
        painter.setBrush(wedge.color)
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setFont(self._map.font())
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, wedge.text)


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
