"""What a row of attributes says of the columns of a patch that is there already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Optional

from ..intake import values
from ..intake.delivery import DEFAULT_CLASSES
from ..intake.model import Inspection
from ..intake.patches import columns_of


def reader(inspection: Inspection) -> Callable[[Mapping[str, Optional[str]]], dict[str, Any]]:
    """Row -> column of the patch -> value, of what the row says; empty cells say nothing.

    A level derived from the class, an area without a unit and the remark, which is ours, change nothing.
    """
    classes = inspection.options.classes
    index = values.class_index(DEFAULT_CLASSES if classes is None else classes)

    def columns(row: Mapping[str, Optional[str]]) -> dict[str, Any]:
        found = columns_of(row, inspection, index)
        left = {"remark"}
        if found["level_source"] != "issued":
            left |= {"monitor_level", "level_source"}
        if not found["issued_unit"]:
            left |= {"issued_area"}
        return {name: value for name, value in found.items() if value is not None and name not in left}

    return columns
