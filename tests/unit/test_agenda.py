"""今天要办: every count from days and states written by hand, nothing from the code's own output."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from weipian_plugin.core.model import Batch, CaseAction, CaseStatus, Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.agenda import DeskFacts, Place, agenda, day_before
from weipian_plugin.workbench.session import Session
from weipian_plugin.workbench.views import QueueRow

TODAY = "2026-06-20"
NOTHING = DeskFacts()


def row(uid: str, **changes: object) -> QueueRow:
    values: dict[str, object] = {
        "patch_uid": uid, "patch_id": f"P{uid}", "batch_id": "b1", "level": 2, "monitor_class": "", "village": "",
        "area_mu": Decimal(1), "verdict": "", "doubt": False, "review_status": ReviewStatus.ASSESSED,
        "case_status": CaseStatus.NONE, "prime_mu": None, "redline_mu": None, "due_on": "", "bbox": None,
    }  # fmt: skip
    return QueueRow(**{**values, **changes})  # type: ignore[arg-type]


def counts(rows: list[QueueRow], facts: DeskFacts = NOTHING, **options: int) -> dict[str, tuple[str, ...]]:
    found = agenda(rows, [Batch("b1", "五月"), Batch("b2", "六月")], facts, TODAY, **options)
    return {todo.key: todo.uids for todo in found[0].todos} if found else {}


JUDGED = {"verdict": "illegal", "review_status": ReviewStatus.JUDGED}


@pytest.mark.parametrize(
    ("changes", "key", "expected"),
    [
        ({"due_on": "2026-06-19"}, "overdue", True),
        ({"due_on": "2026-06-20"}, "overdue", False),  # the last day is not over
        ({"due_on": "2026-06-20"}, "due", True),
        ({"due_on": "2026-06-27"}, "due", True),  # seven days on
        ({"due_on": "2026-06-28"}, "due", False),
        ({"due_on": ""}, "overdue", False),
        ({"due_on": "2026-06-19", **JUDGED}, "overdue", False),
        ({"verdict": "legal", "review_status": ReviewStatus.RETURNED}, "returned", True),
        ({"level": 1}, "open_1", True),
        ({"level": 1, **JUDGED}, "open_1", False),
        ({"doubt": True}, "doubt", True),
        ({}, "unassigned", True),
        ({"review_status": ReviewStatus.ASSIGNED}, "unassigned", False),
        ({**JUDGED}, "unassigned", False),
        ({**JUDGED}, "rectify", True),
        ({**JUDGED, "case_status": CaseStatus.CLOSED}, "rectify", False),
        ({"split_state": "parent", "due_on": "2026-06-01"}, "overdue", False),
        ({"review_status": ReviewStatus.VOID, "due_on": "2026-06-01"}, "overdue", False),
    ],
    ids=str,
)
def test_one_patch_is_in_a_line_or_not(changes: dict, key: str, expected: bool) -> None:
    assert (counts([row("a", **changes)]).get(key) == ("a",)) is expected


def test_somebody_was_given_the_patch() -> None:
    assert "unassigned" not in counts([row("a")], DeskFacts(assigned=frozenset({"a"})))


@pytest.mark.parametrize(("since", "expected"), [("2026-06-05", True), ("2026-06-06", False), ("", False)])
def test_a_transfer_is_silent_after_fifteen_days(since: str, expected: bool) -> None:
    transferred = row("a", **JUDGED, case_status=CaseStatus.TRANSFERRED)
    assert ("waiting" in counts([transferred], DeskFacts(waiting={"a": since}))) is expected
    assert "waiting" not in counts([row("a", **JUDGED)], DeskFacts(waiting={"a": since}))  # the case went on


def test_internal_check_is_asked_only_where_somebody_does_it() -> None:
    judged = [row("a", **JUDGED), row("b", **JUDGED), row("c")]
    assert "unchecked" not in counts(judged)
    facts = DeskFacts(checker=True, checks={"b": "returned"})
    assert counts(judged, facts)["unchecked"] == ("a",)
    assert counts(judged, facts)["internal"] == ("b",)


def test_several_batches_are_summed_and_the_urgent_one_comes_first() -> None:
    rows = [row("a"), row("b", batch_id="b2", due_on="2026-06-01"), row("c", batch_id="b2", **JUDGED)]
    found = agenda(rows, [Batch("b1", "五月"), Batch("b2", "六月")], DeskFacts(), TODAY)
    assert [(e.batch_id, e.done, e.total) for e in found] == [("", 1, 3), ("b2", 1, 2), ("b1", 0, 1)]
    assert {t.key: len(t.uids) for t in found[0].todos} == {"overdue": 1, "unassigned": 2, "open": 2, "rectify": 1}


def test_nothing_to_do_has_no_lines() -> None:
    found = agenda(
        [row("a", verdict="legal", review_status=ReviewStatus.FINISHED)], [Batch("b1", "五月")], DeskFacts(), TODAY
    )
    assert [(e.done, e.total, e.todos) for e in found] == [(1, 1, ())]


def test_days_cross_month_and_leap_year() -> None:
    assert day_before("2024-03-01", 1) == "2024-02-29"
    assert day_before("2026-12-30", -7) == "2027-01-06"


@pytest.fixture
def session(tmp_path: Path):
    with Workspace.create(tmp_path / "ws", "甲") as ws, ws.transaction("import", "b1", "测试") as change:
        change.put("batch", records.batch_row(Batch("b1", "五月")))
        for uid in ("u1", "u2", "u3"):
            change.put("patch", records.patch_row(Patch(uid, f"P{uid}", "b1", assignee="李" if uid == "u2" else None)))
        for number, (uid, kind, day) in enumerate(
            [("u1", "transfer", "2026-05-01"), ("u2", "transfer", "2026-05-02"), ("u2", "feedback", "2026-05-09"),
             ("u3", "feedback", "2026-04-01"), ("u3", "transfer", "2026-05-03")]
        ):  # fmt: skip
            change.put("case_action", records.action_row(CaseAction(uid, kind, day, action_id=f"a{number}")))
    with Session.open(tmp_path / "ws", "测试员") as opened:
        yield opened


def test_facts_come_from_the_workspace(session: Session) -> None:
    facts = session.desk_facts()
    assert facts.waiting == {"u1": "2026-05-01", "u3": "2026-05-03"}  # u2 was answered
    assert facts.assigned == {"u2"}
    assert facts.checks == {}


def test_place_drafts_and_ticks_come_back_and_are_in_no_journal(session: Session, tmp_path: Path) -> None:
    anchor = session.anchor()
    place = Place("u1", 106.8, 29.8, 420.0, "swipe")
    draft = {"u1": {"verdict": "illegal", "basis": "现场\n核实", "answers": {"actor": "张三"}}}
    session.keep_place(place)
    session.keep_drafts(draft)
    session.keep_fill_ticks({"p": {"u1": ["a"]}})
    session.close()
    with Session.open(tmp_path / "ws", "测试员") as again:
        assert (again.last_place(), again.drafts(), again.fill_ticks()) == (place, draft, {"p": {"u1": ["a"]}})
        assert again.anchor() == anchor


@pytest.mark.parametrize("text", ["", "{", "[]", "[1]", '{"lon": "x"}', "null", '"a"', '{"u1": 3}'])
def test_spoilt_notes_give_nothing(session: Session, text: str) -> None:
    for name in ("desk_place", "desk_drafts", "desk_fill"):
        session.workspace.note(name, text)
    assert session.last_place() == Place()
    assert session.drafts() == {}
    assert session.fill_ticks() == {}
