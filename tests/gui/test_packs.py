"""Rule packs on the screen: the list with its check, the choice of a batch, the offer of a changed pack."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QComboBox

from weipian_plugin.gui.dialogs.packs import PacksDialog
from weipian_plugin.gui.dialogs.packs_compare import CompareDialog
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review
from weipian_plugin.workbench.pack_library import SETTING

pytestmark = pytest.mark.qgis
RULES = Path(__file__).resolve().parents[2] / "resources" / "rules"


@pytest.fixture
def own_packs(tmp_path):
    """A folder of the office with an edited Chongqing pack of a higher version."""
    folder = tmp_path / "本单位规则包"
    shutil.copytree(RULES / "chongqing-2023", folder / "古路镇")
    head = folder / "古路镇" / "pack.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace('version: "0.1.0"', 'version: "0.2.0"'), encoding="utf-8")
    rows = folder / "古路镇" / "thresholds.yaml"
    text = rows.read_text(encoding="utf-8")
    rows.write_text(text + "  - {id: approval_uncovered_mu, value: 0.01}\n", encoding="utf-8")
    yield folder
    QgsSettings().remove(SETTING)


def _names(table, column):
    return [table.item(row, column).text() for row in range(table.rowCount())]


def test_list_check_and_choice_of_a_batch(session, qtbot):
    batch = session.batches()[0].batch_id
    dialog = PacksDialog(session, batch)
    qtbot.addWidget(dialog)
    assert {"chongqing-2023", "national-2023", "north-2026"} <= set(_names(dialog.packs, 1))
    assert all(text.startswith("✔") for text in _names(dialog.packs, 4))
    assert "古路府发〔2023〕24号" in dialog.about.text()  # the default is selected
    combo = dialog.batches.cellWidget(0, 2)
    assert isinstance(combo, QComboBox)
    combo.setCurrentIndex(next(i for i in range(combo.count()) if "north-2026" in combo.itemText(i)))
    QTest.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    assert session.pack_for(batch).id == "north-2026"
    assert dialog.changed
    assert "north-2026" in dialog.batches.item(0, 1).text()
    assert session.undo() == "选用规则包"
    assert session.pack_for(batch).id == "chongqing-2023"


def test_a_broken_pack_is_listed_with_file_line_and_field(session, qtbot, own_packs):
    path = own_packs / "古路镇" / "offices.yaml"
    text = path.read_text(encoding="utf-8").replace("keywords: [电力", "keyword: [电力", 1)
    line = text[: text.index("keyword: [")].count("\n") + 1
    path.write_text(text, encoding="utf-8")
    dialog = PacksDialog(session)
    qtbot.addWidget(dialog)
    dialog.set_folder(own_packs)
    row = next(r for r in range(dialog.packs.rowCount()) if dialog.packs.item(r, 2).text() == "0.2.0")
    assert dialog.packs.item(row, 4).text() == "✖ 1 处错误"
    dialog.packs.selectRow(row)
    assert not dialog.problems.isHidden()
    cells = [dialog.problems.item(0, column).text() for column in range(4)]
    assert cells[0].endswith("offices.yaml")
    assert cells[1] == str(line)
    assert "econ_dev" in cells[2]
    assert "keywords" in cells[3]
    assert not dialog.default_button.isEnabled()
    combo = dialog.batches.cellWidget(0, 2)
    assert not any("0.2.0" in combo.itemText(i) for i in range(combo.count()))


@pytest.fixture
def work(qapp, qtbot, session):
    """The commands about packs in the real dock."""
    dock = WeipianDock()
    review = Review(dock)
    commands = Commands(review)
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.show()
    review.set_session(session)
    yield commands.packs
    commands.close()


def test_a_newer_pack_is_offered_not_imposed(work, session, own_packs):
    batch = session.batches()[0].batch_id
    session.pin_pack(batch)
    work.look()
    assert work.bar.isHidden()
    QgsSettings().setValue(SETTING, str(own_packs))
    work.look()
    assert not work.bar.isHidden()
    assert "0.2.0" in work.bar.label.text()
    assert session.pack_for(batch).version == "0.1.0"  # nothing happened yet
    QTest.mouseClick(work.bar.buttons[1], Qt.MouseButton.LeftButton)
    assert session.pack_for(batch).version == "0.2.0"
    assert str(session.pack_for(batch).threshold("approval_uncovered_mu")) == "0.01"
    assert work.bar.isHidden()
    session.undo()
    work.look()
    QTest.mouseClick(work.bar.buttons[2], Qt.MouseButton.LeftButton)  # 不换
    assert work.bar.isHidden()
    work.look()
    assert work.bar.isHidden()
    assert session.pack_for(batch).version == "0.1.0"


def test_comparison_lists_and_leads_to_the_patch(session, qtbot):
    dialog = CompareDialog(session, session.packs())
    qtbot.addWidget(dialog)
    dialog.choose("", RULES / "north-2026")
    dialog.start()
    qtbot.waitUntil(lambda: dialog.found is not None, timeout=20000)
    assert dialog.found.patches == len([p for p in session.patches() if p.batch_id != "clues"])
    assert dialog.model.rowCount() == len(dialog.found.differences)
    seen = []
    dialog.patch_chosen.connect(seen.append)
    if dialog.model.rowCount():
        dialog.table.selectRow(0)
        assert seen


def test_taking_a_pack_back_reads_the_list_anew_and_keeps_what_was_begun(work, session, monkeypatch):
    review, batch = work.review, session.batches()[0].batch_id
    before = session.pack_for(batch).id
    session.choose_pack(batch, "north-2026")
    review.reload()
    review.show_patch("u3")
    review.dock.verdict.chosen.emit("other", False)  # begun, not submitted
    read = []
    anew = review.reload
    monkeypatch.setattr(review, "reload", lambda: (read.append(1), anew()))
    review.undo()
    assert session.pack_for(batch).id == before
    assert read == [1]  # class names, offices and advice of every line are of the pack
    assert review.drafts["u3"].verdict == "other"
