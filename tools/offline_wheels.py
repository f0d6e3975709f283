"""Zip the shapely wheels for Windows' QGIS Pythons (3.9 to 3.12): offline_wheels.py dist.

QGIS's Windows installers carry shapely already; this is for the machine that lacks it and has no
network. The zip holds the wheels and a note in Chinese on how to install them.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

#: Python of QGIS -> newest shapely that supports it.
WHEELS = {"3.9": "2.0.7", "3.10": "2.1.2", "3.11": "2.1.2", "3.12": "2.1.2"}
NOTE = """离线安装 shapely（仅当插件提示“缺少程序库 shapely”时需要）

1. 关闭 QGIS，打开开始菜单里的“OSGeo4W Shell”。
2. 进入本文件所在文件夹，运行：
   python -m pip install --no-index --no-deps --user --find-links . shapely
3. 重新打开 QGIS。
"""


def collect(output: Path) -> Path:
    """Download one wheel per Python and zip them with the note."""
    output.mkdir(parents=True, exist_ok=True)
    made = output / "weipian-offline-windows.zip"
    with tempfile.TemporaryDirectory() as folder:
        for python, version in WHEELS.items():
            subprocess.run(
                [
                    *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"),
                    *("--platform", "win_amd64", "--python-version", python, "--dest", folder),
                    f"shapely=={version}",
                ],
                check=True,
            )
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("离线安装说明.txt", NOTE)
            for wheel in sorted(Path(folder).glob("*.whl")):
                archive.write(wheel, wheel.name)
    return made


if __name__ == "__main__":
    print(collect(Path(sys.argv[1])))
