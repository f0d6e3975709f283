"""What the ledger, the sheets and the result layer say alike about one patch, derived in one place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Optional

from ..core.areas import BASIS_LABELS, CENT, ZERO, adopted_label, issued_cropland, issued_prime, mu, parse_mu, round_mu
from ..core.imagery import DATE_LABELS
from ..core.model import CaseAction, CaseStatus, ReviewStatus, Verdict
from ..core.states import CASE_ACTIONS, WAYS
from .model import PatchReport

#: m² of one unit in which a delivery may state its areas.
_UNIT_M2 = {"m2": Decimal(1), "mu": Decimal(2000) / Decimal(3), "ha": Decimal(10000)}
_RECTIFIED = (CaseStatus.RECTIFIED, CaseStatus.ACCEPTED, CaseStatus.CLOSED)
#: 整改方式 as the statistics count it; the identity 已整改 = 拆除 + 补办 + 拆补组合 runs over these.
DEMOLISHED, REGULARISED, COMBINED = "拆除", "补办", "拆补组合"
#: Requirement ids (resources/rules/<pack>/evidence.yaml) of enforcement and rectification.
CASE_PURPOSES = frozenset(
    (
        "stop_notice",
        "case_doc",
        "regularise_doc",
        "confiscate_receipt",
        "acceptance_doc",
        "review_record",
        "after_photo",
    )
)
PARENT, CHILD = "parent", "child"
SPLIT_LABELS = {"": "", PARENT: "被拆分", CHILD: "拆分"}


#: What brought a clue, as printed.
CLUE_LABELS = {"patrol": "巡查", "grid": "网格员报告", "report": "群众举报"}
#: 已填报 as the platform counts it: handed in, whatever became of it since (dossier 1.6 A).
_FILED = (ReviewStatus.SUBMITTED, ReviewStatus.RETURNED, ReviewStatus.FINISHED)


def is_clue(report: PatchReport) -> bool:
    """Found by ourselves and not issued: in no issued count and in no 填报率."""
    return report.patch.origin in CLUE_LABELS


def is_void(report: PatchReport) -> bool:
    """作废 or 图形灭失: listed, in no count."""
    return report.patch.review_status is ReviewStatus.VOID


def in_original_set(report: PatchReport) -> bool:
    """Counts as delivered (原始下发): unsplit patches and those that were split, neither clues nor void ones."""
    return report.patch.split_state != CHILD and not is_clue(report) and not is_void(report)


def in_verified_set(report: PatchReport) -> bool:
    """Counts as verified (核实后): unsplit patches and children, neither clues nor void ones."""
    return report.patch.split_state != PARENT and not is_clue(report) and not is_void(report)


def filed_uids(reports: Iterable[PatchReport]) -> frozenset[str]:
    """uids of the patches that count as 已填报; one that was split when all its children in force are."""
    reports = tuple(reports)
    filed = {r.patch.patch_uid for r in reports if r.patch.review_status in _FILED}
    open_parents = {
        r.patch.parent_uid for r in reports if r.patch.parent_uid and not is_void(r) and r.patch.patch_uid not in filed
    }
    known = {r.patch.parent_uid for r in reports if r.patch.parent_uid and not is_void(r)}
    parents = {r.patch.patch_uid for r in reports if r.patch.split_state == PARENT}
    return frozenset((filed - parents) | ((parents & known) - open_parents))


def issued_mu(report: PatchReport) -> Optional[Decimal]:
    """Issued area in 亩, None when it or its unit is not known."""
    patch = report.patch
    unit = _UNIT_M2.get(patch.issued_unit or "")
    if patch.issued_area is None or unit is None:
        return None
    return mu(Decimal(repr(patch.issued_area)) * unit)


def total_mu(report: PatchReport) -> Optional[Decimal]:
    """图斑面积, the area in force: adopted, else computed; the issued one only where there is no geometry."""
    patch = report.patch
    if patch.adopted_area_m2 is not None:
        return mu(patch.adopted_area_m2)
    if report.summary is not None:
        return report.summary.total
    return mu(patch.area_m2) if patch.area_m2 > 0 else issued_mu(report)


def area_mark(report: PatchReport) -> str:
    """What must stand beside 图斑面积 unless it is computed from the issued boundary: 下发值, 平差 …"""
    patch = report.patch
    if patch.geometry_source == "none" and not patch.area_m2:
        return "下发值" if patch.area_in_force else ""
    if adopted_label(patch):
        return adopted_label(patch)
    return "自绘边界" if patch.geometry_source == "drawn" else ""


def cropland_mu(report: PatchReport) -> Optional[Decimal]:
    """占耕地: as overlaid, else as issued (marked in 备注), None when neither is known."""
    summary = report.summary
    if summary is not None and summary.has_landuse:
        return summary.cropland
    return issued_cropland(report.patch, summary)


def prime_mu(report: PatchReport) -> Optional[Decimal]:
    """占永久基本农田: as overlaid, else as issued (marked in 备注), None when neither is known."""
    if report.summary is not None and report.summary.prime is not None:
        return report.summary.prime
    return issued_prime(report.patch, report.summary)


def issued_figures(report: PatchReport) -> tuple[str, ...]:
    """Which areas were taken from the delivery because their layer lacks."""
    found = []
    if issued_cropland(report.patch, report.summary) is not None:
        found.append("耕地")
    if issued_prime(report.patch, report.summary) is not None:
        found.append("永久基本农田")
    return tuple(found)


def cropland_note(reports: Sequence[PatchReport], basis: str) -> str:
    """How 耕地 is counted in these reports, with what could not be counted so."""
    text = BASIS_LABELS[basis]
    refused = sum(1 for report in reports if report.summary is not None and report.summary.net_refused)
    return f"{text}；{refused} 个图斑的地类没有扣除系数，仍为毛面积" if refused else text


def verdict_of(report: PatchReport) -> Optional[Verdict]:
    """The verdict of a person, None while there is none. 存疑 is a flag and no verdict."""
    return report.judgement.verdict if report.judgement else None


def is_illegal(report: PatchReport) -> bool:
    """Judged 违法."""
    return verdict_of(report) is Verdict.ILLEGAL


def sub_type(report: PatchReport) -> str:
    """Label of the 二级类, its id where the pack gave no label."""
    return report.sub_type_label or (report.judgement.sub_type if report.judgement else "")


def covered_share(report: PatchReport) -> Optional[Decimal]:
    """套合率: percentage of the patch under the union of all approvals, None where none was given."""
    total = total_mu(report)
    approved = approved_mu(report)
    if approved is None or not total:
        return None
    return (approved / total * 100).quantize(CENT, rounding=ROUND_HALF_UP)


def approved_mu(report: PatchReport) -> Optional[Decimal]:
    """亩 of the patch under the union of all approvals, None where no approval layer was given."""
    return report.summary.approvals.get("approved_union") if report.summary else None


def excess_mu(report: PatchReport) -> Optional[Decimal]:
    """超占面积: patch minus approvals, only where some approval was met."""
    total, approved = total_mu(report), approved_mu(report)
    if total is None or not approved:
        return None
    return max(total - approved, ZERO)


def _unique(values: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(value.strip() for value in values if value.strip()))


def _amount(text: str) -> Decimal:
    try:
        return parse_mu(text)
    except ValueError:
        return ZERO


def _sum(actions: Iterable[CaseAction], name: str) -> Optional[Decimal]:
    texts = [getattr(action, name) for action in actions]
    given = [text for text in texts if text.strip()]
    return round_mu(sum((_amount(text) for text in given), ZERO)) if given else None


@dataclass(frozen=True)
class CaseFigures:
    """The case columns of the ledger; texts ready to print, areas 亩 or None when not entered."""

    stop_no: str
    stop_date: str
    file_no: str
    file_date: str
    transfer_office: str
    transfer_date: str
    transfer_feedback: str
    penalty_no: str
    way: str
    office: str
    demolished: Optional[Decimal]
    reclaimed: Optional[Decimal]
    regularised_no: str
    regularised: Optional[Decimal]
    rectified_on: str
    accepted_by: str
    closed_on: str


def case_figures(report: PatchReport) -> CaseFigures:
    """Read the case columns off the actions, in the order in which they were taken."""

    def of(kind: str) -> list[CaseAction]:
        return [action for action in report.actions if action.kind == kind]

    def text(kind: str, name: str) -> str:
        return _unique(getattr(action, name) for action in of(kind))

    done = of("rectified")
    regular = [action for action in done if action.way in ("regularise", "both") or action.regularised_mu.strip()]
    ways = [WAYS.get(action.way, action.way) for action in report.actions if action.way]
    status = report.patch.case_status
    return CaseFigures(
        stop_no=text("stop", "doc_no"),
        stop_date=text("stop", "date"),
        file_no=text("file", "doc_no"),
        file_date=text("file", "date"),
        transfer_office=text("transfer", "office"),
        transfer_date=text("transfer", "date"),
        transfer_feedback=text("feedback", "note"),
        penalty_no=text("penalise", "doc_no"),
        way=_unique(ways),
        office=report.fact("office") or _unique(action.office for action in of("rectify")),
        demolished=_sum(done, "demolished_mu"),
        reclaimed=_sum(done, "reclaimed_mu"),
        regularised_no=_unique(action.doc_no for action in regular),
        regularised=_sum(done, "regularised_mu"),
        rectified_on=done[-1].date if done and status in _RECTIFIED else "",
        accepted_by=text("accept", "person") if status in (CaseStatus.ACCEPTED, CaseStatus.CLOSED) else "",
        closed_on=of("close")[-1].date if of("close") and status is CaseStatus.CLOSED else "",
    )


def is_rectified(report: PatchReport) -> bool:
    """已整改: illegal, rectification entered and nothing left over. Waiting never counts."""
    return is_illegal(report) and report.patch.case_status in _RECTIFIED and report.open_mu == 0


def rectified_way(report: PatchReport) -> str:
    """拆除, 补办 or 拆补组合 of a rectified patch, else empty. 停采修复 counts as 拆除."""
    if not is_rectified(report):
        return ""
    done = [action for action in report.actions if action.kind == "rectified"]
    demolished = any(a.way in ("demolish", "mining", "both") or _amount(a.demolished_mu) > 0 for a in done)
    regularised = any(a.way in ("regularise", "both") or _amount(a.regularised_mu) > 0 for a in done)
    if demolished and regularised:
        return COMBINED
    return REGULARISED if regularised else DEMOLISHED


def photo_count(report: PatchReport) -> int:
    """Number of photos linked to the patch."""
    return sum(1 for linked in report.evidence if linked.evidence.kind == "photo")


def approval_no(report: PatchReport) -> str:
    """Approval numbers: as entered, else those of the linked approval documents."""
    documents = (
        linked.evidence.doc_no
        for linked in report.evidence
        if linked.evidence.kind == "document" and not is_case_document(linked.purpose)
    )
    return report.fact("approval_no") or _unique(documents)


def is_case_document(purpose: str) -> bool:
    """True for what proves enforcement or rectification, by the name of its purpose."""
    return any(
        word in purpose for word in ("stop", "case", "penal", "transfer", "enforce", "rectif", "after", "accept")
    )


def action_line(action: CaseAction) -> str:
    """One step of the case as a sentence fragment: date, kind, number, office, areas, note."""
    kind = CASE_ACTIONS[action.kind].label if action.kind in CASE_ACTIONS else action.kind
    parts = [action.date, kind, action.doc_no, action.office, action.person, WAYS.get(action.way, action.way)]
    cleared = "停采恢复" if action.way == "mining" else "拆除"
    amounts = ((cleared, action.demolished_mu), ("复耕", action.reclaimed_mu), ("补办", action.regularised_mu))
    parts += [f"{label} {value} 亩" for label, value in amounts if value.strip()]
    return "  ".join(part for part in [*parts, action.note] if part)


def remark(report: PatchReport) -> str:
    """备注: the remark, whether the patch was split, what its area is, and which figures were typed by hand."""
    hand = f"手填：{'、'.join(report.hand_entered)}" if report.hand_entered else ""
    mark = area_mark(report)
    area = "无边界，面积为下发值" if mark == "下发值" else f"面积：{mark}" if mark else ""
    if report.patch.geometry_source == "none" and not area:
        area = "无边界"
    issued = issued_figures(report)
    figures = f"{'、'.join(issued)}为下发值" if issued else ""
    days = "；".join(state.conflict for state in report.images.values() if state.conflict)
    parts = (report.patch.remark or "", split_text(report), area, figures, hand, days)
    return "；".join(part for part in parts if part)


def _delivered_day(report: PatchReport, role: str) -> str:
    return (report.patch.image_before if role == "image_before" else report.patch.image_after) or ""


def image_note(report: PatchReport, role: str) -> str:
    """Why the imagery of a time cannot serve, with its measure; empty where it does or none was given."""
    state = report.images.get(role)
    return state.short if state is not None and (state.given or state.by) else ""


def image_day(report: PatchReport, role: str) -> str:
    """前时相/后时相 of the ledger: the delivered day, else the image's own with its source; then what is wrong."""
    state = report.images.get(role)
    day = _delivered_day(report, role)
    if state is None:
        return day
    note = image_note(report, role) if state.reason != "undated" else ""
    return "；".join(part for part in (day or (state.caption if state.dated else ""), note) if part)


def image_findings(reports: Iterable[PatchReport]) -> list[dict[str, str]]:
    """Patches whose imagery cannot serve as it is, or whose day contradicts the delivery; one entry a time."""
    return [
        {
            "patch_id": report.patch.patch_id, "role": role, "code": state.reason, "label": state.label,
            "detail": state.detail, "date": state.date, "date_source": state.date_source, "by": state.by,
            "conflict": state.conflict,
        }
        for report in reports
        for role, state in report.images.items()
        if (state.given or state.by) and (state.reason or state.conflict)
    ]  # fmt: skip


def image_caption(report: PatchReport, role: str) -> str:
    """Day of the image on a sheet with where it comes from; empty when nothing is known of the imagery."""
    state = report.images.get(role)
    if state is None or not state.given:
        return ""
    day = _delivered_day(report, role)
    if not state.date:
        return "日期不详"
    if state.date_source == "delivery":
        return f"{state.date}（下发标注）"
    issued = f"；下发标注 {day}" if day and day != state.date else ""
    return f"{state.date}（{DATE_LABELS.get(state.date_source, '')}{issued}）"


def clue_text(report: PatchReport) -> str:
    """Where a clue comes from: source, finder, times and grid levels; empty for an issued patch."""
    clue = report.clue
    if clue is None:
        return ""
    parts = [CLUE_LABELS.get(report.patch.origin, ""), clue.finder]
    times = (("发现", clue.found_at), ("制止", clue.stopped_at), ("报告", clue.reported_at))
    parts += [f"{label} {text[:16].replace('T', ' ')}" for label, text in times if text]
    parts += [f"{label} {text}" for label, text in (("网格长", clue.grid_l3), ("网格员", clue.grid_l4)) if text]
    merged = f"已并入 {report.merged_into}" if report.merged_into else ""
    return " · ".join(part for part in (*parts, merged) if part)


def split_text(report: PatchReport) -> str:
    """「被拆分为 …_1、…_2」, 「拆分自 …」 or empty."""
    label = SPLIT_LABELS.get(report.patch.split_state, "")
    if not label or not report.family:
        return label
    names = "、".join(report.family)
    return f"被拆分为 {names}" if report.patch.split_state == PARENT else f"拆分自 {names}"
