"""影像…, 标记影像问题 and the panel's line about imagery, with the real widgets."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

pytest.importorskip("qgis.core")
gdal = pytest.importorskip("osgeo.gdal")
osr = pytest.importorskip("osgeo.osr")
from qgis.PyQt.QtWidgets import QApplication  # noqa: E402

from weipian_plugin.core.imagery import BASEMAP  # noqa: E402
from weipian_plugin.gui.dialogs import imagery as imagery_dialog  # noqa: E402
from weipian_plugin.gui.dialogs.image_mark import ImageMarkDialog  # noqa: E402
from weipian_plugin.gui.dialogs.tile_form import TileDialog  # noqa: E402
from weipian_plugin.gui.patch_panel import images_text, images_tip  # noqa: E402
from weipian_plugin.workbench import mosaics  # noqa: E402


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cache").mkdir()
    monkeypatch.setattr(mosaics, "cache_folder", lambda: tmp_path / "cache")


def raster(path: Path, box: tuple[float, float, float, float], share: float = 1.0, epsg: int = 4490) -> str:
    """A grey field over the western `share` of a lon/lat box."""
    west, south, east, north = box
    data = gdal.GetDriverByName("GTiff").Create(str(path), 100, 100, 3)
    data.SetGeoTransform((west, (east - west) * share / 100, 0, north, 0, -(north - south) / 100))
    if epsg:
        srs = osr.SpatialReference()
        srs.ImportFromEPSG(epsg)
        data.SetProjection(srs.ExportToWkt())
    for band in range(3):
        data.GetRasterBand(band + 1).Fill(120)
    return str(path)


def settled(dialog) -> None:
    end = time.monotonic() + 20
    while dialog.task.busy and time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.005)
    assert not dialog.task.busy


@pytest.fixture
def dialog(qapp, session):
    made = imagery_dialog.ImageryDialog(session)
    yield made
    made.deleteLater()


@pytest.fixture
def row(session):
    return next(row for row in session.queue() if row.bbox)


def test_add_date_remove(dialog, session, row, tmp_path: Path) -> None:
    dialog.add_paths([raster(tmp_path / "后时相_20260501.tif", row.bbox)])
    settled(dialog)
    assert dialog.changed
    assert [dialog.table.item(0, column).text() for column in (0, 1, 3, 4)] == [
        "后时相", "全部批次", "2026-05-01（文件名）", "EPSG:4490",
    ]  # fmt: skip
    dialog.form.day.setText("2026-04-15")
    dialog.form.batch.setCurrentIndex(dialog.form.batch.findData("b1"))
    dialog.form.save.click()
    (kept,) = session.image_assignments()
    assert (kept.taken_on, kept.taken_source, kept.batch_id) == ("2026-04-15", "manual", "b1")
    assert dialog.table.item(0, 3).text() == "2026-04-15（手工填写）"
    dialog.form.day.setText("上个月")
    dialog.form.save.click()
    assert "上个月" in dialog.notice.text()
    assert session.image_assignments() == [kept]
    dialog.form.remove.click()
    assert session.image_assignments() == []
    assert (tmp_path / "后时相_20260501.tif").is_file()


def test_a_raster_without_crs_gets_one_here(dialog, session, row, tmp_path: Path) -> None:
    dialog.add_paths([raster(tmp_path / "bare.tif", row.bbox, epsg=0)], "image_after")
    settled(dialog)
    assert "坐标系" in dialog.notice.text()
    assert "EPSG:4490" in dialog.notice.text()  # the numbers are degrees
    index = dialog.form.crs.findData("EPSG:4490")
    assert index > 0
    dialog.form.crs.setCurrentIndex(index)
    dialog.form.save.click()
    assert session.image_state(row.patch_uid)["image_after"].covered == pytest.approx(1.0, abs=0.03)


def test_a_broken_file_is_refused_with_a_sentence(dialog, session, tmp_path: Path) -> None:
    (tmp_path / "bad.tif").write_bytes(b"II*\0")
    dialog.add_paths([str(tmp_path / "bad.tif")])
    settled(dialog)
    assert "影像打不开" in dialog.notice.text()
    assert session.image_assignments() == []


def test_undated_tiles_only_as_a_base_map(qapp) -> None:
    tiles = TileDialog({"b1": "五月"}, "")
    tiles.service.setCurrentIndex(tiles.service.count() - 1)
    tiles.address.setText("https://webst01.is.autonavi.com/appmaptile?style=6&x={x}&y={y}&z={z}")
    assert "GCJ-02" in tiles.said.text()
    tiles.role.setCurrentIndex(1)
    tiles.accept()
    assert tiles.layer is None
    assert "日期" in tiles.said.text()
    tiles.role.setCurrentIndex(tiles.role.findData(BASEMAP))
    tiles.accept()
    assert tiles.layer is not None
    assert (tiles.layer.role, tiles.layer.taken_on) == (BASEMAP, "")
    tiles.deleteLater()


def test_what_is_wrong_stands_on_the_panel_and_a_person_can_say_more(dialog, session, row, tmp_path: Path) -> None:
    dialog.add_paths([raster(tmp_path / "half.tif", row.bbox, share=0.5)], "image_after")
    settled(dialog)
    view = session.patch_view(row.patch_uid)
    assert "后时相影像不完整（缺 50%）" in images_text(view)
    mark = ImageMarkDialog(view, session.reasons("imagery"))
    assert mark.values() == ("image_after", "cloudy", "")
    mark.reason.setEditText("接边错位压住图斑")
    mark.note.setText("东侧")
    assert mark.typed
    role, reason, note = mark.values()
    session.add_reason("imagery", reason)
    session.mark_image(row.patch_uid, row.patch_id, role, reason, note)
    view = session.patch_view(row.patch_uid)
    assert "后时相接边错位压住图斑（东侧）" in images_text(view)
    assert "测试员 标记" in images_tip(view)
    again = ImageMarkDialog(view, session.reasons("imagery"))
    assert again.values() == ("image_after", reason, "东侧")
    again.reason.setCurrentIndex(0)
    assert again.values()[1] == ""
    for one in (mark, again):
        one.deleteLater()


def test_what_cannot_be_done_is_told_in_the_dialog(dialog, session, row, tmp_path: Path, monkeypatch) -> None:
    """Somebody who only looks removes nothing; a file that went away since gets no pyramids. Nothing is thrown."""
    path = Path(raster(tmp_path / "后时相.tif", row.bbox))
    dialog.add_paths([str(path)])
    settled(dialog)
    session.sit_down(session.who, "viewer")
    dialog.form.remove.click()
    assert "只看" in dialog.notice.text()
    assert len(session.image_assignments()) == 1
    session.sit_down(session.who, "filler")
    path.unlink()
    dialog.form.pyramid.click()
    assert dialog.notice.text().startswith("✖")
    assert path.name in dialog.notice.text()
