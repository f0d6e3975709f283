"""Scenes laid out with GeographicLib's direct problem; what belongs where is plain by construction."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from geographiclib.geodesic import Geodesic
from shapely.geometry import MultiPolygon, Polygon

from weipian_plugin.core.model import Patch, ReviewStatus
from weipian_plugin.photos.exif import PhotoFacts
from weipian_plugin.photos.matching import MatchSettings, match

EARTH = Geodesic(6378137.0, 1 / 298.257222101)
HOME = (106.7492, 29.7799)


def at(azimuth: float, metres: float, start: tuple[float, float] = HOME) -> tuple[float, float]:
    end = EARTH.Direct(start[1], start[0], azimuth, metres)
    return end["lon2"], end["lat2"]


def patch(patch_id: str, azimuth: float = 0, metres: float = 0, radius: float = 20, **other) -> Patch:
    """A round patch, its centre at a bearing and a distance from HOME."""
    centre = at(azimuth, metres)
    wkb = MultiPolygon([Polygon([at(a, radius, centre) for a in range(0, 360, 5)])]).wkb
    uid = other.pop("patch_uid", f"uid-{patch_id}")
    return Patch(patch_uid=uid, patch_id=patch_id, batch_id="b", wkb=wkb, **other)


def here(azimuth=None, **other) -> PhotoFacts:
    return PhotoFacts(lon=HOME[0], lat=HOME[1], azimuth=azimuth, **other)


def one(name: str, facts: PhotoFacts, *patches: Patch, **limits):
    return match([(Path(name), facts)], patches, MatchSettings(**limits))[0]


NOWHERE = PhotoFacts()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("5001_0007_现场照片_001.jpg", "5001_0007"),
        ("5001_0007.jpg", "5001_0007"),
        ("图斑5001_0007号.JPG", "5001_0007"),
        ("IMG-5001_0007-2.jpg", "5001_0007"),
        ("5002_0007.jpg", None),
        ("x5001_0007.jpg", None),
        ("５００１_０００７.jpg", "5001_0007"),
        ("5001.jpg", "5001"),
        ("5001_2.jpg", "5001"),
        ("ab-12_1.jpg", "AB-12"),
        ("5001_0007/整改后/IMG_1.jpg", "5001_0007"),
        ("图斑/5001_0007/02_现场照片/IMG_1.jpg", "5001_0007"),
        ("5001_0007/5001.jpg", "5001"),
        ("5001_0007.gdb.zip", "5001_0007"),
        ("5001_0007 批文.pdf", "5001_0007"),
        ("IMG_20260501_093015.jpg", None),
    ],
)
def test_ids_in_names_are_whole_tokens_and_the_longest_wins(name, expected) -> None:
    found = one(name, NOWHERE, patch("5001"), patch("5001_0007"), patch("AB-12"))
    assert found.patch_uid == (expected and f"uid-{expected}")
    assert found.reason


def test_a_longer_number_is_another_number() -> None:
    assert one("5001_00071.jpg", NOWHERE, patch("5001_0007")).patch_uid is None
    assert one("15001_0007.jpg", NOWHERE, patch("5001_0007")).patch_uid is None


@pytest.mark.parametrize(("name", "expected"), [("12_1.jpg", "uid-12"), ("IMG_12.jpg", None), ("12/IMG.jpg", "uid-12")])
def test_short_numbers_must_stand_first(name, expected) -> None:
    assert one(name, NOWHERE, patch("12")).patch_uid == expected


def test_a_name_beats_the_position_but_the_contradiction_is_told() -> None:
    far = patch("5001", 90, 4000)
    found = one("5001.jpg", here(90), patch("5002"), far)
    assert found.patch_uid == "uid-5001"
    assert found.confidence == "low"
    assert "4.0 公里" in found.reason
    assert found.distance_m == pytest.approx(3980, abs=1)


def test_two_ids_in_a_name_are_left_to_the_position_or_a_person() -> None:
    near, far = patch("5001"), patch("5002", 0, 2000)
    assert one("5001和5002.jpg", here(), near, far).patch_uid == "uid-5001"
    found = one("5001和5002.jpg", NOWHERE, near, far)
    assert found.patch_uid is None
    assert "5001、5002" in found.reason


def test_an_id_in_two_batches_is_left_to_the_position_or_a_person() -> None:
    old, new = patch("5001", 0, 3000, patch_uid="old"), patch("5001", patch_uid="new")
    assert one("5001.jpg", here(), old, new).patch_uid == "new"
    assert one("5001.jpg", NOWHERE, old, new).patch_uid is None
    void = patch("5001", patch_uid="void", review_status=ReviewStatus.VOID)
    assert one("5001.jpg", NOWHERE, void, new).patch_uid == "new"


def test_a_patch_without_geometry_is_matched_by_name() -> None:
    bare = Patch(patch_uid="u", patch_id="5001", batch_id="b")
    found = one("5001.jpg", here(10), bare)
    assert (found.patch_uid, found.distance_m, found.looks_at) == ("u", None, None)
    assert one("IMG.jpg", here(10), bare).patch_uid is None


def test_the_patch_in_view_beats_the_nearer_one() -> None:
    near, seen = patch("N", 180, 30), patch("S", 0, 60)
    found = one("IMG.jpg", here(0), near, seen)
    assert (found.patch_uid, found.looks_at) == ("uid-S", True)
    assert found.distance_m == pytest.approx(40, abs=0.1)
    assert one("IMG.jpg", here(180), near, seen).patch_uid == "uid-N"


def test_without_a_direction_the_nearer_one() -> None:
    found = one("IMG.jpg", here(), patch("N", 180, 30), patch("S", 0, 60))
    assert (found.patch_uid, found.looks_at, found.confidence) == ("uid-N", None, "low")
    assert found.doubt
    assert found.candidates == ("uid-N", "uid-S")
    assert "没有方位角" in found.reason
    assert "也可能是图斑 S" in found.reason


def test_a_tie_is_left_to_a_person() -> None:
    found = one("IMG.jpg", here(), patch("A", 0, 40), patch("B", 180, 42))
    assert found.patch_uid is None
    assert "A" in found.reason
    assert "B" in found.reason
    assert one("IMG.jpg", here(0), patch("A", 0, 40), patch("B", 180, 42)).patch_uid == "uid-A"


@pytest.mark.parametrize(
    ("metres", "matched", "word"),
    [
        (69, True, "49 米"),
        (72, True, "超过 50 米"),
        (86, False, "存疑"),
        (318, False, "存疑"),
        (325, False, "没有图斑"),
    ],
)
def test_fifty_metres_and_three_hundred(metres, matched, word) -> None:
    # Positions are off by 15 m: up to that beyond the limit a photo is laid, with a mark of doubt.
    found = one("IMG.jpg", here(0), patch("A", 0, metres))
    assert found.doubt is (metres > 70)
    assert found.distance_m is None or found.candidates[0] == "uid-A"
    assert (found.patch_uid is not None) is matched
    assert word in found.reason


def test_the_limits_are_settings() -> None:
    assert one("IMG.jpg", here(0), patch("A", 0, 100), max_distance_m=90).patch_uid == "uid-A"


def test_confidence_in_words() -> None:
    a = patch("A", 0, 40)
    assert one("IMG.jpg", here(0), a).confidence == "high"
    assert one("IMG.jpg", here(0, accuracy_m=35.0), a).confidence == "medium"
    assert one("IMG.jpg", here(180), a).confidence == "low"
    assert one("IMG.jpg", here(0, accuracy_m=400.0), a).patch_uid is None


def test_inside_it_always_looks_there() -> None:
    found = one("IMG.jpg", here(123), patch("A"))
    assert (found.distance_m, found.looks_at, found.confidence) == (0, True, "high")


def test_a_split_parent_and_a_void_patch_take_no_photo_by_position() -> None:
    parent, child = patch("A", radius=40, split_state="parent"), patch("A-1", radius=15, split_state="child")
    void = patch("V", review_status=ReviewStatus.VOID)
    assert one("IMG.jpg", here(0), parent, child, void).patch_uid == "uid-A-1"


@pytest.mark.parametrize(
    ("image", "taken", "noted"),
    [
        ("2026-03-05", "2026-03-04T23:59:00+08:00", True),
        ("2026-03-05", "2026-03-05T00:01:00+08:00", False),
        ("2026-03-05", "2026-03-04T17:00:00+00:00", False),  # 01:00 on the 5th in China
        ("20260305", "2025-12-01T10:00:00+08:00", True),
        ("2026年3月", "2026-02-28T10:00:00+08:00", True),
        ("2026年3月", "2026-03-02T10:00:00+08:00", False),
        (None, "2000-01-01T10:00:00+08:00", False),
        ("春季", "2000-01-01T10:00:00+08:00", False),
        ("2026-03-05", None, False),
    ],
)
def test_a_photo_older_than_the_earlier_image_is_noted(image, taken, noted) -> None:
    found = one("IMG.jpg", here(0, taken_at=taken), patch("A", image_before=image))
    assert ("早于前时相" in found.reason) is noted
    assert found.patch_uid == "uid-A"


def test_a_position_in_gcj02_is_suspected() -> None:
    # 古路镇 (106.7492, 29.7799 shifted): 487.1 m at 127.2°, dossier section 12.
    shifted = at(127.2, 487.1)
    found = one("IMG.jpg", PhotoFacts(lon=shifted[0], lat=shifted[1]), patch("A"))
    assert found.patch_uid is None
    assert "GCJ-02" in found.reason
    assert "GCJ" not in one("IMG.jpg", here(), patch("A", 0, 5000)).reason


def test_a_photo_of_a_shifted_camera_is_not_sure_where_it_lands_by_accident() -> None:
    # Five patches a kilometre apart, each seen from its middle; where the fifth photo lands there is a sixth patch.
    patches = [patch(f"A{n}", 90, 1000 * n) for n in range(5)]
    landing = at(127.2, 487.1, at(90, 4000))
    bearing = EARTH.Inverse(HOME[1], HOME[0], landing[1], landing[0])
    patches.append(patch("B", bearing["azi1"], bearing["s12"]))
    spots = [at(127.2, 487.1, at(90, 1000 * n)) for n in range(5)]
    shots = [
        (Path(f"IMG_{n}x.jpg"), PhotoFacts(lon=lon, lat=lat, azimuth=0, azimuth_ref="T", camera="HONOR"))
        for n, (lon, lat) in enumerate(spots)
    ]
    found = match(shots, patches)
    assert [f.patch_uid for f in found] == [None] * 4 + ["uid-B"]
    assert found[4].doubt
    assert "GCJ-02" in found[4].reason
    alone = match(shots[4:], patches)[0]
    assert (alone.patch_uid, alone.doubt) == ("uid-B", False)


def test_a_clear_photo_of_a_large_patch_is_not_doubted() -> None:
    # Radius 130 m: 5.3 ha. 15 m before its edge, looking at its middle, nothing else far and wide.
    large = patch("A", 0, 145, 130)
    assert not one("IMG.jpg", here(0), large).doubt
    aside = one("IMG.jpg", here(80), large)
    assert aside.patch_uid is None or "请核对" in aside.reason


@pytest.mark.parametrize(
    ("lon", "lat", "azimuth"), [(106.7, 95, 0), (float("nan"), 29, 0), (200, 29, 0), (106.7, None, 0)]
)
def test_a_position_that_is_none_is_not_taken_for_one(lon, lat, azimuth) -> None:
    found = one("IMG.jpg", PhotoFacts(lon=lon, lat=lat, azimuth=azimuth), patch("A"))
    assert found.patch_uid is None
    assert "没有位置" in found.reason
    assert one("IMG.jpg", here(float("nan")), patch("A")).looks_at is None


def test_no_patches_no_photos() -> None:
    assert match([], []) == []
    assert match([(Path("IMG.jpg"), here())], [])[0].patch_uid is None
    assert match([], [patch("A")]) == []


def test_results_keep_the_order_of_the_photos() -> None:
    names = [Path(f"{i:04d}.jpg") for i in (3, 1, 2)]
    assert [m.path for m in match([(n, NOWHERE) for n in names], [patch("0001")])] == names


def test_thousands_by_thousands_are_quick() -> None:
    lon, lat = HOME
    small = 0.0001
    patches = [
        Patch(f"u{i}", f"500112_{i:05d}", "b", MultiPolygon([Polygon(
            [(x, y), (x + small, y), (x + small, y + small), (x, y + small)])]).wkb)
        for i in range(4000)
        for x, y in [(lon + (i % 64) * 0.001, lat + (i // 64) * 0.001)]
    ]  # fmt: skip
    photos = [
        (Path(f"IMG_{i}.jpg"), PhotoFacts(lon=lon + (i % 64) * 0.001 + small / 2, lat=lat + (i // 64) * 0.001 - small, azimuth=0.0))
        for i in range(4000)
    ]  # fmt: skip
    begun = time.perf_counter()
    found = match(photos, patches)
    elapsed = time.perf_counter() - begun
    assert [m.patch_uid for m in found] == [p.patch_uid for p in patches]
    assert elapsed < 30
