"""Which layer of a delivery holds the patches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..core.errors import WeipianError
from ..sources.reader import list_layers
from .checks import kind_label
from .files import datasets
from .model import Question


@dataclass(frozen=True)
class Candidate:
    """A layer in a dataset; `label` names it among all layers of the delivery."""

    dataset: Path
    layer: str
    label: str
    geometry_type: str
    count: int


def candidates(root: Path, named: Path) -> list[Candidate]:
    """All layers of all datasets below `root`."""
    paths = datasets(root, named)
    found = []
    for path in paths:
        try:
            infos = list_layers(path)
        except WeipianError:
            if len(paths) == 1:
                raise
            continue
        for info in infos:
            place = str(path.relative_to(root)) if path != root else ""
            many = place and (len(paths) > 1)
            label = f"{place}|{info.name}" if many and len(infos) > 1 else place if many else info.name
            found.append(Candidate(path, info.name, label, info.geometry_type, info.count))
    return found


def _may_be_polygon(candidate: Candidate) -> bool:
    """Polygons, or a type that only the rows can tell."""
    return kind_label(candidate.geometry_type) in ("面", "混合类型")


def choose(found: Sequence[Candidate], wanted: str, named: Path) -> tuple[list[Candidate], list[Question]]:
    """The layer to read as a list of one, or several and the question which.

    Raises:
        WeipianError: E_ANSWER for an unknown name, E_NOT_POLYGON, E_LAYER_EMPTY.
    """
    if wanted:
        hits = [c for c in found if c.label == wanted] or [c for c in found if c.layer == wanted]
        if len(hits) != 1:
            names = "、".join(c.label for c in found)
            raise WeipianError("E_ANSWER", key="layer", value=wanted, choices=names)
        if not _may_be_polygon(hits[0]):
            raise WeipianError("E_NOT_POLYGON", geometry=kind_label(hits[0].geometry_type), path=hits[0].label)
        if not hits[0].count:
            raise WeipianError("E_LAYER_EMPTY", path=hits[0].label)
        return hits, []
    polygons = [c for c in found if _may_be_polygon(c)]
    if found and not polygons:
        raise WeipianError("E_NOT_POLYGON", geometry=kind_label(found[0].geometry_type), path=named)
    filled = [c for c in polygons if c.count]
    if not filled:
        raise WeipianError("E_LAYER_EMPTY", path=named)
    if len(filled) == 1:
        return filled, []
    choices = tuple((c.label, f"{c.label}（{c.count} 个图形）") for c in filled)
    return filled, [Question("layer", "数据里有多个面图层，图斑在哪一个？", choices)]
