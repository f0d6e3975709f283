"""Coordinates beyond the earth are one rejected row, not a failed import."""

from __future__ import annotations

import shapely

from weipian_plugin.core.feedback import Silent
from weipian_plugin.intake.checks import check_all
from weipian_plugin.sources.crs import Transformer


def test_a_row_beyond_the_earth_is_rejected_alone() -> None:
    far = shapely.Polygon([(1e300, 1e300), (1e308, 0), (0, 1e308)])
    good = shapely.box(373000, 3300000, 373100, 3300100)
    to_lonlat = Transformer("EPSG:4545", "EPSG:4490").geometry
    found = check_all([shapely.to_wkb(far), shapely.to_wkb(good)], False, to_lonlat, Silent(), (0, 100))
    assert [item.code for item in found] == ["R_COORDINATES", ""]
