"""What registers, issued figures, mining rights and plan zones add to the advice; 1 亩 = 2000/3 m², by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from weipian_plugin.core.advice import Advice, Facts, advise
from weipian_plugin.core.areas import NET, issued_cropland, issued_prime, summarise
from weipian_plugin.core.model import OverlayRow, Patch, RegisterEntry
from weipian_plugin.core.registers import DOC_NO, SUGGESTED, RegisterMatch
from weipian_plugin.core.rulepack import RulePack
from weipian_plugin.workbench.packs import load_pack

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "rules" / "national-2023"
MU = 2000 / 3


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return load_pack(FOLDER)


def row(role: str, m2: float, code: str = "", net: float | None = None, *detail: dict[str, str]) -> OverlayRow:
    return OverlayRow("u", "P1", role, code, m2, 0.0, net_m2=net, detail=detail)


def house(
    area: float | None = 150.0, people: int | None = 4, register: str = "rural_house", **more: str
) -> RegisterEntry:
    values = {"holder": "甲一", "village": "古路村", "doc_no": "渝宅〔2024〕1号", **more}
    return RegisterEntry("e1", register, approved_m2=area, people=people, **values)  # type: ignore[arg-type]


def facts(
    pack: RulePack, rows: list[OverlayRow], m2: float = 200.0, matches: tuple[RegisterMatch, ...] = (), given: tuple[str, ...] = (),
    patch: Patch | None = None, basis: str = "gross",
) -> Facts:  # fmt: skip
    patch = patch or Patch("u", "P1", "b", area_m2=m2, patch_type="20")
    summary = summarise(patch.area_m2, rows, pack.landuse, basis) if rows else None
    return Facts(patch, summary, rows, today="2026-06-01", registers=matches, registers_given=given)


def texts(advice: Advice, rule: str) -> list[str]:
    return [r.text for r in advice.reasons if r.rule_id == rule]


LAND = [row("landuse", 120.0, "0103"), row("landuse", 80.0, "0702")]


def test_more_than_approved(pack):
    advice = advise(pack, facts(pack, LAND, matches=(RegisterMatch(house(), DOC_NO),)))
    assert "用地 200 平方米，超过批准面积 150 平方米，多 50 平方米" in texts(advice, "R-22")
    assert "超出批准面积部分的核实情况" in advice.missing
    assert advice.doubt


def test_within_the_tolerance(pack):
    advice = advise(pack, facts(pack, LAND, 151.0, (RegisterMatch(house(), DOC_NO),)))
    assert "用地 151 平方米，不超过批准面积 150 平方米" in texts(advice, "R-22")


def test_several_entries_add_up(pack):
    second = replace(house(), entry_id="e2", holder="乙二")
    matches = (RegisterMatch(house(), DOC_NO), RegisterMatch(second, DOC_NO))
    assert "用地 200 平方米，不超过批准面积 300 平方米" in texts(
        advise(pack, facts(pack, LAND, matches=matches)), "R-22"
    )


def test_no_area_in_the_register_is_doubt(pack):
    advice = advise(pack, facts(pack, LAND, matches=(RegisterMatch(house(None), DOC_NO),)))
    assert "登记表的批准面积" in advice.missing
    assert not any("超过" in text for text in texts(advice, "R-22"))


def test_a_suggestion_proves_nothing(pack):
    advice = advise(pack, facts(pack, LAND, matches=(RegisterMatch(house(10.0), SUGGESTED, "姓名相近：甲一"),)))
    assert len(texts(advice, "R-22")) == 1
    assert "请确认" in texts(advice, "R-22")[0]
    assert texts(advice, "R-24") == []


def test_two_houses_of_one_household(pack):
    twin = replace(house(), entry_id="e2", doc_no="渝宅〔2020〕9号")
    match = RegisterMatch(house(), DOC_NO, twins=(twin,), elsewhere=("P7",))
    found = texts(advise(pack, facts(pack, LAND, matches=(match,))), "R-23")
    assert any("渝宅〔2020〕9号" in text for text in found)
    assert any("P7" in text for text in found)


def test_a_house_on_farmland_without_conversion(pack):
    match = (RegisterMatch(house(200.0), DOC_NO),)
    # 120 m² of 0103 are 0.18 亩
    advice = advise(pack, facts(pack, [*LAND, row("approval", 0), row("approved_union", 0)], matches=match))
    assert texts(advice, "R-24") == ["已有宅基地审批，但占农用地 0.18 亩，没有查到农转用手续"]
    advice = advise(pack, facts(pack, LAND, matches=match))
    assert "是否办理农转用存疑" in texts(advice, "R-24")[0]
    assert "农转用批准图层或登记表" in advice.missing
    advice = advise(pack, facts(pack, LAND, matches=match, given=("rural_house", "approval")))
    assert "没有查到农转用手续" in texts(advice, "R-24")[0]
    advice = advise(pack, facts(pack, [*LAND, row("approval", 200.0), row("approved_union", 200.0)], matches=match))
    assert texts(advice, "R-24") == []
    both = (*match, RegisterMatch(replace(house(300.0, register="approval"), entry_id="e9"), DOC_NO))
    assert "登记表有农转用批准" in texts(advise(pack, facts(pack, LAND, matches=both)), "R-24")[0]
    built = [row("landuse", 200.0, "0702")]
    assert texts(advise(pack, facts(pack, built, matches=match)), "R-24") == []


def test_a_house_without_landuse_is_doubt(pack):
    match = (RegisterMatch(house(200.0), DOC_NO),)
    assert "是否占农用地存疑" in texts(advise(pack, facts(pack, [row("eco_redline", 0)], matches=match)), "R-24")[0]


def test_standards_are_off_until_the_pack_says(pack):
    match = (RegisterMatch(house(200.0, 3), DOC_NO),)
    assert texts(advise(pack, facts(pack, LAND, matches=match)), "R-25") == []
    own = replace(pack, thresholds={**pack.thresholds, "homestead_person_m2": Decimal(30)})
    advice = advise(own, facts(own, LAND, matches=match))
    (text,) = texts(advice, "R-25")  # 3 × 30 = 90, 200 − 90 = 110
    assert "合计 90 平方米，批准或使用 200 平方米，多 110 平方米" in text
    reason = next(r for r in advice.reasons if r.rule_id == "R-25")
    assert not reason.confirmed
    nobody = (RegisterMatch(house(200.0, None), DOC_NO),)
    assert "家庭人数" in advise(own, facts(own, LAND, matches=nobody)).missing


# -- issued figures ----------------------------------------------------------------------------------


def test_issued_figures_stand_for_layers(pack):
    patch = Patch("u", "P1", "b", area_m2=6 * MU, patch_type="20", issued_farmland_m2=5 * MU, issued_prime_m2=5 * MU)
    advice = advise(pack, facts(pack, [row("eco_redline", 0)], patch=patch))
    assert "下发数据中占永久基本农田 5.00 亩（下发值，没有图层核对），须人工核定" in texts(advice, "R-07")
    assert "下发数据中占耕地 5.00 亩（下发值，没有地类图层核对）" in texts(advice, "R-10")
    assert any("永久基本农田（下发值） 5.00 亩，达到 5 亩界限" in t for t in texts(advice, "R-19"))
    assert "永久基本农田图层" not in advice.missing
    assert issued_cropland(patch, None) == Decimal("5.00")
    assert issued_prime(patch, None) == Decimal("5.00")


def test_an_issued_zero_is_said_and_nothing_is_not_zero(pack):
    rows = [row("eco_redline", 0)]
    zero = Patch("u", "P1", "b", area_m2=6 * MU, issued_farmland_m2=0.0, issued_prime_m2=0.0)
    advice = advise(pack, facts(pack, rows, patch=zero))
    assert texts(advice, "R-07") == ["下发数据中占永久基本农田 0 亩（下发值，没有图层核对）"]
    unknown = Patch("u", "P1", "b", area_m2=6 * MU)
    advice = advise(pack, facts(pack, rows, patch=unknown))
    assert texts(advice, "R-07") == texts(advice, "R-10") == []
    assert {"永久基本农田图层", "地类图斑（DLTB）图层"} <= set(advice.missing)
    assert issued_cropland(unknown, None) is None


def test_a_layer_goes_before_the_issued_figure(pack):
    patch = Patch("u", "P1", "b", area_m2=200.0, issued_farmland_m2=5 * MU, issued_prime_m2=5 * MU)
    summary = summarise(200.0, [*LAND, row("prime_farmland", 0)], pack.landuse)
    assert issued_cropland(patch, summary) is None
    assert issued_prime(patch, summary) is None
    advice = advise(pack, facts(pack, [*LAND, row("prime_farmland", 0)], patch=patch))
    assert texts(advice, "R-07") == []


def test_without_a_boundary_the_issued_figures_still_speak(pack):
    patch = Patch("u", "P1", "b", geometry_source="none", issued_area=6.0, issued_unit="mu", issued_prime_m2=2 * MU)
    advice = advise(pack, facts(pack, [], patch=patch))
    assert "图斑图形" in advice.missing
    assert any("2.00 亩（下发值" in text for text in texts(advice, "R-07"))


# -- 开发边界, 规划分区, 矿业权, gaps -----------------------------------------------------------------


def test_outside_the_boundary_alone_is_doubt_only(pack):
    advice = advise(pack, facts(pack, [*LAND, row("urban_boundary", 0)]))
    (text,) = texts(advice, "R-09")
    assert "是否符合国土空间规划存疑" in text
    assert advice.leaning is None
    assert "规划分区图层" in advice.missing
    zoned = advise(pack, facts(pack, [*LAND, row("urban_boundary", 0), row("plan_zone", 200.0, "乡村建设区")]))
    found = texts(zoned, "R-09")
    assert "规划分区：乡村建设区 0.30 亩；是否符合规划由人核对" in found
    assert all("不符合规划" not in text or "不等于不符合规划" in text for text in found)
    inside = advise(pack, facts(pack, [*LAND, row("urban_boundary", 200.0)]))
    assert texts(inside, "R-09") == []


def test_mining_inside_and_outside(pack):
    rows = [row("landuse", 10 * MU, "0602"), row("mining_right", 7 * MU)]
    built = Patch("u", "P1", "b", area_m2=10 * MU, patch_type="20")
    assert texts(advise(pack, facts(pack, rows, patch=built)), "R-21") == ["矿业权范围内 7.00 亩，范围外 3.00 亩"]
    dug = replace(built, patch_type="CK")
    assert "矿业权范围以外 3.00 亩（范围内 7.00 亩）" in texts(advise(pack, facts(pack, rows, patch=dug)), "R-21")[0]


def test_uncovered_pieces_are_counted(pack):
    union = row(
        "approved_union",
        9 * MU,
        "",
        None,
        {"gap_m2": "600.00", "gap_width_m": "3.2"},
        {"gap_m2": "66.67", "gap_width_m": "1.0"},
    )
    rows = [row("landuse", 10 * MU, "0103"), row("approval", 8 * MU), row("supply", 7 * MU), union]
    advice = advise(pack, facts(pack, rows, 10 * MU))
    assert "未覆盖部分共 2 处，最大一处 0.90 亩、平均宽约 3.2 米" in texts(advice, "R-16")
    assert "农转用批准范围覆盖 8.00 亩，图斑另有 2.00 亩在其范围外" in texts(advice, "R-06")
    assert "供地范围覆盖 7.00 亩，图斑另有 3.00 亩在其范围外" in texts(advice, "R-06")


# -- 耕地 net of 田坎 --------------------------------------------------------------------------------


def test_net_cropland_keeps_the_identity(pack):
    # KCXS 0.1: 6000 m² hold 600 m² of 田坎. 亩: 9.00 = 8.10 + 0.90; with 1000 m² of 0702 = 1.50
    rows = [row("landuse", 6000.0, "0103", 5400.0), row("landuse", 1000.0, "0702", 1000.0)]
    gross = summarise(7000.0, rows, pack.landuse)
    assert (gross.cropland, gross.agri_other, gross.basis) == (Decimal("9.00"), Decimal("0.00"), "gross")
    assert gross.ridges == Decimal("0.90")
    net = summarise(7000.0, rows, pack.landuse, NET)
    assert (net.cropland, net.agri_other, net.construction) == (Decimal("8.10"), Decimal("0.90"), Decimal("1.50"))
    assert net.identity_ok
    assert net.difference == 0
    assert net.basis == NET
    assert ("1203", "田坎", Decimal("0.90")) in net.classes


def test_without_kcxs_it_stays_gross_and_says_so(pack):
    rows = [row("landuse", 6000.0, "0103"), row("landuse", 1000.0, "0702")]
    summary = summarise(7000.0, rows, pack.landuse, NET)
    assert (summary.basis, summary.net_refused, summary.cropland) == ("gross", True, Decimal("9.00"))
    advice = advise(pack, facts(pack, rows, 7000.0, basis=NET))
    assert any("KCXS" in text for text in texts(advice, "R-20"))
    no_crop = summarise(1000.0, [row("landuse", 1000.0, "0702")], pack.landuse, NET)
    assert (no_crop.basis, no_crop.net_refused) == (NET, False)


def test_foreign_codes_have_no_class_unless_the_pack_lists_them(pack, tmp_path):
    import shutil

    rows = [row("landuse", 1000.0, "YDYH:0101")]
    assert summarise(1000.0, rows, pack.landuse).unknown == Decimal("1.50")
    own = Path(shutil.copytree(FOLDER, tmp_path / "pack"))
    text = (own / "landuse.yaml").read_text(encoding="utf-8")
    text += 'landuse_ydyh:\n  - {code: "0101", name: 水田, group: agri, source: D, cropland: true}\n'
    (own / "landuse.yaml").write_text(text, encoding="utf-8")
    assert summarise(1000.0, rows, load_pack(own).landuse).cropland == Decimal("1.50")
