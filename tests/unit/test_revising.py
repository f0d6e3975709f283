"""改判, 内审, people and pick-lists: who may change what, and what it takes."""

from __future__ import annotations

import csv

import openpyxl
import pytest

from weipian_plugin.core import internal, revision
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import CaseAction, CaseStatus, Judgement, Patch, ReviewStatus, Verdict
from weipian_plugin.core.office import InternalCheck
from weipian_plugin.core.people import same_person
from weipian_plugin.store import records
from weipian_plugin.workbench.decisions import apply_decisions
from weipian_plugin.workbench.revising import HEADS
from weipian_plugin.workbench.session import Session

PID = "500112SJBG26210184"
L, I, O = Verdict.LEGAL, Verdict.ILLEGAL, Verdict.OTHER  # noqa: E741 - the three verdicts side by side
R, C = ReviewStatus, CaseStatus


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path / "工作区", "古路镇", "张三") as opened:
        with opened.workspace.transaction("import", "b1", "张三") as change:
            change.put("batch", {"batch_id": "b1", "name": "五月", "created_at": "2026-06-01"})
            patch = Patch("u1", PID, "b1", area_m2=1000.0, village_name="柏树村", review_status=R.ASSESSED)
            change.put("patch", records.patch_row(patch))
        yield opened


def refused(code, function, *args, **kwargs) -> str:
    with pytest.raises(WeipianError) as caught:
        function(*args, **kwargs)
    assert caught.value.code == code
    return str(caught.value)


def judge(session, verdict, **more) -> None:
    session.judge("u1", PID, verdict, **{"against_reason": "核实", **more})


@pytest.mark.parametrize(
    ("before", "after", "review", "case", "submitted", "expected"),
    [
        (I, O, R.JUDGED, C.NONE, False, False),  # nothing happened yet: a verdict is cheap to correct
        (I, O, R.JUDGED, C.STOPPED, False, True),
        (I, L, R.JUDGED, C.FILED, False, True),
        (I, None, R.JUDGED, C.TRANSFERRED, False, True),  # back to 存疑 takes 违法 away as well
        (I, O, R.SUBMITTED, C.NONE, False, True),
        (I, O, R.FINISHED, C.NONE, False, True),
        (I, O, R.RETURNED, C.NONE, False, True),
        (I, O, R.JUDGED, C.NONE, True, True),  # submitted, returned, judged 违法 once more
        (I, I, R.SUBMITTED, C.FILED, True, False),
        (L, I, R.SUBMITTED, C.NONE, True, False),
        (None, O, R.JUDGED, C.NONE, True, False),
    ],
)
def test_what_is_a_changed_verdict(before, after, review, case, submitted, expected) -> None:
    assert revision.is_revision(before, after, review, case, submitted=submitted) is expected


@pytest.mark.parametrize(
    ("reason", "doc_no", "evidence", "second", "words"),
    [
        ("", "", "", "", ["改判理由", "依据文件", "复核人"]),
        ("有批文", "渝1号", "", "李四", []),
        ("有批文", "", "e1", "李四", []),  # the file itself stands for its number
        ("有批文", "渝1号", "", " 张 三 ", ["本人"]),
        ("有批文", "渝1号", "", "张三", ["本人"]),
        (" ", "渝1号", "", "李四", ["改判理由"]),
    ],
)
def test_what_a_changed_verdict_lacks(reason, doc_no, evidence, second, words) -> None:
    lacking = revision.missing(reason, doc_no, evidence, second, "张三")
    assert len(lacking) == len(words)
    assert all(word in text for word, text in zip(words, lacking))


def test_names_are_compared_as_people_read_them() -> None:
    assert same_person("ＺＨＡＮＧ 三", "zhang三")
    assert not same_person("张三", "张三丰")


def test_after_a_stop_order_the_verdict_is_changed_on_paper_only(session, tmp_path) -> None:
    judge(session, "illegal")
    assert not session.is_revision("u1", "other")
    session.add_action(CaseAction("u1", "stop", "2026-06-02", doc_no="责停1号"), PID)
    assert session.is_revision("u1", "other")
    said = refused("E_REVISION", judge, session, "other")
    assert "文号" in said
    assert "复核人" in said
    refused("E_REVISION", judge, session, "other", doc_no="渝1号", second_person="张三")
    assert session.revisions() == []
    judge(session, "other", reason_id="approval_found", against_reason="", doc_no="渝1号", second_person="李四")
    (line,) = session.revisions()
    assert line.cells()[:10] == (
        PID, "柏树村", "违法", "其他", "补充核实到有效的批准文件", "渝1号", "", "已制止", "张三", "李四",
    )  # fmt: skip
    assert session.queue_row("u1").case_status is C.NONE
    assert "李四" in {person.name for person in session.people()}
    session.save_revisions(tmp_path / "改判清单.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "改判清单.xlsx").active
    assert [c.value for c in sheet[1]] == list(HEADS)
    assert sheet["A2"].value == PID
    session.save_revisions(tmp_path / "改判清单.csv")
    with (tmp_path / "改判清单.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][0] == PID
    assert session.undo() == "判定"
    assert session.revisions() == []
    assert session.queue_row("u1").case_status is C.STOPPED
    session.redo()
    assert len(session.revisions()) == 1
    assert session.workspace.check_journal() == []


def test_submitted_once_is_submitted_even_when_judged_again(session) -> None:
    judge(session, "illegal")
    session.set_review("u1", PID, R.SUBMITTED)
    session.set_review("u1", PID, R.RETURNED)
    judge(session, "illegal")
    assert session.queue_row("u1").review_status is R.JUDGED
    refused("E_REVISION", judge, session, "legal")


def test_a_submission_that_was_undone_was_none(session) -> None:
    judge(session, "illegal")
    session.set_review("u1", PID, R.SUBMITTED)
    session.undo()
    judge(session, "other")
    assert session.queue_row("u1").verdict == "other"


def test_a_submitted_verdict_comes_back_by_paper(session) -> None:
    judge(session, "illegal")
    session.set_review("u1", PID, R.SUBMITTED)
    judge(session, "other", doc_no="渝2号", second_person="李四")
    assert session.queue_row("u1").review_status is R.JUDGED


@pytest.mark.parametrize(
    ("columns", "values", "code"),
    [
        ("", "", "E_REVISION"),
        (",改判理由,文号", ",有批文,渝1号", "E_REVISION"),
        (",改判理由,文号,复核人", ",有批文,渝1号,张三", "E_REVISION"),
        (",改判理由,文号,复核人", ",有批文,渝1号,李四", ""),
        (",改判理由,复核人,附件", ",有批文,李四,批文.pdf", ""),
    ],
)
def test_a_table_obeys_the_same_rule(session, tmp_path, columns, values, code) -> None:
    judge(session, "illegal")
    session.add_action(CaseAction("u1", "stop", "2026-06-02"), PID)
    (tmp_path / "批文.pdf").write_bytes(b"%PDF-1.4 approval")
    table = tmp_path / "表.csv"
    table.write_text(f"图斑编号,判定{columns}\n{PID},其他{values}\n", encoding="utf-8")
    report = apply_decisions(session.folder, table, "张三", Silent())
    assert [row.code for row in report.rejected] == ([code] if code else [])
    assert session.queue_row("u1").verdict == ("illegal" if code else "other")
    assert len(session.revisions()) == (0 if code else 1)


# -- people and 内审 -----------------------------------------------------------------------------


def test_who_only_looks_writes_nothing_not_even_by_table(session, tmp_path) -> None:
    session.sit_down("王五", "viewer")
    assert session.role == "viewer"
    refused("E_ROLE_VIEWER", judge, session, "illegal")
    table = tmp_path / "表.csv"
    table.write_text(f"图斑编号,判定\n{PID},违法\n", encoding="utf-8")
    report = apply_decisions(session.folder, table, "王五", Silent())
    assert [row.code for row in report.rejected] == ["E_ROLE_VIEWER"]
    session.sit_down("王五", "filler")
    judge(session, "illegal")
    assert records.judgements(session.workspace)["u1"].by == "王五"


def test_a_role_is_kept_for_the_next_day(session) -> None:
    session.sit_down("李四", "checker")
    session.close()
    with Session.open(session.folder, "李四") as again:
        assert again.role == "checker"
        assert again.sit_down("李 四").role == "checker"
        assert [person.name for person in again.people()] == ["李四"]


def test_a_name_and_a_role_are_needed(session) -> None:
    refused("E_PERSON", session.sit_down, "  ")
    refused("E_ROLE", session.sit_down, "李四", "boss")


def test_checking_is_for_another_person(session) -> None:
    judge(session, "illegal")
    refused("E_ROLE_CHECKER", session.check_internal, "u1", PID, "pass")
    session.sit_down("张三", "checker")
    refused("E_CHECK_SELF", session.check_internal, "u1", PID, "pass")
    session.sit_down("李四", "checker")
    refused("E_CHECK_REASON", session.check_internal, "u1", PID, "returned")
    session.check_internal("u1", PID, "returned", ["basis_unclear"], "补文号")
    assert session.check_result("u1") == "returned"
    assert session.queue_row("u1").review_status is R.JUDGED  # 县审 knows nothing of it
    (check,) = session.patch_view("u1").checks
    assert "判定依据没有写清；补文号" in session.check_text(check)
    refused("E_CHECK_RETURNED", session.set_review, "u1", PID, R.SUBMITTED)
    session.sit_down("张三", "filler")
    judge(session, "illegal", basis="渝北规资〔2026〕3号")
    assert session.check_result("u1") == ""  # a new judgement is to be checked anew
    session.sit_down("李四", "checker")
    session.check_internal("u1", PID, "pass")
    session.set_review("u1", PID, R.SUBMITTED)
    refused("E_CHECK_STATE", session.check_internal, "u1", PID, "pass")


@pytest.mark.parametrize(
    ("checked", "results", "expected"),
    [("j1", ["pass"], "pass"), ("j1", ["pass", "returned"], "returned"), ("j0", ["pass"], ""), ("j1", [], "")],
)
def test_a_check_is_of_one_judgement(checked, results, expected) -> None:
    judgement = Judgement("u1", I, judgement_id="j1")
    checks = [InternalCheck(str(i), "u1", checked, result) for i, result in enumerate(results)]
    assert internal.result(judgement, checks) == expected


# -- reasons -------------------------------------------------------------------------------------


def test_the_office_adds_its_own_reasons(session) -> None:
    before = session.reasons("against")
    session.add_reason("against", "县局  已有批复")
    session.add_reason("against", "县局 已有批复")
    added = session.reasons("against")[len(before) :]
    assert [(item.label, item.own) for item in added] == [("县局 已有批复", True)]
    assert session.workspace.journal("against")[0].action == "reason"
    refused("E_ANSWER", session.add_reason, "whatever", "x")
    session.close()
    with Session.open(session.folder, "李四") as again:
        assert again.reasons("against") == [*before, *added]


def test_a_picked_reason_is_kept_in_words(session) -> None:
    judge(session, "illegal", reason_id="layer_wrong", against_reason="永农已调出")
    kept = records.judgements(session.workspace)["u1"]
    assert kept.against_reason == "地类或永农图层与现状不符；永农已调出"
    assert kept.role == "filler"


# -- pace ----------------------------------------------------------------------------------------


def test_days_from_delivery_to_submission(session) -> None:
    from datetime import date, timedelta

    from weipian_plugin.workbench.clock import today

    issued = (date.fromisoformat(today()) - timedelta(days=9)).isoformat()
    with session.workspace.transaction("batch", "b1", "张三") as change:
        change.put("batch", {"batch_id": "b1", "issued_on": issued})
    assert session.pace_text() == ""
    judge(session, "illegal")
    assert session.judged_today() == 1
    session.set_review("u1", PID, R.SUBMITTED)
    assert session.pace_text() == "下发到上报平均 9.0 天（1 个） · 已退回 0 个"
    session.set_review("u1", PID, R.RETURNED)
    assert session.pace_text() == "下发到上报平均 9.0 天（1 个） · 已退回 1 个"
