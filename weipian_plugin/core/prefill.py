"""What can be written into a question beforehand: from answers, documents, layers, registers and measurements.

A prefilled value is a suggestion that a person takes over or not; it is never an answer by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from .advice_case import Case, show_mu
from .advice_kinds import is_mineral
from .areas import to_mu
from .fields import normalise
from .model import ROLE_LABELS

Found = tuple[str, str]
_NONE: Found = ("", "")
#: Field of a question -> what a scanned document or a register entry may tell of it.
_DOCUMENT = {"doc_no": "doc_no", "doc_date": "doc_date", "doc_area": "doc_area_mu"}
_ENTRY = {"doc_no": "doc_no", "doc_date": "doc_date", "actor": "holder", "household": "holder"}
_PURPOSES = ("approval_doc", "supply_doc", "title_doc", "temp_land_doc", "facility_filing", "house_approval",
             "mining_licence", "linkage_doc", "other_legal_doc")  # fmt: skip


def prefill(case: Case, field: str, roles: Sequence[str]) -> Found:
    """(value, where it comes from) for a question, both empty when nothing is known.

    `roles`: layers whose attributes may answer it.
    """
    answered = case.facts.answer(field)
    if answered:
        return answered, "已填写"
    for value, source in _sources(case, field, roles):
        if value:
            return value, source
    return _NONE


def _sources(case: Case, field: str, roles: Sequence[str]) -> Iterator[Found]:
    name = _DOCUMENT.get(field)
    for link in case.facts.evidence if name else ():
        if link.purpose in _PURPOSES and name:
            yield str(getattr(link.evidence, name) or ""), "材料"
    for role in roles:
        for value in layer_values(case, field, (role,)):
            yield value, f"{ROLE_LABELS[role]}图层"
    yield from _registered(case, field)
    yield _of_patch(case, field), "图斑属性"
    if field == "road_width" and case.facts.measured_width_m is not None and case.facts.measured_width_m > 0:
        yield f"{Decimal(repr(case.facts.measured_width_m)).quantize(Decimal('0.1')):f}", "按图形量得"
    if field == "lines":
        yield ("矿产" if is_mineral(case) else "土地"), "按图斑类型"


def layer_values(case: Case, field: str, roles: Sequence[str]) -> tuple[str, ...]:
    """What the features met in `roles` say of a field, each once, the largest overlap first."""
    names = [normalise(name) for name in case.pack.flow.attributes.get(field, ())]
    found: list[tuple[float, str]] = []
    for role in roles:
        for detail in case.detail(role):
            value = _first(detail, names)
            if value:
                found.append((-_overlap(detail), value))
    return tuple(dict.fromkeys(value for _, value in sorted(found)))


def _first(values: Mapping[str, object], names: Sequence[str]) -> str:
    held = {normalise(key): str(value or "").strip() for key, value in values.items()}
    return next((held[name] for name in names if held.get(name)), "")


def _overlap(detail: Mapping[str, str]) -> float:
    try:
        return float(detail.get("overlap_m2") or 0)
    except ValueError:
        return 0.0


def _registered(case: Case, field: str) -> Iterator[Found]:
    for match in case.facts.registers:
        if not match.certain:
            continue
        entry = match.entry
        if field == "doc_area" and entry.approved_m2 is not None:
            yield show_mu(to_mu(entry.approved_m2)), "审批登记表"
        elif field in _ENTRY:
            yield str(getattr(entry, _ENTRY[field])), "审批登记表"


def _of_patch(case: Case, field: str) -> str:
    """The attributes of the delivery, for the fields that speak of persons, projects and documents."""
    if field not in ("actor", "project", "doc_no", "household", "mineral"):
        return ""
    names = [normalise(name) for name in case.pack.flow.attributes.get(field, ())]
    return _first(case.facts.patch.source_attributes, names)
