"""What the import page says in words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from html import escape
from itertools import count

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


def encoding_told(found: Inspection) -> str:
    """The encoding by the name people know, why, and a sample; only the sample where a format has its own."""
    name = {"CP936": "GBK", "CP65001": "UTF-8"}.get(found.encoding.upper(), found.encoding)
    return joined(f"当前 {name}" if name else "", found.encoding_reason, decoded(found))


def crs_told(found: Inspection) -> str:
    """Why this CRS; nothing where the open question says it already."""
    if any(question.key == "crs" for question in found.questions):
        return "见上面的问题；上面没有列出的，在这里选"
    if any(answer.key == "crs" for answer in found.recalled):
        return "见下面沿用的回答"
    return found.crs_reason or "没有坐标系，请选择"


def repairs_told(found: Inspection) -> str:
    """One line a geometry that a repair would change."""
    return "\n".join(
        f"第 {i.row} 行 {i.patch_id} {i.reason}：{max(i.before_m2 or 0, 0):.2f} → {i.after_m2 or 0:.2f} 平方米"
        for i in found.invalid[:LIST_LENGTH]
    )


def recalled_told(found: Inspection, link: str) -> str:
    """Answers taken over from an earlier batch, each with a link `key`, coloured `link`, to answer it anew."""
    lines = []
    for item in found.recalled:
        change = "" if item.question is None else f' <a style="color: {link}" href="{escape(item.key)}">更改</a>'
        lines.append(f"✔ 沿用“{escape(item.batch)}”的回答：{escape(item.label)}{change}")
    return "<br>".join(lines)


def decoded(found: Inspection) -> str:
    """A Chinese value of the sample, so that one sees whether the encoding is right."""
    for row in found.sample:
        for name, value in row.items():
            if value and not value.isascii():
                return f"样例 {name} = {value}"
    return ""


def batch_name(found: Inspection, taken: Collection[str] = ()) -> str:
    """The batch that all rows name, else the file's name; with a number where that name is `taken`."""
    header = found.mapping.get("batch", "")
    values = {row.get(header) for row in found.sample if row.get(header)} if header else set()
    name = str(values.pop()) if len(values) == 1 else found.path.stem
    numbered = (f"{name}（{number}）" for number in count(2))
    return name if name not in taken else next(text for text in numbered if text not in taken)


def listed(title: str, lines: Sequence[str]) -> list[str]:
    """A title with its count and the first lines."""
    if not lines:
        return []
    more = [f"……另有 {len(lines) - LIST_LENGTH} 项"] if len(lines) > LIST_LENGTH else []
    return [f"{title}（{len(lines)}）", *lines[:LIST_LENGTH], *more, ""]


def result_text(result: ImportResult) -> str:
    """What became of every row that needs a look."""
    rejected = [f"第 {item.row} 行 {item.patch_id or '无编号'}：{item.reason}" for item in result.rejected]
    findings = [
        f"{item.subject}：{item.message}" if item.subject and item.subject not in item.message else item.message
        for item in result.findings
    ]
    lines = listed("未导入", rejected) + listed("需要留意", findings)
    if result.identical:
        lines = ["这份数据以前导入过，工作区没有改动。", "", *lines]
    return "\n".join(lines) if lines else "全部导入，没有发现问题。"
