"""The machine and the versions that the figures belong to."""

from __future__ import annotations

import datetime
import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from harness import PEER_PYTHON, ROOT, clean_environment

_OURS = """
import json, sys
sys.path.insert(0, sys.argv[1])
from weipian_plugin.workbench import vendor
vendor.ensure()
import numpy, shapely
from osgeo import gdal
from qgis.core import Qgis, QgsProjUtils
lib = lambda v: ".".join(map(str, v))
print(json.dumps({
    "QGIS": Qgis.version(), "GEOS of QGIS": Qgis.geosVersion(), "GDAL": gdal.__version__,
    "PROJ": f"{QgsProjUtils.projVersionMajor()}.{QgsProjUtils.projVersionMinor()}",
    "shapely": shapely.__version__, "GEOS of shapely": lib(shapely.geos_version), "numpy": numpy.__version__,
}))
"""
_PEERS = """
import json
import geopandas, numpy, pyogrio, shapely
lib = lambda v: ".".join(map(str, v))
print(json.dumps({
    "geopandas": geopandas.__version__, "shapely of geopandas": shapely.__version__,
    "GEOS of geopandas": lib(shapely.geos_version), "GDAL of pyogrio": pyogrio.__gdal_version_string__,
    "numpy of geopandas": numpy.__version__,
}))
"""


def _say(*command: str) -> str:
    """What a program prints; empty if it cannot."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, env=clean_environment())
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _versions(python: Path, script: str) -> dict[str, str]:
    import json

    lines = _say(str(python), "-c", script, str(ROOT)).splitlines()
    found: dict[str, str] = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return found


def _postgis() -> dict[str, str]:
    """Versions as the files of the installation tell them; no server is needed."""
    found = {}
    for control in Path("/usr/share/postgresql").glob("*/extension/postgis.control"):
        server = control.parts[-3]
        text = control.read_text(encoding="utf-8", errors="replace")
        version = next((line.split("'")[1] for line in text.splitlines() if line.startswith("default_version")), "?")
        program = f"/usr/lib/postgresql/{server}/bin/postgres"
        found = {
            "PostgreSQL": next(iter(re.findall(r"\d+(?:\.\d+)+", _say(program, "--version"))), server),
            "PostGIS": version,
        }
    return found or {"PostgreSQL": "not installed", "PostGIS": "not installed"}


def _commit() -> str:
    changed = _say("git", "-C", str(ROOT), "status", "--porcelain", "--", "weipian_plugin")
    return _say("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD") + (" with changes" if changed else "")


def _proc(path: str, key: str) -> str:
    """The first value of a key in a file of /proc."""
    try:
        lines = Path(path).read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(key)), "")


def describe() -> dict[str, Any]:
    """Machine, versions and date; what cannot be found out is left empty."""
    memory = _proc("/proc/meminfo", "MemTotal").split()
    system = (
        platform.freedesktop_os_release().get("PRETTY_NAME", "") if hasattr(platform, "freedesktop_os_release") else ""
    )
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": _commit(),
        "cpu": _proc("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory[0]) * 1024 / 1e9, 1) if memory else None,
        "system": f"{system}, Linux {platform.release()}" if system else platform.platform(),
        "load_at_start": [round(value, 2) for value in os.getloadavg()],
        "python": platform.python_version(),
        "versions": {**_versions(Path(sys.executable), _OURS), **_versions(PEER_PYTHON, _PEERS), **_postgis()},
    }


def text(facts: dict[str, Any]) -> str:
    """The same for people."""
    versions = ", ".join(f"{name} {value}" for name, value in facts["versions"].items())
    return (
        f"{facts['date']}, commit {facts['commit']}, {facts['system']}\n"
        f"{facts['cpu']}, {facts['cores']} cores, {facts['memory_gb']} GB; load {facts['load_at_start']}\n"
        f"Python {facts['python']}, {versions}"
    )
