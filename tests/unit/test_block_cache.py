"""GDAL's memory for blocks: lower while a workspace is open, as before afterwards."""

from __future__ import annotations

import pytest

gdal = pytest.importorskip("osgeo.gdal")
from weipian_plugin.workbench.block_cache import LIMIT, BlockCache  # noqa: E402 - needs GDAL

LARGE = 4 * LIMIT


@pytest.fixture(autouse=True)
def limit():
    before = gdal.GetCacheMax()
    gdal.SetCacheMax(LARGE)
    yield
    gdal.SetCacheMax(before)


def test_lower_while_open_and_back_when_closed():
    cache = BlockCache()
    cache.hold()
    assert gdal.GetCacheMax() == LIMIT
    cache.hold()  # another workspace without closing the first
    cache.release()
    assert gdal.GetCacheMax() == LARGE
    cache.release()
    assert gdal.GetCacheMax() == LARGE


def test_a_smaller_limit_is_left_alone():
    gdal.SetCacheMax(LIMIT // 2)
    cache = BlockCache()
    cache.hold()
    assert gdal.GetCacheMax() == LIMIT // 2
    cache.release()
    assert gdal.GetCacheMax() == LIMIT // 2


def test_what_a_person_set_is_left_alone():
    gdal.SetConfigOption("GDAL_CACHEMAX", "700")
    try:
        cache = BlockCache()
        cache.hold()
        assert gdal.GetCacheMax() == LARGE
        cache.release()
    finally:
        gdal.SetConfigOption("GDAL_CACHEMAX", None)


def test_a_limit_that_somebody_changed_meanwhile_stays():
    cache = BlockCache()
    cache.hold()
    gdal.SetCacheMax(2 * LIMIT)
    cache.release()
    assert gdal.GetCacheMax() == 2 * LIMIT
