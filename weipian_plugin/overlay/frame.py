"""The plane in which patches and layers meet: one CRS, coordinates near zero."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.model import Patch
from ..geo.area import piece_areas
from ..geo.gauss_kruger import GaussKruger
from ..sources.crs import Transformer, gauss_kruger_of, is_geographic, same_datum
from .shapes import polygonal

LONLAT = "EPSG:4490"
#: Agreement of the delivered with the checked geometry, degrees (about 1 cm).
_AGREES = 1e-7


class Frame:
    """The working CRS with its origin moved to whole metres near the patches.

    Eight-digit eastings leave 7e-9 m to a coordinate; near zero a double is a thousand times finer, and
    the move by whole metres is exact.
    """

    def __init__(self, crs: str, zone: Optional[GaussKruger]) -> None:
        self.crs = crs
        self._zone = zone
        self._origin = np.zeros(2)

    @classmethod
    def choose(cls, crs_list: Sequence[str], patches: Sequence[Patch]) -> Frame:
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
        """Move the origin to the middle of `geoms` and return them there."""
        if self._zone is not None and len(geoms):
            bounds = shapely.total_bounds(geoms)
            if np.isfinite(bounds).all():
                self._origin = np.round((bounds[:2] + bounds[2:]) / 2)
        return self.shift(geoms)

    def shift(self, geoms: Any) -> Any:
        """Geometries of the working CRS, seen from the origin."""
        return shapely.transform(geoms, lambda c: c - self._origin) if self._origin.any() else geoms

    def boxes(self, geoms: Any, to_layer: Transformer) -> Any:
        """Boxes of `geoms` in a layer's CRS, (n, 4)."""
        boxes = shapely.bounds(geoms) + np.tile(self._origin, 2)
        if to_layer.identity:
            return boxes
        return np.array([to_layer.bounds(tuple(box)) for box in boxes.tolist()]).reshape(-1, 4)

    def areas(self, geoms: Any) -> Any:
        """Ellipsoidal m² of pieces in the frame."""
        zone = self._zone.shifted(*self._origin) if self._zone is not None else None
        return piece_areas(geoms, zone)

    def patch_geometries(self, patches: Sequence[Patch]) -> Any:
        """The geometry of each patch in the working CRS, not shifted; None without one.

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
        rest = np.array([i for i, geom in enumerate(out) if geom is None and checked[i] is not None], dtype=np.intp)
        if len(rest):
            out[rest] = polygonal(Transformer(LONLAT, self.crs).geometry(checked[rest]))
        return out

    def _take_delivered(self, crs: str, group: Any, patches: Sequence[Patch], checked: Any, out: Any) -> None:
        """Fill `out` with those geometries of a delivered CRS that are what was accepted."""
        try:
            to_frame, to_lonlat = Transformer(crs, self.crs), Transformer(crs, LONLAT)
        except WeipianError:
            return
        geoms = shapely.from_wkb(np.array([patches[i].delivered_wkb for i in group], dtype=object), on_invalid="ignore")
        good = shapely.is_valid(geoms) & ~shapely.is_empty(geoms)
        geoms, group = shapely.force_2d(geoms[good]), group[good]
        apart = shapely.bounds(to_lonlat.geometry(geoms, densify_m=0)) - shapely.bounds(checked[group])
        known = np.array([checked[i] is not None for i in group], dtype=bool)
        same = ~known | (np.abs(apart) < _AGREES).all(axis=1)
        if same.any():
            out[group[same]] = polygonal(to_frame.geometry(geoms[same]))
