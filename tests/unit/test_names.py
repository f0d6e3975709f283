from __future__ import annotations

import pytest

from weipian_plugin.core.names import safe_name, unique_names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("130427SJBG26210310", "130427SJBG26210310"),
        ("古路镇/双鱼村", "古路镇_双鱼村"),
        ('a<b>c:d"e\\f|g?h*i', "a_b_c_d_e_f_g_h_i"),
        ("CON", "_CON"),
        ("con.txt", "_con.txt"),
        ("COM¹", "_COM¹"),
        ("lpt9", "_lpt9"),
        ("console", "console"),
        ("end. . ", "end"),
        ("a\tb\nc\x00d", "a b cd"),
        ("a\u202eb", "ab"),
        ("", "未命名"),
        (" .. ", "未命名"),
        ("...", "未命名"),
        ("x" * 100, "x" * 80),
    ],
)
def test_safe_name(text, expected):
    assert safe_name(text) == expected


def test_cut_does_not_leave_a_trailing_dot():
    assert safe_name("ab.cd", 3) == "ab"


def test_never_longer_than_limit():
    assert all(len(safe_name("NUL" + "x" * n, 5)) <= 5 for n in range(5))


def test_unique_ignores_case_and_avoids_later_names():
    assert unique_names(["A", "a", "a_2", "A"]) == ["A", "a_3", "a_2", "A_4"]


def test_unique_after_cleaning_and_within_limit():
    names = unique_names(["a/b", "a:b", "a?b"] + ["y" * 90] * 12)
    assert len({n.casefold() for n in names}) == 15
    assert max(map(len, names)) <= 80


def test_unique_ends_with_a_tiny_limit():
    assert len(set(unique_names(["abc"] * 200, 1))) == 200
