"""Status tables of the platform: the review axis moves by legal steps, and nothing is guessed (dossier 1.6 A, D)."""

import csv

import openpyxl
import pytest

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.workbench.session import Session
from weipian_plugin.workbench.statuses import StatusOptions, import_status

#: number -> (review status, split state, parent)
PATCHES = {
    "P1": ("judged", "", ""), "P2": ("judged", "", ""), "P3": ("submitted", "", ""), "P4": ("received", "", ""),
    "P5": ("finished", "", ""), "P6": ("void", "", ""), "P7": ("assessed", "parent", ""),
    "P7_1": ("assessed", "child", "P7"), "P7_2": ("assessed", "child", "P7"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    with (
        Session.create(tmp_path / "工作区", "古路镇", "张经办") as session,
        session.workspace.transaction("import", "b1", "张经办") as change,
    ):
        change.put("batch", {"batch_id": "b1", "name": "一", "created_at": "2026-06-01"})
        for number, (status, split, parent) in PATCHES.items():
            patch = Patch(
                number, number, "b1", split_state=split, parent_uid=parent or None, review_status=ReviewStatus(status)
            )
            change.put("patch", records.patch_row(patch))
            if status in ("judged", "submitted", "finished"):
                row = {
                    "judgement_id": f"j{number}",
                    "patch_uid": number,
                    "verdict": "legal",
                    "doubt": 0,
                    "withdrawn": 0,
                }
                change.put("judgement", {**row, "rule_ids": "[]", "answers": "{}", "sub_type": "", "basis": ""})
    return tmp_path / "工作区"


HEADER = ("线索编号", "状态（系统）", "审核阶段(系统)", "打回状态", "退回原因")


def book(path, rows, header=HEADER, title=""):
    made = openpyxl.Workbook()
    sheet = made.active
    if title:
        sheet.append([title])
    sheet.append(header)
    for row in rows:
        sheet.append(row)
    made.save(path)
    return path


def take(folder, table, field_map=None, **answers):
    return import_status(folder, table, StatusOptions(field_map or {}, answers), "张经办", Silent())


def state(folder):
    with Session.open(folder, "张经办") as session:
        return {p.patch_id: p for p in session.patches()}


def codes(rows):
    return {(row.patch_id, row.code) for row in rows}


def test_codes_of_the_platform_move_the_review_axis(folder, tmp_path):
    table = book(
        tmp_path / "状态.xlsx",
        [
            ("P1", 4, 95, 0, None),  # city's review pending
            ("P2", 10, 95, 1, "需补充实地照片"),  # given back by the province
            ("P3", 10, 101, 0, None),
            ("P4", 10, 97, 0, None),
            ("P5", 2, 90, None, "面积不符"),  # an upper level opened it again
            ("P6", 10, 101, 0, None),
            ("没有的", 4, 95, 0, None),
        ],
        title="2026年上半年图斑状态表",
    )
    report = take(folder, table)
    found = state(folder)
    assert found["P1"].review_status is ReviewStatus.SUBMITTED
    assert found["P1"].review_source == "platform:状态.xlsx"
    assert found["P2"].review_status is ReviewStatus.RETURNED
    assert found["P2"].return_reason == "需补充实地照片"
    assert found["P3"].review_status is ReviewStatus.FINISHED
    assert found["P4"].review_status is ReviewStatus.SUBMITTED
    assert found["P5"].review_status is ReviewStatus.RETURNED
    assert found["P5"].return_reason == "面积不符"
    assert found["P6"].review_status is ReviewStatus.VOID
    assert {row.patch_id for row in report.applied} == {"P1", "P2", "P3", "P4", "P5"}
    assert codes(report.rejected) == {("P6", "R_VOID"), ("没有的", "R_ID_UNKNOWN")}
    assert ("P4", "N_NOT_JUDGED") in codes(report.notes)
    # Issued and in force: P1 P2 P3 P4 P5 P7; 已填报 = 101 + 90 + 95 + 97 = 5.
    assert report.counts == {
        "patches": 6, "in_table": 5, "filed": 5, "pending": 2, "returned": 2, "finished": 1, "open": 0
    }  # fmt: skip
    assert report.report()["fill_rate_percent"] == 83.33
    assert report.report()["return_rate_percent"] == 40.0
    kept = list((folder / "sources").rglob("状态.xlsx"))
    assert len(kept) == 1
    assert kept[0].read_bytes() == table.read_bytes()
    with Session.open(folder, "张经办") as session:
        assert session.workspace.check_journal() == []
        told = session.lineage("P2").platform
        assert (told.audit_stage, told.return_state, told.return_reason) == ("市级待审核", "已打回", "需补充实地照片")


def test_the_same_table_twice_is_no_change(folder, tmp_path):
    table = book(tmp_path / "状态.xlsx", [("P1", 4, 95, 0, None), ("P3", 10, 101, 0, None)])
    take(folder, table)
    with Session.open(folder, "张经办") as session:
        before = session.workspace.head()
    again = take(folder, table)
    assert again.applied == []
    assert {row.patch_id for row in again.unchanged} == {"P1", "P3"}
    assert again.seq == 0
    with Session.open(folder, "张经办") as session:
        assert session.workspace.head() == before


def test_words_in_many_spellings(folder, tmp_path):
    path = tmp_path / "状态.csv"
    with path.open("w", encoding="gb18030", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["图斑编号", "填报状态", "审核阶段"])
        writer.writerows(
            [["P1", "已 提交", "市级待审核"], ["P2", "已报", " 97-省级待审核 "], ["P4", "", "审核结束（101）"]]
        )
    take(folder, path)
    found = state(folder)
    assert found["P1"].review_status is ReviewStatus.SUBMITTED
    assert found["P2"].review_status is ReviewStatus.SUBMITTED
    assert found["P4"].review_status is ReviewStatus.FINISHED


def test_what_is_not_clear_is_listed_and_left_alone(folder, tmp_path):
    table = book(
        tmp_path / "状态.xlsx",
        [
            ("P1", 4, 96, 0, None),  # no such stage
            ("P2", 1, 101, 0, None),  # not filed and finished at once
            ("P3", 2, None, None, None),  # not filed, here it is
            ("P5", 4, 97, 0, None),  # here it is finished
            ("P4", 10, 97, 1, None),  # the province's stage cannot carry the return flag
            (None, 4, 95, 0, None),
        ],
    )
    before = {number: patch.review_status for number, patch in state(folder).items()}
    report = take(folder, table)
    assert {number: patch.review_status for number, patch in state(folder).items()} == before
    assert codes(report.rejected) == {
        ("P1", "R_STATE_UNKNOWN"), ("P2", "R_CONTRADICTION"), ("P4", "R_CONTRADICTION"), ("", "R_ID_EMPTY"),
    }  # fmt: skip
    assert {("P3", "N_CONTRADICTION"), ("P5", "N_CONTRADICTION")} <= codes(report.notes)
    take(folder, table, conflict="platform")
    found = state(folder)
    assert found["P3"].review_status is ReviewStatus.RETURNED
    assert found["P5"].review_status is ReviewStatus.SUBMITTED


def test_children_are_met_by_their_own_number_and_several_tasks_give_the_furthest(folder, tmp_path):
    table = book(
        tmp_path / "状态.xlsx",
        [
            ("P7", "P7_1", "已提交", "市级待审核", "拆分"),
            ("P7", "P7_2", "已审核", "审核结束", "拆分"),
            ("P1", "P1", "已提交", "市级待审核", None),
            ("P1", "P1", "已提交", "省级待审核", None),
            ("P2", "P2_9", "已提交", "市级待审核", "拆分"),
            ("P3", "P3", "已提交", "市级待审核", "被拆分"),
        ],
        header=("线索编号", "地块编号", "填报状态", "审核阶段", "图斑状态"),
    )
    report = take(folder, table)
    found = state(folder)
    assert found["P7_1"].review_status is ReviewStatus.SUBMITTED
    assert found["P7_2"].review_status is ReviewStatus.FINISHED
    assert found["P7"].review_status is ReviewStatus.ASSESSED
    assert found["P1"].review_status is ReviewStatus.SUBMITTED
    assert {("P1", "N_SEVERAL_ROWS"), ("P2", "N_CHILD_UNKNOWN"), ("P3", "N_SPLIT_THERE")} <= codes(report.notes)
    with Session.open(folder, "张经办") as session:
        assert session.lineage("P1").platform.audit_stage == "省级待审核"


def test_where_all_rows_have_a_date_the_latest_counts(folder, tmp_path):
    table = book(
        tmp_path / "状态.xlsx",
        [("P3", "审核结束", "2026-05-01"), ("P3", "已打回", "2026-06-01")],
        header=("图斑编号", "审核阶段", "更新时间"),
    )
    take(folder, table)
    assert state(folder)["P3"].review_status is ReviewStatus.RETURNED


def test_one_import_is_undone_as_one(folder, tmp_path):
    before = state(folder)
    with Session.open(folder, "张经办") as session:
        take(folder, book(tmp_path / "状态.xlsx", [("P1", 4, 95, 0, None), ("P4", 10, 101, 0, None)]))
        assert session.can_undo() == "平台状态导入"
        session.undo()
        assert session.lineage("P1").platform is None
    assert state(folder) == before


def test_a_status_set_by_hand_is_of_no_table_any_more(folder, tmp_path):
    take(folder, book(tmp_path / "状态.xlsx", [("P1", 4, 95, 0, None)]))
    with Session.open(folder, "张经办") as session:
        session.set_review("P1", "P1", ReviewStatus.FINISHED)
        assert session.patch_view("P1").patch.review_source is None


@pytest.mark.parametrize(
    ("header", "code"),
    [(("图斑编号", "面积"), "E_TABLE_COLUMNS"), (("序号", "审核阶段"), "E_TABLE_COLUMNS")],
)
def test_a_table_of_another_kind_is_refused(folder, tmp_path, header, code):
    with pytest.raises(WeipianError) as caught:
        take(folder, book(tmp_path / "表.xlsx", [("P1", 4)], header=header))
    assert caught.value.code == code


def test_the_header_can_be_told(folder, tmp_path):
    table = book(tmp_path / "表.xlsx", [("P1", "97")], header=("图斑编号", "进度"))
    take(folder, table, {"audit_stage": "进度"})
    assert state(folder)["P1"].review_status is ReviewStatus.SUBMITTED
    for field_map, code in (({"audit_stage": "没有"}, "E_FIELD_UNKNOWN"), ({"stage": "进度"}, "E_ANSWER")):
        with pytest.raises(WeipianError) as caught:
            take(folder, table, field_map)
        assert caught.value.code == code


def test_two_sheets_that_could_be_meant_are_asked_about(folder, tmp_path):
    made = openpyxl.Workbook()
    made.active.title = "五月"
    for sheet in (made.active, made.create_sheet("六月")):
        sheet.append(["图斑编号", "审核阶段"])
        sheet.append(["P1", 95 if sheet.title == "五月" else 101])
    made.save(tmp_path / "表.xlsx")
    with pytest.raises(WeipianError) as caught:
        take(folder, tmp_path / "表.xlsx")
    assert caught.value.code == "E_QUESTION"
    assert [c["value"] for c in caught.value.params["details"][0]["choices"]] == ["五月", "六月"]
    take(folder, tmp_path / "表.xlsx", sheet="六月")
    assert state(folder)["P1"].review_status is ReviewStatus.FINISHED


def test_what_only_the_platform_filed_can_still_be_judged_once(folder, tmp_path):
    take(folder, book(tmp_path / "状态.xlsx", [("P4", 10, 101, 0, None)]))
    with Session.open(folder, "张经办") as session:
        assert not session.queue_row("P4").finished
        session.judge("P4", "P4", "other", against_reason="实地未变化")
        found = session.patch_view("P4").patch
        assert found.review_status is ReviewStatus.FINISHED
        assert found.review_source == "platform:状态.xlsx"
        assert session.queue_row("P4").finished
        with pytest.raises(WeipianError) as caught:
            session.judge("P4", "P4", "legal", against_reason="改判")
        assert caught.value.code == "E_TRANSITION"
