"""What XMP packets and HEIC boxes say of a photo; packets as DJI, Adobe and phones write them."""

from __future__ import annotations

import io
import sys
import time
import zlib
from pathlib import Path

import piexif
import pytest
from PIL import Image, PngImagePlugin

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import exif_blocks as blocks  # noqa: E402 - only now on the path

from weipian_plugin.core.errors import WeipianError  # noqa: E402
from weipian_plugin.photos.exif import read_photo  # noqa: E402

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


# -- XMP ------------------------------------------------------------------------------------------------
DJI = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description rdf:about="DJI Meta Data"
 xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" drone-dji:AbsoluteAltitude="+361.20"
 drone-dji:GimbalRollDegree="+0.50" drone-dji:GimbalYawDegree="-52.75" drone-dji:GimbalPitchDegree="{pitch}"
 drone-dji:FlightYawDegree="+10.00" drone-dji:GpsLatitude="29.7799" drone-dji:GpsLongtitude="106.7492">
</rdf:Description></rdf:RDF></x:xmpmeta>"""
ELEMENTS = """<rdf:Description><drone-dji:GimbalYawDegree>+127.25</drone-dji:GimbalYawDegree>
<drone-dji:GimbalPitchDegree>-20.00</drone-dji:GimbalPitchDegree></rdf:Description>"""


def test_the_gimbal_of_a_drone() -> None:
    facts = read(
        blocks.picture(dump(FIX, zeroth={0x10F: b"DJI", 0x110: b"FC3582"}), XAP + DJI.format(pitch="-15.0").encode())
    )
    assert (facts.azimuth, facts.azimuth_ref) == (pytest.approx(307.25), "T")
    more = facts.more
    assert (more["azimuth_from"], more["pitch_deg"], more["roll_deg"], more["drone"]) == ("gimbal", -15.0, 0.5, True)
    assert facts.altitude_m == pytest.approx(361.2)
    assert said(facts, "云台")


def test_a_drone_looking_down_has_no_azimuth() -> None:
    facts = read(blocks.picture(dump(FIX), XAP + DJI.format(pitch="-90.00").encode()))
    assert facts.azimuth is None
    assert (facts.azimuth_raw, facts.more["pitch_deg"]) == (pytest.approx(307.25), -90.0)
    assert said(facts, "垂直向下")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xmp_as_elements_and_alone(encoding) -> None:
    facts = read(blocks.picture(b"", XAP + ELEMENTS.encode(encoding)))
    assert facts.azimuth == pytest.approx(127.25)
    assert (facts.more["has_exif"], facts.more["has_xmp"]) == (False, True)


def test_a_position_that_only_xmp_has() -> None:
    packet = '<rdf:Description exif:GPSLatitude="29,46.794N" exif:GPSLongitude="106,44,57.12E" '
    packet += 'exif:GPSImgDirection="12725/100" exif:GPSImgDirectionRef="M"/>'
    facts = read(blocks.picture(dump(exif={0x9003: b"2026:05:01 09:30:15"}), XAP + packet.encode()), declination=-2.95)
    assert (facts.lon, facts.lat) == (pytest.approx(106.7492, abs=1e-7), pytest.approx(29.7799, abs=1e-7))
    assert (facts.azimuth, facts.azimuth_raw, facts.more["azimuth_from"]) == (pytest.approx(124.3), 127.25, "xmp")
    assert said(facts, "XMP")


def test_exif_goes_before_xmp() -> None:
    packet = '<rdf:Description exif:GPSLatitude="1,0N" exif:GPSLongitude="1,0E" exif:GPSImgDirection="1/1"/>'
    facts = read(blocks.picture(dump({**FIX, 16: b"T", 17: (90, 1)}), XAP + packet.encode()))
    assert (facts.lon, facts.azimuth) == (pytest.approx(106.7492), 90)


def test_the_history_of_editing() -> None:
    packet = """<rdf:Description xmp:CreatorTool="Adobe Photoshop 24.0 (Windows)"><xmpMM:History><rdf:Seq>
    <rdf:li stEvt:action="created" stEvt:when="2026-05-02T10:00:00+08:00" stEvt:softwareAgent="Adobe Photoshop 24.0"/>
    <rdf:li stEvt:action="saved" stEvt:softwareAgent="A &amp; B"/></rdf:Seq></xmpMM:History></rdf:Description>"""
    more = read(blocks.picture(dump(FIX), XAP + packet.encode())).more
    assert more["xmp_tool"] == "Adobe Photoshop 24.0 (Windows)"
    assert more["history"] == ["created Adobe Photoshop 24.0", "saved A & B"]


def test_entities_are_not_expanded() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "127.25">' + "".join(
        f'<!ENTITY x{n} "{"&x" + str(n - 1) + ";" if n else "&x;"}' * 10 + '">' for n in range(9)
    )
    packet = bomb + ']><rdf:Description drone-dji:GimbalYawDegree="&x;" xmp:CreatorTool="&x8;"/>'
    started = time.perf_counter()
    facts = read(blocks.picture(dump(FIX), XAP + packet.encode()))
    assert facts.azimuth is None
    assert len(facts.more.get("xmp_tool", "")) < 10
    assert time.perf_counter() - started < 1


def test_a_packet_of_blanks_is_read_at_once() -> None:
    packet = XAP + (b"GimbalYawDegree " + b" stEvt:action " * 3000)[:60000]
    started = time.perf_counter()
    read(blocks.picture(dump(FIX), packet))
    assert time.perf_counter() - started < 0.5


@pytest.mark.parametrize("compressed", [False, True])
def test_xmp_of_a_png(compressed) -> None:
    text = zlib.compress(ELEMENTS.encode()) if compressed else ELEMENTS.encode()
    chunk = b"XML:com.adobe.xmp\0" + bytes([compressed, 0]) + b"\0\0" + text
    facts = read(blocks.png(dump(FIX), chunk), "a.png")
    assert (facts.azimuth, facts.lon) == (pytest.approx(127.25), pytest.approx(106.7492))


def test_a_png_written_by_another_library() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", ELEMENTS, zip=True)
    out = io.BytesIO()
    Image.new("RGB", (30, 20)).save(out, "PNG", pnginfo=info)
    assert read(out.getvalue(), "a.png").azimuth == pytest.approx(127.25)


def test_xmp_of_a_tiff() -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 20)).save(out, "TIFF", tiffinfo={700: ELEMENTS.encode()})
    facts = read(out.getvalue(), "a.tif")
    assert (facts.azimuth, facts.width, facts.height) == (pytest.approx(127.25), 30, 20)


# -- HEIC -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", [0, 1])
@pytest.mark.parametrize("prefix", [b"Exif\0\0", b"", b"\xff\xe1\x01\x02Exif\0\0"])
def test_heic_by_the_standard(method, prefix) -> None:
    block = dump({**FIX, 16: b"T", 17: (12725, 100)}, {0x9003: b"2026:05:01 09:30:15", 0x9011: b"+08:00"})
    facts = read(blocks.heic(block, method=method, prefix=prefix), "a.heic")
    assert (facts.lon, facts.lat) == (pytest.approx(106.7492), pytest.approx(29.7799))
    assert (facts.azimuth, facts.taken_at) == (pytest.approx(127.25), "2026-05-01T09:30:15+08:00")
    assert (facts.width, facts.height, facts.notes) == (4032, 3024, ())


def test_heic_with_xmp() -> None:
    facts = read(blocks.heic(dump(FIX), ELEMENTS.encode()), "a.heic")
    assert facts.azimuth == pytest.approx(127.25)


def test_heic_cut_off() -> None:
    whole = blocks.heic(dump(FIX))
    assert said(read(whole[:-5], "a.heic"), "不完整")


def test_webp_is_refused_with_what_to_do() -> None:
    out = io.BytesIO()
    Image.new("RGB", (30, 20)).save(out, "WEBP")
    with pytest.raises(WeipianError) as caught:
        read(out.getvalue(), "a.webp")
    assert caught.value.code == "E_PHOTO_UNREADABLE"
    assert "另存为 JPG" in str(caught.value)
