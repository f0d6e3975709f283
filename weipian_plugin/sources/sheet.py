"""A table as rows of text under one row of headers, wherever it came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from ..core.fields import split_unit
from ..core.findings import Finding

Cells = list[Optional[str]]
#: (first row, first column, last row, last column) of merged cells, from 0.
Merged = tuple[int, int, int, int]
KNOWN = re.compile(
    r"编号|编码|代码|图斑|地块|面积|坐标|经度|纬度|序号|乡镇|街道|村|地类|备注|类型|类别|分类|级别|等级|名称|日期|时间|时相|点号|圈号|单位|"
    r"状态|情况|^(wkt|geom.*|the_geom|[xy]\d*|lon.*|lat.*|jcbh|tbbh|jctbbh|jcmj|tbmj|mj|bz|xzq.*|tblx|tbfl|dlbm|dlmc|id|fid|name)$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"^[(（]?(单位[:：]?)?(亩|平方米|平米|公顷|m2|㎡|m²|hm2|米|m|度|°|个|人|元|万元)[)）]?$", re.IGNORECASE
)
_NUMBER = re.compile(r"^[-+]?[\d,.]+(e[-+]?\d+)?%?$", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")
_SEARCHED = 40  # rows in which a header is looked for
_LONGEST = 80  # characters of a header
_MAX_COLUMNS = 2000


@dataclass
class Grid:
    """Cells as they stand in a sheet: `rows` by their numbers in the file from 1, blank rows left out."""

    name: str
    rows: list[tuple[int, Cells]]
    merged: Sequence[Merged] = ()
    hidden: bool = False
    notes: list[Finding] = field(default_factory=list)


@dataclass
class Sheet:
    """`rows` are as long as `header`; `numbers` are their row numbers in the file (from 1).

    `title`: the text above the header.
    """

    path: Path
    name: str
    header: tuple[str, ...]
    rows: list[Cells]
    numbers: list[int] = field(default_factory=list)
    encoding: str = ""
    encoding_reason: str = "该格式自带编码，不需要判断"
    hidden: bool = False
    title: str = ""
    notes: list[Finding] = field(default_factory=list)

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def numbered(self) -> Sequence[int]:
        """Row numbers in the file, counted where the source has none."""
        return self.numbers or range(1, len(self.rows) + 1)


def plain(text: Optional[str]) -> str:
    """A cell without blanks around it and with half-width letters; "" for nothing."""
    return unicodedata.normalize("NFKC", text).strip() if text else ""


def sheet_of(path: Path, grid: Grid) -> Optional[Sheet]:
    """The table in a grid: its header found under titles, blank columns left out; None without any row."""
    rows = [(number, cells[:_MAX_COLUMNS]) for number, cells in grid.rows if any(plain(c) for c in cells)]
    if not rows:
        return None
    width = max(len(cells) for _, cells in rows)
    rows = [(number, cells + [None] * (width - len(cells))) for number, cells in rows]
    place = _header_place([cells for _, cells in rows[:_SEARCHED]])
    notes = list(grid.notes)
    if place is None:
        start, names = 0, [""] * width
        notes.append(Finding("W_NO_HEADER", "表格没有表头行，各列按“列A、列B”命名，请核对字段对应"))
    else:
        start, names = _header(rows, place, grid.merged)
    body = rows[start:]
    _fill_merged(body, grid.merged)
    kept = [i for i in range(width) if names[i] or any(plain(cells[i]) for _, cells in body)]
    header = _distinct([names[i] or f"列{_letter(i)}" for i in kept])
    title = " ".join(plain(c) for _, cells in rows[: place or 0] for c in cells if plain(c))
    return Sheet(
        path,
        grid.name,
        tuple(header),
        [[cells[i] for i in kept] for _, cells in body],
        [number for number, _ in body],
        hidden=grid.hidden,
        title=title,
        notes=notes,
    )


def _wordy(cell: Optional[str]) -> bool:
    """True for what a header may be: words, not numbers, dates or ids."""
    text = plain(cell)
    if not text or _NUMBER.match(text) or not _LETTERS.search(text):
        return False
    chinese = any("\u4e00" <= c <= "\u9fff" for c in text)
    return len(text) <= _LONGEST and (chinese or sum(c.isdigit() for c in text) < 4)


def _header_place(rows: Sequence[Cells]) -> Optional[int]:
    """Index of the row that names the columns: wordy, about as wide as the table, with the most known names."""
    widths = sorted(sum(1 for c in cells if plain(c)) for cells in rows)
    typical = widths[len(widths) // 2]
    best, best_hits = None, 0
    for i, cells in enumerate(rows):
        filled = [c for c in cells if plain(c)]
        words = sum(1 for c in filled if _wordy(c))
        enough = len(filled) >= (1 if typical <= 1 else max(2, typical // 2))
        if not enough or words < 0.8 * len(filled):
            continue
        hits = 1 + sum(1 for c in filled if KNOWN.search(plain(c).replace(" ", "")))
        if hits > best_hits + (1 if best is not None else 0):
            best, best_hits = i, hits
    if best is not None and best_hits == 1 and best > 0 and not all(_wordy(c) for c in rows[0] if plain(c)):
        return None  # a wordy row among the data is no header
    return best


def _header(rows: list[tuple[int, Cells]], place: int, merged: Sequence[Merged]) -> tuple[int, list[str]]:
    """(index of the first data row, name of each column) for a header at `place`, of two rows where it has two."""
    number, cells = rows[place]
    names = [_one_line(c) for c in cells]
    if place and rows[place - 1][0] == number - 1:
        names = _below_headings(rows[place - 1][1], names)
    start = place + 1
    if start < len(rows) and _is_second(cells, rows[start][1], number, merged):
        names = _joined(cells, rows[start][1], number, merged)
        start += 1
    while start < len(rows):
        under = [plain(c) for c in rows[start][1]]
        filled = [t for t in under if t]
        if filled and all(_UNIT.match(t) for t in filled):
            names = [_with_unit(name, text) for name, text in zip(names, under)]
        elif not _is_count(filled):
            break
        start += 1
    return start, names


def _below_headings(upper: Cells, names: list[str]) -> list[str]:
    """A column without a name in the lower row of a header has the one above it: 序号 beside groups of columns."""
    filled = [c for c in upper if plain(c)]
    if len(filled) < 2 or not all(_wordy(c) for c in filled):
        return names
    return [name or _one_line(above) for name, above in zip(names, upper)]


def _with_unit(name: str, text: str) -> str:
    return f"{name}({text.strip('()')})" if name and text and not split_unit(name)[1] else name


def _is_count(filled: Sequence[str]) -> bool:
    """True for the row 1, 2, 3 … that forms have under their header."""
    digits = [t.strip("()栏列") for t in filled]
    if len(filled) < 3 or digits[0] not in ("0", "1"):
        return False
    return digits == [str(i) for i in range(int(digits[0]), int(digits[0]) + len(digits))]


def _spans(row: int, merged: Sequence[Merged]) -> dict[int, int]:
    """First column -> last column of the cells merged sideways in a row (from 0)."""
    return {c0: c1 for r0, c0, r1, c1 in merged if r0 <= row <= r1 and c1 > c0}


def _is_second(upper: Cells, lower: Cells, number: int, merged: Sequence[Merged]) -> bool:
    """True when the next row names the columns under group headings."""
    filled = [i for i, c in enumerate(lower) if plain(c)]
    if not filled or not all(_wordy(lower[i]) for i in filled):
        return False
    spans = _spans(number - 1, merged)
    inside = {i for c0, c1 in spans.items() for i in range(c0, c1 + 1)}
    if inside:
        return set(filled) <= inside
    gaps = [i for i in filled if not plain(upper[i])]
    # Without merges: names stand where the upper row is empty, and under the heading to the left of those.
    return bool(gaps) and all(not plain(upper[i]) or (i + 1 in gaps) for i in filled)


def _joined(upper: Cells, lower: Cells, number: int, merged: Sequence[Merged]) -> list[str]:
    """Names of columns under group headings: the lower name where it is unique, else both."""
    parents = [_one_line(c) for c in upper]
    spans = _spans(number - 1, merged)
    for i in range(len(parents)):
        if not parents[i] and plain(lower[i]):
            within = any(c0 < i <= c1 for c0, c1 in spans.items()) or not spans
            parents[i] = parents[i - 1] if i and within else ""
    children = [_one_line(c) for c in lower]
    names = []
    for parent, child in zip(parents, children):
        unit = split_unit(parent)[1]
        if not child or not parent:
            name = child or parent
        elif children.count(child) == 1 and child not in parents and len(child) > 1 and not _UNIT.match(child):
            label = {"mu": "亩", "m2": "平方米", "ha": "公顷"}.get(unit, "")
            name = f"{child}({label})" if label and not split_unit(child)[1] else child
        else:
            name = f"{parent}_{child}"
        names.append(name)
    return names


def _one_line(cell: Optional[str]) -> str:
    return re.sub(r"\s+", " ", (cell or "").strip())


def _fill_merged(body: list[tuple[int, Cells]], merged: Sequence[Merged]) -> None:
    """A value merged over several rows holds for each of them."""
    index = {number - 1: cells for number, cells in body}
    for r0, c0, r1, _ in merged:
        if r1 == r0 or r0 not in index or c0 >= len(index[r0]):
            continue
        for row in range(r0 + 1, r1 + 1):
            if row in index and not plain(index[row][c0]):
                index[row][c0] = index[r0][c0]


def _letter(i: int) -> str:
    """Column letter as spreadsheets show it."""
    text = ""
    i += 1
    while i:
        i, rest = divmod(i - 1, 26)
        text = chr(65 + rest) + text
    return text


def _distinct(names: Sequence[str]) -> list[str]:
    """Names that are equal get a number that no other one has."""
    taken: set[str] = set()
    done = []
    for name in names:
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name}_{number}"
        taken.add(candidate)
        done.append(candidate)
    return done
