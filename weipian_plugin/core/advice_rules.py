"""The tests of the pre-judgement, J1–J18 of dossier 2.2, one function each.

Each test yields findings with a reason; which finding leads is decided in `advice`. The sentences
and numbers are data of the pack: :data:`TEXT_KEYS` names the sentences and their placeholders.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Callable, Optional, Union

from .advice_case import Case, Finding, layer_name, percent, show_mu
from .advice_registers import REGISTER_TESTS
from .areas import round_mu, to_mu
from .dates import Span, parse_date
from .model import ROLE_LABELS

#: Sentences that a pack must give, rule id -> key -> placeholders it may use.
TEXT_KEYS: Mapping[str, Mapping[str, frozenset[str]]] = {
    rule: {key: frozenset(names.split()) for key, names in texts.items()}
    for rule, texts in {
        "R-01": {"unchanged": "", "natural": "type"},
        "R-02": {"full": "area percent", "none": "area", "stock": "area construction", "unknown": ""},
        "R-03": {"both": "", "only_approval": "", "only_supply": "", "title": "", "patchwork": ""},
        "R-04": {"in_time": "date", "late": "date built", "between": "date before after",
                 "no_date": "", "no_built": "date"},
        "R-05": {"differs": "approved actual"},
        "R-06": {"over": "covered area percent", "document": "area approved over", "role": "role inside area"},
        "R-07": {"occupied": "area", "issued": "area", "issued_none": ""},
        "R-08": {"occupied": "area"},
        "R-09": {"outside": "", "partly": "area inside", "unknown": "area", "zones": "zones"},
        "R-10": {"occupied": "area percent", "none": "", "issued": "area", "issued_none": ""},
        "R-11": {"inside": "", "partly": "area percent", "prime": "area"},
        "R-12": {"in_term": "date", "expired": "date", "no_term": "", "partly": "area percent", "permanent": "type"},
        "R-13": {"fits": "width low high", "too_wide": "width low high", "no_width": "low high"},
        "R-14": {"inside": "", "none": "use", "unknown": "use"},
        "R-15": {"cropland": "area", "prime": "area", "open": "", "unknown": ""},
        "R-16": {"sliver": "percent area limit", "pieces": "count area width"},
        "R-17": {"new": "date since", "stock": "date since"},
        "R-18": {"hint": "code name label"},
        "R-19": {"penal": "area limit kind", "near": "area limit kind"},
        "R-20": {"no_overlay": "", "no_landuse": "", "no_geometry": "", "issued_only": "", "no_net": ""},
        "R-21": {"inside": "", "beyond": "area inside", "unknown": "", "measured": "inside area"},
        "R-22": {"found": "register who how", "guess": "register who how", "within": "used approved",
                 "over": "used approved over", "no_area": "who"},
        "R-23": {"register": "who count others", "patches": "who others"},
        "R-24": {"none": "area", "partly": "area covered", "unknown": "area", "landuse": "", "register": "area who"},
        "R-25": {"person": "who people limit allowed used over", "household": "who used limit over",
                 "no_people": "who"},
    }.items()
}  # fmt: skip
#: Parameter lists that a rule must give: rule id -> keys.
PARAM_KEYS: Mapping[str, tuple[str, ...]] = {
    "R-01": ("natural_types",),
    "R-02": ("needs_roles",),
    "R-04": ("date_fields",),
    "R-12": ("end_fields", "permanent_types"),
    "R-13": ("patch_types", "landuse"),
    "R-14": ("keywords",),
    "R-15": ("patch_types",),
    "R-17": ("since",),
    "R-18": ("hints",),
    "R-21": ("patch_types",),
}
NO, YES = "否", "是"


def real_change(case: Case) -> Iterator[Finding]:
    """J1: did anything really change?"""
    if case.facts.answer("changed") == NO:
        yield Finding(case.reason("R-01", "unchanged"), "other", "no_change")
    elif case.facts.answer("changed") != YES and case.patch_type in case.pack.rules["R-01"].param("natural_types"):
        label = case.pack.patch_type_label(case.patch_type)
        yield Finding(case.reason("R-01", "natural", type=label), "other", "no_change", ("实地是否变化",))


def photovoltaic(case: Case) -> Iterator[Finding]:
    """J15: 光伏 arrays on 耕地 or 永农 are never 其他."""
    if case.patch_type not in case.pack.rules["R-15"].param("patch_types") or case.legally_covered:
        return
    for role_area, key in ((case.prime, "prime"), (case.cropland, "cropland")):
        if role_area > case.touch:
            yield Finding(case.reason("R-15", key, area=role_area), "illegal", "illegal_pv")
            return
    lacking: tuple[str, ...] = () if case.knows_prime else (layer_name("prime_farmland"),)
    lacking += () if case.knows_cropland else (layer_name("landuse"),)
    reason = case.reason("R-15", "unknown", "warn") if lacking else case.reason("R-15", "open", "info")
    yield Finding(reason, "other", "pv_unchanged", (*lacking, "光伏项目批复"))


def approved(case: Case) -> Iterator[Finding]:
    """J2, J3, J6, J16: how much of the patch do the approvals cover, and by which of them?"""
    covered, uncovered = case.covered, case.uncovered
    if covered is None or uncovered is None:
        roles = case.pack.rules["R-02"].param("needs_roles")
        yield Finding(case.reason("R-02", "unknown"), doubts=_lacking(case, roles))
        return
    if uncovered <= case.tolerance:
        yield Finding(case.reason("R-02", "full", "info", area=covered, percent="100"))
        yield from _by_which(case)
    elif covered > case.touch:
        yield from _partly(case, covered, uncovered)
    else:
        yield from _not_approved(case, uncovered)


def _by_which(case: Case) -> Iterator[Finding]:
    conversion, supply = case.full("approval"), case.full("supply")
    if conversion and supply:
        yield Finding(case.reason("R-03", "both"), "legal", "conversion_and_supply")
    elif conversion:
        lacking = "供地手续" if case.given("supply") else f"供地手续（未提供{layer_name('supply')}）"
        yield Finding(case.reason("R-03", "only_approval"), "legal", "conversion_only", missing=(lacking,))
    elif supply:
        lacking = "农转用批地手续" if case.given("approval") else f"农转用批地手续（未提供{layer_name('approval')}）"
        yield Finding(case.reason("R-03", "only_supply"), "legal", "supply_only", missing=(lacking,))
    elif case.full("title"):
        yield Finding(case.reason("R-03", "title"), "legal", "title")
    elif not any(case.full(role) for role in case.approvals_given):
        yield Finding(case.reason("R-03", "patchwork"), doubts=("各部分分别对应的批准手续（宜拆分图斑）",))


def _partly(case: Case, covered: Decimal, uncovered: Decimal) -> Iterator[Finding]:
    yield from _pieces(case)
    share = percent(covered, case.total)
    over = case.reason("R-06", "over", covered=covered, area=uncovered, percent=share)
    large = case.total > case.pack.threshold("entrance_large_mu")
    needed = case.pack.threshold("entrance_large_cover_percent" if large else "entrance_small_cover_percent")
    limit = case.pack.threshold("entrance_uncovered_cropland_mu")
    if covered * 100 >= needed * case.total and uncovered < limit:
        sliver = case.reason("R-16", "sliver", percent=share, area=uncovered, limit=limit)
        yield Finding(over)
        yield Finding(sliver, doubts=("未覆盖部分的现场照片（是否边角细缝或出入口）",))
    elif case.has_landuse and uncovered <= case.construction + case.tolerance:
        stock = case.reason("R-02", "stock", area=uncovered, construction=case.construction)
        yield Finding(over)
        yield Finding(stock, doubts=("未覆盖部分是否原有建设用地",))
    else:
        yield Finding(over, "illegal", "over_occupation", ("未覆盖部分的核实情况（宜拆分图斑）",))


def _pieces(case: Case) -> Iterator[Finding]:
    """What no approval covers, piece by piece, and how far the patch leaves each approval that it meets."""
    pieces = case.pieces()
    if pieces:
        area, width = pieces[0]
        yield Finding(case.reason("R-16", "pieces", severity="info", count=str(len(pieces)), area=area, width=width))
    met = [role for role in case.approvals_given if case.touches(role) and not case.full(role)]
    for role in met if len(met) > 1 else ():
        inside = case.area(role)
        values: dict[str, Union[str, Decimal]] = {"role": ROLE_LABELS[role], "inside": inside}
        yield Finding(case.reason("R-06", "role", severity="info", area=case.total - inside, **values))


def _not_approved(case: Case, uncovered: Decimal) -> Iterator[Finding]:
    if case.has_landuse and uncovered <= case.construction + case.tolerance:
        stock = case.reason("R-02", "stock", area=uncovered, construction=case.construction)
        yield Finding(stock, doubts=("原有建设用地的来源证明",))
        return
    lacking = _lacking(case, case.pack.rules["R-02"].param("needs_roles"))
    yield Finding(case.reason("R-02", "none", area=uncovered), "illegal", "", lacking)


def approval_date(case: Case) -> Iterator[Finding]:
    """J4: was it approved before it was built? Only where an approval covers the patch."""
    if not case.legally_covered:
        return
    roles = [role for role in ("approval", "supply", "title") if case.full(role)]
    dates = [d for role in roles[:1] for d in case.dates(role, case.pack.rules["R-04"].param("date_fields"))]
    if not dates or None in dates:
        dates = [*_document_dates(case)] or [None]
    known = [d for d in dates if d is not None]
    if not known:
        yield Finding(case.reason("R-04", "no_date"), doubts=("批准时间",))
        return
    yield _in_time(case, max(known, key=lambda d: d.last))


def _document_dates(case: Case) -> Iterator[Span]:
    texts = [case.facts.answer("doc_date")]
    texts += [e.evidence.doc_date for e in case.facts.evidence if e.purpose in ("approval_doc", "supply_doc")]
    yield from (d for d in map(parse_date, texts) if d is not None)


def _in_time(case: Case, given: Span) -> Finding:
    """Compare an approval with the building date, or with the image dates that enclose it."""
    built, before, after = case.built, case.before, case.after
    shown = given.first if given.first == given.last else f"{given.first} 至 {given.last}"
    start = built or before  # not before this day did building begin
    if start is not None and given.last <= start.first:
        return Finding(case.reason("R-04", "in_time", "info", date=shown))
    if built is not None and given.after(built):
        return _late(case, shown, built.first)
    if built is None and after is not None and given.after(after):
        return _late(case, shown, f"后时相 {after.last} 以前")
    if built is None and before is not None and after is not None:
        text = case.reason("R-04", "between", date=shown, before=before.first, after=after.last)
        return Finding(text, doubts=("建设时间",))
    lacking = "建设时间（到日）" if built else "建设时间"
    return Finding(case.reason("R-04", "no_built", date=shown), doubts=(lacking,))


def _late(case: Case, shown: str, built: str) -> Finding:
    reason = case.reason("R-04", "late", date=shown, built=built)
    return Finding(reason, "illegal", "unapproved", ("动工时间与批准时间的核实情况",))


def use(case: Case) -> Iterator[Finding]:
    """J5: actual use against approved use; words differ easily, so only a hint."""
    approved_use, actual = case.facts.answer("approved_use"), case.facts.answer("actual_use")
    if approved_use and actual and approved_use != actual:
        reason = case.reason("R-05", "differs", approved=approved_use, actual=actual)
        yield Finding(reason, doubts=("实地用途与批准用途是否一致",))


def document_area(case: Case) -> Iterator[Finding]:
    """J6: more land than the document grants (the area typed by the clerk or noted at the document)."""
    texts = [case.facts.answer("doc_area")]
    texts += [e.evidence.doc_area_mu for e in case.facts.evidence if e.purpose == "approval_doc"]
    numbers = [n for n in map(_number, texts) if n is not None and n > 0]
    if numbers and case.total - max(numbers) > case.pack.threshold("identity_mu"):
        granted = max(numbers)
        reason = case.reason("R-06", "document", area=case.total, approved=granted, over=case.total - granted)
        yield Finding(reason, doubts=("超出批准面积部分的核实情况",))


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
    """J11: 设施农用地 上图入库."""
    if not case.touches("facility_agri"):
        return
    area = case.area("facility_agri")
    if not case.full("facility_agri"):
        yield Finding(case.reason("R-11", "partly", area=area, percent=percent(area, case.total)))
        return
    doubts: tuple[str, ...] = () if case.facts.answer("actual_use") else ("实地用途",)
    doubts += () if case.knows_prime else (layer_name("prime_farmland"),)
    if case.prime > case.touch:
        doubts += ("压占永久基本农田部分的核定（是否破坏耕作层、有无补划）",)
        yield Finding(case.reason("R-11", "prime", area=case.prime))
    yield Finding(case.reason("R-11", "inside"), "other", "facility_agri", doubts)


def temp_land(case: Case) -> Iterator[Finding]:
    """J12: 临时用地, in term, nothing permanent on it."""
    if not case.touches("temp_land"):
        return
    rule, area = case.pack.rules["R-12"], case.area("temp_land")
    if not case.full("temp_land"):
        yield Finding(case.reason("R-12", "partly", area=area, percent=percent(area, case.total)))
        return
    if case.patch_type in rule.param("permanent_types"):
        label = case.pack.patch_type_label(case.patch_type)
        yield Finding(case.reason("R-12", "permanent", type=label), doubts=("是否建有永久建筑",))
    ends = case.dates("temp_land", rule.param("end_fields"))
    if not ends or None in ends:
        ends = [parse_date(case.facts.answer("expires_on"))]
    known, today = [d for d in ends if d], parse_date(case.facts.today)
    if not known or today is None:
        yield Finding(case.reason("R-12", "no_term"), "other", "temp_land", ("临时用地有效期",))
        return
    end = min(known, key=lambda d: d.last)
    if today.after(end):
        yield Finding(case.reason("R-12", "expired", severity="high", date=end.last), "illegal", "illegal_temp_land",
                      ("期满后是否已复垦",))  # fmt: skip
    else:
        yield Finding(case.reason("R-12", "in_term", "info", date=end.last), "other", "temp_land")


def rural_road(case: Case) -> Iterator[Finding]:
    """J13: 农村道路 by type or land use, and its width."""
    rule = case.pack.rules["R-13"]
    if case.patch_type not in rule.param("patch_types") and case.main_code not in rule.param("landuse"):
        return
    low, high = case.pack.threshold("road_width_min_m"), case.pack.threshold("road_width_max_m")
    limits = {"low": f"{low.normalize():f}", "high": f"{high.normalize():f}"}
    width = _number(case.facts.answer("road_width"))
    if width is None:
        yield Finding(case.reason("R-13", "no_width", **limits), "other", "rural_road", ("道路宽度",))
        return
    shown = f"{width:f}"
    if low <= width <= high:
        yield Finding(case.reason("R-13", "fits", width=shown, **limits), "other", "rural_road")
    elif case.legally_covered:
        yield Finding(case.reason("R-13", "too_wide", severity="info", width=shown, **limits))
    else:
        reason = case.reason("R-13", "too_wide", width=shown, **limits)
        yield Finding(reason, "illegal", "illegal_local_road", ("道路用地批准手续",))


def homestead(case: Case) -> Iterator[Finding]:
    """J14: houses of villagers."""
    if case.full("rural_house"):
        yield Finding(case.reason("R-14", "inside"), "other", "homestead")
        return
    actual = case.facts.answer("actual_use")
    if case.legally_covered or not any(word in actual for word in case.pack.rules["R-14"].param("keywords")):
        return
    if case.given("rural_house") and case.covered is not None and case.covered <= case.touch:
        yield Finding(case.reason("R-14", "none", use=actual), "illegal", "illegal_homestead")
    else:
        yield Finding(case.reason("R-14", "unknown", use=actual), doubts=("宅基地批准书、乡村建设规划许可证",))


def new_or_stock(case: Case) -> Iterator[Finding]:
    """J17: 新增 or 存量 乱占耕地建房."""
    since = parse_date(case.pack.rules["R-17"].param("since")[0])
    actual = case.facts.answer("actual_use")
    houses = any(word in actual for word in case.pack.rules["R-14"].param("keywords"))
    if since is None or case.built is None or not houses or case.cropland <= case.touch:
        return
    if case.built.after(since):
        yield Finding(case.reason("R-17", "new", severity="high", date=case.built.first, since=since.first))
    elif case.built.last <= since.last:
        yield Finding(case.reason("R-17", "stock", date=case.built.first, since=since.first))


def landuse_hint(case: Case) -> Iterator[Finding]:
    """J18: what the land-use code suggests, only a hint."""
    hints = dict(h.split("=", 1) for h in case.pack.rules["R-18"].param("hints"))
    target = hints.get(case.main_code, hints.get(case.main_code[:4], ""))
    if not target:
        return
    verdict, _, name = target.partition("/")
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


def mining(case: Case) -> Iterator[Finding]:
    """Mineral patches against the mining right (dossier 6)."""
    inside = case.area("mining_right")
    if case.patch_type not in case.pack.rules["R-21"].param("patch_types"):
        if case.touches("mining_right"):
            outside = max(Decimal(0), case.total - inside)
            yield Finding(case.reason("R-21", "measured", severity="info", inside=inside, area=outside))
        return
    if not case.given("mining_right"):
        yield Finding(case.reason("R-21", "unknown"), doubts=(layer_name("mining_right"),))
    elif case.full("mining_right"):
        yield Finding(case.reason("R-21", "inside"), doubts=("许可证有效期",))
    else:
        outside = case.total - inside
        reason = case.reason("R-21", "beyond", severity="high", area=outside, inside=inside)
        yield Finding(reason, "illegal", "beyond_boundary", ("矿区范围外的开采情况",))


def _lacking(case: Case, roles: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(layer_name(role) for role in roles if not case.given(role))


def _number(text: str) -> Optional[Decimal]:
    try:
        value = Decimal(text.strip()) if text.strip() else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None


#: Reading order of the reasons; the dossier's order of deciding is in `advice`.
TESTS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    prime_farmland, redline, approved, approval_date, real_change, photovoltaic, temp_land, facility,
    homestead, *REGISTER_TESTS, rural_road, mining, document_area, use, urban_boundary, cropland, new_or_stock, penal,
    landuse_hint,
)  # fmt: skip
