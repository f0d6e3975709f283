"""Splitting, drawing and clues with the real dock on a real canvas, driven by mouse and keys."""

from __future__ import annotations

from decimal import Decimal

import pytest
import shapely
from conftest import PREFIX
from qgis.core import QgsFeature, QgsGeometry, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QEvent, QPoint, Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Patch
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.map_controller import MapController
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review
from weipian_plugin.store import records

pytestmark = pytest.mark.qgis
PID = PREFIX + "0005"
X, Y = 106.805, 29.80  # south-west corner of 0005 in conftest, 0.0005° by 0.0004°


@pytest.fixture
def panel(qapp, qtbot, session):
    none = Patch(
        "nb", PREFIX + "0099", "b1", geometry_source="none", issued_area=0.85, issued_unit="mu", centre_lon=X + 0.002,
        centre_lat=Y, monitor_level=1,
    )  # fmt: skip
    with session.workspace.transaction("import", "b1", "测试") as change:
        change.put("patch", records.patch_row(none))
    canvas = QgsMapCanvas()
    canvas.resize(600, 400)
    canvas.show()
    QgsProject.instance().clear()
    dock = WeipianDock()
    review = Review(dock, lambda opened: MapController(canvas, opened))
    commands = Commands(review)
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.resize(400, 660)
    dock.show()
    review.set_session(session)
    yield review, dock, commands, canvas
    commands.close()
    QgsProject.instance().clear()
    canvas.deleteLater()


def go(review, uid):
    review.show_patch(uid)
    review._show_on_map()
    QApplication.processEvents()


def click(canvas, lon, lat, button=Qt.MouseButton.LeftButton):
    point = QgsGeometry.fromPointXY(shapely_point(lon, lat))
    from weipian_plugin.gui.canvas_items import to_canvas

    point.transform(to_canvas(canvas, QgsProject.instance()))
    pixel = canvas.getCoordinateTransform().transform(point.asPoint())
    QTest.mouseClick(
        canvas.viewport(), button, Qt.KeyboardModifier.NoModifier, QPoint(round(pixel.x()), round(pixel.y()))
    )


def shapely_point(lon, lat):
    from qgis.core import QgsPointXY

    return QgsPointXY(lon, lat)


def press(canvas, key):
    """As the window system gives it to the map that has the focus."""
    canvas.activateWindow()  # in QGIS map and panel share one window
    canvas.setFocus()
    QApplication.processEvents()
    QApplication.sendEvent(canvas, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def cut(commands, canvas):
    """From south to north through the middle of 0005."""
    commands.run("split")
    click(canvas, X + 0.00025, Y - 0.0001)
    click(canvas, X + 0.00025, Y + 0.0005)
    click(canvas, X + 0.00025, Y + 0.0005, Qt.MouseButton.RightButton)
    return commands.hands.dialog


def test_a_patch_is_cut_by_mouse_and_taken_back(panel):
    review, dock, commands, canvas = panel
    go(review, "u5")
    dialog = cut(commands, canvas)
    assert dialog.plan is not None, dialog.state.text()
    # 2 000 m² were put down as computed: 3.00 亩 to be shared, about half and half (a pixel is 0.3 m)
    assert dialog.plan.total_mu == Decimal("3.00")
    assert [float(p.adopted_mu) for p in dialog.plan.pieces] == pytest.approx([1.5, 1.5], abs=0.03)
    assert dialog.ok.text() == "拆分为 2 个"
    dialog.ok.click()
    assert dock.patch.patch_id.text() == PID + "_1"
    assert "拆分自" in dock.patch.story.toPlainText()
    assert dock.header.progress.format() == "0/7 · 今日 0 · 剩 7"  # five and one without boundary, and one more
    assert commands.hands.dialog is None
    assert review.map.hands.tool is None
    go(review, "u5")
    assert not dock.verdict.isEnabled()
    assert not dock.submit.isEnabled()
    assert "只能查看" in dock.patch.story.toPlainText()
    assert dock.undo.text() == "撤销 拆分"
    review.undo()
    assert dock.patch.patch_id.text() == PID
    assert dock.verdict.isEnabled()
    assert dock.header.progress.format() == "0/6 · 今日 0 · 剩 6"
    ids = {f["patch_id"] for f in review.map._loaded.patches.getFeatures()}
    assert ids == {PREFIX + f"000{n}" for n in range(1, 6)}


def test_the_map_shows_the_children_in_place_of_the_parent(panel):
    review, _dock, commands, canvas = panel
    go(review, "u5")
    cut(commands, canvas).ok.click()
    ids = {f["patch_id"] for f in review.map._loaded.patches.getFeatures()}
    assert PID not in ids
    assert {PID + "_1", PID + "_2"} <= ids


def test_esc_ends_drawing_and_backspace_takes_a_point_back(panel):
    review, _dock, commands, canvas = panel
    go(review, "u5")
    commands.run("split")
    dialog, tool = commands.hands.dialog, review.map.hands.tool
    click(canvas, X + 0.00025, Y - 0.0001)
    click(canvas, X + 0.0003, Y + 0.0002)
    press(canvas, Qt.Key.Key_Backspace)
    assert len(tool.points) == 1
    press(canvas, Qt.Key.Key_Escape)
    assert review.map.hands.tool is None
    assert not dialog.draw_button.isChecked()
    assert not dialog.ok.isEnabled()
    dialog.close()


def test_pasted_text_is_planned_and_what_is_wrong_is_said(panel):
    review, _dock, commands, _canvas = panel
    go(review, "u5")
    commands.run("split")
    dialog = commands.hands.dialog
    dialog.text.setPlainText("没有坐标")
    assert "没有面" in dialog.state.text()
    assert not dialog.ok.isEnabled()
    third = shapely.box(X, Y, X + 0.0002, Y + 0.0004)
    dialog.text.setPlainText(third.wkt)
    assert [float(p.adopted_mu) for p in dialog.plan.pieces] == pytest.approx([1.2, 1.8], abs=0.011)
    dialog.close()


def test_selected_polygons_of_the_current_layer_are_taken(panel):
    review, _dock, commands, canvas = panel
    go(review, "u5")
    layer = QgsVectorLayer("Polygon?crs=EPSG:4490", "划分", "memory")
    feature = QgsFeature()
    feature.setGeometry(QgsGeometry.fromWkt(shapely.box(X, Y, X + 0.0002, Y + 0.0004).wkt))
    layer.dataProvider().addFeature(feature)
    QgsProject.instance().addMapLayer(layer)
    commands.run("split")
    dialog = commands.hands.dialog
    dialog.use_selected()
    assert "没有选中" in dialog.state.text()
    layer.selectAll()
    canvas.setCurrentLayer(layer)
    dialog.use_selected()
    assert len(dialog.plan.pieces) == 2
    dialog.close()


def test_a_boundary_is_drawn_where_there_is_none(panel):
    review, dock, commands, canvas = panel
    go(review, "nb")
    assert "0.85 亩（下发，无边界）" in dock.patch.story.toPlainText()
    assert "0.85 亩（下发，无边界）" in review.map._centre.text
    commands.run("boundary")
    for dx, dy in ((-0.0002, -0.0002), (0.0002, -0.0002), (0.0002, 0.0002), (-0.0002, 0.0002)):
        click(canvas, X + 0.002 + dx, Y + dy)
    press(canvas, Qt.Key.Key_Return)
    patch = review.session.patch_view("nb").patch
    assert patch.geometry_source == "drawn", dock.notice.text()
    # 0.0004° by 0.0004° at 29.8° N are 38.67 m by 44.34 m (111 km a degree): 1 715 m², a pixel is 0.3 m
    assert patch.area_m2 == pytest.approx(1715, rel=0.04)
    assert "下发 0.85 亩" in dock.patch.story.toPlainText()
    assert review.map.hands.tool is None
    review.undo()
    assert review.session.patch_view("nb").patch.wkb is None


def test_an_issued_boundary_is_not_drawn_over(panel):
    review, dock, commands, _canvas = panel
    go(review, "u5")
    commands.run("boundary")
    assert "有下发的边界" in dock.notice.text()
    assert review.map.hands.tool is None


def test_a_clue_is_registered_on_the_map(panel):
    review, dock, commands, canvas = panel
    go(review, "u5")
    commands.run("clue")
    dialog = commands.hands.dialog
    dialog._accept()
    assert "没有位置" in dialog.state.text()
    dialog.point_button.click()
    click(canvas, X + 0.0001, Y + 0.0001)
    lon, lat = dialog.position
    assert (lon, lat) == pytest.approx((X + 0.0001, Y + 0.0001), abs=1e-5)
    dialog.fields["finder"].setText("甲")
    dialog._accept()
    assert dock.patch.patch_id.text().startswith("XS-")
    assert "发现人 甲" in dock.patch.story.toPlainText()
    assert dock.header.progress.format() == "0/6 · 今日 0 · 剩 6"
    review.undo()
    assert len(review.session.patches()) == 6


def test_another_tool_ends_the_drawing(panel):
    from qgis.gui import QgsMapToolPan

    review, _dock, commands, canvas = panel
    go(review, "nb")
    commands.run("boundary")
    pan = QgsMapToolPan(canvas)
    canvas.setMapTool(pan)
    assert review.map.hands.tool is None
    canvas.unsetMapTool(pan)


def test_closing_the_workspace_closes_the_dialog(panel):
    review, _dock, commands, _canvas = panel
    go(review, "u5")
    commands.run("split")
    commands._close_session()
    assert commands.hands.dialog is None


def test_snapping_goes_to_a_corner_first(panel):
    review, _dock, commands, canvas = panel
    go(review, "u5")
    commands.run("split")
    tool = review.map.hands.tool
    corner = review.map.current_geometry().vertexAt(0)
    near = shapely_point(corner.x() + 3 * canvas.mapUnitsPerPixel(), corner.y() + 2 * canvas.mapUnitsPerPixel())
    place, snapped = tool.snap(near)
    assert snapped
    assert (place.x(), place.y()) == (corner.x(), corner.y())
    far = shapely_point(corner.x() - 100 * canvas.mapUnitsPerPixel(), corner.y() - 100 * canvas.mapUnitsPerPixel())
    assert tool.snap(far) == (far, False)
    commands.hands.dialog.close()


def test_a_void_patch_says_so_instead_of_opening(panel):
    review, dock, commands, _canvas = panel
    review.session.void("u5", PID, "void")
    go(review, "u5")
    commands.run("split")
    assert commands.hands.dialog is None
    assert "已作废" in dock.notice.text()
    with pytest.raises(WeipianError):
        review.session.check_splittable("u5")


def test_selected_polygons_become_a_boundary(panel):
    review, _dock, commands, canvas = panel
    go(review, "nb")
    layer = QgsVectorLayer("Polygon?crs=EPSG:4490", "边界", "memory")
    for west in (X + 0.002, X + 0.0022):
        feature = QgsFeature()
        feature.setGeometry(QgsGeometry.fromWkt(shapely.box(west, Y, west + 0.0002, Y + 0.0004).wkt))
        layer.dataProvider().addFeature(feature)
    QgsProject.instance().addMapLayer(layer)
    layer.selectAll()
    canvas.setCurrentLayer(layer)
    commands.run("selected_boundary")
    patch = review.session.patch_view("nb").patch
    # 0.0004° by 0.0004° at 29.8° N: see the drawn one above
    assert patch.area_m2 == pytest.approx(1715, rel=0.002)
    assert shapely.get_num_geometries(shapely.from_wkb(patch.wkb)) == 1
