"""The values that a field of the platform's form can take from a patch: name -> text, number or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Optional, Union

from shapely import from_wkb
from shapely.errors import ShapelyError

from ..core.areas import issued_cropland, issued_prime, mu
from ..core.model import LEVEL_LABELS, SQUARE_METRES
from ..core.rulepack import RulePack
from .views import PatchView

Value = Union[str, Decimal, None]
#: Names with a part of their own: the fact asked for, the column as delivered, number and name of a document.
PREFIXES: tuple[str, ...] = ("answer", "attr", "doc", "doc_name")
_SHARES = ("approval", "supply", "title", "temp_land", "facility_agri", "rural_house")
_HUNDRED = Decimal(100)
#: Degrees with more digits than a float holds say nothing.
_DEGREE = Decimal("0.00000001")


def values_of(view: PatchView, pack: RulePack) -> Callable[[str], Value]:
    """A look-up of values of one patch; an unknown name gives None. Areas are 亩, shares per cent."""
    known: dict[str, Value] = {**_patch(view, pack), **_areas(view), **_judgement(view, pack), **_place(view)}
    attributes = {_key(name): value for name, value in view.patch.source_attributes.items()}
    answers: Mapping[str, str] = view.judgement.answers if view.judgement is not None else {}

    def look(name: str) -> Value:
        head, colon, rest = name.partition(":")
        if not colon:
            return known.get(name)
        if head == "answer":
            return answers.get(rest)
        if head == "attr":
            return attributes.get(_key(rest))
        return _document(view, rest, number=head == "doc")

    return look


#: Every name without a prefix, for the check of a profile.
NAMES: tuple[str, ...] = (
    "patch_id", "batch", "issued_on", "due_on", "county_code", "town", "village", "monitor_class", "patch_type",
    "level", "image_before", "image_after", "remark", "area", "issued_area", "cropland", "prime", "agri_other",
    "unused", "redline", "construction", "urban", "main_class", "verdict", "verdict_id", "sub_type", "sub_type_id",
    "sub_group", "basis", "judged_on", "judged_by", "photo_day", "lon", "lat",
    *(f"share_{role}" for role in (*_SHARES, "approved_union")),
)  # fmt: skip


def _key(name: str) -> str:
    return "".join(name.split()).casefold()


def _patch(view: PatchView, pack: RulePack) -> dict[str, Value]:
    patch = view.patch
    monitor = pack.monitor_class(patch.monitor_class or "")
    return {
        "patch_id": patch.patch_id,
        "batch": view.batch.name,
        "issued_on": view.batch.issued_on,
        "due_on": patch.due_on or view.batch.due_on,
        "county_code": patch.county_code,
        "town": patch.town_name,
        "village": patch.village_name,
        "monitor_class": monitor.label if monitor is not None else patch.monitor_class,
        "patch_type": pack.patch_type_label(patch.patch_type),
        "level": LEVEL_LABELS.get(patch.monitor_level or 0),
        "image_before": patch.image_before,
        "image_after": patch.image_after,
        "remark": patch.remark,
    }


def _areas(view: PatchView) -> dict[str, Value]:
    """亩 with two decimals; nothing where the layer was not given, never 0 for that."""
    patch, summary = view.patch, view.summary
    unit = SQUARE_METRES.get(patch.issued_unit or "")
    issued = None if patch.issued_area is None or unit is None else mu(Decimal(repr(patch.issued_area)) * _of(unit))
    found: dict[str, Value] = {
        "area": mu(patch.area_in_force) if patch.area_in_force else None,
        "issued_area": issued,
        "cropland": issued_cropland(patch, summary),
        "prime": issued_prime(patch, summary),
    }
    if summary is None:
        return found
    if summary.has_landuse:
        names = ("cropland", "agri_other", "unused", "construction")
        found.update({name: getattr(summary, name) for name in names}, main_class=summary.main_class)
    if summary.prime is not None:
        found["prime"] = summary.prime
    found.update(redline=summary.redline, urban=summary.urban)
    for role, area in summary.approvals.items():
        found[f"share_{role}"] = _HUNDRED * area / summary.total if summary.total else None
    return found


def _of(unit: float) -> Decimal:
    """m² in a unit; 1 亩 is 2000/3 exactly."""
    return Decimal(2000) / 3 if unit == SQUARE_METRES["mu"] else Decimal(repr(unit))


def _judgement(view: PatchView, pack: RulePack) -> dict[str, Value]:
    """What was decided; 存疑 never goes into what is filed (design section 4)."""
    judgement = view.judgement
    if judgement is None or judgement.verdict is None:
        return {"photo_day": _photo_day(view)}
    sub = pack.sub_type(judgement.verdict.value, judgement.sub_type)
    return {
        "verdict": judgement.verdict.label,
        "verdict_id": judgement.verdict.value,
        "sub_type": sub.label if sub is not None else judgement.sub_type,
        "sub_type_id": sub.id if sub is not None else judgement.sub_type,
        "sub_group": sub.group if sub is not None else "",
        "basis": judgement.basis,
        "judged_on": judgement.at[:10],
        "judged_by": judgement.by,
        "photo_day": _photo_day(view),
    }


def _photo_day(view: PatchView) -> Optional[str]:
    """The day of the first photo, ISO."""
    days = [e.evidence.taken_at[:10] for e in view.evidence if e.evidence.kind == "photo" and e.evidence.taken_at]
    return min(days, default=None)


def _place(view: PatchView) -> dict[str, Value]:
    """Centre in degrees: of the boundary, else the one that was issued."""
    patch = view.patch
    lon, lat = patch.centre_lon, patch.centre_lat
    if patch.wkb is not None:
        try:
            centre = from_wkb(patch.wkb).centroid
        except ShapelyError:
            return {}
        if not centre.is_empty:
            lon, lat = centre.x, centre.y
    if lon is None or lat is None:
        return {}
    return {"lon": Decimal(repr(lon)).quantize(_DEGREE), "lat": Decimal(repr(lat)).quantize(_DEGREE)}


def _document(view: PatchView, purpose: str, *, number: bool) -> Optional[str]:
    """Numbers or names of the documents that prove `purpose`, joined."""
    files = [link.evidence for link in view.evidence if link.purpose == purpose and link.evidence.kind == "document"]
    texts = [file.doc_no if number else file.original_name for file in files]
    return "、".join(dict.fromkeys(text for text in texts if text)) or None
