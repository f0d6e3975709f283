"""The large view: read beside the panel, zoomed about the pointer, compared, and in step with strip and map."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")
from qgis.PyQt.QtCore import QPointF, QSize, Qt
from qgis.PyQt.QtGui import QColor, QImage
from qgis.PyQt.QtTest import QTest

from tests.support.frauds import deceive, patch_id, stand, township
from tests.support.frauds import photo as shoot
from weipian_plugin.core.proof import BAD, Check
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.photo_pane import PhotoPane
from weipian_plugin.gui.photo_work import PhotoWork
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis


@pytest.fixture
def desk(qapp, qtbot, tmp_path: Path):
    """The dock on a patch with three photos, and its large view."""
    session = township(tmp_path / "ws")
    deceive(session, tmp_path / "shots")
    extra = shoot(tmp_path / "shots" / "third.jpg", *stand(2), 2.0, "2026:06:11 09:40:00", 8)
    session.attach("u2", patch_id(2), [extra])
    dock = WeipianDock()
    review = Review(dock)
    commands = Commands(review)
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.resize(420, 700)
    dock.show()
    review.set_session(session)
    review.show_patch("u2")
    work = next(feature for feature in commands.features if isinstance(feature, PhotoWork))
    yield review, dock, commands, work
    commands.close()


def settled(view) -> bool:
    return not view._reading.busy() and view.pane.image_size().width() > 300


# -- the pane ------------------------------------------------------------------------------------


@pytest.fixture
def pane(qapp, qtbot):
    made = PhotoPane()
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    image = QImage(1600, 1200, QImage.Format.Format_RGB32)
    image.fill(QColor("gray"))
    made.show_picture(image, QSize(4000, 3000))
    return made


def test_a_photo_is_fitted_first(pane) -> None:
    assert pane.fit_scale() == pytest.approx(0.1)  # 400 / 4000 = 300 / 3000
    assert pane.fitted()


def test_the_wheel_enlarges_about_the_pointer(pane) -> None:
    corner = QPointF(300, 150)  # three quarters across, the middle down
    pane.zoom(4, corner)
    assert pane.scale() == pytest.approx(0.4)
    kept = pane._photo_at(corner)
    assert (kept.x(), kept.y()) == pytest.approx((0.75, 0.5))
    pane.zoom(1 / 100)
    assert pane.fitted()  # never smaller than the pane


def test_the_photo_is_not_pushed_out_of_the_pane(pane) -> None:
    pane.zoom(2)
    for _ in range(30):
        pane.pan(1.0, 0.0)
    # At twice the fitted size half of the photo is in view: its middle is at 3/4 at most.
    assert pane._middle.x() == pytest.approx(0.75)


def test_looking_closer_than_what_was_read_asks_for_all_of_it(pane, qtbot) -> None:
    asked: list[bool] = []
    pane.closer.connect(lambda: asked.append(True))
    pane.zoom(2)  # 800 pixels wide, 1600 were read
    assert asked == []
    pane.zoom(4)  # 3200
    assert asked == [True]


# -- the window ----------------------------------------------------------------------------------


def test_o_opens_the_chosen_photo_and_arrows_go_on_in_step_with_the_strip(desk, qtbot) -> None:
    review, dock, commands, work = desk
    dock.evidence.strip.setCurrentRow(1)
    commands.run("photo_view")
    view = work.view
    assert view.isVisible()
    assert view.current_id() == dock.evidence.strip.current_id()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert dock.evidence.strip.currentRow() == 2
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert dock.evidence.strip.currentRow() == 0  # round
    dock.evidence.strip.setCurrentRow(1)
    assert view.current_id() == dock.evidence.strip.current_id()
    review.show_patch("u3")
    assert view.windowTitle().endswith(patch_id(3))
    assert len(view._links) == 2
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.isVisible()


def test_without_a_photo_the_key_says_what_to_do(desk) -> None:
    review, dock, commands, work = desk
    session = review.session
    for link in session.patch_view("u4").evidence:
        session.unlink("u4", link.evidence.evidence_id)
    review.show_patch("u4")
    commands.run("photo_view")
    assert "还没有照片" in dock.state.full_text()
    assert work._view is None


def test_the_next_photo_is_there_before_it_is_wanted(desk, qtbot) -> None:
    _review, dock, commands, work = desk
    dock.evidence.strip.setCurrentRow(0)
    commands.run("photo_view")
    view = work.view
    qtbot.waitUntil(lambda: settled(view) and len(view._kept) == 3, timeout=10000)
    begun = time.perf_counter()
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.pane.image_size().width() > 300  # sharp at once, not the small preview
    assert time.perf_counter() - begun < 0.3


def test_delete_in_the_large_view_takes_off_and_z_brings_back(desk, qtbot) -> None:
    review, dock, commands, work = desk
    dock.evidence.strip.setCurrentRow(1)
    commands.run("photo_view")
    gone = work.view.current_id()
    QTest.keyClick(work.view, Qt.Key.Key_Delete)
    assert len(work.view._links) == 2
    assert work.view.current_id() not in ("", gone)
    QTest.keyClick(work.view, Qt.Key.Key_Z)
    assert [link.evidence.evidence_id for link in work.view._links][1] == gone
    assert review.view.patch.patch_uid == "u2"


def test_the_text_beside_the_photo_tells_what_is_known(desk) -> None:
    review, dock, commands, work = desk
    review.show_patch("u5")
    dock.evidence.strip.setCurrentRow(1)
    commands.run("photo_view")
    text = work.view.text.toPlainText()
    assert "✖ 背对图斑" in text
    assert "2026-06-10 10:10" in text
    assert "HUAWEI LYA-AL00" in text
    assert "106.77" in text  # u5 begins at 106.75 + 4 * 0.005
    work.view.step(-1)
    text = work.view.text.toPlainText()
    assert "也用于" in text
    assert all(f"…{patch_id(number)[-4:]}" in text for number in (1, 2, 3, 4))


def test_photos_that_a_check_speaks_of_stand_side_by_side(desk, qtbot) -> None:
    review, dock, commands, work = desk
    other = review.session.patch_view("u3").evidence[1].evidence.evidence_id
    view = review.view
    check = Check("same_picture", BAD, "与另一张照片画面相同", others=(other,), patches=(patch_id(3),))
    links = (replace(view.evidence[0], checks=(check,), pair=view.evidence[1].evidence.evidence_id), *view.evidence[1:])
    review.view = replace(view, evidence=links)
    dock.evidence.show_evidence(view.checklist, links, {})
    commands.run("photo_view")
    window = work.view
    assert window.buttons["same"].isEnabled()
    QTest.keyClick(window, Qt.Key.Key_S)
    assert window.other.isVisible()
    assert "…0183" in window.other.caption
    qtbot.waitUntil(lambda: window.other.has_picture(), timeout=10000)
    QTest.keyClick(window, Qt.Key.Key_B)
    assert "整改前后" in window.other.caption
    QTest.keyClick(window, Qt.Key.Key_B)
    assert not window.other.isVisible()
    QTest.keyClick(window, Qt.Key.Key_Right)
    assert not window.buttons["same"].isEnabled()


def test_closing_the_workspace_closes_the_window_and_lets_its_pictures_go(desk, qtbot) -> None:
    _review, _dock, commands, work = desk
    commands.run("photo_view")
    work.close()
    assert not work.view.isVisible()
    assert work.view._kept == {}
    assert work.view.current_id() == ""


def test_twelve_megapixels_appear_within_the_time_of_a_glance(desk, qtbot, tmp_path: Path) -> None:
    """The limit of the design is 0.3 s; here with room for a machine that does eight other things."""
    import numpy as np
    from PIL import Image

    review, dock, commands, work = desk
    rng = np.random.default_rng(5)
    coarse = Image.fromarray(rng.integers(0, 255, (300, 400, 3), dtype=np.uint8)).resize((4000, 3000))
    path = tmp_path / "12mp.jpg"
    coarse.save(path, quality=92)
    review.session.attach("u2", patch_id(2), [path])
    review.show_patch("u2")
    dock.evidence.strip.setCurrentRow(3)
    begun = time.perf_counter()
    commands.run("photo_view")
    shown = time.perf_counter() - begun
    qtbot.waitUntil(lambda: work.view.pane.image_size().width() > 400, timeout=10000)
    assert work.view._kept[review.view.evidence[3].path].whole == QSize(4000, 3000)
    assert shown < 0.3  # the panel waits for no decoding
    assert time.perf_counter() - begun < 2.0
