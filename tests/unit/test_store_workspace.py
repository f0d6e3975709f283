"""The workspace on disk: what is committed stays, what is not is gone, foreign edits are refused or found."""

import hashlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.journal import GENESIS, canonical, next_hlc
from weipian_plugin.store import bulk, gpkg, schema, transaction
from weipian_plugin.store.files import place, translate
from weipian_plugin.store.workspace import FILE_NAME, Workspace

ROOT = Path(__file__).resolve().parents[2]
SQUARE = shapely.to_wkb(shapely.MultiPolygon([shapely.box(106.75, 29.78, 106.751, 29.781)]))


@pytest.fixture
def ws(tmp_path):
    with Workspace.create(tmp_path / "古路镇 2026", "古路镇") as workspace:
        yield workspace


def _patch(ws, uid="u1", patch_id="001"):
    with ws.transaction("import", "b1", "甲") as change:
        change.put("batch", {"batch_id": "b1", "name": "一批"})
        change.put("patch", {"patch_uid": uid, "patch_id": patch_id, "batch_id": "b1", "geom": gpkg.encode(SQUARE)})


def _code(caught):
    return caught.value.code


def test_a_chain_is_what_anyone_can_recompute(ws):
    _patch(ws)
    with ws.transaction("review", "u1", "乙") as change:
        change.put("patch", {"patch_uid": "u1", "review_status": "assessed"})
    first, second = ws.journal()
    assert (first.seq, second.seq) == (1, 2)
    assert first.prev_hash == GENESIS
    assert second.prev_hash == first.hash
    fields = {k: v for k, v in second.__dict__.items() if k != "hash"}
    text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert second.hash == hashlib.sha256(text.encode()).hexdigest()
    assert ws.check_journal() == []


def test_a_failing_action_leaves_nothing(ws):
    _patch(ws)
    with pytest.raises(RuntimeError), ws.transaction("review", "u1", "甲") as change:
        change.put("patch", {"patch_uid": "u1", "review_status": "assessed"})
        raise RuntimeError
    assert len(ws.journal()) == 1
    with ws.transaction("none", "u1", "甲") as change:
        assert change.get("patch", "u1")["review_status"] is None


def test_undo_gives_back_what_was_there_and_keeps_history(ws):
    _patch(ws)
    with ws.transaction("judge", "u1", "甲") as change:
        change.put("judgement", {"judgement_id": "j1", "patch_uid": "u1", "verdict": "legal", "withdrawn": 0})
        change.put("patch", {"patch_uid": "u1", "review_status": "judged"})
    ws.reverse(ws.head()[0], "甲")
    row = ws.connection.execute("SELECT review_status FROM patch").fetchone()
    withdrawn = ws.connection.execute("SELECT verdict, withdrawn FROM judgement").fetchone()
    assert row[0] is None
    assert tuple(withdrawn) == ("legal", 1)
    assert ws.check_journal() == []


def test_undo_refuses_when_somebody_changed_it_since(ws):
    _patch(ws)
    with ws.transaction("review", "u1", "甲") as change:
        change.put("patch", {"patch_uid": "u1", "remark": "甲"})
    seq = ws.head()[0]
    with ws.transaction("review", "u1", "乙") as change:
        change.put("patch", {"patch_uid": "u1", "remark": "乙"})
    with pytest.raises(WeipianError) as caught:
        ws.reverse(seq, "甲")
    assert _code(caught) == "E_UNDO_CHANGED"


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal SET who = 'x'",
        "DELETE FROM journal",
        'INSERT OR REPLACE INTO journal SELECT origin, seq, hlc, \'x\', action, subject, "before", "after", prev_hash,'
        " 'h' FROM journal",
    ],
)
def test_the_journal_is_append_only(ws, sql):
    _patch(ws)
    with pytest.raises(sqlite3.DatabaseError, match="append-only"):
        ws.connection.execute(sql)


def test_another_program_cannot_write_our_records(ws):
    _patch(ws)
    foreign = sqlite3.connect(ws.folder / FILE_NAME)
    with pytest.raises(sqlite3.OperationalError, match="no such function"):
        foreign.execute("UPDATE patch SET remark = 'x'")
    foreign.close()


def test_a_forged_record_is_found(ws):
    _patch(ws)
    ws.connection.execute("UPDATE patch SET remark = 'x'")  # with our functions, but behind the journal's back
    assert any("与日志不一致" in problem for problem in ws.check_journal())


def test_a_rewritten_journal_row_is_found(ws):
    _patch(ws)
    ws.connection.execute("DROP TRIGGER journal_no_update")
    ws.connection.execute("UPDATE journal SET who = 'x'")
    assert any("内容被改动过" in problem for problem in ws.check_journal())


def test_large_change_sets_go_aside_and_still_count(ws):
    with ws.transaction("import", "b1", "甲") as change:
        change.put("batch", {"batch_id": "b1", "name": "一批"})
        for i in range(400):
            change.put("patch", {"patch_uid": f"u{i}", "patch_id": f"{i:03d}", "batch_id": "b1", "geom": None})
    assert "payload" in ws.journal()[0].after
    assert ws.check_journal() == []


def test_it_is_a_geopackage_that_gdal_reads(ws):
    ogr = pytest.importorskip("osgeo.ogr")
    _patch(ws)
    ogr.UseExceptions()
    dataset = ogr.Open(str(ws.folder / FILE_NAME))  # GDAL's layers die with their dataset
    layer = dataset.GetLayerByName("patch")
    minx, maxx, miny, maxy = layer.GetExtent()
    assert (minx, maxx, miny, maxy) == pytest.approx((106.75, 106.751, 29.78, 29.781))
    assert layer.GetSpatialRef().GetAuthorityCode(None) == "4490"
    layer.SetSpatialFilterRect(106.7, 29.7, 106.8, 29.8)
    assert layer.GetFeatureCount() == 1
    layer.SetSpatialFilterRect(100, 20, 101, 21)
    assert layer.GetFeatureCount() == 0


def test_newer_workspace_is_refused_untouched(ws):
    ws.connection.execute("UPDATE meta SET value = '999' WHERE name = 'schema_version'")
    ws.close()
    before = (ws.folder / FILE_NAME).read_bytes()
    with pytest.raises(WeipianError) as caught:
        Workspace.open(ws.folder)
    assert _code(caught) == "E_WS_NEWER"
    assert (ws.folder / FILE_NAME).read_bytes() == before


def test_older_workspace_is_backed_up_and_upgraded(ws, monkeypatch):
    _patch(ws)
    ws.close()
    monkeypatch.setattr("weipian_plugin.store.workspace.MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE extra (x)"))
    monkeypatch.setattr("weipian_plugin.store.workspace.SCHEMA_VERSION", schema.SCHEMA_VERSION + 1)
    with Workspace.open(ws.folder) as upgraded:
        assert upgraded.meta("schema_version") == str(schema.SCHEMA_VERSION + 1)
        assert upgraded.connection.execute("SELECT count(*) FROM extra").fetchone()[0] == 0
        assert upgraded.check_journal() == []
    (backup,) = (ws.folder / "backups").iterdir()
    with sqlite3.connect(backup) as copy:
        assert copy.execute("SELECT value FROM meta WHERE name = 'schema_version'").fetchone()[0] == str(
            schema.SCHEMA_VERSION
        )


def _first_version(folder, monkeypatch):
    with monkeypatch.context() as then:
        then.setattr("weipian_plugin.store.workspace.MIGRATIONS", schema.MIGRATIONS[:1])
        then.setattr("weipian_plugin.store.workspace.SCHEMA_VERSION", 1)
        then.setattr("weipian_plugin.store.workspace.TABLES", schema._FIRST)
        then.setattr("weipian_plugin.store.transaction.TABLES", schema._FIRST)
        with Workspace.create(folder, "旧") as old:
            _patch(old)
            assert "centre_lon" not in {row[1] for row in old.connection.execute("PRAGMA table_info(patch)")}


def test_an_older_workspace_on_a_read_only_medium_is_refused(tmp_path, monkeypatch):
    _first_version(tmp_path / "旧", monkeypatch)
    monkeypatch.setattr("weipian_plugin.store.workspace.os.access", lambda *_: False)
    with pytest.raises(WeipianError) as caught:
        Workspace.open(tmp_path / "旧")
    assert _code(caught) == "E_WS_OLDER"


def test_workspace_of_the_first_version_is_upgraded_with_its_data(tmp_path, monkeypatch):
    _first_version(tmp_path / "旧", monkeypatch)
    with Workspace.open(tmp_path / "旧") as ws:
        assert ws.meta("schema_version") == str(schema.SCHEMA_VERSION)
        assert ws.check_journal() == []
        assert {row[1] for row in ws.connection.execute("PRAGMA table_info(patch)")} == {
            "fid",
            *schema.TABLES["patch"].columns,
        }
        with ws.transaction("place", "u1", "甲") as change:
            change.put("patch", {"patch_uid": "u1", "centre_lon": 106.7505})
        ws.reverse(2, "甲")
        assert ws.check_journal() == []
        ws.reverse(1, "甲")
        assert ws.connection.execute("SELECT count(*) FROM patch").fetchone()[0] == 0


def test_locked_workspace(ws):
    other = sqlite3.connect(ws.folder / FILE_NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    ws.connection.execute("PRAGMA busy_timeout=50")
    with pytest.raises(WeipianError) as caught:
        _patch(ws)
    other.close()
    assert _code(caught) == "E_WS_LOCKED"


def test_damaged_and_missing(tmp_path):
    with pytest.raises(WeipianError) as caught:
        Workspace.open(tmp_path)
    assert _code(caught) == "E_WS_MISSING"
    (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 100)
    with pytest.raises(WeipianError) as caught:
        Workspace.open(tmp_path)
    assert _code(caught) == "E_WS_DAMAGED"


def test_full_disk_says_so_and_keeps_what_was_there(ws):
    _patch(ws)
    pages = ws.connection.execute("PRAGMA page_count").fetchone()[0]
    ws.connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(WeipianError) as caught, ws.transaction("note", "u1", "甲") as change:
        change.put("patch", {"patch_uid": "u1", "remark": os.urandom(200_000).hex()})
    assert _code(caught) == "E_DISK_FULL"
    assert ws.check_journal() == []


def test_a_copy_starts_a_chain_of_its_own(ws, tmp_path):
    import shutil

    _patch(ws)
    shutil.copytree(ws.folder, tmp_path / "副本")
    with Workspace.open(tmp_path / "副本") as copy:
        assert copy.origin != ws.origin
        with copy.transaction("review", "u1", "乙") as change:
            change.put("patch", {"patch_uid": "u1", "remark": "乙"})
        assert [row.seq for row in copy.journal()] == [1, 1]
        assert copy.check_journal() == []
    with Workspace.open(ws.folder) as again:
        assert again.origin == ws.origin


_WRITER = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from weipian_plugin.store.workspace import Workspace
ws = Workspace.open(Path({folder!r}))
for i in range(100000):
    with ws.transaction("note", "u1", "x") as change:
        change.put("patch", {{"patch_uid": "u1", "remark": str(i)}})
    sys.stdout.write(f"{{i}}\\n"); sys.stdout.flush()
"""


@pytest.mark.parametrize("delay", [0.05, 0.2])
def test_killed_at_any_moment_loses_nothing_that_was_told(ws, delay):
    _patch(ws)
    ws.close()
    script = _WRITER.format(root=str(ROOT), folder=str(ws.folder))
    child = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    first = child.stdout.readline()
    time.sleep(delay)
    child.send_signal(signal.SIGKILL)
    told = [first, *child.stdout.read().split("\n")]
    child.wait()
    last = max(int(line) for line in told if line.strip())
    with Workspace.open(ws.folder) as again:
        assert int(again.connection.execute("SELECT remark FROM patch").fetchone()[0]) >= last
        assert again.check_journal() == []


def test_evidence_is_whole_or_absent(ws, tmp_path):
    source = tmp_path / "照片.JPG"
    source.write_bytes(b"abc")
    digest = hashlib.sha256(b"abc").hexdigest()
    kept = ws.keep_evidence(source, digest)
    assert kept == ws.folder / "evidence" / digest[:2] / f"{digest}.jpg"
    assert ws.keep_evidence(source, digest).read_bytes() == b"abc"
    assert [p.name for p in kept.parent.iterdir()] == [kept.name]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
)


@given(json_values)
def test_canonical_json_is_stable(value):
    assert canonical(json.loads(canonical(value))) == canonical(value)


@given(st.lists(st.integers(min_value=0, max_value=9_999_999_999_999), min_size=1))
def test_the_clock_never_runs_backwards(moments):
    last = ""
    for moment in moments:
        following = next_hlc(last, moment)
        assert following > last
        last = following


def test_what_a_killed_process_left_does_not_stop_a_new_workspace(tmp_path: Path) -> None:
    (tmp_path / ".workspace.gpkg.0123").write_bytes(b"half")
    (tmp_path / ".workspace.gpkg.0123-journal").write_bytes(b"half")
    Workspace.create(tmp_path, "甲").close()
    assert (tmp_path / "workspace.gpkg").is_file()


def test_a_workspace_made_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    building, target = tmp_path / "new", tmp_path / "workspace.gpkg"
    building.write_bytes(b"new")
    target.write_bytes(b"theirs")
    with pytest.raises(FileExistsError):
        place(building, target)
    assert target.read_bytes() == b"theirs"


def test_a_path_is_no_reason() -> None:
    error = NotADirectoryError(20, "Not a directory", "/mnt/full/locked")
    assert translate(error, Path("x")).code == "E_WRITE"


def _overlay_columns(count, area=1.5):
    return {
        "patch_uid": ["u1"] * count,
        "role": ["landuse"] * count,
        "class_code": [f"{i:04d}" for i in range(count)],
        "patch_id": ["001"] * count,
        "area_m2": [area + i for i in range(count)],
        "detail": ["[]"] * count,
    }


def _overlays(ws):
    sql = "SELECT class_code, area_m2, patch_id, net_m2 FROM overlay ORDER BY class_code"
    return [tuple(row) for row in ws.connection.execute(sql)]


@pytest.mark.parametrize("count", [3, 300], ids=["inline", "aside"])
def test_many_records_at_once_are_journalled_and_undone_like_single_ones(ws, count):
    _patch(ws)
    with ws.transaction("overlay", "workspace", "甲") as change:
        change.put_columns("overlay", _overlay_columns(count))
        change.put_columns("patch", {"patch_uid": ["u1"], "review_status": ["assessed"]})
    first = _overlays(ws)
    assert first == [(f"{i:04d}", 1.5 + i, "001", None) for i in range(count)]
    assert ws.check_journal() == []
    with ws.transaction("overlay", "workspace", "甲") as change:
        change.delete_many("overlay", [("u1", "landuse", "0000"), ("u1", "landuse", "gone")])
        change.put_columns("overlay", {**_overlay_columns(count, 2.5), "net_m2": [None, 7.25] + [0.0] * (count - 2)})
    assert _overlays(ws)[1] == ("0001", 3.5, "001", 7.25)
    assert ws.check_journal() == []
    ws.reverse(ws.head()[0], "甲")
    assert _overlays(ws) == first
    ws.reverse(2, "甲")
    assert _overlays(ws) == []
    assert ws.connection.execute("SELECT review_status FROM patch").fetchone()[0] is None
    assert ws.check_journal() == []


def test_nothing_new_in_many_records_leaves_no_journal_row(ws):
    _patch(ws)
    for _ in range(2):
        with ws.transaction("overlay", "workspace", "甲") as change:
            change.put_columns("overlay", _overlay_columns(100))
            change.delete_many("overlay", [("u1", "landuse", "gone")])
    assert len(ws.journal()) == 2


def test_a_forged_figure_among_many_is_found_and_an_undo_of_it_refused(ws):
    _patch(ws)
    with ws.transaction("overlay", "workspace", "甲") as change:
        change.put_columns("overlay", _overlay_columns(300))
    ws.connection.execute("UPDATE overlay SET area_m2 = 9 WHERE class_code = '0100'")
    assert len(ws.check_journal()) == 1
    with pytest.raises(WeipianError):
        ws.reverse(ws.head()[0], "甲")


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(max_size=4), st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False), st.binary())
        ),
        min_size=1,
        unique_by=lambda row: row[0],
    )
)
def test_columns_of_the_journal_give_back_every_value(rows):
    keys = [("u", "r", key) for key, _ in rows]
    change = bulk.Bulk("overlay", ("area_m2",), keys, [None] * len(rows), [(value,) for _, value in rows])
    after = json.loads(canonical(bulk.pack(change, "after", transaction._encode)))
    assert [(key, row["area_m2"]) for key, row in bulk.unpack(after, transaction._decode)] == [
        (key, value) for key, (_, value) in zip(keys, rows)
    ]
    before = json.loads(canonical(bulk.pack(change, "before", transaction._encode)))
    assert [row for _, row in bulk.unpack(before, transaction._decode)] == [None] * len(rows)
