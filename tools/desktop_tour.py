"""Runs inside desktop QGIS: goes through the work as a clerk does, with a picture at each step.

WEIPIAN_DESKTOP in the environment is JSON: `fresh` and `done` (workspace folders), `pictures` (folder),
`closed` (a patch that went through to 销号). Ends QGIS when done.
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsProject
from qgis.PyQt.QtCore import QTimer
from qgis.PyQt.QtWidgets import QDockWidget
from qgis.utils import iface, plugins, unloadPlugin

NAME = "weipian_plugin"
JOB = json.loads(os.environ["WEIPIAN_DESKTOP"])
PICTURES = Path(JOB["pictures"])


def shot(name: str) -> None:
    """The whole screen as a file."""
    QgsApplication.processEvents()
    QgsApplication.primaryScreen().grabWindow(0).save(str(PICTURES / f"{name}.png"))


def open_workspace(plugin: Any, folder: str) -> None:
    """As the menu does after its dialog."""
    from weipian_plugin.workbench.session import Session

    plugin.commands.open(Session.open(Path(folder), "规建环办"))


def desk(plugin: Any) -> Iterator[float]:
    """Look, decide, go on; the list's conditions and the cards."""
    review, commands = plugin.commands.review, plugin.commands
    commands.desk.go_on()
    yield 1.0
    if JOB.get("advice"):
        review.go_to(JOB["advice"])
        yield 4.0
        shot("03_advice")
    commands.run("illegal")
    yield 1.5
    shot("04_verdict")
    commands.run("submit")
    yield 3.0
    shot("05_next")
    commands.run("compare")
    yield 2.0
    shot("06_compare")
    commands.run("filter")
    yield 2.0
    shot("10_filters")
    plugin.dock.queue.panel.close()
    commands.run("gallery")
    yield 4.0
    shot("11_gallery")
    next(feature.gallery for feature in commands.features if getattr(feature, "gallery", None)).close()


def evidence(plugin: Any) -> Iterator[float]:
    """The photos of the patch on the screen, one of them large, and those that wait for a patch."""
    commands = plugin.commands
    commands.run("fold_case")
    commands.run("fold_evidence")
    yield 2.5
    shot("12_evidence")
    commands.run("photo_view")
    yield 2.0
    shot("13_photo")
    for window in QgsApplication.topLevelWidgets():
        if window is not iface.mainWindow() and window.isVisible() and window.isWindow():
            window.close()
    commands.run("lane")
    yield 2.5
    shot("14_lane")


def tour() -> Iterator[float]:
    """Each step yields how many seconds the screen needs to settle."""
    window = iface.mainWindow()
    window.setGeometry(0, 0, *JOB["size"])
    for bar in ("mLayerToolBar", "mDatabaseToolBar", "mWebToolBar", "mVectorToolBar", "mHelpToolBar"):
        found = window.findChild(type(iface.fileToolBar()), bar)
        if found:
            found.hide()
    yield 1.0
    plugin = plugins[NAME]
    for other in window.findChildren(QDockWidget):
        if other is not plugin.dock and other.objectName() != "Layers":
            other.hide()
    plugin.dock.setUserVisible(True)
    yield 1.0
    shot("01_empty")
    open_workspace(plugin, JOB["fresh"])
    yield 4.0
    shot("02_today")
    yield from desk(plugin)
    open_workspace(plugin, JOB["done"])
    yield 3.0
    plugin.commands.desk.go_on()
    yield 1.0
    if JOB.get("closed"):
        plugin.dock.queue.set_filter("all")
        plugin.commands.review.go_to(JOB["closed"])
        yield 3.0
        shot("07_closed")
        plugin.dock.scroll.ensureWidgetVisible(plugin.dock.case_box)
        yield 1.5
        shot("08_case")
        yield from evidence(plugin)
    unloadPlugin(NAME)
    yield 1.0
    shot("09_unloaded")


def finish(status: int) -> None:
    """End QGIS without asking about the project."""
    QgsProject.instance().setDirty(False)
    QTimer.singleShot(200, lambda: os._exit(status) if status else QgsApplication.exit(0))


STEPS = tour()


def advance() -> None:
    """Run to the next pause."""
    try:
        pause = next(STEPS)
    except StopIteration:
        finish(0)
    except Exception:  # noqa: BLE001 - whatever it was, it has to be told and QGIS has to end
        traceback.print_exc()
        shot("99_failed")
        finish(3)
    else:
        QTimer.singleShot(round(pause * 1000), advance)


QTimer.singleShot(2500, advance)
