"""The way 就近 against a walk that looks at every place at each step."""

from __future__ import annotations

import math
import random

import pytest

from weipian_plugin.workbench.nearest import way


def plain(points: list[tuple[float, float]], start: tuple[float, float]) -> list[int]:
    squeeze = math.cos(math.radians(sum(y for _, y in points) / len(points)))
    left, (x, y), found = set(range(len(points))), start, []
    while left:
        best = min(left, key=lambda i: ((points[i][0] - x) * squeeze) ** 2 + (points[i][1] - y) ** 2)
        left.discard(best)
        found.append(best)
        x, y = points[best]
    return found


@pytest.mark.parametrize("count", [1, 2, 40, 900])
@pytest.mark.parametrize("spread", [1.0, 0.0001])
def test_each_step_goes_to_the_nearest(count: int, spread: float) -> None:
    pick = random.Random(count)  # noqa: S311 - seeded
    points = [(106.5 + pick.gauss(0, 1) * spread, 29.5 + pick.gauss(0, 3)) for _ in range(count)]
    assert way(points, points[0]) == plain(points, points[0])
    assert way(points, (100.0, 20.0)) == plain(points, (100.0, 20.0))


def test_places_on_top_of_each_other_and_none() -> None:
    assert sorted(way([(106.5, 29.5)] * 700, (106.5, 29.5))) == list(range(700))
    assert way([], (0.0, 0.0)) == []


def test_east_is_shorter_than_north_at_sixty_degrees() -> None:
    """One and a half degrees of longitude at 60°N are 0.75 of a degree of latitude: nearer than one degree north."""
    assert way([(0.0, 61.0), (1.5, 60.0), (0.0, 59.0)], (0.0, 60.0))[0] == 1
