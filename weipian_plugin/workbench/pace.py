"""What the office is measured by: days from delivery to submission, and what came back. No ranking, no stopwatch."""

from __future__ import annotations

from datetime import date, datetime

from ..core.dates import parse_date
from ..core.model import ReviewStatus
from ..store import counts, records
from ..store.workspace import Workspace
from .clock import CHINA

_SUBMITTED = ReviewStatus.SUBMITTED.value


def days_to_submission(ws: Workspace) -> list[int]:
    """Days from the batch's day of issue to the first submission of each patch that is out of the house.

    A batch of which only the month is known counts for nothing: nobody could tell the days.
    """
    spans = {batch.batch_id: parse_date(batch.issued_on) for batch in records.batches(ws) if batch.issued_on}
    issued = {key: span.first for key, span in spans.items() if span is not None and span.first == span.last}
    first: dict[str, date] = {}
    for row in ws.journal():
        if row.action not in ("review", "platform"):
            continue
        for table, key, record, _whole in ws.changes(row.after):
            if table == "patch" and record is not None and record.get("review_status") == _SUBMITTED:
                day = datetime.fromtimestamp(int(row.hlc.split("-")[0]) / 1000, CHINA).date()
                first.setdefault(str(key[0]), day)
    out = (ReviewStatus.SUBMITTED, ReviewStatus.RETURNED, ReviewStatus.FINISHED)
    found = []
    for uid, day in first.items():
        patch = records.patch(ws, uid)
        start = issued.get(patch.batch_id) if patch is not None and patch.review_status in out else None
        if start:
            found.append((day - date.fromisoformat(start)).days)
    return found


def text(ws: Workspace) -> str:
    """One line for the panel; empty while nothing was submitted or returned."""
    days = days_to_submission(ws)
    returned = counts.count_review(ws, ReviewStatus.RETURNED)
    parts = [f"下发到上报平均 {sum(days) / len(days):.1f} 天（{len(days)} 个）"] if days else []
    parts += [f"已退回 {returned} 个"] if returned or days else []
    return " · ".join(parts)
