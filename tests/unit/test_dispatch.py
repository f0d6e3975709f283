"""派单: days by the calendar, who is late, the text for a chat group."""

from __future__ import annotations

from weipian_plugin.core import dispatch
from weipian_plugin.core.dispatch import Sent, Stop
from weipian_plugin.core.model import ReviewStatus as R


def _sent(uid: str = "u1", status: R = R.ASSIGNED, due: str = "2026-05-10", **more) -> Sent:
    return Sent(uid, f"5001{uid}", "b1", more.pop("village", "古路村"), more.pop("person", "李四"), due, "2026-05-01",
                status, **more)  # fmt: skip


def test_calendar_days() -> None:
    assert dispatch.plus_days("2026-02-27", 3) == "2026-03-02"  # 2026 is no leap year
    assert dispatch.plus_days("2028-02-27", 3) == "2028-03-01"
    assert dispatch.days_between("2026-12-30", "2027-01-02") == 3
    assert dispatch.weekday("2026-11-24") == "周二"
    assert dispatch.weekday("2026-05-31") == "周日"
    assert dispatch.weekday("") == ""


def test_the_deadline_begins_before_that_of_the_batch() -> None:
    assert dispatch.proposed_due("2026-05-01", 7) == "2026-05-08"
    assert dispatch.proposed_due("2026-05-01", 7, "2026-05-05") == "2026-05-05"
    assert dispatch.proposed_due("2026-05-01", 7, "2026-06-30") == "2026-05-08"
    assert dispatch.proposed_due("2026-05-01", 7, "2026-04-01") == "2026-05-08"  # over already: says nothing


def test_the_last_day_is_not_late_and_photos_or_a_survey_end_it() -> None:
    assert _sent().late_days("2026-05-10") == 0
    assert _sent().late_days("2026-05-12") == 2
    assert _sent(due="").late_days("2026-05-12") == 0
    assert _sent(photos=1).late_days("2026-05-12") == 0
    for status in (R.SURVEYED, R.JUDGED, R.SUBMITTED, R.FINISHED):
        assert _sent(status=status).late_days("2026-05-12") == 0
    for status in (R.RECEIVED, R.ASSESSED):  # sent before the overlay, or called back
        assert _sent(status=status).late_days("2026-05-12") == 2
    # Returned: the photos of last time do not count, those since do.
    assert _sent(status=R.RETURNED, photos=3).late_days("2026-05-12") == 2
    assert _sent(status=R.RETURNED, photos=3, fresh=1).late_days("2026-05-12") == 0


def test_the_late_list_goes_by_village_and_person_the_oldest_first() -> None:
    found = [
        _sent("a", village="乌牛村"), _sent("b", due="2026-05-09"), _sent("c", person="丁一"), _sent("d", due="2026-05-05"),
        _sent("e", photos=1), _sent("f", due="2026-05-20"),
    ]  # fmt: skip
    late = dispatch.late(found, "2026-05-12")
    assert sorted(item.patch_uid for item in late) == ["a", "b", "c", "d"]
    assert [item.patch_uid for item in late if item.village == "古路村" and item.person == "李四"] == ["d", "b"]
    cells = dispatch.late_cells(late[[item.patch_uid for item in late].index("d")], "2026-05-12")
    assert cells == ("古路村", "李四", "5001d", "2026-05-01", "2026-05-05", "7", "已派单")
    assert len(cells) == len(dispatch.LATE_HEADS)


def test_the_reminder_of_several_patches() -> None:
    stops = [
        Stop(
            "A1",
            "一级",
            "新增非农建设类",
            "7.91",
            106.7525812,
            29.781809,
            due_on="2026-05-10",
            late_days=2,
            person="李四",
        ),
        Stop("A2", placed=False, due_on="2026-05-10", late_days=2, person="李四"),
    ]
    text = dispatch.reminder_text("双桥村", stops, "2026-05-12", 3, "示例镇")
    lines = text.splitlines()
    assert lines[0] == "【卫片图斑核查】示例镇双桥村 2 个图斑"
    assert lines[1] == "请李四立即到现场核查并交回照片：期限 2026-05-10（周日），最长已逾期 2 天。"
    assert lines[2] == "1. A1 一级 新增非农建设类 7.91 亩"
    assert lines[3] == "　位置：东经 106.752581，北纬 29.781809，已逾期 2 天"
    assert "没有边界" in lines[5]
    assert "原图" in text
    assert "至少 3 张" in text


def test_the_reminder_of_one_patch_says_how_long_there_is() -> None:
    one = [Stop("A1", due_on="2026-05-10")]
    assert "请安排专人在 2026-05-10（周日）前到现场核查并交回照片，还有 4 天。" in dispatch.reminder_text(
        "", one, "2026-05-06"
    )
    assert "今天到期" in dispatch.reminder_text("", one, "2026-05-10")
    assert "已过" in dispatch.reminder_text("", one, "2026-05-11")
    assert "尽快到现场" in dispatch.reminder_text("", [Stop("A1")], "2026-05-11")
    two = [Stop("A1", due_on="2026-05-10"), Stop("A2", due_on="2026-05-12")]
    assert "；期限 2026-05-12" in dispatch.reminder_text("", two, "2026-05-01")
