"""A way through patches that always goes on to the nearest one not yet visited."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

#: Looked at on either side, by x, before the distance across is compared; doubled until the nearest is certain.
_WINDOW = 256
#: Visited ones are taken out when they are this share of those left.
_STALE = 4


def way(points: Sequence[tuple[float, float]], start: tuple[float, float]) -> list[int]:
    """Indices of `points` (lon, lat degrees) in the order of a walk from `start`; exact at each step.

    Distances are planar with the longitude shortened by the cosine of the mean latitude. Of equally near ones
    the one further west, then the earlier one, comes first.
    """
    if not points:
        return []
    xy: npt.NDArray[np.float64] = np.array(points, dtype=np.float64)
    scale = float(np.cos(np.radians(xy[:, 1].mean())))
    order = np.argsort(xy[:, 0], kind="stable")
    x, y = xy[order, 0] * scale, xy[order, 1]
    gone = np.zeros(len(x), dtype=np.bool_)
    at_x, at_y, found, stale = start[0] * scale, start[1], [], 0
    while len(x):
        nearest = _nearest(x, y, gone, at_x, at_y)
        found.append(int(order[nearest]))
        at_x, at_y = float(x[nearest]), float(y[nearest])
        gone[nearest] = True
        stale += 1
        if stale * _STALE >= len(x):
            left = ~gone
            x, y, order = x[left], y[left], order[left]
            gone, stale = np.zeros(len(x), dtype=np.bool_), 0
    return found


def _nearest(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], gone: npt.NDArray[np.bool_], at_x: float, at_y: float
) -> int:
    """Position of the nearest that is not gone; `x` ascends."""
    middle, reach = int(np.searchsorted(x, at_x)), _WINDOW
    while True:
        low, high = max(0, middle - reach), min(len(x), middle + reach)
        squares = (x[low:high] - at_x) ** 2 + (y[low:high] - at_y) ** 2
        squares[gone[low:high]] = np.inf
        best = int(np.argmin(squares))
        west = at_x - x[low - 1] if low else np.inf
        east = x[high] - at_x if high < len(x) else np.inf
        if squares[best] < min(west, east) ** 2 or (low == 0 and high == len(x)):
            return low + best
        reach *= 2
