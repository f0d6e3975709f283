"""The child's side of `harness.Child`: read requests, answer them. Standard library only, any Python."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MARK = "@@ "


def peak_mb() -> float:
    """The largest resident size that this process ever had, MB (10⁶ bytes)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def serve(commands: Mapping[str, Callable[..., dict[str, Any]]]) -> None:
    """Answer until the input ends; then leave at once, QGIS tears down badly."""
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = commands[request.pop("command")](**request)
        except Exception as error:  # noqa: BLE001 - whatever fails is told to the parent, which decides
            traceback.print_exc()
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(MARK + json.dumps(answer) + "\n")
        sys.stdout.flush()
    os._exit(0)
