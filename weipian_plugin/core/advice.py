"""Advice on one patch and the evidence checklist. Pure: facts in, sentences out; a person decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional, Union

from .advice_case import Case, Finding
from .advice_findings import findings_of
from .advice_kinds import is_mineral
from .advice_model import Advice, CheckItem, Contradiction, Facts, Reason
from .contradictions import contradictions
from .model import ROLE_LABELS, Verdict
from .proof import LinkedEvidence
from .rulepack import Requirement, RulePack

__all__ = [
    "Advice", "CheckItem", "Contradiction", "Facts", "Reason", "advise", "advise_case", "checklist", "count_evidence",
    "refusals",
]  # fmt: skip

ENOUGH, NOT_ENOUGH, DOUBT = "事实较充分", "事实不充分", "存疑"
#: Which sub-type leads when several are pointed at: 未变化 (a person said so), 光伏 on 耕地, a late
#: approval, 合法, then the 其他 kinds after what speaks against each of them, and 违法 for want of anything else last
#: (dossier 1.5-2).
_LEADING = (
    "fraud_approval", "illegal_pv", "unapproved", "conversion_and_supply", "conversion_only", "supply_only", "title",
    "illegal_temp_land", "temp_land", "illegal_facility", "facility_agri", "illegal_homestead", "homestead",
    "rural_road", "illegal_local_road", "entrance", "edge_sliver", "no_change", "beyond_boundary", "pv_unchanged",
    "over_occupation",
)  # fmt: skip
_UNSURE = "不能确认朝向图斑"
#: Files that do not count, named in the hint of an item of the checklist.
_TOLD = 3
_UNCHANGED = ("no_change", "mine_no_activity")
#: Tests that speak of approvals of land.
_LAND_RULES = ("R-02", "R-03", "R-04", "R-05", "R-06", "R-16")


def advise(pack: RulePack, facts: Facts) -> Advice:
    """Say where the facts point, which rule says so, and what is missing (dossier 2.2).

    An absent layer or fact makes a doubt, never a "no". Uses `overlay` rows (m²) for the coverage
    tolerance and `summary` (亩) for land use; no clock: "now" is `facts.today`.
    """
    return advise_case(Case(pack, facts))


def advise_case(case: Case) -> Advice:
    """As `advise`, for a case that others look at too."""
    if case.total <= 0:
        reason = case.reason("R-20", "no_geometry")
        return Advice(None, True, "存疑：图斑没有图形，不能计算面积", DOUBT, (reason,), ("图斑图形",))
    findings = findings_of(case)
    leader = _leader(case, findings)
    doubts = _doubts(case, findings, leader)
    verdict = leader.points if leader else ""
    lacking = [*(m for f in findings for m in f.missing), *_demoted(case, findings, leader)]
    if leader:
        lacking += [c.label for c in checklist(case.pack, verdict, leader.sub_type, case.facts) if not c.done]
    # What decides first, then what the clerk can bring, layers that would only tell more last.
    missing = [*doubts, *sorted(lacking, key=lambda text: text.endswith("图层"))]
    reasons = sorted((f.reason for f in findings if f.reason), key=_weight)
    return Advice(
        leaning=verdict or None,
        doubt=bool(doubts) or leader is None,
        headline=_headline(case, leader, doubts),
        strength=DOUBT if leader is None else (NOT_ENOUGH if doubts else ENOUGH),
        reasons=tuple(dict.fromkeys(reasons)),
        missing=tuple(dict.fromkeys(missing)),
        sub_type=leader.sub_type if leader else "",
        contradictions=contradictions(case),
    )


def _weight(reason: Reason) -> int:
    return {"high": 0, "warn": 1}.get(reason.severity, 2)


def _leader(case: Case, findings: Sequence[Finding]) -> Optional[Finding]:
    """The finding that the patch leans to: a proven fraud, then 未变化 as a person said, then what is mined."""
    pointing = [f for f in findings if f.points]
    for wanted in (
        [f for f in pointing if f.reason and f.reason.rule_id == "R-28"],
        [f for f in pointing if case.facts.answer("changed") == "否" and f.sub_type in _UNCHANGED],
        [f for f in pointing if f.reason and f.reason.rule_id == "R-21"],
    ):
        if wanted:
            pointing = wanted
            break
    else:
        if is_mineral(case):  # nothing is known of the right: a judgement of the land would be another matter
            return None
    order = {name: i for i, name in enumerate(_LEADING)}
    return min(pointing, key=lambda f: order.get(f.sub_type, len(order)), default=None)


def _doubts(case: Case, findings: Sequence[Finding], leader: Optional[Finding]) -> tuple[str, ...]:
    """The deciding facts that lack. Doubts of candidates that were not chosen do not count, but
    what speaks against a favourable leaning does."""
    doubts = [d for f in findings if _counts(case, f, leader) for d in f.doubts]
    if leader is not None and leader.points != "illegal":
        areas = {"prime_farmland": case.prime, "eco_redline": case.area("eco_redline")}
        touched = [role for role, area in areas.items() if area > case.touch]
        asked = [ROLE_LABELS[role] for role in touched if not any(ROLE_LABELS[role] in d for d in doubts)]
        doubts += [f"压占{label}的核定意见" for label in asked]
        against = [f for f in findings if f.points == "illegal" and f.reason and f.reason.severity == "high"]
        doubts += [d for f in against for d in f.doubts]
    return tuple(dict.fromkeys(doubts))


def _counts(case: Case, finding: Finding, leader: Optional[Finding]) -> bool:
    if finding.points and finding is not leader:
        return False
    return not _of_land(case, finding)


def _of_land(case: Case, finding: Finding) -> bool:
    """Approvals of land do not decide a mineral patch; what lacks of them is only named."""
    return finding.reason is not None and finding.reason.rule_id in _LAND_RULES and is_mineral(case)


def _demoted(case: Case, findings: Sequence[Finding], leader: Optional[Finding]) -> list[str]:
    return [d for f in findings if (not f.points or f is leader) and _of_land(case, f) for d in f.doubts]


def _headline(case: Case, leader: Optional[Finding], doubts: tuple[str, ...]) -> str:
    lacking = f"存疑：缺少{'、'.join(doubts)}" if doubts else "存疑：现有事实不足以给出建议"
    if leader is None:
        return lacking
    found = case.pack.sub_type(leader.points, leader.sub_type)
    name = f"·{found.label}" if found else ""
    if leader.points == "legal":
        why = "在矿业权范围内" if leader.sub_type == "valid_mining" else "批准图层覆盖 100%"
        return f"偏向合法（{why}）{'，' + lacking if doubts else ''}"
    label = {"illegal": "违法", "other": "其他"}[leader.points]
    return f"偏向{label}{name}，{lacking}" if doubts else f"偏向{label}{name}（{ENOUGH}）"


def checklist(pack: RulePack, verdict: Union[str, Verdict, None], sub_type: str, facts: Facts) -> tuple[CheckItem, ...]:
    """The evidence that `verdict` / `sub_type` needs and how much of it is there (dossier 2.4).

    An empty or unknown sub-type falls back to what the verdict itself needs; no verdict, no list.
    """
    key = verdict.value if isinstance(verdict, Verdict) else (verdict or "")
    return tuple(_check(r, facts) for r in pack.requires(key, sub_type))


def _check(requirement: Requirement, facts: Facts) -> CheckItem:
    have = _have(requirement, facts)
    refused = refusals(requirement, facts) if have < requirement.minimum else ()
    return CheckItem(
        id=requirement.id,
        label=requirement.label,
        done=have >= requirement.minimum,
        have=have,
        need=requirement.minimum,
        kind=requirement.kind,
        hint="；".join([requirement.hint, *(f"未计入：{text}" for text in refused[:_TOLD])]).strip("；"),
        confirmed=requirement.confirmed,
        refused=refused,
    )


def _have(requirement: Requirement, facts: Facts) -> int:
    if requirement.kind == "fact":
        return int(bool(facts.answer(requirement.field or requirement.id)))
    if requirement.kind == "map":
        return int(bool(facts.overlay))
    return count_evidence(requirement, facts.evidence, placeless=_placeless(facts))


def _placeless(facts: Facts) -> bool:
    """Nobody can say whether a photo looks at a patch 无边界 of which not even the middle is known."""
    return facts.patch.wkb is None and facts.patch.centre_lon is None


def count_evidence(requirement: Requirement, evidence: Sequence[LinkedEvidence], *, placeless: bool = False) -> int:
    """How many linked files count towards `requirement`; one picture counts once, however often it was saved."""
    counted: set[str] = set()
    found = 0
    for link in evidence:
        if not _meant(requirement, link) or _fault(requirement, link, placeless=placeless):
            continue
        same = next((check.others for check in link.checks if check.id == "same_picture"), ())
        if link.evidence.evidence_id in counted or counted.intersection(same):
            continue
        counted.add(link.evidence.evidence_id)
        found += 1
    return found


def refusals(requirement: Requirement, facts: Facts) -> tuple[str, ...]:
    """The files that were laid here for `requirement` and do not count towards it, each with the reason."""
    if requirement.kind not in ("photo", "document"):
        return ()
    told = []
    for link in facts.evidence:
        if not _meant(requirement, link) or (link.evidence.kind != "photo" and link.purpose != requirement.id):
            continue  # a document without a purpose was never meant as a photo
        fault = _fault(requirement, link, placeless=_placeless(facts))
        if fault:
            told.append(f"{link.evidence.original_name}（{fault}）")
    return tuple(dict.fromkeys(told))


def _meant(requirement: Requirement, link: LinkedEvidence) -> bool:
    return link.purpose in (requirement.id, *requirement.also)


def _fault(requirement: Requirement, link: LinkedEvidence, *, placeless: bool = False) -> str:
    """Why a file does not count towards `requirement`, empty when it does."""
    if requirement.kind != "photo":
        return ""  # a scanned document may well be a picture
    if link.evidence.kind != "photo":
        return "不是照片"
    tests = {
        "position": "" if link.evidence.lon is not None and link.evidence.lat is not None else "没有位置",
        "azimuth": "" if link.evidence.azimuth is not None else "没有方位角",
        "not_away": _said(link, "looks_at", "没有朝向图斑") if link.looks_at is False else "",
        "aim": "" if link.looks_at or (placeless and link.looks_at is None) else _said(link, "looks_at", _UNSURE),
        "in_time": _bad(link, "time_window"),
        "own": _bad(link, "same_file", "same_picture"),
    }
    return next((tests[need] for need in requirement.needs if tests[need]), "")


def _said(link: LinkedEvidence, check_id: str, otherwise: str) -> str:
    return next((check.text for check in link.checks if check.id == check_id), otherwise)


def _bad(link: LinkedEvidence, *ids: str) -> str:
    found = link.bad(*ids)
    return found.text if found is not None else ""
