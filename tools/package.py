"""Zip the built plugin folder reproducibly: package.py build/plugins/weipian_plugin dist."""

from __future__ import annotations

import configparser
import sys
import zipfile
from pathlib import Path

#: The plugin hub's limit.
MAX_BYTES = 25 * 1024 * 1024


def version_of(folder: Path) -> str:
    """Version in the plugin's own metadata."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(folder / "metadata.txt", encoding="utf-8")
    return parser["general"]["version"]


def package(folder: Path, output: Path) -> Path:
    """Write `<output>/<name>-<version>.zip`, sorted and without clock, and return it."""
    output.mkdir(parents=True, exist_ok=True)
    made = output / f"{folder.name}-{version_of(folder)}.zip"
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                info = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}", (2026, 1, 1, 0, 0, 0))
                info.external_attr = 0o644 << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, path.read_bytes())
    if made.stat().st_size > MAX_BYTES:
        sys.exit(f"{made} is larger than the plugin hub takes (25 MB)")
    return made


if __name__ == "__main__":
    print(package(Path(sys.argv[1]), Path(sys.argv[2])))
