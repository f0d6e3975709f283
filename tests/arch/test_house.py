"""Metadata, error catalogue, decision records, vendored libraries."""

from __future__ import annotations

import configparser
import re
import string
from importlib.metadata import version
from pathlib import Path

import pytest
import tomllib

from weipian_plugin.core.errors import CATALOGUE, WeipianError

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "build" / "plugins" / "weipian_plugin"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _metadata() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "metadata.txt", encoding="utf-8")
    return parser["general"]


@pytest.mark.parametrize(
    "key", ["name", "qgisMinimumVersion", "description", "about", "version", "author", "email", "repository", "license"]
)
def test_metadata_has_what_the_hub_requires(key: str) -> None:
    assert _metadata()[key].strip()


def test_metadata_is_consistent() -> None:
    meta = _metadata()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert meta["qgisMinimumVersion"] == "3.22"
    assert meta["hasProcessingProvider"] == "yes"
    assert meta["version"] == project["version"]
    assert f"[{meta['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert not CHINESE.search(meta["description"])
    assert "supportsQt6" not in meta


def test_licence_is_gpl_2() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in text
    assert "Version 2, June 1991" in text


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_error_has_a_sentence_and_a_remedy(code: str) -> None:
    message, remedy = CATALOGUE[code]
    assert re.fullmatch(r"E_[A-Z0-9_]+", code)
    assert CHINESE.search(message)
    assert CHINESE.search(remedy)
    assert remedy.endswith("。")
    assert not message.endswith("。")
    names = {
        field for text in (message, remedy) for _, field, _, _ in string.Formatter().parse(text) if field is not None
    }
    assert all(re.fullmatch(r"[a-z_]+", name) for name in names)
    error = WeipianError(code, **dict.fromkeys(names, "甲"))
    assert "{" not in str(error)


def test_every_error_raised_is_in_the_catalogue_with_its_placeholders() -> None:
    used: set[str] = set()
    for path in (ROOT / "weipian_plugin").rglob("*.py"):
        used |= set(re.findall(r"WeipianError\(\s*\"(E_[A-Z0-9_]+)\"", path.read_text(encoding="utf-8")))
    assert used <= set(CATALOGUE)


def test_every_decision_record_is_listed() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    records = sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert records
    for name in records:
        assert f"({name})" in index, name
    for name in re.findall(r"\((\d{4}-[^)]+\.md)\)", index):
        assert (folder / name).is_file(), name


@pytest.mark.skipif(not BUILT.is_dir(), reason="the plugin has not been built: make plugin")
class TestBuiltPlugin:
    def test_vendored_libraries_are_sources_only(self) -> None:
        allowed = {".py", ""}
        for path in (BUILT / "_vendor").rglob("*"):
            if path.is_file() and path.parent.name != "licenses":
                assert path.suffix in allowed, path

    def test_no_binaries_and_no_bytecode(self) -> None:
        bad = {".so", ".pyd", ".dll", ".pyc", ".exe", ".dylib"}
        assert not [p for p in BUILT.rglob("*") if p.suffix in bad and "__pycache__" not in p.parts]

    def test_every_vendored_library_carries_its_licence(self) -> None:
        names = [path.name.lower() for path in (BUILT / "_vendor" / "licenses").iterdir()]
        for name in ("openpyxl", "et_xmlfile", "exifread", "pyyaml"):
            assert any(entry.startswith(f"{name}-{version(name)}".lower()) for entry in names), name

    def test_it_holds_what_qgis_looks_for(self) -> None:
        for name in ("metadata.txt", "LICENSE", "__init__.py", "plugin.py", "resources/rules", "_vendor/openpyxl"):
            assert (BUILT / name).exists(), name
        assert not (BUILT / "resources" / "sample").exists()

    def test_icon_of_the_metadata_exists(self) -> None:
        assert (BUILT / _metadata()["icon"]).is_file()
