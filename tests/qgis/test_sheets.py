"""核查表.pdf: pages, texts, maps, failures. Rasters and layers are made here; real imagery when it is there."""

from __future__ import annotations

import dataclasses
import shutil
import subprocess
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from report_samples import META, Verdict, photo, report, summary
from shapely.geometry import box

from weipian_plugin.core.advice import CheckItem
from weipian_plugin.core.areas import LandClass
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.imagery import ImageState
from weipian_plugin.core.model import LayerAssignment, ViewFrame
from weipian_plugin.report.contents import sheet_job

pytest.importorskip("qgis.core")
gdal = pytest.importorskip("osgeo.gdal")
ogr = pytest.importorskip("osgeo.ogr")
osr = pytest.importorskip("osgeo.osr")
pytestmark = [
    pytest.mark.qgis,
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed"),
]
REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata" / "imagery" / "dsifn_xian"
LANDUSE = {"0103": LandClass("0103", "旱地", "agri", True), "0601": LandClass("0601", "工业用地", "construction")}
WEST, SOUTH = 106.70, 29.80


@pytest.fixture(scope="module", autouse=True)
def application():
    from qgis.core import QgsApplication

    existing = QgsApplication.instance()
    app = existing or QgsApplication([], False)
    if existing is None:
        app.initQgis()
    return app


def srs():
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4490)
    crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return crs


def make_raster(path: Path, red: int) -> str:
    """A plain field 0.01 degrees wide, in one colour."""
    data = gdal.GetDriverByName("GTiff").Create(str(path), 200, 200, 3)
    data.SetGeoTransform((WEST, 0.00005, 0, SOUTH + 0.01, 0, -0.00005))
    data.SetProjection(srs().ExportToWkt())
    for band, value in enumerate((red, 120, 60), 1):
        data.GetRasterBand(band).WriteArray(np.full((200, 200), value, np.uint8))
    data.FlushCache()
    return str(path)


def make_layer(path: Path, rows: list[tuple[str, tuple[float, float, float, float]]]) -> str:
    source = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = source.CreateLayer("l", srs(), ogr.wkbPolygon)
    layer.CreateField(ogr.FieldDefn("DLBM", ogr.OFTString))
    for code, bounds in rows:
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField("DLBM", code)
        feature.SetGeometry(ogr.CreateGeometryFromWkb(box(*bounds).wkb))
        layer.CreateFeature(feature)
    layer.SyncToDisk()
    return str(path)


@pytest.fixture(scope="module")
def assignments(tmp_path_factory):
    folder = tmp_path_factory.mktemp("layers")
    east, north = WEST + 0.01, SOUTH + 0.01
    middle = WEST + 0.005
    land = [("0103", (WEST, SOUTH, middle, north)), ("0601", (middle, SOUTH, east, north))]
    prime = [("", (WEST, SOUTH, WEST + 0.004, north))]
    return [
        LayerAssignment("landuse", make_layer(folder / "dltb.gpkg", land), class_field="DLBM"),
        LayerAssignment("prime_farmland", make_layer(folder / "prime.gpkg", prime)),
        LayerAssignment("image_before", make_raster(folder / "before.tif", 40), taken_on="2025-11-02"),
        LayerAssignment("image_after", make_raster(folder / "after.tif", 200), taken_on="2026-05-03"),
    ]


def located(number: int, **more):
    """A patch about 97 m x 111 m in the middle of the made layers."""
    square = box(WEST + 0.0045, SOUTH + 0.0045, WEST + 0.0055, SOUTH + 0.0055)
    return report(number, patch={"wkb": square.wkb, "image_before": None, "image_after": None}, **more)


def render(reports, assignments, folder, meta=META):
    from weipian_plugin.report.sheets import render_sheets

    return render_sheets(sheet_job(reports, meta, assignments, LANDUSE, folder), Silent())


def text_of(path: str) -> str:
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True)
    text = done.stdout.decode("utf-8").replace("⻚", "页").replace("⻋", "车").replace("⻓", "长").replace("⻅", "见")
    # Noto CJK draws a radical and the character of the same shape with one glyph; the PDF names the radical
    return "".join(unicodedata.normalize("NFKC", char) if "\u2f00" <= char <= "\u2fd5" else char for char in text)


def pixels(path: str, page: int = 1) -> np.ndarray:
    """The page at 50 dpi, rows x columns x RGB."""
    command = ["pdftoppm", "-r", "50", "-f", str(page), "-l", str(page), path]
    raw = subprocess.run(command, capture_output=True, check=True).stdout
    _, size, _, body = raw.split(b"\n", 3)
    width, height = (int(part) for part in size.split())
    return np.frombuffer(body, np.uint8).reshape(height, width, 3)


def test_a_sheet_carries_its_texts_as_text(assignments, tmp_path):
    checks = (CheckItem("site_photo", "现场照片", True, 1, 1), CheckItem("stop_notice", "停工通知", False, 0, 1))
    shots = (photo(1, source="manual", azimuth_ref="T"), photo(2, azimuth=None))
    (result,) = render([located(1, verdict=Verdict.ILLEGAL, checklist=checks, evidence=shots)], assignments, tmp_path)
    assert not result.error
    assert Path(result.path) == tmp_path / "图斑" / "5001122026070001" / "核查表.pdf"
    text = text_of(result.path)
    for expected in (
        "图斑编号：5001122026070001", "合法性判定：违法", "前时相", "2025-11-02", "2026-05-03", "图例", "耕地", "工矿用地",
        "永久基本农田", "旱地", "EPSG:4545", "缺少（0/1）", "手工", "核查人（签字）", "村负责人", "规建环办负责人",
        "规则包 2026.1", "日志锚点 0123456789abcdef", "第 1 页 / 共 2 页", "第 2 页 / 共 2 页",
    ):  # fmt: skip
        assert "".join(expected.split()) in "".join(text.split()), expected
    assert "草稿" not in text
    # 97 m x 111 m, 2.5 times, into 92 mm x 62 mm: 111.0 * 2.5 / 0.062 = 4476, so 1:5000
    assert "1:5000" in text
    assert not list(tmp_path.rglob("*.part"))


def test_both_dates_are_drawn_with_the_patch_in_red(assignments, tmp_path):
    (result,) = render([located(1)], assignments, tmp_path)
    page = pixels(result.path).astype(int)

    def share(red, green, blue):
        return (np.abs(page - (red, green, blue)).max(axis=2) < 12).mean()

    assert share(40, 120, 60) > 0.03
    assert share(200, 120, 60) > 0.03
    assert share(230, 0, 0) > 0.0005


def test_without_imagery_the_box_says_so_and_a_draft_is_marked(tmp_path):
    meta = dataclasses.replace(META, draft=True)
    (result,) = render([located(1)], [], tmp_path, meta)
    text = text_of(result.path)
    assert "无前时相影像" in text
    assert "无后时相影像" in text
    assert "【草稿】" in text
    assert "草稿，不得作为正式上报材料" in text


def test_a_patch_that_fails_does_not_stop_the_others(assignments, tmp_path):
    broken = located(2)
    broken = dataclasses.replace(broken, patch=dataclasses.replace(broken.patch, wkb=b"\x01\x02"))
    gone = [*assignments[:2], LayerAssignment("image_after", str(tmp_path / "gone.tif"))]
    first, second, third = render([located(1), broken, report(3, summary=None)], gone, tmp_path)
    assert not first.error
    assert "后时相影像打不开" in text_of(first.path)
    assert "5001122026070002" in second.error
    assert not second.path
    assert "图斑无图形" in text_of(third.path)


def test_long_texts_flow_onto_more_pages_whole(assignments, tmp_path):
    from weipian_plugin.core.model import Judgement

    basis = "".join(f"第{n}条：现场核查情况与申报材料一致，占用旱地未办理手续。" for n in range(1, 261))
    judged = Judgement("u1", Verdict.ILLEGAL, basis=basis, by="张三", at="2026-07-05")
    (result,) = render([located(1, judgement=judged)], assignments, tmp_path)
    text = "".join(text_of(result.path).split())
    assert all(f"第{n}条" in text for n in (1, 100, 200, 260))
    assert "第4页/共4页" in text


@pytest.mark.parametrize(
    ("taken", "issued", "expected"),
    [
        ("2025-11-02", "", "2025-11-02"),
        ("2025-11-02", "2025-11-02", "2025-11-02"),
        ("2025-11-02", "2025-12", "2025-11-02（下发标注 2025-12）"),
        ("", "2025-12", "2025-12（下发标注）"),
        ("", "", "日期不详"),
    ],
)
def test_the_caption_is_the_date_of_the_image_shown(taken, issued, expected):
    from weipian_plugin.report.sheets import _date_caption

    assert _date_caption(taken, issued) == expected


@pytest.mark.parametrize(
    ("needed", "scale"), [(1, 500), (500, 500), (501, 1000), (2001, 5000), (5001, 10000), (20001, 50000)]
)
def test_scales_snap_upwards(needed, scale):
    from weipian_plugin.report.map_parts import snap_scale

    assert snap_scale(needed) == scale


@pytest.mark.parametrize(
    ("longitude", "crs"), [(106.73, "EPSG:4545"), (75.2, "EPSG:4534"), (135.4, "EPSG:4554"), (2, "EPSG:4490")]
)
def test_the_map_uses_the_three_degree_zone(longitude, crs):
    from weipian_plugin.report.map_parts import zone_crs

    assert zone_crs(longitude) == crs


@pytest.mark.skipif(not REAL.is_dir(), reason="../shared/realdata is absent")
def test_real_imagery(tmp_path):
    source = ogr.Open(str(REAL / "dsifn_patches.shp"))
    layer = source.GetLayer(0)
    to = osr.CoordinateTransformation(layer.GetSpatialRef(), srs())
    feature = max(layer, key=lambda item: item.GetGeometryRef().GetArea())
    geometry = feature.GetGeometryRef().Clone()
    geometry.Transform(to)
    images = [
        LayerAssignment("image_before", str(REAL / "dsifn_before_20080101.tif")),
        LayerAssignment("image_after", str(REAL / "dsifn_after_20190101.tif")),
    ]
    patch = report(1, patch={"wkb": bytes(geometry.ExportToWkb())}, summary=summary("3.00", "3.00"))
    (result,) = render([patch], images, tmp_path)
    assert not result.error
    assert "无前时相影像" not in text_of(result.path)
    # two photographs hold far more colours than lines and text
    assert len(np.unique(pixels(result.path).reshape(-1, 3), axis=0)) > 5000


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (4545, "CGCS2000 高斯-克吕格 3 度带，中央经线 108°（EPSG:4545）"),
        (4524, "CGCS2000 高斯-克吕格 3 度带，中央经线 108°（EPSG:4524）"),
        (4544, "CGCS2000 高斯-克吕格 3 度带，中央经线 105°（EPSG:4544）"),
        (4498, "CGCS2000 高斯-克吕格 6 度带，中央经线 117°（EPSG:4498）"),
        (4490, "CGCS2000 经纬度（EPSG:4490）"),
    ],
)
def test_the_map_names_its_system_in_chinese(code, name):
    from qgis.core import QgsCoordinateReferenceSystem

    from weipian_plugin.report.sheets import _crs_label

    assert _crs_label(QgsCoordinateReferenceSystem(f"EPSG:{code}")) == name


def test_the_frame_of_the_judgement_and_the_reason_of_a_missing_image(assignments, tmp_path):
    before = ImageState("image_before", "missing", "缺影像", "在已有影像的范围之外")
    after = ImageState(
        "image_after", "cloudy", "有云遮挡", "东侧", "2026-05-03", dated=True, date_source="manual", source="a.tif"
    )
    # 700 m in 92 mm is 1:7609, so 1:10000; the usual frame of this patch is 1:5000
    frame = ViewFrame("u1", WEST + 0.0051, SOUTH + 0.005, 700.0)
    sheet = located(1, images={"image_before": before, "image_after": after}, frame=frame)
    plans = [a for a in assignments if a.role != "image_before"]
    (result,) = render([sheet], plans, tmp_path)
    assert not result.error
    text = "".join(text_of(result.path).split())
    for expected in (
        "判定时所见范围",
        "1:10000",
        "缺影像（在已有影像的范围之外）",
        "2026-05-03（手工填写）",
        "有云遮挡（东侧）",
    ):
        assert expected in text, expected
    assert "无前时相影像" not in text


def test_the_image_of_another_batch_is_not_printed(tmp_path):
    source = make_raster(tmp_path / "other.tif", 200)
    plans = [LayerAssignment("image_after", source, taken_on="2026-05-03", batch_id="another")]
    (result,) = render([located(1)], plans, tmp_path)
    assert "无后时相影像" in "".join(text_of(result.path).split())
