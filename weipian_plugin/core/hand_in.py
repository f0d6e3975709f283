"""What stands between a patch and being handed in: the items of its checklist that are open.

Nothing here hinders work before. 合法 and 其他 are not handed in without what they need (the plan: 带方位角的现场照片
and the document of their kind); what a 违法 patch lacks is told and may follow, because stopping and filing a
case come after the report of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Optional

from .advice_model import CheckItem
from .model import Judgement, Patch, Verdict
from .proof import LinkedEvidence

#: How an item of each kind is brought.
_REMEDIES = {
    "photo": "按 P 添加照片；没有位置或方位角的可手工补填",
    "document": "添加文件并选好用途",
    "fact": "在面板上填写这一项后重新保存判定",
    "map": "指定图层并运行套合分析",
}
_BLOCKED = (Verdict.LEGAL, Verdict.OTHER)


@dataclass(frozen=True)
class HandInFinding:
    """Something open at hand-in: `item` is the requirement or check it is about, `remedy` what to do."""

    patch_uid: str
    patch_id: str
    item: str
    text: str
    remedy: str
    blocking: bool

    def plain(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def hand_in_findings(
    patch: Patch,
    judgement: Optional[Judgement],
    checklist: Sequence[CheckItem],
    evidence: Iterable[LinkedEvidence] = (),
) -> tuple[HandInFinding, ...]:
    """Open items of the checklist, then evidence that cannot be believed; empty before a verdict.

    Evidence that a check calls bad and that the checklist does not need is told and does not block.
    """
    if judgement is None or judgement.verdict is None:
        return ()
    blocking = judgement.verdict in _BLOCKED
    found = [
        HandInFinding(patch.patch_uid, patch.patch_id, item.id, _missing(item), _remedy(item), blocking)
        for item in checklist
        if not item.done
    ]
    for link in evidence:
        for check in link.checks:
            if check.outcome == "bad":
                text = f"{link.evidence.original_name}：{check.text}"
                remedy = "请核实这份材料；不属于本图斑的移出，另补合格的"
                found.append(HandInFinding(patch.patch_uid, patch.patch_id, check.id, text, remedy, blocking=False))
    return tuple(dict.fromkeys(found))


def _missing(item: CheckItem) -> str:
    count = f"（{item.have}/{item.need}）" if item.need > 1 or item.kind in ("photo", "document") else ""
    why = f"；未计入：{'；'.join(item.refused[:3])}" if item.refused else ""
    return f"缺{item.label}{count}{why}"


def _remedy(item: CheckItem) -> str:
    hint = item.hint.split("；未计入")[0]
    return "：".join(part for part in (_REMEDIES.get(item.kind, ""), hint) if part)
