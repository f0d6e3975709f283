"""Names met in deliveries and in the databases' own standards (三调 TD/T 1055 and 国土空间规划 table names)."""

from __future__ import annotations

import pytest

from weipian_plugin.workbench.layer_guess import guess_date, guess_role


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("DLTB.shp", "landuse"),
        ("500112DLTB_2025.gpkg", "landuse"),
        ("渝北区地类图斑.shp", "landuse"),
        ("YJJBNTBHTB.shp", "prime_farmland"),
        ("永久基本农田保护图斑.gdb", "prime_farmland"),
        ("STBHHX.shp", "eco_redline"),
        ("生态保护红线2023.gpkg", "eco_redline"),
        ("CZKFBJ.shp", "urban_boundary"),
        ("城镇开发边界.geojson", "urban_boundary"),
        ("农转用批准范围_2024.shp", "approval"),
        ("供地项目.shp", "supply"),
        ("临时用地.shp", "temp_land"),
        ("设施农用地备案.shp", "facility_agri"),
        ("村界.shp", "village"),
        ("CJDCQ.shp", "village"),
        ("前时相_20251006.tif", "image_before"),
        ("xian_after_20190101.TIF", "image_after"),
        ("before.tif", "image_before"),
        ("before_after.tif", ""),
        ("影像.tif", ""),
        ("图斑.shp", ""),
        ("undergroundubg.shp", ""),
        ("yjjbnt", "prime_farmland"),
    ],
)
def test_role(name: str, role: str) -> None:
    assert guess_role(name) == role


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("before_20080101.tif", "2008-01-01"),
        ("后时相2026-05-01.tif", "2026-05-01"),
        ("影像2026年05月01日.tif", "2026-05-01"),
        ("tile_120260501.tif", ""),
        ("20261345.tif", ""),
    ],
)
def test_date(name: str, date: str) -> None:
    assert guess_date(name) == date
