"""Commands around deciding: redo, 转外业, 内审, 改判清单, who sits there, today's count, the guided steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QDialog

from ..core import internal
from ..core.errors import WeipianError
from ..core.model import ReviewStatus
from ..core.people import ROLES, same_person
from . import changes
from .folds import LOOK
from .guard import guarded
from .guide_panel import GuidePanel
from .review import Review

WHO_KEY = "weipian/who"


class JudgingWork(QObject):
    """Serves the section 判定步骤 and the commands around a decision."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.guide = GuidePanel(review.dock)
        self.fold = review.dock.add_section("guide", self.tr("判定步骤"), self.guide, "form", (LOOK,))
        layout = review.dock.page.layout()
        layout.removeWidget(self.fold)
        layout.insertWidget(layout.indexOf(review.dock.verdict), self.fold)
        self.dialog: Optional[QDialog] = None
        review.shown.connect(lambda _uid: self._show())
        review.drafted.connect(self._show)
        review.dock.header.who_requested.connect(self.change_person)
        review.dock.header.figures = self._pace
        review.dock.form.reason_pick.add_requested.connect(self._add_reason)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {
            "redo": self.redo,
            "field": self.to_field,
            "check_pass": lambda: self.check(internal.PASSED),
            "check_return": lambda: self.check(internal.RETURNED),
            "revisions": self.revisions,
            "people": self.change_person,
        }

    def close(self) -> None:
        """Another workspace comes."""
        if self.dialog is not None:
            self.dialog.close()
            self.dialog = None

    # -- showing --------------------------------------------------------------------------
    @guarded
    def _show(self) -> None:
        review = self.review
        view, session = review.view, review.session
        if view is None or session is None:
            return
        self.guide.show_guide(view.guide, view.pack)
        self.fold.set_summary(self.guide.summary())
        self.fold.offer(there=bool(view.guide.steps))
        review.dock.header.show_person(session.who, ROLES.get(session.role, ""))
        lines = view.checks[-1:] if view.judgement is not None else ()
        current = internal.result(view.judgement, view.checks)
        if lines and current == internal.RETURNED:
            review.tell(session.check_text(lines[0]), "warn")

    @guarded
    def _pace(self) -> str:
        session = self.review.session
        return session.pace_text() if session is not None else ""

    # -- deciding -------------------------------------------------------------------------
    @guarded
    def redo(self) -> None:
        """Do again what was taken back last, and go to the patch that it was about."""
        session = self.review.opened()
        if not session.can_redo():
            raise WeipianError("E_NOTHING_TO_REDO")
        subject = session.last_subject(redo=True)
        changes.stepped(self.review, session.redo(), subject, self.tr("已重做"))

    @guarded
    def to_field(self) -> None:
        """转外业 of the patch on the screen: one key, then the next that is open."""
        review = self.review
        patch = review.current().patch
        review.assert_shown(patch.patch_id)
        following = review.dock.queue.model.neighbour(patch.patch_uid, 1, unfinished=True)
        review.opened().to_field(patch.patch_uid, patch.patch_id)
        review.drafts.pop(patch.patch_uid, None)
        review.row_changed(patch.patch_uid)
        review.show_patch(following or patch.patch_uid)
        review.tell(f"…{patch.patch_id[-4:]} {self.tr('已转外业')}（{review.undo_hint()}）")

    @guarded
    def check(self, result: str) -> None:
        """内审 of the patch on the screen."""
        review = self.review
        session, patch = review.opened(), review.current().patch
        review.assert_shown(patch.patch_id)
        reasons: list[str] = []
        note = ""
        if result == internal.RETURNED and session.role == "checker":
            from .dialogs.revision import ReturnDialog

            if patch.review_status is not ReviewStatus.JUDGED:  # nobody writes reasons for nothing
                raise WeipianError("E_CHECK_STATE", patch_id=patch.patch_id, state=patch.review_status.label)
            dialog = ReturnDialog(patch.patch_id, session.reasons("internal", patch.batch_id), review.dock)
            if not dialog.exec():
                return
            reasons, note = dialog.values()
        session.check_internal(patch.patch_uid, patch.patch_id, result, reasons, note)
        review.row_changed(patch.patch_uid)
        review.dock.notice.clear()
        review.step(1, unfinished=False)
        review.tell(f"…{patch.patch_id[-4:]} {internal.LABELS[result]}（{review.undo_hint()}）")

    @guarded
    def _add_reason(self) -> None:
        review = self.review
        form = review.dock.form
        text = form.reason.text().strip()
        if not text:
            review.tell(self.tr("先在右边写好理由，再加进清单。"), "warn")
            return
        review.opened().add_reason("against", text)
        form.reason_pick.set_reasons(review.opened().reasons("against", review.current().patch.batch_id))
        form.reason_pick.choose(text)
        form.reason.clear()
        form.edited.emit()

    @guarded
    def revisions(self) -> None:
        """改判清单."""
        from .dialogs.revision import RevisionsDialog

        RevisionsDialog(self.review.opened().revisions(), self._save_revisions, self.review.dock).exec()

    @guarded
    def _save_revisions(self, path: Path) -> None:
        self.review.opened().save_revisions(path)
        self.review.tell(f"{self.tr('已保存')} {path.name}")

    # -- people ---------------------------------------------------------------------------
    @guarded
    def change_person(self) -> None:
        """Who sits there: asked once a start and by 换人; the panel does not wait for the answer."""
        from .dialogs.people import WhoDialog

        session = self.review.opened()
        self.close()
        dialog = WhoDialog(session.people(), session.who, session.role, self.review.dock)
        dialog.accepted.connect(self._sat_down)
        self.dialog = dialog
        dialog.open()

    @guarded
    def _sat_down(self) -> None:
        review, dialog = self.review, self.dialog
        if dialog is None or review.session is None:
            return
        session = review.session
        name, role = dialog.values()  # type: ignore[attr-defined]
        before = session.who
        person = session.sit_down(name, role)
        QgsSettings().setValue(WHO_KEY, person.name)
        self.dialog = None
        if not same_person(before, person.name):
            review.drafts.clear()  # what somebody else had begun is not submitted under this name
        if review.view is not None:
            review.show_patch(review.view.patch.patch_uid)
            review.refresh_counts()
        words = self.tr("现在由 {name}（{role}）操作")
        review.tell(words.format(name=person.name, role=ROLES[person.role]))
