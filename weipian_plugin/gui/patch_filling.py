"""The patches of a large workspace come onto the map in slices, so that the panel answers meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Optional

from qgis.core import QgsVectorLayer
from qgis.PyQt.QtCore import QObject, QTimer

from ..workbench.views import QueueRow
from .map_layers import add_patches

#: Features of one turn of the event loop: about 20 ms.
_SLICE = 1000
#: Up to so many come at once.
_AT_ONCE = 2000


class PatchFilling(QObject):
    """Fills the layer of patches; `finish` brings what is still missing at once."""

    def __init__(
        self, layer: QgsVectorLayer, rows: Sequence[QueueRow], geometries: Mapping[str, bytes], fids: dict[str, int]
    ) -> None:
        super().__init__(layer)
        self._layer: Optional[QgsVectorLayer] = layer
        self._rows, self._geometries, self._fids = rows, geometries, fids
        self._at = 0
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._next)
        if len(rows) <= _AT_ONCE:
            self.finish()
        else:
            self._timer.start()

    def finish(self) -> None:
        """Everything that is still missing, now."""
        while self._layer is not None:
            self._next(len(self._rows))

    def stop(self) -> None:
        """The layer goes; nothing comes any more."""
        self._timer.stop()
        self._layer = None

    def _next(self, count: int = _SLICE) -> None:
        if self._layer is None:
            return
        rows = self._rows[self._at : self._at + count]
        self._fids.update(add_patches(self._layer, rows, self._geometries))
        self._at += len(rows)
        if self._at >= len(self._rows):
            self._layer.updateExtents()
            self._layer.triggerRepaint()
            self.stop()
