"""The class field and the classification are taken for granted only where nothing else is possible."""

from __future__ import annotations

import pytest

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.overlay.landuse import base_code, code_field, is_tdt1055, recognise


@pytest.mark.parametrize(
    ("codes", "layer", "fields", "names"),
    [
        ("0101 0103 0301 05H1 1202 0702", "x", (), {}),
        ("0101 1006 1001 0602C 0201K", "x", (), {}),
        ("0101 1203 0602", "渝北区DLTB", (), {}),
        ("0101 1001", "x", ("DLBM", "KCDLBM", "TBDLMJ"), {}),
        ("0601 1003", "x", (), {"0601": "工业用地", "1003": "公路用地"}),
        ("", "x", (), {}),
    ],
    ids=["rural", "only-here", "DLTB", "columns", "names", "nothing met"],
)
def test_recognised(codes, layer, fields, names):
    recognise({(c, names.get(c, "")) for c in codes.split()}, layer, fields, "图层")


@pytest.mark.parametrize(
    "codes",
    ["1001 0602", "0101 0703 1201", "07 10 12", "0101 1001", "070101 0101", "011 012 013", "A B", "0501 0101 0801"],
)
def test_doubt_is_asked(codes):
    with pytest.raises(WeipianError) as caught:
        recognise({(c, "") for c in codes.split()}, "土地利用", ("DLBM",), "图层")
    assert caught.value.code == "E_LANDUSE_SCHEME"


@pytest.mark.parametrize(
    ("code", "base"),
    [("0201K", "0201"), ("1104A", "1104"), ("0602C", "0602"), ("05H1", "05H1"), ("08h2a", "08H2"), (" 0101 ", "0101")],
)
def test_suffixes(code, base):
    assert base_code(code) == base


def test_field_is_found_whatever_its_case():
    assert code_field(("BSM", "dlbm"), "", "图层") == "dlbm"
    assert code_field(("地类编码",), "地类编码", "图层") == "地类编码"
    with pytest.raises(WeipianError) as caught:
        code_field(("BSM",), "", "图层")
    assert caught.value.code == "E_LAYER_FIELD"


@pytest.mark.parametrize(
    ("scheme", "yes"),
    [("TD/T 1055-2019", True), ("td1055", True), ("三调", True), ("用地用海分类", False), ("ydyh", False)],
)
def test_named_scheme(scheme, yes):
    assert is_tdt1055(scheme) is yes
