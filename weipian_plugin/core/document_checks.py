"""Can a document be believed, for one patch: number, date, area, validity and outline, each with a plain sentence.

One document may rightly prove several patches (一举多用): what is asked is whether its area suffices for all
of them. Areas 亩 (Decimal) in sentences, m² in what is given.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Optional

from .areas import ZERO, mu, parse_mu
from .dates import Span, parse_date
from .proof import BAD, NOTE, OK, UNKNOWN, WARN, Check, Evidence
from .proof_limits import Limits


@dataclass(frozen=True)
class LandUse:
    """A patch that documents with the same number stand for; `apart_m` from the patch that is asked about."""

    patch_uid: str
    patch_id: str
    area_m2: float
    apart_m: Optional[float] = None


@dataclass(frozen=True)
class Paper:
    """What is known of a document beside itself, for one patch. Days ISO text."""

    purpose: str
    area_m2: float  # of the patch, in force
    patch_id: str = ""
    today: str = ""
    built: Optional[Span] = None  # 建设时间
    image_after: str = ""
    uses: tuple[LandUse, ...] = ()  # other patches under the same number
    approved_mu: Optional[Decimal] = None  # area under this number, the largest that a document states
    beside_mu: Decimal = ZERO  # areas of other granting documents of this patch
    outside_m2: Optional[float] = None  # part of the patch outside the approved outline, None without one


def check_document(document: Evidence, paper: Paper, limits: Limits) -> tuple[Check, ...]:
    """All tests of one document for one patch, in the order they are read."""
    grants = paper.purpose in limits.rules.documents.get("grants", ())
    dated = paper.purpose in limits.rules.documents.get("before_building", ())
    limited = paper.purpose in limits.rules.documents.get("limited", ())
    found = (
        _reused(document, paper, limits) if grants else None,
        _date(document, paper) if dated else _future(document, paper),
        _area(document, paper, limits) if grants else None,
        _valid(document, paper, limited=limited),
        _outline(paper, limits) if grants else None,
    )
    return tuple(check for check in found if check is not None)


def area_of(document: Evidence) -> Optional[Decimal]:
    """批准面积 in 亩, None when it is not entered or cannot be read."""
    try:
        return parse_mu(document.doc_area_mu) if document.doc_area_mu.strip() else None
    except ValueError:
        return None


def number_key(doc_no: str) -> str:
    """A document number as it is compared: brackets, spaces and width aside."""
    table = str.maketrans({"〔": "[", "〕": "]", "（": "[", "）": "]", "(": "[", ")": "]", "【": "[", "】": "]"})
    return "".join(doc_no.translate(table).split()).casefold()


def _reused(document: Evidence, paper: Paper, limits: Limits) -> Optional[Check]:
    if not document.doc_no.strip():
        return Check("doc_reused", UNKNOWN, "没有登记文号，不知道是否用于别的图斑")
    if not paper.uses:
        return Check("doc_reused", OK, f"文号 {document.doc_no} 只用于本图斑")
    patches = tuple(dict.fromkeys(use.patch_id for use in paper.uses))
    used = sum((mu(use.area_m2) for use in paper.uses), mu(paper.area_m2))
    far = max((use.apart_m or 0.0 for use in paper.uses), default=0.0)
    count = len(paper.uses) + 1
    numbers = {"patches": count, "used_mu": str(used), "apart_m": round(far)}
    said = (
        f"文号 {document.doc_no} 用于 {count} 个图斑（另有 {'、'.join(patches[:4])}{'等' if len(patches) > 4 else ''}）"
    )
    said += f"，合计 {used} 亩"
    gap = f"，最远相距 {far / 1000:.1f} 公里" if far > limits["doc_apart_m"] else ""
    if paper.approved_mu is None:
        said = f"{said}{gap}；没有登记批准面积，不知道够不够用"
        return Check("doc_reused", WARN if gap else NOTE, said, numbers, (), patches)
    numbers["approved_mu"] = str(paper.approved_mu)
    if used > paper.approved_mu + Decimal(str(limits["doc_area_mu"])):
        said = f"{said}，超过批准的 {paper.approved_mu} 亩 {used - paper.approved_mu} 亩{gap}"
        return Check("doc_reused", BAD, said, numbers, (), patches)
    said = f"{said}，在批准的 {paper.approved_mu} 亩以内（一举多用）{gap}"
    return Check("doc_reused", WARN if gap else NOTE, said, numbers, (), patches)


def _future(document: Evidence, paper: Paper) -> Optional[Check]:
    day = parse_date(document.doc_date)
    if day is None or not paper.today or day.first <= paper.today:
        return None
    return Check("doc_date", BAD, f"文件日期 {day.shown} 晚于今天（{paper.today}）", {"doc_date": day.first})


def _date(document: Evidence, paper: Paper) -> Check:
    day = parse_date(document.doc_date)
    if day is None:
        return Check("doc_date", UNKNOWN, "没有登记文件日期，不知道是否早于建设")
    future = _future(document, paper)
    if future is not None:
        return future
    numbers = {"doc_date": day.first}
    outcome, said = _order(day, paper, numbers)
    return Check("doc_date", outcome, f"文件日期 {day.shown}{said}", numbers)


def _order(day: Span, paper: Paper, numbers: dict[str, str]) -> tuple[str, str]:
    """Whether the paper is older than what was built: 补办 proves nothing for the day work began."""
    built, after = paper.built, parse_date(paper.image_after)
    if built is not None:
        numbers["built_on"] = built.first
        if day.after(built):
            return WARN, f" 晚于建设时间（{built.shown}），是补办，不能证明动工时合法"
        if day.before(built) or day.last == built.first:
            return OK, f"，不晚于建设时间（{built.shown}）"
        return NOTE, f" 与建设时间（{built.shown}）的先后分不清"
    if after is not None and day.after(after):
        numbers["image_after"] = after.last
        return WARN, f" 晚于后时相影像（{after.shown}），影像上已有变化，像是补办"
    return NOTE, "；没有填建设时间，无从核对先后"


def _area(document: Evidence, paper: Paper, limits: Limits) -> Check:
    approved, used = area_of(document), mu(paper.area_m2)
    if approved is None:
        return Check("doc_area", UNKNOWN, f"没有登记批准面积，图斑用地 {used} 亩", {"used_mu": str(used)})
    numbers = {"approved_mu": str(approved), "used_mu": str(used)}
    lacking = used - approved
    if lacking <= Decimal(str(limits["doc_area_mu"])):
        return Check("doc_area", OK, f"批准 {approved} 亩，图斑用地 {used} 亩", numbers)
    said = f"批准 {approved} 亩，图斑用地 {used} 亩，少 {lacking} 亩"
    if approved + paper.beside_mu >= used:
        return Check("doc_area", NOTE, f"{said}；加上本图斑其他批准文件够用", numbers)
    return Check("doc_area", WARN, said, numbers)


def _valid(document: Evidence, paper: Paper, *, limited: bool) -> Optional[Check]:
    until = parse_date(document.valid_until)
    if until is None:
        return Check("doc_valid", UNKNOWN, "没有登记有效期") if limited else None
    numbers = {"valid_until": until.last}
    if paper.built is not None and until.before(paper.built):
        numbers["built_on"] = paper.built.first
        return Check("doc_valid", BAD, f"有效期到 {until.shown}，建设时（{paper.built.shown}）已经过期", numbers)
    if paper.today and until.last < paper.today:
        return Check("doc_valid", WARN, f"有效期到 {until.shown}，现在已经过期", numbers)
    return Check("doc_valid", OK, f"有效期到 {until.shown}", numbers)


def _outline(paper: Paper, limits: Limits) -> Optional[Check]:
    if paper.outside_m2 is None or paper.area_m2 <= 0:
        return None
    outside = min(paper.outside_m2, paper.area_m2)
    share = 100 * outside / paper.area_m2
    numbers = {"outside_m2": round(outside, 1), "share_percent": round(share, 1)}
    if outside >= paper.area_m2 * 0.999:
        return Check("doc_outline", BAD, "图斑全部在批准范围以外", numbers)
    if outside > limits["outline_outside_m2"]:
        said = f"图斑有 {mu(outside)} 亩（{share:.1f}%）在批准范围以外"
        return Check("doc_outline", WARN, said, numbers)
    return Check("doc_outline", OK, "图斑在批准范围以内", numbers)
