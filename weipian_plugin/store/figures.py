"""What the watched thresholds add up: figures of some patches, and which patches belong together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Optional

from ..core.model import DUPLICATE_CODE, GAP_CODE
from . import gpkg
from .workspace import Workspace

#: SQLite takes this many values at least.
_MANY = 500


class Base(NamedTuple):
    """The columns of a patch that the thresholds look at; geometry as WKB (EPSG:4490), areas m²."""

    patch_uid: str
    patch_id: str
    parent_uid: str
    wkb: Optional[bytes]
    area_m2: float
    adopted_m2: Optional[float]
    issued_farmland_m2: Optional[float]
    issued_prime_m2: Optional[float]
    image_before: str
    patch_type: str
    source_attributes: str


class Judged(NamedTuple):
    """The judgement in force, as far as it matters here."""

    verdict: str
    sub_type: str
    answers: dict[str, str]


#: Patches that can be added up: unsplit and children, neither void nor merged into another one.
_ALIVE = (
    "coalesce(split_state, '') <> 'parent' AND review_status <> 'void' AND patch_uid NOT IN"
    " (SELECT other_uid FROM patch_relation WHERE kind = 'clue')"
)


def _in(uids: Sequence[str]) -> str:
    return f"({', '.join('?' * len(uids))})"


def _chunks(uids: Iterable[str]) -> list[list[str]]:
    listed = list(uids)
    return [listed[i : i + _MANY] for i in range(0, len(listed), _MANY)]


def bases(ws: Workspace, uids: Iterable[str]) -> dict[str, Base]:
    """The patches that can be added up, of those named."""
    found: dict[str, Base] = {}
    for chunk in _chunks(uids):
        rows = ws.connection.execute(
            "SELECT patch_uid, patch_id, coalesce(parent_uid, ''), geom, area_m2, adopted_area_m2, issued_farmland_m2,"
            " issued_prime_m2, coalesce(image_before, ''), coalesce(patch_type, ''), coalesce(source_attributes, '{}')"
            f" FROM patch WHERE patch_uid IN {_in(chunk)} AND {_ALIVE}",
            chunk,
        )
        for row in rows:
            values: list[Any] = list(row)
            values[3] = gpkg.decode(values[3])
            found[values[0]] = Base(*values)
    return found


def judged(ws: Workspace, uids: Iterable[str]) -> dict[str, Judged]:
    """The judgements in force of the patches named."""
    found: dict[str, Judged] = {}
    for chunk in _chunks(uids):
        rows = ws.connection.execute(
            "SELECT patch_uid, coalesce(verdict, ''), coalesce(sub_type, ''), answers FROM judgement"
            f" WHERE withdrawn = 0 AND patch_uid IN {_in(chunk)} ORDER BY fid",
            chunk,
        )
        for uid, verdict, sub_type, answers in rows:
            found[uid] = Judged(verdict, sub_type, json.loads(answers or "{}"))
    return found


def overlaps(ws: Workspace, uids: Iterable[str], *, net: bool = False) -> dict[str, dict[str, dict[str, float]]]:
    """patch_uid -> role -> class -> m² of 永农, land use and approvals; a role that was given is there with 0.

    net: land use without its 田坎 where the layer tells them.
    """
    area = "coalesce(net_m2, area_m2)" if net else "area_m2"
    found: dict[str, dict[str, dict[str, float]]] = {}
    for chunk in _chunks(uids):
        rows = ws.connection.execute(
            f"SELECT patch_uid, role, class_code, sum({area}) FROM overlay WHERE patch_uid IN"
            f" {_in(chunk)} AND role IN ('prime_farmland', 'approved_union', 'landuse')"
            f" AND class_code NOT IN ('{GAP_CODE}', '{DUPLICATE_CODE}') GROUP BY 1, 2, 3",
            chunk,
        )
        for uid, role, code, size in rows:
            found.setdefault(uid, {}).setdefault(role, {})[code] = size
    return found


def siblings(ws: Workspace, uids: Iterable[str]) -> set[str]:
    """The other children of the parents of these patches, and what was split from them."""
    found: set[str] = set()
    for chunk in _chunks(uids):
        places = _in(chunk)
        rows = ws.connection.execute(
            "SELECT patch_uid FROM patch WHERE parent_uid IN (SELECT parent_uid FROM patch WHERE patch_uid IN"
            f" {places} AND parent_uid IS NOT NULL) OR parent_uid IN {places}",
            [*chunk, *chunk],
        )
        found |= {row[0] for row in rows}
    return found - set(uids)


def near_boxes(ws: Workspace, boxes: Iterable[tuple[float, float, float, float]]) -> set[str]:
    """Patches whose box meets one of `boxes` (lon min, lat min, lon max, lat max), by the spatial index."""
    found: set[str] = set()
    for x0, y0, x1, y1 in boxes:
        rows = ws.connection.execute(
            "SELECT patch_uid FROM rtree_patch_geom JOIN patch ON patch.fid = rtree_patch_geom.id"
            " WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?",
            (x0, x1, y0, y1),
        )
        found |= {row[0] for row in rows}
    return found


def same_ground(ws: Workspace, uids: Iterable[str], share: float) -> dict[str, set[str]]:
    """patch_uid -> patches that cover at least this share of the same ground (往期图斑)."""
    found: dict[str, set[str]] = {}
    for chunk in _chunks(uids):
        places = _in(chunk)
        rows = ws.connection.execute(
            f"SELECT patch_uid, other_uid FROM patch_relation WHERE share >= ? AND (patch_uid IN {places}"
            f" OR other_uid IN {places})",
            [share, *chunk, *chunk],
        )
        for one, other in rows:
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return found


def actors_answered(ws: Workspace, after_fid: int) -> list[tuple[int, str, str]]:
    """(fid, patch_uid, 用地主体, else 户主, as answered) of the judgements in force after a fid, oldest first."""
    rows = ws.connection.execute(
        "SELECT fid, patch_uid, answers FROM judgement WHERE withdrawn = 0 AND fid > ? ORDER BY fid", (after_fid,)
    )
    return [(fid, uid, _actor(json.loads(answers or "{}"))) for fid, uid, answers in rows]


def _actor(answers: dict[str, str]) -> str:
    return str(answers.get("actor") or answers.get("household") or "")


def judgement_mark(ws: Workspace) -> tuple[int, int]:
    """(highest fid, sum of those withdrawn): tells whether only new judgements came."""
    sql = "SELECT coalesce(max(fid), 0), coalesce(sum(withdrawn * fid), 0) FROM judgement"
    row = ws.connection.execute(sql).fetchone()
    return int(row[0]), int(row[1])


def named_columns(ws: Workspace) -> dict[str, str]:
    """batch_id -> the description of the delivered columns (JSON text)."""
    return {row[0]: row[1] or "" for row in ws.connection.execute("SELECT batch_id, source_schema FROM batch")}


def attributes_of(ws: Workspace, batch_ids: Sequence[str]) -> list[tuple[str, str]]:
    """(patch_uid, source attributes as JSON text) of these batches."""
    found: list[tuple[str, str]] = []
    for chunk in _chunks(batch_ids):
        rows = ws.connection.execute(
            f"SELECT patch_uid, source_attributes FROM patch WHERE batch_id IN {_in(chunk)}", chunk
        )
        found += [(row[0], row[1] or "{}") for row in rows]
    return found


def patch_mark(ws: Workspace) -> tuple[int, int]:
    """(patches, highest fid): changes when patches come or go."""
    row = ws.connection.execute("SELECT count(*), coalesce(max(fid), 0) FROM patch").fetchone()
    return int(row[0]), int(row[1])


def judged_years(ws: Workspace, after_fid: int = 0) -> list[tuple[str, str, str]]:
    """(patch_uid, year of the later image or of the delivery, verdict) of judgements after a fid, oldest first.

    Only patches of deliveries that count; a verdict of other or none is there too, because it takes one away.
    """
    rows = ws.connection.execute(
        "SELECT j.patch_uid, substr(coalesce(nullif(p.image_after, ''), b.issued_on, ''), 1, 4),"
        " coalesce(j.verdict, '') FROM judgement j JOIN patch p USING (patch_uid) LEFT JOIN batch b USING (batch_id)"
        " WHERE j.withdrawn = 0 AND j.fid > ? AND p.origin = 'delivery' AND coalesce(p.split_state, '') <> 'parent'"
        " AND p.review_status <> 'void' ORDER BY j.fid",
        (after_fid,),
    )
    return [(uid, str(year or ""), verdict) for uid, year, verdict in rows]


def landuse_mark(ws: Workspace) -> int:
    """Changes when the overlay was run again or patches were overlaid."""
    row = ws.connection.execute("SELECT coalesce(max(fid), 0) FROM overlay").fetchone()
    return int(row[0])


def landuse_codes(ws: Workspace) -> list[str]:
    """Every class of land use that was met."""
    return [row[0] for row in ws.connection.execute("SELECT DISTINCT class_code FROM overlay WHERE role = 'landuse'")]


def landuse_sums(ws: Workspace, codes: Sequence[str], *, net: bool = False) -> dict[str, float]:
    """patch_uid -> m² of these classes, of every patch that has some; quicker than `overlaps` for very many."""
    area = "coalesce(net_m2, area_m2)" if net else "area_m2"
    cursor = ws.connection.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        f"SELECT patch_uid, {area} FROM overlay WHERE role = 'landuse' AND class_code IN {_in(codes)}", list(codes)
    )
    found: dict[str, float] = {}
    for uid, size in rows:
        found[uid] = found.get(uid, 0.0) + size
    return found
