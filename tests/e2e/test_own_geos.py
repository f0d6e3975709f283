"""shapely inside a QGIS program uses its own GEOS: otherwise two versions mix and the process dies."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import qgis_env  # noqa: E402

PROBE = """
from weipian_plugin.workbench import vendor
vendor.ensure()
import shapely
print("WKB", len(shapely.to_wkb(shapely.box(0, 0, 1, 1))))
print("SAME", shapely.equals_identical(shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1, 1)))
"""
METADATA = "[general]\nname=probe\nqgisMinimumVersion=3.0\ndescription=x\nversion=1\nhasProcessingProvider=yes\n"
CODE = "class P:\n    def initProcessing(self):\n        exec({probe!r})\ndef classFactory(iface):\n    return P()\n"


@pytest.mark.slow
def test_shapely_uses_the_geos_that_it_brings(tmp_path: Path) -> None:
    plugin = tmp_path / "plugins" / "probe"
    plugin.mkdir(parents=True)
    (plugin / "metadata.txt").write_text(METADATA, encoding="utf-8")
    (plugin / "__init__.py").write_text(CODE.format(probe=PROBE), encoding="utf-8")
    env = qgis_env.environment(tmp_path / "profile", tmp_path / "plugins")
    env["PYTHONPATH"] += f":{ROOT}"
    program = qgis_env.qgis_process()
    subprocess.run([program, "plugins", "enable", "probe"], env=env, capture_output=True, text=True, check=False)
    done = subprocess.run([program, "plugins"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WKB 93" in done.stdout + done.stderr  # 1 + 4 + 4 + 4 + 5 points of 16 bytes
    assert "SAME True" in done.stdout + done.stderr
