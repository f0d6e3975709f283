"""Neighbours and earlier patches over the map: dashed outlines with a tag, never in the layer tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from qgis.core import QgsCsException, QgsGeometry, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QPointF, QRectF, Qt
from qgis.PyQt.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen
from qgis.PyQt.QtWidgets import QStyleOptionGraphicsItem, QWidget

from .canvas_items import ScreenItem, draw_caption, to_canvas

_NEIGHBOUR, _EARLIER, _RIM = QColor("#00acc1"), QColor("#ab47bc"), QColor(255, 255, 255, 220)


@dataclass(frozen=True)
class Shape:
    """WKB in lon/lat CGCS2000, the text of its tag, and whether it was there before the current patch."""

    wkb: bytes
    tag: str
    earlier: bool = False


class SurroundingItems(ScreenItem):
    """Draws shapes with dashes, blue-green for neighbours and violet for earlier patches."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__(canvas)
        self._project = project
        self.shapes: tuple[Shape, ...] = ()
        self._placed: tuple[tuple[QgsGeometry, Shape], ...] = ()
        self.setZValue(15)

    def show_shapes(self, shapes: Sequence[Shape]) -> None:
        """Draw these instead of what was drawn."""
        self.shapes = tuple(shapes)
        self.redraw()

    def clear(self) -> None:
        """Draw nothing."""
        self.show_shapes(())

    def redraw(self) -> None:
        """Place the same again after the CRS of the map changed."""
        placed = []
        for shape in self.shapes:
            geometry = self._on_canvas(shape)
            if geometry is not None:
                placed.append((geometry, shape))
        self._placed = tuple(placed)
        self.update()

    def _on_canvas(self, shape: Shape) -> Optional[QgsGeometry]:
        geometry = QgsGeometry()
        geometry.fromWkb(shape.wkb)
        try:
            geometry.transform(to_canvas(self._map, self._project))
        except QgsCsException:
            return None
        return geometry

    def paint(
        self, painter: QPainter, _option: Optional[QStyleOptionGraphicsItem] = None, _widget: Optional[QWidget] = None
    ) -> None:
        """Draw outlines and tags."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        font = self._map.font()
        metrics = QFontMetricsF(font)
        for geometry, shape in self._placed:
            path = self._path(geometry)
            painter.setPen(QPen(_RIM, 3.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(path)
            painter.setPen(QPen(_EARLIER if shape.earlier else _NEIGHBOUR, 2, Qt.PenStyle.DashLine))
            painter.drawPath(path)
            if shape.tag:
                box = path.boundingRect()
                width = metrics.horizontalAdvance(shape.tag) + metrics.height() * 0.6
                place = QRectF(
                    box.center().x() - width / 2, box.top() - metrics.height() * 1.2, width, metrics.height()
                )
                draw_caption(painter, font, place, shape.tag)

    def _path(self, geometry: QgsGeometry) -> QPainterPath:
        """All rings in pixels."""
        path = QPainterPath()
        polygons = geometry.asMultiPolygon() if geometry.isMultipart() else [geometry.asPolygon()]
        for polygon in polygons:
            for ring in polygon:
                points: list[QPointF] = [self.toCanvasCoordinates(point) for point in ring]
                for number, point in enumerate(points):
                    path.lineTo(point) if number else path.moveTo(point)
        return path
