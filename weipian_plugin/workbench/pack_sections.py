"""The parts of a rule pack: each file's entries checked and made into values of `core.rulepack`.

What is wrong goes to the problems of the entry; a reader then goes on with an empty value.
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation

from ..core.advice_rules import PARAM_KEYS, TEXT_KEYS
from ..core.areas import LandClass
from ..core.dates import parse_date
from ..core.fields import CANONICAL
from ..core.forecast import WHY_VALUES
from ..core.model import ROLES
from ..core.rulepack import (
    REASON_KINDS,
    SOURCE_TAGS,
    THRESHOLD_KEYS,
    AskField,
    MonitorClass,
    OfficeRule,
    Opinion,
    Requirement,
    ReturnReason,
    RuleText,
    SubType,
)  # fmt: skip
from ..overlay.landuse import FOREIGN_PREFIX
from .pack_flow import conditions
from .pack_yaml import Entry, Where, near, where

VERDICTS = ("legal", "illegal", "other")
_SEVERITIES = ("info", "warn", "high")
_PHOTO_NEEDS = ("position", "azimuth", "not_away", "aim", "in_time", "own")
_ASK_KINDS = ("text", "date", "area", "number", "choice", "choices")
_UNITS = ("mu", "m2", "m", "deg", "percent", "year", "day", "count")
#: Values that a sentence may leave out.
_OPTIONAL_VALUES = frozenset({"count"})
#: What the end of a number's id says of its unit.
_UNIT_OF = (
    ("_mu", "mu"), ("_m2", "m2"), ("_m", "m"), ("_deg", "deg"), ("_percent", "percent"), ("_days", "day"),
)  # fmt: skip
#: Numbers that must not be in the wrong order.
_ORDERED = (
    ("road_width_min_m", "road_width_max_m"),
    ("amber_prime_mu", "penal_prime_mu"),
    ("amber_cropland_mu", "penal_cropland_mu"),
    ("ratio_amber_percent", "ratio_red_percent"),
)
#: Columns of an approval register.
REGISTER_COLUMNS: tuple[str, ...] = (
    "holder", "project", "doc_no", "doc_date", "approved", "people", "village", "group", "place", "lon", "lat",
)  # fmt: skip


def plain(texts: Iterable[str]) -> tuple[str, ...]:
    """Texts without their places."""
    return tuple(str(t) for t in texts)


def _base(entry: Entry) -> tuple[str, str, str]:
    """id, label and source, which every entry must give."""
    return str(entry.need("id")), str(entry.need("label")), str(entry.one_of("source", SOURCE_TAGS))


def _unique(entry: Entry, seen: Mapping[str, object], key: str = "id") -> None:
    if entry.text(key) in seen:
        entry.at(key).fail(f"“{entry.need(key)}”重复")


def _refer(texts: Iterable[str], known: Iterable[str], what: str) -> tuple[str, ...]:
    names = sorted(set(known))
    for text in texts:
        if text not in names:
            where(text).fail(f"没有这个{what}：{text}{near(text, names)}")
    return plain(texts)


def _decimal(entry: Entry, key: str) -> Decimal:
    text = entry.need(key)
    if not text:
        return Decimal(0)
    try:
        value = Decimal(text)
    except InvalidOperation:
        entry.at(key).fail(f"“{key}”应当是数字，现在是“{text}”；单位写在 unit 里")
        return Decimal(0)
    if not value.is_finite() or value < 0:
        entry.at(key).fail(f"“{key}”应当是不小于 0 的数字")
        return Decimal(0)
    return value


def _whole(entry: Entry, key: str, low: int, high: int) -> int:
    before = len(entry.place.problems)
    value = _decimal(entry, key)
    if len(entry.place.problems) > before:
        return low
    if value != value.to_integral_value() or not low <= value <= high:
        entry.at(key).fail(f"“{key}”应当是 {low} 到 {high} 的整数")
        return low
    return int(value)


def read_classes(doc: Entry) -> dict[str, MonitorClass]:
    """图斑分类."""
    doc.only("classes")
    found: dict[str, MonitorClass] = {}
    for entry in doc.entries("classes"):
        entry.only("id", "label", "level", "source", "aliases")
        _unique(entry, found)
        key, label, source = _base(entry)
        level = _whole(entry, "level", 1, 3)
        found[key] = MonitorClass(key, label, source, level, plain(entry.texts("aliases")))
    return found


def read_requirements(doc: Entry) -> dict[str, Requirement]:
    """举证项."""
    doc.only("requirements")
    found: dict[str, Requirement] = {}
    for entry in doc.entries("requirements"):
        entry.only("id", "label", "kind", "minimum", "hint", "also", "needs", "field", "source")
        _unique(entry, found)
        key, label, source = _base(entry)
        kind = entry.one_of("kind", ("photo", "document", "fact", "map"))
        if kind == "fact":
            entry.need("field")
        minimum = _whole(entry, "minimum", 1, 99) if "minimum" in entry.values else 1
        needs = _refer(entry.texts("needs"), _PHOTO_NEEDS, "照片要求")
        found[key] = Requirement(
            key, label, source, str(kind), minimum, str(entry.text("hint")), plain(entry.texts("also")), needs,
            str(entry.text("field")),
        )  # fmt: skip
    for entry in doc.entries("requirements"):
        _refer(entry.texts("also"), {*found, ""}, "举证项")
    return found


def check_facts(doc: Entry, asks: Mapping[str, AskField]) -> None:
    """A fact that evidence asks for has to be asked somewhere."""
    for entry in doc.entries("requirements"):
        wanted = entry.text("field")
        if wanted and wanted not in asks:
            entry.at("field").fail(f"没有这个填写项：{wanted}{near(wanted, asks)}")


def read_ask_fields(doc: Entry) -> dict[str, AskField]:
    """What the panel asks for."""
    found: dict[str, AskField] = {}
    for entry in doc.entries("ask_fields"):
        entry.only("id", "label", "kind", "choices", "unit", "hint", "source")
        _unique(entry, found)
        key, label, source = _base(entry)
        kind = entry.one_of("kind", _ASK_KINDS)
        choices = plain(entry.texts("choices"))
        if (kind in ("choice", "choices")) != bool(choices):
            entry.at("choices").fail("kind 为 choice 或 choices 时要写 choices，其他时候不写")
        found[key] = AskField(key, label, source, str(kind), choices, str(entry.text("unit")), str(entry.text("hint")))
    return found


Judgements = tuple[dict[str, tuple[SubType, ...]], dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]


def read_judgements(doc: Entry, requirements: Mapping[str, Requirement], asks: Mapping[str, AskField]) -> Judgements:
    """Sub-types by verdict, and what a verdict without one needs and asks."""
    doc.only("ask_fields", "verdicts", "sub_types", "opinions")
    base_requires: dict[str, tuple[str, ...]] = {}
    base_asks: dict[str, tuple[str, ...]] = {}
    for entry in doc.entries("verdicts"):
        entry.only("id", "requires", "asks")
        _unique(entry, base_requires)
        key = str(entry.one_of("id", VERDICTS))
        base_requires[key] = _refer(entry.texts("requires"), requirements, "举证项")
        base_asks[key] = _refer(entry.texts("asks"), asks, "填写项")
    if len(base_requires) != len(VERDICTS):
        doc.at("verdicts").fail(f"verdicts 应当包含 {'、'.join(VERDICTS)}")
    seen: dict[str, SubType] = {}
    labels: dict[str, str] = {}
    former: set[tuple[str, str]] = set()
    for entry in doc.entries("sub_types"):
        entry.only("id", "label", "verdict", "group", "source", "clause", "requires", "asks", "aliases",
                   "formerly")  # fmt: skip
        _unique(entry, seen)
        key, label, source = _base(entry)
        verdict = str(entry.one_of("verdict", VERDICTS))
        for name in (label, *plain(entry.texts("aliases"))):
            if name in labels:  # one name, one meaning: not even under another verdict
                entry.at("label").fail(f"“{name}”重复，已经属于 {labels[name]}")
            labels[name] = key
        for name in plain(entry.texts("formerly")):
            if (verdict, name) in former:
                entry.at("formerly").fail(f"同一判定下旧名称“{name}”重复")
            former.add((verdict, name))
        seen[key] = SubType(
            key, label, source, verdict, str(entry.need("group")),
            _refer(entry.texts("requires"), requirements, "举证项"), _refer(entry.texts("asks"), asks, "填写项"),
            str(entry.text("clause")), plain(entry.texts("aliases")), plain(entry.texts("formerly")),
        )  # fmt: skip
    by_verdict = {v: tuple(s for s in seen.values() if s.verdict == v) for v in VERDICTS}
    return by_verdict, base_requires, base_asks


def read_opinions(doc: Entry, sub_types: Mapping[str, tuple[SubType, ...]]) -> tuple[Opinion, ...]:
    """Top-level words of a province; a pack may have none."""
    found: dict[str, Opinion] = {}
    for entry in doc.listed("opinions"):
        entry.only("id", "label", "verdict", "sub_type", "source")
        _unique(entry, found)
        key, label, source = _base(entry)
        verdict = entry.one_of("verdict", VERDICTS)
        known = [s.id for s in sub_types.get(verdict, ())]
        wanted = entry.text("sub_type")
        if wanted and wanted not in known:
            entry.at("sub_type").fail(f"{verdict} 下没有这个二级类：{wanted}{near(wanted, known)}")
        found[key] = Opinion(key, label, source, verdict, str(wanted))
    return tuple(found.values())


def read_rules(doc: Entry, sub_types: Mapping[str, tuple[SubType, ...]]) -> dict[str, RuleText]:
    """The rules with their sentences; every one that the code uses must be there."""
    doc.only("rules")
    found: dict[str, RuleText] = {}
    for entry in doc.entries("rules"):
        entry.only("id", "label", "source", "clause", "severity", "texts", "params")
        _unique(entry, found)
        key, label, source = _base(entry)
        texts, params = entry.entry("texts"), entry.entry("params")
        for name, allowed in TEXT_KEYS.get(key, {}).items():
            _check_template(texts, name, allowed)
            _check_complete(texts, name, allowed)
        if key in TEXT_KEYS:
            texts.only(*TEXT_KEYS[key])
        else:
            entry.at("id").fail(f"软件里没有规则 {key}{near(key, TEXT_KEYS)}；规则只能改写，不能新增")
        for name in PARAM_KEYS.get(key, ()):
            if not params.texts(name):
                params.at(name).fail(f"规则 {key} 缺少参数“{name}”")
        _check_params(key, params, sub_types)
        found[key] = RuleText(
            key, label, source, str(entry.text("clause")), str(entry.one_of("severity", _SEVERITIES)),
            {k: str(texts.text(k)) for k in texts.values}, {k: plain(params.texts(k)) for k in params.values},
        )  # fmt: skip
    for key in TEXT_KEYS:
        if key not in found:
            doc.at("rules").fail(f"缺少规则 {key}")
    return found


def _check_template(texts: Entry, name: str, allowed: frozenset[str]) -> None:
    """A sentence may use the placeholders the code fills, plainly, and nothing else."""
    text = texts.need(name)
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError:
        texts.at(name).fail(f"“{name}”里的花括号不成对；花括号要成对，例如 {{area}}")
        return
    for _, placeholder, style, conversion in parts:
        if placeholder is not None and (placeholder not in allowed or style or conversion):
            usable = "、".join(f"{{{a}}}" for a in sorted(allowed)) or "（不用花括号）"
            texts.at(name).fail(f"“{name}”里不能用 {{{placeholder}}}{near(placeholder, allowed)}，可用的有 {usable}")


def _check_complete(texts: Entry, name: str, allowed: frozenset[str]) -> None:
    """A sentence keeps its numbers: advice without them cannot be checked by anybody."""
    text = texts.text(name)
    lacking = [f"{{{key}}}" for key in sorted(allowed - _OPTIONAL_VALUES) if f"{{{key}}}" not in text]
    if text and lacking:
        texts.at(name).fail(f"“{name}”里缺少 {'、'.join(lacking)}，请补上，不然看不到数字或名称")


def _check_why(entry: Entry) -> None:
    """A reason that is forecast says why, in words that the code can fill."""
    if entry.text("why"):
        _check_template(entry, "why", WHY_VALUES)
    elif entry.texts("when") or entry.texts("sub_types"):
        entry.at("why").fail("写了 when 或 sub_types 就要写 why：为什么可能被退回")


def _check_params(rule: str, params: Entry, sub_types: Mapping[str, tuple[SubType, ...]]) -> None:
    if rule == "R-02":
        _refer(params.texts("needs_roles"), ROLES, "图层角色")
    if rule == "R-17" and parse_date("".join(params.texts("since")[:1])) is None:
        params.at("since").fail("since 应当是 2020-07-03 这样的日期")
    if rule != "R-18":
        return
    for hint in params.texts("hints"):
        code, equals, target = hint.partition("=")
        verdict, slash, name = target.partition("/")
        if not (code and equals and slash and name in {s.id for s in sub_types.get(verdict, ())}):
            where(hint).fail(f"提示应写成“地类编码=判定/二级类”，现在是“{hint}”")


def _check_unit(entry: Entry, key: str) -> None:
    """A number in another unit than its id says would be taken for something else."""
    before = len(entry.place.problems)
    unit = entry.one_of("unit", _UNITS)
    wanted = next((unit_of for tail, unit_of in _UNIT_OF if key.endswith(tail)), unit)
    if len(entry.place.problems) == before and unit != wanted:
        entry.at("unit").fail(f"{key} 的单位应当是 {wanted}，现在是 {unit}；请把 value 换算成 {wanted}")
    close = difflib.get_close_matches(key, THRESHOLD_KEYS, 1, 0.85)
    if close and key not in THRESHOLD_KEYS and not key.startswith(("temp_", "report_")):
        entry.at("id").fail(f"没有哪条规则用数值 {key}（是不是“{close[0]}”？）")


def read_thresholds(doc: Entry) -> tuple[dict[str, Decimal], dict[str, str]]:
    """Numbers and their provenance; every one that the code uses must be there."""
    doc.only("thresholds")
    found: dict[str, Decimal] = {}
    sources: dict[str, str] = {}
    places: dict[str, Where] = {}
    for entry in doc.entries("thresholds"):
        entry.only("id", "value", "unit", "label", "source", "note")
        _unique(entry, found)
        key, _, source = _base(entry)
        _check_unit(entry, key)
        found[key], sources[key], places[key] = _decimal(entry, "value"), source, entry.at("value")
    for key in THRESHOLD_KEYS:
        if key not in found:
            doc.at("thresholds").fail(f"缺少数值 {key}{near(key, found)}")
    for low, high in _ORDERED:
        if low in found and high in found and found[low] > found[high]:
            places[low].fail(f"{low} 不能大于 {high}")
    return found, sources


def read_offices(doc: Entry, sub_types: Mapping[str, tuple[SubType, ...]]) -> tuple[OfficeRule, ...]:
    """整改责任科室, in order; a base pack may have none."""
    doc.only("offices")
    known = {s.id for items in sub_types.values() for s in items}
    found: dict[str, OfficeRule] = {}
    for entry in doc.listed("offices"):
        entry.only("id", "label", "source", "landuse", "keywords", "sub_types", "patch_types")
        _unique(entry, found)
        key, label, source = _base(entry)
        found[key] = OfficeRule(
            key, label, source, plain(entry.texts("landuse")), plain(entry.texts("keywords")),
            _refer(entry.texts("sub_types"), known, "二级类"), plain(entry.texts("patch_types")),
        )  # fmt: skip
    return tuple(found.values())


def read_landuse(doc: Entry) -> tuple[dict[str, LandClass], dict[str, str]]:
    """Land classes of 三调 and, where the pack lists them, of 用地用海, and their provenance."""
    doc.only("scheme", "landuse", "landuse_ydyh")
    found: dict[str, LandClass] = {}
    sources: dict[str, str] = {}
    listed = [("", entry) for entry in doc.entries("landuse")]
    if "landuse_ydyh" in doc.values:  # 用地用海分类: only what the district itself has written down
        listed += [(FOREIGN_PREFIX, entry) for entry in doc.entries("landuse_ydyh")]
    for prefix, entry in listed:
        entry.only("code", "name", "group", "source", "cropland")
        code = prefix + str(entry.need("code")).upper()
        if code in found:
            entry.at("code").fail(f"“{entry.need('code')}”重复")
        group = str(entry.one_of("group", ("agri", "construction", "unused")))
        cropland = entry.flag("cropland")
        if cropland and group != "agri":
            entry.at("cropland").fail("耕地只能属于农用地（agri）")
        found[code] = LandClass(code, str(entry.need("name")), group, cropland)
        sources[code] = str(entry.one_of("source", SOURCE_TAGS))
    return found, sources


def read_patch_types(doc: Entry) -> dict[str, str]:
    """TBLX code -> label."""
    doc.only("patch_types")
    found: dict[str, str] = {}
    for entry in doc.entries("patch_types"):
        entry.only("id", "label", "source")
        _unique(entry, found)
        key, label, _ = _base(entry)
        found[key] = label
    return found


def read_aliases(doc: Entry) -> dict[str, tuple[str, ...]]:
    """Canonical field -> names."""
    doc.only("aliases")
    table = doc.entry("aliases")
    table.only(*CANONICAL)
    if not table.texts("patch_id"):
        doc.at("aliases").fail("至少要有 patch_id 的字段名")
    return table.names("字段名")


def read_registers(doc: Entry) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...], tuple[str, ...]]:
    """Headers of approval registers, and the attributes of a patch that name holders and documents."""
    doc.only("columns", "patch")
    table, patch = doc.entry("columns"), doc.entry("patch")
    table.only(*REGISTER_COLUMNS)
    patch.only("names", "doc_nos")
    for key in ("holder", "doc_no", "village"):
        if not table.texts(key):
            doc.at("columns").fail(f"至少要有 {key} 的列名")
    columns = table.names("列名")
    return columns, plain(patch.texts("names")), plain(patch.texts("doc_nos"))


def read_returns(doc: Entry, kind: str, requirements: Mapping[str, Requirement]) -> tuple[ReturnReason, ...]:
    """A list of reasons: the reviewers' or the office's own."""
    doc.only("returns", *REASON_KINDS)
    found: dict[str, ReturnReason] = {}
    for entry in doc.entries(kind):
        entry.only("id", "label", "source", "requirement", "verdicts", "sub_types", "when", "why")
        _unique(entry, found)
        key, label, source = _base(entry)
        _check_why(entry)
        verdicts = _refer(entry.texts("verdicts"), VERDICTS, "判定")
        wanted = str(entry.text("requirement"))
        if wanted and wanted not in requirements:
            entry.at("requirement").fail(f"没有这个举证项：{wanted}{near(wanted, requirements)}")
        found[key] = ReturnReason(
            key, label, source, wanted, verdicts, plain(entry.texts("sub_types")), conditions(entry),
            str(entry.text("why")),
        )  # fmt: skip
    return tuple(found.values())
