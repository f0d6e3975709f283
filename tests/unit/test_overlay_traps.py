"""What kills QGIS or lies in silence: prepared geometries in two threads, huge polygons cut at a patch's edge,
ground that is missing here and double there, half a day's work done again for one changed patch.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.unit.test_overlay_engine import MOSAIC, PATCH, X, Y, areas, box, overlay, patch, true_area
from tests.unit.vector_files import write
from weipian_plugin.core.model import DUPLICATE_CODE, GAP_CODE, LayerAssignment
from weipian_plugin.overlay import engine
from weipian_plugin.overlay.frame import Frame
from weipian_plugin.overlay.huge import SHELF
from weipian_plugin.overlay.shapes import HUGE, mean_width

ROOT = Path(__file__).resolve().parents[2]
_THREADED = """
import os, sys
os.cpu_count = lambda: 8
from tests.unit.test_overlay_engine import X, Y, box, patch, overlay
from weipian_plugin.core.model import LayerAssignment
from weipian_plugin.overlay import engine
engine._CHUNK, engine._MOST_THREADS = 3, 8
import shapely
whole = [patch(shapely.Point(X + 37 * i % 400, Y + 53 * i % 400).buffer(30, 8), f"p{i}") for i in range(48)]
layers = [LayerAssignment("landuse", sys.argv[1]), LayerAssignment("eco_redline", sys.argv[2])]
first = None
for _ in range(25):
    result = overlay(whole, *layers)
    found = (result.patch, result.role, result.code, result.area)
    first = first or found
    assert found == first
print("25 runs")
"""


def _mosaic(tmp_path):
    cells = [
        (box(20 * i - 60, 20 * j - 60, 20 * i - 40, 20 * j - 40), {"DLBM": ("0101", "1006", "0301")[(i + j) % 3]})
        for i in range(28)
        for j in range(28)
    ]
    return write(tmp_path / "dltb.gpkg", cells)


def _comb(teeth, length=60.0):
    """Teeth 1 m wide, 1 m apart, on a bar 10 m wide: a boundary of many vertices, areas known by counting."""
    points = [(0, -10), (2 * teeth, -10), (2 * teeth, 0)]
    for i in range(teeth - 1, -1, -1):
        points += [(2 * i + 1, 0), (2 * i + 1, length), (2 * i, length), (2 * i, 0)]
    return shapely.Polygon(np.array(points, dtype=float) + np.array([X, Y]))


def test_a_hundred_threaded_runs_do_not_crash(tmp_path):
    redline = write(tmp_path / "redline.gpkg", [(_comb(600), {"n": "1"})])
    command = [sys.executable, "-c", _THREADED, str(_mosaic(tmp_path)), str(redline)]
    children = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    for child in children:
        out, err = child.communicate(timeout=240)
        assert child.returncode == 0, err[-2000:]
        assert out.strip() == "25 runs"


def test_no_geometry_is_ever_in_two_threads(tmp_path, monkeypatch):
    """Every geometry that a chunk is given was made for this chunk: the rule that keeps GEOS alive."""
    seen: dict[int, int] = {}
    kept = []
    original = engine.coverage.meet

    def watching(frame, chunk, features):
        mine = int(chunk.which[0])
        for geom in (*chunk.geoms, *features.geoms):
            kept.append(geom)  # an id is unique only while the object lives
            assert seen.setdefault(id(geom), mine) == mine
        return original(frame, chunk, features)

    monkeypatch.setattr(engine.coverage, "meet", watching)
    monkeypatch.setattr(engine, "_CHUNK", 4)
    comb = LayerAssignment("eco_redline", str(write(tmp_path / "redline.gpkg", [(_comb(600), {"n": "1"})])))
    parcels = LayerAssignment("landuse", str(_mosaic(tmp_path)))
    patches = [patch(box(11 * i, 3 * i, 11 * i + 90, 3 * i + 40), f"p{i}") for i in range(20)]
    assert len(overlay(patches, parcels, comb).rows) >= 40
    assert len(set(seen.values())) >= 5  # 20 patches in chunks of 4 at most


@pytest.mark.parametrize("teeth", [HUGE, 40], ids=["cut up", "whole"])
def test_a_patch_that_copies_teeth_of_a_huge_polygon_exactly(tmp_path, teeth):
    """Clipping to the exact box of such a patch once gave 1 949 m² too much without an error."""
    layer = LayerAssignment("eco_redline", str(write(tmp_path / "redline.gpkg", [(_comb(teeth), {"n": "1"})])))
    patches = [
        patch(box(20, 0, 21, 60), "tooth"),
        patch(box(20, 0, 31, 60), "six"),  # six teeth and the five gaps between them
        patch(box(21, 0, 22, 60), "gap"),
        patch(box(10, -10, 40, 0), "bar"),
        patch(box(10, -10, 40, 60), "all"),
    ]
    result = overlay(patches, layer)
    found = {item.patch_uid: areas(result, "eco_redline", item.patch_uid)[""] for item in patches}
    one, six = true_area(box(20, 0, 21, 60)), sum(true_area(box(x, 0, x + 1, 60)) for x in range(20, 31, 2))
    bar = true_area(box(10, -10, 40, 0))
    expected = {"tooth": one, "six": six, "gap": 0.0, "bar": bar, "all": bar + 15 * one}
    assert found == pytest.approx(expected, abs=2e-3)  # GeographicLib scatters by 1e-4 m² a polygon


def test_pieces_of_a_huge_polygon_serve_the_next_run_until_the_file_changes(tmp_path):
    path = write(tmp_path / "redline.gpkg", [(_comb(HUGE), {"n": "1"})])
    layer, target = LayerAssignment("eco_redline", str(path)), patch(box(0, 0, 101, 60))
    SHELF.clear()
    first = areas(overlay([target], layer), "eco_redline")
    assert len(SHELF._kept) == 1
    assert areas(overlay([target], layer), "eco_redline") == first
    assert len(SHELF._kept) == 1
    path.unlink()
    write(path, [(_comb(HUGE, 30.0), {"n": "12345678901234567890"})])
    changed = areas(overlay([target], layer), "eco_redline")[""]
    assert changed == pytest.approx(51 * true_area(box(0, 0, 1, 30)), abs=0.02)


def test_a_huge_polygon_that_crosses_itself_is_found_and_repaired(tmp_path):
    ring = shapely.get_coordinates(_comb(HUGE)) - np.array([X, Y])
    wing = np.array([[2048, -10], [2148, -110], [2148, -10], [2048, -110]])  # a bow-tie of two triangles
    crossing = shapely.Polygon(np.concatenate([ring[:1], wing, ring[1:]]) + np.array([X, Y]))
    assert not crossing.is_valid
    layer = LayerAssignment("eco_redline", str(write(tmp_path / "redline.gpkg", [(crossing.wkt, {"n": "1"})])))
    result = overlay([patch(box(20, 0, 31, 60))], layer)
    assert [finding.code for finding in result.findings] == ["W_GEOMETRY_REPAIRED"]
    teeth = sum(true_area(box(x, 0, x + 1, 60)) for x in range(20, 31, 2))
    assert areas(result, "eco_redline")[""] == pytest.approx(teeth, abs=2e-3)


@pytest.mark.parametrize("form", ["shifted", "mirrored"])
def test_a_gap_as_large_as_a_duplicate_is_not_mistaken_for_none(tmp_path, form):
    """The sum of the parts is the patch to the last digit, and yet ground is missing and ground is double."""
    if form == "shifted":
        rows = [(box(0, 0, 30, 80), "0101"), (box(20, 0, 60, 80), "1006"), (box(70, 0, 100, 80), "0301")]
        hole, double = [box(60, 0, 70, 80)], [box(20, 0, 30, 80)]
    else:  # the centroid of the missing ground is that of the double ground
        rows = [(box(0, 0, 45, 80), "0101"), (box(55, 0, 100, 80), "1006")]
        rows += [(box(20, 0, 25, 80), "0301"), (box(75, 0, 80, 80), "0301")]
        hole, double = [box(45, 0, 55, 80)], [box(20, 0, 25, 80), box(75, 0, 80, 80)]
    path = write(tmp_path / "dltb.gpkg", [(geom, {"DLBM": code}) for geom, code in rows])
    found = areas(overlay([patch(PATCH)], LayerAssignment("landuse", str(path))), "landuse")
    assert found[GAP_CODE] == pytest.approx(sum(map(true_area, hole)), abs=1e-3)
    assert found[DUPLICATE_CODE] == pytest.approx(sum(map(true_area, double)), abs=1e-3)


def test_overlapping_polygons_of_a_constraint_count_once_and_are_told(tmp_path):
    rows = [(box(0, 0, 60, 80), {"n": "1"}), (box(40, 0, 80, 80), {"n": "2"}), (box(80, 0, 90, 80), {"n": "3"})]
    path = write(tmp_path / "prime.gpkg", rows)
    result = overlay([patch(PATCH)], LayerAssignment("prime_farmland", str(path)))
    assert areas(result, "prime_farmland")[""] == pytest.approx(true_area(box(0, 0, 90, 80)), abs=1e-3)
    assert [finding.code for finding in result.findings] == ["W_LAYER_OVERLAP"]
    clean = write(tmp_path / "clean.gpkg", [rows[0], (box(60, 0, 80, 80), {"n": "2"}), rows[2]])
    result = overlay([patch(PATCH)], LayerAssignment("prime_farmland", str(clean)))
    assert areas(result, "prime_farmland")[""] == pytest.approx(true_area(box(0, 0, 90, 80)), abs=1e-3)
    assert result.findings == []


def test_what_approvals_leave_is_listed_with_area_width_and_outline(tmp_path):
    first = write(tmp_path / "a.gpkg", [(box(0, 0, 70, 80), {"批文号": "1"})])
    second = write(tmp_path / "b.gpkg", [(box(72, 0, 90, 80), {"合同号": "2"})])
    layers = [LayerAssignment("approval", str(first)), LayerAssignment("supply", str(second))]
    rows = {row.role: row for row in overlay([patch(PATCH)], *layers).rows}
    wide, narrow = box(90, 0, 100, 80), box(70, 0, 72, 80)
    gaps = rows["approved_union"].detail
    assert [float(item["gap_m2"]) for item in gaps] == pytest.approx([true_area(wide), true_area(narrow)], abs=0.006)
    assert [item["gap_width_m"] for item in gaps] == ["10.00", "2.00"]
    outline = shapely.from_wkt(gaps[1]["gap_wkt"])
    back = shapely.bounds(outline)
    expected = shapely.bounds(patch(narrow).wkb and shapely.from_wkb(patch(narrow).wkb))
    assert back == pytest.approx(expected, abs=2e-9)
    over = [item for item in rows["approval"].detail if "over_m2" in item]
    assert [float(item["over_m2"]) for item in over] == pytest.approx([true_area(box(70, 0, 100, 80))], abs=0.006)
    away = overlay([patch(box(500, 0, 600, 80))], layers[0]).rows
    assert [(row.area_m2, row.detail) for row in away if row.role == "approved_union"] == [(0.0, ())]


def test_mining_rights_tell_what_lies_in_and_out(tmp_path):
    rows = [(box(0, 0, 70, 80), {"证号": "C5001", "联系电话": "1", "XKZH": "x"})]
    path = write(tmp_path / "mine.gpkg", rows)
    (row,) = overlay([patch(PATCH)], LayerAssignment("mining_right", str(path))).rows
    assert row.detail[0]["证号"] == "C5001"
    assert "联系电话" not in row.detail[0]
    assert float(row.detail[0]["overlap_m2"]) == pytest.approx(true_area(box(0, 0, 70, 80)), abs=0.006)
    assert float(row.detail[0]["outside_m2"]) == pytest.approx(true_area(box(70, 0, 100, 80)), abs=0.006)


def test_net_area_leaves_out_the_ridges_of_each_parcel(tmp_path):
    rows = [
        (box(-50, -50, 40, 200), {"DLBM": "0101", "KCXS": "0.1"}),
        (box(40, -50, 70, 200), {"DLBM": "0101", "KCXS": "0.2"}),
        (box(70, -50, 90, 200), {"DLBM": "1006", "KCXS": ""}),
        (box(90, -50, 300, 200), {"DLBM": "0103", "KCXS": "12"}),
    ]
    layer = LayerAssignment("landuse", str(write(tmp_path / "dltb.gpkg", rows)))
    result = overlay([patch(PATCH)], layer)
    net = {row.class_code: row.net_m2 for row in result.rows}
    expected = 0.9 * true_area(box(0, 0, 40, 80)) + 0.8 * true_area(box(40, 0, 70, 80))
    assert net["0101"] == pytest.approx(expected, abs=1e-3)
    assert net["1006"] == pytest.approx(true_area(box(70, 0, 90, 80)), abs=1e-3)
    assert net["0103"] == pytest.approx(true_area(box(90, 0, 100, 80)), abs=1e-3)  # a percentage is not guessed at
    assert [finding.code for finding in result.findings] == ["W_KCXS"]
    plain = LayerAssignment("landuse", str(write(tmp_path / "plain.gpkg", MOSAIC)))
    assert {row.net_m2 for row in overlay([patch(PATCH)], plain).rows} == {None}


def test_width_of_a_strip_is_its_width():
    shapes = np.array([shapely.box(0, 0, 100, 2), shapely.box(0, 0, 3, 3)])
    assert mean_width(shapes) == pytest.approx([2, 3])


def test_neighbouring_patches_share_the_frame_of_a_zone_with_prefix():
    shifted = Frame.choose(["EPSG:4524"], [])
    geoms = np.array([shapely.box(36379000, 3296000, 36379100, 3296100)])
    moved = shifted.settle(geoms)
    other = Frame.choose(["EPSG:4524"], [])
    other.settle(np.array([shapely.box(36381000, 3299000, 36381100, 3299100)]))
    assert shifted.key == other.key
    assert np.abs(shapely.bounds(moved)).max() < 1e5
