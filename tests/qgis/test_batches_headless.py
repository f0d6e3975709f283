"""The command line over a re-issued delivery and a status table: outputs, reports, failures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("qgis.core")
from osgeo import ogr, osr
from qgis import core as qgis_core

from weipian_plugin.processing.export_report import ExportReport
from weipian_plugin.processing.import_patches import ImportPatches
from weipian_plugin.processing.import_status import ImportStatus
from weipian_plugin.processing.overlay_patches import OverlayPatches
from weipian_plugin.processing.verify_workspace import VerifyWorkspace

pytestmark = pytest.mark.qgis


@pytest.fixture(scope="module", autouse=True)
def application():
    app = qgis_core.QgsApplication.instance() or qgis_core.QgsApplication([], False)
    app.initQgis()
    return app


def call(algorithm: type, workspace: Path, **parameters: Any) -> dict[str, Any]:
    made = algorithm()
    made.initAlgorithm()
    given = {"WORKSPACE": str(workspace), **{name: str(value) for name, value in parameters.items()}}
    context, feedback = qgis_core.QgsProcessingContext(), qgis_core.QgsProcessingFeedback()
    return made.processAlgorithm(given, context, feedback)


def report(workspace: Path, algorithm: str) -> dict[str, Any]:
    return json.loads((workspace / "exports" / f"last_{algorithm}.json").read_text(encoding="utf-8"))


def delivery(path: Path, *rows: tuple[str, int, float, dict[str, str]]) -> Path:
    """Squares of 0.001° at 0.002° from each other: (number, place, width factor, more columns)."""
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(4490)
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    data = ogr.GetDriverByName("GPKG").CreateDataSource(str(path))
    layer = data.CreateLayer("图斑", srs, ogr.wkbPolygon)
    for name in dict.fromkeys(("JCBH", *(key for row in rows for key in row[3]))):
        layer.CreateField(ogr.FieldDefn(name, ogr.OFTString))
    for number, at, width, more in rows:
        x = 106.75 + 0.002 * at
        feature = ogr.Feature(layer.GetLayerDefn())
        for name, value in {"JCBH": number, **more}.items():
            feature.SetField(name, value)
        east = x + 0.001 * width
        ring = f"{x} 29.78,{east} 29.78,{east} 29.781,{x} 29.781,{x} 29.78"
        feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))"))
        layer.CreateFeature(feature)
    return path


FIRST = (("A1", 0, 1.0, {"CMC": "柏树村"}), ("A2", 1, 1.0, {"CMC": "柏树村"}), ("A3", 2, 1.0, {"CMC": "柏树村"}))


def test_again_with_changes_then_the_platform(tmp_path: Path) -> None:
    workspace = tmp_path / "工作区"
    first = call(ImportPatches, workspace, INPUT=delivery(tmp_path / "一.gpkg", *FIRST), BATCH="一")
    assert first["IMPORTED"] == 3
    second = delivery(
        tmp_path / "二.gpkg",
        ("A1", 0, 1.5, {"CMC": "柏树村"}), ("A2", 1, 1.0, {"CMC": "乌牛村"}), ("B1", 2, 0.5, {"CMC": "柏树村"}),
    )  # fmt: skip
    again = call(ImportPatches, workspace, INPUT=second, BATCH="二")
    assert again["IMPORTED"] == 1
    told = report(workspace, "importpatches")
    assert told["ok"] is True
    assert told["reissue"]["counts"] == {"new": 1, "same": 0, "changed": 2, "elsewhere": 0, "missing": 1}
    changes = {item["patch_id"]: item for item in told["reissue"]["changed"]}
    assert changes["A1"]["change"] == "geometry"
    assert changes["A2"]["differences"]["CMC"] == ["柏树村", "乌牛村"]
    (relation,) = told["relations"]
    assert (relation["patch_id"], relation["other_id"], relation["share"]) == ("B1", "A3", 1.0)
    same = call(ImportPatches, workspace, INPUT=second, BATCH="三")
    assert same["IMPORTED"] == 0
    assert report(workspace, "importpatches")["reissue"]["identical_to"] == "二"
    table = tmp_path / "状态.csv"
    table.write_text(
        "图斑编号,状态(系统),审核阶段(系统),打回状态\nA1,10,101,0\nA2,4,95,1\nC9,4,95,0\n", encoding="utf-8"
    )
    status = call(ImportStatus, workspace, TABLE=table)
    assert (status["APPLIED"], status["REJECTED"]) == (2, 1)
    told = report(workspace, "importstatus")
    assert told["rejected"][0]["code"] == "R_ID_UNKNOWN"
    assert told["counts"]["filed"] == 2
    out = call(ExportReport, workspace, OUTPUT=tmp_path / "成果", SCOPE="batch:二", SHEETS="false", PACKAGE="false")
    import openpyxl

    cells = {str(c.value) for row in openpyxl.load_workbook(out["LEDGER"])["台账"].iter_rows() for c in row}
    assert {"A1", "A2", "B1"} <= cells
    assert "A3" not in cells
    assert call(VerifyWorkspace, workspace)["OK"] is True


def test_a_question_stands_in_the_report_with_its_answers(tmp_path: Path) -> None:
    workspace = tmp_path / "工作区"
    call(ImportPatches, workspace, INPUT=delivery(tmp_path / "一.gpkg", *FIRST), BATCH="一")
    import openpyxl

    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("另一张")):
        sheet.append(["图斑编号", "审核阶段"])
        sheet.append(["A1", "审核结束"])
    book.save(tmp_path / "状态.xlsx")
    with pytest.raises(qgis_core.QgsProcessingException) as caught:
        call(ImportStatus, workspace, TABLE=tmp_path / "状态.xlsx")
    assert "E_QUESTION" in str(caught.value)
    told = report(workspace, "importstatus")
    assert told["ok"] is False
    assert [choice["value"] for choice in told["questions"][0]["choices"]] == ["Sheet", "另一张"]


@pytest.mark.parametrize("algorithm", [ImportStatus, OverlayPatches])
def test_a_mistyped_workspace_is_not_made(tmp_path: Path, algorithm: type) -> None:
    table = tmp_path / "状态.csv"
    table.write_text("图斑编号,审核阶段\nA1,审核结束\n", encoding="utf-8")
    parameters = {"TABLE": table} if algorithm is ImportStatus else {}
    with pytest.raises(qgis_core.QgsProcessingException) as caught:
        call(algorithm, tmp_path / "没有", **parameters)
    assert "E_WS_MISSING" in str(caught.value)
    assert not (tmp_path / "没有").exists()


def test_a_delivery_of_which_nothing_can_be_used_makes_no_workspace(tmp_path: Path) -> None:
    path = delivery(tmp_path / "空编号.gpkg", ("", 0, 1.0, {}), ("", 1, 1.0, {}))
    with pytest.raises(qgis_core.QgsProcessingException) as caught:
        call(ImportPatches, tmp_path / "新", INPUT=path, BATCH="一")
    assert "E_ALL_REJECTED" in str(caught.value)
    assert not (tmp_path / "新" / "workspace.gpkg").exists()
    assert report(tmp_path / "新", "importpatches")["code"] == "E_ALL_REJECTED"
