"""Random deliveries come in whole: no attribute lost, no feature lost, no area off.

`WEIPIAN_FULL=1` draws many more.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import tempfile
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Optional

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support import random_polygons
from tests.support.clerk import Knows, Outcome, bring_in
from tests.support.deliveries import PADDED, Column, Plan, Row, Value, rounded, same_value, write
from tests.support.projection import project
from tests.support.reference_area import official
from weipian_plugin.core.errors import WeipianError

FULL = bool(os.environ.get("WEIPIAN_FULL"))
EXAMPLES = 1500 if FULL else 70
_CHINESE = re.compile("[\u4e00-\u9fff]")
_WORDS = "渝北区古路镇兴盛村一社新建厂房硬化道路养殖大棚临时堆土耕地林地宅基地砂石场、（）：；《》—·①②".strip()
#: Every zone of CGCS2000 that a county of China can come in, and longitude and latitude.
_ZONES = [*range(4491, 4502), *range(4502, 4513), *range(4513, 4534), *range(4534, 4555)]
_ID_NAMES = ("图斑编号", "TBBH", "JCBH", "监测编号", "图斑号")
_FREE_NAMES = ("备注说明", "BZ1", "现状描述字段", "extra", "核查 意见", "数值A", "乡镇审核意见与说明", "X-1")


def meridian(code: int) -> Optional[float]:
    """Central meridian of a zone, by the table of dossier 3.8."""
    if code == 4490:
        return None
    if code <= 4512:
        return 75.0 + 6 * ((code - 4491) % 11)
    return 75.0 + 3 * ((code - 4513) % 21)


def _text(rng: random.Random, encoding: str, most: int) -> str:
    """Chinese as it stands in such columns, at most `most` bytes."""
    length = rng.choice((0, 1, 2, 5, 12, 40, 127))
    text = "".join(rng.choice(_WORDS) for _ in range(length))
    text = rng.choice(("", "A-01 ", "12")) + text + rng.choice(("", "", "  ", "m²" if encoding == "UTF-8" else "米"))
    while len(text.encode(encoding)) > most:
        text = text[:-1]
    return text


def _value(rng: random.Random, column: Column, encoding: str) -> Value:
    if rng.random() < 0.12:
        return None
    if column.kind == "int":
        return rng.choice((0, -1, 7, 2**31, 2**53 - 1, 2**53 + 1, -(2**53) - 1, 10**16 + 3, rng.randrange(10**6)))
    if column.kind == "real":
        return rng.choice((0.0, 0.1, -3.5, 1 / 3, 12345.678901, rng.uniform(-1e6, 1e6)))
    if column.kind == "decimal":
        return Decimal(rng.randrange(10**17)).scaleb(-4)
    if column.kind == "date":
        return date(2024, 1, 1) + timedelta(days=rng.randrange(900))
    return _text(rng, encoding, column.width or 90)


def _place(rng: random.Random, code: int) -> tuple[float, float]:
    middle = meridian(code)
    lon = rng.uniform(74, 134) if middle is None else middle + rng.uniform(-1.4, 1.4)
    return min(max(lon, 73.7), 134.9), rng.uniform(18.5, 52.5)


def _shape(rng: random.Random, code: int, at: tuple[float, float], number: int) -> tuple[Any, Optional[float]]:
    """(geometry as delivered, its official area by PROJ) of the nth patch, each in its own square of ground."""
    lon, lat = at[0] + 0.012 * (number % 4), at[1] + 0.012 * (number // 4)
    kind = rng.choice(("polygon",) * 6 + ("bow", "null", "empty", "closed twice"))
    digits = 10 if code == 4490 else 4
    if kind == "null":
        return None, None
    if kind == "empty":
        return shapely.Polygon(), None
    if kind == "bow":
        step = rng.choice((2e-4, 1e-3))
        corner = project(shapely.Point(lon, lat), 4490, code)
        x, y = round(corner.x, digits), round(corner.y, digits)
        side = step if code == 4490 else round(step * 1e5, 1)
        ring = [(x, y), (x + side, y + side), (x + side, y), (x, y + side)]
        middle = (x + side / 2, y + side / 2)
        halves = [[(x, y), middle, (x, y + side)], [(x + side, y), (x + side, y + side), middle]]
        return shapely.Polygon(ring), sum(official(project(shapely.Polygon(half), code, 4490)) for half in halves)
    size = 10 ** rng.uniform(1.7, 5.2)
    while True:
        given = rounded(project(random_polygons.lonlat(rng, size, lon, lat), 4490, code), digits)
        if kind == "closed twice" and given.geom_type == "Polygon":
            ring = list(given.exterior.coords)
            given = shapely.Polygon([*ring[:2], ring[1], *ring[2:]], [list(h.coords) for h in given.interiors])
        degrees = project(given, code, 4490)
        if given.is_valid and degrees.is_valid:
            return given, official(degrees)


@st.composite
def plans(draw: Any) -> Plan:
    """A delivery; the seed draws what hypothesis needs not know of."""
    form = draw(st.sampled_from(("shp", "shp", "zip", "gpkg", "gdb", "geojson", "kml", "csv", "xlsx")))
    code = 4490 if form == "kml" else draw(st.sampled_from([4490, 4490, 4490, *_ZONES]))
    rng = random.Random(draw(st.integers(0, 2**32)))  # noqa: S311
    tables = form in ("csv", "xlsx")
    says = form == "gdb" or (draw(st.booleans()) and not tables)  # no grid of a FileGDB without a CRS
    encoding = "UTF-8"
    if form in PADDED:
        encoding = draw(st.sampled_from(("UTF-8", "CP936", "CP936")))
    elif form == "csv":
        encoding = draw(st.sampled_from(("utf-8", "utf-8-sig", "gb18030")))
    declares = draw(st.sampled_from(("cpg", "ldid", "nothing", "lie")))
    swapped = draw(st.integers(0, 5)) == 0 and form != "kml"
    python = "gb18030" if encoding in ("CP936", "gb18030") else "utf-8"
    columns = [Column(rng.choice(_ID_NAMES), "str", 60), Column("面积_亩" if rng.random() < 0.7 else "JCMJ", "real")]
    unit = "mu" if columns[1].name.endswith("亩") else rng.choice(("m2", "mu", "ha"))
    for name in rng.sample(_FREE_NAMES, rng.randint(1, 5)):
        columns.append(
            Column(name, rng.choice(("str", "str", "int", "real", "date", "decimal")), rng.choice((60, 254)))
        )
    order = list(range(len(columns)))
    rng.shuffle(order)
    at, rows = _place(rng, code), []
    for number in range(draw(st.integers(1, 7))):
        geometry, area = _shape(rng, code, at, number)
        scale = {"mu": 0.0015, "m2": 1.0, "ha": 0.0001}[unit]
        cells: list[Value] = [_identity(rng, number), round((area or 100.0) * scale, 4)]
        cells += [_value(rng, column, python) for column in columns[2:]]
        rows.append(Row(geometry, area, tuple(cells[i] for i in order)))
    return Plan(
        form,
        code,
        says,
        swapped,
        encoding,
        declares,
        tuple(columns[i] for i in order),
        tuple(rows),
        order.index(0),
        unit,
        draw(st.sampled_from(("", "", "Z", "M", "ZM"))) if form in ("shp", "zip", "gpkg") else "",
    )


def _identity(rng: random.Random, number: int) -> Value:
    if rng.random() < 0.05:
        return rng.choice((None, ""))
    if rng.random() < 0.06 and number:
        return "500112SJBG0000"
    return rng.choice(
        (f"500112SJBG{number:04d}", f"500112SJBG{number:04d}", f"0{number}_1", f"(渝){number}号", f"９{number}")
    )


def _knows(plan: Plan) -> Knows:
    others = {"axis": "yx"} if plan.swapped else {}
    name = plan.columns[plan.id_column].name
    encoding = "GBK" if plan.encoding in ("CP936", "gb18030") else "UTF-8"
    return Knows(
        crs=f"EPSG:{plan.crs}", axis="yx" if plan.swapped else "xy", unit=plan.unit, patch_id=name, encoding=encoding,
        others=others, upfront=others,
    )  # fmt: skip


def without_boundary(plan: Plan) -> bool:
    """A table with no boundary in any row is a list of patches all the same."""
    return plan.form in ("csv", "xlsx") and all(row.geometry is None or row.geometry.is_empty for row in plan.rows)


def _expected(plan: Plan) -> tuple[dict[str, int], int]:
    """(id -> row of those that must come in, how many must be refused)."""
    boundless = without_boundary(plan)
    good: dict[str, int] = {}
    seen: set[str] = set()
    for number, row in enumerate(plan.rows):
        name = str(row.cells[plan.id_column] or "").strip()
        if name and name not in seen and (row.area_m2 is not None or boundless):
            seen.add(name)
            good[name] = number
    return good, len(plan.rows) - len(good)


def check(plan: Plan, outcome: Outcome) -> None:
    """What came in against what was put in."""
    good, refused = _expected(plan)
    got = {patch.patch_id: patch for patch in outcome.patches}
    assert sorted(got) == sorted(good)
    assert len(outcome.result.rejected) == refused
    for item in outcome.result.rejected:
        assert _CHINESE.search(item.reason), item
        assert item.row >= 1
    schema = json.loads(outcome.result.batch.source_schema)
    names = [field["name"] for field in schema["fields"]]
    for name, number in good.items():
        row, patch = plan.rows[number], got[name]
        assert sorted(patch.source_attributes) == sorted(names)
        for column, value in zip(_found(plan, names), row.cells):
            kept = patch.source_attributes.get(column)
            assert same_value(plan.form, value, kept), (name, column, value, kept)
        assert patch.geometry_source == ("none" if without_boundary(plan) else "issued")
        expected = row.area_m2 or 0.0
        coarse = 0.2 if plan.form == "gdb" else 0.0  # the grid of a FileGDB: 0.1 mm along the outline
        allowed = max(0.01, 5e-9 * expected) + coarse
        assert abs(patch.area_m2 - expected) <= allowed, (name, plan.crs, patch.area_m2, expected)


def _found(plan: Plan, names: list[str]) -> list[str]:
    """The header of each column as it came back: by place where the format changes names."""
    if plan.form == "gdb":  # blanks and signs become underscores
        return names
    if plan.form not in PADDED:
        cells = zip(*(row.cells for row in plan.rows))
        held = {c.name for c, column in zip(plan.columns, cells) if plan.form != "kml" or any(column)}
        assert held <= set(names)
        return [c.name for c in plan.columns]
    python = "gb18030" if plan.encoding == "CP936" else "utf-8"
    for column, name in zip(plan.columns, names):
        cut = column.name.encode(python)[:10].decode(python, "ignore")
        assert name.rstrip("\ufffd").startswith(cut[: max(1, len(cut) - 1)]), (column.name, name)
    return names


@settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(plans())
def test_nothing_is_lost(plan: Plan) -> None:
    folder = Path(tempfile.mkdtemp(prefix="下发_"))
    try:
        path = write(folder / "in", plan)
        if _expected(plan)[0]:
            check(plan, bring_in(folder / "ws", path, _knows(plan)))
        else:  # refused as a whole, with its reasons
            with pytest.raises(WeipianError) as refused:
                bring_in(folder / "ws", path, _knows(plan))
            assert refused.value.code in ("E_ALL_REJECTED", "E_LAYER_EMPTY", "E_NOT_POLYGON")
            assert _CHINESE.search(str(refused.value))
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["id first", "area first"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_list_of_ids_and_areas_is_a_list_of_patches(form: str, order: tuple[int, int], tmp_path: Path) -> None:
    columns = (Column("TBBH", "str", 60), Column("面积_亩", "real"))
    cells = ("500112SJBG0001", 0.15)
    row = Row(None, None, tuple(cells[i] for i in order))
    plan = Plan(form, 4545, False, False, "utf-8", "", tuple(columns[i] for i in order), (row,), order.index(0), "mu")
    outcome = bring_in(tmp_path / "ws", write(tmp_path / "in", plan), _knows(plan))
    check(plan, outcome)
    (patch,) = outcome.patches
    assert (patch.issued_area, patch.issued_unit, patch.adopted_source) == (0.15, "mu", "issued")
    assert patch.adopted_area_m2 == pytest.approx(100.0)  # 0.15 × 2000 / 3


@pytest.mark.parametrize("form", ["shp", "gpkg", "geojson"])
def test_a_row_without_boundary_keeps_no_other_out(form: str, tmp_path: Path) -> None:
    ground = shapely.box(379000, 3296000, 379050, 3296040)
    area = official(project(ground, 4545, 4490))
    rows = (Row(None, None, ("A1", 3.0)), Row(ground, area, ("A1", 3.0)), Row(ground, area, ("A1", 3.0)))
    columns = (Column("TBBH", "str", 60), Column("面积_亩", "real"))
    plan = Plan(form, 4545, True, False, "UTF-8", "cpg", columns, rows, 0, "mu")
    outcome = bring_in(tmp_path / "ws", write(tmp_path / "in", plan), _knows(plan))
    check(plan, outcome)
    assert [item.code for item in outcome.result.rejected] == ["R_GEOMETRY_EMPTY", "R_ID_DUPLICATE"]
