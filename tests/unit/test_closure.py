"""Design section 4, "Closed means". Areas by hand; 6 666.67 m² = 10.00 亩."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weipian_plugin.core.areas import AreaSummary
from weipian_plugin.core.closure import (
    closure_missing,
    illegal_mu,
    open_mu,
    remaining_mu,
    review_source,
    violation_date,
)  # fmt: skip
from weipian_plugin.core.dates import Span
from weipian_plugin.core.model import CaseAction, Judgement, Patch, ReviewStatus, Verdict
from weipian_plugin.core.proof import Evidence, LinkedEvidence  # fmt: skip

D = Decimal
TEN = D("10.00")
PATCH = Patch("u", "P1", "b", area_m2=6666.67, image_after="20260501", review_status=ReviewStatus.FINISHED)
ILLEGAL = Judgement("u", Verdict.ILLEGAL, answers={"built_on": "2026-02"})


def summary(crop: str) -> AreaSummary:
    return AreaSummary(TEN, has_landuse=True, cropland=D(crop), unused=TEN - D(crop))


def done(way: str = "demolish", date: str = "2026-06-01", **areas: str) -> CaseAction:
    return CaseAction("u", "rectified", date, way=way, **areas)


ACCEPT = CaseAction("u", "accept", "2026-06-10", person="验收人")


def photo(taken: str = "2026-06-02T09:00:00+08:00", looks: object = True, source: str = "exif") -> LinkedEvidence:
    evidence = Evidence("p1", "photo", "0" * 64, "a.jpg", taken_at=taken, lon=1.0, lat=2.0, azimuth=3.0, source=source)
    return LinkedEvidence(evidence, "after_photo", looks_at=looks)


def document(purpose: str = "regularise_doc", **values: str) -> LinkedEvidence:
    return LinkedEvidence(Evidence("d1", "document", "1" * 64, "a.pdf", **values), purpose)


@pytest.mark.parametrize(
    ("crop", "action", "left"),
    [
        (True, done(demolished_mu="10"), "10.00"),  # on 耕地 demolition alone counts nothing
        (True, done(demolished_mu="10", reclaimed_mu="4"), "6.00"),
        (True, done(reclaimed_mu="10"), "0.00"),
        (False, done(demolished_mu="4"), "6.00"),
        (False, done(demolished_mu="10"), "0.00"),
        (D(6), done(demolished_mu="10", reclaimed_mu="6"), "0.00"),
        (D(6), done(demolished_mu="10", reclaimed_mu="4"), "2.00"),
        (D(6), done(demolished_mu="6", reclaimed_mu="6"), "4.00"),  # the rest still stands
        (D(6), done(reclaimed_mu="10"), "0.00"),
        (D(6), done(demolished_mu="10"), "6.00"),
        (False, done("regularise", regularised_mu="10", doc_no="渝1号"), "0.00"),
        (False, done("regularise", regularised_mu="10"), "10.00"),  # no number
        (False, done("regularise", date="", regularised_mu="10", doc_no="渝1号"), "10.00"),  # no date
        (False, done("both", demolished_mu="4", regularised_mu="6", doc_no="渝1号"), "0.00"),
        (False, done("demolish", regularised_mu="10", doc_no="渝1号"), "10.00"),  # not the way entered
        (True, done("confiscate", demolished_mu="10", reclaimed_mu="10", regularised_mu="10", doc_no="1"), "10.00"),
        (False, done("mining", reclaimed_mu="10"), "10.00"),  # not accepted yet
        (False, done(demolished_mu="99"), "0.00"),
        (False, done(demolished_mu="很多"), "10.00"),
        (False, CaseAction("u", "rectify", "2026-06-01", way="demolish", demolished_mu="10"), "10.00"),  # only begun
    ],
)
def test_remaining(crop, action, left):
    assert remaining_mu(TEN, crop, [action]) == D(left)


def test_parts_add_up_over_several_entries():
    steps = [done(demolished_mu="4"), done(reclaimed_mu="6")]
    assert remaining_mu(TEN, D(6), steps) == 0


@pytest.mark.parametrize(
    ("date", "left"), [("2026-01-31", "10.00"), ("2026-02-01", "0.00"), ("2026-02-10", "0.00"), ("2026-03-01", "0.00")]
)
def test_a_document_before_the_violation_does_not_cover_it(date, left):
    action = done("regularise", date=date, regularised_mu="10", doc_no="渝1号")
    assert remaining_mu(TEN, False, [action], Span("2026-02-01", "2026-02-28")) == D(left)


def test_the_date_and_area_of_the_document_go_first():
    action = replace(done("regularise", date="2026-06-01", regularised_mu="10", doc_no="1"), evidence_ids=("d1",))
    violation = Span("2026-02-01", "2026-02-01")
    old = [document(doc_date="2025-01-01")]
    assert remaining_mu(TEN, False, [action], violation, old) == TEN
    small = [document(doc_date="2026-05-01", doc_area_mu="7.5")]
    assert remaining_mu(TEN, False, [action], violation, small) == D("2.50")


def test_mining_counts_once_accepted():
    assert remaining_mu(TEN, False, [done("mining", reclaimed_mu="10"), ACCEPT]) == 0


def test_confiscation_counts_after_regularising():
    steps = [done("confiscate"), done("regularise", regularised_mu="10", doc_no="渝1号")]
    assert remaining_mu(TEN, False, steps) == 0


def test_reopening_starts_anew():
    steps = [done(demolished_mu="10"), ACCEPT, CaseAction("u", "close", "2026-06-11")]
    reopened = [*steps, CaseAction("u", "reopen", "2026-07-01")]
    assert remaining_mu(TEN, False, steps) == 0
    assert remaining_mu(TEN, False, reopened) == TEN
    assert "没有验收记录（日期不早于整改完成）" in closure_missing(
        PATCH, summary("0"), ILLEGAL, [*reopened, done(demolished_mu="10")], [photo()]
    )


def test_violation_date():
    assert violation_date(PATCH, ILLEGAL) == Span("2026-02-01", "2026-02-28")
    assert violation_date(PATCH, replace(ILLEGAL, answers={})) == Span("2026-05-01", "2026-05-01")
    assert violation_date(replace(PATCH, image_after=None), None) is None


def test_open_area_only_of_illegal_patches():
    assert illegal_mu(PATCH) == TEN
    assert open_mu(PATCH, None, None, []) is None
    assert open_mu(PATCH, None, Judgement("u", Verdict.LEGAL), []) is None
    assert open_mu(PATCH, None, Judgement("u", None, doubt=True), []) is None
    assert open_mu(PATCH, summary("0"), ILLEGAL, []) == TEN
    assert open_mu(replace(PATCH, adopted_area_m2=3333.33), summary("0"), ILLEGAL, []) == D("5.00")


def test_without_land_use_only_reclamation_counts():
    assert open_mu(PATCH, None, ILLEGAL, [done(demolished_mu="10")]) == TEN
    assert open_mu(PATCH, None, ILLEGAL, [done(reclaimed_mu="10")]) == 0


CASE = [done(demolished_mu="10", reclaimed_mu="6"), ACCEPT]


def missing(actions=CASE, evidence=None, patch=PATCH, crop="6", judgement=ILLEGAL) -> tuple[str, ...]:
    return closure_missing(patch, summary(crop), judgement, actions, [photo()] if evidence is None else evidence)


def test_everything_there():
    assert missing() == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"actions": []}, "还有 10.00 亩未整改"),
        ({"actions": []}, "没有整改完成记录"),
        ({"actions": CASE[:1]}, "没有验收记录"),
        ({"actions": [ACCEPT, CASE[0]]}, "没有验收记录"),  # accepted before it was done
        ({"actions": [CASE[0], replace(ACCEPT, date="2026-05-31")]}, "没有验收记录"),
        ({"actions": [CASE[0], replace(ACCEPT, date="")]}, "没有验收记录"),
        ({"actions": [replace(CASE[0], date=""), ACCEPT]}, "没有日期"),
        ({"actions": [replace(CASE[0], reclaimed_mu="5"), ACCEPT]}, "其中耕地 6 亩只认复耕到位面积"),
        ({"actions": [done(demolished_mu="4", reclaimed_mu="6"), ACCEPT]}, "拆除面积应包含已复耕的部分"),
        ({"evidence": []}, "没有整改后照片（2026-06-01"),
        ({"evidence": [photo("2026-05-31")]}, "没有整改后照片"),
        ({"evidence": [photo("")]}, "没有整改后照片"),
        ({"evidence": [photo(looks=False)]}, "没有整改后照片"),
        ({"evidence": [photo(looks=None)]}, "没有整改后照片"),
        ({"evidence": [document("after_photo")]}, "没有整改后照片"),
        ({"patch": replace(PATCH, review_status=ReviewStatus.SUBMITTED)}, "审核还没有结束"),
        ({"judgement": Judgement("u", Verdict.OTHER)}, "没有判定为违法"),
        ({"judgement": None}, "没有判定为违法"),
        ({"patch": replace(PATCH, area_m2=0.0)}, "面积不明"),
    ],
)
def test_what_is_missing(change, words):
    assert any(words in text for text in missing(**change)), missing(**change)


@pytest.mark.parametrize("taken", ["2026-06-01", "2026-06-01T23:59:00+08:00", "2026:06:01 08:00:00", "2026-07-01"])
def test_a_photo_of_the_day_itself_is_enough(taken):
    assert missing(evidence=[photo(taken)]) == ()


def test_manual_aim_counts():
    assert missing(evidence=[photo(source="manual")]) == ()


def test_the_photo_must_follow_the_last_completion():
    actions = [done(demolished_mu="4"), done(reclaimed_mu="6", date="2026-06-09"), ACCEPT]
    assert any("2026-06-09" in m for m in missing(actions))
    assert missing(actions, [photo("2026-06-09")]) == ()


def test_regularised_needs_its_document_and_no_photo():
    action = done("regularise", regularised_mu="10", doc_no="渝1号")
    assert missing([action, ACCEPT], []) == ("没有附补办手续的批准文件",)
    assert missing([action, ACCEPT], [document()]) == ()
    assert missing([replace(action, evidence_ids=("d1",)), ACCEPT], [document("")]) == ()


def test_faulty_document_is_explained():
    early = done("regularise", date="2026-01-01", regularised_mu="10", doc_no="渝1号")
    assert any("早于违法发生（2026-02-01）" in m for m in missing([early, ACCEPT], [document()]))
    unnumbered = done("regularise", regularised_mu="10")
    assert "补办手续没有批准文号" in missing([unnumbered, ACCEPT], [document()])


def test_confiscation_is_not_closure():
    found = missing([done("confiscate"), ACCEPT], [])
    assert {"还有 10.00 亩未整改", "没收后须补办手续才计入整改", "没有附没收收据"} <= set(found)


def test_mining_needs_acceptance_and_photo():
    restored = done("mining", reclaimed_mu="10")
    assert "矿产整改面积须验收后才计入" in missing([restored])
    assert missing([restored, ACCEPT]) == ()
    assert any("整改后照片" in m for m in missing([restored, ACCEPT], []))


def test_where_the_end_of_review_comes_from():
    assert review_source(PATCH, []) == "手填"
    assert review_source(PATCH, [document("review_record")]) == "平台截图"
    assert review_source(replace(PATCH, review_status=ReviewStatus.JUDGED), [document("review_record")]) == ""


# --- properties ---------------------------------------------------------------------------------
AREAS = st.one_of(st.sampled_from(["", "0", "x", "-1", "nan"]), st.decimals(0, 30, places=2).map(str))
DATES = st.sampled_from(["", "2026-01-01", "2026-03-01", "2026-06-01", "2026-07-01", "nonsense"])
ACTIONS = st.lists(
    st.builds(
        CaseAction,
        patch_uid=st.just("u"),
        kind=st.sampled_from(["stop", "rectify", "rectified", "rectified", "accept", "close", "reopen"]),
        date=DATES,
        doc_no=st.sampled_from(["", "渝1号"]),
        way=st.sampled_from(["demolish", "regularise", "both", "confiscate", "mining", ""]),
        demolished_mu=AREAS,
        reclaimed_mu=AREAS,
        regularised_mu=AREAS,
    ),
    max_size=6,
)
LINKS = st.lists(
    st.builds(photo, taken=DATES, looks=st.sampled_from([True, False, None]))
    | st.builds(document, doc_date=DATES, doc_area_mu=AREAS),
    max_size=3,
)
CROPS = st.decimals(0, 10, places=2)


@given(total=st.decimals(0, 100, places=2), crop=st.one_of(st.booleans(), st.decimals(0, 200, places=2)), acts=ACTIONS)
def test_remaining_is_never_negative_nor_more_than_all(total, crop, acts):
    assert 0 <= remaining_mu(total, crop, acts) <= total


@given(crop=CROPS, acts=ACTIONS, links=LINKS, status=st.sampled_from(ReviewStatus))
def test_never_closed_while_anything_is_open(crop, acts, links, status):
    patch = replace(PATCH, review_status=status)
    left = open_mu(patch, summary(str(crop)), ILLEGAL, acts, links)
    if closure_missing(patch, summary(str(crop)), ILLEGAL, acts, links) == ():
        assert left == 0
        assert status is ReviewStatus.FINISHED
        assert any(a.kind == "accept" for a in acts)
    if left > 0:
        assert closure_missing(patch, summary(str(crop)), ILLEGAL, acts, links)


@given(crop=CROPS, acts=ACTIONS)
def test_cropland_is_never_closed_by_demolition_alone(crop, acts):
    bare = [replace(a, reclaimed_mu="", regularised_mu="") for a in acts if a.way != "mining"]
    assert remaining_mu(TEN, crop, bare) >= crop


@given(total=CROPS, acts=ACTIONS, more=ACTIONS)
def test_waiting_changes_nothing(total, acts, more):
    idle = [a for a in more if a.kind in {"stop", "rectify", "close"}]
    assert remaining_mu(total, False, [*acts, *idle]) == remaining_mu(total, False, acts)


def test_no_reclaiming_is_asked_of_a_mineral_patch():
    """矿产整改: restored and accepted counts; 耕地 or not, nobody asks for 复耕 (dossier 6 names none)."""
    mined = replace(PATCH_OF_MINE, review_status=ReviewStatus.FINISHED)
    done = CaseAction("u", "rectified", "2026-06-01", way="mining", demolished_mu="3")
    judged = Judgement("u", Verdict.ILLEGAL, sub_type="no_licence")
    said = closure_missing(mined, None, judged, (done,), (), mineral=True)
    assert not [text for text in said if "复耕" in text]
    assert any("矿产整改面积须验收后才计入" in text for text in said)
    accepted = (done, CaseAction("u", "accept", "2026-06-10", person="王"))
    assert open_mu(mined, None, judged, accepted, mineral=True) == Decimal("0.00")
    assert [t for t in closure_missing(mined, None, judged, (done,), ()) if "复耕" in t]  # land: it is asked


PATCH_OF_MINE = Patch("u", "P1", "b", area_m2=2000.0, wkb=None, patch_type="CK")
