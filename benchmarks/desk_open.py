"""Opening a workspace in the dock, and QGIS's own attribute table with a form on the same patches."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from desk_tools import Painted, idle, press_command, take_focus, until
from qgis.core import QgsProject, QgsRelation, QgsSettings, QgsVectorLayer
from qgis.utils import iface

WHO = "张三"
#: QgsAttributeTable's setting for the view it opens in: the form beside the list.
FORM_VIEW = 1
#: Tables with rows about a patch that the panel shows as well.
ABOUT = ("overlay", "judgement", "evidence_link", "case_action")


def open_workspace(plugin: Any, folder: str, patches: int) -> dict[str, float]:
    """Seconds from the choice of the folder until each of these is there.

    `paint`: the page that it opens on; `seconds`: a key pressed there has been answered by the painted patch;
    `rows`: the whole queue; `map`: imagery of the patch.
    """
    from weipian_plugin.workbench.session import Session  # the first import is part of the first opening

    dock, review = plugin.dock, plugin.commands.review
    pages = [dock.pages.widget(i) for i in range(dock.pages.count())]
    painted, patch = Painted(*pages), Painted(dock.patch)
    start, cpu = time.perf_counter(), time.process_time()
    plugin.commands.open(Session.open(Path(folder), WHO))
    found = {"returned": time.perf_counter() - start}
    until(lambda: painted.all() and review.view is not None, "the first paint")
    found["paint"] = time.perf_counter() - start
    if not dock.patch.isVisible():
        take_focus(dock.content)
        press_command(plugin, "submit")
    until(lambda: dock.patch.isVisible() and patch.all(), "the answer to the first key")
    found["seconds"] = time.perf_counter() - start
    until(lambda: len(dock.queue.model.rows) == patches and _listed(dock), "the queue")
    found["rows"], found["cpu"] = time.perf_counter() - start, time.process_time() - cpu
    controller, canvas = review.map, iface.mapCanvas()
    if hasattr(controller, "shown_roles"):
        until(lambda: "image_after" in controller.shown_roles(review.view.patch.patch_uid), "the imagery")
    else:
        until(lambda: not canvas.isDrawing(), "the map")
    found["map"] = time.perf_counter() - start
    painted.stop()
    patch.stop()
    return found


def _listed(dock: Any) -> bool:
    """The list shows lines."""
    return dock.queue.table.model().rowCount() > 0


def measure(plugin: Any, job: Mapping[str, Any]) -> dict[str, float]:
    """The first opening in this QGIS."""
    found = open_workspace(plugin, job["workspace"], job["patches"])
    idle(2.0)
    return found


def attribute_table(_plugin: Any, job: Mapping[str, Any]) -> dict[str, float]:
    """The same patches as a layer of QGIS, its attribute table opened with the form beside the list.

    Plain, and as the panel shows a patch: with what other tables say of it, as relations in the form.
    """
    project = QgsProject.instance()
    layer = _layer(job["table"], "patch")
    QgsSettings().setValue("qgis/attributeTableView", FORM_VIEW)
    found = {"plain": _timed_table(layer)}
    tables = [_layer(job["table"], name) for name in ABOUT]
    for table in tables:
        relation = QgsRelation()
        relation.setId(table.name())
        relation.setName(table.name())
        relation.setReferencedLayer(layer.id())
        relation.setReferencingLayer(table.id())
        relation.addFieldPair("patch_uid", "patch_uid")
        if not relation.isValid():
            raise RuntimeError(f"no relation to {table.name()}: {relation.validationError()}")
        project.relationManager().addRelation(relation)
    found["related"] = _timed_table(layer)
    project.relationManager().clear()
    project.removeMapLayers([layer.id(), *(table.id() for table in tables)])
    return found


def _layer(file: str, table: str) -> QgsVectorLayer:
    layer = QgsVectorLayer(f"{file}|layername={table}", table, "ogr")
    if not layer.isValid():
        raise RuntimeError(f"QGIS does not open {table}")
    QgsProject.instance().addMapLayer(layer, False)
    return layer


def _timed_table(layer: QgsVectorLayer) -> float:
    start = time.perf_counter()
    table = iface.showAttributeTable(layer)
    if table is None:
        raise RuntimeError("QGIS did not open its attribute table")
    painted = Painted(table)
    table.repaint()
    until(painted.all, "the attribute table")
    seconds = time.perf_counter() - start
    idle(0.5)
    table.close()
    idle(0.2)
    return seconds
