"""Records <-> values: the only place that knows how a `core.model` value lies in its table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, NamedTuple, Optional

from ..core.journal import canonical
from ..core.model import (
    DUPLICATE_CODE,
    Batch,
    CaseAction,
    CaseStatus,
    Clue,
    ImageProblem,
    Judgement,
    LayerAssignment,
    OverlayRow,
    Patch,
    PatchRelation,
    PlatformStatus,
    RegisterEntry,
    Reissue,
    ReviewStatus,
    Verdict,
    ViewFrame,
)
from ..core.proof import Evidence
from . import gpkg
from .schema import TABLES
from .workspace import Row, Workspace


def select(ws: Workspace, table: str, tail: str = "", values: Iterable[Any] = ()) -> list[Row]:
    """The records of a table, every column; `tail` is SQL after the table name."""
    names = ", ".join(f'"{column}"' for column in TABLES[table].columns)
    return [dict(row) for row in ws.connection.execute(f"SELECT {names} FROM {table} {tail}", tuple(values))]


def batch_row(batch: Batch) -> Row:
    """Batch -> record."""
    return asdict(batch)


def batches(ws: Workspace) -> list[Batch]:
    """All batches, oldest first."""
    rows = select(ws, "batch", "ORDER BY created_at, fid")
    empty = ("kind", "pack_id", "pack_version")
    return [Batch(**{**row, **{name: row[name] or "" for name in empty}}) for row in rows]


def patch_row(patch: Patch) -> Row:
    """Patch -> record."""
    row = dict(patch.__dict__)
    row["geom"] = gpkg.encode(row.pop("wkb"))
    row["source_attributes"] = canonical(dict(patch.source_attributes))
    row["review_status"] = patch.review_status.value
    row["case_status"] = patch.case_status.value
    return row


def _patch(row: Row) -> Patch:
    row["wkb"] = gpkg.decode(row.pop("geom"))
    row["source_attributes"] = json.loads(row["source_attributes"] or "{}")
    row["review_status"] = ReviewStatus(row["review_status"])
    row["case_status"] = CaseStatus(row["case_status"])
    return Patch(**row)


_AGAIN = "SELECT patch_uid FROM reissue WHERE batch_id = ?"
OF_BATCH = f"batch_id = ? OR patch_uid IN ({_AGAIN}) OR parent_uid IN ({_AGAIN})"


def patches(ws: Workspace, batch_id: str = "") -> list[Patch]:
    """Patches of a batch (those that it held again and the children of all these included) or all, in order."""
    tail, values = (f"WHERE {OF_BATCH} ORDER BY fid", (batch_id,) * 3) if batch_id else ("ORDER BY fid", ())
    return [_patch(row) for row in select(ws, "patch", tail, values)]


def uids_of(ws: Workspace, batch_id: str = "") -> set[str]:
    """patch_uid of the patches of a batch, as `patches` has them, or of all."""
    where, values = (f"WHERE {OF_BATCH}", (batch_id,) * 3) if batch_id else ("", ())
    return {row[0] for row in ws.connection.execute(f"SELECT patch_uid FROM patch {where}", values)}


def patch(ws: Workspace, patch_uid: str) -> Optional[Patch]:
    """One patch, None if there is none."""
    rows = select(ws, "patch", "WHERE patch_uid = ?", (patch_uid,))
    return _patch(rows[0]) if rows else None


def children(ws: Workspace, patch_uid: str) -> list[Patch]:
    """The children of a split patch in the order of their numbers."""
    return [_patch(row) for row in select(ws, "patch", "WHERE parent_uid = ? ORDER BY fid", (patch_uid,))]


def patch_count(ws: Workspace, batch_id: str) -> int:
    """How many patches lie in a batch."""
    return int(ws.connection.execute("SELECT count(*) FROM patch WHERE batch_id = ?", (batch_id,)).fetchone()[0])


def highest_number(ws: Workspace, prefix: str) -> int:
    """The largest number that follows `prefix` in the number of a patch, 0 without any."""
    sql = "SELECT substr(patch_id, ?) FROM patch WHERE substr(patch_id, 1, ?) = ?"
    tails = [row[0] for row in ws.connection.execute(sql, (len(prefix) + 1, len(prefix), prefix))]
    return max((int(tail) for tail in tails if tail.isascii() and tail.isdigit()), default=0)


#: Tables with rows about a patch, in an order that references allow to delete in.
_ABOUT_PATCH = (
    "overlay", "evidence_link", "judgement", "case_action", "clue", "register_link", "patch_relation",
    "platform_status", "reissue", "image_problem", "view_frame", "revision", "internal_check",
    "dispatch", "certified",
)  # fmt: skip


def keys_about(ws: Workspace, patch_uid: str) -> list[tuple[str, tuple[Any, ...]]]:
    """(table, key) of every row about a patch, its own record last."""
    found: list[tuple[str, tuple[Any, ...]]] = []
    for table in _ABOUT_PATCH:
        names = ", ".join(f'"{name}"' for name in TABLES[table].key)
        columns = ("patch_uid", "other_uid") if table == "patch_relation" else ("patch_uid",)
        where = " OR ".join(f"{column} = ?" for column in columns)
        rows = ws.connection.execute(f"SELECT {names} FROM {table} WHERE {where}", [patch_uid] * len(columns))
        found += [(table, tuple(row)) for row in rows]
    return [*found, ("patch", (patch_uid,))]


class OverlayTarget(NamedTuple):
    """The columns of a patch that the overlay needs, geometry as in `Patch`."""

    patch_uid: str
    patch_id: str
    wkb: Optional[bytes]
    delivered_wkb: Optional[bytes]
    delivered_crs: str
    parent_uid: Optional[str]
    area_m2: float
    review_status: str
    village_name: Optional[str]
    overlay_mark: Optional[str]


def overlay_targets(ws: Workspace) -> list[OverlayTarget]:
    """Patches with a boundary that are not split, in order of import."""
    cursor = ws.connection.cursor()
    cursor.row_factory = None
    rows = cursor.execute(
        "SELECT patch_uid, patch_id, geom, delivered_wkb, delivered_crs, parent_uid, area_m2, review_status,"
        " village_name, overlay_mark FROM patch WHERE geom IS NOT NULL AND coalesce(split_state, '') <> 'parent'"
        " ORDER BY fid"
    )
    return [OverlayTarget(uid, pid, gpkg.decode(geom), *rest) for uid, pid, geom, *rest in rows]


def overlay_off(ws: Workspace, by_m2: float) -> set[str]:
    """Patches whose land use, uncovered ground in, ground covered twice out, misses their area by this much."""
    rows = ws.connection.execute(
        "SELECT patch_uid FROM (SELECT patch_uid, sum(CASE WHEN class_code = ? THEN -area_m2 ELSE area_m2 END) AS found"
        " FROM overlay WHERE role = 'landuse' GROUP BY patch_uid) JOIN patch USING (patch_uid)"
        " WHERE abs(found - area_m2) >= ?",
        (DUPLICATE_CODE, by_m2),
    )
    return {row[0] for row in rows}


def overlay_keys(ws: Workspace) -> list[tuple[str, str, str]]:
    """(patch_uid, role, class_code) of every overlay row."""
    cursor = ws.connection.cursor()
    cursor.row_factory = None
    return cursor.execute("SELECT patch_uid, role, class_code FROM overlay").fetchall()


def overlay_row(row: OverlayRow) -> Row:
    """Overlay result -> record."""
    record = dict(row.__dict__)
    record["detail"] = canonical([dict(item) for item in row.detail])
    return record


def overlay(ws: Workspace, patch_uid: str = "") -> list[OverlayRow]:
    """Overlay rows of one patch or all."""
    tail, values = ("WHERE patch_uid = ?", (patch_uid,)) if patch_uid else ("", ())
    rows = select(ws, "overlay", tail, values)
    return [OverlayRow(**{**row, "detail": tuple(json.loads(row["detail"]))}) for row in rows]


def judgement_row(judgement: Judgement) -> Row:
    """Judgement -> record."""
    row = dict(judgement.__dict__)
    row["verdict"] = judgement.verdict.value if judgement.verdict else None
    row["doubt"] = int(judgement.doubt)
    row["rule_ids"] = canonical(list(judgement.rule_ids))
    row["answers"] = canonical(dict(judgement.answers))
    row["withdrawn"] = 0
    return row


def _judgement(row: Row) -> Judgement:
    row.pop("withdrawn")
    row["verdict"] = Verdict(row["verdict"]) if row["verdict"] else None
    row["doubt"] = bool(row["doubt"])
    row["rule_ids"] = tuple(json.loads(row["rule_ids"]))
    row["answers"] = json.loads(row["answers"])
    row.update({name: row[name] or "" for name in ("pack_id", "role", "seen")})
    return Judgement(**row)


def judgements(ws: Workspace, patch_uid: str = "") -> dict[str, Judgement]:
    """The judgement in force per patch: the last that was not withdrawn."""
    tail = "WHERE withdrawn = 0" + (" AND patch_uid = ?" if patch_uid else "") + " ORDER BY fid"
    rows = select(ws, "judgement", tail, (patch_uid,) if patch_uid else ())
    return {row["patch_uid"]: _judgement(row) for row in rows}


def evidence_row(evidence: Evidence) -> Row:
    """Evidence -> record."""
    return {**evidence.__dict__, **{name: canonical(dict(getattr(evidence, name))) for name in _EVIDENCE_JSON}}


def evidence_of(row: Row) -> Evidence:
    """Record -> evidence."""
    texts = {name: row[name] or "" for name in _EVIDENCE_TEXT}
    return Evidence(**{**row, **texts, **{name: json.loads(row[name] or "{}") for name in _EVIDENCE_JSON}})


# Columns that came later and are empty text, not NULL, in the value.
_EVIDENCE_TEXT = ("camera", "phash", "shift", "parent_id", "doc_kind", "doc_authority", "valid_until")
_EVIDENCE_JSON = ("checks", "facts", "match")


def evidence(ws: Workspace, evidence_id: str = "") -> dict[str, Evidence]:
    """Evidence by id, one or all."""
    tail, values = ("WHERE evidence_id = ?", (evidence_id,)) if evidence_id else ("ORDER BY fid", ())
    return {row["evidence_id"]: evidence_of(row) for row in select(ws, "evidence", tail, values)}


def evidence_of_content(ws: Workspace, sha256: str) -> Optional[Evidence]:
    """The evidence with this content, None if there is none."""
    rows = select(ws, "evidence", "WHERE sha256 = ? ORDER BY fid LIMIT 1", (sha256,))
    return evidence_of(rows[0]) if rows else None


def evidence_ids(ws: Workspace) -> dict[str, str]:
    """SHA-256 -> id of every piece of evidence; the first where a merge brought the same content twice."""
    rows = ws.connection.execute("SELECT sha256, evidence_id FROM evidence ORDER BY fid DESC")
    return {row[0]: row[1] for row in rows}


def link_row(patch_uid: str, evidence_id: str, purpose: str, **more: str) -> Row:
    """What a file proves for a patch; `more`: note, confidence, reason, by, at."""
    row = {"patch_uid": patch_uid, "evidence_id": evidence_id, "purpose": purpose}
    return {**row, **dict.fromkeys(("note", "confidence", "reason", "by", "at"), ""), **more}


def links(ws: Workspace, patch_uid: str = "") -> list[tuple[str, str, str]]:
    """(patch_uid, evidence_id, purpose) in the order they were made."""
    tail, values = ("WHERE patch_uid = ? ORDER BY fid", (patch_uid,)) if patch_uid else ("ORDER BY fid", ())
    return [(r["patch_uid"], r["evidence_id"], r["purpose"]) for r in select(ws, "evidence_link", tail, values)]


def action_row(action: CaseAction) -> Row:
    """Case action -> record."""
    return {**action.__dict__, "evidence_ids": canonical(list(action.evidence_ids)), "withdrawn": 0}


def actions(ws: Workspace, patch_uid: str = "") -> list[CaseAction]:
    """Case actions in force, in the order they were recorded."""
    tail = "WHERE withdrawn = 0" + (" AND patch_uid = ?" if patch_uid else "") + " ORDER BY fid"
    rows = select(ws, "case_action", tail, (patch_uid,) if patch_uid else ())
    result = []
    for row in rows:
        row.pop("withdrawn")
        result.append(CaseAction(**{**row, "evidence_ids": tuple(json.loads(row["evidence_ids"] or "[]"))}))
    return result


def setting(ws: Workspace, name: str) -> str:
    """A value of the workspace, empty if never set."""
    rows = select(ws, "setting", "WHERE name = ?", (name,))
    return rows[0]["value"] if rows else ""


def settings(ws: Workspace, prefix: str) -> dict[str, str]:
    """Values whose names start so, by the rest of the name."""
    rows = select(ws, "setting", "WHERE substr(name, 1, ?) = ?", (len(prefix), prefix))
    return {row["name"][len(prefix) :]: row["value"] for row in rows}


def setting_row(name: str, value: str) -> Row:
    """Setting -> record."""
    return {"name": name, "value": value}


def assignments(ws: Workspace) -> list[LayerAssignment]:
    """Layers that were given a role."""
    return [LayerAssignment(**item) for item in json.loads(setting(ws, "layers") or "[]")]


def assignments_row(layers: Iterable[LayerAssignment]) -> Row:
    """Layers with a role -> record."""
    return setting_row("layers", canonical([asdict(layer) for layer in layers]))


def reissue_row(item: Reissue) -> Row:
    """Reissue -> record."""
    return {**item.__dict__, "differences": canonical({k: list(v) for k, v in item.differences.items()})}


def reissues(ws: Workspace, batch_id: str = "", patch_uid: str = "") -> list[Reissue]:
    """What later deliveries held again, of one batch, one patch or all, in the order of arrival."""
    rows = select(ws, "reissue", *where(batch_id=batch_id, patch_uid=patch_uid))
    return [Reissue(**{**row, "differences": json.loads(row["differences"] or "{}")}) for row in rows]


def relation_row(item: PatchRelation) -> Row:
    """PatchRelation -> record."""
    return dict(item.__dict__)


def relations(ws: Workspace, patch_uid: str = "", other_uid: str = "") -> list[PatchRelation]:
    """Relations from one patch, to one patch, or all."""
    return [
        PatchRelation(**row) for row in select(ws, "patch_relation", *where(patch_uid=patch_uid, other_uid=other_uid))
    ]


def merged_clues(ws: Workspace, clue_uid: str = "") -> dict[str, str]:
    """uid of each clue that a patch in force covers -> number of that patch (relation kind clue)."""
    sql = (
        "SELECT r.other_uid, p.patch_id FROM patch_relation r JOIN patch p ON p.patch_uid = r.patch_uid "
        "WHERE r.kind = 'clue' AND p.review_status <> 'void'" + (" AND r.other_uid = ?" if clue_uid else "")
    )
    return {row[0]: row[1] for row in ws.connection.execute(f"{sql} ORDER BY r.fid", (clue_uid,) if clue_uid else ())}


def clue_row(item: Clue) -> Row:
    """Clue -> record."""
    return dict(item.__dict__)


def clues(ws: Workspace, patch_uid: str = "") -> dict[str, Clue]:
    """Clues by patch, one or all."""
    return {row["patch_uid"]: Clue(**row) for row in select(ws, "clue", *where(patch_uid=patch_uid))}


def platform_row(item: PlatformStatus) -> Row:
    """PlatformStatus -> record."""
    return {**item.__dict__, "raw": canonical(dict(item.raw))}


def platform_statuses(ws: Workspace, patch_uid: str = "") -> dict[str, PlatformStatus]:
    """The platform's last word by patch, one or all."""
    rows = select(ws, "platform_status", *where(patch_uid=patch_uid))
    return {row["patch_uid"]: PlatformStatus(**{**row, "raw": json.loads(row["raw"] or "{}")}) for row in rows}


def image_problem_row(item: ImageProblem) -> Row:
    """ImageProblem -> record."""
    return dict(item.__dict__)


def image_problems(ws: Workspace, patch_uid: str = "") -> list[ImageProblem]:
    """Marked imagery of one patch or all."""
    return [ImageProblem(**row) for row in select(ws, "image_problem", *where(patch_uid=patch_uid))]


def view_frame_row(item: ViewFrame) -> Row:
    """ViewFrame -> record."""
    return dict(item.__dict__)


def view_frames(ws: Workspace, patch_uid: str = "") -> dict[str, ViewFrame]:
    """Frames by patch, one or all."""
    return {row["patch_uid"]: ViewFrame(**row) for row in select(ws, "view_frame", *where(patch_uid=patch_uid))}


def register_row(item: RegisterEntry) -> Row:
    """RegisterEntry -> record."""
    return {**item.__dict__, "attributes": canonical(dict(item.attributes))}


def register_entries(ws: Workspace, register: str = "") -> dict[str, RegisterEntry]:
    """Entries by id, of one register or all."""
    rows = select(ws, "register_entry", *where(register=register))
    return {
        row["entry_id"]: RegisterEntry(**{**row, "attributes": json.loads(row["attributes"] or "{}")}) for row in rows
    }


def register_links(ws: Workspace, patch_uid: str = "") -> list[Row]:
    """Which entries were laid on which patch: patch_uid, entry_id, reason, by, at."""
    return select(ws, "register_link", *where(patch_uid=patch_uid))


def landuse_without_net(ws: Workspace) -> list[str]:
    """Codes of land use whose area without 田坎 the layer did not tell, for some patch."""
    sql = "SELECT DISTINCT class_code FROM overlay WHERE role = 'landuse' AND net_m2 IS NULL AND area_m2 > 0"
    return [row[0] for row in ws.connection.execute(sql)]


def county_codes(ws: Workspace) -> list[str]:
    """Six-digit codes of the counties that patches name, the most frequent first."""
    sql = "SELECT substr(county_code, 1, 6) AS code FROM patch WHERE length(county_code) >= 6 GROUP BY code"
    return [row[0] for row in ws.connection.execute(f"{sql} ORDER BY count(*) DESC, code")]


def register_mark(ws: Workspace) -> tuple[int, ...]:
    """Changes whenever entries come or go."""
    row = ws.connection.execute("SELECT count(*), coalesce(max(fid), 0) FROM register_entry").fetchone()
    return tuple(row)


def entry_patches(ws: Workspace) -> dict[str, list[tuple[str, str]]]:
    """entry_id -> (patch_uid, number) of the patches that it was laid on, without those it was taken off."""
    found: dict[str, list[tuple[str, str]]] = {}
    for entry_id, uid, patch_id in ws.connection.execute(
        "SELECT l.entry_id, l.patch_uid, p.patch_id FROM register_link l JOIN patch p ON p.patch_uid = l.patch_uid "
        "WHERE l.reason NOT LIKE 'removed%' ORDER BY p.fid"
    ):
        found.setdefault(entry_id, []).append((uid, patch_id))
    return found


def where(**wanted: str) -> tuple[str, list[str]]:
    """The WHERE of the columns that are asked for, in order of arrival."""
    given = {name: value for name, value in wanted.items() if value}
    terms = " AND ".join(f'"{name}" = ?' for name in given)
    return (f"WHERE {terms} ORDER BY fid" if terms else "ORDER BY fid"), list(given.values())
