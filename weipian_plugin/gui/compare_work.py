"""Commands of looking: ways to compare, keys that are held, and what lies around the patch on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject, QTimer

from ..core.errors import WeipianError
from ..workbench.surroundings import Surroundings, SurroundingsReader
from .compare_modes import LENS, SWIPE
from .guard import guarded
from .review import Review
from .surroundings_items import Shape
from .surroundings_panel import SurroundingsPanel, short_id

#: What lies around is looked up after panel and map had their turn, ms.
_DELAY = 150


class CompareWork(QObject):
    """Serves the map's comparison and the section 周边."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.panel = SurroundingsPanel(review.dock)
        self.fold = review.dock.add_section("surroundings", self.tr("周边"), self.panel, "approvals")
        self.fold.set_open(opened=False)
        self.found: Optional[Surroundings] = None
        self._reader: Optional[SurroundingsReader] = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DELAY)
        self._timer.timeout.connect(self._look)
        self.panel.open_requested.connect(review.show_patch)
        self.fold.toggled.connect(lambda _open: self._draw())
        review.shown.connect(self._shown)

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the keyboard -> what it does."""
        return {
            "compare": lambda: self._say(self._compare("cycle")),
            "swipe": lambda: self._say(self._compare("toggle", SWIPE)),
            "lens": lambda: self._say(self._compare("toggle", LENS)),
            "swipe_back": lambda: self._line("move", -1),
            "swipe_on": lambda: self._line("move", 1),
            "swipe_turn": lambda: self._line("turn"),
            "fit": lambda: self.review.map is not None and self.review.map.fit(),
        }

    def close(self) -> None:
        """Another workspace comes."""
        self._timer.stop()
        self._reader = self.found = None

    # -- comparing ---------------------------------------------------------------------------------

    def _compare(self, method: str, *arguments: Any) -> str:
        if self.review.map is None:
            return ""
        before = self.review.map.mode
        now = str(getattr(self.review.map.compare, method)(*arguments))
        return now if now != before else ""

    def _say(self, mode: str) -> None:
        if mode:
            keys = " ".join(filter(None, (self.review.key_of("swipe_back"), self.review.key_of("swipe_on"))))
            hint = self.tr("（{} 移动）").format(keys) if mode == SWIPE and keys else ""
            self.review.tell(mode + hint, "hint")

    def _line(self, method: str, *arguments: Any) -> None:
        """Move or turn the swipe line; begins swiping where one does not yet."""
        if self.review.map is None:
            return
        compare = self.review.map.compare
        if compare.mode != SWIPE:
            self._say(self._compare("toggle", SWIPE))
        if compare.mode == SWIPE:
            getattr(compare.divider, method)(*arguments)

    # -- around the patch -----------------------------------------------------------------------------

    def _shown(self, uid: str) -> None:
        """A patch came onto the panel; what was told of another one goes at once."""
        if self.found is not None and self.found.patch_uid != uid:
            self.found = None
            self._render()
        self._timer.start()

    @guarded
    def _look(self) -> None:
        session, view = self.review.session, self.review.view
        if session is None or view is None:
            return
        if self._reader is None or self._reader.session is not session:
            self._reader = SurroundingsReader(session)
        self.found = self._reader.read(view.patch)
        self._render()

    def _render(self) -> None:
        self.panel.show_surroundings(self.found)
        self.fold.set_summary(self.panel.summary(self.found))
        self.fold.offer(there=self.found is not None)
        self._draw()

    def _draw(self) -> None:
        """Neighbours and earlier patches on the map while the section is open."""
        review = self.review
        if review.map is None or review.session is None:
            return
        shapes: list[Shape] = []
        if self.found is not None and self.fold.is_open():
            shapes = [Shape(n.wkb, "") for n in self.found.neighbours]
            for item in review.session.earlier(self.found.patch_uid):
                wkb = review.session.geometry(item.patch_uid)
                if wkb:
                    shapes.append(Shape(wkb, self.tr("往期 {id}").format(id=short_id(item.patch_id)), earlier=True))
        review.map.show_surroundings(shapes)
