"""The command that makes what goes to the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from qgis.PyQt.QtCore import QObject

from ..core.errors import WeipianError
from .dialogs.handout import HandoutDialog
from .guard import guarded
from .review import Review


class HandoutWork(QObject):
    """One of the panel's features: 外业派发包."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self._review = review

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self._review.report_error(error)

    def table(self) -> Mapping[str, Callable[[], None]]:
        """Command -> what it does."""
        return {"handout": self.open}

    def close(self) -> None:
        """Nothing is kept between workspaces."""

    @guarded
    def open(self) -> None:
        """Ask for whom and make the folder."""
        session = self._review.opened()
        rows = self._review.dock.queue.model.shown_uids()
        shown = tuple(rows) if len(rows) < len(session.patch_uids()) else ()
        dialog = HandoutDialog(session, shown, self._review.dock)
        try:
            dialog.exec()
        finally:
            dialog.deleteLater()
