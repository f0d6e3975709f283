"""What the menu and the panel do with patches that came before, are void, or that the platform speaks of."""

from __future__ import annotations

from functools import partial

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QMenu

from ..core.errors import WeipianError
from ..core.model import CLUE_BATCH, ReviewStatus
from .guard import guarded
from .review import Review
from .small_dialogs import ask_text

_VOIDS = (("vanished", "图形灭失…", "图形灭失的情况（例如房屋已拆、实地无变化）"), ("void", "作废…", "作废的原因"))


class BatchWork(QObject):
    """Serves the panel's lines of origin, 作废 and 图形灭失, 撤回批次, status tables."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self._review = review
        self._dock = review.dock
        panel = self._dock.earlier
        panel.open_requested.connect(review.show_patch)
        panel.take_requested.connect(self.take)
        panel.confirm_requested.connect(self.confirm)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self._review.report_error(error)

    # -- the panel ------------------------------------------------------------------------
    @guarded
    def take(self, other_uid: str) -> None:
        """Evidence of an earlier patch for the one on the screen."""
        patch = self._review.current().patch
        self._review.assert_shown(patch.patch_id)
        count = self._review.opened().take_evidence(patch.patch_uid, patch.patch_id, other_uid)
        self._again(patch.patch_uid)
        self._review.tell(f"已沿用 {count} 件举证，可撤销。" if count else "这些举证早已归到本图斑。")

    @guarded
    def confirm(self) -> None:
        """The changed boundary was looked at."""
        patch = self._review.current().patch
        self._review.assert_shown(patch.patch_id)
        self._review.opened().confirm_boundary(patch.patch_uid, patch.patch_id)
        self._again(patch.patch_uid)
        self._review.tell("已核对：边界有变化，已有的判定不变。")

    def _again(self, uid: str) -> None:
        self._review.row_changed(uid)
        self._review.show_patch(uid)

    # -- the menu -------------------------------------------------------------------------
    def fill_reviews(self, menu: QMenu) -> None:
        """作废 and 图形灭失 of the patch on the screen."""
        view = self._review.view
        if view is None:
            return
        menu.addSeparator()
        for reason, label, question in _VOIDS:
            action = menu.addAction(label)
            action.setEnabled(view.patch.review_status is not ReviewStatus.VOID)
            action.triggered.connect(partial(self._void_clicked, reason, label, question))

    def _void_clicked(self, reason: str, label: str, question: str, _checked: bool = False) -> None:
        self.void(reason, label.rstrip("…"), question)

    @guarded
    def void(self, reason: str, title: str, question: str) -> None:
        """Take the patch on the screen out of every count."""
        patch = self._review.current().patch
        self._review.assert_shown(patch.patch_id)
        note = ask_text(self._dock, f"{title} · {patch.patch_id}", question)
        if note is None:
            return
        self._review.opened().void(patch.patch_uid, patch.patch_id, reason, note)
        if patch.split_state:
            self._review.reload()
        else:
            self._again(patch.patch_uid)
        self._review.tell(f"…{patch.patch_id[-4:]} {title}，不再计数；已有的判定和举证保留，可撤销。")

    def fill_batches(self, menu: QMenu) -> None:
        """撤回批次, one entry a batch."""
        session = self._review.session
        batches = [batch for batch in session.batches() if batch.batch_id != CLUE_BATCH] if session else []
        if not batches:
            return
        menu.addSeparator()
        inner = menu.addMenu("撤回批次")
        for batch in batches:
            action = inner.addAction(f"{batch.name}…")
            action.triggered.connect(partial(self._withdraw_clicked, batch.batch_id, batch.name))

    def _withdraw_clicked(self, batch_id: str, name: str, _checked: bool = False) -> None:
        self.withdraw(batch_id, name)

    @guarded
    def withdraw(self, batch_id: str, name: str) -> None:
        """Void what a withdrawn delivery brought."""
        note = ask_text(self._dock, f"撤回批次 · {name}", "撤回的原因（例如县局通知撤回）")
        if note is None:
            return
        count = self._review.opened().withdraw_batch(batch_id, note)
        self._review.reload()
        self._review.tell(f"批次“{name}”已撤回，{count} 个图斑不再计数；可撤销。")

    @guarded
    def import_status(self) -> None:
        """A status table of the platform."""
        from .dialogs.status_import import run_status_import

        if run_status_import(self._dock, self._review.opened()):
            self._review.reload()
