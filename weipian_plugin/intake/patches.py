"""One row of a delivery as a patch, and what its values give to say."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Optional

from ..core.fields import split_unit
from ..core.findings import Finding
from ..core.model import Patch
from . import values
from .checks import AREA_TOLERANCE
from .model import UNIT_LABELS, ClassTable, Inspection

Row = Mapping[str, Optional[str]]
#: Issued areas are rounded to 0.01 m², 0.01 亩 or 0.0001 ha; half of that is no difference.
_HALF_STEP = {"m2": 0.005, "mu": 0.005, "ha": 0.00005}


@lru_cache(maxsize=64)
def _unit_of(header: str) -> str:
    return split_unit(header)[1]


def columns_of(row: Row, inspection: Inspection, index: ClassTable) -> dict[str, Any]:
    """What one row says of the columns of a patch, None where it says nothing; `index` of `values.class_index`."""

    def cell(canonical: str) -> Optional[str]:
        header = inspection.mapping.get(canonical)
        return row.get(header) if header else None

    def square_metres(canonical: str) -> Optional[float]:
        value = values.number(cell(canonical))
        unit = _unit_of(inspection.mapping.get(canonical, "")) or inspection.unit
        return values.square_metres(value, unit) if value is not None and unit else None

    known = values.monitor_class(cell("monitor_class"), index)
    issued_level = values.level(cell("monitor_level"))
    level = issued_level or (known[1] if known else None)
    issued = values.number(cell("area_issued"))
    return {
        "monitor_class": known[0] if known else None,
        "monitor_level": level,
        "level_source": None if level is None else "issued" if issued_level else "derived",
        "patch_type": values.patch_type(cell("patch_type")),
        "county_code": values.code(cell("county_code")) or None,
        "town_name": values.text(cell("town_name")) or None,
        "village_name": values.text(cell("village_name")) or None,
        "image_before": values.date(cell("image_before")),
        "image_after": values.date(cell("image_after")),
        "issued_area": issued,
        "issued_unit": inspection.unit or None if issued is not None else None,
        "issued_farmland_m2": square_metres("farmland_issued"),
        "issued_prime_m2": square_metres("ppf_issued"),
        "remark": values.text(cell("remark")) or None,
    }


def patch_of(patch_id: str, row: Row, inspection: Inspection, index: ClassTable, **more: Any) -> Patch:
    """The attributes of one row as a patch; every original value stays in `source_attributes`.

    `more`: further fields of the patch, its geometry above all.
    """
    return Patch(
        patch_uid=str(uuid.uuid4()),
        patch_id=patch_id,
        batch_id="",
        source_attributes=dict(row),
        **{"delivered_crs": inspection.crs, **columns_of(row, inspection, index), **more},
    )


def value_findings(patches: Sequence[Patch], inspection: Inspection) -> list[Finding]:
    """Areas that differ, levels and classes that are missing or unknown."""
    found = []
    mapping = inspection.mapping
    for patch in patches:
        stated = values.text(patch.source_attributes.get(mapping.get("area_issued", "")))
        if stated and patch.issued_area is None:
            found.append(Finding("W_AREA_TEXT", f"图斑 {patch.patch_id} 的下发面积不是数字：{stated}", patch.patch_id))
        elif patch.wkb is None:
            found += _boundless_finding(patch)
        elif patch.issued_area is not None and patch.issued_unit:
            found += _area_finding(patch, patch.issued_area, patch.issued_unit)
        named = values.text(patch.source_attributes.get(mapping.get("monitor_class", "")))
        if named and not patch.monitor_class:
            found.append(Finding("W_CLASS_UNKNOWN", f"图斑 {patch.patch_id} 的分类“{named}”不认识", patch.patch_id))
    missing = [patch.patch_id for patch in patches if patch.monitor_level is None]
    if missing and len(missing) == len(patches):
        found.append(Finding("W_LEVEL_MISSING", f"全部 {len(missing)} 个图斑都没有监测等级，也不能由分类推出"))
    else:
        found += [Finding("W_LEVEL_MISSING", f"图斑 {m} 没有监测等级，也不能由分类推出", m) for m in missing]
    return found


def differs(issued_m2: float, patch: Patch) -> bool:
    """True when the issued area is off by more than 1 % and more than its rounding explains."""
    unit = patch.issued_unit or "m2"
    rounding = values.square_metres(_HALF_STEP[unit], unit)
    return abs(issued_m2 - patch.area_m2) > max(AREA_TOLERANCE * patch.area_m2, rounding)


def _boundless_finding(patch: Patch) -> list[Finding]:
    """What a patch without a boundary lacks to be counted with."""
    if patch.issued_area is None:
        message = f"图斑 {patch.patch_id} 没有边界也没有下发面积，补画边界以前面积按 0 计"
        return [Finding("W_AREA_MISSING", message, patch.patch_id)]
    return []


def _area_finding(patch: Patch, issued: float, unit: str) -> list[Finding]:
    """A finding when issued and computed area differ by more than 1 %."""
    square = values.square_metres(issued, unit)
    if not differs(square, patch):
        return []
    message = (
        f"图斑 {patch.patch_id} 下发面积 {issued:g} {UNIT_LABELS[unit]}（{square:.2f} 平方米），"
        f"按图形计算为 {patch.area_m2:.2f} 平方米，相差超过 1%"
    )
    return [Finding("W_AREA_DIFF", message, patch.patch_id)]
