"""Which boundaries lie within some metres of others. WKB in lon/lat degrees (CGCS2000), distances on a local plane."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely

from .comparing import DEGREE_M


def within(ones: Sequence[bytes], others: Sequence[bytes], limit_m: float) -> list[bool]:
    """For each of `others`: does it lie within `limit_m` of one of `ones`? Good to a thousandth near by."""
    if not ones or not others:
        return [False] * len(others)
    near, far = shapely.from_wkb(list(ones)), shapely.from_wkb(list(others))
    x, y = shapely.bounds(near[0])[:2]
    scale = np.array([DEGREE_M * np.cos(np.radians(y)), DEGREE_M])
    near, far = (shapely.transform(g, lambda xy: (xy - (x, y)) * scale) for g in (near, far))
    shapely.prepare(near)
    return [bool(np.min(shapely.distance(near, shape)) <= limit_m) for shape in far]


def grown_box(wkb: bytes, by_m: float) -> tuple[float, float, float, float]:
    """The box of a boundary with `by_m` added on every side, lon/lat degrees."""
    x0, y0, x1, y1 = (float(v) for v in shapely.bounds(shapely.from_wkb(wkb)))
    up = by_m / DEGREE_M
    side = up / max(float(np.cos(np.radians((y0 + y1) / 2))), 0.01)
    return x0 - side, y0 - up, x1 + side, y1 + up
