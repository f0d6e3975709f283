"""Import what was inspected: every row becomes a checked patch or a rejection with its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, Callable, Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.findings import Finding
from ..core.model import Patch
from ..geo.gcj02 import gcj_to_wgs
from ..sources.crs import Transformer
from . import kept, values
from .checks import Checked, check_all, overlaps, place_findings
from .files import digest, files_of, opened
from .inspecting import DISPLAY_CRS, lonlat_of
from .layers import candidates, choose
from .model import DEFAULT_CLASSES, AttributeUpdate, Delivery, Inspection, Rejected
from .opening import Source, open_layer
from .patches import patch_of, value_findings

Row = Mapping[str, Optional[str]]
_STEP = 1000
_TOTALS = ("合计", "总计", "小计", "共计", "总合计")


@dataclass
class _Table:
    """The rows as read, in columns; `numbers` count from 1 in the file, `originals` by place in the columns."""

    numbers: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    wkbs: list[Optional[bytes]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    originals: dict[int, bytes] = field(default_factory=dict)

    def add(self, number: int, patch_id: str, wkb: Optional[bytes], row: Row) -> None:
        """One row more."""
        self.numbers.append(number)
        self.ids.append(patch_id)
        self.wkbs.append(wkb)
        self.rows.append(row)


@dataclass
class _Read:
    """What the rows are: with a boundary, without one, or attributes for patches that are there already."""

    bounded: _Table = field(default_factory=_Table)
    boundless: _Table = field(default_factory=_Table)
    updates: list[AttributeUpdate] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def question_error(inspection: Inspection) -> WeipianError:
    """The error for an import that still has questions: E_FIELD_MISSING or E_QUESTION.

    `params["details"]` holds the questions as dicts, for REPORT_JSON.
    """
    details = [question.as_dict() for question in inspection.questions]
    if any(question.key == "patch_id" for question in inspection.questions):
        return WeipianError("E_FIELD_MISSING", fields="、".join(inspection.fields) or "（无）", details=details)
    texts = "；".join(question.text.rstrip("？") for question in inspection.questions)
    return WeipianError("E_QUESTION", questions=texts, details=details)


def read(inspection: Inspection, feedback: Feedback) -> Delivery:
    """Read, check and convert the whole layer. Nothing is written.

    Raises:
        WeipianError: E_FIELD_MISSING, E_QUESTION (see `question_error`), E_CANCELLED, and as `inspect`.
    """
    if inspection.questions:
        raise question_error(inspection)
    with opened(inspection.path) as root:
        chosen, _ = choose(candidates(root, inspection.path), inspection.layer, inspection.path)
        files = files_of(inspection.path, chosen[0].dataset, chosen[0].members)
        sha256 = digest(files)
        feedback.message("正在读取图斑")
        with open_layer(chosen[0], inspection.encoding, inspection.opened_with) as source:
            found = _rows(source, inspection, feedback)
    kept.drop()
    patches = _checked(found, inspection, feedback)
    patches += _boundless(found, inspection)
    order = {patch_id: n for t in (found.bounded, found.boundless) for patch_id, n in zip(t.ids, t.numbers)}
    patches.sort(key=lambda patch: order[patch.patch_id])
    # What was counted over the first rows while inspecting has been counted over all of them now.
    counted = {finding.code for finding in found.findings}
    before = [finding for finding in inspection.findings if finding.code not in counted]
    findings = [*before, *found.findings, *value_findings(patches, inspection)]
    found.rejected.sort(key=lambda item: item.row)
    feedback.progress(100)
    return Delivery(
        patches,
        found.rejected,
        list(dict.fromkeys(findings)),
        _schema(inspection),
        sha256,
        files,
        inspection.crs,
        tuple(found.updates),
        {patch.patch_uid: order[patch.patch_id] for patch in patches},
    )


def _rows(source: Source, inspection: Inspection, feedback: Feedback) -> _Read:
    """All rows with an id of their own; the others are rejected."""
    header = inspection.mapping["patch_id"]
    found = _Read()
    first: dict[str, int] = {}
    for count, (fid, wkb, row) in enumerate(source.read(), 1):
        if count % _STEP == 0:
            stop_if_cancelled(feedback)
            feedback.progress(30 * min(count / max(source.count, 1), 1))
        number = fid if source.tabular else count  # the row that the spreadsheet shows
        patch_id = values.code(row.get(header))
        rejected = _unusable(number, patch_id, first)
        if rejected is None and fid in source.refused:
            rejected = Rejected(number, patch_id, *source.refused[fid])
        if rejected is not None:
            found.rejected.append(rejected)
            continue
        if wkb or source.boundless or source.updates_only:  # a row without its boundary keeps no other one out
            first[patch_id] = number
        if source.updates_only:
            found.updates.append(AttributeUpdate(patch_id, dict(row), number))
        elif source.tabular and _is_centre(wkb, source.boundless):
            found.boundless.add(number, patch_id, wkb, row)
        else:
            if fid in source.originals:
                found.bounded.originals[len(found.bounded.ids)] = source.originals[fid]
            found.bounded.add(number, patch_id, wkb, row)
    found.findings += source.findings()
    return found


def _unusable(number: int, patch_id: str, first: Mapping[str, int]) -> Optional[Rejected]:
    """Why a row cannot be a patch by its id, None when it can."""
    if not patch_id:
        return Rejected(number, "", "R_ID_EMPTY", f"第 {number} 行没有图斑编号")
    if patch_id.replace(" ", "") in _TOTALS:
        return Rejected(number, patch_id, "R_TOTAL_ROW", f"第 {number} 行是{patch_id}行，不是图斑")
    if patch_id in first:
        reason = f"图斑编号 {patch_id} 重复，第 {first[patch_id]} 行已有，只保留第一个"
        return Rejected(number, patch_id, "R_ID_DUPLICATE", reason)
    return None


def _is_centre(wkb: Optional[bytes], boundless: bool) -> bool:
    """True for a point, and for nothing at all where no row is expected to have a boundary."""
    return boundless if wkb is None else len(wkb) == 21 and wkb[1:5] == b"\1\0\0\0"


def _checked(found: _Read, inspection: Inspection, feedback: Feedback) -> list[Patch]:
    """Patches of the rows whose geometry holds; the others are appended to `found.rejected`."""
    table = found.bounded
    if not table.ids:
        return []
    feedback.message("正在检查图形")
    # No vertex is added: the official area is that of the delivered vertices in longitude and latitude.
    to_lonlat: Callable[[Any], Any] = partial(lonlat_of, inspection)
    checked = check_all(table.wkbs, inspection.axis == "yx", to_lonlat, feedback, (30, 70))
    good = _accepted(checked, found, inspection)
    ids = [table.ids[i] for i in good]
    found.findings += place_findings([checked[i].lonlat for i in good], ids, inspection.crs)
    feedback.message("正在检查图斑之间的重叠")
    found.findings += overlaps([checked[i].source for i in good], ids, to_lonlat, feedback, (70, 90))
    options = inspection.options
    index = values.class_index(DEFAULT_CLASSES if options.classes is None else options.classes)
    # The default of 4 dimensions is refused where QGIS's older GEOS answers shapely's calls.
    wkbs = shapely.to_wkb(np.array([checked[i].lonlat for i in good], dtype=object), output_dimension=2) if good else []
    patches = []
    for count, i in enumerate(good):
        if count % _STEP == 0:
            stop_if_cancelled(feedback)
            feedback.progress(90 + 10 * count / len(good))
        given = {
            "wkb": bytes(wkbs[count]),
            "delivered_wkb": table.originals.get(i, table.wkbs[i]),
            "area_m2": checked[i].area_m2,
        }
        patches.append(patch_of(table.ids[i], table.rows[i], inspection, index, **given))
    return patches


def _accepted(checked: Sequence[Checked], found: _Read, inspection: Inspection) -> list[int]:
    """Places of the rows that are imported; rejections and repairs are noted in `found`."""
    table, good = found.bounded, []
    for i, item in enumerate(checked):
        number, patch_id = table.numbers[i], table.ids[i]
        if item.code:
            found.rejected.append(Rejected(number, patch_id, item.code, item.reason))
        elif item.before_m2 is not None and not inspection.repair:
            reason = "图形自相交，按选择不作修复"
            found.rejected.append(Rejected(number, patch_id, "R_GEOMETRY_INVALID", reason))
        else:
            good.append(i)
            if item.before_m2 is not None:
                found.findings.append(Finding("W_REPAIRED", _repaired(patch_id, item), patch_id))
    return good


def _boundless(found: _Read, inspection: Inspection) -> list[Patch]:
    """Patches 「无边界」: a centre point at most, the issued area is the one that counts."""
    table = found.boundless
    if not table.ids:
        return []
    options = inspection.options
    index = values.class_index(DEFAULT_CLASSES if options.classes is None else options.classes)
    places = _places(table.wkbs, inspection)
    patches = []
    for patch_id, row, place in zip(table.ids, table.rows, places):
        patch = patch_of(patch_id, row, inspection, index)
        issued = patch.issued_area
        adopted = values.square_metres(issued, patch.issued_unit) if issued is not None and patch.issued_unit else None
        patch = replace(
            patch,
            geometry_source="none",
            delivered_crs=inspection.crs if place else "",
            adopted_area_m2=adopted,
            adopted_source=None if adopted is None else "issued",
        )
        patches.append(replace(patch, centre_lon=place[0], centre_lat=place[1]) if place else patch)
    message = f"{len(patches)} 个图斑没有边界（只有中心点或表格属性），面积暂用下发面积，边界可以以后补画"
    found.findings.append(Finding("W_BOUNDLESS", message))
    without = sum(1 for place in places if place is None)
    if without:
        found.findings.append(Finding("W_CENTRE_MISSING", f"{without} 个图斑没有可用的中心点坐标，不能在地图上定位"))
    return patches


def _places(wkbs: Sequence[Optional[bytes]], inspection: Inspection) -> list[Optional[tuple[float, float]]]:
    """lon/lat EPSG:4490 of centre points, None where there is none that lies on the earth."""
    places: list[Optional[tuple[float, float]]] = []
    transform = Transformer(inspection.crs, DISPLAY_CRS) if inspection.crs else None
    for wkb in wkbs:
        if wkb is None or transform is None:
            places.append(None)
            continue
        point = shapely.from_wkb(wkb)
        x, y = (point.y, point.x) if inspection.axis == "yx" else (point.x, point.y)
        try:
            lon, lat = transform.xy(x, y)
            lon, lat = gcj_to_wgs(lon, lat) if inspection.gcj02 else (lon, lat)
        except WeipianError:
            lon = lat = float("nan")
        places.append((lon, lat) if abs(lon) <= 180 and abs(lat) <= 90 else None)
    return places


def _repaired(patch_id: str, item: Checked) -> str:
    before, after = item.before_m2 or 0.0, item.area_m2
    return f"图斑 {patch_id} 图形自相交，已修复：面积由 {before:.2f} 变为 {after:.2f} 平方米（原图形原样保存）"


def _schema(inspection: Inspection) -> str:
    """Fields, encoding, CRS and mapping as found, JSON text."""
    content: dict[str, Any] = {
        "file": Path(inspection.path).name,
        "layer": inspection.layer,
        "geometry_type": inspection.geometry_type,
        "encoding": inspection.encoding,
        "encoding_reason": inspection.encoding_reason,
        "crs": inspection.crs,
        "crs_reason": inspection.crs_reason,
        "axis": inspection.axis,
        "fields": list(inspection.columns),
        "mapping": dict(inspection.mapping),
        "unit": inspection.unit,
        "unit_reason": inspection.unit_reason,
    }
    return json.dumps(content, ensure_ascii=False)
