"""What was filled in against what is known (R-26): sentences to look again at, never a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Callable, Optional, Union

from . import advice_kinds as kinds
from .advice_case import ZERO, Case, read_number
from .advice_coverage import granted_mu
from .advice_model import Contradiction
from .advice_rules import road_limits, temp_end
from .areas import parse_mu
from .closure import since_reopening
from .dates import parse_date
from .prefill import layer_values
from .registers import fold_doc_no

#: Widths that differ by more than this share, and by more than half a metre, are worth a look.
_WIDTH_SHARE = Decimal("0.25")
_WIDTH_M = Decimal("0.5")


def contradictions(case: Case) -> tuple[Contradiction, ...]:
    """Everything that does not fit together, in the order of the tests."""
    return tuple(dict.fromkeys(item for test in _TESTS for item in test(case)))


def _say(case: Case, key: str, **values: object) -> Contradiction:
    shown: dict[str, Union[str, Decimal]] = {k: v if isinstance(v, Decimal) else str(v) for k, v in values.items()}
    reason = case.reason("R-26", key, severity="", **shown)
    return Contradiction(reason.rule_id, reason.text, reason.clause, reason.source)


def _sub(case: Case) -> str:
    verdict, sub_type = case.facts.chosen
    found = case.pack.sub_type(verdict, sub_type)
    return found.label if found else {"legal": "合法", "illegal": "违法", "other": "其他"}.get(verdict, "")


def _sub_id(case: Case) -> str:
    found = case.pack.sub_type(*case.facts.chosen)
    return found.id if found else ""


def _legal(case: Case) -> Iterator[Contradiction]:
    """合法 with a smaller document, with uncovered ground, with a late approval, with proven fraud."""
    verdict = case.facts.chosen[0]
    if verdict in ("legal", "other") and case.facts.answer("fraud") == "已查实":
        yield _say(case, "fraud")
    if verdict != "legal":
        return
    granted, uncovered = granted_mu(case), case.uncovered
    if granted is not None and case.total - granted > case.pack.threshold("identity_mu"):
        yield _say(case, "doc_area", approved=granted, area=case.total)
    mineral = kinds.is_mineral_sub_type(case, *case.facts.chosen)
    if uncovered is not None and uncovered > case.tolerance and not mineral:
        yield _say(case, "uncovered", area=uncovered)
    given, start = parse_date(case.facts.answer("doc_date")), case.built
    if given is not None and start is not None and given.after(start):
        yield _say(case, "late", date=given.shown, built=start.shown)


def _illegal(case: Case) -> Iterator[Contradiction]:
    """违法 where the approvals cover all of it; the classes that may be so stand in the pack."""
    verdict = case.facts.chosen[0]
    lines = case.facts.answer("lines")
    if verdict in ("legal", "other") and lines:
        yield _say(case, "lines", lines=lines)
    may = case.pack.rules["R-26"].param("may_be_covered")
    if verdict == "illegal" and _sub_id(case) not in may and case.legally_covered:
        yield _say(case, "covered", sub=_sub(case))


def _dates(case: Case) -> Iterator[Contradiction]:
    """Times that cannot be: after the later image, in the future, an end before its beginning."""
    built, after, today = case.built, case.after, parse_date(case.facts.today)
    if built is not None and after is not None and built.after(after):
        yield _say(case, "built_after", built=built.shown, after=after.shown)
    for key in ("built_on", "doc_date"):
        day = parse_date(case.facts.answer(key))
        if day is not None and today is not None and day.after(today):
            yield _say(case, "built_future", field=case.pack.ask_fields[key].label, date=day.shown)
    given, end = parse_date(case.facts.answer("doc_date")), parse_date(case.facts.answer("expires_on"))
    if given is not None and end is not None and given.after(end):
        yield _say(case, "dates", first=f"批准时间 {given.shown}", second=f"有效期止 {end.shown}")


def _change(case: Case) -> Iterator[Contradiction]:
    """未变化 against a built type or the answer, and the answer against anything else."""
    verdict = case.facts.chosen[0]
    if not verdict:
        return
    unchanged = _sub_id(case) in case.pack.rules["R-26"].param("unchanged")
    changed = case.facts.answer("changed")
    if unchanged and kinds.is_constructed(case) and not kinds.is_mineral(case):
        yield _say(case, "unchanged_type", sub=_sub(case), type=case.pack.patch_type_label(case.patch_type))
    if unchanged and changed == "是":
        yield _say(case, "unchanged_answer", sub=_sub(case))
    if not unchanged and changed == "否":
        yield _say(case, "changed_answer", sub=_sub(case))


def _mineral(case: Case) -> Iterator[Contradiction]:
    """A mineral patch judged as no mineral class, and the reverse."""
    verdict, sub_type = case.facts.chosen
    if not sub_type:
        return
    as_mineral = kinds.is_mineral_sub_type(case, verdict, sub_type)
    general = _sub_id(case) in case.pack.rules["R-26"].param("unchanged")
    if kinds.is_mineral(case) and not as_mineral and not general:
        yield _say(case, "mineral_sub", sub=_sub(case))
    known = bool(case.patch_type) and case.has_landuse
    signs = case.main_code in case.pack.rules["R-21"].param("landuse") or case.touches("mining_right")
    if as_mineral and known and not kinds.is_mineral(case) and not signs:
        yield _say(case, "no_mineral", sub=_sub(case))


def _outside(case: Case, role: str) -> Optional[Decimal]:
    """亩 outside `role`, None when the layer was not given or covers the patch."""
    if not case.given(role) or case.full(role):
        return None
    return case.total - case.area(role)


def _kinds(case: Case) -> Iterator[Contradiction]:
    """The chosen sub-type against the layer that would carry it."""
    sub = _sub_id(case)
    if sub == "facility_agri":
        outside = _outside(case, "facility_agri")
        if outside is not None:
            yield _say(case, "facility", sub=_sub(case), area=outside)
        used = kinds.actual_use(case)
        if any(word in used for word in case.pack.rules["R-11"].param("misuse")):
            yield _say(case, "facility_use", use=used)
    if sub == "temp_land":
        outside = _outside(case, "temp_land")
        if outside is not None:
            yield _say(case, "temp", sub=_sub(case), area=outside)
        end, today = temp_end(case), parse_date(case.facts.today)
        if end is not None and today is not None and today.after(end) and case.facts.answer("reclaimed") != "是":
            yield _say(case, "temp_expired", date=end.last)
    registered = any(m.certain and m.entry.register == "rural_house" for m in case.facts.registers)
    if sub == "homestead" and case.given("rural_house") and not case.touches("rural_house") and not registered:
        yield _say(case, "homestead", sub=_sub(case))
    if sub == "pv_unchanged" and max(case.cropland, case.prime) > case.touch:
        yield _say(case, "pv", sub=_sub(case), area=max(case.cropland, case.prime))


def _road(case: Case) -> Iterator[Contradiction]:
    """The filled width against the measured one and against the range."""
    width = read_number(case.facts.answer("road_width"))
    if width is None or width <= 0:
        return
    measured = case.facts.measured_width_m
    if measured is not None and measured > 0:
        other = Decimal(repr(measured)).quantize(Decimal("0.1"))
        gap = abs(width - other)
        if gap > _WIDTH_M and gap > _WIDTH_SHARE * max(width, other):
            yield _say(case, "road_measured", width=f"{width:f}", measured=f"{other:f}")
    low, high, _ = road_limits(case)
    if _sub_id(case) == "rural_road" and not low <= width <= high:
        limits = {"low": f"{low.normalize():f}", "high": f"{high.normalize():f}"}
        yield _say(case, "road_range", width=f"{width:f}", **limits)


def _rectified(case: Case) -> Iterator[Contradiction]:
    """More demolished, reclaimed or regularised than there is."""
    done = [a for a in since_reopening(case.facts.actions) if a.kind == "rectified"]
    for key in ("demolished", "reclaimed", "regularised"):
        total = sum((_mu(str(getattr(action, f"{key}_mu"))) for action in done), ZERO)
        if total - case.total > case.pack.threshold("identity_mu"):
            yield _say(case, key, done=total, area=case.total)


def _mu(text: str) -> Decimal:
    try:
        return parse_mu(text)
    except ValueError:
        return ZERO


def _layers(case: Case) -> Iterator[Contradiction]:
    """Numbers and dates of documents against the attributes of the layers."""
    for key, roles in _DOCUMENTS:
        filled = case.facts.answer(key)
        known = layer_values(case, key, roles) if filled else ()
        if not known:
            continue
        if key in ("doc_no", "licence_no"):
            same = any(fold_doc_no(filled) == fold_doc_no(text) for text in known)
        else:
            day = parse_date(filled)
            days = [span for span in map(parse_date, known) if span is not None]
            same = day is None or not days or any(not day.before(d) and not day.after(d) for d in days)
        if not same:
            yield _say(case, key, filled=filled, layer="、".join(known[:3]))


_LEGAL_ROLES = ("approval", "supply", "title", "temp_land", "facility_agri", "rural_house")
_DOCUMENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("doc_no", _LEGAL_ROLES), ("doc_date", _LEGAL_ROLES),
    ("licence_no", ("mining_right",)), ("licence_until", ("mining_right",)),
)  # fmt: skip
_TESTS: tuple[Callable[[Case], Iterator[Contradiction]], ...] = (
    _legal, _illegal, _dates, _change, _mineral, _kinds, _road, _rectified, _layers,
)  # fmt: skip
