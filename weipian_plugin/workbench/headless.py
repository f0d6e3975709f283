"""What the command line needs besides the use cases: the operator, shorthands, the import page."""

from __future__ import annotations

import getpass
import html
from pathlib import Path

from ..core.errors import WeipianError
from ..core.feedback import Feedback
from . import importing, reporting


def operator() -> str:
    """Who runs the command line, for the journal."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "命令行"


def import_into(
    folder: Path, path: Path, batch: str, options: importing.ImportOptions, feedback: Feedback
) -> importing.ImportResult:
    """Import, making the workspace when there is none; a delivery that cannot be read makes none.

    Raises:
        WeipianError: those of `importing.import_delivery` and `Workspace.create`; nothing is made then.
    """
    return importing.import_delivery(folder, path, batch, options, operator(), feedback, create=True)


def write_import_page(folder: Path, result: importing.ImportResult, feedback: Feedback) -> str:
    """REPORT of the import: a page for people; the import stands where it cannot be written (empty path)."""
    rows = "".join(
        f"<tr><td>{item.row}</td><td>{html.escape(item.patch_id)}</td><td>{html.escape(item.reason)}</td></tr>"
        for item in result.rejected
    )
    notes = "".join(
        f"<li>{html.escape(item.subject)} {html.escape(item.message)}</li>" for item in result.findings[:500]
    )
    found = result.inspection
    body = (
        "<!doctype html><html lang='zh'><meta charset='utf-8'><title>导入报告</title>"
        "<style>body{font-family:'Microsoft YaHei','Noto Sans CJK SC',sans-serif;margin:2em}"
        "td,th{border:1px solid #999;padding:.2em .6em}table{border-collapse:collapse}</style>"
        f"<h1>导入报告：{html.escape(result.batch.name)}</h1>"
        f"<p>{html.escape(result.headline())}。</p>"
        f"<p>编码 {html.escape(found.encoding)}（{html.escape(found.encoding_reason)}）；"
        f"坐标系 {html.escape(found.crs[:40])}（{html.escape(found.crs_reason)}）。</p>"
        f"<h2>拒收</h2><table><tr><th>行</th><th>编号</th><th>原因</th></tr>{rows}</table><h2>提示</h2><ul>{notes}</ul>"
    )
    path = folder / "exports" / "last_importpatches.html"
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(body, encoding="utf-8")
    except OSError as error:
        feedback.message(str(WeipianError("E_WRITE", path=path, detail=error)))
        return ""
    return str(path)


__all__ = ["import_into", "operator", "reporting", "write_import_page"]
