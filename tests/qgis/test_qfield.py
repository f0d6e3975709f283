"""The project for the phone: opens whole from wherever it is copied, a photo knows its patch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from osgeo import gdal, ogr, osr
from qgis.core import (
    QgsApplication,
    QgsExpression,
    QgsExpressionContext,
    QgsExpressionContextUtils,
    QgsFeature,
    QgsGeometry,
    QgsPointXY,
    QgsProject,
    QgsVectorLayerUtils,
)
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.report.kml import Mark
from weipian_plugin.report.qfield import clip_image, write_project
from weipian_plugin.workbench import hand_in


@pytest.fixture(scope="module", autouse=True)
def _qgis():
    existing = QgsApplication.instance()
    app = existing or QgsApplication([], False)
    if existing is None:
        app.initQgis()
    return app


def _mark(uid: str, x: float) -> Mark:
    shape = MultiPolygon([box(x, 29.7, x + 0.0005, 29.7004)])
    return Mark(f"1 {uid}", ["等级 1"], x + 0.0002, 29.7002, 1, to_wkb(shape), uid=uid, patch_id=f"5001{uid}")


def test_the_project_opens_where_it_is_copied_to(tmp_path: Path) -> None:
    folder = tmp_path / "外业 一村"
    marks = [_mark("a", 106.70), _mark("b", 106.71), Mark("3", [], 106.72, 29.7002, None, None, "c", "无边界")]
    write_project(folder, "外业", marks, [("site_photo", "现场照片"), ("closeup_photo", "近景")])
    moved = tmp_path / "手机" / "外业"
    shutil.move(str(folder), str(moved))
    project = QgsProject()
    assert project.read(str(moved / "外业.qgs"))
    layers = {layer.name(): layer for layer in project.mapLayers().values()}
    assert set(layers) == {"图斑", "照片"}
    assert all(layer.isValid() for layer in layers.values())
    assert str(tmp_path / "外业 一村") not in (moved / "外业.qgs").read_text(encoding="utf-8")
    assert layers["图斑"].featureCount() == 3
    assert layers["图斑"].readOnly()
    assert (moved / "DCIM").is_dir()
    photos = layers["照片"]
    # QField makes a feature with the defaults of the form; expected: the patch that is nearest to the camera
    QgsProject.instance().addMapLayer(layers["图斑"].clone())  # overlay functions look the layer up there
    try:
        context = photos.createExpressionContext()
        made = QgsVectorLayerUtils.createFeature(
            photos, QgsGeometry.fromPointXY(QgsPointXY(106.7094, 29.7002)), {}, context
        )
        assert made["patch_uid"] == "b"
        assert made["purpose"] == "site_photo"
        assert len(made["photo_id"]) == 36
        widget = photos.editorWidgetSetup(photos.fields().indexOf("photo"))
        assert widget.type() == "ExternalResource"
        assert int(widget.config()["RelativeStorage"]) == 1
        name = QgsExpression("'DCIM/' || coalesce(\"patch_uid\", 'x')")
        context = QgsExpressionContext(QgsExpressionContextUtils.globalProjectLayerScopes(photos))
        context.setFeature(QgsFeature(made))
        assert name.evaluate(context) == "DCIM/b"
    finally:
        QgsProject.instance().clear()


def test_what_the_phone_noted_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "外业"
    write_project(folder, "外业", [_mark("a", 106.70), _mark("b", 106.71)], [("site_photo", "现场照片")])
    source = ogr.Open(str(folder / "外业.gpkg"), 1)
    layer = source.GetLayerByName("照片")
    for photo, uid, azimuth in (
        ("DCIM/b_1.jpg", "b", 127.0),
        ("DCIM/没有图斑.jpg", None, None),
        ("DCIM/gone.jpg", "a", None),
    ):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("photo", photo)
        feature.SetField("purpose", "site_photo")
        if uid:
            feature.SetField("patch_uid", uid)
        if azimuth is not None:
            feature.SetField("azimuth", azimuth)
        feature.SetGeometry(ogr.CreateGeometryFromWkt("POINT(106.7094 29.7002)"))
        assert layer.CreateFeature(feature) == 0
    del layer, source
    photos = [folder / "DCIM" / "b_1.jpg", folder / "DCIM" / "没有图斑.jpg"]
    found = hand_in.read_mapping([folder / "外业.gpkg", *photos])
    assert set(found) == {photos[0]}
    hint = found[photos[0]]
    assert (hint.patch_uid, hint.purpose, hint.azimuth, hint.lon, hint.lat) == (
        "b",
        "site_photo",
        127.0,
        106.7094,
        29.7002,
    )


def test_a_strange_table_of_that_name_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "外业.gpkg").write_bytes(b"SQLite format 3\x00 broken")
    assert hand_in.read_mapping([tmp_path / "外业.gpkg", tmp_path / "1.jpg"]) == {}


def _raster(path: Path, west: float, value: int) -> str:
    made = gdal.GetDriverByName("GTiff").Create(str(path), 50, 50, 3, gdal.GDT_Byte)
    made.SetGeoTransform((west, 0.0004, 0, 29.71, 0, -0.0004))
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4326)
    made.SetProjection(srs.ExportToWkt())
    for band in (1, 2, 3):
        made.GetRasterBand(band).Fill(value)
    return str(path)


def test_the_imagery_around_the_patches_goes_along(tmp_path: Path) -> None:
    near, far = _raster(tmp_path / "near.tif", 106.69, 77), _raster(tmp_path / "far.tif", 100.0, 200)
    marks = [_mark("a", 106.70)]
    assert clip_image([far], marks, tmp_path / "out") is None
    assert not list((tmp_path / "out").iterdir())
    path = clip_image([near, far], marks, tmp_path / "out")
    made = gdal.Open(str(path))
    assert max(made.RasterXSize, made.RasterYSize) <= 4096
    west, step, _, north, _, _ = made.GetGeoTransform()
    x, y = int((106.7002 - west) / step), int((north - 29.7002) / step)
    assert made.ReadAsArray(x, y, 1, 1)[0, 0, 0] == 77
    project = write_project(tmp_path / "out", "外业", marks, [("site_photo", "现场照片")], path)
    opened = QgsProject()
    assert opened.read(str(project))
    assert {layer.name() for layer in opened.mapLayers().values() if layer.isValid()} == {"图斑", "照片", "影像"}
