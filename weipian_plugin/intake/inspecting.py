"""Look at a delivery without importing it: layer, encoding, CRS, fields, unit, and what must be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.fields import FieldMatch, match_fields
from ..geo.area import ellipsoidal_areas
from ..geo.gcj02 import to_gcj
from ..sources.crs import Transformer, read_prj
from . import crs_guess, encoding, gcj, layouts, survey, units, values
from .asking import FIELD_PREFIX, Notes, check_keys
from .checks import kind_label, polygons_only
from .columns import choose_columns
from .crs_choice import DISPLAY_CRS, ChosenCrs, choose_crs, in_words
from .files import dbf_of, opened
from .kept import fingerprint, kept
from .layers import Candidate, candidates, choose
from .model import UNIT_LABELS, CheckItem, ImportOptions, Inspection, Question, Recalled
from .opening import Source, kind_of, open_layer

__all__ = ["DISPLAY_CRS", "inspect", "lonlat_of"]

#: The answers that `open_layer` reads.
_TABLE_ANSWERS = frozenset({"patch_id", "rows", "axis", "centroid_x", "centroid_y"})
_SAMPLE = 10
_LISTED = 8
#: Issued against computed area of the batch before: off by more than this, the unit is asked again.
_RATIO_SHIFT = 0.2
#: Keys of `Inspection.settled` that describe and answer nothing.
RATIO = "~ratio"
#: What became of a suspicion of GCJ-02, by its answer.
_DONE: Mapping[str, str] = {"": "等待确认", "convert": "已还原，原坐标保留", "keep": "按原样使用"}
Extent = tuple[float, float, float, float]


def inspect(path: Path, aliases: Mapping[str, Sequence[str]], options: ImportOptions) -> Inspection:
    """What the file holds and what must be asked before it can be imported. Changes nothing.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_FORMAT_UNSUPPORTED, E_MDB, E_LAYER_EMPTY,
            E_NOT_POLYGON, E_CRS_DATUM, E_CRS_INVALID, E_CRS_MISMATCH, E_COORDINATE_UNIT, E_ANSWER,
            E_ANSWER_KEY, E_FIELD_NAME, E_FIELD_UNKNOWN.
    """
    path = Path(path)
    check_keys(options, aliases)
    with opened(path) as root:
        found = candidates(root, path)
        chosen, questions = choose(found, options.answer("layer"), path)
        layers = tuple(c.label for c in found)
        recalled: tuple[Recalled, ...] = ()
        if questions:
            known, memory = layouts.recall_layer(chosen, options, aliases)
            if known is None:
                return Inspection(path, layers, questions=tuple(questions), options=options)
            chosen = [known]
            recalled = (Recalled("layer", known.label, f"图层 {known.label}", memory.batch),)
        looked = _look(chosen[0], aliases, options, path)
        settled = dict(looked.settled)
        if options.answer("layer") or recalled:
            settled["layer"] = chosen[0].label
        return replace(looked, path=path, layers=layers, recalled=(*recalled, *looked.recalled), settled=settled)


@dataclass(frozen=True)
class _Looked:
    """What one pass over the chosen layer gave."""

    source: Source
    codec: encoding.Encoding
    found: survey.Survey
    county: str
    opened_with: Mapping[str, str]


def _look(candidate: Candidate, aliases: Mapping[str, Sequence[str]], options: ImportOptions, path: Path) -> Inspection:
    """The chosen layer."""
    guess = _guess_encoding(candidate)
    layout = layouts.layout_of(candidate, guess.name, aliases)
    notes = Notes(options, layouts.recall(layout, options.memory))
    looked = _survey(candidate, _encoding(guess, notes), layout.county, aliases, notes, path)
    source, found = looked.source, looked.found
    if not source.tabular and kind_label(source.geometry_type) == "混合类型":
        _check_kind([wkb for _, wkb, _ in found.sample], path)
    rows = [attributes for _, _, attributes in found.sample]
    kind = kind_of(source)
    match = choose_columns(
        source.fields, aliases, rows, lambda _: found.cells or rows, notes, has_geometry=not kind, hint=source.id_hint
    )
    # The columns in force may tell the county where the aliases alone did not.
    county = looked.county or layouts.county_of(rows, match.mapping)
    extent = found.extent()
    axis = _axis(extent, notes, source.axis)
    chosen = ChosenCrs("", "表格没有坐标", DISPLAY_CRS)
    if kind != "ids":
        crs, why = _crs_of(source.crs, candidate)
        chosen = choose_crs(crs, _turned(extent, axis), county, notes, why)
    place = _Place(chosen.assumed, axis)
    unit, unit_reason = _unit(found, match, place, notes)
    invalid, repair = _repair(found, match, place, notes)
    lonlat, gcj02 = _shown(looked, match, place if kind != "ids" else None, candidate, notes)
    _settle_rows(notes, source)
    bounds = _bounds(lonlat)
    return Inspection(
        path=path,
        layer=candidate.label,
        encoding=source.encoding or looked.codec.name,
        encoding_reason=source.encoding_reason or looked.codec.reason,
        crs=chosen.crs,
        crs_reason=chosen.reason,
        fields=source.fields,
        mapping=match.mapping,
        unit=unit,
        unit_reason=unit_reason,
        sample=tuple(rows[:_SAMPLE]),
        count=source.count,
        questions=tuple(notes.questions),
        findings=tuple(notes.findings),
        axis=axis,
        geometry_type=source.geometry_type,
        columns=tuple(vars(info) for info in source.field_info),
        options=options,
        opened_with=looked.opened_with,
        kind=kind,
        recalled=tuple(notes.recalled),
        signature=layout.signature,
        traits=layout.traits,
        settled=notes.settled,
        repair=repair,
        invalid=invalid,
        gcj02=gcj02,
        bounds=bounds,
        preview=tuple(shapely.to_wkb(lonlat, output_dimension=2)) if len(lonlat) else (),
        place=in_words(bounds, county) if len(bounds) == 4 else "",
    )


def _survey(
    candidate: Candidate,
    codec: encoding.Encoding,
    county: str,
    aliases: Mapping[str, Sequence[str]],
    notes: Notes,
    path: Path,
) -> _Looked:
    """Open the layer with every answer in force and read it once."""
    past = {key.replace(FIELD_PREFIX, "", 1): value for key, value in notes.memory.answers.items()}
    answers = {**past, **{k: str(v) for k, v in {**notes.options.answers, **notes.options.field_map}.items()}}
    of_table = tuple(sorted((key, value) for key, value in answers.items() if key in _TABLE_ANSWERS))
    names = tuple((canonical, *known) for canonical, known in aliases.items())
    what = ("survey", candidate.label, codec.name, of_table, names)
    source, found = kept(fingerprint(path), what, lambda: _pass(candidate, codec.name, answers, aliases))
    notes.questions += [Question(*asked) for asked in source.asked]
    notes.findings += source.findings()
    return _Looked(source, codec, found, county, answers)


def _pass(
    candidate: Candidate, codec: str, answers: Mapping[str, str], aliases: Mapping[str, Sequence[str]]
) -> tuple[Source, survey.Survey]:
    """The layer (closed again) and what one pass over its rows gave."""
    with open_layer(candidate, codec, answers) as source:
        match = match_fields(source.fields, aliases)
        whole = [*match.ambiguous, *(name for names in match.doubles.values() for name in names)]
        return source, survey.look(source.read(), whole, points=bool(kind_of(source)))


def _settle_rows(notes: Notes, source: Source) -> None:
    """The answer `rows` is used by the reader of tables, and counts like the others."""
    told, past = notes.told("rows"), notes.before("rows")
    if told:
        notes.settle("rows", told)
    elif past and source.tabular:
        notes.settle("rows", past, recalled=True)


def _guess_encoding(candidate: Candidate) -> encoding.Encoding:
    """Encoding of a shapefile by its own text; other formats carry theirs."""
    dbf = dbf_of(candidate.dataset) if candidate.dataset.suffix.lower() == ".shp" else None
    if dbf is None:
        return encoding.Encoding("", "该格式自带编码，不需要判断")
    try:
        return encoding.guess(dbf)
    except (OSError, ValueError) as error:
        raise WeipianError("E_FILE_UNREADABLE", path=dbf.name, detail="DBF 文件头损坏") from error


def _encoding(guess: encoding.Encoding, notes: Notes) -> encoding.Encoding:
    """The encoding in force; asked where the text reads equally well (or badly) in two."""
    wanted = notes.told("encoding") if guess.name else ""
    if not wanted:
        if guess.sure or not guess.choices:
            return guess
        text = f"文字用的是哪一种编码？{guess.reason}"
        value = notes.choose(Question("encoding", text, guess.choices))
        return replace(guess, name=value, reason=f"沿用“{notes.memory.batch}”的回答") if value else guess
    codec = encoding.codec_of(wanted)
    if not codec:
        raise WeipianError("E_ANSWER", key="encoding", value=wanted, choices="UTF-8、GBK、GB18030")
    name = encoding.gdal_name(codec)
    if name != guess.name and guess.sure:
        notes.warn("W_ENCODING", f"指定的编码是 {name}，但文字看起来是 {guess.name}，请核对样例")
    elif guess.mixed:
        notes.warn("W_ENCODING_MIXED", f"{guess.reason}；第 {encoding.listed(guess.mixed)} 行的文字可能是乱码，请核对")
    notes.settle("encoding", name)
    return encoding.Encoding(name, "人工指定")


@np.errstate(invalid="ignore")
def _check_kind(wkbs: Sequence[Optional[bytes]], path: Path) -> None:
    """A layer of no declared type must hold a polygon among its first rows."""
    geoms = [g for g in shapely.from_wkb(np.array(list(wkbs), dtype=object), on_invalid="ignore") if g is not None]
    if geoms and not any(polygons_only(g) for g in geoms):
        raise WeipianError("E_NOT_POLYGON", geometry=kind_label(geoms[0].geom_type), path=path)


def _crs_of(found: str, candidate: Candidate) -> tuple[str, str]:
    """(what the file says, why it says nothing): .prj in an odd encoding and the .qpj of QGIS 2 count too."""
    if found or candidate.dataset.suffix.lower() != ".shp":
        return found, ""
    sides = {p.suffix.lower(): p for p in candidate.dataset.parent.iterdir() if p.stem == candidate.dataset.stem}
    for suffix in (".prj", ".qpj"):
        crs = read_prj(sides[suffix].read_bytes()[:65536]) if suffix in sides else ""
        if crs:
            return crs, ""
    if ".prj" not in sides:
        return "", "文件没有坐标系（缺少 .prj）"
    return "", ".prj 文件是空的" if not sides[".prj"].stat().st_size else ".prj 文件读不懂"


def _axis(extent: Optional[Extent], notes: Notes, known: str = "") -> str:
    """Axis order in the file; asked when x looks like a northing."""
    told = notes.told("axis")
    if not told and known:
        return known
    if not told and (extent is None or not crs_guess.swapped(extent)):
        return "xy"
    x, y = (extent[0], extent[1]) if extent else (0.0, 0.0)
    choices = (("yx", "第一个坐标是北（纵坐标、纬度）"), ("xy", "第一个坐标是东（横坐标、经度）"))
    text = f"坐标顺序像是反的（第一个坐标约 {x:.6g}，第二个约 {y:.6g}），请确认"
    return notes.choose(Question("axis", text, choices)) or "yx"


def _turned(extent: Optional[Extent], axis: str) -> Optional[Extent]:
    """The extent in east/north order."""
    if extent is None or axis == "xy":
        return extent
    return extent[1], extent[0], extent[3], extent[2]


@dataclass(frozen=True)
class _Place:
    """CRS and axis order in force or assumed."""

    crs: str
    axis: str

    def lonlat(self, geoms: Any) -> Any:
        """Geometries of the delivery in lon/lat EPSG:4490, no vertex added."""
        if self.axis == "yx":
            geoms = shapely.transform(geoms, lambda xy: xy[:, ::-1])
        return Transformer(self.crs, DISPLAY_CRS).geometry(geoms, densify_m=0)


def lonlat_of(inspection: Inspection, geoms: Any) -> Any:
    """Geometries in the delivered CRS, east/north order -> lon/lat EPSG:4490, taken back from GCJ-02 if need be."""
    found = Transformer(inspection.crs, DISPLAY_CRS).geometry(geoms, densify_m=0)
    return shapely.transform(found, lambda xy: to_gcj(xy, back=True)) if inspection.gcj02 else found


def _unit(
    found: survey.Survey,
    match: FieldMatch,
    place: _Place,
    notes: Notes,
) -> tuple[str, str]:
    """(unit of the issued areas, reason); asked where the header and the geometry do not settle it."""
    header = match.mapping.get("area_issued")
    if not header:
        if notes.told("unit"):
            notes.choose(units.question("（没有面积字段）", ""), accept=units.SPELLINGS)
        return "", "数据没有面积字段"
    measured, reason, ratio = units.measured(_pairs(found.sample, header, place))
    notes.settle(RATIO, f"{ratio:.6g}")
    named = match.units.get("area_issued", "")
    if notes.told("unit"):
        unit = notes.choose(units.question(header, reason), accept=units.SPELLINGS)
        if measured and measured != unit:
            notes.warn("W_UNIT", f"指定的面积单位是{UNIT_LABELS[unit]}，但{reason}，请核对")
        return unit, "人工指定"
    if named and measured in ("", named):
        return named, f"字段名“{header}”写明单位是{UNIT_LABELS[named]}"
    if measured and not named:
        return measured, reason
    if found.count == len(found.sample) and not any(values.number(row.get(header)) for _, _, row in found.sample):
        return "", f"面积字段“{header}”没有填写面积"
    why = f"字段名写的是{UNIT_LABELS[named]}，但{reason}" if named else reason
    past = float(notes.before(RATIO) or 0.0)
    shifted = ratio > 0 and past > 0 and abs(ratio / past - 1) > _RATIO_SHIFT
    doubt = f"上次与图形面积的比值是 {past:.4g}，这次是 {ratio:.4g}" if shifted else ""
    unit = notes.choose(units.question(header, why, named or measured), doubt)
    return unit, f"沿用“{notes.memory.batch}”的回答" if unit else why


@np.errstate(invalid="ignore")
def _pairs(
    rows: Sequence[tuple[int, Optional[bytes], Mapping[str, Optional[str]]]], header: str, place: _Place
) -> list[tuple[float, float]]:
    """(issued, computed m²) of the rows that have both."""
    issued = [values.number(row.get(header)) for _, _, row in rows]
    wkbs = np.array([wkb for _, wkb, _ in rows], dtype=object)
    geoms = shapely.force_2d(shapely.from_wkb(wkbs, on_invalid="ignore"))
    usable = [i for i, g in enumerate(geoms) if g is not None and issued[i] is not None and polygons_only(g)]
    if not usable:
        return []
    areas = ellipsoidal_areas(place.lonlat(geoms[usable]))
    return [(issued[i] or 0.0, float(area)) for i, area in zip(usable, areas) if np.isfinite(area)]


def _repair(found: survey.Survey, match: FieldMatch, place: _Place, notes: Notes) -> tuple[tuple[CheckItem, ...], bool]:
    """(invalid geometries with their areas before and after a repair, whether to repair); asked when there are any."""
    header = match.mapping.get("patch_id", "")
    with np.errstate(invalid="ignore"):
        items = survey.repairs(
            found,
            header,
            place.axis == "yx",
            lambda g: ellipsoidal_areas(_Place(place.crs, "xy").lonlat(g)),
            values.code,
        )
    if not items and not notes.told("repair"):
        return (), True
    named = "；".join(_repair_text(item) for item in items[:_LISTED])
    more = f"等 {found.invalid_count} 个" if found.invalid_count > _LISTED else ""
    text = f"{found.invalid_count} 个图形需要修复才能使用：{named}{more}。是否修复（原图形保留）？"
    choices = (("yes", "修复后导入，原图形保留"), ("no", "不修复，这些行不导入"))
    return items, notes.choose(Question("repair", text, choices), accept={"是": "yes", "否": "no"}) != "no"


def _repair_text(item: CheckItem) -> str:
    name = f"第 {item.row} 行 {item.patch_id}".strip()
    return f"{name} {item.reason}，面积 {max(item.before_m2 or 0, 0):.2f} → {item.after_m2 or 0:.2f} 平方米"


@np.errstate(invalid="ignore")
def _lonlat(wkbs: Sequence[bytes], place: _Place) -> Any:
    """The first geometries in lon/lat, to be shown; what cannot be placed is left out."""
    geoms = shapely.force_2d(shapely.from_wkb(np.array(list(wkbs), dtype=object), on_invalid="ignore"))
    geoms = geoms[[g is not None and bool(np.isfinite(g.bounds).all()) for g in geoms]]
    if not len(geoms):
        return geoms
    try:
        found = place.lonlat(geoms)
    except (WeipianError, RuntimeError):
        return geoms[:0]
    boxes = shapely.bounds(found)
    return found[np.isfinite(boxes).all(axis=1) & (np.abs(boxes) <= 360).all(axis=1)]


def _shown(
    looked: _Looked, match: FieldMatch, place: Optional[_Place], candidate: Candidate, notes: Notes
) -> tuple[Any, bool]:
    """(the first geometries in lon/lat, none without a `place`; whether they were taken back from GCJ-02)."""
    lonlat = np.array([], dtype=object) if place is None else _lonlat(looked.found.shown, place)
    gcj02 = _gcj02(looked, match, lonlat, candidate, notes)
    return (shapely.transform(lonlat, lambda xy: to_gcj(xy, back=True)) if gcj02 else lonlat), gcj02


def _bounds(lonlat: Any) -> tuple[float, ...]:
    """Bounds of most of them, empty for none."""
    extent = survey.Survey(boxes=[tuple(b) for b in shapely.bounds(lonlat).tolist()]).extent() if len(lonlat) else None
    return extent or ()


def _gcj02(looked: _Looked, match: FieldMatch, lonlat: Any, candidate: Candidate, notes: Notes) -> bool:
    """Whether to take the coordinates back from GCJ-02; asked on strong evidence, remarked on weak."""
    told = notes.told("gcj02")
    question = Question(
        "gcj02", "", (("convert", "是 GCJ-02，还原到 CGCS2000（原坐标保留）"), ("keep", "不是，按原样使用"))
    )
    if told:
        return notes.choose(question) == "convert"
    rows = [row for _, wkb, row in looked.found.sample if wkb][: len(lonlat)]
    ids = [values.code(row.get(match.mapping.get("patch_id", ""))) for row in rows]
    villages = [values.text(row.get(match.mapping.get("village_name", ""))) for row in rows]
    name = f"{notes.options.answer('layer')} {candidate.label} {candidate.dataset.name}"
    if not len(lonlat) or len(rows) != len(lonlat):
        return False
    found = gcj.suspect(name, looked.source.fields, ids, lonlat, villages, notes.options.context)
    if found is None:
        return False
    if not found.strong:
        notes.warn("W_GCJ02", f"坐标可能是 GCJ-02（火星坐标，偏移约 480 米）：{found.reason}；请在地图上与影像核对")
        return False
    text = f"坐标像是 GCJ-02（火星坐标）：{found.reason}。要还原到 CGCS2000 吗？"
    value = notes.choose(replace(question, text=text))
    notes.warn("W_GCJ02", f"坐标像是 GCJ-02（火星坐标）：{found.reason}；{_DONE[value]}")
    return value == "convert"
