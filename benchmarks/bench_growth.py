"""The same number of patches against ever larger counties: the cost must not follow the county."""

from __future__ import annotations

from contextlib import ExitStack

from county import county, warm
from harness import RUNS, Row, Side, figure, limit
from workspaces import Bench, layers_of

PATCHES, TARGET = 2000, 1.3
SIZES = (10_000, 100_000, 500_000, 1_000_000)
TINY = {"patches": 20, "sizes": (400, 900)}


def run(patches: int = PATCHES, sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """The entries of this benchmark: each size, and the slowest against the quickest."""
    with ExitStack() as stack:
        benches: dict[str, Bench] = {}
        for size in sizes:
            data = county(size)
            warm(data.layer("dltb"))
            benches[data.label] = Bench(data, patches, layers_of(data, "landuse"), f"growth{size}")
            stack.callback(benches[data.label].close)
        times = {label: Side() for label in benches}
        for _ in range(RUNS):
            for label, bench in benches.items():
                times[label].seconds.append(bench.first())
    rows = [figure(f"growth: {patches} x {label}", side.median, "s") for label, side in times.items()]
    medians = [side.median or 0.0 for side in times.values()]
    name = f"growth: {patches} patches, slowest of {', '.join(times)}"
    return [*rows, limit(name, max(medians), "s", "the quickest of them", min(medians), TARGET)]
