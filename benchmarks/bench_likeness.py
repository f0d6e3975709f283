"""The same picture again: how many copies are found, how many second photos of a place are taken for copies.

The pictures are those of `likeness_data.py` (its text says how they are made and what they do not show). Every pair
goes through both stages as in a workspace: hashes first, then laying over each other, on grey pictures read from
JPEG files by the reader that the plugin uses. A sky without structure (two of the cuttings) is among the originals:
it gives nothing to compare, so its copies count as not found.
"""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import likeness_data as data
import numpy as np
from harness import Row, figure, limit, note
from qgis.PyQt.QtGui import QImage

from weipian_plugin.photos import likeness
from weipian_plugin.workbench.pictures import look_at

REAL = Path(__file__).resolve().parents[2] / "shared" / "realdata"
SEED = 20260501
#: Copies of each kind of each picture; second shots at each step of `STILL`.
EACH, SHOTS = 2, 3
STILL = (0.0, 0.05, 0.1, 0.2, 0.3, 0.6, 1.0)
FRESH, KNOWN = 1000, 20_000
JUDGED = ("encoded again", "made smaller", "cropped by 10 %", "cropped, smaller and encoded again")
SIDES, QUALITIES = (480, 640, 1080, 1440, 2048), (30, 50, 70, 90)
TINY = {"most": 2, "fresh": 20, "known": 200}


def run(most: int = 10_000, fresh: int = FRESH, known: int = KNOWN) -> list[Row]:
    """The entries of this benchmark; `most` originals are used."""
    rows = [] if not (REAL / "photos").is_dir() else _real(most)
    if not rows:
        note("  the real pictures are not there: nothing is said about what is found")
    return rows + _speed(fresh, known)


def _real(most: int) -> list[Row]:
    rng = np.random.default_rng(SEED)
    found: dict[str, list[bool]] = defaultdict(list)
    alarms: dict[str, list[bool]] = defaultdict(list)
    greys: list[tuple[str, np.ndarray]] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "picture.jpg"

        def grey(image: QImage, quality: int = 92) -> np.ndarray:
            image.save(str(file), "JPEG", quality)
            return look_at(file, "", None).grey

        for number, (name, image) in enumerate(data.originals(REAL)):
            if number >= most:
                break
            mine = grey(image)
            greys.append((name.split("-")[0], mine))
            for kind, copy, quality in _copies(image, rng):
                found[kind].append(_alike(grey(copy, quality), mine))
            first = grey(data.first_shot(image, rng))
            for still in STILL:
                for _ in range(SHOTS):
                    alarms["made"].append(_alike(grey(data.second_shot(image, rng, still)), first))
        for number, (name, before, after) in enumerate(data.tiles(REAL)):
            if number >= most:
                break
            mine, later = grey(before), grey(after)
            greys.append((name, mine))
            alarms["real"].append(_alike(later, mine))
            for kind, copy, quality in _copies(before, rng):
                found[kind].append(_alike(grey(copy, quality), mine))
    others = [
        _alike(one, other)
        for index, (name, one) in enumerate(greys)
        for family, other in greys[:index]
        if name != family
    ]
    return _rows(found, alarms, others)


def _copies(image: QImage, rng: np.random.Generator) -> Iterator[tuple[str, QImage, int]]:
    """Kind, copy and the quality that it is encoded with."""

    def one_of(values: tuple[int, ...]) -> int:
        return int(rng.choice(values))

    for _ in range(EACH):
        yield JUDGED[0], image, one_of(QUALITIES)
        yield JUDGED[1], data.smaller(image, one_of(SIDES)), one_of(QUALITIES[1:])
        yield JUDGED[2], data.cropped(image, rng), 90
        yield JUDGED[3], data.smaller(data.cropped(image, rng), one_of(SIDES)), one_of(QUALITIES)
    yield "with a watermark added", data.smaller(data.marked(image, rng), 1440), 75
    yield "cropped by 20 %", data.cropped(image, rng, 0.2), 90
    yield "turned by a quarter", data.image_of(np.rot90(data.array(data.smaller(image, 1440)))), 80
    yield "mirrored", image.mirrored(True, False), 80


def _alike(fresh: np.ndarray, known: np.ndarray) -> bool:
    near = likeness.candidates([likeness.phash(fresh)], [likeness.phash(known)])[0]
    return any(
        likeness.same_picture(likeness.turned(fresh, likeness.TURNS[turn]), known) is not None for _, _, turn in near
    )


def _share(values: list[bool], *, of: bool) -> float:
    return 100 * sum(value is of for value in values) / max(1, len(values))


def _rows(found: dict[str, list[bool]], alarms: dict[str, list[bool]], others: list[bool]) -> list[Row]:
    judged = [value for kind in JUDGED for value in found[kind]]
    one_site = alarms["made"] + alarms["real"]
    name = f"copies not found ({len(judged)}: encoded again, smaller, cropped by 10 %, all of it)"
    rows = [
        limit(name, _share(judged, of=False), "%", "5 %", 5.0, 1.0),
        limit(
            f"taken for copies: others of one site ({len(alarms['made'])} made, {len(alarms['real'])} real)",
            _share(one_site, of=True), "%", "0.5 %", 0.5, 1.0,
        ),
        figure(f"taken for copies: pictures of other places ({len(others)} pairs)", _share(others, of=True), "%"),
    ]  # fmt: skip
    return rows + [
        figure(f"  found, {kind} ({len(values)})", _share(values, of=True), "%") for kind, values in found.items()
    ]


def _speed(fresh: int, known: int) -> list[Row]:
    """Hashes of nothing in particular: the time of the first stage does not depend on what they say."""
    rng = np.random.default_rng(SEED)
    size = likeness.BITS // 8 * len(likeness.WINDOWS)
    ours, theirs = ([rng.bytes(size).hex() for _ in range(count)] for count in (fresh, known))
    started = time.perf_counter()
    likeness.candidates(ours, theirs)
    seconds = time.perf_counter() - started
    one = rng.integers(0, 255, (192, 256)).astype(np.uint8)
    started = time.perf_counter()
    for _ in range(20):
        likeness.phash(one)
    return [
        figure(f"hashes: {fresh} fresh against {known} known", seconds, "s"),
        figure("hash of one picture", 1000 * (time.perf_counter() - started) / 20, "ms"),
    ]
