"""What goes to the field, and that its numbers find their patches when it comes back."""

from __future__ import annotations

from pathlib import Path

import pytest
from geographiclib.geodesic import Geodesic
from osgeo import ogr
from shapely import from_wkb, from_wkt, to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Batch, Patch, ReviewStatus
from weipian_plugin.report.kml import Mark, kml
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench import hand_in, handout
from weipian_plugin.workbench.handout import Choice
from weipian_plugin.workbench.session import Session

#: West to east 1 km apart, in an order that is not the way.
EAST = {"a": 106.70, "d": 106.73, "b": 106.71, "c": 106.72}


def _patch(uid: str, **more: object) -> Patch:
    square = MultiPolygon([box(EAST[uid], 29.7, EAST[uid] + 0.0005, 29.7004)])
    village = "乌牛村" if uid in "ab" else "百步梯村"
    return Patch(
        uid, f"5001122026{uid}", "b1", wkb=to_wkb(square), monitor_level=1, area_m2=2000.0, village_name=village, **more
    )  # type: ignore[arg-type]


@pytest.fixture
def session(tmp_path: Path):
    with Workspace.create(tmp_path / "ws", "试") as ws, ws.transaction("import", "b1", "测试") as change:
        change.put("batch", records.batch_row(Batch("b1", "五月", due_on="2026-05-20", patch_count=4)))
        for uid in EAST:
            change.put("patch", records.patch_row(_patch(uid)))
        done = Patch("x", "已办", "b1", wkb=_patch("a").wkb, review_status=ReviewStatus.FINISHED)
        change.put("patch", records.patch_row(done))
        change.put("patch", records.patch_row(Patch("n", "无边界", "b1", village_name="乌牛村")))
    with Session.open(tmp_path / "ws", "张三") as opened:
        yield opened


def test_the_way_goes_on_to_the_nearest(session: Session) -> None:
    route = handout.plan(session, Choice())
    assert [stop.patch_uid for stop in route.stops] == ["a", "b", "c", "d"]
    assert [stop.number for stop in route.stops] == [1, 2, 3, 4]
    assert route.without == ("无边界",)
    mid = 29.7002
    truth = Geodesic(6378137.0, 1 / 298.257222101).Inverse(mid, 106.70025, mid, 106.73025)["s12"]
    assert route.length_m == pytest.approx(truth, abs=0.5)
    assert handout.plan(session, Choice(), start=(106.8, 29.7)).stops[0].patch_uid == "d"


def test_a_village_gets_its_own(session: Session) -> None:
    route = handout.plan(session, Choice(village="乌牛村"))
    assert [stop.patch_uid for stop in route.stops] == ["a", "b"]
    assert {stop.due_on for stop in route.stops} == {"2026-05-20"}
    assert all(stop.wanted for stop in route.stops)


def test_nothing_to_hand_out_is_said(session: Session) -> None:
    with pytest.raises(WeipianError) as said:
        handout.plan(session, Choice(village="没有这个村"))
    assert said.value.code == "E_HANDOUT_EMPTY"


@pytest.mark.parametrize(
    ("name", "uid"),
    [
        ("1.jpg", "a"), ("02-1.jpg", "b"), ("3号 近景.jpg", "c"), ("4/IMG_0001.jpg", "d"), ("2（远）.jpg", "b"),
        ("IMG_0001.jpg", None), ("20260501_093000.jpg", None), ("7.jpg", None), ("3米高.jpg", None),
    ],
)  # fmt: skip
def test_a_number_finds_its_patch(session: Session, tmp_path: Path, name: str, uid: object) -> None:
    folder = tmp_path / "交回"
    folder.mkdir()
    handout.write_list(folder / handout.LIST_NAME, handout.plan(session, Choice()).stops)
    photo = folder / name
    found = hand_in.read_mapping([folder / handout.LIST_NAME, photo])
    assert (found[photo].patch_uid if photo in found else None) == uid


def test_without_a_list_no_number_counts(tmp_path: Path) -> None:
    assert hand_in.read_mapping([tmp_path / "1.jpg"]) == {}
    (tmp_path / handout.LIST_NAME).write_bytes(b"\xff\xfe\x00rubbish")
    assert hand_in.read_mapping([tmp_path / handout.LIST_NAME, tmp_path / "1.jpg"]) == {}


def test_kml_reads_back_in_ogr(tmp_path: Path) -> None:
    hole = from_wkt(
        "MULTIPOLYGON(((106.7 29.7,106.71 29.7,106.71 29.71,106.7 29.7),(106.705 29.702,106.706 29.703,106.706 29.702,106.705 29.702)))"
    )
    marks = [
        Mark("1 <乌牛>&村", ["监测等级 1", "控制\x07符"], 106.705, 29.701, 1, to_wkb(hole)),
        Mark("2", [], 106.8, 29.8, None, None),
    ]
    path = tmp_path / "图斑.kml"
    path.write_bytes(kml("派发", marks))
    source = ogr.Open(str(path))
    layers = {source.GetLayer(i).GetName(): source.GetLayer(i) for i in range(source.GetLayerCount())}
    points = list(layers["图斑点位"])
    assert [f.GetField("Name") for f in points] == ["1 <乌牛>&村", "2"]
    assert points[0].GetField("Description").startswith("监测等级 1")
    assert points[1].GetGeometryRef().GetX() == pytest.approx(106.8)
    shapes = list(layers["图斑边界"])
    assert len(shapes) == 1
    read = from_wkb(bytes(shapes[0].GetGeometryRef().ExportToWkb()))
    assert read.symmetric_difference(hole).area < 1e-12
