"""The command 图斑信息: facts of the patch on the screen, put right by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QDialog

from ..core.errors import WeipianError
from .dialogs.patch_facts import PatchFactsDialog
from .guard import guarded
from .review import Review


class FactCommands(QObject):
    """Asks for the facts and hands them to the session."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {"facts": self.edit}

    def close(self) -> None:
        """Nothing stays open."""

    @guarded
    def edit(self) -> None:
        """Put the facts of the patch on the screen right."""
        review = self.review
        view, session = review.current(), review.opened()
        patch = view.patch
        review.assert_shown(patch.patch_id)
        dialog = PatchFactsDialog(patch, session.pack_for(patch.batch_id), review.dock)
        accepted = dialog.exec() == QDialog.DialogCode.Accepted
        facts = dialog.facts()
        dialog.deleteLater()
        if not accepted:
            return
        if session.set_facts(patch.patch_uid, patch.patch_id, facts):
            review.row_changed(patch.patch_uid)
            review.show_patch(patch.patch_uid)
            review.tell(self.tr("已保存图斑信息"))
