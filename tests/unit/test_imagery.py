"""Imagery of a batch: what is seen of a patch, of which day, marks and frames. Rasters are made here."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pytest
import shapely
from osgeo import gdal, osr

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.imagery import (
    ImageDate,
    best_date,
    date_conflict,
    offset_of,
    without_key,
    wmts_uri,
    xyz_uri,
)
from weipian_plugin.core.model import Batch, LayerAssignment, Patch
from weipian_plugin.sources.rasters import date_in_name, rasters_in, read_raster, stretch, suggest_crs
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import layer_json, layer_work, mosaics
from weipian_plugin.workbench.imagery import tiles
from weipian_plugin.workbench.session import Session
from weipian_plugin.workbench.tile_services import tile_services

#: A square of 0.001 degrees; rasters below have pixels of 0.00001 degrees.
WEST, SOUTH, EDGE, PIXEL = 106.70, 29.80, 0.001, 0.00001
REAL = Path(__file__).resolve().parents[3] / "shared" / "realdata" / "imagery"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(mosaics, "cache_folder", lambda: folder)
    return folder


def raster(path: Path, pixels: np.ndarray, west: float = WEST, north: float = SOUTH + EDGE, epsg: int = 4490, **how):
    """Bands first; `how`: driver, nodata, metadata, pixel, palette."""
    kind = {np.dtype(np.uint8): gdal.GDT_Byte, np.dtype(np.uint16): gdal.GDT_UInt16}[pixels.dtype]
    bands, height, width = pixels.shape
    data = gdal.GetDriverByName(how.get("driver", "GTiff")).Create(str(path), width, height, bands, kind)
    if how.get("placed", True):
        data.SetGeoTransform((west, how.get("pixel", PIXEL), 0, north, 0, -how.get("pixel", PIXEL)))
    if epsg:
        srs = osr.SpatialReference()
        srs.ImportFromEPSG(epsg)
        data.SetProjection(srs.ExportToWkt())
    for number in range(bands):
        data.GetRasterBand(number + 1).WriteArray(pixels[number])
        if "nodata" in how:
            data.GetRasterBand(number + 1).SetNoDataValue(how["nodata"])
    for key, value in how.get("metadata", {}).items():
        data.SetMetadataItem(key, value)
    return str(path)


def field(width: int = 100, height: int = 100, bands: int = 3, value: int = 90, dtype=np.uint8) -> np.ndarray:
    return np.full((bands, height, width), value, dtype)


@pytest.fixture
def session(tmp_path: Path):
    folder = tmp_path / "ws"
    with Workspace.create(folder, "影像") as ws, ws.transaction("import", "b1", "试") as change:
        for number in (1, 2):
            change.put(
                "batch", records.batch_row(Batch(f"b{number}", f"批次{number}", created_at=f"2026-0{number}-01"))
            )
            square = shapely.multipolygons([shapely.box(WEST, SOUTH, WEST + EDGE, SOUTH + EDGE)])
            patch = Patch(
                f"u{number}",
                f"P{number}",
                f"b{number}",
                wkb=shapely.to_wkb(square),
                area_m2=1.0,
                image_before="2025-10-06",
                image_after="2026-05-01" if number == 1 else None,
            )
            change.put("patch", records.patch_row(patch))
    with Session.open(folder, "试") as opened:
        yield opened


def after(source: str, **more: str) -> LayerAssignment:
    return LayerAssignment("image_after", source, **more)


def test_whole_half_and_outside(session: Session, tmp_path: Path) -> None:
    whole = raster(tmp_path / "whole.tif", field())
    half = raster(tmp_path / "half.tif", field(width=50))  # the western half of the patch
    far = raster(tmp_path / "far.tif", field(), west=WEST + 1)
    for source, reason, covered in ((whole, "", 1.0), (half, "cropped", 0.5), (far, "missing", 0.0)):
        session.add_images([after(source)])
        state = session.image_state("u1")["image_after"]
        assert (state.reason, state.covered) == (reason, pytest.approx(covered, abs=0.03))
        session.remove_images(session.image_assignments())
    assert session.image_state("u1")["image_after"].given is False


@pytest.mark.parametrize("named", ["a.tfw", "a.tif.aux.xml", "a_metadata.txt"])
def test_what_is_laid_beside_a_raster_later_counts(session: Session, tmp_path: Path, named: str) -> None:
    """The folder was read already; the georeference of ArcGIS, a world file, a day come afterwards."""
    folder = tmp_path / "影像"
    folder.mkdir()
    wkt = osr.SpatialReference()
    wkt.ImportFromEPSG(4490)
    raster(folder / "a.tif", field(), epsg=0 if named.endswith("xml") else 4490, placed=named != "a.tfw")
    layer = after(str(folder))
    (before,) = mosaics.open_source(layer).rasters
    half = PIXEL / 2
    text = {
        "a.tfw": f"{PIXEL}\n0\n0\n{-PIXEL}\n{WEST + half}\n{SOUTH + EDGE - half}\n",
        "a.tif.aux.xml": f"<PAMDataset><SRS>{escape(wkt.ExportToWkt())}</SRS></PAMDataset>",
        "a_metadata.txt": "DATE_ACQUIRED = 2026-04-03\n",
    }[named]
    (folder / named).write_text(text, encoding="utf-8")
    (now,) = mosaics.open_source(layer).rasters
    found = {
        "a.tfw": ((before.placed, now.placed), (False, True)),
        "a.tif.aux.xml": ((before.crs, now.crs), ("", "EPSG:4490")),
        "a_metadata.txt": ((before.date, now.date), ("", "2026-04-03")),
    }[named]
    assert found[0] == found[1]


def test_cropped_says_how_much_is_missing(session: Session, tmp_path: Path) -> None:
    session.add_images([after(raster(tmp_path / "quarter.tif", field(width=25)))])
    assert session.image_state("u1")["image_after"].short == "影像不完整（缺 75%）"


@pytest.mark.parametrize("declared", [True, False], ids=["nodata is declared", "black collar nobody declared"])
def test_a_collar_is_no_picture(session: Session, tmp_path: Path, declared: bool) -> None:
    pixels = field()
    pixels[:, :, :30] = 0
    session.add_images([after(raster(tmp_path / "collar.tif", pixels, **({"nodata": 0} if declared else {})))])
    state = session.image_state("u1")["image_after"]
    assert (state.reason, state.covered) == ("cropped", pytest.approx(0.7, abs=0.03))


def test_two_halves_of_a_folder_are_whole(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "分幅" / "内"
    folder.mkdir(parents=True)
    raster(folder / "a_20260420.tif", field(width=50))
    raster(folder / "b_20260420.tif", field(width=50), west=WEST + EDGE / 2)
    raster(folder / "far.img", field(), west=WEST + 1, driver="HFA")
    session.add_images([after(str(tmp_path / "分幅"))])
    (source,) = session.images("b1")
    assert (source.assignment.kind, source.files) == ("folder", 3)
    state = session.image_state("u1")["image_after"]
    assert (state.reason, state.date, state.date_source) == ("", "2026-04-20", "name")
    assert "2026-04-20" in state.conflict  # the delivery says 2026-05-01
    assert "2026-05-01" in state.conflict


def test_only_its_own_batch_sees_an_image(session: Session, tmp_path: Path) -> None:
    session.add_images([after(raster(tmp_path / "b2.tif", field()), batch_id="b2")])
    assert session.image_state("u1")["image_after"].given is False
    state = session.image_state("u2")["image_after"]
    assert (state.reason, state.dated) == ("undated", False)  # neither file nor delivery says a day
    with pytest.raises(WeipianError) as caught:
        session.add_images([after(raster(tmp_path / "b3.tif", field()), batch_id="b9")])
    assert caught.value.code == "E_BATCH_UNKNOWN"


def test_a_raster_without_crs_is_asked_about_and_takes_what_it_is_given(session: Session, tmp_path: Path) -> None:
    bare = after(raster(tmp_path / "bare.tif", field(), epsg=0))
    session.add_images([bare])
    assert session.image_state("u1")["image_after"].reason == "no_crs"
    assert "坐标系" in session.images("b1")[0].problem
    assert session.suggested_crs(bare)[0] == "EPSG:4490"
    given = session.image_assignments()[0]
    session.change_image(given, after(given.source, crs="EPSG:4490"))
    assert session.image_state("u1")["image_after"].reason == ""


def test_a_picture_without_place_says_how_to_place_it(session: Session, tmp_path: Path) -> None:
    session.add_images([after(raster(tmp_path / "scan.tif", field(), epsg=0, placed=False))])
    assert "配准" in session.images()[0].problem


def test_other_crs_in_one_folder(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    raster(folder / "lonlat.tif", field(width=50))
    # the eastern half in Gauss-Krüger CM 105E; PROJ says where its corner lies
    way = osr.CoordinateTransformation(_srs(4490), _srs(4544))
    x, y, _ = way.TransformPoint(WEST + EDGE / 2 - 0.0001, SOUTH + EDGE + 0.0002)
    raster(folder / "gk.tif", field(width=100, height=200), west=x, north=y, epsg=4544, pixel=1.0)
    session.add_images([after(str(folder))])
    assert session.image_state("u1")["image_after"].covered == pytest.approx(1.0, abs=0.02)
    kinds = session.image_pieces(session.image_assignments()[0])
    assert sorted(piece.crs for piece in kinds) == ["EPSG:4490", "EPSG:4544"]


def _srs(epsg: int):
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(epsg)
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return srs


def test_marks_are_journalled_and_undone(session: Session) -> None:
    session.mark_image("u1", "P1", "image_after", "cloudy", "东侧")
    state = session.image_state("u1")["image_after"]
    assert (state.reason, state.label, state.detail, state.by) == ("cloudy", "有云遮挡", "东侧", "试")
    assert session.undo() == "影像标记"
    assert session.image_state("u1")["image_after"].reason == "missing"
    session.redo()
    assert session.image_state("u1")["image_after"].reason == "cloudy"
    session.mark_image("u1", "P1", "image_after", "")
    assert session.image_state("u1")["image_after"].by == ""
    with pytest.raises(WeipianError) as caught:
        session.mark_image("u1", "P1", "image_after", "ugly")
    assert caught.value.code == "E_IMAGE_REASON"
    session.add_reason("imagery", "拼接缝压住图斑")
    session.mark_image("u1", "P1", "image_after", "拼接缝压住图斑")
    assert session.image_state("u1")["image_after"].label == "拼接缝压住图斑"


def test_the_frame_is_kept_once(session: Session) -> None:
    session.keep_frame("u1", 106.7005, 29.8005, 250.0)
    first = session.workspace.head()
    session.keep_frame("u1", 106.7005, 29.8005, 252.0)
    assert session.workspace.head() == first
    session.keep_frame("u1", 106.7005, 29.8005, 500.0)
    frame = session.patch_view("u1").frame
    assert frame is not None
    assert frame.width_m == 500.0
    with pytest.raises(WeipianError):
        session.keep_frame("u1", float("nan"), 29.8, 250.0)


def test_undated_tiles_are_no_time(session: Session) -> None:
    layer, key = tiles("image_after", "https://t0.tianditu.gov.cn/DataServer?T=img_w&x={x}&y={y}&l={z}&tk=abc123")
    assert key == "abc123"
    assert "abc123" not in str(layer)
    with pytest.raises(WeipianError) as caught:
        session.add_images([layer])
    assert caught.value.code == "E_IMAGE_DATED"
    base, _ = tiles("basemap", "https://t0.tianditu.gov.cn/DataServer?T=img_w&x={x}&y={y}&l={z}")
    session.add_images([base])
    assert [source.role for source in session.images("b1")] == ["basemap"]
    assert "时相" not in session.images("b1")[0].title
    assert session.image_state("u1")["image_after"].given is False
    assert session.assignments() == []


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("dsifn_after_20190101", "2019-01-01"), ("m_4709963_se_14_1_20200831", "2020-08-31"), ("1985", "1985"),
        ("GF2_PMS1_E106.7_N29.8_20190101_L1A0003745196", "2019-01-01"), ("古路镇2026年5月影像", "2026-05"),
        ("影像_2019-01", "2019-01"), ("影像2019年", "2019"), ("500112SJBG26210184", ""), ("后时相", ""),
        ("20191340", ""), ("201913", ""), ("tile_1024_2048", ""),
    ],
)  # fmt: skip
def test_dates_in_names(name: str, day: str) -> None:
    assert date_in_name(name) == day


def test_dates_of_files_and_which_goes_first(tmp_path: Path) -> None:
    written = {"TIFFTAG_DATETIME": "2026:05:20 10:11:12"}
    path = Path(raster(tmp_path / "x.tif", field(), metadata=written))
    assert read_raster(path).taken == ImageDate("2026-05-20", "written")
    (tmp_path / "x.xml").write_text("<m><ReceiveTime>2026-04-30 11:22:33</ReceiveTime></m>", "utf-8")
    assert read_raster(path).taken == ImageDate("2026-04-30", "metadata")
    # When a file was written is no evidence against the delivery; a name is.
    assert best_date(ImageDate("2026-05-20", "written"), "2026-05-01").source == "delivery"
    assert date_conflict(ImageDate("2026-05-20", "written"), "2026-05-01") == ""
    assert date_conflict(ImageDate("2026-04-20", "written"), "2026-05-01")  # written before it was taken
    assert best_date(ImageDate("2026-04-30", "metadata"), "2026-05-01").text == "2026-04-30"
    assert date_conflict(ImageDate("2026-05", "name"), "2026-05-01") == ""
    assert date_conflict(ImageDate("2026-04", "name"), "2026-05-01")


def test_offset_services_are_known_by_host() -> None:
    assert offset_of("https://webst01.is.autonavi.com/appmaptile?style=6&x={x}&y={y}&z={z}")
    assert offset_of(xyz_uri("http://mt2.google.cn/vt/lyrs=s&x={x}&y={y}&z={z}"))
    assert offset_of("https://rt0.map.gtimg.com/tile?z={z}&x={x}&y={-y}")
    assert not offset_of("https://t0.tianditu.gov.cn/DataServer?T=img_w&x={x}&y={y}&l={z}")
    assert not offset_of("https://google.cn.example.org/{z}/{x}/{y}")


def test_keys_stay_out_of_addresses() -> None:
    assert without_key("https://a.b/c?T=img_w&tk=K%3D1&l={z}") == ("https://a.b/c?T=img_w&l={z}", "tk", "K=1")
    assert "K1" not in wmts_uri("http://t0.tianditu.gov.cn/img_c/wmts?LAYER=img&TILEMATRIXSET=c&FORMAT=tiles&tk=K1")
    for wrong in ("ftp://a/{x}/{y}/{z}", "https://a.b/{x}/{y}", "天地图"):
        with pytest.raises(ValueError, match="地址"):
            xyz_uri(wrong)


def test_suggested_systems(tmp_path: Path) -> None:
    # 3-degree zones: CM 108E is zone 36 = EPSG:4524 with prefix and 4545 without (EPSG registry)
    prefixed = read_raster(Path(raster(tmp_path / "p.tif", field(), west=36376500, north=3305500, epsg=0, pixel=1.0)))
    plain = read_raster(Path(raster(tmp_path / "n.tif", field(), west=376500, north=3305500, epsg=0, pixel=1.0)))
    assert suggest_crs(prefixed, None) == ["EPSG:4524"]
    assert suggest_crs(plain, 106.9)[0] == "EPSG:4545"
    assert suggest_crs(plain, None) == []


def test_stretch_of_sixteen_bits(tmp_path: Path) -> None:
    pixels = np.tile(np.arange(1, 1001, dtype=np.uint16), (3, 1000, 1))
    found = stretch(raster(tmp_path / "deep.tif", pixels))
    # columns 1..1000, windows spread over the whole width: 2 % and 98 % of the range
    assert [pytest.approx(v, abs=120) for v in (21, 980)] == list(found[0])


def test_nothing_is_written_beside_imagery(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    raster(folder / "a.tif", field(width=50))
    raster(folder / "b.tif", field(width=50), west=WEST + EDGE / 2)
    before = {p.name: p.stat().st_mtime_ns for p in folder.iterdir()}
    session.add_images([after(str(folder))])
    assert session.image_state("u1")["image_after"].date == "2026-05-01"
    (piece,) = session.image_pieces(session.image_assignments()[0])
    assert Path(piece.path).suffix == ".vrt"
    assert {p.name: p.stat().st_mtime_ns for p in folder.iterdir()} == before


def test_folders_without_imagery_and_missing_files_say_so(session: Session, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for source, code in ((tmp_path / "empty", "E_IMAGE_FOLDER"), (tmp_path / "no.tif", "E_FILE_MISSING")):
        with pytest.raises(WeipianError) as caught:
            session.add_images([after(str(source))])
        assert caught.value.code == code
    broken = tmp_path / "broken.tif"
    broken.write_bytes(b"II*\0no tiff at all")
    with pytest.raises(WeipianError) as caught:
        session.add_images([after(str(broken))])
    assert caught.value.code == "E_IMAGE_UNREADABLE"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real imagery is not on this machine")
def test_real_imagery() -> None:
    names = {path.name: read_raster(path) for path in rasters_in(REAL)}
    assert names["dsifn_after_20190101.tif"].taken == ImageDate("2019-01-01", "name")
    assert names["dsifn_after_20190101.tif"].crs == "EPSG:4545"
    assert names["m_4709963_se_14_1_20100629.tif"].bands == 4
    assert names["1985.tif"].taken.text == "1985"
    assert names["dsifn_mask.tif"].palette


def test_imagery_from_the_command_line(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "影像"
    folder.mkdir()
    raster(folder / "a.tif", field(width=50))
    single = raster(tmp_path / "后时相_20260420.tif", field())
    before = {"source": "影像", "taken_on": "2025-10", "batch": "批次1"}
    found = layer_json.parse(json.dumps({"image_before": before, "image_after": single}))
    layers = layer_json.wanted({}, found, tmp_path).layers
    report = layer_work.run(session.folder, "试", Silent(), layers).report()
    session.catalogue.forget()
    assert [(a.role, a.batch_id, a.kind, a.taken_on, a.taken_source) for a in session.image_assignments()] == [
        ("image_before", "b1", "folder", "2025-10", "manual"),
        ("image_after", "", "", "2026-04-20", "name"),
    ]
    told = {item["role"]: item for item in report["images"]}
    assert (told["image_before"]["batch"], told["image_before"]["patches"]) == ("批次1", 1)
    assert (told["image_after"]["patches"], told["image_after"]["date_source"]) == (2, "name")
    # another image of the same time and batch takes the place of the first; the other time stays
    again = layer_json.wanted({}, {"image_after": [raster(tmp_path / "n.tif", field())]}, tmp_path).layers
    layer_work.run(session.folder, "试", Silent(), again)
    assert [Path(a.source).name for a in session.image_assignments()] == ["影像", "n.tif"]


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"source": "x.tif", "batch": "没有的批次"}, "E_BATCH_UNKNOWN"),
        ({"source": "x.tif", "taken_on": "去年"}, "E_DATE_INVALID"),
        ({"source": "https://a.example/{z}/{x}/{y}.png"}, "E_IMAGE_DATED"),
        ({"source": "https://a.example/tiles", "taken_on": "2026-05-01"}, "E_TILE_URL"),
        ({"source": "y.tif"}, "E_FILE_MISSING"),
    ],
    ids=["unknown batch", "no date", "undated tiles", "no placeholders", "no file"],
)
def test_wrong_imagery_on_the_command_line(session: Session, tmp_path: Path, item: dict, code: str) -> None:
    raster(tmp_path / "x.tif", field())
    with pytest.raises(WeipianError) as caught:
        layers = layer_json.wanted({}, {"image_after": [item]}, tmp_path).layers
        layer_work.run(session.folder, "试", Silent(), layers)
    assert caught.value.code == code
    assert session.assignments() == []


def test_services_by_name_hold_no_key_and_no_offset() -> None:
    services = tile_services()
    assert "天地图影像" in [service.label for service in services]
    for service in services:
        layer, key = tiles("basemap", service.url, service.label)
        assert (key, offset_of(layer.source)) == ("", "")


@pytest.mark.skipif(gdal.GetDriverByName("ECW") is not None, reason="this GDAL reads ECW")
def test_ecw_without_its_driver_says_what_to_do(session: Session, tmp_path: Path) -> None:
    (tmp_path / "a.ecw").write_bytes(b"e")
    with pytest.raises(WeipianError) as caught:
        session.add_images([after(str(tmp_path / "a.ecw"))])
    assert caught.value.code == "E_IMAGE_DRIVER"
    assert "GeoTIFF" in str(caught.value)
