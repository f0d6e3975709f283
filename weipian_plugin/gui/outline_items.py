"""The approved boundaries of the documents of a patch, dashed over the map; never in the layer tree."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsCsException, QgsGeometry, QgsProject, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from .canvas_items import to_canvas

_LINE, _CASING, _NOTHING = QColor("#b000d0"), QColor(255, 255, 255, 200), QColor(0, 0, 0, 0)


class OutlineItems:
    """Draws MultiPolygon WKB (lon/lat CGCS2000) until others come or it is removed."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        self.canvas, self._project = canvas, project
        self._wkbs: tuple[bytes, ...] = ()
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setStrokeColor(_LINE)
        self._band.setSecondaryStrokeColor(_CASING)
        self._band.setFillColor(_NOTHING)
        self._band.setLineStyle(Qt.PenStyle.DashLine)
        self._band.setWidth(max(2, round(canvas.fontMetrics().height() / 7)))
        self._band.setZValue(24)
        canvas.destinationCrsChanged.connect(self.redraw)

    def show(self, wkbs: Sequence[bytes]) -> int:
        """Draw these instead; how many could be drawn."""
        self._wkbs = tuple(dict.fromkeys(wkbs))
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)
        shapes = [shape for wkb in self._wkbs for shape in self._on_canvas(wkb)]
        if shapes:
            self._band.setToGeometry(QgsGeometry.collectGeometry(shapes), None)
        return len(shapes)

    def _on_canvas(self, wkb: bytes) -> list[QgsGeometry]:
        shape = QgsGeometry()
        shape.fromWkb(wkb)
        if shape.isNull():
            return []
        try:
            shape.transform(to_canvas(self.canvas, self._project))
        except QgsCsException:
            return []
        return [shape]

    def redraw(self) -> None:
        """The same again, in the CRS that the map has now."""
        if self._wkbs:
            self.show(self._wkbs)

    def geometry(self) -> QgsGeometry:
        """What is drawn, canvas CRS."""
        return self._band.asGeometry()

    def remove(self) -> None:
        """Take it off the canvas."""
        self.canvas.destinationCrsChanged.disconnect(self.redraw)
        self.canvas.scene().removeItem(self._band)
