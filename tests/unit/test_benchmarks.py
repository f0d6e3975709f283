"""The benchmarks themselves, tried on a handful of parcels; no figure of speed is asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks"))

import agreement  # noqa: E402 - only now on the path
import desk_numbers  # noqa: E402
import harness  # noqa: E402


def _key(code: str) -> tuple[str, str, str]:
    return ("p1", "landuse", code)


@pytest.mark.parametrize(
    ("ours", "theirs", "ok", "one_side", "largest"),
    [
        ({"0101": 1000.0}, {"0101": 1000.0005}, True, 0, 0.0005),
        ({"0101": 1000.0}, {"0101": 1000.05}, False, 0, 0.05),
        ({"0101": 1000.0, "0601": 2.0}, {"0101": 1002.0}, False, 1, 2.0),
        # A sliver of a square millimetre on one side only is nobody's mistake.
        ({"0101": 1000.0, "0601": 1e-6}, {"0101": 1000.0}, True, 0, 1e-6),
        ({}, {}, False, 0, 0.0),
    ],
)
def test_agreement_of_areas(ours: dict, theirs: dict, ok: bool, one_side: int, largest: float) -> None:
    mine, other = ({_key(code): area for code, area in areas.items()} for areas in (ours, theirs))
    found = agreement.compare(mine, other, 1e-3, 1e-2, agreement.EDGES_RELATIVE)
    assert found.only_one == one_side
    assert found.largest_m2 == pytest.approx(largest)
    assert agreement.row("x", mine, "peer", other)["ok"] is ok


def test_medians_are_judged_as_ratios() -> None:
    mine, other = harness.Side([3.0, 1.0, 2.0]), harness.Side([50.0, 40.0, 60.0])
    row = harness.faster("x", mine, "peer", other, 25)
    assert (row["value"], row["peer_value"], row["ratio"], row["ok"]) == (2.0, 50.0, 25.0, True)
    assert harness.faster("x", mine, "peer", other, 26)["ok"] is False
    limit = harness.limit("x", 1.5, "s", "one read", 1.0, 1.6)
    assert (limit["ratio"], limit["ok"], limit["peer"]) == (1.5, True, "limit: one read")


@pytest.mark.parametrize(
    ("values", "expected"),
    [([3.0], 3.0), (range(1, 21), 19), (range(1, 101), 95), ([5.0, 1.0], 5.0), (reversed(range(1, 41)), 38)],
)
def test_nineteen_of_twenty_do_not_exceed_p95(values: Any, expected: float) -> None:
    assert desk_numbers.p95(values) == expected


def test_a_peer_that_fails_does_not_hide_ours() -> None:
    calls: list[str] = []

    def broken() -> float:
        calls.append("broken")
        raise harness.ChildError("not installed")

    mine, others = harness.interleave(
        lambda: 2.0, {"broken": broken, "good": lambda: 8.0, "slow": lambda: 9.0}, 3, ("slow",)
    )
    assert mine.seconds == [2.0, 2.0, 2.0]
    assert calls == ["broken"]
    row = harness.faster("x", mine, "broken", others["broken"], 25)
    assert (row["value"], row["ratio"], row["ok"]) == (2.0, None, None)
    assert "not installed" in row["peer"]
    assert harness.faster("x", mine, "good", others["good"], 4)["ok"] is True
    assert "single run" in harness.faster("x", mine, "slow", others["slow"], 4)["peer"]


def test_a_child_that_dies_says_why() -> None:
    with harness.Child("service.py") as child, pytest.raises(harness.ChildError, match="ended with status"):
        child.ask("anything")


def test_the_runner_on_a_handful_of_parcels(tmp_path: Path) -> None:
    """The real runner, real use case and real peer; the areas must agree even where speed means nothing."""
    command = [
        sys.executable,
        str(ROOT / "benchmarks" / "run.py"),
        "--tiny",
        "--output",
        str(tmp_path),
        "overlay_large",
    ]
    env = {**os.environ, "WEIPIAN_BENCH_DATA": str(tmp_path / "data"), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env, timeout=120)
    rows: list[dict[str, Any]] = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert rows, done.stderr
    assert all(set(row) == {"name", "value", "unit", "peer", "peer_value", "ratio", "target", "ok"} for row in rows)
    assert rows[0]["value"] > 0
    assert "own generator" in rows[0]["name"]
    assert "did not run" not in done.stdout
    compared = [row for row in rows if "areas agree" in row["name"]]
    assert all(row["ok"] for row in compared)
    assert compared or "no figure" in rows[0]["peer"]
    machine = json.loads((tmp_path / "bench_machine.json").read_text(encoding="utf-8"))
    assert {"cpu", "cores", "memory_gb", "versions"} <= set(machine)
    assert "shapely" in machine["versions"]


def test_the_pictures_of_the_desk_lie_where_the_county_is(tmp_path: Path) -> None:
    """A square of 1 280 m in 640 px is 2 m a pixel; both kinds hold the same seeded picture, one with overviews."""
    gdal = pytest.importorskip("osgeo.gdal")
    pictures = {}
    for kind in ("jpeg", "plain"):
        path = tmp_path / f"{kind}.tif"
        arguments = ["image", str(path), "[360000, 3290000, 361280, 3291280]", "640", "3", kind]
        command = [sys.executable, str(ROOT / "benchmarks" / "desk_data.py"), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        pictures[kind] = gdal.Open(str(path))
    for picture in pictures.values():
        assert (picture.RasterXSize, picture.RasterYSize, picture.RasterCount) == (640, 640, 3)
        assert picture.GetGeoTransform() == (360000.0, 2.0, 0.0, 3291280.0, 0.0, -2.0)
        assert picture.GetSpatialRef().GetAuthorityCode(None) == "4545"
    assert pictures["jpeg"].GetRasterBand(1).GetOverviewCount() > 0
    assert pictures["plain"].GetRasterBand(1).GetOverviewCount() == 0
    means = {kind: picture.ReadAsArray().mean() for kind, picture in pictures.items()}
    assert means["jpeg"] == pytest.approx(means["plain"], abs=2)
