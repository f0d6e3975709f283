"""改判清单: every 违法 that was taken back after its consequences, with its paper (needs openpyxl)."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.worksheet.worksheet import Worksheet

from ..core.revision import HEADS
from . import xlsx
from .model import PatchReport
from .workbook_refs import FIRST

REVISIONS = "改判清单"
_WIDTHS = (5, 18, 11, 9, 9, 28, 20, 22, 14, 10, 10, 16)


def revision_sheet(sheet: Worksheet, reports: Sequence[PatchReport]) -> None:
    """Fill the sheet: a line for each 改判, in order of the patches and then of time."""
    xlsx.header(sheet, 3, ("序号", *HEADS))
    xlsx.widths(sheet, _WIDTHS)
    rows = [cells for report in reports for cells in report.revisions]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate((number, *row), 1):
            xlsx.put(sheet, FIRST + number - 1, column, value, "wp_count" if column == 1 else "wp_text")
