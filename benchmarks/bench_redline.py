"""2 000 patches against a redline of 1.31 million vertices: plain shapely."""

from __future__ import annotations

from contextlib import ExitStack

import agreement
from county import county, warm
from harness import PEER_PYTHON, Child, ChildError, Row, Side, faster, interleave, note, once
from workspaces import Bench

PATCHES, PARCELS, TARGET = 2000, 500_000, 150.0
TINY = {"patches": 20, "parcels": 400}
PEER = "shapely.intersection of all pairs"


def run(patches: int = PATCHES, parcels: int = PARCELS) -> list[Row]:
    """The entries of this benchmark."""
    data = county(parcels)
    large, given = data.large_redline(), data.patches(patches)
    warm(large, given)
    layers = [{"role": "eco_redline", "source": str(large)}]
    prepared, answers = Side(), []
    with ExitStack() as stack:
        bench = Bench(data, patches, layers, "redline")
        stack.callback(bench.close)
        peer = stack.enter_context(Child("peer_shapely.py", python=PEER_PYTHON))

        def ask() -> float:
            answers.append(peer.ask("redline", patches=str(given), layer=str(large)))
            return float(answers[-1]["seconds"])

        def ours() -> float:
            bench.restore()
            try:
                answer = once("ours.py", "prepared", workspace=str(bench.folder), layers=layers)
                prepared.seconds.append(answer["seconds"])
            except ChildError as error:
                prepared.failure = str(error)
                note(f"  the engine alone: {error}")
            return bench.overlay()

        whole, peers = interleave(ours, {PEER: ask})
        vertices = f"{answers[-1]['vertices'] / 1e6:.2f}M" if answers else "large"
        name = f"overlay {patches} x a redline of {vertices} vertices"
        rows = [
            faster(
                f"{name}, prepared before, without reading patches and writing", prepared, PEER, peers[PEER], TARGET
            ),
            faster(f"{name}, end to end with preparing", whole, PEER, peers[PEER], None),
        ]
        if answers:
            rows.append(_exact(name, bench.areas(), answers[-1], bench.official()))
    return rows


def _exact(name: str, ours: agreement.Areas, answer: dict[str, object], official: dict[str, float]) -> Row:
    """The peer's areas brought to the official area of each patch, so that nothing but rounding may differ."""
    whole: dict[str, float] = answer["whole"]  # type: ignore[assignment]
    theirs = {key: area * official[key[0]] / whole[key[0]] for key, area in agreement.keyed(answer["areas"]).items()}  # type: ignore[arg-type]
    return agreement.row(name, ours, PEER, theirs, cell_m2=1e-4, total=1e-8, edges=0.0)
