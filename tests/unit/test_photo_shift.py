"""Whether positions are GCJ-02. The shift at 古路镇 (487.1 m, 127.2°) is that of the published algorithm."""

from __future__ import annotations

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic
from shapely.geometry import MultiPolygon, Polygon

from weipian_plugin.core.model import Patch
from weipian_plugin.photos.shift import Fix, suspect
from weipian_plugin.photos.weighing import Scene

EARTH = Geodesic(6378137.0, 1 / 298.257222101)
HOME = (106.7492, 29.7799)


def at(azimuth: float, metres: float, start: tuple[float, float] = HOME) -> tuple[float, float]:
    end = EARTH.Direct(start[1], start[0], azimuth, metres)
    return end["lon2"], end["lat2"]


def ground(places: list[tuple[float, float]], radius: float = 15) -> Scene:
    """A round patch at each place."""
    return Scene([
        Patch(f"u{i}", f"5001_{i:04d}", "b", wkb=MultiPolygon([Polygon([at(a, radius, p) for a in range(0, 360, 20)])]).wkb)
        for i, p in enumerate(places)
    ])  # fmt: skip


#: Patches 800 m apart: chance does not hit them.
SPARSE = [at(90, 800 * i) for i in range(6)]


def shifted(place: tuple[float, float], turn: float = 0.0) -> tuple[float, float]:
    return at(127.2 + turn, 487.1, place)


def photos(places, camera: str = "K", **more) -> list[Fix]:
    return [Fix(f"{camera}{i}", camera, *p, **more) for i, p in enumerate(places)]


def test_photos_that_are_all_off_that_way_are_suspected_with_numbers() -> None:
    found = suspect(photos([shifted(p) for p in SPARSE]), ground(SPARSE))
    assert found is not None
    assert len(found.keys) == 6
    assert found.median_m == pytest.approx(487.1, abs=2)  # the shift changes by a metre over these four kilometres
    assert found.azimuth_deg == pytest.approx(127.2, abs=0.5)
    assert f"约 {found.median_m:.0f} 米" in found.text
    assert "127°" in found.text
    assert "东南" in found.text


@pytest.mark.parametrize("turn", [45, 90, 180, 300])
def test_as_far_off_another_way_is_none(turn) -> None:
    assert suspect(photos([shifted(p, turn) for p in SPARSE]), ground(SPARSE)) is None


def test_photos_that_are_right_are_none() -> None:
    assert suspect(photos(SPARSE), ground(SPARSE)) is None


def test_one_photo_alone_is_none_unless_its_patch_is_known() -> None:
    scene = ground(SPARSE)
    assert suspect(photos([shifted(SPARSE[0])]), scene) is None
    assert suspect(photos([shifted(p) for p in SPARSE[:2]]), scene) is None
    known = suspect(photos([shifted(SPARSE[0])], patches=("u0",)), scene)
    assert known is not None
    assert known.keys == ("K0",)
    assert suspect(photos([shifted(SPARSE[0])], patches=("u3",)), scene) is None


def test_only_those_that_are_off_and_of_any_order() -> None:
    fixes = photos(SPARSE[:3], "good") + photos([shifted(p) for p in SPARSE], "bad")
    for seed in range(5):
        mixed = [fixes[i] for i in np.random.default_rng(seed).permutation(len(fixes))]
        found = suspect(mixed, ground(SPARSE))
        assert found is not None
        assert set(found.keys) == {f"bad{i}" for i in range(6)}


def test_good_and_shifted_positions_of_one_phone() -> None:
    mixed = photos([*SPARSE, *(shifted(p) for p in SPARSE)])
    found = suspect(mixed, ground(SPARSE))
    assert found is not None
    assert set(found.keys) == {f"K{i}" for i in range(6, 12)}


def test_strays_among_patches_everywhere_prove_nothing() -> None:
    # Patches on a grid of 90 m: any step leads to one.
    grid = [at(0, 90 * i, at(90, 90 * j)) for i in range(16) for j in range(16)]
    holes = [p for n, p in enumerate(grid) if n % 3]
    rng = np.random.default_rng(3)
    strays = [at(0, 90 * rng.uniform(6, 10), at(90, 90 * rng.uniform(6, 10))) for _ in range(40)]
    assert suspect(photos(strays), ground(holes, 10)) is None


def test_outside_china_and_nothing() -> None:
    assert suspect([], ground(SPARSE)) is None
    assert suspect(photos([(-100.0, 47.0)] * 5), ground(SPARSE)) is None
    assert suspect(photos(SPARSE), Scene([])) is None
