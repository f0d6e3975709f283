"""The same picture again, and another picture of the same place. Pictures are drawn here from seeded noise."""

from __future__ import annotations

import numpy as np
import pytest

from weipian_plugin.photos import aligning, likeness


def _scene(seed: int, height: int = 480, width: int = 640) -> np.ndarray:
    """Structures of many sizes, as a view has: sums of smoothed noise; float 0–255."""
    rng = np.random.default_rng(seed)
    scene = np.zeros((height, width))
    for size in (3, 6, 12, 24, 48, 96):
        coarse = rng.normal(size=(height // size + 2, width // size + 2))
        rows, columns = np.linspace(0, coarse.shape[0] - 1, height), np.linspace(0, coarse.shape[1] - 1, width)
        across = np.stack([np.interp(columns, np.arange(coarse.shape[1]), row) for row in coarse])
        scene += np.stack([np.interp(rows, np.arange(coarse.shape[0]), line) for line in across.T]).T * size**0.5
    scene -= scene.min()
    return scene / scene.max() * 255


def _grey(scene: np.ndarray, side: int = 256) -> np.ndarray:
    return np.clip(np.rint(aligning.shrink(scene, side)), 0, 255).astype(np.uint8)


def _noisy(scene: np.ndarray, seed: int, sigma: float = 6.0) -> np.ndarray:
    """Errors of a lossy encoding: in blocks of 8 pixels and of single pixels."""
    rng = np.random.default_rng(seed)
    blocks = np.kron(rng.normal(0, sigma / 2, (scene.shape[0] // 8 + 1, scene.shape[1] // 8 + 1)), np.ones((8, 8)))
    return np.clip(scene + blocks[: scene.shape[0], : scene.shape[1]] + rng.normal(0, sigma, scene.shape), 0, 255)


def _near(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(likeness.candidates([likeness.phash(a)], [likeness.phash(b)])[0])


CROPS = {
    "left": np.s_[:, 64:],
    "right": np.s_[:, :576],
    "top": np.s_[48:, :],
    "bottom": np.s_[:432, :],
    "corner": np.s_[48:, :576],
    "middle": np.s_[24:456, 32:608],
    "a tenth from every side": np.s_[48:432, 64:576],
    "left and right": np.s_[:, 64:576],
    "top and bottom": np.s_[48:432, :],
    "odd place": np.s_[31:463, 13:589],
}


@pytest.mark.parametrize("crop", CROPS.values(), ids=CROPS.keys())
def test_a_crop_is_found_where_it_was_taken(crop: tuple[slice, slice]) -> None:
    scene = _scene(1)
    part = _noisy(scene, 2)[crop]
    one, other = _grey(scene), _grey(part)
    assert _near(one, other)
    assert likeness.same_picture(one, other)[0] == "cropped"
    assert likeness.same_picture(other, one)[0] == "cropped"
    place = aligning.fit(other, one).place
    rows, columns = crop
    expected = (
        (columns.start or 0) / 640, (rows.start or 0) / 480, part.shape[1] / 640, part.shape[0] / 480
    )  # fmt: skip
    assert place == pytest.approx(expected, abs=0.004)


@pytest.mark.parametrize("side", [96, 160, 200, 256])
def test_smaller_and_worse_is_the_same_picture(side: int) -> None:
    scene = _scene(3)
    one, other = _grey(scene), _grey(_noisy(scene, 4), side)
    assert _near(one, other)
    kind, score = likeness.same_picture(one, other)
    assert kind == "same_picture"
    assert 0.8 <= score <= 1


@pytest.mark.parametrize("turn", likeness.TURNS)
def test_turned_and_mirrored_copies_are_candidates_with_their_turn(turn: tuple[int, bool]) -> None:
    grey = _grey(_scene(5))
    copy = np.rot90(grey[:, ::-1] if turn[1] else grey, turn[0])
    found = likeness.candidates([likeness.phash(copy)], [likeness.phash(grey)])[0]
    assert any(np.array_equal(likeness.turned(copy, likeness.TURNS[number]), grey) for _, _, number in found)


def test_a_watermark_does_not_hide_the_copy() -> None:
    scene = _scene(6)
    marked = scene.copy()
    marked[380:470, 10:250] = marked[380:470, 10:250] * 0.4
    marked[390:400, 20:200] = 255
    assert likeness.same_picture(_grey(scene), _grey(marked)) is not None


@pytest.mark.parametrize("seed", range(20))
def test_other_scenes_are_other_pictures(seed: int) -> None:
    one, other = _grey(_scene(100 + seed)), _grey(_scene(200 + seed))
    assert likeness.same_picture(one, other) is None


@pytest.mark.parametrize("degrees", [0.4, 1.0, -2.0])
def test_a_hand_that_rolled_is_another_picture(degrees: float) -> None:
    """A roll of 0.4° moves the corners of 256 × 192 pixels by 1.1 pixels."""
    scene = _scene(7, 560, 720)
    y, x = np.mgrid[0:480, 0:640] - np.array([239.5, 319.5])[:, None, None]
    angle = np.radians(degrees)
    fx, fy = x * np.cos(angle) - y * np.sin(angle) + 359.5, x * np.sin(angle) + y * np.cos(angle) + 279.5
    c, r = fx.astype(int), fy.astype(int)
    a, b = fx - c, fy - r
    top = scene[r, c] * (1 - a) + scene[r, c + 1] * a
    rolled = top * (1 - b) + (scene[r + 1, c] * (1 - a) + scene[r + 1, c + 1] * a) * b
    assert likeness.same_picture(_grey(scene[40:520, 40:680]), _grey(rolled)) is None


def test_depth_makes_another_picture() -> None:
    """A step aside shifts the near half by 3 % of the width, the far half by nothing."""
    scene = _scene(8)
    aside = scene.copy()
    aside[240:, :-19] = scene[240:, 19:]
    assert likeness.same_picture(_grey(scene), _grey(aside)) is None


@pytest.mark.parametrize("shift", [32, 64, 96])
def test_two_looks_that_overlap_are_two_pictures(shift: int) -> None:
    """A camera turned aside by 5, 10, 15 % of its view: most is seen twice, neither holds the other."""
    scene = _scene(12, 480, 760)
    assert likeness.same_picture(_grey(scene[:, :640]), _grey(scene[:, shift : shift + 640])) is None


def test_blank_pictures_say_nothing() -> None:
    blank = np.full((192, 256), 128, np.uint8)
    assert likeness.phash(blank) == likeness.BLANK
    assert likeness.candidates([likeness.BLANK, ""], [likeness.BLANK, ""]) == [[], []]
    assert likeness.same_picture(blank, blank) is None


def test_hashes_are_compared_in_pieces_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    hashes = [likeness.phash(_grey(_scene(seed, 96, 128))) for seed in range(12)]
    whole = likeness.candidates(hashes[:5], hashes)
    monkeypatch.setattr(likeness, "_CHUNK", 3)
    assert likeness.candidates(hashes[:5], hashes) == whole
    assert [items[0] for items in whole] == [(0, index, 0) for index in range(5)]


def test_a_hash_differs_by_the_bits_that_were_turned() -> None:
    text = likeness.phash(_grey(_scene(9)))
    other = f"{int(text, 16) ^ (0b111 << (4 * len(text) - 10)):0{len(text)}x}"  # three bits of the whole's hash
    found = likeness.candidates([other], [text])[0]
    assert found[0] == (3, 0, 0)


def test_a_preview_agrees_with_its_own_picture_only() -> None:
    grey, other = _grey(_scene(10)), _grey(_scene(11))
    assert likeness.agreement(grey, _grey(_scene(10), 160)) > 0.95
    assert likeness.agreement(grey, _grey(_scene(11), 160)) < 0.6
    wide = grey[24:168]  # 16:9 with black bars above and below in a 4:3 preview
    framed = np.zeros((192, 256), np.uint8)
    framed[24:168] = wide
    assert likeness.agreement(wide, framed) > 0.95
    assert likeness.agreement(np.full((192, 256), 9, np.uint8), np.full((120, 160), 9, np.uint8)) is None
    assert other.shape == grey.shape
