"""Undo and redo as a model would do them, over any sequence of actions and restarts."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Patch, ReviewStatus
from weipian_plugin.core.trail import Done, Trail
from weipian_plugin.store import records
from weipian_plugin.workbench.session import Session

UIDS = ("u1", "u2", "u3")
DAY = "2026-06-01"


def walked(*rows: tuple[str, str], day: str = DAY) -> Trail:
    trail = Trail({"judge", "case"}, {"import"})
    for seq, (who, action) in enumerate(rows, 1):
        trail.take(Done(seq, who, action, f"p{seq}", day))
    return trail


def seqs(steps: list[Done]) -> list[int]:
    return [step.seq for step in steps]


@pytest.mark.parametrize(
    ("rows", "back", "again"),
    [
        ([("甲", "judge"), ("甲", "case")], [2, 1], []),
        ([("甲", "judge"), ("甲", "undo")], [], [2]),
        ([("甲", "judge"), ("甲", "undo"), ("甲", "redo")], [3], []),
        ([("甲", "judge"), ("甲", "undo"), ("甲", "case")], [3], []),  # what is new forgets what could be redone
        ([("甲", "judge"), ("乙", "judge")], [1], []),  # only one's own
        ([("甲", "judge"), ("甲", "export")], [1], []),  # no barrier, nothing to undo
        ([("甲", "judge"), ("乙", "import")], [], []),  # nobody goes back behind new patches
        ([("甲", "judge"), ("甲", "import"), ("甲", "judge")], [3], []),
    ],
)
def test_the_stack_of_a_person(rows, back, again) -> None:
    trail = walked(*rows)
    assert seqs(trail.back("甲", DAY)) == back
    assert seqs(trail.again("甲", DAY)) == again


def test_yesterday_stays_as_it_is() -> None:
    assert seqs(walked(("甲", "judge")).back("甲", "2026-06-02")) == []


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trail")
    numbers = itertools.count()

    def make():
        place = folder / str(next(numbers))
        with Session.create(place, "古路镇", "甲") as session, session.workspace.transaction("import", "b", "甲") as c:
            c.put("batch", {"batch_id": "b", "name": "五月", "created_at": "2026-06-01"})
            for uid in UIDS:
                patch = Patch(uid, uid, "b", area_m2=1000.0, review_status=ReviewStatus.ASSESSED)
                c.put("patch", records.patch_row(patch))
        return place

    return make


def state(session: Session) -> tuple:
    """What a person would see of the three patches."""
    found = records.judgements(session.workspace)
    return tuple(
        (
            session.queue_row(uid).review_status.value,
            (found[uid].verdict.value if found[uid].verdict else "", found[uid].basis) if uid in found else None,
        )
        for uid in UIDS
    )


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("judge"), st.sampled_from(UIDS), st.sampled_from(["legal", "illegal", "other"])),
        st.tuples(st.just("doubt"), st.sampled_from(UIDS), st.just("")),
        st.tuples(st.just("field"), st.sampled_from(UIDS), st.just("")),
        st.tuples(st.sampled_from(["undo", "redo", "restart"]), st.just(""), st.just("")),
    ),
    min_size=4,
    max_size=14,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS)
def test_any_sequence_leaves_what_a_list_of_states_says(room, steps) -> None:
    """The model: a list of states and a place in it; undo and redo move the place, an action cuts off behind it."""
    folder = room()
    session = Session.open(folder, "甲")
    states, place = [state(session)], 0
    try:
        for number, (what, uid, verdict) in enumerate(steps):
            if what == "restart":
                session.close()
                session = Session.open(folder, "甲")
            elif what in ("undo", "redo"):
                wanted = place + (1 if what == "redo" else -1)
                if 0 <= wanted < len(states):
                    getattr(session, what)()
                    place = wanted
                else:
                    with pytest.raises(WeipianError) as caught:
                        getattr(session, what)()
                    assert caught.value.code == f"E_NOTHING_TO_{what.upper()}"
            else:
                try:
                    if what == "field":
                        session.to_field(uid, uid)
                    else:
                        session.judge(
                            uid, uid, verdict, basis=str(number), doubt=what == "doubt", against_reason="核实"
                        )
                except WeipianError as error:
                    if error.code != "E_TRANSITION":  # 已派单 is not judged before it was looked at
                        raise
                    continue
                states[place + 1 :] = [state(session)]
                place += 1
            assert state(session) == states[place]
            assert session.undo_depth() == place
        assert session.workspace.check_journal() == []
    finally:
        session.close()


def test_what_somebody_else_decided_since_is_not_taken_back(room) -> None:
    folder = room()
    with Session.open(folder, "甲") as first:
        first.judge("u1", "u1", "illegal", against_reason="核实")
    with Session.open(folder, "乙") as second:
        assert second.can_undo() == ""
        second.judge("u1", "u1", "other", against_reason="核实")
    with Session.open(folder, "甲") as first, pytest.raises(WeipianError) as caught:
        first.undo()
    assert caught.value.code == "E_UNDO_CHANGED"


def test_labels_name_the_patch(room) -> None:
    with Session.open(room(), "甲") as session:
        session.judge("u2", "u2", "illegal", against_reason="核实")
        session.to_field("u3", "u3")
        assert session.undo_labels() == ["转外业 …u3", "判定 …u2"]
        session.undo()
        assert session.undo_labels(1) == ["判定 …u2"]
        assert session.redo_labels() == ["转外业 …u3"]
