"""The plane in which patches and layers meet: one CRS, coordinates that keep their digits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional, Protocol

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..geo.area import moment_areas, plane_moments
from ..geo.gauss_kruger import GaussKruger
from ..sources.crs import Transformer, gauss_kruger_of, is_geographic, same_datum
from ..sources.wkb import plain_wkb
from .shapes import polygonal, repair

LONLAT = "EPSG:4490"
#: Agreement of the delivered with the checked geometry, degrees (about 1 cm).
_AGREES = 1e-7
#: The origin of a zone with prefix moves by whole multiples of this, so that neighbours share it, m.
_GRID = 1e5
#: m of a degree of a meridian.
DEGREE_M = 111320.0
#: Points along an edge of a box that is carried into another CRS.
_BOX_STEPS = 8


class Target(Protocol):
    """What the overlay needs of a patch; `core.model.Patch` is one."""

    patch_uid: str
    patch_id: str
    wkb: Optional[bytes]
    delivered_wkb: Optional[bytes]
    delivered_crs: str
    parent_uid: Optional[str]
    area_m2: float


class Frame:
    """The working CRS, in a zone with prefix with its origin moved near the patches.

    Eight-digit eastings leave 7e-9 m to a coordinate; six digits leave a hundredth of that, and the move
    by whole metres is exact.
    """

    def __init__(self, crs: str, zone: Optional[GaussKruger]) -> None:
        self.crs = crs
        self._zone = zone
        self._origin = np.zeros(2)

    @property
    def key(self) -> tuple[str, float, float]:
        """Equal for frames in which the same ground has the same coordinates."""
        return (self.crs, float(self._origin[0]), float(self._origin[1]))

    @classmethod
    def choose(cls, crs_list: Sequence[str], patches: Sequence[Target]) -> Frame:
        """The first CRS in which edges can stay straight, else the three-degree zone of the patches.

        `crs_list` is in order of preference, land use first. Other projections (UTM, web Mercator)
        are no ground for areas; their geometry is densified and transformed.
        """
        for crs in crs_list[:1]:
            zone = gauss_kruger_of(crs)
            if zone is not None or (is_geographic(crs) and same_datum(crs)):
                return cls(crs, zone)
        lon = 108.0
        for patch in patches:
            if patch.wkb:
                bounds = shapely.bounds(shapely.from_wkb(patch.wkb))
                lon = float((bounds[0] + bounds[2]) / 2)
                break
        code = 4534 + min(20, max(0, int((lon + 1.5) // 3) - 25))
        return cls(f"EPSG:{code}", GaussKruger.from_epsg(code))

    def settle(self, geoms: Any) -> Any:
        """Move the origin near `geoms` where it is far, and return them there."""
        if self._zone is not None and self._zone.false_easting >= 1e6 and len(geoms):
            bounds = shapely.total_bounds(geoms)
            if np.isfinite(bounds).all():
                self._origin = np.round((bounds[:2] + bounds[2:]) / 2 / _GRID) * _GRID
        return self.shift(geoms)

    def shift(self, geoms: Any) -> Any:
        """Geometries of the working CRS, seen from the origin."""
        return shapely.transform(geoms, lambda c: c - self._origin) if self._origin.any() else geoms

    def boxes(self, geoms: Any, to_layer: Transformer) -> Any:
        """Boxes of `geoms` in a layer's CRS, (n, 4); NaN for empty ones."""
        boxes = shapely.bounds(geoms) + np.tile(self._origin, 2)
        if to_layer.identity or not len(boxes):
            return boxes
        step = np.linspace(0, 1, _BOX_STEPS + 1)
        zero, one = np.zeros_like(step), np.ones_like(step)
        u, v = np.concatenate([step, step, zero, one]), np.concatenate([zero, one, step, step])
        size = boxes[:, 2:] - boxes[:, :2]
        points = boxes[:, None, :2] + size[:, None, :] * np.column_stack([u, v])[None]
        out = np.full(boxes.shape, np.nan)
        fine = np.isfinite(boxes).all(axis=1)
        if fine.any():
            moved = to_layer.array(points[fine].reshape(-1, 2)).reshape(-1, len(u), 2)
            low, high = moved.min(axis=1), moved.max(axis=1)
            margin = (high - low) / _BOX_STEPS  # an edge may bulge between two points
            out[fine] = np.column_stack([low - margin, high + margin])
        return out

    @property
    def zone(self) -> Optional[GaussKruger]:
        """The zone seen from the origin, None for a frame in degrees."""
        return self._zone.shifted(*self._origin) if self._zone is not None else None

    def moments(self, geoms: Any, centres: Any) -> Any:
        """`geo.area.plane_moments` in the frame."""
        return plane_moments(geoms, centres, self._zone)

    def areas(self, moments: Any, centres: Any) -> Any:
        """Ellipsoidal m² from moments about `centres`."""
        return moment_areas(moments, centres, self.zone)

    def metric(self, geoms: Any, centres: Any) -> Any:
        """Geometries with lengths in m, each about its centre; for widths, not for areas."""
        if self._zone is not None:
            return geoms
        out = np.empty(len(geoms), dtype=object)
        for i, (geom, centre) in enumerate(zip(geoms, centres)):
            scale = np.array([np.cos(np.radians(centre[1])), 1.0]) * DEGREE_M
            out[i] = shapely.transform(geom, lambda c, o=centre, s=scale: (c - o) * s)
        return out

    def lonlat(self, geoms: Any) -> Any:
        """Geometries of the frame in lon/lat degrees CGCS2000, vertices only."""
        zone = self.zone
        if zone is None:
            return geoms
        return shapely.transform(geoms, lambda c: np.column_stack(zone.inverse(c[:, 0], c[:, 1])))

    def patch_geometries(self, patches: Sequence[Target]) -> Any:
        """The geometry of each patch in the working CRS, valid, not shifted; None without one.

        The delivered geometry is used where it is what was accepted: valid, and lying where the checked
        one lies. Otherwise (repaired, axes swapped, split, drawn) the checked one is transformed.
        """
        checked = shapely.from_wkb(np.array([patch.wkb for patch in patches], dtype=object))
        out = np.full(len(patches), None, dtype=object)
        groups: dict[str, list[int]] = {}
        for i, patch in enumerate(patches):
            if patch.delivered_wkb and patch.delivered_crs and not patch.parent_uid:
                groups.setdefault(patch.delivered_crs, []).append(i)
        for crs, group in groups.items():
            self._take_delivered(crs, np.array(group), patches, checked, out)
        rest = np.flatnonzero(shapely.is_missing(out) & ~shapely.is_missing(checked))
        if len(rest):
            to_frame = Transformer(LONLAT, self.crs)
            moved = checked[rest] if to_frame.identity else to_frame.geometry(checked[rest])
            moved = polygonal(moved)
            for i in np.flatnonzero(~shapely.is_valid(moved)).tolist():
                moved[i] = repair(moved[i])
            out[rest] = moved
        return out

    def _take_delivered(self, crs: str, group: Any, patches: Sequence[Target], checked: Any, out: Any) -> None:
        """Fill `out` with those geometries of a delivered CRS that are what was accepted."""
        try:
            to_frame, to_lonlat = Transformer(crs, self.crs), Transformer(crs, LONLAT)
        except WeipianError:
            return
        # Arcs, Z and M are kept as delivered; shapely reads no arcs.
        wkbs = [plain_wkb(patches[i].delivered_wkb) for i in group]
        geoms = shapely.from_wkb(np.array(wkbs, dtype=object), on_invalid="ignore")
        good = shapely.is_valid(geoms) & ~shapely.is_empty(geoms)
        geoms, group = geoms[good], group[good]
        if shapely.has_z(geoms).any():
            geoms = shapely.force_2d(geoms)
        same = _same_vertices(geoms, checked[group], to_lonlat)
        rest = np.flatnonzero(~same)
        if len(rest):
            apart = shapely.bounds(to_lonlat.geometry(geoms[rest], densify_m=0)) - shapely.bounds(checked[group[rest]])
            same[rest] = shapely.is_missing(checked[group[rest]]) | (np.abs(apart) < _AGREES).all(axis=1)
        if same.any():
            mine = geoms[same]
            out[group[same]] = polygonal(mine if to_frame.identity else to_frame.geometry(mine))


def _same_vertices(geoms: Any, checked: Any, to_lonlat: Transformer) -> Any:
    """Mask of the geometries with as many vertices as the checked ones and three of them in the same places."""
    count = shapely.get_num_coordinates(geoms)
    same = count == shapely.get_num_coordinates(checked)
    at = np.flatnonzero(same)
    if not len(at):
        return same
    ends = np.cumsum(count[at])
    picked = np.concatenate([ends - count[at], ends - count[at] * 2 // 3, ends - count[at] // 3])
    moved = to_lonlat.array(shapely.get_coordinates(geoms[at])[picked])
    apart = np.abs(moved - shapely.get_coordinates(checked[at])[picked]).max(axis=1).reshape(3, -1)
    same[at] = (apart < _AGREES).all(axis=0)
    return same
