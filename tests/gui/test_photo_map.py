"""Photos on the map: aim, reach and angle of a wedge, tags that keep clear, clicks that disturb no tool."""

from __future__ import annotations

import math

import pytest

pytest.importorskip("qgis.gui")
from qgis.core import QgsCoordinateReferenceSystem, QgsPointXY, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapTool, QgsMapToolPan
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QColor, QImage, QPainter
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication

from weipian_plugin.core.proof import BAD, Check, Evidence, LinkedEvidence
from weipian_plugin.gui.photo_items import USUAL_FOV_DEG, Wedge, WedgeItem, reach, wedges_of
from weipian_plugin.gui.photo_marks import PhotoMarks
from weipian_plugin.photos.exif import DEFAULT_FOV_DEG

pytestmark = pytest.mark.qgis

#: On the central meridian of EPSG:4545 (108° E) grid north is true north and the scale is 1.
LON, LAT = 108.0, 29.8


def photo(number: int, azimuth: float | None = 90.0, lon: float = LON, lat: float = LAT, **more) -> LinkedEvidence:
    outside = {name: more.pop(name) for name in ("looks_at", "distance_m", "checks") if name in more}
    item = Evidence(f"e{number}", "photo", "0" * 64, f"{number}.jpg", lon=lon, lat=lat, azimuth=azimuth, **more)
    return LinkedEvidence(item, "site_photo", **{"looks_at": True, "distance_m": 40.0, **outside})


@pytest.fixture
def canvas(qapp):
    """600 x 400 pixels, half a metre each, the camera in the middle."""
    canvas = QgsMapCanvas()
    canvas.setFrameStyle(0)
    canvas.resize(600, 400)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4545"))
    canvas.show()
    from qgis.core import QgsCoordinateTransform

    wgs, grid = QgsCoordinateReferenceSystem("EPSG:4490"), QgsCoordinateReferenceSystem("EPSG:4545")
    middle = QgsCoordinateTransform(wgs, grid, QgsProject.instance()).transform(QgsPointXY(LON, LAT))
    canvas.setExtent(QgsRectangle(middle.x() - 150, middle.y() - 100, middle.x() + 150, middle.y() + 100))
    assert canvas.mapUnitsPerPixel() == pytest.approx(0.5, rel=0.02)
    yield canvas
    canvas.deleteLater()


@pytest.fixture
def hand(canvas):
    """The hand of QGIS, which the canvas does not keep alive by itself."""
    tool = QgsMapToolPan(canvas)
    canvas.setMapTool(tool)
    yield tool
    canvas.unsetMapTool(tool)


@pytest.fixture
def marks(canvas):
    made = PhotoMarks(canvas, QgsProject.instance())
    yield made
    made.remove()


def drawn(marks: PhotoMarks, *links: LinkedEvidence):
    marks.show(links)
    return marks.item.drawn()


def test_the_usual_angle_is_that_of_the_view_test() -> None:
    assert USUAL_FOV_DEG == DEFAULT_FOV_DEG


@pytest.mark.parametrize(
    ("distance", "looks", "metres"),
    [(40.0, True, 50.0), (0.0, True, 15.0), (900.0, True, 200.0), (40.0, False, 60.0), (None, None, 60.0)],
)
def test_a_wedge_reaches_into_the_patch_that_it_looks_at(distance, looks, metres: float) -> None:
    assert reach(distance, looks) == metres


def test_a_wedge_is_as_long_on_the_map_as_on_the_ground(canvas, marks) -> None:
    (item,) = drawn(marks, photo(1, distance_m=40.0))
    # 50 m; the grid of a 3-degree zone is within 1:10 000 of the ground here.
    assert item.radius == pytest.approx(50 / canvas.mapUnitsPerPixel(), rel=2e-3)
    assert item.bearing == pytest.approx(90.0, abs=0.1)


def test_far_out_a_wedge_stays_legible_and_far_in_it_hides_no_map(canvas, marks) -> None:
    canvas.zoomByFactor(200)
    (item,) = drawn(marks, photo(1))
    assert item.radius == pytest.approx(3 * canvas.fontMetrics().height(), rel=0.3)
    canvas.zoomByFactor(1 / 20000)
    (item,) = drawn(marks, photo(1))
    assert item.radius <= 0.35 * 400 + 1


@pytest.mark.parametrize(("fov", "half"), [(40.0, 20.0), (None, 32.5), (80.0, 40.0)])
def test_the_angle_of_a_wedge_is_the_lens(canvas, marks, fov, half: float) -> None:
    marks.show([photo(1, 0.0, fov_deg=fov, distance_m=80.0)])
    image = QImage(600, 400, QImage.Format.Format_ARGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    marks.item.paint(painter)
    painter.end()
    (item,) = marks.item.drawn()

    def lit(bearing: float) -> bool:
        away = 0.8 * item.radius
        x = item.camera.x() + away * math.sin(math.radians(bearing))
        y = item.camera.y() - away * math.cos(math.radians(bearing))
        return image.pixelColor(round(x), round(y)).green() > 30

    assert lit(0)
    assert lit(half - 4)
    assert lit(-(half - 4))
    assert not lit(half + 4)
    assert not lit(-(half + 4))


def test_signs_tell_what_is_by_hand_and_what_is_false() -> None:
    false = (Check("same_file", BAD, "同一文件用于 5 个图斑"),)
    wedges = wedges_of(
        [
            photo(1),
            photo(2, looks_at=False, checks=(Check("looks_at", BAD, "背对图斑"),)),
            photo(3, None, looks_at=None),
            photo(4, source="manual"),
            photo(5, checks=false),
        ]
    )
    assert [w.text for w in wedges] == ["1 ✔", "2 ✖", "3 ？", "4 ✔手", "5 ✔⚠"]
    assert len({w.color.name() for w in wedges if w.number != 4}) == 4  # each of them another colour
    assert [w.fov_known for w in wedges] == [False] * 5
    assert "同一文件用于 5 个图斑" in wedges[4].tip


def test_thirty_tags_around_one_place_keep_clear_of_each_other(canvas, marks) -> None:
    # All within 9 m: 18 pixels, less than a tag is wide.
    ring = [photo(n, n * 12.0, LON + 0.00009 * math.sin(n), LAT + 0.00008 * math.cos(n * 1.7)) for n in range(1, 31)]
    found = drawn(marks, *ring)
    assert len(found) == 30
    pairs = [(a, b) for n, a in enumerate(found) for b in found[n + 1 :] if a.tag.intersects(b.tag)]
    assert pairs == []


def test_the_chosen_one_is_drawn_last_and_keeps_its_seat(canvas, marks) -> None:
    marks.selected = "e1"
    found = drawn(marks, photo(1), photo(2), photo(3))
    assert [item.wedge.number for item in found] == [2, 3, 1]
    assert found[-1].tag.contains(found[-1].camera)
    assert not found[0].tag.intersects(found[-1].tag)


# -- the mouse -----------------------------------------------------------------------------------


class Probe(QgsMapTool):
    """A tool of the user: counts what it gets."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        super().__init__(canvas)
        self.got: list[str] = []

    def canvasPressEvent(self, _event) -> None:  # noqa: N802 - QGIS name
        self.got.append("press")

    def canvasReleaseEvent(self, _event) -> None:  # noqa: N802 - QGIS name
        self.got.append("release")


def test_a_click_on_a_tag_is_told_with_the_hand_only(canvas, marks, hand) -> None:
    told: list[str] = []
    marks.clicked.connect(told.append)
    (item,) = drawn(marks, photo(1))
    place = item.tag.center().toPoint()
    before = canvas.extent()
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert told == ["e1"]
    assert canvas.extent() == before  # the hand would have moved the map there
    probe = Probe(canvas)
    canvas.setMapTool(probe)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert told == ["e1"]
    assert probe.got == ["press", "release"]
    canvas.unsetMapTool(probe)


def test_beside_a_tag_the_hand_works_as_ever(canvas, marks, hand) -> None:
    told: list[str] = []
    marks.clicked.connect(told.append)
    (item,) = drawn(marks, photo(1, 0.0))
    inside_the_wedge = QPoint(int(item.camera.x()), int(item.camera.y() - item.radius * 0.7))
    before = canvas.extent().center()
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, inside_the_wedge)
    assert told == []
    assert canvas.extent().center().distance(before) > 1  # a click of the hand brings the place to the middle


def test_a_drag_that_begins_on_a_tag_is_the_hands(canvas, marks, hand) -> None:
    told: list[str] = []
    marks.clicked.connect(told.append)
    (item,) = drawn(marks, photo(1))
    start = item.tag.center().toPoint()
    port, left, none = canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    before = canvas.extent().center()
    QTest.mousePress(port, left, none, start)
    for step in range(1, 7):
        _move(port, start + QPoint(20 * step, 0))
    QTest.mouseRelease(port, left, none, start + QPoint(120, 0))
    assert told == []
    moved = before.x() - canvas.extent().center().x()
    assert moved == pytest.approx(120 * canvas.mapUnitsPerPixel(), rel=0.2)


def _move(widget, place: QPoint) -> None:
    """A move with the button held, which QTest.mouseMove does not make."""
    from qgis.PyQt.QtCore import QEvent
    from qgis.PyQt.QtGui import QMouseEvent
    from qgis.PyQt.QtWidgets import QApplication

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(place),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, event)


def test_the_map_goes_to_a_camera_out_of_view_but_not_to_another_country(canvas, marks) -> None:
    near = photo(1, lon=LON + 0.004)  # 386 m east, the map shows 150 m
    far = photo(2, lon=39.7, lat=47.2)
    marks.show([near, far])
    before = canvas.extent()
    marks.select("e2", go=True)
    assert canvas.extent() == before
    marks.select("e1", go=True)
    assert canvas.extent().contains(before)  # the patch stays in view
    assert [w.selected for w in marks.item.wedges] == [False, False]  # drawn anew by whoever owns the patch
    marks.show([near, far])
    assert [w.selected for w in marks.item.wedges] == [True, False]


def test_a_wedge_of_unknown_direction_is_a_tag_alone(canvas, marks) -> None:
    (item,) = drawn(marks, photo(1, None, looks_at=None))
    assert item.bearing is None
    assert isinstance(item.wedge, Wedge)
    assert isinstance(marks.item, WedgeItem)
    assert item.tag.contains(item.camera)


def test_side_by_side_a_click_counts_on_both_maps(canvas, qtbot) -> None:
    from weipian_plugin.gui.compare import CompareView

    view = CompareView(canvas, QgsProject.instance(), ("前", "后"))
    told: list[str] = []
    view.photo_clicked.connect(told.append)
    view.set_patch(None, QColor("red"), wedges_of([photo(1)]))
    for half in (view.before, view.after):
        half.canvas.setExtent(canvas.extent())
        (item,) = half.wedges.drawn()
        port, left, none = half.canvas.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(port, left, none, item.tag.center().toPoint())
    assert told == ["e1", "e1"]
    view.dispose()


def test_a_map_that_goes_no_longer_listens(canvas, qtbot) -> None:
    from weipian_plugin.gui.compare import CompareView

    view = CompareView(canvas, QgsProject.instance(), ("前", "后"))
    view.set_patch(None, QColor("red"), wedges_of([photo(1)]))
    clicks, port = view.before.clicks, view.before.canvas.viewport()
    view.dispose()
    view.before.canvas.scene().removeItem(view.before.wedges)
    sip.delete(view.before.wedges)  # as Qt does before the viewport has gone
    QApplication.sendEvent(port, QEvent(QEvent.Type.UpdateRequest))  # pytest-qt fails on an error in a filter
    assert clicks is not None
