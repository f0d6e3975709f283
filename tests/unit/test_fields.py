from __future__ import annotations

import pytest

from weipian_plugin.core.fields import match_fields, normalise, split_unit

ALIASES = {
    "patch_id": ["JCBH", "TBBH", "监测编号", "图斑编号"],
    "county_code": ["XZQDM", "行政区代码"],
    "area_issued": ["JCMJ", "TBMJ", "MJ", "监测面积", "图斑面积"],
    "farmland_issued": ["GDMJ", "ZYGDMJ", "耕地面积", "占用耕地面积"],
    "image_before": ["QSX", "前时相"],
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (" ＪＣＢＨ ", "jcbh"),
        ("监测面积（亩）", "监测面积(亩)"),
        ("图斑 编号\u3000", "图斑编号"),
        ("面积【㎡】", "面积(m2)"),
    ],
)
def test_normalise(name, expected):
    assert normalise(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("面积亩", ("面积", "mu")),
        ("面积（亩）", ("面积", "mu")),
        ("面积(平方米)", ("面积", "m2")),
        ("监测面积（单位：公顷）", ("监测面积", "ha")),
        ("MJ_MU", ("mj", "mu")),
        ("MJ(m²)", ("mj", "m2")),
        ("占用耕地面积/亩", ("占用耕地面积", "mu")),
        ("面积公顷", ("面积", "ha")),
        ("图斑编号", ("图斑编号", "")),
        ("alpha", ("alpha", "")),
        ("Shape_Area", ("shape_area", "")),
        ("亩", ("亩", "")),
    ],
)
def test_split_unit(name, expected):
    assert split_unit(name) == expected


def test_aliases_in_any_spelling_and_the_unit_of_the_header():
    found = match_fields(["jcbh", "ＸＺＱＤＭ", "面积亩", "Shape_Area"], ALIASES)
    assert found.mapping == {"patch_id": "jcbh", "county_code": "ＸＺＱＤＭ", "area_issued": "面积亩"}
    assert found.units == {"area_issued": "mu"}


def test_gdmj_is_never_mapped():
    found = match_fields(["JCBH", "GDMJ"], ALIASES)
    assert "farmland_issued" not in found.mapping
    assert found.ambiguous == ("GDMJ",)


def test_alias_order_decides_between_two_columns():
    assert match_fields(["图斑编号", "JCBH"], ALIASES).mapping["patch_id"] == "JCBH"


def test_headers_cut_by_dbf():
    # ten bytes: three characters in UTF-8, five in GBK
    found = match_fields(["图斑编", "行政区", "占用耕地面"], ALIASES)
    assert found.mapping == {"patch_id": "图斑编", "county_code": "行政区", "farmland_issued": "占用耕地面"}


@pytest.mark.parametrize("name", ["*监测编号", "监测编号＊", " 监测\n编号", "1.监测编号", "监测编号："])
def test_marks_around_a_header(name):
    assert match_fields([name], ALIASES).mapping == {"patch_id": name}


def test_two_columns_for_one_thing_are_both_named():
    found = match_fields(["JCBH", "TBMJ", "JCMJ", "面积（亩）"], ALIASES)
    assert found.mapping["area_issued"] == "JCMJ"
    assert found.doubles == {"area_issued": ("JCMJ", "TBMJ", "面积（亩）")}
