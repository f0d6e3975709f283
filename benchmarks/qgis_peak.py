"""Peak memory of the headless algorithm, as the system accounts it for the finished process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Optional

from harness import ROOT

sys.path.insert(0, str(ROOT / "tools"))

from qgis_env import Headless


def peak_in_qgis(workspace: Optional[Path], layers: Sequence[Mapping[str, str]]) -> float:
    """MB (10⁶ bytes) at the most while `qgis_process` overlays the workspace; without one it only starts.

    Raises:
        RuntimeError: it failed.
    """
    with tempfile.TemporaryDirectory() as folder:
        headless = Headless(Path(folder) / "profile")
        command = [headless.program, "list"]
        if workspace is not None:
            spec = {layer["role"]: {"source": layer["source"]} for layer in layers}
            command = [headless.program, "--json", "run", "weipian:overlaypatches", f"--WORKSPACE={workspace}"]
            command.append("--LAYERS=" + json.dumps(spec))
        with Path(folder, "output").open("w+b") as output:
            process = subprocess.Popen(command, env=headless.env, stdout=output, stderr=subprocess.STDOUT)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            output.seek(0)
            if process.returncode:
                raise RuntimeError(output.read().decode("utf-8", "replace")[-500:])
    return usage.ru_maxrss * 1024 / 1e6
