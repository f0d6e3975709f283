"""Only what has changed is computed again, whatever is changed: a boundary, a file, a role, a class field."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
import shapely
from osgeo import gdal

from tests.unit.test_overlay_engine import MOSAIC, PATCH, X, Y, areas, box, overlay, patch, true_area
from tests.unit.vector_files import write
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import LayerAssignment, ReviewStatus
from weipian_plugin.sources.near import Raster, meeting
from weipian_plugin.sources.reader import open_source
from weipian_plugin.sources.shapefile import record_boxes
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import overlaying
from weipian_plugin.workbench.overlaying import overlay_patches

WHO = "测试员"
PRIME = [(box(0, 0, 30, 80), {"n": "1"})]


@pytest.fixture
def county(tmp_path):
    """A workspace with three patches; land use, prime farmland and approvals beside it."""
    with Workspace.create(tmp_path / "ws", "古路镇") as ws, ws.transaction("import", "b1", WHO) as change:
        change.put("batch", {"batch_id": "b1", "name": "一批"})
        for i in range(3):
            item = patch(box(20 * i, 0, 20 * i + 50, 80), f"p{i}")
            area = true_area(box(20 * i, 0, 20 * i + 50, 80))
            change.put("patch", records.patch_row(replace(item, area_m2=area)))
    return {
        "folder": tmp_path / "ws",
        "landuse": write(tmp_path / "dltb.gpkg", MOSAIC),
        "prime_farmland": write(tmp_path / "prime.gpkg", PRIME),
        "approval": write(tmp_path / "approval.gpkg", [(box(0, 0, 10, 80), {"批文号": "1"})]),
    }


def assigned(county, *roles, **extra):
    return [LayerAssignment(role, str(county[role]), **extra.get(role, {})) for role in roles]


def rows(county):
    with Workspace.open(county["folder"]) as ws:
        assert ws.check_journal() == []
        return {(r.patch_uid, r.role, r.class_code): r.area_m2 for r in records.overlay(ws)}


@pytest.fixture
def runs(monkeypatch):
    """What the engine was asked: (patch uids, roles) a call."""
    asked = []

    def watching(patches, layers, feedback):
        asked.append(({p.patch_uid for p in patches}, {layer.role for layer in layers}))
        return original(patches, layers, feedback)

    original = overlaying.run_overlay
    monkeypatch.setattr(overlaying, "run_overlay", watching)
    return asked


def test_an_unchanged_second_run_computes_and_writes_nothing(county, runs):
    layers = assigned(county, "landuse", "prime_farmland")
    first = overlay_patches(county["folder"], WHO, Silent(), layers)
    before = rows(county)
    with Workspace.open(county["folder"]) as ws:
        head = ws.head()
    second = overlay_patches(county["folder"], WHO, Silent(), layers)
    assert (first.computed, second.computed) == (3, 0)
    assert len(runs) == 1
    assert second.rows == first.rows == len(before)
    assert rows(county) == before
    with Workspace.open(county["folder"]) as ws:
        assert ws.head() == head


def test_a_moved_boundary_is_computed_alone(county, runs):
    layers = assigned(county, "landuse", "prime_farmland")
    overlay_patches(county["folder"], WHO, Silent(), layers)
    moved = box(10, 0, 40, 40)
    with Workspace.open(county["folder"]) as ws, ws.transaction("draw", "p1", WHO) as change:
        item = patch(moved, "p1")
        change.put("patch", {"patch_uid": "p1", "delivered_wkb": item.delivered_wkb, "area_m2": true_area(moved),
                             "geom": records.patch_row(item)["geom"]})  # fmt: skip
    assert overlay_patches(county["folder"], WHO, Silent()).computed == 1
    assert runs[1:] == [({"p1"}, {"landuse", "prime_farmland"})]
    found = rows(county)
    assert found["p1", "landuse", "0101"] == pytest.approx(true_area(moved), abs=1e-3)
    assert ("p1", "landuse", "1006") not in found  # nothing of the old boundary is left
    assert found["p1", "prime_farmland", ""] == pytest.approx(true_area(box(10, 0, 30, 40)), abs=1e-3)
    assert ("p2", "landuse", "1006") in found


def test_a_changed_file_is_computed_for_its_role_alone(county, runs):
    layers = assigned(county, "landuse", "prime_farmland")
    overlay_patches(county["folder"], WHO, Silent(), layers)
    county["prime_farmland"].unlink()
    write(county["prime_farmland"], [(box(0, 0, 60, 80), {"n": "2"})])
    os.utime(county["prime_farmland"], ns=(1, 1))
    overlay_patches(county["folder"], WHO, Silent(), layers)
    assert runs[1:] == [({"p0", "p1", "p2"}, {"prime_farmland"})]
    found = rows(county)
    assert found["p2", "prime_farmland", ""] == pytest.approx(true_area(box(40, 0, 60, 80)), abs=1e-3)
    assert found["p2", "landuse", "1006"] == pytest.approx(true_area(box(40, 0, 70, 80)), abs=1e-3)


@pytest.mark.parametrize("change", [{"class_field": "DLBM"}, {"scheme": "三调"}, {"crs": "EPSG:4545"}])
def test_another_reading_of_the_same_file_counts_as_a_change(county, runs, change):
    overlay_patches(county["folder"], WHO, Silent(), assigned(county, "landuse", "prime_farmland"))
    again = assigned(county, "landuse", "prime_farmland", landuse=change)
    assert overlay_patches(county["folder"], WHO, Silent(), again).computed == 3
    assert runs[1:] == [({"p0", "p1", "p2"}, {"landuse"})]


def test_a_role_that_is_taken_away_leaves_no_rows(county, runs):
    overlay_patches(county["folder"], WHO, Silent(), assigned(county, "landuse", "prime_farmland", "approval"))
    assert {role for _, role, _ in rows(county)} == {"landuse", "prime_farmland", "approval", "approved_union"}
    overlay_patches(county["folder"], WHO, Silent(), assigned(county, "landuse"))
    assert {role for _, role, _ in rows(county)} == {"landuse"}
    assert len(runs) == 1
    overlay_patches(county["folder"], WHO, Silent(), assigned(county, "landuse", "approval"))
    assert runs[1:] == [({"p0", "p1", "p2"}, {"approval"})]
    assert rows(county)["p0", "approved_union", ""] == pytest.approx(true_area(box(0, 0, 10, 80)), abs=1e-3)


def test_findings_are_told_again_by_a_run_that_computes_nothing(county):
    gappy = write(county["landuse"].with_name("gap.gpkg"), [(box(-50, -50, 40, 200), {"DLBM": "0101"})])
    layers = [LayerAssignment("landuse", str(gappy))]
    first = overlay_patches(county["folder"], WHO, Silent(), layers)
    second = overlay_patches(county["folder"], WHO, Silent(), layers)
    assert [item.code for item in first.findings] == ["W_LANDUSE_GAP"] * 3
    assert second.findings == first.findings
    assert second.identity_bad == first.identity_bad == []
    third = overlay_patches(county["folder"], WHO, Silent(), assigned(county, "landuse"))
    assert third.findings == []


def test_a_cancelled_or_failing_run_leaves_the_last_complete_state(county):
    overlay_patches(county["folder"], WHO, Silent(), assigned(county, "landuse"))
    before = rows(county)

    class Stopping(Silent):
        def cancelled(self):
            return True

    with pytest.raises(WeipianError) as caught:
        overlay_patches(county["folder"], WHO, Stopping(), assigned(county, "landuse", "prime_farmland"))
    assert caught.value.code == "E_CANCELLED"
    missing = [*assigned(county, "landuse"), LayerAssignment("eco_redline", str(county["folder"] / "没有.gpkg"))]
    with pytest.raises(WeipianError) as caught:
        overlay_patches(county["folder"], WHO, Silent(), missing)
    assert caught.value.code == "E_FILE_MISSING"
    assert rows(county) == before


def test_a_state_that_moved_on_meanwhile_stays(county, monkeypatch):
    original = overlaying.run_overlay

    def slowly(*arguments):
        with Workspace.open(county["folder"]) as ws, ws.transaction("judge", "p1", "另一人") as change:
            change.put("patch", {"patch_uid": "p1", "review_status": "judged", "remark": "先判了"})
        return original(*arguments)

    monkeypatch.setattr(overlaying, "run_overlay", slowly)
    overlay_patches(county["folder"], WHO, Silent(), assigned(county, "landuse"))
    with Workspace.open(county["folder"]) as ws:
        found = {p.patch_uid: (p.review_status, p.remark) for p in records.patches(ws)}
        assert ws.check_journal() == []
    assert found["p1"] == (ReviewStatus.JUDGED, "先判了")
    assert found["p0"][0] is ReviewStatus.ASSESSED


def test_patches_that_go_or_move_meanwhile_are_left_to_the_next_overlay(county, monkeypatch):
    def meanwhile(work, *given):
        compute(work, *given)
        with Workspace.open(county["folder"]) as ws, ws.transaction("draw", "p1", WHO) as change:
            change.delete("patch", "p0")
            change.put("patch", {"patch_uid": "p1", "area_m2": 1.0})

    compute = overlaying._compute
    monkeypatch.setattr(overlaying, "_compute", meanwhile)
    overlay_patches(county["folder"], WHO, Silent(), assigned(county, "landuse"))
    assert {key[0] for key in rows(county)} == {"p2"}
    monkeypatch.undo()
    assert overlay_patches(county["folder"], WHO, Silent()).computed == 1
    assert {key[0] for key in rows(county)} == {"p1", "p2"}


def test_progress_rises_to_the_end(county):
    class Watching(Silent):
        def __init__(self):
            self.seen = []

        def progress(self, percent):
            self.seen.append(percent)

    watching = Watching()
    overlay_patches(county["folder"], WHO, watching, assigned(county, "landuse", "prime_farmland"))
    assert watching.seen == sorted(watching.seen)
    assert watching.seen[-1] == 100


# -- sources that no index of ours stands beside ---------------------------------------------------


def many(count=30):
    return [
        (box(10 * i, 10 * j, 10 * i + 10, 10 * j + 10), {"DLBM": ("0101", "1006")[(i + j) % 2]})
        for i in range(count)
        for j in range(count)
    ]


@pytest.mark.parametrize("form", ["shp", "shp with holes", "gdb", "geojson", "fgb"])
def test_every_format_gives_the_same_areas(tmp_path, form):
    driver = {"shp": "ESRI Shapefile", "gdb": "OpenFileGDB", "geojson": "GeoJSON", "fgb": "FlatGeobuf"}[
        form[:7].split()[0]
    ]
    if gdal.GetDriverByName(driver) is None:
        pytest.skip(f"GDAL has no {driver} here")
    patches = [patch(box(13 * i, 7 * i, 13 * i + 25, 7 * i + 31), f"p{i}") for i in range(9)]
    expected = overlay(patches, LayerAssignment("landuse", str(write(tmp_path / "a.gpkg", many()))))
    other = many()
    if "holes" in form:  # null geometry in between keeps the record numbers honest
        other = [*other[:100], (None, {"DLBM": "0301"}), *other[100:]]
    try:
        path = write(tmp_path / f"b.{form.split()[0]}", other, driver=driver)
    except RuntimeError as error:
        pytest.skip(f"GDAL cannot write {driver} here: {error}")
    found = overlay(patches, LayerAssignment("landuse", str(path), crs="EPSG:4545"))
    assert (found.patch, found.code) == (expected.patch, expected.code)
    assert found.area == pytest.approx(expected.area, abs=1e-4)


def test_boxes_of_shapefile_records_are_those_of_their_shapes(tmp_path):
    shapes = [(geom, values) for geom, values in many(12)] + [(None, {"DLBM": "0301"})]
    path = write(tmp_path / "a.shp", shapes, driver="ESRI Shapefile")
    found = record_boxes(path)
    assert np.isnan(found[-1]).all()
    assert found[:-1] == pytest.approx(shapely.bounds(np.array([geom for geom, _ in shapes[:-1]])))
    path.with_suffix(".shx").write_bytes(path.with_suffix(".shx").read_bytes()[:100] + b"\xff" * 80)
    assert record_boxes(path) is None
    path.with_suffix(".shx").unlink()
    assert record_boxes(path) is None


def test_a_deleted_record_is_passed_over(tmp_path):
    path = write(tmp_path / "a.shp", many(10), driver="ESRI Shapefile")
    table = path.with_suffix(".dbf")
    raw = bytearray(table.read_bytes())
    raw[int.from_bytes(raw[8:10], "little")] = ord("*")  # the flag of the first record, as a desktop program leaves it
    table.write_bytes(bytes(raw))
    with open_source(path) as source:
        hood = source.surroundings(np.array([[X + 1, Y + 1, X + 15, Y + 5]]), ["DLBM"])
        assert hood.near(np.array([0])).fids == [10]


def test_what_the_raster_calls_far_meets_nothing():
    rng = np.random.default_rng(3)
    corner = rng.uniform(0, 1000, (400, 2))
    boxes = np.column_stack([corner, corner + rng.uniform(0, 20, (400, 2))])
    corner = rng.uniform(-50, 1050, (3000, 2))
    extents = np.column_stack([corner, corner + rng.uniform(0, 5, (3000, 2))])
    low, high = boxes[:, None], extents[None]
    truth = ((low[..., :2] <= high[..., 2:]) & (high[..., :2] <= low[..., 2:])).all(axis=2)
    assert not (truth.any(axis=0) & ~Raster(boxes).may_meet(extents)).any()
    assert set(zip(*meeting(boxes, extents))) == set(zip(*np.nonzero(truth)))


def test_a_patch_without_geometry_among_others_in_a_shapefile(tmp_path):
    path = write(tmp_path / "a.shp", MOSAIC, driver="ESRI Shapefile")
    empty = replace(patch(PATCH, "p0"), wkb=None, delivered_wkb=None)
    result = overlay([empty, patch(PATCH)], LayerAssignment("landuse", str(path)))
    assert sum(areas(result, "landuse").values()) == pytest.approx(true_area(PATCH), abs=1e-3)
