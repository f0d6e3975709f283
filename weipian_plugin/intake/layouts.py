"""The layout of a delivery: what stays the same from month to month, so that answers can be taken over."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Optional

from ..core.errors import WeipianError
from ..core.fields import match_fields
from ..sources.sheet import Sheet
from . import encoding, values
from .files import dbf_of
from .layers import Candidate
from .model import ImportOptions, Remembered
from .opening import open_layer

Row = Mapping[str, Optional[str]]
_COUNTY = re.compile(r"[1-7]\d{5}")
_DIGITS = re.compile(r"[0-9０-９〇一二三四五六七八九十]+")
_ROWS = 50
#: Share of common columns from which two layouts are one county's.
_ALIKE = 0.6


@dataclass(frozen=True)
class Layout:
    """`signature` of format, columns, county and side files; `county` code of six digits or ""; `traits` as kept."""

    signature: str
    county: str
    traits: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """Its columns."""
        return frozenset(self.traits[2:])


def county_of(rows: Sequence[Row], mapping: Mapping[str, str]) -> str:
    """County code of the first row that tells one, from its column or the head of its id."""
    for canonical in ("county_code", "patch_id"):
        header = mapping.get(canonical)
        for row in rows if header else ():
            found = _COUNTY.match(values.code(row.get(header or "")))
            if found:
                return found.group(0)
    return ""


def layout_of(candidate: Candidate, codec: str, aliases: Mapping[str, Sequence[str]]) -> Layout:
    """The layout of a layer; errors of `open_layer`."""
    loaded = candidate.loaded
    if isinstance(loaded, Sheet):
        columns = [(name, "") for name in loaded.header]
        rows: list[Row] = [dict(zip(loaded.header, cells)) for cells in loaded.rows[:_ROWS]]
    else:
        with open_layer(candidate, codec, {}) as source:
            columns = [(info.name, info.type) for info in source.field_info]
            rows = [attributes for _, _, attributes in islice(source.read(), _ROWS)]
    county = county_of(rows, match_fields([name for name, _ in columns], aliases).mapping)
    dbf = dbf_of(candidate.dataset) if candidate.dataset.suffix.lower() == ".shp" else None
    if dbf is not None:
        columns = _raw_columns(dbf) or columns
    suffix = candidate.dataset.suffix.lower()
    text = json.dumps([suffix, sorted(columns), county, _beside(candidate.dataset)], ensure_ascii=False)
    names = sorted({name.encode("utf-8", "replace").decode("utf-8") for name, _ in columns})
    return Layout(
        hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32], county, (suffix, county, *names)
    )


def recall(layout: Layout, memory: Mapping[str, Remembered]) -> Remembered:
    """What was answered for this layout, else for those of the same format and county with nearly its columns.

    A month with a column more, another type or without its .cpg is still the county's delivery. Of several
    the most alike answers first; answers that contradict each other at the same likeness are asked again.
    Every answer taken over is held against the new data where it is used.
    """
    exact = memory.get(layout.signature)
    if exact is not None and exact.answers:
        return exact
    alike = [(_likeness(layout, known), known) for known in memory.values()]
    alike = sorted((item for item in alike if item[0] >= _ALIKE), key=lambda item: -item[0])
    if not alike:
        return Remembered()
    answers: dict[str, str] = {}
    for share in sorted({share for share, _ in alike}, reverse=True):
        equal = [known for found, known in alike if found == share]
        for key in sorted({key for known in equal for key in known.answers} - answers.keys()):
            values_told = {known.answers[key] for known in equal if key in known.answers}
            if len(values_told) == 1:
                answers[key] = values_told.pop()
    best = alike[0][1]
    return Remembered(answers, best.batch, _around([known.bounds for _, known in alike]), best.traits)


def _likeness(layout: Layout, known: Remembered) -> float:
    """Share of the columns of both that they have in common; 0 for another format or county."""
    if len(known.traits) < 3 or known.traits[:2] != layout.traits[:2]:
        return 0.0
    columns = frozenset(known.traits[2:])
    return len(columns & layout.columns) / len(columns | layout.columns)


def _around(boxes: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    """The box around boxes, empty for none."""
    whole = [box for box in boxes if len(box) == 4]
    if not whole:
        return ()
    west, south, east, north = zip(*whole)
    return min(west), min(south), max(east), max(north)


def _raw_columns(dbf: Path) -> list[tuple[str, str]]:
    """Names and types by their bytes: they do not depend on how the text is decoded."""
    try:
        return [(item.raw_name.hex(), item.kind) for item in encoding.read_dbf(dbf).fields]
    except (OSError, ValueError):
        return []


def _beside(dataset: Path) -> list[str]:
    """Which of .prj and .cpg a shapefile has."""
    if dataset.suffix.lower() != ".shp":
        return []
    there = {p.suffix.lower() for p in dataset.parent.iterdir() if p.stem == dataset.stem}
    return sorted({".prj", ".cpg"} & there)


def pattern(label: str) -> str:
    """A layer's name without what changes from month to month."""
    return _DIGITS.sub("#", label)


def recall_layer(
    found: Sequence[Candidate], options: ImportOptions, aliases: Mapping[str, Sequence[str]]
) -> tuple[Optional[Candidate], Remembered]:
    """The one layer that has the layout of a layer chosen before; None when that does not decide."""
    hits: list[tuple[Candidate, Remembered]] = []
    for candidate in found if options.memory else ():
        try:
            known = recall(layout_of(candidate, "", aliases), options.memory)
        except WeipianError:
            continue
        if known.answers.get("layer"):
            hits.append((candidate, known))
    if len(hits) > 1:
        hits = [hit for hit in hits if pattern(hit[0].label) == pattern(hit[1].answers["layer"])]
    return hits[0] if len(hits) == 1 else (None, Remembered())
