"""The number of a document is typed once, beside the file, and goes into what is filed."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")
from conftest import PREFIX
from qgis.PyQt.QtWidgets import QDialog

from weipian_plugin.gui import evidence_work
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.evidence_work import EvidenceWork
from weipian_plugin.gui.review import Review
from weipian_plugin.gui.small_dialogs import DocumentDialog

pytestmark = pytest.mark.qgis


@pytest.fixture
def review(qapp, qtbot, session, tmp_path):
    paper = tmp_path / "供地批复.pdf"
    paper.write_bytes(b"%PDF-1.4 supply")
    session.attach("u2", f"{PREFIX}0002", [paper], "supply_doc")
    dock = WeipianDock()
    qtbot.addWidget(dock)
    made = Review(dock)
    made.work = EvidenceWork(made)
    made.set_session(session)
    made.show_patch("u2")
    yield made
    made.close_session()


def fill(monkeypatch, number: str, day: str, area: str) -> None:
    """The person fills the form in and presses 确定."""

    class Filled(DocumentDialog):
        def exec(self) -> int:
            self.number.setText(number)
            self.day.setText(day)
            self.area.setText(area)
            self._accept()
            return self.result()

    monkeypatch.setattr(evidence_work, "DocumentDialog", Filled)


def test_number_and_date_of_a_document_are_kept_filed_and_undone(review, session, monkeypatch) -> None:
    panel = review.dock.evidence
    panel.strip.setCurrentRow(0)
    assert panel.aim.isEnabled()
    assert panel.aim.text() == "文号…"  # no direction is asked of a paper
    fill(monkeypatch, "渝北府地〔2026〕9号", "2026/3/5", "1.25")
    panel.aim.click()
    (link,) = session.patch_view("u2").evidence
    assert (link.evidence.doc_no, link.evidence.doc_date, link.evidence.doc_area_mu) == (
        "渝北府地〔2026〕9号", "2026-03-05", "1.25",
    )  # fmt: skip
    assert panel.strip.item(0).text() == "渝北府地〔2026〕9号"
    from weipian_plugin.workbench.filling import fill as filled
    from weipian_plugin.workbench.filling import profiles

    view = session.patch_view("u2")
    texts = {item.field.id: item.text for item in filled(profiles(view.pack)[0], view, view.pack)}
    assert texts["supply_no"] == "渝北府地〔2026〕9号"
    review.undo()
    assert session.patch_view("u2").evidence[0].evidence.doc_no == ""


@pytest.mark.parametrize(("day", "area"), [("昨天", ""), ("2026-13-01", ""), ("", "很大"), ("", "-3")])
def test_what_is_no_date_or_area_is_told_and_not_kept(review, session, monkeypatch, day: str, area: str) -> None:
    fill(monkeypatch, "甲", day, area)
    review.dock.evidence.strip.setCurrentRow(0)
    review.dock.evidence.aim.click()
    assert session.patch_view("u2").evidence[0].evidence.doc_no == ""


def test_the_form_says_what_is_wrong(review, session, qtbot) -> None:
    dialog = DocumentDialog(session.patch_view("u2").evidence[0].evidence)
    qtbot.addWidget(dialog)
    dialog.day.setText("昨天")
    dialog._accept()
    assert dialog.result() != QDialog.DialogCode.Accepted
    assert "昨天" in dialog.error.text()
