"""A patch that a later delivery holds again: what changed, and what its one record becomes.

Nothing here looks at geometry: whether two boundaries are the same is told by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Optional

from .areas import mu
from .model import Patch

Differences = dict[str, list[Optional[str]]]
#: What a shapefile leaves of a header.
_DBF_BYTES = 10
SAME, ATTRIBUTES, GEOMETRY = "same", "attributes", "geometry"
#: What a person did about a changed boundary, kept among the differences of the reissue row.
CONFIRMED = "confirmed"
#: The judgement that was in force when the boundary changed; another one since means it was looked at again.
JUDGED_AS = "judgement_id"
#: Canonical field of a delivery -> columns of the patch that it fills.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "county_code": ("county_code",),
    "town_name": ("town_name",),
    "village_name": ("village_name",),
    "patch_type": ("patch_type",),
    "monitor_class": ("monitor_class", "monitor_level", "level_source"),
    "monitor_level": ("monitor_level", "level_source"),
    "image_before": ("image_before",),
    "image_after": ("image_after",),
    "area_issued": ("issued_area", "issued_unit"),
    "farmland_issued": ("issued_farmland_m2",),
    "ppf_issued": ("issued_prime_m2",),
    "centroid_x": ("centre_lon",),
    "centroid_y": ("centre_lat",),
}
#: Columns that our own work fills where a delivery leaves them empty (the village layer, for one).
_FILLED_HERE = ("town_name", "village_name", "county_code", "centre_lon", "centre_lat")
#: What the children of a split patch took over from it.
INHERITED = (
    "monitor_class", "monitor_level", "level_source", "patch_type", "county_code", "town_name", "village_name",
    "image_before", "image_after",
)  # fmt: skip
#: Chinese names of what may change, for sentences; headers of the delivery speak for themselves.
LABELS: Mapping[str, str] = {
    "county_code": "县级代码", "town_name": "乡镇", "village_name": "村", "patch_type": "图斑类型",
    "monitor_class": "图斑分类", "monitor_level": "监测等级", "level_source": "等级来源",
    "image_before": "前时相", "image_after": "后时相", "issued_area": "下发面积", "issued_unit": "下发面积单位",
    "issued_farmland_m2": "下发占耕面积", "issued_prime_m2": "下发占永农面积", "centre_lon": "中心点经度",
    "centre_lat": "中心点纬度", "remark": "备注", "area_m2": "计算面积（平方米）",
    "shared_m2": "与原边界重合（平方米）", "shared_share": "重合占较小者",
}  # fmt: skip
#: Kept in a reissue row for the program, not for the eye.
HIDDEN = (CONFIRMED, JUDGED_AS, "level_source", "issued_unit")


@dataclass(frozen=True)
class Boundaries:
    """How the boundary delivered now lies to the one that is known. Areas m², ellipsoidal.

    `same`: equal within survey noise, or one of them is not known. `shared_share` is of the smaller one.
    """

    same: bool = True
    before_m2: Optional[float] = None
    after_m2: Optional[float] = None
    shared_m2: float = 0.0
    shared_share: float = 0.0


@dataclass(frozen=True)
class Again:
    """What became of one patch that came again. `patch` is its record as it is to be."""

    change: str
    patch: Patch
    differences: Differences = field(default_factory=dict)


def compare(old: Patch, new: Patch, carried: frozenset[str], lie: Boundaries, *, keep_boundary: bool = False) -> Again:
    """The record of `old` with what `new` brings; everything that people did to it stays.

    Args:
        old: the patch in the workspace.
        new: the patch as just delivered.
        carried: canonical fields that the delivery has a column for; others say nothing about a patch.
        lie: how the two boundaries lie to each other.
        keep_boundary: note a changed boundary, but leave the old one in place (a patch that was split).
    """
    values, differences = _changed_columns(old, new, carried)
    attributes, told = merge_attributes(old.source_attributes, new.source_attributes)
    differences = {**told, **differences}
    if told:
        values["source_attributes"] = attributes
    if "issued_area" in values and old.adopted_source == "issued":
        values.update(adopted_area_m2=new.adopted_area_m2, adopted_source=new.adopted_source)
    change = ATTRIBUTES if differences else SAME
    if not lie.same:
        change = GEOMETRY
        differences.update(_boundary_differences(lie))
        if not keep_boundary:
            values.update(boundary_of(new))
    return Again(change, replace(old, **values) if values else old, differences)


def boundary_of(new: Patch) -> dict[str, Any]:
    """The columns that hold a boundary; areas adopted from the former one and its overlay go with it."""
    names = ("wkb", "delivered_wkb", "delivered_crs", "geometry_source", "area_m2", "adopted_area_m2", "adopted_source")
    return {**{name: getattr(new, name) for name in names}, "overlay_mark": None}


def _boundary_differences(lie: Boundaries) -> Differences:
    return {
        "area_m2": [None if lie.before_m2 is None else f"{lie.before_m2:.2f}", f"{lie.after_m2 or 0:.2f}"],
        "shared_m2": [None, f"{lie.shared_m2:.2f}"],
        "shared_share": [None, f"{lie.shared_share:.4f}"],
    }


def _changed_columns(old: Patch, new: Patch, carried: frozenset[str]) -> tuple[dict[str, Any], Differences]:
    """Columns of the patch that the delivery fills otherwise than they are."""
    values: dict[str, Any] = {}
    differences: Differences = {}
    columns = dict.fromkeys(name for canonical in COLUMNS if canonical in carried for name in COLUMNS[canonical])
    for name in columns:
        before, after = getattr(old, name), getattr(new, name)
        if before == after or (after is None and (name in _FILLED_HERE or name == "level_source")):
            continue
        # A class without a level of its own must not undo a level that was issued before.
        if name in ("monitor_level", "level_source") and after is None and "monitor_level" not in carried:
            continue
        values[name] = after
        differences[name] = [_text(before), _text(after)]
    # Notes of the reviewers stand in the remark too; only one that was delivered gives way to a new one.
    delivered = old.remark is None or old.remark in old.source_attributes.values()
    if "remark" in carried and new.remark and new.remark != old.remark and delivered:
        values["remark"] = new.remark
        differences["remark"] = [old.remark, new.remark]
    return values, differences


def merge_attributes(
    old: Mapping[str, Optional[str]], new: Mapping[str, Optional[str]]
) -> tuple[dict[str, Optional[str]], Differences]:
    """Attributes with the newer values, and header -> [before, after] of those that changed.

    A header that the newer delivery lacks keeps its value: nothing is lost by a narrower table. One that a
    shapefile cut to ten bytes is the header that it was cut from.
    """
    merged = dict(old)
    differences: Differences = {}
    for header, value in new.items():
        name = header if header in old else _uncut(header, old)
        before = old.get(name)
        if name in old and _equal(before, value):
            continue
        merged[name] = value
        if not _equal(before, value):
            differences[name] = [before, value]
    return merged, differences


def _uncut(header: str, known: Mapping[str, Optional[str]]) -> str:
    """The one known header that `header` is cut from, or that is cut from it; else `header`."""
    found = [name for name in known if _is_cut(header, name) or _is_cut(name, header)]
    return found[0] if len(found) == 1 else header


def _is_cut(short: str, whole: str) -> bool:
    """Is `short` what is left of `whole` in a DBF header of ten bytes, in UTF-8 or GBK?"""
    plain = short.rstrip("\ufffd?")
    if not plain or len(plain) >= len(whole) or not whole.startswith(plain):
        return False
    return any(
        len(whole.encode(encoding, "replace")) > _DBF_BYTES
        and whole.encode(encoding, "replace")[:_DBF_BYTES].decode(encoding, "ignore") == plain
        for encoding in ("utf-8", "gb18030")
    )


def inherit(child: Patch, before: Patch, after: Patch) -> Patch:
    """A child of a split patch with what its parent has otherwise now, where it still had the parent's own."""
    values = {
        name: getattr(after, name)
        for name in INHERITED
        if getattr(before, name) != getattr(after, name) and getattr(child, name) == getattr(before, name)
    }
    return replace(child, **values) if values else child


def _equal(one: Optional[str], other: Optional[str]) -> bool:
    """The same value, however a format writes it: NULL and empty, 12.5 and 12.50, 6782.89 and
    6782.890000000000327 (a double printed in full); 007 is no 7, and ids of any length differ in their last digit.
    """
    left, right = (one or "").strip(), (other or "").strip()
    if left == right:
        return True
    if not left or not right or _padded(left) or _padded(right):
        return False
    try:
        first, second = Decimal(left), Decimal(right)
    except InvalidOperation:
        return False
    if first == second or not (first.is_finite() and second.is_finite()):
        return first == second
    # A double printed in full; numbers without a point may be ids, longer than a double can tell apart.
    return ("." in left or "." in right) and float(first) == float(second)


def _padded(text: str) -> bool:
    return len(text) > 1 and text[0] == "0" and text[1].isdigit()


def _text(value: Any) -> Optional[str]:
    if value is None:
        return None
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def told(differences: Mapping[str, Any]) -> str:
    """The differences of a reissue row as one Chinese line; a column that repeats its header is told once."""
    parts = []
    seen: list[tuple[Optional[str], Optional[str]]] = []
    for name, pair in differences.items():
        if name in HIDDEN:
            continue
        before, after = (pair[0], pair[1]) if len(pair) > 1 else (None, None)
        label = LABELS.get(name, name)
        if name == "shared_share":
            parts.append(f"{label} {100 * float(after or 0):.1f}%")
        elif name == "shared_m2":
            parts.append(f"{label} {after}")
        elif name not in LABELS or not any(_equal(before, b) and _equal(after, a) for b, a in seen):
            seen.append((before, after))
            parts.append(f"{label} {_shown(before)} → {_shown(after)}")
    return "；".join(parts)


def boundary_told(differences: Mapping[str, Any]) -> str:
    """How a boundary changed in a few words: 亩 before and after, how much of the smaller one is shared."""
    before, after = (differences.get("area_m2") or [None, None])[:2]
    share = (differences.get("shared_share") or [None, None])[1]
    was = f"{mu(float(before)):.2f}" if before else "无边界"
    text = f"{was} → {mu(float(after or 0)):.2f} 亩"
    return text + (f"，重合 {100 * float(share):.0f}%" if before and share else "")


def _shown(value: Optional[str]) -> str:
    return "（空）" if value in (None, "") else str(value)
