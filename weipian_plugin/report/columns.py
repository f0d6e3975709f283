"""The columns of the township 台账 (dossier 5.1), in their order; a pair such as 文号/日期 is two columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Optional, Union

from ..core.areas import AreaSummary
from ..core.model import LEVEL_LABELS
from .facts import (
    CaseFigures,
    approval_no,
    case_figures,
    covered_share,
    cropland_mu,
    excess_mu,
    image_day,
    photo_count,
    prime_mu,
    remark,
    sub_type,
    total_mu,
    verdict_of,
)
from .model import PatchReport

Value = Union[str, int, float, Decimal, None]
TEXT, AREA, COUNT, DEGREE = "text", "area", "count", "degree"


@dataclass(frozen=True)
class Column:
    """One column: header, kind of cell, width in characters, whether the total row sums it, its value."""

    header: str
    kind: str
    width: float
    value: Callable[[PatchReport, CaseFigures], Value]
    total: bool = False


def _text(header: str, width: float, value: Callable[[PatchReport, CaseFigures], Value]) -> Column:
    return Column(header, TEXT, width, value)


def _area(header: str, value: Callable[[PatchReport, CaseFigures], Value], total: bool = True) -> Column:
    return Column(header, AREA, 9.5, value, total)


def _fact(header: str, width: float, name: str) -> Column:
    return Column(header, TEXT, width, lambda report, _: report.fact(name))


def _land(name: str) -> Callable[[PatchReport, CaseFigures], Value]:
    def value(report: PatchReport, _: CaseFigures) -> Optional[Decimal]:
        summary = report.summary
        return getattr(summary, name) if summary and summary.has_landuse else None

    return value


def _overlap(name: str) -> Callable[[PatchReport, CaseFigures], Value]:
    def value(report: PatchReport, _: CaseFigures) -> Optional[Decimal]:
        return getattr(report.summary, name) if report.summary else None

    return value


def _main_class(summary: Optional[AreaSummary]) -> str:
    return summary.main_class if summary else ""


def _approval_mu(report: PatchReport, _: CaseFigures) -> Value:
    """The approved area as entered; a text that is no number stays text, so that nobody loses it."""
    text = report.fact("approval_mu").strip()
    try:
        return Decimal(text) if text else None
    except ArithmeticError:
        return text


def _surveyed_on(report: PatchReport, _: CaseFigures) -> str:
    """As entered, else the day of the latest photo that does not show a rectification."""
    own = report.fact("surveyed_on")
    days = [
        (linked.evidence.taken_at or "")[:10]
        for linked in report.evidence
        if linked.evidence.kind == "photo" and not linked.purpose.startswith("after")
    ]
    return own or max(days, default="")


def _batch(report: PatchReport, _: CaseFigures) -> str:
    return report.batch.name or (report.batch.issued_on or "")[:7]


def _verdict(report: PatchReport, _: CaseFigures) -> str:
    verdict = verdict_of(report)
    return verdict.label if verdict else ""


COLUMNS: tuple[Column, ...] = (
    Column("序号", COUNT, 5, lambda *_: None),
    _text("图斑编号", 17, lambda r, _: r.patch.patch_id),
    _text("批次/月份", 11, _batch),
    _text("下发日期", 10.5, lambda r, _: r.batch.issued_on),
    _text("填报截止", 10.5, lambda r, _: r.patch.due_on or r.batch.due_on),
    _text("图斑分类", 10, lambda r, _: r.monitor_class_label or r.patch.monitor_class),
    _text("监测等级", 6, lambda r, _: LEVEL_LABELS.get(r.patch.monitor_level or 0, "")),
    _text("图斑类型", 10, lambda r, _: r.patch_type_label or r.patch.patch_type),
    _text("村(社区)", 10, lambda r, _: r.patch.village_name),
    _fact("组/小地名", 10, "place"),
    _fact("网格长/网格员", 9, "grid_person"),
    Column("中心经度", DEGREE, 11.5, lambda r, _: r.centroid[0] if r.centroid else None),
    Column("中心纬度", DEGREE, 11.5, lambda r, _: r.centroid[1] if r.centroid else None),
    _text("前时相", 10.5, lambda r, _: image_day(r, "image_before")),
    _text("后时相", 10.5, lambda r, _: image_day(r, "image_after")),
    _area("图斑面积(亩)", lambda r, _: total_mu(r)),
    _area("耕地", lambda r, _: cropland_mu(r)),
    _area("永久基本农田", lambda r, _: prime_mu(r)),
    _area("非耕农用地", _land("agri_other")),
    _area("未利用地", _land("unused")),
    _area("建设用地", _land("construction")),
    _area("生态保护红线", _overlap("redline")),
    _area("城镇开发边界内", _overlap("urban")),
    _text("现状地类", 9, lambda r, _: _main_class(r.summary)),
    _fact("实地用途", 10, "actual_use"),
    _fact("项目名称", 14, "project"),
    _fact("用地主体/当事人", 12, "party"),
    _fact("建设时间", 10.5, "built_on"),
    _text("审批(备案)文号", 16, lambda r, _: approval_no(r)),
    _area("审批面积", _approval_mu, False),
    Column("套合率%", AREA, 8, lambda r, _: covered_share(r)),
    _area("超占面积", lambda r, _: excess_mu(r)),
    _text("合法性判定", 7, _verdict),
    _text("二级类", 11, lambda r, _: sub_type(r)),
    _text("判定依据说明", 26, lambda r, _: r.judgement.basis if r.judgement else ""),
    Column("现场照片数", COUNT, 6, lambda r, _: photo_count(r), True),
    _fact("外业人员", 9, "surveyor"),
    _text("外业日期", 10.5, _surveyed_on),
    _text("填报状态", 9, lambda r, _: r.patch.review_status.label),
    _fact("审核意见/退回原因", 16, "review_note"),
    _text("制止文号", 14, lambda _, c: c.stop_no),
    _text("制止日期", 10.5, lambda _, c: c.stop_date),
    _text("立案号", 14, lambda _, c: c.file_no),
    _text("立案日期", 10.5, lambda _, c: c.file_date),
    _text("移交单位", 12, lambda _, c: c.transfer_office),
    _text("移交日期", 10.5, lambda _, c: c.transfer_date),
    _text("移交反馈", 12, lambda _, c: c.transfer_feedback),
    _text("处罚决定文号", 14, lambda _, c: c.penalty_no),
    _text("整改方式", 9, lambda _, c: c.way),
    _text("整改责任科室", 11, lambda _, c: c.office),
    _fact("整改期限", 10.5, "rectify_due"),
    _area("拆除面积", lambda _, c: c.demolished),
    _area("复耕面积", lambda _, c: c.reclaimed),
    _text("补办文号", 14, lambda _, c: c.regularised_no),
    _area("补办面积", lambda _, c: c.regularised),
    _area("剩余未整改面积", lambda r, _: r.open_mu),
    _text("整改完成日期", 10.5, lambda _, c: c.rectified_on),
    _text("验收人", 9, lambda _, c: c.accepted_by),
    _text("销号日期", 10.5, lambda _, c: c.closed_on),
    _text("备注", 18, lambda r, _: remark(r)),
)
HEADERS: tuple[str, ...] = tuple(column.header for column in COLUMNS)


def row_of(report: PatchReport, number: int) -> list[Value]:
    """The values of one patch in the order of :data:`COLUMNS`; areas are rounded 亩, None is an empty cell."""
    case = case_figures(report)
    return [number, *(column.value(report, case) for column in COLUMNS[1:])]
