"""Polygons from pasted text: WKT (also as QGIS copies features), GeoJSON, 界址点 lists; placed by where they fall."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.model import Patch
from ..geo.gauss_kruger import zone_of
from ..intake.crs_guess import CHINA
from ..sources.boundary_text import shapes_in
from ..sources.crs import Transformer, is_geographic

LONLAT = "EPSG:4490"
_WKT = re.compile(
    r"(?:SRID=\d+;)?\s*((?:MULTI)?(?:POLYGON|CURVEPOLYGON|SURFACE)\s*(?:Z|M|ZM)?\s*\(.*\))", re.IGNORECASE
)
#: Degrees around a centre point in which a pasted boundary is looked for.
_AROUND = 0.02
_MOST_NORTH, _MOST_EAST = 1e7, 1e8


def read_shapes(text: str) -> list[Any]:
    """The polygons in a text, coordinates as they stand there; valid or not is for the caller to see.

    Raises:
        WeipianError: E_SHAPES_TEXT when there is no polygon in it.
    """
    text = text.strip()
    if text.startswith(("{", "[")) and not text.startswith("[属性"):
        found = _from_geojson(text)
    else:
        found = _from_wkt(text) or [shapely.from_wkb(wkb, on_invalid="ignore") for wkb in shapes_in(text)]
    parts = [shapely.force_2d(geom) for geom in found if geom is not None and not shapely.is_empty(geom)]
    if not parts or any(shapely.get_dimensions(part) != 2 for part in parts):
        raise WeipianError("E_SHAPES_TEXT")
    return parts


def place_shapes(parts: Sequence[Any], patch: Patch, crs: str = "") -> list[Any]:
    """`parts` in lon/lat EPSG:4490, read in the first CRS and axis order in which they meet the patch.

    Tried in turn: `crs` if given, degrees, the delivered CRS, the three-degree zone of the patch without and
    with zone number; X first is tried after east first, as 界址点 lists name north X.

    Raises:
        WeipianError: E_SPLIT_FAR when they lie nowhere near the patch; E_CRS_INVALID, E_CRS_DATUM for `crs`.
    """
    home = _home(patch)
    for candidate in _candidates(patch, home, crs):
        for swapped in (False, True):
            placed = _placed(parts, candidate, swapped=swapped)
            if placed and any(shapely.intersects(home, part) for part in placed):
                return placed
    raise WeipianError("E_SPLIT_FAR", patch_id=patch.patch_id)


def _home(patch: Patch) -> Any:
    """Where the patch is known to lie: its box, a kilometre or two around its centre, else all of China."""
    if patch.wkb is not None:
        return shapely.box(*shapely.bounds(shapely.from_wkb(patch.wkb)))
    if patch.centre_lon is not None and patch.centre_lat is not None:
        return shapely.buffer(shapely.points(patch.centre_lon, patch.centre_lat), _AROUND, cap_style="square")
    return shapely.box(*CHINA)


def _candidates(patch: Patch, home: Any, crs: str) -> Iterator[str]:
    if crs:
        Transformer(crs, LONLAT)
        yield crs
        return
    yield LONLAT
    if patch.delivered_crs and not is_geographic(patch.delivered_crs):
        yield patch.delivered_crs
    x0, _, x1, _ = shapely.bounds(home).tolist()
    number = round(zone_of((x0 + x1) / 2).central_meridian / 3)
    if (x0, x1) != (CHINA[0], CHINA[2]) and 25 <= number <= 45:
        yield f"EPSG:{4534 + number - 25}"
        yield f"EPSG:{4513 + number - 25}"


def _placed(parts: Sequence[Any], crs: str, *, swapped: bool) -> list[Any]:
    """The parts in degrees, empty where this reading cannot be."""
    turned = [shapely.transform(part, lambda c: c[:, ::-1]) if swapped else part for part in parts]
    x0, y0, x1, y1 = shapely.total_bounds(turned)
    if is_geographic(crs) and not (x0 >= -180 and x1 <= 180 and y0 >= -90 and y1 <= 90):
        return []
    # Degrees, or axes the wrong way round: no easting of a zone and no northing of China.
    if not is_geographic(crs) and (max(abs(x0), abs(y0)) < 1000 or y1 > _MOST_NORTH or x1 > _MOST_EAST):
        return []
    try:
        placed = [Transformer(crs, LONLAT).geometry(part, densify_m=0) for part in turned]
    except WeipianError:
        return []
    return placed if np.isfinite(shapely.get_coordinates(placed)).all() else []


def _from_geojson(text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise WeipianError("E_SHAPES_TEXT") from error
    return [shapely.from_geojson(json.dumps(item), on_invalid="ignore") for item in _geometries(value)]


def _geometries(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for item in value:
            yield from _geometries(item)
    elif isinstance(value, dict):
        if value.get("type") in ("Polygon", "MultiPolygon"):
            yield value
        for key in ("features", "geometry", "geometries"):
            yield from _geometries(value.get(key))


def _from_wkt(text: str) -> list[Any]:
    """One geometry a line, other columns beside it (as QGIS copies features) are left out."""
    found = []
    for line in text.splitlines():
        match = _WKT.search(line.split("\t")[0]) or _WKT.search(line)
        if match:
            found.append(shapely.from_wkt(match.group(1), on_invalid="ignore"))
    if not found and (match := _WKT.search(" ".join(text.split()))):
        found.append(shapely.from_wkt(match.group(1), on_invalid="ignore"))
    return found
