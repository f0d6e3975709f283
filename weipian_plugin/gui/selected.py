"""The polygons that are selected in the layer that is current in QGIS."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsGeometry,
    QgsProject,
    QgsVectorLayer,
    QgsWkbTypes,
)

from ..core.errors import WeipianError
from .canvas_items import DISPLAY_CRS


def selected_polygons(hands: Any) -> list[bytes]:
    """WKB in EPSG:4490 of every selected polygon of the current layer.

    Raises:
        WeipianError: E_SHAPES_SELECT when nothing is selected there or it is no polygon layer.
    """
    layer = hands.current_layer() if hands is not None else None
    if not isinstance(layer, QgsVectorLayer) or layer.geometryType() != QgsWkbTypes.GeometryType.PolygonGeometry:
        raise WeipianError("E_SHAPES_SELECT")
    to_lonlat = QgsCoordinateTransform(layer.crs(), QgsCoordinateReferenceSystem(DISPLAY_CRS), QgsProject.instance())
    found = []
    for feature in layer.selectedFeatures():
        geometry = QgsGeometry(feature.geometry())
        try:
            geometry.transform(to_lonlat)
        except QgsCsException as error:
            raise WeipianError("E_SHAPES_SELECT") from error
        found.append(bytes(geometry.asWkb().data()))
    if not found:
        raise WeipianError("E_SHAPES_SELECT")
    return found


def together(polygons: list[bytes]) -> bytes:
    """Several polygons (WKB) as one."""
    geometries = []
    for wkb in polygons:
        geometry = QgsGeometry()
        geometry.fromWkb(wkb)
        geometries.append(geometry)
    return bytes(QgsGeometry.unaryUnion(geometries).asWkb().data())
