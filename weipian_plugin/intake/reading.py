"""Import what was inspected: every row becomes a checked patch or a rejection with its reason."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.findings import Finding
from ..core.model import Patch
from ..sources.crs import Transformer
from ..sources.reader import FeatureSource, open_source
from . import values
from .checks import AREA_TOLERANCE, Checked, check_all, overlaps, place_findings
from .files import digest, files_of, opened
from .inspecting import DISPLAY_CRS
from .layers import candidates, choose
from .model import DEFAULT_CLASSES, UNIT_LABELS, ClassTable, Delivery, Inspection, Rejected

Row = Mapping[str, Optional[str]]
_STEP = 1000
#: Issued areas are rounded to 0.01 m², 0.01 亩 or 0.0001 ha; half of that is no difference.
_HALF_STEP = {"m2": 0.005, "mu": 0.005, "ha": 0.00005}


@dataclass
class _Table:
    """The rows as read, in columns; `numbers` count from 1 in the file."""

    numbers: list[int]
    ids: list[str]
    wkbs: list[Optional[bytes]]
    rows: list[Row]


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
        dataset = chosen[0].dataset
        files = files_of(inspection.path, dataset)
        sha256 = digest(files)
        feedback.message("正在读取图斑")
        with open_source(dataset, chosen[0].layer, encoding=inspection.encoding) as source:
            table, rejected = _rows(source, inspection, feedback)
    patches, findings = _checked(table, rejected, inspection, feedback)
    rejected.sort(key=lambda item: item.row)
    feedback.progress(100)
    return Delivery(
        patches, rejected, [*inspection.findings, *findings], _schema(inspection), sha256, files, inspection.crs
    )


def _rows(source: FeatureSource, inspection: Inspection, feedback: Feedback) -> tuple[_Table, list[Rejected]]:
    """All rows with an id of their own; the others are rejected."""
    header = inspection.mapping["patch_id"]
    table = _Table([], [], [], [])
    rejected: list[Rejected] = []
    first: dict[str, int] = {}
    for number, (_, wkb, row) in enumerate(source.read(), 1):
        if number % _STEP == 0:
            stop_if_cancelled(feedback)
            feedback.progress(30 * min(number / max(source.count, 1), 1))
        patch_id = values.code(row.get(header))
        if not patch_id:
            rejected.append(Rejected(number, "", "R_ID_EMPTY", f"第 {number} 行没有图斑编号"))
        elif patch_id in first:
            reason = f"图斑编号 {patch_id} 重复，第 {first[patch_id]} 行已有，只保留第一个"
            rejected.append(Rejected(number, patch_id, "R_ID_DUPLICATE", reason))
        else:
            first[patch_id] = number
            table.numbers.append(number)
            table.ids.append(patch_id)
            table.wkbs.append(wkb)
            table.rows.append(row)
    return table, rejected


def _checked(
    table: _Table, rejected: list[Rejected], inspection: Inspection, feedback: Feedback
) -> tuple[list[Patch], list[Finding]]:
    """Patches of the rows whose geometry holds; the others are appended to `rejected`."""
    feedback.message("正在检查图形")
    # No vertex is added: the official area is that of the delivered vertices in longitude and latitude.
    to_lonlat = partial(Transformer(inspection.crs, DISPLAY_CRS).geometry, densify_m=0)
    checked = check_all(table.wkbs, inspection.axis == "yx", to_lonlat, feedback, (30, 70))
    good = []
    for i, item in enumerate(checked):
        if item.code:
            rejected.append(Rejected(table.numbers[i], table.ids[i], item.code, item.reason))
        else:
            good.append(i)
    findings = [
        Finding("W_REPAIRED", _repaired(table.ids[i], checked[i]), table.ids[i])
        for i in good
        if checked[i].before_m2 is not None
    ]
    ids = [table.ids[i] for i in good]
    findings += place_findings([checked[i].lonlat for i in good], ids, inspection.crs)
    feedback.message("正在检查图斑之间的重叠")
    findings += overlaps([checked[i].source for i in good], ids, to_lonlat, feedback, (70, 90))
    options = inspection.options
    index = values.class_index(DEFAULT_CLASSES if options.classes is None else options.classes)
    # The default of 4 dimensions is refused where QGIS's older GEOS answers shapely's calls.
    wkbs = shapely.to_wkb(np.array([checked[i].lonlat for i in good], dtype=object), output_dimension=2) if good else []
    patches = []
    for count, i in enumerate(good):
        if count % _STEP == 0:
            stop_if_cancelled(feedback)
            feedback.progress(90 + 10 * count / len(good))
        patch = _patch(table.ids[i], table.rows[i], inspection, index)
        patches.append(replace(patch, wkb=bytes(wkbs[count]), delivered_wkb=table.wkbs[i], area_m2=checked[i].area_m2))
    return patches, [*findings, *_value_findings(patches, inspection)]


def _repaired(patch_id: str, item: Checked) -> str:
    before, after = item.before_m2 or 0.0, item.area_m2
    return f"图斑 {patch_id} 图形自相交，已修复：面积由 {before:.2f} 变为 {after:.2f} 平方米（原图形原样保存）"


def _patch(patch_id: str, row: Row, inspection: Inspection, index: ClassTable) -> Patch:
    """The attributes of one row as a patch; every original value stays in `source_attributes`."""

    def cell(canonical: str) -> Optional[str]:
        header = inspection.mapping.get(canonical)
        return row.get(header) if header else None

    known = values.monitor_class(cell("monitor_class"), index)
    issued_level = values.level(cell("monitor_level"))
    level = issued_level or (known[1] if known else None)
    issued = values.number(cell("area_issued"))
    return Patch(
        patch_uid=str(uuid.uuid4()),
        patch_id=patch_id,
        batch_id="",
        delivered_crs=inspection.crs,
        monitor_class=known[0] if known else None,
        monitor_level=level,
        level_source=None if level is None else "issued" if issued_level else "derived",
        patch_type=values.patch_type(cell("patch_type")),
        county_code=values.code(cell("county_code")) or None,
        town_name=values.text(cell("town_name")) or None,
        village_name=values.text(cell("village_name")) or None,
        image_before=values.date(cell("image_before")),
        image_after=values.date(cell("image_after")),
        issued_area=issued,
        issued_unit=inspection.unit or None if issued is not None else None,
        source_attributes=dict(row),
        remark=values.text(cell("remark")) or None,
    )


def _value_findings(patches: Sequence[Patch], inspection: Inspection) -> list[Finding]:
    """Areas that differ, levels and classes that are missing or unknown."""
    found = []
    mapping = inspection.mapping
    for patch in patches:
        if patch.issued_area is not None and patch.issued_unit:
            found += _area_finding(patch, patch.issued_area, patch.issued_unit)
        elif values.text(patch.source_attributes.get(mapping.get("area_issued", ""))):
            found.append(Finding("W_AREA_TEXT", f"图斑 {patch.patch_id} 的下发面积不是数字", patch.patch_id))
        named = values.text(patch.source_attributes.get(mapping.get("monitor_class", "")))
        if named and not patch.monitor_class:
            found.append(Finding("W_CLASS_UNKNOWN", f"图斑 {patch.patch_id} 的分类“{named}”不认识", patch.patch_id))
    missing = [patch.patch_id for patch in patches if patch.monitor_level is None]
    if missing and len(missing) == len(patches):
        found.append(Finding("W_LEVEL_MISSING", f"全部 {len(missing)} 个图斑都没有监测等级，也不能由分类推出"))
    else:
        found += [Finding("W_LEVEL_MISSING", f"图斑 {m} 没有监测等级，也不能由分类推出", m) for m in missing]
    return found


def _area_finding(patch: Patch, issued: float, unit: str) -> list[Finding]:
    """A finding when issued and computed area differ by more than 1 %."""
    square = values.square_metres(issued, unit)
    rounding = values.square_metres(_HALF_STEP[unit], unit)
    if abs(square - patch.area_m2) <= max(AREA_TOLERANCE * patch.area_m2, rounding):
        return []
    message = (
        f"图斑 {patch.patch_id} 下发面积 {issued:g} {UNIT_LABELS[unit]}（{square:.2f} 平方米），"
        f"按图形计算为 {patch.area_m2:.2f} 平方米，相差超过 1%"
    )
    return [Finding("W_AREA_DIFF", message, patch.patch_id)]


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
