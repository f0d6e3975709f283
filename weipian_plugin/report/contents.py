"""PatchReport -> the texts of a 核查表, ready to print, so that drawing needs no domain knowledge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Optional

from ..core.areas import BASIS_LABELS, NET, LandClass
from ..core.certify import VOID
from ..core.model import LEVEL_LABELS, LayerAssignment
from ..core.names import unique_names
from ..core.revision import HEADS
from .facts import (
    action_line,
    approval_no,
    approved_mu,
    area_mark,
    clue_text,
    covered_share,
    cropland_mu,
    image_caption,
    image_note,
    issued_figures,
    issued_mu,
    prime_mu,
    split_text,
    sub_type,
    total_mu,
    verdict_of,
)
from .model import PATCHES_FOLDER, LayerPlan, PatchReport, ReportMeta, SheetContent, SheetJob
from .proof_contents import document_items, left_out, pairs_of, photo_item, photos_of, printed

_BLANK = "—"


def patch_folders(reports: Sequence[PatchReport]) -> dict[str, str]:
    """patch_uid -> folder of the patch relative to the export, unique on any disk."""
    names = unique_names([report.patch.patch_id for report in reports])
    return {report.patch.patch_uid: f"{PATCHES_FOLDER}/{name}" for report, name in zip(reports, names)}


def sheet_job(
    reports: Sequence[PatchReport],
    meta: ReportMeta,
    assignments: Sequence[LayerAssignment],
    landuse: Mapping[str, LandClass],
    output: Path,
) -> SheetJob:
    """The whole job of drawing the sheets of `reports` under `output`."""
    folders = patch_folders(reports)
    return SheetJob(
        output=str(output),
        meta=meta,
        sheets=tuple(sheet_content(report, folders[report.patch.patch_uid]) for report in reports),
        layers=tuple(LayerPlan.of(assignment) for assignment in assignments),
        landuse={code: (land.name, "cropland" if land.cropland else land.group) for code, land in landuse.items()},
    )


def sheet_content(report: PatchReport, folder: str) -> SheetContent:
    """Everything the sheet of one patch says."""
    patch, verdict = report.patch, verdict_of(report)
    photos = photos_of(report)
    shown = printed(photos)
    word = report.certification
    identity, identity_ok = _identity(report)
    return SheetContent(
        patch_uid=patch.patch_uid,
        patch_id=patch.patch_id,
        folder=folder,
        wkb_hex=patch.wkb.hex() if patch.wkb else "",
        level=LEVEL_LABELS.get(patch.monitor_level or 0, ""),
        heading=" ".join(part for part in (patch.town_name or "", patch.village_name or "") if part),
        basic=_basic(report),
        areas=_areas(report),
        identity=identity,
        identity_ok=identity_ok,
        before_caption=patch.image_before or "",
        after_caption=patch.image_after or "",
        batch_id=patch.batch_id,
        before_day=image_caption(report, "image_before"),
        after_day=image_caption(report, "image_after"),
        before_note=image_note(report, "image_before"),
        after_note=image_note(report, "image_after"),
        frame=(report.frame.lon, report.frame.lat, report.frame.width_m) if report.frame else (),
        verdict=verdict.label if verdict else "",
        verdict_lines=_verdict_lines(report),
        advice_lines=_advice_lines(report),
        checklist=tuple((i.done, i.label, f"{i.have}/{i.need}") for i in report.checklist),
        case_lines=_case_lines(report),
        photos=tuple(photo_item(number, linked, report) for number, linked in shown),
        photo_total=len(photos),
        photo_notes=left_out(photos, shown),
        pairs=pairs_of(photos),
        documents=document_items(report),
        certificate=f"{word.mark} {word.label}：{word.text}" if word else "",
        certificate_void=word is not None and word.state == VOID,
    )


def _mu(value: Optional[Decimal]) -> str:
    return _BLANK if value is None else f"{value:.2f}"


def _basic(report: PatchReport) -> tuple[tuple[str, str], ...]:
    patch, batch = report.patch, report.batch
    level = LEVEL_LABELS.get(patch.monitor_level or 0, "")
    derived = {"derived": "（推定）", "manual": "（手工）"}.get(patch.level_source or "", "") if level else ""
    centre = f"{report.centroid[0]:.6f}°E  {report.centroid[1]:.6f}°N" if report.centroid else ""
    pairs = (
        ("批次", batch.name),
        ("下发 / 截止", " / ".join(day for day in (batch.issued_on, patch.due_on or batch.due_on) if day)),
        ("图斑分类", report.monitor_class_label or patch.monitor_class or ""),
        ("监测等级", level + derived),
        ("图斑类型", report.patch_type_label or patch.patch_type or ""),
        ("村 / 小地名", " / ".join(part for part in (patch.village_name or "", report.fact("place")) if part)),
        ("中心坐标", centre),
        ("下发面积", f"{_mu(issued_mu(report))} 亩" if issued_mu(report) is not None else ""),
        ("拆分", split_text(report)),
        ("线索", clue_text(report)),
        ("项目名称", report.fact("project")),
        ("用地主体", report.fact("party")),
        ("实地用途", report.fact("actual_use")),
        ("建设时间", report.fact("built_on")),
        ("审批文号", approval_no(report)),
        ("外业人员 / 日期", " / ".join(t for t in (report.fact("surveyor"), report.fact("surveyed_on")) if t)),
    )
    return tuple((label, value or _BLANK) for label, value in pairs if value or label not in ("拆分", "线索"))


def _areas(report: PatchReport) -> tuple[tuple[str, str], ...]:
    summary = report.summary
    mark = area_mark(report)
    rows = [(f"图斑面积（{mark}）" if mark else "图斑面积", _mu(total_mu(report)))]
    land = summary if summary and summary.has_landuse else None
    names = (("耕地", "cropland"), ("非耕农用地", "agri_other"), ("未利用地", "unused"), ("建设用地", "construction"))
    own = {"cropland": cropland_mu(report), "prime": prime_mu(report)}  # issued where their layer lacks
    rows += [(_named(report, la), _mu(own.get(n, getattr(land, n) if land else None))) for la, n in names]
    extra = (("未分类", "unknown"), ("未覆盖", "uncovered"), ("重复（减）", "duplicate"))
    rows += [(label, _mu(getattr(land, name))) for label, name in extra if land and getattr(land, name)]
    overlaps = (("永久基本农田", "prime"), ("生态保护红线", "redline"), ("城镇开发边界内", "urban"))
    rows += [(_named(report, la), _mu(own.get(n, getattr(summary, n) if summary else None))) for la, n in overlaps]
    share = covered_share(report)
    approved = _mu(approved_mu(report))
    rows.append(("审批范围内", f"{approved}（{share}%）" if share is not None else approved))
    return tuple(rows)


def _named(report: PatchReport, label: str) -> str:
    """The label with how its figure came about where that is not plain: 净, 下发值."""
    if label in issued_figures(report):
        return f"{label}（下发值）"
    net = label == "耕地" and report.summary is not None and report.summary.basis == NET
    return "耕地（净）" if net else label


def _identity(report: PatchReport) -> tuple[str, bool]:
    summary = report.summary
    if summary is None or not summary.has_landuse:
        return "未套合地类，不能校核", True
    if summary.identity_ok:
        return f"地类相加与图斑面积相符，差值 {summary.difference:.2f} 亩；耕地按{BASIS_LABELS[summary.basis]}", True
    return f"地类相加与图斑面积不符，差值 {summary.difference:.2f} 亩", False


def _verdict_lines(report: PatchReport) -> tuple[str, ...]:
    judgement = report.judgement
    if judgement is None:
        return ("尚未判定",)
    lines = []
    if sub_type(report):
        lines.append(f"二级类：{sub_type(report)}")
    if judgement.basis:
        lines.append(f"判定依据：{judgement.basis}")
    if judgement.against_reason:
        revised = any(judgement.against_reason == dict(zip(HEADS, cells))["改判理由"] for cells in report.revisions)
        lines.append(f"{'改判' if revised else '与软件建议不一致的'}理由：{judgement.against_reason}")
    lines += [_revision(dict(zip(HEADS, cells))) for cells in report.revisions]
    lines.append(f"判定人：{judgement.by or _BLANK}　判定时间：{(judgement.at or _BLANK)[:16].replace('T', ' ')}")
    return tuple(lines)


def _revision(line: Mapping[str, str]) -> str:
    """One 改判 in a sentence: from what to what, on which paper, by whom."""
    paper = "、".join(text for text in (line["文号"], line["附件"]) if text)
    changed = f"{line['改判时状态']}后由“{line['原判定']}”改为“{line['改判为']}”"
    return f"改判：{changed}，依据 {paper}，经办 {line['经办人']}，复核 {line['复核人']}，{line['时间']}"


def _advice_lines(report: PatchReport) -> tuple[str, ...]:
    advice = report.advice
    if advice is None:
        return ()
    # only what was measured and which rule it touches: leaning and 存疑 stay out of what is handed in
    return tuple(
        f"{number}. {reason.display}{f'　{reason.clause}' if reason.clause else ''}"
        for number, reason in enumerate(advice.reasons, 1)
    )


def _case_lines(report: PatchReport) -> tuple[str, ...]:
    lines = [action_line(action) for action in report.actions]
    if report.open_mu is not None:
        lines.append(f"剩余未整改面积 {report.open_mu:.2f} 亩　状态：{report.patch.case_status.label}")
    return tuple(lines)
