"""House style of the workbook and the few ways in which a cell is written (needs openpyxl)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Optional, Union

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

FACE = "微软雅黑"
AREA_FORMAT, TEXT_FORMAT, COUNT_FORMAT, DEGREE_FORMAT = "0.00", "@", "0", "0.000000"
#: Longest text that a cell may hold.
_CELL_LIMIT = 32767
_THIN = Side(style="thin", color="BFBFBF")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_RED_FILL, _RED_FONT = PatternFill("solid", bgColor="FFC7CE"), Font(color="9C0006")


def _style(name: str, number_format: str, align: str, **more: object) -> NamedStyle:
    return NamedStyle(
        name=name,
        number_format=number_format,
        alignment=Alignment(horizontal=align, vertical="center", wrap_text=True),
        border=_BOX,
        font=more.get("font") or Font(name=FACE, size=9),
        fill=more.get("fill") or PatternFill(),
    )


def add_styles(book: Workbook) -> None:
    """Register the named styles: text, area, count, degree, header, total_* and plain."""
    formats = {"text": TEXT_FORMAT, "area": AREA_FORMAT, "count": COUNT_FORMAT, "degree": DEGREE_FORMAT}
    bold, yellow = Font(name=FACE, size=9, bold=True), PatternFill("solid", fgColor="FFF2CC")
    for kind, number_format in formats.items():
        align = {"text": "left", "count": "center"}.get(kind, "right")
        book.add_named_style(_style(f"wp_{kind}", number_format, align))
        book.add_named_style(_style(f"wp_total_{kind}", number_format, align, font=bold, fill=yellow))
    white = Font(name=FACE, size=9, bold=True, color="FFFFFF")
    book.add_named_style(
        _style("wp_header", "General", "center", font=white, fill=PatternFill("solid", fgColor="4472C4"))
    )


def put(sheet: Worksheet, row: int, column: int, value: Union[str, int, float, Decimal, None], style: str) -> Cell:
    """Write what a person or a delivery said: text stays text, whatever it starts with."""
    cell = sheet.cell(row, column)
    cell.style = style
    if isinstance(value, str):
        text = ILLEGAL_CHARACTERS_RE.sub("", value)[:_CELL_LIMIT]
        if text:
            cell.value = text
            cell.data_type = "s"  # openpyxl would take "=…" for a formula and "#N/A" for an error
            if text[0] in "=+-@\t\r":
                cell.quotePrefix = True  # and so would Excel, as soon as the cell is edited
            if style.endswith(("area", "count", "degree")):
                cell.number_format = TEXT_FORMAT
    elif value is not None:
        cell.value = value
    return cell


def formula(sheet: Worksheet, row: int, column: int, text: str, style: str) -> Cell:
    """Write a formula of ours; `text` comes without the leading =."""
    cell = sheet.cell(row, column)
    cell.style = style
    cell.value = f"={text}"
    return cell


def title(sheet: Worksheet, text: str, subtitle: str) -> None:
    """Rows 1 and 2: what the sheet is, and its scope."""
    sheet.cell(1, 1, text).font = Font(name=FACE, size=14, bold=True)
    sheet.cell(2, 1, subtitle).font = Font(name=FACE, size=9, color="595959")
    for row in (1, 2):
        sheet.cell(row, 1).data_type = "s"
        sheet.cell(row, 1).alignment = Alignment(vertical="center")
    sheet.row_dimensions[1].height = 26
    sheet.row_dimensions[2].height = 16


def header(sheet: Worksheet, row: int, texts: Iterable[str], height: float = 32) -> None:
    """One header row from column A."""
    for column, text in enumerate(texts, 1):
        put(sheet, row, column, text, "wp_header")
    sheet.row_dimensions[row].height = height


def grouped_header(sheet: Worksheet, row: int, groups: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Two header rows: groups over their columns; a group without columns spans both rows."""
    column = 1
    for text, parts in groups:
        width = max(len(parts), 1)
        for offset in range(width):
            put(sheet, row, column + offset, text if not offset else None, "wp_header")
            put(sheet, row + 1, column + offset, parts[offset] if parts else None, "wp_header")
        end_row = row if parts else row + 1
        if width > 1 or not parts:
            sheet.merge_cells(start_row=row, end_row=end_row, start_column=column, end_column=column + width - 1)
        column += width
    sheet.row_dimensions[row].height = 20
    sheet.row_dimensions[row + 1].height = 20


def widths(sheet: Worksheet, values: Sequence[float]) -> None:
    """Column widths in characters from column A."""
    for column, width in enumerate(values, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def page(sheet: Worksheet, freeze: str, repeat: str, footer: str) -> None:
    """A4 landscape, one page wide, panes frozen at `freeze`, rows `repeat` on each page."""
    sheet.freeze_panes = freeze
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = repeat
    margins = sheet.page_margins
    margins.left = margins.right = 0.3
    margins.top = margins.bottom = 0.4
    margins.header = margins.footer = 0.2
    sheet.oddFooter.left.text = footer.replace("&", "&&")
    sheet.oddFooter.right.text = "第 &P 页 / 共 &N 页"


def red_when(sheet: Worksheet, area: str, condition: str) -> None:
    """Paint `area` as an error where `condition` (written for its first cell) holds."""
    sheet.conditional_formatting.add(area, FormulaRule(formula=[condition], fill=_RED_FILL, font=_RED_FONT))


def criterion(value: Optional[str]) -> str:
    """A COUNTIFS criterion that means exactly this text; None means an empty cell."""
    if not value:
        return '"="'
    escaped = "".join(f"~{char}" if char in "~*?" else char for char in value)
    return '"=' + escaped.replace('"', '""') + '"'
