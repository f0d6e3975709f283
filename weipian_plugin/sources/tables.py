"""Tables in whatever a county keeps them in: xlsx, xls, ods, csv, tsv, txt, HTML called .xls, a .dbf alone."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Optional

from osgeo import gdal

from ..core.errors import WeipianError, os_reason
from ..core.findings import Finding
from .quiet import quiet
from .sheet import KNOWN, Cells, Grid, Sheet, sheet_of
from .text import decode, read_bytes
from .workbook import read_workbook

SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt", ".dbf", ".htm", ".html")
_SEPARATORS = ("\t", ",", ";", "|", "，", " ")
_TRIED = 50  # lines on which separators are compared
_TABLE_SHARE = 0.6
_OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_DIGITS = re.compile(r"^\d{16,}$")


def read_sheets(path: Path) -> list[Sheet]:
    """The sheets of a table that have rows, by what the file really is.

    Raises:
        WeipianError: E_FILE_UNREADABLE with the reason, E_FORMAT_CONVERT.
    """
    raw_head = read_head(path)
    suffix = path.suffix.lower()
    encoding = reason = ""
    if raw_head.startswith(b"PK") and suffix != ".ods":
        grids = read_workbook(path)
    elif raw_head.startswith(_OLE):
        grids = _read_ole(path)
    elif suffix in (".ods", ".dbf"):
        grids = _read_gdal(path, ["ODS"] if suffix == ".ods" else ["ESRI Shapefile"], suffix == ".dbf")
    elif raw_head.startswith(b"PK"):
        grids = read_workbook(path)
    else:
        text, encoding, reason = decode(read_bytes(path))
        if _is_binary(text):
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail="文件已损坏，或不是表格")
        if re.search(r"<(html|table|!doctype html|tr)\b", text[:4000], re.IGNORECASE):
            grids = _read_html(text, path.stem)
        else:
            grids = [_read_lines(text, path.stem)]
            if suffix == ".txt" and not _is_table(text):
                remedy = "里面不是表格，也不是界址点坐标（J1,1,X,Y），请选择图斑数据"
                raise WeipianError("E_FORMAT_CONVERT", path=path, kind="这个文本文件", remedy=remedy)
    sheets = [sheet for sheet in (sheet_of(path, grid) for grid in grids) if sheet is not None]
    for sheet in sheets:
        if reason:
            sheet.encoding, sheet.encoding_reason = encoding, reason
    if not sheets:
        raise WeipianError("E_LAYER_EMPTY", path=path)
    return sheets


def read_head(path: Path) -> bytes:
    """The first bytes.

    Raises:
        WeipianError: E_FILE_UNREADABLE.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(8)
    except OSError as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
    if not head:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="文件是空的")
    return head


def _read_ole(path: Path) -> list[Grid]:
    """An .xls of Excel 97-2003 through GDAL's driver, which not every installation has."""
    if _ENCRYPTED in read_bytes(path):
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="表格有密码，请先在 Excel 或 WPS 中取消密码")
    if gdal.GetDriverByName("XLS") is None:
        remedy = "请用 WPS 或 Excel 打开后另存为 .xlsx 再导入"
        raise WeipianError("E_FORMAT_CONVERT", path=path, kind="Excel 97-2003 表格（.xls）", remedy=remedy)
    return _read_gdal(path, ["XLS"], False)


def _read_gdal(path: Path, drivers: list[str], has_header: bool) -> list[Grid]:
    """Tables that GDAL reads: all cells as text, no header assumed where the format has none."""
    from .delivered import DeliveredLayer

    settings = dict.fromkeys(("OGR_XLS_HEADERS", "OGR_ODS_HEADERS"), "DISABLE")
    settings |= dict.fromkeys(("OGR_XLS_FIELD_TYPES", "OGR_ODS_FIELD_TYPES"), "STRING")
    grids = []
    with quiet(**settings):
        try:
            dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR | gdal.OF_READONLY, drivers)
            if dataset is None:
                detail = "表格文件已损坏，请在 Excel 或 WPS 中打开后另存"
                raise WeipianError("E_FILE_UNREADABLE", path=path, detail=detail)
            for i in range(dataset.GetLayerCount()):
                layer = DeliveredLayer(path, dataset, dataset.GetLayerByIndex(i), numbered=False)
                rows: list[tuple[int, Cells]] = [(1, list(layer.fields))] if has_header else []
                rows += [(n, list(row.values())) for n, (_, _, row) in enumerate(layer.read(), len(rows) + 1)]
                grids.append(Grid(layer.layer, rows, notes=_long_numbers(rows, layer.layer)))
        except RuntimeError as error:
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail=str(error)[:120]) from error
    return grids


def _long_numbers(rows: Sequence[tuple[int, Cells]], name: str) -> list[Finding]:
    count = sum(1 for _, cells in rows if any(c and _DIGITS.match(c) and c.endswith("000") for c in cells))
    if not count:
        return []
    message = f"表“{name}”有 {count} 行含 15 位以上、以 000 结尾的数字，可能只保存了前 15 位，请核对编号是否完整"
    return [Finding("W_LONG_NUMBER", message, name)]


def _read_lines(text: str, name: str) -> Grid:
    """Separated text; the separator that gives the most even columns is taken."""
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return Grid(name, _split(rest, first.strip()[4], 2))
    lines = [line for line in text.splitlines() if line.strip()][:_TRIED]
    return Grid(name, _split(text, max(_SEPARATORS, key=lambda s: _evenness(lines, s)), 1))


def _evenness(lines: Sequence[str], separator: str) -> tuple[float, int]:
    """(share of lines with the commonest number of columns when that is above one, that number)."""
    widths = [len(cells) for _, cells in _split("\n".join(lines), separator, 1)]
    wide = [w for w in widths if w > 1]
    if not wide:
        return 0.0, 0
    common = max(set(wide), key=wide.count)
    # Blanks separate only where nothing else does: they also stand inside names.
    return round(wide.count(common) / len(widths) * (0.5 if separator == " " else 1.0), 1), common


def _is_binary(text: str) -> bool:
    """True for characters that no text has."""
    head = text[:20000]
    odd = sum(
        1 for c in head if c == "\ufffd" or (ord(c) < 32 and c not in "\t\r\n\f\x1a") or 0xE000 <= ord(c) < 0xF900
    )
    return odd > 0.02 * len(head)


def _is_table(text: str) -> bool:
    """True for lines of mostly the same number of cells, or for a list of ids under a known name."""
    lines = [line for line in text.splitlines() if line.strip()][:_TRIED]
    if max(_evenness(lines, s)[0] for s in _SEPARATORS[:-1]) >= _TABLE_SHARE:
        return True
    known = bool(lines) and bool(KNOWN.search(lines[0].strip())) and len(lines[0]) <= 30
    blank = _evenness(lines, " ")
    return known or (blank[0] >= _TABLE_SHARE / 2 and blank[1] <= 40 and any(KNOWN.search(c) for c in lines[0].split()))


def _split(text: str, separator: str, first: int) -> list[tuple[int, Cells]]:
    """(row number, cells) of the lines that hold anything."""
    if separator == " ":
        rows: Any = (re.split(r"\s+", line.strip()) for line in text.splitlines())
    else:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    found: list[tuple[int, Cells]] = []
    # A WKT may be longer than the 128 KiB of the standard limit, which is one for the whole process.
    limit = csv.field_size_limit(1 << 30)
    try:
        for number, cells in enumerate(rows, first):
            if any(cell.strip() for cell in cells):
                found.append((number, list(cells)))
    except csv.Error:  # a stray NUL or quote; the plain split loses nothing
        return [(n, list(line.split(separator))) for n, line in enumerate(text.splitlines(), first) if line.strip()]
    finally:
        csv.field_size_limit(limit)
    return found


class _Tables(HTMLParser):
    """The rows of every <table>."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._cell: Optional[list[str]] = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        """Open a table, row or cell; a cell over several columns keeps their places."""
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self._cell = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), 1000) if span.isdigit() else 1
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Close a cell."""
        if tag in ("td", "th") and self._cell is not None:
            self.tables[-1][-1] += ["".join(self._cell).strip(), *[""] * (self._span - 1)]
            self._cell = None

    def handle_data(self, data: str) -> None:
        """Text of a cell."""
        if self._cell is not None:
            self._cell.append(data)


def html_tables(text: str) -> list[list[list[str]]]:
    """Tables of an HTML text as rows of cells."""
    parser = _Tables()
    parser.feed(text)
    parser.close()
    return [[row for row in table if row] for table in parser.tables]


def _read_html(text: str, name: str) -> list[Grid]:
    """Platforms export HTML under the name .xls."""
    grids = []
    for i, table in enumerate(html_tables(text), 1):
        rows: list[tuple[int, Cells]] = [(n, list(row)) for n, row in enumerate(table, 1) if any(row)]
        if len(rows) > 1:
            grids.append(Grid(name if i == 1 else f"{name}_{i}", rows))
    return grids
