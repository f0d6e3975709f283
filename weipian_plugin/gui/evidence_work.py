"""Writing evidence and case steps of the patch on the screen; each is one undoable action of the Session."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QObject, Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices

from ..core.errors import WeipianError
from ..core.proof import Evidence
from ..core.states import CASE_ACTIONS
from .document_work import DocumentWork
from .entry_work import EntryWork
from .guard import guarded
from .review import Review
from .small_dialogs import ActionDialog


class EvidenceWork(QObject):
    """Serves the evidence strip and the case buttons of the dock."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self._review = review
        self._dock = review.dock
        self.documents = DocumentWork(review)
        self.entry = EntryWork(review, self._after_evidence)
        evidence = self._dock.evidence
        evidence.open_requested.connect(self.open_evidence)
        evidence.aim_requested.connect(self.aim)
        evidence.document_requested.connect(self.document)
        evidence.unlink_requested.connect(self.unlink)
        evidence.purpose_requested.connect(self.set_purpose)
        evidence.fact_requested.connect(self._focus_fact)
        review.shown.connect(lambda _uid: self._offer_purposes())
        self._dock.case.action_requested.connect(self.case_action)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self._review.report_error(error)

    # -- evidence -------------------------------------------------------------------------
    @guarded
    def attach(self, paths: list[Path], purpose: str = "") -> None:
        """Copy files in as evidence of the patch on the screen."""
        patch = self._review.current().patch
        self._review.assert_shown(patch.patch_id)
        notes = self._review.opened().attach(patch.patch_uid, patch.patch_id, paths, purpose)
        self._after_evidence()
        self._dock.scroll.ensureWidgetVisible(self._dock.evidence.strip)
        self._review.tell("；".join(notes) if notes else f"已附 {len(paths)} 个文件", "warn" if notes else "good")

    def _after_evidence(self) -> None:
        uid = self._review.current().patch.patch_uid
        self._review.row_changed(uid)
        self._review.show_patch(uid)

    @guarded
    def open_evidence(self, evidence_id: str) -> None:
        """Open a file with the program of the system."""
        path = self._review.opened().evidence_path(evidence_id)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail="系统没有打开此类文件的程序")

    def _evidence(self, evidence_id: str) -> Optional[Evidence]:
        """A file of the patch on the screen."""
        links = self._review.current().evidence
        return next((link.evidence for link in links if link.evidence.evidence_id == evidence_id), None)

    @guarded
    def aim(self, evidence_id: str) -> None:
        """Where a photo was taken from, by hand."""
        item = self._evidence(evidence_id)
        if item is None or item.kind != "photo":
            self._review.tell("只有照片可以填写拍摄方位。", "warn")
            return
        self.entry.open(item, str(self._review.opened().evidence_path(evidence_id)))

    def document(self, evidence_id: str) -> None:
        """What a document says, the patches that it proves, its boundary."""
        self.documents.open(evidence_id)

    @guarded
    def unlink(self, evidence_id: str) -> None:
        """Take a file off the patch; it stays in the workspace and the step can be undone."""
        patch = self._review.current().patch
        self._review.assert_shown(patch.patch_id)
        self._review.opened().unlink(patch.patch_uid, evidence_id)
        self._after_evidence()
        self._review.tell("已移出本图斑，文件仍在工作区，可撤销。")

    @guarded
    def set_purpose(self, evidence_id: str, before: str, purpose: str) -> None:
        """Let a file prove something else for the patch on the screen."""
        patch = self._review.current().patch
        self._review.assert_shown(patch.patch_id)
        self._review.opened().set_purpose(patch.patch_uid, patch.patch_id, evidence_id, purpose, before)
        self._after_evidence()
        requirement = self._review.pack.requirements.get(purpose)
        self._review.tell(f"用途改为{requirement.label if requirement is not None else purpose}")

    @guarded
    def _offer_purposes(self) -> None:
        """What files of this patch may prove, by its rule pack."""
        if self._review.session is None:
            return
        choices: dict[str, tuple[str, ...]] = {}
        for item in self._review.pack.requirements.values():
            choices[item.kind] = (*choices.get(item.kind, ()), item.id)
        self._dock.evidence.set_choices(choices)

    def _focus_fact(self, requirement_id: str) -> None:
        session = self._review.session
        if session is None:
            return
        requirement = self._review.pack.requirements.get(requirement_id)
        key = (requirement.field if requirement is not None else "") or requirement_id
        widget = self._dock.form.fields.get(key)
        if widget is not None:
            self._dock.scroll.ensureWidgetVisible(widget)
            widget.setFocus()

    # -- case -----------------------------------------------------------------------------
    @guarded
    def case_action(self, kind: str, step_back: bool) -> None:
        """One step of enforcement or rectification through its form."""
        view, session = self._review.current(), self._review.opened()
        patch = view.patch
        self._review.assert_shown(patch.patch_id)
        offices = [office.label for office in self._review.pack.offices]
        last = view.actions[-1] if view.actions else None
        dialog = ActionDialog(
            CASE_ACTIONS[kind],
            patch.patch_uid,
            patch.patch_id,
            offices,
            last,
            step_back,
            parent=self._dock,
            mineral=view.mineral,
        )
        if not dialog.exec():
            return
        session.add_action(dialog.action(), patch.patch_id, dialog.text("reason"))
        self._review.row_changed(patch.patch_uid)
        self._review.show_patch(patch.patch_uid)
        # The button that opened the form is gone: Qt would give the keyboard to the next widget of the main window.
        self._dock.home().setFocus(Qt.FocusReason.OtherFocusReason)
        self._review.tell(f"已登记 …{patch.patch_id[-4:]} {CASE_ACTIONS[kind].label}")
