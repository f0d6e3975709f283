"""台账.xlsx: the ledger, the list of illegal patches, summaries, checks and the explanation.

Totals and checks are formulas over the rounded cells, so that whoever corrects a cell by hand sees
the totals follow. Every sheet keeps its header in the rows above :data:`FIRST`.
"""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

from ..core.errors import WeipianError, os_reason
from .model import PatchReport, ReportMeta


def write_ledger(path: Path, reports: Sequence[PatchReport], meta: ReportMeta) -> None:
    """Write the workbook; an existing file is replaced only once the new one is complete.

    Raises:
        WeipianError: E_WRITE when the target is locked or not writable, E_DISK_FULL, E_LIBRARY
            without openpyxl.
    """
    try:
        from .workbook import build
    except ImportError as error:
        raise WeipianError("E_LIBRARY", name="openpyxl") from error
    book = build(reports, meta)
    part = path.with_name(f"{path.stem}.part{path.suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            book.save(part)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise WeipianError("E_DISK_FULL", path=path) from error
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error
