"""Cutting a patch into pieces that share their vertices and together are the patch (numpy + shapely).

All lines are noded together once and the faces between them are put together again, so that two
neighbours hold the same vertices, bit for bit, and nothing is lost or counted twice. Works in the plane
of the delivered coordinates, whose edges are straight there; areas come from the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
import shapely

from .area import piece_areas
from .gauss_kruger import GaussKruger

#: Faces smaller than this are no plots, m² (the size below which the official check ignores a piece).
SLIVER_M2 = 0.1
#: The end of a cut this near to the boundary was meant to lie on it, m.
REACH_M = 0.2
#: Boundaries drawn or delivered apart are taken as the same within this distance, m.
SNAP_M = 0.05
#: A cut this near to a vertex goes through it, m: a node beside it would fall together with it in eight-digit eastings.
_SAME_M = 1e-6
#: What coordinates rounded to the centimetre move a boundary by, m; no reason to refuse a part.
_ROUNDING_M = 0.005
_DEGREE_M = 111_320.0


class SplitError(ValueError):
    """Why a patch cannot be cut so; `kind` is nothing, outside, overlap or invalid, `area_m2` how much."""

    def __init__(self, kind: str, area_m2: float = 0.0) -> None:
        super().__init__(kind)
        self.kind = kind
        self.area_m2 = area_m2


@dataclass(frozen=True)
class Plane:
    """The plane of the cut: a Gauss-Krüger zone, or lon/lat degrees (CGCS2000) without one."""

    zone: Optional[GaussKruger] = None

    @property
    def metre(self) -> float:
        """Units of the plane in one metre."""
        return 1.0 if self.zone is not None else 1.0 / _DEGREE_M

    def areas(self, geoms: Sequence[Any]) -> Any:
        """Ellipsoidal m² of pieces, edges straight in this plane."""
        return piece_areas(geoms, self.zone) if len(geoms) else np.zeros(0)


class _Local:
    """The plane moved to whole metres near the patch, and back.

    Eight-digit eastings leave 7e-9 m to a coordinate, and crossings computed there would miss each other
    by that; the move by whole metres is exact, so what was delivered comes back as it was.
    """

    def __init__(self, plane: Plane, parent: Any) -> None:
        self._origin = np.zeros(2)
        self.plane = plane
        if plane.zone is not None:
            x0, y0, x1, y1 = shapely.bounds(parent)
            self._origin = np.round([(x0 + x1) / 2, (y0 + y1) / 2])
            self.plane = Plane(plane.zone.shifted(*(float(v) for v in self._origin)))
        self.whole = self.near(parent)

    def near(self, geom: Any) -> Any:
        """From the plane to here."""
        return shapely.transform(shapely.force_2d(geom), lambda c: c - self._origin)

    def back(self, geom: Any) -> Any:
        """From here to the plane."""
        return shapely.transform(geom, lambda c: c + self._origin)


def cut(parent: Any, lines: Iterable[Any], plane: Plane) -> list[Any]:
    """The polygons into which `lines` cut `parent`, from west to east; parts that no line meets stay whole.

    Args:
        parent: valid Polygon or MultiPolygon.
        lines: LineStrings or MultiLineStrings; ends within :data:`REACH_M` of the boundary reach it.

    Raises:
        SplitError: nothing, when no line goes through (touching, dangling, outside).
    """
    local = _Local(plane, parent)
    reach = REACH_M * plane.metre
    cuts = [_reaching(line, local.whole, reach) for line in shapely.get_parts([local.near(line) for line in lines])]
    faces = _faces(local, cuts)
    pieces = _assemble(faces, range(len(faces)), local.plane)
    if len(pieces) <= len(shapely.get_parts(local.whole)):
        raise SplitError("nothing")
    return [local.back(piece) for piece in sorted(pieces, key=_west_first)]


def carve(parent: Any, parts: Sequence[Any], plane: Plane, *, in_order: bool = False) -> list[Any]:
    """`parts` of `parent` in the order given and, last, what is left of it (if anything is).

    Boundaries within :data:`SNAP_M` of the parent's are laid on it. With `in_order` ground that two parts
    claim goes to the first, else that is refused.

    Raises:
        SplitError: invalid (a part crosses itself or is no polygon), outside, overlap (with m²), nothing.
    """
    local = _Local(plane, parent)
    wanted = _laid_on(local, [local.near(part) for part in parts])
    slack = SLIVER_M2 + _ROUNDING_M * float(shapely.length(wanted).sum()) / plane.metre
    outside = float(local.plane.areas(shapely.difference(wanted, local.whole)).sum())
    if outside > slack:
        raise SplitError("outside", outside)
    claimed = 0.0 if in_order else _overlap(wanted, local.plane)
    if claimed > slack:
        raise SplitError("overlap", claimed)
    faces = _faces(local, [shapely.boundary(part) for part in wanted])
    inside = shapely.point_on_surface(faces)
    owners = np.full(len(faces), len(wanted))
    for number in reversed(range(len(wanted))):
        owners[shapely.intersects(wanted[number], inside)] = number
    pieces = _assemble(faces, owners.tolist(), local.plane)
    if len(pieces) < 2:
        raise SplitError("nothing")
    return [local.back(piece) for piece in pieces]


def _laid_on(local: _Local, parts: Sequence[Any]) -> list[Any]:
    """The parts with boundaries that were meant to be those of the parent, or of an earlier part, laid on them."""
    if not parts:
        raise SplitError("nothing")
    if any(shapely.get_dimensions(part) != 2 or not shapely.is_valid(part) for part in parts):
        raise SplitError("invalid")
    snap = SNAP_M * local.plane.metre
    done: list[Any] = []
    for part in parts:
        against = shapely.union_all([shapely.boundary(geom) for geom in (local.whole, *done)])
        snapped = shapely.snap(part, against, snap)
        done.append(snapped if shapely.is_valid(snapped) and not shapely.is_empty(snapped) else part)
    return done


def _overlap(wanted: Sequence[Any], plane: Plane) -> float:
    """m² that more than one of `wanted` claims."""
    total = 0.0
    for number, part in enumerate(wanted):
        rest = [other for other in wanted[number + 1 :] if shapely.intersects(part, other)]
        total += float(plane.areas(shapely.intersection(part, rest)).sum()) if rest else 0.0
    return total


def _west_first(piece: Any) -> tuple[float, float]:
    point = shapely.point_on_surface(piece)
    return (float(shapely.get_x(point)), -float(shapely.get_y(point)))


def _faces(local: _Local, lines: Sequence[Any]) -> Any:
    """The polygons between the boundary of the patch and `lines` that lie in the patch."""
    whole = local.whole
    vertices = shapely.multipoints(shapely.get_coordinates(whole))
    through = shapely.snap(list(lines), vertices, _SAME_M * local.plane.metre)
    noded = shapely.union_all([shapely.boundary(whole), *through])
    faces = shapely.get_parts(shapely.polygonize([noded]))
    shapely.prepare(whole)
    return faces[shapely.contains(whole, shapely.point_on_surface(faces))]


def _reaching(line: Any, whole: Any, reach: float) -> Any:
    """The line with ends that stop just short of the boundary, or on it, drawn across it.

    A vertex snapped to an edge lies 1e-9 beside it; without this such a cut would end in the air.
    """
    coords = shapely.get_coordinates(line)
    if len(coords) < 2 or shapely.is_closed(line):
        return line
    ends = [_across(coords[0], whole, reach), _across(coords[-1], whole, reach)]
    kept = [ends[0]] if ends[0] is not None else []
    tail = [ends[1]] if ends[1] is not None else []
    return shapely.linestrings(np.vstack([*kept, coords, *tail]))


def _across(end: Any, whole: Any, reach: float) -> Optional[Any]:
    """A point beyond the boundary next to `end`, None where the boundary is not near."""
    point = shapely.points(end)
    boundary = shapely.boundary(whole)
    if shapely.distance(boundary, point) > reach:
        return None
    foot = shapely.get_coordinates(shapely.shortest_line(boundary, point))[0]
    corners = [c for c in shapely.get_coordinates(whole) if abs(c - foot).max() <= reach * 1e-3]
    if corners and abs(corners[0] - end).max() == 0.0:
        return None  # on a vertex of the patch already
    if corners:
        return corners[0]
    rings = shapely.get_rings(shapely.get_parts(whole))
    edges = np.concatenate([np.stack([c[:-1], c[1:]], axis=1) for c in map(shapely.get_coordinates, rings)])
    edge = edges[int(np.argmin(shapely.distance(shapely.linestrings(edges), point)))]
    along = edge[1] - edge[0]
    normal = np.array([-along[1], along[0]]) / max(float(np.hypot(*along)), 1e-300)
    for side in (foot + normal * reach, foot - normal * reach):
        if not shapely.intersects(whole, shapely.points(side)):
            return side
    return None


def _assemble(faces: Any, owners: Sequence[int], plane: Plane) -> list[Any]:
    """Faces of the same owner as one geometry, in the order of owners; slivers go to a neighbour."""
    areas = plane.areas(faces)
    owner = np.array(owners, dtype=np.intp)
    for sliver in np.argsort(areas).tolist():
        if areas[sliver] >= SLIVER_M2:
            break
        neighbour = _neighbour(sliver, faces, areas)
        if neighbour is not None:
            owner[sliver] = owner[neighbour]
    return [shapely.union_all(faces[owner == number]) for number in np.unique(owner)]


def _neighbour(face: int, faces: Any, areas: Any) -> Optional[int]:
    """The face with which a sliver shares the longest edge, not a sliver itself; else the nearest one."""
    others = np.flatnonzero((areas >= SLIVER_M2) & (np.arange(len(faces)) != face))
    if not len(others):
        return None
    shared = shapely.length(shapely.intersection(faces[face], faces[others]))
    if shared.max() > 0:
        return int(others[int(np.argmax(shared))])
    return int(others[int(np.argmin(shapely.distance(faces[face], faces[others])))])
