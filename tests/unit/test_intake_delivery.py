from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import struct
import zipfile

import pytest
import shapely
from intake_samples import ALIASES, SQUARE, SQUARE_M2, real, square, write
from osgeo import ogr

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.intake import delivery
from weipian_plugin.intake.delivery import ImportOptions

HEADERS = ["图斑编号", "图斑分类", "监测等级", "前时相", "面积亩", "BZ"]
ROW = (SQUARE, "500112A01", "新增非农建设类", None, "20251006", "16.08", "路边")


def look(path, **options):
    return delivery.inspect(path, ALIASES, ImportOptions(**options))


def load(path, **options):
    return delivery.read(look(path, **options), Silent())


def codes(found):
    return [f.code for f in found.findings]


def error_of(call, *args, **kwargs):
    with pytest.raises(WeipianError) as caught:
        call(*args, **kwargs)
    return caught.value


def test_a_plain_shapefile(tmp_path):
    path = write(tmp_path / "图斑.shp", HEADERS, [ROW])
    path.with_suffix(".cpg").unlink()
    inspection = look(path)
    assert not inspection.questions
    assert (inspection.encoding, inspection.crs, inspection.unit) == ("CP936", "EPSG:4490", "mu")
    found = delivery.read(inspection, Silent())
    (patch,) = found.patches
    assert patch.patch_id == "500112A01"
    assert patch.area_m2 == pytest.approx(SQUARE_M2, abs=0.01)
    assert (patch.issued_area, patch.issued_unit) == (16.08, "mu")
    assert (patch.monitor_class, patch.monitor_level, patch.level_source) == ("new_nonagri", 1, "derived")
    assert patch.image_before == "2025-10-06"
    assert patch.source_attributes["前时相"] == "20251006"
    assert patch.remark == "路边"
    assert shapely.from_wkb(patch.wkb).geom_type == "MultiPolygon"
    assert found.findings == []
    assert [f.suffix for f in found.files] == [".dbf", ".prj", ".shp", ".shx"]
    expected = hashlib.sha256(b"".join(f.read_bytes() for f in found.files)).hexdigest()
    assert found.sha256 == expected
    schema = json.loads(found.schema)
    assert schema["mapping"]["patch_id"] == "图斑编号"
    assert schema["fields"][0]["name"] == "图斑编号"


def test_issued_level_wins_over_the_class(tmp_path):
    row = list(ROW)
    row[3] = "Ⅱ级"
    (patch,) = load(write(tmp_path / "a.shp", HEADERS, [row])).patches
    assert (patch.monitor_level, patch.level_source) == (2, "issued")


@pytest.mark.parametrize(
    ("driver", "name"), [("GPKG", "a.gpkg"), ("GeoJSON", "a.geojson"), ("OpenFileGDB", "下发.gdb"), ("LIBKML", "a.kml")]
)
def test_other_formats(tmp_path, driver, name):
    if driver == "OpenFileGDB" and not ogr.GetDriverByName(driver).TestCapability(ogr.ODrCCreateDataSource):
        pytest.skip("this GDAL cannot write FileGDB")
    path = write(tmp_path / name, ["图斑编号", "MJ"], [(SQUARE, "1", "10719")], driver=driver, kind=ogr.wkbMultiPolygon,
                 epsg=4326 if driver in ("GeoJSON", "LIBKML") else 4490)  # fmt: skip
    found = load(path)
    assert found.patches[0].area_m2 == pytest.approx(SQUARE_M2, abs=0.01)
    assert found.patches[0].issued_unit == "m2"
    assert found.files


def test_the_rest_of_a_geodatabase_is_kept_too(tmp_path):
    gdb = tmp_path / "a.gdb"
    shutil.copytree(real("vector", "gdal_autotest", "filegdb", "curves.gdb"), gdb)
    (gdb / "x.sr.lock").write_bytes(b"")
    inspection = look(gdb, field_map={"patch_id": "SHAPE_Length"})
    assert inspection.layer == "polygon"  # the line layer is no question
    found = delivery.read(inspection, Silent())
    assert len(found.files) == sum(1 for p in gdb.iterdir() if p.suffix != ".lock")


def test_zip_with_gbk_names_as_windows_writes_them(tmp_path):
    shape = write(tmp_path / "图斑.shp", HEADERS, [ROW])
    plain = tmp_path / "plain.zip"
    with zipfile.ZipFile(plain, "w") as archive:
        for part in shape.parent.glob("图斑.*"):
            archive.write(part, f"XXXXXX/{part.suffix[1:]}TB{part.suffix}")
    data = plain.read_bytes().replace(b"XXXXXX", "古路镇".encode("gbk"))
    for suffix in (b"shp", b"shx", b"dbf", b"prj", b"cpg"):
        data = data.replace(suffix + b"TB.", "双".encode("gbk") + b"-TB.")
    path = tmp_path / "下发.zip"
    path.write_bytes(data)
    inspection = look(path)
    assert inspection.layer == "双-TB"
    found = delivery.read(inspection, Silent())
    assert found.patches[0].patch_id == "500112A01"
    assert found.files == [path]
    assert found.sha256 == hashlib.sha256(data).hexdigest()


def test_zip_members_stay_inside_and_broken_zips_say_so(tmp_path):
    bad = tmp_path / "a.zip"
    with zipfile.ZipFile(bad, "w") as archive:
        archive.writestr("../../evil.geojson", "{}")
    assert error_of(look, bad).code == "E_FILE_UNREADABLE"
    assert not (tmp_path.parent / "evil.geojson").exists()
    bad.write_bytes(b"PK\x03\x04 cut")
    assert error_of(look, bad).code == "E_FILE_UNREADABLE"


def test_folder_with_one_shapefile_and_with_two(tmp_path):
    write(tmp_path / "a.shp", HEADERS, [ROW])
    assert len(load(tmp_path).patches) == 1
    write(tmp_path / "b.shp", HEADERS, [ROW, ROW])
    inspection = look(tmp_path)
    assert [q.key for q in inspection.questions] == ["layer"]
    assert [value for value, _ in inspection.questions[0].choices] == ["a.shp", "b.shp"]
    error = error_of(delivery.read, inspection, Silent())
    assert error.code == "E_QUESTION"
    assert error.params["details"][0]["choices"][1]["value"] == "b.shp"
    assert look(tmp_path, layer="b.shp").count == 2
    assert look(tmp_path, answers={"layer": "b.shp"}).count == 2
    assert error_of(look, tmp_path, layer="c.shp").code == "E_ANSWER"


def test_missing_prj_is_always_asked(tmp_path):
    path = write(tmp_path / "a.shp", HEADERS, [(square(36_379_122, 3296381, 100), *ROW[1:])], epsg=None)
    inspection = look(path)
    (question,) = inspection.questions
    assert (question.key, question.choices[0][0]) == ("crs", "EPSG:4524")
    assert load(path, crs="EPSG:4524").patches[0].delivered_crs == "EPSG:4524"
    assert load(path, answers={"crs": "4524"}).crs == "EPSG:4524"


@pytest.mark.parametrize("epsg", [2379, 2334, 4610, 4214, 27700])
def test_other_datums_are_refused(tmp_path, epsg):
    # Xian 1980, Beijing 1954 and a foreign one
    path = write(tmp_path / "a.shp", HEADERS, [(square(500_000, 3_296_381, 100), *ROW[1:])], epsg=epsg)
    assert error_of(look, path).code == "E_CRS_DATUM"


def test_swapped_axes_are_asked_and_turned(tmp_path):
    turned = "POLYGON((29.78 106.75,29.781 106.75,29.781 106.751,29.78 106.751,29.78 106.75))"
    path = write(tmp_path / "a.gpkg", HEADERS, [(turned, *ROW[1:])], driver="GPKG")
    questions = {q.key: q for q in look(path, crs="EPSG:4490").questions}
    assert questions["axis"].choices[0][0] == "yx"
    (patch,) = load(path, crs="EPSG:4490", answers={"axis": "yx"}).patches
    assert shapely.from_wkb(patch.wkb).bounds == pytest.approx((106.75, 29.78, 106.751, 29.781), abs=1e-9)
    assert shapely.from_wkb(patch.delivered_wkb).bounds[0] == 29.78  # as delivered
    assert patch.area_m2 == pytest.approx(SQUARE_M2, abs=0.01)


def test_unit_is_asked_when_it_cannot_be_measured(tmp_path):
    path = write(tmp_path / "a.shp", ["JCBH", "MJ"], [(SQUARE, "1", "107.2")])
    (question,) = look(path).questions
    assert question.key == "unit"
    assert load(path, answers={"unit": "mu"}).patches[0].issued_unit == "mu"


def test_no_id_field(tmp_path):
    path = write(tmp_path / "a.shp", ["NAME"], [(SQUARE, "1")])
    inspection = look(path)
    error = error_of(delivery.read, inspection, Silent())
    assert error.code == "E_FIELD_MISSING"
    assert "NAME" in error.message
    assert load(path, field_map={"patch_id": "NAME"}).patches[0].patch_id == "1"
    assert load(path, answers={"patch_id": "NAME"}).patches[0].patch_id == "1"
    assert error_of(look, path, field_map={"patch_id": "没有"}).code == "E_FIELD_UNKNOWN"


def test_gdmj_is_asked_and_used_as_answered(tmp_path):
    path = write(tmp_path / "a.shp", ["JCBH", "GDMJ"], [(SQUARE, "1", "3")])
    inspection = look(path)
    assert "farmland_issued" not in inspection.mapping
    (question,) = inspection.questions
    assert (question.key, [value for value, _ in question.choices]) == ("GDMJ", ["farmland", "supply", "ignore"])
    assert look(path, answers={"GDMJ": "farmland"}).mapping["farmland_issued"] == "GDMJ"
    assert look(path, answers={"gdmj": "耕地"}).mapping["farmland_issued"] == "GDMJ"
    for answer in ("supply", "ignore", "已供地"):
        found = look(path, answers={"GDMJ": answer})
        assert not found.questions
        assert "farmland_issued" not in found.mapping
    assert error_of(look, path, answers={"GDMJ": "什么"}).code == "E_ANSWER"


def test_gdmj_without_any_figure_is_no_question(tmp_path):
    path = write(tmp_path / "a.shp", ["JCBH", "GDMJ"], [(SQUARE, "1", "0"), (square(106.8, 29.7, 0.001), "2", None)])
    assert not look(path).questions


def test_rows_that_are_not_imported_say_why(tmp_path):
    rows = [(SQUARE, "1"), (square(106.8, 29.7, 0.001), "1"), (square(106.9, 29.7, 0.001), " "), (None, "2")]
    found = load(write(tmp_path / "a.shp", ["JCBH"], rows))
    assert [p.patch_id for p in found.patches] == ["1"]
    assert [(r.row, r.patch_id, r.code) for r in found.rejected] == [
        (2, "1", "R_ID_DUPLICATE"),
        (3, "", "R_ID_EMPTY"),
        (4, "2", "R_GEOMETRY_EMPTY"),
    ]
    assert "第 1 行" in found.rejected[0].reason


def test_bow_tie_is_repaired_and_the_original_kept(tmp_path):
    # crossing in the middle: two triangles of a quarter of the square each
    tie = "POLYGON((106.75 29.78,106.751 29.781,106.751 29.78,106.75 29.781,106.75 29.78))"
    path = write(tmp_path / "a.gpkg", ["JCBH"], [(tie, "1")], driver="GPKG")
    inspection = look(path)
    assert [q.key for q in inspection.questions] == ["repair"]
    (item,) = inspection.invalid
    # by the ring as delivered the two triangles cancel out
    assert (item.row, item.patch_id, item.reason) == (1, "1", "图形自相交")
    assert item.before_m2 == pytest.approx(0, abs=0.01)
    assert item.after_m2 == pytest.approx(SQUARE_M2 / 2, rel=1e-5)
    refused = load(path, answers={"repair": "no"})
    assert [r.code for r in refused.rejected] == ["R_GEOMETRY_INVALID"]
    found = load(path, answers={"repair": "yes"})
    (patch,) = found.patches
    assert patch.area_m2 == pytest.approx(SQUARE_M2 / 2, rel=1e-5)
    assert shapely.from_wkb(patch.wkb).is_valid
    assert shapely.from_wkb(patch.delivered_wkb).equals_exact(shapely.from_wkt(tie), 0)
    assert "W_REPAIRED" in codes(found)


def test_parts_that_overlap_are_counted_once(tmp_path):
    # half of the square twice and the other half once: 1 square, not 1/2
    west = "((106.75 29.78,106.751 29.78,106.751 29.781,106.75 29.781,106.75 29.78))"
    half = "((106.75 29.78,106.7505 29.78,106.7505 29.781,106.75 29.781,106.75 29.78))"
    path = write(tmp_path / "a.gpkg", ["JCBH"], [(f"MULTIPOLYGON({west},{half})", "1")], driver="GPKG",
                 kind=ogr.wkbMultiPolygon)  # fmt: skip
    found = load(path, answers={"repair": "yes"})
    assert found.patches[0].area_m2 == pytest.approx(SQUARE_M2, abs=0.01)


def test_overlap_touching_and_area_difference(tmp_path):
    rows = [
        (square(106.75, 29.78, 0.001), "1", "10719"),
        (square(106.7505, 29.78, 0.001), "2", "10719"),  # half of 1
        (square(106.751, 29.781, 0.001), "3", "9000"),  # touches 1 in a corner, 2 in an edge
    ]
    found = load(write(tmp_path / "a.shp", ["JCBH", "MJ"], rows))
    overlap = [f for f in found.findings if f.code == "W_OVERLAP"]
    assert [f.subject for f in overlap] == ["1"]
    assert "5359.4" in overlap[0].message  # SQUARE_M2 / 2 = 5359.42
    assert [f.subject for f in found.findings if f.code == "W_AREA_DIFF"] == ["3"]


def test_rounding_of_a_small_issued_area_is_no_difference(tmp_path):
    # 28.9 m² = 0.0434 亩 -> 0.04, 8 % less
    path = write(tmp_path / "a.shp", ["JCBH", "面积亩"], [(square(500_000, 3_296_381, 5.376), "1", "0.04")], epsg=4545)
    assert "W_AREA_DIFF" not in codes(load(path))


def test_outside_china_and_far_from_the_meridian(tmp_path):
    rows = [(square(10, 50, 0.001), "1"), (SQUARE, "2")]
    found = load(write(tmp_path / "a.shp", ["JCBH"], rows))
    assert [f.subject for f in found.findings if f.code == "W_OUTSIDE_CHINA"] == ["1"]
    # 4545 with an easting of 900 km: 4.1 degrees east of 108E
    far = write(tmp_path / "b.shp", ["JCBH"], [(square(900_000, 3_296_381, 100), "1")], epsg=4545)
    assert "W_ZONE" in codes(load(far))


def test_degrees_claimed_for_metres(tmp_path):
    path = write(tmp_path / "a.geojson", ["JCBH"], [(square(379122, 3296381, 100), "1")], driver="GeoJSON", epsg=4326)
    assert look(path).questions[0].key == "crs"


def test_projected_delivery_keeps_its_coordinates(tmp_path):
    wkt = square(379122.118, 3296381.231, 100)
    (patch,) = load(write(tmp_path / "a.shp", ["JCBH"], [(wkt, "1")], epsg=4545)).patches
    assert shapely.from_wkb(patch.delivered_wkb).bounds == shapely.from_wkt(wkt).bounds
    # Dossier 12: the corner is 106.75E, 29.78N; planar is 1.000360 times the ellipsoid there
    assert shapely.get_coordinates(shapely.from_wkb(patch.wkb)).min(axis=0) == pytest.approx((106.75, 29.78), abs=2e-5)
    assert patch.area_m2 == pytest.approx(10_000 / 1.000360, rel=2e-6)


@pytest.mark.parametrize(
    ("name", "code"), [("a.mdb", "E_MDB"), ("a.xyz", "E_FORMAT_UNSUPPORTED"), ("a.rar", "E_FORMAT_CONVERT")]
)
def test_formats_that_are_not_read(tmp_path, name, code):
    path = tmp_path / name
    path.write_bytes(b"x")
    assert error_of(look, path).code == code


def test_what_is_missing_or_broken(tmp_path):
    assert error_of(look, tmp_path / "none.shp").code == "E_FILE_MISSING"
    path = write(tmp_path / "a.shp", HEADERS, [ROW])
    path.with_suffix(".shx").unlink()
    error = error_of(look, path)
    assert error.code == "E_FILE_UNREADABLE"
    assert ".shx" in error.message
    (tmp_path / "b.gpkg").write_bytes(b"SQLite format 3\0 cut")
    assert error_of(look, tmp_path / "b.gpkg").code == "E_FILE_UNREADABLE"
    assert error_of(look, write(tmp_path / "c.shp", HEADERS, [])).code == "E_LAYER_EMPTY"
    line = write(tmp_path / "d.shp", HEADERS, [("LINESTRING(106 29,107 29)", *ROW[1:])], kind=ogr.wkbLineString)
    assert error_of(look, line).code == "E_NOT_POLYGON"
    assert error_of(look, write(tmp_path / "e.shp", HEADERS, [ROW]), encoding="火星文").code == "E_ANSWER"


def test_coordinates_that_are_no_numbers(tmp_path):
    path = write(tmp_path / "a.shp", ["JCBH"], [(SQUARE, "1"), (square(106.8, 29.7, 0.001), "2")])
    data = bytearray(path.read_bytes())
    place = data.rindex(struct.pack("<d", 106.801))
    data[place : place + 8] = struct.pack("<d", float("nan"))
    path.write_bytes(bytes(data))
    found = load(path)
    assert [p.patch_id for p in found.patches] == ["1"]
    assert found.rejected[0].code in ("R_COORDINATES", "R_GEOMETRY_BROKEN", "R_GEOMETRY_EMPTY")


def test_cancel(tmp_path):
    class Impatient(Silent):
        def cancelled(self):
            return True

    path = write(tmp_path / "a.shp", HEADERS, [ROW])
    assert error_of(delivery.read, look(path), Impatient()).code == "E_CANCELLED"


def test_sources_are_not_touched(tmp_path):
    path = write(tmp_path / "a.shp", HEADERS, [ROW])
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    load(path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_real_dsifn():
    path = real("imagery", "dsifn_xian", "dsifn_patches.shp")
    truth = json.loads(path.with_name("dsifn_truth.json").read_text(encoding="utf-8"))
    found = load(path)
    assert len(found.patches) == truth["patches"]
    assert not found.rejected
    # planar sum 177 681 m² (README); 4545 is about 360 ppm too large there (dossier 12)
    assert sum(p.area_m2 for p in found.patches) == pytest.approx(177_681 / 1.00036, rel=3e-5)
    assert {p.town_name for p in found.patches} == {"古路镇"}
    assert {p.image_before for p in found.patches} == {"2008-01-01"}


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        ("districts_cm108_4545_gbk", "EPSG:4545"),
        ("districts_zone36_4524_gbk_nocpg", "EPSG:4524"),
        ("districts_geo_4490_utf8", "EPSG:4490"),
        ("districts_cm105_4544_noprj", "EPSG:4544"),
    ],
)
def test_real_districts_agree_in_every_crs_and_encoding(name, crs):
    path = real("vector", "yubei_cgcs2000", f"{name}.shp")
    inspection = look(path)
    if inspection.questions[:1] and inspection.questions[0].key == "crs":
        assert inspection.questions[0].choices[0][0] == crs
    field = inspection.fields[0]
    found = load(path, field_map={"patch_id": field}, crs=crs if "noprj" in name else "")
    assert found.crs == crs
    reference = real("vector", "chongqing_gbk_ldid4d_nocpg", "区县界_area.shp")
    original = {p.patch_id: p for p in load(reference, field_map={"patch_id": "ADMINCODE"}).patches}
    assert len(found.patches) == 5
    for patch in found.patches:
        assert patch.area_m2 == pytest.approx(original[patch.patch_id].area_m2, rel=1e-6)


def test_real_oscd_has_no_id():
    path = real("imagery", "oscd_chongqing_s2", "chongqing_change_4545.gpkg")
    inspection = look(path)
    assert inspection.count == 94
    assert error_of(delivery.read, inspection, Silent()).code == "E_FIELD_MISSING"


@pytest.mark.parametrize(
    "name", ["gjmultipoly", "testpoly", "slightly_overlapping_polygons", "multipolygon_as_invalid_polygon"]
)
def test_real_invalid_geometries_come_out_valid(name):
    path = real("vector", "gdal_autotest", "shp", f"{name}.shp")
    crs = "EPSG:4490" if name in ("gjmultipoly", "multipolygon_as_invalid_polygon") else "EPSG:4545"
    inspection = look(path, crs=crs)
    found = load(path, crs=crs, field_map={"patch_id": inspection.fields[0]}, answers={"repair": "yes"})
    assert found.patches
    assert all(shapely.from_wkb(p.wkb).is_valid and p.area_m2 > 0 for p in found.patches)


def test_real_geodatabase_with_many_layers():
    path = real("vector", "gdal_autotest", "filegdb", "testopenfilegdb.gdb.zip")
    truth = json.loads(real("vector", "truth_vector.json").read_text(encoding="utf-8"))
    layers = truth["gdal_autotest/filegdb/testopenfilegdb.gdb.zip"]["layers"]
    inspection = look(path)
    assert set(inspection.layers) == {item["layer"] for item in layers}
    assert [q.key for q in inspection.questions] == ["layer"]
    offered = {value for value, _ in inspection.questions[0].choices}
    assert {"polygon", "multipolygon"} <= offered
    assert not offered & {"point", "linestring", "none"}
    found = load(path, layer="null_polygon", field_map={"patch_id": "id"})
    assert [r.code for r in found.rejected] == ["R_GEOMETRY_EMPTY"] * 5


def test_real_curves_become_plain_polygons():
    path = real("vector", "gdal_autotest", "filegdb", "curves.gdb")
    found = load(path, layer="polygon", field_map={"patch_id": "SHAPE_Area"})
    assert len(found.patches) == 5
    # ArcGIS wrote the planar area in square degrees beside each curve, and it is the id here
    for patch in found.patches:
        assert shapely.from_wkb(patch.wkb).area == pytest.approx(float(patch.patch_id), rel=1e-3)


def test_an_open_ring_is_closed_with_consent_only(tmp_path):
    path = write(tmp_path / "a.gpkg", ["JCBH"], [(SQUARE, "1")], driver="GPKG")
    data = sqlite3.connect(path)
    for (trigger,) in data.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        data.execute(f"DROP TRIGGER {trigger}")
    (blob,) = data.execute("SELECT geom FROM a").fetchone()
    at = blob.index(b"\x01\x03\x00\x00\x00")
    cut = blob[: at + 9] + struct.pack("<I", 4) + blob[at + 13 : -16]  # four points of the square, the fifth missing
    data.execute("UPDATE a SET geom = ?", (cut,))
    data.commit()
    data.close()
    (question,) = look(path).questions
    assert question.key == "repair"
    assert "没有闭合" in question.text
    (patch,) = load(path, answers={"repair": "yes"}).patches
    assert patch.area_m2 == pytest.approx(SQUARE_M2, abs=0.01)
    assert [r.row for r in load(path, answers={"repair": "no"}).rejected] == [1]


def test_two_columns_for_the_area_are_asked_about(tmp_path):
    rows = [(SQUARE, "1", "10718", "9000"), (square(106.8, 29.7, 0.001), "2", "10718", "8000")]
    path = write(tmp_path / "a.shp", ["JCBH", "JCMJ", "MJ"], rows)
    (question,) = look(path).questions
    assert (question.key, [v for v, _ in question.choices]) == ("area_issued", ["JCMJ", "MJ"])
    assert load(path, answers={"area_issued": "MJ", "unit": "m2"}).patches[0].issued_area == 9000
    same = [(SQUARE, "1", "10718.84", "16.08"), (square(106.8, 29.7, 0.001), "2", "10730", "16.10")]
    (tmp_path / "b").mkdir()
    assert not look(write(tmp_path / "b" / "a.shp", ["JCBH", "JCMJ", "MJ"], same)).questions
