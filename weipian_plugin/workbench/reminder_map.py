"""The small map that goes with a reminder: what it shows, at which scale; drawn by the panel off its own thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

import shapely

from ..core.model import Patch

#: Size in pixels: wide enough for a phone held upright, small enough for a chat.
WIDTH, HEIGHT = 1080, 810
#: Ground around the patches: this share of their box on each side, and this much at least, m.
_MARGIN = 0.35
_LEAST_M = 120.0
_GEOGRAPHIC = "EPSG:4490"
#: The scale bar takes about this share of the width.
_BAR = 0.22
Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class MapPatch:
    """One patch on the map: pixel rings of its outline (empty without boundary) and where its number stands."""

    label: str
    rings: tuple[Ring, ...]
    x: float
    y: float


@dataclass(frozen=True)
class MapPlan:
    """A north-up map: extent (xmin, ymin, xmax, ymax) in the units of `crs`; the bar in metres and pixels."""

    title: str
    crs: str
    extent: tuple[float, float, float, float]
    patches: tuple[MapPatch, ...]
    bar_m: float
    bar_px: float
    batch_id: str


def plan_map(title: str, patches: Sequence[Patch]) -> Optional[MapPlan]:
    """The map of these patches in CGCS2000 Gauss-Krüger metres; None when none of them has a place."""
    from ..report.map_parts import nice_length, zone_crs  # needs QGIS, which a session can do without
    from ..sources.crs import Transformer

    placed = [(patch, _geometry(patch)) for patch in patches]
    known = [(patch, geom) for patch, geom in placed if geom is not None]
    if not known:
        return None
    middle = shapely.union_all([geom.envelope for _, geom in known]).centroid
    crs = zone_crs(middle.x)
    transformer = Transformer(_GEOGRAPHIC, crs)
    drawn = [(patch, transformer.geometry(geom)) for patch, geom in known]
    extent = _extent([geom.bounds for _, geom in drawn])
    pixels = WIDTH / (extent[2] - extent[0])
    numbers = {patch.patch_uid: number for number, patch in enumerate(patches, 1)}
    alone = len(patches) == 1
    marks = [
        _mark(geom, f"…{patch.patch_id[-4:]}" if alone else str(numbers[patch.patch_uid]), extent, pixels)
        for patch, geom in drawn
    ]
    bar = nice_length(_BAR * (extent[2] - extent[0]))
    return MapPlan(title, crs, extent, tuple(marks), bar, bar * pixels, known[0][0].batch_id)


def _geometry(patch: Patch) -> Optional[shapely.Geometry]:
    if patch.wkb:
        return shapely.from_wkb(patch.wkb)
    if patch.centre_lon is not None and patch.centre_lat is not None:
        return shapely.Point(patch.centre_lon, patch.centre_lat)
    return None


def _extent(boxes: Sequence[tuple[float, float, float, float]]) -> tuple[float, float, float, float]:
    """All boxes with ground around them, in the shape of the picture."""
    xmin, ymin = min(b[0] for b in boxes), min(b[1] for b in boxes)
    xmax, ymax = max(b[2] for b in boxes), max(b[3] for b in boxes)
    wide = max((xmax - xmin) * (1 + 2 * _MARGIN), 2 * _LEAST_M)
    high = max((ymax - ymin) * (1 + 2 * _MARGIN), 2 * _LEAST_M)
    wide, high = max(wide, high * WIDTH / HEIGHT), max(high, wide * HEIGHT / WIDTH)
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _mark(geom: shapely.Geometry, label: str, extent: tuple[float, float, float, float], pixels: float) -> MapPatch:
    def on_picture(x: float, y: float) -> tuple[float, float]:
        return (x - extent[0]) * pixels, (extent[3] - y) * pixels

    point = shapely.point_on_surface(geom)
    rings = [
        ring
        for part in shapely.get_parts(geom)
        if part.geom_type == "Polygon"
        for ring in (part.exterior, *part.interiors)
    ]
    outline = tuple(tuple(on_picture(x, y) for x, y in shapely.get_coordinates(ring)) for ring in rings)
    return MapPatch(label, outline, *on_picture(point.x, point.y))
