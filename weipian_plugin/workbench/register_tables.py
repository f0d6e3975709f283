"""An approval register (宅基地审批 …) read from a table: header found, columns named, personal ones left out."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Optional

from ..core.dates import parse_date
from ..core.errors import WeipianError, os_reason
from ..core.fields import normalise, split_unit
from ..core.findings import Finding
from ..core.hashing import file_sha256
from ..core.model import APPROVAL_ROLES, SQUARE_METRES, RegisterEntry
from ..core.registers import is_personal, without_personal
from ..core.rulepack import RulePack
from ..intake.crs_guess import CHINA
from ..intake.values import number
from ..sources.coordinates import coordinate
from ..sources.sheet import Sheet
from ..sources.tables import read_sheets

TABLE_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".ods", ".csv", ".tsv", ".txt")
#: A register without holder, number, village or place cannot be laid on any patch.
_TELLING = ("holder", "doc_no", "village", "place", "lon", "lat", "project")
_PAIR = re.compile(r"(?P<a>\d{2,3}\.\d{3,})\s*[°]?\s*[,，;；/\s]\s*(?P<b>\d{2,3}\.\d{3,})")
_VILLAGE = re.compile(r"(?:.*?(?:街道|镇|乡))?(?P<name>[^\d\s镇乡]{1,12}?(?:村|社区))")
#: Without a unit in the header, house plots of this size (median) can only be m².
_PLOT_M2 = (20.0, 2000.0)


@dataclass(frozen=True)
class RegisterTable:
    """The entries of one table. `columns`: canonical name -> header as found; `unit` of the approved area."""

    role: str
    entries: tuple[RegisterEntry, ...]
    findings: tuple[Finding, ...]
    columns: Mapping[str, str]
    unit: str
    source_name: str


def sheet_names(path: Path) -> list[str]:
    """Visible sheets of a workbook without reading them; one empty name for any other table."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return [""]
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with path.open("rb") as stream:
            book = openpyxl.load_workbook(stream, read_only=True)
            return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.sheetnames[:1]
    except (InvalidFileException, zipfile.BadZipFile, OSError, KeyError, ValueError) as error:
        raise WeipianError("E_FILE_UNREADABLE", path=path, detail="不是 xlsx 表格，或文件不完整") from error


def is_table(source: str) -> bool:
    """True for a file that holds rows and no shapes: xlsx, xls, and text tables without WKT polygons."""
    path = Path(source)
    if path.suffix.lower() not in TABLE_SUFFIXES or not path.is_file():
        return False
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        try:
            with path.open("rb") as file:
                return b"POLYGON" not in file.read(65536).upper()
        except OSError as error:
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail=os_reason(error)) from error
    return True


def read_register(path: Path, role: str, pack: RulePack, sheet: str = "", unit: str = "") -> RegisterTable:
    """Read the rows of a register.

    Args:
        role: the approval role it stands in.
        sheet: of a workbook; empty takes the first one with a header that is understood.
        unit: m2, mu or ha of the approved area where the header does not say.

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_LAYER_ROLE when no register can stand in this role,
            E_TABLE_COLUMNS without a column by which an entry can be laid on a patch.
    """
    path = Path(path)
    if role not in APPROVAL_ROLES:
        raise WeipianError("E_REGISTER_ROLE", role=role)
    if unit and unit not in SQUARE_METRES:
        raise WeipianError("E_ANSWER", key="unit", value=unit, choices="、".join(SQUARE_METRES))
    if not path.is_file():
        raise WeipianError("E_FILE_MISSING", path=path)
    found, columns = best_sheet(_sheets(path, sheet), pack.register_columns)
    if not any(key in columns for key in _TELLING):
        raise WeipianError("E_TABLE_COLUMNS", columns="户主（申请人）、批准文号、村、位置 中的任何一列")
    return _table(path, role, found, columns, unit)


def _sheets(path: Path, name: str) -> list[Sheet]:
    """The sheet of this name, or all that are not hidden (all where every one is)."""
    try:
        sheets = read_sheets(path)
    except WeipianError as error:
        if error.code == "E_LAYER_EMPTY":
            raise WeipianError("E_REGISTER_EMPTY", path=path) from error
        raise
    if name and len(sheets) > 1:
        named = [sheet for sheet in sheets if sheet.name == name]
        if not named:
            names = "、".join(sheet.name for sheet in sheets)
            raise WeipianError("E_FILE_UNREADABLE", path=path, detail=f"没有工作表“{name}”，现有：{names}")
        return named
    return [sheet for sheet in sheets if not sheet.hidden] or sheets


def best_sheet(sheets: Sequence[Sheet], aliases: Mapping[str, Sequence[str]]) -> tuple[Sheet, dict[str, int]]:
    """The sheet whose header names most of the columns, and canonical name -> column."""
    named = [(sheet, header_of(sheet.header, aliases)) for sheet in sheets]
    return max(named, key=lambda item: len(item[1]))


def header_of(header: Sequence[str], aliases: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Canonical name -> column of a header; columns about persons are passed over."""
    names = {i: _forms(cell) for i, cell in enumerate(header) if cell and not is_personal(cell)}
    columns: dict[str, int] = {}
    for canonical, words in aliases.items():
        for word in words:
            key = normalise(word)
            hit = next((i for i, forms in names.items() if key in forms and i not in columns.values()), None)
            if hit is not None:
                columns[canonical] = hit
                break
    return columns


def _forms(header: str) -> tuple[str, ...]:
    """A header whole, without its unit, without what stands behind it in brackets, 批准_面积 as 批准面积."""
    whole = normalise(header)
    base = split_unit(header)[0]
    return whole, base, re.sub(r"\([^()]*\)$", "", whole), base.replace("_", "")


def _table(path: Path, role: str, sheet: Sheet, columns: Mapping[str, int], unit: str) -> RegisterTable:
    header = [cell.strip() for cell in sheet.header]
    body = [(n, [cell or "" for cell in row]) for n, row in zip(sheet.numbered(), sheet.rows) if any(row)]
    findings: list[Finding] = [note for note in sheet.notes if note.code != "W_LONG_NUMBER"]
    scale, used = _scale(header, columns, body, role, unit, findings, path.name)
    digest, seen = file_sha256(path), dict[str, int]()
    entries = []
    for row_no, row in body:
        values = {key: without_personal(row[i].strip()) for key, i in columns.items() if i < len(row)}
        if _is_total(values) or not any(values.get(key) for key in _TELLING):
            continue
        others = {
            name: without_personal(row[i].strip())
            for i, name in enumerate(header)
            if name and i < len(row) and not is_personal(name) and row[i].strip()
        }
        entry = _entry(role, values, others, scale, findings, row_no)
        key = _key(entry, path.name)
        seen[key] = seen.get(key, 0) + 1
        entry_id = hashlib.sha256(f"{key}:{seen[key]}".encode()).hexdigest()[:32]
        entries.append(replace(entry, entry_id=entry_id, source_name=path.name, source_sha256=digest))
    if not entries:
        raise WeipianError("E_REGISTER_EMPTY", path=path)
    named = {key: header[i] for key, i in columns.items() if i < len(header)}
    return RegisterTable(role, tuple(entries), tuple(findings), named, used, path.name)


def _key(entry: RegisterEntry, name: str) -> str:
    """What a row is told by: it keeps its id when the table grows, and with it what a person said of it."""
    parts = (entry.register, name, entry.holder, entry.doc_no, entry.doc_date, entry.village, entry.approved_m2,
             entry.people, entry.lon, entry.lat)  # fmt: skip
    return "\x1f".join(str(part) for part in parts)


def _is_total(values: Mapping[str, str]) -> bool:
    first = next((value for value in values.values() if value), "")
    return normalise(first) in ("合计", "总计", "小计", "共计")


def _scale(
    header: Sequence[str],
    columns: Mapping[str, int],
    body: Sequence[tuple[int, Sequence[str]]],
    role: str,
    unit: str,
    findings: list[Finding],
    name: str,
) -> tuple[Optional[float], str]:
    """(m² of one unit, the unit): from the header, else as told, else what house plots can only be; else None."""
    at = columns.get("approved")
    if at is None:
        return None, ""
    named = split_unit(header[at])[1] or unit
    if named:
        return SQUARE_METRES[named], named
    sizes = [v for v in (number(row[at]) for _, row in body if at < len(row)) if v]
    if role == "rural_house" and sizes and _PLOT_M2[0] <= median(sizes) <= _PLOT_M2[1]:
        text = f"{name}：“{header[at]}”没有写单位，按宅基地面积的大小（中位数 {median(sizes):g}）判断为平方米"
        findings.append(Finding("W_REGISTER_UNIT_GUESSED", text, name))
        return 1.0, "m2"
    text = f"{name}：“{header[at]}”没有写单位，批准面积存疑；请在列名里写明平方米、亩或公顷后重新读取"
    findings.append(Finding("W_REGISTER_UNIT", text, name))
    return None, ""


def _entry(
    role: str,
    values: Mapping[str, str],
    others: Mapping[str, str],
    scale: Optional[float],
    findings: list[Finding],
    row_no: int,
) -> RegisterEntry:
    text = values.get("approved", "")
    area = number(split_unit(text)[0]) if text else None
    own = SQUARE_METRES.get(split_unit(text)[1] or "", 0.0) or scale
    if text and (area is None or area < 0):
        findings.append(Finding("W_REGISTER_AREA", f"第 {row_no} 行的批准面积“{text[:20]}”不是数字，按没有填写处理"))
    people = number(re.sub(r"[人口名个]+$", "", values.get("people", "")))
    lon, lat = _place(values)
    span = parse_date(values.get("doc_date", ""))
    village = values.get("village", "") or _village_in(values.get("place", ""))
    return RegisterEntry(
        entry_id="",
        register=role,
        holder=values.get("holder", "") or values.get("project", ""),
        doc_no=values.get("doc_no", ""),
        doc_date=span.first if span and span.first == span.last else values.get("doc_date", ""),
        village=village,
        approved_m2=area * own if area is not None and area >= 0 and own else None,
        people=int(people) if people is not None and 0 < people < 1000 else None,
        lon=lon,
        lat=lat,
        attributes=dict(others),
        row_no=row_no,
    )


def _village_in(place: str) -> str:
    found = _VILLAGE.match(place.strip())
    return found.group("name") if found else ""


def _place(values: Mapping[str, str]) -> tuple[Optional[float], Optional[float]]:
    """Longitude and latitude in degrees from their columns, or from a pair in the text of the place."""
    one, other = coordinate(values.get("lon")), coordinate(values.get("lat"))
    if one is None or other is None:
        pair = _PAIR.search(values.get("place", ""))
        one, other = (float(pair.group("a")), float(pair.group("b"))) if pair else (None, None)
    if one is None or other is None:
        return None, None
    if one < other:  # in China longitude is the larger one, so this was written as 纬度, 经度
        one, other = other, one
    inside = CHINA[0] <= one <= CHINA[2] and CHINA[1] <= other <= CHINA[3]
    return (one, other) if inside else (None, None)
