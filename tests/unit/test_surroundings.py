"""Neighbours, villages and grids around patches whose places are known by construction."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box, mapping

from weipian_plugin.core.model import Batch, LayerAssignment, Patch
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.session import Session
from weipian_plugin.workbench.surroundings import SurroundingsReader

#: Degrees of one metre at 29.8° N, CGCS2000: 96 679 m and 110 849 m a degree.
EAST, NORTH = 1 / 96_679, 1 / 110_849
LON, LAT = 106.8, 29.8


def square(east: float, north: float, width: float = 40, height: float = 40) -> MultiPolygon:
    """A rectangle whose lower left corner lies so many metres off the origin."""
    x, y = LON + east * EAST, LAT + north * NORTH
    return MultiPolygon([box(x, y, x + width * EAST, y + height * NORTH)])


PATCHES = {
    "here": square(0, 0),
    "east": square(90, 0),  # 50 m from edge to edge
    "north": square(0, 40),  # touches
    "southwest": square(-140, -140),  # 100 m in either direction: 141 m
    "far": square(400, 0),  # 360 m
    "road": square(0, 1000, 5, 300),
}


@pytest.fixture
def session(tmp_path: Path):
    with Workspace.create(tmp_path / "ws", "古路镇") as ws, ws.transaction("import", "b", "测试") as change:
        change.put("batch", records.batch_row(Batch("b", "五月", patch_count=len(PATCHES))))
        for uid, shape in PATCHES.items():
            patch = Patch(uid, f"500112SJBG2621{uid}", "b", wkb=to_wkb(shape), village_name="古路村", area_m2=1600.0)
            change.put("patch", records.patch_row(patch))
        point = Patch("point", "500112SJBG2621point", "b", geometry_source="none", centre_lon=LON, centre_lat=LAT)
        change.put("patch", records.patch_row(point))
    with Session.open(tmp_path / "ws", "测试员") as opened:
        yield opened


def layer(path: Path, features: dict[str, MultiPolygon], field: str) -> str:
    rows = [{"type": "Feature", "properties": {field: n}, "geometry": mapping(s)} for n, s in features.items()]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": rows}), encoding="utf-8")
    return str(path)


def read(session: Session, uid: str):
    return SurroundingsReader(session).read(session.patch_view(uid).patch)


def test_neighbours_come_nearest_first_with_distance_and_direction(session) -> None:
    found = read(session, "here")
    assert [(n.row.patch_uid, n.where) for n in found.neighbours] == [
        ("north", "相接"),
        ("east", "东 50 米"),
        ("southwest", "西南 141 米"),
    ]
    assert found.more == 0


def test_a_patch_without_boundary_has_neighbours_of_its_centre(session) -> None:
    assert [n.row.patch_uid for n in read(session, "point").neighbours][:2] == ["here", "north"]


def test_a_new_boundary_is_found_without_opening_anew(session) -> None:
    reader = SurroundingsReader(session)
    patch = session.patch_view("here").patch
    assert len(reader.read(patch).neighbours) == 3
    point = session.patch_view("point").patch
    session.draw_boundary("point", point.patch_id, to_wkb(square(0, -60)))
    assert "point" in {n.row.patch_uid for n in reader.read(patch).neighbours}


def test_village_by_its_layer_with_shares_and_what_the_delivery_says(session, tmp_path: Path) -> None:
    villages = {"乌牛村": square(-500, -500, 530, 1000), "菜子村": square(30, -500, 500, 1000)}  # border at 30 of 40 m
    source = layer(tmp_path / "cun.geojson", villages, "XZQMC")
    session.assign(LayerAssignment(role="village", source=source))
    village = read(session, "here").village
    assert village.text == "乌牛村 75 %、菜子村 25 %"
    assert village.source == "村界图层"
    assert village.differs == "古路村"
    assert read(session, "point").village.text == "乌牛村"


def test_grid_by_its_layer_and_a_place_that_it_does_not_hold(session, tmp_path: Path) -> None:
    source = layer(tmp_path / "wg.geojson", {"第3网格": square(-50, -50, 200, 200)}, "WGMC")
    session.assign(LayerAssignment(role="grid", source=source))
    assert read(session, "here").grid.text == "第3网格"
    assert read(session, "far").grid.text == ""
    assert "网格图层" in read(session, "far").grid.problem


def test_a_layer_that_is_gone_is_told_and_the_delivery_counts(session, tmp_path: Path) -> None:
    session.assign(LayerAssignment(role="village", source=str(tmp_path / "gone.shp")))
    village = read(session, "here").village
    assert village.text == "古路村"
    assert village.source == "下发数据"
    assert "gone.shp" in village.problem


def test_the_width_of_a_road_is_measured_and_given_to_the_rules(session) -> None:
    assert read(session, "road").width.median_m == pytest.approx(5, rel=0.05)
    assert read(session, "here").width is None
