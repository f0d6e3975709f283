"""Photos that speak for each other, names of villages, positions that cannot be: what a careful person would do."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon

from weipian_plugin.core.model import Patch
from weipian_plugin.geo.viewcone import look_many, look_pairs
from weipian_plugin.photos.exif import PhotoFacts
from weipian_plugin.photos.matching import Known, MatchSettings, match

EARTH = Geodesic(6378137.0, 1 / 298.257222101)
HOME = (106.7492, 29.7799)


def at(azimuth: float, metres: float, start: tuple[float, float] = HOME) -> tuple[float, float]:
    end = EARTH.Direct(start[1], start[0], azimuth, metres)
    return end["lon2"], end["lat2"]


def patch(patch_id: str, azimuth: float = 0, metres: float = 0, radius: float = 20, start=HOME, **other) -> Patch:
    centre = at(azimuth, metres, start)
    wkb = MultiPolygon([Polygon([at(a, radius, centre) for a in range(0, 360, 5)])]).wkb
    return Patch(patch_uid=f"uid-{patch_id}", patch_id=patch_id, batch_id="b", wkb=wkb, **other)


def shot(second: int = 0, place: tuple[float, float] = HOME, azimuth: float | None = None, **more) -> PhotoFacts:
    taken = f"2026-06-01T10:{second // 60:02d}:{second % 60:02d}+08:00"
    facts = PhotoFacts(taken_at=taken, lon=place[0], lat=place[1], azimuth=azimuth, azimuth_ref="T", camera="K")
    return replace(facts, **more)


NO_PLACE = {"lon": None, "lat": None, "azimuth": None}
#: West and east of the photographer, 10 and 12 m to the edge.
WEST, EAST = patch("W", 270, 30), patch("E", 90, 32)


def run(*facts: PhotoFacts, ground=(WEST, EAST), **more):
    return match([(Path(f"IMG_x{i}.jpg"), f) for i, f in enumerate(facts)], ground, **more)


def test_alone_between_two_patches_nobody_can_say() -> None:
    found = run(shot())[0]
    assert found.patch_uid is None
    assert found.doubt
    assert set(found.candidates) == {"uid-W", "uid-E"}


def test_the_photos_just_before_and_after_say_which() -> None:
    there = at(270, 28)
    before, middle, after = run(shot(0, there, 270.0), shot(25), shot(50, there, 250.0))
    assert (before.patch_uid, middle.patch_uid, after.patch_uid) == ("uid-W",) * 3
    assert "同一相机" in middle.reason


@pytest.mark.parametrize("other", [{"camera": "L"}, {"taken_at": None}, {"taken_at": "2026-06-02T10:00:25+08:00"}])
def test_another_camera_or_another_day_says_nothing(other) -> None:
    there = at(270, 28)
    found = run(shot(0, there, 270.0), replace(shot(25), **other), shot(50, there, 250.0))
    assert found[1].patch_uid is None


def test_a_photo_without_a_place_follows_those_around_it_with_a_doubt() -> None:
    there = at(270, 28)
    found = run(shot(0, there, 270.0), shot(25, **NO_PLACE), shot(50, there, 250.0))[1]
    assert (found.patch_uid, found.confidence, found.doubt) == ("uid-W", "medium", True)
    assert "没有位置" in found.reason
    assert "2 张" in found.reason


def test_a_photo_without_a_place_at_the_end_is_left_with_a_candidate() -> None:
    there = at(270, 28)
    found = run(shot(0, there, 270.0), shot(10, there, 250.0), shot(25, **NO_PLACE))[2]
    assert found.patch_uid is None
    assert found.candidates[0] == "uid-W"


def test_what_chat_programs_saved_follows_nobody() -> None:
    there = at(270, 28)
    for more in ({"source": "inferred"}, {"camera": ""}, {"more": {"taken_from": "name"}}):
        found = run(shot(0, there, 270.0), shot(25, **NO_PLACE, **more), shot(50, there, 250.0))[1]
        assert found.patch_uid is None
        assert found.candidates == ()


def test_between_two_different_patches_it_stays_open() -> None:
    far = patch("F", 90, 250)
    found = run(
        shot(0, at(270, 28), 270.0), shot(120, **NO_PLACE), shot(240, at(90, 245), 90.0), ground=(WEST, EAST, far)
    )
    assert found[0].patch_uid == "uid-W"
    assert found[2].patch_uid == "uid-F"
    assert found[1].patch_uid is None


def test_a_name_speaks_for_its_neighbours_and_a_known_photo_too() -> None:
    facts = [shot(0), shot(30)]
    named = match([(Path("E.jpg"), facts[0]), (Path("IMG_x.jpg"), facts[1])], [WEST, EAST])
    assert [m.patch_uid for m in named] == ["uid-E", "uid-E"]
    known = run(facts[1], known=[Known(facts[0], ("uid-E",)), Known(shot(60), ("uid-E", "gone"))])
    assert known[0].patch_uid == "uid-E"


def test_two_phones_of_one_model_do_not_mix() -> None:
    away = patch("A", 0, 4000)
    there, here = at(0, 3975), at(270, 28)
    found = run(
        shot(0, here, 270.0), shot(5, there, 0.0), shot(20), shot(22, there, 0.0), shot(40, here, 250.0),
        ground=(WEST, EAST, away),
    )  # fmt: skip
    assert [m.patch_uid for m in found] == ["uid-W", "uid-A", "uid-W", "uid-A", "uid-W"]


def test_a_clock_that_stands_still_says_nothing() -> None:
    there = at(270, 28)
    found = run(*[shot(0, there, 270.0) for _ in range(8)], shot(0))
    assert found[-1].patch_uid is None


def test_photos_of_a_stream_without_order_are_not_bound_together() -> None:
    # Thirty patches 100 m apart, one clear photo of each in random order within seconds.
    ground = [patch(f"{i:04d}", 90, 100 * i) for i in range(30)]
    order = np.random.default_rng(1).permutation(30)
    found = run(*[shot(4 * n, at(180, 30, at(90, 100 * int(i))), 0.0) for n, i in enumerate(order)], ground=ground)
    assert [m.patch_uid for m in found] == [f"uid-{i:04d}" for i in order]


def test_the_small_patch_before_the_lens_and_not_the_large_one_behind_it() -> None:
    ground = [patch("S", 0, 25, 8), patch("L", 0, 140, 90)]
    found = run(shot(azimuth=0.0), ground=ground)[0]
    assert found.patch_uid == "uid-S"
    assert run(shot(azimuth=180.0, place=at(0, 140)), ground=ground)[0].patch_uid == "uid-L"


def test_the_village_in_a_folder_name_decides_between_two() -> None:
    ground = [replace(WEST, village_name="柏树村"), replace(EAST, village_name="吉星村")]
    for folder, expected in (("吉星村", "uid-E"), ("0601柏树", "uid-W"), ("照片", None), ("柏树和吉星", None)):
        found = match([(Path(f"{folder}/IMG_x.jpg"), shot())], ground)[0]
        assert found.patch_uid == expected
    far = match([(Path("吉星村/IMG_x.jpg"), PhotoFacts())], ground)[0]
    assert far.patch_uid is None
    assert far.candidates == ("uid-E",)
    assert "吉星村" in far.reason


def test_names_besides_the_path_are_read_after_it() -> None:
    path = Path("x/IMG_x.jpg")
    assert match([(path, shot())], [WEST, EAST], hints={path: "E.zip/IMG_x.jpg"})[0].patch_uid == "uid-E"
    path = Path("W/IMG_x.jpg")
    assert match([(path, shot())], [WEST, EAST], hints={path: "E.zip/IMG_x.jpg"})[0].patch_uid == "uid-W"


@pytest.mark.parametrize(("metres", "laid", "confidence"), [(4900, True, "low"), (5200, False, "")])
def test_a_name_against_a_far_position(metres, laid, confidence) -> None:
    found = match([(Path("W.jpg"), shot(place=at(0, metres)))], [WEST, EAST])[0]
    assert (found.patch_uid == "uid-W") is laid
    assert found.confidence == confidence
    assert found.doubt
    assert found.candidates == ("uid-W",)
    assert "文件名里有图斑编号 W" in found.reason
    assert "公里" in found.reason


def test_a_name_and_a_position_at_another_patch_offers_both() -> None:
    ground = [patch("5001", 0, 900), patch("5002", 0, 30)]
    found = match([(Path("5001.jpg"), shot(azimuth=0.0))], ground)[0]
    assert (found.patch_uid, found.confidence, found.doubt) == ("uid-5001", "low", True)
    assert found.candidates == ("uid-5001", "uid-5002")


def test_a_photo_from_another_country_says_how_far() -> None:
    found = run(shot(place=(12.4964, 41.9028)))[0]  # Rome
    line = EARTH.Inverse(41.9028, 12.4964, HOME[1], HOME[0])["s12"] / 1000
    assert found.patch_uid is None
    assert found.candidates == ()
    assert "不在本地" in found.reason
    said = float(found.reason.split("在 ")[1].split(" 公里")[0].replace(",", ""))
    assert said == pytest.approx(line, rel=0.005)


@pytest.mark.parametrize(("accuracy", "laid", "doubt"), [(5, True, False), (30, True, True), (51, False, True)])
def test_a_bad_position_is_never_sure(accuracy, laid, doubt) -> None:
    found = run(shot(azimuth=270.0, accuracy_m=float(accuracy)), ground=(WEST,))[0]
    assert (found.patch_uid is not None, found.doubt) == (laid, doubt)
    assert found.candidates == ("uid-W",)


def test_without_a_mark_of_doubt_the_confidence_is_not_low_and_the_other_way_round() -> None:
    for facts in (shot(azimuth=270.0), shot(azimuth=90.0), shot(), shot(accuracy_m=40.0, azimuth=270.0)):
        found = run(facts, ground=(WEST,))[0]
        assert found.doubt or found.confidence != "low"
        assert not found.doubt or found.confidence != "high"


def test_many_looks_at_once_are_those_of_one_by_one() -> None:
    rng = np.random.default_rng(4)
    lons, lats = rng.uniform(100, 120, 40), rng.uniform(20, 50, 40)
    azimuths = np.where(rng.random(40) < 0.2, np.nan, rng.uniform(0, 360, 40))
    halves = np.where(rng.random(40) < 0.1, 200.0, rng.uniform(10, 60, 40))
    shapes = np.empty(40, dtype=object)
    for i in range(40):
        centre = at(rng.uniform(0, 360), rng.uniform(0, 350), (lons[i], lats[i]))
        shapes[i] = Polygon([at(a, rng.uniform(5, 50), centre) for a in range(0, 360, 30)])
    shapes[3] = Polygon()
    many = look_pairs(lons, lats, azimuths, halves, shapes)
    for i, seen in enumerate(many):
        azimuth = None if np.isnan(azimuths[i]) else azimuths[i]
        one = look_many(lons[i], lats[i], azimuth, [shapes[i]], half_angle=halves[i])[0]
        assert seen.looks_at is one.looks_at
        assert seen.distance_m == pytest.approx(one.distance_m)
        assert seen.bearing == pytest.approx(one.bearing, nan_ok=True)
    assert look_pairs(lons[:0], lats[:0], azimuths[:0], halves[:0], shapes[:0]) == []
    with pytest.raises(ValueError, match="not a position"):
        look_pairs(np.array([np.nan]), np.array([0.0]), np.array([0.0]), np.array([30.0]), shapes[:1])


spots = st.tuples(st.floats(0, 359), st.floats(1, 120), st.one_of(st.none(), st.floats(0, 359)), st.integers(0, 600))
TOWN = [patch(f"{i:02d}", 60 * i, 55, 8 + 3 * i) for i in range(6)]


def scene(drawn, start=HOME) -> list[tuple[Path, PhotoFacts]]:
    return [
        (Path(f"IMG_x{n}.jpg"), shot(second, at(way, far, start), azimuth)) for n, (way, far, azimuth, second) in
        enumerate(drawn)
    ]  # fmt: skip


def apart(a, b) -> float:
    """Metres between two drawn spots."""
    (lon, lat), (other, high) = at(a[0], a[1]), at(b[0], b[1])
    return EARTH.Inverse(lat, lon, high, other)["s12"]


@settings(deadline=None, max_examples=40)
@given(st.lists(spots, min_size=1, max_size=8, unique=True), st.randoms(use_true_random=False))
def test_the_order_of_photos_and_patches_changes_nothing(drawn, rng) -> None:
    photos, ground = scene(drawn), list(TOWN)
    before = {m.path: (m.patch_uid, m.confidence, m.doubt, m.candidates[:1]) for m in match(photos, ground)}
    rng.shuffle(photos)
    rng.shuffle(ground)
    after = match(photos, ground)
    for found in after:
        was = before[found.path]
        if found.probability is None or abs(found.probability - 0.5) > 1e-6:  # an exact tie may be named either way
            assert (found.patch_uid, found.confidence, found.doubt, found.candidates[:1]) == was


@settings(deadline=None, max_examples=25)
@given(st.lists(spots, min_size=1, max_size=6), st.floats(75, 130), st.floats(-45, 53))
def test_the_place_on_earth_changes_nothing(drawn, lon, lat) -> None:
    # Between 60 m + 15 m/s and more lies the jump to another phone: right on it either side may win.
    pairs = [(a, b) for a in drawn for b in drawn if a is not b]
    assume(all(abs(apart(a, b) - 60 - 15 * abs(a[3] - b[3])) > 0.5 for a, b in pairs))
    start = (lon, lat)
    moved = [patch(f"{i:02d}", 60 * i, 55, 8 + 3 * i, start=start) for i in range(6)]
    limits = MatchSettings(likely=0.6)
    here, there = match(scene(drawn), TOWN, limits), match(scene(drawn, start), moved, limits)
    for a, b in zip(here, there):
        if a.probability is not None and b.probability is not None:
            assert b.probability == pytest.approx(a.probability, abs=0.05)  # rays that just meet a corner jump


def test_ten_thousand_photos_are_quick() -> None:
    ground = [
        patch(f"{n:05d}", 0, 0, 12, start=(106.6 + 0.0006 * (n % 60), 29.7 + 0.0006 * (n // 60))) for n in range(1200)
    ]
    facts = [
        shot(n % 3000, (106.6 + 0.0006 * (n % 60), 29.7 + 0.0006 * (n % 1200 // 60) - 0.0002), 0.0, camera=f"K{n % 7}")
        for n in range(2000)
    ]
    begun = time.perf_counter()
    found = run(*facts, ground=ground)
    assert time.perf_counter() - begun < 20
    assert sum(m.patch_uid == f"uid-{n % 1200:05d}" for n, m in enumerate(found)) > 1900


@pytest.mark.filterwarnings("error")
def test_odd_boundaries_stop_nothing() -> None:
    bow = Polygon([at(0, 10), at(90, 10), at(180, 10), at(45, 40)])
    needle = Polygon([at(90, 5), at(90.01, 60), at(90.02, 5)])
    dot = Polygon([at(10, 20), at(10, 20.001), at(10.001, 20.0005)])
    ring = Polygon([at(a, 60) for a in range(0, 360, 10)], [[at(a, 40) for a in range(0, 360, 10)]])
    vast = Polygon([at(a / 20, 3000 + 5 * (a % 7)) for a in range(7200)])
    for n, odd in enumerate((bow, needle, dot, ring, vast)):
        ground = [Patch(f"u{n}", f"5001{n:03d}", "b", wkb=MultiPolygon([odd]).wkb), EAST]
        found = run(shot(azimuth=80.0), shot(30), ground=ground)
        assert {m.patch_uid for m in found} <= {f"u{n}", "uid-E", None}
        assert all(m.reason for m in found)


def test_a_hole_is_not_the_patch() -> None:
    # Standing in the hole of a ring-shaped patch, another one within reach inside it.
    ring = Polygon([at(a, 120) for a in range(0, 360, 10)], [[at(a, 90) for a in range(0, 360, 10)]])
    ground = [Patch("ring", "5001000", "b", wkb=MultiPolygon([ring]).wkb), patch("5001001", 0, 15, 12)]
    assert run(shot(azimuth=0.0), ground=ground)[0].patch_uid == "uid-5001001"
