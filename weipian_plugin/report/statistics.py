"""汇总 and 整改统计: counts and sums as formulas over 台账 and 违法图斑清单 (needs openpyxl)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ..core.model import LEVEL_LABELS
from . import xlsx
from .columns import HEADERS
from .facts import COMBINED, DEMOLISHED, REGULARISED, in_verified_set, is_illegal
from .model import PatchReport
from .workbook_refs import CHECK, FIRST, ILLEGAL, LEDGER, ref

_VERDICTS: tuple[tuple[str, Optional[str]], ...] = (
    ("合法", "合法"),
    ("违法", "违法"),
    ("其他", "其他"),
    ("未判定", None),
)
_PAIR = ("个数", "面积")
_QUAD = ("个数", "面积", "耕地", "永农")
_GROUPS = (("原始下发", _PAIR), ("核实后", _PAIR), *((name, _QUAD) for name, _ in _VERDICTS))
_TRIPLE = ("个数", "面积", "耕地")
_MODES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("总任务", ()),
    ("已整改", (("N", "是"),)),
    ("拆除", (("N", "是"), ("O", DEMOLISHED))),
    ("补办", (("N", "是"), ("O", REGULARISED))),
    ("拆补组合", (("N", "是"), ("O", COMBINED))),
    ("未整改", (("N", "否"),)),
)


def _letter(header: str) -> str:
    return get_column_letter(HEADERS.index(header) + 1)


class _Sums:
    """Formulas over the ledger of `last` rows."""

    def __init__(self, last: int) -> None:
        self._last = last

    def _where(self, flag: str, by: str, key: Optional[str], verdict: Optional[tuple[Optional[str]]]) -> str:
        parts = [f'{ref(CHECK, flag, self._last)},"是"']
        if by:
            parts.append(f"{ref(LEDGER, _letter(by), self._last)},{xlsx.criterion(key)}")
        if verdict:
            parts.append(f"{ref(LEDGER, _letter('合法性判定'), self._last)},{xlsx.criterion(verdict[0])}")
        return ",".join(parts)

    def cells(self, by: str, key: Optional[str]) -> list[str]:
        """All formulas of one row in the order of the header."""
        out = []
        for flag in ("C", "D"):
            where = self._where(flag, by, key, None)
            out += [f"COUNTIFS({where})", self._sum("图斑面积(亩)", where)]
        for _, verdict in _VERDICTS:
            where = self._where("D", by, key, (verdict,))
            out.append(f"COUNTIFS({where})")
            out += [self._sum(name, where) for name in ("图斑面积(亩)", "耕地", "永久基本农田")]
        return out

    def _sum(self, header: str, where: str) -> str:
        return f"ROUND(SUMIFS({ref(LEDGER, _letter(header), self._last)},{where}),2)"


def summary_sheet(sheet: Worksheet, reports: Sequence[PatchReport]) -> tuple[str, str, str, str]:
    """Fill 汇总; gives back references to its totals: verified count, area, illegal count, area."""
    sums = _Sums(FIRST + max(len(reports), 1) - 1)
    xlsx.grouped_header(sheet, 3, (("监测等级 / 村", ()), *_GROUPS))
    xlsx.widths(sheet, (15, *([7, 9.5] * 2), *([7, 9.5, 8.5, 8.5] * 4)))
    levels: list[Optional[str]] = [*LEVEL_LABELS.values(), None]
    if all(report.patch.monitor_level in LEVEL_LABELS for report in reports):
        levels.pop()
    names = {report.patch.village_name or None for report in reports}
    villages: list[Optional[str]] = sorted(names, key=lambda name: (name is None, name or ""))
    total = _block(sheet, 5, "按监测等级", [("监测等级", k, k or "未定级") for k in levels], sums)
    end = _block(sheet, total + 2, "按村(社区)", [("村(社区)", k, k or "未填村名") for k in villages], sums)
    _ratios(sheet, end + 2, total)
    _filing(sheet, end + 4, FIRST + max(len(reports), 1) - 1, total)
    return f"'汇总'!D{total}", f"'汇总'!E{total}", f"'汇总'!J{total}", f"'汇总'!K{total}"


def _block(sheet: Worksheet, row: int, name: str, keys: Sequence[tuple[str, Optional[str], str]], sums: _Sums) -> int:
    """One caption row, one row per key, one total row; gives back the total row."""
    xlsx.put(sheet, row, 1, name, "wp_total_text")
    columns = 4 + 4 * len(_VERDICTS)
    for column in range(2, columns + 2):
        xlsx.put(sheet, row, column, None, "wp_total_text")
    for at, (by, key, label) in enumerate(keys, row + 1):
        xlsx.put(sheet, at, 1, label, "wp_text")
        for column, text in enumerate(sums.cells(by, key), 2):
            xlsx.formula(sheet, at, column, text, "wp_count" if text.startswith("COUNT") else "wp_area")
    first, total = row + 1, row + 1 + max(len(keys), 1)
    xlsx.put(sheet, total, 1, "合计", "wp_total_text")
    for column, text in enumerate(sums.cells("", None), 2):
        letter = get_column_letter(column)
        count = text.startswith("COUNT")
        body = f"SUM({letter}{first}:{letter}{total - 1})"
        xlsx.formula(
            sheet, total, column, body if count else f"ROUND({body},2)", f"wp_total_{'count' if count else 'area'}"
        )
    return total


def _ratios(sheet: Worksheet, row: int, total: int) -> None:
    """The two ratios of the annual check; the denominator is 合法 + 违法, without 其他 (dossier 1.7)."""
    lines = (
        ("违法占用耕地比例(%) = 违法图斑占耕地 ÷ (合法 + 违法) 图斑占耕地", f"L{total}", f"H{total}+L{total}"),
        ("违法占地面积比例(%) = 违法图斑面积 ÷ (合法 + 违法) 图斑面积", f"K{total}", f"G{total}+K{total}"),
    )
    for at, (text, above, below) in enumerate(lines, row):
        for column in range(1, 10):
            xlsx.put(sheet, at, column, text if column == 1 else None, "wp_text")
        sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=9)
        xlsx.formula(sheet, at, 10, f'IF(({below})=0,"—",ROUND({above}/({below})*100,2))', "wp_area")


def _filing(sheet: Worksheet, row: int, last: int, total: int) -> None:
    """已填报 and 填报率 over the issued set: what was split counts once, by its children (dossier 1.6)."""
    filed = f'COUNTIFS({ref(CHECK, "C", last)},"是",{ref(CHECK, "Q", last)},"是")'
    lines = (
        ("已填报个数（原始下发中已提交、已退回、审核结束的）", filed, "wp_count"),
        ("填报率(%) = 已填报 ÷ 原始下发", f'IF(B{total}=0,"—",ROUND(J{row}/B{total}*100,2))', "wp_area"),
    )
    for at, (text, formula, style) in enumerate(lines, row):
        for column in range(1, 10):
            xlsx.put(sheet, at, column, text if column == 1 else None, "wp_text")
        sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=9)
        xlsx.formula(sheet, at, 10, formula, style)


def case_sheet(sheet: Worksheet, reports: Sequence[PatchReport], last: int) -> int:
    """Fill 整改统计 (T1 of dossier 5.1) by village; `last` is the last row of 违法图斑清单. Gives its total row."""
    groups = [(name, _TRIPLE) for name, _ in _MODES]
    checks = (("校核 总−已−未", _TRIPLE), ("校核 已−拆−补−组合", _TRIPLE))
    xlsx.grouped_header(sheet, 3, (("村(社区)", ()), *groups, ("剩余未整改面积", ()), *checks))
    xlsx.widths(sheet, (14, *([6.5, 9.5, 9.5] * len(_MODES)), 11, *([8.5] * 6)))
    names = {r.patch.village_name or None for r in reports if is_illegal(r) and in_verified_set(r)}
    villages: list[Optional[str]] = sorted(names, key=lambda name: (name is None, name or ""))
    for row, village in enumerate(villages, 5):
        xlsx.put(sheet, row, 1, village or "未填村名", "wp_text")
        _case_row(sheet, row, village, last)
    total = 5 + max(len(villages), 1)
    xlsx.put(sheet, total, 1, "合计", "wp_total_text")
    for column in range(2, 2 + 3 * len(_MODES) + 1):
        letter = get_column_letter(column)
        count = (column - 2) % 3 == 0 and column <= 1 + 3 * len(_MODES)
        body = f"SUM({letter}5:{letter}{total - 1})"
        xlsx.formula(
            sheet, total, column, body if count else f"ROUND({body},2)", f"wp_total_{'count' if count else 'area'}"
        )
    _case_checks(sheet, total, "wp_total_")
    xlsx.red_when(sheet, f"U5:Z{total}", "AND(ISNUMBER(U5),U5<>0)")
    return total


def _case_row(sheet: Worksheet, row: int, village: Optional[str], last: int) -> None:
    by_village = f"{ref(ILLEGAL, 'D', last)},{xlsx.criterion(village)}"
    filled = f'{ref(ILLEGAL, "B", last)},"<>"'  # the empty row of an empty list is no patch
    column = 2
    for _, conditions in _MODES:
        where = ",".join([filled, by_village, *(f'{ref(ILLEGAL, c, last)},"={v}"' for c, v in conditions)])
        xlsx.formula(sheet, row, column, f"COUNTIFS({where})", "wp_count")
        for offset, letter in ((1, "I"), (2, "J")):
            text = f"ROUND(SUMIFS({ref(ILLEGAL, letter, last)},{where}),2)"
            xlsx.formula(sheet, row, column + offset, text, "wp_area")
        column += 3
    text = f"ROUND(SUMIFS({ref(ILLEGAL, 'P', last)},{filled},{by_village}),2)"
    xlsx.formula(sheet, row, column, text, "wp_area")
    _case_checks(sheet, row, "wp_")


def _case_checks(sheet: Worksheet, row: int, style: str) -> None:
    for offset in range(3):
        kind = f"{style}{'area' if offset else 'count'}"
        total, done, demolished, regular, both, still = (get_column_letter(2 + 3 * m + offset) for m in range(6))
        xlsx.formula(sheet, row, 21 + offset, f"ROUND({total}{row}-{done}{row}-{still}{row},2)", kind)
        parts = f"{demolished}{row}-{regular}{row}-{both}{row}"
        xlsx.formula(sheet, row, 24 + offset, f"ROUND({done}{row}-{parts},2)", kind)
