"""GCJ-02 offered, shown, taken and taken back; the declination with both directions in view."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")
from conftest import PATCHES
from qgis.core import QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from weipian_plugin.core.proof import Evidence
from weipian_plugin.geo.gcj02 import wgs_to_gcj
from weipian_plugin.gui.dialogs.declination import DeclinationDialog
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.lane_work import LaneWork
from weipian_plugin.gui.map_controller import MapController
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review
from weipian_plugin.store import records

pytestmark = pytest.mark.qgis


def keep(session, *items: Evidence) -> None:
    with session.workspace.transaction("attach", "workspace", "测试员") as change:
        for item in items:
            change.put("evidence", records.evidence_row(item))


def true_places() -> dict[str, tuple[float, float]]:
    """Three photos some 20 m south of each patch: so far away that a shift of half a kilometre is no accident."""
    found = {}
    for uid, ending, _level, _prime in PATCHES:
        x = 106.80 + int(ending) / 1000
        for number in range(3):
            found[f"{uid}-{number}"] = (x + 0.0001 * (number + 1), 29.7998)
    return found


@pytest.fixture
def commands(qapp, qtbot, session):
    photos = []
    for name, place in true_places().items():
        lon, lat = wgs_to_gcj(*place)
        photos.append(
            Evidence(
                name, "photo", name.encode().hex().ljust(64, "0"), f"{name}.jpg", lon=lon, lat=lat, azimuth=0.0,
                taken_at="2026-05-10T09:30:00+08:00", camera="Phone X",
            )
        )  # fmt: skip
    keep(session, *photos)
    canvas = QgsMapCanvas()
    canvas.resize(600, 400)
    canvas.show()
    QgsProject.instance().clear()
    dock = WeipianDock()
    review = Review(dock, lambda opened: MapController(canvas, opened))
    made = Commands(review)
    made._reopened = True
    qtbot.addWidget(dock)
    dock.show()
    review.set_session(session)
    review.show_patch("u5")
    yield made
    made.close()
    QgsProject.instance().clear()
    canvas.deleteLater()


def opened(commands):
    commands.run("lane")
    QApplication.processEvents()
    return next(feature for feature in commands.features if isinstance(feature, LaneWork)).lane


def test_offered_shown_taken_and_taken_back(commands, session) -> None:
    before = {item.evidence.evidence_id: item.evidence for item in session.lane()}
    lane = opened(commands)
    banner, aim = lane.shift, commands.review.map.hands.aim
    assert banner.isVisible()
    assert any(char.isdigit() for char in banner.text.text())
    assert not banner.restore.isVisible()

    banner.look.setChecked(True)
    assert not lane.isVisible()
    arrows = {(round(a.x(), 7), round(a.y(), 7)): (b.x(), b.y()) for a, b in aim.item.arrows}
    for name, (lon, lat) in true_places().items():
        start = before[name]
        if name in banner.suspicion.evidence_ids:
            end = arrows[(round(start.lon, 7), round(start.lat, 7))]
            assert end == pytest.approx((lon, lat), abs=2e-6)  # 20 cm
    QTest.keyClick(aim._card.button, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert lane.isVisible()
    assert aim.item.arrows == ()

    banner.convert.click()
    moved = [session.lane_item(name).evidence for name in before]
    shifted = [item for item in moved if item.shift == "gcj02"]
    assert len(shifted) == len(before)
    for item in shifted:
        assert (item.lon, item.lat) == pytest.approx(true_places()[item.evidence_id], abs=2e-6)
    assert "已换算" in lane.status.text()
    assert session.lane_count() < len(before)  # what was half a kilometre off has found its patch
    assert banner.restore.isVisible()
    assert not banner.convert.isVisible()

    banner.restore.click()
    assert {name: session.lane_item(name).evidence for name in before} == before
    assert session.lane_count() == len(before)
    assert not banner.restore.isVisible()


def test_a_conversion_is_one_step_of_undo(commands, session) -> None:
    before = {item.evidence.evidence_id: item.evidence for item in session.lane()}
    lane = opened(commands)
    lane.shift.convert.click()
    lane.list.setFocus()
    lane.undo_requested.emit()
    assert {item.evidence.evidence_id: item.evidence for item in session.lane()} == before


def magnetic(name: str, raw: float) -> Evidence:
    return Evidence(
        name, "photo", name.encode().hex().ljust(64, "0"), f"{name}.jpg", azimuth=raw, azimuth_raw=raw, azimuth_ref="M"
    )


def test_the_declination_shows_both_directions_and_turns_them(session, qtbot, qapp) -> None:
    keep(session, magnetic("m1", 93.0), magnetic("m2", 1.2))
    dialog = DeclinationDialog(session)
    qtbot.addWidget(dialog)
    dialog.field.setText("-2.5")
    cells = [[dialog.table.item(row, column).text() for column in range(3)] for row in range(2)]
    assert cells == [["m1.jpg", "93.0°", "90.5°"], ["m2.jpg", "1.2°", "358.7°"]]
    assert dialog.value() == -2.5
    session.set_declination(dialog.value())
    assert session.lane_item("m2").evidence.azimuth == pytest.approx(358.7)
    assert session.magnetic_photos() == [("m1.jpg", 93.0), ("m2.jpg", 1.2)]
    session.undo()
    assert session.lane_item("m2").evidence.azimuth == 1.2


@pytest.mark.parametrize("text", ["北", "45", "nan", "1e9"])
def test_a_declination_that_is_none_is_refused(session, qtbot, qapp, text) -> None:
    dialog = DeclinationDialog(session)
    qtbot.addWidget(dialog)
    dialog.field.setText(text)
    dialog._accept()
    assert dialog.result() == 0
    assert dialog.error.text().startswith("✖")
