from __future__ import annotations

import pytest

from weipian_plugin.core.dates import Span, parse_date


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-03-01", "2025-03-01", "2025-03-01"),
        ("20250301", "2025-03-01", "2025-03-01"),
        ("2025/3/1 00:00:00", "2025-03-01", "2025-03-01"),
        ("2025.3.1", "2025-03-01", "2025-03-01"),
        ("2025年3月1日", "2025-03-01", "2025-03-01"),
        ("2026-05-01T10:20:30+08:00", "2026-05-01", "2026-05-01"),
        ("2026:05:01 10:20:30", "2026-05-01", "2026-05-01"),
        ("20250301102030", "2025-03-01", "2025-03-01"),
        ("2024年2月", "2024-02-01", "2024-02-29"),
        ("202512", "2025-12-01", "2025-12-31"),
        ("2025-02", "2025-02-01", "2025-02-28"),
        ("2025", "2025-01-01", "2025-12-31"),
        (" 2025年 ", "2025-01-01", "2025-12-31"),
    ],
)
def test_formats(text, first, last):
    assert parse_date(text) == Span(first, last)


@pytest.mark.parametrize("text", ["", None, "2025-13-01", "2025-02-30", "去年", "12345", "0000", "2025-3-1-4x"])
def test_no_date(text):
    assert parse_date(text) is None


def test_a_month_and_a_day_within_it_cannot_be_ordered():
    month, day = parse_date("2025-03"), parse_date("2025-03-10")
    assert not month.before(day)
    assert not month.after(day)
    assert day.before(parse_date("2025-04"))
