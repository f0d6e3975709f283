"""The dialog of what goes to the field."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from weipian_plugin.gui.dialogs.handout import HandoutDialog

pytestmark = pytest.mark.qgis
WAIT = 60_000


def make(qtbot, session, tmp_path: Path, shown: tuple[str, ...], who: str) -> HandoutDialog:
    dialog = HandoutDialog(session, shown)
    qtbot.addWidget(dialog)
    dialog.output.setText(str(tmp_path / "out"))
    dialog.forms["qfield"].setChecked(True)
    at = next(i for i in range(dialog.who.count()) if dialog.who.itemText(i).startswith(who))
    dialog.who.setCurrentIndex(at)
    dialog.start()
    qtbot.waitUntil(lambda: not dialog.task.busy, timeout=WAIT)
    assert dialog.result is not None, dialog.notice.text()
    return dialog


def test_a_village_gets_its_folder(qtbot, session, tmp_path: Path) -> None:
    dialog = make(qtbot, session, tmp_path, (), "村：乌牛村（3）")
    folder = dialog.result.folder
    assert folder.parent == tmp_path / "out"
    assert not dialog.open_folder.isHidden()
    with (folder / "派发清单.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["标识"] for row in rows] == ["u1", "u3", "u5"]  # west to east
    assert {row["截止"] for row in rows} == {"2026-06-30"}
    assert (folder / "外业派发单.pdf").read_bytes()[:5] == b"%PDF-"
    assert (folder / "图斑.kml").is_file()
    assert (folder / "外业项目_QField" / "外业.qgs").is_file()
    assert (folder / "外业项目_QField" / "DCIM").is_dir()
    assert [p.name for p in folder.parent.iterdir()] == [folder.name]  # nothing half made is left


def test_the_patches_of_the_list_go_along(qtbot, session, tmp_path: Path) -> None:
    dialog = make(qtbot, session, tmp_path, ("u2", "u5"), "队列里")
    assert {stop.patch_uid for stop in dialog.result.route.stops} == {"u2", "u5"}


def test_no_form_is_said(qtbot, session) -> None:
    dialog = HandoutDialog(session)
    qtbot.addWidget(dialog)
    for box in dialog.forms.values():
        box.setChecked(False)
    dialog.start()
    assert "至少选一种" in dialog.notice.text()
    assert not dialog.task.busy
