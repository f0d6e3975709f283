"""A delivery laid on what the workspace knows: the same patch again, another one with its number, one missing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Callable, Optional

import shapely

from ..core import reissue
from ..core.errors import WeipianError
from ..core.findings import Finding
from ..core.model import CLUE_BATCH, Batch, Patch, Reissue, ReviewStatus
from ..geo import comparing
from ..intake.model import AttributeUpdate
from ..store import records
from ..store.workspace import Workspace

#: A patch with a known number is the same patch when they share more than this of the smaller one.
SAME_PATCH_SHARE = 0.1
KEEP, REPLACE, VOID = "keep", "replace", "void"
#: Answers of an import that belong here: key -> (question, (value, label) …).
CHOICES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "split_reissue": ((KEEP, "保留拆分，边界不动"), (REPLACE, "换成新边界，子图斑需重新拆分")),
    "missing": ((KEEP, "保留"), (VOID, "作废")),
}
_LISTED = 20


@dataclass(frozen=True)
class Returned:
    """A patch that came again: its record before, its record after, what changed."""

    before: Patch
    again: reissue.Again


@dataclass(frozen=True)
class Plan:
    """What a delivery means for the workspace. `fresh` are new patches, with `elsewhere` among them."""

    fresh: Sequence[Patch] = ()
    returned: Sequence[Returned] = ()
    children: Sequence[Patch] = ()  # children of split patches, with what changed of their parents
    elsewhere: Sequence[tuple[Patch, Patch]] = ()  # (new one, the known one with its number)
    missing: Sequence[Patch] = ()  # not in this delivery, though in a batch that it repeats
    void_missing: bool = False
    unknown: Sequence[tuple[str, str]] = ()  # attributes for ids that nobody knows: (id, reason)
    identical: Optional[Batch] = None
    known_as: Mapping[str, str] = field(default_factory=dict)  # patch_uid as delivered -> as it is known
    findings: Sequence[Finding] = field(default_factory=tuple)

    def of_change(self, change: str) -> list[Returned]:
        """The patches that came again with this change."""
        return [item for item in self.returned if item.again.change == change]

    def report(self) -> dict[str, Any]:
        """The part of REPORT_JSON that tells of patches known before."""
        changed = [item for item in self.returned if item.again.change != reissue.SAME]
        return {
            "counts": {
                "new": len(self.fresh), "same": len(self.returned) - len(changed), "changed": len(changed),
                "elsewhere": len(self.elsewhere), "missing": len(self.missing),
            },
            "identical_to": self.identical.name if self.identical else "",
            "new": [patch.patch_id for patch in self.fresh],
            "same": [item.before.patch_id for item in self.of_change(reissue.SAME)],
            "changed": [
                {
                    "patch_id": item.before.patch_id, "change": item.again.change,
                    "differences": {k: v for k, v in item.again.differences.items() if k != reissue.JUDGED_AS},
                    "reason": reissue.told(item.again.differences),
                }
                for item in changed
            ],
            "elsewhere": [new.patch_id for new, _ in self.elsewhere],
            "missing": [patch.patch_id for patch in self.missing],
            "missing_voided": self.void_missing and bool(self.missing),
        }  # fmt: skip


class Known:
    """The patches that a delivery may hold again, by number."""

    def __init__(self, ws: Workspace) -> None:
        self.batches = records.batches(ws)
        self.patches = records.patches(ws)
        clues = {batch.batch_id for batch in self.batches if batch.kind == "clue"} | {CLUE_BATCH}
        self.by_id: dict[str, list[Patch]] = {}
        self.children: dict[str, list[Patch]] = {}
        for patch in self.patches:
            if patch.parent_uid:
                self.children.setdefault(patch.parent_uid, []).append(patch)
            if patch.batch_id not in clues:
                self.by_id.setdefault(patch.patch_id, []).append(patch)
        self.members: dict[str, set[str]] = {}
        for patch in self.patches:
            self.members.setdefault(patch.batch_id, set()).add(patch.patch_uid)
        for item in records.reissues(ws):
            self.members.setdefault(item.batch_id, set()).add(item.patch_uid)
        self.live = {patch.patch_uid: patch for patch in self.patches if is_live(patch)}

    def candidates(self, patch_id: str) -> list[Patch]:
        """Issued patches in force with this number, the newest first."""
        return [patch for patch in reversed(self.by_id.get(patch_id, [])) if patch.patch_uid in self.live]

    def live_members(self, batch_id: str) -> dict[str, Patch]:
        """The issued patches in force of a batch, those that it repeated included."""
        return {uid: self.live[uid] for uid in self.members.get(batch_id, ()) if uid in self.live}


def is_live(patch: Patch) -> bool:
    """Issued, in force, and no part of a split one: what a later delivery may hold again."""
    return patch.origin == "delivery" and patch.review_status is not ReviewStatus.VOID and patch.split_state != "child"


def make_plan(
    known: Known,
    delivered: Sequence[Patch],
    carried: frozenset[str],
    answers: Mapping[str, str],
    likeness: Mapping[str, str],
) -> Plan:
    """Tell what a delivery holds again and what is new. Changes nothing.

    Args:
        known: what the workspace knows.
        delivered: checked patches of the delivery.
        carried: canonical fields that it has a column for.
        answers: `split_reissue` and `missing`, see CHOICES.
        likeness: what a batch must be alike in to be the very same delivery: sha256 and layer.

    Raises:
        WeipianError: E_QUESTION when a split patch has another boundary now and nobody said what to do;
            E_ANSWER for an unknown answer.
    """
    for key, choices in CHOICES.items():
        _check_answer(key, answers, choices)
    pairs, elsewhere, findings = _pair(known, delivered)
    twin = _twin(known, delivered, pairs, likeness)
    if twin is not None:
        void = answers.get("missing") == VOID
        return Plan(identical=twin, findings=_not_voided(known, pairs, twin) if void else [])
    lies = _lies(pairs)
    _ask_about_split(pairs, lies, answers)
    returned, children, told = _compare(known, pairs, lies, carried, answers)
    again = {old.patch_uid for old, _ in pairs}
    paired = {id(new) for _, new in pairs}
    fresh = [patch for patch in delivered if id(patch) not in paired]
    missing, of_batch = _missing(known, again)
    if not fresh and not missing and all(item.again.change == reissue.SAME for item in returned):
        same = [b for b in known.batches if set(known.live_members(b.batch_id)) == again]
        if same:
            return Plan(identical=same[-1], returned=returned)
    findings += told + _missing_findings(missing, of_batch, void=answers.get("missing") == VOID)
    return Plan(
        fresh=fresh,
        returned=returned,
        children=children,
        elsewhere=elsewhere,
        missing=missing,
        void_missing=answers.get("missing") == VOID,
        known_as={new.patch_uid: old.patch_uid for old, new in pairs},
        findings=findings,
    )


def _check_answer(key: str, answers: Mapping[str, str], choices: Sequence[tuple[str, str]]) -> None:
    value = str(answers.get(key, "") or "")
    if value and value not in {v for v, _ in choices}:
        raise WeipianError("E_ANSWER", key=key, value=value, choices="、".join(f"{v}（{t}）" for v, t in choices))


Pairs = list[tuple[Patch, Patch]]


def _pair(known: Known, delivered: Sequence[Patch]) -> tuple[Pairs, Pairs, list[Finding]]:
    """(known, new) of the same patch; (new, known) of the same number elsewhere; findings about numbers."""
    asked = [(new, old) for new in delivered for old in known.candidates(new.patch_id)]
    share = _shares([new for new, _ in asked], [old for _, old in asked])
    best: dict[str, tuple[float, Patch]] = {}
    far: dict[str, Patch] = {}
    for (new, old), value in zip(asked, share):
        if value > SAME_PATCH_SHARE and value > best.get(new.patch_uid, (0.0, new))[0]:
            best[new.patch_uid] = (value, old)
        elif value <= SAME_PATCH_SHARE:
            far.setdefault(new.patch_uid, old)
    pairs = [(best[new.patch_uid][1], new) for new in delivered if new.patch_uid in best]
    elsewhere: Pairs = []
    findings: list[Finding] = []
    for new in delivered:
        if new.patch_uid in best:
            continue
        if new.patch_uid in far:
            elsewhere.append((new, far[new.patch_uid]))
            text = f"图斑 {new.patch_id} 的编号以前用过，但位置不在一处，作为另一个图斑导入，请核对编号"
            findings.append(Finding("W_ID_ELSEWHERE", text, new.patch_id))
        elif any(old.split_state == "child" for old in known.by_id.get(new.patch_id, [])):
            text = f"图斑编号 {new.patch_id} 与本地拆分出的子图斑相同，作为新图斑导入，请核对"
            findings.append(Finding("W_ID_CHILD", text, new.patch_id))
        elif new.patch_id in known.by_id:
            text = f"图斑 {new.patch_id} 以前已作废，这次又下发，作为新图斑导入"
            findings.append(Finding("W_ID_VOID", text, new.patch_id))
    return pairs, elsewhere, findings


def _shares(new: Sequence[Patch], old: Sequence[Patch]) -> list[float]:
    """Shared area of the smaller one; 1 where a boundary is not known, or both are the very same bytes.

    A known boundary decides before an unknown one, so that one counts a little less.
    """
    result = [1.0 if n.wkb == o.wkb else 0.5 for n, o in zip(new, old)]
    open_ = [i for i, (n, o) in enumerate(zip(new, old)) if n.wkb and o.wkb and n.wkb != o.wkb]
    if open_:
        _, share = comparing.shared(
            comparing.shapes([new[i] for i in open_]), comparing.shapes([old[i] for i in open_])
        )
        for i, value in zip(open_, share):
            result[i] = float(value)
    return result


def _twin(known: Known, delivered: Sequence[Patch], pairs: Pairs, likeness: Mapping[str, str]) -> Optional[Batch]:
    """The batch that this very delivery made before, all of whose patches are still in force."""
    if len(pairs) != len(delivered):
        return None
    uids = {old.patch_uid for old, _ in pairs}
    for batch in reversed(known.batches):
        if likeness and likeness == likeness_of(batch.source_sha256, batch.source_schema) and uids <= set(
            known.live_members(batch.batch_id)
        ):  # fmt: skip
            return batch
    return None


def likeness_of(sha256: str, schema: str) -> dict[str, str]:
    """What tells one delivery from another: content, layer, and how its coordinates and columns were read."""
    if not sha256:
        return {}
    names = ("layer", "crs", "axis", "mapping", "unit", "encoding")
    return {"sha256": sha256, **{name: str(_json(schema).get(name, "")) for name in names}}


def _json(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _lies(pairs: Pairs) -> list[reissue.Boundaries]:
    """How the boundary of each pair lies now. One that was not delivered is no change of the one that is known."""
    lies = [reissue.Boundaries() for _ in pairs]
    changed: list[int] = []
    for i, (old, new) in enumerate(pairs):
        if not new.wkb or old.wkb == new.wkb:
            continue
        if not old.wkb:
            lies[i] = reissue.Boundaries(False, None, new.area_m2)
        elif not comparing.same_shape(shapely.from_wkb(old.wkb), shapely.from_wkb(new.wkb)):
            changed.append(i)
    if changed:
        olds, news = (comparing.shapes([pairs[i][side] for i in changed]) for side in (0, 1))
        for i, area, share in zip(changed, *comparing.shared(olds, news)):
            lies[i] = reissue.Boundaries(False, pairs[i][0].area_m2, pairs[i][1].area_m2, float(area), float(share))
    return lies


def _ask_about_split(pairs: Pairs, lies: Sequence[reissue.Boundaries], answers: Mapping[str, str]) -> None:
    split = [old.patch_id for (old, _), lie in zip(pairs, lies) if not lie.same and old.split_state == "parent"]
    if not split or answers.get("split_reissue"):
        return
    text = f"图斑 {_some(split)} 已经拆分，这次下发的边界与原来不同，怎么处理？"
    choices = [{"value": v, "label": t} for v, t in CHOICES["split_reissue"]]
    details = [{"key": "split_reissue", "text": text, "choices": choices}]
    raise WeipianError("E_QUESTION", questions=text.rstrip("？"), details=details)


def _compare(
    known: Known,
    pairs: Pairs,
    lies: Sequence[reissue.Boundaries],
    carried: frozenset[str],
    answers: Mapping[str, str],
) -> tuple[list[Returned], list[Patch], list[Finding]]:
    returned: list[Returned] = []
    children: list[Patch] = []
    findings: list[Finding] = []
    for (old, new), lie in zip(pairs, lies):
        keep = old.split_state == "parent" and answers.get("split_reissue") != REPLACE
        again = reissue.compare(old, new, carried, lie, keep_boundary=keep)
        returned.append(Returned(old, again))
        findings += _findings_of(old, again, keep=keep)
        for child in known.children.get(old.patch_uid, ()):
            changed = reissue.inherit(child, old, again.patch)
            if changed is not child:
                children.append(changed)
    return returned, children, findings


def _findings_of(old: Patch, again: reissue.Again, *, keep: bool) -> list[Finding]:
    if again.change == reissue.SAME:
        return []
    told = reissue.told(again.differences)
    if again.change == reissue.ATTRIBUTES:
        return [Finding("N_REISSUE_ATTRIBUTES", f"图斑 {old.patch_id} 再次下发，属性有变化：{told}", old.patch_id)]
    tail = ""
    if old.split_state == "parent":
        tail = "；图斑已拆分，保留原边界和子图斑" if keep else "；图斑已拆分，子图斑需按新边界重新拆分"
    text = f"图斑 {old.patch_id} 下发边界有变化，判定可能受影响{tail}：{told}"
    return [Finding("W_REISSUE_GEOMETRY", text, old.patch_id)]


def _missing(known: Known, again: Iterable[str]) -> tuple[list[Patch], list[str]]:
    """Patches in force of the batches that this delivery repeats, which it does not hold; names of these batches."""
    again = set(again)
    repeated = [b for b in known.batches if again & set(known.live_members(b.batch_id))]
    left = {uid: p for b in repeated for uid, p in known.live_members(b.batch_id).items() if uid not in again}
    return list(left.values()), [batch.name for batch in repeated]


def _missing_findings(missing: Sequence[Patch], batches: Sequence[str], *, void: bool) -> list[Finding]:
    if not missing:
        return []
    ids = [patch.patch_id for patch in missing]
    done = "已按要求作废" if void else "保留不动"
    named = "、".join(f"“{batch}”" for batch in batches)
    text = f"批次{named}中有 {len(ids)} 个图斑本次未再下发，{done}：{_some(ids)}"
    return [Finding("N_NOT_REISSUED", text, ids[0] if len(ids) == 1 else "")]


def _not_voided(known: Known, pairs: Sequence[tuple[Patch, Patch]], twin: Batch) -> list[Finding]:
    """`missing` counts with the first import of a delivery; who gives it later is told what was not done."""
    missing, _ = _missing(known, {old.patch_uid for old, _ in pairs})
    if not missing:
        return []
    text = (
        f"这份数据与批次“{twin.name}”完全相同，未再下发的 {len(missing)} 个图斑没有作废，"
        f"请在各图斑的“作废”里办理：{_some([patch.patch_id for patch in missing])}"
    )
    return [Finding("W_NOT_VOIDED", text)]


def _some(ids: Sequence[str]) -> str:
    return "、".join(ids[:_LISTED]) + (f" 等 {len(ids)} 个" if len(ids) > _LISTED else "")


# -- attributes alone ----------------------------------------------------------------------------


def join_updates(
    known: Known,
    plan: Plan,
    updates: Sequence[AttributeUpdate],
    columns: Callable[[AttributeUpdate], Mapping[str, Any]],
) -> Plan:
    """Lay rows that hold an id and attributes, and no place, on the patches there are; ids nobody knows are told.

    Children of split patches are met by their own ids.

    Args:
        known: what the workspace knows.
        plan: what the rest of the delivery means.
        updates: the rows.
        columns: what a row says of the columns of a patch; None says nothing.
    """
    done = {item.before.patch_uid: item for item in plan.returned}
    unknown: list[tuple[str, str]] = []
    findings: list[Finding] = []
    for update in updates:
        found = [p for p in reversed(known.by_id.get(update.patch_id, [])) if p.review_status is not ReviewStatus.VOID]
        if not found:
            void = update.patch_id in known.by_id
            reason = "图斑已作废，没有更新" if void else "工作区里没有这个图斑，表中又没有边界和中心点"
            unknown.append((update.patch_id, f"图斑 {update.patch_id}：{reason}"))
            continue
        if len(found) > 1:
            text = f"图斑编号 {update.patch_id} 在几个批次里都有，属性更新到最近一批的图斑"
            findings.append(Finding("W_ID_SEVERAL", text, update.patch_id))
        earlier = done.get(found[0].patch_uid) or Returned(found[0], reissue.Again(reissue.SAME, found[0]))
        again = _updated(earlier.again, update.attributes, columns(update))
        done[found[0].patch_uid] = Returned(earlier.before, again)
        if again is not earlier.again and earlier.again.change == reissue.SAME:
            findings += _findings_of(found[0], again, keep=True)
    plan = replace(plan, returned=list(done.values()), unknown=unknown, findings=[*plan.findings, *findings])
    if plan.fresh or plan.missing or any(item.again.change != reissue.SAME for item in plan.returned):
        return plan
    holding = [batch for batch in known.batches if done and done.keys() <= known.members.get(batch.batch_id, set())]
    return replace(plan, identical=holding[-1]) if holding else plan


def _updated(
    again: reissue.Again, attributes: Mapping[str, Optional[str]], columns: Mapping[str, Any]
) -> reissue.Again:
    """A record with more attributes; unchanged when they say nothing new."""
    merged, told = reissue.merge_attributes(again.patch.source_attributes, attributes)
    values: dict[str, Any] = {}
    for name, value in columns.items():
        before = getattr(again.patch, name)
        if value is not None and value != before:
            values[name] = value
            told[name] = [None if before is None else str(before), str(value)]
    if not told:
        return again
    change = reissue.ATTRIBUTES if again.change == reissue.SAME else again.change
    patch = replace(again.patch, source_attributes=merged, **values)
    return reissue.Again(change, patch, {**again.differences, **told})


def reissue_rows(plan: Plan, batch_id: str, at: str, judged: Mapping[str, str]) -> list[Reissue]:
    """The records of what came again; a changed boundary remembers the judgement it may have upset."""
    rows = []
    for item in plan.returned:
        differences = dict(item.again.differences)
        if item.again.change == reissue.GEOMETRY:
            differences[reissue.JUDGED_AS] = [judged.get(item.before.patch_uid), None]
        rows.append(Reissue(batch_id, item.before.patch_uid, item.again.change, differences, at))
    return rows
