"""图斑信息 as it is reached: the form opens with what is known, keeps what differs, and changes nothing by itself."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")

from weipian_plugin.gui import fact_work
from weipian_plugin.gui.dialogs.patch_facts import PatchFactsDialog
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.fact_work import FactCommands
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis


@pytest.fixture
def review(qapp, qtbot, session):
    dock = WeipianDock()
    qtbot.addWidget(dock)
    made = Review(dock)
    made.set_session(session)
    made.show_patch("u2")
    yield made
    made.close_session()


def accept(monkeypatch, **texts: str) -> list[PatchFactsDialog]:
    """The person changes some fields and presses 确定."""
    opened = []

    class Filled(PatchFactsDialog):
        def exec(self) -> int:
            opened.append(self)
            for name, text in texts.items():
                self.fields[name].setText(text)
            self._accept()
            return self.result()

    monkeypatch.setattr(fact_work, "PatchFactsDialog", Filled)
    return opened


def test_what_is_put_right_is_shown_at_once(review, session, monkeypatch) -> None:
    opened = accept(monkeypatch, village="乌牛村", assignee="李四", due_on="2026-07-01")
    FactCommands(review).edit()
    assert len(opened) == 1
    patch = session.patch_view("u2").patch
    assert (patch.village_name, patch.assignee, patch.due_on) == ("乌牛村", "李四", "2026-07-01")
    assert review.dock.queue.model.row_of("u2").assignee == "李四"
    assert review.dock.state.full_text() == "✔ 已保存图斑信息"


def test_opening_and_closing_changes_nothing(review, session, monkeypatch) -> None:
    before, depth = session.patch_view("u2").patch, session.undo_depth()
    opened = accept(monkeypatch)
    FactCommands(review).edit()
    assert len(opened) == 1
    assert session.patch_view("u2").patch == before
    assert session.undo_depth() == depth


@pytest.mark.parametrize("wrong", [{"due_on": "下周"}, {"adopted_mu": "1.2"}, {"adopted_mu": "许多"}])
def test_a_wrong_value_is_told_in_the_form(review, session, monkeypatch, wrong: dict[str, str]) -> None:
    before = session.patch_view("u2").patch
    opened = accept(monkeypatch, **wrong)
    FactCommands(review).edit()
    assert opened[0].error.text().startswith("✖")
    assert session.patch_view("u2").patch == before
