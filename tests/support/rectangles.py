"""Mosaics of rectangles on a millimetre grid: what covers what is counted in whole numbers."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Optional

import shapely

from tests.support.reference_area import ground

#: Corner of the mosaics in EPSG:4545 (古路镇) in whole metres, and the code itself.
X, Y, CODE = 379_000, 3_296_000, 4545
MM = 1000


@dataclass(frozen=True)
class Rect:
    """Millimetres from (X, Y)."""

    x0: int
    y0: int
    x1: int
    y1: int

    def geometry(self) -> Any:
        """The shapely polygon in EPSG:4545."""
        return shapely.box(X + self.x0 / MM, Y + self.y0 / MM, X + self.x1 / MM, Y + self.y1 / MM)

    def common(self, other: Rect) -> Optional[Rect]:
        """The part in both, None without an area."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        x1, y1 = min(self.x1, other.x1), min(self.y1, other.y1)
        return Rect(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None

    def ground(self) -> float:
        """m² on the ellipsoid by PROJ and the closed form."""
        return ground(self.geometry(), CODE, 50.0)


@dataclass(frozen=True)
class Parcel:
    """A rectangle with its class."""

    rect: Rect
    code: str


def cut(rng: random.Random, rect: Rect, smallest: int, codes: Sequence[str]) -> list[Parcel]:
    """`rect` cut up by straight lines at random millimetres until pieces are about `smallest` mm wide."""
    wide, high = rect.x1 - rect.x0, rect.y1 - rect.y0
    if max(wide, high) < 2 * smallest or (max(wide, high) < 4 * smallest and rng.random() < 0.3):
        return [Parcel(rect, rng.choice(codes))]
    if wide >= high:
        at = rect.x0 + int(wide * rng.uniform(0.3, 0.7))
        halves = Rect(rect.x0, rect.y0, at, rect.y1), Rect(at, rect.y0, rect.x1, rect.y1)
    else:
        at = rect.y0 + int(high * rng.uniform(0.3, 0.7))
        halves = Rect(rect.x0, rect.y0, rect.x1, at), Rect(rect.x0, at, rect.x1, rect.y1)
    return [parcel for half in halves for parcel in cut(rng, half, smallest, codes)]


def covered(rect: Rect, others: Iterable[Rect]) -> float:
    """m² of `rect` that at least one of `others` covers: cell by cell of the grid that their sides make."""
    inside = [part for part in (rect.common(other) for other in others) if part]
    xs = sorted({v for part in inside for v in (part.x0, part.x1)})
    ys = sorted({v for part in inside for v in (part.y0, part.y1)})
    total = 0.0
    for y0, y1 in zip(ys[:-1], ys[1:]):
        # Runs of covered cells in a row are one rectangle.
        run: Optional[int] = None
        for x0, x1 in zip(xs, [*xs[1:], xs[-1]]):
            hit = x0 < x1 and any(p.x0 <= x0 and x1 <= p.x1 and p.y0 <= y0 and y1 <= p.y1 for p in inside)
            if hit and run is None:
                run = x0
            elif not hit and run is not None:
                total += Rect(run, y0, x0, y1).ground()
                run = None
    return total


def by_class(rect: Rect, parcels: Iterable[Parcel]) -> dict[str, float]:
    """m² of each class in `rect`, overlapping parcels each counted."""
    sums: dict[str, float] = {}
    for parcel in parcels:
        part = rect.common(parcel.rect)
        if part:
            sums[parcel.code] = sums.get(parcel.code, 0.0) + part.ground()
    return sums
