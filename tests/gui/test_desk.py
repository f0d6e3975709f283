"""The desk: review mode, input methods, folding, start screen, key overview, names, focus order, contrast."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")
from qgis.core import QgsApplication
from qgis.gui import QgsMapCanvas, QgsMapToolPan
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QInputMethodEvent, QKeySequence
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QWidget,
)

from weipian_plugin.core.model import CaseAction
from weipian_plugin.gui import tones
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.folds import JUDGE, LOOK, PROVE, RECTIFY
from weipian_plugin.gui.key_help import KeyHelp, key_name
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review
from weipian_plugin.gui.review_mode import takes_text
from weipian_plugin.gui.shortcuts import COMMANDS
from weipian_plugin.workbench.session import Session

pytestmark = pytest.mark.qgis
PREFIX = "500112SJBG2621"
#: Keys that QGIS 3.22 to 3.44 gives to actions of its main window by default (read from its action list).
QGIS_KEYS = (
    "Ctrl+N Ctrl+O Ctrl+S Ctrl+Shift+S Ctrl+M Ctrl+Q Ctrl+Z Ctrl+Shift+Z Ctrl+. Ctrl+Alt++ Ctrl+Alt+- Ctrl+Alt+A "
    "Ctrl+Shift+A Ctrl+Shift+I Ctrl+Shift+M Ctrl+Shift+J Ctrl+Shift+F Ctrl+J Ctrl+B Ctrl+Shift+B F5 Ctrl+Shift+V "
    "Ctrl+Shift+R Ctrl+Shift+D Ctrl+Shift+L Ctrl+Shift+W F6 Shift+F6 Ctrl+F6 Ctrl+D Ctrl+Shift+C Ctrl+F "
    "Ctrl+Shift+U Ctrl+Shift+H F11 Ctrl+Tab Ctrl+Shift+Tab Ctrl+Shift+P F1 Ctrl+H Ctrl+Alt+P Ctrl+F3 "
    "Ctrl+Shift+T Ctrl+Alt+V Ctrl+Shift+N F3 Ctrl+L Ctrl+Alt+M Ctrl+P Ctrl+Shift+G R S T F7 Ctrl+Alt+T Ctrl+Alt+G "
    "Ctrl+Alt+H Ctrl+Alt+R Ctrl+K Ctrl++ Ctrl+- Ctrl+C Ctrl+X Ctrl+V Ctrl+R Ctrl+T Delete"
)


class Map(QObject):
    """Counts what the panel asks of the map."""

    message = pyqtSignal(str)
    mode = "single"

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple] = []

    def frame(self) -> tuple[float, float, float]:
        return (106.8, 29.8, 321.0)

    def shown_roles(self, _uid: str) -> set[str]:
        return {"image_after"}

    def __getattr__(self, name: str):
        return lambda *arguments: self.calls.append((name, *arguments)) or []


def make(session, qtbot, height: int = 660):
    window = QMainWindow()
    window.resize(900, height)
    canvas = QgsMapCanvas(window)
    canvas.setMapTool(QgsMapToolPan(canvas))
    window.setCentralWidget(canvas)
    dock = WeipianDock(window)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    the_map = Map()
    review = Review(dock, lambda _session: the_map)
    commands = Commands(review)
    commands._reopened = True
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    if session is not None:
        commands.open(session)
    review.test_map = the_map
    return window, canvas, review, dock, commands


@pytest.fixture
def desk(qapp, qtbot, session):
    found = make(session, qtbot)
    yield found
    found[4].close()


@pytest.fixture
def panel(desk):
    """Past the start screen."""
    desk[4].desk.go_on()
    return desk


def frame_widgets(dock: WeipianDock) -> list[QWidget]:
    return [dock.content, *dock.content.findChildren(QWidget)]


def state(dock: WeipianDock) -> tuple:
    texts = [w.text() for w in dock.content.findChildren(QLineEdit)]
    combos = [w.currentIndex() for w in dock.content.findChildren(QComboBox)]
    return dock.verdict.state(), dock.patch.patch_id.text(), texts, combos, dock.step()


# -- start screen ---------------------------------------------------------------------------------


def test_opening_shows_what_waits_and_enter_goes_on(desk, qtbot) -> None:
    _window, _canvas, _review, dock, _commands = desk
    assert dock.pages.currentWidget() is dock.today
    assert dock.today.proceed.text().startswith("继续 …0005")
    qtbot.waitUntil(lambda: bool(dock.today.lines), timeout=2000)
    lines = {b.text().split("  ")[0][2:]: int(b.text().split("  ")[1]) for b in dock.today.lines}
    assert lines["一级未判定"] == 3  # u2, u3, u5
    assert lines["未判定"] == 5
    assert QApplication.focusWidget() is dock.today.proceed
    QTest.keyClick(dock.today.proceed, Qt.Key.Key_Return)
    assert dock.pages.currentWidget() is dock.splitter
    assert QApplication.focusWidget() is dock.queue.table


def test_a_judging_key_on_the_start_screen_decides_nothing(desk) -> None:
    _window, _canvas, review, dock, _commands = desk
    QTest.keyClick(dock.today.proceed, Qt.Key.Key_2)
    assert dock.pages.currentWidget() is dock.today
    assert dock.verdict.state() == ("", False)
    assert review.drafts == {}
    assert "按回车" in dock.notice.text()
    QTest.keyClick(dock.today.proceed, Qt.Key.Key_Return)
    assert dock.notice.text() == ""  # what it says has been done


def test_photos_that_wait_open_from_the_start_screen_where_the_folder_was_dropped(desk, monkeypatch) -> None:
    _window, _canvas, _review, dock, commands = desk
    done = []
    monkeypatch.setattr(commands, "run", done.append)
    for key in (Qt.Key.Key_U, Qt.Key.Key_F):
        QTest.keyClick(dock.today.proceed, key)
    QTest.keyClick(dock.today.proceed, Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert done == ["lane", "dispatch"]  # and F, which is for a patch, waits


def test_a_count_leads_to_its_patches(desk, qtbot) -> None:
    _window, _canvas, _review, dock, _commands = desk
    qtbot.waitUntil(lambda: bool(dock.today.lines), timeout=2000)
    next(b for b in dock.today.lines if "一级未判定" in b.text()).click()
    assert dock.pages.currentWidget() is dock.splitter
    assert {dock.queue.model.uid_at(i) for i in range(dock.queue.model.rowCount())} == {"u2", "u3", "u5"}


def test_a_count_without_a_filter_narrows_the_list_to_its_patches(desk, qtbot) -> None:
    _window, _canvas, _review, dock, _commands = desk
    qtbot.waitUntil(lambda: bool(dock.today.lines), timeout=2000)
    next(b for b in dock.today.lines if "未派单" in b.text()).click()
    assert dock.pages.currentWidget() is dock.splitter
    queue = dock.queue
    assert queue.model.rowCount() == 5
    assert dock.patch.patch_id.text() == queue.model.row_of(queue.model.uid_at(0)).patch_id
    assert queue.current_filter().parts() == [("only", "未派单")]
    queue.chips.removed.emit("only")  # the cross of its chip
    assert queue.model.rowCount() == len(queue.model.rows)


def test_patch_view_and_draft_come_back_after_a_restart(qapp, qtbot, folder: Path) -> None:
    _window, _canvas, review, dock, commands = make(Session.open(folder, "甲"), qtbot)
    commands.desk.go_on()
    review.show_patch("u4")
    QTest.keyClick(dock.queue.table, Qt.Key.Key_3)
    dock.form.basis.setText("实地为菜地")
    dock.form.basis.textEdited.emit("实地为菜地")
    review.test_map.mode = "swipe"
    review.session.remember("u4")
    commands.close()
    _window, _canvas, review, dock, commands = make(Session.open(folder, "甲"), qtbot)
    try:
        assert dock.today.proceed.text().startswith("继续 …0004")
        QTest.keyClick(dock.today.proceed, Qt.Key.Key_Return)
        assert dock.verdict.state() == ("other", False)
        assert dock.form.basis.text() == "实地为菜地"
        assert review.session.queue_row("u4").verdict == ""
        qtbot.waitUntil(lambda: any(c[0] == "resume" for c in review.test_map.calls), timeout=2000)
        resumed = next(c for c in review.test_map.calls if c[0] == "resume")
        assert (resumed[2].patch_uid, resumed[2].lon, resumed[2].width_m, resumed[3]) == ("u4", 106.8, 321.0, "swipe")
    finally:
        commands.close()


def test_a_submitted_choice_is_no_draft_after_a_restart(qapp, qtbot, folder: Path) -> None:
    _window, _canvas, _review, dock, commands = make(Session.open(folder, "甲"), qtbot)
    commands.desk.go_on()
    QTest.keyClick(dock.queue.table, Qt.Key.Key_4)
    QTest.keyClick(dock.queue.table, Qt.Key.Key_Return)
    commands.close()
    with Session.open(folder, "甲") as again:
        assert again.drafts() == {}
        assert again.queue_row("u5").doubt


# -- review mode ----------------------------------------------------------------------------------


def test_the_mode_is_seen_in_frame_and_words_and_left_by_esc_twice(panel) -> None:
    _window, canvas, _review, dock, commands = panel
    assert commands.desk.mode.active()
    assert dock.content.framed
    assert "核查模式" in dock.windowTitle()
    QTest.keyClick(dock.queue.table, Qt.Key.Key_Escape)
    assert commands.desk.mode.active()
    assert "再按一次 Esc" in dock.state.full_text()
    QTest.keyClick(dock.queue.table, Qt.Key.Key_Escape)
    assert not commands.desk.mode.active()
    assert not dock.content.framed
    assert "核查模式" not in dock.windowTitle()
    assert QApplication.focusWidget() is canvas
    QTest.keyClick(canvas, Qt.Key.Key_2)
    assert dock.verdict.state() == ("", False)
    commands.desk.enter_action.trigger()
    assert commands.desk.mode.active()
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_2)
    assert dock.verdict.state() == ("illegal", False)


def test_a_click_anywhere_in_the_panel_enters(panel, qtbot) -> None:
    _window, _canvas, _review, dock, commands = panel
    commands.desk.mode.leave()
    QTest.mouseClick(dock.patch.village, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(commands.desk.mode.active, timeout=1000)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is dock.queue.table, timeout=1000)


def test_moving_the_map_gives_the_keys_back(panel, qtbot) -> None:
    """The button is held while the focus goes to the map, as a click does."""
    _window, canvas, _review, dock, commands = panel
    mode = commands.desk.mode
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton)
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton)
    if QApplication.focusWidget() is canvas:  # offscreen Qt does not tell of a held button
        mode._canvas = None
        mode.enter()
    qtbot.waitUntil(mode.active, timeout=1000)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_1)
    assert dock.verdict.state() == ("legal", False)


def test_an_input_method_changes_nothing_and_keys_still_act(panel) -> None:
    _window, _canvas, _review, dock, _commands = panel
    for widget in frame_widgets(dock):
        if takes_text(widget):
            continue
        before = state(dock)
        for commit in ("", "违法", "2", "zhong"):
            event = QInputMethodEvent("ni", [])
            if commit:
                event.setCommitString(commit)
            QApplication.sendEvent(widget, event)
        assert state(dock) == before, widget
        assert not widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled), widget
    dock.queue.table.setFocus()
    QTest.keyClick(dock.queue.table, Qt.Key.Key_2)
    assert dock.verdict.state() == ("illegal", False)
    QTest.keyClick(dock.queue.table, Qt.Key.Key_E)
    assert dock.evidence_box.pinned


def test_keys_typed_into_text_fields_are_text_only(panel) -> None:
    _window, _canvas, review, dock, _commands = panel
    QTest.keyClick(dock.queue.table, Qt.Key.Key_2)
    QTest.qWait(20)
    fields = [w for w in dock.content.findChildren(QLineEdit) if w.isVisible() and w.isEnabled() and not w.isReadOnly()]
    assert len(fields) >= 3
    shown, verdict = dock.patch.patch_id.text(), dock.verdict.state()
    for field in fields:
        if isinstance(field.parent(), (QComboBox, QAbstractSpinBox)):
            continue
        field.setFocus()
        field.clear()
        QTest.keyClicks(field, "1234zcbgpxkq?/")
        assert field.text() == "1234zcbgpxkq?/"
        QTest.keyClick(field, Qt.Key.Key_Return)  # ends typing and submits nothing
        assert not field.hasFocus()
    assert dock.patch.patch_id.text() == shown
    assert dock.verdict.state() == verdict
    assert review.session.queue_row("u5").verdict == ""


def test_escape_in_a_text_field_goes_back_to_the_frame(panel) -> None:
    _window, _canvas, _review, dock, commands = panel
    dock.queue.search.setFocus()
    QTest.keyClicks(dock.queue.search, "00")
    QTest.keyClick(dock.queue.search, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is dock.queue.table
    assert dock.queue.search.text() == "00"
    assert commands.desk.mode.active()


def test_a_letter_without_a_command_does_not_jump_in_the_list(panel) -> None:
    _window, _canvas, _review, dock, _commands = panel
    before = dock.queue.table.currentIndex().row()
    QTest.keyClicks(dock.queue.table, "y5")
    assert dock.queue.table.currentIndex().row() == before


def test_a_list_that_is_open_takes_its_keys(panel) -> None:
    _window, _canvas, _review, dock, _commands = panel
    QTest.keyClick(dock.queue.table, Qt.Key.Key_2)
    QTest.qWait(30)
    combo = QComboBox(dock.content)
    combo.addItems(["甲", "乙", "丙"])
    combo.show()
    combo.setFocus()
    combo.showPopup()
    QTest.qWait(50)
    assert QApplication.activePopupWidget() is not None
    QTest.keyClick(combo.view(), Qt.Key.Key_Down)
    QTest.keyClick(combo.view(), Qt.Key.Key_Down)
    QTest.keyClick(combo.view(), Qt.Key.Key_1)  # no verdict
    QTest.keyClick(combo.view(), Qt.Key.Key_Return)
    assert QApplication.activePopupWidget() is None
    assert combo.currentIndex() == 2
    assert dock.verdict.state() == ("illegal", False)


@pytest.mark.parametrize(("key", "name"), [(Qt.Key.Key_B, "hold_before"), (Qt.Key.Key_H, "hold_overlays")])
def test_a_held_key_acts_until_it_is_released(panel, key: Qt.Key, name: str) -> None:
    _window, canvas, review, dock, _commands = panel
    calls = review.test_map.calls

    def held() -> list:
        return [call[1] for call in calls if call[0] == name]

    QTest.keyPress(dock.queue.table, key)
    QTest.keyPress(dock.queue.table, key)  # as a repeat
    assert held() == [True]
    QTest.keyRelease(dock.queue.table, Qt.Key.Key_Shift)  # another key
    assert held() == [True]
    QTest.keyRelease(dock.queue.table, key)
    assert held() == [True, False]
    QTest.keyPress(dock.queue.table, key)
    canvas.setFocus()  # the focus goes elsewhere with the key down
    assert held() == [True, False, True, False]
    QTest.keyRelease(canvas, key)
    assert held() == [True, False, True, False]


# -- keys -----------------------------------------------------------------------------------------


def test_no_key_is_one_of_qgis() -> None:
    taken = {QKeySequence(text).toString() for text in QGIS_KEYS.split()}
    ours = [QKeySequence(command.default).toString() for command in COMMANDS if command.default]
    assert not taken.intersection([*ours, "Ctrl+Alt+W"])
    assert len(set(ours)) == len(ours)
    assert all(ours)


def test_every_command_does_something(panel) -> None:
    _window, _canvas, _review, _dock, commands = panel
    served = commands._table()
    missing = {c.key for c in COMMANDS} - set(served) - {"redo"}
    assert not missing
    assert all(f"{c.key}_end" in served for c in COMMANDS if c.hold)


def test_the_overview_tells_the_keys_as_they_are_now(panel, qtbot) -> None:
    _window, _canvas, _review, dock, commands = panel
    action = commands.shortcuts.actions["illegal"]
    action.setShortcut(QKeySequence("Ctrl+9"))
    commands.run("help")
    popup = dock.findChild(KeyHelp)
    words = [label.text() for label in popup.findChildren(QWidget) if hasattr(label, "text")]
    assert "<b>Ctrl+9</b>" in words
    assert "<b>2</b>" not in words
    assert "判违法" in words
    QTest.keyClick(popup, Qt.Key.Key_3)
    assert not popup.isVisible()
    assert dock.verdict.state() == ("", False)  # the key that closes does nothing else


def test_names_of_keys() -> None:
    assert key_name(QKeySequence("Ctrl+Right")) == "Ctrl+→"
    assert key_name(QKeySequence("Return")) == "回车"
    assert key_name(QKeySequence("Ctrl++")) == "Ctrl++"


# -- folding --------------------------------------------------------------------------------------


def test_a_section_opens_with_its_step_and_by_hand_it_stays(panel) -> None:
    _window, _canvas, review, dock, commands = panel
    assert dock.step() == LOOK
    assert not dock.evidence_box.is_open()
    QTest.keyClick(dock.queue.table, Qt.Key.Key_2)
    assert dock.step() == JUDGE
    assert dock.form_box.is_open()
    commands.run("fold_evidence")
    assert dock.evidence_box.is_open()
    review.show_patch("u1")
    assert dock.evidence_box.is_open()  # a person opened it
    commands.run("fold_evidence")
    review.show_patch("u5")
    assert not dock.evidence_box.is_open()


def test_steps_follow_what_is_saved(qapp, qtbot, session) -> None:
    found = make(session, qtbot)
    review, dock, commands = found[2], found[3], found[4]
    try:
        commands.desk.go_on()
        dock.verdict.press("illegal")
        dock.form.reason.setText("现场核实")
        review.session.judge("u5", PREFIX + "0005", "illegal", against_reason="现场核实")
        review.drafts.clear()
        review.row_changed("u5")
        review.show_patch("u5")
        assert dock.step() == PROVE
        assert dock.evidence_box.is_open()
        session.add_action(CaseAction("u5", "stop", "2026-06-01"), PREFIX + "0005")
        review.show_patch("u5")
        assert dock.step() == RECTIFY
        assert dock.case_box.is_open()
        assert dock.case_box.line.isHidden()
    finally:
        commands.close()


@pytest.mark.parametrize("factor", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("height", [480, 560, 660, 900])
@pytest.mark.parametrize("width", [340, 420])
def test_nothing_overlaps_or_is_cut_off(qapp, qtbot, session, factor: float, height: int, width: int) -> None:
    """Every part of a step lies in its own place at any size; what does not fit scrolls."""
    font = qapp.font()
    bigger = qapp.font()
    bigger.setPointSizeF(font.pointSizeF() * factor)
    qapp.setFont(bigger)
    _window, _canvas, _review, dock, commands = make(session, qtbot, height)
    try:
        dock.setFloating(True)
        commands.desk.go_on()
        for step in ("look", "judge"):
            if step == "judge":
                commands.run("illegal")
            dock.resize(max(width, dock.minimumWidth()), height)
            QTest.qWait(30)
            dock.settle()
            QTest.qWait(10)
            parts = [dock.header, dock.queue_box, dock.scroll, dock.bottom]
            boxes = [p.rect().translated(p.mapTo(dock.content, p.rect().topLeft())) for p in parts]
            for one, other in zip(boxes, boxes[1:]):
                assert one.bottom() <= other.top() + 1, (step, one, other)
            inner = [
                w for w in (dock.patch, dock.advice, dock.verdict, dock.form_box, dock.evidence_box) if w.isVisible()
            ]
            tops = [(w.mapTo(dock.page, w.rect().topLeft()).y(), w.height()) for w in inner]
            for (top, tall), (following, _tall) in zip(tops, tops[1:]):
                assert top + tall <= following + 1
            assert dock.page.width() <= dock.scroll.viewport().width()
    finally:
        commands.close()
        qapp.setFont(font)


def test_wide_and_back(panel) -> None:
    _window, _canvas, _review, dock, commands = panel
    commands.run("wide")
    assert dock.isFloating()
    assert dock.width() >= 800 or dock.width() >= dock.screen().availableGeometry().width()
    QTest.qWait(30)
    left = dock.queue_box.mapTo(dock.content, dock.queue_box.rect().topRight()).x()
    right = dock.scroll.mapTo(dock.content, dock.scroll.rect().topLeft()).x()
    assert left < right
    commands.run("illegal")
    assert dock.queue_box.is_open()  # has a column of its own
    commands.run("wide")
    assert not dock.isFloating()
    assert dock.verdict.state() == ("illegal", False)


# -- for everybody --------------------------------------------------------------------------------


def test_every_control_has_a_name_for_a_screen_reader(panel) -> None:
    _window, _canvas, _review, dock, _commands = panel
    QTest.keyClick(dock.queue.table, Qt.Key.Key_2)
    kinds = (QAbstractButton, QLineEdit, QComboBox, QAbstractItemView, QAbstractSpinBox)
    nameless = []
    for widget in dock.content.findChildren(QWidget):
        internal = isinstance(widget.parent(), (QComboBox, QLineEdit, QAbstractSpinBox, QAbstractItemView))
        popup = widget.window() is not dock.window()
        if isinstance(widget, kinds) and not internal and not popup and not widget.objectName().startswith("qt_"):
            label = widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
            if not label.strip("×…▸▾ "):
                nameless.append((type(widget).__name__, type(widget.parent()).__name__, widget.toolTip()))
    assert not nameless


def test_tab_goes_as_one_reads(panel) -> None:
    """From the top down; on one line from left to right."""
    _window, _canvas, _review, dock, _commands = panel
    QTest.keyClick(dock.queue.table, Qt.Key.Key_2)
    QTest.qWait(30)
    order = [
        dock.queue.table, dock.patch.copy, dock.verdict.buttons["legal"], dock.verdict.buttons["doubt"],
        dock.form.sub_type, dock.form.basis, dock.undo, dock.submit,
    ]  # fmt: skip
    seen: list[QWidget] = []
    widget = dock.content
    for _ in range(400):
        widget = widget.nextInFocusChain()
        seen.append(widget)
    places = [seen.index(w) for w in order if w in seen]
    assert len(places) == len(order)
    start = min(places)
    assert places[places.index(start) :] + places[: places.index(start)] == sorted(places)


@pytest.mark.parametrize("theme", ["default", "Night Mapping", "Blend of Gray"])
def test_text_reaches_a_contrast_of_four_and_a_half(qapp, qtbot, theme: str) -> None:
    """The formula of WCAG 2.1; black on white is 21 there, and #767676 on white 4.54."""
    assert round(tones.contrast(QColor("#000000"), QColor("#ffffff")), 2) == 21.0
    assert round(tones.contrast(QColor("#767676"), QColor("#ffffff")), 2) == 4.54
    if theme not in QgsApplication.uiThemes():
        pytest.skip(f"this QGIS has no theme {theme}")
    QgsApplication.setUITheme(theme)
    try:
        dock = WeipianDock()
        qtbot.addWidget(dock)
        known = {"Night Mapping": "#323232", "Blend of Gray": "#727272"}  # the theme's own file says so
        if theme in known:
            assert tones.ground(dock.patch.facts).name() == known[theme]
        for widget in (dock.patch.facts, dock.advice.text, dock.evidence.strip, dock.today.proceed, dock.header):
            for name in tones.TEXT_TONES:
                assert tones.contrast(tones.tone(widget, name), tones.ground(widget)) >= tones.ENOUGH, (widget, name)
        note = tones.ground(dock.advice.text)
        assert tones.contrast(tones.text_color(dock.advice.text), note) >= tones.ENOUGH
    finally:
        QgsApplication.setUITheme("default")


def test_menu_entries_are_those_that_something_serves(panel) -> None:
    _window, _canvas, _review, _dock, commands = panel
    commands.menu.aboutToShow.emit()
    shown = {a.data() for a in commands.menu.actions() if a.isVisible() and a.data()}
    assert shown <= set(commands._table())
    assert {"workspace", "today", "import", "layers", "export", "fill", "help"} <= shown
    help_entry = next(a for a in commands.menu.actions() if a.data() == "help")
    assert help_entry.text() == "按键一览\t?"


# -- 填报抄录 -------------------------------------------------------------------------------------


def test_one_key_copies_field_after_field(qapp, qtbot, session) -> None:
    _window, _canvas, review, _dock, commands = make(session, qtbot)
    try:
        commands.desk.go_on()
        commands.run("fill")
        page = commands.desk.fill.page
        QTest.qWait(50)
        QApplication.setActiveWindow(page)
        page.table.setFocus()
        assert page.patch.text() == PREFIX + "0005"
        with_text = [item for item in page.fields if item.text]
        for item in with_text[:3]:
            QTest.keyClick(page.table, Qt.Key.Key_Space)
            assert QApplication.clipboard().text() == item.text
            assert item.field.label in page.clip.full_text()
        assert page.bar.value() == 3
        assert page.bar.maximum() == len(with_text)
        page.stepped.emit(1)
        assert page.patch.text() != PREFIX + "0005"
        assert page.bar.value() == 0
        review.show_patch("u5")
        commands.desk.fill.follow()
        assert page.bar.value() == 3  # ticks stay with the patch
        assert session.fill_ticks()["hebei-2026"]["u5"] == [item.field.id for item in with_text[:3]]
    finally:
        commands.close()


def test_what_the_advice_says_of_each_patch_is_worked_out_again_after_reading_anew(panel, qtbot, monkeypatch) -> None:
    _window, _canvas, review, dock, commands = panel
    dock.queue.set_filter("incomplete")
    qtbot.waitUntil(lambda: dock.queue.model.table.unknown() == 0, timeout=5000)
    before = dock.queue.model.rowCount()
    assert before  # nobody gave evidence
    work = next(feature for feature in commands.features if type(feature).__name__ == "QueueWork")
    monkeypatch.setattr(work, "_facts", lambda _uid: (0, 0, 0))  # other layers, another pack: nothing is missing now
    review.reload()
    qtbot.waitUntil(lambda: dock.queue.model.rowCount() == 0, timeout=5000)


def test_the_gallery_goes_with_its_workspace(panel, tmp_path: Path) -> None:
    _window, _canvas, _review, _dock, commands = panel
    commands.run("gallery")
    work = next(feature for feature in commands.features if type(feature).__name__ == "QueueWork")
    assert work.gallery is not None
    commands.open(Session.create(tmp_path / "other", "另一个", "测试员"))
    assert work.gallery is None


def test_enter_on_a_step_of_the_case_takes_that_step(panel, qtbot) -> None:
    _window, _canvas, review, dock, commands = panel
    review.opened().judge("u3", PREFIX + "0003", "illegal", against_reason="核实")
    review.reload()
    review.show_patch("u3")
    asked: list[str] = []
    dock.case.action_requested.disconnect()
    dock.case.action_requested.connect(lambda kind, _back: asked.append(kind))
    commands.run("fold_case")
    qtbot.waitUntil(lambda: QApplication.focusWidget() in dock.case.buttons.values(), timeout=2000)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    assert asked == [next(iter(dock.case.buttons))]
    assert dock.patch.patch_id.text() == PREFIX + "0003"
