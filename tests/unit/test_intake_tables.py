"""Tables as deliveries: written with openpyxl and by hand, expected values typed or from the dossier."""

from __future__ import annotations

import csv
import datetime
import math
import zipfile

import openpyxl
import pytest
import shapely
from osgeo import ogr

from tests.unit.intake_samples import ALIASES, SQUARE, SQUARE_M2, write
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.intake import delivery
from weipian_plugin.intake.delivery import ImportOptions

#: Dossier 12: this corner of EPSG:4545 is 106.75E, 29.78N; planar is 1.000360 times the ellipsoid there.
NORTH, EAST, SCALE = 3296381.231, 379122.118, 1.000360


def look(path, **options):
    return delivery.inspect(path, ALIASES, ImportOptions(**options))


def load(path, **options):
    inspection = look(path, **options)
    assert inspection.questions == ()
    return delivery.read(inspection, Silent())


def book(path, rows, merged=(), **more):
    """A workbook of one sheet; `more` further sheets."""
    made = openpyxl.Workbook()
    made.active.title = "清单"
    for sheet, content in (("清单", rows), *more.items()):
        page = made[sheet] if sheet == "清单" else made.create_sheet(sheet)
        for row in content:
            page.append(row)
    for cells in merged:
        made.active.merge_cells(cells)
    made.save(path)
    return path


def corners(x, y, size=100.0):
    """Northing, easting of a square, as surveyors write it."""
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]


def test_centre_points_under_a_merged_title_become_patches_without_a_boundary(tmp_path):
    rows = [
        ["古路镇2026年5月卫片图斑清单"],
        ["序号", "图斑编号", "监测面积（亩）", "中心点坐标", None, "备注"],
        [None, None, None, "经度", "纬度", None],
        [1, "0012", 12.5, 106.75, 29.78, "a"],
        [2, "500112202605000123", 3, "106°45'03.6\"", "29°46′48″", None],
        [3, "A3", 4.25, None, None, ""],
        ["合计", None, 19.75],
    ]
    path = book(tmp_path / "清单.xlsx", rows, ["A1:F1", "D2:E2", "A2:A3", "B2:B3", "C2:C3", "F2:F3"])
    found = load(path, crs="EPSG:4490")
    assert [p.patch_id for p in found.patches] == ["0012", "500112202605000123", "A3"]
    first, second, third = found.patches
    assert (first.geometry_source, first.wkb, first.delivered_wkb) == ("none", None, None)
    assert (first.centre_lon, first.centre_lat) == pytest.approx((106.75, 29.78), abs=1e-12)
    # 45' 3.6" = 0.751 degrees, 46' 48" = 0.78 degrees
    assert (second.centre_lon, second.centre_lat) == pytest.approx((106.751, 29.78), abs=1e-12)
    assert third.centre_lon is None
    assert first.adopted_area_m2 == pytest.approx(12.5 * 2000 / 3, abs=1e-9)
    assert (first.adopted_source, first.issued_area, first.issued_unit) == ("issued", 12.5, "mu")
    assert first.source_attributes["监测面积（亩）"] == "12.5"
    assert second.source_attributes["经度"] == "106°45'03.6\""
    assert second.source_attributes["备注"] is None
    assert [(r.row, r.code) for r in found.rejected] == [(7, "R_ID_EMPTY")]


def test_surveyors_x_is_north_without_a_question(tmp_path):
    path = book(tmp_path / "a.xlsx", [["图斑编号", "X", "Y", "面积(m2)"], ["1", NORTH, EAST, 500]])
    (patch,) = load(path, crs="EPSG:4545").patches
    assert (patch.centre_lon, patch.centre_lat) == pytest.approx((106.75, 29.78), abs=1e-7)


def test_names_that_contradict_the_values_lose(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("图斑编号,经度,纬度,面积(m2)\n1,29.78,106.75,5\n", encoding="utf-8")
    found = load(path, crs="EPSG:4490")
    assert (found.patches[0].centre_lon, found.patches[0].centre_lat) == (106.75, 29.78)
    assert "W_AXIS_NAMES" in {f.code for f in found.findings}


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("X1,Y1,X2,Y2,X3,Y3,X4,Y4", [f"{x},{y}" for x, y in corners(NORTH, EAST)]),
        ("拐点1纵坐标,拐点1横坐标,拐点2纵坐标,拐点2横坐标,拐点3纵坐标,拐点3横坐标,拐点4纵坐标,拐点4横坐标",
         [f"{x},{y}" for x, y in corners(NORTH, EAST)]),
        ("J1,J2,J3,J4", [f'"{x},{y}"' for x, y in corners(NORTH, EAST)]),
        ("界址点坐标", ['"' + ";".join(f"{x},{y}" for x, y in corners(NORTH, EAST)) + '"']),
        ("坐标串", ['"' + " ".join(f"{x},{y}" for x, y in corners(NORTH, EAST)) + '"']),
        ("范围", ['"' + str([list(p) for p in corners(NORTH, EAST)]) + '"']),
        ("WKT", ['"POLYGON((' + ",".join(f"{y} {x}" for x, y in [*corners(NORTH, EAST), (NORTH, EAST)]) + '))"']),
    ],
)  # fmt: skip
def test_corners_in_every_notation(tmp_path, header, cells):
    path = tmp_path / "a.csv"
    path.write_bytes(f"图斑编号,{header}\n007,{','.join(cells)}\n".encode("gbk"))
    (patch,) = load(path, crs="EPSG:4545").patches
    assert patch.patch_id == "007"
    assert patch.area_m2 == pytest.approx(10_000 / SCALE, rel=2e-6)
    assert shapely.get_coordinates(shapely.from_wkb(patch.wkb)).min(axis=0) == pytest.approx((106.75, 29.78), abs=2e-5)


def test_one_row_per_point_with_merged_ids_and_a_hole(tmp_path):
    outer = [*corners(NORTH, EAST), (NORTH, EAST)]
    inner = corners(NORTH + 20, EAST + 20, 10.0)
    rows = [["图斑编号", "界址点号", "X", "Y", "村名称"]]
    rows += [["A" if i == 0 else None, f"J{i + 1}", x, y, "甲" if i == 0 else None]
             for i, (x, y) in enumerate([*outer, *inner])]  # fmt: skip
    rows += [
        ["B", "J1", NORTH + 500, EAST, "乙"],
        [None, "J2", NORTH + 600, EAST],
        [None, "J3", NORTH + 600, EAST + 100],
    ]
    found = load(book(tmp_path / "a.xlsx", rows, ["A2:A10", "E2:E10", "A11:A13"]), crs="EPSG:4545")
    areas = {p.patch_id: p.area_m2 for p in found.patches}
    assert areas["A"] == pytest.approx((10_000 - 100) / SCALE, rel=2e-6)
    assert areas["B"] == pytest.approx(5_000 / SCALE, rel=1e-5)
    first = found.patches[0]
    assert first.village_name == "甲"
    assert first.source_attributes["界址点号"] == "J1;J2;J3;J4;J5;J6;J7;J8;J9"


def test_rows_that_lack_corners_are_named(tmp_path):
    path = tmp_path / "a.csv"
    points = ",".join(f"{y},{x}" for x, y in corners(NORTH, EAST)[:3])
    path.write_text(f"图斑编号,X1,Y1,X2,Y2,X3,Y3\n1,{points}\n2,1,2,,,,\n3,,,,,,\n", encoding="utf-8")
    found = load(path, crs="EPSG:4545")
    assert [p.patch_id for p in found.patches] == ["1"]
    assert [(r.row, r.patch_id, r.code) for r in found.rejected] == [(3, "2", "R_POINTS"), (4, "3", "R_GEOMETRY_EMPTY")]


def test_ids_alone_are_attributes_for_patches_that_are_there(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("图斑编号,用地主体,建成时间\n001,某公司,2026/5/1\n002,,\n", encoding="utf-8-sig")
    found = load(path)
    assert found.patches == []
    assert [(u.patch_id, u.row, u.attributes) for u in found.updates] == [
        ("001", 2, {"图斑编号": "001", "用地主体": "某公司", "建成时间": "2026/5/1"}),
        ("002", 3, {"图斑编号": "002", "用地主体": "", "建成时间": ""}),
    ]


def test_ids_with_areas_may_be_either_and_are_asked(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("图斑编号,监测面积(亩)\n001,1.5\n", encoding="utf-8")
    (question,) = look(path).questions
    assert (question.key, [v for v, _ in question.choices]) == ("rows", ["patches", "update"])
    (patch,) = load(path, answers={"rows": "patches"}).patches
    assert (patch.geometry_source, patch.adopted_area_m2) == ("none", 1000.0)
    assert [u.patch_id for u in load(path, answers={"rows": "update"}).updates] == ["001"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_and_separator(tmp_path, encoding, separator):
    path = tmp_path / "a.csv"
    rows = [
        ["图斑编号", "监测面积(亩)", "经度", "纬度"],
        ["001", "1.5", "106.75", "29.78"],
        ["002", "", "106.7", "29.7"],
    ]
    path.write_bytes("\r\n".join(separator.join(row) for row in rows).encode(encoding))
    assert [p.patch_id for p in load(path, crs="4490").patches] == ["001", "002"]


def test_cells_keep_what_a_spreadsheet_shows(tmp_path):
    moment = datetime.datetime(2026, 5, 1, 8, 30)  # noqa: DTZ001 - a spreadsheet has no zones
    row = ["A1", 1.0, 1234.5678, datetime.date(2026, 5, 1), moment, True, 7, "0100", None, ""]
    path = book(
        tmp_path / "a.xlsx", [["图斑编号", "整", "小数", "日期", "时刻", "真", "前导", "文字", "空", "空串"], row]
    )
    made = openpyxl.load_workbook(path)
    made.active["G2"].number_format = "00000"
    made.save(path)
    (update,) = load(path).updates
    shown = list(update.attributes.values())
    assert shown[:8] == ["A1", "1", "1234.5678", "2026-05-01", "2026-05-01T08:30:00", "TRUE", "00007", "0100"]
    assert shown[8] is None


def test_long_numbers_and_formulas_without_a_result_are_said(tmp_path):
    rows = [["图斑编号", "备注", "经度", "纬度"], [500112202605000123, "=1+1", 106.75, 29.78]]
    found = load(book(tmp_path / "a.xlsx", rows), crs="4490")
    assert {"W_LONG_NUMBER", "W_FORMULA"} <= {f.code for f in found.findings}


def test_several_sheets_are_asked_and_hidden_ones_are_not_offered(tmp_path):
    table = [["图斑编号", "村名称"], ["1", "甲"]]
    path = book(tmp_path / "a.xlsx", table, 二=table, 三=table)
    made = openpyxl.load_workbook(path)
    made["三"].sheet_state = "hidden"
    made.save(path)
    (question,) = look(path).questions
    assert [v for v, _ in question.choices] == ["清单", "二"]
    assert load(path, layer="三").updates[0].patch_id == "1"


def test_the_size_that_a_sheet_claims_does_not_matter(tmp_path):
    path = book(tmp_path / "a.xlsx", [["图斑编号", "村名称"], ["1", "甲"]])
    made = openpyxl.load_workbook(path)
    made.active.cell(1_000_000, 16_000, "x")
    made.save(path)
    assert [u.patch_id for u in load(path).updates] == ["1"]


def test_html_and_xlsx_under_the_name_xls(tmp_path):
    page = "<html><table><tr><th>图斑编号<th>村名称</tr><tr><td>0001</td><td>甲</td></tr></table></html>"
    (tmp_path / "a.xls").write_bytes(
        page.replace("<th>村", "</th><th>村").replace("称</tr>", "称</th></tr>").encode("gbk")
    )
    assert load(tmp_path / "a.xls").updates[0].patch_id == "0001"
    book(tmp_path / "b.xlsx", [["图斑编号", "村名称"], ["002", "乙"]]).rename(tmp_path / "b.xls")
    assert load(tmp_path / "b.xls").updates[0].patch_id == "002"


def test_an_ods_and_a_table_of_a_geopackage(tmp_path):
    for name, driver in (("a.ods", "ODS"), ("a.gpkg", "GPKG")):
        made = ogr.GetDriverByName(driver).CreateDataSource(str(tmp_path / name))
        layer = made.CreateLayer("清单", None, ogr.wkbNone)
        for field in ("图斑编号", "经度", "纬度"):
            layer.CreateField(ogr.FieldDefn(field))
        feature = ogr.Feature(layer.GetLayerDefn())
        for field, value in (("图斑编号", "001"), ("经度", "106.75"), ("纬度", "29.78")):
            feature.SetField(field, value)
        layer.CreateFeature(feature)
        feature = layer = made = None
        (patch,) = load(tmp_path / name, crs="4490").patches
        assert (patch.patch_id, patch.centre_lon, patch.centre_lat) == ("001", 106.75, 29.78)


def test_a_dbf_alone_is_a_table(tmp_path):
    write(tmp_path / "a.shp", ["JCBH", "村名称"], [(SQUARE, "001", "甲")])
    (tmp_path / "a.shp").unlink()
    assert load(tmp_path / "a.dbf").updates[0].attributes == {"JCBH": "001", "村名称": "甲"}


def test_a_table_without_header_and_a_wkt_longer_than_a_csv_field(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"A1,{NORTH},{EAST}\nA2,{NORTH},{EAST}\n", encoding="utf-8")
    found = load(path, crs="4545", field_map={"patch_id": "列A"})
    assert found.patches[1].centre_lon == pytest.approx(106.75, abs=1e-7)
    ring = [
        (106.75 + 0.01 * math.cos(i / 5e3 * math.pi), 29.78 + 0.01 * math.sin(i / 5e3 * math.pi)) for i in range(10001)
    ]
    ring[-1] = ring[0]
    text = ",".join(f"{x:.9f} {y:.9f}" for x, y in ring)
    path.write_text(f'图斑编号,图形\n1,"POLYGON(({text}))"\n', encoding="utf-8")
    assert len(text) > 131072
    (patch,) = load(path, crs="4490").patches
    assert shapely.get_num_coordinates(shapely.from_wkb(patch.wkb)) == 10001


def test_geometry_text_that_was_cut_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f'图斑编号,WKT\n1,"{SQUARE}"\n2,"{SQUARE[:40]}"\n', encoding="utf-8")
    found = load(path, crs="4490")
    assert found.patches[0].area_m2 == pytest.approx(SQUARE_M2, abs=0.01)
    assert found.rejected[0].code == "R_GEOMETRY_BROKEN"


@pytest.mark.parametrize("name", ["a.xlsx", "a.xls", "a.csv", "a.txt", "a.dbf", "a.ods"])
@pytest.mark.parametrize("content", [b"", bytes(range(256)) * 8], ids=["empty", "bytes"])
def test_files_that_are_no_tables(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(WeipianError) as caught:
        look(path)
    assert caught.value.code in ("E_FILE_UNREADABLE", "E_FORMAT_CONVERT")


def test_prose_is_no_table(tmp_path):
    path = tmp_path / "说明.txt"
    path.write_text("请各镇街于月底前上报，\n逾期不报的通报批评。\n联系人：规建环办\n", encoding="utf-8")
    with pytest.raises(WeipianError) as caught:
        look(path)
    assert caught.value.code == "E_FORMAT_CONVERT"


def test_an_empty_geometry_is_not_called_unreadable(tmp_path):
    rows = [["图斑编号", "图形"], *([f"A{i}", SQUARE] for i in range(5)), ["E", "POLYGON EMPTY"], ["B", "POLYGON((1 2"]]
    found = load(book(tmp_path / "a.xlsx", rows), crs="EPSG:4490")
    assert {r.patch_id: r.code for r in found.rejected} == {"E": "R_GEOMETRY_EMPTY", "B": "R_GEOMETRY_BROKEN"}


@pytest.mark.parametrize("cell", [None, 0])
def test_a_unit_is_not_asked_where_no_area_is_given(tmp_path, cell):
    rows = [["图斑编号", "面积", "图形"], *([f"A{i}", cell, SQUARE] for i in range(3))]
    found = load(book(tmp_path / "a.xlsx", rows), crs="EPSG:4490")
    assert [p.issued_unit for p in found.patches] == [None] * 3


def test_reading_a_table_leaves_the_limit_of_the_process(tmp_path):
    before = csv.field_size_limit()
    ring = ",".join(f"{EAST + i} {NORTH + (i % 2)}" for i in range(9000))
    wkt = f"POLYGON(({ring},{EAST} {NORTH - 50},{EAST} {NORTH}))"
    path = tmp_path / "a.csv"
    path.write_text(f'图斑编号,图形\nA1,"{wkt}"\n', encoding="utf-8")
    assert len(wkt) > before
    assert look(path, crs="EPSG:4545").count == 1
    assert csv.field_size_limit() == before


def test_a_name_above_the_lower_row_of_a_header_is_kept(tmp_path):
    rows = [
        ["古路镇2026年图斑核查表"],
        ["序号", "图斑信息", None, "位置", None],
        [None, "监测编号", "面积（亩）", "经度", "纬度"],
        *([i, f"A{i}", 3, 106.75 + i / 1000, 29.78] for i in range(1, 4)),
    ]
    path = book(tmp_path / "a.xlsx", rows, merged=("B2:C2", "D2:E2"))
    assert look(path, crs="EPSG:4490").fields == ("序号", "监测编号", "面积（亩）", "经度", "纬度")


def test_a_workbook_with_damaged_content_is_refused_with_a_sentence(tmp_path):
    path = book(tmp_path / "a.xlsx", [["图斑编号", "面积"], *([f"A{i}", i * 1.5] for i in range(400))])
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    raw = bytearray(path.read_bytes())
    start = info.header_offset + 30 + len(info.filename)
    raw[start + 20 : start + 200] = b"\xff" * 180
    path.write_bytes(bytes(raw))
    with pytest.raises(WeipianError) as caught:
        look(path)
    assert caught.value.code == "E_FILE_UNREADABLE"


def test_ids_in_scientific_notation_are_said_and_make_no_polygon(tmp_path):
    path = tmp_path / "a.csv"
    lines = [f"5.00112E+17,{106.75 + i / 1000},{29.78 + (i % 2) / 1000},3" for i in range(4)]
    path.write_text("\n".join(["图斑编号,经度,纬度,面积（亩）", *lines]), encoding="utf-8")
    found = load(path, crs="EPSG:4490")
    assert [(r.row, r.code) for r in found.rejected] == [(n, "R_ID_DUPLICATE") for n in (3, 4, 5)]
    assert [f.code for f in found.findings].count("W_LONG_NUMBER") == 1
