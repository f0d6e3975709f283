"""20 000 patches against the land use of the county of reference: QGIS's intersection with areas."""

from __future__ import annotations

from contextlib import ExitStack

import agreement
from county import county, warm
from harness import Child, Row, faster, interleave
from workspaces import Bench, layers_of

PATCHES, PARCELS, TARGET = 20_000, 500_000, 5.0
TINY = {"patches": 20, "parcels": 400}
PEER = "native:intersection + QgsDistanceArea"


def run(patches: int = PATCHES, parcels: int = PARCELS) -> list[Row]:
    """The entries of this benchmark."""
    data = county(parcels)
    landuse, given = data.layer("dltb"), data.patches(patches)
    warm(landuse, given)
    answers: list[list[list[object]]] = []
    name = f"overlay {patches} x {data.label} by class, GeoPackage"
    with ExitStack() as stack:
        bench = Bench(data, patches, layers_of(data, "landuse"), "large")
        stack.callback(bench.close)
        qgis = stack.enter_context(Child("peer_qgis.py"))

        def ask() -> float:
            answer = qgis.ask("intersection", patches=str(given), landuse=str(landuse))
            answers.append(answer["areas"])
            return float(answer["seconds"])

        mine, peers = interleave(bench.first, {PEER: ask})
        rows = [faster(name, mine, PEER, peers[PEER], TARGET)]
        if answers:
            rows.append(agreement.row(name, bench.areas(), PEER, agreement.keyed(answers[-1])))
    return rows
