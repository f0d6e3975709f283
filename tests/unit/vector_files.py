"""Small vector files for tests, written with OGR."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import shapely
from osgeo import ogr, osr

Rows = Sequence[tuple[object, Mapping[str, object]]]


def write(
    path: Path, rows: Rows, crs: str = "EPSG:4545", *, layer: str = "", driver: str = "GPKG", options=(), kind=None
) -> Path:
    """Write (shapely geometry or WKT, attributes) rows; all columns text."""
    srs = None
    if crs:
        srs = osr.SpatialReference()
        srs.SetFromUserInput(crs)
        srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    existing = path.exists() and driver == "GPKG"
    dataset = ogr.Open(str(path), 1) if existing else ogr.GetDriverByName(driver).CreateDataSource(str(path))
    created = dataset.CreateLayer(
        layer or path.stem, srs, kind or (ogr.wkbUnknown if driver == "GPKG" else ogr.wkbPolygon), list(options)
    )
    names = list(dict.fromkeys(name for _, values in rows for name in values))
    for name in names:
        created.CreateField(ogr.FieldDefn(name, ogr.OFTString))
    for geom, values in rows:
        feature = ogr.Feature(created.GetLayerDefn())
        for name, value in values.items():
            feature.SetField(name, value)
        if isinstance(geom, str):
            feature.SetGeometry(ogr.CreateGeometryFromWkt(geom))
        elif geom is not None:
            feature.SetGeometry(ogr.CreateGeometryFromWkb(shapely.to_wkb(geom)))
        created.CreateFeature(feature)
    created = dataset = None
    return path
