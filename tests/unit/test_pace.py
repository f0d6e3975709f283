"""Days from delivery to hand-in: counted by hand from the days written here, never from a clock of the test."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from weipian_plugin.core.model import Batch, Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.store import workspace as store
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import pace


@pytest.fixture
def ws(tmp_path: Path):
    batches = (("day", "2026-06-01"), ("month", "2026-06"), ("none", ""))
    with Workspace.create(tmp_path / "ws", "试") as made:
        with made.transaction("import", "day", "张三") as change:
            for name, issued in batches:
                change.put("batch", records.batch_row(Batch(name, name, issued_on=issued, created_at="2026-06-02")))
            for uid, name in (("a", "day"), ("b", "day"), ("c", "month"), ("d", "none")):
                change.put("patch", records.patch_row(Patch(uid, f"P{uid}", name, area_m2=1.0)))
        yield made


def turn(ws: Workspace, monkeypatch, uid: str, status: ReviewStatus, when: str) -> None:
    """A change of status, journalled at a time in China."""
    moment = datetime.fromisoformat(f"{when}+08:00").timestamp()
    monkeypatch.setattr(store.time, "time", lambda: moment)
    patch = records.patch(ws, uid)
    with ws.transaction("review", uid, "张三") as change:
        change.put("patch", {**records.patch_row(patch), "review_status": status.value})


def test_days_run_from_the_issue_to_the_first_hand_in(ws, monkeypatch) -> None:
    monkeypatch.setattr(store, "next_hlc", lambda _last, now: f"{now:013d}-0000")
    turn(ws, monkeypatch, "a", ReviewStatus.SUBMITTED, "2026-06-11T00:10:00")  # still the 10th in London
    turn(ws, monkeypatch, "b", ReviewStatus.SUBMITTED, "2026-06-13T23:50:00")
    turn(ws, monkeypatch, "b", ReviewStatus.RETURNED, "2026-06-20T09:00:00")
    turn(ws, monkeypatch, "b", ReviewStatus.SUBMITTED, "2026-06-25T09:00:00")  # the second time does not count
    assert sorted(pace.days_to_submission(ws)) == [10, 12]
    assert pace.text(ws) == "下发到上报平均 11.0 天（2 个） · 已退回 0 个"


def test_an_issue_of_which_only_the_month_is_known_is_left_out(ws, monkeypatch) -> None:
    for uid in ("c", "d"):
        turn(ws, monkeypatch, uid, ReviewStatus.SUBMITTED, "2026-06-11T10:00:00")
    assert pace.days_to_submission(ws) == []
    assert pace.text(ws) == ""


def test_what_was_taken_back_was_not_handed_in(ws, monkeypatch) -> None:
    turn(ws, monkeypatch, "a", ReviewStatus.SUBMITTED, "2026-06-11T10:00:00")
    ws.reverse(ws.head()[0], "张三")
    assert pace.days_to_submission(ws) == []
