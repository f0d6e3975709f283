"""A table of decisions that is not one, and rows with a slip of the pen."""

from __future__ import annotations

from pathlib import Path

import pytest

from weipian_plugin.core.areas import parse_mu
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.workbench.decisions import _ACTIONS as ACTIONS
from weipian_plugin.workbench.decisions import read_table


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"", "E_FILE_UNREADABLE"),
        ("a.xlsx", b"not a zip", "E_FILE_UNREADABLE"),
        ("a.csv", '图斑编号,判定\n"'.encode() + b"x" * 200_000 + b'",a\n', "E_FILE_UNREADABLE"),
        ("a.csv", "图斑编号,判断\nA,违法\n".encode(), "E_TABLE_COLUMNS"),
    ],
)
def test_what_is_no_table_is_a_sentence(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeipianError) as caught:
        read_table(tmp_path / name)
    assert caught.value.code == code


def test_a_short_row_has_blanks(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("判定,图斑编号\n违法\n", encoding="utf-8")
    assert read_table(tmp_path / "a.csv") == [{"判定": "违法", "图斑编号": ""}]


def test_a_date_cell_of_excel_is_a_date(tmp_path: Path) -> None:
    import datetime

    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["图斑编号", "动作", "日期"])
    book.active.append(["A", "立案", datetime.datetime(2026, 6, 1)])  # noqa: DTZ001 - as in Excel
    book.save(tmp_path / "a.xlsx")
    assert read_table(tmp_path / "a.xlsx")[0]["日期"] == "2026-06-01"


def test_more_digits_than_decimal_holds() -> None:
    with pytest.raises(ValueError, match="1e400"):
        parse_mu("1e400")


def test_a_step_may_be_named_by_what_it_leads_to() -> None:
    assert [ACTIONS[name] for name in ("制止", "已制止", "已立案", "整改中", "重新整改", "已整改", "已销号")] == [
        "stop", "stop", "file", "rectify", "reopen", "rectified", "close",
    ]  # fmt: skip
