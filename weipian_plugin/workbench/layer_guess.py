"""Which role a layer plays, by the names that people give such files. Pure text; opens nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import PurePath

_RASTER_SUFFIXES = frozenset({".tif", ".tiff", ".img", ".jp2", ".vrt", ".ecw", ".dat"})
#: role -> Chinese fragments and database codes; the first role that matches wins, so specific names stand first.
_VECTOR_NAMES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("temp_land", ("临时用地", "lsyd")),
    ("facility_agri", ("设施农用地", "设施农业", "设施农", "ssnyd", "ssny")),
    ("rural_house", ("宅基地", "zjd", "农村建房", "农民建房")),
    ("mining_right", ("采矿权", "探矿权", "矿业权", "矿权", "kyq", "ckq", "tkq")),
    ("supply", ("供地", "土地供应", "出让", "划拨", "gdfw", "gdxm", "tdgy")),
    (
        "approval",
        (
            "农转用",
            "农用地转用",
            "批准范围",
            "报批",
            "征地批",
            "土地征收",
            "建设用地批",
            "建设用地审批",
            "批文",
            "nydzyfw",
            "tdzsfw",
            "xmkjfw",
            "xx_xmzdfw",
            "nzy",
            "nyzy",
            "approval",
        ),
    ),
    ("title", ("不动产", "确权", "宗地", "bdc", "zdjbxx")),
    ("prime_farmland", ("永久基本农田", "基本农田", "永农", "yjjbnt", "jbnt", "prime_farmland")),
    ("eco_redline", ("生态保护红线", "生态红线", "红线", "stbhhx", "redline")),
    ("urban_boundary", ("城镇开发边界", "开发边界", "czkfbj", "ugb", "urban_boundary")),
    ("plan_zone", ("规划分区", "用途分区", "用途管制分区", "ghfq", "tdytq", "ytfq")),
    ("village", ("村界", "村级调查区", "行政村", "cjdcq", "xzcj")),
    ("grid", ("网格", "wangge")),
    ("landuse", ("地类图斑", "土地利用", "三调", "变更调查", "dltb", "landuse")),
)
#: role -> columns that only such a layer has; the names of the land survey's and the space plan's databases.
_COLUMNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("prime_farmland", frozenset(("YJJBNTTBBH", "YJJBNTTBMJ", "YJJBNTMJ", "JBNTMJ", "JBNTTBBH"))),
    ("eco_redline", frozenset(("HXBM", "HXMC", "HXLX", "ZRBHDMC", "STBHHXMC"))),
    ("mining_right", frozenset(("CKXKZH", "XKZH", "KQRMC", "采矿许可证号", "许可证号", "开采主矿种"))),
    ("landuse", frozenset(("TBDLMJ", "KCDLBM", "TBXHDM", "CZCSXM"))),
    ("village", frozenset(("DCMJ", "JSMJ"))),
)
#: Codes this long are no accident, so more letters may follow them (YJJBNT in YJJBNTBHTB).
_LONG_CODE = 6
_BEFORE = ("前时相", "before", "前期影像", "前时", "_pre", "pre_")
_AFTER = ("后时相", "after", "后期影像", "后时", "_post", "post_")
_DATE = re.compile(r"(?<!\d)(20\d{2}|19\d{2})[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])日?(?!\d)")


def _fold(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _has(text: str, word: str) -> bool:
    """Chinese words anywhere; Latin codes where no letter stands before them, and none after a short one."""
    if not word.isascii():
        return word in text
    code = word.strip("_")
    end = "" if len(code) >= _LONG_CODE else "(?![a-z])"
    return re.search(rf"(?<![a-z]){re.escape(code)}{end}", text) is not None


def guess_role(name: str) -> str:
    """Role of a file or layer name, with or without extension; "" when the name says nothing.

    A name that fits several roles is not guessed, except that a specific approval beats a general word.
    """
    text = _fold(PurePath(name).name)
    suffix = PurePath(text).suffix
    if suffix in _RASTER_SUFFIXES:
        return guess_image(text)
    stem = text[: -len(suffix)] if suffix in (".shp", ".gpkg", ".gdb", ".geojson", ".json", ".kml", ".zip") else text
    return next((role for role, words in _VECTOR_NAMES if any(_has(stem, word) for word in words)), "")


def guess_by_columns(columns: Iterable[str]) -> str:
    """Role of a layer by its columns where its name says nothing; "" unless they leave no doubt."""
    names = {_fold(column).upper() for column in columns}
    return next((role for role, telling in _COLUMNS if names & telling), "")


def guess_image(name: str) -> str:
    """`image_before`, `image_after` or "" for the name of a raster."""
    text = _fold(name)
    before = any(_has(text, word) for word in _BEFORE)
    after = any(_has(text, word) for word in _AFTER)
    if before == after:
        return ""
    return "image_before" if before else "image_after"


def guess_date(name: str) -> str:
    """The date in a name (20260501, 2026-05-01, 2026年05月01日) as ISO text, "" without one."""
    found = _DATE.search(unicodedata.normalize("NFKC", name))
    return "-".join(found.groups()) if found else ""
