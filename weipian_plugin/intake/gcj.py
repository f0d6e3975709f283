"""Whether coordinates are GCJ-02, the shifted ones of Chinese web maps: suspected from what can be known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import shapely

from ..geo.gcj02 import in_china, to_gcj, wgs_to_gcj
from .model import Context

#: Columns that the map services of AMap (DataV, the district API) write.
_AMAP = frozenset({"adcode", "acroutes", "childrennum", "subfeatureindex", "citycode", "centroid", "center"})
_OWN = ("adcode", "acroutes", "childrennum", "subfeatureindex")  # nobody else has these
_NAMES = ("gcj", "高德", "amap", "火星坐标", "腾讯地图", "datav")
_METRES = 111_320.0
#: Measured offsets agree with the shift within this many metres; it is 300–700 m long in China.
_AGREE = 60.0
_ENOUGH_IDS, _ENOUGH_VILLAGES = 3, 5


@dataclass(frozen=True)
class Suspicion:
    """`strong`: measured, or the columns of a map service; else a hint only. `reason` is Chinese."""

    strong: bool
    reason: str


def suspect(
    name: str, fields: Sequence[str], ids: Sequence[str], geoms: Any, villages: Sequence[str], context: Context
) -> Optional[Suspicion]:
    """What speaks for GCJ-02, None when nothing does.

    Args:
        name: file and layer.
        fields: its columns.
        ids: patch ids, one a geometry.
        geoms: geometries in lon/lat as delivered.
        villages: the village each names, "" where none.
        context: patches of earlier batches and villages, lon/lat EPSG:4490.
    """
    measured = _by_ids(ids, geoms, context) or _by_villages(villages, geoms, context)
    if measured is not None:
        return measured
    met = sorted(f for f in fields if f.casefold() in _AMAP)
    if any(f.casefold() in _OWN for f in met):
        return Suspicion(True, f"字段 {'、'.join(met)} 是高德地图接口的字段，高德的坐标是 GCJ-02（火星坐标）")
    text = f"{name} {' '.join(fields)}".casefold()
    word = next((w for w in _NAMES if w in text), "")
    return Suspicion(False, f"名称里有“{word}”，网络地图的坐标多为 GCJ-02（火星坐标）") if word else None


def _offsets(pairs: Sequence[tuple[Any, Any]]) -> tuple[float, float, float]:
    """Median of (length of the offset, distance of the offset from the shift, distance without it), metres."""
    lengths, from_shift = [], []
    for here, there in pairs:
        lon, lat = there.x, there.y
        if not in_china(lon, lat):
            continue
        shifted = wgs_to_gcj(lon, lat)
        scale = _METRES * np.cos(np.radians(lat))
        lengths.append(np.hypot((here.x - lon) * scale, (here.y - lat) * _METRES))
        from_shift.append(np.hypot((here.x - shifted[0]) * scale, (here.y - shifted[1]) * _METRES))
    if not lengths:
        return 0.0, np.inf, 0.0
    return float(np.median(lengths)), float(np.median(from_shift)), float(len(lengths))


def _by_ids(ids: Sequence[str], geoms: Any, context: Context) -> Optional[Suspicion]:
    """The same patches in an earlier batch, all moved by the shift."""
    known = {item.patch_id: item for item in context.earlier}
    both = [(i, known[patch_id]) for i, patch_id in enumerate(ids) if patch_id in known][:200]
    if len(both) < min(_ENOUGH_IDS, max(len(ids), 1)):
        return None
    here = shapely.centroid(np.array([geoms[i] for i, _ in both], dtype=object))
    there = shapely.centroid(shapely.from_wkb(np.array([item.wkb for _, item in both], dtype=object)))
    pairs = [(a, b) for a, b in zip(here, there) if a is not None and b is not None and not (a.is_empty or b.is_empty)]
    length, rest, count = _offsets(pairs)
    if rest > _AGREE or length < 3 * _AGREE:
        return None
    reason = f"与批次“{both[0][1].batch}”的 {count:.0f} 个同编号图斑相差约 {length:.0f} 米，正是 GCJ-02 的偏移"
    return Suspicion(True, reason)


def _by_villages(names: Sequence[str], geoms: Any, context: Context) -> Optional[Suspicion]:
    """Patches that lie in the village they name only once the shift is taken back."""
    shapes = {name: shapely.from_wkb(wkb) for name, wkb in context.villages}
    rows = [i for i, name in enumerate(names) if name in shapes][:200]
    if len(rows) < _ENOUGH_VILLAGES:
        return None
    points = shapely.point_on_surface(np.array([geoms[i] for i in rows], dtype=object))
    inside = _share(points, rows, names, shapes)
    back = _share(shapely.transform(points, lambda xy: to_gcj(xy, back=True)), rows, names, shapes)
    if inside > 0.7 or back < 0.9:
        return None
    reason = f"只有 {inside:.0%} 的图斑落在所写的村里，按 GCJ-02（火星坐标）还原后是 {back:.0%}"
    return Suspicion(True, reason)


def _share(points: Any, rows: Sequence[int], names: Sequence[str], shapes: Mapping[str, Any]) -> float:
    return float(np.mean([bool(shapely.intersects(shapes[names[i]], p)) for i, p in zip(rows, points)]))
