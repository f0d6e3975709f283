"""Photos made here with piexif, and real ones read by exiftool where they are present."""

from __future__ import annotations

import io
import json
import struct
import sys
from pathlib import Path

import piexif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.hashing import file_sha256
from weipian_plugin.photos.exif import PHOTO_SUFFIXES, is_photo, read_photo
from weipian_plugin.photos.thumbs import embedded_thumbnail

REAL = Path(__file__).parents[3] / "shared" / "realdata" / "photos"
GPS = piexif.GPSIFD
#: 29°46'47.64" N, 106°44'57.12" E = 29.7799, 106.7492.
FIX = {
    GPS.GPSLatitudeRef: b"N",
    GPS.GPSLatitude: ((29, 1), (46, 1), (4764, 100)),
    GPS.GPSLongitudeRef: b"E",
    GPS.GPSLongitude: ((106, 1), (44, 1), (5712, 100)),
}
AIM = {GPS.GPSImgDirectionRef: b"T", GPS.GPSImgDirection: (12725, 100)}
TIME = {piexif.ExifIFD.DateTimeOriginal: b"2026:05:01 09:30:15", piexif.ExifIFD.OffsetTimeOriginal: b"+08:00"}


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **options) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (90, 120, 60)).save(out, kind, **options)
    return out.getvalue()


def photo(tmp_path: Path, gps=None, exif=None, zeroth=None, name: str = "IMG_1.jpg") -> Path:
    path = tmp_path / name
    block = piexif.dump({"0th": zeroth or {}, "Exif": exif or {}, "GPS": gps or {}})
    path.write_bytes(picture(exif=block))
    return path


def said(facts, word: str) -> bool:
    return any(word in note for note in facts.notes)


def read_or_refuse(path: Path):
    """Facts, or None for E_PHOTO_UNREADABLE; any other error is a failure."""
    try:
        return read_photo(path)
    except WeipianError as error:
        if error.code != "E_PHOTO_UNREADABLE":
            raise
        return None


def test_everything_a_phone_writes(tmp_path) -> None:
    zeroth = {piexif.ImageIFD.Make: b"HUAWEI", piexif.ImageIFD.Model: b"P60", piexif.ImageIFD.Orientation: 6}
    facts = read_photo(photo(tmp_path, {**FIX, **AIM, GPS.GPSHPositioningError: (65, 10)}, TIME, zeroth))
    assert facts.taken_at == "2026-05-01T09:30:15+08:00"
    assert (facts.lon, facts.lat) == (pytest.approx(106.7492, abs=1e-9), pytest.approx(29.7799, abs=1e-9))
    assert (facts.azimuth, facts.azimuth_ref) == (pytest.approx(127.25), "T")
    assert facts.accuracy_m == pytest.approx(6.5)
    assert (facts.orientation, facts.camera, facts.width, facts.height) == (6, "HUAWEI P60", 40, 30)
    assert facts.source == "exif"
    assert facts.notes == ()


@pytest.mark.parametrize(
    ("ref", "value", "declination", "azimuth", "kept_ref", "note"),
    [
        (b"T", (0, 1), 0, 0.0, "T", None),
        (b"M", (0, 1), 0, 0.0, "M", "磁北"),
        (b"M", (10, 1), -2.95, 7.05, "M", "-2.95"),
        (b"M", (1, 1), -2.95, 358.05, "M", "磁偏角"),
        (b"T", (10, 1), -2.95, 10.0, "T", None),
        (b"T", (360, 1), 0, 0.0, "T", None),
        (None, (0, 1), 0, None, None, "多半是没有测得"),
        (None, (0, 5), 0, None, None, "多半是没有测得"),
        (b"X", (0, 1), 0, None, None, "多半是没有测得"),
        (None, (90, 1), 0, 90.0, None, "没有注明真北还是磁北"),
        (b"T", (90, 0), 0, None, None, "无效"),
        (b"T", (0, 0), 0, None, None, "无效"),
        (b"T", (36001, 100), 0, None, None, "无效"),
        (b"T", (4294967295, 1), 0, None, None, "无效"),
    ],
)
def test_directions(tmp_path, ref, value, declination, azimuth, kept_ref, note) -> None:
    gps = {**FIX, GPS.GPSImgDirection: value}
    if ref:
        gps[GPS.GPSImgDirectionRef] = ref
    facts = read_photo(photo(tmp_path, gps, TIME), declination_deg=declination)
    assert facts.azimuth == (None if azimuth is None else pytest.approx(azimuth))
    assert facts.azimuth_ref == kept_ref
    assert (note is None and not facts.notes) or said(facts, note)


def test_no_direction_is_none_and_not_north(tmp_path) -> None:
    facts = read_photo(photo(tmp_path, FIX, TIME))
    assert facts.azimuth is None
    assert facts.azimuth_ref is None
    assert said(facts, "没有方位角")


@pytest.mark.parametrize(
    ("change", "expected", "note"),
    [
        ({GPS.GPSLatitudeRef: b"S", GPS.GPSLongitudeRef: b"W"}, (-106.7492, -29.7799), None),
        ({GPS.GPSLatitudeRef: b"n"}, (106.7492, 29.7799), None),
        ({GPS.GPSLatitudeRef: None}, (106.7492, 29.7799), "没有注明"),
        ({GPS.GPSLatitude: ((297799, 10000),)}, (106.7492, 29.7799), None),
        ({GPS.GPSLatitude: ((29, 1), (467940, 10000), (0, 1))}, (106.7492, 29.7799), None),
        ({GPS.GPSLatitude: ((0, 1),) * 3, GPS.GPSLongitude: ((0, 1),) * 3}, None, "0, 0"),
        ({GPS.GPSLatitude: ((29, 1), (46, 1), (47, 0))}, None, "无效"),
        ({GPS.GPSLatitude: ((0, 0),) * 3}, None, "无效"),
        ({GPS.GPSLatitude: ((91, 1), (0, 1), (0, 1))}, None, "无效"),
        ({GPS.GPSLongitude: ((181, 1), (0, 1), (0, 1))}, None, "无效"),
        ({GPS.GPSLatitude: ((29, 1), (75, 1), (0, 1))}, None, "无效"),
        ({GPS.GPSLongitude: None}, None, "无效"),
        ({GPS.GPSMapDatum: b"WGS-84   "}, (106.7492, 29.7799), None),
        ({GPS.GPSMapDatum: b"GCJ-02"}, (106.7492, 29.7799), "GCJ-02"),
    ],
)
def test_positions(tmp_path, change, expected, note) -> None:
    gps = {k: v for k, v in {**FIX, **AIM, **change}.items() if v is not None}
    facts = read_photo(photo(tmp_path, gps, TIME))
    assert (facts.lon, facts.lat) == (pytest.approx(expected, abs=1e-7) if expected else (None, None))
    assert (note is None and not facts.notes) or said(facts, note)


@pytest.mark.parametrize(
    ("exif", "expected", "note"),
    [
        ({36867: b"2026:05:01 09:30:15"}, "2026-05-01T09:30:15+08:00", "北京时间"),
        ({36867: b"2026:05:01 09:30:15", 36881: b"-07:00"}, "2026-05-01T09:30:15-07:00", None),
        ({36867: b"2026-05-01 09:30:15", 36881: b"Z"}, "2026-05-01T09:30:15+00:00", None),
        ({36867: b"2026:05:01 09:30:15", 36881: b"+99:00"}, "2026-05-01T09:30:15+08:00", "北京时间"),
        ({36868: b"2026:05:01 09:30:15", 36882: b"+08:00"}, "2026-05-01T09:30:15+08:00", "数字化时间"),
        ({36867: b"0000:00:00 00:00:00"}, None, "写法不对"),
        ({36867: b"2026:02:30 10:00:00"}, None, "写法不对"),
        ({36867: b"    :  :     :  :  "}, None, "拍摄时间"),
        ({36867: b"\xd6\xd0\xce\xc4"}, None, "写法不对"),
        ({}, None, "没有拍摄时间"),
    ],
)
def test_times(tmp_path, exif, expected, note) -> None:
    facts = read_photo(photo(tmp_path, {**FIX, **AIM}, exif))
    assert facts.taken_at == expected
    assert (note is None and not facts.notes) or said(facts, note)


def test_the_time_of_the_satellites_is_utc(tmp_path) -> None:
    gps = {**FIX, **AIM, GPS.GPSDateStamp: b"2026:05:01", GPS.GPSTimeStamp: ((17, 1), (5, 1), (950, 100))}
    facts = read_photo(photo(tmp_path, gps))
    assert facts.taken_at == "2026-05-02T01:05:09+08:00"
    assert said(facts, "卫星")


def test_the_time_of_editing_is_not_the_time_of_taking(tmp_path) -> None:
    facts = read_photo(photo(tmp_path, FIX, zeroth={piexif.ImageIFD.DateTime: b"2026:06:01 10:00:00"}))
    assert facts.taken_at is None


@pytest.mark.parametrize(
    "name", ["mmexport1777599015000.jpg", "mmexport1777599015999(1).JPG", "5001_mmexport1777599015000.jpg"]
)
def test_wechat_names_give_a_time_that_is_inferred(tmp_path, name) -> None:
    # `date -u -d @1777599015` is 2026-05-01 01:30:15.
    path = tmp_path / name
    path.write_bytes(picture())
    facts = read_photo(path)
    assert (facts.taken_at, facts.source) == ("2026-05-01T09:30:15+08:00", "inferred")
    assert said(facts, "微信")
    assert said(facts, "EXIF")


@pytest.mark.parametrize(
    "name", ["mmexport17775990150001.jpg", "mmexport0000000000001.jpg", "mmexport9999999999999.jpg"]
)
def test_other_numbers_are_no_time(tmp_path, name) -> None:
    path = tmp_path / name
    path.write_bytes(picture())
    assert read_photo(path).taken_at is None


def test_the_name_does_not_override_the_camera(tmp_path) -> None:
    facts = read_photo(photo(tmp_path, FIX, TIME, name="mmexport1777600000000.jpg"))
    assert (facts.taken_at, facts.source) == ("2026-05-01T09:30:15+08:00", "exif")


@pytest.mark.parametrize(("kind", "suffix"), [("JPEG", "jpg"), ("PNG", "png"), ("TIFF", "tif")])
def test_without_exif_it_says_what_to_do(tmp_path, kind, suffix) -> None:
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(picture(kind, (41, 17)))
    facts = read_photo(path)
    assert (facts.width, facts.height, facts.lon, facts.azimuth, facts.taken_at) == (41, 17, None, None, None)
    assert facts.notes == (str(WeipianError("E_PHOTO_NO_EXIF", path=path.name)),)


@pytest.mark.parametrize(("kind", "suffix"), [("PNG", "png"), ("TIFF", "tiff")])
def test_png_and_tiff_with_exif(tmp_path, kind, suffix) -> None:
    image = Image.open(photo(tmp_path, {**FIX, **AIM}, TIME))
    path = tmp_path / f"a.{suffix}"
    image.save(path, kind, exif=image.getexif())
    facts = read_photo(path)
    assert facts.lon == pytest.approx(106.7492)
    assert facts.azimuth == pytest.approx(127.25)
    assert facts.taken_at == "2026-05-01T09:30:15+08:00"


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"\xff\xd8", b"\xff\xd8\xff\xe0", b"%PDF-1.7 hello", "不是照片".encode("gbk"), b"\0" * 4096,
     b"II*\0", b"MM\0*\0\0\0\x08", b"\x89PNG\r\n\x1a\n", b"\0\0\0\x18ftypheic", b"\0\0\0\x18ftypmp42" + b"\0" * 64,
     b"GIF89a" + b"\0" * 50],
)  # fmt: skip
def test_what_is_no_picture_is_said_so(tmp_path, content) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(WeipianError) as caught:
        read_photo(path)
    assert caught.value.code == "E_PHOTO_UNREADABLE"


def test_a_missing_file_and_a_folder(tmp_path) -> None:
    for path in (tmp_path / "no.jpg", tmp_path):
        with pytest.raises(WeipianError) as caught:
            read_photo(path)
        assert caught.value.code == "E_FILE_MISSING"


def test_a_missing_library_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "exifread", None)
    with pytest.raises(WeipianError) as caught:
        read_photo(photo(tmp_path, FIX))
    assert caught.value.code == "E_LIBRARY"
    assert caught.value.params["name"] == "exifread"


def test_every_truncation_is_facts_or_a_sentence(tmp_path) -> None:
    whole = photo(tmp_path, {**FIX, **AIM}, TIME).read_bytes()
    path = tmp_path / "cut.jpg"
    cut_but_read = 0
    for length in range(0, len(whole), 3):
        path.write_bytes(whole[:length])
        facts = read_or_refuse(path)
        if facts is not None:
            cut_but_read += 1
            assert said(facts, "不完整")
            assert facts.lon == pytest.approx(106.7492)
    assert cut_but_read


def test_a_film_behind_the_picture_does_not_make_it_incomplete(tmp_path) -> None:
    path = photo(tmp_path, {**FIX, **AIM}, TIME)
    path.write_bytes(path.read_bytes() + b"\0\0\0\x18ftypmp42" + b"\0" * 500)
    assert not read_photo(path).notes


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.integers(12, 420), st.integers(0, 255)), min_size=1, max_size=12))
def test_damaged_bytes_never_give_a_traceback_or_nonsense(tmp_path, places) -> None:
    data = bytearray(photo(tmp_path, {**FIX, **AIM}, TIME).read_bytes())
    for place, value in places:
        data[min(place, len(data) - 1)] = value
    path = tmp_path / "damaged.jpg"
    path.write_bytes(bytes(data))
    facts = read_or_refuse(path)
    if facts is None:
        return
    assert (facts.lon is None) == (facts.lat is None)
    assert facts.lon is None or (abs(facts.lon) <= 180 and abs(facts.lat) <= 90)
    assert facts.azimuth is None or 0 <= facts.azimuth < 360


def test_a_forged_directory_does_not_hang(tmp_path) -> None:
    """60,000 entries of 999 rationals each would be 60 million reads."""
    entry = struct.pack("<HHII", 0x9999, 5, 999, 8)
    block = b"II*\0\x08\0\0\0" + struct.pack("<H", 5000) + entry * 5000 + b"\0\0\0\0"
    path = tmp_path / "forged.jpg"
    head = picture()
    path.write_bytes(head[:2] + b"\xff\xe1" + struct.pack(">H", len(block) + 8) + b"Exif\0\0" + block + head[2:])
    assert read_photo(path).lon is None


@pytest.mark.parametrize("name", ["a.JPG", "a.jpeg", "a.Png", "a.tif", "a.TIFF", "a.heic", "照片.HEIF"])
def test_endings_in_any_case(name) -> None:
    assert is_photo(name)


def test_other_endings() -> None:
    assert not any(is_photo(n) for n in ("a.pdf", "jpg", "a.jpg.txt", "a.gif"))
    assert all(s.startswith(".") and s == s.lower() for s in PHOTO_SUFFIXES)


def test_the_hash_of_a_file(tmp_path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")  # FIPS 180-2 appendix B.1
    assert file_sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_embedded_preview(tmp_path) -> None:
    preview = picture(size=(16, 12))
    block = piexif.dump({"0th": {}, "1st": {piexif.ImageIFD.Compression: 6}, "thumbnail": preview})
    path = tmp_path / "a.jpg"
    path.write_bytes(picture(exif=block))
    found = embedded_thumbnail(path)
    assert found is not None
    assert Image.open(io.BytesIO(found)).size == (16, 12)
    path.write_bytes(picture())
    assert embedded_thumbnail(path) is None


def truth() -> list:
    file = REAL / "truth.json"
    return sorted(json.loads(file.read_text("utf-8")).items()) if file.is_file() else []


@pytest.mark.skipif(not truth(), reason="real photos (shared/realdata/photos) are not here")
@pytest.mark.parametrize(("name", "expected"), truth())
def test_real_photos_as_exiftool_reads_them(name, expected) -> None:
    facts = read_photo(REAL / name)
    assert (facts.width, facts.height) == (expected["width"], expected["height"])
    assert facts.orientation == expected["orientation"]
    taken = expected.get("taken")
    assert (facts.taken_at or "")[:19] == (taken[:10].replace(":", "-") + "T" + taken[11:] if taken else "")
    for ours, theirs in ((facts.lon, "lon"), (facts.lat, "lat"), (facts.azimuth, "img_direction")):
        assert ours == (pytest.approx(expected[theirs], abs=1e-6) if theirs in expected else None)
    assert (facts.azimuth_ref or "") == expected.get("img_direction_ref", "")
    if "declination_wmm2025" in expected and expected["file_type"] == "JPEG":
        turned = read_photo(REAL / name, expected["true_azimuth_approx"] - expected["img_direction"])
        assert turned.azimuth == pytest.approx(expected["true_azimuth_approx"], abs=1e-6)
    assert expected.get("model", "") in facts.camera
