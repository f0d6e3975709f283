"""Profiles of layers, the layers dialog with registers and schemes, the section 审批 of the dock."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

pytest.importorskip("qgis.gui")
import shapely
from qgis.core import QgsCoordinateReferenceSystem, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QUrl

from tests.unit.vector_files import write
from weipian_plugin.core.errors import WeipianError
from weipian_plugin.core.model import LayerAssignment, OverlayRow
from weipian_plugin.gui.approval_panel import ApprovalPanel, gaps_of
from weipian_plugin.gui.dialogs.layers import LayersDialog
from weipian_plugin.gui.gap_items import GapHighlight
from weipian_plugin.gui.patch_panel import PatchPanel
from weipian_plugin.store import records
from weipian_plugin.workbench import layer_profiles, registers
from weipian_plugin.workbench.registers import RegisterSource

WHOLE = shapely.box(106.79, 29.79, 106.83, 29.82)
WAIT = 20_000


@pytest.fixture(autouse=True)
def own_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_profiles, "folder", lambda: tmp_path / "profiles")


def layer(path: Path, **fields: str) -> LayerAssignment:
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, [(WHOLE, fields or {"DLBM": "0103"})], "EPSG:4490")
    return LayerAssignment("landuse", str(path), class_field="DLBM", scheme="三调")


def table(path: Path, *rows: list[object]) -> RegisterSource:
    book = openpyxl.Workbook()
    book.active.append(["户主", "村", "批准文号", "批准面积(平方米)", "经度", "纬度"])
    for row in rows:
        book.active.append(row)
    book.save(path)
    return RegisterSource("rural_house", str(path))


# -- profiles ----------------------------------------------------------------------------------------


def test_a_profile_keeps_paths_below_one_folder(tmp_path: Path) -> None:
    one, other = layer(tmp_path / "图层" / "a" / "DLTB.gpkg"), layer(tmp_path / "图层" / "b.gpkg")
    saved = layer_profiles.save("渝北区", ["500112141", "500112"], [one, other], (), "net")
    assert saved.root == str(tmp_path / "图层")
    assert [item.source for item in saved.layers] == ["a/DLTB.gpkg", "b.gpkg"]
    assert saved.county_codes == ("500112",)
    found = layer_profiles.resolve(layer_profiles.get("渝北区"))
    assert [item.source for item in found.layers] == [one.source, other.source]
    assert found.missing == ()
    assert layer_profiles.for_county(["500112"]).name == "渝北区"
    assert layer_profiles.for_county(["500113"]) is None


def test_a_profile_on_another_pc(tmp_path: Path) -> None:
    layer_profiles.save(
        "渝北区", ["500112"], [layer(tmp_path / "图层" / "a" / "DLTB.gpkg"), layer(tmp_path / "图层" / "b.gpkg")]
    )
    out = tmp_path / "交接.json"
    layer_profiles.write(layer_profiles.get("渝北区"), out)
    (tmp_path / "图层").rename(tmp_path / "搬走")
    layer_profiles.delete("渝北区")
    with pytest.raises(WeipianError):
        layer_profiles.get("渝北区")
    there = layer_profiles.resolve(layer_profiles.bring_in(out))
    assert there.layers == ()
    assert len(there.missing) == 2
    assert "DLTB.gpkg" in there.missing[0]
    moved = layer_profiles.resolve(layer_profiles.move("渝北区", str(tmp_path / "搬走")))
    assert moved.missing == ()
    (tmp_path / "搬走" / "b.gpkg").unlink()
    left = layer_profiles.resolve(layer_profiles.get("渝北区"))
    assert [Path(item.source).name for item in left.layers] == ["DLTB.gpkg"]
    assert left.missing[0].endswith("b.gpkg")
    with pytest.raises(WeipianError) as caught:
        layer_profiles.complete("渝北区", [], [])
    assert "b.gpkg" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"schema": "x"}',
        '{"schema": "weipian.layers/1"}',
        '{"schema": "weipian.layers/1", "name": "a", "layers": [1]}',
    ],
)
def test_a_file_that_is_no_profile(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(WeipianError) as caught:
        layer_profiles.read(path)
    assert caught.value.code == "E_PROFILE"


def test_a_newer_profile_may_say_more(tmp_path: Path) -> None:
    layer_profiles.save("渝北区", ["500112"], [layer(tmp_path / "DLTB.gpkg")])
    path = layer_profiles.folder() / "渝北区.json"
    body = json.loads(path.read_text(encoding="utf-8"))
    body["more"] = 1
    body["layers"][0]["more"] = "x"
    path.write_text(json.dumps(body), encoding="utf-8")
    assert layer_profiles.get("渝北区").layers[0].class_field == "DLBM"


# -- the dialog --------------------------------------------------------------------------------------


def test_a_workspace_of_the_county_is_offered_its_layers(qtbot, session, folder: Path, tmp_path: Path) -> None:
    with session.workspace.transaction("import", "b1", "测试") as change:
        for patch in session.patches():
            change.put("patch", records.patch_row(type(patch)(**{**patch.__dict__, "county_code": "500112"})))
    mine = layer(tmp_path / "DLTB.gpkg")
    layer_profiles.save(
        "渝北区",
        ["500112"],
        [mine],
        [table(tmp_path / "宅基地.xlsx", ["甲一", "古路村", "1号", 90, None, None])],
        "net",
    )
    dialog = LayersDialog(session)
    qtbot.addWidget(dialog)
    assert not dialog.offer.isHidden()
    dialog.offer.click()
    assert [row.source for row in dialog.assignments()] == [mine.source, str(tmp_path / "宅基地.xlsx")]
    assert dialog.basis.currentData() == "net"
    dialog.start_overlay()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.report is not None, dialog.notice.text()
    assert dialog.report.patches == 5
    assert session.assignments() == [mine]
    assert session.cropland_basis() == "net"
    assert session.register_counts() == {"宅基地.xlsx": 1}
    again = LayersDialog(session)
    qtbot.addWidget(again)
    assert again.offer.isHidden()
    assert {row.source for row in again.assignments()} == {mine.source, str(tmp_path / "宅基地.xlsx")}
    index = next(i for i, row in enumerate(again.rows) if row.source.endswith(".xlsx"))
    again.clear_row(index)
    assert again.save()
    assert session.register_counts() == {}


def test_a_doubtful_scheme_is_asked_with_codes(qtbot, session, tmp_path: Path) -> None:
    layer(tmp_path / "规划.gpkg", DLBM="060101")
    dialog = LayersDialog(session)
    qtbot.addWidget(dialog)
    dialog.choose(0, str(tmp_path / "规划.gpkg"))
    assert "060101" in dialog.notice.text()
    assert dialog.table.cellWidget(0, 4).currentText() == "请选择分类标准"
    dialog.start_overlay()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.report is None
    assert "分类标准" in dialog.notice.text()


def test_a_table_is_no_redline(qtbot, session, tmp_path: Path) -> None:
    source = table(tmp_path / "a.xlsx", ["甲一", "古路村", "1号", 90, None, None]).source
    dialog = LayersDialog(session)
    qtbot.addWidget(dialog)
    index = next(i for i, row in enumerate(dialog.rows) if row.role == "eco_redline")
    dialog.choose(index, source)
    assert "登记表" in dialog.notice.text()
    assert dialog.assignments() == []


# -- 审批 --------------------------------------------------------------------------------------------


GAP = {
    "gap_m2": "200.00",
    "gap_width_m": "4.00",
    "gap_wkt": "POLYGON((106.801 29.80,106.8012 29.80,106.8012 29.8001,106.801 29.80))",
}


def with_approvals(session) -> None:
    rows = [
        OverlayRow("u1", "x", "approval", "", 1700.0, 0.85, detail=({"XMMC": "某项目", "PZWH": "渝府地〔2024〕1号", "PZMJ": "1500", "overlap_m2": "1700.00"}, {"over_m2": "300.00"})),
        OverlayRow("u1", "x", "approved_union", "", 1800.0, 0.9, detail=(GAP,)),
        OverlayRow("u1", "x", "mining_right", "", 500.0, 0.25, detail=({"XKZH": "C5000", "overlap_m2": "500.00", "outside_m2": "1500.00"},)),
    ]  # fmt: skip
    with session.workspace.transaction("overlay", "workspace", "测试") as change:
        for row in rows:
            change.put("overlay", records.overlay_row(row))


def test_gaps_and_excess_are_listed(qtbot, session) -> None:
    with_approvals(session)
    view = session.patch_view("u1")
    assert gaps_of(view) == [(Decimal("0.30"), "4.00", GAP["gap_wkt"])]
    panel = ApprovalPanel()
    qtbot.addWidget(panel)
    assert panel.show_view(view, session.pack)
    text = panel.text.toPlainText()
    # 2000 − 1800 = 200 m² = 0.30 亩; 2000 − 1700 = 300 m² = 0.45 亩; 1500 m² = 2.25 亩
    assert "未覆盖 0.30 亩，1 处 高亮缺口" in text
    assert "宽约 4.00 米" in text
    assert "超占 0.45 亩：某项目 渝府地〔2024〕1号 批准面积 1500（PZMJ），图斑内 2.55 亩" in text
    assert "矿业权范围内 0.75 亩，范围外 2.25 亩：C5000" in text
    assert panel.title(view) == "审批 · 缺口 1 处"
    with qtbot.waitSignal(panel.gaps_requested):
        panel.text.anchorClicked.emit(QUrl("gaps:"))
    assert not panel.show_view(session.patch_view("u2"), session.pack)


def test_entries_are_confirmed_and_removed(qtbot, session, folder: Path, tmp_path: Path) -> None:
    from weipian_plugin.core.feedback import Silent

    source = table(tmp_path / "宅基地.xlsx", ["甲一", "古路村", "1号", 90, 106.8012, 29.8002])
    registers.read_into(folder, [source], "测试", Silent())
    view = session.patch_view("u1")
    panel = ApprovalPanel()
    qtbot.addWidget(panel)
    panel.show_view(view, session.pack)
    assert "古路村 甲一 1号 批准 90 ㎡" in panel.text.toPlainText()
    (match,) = view.registers
    with qtbot.waitSignal(panel.entry_decided) as caught:
        panel.text.anchorClicked.emit(QUrl(f"no:{match.entry.entry_id}"))
    assert caught.args == [match.entry.entry_id, False]


def test_gaps_on_the_canvas(qapp, qtbot) -> None:
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4545"))
    item = GapHighlight(canvas, QgsProject.instance())
    assert item.show([GAP["gap_wkt"], "nonsense"]) == 1
    assert item.shown
    # 0.0002° of longitude at 29.8° N are 19.34 m (N cos φ: 6383540 × 0.86777 × 0.0002 × π / 180); the corner 11.1 m
    # further north leans by the grid convergence of 1.2° × sin 29.8° = 0.596°, 0.115 m
    assert item.bounds().width() == pytest.approx(19.34 + 0.115, abs=0.02)
    item.clear()
    assert not item.shown
    item.remove()


def test_issued_figures_on_the_panel(qtbot, session) -> None:
    patch = session.patches()[0]
    with session.workspace.transaction("import", "b1", "测试") as change:
        for row in records.overlay(session.workspace, "u1"):
            change.delete("overlay", row.patch_uid, row.role, row.class_code)
        values = {**patch.__dict__, "issued_farmland_m2": 1000.0, "issued_prime_m2": 400.0}
        change.put("patch", records.patch_row(type(patch)(**values)))
    panel = PatchPanel()
    qtbot.addWidget(panel)
    panel.show_view(session.patch_view("u1"), "", "")
    assert "耕地 1.50（下发值）" in panel.identity.toPlainText()
    assert "永农 0.60 亩（下发值）" in panel.overlaps.toPlainText()
    assert session.queue_row("u1").prime_mu == Decimal("0.60")
