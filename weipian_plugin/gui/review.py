"""What happens in the panel: show a patch, decide, attach, follow the case, undo. Data comes from the Session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import QTimer, pyqtSignal

from ..core.certify import OWN_PURPOSES
from ..core.errors import WeipianError
from ..core.model import ReviewStatus, Verdict
from ..core.rulepack import RulePack
from ..workbench.views import PatchView
from . import changes
from .case_panel import status_label
from .dock import WeipianDock
from .guard import guarded
from .look_ahead import LookAhead
from .opening import WorkspaceHolder
from .seen import refuse_unseen, seen
from .shortcuts import COMMAND_BY_KEY
from .small_dialogs import ask_text
from .verdict_panel import Choice, choice_of, goes_against, suggestions

#: The map follows this long after the panel, so that a held key does not render every patch on the way, ms.
_MAP_DELAY = 15
_REMEMBER_DELAY = 1500
_TOAST = 6000
#: What is typed speaks in advice and checklist after this pause, ms.
_TYPING = 350


class Review(WorkspaceHolder):
    """Joins the dock, one open Session and the map controller (None without a map)."""

    #: A patch came onto the panel: patch_uid.
    shown = pyqtSignal(str)
    #: What is chosen and not saved changed.
    drafted = pyqtSignal()

    def __init__(self, dock: WeipianDock, make_map: Optional[Callable[[Any], Any]] = None) -> None:
        super().__init__(dock, make_map)
        #: The key of a command as it is now.
        self.key_of: Callable[[str], str] = lambda key: COMMAND_BY_KEY[key].default
        self._known: dict[str, str] = {}  # judgement_id in force when a patch was shown, or its draft begun
        self._map_timer = self._timer(_MAP_DELAY, self._show_on_map)
        self._remember_timer = self._timer(_REMEMBER_DELAY, self._remember)
        self._toast_timer = self._timer(_TOAST, self._toast_over)
        self._typing_timer = self._timer(_TYPING, self._typed)
        self._ahead = LookAhead(self)
        self._connect()

    def _timer(self, delay: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(delay)
        timer.timeout.connect(slot)
        return timer

    def _connect(self) -> None:
        dock = self.dock
        dock.queue.patch_selected.connect(self.show_patch)
        dock.header.preset_requested.connect(dock.queue.set_filter)
        dock.verdict.chosen.connect(self._verdict_chosen)
        dock.form.sub_type_changed.connect(self._sub_type_changed)
        dock.form.edited.connect(self._edited)
        dock.submit.clicked.connect(lambda _checked=False: self.submit())
        dock.undo.clicked.connect(lambda _checked=False: self.undo())

    # -- messages -------------------------------------------------------------------------
    def report_error(self, error: WeipianError) -> None:
        """A failure as a sentence in the panel: what happened, what to do."""
        self.dock.notice.show_text(f"{error.message}。{error.remedy}", "bad")

    def tell(self, text: str, kind: str = "good") -> None:
        """Good news and hints in the bottom line for a moment; anything else stays above it until closed."""
        if kind in ("good", "hint"):
            self.dock.notice.clear()
            self.dock.state.setText(f"✔ {text}" if kind == "good" else text)
            self._toast_timer.start()
        else:
            self.dock.notice.show_text(text, kind)

    def _toast_over(self) -> None:
        self._toast_timer.stop()
        self._show_state()

    # -- showing a patch ------------------------------------------------------------------
    @guarded
    def show_patch(self, uid: str) -> None:
        """Make a patch the current one: panel now, map right after."""
        if not uid:
            return
        session = self.opened()
        draft = self.drafts.get(uid)
        view = (
            session.patch_view(uid, draft.verdict, draft.sub_type, draft.answers) if draft else session.patch_view(uid)
        )
        if self.view is not None and self.view.patch.patch_uid != uid:
            self.dock.notice.clear()  # what was said of another patch says nothing here
        self.view = view
        if draft is None or uid not in self._known:
            self._known[uid] = view.judgement.judgement_id if view.judgement is not None else ""
        self.dock.queue.select(uid)
        self._render(view, draft if draft is not None else choice_of(view.judgement))
        self._map_timer.start()
        self._remember_timer.start()
        self._ahead.begin()
        self.shown.emit(uid)

    def _render(self, view: PatchView, choice: Choice) -> None:
        dock, pack = self.dock, view.pack or self.opened().pack
        content = dock.content
        content.setUpdatesEnabled(False)  # one repaint for all parts
        try:
            monitor = pack.monitor_class(view.patch.monitor_class or "")
            dock.patch.show_view(
                view,
                monitor.label if monitor else view.patch.monitor_class or "",
                pack.patch_type_label(view.patch.patch_type),
            )
            dock.earlier.show_lineage(self.opened().lineage(view.patch.patch_uid), view.patch)
            dock.advice.show_view(view, pack)
            dock.form.reason_pick.set_reasons(self.opened().reasons("against", view.patch.batch_id))
            dock.show_approvals(view, pack)
            dock.verdict.set_state(choice.verdict, choice.doubt)
            dock.advice.fold(folded=bool(choice.verdict))
            dock.form.show_choice(choice, view.advice, pack, needs_reason=self._needs_reason(choice))
            dock.form.suggest(suggestions(view))
            purposes = {**OWN_PURPOSES, **{key: item.label for key, item in pack.requirements.items()}}
            dock.evidence.show_evidence(view.checklist, view.evidence, purposes)
            dock.evidence_box.setTitle(dock.evidence.title())
            illegal = view.judgement is not None and view.judgement.verdict is Verdict.ILLEGAL
            dock.case_box.setVisible(illegal)
            if illegal:
                dock.case.show_case(view)
                dock.case_box.setTitle(f"查处整改 · {status_label(view.patch.case_status)}")
            dock.lock(locked=view.patch.split_state == "parent" or view.patch.review_status is ReviewStatus.VOID)
            self._show_buttons()
        finally:
            content.setUpdatesEnabled(True)

    def _show_buttons(self) -> None:
        session = self.opened()
        label = next(iter(session.undo_labels(1)), "")
        self.dock.undo.setText(f"撤销 {label.split()[0]}" if label else "撤销")
        self.dock.undo.setEnabled(bool(label))
        again = next(iter(session.redo_labels(1)), "")
        tip = f"撤销 {label}（{self.key_of('undo')}）" if label else "没有可以撤销的操作"
        self.dock.undo.setToolTip(tip + (f"\n重做 {again}（{self.key_of('redo')}）" if again else ""))
        allowed = not session.read_only and session.role != "viewer"
        self.dock.submit.setEnabled(allowed and self.dock.verdict.isEnabled())
        if not self._toast_timer.isActive():
            self._show_state()

    def _show_state(self) -> None:
        draft = self.view is not None and self.view.patch.patch_uid in self.drafts
        self.dock.state.setText("● 未提交" if draft else "")

    def _needs_reason(self, choice: Choice) -> bool:
        """Against the advice; 改判 asks for its own reason when it is submitted."""
        return self.view is not None and goes_against(choice, self.view.advice)

    def _show_on_map(self) -> None:
        if self.map is not None and self.view is not None:
            self._draw(self.view)

    @guarded
    def _draw(self, view: PatchView) -> None:
        self.map.show_patch(view)
        self.map.show_wedges(view)

    def leave_patch(self) -> None:
        """Nothing that was begun for the patch on the screen comes later."""
        self._known = {}
        self._map_timer.stop()
        self._typing_timer.stop()
        self._ahead.stop()
        self._remember()
        self.dock.evidence.loader.stop()

    def _remember(self) -> None:
        self._remember_timer.stop()
        if self.session is not None and self.view is not None and not self.session.read_only:
            self._note_last(self.view.patch.patch_uid)

    @guarded
    def _note_last(self, uid: str) -> None:
        self.opened().remember(uid)

    def refresh_counts(self) -> None:
        """Progress and agenda from the rows there are."""
        done, total = self.dock.queue.model.progress()
        self.dock.header.show_progress(done, total)
        self.dock.header.show_agenda(self.dock.queue.model.counts())
        if self.session is not None:
            self.dock.header.show_today(self.session.judged_today(), total - done)

    # -- deciding -------------------------------------------------------------------------
    @guarded
    def _verdict_chosen(self, verdict: str, doubt: bool) -> None:
        before = self.dock.form.choice(self._drawn_verdict(), doubt)
        same = before.verdict == verdict
        begun = same and self.current().patch.patch_uid in self.drafts
        choice = replace(before, verdict=verdict, sub_type=before.sub_type if same else "", doubt=doubt)
        if not choice.sub_type and verdict and self.view is not None:
            advised = self.view.advice.sub_type
            if advised and self.pack.sub_type(verdict, advised) is not None:
                choice = replace(choice, sub_type=advised)
        again = begun and bool(verdict) and self._draft_or_saved().doubt == doubt
        self._take_draft(choice)
        if again:
            self.dock.form.pick_sub_type()  # the same key twice: to the sub-types

    def _drawn_verdict(self) -> str:
        return self._draft_or_saved().verdict

    def _draft_or_saved(self) -> Choice:
        view = self.current()
        return self.drafts.get(view.patch.patch_uid, choice_of(view.judgement))

    @property
    def pack(self) -> RulePack:
        """What the patch on the screen is judged by, the workspace's default without one."""
        return (self.view.pack if self.view is not None else None) or self.opened().pack

    def current(self) -> PatchView:
        """The patch on the screen; raises E_PATCH_MISSING without one."""
        if self.view is None:
            raise WeipianError("E_PATCH_MISSING", patch_id="（未选中）")
        return self.view

    @guarded
    def _sub_type_changed(self) -> None:
        verdict, doubt = self.dock.verdict.state()
        self._take_draft(self.dock.form.choice(verdict, doubt))

    def _take_draft(self, choice: Choice) -> None:
        """A choice that is not saved yet: its fields and its checklist."""
        uid = self.current().patch.patch_uid
        self.drafts[uid] = choice
        session = self.opened()
        self.view = session.patch_view(uid, choice.verdict, choice.sub_type, choice.answers)
        dock = self.dock
        dock.verdict.set_state(choice.verdict, choice.doubt)
        dock.advice.fold(folded=bool(choice.verdict))
        dock.advice.show_view(self.view, self.pack)
        dock.form.show_choice(choice, self.view.advice, self.pack, needs_reason=self._needs_reason(choice))
        dock.form.suggest(suggestions(self.view))
        dock.evidence.show_checklist(self.view.checklist)
        dock.evidence_box.setTitle(dock.evidence.title())
        self._toast_timer.stop()
        self._show_buttons()
        self.drafted.emit()

    def _edited(self) -> None:
        """What is typed survives moving to another patch, unsaved."""
        if self.view is not None:
            verdict, doubt = self.dock.verdict.state()
            self.drafts[self.view.patch.patch_uid] = self.dock.form.choice(verdict, doubt)
            self._typing_timer.start()
            self._toast_over()

    @guarded
    def _typed(self) -> None:
        """Advice, checklist and the need of a reason follow what is typed; the field with the cursor stays as it is."""
        draft = self.drafts.get(self.view.patch.patch_uid) if self.view is not None else None
        if self.session is None or self.view is None or draft is None:
            return
        uid = self.view.patch.patch_uid
        self.view = self.session.patch_view(uid, draft.verdict, draft.sub_type, draft.answers)
        self.dock.advice.show_view(self.view, self.pack)
        self.dock.form.show_reason(visible=self._needs_reason(draft))
        self.dock.evidence.show_checklist(self.view.checklist)
        self.dock.evidence_box.setTitle(self.dock.evidence.title())

    @guarded
    def submit(self) -> None:
        """Save the decision of the patch on the screen and go to the next that needs one."""
        view, session = self.current(), self.opened()
        patch = view.patch
        self.assert_shown(patch.patch_id)
        verdict, doubt = self.dock.verdict.state()
        if not verdict and not doubt:
            self.tell("请先选择判定（1 合法、2 违法、3 其他）或 4 存疑。", "warn")
            return
        choice = self.dock.form.choice(verdict, doubt)
        refuse_unseen(self.map, view)
        needed = self._needs_reason(choice)
        paper: Optional[dict[str, str]] = {}
        if session.is_revision(patch.patch_uid, verdict):
            paper = self._ask_revision(view)
            if paper is None:
                return
        elif needed and not choice.against_reason and not choice.reason_id:
            self.dock.form.ask_reason()
            raise WeipianError("E_REASON_REQUIRED")
        elif needed:
            paper = {"against_reason": choice.against_reason, "reason_id": choice.reason_id}
        self._judge(
            patch.patch_uid,
            patch.patch_id,
            choice.verdict,
            choice.sub_type,
            choice.basis,
            dict(choice.answers),
            doubt=choice.doubt,
            seen=seen(self.map, view),
            known=self._known.get(patch.patch_uid),
            **paper,
        )
        self._keep_frame(patch.patch_uid)
        self.drafts.pop(patch.patch_uid, None)
        following = self.dock.queue.model.neighbour(patch.patch_uid, 1, unfinished=True)
        self.row_changed(patch.patch_uid)
        label = Verdict(verdict).label if verdict else ""
        said = " ".join(part for part in (label, "存疑" if doubt else "") if part)
        lacking = sum(1 for item in view.checklist if not item.done)
        said += f" · 举证缺 {lacking} 项" if verdict and lacking else ""
        self.dock.notice.clear()
        more = bool(following) and following != patch.patch_uid
        self.show_patch(following if more else patch.patch_uid)
        self.tell(f"已保存 …{patch.patch_id[-4:]} {said}（{self.undo_hint()}）")
        if not more:
            self.tell("本筛选下没有其他未判定的图斑了。可换一个筛选，或从菜单导出。", "warn")

    def undo_hint(self) -> str:
        """「Z 撤销」 with the key as it is now."""
        return f"{self.key_of('undo')} 撤销".strip()

    def _judge(self, uid: str, *decision: Any, **details: Any) -> None:
        """Save; what somebody else decided since the patch was shown is shown first, with the draft kept."""
        try:
            self.opened().judge(uid, *decision, **details)
        except WeipianError as error:
            if error.code == "E_JUDGED_MEANWHILE":
                del self._known[uid]
                self.row_changed(uid)
                self.show_patch(uid)
            raise

    def _ask_revision(self, view: PatchView) -> Optional[dict[str, str]]:
        """The paper of a 改判; None when the person thought better of it."""
        from .dialogs.revision import RevisionDialog

        session = self.opened()
        documents = [item.evidence for item in view.evidence if item.evidence.kind == "document"]
        names = [person.name for person in session.people() if person.name != session.who]
        patch = view.patch
        reasons = session.reasons("revision", patch.batch_id)
        dialog = RevisionDialog(patch.patch_id, reasons, documents, names, session.who, self.dock)
        return dialog.values() if dialog.exec() else None

    def _keep_frame(self, uid: str) -> None:
        """The frame in which it was judged goes to its sheet."""
        looked_at = self.map.frame() if self.map is not None and hasattr(self.map, "frame") else None
        if looked_at:
            self.opened().keep_frame(uid, *looked_at)

    def assert_shown(self, patch_id: str) -> None:
        """Raise E_PATCH_MISMATCH unless this is the number that the person sees."""
        shown = self.dock.patch.patch_id.text()
        if shown != patch_id:
            raise WeipianError("E_PATCH_MISMATCH", expected=shown, found=patch_id)

    def row_changed(self, uid: str) -> None:
        """One patch was written: its line, the counts and its outline on the map."""
        self.ready()
        self.dock.queue.update_row(self.opened().queue_row(uid))
        QTimer.singleShot(30, self._counts_later)
        if self.map is not None:
            self.map.refresh_patch(uid)

    def _counts_later(self) -> None:
        if self.session is not None:
            self.refresh_counts()
            self.dock.settle()  # the folded list names its count

    @guarded
    def undo(self) -> None:
        """Take the last action back and go to the patch that it was about."""
        session = self.opened()
        if not session.can_undo():
            raise WeipianError("E_NOTHING_TO_UNDO")
        subject = session.last_subject()
        changes.stepped(self, session.undo(), subject, "已撤销")

    @guarded
    def discard(self) -> None:
        """Back to what is saved."""
        uid = self.current().patch.patch_uid
        if self.drafts.pop(uid, None) is not None:
            self.show_patch(uid)
        self.dock.notice.clear()

    @guarded
    def set_review(self, target: ReviewStatus) -> None:
        """提交审核, 审核结束 or 退回 of the patch on the screen; without 审核结束 no case closes."""
        patch, note = self.current().patch, ""
        self.assert_shown(patch.patch_id)
        if target is ReviewStatus.RETURNED:
            note = ask_text(self.dock, "退回重办", "退回的理由") or ""
            if not note:
                return
        self.opened().set_review(patch.patch_uid, patch.patch_id, target, note)
        self.row_changed(patch.patch_uid)
        self.show_patch(patch.patch_uid)
        self.tell(f"…{patch.patch_id[-4:]} {target.label}")

    # -- moving ---------------------------------------------------------------------------
    @guarded
    def step(self, step: int, *, unfinished: bool) -> None:
        """To the next (1) or previous (-1) patch of the list."""
        uid = self.dock.queue.model.neighbour(self.dock.queue.selected(), step, unfinished=unfinished)
        if uid:
            self.show_patch(uid)
        else:
            self.tell("没有其他未判定的图斑" if unfinished else "已经到头了", "hint")

    @guarded
    def go_to(self, text: str = "") -> None:
        """To the patch with this number or this ending of it; several matches become a search."""
        if not text:
            text = ask_text(self.dock, "按编号查找", "图斑编号（可只输末尾几位）") or ""
            if not text:
                return
        text = text.strip()
        rows = self.dock.queue.model.rows
        found = [row for row in rows if row.patch_id == text] or [r for r in rows if r.patch_id.endswith(text)]
        if not found:
            raise WeipianError("E_PATCH_MISSING", patch_id=text)
        if len(found) > 1:
            self.dock.queue.set_filter("all", text)
        self.dock.show_review()  # also from the start screen
        self.show_patch(found[0].patch_uid)

    # -- batches --------------------------------------------------------------------------
    @guarded
    def choose_batch(self, batch_id: str) -> None:
        """Only one batch in the queue, or all with an empty id."""
        self.batch_id = batch_id
        self.reload()
