"""Reading vector files: every format, every oddity, the originals untouched."""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from pathlib import Path

import pytest
import shapely
from osgeo import gdal, ogr

from tests.unit.vector_files import write
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.sources.reader import fingerprint, list_layers, open_source

REAL = Path(__file__).resolve().parents[3] / "shared/realdata"
needs_real = pytest.mark.skipif(not REAL.exists(), reason="shared/realdata is not here")
SQUARES = [(shapely.box(i * 10, 0, i * 10 + 8, 8), {"编号": f"图斑{i}", "TBBH": f"00{i}"}) for i in range(5)]


def code_of(call, *args, **kwargs) -> str:
    with pytest.raises(WeipianError) as caught:
        call(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize(
    ("driver", "name", "options"),
    [
        ("GPKG", "图斑 一.gpkg", ()),
        ("GPKG", "无索引.gpkg", ("SPATIAL_INDEX=NO",)),
        ("ESRI Shapefile", "图斑.shp", ("ENCODING=UTF-8",)),
        ("GeoJSON", "图斑.geojson", ()),
    ],
    ids=["rtree", "no rtree", "shp", "geojson"],
)
def test_every_format_reads_alike(tmp_path, driver, name, options):
    path = write(
        tmp_path / "中文 文件夹" / name if (tmp_path / "中文 文件夹").mkdir() is None else tmp_path,
        SQUARES,
        driver=driver,
        options=options,
    )
    with open_source(path) as source:
        assert source.fields == ("编号", "TBBH")
        assert source.count == 5
        assert source.crs == ("EPSG:4326" if driver == "GeoJSON" and source.crs == "EPSG:4326" else "EPSG:4545")
        assert source.extent == (0, 0, 48, 8)
        rows = list(source.read())
        assert [row[2] for row in rows] == [dict(values) for _, values in SQUARES]
        assert [shapely.from_wkb(row[1]).normalize() for row in rows] == [geom.normalize() for geom, _ in SQUARES]
        hit = [row[2] for row in source.read((9, 1, 21, 2), ["TBBH"])]
        assert hit == [{"TBBH": "001"}, {"TBBH": "002"}]


def test_shapefile_in_gbk_without_cpg(tmp_path):
    path = write(tmp_path / "a.shp", SQUARES, driver="ESRI Shapefile", options=("ENCODING=CP936",))
    (tmp_path / "a.cpg").unlink(missing_ok=True)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    with open_source(path, encoding="CP936") as source:
        assert source.fields == ("编号", "TBBH")
        assert next(iter(source.read()))[2] == {"编号": "图斑0", "TBBH": "000"}
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_wrong_encoding_gives_text_that_can_be_stored(tmp_path):
    path = write(tmp_path / "a.shp", SQUARES, driver="ESRI Shapefile", options=("ENCODING=CP936",))
    (tmp_path / "a.cpg").unlink(missing_ok=True)
    with open_source(path, encoding="UTF-8") as source:
        text = json.dumps([row[2] for row in source.read()], ensure_ascii=False)
    assert text.encode("utf-8")


@pytest.mark.parametrize("folder", ["", "下发数据/"], ids=["flat", "nested"])
def test_zip_of_a_shapefile(tmp_path, folder):
    write(tmp_path / "tuban.shp", SQUARES, driver="ESRI Shapefile", options=("ENCODING=UTF-8",))
    archive = tmp_path / "下发.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for part in tmp_path.glob("tuban.*"):
            out.write(part, folder + part.name)
    assert [(info.name, info.geometry_type, info.count, info.crs) for info in list_layers(archive)] == [
        ("tuban", "Polygon", 5, "EPSG:4545")
    ]
    with open_source(archive) as source:
        assert len(list(source.read())) == 5


def test_z_m_curves_and_nothing_come_as_plain_2d(tmp_path):
    rows = [
        ("POLYGON Z ((0 0 5,4 0 5,4 4 5,0 0 5))", {"k": "z"}),
        ("POLYGON M ((0 0 5,4 0 5,4 4 5,0 0 5))", {"k": "m"}),
        ("CURVEPOLYGON (CIRCULARSTRING (-10 0,0 10,10 0,0 -10,-10 0))", {"k": "curve"}),
        ("POLYGON EMPTY", {"k": "empty"}),
        (None, {"k": "null"}),
    ]  # fmt: skip
    path = write(tmp_path / "odd.gpkg", rows)
    with open_source(path) as source:
        found = {row[2]["k"]: row[1] for row in source.read()}
    assert found["empty"] is None
    assert found["null"] is None
    for key in ("z", "m"):
        assert shapely.from_wkb(found[key]).wkt == "POLYGON ((0 0, 4 0, 4 4, 0 0))"
    circle = shapely.from_wkb(found["curve"])
    assert circle.geom_type == "Polygon"
    assert circle.area == pytest.approx(314.159, rel=1e-3)


def test_layer_is_chosen_by_name_or_by_having_polygons(tmp_path):
    path = write(tmp_path / "many.gpkg", [("POINT (1 1)", {"a": "1"})], layer="点")
    with open_source(path) as source:
        assert source.layer == "点"
    write(path, SQUARES, layer="图斑")
    with open_source(path, "图斑") as source:
        assert source.count == 5
    assert [info.name for info in list_layers(path)] == ["点", "图斑"]
    assert code_of(open_source, path, "没有") == "E_FILE_UNREADABLE"


def test_crs_is_read_overridden_or_empty(tmp_path):
    path = write(tmp_path / "a.shp", SQUARES, "", driver="ESRI Shapefile", options=["ENCODING=UTF-8"])
    assert open_source(path).crs == ""
    assert open_source(path, crs="4524").crs == "EPSG:4524"
    assert code_of(open_source, path, crs="西安") == "E_CRS_INVALID"


def test_bad_files_are_named(tmp_path):
    assert code_of(open_source, tmp_path / "没有.shp") == "E_FILE_MISSING"
    (tmp_path / "empty.gpkg").write_bytes(b"")
    assert code_of(open_source, tmp_path / "empty.gpkg") == "E_FILE_UNREADABLE"
    (tmp_path / "text.shp").write_text("not a shapefile")
    with pytest.raises(WeipianError, match=r"缺少同名的 \.shx"):
        open_source(tmp_path / "text.shp")
    (tmp_path / "a.mdb").write_bytes(b"x")
    assert code_of(list_layers, tmp_path / "a.mdb") == "E_FORMAT_UNSUPPORTED"
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04broken")
    assert code_of(list_layers, tmp_path / "broken.zip") == "E_FILE_UNREADABLE"


def test_a_missing_field_is_named(tmp_path):
    source = open_source(write(tmp_path / "a.gpkg", SQUARES))
    with pytest.raises(WeipianError) as caught:
        list(source.read(None, ["DLBM"]))
    assert caught.value.code == "E_LAYER_FIELD"


def test_values_of_every_type_as_text(tmp_path):
    path = tmp_path / "types.gpkg"
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("t", None, ogr.wkbPolygon)
    for name, kind in (("i", ogr.OFTInteger64), ("r", ogr.OFTReal), ("d", ogr.OFTDate), ("s", ogr.OFTString)):
        layer.CreateField(ogr.FieldDefn(name, kind))
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetField("i", 500112141000123)
    feature.SetField("r", 6834.6327)
    feature.SetField("d", "2026/05/01")
    layer.CreateFeature(feature)
    layer = dataset = None
    expected = {"i": "500112141000123", "r": "6834.6327", "d": "2026-05-01", "s": None}
    with open_source(path) as source:
        assert next(iter(source.read()))[2] == expected
    copy = tmp_path / "types.shp"
    gdal.VectorTranslate(str(copy), str(path), format="ESRI Shapefile")
    with open_source(tmp_path / "types.dbf") as source:
        text = next(iter(source.read()))[2]
    assert text["i"] == expected["i"]
    assert text["d"] == expected["d"]
    assert float(text["r"]) == 6834.6327


def test_fingerprint_follows_the_content(tmp_path):
    path = write(tmp_path / "a.gpkg", SQUARES)
    first = fingerprint(path, "a")
    assert first == fingerprint(path, "a")
    assert "a.gpkg|a|" in first
    assert str(tmp_path) not in first
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE more (x)")
    db.commit()
    db.close()
    assert fingerprint(path, "a") != first


def test_reading_leaves_nothing_beside_a_geopackage(tmp_path):
    path = write(tmp_path / "a.gpkg", SQUARES)
    content = path.read_bytes()
    with open_source(path) as source:
        list(source.read((0, 0, 9, 9)))
    assert [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]
    assert path.read_bytes() == content


def test_geopackage_that_another_program_keeps_in_wal_mode(tmp_path):
    path = write(tmp_path / "a.gpkg", SQUARES)
    other = sqlite3.connect(path)
    other.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        other.create_function(name, 1, lambda _: 0.0)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("UPDATE a SET TBBH = '999' WHERE TBBH = '000'")
    with open_source(path) as source:
        assert next(iter(source.read()))[2]["TBBH"] == "000"  # not committed, so not seen, and not blocked
    other.commit()
    with open_source(path) as source:
        assert next(iter(source.read()))[2]["TBBH"] == "999"
    other.close()


@needs_real
def test_real_delivery():
    with open_source(REAL / "imagery/dsifn_xian/dsifn_patches.shp") as source:
        rows = list(source.read())
        assert source.crs == "EPSG:4545"
    assert len(rows) == 64
    assert sum(shapely.from_wkb(row[1]).area for row in rows) == pytest.approx(177681, abs=1)
    assert all("图斑编号" in row[2] for row in rows)


@needs_real
def test_filegdb_in_a_zip_and_curves(tmp_path):
    found = sorted(REAL.glob("vector/gdal_autotest/filegdb/*"))
    assert found
    for path in found:
        copy = tmp_path / path.name
        shutil.copytree(path, copy) if path.is_dir() else shutil.copy(path, copy)
        for info in list_layers(copy):
            with open_source(copy, info.name) as source:
                rows = list(source.read())
            assert len(rows) == info.count
            assert not [row for row in rows if row[1] and shapely.from_wkb(row[1]).has_z]


def test_gbk_is_decoded_in_a_process_where_qgis_switched_decoding_off(tmp_path):
    from osgeo import gdal, ogr

    ogr.UseExceptions()
    path = tmp_path / "地类.shp"
    dataset = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(str(path))
    layer = dataset.CreateLayer("地类", None, ogr.wkbPolygon, ["ENCODING=CP936"])
    layer.CreateField(ogr.FieldDefn("村名", ogr.OFTString))
    feature = ogr.Feature(layer.GetLayerDefn())
    feature["村名"] = "柏树村"
    feature.SetGeometry(ogr.CreateGeometryFromWkt("POLYGON((0 0,1 0,1 1,0 0))"))
    layer.CreateFeature(feature)
    feature = layer = dataset = None  # GDAL writes when the last reference goes
    gdal.SetConfigOption("SHAPE_ENCODING", "")  # as QgsApplication does
    with open_source(path) as source:
        ((_, _, values),) = list(source.read())
    assert values == {"村名": "柏树村"}
    assert gdal.GetConfigOption("SHAPE_ENCODING") == ""
