"""The real dock over a real Session: decide by key, refuse, undo, and leave nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QLineEdit, QPushButton, QToolButton, QWidget

from weipian_plugin.core.errors import CATALOGUE, WeipianError
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis
PREFIX = "500112SJBG2621"


class Map(QObject):
    """Counts what the panel asks of the map."""

    message = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple] = []

    def __getattr__(self, name: str):
        return lambda *arguments: self.calls.append((name, *arguments)) or []


@pytest.fixture
def panel(qapp, qtbot, session):
    dock = WeipianDock()
    the_map = Map()
    review = Review(dock, lambda _session: the_map)
    commands = Commands(review)
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.resize(400, 660)
    dock.show()
    review.set_session(session)
    dock.activateWindow()
    dock.queue.table.setFocus()
    review.test_map = the_map
    assert dock.notice.text() == ""
    yield review, dock, commands
    commands.close()


def press(dock: WeipianDock, key: Qt.Key, widget: QWidget | None = None) -> None:
    QTest.keyClick(widget or dock.queue.table, key)


def test_opens_on_the_first_level_one_with_most_prime_farmland(panel) -> None:
    _review, dock, _commands = panel
    assert dock.queue.preset() == "open_1"
    assert dock.patch.patch_id.text() == PREFIX + "0005"
    assert dock.header.progress.value() == 0
    assert "剩" in dock.header.due.text() or "超" in dock.header.due.text()
    assert not dock.case_box.isVisibleTo(dock)


def test_numbers_of_the_patch_as_calculated_by_hand(panel) -> None:
    """2 000 m² = 3.00 亩: 1 400 m² 耕地 = 2.10, 600 m² 建设用地 = 0.90, 永农 1 200 m² = 1.80 (60 %)."""
    _review, dock, _commands = panel
    identity = " ".join(dock.patch.identity.toPlainText().split())
    assert identity == "地块 3.00 = 耕地 2.10+非耕农用 0+未利用 0+建设 0.90 ✔"
    assert "▲ 永农 1.80 亩（60 %）" in dock.patch.overlaps.toPlainText()


def test_digit_then_return_saves_and_goes_on(panel, session) -> None:
    review, dock, _commands = panel
    press(dock, Qt.Key.Key_2)
    assert dock.verdict.state() == ("illegal", False)
    assert session.queue_row("u5").verdict == ""  # a choice is not yet a decision
    if review._needs_reason(dock.form.choice("illegal", doubt=False)):
        dock.form.reason.setText("现场核实")
    press(dock, Qt.Key.Key_Return)
    assert session.queue_row("u5").verdict == "illegal"
    assert dock.patch.patch_id.text() == PREFIX + "0003"
    assert dock.queue.model.find("u5") == -1  # left the filter 一级·未判定
    assert dock.queue.selected() == "u3"
    assert ("refresh_patch", "u5") in review.test_map.calls


def test_return_without_a_choice_writes_nothing(panel, session) -> None:
    _review, dock, _commands = panel
    press(dock, Qt.Key.Key_Return)
    assert session.queue_row("u5").verdict == ""
    assert dock.notice.text()


def test_going_against_the_advice_needs_a_reason(panel, session) -> None:
    review, dock, _commands = panel
    leaning = review.view.advice.leaning
    assert leaning in ("legal", "illegal", "other", None)
    other = next(v for v in ("legal", "illegal", "other") if v != leaning)
    dock.verdict.press(other)
    press(dock, Qt.Key.Key_Return)
    if leaning is None:
        assert session.queue_row("u5").verdict == other
    else:
        assert session.queue_row("u5").verdict == ""
        assert CATALOGUE["E_REASON_REQUIRED"][0] in dock.notice.text()
        assert dock.form.reason.isVisibleTo(dock)
        dock.form.reason.setText("现场核实为一九九八年老宅")
        review.submit()
        assert session.queue_row("u5").verdict == other


def test_doubt_alone_does_not_finish_a_patch(panel, session) -> None:
    _review, dock, _commands = panel
    press(dock, Qt.Key.Key_4)
    press(dock, Qt.Key.Key_Return)
    row = session.queue_row("u5")
    assert (row.verdict, row.doubt, row.finished) == ("", True, False)


def test_digits_typed_into_a_field_stay_text(panel, qtbot) -> None:
    _review, dock, _commands = panel
    dock.queue.search.setFocus()
    QTest.keyClicks(dock.queue.search, "123")
    assert dock.queue.search.text() == "123"
    assert dock.verdict.state() == ("", False)


def test_undo_goes_back_to_the_patch_and_its_former_state(panel, session) -> None:
    review, dock, _commands = panel
    dock.verdict.press(review.view.advice.leaning or "illegal")
    review.submit()
    assert session.queue_row("u5").verdict
    assert dock.undo.text().startswith("撤销 ")
    press(dock, Qt.Key.Key_Z)
    assert session.queue_row("u5").verdict == ""
    assert dock.patch.patch_id.text() == PREFIX + "0005"


def test_an_unsaved_choice_survives_looking_elsewhere_and_escape_drops_it(panel) -> None:
    _review, dock, _commands = panel
    press(dock, Qt.Key.Key_3)
    dock.form.basis.setText("核查记录")
    dock.form.basis.textEdited.emit("核查记录")
    press(dock, Qt.Key.Key_Right)
    assert dock.verdict.state() == ("", False)
    press(dock, Qt.Key.Key_Left)
    assert dock.verdict.state() == ("other", False)
    assert dock.form.basis.text() == "核查记录"
    press(dock, Qt.Key.Key_Escape)
    assert dock.verdict.state() == ("other", False)  # Esc leaves the review mode and loses nothing
    QTest.keyClick(dock.queue.table, Qt.Key.Key_Escape, Qt.KeyboardModifier.ShiftModifier)
    assert dock.verdict.state() == ("", False)


def test_only_asked_fields_are_there(panel, session) -> None:
    _review, dock, _commands = panel
    for verdict, subs in session.pack.sub_types.items():
        dock.verdict.press(verdict)
        for sub in subs:
            dock.form.sub_type.setCurrentIndex(dock.form.sub_type.findData(sub.id))
            QTest.qWait(1)
            assert tuple(dock.form.fields) == sub.asks
            assert len(dock.form.findChildren(QLineEdit)) >= len(sub.asks)
            assert len(dock.evidence._items) == len(sub.requires)


def test_an_expected_failure_is_a_sentence_with_a_remedy(panel, monkeypatch, session) -> None:
    review, dock, _commands = panel

    def full(*_arguments, **_keywords) -> None:
        raise WeipianError("E_DISK_FULL", path="/x")

    monkeypatch.setattr(session, "judge", full)
    dock.verdict.press(review.view.advice.leaning or "illegal")
    review.submit()
    assert "磁盘空间不足" in dock.notice.text()
    assert CATALOGUE["E_DISK_FULL"][1] in dock.notice.text()
    assert dock.patch.patch_id.text() == PREFIX + "0005"


def test_an_unexpected_failure_is_one_too_and_is_logged(panel, monkeypatch, session) -> None:
    from qgis.core import QgsApplication

    review, dock, _commands = panel
    logged: list[tuple[str, str]] = []
    log = QgsApplication.messageLog()
    log.messageReceived.connect(lambda text, tag, *_level: logged.append((text, tag)))

    def broken(_uid: str, *_more: str) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(session, "patch_view", broken)
    review.show_patch("u1")
    assert "程序出错" in dock.notice.text()
    assert "boom" in dock.notice.text()
    assert any("RuntimeError: boom" in text and tag == "卫片执法助手" for text, tag in logged)


def test_writing_to_another_patch_than_the_one_shown_is_refused(panel, session) -> None:
    review, dock, _commands = panel
    dock.verdict.press("illegal")
    dock.patch.patch_id.setText("别的图斑")
    review.submit()
    assert session.queue_row("u5").verdict == ""
    assert "已停止" in dock.notice.text()


def test_case_section_only_for_illegal_and_a_step_can_be_recorded(panel, session, monkeypatch) -> None:
    from weipian_plugin.gui import evidence_work

    review, dock, commands = panel
    session.judge("u3", PREFIX + "0003", "illegal", against_reason="核实")
    review.reload()
    review.show_patch("u3")
    assert dock.case_box.isVisibleTo(dock)
    assert set(dock.case.buttons) >= {"stop", "file", "transfer", "rectify"}
    assert "close" not in dock.case.buttons  # 验收 comes before 销号
    monkeypatch.setattr(evidence_work.ActionDialog, "exec", lambda _self: True)
    commands.work.case_action("stop", step_back=False)
    assert session.queue_row("u3").case_status.value == "stopped"
    assert "制止" in dock.case.history.toPlainText()


def test_files_that_are_attached_appear_in_the_strip(panel, tmp_path: Path) -> None:
    from qgis.PyQt.QtGui import QImage

    _review, dock, commands = panel
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkGreen)
    photo = tmp_path / "现场.jpg"
    assert image.save(str(photo))
    commands.work.attach([photo])
    assert dock.evidence.strip.count() == 1
    assert "方位？" in dock.evidence.strip.item(0).text()  # unknown, not 0°
    commands.work.unlink(dock.evidence.strip.item(0).data(int(Qt.ItemDataRole.UserRole)))
    assert dock.evidence.strip.count() == 0


def test_keys_are_the_shortcut_managers_and_none_of_the_forbidden(panel) -> None:
    from qgis.gui import QgsGui

    _review, _dock, commands = panel
    registered = QgsGui.shortcutsManager().listActions()
    forbidden = {"F1", "F6", "F7", "F11", "Ctrl+F", "Ctrl+P"}
    for action in commands.shortcuts.actions.values():
        assert action in registered
        assert action.shortcut().toString(QKeySequence.SequenceFormat.PortableText) not in forbidden
        assert action.shortcutContext() == Qt.ShortcutContext.WidgetWithChildrenShortcut


def test_every_button_has_a_name_to_be_read_out(panel) -> None:
    _review, dock, _commands = panel
    buttons = (*dock.findChildren(QPushButton), *dock.findChildren(QToolButton))
    nameless = [b.objectName() for b in buttons if b.isVisibleTo(dock) and not (b.accessibleName() or b.text())]
    assert nameless == []


def test_the_review_takes_no_input_method(panel) -> None:
    _review, dock, _commands = panel
    for widget in (dock.content, dock.queue.table, dock.advice.text, *dock.verdict.buttons.values()):
        assert not widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_what_one_decision_needs_fits_a_small_screen(panel) -> None:
    """On 1366 × 768 QGIS leaves a dock about 640 px; verdict row and bottom bar are never cut off."""
    _review, dock, _commands = panel
    dock.resize(380, 640)
    QTest.qWait(20)
    assert dock.content.minimumSizeHint().width() <= 460
    assert dock.height() <= 640
    for widget in (*dock.verdict.buttons.values(), dock.submit, dock.undo, dock.patch.patch_id):
        corner = widget.mapTo(dock, widget.rect().bottomRight())
        assert corner.x() <= dock.width()
        assert corner.y() <= dock.height()


def test_closing_gives_workspace_map_and_keys_back(qapp, qtbot, folder: Path) -> None:
    from qgis.gui import QgsGui

    from weipian_plugin.workbench.session import Session

    before = len(QgsGui.shortcutsManager().listActions())
    dock = WeipianDock()
    qtbot.addWidget(dock)
    the_map = Map()
    review = Review(dock, lambda _session: the_map)
    commands = Commands(review)
    review.set_session(Session.open(folder, "测试员"))
    commands.close()
    assert the_map.calls[-1] == ("close",)
    assert review.session is None
    assert len(QgsGui.shortcutsManager().listActions()) == before


def test_review_is_ended_from_the_menu(panel) -> None:
    """Without 审核结束 no case can be closed."""
    review, dock, commands = panel
    press(dock, Qt.Key.Key_2)
    press(dock, Qt.Key.Key_Return)
    if dock.notice.text():
        dock.form.reason.setText("现场核实")
        review.submit()
    review.go_to("0005")
    for label, status in (("提交审核", "submitted"), ("审核结束", "finished")):
        commands._fill_reviews()
        action = next(a for a in commands._reviews.actions() if a.text() == label)
        assert action.isEnabled()
        action.trigger()
        assert dock.notice.text() == ""
        assert review.view.patch.review_status.value == status
    assert "审核还没有结束" not in review.view.closure_missing
