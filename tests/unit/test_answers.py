"""Several answers in one text, however a clerk writes them."""

from __future__ import annotations

import pytest

from weipian_plugin.core.answers import join_choices, split_choices

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
