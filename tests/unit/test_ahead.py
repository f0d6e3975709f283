"""Views that are ready before they are asked for must never be older than the workspace."""

from __future__ import annotations

import pytest
import shapely

from weipian_plugin.core.model import Batch, OverlayRow, Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.session import Session

BOX = shapely.to_wkb(shapely.MultiPolygon([shapely.box(106.7, 29.7, 106.701, 29.701)]), output_dimension=2)


@pytest.fixture
def folder(tmp_path):
    target = tmp_path / "镇"
    with Workspace.create(target, "镇") as ws, ws.transaction("import", "b", "甲") as change:
        change.put("batch", records.batch_row(Batch("b", "批次")))
        for uid in ("u1", "u2"):
            patch = Patch(uid, f"P{uid}", "b", BOX, area_m2=10_000.0, review_status=ReviewStatus.ASSESSED)
            change.put("patch", records.patch_row(patch))
            change.put("overlay", records.overlay_row(OverlayRow(uid, f"P{uid}", "landuse", "0103", 10_000.0, 1.0)))
    return target


def test_a_view_made_ahead_is_the_one_that_is_shown(folder):
    with Session.open(folder, "甲") as session:
        session.prefetch_view("u2")
        assert session.patch_view("u2") is session.patch_view("u2")
        assert session.patch_view("u2", "illegal") is not session.patch_view("u2")
        session.prefetch_view("nobody")  # gone meanwhile: not even a word


def test_an_own_decision_is_seen_at_once(folder):
    with Session.open(folder, "甲") as session:
        assert session.patch_view("u1").judgement is None
        session.judge("u1", "Pu1", "", doubt=True)
        assert session.patch_view("u1").judgement.doubt
        session.undo()
        assert session.patch_view("u1").judgement is None


def test_what_somebody_else_wrote_is_seen_at_once(folder):
    with Session.open(folder, "甲") as session:
        session.prefetch_view("u1")
        with Workspace.open(folder) as other, other.transaction("overlay", "b", "乙") as change:
            change.put("overlay", records.overlay_row(OverlayRow("u1", "Pu1", "prime_farmland", "", 300.0, 0.03)))
        roles = {row.role for row in session.patch_view("u1").overlay}
        assert roles == {"landuse", "prime_farmland"}


def test_evidence_keeps_the_order_in_which_it_was_linked(folder, tmp_path):
    papers = []
    for name in ("乙.pdf", "甲.pdf", "丙.pdf"):
        path = tmp_path / name
        path.write_bytes(name.encode())
        papers.append(path)
    with Session.open(folder, "甲") as session:
        session.attach("u1", "Pu1", papers, "explanation")
        found = session.patch_view("u1").evidence
        assert [link.evidence.original_name for link in found] == ["乙.pdf", "甲.pdf", "丙.pdf"]
        assert {link.purpose for link in found} == {"explanation"}
        assert session.patch_view("u2").evidence == ()
