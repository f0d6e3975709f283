"""The commands 影像… and 标记影像问题."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.PyQt.QtCore import QObject

from ..core.errors import WeipianError
from .guard import guarded
from .review import Review
from .tile_keys import tile_keys


class ImageryCommands(QObject):
    """Opens the dialogs and shows what came of them."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {"imagery": self.imagery, "image_mark": self.mark}

    def close(self) -> None:
        """Keys of tile services are forgotten by the program; they stay in the authentication database."""
        tile_keys().close()

    @guarded
    def imagery(self) -> None:
        """Which imagery there is."""
        from .dialogs.imagery import run_imagery

        review = self.review
        batch = review.view.patch.batch_id if review.view is not None and review.batch_id else ""
        if run_imagery(review.dock, review.opened(), batch):
            review.reload()
        review.dock.home().setFocus()

    @guarded
    def mark(self) -> None:
        """Say why the imagery of the patch on the screen cannot serve."""
        from .dialogs.image_mark import ImageMarkDialog

        review = self.review
        view, session = review.current(), review.opened()
        dialog = ImageMarkDialog(view, session.reasons("imagery", view.patch.batch_id), review.dock)
        kept = bool(dialog.exec())
        review.dock.home().setFocus()  # the next key is for the review again
        if not kept:
            return
        role, reason, note = dialog.values()
        patch = view.patch
        if reason and dialog.typed:
            session.add_reason("imagery", reason)
        session.mark_image(patch.patch_uid, patch.patch_id, role, reason, note)
        review.show_patch(patch.patch_uid)
        review.tell(
            self.tr("已标记影像问题（{}）。").format(review.undo_hint()) if reason else self.tr("已清除影像标记。")
        )
