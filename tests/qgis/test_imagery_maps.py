"""Imagery on maps and sheets: layers by batch, frames at round scales, keys of tile services, pyramids."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("qgis.core")
gdal = pytest.importorskip("osgeo.gdal")
osr = pytest.importorskip("osgeo.osr")
from qgis.core import (  # noqa: E402
    QgsApplication,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSize  # noqa: E402
from qgis.PyQt.QtGui import QColor  # noqa: E402

from weipian_plugin.core.feedback import Silent  # noqa: E402
from weipian_plugin.core.imagery import ImageState, xyz_uri  # noqa: E402
from weipian_plugin.core.model import LayerAssignment, ViewFrame  # noqa: E402
from weipian_plugin.gui.image_layers import open_imagery  # noqa: E402
from weipian_plugin.gui.map_layers import LayerGroup  # noqa: E402
from weipian_plugin.gui.tile_keys import TileKeys, realm  # noqa: E402
from weipian_plugin.report.map_parts import judged_frame  # noqa: E402
from weipian_plugin.workbench import mosaics  # noqa: E402

pytestmark = pytest.mark.qgis
EAST, NORTH = 376500.0, 3305500.0


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(mosaics, "cache_folder", lambda: folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def application():
    existing = QgsApplication.instance()
    app = existing or QgsApplication([], False)
    if existing is None:
        app.initQgis()
    return app


def raster(path: Path, value: int, east: float = EAST, dtype=gdal.GDT_Byte, size: int = 100, bands: int = 3) -> str:
    data = gdal.GetDriverByName("GTiff").Create(str(path), size, size, bands, dtype, ["TILED=YES", "COMPRESS=DEFLATE"])
    data.SetGeoTransform((east, 1, 0, NORTH, 0, -1))
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4545)
    data.SetProjection(srs.ExportToWkt())
    for band in range(bands):
        data.GetRasterBand(band + 1).Fill(value)
    return str(path)


def picture(layers, extent: QgsRectangle, size: int = 40):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setExtent(extent)
    settings.setOutputSize(QSize(size, size))
    settings.setBackgroundColor(QColor("#ff00ff"))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def test_a_mosaic_leaves_ground_without_tiles_clear(tmp_path: Path) -> None:
    folder = tmp_path / "tiles"
    folder.mkdir()
    raster(folder / "a.tif", 50)
    raster(folder / "b.tif", 200, east=EAST + 200)  # 100 m of nothing between them
    (layer,), problems = open_imagery(LayerAssignment("image_after", str(folder), kind="folder"))
    assert problems == []
    seen = picture([layer], QgsRectangle(EAST, NORTH - 100, EAST + 300, NORTH), 30)
    assert [QColor(seen.pixel(x, 15)).name() for x in (3, 15, 27)] == ["#323232", "#ff00ff", "#c8c8c8"]


def test_deep_bands_are_stretched_to_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "deep.tif"
    raster(path, 0, dtype=gdal.GDT_UInt16, bands=4)
    data = gdal.Open(str(path), gdal.GA_Update)
    for band in range(4):  # 300 in the west, 700 in the east: dark and light, not both black
        data.GetRasterBand(band + 1).WriteArray(np.repeat([[300] * 50 + [700] * 50], 100, axis=0).astype(np.uint16))
    data = None
    (layer,), _ = open_imagery(LayerAssignment("image_after", str(path)))
    seen = picture([layer], QgsRectangle(EAST, NORTH - 100, EAST + 100, NORTH))
    assert QColor(seen.pixel(5, 20)).lightness() < 20
    assert QColor(seen.pixel(35, 20)).lightness() > 235
    assert not list(tmp_path.glob("*.aux.xml"))


def test_layers_of_a_batch_come_before_those_of_all(tmp_path: Path) -> None:
    layers = [
        LayerAssignment("image_after", raster(tmp_path / "all_20260501.tif", 10)),
        LayerAssignment("image_after", raster(tmp_path / "one.tif", 20), batch_id="b1"),
        LayerAssignment("image_after", raster(tmp_path / "two_20260701.tif", 30), batch_id="b2"),
    ]
    project = QgsProject()
    group = LayerGroup(project)
    loaded = group.build((), {}, layers)
    assert [layer.name() for layer in loaded.images("image_after", "b2")] == ["后时相 2026-07-01", "后时相 2026-05-01"]
    assert loaded.title("image_after", "b1") == "后时相 日期不详"
    assert loaded.title("image_after", "b1", "2026-06-01") == "后时相 2026-06-01（下发标注）"
    group.remove()


def test_what_does_not_open_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.tif").write_bytes(b"nothing")
    layers, (said,) = open_imagery(LayerAssignment("image_before", str(tmp_path / "x.tif")))
    assert layers == []
    assert "打不开" in said


def test_judged_frame_holds_all_that_was_seen() -> None:
    # 92 mm of paper for 400 m is 1:4348, so 1:5000; 62 mm high there are 310 m
    frame, scale = judged_frame(QgsPointXY(1000, 2000), 400.0, QgsRectangle(950, 1950, 1050, 2050), 92, 62)
    assert scale == 5000
    assert (frame.width(), frame.height()) == (pytest.approx(460), pytest.approx(310))
    assert (frame.center().x(), frame.center().y()) == (1000, 2000)
    # a patch that reaches out of it: the next scales, until it is whole
    frame, scale = judged_frame(QgsPointXY(1000, 2000), 400.0, QgsRectangle(900, 1700, 1100, 2100), 92, 62)
    assert scale == 10000
    # a person who looked elsewhere
    assert judged_frame(QgsPointXY(9000, 2000), 400.0, QgsRectangle(950, 1950, 1050, 2050), 92, 62) is None


def test_pyramids_lie_in_the_cache(tmp_path: Path, own_cache: Path) -> None:
    folder = tmp_path / "big"
    folder.mkdir()
    source = LayerAssignment("image_after", raster(folder / "big.tif", 90, size=4200, bands=1))
    opened = mosaics.open_source(source)
    assert len(mosaics.lacks_pyramids(opened)) == 1
    assert mosaics.build_pyramids(mosaics.lacks_pyramids(opened), Silent()) == 1
    assert mosaics.lacks_pyramids(mosaics.open_source(source)) == []
    (piece,) = mosaics.pieces(source)
    assert Path(piece.path).parent == own_cache
    assert gdal.Open(piece.path).GetRasterBand(1).GetOverviewCount() == 3
    assert [path.name for path in folder.iterdir()] == ["big.tif"]


def test_the_key_leaves_with_the_request_alone() -> None:
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    keys = TileKeys()
    keys._known["127.0.0.1"] = ("tk", "a b/1")
    keys._attend()
    try:
        url = f"http://127.0.0.1:{server.server_port}/DataServer?T=img_w&x={{x}}&y={{y}}&l={{z}}"
        layers, _ = open_imagery(LayerAssignment("basemap", xyz_uri(url), kind="tiles", layer="试"))
        assert "a b" not in layers[0].source()
        assert layers[0].name() == "底图 试（日期不详）"
        picture(layers, QgsRectangle(11880000, 3480000, 11890000, 3490000))
        assert seen
        assert all(path.endswith("&tk=a%20b%2F1") for path in seen)
        keys.close()
        seen.clear()
        picture(layers, QgsRectangle(11880000, 3480000, 11890000, 3490000), 41)
        assert not any("tk=" in path for path in seen)
    finally:
        keys.close()
        server.shutdown()


def test_servers_of_one_service_share_a_key() -> None:
    assert realm("t3.tianditu.gov.cn") == realm("t0.tianditu.gov.cn") == "tianditu.gov.cn"
    assert realm("tianditu.gov.cn.example.org") == "tianditu.gov.cn.example.org"


def test_ledger_and_sheet_say_why_an_image_cannot_serve() -> None:
    from report_samples import report

    from weipian_plugin.report.contents import sheet_content
    from weipian_plugin.report.facts import image_day, image_findings

    base = report(1)
    state = ImageState(
        "image_after", "cropped", "影像不完整", "缺 35%", "2026-04-20", dated=True, date_source="name",
        source="a.tif", covered=0.65, conflict="影像日期 2026-04-20（文件名）与下发标注 2026-05-01 不一致",
    )  # fmt: skip
    from dataclasses import replace

    patch = replace(base.patch, image_before="2025-10-06", image_after="2026-05-01")
    frame = ViewFrame("u", 106.7, 29.8, 400.0)
    full = replace(base, patch=patch, images={"image_after": state}, frame=frame)
    assert image_day(full, "image_before") == "2025-10-06"
    assert image_day(full, "image_after") == "2026-05-01；影像不完整（缺 35%）"
    content = sheet_content(full, "图斑/1")
    assert content.after_day == "2026-04-20（文件名；下发标注 2026-05-01）"
    assert content.after_note == "影像不完整（缺 35%）"
    assert content.frame == (106.7, 29.8, 400.0)
    assert [(f["role"], f["code"]) for f in image_findings([full])] == [("image_after", "cropped")]
