from __future__ import annotations

import math
from dataclasses import replace

import pytest
import shapely
from intake_samples import ALIASES, SQUARE, square, write
from osgeo import osr

from tests.support.projection import project
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.geo.gcj02 import wgs_to_gcj
from weipian_plugin.intake import crs_guess, delivery
from weipian_plugin.intake.delivery import ImportOptions
from weipian_plugin.intake.model import Context, Earlier
from weipian_plugin.sources.crs import gauss_kruger_of

# Dossier 12: (106.75E, 29.78N) in 4545, 4524 and 4544; the box is 100 m wide.
E108, N108 = 379122.118, 3296381.231
E105, N105 = 669235.612, 3297010.169


def box(x, y, size=100.0):
    return x, y, x + size, y + size


@pytest.mark.parametrize(
    ("extent", "county", "first"),
    [
        (box(106.75, 29.78, 0.001), "", "EPSG:4490"),
        (box(36_000_000 + E108, N108), "", "EPSG:4524"),
        (box(35_000_000 + E105, N105), "", "EPSG:4523"),
        (box(18_379_122, N108), "", "EPSG:4496"),  # 6° zone 18: 4491 + 5
        (box(E108, N108), "500112", "EPSG:4545"),
        # Districts of Chongqing in 4544, ../shared/realdata: 108E would put their east end outside the city
        ((592711.0, 3271748.5, 736935.6, 3362466.0), "500117", "EPSG:4544"),
        (box(E108, N108), "", "EPSG:4545"),
        (box(500_000, 4_400_000), "110101", "EPSG:4548"),  # Beijing: 117E = 4534 + 14
    ],
)
def test_first_choice(extent, county, first):
    assert crs_guess.guess(extent, county).choices[0][0] == first


def test_six_digits_offer_every_meridian():
    values = [value for value, _ in crs_guess.guess(box(E108, N108), "500112").choices]
    assert {f"EPSG:{code}" for code in range(4534, 4555)} <= set(values)
    assert {f"EPSG:{code}" for code in range(4502, 4513)} <= set(values)


def test_two_meridians_fit_and_both_stand_in_front():
    # 106.75E seen from 105E, or 109.75E seen from 108E: both are in Chongqing
    first = [value for value, _ in crs_guess.guess(box(E105, N105), "500112").choices[:2]]
    assert set(first) == {"EPSG:4544", "EPSG:4545"}


def test_nonsense_offers_everything_and_says_so():
    found = crs_guess.guess(box(-5e9, 2), "")
    assert "不像" in found.reason
    assert len(found.choices) == 43


@pytest.mark.parametrize(
    ("authid", "meridian"),
    [("EPSG:4545", 108), ("EPSG:4524", 108), ("EPSG:4509", 117), ("EPSG:4496", 105), ("EPSG:4490", None)],
)
def test_central_meridian(authid, meridian):
    # PROJ: 4509 = CGCS2000 / Gauss-Kruger CM 117E, 4496 = zone 18
    zone = gauss_kruger_of(authid)
    assert (zone.central_meridian if zone else None) == meridian


@pytest.mark.parametrize(
    ("extent", "expected"),
    [
        ((29.78, 106.75, 29.781, 106.751), True),
        ((106.75, 29.78, 106.751, 29.781), False),
        (box(N108, E108), True),
        (box(E108, N108), False),
        (box(N108, 36_000_000 + E108), True),
        (box(36_000_000 + E108, N108), False),
    ],
)
def test_swapped(extent, expected):
    assert crs_guess.swapped(extent) is expected


# -- what the file says against its coordinates ------------------------------------------------------


def asked(path, **options):
    return {q.key: q for q in delivery.inspect(path, ALIASES, ImportOptions(**options)).questions}


def shape(folder, x, y, size=100.0, *, epsg=4545, county="500112", prj=None, rows=3):
    values = [(square(x + 3 * size * i, y, size), f"{i}", county) for i in range(rows)]
    path = write(folder / "a.shp", ["JCBH", "XZQDM"], values, epsg=epsg)
    if prj is not None:
        path.with_suffix(".prj").write_bytes(prj)
    return path


@pytest.mark.parametrize(
    ("x", "y", "size", "epsg", "first", "word"),
    [
        (36_000_000 + E108, N108, 100, 4545, "EPSG:4524", "带号 36"),  # prefix where the CRS has none
        (E108, N108, 100, 4524, "EPSG:4545", "不带带号"),  # no prefix where the CRS has one
        (35_000_000 + E105, N105, 100, 4524, "EPSG:4523", "带号是 36"),  # the zone next to it
        (106.75, 29.78, 0.001, 4545, "EPSG:4490", "经纬度"),  # degrees in a projected .prj
        (E108, N108, 100, 4490, "EPSG:4545", "不是度"),  # metres in a geographic one
        (E108, N108, 100, 4548, "EPSG:4545", "重庆市"),  # 117E: nine degrees off, another province
    ],
)
def test_a_claimed_crs_that_cannot_be_is_asked_about(tmp_path, x, y, size, epsg, first, word):
    question = asked(shape(tmp_path, x, y, size, epsg=epsg))["crs"]
    assert question.choices[0][0] == first
    assert word in question.text
    found = delivery.inspect(tmp_path / "a.shp", ALIASES, ImportOptions(answers={"crs": first}))
    assert (found.crs, found.questions) == (first, ())


def test_a_named_crs_that_cannot_be_is_refused_and_one_elsewhere_is_confirmed(tmp_path):
    path = shape(tmp_path, E108, N108)
    with pytest.raises(WeipianError) as caught:
        asked(path, crs="EPSG:4524")
    assert caught.value.code == "E_CRS_MISMATCH"
    assert "EPSG:4545" in caught.value.remedy
    assert set(asked(path, crs="EPSG:4548")) == {"crs"}
    found = delivery.inspect(path, ALIASES, ImportOptions(answers={"crs": "EPSG:4548"}))
    assert [f.code for f in found.findings] == ["W_CRS_PLACE"]


@pytest.mark.parametrize(("factor", "unit"), [(0.001, "千米"), (1000, "毫米"), (100, "厘米")])
@pytest.mark.parametrize("epsg", [4545, None])
def test_coordinates_in_another_unit_are_refused(tmp_path, factor, unit, epsg):
    path = shape(tmp_path, E108 * factor, N108 * factor, 100 * factor, epsg=epsg)
    with pytest.raises(WeipianError) as caught:
        asked(path)
    assert caught.value.code == "E_COORDINATE_UNIT"
    assert unit in caught.value.message


@pytest.mark.parametrize(("first", "second"), [(N108, E108), (N108, 36_000_000 + E108), (29.78, 106.75)])
@pytest.mark.parametrize("epsg", [4545, 4490, None])
def test_swapped_axes_are_asked_about_with_and_without_prj(tmp_path, first, second, epsg):
    path = shape(tmp_path, first, second, 0.001 if first < 90 else 100, epsg=epsg)
    assert asked(path)["axis"].choices[0][0] == "yx"


def wkt(code, form="WKT1_ESRI"):
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(code)
    return srs.ExportToWkt([f"FORMAT={form}"])


@pytest.mark.parametrize(
    ("prj", "crs"),
    [
        (b"\xef\xbb\xbf" + wkt(4545).encode(), "EPSG:4545"),
        (wkt(4545).encode("utf-16"), "EPSG:4545"),
        (wkt(4545, "WKT2_2019").encode(), "EPSG:4545"),
        (wkt(4545).replace("CGCS2000_3_Degree_GK_CM_108E", "渝北自定义").encode("gbk"), "EPSG:4545"),
        (b"EPSG:4545", "EPSG:4545"),
        (b"", ""),
        (b"\x00\x01garbage", ""),
    ],
)
def test_prj_files_as_they_come(tmp_path, prj, crs):
    found = delivery.inspect(shape(tmp_path, E108, N108, prj=prj), ALIASES, ImportOptions())
    assert found.crs == crs
    assert {q.key for q in found.questions} == (set() if crs else {"crs"})


def test_qpj_counts_where_prj_says_nothing(tmp_path):
    path = shape(tmp_path, E108, N108, prj=b"")
    path.with_suffix(".qpj").write_text(wkt(4545, "WKT1_GDAL"), encoding="utf-8")
    assert delivery.inspect(path, ALIASES, ImportOptions()).crs == "EPSG:4545"


def test_a_datum_under_a_name_of_its_own_is_asked_about(tmp_path):
    own = (
        wkt(4545).replace("D_China_2000", "D_自定义").replace("GCS_China_Geodetic_Coordinate_System_2000", "GCS_自定义")
    )
    path = shape(tmp_path, E108, N108, prj=own.encode())
    question = asked(path)["crs"]
    assert question.choices[0][0] == "EPSG:4545"
    assert "椭球" in question.text


@pytest.mark.parametrize("code", [4610, 4214, 2379, 2435, 2334])
def test_another_datum_is_refused_and_never_overruled_silently(tmp_path, code):
    geographic = code in (4610, 4214)
    x, y, size = (106.75, 29.78, 0.001) if geographic else (E108, N108, 100)
    path = shape(tmp_path, x, y, size, prj=wkt(code).encode())
    with pytest.raises(WeipianError) as caught:
        asked(path)
    assert caught.value.code == "E_CRS_DATUM"
    assert ("西安80" if code in (4610, 2379, 2334) else "北京54") in caught.value.message
    target = "EPSG:4490" if geographic else "EPSG:4545"
    assert set(asked(path, crs=target)) == {"datum"}
    assert not asked(path, crs=target, answers={"datum": "cgcs2000"})


def test_gcj02_is_asked_about_when_ids_lie_by_the_shift(tmp_path):
    # The published shift at 106.75E 29.78N: about 480 m to the south-east
    corners = [
        wgs_to_gcj(106.75 + dx, 29.78 + dy) for dx, dy in ((0, 0), (0.001, 0), (0.001, 0.001), (0, 0.001), (0, 0))
    ]
    ring = ",".join(f"{x:.9f} {y:.9f}" for x, y in corners)
    path = write(tmp_path / "a.shp", ["JCBH"], [(f"POLYGON(({ring}))", "1")])
    before = Earlier("四月", "1", "u1", shapely.to_wkb(shapely.from_wkt(square(106.75, 29.78, 0.001))))
    options = ImportOptions(context=Context(earlier=(before,)))
    (question,) = delivery.inspect(path, ALIASES, options).questions
    assert (question.key, question.choices[0][0]) == ("gcj02", "convert")
    assert "四月" in question.text
    inspection = delivery.inspect(path, ALIASES, replace(options, answers={"gcj02": "convert"}))
    (patch,) = delivery.read(inspection, Silent()).patches
    assert shapely.from_wkb(patch.wkb).bounds == pytest.approx((106.75, 29.78, 106.751, 29.781), abs=2e-8)
    assert shapely.from_wkb(patch.delivered_wkb).bounds[0] > 106.753  # as delivered
    kept = delivery.inspect(path, ALIASES, replace(options, answers={"gcj02": "keep"}))
    assert not kept.gcj02


def test_columns_of_a_map_service_are_enough_to_ask(tmp_path):
    path = write(tmp_path / "a.geojson", ["JCBH", "adcode"], [(SQUARE, "1", "500112")], driver="GeoJSON", epsg=4326)
    assert set(asked(path)) == {"gcj02"}
    plain = write(tmp_path / "b.geojson", ["JCBH"], [(SQUARE, "1")], driver="GeoJSON", epsg=4326)
    assert not asked(plain)


def test_web_mercator_without_prj_is_guessed(tmp_path):
    # EPSG guidance note 7-2: x = R * lon, y = R * ln(tan(45 + lat / 2)), R = 6378137 m
    x = 6378137 * math.radians(106.75)
    y = 6378137 * math.log(math.tan(math.pi / 4 + math.radians(29.78) / 2))
    assert asked(shape(tmp_path, x, y, epsg=None))["crs"].choices[0][0] == "EPSG:3857"


@pytest.mark.parametrize(
    ("lon", "county", "near", "expected"),
    [
        # Expected by hand: the zone of the county is the one whose meridian is at most 1.5° away.
        (106.46, "500112", None, "EPSG:4544"),
        (106.75, "500112", None, "EPSG:4545"),
        (105.6, "500153", None, "EPSG:4544"),
        (109.7, "500237", None, "EPSG:4546"),
        (109.3, "500236", None, "EPSG:4545"),
        (106.46, "", 106.8, "EPSG:4544"),
        (106.75, "", 106.4, "EPSG:4545"),
    ],
)
def test_a_county_between_two_zones_gets_its_own(lon, county, near, expected):
    corner = project(shapely.Point(lon, 29.8), 4490, int(expected[5:]))
    x, y = corner.x, corner.y
    assert crs_guess.guess((x, y, x + 500, y + 500), county, near).choices[0][0] == expected
