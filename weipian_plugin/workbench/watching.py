"""Thresholds across patches: which patches count together with one, and what they reach (core.watch).

Together count: parts of one parent, what lies within `neighbour_m`, and everything of the same person or firm in any
batch. Who it is comes from the judgement, else from the delivered attributes. All is read for a few patches at a
time; only the names stay in memory, and of those only what is new is read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Optional

from ..core.areas import to_mu
from ..core.fields import normalise
from ..core.model import Judgement, Patch
from ..core.rulepack import RulePack
from ..core.watch import CaseFigures, RatioFigures, Watch, actor_key, ratio_watch, watches
from ..geo.nearness import grown_box, within
from ..store import figures
from ..store.workspace import Workspace

ZERO = Decimal(0)
#: A site is followed from neighbour to neighbour this far, and to this many patches.
_ROUNDS, _MOST = 4, 60
#: Ground that is the same: this share of the smaller patch.
_SAME_SHARE = 0.5
_MANY_OF_ACTOR = 2000
#: From this many on the whole table is read at once.
_MANY_AT_ONCE = 500


class Watcher:
    """The watched thresholds of a workspace."""

    def __init__(self, workspace: Workspace, pack: RulePack, *, net: bool = False) -> None:
        self._ws = workspace
        self._pack = pack
        self._net = net
        self._names = _Names(workspace, pack)
        self._ratio = _Ratio(workspace, pack, net=net)
        self._mark: tuple[object, ...] = ()

    def watches(
        self, patch: Patch, judgement: Optional[Judgement], verdict: str = "", issued_on: str = ""
    ) -> tuple[Watch, ...]:
        """What a patch reaches; `verdict` is a choice that is not saved yet, `issued_on` the day of its delivery."""
        if patch.split_state == "parent":
            return ()
        chosen = verdict or (judgement.verdict.value if judgement and judgement.verdict else "")
        if chosen not in ("", "illegal"):
            return ()
        self._refresh()
        own = self._figures([patch.patch_uid]).get(patch.patch_uid)
        if own is None:
            return ()
        site = self._site(patch.patch_uid, actor_key(own.actor))
        others = self._figures((site | self._names.of(actor_key(own.actor))) - {patch.patch_uid}, site)
        own = _with(own, verdict=chosen, site="1")
        found = watches(self._pack, own, list(others.values()))
        if own.cropland + own.prime > self._pack.threshold("touch_mu"):
            found += ratio_watch(self._pack, self._ratio.of((patch.image_after or issued_on)[:4]))
        return found

    def _refresh(self) -> None:
        """Look for news only after something was written."""
        mark = (self._ws.head(), self._ws.data_version())
        if mark != self._mark:
            self._names.refresh()
            self._ratio.stale = True
            self._mark = mark

    def _figures(self, uids: Iterable[str], site: Iterable[str] = ()) -> dict[str, CaseFigures]:
        bases = figures.bases(self._ws, list(uids)[:_MANY_OF_ACTOR])
        judged = figures.judged(self._ws, bases)
        overlaid = figures.overlaps(self._ws, bases, net=self._net)
        ground = figures.same_ground(self._ws, bases, _SAME_SHARE)
        near = set(site)
        return {
            uid: self._one(base, judged.get(uid), overlaid.get(uid, {}), ground.get(uid, set()), uid in near)
            for uid, base in bases.items()
        }

    def _one(
        self,
        base: figures.Base,
        judged: Optional[figures.Judged],
        overlaid: Mapping[str, Mapping[str, float]],
        ground: Iterable[str],
        near: bool,
    ) -> CaseFigures:
        total = to_mu(base.area_m2 if base.wkb else (base.adopted_m2 or base.area_m2))
        union = overlaid.get("approved_union")
        free = total if union is None else max(ZERO, total - to_mu(sum(union.values())))
        prime, prime_issued = _known(overlaid.get("prime_farmland"), base.issued_prime_m2)
        land = overlaid.get("landuse")
        crops = None if land is None else {c: a for c, a in land.items() if _is_cropland(self._pack, c)}
        crop, crop_issued = _known(crops, base.issued_farmland_m2)
        answers = judged.answers if judged else {}
        return CaseFigures(
            patch_uid=base.patch_uid,
            patch_id=base.patch_id,
            actor=self._names.name(base.patch_uid),
            site="1" if near else "",
            verdict=judged.verdict if judged else "",
            sub_type=judged.sub_type if judged else "",
            cropland=min(max(ZERO, crop - prime), free),
            prime=min(prime, free),
            estimated=prime_issued or crop_issued or union is None,
            built_on=str(answers.get("built_on") or ""),
            image_before=base.image_before,
            actual_use=str(answers.get("actual_use") or ""),
            unchanged=answers.get("changed") == "否",
            same_ground=frozenset(ground),
        )

    def _site(self, patch_uid: str, mine: str) -> set[str]:
        """Patches of the same site: siblings of a split and neighbours, from one to the next."""
        limit = float(self._pack.threshold("neighbour_m"))
        site, frontier = {patch_uid}, figures.bases(self._ws, [patch_uid])
        for _ in range(_ROUNDS):
            shapes = [base.wkb for base in frontier.values() if base.wkb]
            family = figures.siblings(self._ws, frontier) - site
            near = figures.near_boxes(self._ws, (grown_box(shape, limit) for shape in shapes)) - site
            found = figures.bases(self._ws, family | near)
            judged = figures.judged(self._ws, found)
            found = {uid: base for uid, base in found.items() if self._belongs(uid, judged.get(uid), mine)}
            shaped = [(uid, base.wkb) for uid, base in found.items() if base.wkb and uid not in family]
            close = within(shapes, [shape for _, shape in shaped], limit)
            kept = {uid for (uid, _), yes in zip(shaped, close) if yes} | (family & set(found))
            frontier = {uid: found[uid] for uid in sorted(kept)[: _MOST - len(site)]}
            site |= set(frontier)
            if not frontier:
                break
        return site

    def _belongs(self, uid: str, judged: Optional[figures.Judged], mine: str) -> bool:
        """Still open or 违法, and not known to be somebody else's."""
        theirs = actor_key(self._names.name(uid))
        return (judged is None or judged.verdict in ("", "illegal")) and (not mine or not theirs or mine == theirs)


def _known(measured: Optional[Mapping[str, float]], issued_m2: Optional[float]) -> tuple[Decimal, bool]:
    """亩 and whether it is only what was issued; 0 when nothing is known."""
    if measured is not None:
        return to_mu(sum(measured.values())), False
    return (ZERO, False) if issued_m2 is None else (to_mu(issued_m2), True)


def _is_cropland(pack: RulePack, code: str) -> bool:
    land = pack.land_class(code)
    return land is not None and land.cropland


def _with(own: CaseFigures, *, verdict: str, site: str) -> CaseFigures:
    return CaseFigures(**{**own.__dict__, "verdict": verdict, "site": site})


class _Names:
    """Who each patch belongs to, as answered, else as delivered."""

    def __init__(self, workspace: Workspace, pack: RulePack) -> None:
        self._ws = workspace
        self._columns = [normalise(name) for name in pack.flow.attributes.get("actor", ())]
        self._delivered: dict[str, str] = {}
        self._answered: dict[str, str] = {}
        self._by_key: dict[str, set[str]] = {}
        self._patches: Optional[tuple[int, int]] = None
        self._judgements: Optional[tuple[int, int]] = None

    def name(self, patch_uid: str) -> str:
        """The name as written, empty when nobody is named."""
        return self._answered.get(patch_uid) or self._delivered.get(patch_uid, "")

    def of(self, key: str) -> set[str]:
        """Every patch of this person or firm."""
        return set(self._by_key.get(key, ())) if key else set()

    def refresh(self) -> None:
        """Read what came since the last time."""
        patches = figures.patch_mark(self._ws)
        if patches != self._patches:
            self._patches = patches
            self._delivered = self._from_deliveries()
            self._judgements = None
        mark = figures.judgement_mark(self._ws)
        if mark == self._judgements:
            return
        after = self._judgements[0] if self._judgements and self._judgements[1] == mark[1] else None
        if after is None:
            self._answered, self._by_key = {}, {}
            for uid, name in self._delivered.items():
                self._by_key.setdefault(actor_key(name), set()).add(uid)
        for _, uid, name in figures.actors_answered(self._ws, after or 0):
            self._by_key.get(actor_key(self.name(uid)), set()).discard(uid)
            self._answered[uid] = name
            self._by_key.setdefault(actor_key(self.name(uid)), set()).add(uid)
        self._judgements = mark

    def _from_deliveries(self) -> dict[str, str]:
        wanted = [
            batch for batch, schema in figures.named_columns(self._ws).items()
            if any(name in normalise(schema) for name in self._columns)
        ]  # fmt: skip
        found: dict[str, str] = {}
        for uid, text in figures.attributes_of(self._ws, wanted):
            held = {normalise(key): str(value or "").strip() for key, value in json.loads(text).items()}
            name = next((held[column] for column in self._columns if held.get(column)), "")
            if name:
                found[uid] = name
        return found


class _Ratio:
    """违法占用耕地比例 year by year; only what was judged since the last time is read again."""

    def __init__(self, workspace: Workspace, pack: RulePack, *, net: bool) -> None:
        self._ws = workspace
        self._pack = pack
        self._net = net
        self.stale = True
        self._mark: tuple[int, ...] = ()
        self._fid = 0
        self._parts: dict[str, tuple[str, str, Decimal]] = {}
        self._sums: dict[str, dict[str, Decimal]] = {}

    def of(self, year: str) -> RatioFigures:
        """The figures of a year."""
        if self.stale:
            self._refresh()
            self.stale = False
        sums = self._sums.get(year, {})
        illegal = sums.get("illegal", ZERO)
        return RatioFigures(year, illegal, illegal + sums.get("legal", ZERO))

    def _refresh(self) -> None:
        fid, withdrawn = figures.judgement_mark(self._ws)
        mark = (withdrawn, figures.landuse_mark(self._ws), *figures.patch_mark(self._ws))
        if mark != self._mark:
            self._mark, self._fid, self._parts, self._sums = mark, 0, {}, {}
        if fid == self._fid:
            return
        news = {uid: (year, verdict) for uid, year, verdict in figures.judged_years(self._ws, self._fid)}
        needed = [uid for uid, (_, verdict) in news.items() if verdict in ("illegal", "legal")]
        crops = self._croplands(needed)
        for uid, (year, verdict) in news.items():
            self._take(uid)
            if verdict in ("illegal", "legal"):
                crop = to_mu(crops.get(uid, 0.0))
                self._parts[uid] = (year, verdict, crop)
                by = self._sums.setdefault(year, {})
                by[verdict] = by.get(verdict, ZERO) + crop
        self._fid = fid

    def _croplands(self, uids: Sequence[str]) -> dict[str, float]:
        """patch_uid -> m² of 耕地."""
        if len(uids) > _MANY_AT_ONCE:
            codes = [code for code in figures.landuse_codes(self._ws) if _is_cropland(self._pack, code)]
            return figures.landuse_sums(self._ws, codes, net=self._net)
        areas = figures.overlaps(self._ws, uids, net=self._net)
        return {
            uid: sum(area for code, area in roles.get("landuse", {}).items() if _is_cropland(self._pack, code))
            for uid, roles in areas.items()
        }

    def _take(self, uid: str) -> None:
        year, verdict, crop = self._parts.pop(uid, ("", "", ZERO))
        if verdict:
            self._sums[year][verdict] -= crop
