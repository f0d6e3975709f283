"""Converting positions, the lane matched anew, and the declination, through a session."""

from __future__ import annotations

import pytest
import shapely
from geographiclib.geodesic import Geodesic

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Patch
from weipian_plugin.core.proof import Evidence
from weipian_plugin.store import records
from weipian_plugin.workbench.session import Session

EARTH = Geodesic(6378137.0, 1 / 298.257222101)
HOME = (106.7492, 29.7799)
NAMES = [f"500112141_{i:04d}" for i in range(5)]


def at(azimuth: float, metres: float, start: tuple[float, float] = HOME) -> tuple[float, float]:
    end = EARTH.Direct(start[1], start[0], azimuth, metres)
    return end["lon2"], end["lat2"]


CENTRES = [at(90, 700 * i) for i in range(5)]


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path / "ws", "古路镇", "张三") as opened:
        with opened.workspace.transaction("import", "b1", "张三") as change:
            change.put("batch", {"batch_id": "b1", "name": "五月", "created_at": "2026-06-01"})
            for i, centre in enumerate(CENTRES):
                ring = shapely.Polygon([at(a, 20, centre) for a in range(0, 360, 15)])
                wkb = shapely.to_wkb(shapely.MultiPolygon([ring]))
                change.put("patch", records.patch_row(Patch(f"u{i}", NAMES[i], "b1", wkb=wkb)))
        yield opened


def photo(name: str, place: tuple[float, float], **more) -> Evidence:
    sha = name.encode().hex().ljust(64, "0")
    return Evidence(f"e-{name}", "photo", sha, f"{name}.jpg", lon=place[0], lat=place[1], camera="K", **more)


def keep(session, *items: Evidence) -> None:
    with session.workspace.transaction("attach", "workspace", "张三") as change:
        for item in items:
            change.put("evidence", records.evidence_row(item))


def south(centre: tuple[float, float]) -> tuple[float, float]:
    """30 m south of a patch's middle, 10 m from its edge."""
    return at(180, 30, centre)


def off(centre: tuple[float, float]) -> tuple[float, float]:
    """The same place as a map program gives it."""
    return at(127.2, 487.1, south(centre))


def rows(session) -> dict[str, list[tuple]]:
    tables = {"evidence": "evidence_id", "evidence_link": "patch_uid, evidence_id, purpose", "setting": "name"}
    return {
        table: [tuple(r)[1:] for r in session.workspace.connection.execute(f"SELECT * FROM {table} ORDER BY {order}")]
        for table, order in tables.items()
    }


def shot(name: str, i: int, **more) -> Evidence:
    return photo(name, off(CENTRES[i]), azimuth=0.0, azimuth_ref="T", **more)


@pytest.fixture
def five(session):
    keep(session, *[shot(f"IMG_a{i}", i, taken_at=f"2026-06-0{i + 1}T10:00:00+08:00") for i in range(5)])
    return session


def test_the_suspicion_speaks_of_all_of_them(five) -> None:
    found = five.gcj_suspicion()
    assert set(found.evidence_ids) == {f"e-IMG_a{i}" for i in range(5)}
    assert found.median_m == pytest.approx(487.1, abs=3)
    assert found.azimuth_deg == pytest.approx(127.2, abs=0.5)


def test_converting_lays_them_and_says_so_no_more(five) -> None:
    assert five.shift_photos(five.gcj_suspicion().evidence_ids) == 5
    linked = {(e, uid) for uid, e, _ in records.links(five.workspace)}
    assert linked == {(f"e-IMG_a{i}", f"u{i}") for i in range(5)}
    item = records.evidence(five.workspace)["e-IMG_a1"]
    assert item.shift == "gcj02"
    line = EARTH.Inverse(item.lat, item.lon, *reversed(south(CENTRES[1])))
    assert line["s12"] < 2  # dossier's direction and length are rounded
    assert (item.facts["gcj02"]["lon"], item.facts["gcj02"]["lat"]) == off(CENTRES[1])
    assert five.gcj_suspicion() is None
    assert five.workspace.check_journal() == []


def test_taken_back_by_undo_or_by_hand_it_is_as_before_to_the_byte(five) -> None:
    before = rows(five)
    ids = five.gcj_suspicion().evidence_ids
    five.shift_photos(ids)
    assert rows(five) != before
    assert five.can_undo() == "坐标换算"
    five.undo()
    assert rows(five) == before
    five.shift_photos(ids)
    assert five.unshift_photos(ids) == 5
    assert rows(five) == before
    assert five.unshift_photos(ids) == 0


def test_what_a_person_laid_afterwards_stays(five) -> None:
    ids = five.gcj_suspicion().evidence_ids
    five.shift_photos(ids)
    five.link(["e-IMG_a0"], "u3", NAMES[3], "site_photo")
    five.unshift_photos(ids)
    assert [(uid, e) for uid, e, _ in records.links(five.workspace)] == [("u3", "e-IMG_a0")]


def test_what_its_wrong_position_laid_is_laid_anew_and_comes_back(session) -> None:
    # A patch where the shifted photo of u0 seems to be; names and persons stay.
    wrong = at(127.2, 487.1, CENTRES[0])
    ring = shapely.Polygon([at(a, 20, wrong) for a in range(0, 360, 15)])
    with session.workspace.transaction("import", "b1", "张三") as change:
        wkb = shapely.to_wkb(shapely.MultiPolygon([ring]))
        change.put("patch", records.patch_row(Patch("u9", "500112141_0009", "b1", wkb=wkb)))
    keep(session, *[shot(f"IMG_a{i}", i) for i in range(5)])
    assert session.rematch_lane() == 1
    assert [(uid, e) for uid, e, _ in records.links(session.workspace)] == [("u9", "e-IMG_a0")]
    before = rows(session)
    found = session.gcj_suspicion()
    assert len(found.evidence_ids) == 5
    session.shift_photos(found.evidence_ids)
    linked = {(e, uid) for uid, e, _ in records.links(session.workspace)}
    assert linked == {(f"e-IMG_a{i}", f"u{i}") for i in range(5)}
    session.unshift_photos(found.evidence_ids)
    assert rows(session) == before
    session.shift_photos(found.evidence_ids)
    session.undo()
    assert rows(session) == before
    session.unlink("u9", "e-IMG_a0")
    session.link(["e-IMG_a0"], "u9", "500112141_0009", "site_photo")
    session.shift_photos(found.evidence_ids)
    assert ("u9", "e-IMG_a0", "site_photo") in records.links(session.workspace)


def test_twice_is_once_and_nothing_without_a_position(five) -> None:
    keep(five, Evidence("e-x", "photo", "f" * 64, "x.jpg"))
    assert five.shift_photos(["e-IMG_a0", "e-IMG_a0", "e-x"]) == 1
    assert five.shift_photos(["e-IMG_a0"]) == 0


def test_a_photo_named_after_its_patch_is_enough(session) -> None:
    keep(session, shot(NAMES[2], 2))
    assert session.gcj_suspicion().evidence_ids == (f"e-{NAMES[2]}",)
    keep(session, photo("IMG_b", at(10, 3000)))
    assert session.gcj_suspicion().evidence_ids == (f"e-{NAMES[2]}",)


def test_the_lane_is_matched_anew_when_positions_were_put_right(session) -> None:
    keep(session, photo("IMG_c", at(0, 5000), azimuth=0.0, azimuth_ref="T"))
    assert session.rematch_lane() == 0
    before = rows(session)["evidence_link"]
    lon, lat = south(CENTRES[4])
    session.set_photo_facts("e-IMG_c", lon, lat, 0.0, "")
    assert session.rematch_lane() == 1
    assert [(uid, e) for uid, e, _ in records.links(session.workspace)] == [("u4", "e-IMG_c")]
    assert session.rematch_lane() == 0
    session.undo()
    assert rows(session)["evidence_link"] == before


def magnetic(name: str, raw: float, **more) -> Evidence:
    return photo(name, HOME, azimuth=raw, azimuth_ref="M", azimuth_raw=raw, **more)


def test_a_declination_turns_magnetic_directions_and_keeps_what_the_file_has(session) -> None:
    notes = {"notes": ["方位角以磁北为准，未作磁偏角改正"]}
    keep(session, magnetic("m", 1.0, checks=notes), photo("t", HOME, azimuth=50.0, azimuth_ref="T", azimuth_raw=50.0))
    before = rows(session)
    assert session.declination() is None
    assert session.set_declination(-2.95) == 1
    item = records.evidence(session.workspace)["e-m"]
    assert item.azimuth == pytest.approx(358.05)
    assert (item.azimuth_raw, item.declination) == (1.0, -2.95)
    assert item.checks["notes"] == ["方位角以磁北为准，已按磁偏角 -2.95° 改正"]
    assert records.evidence(session.workspace)["e-t"].azimuth == 50.0
    assert session.declination() == -2.95
    assert session.set_declination(-2.95) == 0
    session.set_declination(None)
    assert records.evidence(session.workspace)["e-m"] == magnetic("m", 1.0, checks=notes)
    assert session.declination() is None
    assert session.can_undo() == "磁偏角"
    session.undo()
    session.undo()
    assert rows(session) == before


def test_a_direction_by_hand_is_not_turned_but_what_the_file_said_is(session) -> None:
    keep(session, magnetic("m", 10.0))
    session.set_photo_facts("e-m", *HOME, 77.0, "")
    session.set_declination(3.0)
    item = records.evidence(session.workspace)["e-m"]
    assert item.azimuth == 77.0
    assert item.checks["exif"]["azimuth"] == 13.0


@pytest.mark.parametrize("value", [31.0, -90.0, float("nan"), float("inf")])
def test_no_declination(session, value) -> None:
    with pytest.raises(WeipianError) as caught:
        session.set_declination(value)
    assert caught.value.code == "E_DECLINATION"


def test_the_suggestion_is_for_its_place_only(session, tmp_path) -> None:
    assert session.suggested_declination() == -2.95
    assert "WMM" in session.DECLINATION_SOURCE
    with Session.create(tmp_path / "far", "北京", "张三") as far:
        assert far.suggested_declination() is None
        with far.workspace.transaction("import", "b1", "张三") as change:
            change.put("batch", {"batch_id": "b1", "name": "五月", "created_at": "2026-06-01"})
            box = shapely.to_wkb(shapely.MultiPolygon([shapely.box(116.3, 39.9, 116.31, 39.91)]))
            change.put("patch", records.patch_row(Patch("u", "1", "b1", wkb=box)))
        assert far.suggested_declination() is None
