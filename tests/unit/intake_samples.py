"""Small deliveries written with OGR for the tests of intake."""

from __future__ import annotations

from pathlib import Path

import pytest
from osgeo import ogr, osr

REALDATA = Path(__file__).resolve().parents[3] / "shared" / "realdata"
ALIASES = {
    "patch_id": ["JCBH", "TBBH", "图斑编号"],
    "county_code": ["XZQDM", "行政区代码"],
    "town_name": ["乡镇名称"],
    "village_name": ["村名称"],
    "patch_type": ["TBLX"],
    "monitor_class": ["TBFL", "图斑分类"],
    "monitor_level": ["TBJB", "图斑级别", "监测等级"],
    "area_issued": ["JCMJ", "MJ", "监测面积"],
    "farmland_issued": ["GDMJ", "耕地面积"],
    "image_before": ["QSX", "前时相"],
    "image_after": ["HSX", "后时相"],
    "remark": ["BZ"],
}
#: Dossier 12: 10 718.84 m² on the ellipsoid (pyproj.Geod), 16.08 亩.
SQUARE = "POLYGON((106.75 29.78,106.751 29.78,106.751 29.781,106.75 29.781,106.75 29.78))"
SQUARE_M2 = 10718.84


def real(*parts: str) -> Path:
    """A file of the shared real data, or skip."""
    path = REALDATA.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"shared real data is absent: {'/'.join(parts)}")
    return path


def write(path, headers, rows, *, epsg=4490, encoding="CP936", driver="ESRI Shapefile", kind=ogr.wkbPolygon, layer=""):
    """Write rows (wkt or None, *values as text); epsg None writes no CRS."""
    srs = None
    if epsg:
        srs = osr.SpatialReference()
        srs.ImportFromEPSG(epsg)
        srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    made = ogr.GetDriverByName(driver)
    if made is None:
        pytest.skip(f"this GDAL has no driver {driver}")
    source = ogr.Open(str(path), 1) if path.exists() else made.CreateDataSource(str(path))
    options = [f"ENCODING={encoding}"] if driver == "ESRI Shapefile" else []
    sheet = source.CreateLayer(layer or path.stem, srs, kind, options)
    for name in headers:
        field = ogr.FieldDefn(name, ogr.OFTString)
        field.SetWidth(60)
        sheet.CreateField(field)
    for wkt, *values in rows:
        feature = ogr.Feature(sheet.GetLayerDefn())
        for i, value in enumerate(values):
            if value is not None:
                feature.SetField(i, value)
        if wkt:
            feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        sheet.CreateFeature(feature)
    sheet = source = None
    return path


def square(x, y, size):
    """WKT of a square with its lower left corner at x, y."""
    return f"POLYGON(({x} {y},{x + size} {y},{x + size} {y + size},{x} {y + size},{x} {y}))"
