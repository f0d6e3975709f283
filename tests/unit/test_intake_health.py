"""The checks of a delivery against figures that were put in by hand."""

from __future__ import annotations

import pytest
import shapely
from intake_samples import ALIASES, SQUARE_M2, square, write

from weipian_plugin.core.feedback import Silent
from weipian_plugin.intake import delivery
from weipian_plugin.intake.model import Context, Earlier, ImportOptions
from weipian_plugin.workbench.import_report import checks_json

HEADERS = ["JCBH", "XZQDM", "TBLX", "JCMJ", "GDMJ01", "NYDMJ", "JSYDMJ", "WLYDMJ"]
NAMES = {**ALIASES, "farmland_issued": ["GDMJ01"], "ppf_issued": ["JBNTMJ"]}


def checks(path, **options):
    inspection = delivery.inspect(path, NAMES, ImportOptions(**options))
    found = delivery.read(inspection, Silent())
    return {check.check_id: check for check in delivery.health.run(inspection, found)}


@pytest.fixture
def path(tmp_path):
    rows = [
        (square(106.75, 29.78, 0.001), "1", "500112", "20", "10718.84", "100", "10000", "700", "18.84"),
        (square(106.76, 29.78, 0.001), "2", "991122", "XX", "10718.84", "11000", "10000", "700", "100"),
        (square(106.7605, 29.78, 0.001), "3", "5001", "20", "9000", "0", "9000", "-5", "5"),
        (square(106.77, 29.78, 0.001), "1", "500112", "20", "10718.84", "0", "10718.84", "0", "0"),
        (None, "5", "500112", "20", "1", "0", "1", "0", "0"),
    ]
    return write(tmp_path / "a.shp", HEADERS, rows)


def said(check):
    return [(item.row, item.patch_id) for item in check.items]


def test_every_row_is_accounted_for(path):
    found = checks(path)
    assert said(found["rows"]) == [(4, "1"), (5, "5")]
    assert (found["id_unique"].severity, said(found["id_unique"])) == ("error", [(4, "1")])
    assert said(found["geometry"]) == [(5, "5")]


def test_codes_sums_and_areas(path):
    found = checks(path, context=Context(patch_types={"20": "建（构）筑物"}))
    assert said(found["codes"]) == [(2, "2"), (2, "2"), (3, "3")]
    reasons = [(i.row, i.reason) for i in found["sums"].items]
    # 10000 + 700 + 100 = 10800, not 10718.84; 11000 of 耕地 in 10000 of 农用地 and 10718.84 in all; -5
    assert [row for row, _ in reasons] == [2, 2, 2, 3]
    assert any("10800.00" in reason for _, reason in reasons)
    assert any("负数" in reason for row, reason in reasons if row == 3)
    (area,) = found["area"].items
    assert (area.row, area.before_m2) == (3, 9000)
    assert area.after_m2 == pytest.approx(SQUARE_M2, abs=0.01)


def test_overlaps_within_and_with_earlier_batches(path):
    before = Earlier("四月", "old", "u9", shapely.to_wkb(shapely.from_wkt(square(106.7505, 29.78, 0.001))))
    found = checks(path, context=Context(earlier=(before,)))
    assert said(found["self_overlap"]) == [(2, "2")]
    (item,) = found["earlier_overlap"].items
    assert (item.patch_id, item.after_m2) == ("1", pytest.approx(SQUARE_M2 / 2, abs=0.05))
    assert "四月" in item.reason
    assert {c["id"] for c in checks_json(list(found.values()))} >= {"rows", "crs", "id_unique", "area", "sums"}


def test_pictures_are_counted(path):
    (path.parent / "1.jpg").write_bytes(b"x")
    found = checks(path.parent)
    assert "影像 1 幅，图斑 3 个" in found["images"].summary
    assert found["images"].severity == "warn"
