"""On whose land a camera stood, by the layer of village boundaries; nothing where there is none."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.model import LayerAssignment
from ..store import glance, records
from ..store.workspace import Workspace

#: Around the patches the villages are read so far, degrees: photos further away are told by their distance.
_MARGIN = 0.05


class Villages:
    """The boundaries around the patches, as they were at the last `refresh`."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self.version = 0  # grows with every layer that was read
        self._head = -1
        self._mark: tuple[object, ...] = ()
        self._names: list[str] = []
        self._shapes: Any = np.empty(0, dtype=object)
        self._tree: Optional[shapely.STRtree] = None

    def of(self, lon: Optional[float], lat: Optional[float], usual: str = "") -> str:
        """Name of the village at a position; `usual` where the layer calls it by a longer or shorter name."""
        if lon is None or lat is None or self._tree is None:
            return ""
        point = shapely.Point(lon, lat)
        found = [self._names[i] for i in self._tree.query(point) if shapely.intersects(self._shapes[i], point)]
        if usual and any(usual in name or name in usual for name in found):
            return usual
        return found[0] if found else ""

    def refresh(self) -> None:
        """Read the layer anew after it was chosen anew or written."""
        head = self._ws.head()[0]
        if head == self._head:
            return
        self._head = head
        layer = next((item for item in records.assignments(self._ws) if item.role == "village"), None)
        extent = glance.extent(self._ws) if layer is not None else None
        mark = () if layer is None or extent is None else (layer, _written(Path(layer.source)), extent)
        if mark != self._mark:
            self._mark, self._names, self._tree = mark, [], None
            self.version += 1
            if layer is not None and extent is not None:
                self._read(layer, extent)

    def _read(self, layer: LayerAssignment, extent: tuple[float, float, float, float]) -> None:
        # A layer that cannot be read is told where the layers are; photos are then not asked for their village.
        from .surroundings import meeting

        around = shapely.box(*extent).buffer(_MARGIN, join_style="mitre")
        shapes: list[Any] = []
        with suppress(WeipianError, OSError, shapely.GEOSException):
            for name, shape in meeting(layer, "village", around):
                shapes.append(shape)
                self._names.append(name)
        if shapes:
            self._shapes = np.empty(len(shapes), dtype=object)
            self._shapes[:] = shapes
            self._tree = shapely.STRtree(self._shapes)


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
