"""Boundaries that are drawn, and clues that nobody issued. Areas by GeographicLib, figures by hand."""

from decimal import Decimal

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from vector_files import write as write_layer

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import CLUE_BATCH, LayerAssignment, Patch, PatchRelation, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.workbench.clock import today
from weipian_plugin.workbench.clue_tables import import_table
from weipian_plugin.workbench.clues import ClueDraft, instant, origin_of
from weipian_plugin.workbench.session import Session

PID = "500112SJBG26210999"
LON, LAT = 106.80, 29.80
SQUARE = shapely.box(LON, LAT, LON + 0.0005, LAT + 0.0004)


def geodesic_m2(geom):
    polygon = Geodesic(6378137.0, 1 / 298.257222101).Polygon()
    for x, y in shapely.get_coordinates(geom)[:-1]:
        polygon.AddPoint(y, x)
    return abs(polygon.Compute()[2])


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path / "工作区", "古路镇", "张经办") as opened:
        patch = Patch(
            "u1", PID, "b1", geometry_source="none", issued_area=0.85, issued_unit="mu", centre_lon=LON, centre_lat=LAT,
            monitor_level=1, image_after="2026-05-01",
        )  # fmt: skip
        with opened.workspace.transaction("import", "b1", "张经办") as change:
            change.put("batch", {"batch_id": "b1", "name": "上半年", "created_at": "2026-06-01"})
            change.put("patch", records.patch_row(patch))
        yield opened


def refused(code, function, *args, **kwargs):
    with pytest.raises(WeipianError) as caught:
        function(*args, **kwargs)
    assert caught.value.code == code
    return str(caught.value)


def test_a_patch_without_boundary_is_in_the_queue_with_its_issued_area(session):
    row = session.queue_row("u1")
    assert (row.area_mu, row.area_source, row.bbox, row.centre) == (Decimal("0.85"), "下发，无边界", None, (LON, LAT))
    assert row.counted
    session.judge("u1", PID, "other", doubt=True, against_reason="仅有下发面积")
    assert session.queue_row("u1").review_status is ReviewStatus.JUDGED


def test_drawing_keeps_three_values_and_is_undone_and_redone(session):
    before = records.patches(session.workspace)
    assert session.draw_boundary("u1", PID, shapely.to_wkb(SQUARE)) == ""
    patch = session.patch_view("u1").patch
    assert patch.geometry_source == "drawn"
    assert (patch.issued_area, patch.issued_unit) == (0.85, "mu")
    assert patch.area_m2 == pytest.approx(geodesic_m2(SQUARE), rel=1e-6)
    assert patch.adopted_area_m2 == patch.area_m2
    assert "自绘" in patch.adopted_source
    assert session.undo() == "绘制边界"
    assert records.patches(session.workspace) == before
    session.draw_boundary("u1", PID, shapely.to_wkb(SQUARE))
    smaller = shapely.box(LON, LAT, LON + 0.00025, LAT + 0.0004)
    session.draw_boundary("u1", PID, shapely.to_wkb(smaller))
    assert session.patch_view("u1").patch.area_m2 == pytest.approx(geodesic_m2(SQUARE) / 2, rel=1e-6)
    assert session.workspace.check_journal() == []


def test_a_drawing_is_overlaid_at_once_and_the_next_one_again(session, tmp_path):
    west = shapely.box(LON - 0.01, LAT - 0.01, LON + 0.00025, LAT + 0.01)
    layer = write_layer(tmp_path / "dltb.gpkg", [(west, {"DLBM": "0103"})], crs="EPSG:4490")
    session.assign(LayerAssignment("landuse", str(layer), class_field="DLBM", scheme="三调工作分类"))
    session.draw_boundary("u1", PID, shapely.to_wkb(SQUARE))
    view = session.patch_view("u1")
    half = Decimal(repr(geodesic_m2(SQUARE) / 2)) * 3 / 2000
    assert view.summary.cropland == pytest.approx(half, abs=Decimal("0.01"))
    assert view.summary.uncovered == pytest.approx(half, abs=Decimal("0.01"))
    assert view.patch.review_status is ReviewStatus.ASSESSED
    session.draw_boundary("u1", PID, shapely.to_wkb(shapely.box(LON, LAT, LON + 0.0002, LAT + 0.0004)))
    assert session.patch_view("u1").summary.uncovered == 0
    session.undo()
    assert session.patch_view("u1").summary.uncovered == pytest.approx(half, abs=Decimal("0.01"))


def test_a_boundary_that_crosses_itself_is_refused(session):
    bow = shapely.Polygon([(LON, LAT), (LON + 0.001, LAT + 0.001), (LON + 0.001, LAT), (LON, LAT + 0.001)])
    assert "自相交" in refused("E_SPLIT_INVALID", session.draw_boundary, "u1", PID, shapely.to_wkb(bow))
    line = shapely.LineString([(LON, LAT), (LON + 0.001, LAT)])
    refused("E_SPLIT_INVALID", session.draw_boundary, "u1", PID, shapely.to_wkb(line))


def test_a_boundary_far_from_the_centre_is_told_and_kept(session):
    away = shapely.transform(SQUARE, lambda c: np.add(c, (0.02, 0.0)))  # 0.02° of longitude at 29.8° N are 1.93 km
    assert "19" in session.draw_boundary("u1", PID, shapely.to_wkb(away))


def test_an_issued_boundary_is_never_drawn_over(session):
    issued = Patch("u2", "X2", "b1", shapely.to_wkb(shapely.MultiPolygon([SQUARE])), area_m2=geodesic_m2(SQUARE))
    with session.workspace.transaction("import", "b1", "张经办") as change:
        change.put("patch", records.patch_row(issued))
    refused("E_DRAW_BOUNDARY", session.draw_boundary, "u2", "X2", shapely.to_wkb(SQUARE))


def test_a_boundary_is_pasted_around_the_issued_centre(session):
    ring = ", ".join(f"{x:.8f} {y:.8f}" for x, y in shapely.get_coordinates(SQUARE))
    session.paste_boundary("u1", PID, f"POLYGON(({ring}))")
    assert session.patch_view("u1").patch.area_m2 == pytest.approx(geodesic_m2(SQUARE), rel=1e-4)
    refused("E_SPLIT_FAR", session.paste_boundary, "u1", PID, "POLYGON((1 1, 2 1, 2 2, 1 1))")


def clue(**more):
    return ClueDraft(**{"origin": "patrol", "lon": LON, "lat": LAT, "finder": "网格员甲", **more})


def test_a_clue_has_its_own_batch_and_counts_nowhere(session):
    patch, said = session.add_clue(clue(found_at="2026-05-01 14:30", stopped_at="2026-05-01", grid_l3="乙", note="棚"))
    assert said == ""
    assert patch.patch_id == f"XS-{today().replace('-', '')}-01"
    view = session.patch_view(patch.patch_uid)
    assert (view.batch.kind, view.batch.batch_id) == ("clue", CLUE_BATCH)
    assert (view.clue.finder, view.clue.found_at, view.clue.grid_l3) == ("网格员甲", "2026-05-01T14:30:00+08:00", "乙")
    row = session.queue_row(patch.patch_uid)
    assert row.workable
    assert not row.counted
    session.judge(patch.patch_uid, patch.patch_id, "illegal", against_reason="现场核实")
    assert session.queue_row(patch.patch_uid).verdict == "illegal"


def test_numbers_of_clues_are_not_used_again_and_undo_takes_all_of_it_back(session):
    batches = session.batches()
    first, _ = session.add_clue(clue())
    session.judge(first.patch_uid, first.patch_id, "", doubt=True)
    session.undo()
    assert session.undo() == "登记线索"
    assert session.batches() == batches
    assert [p.patch_uid for p in session.patches()] == ["u1"]
    second, _ = session.add_clue(clue(wkb=shapely.to_wkb(SQUARE)))
    assert second.patch_id.endswith("-02")
    assert second.area_m2 == pytest.approx(geodesic_m2(SQUARE), rel=1e-6)
    assert session.workspace.check_journal() == []


def test_a_clue_that_a_patch_covers_leaves_the_open_queue(session):
    patch, _ = session.add_clue(clue())
    with session.workspace.transaction("import", "b1", "张经办") as change:
        change.put(
            "patch_relation", records.relation_row(PatchRelation("u1", patch.patch_uid, "clue", at="2026-06-02"))
        )
    row = session.queue_row(patch.patch_uid)
    assert (row.merged_into, row.finished, row.workable) == (PID, True, False)
    assert session.patch_view(patch.patch_uid).merged_into == PID


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"lon": None}, "E_CLUE_PLACE"),
        ({"lon": 1000.0}, "E_CLUE_PLACE"),
        ({"origin": "梦见的"}, "E_CLUE_SOURCE"),
        ({"found_at": "昨天"}, "E_CLUE_TIME"),
        ({"found_at": "2026-02-30"}, "E_CLUE_TIME"),
        ({"found_at": "2026-05-02", "stopped_at": "2026-05-01"}, "E_CLUE_ORDER"),
        ({"found_at": "2026-05-01 15:00", "reported_at": "2026-05-01 14:00"}, "E_CLUE_ORDER"),
    ],
)
def test_what_is_wrong_with_a_clue_is_said_and_nothing_kept(session, more, code):
    refused(code, session.add_clue, clue(**more))
    assert len(session.patches()) == 1


@pytest.mark.parametrize(
    ("text", "origin"),
    [
        ("巡查", "patrol"),
        ("grid", "grid"),
        ("三级网格长报告", "grid"),
        ("12336 群众举报", "report"),
        ("信访", "report"),
    ],
)
def test_sources_as_people_write_them(text, origin):
    assert origin_of(text) == origin


def test_instants_as_people_write_them():
    assert instant("发现时间", "2026年5月1日 14时30分") == "2026-05-01T14:30:00+08:00"
    assert instant("发现时间", "2026/5/1") == "2026-05-01"
    assert instant("发现时间", "20260501") == "2026-05-01"
    assert instant("发现时间", "") == ""


def test_a_table_of_clues_comes_in_row_by_row_and_only_once(session, tmp_path):
    table = tmp_path / "线索.csv"
    table.write_text(
        "线索来源,发现人,发现时间,经度,纬度,村(社区),说明\n"
        "巡查,甲,2026-05-01 14:30,106.8,29.8,柏树村,新建棚\n"
        "网格员报告,乙,2026-05-02,106.81,29.81,,\n"
        "托梦,丙,2026-05-02,106.81,29.81,,\n"
        "群众举报,丁,2026-05-02,不详,29.81,,\n",
        encoding="utf-8",
    )
    report = import_table(session.folder, table, "张经办", Silent())
    assert [(row.row, row.patch_id[-2:]) for row in report.added] == [(2, "01"), (3, "02")]
    assert [(row.row, row.code) for row in report.rejected] == [(4, "E_CLUE_SOURCE"), (5, "E_CLUE_PLACE")]
    again = import_table(session.folder, table, "张经办", Silent())
    assert again.added == []
    assert [row.code for row in again.rejected[:2]] == ["E_CLUE_KNOWN"] * 2
    clues = list(records.clues(session.workspace).values())
    assert [(c.finder, c.found_at) for c in clues] == [("甲", "2026-05-01T14:30:00+08:00"), ("乙", "2026-05-02")]


def test_a_layer_of_clues_comes_in_with_its_extents(session, tmp_path):
    layer = write_layer(tmp_path / "线索.gpkg", [(SQUARE, {"发现人": "甲", "来源": "巡查"})], crs="EPSG:4490")
    report = import_table(session.folder, layer, "张经办", Silent())
    patch = session.find(report.added[0].patch_id)
    assert patch.area_m2 == pytest.approx(geodesic_m2(SQUARE), rel=1e-6)
    assert patch.origin == "patrol"
    no_place = tmp_path / "x.csv"
    no_place.write_text("来源,发现人\n巡查,甲\n", encoding="utf-8")
    refused("E_TABLE_COLUMNS", import_table, session.folder, no_place, "张经办", Silent())
