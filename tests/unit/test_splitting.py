"""Splitting in a workspace: areas by GeographicLib, inheritance, read-only parents, one way back."""

import json
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import given, settings
from hypothesis import strategies as st
from vector_files import write as write_layer

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import CaseAction, LayerAssignment, Patch, ReviewStatus
from weipian_plugin.core.proof import Evidence
from weipian_plugin.geo.area import ellipsoidal_area
from weipian_plugin.geo.gauss_kruger import GaussKruger
from weipian_plugin.store import records
from weipian_plugin.workbench.session import Session
from weipian_plugin.workbench.shapes_text import read_shapes
from weipian_plugin.workbench.splitting import plan_lines, regroup

PID = "500112SJBG26210184"
CGCS2000 = Geodesic(6378137.0, 1 / 298.257222101)
ZONE = GaussKruger.from_epsg(4524)
#: 200 m by 100 m near 古路镇, in EPSG:4524, and a corner cut off so that it is no rectangle.
X, Y = 36475000.0, 3295000.0
CORNERS = ((0, 0), (200, 0), (200, 80), (180, 100), (0, 100))


def lonlat(x, y):
    lon, lat = ZONE.inverse(X + x, Y + y)
    return float(lon), float(lat)


def geodesic_m2(geom):
    """Area on the ellipsoid by GeographicLib; edges are straight in longitude and latitude, as the official area means."""
    total = 0.0
    for part in shapely.get_parts(geom):
        for number, ring in enumerate(shapely.get_rings(part)):
            polygon = CGCS2000.Polygon()
            placed = shapely.transform(ring, lambda c: np.column_stack(ZONE.inverse(c[:, 0], c[:, 1])))
            for lon, lat in shapely.get_coordinates(shapely.segmentize(placed, 1e-4))[:-1]:
                polygon.AddPoint(float(lat), float(lon))
            total += abs(polygon.Compute()[2]) * (1 if number == 0 else -1)
    return total


def make_patch(corners=CORNERS, **more):
    plane = shapely.MultiPolygon([shapely.Polygon([(X + x, Y + y) for x, y in corners])])
    flat = shapely.transform(plane, lambda c: np.column_stack(ZONE.inverse(c[:, 0], c[:, 1])))
    fields = {
        "monitor_class": "new_nonagri", "monitor_level": 1, "patch_type": "JZ", "village_name": "柏树村",
        "image_before": "2025-10-06", "image_after": "2026-05-01", "assignee": "李外业", "due_on": "2026-06-30",
        "issued_area": 29.7, "issued_unit": "mu", "source_attributes": {"JCBH": PID, "备注": None},
        "review_status": ReviewStatus.ASSESSED, "area_m2": ellipsoidal_area(flat), **more,
    }  # fmt: skip
    return Patch(
        "u1", PID, "b1", shapely.to_wkb(flat), delivered_wkb=shapely.to_wkb(plane), delivered_crs="EPSG:4524", **fields
    )


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path / "工作区", "古路镇", "张经办") as opened:
        with opened.workspace.transaction("import", "b1", "张经办") as change:
            change.put("batch", {"batch_id": "b1", "name": "上半年", "created_at": "2026-06-01"})
            change.put("patch", records.patch_row(make_patch()))
        yield opened


def path(*points):
    return shapely.to_wkb(shapely.LineString([lonlat(x, y) for x, y in points]))


MIDDLE = path((100, -20), (100, 120))


def cut_in_two(session):
    children, said = session.split("u1", PID, session.plan_cut("u1", [MIDDLE]))
    assert said == ""
    return children


def refused(code, function, *args, **kwargs):
    with pytest.raises(WeipianError) as caught:
        function(*args, **kwargs)
    assert caught.value.code == code
    return str(caught.value)


def test_children_have_their_own_area_and_together_that_of_the_parent(session):
    plan = session.plan_cut("u1", [MIDDLE])
    west, east = cut_in_two(session)
    assert [c.patch_id for c in (west, east)] == [f"{PID}_1", f"{PID}_2"]
    for child in (west, east):
        assert child.area_m2 == pytest.approx(geodesic_m2(shapely.from_wkb(child.delivered_wkb)), rel=1e-6)
        assert child.adopted_source == "平差"
    # 100 x 100 m and that less the triangle of 20 x 20 m, nearly on the central meridian
    assert west.area_m2 == pytest.approx(10000, rel=1e-4)
    assert east.area_m2 == pytest.approx(9800, rel=1e-4)
    total = sum(Decimal(repr(c.adopted_area_m2)) * 3 / 2000 for c in (west, east))
    assert round(total, 6) == plan.total_mu == Decimal("29.70")  # 19 800 m² x 3 / 2000
    union = shapely.union_all([shapely.from_wkb(c.delivered_wkb) for c in (west, east)])
    assert shapely.symmetric_difference(union, shapely.from_wkb(make_patch().delivered_wkb)).area < 1e-6


def test_children_inherit_what_was_delivered_and_not_what_was_decided(session):
    session.judge("u1", PID, "illegal")
    west, _ = cut_in_two(session)
    parent = make_patch()
    for name in [
        "monitor_class",
        "monitor_level",
        "patch_type",
        "village_name",
        "image_before",
        "image_after",
        "batch_id",
        "source_attributes",
        "due_on",
        "assignee",
        "origin",
    ]:
        assert getattr(west, name) == getattr(parent, name), name
    assert (west.issued_area, west.parent_uid, west.split_state) == (None, "u1", "child")
    assert session.patch_view(west.patch_uid).judgement is None
    assert session.patch_view("u1").judgement is not None
    assert session.patch_view("u1").family == (f"{PID}_1", f"{PID}_2")
    assert session.patch_view(west.patch_uid).family == (PID,)


def test_a_split_patch_is_read_only_and_names_its_children(session):
    west, _ = cut_in_two(session)
    action = CaseAction("u1", "stop", "2026-06-01")
    for call in (
        lambda: session.judge("u1", PID, "legal"),
        lambda: session.set_review("u1", PID, ReviewStatus.ASSIGNED),
        lambda: session.attach("u1", PID, []),
        lambda: session.add_action(action, PID),
        lambda: session.unlink("u1", "e1"),
    ):
        assert f"{PID}_1、{PID}_2" in refused("E_SPLIT_PARENT", call)
    refused("E_SPLIT_ALREADY", session.split, "u1", PID, session.plan_cut("u1", [MIDDLE]))
    plan = session.plan_cut(west.patch_uid, [path((50, -20), (50, 120))])
    refused("E_SPLIT_CHILD", session.split, west.patch_uid, west.patch_id, plan)


def test_void_patches_and_running_cases_are_not_split(session):
    plan = session.plan_cut("u1", [MIDDLE])
    session.judge("u1", PID, "illegal")
    session.add_action(CaseAction("u1", "stop", "2026-06-02"), PID)
    assert "已制止" in refused("E_SPLIT_CASE", session.split, "u1", PID, plan)
    session.undo()
    session.undo()
    session.void("u1", PID, "vanished")
    refused("E_SPLIT_VOID", session.split, "u1", PID, plan)


def test_undo_brings_the_parent_back_whole_and_numbers_are_not_used_again(session):
    before = records.patches(session.workspace)
    west, _ = cut_in_two(session)
    session.judge(west.patch_uid, west.patch_id, "other")
    assert f"{PID}_1 已有判定" in refused("E_SPLIT_WORKED", session.unsplit, "u1", PID)
    assert session.undo() == "判定"
    assert session.undo() == "拆分"
    assert records.patches(session.workspace) == before
    assert [c.patch_id for c in cut_in_two(session)] == [f"{PID}_3", f"{PID}_4"]
    assert [p.patch_id for p in session.unsplit("u1", PID)] == [f"{PID}_3", f"{PID}_4"]
    assert records.patches(session.workspace) == before
    assert session.undo() == "取消拆分"
    assert [p.split_state for p in records.patches(session.workspace)] == ["parent", "child", "child"]
    assert session.workspace.check_journal() == []


def test_undo_refuses_once_somebody_worked_on_a_child(session):
    west, _ = cut_in_two(session)
    with Session.open(session.folder, "别人") as other:
        other.judge(west.patch_uid, west.patch_id, "other")
    refused("E_SPLIT_WORKED", session.undo)


def test_evidence_goes_to_the_children_it_is_about(session):
    east_of = lonlat(230, 50)
    items = [
        Evidence("doc", "document", "a" * 64, "批文.pdf"),
        Evidence("view", "photo", "b" * 64, "1.jpg", lon=east_of[0], lat=east_of[1], azimuth=270.0),
        Evidence("near", "photo", "c" * 64, "2.jpg", lon=east_of[0], lat=east_of[1]),
        Evidence("nowhere", "photo", "d" * 64, "3.jpg"),
    ]
    with session.workspace.transaction("attach", "u1", "张经办") as change:
        for item in items:
            change.put("evidence", records.evidence_row(item))
            link = {"patch_uid": "u1", "evidence_id": item.evidence_id, "purpose": "site_photo", "note": ""}
            change.put("evidence_link", link)
    west, east = cut_in_two(session)

    def links(patch):
        return {evidence_id for _, evidence_id, _ in records.links(session.workspace, patch.patch_uid)}

    # looking west from the east the view of 60° and 300 m meets both halves; without a direction the nearer one
    assert links(east) == {"doc", "view", "near", "nowhere"}
    assert links(west) == {"doc", "view", "nowhere"}
    assert len(links(make_patch())) == 4


def test_an_adopted_area_is_shared_out(tmp_path):
    with Session.create(tmp_path / "w", "古路镇", "张经办") as session:
        with session.workspace.transaction("import", "b1", "张经办") as change:
            change.put("batch", {"batch_id": "b1", "name": "上半年", "created_at": "2026-06-01"})
            adopted = make_patch(adopted_area_m2=20000.0, adopted_source="下发值")
            change.put("patch", records.patch_row(adopted))
        plan = session.plan_cut("u1", [MIDDLE])
        assert plan.total_mu == Decimal("30.00")
        # 30.00 shared as 10 000 : 9 800 -> 15.1515… and 14.8484…
        assert [p.adopted_mu for p in plan.pieces] == [Decimal("15.15"), Decimal("14.85")]


@pytest.mark.parametrize("form", ["wkt", "geojson", "points", "qgis", "lonlat"])
def test_parts_are_pasted_in_many_forms(session, form):
    corners = [(0, 0), (60, 0), (60, 100), (0, 100)]
    plane = [(X + x, Y + y) for x, y in corners]
    flat = [lonlat(x, y) for x, y in corners]
    ring = ", ".join(f"{x:.4f} {y:.4f}" for x, y in [*plane, plane[0]])
    text = {
        "wkt": f"POLYGON(({ring}))",
        "geojson": json.dumps(
            {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[*plane, plane[0]]]}}
        ),
        "points": "\n".join(f"J{i},1,{y:.3f},{x:.3f}" for i, (x, y) in enumerate(plane, 1)),  # X is north there
        "qgis": f"wkt_geom\tname\nMultiPolygon ((({ring})))\t甲",
        "lonlat": f"POLYGON(({', '.join(f'{x:.9f} {y:.9f}' for x, y in [*flat, flat[0]])}))",
    }[form]
    plan = session.plan_paste("u1", text)
    # 60 x 100 m, and 19 800 less that
    assert [float(p.adopted_mu) for p in plan.pieces] == pytest.approx([9.00, 20.70], abs=0.01)
    assert sum(p.adopted_mu for p in plan.pieces) == Decimal("29.70")


def test_pasted_parts_that_do_not_fit_are_refused_with_a_sentence(session):
    def wkt(*corners):
        return f"POLYGON(({', '.join(f'{X + x} {Y + y}' for x, y in [*corners, corners[0]])}))"

    # 25 km from the central meridian 1/k² is 1 - 2 (25/6371)²/2, so 10 x 100 m are 999.985 m².
    left, over = wkt((0, 0), (60, 0), (60, 100), (0, 100)), wkt((50, 0), (90, 0), (90, 100), (50, 100))
    assert "999.98" in refused("E_SPLIT_OVERLAP", session.plan_paste, "u1", f"{left}\n{over}")
    assert len(session.plan_paste("u1", f"{left}\n{over}", in_order=True).pieces) == 3
    refused("E_SPLIT_OUTSIDE", session.plan_paste, "u1", wkt((150, 0), (260, 0), (260, 50), (150, 50)))
    refused("E_SPLIT_INVALID", session.plan_paste, "u1", wkt((0, 0), (60, 100), (60, 0), (0, 100)))
    refused("E_SPLIT_FAR", session.plan_paste, "u1", "POLYGON((1 1, 2 1, 2 2, 1 1))")
    refused("E_SHAPES_TEXT", session.plan_paste, "u1", "没有坐标")
    refused("E_SPLIT_NOTHING", session.plan_cut, "u1", [path((100, -20), (100, 50))])


def test_pieces_are_put_together_by_number(session):
    plan = session.plan_cut("u1", [path((50, -20), (50, 120)), path((150, -20), (150, 120))])
    joined = regroup(plan, [1, 2, 1])
    assert [float(p.adopted_mu) for p in joined.pieces] == pytest.approx([14.70, 15.00], abs=0.01)  # 5 000 + 4 800 m²
    refused("E_SPLIT_NUMBERS", regroup, plan, [1, 1, 1])


def test_children_are_overlaid_with_the_split(session, tmp_path):
    wide = shapely.box(X - 50, Y - 50, X + 120, Y + 150)
    rest = shapely.box(X + 120, Y - 50, X + 260, Y + 150)
    layer = write_layer(tmp_path / "dltb.gpkg", [(wide, {"DLBM": "0103"}), (rest, {"DLBM": "0601"})], crs="EPSG:4524")
    session.assign(LayerAssignment("landuse", str(layer), class_field="DLBM", scheme="三调工作分类"))
    west, east = cut_in_two(session)
    assert {c.review_status for c in (west, east)} == {ReviewStatus.ASSESSED}
    summary = session.patch_view(east.patch_uid).summary
    # 20 x 100 m of the eastern half are 耕地 (3.00 亩), the rest is not; both add up to the adjusted total
    assert summary.cropland == pytest.approx(Decimal("3.00"), abs=Decimal("0.01"))
    assert summary.identity_ok
    assert summary.difference == 0


def test_a_layer_that_is_gone_does_not_lose_the_split(session, tmp_path):
    session.assign(LayerAssignment("landuse", str(tmp_path / "没有.gpkg"), class_field="DLBM", scheme="三调工作分类"))
    children, said = session.split("u1", PID, session.plan_cut("u1", [MIDDLE]))
    assert len(children) == 2
    assert "没有.gpkg" in said
    assert {c.review_status for c in children} == {ReviewStatus.RECEIVED}


def test_counts_know_the_two_sets(session):
    west, east = cut_in_two(session)
    rows = {row.patch_uid: row for row in session.queue()}
    assert [rows[uid].counted for uid in ("u1", west.patch_uid, east.patch_uid)] == [False, True, True]
    assert rows["u1"].finished
    assert session.agenda().counts["未判定"] == 2


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.floats(2, 198), st.floats(2, 198)), min_size=1, max_size=4),
    st.floats(0.5, 1.5),
)
def test_any_cuts_keep_the_total(ends, factor):
    patch = make_patch()
    patch = replace(patch, adopted_area_m2=patch.area_m2 * factor, adopted_source="下发值")
    plan = plan_lines(patch, [path((low, -30), (high, 130)) for low, high in ends])
    assert sum(p.adopted_mu for p in plan.pieces) == plan.total_mu
    # The cut puts vertices on edges of 200 m that are straight in the plane, 1 mm off those straight in degrees.
    assert sum(p.area_m2 for p in plan.pieces) == pytest.approx(make_patch().area_m2, abs=0.1)
    for piece in plan.pieces:
        assert piece.area_m2 == pytest.approx(geodesic_m2(shapely.from_wkb(piece.plane_wkb)), abs=0.05, rel=1e-6)


def test_pieces_keep_the_vertices_of_long_edges():
    """The official area is one of vertices: what an import did not add to a long edge, a cut does not add."""
    corners = ((0, 0), (2000, 0), (2000, 1500), (0, 1500))
    plane = shapely.MultiPolygon([shapely.Polygon([(X + x, Y + y) for x, y in corners])])
    flat = shapely.transform(plane, lambda c: np.column_stack(ZONE.inverse(c[:, 0], c[:, 1])))
    patch = replace(make_patch(corners), wkb=shapely.to_wkb(flat), area_m2=ellipsoidal_area(flat))
    plan = plan_lines(patch, [path((900, -100), (900, 1600))])
    for piece in plan.pieces:
        assert len(shapely.get_coordinates(shapely.from_wkb(piece.wkb))) == 5
    assert sum(piece.adopted_mu for piece in plan.pieces) == plan.total_mu


@pytest.mark.parametrize(
    "text",
    [
        "1 106.75 29.78\n2 106.76 29.78\n3 106.76 29.79",
        "点号,圈号,X,Y\nJ1,1,106.75,29.78\nJ2,1,106.76,29.78\nJ3,1,106.76,29.79\nJ1,1,106.75,29.78",
        "106°45′00″,29°46′48″\n106°45′36″,29°46′48″\n106°45′36″,29°47′24″",
    ],
)
def test_points_as_people_paste_them(text):
    (found,) = read_shapes(text)
    assert shapely.get_coordinates(found) == pytest.approx(
        np.array([(106.75, 29.78), (106.76, 29.78), (106.76, 29.79), (106.75, 29.78)])
    )
