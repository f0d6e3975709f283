"""The dialogs, filled and driven without a modal loop; work runs in QGIS's real task manager."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from osgeo import ogr, osr
from qgis.core import QgsCoordinateReferenceSystem, QgsProject, QgsSettings, QgsVectorLayer
from qgis.PyQt.QtCore import QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QWheelEvent
from qgis.PyQt.QtWidgets import QApplication, QComboBox

from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import Batch, LayerAssignment
from weipian_plugin.gui.dialogs import layer_rows
from weipian_plugin.gui.dialogs.errors import error_box
from weipian_plugin.gui.dialogs.export import ExportDialog, scopes
from weipian_plugin.gui.dialogs.import_delivery import ImportDialog
from weipian_plugin.gui.dialogs.layers import LayersDialog
from weipian_plugin.gui.dialogs.task_bar import WorkDialog
from weipian_plugin.gui.dialogs.workspace import WorkspaceDialog, open_workspace, recent

pytestmark = pytest.mark.qgis
WAIT = 20_000


@pytest.fixture(autouse=True)
def clean_settings(qapp):
    for key in ("recent_workspaces", "who", "new_in", "import_from", "layers_from", "export_to"):
        QgsSettings().remove(f"weipian/{key}")
    QgsProject.instance().clear()


def make_layer(path: Path, name: str, fields: dict[str, str], epsg: int = 4490, lon: float = 106.80) -> Path:
    """A polygon layer with one square of 0.01 degrees."""
    kind = {".shp": "ESRI Shapefile", ".gpkg": "GPKG"}[path.suffix]
    driver = ogr.GetDriverByName(kind)
    data = driver.Open(str(path), 1) if path.exists() else driver.CreateDataSource(str(path))
    srs = osr.SpatialReference()
    srs.ImportFromEPSG(epsg)
    srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    layer = data.CreateLayer(name, srs, ogr.wkbPolygon, ["ENCODING=UTF-8"] if kind != "GPKG" else [])
    for field in fields:
        layer.CreateField(ogr.FieldDefn(field, ogr.OFTString))
    feature = ogr.Feature(layer.GetLayerDefn())
    for field, value in fields.items():
        feature.SetField(field, value)
    x, y = lon, 29.80
    ring = f"{x} {y},{x + 0.01} {y},{x + 0.01} {y + 0.01},{x} {y + 0.01},{x} {y}"
    feature.SetGeometry(ogr.CreateGeometryFromWkt(f"POLYGON(({ring}))"))
    layer.CreateFeature(feature)
    return path


# -- errors ------------------------------------------------------------------------------------------


def test_error_box_says_what_and_what_to_do(qapp) -> None:
    box = error_box(None, WeipianError("E_WS_NEWER", found=9, supported=1))
    assert "版本 9" in box.text()
    assert "请升级" in box.informativeText()
    assert "E_WS_NEWER" in box.informativeText()
    assert "日志" not in box.informativeText()
    assert "日志" in error_box(None, WeipianError("E_UNEXPECTED", detail="x")).informativeText()


# -- workspace ---------------------------------------------------------------------------------------


def test_new_workspace_is_made_opened_and_remembered(qtbot, tmp_path: Path) -> None:
    dialog = WorkspaceDialog(create=True)
    qtbot.addWidget(dialog)
    dialog.who.setText("张三")
    dialog.name.setText("古路镇/2026 上半年")
    dialog.new_folder.setText(str(tmp_path))
    assert dialog.new_path() == tmp_path / "古路镇_2026 上半年"
    dialog._accepted()
    assert dialog.session is not None
    assert dialog.session.who == "张三"
    assert (dialog.new_path() / "workspace.gpkg").is_file()
    assert recent() == [str(dialog.new_path())]
    dialog.session.close()


@pytest.mark.parametrize(
    ("who", "folder", "text"), [("", "x", "经办人"), ("张三", "", "没有工作区"), ("张三", "/nowhere/x", "没有工作区")]
)
def test_open_refuses_with_a_sentence(qtbot, who: str, folder: str, text: str) -> None:
    dialog = WorkspaceDialog()
    qtbot.addWidget(dialog)
    dialog.tabs.setCurrentIndex(0)
    dialog.who.setText(who)
    dialog.open_folder.setText(folder)
    dialog._accepted()
    assert dialog.session is None
    assert text in dialog.error.text()


def test_open_takes_folder_or_file(folder: Path) -> None:
    for path in (folder, folder / "workspace.gpkg"):
        with open_workspace(path, "张三") as session:
            assert session.folder == folder


# -- import ------------------------------------------------------------------------------------------


def inspected(qtbot, session, path: Path) -> ImportDialog:
    dialog = ImportDialog(session, path)
    qtbot.addWidget(dialog)
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    return dialog


def settle(qtbot, dialog: WorkDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)


def test_import_shows_what_it_understood_and_imports(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(
        tmp_path / "五月下发.shp", "五月下发", {"JCBH": "500112SJBG26219001", "CMC": "乌牛村", "备注": "甲"}
    )
    dialog = inspected(qtbot, session, path)
    assert dialog.inspection is not None, dialog.notice.text()
    assert dialog.inspection.mapping["patch_id"] == "JCBH"
    assert dialog.count.text() == "五月下发 · 1 个要素 · 面"
    assert dialog.layer.isHidden()
    assert "UTF-8" in dialog.encoding_note.text()
    assert "乌牛村" in dialog.encoding_note.text()
    assert dialog.batch.text() == "五月下发"
    for key, choices in [(q.key, q.choices) for q in dialog.inspection.questions]:
        dialog.answer(key, choices[0][0])
        qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    dialog.start_import()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.imported, dialog.notice.text()
    assert dialog.result.imported == 1
    assert "导入 1 个新图斑" in dialog.result_title.text()
    assert dialog.checks.table.rowCount() >= len(dialog.result.checks) > 0
    assert any(batch.name == "五月下发" for batch in session.batches())


def test_the_place_is_shown_and_a_repair_needs_consent(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "x.gpkg", "x", {"JCBH": "9001"})
    data = ogr.Open(str(path), 1)
    feature = data.GetLayer(0).GetNextFeature()
    tie = "POLYGON((106.8 29.8,106.81 29.81,106.81 29.8,106.8 29.81,106.8 29.8))"
    feature.SetGeometry(ogr.CreateGeometryFromWkt(tie))
    data.GetLayer(0).SetFeature(feature)
    feature = data = None
    dialog = inspected(qtbot, session, path)
    assert [q.key for q in dialog.inspection.questions] == ["repair"]
    assert dialog.preview.patches.featureCount() == 1
    assert "106.80" in dialog.preview.caption.text()
    combo = dialog.questions.findChild(QComboBox)
    combo.setCurrentIndex(combo.findData("yes"))
    combo.activated.emit(combo.currentIndex())
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.import_button.isEnabled()
    dialog.start_import()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    geometry = [
        row for row in range(dialog.checks.table.rowCount()) if dialog.checks.table.item(row, 3).text() == "9001"
    ]
    with qtbot.waitSignal(dialog.zoom_to) as zoomed:
        dialog.checks.table.cellDoubleClicked.emit(geometry[0], 0)
    assert session.queue_row(zoomed.args[0]).patch_id == "9001"
    dialog.preview.release()


def test_id_column_that_is_not_known_is_asked_for(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "x.gpkg", "x", {"HAOMA": "9001", "CMC": "乌牛村"})
    dialog = inspected(qtbot, session, path)
    assert [q.key for q in dialog.inspection.questions] == ["patch_id"]
    assert not dialog.import_button.isEnabled()
    assert not dialog.questions.isHidden()
    dialog.answer("patch_id", "HAOMA")
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.import_button.isEnabled()
    assert dialog.inspection.mapping["patch_id"] == "HAOMA"
    assert dialog.question_form.rowCount() == 2  # the question and its answer can still be changed


def test_one_of_several_layers_is_asked_for_and_can_be_changed(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "x.gpkg", "甲", {"JCBH": "9001"})
    make_layer(path, "乙", {"JCBH": "9002"}, epsg=4490)
    dialog = inspected(qtbot, session, path)
    assert [q.key for q in dialog.inspection.questions] == ["layer"]
    for wanted in ("乙", "甲"):
        dialog.answer("layer", wanted)
        qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
        assert dialog.inspection.layer == wanted
        assert dialog.layer.currentText() == wanted
    dialog.layer.setCurrentText("乙")
    dialog.layer.activated.emit(1)
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.inspection.layer == "乙"


def test_unknown_crs_is_chosen_on_the_page(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "x.shp", "x", {"JCBH": "9001"})
    path.with_suffix(".prj").unlink()
    dialog = inspected(qtbot, session, path)
    assert "crs" in [q.key for q in dialog.inspection.questions]
    assert not dialog.crs.crs().isValid()
    assert not dialog.import_button.isEnabled()
    dialog.crs.setCrs(QgsCoordinateReferenceSystem("EPSG:4490"))
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.inspection.crs == "EPSG:4490"
    assert dialog.import_button.isEnabled()


def test_real_delivery_in_gbk(qtbot, session, realdata: Path) -> None:
    dialog = inspected(qtbot, session, realdata / "imagery" / "dsifn_xian" / "dsifn_patches.shp")
    assert dialog.inspection.questions == ()
    dialog.start_import()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.result is not None, dialog.notice.text()
    assert dialog.result.imported == 64  # README of the data: 64 patches


def test_mapping_can_be_corrected(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "x.gpkg", "x", {"JCBH": "9001", "CUN": "乌牛村"})
    dialog = inspected(qtbot, session, path)
    dialog.fields.choose("village_name", "CUN")
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.inspection.mapping["village_name"] == "CUN"


def test_unreadable_file_is_told(qtbot, session, tmp_path: Path) -> None:
    path = tmp_path / "坏.shp"
    path.write_bytes(b"not a shapefile")
    dialog = inspected(qtbot, session, path)
    assert dialog.inspection is None
    assert dialog.notice.text().startswith("✖")
    assert not dialog.import_button.isEnabled()


def test_an_answer_of_the_month_before_can_be_changed(qtbot, session, tmp_path: Path) -> None:
    """Without .prj the zone is asked once; in the second month it is taken over and can be answered anew."""
    for month, moved in (("5", 0.0), ("6", 0.02)):
        path = make_layer(tmp_path / f"{month}月.shp", f"{month}月", {"JCBH": f"90{month}"}, lon=106.8 + moved)
        path.with_suffix(".prj").unlink()
        dialog = inspected(qtbot, session, path)
        if month == "5":
            question = dialog.inspection.questions[0]
            assert question.key == "crs"
            assert dialog.crs_note.text().startswith("见上面的问题")
            dialog.answer("crs", question.choices[0][0])
            settle(qtbot, dialog)
            dialog.start_import()
            settle(qtbot, dialog)
            assert dialog.imported, dialog.notice.text()
        else:
            assert not dialog.inspection.questions
            assert 'href="crs"' in dialog.recalled.text()
            dialog.recalled.linkActivated.emit("crs")
            assert [c.property("question") for c in dialog.questions.findChildren(QComboBox)] == ["crs"]
            assert not dialog.questions.isHidden()
        dialog.preview.release()


def test_a_delivery_that_is_there_already_names_no_next_step(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "x.gpkg", "x", {"JCBH": "9001"})
    for again in (False, True):
        dialog = inspected(qtbot, session, path)
        dialog.start_import()
        settle(qtbot, dialog)
        assert dialog.result.identical is again
        assert ("没有改动" in dialog.result_text.toPlainText()) is again
        assert ("下一步" in dialog.notice.text()) is not again
        dialog.preview.release()


def test_which_layer_is_asked_once(qtbot, session, tmp_path: Path) -> None:
    for name in ("甲", "乙"):
        make_layer(tmp_path / "x.gpkg", name, {"JCBH": name, "PC": f"{name}批"})
    dialog = inspected(qtbot, session, tmp_path / "x.gpkg")
    (combo,) = dialog.questions.findChildren(QComboBox)
    assert dialog.form.isHidden()
    assert dialog.fields.isHidden()
    assert dialog.focusWidget() is combo
    for name in ("甲", "乙"):
        combo = dialog.questions.findChildren(QComboBox)[0]
        combo.setCurrentIndex(combo.findData(name))
        combo.activated.emit(combo.currentIndex())
        settle(qtbot, dialog)
        assert not dialog.form.isHidden()
        assert dialog.layer.isHidden()
        assert dialog.count.text().startswith(name)
        assert dialog.batch.text() == f"{name}批"
    assert dialog.focusWidget() is dialog.import_button
    dialog.preview.release()


def test_the_name_of_a_batch_that_is_there_gets_a_number(qtbot, session, tmp_path: Path) -> None:
    for name, batch in (("a", "七月"), ("b", "七月（2）")):
        dialog = inspected(qtbot, session, make_layer(tmp_path / f"{name}.gpkg", name, {"JCBH": name, "PC": "七月"}))
        assert dialog.batch.text() == batch
        dialog.start_import()
        settle(qtbot, dialog)
        assert dialog.imported, dialog.notice.text()
        dialog.preview.release()


def test_the_wheel_turns_the_page_and_changes_no_column(qtbot, session, tmp_path: Path) -> None:
    dialog = inspected(qtbot, session, make_layer(tmp_path / "x.gpkg", "x", {"JCBH": "9001", "CMC": "村"}))
    combo = dialog.fields.cellWidget(0, 1)
    before = combo.currentIndex()
    down = QWheelEvent(
        QPointF(5, 5), QPointF(5, 5), QPoint(), QPoint(0, -120), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(combo, down)
    assert combo.currentIndex() == before
    assert not dialog.fields.overrides()
    dialog.preview.release()


# -- layers ------------------------------------------------------------------------------------------


def test_folder_is_recognised_and_stored(qtbot, session, tmp_path: Path) -> None:
    make_layer(tmp_path / "DLTB.shp", "DLTB", {"DLBM": "0103"})
    make_layer(tmp_path / "红线.gpkg", "生态保护红线", {"LX": "1"})
    make_layer(tmp_path / "库.gpkg", "YJJBNTBHTB", {"BH": "1"})
    make_layer(tmp_path / "库.gpkg", "CZKFBJ", {"BH": "1"})
    make_layer(tmp_path / "无关.gpkg", "无关", {"BH": "1"})
    dialog = LayersDialog(session)
    qtbot.addWidget(dialog)
    found = {item.role: item for item in dialog.take_folder(tmp_path)}
    assert set(found) == {"landuse", "eco_redline", "prime_farmland", "urban_boundary"}
    assert found["landuse"].class_field == "DLBM"
    assert found["prime_farmland"].layer == "YJJBNTBHTB"
    assert found["urban_boundary"].layer == "CZKFBJ"
    assert dialog.save(), dialog.notice.text()
    assert dialog.changed
    assert {a.role for a in session.assignments()} == set(found)
    again = LayersDialog(session)
    qtbot.addWidget(again)
    assert again.take_folder(tmp_path) == []
    assert again.save()
    assert not again.changed


def test_clearing_and_dates(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "DLTB.shp", "DLTB", {"DLBM": "0103"})
    session.assign(LayerAssignment(role="landuse", source=str(path), class_field="DLBM"))
    session.assign(LayerAssignment(role="image_after", source=str(tmp_path / "after.tif"), taken_on="2026-05-01"))
    dialog = LayersDialog(session)
    qtbot.addWidget(dialog)
    index = next(i for i, row in enumerate(dialog.rows) if row.role == "landuse")
    dialog.clear_row(index)
    index = next(i for i, row in enumerate(dialog.rows) if row.role == "image_after")
    dialog.rows[index] = replace(dialog.rows[index], taken_on="五月")
    assert not dialog.save()
    assert "五月" in dialog.notice.text()
    dialog.rows[index] = replace(dialog.rows[index], taken_on="2026/5/2")
    assert dialog.save()
    assert [(a.role, a.taken_on) for a in session.assignments()] == [("image_after", "2026-05-02")]


def test_land_use_without_class_field_is_refused(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "DLTB.shp", "DLTB", {"X": "0103"})
    dialog = LayersDialog(session)
    qtbot.addWidget(dialog)
    dialog.choose(0, str(path))
    assert not dialog.save()
    assert "地类" in dialog.notice.text()
    assert session.assignments() == []


def test_overlay_runs_from_the_dialog(qtbot, session, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "永久基本农田.gpkg", "永农", {"BH": "1"})
    dialog = LayersDialog(session)
    qtbot.addWidget(dialog)
    dialog.take_folder(path.parent)
    dialog.start_overlay()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.report is not None, dialog.notice.text()
    assert dialog.report.patches == 5
    assert dialog.notice.text().split("\n")[0].endswith("5 个图斑套合完成。")
    # All five squares of conftest lie inside the one square of the layer.
    row = session.queue_row("u1")
    assert row.prime_mu is not None
    assert row.prime_mu > 0


def test_layers_of_the_open_project_are_offered(qapp, tmp_path: Path) -> None:
    path = make_layer(tmp_path / "我的.gpkg", "dltb", {"DLBM": "0103"})
    layer = QgsVectorLayer(f"{path}|layername=dltb", "我的地类", "ogr")
    QgsProject.instance().addMapLayers([layer, QgsVectorLayer("Polygon?crs=EPSG:4490", "草稿", "memory")])
    assert layer_rows.project_layers(QgsProject.instance(), raster=False) == [("我的地类", str(path), "dltb")]
    assert layer_rows.project_layers(QgsProject.instance(), raster=True) == []
    QgsProject.instance().clear()


# -- export and tasks --------------------------------------------------------------------------------


def test_scopes_offer_batches_months_and_years() -> None:
    batches = [Batch("a", "四月", issued_on="2026-04-30"), Batch("b", "五月", created_at="2026-05-20T08:00:00+08:00")]
    assert [value for _, value in scopes(batches, "2026-06-01")] == [
        "all", "open", "batch:五月", "batch:四月", "month:2026-06", "month:2026-05", "month:2026-04", "year:2026",
    ]  # fmt: skip


def test_export_writes_the_ledger(qtbot, session, tmp_path: Path) -> None:
    dialog = ExportDialog(session, tmp_path / "out")
    qtbot.addWidget(dialog)
    dialog.sheets.setChecked(False)
    dialog.package.setChecked(False)
    dialog.start()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=60_000)
    assert dialog.result is not None, dialog.notice.text()
    assert dialog.result.ledger.is_file()
    assert not dialog.open_folder.isHidden()
    assert not dialog.open_ledger.isHidden()
    manifest = json.loads((dialog.result.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest


def test_closing_cancels_running_work_first(qtbot) -> None:
    import time

    def endless(feedback) -> None:
        while not feedback.cancelled():
            time.sleep(0.01)
        raise WeipianError("E_CANCELLED")

    dialog = WorkDialog("试验")
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.task.start("等待", endless, lambda _result: None, dialog.fail)
    dialog.reject()
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert "已取消" in dialog.notice.text()
    dialog.reject()
    assert not dialog.isVisible()
