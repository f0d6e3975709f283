"""线索: what was found by ourselves, apart from the issued patches (needs openpyxl)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Union

from openpyxl.worksheet.worksheet import Worksheet

from ..core.model import Clue
from . import xlsx
from .facts import CLUE_LABELS, remark, sub_type, total_mu, verdict_of
from .model import PatchReport
from .workbook_refs import FIRST

CLUES = "线索"
HEADERS = (
    "序号", "线索编号", "来源", "发现人", "发现时间", "制止时间", "报告时间", "三级网格长", "四级网格员", "村(社区)",
    "中心经度", "中心纬度", "面积(亩)", "判定", "二级类", "查处状态", "剩余未整改面积", "并入图斑", "说明", "备注",
)  # fmt: skip
_WIDTHS = (5, 17, 10, 10, 16, 16, 16, 11, 11, 11, 11.5, 11.5, 9.5, 7, 12, 9.5, 11, 18, 24, 18)
_STYLES = {1: "wp_count", 11: "wp_degree", 12: "wp_degree", 13: "wp_area", 17: "wp_area"}


def clue_sheet(sheet: Worksheet, clues: Sequence[PatchReport]) -> None:
    """Fill the sheet; clues that a patch covers by now are listed with its number."""
    xlsx.header(sheet, 3, HEADERS)
    xlsx.widths(sheet, _WIDTHS)
    for number, report in enumerate(clues, 1):
        for column, value in enumerate(_row(report, number), 1):
            xlsx.put(sheet, FIRST + number - 1, column, value, _STYLES.get(column, "wp_text"))


def _row(report: PatchReport, number: int) -> tuple[Union[str, int, float, Decimal, None], ...]:
    clue = report.clue or Clue(report.patch.patch_uid)
    verdict = verdict_of(report)
    lon, lat = report.centroid or (None, None)
    return (
        number, report.patch.patch_id, CLUE_LABELS.get(report.patch.origin, ""), clue.finder, _when(clue.found_at),
        _when(clue.stopped_at), _when(clue.reported_at), clue.grid_l3, clue.grid_l4, report.patch.village_name, lon,
        lat, total_mu(report), verdict.label if verdict else "", sub_type(report), report.patch.case_status.label,
        report.open_mu, report.merged_into, clue.note, remark(report),
    )  # fmt: skip


def _when(text: str) -> str:
    """To the minute."""
    return text[:16].replace("T", " ")
