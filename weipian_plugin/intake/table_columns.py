"""Which columns of a table hold ids, points, corners and areas, told by their headers and checked by values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from ..core.fields import normalise
from ..sources.coordinates import coordinate, pair_of
from ..sources.rings import Point
from ..sources.sheet import Cells, Sheet, plain
from .crs_guess import swapped

_EAST = {"经度", "东经", "经", "lon", "long", "lng", "longitude", "jd", "横", "东", "e", "easting", "east"}
_NORTH = {"纬度", "北纬", "纬", "lat", "latitude", "wd", "纵", "北", "n", "northing", "north"}
_X, _Y = {"x", "xzb", "zbx", "x轴", "xcoord", "pointx"}, {"y", "yzb", "zby", "y轴", "ycoord", "pointy"}
_DEGREES = {"经度", "东经", "经", "lon", "long", "lng", "longitude", "jd"}
#: Words around the axis in a header that say nothing about it.
_NOISE = re.compile(
    r"图斑|地块|宗地|监测|界址点|拐点|角点|顶点|中心点|中心|质心|形心|点位|定位|位置|坐标值?|cgcs2000|wgs84|2000|国家|大地|centroid|center|"
    r"centre|coord(?:inate)?s?|tb|zx|[()_\-:：./\\ ]"
)
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_NUMBERED = re.compile(r"^(?P<axis>\D*?)(?P<n>\d{1,3})$")
_NUMBER_FIRST = re.compile(r"^(?P<head>\D*?)(?P<n>\d{1,3})(?P<axis>\D+)$")
_POINT_HEAD = {"j", "p", "点", "拐点", "角点", "界址点", "顶点", "坐标", "point", "pt", "点号", "zb"}
_ID = re.compile(
    r"^(jcbh|tbbh|jctbbh|tbid|dkbh|图斑编号|监测编号|监测图斑编号|线索编号|图斑标识|图斑标识码|地块编号|图斑号|编号|地块号|宗地编号|宗地号)$"
)
_POINT_NO = re.compile(
    r"^(点号|界址点号|界址点编号|拐点号|拐点编号|拐点序号|点序号|点编号|点序|顶点号|dh|jzdh|pointno|point_id|vertex_index)$"
)
_RING_NO = re.compile(r"^(圈号|地块圈号|环号|圈|环|ring|ringno|part|部分号)$")
_AREA = re.compile(r"面积|^(jcmj|tbmj|mj|dkmj|area)$")
_PAIR_NAME = re.compile(r"坐标|经纬|位置|中心|coord|center|location|lonlat")
_TESTED = 60
_SHARE = 0.6


def _key(header: str) -> str:
    return normalise(_BRACKETS.sub("", unicodedata.normalize("NFKC", header)))


def axis_of(header: str) -> str:
    """east, north, x, y or "" for what a header names."""
    bare = _NOISE.sub("", _key(header))
    for name, words in (("east", _EAST), ("north", _NORTH), ("x", _X), ("y", _Y)):
        if bare in words:
            return name
    return ""


@dataclass(frozen=True)
class Pair:
    """Two columns (or one with both) of a point; `order` "xy" where the names say that east comes first."""

    first: int
    second: Optional[int]
    order: str = ""

    def point(self, cells: Cells) -> Optional[Point]:
        """The point of a row, None without two numbers."""
        if self.second is None:
            return pair_of(cells[self.first])
        x, y = coordinate(cells[self.first]), coordinate(cells[self.second])
        return None if x is None or y is None or (x == 0 and y == 0) else (x, y)


@dataclass(frozen=True)
class Corners:
    """Numbered columns in order; `order` as in `Pair`."""

    pairs: tuple[Pair, ...]
    order: str = ""

    def points(self, cells: Cells) -> list[Point]:
        """The corners that a row has."""
        found = [pair.point(cells) for pair in self.pairs]
        return [point for point in found if point is not None]


def corner_columns(header: Sequence[str]) -> Optional[Corners]:
    """Columns X1, Y1, X2, Y2 … or J1, J2 … with both in one; None without three corners."""
    named: dict[int, dict[str, int]] = {}
    for i, name in enumerate(header):
        number, axis = _corner(name)
        if number is not None:
            named.setdefault(number, {}).setdefault(axis, i)
    for first, second, order in (("east", "north", "xy"), ("x", "y", "")):
        numbers = sorted(n for n, axes in named.items() if first in axes and second in axes)
        if len(numbers) >= 3:
            return Corners(tuple(Pair(named[n][first], named[n][second], order) for n in numbers), order)
    numbers = sorted(n for n, axes in named.items() if "both" in axes)
    return Corners(tuple(Pair(named[n]["both"], None) for n in numbers)) if len(numbers) >= 3 else None


def _corner(name: str) -> tuple[Optional[int], str]:
    """(number, axis) of a corner column; axis "both" for one that names only the point."""
    key = re.sub(r"[_\-\s.#第号]", "", _key(name))
    found = _NUMBERED.match(key)
    if found:
        axis = axis_of(found.group("axis"))
        if axis:
            return int(found.group("n")), axis
        if found.group("axis") in _POINT_HEAD:
            return int(found.group("n")), "both"
    found = _NUMBER_FIRST.match(key)
    if found and (not found.group("head") or found.group("head") in _POINT_HEAD) and axis_of(found.group("axis")):
        return int(found.group("n")), axis_of(found.group("axis"))
    return None, ""


def centre_pair(sheet: Sheet, answers: Mapping[str, str]) -> Optional[Pair]:
    """The columns of a point per row, degrees before metres; None where no two columns hold numbers."""
    header = list(sheet.header)
    asked = [answers.get(key, "") for key in ("centroid_x", "centroid_y")]
    if all(name in header for name in asked):
        return Pair(header.index(asked[0]), header.index(asked[1]), "")
    axes = [axis_of(name) for name in header]
    options = []
    for first, second, order in (("east", "north", "xy"), ("x", "y", "")):
        firsts = [i for i, axis in enumerate(axes) if axis == first and _numeric(sheet, i)]
        seconds = [i for i, axis in enumerate(axes) if axis == second and _numeric(sheet, i)]
        options += [Pair(i, min(seconds, key=lambda j: abs(j - i - 0.1)), order) for i in firsts if seconds]
    if options:
        return min(options, key=lambda pair: not _is_degrees(header[pair.first]))
    for i, name in enumerate(header):
        if _PAIR_NAME.search(_key(name)):
            values = [row[i] for row in sheet.rows if plain(row[i])][:_TESTED]
            if values and sum(1 for v in values if pair_of(v)) >= _SHARE * len(values):
                return Pair(i, None)
    return None


def nameless_pair(sheet: Sheet) -> Optional[Pair]:
    """Two neighbouring columns that can be nothing but coordinates in China, for a table without a header."""
    if not all(name.startswith("列") for name in sheet.header):
        return None
    for i in range(len(sheet.header) - 1):
        pair = Pair(i, i + 1)
        points = [pair.point(row) for row in sheet.rows[:_TESTED]]
        if points and all(p is not None and (swapped((*p, *p)) or swapped((p[1], p[0]) * 2)) for p in points):
            return pair
    return None


def _is_degrees(header: str) -> bool:
    return _NOISE.sub("", _key(header)) in _DEGREES


def _numeric(sheet: Sheet, column: int) -> bool:
    values = [row[column] for row in sheet.rows if plain(row[column])][:_TESTED]
    return bool(values) and sum(1 for v in values if coordinate(v) is not None) >= _SHARE * len(values)


def id_column(header: Sequence[str], answers: Mapping[str, str]) -> Optional[int]:
    """The column that tells patches apart."""
    asked = answers.get("patch_id", "")
    if asked in header:
        return list(header).index(asked)
    return next((i for i, name in enumerate(header) if _ID.match(_key(name))), None)


def point_column(header: Sequence[str]) -> Optional[int]:
    """The column with the numbers of boundary points."""
    return next((i for i, name in enumerate(header) if _POINT_NO.match(_key(name))), None)


def ring_column(header: Sequence[str]) -> Optional[int]:
    """The column with the numbers of rings."""
    return next((i for i, name in enumerate(header) if _RING_NO.match(_key(name))), None)


def area_column(header: Sequence[str]) -> Optional[int]:
    """A column with an area of the patch."""
    return next((i for i, name in enumerate(header) if _AREA.search(normalise(name))), None)
