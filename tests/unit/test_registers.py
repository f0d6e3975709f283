"""Approval registers as tables: read, laid on patches, tested. Names are invented; expected values by hand."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import Batch, Judgement, Patch, RegisterEntry
from weipian_plugin.core.registers import (
    Claim,
    RegisterIndex,
    fold_doc_no,
    fold_village,
    is_personal,
    without_personal,
)
from weipian_plugin.sources.coordinates import coordinate
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import registers
from weipian_plugin.workbench.register_tables import is_table, read_register
from weipian_plugin.workbench.registers import RegisterSource
from weipian_plugin.workbench.resources import default_pack
from weipian_plugin.workbench.session import Session

#: At 29.8° N one second of latitude is 30.79 m on the ellipsoid (meridian arc of CGCS2000).
SECOND = 1 / 3600


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("渝北府地〔2023〕012号", "渝北府地[2023]第12号"),
        ("渝北宅批（2024）5号", "渝北宅批(2024)5 号"),
        ("ＡＢ－００７", "ab－7"),
    ],
)
def test_the_same_document_number(one: str, other: str) -> None:
    assert fold_doc_no(one) == fold_doc_no(other)


def test_other_document_numbers_differ() -> None:
    assert fold_doc_no("渝北府地〔2023〕12号") != fold_doc_no("渝北府地〔2023〕120号")
    assert fold_doc_no("渝北府地〔2023〕12号") != fold_doc_no("渝北府地〔2024〕12号")


@pytest.mark.parametrize(
    "text", ["古路村", "古路镇古路村", "古路村3组", "古路村村民委员会", "古路镇古路村第二村民小组", "古路"]
)
def test_the_same_village(text: str) -> None:
    assert fold_village(text) == "古路"


@pytest.mark.parametrize(("text", "left"), [("第三社区", "第三"), ("百户村", "百户"), ("", "")])
def test_villages_that_look_like_groups(text: str, left: str) -> None:
    assert fold_village(text) == left


@pytest.mark.parametrize(
    "name", ["身份证号", "户主身份证号码", "联系电话", "手机", "SFZH", "家庭住址", "银行卡号", "LXDH"]
)
def test_personal_columns(name: str) -> None:
    assert is_personal(name)


@pytest.mark.parametrize("name", ["户主", "批准面积(㎡)", "村", "位置", "家庭人口", "批准文号"])
def test_columns_that_are_needed(name: str) -> None:
    assert not is_personal(name)


def test_personal_numbers_in_a_remark() -> None:
    assert without_personal("甲 500112198001011234，电话13800000000") == "甲 ＊＊＊，电话＊＊＊"
    assert without_personal("渝北府地〔2023〕138号，面积150") == "渝北府地〔2023〕138号，面积150"


@pytest.mark.parametrize(
    ("text", "value"), [("106.5", 106.5), ("106°30'00\"", 106.5), ("29度48分0秒", 29.8), ("", None), ("甲", None)]
)
def test_degrees(text: str, value: float | None) -> None:
    assert coordinate(text) == (pytest.approx(value) if value is not None else None)


# -- reading -----------------------------------------------------------------------------------------


def book(path: Path, *rows: list[object], title: str = "某镇农村宅基地审批台账") -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.append([title])
    sheet.merge_cells("A1:F1")
    sheet.append([])
    for row in rows:
        sheet.append(row)
    workbook.save(path)
    return path


HEADER = [
    "序号",
    "申请人",
    "身份证号",
    "家庭人口（人）",
    "村",
    "组",
    "批准书编号",
    "批准面积（平方米）",
    "批准日期",
    "经度",
    "纬度",
    "联系电话",
    "备注",
]


def house(
    number: int, holder: str, village: str, doc: str, area: object, lon: object = None, lat: object = None
) -> list[object]:
    return [
        number,
        holder,
        "500112198001011234",
        4,
        village,
        "1组",
        doc,
        area,
        "2024-03-01",
        lon,
        lat,
        "13800000000",
        "已建",
    ]


def test_a_register_under_a_title(tmp_path: Path) -> None:
    path = book(
        tmp_path / "宅基地.xlsx",
        HEADER,
        house(1, "甲一", "古路村", "渝宅〔2024〕1号", 150, 106.8, 29.8),
        ["合计", None, None, None, None, None, None, 150],
    )
    table = read_register(path, "rural_house", default_pack())
    (entry,) = table.entries
    assert (entry.holder, entry.village, entry.doc_no) == ("甲一", "古路村", "渝宅〔2024〕1号")
    assert (entry.approved_m2, entry.people, entry.doc_date) == (150.0, 4, "2024-03-01")
    assert (entry.lon, entry.lat, entry.row_no) == (106.8, 29.8, 4)
    assert table.unit == "m2"
    whole = repr(entry)
    assert "500112198001011234" not in whole
    assert "13800000000" not in whole
    assert entry.attributes["备注"] == "已建"


def test_units_of_the_header(tmp_path: Path) -> None:
    path = book(
        tmp_path / "农转用.xlsx", ["项目名称", "批复文号", "批准面积(公顷)"], ["甲项目", "渝府地〔2024〕9号", 1.5]
    )
    (entry,) = read_register(path, "approval", default_pack()).entries
    assert entry.approved_m2 == 15000.0
    assert entry.holder == "甲项目"


def test_an_area_without_unit_is_said(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["户主", "村", "批准面积"], ["甲一", "古路村", 0.2])
    table = read_register(path, "rural_house", default_pack())
    assert table.entries[0].approved_m2 is None
    assert [f.code for f in table.findings] == ["W_REGISTER_UNIT"]
    told = read_register(path, "rural_house", default_pack(), unit="mu")
    assert told.entries[0].approved_m2 == pytest.approx(0.2 * 2000 / 3)


def test_house_plots_can_only_be_square_metres(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["户主", "村", "批准面积"], ["甲一", "古路村", 120], ["乙二", "古路村", 150])
    table = read_register(path, "rural_house", default_pack())
    assert [e.approved_m2 for e in table.entries] == [120.0, 150.0]
    assert [f.code for f in table.findings] == ["W_REGISTER_UNIT_GUESSED"]


def test_csv_in_gbk_with_a_place(tmp_path: Path) -> None:
    path = tmp_path / "台账.csv"
    path.write_bytes('户主,位置,批准面积(㎡)\n甲一,"古路镇古路村3组（106.8000,29.8000）",100\n'.encode("gb18030"))
    (entry,) = read_register(path, "rural_house", default_pack()).entries
    assert (entry.village, entry.lon, entry.lat) == ("古路村", 106.8, 29.8)


def test_rows_keep_their_id_when_the_table_grows(tmp_path: Path) -> None:
    one = house(1, "甲一", "古路村", "1号", 150)
    first = read_register(book(tmp_path / "a.xlsx", HEADER, one), "rural_house", default_pack())
    second = read_register(
        book(tmp_path / "a.xlsx", HEADER, house(2, "乙二", "古路村", "2号", 90), one), "rural_house", default_pack()
    )
    assert first.entries[0].entry_id in {e.entry_id for e in second.entries}
    assert len({e.entry_id for e in second.entries}) == 2


def test_two_equal_rows_are_two_entries(tmp_path: Path) -> None:
    one = house(1, "甲一", "古路村", "1号", 150)
    table = read_register(book(tmp_path / "a.xlsx", HEADER, one, one), "rural_house", default_pack())
    assert len({e.entry_id for e in table.entries}) == 2


@pytest.mark.parametrize(
    ("rows", "role", "code"),
    [
        ([["天气", "温度"], ["晴", 3]], "rural_house", "E_TABLE_COLUMNS"),
        ([["户主", "村"]], "rural_house", "E_REGISTER_EMPTY"),
        ([["户主", "村"], ["甲一", "古路村"]], "eco_redline", "E_REGISTER_ROLE"),
    ],
)
def test_refusals(tmp_path: Path, rows: list[list[object]], role: str, code: str) -> None:
    with pytest.raises(WeipianError) as caught:
        read_register(book(tmp_path / "a.xlsx", *rows, title=""), role, default_pack())
    assert caught.value.code == code


def test_what_is_a_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text('id,WKT\n1,"POLYGON ((0 0,1 0,1 1,0 0))"\n', encoding="utf-8")
    (tmp_path / "c.gpkg").write_bytes(b"")
    assert is_table(str(tmp_path / "a.csv"))
    assert not is_table(str(tmp_path / "b.csv"))
    assert not is_table(str(tmp_path / "c.gpkg"))
    assert not is_table(str(tmp_path / "none.xlsx"))


# -- matching ----------------------------------------------------------------------------------------


def entry(entry_id: str, holder: str = "甲一", village: str = "古路村", doc: str = "", **more: object) -> RegisterEntry:
    return RegisterEntry(entry_id=entry_id, register="rural_house", holder=holder, village=village, doc_no=doc, **more)  # type: ignore[arg-type]


def test_a_shared_number_needs_the_name() -> None:
    index = RegisterIndex([entry("1", "甲一", doc="1号"), entry("2", "乙二", doc="1号")])
    assert index.by_doc_no(Claim(doc_nos=("1号",))) == []
    assert [e.entry_id for e, _ in index.by_doc_no(Claim(doc_nos=("1号",), names=("乙二",)))] == ["2"]
    assert {e.entry_id for e, _ in index.suggestions(Claim(doc_nos=("1号",)))} == {"1", "2"}


def test_names_alike_are_only_suggested() -> None:
    index = RegisterIndex([entry("1", "陈大文"), entry("2", "陈大文", "乌牛村")])
    claim = Claim("古路镇古路村", ("陈太文",))
    assert index.by_holder(claim) == []
    assert [e.entry_id for e, _ in index.suggestions(claim)] == ["1"]
    assert [e.entry_id for e, _ in index.by_holder(Claim("乌牛村", ("陈大文",)))] == ["2"]
    assert index.by_holder(Claim("", ("陈大文",))) == []


def test_twins_are_other_approvals() -> None:
    index = RegisterIndex(
        [entry("1", doc="1号"), entry("2", doc="第1号"), entry("3", doc="2号"), entry("4", "乙二", doc="3号")]
    )
    assert [e.entry_id for e in index.twins(index.entries["1"])] == ["3"]


def patch(uid: str, at: float, village: str = "古路村", **attributes: str) -> Patch:
    """A square of ten seconds' edge, its south-west corner `at` seconds east of 106.8."""
    x = 106.8 + at * SECOND
    square = MultiPolygon([box(x, 29.8, x + 10 * SECOND, 29.8 + 10 * SECOND)])
    return Patch(
        uid, uid.upper(), "b1", wkb=to_wkb(square), village_name=village, area_m2=80000.0, source_attributes=attributes
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with Workspace.create(tmp_path / "ws", "试") as ws, ws.transaction("import", "b1", "试") as change:
        change.put("batch", records.batch_row(Batch("b1", "一")))
        for item in (
            patch("p1", 0),
            patch("p2", 100, 用地主体="甲一"),
            patch("p3", 200, 批准文号="渝宅[2024]2 号"),
            patch("p4", 300),
        ):
            change.put("patch", records.patch_row(item))
    return tmp_path / "ws"


def links(folder: Path) -> dict[tuple[str, str], str]:
    with Workspace.open(folder) as ws:
        found = records.register_entries(ws)
        return {(row["patch_uid"], found[row["entry_id"]].holder): row["reason"] for row in records.register_links(ws)}


@pytest.fixture
def table(tmp_path: Path) -> Path:
    middle = 29.8 + 5 * SECOND
    return book(
        tmp_path / "宅基地.xlsx",
        HEADER,
        house(1, "丙三", "别村", "渝宅〔2024〕1号", 150, 106.8 + 5 * SECOND, middle),  # in p1
        house(2, "甲一", "古路镇古路村", "渝宅〔2024〕5号", 150),  # name and village of p2
        house(3, "丁四", "乌牛村", "渝宅〔2024〕2号", 150),  # number of p3
        # one second of longitude is 26.9 m here: within 30 m of p4, then beyond
        house(4, "戊五", "别村", "渝宅〔2024〕6号", 150, 106.8 + 311 * SECOND, middle),
        house(5, "己六", "别村", "渝宅〔2024〕7号", 150, 106.8 + 312 * SECOND, middle),
    )


def test_by_place_name_and_number(folder: Path, table: Path) -> None:
    report = registers.read_into(folder, [RegisterSource("rural_house", str(table))], "试", Silent())
    assert report.entries == {"rural_house": 5}
    found = links(folder)
    assert set(found) == {("p1", "丙三"), ("p2", "甲一"), ("p3", "丁四"), ("p4", "戊五")}
    assert found["p1", "丙三"].startswith("location:登记位置在图斑内")
    assert found["p4", "戊五"] == "location:登记位置距图斑 27 米"
    assert found["p2", "甲一"].startswith("holder:")
    assert found["p3", "丁四"].startswith("doc_no:")


def test_a_person_confirms_and_removes_and_undoes(folder: Path, table: Path) -> None:
    registers.read_into(folder, [RegisterSource("rural_house", str(table))], "试", Silent())
    with Session.open(folder, "试") as session:
        (match,) = session.patch_view("p1").registers
        assert match.certain
        session.link_entry("p1", "P1", match.entry.entry_id, belongs=False)
        assert session.patch_view("p1").registers == ()
        assert session.can_undo() == "审批登记对应"
    assert registers.relink(folder, "试", Silent())["location"] == 2  # the finding stands, the link stays removed
    assert links(folder)["p1", "丙三"] == "removed"
    with Session.open(folder, "试") as session:
        session.link_entry("p4", "P4", match.entry.entry_id, belongs=True)
        assert [m.how for m in session.patch_view("p4").registers] == ["confirmed", "location"]
        session.undo()
        assert [m.how for m in session.patch_view("p4").registers] == ["location"]
        with pytest.raises(WeipianError) as caught:
            session.link_entry("p4", "P4", "nothing", belongs=True)
        assert caught.value.code == "E_REGISTER_MISSING"


def test_rows_that_went_take_their_links_with_them(folder: Path, table: Path) -> None:
    source = RegisterSource("rural_house", str(table))
    registers.read_into(folder, [source], "试", Silent())
    book(table, HEADER, house(2, "甲一", "古路镇古路村", "渝宅〔2024〕5号", 150))
    registers.read_into(folder, [source], "试", Silent())
    assert set(links(folder)) == {("p2", "甲一")}
    registers.read_into(folder, [], "试", Silent())
    assert links(folder) == {}
    with Workspace.open(folder) as ws:
        assert ws.check_journal() == []


def test_the_answers_of_the_clerk_match_at_once(folder: Path, table: Path) -> None:
    registers.read_into(folder, [RegisterSource("rural_house", str(table))], "试", Silent())
    with Session.open(folder, "试") as session:
        matcher = session.matcher()
        said = Judgement("p4", None, answers={"doc_no": "渝宅〔2024〕1号"})
        hows = {m.entry.holder: m.how for m in matcher.matches(patch("p4", 300), said)}
        assert hows == {"丙三": "doc_no", "戊五": "location"}


def test_a_form_with_two_header_rows_and_merged_villages(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.create_sheet("填表说明").append(["户主", "填写姓名"])
    sheet = workbook.active
    sheet.title = "2024年"
    sheet.append(["某镇农村宅基地审批情况登记表"])
    sheet.merge_cells("A1:G1")
    sheet.append(["序号", "所在村", "户主", None, "批准情况", None, None])
    sheet.append([None, None, "姓名", "家庭人口", "文号", "面积（平方米）", "批准时间"])
    for area in ("A2:A3", "B2:B3", "C2:D2", "E2:G2"):
        sheet.merge_cells(area)
    sheet.append([1, "古路村", "甲一", 3, "渝宅〔2024〕1号", 90, "2024.3.1"])
    sheet.append([2, None, "乙二", 4, "渝宅〔2024〕2号", "120㎡", "2024年4月"])
    sheet.merge_cells("B4:B5")
    workbook.save(tmp_path / "a.xlsx")
    one, two = read_register(tmp_path / "a.xlsx", "rural_house", default_pack()).entries
    assert (one.holder, one.village, one.people, one.approved_m2, one.doc_date) == (
        "甲一",
        "古路村",
        3,
        90.0,
        "2024-03-01",
    )
    assert (two.holder, two.village, two.doc_no, two.approved_m2) == ("乙二", "古路村", "渝宅〔2024〕2号", 120.0)
    assert two.doc_date == "2024年4月"  # a month is no day


def test_html_under_the_name_of_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "导出.xls"
    path.write_text(
        "<html><table><tr><th>申请人</th><th>村</th><th>批准面积(亩)</th></tr><tr><td>甲一</td><td>古路村</td><td>0.3</td></tr></table></html>",
        encoding="utf-8",
    )
    (entry,) = read_register(path, "rural_house", default_pack()).entries
    assert entry.approved_m2 == pytest.approx(200.0)


def test_a_patch_without_boundary_meets_its_register(folder: Path, table: Path) -> None:
    with Workspace.open(folder) as ws, ws.transaction("import", "b1", "试") as change:
        item = Patch(
            "p9", "P9", "b1", geometry_source="none", centre_lon=106.8 + 5 * SECOND, centre_lat=29.8 + 5 * SECOND
        )
        change.put("patch", records.patch_row(item))
    registers.read_into(folder, [RegisterSource("rural_house", str(table))], "试", Silent())
    assert ("p9", "丙三") in links(folder)
