"""Our side of the benchmark of taking photos in: the use case as it is, and as a task beside a living window."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from weipian_plugin.workbench import vendor

vendor.ensure()

import shapely  # noqa: E402
from photo_files import patch_rings  # noqa: E402
from qgis.core import QgsApplication  # noqa: E402
from qgis.PyQt.QtCore import QEventLoop, Qt, QTimer  # noqa: E402
from service import peak_mb, serve  # noqa: E402

from weipian_plugin.core.feedback import Silent  # noqa: E402
from weipian_plugin.core.model import Batch, Patch  # noqa: E402
from weipian_plugin.store import records  # noqa: E402
from weipian_plugin.store.workspace import Workspace  # noqa: E402
from weipian_plugin.workbench import attaching, runner  # noqa: E402
from weipian_plugin.workbench.attach_report import AttachReport  # noqa: E402

WHO = "benchmark"
TICK_MS = 10
APP = QgsApplication([], True)
APP.initQgis()


def prepare(workspace: str, count: int) -> dict[str, Any]:
    """A new workspace with the patches that so many photos are of."""
    shutil.rmtree(workspace, ignore_errors=True)
    with Workspace.create(Path(workspace), "benchmark") as ws, ws.transaction("import", "workspace", WHO) as change:
        change.put("batch", records.batch_row(Batch("b", "benchmark", created_at="2026-05-01T00:00:00+08:00")))
        for number, ring in enumerate(patch_rings(count)):
            wkb = shapely.to_wkb(shapely.MultiPolygon([shapely.Polygon(ring)]))
            patch = Patch(f"u{number}", f"500112SJBG2621{number:04d}", "b", wkb=wkb, area_m2=1600.0)
            change.put("patch", records.patch_row(patch))
    return {"patches": number + 1}


def _told(report: AttachReport, started: float) -> dict[str, Any]:
    right = sum(1 for item in report.matched if int(item.patch_uid[1:]) == int(Path(item.file).stem[-4:]) // 4)
    return {
        "seconds": time.perf_counter() - started, "matched": len(report.matched), "right": right,
        "unmatched": len(report.unmatched), "skipped": len(report.skipped), "peak_mb": peak_mb(),
    }  # fmt: skip


def attach(workspace: str, photos: str, pictures: bool) -> dict[str, Any]:
    """Seconds from the drop to the report on disk."""
    started = time.perf_counter()
    return _told(attaching.attach(Path(workspace), [Path(photos)], WHO, Silent(), pictures=pictures), started)


def alive(workspace: str, photos: str) -> dict[str, Any]:
    """The whole work in QGIS's task manager, while a timer of 10 ms ticks in the window's thread."""
    gaps: list[float] = []
    said: dict[str, Any] = {}
    loop = QEventLoop()
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        gaps.append((now - last) * 1000)
        last = now

    def done(report: AttachReport) -> None:
        said.update(_told(report, started))
        loop.quit()

    def failed(error: Exception) -> None:
        said["error"] = str(error)
        loop.quit()

    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(TICK_MS)
    started = time.perf_counter()
    runner.run("benchmark", lambda f: attaching.attach(Path(workspace), [Path(photos)], WHO, f), done, failed)
    loop.exec()
    timer.stop()
    late = sorted(max(0.0, gap - TICK_MS) for gap in gaps)
    return {
        **said,
        "p99_ms": late[min(len(late) - 1, int(len(late) * 0.99))],
        "longest_ms": late[-1],
        "ticks": len(late),
    }


if __name__ == "__main__":
    serve({"prepare": prepare, "attach": attach, "alive": alive})
