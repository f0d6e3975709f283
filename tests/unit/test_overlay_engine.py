"""The overlay against areas known by construction.

Layers are rectangles in EPSG:4545 near its central meridian's neighbour at 古路镇. Expected areas come from
PROJ (corners to lon/lat) and GeographicLib, never from the plugin.
"""

from __future__ import annotations

import time

import numpy as np
import pytest
import shapely
from geographiclib.geodesic import Geodesic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from osgeo import ogr, osr

from tests.unit.vector_files import write
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import APPROVAL_ROLES, DUPLICATE_CODE, GAP_CODE, LayerAssignment, Patch
from weipian_plugin.overlay.engine import run_overlay

X, Y = 379000.0, 3296000.0
CGCS2000 = Geodesic(6378137.0, 1 / 298.257222101)


def box(x0, y0, x1, y1, dx=0.0):
    return shapely.box(X + x0 + dx, Y + y0, X + x1 + dx, Y + y1)


def _proj(src: int, dst: int):
    both = []
    for code in (src, dst):
        srs = osr.SpatialReference()
        srs.ImportFromEPSG(code)
        srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
        both.append(srs)
    change = osr.CoordinateTransformation(*both)
    return lambda coords: np.array(change.TransformPoints(coords.tolist()))[:, :2]


def lonlat(geom, code=4545):
    return shapely.transform(geom, _proj(code, 4490))


def true_area(geom, code=4545) -> float:
    """GeographicLib's m² of a projected polygon without holes, edges densified to 5 m."""
    ring = CGCS2000.Polygon()
    for lon, lat in shapely.get_coordinates(lonlat(shapely.segmentize(geom, 5.0), code))[:-1]:
        ring.AddPoint(lat, lon)
    return abs(ring.Compute()[2])


def patch(geom, uid="p1", code=4545, **extra) -> Patch:
    degrees = shapely.multipolygons([lonlat(shapely.segmentize(geom, 50), code)])
    values = {"wkb": shapely.to_wkb(degrees), "delivered_wkb": shapely.to_wkb(geom), "delivered_crs": f"EPSG:{code}"}
    return Patch(uid, f"编号{uid}", "b1", **{**values, **extra})


def areas(result, role, uid="p1"):
    return {row.class_code: row.area_m2 for row in result.rows if row.role == role and row.patch_uid == uid}


def overlay(patches, *layers):
    return run_overlay(patches, layers, Silent())


PATCH = box(0, 0, 100, 80)
MOSAIC = [
    (box(-50, -50, 40, 200), {"DLBM": "0101"}),
    (box(40, -50, 70, 200), {"DLBM": "1006"}),
    (box(70, -50, 300, 200), {"DLBM": "0101"}),
]


@pytest.fixture
def landuse(tmp_path):
    return LayerAssignment("landuse", str(write(tmp_path / "地类图斑.gpkg", MOSAIC)))


def test_classes_sum_to_the_patch(landuse):
    found = areas(overlay([patch(PATCH)], landuse), "landuse")
    assert set(found) == {"0101", "1006"}
    # GeographicLib itself scatters by about 1e-4 m² on small polygons.
    assert found["1006"] == pytest.approx(true_area(box(40, 0, 70, 80)), abs=1e-3)
    assert found["0101"] == pytest.approx(true_area(box(0, 0, 40, 80)) + true_area(box(70, 0, 100, 80)), abs=1e-3)
    assert sum(found.values()) == pytest.approx(true_area(PATCH), abs=1e-3)


def test_gap_and_duplicate_are_shown_and_the_identity_holds(tmp_path):
    rows = [(box(-50, -50, 60, 200), {"DLBM": "0101"}), (box(50, -50, 90, 200), {"DLBM": "1006"})]
    result = overlay([patch(PATCH)], LayerAssignment("landuse", str(write(tmp_path / "dltb.gpkg", rows))))
    found = areas(result, "landuse")
    assert found[GAP_CODE] == pytest.approx(true_area(box(90, 0, 100, 80)), abs=1e-3)
    assert found[DUPLICATE_CODE] == pytest.approx(true_area(box(50, 0, 60, 80)), abs=1e-3)
    whole = found["0101"] + found["1006"] + found[GAP_CODE] - found[DUPLICATE_CODE]
    assert whole == pytest.approx(true_area(PATCH), abs=1e-3)
    assert {f.code for f in result.findings} == {"W_LANDUSE_GAP", "W_LANDUSE_DUPLICATE"}
    assert {f.subject for f in result.findings} == {"编号p1"}


def test_patch_beyond_the_landuse_is_all_gap(landuse):
    far = box(5000, 5000, 5010, 5010)
    assert areas(overlay([patch(far)], landuse), "landuse") == pytest.approx({GAP_CODE: true_area(far)}, abs=1e-3)


def test_overlapping_constraints_count_once(tmp_path):
    rows = [(box(0, 0, 60, 80), {"n": "1"}), (box(40, 0, 100, 80), {"n": "2"}), (box(0, 0, 60, 80), {"n": "3"})]
    layer = LayerAssignment("prime_farmland", str(write(tmp_path / "永农.gpkg", rows)))
    result = overlay([patch(PATCH)], layer)
    assert areas(result, "prime_farmland")[""] == pytest.approx(true_area(PATCH), abs=1e-3)
    assert result.rows[0].share == pytest.approx(1.0, abs=1e-12)


def test_given_but_not_met_is_zero_and_not_given_is_no_row(tmp_path, landuse):
    far = LayerAssignment("eco_redline", str(write(tmp_path / "红线.gpkg", [(box(9000, 0, 9100, 80), {"n": "1"})])))
    result = overlay([patch(PATCH)], landuse, far)
    assert areas(result, "eco_redline") == {"": 0.0}
    assert areas(result, "prime_farmland") == {}
    assert areas(result, "approved_union") == {}


def test_approvals_have_details_and_one_union(tmp_path):
    first = [
        (box(0, 0, 50, 80), {"批文号": "渝府地〔2020〕1号", "LXDH": "1"}),
        (box(0, 0, 20, 80), {"批文号": "渝府地〔2021〕2号"}),
        (box(100, 0, 120, 80), {"批文号": "相邻"}),
    ]
    second = [(box(40, 0, 70, 80), {"合同号": "2022-3"})]
    layers = [
        LayerAssignment("approval", str(write(tmp_path / "农转用.gpkg", first))),
        LayerAssignment("supply", str(write(tmp_path / "供地.gpkg", second))),
    ]
    result = overlay([patch(PATCH)], *layers)
    assert areas(result, "approval")[""] == pytest.approx(true_area(box(0, 0, 50, 80)), abs=1e-3)
    assert areas(result, "supply")[""] == pytest.approx(true_area(box(40, 0, 70, 80)), abs=1e-3)
    assert areas(result, "approved_union")[""] == pytest.approx(true_area(box(0, 0, 70, 80)), abs=1e-3)
    detail = next(row.detail for row in result.rows if row.role == "approval")
    assert [item["批文号"] for item in detail if "overlap_m2" in item] == ["渝府地〔2020〕1号", "渝府地〔2021〕2号"]
    assert float(detail[0]["overlap_m2"]) == pytest.approx(true_area(box(0, 0, 50, 80)), abs=0.006)
    assert not [item for item in detail if "LXDH" in item]
    assert all("农转用.gpkg|" in row.fingerprint for row in result.rows if row.role == "approval")


def test_two_layers_in_one_role_are_one_cover(tmp_path):
    paths = [write(tmp_path / f"{i}.gpkg", [(box(i * 30, 0, i * 30 + 50, 80), {"n": "1"})]) for i in range(2)]
    result = overlay([patch(PATCH)], *(LayerAssignment("urban_boundary", str(p)) for p in paths))
    assert areas(result, "urban_boundary")[""] == pytest.approx(true_area(box(0, 0, 80, 80)), abs=1e-3)


def test_plan_zones_are_kept_apart_by_class(tmp_path):
    rows = [(box(0, 0, 30, 80), {"GHFQMC": "城镇集中建设区"}), (box(30, 0, 100, 80), {"GHFQMC": "村庄建设区"})]
    layer = LayerAssignment("plan_zone", str(write(tmp_path / "a.gpkg", rows)), class_field="ghfqmc")
    found = areas(overlay([patch(PATCH)], layer), "plan_zone")
    assert found == pytest.approx(
        {"城镇集中建设区": true_area(box(0, 0, 30, 80)), "村庄建设区": true_area(box(30, 0, 100, 80))}, abs=1e-3
    )


@pytest.mark.parametrize(("code", "dx"), [(4524, 36000000.0), (4545, 0.0)], ids=["zone36", "cm108"])
def test_landuse_in_another_numbering_of_the_zone(tmp_path, code, dx):
    rows = [(box(-50, -50, 40, 200, dx), {"DLBM": "0101"}), (box(40, -50, 200, 200, dx), {"DLBM": "1006"})]
    layer = LayerAssignment("landuse", str(write(tmp_path / "a.gpkg", rows, f"EPSG:{code}")))
    found = areas(overlay([patch(PATCH)], layer), "landuse")
    assert set(found) == {"0101", "1006"}
    assert sum(found.values()) == pytest.approx(true_area(PATCH), abs=1e-3)


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4544", "EPSG:3857", "EPSG:32648"])
def test_landuse_in_another_projection(tmp_path, crs):
    to = _proj(4545, int(crs[5:]))
    rows = [(shapely.transform(shapely.segmentize(g, 10), to), values) for g, values in MOSAIC]
    layer = LayerAssignment("landuse", str(write(tmp_path / "a.gpkg", rows, crs)))
    found = areas(overlay([patch(PATCH)], layer), "landuse")
    assert found["1006"] == pytest.approx(true_area(box(40, 0, 70, 80)), abs=0.01)
    assert sum(found.values()) == pytest.approx(true_area(PATCH), abs=0.01)


def test_repaired_or_swapped_deliveries_fall_back_to_the_checked_geometry(landuse):
    swapped = shapely.transform(PATCH, lambda c: c[:, ::-1])
    bow_tie = shapely.Polygon([(X, Y), (X + 100, Y + 80), (X + 100, Y), (X, Y + 80)])
    for delivered in (swapped, bow_tie):
        found = areas(overlay([patch(PATCH, delivered_wkb=shapely.to_wkb(delivered))], landuse), "landuse")
        assert sum(found.values()) == pytest.approx(true_area(PATCH), abs=1e-3)


def test_invalid_constraint_is_repaired_and_reported(tmp_path):
    rows = [(f"POLYGON (({X} {Y}, {X + 100} {Y + 80}, {X + 100} {Y}, {X} {Y + 80}, {X} {Y}))", {"n": "1"})]
    result = overlay([patch(PATCH)], LayerAssignment("eco_redline", str(write(tmp_path / "红线.gpkg", rows))))
    assert areas(result, "eco_redline")[""] == pytest.approx(true_area(PATCH) / 2, rel=1e-6)
    assert [f.code for f in result.findings] == ["W_GEOMETRY_REPAIRED"]
    assert "红线.gpkg" in result.findings[0].message


def test_parcel_without_code_and_foreign_scheme(tmp_path):
    path = write(
        tmp_path / "a.gpkg", [(box(-50, -50, 50, 200), {"DLBM": ""}), (box(50, -50, 200, 200), {"DLBM": "1001"})]
    )
    result = overlay([patch(PATCH)], LayerAssignment("landuse", str(path), scheme="用地用海分类"))
    assert set(areas(result, "landuse")) == {"未填", "YDYH:1001"}
    assert [f.code for f in result.findings] == ["W_CLASS_EMPTY", "W_SCHEME_FOREIGN"]


@pytest.mark.parametrize(
    ("rows", "crs", "change", "code"),
    [
        (MOSAIC, "EPSG:4545", {"class_field": "地类"}, "E_LAYER_FIELD"),
        ([(PATCH, {"DLBM": "1001"})], "EPSG:4545", {}, "E_LANDUSE_SCHEME"),
        (MOSAIC, "EPSG:4610", {}, "E_CRS_DATUM"),
        (MOSAIC, "", {}, "E_LAYER_CRS"),
        (MOSAIC, "EPSG:4545", {"role": "nonsense"}, "E_LAYER_ROLE"),
        (MOSAIC, "EPSG:4545", {"source": "/没有/这个.gpkg"}, "E_FILE_MISSING"),
    ],
)
def test_bad_layers_are_named(tmp_path, rows, crs, change, code):
    driver, name = ("GPKG", "a.gpkg") if crs else ("ESRI Shapefile", "a.shp")
    path = write(tmp_path / name, rows, crs, driver=driver)
    with pytest.raises(WeipianError) as caught:
        overlay([patch(PATCH)], LayerAssignment(**{"role": "landuse", "source": str(path), **change}))
    assert caught.value.code == code


def test_lines_are_said_to_be_no_polygons(tmp_path):
    rows = [(shapely.LineString([(X, Y), (X + 50, Y + 50)]), {"n": "1"}), (box(0, 0, 10, 80), {"n": "2"})]
    result = overlay([patch(PATCH)], LayerAssignment("prime_farmland", str(write(tmp_path / "a.gpkg", rows))))
    assert [f.code for f in result.findings] == ["W_NOT_POLYGON"]
    assert areas(result, "prime_farmland")[""] == pytest.approx(true_area(box(0, 0, 10, 80)), abs=1e-3)
    lines = write(tmp_path / "线.shp", rows[:1], driver="ESRI Shapefile", kind=ogr.wkbLineString)
    with pytest.raises(WeipianError) as caught:
        overlay([patch(PATCH)], LayerAssignment("prime_farmland", str(lines)))
    assert caught.value.code == "E_NOT_POLYGON"


def test_patch_without_geometry_is_a_finding(landuse):
    result = overlay([Patch("p0", "空", "b1"), patch(PATCH)], landuse)
    assert [f.code for f in result.findings] == ["W_PATCH_NO_GEOMETRY"]
    assert {row.patch_uid for row in result.rows} == {"p1"}


def test_cancel_and_progress(landuse):
    class Watching(Silent):
        def __init__(self, stop):
            self.seen, self.stop = [], stop

        def progress(self, percent):
            self.seen.append(percent)

        def cancelled(self):
            return self.stop

    watching = Watching(False)
    run_overlay([patch(PATCH, f"p{i}") for i in range(4)], [landuse], watching)
    assert watching.seen == sorted(watching.seen)
    assert watching.seen[-1] == 100
    assert len(set(watching.seen)) >= 2  # on the way too, however many processors there are
    with pytest.raises(WeipianError) as caught:
        run_overlay([patch(PATCH)], [landuse], Watching(True))
    assert caught.value.code == "E_CANCELLED"


def test_nothing_given_is_nothing_found(landuse):
    assert overlay([patch(PATCH)]).rows == []
    assert overlay([], landuse).rows == []


def test_shapefile_and_geopackage_agree(tmp_path, landuse):
    path = write(tmp_path / "dltb.shp", MOSAIC, driver="ESRI Shapefile")
    one, other = (
        areas(overlay([patch(PATCH)], layer), "landuse") for layer in (landuse, LayerAssignment("landuse", str(path)))
    )
    assert one == pytest.approx(other, abs=1e-9)


def test_many_patches_cost_well_below_a_second(tmp_path):
    grid = [
        (box(i * 40, j * 40, i * 40 + 40, j * 40 + 40), {"DLBM": ("0101", "1006", "0301")[(i + j) % 3]})
        for i in range(60)
        for j in range(60)
    ]
    path = write(tmp_path / "dltb.gpkg", grid)
    patches = [
        patch(box(i * 250 + 7, j * 250 + 9, i * 250 + 100, j * 250 + 120), f"p{i}-{j}")
        for i in range(8)
        for j in range(8)
    ]
    layers = [LayerAssignment("landuse", str(path)), *(LayerAssignment(role, str(path)) for role in APPROVAL_ROLES[:3])]
    start = time.perf_counter()
    result = run_overlay(patches, layers, Silent())
    assert time.perf_counter() - start < 1.0
    for item in patches:
        found = areas(result, "landuse", item.patch_uid)
        assert GAP_CODE not in found
        assert areas(result, "approved_union", item.patch_uid)[""] == pytest.approx(sum(found.values()), abs=1e-6)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(0, 160), st.floats(0, 160)), min_size=3, max_size=8), st.sampled_from([4545, 4490]))
def test_classes_sum_to_the_patch_in_a_complete_mosaic(tmp_path, points, code):
    shape = shapely.transform(shapely.convex_hull(shapely.MultiPoint(points)), lambda c: c + np.array([X, Y]))
    if shape.geom_type != "Polygon" or shape.area < 1:
        return
    path = tmp_path / f"mosaic{code}.gpkg"
    if not path.exists():
        centres = np.random.default_rng(7).uniform(-100, 300, (60, 2)) + np.array([X, Y])
        cells = shapely.get_parts(
            shapely.voronoi_polygons(shapely.MultiPoint(centres), extend_to=box(-100, -100, 300, 300))
        )
        if code == 4490:
            cells = lonlat(cells)
        write(path, [(cell, {"DLBM": ("0101", "1006")[i % 2]}) for i, cell in enumerate(cells)], f"EPSG:{code}")
    other = (
        write(tmp_path / "whole.gpkg", [(box(-900, -900, 900, 900), {"n": "1"})])
        if not (tmp_path / "whole.gpkg").exists()
        else tmp_path / "whole.gpkg"
    )
    result = overlay(
        [patch(shape)], LayerAssignment("landuse", str(path)), LayerAssignment("prime_farmland", str(other))
    )
    found = areas(result, "landuse")
    assert set(found) <= {"0101", "1006"}
    assert sum(found.values()) == pytest.approx(areas(result, "prime_farmland")[""], abs=1e-6)
    assert sum(row.share for row in result.rows if row.role == "landuse") == pytest.approx(1, abs=1e-9)


def test_a_layer_that_is_nowhere_near_says_so(tmp_path):
    near = LayerAssignment("eco_redline", str(write(tmp_path / "a.gpkg", [(box(0, 0, 30, 80), {"n": "1"})])))
    away = LayerAssignment("prime_farmland", str(write(tmp_path / "b.gpkg", [(box(0, 0, 30, 80, 90000), {"n": "1"})])))
    result = overlay([patch(PATCH)], near, away)
    said = [item for item in result.findings if item.code == "W_LAYER_AWAY"]
    assert len(said) == 1
    assert "b.gpkg" in said[0].subject
