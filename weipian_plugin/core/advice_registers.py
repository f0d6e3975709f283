"""What the approval registers say of a patch: 超面积, 一户多宅, 占农用地而无农转用, standards a person or household.

An entry that nobody confirmed is a suggestion and proves nothing; what a register does not say is 存疑.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Callable, Optional

from .advice_case import Case, Finding, layer_name
from .areas import CENT, round_mu
from .model import ROLE_LABELS, RegisterEntry
from .registers import RegisterMatch

HOUSE, CONVERSION = "rural_house", "approval"
_SHOWN = 3


def who(entry: RegisterEntry) -> str:
    """An entry in words: village, holder, number."""
    parts = [" ".join(p for p in (entry.village, entry.holder) if p), entry.doc_no]
    return " ".join(p for p in parts if p) or f"第 {entry.row_no} 行"


def square(value: Decimal) -> str:
    """m² for a sentence: two decimals, none behind a whole number."""
    shown = value.quantize(CENT)
    return f"{shown:.0f}" if shown == shown.to_integral_value() else f"{shown:f}"


def _certain(case: Case, register: str) -> list[RegisterMatch]:
    return [m for m in case.facts.registers if m.certain and m.entry.register == register]


def _used(case: Case) -> Decimal:
    """m² of the patch."""
    patch = case.facts.patch
    return Decimal(repr(patch.area_in_force if case.shapeless else patch.area_m2))


def _area(entry: RegisterEntry) -> Optional[Decimal]:
    return None if entry.approved_m2 is None else Decimal(repr(entry.approved_m2))


def matched(case: Case) -> Iterator[Finding]:
    """Which entries lie here, and which only may."""
    for match in case.facts.registers[:_SHOWN]:
        values = {"register": ROLE_LABELS.get(match.entry.register, match.entry.register),
                  "who": who(match.entry), "how": match.label}  # fmt: skip
        if match.certain:
            yield Finding(case.reason("R-22", "found", severity="info", **values))
        else:
            yield Finding(case.reason("R-22", "guess", **values), missing=(f"登记“{who(match.entry)}”是否对应本图斑",))


def over_area(case: Case) -> Iterator[Finding]:
    """More land than the register grants; several entries on one patch are added up."""
    for register in (HOUSE, CONVERSION):
        entries = [match.entry for match in _certain(case, register)]
        lacking = [entry for entry in entries if entry.approved_m2 is None]
        for entry in lacking[:1]:
            yield Finding(case.reason("R-22", "no_area", who=who(entry)), doubts=("登记表的批准面积",))
        if not entries or lacking:
            continue
        used, approved = _used(case), sum((_area(e) or Decimal(0) for e in entries), Decimal(0))
        values = {"used": square(used), "approved": square(approved)}
        if used - approved <= case.pack.threshold("register_area_m2"):
            yield Finding(case.reason("R-22", "within", severity="info", **values))
        else:
            reason = case.reason("R-22", "over", over=square(used - approved), **values)
            yield Finding(reason, doubts=("超出批准面积部分的核实情况",))


def several_houses(case: Case) -> Iterator[Finding]:
    """一户多宅: the same holder and village more than once in the register, or on other patches."""
    said: set[tuple[str, str]] = set()
    for match in _certain(case, HOUSE):
        entry = match.entry
        house = (entry.village, entry.holder)
        if house in said or not all(house):
            continue
        said.add(house)
        name = f"{entry.village} {entry.holder}"
        if match.twins:
            others = _some([twin.doc_no or twin.doc_date or f"第 {twin.row_no} 行" for twin in match.twins])
            count = str(len(match.twins))
            reason = case.reason("R-23", "register", who=name, count=count, others=others)
            yield Finding(reason, doubts=("是否一户多宅的核实情况",))
        if match.elsewhere:
            reason = case.reason("R-23", "patches", who=name, others=_some(match.elsewhere))
            yield Finding(reason, doubts=("是否一户多宅的核实情况",))


def _some(texts: Sequence[str]) -> str:
    more = f" 等 {len(texts)} 个" if len(texts) > _SHOWN else ""
    return "、".join(texts[:_SHOWN]) + more


def conversion(case: Case) -> Iterator[Finding]:
    """占农用地而无农转用: a house was approved on 农用地 and nobody approved the conversion."""
    if not _certain(case, HOUSE) and not case.touches(HOUSE):
        return
    agri = case.agri
    if agri is None:
        yield Finding(case.reason("R-24", "landuse"), doubts=(layer_name("landuse"),))
        return
    area = round_mu(agri)
    if agri <= case.touch:
        return
    entries = _certain(case, CONVERSION)
    if entries:
        yield Finding(case.reason("R-24", "register", severity="info", area=area, who=who(entries[0].entry)))
    elif case.touches(CONVERSION):
        if not case.full(CONVERSION) and case.area(CONVERSION) < agri - case.tolerance:
            reason = case.reason("R-24", "partly", area=area, covered=case.area(CONVERSION))
            yield Finding(reason, doubts=("农用地转用批准",))
    elif case.given(CONVERSION) or CONVERSION in case.facts.registers_given:
        yield Finding(case.reason("R-24", "none", area=area), doubts=("农用地转用批准",))
    else:
        yield Finding(case.reason("R-24", "unknown", area=area), doubts=("农转用批准图层或登记表",))


def standards(case: Case) -> Iterator[Finding]:
    """m² a person and a household, off unless the pack gives a number."""
    person, household = case.pack.threshold("homestead_person_m2"), case.pack.threshold("homestead_household_m2")
    if person <= 0 and household <= 0:
        return
    for match in _certain(case, HOUSE):
        entry = match.entry
        used = _area(entry) or _used(case)
        shown = {"who": who(entry), "used": square(used)}
        if person > 0 and entry.people is None:
            yield Finding(case.reason("R-25", "no_people", who=who(entry)), doubts=("家庭人数",))
        elif person > 0 and entry.people is not None and used > person * entry.people:
            allowed = person * entry.people
            values = {"people": str(entry.people), "limit": square(person), "allowed": square(allowed)}
            yield Finding(case.reason("R-25", "person", over=square(used - allowed), **values, **shown))
        if household > 0 and used > household:
            yield Finding(
                case.reason("R-25", "household", limit=square(household), over=square(used - household), **shown)
            )


#: In reading order.
REGISTER_TESTS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    matched, over_area, several_houses, conversion, standards,
)  # fmt: skip
