"""The gallery over a real workspace: keys, what counts as seen, and the bulk decision with its refusals."""

from __future__ import annotations

import pytest

pytest.importorskip("qgis.gui")
from qgis.core import QgsRasterLayer
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.gallery import Gallery
from weipian_plugin.gui.gallery_thumbs import frame_of
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis


class ImageMap:
    """Only the imagery of a map."""

    def __init__(self, path: str) -> None:
        self.layer = QgsRasterLayer(path, "after")

    def images(self, role: str, _batch_id: str) -> list[QgsRasterLayer]:
        return [self.layer] if role == "image_after" else []


@pytest.fixture
def picture(tmp_path) -> str:
    """A grey raster over the first two patches of the workspace, in degrees."""
    from osgeo import gdal, osr

    path = str(tmp_path / "after.tif")
    raster = gdal.GetDriverByName("GTiff").Create(path, 200, 200, 1, gdal.GDT_Byte)
    raster.SetGeoTransform((106.8000, 0.00002, 0, 29.802, 0, -0.00002))
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4490)
    raster.SetProjection(srs.ExportToWkt())
    raster.GetRasterBand(1).Fill(120)
    raster.FlushCache()
    return path


@pytest.fixture
def gallery(qapp, qtbot, session, picture) -> Gallery:
    dock = WeipianDock()
    qtbot.addWidget(dock)
    review = Review(dock)
    review.set_session(session)
    review.map = ImageMap(picture)
    found = Gallery(review)
    found.show_rows(session.queue(), "u1")
    qtbot.waitUntil(
        lambda: len(found._advice) == 5 and found.thumbs.get("u5", "image_before") is not None, timeout=9000
    )
    qtbot.wait(50)
    yield found
    found.close()
    review.map = None


def test_only_cards_whose_after_image_was_painted_count_as_seen(gallery: Gallery) -> None:
    """The raster reaches from 106.800 to 106.804: the patches at .801, .802 and .803."""
    assert gallery.seen == {"u1": "after", "u2": "after", "u3": "after"}


def test_keys_move_tick_and_open(gallery: Gallery) -> None:
    QTest.keyClick(gallery.cards, Qt.Key.Key_Space)
    QTest.keyClick(gallery.cards, Qt.Key.Key_Right)
    assert [row.patch_uid for row in gallery.selected()] == ["u1"]
    QTest.keyClick(gallery.cards, Qt.Key.Key_Space)
    assert [row.patch_uid for row in gallery.selected()] == ["u1", "u2"]
    QTest.keyClick(gallery.cards, Qt.Key.Key_Space)
    assert [row.patch_uid for row in gallery.selected()] == ["u1"]
    QTest.keyClick(gallery.cards, Qt.Key.Key_Return)
    assert gallery.review.view.patch.patch_uid == "u2"


def test_z_takes_the_last_action_back(gallery: Gallery) -> None:
    session = gallery.review.opened()
    row = session.queue()[0]
    session.judge(row.patch_uid, row.patch_id, "other", against_reason="核实")
    QTest.keyClick(gallery.cards, Qt.Key.Key_Z)
    assert session.queue_row(row.patch_uid).verdict == ""


def test_illegal_ones_cannot_be_decided_together(gallery: Gallery) -> None:
    assert {advice.leaning for advice in gallery._advice.values()} & {"illegal", ""}
    gallery.cards.selectAll()
    gallery.judge_selected()
    assert all(not row.verdict for row in gallery.review.opened().queue())
    assert not gallery.judge.isEnabled()


def test_a_frame_holds_the_patch_in_the_shape_of_the_picture(gallery: Gallery) -> None:
    size = gallery.thumbs.size
    frame = frame_of((106.80, 29.80, 106.81, 29.801), size)
    assert frame.width() / frame.height() == pytest.approx(size.width() / size.height())
    assert frame.xMinimum() < 106.80
    assert frame.xMaximum() > 106.81
    assert frame.center().y() == pytest.approx(29.8005)


def test_escape_leaves_from_a_button_too(gallery: Gallery) -> None:
    """After 撤销 by Tab and space the focus stood on the button, and Esc did nothing."""
    assert gallery.isVisible()
    gallery.undo.setFocus()
    QTest.keyClick(gallery.undo, Qt.Key.Key_Escape)
    assert not gallery.isVisible()


def test_escape_and_enter_give_the_keyboard_back(gallery: Gallery) -> None:
    """The window lies over the panel of a small screen; it must be left without a mouse."""
    for key in (Qt.Key.Key_Escape, Qt.Key.Key_Return):
        gallery.show()
        QTest.keyClick(gallery.cards, key)
        assert not gallery.isVisible()
