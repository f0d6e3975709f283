"""填报抄录: figures by hand, order of the form as published, nothing cut or lost in silence."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from shapely import to_wkb
from shapely.geometry import MultiPolygon, box

from weipian_plugin.core.advice_model import Advice
from weipian_plugin.core.areas import AreaSummary
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Batch, Judgement, Patch, Verdict
from weipian_plugin.core.proof import Evidence, LinkedEvidence
from weipian_plugin.core.rulepack import RulePack
from weipian_plugin.workbench.filling import FILE, Filled, FormField, cut, fill, formatted, profiles, progress
from weipian_plugin.workbench.filling_html import page, write_page
from weipian_plugin.workbench.resources import default_pack
from weipian_plugin.workbench.views import PatchView

#: The order published for 2026 (dossier 2.3), written down from there.
ORDER = [
    "核实认定意见",
    "分类",
    "用途分类细化",
    "项目名称",
    "建设时间",
    "项目主体",
    "现场核查描述",
    "地块面积",
    "占耕地面积",
    "占基本农田面积",
    "占非耕农用地面积",
    "占未利用地面积",
    "占生态红线面积",
    "建设用地面积（亩）",
    "用地审批批准文号",
    "合法用地批文",
    "用地审批占比（%）",
    "土地供应批准文号",
    "土地供应占比（%）",
    "不动产权证号",
    "不动产登记占比（%）",
    "临时用地批准文号",
    "临时用地占比（%）",
    "设施农用地上图入库号",
    "是否认定设施",
    "设施农用地占比（%）",
    "城镇村属性(码)",
    "图斑面积(亩)",
    "监测类型",
    "监测批次",
    "图斑特征",
    "图斑名称",
    "线索备注",
    "外业时间",
    "核查时间",
    "执行人员",
]
#: The other published list.
SECOND = [
    "月份",
    "下发时间",
    "县名称",
    "乡镇街道",
    "图斑编号",
    "图斑面积(亩)",
    "占耕面积（亩）",
    "占永久基本农田面积（亩）",
    "图斑中心点经度",
    "图斑中心点纬度",
    "图斑级别",
    "图斑类型",
    "前时相",
    "后时相",
    "当期景号",
    "变化前类型",
    "变化后类型",
    "变化后类型标注",
    "备注",
    "合法性判定",
    "二级类",
    "判定依据说明",
]


def view(**judged: object) -> PatchView:
    """2 000 m² = 3.00 亩 around 106.8005, 29.8005; 耕地 2.10, 永农 not overlaid, 批文 0.75 亩 = 25 %."""
    patch = Patch(
        "u1", "500112SJBG26210001", "b1", wkb=to_wkb(MultiPolygon([box(106.80, 29.80, 106.801, 29.801)])),
        monitor_level=1, village_name="乌牛村", town_name="古路镇", area_m2=2000.0, issued_area=0.2, issued_unit="ha",
        image_before="2025-10-06", source_attributes={"CZCSXM": "203", " 县名称 ": "渝北区"},
    )  # fmt: skip
    photo = Evidence("e1", "photo", "0" * 64, "a.jpg", taken_at="2026-06-03T10:00:00")
    paper = Evidence("e2", "document", "1" * 64, "批复.pdf", doc_no="渝府地〔2025〕88号")
    judgement = Judgement(
        "u1", **{"verdict": Verdict.ILLEGAL, "by": "张三", "at": "2026-06-10T09:00:00+08:00", **judged}
    )  # type: ignore[arg-type]
    return PatchView(
        patch=patch,
        batch=Batch("b1", "2026年5月", issued_on="2026-05-20"),
        summary=AreaSummary(
            Decimal("3.00"), has_landuse=True, cropland=Decimal("2.10"), construction=Decimal("0.90"),
            approvals={"approval": Decimal("0.75")},
        ),
        advice=Advice(),
        judgement=judgement,
        checklist=(),
        evidence=(LinkedEvidence(photo, "site_photo"), LinkedEvidence(paper, "approval_doc")),
        actions=(),
        open_mu=None,
    )  # fmt: skip


def filled(which: int = 0, shown: PatchView | None = None) -> dict[str, Filled]:
    pack = default_pack()
    return {item.field.label: item for item in fill(profiles(pack)[which], shown or view(), pack)}


def test_the_order_is_that_of_the_platform() -> None:
    first, second = profiles(default_pack())[:2]
    assert [field.label for field in first.fields] == ORDER
    assert [field.label for field in second.fields] == SECOND
    assert first.attachment_bytes == 10 * 1024 * 1024


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("核实认定意见", "非农违法"),
        ("地块面积", "3.00"),
        ("占耕地面积", "2.10"),
        ("占非耕农用地面积", "0.00"),
        ("占基本农田面积", ""),  # that layer was not given: not 0
        ("占生态红线面积", ""),
        ("建设用地面积（亩）", "0.90"),
        ("用地审批占比（%）", "25.00"),
        ("用地审批批准文号", "渝府地〔2025〕88号"),
        ("合法用地批文", "批复.pdf"),
        ("图斑面积(亩)", "3.00"),  # 0.2 公顷 = 2 000 m²
        ("城镇村属性(码)", "203"),
        ("外业时间", "2026-06-03"),
        ("核查时间", "2026-06-10"),
        ("执行人员", "张三"),
        ("是否认定设施", "否"),
        ("监测批次", "2026年5月"),
    ],
)
def test_values_of_the_first_form(label: str, text: str) -> None:
    assert filled()[label].text == text


@pytest.mark.parametrize(
    ("label", "text"),
    [
        ("月份", "2026-05"),
        ("县名称", "渝北区"),
        ("图斑中心点经度", "106.800500"),
        ("图斑中心点纬度", "29.800500"),
        ("图斑级别", "一级"),
        ("前时相", "2025-10-06"),
        ("合法性判定", "违法"),
        ("二级类", "违法用地"),
    ],
)
def test_values_of_the_second_form(label: str, text: str) -> None:
    assert filled(1)[label].text == text


@pytest.mark.parametrize(
    ("verdict", "sub_type", "opinion", "facility"),
    [
        (Verdict.LEGAL, "", "合法", "否"),
        (Verdict.OTHER, "", "其他", "否"),
        (Verdict.OTHER, "rural_road", "农村道路", "否"),
        (Verdict.OTHER, "facility_agri", "设施农用地", "是"),
        (Verdict.OTHER, "pseudo_change", "伪变化", "否"),
    ],
)
def test_the_platform_has_names_of_its_own(verdict: Verdict, sub_type: str, opinion: str, facility: str) -> None:
    found = filled(0, view(verdict=verdict, sub_type=sub_type))
    assert (found["核实认定意见"].text, found["是否认定设施"].text) == (opinion, facility)


def test_doubt_alone_is_never_filed() -> None:
    found = filled(0, view(verdict=None, doubt=True))
    assert not found["核实认定意见"].text
    assert found["核实认定意见"].missing
    assert not any("存疑" in item.text for item in found.values())


def test_long_text_is_cut_at_the_limit_and_said() -> None:
    found = filled(0, view(basis="核" * 250))["现场核查描述"]
    assert len(found.text) == 200
    assert found.text.endswith("…")
    assert len(found.full) == 250
    assert "原 250 字" in found.note
    assert "200" in found.note


def test_clauses_without_content_are_left_out() -> None:
    found = filled(0, view(basis="占用耕地", answers={"actual_use": "厂房"}))["现场核查描述"]
    assert found.text == "实地用途为厂房；占用耕地"


def test_a_line_break_does_not_reach_the_form() -> None:
    assert filled(0, view(basis="甲\r\n乙\t丙"))["现场核查描述"].text == "甲 乙 丙"


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (Decimal("0.125"), "mu", "0.13"),  # half up
        ("2026-05", "date", "2026-05"),  # a month is not made a day
        ("2026年5月1日", "date", "2026-05-01"),
        ("不详", "date", "不详"),
        ("约3", "mu", "约3"),
        (Decimal("NaN"), "mu", "NaN"),
        (None, "mu", ""),
    ],
)
def test_formats(value: object, form: str, text: str) -> None:
    assert formatted(value, form) == text  # type: ignore[arg-type]


def test_cutting() -> None:
    assert [cut("一二三", n) for n in (0, 1, 2, 3)] == ["一二三", "一", "一…", "一二三"]


def test_progress_counts_what_has_content() -> None:
    items = [Filled(FormField(str(n), "甲"), text, text) for n, text in enumerate(("a", "", "b"))]
    assert progress(items, ["0", "1", "9"]) == (1, 2)


FIELD = {"id": "a", "label": "甲", "value": "area"}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"profiles": []}, "profiles"),
        ({"profiles": "x"}, "profiles"),
        ({"profiles": [{"label": "甲", "fields": [FIELD]}]}, "id"),
        ({"profiles": [{"id": "p", "fields": []}]}, "p"),
        ({"profiles": [{"id": "p", "attachment_mb": "很大", "fields": [FIELD]}]}, "attachment_mb"),
        ({"profiles": [{"id": "p", "attachment_mb": "0", "fields": [FIELD]}]}, "attachment_mb"),
        ({"profiles": [{"id": "p", "fields": [FIELD, FIELD]}]}, "重复"),
        ({"profiles": [{"id": "p", "fields": [{**FIELD, "value": "nothing"}]}]}, "nothing"),
        ({"profiles": [{"id": "p", "fields": [{**FIELD, "format": "x"}]}]}, "format"),
        ({"profiles": [{"id": "p", "fields": [{**FIELD, "limit": "-1"}]}]}, "limit"),
        ({"profiles": [{"id": "p", "fields": [{**FIELD, "map": "x"}]}]}, "map"),
        ({"profiles": [{"id": "p", "fields": [{"id": "a", "label": "甲"}]}]}, "value"),
        ({"profiles": [{"id": "p", "fields": [{**FIELD, "value": "", "text": "{foo}"}]}]}, "foo"),
    ],
    ids=str,
)
def test_a_profile_that_is_wrong_is_named(document: dict, said: str) -> None:
    with pytest.raises(WeipianError) as caught:
        profiles(RulePack("x", "1", "甲", documents={FILE: document}))
    assert caught.value.code == "E_RULES"
    assert said in str(caught.value)


def test_a_pack_without_forms_has_none() -> None:
    assert profiles(RulePack("x", "1", "甲")) == ()


def test_the_page_is_offline_and_safe(tmp_path: Path) -> None:
    pack = default_pack()
    profile = profiles(pack)[0]
    evil = view(basis='</span><script>alert("x")</script>', by="<b>张</b>")
    html = page(profile, [("P<1>", fill(profile, evil, pack))])
    assert not re.search(r"(?:src|href)\s*=|https?:|@import|url\(", html)
    assert html.count("<script>") == 1  # ours
    assert "P<1>" not in html
    assert "&lt;b&gt;张&lt;/b&gt;" in html
    assert html.count("<button aria-label") == sum(bool(f.text) for f in fill(profile, evil, pack))
    write_page(tmp_path / "页.html", profile, [])
    assert (tmp_path / "页.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(WeipianError) as caught:
        write_page(tmp_path / "no" / "页.html", profile, [])
    assert caught.value.code == "E_WRITE"
