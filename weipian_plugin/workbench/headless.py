"""What the command line needs besides the use cases: the operator, shorthands, the import page."""

from __future__ import annotations

import getpass
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union

from ..core.errors import WeipianError
from ..core.feedback import Feedback
from ..core.model import ROLES, LayerAssignment
from . import importing, overlaying, reporting
from .layer_guess import guess_date

#: How LAYERS is written, for the sentence about one that is not.
LAYERS_EXAMPLE = '{"landuse": {"source": "DLTB.gpkg"}}'
#: What tells the classification of a land-use layer in its `scheme`.
_SCHEME_WORDS = ("1055", "三调", "国土调查", "用地用海")


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


def _assignment(role: str, item: Union[str, Mapping[str, Any]]) -> LayerAssignment:
    if role not in ROLES:
        raise WeipianError("E_LAYER_ROLE", role=role)
    values = {"source": item} if isinstance(item, str) else dict(item) if isinstance(item, Mapping) else {}
    source, _, tail = str(values.get("source", "")).partition("|layername=")
    if not source:
        raise WeipianError("E_PARAMETER", name="LAYERS", detail=f"{role} 没有写 source", example=LAYERS_EXAMPLE)
    scheme = str(values.get("scheme", ""))
    if scheme and not any(word in scheme for word in _SCHEME_WORDS):
        raise WeipianError("E_ANSWER", key="scheme", value=scheme, choices="TD/T 1055、用地用海分类")
    if not Path(source).exists() and not source.startswith("/vsi"):
        raise WeipianError("E_FILE_MISSING", path=source)
    return LayerAssignment(
        role=role,
        source=str(Path(source).resolve()) if not source.startswith("/vsi") else source,
        layer=str(values.get("layer", "") or tail),
        class_field=str(values.get("class_field", "")),
        scheme=scheme,
        crs=str(values.get("crs", "")),
        taken_on=str(
            values.get("taken_on", "") or (guess_date(Path(source).stem) if role.startswith("image_") else "")
        ),
    )


def overlay(
    folder: Path, plain: Mapping[str, str], more: Mapping[str, Any], feedback: Feedback
) -> overlaying.OverlayReport:
    """Overlay with layers from the command line, or with those stored in the workspace when none are given.

    Raises:
        WeipianError: E_LAYER_ROLE, E_FILE_MISSING and those of `overlaying.overlay_patches`.
    """
    layers = [_assignment(role, source) for role, source in plain.items()]
    for role, value in more.items():
        items: Sequence[Any] = value if isinstance(value, list) else [value]
        layers += [_assignment(role, item) for item in items]
    return overlaying.overlay_patches(folder, operator(), feedback, layers or None)


__all__ = ["import_into", "operator", "overlay", "reporting", "write_import_page"]
