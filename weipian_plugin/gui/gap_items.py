"""The parts of a patch that no approval covers, over the map while one looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.core import QgsCsException, QgsGeometry, QgsProject, QgsRectangle, QgsWkbTypes
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor

from .canvas_items import to_canvas

_FILL, _LINE, _CASING = QColor(255, 212, 0, 150), QColor("#ffd400"), QColor(0, 0, 0, 230)


class GapHighlight:
    """Polygons hatched in yellow with a dark casing, until they are cleared; never in the layer tree."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        self._canvas, self._project = canvas, project
        self._wkts: tuple[str, ...] = ()
        self._band = QgsRubberBand(canvas, QgsWkbTypes.GeometryType.PolygonGeometry)
        self._band.setStrokeColor(_LINE)
        self._band.setSecondaryStrokeColor(_CASING)
        self._band.setFillColor(_FILL)
        self._band.setBrushStyle(Qt.BrushStyle.SolidPattern)
        self._band.setWidth(max(2, round(canvas.fontMetrics().height() / 7)))
        self._band.setZValue(25)

    def show(self, wkts: Sequence[str]) -> int:
        """Draw these polygons (WKT, lon/lat CGCS2000); how many could be drawn."""
        self.clear()
        shapes = [shape for shape in map(self._on_canvas, wkts) if shape is not None]
        if shapes:
            self._wkts = tuple(wkts)
            self._band.setToGeometry(QgsGeometry.collectGeometry(shapes), None)
            self._band.show()
        return len(shapes)

    def _on_canvas(self, wkt: str) -> Optional[QgsGeometry]:
        shape = QgsGeometry.fromWkt(wkt)
        if shape.isNull():
            return None
        try:
            shape.transform(to_canvas(self._canvas, self._project))
        except QgsCsException:
            return None
        return shape

    def redraw(self) -> None:
        """Draw the same again after the CRS of the map changed."""
        if self._wkts:
            self.show(self._wkts)

    @property
    def shown(self) -> bool:
        """True while something is drawn."""
        return bool(self._wkts)

    def bounds(self) -> QgsRectangle:
        """Where it is drawn, canvas CRS."""
        return self._band.asGeometry().boundingBox()

    def setVisible(self, visible: bool) -> None:  # noqa: N802 - as the items of Qt
        """Hide it for a moment, or show it again."""
        self._band.setVisible(visible)

    def clear(self) -> None:
        """Draw nothing."""
        self._wkts = ()
        self._band.reset(QgsWkbTypes.GeometryType.PolygonGeometry)

    def remove(self) -> None:
        """Take it off the canvas."""
        self._canvas.scene().removeItem(self._band)
