"""Derive files from a county with GDAL: county_files.py WHAT SOURCE [TARGET [OPTION]]; the last line is JSON."""

from __future__ import annotations

import json
import sys

import numpy as np
import shapely
from osgeo import gdal, ogr

gdal.UseExceptions()
#: Read by every GDAL that QGIS 3.22 and later come with.
_GPKG = ["VERSION=1.2"]


def classes(source: str) -> list[str]:
    """The values of DLBM in ascending order."""
    dataset = ogr.Open(source)
    name = dataset.GetLayer(0).GetName()
    found = dataset.ExecuteSQL(f'SELECT DISTINCT DLBM FROM "{name}" ORDER BY DLBM')
    return [feature.GetField(0) for feature in found]


def class_layers(source: str, target: str, codes: str) -> list[str]:
    """One table a class, each with its r-tree."""
    for i, code in enumerate(codes.split(",")):
        gdal.VectorTranslate(
            target,
            source,
            format="GPKG",
            layerName=f"c{code}",
            where=f"DLBM='{code}'",
            accessMode="update" if i else None,
            datasetCreationOptions=None if i else _GPKG,
        )
    return codes.split(",")


def densify(source: str, target: str, vertices: str) -> int:
    """The same polygons with vertices added on their edges until there are at least so many."""
    dataset = ogr.Open(source)
    layer = dataset.GetLayer(0)
    geoms = shapely.from_wkb([bytes(feature.GetGeometryRef().ExportToIsoWkb()) for feature in layer])
    wanted, low, high = int(vertices), 0.01, 100.0
    while high / low > 1.001:
        middle = (low * high) ** 0.5
        enough = shapely.get_num_coordinates(shapely.segmentize(geoms, middle)).sum() >= wanted
        low, high = (middle, high) if enough else (low, middle)
    dense = shapely.segmentize(geoms, low)
    out = ogr.GetDriverByName("GPKG").CreateDataSource(target, options=_GPKG)
    table = out.CreateLayer("redline_xl", layer.GetSpatialRef(), ogr.wkbPolygon)
    for wkb in shapely.to_wkb(dense):
        feature = ogr.Feature(table.GetLayerDefn())
        feature.SetGeometry(ogr.CreateGeometryFromWkb(wkb))
        table.CreateFeature(feature)
    table = out = None
    return int(np.sum(shapely.get_num_coordinates(dense)))


def shapefile(source: str, target: str) -> int:
    """A shapefile in UTF-8, no index beside it."""
    options = ["ENCODING=UTF-8", "SPATIAL_INDEX=NO", "RESIZE=YES"]
    gdal.VectorTranslate(target, source, format="ESRI Shapefile", layerCreationOptions=options)
    return 1


def geodatabase(source: str, target: str) -> int:
    """A FileGDB; GDAL gives it its spatial index."""
    gdal.VectorTranslate(target, source, format="OpenFileGDB", layerName="dltb")
    return 1


if __name__ == "__main__":
    commands = {f.__name__: f for f in (classes, class_layers, densify, shapefile, geodatabase)}
    print(json.dumps(commands[sys.argv[1]](*sys.argv[2:])))
