"""填报抄录: the form of the official platform, field by field in its order, filled from a patch.

Order, sources, formats and limits are data (`filling.yaml` of the rule pack). Nothing is sent anywhere: the
clerk copies field after field into the browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import NoReturn, Optional

from ..core.dates import parse_date
from ..core.errors import WeipianError
from ..core.rulepack import RulePack, is_confirmed
from .filling_values import NAMES, PREFIXES, Value, values_of
from .views import PatchView

FILE = "filling.yaml"
FORMATS = ("text", "mu", "percent", "degree", "date", "month")
_DIGITS = {"mu": "0.01", "percent": "0.01", "degree": "0.000001"}
_HOLE = re.compile(r"\{([^{}]+)\}")
_MARK = "…"


@dataclass(frozen=True)
class FormField:
    """One field of the platform's form; see the head of filling.yaml."""

    id: str
    label: str
    values: tuple[str, ...] = ()
    text: str = ""
    map: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    format: str = "text"
    limit: int = 0
    required: bool = False


@dataclass(frozen=True)
class FormProfile:
    """The form of one platform. `attachment_bytes`: the largest file that it takes."""

    id: str
    label: str
    fields: tuple[FormField, ...]
    attachment_bytes: int
    confirmed: bool = True


@dataclass(frozen=True)
class Filled:
    """One field of one patch: `text` is what goes to the clipboard, `full` the text before it was cut."""

    field: FormField
    text: str
    full: str = ""

    @property
    def cut(self) -> bool:
        """The platform takes less than there is."""
        return self.full != self.text

    @property
    def missing(self) -> bool:
        """The platform wants it and there is nothing."""
        return self.field.required and not self.text

    @property
    def note(self) -> str:
        """What to look at, empty when all is well."""
        if self.cut:
            return f"原 {len(self.full)} 字，平台限 {self.field.limit} 字，已截断"
        return "平台必填，这里还没有" if self.missing else ""


# -- profiles --------------------------------------------------------------------------------------


def profiles(pack: RulePack) -> tuple[FormProfile, ...]:
    """The forms that a rule pack knows, its default first.

    Raises:
        WeipianError: E_RULES naming profile and field.
    """
    document = pack.documents.get(FILE, {})
    found = [_profile(entry) for entry in _list(document.get("profiles"), "profiles")] if document else []
    default = str(document.get("default", "")) if document else ""
    return tuple(sorted(found, key=lambda profile: profile.id != default))


def _fail(place: str, message: str) -> NoReturn:
    raise WeipianError("E_RULES", detail=f"{FILE} 的 {place}：{message}")


def _list(value: object, place: str) -> list[Mapping[str, object]]:
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        _fail(place, "应当是不空的清单，每一条是“名称: 值”的形式")
    return list(value)


def _profile(entry: Mapping[str, object]) -> FormProfile:
    name = str(entry.get("id", ""))
    if not name:
        _fail("profiles", "缺少“id”")
    size = _number(str(entry.get("attachment_mb", "10")))
    if size is None or not 0 < size < 10000:
        _fail(name, f"attachment_mb 应当是大于 0 的数，不是“{entry.get('attachment_mb')}”")
    fields = tuple(_field(name, item) for item in _list(entry.get("fields"), name))
    ids = [item.id for item in fields]
    if len(set(ids)) < len(ids):
        _fail(name, f"字段 id 重复：{next(i for i in ids if ids.count(i) > 1)}")
    return FormProfile(
        name, str(entry.get("label", "") or name), fields, int(size * 1024 * 1024),
        is_confirmed(str(entry.get("source", "K"))),
    )  # fmt: skip


def _field(profile: str, entry: Mapping[str, object]) -> FormField:
    name, label = str(entry.get("id", "")), str(entry.get("label", ""))
    place = f"{profile} {name or label or '？'}"
    if not name or not label:
        _fail(place, "每个字段要有 id 和 label")
    mapped = entry.get("map", {})
    if not isinstance(mapped, dict):
        _fail(place, "map 应当是“取值: 平台的说法”的形式")
    values = tuple(part.strip() for part in str(entry.get("value", "")).split("|") if part.strip())
    text, form = str(entry.get("text", "")), str(entry.get("format", "text"))
    if form not in FORMATS:
        _fail(place, f"format 不能是“{form}”，可用的有 {'、'.join(FORMATS)}")
    for used in (*values, *_HOLE.findall(text)):
        if used not in NAMES and used.partition(":")[0] not in PREFIXES:
            _fail(place, f"没有名为“{used}”的取值")
    if not values and not text:
        _fail(place, "要写 value 或 text")
    limit = str(entry.get("limit", "0") or "0")
    if not limit.isdigit():
        _fail(place, f"limit 应当是整数，不是“{limit}”")
    return FormField(
        name, label, values, text, {str(k): str(v) for k, v in mapped.items()}, str(entry.get("otherwise", "")),
        form, int(limit), str(entry.get("required", "")).lower() == "true",
    )  # fmt: skip


# -- filling ---------------------------------------------------------------------------------------


def fill(profile: FormProfile, view: PatchView, pack: RulePack) -> tuple[Filled, ...]:
    """Every field of the form for one patch, in its order."""
    look = values_of(view, pack)
    found = []
    for item in profile.fields:
        full = one_line(_text(item, look))
        found.append(Filled(item, cut(full, item.limit), full))
    return tuple(found)


def one_line(text: str) -> str:
    """Without line breaks and control characters: a form field takes one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, an ellipsis as the last one where something was left out."""
    if not limit or len(text) <= limit:
        return text
    return text[: limit - 1] + _MARK if limit > 1 else text[:limit]


def _text(item: FormField, look: Callable[[str], Value]) -> str:
    if item.text:
        return _sentence(item.text, look)
    if item.map:
        return _mapped(item, look)
    for name in item.values:
        text = formatted(look(name), item.format)
        if text:
            return text
    return ""


def _mapped(item: FormField, look: Callable[[str], Value]) -> str:
    texts = [str(look(name) or "") for name in item.values]
    hit = next((item.map[text] for text in texts if text in item.map), "")
    return hit or (item.otherwise if any(texts) else "")


def _sentence(template: str, look: Callable[[str], Value]) -> str:
    """Clauses between ；: one whose every hole is empty is left out."""
    clauses = []
    for clause in template.split("；"):
        holes = _HOLE.findall(clause)
        filled = {name: formatted(look(name), "text") for name in holes}
        if holes and not any(filled.values()):
            continue
        clauses.append(_HOLE.sub(lambda found, texts=filled: texts[found.group(1)], clause))
    return "；".join(clauses)


def formatted(value: Value, form: str) -> str:
    """A value as the form wants it; what is no date or number stays as it is rather than being lost."""
    if value is None or value == "":
        return ""
    if form in ("date", "month"):
        return _date(str(value), form)
    number = _number(value) if form in _DIGITS or isinstance(value, Decimal) else None
    if number is None:
        return str(value)
    if form in _DIGITS:
        return str(number.quantize(Decimal(_DIGITS[form]), rounding=ROUND_HALF_UP))
    return f"{number:f}"


def _number(value: Value) -> Optional[Decimal]:
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _date(text: str, form: str) -> str:
    """ISO day, or year and month; a month alone is not made a day."""
    span = parse_date(text)
    if span is None:
        return text
    if form == "month":
        return span.first[:7]
    return span.first if span.first == span.last else text


def progress(filled: Sequence[Filled], done: Sequence[str]) -> tuple[int, int]:
    """(copied, to be copied): fields with something in them."""
    wanted = [item.field.id for item in filled if item.text]
    return sum(name in done for name in wanted), len(wanted)
