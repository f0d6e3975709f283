"""What the panel shows, as frozen values: the GUI renders these and knows nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Optional

from ..core.advice import Advice, CheckItem
from ..core.areas import AreaSummary
from ..core.model import Batch, CaseAction, CaseStatus, Judgement, LinkedEvidence, OverlayRow, Patch, ReviewStatus
from ..core.registers import RegisterMatch


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

    @property
    def finished(self) -> bool:
        """Nothing left to decide here: judged (or void) and not returned."""
        return self.review_status in (
            ReviewStatus.JUDGED, ReviewStatus.SUBMITTED, ReviewStatus.FINISHED, ReviewStatus.VOID,
        )  # fmt: skip


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
    registers: tuple[RegisterMatch, ...] = ()  # entries of approval registers that lie or may lie here


@dataclass(frozen=True)
class Agenda:
    """今天要办: counts over the workspace, label -> number, and the last patch worked on."""

    counts: Mapping[str, int] = field(default_factory=dict)
    last_patch_uid: str = ""
