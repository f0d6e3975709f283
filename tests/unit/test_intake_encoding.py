from __future__ import annotations

import pytest
from intake_samples import SQUARE, real, write

from weipian_plugin.intake import encoding

HEADERS = ["图斑编号", "乡镇名称"]
ROWS = [(SQUARE, "1", "重庆市渝北区古路镇双鱼村"), (SQUARE, "2", "綦江区")]


def shapefile(folder, stored, cpg=None, ldid=0):
    """A shapefile whose text is in `stored`, whatever .cpg and LDID say."""
    path = write(folder / "a.shp", HEADERS, ROWS, encoding=stored)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    dbf = path.with_suffix(".dbf")
    data = bytearray(dbf.read_bytes())
    data[29] = ldid
    dbf.write_bytes(bytes(data))
    return dbf


@pytest.mark.parametrize(
    ("stored", "cpg", "ldid", "expected"),
    [
        ("CP936", "GBK", 0, "CP936"),
        ("CP936", "936", 0, "CP936"),
        ("CP936", None, 0x4D, "CP936"),
        ("CP936", None, 0, "CP936"),
        ("CP936", None, 0x57, "CP936"),
        ("CP936", "UTF-8", 0, "CP936"),  # the .cpg lies
        ("CP936", "ISO-8859-1", 0x03, "CP936"),  # Latin codecs decode anything
        ("UTF-8", "UTF-8", 0, "UTF-8"),
        ("UTF-8", "GBK", 0, "UTF-8"),  # the .cpg lies, though GBK may decode it by chance
        ("UTF-8", None, 0x4D, "UTF-8"),  # the LDID lies
        ("UTF-8", None, 0, "UTF-8"),
        ("CP936", "GB18030", 0, "GB18030"),
    ],
)
def test_encoding_is_proven_by_the_text(tmp_path, stored, cpg, ldid, expected):
    found = encoding.guess(shapefile(tmp_path, stored, cpg, ldid))
    assert found.name == expected
    assert found.sure


def test_a_lie_is_named_in_the_reason(tmp_path):
    reason = encoding.guess(shapefile(tmp_path, "CP936", "UTF-8")).reason
    assert "UTF-8" in reason
    assert "对不上" in reason


def test_bytes_of_no_encoding(tmp_path):
    dbf = shapefile(tmp_path, "CP936")
    dbf.write_bytes(dbf.read_bytes().replace("渝北".encode("gbk"), b"\xff\xff\x80\x20"))
    assert not encoding.guess(dbf).sure


def test_cut_inside_a_character(tmp_path):
    # OGR cuts a header after ten bytes, in UTF-8 inside the fourth character
    names = [f.raw_name for f in encoding.read_dbf(shapefile(tmp_path, "UTF-8")).fields]
    assert any(len(name) == 10 for name in names)


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF-8", "utf-8"), ("utf8\n", "utf-8"), ("65001", "utf-8"), ("ANSI 936", "gbk"), ("GB2312", "gbk"),
        ("OEM 936", "gbk"), ("88591", "latin-1"), ("nonsense", ""), ("", ""),
    ],
)  # fmt: skip
def test_codec_of(label, codec):
    assert encoding.codec_of(label) == codec


def test_not_a_dbf(tmp_path):
    path = tmp_path / "a.dbf"
    path.write_bytes(b"no")
    with pytest.raises(ValueError, match="header"):
        encoding.read_dbf(path)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("vector", "chongqing_gbk_ldid4d_nocpg", "区县界_area.dbf"), "CP936"),
        (("vector", "yubei_cgcs2000", "districts_zone36_4524_gbk_nocpg.dbf"), "CP936"),
        (("vector", "yubei_cgcs2000", "districts_geo_4490_utf8.dbf"), "UTF-8"),
        (("vector", "gdal_autotest", "shp", "chinese.dbf"), "CP936"),
        (("imagery", "dsifn_xian", "dsifn_patches.dbf"), "CP936"),
    ],
)
def test_real_files(parts, expected):
    found = encoding.guess(real(*parts))
    assert found.name == expected
    assert found.sure


def table(folder, values, codec, cpg=None, ldid=0):
    """A DBF whose text is stored in `codec` by us, whatever .cpg and LDID say."""
    path = write(folder / "b.shp", ["JCBH", "CMC"], [(SQUARE, str(i), "x" * 40) for i in range(len(values))])
    path.with_suffix(".cpg").unlink(missing_ok=True)
    dbf = path.with_suffix(".dbf")
    data = dbf.read_bytes()
    for value, how in zip(values, codec if isinstance(codec, list) else [codec] * len(values)):
        data = data.replace(b"x" * 40, value.encode(how).ljust(40), 1)
    dbf.write_bytes(data[:29] + bytes([ldid]) + data[30:])
    if cpg:
        path.with_suffix(".cpg").write_text(cpg, encoding="ascii")
    return dbf


@pytest.mark.parametrize("cpg", [None, "ISO-8859-1", "Big5", "UTF-16", "UTF-8", "GBK"])
@pytest.mark.parametrize(
    ("values", "codec", "expected"),
    [
        (["綦"], "gbk", "CP936"),  # one character of two bytes
        (["渝"], "utf-8", "UTF-8"),
        (["垭口"], "gbk", "CP936"),
        (["龍興鎮", "雙魚村"], "gbk", "CP936"),  # traditional characters in GBK
        (["龍興鎮", "雙魚村"], "utf-8", "UTF-8"),
        (["古路镇", "㙍头村"], "gb18030", "GB18030"),  # four bytes, outside GBK
    ],
)
def test_few_rare_and_traditional_characters_whatever_the_cpg_says(tmp_path, values, codec, expected, cpg):
    found = encoding.guess(table(tmp_path, values, codec, cpg))
    assert found.name == expected or (not found.sure and expected in dict(found.choices))


def test_rows_in_two_encodings_are_named(tmp_path):
    dbf = table(tmp_path, ["古路镇双鱼村", "统景镇", "渝北区希望村", "大湾镇"], ["gbk", "gbk", "utf-8", "gbk"])
    found = encoding.guess(dbf)
    assert not found.sure
    assert (found.name, found.mixed) == ("CP936", (3,))
    assert "第 3 行" in found.reason
    assert {"CP936", "UTF-8"} <= set(dict(found.choices))
