"""A table as a layer: where its rows keep their geometry, and which rows have none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Optional

import shapely

from ..core.findings import Finding
from ..sources.coordinates import pair_of, rings_of_text
from ..sources.delivered import ROW_NUMBER, Row, needs_row_number
from ..sources.geometry_text import crs_of_text, is_empty_text, is_geometry_text, wkb_of_text
from ..sources.memory import CENTRES, NOTHING, POLYGONS, MemoryLayer
from ..sources.rings import Point, wkb_of_rings
from ..sources.sheet import Sheet, plain
from . import crs_guess
from .table_columns import (
    Corners,
    Pair,
    area_column,
    centre_pair,
    corner_columns,
    id_column,
    nameless_pair,
    point_column,
    ring_column,
)

#: A long id that a spreadsheet saved as 5.00112E+17: the digits behind are gone.
_CUT_ID = re.compile(r"^\d(\.\d+)?E\+\d{2}$", re.IGNORECASE)
_TESTED = 40  # values of a column that are looked at
_SHARE = 0.8
_ORIENTED = 2000  # points that are looked at
ROWS_QUESTION = (
    "rows",
    "表格里没有坐标，这些行是什么？",
    (
        ("patches", "新的图斑，暂无边界（面积用下发面积，边界以后补画）"),
        ("update", "已导入图斑的补充属性（按编号对应）"),
    ),
)
TOO_FEW = "R_POINTS"


def layer_of(sheet: Sheet, answers: Mapping[str, str]) -> MemoryLayer:
    """The rows of a sheet with the geometry that their cells describe.

    Geometry text (WKT, GeoJSON, WKB) goes before lists of points in one cell, corner columns, one row per
    point, and a centre point; a table with none of these has attributes only.
    """
    layer = _shaped(sheet, answers)
    if layer.geometry_type != NOTHING and needs_row_number(layer.fields):
        layer.fields = (*layer.fields, ROW_NUMBER)
        layer.rows = [(fid, wkb, {**values, ROW_NUMBER: str(fid)}) for fid, wkb, values in layer.rows]
    layer.encoding, layer.encoding_reason = sheet.encoding, sheet.encoding_reason
    layer.tabular = True
    layer.notes = [*sheet.notes, *_cut_ids(sheet, answers), *layer.notes]
    if answers.get("rows") == "update":
        layer.updates_only = True
    elif layer.geometry_type == NOTHING:
        if answers.get("rows") == "patches":
            return layer
        if area_column(sheet.header) is not None:
            layer.asked = (ROWS_QUESTION,)
        else:
            layer.updates_only = True
    return layer


def _cut_ids(sheet: Sheet, answers: Mapping[str, str]) -> list[Finding]:
    """Said where ids were saved in scientific notation."""
    column = id_column(sheet.header, answers)
    cut = 0 if column is None else sum(1 for cells in sheet.rows if _CUT_ID.match(plain(cells[column])))
    if not cut:
        return []
    message = (
        f"有 {cut} 个编号存成了科学计数法（如 5.00112E+17），后面的数字已丢失，请让下发单位把编号列设为文本后重新导出"
    )
    return [Finding("W_LONG_NUMBER", message, sheet.name)]


def _shaped(sheet: Sheet, answers: Mapping[str, str]) -> MemoryLayer:
    """The layer by the first way that fits."""
    texts = _column_where(sheet, is_geometry_text)
    if texts is not None:
        return _from_texts(sheet, texts)
    lists = _column_where(sheet, lambda value: bool(rings_of_text(value)))
    if lists is not None:
        return _from_lists(sheet, lists)
    corners = corner_columns(sheet.header)
    if corners and _corner_rings(sheet, corners):
        return _from_corners(sheet, corners)
    pair = centre_pair(sheet, answers) or nameless_pair(sheet)
    if pair is None:
        rows = [(number, None, row) for number, row in _attributes(sheet)]
        return MemoryLayer(sheet.path, sheet.name, sheet.header, rows, geometry_type=NOTHING)
    groups = _point_groups(sheet, pair, answers)
    return _from_groups(sheet, pair, groups) if groups else _from_centres(sheet, pair)


def _column_where(sheet: Sheet, test: Callable[[Optional[str]], bool]) -> Optional[int]:
    """The first column of whose values nearly all pass."""
    for i in range(len(sheet.header)):
        values = [row[i] for row in sheet.rows if plain(row[i])][:_TESTED]
        if values and sum(1 for v in values if test(v)) >= _SHARE * len(values):
            return i
    return None


def _attributes(sheet: Sheet) -> list[tuple[int, dict[str, Optional[str]]]]:
    """(row number, {header: value}) of every row."""
    return [(n, dict(zip(sheet.header, cells))) for n, cells in zip(sheet.numbered(), sheet.rows)]


def _layer(sheet: Sheet, rows: list[Row], kind: str = POLYGONS) -> MemoryLayer:
    return MemoryLayer(sheet.path, sheet.name, sheet.header, rows, geometry_type=kind)


def _from_texts(sheet: Sheet, column: int) -> MemoryLayer:
    """WKT, EWKT, GeoJSON or WKB in a column."""
    rows: list[Row] = []
    layer = _layer(sheet, rows)
    for (number, values), cells in zip(_attributes(sheet), sheet.rows):
        text = cells[column]
        wkb = wkb_of_text(text) if plain(text) else None
        if plain(text) and wkb is None and not is_empty_text(text):
            cut = "，可能被 Excel 截断（单元格最多 32767 个字符）" if len(text or "") >= 32000 else ""
            layer.refused[number] = ("R_GEOMETRY_BROKEN", f"图形文字读不出来{cut}")
        rows.append((number, wkb, values))
        layer.crs = layer.crs or crs_of_text(text or "")
    return layer


def _place_rings(layer: MemoryLayer, number: int, rings: Sequence[Sequence[Point]]) -> Optional[bytes]:
    """WKB of a row's rings; the reason in `refused` where they are none."""
    wkb = wkb_of_rings(rings)
    if wkb is None and any(rings):
        count = sum(len(ring) for ring in rings)
        layer.refused[number] = (TOO_FEW, f"只有 {count} 个界址点，至少要三个不同的点才能成面")
    return wkb


def _from_lists(sheet: Sheet, column: int) -> MemoryLayer:
    """All points of a patch in one cell; a cell with one point is a centre."""
    rows: list[Row] = []
    layer = _layer(sheet, rows)
    every: list[Point] = []
    for (number, values), cells in zip(_attributes(sheet), sheet.rows):
        rings = rings_of_text(cells[column])
        point = None if rings else pair_of(cells[column])
        if point:
            rows.append((number, bytes(shapely.to_wkb(shapely.Point(point))), values))
            continue
        if not rings and plain(cells[column]):
            layer.refused[number] = ("R_GEOMETRY_BROKEN", "坐标串读不出来，应写成“x,y;x,y;x,y”")
        every += [p for ring in rings for p in ring]
        rows.append((number, _place_rings(layer, number, rings), values))
    orient(layer, every, "")
    return layer


def _corner_rings(sheet: Sheet, corners: Corners) -> dict[int, list[Point]]:
    """{place of the row: its corners} of rows with three corners or more; {} when hardly any has them."""
    found = {}
    filled = 0
    for i, cells in enumerate(sheet.rows):
        points = corners.points(cells)
        filled += bool(points)
        if len(points) >= 3:
            found[i] = points
    return found if found and len(found) >= 0.5 * filled else {}


def _from_corners(sheet: Sheet, corners: Corners) -> MemoryLayer:
    """Corners in columns X1, Y1, X2, Y2 …"""
    rows: list[Row] = []
    layer = _layer(sheet, rows)
    every: list[Point] = []
    for (number, values), cells in zip(_attributes(sheet), sheet.rows):
        points = corners.points(cells)
        every += points
        rows.append((number, _place_rings(layer, number, [points]), values))
    orient(layer, every, corners.order)
    return layer


def _from_centres(sheet: Sheet, pair: Pair) -> MemoryLayer:
    """A centre point per row."""
    rows: list[Row] = []
    layer = _layer(sheet, rows, CENTRES)
    every: list[Point] = []
    for (number, values), cells in zip(_attributes(sheet), sheet.rows):
        point = pair.point(cells)
        rows.append((number, bytes(shapely.to_wkb(shapely.Point(point))) if point else None, values))
        every += [point] if point else []
    orient(layer, every, pair.order)
    return layer


def _point_groups(sheet: Sheet, pair: Pair, answers: Mapping[str, str]) -> dict[str, list[int]]:
    """{id: places of its rows} when the table has a row per point, else {}."""
    column = id_column(sheet.header, answers)
    if column is None:
        return {}
    numbered = point_column(sheet.header) is not None
    if any(_CUT_ID.match(plain(cells[column])) for cells in sheet.rows):
        return {}  # several patches under one cut number, not the points of one
    groups: dict[str, list[int]] = {}
    current = ""
    for i, cells in enumerate(sheet.rows):
        named = plain(cells[column])
        current = named or (current if numbered else "")
        if current and pair.point(cells):
            groups.setdefault(current, []).append(i)
    large = sum(1 for places in groups.values() if len(places) >= 3)
    return groups if groups and large >= 0.5 * len(groups) else {}


def _from_groups(sheet: Sheet, pair: Pair, groups: Mapping[str, Sequence[int]]) -> MemoryLayer:
    """A row per point: patches with all points; what differs from point to point is joined by semicolons."""
    rows: list[Row] = []
    layer = _layer(sheet, rows)
    numbers = sheet.numbered()
    used: set[int] = set()
    every: list[Point] = []
    for places in groups.values():
        rings = _rings_of_rows(sheet, pair, places)
        every += [p for ring in rings for p in ring]
        number = numbers[places[0]]
        values = {name: _joined([sheet.rows[i][c] for i in places]) for c, name in enumerate(sheet.header)}
        used.update(places)
        rows.append((number, _place_rings(layer, number, rings), values))
    for i, cells in enumerate(sheet.rows):
        if i not in used and any(plain(c) for c in cells):  # a row without an id or a point is not lost
            rows.append((numbers[i], None, dict(zip(sheet.header, cells))))
            layer.refused[numbers[i]] = (TOO_FEW, "这一行没有可用的坐标或编号")
    rows.sort(key=lambda row: row[0])
    layer.notes.append(Finding("W_POINT_ROWS", f"表格每行是一个界址点，按编号合成 {len(groups)} 个图斑"))
    orient(layer, every, pair.order)
    return layer


def _rings_of_rows(sheet: Sheet, pair: Pair, places: Sequence[int]) -> list[list[Point]]:
    """Points of one patch in rings: by a ring column, else a new one where the last is closed."""
    column = ring_column(sheet.header)
    if column is not None:
        by_ring: dict[str, list[Point]] = {}
        for i in places:
            point = pair.point(sheet.rows[i])
            if point:
                by_ring.setdefault(plain(sheet.rows[i][column]), []).append(point)
        return list(by_ring.values())
    rings: list[list[Point]] = [[]]
    for i in places:
        point = pair.point(sheet.rows[i])
        if point is None:
            continue
        rings[-1].append(point)
        if len(rings[-1]) > 3 and point == rings[-1][0]:
            rings.append([])
    return [ring for ring in rings if ring]


def _joined(values: Sequence[Optional[str]]) -> Optional[str]:
    """The one value that all rows have, else all of them."""
    filled = [value for value in values if value is not None and value.strip()]
    if not filled:
        return values[0]
    return filled[0] if len(set(filled)) == 1 else ";".join("" if value is None else value for value in values)


def orient(layer: MemoryLayer, points: Sequence[Point], named: str) -> None:
    """Set the axis where the values leave no doubt (X of surveyors is north), else where the names do."""
    layer.axis = named
    if not points:
        return
    tested = points[:: max(len(points) // _ORIENTED, 1)]
    north_first = sum(1 for x, y in tested if crs_guess.swapped((x, y, x, y)))
    east_first = sum(1 for x, y in tested if crs_guess.swapped((y, x, y, x)))
    if north_first >= _SHARE * len(tested):
        layer.axis = "yx"
        if named == "xy":
            layer.notes.append(Finding("W_AXIS_NAMES", "坐标列的名称和数值相反（东坐标列里是北坐标），已按数值判断"))
    elif east_first >= _SHARE * len(tested):
        layer.axis = "xy"
