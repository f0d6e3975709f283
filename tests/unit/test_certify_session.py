"""村级承诺 and 派单 on a workspace: what is written, what voids, what undo brings back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import piexif
import pytest
from PIL import Image
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.core import certify
from weipian_plugin.core.certify import NONE, SIGNED, VILLAGE_WORD, VOID
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Batch, Patch, ReviewStatus
from weipian_plugin.core.proof import Certificate, Certified, Dispatch, Evidence
from weipian_plugin.store import proofs, records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.clock import today
from weipian_plugin.workbench.session import Session

VILLAGES = {"u1": "古路村", "u2": "古路村", "u3": "乌牛村", "u4": ""}


def _patch(uid: str, status: ReviewStatus = ReviewStatus.ASSESSED) -> Patch:
    x = 106.8 + int(uid[1:]) / 1000
    square = to_wkb(MultiPolygon([box(x, 29.8, x + 0.0005, 29.8004)]))
    return Patch(uid, f"50011200{uid[1:]}", "b1", wkb=square, village_name=VILLAGES[uid] or None, town_name="古路镇",
                 area_m2=2000.0, monitor_level=1, review_status=status)  # fmt: skip


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with Workspace.create(tmp_path / "ws", "试") as ws, ws.transaction("import", "b1", "试") as change:
        change.put("batch", records.batch_row(Batch("b1", "五月", due_on="2099-12-31")))
        for uid in VILLAGES:
            change.put("patch", records.patch_row(_patch(uid)))
        for number, uid in enumerate(("u1", "u2", "u3")):
            shot = Evidence(
                f"e{uid}", "photo", f"{number:064x}", f"IMG_{number}.jpg", lon=106.8, lat=29.8, azimuth=10.0
            )
            change.put("evidence", records.evidence_row(shot))
            change.put(
                "evidence_link", records.link_row(uid, shot.evidence_id, "site_photo", at="2020-01-01T08:00:00+08:00")
            )
    with Session.open(tmp_path / "ws", "张三") as opened:
        yield opened


def _certificate(session: Session, uids: tuple[str, ...]) -> Certificate:
    """As printing leaves it, without drawing the paper."""
    known = session._covered(uids)
    paper = session._new_certificate([known.patches[uid] for uid in uids])
    with session.acting("cert_print", uids[0]) as change:
        change.put("certificate", proofs.certificate_row(paper))
        for uid in uids:
            covered = known.content(uid)
            item = Certified(paper.certificate_id, uid, certify.digest(covered), certify.summary(covered))
            change.put("certified", proofs.certified_row(item))
    return paper


def _days(number: int) -> str:
    return (date.fromisoformat(today()) + timedelta(days=number)).isoformat()


# -- 派单 -----------------------------------------------------------------------------------------


def test_one_step_sends_a_village_and_one_step_takes_it_back(session: Session) -> None:
    result = session.dispatch([Dispatch(uid, " 李  四 ", due_on="20991001") for uid in ("u1", "u2")])
    assert result.done == ("500112001", "500112002")
    view = session.patch_view("u1").patch
    assert (view.assignee, view.review_status) == ("李 四", ReviewStatus.ASSIGNED)
    given = session.dispatches()["u1"]
    assert (given.village, given.due_on, given.by) == ("古路村", "2099-10-01", "张三")
    assert session.undo() == "派单"
    assert session.dispatches() == {}
    assert session.patch_view("u1").patch.assignee is None
    assert session.patch_view("u1").patch.review_status is ReviewStatus.ASSESSED
    assert session.dispatch_plan(session.queue())[1].person == ""


def test_only_assessed_becomes_assigned(session: Session) -> None:
    for uid, before, after in (
        ("u1", ReviewStatus.RECEIVED, ReviewStatus.RECEIVED),
        ("u2", ReviewStatus.RETURNED, ReviewStatus.RETURNED),
        ("u3", ReviewStatus.SURVEYED, ReviewStatus.SURVEYED),
        ("u4", ReviewStatus.ASSESSED, ReviewStatus.ASSIGNED),
    ):
        with session.workspace.transaction("review", uid, "试") as change:
            change.put("patch", records.patch_row(_patch(uid, before)))
        session.dispatch([Dispatch(uid, "李四")])
        assert session.patch_view(uid).patch.review_status is after


def test_what_cannot_be_sent_is_told_and_the_others_go(session: Session) -> None:
    session.void("u1", "500112001", "void")
    result = session.dispatch([Dispatch("u1", "李四"), Dispatch("u2", "李四")])
    assert result.done == ("500112002",)
    assert result.refused == (("500112001", "已作废或图形灭失"),)
    with pytest.raises(WeipianError, match="责任人"):
        session.dispatch([Dispatch("u2", "王五"), Dispatch("u3", " ")])
    assert session.dispatches()["u2"].person == "李四"
    with pytest.raises(WeipianError) as caught:
        session.dispatch([Dispatch("u2", "王五", due_on="2026-02-30")])
    assert caught.value.code == "E_DATE_INVALID"


def test_the_next_delivery_is_prefilled_from_last_time(session: Session) -> None:
    first = session.dispatch_plan(session.queue())
    assert [(p.village, p.uids, p.sent, p.person) for p in first] == [
        ("乌牛村", ("u3",), 0, ""),
        ("古路村", ("u1", "u2"), 0, ""),
        ("", ("u4",), 0, ""),
    ]
    session.dispatch([Dispatch("u1", "李四", "古路村", _days(5)), Dispatch("u3", "王五", "乌牛村", _days(12))])
    plans = {p.village: p for p in session.dispatch_plan(session.queue())}
    assert (plans["古路村"].uids, plans["古路村"].sent) == (("u2",), 1)
    assert (plans["古路村"].person, plans["古路村"].due_on) == ("李四", _days(5))
    assert (plans["乌牛村"].uids, plans["乌牛村"].due_on) == ((), _days(12))
    again = {p.village: p for p in session.dispatch_plan(session.queue(), again=True)}
    assert again["古路村"].uids == ("u1", "u2")
    assert session.dispatch_people()[:2] == ["王五", "李四"] or set(session.dispatch_people()) >= {"李四", "王五"}


def test_who_is_late_and_what_ends_it(session: Session, tmp_path: Path) -> None:
    session.dispatch([Dispatch(uid, "李四", due_on=_days(-1)) for uid in ("u1", "u4")])
    assert [item.patch_uid for item in session.late()] == ["u4"]  # a photo of u1 lies here
    assert session.desk_facts().late == frozenset({"u4"})
    assert session.late_table()[1][:5] == ("", "李四", "500112004", today(), _days(-1))
    assert session.late_table()[1][5] == "1"
    session.save_late(tmp_path / "逾期.csv")
    assert "500112004" in (tmp_path / "逾期.csv").read_text(encoding="utf-8-sig")
    session.link(["eu1"], "u4", "500112004", "site_photo")
    assert session.late() == []
    session.undo()
    assert len(session.late()) == 1


def test_a_patch_that_was_sent_out_can_be_judged(session: Session) -> None:
    session.dispatch([Dispatch("u1", "李四")])
    session.judge("u1", "500112001", "illegal", basis="现场核实", against_reason="现场已建成")
    assert session.patch_view("u1").patch.review_status is ReviewStatus.JUDGED
    assert session.undo() == "判定"
    assert session.patch_view("u1").patch.review_status is ReviewStatus.ASSIGNED


def test_a_reminder_speaks_of_all_that_a_village_owes(session: Session) -> None:
    for uid in ("u1", "u2"):
        session.unlink(uid, f"e{uid}")
    session.dispatch([Dispatch(uid, "李四", due_on=_days(3)) for uid in ("u1", "u2", "u3")])
    assert session.outstanding("u1") == ("u1", "u2")
    assert session.outstanding("u3") == ("u3",)  # has a photo: nothing is owed, it is asked for alone


# -- 村级承诺 -------------------------------------------------------------------------------------


def test_a_signature_holds_until_something_changes_and_again_when_it_is_put_back(session: Session) -> None:
    assert session.certification("u1").state == NONE
    paper = _certificate(session, ("u1", "u2"))
    assert session.certification("u1").text.endswith("待古路村签字")
    view = session.sign_certificate(f"扫 {paper.number.lower()} ", "王 某", "")
    assert (view.certificate.signed_by, view.certificate.signed_on, view.changed) == ("王 某", today(), ())
    assert session.certification("u1").state == SIGNED
    assert session.certification("u3").state == NONE
    session.unlink("u1", "eu1")
    state = session.certification("u1")
    assert (state.state, state.changed) == (VOID, ("移除了照片 IMG_0.jpg",))
    assert session.certification("u2").state == SIGNED  # the others of the list stand
    session.undo()
    assert session.certification("u1").state == SIGNED


def test_field_facts_void_it_and_a_verdict_does_not(session: Session) -> None:
    paper = _certificate(session, ("u1",))
    session.sign_certificate(paper.number, "王某", today())
    session.judge("u1", "500112001", "illegal", basis="一", against_reason="试")
    assert session.certification("u1").state == SIGNED
    field = next(iter(session.pack.ask_fields.values()))
    session.judge("u1", "500112001", "illegal", basis="一", answers={field.id: "甲"}, against_reason="试")
    state = session.certification("u1")
    assert (state.state, state.changed) == (VOID, (f"“{field.label}”补填为“甲”",))
    session.undo()
    assert session.certification("u1").state == SIGNED


def test_manual_photo_facts_void_it(session: Session) -> None:
    paper = _certificate(session, ("u1",))
    session.sign_certificate(paper.number, "王某", today())
    session.set_photo_facts("eu1", 106.8001, 29.8, 200.0, "")
    assert session.certification("u1").state == VOID
    assert "手工填写" in session.certification("u1").text
    session.undo()
    assert session.certification("u1").state == SIGNED


def test_the_scan_is_a_document_of_each_patch_and_voids_nothing(session: Session, tmp_path: Path) -> None:
    paper = _certificate(session, ("u1", "u2"))
    scan = tmp_path / f"{paper.number}.jpg"
    gps = {1: b"N", 2: ((29, 1), (48, 1), (0, 1)), 3: b"E", 4: ((106, 1), (48, 1), (0, 1))}
    Image.new("RGB", (64, 48), "white").save(scan, exif=piexif.dump({"GPS": gps}))
    session.sign_certificate(paper.number, "王某", today(), scan)
    for uid in ("u1", "u2"):
        assert session.certification(uid).state == SIGNED
        linked = [(item, purpose) for _, item, purpose in records.links(session.workspace, uid)]
        assert [purpose for _, purpose in linked] == ["site_photo", VILLAGE_WORD]
    stored = session.certificates()[0]
    item = records.evidence(session.workspace)[stored.evidence_id]
    assert (item.kind, item.doc_no, item.lon) == ("document", paper.number, None)
    assert session.evidence_path(item.evidence_id).read_bytes() == scan.read_bytes()
    assert session.undo() == "承诺签收"
    assert session.certification("u1").state == "printed"
    assert len(records.links(session.workspace, "u1")) == 1


@pytest.mark.parametrize(
    ("number", "name", "day", "code"),
    [
        ("WP260501-123YK", "王某", "", "E_CERT_NUMBER"),
        ("WP260501-123YJ", "王某", "", "E_CERT_UNKNOWN"),
        ("", " ", "", "E_CERT_SIGNED_BY"),
        ("", "王某", "2026-02-30", "E_DATE_INVALID"),
        ("", "王某", "2999-01-01", "E_CERT_FUTURE"),
        ("", "王某", "2020-01-01", "E_CERT_FUTURE"),
    ],
)
def test_what_cannot_be_signed_is_refused_whole(session: Session, number: str, name: str, day: str, code: str) -> None:
    paper = _certificate(session, ("u1",))
    with pytest.raises(WeipianError) as caught:
        session.sign_certificate(number or paper.number, name, day)
    assert caught.value.code == code
    assert session.certification("u1").state == "printed"


def test_a_withdrawn_list_says_nothing_until_that_is_undone(session: Session) -> None:
    paper = _certificate(session, ("u1",))
    session.sign_certificate(paper.number, "王某", today())
    session.withdraw_certificate(paper.number)
    assert session.certification("u1").state == NONE
    with pytest.raises(WeipianError, match="已作废"):
        session.sign_certificate(paper.number, "王某", today())
    assert session.undo() == "承诺作废"
    assert session.certification("u1").state == SIGNED


def test_printing_is_not_taken_back_by_undo(session: Session) -> None:
    session.dispatch([Dispatch("u1", "李四")])
    _certificate(session, ("u1",))
    assert session.undo() == "派单"  # the paper is out; it is voided, not undone
    assert session.certification("u1").state == "printed"


def test_a_changed_patch_of_a_list_is_named_before_it_is_signed(session: Session) -> None:
    paper = _certificate(session, ("u1", "u2"))
    session.unlink("u2", "eu2")
    view = session.find_certificate(paper.number)
    assert [(item.patch_uid, item.changed) for item in view.changed] == [("u2", ("移除了照片 IMG_1.jpg",))]
    session.sign_certificate(paper.number, "王某", today())
    assert session.certification("u1").state == SIGNED
    assert session.certification("u2").state == VOID


def test_villages_are_counted_by_state(session: Session) -> None:
    paper = _certificate(session, ("u1",))
    session.sign_certificate(paper.number, "王某", today())
    found = {state.village: state for state in session.certificate_villages(list(VILLAGES))}
    assert (found["古路村"].count(SIGNED), found["古路村"].count(NONE), found["古路村"].bare) == (1, 1, ())
    assert found[""].bare == ("u4",)


def test_many_are_judged_by_tables_as_one_by_one(session: Session, monkeypatch) -> None:
    monkeypatch.setattr("weipian_plugin.workbench.certifying._FEW", 8)
    with session.workspace.transaction("import", "more", "试") as change:
        for number in range(10, 24):
            patch = replace(_patch("u1"), patch_uid=f"u{number}", patch_id=f"5001120{number}")
            change.put("patch", records.patch_row(patch))
            change.put("evidence_link", records.link_row(patch.patch_uid, "eu1", "site_photo"))
    uids = tuple(f"u{number}" for number in range(10, 24))
    paper = _certificate(session, uids)
    session.sign_certificate(paper.number, "王某", today())
    session.unlink("u12", "eu1")
    together = session.certifications()
    assert {uid: together[uid] for uid in uids} == {uid: session.certification(uid) for uid in uids}
    assert [uid for uid in uids if together[uid].state == VOID] == ["u12"]
