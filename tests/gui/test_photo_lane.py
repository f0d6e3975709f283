"""The lane of photos and the entry window with the real dock on a real canvas, driven by keys and the mouse."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")
from conftest import PREFIX
from geographiclib.geodesic import Geodesic
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsProject
from qgis.gui import QgsMapCanvas, QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QColor, QImage, QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.proof import MANUAL
from weipian_plugin.gui.canvas_items import to_canvas
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.entry_work import EntryWindow
from weipian_plugin.gui.lane_work import LaneWork
from weipian_plugin.gui.map_controller import MapController
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.photo_lane import PhotoLane
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis
X, Y = 106.805, 29.80  # south-west corner of 0005, 0.0005° by 0.0004°; 0001 … 0004 lie 0.001° apart to the west
CONTROL, NONE, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.AltModifier,
)


def jpeg(path: Path, shade: int) -> Path:
    image = QImage(320, 240, QImage.Format.Format_RGB32)
    image.fill(QColor(shade, 90, 200 - shade))
    assert image.save(str(path), "JPG")
    return path


@pytest.fixture
def commands(qapp, qtbot, session, tmp_path):
    from weipian_plugin.workbench.attaching import attach_folder

    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(4):
        jpeg(photos / f"mmexport{1778378400000 + number * 60000}.jpg", 40 * number)
    attach_folder(session.folder, photos, "测试员", Silent())
    canvas = QgsMapCanvas()
    canvas.resize(600, 400)
    canvas.show()
    QgsProject.instance().clear()
    dock = WeipianDock()
    review = Review(dock, lambda opened: MapController(canvas, opened))
    made = Commands(review)
    made._reopened = True
    qtbot.addWidget(dock)
    dock.resize(400, 660)
    dock.show()
    review.set_session(session)
    review.show_patch("u5")
    made.canvas = canvas
    yield made
    made.close()
    QgsProject.instance().clear()
    canvas.deleteLater()


def work_of(commands) -> LaneWork:
    return next(feature for feature in commands.features if isinstance(feature, LaneWork))


@pytest.fixture
def lane(commands) -> PhotoLane:
    commands.run("lane")
    QApplication.processEvents()
    return work_of(commands).lane


def key(lane, which, modifier=NONE) -> None:
    QTest.keyClick(lane.focusWidget() or lane, which, modifier)
    QApplication.processEvents()


def type_in(lane, text: str) -> None:
    QTest.keyClicks(lane.focusWidget(), text)
    lane._follow()


def linked(session, uid: str) -> list:
    return [link.evidence for link in session.patch_view(uid).evidence]


def test_a_watermark_typed_in_one_line_lays_the_photo_and_the_next_comes(lane, session) -> None:
    assert lane.windowTitle() == "待归照片（4）"
    assert "微信" in lane.reason.text()
    assert not lane.card.isHidden()
    assert lane.focusWidget() is lane.entry.whole
    first = lane.list.current().evidence
    type_in(lane, "106.80525 29.7998 0 0930")  # 22 m south of 0005, looking north
    assert lane.entry.position.text() == "106.80525, 29.7998"
    assert lane.entry.azimuth.text() == "0"
    assert lane.choice.patch_id() == PREFIX + "0005"
    key(lane, Qt.Key.Key_Return)
    (photo,) = linked(session, "u5")
    assert photo.evidence_id == first.evidence_id
    assert (photo.lon, photo.lat, photo.azimuth, photo.source) == (106.80525, 29.7998, 0.0, MANUAL)
    assert photo.taken_at == "2026-05-10T09:30:00+08:00"  # the day of mmexport1778378400000, the clock as typed
    assert lane.windowTitle() == "待归照片（3）"
    assert lane.list.current().evidence.evidence_id != first.evidence_id
    assert lane.focusWidget() is lane.entry.whole
    assert lane.entry.whole.text() == ""
    assert "手工" in lane.status.text()


def test_ends_of_numbers_and_carried_values(lane, session) -> None:
    type_in(lane, ".80525 .7998 10")
    key(lane, Qt.Key.Key_Return)
    key(lane, Qt.Key.Key_D, CONTROL)
    assert lane.entry.position.text() == "106.80525, 29.7998"
    assert "沿用" in lane.entry.position.said.text()
    assert lane.choice.patch_id() == PREFIX + "0005"
    type_in(lane, "350")
    key(lane, Qt.Key.Key_Return)
    assert [(p.lon, p.azimuth) for p in linked(session, "u5")] == [(106.80525, 10.0), (106.80525, 350.0)]


def test_what_the_line_gave_goes_when_the_line_is_changed(lane, session) -> None:
    type_in(lane, "106.80525 29.7998")
    lane.entry.whole.clear()
    type_in(lane, "106.80525 29..7998")
    assert lane.entry.position.text() == ""
    key(lane, Qt.Key.Key_Return)
    assert lane.status.text().startswith("✖")
    assert session.lane_count() == 4


def test_numbers_choose_outside_of_boxes_only(lane) -> None:
    type_in(lane, "106.80525 29.7998")
    key(lane, Qt.Key.Key_2, ALT)
    assert lane.choice.list.currentRow() == 1
    key(lane, Qt.Key.Key_Escape)
    assert lane.focusWidget() is lane.list
    assert lane.isVisible()
    key(lane, Qt.Key.Key_3)
    assert lane.choice.list.currentRow() == 2
    assert lane.entry.whole.text() == "106.80525 29.7998"
    key(lane, Qt.Key.Key_9)
    assert "没有第 9 个" in lane.status.text()
    key(lane, Qt.Key.Key_Escape)
    assert not lane.isVisible()


def test_up_and_down_move_from_within_a_box(lane) -> None:
    lane.entry.whole.setFocus()
    key(lane, Qt.Key.Key_Down)
    assert lane.list.currentRow() == 1
    key(lane, Qt.Key.Key_Up)
    assert lane.list.currentRow() == 0


def test_several_go_to_a_typed_patch_at_once(lane, session) -> None:
    lane.list.setFocus()
    lane.list.selectAll()
    QApplication.processEvents()
    assert "4 个文件" in lane.name.text()
    lane.choice.typed.setText("0003")
    lane.accept_photo()
    assert len(linked(session, "u3")) == 4
    assert all(photo.source != MANUAL for photo in linked(session, "u3"))
    assert lane.windowTitle() == "待归照片"
    assert "都归好了" in lane.photo.note
    assert session.undo_labels(1) == ["附举证 …0003"]


def test_an_unclear_number_is_refused_with_a_sentence(lane, session) -> None:
    lane.choice.typed.setText("9999")
    lane.accept_photo()
    assert "没有编号为“9999”" in lane.status.text()
    lane.choice.typed.setText("1")  # not the end of anything but 0001
    assert lane.choice.patch_id() == PREFIX + "0001"
    lane.choice.typed.clear()
    lane.choice.list.setCurrentRow(-1)
    lane.accept_photo()
    assert "还没有选图斑" in lane.status.text()
    assert session.lane_count() == 4


def test_what_is_typed_is_kept_also_without_a_patch(lane, session) -> None:
    first = lane.list.current().evidence.evidence_id
    type_in(lane, "110.5 30.5 90")
    assert "1 公里没有图斑" in lane.status.text()
    lane.choice.forget()
    lane.accept_photo()
    kept = session.lane_item(first).evidence
    assert (kept.lon, kept.lat, kept.azimuth, kept.source) == (110.5, 30.5, 90.0, MANUAL)
    assert session.lane_count() == 4
    assert "手工" in lane.entry.position.said.text()


def test_a_watermark_typed_while_the_list_has_the_focus_is_no_choice_of_a_candidate(lane, session) -> None:
    key(lane, Qt.Key.Key_Down)
    lane.list.setFocus()
    for typed in "106.80525 29.7998 0":
        QTest.keyClicks(lane.focusWidget(), typed)
    assert lane.entry.whole.text() == "106.80525 29.7998 0"
    lane._follow()
    key(lane, Qt.Key.Key_Return)
    (photo,) = linked(session, "u5")
    assert (photo.lon, photo.lat, photo.azimuth) == (106.80525, 29.7998, 0.0)


def test_control_z_undoes_where_nothing_is_typed_and_takes_back_typing_otherwise(lane, commands, session) -> None:
    type_in(lane, "106.80525 29.7998 0")
    key(lane, Qt.Key.Key_Return)
    assert session.lane_count() == 3
    assert work_of(commands)._attached.lane.text() == "待归 3…"
    type_in(lane, "1")
    key(lane, Qt.Key.Key_Z, CONTROL)
    assert (lane.entry.whole.text(), session.lane_count()) == ("", 3)
    key(lane, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert session.lane_count() == 3
    lane.entry.whole.clear()
    key(lane, Qt.Key.Key_Tab)
    key(lane, Qt.Key.Key_Z, CONTROL)
    assert session.lane_count() == 4


def test_delete_sets_aside_and_z_brings_back(lane, session) -> None:
    lane.list.setFocus()
    key(lane, Qt.Key.Key_Delete)
    assert session.lane_count() == 3
    lane.list.setFocus()
    key(lane, Qt.Key.Key_Z)
    assert session.lane_count() == 4
    assert lane.list.count() == 4
    assert "不作举证" in lane.status.text()


def test_wrong_writing_is_said_at_its_box(lane) -> None:
    lane.entry.azimuth.setFocus()
    type_in(lane, "400")
    assert "0 到 360" in lane.entry.azimuth.said.text()
    key(lane, Qt.Key.Key_Return)
    assert lane.focusWidget() is lane.entry.azimuth
    assert lane.status.text().startswith("✖")


# -- the map ---------------------------------------------------------------------------------------


def pixel(canvas, lon: float, lat: float) -> QPoint:
    place = to_canvas(canvas, QgsProject.instance()).transform(QgsPointXY(lon, lat))
    found = canvas.getCoordinateTransform().transform(place)
    return QPoint(round(found.x()), round(found.y()))


def mouse(canvas, kind, at: QPoint, buttons) -> None:
    button = Qt.MouseButton.LeftButton if kind != QEvent.Type.MouseMove else Qt.MouseButton.NoButton
    QApplication.sendEvent(canvas.viewport(), QMouseEvent(kind, QPointF(at), button, buttons, NONE))


def drag(canvas, start: QPoint, end: QPoint) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    mouse(canvas, QEvent.Type.MouseButtonPress, start, left)
    for share in (0.3, 0.7, 1.0):
        mouse(canvas, QEvent.Type.MouseMove, start + (end - start) * share, left)
    mouse(canvas, QEvent.Type.MouseButtonRelease, end, none)


@pytest.mark.parametrize("crs", ["EPSG:4545", "EPSG:4490", "EPSG:3857"])
def test_a_click_and_a_drag_on_the_map(commands, lane, session, crs) -> None:
    canvas = commands.canvas
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    before = QgsMapToolPan(canvas)
    canvas.setMapTool(before)
    lane.choice.typed.setText("0005")
    key(lane, Qt.Key.Key_M, CONTROL)
    assert not lane.isVisible()
    aim = commands.review.map.hands.aim
    assert canvas.mapTool() is aim.tool
    here, there = (X + 0.0002, Y - 0.0002), (X + 0.0004, Y + 0.0001)
    drag(canvas, pixel(canvas, *here), pixel(canvas, *there))
    assert canvas.mapTool() is before
    assert lane.isVisible()
    facts = lane.entry.facts()
    metre = canvas.mapUnitsPerPixel() * (111_320 if crs == "EPSG:4490" else 1.0)
    reach = 1.5 * metre / 96_000 + 1e-9  # a pixel and a half, in degrees of longitude here
    assert facts.lon == pytest.approx(here[0], abs=reach)
    assert facts.lat == pytest.approx(here[1], abs=reach)
    truth = Geodesic.WGS84.Inverse(here[1], here[0], there[1], there[0])["azi1"] % 360
    assert facts.azimuth == pytest.approx(truth, abs=4.0)  # two pixels across some fifty
    assert lane.entry.position.said.text() == "地图定点"
    lane._follow()
    assert lane.choice.patch_id() == PREFIX + "0005"
    key(lane, Qt.Key.Key_Return)
    (photo,) = linked(session, "u5")
    assert photo.azimuth == facts.azimuth
    assert photo.source == MANUAL


def test_esc_on_the_map_gives_the_tool_and_the_window_back(commands, lane) -> None:
    canvas = commands.canvas
    before = QgsMapToolPan(canvas)
    canvas.setMapTool(before)
    key(lane, Qt.Key.Key_M, CONTROL)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QApplication.processEvents()
    assert canvas.mapTool() is before
    assert lane.isVisible()
    assert lane.entry.position.text() == ""


def test_another_tool_ends_it_without_a_trace(commands, lane) -> None:
    canvas = commands.canvas
    key(lane, Qt.Key.Key_M, CONTROL)
    other = QgsMapToolPan(canvas)
    canvas.setMapTool(other)
    QApplication.processEvents()
    assert canvas.mapTool() is other
    assert commands.review.map.hands.aim.tool is None
    assert lane.isVisible()


# -- a photo that lies on a patch already ----------------------------------------------------------


def test_the_entry_window_of_the_panel_saves_and_undoes(commands, session) -> None:
    first = session.lane()[0].evidence
    session.place([first.evidence_id], "u5", PREFIX + "0005")
    commands.review.show_patch("u5")
    commands.work.aim(first.evidence_id)
    window = commands.work.entry.window
    QApplication.processEvents()
    assert window.focusWidget() is window.entry.whole
    QTest.keyClicks(window.entry.whole, "106.80525 29.7998 dir:12")
    QTest.keyClick(window.entry.whole, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert commands.work.entry.window is None
    assert not any(w.isVisible() for w in QApplication.topLevelWidgets() if isinstance(w, EntryWindow))
    (photo,) = linked(session, "u5")
    assert (photo.lon, photo.azimuth, photo.source) == (106.80525, 12.0, MANUAL)
    commands.review.undo()
    (photo,) = linked(session, "u5")
    assert (photo.lon, photo.source) == (None, first.source)


def test_another_workspace_closes_the_entry_window(commands, session) -> None:
    first = session.lane()[0].evidence
    session.place([first.evidence_id], "u5", PREFIX + "0005")
    commands.review.show_patch("u5")
    commands.work.aim(first.evidence_id)
    window = commands.work.entry.window
    assert window.isVisible()
    for feature in commands.features:
        feature.close()
    assert not window.isVisible()


def test_closing_the_workspace_closes_the_lane(commands, lane) -> None:
    work = work_of(commands)
    work.close()
    assert work.lane is None
    assert not lane.isVisible()


def test_the_menu_says_how_many_wait(commands, session) -> None:
    def words() -> list[str]:
        commands.menu._refresh()
        return [action.text().split("\t")[0] for action in commands.menu.actions()]

    assert "待归照片（4）…" in words()
    session.set_aside([item.evidence.evidence_id for item in session.lane()])
    assert "待归照片…" in words()


def test_a_patch_far_away_is_not_taken_by_a_hurried_enter(lane, session) -> None:
    # 145 m north of 0005 (0.0013° of latitude), looking south at it: offered, not chosen.
    type_in(lane, "106.80525 29.8017 180")
    assert lane.choice.list.count() > 0
    assert lane.choice.uid() == ""
    key(lane, Qt.Key.Key_Return)
    assert session.lane_count() == 4
    assert "还没有选图斑" in lane.status.text()
    key(lane, Qt.Key.Key_1, ALT)
    key(lane, Qt.Key.Key_Return)
    assert [photo.azimuth for photo in linked(session, "u5")] == [180.0]
