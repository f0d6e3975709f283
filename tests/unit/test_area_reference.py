"""Areas against the official formula in 45 digits and against GeographicLib, over all of China.

A seeded share runs always; `WEIPIAN_FULL=1` takes all 10 000 polygons.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from typing import Any

import pytest
import shapely
from osgeo import ogr

from tests.support import random_polygons
from tests.support.clerk import Knows, bring_in
from tests.support.projection import project, reference
from tests.support.reference_area import closed_form, ground, karney, longest_edge_m, official
from weipian_plugin.geo.area import ellipsoidal_area, ellipsoidal_areas
from weipian_plugin.sources.crs import Transformer

FULL = bool(os.environ.get("WEIPIAN_FULL"))
#: Polygons of each CRS, and how many of them GeographicLib (slow) sees.
COUNT, KARNEY = (2500, 400) if FULL else (110, 25)
#: 1 000 亩 in m²: 0.01 m² up to here, 5e-9 relative beyond.
MU_1000 = 1000 * 2000 / 3
#: Longitudes in which deliveries come in each CRS: a good half zone, and for 4490 all of China.
PLACES = {4490: (73.0, 135.0), 4524: (105.5, 110.5), 4544: (103.0, 107.5), 4545: (105.5, 110.5)}


@dataclass(frozen=True)
class Case:
    """A polygon in its CRS, and its vertices in lon/lat by PROJ."""

    given: Any
    degrees: Any


def _cases(code: int, places: tuple[float, float]) -> list[Case]:
    rng = random.Random(code)  # noqa: S311
    made = []
    while len(made) < COUNT:
        lon, lat = rng.uniform(*places), rng.uniform(random_polygons.SOUTH, random_polygons.NORTH)
        shape = random_polygons.lonlat(rng, random_polygons.size(rng), lon, lat)
        given = project(shape, 4490, code)
        if rng.random() < 0.5:  # as files hold it: tenths of a millimetre
            digits = 9 if code == 4490 else 4
            given = shapely.transform(given, lambda xy, digits=digits: xy.round(digits))
        degrees = project(given, code, 4490)
        if shapely.is_valid(given) and shapely.is_valid(degrees):
            made.append(Case(given, degrees))
    return made


@pytest.fixture(scope="module", params=sorted(PLACES))
def cases(request) -> tuple[int, list[Case]]:
    return request.param, _cases(request.param, PLACES[request.param])


def _ours(code: int, items: list[Case]) -> Any:
    """Areas as intake takes them: vertices to lon/lat, then the formula."""
    geoms = Transformer(f"EPSG:{code}", "EPSG:4490").geometry([c.given for c in items], densify_m=0)
    return ellipsoidal_areas(geoms)


def _allowed(area: float) -> float:
    return 0.01 if area <= MU_1000 else 5e-9 * area


def test_the_reference_itself():
    """Dossier 12: the square of 16.08 亩 is 10 718.84 m², by pyproj too."""
    square = shapely.box(106.75, 29.780, 106.751, 29.781)
    assert official(square) == pytest.approx(10718.84, abs=0.005)
    assert karney(square, 1.0) == pytest.approx(official(square), abs=1e-3)
    large = shapely.Polygon([(106.7, 29.7), (106.9, 29.72), (106.85, 29.9)])
    assert closed_form(large) == pytest.approx(official(large), rel=1e-9)
    assert ground(project(square, 4490, 4545), 4545) == pytest.approx(10718.84, abs=0.005)


def test_equal_to_the_formula_in_high_precision(cases):
    code, items = cases
    bad = []
    for case, ours in zip(items, _ours(code, items).tolist()):
        expected = official(case.degrees)
        if not abs(ours - expected) <= _allowed(expected):
            bad.append((expected, ours - expected, case.given.wkt[:80]))
    assert not bad, f"{len(bad)} of {len(items)}: {bad[:3]}"


def test_within_a_millionth_of_geographiclib(cases):
    """Where vertices lie at most 100 m apart and the area is over 1 000 m²."""
    code, items = cases
    dense = [c for c in items if shapely.area(c.degrees) * 1e10 > 1000 and longest_edge_m(c.degrees) <= 100][:KARNEY]
    checked = 0
    for case, ours in zip(dense, _ours(code, dense).tolist()):
        if ours > 1000:
            assert ours == pytest.approx(karney(case.degrees), rel=1e-6)
            checked += 1
    assert checked > KARNEY / 4


@pytest.mark.parametrize("code", [4545, 4534, 4554, 4491])
def test_far_from_the_meridian(code):
    """A batch in the wrong zone still has the right area: nothing breaks 30 degrees off."""
    rng = random.Random(3)  # noqa: S311
    for _ in range(20):
        lon, lat = rng.uniform(78, 132), rng.uniform(5, 52)
        middle = {4545: 108, 4534: 75, 4554: 135, 4491: 75}[code]
        if abs(lon - middle) > 30:
            continue
        given = project(random_polygons.lonlat(rng, random_polygons.size(rng), lon, lat), 4490, code)
        expected = official(project(given, code, 4490))
        ours = ellipsoidal_area(Transformer(f"EPSG:{code}", "EPSG:4490").geometry(given, densify_m=0))
        assert abs(ours - expected) <= _allowed(expected), (code, lon, lat, expected)


def test_equator_sides_and_slivers():
    """Edges along meridians and parallels, hair-thin and tiny polygons."""
    for geom in (
        shapely.box(108.0, 30.0, 108.00003, 30.00003),
        shapely.box(108.0, 30.0, 108.1, 30.0000001),
        shapely.box(108.0, 30.0, 108.0000001, 30.1),
        shapely.box(108.0, 3.0, 109.0, 3.9),
        shapely.Polygon([(108, 30), (108.05, 30), (108.05, 30.00000001), (108.1, 30.05)]),
    ):
        expected = official(geom)
        assert abs(ellipsoidal_area(geom) - expected) <= _allowed(expected)


def test_imported_patches_have_the_area_of_their_vertices(cases, tmp_path):
    """The legal area is that of the delivered vertices; long edges get no further ones on the way."""
    code, items = cases
    srs, path = reference(code), tmp_path / "图斑.gpkg"
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = dataset.CreateLayer("图斑", srs, ogr.wkbUnknown)
    layer.CreateField(ogr.FieldDefn("图斑编号", ogr.OFTString))
    layer.StartTransaction()
    for number, case in enumerate(items):
        feature = ogr.Feature(layer.GetLayerDefn())
        feature.SetField(0, f"T{number:05d}")
        feature.SetGeometry(ogr.CreateGeometryFromWkb(shapely.to_wkb(case.given)))
        layer.CreateFeature(feature)
    layer.CommitTransaction()
    layer = dataset = None
    found = bring_in(tmp_path / "ws", path, Knows(crs=f"EPSG:{code}"))
    assert len(found.patches) == len(items)
    bad = []
    for patch in found.patches:
        case = items[int(patch.patch_id[1:])]
        expected = official(case.degrees)
        stored = official(shapely.from_wkb(patch.wkb))
        if not max(abs(patch.area_m2 - expected), abs(stored - expected)) <= _allowed(expected):
            bad.append((patch.patch_id, expected, patch.area_m2 - expected, stored - expected))
    assert not bad, f"{len(bad)} of {len(items)}: {bad[:3]}"
