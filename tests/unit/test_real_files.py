"""Files that nobody here made: each comes in right, or is refused with a sentence that a clerk can act on.

Counts, systems and extents are those of the truth files beside the data (GDAL, written by others); areas are the
official formula in its closed form over the vertices as OGR reads them, placed by PROJ.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Optional, Union

import pytest
import shapely
from osgeo import gdal

from tests.support.clerk import Knows, Outcome, bring_in
from tests.support.projection import project
from tests.support.reference_area import closed_form
from weipian_plugin.core.errors import CATALOGUE, WeipianError

_CHINESE = re.compile("[\u4e00-\u9fff]")

#: path, layer, column of the id, rows that come in, rows refused, EPSG (None: what the clerk says is 4490)
GOOD = [
    ("vector/chongqing_gbk_ldid4d_nocpg/区县界_area.shp", "", "ADMINCODE", 38, 0, 4326),
    ("vector/yubei_cgcs2000/districts_cm108_4545_gbk.shp", "", "行政区代码", 5, 0, 4545),
    ("vector/yubei_cgcs2000/districts_zone36_4524_gbk_nocpg.shp", "", "行政区代码", 5, 0, 4524),
    ("vector/yubei_cgcs2000/districts_geo_4490_utf8.shp", "", "", 5, 0, 4490),
    ("vector/yubei_cgcs2000/districts_cm105_4544_noprj.shp", "", "行政区代码", 5, 0, 4544),
    ("vector/gdal_autotest/gpkg/first_geometry_null.gpkg", "", "id", 1, 1, 4490),
    ("vector/gdal_autotest/filegdb/testopenfilegdb.gdb.zip", "polygon25D", "id", 5, 0, 4326),
    ("vector/gdal_autotest/filegdb/testopenfilegdb.gdb.zip", "multipolygon", "id", 5, 0, 4326),
    ("vector/gdal_autotest/filegdb/testopenfilegdb.gdb.zip", "multipolygonzm", "", 1, 0, 4326),  # no column at all
    ("imagery/dsifn_xian/dsifn_patches.shp", "", "", 64, 0, 4545),
    ("imagery/oscd_chongqing_s2/chongqing_change_4545.gpkg", "", "", None, None, 4545),
    ("imagery/landsat_pucallpa/patches_forest_loss_1985_2020.gpkg", "", "", None, None, 4326),
]
#: path, layer, the code of the refusal
REFUSED = [
    ("vector/gdal_autotest/shp/empty.shp", "", "E_LAYER_EMPTY"),
    ("vector/gdal_autotest/shp/chinese.dbf", "", "E_ALL_REJECTED"),
    ("vector/gdal_autotest/shp/poly.shp", "", "E_CRS_DATUM"),
    ("vector/gdal_autotest/gpkg/poly_golden.gpkg", "", "E_CRS_DATUM"),
    ("vector/gdal_autotest/shp/polygonm_with_m.shp", "", "E_FILE_UNREADABLE"),
    ("vector/pyogrio/line_zm.gpkg", "", "E_NOT_POLYGON"),
    ("vector/gdal_autotest/filegdb/testopenfilegdb.gdb.zip", "null_polygon", "E_ALL_REJECTED"),
    ("vector/gdal_autotest/filegdb/testopenfilegdb.gdb.zip", "empty_polygon", "E_ALL_REJECTED"),
    ("vector/gdal_autotest/filegdb/testopenfilegdb.gdb.zip", "multipatch", "E_NOT_POLYGON E_ALL_REJECTED"),
    ("vector/gdal_autotest/filegdb/testopenfilegdb.gdb.zip", "linestring", "E_NOT_POLYGON"),
    ("imagery/naip_1m_5m_nd/patches_new_water_2010_2020.gpkg", "", "E_CRS_DATUM"),
]


def _read(path: Path, layer: str) -> list[tuple[Optional[str], object]]:
    """(first attribute, shapely geometry) of all rows by OGR."""
    name = f"/vsizip/{path}" if path.suffix == ".zip" else str(path)
    source = gdal.OpenEx(name, gdal.OF_VECTOR)
    found = source.GetLayerByName(layer) if layer else source.GetLayer(0)
    rows = []
    for feature in found:
        geom = feature.GetGeometryRef()
        if geom is not None:
            geom = geom.Clone()
            geom.FlattenTo2D()
        shape = None if geom is None else shapely.from_wkb(bytes(geom.ExportToWkb()))
        rows.append((feature.GetFieldAsString(0) if feature.GetFieldCount() else None, shape))
    return rows


def _clerk(path: Path, layer: str, column: str, code: int) -> Knows:
    return Knows(layer=layer, crs=f"EPSG:{code}", patch_id=column)


@pytest.mark.parametrize(
    ("name", "layer", "column", "good", "bad", "code"),
    GOOD,
    ids=[f"{Path(row[0]).name} {row[1]}".strip() for row in GOOD],
)
def test_comes_in_right(realdata, tmp_path, name, layer, column, good, bad, code):
    rows = _read(realdata / name, layer)
    found = bring_in(tmp_path / "ws", realdata / name, _clerk(realdata / name, layer, column, code))
    result = found.result
    assert result.imported + len(result.rejected) == len(rows)
    assert all(_CHINESE.search(item.reason) for item in result.rejected)
    if good is not None:
        assert (result.imported, len(result.rejected)) == (good, bad)
    assert result.inspection.crs in (f"EPSG:{code}", "EPSG:4490" if code == 4326 else "")
    refused = {item.row for item in result.rejected}
    shapes = [shape for number, (_, shape) in enumerate(rows, 1) if number not in refused]
    expected = sorted(closed_form(project(shape, code, 4490)) for shape in shapes)
    assert sorted(p.area_m2 for p in found.patches) == pytest.approx(expected, rel=5e-9, abs=0.01)


@pytest.mark.parametrize(
    ("name", "layer", "codes"), REFUSED, ids=[f"{Path(row[0]).name} {row[1]}".strip() for row in REFUSED]
)
def test_refused_with_a_sentence(realdata, tmp_path, name, layer, codes):
    with pytest.raises(WeipianError) as error:
        bring_in(tmp_path / "ws", realdata / name, Knows(upfront={"layer": layer} if layer else {}))
    assert error.value.code in codes.split()
    assert _CHINESE.search(error.value.message)
    assert len(error.value.remedy) > 8
    assert error.value.code in CATALOGUE


def test_the_truth_of_the_change_patches(realdata, tmp_path):
    """dsifn: 64 patches, 177 681 m² on the plane (README); the scale there is that of GeographicLib's square."""
    truth = json.loads((realdata / "imagery/dsifn_xian/dsifn_truth.json").read_text(encoding="utf-8"))
    found = bring_in(tmp_path / "ws", realdata / "imagery/dsifn_xian/dsifn_patches.shp")
    assert len(found.patches) == truth["patches"]
    assert sum(p.area_m2 for p in found.patches) * 1.00036 == pytest.approx(177_681, rel=5e-5)
    assert all(p.patch_id and p.source_attributes for p in found.patches)
    truth = json.loads((realdata / "imagery/oscd_chongqing_s2/truth.json").read_text(encoding="utf-8"))
    shapes = [shape for _, shape in _read(realdata / "imagery/oscd_chongqing_s2/chongqing_change_4545.gpkg", "")]
    assert len(shapes) == truth["patches"]
    assert sum(shape.area for shape in shapes) == pytest.approx(truth["changed_m2"], rel=1e-6)


def test_all_four_deliveries_of_the_districts_agree(realdata, tmp_path):
    """One outline in four systems: the same ids, names and areas, whatever the encoding."""
    seen = []
    for number, (name, _, column, _, _, code) in enumerate(GOOD[1:5]):
        found = bring_in(tmp_path / str(number), realdata / name, _clerk(realdata / name, "", column, code))
        # The third column holds a planar area, which is another one in every file.
        rows = [
            (p.patch_id, {v for v in p.source_attributes.values() if _CHINESE.search(v or "")}) for p in found.patches
        ]
        seen.append(sorted((*row, p.area_m2) for row, p in zip(rows, found.patches)))
    for rows in seen[1:]:
        for first, other in zip(seen[0], rows):
            assert first[:2] == other[:2]
            # The files were projected vertex by vertex; 5e-9 of a district of 1 500 km² are 8 m².
            assert other[2] == pytest.approx(first[2], rel=5e-9)


@pytest.mark.parametrize("name", ["curvepolygon", "multisurface"])
def test_arcs_without_any_attribute(realdata, tmp_path, name):
    """No column at all: refused with a sentence, or numbered; never a crash."""
    path = realdata / "vector" / "pyogrio" / f"{name}.gpkg"
    found = _attempt(tmp_path / "ws", path)
    if isinstance(found, WeipianError):
        assert found.code in ("E_FIELD_MISSING", "E_QUESTION")
        assert _CHINESE.search(found.message)
        return
    (patch,) = found.patches
    source = gdal.OpenEx(str(path), gdal.OF_VECTOR)
    feature = source.GetLayer(0).GetNextFeature()
    geom = feature.GetGeometryRef().GetLinearGeometry(0.1)
    assert patch.area_m2 == pytest.approx(closed_form(shapely.from_wkb(bytes(geom.ExportToWkb()))), rel=2e-5)


def _attempt(folder: Path, path: Path) -> Union[Outcome, WeipianError]:
    try:
        return bring_in(folder, path)
    except WeipianError as error:
        return error


def test_every_file_is_imported_or_refused(realdata, tmp_path):
    """Whatever lies there, renamed, alone or in a folder: no crash, no row without a fate."""
    paths = [
        path
        for pattern in ("vector/**/*.shp", "vector/**/*.gpkg", "vector/**/*.zip", "vector/**/*.csv", "vector/**/*.gdb")
        for path in sorted(realdata.glob(pattern))
    ]
    paths += [*sorted(realdata.glob("admin/*.*")), realdata / "vector", realdata / "vector/gdal_autotest/shp/poly.prj"]
    assert len(paths) > 15
    for number, path in enumerate(paths):
        folder = tmp_path / str(number)
        found = _attempt(folder, path)
        if isinstance(found, WeipianError):
            assert _CHINESE.search(found.message), path
            assert found.remedy, path
        else:
            assert found.result.imported == len(found.patches) > 0, path
            assert all(_CHINESE.search(item.reason) for item in found.result.rejected), path
        shutil.rmtree(folder, ignore_errors=True)
