"""Comparing and prefetching with real QGIS objects: what is painted where, and what is seen."""

from __future__ import annotations

import pytest
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsProject, QgsRectangle
from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QColor, QImage, QMouseEvent, QPainter
from qgis.PyQt.QtWidgets import QApplication
from test_map import make_image

from weipian_plugin.core.model import LayerAssignment, ViewFrame
from weipian_plugin.gui.compare_items import Frame, PictureItem, frame_of, view_key
from weipian_plugin.gui.compare_modes import IMAGE_AFTER, IMAGE_BEFORE, LENS, SIDE_BY_SIDE, SWIPE
from weipian_plugin.gui.map_controller import AFTER, MapController
from weipian_plugin.gui.prefetch import FrameCache

pytestmark = pytest.mark.qgis
#: Grey of the two pictures, see make_image.
BEFORE_GREY, AFTER_GREY = 60, 200


@pytest.fixture
def canvas(qapp):
    canvas = QgsMapCanvas()
    canvas.resize(600, 400)
    canvas.show()
    QgsProject.instance().clear()
    # As in the desktop: what is ticked in the tree is on the map.
    bridge = QgsLayerTreeMapCanvasBridge(QgsProject.instance().layerTreeRoot(), canvas)
    yield canvas
    sip.delete(bridge)
    QgsProject.instance().clear()
    canvas.deleteLater()


@pytest.fixture
def images(session, tmp_path):
    for role, value in (("image_before", BEFORE_GREY), ("image_after", AFTER_GREY)):
        source = str(make_image(tmp_path / f"{role}.tif", value))
        session.assign(LayerAssignment(role=role, source=source, taken_on="2026-05-01"))
    return session


@pytest.fixture
def controller(canvas, images, qtbot):
    made = MapController(canvas, images)
    made.load()
    qtbot.wait(30)
    yield made
    made.close()


def show(controller, session, qtbot, uid: str) -> None:
    with qtbot.waitSignal(controller.image_shown, timeout=3000):
        controller.show_patch(session.patch_view(uid))


def quiet(controller, qtbot) -> None:
    qtbot.waitUntil(lambda: controller.compare.prefetcher.idle and not controller._canvas.isDrawing(), timeout=8000)


def grey(canvas, x: int, y: int) -> int:
    """What is on the screen at a pixel of the map, items included."""
    QApplication.processEvents()
    ratio = canvas.devicePixelRatioF()
    return canvas.viewport().grab().toImage().pixelColor(round(x * ratio), round(y * ratio)).red()


def test_only_a_finished_rendering_of_the_whole_patch_counts_as_seen(controller, session, qtbot) -> None:
    controller.show_patch(session.patch_view("u1"))
    assert controller.shown_roles("u1") == set()  # nothing is painted yet
    qtbot.waitUntil(lambda: controller.shown_roles("u1") == {IMAGE_AFTER}, timeout=8000)
    assert controller.shown_roles("u2") == set()


def test_a_patch_that_was_only_passed_by_was_not_seen(controller, session, qtbot) -> None:
    controller.show_patch(session.patch_view("u1"))
    show(controller, session, qtbot, "u2")
    qtbot.wait(200)
    assert controller.shown_roles("u1") == set()


def test_holding_shows_and_counts_the_earlier_time(controller, canvas, session, qtbot) -> None:
    show(controller, session, qtbot, "u1")
    quiet(controller, qtbot)
    assert grey(canvas, 5, 395) == AFTER_GREY
    controller.hold_before(True)
    assert grey(canvas, 5, 395) == BEFORE_GREY  # at once: it had been rendered already
    qtbot.waitUntil(lambda: IMAGE_BEFORE in controller.shown_roles("u1"), timeout=2000)
    controller.hold_before(False)
    assert grey(canvas, 5, 395) == AFTER_GREY


def test_imagery_elsewhere_is_no_imagery(controller, session, canvas) -> None:
    assert controller.has_image("u1", IMAGE_AFTER)
    from dataclasses import replace

    from shapely import to_wkb
    from shapely.geometry import MultiPolygon, box

    view = session.patch_view("u1")
    away = to_wkb(MultiPolygon([box(107.5, 29.8, 107.501, 29.801)]))  # 60 km east of the pictures
    controller.show_patch(replace(view, patch=replace(view.patch, wkb=away)))
    assert not controller.has_image("u1", IMAGE_AFTER)


def test_without_imagery_nothing_is_there_to_be_seen(canvas, session) -> None:
    made = MapController(canvas, session)
    made.load()
    assert not made.has_image("u1", IMAGE_AFTER)
    made.close()


def test_the_next_patch_is_painted_from_what_was_prefetched(controller, canvas, session, qtbot) -> None:
    show(controller, session, qtbot, "u1")
    controller.prefetch(["u2", "u3"])
    quiet(controller, qtbot)
    controller.show_patch(session.patch_view("u2"))
    assert canvas.isDrawing() or not controller.shown_roles("u2")
    cover = controller.compare._cover
    assert cover.isVisible()
    assert cover.fits()  # to the pixel the view that the canvas is going to render itself
    assert cover.frame.image.pixelColor(3, 3).red() == AFTER_GREY
    qtbot.waitUntil(lambda: not cover.isVisible(), timeout=8000)  # replaced by the map itself


def test_swipe_shows_one_time_on_either_side_and_follows_keys_and_mouse(controller, canvas, session, qtbot) -> None:
    show(controller, session, qtbot, "u1")
    quiet(controller, qtbot)
    assert controller.compare.toggle(SWIPE) == SWIPE
    quiet(controller, qtbot)
    width = canvas.mapSettings().outputSize().width()
    assert grey(canvas, 5, 395) == BEFORE_GREY
    assert grey(canvas, width - 5, 395) == AFTER_GREY
    for _ in range(10):  # ten steps of 5 %: to the right edge
        controller.compare.divider.move(1)
    assert grey(canvas, width - 12, 395) == BEFORE_GREY
    for kind, x in ((QEvent.Type.MouseButtonPress, width - 2), (QEvent.Type.MouseMove, 20)):
        button = Qt.MouseButton.LeftButton
        event = QMouseEvent(kind, QPointF(QPoint(x, 200)), button, button, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas.viewport(), event)
    assert controller.compare.divider.share == pytest.approx(20 / width)
    controller.compare.divider.turn()
    controller.compare.divider._set_share(0.5)
    assert grey(canvas, 5, 100) == BEFORE_GREY
    assert grey(canvas, 5, 395) == AFTER_GREY
    assert controller.compare.toggle(SWIPE) == AFTER
    assert grey(canvas, 5, 100) == AFTER_GREY


def test_lens_shows_the_earlier_time_in_the_middle(controller, canvas, session, qtbot) -> None:
    show(controller, session, qtbot, "u1")
    quiet(controller, qtbot)
    controller.compare.toggle(LENS)
    quiet(controller, qtbot)
    assert grey(canvas, 5, 395) == AFTER_GREY
    path = controller.compare._other.clip
    # A circle of 22 % of the shorter side (400 px minus the frame): 88 px around the middle.
    assert path.boundingRect().width() == pytest.approx(2 * 0.22 * canvas.mapSettings().outputSize().height())


def test_side_by_side_links_the_cursor_and_counts_both(controller, canvas, session, qtbot) -> None:
    show(controller, session, qtbot, "u1")
    controller.compare.toggle(SIDE_BY_SIDE)
    qtbot.waitUntil(lambda: controller.shown_roles("u1") == {IMAGE_AFTER, IMAGE_BEFORE}, timeout=8000)
    side, place = controller.compare.side, canvas.extent().center()
    side.before.canvas.xyCoordinates.emit(place)
    assert side.after.cross.position == place
    assert side.before.cross.position is None
    assert side.before.caption.text.startswith("前时相 2026-05-01  1:")
    controller.compare.toggle(SIDE_BY_SIDE)
    assert not canvas.isFrozen()


def test_side_by_side_paints_what_was_prefetched(controller, canvas, session, qtbot) -> None:
    show(controller, session, qtbot, "u1")
    controller.compare.toggle(SIDE_BY_SIDE)
    qtbot.waitUntil(lambda: controller.shown_roles("u1") == {IMAGE_AFTER, IMAGE_BEFORE}, timeout=8000)
    controller.prefetch(["u2"])
    quiet(controller, qtbot)
    controller.show_patch(session.patch_view("u2"))
    side = controller.compare.side
    for half, value in ((side.before, BEFORE_GREY), (side.after, AFTER_GREY)):
        assert half.cover.isVisible()
        assert half.cover.fits()
        assert half.cover.frame.image.pixelColor(3, 3).red() == value
    qtbot.waitUntil(lambda: not side.after.cover.isVisible() and not side.before.cover.isVisible(), timeout=8000)


def test_hiding_overlays_shows_imagery_alone(controller, canvas, session, qtbot) -> None:
    show(controller, session, qtbot, "u1")
    quiet(controller, qtbot)
    box = controller.current_geometry().boundingBox()
    corner = canvas.mapSettings().mapToPixel().transform(QgsPointXY(box.xMinimum(), box.center().y()))
    ratio = canvas.devicePixelRatioF()
    x, y = round(corner.x() * ratio), round(corner.y() * ratio)

    def outlined() -> bool:
        QApplication.processEvents()
        image = canvas.viewport().grab().toImage()
        return any(image.pixelColor(x + dx, y).red() != AFTER_GREY for dx in range(-8, 9))

    assert outlined()
    controller.hold_overlays(True)
    assert not outlined()
    controller.hold_overlays(False)
    assert outlined()


@pytest.mark.parametrize(("crs", "rotation"), [("EPSG:4490", 0.0), ("EPSG:4545", 37.0)], ids=["degrees", "rotated"])
def test_comparing_works_in_degrees_and_on_a_rotated_map(controller, canvas, session, qtbot, crs, rotation) -> None:
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    canvas.setRotation(rotation)
    show(controller, session, qtbot, "u1")
    quiet(controller, qtbot)
    controller.prefetch(["u2"])
    quiet(controller, qtbot)
    controller.compare.toggle(SWIPE)
    quiet(controller, qtbot)
    assert grey(canvas, 5, 395) == BEFORE_GREY
    assert grey(canvas, canvas.mapSettings().outputSize().width() - 5, 395) == AFTER_GREY
    controller.show_patch(session.patch_view("u2"))
    assert controller.compare._cover.fits()


def test_a_picture_keeps_its_place_when_the_map_moves_and_turns(canvas, qtbot) -> None:
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4545"))
    canvas.setExtent(QgsRectangle(384000, 3297000, 384600, 3297400))
    settings = canvas.mapSettings()
    size = settings.outputSize()
    image = QImage(size, QImage.Format.Format_ARGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    painter.fillRect(size.width() // 2 - 10, size.height() // 2 - 10, 20, 20, QColor("red"))
    painter.end()
    item = PictureItem(canvas, 10)
    item.show_frame(frame_of(image, settings))
    middle = settings.visibleExtent().center()
    canvas.setRotation(30)
    canvas.setExtent(QgsRectangle(383900, 3296950, 384500, 3297350))
    place = canvas.mapSettings().mapToPixel().transform(middle)
    QApplication.processEvents()
    ratio = canvas.devicePixelRatioF()
    shown = canvas.viewport().grab().toImage().pixelColor(round(place.x() * ratio), round(place.y() * ratio))
    assert (shown.red(), shown.green()) == (255, 0)
    item.remove()


def test_a_kept_frame_is_shown_again_and_measured_on_the_ground(controller, canvas, session) -> None:
    from dataclasses import replace

    view = session.patch_view("u1")
    kept = replace(view, frame=ViewFrame("u1", 106.8012, 29.8001, 400.0))
    controller.show_patch(kept)
    lon, lat, width = controller.frame()
    assert (lon, lat) == pytest.approx((106.8012, 29.8001), abs=1e-5)
    # Gauss-Krüger at 1.2° from its meridian stretches by 1 + (116 km)² / 2R² = 1.00017: 400 m to a decimetre.
    assert width == pytest.approx(400.0, abs=0.3)
    controller.fit()
    assert controller.frame()[2] < 300


def test_the_cache_never_exceeds_its_bytes_and_forgets_the_longest_unused() -> None:
    def frame() -> Frame:
        corner = QgsPointXY(0, 0)
        return Frame(QImage(100, 100, QImage.Format.Format_ARGB32), (corner, corner, corner), "", ())

    cache = FrameCache(limit=100_000)  # two pictures of 40 000 bytes
    for number in range(500):
        cache.put(("after", number), frame())
        assert cache.size <= 100_000
    assert len(cache) == 2
    assert cache.get(("after", 498)) is not None  # used now, so 499 goes first
    cache.put(("after", 500), frame())
    assert cache.get(("after", 499)) is None
    assert cache.get(("after", 498)) is not None


def test_views_differ_by_place_size_and_turn(canvas) -> None:
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4545"))
    canvas.setExtent(QgsRectangle(384000, 3297000, 384600, 3297400))
    key = view_key(canvas.mapSettings())
    assert view_key(canvas.mapSettings()) == key
    canvas.setRotation(1)
    assert view_key(canvas.mapSettings()) != key
    canvas.setRotation(0)
    canvas.setExtent(QgsRectangle(384002, 3297000, 384602, 3297400))
    assert view_key(canvas.mapSettings()) != key


def ours(role: str):
    return next(la for la in QgsProject.instance().mapLayers().values() if la.customProperty("weipian/role") == role)


@pytest.mark.parametrize("mode", [AFTER, SIDE_BY_SIDE, SWIPE, LENS])
@pytest.mark.parametrize("role", [IMAGE_AFTER, IMAGE_BEFORE, "patches"])
def test_a_layer_taken_out_of_the_tree_stops_no_work(controller, images, qtbot, mode, role) -> None:
    show(controller, images, qtbot, "u1")
    controller.compare.set_mode(mode)
    qtbot.wait(60)
    said: list[str] = []
    controller.message.connect(said.append)
    name = ours(role).name()
    QgsProject.instance().removeMapLayer(ours(role).id())
    qtbot.wait(80)
    assert [text for text in said if name in text and "重新读取" in text] == said[:1] != []
    assert controller.mode == (mode if role == "patches" else AFTER)
    controller.show_patch(images.patch_view("u2"))
    controller.refresh_patch("u1")
    controller.cycle_compare()
    for hold in (controller.hold_before, controller.hold_overlays):
        hold(True)
        qtbot.wait(20)
        hold(False)
    qtbot.wait(80)
    assert controller.has_image("u2", IMAGE_AFTER)  # as assigned: it has to be looked at, taken out or not
    controller.load()  # 重新读取
    assert ours(role).name() == name


def test_a_closed_project_is_no_layer_taken_out(controller, images, qtbot) -> None:
    said: list[str] = []
    controller.message.connect(said.append)
    controller.compare.set_mode(SWIPE)
    QgsProject.instance().clear()
    qtbot.wait(80)
    assert said == []
    assert ours("patches").isValid()


def test_of_a_folder_the_broken_files_are_named(canvas, session, tmp_path) -> None:
    folder = tmp_path / "镶嵌"
    folder.mkdir()
    make_image(folder / "好.tif", AFTER_GREY)
    for number in range(5):
        (folder / f"坏{number}.tif").write_bytes(b"II*\x00 no picture")
    session.assign(LayerAssignment(role=IMAGE_AFTER, source=str(folder)))
    made = MapController(canvas, session)
    problems = made.load()
    assert [name for name in ("坏0", "坏1", "坏2", "坏3") if any(name in text for text in problems)] == [
        "坏0",
        "坏1",
        "坏2",
    ]
    assert any("5 个文件" in text for text in problems)
    assert len(made.images(IMAGE_AFTER, "b1")) == 1
    made.close()


def test_rendering_that_outlives_its_map_has_nothing_of_it_to_write_to(controller, images, qtbot) -> None:
    """Called-off jobs end after their canvas is gone; a cache that died with it took QGIS down."""
    show(controller, images, qtbot, "u1")
    for _ in range(3):
        controller.compare.set_mode(SIDE_BY_SIDE)
        halves = (controller.compare.side.before.canvas, controller.compare.side.after.canvas)
        assert not any(canvas.isCachingEnabled() for canvas in halves)
        qtbot.wait(5)
        controller.compare.set_mode(AFTER)
    qtbot.wait(100)
