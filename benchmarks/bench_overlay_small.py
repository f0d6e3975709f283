"""2 000 patches against the land use of the county of reference, by class: QGIS, geopandas, PostGIS."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import agreement
from county import county, warm
from harness import PEER_PYTHON, Child, Row, Side, faster, figure, interleave
from peer_postgis import PostGIS
from workspaces import Bench, layers_of

PATCHES, PARCELS = 2000, 500_000
TINY = {"patches": 20, "parcels": 400}
READY = "native:calculatevectoroverlaps, a table made ready for each class"
FILTERED = "native:calculatevectoroverlaps, the layer filtered by class"
GEOPANDAS, POSTGIS = "geopandas.overlay", "PostGIS, GiST"


def run(patches: int = PATCHES, parcels: int = PARCELS) -> list[Row]:
    """The entries of this benchmark."""
    data = county(parcels)
    landuse, given = data.layer("dltb"), data.patches(patches)
    classes, codes = data.class_layers(), data.classes()
    warm(landuse, classes, given)
    name = f"overlay {patches} x {data.label} by class, GeoPackage"
    with ExitStack() as stack:
        bench = Bench(data, patches, layers_of(data, "landuse"), "small")
        stack.callback(bench.close)
        answers: dict[str, list[list[object]]] = {}

        def ask_qgis(name: str, source: Path) -> Callable[[], float]:
            child = stack.enter_context(Child("peer_qgis.py"))

            def ask() -> float:
                answer = child.ask("overlaps", patches=str(given), classes=str(source), codes=codes, others={})
                answers[name] = answer["areas"]
                return float(answer["seconds"])

            return ask

        def ask_geopandas() -> float:
            with Child("peer_geopandas.py", python=PEER_PYTHON) as child:
                answer = child.ask("overlay", patches=str(given), landuse=str(landuse))
            answers[GEOPANDAS] = answer["areas"]
            return float(answer["seconds"])

        database = PostGIS({"dltb": landuse, "patches": given})
        stack.callback(database.close)

        def ask_postgis() -> float:
            seconds, answers[POSTGIS] = database.overlay()
            return seconds

        peers = {
            FILTERED: ask_qgis(FILTERED, landuse),
            READY: ask_qgis(READY, classes),
            GEOPANDAS: ask_geopandas,
            POSTGIS: ask_postgis,
        }
        mine, others = interleave(bench.first, peers)
        rows = [
            faster(name, mine, FILTERED, others[FILTERED], 25),
            # Reported only: somebody first has to write a file for each class, which is not in its time.
            faster(name, mine, READY, others[READY], None),
            faster(name, mine, GEOPANDAS, others[GEOPANDAS], 10),
            faster(name, mine, f"{POSTGIS} ({database.setting})", others[POSTGIS], 1.5),
        ]
        ours = bench.areas()
        again = Side([bench.overlay() for _ in mine.seconds])
        rows.append(figure(f"{name}: run again, nothing changed", again.median, "s"))
        cold = Side([bench.first(fresh=True, cold=True) for _ in mine.seconds])
        rows.append(figure(f"{name}: in a fresh process, reading the rule pack included", cold.median, "s"))
        for peer, side in others.items():
            if not side.failure:
                rows.append(agreement.row(name, ours, peer, agreement.keyed(answers[peer])))
        return rows
