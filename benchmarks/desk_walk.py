"""From key press to the next patch on the panel and its imagery on the map."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from desk_tools import Painted, Signalled, idle, press, press_command, take_focus, until
from qgis.PyQt.QtCore import Qt
from qgis.utils import iface


class Steps:
    """One key press after the other, each timed until the panel and until the map have followed."""

    def __init__(self, plugin: Any) -> None:
        self.plugin = plugin
        self.review = plugin.commands.review
        dock = plugin.dock
        self.painted = Painted(dock.patch, dock.queue.table.viewport())
        controller = self.review.map
        self._shown = Signalled(controller.image_shown) if hasattr(controller, "image_shown") else None
        self._drawn = Signalled(iface.mapCanvas().mapCanvasRefreshed)

    def uid(self) -> str:
        """The patch that the panel shows."""
        return str(self.review.view.patch.patch_uid)

    def image_there(self, uid: str) -> bool:
        """The picture of the later time of this patch has been on the screen."""
        return "image_after" in self.review.map.shown_roles(uid)

    def timed(self, act: Any) -> dict[str, float]:
        """Seconds after `act` until another patch is painted on the panel, and until its imagery is on the map."""
        before, drawn = self.uid(), self._drawn.count
        self.painted.reset()
        start, cpu = time.perf_counter(), time.process_time()
        act()
        until(lambda: self.uid() != before and self.painted.all(), "the next patch")
        panel, own = time.perf_counter() - start, time.process_time() - cpu
        if self._shown is not None:
            until(lambda: self.image_there(self.uid()), "its imagery")
        else:
            until(lambda: self._drawn.count > drawn and not iface.mapCanvas().isDrawing(), "the map")
        return {"panel": panel, "cpu": own, "image": time.perf_counter() - start}

    def stop(self) -> None:
        """Let go of the widgets."""
        self.painted.stop()
        self._drawn.stop()
        if self._shown is not None:
            self._shown.stop()


def begin(plugin: Any) -> None:
    """From the start screen to the patches, by the keys for it; then what is still undecided."""
    dock = plugin.dock
    take_focus(dock.content)
    if getattr(dock, "today", None) is not None and dock.pages.currentWidget() is dock.today:
        press_command(plugin, "submit")
    until(dock.patch.isVisible, "the patch")
    dock.queue.set_filter("open")
    idle(1.0)
    if not dock.queue.table.isVisible():  # a judged patch folds the list away
        press_command(plugin, "fold_queue")
    until(dock.queue.table.isVisible, "the queue")
    take_focus(dock.queue.table)


def measure(plugin: Any, job: Mapping[str, Any]) -> dict[str, list[dict[str, float]]]:
    """`steps` patches one after the other with a look at each, then `jumps` pages of the list at once."""
    steps = Steps(plugin)
    begin(plugin)
    found: dict[str, list[dict[str, float]]] = {"ahead": [], "far": []}
    for _ in range(job["steps"]):
        idle(job["look_s"])
        found["ahead"].append(steps.timed(lambda: press_command(plugin, "next")))
    take_focus(plugin.dock.queue.table)
    for _ in range(job["jumps"]):
        idle(0.05)  # no time to prepare anything
        found["far"].append(steps.timed(lambda: press(Qt.Key.Key_PageDown)))
    steps.stop()
    return found
