"""Overlay of 2 000 patches with four layers, against QGIS's own `native:calculatevectoroverlaps`.

The peer gets one layer a land-use class, as a clerk would have to prepare it, and runs in its own process;
its figures are planar-free too (QgsDistanceArea). The start of QGIS is not counted.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from overlay_data import CODES, generate

from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import LayerAssignment, Patch
from weipian_plugin.geo.area import ellipsoidal_areas
from weipian_plugin.overlay.engine import run_overlay
from weipian_plugin.sources.crs import Transformer
from weipian_plugin.sources.reader import open_source

RUNS = 5
CELLS, PATCHES = 450, 2000
ROLES = {"landuse": "dltb", "prime_farmland": "prime", "eco_redline": "redline", "urban_boundary": "urban"}
PEER = """
import json, sys, time
from pathlib import Path
from qgis.core import QgsApplication, QgsVectorLayer
QgsApplication.setPrefixPath("/usr", True)
app = QgsApplication([], False)
app.initQgis()
sys.path.append("/usr/share/qgis/python/plugins")
import processing
from qgis.analysis import QgsNativeAlgorithms
if not app.processingRegistry().providerById("native"):
    app.processingRegistry().addProvider(QgsNativeAlgorithms())
folder, codes, runs = Path(sys.argv[1]), sys.argv[2].split(","), int(sys.argv[3])
def layer(name, where=""):
    return QgsVectorLayer(f"{folder / name}.gpkg|layername={name}" + (f"|subset={where}" if where else ""), name)
layers = [layer("dltb", f"DLBM='{code}'") for code in codes] + [layer(name) for name in ("prime", "redline", "urban")]
seconds = []
for _ in range(runs):
    start = time.perf_counter()
    values = {"INPUT": layer("patches"), "LAYERS": layers, "OUTPUT": "TEMPORARY_OUTPUT"}
    processing.run("native:calculatevectoroverlaps", values)
    seconds.append(time.perf_counter() - start)
print("SECONDS " + json.dumps(seconds))
sys.stdout.flush()
import os
os._exit(0)
"""


def patches_of(folder: Path) -> list[Patch]:
    """The patches as an import leaves them."""
    with open_source(folder / "patches.gpkg") as source:
        rows = list(source.read())
        crs = source.crs
    lonlat = Transformer(crs, "EPSG:4490").geometry(shapely.from_wkb(np.array([row[1] for row in rows], dtype=object)))
    areas = ellipsoidal_areas(lonlat)
    return [
        Patch(f"u{fid}", str(fid), "b", wkb=shapely.to_wkb(geom), delivered_wkb=wkb, delivered_crs=crs, area_m2=area)
        for (fid, wkb, _), geom, area in zip(rows, lonlat, areas.tolist())
    ]


def ours(folder: Path) -> list[float]:
    """Seconds of each run, opening the layers included."""
    patches = patches_of(folder)
    layers = [LayerAssignment(role, str(folder / f"{name}.gpkg")) for role, name in ROLES.items()]
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run_overlay(patches, layers, Silent())
        seconds.append(time.perf_counter() - start)
    return seconds


def peer(folder: Path) -> list[float]:
    """Seconds of each run of QGIS's algorithm, layers already opened."""
    done = subprocess.run(
        [sys.executable, "-c", PEER, str(folder), ",".join(CODES), str(RUNS)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("SECONDS ")]
    if not lines:
        raise RuntimeError(done.stderr[-2000:])
    return [float(value) for value in json.loads(lines[0][8:])]


def run() -> list[dict[str, Any]]:
    """The entries of this benchmark."""
    with tempfile.TemporaryDirectory() as name:
        large, small = Path(name, "large"), Path(name, "small")
        for folder, cells in ((large, CELLS), (small, CELLS // 3)):
            folder.mkdir()
            generate(folder, cells, PATCHES)
        mine, other = statistics.median(ours(large)), statistics.median(peer(large))
        few = statistics.median(ours(small))
    ratio = other / mine
    growth = mine / few
    return [
        {
            "name": f"overlay {PATCHES} patches x 4 layers, {CELLS**2} parcels",
            "value": round(mine, 3),
            "unit": "s",
            "peer": "native:calculatevectoroverlaps",
            "peer_value": round(other, 3),
            "ratio": round(ratio, 1),
            "target": 25,
            "ok": ratio >= 25,
        },
        {
            "name": f"overlay: nine times the parcels ({CELLS**2} / {(CELLS // 3) ** 2})",
            "value": round(mine, 3),
            "unit": "s",
            "peer": "limit: same patches, ninth of the parcels",
            "peer_value": round(few, 3),
            "ratio": round(growth, 2),
            "target": 1.5,
            "ok": growth <= 1.5,
        },
    ]
