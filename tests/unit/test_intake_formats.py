"""Deliveries in every format a county uses, written by hand or with OGR; expected values typed."""

from __future__ import annotations

import json
import math
import shutil
import struct
import zipfile

import pytest
import shapely
from osgeo import gdal, ogr

from tests.unit.intake_samples import ALIASES, SQUARE, SQUARE_M2, real, write
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.intake import delivery
from weipian_plugin.intake.delivery import ImportOptions

#: Dossier 12: this corner of EPSG:4545 is 106.75E, 29.78N; planar is 1.000360 times the ellipsoid there.
NORTH, EAST, SCALE = 3296381.231, 379122.118, 1.000360
RING = "106.75,29.78 106.751,29.78 106.751,29.781 106.75,29.781 106.75,29.78"
JSON_SQUARE = {"type": "Polygon", "coordinates": [[[106.75, 29.78], [106.751, 29.78], [106.751, 29.781], [106.75, 29.781], [106.75, 29.78]]]}  # fmt: skip


def look(path, **options):
    return delivery.inspect(path, ALIASES, ImportOptions(**options))


def load(path, **options):
    inspection = look(path, **options)
    assert inspection.questions == ()
    return delivery.read(inspection, Silent())


def refused(path, **options):
    with pytest.raises(WeipianError) as caught:
        load(path, **options)
    return caught.value


def codes(found):
    return {f.code for f in found.findings}


def put(path, content, encoding="utf-8"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


# -- 界址点 ----------------------------------------------------------------------------------------


def header(datum="2000国家大地坐标系", width="3", zone="36", shift=",,,,,,"):
    lines = ["[属性描述]", "格式版本号=1.01", f"坐标系={datum}", f"几度分带={width}", "投影类型=高斯克吕格", "计量单位=米",
             f"带号={zone}", "精度=0.001", f"转换参数={shift}", "[地块坐标]"]  # fmt: skip
    return "\n".join(lines) + "\n"


def parcel(name, rings, shape="面", count=None):
    """A parcel as the 报批 format has it, northing before easting, rings closed."""
    lines = []
    number = 0
    for i, ring in enumerate(rings, 1):
        for x, y in [*ring, ring[0]]:
            number += 1
            lines.append(f"J{number},{i},{x:.3f},{y:.3f}")
    return "\n".join([f"{count or number},0.9996,{name},古路地块,{shape},H48G,建设用地,0601,@", *lines]) + "\n"


def square(north=NORTH, east=EAST, size=100.0):
    return [(north, east), (north + size, east), (north + size, east + size), (north, east + size)]


ZONE = [(x, y + 36_000_000) for x, y in square()]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_boundary_text_with_header_hole_and_two_parts(tmp_path, encoding):
    hole = [(x, y + 36_000_000) for x, y in square(NORTH + 20, EAST + 20, 10)]
    apart = [(x, y + 36_000_000) for x, y in square(NORTH + 300, EAST, 50)]
    text = header() + parcel("001", [ZONE, hole]) + parcel("002", [apart, [(x + 200, y) for x, y in apart]])
    found = load(put(tmp_path / "界址点.txt", text, encoding))
    areas = {p.patch_id: p.area_m2 for p in found.patches}
    assert areas["001"] == pytest.approx((10_000 - 100) / SCALE, rel=2e-6)
    assert areas["002"] == pytest.approx(5_000 / SCALE, rel=5e-6)
    assert found.crs == "EPSG:4524"
    assert found.rejected == []
    first = found.patches[0]
    assert first.source_attributes["地块用途"] == "建设用地"
    assert first.source_attributes["坐标系"] == "2000国家大地坐标系"
    assert shapely.get_coordinates(shapely.from_wkb(first.wkb)).min(axis=0) == pytest.approx((106.75, 29.78), abs=2e-5)


def test_a_parcel_line_without_its_sign_is_no_point(tmp_path):
    """Some offices leave the @ out at the end of the parcel line, or write it alone below the points."""
    text = header() + parcel("001", [ZONE]).replace("建设用地,0601,@", ",") + "@\n"
    found = load(put(tmp_path / "界址点.txt", text, "gbk"))
    assert [p.patch_id for p in found.patches] == ["001"]
    assert found.patches[0].area_m2 == pytest.approx(10_000 / SCALE, rel=2e-6)
    assert found.crs == "EPSG:4524"


@pytest.mark.parametrize(
    ("head", "points", "crs"),
    [
        (header(zone=""), ZONE, "EPSG:4524"),
        (header(), square(), "EPSG:4545"),
        (header(zone="108"), square(), "EPSG:4545"),
        (header(width="6", zone="18"), [(x, y + 18_000_000) for x, y in square()], "EPSG:4496"),
        (header(datum="CGCS2000", zone=""), [(29.78, 106.75), (29.781, 106.75), (29.781, 106.751)], "EPSG:4490"),
    ],
)
def test_zone_from_header_or_easting(tmp_path, head, points, crs):
    assert load(put(tmp_path / "a.txt", head + parcel("1", [points]))).crs == crs


@pytest.mark.parametrize("datum", ["80国家大地坐标系", "西安80", "北京54"])
def test_old_datums_in_a_header_are_refused(tmp_path, datum):
    assert refused(put(tmp_path / "a.txt", header(datum=datum) + parcel("1", [ZONE]), "gbk")).code == "E_CRS_DATUM"


def test_a_header_that_contradicts_its_points_is_asked(tmp_path):
    inspection = look(put(tmp_path / "a.txt", header(zone="35") + parcel("1", [ZONE])))
    assert [q.key for q in inspection.questions] == ["crs"]
    assert inspection.questions[0].choices[0][0] == "EPSG:4524"


def test_what_is_odd_in_a_boundary_text_is_said(tmp_path):
    text = header(shift="1,2,3") + parcel("1", [ZONE], count=9) + "看不懂的一行\n" + parcel("2", [ZONE], shape="点")
    text += "2,0,3,名,面,,,,@\nJ1,1,3296381,36379122\nJ2,1,3296481,36379122\n4,0,4,名,面,,,,@\n"
    text += "\n".join(f"J{i},1,{x + 500},{y}" for i, (x, y) in enumerate(ZONE))
    found = load(put(tmp_path / "a.txt", text, "gbk"))
    assert [p.patch_id for p in found.patches] == ["1", "4"]
    assert [(r.patch_id, r.code) for r in found.rejected] == [("2", "R_NOT_POLYGON"), ("3", "R_POINTS")]
    assert {"W_TEXT_CRS", "W_POINT_COUNT", "W_TEXT_LINE", "W_RING_OPEN"} <= codes(found)


@pytest.mark.parametrize(
    "line", ["J{i},1,{x},{y}", "J{i},{x},{y}", "{i},{x},{y}", "{x},{y}", "J{i}\t{x}\t{y}", "{x} {y}"]
)
@pytest.mark.parametrize("east_first", [False, True])
def test_plain_lists_of_points(tmp_path, line, east_first):
    points = [(y, x) for x, y in square()] if east_first else square()
    text = "\n".join(line.format(i=i, x=x, y=y) for i, (x, y) in enumerate([*points, points[0]], 1))
    inspection = look(put(tmp_path / "地块7.txt", text), crs="EPSG:4545")
    (patch,) = delivery.read(inspection, Silent()).patches
    assert patch.patch_id == "地块7"
    assert patch.area_m2 == pytest.approx(10_000 / SCALE, rel=2e-6)
    assert [q.key for q in look(tmp_path / "地块7.txt").questions] == ["crs"]


def test_a_folder_of_one_text_a_parcel_is_one_layer(tmp_path):
    for i in range(3):
        put(
            tmp_path / f"地块{i}.txt",
            header() + "\n".join(f"J{k},1,{x + 200 * i},{y}" for k, (x, y) in enumerate(ZONE)),
        )
    put(tmp_path / "说明.txt", "请及时核查")
    found = load(tmp_path)
    assert [p.patch_id for p in found.patches] == ["地块0", "地块1", "地块2"]
    assert [f.name for f in found.files] == ["地块0.txt", "地块1.txt", "地块2.txt"]


# -- KML -------------------------------------------------------------------------------------------


def placemark(name, ring=RING, extra="", tag="Polygon"):
    inner = f"<outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
    inner = inner if tag == "Polygon" else f"<coordinates>{ring}</coordinates>"
    return f"<Placemark><name>{name}</name>{extra}<{tag}>{inner}</{tag}></Placemark>"


def kml(*parts, head='<?xml version="1.0" encoding="UTF-8"?>'):
    return f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{"".join(parts)}</Document></kml>'


def test_kml_attributes_of_google_arcgis_and_balloons(tmp_path):
    data = '<ExtendedData><Data name="JCMJ"><value>10718.84</value></Data><SchemaData><SimpleData name="备注">甲</SimpleData></SchemaData></ExtendedData>'
    table = "<description><![CDATA[<table><tr><td>A2</td></tr><tr><td><table><tr><td>XZQDM</td><td>500112</td></tr><tr><td>备注</td><td>&lt;Null&gt;</td></tr></table></td></tr></table>]]></description>"
    lines = "<description>乡镇名称：古路镇&lt;br/&gt;图斑分类: 其他变化类</description>"
    text = kml(
        f"<Folder><name>一级</name>{placemark('A1', extra=data)}</Folder>",
        f"<Folder><name>二级</name><Folder><name>村</name>{placemark('A2', extra=table)}</Folder></Folder>",
        placemark("A3", extra=lines),
    )
    first, second, third = load(put(tmp_path / "a.kml", text)).patches
    assert [p.patch_id for p in (first, second, third)] == ["A1", "A2", "A3"]
    assert first.area_m2 == pytest.approx(SQUARE_M2, abs=0.01)
    assert first.issued_area == 10718.84
    assert first.source_attributes["备注"] == "甲"
    assert second.county_code == "500112"
    assert second.source_attributes["备注"] is None
    assert second.source_attributes["文件夹"] == "二级/村"
    assert (third.town_name, third.monitor_class) == ("古路镇", "other_change")


@pytest.mark.parametrize("name", ["a.kmz", "a.ovkmz", "a.zip"])
def test_kml_in_an_archive(tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("doc.kml" if name.endswith("kmz") else "文件夹/a.ovkml", kml(placemark("1")))
    found = load(tmp_path / name)
    assert found.patches[0].patch_id == "1"
    assert [f.name for f in found.files] == [name]


@pytest.mark.parametrize(
    "text",
    [
        kml(placemark("1"), head='<?xml version="1.0" encoding="gb2312"?>').encode("gbk"),
        kml('<gx:x y:z="1">甲 & 乙</gx:x>', placemark("1")),
        kml(placemark("1", ring=RING.replace(",", ", "))),
        kml(placemark("1", ring=RING.replace(" ", ",0 "))),
        "<kml>" + placemark("1") + "</kml>",
        kml(placemark("1", tag="LinearRing")),
        kml(placemark("1", tag="LineString")),
    ],
    ids=["gbk", "undeclared", "blanks", "heights of zero", "bare", "ring", "closed line"],
)
def test_kml_as_people_write_it(tmp_path, text):
    (patch,) = load(put(tmp_path / "a.kml", text)).patches
    assert (patch.patch_id, patch.area_m2) == ("1", pytest.approx(SQUARE_M2, abs=0.01))


def test_kml_rows_that_are_no_polygons_and_heights(tmp_path):
    point = "<Placemark><name>点</name><Point><coordinates>106,29</coordinates></Point></Placemark>"
    broken = placemark("坏", ring="nan,nan 1,1 2,2 nan,nan")
    high = placemark("高", ring=RING.replace(" ", ",5 ") + ",5")
    found = load(put(tmp_path / "a.kml", kml(placemark("1"), point, broken, high)))
    assert [p.patch_id for p in found.patches] == ["1", "高"]
    assert [(r.patch_id, r.code) for r in found.rejected] == [("点", "R_NOT_POLYGON"), ("坏", "R_GEOMETRY_EMPTY")]
    delivered = ogr.CreateGeometryFromWkb(found.patches[1].delivered_wkb)
    assert (delivered.Is3D(), delivered.GetGeometryRef(0).GetZ(0)) == (1, 5.0)
    assert "W_Z" in codes(found)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]>' + kml(head=""), "E_FILE_UNREADABLE"),
        ("<kml><Document>", "E_FILE_UNREADABLE"),
        (kml(), "E_LAYER_EMPTY"),
        (kml("<Placemark><Point><coordinates>106,29</coordinates></Point></Placemark>"), "E_NOT_POLYGON"),
    ],
    ids=["dtd", "cut", "empty", "points"],
)
def test_kml_that_is_refused(tmp_path, text, code):
    assert refused(put(tmp_path / "a.kml", text)).code == code


# -- DXF -------------------------------------------------------------------------------------------


def line(layer, points, closed=True, bulge=0.0):
    head = f"0\nLWPOLYLINE\n8\n{layer}\n100\nAcDbEntity\n100\nAcDbPolyline\n90\n{len(points)}\n70\n{int(closed)}\n"
    return head + "".join(f"10\n{x}\n20\n{y}\n42\n{bulge}\n" for x, y in points)


def text_at(x, y, words):
    return f"0\nTEXT\n8\nTXT\n100\nAcDbEntity\n100\nAcDbText\n10\n{x}\n20\n{y}\n30\n0\n40\n5\n1\n{words}\n"


def dxf(*entities, version="AC1015"):
    head = f"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\n{version}\n9\n$DWGCODEPAGE\n3\nANSI_936\n0\nENDSEC\n"
    return head + "0\nSECTION\n2\nENTITIES\n" + "".join(entities) + "0\nENDSEC\n0\nEOF\n"


def plan(x, y, size=100.0):
    """Easting, northing."""
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]


@pytest.mark.parametrize(("encoding", "version"), [("gbk", "AC1015"), ("utf-8", "AC1021")])
def test_drawing_with_a_frame_texts_and_an_open_line(tmp_path, encoding, version):
    text = dxf(
        line("图框", plan(379000, 3296000, 1000)), text_at(379010, 3296990, "古路镇图斑"),
        line("图斑", plan(379122.118, NORTH)), text_at(379150, 3296400, "图斑编号：A01"), text_at(379150, 3296420, "14.99亩"),
        line("图斑", plan(379322, NORTH)), text_at(379350, 3296400, "A02"),
        line("道路", plan(379322, NORTH), closed=False), version=version,
    )  # fmt: skip
    found = load(put(tmp_path / "图斑.dxf", text, encoding), crs="EPSG:4545")
    areas = {p.patch_id: p.area_m2 for p in found.patches}
    assert areas["A01"] == pytest.approx(10_000 / SCALE, rel=2e-6)
    assert areas["A02"] == pytest.approx(10_000 / SCALE, rel=2e-6)
    assert "古路镇图斑" in areas  # the frame: its overlap is reported, a person decides
    assert {p.source_attributes["Layer"] for p in found.patches} == {"图框", "图斑"}
    assert {"W_OPEN_LINE", "W_OVERLAP", "W_ID_HINT"} <= codes(found)
    assert [q.key for q in look(tmp_path / "图斑.dxf").questions] == ["crs"]


def test_drawing_ids_from_layers_and_else_a_question(tmp_path):
    both = [line("甲", plan(379122, NORTH)), line("乙", plan(379322, NORTH))]
    assert {p.patch_id for p in load(put(tmp_path / "a.dxf", dxf(*both), "gbk"), crs="4545").patches} == {"甲", "乙"}
    same = put(tmp_path / "b.dxf", dxf(line("a", plan(379122, NORTH)), line("a", plan(379322, NORTH))))
    assert [q.key for q in look(same, crs="4545").questions] == ["patch_id"]


def test_hatch_and_its_outline_are_one(tmp_path):
    edge = "".join(f"10\n{x}\n20\n{y}\n" for x, y in plan(379122, NORTH))
    hatch = f"0\nHATCH\n8\n面\n100\nAcDbEntity\n100\nAcDbHatch\n10\n0\n20\n0\n30\n0\n2\nSOLID\n70\n1\n71\n0\n91\n1\n92\n2\n72\n0\n73\n1\n93\n4\n{edge}97\n0\n75\n0\n76\n1\n98\n0\n"
    label = text_at(379150, 3296400, "H1")
    for i, parts in enumerate(([hatch, label], [hatch, line("a", plan(379122, NORTH)), label])):
        found = load(put(tmp_path / f"{i}.dxf", dxf(*parts), "gbk"), crs="4545")
        assert [(p.patch_id, round(p.area_m2 * SCALE)) for p in found.patches] == [("H1", 10_000)]
        assert ("W_DOUBLE" in codes(found)) == bool(i)


def test_arcs_are_cut_finely_and_said(tmp_path):
    circle = "0\nCIRCLE\n8\na\n100\nAcDbEntity\n100\nAcDbCircle\n10\n379122\n20\n3296381\n30\n0\n40\n50\n"
    path = put(tmp_path / "a.dxf", dxf(circle, text_at(379120, 3296381, "C1")))
    found = load(path, crs="4545")
    assert found.patches[0].area_m2 == pytest.approx(math.pi * 2500 / SCALE, rel=2e-5)
    assert "W_CURVE" in codes(found)


@pytest.mark.parametrize("content", [dxf(line("a", plan(0, 0), closed=False)), b"AutoCAD Binary DXF\r\n\x1a\0"])
def test_drawings_that_must_be_saved_again(tmp_path, content):
    error = refused(put(tmp_path / "a.dxf", content))
    assert error.code == "E_FORMAT_CONVERT"
    assert "CAD" in error.remedy


# -- GeoJSON ---------------------------------------------------------------------------------------


def feature(geometry=JSON_SQUARE, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def test_geojson_of_every_shape(tmp_path):
    contents = {
        "a.geojson": json.dumps(JSON_SQUARE),
        "b.json": json.dumps(feature(JCBH="b")),
        "c.geojsonl": "\n".join(json.dumps(feature(JCBH=n)) for n in "cd"),
        "d.geojson": json.dumps([feature(JCBH="d")]),
        "e.geojson": json.dumps({**JSON_SQUARE, "properties": {"JCBH": "e"}}),
    }
    ids = {name: [p.patch_id for p in load(put(tmp_path / name, text)).patches] for name, text in contents.items()}
    assert ids == {
        "a.geojson": ["a"],
        "b.json": ["b"],
        "c.geojsonl": ["c", "d"],
        "d.geojson": ["d"],
        "e.geojson": ["e"],
    }


@pytest.mark.parametrize("collection", [True, False])
def test_geojson_keeps_values_as_written(tmp_path, collection):
    ring = [[EAST, NORTH], [EAST + 100, NORTH], [EAST + 100, NORTH + 100], [EAST, NORTH]]
    item = feature({"type": "Polygon", "coordinates": [ring]}, JCBH="001", d="2026/05/01", b=True, e="", n=None,
                   big=9007199254740993, r=0.1, deep={"k": [1]})  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4545"}}
    content = {"type": "FeatureCollection", "crs": crs, "features": [item]} if collection else {**item, "crs": crs}
    found = load(put(tmp_path / "a.geojson", json.dumps(content, ensure_ascii=False)))
    assert found.crs == "EPSG:4545"
    values = dict(found.patches[0].source_attributes)
    assert json.loads(values.pop("deep")) == {"k": [1]}
    assert values == {
        "JCBH": "001",
        "d": "2026/05/01",
        "b": "true",
        "e": "",
        "n": None,
        "big": "9007199254740993",
        "r": "0.1",
    }


def test_geojson_in_gbk(tmp_path):
    content = json.dumps({"type": "FeatureCollection", "features": [feature(图斑编号="甲一")]}, ensure_ascii=False)
    assert load(put(tmp_path / "a.geojson", content, "gbk")).patches[0].patch_id == "甲一"


# -- archives, folders and what is no data ----------------------------------------------------------


def zip_of(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, source in members.items():
            archive.writestr(name, source if isinstance(source, bytes) else source.read_bytes())
    return path


@pytest.fixture
def parts(tmp_path):
    """The files of a small shapefile by suffix."""
    shape = write(tmp_path / "源" / "图斑.shp", ["JCBH"], [(SQUARE, "1")]) if not (tmp_path / "源").mkdir() else None
    return {p.suffix: p for p in shape.parent.iterdir()}


def test_archives_in_archives_long_names_and_upper_case(tmp_path, parts):
    inner = zip_of(tmp_path / "内.zip", {f"图斑{suffix}": source for suffix, source in parts.items()})
    assert load(zip_of(tmp_path / "外.zip", {"一/二/内.zip": inner})).patches[0].patch_id == "1"
    folder, stem = "很长的目录名" * 30, "很长的文件名" * 20
    long = zip_of(tmp_path / "长.zip", {f"{folder}/{folder}/{stem}{s.upper()}": p for s, p in parts.items()})
    assert load(long).patches[0].area_m2 == pytest.approx(SQUARE_M2, abs=0.01)
    for suffix, source in parts.items():
        shutil.copy(source, tmp_path / f"TB{suffix.upper()}")
    for name in ("TB.SHP", "TB.DBF", "TB.PRJ"):
        assert load(tmp_path / name).patches[0].patch_id == "1"


def test_geodatabases_that_lost_their_name(tmp_path):
    gdb = real("vector", "gdal_autotest", "filegdb", "curves.gdb")
    files = {p.name: p for p in gdb.iterdir()}
    options = {"field_map": {"patch_id": "SHAPE_Length"}}
    assert len(load(zip_of(tmp_path / "a.zip", files), **options).patches) == 5
    assert (
        len(load(zip_of(tmp_path / "b.zip", {f"下发/数据.gdb/{n}": p for n, p in files.items()}), **options).patches)
        == 5
    )
    shutil.copytree(gdb, tmp_path / "没有后缀")
    loose = load(tmp_path / "没有后缀", **options)
    assert len(loose.patches) == 5
    assert all(f.is_file() for f in loose.files)
    assert len(loose.files) == len(files)
    assert len(load(gdb / "a00000001.gdbtable", **options).patches) == 5


def test_archives_that_lie(tmp_path, parts):
    bomb = refused(zip_of(tmp_path / "a.zip", {"a.shp": b"\0" * (300 << 20)}))
    assert bomb.code == "E_FILE_UNREADABLE"
    assert "异常" in bomb.message
    slip = zip_of(tmp_path / "b.zip", {f"../../出去{s}": p for s, p in parts.items()})
    assert load(slip).patches[0].patch_id == "1"
    assert not list(tmp_path.parent.glob("出去*"))
    assert refused(put(tmp_path / "c.zip", b"Rar!\x1a\x07\0rest")).code == "E_FORMAT_CONVERT"


@pytest.mark.parametrize(
    ("name", "word"),
    [("a.rar", "解压"), ("a.7z", "解压"), ("a.dwg", "DXF"), ("a.pdf", "Shapefile"), ("a.jpg", "Shapefile"), ("a.docx", "xlsx"),
     ("a.et", "xlsx"), ("a.gdbtable", ".gdb 文件夹"), ("~$a.xlsx", "原文件"), ("a.lyr", "Shapefile"), ("a.accdb", "Shapefile")],
)  # fmt: skip
def test_what_is_no_data_says_what_to_do(tmp_path, name, word):
    error = refused(put(tmp_path / name, b"x"))
    assert error.code in ("E_FORMAT_CONVERT", "E_MDB")
    assert word in error.remedy


def test_a_folder_says_what_stands_in_the_way(tmp_path):
    put(tmp_path / "照片.jpg", b"x")
    assert "图片" in refused(tmp_path).message
    put(tmp_path / "下发.rar", b"x")
    assert "压缩包" in refused(tmp_path).message
    put(tmp_path / "下发.mdb", b"x")
    assert refused(tmp_path).code == "E_MDB"


def test_a_shapefile_goes_before_the_list_beside_it(tmp_path, parts):
    put(tmp_path / "源" / "清单.csv", "图斑编号\n9\n")
    put(tmp_path / "源" / "说明.txt", "请核查")
    assert [p.patch_id for p in load(tmp_path / "源").patches] == ["1"]


def test_our_own_workspace_is_no_delivery(tmp_path, parts):
    put(tmp_path / "源" / "工作区" / "workspace.gpkg", b"x")
    assert [p.patch_id for p in load(tmp_path / "源").patches] == ["1"]


@pytest.fixture(params=[False, True], ids=["codes", "exceptions"])
def gdal_mode(request):
    """GDAL as old and as new versions of QGIS leave it."""
    if not request.param:
        yield
        return
    switched = [module for module in (ogr, gdal) if not module.GetUseExceptions()]
    for module in switched:
        module.UseExceptions()
    yield
    for module in reversed(switched):  # handlers are stacked: last in, first out
        module.DontUseExceptions()


def test_broken_shapes_are_named(tmp_path, gdal_mode):
    path = write(tmp_path / "a.shp", ["JCBH"], [(SQUARE, "1"), (SQUARE, "2")])
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, 100 + 8 + 4 + 32, 2**30)  # parts of the first polygon
    path.write_bytes(bytes(data))
    found = load(path)
    assert [p.patch_id for p in found.patches] == ["2"]
    assert [r.row for r in found.rejected] == [1]


def test_formats_whatever_way_gdal_fails(tmp_path, gdal_mode):
    text = kml(placemark("1"))
    assert load(put(tmp_path / "a.kml", text)).patches[0].patch_id == "1"
    assert (
        load(put(tmp_path / "a.dxf", dxf(line("甲", plan(379122, NORTH))), "gbk"), crs="4545").patches[0].patch_id
        == "甲"
    )
    assert load(put(tmp_path / "b.json", json.dumps(feature(JCBH="b")))).patches[0].patch_id == "b"
    table = load(put(tmp_path / "a.csv", f'图斑编号,WKT\n1,"{SQUARE}"\n2,"POLYGON((1 1"\n'), crs="4490")
    assert [r.code for r in table.rejected] == ["R_GEOMETRY_BROKEN"]
    for name in ("a.gpkg", "a.shp", "b.dxf", "a.geojson", "a.dbf", "a.ods"):
        assert refused(put(tmp_path / "坏" / name, b"junk" * 50)).code == "E_FILE_UNREADABLE"


def test_layers_without_any_column_can_be_numbered(tmp_path):
    path = write(tmp_path / "a.gpkg", [], [(SQUARE,), (SQUARE.replace("29.78", "29.88"),)], driver="GPKG")
    (question,) = look(path).questions
    assert (question.key, [v for v, _ in question.choices]) == ("patch_id", ["行号"])
    assert [p.patch_id for p in load(path, answers={"patch_id": "行号"}).patches] == ["1", "2"]


def test_geojson_ids_longer_than_an_integer_keep_every_digit(tmp_path):
    features = ",".join(
        f'{{"type":"Feature","properties":{{"JCBH":5001122026000000000{i}}},"geometry":{json.dumps(JSON_SQUARE)}}}'
        for i in range(2)
    )
    path = put(tmp_path / "a.geojson", f'{{"type":"FeatureCollection","features":[{features}]}}')
    found = load(path)
    assert [p.patch_id for p in found.patches] == ["50011220260000000000", "50011220260000000001"]
    assert found.crs == "EPSG:4326"


def test_kml_without_names_can_be_numbered_by_row(tmp_path):
    mark = (
        "<Placemark><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )
    path = put(
        tmp_path / "a.kml", f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{mark}{mark}</Document></kml>'
    )
    (question,) = look(path).questions
    assert question.key == "patch_id"
    assert "行号" in dict(question.choices)
    assert [p.patch_id for p in load(path, field_map={"patch_id": "行号"}).patches] == ["1", "2"]
