"""Commands about rule packs: the dialog, the comparison, and the offer of a changed pack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QVBoxLayout

from ..core.errors import WeipianError
from ..workbench.pack_choice import PackOffer
from .dialogs.packs_offer import OfferBar
from .guard import guarded
from .review import Review

#: After a workspace is opened and painted, ms.
_LOOK_DELAY = 1500


class PackWork(QObject):
    """Serves the menu; looks for changed packs once a workspace is open."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.bar = OfferBar(review.dock.content)
        self.bar.compare_wanted.connect(self._compare_offer)
        self.bar.taken.connect(self._take)
        self.bar.declined.connect(self._decline)
        self._place_bar()
        self._offers: list[PackOffer] = []
        self._compare: Any = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_DELAY)
        self._timer.timeout.connect(self.look)

    def _place_bar(self) -> None:
        notice = self.review.dock.notice
        layout = notice.parentWidget().layout()
        if isinstance(layout, QVBoxLayout):
            layout.insertWidget(max(0, layout.indexOf(notice)), self.bar)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {"pack": self.open}

    def opened(self) -> None:
        """A workspace was opened."""
        self._timer.start()

    def close(self) -> None:
        """The workspace goes."""
        self._timer.stop()
        self._offers = []
        self.bar.hide()
        if self._compare is not None:
            window, self._compare = self._compare, None
            window.task.cancel()
            window.done(0)
            window.deleteLater()

    # -- the dialog -----------------------------------------------------------------------
    @guarded
    def open(self) -> None:
        """The packs and the batches."""
        from .dialogs.packs import PacksDialog

        dialog = PacksDialog(self.review.opened(), self.review.batch_id, self.review.dock)
        dialog.compare_wanted.connect(lambda batch, folder: self._leave_to_compare(dialog, batch, folder))
        dialog.exec()
        if dialog.changed:
            self.review.reload()
            self.look()
        dialog.deleteLater()

    def _leave_to_compare(self, dialog: Any, batch_id: str, folder: str) -> None:
        dialog.done(0)
        self.compare(batch_id, Path(folder))

    @guarded
    def compare(self, batch_id: str, folder: Path) -> None:
        """Advise a batch again with the pack in `folder`, in a window beside the panel."""
        from .dialogs.packs_compare import CompareDialog

        session = self.review.opened()
        if self._compare is not None:
            self._compare.close()
        window = CompareDialog(session, session.packs(), batch_id, self.review.dock)
        self._compare = window
        window.patch_chosen.connect(self._go_to)
        window.choose(batch_id, folder)
        window.show()
        window.start()

    @guarded
    def _go_to(self, uid: str) -> None:
        self.review.dock.show_review()
        self.review.show_patch(uid)

    # -- the offer ------------------------------------------------------------------------
    @guarded
    def look(self) -> None:
        """Is a pack of a batch under work newer or changed? Shown one after the other."""
        session = self.review.session
        self._offers = session.pack_offers() if session is not None and not session.read_only else []
        self._show_offer()

    def offer(self) -> Optional[PackOffer]:
        """The change that is offered, None without one."""
        return self._offers[0] if self._offers else None

    def _show_offer(self) -> None:
        found = self.offer()
        if found is None:
            self.bar.hide()
            return
        self.bar.offer(found.text, found.ref.display)

    @guarded
    def _compare_offer(self) -> None:
        found = self.offer()
        if found is not None and found.ref.folder is not None:
            self.compare(found.batch_id, found.ref.folder)

    @guarded
    def _take(self) -> None:
        found = self.offer()
        if found is None:
            return
        self.review.opened().choose_pack(found.batch_id, found.ref.id, found.ref.version)
        self.review.reload()
        self.review.tell(self.tr("批次“{name}”已换用 {pack}，可撤销。").format(
            name=found.batch_name, pack=found.ref.display
        ))  # fmt: skip
        self.look()

    @guarded
    def _decline(self) -> None:
        found = self.offer()
        if found is not None:
            self.review.opened().decline_pack([found])
            self.look()
