"""The words that a pack may write after `when`: conditions on one patch that the code can test.

Used for questions of the guided flow, for cards and for the forecast of being returned. Every condition is
about what is known; none is true because something is absent, except those whose name says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Callable

from . import advice_kinds as kinds
from .advice_case import Case
from .advice_findings import findings_of
from .areas import round_mu
from .contradictions import contradictions
from .proof import BAD, WARN


def _open_change(case: Case) -> bool:
    return case.facts.answer("changed") not in ("是", "否")


def _covered(case: Case) -> bool:
    return case.covered is not None and case.covered > case.touch


def _full(case: Case) -> bool:
    uncovered = case.uncovered
    return uncovered is not None and uncovered <= case.tolerance


def _partly(case: Case) -> bool:
    return _covered(case) and not _full(case)


def _date_open(case: Case) -> bool:
    """The time of building decides and is not known."""
    return any(f.doubts for f in findings_of(case) if f.reason is not None and f.reason.rule_id == "R-04")


def _building_on_cropland(case: Case) -> bool:
    """A building of unknown use on 耕地 that is not wholly approved may be a house."""
    return kinds.is_building(case) and case.cropland > case.touch and not _use_given(case) and not _full(case)


def _use_given(case: Case) -> bool:
    return bool(case.facts.answer("actual_use"))


def _photos(case: Case) -> list[tuple[bool, str]]:
    """(stands away or looks away, taken on) of each linked photo."""
    limit = case.pack.threshold("camera_max_distance_m")
    return [
        (e.looks_at is False or (e.distance_m is not None and e.distance_m > float(limit)), e.evidence.taken_at or "")
        for e in case.facts.evidence
        if e.evidence.kind == "photo"
    ]


def _photos_old(case: Case) -> bool:
    """Every dated photo was taken before the later image."""
    days = [taken[:10] for _, taken in _photos(case) if taken]
    after = case.after
    return bool(days) and after is not None and max(days) < after.first


def _told(case: Case, ids: frozenset[str], *outcomes: str) -> tuple[str, ...]:
    """Sentences of the checks of evidence that came out so, with the file they are about."""
    return tuple(
        dict.fromkeys(
            f"{link.evidence.original_name}：{check.text}"
            for link in case.facts.evidence
            for check in link.checks
            if check.id in ids and check.outcome in outcomes
        )
    )


def foreign_evidence(case: Case) -> tuple[str, ...]:
    """Evidence that belongs to another patch, or does not show this one."""
    away = _told(case, frozenset({"looks_at", "place", "same_file", "same_picture"}), BAD)
    return (*away, *_told(case, frozenset({"distance"}), BAD, WARN))


def mismatched_evidence(case: Case) -> tuple[str, ...]:
    """Documents whose area, outline or number does not fit this patch."""
    return _told(case, frozenset({"doc_area", "doc_outline", "doc_reused"}), BAD, WARN)


def doubtful_evidence(case: Case) -> tuple[str, ...]:
    """What makes reviewers speak of 弄虚作假: one picture for several places, edited, times that cannot be."""
    made_up = _told(case, frozenset({"same_file", "same_picture", "speed", "clock", "time_window"}), BAD)
    return (*made_up, *_told(case, frozenset({"edited", "same_azimuth"}), BAD, WARN))


def late_documents(case: Case) -> tuple[str, ...]:
    """Documents that came after the building, or ran out."""
    return _told(case, frozenset({"doc_date", "doc_valid"}), BAD, WARN)


def _wrong_building(case: Case) -> bool:
    return case.facts.answer("permanent_building") == "是" or (
        kinds.is_building(case) and case.facts.answer("permanent_building") != "否"
    )


def _mineral_elsewhere(case: Case) -> bool:
    """采矿 by type or land use, judged as something that is no mineral class."""
    codes = case.pack.rules["R-21"].param("landuse")
    return (kinds.is_mineral(case) or case.main_code in codes) and not kinds.is_mineral_sub_type(
        case, *case.facts.chosen
    )


def _large(case: Case) -> bool:
    return round_mu(case.total) >= case.pack.threshold("large_works_mu")


def _points_illegal(case: Case) -> bool:
    """Something certain speaks for 违法: no finding that still waits for a fact."""
    return any(f.points == "illegal" and not f.doubts for f in findings_of(case))


CONDITIONS: Mapping[str, Callable[[Case], bool]] = {
    # land and layers
    "cropland": lambda c: c.cropland > c.touch,
    "prime": lambda c: c.prime > c.touch,
    "redline": lambda c: c.touches("eco_redline"),
    "approval_met": _covered,
    "approval_full": _full,
    "approval_partly": _partly,
    "date_open": _date_open,
    "small_partly": lambda c: _partly(c) and round_mu(c.total) <= c.pack.threshold("entrance_large_mu"),
    "no_approval_layer": lambda c: c.covered is None,
    "not_approved": lambda c: c.covered is not None and not _full(c),
    "conversion_open": lambda c: c.given("approval") and not c.full("approval"),
    "supply_open": lambda c: c.given("supply") and not c.full("supply"),
    "facility_met": lambda c: c.touches("facility_agri"),
    "temp_met": lambda c: c.touches("temp_land"),
    "house_met": lambda c: c.touches("rural_house"),
    "mining_met": lambda c: c.touches("mining_right"),
    # kinds
    "house": kinds.is_house,
    "building": kinds.is_building,
    "building_on_cropland": _building_on_cropland,
    "house_on_cropland": lambda c: kinds.is_built_house(c) and c.cropland > c.touch,
    "constructed": kinds.is_constructed,
    "natural": kinds.is_natural,
    "road": kinds.is_road,
    "pv": kinds.is_pv,
    "facility_like": kinds.is_facility_like,
    "mineral": kinds.is_mineral,
    "not_mineral": lambda c: not kinds.is_mineral(c),
    "unknown_kind": kinds.unknown_kind,
    # what was answered
    "change_unknown": _open_change,
    "fraud_suspected": lambda c: c.facts.answer("fraud") in ("有疑点", "已查实"),
    "permanent_building": _wrong_building,
    "mineral_elsewhere": _mineral_elsewhere,
    "large_works": lambda c: _large(c) and kinds.is_constructed(c),
    "contradicted": lambda c: bool(contradictions(c)),
    "points_illegal": _points_illegal,
    # evidence
    "photo_away": lambda c: any(away for away, _ in _photos(c)),
    "photo_old": _photos_old,
    "evidence_foreign": lambda c: bool(foreign_evidence(c)),
    "evidence_mismatched": lambda c: bool(mismatched_evidence(c)),
    "evidence_doubtful": lambda c: bool(doubtful_evidence(c)),
    "document_late": lambda c: bool(late_documents(c)),
}  # fmt: skip


def holds(case: Case, names: tuple[str, ...]) -> bool:
    """True when one of the conditions holds, or none is named."""
    return not names or any(CONDITIONS[name](case) for name in names)
