"""Checks of photos: each with figures worked out by hand or by GeographicLib, none from our own output."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from weipian_plugin.core.dates import parse_date
from weipian_plugin.core.proof import Evidence
from weipian_plugin.core.proof_limits import Limits
from weipian_plugin.photos.checks import Alike, Around, Site, Use, check_photo
from weipian_plugin.photos.moments import china_day, instant
from weipian_plugin.photos.sequences import Shot, Tracks, counter, metres_between
from weipian_plugin.photos.sighting import sight
from weipian_plugin.workbench.packs import load_pack

RULES = Path(__file__).resolve().parents[2] / "resources" / "rules"
LIMITS = Limits.of(load_pack(RULES / "national-2023"))
#: 0.001° square; at 29.78° N a degree of latitude is 110.86 km (GRS80), of longitude 96.69 km.
BOX = shapely.box(106.75, 29.78, 106.751, 29.781)
SITE = Site("A1", "2025-10-06", "2026-05-01", "2026-07-01", "柏树村")


def photo(**more) -> Evidence:
    """30 m south of the middle of the southern edge, looking north, on 10 June 2026; a phone's own facts."""
    base = {
        "evidence_id": "e1", "kind": "photo", "sha256": "0" * 64, "original_name": "IMG_0012.jpg",
        "taken_at": "2026-06-10T09:30:00+08:00", "lon": 106.7505, "lat": 29.78 - 30 / 110860, "azimuth": 5.0,
        "azimuth_ref": "T", "accuracy_m": 8.0, "camera": "HUAWEI LYA-AL00", "width": 4000, "height": 3000,
        "added_at": "2026-06-30T10:00:00+08:00", "fov_deg": 65.0,
        "facts": {
            "has_exif": True, "gps_time": "2026-06-10T01:30:02+00:00", "modified_at": "2026-06-10T09:30:04+08:00",
            "software": "LYA-AL00 9.1.0", "thumb": {"width": 160, "height": 120},
        },
    }  # fmt: skip
    return Evidence(**{**base, **more})


def facts(**more) -> dict:
    return {**photo().facts, **more}


def outcomes(item: Evidence, site: Site = SITE, around: Around = Around(), shape=BOX) -> dict:  # noqa: B008
    return {check.id: check for check in check_photo(item, site, sight(item, shape, LIMITS), around, LIMITS)}


def test_an_honest_photo_is_believed():
    found = outcomes(photo())
    assert {check.outcome for check in found.values()} == {"ok"}
    assert set(found) == {"looks_at", "distance", "time_window", "place", "azimuth", "edited", "clock"}
    geodesic = pytest.importorskip("geographiclib.geodesic").Geodesic.WGS84
    metres = geodesic.Inverse(29.78 - 30 / 110860, 106.7505, 29.78, 106.7505)["s12"]
    assert found["distance"].numbers["distance_m"] == pytest.approx(metres, abs=0.06)


@pytest.mark.parametrize(
    ("azimuth", "fov", "outcome", "off"),
    [
        # Corners lie at ±atan(48.35/30) = ±58.2° from the axis due north, so the view meets the patch up to 58.2 + 32.5.
        (90.0, 65.0, "ok", 0.0),
        (95.0, 65.0, "warn", 95 - 58.2 - 32.5),
        (120.0, 65.0, "bad", 120 - 58.2 - 32.5),
        (180.0, 65.0, "bad", 180 - 58.2 - 32.5),
        (180.0, 250.0, "ok", 0.0),
        (270.0, 65.0, "ok", 0.0),
        (262.0, 65.0, "warn", 98 - 58.2 - 32.5),
    ],
)
def test_looks_at(azimuth, fov, outcome, off):
    check = outcomes(photo(azimuth=azimuth, fov_deg=fov))["looks_at"]
    assert check.outcome == outcome
    assert check.numbers["off_deg"] == pytest.approx(off, abs=0.3)


def test_facing_away_is_said_so():
    assert outcomes(photo(azimuth=180.0))["looks_at"].text.startswith("背对图斑")
    assert "偏出视场 89°" in outcomes(photo(azimuth=180.0))["looks_at"].text  # 180 - 58.2 - 32.5 = 89.3


def test_what_cannot_be_known_is_unknown_and_never_zero():
    found = outcomes(photo(azimuth=None))
    assert (found["looks_at"].outcome, found["azimuth"].outcome) == ("unknown", "unknown")
    found = outcomes(photo(lon=None, lat=None))
    assert {found[key].outcome for key in ("looks_at", "distance", "place")} == {"unknown"}
    found = outcomes(photo(), shape=None)
    assert {found[key].outcome for key in ("looks_at", "distance")} == {"unknown"}
    assert outcomes(photo(taken_at=None))["time_window"].outcome == "unknown"


def test_a_patch_of_which_only_the_middle_is_known():
    check = outcomes(photo(), shape=shapely.Point(106.7505, 29.78))
    assert check["looks_at"].outcome == "ok"
    assert check["distance"].numbers["distance_m"] == pytest.approx(30.0, abs=0.1)


@pytest.mark.parametrize(
    ("metres_south", "accuracy", "outcome"),
    [(49, 8.0, "ok"), (55, 8.0, "note"), (55, None, "warn"), (70, 8.0, "warn"), (310, 8.0, "bad"), (30, 40.0, "warn")],
)
def test_distance_against_the_limit_of_the_pack(metres_south, accuracy, outcome):
    found = outcomes(photo(lat=29.78 - metres_south / 110860, accuracy_m=accuracy))["distance"]
    assert found.outcome == outcome
    assert found.numbers["limit_m"] == 50
    assert "未经核实" in found.text or outcome == "ok"


@pytest.mark.parametrize(
    ("taken", "outcome", "words"),
    [
        ("2026-05-01T08:00:00+08:00", "ok", "以后"),
        ("2026-04-30T23:59:00+08:00", "bad", "旧照片"),
        ("2026-04-30T17:00:00+00:00", "ok", "2026-05-01"),  # one o'clock of the first of May in China
        ("2025-10-05T12:00:00+08:00", "bad", "早于前时相"),
        ("2026-07-02T00:10:00+08:00", "bad", "晚于今天"),
    ],
)
def test_time_window(taken, outcome, words):
    check = outcomes(photo(taken_at=taken))["time_window"]
    assert check.outcome == outcome
    assert words in check.text


def test_a_month_does_not_tell_what_was_first():
    assert (
        outcomes(photo(taken_at="2026-05-20T09:00:00+08:00"), replace(SITE, image_after="2026-05"))[
            "time_window"
        ].outcome
        == "note"
    )


def test_a_time_from_the_name_is_too_old_for_certain_but_never_late_enough_for_certain():
    assert outcomes(photo(source="inferred"))["time_window"].outcome == "note"
    assert outcomes(photo(source="inferred", taken_at="2026-04-01T09:00:00+08:00"))["time_window"].outcome == "bad"


def test_after_rectification_the_day_of_completion_counts():
    closing = replace(SITE, closing=True, completed=parse_date("2026-06-20"))
    assert outcomes(photo(), closing)["time_window"].outcome == "bad"
    assert outcomes(photo(taken_at="2026-06-20T07:00:00+08:00"), closing)["time_window"].outcome == "ok"
    assert outcomes(photo(), replace(closing, completed=None))["time_window"].outcome == "note"


def test_place():
    assert outcomes(photo(lon=-0.1278, lat=51.5074))["place"].outcome == "bad"  # London
    assert outcomes(photo(lat=29.76))["place"].outcome == "bad"  # 2.2 km away
    assert outcomes(photo(source="manual"))["place"].outcome == "note"
    high = Around(altitudes=(310.0, 312.0, 305.0))
    assert outcomes(photo(altitude_m=318.0), around=high)["place"].outcome == "ok"
    assert outcomes(photo(altitude_m=900.0), around=high)["place"].outcome == "warn"
    other = Around(village_here="石坝村")
    assert outcomes(photo(lat=29.78 - 90 / 110860, azimuth=180.0), around=other)["place"].outcome == "warn"
    assert outcomes(photo(azimuth=180.0), around=other)["place"].outcome == "note"  # 30 m away, across the boundary
    assert outcomes(photo(), around=other)["place"].outcome == "note"  # looks across the boundary


def test_azimuth():
    assert outcomes(photo(azimuth=0.0))["azimuth"].outcome == "warn"
    assert outcomes(photo(source="manual"))["azimuth"].outcome == "note"
    magnetic = photo(azimuth=2.05, azimuth_raw=5.0, azimuth_ref="M", declination=-2.95)
    assert "已改正磁偏角 -2.95°" in outcomes(magnetic)["azimuth"].text
    assert outcomes(photo(azimuth_ref="M"))["azimuth"].outcome == "note"


def test_looking_down_has_no_direction():
    above = facts(pitch_deg=-89.0, drone=True)
    assert outcomes(photo(azimuth=180.0, facts=above))["looks_at"].outcome == "ok"
    assert outcomes(photo(lat=29.78 - 80 / 110860, facts=above))["looks_at"].outcome == "warn"
    assert sight(photo(lat=29.78 - 80 / 110860, facts=above), BOX, LIMITS).looks_at is None


# -- the same file, the same picture -----------------------------------------------------------------

FAR = Use("u2", "A2", False, 900.0, 870.0)
NEAR = Use("u3", "A3", True, 40.0, 10.0)


@pytest.mark.parametrize(
    ("item", "uses", "outcome"),
    [
        (photo(), (FAR,), "warn"),  # right here, wrong there
        (photo(azimuth=180.0), (FAR,), "bad"),  # wrong here
        (photo(), (NEAR,), "note"),  # 一举多用
        (photo(azimuth=None), (replace(NEAR, sees=None),), "warn"),
        (photo(lon=None, lat=None), (Use("u2", "A2", None, None, 700.0),), "bad"),  # no view reaches twice 300 m
        (photo(lon=None, lat=None), (Use("u2", "A2", None, None, 500.0),), "warn"),
    ],
)
def test_one_file_for_several_patches(item, uses, outcome):
    check = outcomes(item, around=Around(uses=uses))["same_file"]
    assert check.outcome == outcome
    assert check.patches == tuple(use.patch_id for use in uses)
    assert check.numbers["patches"] == 2


def test_the_same_picture_again():
    def of(item, **more):
        return outcomes(item, around=Around(alikes=(Alike("e2", "b.jpg", "same_picture", 0.98, **more),)))[
            "same_picture"
        ]

    assert of(photo(), uses=(FAR,)).outcome == "bad"
    assert of(photo(), uses=(NEAR,)).outcome == "note"
    assert of(photo(), here=True).outcome == "warn"
    assert of(photo()).outcome == "note"
    forged = of(photo(), here=True, apart_m=2300.0)
    assert (forged.outcome, forged.numbers["apart_m"]) == ("bad", 2300)
    assert "2.3 公里" in forged.text
    assert of(photo(), here=True, seconds=90000.0).outcome == "bad"  # 25 hours
    assert of(photo(), uses=(FAR,)).others == ("e2",)


# -- the file itself ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "outcome", "words"),
    [
        ({"software": "Adobe Photoshop 24.1 (Windows)"}, "warn", "Photoshop"),
        ({"software": "HDR+ 1.0.123"}, "ok", ""),
        ({"software": "今日水印相机"}, "note", "GCJ-02"),
        ({"software": "Microsoft Windows Photo Viewer 6.1"}, "note", "转了方向"),
        ({"modified_at": "2026-06-10T09:31:01+08:00"}, "warn", "61 秒"),
        ({"modified_at": "2026-06-10T09:31:00+08:00"}, "ok", ""),
        ({"history": ["saved Adobe Photoshop", "cropped"]}, "warn", "1 步"),
        ({"history": ["created", "saved"]}, "ok", ""),
        ({"thumb": {"width": 160, "height": 90}}, "warn", "1.78"),  # 16:9 inside a picture of 4:3
        ({"thumb": {"width": 120, "height": 160}}, "note", "转过方向"),
        ({"thumb": {"width": 160, "height": 120, "agrees": 0.31}}, "warn", "0.31"),
    ],
)
def test_edited(more, outcome, words):
    check = outcomes(photo(facts=facts(**more)))["edited"]
    assert check.outcome == outcome
    assert words in check.text


def test_a_preview_with_bars_is_no_crop_for_certain():
    wide = photo(width=4000, height=2250)  # 16:9, the preview is 4:3
    assert outcomes(wide)["edited"].outcome == "note"


def test_without_exif_nothing_can_be_said():
    assert outcomes(photo(facts={"has_exif": False}))["edited"].outcome == "unknown"
    assert outcomes(photo(facts={}))["edited"].outcome == "unknown"


@pytest.mark.parametrize(
    ("more", "outcome", "words"),
    [
        ({"facts": facts(gps_time="2026-06-10T01:39:59+00:00")}, "ok", "599 秒"),
        ({"facts": facts(gps_time="2026-06-10T02:10:00+00:00")}, "warn", "40 分钟"),
        ({"facts": facts(gps_time="2026-06-10T09:30:20+00:00")}, "warn", "8 小时"),
        ({"facts": facts(gps_time="2026-06-07T01:30:00+00:00")}, "bad", "3.0 天"),
        ({"added_at": "2026-06-10T09:00:00+08:00"}, "bad", "晚于入库"),
        ({"facts": {"has_exif": True}}, "unknown", "没有卫星时间"),
        ({"source": "manual"}, "note", "手工"),
    ],
)
def test_clock(more, outcome, words):
    check = outcomes(photo(**more))["clock"]
    assert check.outcome == outcome
    assert words in check.text


def test_gcj02_is_marked():
    assert outcomes(photo(shift="gcj02"))["gcj02"].outcome == "note"
    assert "gcj02" not in outcomes(photo())


# -- sequences ---------------------------------------------------------------------------------------


def shot(number, at, lon=106.75, lat=29.78, azimuth=None, **more) -> Shot:
    return Shot(f"s{number}", f"IMG_{number:04d}.jpg", "HUAWEI", float(at), lon, lat, azimuth, 5.0, **more)


def test_distance_on_the_sphere_is_near_the_geodesic():
    geodesic = pytest.importorskip("geographiclib.geodesic").Geodesic.WGS84
    for other in ((106.75, 29.79), (106.80, 29.78), (107.5, 30.4)):
        exact = geodesic.Inverse(29.78, 106.75, other[1], other[0])["s12"]
        assert metres_between(106.75, 29.78, *other) == pytest.approx(exact, rel=0.005)


def test_speed_between_shots_that_one_phone_numbered():
    # 0.1° of latitude are 11.09 km; in 59 + 1 seconds, 10 m taken off: 664.6 km/h.
    tracks = Tracks([shot(1, 0), shot(2, 59, lat=29.88)])
    (move,) = tracks.moves("s1")
    assert move.km_h == pytest.approx((11086 - 10) / 60 * 3.6, rel=0.005)
    found = outcomes(photo(evidence_id="s1"), around=Around(moves=(move,)))["speed"]
    assert (found.outcome, found.others) == ("bad", ("s2",))
    tracks = Tracks([shot(1, 0), shot(7, 59, lat=29.88)])  # perhaps another phone of the same model
    assert outcomes(photo(), around=Around(moves=tuple(tracks.moves("s1"))))["speed"].outcome == "warn"
    tracks = Tracks([shot(1, 0), shot(2, 600, lat=29.78 + 400 / 110860)])
    assert outcomes(photo(), around=Around(moves=tuple(tracks.moves("s1"))))["speed"].outcome == "ok"


def test_a_compass_that_never_turned():
    places = [29.78, 29.781, 29.782, 29.7821]
    tracks = Tracks([shot(n, 60 * n, lat=lat, azimuth=87.3) for n, lat in enumerate(places)])
    run = tracks.constant("s0", 0.1, 20.0)
    assert (len(run.shots), run.places) == (4, 3)  # the last two are 11 m apart
    assert outcomes(photo(), around=Around(constant=run))["same_azimuth"].outcome == "warn"
    tracks = Tracks([shot(n, 60 * n, lat=lat, azimuth=87.3 + 5 * n) for n, lat in enumerate(places)])
    assert "same_azimuth" not in outcomes(photo(), around=Around(constant=tracks.constant("s0", 0.1, 20.0)))
    tracks = Tracks([shot(n, 60 * n, azimuth=87.3) for n in range(4)])  # a burst at one place
    assert "same_azimuth" not in outcomes(photo(), around=Around(constant=tracks.constant("s0", 0.1, 20.0)))


def test_numbers_that_run_against_time():
    tracks = Tracks([shot(11, 1000), shot(12, 400), shot(13, 2000)])
    assert tracks.misordered("s12").evidence_id == "s11"
    assert tracks.misordered("s11").evidence_id == "s12"
    assert tracks.misordered("s13") is None
    assert outcomes(photo(), around=Around(misordered=tracks.shot("s11")))["clock"].outcome == "warn"


def test_shots_come_and_go():
    tracks = Tracks([shot(1, 0), shot(3, 200)])
    assert tracks.moves("s1")[0].other.evidence_id == "s3"
    tracks.put(shot(2, 100))
    assert tracks.moves("s1")[0].other.evidence_id == "s2"
    tracks.put(shot(2, 900))  # its time was corrected
    assert tracks.moves("s1")[0].other.evidence_id == "s3"
    tracks.drop("s3")
    assert [move.other.evidence_id for move in tracks.moves("s1")] == ["s2"]
    assert tracks.moves("s9") == []


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("IMG_0012.jpg", ("img_", 12)),
        ("DSC00012.JPG", ("dsc", 12)),
        ("IMG_20260610_093000.jpg", None),
        ("0012.jpg", None),
    ],
)
def test_counters(name, found):
    assert counter(name) == found


def test_days_are_those_of_china():
    assert china_day("2026-04-30T17:00:00+00:00") == "2026-05-01"
    assert china_day("2026-05-01") == "2026-05-01"
    assert china_day("2026-05-01T00:10:00") == "2026-05-01"
    assert china_day("昨天") == ""
    assert instant("2026-05-01") is None


# -- whatever comes in -------------------------------------------------------------------------------

ANY_NUMBER = st.one_of(st.none(), st.floats(), st.integers(-(10**6), 10**6))
ANY_TEXT = st.one_of(
    st.none(), st.text(max_size=20), st.sampled_from(["2026-06-10T09:30:00+08:00", "0000-00-00", "2026"])
)


@settings(max_examples=200, deadline=None)
@given(
    lon=ANY_NUMBER,
    lat=ANY_NUMBER,
    azimuth=ANY_NUMBER,
    fov=ANY_NUMBER,
    accuracy=ANY_NUMBER,
    taken=ANY_TEXT,
    after=ANY_TEXT,
    more=st.dictionaries(
        st.sampled_from(["gps_time", "modified_at", "software", "history", "thumb", "pitch_deg", "has_exif", "xmp_tool"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=9), st.lists(st.text(max_size=5)),
                  st.dictionaries(st.sampled_from(["width", "height"]), st.integers(-5, 5))),
    ),
)  # fmt: skip
def test_nothing_that_a_file_says_breaks_a_check(lon, lat, azimuth, fov, accuracy, taken, after, more):
    item = photo(
        lon=lon,
        lat=lat,
        azimuth=azimuth,
        fov_deg=fov,
        accuracy_m=accuracy,
        taken_at=taken,
        added_at=after or "",
        facts=more,
    )
    found = outcomes(item, replace(SITE, image_after=after or ""))
    assert all(check.text and check.outcome in ("ok", "note", "warn", "bad", "unknown") for check in found.values())
