"""Judging in the real dock by keys: sub-type, reason, redo, field, seen imagery, 改判, 内审, who sits there."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialog, QPushButton

from weipian_plugin.core.model import CaseAction
from weipian_plugin.core.states import CASE_ACTIONS
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review
from weipian_plugin.gui.small_dialogs import ActionDialog
from weipian_plugin.workbench.session import Session

pytestmark = pytest.mark.qgis
PREFIX = "500112SJBG2621"


class Map(QObject):
    """A map whose later image is painted when the test says so."""

    message = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.images: set[str] = set()
        self.painted: set[str] = set()

    def has_image(self, _uid: str, role: str) -> bool:
        return role in self.images

    def shown_roles(self, _uid: str) -> set[str]:
        return self.painted

    def __getattr__(self, name: str):
        return lambda *_arguments: []


@pytest.fixture
def opened(qapp, qtbot, folder):
    made = []

    def make(who: str = "张三"):
        dock = WeipianDock()
        the_map = Map()
        review = Review(dock, lambda _session: the_map)
        commands = Commands(review)
        commands._reopened = True
        qtbot.addWidget(dock)
        dock.resize(400, 660)
        dock.show()
        review.test_map = the_map
        review.set_session(Session.open(folder, who))
        dock.activateWindow()
        QTest.qWait(20)  # the window has the keyboard from here on
        dock.queue.table.setFocus()
        made.append(commands)
        return review, dock, commands

    yield make
    for commands in made:
        if commands.review.session is not None:
            commands.close()


def press(dock, key, modifier=Qt.KeyboardModifier.NoModifier, widget=None) -> None:
    QTest.keyClick(widget or dock.queue.table, key, modifier)
    QTest.qWait(10)


def decide(review, dock, verdict: str = "illegal") -> str:
    """Judge the patch on the screen as the panel does; gives its uid."""
    uid = review.view.patch.patch_uid
    dock.verdict.press(verdict)
    dock.form.reason.setText("现场核实")
    press(dock, Qt.Key.Key_Return)
    assert review.session.queue_row(uid).verdict == verdict, dock.notice.text()
    return uid


def test_undo_and_redo_by_key_across_patches_and_a_restart(opened) -> None:
    review, dock, commands = opened()
    done = [decide(review, dock), decide(review, dock, "other")]
    assert "判定 …" in dock.undo.toolTip()
    commands.close()
    review, dock, _commands = opened()
    session = review.session
    for uid in reversed(done):
        press(dock, Qt.Key.Key_Z)
        assert session.queue_row(uid).verdict == ""
        assert review.view.patch.patch_uid == uid
    for uid, verdict in zip(done, ("illegal", "other")):
        press(dock, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
        assert session.queue_row(uid).verdict == verdict
        assert review.view.patch.patch_uid == uid
    press(dock, Qt.Key.Key_Z, Qt.KeyboardModifier.ShiftModifier)
    assert "没有可以重做" in dock.notice.text()


def test_a_full_judgement_takes_six_keys_at_most(opened) -> None:
    review, dock, _commands = opened()
    uid = review.view.patch.patch_uid
    press(dock, Qt.Key.Key_2)
    press(dock, Qt.Key.Key_2)  # the same key again opens the sub-types
    listed = dock.form.sub_type.view()
    assert listed.isVisible()
    wanted = review.pack.sub_types["illegal"][1]
    press(dock, Qt.Key.Key_2, widget=listed)
    press(dock, Qt.Key.Key_Return, widget=listed)
    QTest.qWait(20)
    assert dock.form.sub_type.currentData() == wanted.id
    if review._needs_reason(dock.form.choice("illegal", doubt=False)):
        dock.form.reason.setText("现场核实")
    press(dock, Qt.Key.Key_Return)
    assert review.session.queue_row(uid).verdict == "illegal"
    assert review.session.patch_view(uid).judgement.sub_type == wanted.id


def test_triage_takes_one_key(opened) -> None:
    review, dock, _commands = opened()
    uid = review.view.patch.patch_uid
    press(dock, Qt.Key.Key_F)
    assert review.session.queue_row(uid).review_status.value == "assigned"
    assert review.view.patch.patch_uid != uid
    press(dock, Qt.Key.Key_Z)
    assert review.session.queue_row(uid).review_status.value == "assessed"


def test_no_verdict_before_the_later_image_was_painted(opened) -> None:
    review, dock, _commands = opened()
    uid = review.view.patch.patch_uid
    review.test_map.images = {"image_after"}
    dock.verdict.press("illegal")
    dock.form.reason.setText("现场核实")
    press(dock, Qt.Key.Key_Return)
    assert review.session.queue_row(uid).verdict == ""
    assert "后时相影像还没显示" in dock.notice.text()
    review.test_map.painted = {"image_after", "image_before"}
    press(dock, Qt.Key.Key_Return)
    assert review.session.patch_view(uid).judgement.seen == "before+after"


def test_without_imagery_nobody_waits_and_it_says_so(opened) -> None:
    review, dock, _commands = opened()
    uid = decide(review, dock)
    assert review.session.patch_view(uid).judgement.seen == "none"


def test_the_office_extends_the_pick_list(opened) -> None:
    review, dock, _commands = opened()
    dock.verdict.press("illegal")
    dock.form.reason.setText("县局已有批复")
    dock.form.reason_pick.add_requested.emit()
    assert dock.form.reason_pick.reason_id() == "县局已有批复"
    assert dock.form.reason.text() == ""
    assert "县局已有批复" in [item.label for item in review.session.reasons("against")]


def test_a_changed_verdict_asks_for_its_paper(opened, monkeypatch) -> None:
    from weipian_plugin.gui.dialogs import revision

    review, dock, _commands = opened()
    uid = decide(review, dock)
    patch_id = review.session.queue_row(uid).patch_id
    review.session.add_action(CaseAction(uid, "stop", "2026-06-02"), patch_id)
    review.show_patch(uid)
    asked = []

    def fill(dialog) -> bool:
        asked.append(dialog)
        with pytest.raises(ValueError, match="复核人"):
            dialog.check()
        dialog.reason.setCurrentIndex(1)
        dialog.doc_no.setText("渝1号")
        dialog.second.setCurrentText("李四")
        dialog.check()
        return True

    monkeypatch.setattr(revision.RevisionDialog, "exec", lambda _dialog: False)
    dock.verdict.press("other")
    press(dock, Qt.Key.Key_Return)
    assert review.session.queue_row(uid).verdict == "illegal"  # thought better of it
    monkeypatch.setattr(revision.RevisionDialog, "exec", fill)
    press(dock, Qt.Key.Key_Return)
    assert len(asked) == 1
    (line,) = review.session.revisions()
    assert (line.before, line.after, line.doc_no, line.second_person) == ("违法", "其他", "渝1号", "李四")


def test_checker_and_viewer_sit_down(opened) -> None:
    review, dock, commands = opened()
    uid = decide(review, dock)
    for name, role in (("李四", "checker"), ("王五", "viewer")):
        dock.header.who.click()
        dialog = commands.judging.dialog
        dialog.name.setCurrentText(name)
        dialog.role.setCurrentIndex(dialog.role.findData(role))
        dialog.accept()
        dock.activateWindow()
        QTest.qWait(20)
        dock.queue.table.setFocus()
        assert dock.header.who.text() == name
        assert (review.session.who, review.session.role) == (name, role)
        if role == "checker":
            review.show_patch(uid)
            press(dock, Qt.Key.Key_Y)
            assert review.session.check_result(uid) == "pass"
    assert not dock.submit.isEnabled()
    press(dock, Qt.Key.Key_F)
    assert "只看" in dock.notice.text()


def test_the_header_counts_today(opened) -> None:
    review, dock, _commands = opened()
    decide(review, dock)
    review.refresh_counts()
    assert dock.header.progress.format() == "1/5 · 今日 1 · 剩 4"


def test_tab_takes_a_grey_suggestion_and_nothing_else_does(opened) -> None:
    _review, dock, _commands = opened()
    dock.verdict.press("illegal")
    field = dock.form.fields["actual_use"]
    dock.form.suggest({"actual_use": ("厂房", "下发属性")})
    assert "厂房" in field.placeholderText()
    assert "actual_use" not in dock.form.choice("illegal", doubt=False).answers
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert dock.form.choice("illegal", doubt=False).answers["actual_use"] == "厂房"


def test_guide_shows_the_steps_in_the_order_of_the_plan(opened) -> None:
    _review, _dock, commands = opened()
    text = commands.judging.guide.text.toPlainText()
    places = [text.index(word) for word in ("合法", "设施农用地", "农村道路", "其他", "违法")]
    assert places[0] < places[1] < places[2]
    assert commands.judging.fold.isVisibleTo(_dock)


def test_a_number_goes_to_its_line_in_the_open_list(opened) -> None:
    """Line 3 from anywhere: behind line 16 Qt's own search would find 30 first."""
    review, dock, _commands = opened()
    subs = review.pack.sub_types["illegal"]
    press(dock, Qt.Key.Key_2)
    press(dock, Qt.Key.Key_M)
    listed = dock.form.sub_type.view()
    assert listed.isVisible()
    for keys, number in (((1, 6), 16), ((3,), 3), ((3, 0), 30), ((9, 9), 9)):
        for digit in keys:
            press(dock, Qt.Key.Key_0 + digit, widget=listed)
        assert listed.currentIndex().data(Qt.ItemDataRole.UserRole) == subs[number - 1].id, keys
        QTest.qWait(1050)
    press(dock, Qt.Key.Key_Return, widget=listed)
    QTest.qWait(20)
    assert dock.form.sub_type.currentData() == subs[8].id


def test_tab_from_the_list_goes_to_what_is_to_be_filled_in(opened) -> None:
    """The queue folds when a verdict is chosen; the next key must not stand on the button 撤销."""
    review, dock, _commands = opened()
    press(dock, Qt.Key.Key_2)
    QTest.qWait(30)
    dock.form.sub_type.setCurrentIndex(0)
    QTest.qWait(30)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is dock.form.sub_type
    sub = next(s for s in review.pack.sub_types["illegal"] if review.pack.asks("illegal", s.id))
    dock.form.sub_type.setCurrentIndex(dock.form.sub_type.findData(sub.id))
    QTest.qWait(30)
    dock.home().setFocus()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    first = next(iter(dock.form.fields.values()))
    assert QApplication.focusWidget() in (first, first.focusProxy())


def test_a_long_advice_leaves_the_verdicts_in_sight(opened) -> None:
    """After a short one, which gave it all the room there was."""
    _review, dock, _commands = opened()
    dock.advice.text.set_html("一句")
    for _ in range(3):
        dock.settle()
        QTest.qWait(20)
    dock.advice.text.set_html("<br>".join(["一行"] * 40))
    dock.settle()
    QTest.qWait(20)
    view = dock.scroll.viewport()
    lowest = dock.verdict.mapTo(view, dock.verdict.rect().bottomLeft()).y()
    assert lowest < view.height()


def test_the_keyboard_is_at_home_when_the_next_patch_comes(opened) -> None:
    """Ctrl+Enter in a field: the next key is a command, it does not stand in the field of another patch."""
    review, dock, _commands = opened()
    first = review.view.patch.patch_uid
    press(dock, Qt.Key.Key_2)
    dock.form.reason.setText("现场核实")
    dock.form.basis.setFocus()
    QTest.keyClick(dock.form.basis, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    QTest.qWait(30)
    assert review.view.patch.patch_uid != first
    assert QApplication.focusWidget() is dock.home()


def test_the_reasons_can_be_read_in_the_open_list(opened) -> None:
    _review, dock, _commands = opened()
    pick = dock.form.reason_pick
    longest = max(pick.fontMetrics().horizontalAdvance(pick.itemText(row)) for row in range(pick.count()))
    assert pick.view().window().minimumWidth() >= longest


def test_the_key_of_a_section_brings_all_of_it_into_view(opened) -> None:
    """查处整改 lies below everything else on a small screen."""
    review, dock, _commands = opened()
    uid = decide(review, dock)
    press(dock, Qt.Key.Key_Return)
    review.show_patch(uid)
    dock.resize(400, 480)
    QTest.qWait(30)
    dock.scroll.verticalScrollBar().setValue(0)
    press(dock, Qt.Key.Key_J, widget=dock.home())
    QTest.qWait(30)
    view, box = dock.scroll.viewport(), dock.case_box
    top = box.mapTo(view, box.rect().topLeft()).y()
    assert box.is_open()
    assert top >= 0
    assert top + box.height() <= view.height() or top == 0


def test_a_patch_without_verdict_asks_the_checker_for_no_reasons(opened) -> None:
    review, dock, commands = opened()
    commands.run("people")
    dialog = commands.judging.dialog
    dialog.name.setCurrentText("李四")
    dialog.role.setCurrentIndex(dialog.role.findData("checker"))
    dialog.accept()
    commands.run("check_return")  # the dialog for the reasons would stand here and wait
    assert "不能内审" in dock.notice.text()
    assert not review.session.check_result(review.view.patch.patch_uid)


def test_the_keyboard_comes_back_after_a_dialog_whose_button_is_gone(opened) -> None:
    """查处整改 makes its buttons anew after each step; the one that was pressed had the focus."""
    review, dock, _commands = opened()
    uid = decide(review, dock)
    press(dock, Qt.Key.Key_Return)
    review.show_patch(uid)
    button = QPushButton("制止…", dock.content)
    button.show()
    button.setFocus()
    dialog = QDialog(dock)
    dialog.show()
    dialog.activateWindow()
    QTest.qWait(30)
    button.deleteLater()
    dialog.close()
    dock.activateWindow()
    QTest.qWait(60)
    assert QApplication.focusWidget() is dock.home()


def test_the_keyboard_is_at_home_after_a_step_of_the_case(opened, monkeypatch) -> None:
    """The buttons are others afterwards; on the desktop the focus went to a widget of QGIS."""
    review, dock, _commands = opened()
    uid = decide(review, dock)
    press(dock, Qt.Key.Key_Return)
    review.show_patch(uid)
    dock.folds["case"].by_hand(True)
    QTest.qWait(30)
    button = next(iter(dock.case.buttons.values()))
    button.setFocus()
    assert button.hasFocus()
    monkeypatch.setattr(ActionDialog, "exec", lambda _dialog: 1)
    button.click()
    QTest.qWait(30)
    assert review.current().actions
    assert QApplication.focusWidget() is dock.home()


def test_tab_leaves_the_date_of_a_step(opened) -> None:
    """What was typed for 文号 must not become a month."""
    _review, dock, _commands = opened()
    kind = next(kind for kind in CASE_ACTIONS.values() if kind.fields[:2] == ("date", "doc_no"))
    dialog = ActionDialog(kind, "u1", PREFIX + "0001", parent=dock)
    dialog.show()
    dialog.activateWindow()
    QTest.qWait(30)
    date = dialog.fields["date"]
    date.setFocus()
    before = date.date()
    QTest.keyClick(date, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is not date
    assert date.date() == before
    dialog.close()


def test_the_request_for_a_reason_goes_when_one_is_picked(opened) -> None:
    _review, dock, _commands = opened()
    dock.notice.show_text("请写明理由。", "bad")
    dock.form.reason_pick.setCurrentIndex(1)
    dock.form.reason_pick.activated.emit(1)
    assert not dock.notice.isVisible()


def test_two_escapes_with_a_key_between_do_not_leave(opened) -> None:
    _review, _dock, commands = opened()
    commands.by_key("leave")
    commands.by_key("next")
    commands.by_key("leave")
    assert commands.desk.mode.active()
    commands.by_key("leave")
    assert not commands.desk.mode.active()
