"""What a person reads off a photo's watermark and types or pastes: position, direction, time.

Degrees CGCS2000 (WGS84 is the same to a metre), azimuths clockwise from north, times as ISO text. What is not
clear is not read: it stays unknown, and a note says why.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from .watermark_time import take_bare_clock, take_clock, take_time

#: Where numbers without a name can only be one or the other, degrees: China with its seas.
LON_RANGE, LAT_RANGE = (73.0, 136.0), (3.0, 54.0)

# Before NFKC, which would make letters or two signs of some of them.
_SIGNS = str.maketrans(
    {
        "º": "°",
        "˚": "°",
        "度": "°",
        "′": "'",
        "’": "'",
        "‘": "'",
        "＇": "'",
        "´": "'",
        "`": "'",
        "分": "'",
        "″": '"',
        "”": '"',
        "“": '"',
        "＂": '"',
        "秒": '"',
        "、": ",",
        "；": ";",
        "—": "-",
        "－": "-",
        "−": "-",
        "〇": "0",
    }
)
_NUMBER = r"\d{1,3}(?:\.\d+)?"
_WINDS = {
    "北": 0.0, "东北": 45.0, "东": 90.0, "东南": 135.0, "南": 180.0, "西南": 225.0, "西": 270.0, "西北": 315.0,
    "N": 0.0, "NNE": 22.5, "NE": 45.0, "ENE": 67.5, "E": 90.0, "ESE": 112.5, "SE": 135.0, "SSE": 157.5,
    "S": 180.0, "SSW": 202.5, "SW": 225.0, "WSW": 247.5, "W": 270.0, "WNW": 292.5, "NW": 315.0, "NNW": 337.5,
    "北东": 45.0, "南东": 135.0, "南西": 225.0, "北西": 315.0,
}  # fmt: skip
#: How far a direction in words may be from the number beside it, degrees (half a wind and a little).
_WIND_REACH = 30.0


@dataclass(frozen=True)
class Watermark:
    """What was understood. `coarse`: the azimuth is a word (东南), good to ±22.5°; `notes` are sentences."""

    lon: Optional[float] = None
    lat: Optional[float] = None
    azimuth: Optional[float] = None
    taken_at: str = ""
    coarse: bool = False
    notes: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether at least one value was read."""
        return self.lon is not None or self.lat is not None or self.azimuth is not None or bool(self.taken_at)


def read_watermark(text: str, near: Optional[tuple[float, float]] = None, day: str = "") -> Watermark:
    """Everything that a watermark says, from its text in any order and on any number of lines.

    `near` is a position of the place (lon, lat): numbers that begin with a point take their whole degrees from it.
    `day` (ISO) is that of a time without one: 09:30, or 0930 at the end.
    """
    rest = _plain(text)
    notes: list[str] = []
    taken_at, rest = take_time(rest)
    if day and not taken_at:
        taken_at, rest = take_clock(rest, day)
    rest = _OTHER.sub(" ; ", rest)
    azimuth, coarse, rest = _take_azimuth(rest, notes)
    lon, lat, rest = _take_position(rest, near, notes, lone=False)
    if azimuth is None and lon is not None and not notes:
        azimuth, coarse = _lone_azimuth(rest, notes)
    return Watermark(lon, lat, azimuth, taken_at, coarse, tuple(notes))


def read_position(text: str, near: Optional[tuple[float, float]] = None) -> Watermark:
    """What stands in a box for the position alone; its `notes` say why nothing was understood."""
    notes: list[str] = []
    lon, lat, _rest = _take_position(_plain(text), near, notes)
    if text.strip() and not notes:
        if lon is None and lat is None:
            notes.append(
                "看不出经纬度，可写成 106.754011, 29.777341 或 29°46′38″N 106°45′14″E"
                if not _PROJECTED.search(text)
                else "像是以米为单位的平面坐标，请填写经纬度（度）"
            )
        elif lon is None or lat is None:
            notes.append("只看出纬度，还缺经度" if lon is None else "只看出经度，还缺纬度")
    return Watermark(lon, lat, notes=tuple(notes))


def read_azimuth(text: str) -> Watermark:
    """What stands in a box for the azimuth alone: 127, 127.5°, SE 135°, 南偏东 45°, 东南."""
    notes: list[str] = []
    plain = _plain(text)
    azimuth, coarse, rest = _take_azimuth(plain, notes)
    if azimuth is None and not notes:
        azimuth, coarse = _lone_azimuth(rest, notes)
    if text.strip() and azimuth is None and not notes:
        notes.append("看不出方位角，可写成 127（从正北顺时针 0–360）或 东南")
    return Watermark(azimuth=azimuth, coarse=coarse, notes=tuple(notes))


def read_time(text: str, day: str = "") -> Watermark:
    """What stands in a box for the time alone; a day without a time stays a day.

    `day` (ISO): of a time without a day, 9:30 or 0930.
    """
    plain = _plain(text)
    taken_at, _rest = take_time(plain)
    if day and not taken_at:
        taken_at = take_bare_clock(plain, day)
    notes = ("看不出日期，可写成 2026-05-01 09:30 或 2026年5月1日 上午9:30",) if text.strip() and not taken_at else ()
    return Watermark(taken_at=taken_at, notes=notes)


def _plain(text: str) -> str:
    """Half-width, one sign for each of ° ' " (分 and 秒 too), a full stop between digits as the point it stands for."""
    plain = unicodedata.normalize("NFKC", text.translate(_SIGNS)).replace("''", '"')
    return re.sub(r"(?<=\d)。(?=\d)", ".", plain)


# -- direction -----------------------------------------------------------------------------------------

#: Figures that are neither a position nor a direction and would be taken for one.
_OTHER = re.compile(
    r"(?:-?\d+(?:\.\d+)?\s*[~至-]\s*)?-?\d+(?:\.\d+)?\s*(?:°\s*[CF](?![A-Za-z])|摄氏°|℃)"
    r"|(?:海拔|高程|高度|高|精度|精°|误差|速度|速°|时速|气温|温度|温°|湿度|湿°|气压|风速|风力|俯仰角|俯仰|倾角|横滚角?"
    r"|横滚|alt(?:itude)?|acc(?:uracy)?|speed|pitch|roll)"
    r"\s*[:=]?\s*[±-]?\s*\d+(?:\.\d+)?\s*(?:°|[A-Za-z%/]+|米|千米|公里|级)*",
    re.IGNORECASE,
)
_LATIN_WIND = r"(?<![A-Za-z])(?:[NS][NS]?[EW]|[EW][NS][EW])(?![A-Za-z])"
_WIND = rf"(?:正?(?:东北|东南|西南|西北|北东|南东|南西|北西|[东南西北])|{_LATIN_WIND}|(?<![A-Za-z])[NSEW](?![A-Za-z]))"
#: A wind that no hemisphere of a position can be taken for.
_CLEAR_WIND = rf"(?:正?(?:东北|东南|西南|西北|[东南西北](?![经纬]))|{_LATIN_WIND})"
_DEGREES = (
    rf"(?P<deg>{_NUMBER})\s*"
    r"(?:°\s*(?:(?P<min>\d{1,2}(?:\.\d+)?)\s*'\s*(?:(?P<sec>\d{1,2}(?:\.\d+)?)\s*\")?)?)?"
)
#: Not the beginning of a name: 127° 东大街.
_NO_NAME = r"(?![路街镇乡村社区组县大小河山坡门])"
_TOWARDS = r"(?P<from>[南北])偏(?P<to>[东西])|(?P<from2>[东西])偏(?P<to2>[南北])"
_NAMED = re.compile(
    r"(?:方位角|方位|方向角|方向|朝向|拍摄角°?|拍照角°?|镜头|航向角?|面向|朝|azimuth|bearing|heading|direction|dir)"
    rf"\s*[:=为]?\s*(?:(?:{_TOWARDS})\s*{_DEGREES}"
    rf"|(?P<wind>{_WIND})?\s*[:,(]?\s*(?<![\d.-])(?P<deg2>{_NUMBER})(?![\d.])\s*"
    r"(?:°\s*(?:(?P<min2>\d{1,2}(?:\.\d+)?)\s*'\s*(?:(?P<sec2>\d{1,2}(?:\.\d+)?)\s*\")?)?)?\s*\)?\s*"
    rf"(?P<wind2>{_WIND}{_NO_NAME})?"
    rf"|(?P<only>{_WIND})(?:方向?)?(?![\w\d]|\s*\d))",
    re.IGNORECASE,
)
_QUADRANT = re.compile(rf"(?:{_TOWARDS})\s*{_DEGREES}")
_BESIDE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<wind>{_CLEAR_WIND})\s*[:,(]?\s*(?P<deg>{_NUMBER})\s*°(?!\s*\d)",
        rf"(?<![\d.])(?P<deg>{_NUMBER})\s*°\s*(?P<wind>{_CLEAR_WIND}{_NO_NAME})",
    )
)
_WIND_AND_NUMBER = re.compile(rf"^[\s;,]*(?P<wind>{_WIND})\s*[:,]?\s*(?P<deg>{_NUMBER})\s*°?[\s;,]*$", re.IGNORECASE)
_NUMBER_AND_WIND = re.compile(rf"^[\s;,]*(?P<deg>{_NUMBER})\s*°?\s*(?P<wind>{_WIND})[\s;,]*$", re.IGNORECASE)
_ALONE = re.compile(rf"^[\s;,]*(?P<deg>{_NUMBER})\s*°?[\s;,]*$")
_WORD_ALONE = re.compile(rf"^[\s;,]*(?P<wind>{_WIND})(?:方向?)?[\s;,]*$", re.IGNORECASE)


def _take_azimuth(text: str, notes: list[str]) -> tuple[Optional[float], bool, str]:
    """A direction by its name, else one that is written as only directions are."""
    azimuth, coarse, rest = _take_named_azimuth(text, notes)
    if azimuth is not None or notes:
        return azimuth, coarse, rest
    return _take_loose_azimuth(rest, notes)


def _take_named_azimuth(text: str, notes: list[str]) -> tuple[Optional[float], bool, str]:
    """A direction that is called one: (degrees, whether only a word, the text without it)."""
    for found in _NAMED.finditer(text):
        groups = found.groupdict()
        rest = f"{text[: found.start()]} ; {text[found.end() :]}"
        if groups["only"]:
            return _wind(groups["only"]), True, rest
        if groups["deg"]:
            return _quadrant(groups, notes), False, rest
        value = _sexagesimal(groups["deg2"], groups["min2"], groups["sec2"])
        return _agreed(value, groups["wind"] or groups["wind2"], notes), False, rest
    return None, False, text


def _take_loose_azimuth(text: str, notes: list[str]) -> tuple[Optional[float], bool, str]:
    """A direction that no word names but that can be nothing else: 东南 127°, 127° SE, 南偏东 45°."""
    found = _QUADRANT.search(text)
    if found is not None:
        return _quadrant(found.groupdict(), notes), False, f"{text[: found.start()]} ; {text[found.end() :]}"
    for pattern in _BESIDE:
        found = pattern.search(text)
        if found is not None:
            value = _agreed(float(found["deg"]), found["wind"], notes)
            return value, False, f"{text[: found.start()]} ; {text[found.end() :]}"
    return None, False, text


def _lone_azimuth(text: str, notes: list[str]) -> tuple[Optional[float], bool]:
    """All that is left is a direction: 127, N 10, 东南."""
    for pattern in (_WIND_AND_NUMBER, _NUMBER_AND_WIND):
        found = pattern.match(text)
        if found is not None:
            return _agreed(float(found["deg"]), found["wind"], notes), False
    bare = _ALONE.match(text)
    if bare is not None:
        return _agreed(float(bare["deg"]), None, notes), False
    word = _WORD_ALONE.match(text)
    return (_wind(word["wind"]), True) if word is not None else (None, False)


def _quadrant(groups: dict[str, Optional[str]], notes: list[str]) -> Optional[float]:
    """南偏东 45° is 135°."""
    start = _wind(str(groups["from"] or groups["from2"]))
    end = _wind(str(groups["to"] or groups["to2"]))
    by = _sexagesimal(str(groups["deg"]), groups["min"], groups["sec"])
    if by is None or by > 90:
        notes.append("“偏”后面的角度应在 0 到 90 之间")
        return None
    turn = (end - start + 180) % 360 - 180
    return (start + (by if turn > 0 else -by)) % 360


def _agreed(value: Optional[float], wind: Optional[str], notes: list[str]) -> Optional[float]:
    """The number, if it is an azimuth and does not contradict the word beside it."""
    if value is None or not 0 <= value <= 360:
        notes.append("方位角应在 0 到 360 之间")
        return None
    if wind:
        apart = abs((value - _wind(wind) + 180) % 360 - 180)
        if apart > _WIND_REACH:
            notes.append(f"方位角 {value:g}° 和“{wind}”对不上，没有采用，请看清后填写")
            return None
    return value % 360


def _wind(word: str) -> float:
    return _WINDS[word.upper().lstrip("正")]


def _sexagesimal(degrees: str, minutes: Optional[str], seconds: Optional[str]) -> Optional[float]:
    """Degrees of degrees, minutes and seconds; None where a part is 60 or more."""
    m, s = float(minutes or 0), float(seconds or 0)
    if m >= 60 or s >= 60:
        return None
    return float(degrees) + m / 60 + s / 3600


# -- position ------------------------------------------------------------------------------------------

_LON_NAMES = r"经°|东经|西经|longitude|long|lng|lon"
_LAT_NAMES = r"(?<!经)纬°|北纬|南纬|latitude|lat"
_PROJECTED = re.compile(r"(?<![\d.])\d{6,8}(?:\.\d+)?(?![\d.])")
_VALUE = (
    r"\s*[:=]?\s*{first}\s*(?P<sign>(?<![\d.])-)?(?<![\d.])"
    r"(?:(?P<deg>\d{{1,3}})\s*°\s*(?P<min>\d{{1,2}}(?:\.\d+)?)\s*(?:'\s*(?:(?P<sec>\d{{1,2}}(?:\.\d+)?)\s*\"?)?)?"
    r"|(?P<whole>\d{{1,3}}(?:\.\d+)?)\s*°"
    r"|(?P<dec>\d{{0,3}}\.\d+)"
    r"|(?P<int>\d{{1,3}}))"
    r"(?![\d.]){last}"
)
_NAMES = rf"(?:(?P<lon>{_LON_NAMES})|(?P<lat>{_LAT_NAMES}))?"
#: A letter between two numbers belongs to the one before it or to the one after it, by the habit of the text.
_STYLES = tuple(
    re.compile(_NAMES + _VALUE.format(first=first, last=last), re.IGNORECASE)
    for first, last in (
        (r"(?P<first>(?!))?", r"\s*(?P<last>[NSEW](?![A-Za-z])|[东西]经|[南北]纬)?"),
        (r"(?P<first>(?<![A-Za-z])[NSEW])?", r"(?P<last>(?!))?"),
    )
)


_NO_PLACE = "经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间"


@dataclass(frozen=True)
class _Coordinate:
    """One number of a position with what is said of it."""

    value: float
    axis: str  # lon, lat or empty
    start: int
    end: int
    short: bool = False  # began with a point: the whole degrees are those of the place


def _take_position(
    text: str, near: Optional[tuple[float, float]], notes: list[str], *, lone: bool = True
) -> tuple[Optional[float], Optional[float], str]:
    """(lon, lat, the text without them); None what was not found or not clear.

    `lone`: one number without a name is told too.
    """
    read = [[p for p in (_coordinate(m) for m in style.finditer(text)) if p is not None] for style in _STYLES]
    parts = max(read, key=lambda found: len({p.axis for p in found} - {""}))
    pair = _pair(parts, near, notes)
    if pair is None or not (lone or all(pair) or any(part is not None and part.axis for part in pair)):
        return None, None, text
    lon, lat = pair
    rest = text
    for part in sorted((p for p in pair if p is not None), key=lambda p: p.start, reverse=True):
        rest = f"{rest[: part.start]} ; {rest[part.end :]}"
    return (lon.value if lon else None), (lat.value if lat else None), rest


def _coordinate(found: re.Match[str]) -> Optional[_Coordinate]:
    groups = found.groupdict()
    letters = "".join((groups[name] or "").upper() for name in ("first", "last"))
    name = (groups["lon"] or "") + (groups["lat"] or "") + letters
    axis = "lon" if groups["lon"] else "lat" if groups["lat"] else ""
    if not axis:
        axis = "lon" if set(letters) & set("EW东西") else "lat" if set(letters) & set("NS南北") else ""
    if groups["int"] and not axis:
        return None  # a house number, a count
    text = groups["deg"] or groups["whole"] or groups["dec"] or groups["int"]
    short = text.startswith(".")
    value = _sexagesimal(f"0{text}" if short else text, groups["min"], groups["sec"])
    if value is None:
        return None
    if groups["sign"] or "西经" in name or "南纬" in name or set(letters) & set("WS西南"):
        value = -value
    return _Coordinate(value, axis, found.start(), found.end(), short)


def _within(value: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= value <= limits[1]


def _pair(
    parts: Sequence[_Coordinate], near: Optional[tuple[float, float]], notes: list[str]
) -> Optional[tuple[Optional[_Coordinate], Optional[_Coordinate]]]:
    """Which of the numbers are longitude and latitude."""
    named = {axis: [p for p in parts if p.axis == axis and not p.short] for axis in ("lon", "lat")}
    if named["lon"] and named["lat"]:
        return _checked(named["lon"][0], named["lat"][0], notes)
    lons = named["lon"] or [p for p in parts if not p.axis and _within(p.value, LON_RANGE)]
    lats = named["lat"] or [p for p in parts if not p.axis and _within(p.value, LAT_RANGE)]
    if not lons and not lats and near is not None:
        ends = [p for p in parts if p.short and not p.axis]
        if len(ends) == 2:
            return _completed(ends, near)
    if not lons and not lats:
        return None
    lon, lat = (lons[0] if lons else None), (lats[0] if lats else None)
    if (lon is not None and abs(lon.value) > 180) or (lat is not None and abs(lat.value) > 89.9):
        notes.append(_NO_PLACE)
        return None
    return lon, lat


def _completed(ends: Sequence[_Coordinate], near: tuple[float, float]) -> tuple[_Coordinate, _Coordinate]:
    """.754011 .777341 near 106.8, 29.8: longitude first, each with the whole degrees that bring it nearest."""
    done = []
    for part, place in zip(ends, near):
        base = int(place)
        value = min((base - 1 + part.value, base + part.value, base + 1 + part.value), key=lambda v: abs(v - place))
        done.append(_Coordinate(round(value, 9), part.axis, part.start, part.end))
    return done[0], done[1]


def _checked(
    lon: _Coordinate, lat: _Coordinate, notes: list[str]
) -> Optional[tuple[Optional[_Coordinate], Optional[_Coordinate]]]:
    """Both are named: put right where the names were exchanged, refuse what is no place on earth."""
    if _within(lon.value, LAT_RANGE) and _within(lat.value, LON_RANGE):
        notes.append("经度和纬度写反了，已对调")
        return lat, lon
    if abs(lat.value) > 89.9 or abs(lon.value) > 180:
        notes.append(_NO_PLACE)
        return None
    if not (_within(lon.value, LON_RANGE) and _within(lat.value, LAT_RANGE)):
        notes.append("位置不在中国境内，请核对")
    return lon, lat
