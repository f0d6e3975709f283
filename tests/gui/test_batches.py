"""Earlier patches, changed boundaries, the platform's word, void and withdrawn in the real dock."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

pytest.importorskip("qgis.gui")
from conftest import PREFIX
from qgis.PyQt.QtWidgets import QInputDialog, QToolButton

from weipian_plugin.core.model import PatchRelation, Reissue, ReviewStatus
from weipian_plugin.gui.dialogs.status_import import StatusDialog
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review
from weipian_plugin.store import records

pytestmark = pytest.mark.qgis
WAIT = 20_000


@pytest.fixture
def panel(qapp, qtbot, session):
    dock = WeipianDock()
    review = Review(dock)
    commands = Commands(review)
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.resize(400, 660)
    dock.show()
    review.set_session(session)
    yield review, dock, commands
    commands.close()


def button(dock: WeipianDock, text: str) -> QToolButton:
    found = [b for b in dock.earlier.findChildren(QToolButton) if b.text() == text and not b.isHidden()]
    assert found, text
    return found[0]


def put(session, *rows):
    with session.workspace.transaction("import", "b1", "测试") as change:
        for row in rows:
            if isinstance(row, Reissue):
                change.put("reissue", records.reissue_row(row))
            else:
                change.put("patch_relation", records.relation_row(row))


def answer(monkeypatch, text, accepted=1):
    monkeypatch.setattr(QInputDialog, "exec", lambda _self: accepted)
    monkeypatch.setattr(QInputDialog, "textValue", lambda _self: text)


def test_nothing_to_tell_takes_no_room(panel) -> None:
    _review, dock, _commands = panel
    assert dock.earlier.isHidden()


def test_evidence_of_an_earlier_patch_is_taken_over_and_given_back(panel, tmp_path: Path) -> None:
    review, dock, _commands = panel
    session = review.opened()
    paper = tmp_path / "批文.pdf"
    paper.write_bytes(b"%PDF-1.4 x")
    session.attach("u2", f"{PREFIX}0002", [paper])
    put(session, PatchRelation("u1", "u2", "earlier", 1660.0, 0.83, "位置重叠", "2026-06-01"))
    review.show_patch("u1")
    assert not dock.earlier.isHidden()
    assert dock.earlier.texts() == ["往期图斑 …0002（重叠 83%，未判定，举证 1 件）"]
    button(dock, "沿用举证").click()
    assert dock.notice.text() == ""
    assert len(review.current().evidence) == 1
    review.undo()
    assert review.current().evidence == ()
    button(dock, "打开").click()
    assert review.current().patch.patch_uid == "u2"


def test_a_changed_boundary_stays_in_sight_until_confirmed(panel) -> None:
    review, dock, _commands = panel
    put(review.opened(), Reissue("b1", "u1", "geometry", {"area_m2": ["2000.00", "2500.00"]}, "2026-06-01"))
    review.show_patch("u1")
    assert dock.earlier.texts() == ["▲ 下发边界有变化，判定可能受影响：3.00 → 3.75 亩"]  # 2 000 and 2 500 m²
    button(dock, "已核对").click()
    review.show_patch("u1")
    assert "判定可能受影响" not in "".join(dock.earlier.texts())
    assert review.opened().lineage("u1").boundary == ""


def test_a_patch_is_void_by_the_menu_and_comes_back_by_undo(panel, monkeypatch) -> None:
    review, dock, commands = panel
    review.show_patch("u3")
    answer(monkeypatch, "实地无房屋")
    done, total = dock.queue.model.progress()
    commands.batch_work.void("vanished", "图形灭失", "情况")
    assert review.opened().queue_row("u3").review_status is ReviewStatus.VOID
    assert dock.queue.model.progress() == (done, total - 1)
    assert dock.notice.text() == ""
    review.undo()
    assert review.opened().queue_row("u3").review_status is ReviewStatus.ASSESSED
    assert dock.queue.model.progress() == (done, total)


def test_cancelling_the_question_changes_nothing(panel, monkeypatch) -> None:
    review, _dock, commands = panel
    review.show_patch("u3")
    answer(monkeypatch, "", accepted=0)
    commands.batch_work.void("void", "作废", "原因")
    commands.batch_work.withdraw("b1", "五月")
    assert review.opened().can_undo() == ""


def test_a_batch_is_withdrawn_and_brought_back(panel, monkeypatch) -> None:
    review, dock, commands = panel
    answer(monkeypatch, "县局撤回")
    commands.batch_work.withdraw("b1", "五月")
    assert dock.queue.model.progress()[1] == 0
    review.undo()
    assert dock.queue.model.progress()[1] == 5


def test_the_menu_offers_void_and_withdraw(panel) -> None:
    _review, _dock, commands = panel
    commands._fill_reviews()
    commands._fill_batches()
    assert {"图形灭失…", "作废…"} <= {action.text() for action in commands._reviews.actions()}
    assert "撤回批次" in {action.text() for action in commands._batches.actions()}


def test_a_status_table_in_the_dialog_and_its_word_in_the_panel(panel, qtbot, tmp_path: Path) -> None:
    review, dock, _commands = panel
    book = openpyxl.Workbook()
    book.active.append(["图斑编号", "审核阶段(系统)", "打回状态", "退回原因"])
    book.active.append([f"{PREFIX}0001", 95, 1, "需补充实地照片"])
    book.active.append(["没有的", 95, 0, None])
    book.save(tmp_path / "状态.xlsx")
    dialog = StatusDialog(review.opened(), tmp_path / "状态.xlsx")
    qtbot.addWidget(dialog)
    dialog.start_import()
    qtbot.waitUntil(lambda: dialog.report is not None, timeout=WAIT)
    assert dialog.changed
    assert "没有的" in dialog.text.toPlainText()
    review.reload()
    review.show_patch("u1")
    reason, line = dock.earlier.texts()
    assert line.startswith("平台：市级待审核，已打回（表 状态.xlsx，")
    assert reason == "↩ 退回原因：需补充实地照片"
    assert review.opened().can_undo() == "平台状态导入"
    review.undo()
    assert review.opened().queue_row("u1").review_status is ReviewStatus.ASSESSED


def test_a_review_ended_by_hand_says_so(panel) -> None:
    review, dock, _commands = panel
    session = review.opened()
    session.judge("u1", f"{PREFIX}0001", "illegal", against_reason="现场建房")
    session.set_review("u1", f"{PREFIX}0001", ReviewStatus.SUBMITTED)
    review.show_patch("u1")
    assert dock.earlier.texts() == ["手填：已填报"]


def test_a_changed_boundary_of_a_split_patch_is_asked_about_on_the_import_page(panel, qtbot, tmp_path: Path) -> None:
    """u1 is split in the workspace; the delivery gives it another boundary (0.0005° wide before, 0.0008° now)."""
    import json

    from qgis.PyQt.QtWidgets import QComboBox

    from weipian_plugin.gui.dialogs.import_delivery import ImportDialog

    review, _dock, _commands = panel
    session = review.opened()
    with session.workspace.transaction("split", "u1", "测试") as change:
        change.put("patch", {"patch_uid": "u1", "split_state": "parent"})
    x, y = 106.801, 29.80
    ring = [[x, y], [x + 0.0008, y], [x + 0.0008, y + 0.0004], [x, y + 0.0004], [x, y]]
    feature = {
        "type": "Feature",
        "properties": {"JCBH": f"{PREFIX}0001"},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path = tmp_path / "六月.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    dialog = ImportDialog(session, path)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: dialog.inspection is not None and not dialog.task.busy, timeout=WAIT)
    if dialog.inspection.questions:
        for question in dialog.inspection.questions:
            dialog.answer(question.key, question.choices[0][0])
            qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    dialog.start_import()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.result is None
    (combo,) = [c for c in dialog.findChildren(QComboBox) if c.property("question") == "split_reissue"]
    assert [combo.itemData(i) for i in range(combo.count())][1:] == ["keep", "replace"]
    dialog.answer("split_reissue", "keep")
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    dialog.start_import()
    qtbot.waitUntil(lambda: dialog.result is not None, timeout=WAIT)
    assert dialog.result.plan.report()["counts"]["changed"] == 1
