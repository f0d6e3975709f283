"""What is measured of the outline of a patch whenever it is shown."""

from __future__ import annotations

from functools import lru_cache
from typing import Optional

from ..geo.width import Width, measure_width


@lru_cache(maxsize=2048)
def width_of(wkb: Optional[bytes]) -> Optional[Width]:
    """Width of an elongated patch (WKB, lon/lat CGCS2000), None for others; a road takes 15 ms the first time."""
    return measure_width(wkb)
