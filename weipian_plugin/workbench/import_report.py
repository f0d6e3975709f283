"""The report of an import: for REPORT_JSON, and as a page for people."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import WeipianError
from ..core.feedback import Feedback
from ..intake.model import Check, Inspection

if TYPE_CHECKING:
    from .importing import ImportResult

SEVERITY: dict[str, str] = {"ok": "✔ 通过", "info": "ℹ 说明", "warn": "▲ 留意", "error": "✖ 错误"}
_LISTED = 500
_STYLE = (
    "body{font-family:'Microsoft YaHei','Noto Sans CJK SC',sans-serif;margin:2em;max-width:70em;color:#222}"
    "td,th{border:1px solid #999;padding:.25em .6em;text-align:left}table{border-collapse:collapse;margin:.5em 0}"
    "th{background:#f0f0f0}.ok{color:#1a7431}.warn{color:#8a5200}.error{color:#b3201b}.info{color:#0b57a4}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}h2{margin-top:1.5em}summary{cursor:pointer}"
)


def checks_json(checks: Sequence[Check]) -> list[dict[str, Any]]:
    """`checks` of REPORT_JSON."""
    return [
        {
            "id": check.check_id,
            "title": check.title,
            "severity": check.severity,
            "summary": check.summary,
            "count": len(check.items),
            "items": [vars(item) for item in check.items],
        }
        for check in checks
    ]


def understood_json(inspection: Inspection) -> dict[str, Any]:
    """What was guessed, and what was taken over from an earlier batch, for REPORT_JSON."""
    return {
        "layer": inspection.layer,
        "axis": inspection.axis,
        "unit_reason": inspection.unit_reason,
        "place": inspection.place,
        "gcj02": inspection.gcj02,
        "recalled": [
            {"key": r.key, "value": r.value, "text": f"沿用“{r.batch}”的回答：{r.label}"} for r in inspection.recalled
        ],
    }


def page(result: ImportResult) -> str:
    """The whole page, UTF-8."""
    found = result.inspection
    body = [
        "<!doctype html><html lang='zh'><head><meta charset='utf-8'>",
        f"<title>导入报告</title><style>{_STYLE}</style></head><body>",
        f"<h1>导入报告：{html.escape(result.batch.name)}</h1><p>{html.escape(result.headline())}。</p>",
        _understood(found),
        "<h2>检查</h2>",
        _overview(result.checks),
        *(_details(check) for check in result.checks if check.items),
        _rejected(result),
        _notes(result),
        "</body></html>",
    ]
    return "".join(body)


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    head = "".join(f"<th>{html.escape(h)}</th>" for h in headers)
    lines = "".join("<tr>" + "".join(row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{lines}</table>"


def _cell(text: object, css: str = "") -> str:
    return f"<td class='{css}'>{html.escape(str(text))}</td>" if css else f"<td>{html.escape(str(text))}</td>"


def _understood(found: Inspection) -> str:
    """What was understood of the file and why."""
    rows = [
        ("图层", found.layer, f"{found.count} 行"),
        ("编码", found.encoding, found.encoding_reason),
        ("坐标系", found.crs[:60], found.crs_reason),
        ("位置", found.place, "坐标按 GCJ-02 还原" if found.gcj02 else ""),
        ("坐标顺序", "第一个坐标是北" if found.axis == "yx" else "第一个坐标是东", ""),
        ("面积单位", {"m2": "平方米", "mu": "亩", "ha": "公顷"}.get(found.unit, ""), found.unit_reason),
        *((f"沿用“{r.batch}”的回答", r.label, "") for r in found.recalled),
    ]
    cells = [[_cell(name), _cell(value), _cell(why)] for name, value, why in rows if value]
    return "<h2>识别结果</h2>" + _table(("项目", "采用", "依据"), cells)


def _overview(checks: Sequence[Check]) -> str:
    rows = [
        [_cell(c.title), _cell(SEVERITY[c.severity], c.severity), _cell(len(c.items), "n"), _cell(c.summary)]
        for c in checks
    ]
    return _table(("检查", "结果", "项数", "说明"), rows)


def _details(check: Check) -> str:
    rows = [
        [_cell(i.row or "", "n"), _cell(i.patch_id), _cell(i.reason), _area(i.before_m2), _area(i.after_m2)]
        for i in check.items[:_LISTED]
    ]
    more = f"<p>另有 {len(check.items) - _LISTED} 项，见 REPORT_JSON。</p>" if len(check.items) > _LISTED else ""
    table = _table(("行", "编号", "原因", "之前（平方米）", "之后（平方米）"), rows)
    return f"<details><summary>{html.escape(check.title)}（{len(check.items)}）</summary>{table}{more}</details>"


def _area(value: object) -> str:
    return _cell("" if value is None else f"{value:.2f}", "n")


def _rejected(result: ImportResult) -> str:
    rows = [[_cell(r.row, "n"), _cell(r.patch_id), _cell(r.reason)] for r in result.rejected]
    return "<h2>未导入的行</h2>" + (_table(("行", "编号", "原因"), rows) if rows else "<p>没有。</p>")


def _notes(result: ImportResult) -> str:
    notes = "".join(
        f"<li>{html.escape(item.subject)} {html.escape(item.message)}</li>" for item in result.findings[:_LISTED]
    )
    return f"<h2>提示</h2><ul>{notes}</ul>" if notes else ""


def write_page(folder: Path, result: ImportResult, feedback: Feedback) -> str:
    """`exports/last_importpatches.html`; the import stands where it cannot be written (empty path)."""
    path = folder / "exports" / "last_importpatches.html"
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(page(result), encoding="utf-8")
    except OSError as error:
        feedback.message(str(WeipianError("E_WRITE", path=path, detail=error)))
        return ""
    return str(path)
