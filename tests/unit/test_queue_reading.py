"""Lines of the queue: each figure by hand. 1 亩 = 2000/3 m²."""

from __future__ import annotations

from decimal import Decimal

import pytest
import shapely

from weipian_plugin.core.model import (
    Batch,
    Judgement,
    OverlayRow,
    Patch,
    PatchRelation,
    ReviewStatus,
    Verdict,
)  # fmt: skip
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.session import Session


def shape(west: float, south: float, east: float, north: float) -> bytes:
    return shapely.to_wkb(shapely.MultiPolygon([shapely.box(west, south, east, north)]), output_dimension=2)


BOX = shape(106.7, 29.7, 106.701, 29.7005)
PATCHES = (
    Patch("plain", "P1", "b", BOX, area_m2=2000.0, monitor_level=1, village_name="乌牛村", town_name="古路镇"),
    Patch("issued", "P2", "b", BOX, area_m2=2e3, adopted_area_m2=1e3, adopted_source="issued", due_on="2026-05-01"),
    Patch("drawn", "P3", "b", BOX, area_m2=100.0, geometry_source="drawn", review_status=ReviewStatus.VOID),
    Patch(
        "bare", "P4", "b", geometry_source="none", issued_area=2.5, issued_unit="mu", centre_lon=106.7,
        centre_lat=29.7, issued_prime_m2=200.0,
    ),
    Patch("nothing", "P5", "other", geometry_source="none"),
    Patch("parent", "P6", "b", BOX, area_m2=500.0, split_state="parent"),
    Patch("child", "P6_1", "b", BOX, area_m2=500.0, split_state="child", parent_uid="parent"),
    Patch("clue", "C1", "clues", BOX, area_m2=500.0, origin="grid"),
)  # fmt: skip


@pytest.fixture
def session(tmp_path):
    folder = tmp_path / "镇"
    with Workspace.create(folder, "镇") as ws, ws.transaction("import", "b", "甲") as change:
        change.put("batch", records.batch_row(Batch("b", "批次", due_on="2026-06-30", created_at="1")))
        change.put("batch", records.batch_row(Batch("other", "另一批", created_at="2")))
        change.put("batch", records.batch_row(Batch("clues", "线索", created_at="3", kind="clue")))
        for patch in PATCHES:
            change.put("patch", records.patch_row(patch))
        for role, code, area in (
            ("landuse", "0103", 2000.0), ("prime_farmland", "a", 300.0), ("prime_farmland", "b", 100.0),
            ("eco_redline", "", 0.0),
        ):  # fmt: skip
            change.put("overlay", records.overlay_row(OverlayRow("plain", "P1", role, code, area, 0.1)))
        first = Judgement("plain", Verdict.LEGAL, answers={"project": "旧项目"}, judgement_id="1", at="1")
        second = Judgement(
            "plain", Verdict.ILLEGAL, doubt=True, answers={"project": "工业园A"}, judgement_id="2", at="2"
        )
        for judgement in (first, second):
            change.put("judgement", records.judgement_row(judgement))
        change.put("patch_relation", records.relation_row(PatchRelation("plain", "clue", "clue", 500.0, 1.0)))
    with Session.open(folder, "甲") as opened:
        yield opened


def test_figures_of_a_measured_patch(session):
    row = session.queue_row("plain")
    assert row.area_mu == Decimal("3.00")
    assert row.prime_mu == Decimal("0.60")  # 400 m² of two features
    assert row.redline_mu == 0  # given, not met
    assert (row.verdict, row.doubt) == ("illegal", True)  # the last one
    assert row.text == "p1 乌牛村 古路镇 工业园a"
    assert row.due_on == "2026-06-30"  # of its batch
    assert row.bbox == (106.7, 29.7, 106.701, 29.7005)
    assert row.area_source == ""
    assert row.evidence_count == 0


def test_where_an_area_comes_from(session):
    rows = {row.patch_uid: row for row in session.queue()}
    assert (rows["issued"].area_mu, rows["issued"].area_source) == (Decimal("1.50"), "下发值")
    assert rows["issued"].due_on == "2026-05-01"  # its own before the batch's
    assert (rows["drawn"].area_mu, rows["drawn"].area_source) == (Decimal("0.15"), "自绘边界")
    assert (rows["bare"].area_mu, rows["bare"].area_source) == (Decimal("2.50"), "下发，无边界")
    assert rows["bare"].prime_mu == Decimal("0.30")  # issued 200 m², nothing measured
    assert (rows["bare"].bbox, rows["bare"].centre) == (None, (106.7, 29.7))
    assert (rows["nothing"].area_mu, rows["nothing"].area_source) == (Decimal(0), "无边界")
    assert (rows["nothing"].centre, rows["nothing"].prime_mu) == (None, None)


def test_who_is_worked_on(session):
    rows = {row.patch_uid: row for row in session.queue()}
    assert [uid for uid, row in rows.items() if row.workable] == ["plain", "issued", "bare", "nothing", "child"]
    assert rows["clue"].merged_into == "P1"
    assert rows["child"].parent_uid == "parent"


def test_one_line_is_the_line_among_all(session):
    for row in session.queue():
        assert session.queue_row(row.patch_uid) == row
    assert [row.patch_uid for row in session.queue("other")] == ["nothing"]
