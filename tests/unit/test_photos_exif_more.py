"""What else a photo says: angle of view, heights, times in names, XMP, HEIC, odd blocks; written by our own hand."""

from __future__ import annotations

import json
import random
import struct
import sys
import time
from pathlib import Path

import piexif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import bench_exif_fuzz  # noqa: E402 - only now on the path
import exif_blocks as blocks  # noqa: E402

from weipian_plugin.core.errors import WeipianError  # noqa: E402
from weipian_plugin.photos.container import inspect  # noqa: E402
from weipian_plugin.photos.exif import read_photo  # noqa: E402
from weipian_plugin.photos.source import Source  # noqa: E402

REAL = ROOT.parent / "shared" / "realdata" / "photos"
LATITUDE = ((29, 1), (46, 1), (4764, 100))  # 29.7799
LONGITUDE = ((106, 1), (44, 1), (5712, 100))  # 106.7492
FIX = {1: b"N", 2: LATITUDE, 3: b"E", 4: LONGITUDE}
XAP = b"http://ns.adobe.com/xap/1.0/\0"


def dump(gps=None, exif=None, zeroth=None) -> bytes:
    return piexif.dump({"0th": zeroth or {}, "Exif": exif or {}, "GPS": gps or {}})[6:]


def read(data: bytes, name: str = "a.jpg", declination=None):
    return read_photo(Path(name), declination, data=data)


def said(facts, word: str) -> bool:
    return any(word in note for note in facts.notes)


# -- angle of view ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("focal35", "size", "orientation", "expected"),
    [
        # Tables of lenses on 36 x 24 mm: horizontal and vertical angle of view.
        (28, (3000, 2000), 1, 65.5),
        (28, (3000, 2000), 6, 46.4),
        (50, (3000, 2000), 1, 39.6),
        (50, (3000, 2000), 8, 27.0),
        (24, (3000, 2000), 3, 73.7),
        # 4:3 has the diagonal of 36 x 24 (43.267 mm): 34.613 x 25.960 mm; 2 atan(34.613 / 52), 2 atan(25.960 / 52).
        (26, (4000, 3000), 1, 67.3),
        (26, (4000, 3000), 6, 53.1),
        (26, (3000, 4000), 1, 53.1),
        # 16:9: 37.711 x 21.212 mm; 2 atan(37.711 / 52).
        (26, (1600, 900), 1, 71.9),
        (0, (4000, 3000), 1, None),
        (26, (9000, 2000), 1, None),
    ],
)
def test_the_angle_across_the_upright_picture(focal35, size, orientation, expected) -> None:
    exif = {0xA405: focal35, 0x920A: (558, 100)}
    facts = read(blocks.picture(dump(exif=exif, zeroth={0x112: orientation}), size=size))
    assert facts.fov_deg == (None if expected is None else pytest.approx(expected, abs=0.06))


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((3000, 2000), 65.5),
        ((1500, 1000), 65.5),  # made smaller
        ((2000, 3000), 46.4),  # turned upright by a program
        ((2000, 2000), None),  # cut: the angle is smaller by an unknown part
    ],
)
def test_a_picture_that_was_cut_has_no_known_angle(size, expected) -> None:
    block = dump(exif={0xA405: 28, 0xA002: 3000, 0xA003: 2000})
    facts = read(blocks.picture(block, size=size))
    assert facts.fov_deg == (None if expected is None else pytest.approx(expected, abs=0.06))


def test_the_angle_from_the_size_of_the_sensor() -> None:
    """22.2 x 14.8 mm (APS-C), 5184 x 3456 pixels, 22 mm: 2 atan(22.2 / 44) = 53.5 degrees."""
    density = (round(5184 / 22.2 * 25.4 * 1000), 1000)
    exif = {0x920A: (22, 1), 0xA002: 5184, 0xA003: 3456, 0xA20E: density, 0xA20F: density, 0xA210: 2}
    facts = read(blocks.picture(dump(exif=exif), size=(5184, 3456)))
    assert facts.fov_deg == pytest.approx(53.5, abs=0.1)
    assert facts.more["focal_mm"] == 22


# -- heights, speeds, satellites ------------------------------------------------------------------------
@pytest.mark.parametrize(("ref", "expected"), [(0, 261.8), (1, -261.8), (None, 261.8)])
def test_heights(ref, expected) -> None:
    gps = {**FIX, 6: (2618, 10), **({} if ref is None else {5: ref})}
    assert read(blocks.picture(dump(gps))).altitude_m == pytest.approx(expected)


@pytest.mark.parametrize(("ref", "expected"), [(b"K", 36.0), (b"M", 57.936384), (b"N", 66.672)])
def test_speeds_in_kilometres_an_hour(ref, expected) -> None:
    facts = read(blocks.picture(dump({**FIX, 12: ref, 13: (36, 1), 11: (12, 10)})))
    assert facts.more["speed_kmh"] == pytest.approx(expected)
    assert facts.more["dop"] == pytest.approx(1.2)


def test_both_azimuths_are_kept() -> None:
    block = dump({**FIX, 16: b"M", 17: (10, 1)})
    facts = read(blocks.picture(block), declination=-2.95)
    assert (facts.azimuth, facts.azimuth_raw, facts.declination) == (pytest.approx(7.05), 10.0, -2.95)
    facts = read(blocks.picture(block))
    assert (facts.azimuth, facts.azimuth_raw, facts.declination) == (10.0, 10.0, None)
    assert said(facts, "未作磁偏角改正")
    facts = read(blocks.picture(dump({**FIX, 16: b"T", 17: (10, 1)})), declination=-2.95)
    assert (facts.azimuth, facts.azimuth_raw, facts.declination) == (10.0, 10.0, None)


def test_a_direction_of_travel_is_no_direction_of_view() -> None:
    facts = read(blocks.picture(dump({**FIX, 14: b"T", 15: (90, 1)})))
    assert facts.azimuth is None
    assert facts.more["azimuth_from"] == "gpstrack"
    assert said(facts, "行进方向")


def test_a_position_of_the_network_is_said_to_be_coarse() -> None:
    facts = read(blocks.picture(dump({**FIX, 27: b"ASCII\0\0\0CELLID"})))
    assert facts.lon == pytest.approx(106.7492)
    assert said(facts, "基站")


# -- times ----------------------------------------------------------------------------------------------
def test_all_the_times_of_a_photo() -> None:
    exif = {0x9003: b"2026:05:01 09:30:15", 0x9291: b"123456", 0x9004: b"2026:05:01 09:30:16"}
    gps = {**FIX, 29: b"2026:05:01", 7: ((1, 1), (30, 1), (14, 1))}
    facts = read(blocks.picture(dump(gps, exif, {0x132: b"2026:06:02 10:00:00", 0x131: b"Adobe Photoshop 24.0"})))
    assert facts.taken_at == "2026-05-01T09:30:15+08:00"
    assert facts.more["offset_assumed"] is True
    assert facts.more["digitized_at"] == "2026-05-01T09:30:16+08:00"
    assert facts.more["modified_at"] == "2026-06-02T10:00:00+08:00"
    assert facts.more["gps_time"] == "2026-05-01T01:30:14+00:00"
    assert facts.more["software"] == "Adobe Photoshop 24.0"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (b"2026:05:01 09:30:15.123", "2026-05-01T09:30:15+08:00"),
        (b"2026:05:01 09:30:15+09:00", "2026-05-01T09:30:15+09:00"),
        (b"2026:05:01 25:30:15", None),
    ],
)
def test_times_as_programs_write_them(written, expected) -> None:
    assert read(blocks.picture(dump(exif={0x9003: written}))).taken_at == expected


# `date -u -d @1777599015` is 2026-05-01 01:30:15, 09:30:15 in Beijing.
@pytest.mark.parametrize(
    ("name", "expected", "word"),
    [
        ("mmexport1777599015000.jpg", "2026-05-01T09:30:15+08:00", "微信"),
        ("wx_camera_1777599015000.jpg", "2026-05-01T09:30:15+08:00", "微信相机"),
        ("1777599015000.jpg", "2026-05-01T09:30:15+08:00", "毫秒"),
        ("微信图片_20260501093015.jpg", "2026-05-01T09:30:15+08:00", "保存时间"),
        ("微信图片_20260501093015(2).jpg", "2026-05-01T09:30:15+08:00", "微信"),
        ("IMG_20260501_093015.jpg", "2026-05-01T09:30:15+08:00", "文件名"),
        ("IMG_20260501_093015123.jpg", "2026-05-01T09:30:15+08:00", "文件名"),
        ("IMG20260501093015.jpg", "2026-05-01T09:30:15+08:00", "文件名"),
        ("PXL_20260501_013015123.jpg", "2026-05-01T09:30:15+08:00", "文件名"),
        ("Screenshot_2026-05-01-09-30-15.png", "2026-05-01T09:30:15+08:00", "截屏"),
        ("今日水印相机_20260501093015.jpg", "2026-05-01T09:30:15+08:00", "水印"),
        ("2026-05-01 09.30.15.jpg", "2026-05-01T09:30:15+08:00", "文件名"),
        ("50011220260501093015.jpg", None, ""),  # a number of a patch
        ("5001122026050109301512.jpg", None, ""),
        ("IMG_20261301_093015.jpg", None, ""),
        ("IMG_20260230_093015.jpg", None, ""),
        ("IMG_0042.jpg", None, ""),
    ],
)
def test_times_in_names_are_inferred(name, expected, word) -> None:
    facts = read(blocks.picture(b""), name)
    assert facts.taken_at == expected
    assert facts.source == ("inferred" if expected else "exif")
    assert facts.more.get("taken_from") == ("name" if expected else None)
    assert not word or said(facts, word)


def test_a_name_is_not_believed_over_the_camera() -> None:
    facts = read(blocks.picture(dump(exif={0x9003: b"2026:05:01 09:30:15"})), "IMG_20240101_000000.jpg")
    assert facts.taken_at == "2026-05-01T09:30:15+08:00"
    assert "taken_from" not in facts.more


# -- odd blocks ----------------------------------------------------------------------------------------------
def own(gps, exif=(), zeroth=(), **options) -> bytes:
    return blocks.write("<", list(zeroth), list(exif), list(gps), **options)[0]


def gps_entries(order: str = "<", **changes):
    entries = {
        "ns": (1, *blocks.text("N")),
        "lat": (2, blocks.RATIONAL, 3, blocks.rationals(order, *LATITUDE)),
        "ew": (3, *blocks.text("E")),
        "lon": (4, blocks.RATIONAL, 3, blocks.rationals(order, *LONGITUDE)),
        **changes,
    }
    return [entry for entry in entries.values() if entry]


def test_a_short_pointer_to_the_gps_directory() -> None:
    assert read(blocks.picture(own(gps_entries(), pointer=blocks.SHORT))).lon == pytest.approx(106.7492)


def test_one_damaged_tag_does_not_cost_the_position() -> None:
    broken = (17, blocks.DOUBLE, 1, b"")  # a value that lies nowhere
    block = own(gps_entries(direction=broken), [(0x9003, blocks.FLOAT, 5, b"\0" * 20)])
    facts = read(blocks.picture(block))
    assert facts.lon == pytest.approx(106.7492)
    assert facts.azimuth is None
    assert facts.taken_at is None


def test_counts_and_offsets_out_of_the_block() -> None:
    huge = (17, blocks.RATIONAL, 1 << 28, struct.pack("<I", 0xFFFFFFF0))
    facts = read(blocks.picture(own(gps_entries(direction=huge))))
    assert (facts.lon, facts.azimuth) == (pytest.approx(106.7492), None)


def test_a_wrong_mark_of_byte_order() -> None:
    block = bytearray(blocks.write(">", [(0x10F, *blocks.text("HUAWEI"))], [], gps_entries(">"))[0])
    block[:2] = b"II"
    facts = read(blocks.picture(bytes(block)))
    assert facts.lon == pytest.approx(106.7492)
    assert said(facts, "字节顺序")


def test_coordinates_in_a_comment_are_no_position() -> None:
    comment = (0x9286, blocks.UNDEFINED, 40, b"ASCII\0\0\0lat=29.77 lon=106.74".ljust(40))
    facts = read(blocks.picture(own([], [comment, (0x9003, *blocks.text("2026:05:01 09:30:15"))])))
    assert facts.lon is None
    assert said(facts, "没有 GPS 位置")


@pytest.mark.parametrize("inside", ["ifd", "word"])
def test_a_position_in_the_makers_bytes_is_said_but_not_taken(inside) -> None:
    hidden = blocks.write("<", [], [], gps_entries())[0] if inside == "ifd" else b"\0\1{gpsLatitude:29.7}"
    note = (0x927C, blocks.UNDEFINED, len(hidden), hidden)
    time_tag = (0x9003, *blocks.text("2026:05:01 09:30:15"))
    facts = read(blocks.picture(own([], [note, time_tag])))
    assert facts.lon is None
    assert facts.more["maker_position"] is True
    assert said(facts, "厂商私有信息")
    plain = (0x927C, blocks.UNDEFINED, 40, bytes(range(40)))
    assert "maker_position" not in read(blocks.picture(own([], [plain, time_tag]))).more


def test_several_app1_and_exif_behind_other_segments() -> None:
    block = dump(FIX)
    first = blocks.picture(b"", XAP + b"<x/>", b"Exif\0\0", b"Exif\0\0" + block)
    assert read(first).lon == pytest.approx(106.7492)
    icc = b"\xff\xe2" + struct.pack(">H", 60002) + b"\0" * 60000
    late = b"\xff\xd8" + icc * 3 + blocks.picture(block)[2:]
    assert read(late).lon == pytest.approx(106.7492)


def test_garbage_between_segments_is_skipped_as_decoders_do() -> None:
    whole = blocks.picture(dump(FIX))
    facts = read(whole[:2] + b"\0\1\2\xff\0garbage" + whole[2:])
    assert (facts.lon, facts.width) == (pytest.approx(106.7492), 4000)


def test_loops_of_directories_end() -> None:
    block = bytearray(own(gps_entries(), zeroth=[(0x112, blocks.SHORT, 1, b"\1\0")]))
    count = struct.unpack_from("<H", block, 8)[0]
    struct.pack_into("<I", block, 10 + 12 * count, 8)  # the next directory is the first one
    started = time.perf_counter()
    assert read(blocks.picture(bytes(block))).lon == pytest.approx(106.7492)
    assert time.perf_counter() - started < 0.5


def test_the_size_of_the_preview() -> None:
    block = blocks.write(
        "<", [(0x112, blocks.SHORT, 1, b"\1\0")], [], gps_entries(), blocks.picture(b"", size=(160, 120))
    )[0]
    assert read(blocks.picture(block)).more["thumb"] == {"width": 160, "height": 120}


def test_a_photo_that_says_nothing_is_told_like_one_without_exif() -> None:
    facts = read(blocks.picture(dump(zeroth={0x112: 6})))
    assert (facts.orientation, len(facts.notes)) == (6, 1)
    assert said(facts, "原图")


# -- speed and the fuzz ---------------------------------------------------------------------------------------
def test_only_the_head_and_the_end_of_a_file_are_read(tmp_path, monkeypatch) -> None:
    whole = blocks.picture(dump(FIX))
    path = tmp_path / "large.jpg"
    path.write_bytes(whole[:-2] + b"\x11" * 8_000_000 + b"\xff\xd9")
    taken = []
    plain = Source.at
    monkeypatch.setattr(Source, "at", lambda self, place, size: taken.append(place) or plain(self, place, size))
    assert read_photo(path).lon == pytest.approx(106.7492)
    assert all(place < 100_000 or place > 7_900_000 for place in taken)


def test_the_end_is_found_before_an_appended_film() -> None:
    whole = blocks.picture(dump(FIX))
    assert inspect(Source.of(whole + b"\0" * 200_000)).complete
    assert not inspect(Source.of(whole[:-2] + b"\0" * 200_000)).complete


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_damaged_blocks_give_facts_or_a_sentence(seed) -> None:
    _what, name, data, truth = blocks.made(random.Random(seed))  # noqa: S311 - no secrets
    facts = None
    try:
        facts = read(data, name)
    except WeipianError as error:
        refused = error.code
    if facts is None:
        assert refused == "E_PHOTO_UNREADABLE"
        assert truth is None
        return
    assert not bench_exif_fuzz.nonsense(facts)
    assert truth is None or bench_exif_fuzz.exact(facts, truth)


@pytest.mark.skipif(not REAL.is_dir(), reason="real photos (shared/realdata/photos) are not here")
def test_real_photos_say_more() -> None:
    """Values that exiftool prints for these files (truth.json) or their makers publish."""
    truth = json.loads((REAL / "truth.json").read_text("utf-8"))
    for name, expected in truth.items():
        facts = read_photo(REAL / name)
        assert read_photo(REAL / name, data=(REAL / name).read_bytes()) == facts
        assert facts.azimuth_raw == (
            pytest.approx(expected["img_direction"], abs=1e-6) if "img_direction" in expected else None
        )
    # 28 mm equivalent, 4:3: 2 atan(34.613 / 56).
    assert read_photo(REAL / "iphone7_grandcanyon_M290.jpg").fov_deg == pytest.approx(63.4, abs=0.1)


@pytest.mark.parametrize("kind", ["ff00", "empty segments", "iloc", "ispe", "boxes", "chunks"])
def test_forged_files_are_told_at_once(kind) -> None:
    """Each would take minutes if nothing were bounded."""
    name = "a.jpg"
    if kind == "ff00":
        data = b"\xff\xd8" + b"\xff\0" * 4_000_000
    elif kind == "empty segments":
        data = b"\xff\xd8" + b"\xff\xe1\0\x02" * 1_000_000
    elif kind == "chunks":
        name, data = (
            "a.png",
            b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x0dIHDR" + b"\0\0\0\1" * 2 + b"\0" * 9 + b"\0" * 12_000_000,
        )
    else:
        # Fields of no size: 65 535 items of 65 535 extents in a quarter of a megabyte.
        iloc = b"\1\0\0\0\0\0" + b"\xff\xff" + b"\0\1\0\0\0\0\xff\xff" * 32_000
        inside = b"\0\0\0\0" + struct.pack(">I", len(iloc) + 8) + b"iloc" + iloc
        inside = b"\0" * 4 + b"ispe" * 1_000_000 if kind == "ispe" else inside
        inside = b"\0" * 4 + b"\0\0\0\x08free" * 500_000 if kind == "boxes" else inside
        data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + struct.pack(">I", len(inside) + 8) + b"meta" + inside
        name = "a.heic"
    started = time.perf_counter()
    try:
        read(data, name)
    except WeipianError as error:
        assert error.code == "E_PHOTO_UNREADABLE"  # noqa: PT017 - a sentence is as good as facts
    assert time.perf_counter() - started < 2
