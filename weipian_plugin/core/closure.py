"""When an illegal patch counts as rectified and may be closed (design section 4, "Closed means").

Everything counts in 亩 (Decimal, two places). Waiting is never counted as closed, and what cannot
be read, dated or proved counts nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Optional, Union

from .areas import ZERO, AreaSummary, mu, parse_mu
from .dates import Span, parse_date
from .model import CaseAction, Judgement, Patch, ReviewStatus, Verdict
from .proof import LinkedEvidence

#: Ways whose land must be seen on a photo afterwards.
PHOTO_WAYS = frozenset({"demolish", "both", "mining", ""})
#: Purposes that prove a regularised part.
_REGULARISED_PURPOSES = frozenset({"regularise_doc", "approval_doc", "supply_doc"})
_RECEIPT_PURPOSES = frozenset({"confiscate_receipt"})
MANUAL_REVIEW = "手填"
#: Before the name of the table, where one moved the review axis.
PLATFORM_SOURCE = "platform:"


def remaining_mu(
    total_illegal: Decimal,
    on_cropland: Union[bool, Decimal],
    actions: Iterable[CaseAction],
    violation: Optional[Span] = None,
    evidence: Sequence[LinkedEvidence] = (),
) -> Decimal:
    """未整改面积, 亩, never negative.

    The 耕地 part counts only 复耕到位 (`reclaimed_mu`), the rest 拆除到位 (`demolished_mu`, which
    includes what was reclaimed: land is demolished before it is reclaimed). 补办 counts its area,
    never more than the document grants, when that has a number and a date not before the violation.
    矿产 counts what was accepted, 没收 nothing by itself. Only actions after the last 重新整改 count.

    Args:
        total_illegal: illegal area.
        on_cropland: all (True) or none (False) of it is 耕地, or how much is.
        actions: in the order they were recorded.
        violation: when it began; None leaves only the date's readability to be checked.
        evidence: linked documents, whose own date goes before the action's.
    """
    if isinstance(on_cropland, bool):
        crop = total_illegal if on_cropland else ZERO
    else:
        crop = min(max(on_cropland, ZERO), total_illegal)
    current = since_reopening(actions)
    done = [a for a in current if a.kind == "rectified" and a.way != "confiscate"]
    land = [a for a in done if a.way in ("demolish", "both", "")]
    reclaimed = sum((area_of(a.reclaimed_mu) for a in land), ZERO)
    demolished = sum((max(area_of(a.demolished_mu), area_of(a.reclaimed_mu)) for a in land), ZERO)
    on_crop = min(reclaimed, crop)
    elsewhere = min(max(demolished - on_crop, ZERO), total_illegal - crop)
    other = sum((_regularised(a, violation, evidence) for a in done), ZERO) + _mined(current, done)
    return max(total_illegal - on_crop - elsewhere - other, ZERO)


def since_reopening(actions: Iterable[CaseAction]) -> tuple[CaseAction, ...]:
    """The actions after the last 重新整改: what was undone by a reopening proves nothing any more."""
    items = tuple(actions)
    last = max((i for i, a in enumerate(items) if a.kind == "reopen"), default=-1)
    return items[last + 1 :]


def area_of(text: str) -> Decimal:
    """An area as entered; one that cannot be read counts nothing."""
    try:
        return parse_mu(text)
    except ValueError:
        return ZERO


def _regularised(action: CaseAction, violation: Optional[Span], evidence: Sequence[LinkedEvidence]) -> Decimal:
    if action.way not in ("regularise", "both", ""):
        return ZERO
    if _regularise_fault(action, violation, evidence):
        return ZERO
    granted = [area_of(e.evidence.doc_area_mu) for e in _documents(action, evidence) if e.evidence.doc_area_mu]
    entered = area_of(action.regularised_mu)
    return min(entered, sum(granted, ZERO)) if granted else entered


def _documents(action: CaseAction, evidence: Sequence[LinkedEvidence]) -> list[LinkedEvidence]:
    return [e for e in evidence if e.evidence.evidence_id in action.evidence_ids]


def _regularise_fault(action: CaseAction, violation: Optional[Span], evidence: Sequence[LinkedEvidence]) -> str:
    """Why a 补办 entry counts nothing, empty when it counts."""
    if not action.doc_no.strip():
        return "补办手续没有批准文号"
    texts = [e.evidence.doc_date for e in _documents(action, evidence) if e.evidence.doc_date] or [action.date]
    dates = [parse_date(t) for t in texts]
    if not dates or None in dates:
        return "补办手续没有可用的批准日期"
    if violation is not None and any(d is not None and d.before(violation) for d in dates):
        return f"补办手续的日期早于违法发生（{violation.first}）"
    return ""


def _mined(current: Sequence[CaseAction], done: Sequence[CaseAction]) -> Decimal:
    """矿产: the area restored counts once it was accepted, not before."""
    if not _accepted(current):
        return ZERO
    mining = (a for a in done if a.way == "mining")
    return sum((max(area_of(a.reclaimed_mu), area_of(a.demolished_mu)) for a in mining), ZERO)


def _accepted(current: Sequence[CaseAction]) -> bool:
    """验收 with a date, recorded after the last 整改完成 and not dated before it."""
    finished = max((i for i, a in enumerate(current) if a.kind == "rectified"), default=-1)
    completed = completion_of(current)
    for action in current[finished + 1 :]:
        date = parse_date(action.date)
        if action.kind == "accept" and date is not None and (completed is None or not date.before(completed)):
            return True
    return False


def completion_of(actions: Iterable[CaseAction]) -> Optional[Span]:
    """The latest entered completion among the actions given; None when no 整改完成 has a date."""
    dates = [parse_date(a.date) for a in actions if a.kind == "rectified"]
    return max((d for d in dates if d is not None), key=lambda d: d.last, default=None)


def violation_date(patch: Patch, judgement: Optional[Judgement]) -> Optional[Span]:
    """When the violation began: 建设时间 as answered, else the later image, else unknown."""
    answered = parse_date(judgement.answers.get("built_on")) if judgement else None
    return answered or parse_date(patch.image_after)


def illegal_mu(patch: Patch) -> Decimal:
    """The illegal area of a patch, 亩: the area in force (adopted, computed, else issued). Parts are split off."""
    return mu(patch.area_in_force)


def open_mu(
    patch: Patch,
    summary: Optional[AreaSummary],
    judgement: Optional[Judgement],
    actions: Iterable[CaseAction],
    evidence: Sequence[LinkedEvidence] = (),
    *,
    mineral: bool = False,
) -> Optional[Decimal]:
    """剩余未整改面积, 亩; None unless the verdict is 违法.

    Without land use all of it counts as 耕地, so that only 复耕 counts: nothing is closed on a guess. A mineral
    patch is asked for no 复耕.
    """
    if judgement is None or judgement.verdict is not Verdict.ILLEGAL:
        return None
    total = illegal_mu(patch)
    crop: Union[bool, Decimal] = not mineral
    if not mineral and summary is not None and summary.has_landuse:
        crop = summary.cropland
    return remaining_mu(total, crop, actions, violation_date(patch, judgement), evidence)


def review_source(patch: Patch, evidence: Sequence[LinkedEvidence]) -> str:
    """Where 审核结束 comes from, as printed: 平台状态表, 平台截图, or 手填; empty while the review goes on."""
    if patch.review_status is not ReviewStatus.FINISHED:
        return ""
    if (patch.review_source or "").startswith(PLATFORM_SOURCE):
        return "平台状态表"
    return "平台截图" if any(e.purpose == "review_record" for e in evidence) else MANUAL_REVIEW


def closure_missing(
    patch: Patch,
    summary: Optional[AreaSummary],
    judgement: Optional[Judgement],
    actions: Iterable[CaseAction],
    evidence: Sequence[LinkedEvidence],
    *,
    mineral: bool = False,
) -> tuple[str, ...]:
    """What stands between this patch and 销号, in Chinese; empty when it may be closed."""
    actions = tuple(actions)
    left = open_mu(patch, summary, judgement, actions, evidence, mineral=mineral)
    if left is None:
        return ("没有判定为违法，不需要销号",)
    current = since_reopening(actions)
    missing: list[str] = []
    if illegal_mu(patch) <= ZERO:
        missing.append("图斑面积不明，不能确认剩余面积为 0")
    if left > ZERO:
        missing.append(f"还有 {left} 亩未整改")
        missing += [] if mineral else _cropland_notes(summary, current)
        missing += _why_not_counted(patch, judgement, current, evidence)
    done = [a for a in current if a.kind == "rectified"]
    if not done:
        missing.append("没有整改完成记录")
    missing += _photo_missing(done, evidence)
    missing += _documents_missing(done, evidence)
    if done and not _accepted(current):
        missing.append("没有验收记录（日期不早于整改完成）")
    if patch.review_status is not ReviewStatus.FINISHED:
        missing.append("审核还没有结束")
    return tuple(dict.fromkeys(missing))


def _cropland_notes(summary: Optional[AreaSummary], current: Sequence[CaseAction]) -> list[str]:
    """Explain figures of 耕地 that were entered and count nothing, so that the clerk need not guess."""
    notes: list[str] = []
    land = [a for a in current if a.kind == "rectified" and a.way in ("demolish", "both", "")]
    if summary is None or not summary.has_landuse:
        notes.append("没有地类套合，按全部占用耕地计算，只认复耕到位面积")
    elif summary.cropland > ZERO and sum((area_of(a.reclaimed_mu) for a in land), ZERO) < summary.cropland:
        notes.append(f"其中耕地 {summary.cropland} 亩只认复耕到位面积")
    if any(a.demolished_mu.strip() and area_of(a.demolished_mu) < area_of(a.reclaimed_mu) for a in land):
        notes.append("拆除面积小于复耕面积：拆除面积应包含已复耕的部分")
    return notes


def _why_not_counted(
    patch: Patch,
    judgement: Optional[Judgement],
    current: Sequence[CaseAction],
    evidence: Sequence[LinkedEvidence],
) -> list[str]:
    """Explain other figures that were entered and count nothing."""
    notes: list[str] = []
    violation = violation_date(patch, judgement)
    done = [a for a in current if a.kind == "rectified"]
    for action in done:
        if action.regularised_mu.strip() and action.way in ("regularise", "both", ""):
            fault = _regularise_fault(action, violation, evidence)
            notes += [fault] if fault else []
    if any(a.way == "confiscate" for a in done):
        notes.append("没收后须补办手续才计入整改")
    if any(a.way == "mining" for a in done) and not _accepted(current):
        notes.append("矿产整改面积须验收后才计入")
    return notes


def _photo_missing(done: Sequence[CaseAction], evidence: Sequence[LinkedEvidence]) -> list[str]:
    """A photo of the day of completion or later, whose view meets the patch (manual aim counts)."""
    on_site = [a for a in done if a.way in PHOTO_WAYS and _needs_photo(a)]
    if not on_site:
        return []
    completed = completion_of(on_site)
    if completed is None:
        return ["整改完成没有日期，不能核对整改后照片"]
    for link in evidence:
        taken = parse_date(link.evidence.taken_at)
        if link.evidence.kind != "photo" or link.bad("same_file", "same_picture"):
            continue  # the picture of another patch proves nothing here
        if link.looks_at is True and taken and taken.first >= completed.last:
            return []
    return [f"没有整改后照片（{completed.last} 当天或以后拍摄，视域覆盖图斑）"]


def _needs_photo(action: CaseAction) -> bool:
    """An entry without a way needs a photo as soon as it claims demolition."""
    if action.way:
        return True
    return not area_of(action.regularised_mu) or bool(area_of(action.demolished_mu) + area_of(action.reclaimed_mu))


def _documents_missing(done: Sequence[CaseAction], evidence: Sequence[LinkedEvidence]) -> list[str]:
    """补办 needs the document in the workspace, 没收 the receipt."""
    missing: list[str] = []
    for action in done:
        regularised = area_of(action.regularised_mu) > ZERO or action.way == "regularise"
        if regularised and not _attached(action, evidence, _REGULARISED_PURPOSES):
            missing.append("没有附补办手续的批准文件")
        if action.way == "confiscate" and not _attached(action, evidence, _RECEIPT_PURPOSES):
            missing.append("没有附没收收据")
    return missing


def _attached(action: CaseAction, evidence: Sequence[LinkedEvidence], purposes: frozenset[str]) -> bool:
    return any(e.evidence.evidence_id in action.evidence_ids or e.purpose in purposes for e in evidence)
