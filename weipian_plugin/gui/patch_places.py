"""Where patches lie on a canvas: their boundary in its CRS, the extent to look at them, the frame looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Optional

from qgis.core import (
    QgsCsException,
    QgsDistanceArea,
    QgsFeatureRequest,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QPointF

from ..core.model import Patch
from ..workbench.views import PatchView, QueueRow
from .canvas_items import from_canvas, to_canvas

#: The map shows this many times the bounding box of a patch.
ZOOM_FACTOR = 2.5
#: A tiny patch is still shown within this much of its surroundings, m.
MIN_VIEW_M = 120.0
#: CGCS2000.
_ELLIPSOID = "EPSG:1024"


class PatchPlaces:
    """Answers in the CRS that the canvas has when it is asked."""

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        self._canvas, self._project = canvas, project

    def transform(self, geometry: QgsGeometry) -> bool:
        """Take a geometry from EPSG:4490 to the canvas CRS in place; False if that cannot be done."""
        try:
            geometry.transform(to_canvas(self._canvas, self._project))
        except QgsCsException:
            return False
        return True

    def boundary(self, patch: Patch) -> Optional[QgsGeometry]:
        """The boundary, None without one."""
        if not patch.wkb:
            return None
        geometry = QgsGeometry()
        geometry.fromWkb(patch.wkb)
        return geometry if self.transform(geometry) else None

    def box(self, patch: Patch) -> Optional[QgsRectangle]:
        """What holds the boundary, or the issued centre of a patch without one."""
        geometry = self.boundary(patch)
        if geometry is None and not patch.wkb and patch.centre_lon is not None and patch.centre_lat is not None:
            geometry = QgsGeometry.fromPointXY(QgsPointXY(patch.centre_lon, patch.centre_lat))
            geometry = geometry if self.transform(geometry) else None
        return geometry.boundingBox() if geometry is not None else None

    def extent(self, patch: Patch) -> Optional[QgsRectangle]:
        """Where a patch is looked at; None when nobody knows where it lies."""
        extent = self.box(patch)
        if extent is None:
            return None
        extent.scale(ZOOM_FACTOR)
        least = MIN_VIEW_M * self._units_per_metre()
        if max(extent.width(), extent.height()) < least:
            extent = QgsGeometry.fromPointXY(extent.center()).buffer(least / 2, 1).boundingBox()
        return extent

    def kept_extent(self, view: PatchView) -> Optional[QgsRectangle]:
        """The frame in which a patch was judged, as long as the patch lies in it."""
        frame, box = getattr(view, "frame", None), self.box(view.patch)
        centre = None if frame is None else QgsGeometry.fromPointXY(QgsPointXY(frame.lon, frame.lat))
        if centre is None or box is None or not self.transform(centre):
            return None
        half = frame.width_m / 2 * self._units_per_metre(frame.lat)
        size, middle = self._canvas.mapSettings().outputSize(), centre.asPoint()
        tall = half * size.height() / max(size.width(), 1)
        extent = QgsRectangle(middle.x() - half, middle.y() - tall, middle.x() + half, middle.y() + tall)
        return extent if extent.contains(box) else None

    def frame(self) -> Optional[tuple[float, float, float]]:
        """What is looked at: lon and lat of the middle in degrees, width on the ground in m."""
        settings = self._canvas.mapSettings()
        size, to_map = settings.outputSize(), settings.mapToPixel().transform().inverted()[0]
        transform = from_canvas(self._canvas, self._project)
        across = (0.0, size.width() / 2, float(size.width()))
        try:
            ends = [transform.transform(QgsPointXY(to_map.map(QPointF(x, size.height() / 2)))) for x in across]
        except QgsCsException:
            return None
        measure = QgsDistanceArea()
        measure.setEllipsoid(_ELLIPSOID)
        return ends[1].x(), ends[1].y(), float(measure.measureLine(ends))

    def reaches(self, layer: QgsMapLayer, box: QgsRectangle) -> bool:
        """Whether a layer reaches a box; one whose extent is not known is taken to."""
        extent = self._canvas.mapSettings().layerExtentToOutputExtent(layer, layer.extent())
        return bool(extent.isEmpty() or extent.intersects(box))

    def near(self, layer: QgsVectorLayer, limit: int) -> list[QgsGeometry]:
        """Boundaries of a layer in EPSG:4490 that are in view, in the canvas CRS, at most `limit`."""
        box = QgsGeometry.fromRect(self._canvas.extent())
        try:
            box.transform(from_canvas(self._canvas, self._project))
        except QgsCsException:
            return []
        request = QgsFeatureRequest(box.boundingBox()).setLimit(limit)
        found = [feature.geometry() for feature in layer.getFeatures(request)]
        return [geometry for geometry in found if self.transform(geometry)]

    def _units_per_metre(self, lat: Optional[float] = None) -> float:
        """Map units of a metre; of longitude at `lat` where the map is in degrees."""
        if not self._canvas.mapSettings().destinationCrs().isGeographic():
            return 1.0
        return 1 / 111_320 / (1.0 if lat is None else max(math.cos(math.radians(lat)), 0.01))


def bounds_of(rows: Sequence[QueueRow]) -> QgsRectangle:
    """What holds all boundaries, lon/lat; null without any."""
    boxes = [row.bbox for row in rows if row.bbox]
    if not boxes:
        return QgsRectangle()
    west, south, east, north = zip(*boxes)
    return QgsRectangle(min(west), min(south), max(east), max(north))
