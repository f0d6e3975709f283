"""Facts of a patch put right by hand: what is saved, refused, and taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Batch, Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.workbench.patch_facts import PatchFacts, facts_of
from weipian_plugin.workbench.session import Session


@pytest.fixture
def session(tmp_path: Path):
    with Session.create(tmp_path / "ws", "试", "张三") as opened:
        with opened.workspace.transaction("import", "b", "张三") as change:
            change.put("batch", records.batch_row(Batch("b", "一批", created_at="2026-01-01")))
            for uid, extra in (
                ("a", {}),
                ("i", {"monitor_level": 1, "level_source": "issued"}),
                ("c", {"split_state": "child", "adopted_area_m2": 600.0, "adopted_source": "平差"}),
                ("v", {"review_status": ReviewStatus.VOID}),
            ):
                change.put("patch", records.patch_row(Patch(uid, f"P{uid}", "b", area_m2=666.0, **extra)))
        yield opened


def patch(session: Session, uid: str) -> Patch:
    return session.patch_view(uid).patch


def test_a_class_brings_its_level_unless_one_was_issued(session: Session) -> None:
    # 新增非农建设类 is level 1, 其他变化类 is level 3 by the plan.
    assert session.set_facts("a", "Pa", PatchFacts(monitor_class="新增非农建设类"))
    assert (patch(session, "a").monitor_level, patch(session, "a").level_source) == (1, "derived")
    session.set_facts("i", "Pi", PatchFacts(monitor_class="其他变化类", level=1))
    assert (patch(session, "i").monitor_level, patch(session, "i").level_source) == (1, "issued")


def test_a_level_by_hand_says_so_and_goes_with_undo(session: Session) -> None:
    session.set_facts("i", "Pi", PatchFacts(level=3))
    assert (patch(session, "i").monitor_level, patch(session, "i").level_source) == (3, "manual")
    session.undo()
    assert (patch(session, "i").monitor_level, patch(session, "i").level_source) == (1, "issued")


def test_an_adopted_area_needs_its_reason_and_counts_everywhere(session: Session) -> None:
    with pytest.raises(WeipianError) as caught:
        session.set_facts("a", "Pa", PatchFacts(adopted_mu="1.20"))
    assert caught.value.code == "E_ADOPTED"
    session.set_facts("a", "Pa", PatchFacts(adopted_mu="1.20", adopted_reason="勘测定界"))
    assert patch(session, "a").area_in_force == pytest.approx(800.0)  # 1.20 亩 x 2000 / 3
    assert str(session.queue_row("a").area_mu) == "1.20"
    assert facts_of(patch(session, "a")) == PatchFacts(adopted_mu="1.20", adopted_reason="勘测定界")
    session.set_facts("a", "Pa", PatchFacts())
    assert patch(session, "a").area_in_force == 666.0


@pytest.mark.parametrize("text", ["-1", "abc", "0", "nan"])
def test_no_area_that_is_none(session: Session, text: str) -> None:
    with pytest.raises(WeipianError) as caught:
        session.set_facts("a", "Pa", PatchFacts(adopted_mu=text, adopted_reason="x"))
    assert caught.value.code == "E_AREA_INVALID"


@pytest.mark.parametrize(
    ("uid", "facts", "code"),
    [
        ("c", PatchFacts(adopted_mu="1", adopted_reason="x"), "E_ADOPTED"),
        ("v", PatchFacts(level=1), "E_PATCH_VOID"),
        ("a", PatchFacts(level=4), "E_LEVEL"),
        ("a", PatchFacts(monitor_class="没有这一类"), "E_CLASS_UNKNOWN"),
        ("a", PatchFacts(due_on="明天"), "E_DATE_INVALID"),
    ],
)
def test_refusals_change_nothing(session: Session, uid: str, facts: PatchFacts, code: str) -> None:
    before = session.workspace.head()
    with pytest.raises(WeipianError) as caught:
        session.set_facts(uid, f"P{uid}", facts)
    assert caught.value.code == code
    assert session.workspace.head() == before


def test_the_same_again_writes_nothing(session: Session) -> None:
    before = session.workspace.head()
    assert not session.set_facts("c", "Pc", facts_of(patch(session, "c")))
    assert session.workspace.head() == before
    assert session.set_facts("c", "Pc", PatchFacts(village="古路村", assignee="李四", due_on="2026.6.30"))
    assert patch(session, "c").due_on == "2026-06-30"
    assert patch(session, "c").area_in_force == 600.0
