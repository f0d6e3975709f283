"""自检报告.html: what is missing per patch before the report is handed in. One file, no scripts, no network."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..core.errors import WeipianError, os_reason
from .facts import PARENT, in_verified_set, is_clue, is_illegal, is_rectified, is_void, total_mu, verdict_of
from .model import PatchReport, ReportMeta, SheetResult
from .package import CopiedFile
from .selfcheck_trust import trust_part

SELFCHECK = "自检报告.html"
_STYLE = (
    "body{font-family:'Microsoft YaHei','Noto Sans CJK SC',sans-serif;margin:24px;color:#222;font-size:14px}"
    "h1{font-size:20px}h2{font-size:16px;margin-top:24px}table{border-collapse:collapse;width:100%}"
    "th{background:#4472C4;color:#fff}th,td{border:1px solid #bfbfbf;padding:4px 8px;text-align:left;"
    "vertical-align:top}.bad{background:#FFC7CE;color:#9C0006}.ok{color:#1E6B2E}.grey{color:#595959}"
    "ul{margin:0;padding-left:18px}td.id{white-space:nowrap}.warn{background:#FFF2CC;color:#7A4A00}"
)


def missing_of(report: PatchReport) -> list[str]:
    """What stands between this patch and being handed in, as sentences; empty when nothing does."""
    patch, summary = report.patch, report.summary
    own = is_clue(report) and not report.merged_into and patch.split_state != PARENT and not is_void(report)
    if not own and not in_verified_set(report):
        return []
    found = []
    if verdict_of(report) is None:
        found.append("尚未判定")
    if report.judgement and report.judgement.doubt:
        found.append("存疑，需核实后再上报")
    if report.judgement and verdict_of(report) and not report.judgement.basis.strip():
        found.append("没有填写判定依据说明")
    if summary is None or not summary.has_landuse:
        found.append("没有地类套合结果")
    elif not summary.identity_ok:
        found.append(f"地类面积与图斑面积不平衡，差值 {summary.difference:.2f} 亩")
    if summary is not None and summary.unknown > 0:
        found.append(f"有 {summary.unknown:.2f} 亩地类编码不认识")
    found += [
        "；未计入：".join([f"缺{item.label}（{item.have}/{item.need}）", *item.refused[:3]])
        for item in report.checklist
        if not item.done
    ]
    found += _case_missing(report)
    return found


def _case_missing(report: PatchReport) -> list[str]:
    if not is_illegal(report):
        return []
    found = []
    if not is_rectified(report):
        left = f"，剩余 {report.open_mu:.2f} 亩" if report.open_mu is not None else ""
        found.append(f"违法图斑尚未整改到位（{report.patch.case_status.label}{left}）")
    return found + [f"不能销号：{text}" for text in report.closure_missing]


def write_selfcheck(
    folder: Path,
    reports: Sequence[PatchReport],
    meta: ReportMeta,
    sheets: Sequence[SheetResult] = (),
    copied: Sequence[CopiedFile] = (),
) -> Path:
    """Write the report and give its path.

    Raises:
        WeipianError: E_WRITE.
    """
    path = folder / SELFCHECK
    try:
        path.write_text(_page(reports, meta, sheets, copied), encoding="utf-8")
    except OSError as error:
        raise WeipianError("E_WRITE", path=path, detail=os_reason(error)) from error
    return path


def _page(
    reports: Sequence[PatchReport], meta: ReportMeta, sheets: Sequence[SheetResult], copied: Sequence[CopiedFile]
) -> str:
    rows = [(report, missing_of(report)) for report in reports]
    bad = [row for row in rows if row[1]]
    draft = "【草稿】" if meta.draft else ""
    title = escape(f"{draft}{meta.title} 自检报告")
    about = f"范围：{meta.scope_label}　制表：{meta.produced_by}　{meta.produced_at}　规则包 {meta.pack_version}"
    verdict = (
        f'<p class="bad">{len(reports)} 个图斑中有 {len(bad)} 个还缺材料或信息，详见下表。</p>'
        if bad
        else f'<p class="ok">{len(reports)} 个图斑没有发现缺项。</p>'
    )
    reasons = "".join(f"<li>{escape(text)}</li>" for text in meta.draft_reasons)
    draft_part = f"<h2>为什么是草稿</h2><ul>{reasons}</ul>" if reasons else ""
    anchor = f"<p class='grey'>日志锚点 {escape(meta.anchor)}</p>" if meta.anchor else ""
    return (
        f"<!DOCTYPE html><html lang='zh-CN'><head><meta charset='utf-8'><title>{title}</title>"
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1><p class='grey'>{escape(about)}</p>"
        f"{verdict}{draft_part}{_table(bad)}{trust_part(reports)}{_problems(sheets, copied)}{anchor}</body></html>"
    )


def _table(rows: Sequence[tuple[PatchReport, list[str]]]) -> str:
    if not rows:
        return ""
    lines = []
    for report, missing in rows:
        verdict = verdict_of(report)
        area = total_mu(report)
        items = "".join(f"<li>{escape(text)}</li>" for text in missing)
        lines.append(
            f"<tr><td class='id'>{escape(report.patch.patch_id)}</td><td>{escape(report.patch.village_name or '')}</td>"
            f"<td>{'' if area is None else f'{area:.2f}'}</td><td>{verdict.label if verdict else '未判定'}</td>"
            f"<td>{escape(report.patch.review_status.label)}</td><td><ul>{items}</ul></td></tr>"
        )
    head = "<tr><th>图斑编号</th><th>村(社区)</th><th>面积(亩)</th><th>判定</th><th>填报状态</th><th>缺什么</th></tr>"
    return f"<h2>缺项清单</h2><table>{head}{''.join(lines)}</table>"


def _problems(sheets: Sequence[SheetResult], copied: Sequence[CopiedFile]) -> str:
    texts = [f"{sheet.patch_id}：{sheet.error}" for sheet in sheets if sheet.error]
    texts += [item.error for item in copied if item.error]
    items = "".join(f"<li>{escape(text)}</li>" for text in texts)
    return f"<h2>导出过程中的问题</h2><ul class='bad'>{items}</ul>" if items else ""
