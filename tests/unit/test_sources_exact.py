"""Nothing of a delivered value is lost: numbers, dates, booleans, NULL, wide integers, wide texts, Z, M, arcs."""

from __future__ import annotations

import sqlite3
import struct

import pytest
from osgeo import gdal, ogr

from weipian_plugin.sources.dbf import DbfCells
from weipian_plugin.sources.delivered import DeliveredLayer, number_text
from weipian_plugin.sources.reader import open_dataset

POLYGON = "POLYGON((0 0,0 1,1 1,0 0))"


def rows_of(path, layer="", encoding=""):
    with DeliveredLayer(path, *open_dataset(path, layer, encoding)) as source:
        return list(source.read()), source


def make(path, driver, fields, values, *, wkts=(POLYGON,), options=(), kind=ogr.wkbUnknown):
    """A file written with OGR; `fields` (name, type, subtype), one row of values for each WKT."""
    dataset = ogr.GetDriverByName(driver).CreateDataSource(str(path))
    layer = dataset.CreateLayer("t", None, kind, list(options))
    for name, field_type, subtype in fields:
        field = ogr.FieldDefn(name, field_type)
        field.SetSubType(subtype)
        layer.CreateField(field)
    for wkt in wkts:
        feature = ogr.Feature(layer.GetLayerDefn())
        for name, value in values.items():
            feature.SetFieldNull(name) if value is None else feature.SetField(name, value)
        feature.SetGeometry(ogr.CreateGeometryFromWkt(wkt))
        layer.CreateFeature(feature)
    layer = dataset = None
    return path


def dbf(path, columns, cells):
    """A .dbf by hand: columns (name, kind, width, decimals), one record of raw cells."""
    size = 1 + sum(width for _, _, width, _ in columns)
    head = struct.pack("<B3BIHH20x", 3, 126, 5, 1, 1, 32 + 32 * len(columns) + 1, size)
    fields = b"".join(struct.pack("<11sc4xBB14x", n.encode(), k.encode(), w, d) for n, k, w, d in columns)
    record = b" " + b"".join(cell.ljust(width) for cell, (_, _, width, _) in zip(cells, columns))
    path.write_bytes(head + fields + b"\r" + record + b"\x1a")
    return path


def test_numbers_dates_and_logicals_of_a_dbf_are_the_digits_in_the_file(tmp_path):
    columns = [("BH", "N", 20, 0), ("MJ", "N", 12, 4), ("E", "F", 24, 11), ("RQ", "D", 8, 0), ("KRQ", "D", 8, 0),
               ("BAD", "D", 8, 0), ("L", "L", 1, 0), ("NUL", "N", 10, 2), ("STAR", "N", 5, 0), ("ODD", "N", 6, 2)]  # fmt: skip
    cells = [b"50011220260500012345", b"4.5000", b"1.23456000000e+005", b"20260501", b"00000000", b"20261345", b"T",
             b"", b"*****", b"12,5"]  # fmt: skip
    path = dbf(tmp_path / "a.dbf", columns, cells)
    (row,), _ = rows_of(path)
    assert row[2] == {"BH": "50011220260500012345", "MJ": "4.5000", "E": "123456.000000", "RQ": "2026-05-01", "KRQ": None,
                      "BAD": "20261345", "L": "T", "NUL": None, "STAR": None, "ODD": "12,5"}  # fmt: skip


def test_a_dbf_header_that_lies_is_not_used(tmp_path):
    path = dbf(tmp_path / "a.dbf", [("A", "N", 200, 0)], [b"1"])
    data = bytearray(path.read_bytes())
    struct.pack_into("<H", data, 10, 5)  # record shorter than its column
    path.write_bytes(bytes(data))
    with pytest.raises(ValueError, match="record"):
        DbfCells(path)


def test_texts_of_a_shapefile_as_wide_as_it_can_hold_them(tmp_path):
    wide = "图" * 127  # 254 bytes of GBK
    fields = [("BZ", ogr.OFTString, ogr.OFSTNone)]
    dataset = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(str(tmp_path / "a.shp"))
    layer = dataset.CreateLayer("a", None, ogr.wkbPolygon, ["ENCODING=CP936"])
    field = ogr.FieldDefn(fields[0][0], ogr.OFTString)
    field.SetWidth(254)
    layer.CreateField(field)
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetField("BZ", wide)
    feature.SetGeometry(ogr.CreateGeometryFromWkt(POLYGON))
    layer.CreateFeature(feature)
    feature = layer = dataset = None
    (row,), source = rows_of(tmp_path / "a.shp", encoding="CP936")
    assert row[2]["BZ"] == wide
    assert (source.field_info[0].type, source.field_info[0].width) == ("String", 254)


TYPES = [
    ("i", ogr.OFTInteger64, ogr.OFSTNone), ("b", ogr.OFTInteger, ogr.OFSTBoolean), ("r", ogr.OFTReal, ogr.OFSTNone),
    ("f", ogr.OFTReal, ogr.OFSTFloat32), ("d", ogr.OFTDate, ogr.OFSTNone), ("t", ogr.OFTDateTime, ogr.OFSTNone),
    ("n", ogr.OFTString, ogr.OFSTNone), ("e", ogr.OFTString, ogr.OFSTNone),
]  # fmt: skip
VALUES = {"i": 9007199254740993, "b": 1, "r": 1234.56789012345, "f": 0.1, "d": "2026/05/01", "t": "2026/05/01 08:30:00.125+08",
          "n": None, "e": ""}  # fmt: skip


@pytest.mark.parametrize("name", ["a.gpkg", "a.fgb", "a.geojson"])
def test_every_type_of_value(tmp_path, name):
    driver = {"a.gpkg": "GPKG", "a.fgb": "FlatGeobuf", "a.geojson": "GeoJSON"}[name]
    (row,), source = rows_of(make(tmp_path / name, driver, TYPES, VALUES))
    values = row[2]
    assert values["i"] == "9007199254740993"
    assert values["r"] == "1234.56789012345"
    assert values["f"] in ("0.1", "0.100000001490116", "0.10000000149011612")
    assert values["d"].replace("/", "-").removesuffix("T00:00:00") == "2026-05-01"  # FlatGeobuf has instants only
    assert values["n"] is None
    if name != "a.fgb":  # which has no way to tell them apart
        assert values["e"] == ""
    assert values["b"] in ("1", "true")
    assert next(info for info in source.field_info if info.name == "b").subtype == "Boolean"
    moment = values["t"].replace("/", "-").replace(" ", "T")
    assert moment.startswith(("2026-05-01T08:30:00.125", "2026-05-01T00:30:00.125"))  # GeoPackage keeps UTC


def test_a_geopackage_cell_is_what_sqlite_holds(tmp_path):
    path = make(tmp_path / "a.gpkg", "GPKG", [("n", ogr.OFTInteger, ogr.OFSTNone), ("s", ogr.OFTString, ogr.OFSTNone)], {"n": 1, "s": "x"})  # fmt: skip
    db = sqlite3.connect(path)
    db.create_function("ST_IsEmpty", 1, lambda _: 0)
    for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
        db.create_function(name, 1, lambda _: 0.0)
    db.execute("UPDATE t SET n = '007', s = 12.5")  # types are only wishes there
    db.execute("UPDATE t SET n = 'A07'")
    db.commit()
    db.close()
    (row,), _ = rows_of(path)
    assert row[2]["n"] == "A07"
    assert float(row[2]["s"]) == 12.5


def test_views_of_a_geopackage(tmp_path):
    path = make(tmp_path / "a.gpkg", "GPKG", [("s", ogr.OFTString, ogr.OFSTNone)], {"s": "x"})
    dataset = ogr.Open(str(path), 1)
    for sql in ("CREATE VIEW v AS SELECT * FROM t",
                "INSERT INTO gpkg_contents(table_name, identifier, data_type, srs_id) VALUES ('v', 'v', 'features', 0)",
                "INSERT INTO gpkg_geometry_columns VALUES ('v', 'geom', 'GEOMETRY', 0, 0, 0)"):  # fmt: skip
        dataset.ExecuteSQL(sql)
    dataset = None
    (row,), _ = rows_of(path, "v")
    assert (row[2], len(row[1])) == ({"s": "x", "行号": "1"}, 1 + 4 + 4 + 4 + 4 * 16)


def test_z_m_and_arcs_are_kept_beside_the_plain_geometry(tmp_path):
    wkts = ["POLYGON Z ((0 0 5,4 0 5,4 4 5,0 0 5))", "POLYGON ZM ((0 0 5 1,4 0 5 1,4 4 5 1,0 0 5 1))",
            "CURVEPOLYGON (CIRCULARSTRING (-10 0,0 10,10 0,0 -10,-10 0))", POLYGON,
            "TIN (((0 0,1 0,1 1,0 0)))", "POLYHEDRALSURFACE (((0 0,1 0,1 1,0 0)))"]  # fmt: skip
    path = make(tmp_path / "a.gpkg", "GPKG", [("JCBH", ogr.OFTString, ogr.OFSTNone)], {"JCBH": "1"}, wkts=wkts)
    rows, source = rows_of(path)
    kept = {fid: ogr.CreateGeometryFromWkb(wkb).ExportToIsoWkt() for fid, wkb in source.originals.items()}
    assert kept == {1: wkts[0].replace(",", ",").replace("Z (", "Z ("), 2: wkts[1], 3: wkts[2]}
    assert {fid: code for fid, (code, _) in source.refused.items()} == {5: "R_MULTIPATCH", 6: "R_MULTIPATCH"}
    plain = [ogr.CreateGeometryFromWkb(wkb) for _, wkb, _ in rows[:4]]
    assert [g.GetGeometryType() for g in plain] == [ogr.wkbPolygon] * 4
    assert plain[2].Area() == pytest.approx(314.1592653589793, rel=1e-5)
    messages = {f.code: f.message for f in source.findings()}
    assert messages["W_Z"].startswith("2 个")
    assert messages["W_M"].startswith("1 个")
    assert messages["W_CURVE"].startswith("1 个")


def test_multipatch_shapefile_is_refused_row_by_row(tmp_path):
    made = ogr.GetDriverByName("ESRI Shapefile").CreateDataSource(str(tmp_path / "a.shp"))
    layer = made.CreateLayer("a", None, ogr.wkbUnknown, ["SHPT=MULTIPATCH"])
    layer.CreateField(ogr.FieldDefn("JCBH"))
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetGeometry(ogr.CreateGeometryFromWkt("MULTIPOLYGON Z (((0 0 0,0 1 0,1 1 0,0 0 0)))"))
    layer.CreateFeature(feature)
    feature = layer = made = None
    ((fid, wkb, _),), source = rows_of(tmp_path / "a.shp")
    assert (wkb, source.refused[fid][0]) == (None, "R_MULTIPATCH")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), (0.1 + 0.2, "0.30000000000000004"), (1e15, "1000000000000000"), (123456.789, "123456.789"), (1e-7, "0.0000001"),
     (-0.5, "-0.5"), (2.5e300, "2.5e+300")],
)  # fmt: skip
def test_number_text(value, text):
    assert number_text(value) == text
    assert float(text) == value


def test_a_text_that_looks_like_a_date_stays_as_it_is(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"JCBH":"2026/05/01"},"geometry":null}]}'
    )
    (row,), _ = rows_of(path)
    assert row[2]["JCBH"] == "2026/05/01"
    assert gdal.GetLastErrorType() < gdal.CE_Failure
