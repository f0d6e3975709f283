"""What the command line needs besides the use cases: the operator, shorthands, the import page."""

from __future__ import annotations

import getpass
from pathlib import Path

from ..core.feedback import Feedback
from . import import_report, importing, reporting


def operator() -> str:
    """Who runs the command line, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "命令行"


def import_into(
    folder: Path, path: Path, batch: str, options: importing.ImportOptions, feedback: Feedback, pack: str = ""
) -> importing.ImportResult:
    """Import, making the workspace when there is none; a delivery that cannot be read makes none.

    Raises:
        WeipianError: those of `importing.import_delivery` and `Workspace.create`; nothing is made then.
    """
    return importing.import_delivery(folder, path, batch, options, operator(), feedback, create=True, pack=pack)


def write_import_page(folder: Path, result: importing.ImportResult, feedback: Feedback) -> str:
    """REPORT of the import: a page for people; the import stands where it cannot be written (empty path)."""
    return import_report.write_page(folder, result, feedback)


__all__ = ["import_into", "operator", "reporting", "write_import_page"]
