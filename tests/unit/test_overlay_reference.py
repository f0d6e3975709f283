"""Overlay figures against mosaics whose areas are counted in whole millimetres.

The expected m² of every rectangle come from PROJ and the closed authalic strip (`tests.support`); the plugin
is used through its two doors only: `run_overlay`, and the use case on a workspace.
"""

from __future__ import annotations

import math
import random
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from osgeo import ogr

from tests.support.clerk import bring_in
from tests.support.projection import project, reference
from tests.support.rectangles import CODE, MM, Parcel, Rect, X, Y, by_class, covered, cut
from tests.support.reference_area import closed_form, ground, official
from weipian_plugin.core.areas import summarise
from weipian_plugin.core.feedback import Silent
from weipian_plugin.core.model import DUPLICATE_CODE, GAP_CODE, LayerAssignment, OverlayRow, Patch
from weipian_plugin.overlay.engine import run_overlay
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.overlaying import overlay_patches
from weipian_plugin.workbench.resources import default_pack

#: 0.01 亩 in m², the tolerance of every figure of the clerk.
CENT = 20 / 3
#: What rectangles of some hundred metres must keep when nothing but arithmetic is in the way, m².
FINE = 0.01
CODES = ("0101", "0103", "0301", "0307", "0602", "0702", "1006", "1104", "1202", "1207")
FIELD = Rect(0, 0, 1200 * MM, 900 * MM)


def save(
    path: Path, rows: Iterable[tuple[Any, Mapping[str, str]]], code: int = CODE, *, kind: int = ogr.wkbUnknown
) -> Path:
    """A GeoPackage (or what the suffix says) of shapely geometries, WKT or WKB with text columns."""
    rows = list(rows)
    driver = {".gpkg": "GPKG", ".shp": "ESRI Shapefile"}[path.suffix]
    dataset = ogr.GetDriverByName(driver).CreateDataSource(str(path))
    layer = dataset.CreateLayer(path.stem, reference(code), kind)
    for name in dict.fromkeys(name for _, values in rows for name in values):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTString))
    layer.StartTransaction()
    for geom, values in rows:
        feature = ogr.Feature(layer.GetLayerDefn())
        for name, value in values.items():
            feature.SetField(name, value)
        made = (
            ogr.CreateGeometryFromWkt(geom)
            if isinstance(geom, str)
            else ogr.CreateGeometryFromWkb(shapely.to_wkb(geom))
        )
        feature.SetGeometry(made)
        layer.CreateFeature(feature)
    layer.CommitTransaction()
    layer = dataset = None
    return path


def patch(geom: Any, uid: str, code: int = CODE) -> Patch:
    """A patch as intake makes it: vertices to lon/lat by PROJ, the delivered geometry beside."""
    degrees = project(geom, code, 4490)
    if degrees.geom_type == "Polygon":
        degrees = shapely.MultiPolygon([degrees])
    return Patch(
        uid,
        uid,
        "b",
        wkb=shapely.to_wkb(degrees),
        delivered_wkb=shapely.to_wkb(geom),
        delivered_crs=f"EPSG:{code}",
        area_m2=official(degrees),
    )


def figures(rows: Sequence[OverlayRow], uid: str, role: str) -> dict[str, float]:
    return {row.class_code: row.area_m2 for row in rows if (row.patch_uid, row.role) == (uid, role)}


def elsewhere(geom: Any, code: int) -> Any:
    """A rectangle of EPSG:4545 in another CRS, its sides densified so that they stay where they are."""
    return geom if code == CODE else project(shapely.segmentize(geom, 10.0), CODE, code)


def random_patches(rng: random.Random, parcels: Sequence[Parcel], count: int) -> dict[str, Rect]:
    """Anywhere, along the sides of parcels, exact copies of parcels, and hair-thin ones."""
    found: dict[str, Rect] = {}
    while len(found) < count:
        kind = rng.choice(("any", "any", "snapped", "copy", "thin"))
        base = rng.choice(parcels).rect
        if kind == "copy":
            rect = base
        elif kind == "snapped":
            rect = Rect(base.x0, base.y0, base.x1 + rng.randrange(1, 90 * MM), base.y1)
        else:
            x0, y0 = rng.randrange(-50 * MM, 1150 * MM), rng.randrange(-50 * MM, 850 * MM)
            high = rng.randrange(20, 500) if kind == "thin" else rng.randrange(5 * MM, 300 * MM)
            rect = Rect(x0, y0, x0 + rng.randrange(5 * MM, 300 * MM), y0 + high)
        found[f"P{len(found):03d}"] = rect
    return found


def damage(rng: random.Random, parcels: list[Parcel]) -> list[Parcel]:
    """Some parcels missing, some there twice with another class, some that grew over their neighbours."""
    out = []
    for parcel in parcels:
        fate = rng.random()
        if fate < 0.08:
            continue
        out.append(parcel)
        if fate < 0.14:
            out.append(Parcel(parcel.rect, rng.choice(CODES)))
        elif fate < 0.22:
            r, by = parcel.rect, rng.randrange(1, 20 * MM)
            out[-1] = Parcel(Rect(r.x0 - by, r.y0, r.x1 + by, r.y1 + by), parcel.code)
    return out


def check(rows: Sequence[OverlayRow], uid: str, rect: Rect, parcels: Sequence[Parcel], allowed: float) -> None:
    """Every class, the gap, the duplicate and the identity of one patch."""
    found = figures(rows, uid, "landuse")
    expected = by_class(rect, parcels)
    ground_cover = covered(rect, [p.rect for p in parcels])
    gap, double = rect.ground() - ground_cover, sum(expected.values()) - ground_cover
    assert found.pop(GAP_CODE, 0.0) == pytest.approx(gap, abs=allowed), (uid, rect)
    assert found.pop(DUPLICATE_CODE, 0.0) == pytest.approx(double, abs=allowed), (uid, rect)
    for code in {*found, *expected}:
        assert found.get(code, 0.0) == pytest.approx(expected.get(code, 0.0), abs=allowed), (uid, rect, code)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("broken", [False, True], ids=["complete", "gaps and overlaps"])
def test_random_mosaics(tmp_path, seed, broken):
    rng = random.Random(seed)  # noqa: S311
    parcels = cut(rng, FIELD, 60 * MM, CODES)
    parcels = damage(rng, parcels) if broken else parcels
    path = save(tmp_path / "dltb.gpkg", [(p.rect.geometry(), {"DLBM": p.code}) for p in parcels])
    rects = random_patches(rng, parcels, 40)
    patches = [patch(rect.geometry(), uid) for uid, rect in rects.items()]
    result = run_overlay(patches, [LayerAssignment("landuse", str(path))], Silent())
    table = default_pack().landuse
    for item in patches:
        check(result.rows, item.patch_uid, rects[item.patch_uid], parcels, FINE)
        rows = [row for row in result.rows if row.patch_uid == item.patch_uid]
        assert summarise(item.area_m2, rows, table).identity_ok


@pytest.mark.parametrize("code", [4490, 4524, 4544, 32648, 3857])
@pytest.mark.parametrize("patches_in", [4545, 4490], ids=["patches 4545", "patches 4490"])
def test_layers_and_patches_in_other_systems(tmp_path, code, patches_in):
    rng = random.Random(code)  # noqa: S311
    parcels = damage(rng, cut(rng, FIELD, 90 * MM, CODES))
    rows = [(elsewhere(p.rect.geometry(), code), {"DLBM": p.code}) for p in parcels]
    layer = LayerAssignment("landuse", str(save(tmp_path / "dltb.gpkg", rows, code)))
    rects = random_patches(rng, parcels, 25)
    patches = [patch(elsewhere(rect.geometry(), patches_in), uid, patches_in) for uid, rect in rects.items()]
    result = run_overlay(patches, [layer], Silent())
    for uid, rect in rects.items():
        check(result.rows, uid, rect, parcels, 0.2)


def test_whole_way_with_all_roles(tmp_path):
    """Imported, overlaid, stored: constraints overlap themselves, approvals overlap each other."""
    rng = random.Random(11)  # noqa: S311
    parcels = damage(rng, cut(rng, FIELD, 60 * MM, CODES))
    rects = random_patches(rng, parcels, 40)
    constraint = {
        role: [p.rect for p in cut(rng, FIELD, 150 * MM, ("x",)) if rng.random() < 0.5]
        + [Rect(x, x // 2, x + 300 * MM, x // 2 + 200 * MM) for x in (0, 200 * MM, 350 * MM)]
        for role in ("prime_farmland", "eco_redline", "urban_boundary", "approval", "supply", "rural_house")
    }
    layers = [
        LayerAssignment(
            "landuse", str(save(tmp_path / "dltb.gpkg", [(p.rect.geometry(), {"DLBM": p.code}) for p in parcels]))
        )
    ]
    for number, (role, shapes) in enumerate(constraint.items()):
        suffix = ".shp" if number % 2 else ".gpkg"
        rows = [(rect.geometry(), {"PZWH": f"{role}{i}"}) for i, rect in enumerate(shapes)]
        kind = ogr.wkbPolygon if suffix == ".shp" else ogr.wkbUnknown
        layers.append(LayerAssignment(role, str(save(tmp_path / f"{role}{suffix}", rows, kind=kind))))
    delivery = save(tmp_path / "图斑.gpkg", [(r.geometry(), {"图斑编号": uid}) for uid, r in rects.items()])
    folder = tmp_path / "ws"
    bring_in(folder, delivery)
    report = overlay_patches(folder, "测试员", Silent(), layers)
    assert not report.identity_bad
    with Workspace.open(folder) as ws:
        patches, rows = records.patches(ws), records.overlay(ws)
    assert len(patches) == report.patches == len(rects)
    for item in patches:
        rect = rects[item.patch_id]
        assert item.area_m2 == pytest.approx(rect.ground(), abs=FINE)
        check(rows, item.patch_uid, rect, parcels, FINE)
        for role, shapes in constraint.items():
            found = sum(figures(rows, item.patch_uid, role).values())
            assert found == pytest.approx(covered(rect, shapes), abs=FINE), (item.patch_id, role)
        approved = [shape for role in ("approval", "supply", "rural_house") for shape in constraint[role]]
        (union,) = [row for row in rows if (row.patch_uid, row.role) == (item.patch_uid, "approved_union")]
        assert union.area_m2 == pytest.approx(covered(rect, approved), abs=FINE)
        _check_gaps(union, rect, approved)


def _check_gaps(row: OverlayRow, rect: Rect, approved: Sequence[Rect]) -> None:
    """What no approval covers: listed piece by piece, each with an outline of that area that no approval touches."""
    gaps = [entry for entry in row.detail if "gap_m2" in entry]
    open_m2 = rect.ground() - covered(rect, approved)
    if not row.area_m2 or len(gaps) >= 50:
        return
    # Pieces under 0.1 m² are left out of the list, and figures are written to 0.01 m².
    assert sum(float(entry["gap_m2"]) for entry in gaps) == pytest.approx(open_m2, abs=0.5)
    union = shapely.union_all([shape.geometry() for shape in approved])
    for entry in gaps:
        outline = shapely.from_wkt(entry["gap_wkt"])
        assert closed_form(outline) == pytest.approx(float(entry["gap_m2"]), abs=0.1)
        assert project(outline, 4490, CODE).intersection(union).area < 0.01


def test_net_cropland_is_gross_less_the_ridges(tmp_path):
    """KCXS differs by parcel: each counts with its own share of 田坎."""
    rng = random.Random(5)  # noqa: S311
    parcels = cut(rng, FIELD, 60 * MM, CODES)
    shares = [rng.choice((0, 1234, 823, 1567)) for _ in parcels]  # ten-thousandths
    rows = [(p.rect.geometry(), {"DLBM": p.code, "KCXS": f"{s / 10_000}"}) for p, s in zip(parcels, shares)]
    layer = LayerAssignment("landuse", str(save(tmp_path / "dltb.gpkg", rows)))
    rects = random_patches(rng, parcels, 30)
    found = run_overlay([patch(rect.geometry(), uid) for uid, rect in rects.items()], [layer], Silent())
    for row in found.rows:
        if row.class_code in CODES:
            rect, expected = rects[row.patch_uid], 0.0
            for parcel, share in zip(parcels, shares):
                part = rect.common(parcel.rect) if parcel.code == row.class_code else None
                expected += part.ground() * (1 - share / 10_000) if part else 0.0
            assert row.net_m2 == pytest.approx(expected, abs=FINE), row


def one(geom: Any, layer: LayerAssignment) -> dict[str, float]:
    """Figures of one patch with one layer."""
    uid = str(uuid.uuid4())
    return figures(run_overlay([patch(geom, uid)], [layer], Silent()).rows, uid, layer.role)


def local(*points: tuple[float, float]) -> list[tuple[float, float]]:
    return [(X + x, Y + y) for x, y in points]


def wkt(*points: tuple[float, float]) -> str:
    return ", ".join(f"{X + x} {Y + y}" for x, y in points)


WHOLE = shapely.box(X, Y, X + 200, Y + 100)


def test_invalid_polygons_count_what_their_rings_enclose(tmp_path):
    """A bow tie is its two triangles, an overlapping multipolygon its union; each once."""
    tie = shapely.Polygon(local((0, 0), (100, 100), (100, 0), (0, 100)))
    path = save(tmp_path / "bow.gpkg", [(tie, {"n": "1"})])
    triangles = shapely.MultiPolygon(
        [shapely.Polygon(local((0, 0), (50, 50), (0, 100))), shapely.Polygon(local((100, 0), (100, 100), (50, 50)))]
    )
    assert one(WHOLE, LayerAssignment("prime_farmland", str(path)))[""] == pytest.approx(
        ground(triangles, CODE), abs=FINE
    )
    twice = shapely.MultiPolygon([shapely.box(X, Y, X + 60, Y + 100), shapely.box(X + 40, Y, X + 90, Y + 100)])
    path = save(tmp_path / "multi.gpkg", [(twice, {"n": "1"})])
    expected = ground(shapely.box(X, Y, X + 90, Y + 100), CODE)
    assert one(WHOLE, LayerAssignment("eco_redline", str(path)))[""] == pytest.approx(expected, abs=FINE)


def test_slivers_stay_in_the_sums(tmp_path):
    """A thousand strips of 5 cm beside each other, every second one farmland."""
    strips = [
        (shapely.box(X + i * 0.05, Y, X + (i + 1) * 0.05, Y + 1), {"DLBM": "0101" if i % 2 else "1006"})
        for i in range(1000)
    ]
    found = one(shapely.box(X, Y, X + 50, Y + 1), LayerAssignment("landuse", str(save(tmp_path / "dltb.gpkg", strips))))
    half = ground(shapely.box(X, Y, X + 50, Y + 1), CODE) / 2
    assert {k: v for k, v in found.items() if v > 1e-3} == pytest.approx({"0101": half, "1006": half}, abs=1e-3)


@pytest.mark.parametrize("form", ["Z", "M", "ZM"])
def test_z_and_m_change_nothing(tmp_path, form):
    tail = " 300" * len(form)
    text = f"POLYGON {form} ((" + ", ".join(f"{x} {y}{tail}" for x, y in shapely.get_coordinates(WHOLE)) + "))"
    layer = LayerAssignment("landuse", str(save(tmp_path / "dltb.gpkg", [(text, {"DLBM": "0101"})])))
    assert one(WHOLE, layer) == pytest.approx({"0101": ground(WHOLE, CODE)}, abs=FINE)


@pytest.mark.parametrize("radius", [10, 120, 450])
def test_curves_have_the_area_of_the_curve(tmp_path, radius):
    """A full circle: π r² on the plane, over the squared scale that a small square there has."""
    arc = f"CURVEPOLYGON (CIRCULARSTRING ({wkt((-radius, 0), (radius, 0), (-radius, 0))}))"
    layer = LayerAssignment("prime_farmland", str(save(tmp_path / "round.gpkg", [(arc, {"n": "1"})])))
    square = shapely.box(X - radius, Y - radius, X + radius, Y + radius)
    expected = math.pi / 4 * ground(square, CODE)
    assert one(square, layer)[""] == pytest.approx(expected, abs=CENT)


def test_islands_fill_holes_exactly(tmp_path):
    hole = shapely.box(X + 50, Y + 25, X + 150, Y + 75)
    lake = shapely.Point(X + 100, Y + 50).buffer(20, quad_segs=16)
    rows = [
        (shapely.Polygon(WHOLE.exterior, [hole.exterior]), {"DLBM": "0301"}),
        (shapely.Polygon(hole.exterior, [lake.exterior]), {"DLBM": "0101"}),
        (lake, {"DLBM": "1104"}),
    ]
    found = one(WHOLE, LayerAssignment("landuse", str(save(tmp_path / "dltb.gpkg", rows))))
    expected = {
        "0301": ground(WHOLE, CODE) - ground(hole, CODE),
        "0101": ground(hole, CODE) - ground(lake, CODE),
        "1104": ground(lake, CODE),
    }
    assert {k: v for k, v in found.items() if v > 1e-3} == pytest.approx(expected, abs=1e-3)


def test_a_polygon_of_a_million_vertices(tmp_path):
    """A side of 10 km sawed at 2 cm, every tooth half of its box."""
    teeth, depth, step = 500_000, 0.02, 0.02
    y = np.repeat(np.arange(teeth + 1) * step, 2)[1:-1]
    x = np.tile([0.0, depth], teeth)
    saw = np.column_stack([x, y])
    ring = np.vstack([saw, [[5000.0, teeth * step], [5000.0, 0.0]], saw[:1]]) + np.array([X, Y])
    path = save(tmp_path / "红线.gpkg", [(shapely.Polygon(ring), {"n": "1"})])
    assert len(ring) > 2 * teeth
    layer = LayerAssignment("eco_redline", str(path))
    shapes = {
        "inside": shapely.box(X + 1000, Y + 3000, X + 1100, Y + 3050),
        "outside": shapely.box(X - 200, Y + 3000, X - 10, Y + 3050),
        "across": shapely.box(X - 20, Y + 4000, X + 40, Y + 4100),
    }
    found = run_overlay([patch(g, uid) for uid, g in shapes.items()], [layer], Silent())
    teeth_box = shapely.box(X, Y + 4000, X + depth, Y + 4100)
    solid = shapely.box(X + depth, Y + 4000, X + 40, Y + 4100)
    expected = {
        "inside": ground(shapes["inside"], CODE),
        "outside": 0.0,
        "across": ground(solid, CODE) + ground(teeth_box, CODE) / 2,
    }
    for uid, area in expected.items():
        assert figures(found.rows, uid, "eco_redline")[""] == pytest.approx(area, abs=0.05), uid


def test_long_edges_keep_the_identity(tmp_path):
    """A patch of 9 km²: its official area is that of its three vertices, and the classes sum to it."""
    triangle = shapely.Polygon(local((0, 0), (6000, 300), (2500, 3100)))
    west, east = shapely.box(X - 100, Y - 100, X + 2000, Y + 4000), shapely.box(X + 2000, Y - 100, X + 7000, Y + 4000)
    path = save(tmp_path / "dltb.gpkg", [(west, {"DLBM": "0101"}), (east, {"DLBM": "1006"})])
    delivery = save(tmp_path / "图斑.gpkg", [(triangle, {"图斑编号": "T1"})])
    bring_in(tmp_path / "ws", delivery)
    report = overlay_patches(tmp_path / "ws", "测试员", Silent(), [LayerAssignment("landuse", str(path))])
    assert not report.identity_bad
    with Workspace.open(tmp_path / "ws") as ws:
        (item,), rows = records.patches(ws), records.overlay(ws)
    whole = official(project(triangle, CODE, 4490))
    assert abs(whole - ground(triangle, CODE)) > 5 * CENT  # the two meanings of an edge do differ here
    assert item.area_m2 == pytest.approx(whole, rel=5e-9)
    found = figures(rows, item.patch_uid, "landuse")
    assert found.pop(GAP_CODE, 0.0) < CENT
    assert sum(found.values()) == pytest.approx(whole, abs=CENT)
    share = ground(triangle.intersection(west), CODE) / ground(triangle, CODE)
    assert found["0101"] / whole == pytest.approx(share, rel=1e-6)


def test_multipart_patch_with_a_hole(tmp_path):
    rows = [
        (shapely.box(X, Y - 100, X + 60, Y + 300), {"DLBM": "0101"}),
        (shapely.box(X + 60, Y - 100, X + 400, Y + 300), {"DLBM": "1006"}),
    ]
    layer = LayerAssignment("landuse", str(save(tmp_path / "dltb.gpkg", rows)))
    first = shapely.Polygon(WHOLE.exterior, [shapely.box(X + 50, Y + 20, X + 70, Y + 40).exterior])
    second = shapely.box(X + 210, Y, X + 230, Y + 50)
    found = one(shapely.MultiPolygon([first, second]), layer)
    west = ground(shapely.box(X, Y, X + 60, Y + 100), CODE) - ground(shapely.box(X + 50, Y + 20, X + 60, Y + 40), CODE)
    assert found["0101"] == pytest.approx(west, abs=FINE)
    both = closed_form(project(shapely.segmentize(first, 50), CODE, 4490)) + ground(second, CODE)
    assert found["1006"] == pytest.approx(both - west, abs=FINE)
