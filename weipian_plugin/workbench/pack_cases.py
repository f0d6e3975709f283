"""The test cases that a rule pack carries (cases.yaml): facts in, what the advice must say out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Optional

from ..core.advice import Advice, Facts, advise
from ..core.areas import class_of, summarise
from ..core.model import APPROVAL_ROLES, ROLES, OverlayRow, Patch
from ..core.rulepack import SOURCE_TAGS, RulePack
from .pack_yaml import Entry, Problems, near, where

_MU = 2000 / 3
_LEANINGS = ("legal", "illegal", "other", "none")
_LEANING_LABELS = {"legal": "合法", "illegal": "违法", "other": "其他", "none": "不能判断"}
_LAYERS = (*(role for role in ROLES if role != "landuse"), "approved_union")
_FACTS = ("area", "type", "before", "after", "today", "landuse", "layers", "attributes", "answers", "issued")
_EXPECT = ("leaning", "never", "doubt", "sub_type", "rules", "not_rules", "lacks", "says")


@dataclass(frozen=True)
class CaseResult:
    """A test case and where the advice differs from what it expects."""

    id: str
    label: str
    line: int
    differences: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """The advice says what it should."""
        return not self.differences


def run_cases(pack: RulePack, doc: Entry, problems: Problems) -> list[CaseResult]:
    """Advise on every case; a case that is written wrongly is told to `problems` and left out."""
    doc.only("cases")
    results: list[CaseResult] = []
    seen: set[str] = set()
    for entry in doc.entries("cases"):
        before = len(problems)
        entry.only("id", "label", "source", "basis", "facts", "expect")
        case_id, label = entry.need("id"), entry.need("label")
        entry.one_of("source", SOURCE_TAGS)
        entry.need("basis")
        if case_id in seen:
            entry.at("id").fail(f"“{case_id}”重复")
        seen.add(case_id)
        facts = _facts(pack, entry.entry("facts"))
        _check_expectation(pack, entry.entry("expect"))
        if len(problems) == before:
            differences = _compare(advise(pack, facts), entry.entry("expect"))
            results.append(CaseResult(str(case_id), str(label), entry.place.line, tuple(differences)))
    return results


def _facts(pack: RulePack, entry: Entry) -> Facts:
    entry.only(*_FACTS)
    area = _number(entry, "area")
    rows = _landuse(pack, entry.entry("landuse")) + _layers(entry)
    if not (area and area > 0):
        entry.at("area").fail("facts 里要写图斑面积 area（亩），大于 0")
    answers = entry.entry("answers")
    for key in answers.values:
        if key not in pack.ask_fields:
            answers.at(key).fail(f"没有这个填写项：{key}{near(key, pack.ask_fields)}")
        elif pack.ask_fields[key].kind == "choice":
            answers.one_of(key, pack.ask_fields[key].choices)
    issued = entry.entry("issued")
    issued.only("cropland", "prime")
    patch = Patch(
        "case", "case", "case",
        area_m2=float(area or 0) * _MU,
        patch_type=str(entry.text("type")) or None,
        image_before=str(entry.text("before")) or None,
        image_after=str(entry.text("after")) or None,
        issued_farmland_m2=_m2(_number(issued, "cropland")),
        issued_prime_m2=_m2(_number(issued, "prime")),
    )  # fmt: skip
    summary = summarise(patch.area_m2, rows, pack.landuse) if rows else None
    given = {key: str(answers.text(key)) for key in answers.values}
    return Facts(patch, summary, rows, today=str(entry.text("today")), answers=given)


def _m2(mu: Optional[Decimal]) -> Optional[float]:
    return None if mu is None else float(mu) * _MU


def _number(entry: Entry, key: str) -> Optional[Decimal]:
    text = entry.text(key)
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if not value.is_finite() or value < 0:
        entry.at(key).fail(f"“{key}”应当是不小于 0 的数字（亩），现在是“{text}”")
        return None
    return value


def _landuse(pack: RulePack, table: Entry) -> list[OverlayRow]:
    rows = []
    for code in table.values:
        if class_of(code, pack.landuse) is None:
            table.at(code).fail(f"地类表里没有编码 {code}")
        rows.append(_row("landuse", float(_number(table, code) or 0), code))
    return rows


def _layers(entry: Entry) -> list[OverlayRow]:
    """Rows of the layers that were given; what is not written was not given, 0 is given and not met."""
    table, attributes = entry.entry("layers"), entry.entry("attributes")
    table.only(*_LAYERS)
    attributes.only(*_LAYERS)
    for role in attributes.values:
        if role not in table.values:
            attributes.at(role).fail(f"attributes 写了 {role}，layers 里却没有它的面积")
    areas = {role: float(_number(table, role) or 0) for role in table.values}
    approvals = [area for role, area in areas.items() if role in APPROVAL_ROLES]
    if approvals and "approved_union" not in areas:
        areas["approved_union"] = max(approvals)  # one lies within the other unless the case says otherwise
    rows = []
    for role, area in areas.items():
        values = attributes.entry(role)
        detail = {key: str(values.text(key)) for key in values.values}
        rows.append(_row(role, area, "", {**detail, "overlap_m2": str(area * _MU)} if detail else None))
    return rows


def _row(role: str, mu: float, code: str, detail: Optional[Mapping[str, str]] = None) -> OverlayRow:
    return OverlayRow("case", "case", role, code, mu * _MU, 0.0, detail=(detail,) if detail else ())


def _check_expectation(pack: RulePack, expect: Entry) -> None:
    expect.only(*_EXPECT)
    if "leaning" not in expect.values and not expect.texts("never"):
        expect.at("leaning").fail("expect 里至少要写 leaning（应当倾向）或 never（不应倾向）")
    leaning = expect.one_of("leaning", _LEANINGS, "none")
    for name in expect.texts("never"):
        if name not in _LEANINGS:
            where(name).fail(f"“never”里不能是“{name}”{near(name, _LEANINGS)}，可用的有 {'、'.join(_LEANINGS)}")
    if "doubt" in expect.values:
        expect.flag("doubt")
    for key in ("rules", "not_rules"):
        for rule in expect.texts(key):
            if rule not in pack.rules:
                where(rule).fail(f"没有这条规则：{rule}{near(rule, pack.rules)}")
    known = [item.id for item in pack.sub_types.get(leaning, ())]
    wanted = expect.text("sub_type")
    if wanted and wanted not in known:
        expect.at("sub_type").fail(f"{_LEANING_LABELS[leaning]}下没有这个二级类：{wanted}{near(wanted, known)}")
    for key in ("lacks", "says"):
        expect.texts(key)


def _compare(advice: Advice, expect: Entry) -> list[str]:
    found: list[str] = []
    leaning = advice.leaning or "none"
    if leaning in expect.texts("never"):
        found.append(f"不应倾向“{_LEANING_LABELS[leaning]}”")
    if "leaning" in expect.values and leaning != expect.text("leaning"):
        found.append(f"倾向应为“{_LEANING_LABELS[str(expect.text('leaning'))]}”，实际“{_LEANING_LABELS[leaning]}”")
    if "doubt" in expect.values and advice.doubt != expect.flag("doubt"):
        found.append(f"应当{'存疑' if expect.flag('doubt') else '不存疑'}，实际{'存疑' if advice.doubt else '不存疑'}")
    if "sub_type" in expect.values and advice.sub_type != expect.text("sub_type"):
        found.append(f"二级类应为 {expect.text('sub_type') or '（空）'}，实际 {advice.sub_type or '（空）'}")
    lacking = [rule for rule in expect.texts("rules") if rule not in advice.rule_ids]
    if lacking:
        found.append(f"应当提到规则 {'、'.join(lacking)}，实际只有 {'、'.join(advice.rule_ids) or '（无）'}")
    unwanted = [rule for rule in expect.texts("not_rules") if rule in advice.rule_ids]
    if unwanted:
        found.append(f"不应提到规则 {'、'.join(unwanted)}")
    unsaid = [text for text in expect.texts("lacks") if not any(text in item for item in advice.missing)]
    if unsaid:
        found.append(f"缺少的材料里应当有 {'、'.join(unsaid)}，实际 {'、'.join(advice.missing) or '（无）'}")
    said = " ".join(reason.text for reason in advice.reasons)
    found += [f"理由里应当有“{text}”" for text in expect.texts("says") if text not in said]
    return found
