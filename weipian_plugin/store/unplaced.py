"""Evidence that lies on no patch and belongs to nothing else: what waits for a person."""

from __future__ import annotations

from ..core.proof import Evidence
from . import records
from .marks import boundary_mark
from .workspace import Workspace

#: Key in Evidence.match of what a person took out of the lane.
ASIDE = "aside"
#: How it stands in the JSON of the column, which has no spaces (core.journal.canonical).
_MARK = f'"{ASIDE}":{{'
_WAITS = (
    "NOT EXISTS (SELECT 1 FROM evidence_link l WHERE l.evidence_id = evidence.evidence_id)"
    " AND coalesce(parent_id, '') = ''"
    " AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.evidence_id = evidence.evidence_id)"
    " AND NOT EXISTS (SELECT 1 FROM revision r WHERE r.evidence_id = evidence.evidence_id)"
    " AND NOT EXISTS (SELECT 1 FROM case_action a WHERE instr(a.evidence_ids, evidence.evidence_id) > 0)"
)


def unplaced(ws: Workspace, *, aside: bool = False) -> list[Evidence]:
    """What lies on no patch, in the order it came; `aside`: what a person said is no evidence instead."""
    sign = ">" if aside else "="
    tail = f"WHERE {_WAITS} AND instr(coalesce(match, ''), ?) {sign} 0 ORDER BY fid"
    return [records.evidence_of(row) for row in records.select(ws, "evidence", tail, (_MARK,))]


def unplaced_count(ws: Workspace) -> int:
    """How many wait in the lane."""
    sql = f"SELECT count(*) FROM evidence WHERE {_WAITS} AND instr(coalesce(match, ''), ?) = 0"
    return int(ws.connection.execute(sql, (_MARK,)).fetchone()[0])


def timed_links(ws: Workspace) -> list[tuple[str, str, str]]:
    """(time, patch_uid, evidence_id) of every photo on a patch whose time is known."""
    rows = ws.connection.execute(
        "SELECT e.taken_at, l.patch_uid, e.evidence_id FROM evidence e JOIN evidence_link l USING (evidence_id)"
        " WHERE e.kind = 'photo' AND coalesce(e.taken_at, '') <> '' ORDER BY e.taken_at, e.fid"
    )
    return [(row[0], row[1], row[2]) for row in rows]


def shifted(ws: Workspace) -> list[str]:
    """Ids of evidence whose position was converted back."""
    sql = "SELECT evidence_id FROM evidence WHERE coalesce(shift, '') <> '' ORDER BY fid"
    return [row[0] for row in ws.connection.execute(sql)]


def places_mark(ws: Workspace) -> tuple[object, ...]:
    """Changes whenever another set of patches can take evidence."""
    void = ws.connection.execute("SELECT count(*) FROM patch WHERE review_status = 'void'").fetchone()[0]
    return (*boundary_mark(ws), void)
