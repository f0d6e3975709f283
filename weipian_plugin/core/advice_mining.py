"""Mineral patches against the mining right (dossier 6): scope, term and accepted renewal, 矿种, provincial check."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Optional

from .advice_case import Case, Finding, date_of, layer_name
from .advice_kinds import actual_use, is_mineral
from .areas import round_mu
from .dates import Span, parse_date
from .pack_flow import Mineral
from .registers import fold

ZERO = Decimal(0)


def mining(case: Case) -> Iterator[Finding]:
    """The 矿业权 test: inside or beyond, valid or expired; what is not known is asked."""
    inside = case.area("mining_right")
    if not is_mineral(case):
        if case.touches("mining_right"):
            outside = max(ZERO, case.total - inside)
            yield Finding(case.reason("R-21", "measured", severity="info", inside=inside, area=outside))
        return
    yield from _minerals(case)
    yield from _handling(case)
    if case.facts.answer("changed") == "否":
        yield Finding(case.reason("R-21", "unchanged", "info"), "other", "mine_no_activity")
        return
    if not case.given("mining_right"):
        yield Finding(case.reason("R-21", "unknown"), doubts=(layer_name("mining_right"),))
        return
    if case.full("mining_right"):
        yield Finding(case.reason("R-21", "inside", "info"))
        yield _term(case)
        return
    yield from _provincial(case)
    if inside <= case.touch:
        reason = case.reason("R-21", "none", severity="high", area=case.total)
        yield Finding(reason, "illegal", "no_licence", ("有无勘查、采矿许可证",))
        return
    reason = case.reason("R-21", "beyond", severity="high", area=case.total - inside, inside=inside)
    yield Finding(reason, "illegal", "beyond_boundary", ("矿区范围外的开采情况",))


def _handling(case: Case) -> Iterator[Finding]:
    """非立案处理 and 不处理 need an explanation with material (2011 handling)."""
    said = case.facts.answer("handling")
    if said in ("非立案处理", "不处理") and not any(e.purpose == "explanation" for e in case.facts.evidence):
        yield Finding(missing=(f"{said}的情况说明及附件",))


def _provincial(case: Case) -> Iterator[Finding]:
    """疑似违法开采 of this area and more is checked on the spot by the province."""
    limit = case.pack.threshold("mining_provincial_mu")
    if round_mu(case.total) >= limit:
        yield Finding(case.reason("R-21", "provincial", "warn", area=round_mu(case.total), limit=_plain(limit)))


_Term = tuple[Optional[Span], Optional[Span]]


def licence_terms(case: Case) -> list[_Term]:
    """(beginning, end) of each licence that may carry the patch: as answered, else of every right that covers it
    whole; where it lies in several, the latest beginning and the earliest end of them, no end while one lacks."""
    answered = parse_date(case.facts.answer("licence_until"))
    if answered is not None:
        return [(None, answered)]
    rule = case.pack.rules["R-21"]
    starts, ends = rule.param("start_fields"), rule.param("end_fields")
    whole = [(date_of(detail, starts), date_of(detail, ends)) for detail in case.alone("mining_right")]
    if whole:
        return whole
    known = [end for end in case.dates("mining_right", ends) if end is not None]
    begun = [start for start in case.dates("mining_right", starts) if start is not None]
    complete = bool(known) and len(known) == len(list(case.detail("mining_right")))
    end = min(known, key=lambda day: (day.last, day.first)) if complete else None
    return [(max(begun, key=lambda day: (day.last, day.first), default=None), end)]


def _term(case: Case) -> Finding:
    """The licence that speaks best for the patch: one that was valid, then one that is not known, then the latest."""
    found = [(_term_of(case, start, end), end.last if end else "") for start, end in licence_terms(case)]
    return max(
        found, key=lambda item: (item[0].points == "legal" and not item[0].doubts, bool(item[0].doubts), item[1])
    )[0]


def _term_of(case: Case, begun: Optional[Span], end: Optional[Span]) -> Finding:
    """Valid while it was mined? The mining lies at the answered time, else between the two images."""
    start, until = case.built or case.before, case.built or case.after
    if begun is not None and until is not None and begun.after(until):
        return Finding(case.reason("R-21", "later", date=begun.shown), doubts=("开采时有没有许可证",))
    if end is None:
        return Finding(case.reason("R-21", "no_term"), "legal", "valid_mining", ("许可证有效期",))
    if begun is not None and start is not None and begun.after(start):
        reason = case.reason("R-21", "later", date=begun.shown)
        return Finding(reason, "legal", "valid_mining", ("开采时间是否在许可证有效期内",))
    if until is not None and end.first >= until.last:
        return Finding(case.reason("R-21", "valid", "info", date=end.last), "legal", "valid_mining")
    if start is not None and end.before(start):
        return _renewal(case, end)
    return Finding(
        case.reason("R-21", "during", date=end.last), "legal", "valid_mining", ("开采时间是否在许可证有效期内",)
    )


def _renewal(case: Case, end: Span) -> Finding:
    """Expired: still 合法 when the renewal was lawfully applied for and accepted (2011)."""
    accepted = case.facts.answer("renewal_accepted")
    if accepted == "是":
        return Finding(case.reason("R-21", "accepted", date=end.last), "legal", "valid_mining")
    if accepted == "否":
        return Finding(case.reason("R-21", "refused", "high", date=end.last), "illegal", "expired_licence")
    return Finding(case.reason("R-21", "expired", date=end.last), doubts=("延续申请是否已受理",))


def mineral_of(case: Case, text: str) -> Optional[Mineral]:
    """The 矿种 of the pack that a word names, None for one that it does not know."""
    wanted = fold(text)
    for item in case.pack.minerals.values():
        if wanted and wanted in {fold(name) for name in (item.id, item.label, *item.aliases)}:
            return item
    return None


def licence_minerals(case: Case) -> tuple[str, ...]:
    """矿种 as the rights met say, each once, sorted."""
    fields = {name.casefold() for name in case.pack.rules["R-21"].param("mineral_fields")}
    found = {
        str(value).strip()
        for detail in case.detail("mining_right")
        for key, value in detail.items()
        if key.strip().casefold() in fields and str(value).strip()
    }
    return tuple(sorted(found))


def _minerals(case: Case) -> Iterator[Finding]:
    """Strategic 矿种 are named; another 矿种 than the licence says is to be looked into."""
    filled, granted = case.facts.answer("mineral"), licence_minerals(case)
    named = [mineral_of(case, text) for text in (filled, *granted)]
    named += [item for item in case.pack.minerals.values() if item.strategic and _in_use(case, item)]
    strategic = sorted({item.label for item in named if item is not None and item.strategic})
    if strategic:
        yield Finding(case.reason("R-21", "strategic", "high", mineral="、".join(strategic)))
    if filled and granted and not any(_same(case, filled, text) for text in granted):
        reason = case.reason("R-21", "mineral", filled=filled, licence="、".join(granted))
        yield Finding(reason, doubts=("是否擅自改变矿种",))


def _in_use(case: Case, item: Mineral) -> bool:
    return any(len(name) > 1 and name in actual_use(case) for name in (item.label, *item.aliases))


def _same(case: Case, one: str, other: str) -> bool:
    first, second = mineral_of(case, one), mineral_of(case, other)
    if first is not None and second is not None:
        return first.id == second.id
    return fold(one) in fold(other) or fold(other) in fold(one)


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
