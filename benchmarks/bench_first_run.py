"""The first run on a shapefile or FileGDB, nothing cached before: one plain read of the file by OGR."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from county import County, county, warm
from harness import PEER_PYTHON, Child, Row, interleave, limit
from workspaces import Bench, layers_of

PATCHES, PARCELS, TARGET = 2000, 500_000, 1.6
TINY = {"patches": 20, "parcels": 400}
IN_C = "one plain read by OGR in C, all columns"
IN_PYTHON = "one plain read by OGR's Python loop, all columns"


def run(patches: int = PATCHES, parcels: int = PARCELS) -> list[Row]:
    """The entries of this benchmark."""
    data = county(parcels)
    rows = _format(data, patches, data.shapefile(), "shapefile without index")
    return rows + _format(data, patches, data.geodatabase(), "FileGDB")


def _format(data: County, patches: int, source: Path, kind: str) -> list[Row]:
    for side in [source] if source.is_dir() else sorted(source.parent.glob(source.stem + ".*")):
        warm(side)
    with ExitStack() as stack:
        bench = Bench(data, patches, layers_of(data, "landuse", landuse=source), f"first-{source.suffix[1:]}")
        stack.callback(bench.close)

        def plain(script: str, **python: Path) -> float:
            with Child(script, **python) as child:  # type: ignore[arg-type]
                return float(child.ask("read", source=str(source), layer="dltb")["seconds"])

        peers = {
            IN_C: lambda: plain("peer_shapely.py", python=PEER_PYTHON),
            IN_PYTHON: lambda: plain("peer_ogr.py"),
        }
        mine, others = interleave(lambda: bench.first(uncached=True), peers, single=(IN_PYTHON,))
    name = f"first run {patches} x {data.label} from a {kind}, nothing cached"
    return [limit(name, mine.median, "s", side.label(peer), side.median, TARGET) for peer, side in others.items()]
