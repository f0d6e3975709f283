"""The guided flow, contradictions and the forecast of being returned; expectations from dossier 2.2–2.4 by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from test_dossier_tests import EARLY, MU, NONE, any_facts, covered, facts, land, pack, row, told

from weipian_plugin.core.advice import Facts, checklist
from weipian_plugin.core.forecast import forecast
from weipian_plugin.core.guide import Guide, guide
from weipian_plugin.core.model import CaseAction, Judgement, Patch, RegisterEntry, Verdict
from weipian_plugin.core.proof import Evidence, LinkedEvidence
from weipian_plugin.core.registers import LOCATION, RegisterMatch

ORDER = ["legal", "facility", "road", "other", "illegal"]


def flow(what: Facts) -> Guide:
    return guide(pack(), what)


def states(what: Facts) -> dict[str, str]:
    return {step.id: step.state for step in flow(what).steps}


def asked(what: Facts, step: str) -> dict[str, tuple[str, str]]:
    (found,) = [s for s in flow(what).steps if s.id == step]
    return {q.field.id: (q.prefill, q.prefill_from) for q in found.questions}


def chosen(what: Facts, verdict: str, sub_type: str, **answers: str) -> Facts:
    return replace(what, judgement=Judgement("u", Verdict(verdict), sub_type=sub_type, answers=answers))


def contradicted(what: Facts) -> str:
    return "；".join(c.text for c in told(what).contradictions)


def risks(what: Facts, verdict: str, sub_type: str) -> dict[str, str]:
    items = checklist(pack(), verdict, sub_type, what)
    return {r.reason_id: r.why for r in forecast(pack(), what, verdict, sub_type, items)}


def test_order_clause_and_why():
    steps = flow(facts([*land(), *NONE])).steps
    assert [s.id for s in steps] == ORDER
    assert [s.label for s in steps] == ["合法", "设施农用地", "农村道路", "其他", "违法"]
    for step in steps:
        assert step.clause
        assert step.why
        assert set(step.rule_ids) <= set(pack().rules)
        assert all(q.why for q in step.questions)
    assert "282号令" in steps[-1].clause
    assert "八不准" in steps[-1].clause


def test_wholly_approved_in_time_ends_at_once():
    what = facts([*land(), *covered(6, EARLY)])
    assert states(what) == {"legal": "fits", **dict.fromkeys(ORDER[1:], "skipped")}
    assert flow(what).current == "legal"
    assert not any(s.questions for s in flow(what).steps[1:])


def test_nothing_known_is_open_and_never_fails():
    assert set(states(facts([])).values()) <= {"open", "skipped"}
    assert flow(facts([])).current == "legal"


def test_nothing_approved_asks_whether_anything_changed():
    what = facts([*land(), *NONE])
    assert states(what) == {
        "legal": "fails",
        "facility": "fails",
        "road": "skipped",
        "other": "open",
        "illegal": "fits",
    }
    assert flow(what).current == "other"
    answered = facts([*land(), *NONE], changed="是", actual_use="堆场")
    assert states(answered)["other"] == "fails"
    assert flow(answered).current == "illegal"
    assert flow(facts([*land(), *NONE], changed="否")).current == "other"


@pytest.mark.parametrize(
    ("rows", "answers", "step", "state"),
    [
        (covered(6, roles=("facility_agri",)), {"actual_use": "养殖"}, "facility", "fits"),
        (covered(6, roles=("facility_agri",)), {}, "facility", "open"),
        (covered(3, roles=("facility_agri",)), {"actual_use": "养殖"}, "facility", "open"),
        ([row("approval", 0), row("approved_union", 0)], {}, "facility", "open"),  # the layer is not there
        (NONE, {"road_width": "4"}, "road", "skipped"),
    ],
)
def test_state_of_a_step(rows, answers, step, state):
    assert states(facts([*land("0301"), *rows], **answers))[step] == state


@pytest.mark.parametrize(("width", "state"), [("", "open"), ("4", "fits"), ("9", "fails")])
def test_state_of_the_road(width, state):
    assert states(facts([*land("0301"), *NONE], patch_type="ND", road_width=width))["road"] == state


def test_only_questions_that_this_patch_needs():
    plain = facts([*land(), *NONE])
    assert set(asked(plain, "legal")) == set()  # no approval is met: nothing to compare
    assert set(asked(plain, "other")) == {"changed", "actual_use"}
    partly = asked(facts([*land("0301"), *covered(5.8)]), "legal")
    assert "uncovered_is" in partly
    assert "building_cover" not in partly  # above 2 亩 the patch itself counts
    assert "building_cover" in asked(facts([*land("0301", 1.8), *covered(1.7)], mu=1.8), "legal")
    assert "fraud" in asked(facts([*land(), *covered(6, EARLY)]), "legal")  # even at 100 %
    assert "built_on" not in asked(facts([*land(), *covered(6, EARLY)]), "legal")  # in time without it
    assert "built_on" in asked(facts([*land(), *covered(6, {"PZSJ": "2025-12-01"})]), "legal")
    assert "road_width" in asked(facts([*land(), *NONE], patch_type="ND"), "road")
    temp = asked(facts([*land("0301"), *covered(6, {"YXQZ": "2027-01-01"}, roles=("temp_land",))]), "other")
    assert temp["expires_on"] == ("2027-01-01", "临时用地图层")


def test_prefilled_with_what_is_known():
    detail = {"PZWH": "渝府地〔2025〕12号", "批准时间": "2025/3/1", "XMMC": "某仓库", "overlap_m2": "4000"}
    small = {"PZWH": "渝府地〔2019〕1号", "overlap_m2": "5"}
    what = facts([*land(), *covered(6, small, detail)])
    legal = asked(what, "legal")
    assert legal["doc_no"] == ("渝府地〔2025〕12号", "农转用批准范围图层")  # the larger overlap
    assert legal["doc_date"] == ("2025/3/1", "农转用批准范围图层")
    assert asked(replace(what, answers={"doc_no": "甲字1号"}), "legal")["doc_no"] == ("甲字1号", "已填写")
    road = replace(facts([*land(), *NONE], patch_type="ND"), measured_width_m=4.26)
    assert asked(road, "road")["road_width"] == ("4.3", "按图形量得")
    entry = RegisterEntry("e", "rural_house", holder="李某", doc_no="宅〔2024〕3号", approved_m2=120.0)
    house = replace(facts([*land(), *NONE]), registers=(RegisterMatch(entry, LOCATION),))
    assert asked(house, "other")["household"] == ("李某", "审批登记表")
    assert asked(house, "illegal")["lines"] == ("土地", "按图斑类型")
    named = replace(facts([*land(), *NONE]), patch=Patch("u", "P1", "b", area_m2=6 * MU, patch_type="20",
                    source_attributes={"用地主体": "甲公司"}))  # fmt: skip
    assert asked(named, "illegal")["actor"] == ("甲公司", "图斑属性")


def test_the_card_beside_a_house():
    house = facts([*land(), *NONE], actual_use="村民住房")
    (card,) = [c for c in flow(house).cards if c.id == "eight_bans"]
    assert len(card.lines) == 8
    assert card.lines[0] == "不准占用永久基本农田建房"
    assert card.lines[7] == "不准违法审批占用耕地建房"
    assert not [c for c in flow(facts([*land(), *NONE], patch_type="ND")).cards if c.id == "eight_bans"]
    assert any("282号令" in c.clause for c in flow(house).cards)


# ---- mineral patches (dossier 6)
def mine(inside: float, end: str = "", mu: float = 6.0, **more: str) -> Facts:
    detail = {"YXQZ": end, "KZ": "石灰岩", "XKZH": "C5001"}
    answers = {k: v for k, v in more.items() if k != "patch_type"}
    rows = [*land("0602", mu), *NONE, row("mining_right", inside, "", detail)]
    return facts(rows, mu=mu, patch_type=more.get("patch_type", "CK"), **answers)


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        (mine(6, "2027-01-01"), ("legal", "valid_mining", False)),
        (mine(6, "2026-05-01"), ("legal", "valid_mining", False)),  # the last day of the licence, the later image
        (mine(6, "2026-01-01"), ("legal", "valid_mining", True)),  # ran out between the images
        (mine(6, "2025-01-01"), (None, "", True)),  # expired: was the renewal accepted?
        (mine(6, "2025-01-01", renewal_accepted="是"), ("legal", "valid_mining", False)),  # 2011: still 合法
        (mine(6, "2025-01-01", renewal_accepted="否"), ("illegal", "expired_licence", False)),
        (mine(6, "2026-01-01", built_on="2025-12"), ("legal", "valid_mining", False)),
        (mine(6, ""), ("legal", "valid_mining", True)),
        (mine(4, "2027-01-01"), ("illegal", "beyond_boundary", True)),
        (mine(0), ("illegal", "no_licence", True)),
        (mine(6, "2027-01-01", changed="否"), ("other", "mine_no_activity", False)),
        (mine(6, "2027-01-01", patch_type="DT", actual_use="采石场"), ("legal", "valid_mining", False)),
    ],
)
def test_mining_right(what, expected):
    found = told(what)
    assert (found.leaning, found.sub_type, found.doubt) == expected


def test_mining_numbers_and_minerals():
    assert "矿业权范围以外 2.00 亩（范围内 4.00 亩）" in "".join(r.text for r in told(mine(4)).reasons)
    for mu, reached in ((9.99, False), (9.996, True), (10.0, True)):  # as printed, two decimals
        texts = "".join(r.text for r in told(mine(4, mu=mu)).reasons)
        assert ("省级实地核查" in texts) is reached
    assert "战略性矿种：稀土" in "".join(r.text for r in told(mine(0, mineral="离子型稀土")).reasons)
    other = told(mine(6, "2027-01-01", mineral="砂岩"))
    assert other.doubt
    assert "是否擅自改变矿种" in other.missing
    assert not told(mine(6, "2027-01-01", mineral="建筑石料用灰岩")).doubt  # another name of 石灰岩
    legal = asked(mine(6, "2027-01-01"), "legal")
    assert legal["licence_no"] == ("C5001", "矿业权图层")
    assert legal["mineral"] == ("石灰岩", "矿业权图层")
    assert asked(mine(0), "illegal")["lines"][0] == "矿产"


def test_handling_without_a_case_needs_an_explanation():
    assert "不处理的情况说明及附件" in told(mine(0, handling="不处理")).missing
    assert not [m for m in told(mine(0, handling="立案")).missing if "情况说明及附件" in m]
    note = LinkedEvidence(Evidence("n", "document", "3" * 64, "说明.pdf"), "explanation")
    told_with = told(replace(mine(0, handling="不处理"), evidence=(note,)))
    assert not [m for m in told_with.missing if "情况说明及附件" in m]


def test_unknown_mining_right_is_doubt():
    found = told(facts([*land("0602"), *NONE], patch_type="CK"))
    assert (found.leaning, found.doubt) == (None, True)
    assert "矿业权图层" in found.missing


# ---- contradictions
DOCUMENT = Evidence("e", "document", "0" * 64, "批文.pdf", doc_area_mu="4")
LEGAL = facts([*land(), *covered(6, {**EARLY, "PZWH": "渝府地〔2025〕012号"})])


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (chosen(LEGAL, "legal", "conversion_and_supply", doc_area="5"), "批准面积 5.00 亩，小于图斑 6.00 亩"),
        (chosen(replace(LEGAL, evidence=(LinkedEvidence(DOCUMENT, "approval_doc"),)), "legal", ""), "批准面积 4.00 亩"),
        (chosen(facts([*land(), *covered(5)]), "legal", ""), "没有覆盖 1.00 亩"),
        (chosen(LEGAL, "illegal", "illegal_factory"), "批准图层已完整覆盖"),
        (chosen(LEGAL, "legal", "", built_on="2026-06"), "晚于后时相"),
        (chosen(LEGAL, "legal", "", doc_date="2026-07-01"), "还没有到"),
        (chosen(LEGAL, "legal", "", doc_date="2025-12", built_on="2025-10"), "晚于建设"),
        (chosen(LEGAL, "legal", "", doc_no="渝府地〔2024〕9号"), "与图层的“渝府地〔2025〕012号”不同"),
        (chosen(LEGAL, "legal", "", doc_date="2025-04-01"), "与图层的 2025-03-01 不同"),
        (chosen(LEGAL, "legal", "", fraud="已查实"), "骗取批准一项填的是“已查实”"),
        (chosen(LEGAL, "other", "no_change"), "图斑类型却是“建/构筑物”"),
        (chosen(LEGAL, "other", "no_change", changed="是"), "实地是否变化填的是“是”"),
        (chosen(LEGAL, "legal", "", changed="否"), "实地是否变化填的是“否”"),
        (chosen(LEGAL, "other", "temp_land", doc_date="2026-01-01", expires_on="2025-01-01"), "先后颠倒"),
        (chosen(mine(0), "illegal", "illegal_factory"), "不是矿产类"),
        (chosen(LEGAL, "illegal", "no_licence"), "都没有反映采矿"),
        (chosen(facts([*land(), *covered(2, roles=("facility_agri",))]), "other", "facility_agri"), "以外有 4.00 亩"),
        (chosen(LEGAL, "other", "facility_agri", actual_use="农家乐"), "实地用途填的是“农家乐”"),
        (chosen(facts([*land(), *NONE]), "other", "temp_land"), "临时用地批准范围以外有 6.00 亩"),
        (chosen(facts([*land(), *NONE, row("rural_house", 0)]), "other", "homestead"), "都没有这里的批准"),
        (chosen(facts([*land(), *NONE]), "other", "pv_unchanged"), "占耕地或永久基本农田 6.00 亩"),
        (chosen(facts([*land(), *NONE]), "other", "rural_road", road_width="9"), "不在 1～8 米之间"),
        (chosen(replace(LEGAL, measured_width_m=9.0), "other", "", road_width="4"), "按图形量得约 9.0 米"),
        (chosen(LEGAL, "legal", "", lines="土地"), "选了违法线"),
        (chosen(mine(6, "2027-01-01"), "legal", "valid_mining", licence_no="C9"), "许可证号“C9”与图层的“C5001”不同"),
    ],
)
def test_contradictions(what, words):
    assert words in contradicted(what)


@pytest.mark.parametrize(
    "what",
    [
        chosen(LEGAL, "legal", "conversion_and_supply", doc_area="6", doc_no="渝府地[2025]12号", doc_date="2025年3月",
               changed="是", built_on="2025-12"),
        chosen(facts([*land(), *NONE]), "illegal", "", lines="土地、规划违建", built_on="2026-01"),
        chosen(LEGAL, "illegal", "fraud_approval", fraud="已查实"),
        chosen(replace(LEGAL, measured_width_m=4.4), "legal", "", road_width="4"),
        chosen(mine(6, "2027-01-01"), "legal", "valid_mining", licence_no="c5001", mineral="石灰岩"),
        facts([]), LEGAL,
    ],
)  # fmt: skip
def test_what_fits_together_says_nothing(what):
    assert not contradicted(what)


@pytest.mark.parametrize(
    ("field", "mu", "words"),
    [("demolished_mu", "6.02", "拆除面积合计 6.02 亩"), ("reclaimed_mu", "7", "复耕面积合计 7.00 亩"),
     ("regularised_mu", "6.5", "补办面积合计 6.50 亩"), ("demolished_mu", "6.01", "")],
)  # fmt: skip
def test_more_rectified_than_there_is(field, mu, words):
    action = CaseAction("u", "rectified", "2026-05-20", **{field: mu})
    text = contradicted(replace(chosen(facts([*land(), *NONE]), "illegal", ""), actions=(action,)))
    assert words in text if words else not text


# ---- forecast: the standard reasons of dossier 2.4
def photo(**more: object) -> LinkedEvidence:
    values = {"lon": 106.5, "lat": 29.5, "azimuth": 10.0, "taken_at": "2026-05-10T09:00:00", **more}
    away = values.pop("distance", 10.0)
    return LinkedEvidence(Evidence("p", "photo", "1" * 64, "a.jpg", **values), "site_photo", away, True)


@pytest.mark.parametrize(
    ("what", "verdict", "sub_type", "reason"),
    [
        (LEGAL, "legal", "conversion_and_supply", "need_conversion"),
        (LEGAL, "legal", "conversion_and_supply", "need_supply"),
        (LEGAL, "legal", "conversion_and_supply", "need_site_photo"),
        (replace(LEGAL, evidence=(photo(taken_at="2026-04-01"),)), "legal", "", "need_site_photo"),  # before the image
        (replace(LEGAL, evidence=(photo(distance=80.0),)), "legal", "", "evidence_of_other_patch"),
        (facts([]), "legal", "", "need_overlay_map"),
        (chosen(LEGAL, "legal", "", doc_area="5"), "legal", "", "evidence_mismatch"),
        (facts([*land(), *NONE]), "other", "no_change", "should_be_illegal"),
        (facts([*land(), *covered(6, roles=("facility_agri",))]), "other", "facility_agri", "facility_no_cropland"),
        (facts([*land(), *covered(6, roles=("facility_agri",))]), "other", "facility_agri", "need_interior_photo"),
        (facts([*land(), *covered(6, roles=("temp_land",))]), "other", "temp_land", "temp_no_permanent"),
        (facts([*land(), *covered(6, EARLY)], fraud="有疑点"), "legal", "", "suspected_fraud"),
        (mine(6, "2027-01-01"), "other", "earth_moved", "mining_land"),
        (facts([*land("0301", 10), *NONE], mu=10), "other", "earth_moved", "large_works"),
        (facts([*land("0301"), *NONE]), "other", "earth_moved", "works_started"),
    ],
)
def test_reasons_for_being_returned(what, verdict, sub_type, reason):
    found = risks(what, verdict, sub_type)
    assert found[reason]
    assert "{" not in found[reason]
    assert "%" not in found[reason]


def test_complete_evidence_is_expected_to_pass():
    papers = [LinkedEvidence(Evidence(k, "document", k * 64, f"{k}.pdf"), p)
              for k, p in (("a", "approval_doc"), ("b", "supply_doc"))]  # fmt: skip
    what = replace(facts([*land("0301"), *covered(6, EARLY)]), evidence=(photo(), *papers))
    assert risks(what, "legal", "conversion_and_supply") == {}
    assert forecast(pack(), what, "", "", ()) == ()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(any_facts())
def test_every_flow_is_whole(what):
    found = flow(what)
    assert [s.id for s in found.steps] == ORDER
    fitting = [s.id for s in found.steps if s.state == "fits"]
    assert len(fitting) <= 1
    assert found.current == next((s.id for s in found.steps if s.state in ("fits", "open")), "")
    for step in found.steps:
        assert step.text
        assert step.state in {"fits", "fails", "open", "skipped"}
        assert not (step.state == "skipped" and step.questions)
    advice = told(what)
    if fitting:
        assert advice.leaning
        assert not advice.doubt
    if not what.overlay:
        assert "fails" not in {s.state for s in found.steps if s.id in ("legal", "facility")}
    assert "%" not in advice.strength
    for verdict in ("legal", "illegal", "other"):
        for risk in forecast(pack(), what, verdict, "", checklist(pack(), verdict, "", what)):
            assert risk.why
