"""Gauss-Krüger against PROJ and the dossier's test facts."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import osr

from weipian_plugin.geo.gauss_kruger import GaussKruger, zone_of


@pytest.mark.parametrize(
    ("code", "east", "north"),
    [(4545, 379122.118, 3296381.231), (4524, 36379122.118, 3296381.231), (4544, 669235.612, 3297010.169)],
)
def test_facts_of_the_dossier(code, east, north):
    assert GaussKruger.from_epsg(code).forward(106.75, 29.78) == pytest.approx((east, north), abs=1e-3)


@pytest.mark.parametrize("code", range(4491, 4555))
def test_agrees_with_proj_over_the_zone(code):
    zone = GaussKruger.from_epsg(code)
    source, target = osr.SpatialReference(), osr.SpatialReference()
    source.ImportFromEPSG(4490)
    target.ImportFromEPSG(code)
    for srs in (source, target):
        srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    half = 3.5 if code < 4513 else 2.0
    lon, lat = (
        a.ravel() for a in np.meshgrid(np.linspace(-half, half, 7) + zone.central_meridian, np.linspace(3, 54, 9))
    )
    proj = np.array(osr.CoordinateTransformation(source, target).TransformPoints(np.column_stack([lon, lat]).tolist()))
    east, north = zone.forward(lon, lat)
    assert np.abs(east - proj[:, 0]).max() < 1e-4
    assert np.abs(north - proj[:, 1]).max() < 1e-4
    back = zone.inverse(proj[:, 0], proj[:, 1])
    assert np.abs(back[0] - lon).max() < 1e-10
    assert np.abs(back[1] - lat).max() < 1e-10


@pytest.mark.parametrize("code", [4490, 4555, 2379, 0])
def test_other_codes_are_no_zone(code):
    assert GaussKruger.from_epsg(code) is None


@pytest.mark.parametrize(("lon", "meridian"), [(106.49, 105), (106.51, 108), (109.49, 108), (75.2, 75)])
def test_zone_of_a_longitude(lon, meridian):
    assert zone_of(lon) == GaussKruger(meridian)


def test_shifted_moves_the_origin_only():
    zone = GaussKruger.from_epsg(4524)
    east, north = zone.forward(106.75, 29.78)
    assert zone.shifted(36379000, 3296000).forward(106.75, 29.78) == pytest.approx(
        (east - 36379000, north - 3296000), abs=1e-8
    )
