"""Counts that the panel shows of a whole workspace, read without building a record."""

from __future__ import annotations

from ..core.model import ReviewStatus
from .workspace import Workspace


def count_review(ws: Workspace, status: ReviewStatus) -> int:
    """How many patches stand so on the review axis."""
    sql = "SELECT count(*) FROM patch WHERE review_status = ?"
    return int(ws.connection.execute(sql, (status.value,)).fetchone()[0])


def judged_on(ws: Workspace, day: str, who: str) -> int:
    """How many patches somebody gave the verdict in force on a day (ISO date)."""
    sql = (
        "SELECT count(*) FROM (SELECT patch_uid, max(fid) AS last FROM judgement WHERE withdrawn = 0 "
        "AND patch_uid IN (SELECT patch_uid FROM judgement WHERE substr(at, 1, 10) = ?) GROUP BY patch_uid) "
        "JOIN judgement ON fid = last WHERE verdict IS NOT NULL AND substr(at, 1, 10) = ? AND by = ?"
    )
    return int(ws.connection.execute(sql, (day, day, who)).fetchone()[0])
