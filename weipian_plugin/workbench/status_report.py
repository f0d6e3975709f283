"""What a status table is imported with, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Optional


@dataclass(frozen=True)
class StatusOptions:
    """What was settled beforehand: `field_map` column of core.platform_status.COLUMNS -> header; `answers`."""

    field_map: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StatusRow:
    """What became of one row of the table; `code` tells its kind, see StatusReport."""

    row: int
    patch_id: str
    code: str
    reason: str
    state: str = ""


@dataclass(frozen=True)
class StatusReport:
    """What became of a status table.

    `applied` changed something, `unchanged` said nothing new, `rejected` could not be used, `notes` are to be
    looked at. `seq` is the journal row of this import, 0 when it changed nothing.
    """

    source: str
    sheet: str
    columns: Mapping[str, str]
    applied: Sequence[StatusRow]
    unchanged: Sequence[StatusRow]
    rejected: Sequence[StatusRow]
    notes: Sequence[StatusRow]
    counts: Mapping[str, int]
    seq: int = 0

    def headline(self) -> str:
        """What happened, in one sentence."""
        if not self.applied:
            return (
                f"状态表“{self.source}”没有带来变化（{len(self.unchanged)} 个图斑相同，{len(self.rejected)} 行未采用）"
            )
        c = self.counts
        return (
            f"状态表“{self.source}”更新 {len(self.applied)} 个图斑，未采用 {len(self.rejected)} 行；"
            f"已填报 {c['filed']}/{c['patches']}，退回 {c['returned']}，审核结束 {c['finished']}"
        )

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {
            "table": self.source,
            "sheet": self.sheet,
            "columns": dict(self.columns),
            "result": self.headline(),
            "counts": dict(self.counts),
            "fill_rate_percent": _percent(self.counts["filed"], self.counts["patches"]),
            "return_rate_percent": _percent(self.counts["returned"], self.counts["filed"]),
            **{
                name: [vars(row) for row in getattr(self, name)]
                for name in ("applied", "unchanged", "rejected", "notes")
            },
        }


def _percent(part: int, whole: int) -> Optional[float]:
    return round(100 * part / whole, 2) if whole else None
