"""Ours in the real dock, offscreen: split a patch, overlay the children, paint the panel with the first of them."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from weipian_plugin.workbench import vendor

# As in QGIS: shapely has to find its own GEOS, so the rest is imported afterwards.
vendor.ensure()

import shapely  # noqa: E402
from qgis.core import QgsApplication  # noqa: E402
from qgis.gui import QgsGui  # noqa: E402
from qgis.PyQt.QtTest import QTest  # noqa: E402
from service import serve  # noqa: E402

from weipian_plugin.core.model import LayerAssignment, Patch  # noqa: E402
from weipian_plugin.gui.dock import WeipianDock  # noqa: E402
from weipian_plugin.gui.menu import Commands  # noqa: E402
from weipian_plugin.gui.review import Review  # noqa: E402
from weipian_plugin.workbench import overlay_now, splitting  # noqa: E402
from weipian_plugin.workbench.session import Session  # noqa: E402

WHO = "benchmark"
APP = QgsApplication([], True)
APP.initQgis()
QgsGui.instance()


def _cut(patch: Patch) -> bytes:
    """A line through the middle of a patch, WKB lon/lat."""
    shape = shapely.from_wkb(patch.wkb)
    x0, _, x1, _ = shape.bounds
    middle = shape.representative_point()
    return bytes(shapely.to_wkb(shapely.LineString([(x0 - (x1 - x0), middle.y), (x1 + (x1 - x0), middle.y)])))


def _timed_overlay(clock: list[float]) -> None:
    """Let the overlay of the children add up its seconds."""
    engine = overlay_now.run_overlay

    def run_overlay(*arguments: Any) -> Any:
        start = time.perf_counter()
        try:
            return engine(*arguments)
        finally:
            clock[0] += time.perf_counter() - start

    overlay_now.run_overlay = run_overlay


def split(workspace: str, layers: Sequence[Mapping[str, str]], steps: int) -> dict[str, Any]:
    """Of `steps` patches: seconds from 确定 in the dialog to the painted panel, and of the overlay alone."""
    session = Session.open(Path(workspace), WHO)
    for layer in layers:
        session.assign(LayerAssignment(**layer))
    dock = WeipianDock()
    review = Review(dock, None)
    commands = Commands(review)
    dock.resize(420, 700)
    dock.show()
    dock.setUserVisible(True)
    commands.open(session)
    QTest.qWait(500)
    commands.by_key("submit")  # on from the start screen
    QTest.qWait(200)
    clock = [0.0]
    _timed_overlay(clock)
    ways: dict[str, list[float]] = {"whole": [], "overlay": []}
    for row in session.queue()[::7][:steps]:
        review.show_patch(row.patch_uid)
        commands.run("split")
        dialog = commands.hands.dialog
        if dialog is None:
            raise RuntimeError("the split dialog did not open")
        QTest.qWait(100)
        patch = session.patch_view(row.patch_uid).patch
        plan = splitting.plan_lines(patch, [_cut(patch)])
        clock[0], start = 0.0, time.perf_counter()
        dialog.accepted_plan.emit(plan)
        dock.repaint()
        APP.processEvents()
        ways["whole"].append(time.perf_counter() - start)
        ways["overlay"].append(clock[0])
        view = review.view
        if view is None or view.patch.parent_uid != row.patch_uid or not view.overlay:
            raise RuntimeError(
                dock.notice.text() if hasattr(dock.notice, "text") else "no part is shown with its areas"
            )
    return ways


if __name__ == "__main__":
    serve({"split": split})
