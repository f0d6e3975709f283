"""How far the approvals cover a patch: J2, J3, J6 and J16 of dossier 2.2."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Optional, Union

from .advice_case import Case, Finding, layer_name, percent, read_number, share_of
from .areas import round_mu
from .model import ROLE_LABELS

ZERO = Decimal(0)


def lacking(case: Case, roles: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the layers of `roles` that were not given."""
    return tuple(layer_name(role) for role in roles if not case.given(role))


def approved(case: Case) -> Iterator[Finding]:
    """J2, J3, J6, J16: how much of the patch do the approvals cover, and by which of them?"""
    covered, uncovered = case.covered, case.uncovered
    if covered is None or uncovered is None:
        roles = case.pack.rules["R-02"].param("needs_roles")
        yield Finding(case.reason("R-02", "unknown"), doubts=lacking(case, roles))
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
        missing = "供地手续" if case.given("supply") else f"供地手续（未提供{layer_name('supply')}）"
        yield Finding(case.reason("R-03", "only_approval"), "legal", "conversion_only", missing=(missing,))
    elif supply:
        missing = "农转用批地手续" if case.given("approval") else f"农转用批地手续（未提供{layer_name('approval')}）"
        yield Finding(case.reason("R-03", "only_supply"), "legal", "supply_only", missing=(missing,))
    elif case.full("title"):
        yield Finding(case.reason("R-03", "title"), "legal", "title")
    elif not any(case.full(role) for role in case.approvals_given):
        yield Finding(case.reason("R-03", "patchwork"), doubts=("各部分分别对应的批准手续（宜拆分图斑）",))


def _partly(case: Case, covered: Decimal, uncovered: Decimal) -> Iterator[Finding]:
    """J6 and J16: the rest may be an entrance, a sliver, old construction land, or 超占."""
    yield from _pieces(case)
    share = percent(covered, case.total)
    over = case.reason("R-06", "over", covered=covered, area=uncovered, percent=share)
    said = case.facts.answer("uncovered_is")
    if said:
        yield from _said(case, said, covered, uncovered)
        yield Finding(over) if said != "其他" else Finding(over, "illegal", "over_occupation", _needs(case))
        return
    limit = case.pack.threshold("entrance_uncovered_cropland_mu")
    fits, near = entrance(case, covered, uncovered), _near(case, covered)
    if near and (fits or (fits is None and uncovered < limit)):
        sliver = case.reason("R-16", "sliver", percent=share, area=uncovered, limit=limit)
        yield Finding(over)
        yield Finding(sliver, doubts=("未覆盖部分的现场照片（是否边角细缝或出入口）",))
    elif case.has_landuse and uncovered <= case.construction + case.tolerance:
        stock = case.reason("R-02", "stock", area=uncovered, construction=case.construction)
        yield Finding(over)
        yield Finding(stock, doubts=("未覆盖部分是否原有建设用地",))
    else:
        yield Finding(over, "illegal", "over_occupation", ("未覆盖部分的核实情况（宜拆分图斑）",))


def _needs(case: Case) -> tuple[str, ...]:
    return lacking(case, case.pack.rules["R-02"].param("needs_roles"))


def _said(case: Case, said: str, covered: Decimal, uncovered: Decimal) -> Iterator[Finding]:
    """A person said what the uncovered part is; the numbers of the pack still count."""
    limit = case.pack.threshold("entrance_uncovered_cropland_mu")
    share, area = percent(covered, case.total), uncovered
    if said == "出入口":
        fits = entrance(case, covered, uncovered)
        if fits:
            yield Finding(case.reason("R-16", "entrance", "info", percent=share, area=area, limit=limit),
                          "other", "entrance")  # fmt: skip
        elif fits is None:
            yield Finding(case.reason("R-16", "entrance_open", percent=share, area=area, limit=limit),
                          "other", "entrance", _entrance_lacks(case))  # fmt: skip
        else:
            yield Finding(case.reason("R-16", "entrance_no", percent=share, area=area, limit=limit),
                          "illegal", "over_occupation", _needs(case))  # fmt: skip
    elif said == "边角细缝":
        small = round_mu(uncovered) < limit
        doubts = () if small else ("未覆盖部分的核实情况（宜拆分图斑）",)
        yield Finding(case.reason("R-16", "edge", area=area), "other", "edge_sliver", doubts)
    else:
        yield Finding(case.reason("R-16", "else", area=area))


def _large(case: Case) -> bool:
    return round_mu(case.total) > case.pack.threshold("entrance_large_mu")


def _near(case: Case, covered: Decimal) -> bool:
    """Enough of the patch itself is covered for an entrance to be thinkable."""
    key = "entrance_large_cover_percent" if _large(case) else "entrance_small_cover_percent"
    return share_of(covered, case.total) >= case.pack.threshold(key)


def entrance(case: Case, covered: Decimal, uncovered: Decimal) -> Optional[bool]:
    """J16: do the numbers allow 其他·出入口? None while a number that decides is not known.

    Above `entrance_large_mu` the cover of the patch counts, up to it that of the main building. The uncovered
    耕地 lies between what cannot be covered and what cannot be more.
    """
    limit = case.pack.threshold("entrance_uncovered_cropland_mu")
    high = min(uncovered, case.cropland) if case.knows_cropland else uncovered
    low = max(ZERO, case.cropland - covered)
    cropland = True if round_mu(high) < limit else (False if round_mu(low) >= limit else None)
    cover: Optional[bool] = _near(case, covered)
    if not _large(case):
        building = read_number(case.facts.answer("building_cover"))
        cover = None if building is None else building >= case.pack.threshold("entrance_small_cover_percent")
    if cover is False or cropland is False:
        return False
    return True if cover and cropland else None


def _entrance_lacks(case: Case) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    if not _large(case) and read_number(case.facts.answer("building_cover")) is None:
        found += ("主体建筑套合率",)
    return found or ("未覆盖部分的耕地面积",)


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
    yield Finding(case.reason("R-02", "none", area=uncovered), "illegal", "", _needs(case))


def document_area(case: Case) -> Iterator[Finding]:
    """J6: more land than the document grants (the area typed by the clerk or noted at the document)."""
    granted = granted_mu(case)
    if granted is not None and case.total - granted > case.pack.threshold("identity_mu"):
        reason = case.reason("R-06", "document", area=case.total, approved=granted, over=case.total - granted)
        yield Finding(reason, doubts=("超出批准面积部分的核实情况",))


def granted_mu(case: Case) -> Optional[Decimal]:
    """亩 that the documents grant: the largest of what was typed and what is noted at 批文; None without any."""
    texts = [case.facts.answer("doc_area")]
    texts += [e.evidence.doc_area_mu for e in case.facts.evidence if e.purpose == "approval_doc"]
    numbers = [n for n in map(read_number, texts) if n is not None and n > 0]
    return max(numbers, default=None)
