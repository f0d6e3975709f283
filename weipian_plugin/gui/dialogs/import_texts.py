"""What the import page says in words."""

from __future__ import annotations

from collections.abc import Sequence

from ...workbench.importing import ImportResult, Inspection

LIST_LENGTH = 200


def joined(*parts: str) -> str:
    """The parts that say something, in one line."""
    return " · ".join(part for part in parts if part)


def kind(geometry_type: str) -> str:
    """Chinese word for a geometry type."""
    text = geometry_type.lower()
    if "polygon" in text or "surface" in text:
        return "面"
    if text == "point":
        return "中心点"
    if text == "none":
        return "没有图形的表"
    return geometry_type or "几何类型未知"


def decoded(found: Inspection) -> str:
    """A Chinese value of the sample, so that one sees whether the encoding is right."""
    for row in found.sample:
        for name, value in row.items():
            if value and not value.isascii():
                return f"样例 {name} = {value}"
    return ""


def batch_name(found: Inspection) -> str:
    """The batch that all rows name, else the file's name."""
    header = found.mapping.get("batch", "")
    values = {row.get(header) for row in found.sample if row.get(header)} if header else set()
    return str(values.pop()) if len(values) == 1 else found.path.stem


def listed(title: str, lines: Sequence[str]) -> list[str]:
    """A title with its count and the first lines."""
    if not lines:
        return []
    more = [f"……另有 {len(lines) - LIST_LENGTH} 项"] if len(lines) > LIST_LENGTH else []
    return [f"{title}（{len(lines)}）", *lines[:LIST_LENGTH], *more, ""]


def result_text(result: ImportResult) -> str:
    """What became of every row that needs a look."""
    rejected = [f"第 {item.row} 行 {item.patch_id or '无编号'}：{item.reason}" for item in result.rejected]
    findings = [f"{item.subject}：{item.message}" if item.subject else item.message for item in result.findings]
    lines = listed("未导入", rejected) + listed("需要留意", findings)
    return "\n".join(lines) if lines else "全部导入，没有发现问题。"
