"""举证可信度 in 自检报告.html: which evidence does not convince and why, and which village's word does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from ..core.certify import NONE, PRINTED, SIGNED, STATE_LABELS, STATE_MARKS, VOID
from ..core.check_words import CHECKS, MARKS, WORDS, ordered, worst
from ..core.proof import BAD, MANUAL, UNKNOWN, WARN, Check, LinkedEvidence
from .model import PatchReport

_CLASSES = {BAD: "bad", WARN: "warn"}


def trust_part(reports: Sequence[PatchReport]) -> str:
    """The section as HTML; empty when there is no evidence at all."""
    links = [linked for report in reports for linked in report.evidence]
    if not links:
        return ""
    rows = [row for report in reports for row in _rows(report)]
    head = "<tr><th>图斑编号</th><th>照片/材料</th><th>核对</th><th>结论</th><th>说明</th></tr>"
    table = f"<table>{head}{''.join(text for _, text in sorted(rows, key=lambda row: row[0]))}</table>" if rows else ""
    return f"<h2>举证可信度</h2>{_summary(reports, links)}{table}{_words(reports)}"


def _summary(reports: Sequence[PatchReport], links: Iterable[LinkedEvidence]) -> str:
    """Counts, in a sentence each."""
    found = list(links)
    photos = [linked for linked in found if linked.evidence.kind == "photo"]
    bad = sum(worst(linked.checks) == BAD for linked in found)
    doubtful = sum(worst(linked.checks) == WARN for linked in found)
    unknown = sum(worst(linked.checks) == UNKNOWN for linked in found)
    manual = sum(linked.evidence.source == MANUAL for linked in photos)
    reused = {linked.evidence.evidence_id for linked in photos for check in linked.checks if _reused(check)}
    items = [f"{len(reports)} 个图斑共有 {len(photos)} 张照片、{len(found) - len(photos)} 份材料（按图斑计）"]
    if bad or doubtful:
        items.append(f"✖ 不符 {bad} 份，⚠ 存疑 {doubtful} 份，逐条见下表")
    else:
        items.append("✔ 没有不符或存疑的")
    if reused:
        items.append(f"有 {len(reused)} 张照片与用于其他图斑的照片相同或画面相同")
    if manual:
        items.append(f"{manual} 张照片的位置、方位或时间为手工填写")
    if unknown:
        items.append(f"{unknown} 份有无从核对的项目（例如没有 EXIF），不算问题，也不能证明真实")
    kind = "bad" if bad else "warn" if doubtful else "ok"
    return f'<ul class="{kind}">{"".join(f"<li>{escape(text)}</li>" for text in items)}</ul>'


def _reused(check: Check) -> bool:
    return check.id in ("same_file", "same_picture") and check.outcome in (BAD, WARN)


def _rows(report: PatchReport) -> list[tuple[tuple[bool, str], str]]:
    """One row for each check that speaks against a file; those that are plainly wrong sort first."""
    rows = []
    photos = 0
    for linked in report.evidence:
        photos += linked.evidence.kind == "photo"
        number = f"照片 {photos:02d}　" if linked.evidence.kind == "photo" else ""
        hand = "（手工）" if linked.evidence.source == MANUAL and number else ""
        for check in ordered(linked.checks):
            if check.outcome not in _CLASSES:
                continue
            cells = (
                f"<td class='id'>{escape(report.patch.patch_id)}</td>"
                f"<td>{escape(number + linked.evidence.original_name + hand)}</td>"
                f"<td>{escape(CHECKS.get(check.id, check.id))}</td>"
                f"<td class='{_CLASSES[check.outcome]}'>{MARKS[check.outcome]} {WORDS[check.outcome]}</td>"
                f"<td>{escape(check.text)}</td>"
            )
            rows.append(((check.outcome != BAD, report.patch.patch_id), f"<tr>{cells}</tr>"))
    return rows


def _words(reports: Sequence[PatchReport]) -> str:
    """村级承诺: how many patches stand how, and each word that no longer holds."""
    stated = [(report, report.certification) for report in reports if report.certification is not None]
    if not any(word.state != NONE for _, word in stated):
        return ""
    counts = {state: sum(word.state == state for _, word in stated) for state in (SIGNED, PRINTED, VOID, NONE)}
    line = "，".join(
        f"{STATE_MARKS[state]} {STATE_LABELS[state]} {count} 个" for state, count in counts.items() if count
    )
    void = [
        f"<tr><td class='id'>{escape(report.patch.patch_id)}</td><td>{escape(report.patch.village_name or '')}</td>"
        f"<td class='bad'>{STATE_MARKS[VOID]} {STATE_LABELS[VOID]}</td><td>{escape(word.text)}</td></tr>"
        for report, word in stated
        if word.state == VOID
    ]
    head = "<tr><th>图斑编号</th><th>村(社区)</th><th>承诺</th><th>说明</th></tr>"
    table = f"<table>{head}{''.join(void)}</table>" if void else ""
    return f"<h2>村级承诺</h2><p>{escape(line)}</p>{table}"
