"""What a row of attributes says of the columns of a patch that is there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

from ..intake import values
from ..intake.delivery import DEFAULT_CLASSES
from ..intake.model import Inspection

#: Canonical field -> (column of the patch, how its cell is read).
_READ: Mapping[str, tuple[str, Any]] = {
    "county_code": ("county_code", values.code),
    "town_name": ("town_name", values.text),
    "village_name": ("village_name", values.text),
    "patch_type": ("patch_type", values.patch_type),
    "image_before": ("image_before", values.date),
    "image_after": ("image_after", values.date),
}
_AREAS: Mapping[str, str] = {"farmland_issued": "issued_farmland_m2", "ppf_issued": "issued_prime_m2"}


def columns(row: Mapping[str, Optional[str]], inspection: Inspection) -> dict[str, Any]:
    """Column of the patch -> value, for the canonical fields that the row fills; empty cells say nothing."""

    def cell(canonical: str) -> Optional[str]:
        header = inspection.mapping.get(canonical)
        return row.get(header) if header else None

    found: dict[str, Any] = {column: read(cell(name)) or None for name, (column, read) in _READ.items()}
    classes = inspection.options.classes
    index = values.class_index(DEFAULT_CLASSES if classes is None else classes)
    named, level = values.monitor_class(cell("monitor_class"), index), values.level(cell("monitor_level"))
    if named is not None:
        found["monitor_class"] = named[0]
    if level is not None:
        found.update(monitor_level=level, level_source="issued")
    if inspection.unit:
        issued = values.number(cell("area_issued"))
        if issued is not None:
            found.update(issued_area=issued, issued_unit=inspection.unit)
        for name, column in _AREAS.items():
            amount = values.number(cell(name))
            if amount is not None:
                found[column] = values.square_metres(amount, inspection.unit)
    return {name: value for name, value in found.items() if value is not None}
