"""Parcels, permanent farmland, redline and urban boundary together: time, memory, share of the areas."""

from __future__ import annotations

from contextlib import ExitStack

import agreement
from county import ROLES, County, county, warm
from harness import RUNS, Child, Row, faster, figure, interleave, limit, note
from qgis_peak import peak_in_qgis
from workspaces import Bench, layers_of

PARCELS = 500_000
TINY = {"counts": (20,), "parcels": 400}
PEER = "native:calculatevectoroverlaps (land use filtered by class, 3 more)"
TARGETS = {2000: 25.0, 20000: 18.0}
MEMORY_MB, AREA_SHARE = 800.0, 0.05


def run(counts: tuple[int, ...] = tuple(TARGETS), parcels: int = PARCELS) -> list[Row]:
    """The entries of this benchmark."""
    data = county(parcels)
    others = {role: str(data.layer(name)) for role, name in ROLES.items() if role != "landuse"}
    warm(*map(data.layer, ROLES.values()))
    rows: list[Row] = []
    for count in counts:
        with ExitStack() as stack:
            bench = Bench(data, count, layers_of(data, *ROLES), f"layers{count}")
            stack.callback(bench.close)
            qgis = stack.enter_context(Child("peer_qgis.py"))
            rows += _time(bench, qgis, data, count, others)
            if count == max(counts):
                rows += _memory(bench, f"{count} x {data.label} x 4 layers")
    return rows


def _time(bench: Bench, qgis: Child, data: County, count: int, others: dict[str, str]) -> list[Row]:
    answers: list[list[list[object]]] = []
    peaks: list[float] = []

    def ask() -> float:
        answer = qgis.ask("overlaps", patches=str(data.patches(count)), classes=str(data.layer("dltb")),
                          codes=data.classes(), others=others)  # fmt: skip
        answers.append(answer["areas"])
        return float(answer["seconds"])

    def ours() -> float:
        seconds = bench.first()
        peaks.append(bench.last["peak_mb"])
        return seconds

    # The peer needs a minute and a half for 20 000 patches.
    single = (PEER,) if count > 10_000 else ()
    mine, peers = interleave(ours, {PEER: ask}, single=single)
    name = f"overlay {count} x ({data.label} + farmland + redline + boundary)"
    rows = [faster(name, mine, PEER, peers[PEER], TARGETS.get(count))]
    if answers:
        rows.append(agreement.row(name, bench.areas(), PEER, agreement.keyed(answers[-1])))
    again = sorted(bench.overlay() for _ in range(RUNS))
    rows.append(figure(f"{name}: run again, nothing changed", again[len(again) // 2], "s"))
    peaks.sort()
    if count > 10_000:
        rows.append(limit(f"{name}: peak memory of the process", peaks[-1], "MB", "most", MEMORY_MB, 1))
    rows.append(_share(bench, name))
    return rows


def _share(bench: Bench, name: str) -> Row:
    """The area functions timed where they are called, in runs of their own; CPU time of all threads."""
    shares = []
    for _ in range(RUNS):
        bench.first(fresh=True, time_areas=True)
        shares.append((bench.last["area_seconds"], bench.last["cpu_seconds"]))
    shares.sort(key=lambda pair: pair[0] / pair[1])
    areas, whole = shares[len(shares) // 2]
    return limit(f"{name}: ellipsoidal areas alone (CPU)", areas, "s", "the whole overlay (CPU)", whole, AREA_SHARE)


def _memory(bench: Bench, name: str) -> list[Row]:
    """The same work through the headless algorithm, QGIS's own memory included."""
    bench.restore()
    try:
        peak = peak_in_qgis(bench.folder, bench.layers)
        idle = peak_in_qgis(None, [])
    except (OSError, RuntimeError) as error:
        note(f"  qgis_process: {error}")
        return [figure(f"{name}: peak memory of qgis_process (single run)", None, "MB", "no figure, it failed")]
    return [
        limit(f"{name}: peak memory of qgis_process (single run)", peak, "MB", "most", MEMORY_MB, 1),
        figure("peak memory of qgis_process that only lists its algorithms", idle, "MB"),
    ]
