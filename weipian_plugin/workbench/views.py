"""What the panel shows, as frozen values: the GUI renders these and knows nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Optional

from ..core.advice import Advice, CheckItem
from ..core.areas import AreaSummary
from ..core.guide_model import Guide, ReturnRisk, Watch
from ..core.hand_in import HandInFinding
from ..core.imagery import ImageState
from ..core.model import Batch, CaseAction, CaseStatus, Clue, Judgement, OverlayRow, Patch, ReviewStatus, ViewFrame
from ..core.office import InternalCheck
from ..core.proof import LinkedEvidence
from ..core.registers import RegisterMatch
from ..core.rulepack import RulePack


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue. `bbox` is lon/lat (xmin, ymin, xmax, ymax), None without geometry."""

    patch_uid: str
    patch_id: str
    batch_id: str
    level: Optional[int]
    monitor_class: str
    village: str
    area_mu: Decimal
    verdict: str  # "", legal, illegal, other
    doubt: bool
    review_status: ReviewStatus
    case_status: CaseStatus
    prime_mu: Optional[Decimal]
    redline_mu: Optional[Decimal]
    due_on: str
    bbox: Optional[tuple[float, float, float, float]]
    text: str = ""  # what the search box matches, lower case
    evidence_count: int = 0
    split_state: str = ""  # "", parent (被拆分), child (拆分)
    parent_uid: str = ""
    origin: str = "delivery"  # or patrol, grid, report: a clue
    merged_into: str = ""  # number of the patch that covers this clue
    area_source: str = ""  # 下发，无边界 / 平差 …; empty for the computed area of a delivered boundary
    centre: Optional[tuple[float, float]] = None  # lon, lat where there is no boundary
    class_label: str = ""  # the monitoring class as the pack calls it
    office: str = ""  # 整改责任科室
    assignee: str = ""
    judged_by: str = ""  # who made the judgement in force
    sub_type: str = ""  # of the judgement in force
    against: bool = False  # the judgement in force gave a reason for going against the advice

    @cached_property
    def workable(self) -> bool:
        """Something is done on this row: it was not split, is not void and not part of another patch now."""
        return self.split_state != "parent" and not self.merged_into and self.review_status is not ReviewStatus.VOID

    @cached_property
    def counted(self) -> bool:
        """In the verified set: unsplit and children, neither clue nor void."""
        return self.workable and self.origin == "delivery"

    @cached_property
    def finished(self) -> bool:
        """Nothing left to decide here: judged (or void, split, merged) and not returned.

        What only the platform says was filed still lacks a verdict here.
        """
        filed = (ReviewStatus.JUDGED, ReviewStatus.SUBMITTED, ReviewStatus.FINISHED)
        return not self.workable or (self.review_status in filed and bool(self.verdict))


@dataclass(frozen=True)
class PatchView:
    """Everything one patch shows on the panel."""

    patch: Patch
    batch: Batch
    summary: Optional[AreaSummary]
    advice: Advice
    judgement: Optional[Judgement]
    checklist: tuple[CheckItem, ...]
    evidence: tuple[LinkedEvidence, ...]
    actions: tuple[CaseAction, ...]
    open_mu: Optional[Decimal]  # remaining illegal area, None unless illegal
    closure_missing: tuple[str, ...] = ()  # why it cannot be closed yet
    overlay: tuple[OverlayRow, ...] = ()
    clue: Optional[Clue] = None
    merged_into: str = ""  # number of the patch that covers this clue
    family: tuple[str, ...] = ()  # children of a split patch, or the parent of a child
    registers: tuple[RegisterMatch, ...] = ()  # entries of approval registers that lie or may lie here
    pack: Optional[RulePack] = None  # what the batch of this patch is judged by
    guide: Guide = field(default_factory=Guide)
    forecast: tuple[ReturnRisk, ...] = ()
    watches: tuple[Watch, ...] = ()
    mineral: bool = False  # judged as a mineral class, or a mineral patch: no 复耕 is asked of it
    checks: tuple[InternalCheck, ...] = ()  # 内审 so far, the last one counts
    images: Mapping[str, ImageState] = field(default_factory=dict)  # role -> how it stands on the imagery
    frame: Optional[ViewFrame] = None  # the frame in which it was judged
    hand_in: tuple[HandInFinding, ...] = ()  # what is open before it can be handed in, as it is saved


@dataclass(frozen=True)
class Agenda:
    """今天要办: counts over the workspace, label -> number, and the last patch worked on."""

    counts: Mapping[str, int] = field(default_factory=dict)
    last_patch_uid: str = ""
