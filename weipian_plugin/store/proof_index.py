"""What is asked of all evidence at once, a few columns of each file, and what of it changed since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Optional

from . import gpkg
from .workspace import Workspace

#: Tables that evidence is believed by.
WATCHED = frozenset({"evidence", "evidence_link", "likeness", "patch"})
#: Actions that write many records and none of those of evidence.
_ELSEWHERE = frozenset({"overlay"})


class FileFacts(NamedTuple):
    """A few columns of a piece of evidence; `preview`: the file carries a small picture of itself."""

    evidence_id: str
    kind: str
    sha256: str
    name: str
    camera: str
    taken_at: Optional[str]
    lon: Optional[float]
    lat: Optional[float]
    azimuth: Optional[float]
    accuracy_m: Optional[float]
    altitude_m: Optional[float]
    source: str
    doc_no: str
    doc_area_mu: str
    preview: bool


class PatchFacts(NamedTuple):
    """A few columns of a patch that evidence is linked to."""

    patch_uid: str
    patch_id: str
    parent_uid: str
    split_state: str
    review_status: str
    area_m2: float
    adopted_area_m2: Optional[float]
    centre_lon: Optional[float]
    centre_lat: Optional[float]
    wkb: Optional[bytes]


_PREVIEW = '"thumb":{'


def files(ws: Workspace) -> list[FileFacts]:
    """Every piece of evidence."""
    cursor = ws.connection.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        "SELECT evidence_id, kind, sha256, original_name, coalesce(camera, ''), taken_at, lon, lat, azimuth,"
        " accuracy_m, altitude_m, source, coalesce(doc_no, ''), coalesce(doc_area_mu, ''),"
        " instr(coalesce(facts, ''), ?) > 0 FROM evidence",
        (_PREVIEW,),
    )
    return [FileFacts(*row) for row in rows]


def file_of(row: dict[str, Any]) -> FileFacts:
    """The same columns of a whole record, as the journal holds it."""
    return FileFacts(
        row["evidence_id"], row["kind"], row["sha256"], row["original_name"], row["camera"] or "", row["taken_at"],
        row["lon"], row["lat"], row["azimuth"], row["accuracy_m"], row["altitude_m"], row["source"],
        row["doc_no"] or "", row["doc_area_mu"] or "", _PREVIEW in (row["facts"] or ""),
    )  # fmt: skip


def links(ws: Workspace) -> list[tuple[str, str, str]]:
    """(evidence_id, patch_uid, purpose) of all links."""
    cursor = ws.connection.cursor()
    cursor.row_factory = None
    return cursor.execute("SELECT evidence_id, patch_uid, purpose FROM evidence_link").fetchall()


def likenesses(ws: Workspace) -> list[tuple[str, str, str, float]]:
    """(evidence_id, other_id, kind, score) of all pairs of alike photos."""
    cursor = ws.connection.cursor()
    cursor.row_factory = None
    return cursor.execute("SELECT evidence_id, other_id, kind, score FROM likeness").fetchall()


def patch(ws: Workspace, patch_uid: str) -> Optional[PatchFacts]:
    """One patch, None if there is none."""
    row = ws.connection.execute(
        "SELECT patch_uid, patch_id, coalesce(parent_uid, ''), coalesce(split_state, ''), review_status, area_m2,"
        " adopted_area_m2, centre_lon, centre_lat, geom FROM patch WHERE patch_uid = ?",
        (patch_uid,),
    ).fetchone()
    return None if row is None else PatchFacts(*tuple(row)[:-1], gpkg.decode(row["geom"]) if row["geom"] else None)


def journal_mark(ws: Workspace) -> int:
    """Grows with every committed action, of whatever copy; the journal only ever grows."""
    return int(ws.connection.execute("SELECT coalesce(max(rowid), 0) FROM journal").fetchone()[0])


def changes_since(
    ws: Workspace, mark: int
) -> Iterator[Optional[tuple[str, tuple[Any, ...], Optional[dict[str, Any]]]]]:
    """(table, key, record or None) of what was written to the watched tables since a mark, in order.

    None where it would be longer to read the change than the tables.
    """
    rows = ws.connection.execute(
        'SELECT action, "after" FROM journal WHERE rowid > ? ORDER BY rowid', (mark,)
    ).fetchall()
    for action, after in rows:
        if action in _ELSEWHERE:
            continue
        if after.startswith('{"payload"'):
            yield None
            return
        for table, key, row, whole in ws.changes(after):
            if table in WATCHED:
                if not whole and table != "patch":
                    yield None
                    return
                yield table, key, row
