"""Which layer of a delivery holds the patches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Union

import numpy as np
import shapely

from ..core.errors import WeipianError
from ..sources.boundary_text import is_boundary_text, read_boundary_texts
from ..sources.drawing import read_drawing
from ..sources.kml import read_kml
from ..sources.loose_json import read_loose_json
from ..sources.memory import MemoryLayer
from ..sources.reader import LayerInfo, list_layers
from ..sources.sheet import Sheet
from ..sources.tables import SUFFIXES as TABLES
from ..sources.tables import read_sheets
from . import table
from .checks import kind_label
from .files import KML, datasets
from .kept import fingerprint, kept
from .model import Question

_TABLE = "没有图形的表"


@dataclass(frozen=True)
class Candidate:
    """A layer in a dataset; `label` names it among all layers of the delivery.

    `loaded`: the content where the format is read as a whole; `members`: all files when there are several.
    """

    dataset: Path
    layer: str
    label: str
    geometry_type: str
    count: int
    loaded: Union[MemoryLayer, Sheet, None] = None
    members: tuple[Path, ...] = ()

    @property
    def is_table(self) -> bool:
        """True for rows without a geometry of their own (they may name coordinates)."""
        return kind_label(self.geometry_type) == _TABLE

    @property
    def hidden(self) -> bool:
        """True for a hidden sheet of a workbook."""
        return isinstance(self.loaded, Sheet) and self.loaded.hidden


def candidates(root: Path, named: Path) -> list[Candidate]:
    """All layers of all datasets below `root`; tables only where there is no polygon layer.

    What was loaded whole is kept for the next look at the same files; an archive lies elsewhere each time.

    Raises:
        WeipianError: of `files.datasets`, and of a reader when no dataset can be read.
    """
    if root != named:
        return _candidates(root, named)
    return list(kept(fingerprint(named), "candidates", lambda: _candidates(root, named)))


def _candidates(root: Path, named: Path) -> list[Candidate]:
    vectors, tables = datasets(root, named)
    found, failure = _all(vectors, root)
    if not any(_may_be_polygon(c) and c.count for c in found):
        texts = [path for path in tables if path.suffix.lower() == ".txt" and is_boundary_text(path)]
        if texts:
            layer = read_boundary_texts(texts)
            table.orient(layer, points_of(layer), "yx")
            found.append(Candidate(texts[0], layer.layer, layer.layer, "Polygon", layer.count, layer, tuple(texts)))
        else:
            more, later = _all(tables, root)
            found, failure = [*found, *more], failure or later
    if not found and failure is not None:
        raise failure
    return found


def points_of(layer: MemoryLayer) -> list[tuple[float, float]]:
    """All coordinates of a layer as they stand in the file."""
    wkbs = np.array([wkb for _, wkb, _ in layer.rows if wkb], dtype=object)
    return [(float(x), float(y)) for x, y in shapely.get_coordinates(shapely.from_wkb(wkbs))]


def _all(paths: Sequence[Path], root: Path) -> tuple[list[Candidate], Union[WeipianError, None]]:
    """The layers of those that can be read, and the first error."""
    found: list[Candidate] = []
    failure = None
    for path in paths:
        try:
            layers = _contents(path)
        except WeipianError as error:
            failure = failure or error
            continue
        place = str(path.relative_to(root)) if path != root else ""
        many = bool(place) and len(paths) > 1
        for info, loaded in layers:
            label = f"{place}|{info.name}" if many and len(layers) > 1 else place if many else info.name
            found.append(Candidate(path, info.name, label, info.geometry_type, info.count, loaded))
    return found, failure


def _contents(path: Path) -> list[tuple[LayerInfo, Union[MemoryLayer, Sheet, None]]]:
    """The layers of one dataset, with their content where the format is read as a whole."""
    suffix = path.suffix.lower()
    whole: list[Union[MemoryLayer, Sheet]] = []
    if suffix in KML:
        whole = [read_kml(path)]
    elif suffix == ".dxf":
        whole = [read_drawing(path)]
    elif suffix in TABLES:
        return [(LayerInfo(sheet.name, "None", sheet.count), sheet) for sheet in read_sheets(path)]
    elif suffix in (".json", ".geojson", ".geojsonl", ".ndjson", ".jsonl"):
        loose = read_loose_json(path)
        whole = [loose] if loose is not None else []
    if whole:
        return [(LayerInfo(m.layer, m.geometry_type, m.count, m.crs), m) for m in whole if isinstance(m, MemoryLayer)]
    return [(info, None) for info in list_layers(path)]


def _may_be_polygon(candidate: Candidate) -> bool:
    """Polygons, or a type that only the rows can tell."""
    return kind_label(candidate.geometry_type) in ("面", "混合类型")


def choose(found: Sequence[Candidate], wanted: str, named: Path) -> tuple[list[Candidate], list[Question]]:
    """The layer to read as a list of one, or several and the question which.

    Raises:
        WeipianError: E_ANSWER for an unknown name, E_NOT_POLYGON, E_LAYER_EMPTY.
    """
    if wanted:
        return _named(found, wanted), []
    polygons = [c for c in found if _may_be_polygon(c)]
    tables = [c for c in found if c.is_table]
    if found and not polygons and not tables:
        raise WeipianError("E_NOT_POLYGON", geometry=kind_label(found[0].geometry_type), path=named)
    filled = [c for c in polygons if c.count] or [c for c in tables if c.count and not polygons]
    shown = [c for c in filled if not c.hidden] or filled
    if not shown:
        raise WeipianError("E_LAYER_EMPTY", path=named)
    if len(shown) == 1:
        return shown, []
    what, where = ("行", "张表") if shown[0].is_table else ("个图形", "个面图层")
    choices = tuple((c.label, f"{c.label}（{c.count} {what}）") for c in shown)
    return shown, [Question("layer", f"数据里有多{where}，图斑在哪一个？", choices)]


def _named(found: Sequence[Candidate], wanted: str) -> list[Candidate]:
    """The layer of that name as a list of one."""
    hits = [c for c in found if c.label == wanted] or [c for c in found if c.layer == wanted]
    if len(hits) != 1:
        names = "、".join(c.label for c in found)
        raise WeipianError("E_ANSWER", key="layer", value=wanted, choices=names)
    if not _may_be_polygon(hits[0]) and not hits[0].is_table:
        raise WeipianError("E_NOT_POLYGON", geometry=kind_label(hits[0].geometry_type), path=hits[0].label)
    if not hits[0].count:
        raise WeipianError("E_LAYER_EMPTY", path=hits[0].label)
    return hits
