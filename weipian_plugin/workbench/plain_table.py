"""A plain table for people: xlsx, or csv that Excel reads."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from ..core.errors import WeipianError, os_reason


def write(path: Path, title: str, rows: Sequence[Sequence[str]]) -> None:
    """Write rows, the first one being the header; csv (UTF-8 with a mark) where the name ends so.

    Raises:
        WeipianError: E_WRITE.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix.lower() == ".csv":
            with path.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerows(rows)
            return
        import openpyxl

        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
            for cell in sheet[sheet.max_row]:
                cell.data_type = "s"  # a number that begins with = stays text
        for column, head in enumerate(rows[0] if rows else (), 1):
            longest = max(len(str(row[column - 1])) for row in rows)
            width = max(longest * 1.3, len(str(head)) * 2.2) + 2
            sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width = min(width, 40)
        sheet.freeze_panes = "A2"
        book.save(path)
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error
