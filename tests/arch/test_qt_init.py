"""A widget is none before Qt made it: PyQt raises where `self` is asked for something on the way into `__init__`."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2] / "weipian_plugin"


def uses_self(call: ast.Call) -> bool:
    return any(isinstance(n, ast.Name) and n.id == "self" for n in ast.walk(ast.Tuple([*call.args, *call.keywords])))


def is_super_init(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"


def test_no_widget_translates_before_it_is_one() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sorted((ROOT / "gui").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if is_super_init(node) and uses_self(node)
    ]
    assert found == []


def test_the_test_would_find_one() -> None:
    bad = ast.parse("super().__init__(self.tr('x').format(1), parent)").body[0].value
    assert is_super_init(bad)
    assert uses_self(bad)
