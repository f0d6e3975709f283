"""Whether ours and a peer found the same areas, patch by patch and class by class."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from harness import Row

Key = tuple[str, str, str]
Areas = dict[Key, float]


@dataclass(frozen=True)
class Agreement:
    """How far two sets of areas lie apart; m² and relative."""

    cells: int
    only_ours: int
    only_peer: int
    largest_m2: float
    total_relative: float


def keyed(rows: Iterable[Sequence[Any]]) -> Areas:
    """Rows (patch, role, class, m²) as a mapping."""
    found: Areas = {}
    for patch, role, code, area in rows:
        key = (str(patch), str(role), str(code))
        found[key] = found.get(key, 0.0) + float(area)
    return found


def compare(ours: Areas, peer: Areas, sliver_m2: float) -> Agreement:
    """Differences over all cells; a cell that one side lacks counts as 0, and as missing from `sliver_m2` on."""
    largest = 0.0
    only_ours = only_peer = 0
    for key in ours.keys() | peer.keys():
        mine, other = ours.get(key, 0.0), peer.get(key, 0.0)
        largest = max(largest, abs(mine - other))
        only_ours += key not in peer and mine >= sliver_m2
        only_peer += key not in ours and other >= sliver_m2
    total, reference = math.fsum(ours.values()), math.fsum(peer.values())
    relative = abs(total - reference) / reference if reference else float(bool(total))
    return Agreement(len(ours.keys() | peer.keys()), only_ours, only_peer, largest, relative)


def row(name: str, ours: Areas, peer_name: str, peer: Areas, *, cell_m2: float, total: float,
        sliver_m2: float = 1e-3) -> Row:  # fmt: skip
    """A row of the table: the largest difference of a cell against what is tolerated, totals in the name."""
    found = compare(ours, peer, sliver_m2)
    missing = found.only_ours + found.only_peer
    return {
        "name": f"{name}: areas agree in {found.cells} patch x class cells (total within {found.total_relative:.1e}"
        f" of {total:.0e}; {missing} cells on one side only)",
        "value": found.largest_m2,
        "unit": "m2",
        "peer": f"limit: largest difference to {peer_name}",
        "peer_value": cell_m2,
        "ratio": found.largest_m2 / cell_m2,
        "target": 1,
        "ok": found.largest_m2 <= cell_m2 and found.total_relative <= total and not missing and found.cells > 0,
    }
