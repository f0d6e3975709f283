"""Short values that change whenever something changed that others have read."""

from __future__ import annotations

from .workspace import Workspace


def boundary_mark(ws: Workspace) -> tuple[object, ...]:
    """Changes whenever a boundary comes, goes or is drawn anew; area in m² tells one boundary from another."""
    sql = "SELECT count(*), coalesce(max(fid), 0), coalesce(sum(round(area_m2, 4)), 0), sum(split_state = 'parent')"
    return tuple(ws.connection.execute(f"{sql} FROM patch").fetchone())
