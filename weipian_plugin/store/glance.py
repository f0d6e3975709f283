"""What a panel asks before it reads anything whole: how many patches, which one first, what lies with one."""

from __future__ import annotations

from ..core.model import Evidence
from . import records
from .schema import TABLES
from .workspace import Workspace


def patch_count(ws: Workspace) -> int:
    """How many patches there are, split and void ones included."""
    return int(ws.connection.execute("SELECT count(*) FROM patch").fetchone()[0])


def holds(ws: Workspace, patch_uid: str) -> bool:
    """Whether there is a patch with this uid."""
    return ws.connection.execute("SELECT 1 FROM patch WHERE patch_uid = ?", (patch_uid,)).fetchone() is not None


def first_open(ws: Workspace) -> str:
    """uid of a patch that still needs a decision, the highest level first; of any patch where none does."""
    row = ws.connection.execute(
        "SELECT patch_uid FROM patch WHERE coalesce(split_state, '') <> 'parent'"
        " ORDER BY review_status IN ('judged', 'submitted', 'finished', 'void'), coalesce(monitor_level, 9), fid"
        " LIMIT 1"
    ).fetchone()
    return row[0] if row else ""


def linked_evidence(ws: Workspace, patch_uid: str) -> list[tuple[Evidence, str]]:
    """Evidence of a patch with what it proves, in the order it was linked."""
    names = ", ".join(f'e."{column}"' for column in TABLES["evidence"].columns)
    rows = ws.connection.execute(
        f"SELECT {names}, l.purpose FROM evidence_link l JOIN evidence e USING (evidence_id)"
        " WHERE l.patch_uid = ? ORDER BY l.fid",
        (patch_uid,),
    )
    found = []
    for row in rows:
        record = dict(row)
        purpose = record.pop("purpose")
        found.append((records.evidence_of(record), purpose))
    return found
