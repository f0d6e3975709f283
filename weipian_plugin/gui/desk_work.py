"""What the desk itself does: start screen, review mode, folding by key, wide layout, key overview, 填报抄录."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any, Optional

from qgis.core import QgsSettings
from qgis.gui import QgsGui
from qgis.PyQt.QtCore import QObject, Qt, QTimer
from qgis.PyQt.QtGui import QKeySequence
from qgis.PyQt.QtWidgets import QAction, QApplication, QMainWindow

from ..core.errors import WeipianError
from ..core.model import ViewFrame
from ..workbench.agenda import FEEDBACK_DAYS, SOON_DAYS, Place, Todo, agenda
from .fill_work import FillWork
from .guard import guarded
from .key_help import KeyHelp, key_name, rows_of
from .queue_model import PRESET_BY_KEY
from .review_mode import ReviewMode
from .shortcuts import COMMANDS
from .verdict_panel import Choice

if TYPE_CHECKING:
    from .menu import Commands

ENTER_DEFAULT = "Ctrl+Alt+W"
#: QgsSettings: days that count as soon, and after which a 移交 should have been answered.
SOON_KEY, FEEDBACK_KEY = "weipian/due_days", "weipian/feedback_days"
#: The start screen's counts come after the panel is painted; drafts are noted so long after the last change, ms.
_COUNT_DELAY = 30
_NOTE_DELAY = 700
_RESUME_DELAY = 60  # after the map has turned to the patch
#: Lines of the start screen whose filter of the list has another name.
_PRESETS = {"due": "due_week"}
#: Keys that act while the start screen is open, for they need no patch; every other waits until one has gone on.
_ON_TODAY = ("help", "leave", "wide", "today", "lane", "dispatch")


class DeskWork(QObject):
    """Serves the panel as a place to sit at; decisions are none of its business."""

    def __init__(self, commands: Commands) -> None:
        super().__init__(commands)
        self._commands = commands
        self.review = commands.review
        self.dock = commands.review.dock
        self.fill = FillWork(self.review)
        self._several = False  # batches on the start screen
        self._waiting = ""  # said of a key that waits
        self.mode = ReviewMode(self.dock.content, self.dock.home, self._release)
        self.mode.changed.connect(self.dock.show_mode)
        self._count_timer = self._timer(_COUNT_DELAY, self._count)
        self._note_timer = self._timer(_NOTE_DELAY, self._note)
        self._resume_timer = self._timer(_RESUME_DELAY, self._resume)
        self.enter_action = self._make_enter_action()
        self.review.rows_read.connect(self._rows_read)
        self._uid = ""
        self.review.shown.connect(self._patch_came)
        page = self.dock.today
        page.go_on.connect(self.go_on)
        page.asked.connect(self._asked)
        for signal in (self.dock.form.edited, self.dock.form.sub_type_changed):
            signal.connect(self._note_timer.start)
        self.dock.form.reason_pick.picked.connect(self.dock.notice.clear)  # what it asked for is there
        self.dock.verdict.chosen.connect(lambda _verdict, _doubt: self._note_timer.start())

    def _timer(self, delay: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(delay)
        timer.timeout.connect(slot)
        return timer

    def _make_enter_action(self) -> QAction:
        action = QAction(self.tr("卫片：进入核查"), self.dock)
        action.setObjectName("Weipian_enter")
        action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        action.setShortcut(QKeySequence(ENTER_DEFAULT))
        action.triggered.connect(lambda _checked=False: self.enter())
        window = self.dock.parent()
        (window if isinstance(window, QMainWindow) else self.dock).addAction(action)
        QgsGui.shortcutsManager().registerAction(action, ENTER_DEFAULT)
        return action

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {
            "enter": self.enter,
            "today": self.show_today,
            "submit_here": lambda: self._commands.run("submit"),
            "search": self.dock.queue.search.setFocus,
            "sub_type": self._to_sub_type,
            "fold_queue": lambda: self._toggle("queue"),
            "fold_evidence": lambda: self._toggle("evidence"),
            "fold_case": lambda: self._toggle("case"),
            "wide": self.wide,
            "help": self.help,
            "leave": self.leave,
            **self.fill.table(),
        }

    def close(self) -> None:
        """The workspace goes: keep where we stand."""
        self._count_timer.stop()
        self._resume_timer.stop()
        self._note()
        self.fill.close()

    def unload(self) -> None:
        """The plugin goes: give the keyboard and the keys back."""
        self.mode.close()
        QgsGui.shortcutsManager().unregisterAction(self.enter_action)
        self.enter_action.deleteLater()

    # -- keys -----------------------------------------------------------------------------
    def waits(self, key: str) -> bool:
        """Whether a key has to wait because the start screen is open; Enter goes on from there."""
        if key != "leave":
            self.mode.forget_escape()
        if self.dock.pages.currentWidget() is not self.dock.today or key in _ON_TODAY or key.endswith("_end"):
            return False
        if key in ("submit", "submit_here"):
            focus = self.dock.focusWidget()
            line = next((b for b in self.dock.today.lines if b is focus), None)
            (line or self.dock.today.proceed).click()
        else:
            # The bottom line, where hints stand, is not there on this page.
            self._waiting = self.tr("按回车继续上次的图斑，或点一项待办。")
            self.review.tell(self._waiting, "warn")
        return True

    def _patch_came(self, uid: str) -> None:
        """Another patch: what was written in belongs to the last one, and the keys are commands again."""
        if uid == self._uid:
            return
        self._uid = uid
        focus, home = QApplication.focusWidget(), self.dock.home()
        if focus is None or focus is home or not self.dock.content.isAncestorOf(focus):
            return
        if not self.dock.queue_box.isAncestorOf(focus):  # the search goes on
            home.setFocus(Qt.FocusReason.OtherFocusReason)

    def _release(self) -> None:
        shortcuts = getattr(self._commands, "shortcuts", None)
        if shortcuts is not None:
            shortcuts.release()

    @guarded
    def enter(self) -> None:
        """Open the panel if need be and take the keyboard."""
        self.dock.setUserVisible(True)
        self.mode.enter()

    @guarded
    def leave(self) -> None:
        """The first Esc only says how to leave; what is not submitted stays."""
        self.dock.notice.clear()
        if not self.mode.escape():
            self.review.tell(self.tr("再按一次 Esc 退出核查模式"), "hint")

    @guarded
    def help(self) -> None:
        """All keys as they are now."""
        enter = key_name(self.enter_action.shortcut())
        KeyHelp(rows_of(COMMANDS, self._commands.shortcuts.actions), enter, self.dock).show_over(self.dock)

    def _to_sub_type(self) -> None:
        """Open the sub-types of the chosen verdict: a number or an arrow chooses, Enter takes it."""
        if not self.dock.verdict.state()[0]:
            self.review.tell(self.tr("先选判定（1 合法、2 违法、3 其他），再选细类。"), "hint")
            return
        self.dock.folds["form"].set_open(opened=True)
        self.dock.form.pick_sub_type()

    def _toggle(self, key: str) -> None:
        fold = self.dock.folds[key]
        if not fold.isHidden():
            # The steps of a case are chosen by Tab and Enter: where they stand open already the key leads to them.
            there = key != "case" or self.dock.case.has_focus()
            fold.by_hand(not fold.is_open() or not there)
            if key == "case" and fold.is_open():
                self.dock.case.take_focus()
            # Its new height is known after the layouts had their turn.
            QTimer.singleShot(0, lambda: self.dock.bring_into_view(fold))

    @guarded
    def wide(self) -> None:
        """Two columns in a window of their own, and back into the dock."""
        self.dock.set_wide(wide=not self.dock.is_wide())
        self.mode.enter()

    # -- the start screen -----------------------------------------------------------------
    @guarded
    def opened(self) -> None:
        """A workspace was opened: what was not submitted is there again, then 今天要办."""
        if self.review.session is None or self.review.view is None:
            return
        if self.review.dock.queue.model.rows:
            self._take_drafts()
        self._resume_timer.start()
        self.show_today()

    @guarded
    def _rows_read(self) -> None:
        """The lines of a large workspace came after its first patch."""
        self._take_drafts()
        self._count_timer.start()

    @guarded
    def show_today(self) -> None:
        """The start screen; its counts follow when it is painted."""
        view = self.review.view
        if self.review.session is None or view is None:
            return
        patch = view.patch
        draft = patch.patch_uid in self.review.drafts
        village = patch.village_name or patch.town_name or ""
        self.dock.today.show_last(patch.patch_id, village, self.tr("有未提交的改动，已保留") if draft else "")
        self.dock.show_today()
        self._count_timer.start()
        self.mode.enter()

    @guarded
    def _count(self) -> None:
        session = self.review.session
        if session is None or not self.dock.queue.model.rows:
            return
        today = date.today().isoformat()  # noqa: DTZ011 - the clerk's calendar day
        settings = QgsSettings()
        entries = agenda(
            self.dock.queue.model.rows,
            session.batches(),
            session.desk_facts(),
            today,
            soon_days=_days(settings.value(SOON_KEY), SOON_DAYS),
            feedback_days=_days(settings.value(FEEDBACK_KEY), FEEDBACK_DAYS),
        )
        self._several = len(entries) > 1
        self.dock.today.show_agenda(entries, today)

    @guarded
    def go_on(self) -> None:
        """To the patch of last time."""
        self._leave_today()
        self.mode.enter()

    @guarded
    def _asked(self, batch_id: str, todo: Todo) -> None:
        """A count was chosen: these patches in the list, the first of them on the screen."""
        preset = _PRESETS.get(todo.key, todo.key)
        self._to_batch(batch_id)
        if preset in PRESET_BY_KEY:
            self.dock.queue.set_filter(preset)
        else:
            self.dock.queue.show_only(todo.uids, todo.label)
        uid = self.dock.queue.model.uid_at(0)
        self._go_to(uid if uid in todo.uids else todo.uids[0])

    def _leave_today(self) -> None:
        if self._waiting and self.dock.notice.text() == self._waiting:
            self.dock.notice.clear()
        self.dock.show_review()

    def _to_batch(self, batch_id: str) -> None:
        self._leave_today()
        if self._several and batch_id != self.review.batch_id:
            self.review.choose_batch(batch_id)

    def _go_to(self, uid: str) -> None:
        self.review.show_patch(uid)
        self.mode.enter()

    # -- what is kept over a restart ------------------------------------------------------
    def _take_drafts(self) -> None:
        session, review = self.review.session, self.review
        drafts = session.drafts() if session is not None else {}
        known = session.patch_uids() if session is not None and drafts else {}
        for uid, draft in drafts.items():
            choice = _choice(draft)
            if uid in known and choice is not None:
                review.drafts.setdefault(uid, choice)
        if review.view is not None and review.view.patch.patch_uid in review.drafts:
            review.show_patch(review.view.patch.patch_uid)

    def note_soon(self) -> None:
        """Something was decided or shown: note it in a moment."""
        self.fill.follow()
        self._note_timer.start()

    @guarded
    def _note(self) -> None:
        self._note_timer.stop()
        session, view = self.review.session, self.review.view
        if session is None or session.read_only:
            return
        session.keep_drafts({uid: asdict(choice) for uid, choice in self.review.drafts.items()})
        if view is not None:
            session.keep_place(self._standing(view.patch.patch_uid))

    def _standing(self, uid: str) -> Place:
        """Where the map is looked at now; a map that cannot say leaves the place to the patch."""
        the_map = self.review.map
        frame = the_map.frame() if the_map is not None else None
        if not isinstance(frame, tuple):
            return Place(uid)
        return Place(uid, *frame, compare=str(the_map.mode))

    @guarded
    def _resume(self) -> None:
        """Look at the last patch as it was left."""
        session, view, the_map = self.review.session, self.review.view, self.review.map
        if session is None or view is None or the_map is None:
            return
        place = session.last_place()
        if place.patch_uid == view.patch.patch_uid and place.width_m > 0:
            frame = ViewFrame(place.patch_uid, place.lon, place.lat, place.width_m)
            the_map.resume(view, frame, place.compare)


def _days(value: Any, default: int) -> int:
    """A number of days out of the settings; nonsense gives the default."""
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        return default


#: What of a choice is text.
_TEXTS = ("verdict", "sub_type", "basis", "against_reason", "reason_id")


def _choice(draft: dict[str, object]) -> Optional[Choice]:
    """A noted draft; None where it is no choice of this version."""
    answers = draft.get("answers")
    try:
        texts = {name: str(draft.get(name, "")) for name in _TEXTS}
        kept = {str(k): str(v) for k, v in answers.items()} if isinstance(answers, dict) else {}
        return Choice(**texts, answers=kept, doubt=bool(draft.get("doubt", False)))
    except TypeError:
        return None
