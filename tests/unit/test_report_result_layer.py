"""图斑成果: original values unchanged, results beside them."""

from __future__ import annotations

import dataclasses

import pytest
from report_samples import Verdict, report
from shapely.geometry import Polygon

from weipian_plugin.report.result_layer import write_result

ogr = pytest.importorskip("osgeo.ogr")


@pytest.fixture
def layers(tmp_path):
    ogr.UseExceptions()
    square = Polygon([(106.7, 29.8), (106.701, 29.8), (106.701, 29.801), (106.7, 29.801)])
    attributes = {
        "TBBH": "0007",
        "备注说明超过十个字节": "甲" * 100,
        "fid": "9",
        "空": None,
        "判定": "旧",
        "MJ": "2000.50",
    }
    first = report(1, verdict=Verdict.LEGAL)
    patch = dataclasses.replace(first.patch, wkb=square.wkb, source_attributes=attributes)
    second = report(2, summary=None)
    gpkg, shp = write_result(tmp_path, [dataclasses.replace(first, patch=patch), second])
    write_result(tmp_path, [dataclasses.replace(first, patch=patch), second])  # writing again replaces
    sources = [ogr.Open(str(gpkg)), ogr.Open(str(shp))]
    return tmp_path, [source.GetLayer(0) for source in sources], sources


def test_geopackage_has_every_value_and_the_results(layers):
    _, (layer, _), _ = layers
    assert layer.GetFeatureCount() == 2
    assert layer.GetSpatialRef().GetAuthorityCode(None) == "4490"
    assert layer.GetGeomType() == ogr.wkbMultiPolygon
    feature = layer.GetNextFeature()
    expected = {"TBBH": "0007", "备注说明超过十个字节": "甲" * 100, "fid_": "9", "空": None, "判定": "旧", "MJ": "2000.50",
                "判定_": "合法", "耕地_亩": 1.5, "图斑面积_亩": 3.0}  # fmt: skip
    assert {name: feature.GetField(name) for name in expected} == expected
    assert layer.GetNextFeature().GetField("耕地_亩") is None


def test_shapefile_is_utf8_and_cuts_no_character_in_half(layers):
    folder, (_, layer), _ = layers
    assert (folder / "图斑成果.cpg").read_text() == "UTF-8"
    feature = layer.GetNextFeature()
    assert feature.GetField("TBBH") == "0007"
    assert feature.GetField("备注说") == "甲" * 84  # 254 bytes hold 84 characters of three bytes
    assert (feature.GetField("WP_PD"), feature.GetField("WP_GDMJ")) == ("合法", 1.5)
