"""Import contracts and what must never stand in shipped code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "weipian_plugin").rglob("*.py"))
TREES = {path: ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9)) for path in SHIPPED}
NAMES = [str(path.relative_to(ROOT)) for path in SHIPPED]


def test_import_contracts_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports"))], check=False, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_package_imports_without_qgis() -> None:
    block = (
        "import sys\n"
        "class No:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('qgis', 'PyQt5', 'PyQt6', 'osgeo', 'numpy', 'shapely'):\n"
        "            raise ImportError(name)\n"
        "sys.meta_path.insert(0, No())\n"
        "import weipian_plugin\n"
        "assert callable(weipian_plugin.classFactory)\n"
    )
    done = subprocess.run([sys.executable, "-c", block], check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", SHIPPED, ids=NAMES)
def test_no_raw_qt_no_exec_no_assert_no_bare_except(path: Path) -> None:
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            names = []
        assert not any(name.split(".")[0] in ("PyQt5", "PyQt6", "PySide2", "PySide6", "sip") for name in names)
        assert not (isinstance(node, ast.Attribute) and node.attr == "exec_"), f"exec_ at line {node.lineno}"
        assert not isinstance(node, ast.Assert), f"assert at line {node.lineno}"
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None), f"bare except at {node.lineno}"


@pytest.mark.parametrize("path", SHIPPED, ids=NAMES)
def test_iface_is_touched_in_few_places(path: Path) -> None:
    allowed = ("weipian_plugin/plugin.py", "weipian_plugin/__init__.py")
    uses = [n for n in ast.walk(TREES[path]) if isinstance(n, ast.ImportFrom) and n.module == "qgis.utils"]
    imported = [a.name for n in uses for a in n.names]
    assert "iface" not in imported or str(path.relative_to(ROOT)) in allowed


@pytest.mark.parametrize("path", SHIPPED, ids=NAMES)
def test_sql_stays_in_the_store(path: Path) -> None:
    if path.parent.name in ("store", "sources"):
        return
    imports = [n for n in ast.walk(TREES[path]) if isinstance(n, (ast.Import, ast.ImportFrom))]
    names = [a.name for n in imports for a in n.names] + [getattr(n, "module", "") or "" for n in imports]
    assert "sqlite3" not in names


def _strings(tree: ast.AST) -> list[tuple[int, str]]:
    return [(n.lineno, n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


@pytest.mark.parametrize("path", SHIPPED, ids=NAMES)
def test_no_absolute_paths_and_no_addresses(path: Path) -> None:
    for line, text in _strings(TREES[path]):
        assert not re.search(r"(^|[\s\"'])(/home/|/root/|/tmp/|/mnt/|[A-Z]:\\\\)", text), f"line {line}: {text!r}"
        assert not re.search(r"https?://(?!www\.opengis\.net|www\.w3\.org|www\.geopackage\.org|schemas\.)", text), (
            f"line {line}: {text!r}"
        )
