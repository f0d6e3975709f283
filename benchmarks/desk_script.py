"""Runs inside desktop QGIS under Xvfb: measures the review desk and writes what it found as JSON.

WEIPIAN_DESKTOP in the environment is JSON: `parts` (names below), `out` (file for the answer), `workspace` (folder)
and what each part asks for. Ends QGIS.
"""

from __future__ import annotations

import cProfile
import json
import os
import sys
import time
import traceback
from pathlib import Path
from typing import Any

sys.path.insert(0, os.environ["WEIPIAN_BENCH_HERE"])

import desk_clerk
import desk_open
import desk_rows
import desk_walk
from desk_tools import idle
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface, plugins

NAME = "weipian_plugin"
JOB: dict[str, Any] = json.loads(os.environ["WEIPIAN_DESKTOP"])
PARTS = {
    "open": desk_open.measure, "table": desk_open.attribute_table, "walk": desk_walk.measure,
    "clerk": desk_clerk.measure, "rows": desk_rows.measure,
}  # fmt: skip


def _prepare() -> Any:
    """The main window as wide as the screen, beside the map only the panel and the layers."""
    window = iface.mainWindow()
    window.setGeometry(0, 0, *JOB["size"])
    plugin = plugins[NAME]
    for other in window.findChildren(QDockWidget):
        if other is not plugin.dock and other.objectName() != "Layers":
            other.hide()
    plugin.dock.setUserVisible(True)
    idle(1.5)
    return plugin


def _run(name: str, plugin: Any) -> Any:
    """One part; with WEIPIAN_BENCH_PROFILE (a folder) its Python profile is kept there."""
    folder = os.environ.get("WEIPIAN_BENCH_PROFILE")
    if not folder:
        return PARTS[name](plugin, JOB)
    profile = cProfile.Profile()
    try:
        return profile.runcall(PARTS[name], plugin, JOB)
    finally:
        profile.dump_stats(Path(folder, f"{name}.prof"))


def main() -> None:
    """All parts one after another; the first failure ends the run and is told."""
    answer: dict[str, Any] = {}
    try:
        plugin = _prepare()
        for name in JOB["parts"]:
            start = time.perf_counter()
            answer[name] = _run(name, plugin)
            print(f"{name}: {time.perf_counter() - start:.1f} s", flush=True)
    except Exception:  # noqa: BLE001 - whatever it was, it has to be told and QGIS has to end
        traceback.print_exc()
        answer["error"] = traceback.format_exc()
        iface.mainWindow().screen().grabWindow(0).save(f"{JOB['out']}.png")
    Path(JOB["out"]).write_text(json.dumps(answer), encoding="utf-8")
    QgsProject.instance().setDirty(False)
    os._exit(0)


QTimer.singleShot(2500, main)
