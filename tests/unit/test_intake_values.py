from __future__ import annotations

import pytest

from weipian_plugin.intake import units, values
from weipian_plugin.intake.model import DEFAULT_CLASSES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20251006", "2025-10-06"),
        ("2025-10-06", "2025-10-06"),
        ("2025/10/6", "2025-10-06"),
        ("2025.10.6", "2025-10-06"),
        ("2025年10月6日", "2025-10-06"),
        ("２０２５１００６", "2025-10-06"),
        ("20251006.0", "2025-10-06"),
        ("2025-10-06T08:30:00", "2025-10-06"),
        ("202510", "2025-10"),
        ("2025年3月", "2025-03"),
        ("2025106", "2025106"),  # 2025-1-06 or 2025-10-6: not decided
        ("20251331", "20251331"),
        ("2025年第3季度", "2025年第3季度"),
        ("", None),
        (None, None),
    ],
)
def test_date(text, expected):
    assert values.date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("一级", 1), ("1", 1), ("Ⅰ", 1), ("一", 1), ("1级", 1), ("Ⅱ级", 2), ("三级监测等级", 3), ("3.0", 3), ("２", 2),
        ("四级", None), ("12", None), ("", None), (None, None), ("一级二级", None),
    ],
)  # fmt: skip
def test_level(text, expected):
    assert values.level(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新增非农建设类", ("new_nonagri", 1)),
        (" 年度内持续变化 ", ("continuous_change", 1)),
        ("other_new_build", ("other_new_build", 2)),
        ("其他变化类", ("other_change", 3)),
        ("变化类", None),
        ("", None),
        (None, None),
    ],
)
def test_monitor_class(text, expected):
    assert values.monitor_class(text, values.class_index(DEFAULT_CLASSES)) == expected


def test_codes_are_opaque_but_lose_the_decimals_of_a_numeric_column():
    assert values.code(" 007aB ") == "007aB"
    assert values.code("50011220190001.0") == "50011220190001"
    assert values.patch_type("1") == "01"
    assert values.patch_type("DL1") == "DL1"


@pytest.mark.parametrize(("text", "expected"), [("1,234.5", 1234.5), ("nan", None), ("约3亩", None), ("", None)])
def test_number(text, expected):
    assert values.number(text) == expected


@pytest.mark.parametrize(("issued", "unit"), [(10720.0, "m2"), (16.08, "mu"), (1.072, "ha"), (107.2, ""), (0.0, "")])
def test_unit_is_measured(issued, unit):
    assert units.measured([(issued, 10718.84)] * 3)[0] == unit


def test_unit_by_the_median_not_by_an_outlier():
    assert units.measured([(16.08, 10718.84), (16.0, 10718.84), (10718.84, 10718.84)])[0] == "mu"


def test_square_metres():
    # 1 亩 = 2000/3 m², 1 ha = 10 000 m²
    assert values.square_metres(3, "mu") == pytest.approx(2000, abs=1e-9)
    assert values.square_metres(2, "ha") == 20000
