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
#: After the patch is painted, and between two patches, ms: keys and paint go first.
_BEGIN, _BETWEEN = 120, 20


class LookAhead(QObject):
    """Follows the patch on the screen; a step stops what was begun for the former one."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self._review = review
        self._waiting: list[str] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self._review.report_error(error)

    def begin(self) -> None:
        """Another patch is on the screen."""
        self._waiting = []
        self._timer.start(_BEGIN)

    def stop(self) -> None:
        """The workspace is closed."""
        self._timer.stop()
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
            prefetch = getattr(self._review.map, "prefetch", None)
            if prefetch is not None and self._waiting:
                prefetch(self._waiting)
        if self._waiting:
            session.prefetch_view(self._waiting.pop(0))
        if self._waiting:
            self._timer.start(_BETWEEN)
