"""The number of a document is typed once, beside the file, and goes into what is filed; one proves many."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("qgis.gui")
from conftest import PREFIX
from osgeo import osr
from PIL import Image
from qgis.core import QgsCoordinateReferenceSystem
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt

from weipian_plugin.gui import document_work
from weipian_plugin.gui.dialogs.document import DocumentDialog
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.evidence_work import EvidenceWork
from weipian_plugin.gui.review import Review
from weipian_plugin.workbench.documents import outline_text

pytestmark = pytest.mark.qgis


@pytest.fixture
def review(qapp, qtbot, session, tmp_path):
    paper = tmp_path / "供地批复.pdf"
    paper.write_bytes(b"%PDF-1.4 supply")
    session.attach("u2", f"{PREFIX}0002", [paper], "supply_doc")
    dock = WeipianDock()
    qtbot.addWidget(dock)
    made = Review(dock)
    made.work = EvidenceWork(made)
    made.set_session(session)
    made.show_patch("u2")
    yield made
    made.close_session()


@pytest.fixture
def dialog(qapp, qtbot, review, session):
    evidence_id = session.patch_view("u2").evidence[0].evidence.evidence_id
    made = DocumentDialog(
        session, evidence_id, review.pack, rows=review.dock.queue.model.rows, shown=["u1", "u2", "u4"]
    )
    qtbot.addWidget(made)
    yield made
    made.preview.cancel()


def fill(monkeypatch, number: str, day: str, area: str) -> None:
    """The person fills the form in and presses 确定."""

    class Filled(DocumentDialog):
        def exec(self) -> int:
            self.number.setText(number)
            self.day.setText(day)
            self.area.setText(area)
            self._accept()
            return self.result()

    monkeypatch.setattr(document_work, "DocumentDialog", Filled)


def test_number_and_date_of_a_document_are_kept_filed_and_undone(review, session, monkeypatch) -> None:
    panel = review.dock.evidence
    panel.strip.setCurrentRow(0)
    assert panel.aim.isEnabled()
    assert panel.aim.text() == "文号…"  # no direction is asked of a paper
    fill(monkeypatch, "渝北府地〔2026〕9号", "2026/3/5", "1.25")
    panel.aim.click()
    (link,) = session.patch_view("u2").evidence
    assert (link.evidence.doc_no, link.evidence.doc_date, link.evidence.doc_area_mu) == (
        "渝北府地〔2026〕9号", "2026-03-05", "1.25",
    )  # fmt: skip
    assert link.evidence.doc_kind == "supply_doc"  # what its link said already
    from weipian_plugin.workbench.filling import fill as filled
    from weipian_plugin.workbench.filling import profiles

    view = session.patch_view("u2")
    texts = {item.field.id: item.text for item in filled(profiles(view.pack)[0], view, view.pack)}
    assert texts["supply_no"] == "渝北府地〔2026〕9号"
    review.undo()
    assert session.patch_view("u2").evidence[0].evidence.doc_no == ""


@pytest.mark.parametrize(("day", "area"), [("昨天", ""), ("2026-13-01", ""), ("", "很大"), ("", "-3")])
def test_what_is_no_date_or_area_is_told_and_not_kept(dialog, session, day: str, area: str) -> None:
    dialog.number.setText("甲")
    dialog.day.setText(day)
    dialog.area.setText(area)
    dialog._accept()
    assert not dialog.result()
    assert (day or area) in dialog.error.text()
    assert session.patch_view("u2").evidence[0].evidence.doc_no == ""


def test_more_patches_by_number_and_by_the_filter(dialog, session, qtbot) -> None:
    uses = dialog.uses
    assert "1 个图斑，合计 3.00 亩" in uses.sum.text()
    uses.number.setText("0003、0005")
    qtbot.keyClick(uses.number, Qt.Key.Key_Return)
    assert uses.added() == ["u3", "u5"]
    assert not dialog.result()  # 回车 added, it did not close the form
    uses.all_button.click()
    assert uses.added() == ["u3", "u5", "u1", "u4"]
    dialog.area.setText("14")
    assert "超过批准的 14.00 亩 1.00 亩" in uses.sum.text()
    uses.list.setCurrentRow(1)
    uses.list.clearSelection()
    uses.list.item(1).setSelected(True)
    qtbot.keyClick(uses.list, Qt.Key.Key_Delete)
    assert uses.added() == ["u5", "u1", "u4"]
    dialog._accept()
    found = {use.patch_uid for use in session.document_uses(dialog.item.evidence_id)}
    assert found == {"u1", "u2", "u4", "u5"}
    session.undo()
    assert [use.patch_uid for use in session.document_uses(dialog.item.evidence_id)] == ["u2"]


@pytest.mark.parametrize(
    ("typed", "word"), [("9999", "没有编号"), ("500112SJBG26210009", "没有编号"), ("000", "没有编号")]
)
def test_a_number_that_is_not_clear_is_told_and_keeps_the_form_open(dialog, typed: str, word: str) -> None:
    dialog.uses.number.setText(typed)
    dialog._accept()
    assert not dialog.result()
    assert word in dialog.uses.said.text()


def test_taking_the_document_off_its_patch(dialog, session) -> None:
    dialog.uses.list.item(0).setSelected(True)
    dialog.uses.take_off()
    dialog._accept()
    assert not session.patch_view("u2").evidence


def test_the_boundary_of_the_approval(dialog, session, tmp_path) -> None:
    square = [[106.802, 29.8], [106.8025, 29.8], [106.8025, 29.8004], [106.802, 29.8004], [106.802, 29.8]]
    path = tmp_path / "范围.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [square]}), "utf-8")
    dialog.take_outline(path)
    assert "范围.geojson" in dialog.outline.text()
    assert dialog.outline.text().startswith(outline_text(session.evidence_item(dialog.item.evidence_id)))
    dialog.drop_outline()
    assert dialog.outline.text() == "没有"
    bad = tmp_path / "x.geojson"
    bad.write_text("{}", "utf-8")
    dialog.take_outline(bad)
    assert dialog.error.text().startswith("✖")


def shown(dialog, qtbot, path: Path):
    with qtbot.waitSignal(dialog.preview.glanced, timeout=20_000) as told:
        dialog.preview.show_file(path)
    return told.args[0]


def test_the_first_page_of_a_pdf(dialog, qtbot, tmp_path) -> None:
    path = tmp_path / "a.pdf"
    page = Image.new("RGB", (200, 300), (200, 30, 30))
    page.save(path, "PDF", save_all=True, append_images=[page])
    glance = shown(dialog, qtbot, path)
    if glance.kind == "none":
        pytest.skip("this GDAL renders no PDF")
    assert glance.pages == 2
    height, width = glance.pixels.shape[:2]
    assert width / height == pytest.approx(2 / 3, abs=0.01)
    assert tuple(glance.pixels[height // 2, width // 2].tolist()) == pytest.approx((200, 30, 30), abs=6)
    assert not dialog.preview.picture.pixmap().isNull()
    assert "共 2 页" in dialog.preview.note.text()


def test_the_words_of_a_word_file_fill_what_is_empty(dialog, qtbot, tmp_path) -> None:
    path = tmp_path / "a.docx"
    words = ("渝府地〔2024〕123号", "批准用地面积1.5公顷。", "2024年3月5日")
    body = "".join(f"<w:p><w:r><w:t xml:space='preserve'>{word}</w:t></w:r></w:p>" for word in words)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("word/document.xml", f"<w:document><w:body>{body}</w:body></w:document>")
    glance = shown(dialog, qtbot, path)
    assert glance.text == "\n".join(words)
    assert dialog.preview.text.toPlainText() == glance.text
    assert (dialog.number.text(), dialog.day.text(), dialog.area.text()) == (
        "渝府地〔2024〕123号",
        "2024-03-05",
        "22.5",
    )
    assert "请核对" in dialog.hint.text()


@pytest.mark.parametrize("name", ["a.doc", "a.docx", "a.pdf", "a.xlsx"])
def test_what_cannot_be_shown_says_so(dialog, qtbot, tmp_path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0 not readable")
    glance = shown(dialog, qtbot, path)
    assert glance.kind == "none"
    assert "打开原文件" in dialog.preview.picture.text()


def test_the_boundary_is_drawn_on_the_map_and_goes_with_the_workspace(
    review, session, qtbot, tmp_path, monkeypatch
) -> None:
    canvas = QgsMapCanvas()
    qtbot.addWidget(canvas)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4545"))
    work = review.work.documents
    monkeypatch.setattr(review, "map", SimpleNamespace(canvas=canvas))
    work.draw()
    assert work.outlines is None
    evidence_id = session.patch_view("u2").evidence[0].evidence.evidence_id
    square = [[106.802, 29.8], [106.8025, 29.8], [106.8025, 29.8004], [106.802, 29.8004], [106.802, 29.8]]
    path = tmp_path / "范围.geojson"
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [square]}), "utf-8")
    session.attach_outline(evidence_id, path)
    monkeypatch.setattr(review, "view", session.patch_view("u2"))
    work.draw()
    lonlat, plane = osr.SpatialReference(), osr.SpatialReference()
    lonlat.ImportFromEPSG(4490)
    plane.ImportFromEPSG(4545)
    for srs in (lonlat, plane):
        srs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    corners = osr.CoordinateTransformation(lonlat, plane).TransformPoints(square)
    east, north = min(c[0] for c in corners), min(c[1] for c in corners)
    box = work.outlines.geometry().boundingBox()
    assert (box.xMinimum(), box.yMinimum()) == (pytest.approx(east, abs=0.01), pytest.approx(north, abs=0.01))
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4490"))
    assert work.outlines.geometry().boundingBox().xMinimum() == pytest.approx(106.802, abs=1e-7)
    items = len(canvas.scene().items())
    work.close()
    assert len(canvas.scene().items()) == items - 1
    assert work.outlines is None
