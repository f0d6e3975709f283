"""GCJ-02 against the dossier's test fact."""

from __future__ import annotations

import pytest

from weipian_plugin.geo.gcj02 import gcj_to_wgs, wgs_to_gcj


def test_fact_of_the_dossier():
    assert wgs_to_gcj(106.75, 29.78) == pytest.approx((106.754011, 29.777341), abs=1e-6)


@pytest.mark.parametrize("place", [(106.75, 29.78), (75.9, 39.4), (131.0, 47.5), (109.5, 18.2)])
def test_there_and_back(place):
    assert gcj_to_wgs(*wgs_to_gcj(*place)) == pytest.approx(place, abs=1e-8)


def test_nothing_is_shifted_abroad():
    assert wgs_to_gcj(12.5, 41.9) == (12.5, 41.9)
    assert gcj_to_wgs(12.5, 41.9) == (12.5, 41.9)
