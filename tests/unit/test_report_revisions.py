"""改判 in what is handed in: the list in the workbook, and a sentence on the sheet of the patch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import openpyxl
from report_samples import META, Verdict, report

from weipian_plugin.core.revision import HEADS
from weipian_plugin.report.contents import sheet_job
from weipian_plugin.report.ledger import write_ledger

LINE = (
    "P1", "甲村", "违法", "其他", "撤销案件", "=渝批〔2026〕1号", "撤案.pdf", "已立案", "张三", "李四", "2026-07-06 09:00",
)  # fmt: skip


def _reports() -> list:
    revised = replace(report(1, verdict=Verdict.OTHER), revisions=(LINE,))
    return [replace(revised, judgement=replace(revised.judgement, against_reason="撤销案件")), report(2)]


def test_the_list_is_a_sheet_of_the_workbook(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", _reports(), META)
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["改判清单"]
    assert [cell.value for cell in sheet[3]] == ["序号", *HEADS]
    assert [cell.value for cell in sheet[4]] == [1, *LINE]
    assert sheet["G4"].data_type == "s"  # no formula
    assert sheet.max_row == 4


def test_without_any_there_is_no_sheet(tmp_path: Path) -> None:
    write_ledger(tmp_path / "a.xlsx", [report(1), report(2)], META)
    assert "改判清单" not in openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames


def test_the_sheet_of_the_patch_tells_it(tmp_path: Path) -> None:
    said = "\n".join(sheet_job(_reports(), META, [], {}, tmp_path).sheets[0].verdict_lines)
    assert "改判理由：撤销案件" in said
    assert "已立案后由“违法”改为“其他”，依据 =渝批〔2026〕1号、撤案.pdf，经办 张三，复核 李四" in said
    assert "与软件建议不一致" not in said
