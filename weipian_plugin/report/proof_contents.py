"""What a 核查表 says of photos and documents: texts ready to print, the doubtful ones never left out."""

from __future__ import annotations

from collections.abc import Sequence

from ..core.check_words import CHECKS, ordered, spoken, worst
from ..core.proof import BAD, MANUAL, UNKNOWN, WARN, LinkedEvidence
from .model import DocumentItem, PatchReport, PhotoItem

#: How many photos a sheet shows; the rest lie in the folder beside it.
PHOTO_LIMIT = 12
#: Sentences of doubt printed under one photo; there are rarely more.
_SENTENCES = 4
_BLANK = "—"
#: Without these a photo may be of any place.
_NEEDED = ("looks_at", "azimuth", "distance", "place")
_REFS = {"T": "（真北）", "M": "（磁北）"}


def photos_of(report: PatchReport) -> list[LinkedEvidence]:
    """The photos of a patch in the order of their numbers on every list."""
    return [linked for linked in report.evidence if linked.evidence.kind == "photo"]


def printed(photos: Sequence[LinkedEvidence]) -> list[tuple[int, LinkedEvidence]]:
    """Number and photo of those that are shown: what is doubtful and what is compared goes before the rest."""
    numbered = list(enumerate(photos, 1))
    paired = {linked.pair for linked in photos if linked.pair}
    first = sorted(
        numbered,
        key=lambda item: (
            item[1].evidence.evidence_id not in paired and not item[1].pair,
            worst(item[1].checks) not in (BAD, WARN),
        ),
    )
    return sorted(first[:PHOTO_LIMIT], key=lambda item: item[0])


def photo_item(number: int, linked: LinkedEvidence, report: PatchReport) -> PhotoItem:
    """One photo with everything that is said under it."""
    shot = linked.evidence
    placed = shot.lon is not None and shot.lat is not None
    doubts = [check for check in ordered(linked.checks) if check.outcome in (BAD, WARN)]
    return PhotoItem(
        path=linked.path,
        number=f"{number:02d}",
        taken_at=(shot.taken_at or "时间未知")[:16].replace("T", " "),
        position=f"{shot.lon:.6f}, {shot.lat:.6f}" if placed else "未知",
        azimuth=f"{shot.azimuth:.0f}°{_REFS.get(shot.azimuth_ref or '', '')}" if shot.azimuth is not None else "未知",
        manual=shot.source == MANUAL,
        purpose=report.labels.get(linked.purpose, ""),
        where=_where(linked),
        verdict=worst(linked.checks) if linked.checks else "",
        checks=tuple((check.outcome, spoken(check)) for check in doubts[:_SENTENCES]),
        good=_good(linked),
        lon=shot.lon,
        lat=shot.lat,
        azimuth_deg=shot.azimuth,
        fov_deg=shot.fov_deg,
        accuracy_m=shot.accuracy_m,
        distance_m=linked.distance_m,
        shifted=bool(shot.shift),
        preview=report.previews.get(shot.evidence_id, ""),
    )


def _where(linked: LinkedEvidence) -> str:
    """How far from the patch, and whether it looks there."""
    far = linked.distance_m
    facing = {True: "朝向图斑", False: "没有朝向图斑", None: "是否朝向无法判断"}[linked.looks_at]
    if far is None:
        return facing
    if far <= 0:
        return f"在图斑内，{facing}"
    return f"距图斑 {far:.0f} 米，{facing}" if far < 1000 else f"距图斑 {far / 1000:.1f} 公里，{facing}"


def _good(linked: LinkedEvidence) -> str:
    """The sentence under a file that nothing speaks against; without position or azimuth it proves little."""
    if not linked.checks:
        return ""
    unknown = [check.id for check in linked.checks if check.outcome == UNKNOWN]
    lacking = [CHECKS[name] for name in unknown if name in _NEEDED]
    if lacking:
        return f"？ 无从核对：{'、'.join(lacking)}，不能证明拍的是本图斑"
    return f"✔ 各项核对未见问题{f'（{len(unknown)} 项无从核对）' if unknown else ''}"


def pairs_of(photos: Sequence[LinkedEvidence]) -> tuple[tuple[str, str], ...]:
    """Numbers of photos from the same viewpoint, before and after rectification."""
    numbers = {linked.evidence.evidence_id: f"{number:02d}" for number, linked in enumerate(photos, 1)}
    times = {linked.evidence.evidence_id: linked.evidence.taken_at or "" for linked in photos}
    found = {
        tuple(sorted((linked.evidence.evidence_id, linked.pair), key=lambda key: (times[key], numbers[key])))
        for linked in photos
        if linked.pair in numbers
    }
    return tuple(sorted((numbers[before], numbers[after]) for before, after in found))


def left_out(photos: Sequence[LinkedEvidence], shown: Sequence[tuple[int, LinkedEvidence]]) -> tuple[str, ...]:
    """What is to be said of photos that there is no room for: those in doubt each get a line."""
    there = {number for number, _ in shown}
    lines = []
    for number, linked in enumerate(photos, 1):
        doubts = [check for check in ordered(linked.checks) if check.outcome in (BAD, WARN)]
        if number not in there and doubts:
            lines.append(f"照片 {number:02d}（未印出）：{spoken(doubts[0])}")
    return tuple(lines)


def document_items(report: PatchReport) -> tuple[DocumentItem, ...]:
    """The documents of a patch."""
    found = []
    for linked in report.evidence:
        paper = linked.evidence
        if paper.kind == "photo":
            continue
        kind = report.labels.get(paper.doc_kind or linked.purpose) or report.labels.get(linked.purpose, "")
        doubts = [check for check in ordered(linked.checks) if check.outcome in (BAD, WARN)]
        found.append(
            DocumentItem(
                kind=kind or paper.original_name,
                number=paper.doc_no or _BLANK,
                authority=paper.doc_authority or _BLANK,
                date=paper.doc_date or _BLANK,
                area=f"{paper.doc_area_mu} 亩" if paper.doc_area_mu else _BLANK,
                valid=paper.valid_until or _BLANK,
                name=paper.original_name,
                checks=tuple((check.outcome, spoken(check)) for check in doubts[:_SENTENCES]),
                good=_good(linked),
                shared=len(linked.shared),
            )
        )
    return tuple(found)
