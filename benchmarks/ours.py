"""Our side: the use cases that the panel and the headless algorithms call."""

from __future__ import annotations

import functools
import sqlite3
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from weipian_plugin.workbench import vendor

# As in QGIS: shapely has to find its own GEOS, so the rest is imported afterwards.
vendor.ensure()

from service import peak_mb, serve  # noqa: E402

from weipian_plugin.core.feedback import Silent  # noqa: E402
from weipian_plugin.core.model import LayerAssignment  # noqa: E402
from weipian_plugin.geo import area as area_module  # noqa: E402
from weipian_plugin.overlay.engine import run_overlay  # noqa: E402
from weipian_plugin.overlay.huge import SHELF  # noqa: E402
from weipian_plugin.store import records  # noqa: E402
from weipian_plugin.store.workspace import Workspace  # noqa: E402
from weipian_plugin.workbench import overlaying  # noqa: E402
from weipian_plugin.workbench.importing import ImportOptions, import_delivery  # noqa: E402
from weipian_plugin.workbench.resources import default_pack  # noqa: E402
from weipian_plugin.workbench.session import Session  # noqa: E402

WHO = "benchmark"


def prepare(workspace: str, delivery: str) -> dict[str, Any]:
    """A new workspace with the delivery imported."""
    Session.create(Path(workspace), "benchmark", WHO).close()
    options = ImportOptions(answers={"unit": "m2", "patch_id": "JCBH"})
    start = time.perf_counter()
    result = import_delivery(Path(workspace), Path(delivery), "benchmark", options, WHO, Silent())
    return {"seconds": time.perf_counter() - start, "patches": result.imported, "rejected": len(result.rejected)}


def overlay(
    workspace: str, layers: Sequence[Mapping[str, str]], time_areas: bool = False, cold: bool = False
) -> dict[str, Any]:
    """The whole use case: read the patches, overlay, write rows and journal.

    The rule pack is there before, as in a QGIS with the panel open; not with `cold`, as in a fresh `qgis_process`.
    """
    if not cold:
        default_pack()
    SHELF.clear()  # pieces of huge polygons outlive a call; here every call prepares its own
    clock = _time_areas() if time_areas else [0.0]
    assignments = [LayerAssignment(**layer) for layer in layers]
    start, cpu = time.perf_counter(), time.process_time()
    report = overlaying.overlay_patches(Path(workspace), WHO, Silent(), assignments)
    seconds = time.perf_counter() - start
    return {
        "seconds": seconds,
        "cpu_seconds": time.process_time() - cpu,
        "area_seconds": clock[0],
        "patches": report.patches,
        "rows": report.rows,
        "identity_bad": len(report.identity_bad),
        "peak_mb": peak_mb(),
    }


def _time_areas() -> list[float]:
    """Let every area function of `geo.area` that the overlay uses add up its CPU seconds, the outermost call only."""
    clock, lock, inside = [0.0], threading.Lock(), threading.local()

    def timed(function: Any) -> Any:
        @functools.wraps(function)
        def call(*arguments: Any, **named: Any) -> Any:
            if getattr(inside, "busy", False):
                return function(*arguments, **named)
            inside.busy, start = True, time.thread_time()
            try:
                return function(*arguments, **named)
            finally:
                inside.busy = False
                with lock:
                    clock[0] += time.thread_time() - start

        return call

    functions = {
        value: timed(value)
        for value in vars(area_module).values()
        if callable(value) and getattr(value, "__module__", "") == area_module.__name__ and not isinstance(value, type)
    }
    for name, module in list(sys.modules.items()):
        if name.startswith(("weipian_plugin.overlay", "weipian_plugin.workbench", "weipian_plugin.geo.area")):
            for attribute, value in list(vars(module).items()):
                if callable(value) and value in functions:
                    setattr(module, attribute, functions[value])
    return clock


def prepared(workspace: str, layers: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """Seconds of the engine alone, opening the layers included: the first time and once they are prepared."""
    with Workspace.open(Path(workspace)) as opened:
        patches = list(records.patches(opened))
    assignments = [LayerAssignment(**layer) for layer in layers]
    seconds = []
    for _ in range(2):
        start = time.perf_counter()
        run_overlay(patches, assignments, Silent())
        seconds.append(time.perf_counter() - start)
    return {"first": seconds[0], "seconds": seconds[1]}


def official(workspace: str) -> dict[str, Any]:
    """The area of every patch as imported, m²."""
    path = Path(workspace, "workspace.gpkg").resolve().as_uri() + "?mode=ro"
    with sqlite3.connect(path, uri=True) as database:
        return {"areas": dict(database.execute("SELECT patch_id, area_m2 FROM patch").fetchall())}


def areas(workspace: str) -> dict[str, Any]:
    """What the overlay wrote: m² by patch id, role and class, pseudo classes and empty rows left out."""
    path = Path(workspace, "workspace.gpkg").resolve().as_uri() + "?mode=ro"
    with sqlite3.connect(path, uri=True) as database:
        rows = database.execute(
            "SELECT p.patch_id, o.role, o.class_code, o.area_m2 FROM overlay o JOIN patch p USING (patch_uid)"
            " WHERE o.area_m2 > 0 AND o.class_code NOT LIKE '\\_\\_%' ESCAPE '\\'"
        ).fetchall()
    return {"areas": rows}


if __name__ == "__main__":
    serve({"prepare": prepare, "overlay": overlay, "prepared": prepared, "official": official, "areas": areas})
