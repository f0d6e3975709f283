"""One patch as the pre-judgement sees it: measured areas in 亩, dates, and what was not given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_UP, Decimal, InvalidOperation
from typing import Optional, Union

from .advice_model import Facts, Reason
from .areas import CENT, issued_cropland, issued_prime, round_mu, to_mu
from .dates import Span, parse_date
from .model import APPROVAL_ROLES, ROLE_LABELS, OverlayRow
from .rulepack import RulePack

ZERO = Decimal(0)
_THOUSANDTH = Decimal("0.001")
#: Far below anything measured (1e-6 亩 is 7 cm²): what two ways of measuring the same outline leave between them
#: (3e-9 of the area) must not carry an area, or a share in %, over a limit.
_NOISE = Decimal("1e-6")
Number = Union[str, Decimal]


@dataclass(frozen=True)
class Finding:
    """What one test found. `points` at a verdict or nothing; `doubts` are facts that decide and lack."""

    reason: Optional[Reason] = None
    points: str = ""
    sub_type: str = ""
    doubts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Case:
    """Facts plus pack with the sums every test needs. Areas are 亩, unrounded."""

    def __init__(self, pack: RulePack, facts: Facts) -> None:
        self.pack = pack
        self.facts = facts
        patch = facts.patch
        #: 无边界: nothing can be measured, the issued area stands for it.
        self.shapeless = patch.geometry_source == "none" and not patch.wkb
        self.total = to_mu(patch.area_in_force if self.shapeless else patch.area_m2)
        self.roles: dict[str, Decimal] = {}
        for row in facts.overlay:
            self.roles[row.role] = self.roles.get(row.role, ZERO) + to_mu(row.area_m2)
        self.touch = pack.threshold("touch_mu")
        self.tolerance = pack.threshold("approval_uncovered_mu")
        self.found: Optional[tuple[Finding, ...]] = None  # see advice_findings
        self.patch_type = (facts.patch.patch_type or "").strip().upper()

    # -- areas ---------------------------------------------------------------------------------
    def given(self, role: str) -> bool:
        """True when the layer was given; a layer that is not met has a row of area 0."""
        return role in self.roles

    def area(self, role: str) -> Decimal:
        """亩 inside `role`, 0 when it was not given (ask `given` first)."""
        return self.roles.get(role, ZERO)

    def touches(self, role: str) -> bool:
        """True when the patch lies in `role` with more than a sliver."""
        return self.area(role) > self.touch

    def full(self, role: str) -> bool:
        """True when `role` covers the patch within the tolerance of the pack."""
        return self.given(role) and _even(self.total - self.area(role)) <= self.tolerance

    @property
    def approvals_given(self) -> tuple[str, ...]:
        """The approval roles that were given."""
        return tuple(role for role in APPROVAL_ROLES if self.given(role))

    @property
    def covered(self) -> Optional[Decimal]:
        """亩 covered by the union of the approvals; None when no approval layer was given.

        Without the union row only a single role can be trusted: sums of roles count overlaps twice.
        """
        if self.given("approved_union"):
            return self.area("approved_union")
        roles = self.approvals_given
        return self.area(roles[0]) if len(roles) == 1 else None

    @property
    def uncovered(self) -> Optional[Decimal]:
        """亩 outside every approval, never negative; None when unknown."""
        covered = self.covered
        return None if covered is None else max(ZERO, _even(self.total - covered))

    @property
    def has_landuse(self) -> bool:
        """True when land use was overlaid and summed."""
        return self.facts.summary is not None and self.facts.summary.has_landuse

    @property
    def cropland(self) -> Decimal:
        """耕地 亩, the issued figure without land use, 0 when unknown (ask `knows_cropland` first)."""
        if self.facts.summary and self.has_landuse:
            return self.facts.summary.cropland
        return self.issued_cropland or ZERO

    @property
    def issued_cropland(self) -> Optional[Decimal]:
        """下发的占耕面积 亩 where no land use was overlaid, else None."""
        return issued_cropland(self.facts.patch, self.facts.summary)

    @property
    def knows_cropland(self) -> bool:
        """True when 耕地 was measured or issued."""
        return self.has_landuse or self.issued_cropland is not None

    @property
    def agri(self) -> Optional[Decimal]:
        """农用地 亩 (耕地 too), at least the issued 耕地; None when unknown."""
        if self.facts.summary and self.has_landuse:
            return self.facts.summary.cropland + self.facts.summary.agri_other
        return self.issued_cropland or None  # an issued 0 of 耕地 leaves 林地, 园地 … open

    @property
    def issued_prime(self) -> Optional[Decimal]:
        """下发的占永农面积 亩 where that layer was not overlaid, else None."""
        return None if self.given("prime_farmland") else issued_prime(self.facts.patch, None)

    @property
    def prime(self) -> Decimal:
        """永农 亩, the issued figure without the layer, 0 when unknown (ask `knows_prime` first)."""
        return self.area("prime_farmland") if self.given("prime_farmland") else self.issued_prime or ZERO

    @property
    def knows_prime(self) -> bool:
        """True when 永农 was measured or issued."""
        return self.given("prime_farmland") or self.issued_prime is not None

    @property
    def construction(self) -> Decimal:
        """建设用地 亩, 0 when unknown."""
        return self.facts.summary.construction if self.facts.summary and self.has_landuse else ZERO

    @property
    def main_code(self) -> str:
        """DLBM of the largest land-use class, empty when unknown."""
        classes = self.facts.summary.classes if self.facts.summary else ()
        return classes[0][0].strip().upper() if classes else ""

    @property
    def legally_covered(self) -> bool:
        """True when conversion, supply or title alone covers the patch."""
        return any(self.full(role) for role in ("approval", "supply", "title"))

    # -- dates ---------------------------------------------------------------------------------
    def detail(self, role: str) -> Iterator[Mapping[str, str]]:
        """Attributes of the features of `role` that the patch meets with more than a sliver."""
        for row in self.facts.overlay:
            if row.role == role:
                yield from (d for d in row.detail if not self._sliver(d))

    def _sliver(self, detail: Mapping[str, str]) -> bool:
        if "gap_m2" in detail or ("over_m2" in detail and "overlap_m2" not in detail):
            return True  # measures of the patch itself, no feature of the layer
        text = str(detail.get("overlap_m2") or "")
        try:
            return bool(text) and to_mu(Decimal(text)) <= self.touch
        except ArithmeticError:
            return False

    def zones(self) -> list[OverlayRow]:
        """Plan zones met with more than a sliver, largest first."""
        rows = [r for r in self.facts.overlay if r.role == "plan_zone" and to_mu(r.area_m2) > self.touch]
        return sorted(rows, key=lambda row: (-row.area_m2, row.class_code))

    def pieces(self) -> list[tuple[Decimal, str]]:
        """(亩, mean width in m as text) of the parts that no approval covers, largest first."""
        found = []
        for detail in (d for row in self.facts.overlay if row.role == "approved_union" for d in row.detail):
            text = str(detail.get("gap_m2") or "")
            try:
                area = to_mu(Decimal(text)) if text else ZERO
            except ArithmeticError:
                continue
            if area > ZERO:
                found.append((area, str(detail.get("gap_width_m") or "？")))
        return sorted(found, key=lambda piece: (-piece[0], piece[1]))

    def dates(self, role: str, fields: Iterable[str]) -> list[Optional[Span]]:
        """One date per feature of `role`; None where no field of `fields` holds a readable date."""
        return [date_of(detail, fields) for detail in self.detail(role)]

    def alone(self, role: str) -> Iterator[Mapping[str, str]]:
        """Attributes of the features of `role` that cover the patch each by itself (an extension, a second licence)."""
        for detail in self.detail(role):
            area = read_number(str(detail.get("overlap_m2") or ""))
            if area is not None and _even(self.total - to_mu(area)) <= self.tolerance:
                yield detail

    def dates_alone(self, role: str, fields: Iterable[str]) -> list[Span]:
        """The readable dates of the features that cover the patch each by itself."""
        wanted = tuple(fields)
        return [day for day in (date_of(detail, wanted) for detail in self.alone(role)) if day is not None]

    @property
    def built(self) -> Optional[Span]:
        """When building began according to the clerk."""
        return parse_date(self.facts.answer("built_on"))

    @property
    def before(self) -> Optional[Span]:
        """Date of the earlier image."""
        return parse_date(self.facts.patch.image_before)

    @property
    def after(self) -> Optional[Span]:
        """Date of the later image."""
        return parse_date(self.facts.patch.image_after)

    # -- sentences -----------------------------------------------------------------------------
    def reason(self, rule_id: str, text_key: str, severity: str = "", **values: Number) -> Reason:
        """Fill a sentence of the pack; Decimals are printed in 亩 (see :func:`show_mu`)."""
        rule = self.pack.rules[rule_id]
        shown = {k: show_mu(v) if isinstance(v, Decimal) else v for k, v in values.items()}
        text = rule.texts[text_key].format(**shown)
        return Reason(rule_id, text, rule.clause, rule.source, severity or rule.severity)


def date_of(detail: Mapping[str, str], fields: Iterable[str]) -> Optional[Span]:
    """The first readable date among `fields` of a feature, None without one."""
    values = {k.strip().upper(): v for k, v in detail.items()}
    spans = (parse_date(str(values[f.upper()])) for f in fields if values.get(f.upper()))
    return next((s for s in spans if s), None)


def _even(value: Decimal) -> Decimal:
    return value.quantize(_NOISE)


def share_of(part: Decimal, whole: Decimal) -> Decimal:
    """Share in %, without what the arithmetic of floats leaves; `whole` > 0."""
    return _even(part * 100 / whole)


def show_mu(value: Decimal) -> str:
    """亩 for a sentence: two decimals, three where two would hide a small area behind 0.00."""
    if ZERO < value < CENT:
        return str(max(value.quantize(_THOUSANDTH), _THOUSANDTH))
    return str(round_mu(value))


def read_number(text: str) -> Optional[Decimal]:
    """A number as the clerk typed it, None for anything else."""
    try:
        value = Decimal(text.strip()) if text.strip() else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() else None


def percent(part: Decimal, whole: Decimal) -> str:
    """Share with one decimal, rounded down unless it is the whole, so that 99.97 never shows as 100."""
    if whole <= ZERO:
        return "0"
    share = min(Decimal(100), share_of(part, whole))
    step = Decimal("0.1")
    shown = share.quantize(step, rounding=ROUND_DOWN)
    if share > ZERO and shown == ZERO:
        shown = share.quantize(step, rounding=ROUND_UP)
    return f"{shown.normalize():f}"


def layer_name(role: str) -> str:
    """What a missing layer is called in a sentence."""
    return f"{ROLE_LABELS[role]}图层"
