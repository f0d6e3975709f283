"""What a line of the queue needs of each table, read by columns: no geometry is decoded, no attribute parsed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Optional

from .gpkg import box_of
from .records import OF_BATCH, merged_clues
from .workspace import Workspace

#: A GeoPackage blob of ours begins so: magic, version, flags, srs id, then the envelope (gpkg.encode).
_HEAD_BYTES = 40


class PatchColumns(NamedTuple):
    """Columns of one patch; `head` is the beginning of its geometry, None without boundary."""

    patch_uid: str
    patch_id: str
    batch_id: str
    level: Optional[int]
    monitor_class: Optional[str]
    village: Optional[str]
    town: Optional[str]
    area_m2: float
    issued_area: Optional[float]
    issued_unit: Optional[str]
    adopted_m2: Optional[float]
    adopted_source: Optional[str]
    geometry_source: str
    review_status: str
    case_status: str
    due_on: Optional[str]
    split_state: str
    parent_uid: Optional[str]
    origin: str
    centre_lon: Optional[float]
    centre_lat: Optional[float]
    issued_prime_m2: Optional[float]
    patch_type: Optional[str]
    assignee: Optional[str]
    head: Optional[bytes]

    @property
    def bbox(self) -> Optional[tuple[float, float, float, float]]:
        """xmin, ymin, xmax, ymax in degrees."""
        return box_of(self.head)


_COLUMNS = (
    "patch_uid, patch_id, batch_id, monitor_level, monitor_class, village_name, town_name, area_m2, issued_area,"
    " issued_unit, adopted_area_m2, adopted_source, geometry_source, review_status, case_status, due_on, split_state,"
    " parent_uid, origin, centre_lon, centre_lat, issued_prime_m2, patch_type,"
    f" assignee, substr(geom, 1, {_HEAD_BYTES})"
)


class Judged(NamedTuple):
    """Columns of the judgement in force; `answers` is JSON."""

    verdict: Optional[str] = None
    doubt: int = 0
    answers: str = ""
    sub_type: str = ""
    by: str = ""
    against_reason: str = ""


class Beside(NamedTuple):
    """What the other tables say, by patch."""

    judged: Mapping[str, Judged]
    overlaps: Mapping[tuple[str, str], float]  # (uid, role) -> m², of prime_farmland and eco_redline
    evidence: Mapping[str, int]
    merged: Mapping[str, str]
    dues: Mapping[str, str]
    landuse: Mapping[str, str]  # code of the largest class of land use


def patches(ws: Workspace, batch_id: str = "", only: str = "") -> Iterator[PatchColumns]:
    """Of a batch (as `records.patches` has it), of one patch, or of all, in order of import."""
    tail, values = "ORDER BY fid", ()  # type: tuple[str, tuple[str, ...]]
    if only:
        tail, values = "WHERE patch_uid = ?", (only,)
    elif batch_id:
        tail, values = f"WHERE {OF_BATCH} ORDER BY fid", (batch_id,) * 3
    for row in _rows(ws, f"SELECT {_COLUMNS} FROM patch {tail}", values):
        yield PatchColumns._make(row)


def beside(ws: Workspace, only: str = "") -> Beside:
    """Judgements in force, overlaps, evidence, merged clues and deadlines, of one patch or all."""
    one, values = (" AND patch_uid = ?", (only,)) if only else ("", ())  # type: tuple[str, tuple[str, ...]]
    judged = _rows(
        ws,
        "SELECT patch_uid, verdict, doubt, answers, coalesce(sub_type, ''), coalesce(\"by\", ''),"
        f" coalesce(against_reason, '') FROM judgement WHERE withdrawn = 0{one} ORDER BY fid",
        values,
    )
    overlaps: dict[tuple[str, str], float] = {}
    for uid, role, area in _rows(
        ws,
        f"SELECT patch_uid, role, area_m2 FROM overlay WHERE role IN ('prime_farmland', 'eco_redline'){one}",
        values,
    ):
        overlaps[uid, role] = overlaps.get((uid, role), 0.0) + area
    where = " WHERE patch_uid = ?" if only else ""
    counted = _rows(ws, f"SELECT patch_uid, count(*) FROM evidence_link{where} GROUP BY patch_uid", values)
    dues = _rows(ws, "SELECT batch_id, coalesce(due_on, '') FROM batch", ())
    return Beside(
        judged={uid: Judged._make(rest) for uid, *rest in judged},
        overlaps=overlaps,
        evidence=dict(counted),
        merged=merged_clues(ws, only),
        dues=dict(dues),
        landuse=_largest(ws, one, values),
    )


def _largest(ws: Workspace, one: str, values: tuple[str, ...]) -> dict[str, str]:
    """uid -> code of the class of land use with the largest area; gaps and doubles are no class."""
    found: dict[str, tuple[float, str]] = {}
    sql = f"SELECT patch_uid, class_code, area_m2 FROM overlay WHERE role = 'landuse'{one}"
    for uid, code, area in _rows(ws, sql, values):
        if not code.startswith("__") and area > found.get(uid, (0.0, ""))[0]:
            found[uid] = (area, code)
    return {uid: code for uid, (_, code) in found.items()}


def _rows(ws: Workspace, sql: str, values: tuple[str, ...]) -> Iterator[Any]:
    cursor = ws.connection.cursor()
    cursor.row_factory = None
    return iter(cursor.execute(sql, values))
