"""The photos of the current patch on a canvas: which one is chosen, and how the map turns to it."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsCsException, QgsPointXY, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.proof import LinkedEvidence
from .canvas_items import to_canvas
from .photo_items import Wedge, WedgeItem, wedges_of
from .wedge_clicks import WedgeClicks

#: The chosen wedge shines so often for so long, ms.
_BLINKS, _BLINK = 6, 160
#: A camera this many times farther away than the map is wide cannot be shown together with the patch.
_TOO_FAR = 8.0


class PhotoMarks(QObject):
    """Owns the wedges and what the mouse does on them."""

    clicked = pyqtSignal(str)  # evidence id
    opened = pyqtSignal(str)
    #: Another photo is the chosen one: draw anew, on other canvases too.
    chosen = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject) -> None:
        super().__init__(canvas)
        self._canvas, self._project = canvas, project
        self.item = WedgeItem(canvas, project)
        self.clicks = WedgeClicks(canvas, self.item)
        self.clicks.clicked.connect(self.clicked)
        self.clicks.opened.connect(self.opened)
        self.selected = ""
        self._left = 0
        self._timer = QTimer(self)
        self._timer.setInterval(_BLINK)
        self._timer.timeout.connect(self._blink)

    def show(self, evidence: Sequence[LinkedEvidence]) -> list[Wedge]:
        """Draw these photos; returns what is drawn, for other canvases."""
        self.item.set_wedges(wedges_of(evidence, self.selected))
        return list(self.item.wedges)

    def select(self, evidence_id: str, *, go: bool = False, far: bool = False) -> None:
        """Bring a photo out and let it shine for a moment.

        Args:
            evidence_id: of the photo; empty: none is chosen.
            go: move the map where the camera is out of view, but keep the patch on it.
            far: go there even where the patch is lost from view.
        """
        self.selected = evidence_id
        self.chosen.emit()
        chosen = next((wedge for wedge in self.item.wedges if wedge.selected), None)
        self._left = _BLINKS if chosen is not None else 0
        if chosen is not None:
            self._timer.start()
            if go:
                self._bring(chosen, far=far)

    def _blink(self) -> None:
        self._left -= 1
        self.item.set_flash(on=self._left > 0 and self._left % 2 == 1)
        if self._left <= 0:
            self._timer.stop()

    def _bring(self, wedge: Wedge, *, far: bool) -> None:
        """The camera comes into view, and what was in the middle stays where it is not too far away."""
        try:
            place: QgsPointXY = to_canvas(self._canvas, self._project).transform(wedge.position)
        except QgsCsException:
            return
        extent = QgsRectangle(self._canvas.extent())
        inner = QgsRectangle(extent)
        inner.scale(0.94)
        if inner.contains(place):
            return
        away = place.distance(extent.center()) > _TOO_FAR * max(extent.width(), extent.height())
        if away and not far:
            return  # a wrong position; whoever wants to see it asks for it
        if away:
            self._canvas.setCenter(place)
        else:
            extent.include(place)
            extent.scale(1.15)
            self._canvas.setExtent(extent)
        self._canvas.refresh()

    def remove(self) -> None:
        """Take everything off the canvas."""
        self._timer.stop()
        self.clicks.remove()
        self.item.remove()
