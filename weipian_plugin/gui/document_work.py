"""Opening the form of a document from the evidence strip, and drawing the boundaries that documents approve."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject

from ..core.errors import WeipianError
from .dialogs.document import DocumentDialog
from .guard import guarded
from .outline_items import OutlineItems
from .review import Review


class DocumentWork(QObject):
    """Documents of the patch on the screen."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.outlines: Optional[OutlineItems] = None
        review.shown.connect(lambda _uid: self.draw())

    def table(self) -> dict[str, Callable[[], Any]]:
        """No command of its own: the strip opens the form."""
        return {}

    def close(self) -> None:
        """Another workspace comes, or none."""
        if self.outlines is not None:
            self.outlines.remove()
            self.outlines = None

    @guarded
    def draw(self) -> None:
        """The approved boundaries of the patch on the screen."""
        view, over = self.review.view, self.review.map
        found = [link.evidence.outline for link in view.evidence] if view is not None else []
        wkbs = [wkb for wkb in found if wkb]
        canvas = getattr(over, "canvas", None)
        if canvas is None:
            return
        if self.outlines is not None and self.outlines.canvas is not canvas:
            self.close()
        if self.outlines is None and wkbs:
            self.outlines = OutlineItems(canvas, QgsProject.instance())
        if self.outlines is not None:
            self.outlines.show(wkbs)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    @guarded
    def open(self, evidence_id: str) -> None:
        """The form of one document; the panel follows what was changed."""
        review = self.review
        session, queue = review.opened(), review.dock.queue.model
        before = {use.patch_uid for use in session.document_uses(evidence_id)}
        dialog = DocumentDialog(
            session, evidence_id, review.pack, rows=queue.rows, shown=queue.shown_uids(), parent=review.dock
        )
        accepted = bool(dialog.exec())
        shared = dialog.shared
        dialog.deleteLater()
        after = {use.patch_uid for use in session.document_uses(evidence_id)}
        if len(before ^ after) > 1:
            review.reload()
        else:
            for uid in before ^ after:
                review.row_changed(uid)
        if review.view is not None:
            uid = review.view.patch.patch_uid
            review.row_changed(uid)
            review.show_patch(uid)
        if not accepted:
            return
        text = self.tr("已保存文件信息，证明 {count} 个图斑（{hint}）").format(
            count=len(after), hint=review.undo_hint()
        )
        if shared.refused:
            number, why = shared.refused[0]
            text += self.tr("；{count} 个没有加入：{number} {why}").format(
                count=len(shared.refused), number=number, why=why
            )
        review.tell(text, "warn" if shared.refused else "good")
