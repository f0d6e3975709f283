"""Two pictures laid over each other: is one a copy of the other, or of a part of it?

A copy (encoded again, made smaller, cropped) is the other picture after a change of scale and a shift, nothing else.
So exactly these four numbers (two scales, two shifts) are fitted, coarsely by normalised cross-correlation over all
shifts, then to a tenth of a pixel by least squares (Lucas and Kanade 1981), and what remains is measured: how well the
details agree, and how far pieces of the picture still slip against each other. A second photograph of the same
place, even seconds later, differs by perspective, roll and depth, so its pieces slip.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Optional

import numpy as np

#: Pixels of the longer side at which shifts are tried, then refined.
_COARSE, _HALF = 64, 128
#: Correlation of the coarse pictures below which nothing further is tried.
_RESEMBLES = 0.6
#: Share of a side that a crop may leave, and the steps between the scales tried.
_LEAST, _STEP = 0.76, 0.02
_BLOCKS = 6


#: A piece shows something when its details vary by this much (grey levels, standard deviation).
_TEXTURE = 0.7
#: Steps of the refinement, in pixels, never larger: a flat sky gives wild ones.
_LONGEST_STEP = 3.0
Place = tuple[float, float, float, float]


@dataclass(frozen=True)
class Fit:
    """How a picture lies in another: left, top, width, height in shares of the other's sides.

    `agree`: correlation of the details (−1 … 1) that three quarters of the pieces reach or pass. `slip`: how far, in
    pixels of the compared size, three quarters of the pieces are out of place at most. A quarter is left out on
    purpose: a watermark may cover it. `pieces`: how many of 36 show anything to compare.
    """

    place: Place
    agree: float
    slip: float
    pieces: int

    @property
    def inside(self) -> bool:
        """Whether it is noticeably less than the whole of the other."""
        return min(self.place[2:]) < 0.985

    @property
    def covered(self) -> float:
        """Share of the smaller of both that lies within the other; a copy of a part lies in it whole."""
        left, top, width, height = self.place
        across = min(left + width, 1.0) - max(left, 0.0)
        down = min(top + height, 1.0) - max(top, 0.0)
        return max(across, 0.0) * max(down, 0.0) / min(width * height, 1.0)


def fit(part: np.ndarray, whole: np.ndarray, hopeless: float = 0.25) -> Optional[Fit]:
    """Lay one over the other, whichever is the part; None when they do not resemble each other.

    Args:
        part: grey, uint8 or float, upright.
        whole: likewise.
        hopeless: slip (pixels at half size) at which the last and dearest step is not taken.
    """
    one, other = part.astype(np.float32), whole.astype(np.float32)
    forth, back = _search(one, other), _search(other, one)
    if forth is None or (back is not None and back[0] > forth[0]):
        one, other, forth = other, one, back
    if forth is None:
        return None
    half = shrink(other, _HALF)
    place = _refine(one, half, forth[1])
    first = _measure(one, half, place) if place is not None else None
    if first is None or first.slip > hopeless:
        return first
    place = _refine(one, other, first.place)
    return _measure(one, other, place) if place is not None else None


def shrink(grey: np.ndarray, side: int) -> np.ndarray:
    """Float picture of at most `side` pixels on the longer side, by means of areas."""
    height, width = grey.shape
    if max(height, width) <= side:
        return grey.astype(np.float32)
    factor = side / max(height, width)
    rows, columns = max(8, round(height * factor)), max(8, round(width * factor))
    return means(height, np.linspace(0, height, rows + 1)) @ grey @ means(width, np.linspace(0, width, columns + 1)).T


def means(size: int, edges: np.ndarray) -> np.ndarray:
    """Rows that take the means between `edges` out of a line of `size` pixels; outside it is its first or last."""
    at = np.arange(size)
    covered = np.clip(edges[:, None] - at[None, :], 0, 1)
    covered[:, 0] += np.minimum(edges, 0)
    covered[:, -1] += np.maximum(edges - size, 0)
    return (np.diff(covered, axis=0) / np.diff(edges)[:, None]).astype(np.float32)


@lru_cache(maxsize=256)
def _blur(size: int, sigma: float) -> np.ndarray:
    """Gaussian along a line, the weights of what lies outside given to what lies inside."""
    at = np.arange(size)
    weights = np.exp(-0.5 * ((at[:, None] - at[None, :]) / sigma) ** 2)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)


def _details(grey: np.ndarray) -> np.ndarray:
    """What lies between noise and light: structures of a few pixels."""
    height, width = grey.shape
    fine = _blur(height, 0.8) @ grey @ _blur(width, 0.8).T
    return fine - _blur(height, 4.0) @ grey @ _blur(width, 4.0).T


def _search(part: np.ndarray, whole: np.ndarray) -> Optional[tuple[float, Place]]:
    """Best correlation over scales and all shifts, and the place; None when nothing resembles."""
    coarse = shrink(whole, _COARSE)
    height, width = coarse.shape
    base = coarse - coarse.mean()
    size = (2 * height, 2 * width)
    spectrum = np.fft.rfft2(base, size)
    sums, squares = _sums(base), _sums(base * base)
    best, found = _RESEMBLES, None
    ratio = part.shape[0] / part.shape[1]
    for share in np.arange(1.0, _LEAST - 1e-9, -_STEP):
        for w, h in _sizes(share, ratio, width, height):
            template = means(part.shape[0], np.linspace(0, part.shape[0], h + 1)) @ part
            template = template @ means(part.shape[1], np.linspace(0, part.shape[1], w + 1)).T
            template -= template.mean()
            norm = float(np.sqrt((template**2).sum()))
            if norm < 1e-3:
                return None
            product = np.fft.irfft2(spectrum * np.conj(np.fft.rfft2(template, size)), size)
            product = product[: height - h + 1, : width - w + 1]
            total, square = _boxes(sums, h, w), _boxes(squares, h, w)
            energy = np.sqrt(np.maximum(square - total * total / (h * w), 1e-6))
            score = product / (energy * norm)
            place = np.unravel_index(int(np.argmax(score)), score.shape)
            if score[place] > best:
                best = float(score[place])
                found = (best, (float(place[1]) / width, float(place[0]) / height, w / width, h / height))
    return found


def _sizes(share: float, ratio: float, width: int, height: int) -> list[tuple[int, int]]:
    """Template sizes of a scale in pixels: the longer relation fills `share` of its side."""
    w = share * width
    h = w * ratio
    if h > height * share:
        h = share * height
        w = h / ratio
    w, h = min(width, round(w)), min(height, round(h))
    return [(w, h)] if w >= _LEAST * width - 1 and h >= _LEAST * height - 1 else []


def _sums(values: np.ndarray) -> np.ndarray:
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1))
    np.cumsum(np.cumsum(values, 0, dtype=float), 1, out=sums[1:, 1:])
    return sums


def _boxes(sums: np.ndarray, height: int, width: int) -> np.ndarray:
    return sums[height:, width:] - sums[:-height, width:] - sums[height:, :-width] + sums[:-height, :-width]


def _laid(part: np.ndarray, whole: np.ndarray, place: Place) -> Optional[tuple]:
    """Details of both on the whole's pixels where they overlap, and the coordinates of these pixels."""
    left, top, width, height = place
    rows, columns = whole.shape
    x0, x1 = max(0, int(np.ceil(left * columns - 0.3))), min(columns, int(np.floor((left + width) * columns + 0.3)))
    y0, y1 = max(0, int(np.ceil(top * rows - 0.3))), min(rows, int(np.floor((top + height) * rows + 0.3)))
    if x1 - x0 < 24 or y1 - y0 < 24:
        return None
    across = (np.arange(x0, x1 + 1) / columns - left) / width * part.shape[1]
    down = (np.arange(y0, y1 + 1) / rows - top) / height * part.shape[0]
    moved = means(part.shape[0], down) @ part @ means(part.shape[1], across).T
    return _details(moved), _details(whole[y0:y1, x0:x1]), np.arange(x0, x1) + 0.5, np.arange(y0, y1) + 0.5


def _scaled(moved: np.ndarray, fixed: np.ndarray) -> np.ndarray:
    """The moved picture with the contrast of the fixed one."""
    return moved * float((moved * fixed).sum() / max((moved * moved).sum(), 1e-9))


def _refine(part: np.ndarray, whole: np.ndarray, place: Place, rounds: int = 6) -> Optional[Place]:
    rows, columns = whole.shape
    for _ in range(rounds):
        laid = _laid(part, whole, place)
        if laid is None:
            return None
        moved, fixed, x, y = laid
        step = np.clip(_step(moved, fixed, x / columns - 0.5, y / rows - 0.5), -_LONGEST_STEP, _LONGEST_STEP)
        left, top, width, height = place
        # A pixel at x shows what belongs to x - step: move the frame by the opposite, at both of its ends.
        ends_x = [e - (step[0] + step[1] * (e - 0.5)) / columns for e in (left, left + width)]
        ends_y = [e - (step[2] + step[3] * (e - 0.5)) / rows for e in (top, top + height)]
        place = (ends_x[0], ends_y[0], ends_x[1] - ends_x[0], ends_y[1] - ends_y[0])
        if min(place[2:]) < 0.5 or max(place[2:]) > 1.5:
            return None
        if np.abs(step).max() < 0.02:
            break
    return place


def _step(moved: np.ndarray, fixed: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Shift and stretch (pixels, pixels a side) that would bring the fixed picture to the moved one.

    What fits badly counts little, so that a watermark printed over one of them does not pull the rest away.
    """
    moved = _scaled(moved, fixed)
    gy, gx = np.gradient((moved + fixed) / 2)
    columns = np.stack([gx, gx * x[None, :], gy, gy * y[:, None]]).reshape(4, -1)
    rest = (fixed - moved).ravel()  # moved(x) = fixed(x - s), so fixed - moved = s · gradient
    usual = 3 * float(np.median(np.abs(rest[::5]))) + 1e-3
    weighted = columns / (1 + (rest / usual) ** 2)
    normal = weighted @ columns.T
    return np.linalg.solve(normal + (1e-6 * np.trace(normal) + 1e-9) * np.eye(4), weighted @ rest)


def _measure(part: np.ndarray, whole: np.ndarray, place: Place) -> Optional[Fit]:
    laid = _laid(part, whole, place)
    if laid is None:
        return None
    moved, fixed, _, _ = laid
    moved = _scaled(moved, fixed)
    gy, gx = np.gradient((moved + fixed) / 2)
    agree, slip = [], []
    for rows in np.array_split(np.arange(fixed.shape[0]), _BLOCKS):
        for columns in np.array_split(np.arange(fixed.shape[1]), _BLOCKS):
            window = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            a, b = moved[window], fixed[window]
            if min(a.std(), b.std()) < _TEXTURE:
                continue
            agree.append(_correlation(a, b))
            slip.append(_slip(a, b, gx[window].ravel(), gy[window].ravel()))
    if not agree:
        return None
    return Fit(place, float(np.percentile(agree, 25)), float(np.percentile(slip, 75)), len(agree))


def _slip(moved: np.ndarray, fixed: np.ndarray, gx: np.ndarray, gy: np.ndarray) -> float:
    """Pixels by which a piece is out of place; where it has no edges in a direction, nothing is made up there."""
    xx, xy, yy = float(gx @ gx), float(gx @ gy), float(gy @ gy)
    extra = 0.02 * (xx + yy) + 1e-9
    xx, yy = xx + extra, yy + extra
    difference = (fixed - moved).ravel()
    p, q = float(gx @ difference), float(gy @ difference)
    determinant = xx * yy - xy * xy
    return float(np.hypot(yy * p - xy * q, xx * q - xy * p)) / determinant


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm > 1e-9 else 0.0
