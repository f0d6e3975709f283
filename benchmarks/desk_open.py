"""Opening a workspace in the dock, and QGIS's own attribute table with a form on the same patches."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desk_tools import Painted, Signalled, idle, until
from qgis.core import QgsProject, QgsSettings, QgsVectorLayer
from qgis.utils import iface

WHO = "张三"
#: QgsAttributeTable's setting for the view it opens in: the form beside the list.
FORM_VIEW = 1


def open_workspace(plugin: Any, folder: str) -> dict[str, float]:
    """Seconds from the choice of the folder to the painted page, and to the first picture of the map."""
    from weipian_plugin.workbench.session import Session  # the first import is part of the first opening

    dock, canvas = plugin.dock, iface.mapCanvas()
    painted = Painted(*[dock.pages.widget(i) for i in range(dock.pages.count())])
    drawn = Signalled(canvas.mapCanvasRefreshed)
    start, cpu = time.perf_counter(), time.process_time()
    plugin.commands.open(Session.open(Path(folder), WHO))
    returned = time.perf_counter() - start
    until(lambda: painted.all() and plugin.commands.review.view is not None, "the first paint")
    shown = time.perf_counter() - start
    own = time.process_time() - cpu
    controller = plugin.commands.review.map
    if hasattr(controller, "shown_roles"):
        uid = plugin.commands.review.view.patch.patch_uid
        until(lambda: "image_after" in controller.shown_roles(uid), "the imagery")
    else:
        until(lambda: drawn.count > 0 and not canvas.isDrawing(), "the map")
    painted.stop()
    drawn.stop()
    return {"returned": returned, "seconds": shown, "cpu": own, "map": time.perf_counter() - start}


def measure(plugin: Any, job: Mapping[str, Any]) -> dict[str, float]:
    """The first opening in this QGIS."""
    found = open_workspace(plugin, job["workspace"])
    rows = len(plugin.dock.queue.model.rows)
    if rows != job["patches"]:
        raise RuntimeError(f"the queue holds {rows} of {job['patches']} patches")
    idle(2.0)
    return found


def attribute_table(_plugin: Any, job: Mapping[str, Any]) -> dict[str, Any]:
    """The same patches as a layer of QGIS, its attribute table opened with the form beside the list."""
    layer = QgsVectorLayer(f"{job['table']}|layername=patch", "patch", "ogr")
    QgsProject.instance().addMapLayer(layer, False)
    QgsSettings().setValue("qgis/attributeTableView", FORM_VIEW)
    start = time.perf_counter()
    table = iface.showAttributeTable(layer)
    if table is None:
        raise RuntimeError("QGIS did not open its attribute table")
    painted = Painted(table)
    table.repaint()
    until(painted.all, "the attribute table")
    seconds = time.perf_counter() - start
    idle(0.5)
    name = type(table).__name__
    table.close()
    QgsProject.instance().removeMapLayer(layer.id())
    return {"seconds": seconds, "dialog": name}
