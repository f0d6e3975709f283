"""Areas at the edge: m² -> 亩 in decimal, 平差, and the area identity (dossier 2.3, 3.6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Optional, Union

from .model import APPROVAL_ROLES, DUPLICATE_CODE, GAP_CODE, OverlayRow, Patch

CENT = Decimal("0.01")
#: 1 m² = 3/2000 亩 exactly; 666.667 would flip exact ties.
_MU_PER_M2 = Decimal(3) / Decimal(2000)
#: The identity tolerance of the official check, 亩.
IDENTITY_TOLERANCE = Decimal("0.01")
#: 耕地 as drawn, or without the 田坎 that its KCXS tells (dossier 3.4).
GROSS, NET = "gross", "net"
BASIS_LABELS: Mapping[str, str] = {GROSS: "毛面积（含田坎）", NET: "净面积（已扣除田坎）"}
#: 田坎: where the land goes that a net figure takes off 耕地.
RIDGE_CODE = "1203"
ZERO = Decimal("0.00")


def to_mu(area_m2: Union[float, Decimal, int]) -> Decimal:
    """m² -> 亩, unrounded. Floats enter through their shortest decimal text."""
    value = area_m2 if isinstance(area_m2, Decimal) else Decimal(repr(area_m2))
    return value * _MU_PER_M2


def round_mu(value: Decimal) -> Decimal:
    """Round to 0.01 亩, half up (Excel's ROUND), never half even."""
    return value.quantize(CENT, rounding=ROUND_HALF_UP)


def mu(area_m2: Union[float, Decimal, int]) -> Decimal:
    """m² -> 亩 with two decimals, half up."""
    return round_mu(to_mu(area_m2))


def parse_mu(text: str) -> Decimal:
    """A clerk's area in 亩 -> Decimal; empty is 0.

    Raises:
        ValueError: not a number, negative or not finite.
    """
    if not text.strip():
        return ZERO
    try:
        value = Decimal(text.strip())
    except ArithmeticError as error:
        raise ValueError(text) from error
    if not value.is_finite() or value < 0:
        raise ValueError(text)
    try:
        return round_mu(value)
    except ArithmeticError as error:  # more digits than Decimal holds
        raise ValueError(text) from error


def adjust(parts: Sequence[Decimal], total: Decimal) -> list[Decimal]:
    """平差: round `parts` (亩) so that they sum to `total` (already rounded).

    Only rounding residue is distributed, 0.01 at a time to the largest parts; a residue larger
    than one cent a part is no rounding residue, and the rounded parts come back unchanged so
    that the gap stays visible.
    """
    rounded = [round_mu(part) for part in parts]
    cents = int((total - sum(rounded, ZERO)) / CENT)
    if not cents or abs(cents) > len(rounded):
        return rounded
    step = CENT if cents > 0 else -CENT
    order = sorted(range(len(parts)), key=lambda i: (-parts[i], i))
    for i in [i for i in order if rounded[i] + step >= 0][: abs(cents)]:
        rounded[i] += step
    return rounded


#: Source of an adopted area -> as printed; others (平差, 自绘边界 …) are words already.
ADOPTED_LABELS: Mapping[str, str] = {"issued": "下发值", "computed": "计算值"}


def adopted_label(patch: Patch) -> str:
    """Where the adopted area of a patch comes from, as printed; empty where none was adopted."""
    source = patch.adopted_source or ""
    return "" if patch.adopted_area_m2 is None else ADOPTED_LABELS.get(source, source)


#: By how much 平差 can move the area of a child from its computed one, 亩; more is another area.
_ADJUSTED_BY = Decimal("0.05")


def measured_m2(patch: Patch) -> float:
    """m² that the parts of a patch add up to: the computed area; for a child of a split the adjusted one.

    Children carry 亩 that sum to those of their parent (平差), so their parts have to sum to these.
    """
    adopted = patch.adopted_area_m2
    if patch.split_state == "child" and adopted is not None:
        return adopted if abs(to_mu(adopted) - to_mu(patch.area_m2)) <= _ADJUSTED_BY else patch.area_m2
    return patch.area_m2


@dataclass(frozen=True)
class LandClass:
    """One row of the land-use table: `group` is agri | construction | unused."""

    code: str
    name: str
    group: str
    cropland: bool = False


def class_of(code: str, table: Mapping[str, LandClass]) -> Optional[LandClass]:
    """Look a DLBM up, with its A/K/C suffix and then without; H codes keep their H.

    Returns None for an unknown code, which is a finding and never silently a class.
    """
    key = code.strip().upper()
    while key:
        if key in table:
            return table[key]
        if len(key) <= 4:
            return None
        key = key[:-1]
    return None


@dataclass(frozen=True)
class AreaSummary:
    """What a patch occupies, 亩 with two decimals after 平差 (design section 6).

    地块 = 耕地 + 非耕农用地 + 未利用地 + 建设用地 + 未分类 + 未覆盖 − 重复. `prime`, `redline`, `urban`
    and `approvals` are overlaps, not addends; None where that layer was not given.
    """

    total: Decimal
    has_landuse: bool = False
    cropland: Decimal = ZERO
    agri_other: Decimal = ZERO
    unused: Decimal = ZERO
    construction: Decimal = ZERO
    unknown: Decimal = ZERO
    uncovered: Decimal = ZERO
    duplicate: Decimal = ZERO
    prime: Optional[Decimal] = None
    redline: Optional[Decimal] = None
    urban: Optional[Decimal] = None
    approvals: Mapping[str, Decimal] = field(default_factory=dict)
    basis: str = GROSS  # 耕地 with its 田坎 (毛面积) or without (净面积); net only where the layer tells
    net_refused: bool = False  # net was asked for, but the layer has no KCXS
    ridges: Optional[Decimal] = None  # 田坎 within 耕地, None where the layer does not tell
    classes: tuple[tuple[str, str, Decimal], ...] = ()  # (code, name, 亩) largest first

    @property
    def difference(self) -> Decimal:
        """地块 minus the sum of its parts; 0 when the identity holds."""
        parts = self.cropland + self.agri_other + self.unused + self.construction + self.unknown
        return self.total - (parts + self.uncovered - self.duplicate)

    @property
    def identity_ok(self) -> bool:
        """The official check: the parts sum to the whole within 0.01 亩."""
        return self.has_landuse and abs(self.difference) <= IDENTITY_TOLERANCE

    @property
    def main_class(self) -> str:
        """Name of the largest land-use class, empty without land use."""
        return self.classes[0][1] if self.classes else ""


def summarise(
    area_m2: float, rows: Iterable[OverlayRow], table: Mapping[str, LandClass], basis: str = GROSS
) -> AreaSummary:
    """Sum overlay rows of one patch into the figures that the clerk is held to.

    `basis` net takes the 田坎 off 耕地 and counts them as 1203; where a parcel of 耕地 has no KCXS the
    figures stay gross and `net_refused` says so.
    """
    rows = list(rows)
    land_rows = [row for row in rows if row.role == "landuse"]
    ridges = _ridges_m2(land_rows, table)
    net = basis == NET and ridges is not None
    groups, special, by_class = _land(land_rows, table, net=net)
    by_role: dict[str, float] = {}
    for row in rows:
        if row.role != "landuse":
            by_role[row.role] = by_role.get(row.role, 0.0) + row.area_m2
    total = mu(area_m2)
    has_landuse = bool(land_rows)
    parts = [to_mu(v) for v in groups.values()] + [to_mu(special[GAP_CODE])]
    duplicate = mu(special[DUPLICATE_CODE])
    done = adjust(parts, total + duplicate) if has_landuse else [ZERO] * len(parts)

    def role(name: str) -> Optional[Decimal]:
        return mu(by_role[name]) if name in by_role else None

    return AreaSummary(
        total=total,
        has_landuse=has_landuse,
        cropland=done[0],
        agri_other=done[1],
        unused=done[2],
        construction=done[3],
        unknown=done[4],
        uncovered=done[5],
        duplicate=duplicate,
        prime=role("prime_farmland"),
        redline=role("eco_redline"),
        urban=role("urban_boundary"),
        approvals={r: mu(by_role[r]) for r in (*APPROVAL_ROLES, "approved_union") if r in by_role},
        basis=NET if net else GROSS,
        net_refused=basis == NET and has_landuse and ridges is None,
        ridges=None if ridges is None or not has_landuse else mu(ridges),
        classes=tuple(
            (code, name, mu(area)) for (code, name), area in sorted(by_class.items(), key=lambda kv: (-kv[1], kv[0]))
        ),
    )


def _is_cropland(row: OverlayRow, table: Mapping[str, LandClass]) -> bool:
    land = class_of(row.class_code, table)
    return land is not None and land.cropland


def _ridges_m2(rows: Sequence[OverlayRow], table: Mapping[str, LandClass]) -> Optional[float]:
    """田坎 within the 耕地 of `rows`, m²; None as soon as one of them does not tell."""
    total = 0.0
    for row in rows:
        if row.area_m2 > 0 and _is_cropland(row, table):
            if row.net_m2 is None:
                return None
            total += min(max(row.area_m2 - row.net_m2, 0.0), row.area_m2)
    return total


Land = tuple[dict[str, float], dict[str, float], dict[tuple[str, str], float]]


def _land(rows: Sequence[OverlayRow], table: Mapping[str, LandClass], *, net: bool) -> Land:
    """Land use in m²: by group, the two pseudo classes, by (code, name)."""
    groups = {"cropland": 0.0, "agri": 0.0, "unused": 0.0, "construction": 0.0, "unknown": 0.0}
    special = {GAP_CODE: 0.0, DUPLICATE_CODE: 0.0}
    by_class: dict[tuple[str, str], float] = {}

    def add(key: str, code: str, name: str, area: float) -> None:
        groups[key] += area
        by_class[(code, name)] = by_class.get((code, name), 0.0) + area

    for row in rows:
        if row.class_code in special:
            special[row.class_code] += row.area_m2
            continue
        land = class_of(row.class_code, table)
        key = "unknown" if land is None else ("cropland" if land.cropland else land.group)
        kept = row.area_m2
        if net and key == "cropland" and row.net_m2 is not None:
            kept = min(max(row.net_m2, 0.0), row.area_m2)
        add(key, row.class_code, land.name if land else row.class_code, kept)
        if kept < row.area_m2:
            ridge = class_of(RIDGE_CODE, table)
            add("agri", RIDGE_CODE, ridge.name if ridge else "田坎", row.area_m2 - kept)
    return groups, special, by_class


def issued_cropland(patch: Patch, summary: Optional[AreaSummary]) -> Optional[Decimal]:
    """占耕地 as issued, 亩, for a patch without land use; None where land use was overlaid or nothing was issued."""
    if patch.issued_farmland_m2 is None or (summary is not None and summary.has_landuse):
        return None
    return mu(patch.issued_farmland_m2)


def issued_prime(patch: Patch, summary: Optional[AreaSummary]) -> Optional[Decimal]:
    """占永农 as issued, 亩, for a patch without that layer; None where it was overlaid or nothing was issued."""
    if patch.issued_prime_m2 is None or (summary is not None and summary.prime is not None):
        return None
    return mu(patch.issued_prime_m2)
