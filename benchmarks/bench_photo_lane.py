"""A photo without EXIF, typed in from its watermark: a person's seconds by the keystroke-level model.

Keys are counted and the lane's own time is measured with real key events (`lane_clerk`). The model (Card, Moran,
Newell 1980) adds the hand: K for a key, M = 1.35 s for each thing to read or to check: position, direction, time,
and the patch that was proposed. K = 0.28 s is an average typist; 0.45 s is 8 000 keys an hour, a beginner at figures.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from harness import Row, figure, limit

PHOTOS = 20
TINY: dict[str, Any] = {"photos": 3}
M, CHUNKS = 1.35, 4
AVERAGE, BEGINNER = 0.28, 0.45


def run(photos: int = PHOTOS) -> list[Row]:
    """The entries of this benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        child = [sys.executable, str(Path(__file__).with_name("lane_clerk.py")), folder, str(photos)]
        out = subprocess.run(child, capture_output=True, text=True, timeout=300, check=True).stdout
    found = json.loads(out.strip().splitlines()[-1])

    def worst(key: float) -> float:
        """The slowest photo with this many seconds a key."""
        return max(own + count * key + CHUNKS * M for own, count in zip(found["seconds"], found["keys"]))

    name = "photo without EXIF, position, direction and time typed"
    return [
        limit(f"{name}: slowest of {photos}, K = {AVERAGE} s", worst(AVERAGE), "s", "at most 15 s", 15.0, 1.0),
        figure(f"{name}: slowest of {photos}, K = {BEGINNER} s", worst(BEGINNER), "s"),
        figure("… keys, most", max(found["keys"]), "keys"),
        figure("… the lane's own time, first key to the next photo, median", statistics.median(found["seconds"]), "s"),
        limit("… laid on the wrong patch", photos - found["right"], "photos", "none", 0.5, 1.0),
    ]  # fmt: skip
