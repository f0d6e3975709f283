"""The law as data: what a rule pack holds, as frozen values (dossier 1.2, 1.3, 2, 3.1, 3.3, 7).

`workbench/packs.py` fills these from `resources/rules/*.yaml`; nothing here reads a file. Every
entry carries the provenance tag of the dossier; what no source confirms says so on screen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Callable, Optional

from .areas import LandClass, class_of
from .pack_flow import Card, Flow, Mineral
from .platform_status import PlatformRules
from .proof_rules import ProofRules

#: Provenance tags: the plan, published, weakly published, background knowledge, design, computed.
SOURCE_TAGS: tuple[str, ...] = ("S", "P", "P?", "K", "D", "V")
#: Numbers that the code reads; a pack without one of them is refused by the loader.
THRESHOLD_KEYS: tuple[str, ...] = (
    "approval_uncovered_mu", "identity_mu", "touch_mu", "road_width_min_m", "road_width_max_m",
    "entrance_large_mu", "entrance_large_cover_percent", "entrance_small_cover_percent",
    "entrance_uncovered_cropland_mu", "penal_prime_mu", "penal_cropland_mu", "amber_prime_mu",
    "amber_cropland_mu", "ratio_amber_percent", "ratio_red_percent", "camera_max_distance_m",
    "camera_half_angle_deg", "camera_length_m", "camera_accuracy_m", "register_near_m", "register_area_m2",
    "homestead_person_m2", "homestead_household_m2", "mining_provincial_mu", "large_works_mu", "neighbour_m",
)  # fmt: skip
#: Pick-lists of the office beside the returns: against the advice, 改判, 内审退回, imagery that cannot serve.
REASON_KINDS: tuple[str, ...] = ("against", "revision", "internal", "imagery")
_CONFIRMED = frozenset({"S", "P", "V"})
UNCONFIRMED_MARK = "未经核实"


def is_confirmed(source: str) -> bool:
    """True when a source states it; K, P? and D are shown with :data:`UNCONFIRMED_MARK`."""
    return source in _CONFIRMED


@dataclass(frozen=True)
class _Sourced:
    """Something with an id, a Chinese label and a provenance tag."""

    id: str
    label: str
    source: str = "K"

    @property
    def confirmed(self) -> bool:
        """False when the entry must be marked 未经核实."""
        return is_confirmed(self.source)

    @property
    def display(self) -> str:
        """The label as shown on screen, marked when no source confirms it."""
        return self.label if self.confirmed else f"{self.label}（{UNCONFIRMED_MARK}）"


@dataclass(frozen=True)
class MonitorClass(_Sourced):
    """图斑分类 and the level (1–3) that it falls back to when the delivery gives none."""

    level: Optional[int] = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class AskField(_Sourced):
    """A fact the panel asks for. `kind`: text | date | area (亩) | number | choice | choices; `unit` is printed.

    choices: several may be chosen, kept in the order of the pack with 、 between them.
    """

    kind: str = "text"
    choices: tuple[str, ...] = ()
    unit: str = ""
    hint: str = ""


@dataclass(frozen=True)
class Requirement(_Sourced):
    """One item of the evidence matrix (dossier 2.4).

    `kind`: photo | document | fact | map. `also`: other purposes that count towards it.
    `needs` (photos): position, azimuth, aim (the view is known to meet the patch), not_away (it is
    not known to miss it), in_time (not known to be too old), own (not known to be the picture of another
    patch). `field`: the answer that fulfils a fact.
    """

    kind: str = "document"
    minimum: int = 1
    hint: str = ""
    also: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    field: str = ""


@dataclass(frozen=True)
class SubType(_Sourced):
    """二级类 of a verdict. `requires` are Requirement ids, `asks` AskField ids."""

    verdict: str = "other"
    group: str = ""
    requires: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    clause: str = ""
    aliases: tuple[str, ...] = ()
    formerly: tuple[str, ...] = ()  # names of older tables, understood only where the verdict stands beside them


@dataclass(frozen=True)
class RuleText(_Sourced):
    """A rule of the pre-judgement (dossier 2.2). `label` is its title.

    `texts`: sentence templates by key, filled with numbers by the advice engine. `params`: lists
    and dates that the test works with.
    """

    clause: str = ""
    severity: str = "info"
    texts: Mapping[str, str] = field(default_factory=dict)
    params: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The Chinese title of the rule."""
        return self.label

    def param(self, key: str) -> tuple[str, ...]:
        """A parameter list, empty when the pack does not give it."""
        return self.params.get(key, ())


@dataclass(frozen=True)
class OfficeRule(_Sourced):
    """整改责任科室 by land use: `landuse` code prefixes, `keywords` looked for in use and project name."""

    landuse: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    sub_types: tuple[str, ...] = ()
    patch_types: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opinion(_Sourced):
    """A word that a province puts at the top level of its form, and what it is here."""

    verdict: str = "other"
    sub_type: str = ""


@dataclass(frozen=True)
class ReturnReason(_Sourced):
    """A standard reason of reviewers; `requirement` is the evidence that answers it, if one does.

    The forecast (core.forecast) expects it for `verdicts` and `sub_types` (empty: any) while the requirement is
    open or one of the conditions `when` holds; `why` is its sentence.
    """

    requirement: str = ""
    verdicts: tuple[str, ...] = ()
    sub_types: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class RulePack:
    """A whole pack, frozen. Mappings are keyed by id unless stated otherwise."""

    id: str
    version: str
    label: str
    based_on: tuple[str, ...] = ()
    fingerprint: str = ""  # sha256 of the files, so that an edit without a new version shows
    landuse_scheme: str = ""
    monitor_classes: Mapping[str, MonitorClass] = field(default_factory=dict)
    sub_types: Mapping[str, tuple[SubType, ...]] = field(default_factory=dict)  # verdict -> in panel order
    requirements: Mapping[str, Requirement] = field(default_factory=dict)
    ask_fields: Mapping[str, AskField] = field(default_factory=dict)
    base_requires: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # verdict without sub-type
    base_asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    opinions: tuple[Opinion, ...] = ()
    offices: tuple[OfficeRule, ...] = ()
    landuse: Mapping[str, LandClass] = field(default_factory=dict)
    landuse_sources: Mapping[str, str] = field(default_factory=dict)  # code -> provenance tag
    patch_types: Mapping[str, str] = field(default_factory=dict)  # TBLX code -> label
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # canonical -> field names
    register_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # canonical -> headers
    register_names: tuple[str, ...] = ()  # attributes of a patch that name a holder or project
    register_doc_nos: tuple[str, ...] = ()  # attributes of a patch that hold an approval number
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)
    threshold_sources: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, RuleText] = field(default_factory=dict)
    return_reasons: tuple[ReturnReason, ...] = ()
    reasons: Mapping[str, tuple[ReturnReason, ...]] = field(default_factory=dict)  # REASON_KINDS -> pick-list
    platform: PlatformRules = field(default_factory=PlatformRules)
    region: str = ""  # south or north, where a number differs between them
    extends: tuple[str, ...] = ()  # ids of the packs below this one, the base first
    documents: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # optional files as plain values
    flow: Flow = field(default_factory=Flow)
    cards: tuple[Card, ...] = ()
    minerals: Mapping[str, Mineral] = field(default_factory=dict)
    proofs: ProofRules = field(default_factory=ProofRules)

    def sub_type(self, verdict: str, name: str) -> Optional[SubType]:
        """Find a sub-type of `verdict` by id, label or alias; None when there is none."""
        wanted = name.strip()
        for item in self.sub_types.get(verdict, ()):
            if wanted and wanted in (item.id, item.label, *item.aliases):
                return item
        older = (item for item in self.sub_types.get(verdict, ()) if wanted and wanted in item.formerly)
        return next(older, None)

    def opinion(self, word: str) -> Optional[Opinion]:
        """What a province's top-level word means here, None when the pack does not name it."""
        wanted = word.strip()
        return next((item for item in self.opinions if wanted and wanted in (item.id, item.label)), None)

    def requires(self, verdict: str, sub_type: str = "") -> tuple[Requirement, ...]:
        """The evidence that a judgement needs, in pack order; empty for no verdict."""
        found = self.sub_type(verdict, sub_type)
        ids = found.requires if found else self.base_requires.get(verdict, ())
        return tuple(self.requirements[i] for i in ids)

    def asks(self, verdict: str, sub_type: str = "") -> tuple[AskField, ...]:
        """The facts that the panel asks for this choice, in pack order."""
        found = self.sub_type(verdict, sub_type)
        ids = found.asks if found else self.base_asks.get(verdict, ())
        return tuple(self.ask_fields[i] for i in ids)

    def monitor_class(self, name: str) -> Optional[MonitorClass]:
        """Find a monitoring class by id, label or alias."""
        wanted = name.strip()
        for item in self.monitor_classes.values():
            if wanted and wanted in (item.id, item.label, *item.aliases):
                return item
        return None

    def patch_type_label(self, code: Optional[str]) -> str:
        """The Chinese name of a TBLX code; an unknown code comes back unchanged."""
        key = (code or "").strip()
        return self.patch_types.get(key, self.patch_types.get(key.upper(), key))

    def land_class(self, code: str) -> Optional[LandClass]:
        """The land-use class of a DLBM, None when unknown."""
        return class_of(code, self.landuse)

    def threshold(self, key: str) -> Decimal:
        """A number of the pack.

        Raises:
            KeyError: the loader refuses packs without the keys that the code uses.
        """
        return self.thresholds[key]

    def office_for(
        self, *, sub_type: str = "", landuse: str = "", patch_type: str = "", texts: Iterable[str] = ()
    ) -> Optional[OfficeRule]:
        """The office responsible for rectification, the first rule that fits (dossier 1.2).

        Args:
            sub_type: sub-type id of the judgement.
            landuse: DLBM of the actual use.
            patch_type: TBLX code.
            texts: words such as actual use and project name.

        Returns:
            None when nothing in the pack fits; a clerk then picks one.
        """
        words = " ".join(t for t in texts if t)
        by: tuple[Callable[[OfficeRule], bool], ...] = (
            lambda o: bool(sub_type) and sub_type in o.sub_types,
            lambda o: any(k in words for k in o.keywords),
            lambda o: bool(landuse) and any(landuse.startswith(code) for code in o.landuse),
            lambda o: bool(patch_type) and patch_type in o.patch_types,
        )
        return next((office for fits in by for office in self.offices if fits(office)), None)
