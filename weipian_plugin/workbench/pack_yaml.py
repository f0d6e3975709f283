"""YAML with line numbers: nodes are composed, never constructed, so nothing in a file can run.

Every scalar stays the text that was written (`0101`, `NO`, `2020-07-03` are not reinterpreted) and
remembers its file, line and field. What is wrong is collected, not raised, so that one look at a pack finds
all of it; a reader goes on with an empty value instead.
"""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Optional, Union

import yaml

from ..core.fields import normalise

#: A file of a pack is a few hundred lines; more than this is no pack, and slow to read.
MAX_BYTES = 2_000_000
#: Values of one file with its aliases (*) put in; nested aliases multiply, a bomb of ten lines makes billions.
MAX_VALUES = 100_000
_MERGE_TAG = "tag:yaml.org,2002:merge"


@dataclass(frozen=True)
class Problem:
    """Something wrong in a pack: where, in which field, and what would be right. `line` 0: the file as a whole."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file} 第 {self.line} 行" if self.line else self.file
        return f"{place}：{self.message}"


class Problems:
    """What was found wrong, each place and sentence once, in the order it was found."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(self, problem: Problem) -> None:
        """Keep it."""
        self._found.setdefault(problem)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class Where:
    """A place in a pack, and where to say that something is wrong there."""

    file: str
    line: int
    field: str = ""
    problems: Problems = dataclasses.field(default_factory=Problems, compare=False, repr=False)

    def fail(self, message: str) -> None:
        """Something is wrong here; the reader goes on."""
        self.problems.add(Problem(self.file, self.line, self.field, message))

    @property
    def name(self) -> str:
        """The field itself, without the path to it."""
        return self.field.rpartition(" › ")[2]

    def inside(self, name: str) -> str:
        """The path of a field below this one."""
        return f"{self.field} › {name}" if self.field else name


class Text(str):
    """A scalar that knows where it was written."""

    __slots__ = ("place",)
    place: Where


def text_at(value: str, place: Where) -> Text:
    """A scalar of a place."""
    text = Text(value)
    text.place = place
    return text


def where(text: str) -> Where:
    """The place of a scalar read by this module."""
    return text.place if isinstance(text, Text) else Where("", 0)


def near(word: str, known: Iterable[str]) -> str:
    """（是不是“…”？） when one of `known` is written nearly so, else nothing."""
    found = difflib.get_close_matches(word, [k for k in known if k], 1, 0.6)
    return f"（是不是“{found[0]}”？）" if found else ""


Value = Union[Text, "list[Value]", "Entry"]


@dataclass(frozen=True)
class Entry:
    """A YAML mapping: key -> value, each with its place."""

    place: Where
    values: Mapping[str, Value] = dataclasses.field(default_factory=dict)
    places: Mapping[str, Where] = dataclasses.field(default_factory=dict)

    def at(self, key: str) -> Where:
        """Where `key` was written, or the entry itself when it is absent."""
        return self.places.get(key) or replace(self.place, field=self.place.inside(key))

    def only(self, *allowed: str) -> None:
        """Refuse keys that nothing reads: they are typing errors."""
        for key in self.values:
            if key not in allowed:
                self.at(key).fail(f"不认识的项“{key}”{near(key, allowed)}，可用的有 {'、'.join(allowed)}")

    def text(self, key: str, default: str = "") -> str:
        """A scalar, stripped; absent or null gives `default`."""
        value = self.values.get(key)
        if value is None:
            return default
        if not isinstance(value, Text):
            self.at(key).fail(f"“{key}”应当是一个值，不是清单")
            return text_at(default, self.at(key))
        return value

    def need(self, key: str) -> str:
        """A scalar that must be there and not be empty."""
        value = self.text(key)
        if not value and (key not in self.values or isinstance(self.values[key], Text)):
            self.at(key).fail(f"缺少“{key}”")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default: str = "") -> str:
        """A scalar out of `allowed`."""
        value = self.text(key, default) if default else self.need(key)
        if value and value not in allowed:
            self.at(key).fail(f"“{key}”不能是“{value}”{near(value, allowed)}，可用的有 {'、'.join(allowed)}")
        return value if value in allowed else allowed[0]

    def flag(self, key: str) -> bool:
        """true or false; absent is false."""
        return self.one_of(key, ("true", "false"), "false") == "true"

    def texts(self, key: str) -> list[Text]:
        """A list of scalars; absent gives an empty list."""
        value = self.values.get(key)
        if value is None or value == "":
            return []
        if not isinstance(value, list):
            self.at(key).fail(f"“{key}”应当是清单，例如 [甲, 乙]")
            return []
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
        if isinstance(value, Entry):
            return value
        if value is not None and value != "":
            self.at(key).fail(f"“{key}”应当是“名称: 值”的形式")
        return Entry(self.at(key))

    def entries(self, key: str) -> list[Entry]:
        """A list of mappings that must be there and not be empty."""
        value = self.values.get(key)
        if not isinstance(value, list) or not value:
            self.at(key).fail(f"“{key}”应当是不空的清单")
        return self.listed(key)

    def listed(self, key: str) -> list[Entry]:
        """A list of mappings that may be absent or empty."""
        value = self.values.get(key)
        if not isinstance(value, list):
            if value is not None and value != "":
                self.at(key).fail(f"“{key}”应当是清单")
            return []
        found = [item for item in value if isinstance(item, Entry)]
        if len(found) != len(value):
            self.at(key).fail(f"“{key}”清单里每一条都应当是“名称: 值”的形式")
        return found

    def plain(self) -> dict[str, object]:
        """As built-in dicts, lists and texts."""
        return {key: _plain(value) for key, value in self.values.items()}


def _plain(value: Value) -> object:
    if isinstance(value, Entry):
        return value.plain()
    return [_plain(item) for item in value] if isinstance(value, list) else str(value)


def read_yaml(name: str, raw: bytes, problems: Problems) -> Entry:
    """Read one file of a pack; what cannot be read gives an empty entry and a problem.

    Args:
        name: the file as told to the reader, e.g. `chongqing-2023/rules.yaml`.
        raw: its bytes, UTF-8 with or without BOM.
        problems: takes what is wrong.
    """
    first = Where(name, 1, "", problems)
    text = _decoded(name, raw, problems)
    if text is None:
        return Entry(first)
    value = _composed(name, text, first)
    if isinstance(value, Entry):
        return value
    if value is not None:
        first.fail("文件内容应当是“名称: 值”的形式")
    return Entry(first)


def _composed(name: str, text: str, first: Where) -> Optional[Value]:
    """The value of a document, None when it cannot be read and that was said."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return _Converter(name, first.problems).convert(node, "") if node is not None else text_at("", first)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        replace(first, line=mark.line + 1 if mark else 1).fail(_syntax(error))
    except yaml.reader.ReaderError as error:
        replace(first, line=text[: error.position].count("\n") + 1).fail("含有不能使用的字符，请删去")
    except RecursionError:
        first.fail("嵌套太深")
    except _TooMuchError as error:
        replace(first, line=error.line).fail("别名（& 和 *）展开以后太大，请直接写出清单")
    return None


def _decoded(name: str, raw: bytes, problems: Problems) -> Optional[str]:
    place = Where(name, 1, "", problems)
    if len(raw) > MAX_BYTES:
        place.fail(f"文件太大（{len(raw) // 1_000_000} MB），规则包的文件不超过 {MAX_BYTES // 1_000_000} MB")
        return None
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        place.fail("是 UTF-16 编码，不是 UTF-8 编码；请用记事本另存为 UTF-8")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        replace(place, line=line).fail("不是 UTF-8 编码（可能是 GBK）；请用记事本另存为 UTF-8")
        return None


#: What the parser says -> what to tell.
_SYNTAX: tuple[tuple[str, str], ...] = (
    ("'\\t'", "用了制表符（Tab），请改成空格"),
    ("could not find expected ':'", "这里缺少冒号，或上一行的引号、括号没有成对"),
    ("mapping values are not allowed", "这里不该有冒号：多半是缩进没有对齐，或值里有“: ”而没有加引号"),
    ("expected <block end>", "缩进没有对齐"),
    ("expected ',' or", "括号没有成对，或两项之间少了逗号"),
    ("undefined alias", "* 后面的名字前面没有用 & 定义过"),
    ("duplicate anchor", "& 后面的名字用了两次"),
    ("unexpected end of stream", "引号没有成对"),
    ("found character '%'", "以 % 开头的值要加引号"),
    ("found character '@'", "以 @ 开头的值要加引号"),
    ("found character '`'", "以 ` 开头的值要加引号"),
    ("did not find expected", "括号、引号没有成对，或缩进没有对齐"),
    ("expected a single document", "一个文件里只能有一份内容，请删去“---”"),
    ("unknown escape", "双引号里的反斜杠要写两个，或改用单引号"),
    ("expected the node content", "括号没有成对，或多了逗号"),
)


def _syntax(error: yaml.MarkedYAMLError) -> str:
    said = f"{error.problem} {error.context or ''}"
    told = next((words for sign, words in _SYNTAX if sign in said), "")
    return f"YAML 写法不对：{told}" if told else f"YAML 写法不对（{error.problem}）"


class _TooMuchError(Exception):
    """More values than a pack has."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line


class _Converter:
    """Nodes -> values, counting them, because aliases multiply."""

    def __init__(self, file: str, problems: Problems) -> None:
        self._file = file
        self._problems = problems
        self._count = 0
        self._told: set[int] = set()  # nodes that were told of: aliases bring the same one again

    def convert(self, node: yaml.Node, path: str) -> Value:
        """The value of a node; `path` names the field for messages."""
        self._count += 1
        place = Where(self._file, node.start_mark.line + 1, path, self._problems)
        if self._count > MAX_VALUES:
            raise _TooMuchError(place.line)
        if not str(node.tag).startswith("tag:yaml.org,2002:") or "python/" in str(node.tag):
            self._fail(node, place, f"不允许的标记 {node.tag}，请删去")
            return text_at("", place)
        if isinstance(node, yaml.ScalarNode):
            null = node.tag == "tag:yaml.org,2002:null"
            return text_at("" if null else str(node.value).strip(), place)
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(child, self._item(child, path)) for child in node.value]
        return self._mapping(node, place)

    def _fail(self, node: yaml.Node, spot: Where, message: str) -> None:
        if id(node) not in self._told:
            self._told.add(id(node))
            spot.fail(message)

    def _item(self, node: yaml.Node, path: str) -> str:
        """The path of an item of a list: by its id where it has one."""
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(value, yaml.ScalarNode) and key.value in ("id", "code", "name"):
                return f"{path} › {value.value}"
        return path

    def _mapping(self, node: yaml.Node, place: Where) -> Entry:
        values: dict[str, Value] = {}
        places: dict[str, Where] = {}
        for key_node, value_node in node.value:
            spot = replace(place, line=key_node.start_mark.line + 1)
            if not isinstance(key_node, yaml.ScalarNode):
                self._fail(key_node, spot, "名称只能是文字")
                continue
            key = str(key_node.value).strip()
            if key_node.tag == _MERGE_TAG:
                self._fail(key_node, spot, "不能用“<<”，请把内容写出来")
                continue
            if key in values:
                self._fail(key_node, spot, f"“{key}”写了两次，请删去一处")
                continue
            places[key] = replace(spot, field=place.inside(key))
            values[key] = self.convert(value_node, places[key].field)
        return Entry(place, values, places)
