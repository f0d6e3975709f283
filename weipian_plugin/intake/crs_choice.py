"""Which CRS is in force: what the file says, held against its coordinates, else a guess that is asked about."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import numpy as np

from ..core.errors import WeipianError
from ..sources.crs import (
    Transformer,
    authid_of,
    datum_label,
    gauss_kruger_of,
    is_geographic,
    nameless_cgcs2000,
    same_datum,
)
from ..sources.crs import label_of as name_of
from . import crs_guess
from .asking import Notes
from .model import Question

DISPLAY_CRS = "EPSG:4490"
Extent = tuple[float, float, float, float]
#: An answer of an earlier batch is asked again when the delivery lies further off than this, degrees.
_FAR = 1.0
_MISPLACED = "elsewhere"
_IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Objection:
    """Why a CRS cannot be (`impossible`) or is hardly (`elsewhere`) that of the coordinates."""

    kind: str
    reason: str


@dataclass(frozen=True)
class ChosenCrs:
    """`crs` in force ("" while it is asked), why, and the one assumed meanwhile."""

    crs: str
    reason: str
    assumed: str


def label_of(crs: str) -> str:
    """Chinese name of a CGCS2000 CRS, the name it carries for any other."""
    try:
        authid = authid_of(crs) or ""
    except WeipianError:
        return name_of(crs)
    code = int(authid[5:]) if authid.startswith("EPSG:") else 0
    return crs_guess.label(code) if 4490 <= code <= 4554 else name_of(crs)


@np.errstate(over="ignore", invalid="ignore")  # a CRS that cannot be gives what is no number
def place_of(crs: str, extent: Extent) -> Optional[Extent]:
    """The extent (east/north order) in lon/lat degrees, None where `crs` has no value there."""
    x0, y0, x1, y1 = extent
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], dtype=np.float64)
    try:
        lonlat = Transformer(crs, DISPLAY_CRS).array(corners)
    except (WeipianError, RuntimeError):
        return None
    (west, south), (east, north) = lonlat.min(axis=0).tolist(), lonlat.max(axis=0).tolist()
    found = (west, south, east, north)
    sane = all(map(math.isfinite, found)) and abs(found[0]) <= 360 and abs(found[1]) <= 90 and abs(found[3]) <= 90
    return found if sane else None


def middle(box: Extent) -> tuple[float, float]:
    """Its centre."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def in_words(box: Extent, county: str = "") -> str:
    """`东经 106.75°、北纬 29.78°（重庆市范围内）`."""
    lon, lat = middle(box)
    text = f"东经 {lon:.4f}°、北纬 {lat:.4f}°"
    province = crs_guess.PROVINCES.get(county[:2])
    if not _in_china(lon, lat):
        return f"{text}（不在中国范围内）"
    if province is None:
        return text
    return f"{text}（{'在' if province.holds(lon, lat) else '不在'}{province.name}范围内）"


def _in_china(lon: float, lat: float) -> bool:
    west, south, east, north = crs_guess.CHINA
    return west <= lon <= east and south <= lat <= north


def objection(crs: str, extent: Optional[Extent], county: str) -> Optional[Objection]:
    """What speaks against `crs` for coordinates in `extent` (east/north order); None when nothing does."""
    if extent is None:
        return None
    x, y = extent[0], extent[1]
    degrees = max(abs(x), abs(extent[2])) <= 180 and max(abs(y), abs(extent[3])) <= 90
    if is_geographic(crs):
        if max(abs(x), abs(extent[2])) > 360 or max(abs(y), abs(extent[3])) > 90:
            return Objection(_IMPOSSIBLE, f"写的是经纬度，但坐标值（约 {x:.0f}, {y:.0f}）不是度")
    elif degrees:
        return Objection(_IMPOSSIBLE, f"写的是投影坐标，但坐标值（约 {x:.4f}, {y:.4f}）像经纬度")
    else:
        found = _prefix(crs, extent)
        if found is not None:
            return found
    return _elsewhere(crs, extent, county)


def _prefix(crs: str, extent: Extent) -> Optional[Objection]:
    """The zone prefix of the eastings against the false easting of a Gauss-Krüger CRS."""
    zone = gauss_kruger_of(crs)
    if zone is None:
        return None
    expected, found = int(zone.false_easting // 1_000_000), int(extent[0] // 1_000_000)
    if found == expected or not (found == 0 or 13 <= found <= 45):
        return None
    if found == 0 and extent[0] >= -100_000:
        return Objection(_IMPOSSIBLE, f"坐标系的东坐标带带号 {expected}，数据的东坐标不带带号")
    if expected == 0:
        return Objection(_IMPOSSIBLE, f"坐标系的东坐标不带带号，数据的东坐标带了带号 {found}")
    return Objection(_IMPOSSIBLE, f"坐标系的带号是 {expected}，数据的东坐标带号是 {found}")


def _elsewhere(crs: str, extent: Extent, county: str) -> Optional[Objection]:
    """The place on earth against China and the province of the county code."""
    place = place_of(crs, extent)
    if place is None:
        return Objection(_IMPOSSIBLE, "按这个坐标系换算不出位置")
    lon, lat = middle(place)
    where = f"按这个坐标系换算到东经 {lon:.2f}°、北纬 {lat:.2f}°"
    if not _in_china(lon, lat):
        return Objection(_MISPLACED if is_geographic(crs) else _IMPOSSIBLE, f"{where}，不在中国范围内")
    province = crs_guess.PROVINCES.get(county[:2])
    if province is not None and not province.holds(lon, lat):
        return Objection(_MISPLACED, f"{where}，不在区县代码 {county[:6]} 所在的{province.name}")
    return None


def choose_crs(found: str, extent: Optional[Extent], county: str, notes: Notes, why_none: str = "") -> ChosenCrs:
    """The CRS in force or a question. `found` is what the file says ("" for nothing), `extent` is east/north.

    Raises:
        WeipianError: E_CRS_DATUM, E_CRS_INVALID, E_CRS_MISMATCH, E_COORDINATE_UNIT.
    """
    told = notes.told("crs")
    if told:
        return _told(told, found, extent, county, notes)
    if found and not same_datum(found):
        matched = nameless_cgcs2000(found)
        if not matched:
            raise WeipianError("E_CRS_DATUM", crs=f"{label_of(found)}，基准是{datum_label(found)}")
        return _nameless(found, matched, extent, county, notes)
    against = objection(found, extent, county) if found else None
    if found and (against is None or _nothing_better(found, against, extent, county)):
        crs = authid_of(found) or found
        return ChosenCrs(crs, f"文件自带，按参数识别为 {label_of(found)}", crs)
    if extent is not None and crs_guess.scale(extent):
        raise WeipianError("E_COORDINATE_UNIT", unit=crs_guess.scale(extent), x=f"{extent[0]:g}", y=f"{extent[1]:g}")
    why = f"文件写的是 {label_of(found)}，但{_bare(against)}" if against else why_none or "文件没有坐标系"
    guess = _guess(extent, county, _longitude(notes))
    choices = list(guess.choices)
    if against is not None and against.kind == _MISPLACED:
        authid = authid_of(found) or found
        choices = [c for c in choices if c[0] != authid]
        choices.insert(1 if choices else 0, (authid, f"仍按文件写的 {label_of(found)}"))
    return _ask(choices, why, guess.reason, extent, county, notes)


def _bare(against: Objection) -> str:
    return against.reason.replace("写的是经纬度，但", "").replace("写的是投影坐标，但", "")


def _nothing_better(found: str, against: Objection, extent: Optional[Extent], county: str) -> bool:
    """Degrees somewhere else on earth: no other CRS would bring them home, so the place is only remarked."""
    if against.kind != _MISPLACED or not is_geographic(found):
        return False
    return objection(_guess(extent, county).choices[0][0], extent, county) is not None


def _longitude(notes: Notes) -> Optional[float]:
    """Where the batches before lay, degrees east; None for the first."""
    bounds = notes.memory.bounds
    return (bounds[0] + bounds[2]) / 2 if len(bounds) == 4 else None


def _guess(extent: Optional[Extent], county: str, near: Optional[float] = None) -> crs_guess.CrsGuess:
    """Candidates, those first that put the place into the province (or China)."""
    if extent is None:
        return crs_guess.CrsGuess(crs_guess.every(), "没有可用的坐标")
    guess = crs_guess.guess(extent, county, near)
    first = sorted(guess.choices[:2], key=lambda c: objection(c[0], extent, county) is not None)
    return crs_guess.CrsGuess((*first, *guess.choices[2:]), guess.reason)


def _nameless(found: str, matched: str, extent: Optional[Extent], county: str, notes: Notes) -> ChosenCrs:
    """A datum under a name of its own, on the ellipsoid of CGCS2000."""
    why = f"文件的坐标系“{label_of(found)}”没有写明是 CGCS2000，但椭球和参数与 {matched} 相同"
    others = [c for c in _guess(extent, county).choices if c[0] != matched]
    choices = [(matched, f"按 CGCS2000 处理（{label_of(matched)}）"), *others]
    return _ask(choices, why, "如果其实是西安80或北京54，不要这样选", extent, county, notes)


def _ask(
    choices: Sequence[tuple[str, str]], why: str, reason: str, extent: Optional[Extent], county: str, notes: Notes
) -> ChosenCrs:
    """The question, unless it was answered for this layout before and the answer still holds."""
    first = choices[0]
    place = place_of(first[0], extent) if extent is not None else None
    where = f"，位置约在{in_words(place, county)}" if place else ""
    fits = extent is None or objection(first[0], extent, county) is None
    likely = f"，最可能是 {first[1]}{where}" if fits else ""
    text = f"{why}，请确认坐标系。{reason}{likely}"
    past = notes.before("crs")
    offered = tuple(choices) if not past or past in dict(choices) else (*choices, (past, label_of(past)))
    value = notes.choose(Question("crs", text, offered), doubt=_doubt(past, extent, county, notes) if past else "")
    if value:
        return ChosenCrs(value, f"沿用“{notes.memory.batch}”的回答：{label_of(value)}；{why}", value)
    return ChosenCrs("", f"{why}；{reason}", first[0])


def _doubt(past: str, extent: Optional[Extent], county: str, notes: Notes) -> str:
    """Why the CRS answered before does not hold for these coordinates, "" when it does."""
    against = objection(past, extent, county)
    if against is not None:
        return against.reason
    place, before = place_of(past, extent) if extent else None, notes.memory.bounds
    if place is None or len(before) != 4:
        return ""
    lon, lat = middle(place)
    near = before[0] - _FAR <= lon <= before[2] + _FAR and before[1] - _FAR <= lat <= before[3] + _FAR
    return "" if near else f"这次落在{in_words(place, county)}，离上次的位置很远"


def _told(told: str, found: str, extent: Optional[Extent], county: str, notes: Notes) -> ChosenCrs:
    """A CRS that a person named: held against the coordinates and against the datum that the file names."""
    if not same_datum(told):
        raise WeipianError("E_CRS_DATUM", crs=f"{label_of(told)}，基准是{datum_label(told)}")
    crs = authid_of(told) or told
    if found and not same_datum(found) and not nameless_cgcs2000(found):
        _ask_datum(found, crs, notes)
    against = objection(crs, extent, county)
    if against is not None:
        guess = _guess(extent, county)
        better = objection(guess.choices[0][0], extent, county) is None
        confirmed = str(notes.options.answers.get("crs", "")).strip() == told
        if better and (against.kind == _IMPOSSIBLE or not confirmed):
            if against.kind == _IMPOSSIBLE:
                raise WeipianError(
                    "E_CRS_MISMATCH", crs=label_of(crs), reason=against.reason, guess=guess.choices[0][1]
                )
            choices = [guess.choices[0], (crs, f"仍按指定的 {label_of(crs)}"), *guess.choices[1:]]
            text = f"指定的坐标系是 {label_of(crs)}，但{against.reason}，请确认坐标系"
            notes.questions.append(Question("crs", text, tuple(choices)))
            return ChosenCrs("", against.reason, guess.choices[0][0])
        if extent is not None and against.kind == _IMPOSSIBLE and crs_guess.scale(extent):
            unit = crs_guess.scale(extent)
            raise WeipianError("E_COORDINATE_UNIT", unit=unit, x=f"{extent[0]:g}", y=f"{extent[1]:g}")
        if against.kind == _IMPOSSIBLE and not better and place_of(crs, extent or (0, 0, 0, 0)) is None:
            raise WeipianError("E_CRS_MISMATCH", crs=label_of(crs), reason=against.reason, guess="其他坐标系")
        notes.warn("W_CRS_PLACE", f"指定的坐标系是 {label_of(crs)}，但{against.reason}，请核对")
    elif found and same_datum(found) and (authid_of(found) or found) != crs and not objection(found, extent, county):
        notes.warn("W_CRS_OVERRIDE", f"文件写的坐标系是 {label_of(found)}，按指定的 {label_of(crs)} 处理，请核对位置")
    notes.settle("crs", crs)
    return ChosenCrs(crs, f"人工指定：{label_of(crs)}", crs)


def _ask_datum(found: str, crs: str, notes: Notes) -> None:
    """The file names another datum than the person: a shift of tens of metres, never taken silently."""
    text = (
        f"文件写明的基准是{datum_label(found)}（{label_of(found)}），指定的是 {label_of(crs)}，"
        "两者相差几十米，不能直接当作一种。坐标其实已经是 CGCS2000 了吗？"
    )
    notes.choose(Question("datum", text, (("cgcs2000", "是，文件里的坐标系写错了，坐标是 CGCS2000"),)))
