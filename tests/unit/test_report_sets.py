"""Who is counted where: issued = unsplit + parents, verified = unsplit + children; clues and void ones nowhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from report_samples import META, Verdict, report, summary

from weipian_plugin.core.model import Clue, ReviewStatus
from weipian_plugin.report import facts
from weipian_plugin.report.contents import sheet_content
from weipian_plugin.report.ledger import write_ledger
from weipian_plugin.report.selfcheck import missing_of

FILED = {"review_status": ReviewStatus.SUBMITTED}


def child(number, parent, area, **more):
    fields = {
        "split_state": "child", "parent_uid": f"u{parent}", "adopted_area_m2": area * 2000 / 3,
        "adopted_source": "平差", "issued_area": None, "issued_unit": None, **more.pop("patch", {}),
    }  # fmt: skip
    return report(number, patch_id=f"P{parent}_{number}", patch=fields, family=(f"P{parent}",), **more)


def sample():
    """Two unsplit (one filed), two split (one with all children filed), five children, a void one, a clue."""
    small = summary("1.50", "1.50")
    return [
        report(1, verdict=Verdict.LEGAL, patch=FILED),
        report(2, verdict=Verdict.ILLEGAL, open_mu=Decimal("3.00")),
        report(3, patch={"split_state": "parent"}, family=("P3_31", "P3_32")),
        child(31, 3, 1.5, verdict=Verdict.LEGAL, summary=small, patch=FILED),
        child(32, 3, 1.5, verdict=Verdict.ILLEGAL, summary=small, open_mu=Decimal("1.50"), patch=FILED),
        report(4, patch={"split_state": "parent"}),
        child(41, 4, 1.5, verdict=Verdict.LEGAL, summary=small, patch=FILED),
        child(42, 4, 1.5, summary=small),
        child(43, 4, 1.5, summary=small, patch={"review_status": ReviewStatus.VOID}),
        report(5, verdict=Verdict.ILLEGAL, patch={"review_status": ReviewStatus.VOID}),
        report(
            6,
            patch_id="XS-20260501-01",
            verdict=Verdict.ILLEGAL,
            open_mu=Decimal("3.00"),
            patch={"origin": "patrol", "issued_area": None, "geometry_source": "drawn"},
            clue=Clue("u6", finder="甲", found_at="2026-05-01T14:30:00+08:00", grid_l3="乙"),
            merged_into="P7",
        ),
        report(
            7,
            summary=None,
            patch={"geometry_source": "none", "area_m2": 0.0, "issued_area": 0.85, "issued_unit": "mu"},
        ),
    ]


def test_the_two_sets():
    reports = sample()
    assert [r.patch.patch_uid for r in reports if facts.in_original_set(r)] == ["u1", "u2", "u3", "u4", "u7"]
    assert [r.patch.patch_uid for r in reports if facts.in_verified_set(r)] == [
        "u1",
        "u2",
        "u31",
        "u32",
        "u41",
        "u42",
        "u7",
    ]
    # u3 counts as filed because both of its children are, u4 does not: one of them is not
    assert facts.filed_uids(reports) == {"u1", "u3", "u31", "u32", "u41"}


def test_areas_say_where_they_come_from():
    by_uid = {r.patch.patch_uid: r for r in sample()}
    marks = {uid: (facts.total_mu(by_uid[uid]), facts.area_mark(by_uid[uid])) for uid in ("u1", "u31", "u6", "u7")}
    assert marks == {
        "u1": (Decimal("3.00"), ""),
        "u31": (Decimal("1.50"), "平差"),
        "u6": (Decimal("3.00"), "自绘边界"),
        "u7": (Decimal("0.85"), "下发值"),
    }
    assert "无边界，面积为下发值" in facts.remark(by_uid["u7"])
    assert "被拆分为 P3_31、P3_32" in facts.remark(by_uid["u3"])
    assert "拆分自 P3" in facts.remark(by_uid["u31"])
    assert ("图斑面积（下发值）", "0.85") in sheet_content(by_uid["u7"], "x").areas
    assert ("拆分", "拆分自 P3") in sheet_content(by_uid["u31"], "x").basic


def test_an_adopted_issued_area_is_named_in_words():
    """As an import leaves a patch without boundary: 0.85 亩 are 566.67 m²."""
    adopted = {
        "adopted_area_m2": 566.6666666666666,
        "adopted_source": "issued",
        "issued_area": 0.85,
        "issued_unit": "mu",
    }
    without = report(8, summary=None, patch={"geometry_source": "none", **adopted, "area_m2": 0.0})
    assert (facts.total_mu(without), facts.area_mark(without)) == (Decimal("0.85"), "下发值")
    with_one = report(9, patch=adopted)
    assert (facts.total_mu(with_one), facts.area_mark(with_one)) == (Decimal("0.85"), "下发值")
    assert "issued" not in facts.remark(without) + facts.remark(with_one)


def test_nothing_is_missing_of_what_is_not_counted():
    by_uid = {r.patch.patch_uid: r for r in sample()}
    assert [missing_of(by_uid[uid]) for uid in ("u3", "u43", "u5", "u6")] == [[], [], [], []]
    assert "尚未判定" in missing_of(by_uid["u42"])
    own = replace(by_uid["u6"], merged_into="", judgement=None, open_mu=None)
    assert "尚未判定" in missing_of(own)


def test_clues_have_a_sheet_of_their_own(tmp_path):
    write_ledger(tmp_path / "台账.xlsx", sample(), META)
    book = openpyxl.load_workbook(tmp_path / "台账.xlsx")
    assert book.sheetnames[-1] == "线索"
    assert [c.value for c in book["线索"][4]][1:9] == [
        "XS-20260501-01", "巡查", "甲", "2026-05-01 14:30", None, None, "乙", None,
    ]  # fmt: skip
    assert "XS-20260501-01" not in {c.value for row in book["台账"].iter_rows() for c in row}


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_the_sheets_count_so(tmp_path):
    write_ledger(tmp_path / "in.xlsx", sample(), META)
    env = {**os.environ, "HOME": str(tmp_path)}
    command = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "out"), "in.xlsx"]
    subprocess.run(command, cwd=tmp_path, env=env, check=True, capture_output=True, timeout=180)
    book = openpyxl.load_workbook(Path(tmp_path, "out", "in.xlsx"), data_only=True)
    rows = {row[0]: row for row in book["汇总"].iter_rows(min_row=5, values_only=True) if row[0]}
    # issued 5: 4 x 3.00 + 0.85; verified 7: 2 x 3.00 + 4 x 1.50 + 0.85
    # legal u1 3.00, u31, u41 1.50 each; illegal u2 3.00, u32 1.50; unjudged u42 1.50, u7 0.85
    total = rows["合计"]
    assert total[1:5] == (5, 12.85, 7, 12.85)
    assert (total[5], total[6]) == (3, 6)
    assert (total[9], total[10]) == (2, 4.5)
    assert (total[17], total[18]) == (2, 2.35)
    filed = next(row for name, row in rows.items() if name.startswith("已填报个数"))
    rate = next(row for name, row in rows.items() if name.startswith("填报率"))
    assert filed[9] == 2  # u1, and u3 by its children
    assert rate[9] == 40  # 2 / 5
    ledger = book["台账"]
    headers = [c.value for c in ledger[3]]
    assert ledger.cell(4 + 11, headers.index("图斑面积(亩)") + 1).value == 12.85  # below 11 rows
    checks = [row[7] for row in book["校核"].iter_rows(min_row=17, values_only=True) if row[7]]
    assert checks[1:] == ["相符"] * 10 or checks == ["相符"] * 10
