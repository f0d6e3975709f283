"""What kind of patch this is, as far as type, land use, layers and answers tell. Words and codes are pack data."""

from __future__ import annotations

from collections.abc import Iterable

from .advice_case import Case


def _has(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def actual_use(case: Case) -> str:
    """实地用途 as answered, empty when it was not."""
    return case.facts.answer("actual_use")


def is_mineral(case: Case) -> bool:
    """采矿: by type, by the answered use, by a filled 矿种; by main land use 0602 on a right where no type tells."""
    rule = case.pack.rules["R-21"]
    if case.patch_type in rule.param("patch_types") or case.facts.answer("mineral"):
        return True
    if _has(actual_use(case), rule.param("keywords")):
        return True
    return not case.patch_type and case.main_code in rule.param("landuse") and case.touches("mining_right")


def is_mineral_sub_type(case: Case, verdict: str, sub_type: str) -> bool:
    """True for a sub-type of the mineral classes, or one that the pack counts as such."""
    found = case.pack.sub_type(verdict, sub_type)
    rule = case.pack.rules["R-21"]
    return found is not None and (found.group in rule.param("groups") or found.id in rule.param("sub_types"))


def is_mineral_case(case: Case) -> bool:
    """Is the case one of mining? By the class that it was judged as, before one is chosen by what the patch is."""
    verdict, sub_type = case.facts.chosen
    found = case.pack.sub_type(verdict, sub_type)
    if found is None:
        return is_mineral(case)
    return found.group in case.pack.rules["R-21"].param("groups")


def is_pv(case: Case) -> bool:
    """光伏 by type or use."""
    rule = case.pack.rules["R-15"]
    return case.patch_type in rule.param("patch_types") or _has(actual_use(case), rule.param("keywords"))


def is_road(case: Case) -> bool:
    """Perhaps a 农村道路, by type, main land use or answered use."""
    rule = case.pack.rules["R-13"]
    if case.patch_type in rule.param("patch_types") or case.main_code in rule.param("landuse"):
        return True
    return _has(actual_use(case), rule.param("keywords"))


def is_house(case: Case) -> bool:
    """A villager's house: by the answered use, or where an approval of one is met or registered."""
    if _has(actual_use(case), case.pack.rules["R-14"].param("keywords")) or case.touches("rural_house"):
        return True
    return any(match.certain and match.entry.register == "rural_house" for match in case.facts.registers)


def is_built_house(case: Case) -> bool:
    """A house of any kind on 耕地 (住宅类、管理类、工商业类): what 乱占耕地建房 speaks of."""
    rules = case.pack.rules
    words = (*rules["R-14"].param("keywords"), *rules["R-17"].param("keywords"))
    return _has(actual_use(case), words)


def is_building(case: Case) -> bool:
    """建/构筑物 by type."""
    return case.patch_type in case.pack.rules["R-12"].param("permanent_types")


def is_constructed(case: Case) -> bool:
    """The type says that something was built."""
    return case.patch_type in case.pack.rules["R-26"].param("construction_types")


def is_facility_like(case: Case) -> bool:
    """设施农用地 by use, land use or layer."""
    rule = case.pack.rules["R-11"]
    if case.touches("facility_agri") or case.main_code in rule.param("landuse"):
        return True
    return _has(actual_use(case), rule.param("keywords"))


def is_natural(case: Case) -> bool:
    """The type speaks of planting or water."""
    return case.patch_type in case.pack.rules["R-01"].param("natural_types")


def unknown_kind(case: Case) -> bool:
    """Neither a type nor land use nor an answered use tells what it is."""
    return not (case.patch_type or case.main_code or actual_use(case))
