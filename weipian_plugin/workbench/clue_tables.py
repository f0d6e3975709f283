"""Use case: a table or layer of clues in, a row a clue (csv, xlsx, GeoJSON, GeoPackage …)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

import shapely

from ..core.errors import WeipianError
from ..core.feedback import Feedback, stop_if_cancelled
from ..core.fields import normalise
from ..core.model import CLUE_BATCH, Patch
from ..sources.coordinates import coordinate
from ..sources.crs import Transformer
from ..sources.reader import open_source
from ..sources.tables import read_sheets
from ..store import records
from ..store.workspace import Workspace
from .clues import ClueDraft, add_clue, instant, origin_of
from .register_tables import TABLE_SUFFIXES
from .shapes_text import LONLAT, read_shapes

#: Field of a clue -> headers that people write, the first that is there counts.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "origin": ("来源", "线索来源", "发现方式", "origin"),
    "finder": ("发现人", "巡查人", "举报人", "报告人", "finder"),
    "found_at": ("发现时间", "发现日期", "巡查时间", "时间", "日期", "found_at"),
    "stopped_at": ("制止时间", "制止日期", "stopped_at"),
    "reported_at": ("报告时间", "上报时间", "报告日期", "reported_at"),
    "grid_l3": ("三级网格长", "三级网格", "网格长", "grid_l3"),
    "grid_l4": ("四级网格员", "四级网格", "网格员", "grid_l4"),
    "village": ("村(社区)", "村", "村名", "村社区", "所在村", "village"),
    "note": ("说明", "线索内容", "内容", "情况说明", "备注", "note"),
    "lon": ("经度", "中心经度", "lon", "lng", "longitude"),
    "lat": ("纬度", "中心纬度", "lat", "latitude"),
    "wkt": ("wkt", "范围", "图形", "geometry"),
}
_TEXTS = ("finder", "found_at", "stopped_at", "reported_at", "grid_l3", "grid_l4", "village", "note")


@dataclass(frozen=True)
class ClueRow:
    """What became of one row: the number it got, or why not."""

    row: int
    patch_id: str = ""
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class ClueReport:
    """What became of a table of clues."""

    added: Sequence[ClueRow]
    rejected: Sequence[ClueRow]

    def report(self) -> dict[str, Any]:
        """The REPORT_JSON of design section 5."""
        return {"applied": [vars(r) for r in self.added], "rejected": [vars(r) for r in self.rejected]}


def import_table(folder: Path, table: Path, who: str, feedback: Feedback, origin: str = "") -> ClueReport:
    """Register every row as a clue; a row that cannot be, or that is known already, is listed with its reason.

    Args:
        origin: what rows without 来源 are (patrol, grid, report or their Chinese names).

    Raises:
        WeipianError: E_FILE_MISSING, E_FILE_UNREADABLE, E_TABLE_COLUMNS, E_CLUE_SOURCE for `origin`,
            E_CANCELLED (rows registered before stay, as on the panel).
    """
    path = Path(table)
    if not path.exists():
        raise WeipianError("E_FILE_MISSING", path=path)
    usual = origin_of(origin) if origin.strip() else ""
    rows = list(_rows(path))
    added: list[ClueRow] = []
    rejected: list[ClueRow] = []
    with Workspace.open(Path(folder)) as ws:
        known = _Known(ws)
        for done, (number, values, wkb) in enumerate(rows):
            stop_if_cancelled(feedback)
            feedback.progress(100 * done / max(1, len(rows)))
            try:
                draft = _draft(values, wkb, usual)
                known.refuse(draft)
                patch, _said = add_clue(ws, draft, who)
                known.add(draft, patch)
                added.append(ClueRow(number, patch.patch_id))
            except WeipianError as error:
                if error.code in ("E_WS_READONLY", "E_WS_LOCKED", "E_DISK_FULL"):
                    raise
                rejected.append(ClueRow(number, "", error.code, str(error)))
    feedback.progress(100)
    return ClueReport(added, rejected)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str], Optional[bytes]]]:
    """(row number, field -> text, WKB in EPSG:4490) of every row with anything in it."""
    if path.suffix.lower() in TABLE_SUFFIXES:
        named = [(sheet, _columns(sheet.header)) for sheet in read_sheets(path)]
        sheet, columns = max(named, key=lambda item: len(item[1]), default=(None, {}))
        if sheet is None or not ({"lon", "lat"} <= set(columns) or "wkt" in columns):
            raise WeipianError("E_TABLE_COLUMNS", columns="经度、纬度（或 WKT）")
        for number, row in zip(sheet.numbered(), sheet.rows):
            if any(row):
                yield number, {name: (row[i] or "").strip() for name, i in columns.items()}, None
        return
    with open_source(path) as source:
        columns = _columns(source.fields)
        to_lonlat = Transformer(source.crs or LONLAT, LONLAT)
        for number, (_fid, wkb, attributes) in enumerate(source.read(), 1):
            geom = shapely.from_wkb(wkb, on_invalid="ignore") if wkb else None
            names = list(source.fields)
            values = {name: (attributes.get(names[i]) or "").strip() for name, i in columns.items()}
            yield number, values, None if geom is None else bytes(shapely.to_wkb(to_lonlat.geometry(geom)))


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Field of a clue -> column."""
    at = {normalise(name or ""): i for i, name in reversed(list(enumerate(header)))}
    found = {}
    for name, words in HEADERS.items():
        hit = next((at[normalise(word)] for word in words if normalise(word) in at), None)
        if hit is not None:
            found[name] = hit
    return found


def _draft(values: Mapping[str, str], wkb: Optional[bytes], usual: str) -> ClueDraft:
    lon = lat = None
    if wkb is None and values.get("wkt"):
        wkb = bytes(shapely.to_wkb(shapely.union_all(read_shapes(values["wkt"]))))
    if wkb is not None and shapely.get_dimensions(shapely.from_wkb(wkb)) < 2:
        centre = shapely.centroid(shapely.from_wkb(wkb))
        lon, lat, wkb = float(centre.x), float(centre.y), None
    elif wkb is None:
        lon, lat = coordinate(values.get("lon")), coordinate(values.get("lat"))
    origin = values.get("origin") or usual
    return ClueDraft(origin=origin, lon=lon, lat=lat, wkb=wkb, **{name: values.get(name, "") for name in _TEXTS})


class _Known:
    """The clues that are there, by what was said of them: finder, time and note."""

    def __init__(self, ws: Workspace) -> None:
        self._said: dict[tuple[str, str, str], list[Patch]] = {}
        clues = records.clues(ws)
        for patch in records.patches(ws, CLUE_BATCH):
            clue = clues.get(patch.patch_uid)
            if clue is not None:
                self._said.setdefault((clue.finder, clue.found_at, clue.note), []).append(patch)

    def refuse(self, draft: ClueDraft) -> None:
        """Raise E_CLUE_KNOWN with the clue that says the same of the same place."""
        for patch in self._said.get(self._key(draft), ()):
            if _same_place(patch, draft):
                raise WeipianError("E_CLUE_KNOWN", patch_id=patch.patch_id)

    def add(self, draft: ClueDraft, patch: Patch) -> None:
        """A clue that has just been registered."""
        self._said.setdefault(self._key(draft), []).append(patch)

    @staticmethod
    def _key(draft: ClueDraft) -> tuple[str, str, str]:
        return draft.finder.strip(), instant("发现时间", draft.found_at), draft.note.strip()


def _same_place(patch: Patch, draft: ClueDraft) -> bool:
    if patch.wkb and draft.wkb:
        return bool(shapely.equals(shapely.from_wkb(patch.wkb), shapely.from_wkb(draft.wkb)))
    return not patch.wkb and not draft.wkb and (patch.centre_lon, patch.centre_lat) == (draft.lon, draft.lat)
