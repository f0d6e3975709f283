"""One patch again after a split, in the real dock: its parts overlaid, stored, queue and panel painted."""

from __future__ import annotations

import statistics

from county import ROLES, county, warm
from harness import Row, figure, limit, once
from workspaces import Bench, layers_of

PATCHES, PARCELS, STEPS, LIMIT_MS = 2000, 500_000, 25, 100.0
TINY = {"patches": 20, "parcels": 400, "steps": 2}


def run(patches: int = PATCHES, parcels: int = PARCELS, steps: int = STEPS) -> list[Row]:
    """The entries of this benchmark; medians of `steps` patches."""
    data = county(parcels)
    warm(*map(data.layer, ROLES.values()))
    layers = layers_of(data, *ROLES)
    bench = Bench(data, patches, layers, "split")
    try:
        bench.overlay()
        answer = once("dock_split.py", "split", workspace=str(bench.folder), layers=layers, steps=steps)
    finally:
        bench.close()
    whole, overlay = (statistics.median(answer[key]) * 1000 for key in ("whole", "overlay"))
    name = f"a patch split in the dock, {patches} in the queue, {data.label} and 3 more layers"
    return [
        limit(f"{name}: overlaid, stored, painted", whole, "ms", "most", LIMIT_MS, 1),
        figure(f"{name}: of it the engine, two parts with 4 layers", overlay, "ms"),
    ]
