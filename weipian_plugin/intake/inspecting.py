"""Look at a delivery without importing it: layer, encoding, CRS, fields, unit, and what must be asked."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.fields import FieldMatch, match_fields
from ..core.findings import Finding
from ..geo.area import ellipsoidal_areas
from ..sources.crs import Transformer, authid_of, is_geographic, label_of, same_datum
from . import crs_guess, encoding, units, values
from .checks import kind_label, polygons_only
from .files import dbf_of, opened
from .layers import Candidate, candidates, choose
from .model import UNIT_LABELS, ImportOptions, Inspection, Question
from .opening import Source, kind_of, open_layer

DISPLAY_CRS = "EPSG:4490"
_SAMPLE = 10
_MEASURED = 500
_COUNTY = re.compile(r"[1-7]\d{5}")
Extent = tuple[float, float, float, float]


@dataclass
class _Notes:
    """What comes up while looking."""

    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def inspect(path: Path, aliases: Mapping[str, Sequence[str]], options: ImportOptions) -> Inspection:
    """What the file holds and what must be asked before it can be imported. Changes nothing.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_FORMAT_UNSUPPORTED, E_MDB, E_LAYER_EMPTY,
            E_NOT_POLYGON, E_CRS_DATUM, E_CRS_INVALID, E_ANSWER, E_FIELD_UNKNOWN.
    """
    path = Path(path)
    with opened(path) as root:
        found = candidates(root, path)
        chosen, questions = choose(found, options.answer("layer"), path)
        layers = tuple(c.label for c in found)
        if questions:
            return Inspection(path, layers, questions=tuple(questions), options=options)
        looked = _look(chosen[0], aliases, options, path)
        return replace(looked, path=path, layers=layers)


def _look(candidate: Candidate, aliases: Mapping[str, Sequence[str]], options: ImportOptions, path: Path) -> Inspection:
    """The chosen layer."""
    notes = _Notes()
    codec = _encoding(candidate, options, notes)
    answers = {**options.answers, **options.field_map}
    with open_layer(candidate, codec.name, answers) as source:
        rows = list(islice(source.read(), _MEASURED))
        notes.questions += [Question(*asked) for asked in source.asked]
        notes.findings += source.findings()
    if not source.tabular and kind_label(source.geometry_type) == "混合类型":
        _check_kind([wkb for _, wkb, _ in rows], path)
    match = _mapping(source.fields, aliases, options, notes, source.id_hint)
    extent = _extent(source)
    county = _county([attributes for _, _, attributes in rows], match)
    axis = _axis(extent, options, notes, source.axis)
    crs, crs_reason = "", "表格没有坐标"
    if kind_of(source) != "ids":
        crs, crs_reason = _crs(source.crs, _turned(extent, axis), county, options, notes)
    unit, unit_reason = _unit(rows, match, (crs or _assumed(notes), axis), options, notes)
    return Inspection(
        path=path,
        layer=candidate.label,
        encoding=source.encoding or codec.name,
        encoding_reason=source.encoding_reason or codec.reason,
        crs=crs,
        crs_reason=crs_reason,
        fields=source.fields,
        mapping=match.mapping,
        unit=unit,
        unit_reason=unit_reason,
        sample=tuple(attributes for _, _, attributes in rows[:_SAMPLE]),
        count=source.count,
        questions=tuple(notes.questions),
        findings=tuple(notes.findings),
        axis=axis,
        geometry_type=source.geometry_type,
        columns=tuple(vars(info) for info in source.field_info),
        options=options,
        opened_with=answers,
        kind=kind_of(source),
    )


def _encoding(candidate: Candidate, options: ImportOptions, notes: _Notes) -> encoding.Encoding:
    """Encoding of a shapefile; other formats carry their own."""
    dbf = dbf_of(candidate.dataset) if candidate.dataset.suffix.lower() == ".shp" else None
    if dbf is None:
        return encoding.Encoding("", "该格式自带编码，不需要判断")
    try:
        answer = encoding.guess(dbf)
    except (OSError, ValueError) as error:
        raise WeipianError("E_FILE_UNREADABLE", path=dbf.name, detail="DBF 文件头损坏") from error
    wanted = options.answer("encoding")
    if not wanted:
        if not answer.sure:
            notes.findings.append(Finding("W_ENCODING", f"编码不能确定（{answer.reason}）"))
        return answer
    codec = encoding.codec_of(wanted)
    if not codec:
        raise WeipianError("E_ANSWER", key="encoding", value=wanted, choices="UTF-8、GBK、GB18030")
    name = encoding.gdal_name(codec)
    if name != answer.name and answer.sure:
        notes.findings.append(Finding("W_ENCODING", f"指定的编码是 {name}，但文字看起来是 {answer.name}，请核对样例"))
    return encoding.Encoding(name, "人工指定")


def _mapping(
    headers: Sequence[str], aliases: Mapping[str, Sequence[str]], options: ImportOptions, notes: _Notes, hint: str = ""
) -> FieldMatch:
    """Aliases, then what the user says; without a patch id there is a question."""
    match = match_fields(headers, aliases)
    asked = {k: str(v) for k, v in options.field_map.items()}
    if options.answer("patch_id"):
        asked.setdefault("patch_id", options.answer("patch_id"))
    for header in match.ambiguous:
        answer = options.answer(header) or options.answer(header.upper())
        if answer in ("farmland", "farmland_issued", "耕地"):
            asked.setdefault("farmland_issued", header)
        elif not answer and header not in asked.values():
            message = f"字段 {header} 在不同标准里分别指“已供地面积”和“耕地面积”，没有采用；需要时请在字段对应中指定"
            notes.findings.append(Finding("W_FIELD_AMBIGUOUS", message, header))
    mapping = {k: v for k, v in match.mapping.items() if v not in asked.values()}
    for canonical, header in asked.items():
        if header and header not in headers:
            raise WeipianError("E_FIELD_UNKNOWN", field=header, fields="、".join(headers) or "（无）")
        mapping[canonical] = header
    mapping = {k: v for k, v in mapping.items() if v}
    if "patch_id" not in mapping and hint:
        mapping["patch_id"] = hint
        notes.findings.append(Finding("W_ID_HINT", f"没有图斑编号字段，用“{hint}”作为编号，请核对", hint))
    if "patch_id" not in mapping:
        choices = tuple((h, h) for h in headers)
        notes.questions.append(Question("patch_id", "没有认出图斑编号字段，哪一列是图斑编号？", choices))
    named = match_fields(list(mapping.values()), {k: [v] for k, v in mapping.items()}).units
    return replace(match, mapping=mapping, units=named)


@np.errstate(invalid="ignore")
def _check_kind(wkbs: Sequence[Optional[bytes]], path: Path) -> None:
    """A layer of no declared type must hold a polygon among its first rows."""
    geoms = [g for g in shapely.from_wkb(np.array(list(wkbs), dtype=object), on_invalid="ignore") if g is not None]
    if geoms and not any(polygons_only(g) for g in geoms):
        raise WeipianError("E_NOT_POLYGON", geometry=kind_label(geoms[0].geom_type), path=path)


def _extent(source: Source) -> Optional[Extent]:
    """Extent as (xmin, ymin, xmax, ymax), None without any geometry."""
    extent = source.extent
    return None if extent is None or not np.isfinite(extent).all() else extent


def _county(rows: Sequence[Mapping[str, Optional[str]]], match: FieldMatch) -> str:
    """County code of the first row that tells one, from its column or the head of its id."""
    for canonical in ("county_code", "patch_id"):
        header = match.mapping.get(canonical)
        for row in rows if header else ():
            found = _COUNTY.match(values.code(row.get(header or "")))
            if found:
                return found.group(0)
    return ""


def _axis(extent: Optional[Extent], options: ImportOptions, notes: _Notes, known: str = "") -> str:
    """Axis order in the file; asked when x looks like a northing."""
    answer = options.answer("axis").lower()
    if answer and answer not in ("xy", "yx"):
        raise WeipianError("E_ANSWER", key="axis", value=answer, choices="xy、yx")
    if answer or known:
        return answer or known
    if extent is None or not crs_guess.swapped(extent):
        return "xy"
    choices = (("yx", "第一个坐标是北（纵坐标、纬度）"), ("xy", "第一个坐标是东（横坐标、经度）"))
    text = f"坐标顺序像是反的（第一个坐标约 {extent[0]:.0f}，第二个约 {extent[1]:.0f}），请确认"
    notes.questions.append(Question("axis", text, choices))
    return "yx"


def _turned(extent: Optional[Extent], axis: str) -> Optional[Extent]:
    """The extent in east/north order."""
    if extent is None or axis == "xy":
        return extent
    return extent[1], extent[0], extent[3], extent[2]


def _crs(found: str, extent: Optional[Extent], county: str, options: ImportOptions, notes: _Notes) -> tuple[str, str]:
    """(authid or WKT, reason); asked when the file says nothing that can be true."""
    asked = options.answer("crs")
    crs = asked or found
    if crs and not same_datum(crs):
        raise WeipianError("E_CRS_DATUM", crs=label_of(crs))
    if crs and (asked or _possible(crs, extent)):
        crs = authid_of(crs) or crs
        return crs, "人工指定" if asked else f"文件自带，按参数识别为 {label_of(crs)}"
    guess = crs_guess.guess(extent, county) if extent else crs_guess.CrsGuess(crs_guess.every(), "没有可用的坐标")
    why = "文件写的是经纬度，但坐标值不是" if crs else "文件没有坐标系"
    text = f"{why}，请确认坐标系。{guess.reason}，最可能是 {guess.choices[0][1]}"
    notes.questions.append(Question("crs", text, guess.choices))
    return "", f"{why}；{guess.reason}"


def _possible(crs: str, extent: Optional[Extent]) -> bool:
    """False when degrees are claimed for coordinates that are none (GeoJSON always claims them)."""
    if extent is None or not is_geographic(crs):
        return True
    return max(abs(extent[0]), abs(extent[2])) <= 360 and max(abs(extent[1]), abs(extent[3])) <= 90


def _assumed(notes: _Notes) -> str:
    """The first choice of the open question about the CRS: good enough to tell units apart."""
    return next((q.choices[0][0] for q in notes.questions if q.key == "crs"), DISPLAY_CRS)


def _unit(
    rows: Sequence[tuple[int, Optional[bytes], Mapping[str, Optional[str]]]],
    match: FieldMatch,
    place: tuple[str, str],
    options: ImportOptions,
    notes: _Notes,
) -> tuple[str, str]:
    """(unit of the issued areas, reason); `place` is CRS and axis order."""
    header = match.mapping.get("area_issued")
    answer = options.answer("unit")
    if answer and answer not in UNIT_LABELS:
        answer = {label: unit for unit, label in UNIT_LABELS.items()}.get(answer, "")
        if not answer:
            raise WeipianError("E_ANSWER", key="unit", value=options.answer("unit"), choices="m2、mu、ha")
    if not header:
        return "", "数据没有面积字段"
    if answer:
        return answer, "人工指定"
    named = match.units.get("area_issued", "")
    if named:
        return named, f"字段名“{header}”写明单位是{UNIT_LABELS[named]}"
    unit, reason = units.measured(_pairs(rows, header, place))
    if not unit:
        notes.questions.append(units.question(header, reason))
    return unit, reason


@np.errstate(invalid="ignore")
def _pairs(
    rows: Sequence[tuple[int, Optional[bytes], Mapping[str, Optional[str]]]], header: str, place: tuple[str, str]
) -> list[tuple[float, float]]:
    """(issued, computed m²) of the rows that have both."""
    crs, axis = place
    issued = [values.number(row.get(header)) for _, _, row in rows]
    wkbs = np.array([wkb for _, wkb, _ in rows], dtype=object)
    geoms = shapely.force_2d(shapely.from_wkb(wkbs, on_invalid="ignore"))
    usable = [i for i, g in enumerate(geoms) if g is not None and issued[i] is not None and polygons_only(g)]
    if not usable:
        return []
    chosen = geoms[usable]
    if axis == "yx":
        chosen = shapely.transform(chosen, lambda xy: xy[:, ::-1])
    areas = ellipsoidal_areas(Transformer(crs, DISPLAY_CRS).geometry(chosen))
    return [(issued[i] or 0.0, float(area)) for i, area in zip(usable, areas) if np.isfinite(area)]
