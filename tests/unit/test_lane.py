"""What waits for a patch, and putting it right: expected places and distances are calculated by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
import shapely

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Patch, ReviewStatus
from weipian_plugin.core.proof import EXIF, INFERRED, MANUAL, Evidence
from weipian_plugin.store import records
from weipian_plugin.workbench.lane import GUESSED, NEAR, VISIT, HandFacts, time_mark
from weipian_plugin.workbench.session import Session

#: A minute of latitude is about a sea mile: 0.001° are 111 m here, to a metre.
NORTH_M = 0.001
PIDS = {"u1": "500112SJBG26210001", "u2": "500112SJBG26210002", "u3": "500112SJBG26210003"}


def patch(uid: str, x: float, **more) -> Patch:
    square = shapely.MultiPolygon([shapely.box(x, 29.80, x + 0.001, 29.801)])
    return Patch(uid, PIDS[uid], "b1", wkb=shapely.to_wkb(square), village_name="柏树村", **more)


def photo(name: str, **more) -> Evidence:
    return Evidence(f"e-{name}", "photo", name.encode().hex().ljust(64, "0"), f"{name}.jpg", source=EXIF, **more)


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path / "ws", "古路镇", "张三") as opened:
        with opened.workspace.transaction("import", "b1", "张三") as change:
            change.put("batch", {"batch_id": "b1", "name": "五月", "created_at": "2026-06-01"})
            for item in (
                patch("u1", 106.80),
                patch("u2", 106.803),
                patch("u3", 106.806, review_status=ReviewStatus.VOID),
            ):
                change.put("patch", records.patch_row(item))
        yield opened


def keep(session, *items: Evidence, on: str = "") -> None:
    with session.workspace.transaction("attach", "workspace", "张三") as change:
        for item in items:
            change.put("evidence", records.evidence_row(item))
            if on:
                change.put("evidence_link", records.link_row(on, item.evidence_id, "site_photo"))


def ids(session, **more) -> list[str]:
    return [item.evidence.evidence_id for item in session.lane(**more)]


def test_only_what_lies_nowhere_waits_in_the_order_of_names(session) -> None:
    keep(session, photo("b10"), photo("b9"), replace(photo("part"), parent_id="e-b9"))
    keep(session, photo("placed"), on="u1")
    assert ids(session) == ["e-b9", "e-b10"]
    assert session.lane_count() == 2


def test_candidates_by_position_the_seen_one_first(session) -> None:
    # 0.0005° of latitude north of the row of squares and midway between u1 and u2; looking east-south-east at u2.
    at = photo("at", lon=106.802, lat=29.8015, azimuth=120.0)
    keep(session, at)
    (item,) = session.lane()
    assert [c.patch_uid for c in item.candidates] == ["u2", "u1"]  # u3 is void
    first = item.candidates[0]
    east = 0.001 * 111_320 * math.cos(math.radians(29.8))
    north = 0.0005 * 110_860  # m a degree of latitude at 29.8°
    assert first.distance_m == pytest.approx(math.hypot(east, north), rel=0.003)
    assert (first.looks_at, item.candidates[1].looks_at) == (True, False)
    assert first.why == NEAR


def test_candidates_recorded_and_of_the_same_visit(session) -> None:
    keep(session, photo("there", taken_at="2026-05-01T09:30:00+08:00"), on="u2")
    keep(session, photo("later", taken_at="2026-05-01T01:35:00+00:00", match={"candidates": ["u1", "gone"]}))
    (item,) = session.lane()
    assert [(c.patch_uid, c.why, c.distance_m) for c in item.candidates] == [("u1", GUESSED, None), ("u2", VISIT, None)]


def test_reasons_say_exactly_why(session) -> None:
    keep(
        session, photo("mmexport1777599015000"), photo("DSC_1"), photo("IMG_2", facts={"has_exif": True}),
        photo("IMG_3", facts={"has_exif": True, "maker_position": True}),
        photo("IMG_4", lon=100.0, lat=20.0, match={"reason": "照片位置周围 300 米内没有图斑"}),
    )  # fmt: skip
    said = {item.evidence.original_name: item.reason for item in session.lane()}
    assert "微信" in said["mmexport1777599015000.jpg"]
    assert "EXIF" in said["DSC_1.jpg"]
    assert "手机定位没有打开" in said["IMG_2.jpg"]
    assert "私有字段" in said["IMG_3.jpg"]
    assert said["IMG_4.jpg"] == "照片位置周围 300 米内没有图斑"


def test_a_time_from_the_name_is_marked_as_inferred() -> None:
    saved = replace(photo("mmexport1777599015000"), taken_at="2026-05-01T09:30:15+08:00", source=INFERRED)
    assert "微信保存时间" in time_mark(saved)
    assert time_mark(replace(saved, source=EXIF)) == ""


def test_facts_and_patch_go_in_together_and_out_together(session) -> None:
    before = photo("wx", taken_at="2026-05-01T09:30:15+08:00", match={"reason": "没有位置"})
    keep(session, before)
    facts = HandFacts(106.8005, 29.7995, 5.0, "2026-05-01T09:28:00+08:00")
    session.place(["e-wx"], "u1", PIDS["u1"], "site_photo", {"e-wx": facts})
    (link,) = session.patch_view("u1").evidence
    now = link.evidence
    assert (now.lon, now.lat, now.azimuth, now.taken_at, now.source) == (
        106.8005, 29.7995, 5.0, "2026-05-01T09:28:00+08:00", MANUAL,
    )  # fmt: skip
    assert now.checks["hand"] == ["azimuth", "position", "time"]
    assert now.checks["exif"]["lon"] is None
    assert now.checks["exif"]["taken_at"] == before.taken_at
    assert link.looks_at is True
    assert link.confidence == ""  # laid by a person
    assert session.lane() == []
    assert session.undo() == "附举证"
    (item,) = session.lane()
    assert item.evidence == before
    assert session.patch_view("u1").evidence == ()


def test_without_anything_typed_it_is_not_by_hand(session) -> None:
    item = photo("own", lon=106.8005, lat=29.7995, azimuth=5.0, taken_at="2026-05-01T09:30:15+08:00", accuracy_m=4.0)
    keep(session, item, photo("bare"))
    same = HandFacts(item.lon, item.lat, item.azimuth, "")
    session.place(["e-own", "e-bare"], "u1", PIDS["u1"], facts={"e-own": same})
    placed = {link.evidence.evidence_id: link.evidence for link in session.patch_view("u1").evidence}
    assert placed["e-own"] == item
    assert placed["e-bare"].source == EXIF


def test_a_new_azimuth_keeps_the_accuracy_of_the_position(session) -> None:
    item = photo(
        "m",
        lon=106.8005,
        lat=29.7995,
        accuracy_m=4.0,
        azimuth=10.0,
        azimuth_raw=12.5,
        azimuth_ref="M",
        declination=-2.5,
    )
    keep(session, item)
    session.set_photo_facts("e-m", 106.8005, 29.7995, 355.0, "")
    turned = session.lane_item("e-m").evidence
    assert (turned.azimuth, turned.azimuth_ref, turned.azimuth_raw, turned.declination) == (355.0, "T", None, None)
    assert turned.accuracy_m == 4.0
    assert turned.checks["hand"] == ["azimuth"]
    session.set_photo_facts("e-m", 106.8006, 29.7995, 355.0, "")
    moved = session.lane_item("e-m").evidence
    assert moved.accuracy_m is None
    assert moved.checks["hand"] == ["azimuth", "position"]
    assert moved.checks["exif"]["azimuth"] == 10.0  # the first word of the file, not the last of a person


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (HandFacts(200.0, 29.8), "E_PHOTO_POSITION"),
        (HandFacts(106.8, float("nan")), "E_PHOTO_POSITION"),
        (HandFacts(106.8, 29.8, 400.0), "E_PHOTO_POSITION"),
        (HandFacts(106.8, 29.8, None, "昨天"), "E_DATE_INVALID"),
    ],
)
def test_nonsense_is_refused_and_nothing_is_written(session, facts, code) -> None:
    keep(session, photo("x"))
    head = session.anchor()
    with pytest.raises(WeipianError) as caught:
        session.place(["e-x"], "u1", PIDS["u1"], facts={"e-x": facts})
    assert caught.value.code == code
    assert session.anchor() == head


def test_the_patch_must_be_the_one_on_the_screen(session) -> None:
    keep(session, photo("x"))
    with pytest.raises(WeipianError) as caught:
        session.place(["e-x"], "u1", PIDS["u2"])
    assert caught.value.code == "E_PATCH_MISMATCH"


def test_set_aside_comes_back_and_undoes(session) -> None:
    keep(session, photo("a", match={"reason": "没有位置"}), photo("b"))
    session.set_aside(["e-a"], "村委会大门")
    assert ids(session) == ["e-b"]
    assert session.lane_count() == 1
    (aside,) = session.lane(aside=True)
    assert aside.reason == "张三 定为不作举证：村委会大门"
    session.take_back(["e-a"])
    assert ids(session) == ["e-a", "e-b"]
    assert session.lane_item("e-a").evidence.match == {"reason": "没有位置"}
    assert session.undo() == "不作举证"
    assert ids(session) == ["e-b"]
    session.place(["e-a"], "u1", PIDS["u1"])  # laying it on a patch says that it is evidence after all
    assert ids(session, aside=True) == []


def test_values_are_carried_from_the_photo_next_in_time(session) -> None:
    keep(
        session,
        photo("far", taken_at="2026-05-01T09:10:00+08:00", lon=106.1, lat=29.1),
        photo("near", taken_at="2026-05-01T01:29:00+00:00", lon=106.8005, lat=29.7995, azimuth=7.0),
        photo("blind", taken_at="2026-05-01T09:30:00+08:00"),
        photo("me", taken_at="2026-05-01T09:30:30+08:00"),
        photo("alone", taken_at="2026-05-01"),
    )
    assert session.carried("e-me") == (HandFacts(106.8005, 29.7995, 7.0, ""), "near.jpg")
    assert session.carried("e-far") is None
    assert session.carried("e-alone") is None


def test_what_is_typed_finds_its_patch(session) -> None:
    found = session.candidates_at(106.8005, 29.7995, 0.0)
    assert found[0].patch_uid == "u1"
    assert found[0].distance_m == pytest.approx(0.0005 * 110_860, rel=0.003)
    assert found[0].looks_at is True
    assert session.candidates_at(110.0, 29.8) == ()
    assert session.place_centre() == pytest.approx((106.802, 29.8005))
