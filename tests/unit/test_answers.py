"""Several answers in one text, however a clerk writes them."""

from __future__ import annotations

import pytest

from weipian_plugin.core.answers import checked, join_choices, split_choices
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.rulepack import AskField

LINES = ("土地", "规划违建", "矿产")


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", ()), ("土地", ("土地",)), ("矿产、土地", ("土地", "矿产")), ("矿产，土地；土地", ("土地", "矿产")),
        ("规划违建/矿产", ("规划违建", "矿产")), ("土地 水利", ("土地", "水利")), ("、", ()),
    ],
)  # fmt: skip
def test_choices(text, chosen):
    assert split_choices(text, LINES) == chosen
    assert split_choices(join_choices(chosen), LINES) == chosen


CHOICE = AskField("fraud", "骗取批准", "P", kind="choice", choices=("未发现", "已查实"))
MANY = AskField("lines", "违法线", "P", kind="choices", choices=LINES)
WIDTH = AskField("road_width", "道路宽度", "P", kind="number", unit="米")
DAY = AskField("built_on", "建设时间", "P", kind="date")


@pytest.mark.parametrize(
    ("field", "text", "kept"),
    [
        (CHOICE, " 已查实 ", "已查实"), (MANY, "矿产,土地", "土地、矿产"), (WIDTH, "8米", "8"), (WIDTH, "６.５ 米", "6.5"),
        (DAY, "2025年12月", "2025年12月"), (DAY, "２０２５", "2025"), (DAY, "2019 年以前", "2019 年以前"), (WIDTH, "", ""),
    ],
)  # fmt: skip
def test_an_answer_of_a_table_is_kept_as_the_panel_would(field, text, kept):
    assert checked(field, text) == kept


@pytest.mark.parametrize(
    ("field", "text"),
    [(CHOICE, "也许"), (MANY, "土地、海洋"), (WIDTH, "很宽"), (WIDTH, "-1"), (WIDTH, "nan"), (DAY, "2026-13-40")],
)
def test_an_answer_that_the_field_cannot_hold_is_refused(field, text):
    with pytest.raises(WeipianError) as caught:
        checked(field, text)
    assert caught.value.code == "E_ANSWER"
    assert text in str(caught.value)
