"""1 000 photos of 12 MP, 3–4 MB: copied, hashed, read and matched, against `cp` and `sha256sum` of the same files.

All sides run in turn on files that lie in the page cache alike. `cp -r` leaves what it copied in memory; ours is on
the disk before anything is recorded, and that time is ours. The window has to stay alive meanwhile: how late a timer
of 10 ms in its thread comes is measured in the same work run as a task of QGIS.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from pathlib import Path
from typing import Any

from county import scratch, warm
from harness import Child, Row, Side, figure, limit, note
from photo_files import photos

COUNT, RUNS = 1000, 3
TINY = {"count": 8, "runs": 1}
COPY_LIMIT, THUMBS_LIMIT = 1.5, 3.0
#: Milliseconds by which a timer may come late at most, 99 times of 100, so that nobody notices.
LATE_MS = 100.0


def _peer(source: Path, target: Path) -> float:
    """Seconds of copying and hashing by the tools of the system."""
    shutil.rmtree(target, ignore_errors=True)
    started = time.perf_counter()
    subprocess.run(["cp", "-r", str(source), str(target)], check=True)
    files = [str(path) for path in sorted(source.iterdir())]
    subprocess.run(["sha256sum", "--", *files], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - started
    shutil.rmtree(target)
    return seconds


def _settled() -> None:
    """Nothing of the former turn is still being written."""
    subprocess.run(["sync"], check=True)


def run(count: int = COUNT, runs: int = RUNS) -> list[Row]:
    """The table."""
    source = photos(count)
    warm(*source.iterdir())
    work = scratch() / "photo_ingest"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    workspace = work / "ws"
    plain, whole, peer = Side(), Side(), Side()
    told: dict[str, Any] = {}
    alive: list[dict[str, Any]] = []
    try:
        for turn in range(runs):
            _settled()
            peer.seconds.append(_peer(source, work / "copy"))
            for side, command, options in (
                (plain, "attach", {"pictures": False}),
                (whole, "attach", {"pictures": True}),
                (None, "alive", {}),
            ):
                _settled()
                with Child("ingest_child.py") as child:
                    child.ask("prepare", workspace=str(workspace), count=count)
                    answer = child.ask(command, workspace=str(workspace), photos=str(source), **options)
                if side is not None:
                    side.seconds.append(float(answer["seconds"]))
                    told = answer
                else:
                    alive.append(answer)
            note(f"  turn {turn + 1}: tools {peer.seconds[-1]:.1f} s, without pictures {plain.seconds[-1]:.1f} s,"
                 f" with {whole.seconds[-1]:.1f} s, timer late {alive[-1]['p99_ms']:.0f} ms")  # fmt: skip
    finally:
        shutil.rmtree(work, ignore_errors=True)
    tools, name = "cp + sha256sum", f"{count} photos of 12 MP"
    late = statistics.median(item["p99_ms"] for item in alive)
    return [
        limit(f"{name}: copied, hashed, read, matched", plain.median, "s", tools, peer.median, COPY_LIMIT),
        limit(f"{name}: and with thumbnails", whole.median, "s", tools, peer.median, THUMBS_LIMIT),
        limit("UI alive: how late a 10 ms timer comes, p99", late, "ms", f"{LATE_MS:g} ms", LATE_MS, 1.0),
        figure("UI alive: the longest wait", max(item["longest_ms"] for item in alive), "ms"),
        limit(
            "photos not on the patch that they look at",
            float(count - told["right"]),
            "photos",
            "5 %",
            count * 0.05,
            1.0,
        ),
        figure("memory at most", told["peak_mb"], "MB"),
    ]
