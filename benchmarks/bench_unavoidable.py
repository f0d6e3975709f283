"""Where the time must go: parsing the parcels that are met and intersecting the true pairs, nothing else."""

from __future__ import annotations

import statistics

from county import county, warm
from harness import PEER_PYTHON, RUNS, Child, ChildError, Row, Side, figure, note
from workspaces import Bench, layers_of

PATCHES, PARCELS = (2000, 20_000), 500_000
TINY = {"counts": (20,), "parcels": 400}


def run(counts: tuple[int, ...] = PATCHES, parcels: int = PARCELS) -> list[Row]:
    """The entries of this benchmark; none is judged."""
    data = county(parcels)
    warm(data.layer("dltb"))
    rows = []
    for count in counts:
        bench = Bench(data, count, layers_of(data, "landuse"), f"floor{count}")
        try:
            ours = Side([bench.first() for _ in range(RUNS)])
            with Child("peer_shapely.py", python=PEER_PYTHON) as child:
                answer = child.ask("unavoidable", patches=str(data.patches(count)),
                                   landuse=str(data.layer("dltb")), runs=RUNS)  # fmt: skip
        except ChildError as error:
            note(f"  the unavoidable part failed: {error}")
            continue
        finally:
            bench.close()
        parse, intersect = statistics.median(answer["parse"]), statistics.median(answer["intersect"])
        floor = parse + intersect
        peer = (
            f"unavoidable: {answer['parcels']} parcels parsed {parse:.3f} s, {answer['pairs']} true pairs intersected"
            f" on 2 threads {intersect:.3f} s"
        )
        row = figure(
            f"overlay {count} x {data.label} by class against its unavoidable part", ours.median, "s", peer, floor
        )
        row["ratio"] = (ours.median or 0.0) / floor
        rows.append(row)
    return rows
