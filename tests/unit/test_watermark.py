"""What clerks type and paste from watermarks; expected values by hand: 29°46′38″ = 29 + 46/60 + 38/3600."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weipian_plugin.core.watermark import read_azimuth, read_position, read_time, read_watermark

LON, LAT = 106.754011, 29.777341


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("106.754011, 29.777341", LON, LAT),
        ("29.777341,106.754011", LON, LAT),
        ("106.754011/29.777341", LON, LAT),
        ("１０６．７５４０１１，２９．７７７３４１", LON, LAT),
        ("106。754011 29。777341", LON, LAT),
        ("经度:106.754011 纬度:29.777341", LON, LAT),
        ("经 度：106.754011\n纬 度：29.777341", LON, LAT),
        ("经度：29.777341 纬度：106.754011", LON, LAT),
        ("经纬度：E106.754011/N29.777341", LON, LAT),
        ("经纬度:106.754011°E,29.777341°N", LON, LAT),
        ("lat 29.777341 lng 106.754011", LON, LAT),
        ("LON: 106.754011 LAT: 29.777341", LON, LAT),
        ("29°46′38″N 106°45′14″E", 106.7538889, 29.7772222),
        ("N29°46'38\" E106°45'14\"", 106.7538889, 29.7772222),
        ("N 29°46'38\"，E 106°45'14\"", 106.7538889, 29.7772222),
        ("北纬29度46分38秒，东经106度45分14秒", 106.7538889, 29.7772222),
        ("东经106°45.24′ 北纬29°46.62′", 106.754, 29.777),
        ("29°46′38″ 106°45′14″", 106.7538889, 29.7772222),
    ],
)
def test_positions(text: str, lon: float, lat: float) -> None:
    for found in (read_position(text), read_watermark(text)):
        assert found.lon == pytest.approx(lon, abs=1e-7)
        assert found.lat == pytest.approx(lat, abs=1e-7)


def test_ends_of_numbers_take_the_degrees_of_the_place() -> None:
    found = read_position(".754011 .777341", (106.8, 29.8))
    assert (found.lon, found.lat) == (LON, LAT)
    over = read_position(".995 .002", (106.01, 29.99))  # nearer to 105.995 and 30.002 than to 106.995 and 29.002
    assert (over.lon, over.lat) == (105.995, 30.002)
    assert read_position(".754011 .777341").lon is None


@pytest.mark.parametrize(
    "text", ["12号", "36382345.1 3295123.2", "3295123.2, 382345.1", "abc", "29°66′38″N 106°75′14″E", "106", "0,0"]
)
def test_what_is_no_position_stays_unknown_and_is_said(text: str) -> None:
    found = read_position(text)
    assert found.lon is None
    assert found.lat is None
    assert found.notes


def test_half_a_position_is_told() -> None:
    assert read_position("经度106.754").notes == ("只看出经度，还缺纬度",)
    assert read_position("29.77N").notes == ("只看出纬度，还缺经度",)
    assert "对调" in read_position("经度：29.777341 纬度：106.754011").notes[0]
    assert "中国" in read_position("东经10.5 北纬52.1").notes[0]


@pytest.mark.parametrize(
    ("text", "azimuth"),
    [
        ("方位角 127° 东南", 127), ("方位角：东南127°", 127), ("方位:西北 322°", 322), ("方向：南偏东45°", 135),
        ("SE 135°", 135), ("127°SE", 127), ("DIR: 127 SE", 127), ("方位角：127°30′", 127.5), ("方位角:0.0°", 0),
        ("azimuth=300.5", 300.5), ("朝向 360°", 0), ("北偏西30°", 330), ("方位角１２７．５度", 127.5),
    ],
)  # fmt: skip
def test_azimuths(text: str, azimuth: float) -> None:
    assert read_azimuth(text).azimuth == azimuth
    assert read_watermark(text).azimuth == azimuth
    assert not read_watermark(text).coarse


@pytest.mark.parametrize(("text", "azimuth"), [("东南", 135), ("SE", 135), ("正北", 0), ("西", 270), ("NNW", 337.5)])
def test_a_word_is_a_coarse_direction(text: str, azimuth: float) -> None:
    found = read_azimuth(text)
    assert (found.azimuth, found.coarse) == (azimuth, True)
    assert read_watermark(f"东街村 {text}").azimuth is None  # in running text it may be a name


@pytest.mark.parametrize("text", ["400", "方位角 361", "-10", "东南 45°", "南偏东 100°", "很远"])
def test_no_azimuth_stays_unknown_and_never_0(text: str) -> None:
    found = read_azimuth(text)
    assert found.azimuth is None
    assert found.notes


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026.05.01 09:30", "2026-05-01T09:30:00+08:00"),
        ("2026年5月1日 上午9:30", "2026-05-01T09:30:00+08:00"),
        ("2026年5月1日下午3点05分", "2026-05-01T15:05:00+08:00"),
        ("2026/5/1 3:05:09 PM", "2026-05-01T15:05:09+08:00"),
        ("2026-05-01 星期五 09:30:15", "2026-05-01T09:30:15+08:00"),
        ("09:30 | 2026.05.01 星期五", "2026-05-01T09:30:00+08:00"),
        ("时间：2026年5月1日 9时30分15秒", "2026-05-01T09:30:15+08:00"),
        ("20260501093015", "2026-05-01T09:30:15+08:00"),
        ("20260501_093015", "2026-05-01T09:30:15+08:00"),
        ("2026-05-01T01:30:00Z", "2026-05-01T01:30:00+00:00"),
        ("中午12:20 2026-05-01", "2026-05-01T12:20:00+08:00"),
        ("2026-05-01", "2026-05-01"),
        ("2026年5月1日 晚上12:10", "2026-05-01"),  # of which day the midnight is, nobody can tell
    ],
)
def test_times(text: str, at: str) -> None:
    assert read_time(text).taken_at == at
    assert read_watermark(text).taken_at == at


def test_a_time_without_a_day_takes_the_day_it_is_given() -> None:
    assert read_time("0930", "2026-05-01T08:00:00+08:00").taken_at == "2026-05-01T09:30:00+08:00"
    assert read_time("9:30", "2026-05-01").taken_at == "2026-05-01T09:30:00+08:00"
    for wrong in ("99:30", "2026-13-01", "昨天"):
        assert read_time(wrong, "2026-05-01").taken_at == ""
        assert read_time(wrong).notes


def test_a_whole_watermark_fills_everything() -> None:
    text = (
        "09:30 | 2026.05.01 星期五\n重庆市渝北区古路镇东南村12号\n经纬度:106.754011°E,29.777341°N\n"
        "方位角：东南127°\n海拔：321.5米 21℃ 多云 精度±8米"
    )
    found = read_watermark(text)
    assert (found.lon, found.lat, found.azimuth) == (LON, LAT, 127)
    assert found.taken_at == "2026-05-01T09:30:00+08:00"
    assert not found.notes


def test_temperature_altitude_and_house_numbers_are_nothing() -> None:
    found = read_watermark("气温 29.5℃ 16~24°C 海拔 106.7 米 湿度 45% 88号 3组")
    assert not found.anything


def test_a_clock_in_one_go_takes_the_day_of_the_file() -> None:
    day = "2026-05-01T08:00:00+08:00"
    for text in ("106.754011 29.777341 127 0930", "09:30 106.754011,29.777341 方位127"):
        found = read_watermark(text, None, day)
        assert (found.lon, found.lat, found.azimuth) == (LON, LAT, 127)
        assert found.taken_at == "2026-05-01T09:30:00+08:00"
    assert read_watermark("106.754011 29.777341 127 0930").taken_at == ""  # of no day
    assert read_watermark("106.754011 29.777341 127 9930", None, day).taken_at == ""
    assert (
        read_watermark("106.754011 29.777341 127 2026.06.02 10:00", None, day).taken_at == "2026-06-02T10:00:00+08:00"
    )


def test_typed_in_one_go() -> None:
    found = read_watermark("106.754011 29.777341 127")
    assert (found.lon, found.lat, found.azimuth) == (LON, LAT, 127)


@given(st.text(max_size=200))
def test_any_text_is_read_without_failing(text: str) -> None:
    for found in (read_watermark(text, (106.8, 29.8)), read_position(text), read_azimuth(text), read_time(text)):
        assert found.lon is None or -180 <= found.lon <= 180
        assert found.lat is None or -90 <= found.lat <= 90
        assert found.azimuth is None or 0 <= found.azimuth < 360


_SOUP = st.lists(
    st.sampled_from([*"0123456789.,;:°′″'\"-+ 度分秒NSEWnsew东南西北经纬年月日时", "方位角", "106.75", "29.7", "2026"]),
    max_size=40,
).map("".join)


@given(_SOUP)
def test_soup_of_signs_is_read_without_failing(text: str) -> None:
    for found in (read_watermark(text, (106.8, 29.8)), read_position(text), read_azimuth(text), read_time(text)):
        assert found.lon is None or -180 <= found.lon <= 180
        assert found.lat is None or -90 <= found.lat <= 90
        assert found.azimuth is None or 0 <= found.azimuth < 360


def _dms(value: float) -> tuple[int, int, float, float]:
    tenths = round(value * 36000)
    back = tenths / 36000
    return tenths // 36000, tenths // 600 % 60, tenths % 600 / 10, back


@given(
    st.floats(73.1, 135.9).map(lambda v: round(v, 6)),
    st.floats(3.1, 53.9).map(lambda v: round(v, 6)),
    st.floats(0, 359.9).map(lambda v: round(v, 1)),
)
def test_what_cameras_write_is_read_back(lon: float, lat: float, azimuth: float) -> None:
    for text in (f"{lon:.6f},{lat:.6f}", f"{lat:.6f}°N {lon:.6f}°E", f"北纬：{lat:.6f} 东经：{lon:.6f}"):
        found = read_watermark(f"{text} 方位角:{azimuth}°")
        assert (found.lon, found.lat, found.azimuth) == (lon, lat, azimuth)
    (a, b, c, east), (d, e, f, north) = _dms(lon), _dms(lat)
    for text in (f"E{a}°{b}′{c}″ N{d}°{e}′{f}″", f"{d}°{e}'{f}\"N, {a}°{b}'{c}\"E"):
        found = read_watermark(text)
        assert found.lon == pytest.approx(east, abs=1e-7)
        assert found.lat == pytest.approx(north, abs=1e-7)
