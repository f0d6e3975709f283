"""Coordinate systems against EPSG's own database and PROJ."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from osgeo import gdal, ogr, osr

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.geo.gauss_kruger import GaussKruger
from weipian_plugin.sources.crs import Transformer, authid_of, gauss_kruger_of, is_geographic, label_of, same_datum

PRJ = Path(__file__).resolve().parents[3] / "shared/realdata/reference/esri_prj_strings.json"
ESRI_36 = (
    'PROJCS["CGCS2000_3_Degree_GK_Zone_36",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",36500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",108.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


@pytest.mark.parametrize("code", range(4490, 4555))
@pytest.mark.parametrize("form", ["WKT1_GDAL", "WKT1_ESRI", "WKT2_2019"])
def test_wkt_is_matched_to_its_code(code, form):
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(code)
    assert authid_of(srs.ExportToWkt([f"FORMAT={form}"])) == f"EPSG:{code}"


def test_parameters_rule_not_names():
    assert authid_of(ESRI_36.replace("CGCS2000_3_Degree_GK_Zone_36", "自定义坐标系")) == "EPSG:4524"
    assert gauss_kruger_of(ESRI_36) == GaussKruger(108.0, 36500000.0)
    assert authid_of(ESRI_36.replace("36500000.0", "250000.0")) is None


@pytest.mark.skipif(not PRJ.exists(), reason="shared/realdata is not here")
def test_prj_strings_as_arcgis_writes_them():
    for code, entry in json.loads(PRJ.read_text(encoding="utf-8")).items():
        if "esri_wkt" in entry:
            assert authid_of(entry["esri_wkt"]) == f"EPSG:{code}"


@pytest.mark.parametrize(
    ("crs", "same"),
    [
        ("EPSG:4490", True),
        ("4545", True),
        ("EPSG:4326", True),
        ("EPSG:32648", True),
        ("EPSG:3857", True),
        ("EPSG:4610", False),
        ("EPSG:4214", False),
        ("EPSG:2379", False),
    ],
)
def test_same_datum(crs, same):
    assert same_datum(crs) is same


@pytest.mark.parametrize("crs", ["EPSG:4610", "EPSG:4214", "EPSG:2379", "EPSG:2435"])
def test_legacy_datums_are_refused(crs):
    with pytest.raises(WeipianError) as caught:
        Transformer(crs, "EPSG:4490")
    assert caught.value.code == "E_CRS_DATUM"


@pytest.mark.parametrize("crs", ["", "EPSG:999999", "北京54", "PROJCS[broken", "/etc/hostname"])
def test_nonsense_is_named(crs):
    with pytest.raises(WeipianError) as caught:
        Transformer(crs, "EPSG:4490")
    assert caught.value.code == "E_CRS_INVALID"


def test_wgs84_and_cgcs2000_coincide():
    assert Transformer("EPSG:4326", "EPSG:4490").xy(106.75, 29.78) == (106.75, 29.78)
    lon, lat = Transformer("EPSG:3857", "EPSG:4490").xy(*Transformer("EPSG:4490", "EPSG:3857").xy(106.75, 29.78))
    assert (lon, lat) == pytest.approx((106.75, 29.78), abs=1e-10)


def test_zones_of_one_meridian_differ_by_the_false_easting_exactly():
    to = Transformer("EPSG:4545", "EPSG:4524")
    assert to.straight
    assert to.xy(379122.125, 3296381.25) == (36379122.125, 3296381.25)


@pytest.mark.parametrize(
    ("src", "dst"), [("EPSG:4544", "EPSG:4545"), ("EPSG:4490", "EPSG:4545"), ("EPSG:32648", "EPSG:4545")]
)
def test_agrees_with_proj(src, dst):
    first, second = osr.SpatialReference(), osr.SpatialReference()
    first.SetFromUserInput(src)
    second.SetFromUserInput(dst)
    for srs in (first, second):
        srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    point = (106.75, 29.78) if is_geographic(src) else (669235.612, 3297010.169)
    expected = osr.CoordinateTransformation(first, second).TransformPoint(*point)[:2]
    assert Transformer(src, dst).xy(*point) == pytest.approx(expected, abs=1e-4)


def test_edges_are_densified_before_they_bend():
    box = shapely.box(370000, 3290000, 371000, 3291000)
    lonlat = Transformer("EPSG:4545", "EPSG:4490").geometry(box)
    assert shapely.get_num_coordinates(lonlat) == 41
    assert shapely.get_num_coordinates(Transformer("EPSG:4545", "EPSG:4524").geometry(box)) == 5
    degrees = shapely.box(106.75, 29.78, 106.76, 29.79)
    projected = shapely.get_coordinates(Transformer("EPSG:4490", "EPSG:4545").geometry(degrees))
    assert np.hypot(*np.diff(projected, axis=0).T).max() <= 100


def test_the_modes_of_gdal_are_left_alone():
    before = (gdal.GetUseExceptions(), ogr.GetUseExceptions(), osr.GetUseExceptions())
    assert label_of("EPSG:4545").startswith("EPSG:4545")
    assert (gdal.GetUseExceptions(), ogr.GetUseExceptions(), osr.GetUseExceptions()) == before


def test_works_with_exceptions_switched_on():
    was = osr.GetUseExceptions()
    osr.UseExceptions()
    try:
        with pytest.raises(WeipianError):
            authid_of("nonsense")
        assert authid_of(ESRI_36) == "EPSG:4524"
    finally:
        if not was:
            osr.DontUseExceptions()


def test_a_ring_without_a_value_becomes_infinite_and_raises_nothing():
    """Damaged coordinates: beyond some 10^7 m there is no longitude, and NaN would leave the ring open."""
    wild = shapely.Polygon([(1e300, 1e200), (500100, 3300000), (500100, 3300100), (1e300, 1e200)])
    placed = Transformer("EPSG:4545", "EPSG:4490").geometry(wild, densify_m=0)
    assert not np.isfinite(shapely.get_coordinates(placed)).all()
