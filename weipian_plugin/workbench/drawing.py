"""Use case: the boundary of a patch that was delivered without one is drawn, or pasted (geometry_source drawn)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import shapely

from ..core.errors import WeipianError
from ..core.model import CaseStatus, Patch, ReviewStatus
from ..geo.area import ellipsoidal_area
from ..geo.viewcone import look
from ..store import records
from ..store.workspace import Workspace
from .overlay_now import overlaid, put_overlay
from .shapes_text import place_shapes, read_shapes

#: What the adopted area of a drawn patch says of its source.
DRAWN = "计算值（自绘边界）"
#: A boundary this far from the issued centre is worth a word, m.
_FAR_M = 300.0
#: Nothing that is drawn on purpose is smaller, m².
_LEAST_M2 = 1.0
_HANDED_IN = (ReviewStatus.SUBMITTED, ReviewStatus.FINISHED)


def check_polygon(wkb: bytes) -> Any:
    """A drawn polygon (lon/lat EPSG:4490) as a valid MultiPolygon.

    Raises:
        WeipianError: E_SPLIT_INVALID when it crosses itself, is no polygon or smaller than a square metre.
    """
    geom = shapely.force_2d(shapely.from_wkb(wkb, on_invalid="ignore"))
    if geom is None or shapely.get_dimensions(geom) != 2 or not shapely.is_valid(geom):
        raise WeipianError("E_SPLIT_INVALID")
    if ellipsoidal_area(geom) < _LEAST_M2:
        raise WeipianError("E_SPLIT_INVALID")
    return shapely.multipolygons(shapely.get_parts(geom))


def read_boundary(patch: Patch, text: str, crs: str = "") -> bytes:
    """The pasted polygons as one boundary, WKB lon/lat EPSG:4490.

    Raises:
        WeipianError: E_SHAPES_TEXT, E_SPLIT_FAR, E_SPLIT_INVALID, E_CRS_INVALID, E_CRS_DATUM.
    """
    placed = place_shapes(read_shapes(text), patch, crs)
    if not shapely.is_valid(placed).all():
        raise WeipianError("E_SPLIT_INVALID")
    return bytes(shapely.to_wkb(shapely.union_all(placed)))


def check_drawable(patch: Patch) -> None:
    """Raise unless the boundary of a patch may be drawn: E_DRAW_BOUNDARY, E_SPLIT_VOID, E_DRAW_WORKED."""
    if patch.geometry_source == "issued" and patch.wkb is not None:
        raise WeipianError("E_DRAW_BOUNDARY", patch_id=patch.patch_id)
    if patch.split_state or patch.review_status is ReviewStatus.VOID:
        raise WeipianError("E_DRAW_WORKED", patch_id=patch.patch_id)
    if patch.case_status is not CaseStatus.NONE or patch.review_status in _HANDED_IN:
        raise WeipianError("E_DRAW_WORKED", patch_id=patch.patch_id)


def draw(ws: Workspace, patch: Patch, wkb: bytes, who: str) -> tuple[Patch, str]:
    """Give a patch the boundary `wkb` (polygon, lon/lat EPSG:4490) and overlay it, in one transaction.

    The issued area stays what it was; computed and adopted area come from the drawing, with their source.
    Returns the patch and a sentence when something is worth knowing, empty otherwise.

    Raises:
        WeipianError: as `check_drawable`, `check_polygon`.
    """
    check_drawable(patch)
    geom = check_polygon(wkb)
    area = ellipsoidal_area(geom)
    drawn = replace(
        patch,
        wkb=bytes(shapely.to_wkb(geom)),
        delivered_wkb=None,
        delivered_crs="",
        geometry_source="drawn",
        area_m2=area,
        adopted_area_m2=area,
        adopted_source=DRAWN,
        overlay_mark=None,
    )
    (drawn,), rows, said = overlaid(ws, [drawn])
    with ws.transaction("draw", patch.patch_uid, who) as change:
        change.put("patch", records.patch_row(drawn))
        put_overlay(ws, change, [patch.patch_uid], rows)
    return drawn, "；".join(text for text in (_distance(drawn), said) if text)


def _distance(patch: Patch) -> str:
    if patch.centre_lon is None or patch.centre_lat is None or patch.wkb is None:
        return ""
    away = look(patch.centre_lon, patch.centre_lat, None, patch.wkb).distance_m
    return f"画的边界离下发的中心点有 {away:.0f} 米，请核对位置" if away > _FAR_M else ""
