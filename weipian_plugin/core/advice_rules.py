"""The tests of the pre-judgement, J1–J18 of dossier 2.2, one function each.

Each test yields findings with a reason; which finding leads is decided in `advice`. The sentences
and numbers are data of the pack: :data:`TEXT_KEYS` names the sentences and their placeholders.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Callable, Optional, Union

from .advice_case import Case, Finding, layer_name, percent, read_number, show_mu
from .advice_coverage import approved, document_area
from .advice_houses import fraud, homestead, new_or_stock
from .advice_kinds import actual_use, is_mineral, is_pv, is_road
from .advice_mining import mining
from .advice_registers import REGISTER_TESTS
from .advice_texts import PARAM_KEYS, TEXT_KEYS
from .areas import round_mu, to_mu
from .dates import Span, parse_date, plus_years
from .registers import fold
from .rulepack import RuleText, is_confirmed

__all__ = ["PARAM_KEYS", "TESTS", "TEXT_KEYS"]
NO, YES = "否", "是"


def real_change(case: Case) -> Iterator[Finding]:
    """J1: did anything really change?"""
    if is_mineral(case):
        return  # asked and answered by the mineral test
    if case.facts.answer("changed") == NO:
        yield Finding(case.reason("R-01", "unchanged"), "other", "no_change")
    elif case.facts.answer("changed") != YES and case.patch_type in case.pack.rules["R-01"].param("natural_types"):
        label = case.pack.patch_type_label(case.patch_type)
        yield Finding(case.reason("R-01", "natural", type=label), "other", "no_change", ("实地是否变化",))


def photovoltaic(case: Case) -> Iterator[Finding]:
    """J15: 光伏 arrays on 耕地 or 永农 are never 其他."""
    if not is_pv(case) or case.legally_covered:
        return
    for role_area, key in ((case.prime, "prime"), (case.cropland, "cropland")):
        if role_area > case.touch:
            yield Finding(case.reason("R-15", key, area=role_area), "illegal", "illegal_pv")
            return
    lacking: tuple[str, ...] = () if case.knows_prime else (layer_name("prime_farmland"),)
    lacking += () if case.knows_cropland else (layer_name("landuse"),)
    reason = case.reason("R-15", "unknown", "warn") if lacking else case.reason("R-15", "open", "info")
    yield Finding(reason, "other", "pv_unchanged", (*lacking, "光伏项目批复"))


def approval_date(case: Case) -> Iterator[Finding]:
    """J4: was it approved before it was built? Where an approval covers the patch; of houses too."""
    fields = case.pack.rules["R-04"].param("date_fields")
    legal = [role for role in ("approval", "supply", "title") if case.full(role)]
    house = not legal and case.full("rural_house")
    if not legal and not house:
        yield from _temp_granted(case, fields)
        return
    if legal[:2] == ["approval", "supply"]:
        yield from _supplied(case, fields)
    dates = _granted_on(case, legal[0] if legal else "rural_house", fields)
    if not dates or None in dates:
        dates = [*_document_dates(case, house=house)] or [None]
    known = [d for d in dates if d is not None]
    if not known:
        yield Finding(case.reason("R-04", "no_date"), doubts=("批准时间",)) if legal else Finding(missing=("批准时间",))
        return
    found = _in_time(case, max(known, key=lambda d: (d.last, d.first)))
    if legal or found.points:
        yield found if legal else replace(found, sub_type="illegal_homestead")
    else:  # a house without a known time of building stays 已批宅基地, the time is asked
        yield replace(found, doubts=(), missing=found.doubts)


def _granted_on(case: Case, role: str, fields: tuple[str, ...]) -> list[Optional[Span]]:
    """When `role` was granted: the first grant of the whole patch, else every grant of a part of it."""
    whole = case.dates_alone(role, fields)
    return [min(whole, key=lambda d: (d.last, d.first))] if whole else case.dates(role, fields)


def _supplied(case: Case, fields: tuple[str, ...]) -> Iterator[Finding]:
    """未供即用: converted in time, but supplied only after building began."""
    known = [d for d in _granted_on(case, "supply", fields) if d is not None]
    if not known:
        return
    last = max(known, key=lambda d: (d.last, d.first))
    found = _in_time(case, last)
    shown = {"date": last.shown}
    if found.points:
        built = case.built.shown if case.built else f"后时相 {case.after.last} 以前" if case.after else ""
        reason = case.reason("R-04", "supply_late", "high", built=built, **shown)
        yield Finding(reason, doubts=("供地时间与动工时间的核实情况（是否未供即用）",))
    elif found.doubts and case.before and case.after and case.built is None:
        reason = case.reason("R-04", "supply_between", before=case.before.shown, after=case.after.shown, **shown)
        yield Finding(reason, doubts=("建设时间",))


def _temp_granted(case: Case, fields: tuple[str, ...]) -> Iterator[Finding]:
    """临时用地 too is to be granted before it is used; an approval that came later is 补办."""
    if not case.full("temp_land"):
        return
    known = [d for d in _granted_on(case, "temp_land", fields) if d is not None]
    found = _in_time(case, max(known, key=lambda d: (d.last, d.first))) if known else Finding()
    if found.points:
        yield found
    elif found.doubts:
        yield replace(found, doubts=(), missing=found.doubts)


def _document_dates(case: Case, *, house: bool) -> Iterator[Span]:
    purposes = ("house_approval",) if house else ("approval_doc", "supply_doc")
    texts = [case.facts.answer("doc_date")]
    texts += [e.evidence.doc_date for e in case.facts.evidence if e.purpose in purposes]
    yield from (d for d in map(parse_date, texts) if d is not None)


def _in_time(case: Case, given: Span) -> Finding:
    """Compare an approval with the building date, or with the image dates that enclose it."""
    built, before, after = case.built, case.before, case.after
    shown = given.shown
    start = built or before  # not before this day did building begin
    if start is not None and given.last <= start.first:
        return Finding(case.reason("R-04", "in_time", "info", date=shown))
    if built is not None and given.after(built):
        return _late(case, shown, built.shown)
    if built is None and after is not None and given.after(after):
        return _late(case, shown, f"后时相 {after.last} 以前")
    if built is None and before is not None and after is not None:
        text = case.reason("R-04", "between", date=shown, before=before.shown, after=after.shown)
        return Finding(text, doubts=("建设时间",))
    lacking = "建设时间（到日）" if built else "建设时间"
    return Finding(case.reason("R-04", "no_built", date=shown), doubts=(lacking,))


def _late(case: Case, shown: str, built: str) -> Finding:
    reason = case.reason("R-04", "late", "high", date=shown, built=built)
    return Finding(reason, "illegal", "unapproved", ("动工时间与批准时间的核实情况",))


def use(case: Case) -> Iterator[Finding]:
    """J5: actual use against approved use; words differ easily, so only a hint."""
    approved_use, actual = case.facts.answer("approved_use"), actual_use(case)
    if not approved_use or not actual:
        return
    one, other = (fold(text).replace("用地", "") for text in (approved_use, actual))
    if one not in other and other not in one:
        reason = case.reason("R-05", "differs", approved=approved_use, actual=actual)
        yield Finding(reason, doubts=("实地用途与批准用途是否一致",))


def prime_farmland(case: Case) -> Iterator[Finding]:
    """J7: 永久基本农田, the 一票否决 item."""
    if case.touches("prime_farmland"):
        yield Finding(case.reason("R-07", "occupied", area=case.area("prime_farmland")))
    elif case.issued_prime is not None:
        if case.prime > case.touch:
            yield Finding(case.reason("R-07", "issued", area=case.prime))
        else:
            yield Finding(case.reason("R-07", "issued_none", severity="info"))
    elif not case.given("prime_farmland"):
        yield Finding(missing=(layer_name("prime_farmland"),))


def redline(case: Case) -> Iterator[Finding]:
    """J8: 生态保护红线."""
    if case.touches("eco_redline"):
        yield Finding(case.reason("R-08", "occupied", area=case.area("eco_redline")))
    elif not case.given("eco_redline"):
        yield Finding(missing=(layer_name("eco_redline"),))


def urban_boundary(case: Case) -> Iterator[Finding]:
    """J9: inside 城镇开发边界? Outside it alone is never against the plan: the plan zone says that, and a person."""
    zones = [f"{_zone(row.class_code)} {show_mu(to_mu(row.area_m2))} 亩" for row in case.zones()]
    if zones:
        yield Finding(case.reason("R-09", "zones", zones="、".join(zones)))
    if not case.given("urban_boundary"):
        if not zones:
            yield Finding(missing=(layer_name("urban_boundary"),))
        return
    inside = case.area("urban_boundary")
    outside = case.total - inside
    if inside > case.touch and outside <= case.tolerance:
        return
    if not case.given("plan_zone"):
        yield Finding(case.reason("R-09", "unknown", area=outside), missing=(layer_name("plan_zone"),))
    elif inside <= case.touch:
        yield Finding(case.reason("R-09", "outside"))
    else:
        yield Finding(case.reason("R-09", "partly", area=outside, inside=inside))


def _zone(code: str) -> str:
    return code or "（未写名称）"


def cropland(case: Case) -> Iterator[Finding]:
    """J10: 耕地, the numerator of the violation ratio; the issued figure where there is no land use."""
    summary = case.facts.summary
    if summary is not None and summary.net_refused:
        yield Finding(case.reason("R-20", "no_net"))
    if not case.knows_cropland:
        return
    if not case.has_landuse:
        if case.cropland > case.touch:
            yield Finding(case.reason("R-10", "issued", area=case.cropland))
        else:
            yield Finding(case.reason("R-10", "issued_none", severity="info"))
    elif case.cropland > case.touch:
        yield Finding(case.reason("R-10", "occupied", area=case.cropland, percent=percent(case.cropland, case.total)))
    else:
        yield Finding(case.reason("R-10", "none", severity="info"))


def facility(case: Case) -> Iterator[Finding]:
    """J11: 设施农用地 上图入库, used as such, not on land where it must not be."""
    used = actual_use(case)
    words = case.pack.rules["R-11"].param("misuse")
    if not case.touches("facility_agri"):
        if case.given("facility_agri") and any(word in used for word in case.pack.rules["R-11"].param("keywords")):
            yield Finding(case.reason("R-11", "unregistered", "warn", use=used))
        return
    area = case.area("facility_agri")
    if not case.full("facility_agri"):
        yield Finding(case.reason("R-11", "partly", area=area, percent=percent(area, case.total)))
        return
    if any(word in used for word in words):
        reason = case.reason("R-11", "misuse", "high", use=used)
        yield Finding(reason, "illegal", "illegal_facility", ("改变用途的核实情况",))
    doubts: tuple[str, ...] = () if used else ("实地用途",)
    doubts += () if case.knows_prime else (layer_name("prime_farmland"),)
    if case.prime > case.touch:
        doubts += ("压占永久基本农田部分的核定（是否破坏耕作层、有无补划）",)
        yield Finding(case.reason("R-11", "prime", area=case.prime))
    if case.cropland > case.touch:
        yield Finding(case.reason("R-11", "cropland", "warn", area=case.cropland))
    yield Finding(case.reason("R-11", "inside"), "other", "facility_agri", doubts)


def temp_land(case: Case) -> Iterator[Finding]:
    """J12: 临时用地, in term, nothing permanent on it."""
    if not case.touches("temp_land"):
        return
    rule, area = case.pack.rules["R-12"], case.area("temp_land")
    if not case.full("temp_land"):
        yield Finding(case.reason("R-12", "partly", area=area, percent=percent(area, case.total)))
        return
    yield from _on_temp_land(case, rule)
    end, today = temp_end(case), parse_date(case.facts.today)
    if end is None or today is None:
        yield Finding(case.reason("R-12", "no_term"), "other", "temp_land", ("临时用地有效期",))
    elif not today.after(end):
        yield Finding(case.reason("R-12", "in_term", "info", date=end.last), "other", "temp_land")
    elif case.facts.answer("reclaimed") == "是":
        yield Finding(case.reason("R-12", "reclaimed", "info", date=end.last), "other", "temp_land")
    else:
        yield _expired(case, end, today)


def _expired(case: Case, end: Span, today: Span) -> Finding:
    """Past its term and not reclaimed; while the time for reclaiming runs that is not yet overdue."""
    doubts = () if case.facts.answer("reclaimed") == "否" else ("期满后是否已复垦",)
    last = plus_years(end.last, int(case.pack.threshold("temp_reclaim_years")))
    if today.last <= last:
        reason = case.reason("R-12", "reclaiming", date=end.last, until=last)
        return Finding(reason, "illegal", "illegal_temp_land", (*doubts, "到期后是否已停止使用"))
    reason = case.reason("R-12", "expired", severity="high", date=end.last)
    return Finding(reason, "illegal", "illegal_temp_land", doubts)


def temp_end(case: Case) -> Optional[Span]:
    """When the 临时用地 ends: the earliest end of the parts it is granted in, else as answered; None when not known."""
    fields = case.pack.rules["R-12"].param("end_fields")
    whole = case.dates_alone("temp_land", fields)
    if len(whole) > 1:  # extended: the last term of the whole patch counts
        return max(whole, key=lambda d: (d.last, d.first))
    ends = case.dates("temp_land", fields)
    if not ends or None in ends:
        ends = [parse_date(case.facts.answer("expires_on"))]
    return min((d for d in ends if d), key=lambda d: (d.last, d.first), default=None)


def _on_temp_land(case: Case, rule: RuleText) -> Iterator[Finding]:
    """Permanent buildings, and 耕地 that only the city may grant."""
    said = case.facts.answer("permanent_building")
    if said == "是":
        yield Finding(case.reason("R-12", "built", "high"), "illegal", "illegal_temp_land")
    elif said != "否" and case.patch_type in rule.param("permanent_types"):
        label = case.pack.patch_type_label(case.patch_type)
        yield Finding(case.reason("R-12", "permanent", type=label), doubts=("是否建有永久建筑",))
    if case.cropland > case.touch or case.prime > case.touch:
        missing = () if case.facts.answer("authority") else ("批准机关（占耕地的须市级以上）",)
        yield Finding(case.reason("R-12", "level", "info", area=case.cropland, prime=case.prime), missing=missing)


def road_limits(case: Case) -> tuple[Decimal, Decimal, str]:
    """Lowest and highest width in m as the pack has them for its region, and the weaker source tag of the two."""
    pack, keys = case.pack, ("road_width_min_m", "road_width_max_m")
    tags = [pack.threshold_sources.get(key, "K") for key in keys]
    source = next((tag for tag in tags if not is_confirmed(tag)), tags[0])
    return pack.threshold(keys[0]), pack.threshold(keys[1]), source


def rural_road(case: Case) -> Iterator[Finding]:
    """J13: 农村道路 by type, land use or use, its width, and that it is none of the national network."""
    if not is_road(case):
        return
    low, high, source = road_limits(case)
    limits = {"low": f"{low.normalize():f}", "high": f"{high.normalize():f}"}
    purpose = case.facts.answer("road_purpose")
    if purpose == "国家公路网内" and not case.legally_covered:
        yield Finding(case.reason("R-13", "network", "warn"), "illegal", "illegal_local_road", ("道路用地批准手续",))
        return
    missing = () if purpose else ("道路是否在国家公路网以外、服务于农业生产",)
    width = read_number(case.facts.answer("road_width"))
    if width is None:
        reason = replace(case.reason("R-13", "no_width", **limits), source=source)
        yield Finding(reason, "other", "rural_road", ("道路宽度",), missing)
        return
    shown = f"{width:f}"
    if low <= width <= high:
        reason = replace(case.reason("R-13", "fits", width=shown, **limits), source=source)
        doubts = ("道路是否服务于农业生产",) if purpose == "其他" else ()
        yield Finding(reason, "other", "rural_road", doubts, missing)
    elif case.legally_covered:
        yield Finding(replace(case.reason("R-13", "too_wide", severity="info", width=shown, **limits), source=source))
    else:
        reason = replace(case.reason("R-13", "too_wide", width=shown, **limits), source=source)
        yield Finding(reason, "illegal", "illegal_local_road", ("道路用地批准手续",))


def landuse_hint(case: Case) -> Iterator[Finding]:
    """J18: what the land-use code suggests, only a hint."""
    hints = dict(h.split("=", 1) for h in case.pack.rules["R-18"].param("hints"))
    target = hints.get(case.main_code, hints.get(case.main_code[:4], ""))
    if not target:
        return
    verdict, _, name = target.partition("/")
    if verdict == "illegal" and case.uncovered is not None and case.uncovered <= case.tolerance:
        return  # dossier: 违法 unless approved
    found = case.pack.sub_type(verdict, name)
    label = {"legal": "合法", "illegal": "违法", "other": "其他"}[verdict] + (f"·{found.label}" if found else "")
    land = case.pack.land_class(case.main_code)
    yield Finding(case.reason("R-18", "hint", code=case.main_code, name=land.name if land else "", label=label))


def penal(case: Case) -> Iterator[Finding]:
    """Penal and reporting thresholds (法释〔2000〕14号 art. 3), were the open part judged 违法."""
    open_part = case.total if case.uncovered is None else case.uncovered
    prime = min(case.prime, open_part)
    other = min(max(Decimal(0), case.cropland - case.prime), open_part)
    names = ("永久基本农田" + ("（下发值）" if case.issued_prime is not None else ""),
             "耕地（永久基本农田以外" + ("，下发值）" if case.issued_cropland is not None else "）"))  # fmt: skip
    for kind, key, exact in ((names[0], "prime", prime), (names[1], "cropland", other)):
        area = round_mu(exact)  # judged as printed: 5.00 亩 has reached 5 亩
        limit, amber = case.pack.threshold(f"penal_{key}_mu"), case.pack.threshold(f"amber_{key}_mu")
        values: dict[str, Union[str, Decimal]] = {"area": area, "limit": f"{limit.normalize():f}", "kind": kind}
        if area >= limit:
            yield Finding(case.reason("R-19", "penal", severity="high", **values))
        elif area >= amber:
            yield Finding(case.reason("R-19", "near", severity="warn", **values))


#: Reading order of the reasons; the dossier's order of deciding is in `advice`.
TESTS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    prime_farmland, redline, approved, approval_date, fraud, real_change, photovoltaic, temp_land, facility,
    homestead, *REGISTER_TESTS, rural_road, mining, document_area, use, urban_boundary, cropland, new_or_stock, penal,
    landuse_hint,
)  # fmt: skip
