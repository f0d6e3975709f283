"""From key press to the next patch painted with 1 500 patches in the queue, against QGIS's attribute form.

The peer opens the form of the next feature of the same table, as QGIS does when a feature is identified.
A form kept open and only refilled (`setFeature`, 2 to 3 ms) is quicker than our panel, but reads no areas,
advice or evidence.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATCHES = 1500
STEPS = 25
TINY: dict[str, int] = {}

_CHILD = """
import json, sys, tempfile, time
sys.path.insert(0, {root!r})
from pathlib import Path
from weipian_plugin.workbench import vendor
vendor.ensure()
from qgis.core import QgsApplication, QgsVectorLayer
from qgis.gui import QgsAttributeForm, QgsGui
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
app = QgsApplication([], True); app.initQgis(); QgsGui.instance()
import shapely
from weipian_plugin.core.model import Batch, OverlayRow, Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.session import Session
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review

folder = Path(tempfile.mkdtemp()) / "ws"
with Workspace.create(folder, "bench") as ws, ws.transaction("import", "b", "bench") as change:
    change.put("batch", records.batch_row(Batch("b", "batch")))
    for i in range({patches}):
        x = 106.7 + i % 40 * 0.001
        y = 29.7 + i // 40 * 0.001
        wkb = shapely.to_wkb(shapely.MultiPolygon([shapely.box(x, y, x + 0.0005, y + 0.0005)]), output_dimension=2)
        uid, pid = f"u{{i}}", f"500112SJBG2621{{i:04d}}"
        change.put("patch", records.patch_row(Patch(
            uid, pid, "b", wkb, area_m2=2680.0, monitor_level=i % 3 + 1, review_status=ReviewStatus.ASSESSED,
            village_name="village", image_after="2026-05-01")))
        for role, code, area in (("landuse", "0103", 2000.0), ("landuse", "0601", 680.0), ("prime_farmland", "", 7)):
            change.put("overlay", records.overlay_row(OverlayRow(uid, pid, role, code, area, area / 2680)))

dock = WeipianDock(); review = Review(dock, None); commands = Commands(review)
commands._reopened = True
dock.resize(420, 700); dock.show(); dock.setUserVisible(True)
commands.open(Session.open(folder, "bench")); QTest.qWait(500)
commands.by_key("submit"); QTest.qWait(200)  # on from the start screen
if not dock.patch.isVisible():
    raise SystemExit("the patch is not on the screen")
ours = []
for step in range({steps}):
    before = review.view.patch.patch_uid
    started = time.perf_counter()
    QTest.keyClick(dock.queue, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    if review.view.patch.patch_uid == before:
        commands.run("next_open")
    dock.repaint(); app.processEvents()
    ours.append(time.perf_counter() - started)
    if review.view.patch.patch_uid == before:
        raise SystemExit("the key did not move on")
    QTest.qWait(30)
layer = QgsVectorLayer(f"{{folder}}/workspace.gpkg|layername=patch", "patch", "ogr")
features = [f for _, f in zip(range({steps} + 1), layer.getFeatures())]
peer = []
for feature in features[1:]:
    started = time.perf_counter()
    form = QgsAttributeForm(layer, feature)
    form.resize(420, 700); form.show(); form.repaint(); app.processEvents()
    peer.append(time.perf_counter() - started)
    form.close(); form.deleteLater()
    QTest.qWait(30)
print("SECONDS " + json.dumps([ours, peer]), flush=True)
import os
os._exit(0)
"""


def run() -> list[dict[str, Any]]:
    """The entry of this benchmark."""
    script = _CHILD.format(root=str(ROOT), patches=PATCHES, steps=STEPS)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("SECONDS ")]
    if not lines:
        raise RuntimeError(done.stderr[-2000:])
    mine, other = (statistics.median(values) for values in json.loads(lines[0][8:]))
    ratio = other / mine
    return [
        {
            "name": f"next patch painted, {PATCHES} in the queue",
            "value": round(mine * 1000, 1),
            "unit": "ms",
            "peer": "QgsAttributeForm opened for the next feature",
            "peer_value": round(other * 1000, 1),
            "ratio": round(ratio, 2),
            "target": 1,
            "ok": ratio >= 1,
        }
    ]
