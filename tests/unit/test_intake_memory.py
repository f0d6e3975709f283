"""What was answered once is not asked again, unless the new data contradict it."""

from __future__ import annotations

import json

import pytest
from intake_samples import square, write

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import headless
from weipian_plugin.workbench.importing import ImportOptions, inspect_delivery

# Dossier 12: (106.75E, 29.78N) in 4545
X, Y = 379122.118, 3296381.231
HEADERS = ["JCBH", "XZQDM", "GDMJ", "MJ", "XZMC"]
TIE = "POLYGON(({x} {y},{a} {b},{a} {y},{x} {b},{x} {y}))"


def month(folder, number, *, ratio=0.01, x=X, county="500112", turned=False, invalid=False):
    """A delivery without .prj whose area unit nobody can measure, under a name that carries the month."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for i in range(3):
        left = x + 1000 * number + 200 * i
        wkt = square(Y, left, 100) if turned else square(left, Y, 100)
        rows.append((wkt, f"{county}{number:02d}{i:03d}", county, "3", f"{10_000 * ratio:.2f}", "古路镇"))
    if invalid:
        left = x + 1000 * number + 900
        rows.append(
            (TIE.format(x=left, y=Y, a=left + 100, b=Y + 100), "tie", county, "3", f"{5000 * ratio:.2f}", "古路镇")
        )
    path = write(folder / f"图斑2026{number:02d}.shp", HEADERS, rows, epsg=None)
    other = [(square(X, Y, 50), "x", county, "0", "1", "古路镇")]
    write(folder / f"其他2026{number:02d}.shp", ["NAME"], [(wkt, name) for wkt, name, *_ in other], epsg=None)
    return path


def load(ws, path, **options):
    return headless.import_into(ws, path, path.name, ImportOptions(**options), Silent())


def questions(ws, path, **options):
    return {q.key: q for q in inspect_delivery(path, ImportOptions(**options), ws).questions}


ANSWERS = {"crs": "EPSG:4545", "unit": "mu", "GDMJ": "farmland"}


def test_the_second_month_asks_nothing(tmp_path):
    ws = tmp_path / "ws"
    first = month(tmp_path / "一", 1)
    with pytest.raises(WeipianError) as caught:
        load(ws, first)
    assert {item["key"] for item in caught.value.params["details"]} == {"crs", "GDMJ", "unit"}
    load(ws, first, answers=ANSWERS)
    result = load(ws, month(tmp_path / "二", 2))
    assert result.imported == 3
    said = {item.key: (item.value, item.batch) for item in result.inspection.recalled}
    assert said == {
        "crs": ("EPSG:4545", "图斑202601.shp"),
        "unit": ("mu", "图斑202601.shp"),
        "GDMJ": ("farmland", "图斑202601.shp"),
    }
    assert "沿用“图斑202601.shp”的回答" in json.dumps(result.report(), ensure_ascii=False)
    assert result.inspection.mapping["farmland_issued"] == "GDMJ"
    third = load(ws, month(tmp_path / "三", 3))
    assert {item.key for item in third.inspection.recalled} == {"crs", "unit", "GDMJ"}
    with Workspace.open(ws) as opened:
        assert opened.check_journal() == []


def test_the_layer_is_found_again_though_its_name_carries_the_month(tmp_path):
    ws = tmp_path / "ws"
    month(tmp_path / "一", 1)
    assert set(questions(ws, tmp_path / "一")) == {"layer"}
    load(ws, tmp_path / "一", answers={**ANSWERS, "layer": "图斑202601.shp"})
    month(tmp_path / "二", 2)
    result = load(ws, tmp_path / "二")
    assert result.inspection.layer == "图斑202602.shp"
    assert result.inspection.recalled[0].key == "layer"


def test_axis_and_repair_are_remembered(tmp_path):
    ws = tmp_path / "ws"
    answers = {**ANSWERS, "axis": "yx"}
    first = month(tmp_path / "一", 1, turned=True)
    assert {"axis"} <= set(questions(ws, first))
    load(ws, first, answers=answers)
    assert load(ws, month(tmp_path / "二", 2, turned=True)).imported == 3
    tie = month(tmp_path / "三", 3, invalid=True)
    assert set(questions(ws, tie)) == {"repair"}
    load(ws, tie, answers={"repair": "no"})
    result = load(ws, month(tmp_path / "四", 4, invalid=True))
    assert [r.code for r in result.rejected] == ["R_GEOMETRY_INVALID"]


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        ({"ratio": 0.02}, "unit"),  # twice the figures for the same areas
        ({"x": 36_000_000 + X}, "crs"),  # eastings with a zone
        ({"x": X + 300_000}, "crs"),  # three degrees further east, far out of Chongqing
        ({"x": 106.75}, "crs"),
    ],
)
def test_an_answer_that_no_longer_fits_is_asked_again(tmp_path, change, asked):
    ws = tmp_path / "ws"
    load(ws, month(tmp_path / "一", 1), answers=ANSWERS)
    if change.get("x") == 106.75:
        rows = [(square(106.75, 29.78, 0.001), "500112x", "500112", "3", "107.2", "古路镇")]
        (tmp_path / "二").mkdir()
        path = write(tmp_path / "二" / "图斑202602.shp", HEADERS, rows, epsg=None)
    else:
        path = month(tmp_path / "二", 2, **change)
    found = questions(ws, path)
    assert asked in found
    assert "图斑202601.shp" in found[asked].text


def test_another_layout_or_county_is_asked_for_itself(tmp_path):
    ws = tmp_path / "ws"
    load(ws, month(tmp_path / "一", 1), answers=ANSWERS)
    assert set(questions(ws, month(tmp_path / "二", 2, county="500113"))) == {"crs", "GDMJ", "unit"}


def test_field_map_is_remembered(tmp_path):
    ws = tmp_path / "ws"
    (tmp_path / "a").mkdir()
    first = write(tmp_path / "a" / "一.shp", ["HAOMA", "CUN"], [(square(106.75, 29.78, 0.001), "1", "双鱼村")])
    load(ws, first, field_map={"patch_id": "HAOMA", "village_name": "CUN"})
    second = write(tmp_path / "a" / "二.shp", ["HAOMA", "CUN"], [(square(106.76, 29.78, 0.001), "2", "双鱼村")])
    result = load(ws, second)
    assert result.inspection.mapping == {"patch_id": "HAOMA", "village_name": "CUN"}


def test_a_delivery_without_questions_leaves_nothing_behind(tmp_path):
    ws = tmp_path / "ws"
    load(ws, write(tmp_path / "一.shp", ["JCBH"], [(square(106.75, 29.78, 0.001), "1")]))
    with Workspace.open(ws) as opened:
        assert records.settings(opened, "intake:") == {}


def test_unknown_keys_are_named(tmp_path):
    path = write(tmp_path / "一.shp", ["JCBH"], [(square(106.75, 29.78, 0.001), "1")])
    for options, code in (
        ({"answers": {"crss": "x"}}, "E_ANSWER_KEY"),
        ({"field_map": {"bianhao": "JCBH"}}, "E_FIELD_NAME"),
    ):
        with pytest.raises(WeipianError) as caught:
            inspect_delivery(path, ImportOptions(**options))
        assert caught.value.code == code


def _changed(path, headers, extra, cpg):
    """The delivery of `path` again with other columns, for another month."""
    rows = []
    for i in range(3):
        left = X + 5000 + 200 * i
        cells = {"JCBH": f"50011209{i:03d}", "XZQDM": "500112", "GDMJ": "3", "MJ": "100.00", "XZMC": "石船镇"}
        rows.append((square(left, Y, 100), *(cells.get(name, extra) for name in headers)))
    path.parent.mkdir(parents=True)
    write(path, headers, rows, epsg=None)
    side = path.with_suffix(".cpg")
    if cpg:
        side.write_text("UTF-8")
    else:
        side.unlink(missing_ok=True)
    return path


@pytest.mark.parametrize(
    ("headers", "cpg"),
    [
        (HEADERS, True),
        (HEADERS, False),
        ([*HEADERS, "XCR"], True),
        (HEADERS[::-1], False),
        ([*HEADERS[:4], "BZ1"], True),
    ],
    ids=["cpg", "no cpg", "column more", "other order", "column renamed"],
)
def test_a_month_that_looks_nearly_the_same_asks_nothing(tmp_path, headers, cpg):
    ws = tmp_path / "ws"
    load(ws, month(tmp_path / "一", 1), answers=ANSWERS)
    result = load(ws, _changed(tmp_path / "二" / "二月新图斑.shp", headers, "张", cpg))
    assert result.imported == 3
    assert {item.key: item.value for item in result.inspection.recalled} == ANSWERS
    assert load(ws, month(tmp_path / "三", 3)).imported == 3


def test_another_layout_of_the_county_is_asked_about(tmp_path):
    ws = tmp_path / "ws"
    load(ws, month(tmp_path / "一", 1), answers=ANSWERS)
    other = _changed(tmp_path / "二" / "图斑.shp", ["JCBH", "XZQDM", "MJ", "A", "B", "C"], "张", True)
    assert set(questions(ws, other)) == {"crs", "unit"}


def test_answers_that_contradict_each_other_are_asked_again(tmp_path):
    ws = tmp_path / "ws"
    first = _changed(tmp_path / "一" / "图斑一.shp", [*HEADERS, "A"], "张", True)
    load(ws, first, answers=ANSWERS)
    second = _changed(tmp_path / "二" / "图斑二.shp", [*HEADERS, "B"], "张", True)
    assert questions(ws, second) == {}
    load(ws, second, answers={**ANSWERS, "GDMJ": "supply"})
    third = _changed(tmp_path / "三" / "图斑三.shp", HEADERS, "张", True)
    assert set(questions(ws, third)) == {"GDMJ"}
