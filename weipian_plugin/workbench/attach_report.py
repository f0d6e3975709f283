"""What became of each file that was dropped, for the report and for the list on the screen."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ..core.errors import WeipianError
from ..core.proof import Evidence

#: What a report tells of a photo's own account; absent keys are not known.
_UNDERSTOOD = (
    "taken_at", "lon", "lat", "azimuth", "azimuth_ref", "azimuth_raw", "declination", "accuracy_m", "fov_deg",
    "altitude_m", "camera", "orientation", "width", "height", "source",
)  # fmt: skip
CONFIDENCE = {"high": "可靠", "medium": "较可靠", "low": "存疑", "": ""}


@dataclass(frozen=True)
class Placed:
    """One file: the patch it went to (empty: none) and why.

    `confidence` high, medium, low as matched, empty where a person laid it; `doubt`: somebody should look.
    `candidates` numbers of patches that it may belong to, best first. `code` of a file that was left out is that of
    `core.errors`. `new`: the link was made in this run.
    """

    file: str
    patch_id: str
    purpose: str
    reason: str
    confidence: str = ""
    notes: tuple[str, ...] = ()
    evidence_id: str = ""
    patch_uid: str = ""
    doubt: bool = False
    candidates: tuple[str, ...] = ()
    understood: Mapping[str, Any] = field(default_factory=dict)
    checks: tuple[Mapping[str, Any], ...] = ()
    code: str = ""
    new: bool = True


@dataclass(frozen=True)
class AttachReport:
    """What became of everything that was dropped; a file that lies on two patches stands in `matched` twice."""

    matched: Sequence[Placed]
    unmatched: Sequence[Placed]
    skipped: Sequence[Placed]

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {key: [asdict(item) for item in getattr(self, key)] for key in ("matched", "unmatched", "skipped")}

    def everything(self) -> list[Placed]:
        """All of it, what needs a person first."""
        return [*self.unmatched, *self.skipped, *sorted(self.matched, key=lambda item: not item.doubt)]

    def patches(self) -> int:
        """How many patches got or have something of it."""
        return len({item.patch_uid for item in self.matched})

    def files(self) -> int:
        """How many files are in the workspace now."""
        return len({item.file for item in (*self.matched, *self.unmatched)})

    def summary(self) -> str:
        """One sentence for the clerk."""
        if not self.files() and not self.skipped:
            return "没有找到照片或文件"
        to = f"：归到 {self.patches()} 个图斑" if self.matched else ""
        text = f"已附 {self.files()} 个{to}"
        again = len({item.file for item in self.matched if not item.new})
        doubtful = len({item.file for item in self.matched if item.doubt})
        parts = [
            f"{doubtful} 个存疑请看一眼" if doubtful else "",
            f"{len(self.unmatched)} 个待归（U 键）" if self.unmatched else "",
            f"{len(self.skipped)} 个没有附上" if self.skipped else "",
            f"{again} 个早已归好" if again else "",
        ]
        return "，".join([text, *filter(None, parts)])

    def with_checks(self, checks: Mapping[str, Sequence[Mapping[str, Any]]]) -> AttachReport:
        """The same with the checks of each file, by evidence id."""
        return AttachReport(
            *(
                [replace(item, checks=tuple(checks.get(item.evidence_id, ()))) for item in items]
                for items in (self.matched, self.unmatched, self.skipped)
            )
        )

    def save(self, path: Path) -> None:
        """As a table that Excel opens (CSV, UTF-8 with its mark).

        Raises:
            WeipianError: E_WRITE.
        """
        try:
            with path.open("w", encoding="utf-8-sig", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(["文件", "图斑编号", "结果", "可信程度", "原因", "说明"])
                for item in self.everything():
                    notes = "；".join(item.notes)
                    writer.writerow([item.file, item.patch_id, outcome(item), trust(item), item.reason, notes])
        except OSError as error:
            raise WeipianError("E_WRITE", path=path, detail=error) from error


def outcome(item: Placed) -> str:
    """What became of a file, in a word."""
    if item.code:
        return "没有附上"
    if not item.patch_uid:
        return "待归"
    return "已归" if item.new else "早已归好"


def trust(item: Placed) -> str:
    """How sure it is that a file lies right, in a word."""
    if not item.patch_uid:
        return ""
    return "存疑" if item.doubt else CONFIDENCE.get(item.confidence, "") or "人工"


def understood(item: Evidence) -> dict[str, Any]:
    """What was read of a photo, as far as it is known."""
    found = {name: getattr(item, name) for name in _UNDERSTOOD}
    return {name: value for name, value in found.items() if value not in (None, "")} if item.kind == "photo" else {}


def left_out(label: str, error: WeipianError) -> Placed:
    """A file that is not in the workspace now, and why."""
    return Placed(label, "", "", str(error), code=error.code)
