"""What of a layer lies near many boxes: which box meets which feature, geometry and columns apart.

Columnar, because rows of dictionaries for a county cost more than its geometry.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional, Protocol

import numpy as np
import shapely

#: Cells along one side of the raster that finds what is far from every box.
_CELLS = 2048


@dataclass
class Near:
    """Features whose box meets one of some boxes.

    `box` and `feature` are parallel arrays, one entry a pair, ascending by box: position of the box in what
    was asked for, position of the feature in `fids`. `wkb` is None for null geometries; features that were
    known (see `Neighbourhood.near`) have None there too. `values`: column -> text or None a feature.
    """

    box: Any
    feature: Any
    fids: list[int]
    wkb: list[Optional[bytes]]
    values: Mapping[str, Sequence[Optional[str]]] = field(default_factory=dict)


class Neighbourhood(Protocol):
    """The surroundings of boxes that were given when it was made; several threads may ask at once."""

    def near(self, which: Any, known: Collection[int] = ()) -> Near:
        """What lies near the boxes with the positions `which`; geometry of `known` ids is not fetched."""


class Gathered:
    """Features read beforehand, all of them near some box: for sources that no second thread may read."""

    def __init__(
        self,
        boxes: Any,
        fids: list[int],
        wkb: list[Optional[bytes]],
        extents: Any,
        values: Mapping[str, Sequence[Optional[str]]],
    ) -> None:
        self._fids, self._wkb, self._values = fids, wkb, values
        box, feature = meeting(boxes, extents)
        order = np.lexsort((feature, box))
        self._feature = feature[order]
        self._starts = np.searchsorted(box[order], np.arange(len(boxes) + 1))

    def near(self, which: Any, known: Collection[int] = ()) -> Near:
        """As :class:`Neighbourhood`."""
        counts = self._starts[1:][which] - self._starts[:-1][which]
        box = np.repeat(np.arange(len(which)), counts)
        first = np.repeat(self._starts[:-1][which] - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts)
        hits = self._feature[first + np.arange(len(box))] if len(box) else np.empty(0, dtype=np.intp)
        mine, feature = np.unique(hits, return_inverse=True)
        rows = mine.tolist()
        fids = [self._fids[i] for i in rows]
        wkb = [None if fid in known else self._wkb[i] for i, fid in zip(rows, fids)]
        values = {name: [column[i] for i in rows] for name, column in self._values.items()}
        return Near(box, feature, fids, wkb, values)


def meeting(boxes: Any, extents: Any) -> tuple[Any, Any]:
    """(box, extent) positions of all pairs of (n, 4) boxes that meet; not finite ones meet nothing."""
    boxes, extents = np.asarray(boxes).reshape(-1, 4), np.asarray(extents).reshape(-1, 4)
    asked = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    fine = np.flatnonzero(np.isfinite(extents).all(axis=1))
    tree = shapely.STRtree(shapely.box(*boxes[asked].T))
    extent, box = tree.query(shapely.box(*extents[fine].T))
    return asked[box], fine[extent]


class Raster:
    """Where boxes are, coarsely: tells what is far from all of them without asking one by one."""

    def __init__(self, boxes: Any) -> None:
        boxes = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
        self._low = boxes[:, :2].min(axis=0)
        size = boxes[:, 2:].max(axis=0) - self._low
        self.common = (*self._low.tolist(), *(self._low + size).tolist())
        self._step = np.maximum(size / _CELLS, 1e-12)
        cells = self._cells(boxes)
        edge = np.zeros((_CELLS + 2, _CELLS + 2), dtype=np.int32)
        np.add.at(edge, (cells[:, 0], cells[:, 1]), 1)
        np.add.at(edge, (cells[:, 2] + 1, cells[:, 1]), -1)
        np.add.at(edge, (cells[:, 0], cells[:, 3] + 1), -1)
        np.add.at(edge, (cells[:, 2] + 1, cells[:, 3] + 1), 1)
        taken = edge.cumsum(axis=0).cumsum(axis=1) > 0
        # Sums over the rectangle from the corner make any rectangle four look-ups.
        self._sums = np.zeros((_CELLS + 3, _CELLS + 3), dtype=np.int32)
        self._sums[1:, 1:] = taken.cumsum(axis=0, dtype=np.int32).cumsum(axis=1, dtype=np.int32)

    def _cells(self, boxes: Any) -> Any:
        at = np.floor((boxes - np.tile(self._low, 2)) / np.tile(self._step, 2))
        return np.clip(at, -1, _CELLS).astype(np.int64).clip(0)

    def may_meet(self, extents: Any) -> Any:
        """Mask of (n, 4) extents; False is certain, True has to be looked at."""
        extents = np.asarray(extents)
        x0, y0, x1, y1 = self.common
        inside = (extents[:, 0] <= x1) & (extents[:, 2] >= x0) & (extents[:, 1] <= y1) & (extents[:, 3] >= y0)
        at = np.flatnonzero(inside)
        c = self._cells(extents[at])
        s = self._sums
        count = s[c[:, 2] + 1, c[:, 3] + 1] - s[c[:, 0], c[:, 3] + 1] - s[c[:, 2] + 1, c[:, 1]] + s[c[:, 0], c[:, 1]]
        out = np.zeros(len(extents), dtype=bool)
        out[at] = count > 0
        return out
