"""100 000 damaged and forged EXIF blocks: none may crash the reader or keep it busy, each is listed."""

from __future__ import annotations

import json
import math
import random
import time
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any, Optional

from exif_blocks import Truth, made

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.photos.exif import PhotoFacts, read_photo

Row = dict[str, Any]
BLOCKS, SEED = 100_000, 20260501
#: Milliseconds that one block may take at most; a reader that loops would need minutes.
SLOWEST_MS = 1000.0
#: Megabytes that one block may make the reader hold; 128 KB of input never needs them.
MOST_MB = 16.0
TINY = {"blocks": 300}


def nonsense(facts: PhotoFacts) -> str:
    """What is wrong with facts that no photo can have; empty when nothing is."""
    json.dumps(dict(facts.more), allow_nan=False)
    if (facts.lon is None) != (facts.lat is None):
        return "half a position"
    if facts.lon is not None and not (abs(facts.lon) <= 180 and abs(facts.lat or 0) < 90):
        return "position outside the earth"
    if facts.azimuth is not None and not 0 <= facts.azimuth < 360:
        return "azimuth outside the circle"
    if facts.fov_deg is not None and not 0 < facts.fov_deg < 180:
        return "field of view"
    numbers = (facts.accuracy_m, facts.altitude_m, facts.azimuth_raw)
    if any(value is not None and not math.isfinite(value) for value in numbers):
        return "not a number"
    missing = facts.lon is None or facts.azimuth is None or facts.taken_at is None
    return "nothing is said of what is missing" if missing and not facts.notes else ""


def exact(facts: PhotoFacts, truth: Truth) -> bool:
    """Whether an untouched block was read as it was written."""
    written = (truth.lon, truth.lat, truth.azimuth)
    read = (facts.lon, facts.lat, facts.azimuth)
    near = all(a is not None and b is not None and abs(a - b) < 1e-7 for a, b in zip(written, read))
    return near and (facts.taken_at or "")[:19] == (truth.taken or "").replace(":", "-", 2).replace(" ", "T")


def one(rng: random.Random, counts: Counter[str]) -> float:
    """Make and read one file; milliseconds of reading."""
    what, name, data, truth = made(rng)
    started = time.perf_counter()
    facts: Optional[PhotoFacts] = None
    try:
        facts = read_photo(Path(name), data=data)
        counts["listed"] += 1
    except WeipianError as error:
        counts["listed" if error.code == "E_PHOTO_UNREADABLE" else "crashed"] += 1
        counts["no picture"] += 1
    except Exception as error:  # noqa: BLE001 - to count crashes is what this is for
        counts["crashed"] += 1
        counts[f"crash: {what}: {error!r}"] += 1
    took = (time.perf_counter() - started) * 1000
    if facts is not None:
        wrong = nonsense(facts)
        counts["nonsense"] += bool(wrong)
        counts["position"] += facts.lon is not None
        counts["azimuth"] += facts.azimuth is not None
        counts["time"] += facts.taken_at is not None
    if truth is not None:
        counts["untouched"] += 1
        counts["untouched, read exactly"] += facts is not None and exact(facts, truth)
    return took


def _judged(name: str, value: float, unit: str, limit: float) -> Row:
    """A row that must not exceed its limit."""
    return {"name": name, "value": value, "unit": unit, "peer": f"limit: {limit:g}", "peer_value": limit,
            "ratio": None, "target": None, "ok": value <= limit}  # fmt: skip


def run(blocks: int = BLOCKS) -> list[Row]:
    """The entries of this benchmark."""
    rng, counts, slowest = random.Random(SEED), Counter[str](), 0.0  # noqa: S311 - no secrets
    started = time.perf_counter()
    for _ in range(blocks):
        slowest = max(slowest, one(rng, counts))
    seconds = time.perf_counter() - started
    tracemalloc.start()
    memory = random.Random(SEED + 1)  # noqa: S311
    for _ in range(max(100, blocks // 100)):
        one(memory, Counter())
    most = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    for name, number in counts.items():
        if name.startswith("crash:"):
            print(name, number)
    head = f"{blocks} fuzzed EXIF blocks"
    rows = [
        _judged(f"{head}: crashed", counts["crashed"], "blocks", 0),
        _judged(f"{head}: not listed", blocks - counts["listed"], "blocks", 0),
        _judged(f"{head}: values that cannot be", counts["nonsense"], "blocks", 0),
        _judged(f"{head}: untouched ones among them misread",
                counts["untouched"] - counts["untouched, read exactly"], "blocks", 0),
        _judged(f"{head}: slowest", slowest, "ms", SLOWEST_MS),
        _judged(f"{head}: most memory held", most, "MB", MOST_MB),
    ]  # fmt: skip
    plain = {"position understood": "position", "azimuth understood": "azimuth", "time understood": "time",
             "no picture left": "no picture"}  # fmt: skip
    rows += [{"name": f"{head}: {name}", "value": counts[key], "unit": "blocks"} for name, key in plain.items()]
    rows.append({"name": f"{head}: making and reading one", "value": seconds / blocks * 1000, "unit": "ms"})
    return rows
