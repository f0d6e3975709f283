"""Whether ours and a peer found the same areas, patch by patch and class by class."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from harness import Row

Key = tuple[str, str, str]
Areas = dict[Key, float]


#: The official area takes edges as straight between longitudes and latitudes, the peers in the plane or as
#: geodesics. A 100 m edge differs by 0.01 m² between the two, which is 3e-6 of a patch of some 亩; ours brings
#: the parts of a patch to its official area, so that far every cell of it may differ.
EDGES_RELATIVE = 5e-6


@dataclass(frozen=True)
class Agreement:
    """How far two sets of areas lie apart. `worst` is in units of what is tolerated for the cell."""

    cells: int
    only_one: int
    largest_m2: float
    worst: float
    total_relative: float


def keyed(rows: Iterable[Sequence[Any]]) -> Areas:
    """Rows (patch, role, class, m²) as a mapping."""
    found: Areas = {}
    for patch, role, code, area in rows:
        key = (str(patch), str(role), str(code))
        found[key] = found.get(key, 0.0) + float(area)
    return found


def compare(ours: Areas, peer: Areas, cell_m2: float, sliver_m2: float, edges: float) -> Agreement:
    """Differences over all cells; a cell that one side lacks counts as 0, and as missing from `sliver_m2` on."""
    largest = worst = 0.0
    only_one = 0
    for key in ours.keys() | peer.keys():
        mine, other = ours.get(key, 0.0), peer.get(key, 0.0)
        apart = abs(mine - other)
        largest = max(largest, apart)
        worst = max(worst, apart / (cell_m2 + edges * other))
        only_one += (key not in peer or key not in ours) and max(mine, other) >= sliver_m2
    total, reference = math.fsum(ours.values()), math.fsum(peer.values())
    relative = abs(total - reference) / reference if reference else float(bool(total))
    return Agreement(len(ours.keys() | peer.keys()), only_one, largest, worst, relative)


def row(name: str, ours: Areas, peer_name: str, peer: Areas, *, cell_m2: float = 1e-3, total: float = 1e-6,
        sliver_m2: float = 1e-2, edges: float = EDGES_RELATIVE) -> Row:  # fmt: skip
    """A row of the table: the largest difference of a cell, and as ratio how much of its tolerance is used up."""
    found = compare(ours, peer, cell_m2, sliver_m2, edges)
    return {
        "name": f"{name}: areas agree ({found.cells} cells, {found.only_one} on one side only, total within"
        f" {found.total_relative:.0e})",
        "value": found.largest_m2,
        "unit": "m2",
        "peer": f"limit: {peer_name}: {cell_m2:g} m2" + (f" + {edges:g} of the cell" if edges else ""),
        "peer_value": None,
        "ratio": found.worst,
        "target": 1,
        "ok": found.worst <= 1 and found.total_relative <= total and not found.only_one and found.cells > 0,
    }
