"""How much of the rasters that were looked at stays in memory while a workspace is open.

GDAL keeps the blocks it read, up to a twentieth of the machine's memory. One patch after the other lies somewhere
else, so that blocks are hardly ever asked for again: an office PC would only lose the memory.
"""

from __future__ import annotations

from typing import Optional

from osgeo import gdal

#: Bytes. The blocks of several screens of imagery at both times.
LIMIT = 96 * 1024 * 1024


class BlockCache:
    """Lowers GDAL's limit between `hold` and `release`; what a person set for GDAL is left alone."""

    def __init__(self) -> None:
        self._before: Optional[int] = None

    def hold(self) -> None:
        """A workspace is opened."""
        before = gdal.GetCacheMax()
        if self._before is None and before > LIMIT and gdal.GetConfigOption("GDAL_CACHEMAX") is None:
            self._before = before
            gdal.SetCacheMax(LIMIT)

    def release(self) -> None:
        """It is closed: the limit is again what it was, unless somebody else changed it meanwhile."""
        before, self._before = self._before, None
        if before is not None and gdal.GetCacheMax() == LIMIT:
            gdal.SetCacheMax(before)
