"""The peer QGIS: its own overlay algorithms, through PyQGIS as a script of a clerk's colleague would call them.

Areas are ellipsoidal there too: the project's ellipsoid is that of CGCS2000 (EPSG:1024). Layers are opened
outside the timed part.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsCoordinateReferenceSystem, QgsDistanceArea, QgsProject, QgsVectorLayer
from service import serve

ELLIPSOID = "EPSG:1024"
QgsApplication.setPrefixPath("/usr", True)
APP = QgsApplication([], False)
APP.initQgis()
sys.path.append(str(Path(QgsApplication.pkgDataPath()) / "python" / "plugins"))

import processing  # noqa: E402 - only now on the path
from qgis.analysis import QgsNativeAlgorithms  # noqa: E402 - only after QGIS has started

if not QgsApplication.processingRegistry().providerById("native"):
    QgsApplication.processingRegistry().addProvider(QgsNativeAlgorithms())
PROJECT = QgsProject.instance()
_OPEN: dict[str, QgsVectorLayer] = {}


def layer(path: str, name: str, table: str = "", subset: str = "") -> QgsVectorLayer:
    """An open layer, kept; the project takes its CRS and the ellipsoid."""
    if name not in _OPEN:
        source = f"{path}|layername={table or Path(path).stem}" + (f"|subset={subset}" if subset else "")
        found = QgsVectorLayer(source, name, "ogr")
        if not found.isValid():
            raise FileNotFoundError(path)
        _OPEN[name] = found
    PROJECT.setCrs(QgsCoordinateReferenceSystem(_OPEN[name].crs()))
    PROJECT.setEllipsoid(ELLIPSOID)
    return _OPEN[name]


def overlaps(patches: str, classes: str, codes: list[str], others: dict[str, str]) -> dict[str, Any]:
    """`native:calculatevectoroverlaps` with one layer a class and one for each constraint.

    `classes` is a file with a table for each class, or the land use itself, then filtered by class.
    """
    given = layer(patches, "patches")
    if Path(classes).stem == "dltb":
        roles = {f"landuse {c}": layer(classes, f"landuse {c}", "dltb", f"DLBM='{c}'") for c in codes}
    else:
        roles = {f"landuse {c}": layer(classes, f"landuse {c}", f"c{c}") for c in codes}
    roles.update({f"{role} ": layer(path, f"{role} ") for role, path in others.items()})
    start = time.perf_counter()
    result = processing.run(
        "native:calculatevectoroverlaps",
        {"INPUT": given, "LAYERS": list(roles.values()), "OUTPUT": "TEMPORARY_OUTPUT"},
    )["OUTPUT"]
    seconds = time.perf_counter() - start
    rows = []
    for feature in result.getFeatures():
        for name in roles:
            area = feature[f"{name}_area"]
            if area:
                rows.append([feature["JCBH"], *name.split(" "), float(area)])
    return {"seconds": seconds, "areas": rows}


def intersection(patches: str, landuse: str) -> dict[str, Any]:
    """`native:intersection`, the area of each piece by QgsDistanceArea, sums by patch and class."""
    given, parcels = layer(patches, "patches"), layer(landuse, "landuse")
    measure = QgsDistanceArea()
    measure.setSourceCrs(given.crs(), PROJECT.transformContext())
    measure.setEllipsoid(ELLIPSOID)
    start = time.perf_counter()
    result = processing.run(
        "native:intersection",
        {"INPUT": given, "OVERLAY": parcels, "INPUT_FIELDS": ["JCBH"], "OVERLAY_FIELDS": ["DLBM"],
         "OUTPUT": "TEMPORARY_OUTPUT"},
    )["OUTPUT"]  # fmt: skip
    sums: dict[tuple[str, str], float] = {}
    for feature in result.getFeatures():
        key = (feature["JCBH"], feature["DLBM"])
        sums[key] = sums.get(key, 0.0) + measure.measureArea(feature.geometry())
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "areas": [[patch, "landuse", code, area] for (patch, code), area in sums.items()]}


if __name__ == "__main__":
    serve({"overlaps": overlaps, "intersection": intersection})
