"""Houses and fraud: J14, J17 of dossier 2.2, and what the plan says of 骗取批准."""

from __future__ import annotations

from collections.abc import Iterator

from .advice_case import Case, Finding
from .advice_kinds import actual_use, is_building, is_built_house, is_house
from .dates import parse_date


def homestead(case: Case) -> Iterator[Finding]:
    """J14: houses of villagers."""
    if case.full("rural_house"):
        yield Finding(case.reason("R-14", "inside"), "other", "homestead")
        return
    actual = actual_use(case)
    if case.legally_covered or not any(word in actual for word in case.pack.rules["R-14"].param("keywords")):
        return
    if case.given("rural_house") and case.covered is not None and case.covered <= case.touch:
        yield Finding(case.reason("R-14", "none", use=actual), "illegal", "illegal_homestead")
    else:
        yield Finding(case.reason("R-14", "unknown", use=actual), doubts=("宅基地批准书、乡村建设规划许可证",))


def fraud(case: Case) -> Iterator[Finding]:
    """骗取批准: covered to 100 % and unlawful all the same; only a person can say so."""
    said = case.facts.answer("fraud")
    if said == "有疑点":
        yield Finding(case.reason("R-28", "suspected", "high"), doubts=("是否骗取批准的查证结论",))
    elif said == "已查实":
        house = is_house(case)
        reason = case.reason("R-28", "house" if house else "proved", "high")
        yield Finding(reason, "illegal", "illegal_homestead" if house else "fraud_approval")


def new_or_stock(case: Case) -> Iterator[Finding]:
    """J17: 新增 or 存量 乱占耕地建房; where the time of building is not known, the earlier image bounds it."""
    since = parse_date(case.pack.rules["R-17"].param("since")[0])
    if since is None or case.cropland <= case.touch or case.facts.answer("changed") == "否":
        return
    if case.uncovered is not None and case.uncovered <= case.tolerance:
        return  # approved: no 乱占
    if is_built_house(case):
        if case.built is None:
            before = case.before
            if before is not None and before.after(since):
                yield Finding(case.reason("R-17", "image", "high", before=before.shown, since=since.first))
        elif case.built.after(since):
            yield Finding(case.reason("R-17", "new", severity="high", date=case.built.shown, since=since.first))
        elif case.built.last <= since.last:
            yield Finding(case.reason("R-17", "stock", date=case.built.shown, since=since.first))
    elif is_building(case) and not actual_use(case):
        start = case.built or case.before
        if start is not None and start.after(since):
            yield Finding(case.reason("R-17", "suspect", "warn", area=case.cropland, since=since.first))
