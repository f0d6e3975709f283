"""A layer that was parsed as a whole (a table, 界址点 text, KML, a drawing) behind the interface of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional

import numpy as np
import shapely

from ..core.findings import Finding
from .delivered import Row
from .reader import FieldInfo

#: Geometry types that a memory layer can have; a table's rows are polygons, centre points or nothing.
POLYGONS, CENTRES, NOTHING = "Polygon", "Point", "None"
_PAD_DEG, _PAD_M = 1e-5, 1.0


@dataclass
class MemoryLayer:
    """Rows in memory. A point is the centre of a patch whose boundary nobody delivered.

    `id_hint`: the field that serves as id when none is known by name. `asked`: (key, text, choices) of
    what only a person can tell.
    """

    path: Path
    layer: str
    fields: tuple[str, ...]
    rows: list[Row]
    crs: str = ""
    geometry_type: str = POLYGONS
    encoding: str = ""
    encoding_reason: str = "该格式自带编码，不需要判断"
    id_hint: str = ""
    axis: str = ""  # "yx" where the first coordinate is known to be the northing, "xy" where the second is
    notes: list[Finding] = field(default_factory=list)
    asked: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...] = ()
    originals: dict[int, bytes] = field(default_factory=dict)
    refused: dict[int, tuple[str, str]] = field(default_factory=dict)
    tabular: bool = False  # a point, or no geometry at all, is a patch without a boundary
    updates_only: bool = False  # attributes for patches that are there already

    def __enter__(self) -> MemoryLayer:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def close(self) -> None:
        """Nothing is open."""

    @property
    def count(self) -> int:
        """Number of rows."""
        return len(self.rows)

    @property
    def boundless(self) -> bool:
        """True when no row is expected to have a boundary."""
        return self.tabular and self.geometry_type in (CENTRES, NOTHING)

    @property
    def field_info(self) -> tuple[FieldInfo, ...]:
        """Columns, all text as wide as their longest value."""
        widths = dict.fromkeys(self.fields, 0)
        for _, _, values in self.rows:
            for name, value in values.items():
                if value is not None and len(value) > widths[name]:
                    widths[name] = len(value)
        return tuple(FieldInfo(name, "String", width) for name, width in widths.items())

    @property
    def extent(self) -> Optional[tuple[float, float, float, float]]:
        """(xmin, ymin, xmax, ymax) of what can be read, None without any geometry."""
        wkbs: Any = np.array([wkb for _, wkb, _ in self.rows if wkb], dtype=object)
        if not len(wkbs):
            return None
        with np.errstate(invalid="ignore"):
            bounds = shapely.bounds(shapely.from_wkb(wkbs, on_invalid="ignore"))
        bounds = bounds[np.isfinite(bounds).all(axis=1)]
        if not len(bounds):
            return None
        low, high = bounds[:, :2].min(axis=0).tolist(), bounds[:, 2:].max(axis=0).tolist()
        # A box with no width breaks whoever densifies its edges; a metre does no harm.
        pad = _PAD_DEG if max(map(abs, (*low, *high))) <= 180 else _PAD_M
        flat = [pad if high[i] == low[i] else 0.0 for i in (0, 1)]
        return (low[0] - flat[0], low[1] - flat[1], high[0] + flat[0], high[1] + flat[1])

    def read(self) -> Iterator[Row]:
        """(id, 2D WKB or None, {field: text or None}) of every row."""
        yield from self.rows

    def findings(self) -> list[Finding]:
        """What should be known about the reading."""
        return list(self.notes)
