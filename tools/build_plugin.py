"""Build the loadable plugin folder: package, resources, translations, metadata, licence, `_vendor`.

    build_plugin.py build/plugins/weipian_plugin

`_vendor` carries pure-Python libraries that QGIS does not bring (ADR 0004): sources only, no
compiled extension, no bytecode.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: distribution -> top-level package that is copied.
VENDORED = {
    "openpyxl": "openpyxl",
    "et_xmlfile": "et_xmlfile",
    "exifread": "exifread",
    "PyYAML": "yaml",
    "segno": "segno",
}
#: What stays in the repository: the sample is generated from it, users do not need it.
NOT_SHIPPED = shutil.ignore_patterns("sample", "__pycache__", "*.pyc", ".*")


def copy_vendor(target: Path) -> None:
    """Copy the Python sources and the licence of every vendored distribution."""
    (target / "licenses").mkdir(parents=True)
    for name, package in VENDORED.items():
        found = distribution(name)
        for entry in found.files or ():
            source = Path(str(found.locate_file(entry)))
            if entry.parts[0] == package and entry.suffix == ".py":
                place = target.joinpath(*entry.parts)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, place)
            elif entry.name.upper().startswith(("LICEN", "COPYING", "AUTHORS")) and ".dist-info" in entry.parts[0]:
                shutil.copyfile(source, target / "licenses" / f"{name}-{found.version}-{entry.name}")


def copy_translations(target: Path) -> None:
    """Compile i18n/*.ts; without lrelease the interface stays Chinese, which is its source language."""
    sources = sorted((ROOT / "i18n").glob("*.ts"))
    target.mkdir(parents=True, exist_ok=True)
    release = shutil.which("lrelease") or shutil.which("lrelease-qt5")
    if not release:
        print("lrelease is not installed: the plugin is built without its English translation")
        return
    for source in sources:
        made = target / source.with_suffix(".qm").name
        subprocess.run([release, "-silent", str(source), "-qm", str(made)], check=True)


def build(target: Path) -> None:
    """Assemble beside the old folder, then swap, so that a failed build leaves the old one."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(ROOT / "weipian_plugin", fresh, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    shutil.copytree(ROOT / "resources", fresh / "resources", ignore=NOT_SHIPPED)
    copy_translations(fresh / "i18n")
    for name in ("metadata.txt", "LICENSE", "CHANGELOG.md"):
        shutil.copyfile(ROOT / name, fresh / name)
    copy_vendor(fresh / "_vendor")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    count = sum(1 for path in target.rglob("*") if path.is_file())
    print(f"plugin: {target} ({count} files)")


if __name__ == "__main__":
    build(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else ROOT / "build/plugins/weipian_plugin")
