"""Sheets of an .xlsx: text stays text, numbers as shown without a spurious .0, cached results of formulas."""

from __future__ import annotations

import datetime
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Optional

from ..core.errors import WeipianError, os_reason
from ..core.findings import Finding
from .delivered import number_text
from .sheet import Cells, Grid, Merged

_MAX_PART = 2 << 30  # bytes of a sheet once unpacked
_MAX_ROWS = 1_048_576
_BLOCK = 1 << 20
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell [^>]*?ref="\$?([A-Z]+)\$?(\d+):\$?([A-Z]+)\$?(\d+)"')
_UNCACHED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>")
_ZEROS = re.compile(r"^0+$")
#: Spreadsheets keep 15 digits; a longer whole number has lost its tail.
_EXACT = 10**15


def read_workbook(path: Path) -> list[Grid]:
    """All sheets with anything in them.

    Raises:
        WeipianError: E_FILE_UNREADABLE, E_LIBRARY without openpyxl.
    """
    try:
        import openpyxl
        from openpyxl.utils.exceptions import InvalidFileException
    except ImportError as error:
        raise WeipianError("E_LIBRARY", name="openpyxl") from error
    parts = _parts(path)
    try:
        with path.open("rb") as stream:  # by content: an .xlsx under the name .xls is refused by its name
            book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            return [_grid(sheet, path, parts) for sheet in book.worksheets]
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        SyntaxError,
        IndexError,
        EOFError,
        zlib.error,
    ) as error:  # openpyxl lets all of these out on damaged files
        damaged = "表格文件已损坏，请在 Excel 或 WPS 中打开后另存"
        detail = os_reason(error) if isinstance(error, PermissionError) else damaged
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=detail) from error


def _parts(path: Path) -> dict[str, int]:
    """Sizes of the parts of the workbook, refused where they are beyond reason."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = {info.filename: info.file_size for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError) as error:
        detail = os_reason(error) if isinstance(error, PermissionError) else "不是有效的 .xlsx 文件"
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=detail) from error
    if max(parts.values(), default=0) > _MAX_PART:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="工作表解开后异常大，请删去多余的行列后另存")
    return parts


def _grid(sheet: Any, path: Path, parts: dict[str, int]) -> Grid:
    """One sheet, its blank rows left out."""
    sheet.reset_dimensions()  # the size that the file claims may be anything
    long_numbers = 0
    rows: list[tuple[int, Cells]] = []
    for number, row in enumerate(sheet.iter_rows(), 1):
        if number > _MAX_ROWS:
            break
        cells = [_text(cell) for cell in row]
        while cells and cells[-1] is None:
            cells.pop()
        if cells:
            rows.append((number, cells))
            long_numbers += any(_is_long(cell.value) for cell in row)
    notes = []
    if long_numbers:
        message = (
            f"工作表“{sheet.title}”有 {long_numbers} 行含 15 位以上的数字，Excel 只保存前 15 位，请核对编号是否完整"
        )
        notes.append(Finding("W_LONG_NUMBER", message, sheet.title))
    merged, uncached = _scan(path, _part_of(sheet, parts))
    if uncached:
        message = f"工作表“{sheet.title}”有 {uncached} 个公式没有保存结果，请在 Excel 或 WPS 中打开并保存后再导入"
        notes.append(Finding("W_FORMULA", message, sheet.title))
    return Grid(sheet.title, rows, merged, sheet.sheet_state != "visible", notes)


def _is_long(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) >= _EXACT and value % 1 == 0


def _text(cell: Any) -> Optional[str]:
    """A cell as the clerk sees it, in ISO order where it is a date."""
    value = cell.value
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        text = number_text(float(value)) if isinstance(value, float) else str(value)
        pattern = getattr(cell, "number_format", "") or ""
        return text.zfill(len(pattern)) if _ZEROS.match(pattern) and text.isdigit() else text
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, (datetime.date, datetime.time)) else str(value)


def _part_of(sheet: Any, parts: dict[str, int]) -> str:
    """Name of the sheet's XML in the zip; openpyxl keeps it but has no public name for it."""
    part = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    return part if part in parts else ""


def _scan(path: Path, part: str) -> tuple[list[Merged], int]:
    """(merged cells, formulas without a result) of a sheet's XML, which openpyxl skips when it streams."""
    if not part:
        return [], 0
    merged: list[Merged] = []
    uncached = 0
    with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
        for chunk in _chunks(stream):
            uncached += len(_UNCACHED.findall(chunk))
            for c0, r0, c1, r1 in _MERGE.findall(chunk):
                merged.append((int(r0) - 1, _column(c0), int(r1) - 1, _column(c1)))
    return list(dict.fromkeys(merged)), uncached


def _chunks(stream: Any) -> Iterator[bytes]:
    """Pieces cut at a tag, so that no element is cut in two."""
    rest = b""
    while True:
        block = stream.read(_BLOCK)
        if not block:
            yield rest
            return
        block = rest + block
        cut = max(block.rfind(b"</row>"), block.rfind(b"/>"))
        cut = len(block) if cut < 0 else cut + (6 if block[cut : cut + 2] == b"</" else 2)
        yield block[:cut]
        rest = block[cut:]


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.decode("ascii"):
        number = number * 26 + ord(letter) - 64
    return number - 1
