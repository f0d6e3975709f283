"""All that the tests find on one patch, worked out once a case."""

from __future__ import annotations

from collections.abc import Iterator

from .advice_case import Case, Finding, layer_name
from .advice_rules import TESTS


def findings_of(case: Case) -> tuple[Finding, ...]:
    """The findings of every test, in the order of the tests; kept with the case."""
    if case.found is None:
        found = [finding for test in TESTS for finding in test(case)]
        found += _given(case)
        if case.shapeless:
            found.append(Finding(case.reason("R-20", "no_geometry"), doubts=("图斑图形",)))
        case.found = tuple(found)
    return case.found


def _given(case: Case) -> Iterator[Finding]:
    """What was not even measured."""
    if not case.facts.overlay:
        yield Finding(case.reason("R-20", "no_overlay"), doubts=("套合分析结果",))
    elif not case.has_landuse and case.knows_cropland:
        yield Finding(case.reason("R-20", "issued_only"), missing=(layer_name("landuse"),))
    elif not case.has_landuse:
        yield Finding(case.reason("R-20", "no_landuse"), doubts=(layer_name("landuse"),))
