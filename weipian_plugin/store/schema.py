"""The tables of workspace.gpkg and its numbered migrations. Documented in docs/workspace.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """A record table: its key, its columns (name -> SQL type), the schema version that brought it."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, str]
    since: int = 1


T, R, I, B = "TEXT", "REAL", "INTEGER", "BLOB"  # noqa: E741 - SQL types, read in a table below


def _table(name: str, key: str, since: int = 1, /, **columns: str) -> Table:
    return Table(name, tuple(key.split()), columns, since)


_FIRST: Mapping[str, Table] = {
    t.name: t
    for t in (
        _table(
            "batch", "batch_id", batch_id=T, name=T, issued_on=T, due_on=T, source_sha256=T, source_name=T,
            source_schema=T, crs=T, patch_count=I, created_at=T,
        ),
        _table(
            "patch", "patch_uid", patch_uid=T, patch_id=T, batch_id=T, parent_uid=T, split_state=T, origin=T,
            monitor_class=T, monitor_level=I, level_source=T, patch_type=T, county_code=T, town_name=T,
            village_name=T, image_before=T, image_after=T, geometry_source=T, area_m2=R, issued_area=R,
            issued_unit=T, adopted_area_m2=R, adopted_source=T, source_attributes=T, review_status=T,
            case_status=T, assignee=T, due_on=T, remark=T, delivered_wkb=B, delivered_crs=T, geom=B,
        ),
        _table(
            "overlay", "patch_uid role class_code", patch_uid=T, patch_id=T, role=T, class_code=T, area_m2=R,
            share=R, fingerprint=T, computed_at=T, detail=T,
        ),
        _table(
            "judgement", "judgement_id", judgement_id=T, patch_uid=T, verdict=T, doubt=I, sub_type=T, basis=T,
            rule_ids=T, pack_version=T, answers=T, advice=T, against_reason=T, by=T, at=T, withdrawn=I,
        ),
        _table(
            "evidence", "evidence_id", evidence_id=T, kind=T, sha256=T, original_name=T, taken_at=T, lon=R, lat=R,
            azimuth=R, azimuth_ref=T, accuracy_m=R, source=T, checks=T, doc_no=T, doc_date=T, doc_area_mu=T,
            added_at=T, added_by=T,
        ),
        _table("evidence_link", "patch_uid evidence_id purpose", patch_uid=T, evidence_id=T, purpose=T, note=T),
        _table(
            "case_action", "action_id", action_id=T, patch_uid=T, kind=T, date=T, doc_no=T, office=T, person=T,
            way=T, demolished_mu=T, reclaimed_mu=T, regularised_mu=T, note=T, evidence_ids=T, by=T, at=T, withdrawn=I,
        ),
        _table("setting", "name", name=T, value=T),
    )
}  # fmt: skip
_SECOND: Mapping[str, Table] = {
    t.name: t
    for t in (
        _table("reissue", "batch_id patch_uid", 2, batch_id=T, patch_uid=T, change=T, differences=T, at=T),
        _table(
            "patch_relation", "patch_uid other_uid kind", 2, patch_uid=T, other_uid=T, kind=T, overlap_m2=R, share=R,
            reason=T, at=T,
        ),
        _table(
            "clue", "patch_uid", 2, patch_uid=T, finder=T, found_at=T, stopped_at=T, reported_at=T, grid_l3=T,
            grid_l4=T, note=T, by=T, at=T,
        ),
        _table(
            "platform_status", "patch_uid", 2, patch_uid=T, fill_state=T, audit_stage=T, return_state=T,
            return_reason=T, split_state=T, opinion=T, raw=T, source_name=T, source_sha256=T, imported_at=T,
        ),
        _table(
            "register_entry", "entry_id", 2, entry_id=T, register=T, holder=T, doc_no=T, doc_date=T, village=T,
            approved_m2=R, people=I, lon=R, lat=R, attributes=T, source_name=T, source_sha256=T, row_no=I,
        ),
        _table("register_link", "patch_uid entry_id", 2, patch_uid=T, entry_id=T, reason=T, by=T, at=T),
    )
}  # fmt: skip
_THIRD: Mapping[str, Table] = {
    t.name: t
    for t in (
        _table("image_problem", "patch_uid role", 3, patch_uid=T, role=T, reason=T, note=T, by=T, at=T),
        _table("view_frame", "patch_uid", 3, patch_uid=T, lon=R, lat=R, width_m=R, by=T, at=T),
        _table(
            "revision", "revision_id", 3, revision_id=T, patch_uid=T, judgement_id=T, from_verdict=T, to_verdict=T,
            reason=T, doc_no=T, evidence_id=T, second_person=T, review_status=T, case_status=T, by=T, at=T,
        ),
        _table(
            "internal_check", "check_id", 3, check_id=T, patch_uid=T, judgement_id=T, result=T, reasons=T, note=T,
            by=T, at=T,
        ),
        _table("person", "name", 3, name=T, role=T, at=T),
        _table("pack", "pack_id version", 3, pack_id=T, version=T, fingerprint=T, label=T, files=T, at=T),
    )
}  # fmt: skip
_FOURTH: Mapping[str, Table] = {
    t.name: t
    for t in (
        _table("likeness", "evidence_id other_id", 4, evidence_id=T, other_id=T, kind=T, score=R, at=T),
        _table("dispatch", "patch_uid", 4, patch_uid=T, person=T, village=T, due_on=T, note=T, by=T, at=T),
        _table(
            "certificate", "certificate_id", 4, certificate_id=T, number=T, village=T, batch_id=T, made_at=T,
            made_by=T, signed_by=T, signed_on=T, evidence_id=T, by=T, at=T, withdrawn=I,
        ),
        _table("certified", "certificate_id patch_uid", 4, certificate_id=T, patch_uid=T, digest=T, summary=T),
    )
}  # fmt: skip
#: Columns that a later version added: (table, version) -> name -> SQL type.
_ADDED: Mapping[tuple[str, int], Mapping[str, str]] = {
    ("batch", 2): {"kind": T},
    ("patch", 2): {
        "centre_lon": R, "centre_lat": R, "issued_farmland_m2": R, "issued_prime_m2": R, "overlay_mark": T,
        "review_source": T, "return_reason": T,
    },
    ("overlay", 2): {"net_m2": R},
    ("batch", 3): {"pack_id": T, "pack_version": T},
    ("judgement", 3): {"pack_id": T, "role": T, "seen": T},
    ("evidence", 4): {
        "width": I, "height": I, "orientation": I, "camera": T, "fov_deg": R, "altitude_m": R, "azimuth_raw": R,
        "declination": R, "phash": T, "shift": T, "facts": T, "match": T, "parent_id": T, "doc_kind": T,
        "doc_authority": T, "valid_until": T, "outline": B,
    },
    ("evidence_link", 4): {"confidence": T, "reason": T, "by": T, "at": T},
}  # fmt: skip


def _grown(table: Table) -> Table:
    columns = dict(table.columns)
    for (name, _version), added in sorted(_ADDED.items(), key=lambda item: item[0][1]):
        if name == table.name:
            columns.update(added)
    return Table(table.name, table.key, columns, table.since)


#: Every table as the newest version has it.
TABLES: Mapping[str, Table] = {
    t.name: _grown(t) for t in (*_FIRST.values(), *_SECOND.values(), *_THIRD.values(), *_FOURTH.values())
}

_REFERENCES = {
    ("patch", "batch_id"): "batch(batch_id)",
    ("overlay", "patch_uid"): "patch(patch_uid)",
    ("judgement", "patch_uid"): "patch(patch_uid)",
    ("evidence_link", "patch_uid"): "patch(patch_uid)",
    ("evidence_link", "evidence_id"): "evidence(evidence_id)",
    ("case_action", "patch_uid"): "patch(patch_uid)",
    ("reissue", "batch_id"): "batch(batch_id)",
    ("reissue", "patch_uid"): "patch(patch_uid)",
    ("patch_relation", "patch_uid"): "patch(patch_uid)",
    ("patch_relation", "other_uid"): "patch(patch_uid)",
    ("clue", "patch_uid"): "patch(patch_uid)",
    ("platform_status", "patch_uid"): "patch(patch_uid)",
    ("register_link", "patch_uid"): "patch(patch_uid)",
    ("register_link", "entry_id"): "register_entry(entry_id)",
    ("image_problem", "patch_uid"): "patch(patch_uid)",
    ("view_frame", "patch_uid"): "patch(patch_uid)",
    ("revision", "patch_uid"): "patch(patch_uid)",
    ("internal_check", "patch_uid"): "patch(patch_uid)",
    ("likeness", "evidence_id"): "evidence(evidence_id)",
    ("likeness", "other_id"): "evidence(evidence_id)",
    ("dispatch", "patch_uid"): "patch(patch_uid)",
    ("certified", "certificate_id"): "certificate(certificate_id)",
    ("certified", "patch_uid"): "patch(patch_uid)",
}

_GPKG = """
PRAGMA application_id = 0x47504B47;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
  definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
INSERT INTO gpkg_spatial_ref_sys VALUES
 ('Undefined Cartesian SRS',-1,'NONE',-1,'undefined',NULL),
 ('Undefined geographic SRS',0,'NONE',0,'undefined',NULL),
 ('WGS 84',4326,'EPSG',4326,'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]',NULL),
 ('China Geodetic Coordinate System 2000',4490,'EPSG',4490,'GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4490"]]',NULL);
INSERT INTO gpkg_contents(table_name,data_type,identifier,srs_id) VALUES ('patch','features','patch',4490);
INSERT INTO gpkg_geometry_columns VALUES ('patch','geom','MULTIPOLYGON',4490,0,0);
INSERT INTO gpkg_extensions VALUES ('patch','geom','gpkg_rtree_index','http://www.geopackage.org/spec120/#extension_rtree','write-only');
CREATE VIRTUAL TABLE rtree_patch_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE TRIGGER rtree_patch_geom_insert AFTER INSERT ON patch WHEN (new.geom NOT NULL AND NOT ST_IsEmpty(new.geom))
BEGIN INSERT OR REPLACE INTO rtree_patch_geom VALUES (new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom)); END;
CREATE TRIGGER rtree_patch_geom_update AFTER UPDATE ON patch
BEGIN DELETE FROM rtree_patch_geom WHERE id = old.fid;
INSERT OR REPLACE INTO rtree_patch_geom SELECT new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom)
 WHERE new.geom NOT NULL AND NOT ST_IsEmpty(new.geom); END;
CREATE TRIGGER rtree_patch_geom_delete AFTER DELETE ON patch WHEN old.geom NOT NULL
BEGIN DELETE FROM rtree_patch_geom WHERE id = old.fid; END;
"""

_JOURNAL = """
CREATE TABLE meta (name TEXT NOT NULL PRIMARY KEY, value TEXT);
CREATE TABLE journal (origin TEXT NOT NULL, seq INTEGER NOT NULL, hlc TEXT NOT NULL, who TEXT NOT NULL,
  action TEXT NOT NULL, subject TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
  prev_hash TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, PRIMARY KEY (origin, seq));
CREATE TABLE journal_payload (sha256 TEXT NOT NULL PRIMARY KEY, body BLOB NOT NULL);
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal
 WHEN EXISTS (SELECT 1 FROM journal WHERE origin = new.origin AND seq = new.seq)
 BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER payload_no_update BEFORE UPDATE ON journal_payload BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER payload_no_delete BEFORE DELETE ON journal_payload BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE INDEX journal_order ON journal (hlc, origin, seq);
"""


def _create(tables: Iterable[Table], indexed: Iterable[str]) -> str:
    """The tables as they were when they came, their guards, and an index by patch for `indexed`."""
    parts: list[str] = []
    for table in tables:
        columns = ["fid INTEGER PRIMARY KEY AUTOINCREMENT"]
        for name, kind in table.columns.items():
            sql = f'"{name}" {"MULTIPOLYGON" if name == "geom" else kind}'
            if name in table.key:
                sql += " NOT NULL"
            if (table.name, name) in _REFERENCES:
                sql += f" REFERENCES {_REFERENCES[table.name, name]}"
            columns.append(sql)
        columns.append(f"UNIQUE ({', '.join(table.key)})")
        if table.name == "patch":
            columns.append("UNIQUE (batch_id, patch_id)")
        parts.append(f"CREATE TABLE {table.name} ({', '.join(columns)});")
        for event in ("INSERT", "UPDATE", "DELETE"):
            parts.append(
                f"CREATE TRIGGER guard_{table.name}_{event.lower()} BEFORE {event} ON {table.name} "
                "BEGIN SELECT weipian_writer(); END;"
            )
    parts += [f"CREATE INDEX {name}_patch ON {name} (patch_uid);" for name in indexed]
    return "\n".join(parts)


def _register(names: Iterable[str]) -> str:
    return "\n".join(
        f"INSERT INTO gpkg_contents(table_name,data_type,identifier) VALUES ('{n}','attributes','{n}');" for n in names
    )


def _add_columns(version: int) -> str:
    return "\n".join(
        f'ALTER TABLE {table} ADD COLUMN "{name}" {kind};'
        for (table, since), columns in _ADDED.items()
        if since == version
        for name, kind in columns.items()
    )


#: A change of state moves no geometry, and the unique key of `overlay` begins with the patch already.
_CHEAPER_WRITES = """
DROP TRIGGER rtree_patch_geom_update;
CREATE TRIGGER rtree_patch_geom_update AFTER UPDATE OF geom ON patch
BEGIN DELETE FROM rtree_patch_geom WHERE id = old.fid;
INSERT OR REPLACE INTO rtree_patch_geom SELECT new.fid, ST_MinX(new.geom), ST_MaxX(new.geom), ST_MinY(new.geom), ST_MaxY(new.geom)
 WHERE new.geom NOT NULL AND NOT ST_IsEmpty(new.geom); END;
DROP INDEX overlay_patch;
"""
_PLAIN = [n for n in (*_FIRST, "meta", "journal", "journal_payload") if n != "patch"]
#: One script a version; never edited once released, only appended to.
MIGRATIONS: tuple[str, ...] = (
    "\n".join(
        (
            _create(_FIRST.values(), ("overlay", "judgement", "evidence_link", "case_action")),
            _JOURNAL,
            _GPKG,
            _register(_PLAIN),
        )
    ),
    "\n".join(
        (
            _create(_SECOND.values(), ("reissue", "patch_relation", "register_link")),
            "CREATE INDEX patch_relation_other ON patch_relation (other_uid);",
            "CREATE INDEX patch_by_id ON patch (patch_id);",
            _add_columns(2),
            _register(_SECOND),
            _CHEAPER_WRITES,
        )
    ),
    "\n".join(
        (
            _create(_THIRD.values(), ("image_problem", "revision", "internal_check")),
            "CREATE INDEX judgement_order ON judgement (patch_uid, fid);",
            "CREATE INDEX patch_parent ON patch (parent_uid) WHERE parent_uid IS NOT NULL;",
            _add_columns(3),
            _register(_THIRD),
        )
    ),
    "\n".join(
        (
            _create(_FOURTH.values(), ("certified",)),
            "CREATE INDEX likeness_other ON likeness (other_id);",
            "CREATE INDEX evidence_content ON evidence (sha256);",
            "CREATE INDEX evidence_link_file ON evidence_link (evidence_id);",
            _add_columns(4),
            _register(_FOURTH),
        )
    ),
)
SCHEMA_VERSION = len(MIGRATIONS)
