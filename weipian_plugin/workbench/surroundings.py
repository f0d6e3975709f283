"""What lies around a patch: neighbours, village and grid by their layers, the measured width of a road."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..core.model import LayerAssignment, Patch
from ..geo.area import ellipsoidal_areas
from ..geo.viewcone import to_metres
from ..geo.width import Width
from ..sources.crs import Transformer
from ..sources.reader import open_source
from ..store.marks import boundary_mark
from .measuring import width_of
from .session import Session
from .views import QueueRow

#: Patches up to so far away are neighbours, m; so many of them are told.
WITHIN_M, MOST = 200.0, 12
_DEGREE_M = 111_320.0
_CRS = "EPSG:4490"
#: Where the name of a village or a grid cell stands when nobody named the field, most telling first.
_NAME_FIELDS = {
    "village": ("ZLDWMC", "XZQMC", "CMC", "CUN", "QSDWMC", "村名", "村名称", "行政村", "名称", "NAME", "MC"),
    "grid": ("WGMC", "网格名称", "网格", "WGBH", "WGH", "网格编号", "名称", "NAME", "MC", "编号"),
}
_DIRECTIONS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")
#: A share of the patch below this is a matter of drawing, not of belonging.
_LEAST_SHARE = 0.01


@dataclass(frozen=True)
class Neighbour:
    """A patch nearby: metres from boundary to boundary and the direction from the current one."""

    row: QueueRow
    distance_m: float
    direction: str
    wkb: bytes

    @property
    def where(self) -> str:
        """「东北 35 米」, 「相接」 for one that touches."""
        return "相接" if self.distance_m < 0.5 else f"{self.direction} {self.distance_m:.0f} 米"


@dataclass(frozen=True)
class Place:
    """In which village or grid cell a patch lies. `parts`: (name, share of the patch), largest first."""

    parts: tuple[tuple[str, float], ...] = ()
    source: str = ""  # 村界图层, 网格图层 or 下发数据
    differs: str = ""  # what the delivery says where that is something else
    problem: str = ""  # why the layer could not be asked

    @property
    def text(self) -> str:
        """「乌牛村」, 「乌牛村 80 %、古路村 20 %」, empty when not known."""
        if len(self.parts) == 1:
            return self.parts[0][0]
        return "、".join(f"{name} {100 * share:.0f} %" for name, share in self.parts)


@dataclass(frozen=True)
class Surroundings:
    """Everything of one patch that this module knows."""

    patch_uid: str
    neighbours: tuple[Neighbour, ...] = ()
    more: int = 0  # neighbours beyond MOST
    village: Place = Place()
    grid: Place = Place()
    width: Optional[Width] = None


class SurroundingsReader:
    """Answers for one session; keeps the boundaries in an index until one of them changes."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._mark: tuple[object, ...] = ()
        self._head: tuple[object, ...] = ()
        self._uids: list[str] = []
        self._wkbs: list[bytes] = []
        self._shapes: Any = np.empty(0, dtype=object)
        self._tree: Optional[shapely.STRtree] = None

    def read(self, patch: Patch) -> Surroundings:
        """What lies around `patch`; a layer that cannot be read is a problem told, never an error."""
        here = _shape(patch)
        if here is None:
            told = Place(((patch.village_name, 1.0),), "下发数据") if patch.village_name else Place()
            return Surroundings(patch.patch_uid, village=told)
        found = self._near(patch, here)
        layers = self.session.assignments()
        return Surroundings(
            patch_uid=patch.patch_uid,
            neighbours=tuple(found[:MOST]),
            more=max(len(found) - MOST, 0),
            village=_place("village", "村界图层", layers, here, patch.village_name or ""),
            grid=_place("grid", "网格图层", layers, here, ""),
            width=width_of(patch.wkb),
        )

    def _index(self) -> shapely.STRtree:
        ws = self.session.workspace
        head = (ws.head(), ws.data_version())
        if self._tree is not None and head == self._head:
            return self._tree
        self._head = head
        mark = boundary_mark(ws)  # reads every row: 20 ms of 20 000 patches, and only after a change of whatever kind
        if self._tree is None or mark != self._mark:
            known = self.session.patch_geometries()
            self._uids, self._wkbs = list(known), list(known.values())
            self._shapes = np.asarray(shapely.from_wkb(self._wkbs), dtype=object)
            self._tree, self._mark = shapely.STRtree(self._shapes), mark
        return self._tree

    def _near(self, patch: Patch, here: Any) -> list[Neighbour]:
        """Neighbours, nearest first; one that was split is seen as its parts."""
        tree = self._index()
        x0, y0, x1, y1 = shapely.bounds(here)
        lon, lat = (x0 + x1) / 2, (y0 + y1) / 2
        north = WITHIN_M / _DEGREE_M * 1.02
        east = north / max(math.cos(math.radians(max(abs(y0), abs(y1)))), 0.05)
        hits = tree.query(shapely.box(x0 - east, y0 - north, x1 + east, y1 + north))
        if not len(hits):
            return []
        plane, others = to_metres(here, lon, lat), to_metres(self._shapes[hits], lon, lat)
        distances = shapely.distance(plane, others)
        found = []
        middle = shapely.centroid(plane)
        for i in np.argsort(distances, kind="stable"):
            uid = self._uids[hits[i]]
            if uid == patch.patch_uid or not distances[i] <= WITHIN_M:
                continue
            row = self.session.queue_row(uid)
            if row.split_state == "parent" or uid == patch.parent_uid:
                continue
            there = shapely.centroid(others[i])
            found.append(Neighbour(row, float(distances[i]), _direction(middle, there), self._wkbs[hits[i]]))
        return found


def _shape(patch: Patch) -> Any:
    """The boundary, the centre of a patch without one, None where nothing is known (lon/lat)."""
    if patch.wkb:
        return shapely.from_wkb(patch.wkb)
    if patch.centre_lon is not None and patch.centre_lat is not None:
        return shapely.Point(patch.centre_lon, patch.centre_lat)
    return None


def _direction(start: Any, end: Any) -> str:
    bearing = math.degrees(
        math.atan2(shapely.get_x(end) - shapely.get_x(start), shapely.get_y(end) - shapely.get_y(start))
    )
    return _DIRECTIONS[round(bearing % 360 / 45) % 8]


def _place(role: str, source: str, layers: Sequence[LayerAssignment], here: Any, delivered: str) -> Place:
    """Where a patch lies by the layer of a role; what the delivery says where there is none."""
    told = ((delivered, 1.0),) if delivered else ()
    assignment = next((layer for layer in layers if layer.role == role), None)
    if assignment is None:
        return Place(told, "下发数据" if told else "")
    try:
        shares = _shares(assignment, role, here)
    except WeipianError as error:
        return Place(told, "下发数据" if told else "", problem=f"{source}：{error.message}")
    if not shares:
        return Place(told, "下发数据" if told else "", problem=f"{source}里这个位置没有")
    parts = tuple(sorted(shares.items(), key=lambda item: -item[1]))
    named = delivered and not any(delivered in name or name in delivered for name, _ in parts)
    return Place(parts, source, differs=delivered if named else "")


def _shares(assignment: LayerAssignment, role: str, here: Any) -> dict[str, float]:
    """Name -> share of the patch; a point lies in one of them whole."""
    area = float(ellipsoidal_areas([here])[0]) if shapely.get_dimensions(here) == 2 else 0.0
    shares: dict[str, float] = {}
    for name, shape in meeting(assignment, role, here):
        if not area:
            if shapely.intersects(shape, here):
                return {name: 1.0}
            continue
        cut = float(ellipsoidal_areas([_intersection(shape, here)])[0]) / area
        if cut >= _LEAST_SHARE:
            shares[name] = min(shares.get(name, 0.0) + cut, 1.0)
    return shares


def _intersection(one: Any, other: Any) -> Any:
    try:
        return shapely.intersection(one, other)
    except shapely.GEOSException:
        return shapely.intersection(shapely.make_valid(one), shapely.make_valid(other))


def meeting(assignment: LayerAssignment, role: str, here: Any) -> Iterator[tuple[str, Any]]:
    """(name, shape in lon/lat) of the features whose box meets that of the patch."""
    with open_source(Path(assignment.source), assignment.layer, crs=assignment.crs) as source:
        name_field = _name_field(assignment, role, source.fields)
        back, there = Transformer(source.crs, _CRS), Transformer(_CRS, source.crs)
        box = there.bounds(tuple(map(float, shapely.bounds(here))))  # type: ignore[arg-type]
        for fid, wkb, values in source.read(box, [name_field] if name_field else []):
            if wkb:
                name = (values.get(name_field) or "").strip() if name_field else ""
                yield name or f"第 {fid} 号", back.geometry(shapely.from_wkb(wkb))


def _name_field(assignment: LayerAssignment, role: str, fields: Sequence[str]) -> str:
    if assignment.class_field in fields:
        return assignment.class_field
    known = {name.upper(): name for name in fields}
    return next((known[name] for name in _NAME_FIELDS[role] if name in known), "")
