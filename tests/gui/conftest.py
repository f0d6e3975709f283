"""A workspace of hand-made patches, small enough to calculate in the head."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")
from qgis.core import QgsApplication
from qgis.gui import QgsGui
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.core.model import Batch, OverlayRow, Patch, ReviewStatus

#: (uid, id ending, level, 亩 of 永农 or None); 2 000 m² are 3.00 亩.
PATCHES = (
    ("u1", "0001", 2, None),
    ("u2", "0002", 1, 0.0),
    ("u3", "0003", 1, 600.0),
    ("u4", "0004", 3, None),
    ("u5", "0005", 1, 1200.0),
)
PREFIX = "500112SJBG2621"


def make_patch(uid: str, ending: str, level: int) -> Patch:
    number = int(ending)
    x = 106.80 + number / 1000
    square = MultiPolygon([box(x, 29.80, x + 0.0005, 29.8004)])
    return Patch(
        patch_uid=uid,
        patch_id=PREFIX + ending,
        batch_id="b1",
        wkb=to_wkb(square),
        monitor_class="新增非农建设类",
        monitor_level=level,
        level_source="issued",
        village_name="乌牛村" if number % 2 else "古路村",
        image_before="2025-10-06",
        image_after="2026-05-01",
        area_m2=2000.0,
        review_status=ReviewStatus.ASSESSED,
    )


def overlay_of(uid: str, ending: str, prime: float | None) -> list[OverlayRow]:
    rows = [("landuse", "0103", 1400.0), ("landuse", "0601", 600.0)]
    rows += [] if prime is None else [("prime_farmland", "", prime)]
    return [OverlayRow(uid, PREFIX + ending, role, code, area, area / 2000) for role, code, area in rows]


@pytest.fixture(scope="session")
def qapp():
    """pytest-qt's application, as QGIS makes it: shortcuts manager, settings, icons."""
    app = QgsApplication.instance() or QgsApplication([], True)
    app.initQgis()
    QgsGui.instance()
    return app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace on disk with PATCHES."""
    from weipian_plugin.store import records
    from weipian_plugin.store.workspace import Workspace

    with (
        Workspace.create(tmp_path / "ws", "古路镇 2026 上半年") as ws,
        ws.transaction("import", "b1", "测试") as change,
    ):
        change.put("batch", records.batch_row(Batch("b1", "五月", due_on="2026-06-30", patch_count=len(PATCHES))))
        for uid, ending, level, prime in PATCHES:
            change.put("patch", records.patch_row(make_patch(uid, ending, level)))
            for row in overlay_of(uid, ending, prime):
                change.put("overlay", records.overlay_row(row))
    return tmp_path / "ws"


@pytest.fixture
def session(folder: Path):
    from weipian_plugin.workbench.session import Session

    with Session.open(folder, "测试员") as opened:
        yield opened
