"""What the queue needs from outside: the map's view, the way 就近, the advice on every patch, the gallery."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any, Optional

from qgis.core import QgsCsException, QgsGeometry, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer

from ..core.errors import WeipianError
from ..workbench.nearest import way
from ..workbench.queue_facts import facts_of
from .canvas_items import from_canvas
from .gallery import Gallery
from .guard import guarded
from .queue_filters import QueueFilter
from .review import Review

#: The list follows the map this long after it came to rest, ms.
_MAP_REST = 150
#: Of each turn of the event loop so much goes into advice, s: a key press waits no longer than this.
_SLICE = 0.008
_SHOW_EVERY = 400


class QueueWork(QObject):
    """Serves the queue panel of one dock."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.queue = review.dock.queue
        self.gallery: Optional[Gallery] = None
        self._session: Any = None
        self._canvas: Any = None
        self._todo: list[str] = []
        self._stale = False  # everything was read anew: other layers, another pack
        self._found: dict[str, tuple[int, int, int]] = {}
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_MAP_REST)
        self._rest.timeout.connect(self._follow_map)
        self._idle = QTimer(self)
        self._idle.setInterval(0)
        self._idle.timeout.connect(self._advise_some)
        review.shown.connect(lambda _uid: self._meet())
        review.rows_taken.connect(self._read_anew)
        self.queue.filter_changed.connect(lambda _key: self._need())
        self.queue.filters_opening.connect(self._filters_opening)
        self.queue.nearest_requested.connect(self._walk)
        self.queue.facts_for = self._facts

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {"filter": self._open_filters, "gallery": self.open_gallery}

    def close(self) -> None:
        """Another workspace comes, or the plugin goes."""
        self._idle.stop()
        self._rest.stop()
        self._todo, self._found, self._session, self._stale = [], {}, None, False
        self.queue.panel.close()
        if self._canvas is not None:
            self._canvas.extentsChanged.disconnect(self._rest.start)
            self._canvas = None
        if self.gallery is not None:
            self.gallery.close()
            self.gallery.deleteLater()
            self.gallery = None

    # -- a workspace ----------------------------------------------------------------------
    @guarded
    def _meet(self) -> None:
        """The first patch of a workspace was shown."""
        session = self.review.session
        if session is None:
            return
        self.queue.set_person(session.who)
        if session is self._session:
            return
        self._session = session
        self._todo, self._found = [], {}
        self._name_batches()
        canvas = getattr(self.review.map, "canvas", None)
        if isinstance(canvas, QgsMapCanvas) and self._canvas is None:
            self._canvas = canvas
            canvas.extentsChanged.connect(self._rest.start)
            self._rest.start()

    def _name_batches(self) -> None:
        self.queue.panel.batch_names = {batch.batch_id: batch.name for batch in self.review.opened().batches()}

    @guarded
    def _follow_map(self) -> None:
        if self._canvas is None or self.review.session is None:
            return
        box = QgsGeometry.fromRect(self._canvas.extent())
        try:
            box.transform(from_canvas(self._canvas, QgsProject.instance()))
        except QgsCsException:
            return
        seen = box.boundingBox()
        self.queue.set_view((seen.xMinimum(), seen.yMinimum(), seen.xMaximum(), seen.yMaximum()))

    # -- the advice on every patch --------------------------------------------------------
    def _facts(self, uid: str) -> tuple[int, int, int]:
        """Of one patch, now."""
        return facts_of(self.review.opened().patch_view(uid))

    def _open_filters(self) -> None:
        self.review.dock.show_review()
        self.queue.open_filters()

    @guarded
    def _filters_opening(self) -> None:
        """By key or by mouse: the names of batches that came since, and every count."""
        if self.review.session is not None:
            self._name_batches()
            self._need(always=True)

    def _read_anew(self) -> None:
        """What is known of each patch counts until it was looked at again, so that the list does not jump."""
        self._stale = self.queue.model.table.has_facts()
        self._need()

    @guarded
    def _need(self, *, always: bool = False) -> None:
        """Start on what is not known yet, if the filter asks for it."""
        if self.review.session is None or (self._idle.isActive() and not self._stale):
            return
        if not always and not self.queue.current_filter().slow():
            return
        index = self.queue.model.table
        self._todo = [index.rows[slot].patch_uid for slot in index.to_advise(every=self._stale)][::-1]
        self._stale = False
        if self._todo:
            self.queue.set_facts({}, computing=True)
            self._idle.start()

    @guarded
    def _advise_some(self) -> None:
        if self.review.session is None:
            self._idle.stop()
            return
        until = perf_counter() + _SLICE
        while self._todo and perf_counter() < until:
            uid = self._todo.pop()
            if self.queue.model.row_of(uid) is None:
                continue
            try:
                self._found[uid] = self._facts(uid)
            except WeipianError:  # the patch went away meanwhile
                continue
        if not self._todo:
            self._idle.stop()
        if not self._todo or len(self._found) >= _SHOW_EVERY:
            found, self._found = self._found, {}
            self.queue.set_facts(found, computing=bool(self._todo))

    # -- 就近 -----------------------------------------------------------------------------
    @guarded
    def _walk(self) -> None:
        """From the current patch through those of the filter; what lies nowhere comes last."""
        model = self.queue.model
        places: dict[str, tuple[float, float]] = {}
        for uid in model.shown_uids():
            place = self._place(uid)
            if place is not None:
                places[uid] = place
        start = self._place(self.queue.selected()) or next(iter(places.values()), (0.0, 0.0))
        uids = list(places)
        self.queue.set_walk({uids[at]: step for step, at in enumerate(way(list(places.values()), start))})

    def _place(self, uid: str) -> Optional[tuple[float, float]]:
        row = self.queue.model.row_of(uid)
        if row is None or row.bbox is None:
            return row.centre if row is not None else None
        xmin, ymin, xmax, ymax = row.bbox
        return (xmin + xmax) / 2, (ymin + ymax) / 2

    # -- the gallery ----------------------------------------------------------------------
    def open_gallery(self) -> None:
        """The patches of the filter as cards."""
        if self.gallery is None:
            self.gallery = Gallery(self.review)
        rows = [row for uid in self.queue.model.shown_uids() if (row := self.queue.model.row_of(uid)) is not None]
        if not rows:
            self.queue.set_conditions(QueueFilter())
            rows = list(self.queue.model.rows)
        self.gallery.show_rows(rows, self.queue.selected())
