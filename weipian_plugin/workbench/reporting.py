"""REPORT_JSON of the headless interface (design section 5)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..core.errors import WeipianError

SCHEMA = "weipian.report/1"


def report_path(folder: Path, algorithm: str) -> Path:
    """`<WORKSPACE>/exports/last_<algorithm>.json`."""
    return folder / "exports" / f"last_{algorithm}.json"


def write_report(folder: Path, algorithm: str, report: Mapping[str, Any]) -> Path:
    """Write the report of a call, UTF-8.

    Raises:
        WeipianError: E_WRITE.
    """
    path = report_path(folder, algorithm)
    body = {"schema": SCHEMA, "algorithm": f"weipian:{algorithm}", **report}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(body, ensure_ascii=False, indent=1, default=str), encoding="utf-8")
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=error) from error
    return path


def write_failure(folder: Path, algorithm: str, error: WeipianError) -> None:
    """Report a failed call; where not even that can be written, the exception still tells."""
    details = error.params.get("details", [])
    with suppress(WeipianError):
        write_report(
            folder, algorithm,
            {"ok": False, "code": error.code, "message": error.message, "remedy": error.remedy, "questions": details},
        )  # fmt: skip
