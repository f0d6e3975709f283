"""The chosen layer of a delivery, open for reading, whatever format it came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union

from ..sources.delivered import DeliveredLayer
from ..sources.memory import CENTRES, NOTHING, MemoryLayer
from ..sources.reader import open_dataset
from ..sources.sheet import Sheet
from . import table
from .layers import Candidate

Source = Union[DeliveredLayer, MemoryLayer]


def open_layer(candidate: Candidate, encoding: str, answers: Mapping[str, str]) -> Source:
    """Open a candidate; use the result in a `with` block.

    Besides fields, field_info, count, crs, extent, geometry_type, read() and findings() a source has:
    `id_hint` (the field that serves as patch id when no alias knows one, or ""), `asked` ((key, text,
    choices) of what only a person can tell), `encoding` and `encoding_reason` ("" for a shapefile, whose
    encoding is judged from its .dbf).

    Args:
        candidate: a layer found by `layers.candidates`, inside the `files.opened` block it was found in.
        encoding: GDAL's name of the encoding of a shapefile, "" for any other format.
        answers: every answer in force (given or remembered) by key; tables look for `patch_id`, `rows`,
            `axis`, `centroid_x`, `centroid_y`.

    Raises:
        WeipianError: E_FILE_UNREADABLE.
    """
    if isinstance(candidate.loaded, MemoryLayer):
        return candidate.loaded
    if isinstance(candidate.loaded, Sheet):
        return table.layer_of(candidate.loaded, answers)
    found = open_dataset(candidate.dataset, candidate.layer, encoding)
    layer = DeliveredLayer(candidate.dataset, *found, numbered=not candidate.is_table)
    if not candidate.is_table:
        return layer
    with layer:
        rows = [list(values.values()) for _, _, values in layer.read()]
    return table.layer_of(Sheet(candidate.dataset, candidate.layer, layer.fields, rows), answers)


def kind_of(source: Source) -> str:
    """`Inspection.kind` of a source."""
    return {CENTRES: "centres", NOTHING: "ids"}.get(source.geometry_type, "") if source.boundless else ""
