"""What was answered once for the layout of a delivery, so that it is not asked again next month.

The answers lie in the workspace, as rows of `setting` named `intake:<signature>`, so that they travel with the
folder and stand in the journal. The panel also keeps them in the user's profile for a new workspace; the
command line does not, because what it does must not depend on who ran it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely
from qgis.core import QgsSettings

from ..core.errors import WeipianError
from ..core.fields import match_fields
from ..core.journal import canonical
from ..core.model import Batch, LayerAssignment
from ..intake.model import Context, Earlier, ImportOptions, Inspection, Remembered
from ..sources.crs import Transformer
from ..sources.reader import open_source
from ..store import records
from ..store.workspace import FILE_NAME, Transaction, Workspace
from .pack_shelf import pack_of

PREFIX = "intake:"
_PROFILE = "weipian/layouts"
_KEPT_IN_PROFILE = 200
_MOST_VILLAGES = 3000
_VILLAGE_NAMES = {"village_name": ("CMC", "村名称", "行政村", "村名", "ZLDWMC", "XZQMC", "NAME", "MC", "名称")}


def prepared(folder: Optional[Path], options: ImportOptions) -> ImportOptions:
    """The options with what the workspace knows: answers by layout, patches that are there, villages, codes."""
    context = Context(patch_types=pack_of(folder).patch_types)
    memory = dict(options.memory)
    if folder is None or not (Path(folder) / FILE_NAME).is_file():
        return replace(options, memory=memory, context=context)
    with Workspace.open(Path(folder)) as ws:
        memory.update({name: _entry(text) for name, text in records.settings(ws, PREFIX).items()})
        names = {batch.batch_id: batch.name for batch in records.batches(ws)}
        earlier = tuple(
            Earlier(names.get(p.batch_id, ""), p.patch_id, p.patch_uid, p.wkb) for p in records.patches(ws) if p.wkb
        )
        villages = _villages([layer for layer in records.assignments(ws) if layer.role == "village"])
    return replace(options, memory=memory, context=replace(context, earlier=earlier, villages=villages))


def remember(change: Transaction, inspection: Inspection, batch: Batch) -> None:
    """Keep the answers in force beside the batch; nothing is kept where nothing had to be answered."""
    if not inspection.signature or not _answers(inspection):
        return
    name = PREFIX + inspection.signature
    change.put("setting", records.setting_row(name, canonical(_row(inspection, batch.name))))


def _answers(inspection: Inspection) -> dict[str, str]:
    """Answers of before with those of now; keys with "~" only describe."""
    known = inspection.options.memory.get(inspection.signature, Remembered())
    answers = {**known.answers, **inspection.settled}
    return answers if any(not key.startswith("~") for key in answers) else {}


def _row(inspection: Inspection, batch: str) -> dict[str, Any]:
    return {
        "answers": _answers(inspection),
        "batch": batch,
        "bounds": list(inspection.bounds),
        "traits": list(inspection.traits),
    }


def _entry(text: str) -> Remembered:
    """What `_row` wrote; anything else is nothing."""
    try:
        value = json.loads(text)
        answers = {str(k): str(v) for k, v in dict(value["answers"]).items()}
        bounds, traits = value.get("bounds", ()), value.get("traits", ())
        return Remembered(answers, str(value.get("batch", "")), tuple(map(float, bounds)), tuple(map(str, traits)))
    except (ValueError, KeyError, TypeError):
        return Remembered()


def from_profile() -> Mapping[str, Remembered]:
    """The answers that the user's profile holds."""
    settings = QgsSettings()
    settings.beginGroup(_PROFILE)
    try:
        return {name: _entry(str(settings.value(name, ""))) for name in settings.childKeys()}
    finally:
        settings.endGroup()


def to_profile(inspection: Inspection, batch: str) -> None:
    """Keep the answers of an import for the next workspace of this user."""
    if not inspection.signature or not _answers(inspection):
        return
    settings = QgsSettings()
    settings.beginGroup(_PROFILE)
    known = settings.childKeys()
    if len(known) >= _KEPT_IN_PROFILE and inspection.signature not in known:
        settings.remove(known[0])
    settings.setValue(inspection.signature, canonical(_row(inspection, batch)))
    settings.endGroup()


def _villages(layers: Sequence[LayerAssignment]) -> tuple[tuple[str, bytes], ...]:
    """(name, WKB lon/lat) of the village layer; empty where it cannot be read."""
    found: list[tuple[str, bytes]] = []
    for layer in layers:
        try:
            with open_source(layer.source, layer.layer, crs=layer.crs) as source:
                header = match_fields(source.fields, _VILLAGE_NAMES).mapping.get("village_name", "")
                if not header or source.count > _MOST_VILLAGES:
                    continue
                rows = [(row.get(header) or "", wkb) for _, wkb, row in source.read(fields=[header]) if wkb]
                move = Transformer(source.crs, "EPSG:4490")
        except WeipianError:
            continue
        geoms = shapely.from_wkb(np.array([wkb for _, wkb in rows], dtype=object), on_invalid="ignore")
        kept = [(name, geom) for (name, _), geom in zip(rows, geoms) if name and geom is not None]
        found += [(name, bytes(shapely.to_wkb(move.geometry(geom), output_dimension=2))) for name, geom in kept]
    return tuple(found)
