"""The map with real QGIS objects: group, zoom, wedges, comparison, and that nothing is left behind."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from osgeo import gdal, osr
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas

from weipian_plugin.core.model import LayerAssignment
from weipian_plugin.core.proof import Evidence, LinkedEvidence
from weipian_plugin.gui.map_controller import AFTER, LENS, SIDE_BY_SIDE, SWIPE, MapController
from weipian_plugin.gui.map_layers import GROUP_NAME, PROPERTY, gauss_kruger_at, label_of, status_of
from weipian_plugin.gui.photo_items import WedgeItem, wedges_of

pytestmark = pytest.mark.qgis


def make_image(path: Path, value: int) -> Path:
    """A plain grey picture over the patches of conftest, CGCS2000 GK CM 108E."""
    data = gdal.GetDriverByName("GTiff").Create(str(path), 200, 200, 3, gdal.GDT_Byte)
    data.SetGeoTransform((383800.0, 10.0, 0.0, 3299000.0, 0.0, -10.0))
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4545)
    data.SetProjection(srs.ExportToWkt())
    for band in range(1, 4):
        data.GetRasterBand(band).Fill(value)
    data.FlushCache()
    return path


@pytest.fixture
def canvas(qapp):
    canvas = QgsMapCanvas()
    canvas.resize(600, 400)
    canvas.show()
    project = QgsProject.instance()
    project.clear()
    yield canvas
    project.clear()
    canvas.deleteLater()


@pytest.fixture
def controller(canvas, session):
    made = MapController(canvas, session)
    yield made
    made.close()


@pytest.fixture
def with_images(session, tmp_path: Path):
    for role, value, day in (("image_before", 60, "2025-10-06"), ("image_after", 200, "2026-05-01")):
        path = make_image(tmp_path / f"{role}.tif", value)
        session.assign(LayerAssignment(role=role, source=str(path), taken_on=day))
    return session


def names() -> list[str]:
    group = QgsProject.instance().layerTreeRoot().findGroup(GROUP_NAME)
    return [node.layer().name() for node in group.findLayers()]


def test_group_stands_on_top_with_patches_first_and_imagery_last(with_images, controller) -> None:
    own = QgsVectorLayer("Point?crs=EPSG:4490", "我的图层", "memory")
    QgsProject.instance().addMapLayer(own)
    assert controller.load() == []
    top = QgsProject.instance().layerTreeRoot().children()
    assert [node.name() for node in top] == [GROUP_NAME, "我的图层"]
    assert names() == ["图斑", "后时相 2026-05-01", "前时相 2025-10-06"]


def test_patches_cannot_be_edited_and_are_not_the_workspace_file(controller) -> None:
    controller.load()
    layer = next(la for la in QgsProject.instance().mapLayers().values() if la.customProperty(PROPERTY) == "patches")
    assert layer.featureCount() == 5
    assert layer.providerType() == "memory"
    assert not layer.startEditing()


def test_close_leaves_the_project_as_it_was(canvas, session, with_images) -> None:
    project = QgsProject.instance()
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    canvas.setDestinationCrs(project.crs())
    items_before = len(canvas.scene().items())
    made = MapController(canvas, session)
    made.load()
    assert project.crs().authid() == "EPSG:4545"
    made.cycle_compare()
    made.cycle_compare()
    made.close()
    assert project.mapLayers() == {}
    assert project.layerTreeRoot().children() == []
    assert project.crs().authid() == "EPSG:3857"
    assert len(canvas.scene().items()) == items_before
    made.close()  # twice is harmless


def test_own_layers_keep_the_projects_crs(canvas, session) -> None:
    project = QgsProject.instance()
    project.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    project.addMapLayer(QgsVectorLayer("Point?crs=EPSG:4490", "我的图层", "memory"))
    made = MapController(canvas, session)
    made.load()
    assert project.crs().authid() == "EPSG:3857"
    made.close()
    assert [layer.name() for layer in project.mapLayers().values()] == ["我的图层"]


def test_loading_twice_and_a_saved_project_do_not_double_the_group(controller, tmp_path: Path) -> None:
    project = QgsProject.instance()
    controller.load()
    controller.load()
    path = tmp_path / "project.qgz"
    assert project.write(str(path))
    assert project.read(str(path))
    groups = [n for n in project.layerTreeRoot().children() if n.customProperty(PROPERTY)]
    assert len(groups) == 1
    assert len(project.mapLayers()) == 1


def test_ticks_survive_a_reload(with_images, controller) -> None:
    controller.load()
    root = QgsProject.instance().layerTreeRoot()
    patches = next(n for n in root.findLayers() if n.layer().customProperty(PROPERTY) == "patches")
    assert patches.isVisible()
    after = next(n for n in root.findLayers() if n.layer().customProperty(PROPERTY) == "image_after")
    before = next(n for n in root.findLayers() if n.layer().customProperty(PROPERTY) == "image_before")
    assert after.itemVisibilityChecked()
    assert not before.itemVisibilityChecked()


def test_a_missing_source_is_told_and_not_fatal(session, canvas, tmp_path: Path, qtbot) -> None:
    session.assign(LayerAssignment(role="landuse", source=str(tmp_path / "gone.gpkg"), class_field="DLBM"))
    made = MapController(canvas, session)
    with qtbot.waitSignal(made.message) as told:
        problems = made.load()
    assert len(problems) == 1
    assert "gone.gpkg" in problems[0]
    assert "gone.gpkg" in told.args[0]
    made.close()


def test_show_patch_zooms_to_two_and_a_half_boxes(controller, session, canvas) -> None:
    controller.load()
    view = session.patch_view("u1")
    controller.show_patch(view)
    box = controller.current_geometry().boundingBox()
    shown = canvas.extent()
    # The canvas keeps its shape, so one side fits exactly and the other is larger.
    assert shown.center().distance(box.center()) < 0.01 * box.width()
    assert min(shown.width() / box.width(), shown.height() / box.height()) == pytest.approx(2.5, rel=0.02)


def test_tiny_patch_keeps_surroundings(controller, session, canvas) -> None:
    from shapely import to_wkb
    from shapely.geometry import MultiPolygon, box

    controller.load()
    view = session.patch_view("u1")
    tiny = to_wkb(MultiPolygon([box(106.801, 29.8, 106.80101, 29.80001)]))  # about 1 m wide
    controller.show_patch(replace(view, patch=replace(view.patch, wkb=tiny)))
    assert 119 < min(canvas.extent().width(), canvas.extent().height()) < 130


def test_refresh_patch_shows_the_decision(controller, session) -> None:
    controller.load()
    layer = next(la for la in QgsProject.instance().mapLayers().values() if la.customProperty(PROPERTY) == "patches")
    view = session.patch_view("u1")
    session.judge("u1", view.patch.patch_id, doubt=True, verdict="", basis="待外业")
    controller.refresh_patch("u1")
    feature = next(f for f in layer.getFeatures() if f["patch_uid"] == "u1")
    assert feature["status"] == "doubt"
    assert feature["label"] == "② …0001 ？"


def test_label_and_status_of_open_patch(session) -> None:
    row = session.queue_row("u3")
    assert status_of(row) == "open"
    assert label_of(row) == "① …0003"
    assert status_of(replace(row, verdict="illegal", doubt=True)) == "doubt"
    assert label_of(replace(row, verdict="illegal")) == "① …0003 ✖"


@pytest.mark.parametrize(("lon", "epsg"), [(106.6, 4545), (105.0, 4544), (108.0, 4545), (120.2, 4549), (75.0, 4534)])
def test_zone_of_a_longitude(qapp, lon: float, epsg: int) -> None:
    # EPSG: CGCS2000 / 3-degree Gauss-Kruger CM 75E is 4534, CM 108E is 4545, CM 120E is 4549.
    assert gauss_kruger_at(lon).authid() == f"EPSG:{epsg}"


def photo(number: int, azimuth: float | None, looks_at: bool | None) -> LinkedEvidence:
    item = Evidence(f"e{number}", "photo", "0" * 64, f"{number}.jpg", lon=106.8012, lat=29.8002, azimuth=azimuth)
    return LinkedEvidence(item, "site_photo", 12.0, looks_at)


def test_wedges_are_numbered_like_the_photos_and_unknown_azimuth_stays_unknown(qapp) -> None:
    document = LinkedEvidence(Evidence("d", "document", "1" * 64, "批文.pdf"), "approval_doc")
    no_place = LinkedEvidence(Evidence("n", "photo", "2" * 64, "x.jpg"), "site_photo")
    found = wedges_of([document, photo(1, 90.0, True), no_place, photo(3, None, None)])
    assert [(w.number, w.text) for w in found] == [(1, "1 ✔"), (3, "3 ？")]
    assert found[1].ahead is None
    # 50 m due east at 29.8002 N are 50 / (N cos B) = 0.000517 degrees of longitude (N = 6 383 419 m).
    assert found[0].ahead.x() - 106.8012 == pytest.approx(
        math.degrees(50 / (6_383_419 * math.cos(math.radians(29.8002)))), rel=1e-4
    )


def test_wedge_direction_follows_grid_convergence_and_map_rotation(canvas) -> None:
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4545"))
    item = WedgeItem(canvas, QgsProject.instance())
    from qgis.core import QgsRectangle

    canvas.setExtent(QgsRectangle(384000, 3297000, 385000, 3298000))
    wedge = wedges_of([photo(1, 90.0, True)])[0]
    # Convergence at 1.2 degrees west of CM 108E is -1.2 * sin(29.8) = -0.596 degrees: grid bearing 90.6.
    assert item.bearing(wedge) == pytest.approx(90.6, abs=0.3)
    canvas.setRotation(30)
    assert item.bearing(wedge) == pytest.approx(120.6, abs=0.3)
    item.remove()


def test_cycle_compare(with_images, controller, canvas, qtbot) -> None:
    controller.load()
    root = QgsProject.instance().layerTreeRoot()

    def ticked() -> set[str]:
        return {n.layer().name() for n in root.findLayers() if n.itemVisibilityChecked()}

    assert controller.mode == AFTER
    shown = canvas.extent()
    assert controller.cycle_compare() == SIDE_BY_SIDE
    assert canvas.findChild(object, "weipian_compare") is not None
    qtbot.wait(50)
    compare = canvas.findChild(object, "weipian_compare")
    left, right = compare.before.canvas, compare.after.canvas
    assert canvas.extent() == shown  # opening and laying out the sides must not move the map
    canvas.resize(800, 500)
    qtbot.wait(50)
    assert canvas.extent().center().distance(shown.center()) < 0.01 * shown.width()
    assert left.mapUnitsPerPixel() == pytest.approx(canvas.mapUnitsPerPixel())
    assert right.center().distance(canvas.center()) == pytest.approx(0, abs=1e-6)
    left.setExtent(left.extent().buffered(50))
    assert right.mapUnitsPerPixel() == pytest.approx(left.mapUnitsPerPixel())
    assert canvas.mapUnitsPerPixel() == pytest.approx(left.mapUnitsPerPixel())
    assert controller.cycle_compare() == SWIPE
    assert controller.cycle_compare() == LENS
    assert controller.cycle_compare() == AFTER
    assert ticked() == {"图斑", "后时相 2026-05-01"}
    assert not canvas.isFrozen()
    qtbot.waitUntil(lambda: canvas.findChild(object, "weipian_compare") is None)


def test_compare_without_imagery_says_so(controller, qtbot) -> None:
    controller.load()
    with qtbot.waitSignal(controller.message) as told:
        assert controller.cycle_compare() == AFTER
    assert "影像" in told.args[0]


def test_hold_shows_the_other_time_and_release_goes_back(with_images, controller, canvas, session, qtbot) -> None:
    controller.load()
    qtbot.wait(20)
    controller.show_patch(session.patch_view("u3"))
    controller.hold_before(True)
    qtbot.waitUntil(lambda: controller.compare.caption.text.startswith("前时相"), timeout=5000)
    image = controller.compare._other.frame.image
    # The before picture is filled with 60, the after picture with 200; a corner is far from any patch.
    assert image.pixelColor(3, 3).red() == 60
    controller.hold_before(False)
    assert not controller.compare._other.isVisible()
    assert controller.compare.caption.text.startswith("后时相 2026-05-01  1:")
