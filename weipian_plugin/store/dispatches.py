"""派单 read by columns: whom patches were given to, and what came back; no patch is built for it."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..core.certify import VILLAGE_WORD
from ..core.dispatch import Sent
from ..core.model import ReviewStatus
from .workspace import Workspace

#: Photos laid on a patch, and those laid there since it was dispatched (instants of one zone compare as text).
_PHOTOS = (
    "SELECT count(*) FROM evidence_link l JOIN evidence e ON e.evidence_id = l.evidence_id"
    " WHERE l.patch_uid = d.patch_uid AND e.kind = 'photo'"
)


def sent(ws: Workspace, batch_id: str = "", patch_uid: str = "") -> list[Sent]:
    """Every patch in force that somebody was sent to, in the order of import; of one batch, or one patch."""
    sql = (
        "SELECT d.patch_uid, p.patch_id, p.batch_id, coalesce(p.village_name, d.village) AS village, d.person,"
        f" d.due_on, d.at, p.review_status, ({_PHOTOS}) AS photos,"
        f" ({_PHOTOS} AND coalesce(nullif(l.at, ''), e.added_at) >= d.at) AS fresh"
        " FROM dispatch d JOIN patch p ON p.patch_uid = d.patch_uid"
        " WHERE p.review_status <> 'void' AND coalesce(p.split_state, '') <> 'parent'"
    )
    values: list[Any] = []
    if batch_id:
        sql += " AND p.batch_id = ?"
        values.append(batch_id)
    if patch_uid:
        sql += " AND d.patch_uid = ?"
        values.append(patch_uid)
    return [
        Sent(
            patch_uid=row["patch_uid"],
            patch_id=row["patch_id"],
            batch_id=row["batch_id"],
            village=row["village"] or "",
            person=row["person"] or "",
            due_on=row["due_on"] or "",
            sent_on=(row["at"] or "")[:10],
            status=ReviewStatus(row["review_status"]),
            photos=row["photos"],
            fresh=row["fresh"],
        )
        for row in ws.connection.execute(f"{sql} ORDER BY p.fid", values)
    ]


class Standing(NamedTuple):
    """What 派单 needs to know of a patch."""

    patch_id: str
    status: ReviewStatus
    split_state: str
    village: str


def standing(ws: Workspace) -> dict[str, Standing]:
    """Every patch by uid."""
    sql = "SELECT patch_uid, patch_id, review_status, split_state, village_name FROM patch"
    return {
        uid: Standing(patch_id, ReviewStatus(status), split or "", village or "")
        for uid, patch_id, status, split, village in map(tuple, ws.connection.execute(sql))
    }


def dispatched(ws: Workspace) -> set[str]:
    """patch_uid of every patch that somebody was sent to."""
    return {row[0] for row in ws.connection.execute("SELECT patch_uid FROM dispatch")}


def evidenced(ws: Workspace) -> set[str]:
    """patch_uid of every patch with evidence; the signed list of a village is none."""
    sql = "SELECT DISTINCT patch_uid FROM evidence_link WHERE purpose <> ?"
    return {row[0] for row in ws.connection.execute(sql, (VILLAGE_WORD,))}
