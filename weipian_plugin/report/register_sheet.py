"""审批登记: the entries of approval registers that lie on patches, and what they were tested for (needs openpyxl)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Union

from openpyxl.worksheet.worksheet import Worksheet

from ..core.model import ROLE_LABELS
from ..core.registers import RegisterMatch
from . import xlsx
from .model import PatchReport
from .workbook_refs import FIRST

REGISTERS = "审批登记"
HEADERS = (
    "序号", "图斑编号", "村(社区)", "登记类别", "户主/单位", "文号", "批准日期", "批准面积(㎡)", "家庭人数", "登记的村",
    "对应依据", "图斑面积(㎡)", "同户其他批准", "同户其他图斑", "核对结果", "登记表", "行号",
)  # fmt: skip
_WIDTHS = (5, 18, 11, 12, 12, 18, 11, 10, 7, 11, 20, 10, 16, 18, 40, 18, 6)
_STYLES = {1: "wp_count", 8: "wp_area", 9: "wp_count", 12: "wp_area", 17: "wp_count"}
#: Rules whose sentences are results of the registers.
_RULES = ("R-22", "R-23", "R-24", "R-25")


def register_sheet(sheet: Worksheet, reports: Sequence[PatchReport]) -> None:
    """Fill the sheet: a line for each entry and patch; suggestions say that they wait to be confirmed."""
    xlsx.header(sheet, 3, HEADERS)
    xlsx.widths(sheet, _WIDTHS)
    for number, row in enumerate(_rows(reports), 1):
        for column, value in enumerate((number, *row), 1):
            xlsx.put(sheet, FIRST + number - 1, column, value, _STYLES.get(column, "wp_text"))


def _rows(reports: Sequence[PatchReport]) -> Iterator[tuple[Union[str, int, Decimal, None], ...]]:
    for report in reports:
        for match in report.registers:
            yield _row(report, match)


def _row(report: PatchReport, match: RegisterMatch) -> tuple[Union[str, int, Decimal, None], ...]:
    entry, patch = match.entry, report.patch
    found = [r.text for r in report.advice.reasons if r.rule_id in _RULES] if report.advice and match.certain else []
    twins = "、".join(twin.doc_no or twin.doc_date or f"第 {twin.row_no} 行" for twin in match.twins)
    return (
        patch.patch_id, patch.village_name, ROLE_LABELS.get(entry.register, entry.register), entry.holder, entry.doc_no,
        entry.doc_date, None if entry.approved_m2 is None else _square(entry.approved_m2), entry.people, entry.village,
        match.label, _square(patch.area_in_force), twins, "、".join(match.elsewhere), "；".join(found),
        entry.source_name, entry.row_no or None,
    )  # fmt: skip


def _square(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(Decimal("0.01"))
