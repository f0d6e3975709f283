"""A field hand-out that comes back, as a folder or zipped, is laid by its own list and by what the phone noted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from osgeo import ogr, osr

pytest.importorskip("qgis.core")
from tests.support.frauds import patch_id, photo, stand, township
from weipian_plugin.core.feedback import Silent
from weipian_plugin.report.qfield import DATA_NAME, PHOTOS
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.attaching import attach
from weipian_plugin.workbench.handout import LIST_HEADS, LIST_NAME

pytestmark = pytest.mark.qgis


@pytest.fixture
def home(tmp_path: Path) -> Path:
    township(tmp_path / "ws").close()
    return tmp_path / "ws"


def returned(folder: Path) -> Path:
    """Photo 2 of the list; a photo that the phone's table says belongs to patch 4; both without an own position."""
    from PIL import Image

    folder.mkdir(parents=True)
    rows = [dict.fromkeys(LIST_HEADS, "") | {"序号": str(n), "标识": f"u{n}"} for n in range(1, 6)]
    text = "\r\n".join([",".join(LIST_HEADS), *(",".join(row[head] for head in LIST_HEADS) for row in rows)])
    (folder / LIST_NAME).write_text(text, "utf-8-sig")
    (folder / "DCIM").mkdir()
    photo(folder / "2.jpg", 106.9, 29.9, 0.0, "2026:06:10 09:00:00", 1)
    Image.new("RGB", (300, 200), (90, 120, 60)).save(folder / "DCIM" / "JPEG_1.jpg")
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4326)
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    data = ogr.GetDriverByName("GPKG").CreateDataSource(str(folder / DATA_NAME))
    layer = data.CreateLayer(PHOTOS, srs, ogr.wkbPoint)
    for name in ("patch_uid", "photo", "purpose", "note", "taken_at", "azimuth"):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTReal if name == "azimuth" else ogr.OFTString))
    feature = ogr.Feature(layer.GetLayerDefn())
    lon, lat = stand(4)
    values = {"patch_uid": "u4", "photo": "DCIM/JPEG_1.jpg", "taken_at": "2026-06-10T10:00:00+08:00", "azimuth": 5.0}
    for name, value in values.items():
        feature.SetField(name, value)
    point = ogr.Geometry(ogr.wkbPoint)
    point.AddPoint_2D(lon, lat)
    feature.SetGeometry(point)
    layer.CreateFeature(feature)
    del feature, layer, data
    return folder


@pytest.mark.parametrize("zipped", [False, True])
def test_a_hand_out_that_came_back(home: Path, tmp_path: Path, zipped: bool) -> None:
    folder = returned(tmp_path / "回传")
    given = Path(shutil.make_archive(str(tmp_path / "回传"), "zip", folder)) if zipped else folder
    report = attach(home, [given], "张三", Silent())
    placed = {Path(item.file).name: item.patch_id for item in report.matched}
    assert placed == {"2.jpg": patch_id(2), "JPEG_1.jpg": patch_id(4)}
    assert {Path(item.file).name for item in report.skipped} == {LIST_NAME, DATA_NAME}
    assert not report.unmatched
    with Workspace.open(home) as ws:
        noted = next(e for e in records.evidence(ws).values() if e.original_name == "JPEG_1.jpg")
    assert (noted.lon, noted.lat) == pytest.approx(stand(4))
    assert (noted.azimuth, noted.source) == (5.0, "inferred")
    assert noted.taken_at == "2026-06-10T10:00:00+08:00"
    assert "外业登记" in str(noted.checks["notes"])
