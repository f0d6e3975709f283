"""Thresholds that matter, per case and per person or firm across patches, so that splitting hides none of them.

Hints with their source, never a verdict. Areas are 亩; what is added up is what is printed (two decimals), and
exactly at the limit counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Optional

from .advice_case import show_mu
from .areas import round_mu
from .dates import Span, parse_date
from .guide_model import Watch
from .registers import fold
from .rulepack import RulePack

__all__ = ["CaseFigures", "RatioFigures", "Watch", "actor_key", "ratio_watch", "watches"]

ZERO = Decimal(0)
#: Which clause of the rule a watch goes by (params clause_… of R-27); those of the penal limits else.
_CLAUSES = {"prime_any": "prime", "new_house": "house", "several_houses": "house", "ratio": "ratio"}
_PRIME, _CROPLAND = "永久基本农田", "耕地（永久基本农田以外）"


@dataclass(frozen=True)
class CaseFigures:
    """What one patch adds: 亩 of its part that nothing approves, unrounded.

    `site`: patches that lie together, or are parts of one, share it. `same_ground`: patches that cover the same
    ground (an earlier delivery of it); they are never added up. `estimated`: 亩 from the delivery, or of the whole
    patch because no approval layer tells which part is covered.
    """

    patch_uid: str
    patch_id: str
    actor: str = ""
    site: str = ""
    verdict: str = ""  # legal, illegal, other, empty: not judged yet
    sub_type: str = ""
    cropland: Decimal = ZERO  # without what is 永农
    prime: Decimal = ZERO
    estimated: bool = False
    built_on: str = ""
    image_before: str = ""
    actual_use: str = ""
    unchanged: bool = False
    same_ground: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RatioFigures:
    """违法占用耕地 and 新增建设占用耕地 (合法 + 违法) of one year, 亩."""

    year: str = ""
    illegal: Decimal = ZERO
    total: Decimal = ZERO


def actor_key(name: str) -> str:
    """A person or firm for comparison: blanks, stops, case, brackets and full width do not count; "" for none."""
    key = fold(name)
    return "" if key in _NOBODY else key


#: Words that name nobody.
_NOBODY = frozenset(map(fold, ("无", "不详", "未知", "不明", "待查", "待核实", "个人", "农户", "村民", "/", "-")))


def watches(pack: RulePack, patch_figures: CaseFigures, others: Sequence[CaseFigures]) -> tuple[Watch, ...]:
    """The thresholds that this patch reaches, alone or with the others of its actor or site.

    Nothing for a patch judged 合法 or 其他. Among the others only 违法 and not yet judged ones are added up.
    """
    if not _counts(patch_figures):
        return ()
    whole = together(patch_figures, others)
    found: list[Watch] = []
    if patch_figures.prime > pack.threshold("touch_mu"):
        text = "prime_whole" if patch_figures.estimated else "prime"
        found.append(_watch(pack, "prime_any", text, "high", {"area": show_mu(patch_figures.prime)}))
    for key, kind in (("prime", _PRIME), ("cropland", _CROPLAND)):
        reached = _penal(pack, patch_figures, whole, key, kind)
        found += [reached] if reached is not None else []
    return (*found, *_houses(pack, patch_figures, whole))


def together(own: CaseFigures, others: Iterable[CaseFigures]) -> list[CaseFigures]:
    """The patch and those that count with it: of its actor anywhere, or of its site unless somebody else's."""
    mine = actor_key(own.actor)
    taken, ground = [own], {own.patch_uid, *own.same_ground}
    for other in sorted(others, key=lambda o: (o.verdict != "illegal", o.patch_id, o.patch_uid)):
        theirs = actor_key(other.actor)
        same_actor = bool(mine) and mine == theirs
        same_site = bool(own.site) and own.site == other.site and (not mine or not theirs or same_actor)
        known = other.patch_uid in ground or any(item.patch_uid in other.same_ground for item in taken)
        if (same_actor or same_site) and _counts(other) and not known:
            taken.append(other)
            ground |= {other.patch_uid, *other.same_ground}
    return taken


def _counts(figures: CaseFigures) -> bool:
    return figures.verdict in ("illegal", "") and not figures.unchanged


def _penal(pack: RulePack, own: CaseFigures, whole: Sequence[CaseFigures], key: str, kind: str) -> Optional[Watch]:
    """永农 and other 耕地 against the limits of the penal reference; a patch with none of it adds none."""
    parts = [item for item in whole if round_mu(getattr(item, key)) > ZERO]
    if own not in parts:
        return None
    area = sum((round_mu(getattr(item, key)) for item in parts), ZERO)
    sure = sum((round_mu(getattr(item, key)) for item in parts if item.verdict == "illegal"), ZERO)
    limit, amber = pack.threshold(f"penal_{key}_mu"), pack.threshold(f"amber_{key}_mu")
    if area < amber:
        return None
    text, name = ("penal", f"penal_{key}") if area >= limit else ("near", f"near_{key}")
    severity = "high" if sure >= limit else "warn"
    values = {"whose": _whose(own, parts), "count": str(len(parts)), "kind": kind, "area": show_mu(area)}
    return _watch(pack, name, text, severity, {**values, "limit": f"{limit.normalize():f}"}, own, parts)


def _whose(own: CaseFigures, parts: Sequence[CaseFigures]) -> str:
    if len(parts) == 1:
        return "本图斑"
    mine = actor_key(own.actor)
    named = sum(bool(mine) and actor_key(item.actor) == mine for item in parts)
    if named == len(parts):
        return f"同一主体“{own.actor.strip()}”的 {len(parts)} 个图斑合计"
    if named > 1:
        return f"同一主体“{own.actor.strip()}”及相邻、拆分的 {len(parts)} 个图斑合计"
    return f"同一处相邻、拆分的 {len(parts)} 个图斑合计"


def _houses(pack: RulePack, own: CaseFigures, whole: Sequence[CaseFigures]) -> list[Watch]:
    """新增乱占耕地建房: zero tolerance, one is enough; several of one actor are named."""
    since = parse_date(pack.rules["R-17"].param("since")[0])
    if since is None or not is_new_house(pack, own, since):
        return []
    built = parse_date(own.built_on)
    if built is not None:
        shown = {"date": built.shown, "since": since.first}
        found = [_watch(pack, "new_house", "new_house", "high", shown)]
    else:
        before = parse_date(own.image_before)
        shown = {"before": before.shown if before is not None else "", "since": since.first}
        found = [_watch(pack, "new_house", "house_image", "warn", shown)]
    parts = [item for item in whole if is_new_house(pack, item, since)]
    if len(parts) > 1:
        shown = {"whose": _whose(own, parts).removesuffix("合计"), "count": str(len(parts))}
        found.append(_watch(pack, "several_houses", "several_houses", "high", shown, own, parts))
    return found


def is_new_house(pack: RulePack, figures: CaseFigures, since: Span) -> bool:
    """A house on 耕地 that was built after `since`, as answered or bounded by the earlier image."""
    words = (*pack.rules["R-14"].param("keywords"), *pack.rules["R-17"].param("keywords"))
    house = figures.sub_type in pack.rules["R-27"].param("unlawful_houses")
    if not house and not any(word in figures.actual_use for word in words):
        return False
    if figures.cropland + figures.prime <= pack.threshold("touch_mu"):
        return False
    start = parse_date(figures.built_on) or parse_date(figures.image_before)
    return start is not None and start.after(since)


def ratio_watch(pack: RulePack, figures: RatioFigures) -> tuple[Watch, ...]:
    """违法占用耕地比例 of the year against 15 % (and the amber mark before it); none without a denominator."""
    if figures.total <= ZERO:
        return ()
    share = round_mu(figures.illegal * 100 / figures.total)  # two decimals, as printed
    for key, severity in (("ratio_red_percent", "high"), ("ratio_amber_percent", "warn")):
        limit = pack.threshold(key)
        if share >= limit:
            values = {"year": figures.year, "percent": f"{share}", "limit": f"{limit.normalize():f}"}
            values.update(part=show_mu(figures.illegal), whole=show_mu(figures.total))
            return (_watch(pack, "ratio", "ratio", severity, values),)
    return ()


def _watch(
    pack: RulePack,
    name: str,
    text: str,
    severity: str,
    values: Mapping[str, str],
    own: Optional[CaseFigures] = None,
    parts: Sequence[CaseFigures] = (),
) -> Watch:
    rule = pack.rules["R-27"]
    said = rule.texts[text].format(**values)
    unsure, estimated = sum(not p.verdict for p in parts), sum(p.estimated for p in parts)
    said += rule.texts["unsure"].format(count=unsure) if unsure else ""
    said += rule.texts["estimated"].format(count=estimated) if estimated else ""
    ids = tuple(p.patch_id for p in parts if own is None or p.patch_uid != own.patch_uid)
    clause = rule.param(f"clause_{_CLAUSES.get(name, 'penal')}")
    return Watch(name, said, rule.source, "；".join(clause) or rule.clause, severity, ids)
