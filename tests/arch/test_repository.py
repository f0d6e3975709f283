"""What the repository must not contain, and the make targets that others rely on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("demo", "run", "test", "plugin", "bench", "lint", "package", "clean")


def _tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("target", TARGETS)
def test_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_python_version_is_computed_not_written() -> None:
    for path in [ROOT / "Makefile", *(ROOT / "tools").iterdir()]:
        if path.is_file():
            assert not re.search(r"python3\.\d+", path.read_text(encoding="utf-8")), path


def test_no_generated_files_and_nothing_large() -> None:
    for path in _tracked():
        assert path.suffix not in (".pyc", ".qm", ".so", ".zip", ".gpkg", ".tif", ".pdf"), path
        assert path.stat().st_size < 400_000, path


def test_text_names_no_machine() -> None:
    for path in _tracked():
        if path.suffix in (".py", ".md", ".yaml", ".txt", ".toml", ".sh", ""):
            text = path.read_text(encoding="utf-8", errors="replace")
            if path == Path(__file__):
                continue
            assert not re.search(r"/(home|root|work)/[a-z]", text), path


def test_modules_stay_readable() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in (ROOT / "weipian_plugin").rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) >= 450
    }
    assert not long
