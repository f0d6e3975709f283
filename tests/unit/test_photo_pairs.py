"""Photos of one place before and after; places laid out with GeographicLib."""

from __future__ import annotations

import numpy as np
import pytest
from geographiclib.geodesic import Geodesic

from weipian_plugin.core.proof import Evidence
from weipian_plugin.photos.pairs import pairs

EARTH = Geodesic(6378137.0, 1 / 298.257222101)
LON, LAT = 106.7492, 29.7799


def photo(name: str, day: str, east: float = 0, azimuth: float | None = 90, **more) -> Evidence:
    end = EARTH.Direct(LAT, LON, 90, east)
    return Evidence(
        name, "photo", name, f"{name}.jpg", taken_at=f"{day}T10:00:00+08:00", lon=end["lon2"], lat=end["lat2"],
        azimuth=azimuth, **more,
    )  # fmt: skip


def before(*args, **more):
    return photo(*args, **more), "site_photo"


def after(*args, **more):
    return photo(*args, **more), "after_photo"


def test_the_same_view_before_and_after_is_a_pair_both_ways() -> None:
    found = pairs([before("b", "2026-05-01"), after("a", "2026-07-01", 8, 100)], "2026-06-15")
    assert found == {"a": "b", "b": "a"}


@pytest.mark.parametrize(
    "other",
    [
        after("a", "2026-07-01", 60),  # 60 m aside: another viewpoint
        after("a", "2026-07-01", 0, 130),  # 40° turned
        after("a", "2026-07-01", 0, None),
        after("a", "2026-05-01"),  # the same day
        after("a", "2026-04-01"),  # earlier
        after("a", "2026-06-10"),  # before the rectification was done
        before("a", "2026-07-01"),  # nobody says that it shows the place afterwards
    ],
)
def test_what_is_no_pair(other) -> None:
    assert pairs([before("b", "2026-05-01"), other], "2026-06-15") == {}


def test_a_photo_after_the_rectification_is_none_from_before() -> None:
    assert pairs([before("b", "2026-06-20"), after("a", "2026-07-01")], "2026-06-15") == {}
    assert pairs([before("b", "2026-06-20"), after("a", "2026-07-01")]) == {"a": "b", "b": "a"}


def test_across_north_is_near() -> None:
    assert pairs([before("b", "2026-05-01", 0, 355), after("a", "2026-07-01", 0, 12)]) == {"a": "b", "b": "a"}


def test_one_to_one_the_best_first_in_any_order() -> None:
    items = [
        before("b1", "2026-05-01", 0), before("b2", "2026-05-01", 12),
        after("a1", "2026-07-01", 10), after("a2", "2026-07-02", 14), after("a3", "2026-07-03", 13),
    ]  # fmt: skip
    expected = pairs(items)
    # a3 stands 1 m from b2, a1 10 m from b1; a2 finds nobody within reach any more.
    assert expected == {"a3": "b2", "b2": "a3", "a1": "b1", "b1": "a1"}
    for seed in range(10):
        assert pairs([items[i] for i in np.random.default_rng(seed).permutation(len(items))]) == expected


def test_accuracy_widens_and_narrows() -> None:
    assert pairs([before("b", "2026-05-01", accuracy_m=4.0), after("a", "2026-07-01", 15, accuracy_m=4.0)]) == {}
    wide = pairs([before("b", "2026-05-01", accuracy_m=25.0), after("a", "2026-07-01", 28, accuracy_m=25.0)])
    assert wide == {"a": "b", "b": "a"}
