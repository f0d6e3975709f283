"""The same picture again: encoded anew, made smaller, cropped, turned or mirrored.

Two stages. A perceptual hash finds candidates among tens of thousands: signs of the low cosine frequencies of the
whole picture and of windows of it, so that a cropped copy, whose whole is one of the windows, is near, too. Then the
candidates are laid over each other (`aligning.py`): a copy fits exactly, a second photograph of the same place
does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Optional

import numpy as np

from .aligning import fit, means

#: Parts of a side; a window is a part across and a part down, the whole is the first.
_PARTS = ((0.0, 1.0), (0.0, 0.9), (0.05, 0.95), (0.1, 1.0), (0.1, 0.9))
WINDOWS = (*((across, down) for across in range(4) for down in range(4)), (4, 4), (4, 0), (0, 4))
#: Cosine frequencies 0–7 of both directions; the mean (0, 0) is no feature, its bit is always 0.
_ORDER, _GRID = 8, 32
BITS = _ORDER * _ORDER
#: Grey levels (standard deviation) below which a picture is a blank surface: nothing to compare.
_BLANK = 2.0
#: Hash of a picture that was looked at and shows nothing to compare.
BLANK = "0"
#: Bits of 64 that a copy may differ by (benchmarks/bench_likeness.py has the distributions: copies cropped by a
#: tenth reach 10, pictures of other things begin at 16), and how many candidates of one picture are looked at (it
#: is one of them itself when it is among the known).
NEAR = 12
MOST = 10
#: What a copy keeps to: pixels of slip, correlation of the details, pieces that show anything, and the share of the
#: smaller that lies in the other: pictures that only overlap are two looks at one place.
_SLIP, _AGREE, _PIECES, _COVERED = 0.18, 0.8, 3, 0.97
#: How a copy may have been turned or mirrored: (quarters to the left, mirrored first).
TURNS = ((0, False), (1, False), (2, False), (3, False), (0, True))
#: Columns of a product that are worked out at once.
_STRIP = 16
#: Known hashes compared at once: bounds the memory at some ten megabytes for a thousand fresh ones.
_CHUNK = 512


def phash(grey: np.ndarray) -> str:
    """Hash of a grey picture (uint8, rows first) as hex, 16 digits for each of `WINDOWS`; `BLANK` for a blank one."""
    if grey.ndim != 2 or min(grey.shape) < 8 or float(grey.std()) < _BLANK:
        return BLANK
    height, width = grey.shape
    waves = _product(_product(_waves(height), grey.astype(np.float32)), _waves(width).T)
    waves = waves.reshape(len(_PARTS), _ORDER, len(_PARTS), _ORDER)
    bits = np.stack([waves[down, :, across, :] > 0 for across, down in WINDOWS])
    bits[:, 0, 0] = False
    return np.packbits(bits).tobytes().hex()


def _product(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The matrix product in strips that are too small for the library's threads.

    Beside threads that decode photos, those wait for each other fifty times as long as the product takes.
    """
    strips = range(0, other.shape[1], _STRIP)
    return np.concatenate([one @ other[:, start : start + _STRIP] for start in strips], axis=1)


@lru_cache(maxsize=64)
def _waves(size: int) -> np.ndarray:
    """Rows that take the cosine waves of each part out of a line of `size` pixels.

    The part is shrunk to `_GRID` cells by means of lengths first, so that parts of a pixel count and any size of
    the picture gives the same waves.
    """
    cosines = np.cos(np.pi / _GRID * (np.arange(_GRID)[None, :] + 0.5) * np.arange(_ORDER)[:, None])
    rows = []
    for start, end in _PARTS:
        edges = np.linspace(start * size, end * size, _GRID + 1)
        covered = np.clip(edges[:, None] - np.arange(size)[None, :], 0, 1)  # of each pixel, up to each edge
        rows.append(cosines @ np.diff(covered, axis=0))
    return np.concatenate(rows).astype(np.float32)


def same_picture(a: np.ndarray, b: np.ndarray) -> Optional[tuple[str, float]]:
    """Whether one of two grey pictures (uint8, upright) is a copy of the other or of a part of it.

    Returns:
        ("same_picture" | "cropped", score 0–1: how well the details agree), None when they are different pictures,
        only overlap, or show too little to tell.
    """
    if min(*a.shape, *b.shape) < 32:
        return None
    found = fit(a, b)
    if found is None or found.pieces < _PIECES or found.covered < _COVERED:
        return None
    if found.slip > _SLIP or found.agree < _AGREE:
        return None
    return ("cropped" if found.inside else "same_picture"), round(min(1.0, found.agree), 3)


def turned(grey: np.ndarray, turn: tuple[int, bool]) -> np.ndarray:
    """The picture as `TURNS` names it."""
    quarters, mirrored = turn
    return np.ascontiguousarray(np.rot90(grey[:, ::-1] if mirrored else grey, quarters))


def agreement(picture: np.ndarray, preview: np.ndarray) -> Optional[float]:
    """How well a camera's preview agrees with the picture it lies in, −1 … 1; None when it cannot be told.

    A preview may have black bars (4:3 previews of 16:9 pictures), which are left out.
    """
    preview = _without_bars(preview, picture.shape[1] / picture.shape[0])
    if min(picture.shape) < 16 or min(preview.shape) < 16:
        return None
    a, b = (_cells(grey) for grey in (picture, preview))
    if a.std() < _BLANK and b.std() < _BLANK:
        return None
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / max(float(np.sqrt((a * a).sum() * (b * b).sum())), 1e-9))


def _without_bars(preview: np.ndarray, aspect: float) -> np.ndarray:
    """The middle of the preview with the aspect (width / height) of the picture, if bars surround it."""
    height, width = preview.shape
    if width / height < aspect:
        bar = round((height - width / aspect) / 2)
        edges = np.concatenate([preview[: max(0, bar - 1)], preview[height - max(0, bar - 1) :]])
        return preview[bar : height - bar] if bar > 1 and edges.mean() < 12 else preview
    bar = round((width - height * aspect) / 2)
    edges = np.concatenate([preview[:, : max(0, bar - 1)], preview[:, width - max(0, bar - 1) :]], axis=1)
    return preview[:, bar : width - bar] if bar > 1 and edges.mean() < 12 else preview


def _cells(grey: np.ndarray) -> np.ndarray:
    height, width = grey.shape
    return means(height, np.linspace(0, height, 17)) @ grey @ means(width, np.linspace(0, width, 17)).T


def candidates(fresh: Sequence[str], known: Sequence[str]) -> list[list[tuple[int, int, int]]]:
    """For each fresh hash the known ones that it may be a copy of: (distance, index, index in `TURNS`), best first.

    Args:
        fresh: of `phash`; an empty or blank one has no candidates.
        known: likewise, never a candidate when empty or blank.
    """
    found: list[list[tuple[int, int, int]]] = [[] for _ in fresh]
    ours = [index for index, text in enumerate(fresh) if _whole(text)]
    theirs = [index for index, text in enumerate(known) if _whole(text)]
    if not ours:
        return found
    mine = _signs([fresh[index] for index in ours])
    wholes = [_turn_signs(mine[:, 0], turn) for turn in TURNS]
    for start in range(0, len(theirs), _CHUNK):
        part = theirs[start : start + _CHUNK]
        other = _signs([known[index] for index in part])
        for number, turn in enumerate(wholes):
            # A turned copy is rarely cropped as well: its windows are not asked.
            same = turn @ other[:, 0].T if number else _best(mine, other)
            for row, column in zip(*np.nonzero(same >= BITS - 2 * NEAR)):
                found[ours[row]].append((round((BITS - float(same[row, column])) / 2), part[column], number))
    return [sorted(items)[:MOST] for items in found]


def _best(mine: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Most agreeing bits of the whole of one with any window of the other, both ways."""
    best = mine[:, 0] @ other[:, 0].T
    for window in range(1, mine.shape[1]):
        np.maximum(best, mine[:, 0] @ other[:, window].T, out=best)
        np.maximum(best, mine[:, window] @ other[:, 0].T, out=best)
    return best


def _whole(text: str) -> bool:
    return len(text) == len(WINDOWS) * BITS // 4


def _signs(hashes: Sequence[str]) -> np.ndarray:
    """Hashes as ±1: the product of two counts agreeing minus differing bits."""
    raw = np.frombuffer(bytes.fromhex("".join(hashes)), np.uint8).reshape(len(hashes), -1)
    return np.unpackbits(raw, axis=1).reshape(len(hashes), len(WINDOWS), BITS).astype(np.float32) * 2 - 1


def _turn_signs(signs: np.ndarray, turn: tuple[int, bool]) -> np.ndarray:
    """The hash of the turned picture from that of the picture: waves of odd number change sign when mirrored."""
    quarters, mirrored = turn
    waves = signs.reshape(-1, _ORDER, _ORDER).copy()
    if mirrored:
        waves[:, :, 1::2] *= -1
    for _ in range(quarters):  # to the left: exchange of axes, then upside down
        waves = waves.transpose(0, 2, 1).copy()
        waves[:, 1::2, :] *= -1
    waves[:, 0, 0] = -1
    return waves.reshape(-1, BITS)
