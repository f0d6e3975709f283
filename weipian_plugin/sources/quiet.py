"""GDAL without messages, and with options that hold no longer than they are needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from osgeo import gdal


@contextmanager
def quiet(**options: Optional[str]) -> Iterator[None]:
    """No message of GDAL reaches the screen inside; configuration `options` are put back afterwards."""
    before = {key: gdal.GetConfigOption(key) for key in options}
    for key, value in options.items():
        gdal.SetConfigOption(key, value)
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        yield
    finally:
        gdal.PopErrorHandler()
        for key, old in before.items():
            gdal.SetConfigOption(key, old)
