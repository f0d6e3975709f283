"""派单, reminders and 村级承诺 in the real dock: by key, with real dialogs, papers and clipboard."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")
from qgis.core import QgsCoordinateReferenceSystem, QgsRasterLayer
from qgis.PyQt.QtCore import QMimeData, QObject, Qt, QTimer, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QColor, QDesktopServices, QImage
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialog

from weipian_plugin.core.proof import Dispatch, Evidence
from weipian_plugin.gui.dialogs.certify import CertifyDialog
from weipian_plugin.gui.dialogs.dispatch import AGAIN, CURRENT, NEW, DispatchDialog
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.review import Review
from weipian_plugin.store import records
from weipian_plugin.store.workspace import Workspace
from weipian_plugin.workbench.clock import today
from weipian_plugin.workbench.session import Session

pytestmark = pytest.mark.qgis
WAIT = 15_000


class Map(QObject):
    """A map with one grey image under everything."""

    message = pyqtSignal(str)

    def __init__(self) -> None:
        super().__init__()
        self.layers: list[QgsRasterLayer] = []

    def images(self, _role: str, _batch_id: str) -> list[QgsRasterLayer]:
        return self.layers

    def __getattr__(self, name: str):
        return lambda *_arguments: []


@pytest.fixture
def folder(folder: Path) -> Path:
    with Workspace.open(folder) as ws, ws.transaction("attach", "u1", "试") as change:
        for number, uid in enumerate(("u1", "u3", "u4")):
            shot = Evidence(f"e{uid}", "photo", f"{number:064x}", f"IMG_{uid}.jpg", lon=106.8, lat=29.8, azimuth=10.0)
            change.put("evidence", records.evidence_row(shot))
            change.put("evidence_link", records.link_row(uid, shot.evidence_id, "site_photo"))
    return folder


@pytest.fixture
def desk(qapp, qtbot, folder, monkeypatch):
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", staticmethod(lambda url: opened.append(url.toLocalFile())))
    dock = WeipianDock()
    the_map = Map()
    review = Review(dock, lambda _session: the_map)
    commands = Commands(review)
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.resize(400, 700)
    dock.show()
    review.set_session(Session.open(folder, "张三"))
    dock.activateWindow()
    QTest.qWait(20)
    dock.queue.table.setFocus()
    commands.opened_files, commands.the_map = opened, the_map
    yield commands
    if review.session is not None:
        commands.close()


def within(kind: type[QDialog], act) -> None:
    """Do something in the dialog that the next call opens."""

    left = [200]  # of 50 ms: on a busy machine the dialog comes late, and nobody else closes it

    def now() -> None:
        dialog = next((w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()), None)
        if dialog is None:
            left[0] -= 1
            if left[0]:
                QTimer.singleShot(50, now)
            return
        try:
            act(dialog)
        finally:
            if dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(50, now)


def press(desk: Commands, key: Qt.Key) -> None:
    desk.dock.activateWindow()  # offscreen, nobody gives the window the keyboard back after a dialog
    QTest.qWait(20)
    shift = Qt.KeyboardModifier.NoModifier if key == Qt.Key.Key_Z else Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(desk.dock.queue.table, key, shift)
    QTest.qWait(10)


# -- 派单 -----------------------------------------------------------------------------------------


def test_s_sends_a_new_delivery_by_village_in_one_step_and_z_takes_it_back(desk: Commands) -> None:
    seen = {}

    def send(dialog: DispatchDialog) -> None:
        seen["scope"] = dialog.scope.currentData()
        seen["villages"] = [(line.plan.village, len(line.plan.uids)) for line in dialog.lines]
        dialog._dispatch()  # nobody is named yet
        seen["refused"] = dialog.isVisible() and dialog.notice.text()
        for line, person in zip(dialog.lines, ("李四", "王五")):
            line.person.setCurrentText(person)
        QTest.keyClick(dialog.send, Qt.Key.Key_Return)

    within(DispatchDialog, send)
    press(desk, Qt.Key.Key_S)
    assert seen["scope"] == NEW
    assert seen["villages"] == [("乌牛村", 3), ("古路村", 2)]  # u1 u3 u5, u2 u4
    assert "责任人" in seen["refused"]
    session = desk.review.opened()
    assert {uid: item.person for uid, item in session.dispatches().items()} == {
        "u1": "李四", "u3": "李四", "u5": "李四", "u2": "王五", "u4": "王五",
    }  # fmt: skip
    assert "已派单 5 个图斑" in desk.dock.state.text()
    assert desk.dock.queue.model.row_of("u2").assignee == "王五"
    press(desk, Qt.Key.Key_Z)
    assert session.dispatches() == {}
    assert desk.dock.queue.model.row_of("u2").assignee == ""


def test_the_dialog_is_prefilled_the_next_time_and_can_send_one_patch_anew(desk: Commands) -> None:
    session = desk.review.opened()
    due = "2999-06-01"
    session.dispatch([Dispatch(uid, "李四", "乌牛村", due) for uid in ("u1", "u3")])
    found = {}

    def look(dialog: DispatchDialog) -> None:
        line = dialog.lines[0]
        found["new"] = (line.plan.uids, line.plan.sent, line.person.currentText())
        dialog.scope.setCurrentIndex(dialog.scope.findData(AGAIN))
        dialog.scope.activated.emit(dialog.scope.currentIndex())
        found["again"] = dialog.lines[0].plan.uids
        dialog.scope.setCurrentIndex(dialog.scope.findData(CURRENT))
        dialog.scope.activated.emit(dialog.scope.currentIndex())
        found["current"] = [line.plan.uids for line in dialog.lines]

    within(DispatchDialog, look)
    desk.review.show_patch("u3")
    press(desk, Qt.Key.Key_S)
    assert found["new"] == (("u5",), 2, "李四")
    assert found["again"] == ("u1", "u3", "u5")
    assert found["current"] == [("u3",)]


def test_who_is_late_stands_on_the_start_screen_and_in_the_dialog(desk: Commands) -> None:
    session = desk.review.opened()
    session.dispatch([Dispatch(uid, "李四", due_on="2020-01-01") for uid in ("u1", "u2", "u5")])
    desk.review.reload()
    desk.desk.show_today()
    desk.desk._count()
    line = next(button for button in desk.dock.today.lines if "派单逾期" in button.text())
    assert line.text().endswith("2")  # u1 has its photo
    line.click()
    assert sorted(desk.dock.queue.model.shown_uids()) == ["u2", "u5"]
    found = {}

    def look(dialog: DispatchDialog) -> None:
        found["tab"] = dialog.tabs.tabText(1)
        dialog._copy_late()
        found["table"] = QApplication.clipboard().text()

    within(DispatchDialog, look)
    press(desk, Qt.Key.Key_S)
    assert found["tab"] == "逾期（2）"
    assert [row.split("\t")[1] for row in found["table"].splitlines()] == ["责任人", "李四", "李四"]
    desk.review.show_patch("u5")
    assert "逾期" in desk.dock.evidence.findChildren(type(desk.dock.today.title))[0].text() or any(
        "已逾期" in label.text() for label in desk.dock.evidence.findChildren(type(desk.dock.today.title))
    )


# -- reminders ------------------------------------------------------------------------------------


@pytest.fixture
def image(tmp_path: Path) -> QgsRasterLayer:
    from test_map import make_image

    layer = QgsRasterLayer(str(make_image(tmp_path / "after.tif", 120)), "后时相", "gdal")
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:4545"))
    return layer


def test_r_copies_text_and_map_and_once_more_the_map_alone(desk: Commands, image: QgsRasterLayer) -> None:
    desk.the_map.layers = [image]
    session = desk.review.opened()
    session.dispatch([Dispatch(uid, "李四", due_on="2999-06-01") for uid in ("u1", "u2", "u3", "u5")])
    desk.review.show_patch("u5")
    press(desk, Qt.Key.Key_R)
    board = QApplication.clipboard()
    assert board.text().startswith("【卫片图斑核查】乌牛村 1 个图斑")  # u1 and u3 have photos
    for _ in range(WAIT // 50):
        QTest.qWait(50)
        if board.mimeData().hasImage():
            break
    data = board.mimeData()
    assert data.hasImage()
    assert data.text().startswith("【卫片图斑核查】")
    saved = list((session.folder / "exports" / "提醒").glob("乌牛村_*.png"))
    assert len(saved) == 1
    shown = QImage(str(saved[0]))
    assert (shown.width(), shown.height()) == (1080, 810)
    # The patch is red on the imagery's grey, and stands in the middle.
    colours = {shown.pixelColor(x, y).name() for x in range(0, 1080, 2) for y in range(0, 810, 2)}
    assert QColor("#e60000").name() in colours
    assert shown.pixelColor(60, 400).name() == "#787878"
    press(desk, Qt.Key.Key_R)
    assert board.mimeData().hasImage()
    assert not board.text()


def test_what_was_copied_meanwhile_is_left_alone(desk: Commands, image: QgsRasterLayer) -> None:
    desk.the_map.layers = [image]
    desk.review.show_patch("u2")
    press(desk, Qt.Key.Key_R)
    QApplication.clipboard().setText("别的内容")
    folder = desk.review.opened().folder / "exports" / "提醒"
    for _ in range(WAIT // 50):
        QTest.qWait(50)
        if folder.is_dir() and list(folder.glob("*.png")):
            break
    assert list(folder.glob("*.png"))
    assert QApplication.clipboard().text() == "别的内容"


# -- 村级承诺 -------------------------------------------------------------------------------------


def _word(desk: Commands) -> str:
    return next(f for f in desk.features if hasattr(f, "word")).word.text()


def test_t_prints_a_list_a_scanner_finds_it_and_a_change_voids_it(desk: Commands, tmp_path: Path) -> None:
    desk.review.show_patch("u1")
    assert _word(desk) == "○ 村级承诺：还没有（Shift+T 打印清单）"
    found = {}

    def work(dialog: CertifyDialog) -> None:
        dialog._print_village()  # the village of the patch on the screen is chosen
        found["printed"] = dialog.printed
        number = dialog.printed.certificate.number
        assert dialog.focusWidget() is dialog.number
        QTest.keyClicks(dialog.number, number)
        QTest.keyClick(dialog.number, Qt.Key.Key_Return)
        found["about"] = dialog.about.text()
        found["focus"] = dialog.focusWidget() is dialog.signer
        scan = tmp_path / f"古路_{number}.pdf"
        scan.write_bytes(b"%PDF-1.4 signed")
        dialog.number.clear()
        dialog.take_scan(scan)
        found["taken"] = dialog.number.text()
        dialog.signer.setText("王某")
        QTest.keyClick(dialog.signer, Qt.Key.Key_Return)
        found["said"] = dialog.notice.text()
        found["again"] = (dialog.number.text(), dialog.focusWidget() is dialog.number)

    within(CertifyDialog, work)
    press(desk, Qt.Key.Key_T)
    printed = found["printed"]
    assert printed.patches == 2  # u1 and u3; u5 of the same village has no evidence
    assert printed.path.read_bytes()[:5] == b"%PDF-"
    assert desk.opened_files == [str(printed.path)]
    assert found["about"].startswith("✔ 乌牛村 2 个图斑")
    assert found["focus"]
    assert found["taken"] == printed.certificate.number
    assert "已签收：2 个图斑有效" in found["said"]
    assert found["again"] == ("", True)
    assert _word(desk).startswith(f"✔ 村级承诺：乌牛村王某 {today()} 签字负责")
    session = desk.review.opened()
    session.unlink("u1", "eu1")
    desk.review.show_patch("u1")
    assert "✖ 村级承诺：承诺已失效" in _word(desk)
    assert "移除了照片 IMG_u1.jpg" in _word(desk)
    assert "村级承诺已失效" in desk.dock.evidence_box.title()
    press(desk, Qt.Key.Key_Z)
    assert _word(desk).startswith("✔")
    assert "失效" not in desk.dock.evidence_box.title()


def test_a_wrong_number_and_a_missing_name_are_said_in_the_dialog(desk: Commands) -> None:
    desk.review.show_patch("u1")
    said = []

    def work(dialog: CertifyDialog) -> None:
        QTest.keyClicks(dialog.number, "WP260501-123YK")
        QTest.keyClick(dialog.number, Qt.Key.Key_Return)
        said.append(dialog.about.text())
        assert not dialog.sign.isEnabled()
        dialog._print([dialog._current])
        dialog.number.setText(dialog.printed.certificate.number)
        dialog._sign()
        said.append(dialog.notice.text())
        dialog._withdraw()
        said.append(dialog.about.text())
        assert not dialog.sign.isEnabled()

    within(CertifyDialog, work)
    press(desk, Qt.Key.Key_T)
    assert "编号不对" in said[0]
    assert "没有填写签字人" in said[1]
    assert "已作废" in said[2]


def test_a_dropped_scan_is_taken(desk: Commands, tmp_path: Path) -> None:
    from qgis.PyQt.QtCore import QPointF
    from qgis.PyQt.QtGui import QDropEvent

    taken = []

    def work(dialog: CertifyDialog) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(tmp_path / "WP260501-123YJ.jpg"))])
        where = QPointF(5, 5)
        event = QDropEvent(where if hasattr(QDropEvent, "position") else where.toPoint(), Qt.DropAction.CopyAction, data,
                           Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)  # fmt: skip
        dialog.dropEvent(event)
        taken.append((dialog.number.text(), dialog.scan_label.toolTip(), dialog.about.text()))

    within(CertifyDialog, work)
    press(desk, Qt.Key.Key_T)
    assert taken[0][:2] == ("WP260501-123YJ", "WP260501-123YJ.jpg")
    assert "没有打印过" in taken[0][2]


def test_the_card_names_the_office_and_is_opened(desk: Commands, monkeypatch) -> None:
    from weipian_plugin.gui import dispatch_work

    monkeypatch.setattr(dispatch_work, "ask_text", lambda *_a, **_k: "古路镇规建环办")
    desk.run("photo_card")
    assert desk.opened_files[-1].endswith("怎样发原图.pdf")
    assert Path(desk.opened_files[-1]).stat().st_size > 5000
    assert desk.review.opened().office_name() == "古路镇规建环办"
