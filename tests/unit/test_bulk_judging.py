"""Deciding on several patches at once: only what the advice says of each, all or nothing, taken back as one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Batch, ImageProblem, OverlayRow, Patch, ReviewStatus
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.session import Session

UIDS = ("p1", "p2", "p3", "p4", "p5")
NUMBERS = {uid: f"500112SJBG2621{i:04d}" for i, uid in enumerate(UIDS, 1)}
SEEN = dict.fromkeys(UIDS, "after")


def _patch(uid: str) -> Patch:
    x = 106.8 + int(uid[1]) / 1000
    square = MultiPolygon([box(x, 29.8, x + 0.0005, 29.8004)])
    return Patch(
        patch_uid=uid, patch_id=NUMBERS[uid], batch_id="b1", wkb=to_wkb(square), monitor_level=2, area_m2=2000.0,
        review_status=ReviewStatus.ASSESSED,
    )  # fmt: skip


def _overlay(uid: str) -> list[OverlayRow]:
    """Approved for conversion and supplied, whole; no 永农 and no 红线."""
    rows = [("landuse", "0601", 2000.0), ("prime_farmland", "", 0.0), ("eco_redline", "", 0.0)]
    rows += [(role, "", 2000.0) for role in ("approval", "supply", "approved_union")]
    return [OverlayRow(uid, NUMBERS[uid], role, code, area, area / 2000) for role, code, area in rows]


@pytest.fixture
def session(tmp_path: Path):
    with Workspace.create(tmp_path / "ws", "试") as ws, ws.transaction("import", "b1", "测试") as change:
        change.put("batch", records.batch_row(Batch("b1", "五月", patch_count=len(UIDS))))
        for uid in UIDS:
            change.put("patch", records.patch_row(_patch(uid)))
            for row in _overlay(uid):
                change.put("overlay", records.overlay_row(row))
    with Session.open(tmp_path / "ws", "张三") as opened:
        yield opened


@pytest.fixture
def advised(session: Session, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """What the advice says of every patch here; imagery is not what this file is about."""
    real = Session.patch_view

    def view(self: Session, *args: str, **answers: object):
        return replace(real(self, *args, **answers), images={})

    monkeypatch.setattr(Session, "patch_view", view)
    advice = session.patch_view("p1").advice
    assert advice.leaning == "legal"
    return advice.leaning, advice.sub_type


def judge(session: Session, advised: tuple[str, str], uids=UIDS, **changes):
    given = {"patch_ids": NUMBERS, "seen": SEEN, **changes}
    return session.bulk_judge(uids, *advised, **given)


def verdicts(session: Session) -> dict[str, str]:
    return {row.patch_uid: row.verdict for row in session.queue()}


def test_all_alike_are_decided_in_one_action_and_taken_back_as_one(session: Session, advised) -> None:
    before = session.workspace.head()[0]
    result = judge(session, advised)
    assert result.done == tuple(NUMBERS.values())
    assert result.refused == ()
    actions = [row.action for row in session.workspace.journal()][-1:]
    assert actions == ["bulk_judge"]
    assert session.workspace.head()[0] - before <= 2  # the pack may be pinned once
    assert set(verdicts(session).values()) == {"legal"}
    held = records.judgements(session.workspace)["p1"]
    assert (held.by, held.seen, held.sub_type) == ("张三", "after", advised[1])
    assert session.undo_labels(1) == ["批量判定"]  # it is about all of them, not about the first
    assert session.undo() == "批量判定"
    assert set(verdicts(session).values()) == {""}
    assert {row.review_status for row in session.queue()} == {ReviewStatus.ASSESSED}
    assert session.redo() == "批量判定"
    assert set(verdicts(session).values()) == {"legal"}


@pytest.mark.parametrize("verdict", ["illegal", ""])
def test_illegal_is_never_decided_in_bulk(session: Session, advised, verdict: str) -> None:
    with pytest.raises(WeipianError):
        session.bulk_judge(UIDS, verdict, "", patch_ids=NUMBERS, seen=SEEN)
    assert set(verdicts(session).values()) == {""}


def _with(session: Session, patch: Patch) -> None:
    with session.acting("review", patch.patch_uid) as change:
        change.put("patch", records.patch_row(patch))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"split_state": "parent"}, "拆分"),
        ({"review_status": ReviewStatus.VOID}, "作废"),
        ({"review_status": ReviewStatus.RETURNED}, "退回"),
        ({"review_status": ReviewStatus.SUBMITTED}, "填报"),
        ({"review_status": ReviewStatus.FINISHED}, "审核结束"),
        ({"wkb": None}, "边界"),
    ],
)
def test_what_is_not_open_is_refused_with_a_sentence(session: Session, advised, change: dict, word: str) -> None:
    _with(session, replace(_patch("p2"), **change))
    result = judge(session, advised)
    assert [number for number, _ in result.refused] == [NUMBERS["p2"]]
    assert word in result.refused[0][1]
    assert len(result.done) == 4
    assert verdicts(session)["p2"] == ""


def test_what_was_not_on_the_screen_is_refused(session: Session, advised) -> None:
    result = judge(session, advised, seen={"p1": "after", "p2": "none"})
    assert result.done == (NUMBERS["p1"],)
    assert all("显示" in why for _, why in result.refused)


@pytest.mark.parametrize(("role", "word"), [("prime_farmland", "永久基本农田"), ("eco_redline", "生态保护红线")])
def test_farmland_and_redline_are_never_decided_in_bulk(session: Session, advised, role: str, word: str) -> None:
    with session.acting("review", "p2") as change:
        row = OverlayRow("p2", NUMBERS["p2"], role, "", 100.0, 0.05)
        change.put("overlay", records.overlay_row(row))
    result = judge(session, advised)
    assert [number for number, _ in result.refused] == [NUMBERS["p2"]]
    assert word in result.refused[0][1] or "建议" in result.refused[0][1]
    assert verdicts(session)["p2"] == ""


def test_another_verdict_or_sub_type_than_advised_is_refused(session: Session, advised) -> None:
    assert not session.bulk_judge(UIDS, "other", "no_change", patch_ids=NUMBERS, seen=SEEN).done
    assert not session.bulk_judge(UIDS, "legal", "title", patch_ids=NUMBERS, seen=SEEN).done
    assert set(verdicts(session).values()) == {""}


def test_what_is_decided_already_stays(session: Session, advised) -> None:
    session.judge("p3", NUMBERS["p3"], "other", "no_change", against_reason="现场未变化")
    result = judge(session, advised)
    assert [number for number, _ in result.refused] == [NUMBERS["p3"]]
    assert verdicts(session)["p3"] == "other"


def test_one_wrong_number_stops_all_of_it(session: Session, advised) -> None:
    with pytest.raises(WeipianError) as raised:
        judge(session, advised, patch_ids={**NUMBERS, "p5": NUMBERS["p4"]})
    assert raised.value.code == "E_PATCH_MISMATCH"
    assert set(verdicts(session).values()) == {""}


def test_somebody_elses_change_halfway_leaves_nothing_written(session: Session, advised, monkeypatch) -> None:
    real, asked = records.patch, []

    def changed(ws: Workspace, uid: str):
        asked.append(uid)
        found = real(ws, uid)
        late = ws.connection.in_transaction and uid == "p4"
        return replace(found, remark="别人改的") if found and late else found

    monkeypatch.setattr(records, "patch", changed)
    with pytest.raises(WeipianError) as raised:
        judge(session, advised)
    assert raised.value.code == "E_BULK_CHANGED"
    assert "p4" in asked
    assert set(verdicts(session).values()) == {""}
    assert not records.judgements(session.workspace)


def test_a_marked_after_image_keeps_a_patch_out(session: Session) -> None:
    advice = session.patch_view("p1").advice
    with session.acting("review", "p1") as change:
        change.put(
            "image_problem", records.image_problem_row(ImageProblem("p1", "image_after", "cloudy", "", "张三", ""))
        )
    result = session.bulk_judge(["p1"], advice.leaning or "", advice.sub_type, patch_ids=NUMBERS, seen=SEEN)
    assert not result.done
    assert "影像" in result.refused[0][1]


def test_who_only_looks_decides_nothing(session: Session, advised) -> None:
    session.sit_down("李四", "viewer")
    with pytest.raises(WeipianError) as raised:
        judge(session, advised)
    assert raised.value.code == "E_ROLE_VIEWER"


def test_what_the_advice_leaves_open_stays_in_doubt(session: Session, advised) -> None:
    # No approval date and no building time are known here: 存疑 by the dossier's J4, whatever the coverage.
    assert session.patch_view("p1").advice.doubt
    result = judge(session, advised, uids=("p1", "p2"))
    assert result.doubtful == (NUMBERS["p1"], NUMBERS["p2"])
    assert records.judgements(session.workspace)["p1"].doubt
    assert session.queue_row("p1").doubt
