"""The review desk in the real desktop under Xvfb: 20 000 patches, 500 k parcels, pictures of 20 000 × 20 000 px.

Every figure is what the person waits for: from the key (or the choice of the folder) to the paint. The peers are
QGIS's own attribute table with a form on the same patches, and Qt's proxy model on the same rows.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any, Optional

from desk import Desk, desk, picture
from desk_numbers import p95
from harness import RUNS, Row, Side, faster, figure, limit

PATCHES, PARCELS, PIXELS = 20_000, 500_000, 20_000
#: Times a workspace is opened, each in a desktop of its own.
OPENINGS = min(RUNS, 3)
WALK = {"steps": 60, "jumps": 40, "look_s": 1.0}
CLERK = {"clerk": 500, "memory_at": [50, 500]}
ROWS = {"rows": 100_000, "repeat": 20, "proxy_repeat": 2}
TINY: dict[str, Any] = {
    "patches": 20, "parcels": 400, "pixels": 600, "openings": 1, "walk": {"steps": 3, "jumps": 1, "look_s": 0.2},
    "clerk": {"clerk": 4, "memory_at": [2, 4]}, "rows": {"rows": 200, "repeat": 1, "proxy_repeat": 1},
}  # fmt: skip
TABLE = "QGIS's attribute table with its form on the same patches"
RELATED = "the same with overlay, judgements, evidence and case steps as relations in the form"
PROXY = "the same rows behind QSortFilterProxyModel"


def run(patches: int = PATCHES, parcels: int = PARCELS, pixels: int = PIXELS, openings: int = OPENINGS,
        walk: Mapping[str, Any] = WALK, clerk: Mapping[str, Any] = CLERK,
        rows: Mapping[str, Any] = ROWS) -> list[Row]:  # fmt: skip
    """The entries of this benchmark."""
    ready = desk(patches, parcels, pixels)
    plain = {role: str(picture(ready.county, pixels, role, "plain")) for role in ("image_before", "image_after")}
    opened = [ready.run(["open", "table"]) for _ in range(openings - 1)]
    walked = ready.run(["open", "table", "walk"], **walk)
    opened.append(walked)
    bare = ready.run(["open", "walk"], images=plain, **walk)
    worked = ready.run(["open", "clerk"], **clerk)
    listed = ready.run(["open", "rows"], **rows)
    return [
        *_opening(ready, opened),
        *_steps(walked["walk"], "overviews"),
        *_steps(bare["walk"], "no overviews"),
        *_clerk(worked["clerk"], clerk),
        *_rows(listed["rows"], rows["rows"]),
    ]


def _opening(ready: Desk, opened: Sequence[Mapping[str, Any]]) -> list[Row]:
    def side(part: str, name: str) -> Side:
        return Side([run[part][name] for run in opened])

    name = f"open a workspace of {ready.patches} patches"
    paint, answered = side("open", "paint"), side("open", "seconds")
    return [
        limit(f"{name} → first usable paint", paint.median, "s", "at most 1.5 s", 1.5, 1.0),
        faster(f"{name} → first usable paint", paint, TABLE, side("table", "plain"), 10.0),
        limit(f"{name} → the first key there answered", answered.median, "s", "at most 1.5 s", 1.5, 1.0),
        faster(f"{name} → the first key there answered", answered, RELATED, side("table", "related"), None),
        figure(f"{name} → the whole queue listed", side("open", "rows").median, "s"),
        figure(f"{name} → imagery and every patch on the map", side("open", "map").median, "s"),
        figure(f"{name}: processor time", side("open", "cpu").median, "s"),
    ]


def _ms(values: Sequence[float]) -> Optional[float]:
    return p95(values) * 1000 if values else None


def _steps(found: Mapping[str, Sequence[Mapping[str, float]]], kind: str) -> list[Row]:
    every = [step["panel"] for steps in found.values() for step in steps]
    ahead, far = ([step["image"] for step in found[name]] for name in ("ahead", "far"))
    return [
        limit(f"key press → next patch on the panel, p95, {kind}", _ms(every), "ms", "at most 100 ms", 100.0, 1.0),
        limit(f"key press → imagery, prefetched, p95, {kind}", _ms(ahead), "ms", "at most 150 ms", 150.0, 1.0),
        limit(f"key press → imagery, not prefetched, p95, {kind}", _ms(far), "ms", "at most 500 ms", 500.0, 1.0),
    ]


def _clerk(found: Mapping[str, Any], asked: Mapping[str, Any]) -> list[Row]:
    first, last = (found["memory"][str(number)] for number in asked["memory_at"])
    small, large = asked["memory_at"]
    return [
        limit("keys of a triage decision", found["triage_keys"], "keys", "at most 1", 1, 1.0),
        limit("keys of a full judgement with complete evidence", max(found["keys"]), "keys", "at most 6", 6, 1.0),
        limit(f"clerk without think time, {asked['clerk']} patches, own time per patch, p95", p95(found["seconds"]),
              "s", "at most 0.5 s", 0.5, 1.0),
        figure("… median of it", statistics.median(found["seconds"]), "s"),
        limit(f"memory after {large} patches", last, "MB", f"after {small}", first, 1.1),
    ]  # fmt: skip


def _rows(found: Mapping[str, Mapping[str, Sequence[float]]], count: int) -> list[Row]:
    taken = Side(list(found["ours"]["take"])).median
    rows = [figure(f"{count} rows as read → listed in the dock", taken, "s")]
    for kind, label, most in (("first", "first paint", 60.0), ("filter", "filter", 60.0), ("sort", "sort", 100.0)):
        mine, proxy = Side(list(found["ours"][kind])), Side(list(found["proxy"][kind]))
        name = f"{label} of {count} rows"
        rows.append(limit(f"{name}, p95", _ms(mine.seconds), "ms", f"at most {most:.0f} ms", most, 1.0))
        rows.append(faster(name, mine, PROXY, proxy, 10.0 if kind != "first" else None))
    return rows
