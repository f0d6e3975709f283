"""Real photos, re-geotagged around real change patches, go in with one drop; frauds are plain where they are handed in."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic

from weipian_plugin.core.feedback import Silent
from weipian_plugin.workbench.attaching import attach_folder
from weipian_plugin.workbench.exporting import export_report
from weipian_plugin.workbench.headless import import_into
from weipian_plugin.workbench.importing import ImportOptions
from weipian_plugin.workbench.session import Session

pytestmark = pytest.mark.slow
EARTH = Geodesic(6378137.0, 1 / 298.257222101)
PICTURES = (
    "iphone4_rome_T177.jpg", "iphone5_seattle_T093_orient3.jpg", "sony_hx5v_M046.jpg", "iphone7_grandcanyon_M290.jpg",
    "huawei_cltl29_gps_nodir.jpg", "pixel_gps_nodir.jpg", "iphone6_madrid_T211.jpg", "nokia83_helsinki_M056.jpg",
    "nikon_p6000_gps_nodir.jpg", "orientation_6.jpg",
)  # fmt: skip


def _dms(value: float) -> tuple[tuple[int, int], ...]:
    whole = abs(value)
    degrees, minutes = int(whole), int(whole % 1 * 60)
    return ((degrees, 1), (minutes, 1), (round((whole * 3600 - degrees * 3600 - minutes * 60) * 10000), 10000))


def geotag(source: Path, target: Path, lon: float, lat: float, azimuth: Optional[float], taken: str) -> Path:
    """A copy of a real picture with other EXIF, its pixels untouched."""
    piexif = pytest.importorskip("piexif")
    gps: dict[int, Any] = {
        piexif.GPSIFD.GPSLatitudeRef: b"N", piexif.GPSIFD.GPSLatitude: _dms(lat),
        piexif.GPSIFD.GPSLongitudeRef: b"E", piexif.GPSIFD.GPSLongitude: _dms(lon),
        piexif.GPSIFD.GPSMapDatum: b"WGS-84",
    }  # fmt: skip
    if azimuth is not None:
        gps[piexif.GPSIFD.GPSImgDirectionRef] = b"T"
        gps[piexif.GPSIFD.GPSImgDirection] = (round(azimuth % 360 * 100), 100)
    exif = {
        "0th": {piexif.ImageIFD.Make: b"HUAWEI", piexif.ImageIFD.Model: b"ALN-AL00"},
        "Exif": {piexif.ExifIFD.DateTimeOriginal: taken.encode(), piexif.ExifIFD.OffsetTimeOriginal: b"+08:00"},
        "GPS": gps,
    }
    made = io.BytesIO()
    piexif.insert(piexif.dump(exif), source.read_bytes(), made)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(made.getvalue())
    return target


#: lon, lat, azimuth
Place = tuple[float, float, float]


@dataclass
class Site:
    """A workspace with the real delivery, and where its patches lie."""

    workspace: Path
    pictures: list[Path]
    shapes: dict[str, Any] = field(default_factory=dict)
    places: list[tuple[str, Place]] = field(default_factory=list)  # patch and where to stand, as far as there is one

    def stand(self, patch: str, metres: float = 8.0) -> Optional[Place]:
        """lon, lat `metres` outside the boundary and the azimuth to the middle, from where nothing else is in view.

        None where there is no such side: there a careful person would not know either.
        """
        shape = self.shapes[patch]
        middle = shapely.point_on_surface(shape)
        for bearing in range(0, 360, 30):
            line = [EARTH.Direct(middle.y, middle.x, bearing, float(step)) for step in range(0, 400, 4)]
            inside = [shapely.contains_xy(shape, point["lon2"], point["lat2"]) for point in line]
            reach = 4 * (len(inside) - inside[::-1].index(True)) if True in inside else 0
            there = EARTH.Direct(middle.y, middle.x, bearing, reach + metres)
            lon, lat = there["lon2"], there["lat2"]
            azimuth = EARTH.Inverse(lat, lon, middle.y, middle.x)["azi1"] % 360
            if self._only(patch, lon, lat, azimuth):
                return lon, lat, azimuth
        return None

    def _only(self, patch: str, lon: float, lat: float, azimuth: float) -> bool:
        """No other patch within 40 m, nor within 120 m in the direction of view (±40°)."""
        east = 111_320 * math.cos(math.radians(lat))  # metres in a degree, right to a thousandth here
        for name, shape in self.shapes.items():
            if name == patch:
                continue
            xy = shapely.get_coordinates(shapely.segmentize(shape, 0.00003))
            dx, dy = (xy[:, 0] - lon) * east, (xy[:, 1] - lat) * 110_850
            far = np.hypot(dx, dy)
            aside = np.abs((np.degrees(np.arctan2(dx, dy)) - azimuth + 180) % 360 - 180)
            if ((far < 40) | ((far < 120) & (aside < 40))).any():
                return False
        return True

    def attach(self, folder: Path) -> dict[str, Any]:
        """What weipian:attachphotos does, and its report."""
        attach_folder(self.workspace, folder, "测试", Silent())
        path = self.workspace / "exports" / "last_attachphotos.json"
        return dict(json.loads(path.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, realdata: Path) -> Site:
    shp = realdata / "imagery" / "dsifn_xian" / "dsifn_patches.shp"
    pictures = [realdata / "photos" / name for name in PICTURES]
    if not shp.is_file() or not all(p.is_file() for p in pictures):
        pytest.skip(f"real patches and photos are not there: {realdata}")
    folder = tmp_path_factory.mktemp("site")
    made = Site(folder / "工作区", pictures)
    import_into(made.workspace, shp, "五月", ImportOptions(), Silent())
    with Session.open(made.workspace, "测试") as session:
        made.shapes = {p.patch_id: shapely.from_wkb(p.wkb) for p in session.patches() if p.wkb}
    made.places = [(name, place) for name in made.shapes if (place := made.stand(name)) is not None]
    return made


def _photo_rows(report: dict[str, Any], group: str) -> dict[str, dict[str, Any]]:
    return {Path(row["file"]).name: row for row in report[group]}


def test_a_folder_of_real_photos_ends_where_a_careful_person_puts_it(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "现场照片"
    truth: dict[str, str] = {}
    assert len(site.places) >= len(site.pictures), "the real patches leave too few unambiguous places"
    for picture, (patch, (lon, lat, azimuth)) in zip(site.pictures, site.places):
        name = f"IMG_{len(truth) + 1:04d}.jpg"
        geotag(picture, folder / name, lon, lat, azimuth, "2019:05:20 10:00:00")
        truth[name] = patch
    (folder / "没有位置.jpg").write_bytes((site.pictures[0].parent / "canon40d_nogps.jpg").read_bytes())
    report = site.attach(folder)
    assert {name: row["patch_id"] for name, row in _photo_rows(report, "matched").items()} == truth
    assert set(_photo_rows(report, "unmatched")) == {"没有位置.jpg"}
    assert not report["skipped"]
    for row in report["matched"]:
        checks = {check["id"]: check["outcome"] for check in row["checks"]}
        assert checks["looks_at"] == "ok", row
    again = site.attach(folder)
    assert not again["skipped"]
    with Session.open(site.workspace, "测试") as session:
        counts = [len(session.patch_view(session.find(patch).patch_uid).evidence) for patch in truth.values()]
    assert counts == [1] * len(truth)  # a second time changes nothing


def test_three_frauds_are_plain_where_they_are_handed_in(site: Site, tmp_path: Path) -> None:
    folder = tmp_path / "举证"
    clear = site.places[-7:]
    five, (old, _), (away, _) = clear[:5], clear[5], clear[6]
    real = site.pictures[0].parent
    for patch, (lon, lat, azimuth) in five:  # one picture, sent for five patches with their positions written in
        geotag(real / "orientation_3.jpg", folder / patch / "a.jpg", lon, lat, azimuth, "2019:05:21 10:00:00")
    lon, lat, azimuth = clear[5][1]
    geotag(real / "iphone6_madrid_T211.jpg", folder / old / "b.jpg", lon, lat, azimuth, "2006:05:01 10:00:00")
    lon, lat, azimuth = clear[6][1]
    geotag(real / "nokia83_helsinki_M056.jpg", folder / away / "c.jpg", lon, lat, azimuth + 180, "2019:05:21 11:00:00")
    site.attach(folder)
    out = export_report(
        site.workspace, tmp_path / "成果", "all", sheets=False, package=False, who="测试", feedback=Silent()
    ).folder
    page = (out / "自检报告.html").read_text(encoding="utf-8")
    with (out / "照片清单.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with Session.open(site.workspace, "测试") as session:

        def bad(patch: str) -> set[str]:
            view = session.patch_view(session.find(patch).patch_uid)
            return {check.id for link in view.evidence for check in link.checks if check.outcome in ("bad", "warn")}

        for patch, _ in five:
            assert {"same_picture", "same_file"} & bad(patch), patch
        assert "time_window" in bad(old)
        assert "looks_at" in bad(away)
    for patch in [*(p for p, _ in five), old, away]:
        assert patch in page, f"{patch} is not named in 自检报告"
    assert rows
