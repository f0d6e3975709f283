"""While a person looks at a patch, the next ones are made ready: their numbers and their imagery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import QObject, QTimer

from .guard import guarded

if TYPE_CHECKING:
    from ..core.errors import WeipianError
    from .review import Review

#: Patches that are made ready, in the order in which they will probably be asked for.
_DEPTH = 3
#: After the patch is painted, for numbers and for imagery, and between two patches, ms: keys and paint go first.
_NUMBERS, _IMAGERY, _BETWEEN = 20, 120, 5


class LookAhead(QObject):
    """Follows the patch on the screen; a step stops what was begun for the former one."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self._review = review
        self._waiting: list[str] = []
        self._timer, self._images = QTimer(self), QTimer(self)
        for timer, slot in ((self._timer, self._next), (self._images, self._imagery)):
            timer.setSingleShot(True)
            timer.timeout.connect(slot)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self._review.report_error(error)

    def begin(self) -> None:
        """Another patch is on the screen."""
        self._waiting = []
        self._timer.start(_NUMBERS)
        self._images.start(_IMAGERY)

    def stop(self) -> None:
        """The workspace is closed."""
        self._timer.stop()
        self._images.stop()
        self._waiting = []

    def upcoming(self) -> list[str]:
        """uids of the patches that a submission or a step leads to, nearest first."""
        review = self._review
        if review.view is None:
            return []
        model, here = review.dock.queue.model, review.view.patch.patch_uid
        found: list[str] = []
        uid = here
        for _ in range(_DEPTH):
            uid = model.neighbour(uid, 1, unfinished=True)
            if not uid or uid == here or uid in found:
                break
            found.append(uid)
        step = model.neighbour(here, 1, unfinished=False)
        return found if not step or step in found or step == here else [*found[:1], step, *found[1:]]

    @guarded
    def _next(self) -> None:
        session = self._review.session
        if session is None:
            return
        if not self._waiting:
            self._waiting = self.upcoming()
        if self._waiting:
            session.prefetch_view(self._waiting.pop(0))
        if self._waiting:
            self._timer.start(_BETWEEN)

    @guarded
    def _imagery(self) -> None:
        prefetch = getattr(self._review.map, "prefetch", None)
        wanted = self.upcoming() if self._review.session is not None else []
        if prefetch is not None and wanted:
            prefetch(wanted)
