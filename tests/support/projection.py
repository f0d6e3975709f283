"""PROJ's own coordinates, always lon/lat or east/north; the plugin has its own Gauss-Krüger."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from osgeo import osr


def reference(code: int) -> Any:
    """EPSG code -> osr.SpatialReference in lon/lat or east/north order."""
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(code)
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    return srs


@lru_cache(maxsize=128)
def _change(src: int, dst: int) -> Any:
    return osr.CoordinateTransformation(reference(src), reference(dst))


def project(geom: Any, src: int, dst: int) -> Any:
    """A shapely geometry (or array) vertex by vertex from one EPSG code to another; nothing is densified."""
    if src == dst:
        return geom
    change = _change(src, dst)
    return shapely.transform(geom, lambda xy: np.array(change.TransformPoints(xy.tolist()))[:, :2])
