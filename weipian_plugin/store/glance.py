"""What is asked of patches without reading them whole: how many, which one, its boundary, what lies with one."""

from __future__ import annotations

from typing import Optional

from ..core.proof import Evidence
from . import gpkg, records
from .schema import TABLES
from .workspace import Workspace


def patch_count(ws: Workspace) -> int:
    """How many patches there are, split and void ones included."""
    return int(ws.connection.execute("SELECT count(*) FROM patch").fetchone()[0])


def holds(ws: Workspace, patch_uid: str) -> bool:
    """Whether there is a patch with this uid."""
    return ws.connection.execute("SELECT 1 FROM patch WHERE patch_uid = ?", (patch_uid,)).fetchone() is not None


def uid_of(ws: Workspace, patch_id: str, batch_id: str = "") -> str:
    """uid of the patch with this number, of several the newest that is not void; empty without one."""
    sql, values = "SELECT patch_uid FROM patch WHERE patch_id = ?", (patch_id,)
    if batch_id:  # a patch that came with an earlier batch is of this one too when it came again
        sql += " AND (batch_id = ? OR patch_uid IN (SELECT patch_uid FROM reissue WHERE batch_id = ?))"
        values = (patch_id, batch_id, batch_id)
    row = ws.connection.execute(f"{sql} ORDER BY review_status = 'void', fid DESC LIMIT 1", values).fetchone()
    return str(row[0]) if row else ""


def boundaries(ws: Workspace) -> dict[str, bytes]:
    """patch_uid -> MultiPolygon WKB in EPSG:4490, of the patches that have one."""
    rows = ws.connection.execute("SELECT patch_uid, geom FROM patch WHERE geom IS NOT NULL")
    return {uid: gpkg.decode(blob) or b"" for uid, blob in rows}


def extent(ws: Workspace) -> Optional[tuple[float, float, float, float]]:
    """West, south, east and north of all boundaries, lon/lat degrees; None without any."""
    row = ws.connection.execute("SELECT min(minx), min(miny), max(maxx), max(maxy) FROM rtree_patch_geom").fetchone()
    return None if row is None or row[0] is None else (row[0], row[1], row[2], row[3])


def batch_ids(ws: Workspace) -> dict[str, str]:
    """patch_uid -> batch_id of every patch."""
    return dict(map(tuple, ws.connection.execute("SELECT patch_uid, batch_id FROM patch ORDER BY fid")))


def first_open(ws: Workspace) -> str:
    """uid of a patch that still needs a decision, the highest level first; of any patch where none does."""
    row = ws.connection.execute(
        "SELECT patch_uid FROM patch WHERE coalesce(split_state, '') <> 'parent'"
        " ORDER BY review_status IN ('judged', 'submitted', 'finished', 'void'), coalesce(monitor_level, 9), fid"
        " LIMIT 1"
    ).fetchone()
    return row[0] if row else ""


def linked_evidence(ws: Workspace, patch_uid: str) -> list[tuple[Evidence, str, str, str]]:
    """(evidence, what it proves, confidence and reason of its place) of a patch, in the order the files came.

    Not in that of the links: a photo keeps its number when its purpose changes or a step is undone.
    """
    names = ", ".join(f'e."{column}"' for column in TABLES["evidence"].columns)
    rows = ws.connection.execute(
        f"SELECT {names}, l.purpose, coalesce(l.confidence, '') AS confidence, coalesce(l.reason, '') AS reason"
        " FROM evidence_link l JOIN evidence e USING (evidence_id) WHERE l.patch_uid = ? ORDER BY e.fid",
        (patch_uid,),
    )
    found = []
    for row in rows:
        record = dict(row)
        told = (record.pop("purpose"), record.pop("confidence"), record.pop("reason"))
        found.append((records.evidence_of(record), *told))
    return found
