"""YAML with line numbers: nodes are composed, never constructed, so nothing in a file can run.

Every scalar stays the text that was written (`0101`, `NO`, `2020-07-03` are not reinterpreted) and
remembers its file and line for the error message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, Union

import yaml

from ..core.errors import WeipianError
from ..core.fields import normalise


class Text(str):
    """A scalar that knows where it was written."""

    __slots__ = ("file", "line")
    file: str
    line: int


@dataclass(frozen=True)
class Where:
    """A place in a pack."""

    file: str
    line: int

    def fail(self, message: str) -> NoReturn:
        """Raise E_RULES naming file and line."""
        raise WeipianError("E_RULES", detail=f"{self.file} 第 {self.line} 行：{message}")


def where(text: str) -> Where:
    """The place of a scalar read by this module."""
    return Where(text.file, text.line) if isinstance(text, Text) else Where("", 0)


Value = Union[Text, "list[Value]", "Entry"]


@dataclass(frozen=True)
class Entry:
    """A YAML mapping: key -> value, each with its line."""

    place: Where
    values: Mapping[str, Value] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, key: str) -> Where:
        """Where `key` was written, or the entry itself when it is absent."""
        return Where(self.place.file, self.lines.get(key, self.place.line))

    def only(self, *allowed: str) -> None:
        """Refuse keys that nothing reads: they are typing errors."""
        for key in self.values:
            if key not in allowed:
                self.at(key).fail(f"不认识的项“{key}”，可用的有 {'、'.join(allowed)}")

    def text(self, key: str, default: str = "") -> str:
        """A scalar, stripped; absent or null gives `default`."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, Text):
            self.at(key).fail(f"“{key}”应当是一个值")
        return value

    def need(self, key: str) -> str:
        """A scalar that must be there and not be empty."""
        value = self.text(key)
        if not value:
            self.at(key).fail(f"缺少“{key}”")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default: str = "") -> str:
        """A scalar out of `allowed`."""
        value = self.text(key, default) if default else self.need(key)
        if value not in allowed:
            self.at(key).fail(f"“{key}”不能是“{value}”，可用的有 {'、'.join(allowed)}")
        return value

    def texts(self, key: str) -> list[Text]:
        """A list of scalars; absent gives an empty list."""
        value = self.values.get(key)
        if value is None:
            return []
        if not isinstance(value, list):
            self.at(key).fail(f"“{key}”应当是清单，例如 [甲, 乙]")
        found = [item for item in value if isinstance(item, Text)]
        if len(found) != len(value):
            self.at(key).fail(f"“{key}”清单里只能是值")
        return found

    def names(self, what: str) -> dict[str, tuple[str, ...]]:
        """key -> names, of a mapping of lists; a name that stands twice, however it is written, is refused."""
        owner: dict[str, str] = {}
        for key in self.values:
            for name in self.texts(key):
                if normalise(name) in owner:
                    where(name).fail(f"{what}“{name}”已经属于 {owner[normalise(name)]}")
                owner[normalise(name)] = key
        return {key: tuple(map(str, self.texts(key))) for key in self.values}

    def entry(self, key: str) -> Entry:
        """A mapping; absent gives an empty one."""
        value = self.values.get(key)
        if value is None:
            return Entry(self.place)
        if not isinstance(value, Entry):
            self.at(key).fail(f"“{key}”应当是“名称: 值”的形式")
        return value

    def entries(self, key: str) -> list[Entry]:
        """A list of mappings that must be there and not be empty."""
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            self.at(key).fail(f"“{key}”应当是不空的清单")
        found = [item for item in value if isinstance(item, Entry)]
        if len(found) != len(value):
            self.at(key).fail(f"“{key}”清单里每一条都应当是“名称: 值”的形式")
        return found


def read_yaml(path: Path) -> Entry:
    """Read one file of a pack.

    Raises:
        WeipianError: E_RULES with file and line for anything that is not a readable mapping.
    """
    name = path.name
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise WeipianError("E_RULES", detail=f"{name} 第 1 行：文件打不开或不存在") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise WeipianError("E_RULES", detail=f"{name} 第 {line} 行：不是 UTF-8 编码") from error
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        value = _convert(node, name) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise WeipianError("E_RULES", detail=f"{name} 第 {line} 行：YAML 写法不对（{error.problem}）") from error
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise WeipianError("E_RULES", detail=f"{name} 第 {line} 行：含有不能使用的字符") from error
    except RecursionError as error:
        raise WeipianError("E_RULES", detail=f"{name} 第 1 行：嵌套太深") from error
    if not isinstance(value, Entry):
        Where(name, 1).fail("文件内容应当是“名称: 值”的形式")
    return value


def _convert(node: yaml.Node, file: str) -> Value:
    place = Where(file, node.start_mark.line + 1)
    if not str(node.tag).startswith("tag:yaml.org,2002:") or "python/" in str(node.tag):
        place.fail(f"不允许的标记 {node.tag}")
    if isinstance(node, yaml.ScalarNode):
        null = node.tag == "tag:yaml.org,2002:null"
        text = Text("" if null else str(node.value).strip())
        text.file, text.line = place.file, place.line
        return text
    if isinstance(node, yaml.SequenceNode):
        return [_convert(child, file) for child in node.value]
    values: dict[str, Value] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        spot = Where(file, key_node.start_mark.line + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            spot.fail("名称只能是文字")
        key = str(key_node.value).strip()
        if key in values:
            spot.fail(f"“{key}”写了两次")
        values[key], lines[key] = _convert(value_node, file), spot.line
    return Entry(place, values, lines)
