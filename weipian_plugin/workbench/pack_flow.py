"""The guided flow, the cards and the minerals of a rule pack, read and checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Optional

from ..core.conditions import CONDITIONS
from ..core.pack_flow import STEP_IDS, Card, Flow, FlowQuestion, FlowStep, Mineral
from ..core.rulepack import SOURCE_TAGS
from .pack_yaml import Entry, near, where

_VERDICTS = ("legal", "illegal", "other")


def conditions(entry: Entry, key: str = "when") -> tuple[str, ...]:
    """The conditions of an entry, each of them known."""
    found = entry.texts(key)
    for name in found:
        if name not in CONDITIONS:
            where(name).fail(f"没有这个条件：{name}{near(name, CONDITIONS)}，可用的有 {'、'.join(sorted(CONDITIONS))}")
    return tuple(str(name) for name in found)


def _known(entry: Entry, key: str, known: Collection[str], what: str) -> tuple[str, ...]:
    found = entry.texts(key)
    for name in found:
        if name not in known:
            where(name).fail(f"没有这个{what}：{name}{near(name, known)}")
    return tuple(str(name) for name in found)


def _head(entry: Entry, seen: Collection[str]) -> tuple[str, str, str]:
    key = str(entry.need("id"))
    if key in seen:
        entry.at("id").fail(f"“{key}”重复")
    return key, str(entry.need("label")), str(entry.one_of("source", SOURCE_TAGS))


def read_flow(doc: Optional[Entry], asks: Collection[str], rules: Collection[str]) -> Flow:
    """flow.yaml; without it there is no guided flow."""
    if doc is None:
        return Flow()
    doc.only("steps", "attributes")
    steps: dict[str, FlowStep] = {}
    for entry in doc.entries("steps"):
        entry.only("id", "label", "source", "verdict", "sub_type", "clause", "why", "rules", "questions")
        key, label, source = _head(entry, steps)
        if key not in STEP_IDS:
            entry.at("id").fail(f"没有这一步：{key}{near(key, STEP_IDS)}，可用的有 {'、'.join(STEP_IDS)}")
        steps[key] = FlowStep(
            key, label, source, str(entry.one_of("verdict", _VERDICTS)), str(entry.text("sub_type")),
            str(entry.text("clause")), str(entry.need("why")), _known(entry, "rules", rules, "规则"),
            tuple(_question(item, asks, rules) for item in entry.listed("questions")),
        )  # fmt: skip
    given = tuple(steps)
    if given != tuple(key for key in STEP_IDS if key in steps) or len(given) != len(STEP_IDS):
        doc.at("steps").fail(f"steps 应当依次是 {'、'.join(STEP_IDS)}")
    table = doc.entry("attributes")
    for name in table.values:
        if name not in asks:
            table.at(name).fail(f"没有这个填写项：{name}{near(name, asks)}")
    return Flow(tuple(steps.values()), {name: tuple(map(str, table.texts(name))) for name in table.values})


def _question(entry: Entry, asks: Collection[str], rules: Collection[str]) -> FlowQuestion:
    entry.only("field", "when", "why", "rules")
    name = str(entry.need("field"))
    if name and name not in asks:
        entry.at("field").fail(f"没有这个填写项：{name}{near(name, asks)}")
    return FlowQuestion(name, conditions(entry), str(entry.need("why")), _known(entry, "rules", rules, "规则"))


def read_cards(doc: Optional[Entry]) -> tuple[Card, ...]:
    """cards.yaml."""
    if doc is None:
        return ()
    doc.only("cards")
    found: dict[str, Card] = {}
    for entry in doc.listed("cards"):
        entry.only("id", "label", "source", "clause", "lines", "when")
        key, label, source = _head(entry, found)
        lines = tuple(map(str, entry.texts("lines")))
        if not lines:
            entry.at("lines").fail("缺少“lines”")
        if not entry.texts("when"):
            entry.at("when").fail("缺少“when”：写明什么样的图斑旁边显示")
        found[key] = Card(key, label, source, str(entry.text("clause")), lines, conditions(entry))
    return tuple(found.values())


def read_minerals(doc: Optional[Entry]) -> Mapping[str, Mineral]:
    """minerals.yaml; a name stands for one 矿种 only."""
    if doc is None:
        return {}
    doc.only("minerals")
    found: dict[str, Mineral] = {}
    names: dict[str, str] = {}
    for entry in doc.listed("minerals"):
        entry.only("id", "label", "source", "strategic", "aliases")
        key, label, source = _head(entry, found)
        aliases = tuple(map(str, entry.texts("aliases")))
        for name in (label, *aliases):
            if name in names:
                entry.at("label").fail(f"“{name}”已经属于 {names[name]}")
            names[name] = key
        found[key] = Mineral(key, label, source, entry.flag("strategic"), aliases)
    return found
