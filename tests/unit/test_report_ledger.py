"""The ledger workbook: columns of dossier 5.1, formulas, house style, hostile texts."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from report_samples import META, Verdict, mixed, photo, rectified, report, summary

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.report.columns import HEADERS
from weipian_plugin.report.ledger import write_ledger

#: Typed from dossier 5.1, pairs as two columns.
DOSSIER = (  # noqa: SIM905 - as it stands in the dossier
    "序号 图斑编号 批次/月份 下发日期 填报截止 图斑分类 监测等级 图斑类型 村(社区) 组/小地名 网格长/网格员 中心经度 中心纬度 前时相 后时相 "
    "图斑面积(亩) 耕地 永久基本农田 非耕农用地 未利用地 建设用地 生态保护红线 城镇开发边界内 现状地类 实地用途 项目名称 用地主体/当事人 "
    "建设时间 审批(备案)文号 审批面积 套合率% 超占面积 合法性判定 二级类 判定依据说明 现场照片数 外业人员 外业日期 填报状态 "
    "审核意见/退回原因 制止文号 制止日期 立案号 立案日期 移交单位 移交日期 移交反馈 处罚决定文号 整改方式 整改责任科室 整改期限 拆除面积 "
    "复耕面积 补办文号 补办面积 剩余未整改面积 整改完成日期 验收人 销号日期 备注"
).split()


@pytest.fixture
def write(tmp_path):
    def run(reports, meta=META):
        path = tmp_path / "台账.xlsx"
        write_ledger(path, reports, meta)
        return openpyxl.load_workbook(path)

    return run


def cell(sheet, row, header):
    return sheet.cell(row, HEADERS.index(header) + 1)


def test_columns_are_those_of_the_dossier_in_order(write):
    book = write(mixed())
    assert book.sheetnames == ["台账", "违法图斑清单", "汇总", "整改统计", "校核", "说明"]
    assert [c.value for c in book["台账"][3]] == DOSSIER


def test_ids_are_text_and_areas_numbers_with_two_decimals(write):
    sheet = write([report(1, patch_id="0011")])["台账"]
    assert cell(sheet, 4, "图斑编号").value == "0011"
    assert cell(sheet, 4, "图斑编号").number_format == "@"
    assert cell(sheet, 4, "耕地").value == 1.5
    assert cell(sheet, 4, "耕地").number_format == "0.00"


def test_a_layer_that_was_not_given_is_empty_and_one_not_met_is_zero(write):
    given = report(1, summary=summary("3.00", "3.00", prime=Decimal("0.00")))
    sheet = write([given])["台账"]
    assert cell(sheet, 4, "永久基本农田").value == 0
    assert cell(sheet, 4, "生态保护红线").value is None


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x")', "#N/A", "a\x07b"])
def test_user_text_never_becomes_a_formula(write, text):
    sheet = write([report(1, project=text)])["台账"]
    found = cell(sheet, 4, "项目名称")
    assert found.data_type == "s"
    assert found.value == text.replace("\x07", "")


def test_totals_are_live_formulas_and_a_split_parent_does_not_count(write):
    plain = write([report(1), report(2)])["台账"]
    assert cell(plain, 6, "耕地").value == '=IF(COUNT(Q$4:Q$5)=0,"",ROUND(SUM(Q$4:Q$5),2))'
    split = write([report(1, patch={"split_state": "parent"}), report(2, patch={"split_state": "child"})])
    assert "SUMIFS" in cell(split["台账"], 6, "耕地").value
    assert [split["校核"].cell(row, 3).value for row in (4, 5)] == ["是", "否"]
    assert [split["校核"].cell(row, 4).value for row in (4, 5)] == ["否", "是"]


def test_case_columns(write):
    sheet = write([rectified(3, "both", demolished_mu="1.00", regularised_mu="2.00")])["台账"]
    expected = {"制止文号": "停〔2026〕1号", "制止日期": "2026-07-06", "整改方式": "拆补组合", "拆除面积": 1,
                "补办文号": "补〔2026〕1号", "补办面积": 2, "剩余未整改面积": 0, "整改完成日期": "2026-08-01"}  # fmt: skip
    assert {name: cell(sheet, 4, name).value for name in expected} == expected


def test_house_style(write):
    book = write(mixed())
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToWidth) == (9, 1)
        assert sheet.freeze_panes
    head, total = book["台账"]["B3"], book["台账"]["B11"]
    assert (head.fill.fgColor.rgb[-6:], head.font.color.rgb[-6:], head.font.name) == ("4472C4", "FFFFFF", "微软雅黑")
    assert total.fill.fgColor.rgb[-6:] == "FFF2CC"


def test_draft_is_in_every_title(write):
    book = write(mixed(), dataclasses.replace(META, draft=True))
    assert all("草稿" in sheet["A1"].value for sheet in book)


def test_unwritable_target_is_a_sentence(tmp_path):
    (tmp_path / "台账.xlsx").mkdir()
    with pytest.raises(WeipianError) as caught:
        write_ledger(tmp_path / "台账.xlsx", [report(1)], META)
    assert caught.value.code == "E_WRITE"
    assert not list(tmp_path.glob("*.part*"))


def test_entered_facts_come_from_the_answers(write):
    from weipian_plugin.core.model import Judgement

    answers = {"actor": "某公司", "doc_no": "批1号", "doc_area": "2.5", "built_on": "2025-10"}
    sheet = write([report(1, judgement=Judgement("u1", Verdict.LEGAL, answers=answers), evidence=(photo(),))])["台账"]
    names = ("用地主体/当事人", "审批(备案)文号", "审批面积", "建设时间", "现场照片数", "外业日期")
    assert [cell(sheet, 4, n).value for n in names] == ["某公司", "批1号", 2.5, "2025-10", 1, "2026-07-03"]


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_formulas_compute(tmp_path):
    reports = mixed()
    reports.append(report(8, summary=summary("3.00", "1.50", "1.00", "0.25", "0.20")))
    reports.append(report(9, patch={"split_state": "parent"}))
    reports.append(report(10, patch={"split_state": "child"}, verdict=Verdict.ILLEGAL, open_mu=Decimal("3.00")))
    reports.append(report(11, patch={"split_state": "child"}, verdict=Verdict.LEGAL))
    write_ledger(tmp_path / "in.xlsx", reports, META)
    env = {**os.environ, "HOME": str(tmp_path)}
    command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), "in.xlsx"]
    subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True, timeout=180)
    book = openpyxl.load_workbook(Path(tmp_path, "out", "in.xlsx"), data_only=True)
    values = [c.value for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [v for v in values if isinstance(v, str) and v.startswith(("#", "Err:"))]
    # 11 listed, one of them split: 10 x 3.00; prime farmland 0.40 each but for numbers 7 and 8
    assert cell(book["台账"], 15, "图斑面积(亩)").value == 30
    assert cell(book["台账"], 15, "永久基本农田").value == 3.2
    summary_rows = {row[0]: row for row in book["汇总"].iter_rows(min_row=5, values_only=True)}
    # columns: delivered, verified, legal x4, illegal x4, other x4, unjudged x4
    assert summary_rows["合计"] == ("合计", 9, 27, 10, 30, 2, 6, 3, 0.8, 5, 15, 7.5, 2, 1, 3, 1.5, 0.4, 2, 6, 1.5, 0)
    totals = {row[0]: row for row in book["整改统计"].iter_rows(min_row=5, values_only=True)}["合计"]
    assert totals[1:20] == (5, 15, 7.5, 3, 9, 4.5, 1, 3, 1.5, 1, 3, 1.5, 1, 3, 1.5, 2, 6, 3, 6)
    checks = book["校核"]
    assert [checks.cell(row, 14).value for row in (4, 10, 11)] == ["平衡", "未套合", "不平衡"]
    assert checks.cell(11, 13).value == 0.05
    verdicts = [row[7] for row in checks.iter_rows(min_row=18, values_only=True) if row[7]]
    assert verdicts == ["相符"] * 10
