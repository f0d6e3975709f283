"""Bring i18n/weipian_en.ts in step with the sources, keeping the translations there are.

Context is the class, as `tr` looks it up. Taken are literals in `self.tr(...)` and, for algorithms,
the class attributes TITLE and HELP. What is no longer in the sources is dropped.
"""

from __future__ import annotations

import ast
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "i18n" / "weipian_en.ts"


def strings() -> list[tuple[str, str]]:
    """(context, source) of everything translatable, in order of the files."""
    found: dict[tuple[str, str], None] = {}
    for path in sorted((ROOT / "weipian_plugin").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                for text in _of_class(node):
                    found[(node.name, text)] = None
    return list(found)


def _of_class(node: ast.ClassDef) -> list[str]:
    found: list[ast.expr] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute) and inner.func.attr == "tr":
            found += inner.args
        elif isinstance(inner, ast.Assign) and {getattr(t, "id", "") for t in inner.targets} & {"TITLE", "HELP"}:
            found.append(inner.value)
    return [n.value for n in found if isinstance(n, ast.Constant) and isinstance(n.value, str) and n.value]


def translations() -> dict[tuple[str, str], str]:
    """What the file says now."""
    if not TARGET.is_file():
        return {}
    root = ET.parse(TARGET).getroot()  # noqa: S314 - our own file
    return {
        (context.findtext("name") or "", message.findtext("source") or ""): message.findtext("translation") or ""
        for context in root.iter("context")
        for message in context.iter("message")
    }


def write(known: dict[tuple[str, str], str]) -> int:
    """Write the file; returns how many strings have no translation."""
    root = ET.Element("TS", version="2.1", language="en", sourcelanguage="zh_CN")
    contexts: dict[str, ET.Element] = {}
    missing = 0
    for name, text in strings():
        if name not in contexts:
            contexts[name] = ET.SubElement(root, "context")
            ET.SubElement(contexts[name], "name").text = name
        message = ET.SubElement(contexts[name], "message")
        ET.SubElement(message, "source").text = text
        done = known.get((name, text), "")
        ET.SubElement(message, "translation", {} if done else {"type": "unfinished"}).text = done
        missing += not done
    ET.indent(root, " ")
    body = ET.tostring(root, encoding="unicode")
    TARGET.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8")
    return missing


if __name__ == "__main__":
    print(f"{write(translations())} strings without translation in {TARGET.relative_to(ROOT)}")
