"""Rows of a workbook or a text table as text, without saying which row is the header."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from ..core.errors import WeipianError

_BOOKS = (".xlsx", ".xlsm")
_MOST_ROWS = 200_000


def sheets_of(path: Path) -> list[str]:
    """Visible sheets of a workbook in their order; one empty name for a text table.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE.
    """
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=path)
    if path.suffix.lower() == ".xls":
        return [info[0] for info in _old_layers(path)]
    if path.suffix.lower() not in _BOOKS:
        return [""]
    book = _book(path)
    try:
        return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.sheetnames[:1]
    finally:
        book.close()


def table_rows(path: Path, sheet: str = "") -> list[list[str]]:
    """All rows as text: dates ISO, whole numbers without a point, empty cells "".

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE.
    """
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=path)
    if path.suffix.lower() == ".xls":
        return next(rows for name, rows in _old_layers(path) if name == sheet or not sheet)
    if path.suffix.lower() not in _BOOKS:
        return _text_rows(path)
    book = _book(path)
    try:
        if sheet and sheet not in book.sheetnames:
            names = "、".join(book.sheetnames)
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail=f"没有工作表“{sheet}”，现有：{names}")
        chosen = book[sheet] if sheet else book.worksheets[0]
        rows = []
        for row in chosen.iter_rows(values_only=True):
            rows.append([_cell(value) for value in row])
            if len(rows) > _MOST_ROWS:
                raise WeipianError("E_FILE_UNREADABLE", path=path, detail=f"超过 {_MOST_ROWS} 行")
        return rows
    finally:
        book.close()


def _book(path: Path) -> Any:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return openpyxl.load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, OSError, KeyError, ValueError) as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="不是 xlsx 表格，或文件不完整") from error


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value)


def _text_rows(path: Path) -> list[list[str]]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=error.strerror or error) from error
    encodings = ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        first = next((line for line in text.splitlines() if line.strip()), "")
        mark = max(",\t;，", key=first.count)
        try:
            if mark == "，":
                return [[cell.strip() for cell in line.split("，")] for line in text.splitlines()]
            return list(csv.reader(io.StringIO(text, newline=""), delimiter=mark))
        except csv.Error as error:
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail="不是 csv 表格，或引号没有成对") from error
    raise WeipianError("E_FILE_UNREADABLE", path=path, detail="编码不是 UTF-8 或 GBK")


def _old_layers(path: Path) -> list[tuple[str, list[list[str]]]]:
    """Sheets of an .xls through GDAL, where its driver is there."""
    from osgeo import gdal

    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        book = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY, ["XLS"])
    except RuntimeError:
        book = None
    finally:
        gdal.PopErrorHandler()
    if book is None:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="本机不能读取 .xls，请在 Excel 或 WPS 中另存为 .xlsx")
    found = []
    for at in range(book.GetLayerCount()):
        layer = book.GetLayerByIndex(at)
        names = [layer.GetLayerDefn().GetFieldDefn(i).GetName() for i in range(layer.GetLayerDefn().GetFieldCount())]
        rows = [[feature.GetFieldAsString(i) for i in range(len(names))] for feature in layer]
        found.append((layer.GetName(), [names, *rows]))
    return found
