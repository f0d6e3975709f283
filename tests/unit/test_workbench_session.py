"""The session as the panel and the command line use it: decide, follow the case to closure, undo."""

import pytest
import shapely

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import CaseAction, CaseStatus, OverlayRow, Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.workbench.session import Session

BOX = shapely.box(106.75, 29.78, 106.751, 29.781)
AREA = 10718.84  # m², GeographicLib, dossier section 12: 16.08 亩


@pytest.fixture
def session(tmp_path):
    with Session.create(tmp_path / "工作区", "古路镇", "张经办") as opened:
        wkb = shapely.to_wkb(shapely.MultiPolygon([BOX]))
        patch = Patch(
            patch_uid="u1", patch_id="500112SJBG26210184", batch_id="b1", wkb=wkb, area_m2=AREA, monitor_level=1,
            monitor_class="new_nonagri", village_name="柏树村", image_before="2025-10-06", image_after="2026-05-01",
            review_status=ReviewStatus.ASSESSED,
        )  # fmt: skip
        rows = [
            OverlayRow("u1", patch.patch_id, "landuse", "0103", AREA, 1.0),
            OverlayRow("u1", patch.patch_id, "prime_farmland", "", 300.0, 0.03),
            OverlayRow("u1", patch.patch_id, "approval", "", 0.0, 0.0),
            OverlayRow("u1", patch.patch_id, "approved_union", "", 0.0, 0.0),
        ]
        with opened.workspace.transaction("import", "b1", "张经办") as change:
            change.put("batch", {"batch_id": "b1", "name": "2026 上半年", "created_at": "2026-06-01"})
            change.put("patch", records.patch_row(patch))
            for row in rows:
                change.put("overlay", records.overlay_row(row))
        yield opened


PID = "500112SJBG26210184"


def judge(session, verdict, **more):
    session.judge("u1", PID, verdict, **more)


def act(session, kind, date, **more):
    session.add_action(CaseAction("u1", kind, date, **more), PID)


def refused(code, function, *args, **kwargs):
    with pytest.raises(WeipianError) as caught:
        function(*args, **kwargs)
    assert caught.value.code == code


def test_advice_points_to_illegal_where_prime_farmland_has_no_approval(session):
    view = session.patch_view("u1")
    assert view.advice.leaning == "illegal"
    assert any("0.45" in reason.text for reason in view.advice.reasons)  # 300 m² = 0.45 亩
    assert str(view.summary.cropland) == "16.08"


def test_advice_hears_what_is_being_filled_in(session):
    # J1: on the ground nothing changed, so nothing speaks for a violation any more.
    unchanged = {"changed": "否"}
    assert session.patch_view("u1", answers=unchanged).advice.leaning == "other"
    assert session.patch_view("u1").advice.leaning == "illegal"
    session.judge("u1", session.patch_view("u1").patch.patch_id, "other", answers=unchanged)
    assert session.patch_view("u1").judgement.against_reason == ""


def test_against_the_advice_needs_a_reason(session):
    refused("E_REASON_REQUIRED", judge, session, "legal")
    judge(session, "legal", against_reason="有 2024 年批文，图层尚未更新")
    view = session.patch_view("u1")
    assert view.judgement.against_reason == "有 2024 年批文，图层尚未更新"
    assert view.patch.review_status is ReviewStatus.JUDGED


def test_the_wrong_patch_is_never_written(session):
    refused("E_PATCH_MISMATCH", session.judge, "u1", "500112SJBG26210185", "illegal")
    assert session.patch_view("u1").judgement is None


def test_doubt_alone_does_not_finish_a_patch(session):
    judge(session, "", doubt=True)
    row = session.queue_row("u1")
    assert row.doubt
    assert not row.finished


def test_undo_goes_back_step_by_step(session):
    judge(session, "illegal")
    judge(session, "", doubt=True)
    assert session.undo() == "判定"
    assert session.queue_row("u1").verdict == "illegal"
    session.undo()
    assert session.queue_row("u1").review_status is ReviewStatus.ASSESSED
    assert session.can_undo() == ""
    refused("E_NOTHING_TO_UNDO", session.undo)
    assert session.workspace.check_journal() == []


def test_a_case_belongs_to_an_illegal_patch(session):
    refused("E_CASE_NOT_ILLEGAL", act, session, "stop", "2026-06-01")


def test_from_stop_to_zero(session, tmp_path):
    piexif = pytest.importorskip("piexif")
    pil = pytest.importorskip("PIL.Image")
    judge(session, "illegal")
    act(session, "stop", "2026-06-02", doc_no="责停〔2026〕1号")
    act(session, "rectify", "2026-06-10", way="demolish")
    refused("E_TRANSITION", act, session, "close", "2026-06-11")
    act(session, "rectified", "2026-07-01", way="demolish", demolished_mu="16.08", reclaimed_mu="16.00")
    act(session, "accept", "2026-07-05", person="李验收")
    with pytest.raises(WeipianError) as caught:
        act(session, "close", "2026-07-06")
    assert caught.value.code == "E_CLOSURE"
    assert "0.08" in str(caught.value)  # 16.08 - 16.00: on cropland only 复耕到位 counts, not what was demolished
    act(session, "reopen", "2026-07-07", note="复耕差 0.08 亩")
    act(session, "rectified", "2026-07-20", way="demolish", demolished_mu="16.08", reclaimed_mu="16.08")
    act(session, "accept", "2026-07-21", person="李验收")
    refused("E_CLOSURE", act, session, "close", "2026-07-22")  # no photo of the land as it is now
    # Standing 30 m south of the patch and looking north at it, on the day after the completion.
    gps = {
        piexif.GPSIFD.GPSLatitudeRef: b"N", piexif.GPSIFD.GPSLatitude: ((29, 1), (46, 1), (4703, 100)),
        piexif.GPSIFD.GPSLongitudeRef: b"E", piexif.GPSIFD.GPSLongitude: ((106, 1), (45, 1), (180, 100)),
        piexif.GPSIFD.GPSImgDirectionRef: b"T", piexif.GPSIFD.GPSImgDirection: (0, 1),
    }  # fmt: skip
    photo = tmp_path / "整改后.jpg"
    pil.new("RGB", (64, 48), "green").save(
        photo,
        exif=piexif.dump(
            {"Exif": {piexif.ExifIFD.DateTimeOriginal: b"2026:07-21 09:00:00".replace(b"-", b":")}, "GPS": gps}
        ),
    )
    session.attach("u1", PID, [photo])
    (linked,) = session.patch_view("u1").evidence
    assert linked.purpose == "after_photo"
    assert linked.looks_at is True
    assert linked.distance_m == pytest.approx(29.9, abs=1.5)  # 0.000269° of latitude
    refused("E_CLOSURE", act, session, "close", "2026-07-22")  # the review goes on
    session.set_review("u1", PID, ReviewStatus.SUBMITTED)
    session.set_review("u1", PID, ReviewStatus.FINISHED)
    act(session, "close", "2026-07-22", person="王经办")
    view = session.patch_view("u1")
    assert view.patch.case_status is CaseStatus.CLOSED
    assert view.open_mu == 0
    refused("E_REVISION", judge, session, "other")


def test_dates_and_areas_are_checked(session):
    judge(session, "illegal")
    refused("E_DATE_INVALID", act, session, "stop", "6月2日")
    refused("E_DATE_INVALID", act, session, "stop", "")
    refused("E_AREA_INVALID", act, session, "rectified", "2026-06-02", demolished_mu="很多")


def test_history_reads_who_did_what(session):
    judge(session, "illegal")
    (line,) = session.journal_text("u1")
    assert "张经办" in line
    assert "判定" in line


def test_the_workspace_opens_where_it_was_left(session):
    judge(session, "illegal")
    assert session.agenda().last_patch_uid == "u1"
    assert session.agenda().counts["未判定"] == 0
    assert session.agenda().counts["未销号"] == 1


def test_an_action_that_changes_nothing_is_not_what_undo_takes_back(session, tmp_path):
    paper = tmp_path / "批文.pdf"
    paper.write_bytes(b"%PDF-1.4 paper")
    session.attach("u1", PID, [paper], "approval_doc")
    judge(session, "illegal")
    session.attach("u1", PID, [paper], "approval_doc")  # there already
    assert session.undo() == "判定"
    assert session.undo() == "附举证"
    assert session.can_undo() == ""


def test_a_refused_row_leaves_no_attachment_behind(session, tmp_path):
    from weipian_plugin.core.feedback import Silent
    from weipian_plugin.workbench.decisions import apply_decisions

    (tmp_path / "回执.pdf").write_bytes(b"%PDF-1.4 receipt")
    table = tmp_path / "判定表.csv"
    table.write_text(f"图斑编号,动作,日期,附件\n{PID},销号,2026-07-01,回执.pdf\n", encoding="utf-8")
    report = apply_decisions(session.folder, table, "李经办", Silent())
    assert [row.code for row in report.rejected] == ["E_CASE_NOT_ILLEGAL"]
    assert session.patch_view("u1").evidence == ()
    assert session.workspace.check_journal() == []
