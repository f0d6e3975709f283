"""Deciding on several patches at once, with guards: 不搞“一刀切”. One action, taken back as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Optional

from ..core.errors import WeipianError
from ..core.model import CaseStatus, Judgement, Patch, ReviewStatus, Verdict
from ..core.rulepack import RulePack
from ..store import records
from . import revising
from .judging import Judging, _Decision
from .views import PatchView

#: Seen in the gallery; `Judgement.seen` of a bulk decision is one of these.
SEEN = ("after", "before+after")
_OVER = {
    ReviewStatus.VOID: "已作废或图形灭失",
    ReviewStatus.RETURNED: "是被退回的，要逐个看退回理由",
    ReviewStatus.SUBMITTED: "已经填报",
    ReviewStatus.FINISHED: "已经审核结束",
    ReviewStatus.ASSIGNED: "正在外业核查",
}


@dataclass(frozen=True)
class BulkResult:
    """What a bulk decision did: numbers of the patches decided, and (number, why not) of the others.

    `doubtful` are those of `done` that stay 存疑 beside their verdict, because the advice leaves something open.
    """

    done: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    doubtful: tuple[str, ...] = ()


class BulkJudging(Judging):
    """The part of a session that decides on patches of one kind together."""

    def bulk_judge(
        self,
        uids: Sequence[str],
        verdict: str,
        sub_type: str = "",
        basis: str = "",
        *,
        patch_ids: Mapping[str, str],
        seen: Mapping[str, str],
    ) -> BulkResult:
        """Give patches the verdict that the advice on each of them points to; never 违法, never the end of a case.

        What must not be decided so is left out and told; nothing at all is written when one that may be decided
        turns out to be another patch, or was changed by somebody while this ran.

        Args:
            patch_ids: uid -> the number that the person saw.
            seen: uid -> after or before+after, of the patches whose pictures were on the screen.

        Raises:
            WeipianError: E_BULK_ILLEGAL, E_VERDICT_UNKNOWN, E_SUBTYPE_UNKNOWN, E_PATCH_MISSING, E_PATCH_MISMATCH,
                E_BULK_CHANGED, E_ROLE_VIEWER.
        """
        if self.role == "viewer":
            raise WeipianError("E_ROLE_VIEWER", name=self.who)
        chosen = self._verdict(verdict, doubt=False)
        if chosen is None or chosen is Verdict.ILLEGAL:
            raise WeipianError("E_BULK_ILLEGAL")
        plan: list[tuple[Patch, Patch, Judgement]] = []
        refused: list[tuple[str, str]] = []
        for uid in dict.fromkeys(uids):
            self.guard(uid, patch_ids.get(uid, ""))
            view = self.patch_view(uid)
            why = self.bulk_refusal(view, chosen, sub_type, seen.get(uid, ""))
            if why:
                refused.append((view.patch.patch_id, why))
                continue
            try:
                after = self._after(view.patch, chosen, revised=False)
            except WeipianError as error:  # e.g. it was not overlaid yet
                refused.append((view.patch.patch_id, error.message))
                continue
            pack = self._pack_of(view)
            # What the advice leaves open stays open: nobody looked into it for each of them.
            decision = _Decision(chosen, sub_type, basis, doubt=view.advice.doubt, seen=seen[uid])
            judgement = self._judgement(view.patch, decision, view.advice, pack)
            plan.append((view.patch, after, judgement))
        if plan:
            self._write(plan)
        doubtful = tuple(patch.patch_id for patch, _, judgement in plan if judgement.doubt)
        return BulkResult(tuple(patch.patch_id for patch, _, _ in plan), tuple(refused), doubtful)

    def _write(self, plan: Sequence[tuple[Patch, Patch, Judgement]]) -> None:
        for batch_id in dict.fromkeys(patch.batch_id for patch, _, _ in plan):
            self.pin_pack(batch_id)
        with self._ws.transaction("bulk_judge", plan[0][0].patch_uid, self.who) as change:
            for before, after, judgement in plan:
                now = records.patch(self._ws, before.patch_uid)
                held = records.judgements(self._ws, before.patch_uid).get(before.patch_uid)
                if now != before or (held is not None and held.verdict is not None):
                    raise WeipianError("E_BULK_CHANGED", patch_id=before.patch_id)
                change.put("judgement", records.judgement_row(judgement))
                self._put_patch(change, after)

    def bulk_refusal(self, view: PatchView, chosen: Verdict, sub_type: str, seen: str) -> str:
        """Why this patch is not decided together with others, in Chinese; empty when it may be."""
        pack = self._pack_of(view)
        if sub_type and pack.sub_type(chosen.value, sub_type) is None:
            raise WeipianError("E_SUBTYPE_UNKNOWN", verdict=chosen.label, value=sub_type)
        return (
            _of_state(view)
            or ("后时相影像还没有在画廊中显示过" if seen not in SEEN else "")
            or _of_advice(view, pack, chosen, sub_type)
            or ("是改判，要逐个说明理由" if revising.concerns(self._ws, view.patch, view.judgement, chosen) else "")
        )


def _of_state(view: PatchView) -> str:
    """What keeps the patch out whatever the advice says."""
    patch, judgement = view.patch, view.judgement
    verdict = judgement.verdict if judgement is not None else None
    reasons = (
        (patch.split_state == "parent", "已被拆分，请判定拆分后的子图斑"),
        (bool(view.merged_into), f"已并入 {view.merged_into}"),
        (patch.review_status in _OVER and not _came_back(view), _OVER.get(patch.review_status, "")),
        (patch.wkb is None, "没有边界，不能在影像上核对"),
        (patch.case_status is not CaseStatus.NONE, "已有查处整改，不能批量判定"),
        (verdict is not None, f"已判定为{verdict.label if verdict else ''}"),
        (judgement is not None and judgement.doubt, "已标存疑，要逐个判定"),
    )
    return next((text for holds, text in reasons if holds), "")


def _came_back(view: PatchView) -> bool:
    """Somebody was sent there and photos of it have come."""
    assigned = view.patch.review_status is ReviewStatus.ASSIGNED
    return assigned and any(item.evidence.kind == "photo" for item in view.evidence)


def _of_advice(view: PatchView, pack: RulePack, chosen: Verdict, sub_type: str) -> str:
    advice = view.advice
    if advice.leaning != chosen.value:
        return f"建议是“{advice.headline}”，与{chosen.label}不同，要逐个判定"
    if advice.sub_type != sub_type:
        label = _label(pack, chosen.value, advice.sub_type)
        return f"建议的细类是“{label}”，与所选不同"
    touched = [name for name, area in _guarded_land(view) if area]
    if touched:
        return f"压占{'、'.join(touched)}，要逐个判定"
    if getattr(advice, "contradictions", ()):
        return "填写内容与测得的事实有矛盾，要逐个判定"
    problem = _image_problem(view)
    return f"后时相影像{problem}，要逐个判定" if problem else ""


def _guarded_land(view: PatchView) -> tuple[tuple[str, bool], ...]:
    """永农 and 红线, measured or as issued: nobody decides on these without looking at each."""
    summary, issued = view.summary, view.patch.issued_prime_m2
    prime = summary.prime if summary is not None and summary.prime is not None else issued
    return ("永久基本农田", bool(prime)), ("生态保护红线", bool(summary is not None and summary.redline))


def _label(pack: RulePack, verdict: str, sub_type: str) -> str:
    found = pack.sub_type(verdict, sub_type)
    return found.label if found else sub_type or "未定"


def _image_problem(view: PatchView) -> str:
    """What a person or the imagery itself says is wrong with the after-image."""
    state: Optional[object] = view.images.get("image_after") if view.images else None
    return str(getattr(state, "label", "") or "有问题") if getattr(state, "reason", "") else ""
