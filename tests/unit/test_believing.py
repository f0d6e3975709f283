"""Evidence in a workspace: three frauds are plain, the checklist goes by what counts, hand-in waits for it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import shapely

from tests.support import frauds
from weipian_plugin.core.advice import count_evidence
from weipian_plugin.core.check_words import worst
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import CaseAction, LayerAssignment, ReviewStatus
from weipian_plugin.core.proof import Evidence, Likeness
from weipian_plugin.store import proofs, records
from weipian_plugin.workbench.believing import checks_on_arrival
from weipian_plugin.workbench.session import Session

pytest.importorskip("piexif")
pytest.importorskip("PIL.Image")


@pytest.fixture
def session(tmp_path):
    with frauds.township(tmp_path / "工作区") as opened:
        yield opened


def view(session, number, *choice):
    return session.patch_view(f"u{number}", *choice)


def links(session, number):
    return {link.evidence.original_name: link for link in view(session, number).evidence}


def check(link, check_id):
    return next((found for found in link.checks if found.id == check_id), None)


def test_three_frauds_are_plain(session, tmp_path):
    shots = frauds.deceive(session, tmp_path / "照片")
    one = shots["honest1"].name
    first = links(session, 1)[one]
    assert first.looks_at is True
    assert first.distance_m == pytest.approx(22.17, abs=0.05)  # 0.0002° of latitude at 110.86 km a degree
    assert check(first, "same_file").outcome == "warn"  # right here, told that it stands for others
    for number in range(2, 6):
        link = links(session, number)[one]
        assert worst(link.checks) == "bad"
        assert check(link, "same_file").outcome == "bad"
        assert len(link.shared) == 4
        assert check(link, "same_file").numbers["patches"] == 5
    assert check(links(session, 4)[shots["old"].name], "time_window").outcome == "bad"
    assert "旧照片" in check(links(session, 4)[shots["old"].name], "time_window").text
    away = links(session, 5)[shots["away"].name]
    assert (away.looks_at, check(away, "looks_at").outcome) == (False, "bad")
    assert "背对图斑" in check(away, "looks_at").text
    assert worst(links(session, 2)[shots["honest2"].name].checks) in ("ok", "note")


def test_what_does_not_count_is_told_with_the_reason(session, tmp_path):
    shots = frauds.deceive(session, tmp_path / "照片")
    items = {number: view(session, number, "other", "no_change").checklist[0] for number in range(1, 6)}
    assert [items[number].have for number in range(1, 6)] == [1, 1, 1, 0, 0]
    assert any(shots["old"].name in text and "旧照片" in text for text in items[4].refused)
    assert any(shots["away"].name in text and "背对图斑" in text for text in items[5].refused)
    assert "未计入" in items[5].hint
    assert items[2].refused == ()  # what is complete needs no reasons


def test_reviewers_would_send_it_back(session, tmp_path):
    frauds.deceive(session, tmp_path / "照片")
    risks = {risk.reason_id: risk for risk in view(session, 4, "other", "no_change").forecast}
    assert "不在现场" in risks["evidence_of_other_patch"].why
    assert "旧照片" in risks["suspected_fraud"].why
    honest = {risk.reason_id for risk in view(session, 1, "other", "no_change").forecast}
    assert not honest & {"evidence_of_other_patch", "suspected_fraud", "evidence_mismatch"}


def test_nothing_hinders_work_before_hand_in(session, tmp_path):
    frauds.deceive(session, tmp_path / "照片")
    for number in (1, 5):
        session.judge(f"u{number}", frauds.patch_id(number), "other", "no_change", against_reason="现场核实没有变化")
    with pytest.raises(WeipianError) as refused:
        session.set_review("u5", frauds.patch_id(5), ReviewStatus.SUBMITTED)
    assert refused.value.code == "E_HAND_IN"
    assert "现场照片" in str(refused.value)
    assert "背对图斑" in str(refused.value)
    (finding, *rest) = session.hand_in("u5")
    assert (finding.item, finding.blocking, finding.patch_id) == ("site_photo", True, frauds.patch_id(5))
    assert finding.remedy
    assert not any(found.blocking for found in rest)
    session.set_review("u1", frauds.patch_id(1), ReviewStatus.SUBMITTED)
    assert session.patch_view("u1").patch.review_status is ReviewStatus.SUBMITTED


def test_an_illegal_patch_is_reported_while_its_case_begins(session):
    session.judge("u1", frauds.patch_id(1), "illegal", against_reason="现场核实")
    assert session.hand_in("u1")
    assert not any(found.blocking for found in session.hand_in("u1"))
    session.set_review("u1", frauds.patch_id(1), ReviewStatus.SUBMITTED)


def test_facts_typed_by_hand_count_at_once(session, tmp_path):
    shots = frauds.deceive(session, tmp_path / "照片")
    away = links(session, 5)[shots["away"].name].evidence
    session.set_photo_facts(away.evidence_id, away.lon, away.lat, 1.0, away.taken_at)
    link = links(session, 5)[shots["away"].name]
    assert (link.looks_at, check(link, "looks_at").outcome) == (True, "ok")
    assert check(link, "azimuth").outcome == "note"
    session.undo()
    assert links(session, 5)[shots["away"].name].looks_at is False


def put(session, item: Evidence, *uids: str, purpose="site_photo"):
    with session.workspace.transaction("attach", uids[0], session.who) as change:
        change.put("evidence", records.evidence_row(item))
        for uid in uids:
            change.put("evidence_link", records.link_row(uid, item.evidence_id, purpose))


def shot(name: str, number: int, **more) -> Evidence:
    lon, lat = frauds.stand(number)
    base = {"taken_at": "2026-06-10T09:30:00+08:00", "lon": lon, "lat": lat, "azimuth": 2.0, "azimuth_ref": "T"}
    return Evidence(name, "photo", name.rjust(64, "0"), f"{name}.jpg", **{**base, **more})


def alike(session, one, other, kind="same_picture", score=0.97):
    with session.workspace.transaction("attach", one, session.who) as change:
        change.put("likeness", proofs.likeness_row(Likeness(one, other, kind, score, "2026-06-11T00:00:00+08:00")))


def test_one_picture_saved_again_for_other_patches(session):
    for number in (1, 2, 3):
        put(session, shot(f"p{number}", number), f"u{number}")
    assert check(links(session, 1)["p1.jpg"], "same_picture") is None
    alike(session, "p1", "p2")
    alike(session, "p2", "p3", "cropped", 0.91)
    found = check(links(session, 1)["p1.jpg"], "same_picture")
    assert found.outcome == "bad"
    assert set(found.others) == {"p2", "p3"}  # the third by way of the second
    assert set(found.patches) == {frauds.patch_id(2), frauds.patch_id(3)}
    assert found.numbers["apart_m"] == pytest.approx(966, abs=5)  # 0.01° of longitude at 96.6 km a degree
    assert view(session, 1, "other", "no_change").checklist[0].have == 0
    with session.workspace.transaction("attach", "p1", session.who) as change:
        change.delete("likeness", "p1", "p2")
    assert check(links(session, 1)["p1.jpg"], "same_picture") is None


def test_one_picture_twice_on_a_patch_counts_once(session):
    put(session, shot("p1", 1), "u1", purpose="closeup_photo")
    put(session, shot("p2", 1), "u1", purpose="closeup_photo")
    pack = session.pack_for("b1")
    assert count_evidence(pack.requirements["closeup_photo"], view(session, 1).evidence) == 2
    alike(session, "p1", "p2")
    assert count_evidence(pack.requirements["closeup_photo"], view(session, 1).evidence) == 1


def test_another_session_is_heard(session, tmp_path):
    put(session, shot("p1", 1), "u1")
    assert links(session, 1)["p1.jpg"].shared == ()
    with Session.open(session.folder, "李四") as other, other.workspace.transaction("attach", "u2", "李四") as change:
        change.put("evidence_link", records.link_row("u2", "p1", "site_photo"))
    assert links(session, 1)["p1.jpg"].shared == (frauds.patch_id(2),)


def test_split_land_is_not_other_land(session):
    put(session, shot("p1", 1), "u1", "u2")
    assert links(session, 1)["p1.jpg"].shared == (frauds.patch_id(2),)
    patch = records.patch(session.workspace, "u2")
    with session.workspace.transaction("split", "u2", session.who) as change:
        change.put("patch", records.patch_row(replace(patch, parent_uid="u1", split_state="child")))
    assert links(session, 1)["p1.jpg"].shared == ()


def test_photos_of_rectification_go_by_its_completion(session):
    put(session, shot("p1", 1), "u1", purpose="after_photo")
    assert check(links(session, 1)["p1.jpg"], "time_window").outcome == "note"
    session.judge("u1", frauds.patch_id(1), "illegal", against_reason="现场核实")
    for kind, day in (("stop", "2026-06-02"), ("rectify", "2026-06-05")):
        session.add_action(CaseAction("u1", kind, day, way="demolish"), frauds.patch_id(1))
    session.add_action(
        CaseAction("u1", "rectified", "2026-06-11", way="demolish", demolished_mu="1", reclaimed_mu="1"),
        frauds.patch_id(1),
    )
    assert check(links(session, 1)["p1.jpg"], "time_window").outcome == "bad"  # taken the day before


def document(name: str, **more) -> Evidence:
    return Evidence(name, "document", name.rjust(64, "0"), f"{name}.pdf", **more)


def test_one_number_for_more_land_than_it_grants(session):
    # Each patch has 10 718.84 m² = 16.08 亩 (GeographicLib, dossier 12).
    put(session, document("d1", doc_no="渝府地〔2024〕12号", doc_area_mu="20.00"), "u1", purpose="approval_doc")
    assert check(links(session, 1)["d1.pdf"], "doc_reused").outcome == "ok"
    put(session, document("d2", doc_no="渝府地(2024)12号"), "u2", purpose="approval_doc")
    found = check(links(session, 1)["d1.pdf"], "doc_reused")
    assert (found.outcome, found.numbers["used_mu"], found.numbers["approved_mu"]) == ("bad", "32.16", "20.00")
    assert found.patches == (frauds.patch_id(2),)
    assert check(links(session, 2)["d2.pdf"], "doc_reused").outcome == "bad"
    risks = {risk.reason_id: risk.why for risk in view(session, 1, "legal", "conversion_only").forecast}
    assert "32.16" in risks["evidence_mismatch"]


def test_an_outline_that_leaves_half_of_the_patch_out(session):
    half = shapely.MultiPolygon([shapely.box(106.75, 29.78, 106.7505, 29.781)])
    put(session, document("d1", outline=shapely.to_wkb(half), doc_area_mu="8.04"), "u1", purpose="approval_doc")
    found = check(links(session, 1)["d1.pdf"], "doc_outline")
    assert found.outcome == "warn"
    assert found.numbers["share_percent"] == pytest.approx(50.0, abs=0.1)
    assert found.numbers["outside_m2"] == pytest.approx(10718.84 / 2, rel=1e-3)


def test_arrival_is_told_as_plain_values(session, tmp_path):
    put(session, shot("p1", 1), "u1")
    patch = session.patch_view("u1").patch
    item = records.evidence(session.workspace, "p1")["p1"]
    found = checks_on_arrival(session.workspace, session.pack_for("b1"), [(patch, item, "site_photo")])
    assert json.loads(json.dumps(found))["p1"][0]["id"] == "looks_at"
    assert {entry["id"] for entry in found["p1"]} >= {"looks_at", "distance", "time_window"}
    assert {entry["patch_id"] for entry in found["p1"]} == {frauds.patch_id(1)}


def test_on_whose_land_the_camera_stood(session, tmp_path):
    """Two villages that meet at 106.7548° E: the first patch lies in the western one, the second in the other."""
    put(session, shot("p1", 1), "u1")
    put(session, shot("p2", 2), "u1")
    assert "范围内" not in check(links(session, 1)["p1.jpg"], "place").text
    squares = {"古路镇柏树村": (106.74, 106.7548), "石坝村": (106.7548, 106.78)}
    features = [
        {
            "type": "Feature",
            "properties": {"XZQMC": name},
            "geometry": shapely.geometry.mapping(shapely.box(w, 29.7, e, 29.8)),
        }
        for name, (w, e) in squares.items()
    ]
    layer = tmp_path / "村界.geojson"
    layer.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    session.assign(LayerAssignment("village", str(layer)))
    assert "柏树村 范围内" in check(links(session, 1)["p1.jpg"], "place").text
    found = check(links(session, 1)["p2.jpg"], "place")  # 436 m away
    assert (found.outcome, "石坝村" in found.text) == ("warn", True)


def test_the_same_view_before_and_after(session):
    put(session, shot("p1", 1, taken_at="2026-06-01T09:00:00+08:00"), "u1")
    put(session, shot("p2", 1, taken_at="2026-06-20T09:00:00+08:00", azimuth=8.0), "u1", purpose="after_photo")
    put(session, shot("p3", 1, taken_at="2026-06-20T09:01:00+08:00", azimuth=120.0), "u1", purpose="after_photo")
    found = links(session, 1)
    assert (found["p1.jpg"].pair, found["p2.jpg"].pair, found["p3.jpg"].pair) == ("p2", "p1", "")


def test_more_files_than_are_remembered(session, monkeypatch):
    monkeypatch.setattr("weipian_plugin.workbench.believing._KEPT", 3)
    names = [f"p{number}" for number in range(5)]
    for name in names[:2]:
        put(session, shot(name, 1), "u1")
    assert set(links(session, 1)) == {"p0.jpg", "p1.jpg"}
    for name in names[2:]:
        put(session, shot(name, 2), "u2")
    for _ in range(2):  # one patch alone has as many as fit, the other fewer: neither pushes its own out
        assert set(links(session, 2)) == {"p2.jpg", "p3.jpg", "p4.jpg"}
        assert set(links(session, 1)) == {"p0.jpg", "p1.jpg"}
        put(session, shot(f"q{_}", 3), "u3")
    put(session, shot("r", 2), "u2")
    assert len(links(session, 2)) == 4
