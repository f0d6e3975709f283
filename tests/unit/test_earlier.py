"""Which earlier patches and clues a new patch lies on. Metres by hand on a sphere of 6 371 km."""

import math

import pytest
import shapely

from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import Patch
from weipian_plugin.workbench.earlier import find_relations

M = 1 / 111_195  # degrees of latitude
LON, LAT = 106.75, 29.78


def at(east, north):
    return LON + east * M / math.cos(math.radians(LAT)), LAT + north * M


def square(uid, east, north, size=100.0, **more):
    x0, y0 = at(east, north)
    x1, y1 = at(east + size, north + size)
    wkb = shapely.to_wkb(shapely.MultiPolygon([shapely.box(x0, y0, x1, y1)]))
    return Patch(uid, uid, "b", wkb, **more)


def centre(uid, east, north):
    lon, lat = at(east, north)
    return Patch(uid, uid, "b", None, centre_lon=lon, centre_lat=lat, geometry_source="none")


def found(fresh, others, clues=(), named=None):
    rows = find_relations(fresh, others, clues, named or {}, "2026-06-01", Silent())
    return {(row.patch_uid, row.other_uid): row for row in rows}


@pytest.mark.parametrize(("east", "share"), [(0, 1.0), (50, 0.5), (79, 0.21), (81, None), (100, None), (300, None)])
def test_a_fifth_of_the_smaller_one_makes_it_one_place(east, share):
    rows = found([square("n", east, 0)], [square("o", 0, 0)])
    if share is None:
        assert rows == {}
    else:
        assert rows["n", "o"].share == pytest.approx(share, abs=0.002)
        assert rows["n", "o"].overlap_m2 == pytest.approx(share * 10_000, rel=0.01)


def test_the_smaller_one_counts_whichever_it_is():
    rows = found([square("n", 10, 10, 20)], [square("o", 0, 0, 1000)])
    assert rows["n", "o"].share == pytest.approx(1.0)
    assert rows["n", "o"].overlap_m2 == pytest.approx(400, rel=0.01)


@pytest.mark.parametrize(("east", "near"), [(-29, True), (-31, False), (50, True), (129, True), (131, False)])
def test_a_centre_within_thirty_metres(east, near):
    for fresh, others in (
        ([centre("n", east, 50)], [square("o", 0, 0)]),
        ([square("n", 0, 0)], [centre("o", east, 50)]),
    ):
        assert bool(found(fresh, others)) is near


def test_two_centres():
    assert found([centre("n", 0, 0)], [centre("o", 0, 29)])
    assert not found([centre("n", 0, 0)], [centre("o", 0, 31)])


def test_a_clue_is_told_as_one_and_a_split_patch_gives_way_to_its_children():
    others = [
        square("线索", 0, 0, 50),
        square("母", 0, 0, split_state="parent"),
        square("母_1", 0, 0, 50, split_state="child", parent_uid="母"),
    ]
    rows = found([square("n", 0, 0)], others, clues=["线索"])
    assert {other: row.kind for (_, other), row in rows.items()} == {"线索": "clue", "母_1": "earlier"}


def test_a_number_that_was_delivered_is_taken_at_its_word():
    rows = found([square("n", 0, 0)], [square("o", 5000, 0), square("p", 7000, 0)], named={"n": "o，p；没有"})
    assert {other for _, other in rows} == {"o", "p"}
    assert all(row.share == 0 for row in rows.values())


def test_a_patch_and_its_parts_are_not_its_predecessors():
    same = square("n", 0, 0)
    assert found([same], [same, square("n_1", 0, 0, 50, split_state="child", parent_uid="n")]) == {}
