"""The part of a rule pack that evidence is believed by: limits, programs, documents that grant land."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal, InvalidOperation

from ..core.proof_rules import DOCUMENT_LISTS, LIMIT_UNITS, SOFTWARE_KINDS, ProofRules, Software
from ..core.rulepack import SOURCE_TAGS
from .pack_yaml import Entry, near, where


def read_proofs(doc: Entry, requirements: Collection[str]) -> ProofRules:
    """proofs.yaml; what is wrong goes to the problems of `doc`."""
    doc.only("limits", "software", "documents")
    limits, sources = _limits(doc)
    documents = doc.entry("documents")
    documents.only(*DOCUMENT_LISTS)
    lists: dict[str, tuple[str, ...]] = {}
    for key in DOCUMENT_LISTS:
        found = documents.texts(key)
        for name in found:
            if name not in requirements:
                where(name).fail(f"没有这个举证项：{name}{near(name, requirements)}")
        lists[key] = tuple(map(str, found))
    return ProofRules(limits, sources, _software(doc), lists)


def _limits(doc: Entry) -> tuple[dict[str, Decimal], dict[str, str]]:
    found: dict[str, Decimal] = {}
    sources: dict[str, str] = {}
    for entry in doc.entries("limits"):
        entry.only("id", "value", "unit", "label", "source", "note")
        key = str(entry.need("id"))
        entry.need("label")
        if key in found:
            entry.at("id").fail(f"“{key}”重复")
        if key not in LIMIT_UNITS:
            entry.at("id").fail(f"没有哪项核对用到限值 {key}{near(key, LIMIT_UNITS)}")
        unit = str(entry.one_of("unit", tuple(dict.fromkeys(LIMIT_UNITS.values()))))
        if unit and unit != LIMIT_UNITS.get(key, unit):
            entry.at("unit").fail(f"{key} 的单位应当是 {LIMIT_UNITS[key]}，现在是 {unit}；请把 value 换算过来")
        found[key] = _value(entry, key)
        sources[key] = str(entry.one_of("source", SOURCE_TAGS))
    for key in LIMIT_UNITS:
        if key not in found:
            doc.at("limits").fail(f"缺少限值 {key}{near(key, found)}")
    return found, sources


def _value(entry: Entry, key: str) -> Decimal:
    text = entry.need("value")
    try:
        value = Decimal(text) if text else Decimal(0)
    except InvalidOperation:
        entry.at("value").fail(f"“value”应当是数字，现在是“{text}”；单位写在 unit 里")
        return Decimal(0)
    if not value.is_finite() or value < 0:
        entry.at("value").fail("“value”应当是不小于 0 的数字")
        return Decimal(0)
    if LIMIT_UNITS.get(key) == "count" and (value != value.to_integral_value() or value < 2):
        entry.at("value").fail("张数应当是不小于 2 的整数")
    return value


def _software(doc: Entry) -> tuple[Software, ...]:
    found: dict[str, Software] = {}
    for entry in doc.listed("software"):
        entry.only("id", "label", "kind", "names", "source")
        key = str(entry.need("id"))
        if key in found:
            entry.at("id").fail(f"“{key}”重复")
        names = tuple(str(name).casefold().strip() for name in entry.texts("names"))
        if not names or not all(names):
            entry.at("names").fail("缺少“names”：照片里留下的程序名")
        source, kind = str(entry.one_of("source", SOURCE_TAGS)), str(entry.one_of("kind", SOFTWARE_KINDS))
        found[key] = Software(key, str(entry.need("label")), source, kind, names)
    return tuple(found.values())
