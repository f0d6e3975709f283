"""A clerk at the lane of photos, in a process of its own: types watermarks by real key events, one JSON line out.

    lane_clerk.py FOLDER PHOTOS

Twenty-five patches on a grid, photos without EXIF under the names that WeChat gives, some 20 m from the edge of a
patch and looking at it. What is measured is the lane's own time, without the person: KLM adds the hand in
`bench_photo_lane`.
"""

from __future__ import annotations

import json
import math
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QColor, QImage
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import Batch, Patch
from weipian_plugin.gui.photo_lane import PhotoLane
from weipian_plugin.store import records
from weipian_plugin.workbench.attaching import attach_folder
from weipian_plugin.workbench.session import Session

SIDE, STEP = 0.0005, 0.0012  # degrees: squares of some 50 m, 70 m apart
WEST, SOUTH = 106.75, 29.78
ACROSS = 5
WHO = "张三"


def workspace(folder: Path) -> list[tuple[str, float, float]]:
    """Make it; gives (patch_uid, west, south) of each patch."""
    made = []
    with Session.create(folder, "待归", WHO) as session, session.workspace.transaction("import", "b1", WHO) as change:
        change.put("batch", records.batch_row(Batch("b1", "五月", patch_count=ACROSS**2)))
        for number in range(ACROSS**2):
            west, south = WEST + STEP * (number % ACROSS), SOUTH + STEP * (number // ACROSS)
            square = to_wkb(MultiPolygon([box(west, south, west + SIDE, south + SIDE)]))
            uid = f"u{number}"
            patch = Patch(uid, f"500112SJBG2621{number:04d}", "b1", wkb=square, area_m2=2700.0)
            change.put("patch", records.patch_row(patch))
            made.append((uid, west, south))
    return made


def photos(folder: Path, count: int, patches: list[tuple[str, float, float]]) -> list[dict[str, Any]]:
    """Pictures without EXIF and what their watermarks say, in the order of their names."""
    rng = random.Random(5)  # noqa: S311 - the same photos every time
    folder.mkdir(parents=True)
    truth = []
    for number in range(count):
        uid, west, south = rng.choice(patches)
        turn = rng.uniform(0, 2 * math.pi)
        lon = west + SIDE / 2 + (SIDE / 2 + 0.0002) * math.sin(turn)
        lat = south + SIDE / 2 + (SIDE / 2 + 0.0002) * math.cos(turn)
        image = QImage(1080, 1440, QImage.Format.Format_RGB32)
        image.fill(QColor(rng.randrange(256), rng.randrange(256), rng.randrange(256)))
        image.save(str(folder / f"mmexport{1778378400000 + number * 60000}.jpg"), "JPG", 80)
        azimuth = round(math.degrees(turn) + 180) % 360
        truth.append(
            {
                "uid": uid,
                "lon": f"{lon:.6f}",
                "lat": f"{lat:.6f}",
                "azimuth": azimuth,
                "clock": f"{9 + number % 8:02d}30",
            }
        )
    return truth


def until(done: Any) -> None:
    """Let the window work until something is so; a clerk would not wait longer than this either."""
    end = time.perf_counter() + 10
    while not done() and time.perf_counter() < end:
        QApplication.processEvents()


def one(lane: PhotoLane, text: str) -> tuple[float, int]:
    """Type one photo in; gives (seconds of the lane itself, keys)."""
    before, keys = lane.list.current(), 0
    start = time.perf_counter()
    for letter in text:
        QTest.keyClick(lane.focusWidget(), letter)
        keys += 1
    QTest.keyClick(lane.focusWidget(), Qt.Key.Key_Return)
    until(lambda: lane.list.current() is not before and (lane.list.current() is None or lane.photo.has_picture()))
    return time.perf_counter() - start, keys + 1


def main() -> None:
    """Measure and print."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    QgsApplication.setPrefixPath("/usr", useDefaultPaths=True)
    application = QgsApplication([], True)
    application.initQgis()
    truth = photos(folder / "photos", count, workspace(folder / "ws"))
    attach_folder(folder / "ws", folder / "photos", WHO, Silent())
    seconds, keys, right = [], [], 0
    with Session.open(folder / "ws", WHO) as session:
        lane = PhotoLane(session)
        lane.open_at()
        until(lane.photo.has_picture)
        for told in truth:
            item = lane.list.current()
            text = f"{told['lon'][3:]} {told['lat'][2:]} {told['azimuth']} {told['clock']}"
            took, pressed = one(lane, text)
            seconds.append(took)
            keys.append(pressed)
            links = session.patch_view(told["uid"]).evidence
            right += any(link.evidence.evidence_id == item.evidence.evidence_id for link in links)
        lane.close()
    print(json.dumps({"seconds": seconds, "keys": keys, "right": right}), flush=True)
    os._exit(0)  # what QGIS does on its way out is not measured


if __name__ == "__main__":
    main()
