"""Photos on the strip: what the checks found is plain to see, the keys act, a purpose can be changed."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("qgis.gui")
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtTest import QTest

from tests.support.frauds import deceive, patch_id, stand, township
from tests.support.frauds import photo as shoot
from weipian_plugin.core.proof import BAD, NOTE, OK, UNKNOWN, WARN, Check, Evidence, LinkedEvidence
from weipian_plugin.gui import check_marks
from weipian_plugin.gui.dock import WeipianDock
from weipian_plugin.gui.evidence_strip import BADGE, ID, NUMBER
from weipian_plugin.gui.evidence_strip import NOTE as REASON
from weipian_plugin.gui.menu import Commands
from weipian_plugin.gui.picture_reading import read_picture, read_thumbnail
from weipian_plugin.gui.review import Review

pytestmark = pytest.mark.qgis


@pytest.fixture
def desk(qapp, qtbot, tmp_path: Path):
    """The dock over five patches with three frauds among their photos."""
    session = township(tmp_path / "ws")
    deceive(session, tmp_path / "shots")
    dock = WeipianDock()
    review = Review(dock)
    commands = Commands(review)
    commands._reopened = True
    qtbot.addWidget(dock)
    dock.resize(420, 700)
    dock.show()
    review.set_session(session)
    dock.evidence_box.by_hand(True)
    dock.activateWindow()
    review.show_patch("u2")
    yield review, dock, commands, session
    commands.close()


def badges(dock: WeipianDock) -> list[tuple[str, str]]:
    """(number, mark and word) of each picture on the strip."""
    items = [dock.evidence.strip.item(row) for row in range(dock.evidence.strip.count())]
    return [(item.data(NUMBER), f"{item.data(BADGE).mark} {item.data(BADGE).word}") for item in items]


# -- marks ---------------------------------------------------------------------------------------


def check(name: str, outcome: str) -> Check:
    return Check(name, outcome, f"{name} {outcome}")


@pytest.mark.parametrize(
    ("checks", "word"),
    [
        ((("looks_at", OK), ("time_window", OK)), "✔ 符合"),
        ((("looks_at", BAD), ("same_file", BAD)), "✖ 重复使用"),  # a fraud before what may be clumsiness
        ((("same_file", WARN), ("looks_at", BAD)), "✖ 未指向"),  # but bad before doubtful
        ((("time_window", BAD), ("edited", WARN)), "✖ 时间不符"),
        ((("clock", UNKNOWN), ("edited", UNKNOWN), ("looks_at", OK)), "✔ 符合"),  # usual, and no doubt
        ((("looks_at", UNKNOWN), ("time_window", OK)), "？ 方位不明"),
        ((("gcj02", NOTE), ("looks_at", OK)), "✔ 符合"),
    ],
)
def test_the_worst_check_stands_on_the_picture(checks, word: str) -> None:
    item = Evidence("e", "photo", "0" * 64, "x.jpg", lon=106.8, lat=29.8)
    found = check_marks.badge(LinkedEvidence(item, "site_photo", checks=tuple(check(*pair) for pair in checks)))
    assert f"{found.mark} {found.word}" == word


def test_marks_never_stand_alone_and_the_worst_comes_first() -> None:
    checks = [check("place", OK), check("clock", UNKNOWN), check("looks_at", BAD), check("edited", WARN)]
    assert check_marks.plain(checks).split("\n") == [
        "✖ looks_at bad", "⚠ edited warn", "✔ place ok", "？ clock unknown",
    ]  # fmt: skip


# -- the three frauds ----------------------------------------------------------------------------


def test_one_photo_for_five_patches_an_old_one_and_one_facing_away_are_plain(desk) -> None:
    review, dock, _commands, _session = desk
    assert badges(dock) == [("1", "✖ 重复使用"), ("2", "✔ 符合")]
    assert "1 件有问题" in dock.evidence_box.title()
    review.show_patch("u4")
    assert badges(dock)[1] == ("2", "✖ 时间不符")
    review.show_patch("u5")
    assert badges(dock)[1] == ("2", "✖ 未指向")
    assert "未指向" in dock.evidence.detail.toPlainText()  # said without choosing anything
    dock.evidence.strip.setCurrentRow(1)
    text = dock.evidence.detail.toPlainText()
    assert "背对图斑" in text
    assert "179°" in text or "178°" in text or "178.6" in text  # its own number
    assert "IMG_20260610_101000.jpg" in text


def test_the_first_photo_names_the_other_patches(desk) -> None:
    review, dock, _commands, _session = desk
    review.show_patch("u1")
    dock.evidence.strip.setCurrentRow(0)
    assert review.view.evidence[0].shared == tuple(patch_id(number) for number in range(2, 6))
    spoken = dock.evidence.strip.item(0).data(int(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken.startswith("1，IMG_20260610_093000.jpg")


# -- keys ----------------------------------------------------------------------------------------


def press(dock: WeipianDock, key: Qt.Key) -> None:
    QTest.keyClick(dock.evidence.strip, key)


def test_arrows_go_from_photo_to_photo_and_esc_gives_the_keys_back(desk) -> None:
    review, dock, _commands, _session = desk
    dock.evidence.strip.setCurrentRow(0)
    dock.evidence.strip.setFocus()
    press(dock, Qt.Key.Key_Right)
    assert dock.evidence.strip.currentRow() == 1
    assert review.view.patch.patch_uid == "u2"  # not the next patch
    press(dock, Qt.Key.Key_Escape)
    assert dock.home().hasFocus()
    QTest.keyClick(dock.home(), Qt.Key.Key_Right)
    assert review.view.patch.patch_uid != "u2"


def test_delete_takes_off_undo_brings_back_and_the_keyboard_stays(desk) -> None:
    _review, dock, _commands, session = desk
    dock.evidence.strip.setCurrentRow(0)
    dock.evidence.strip.setFocus()
    chosen = dock.evidence.strip.current_id()
    press(dock, Qt.Key.Key_Delete)
    assert [link.evidence.evidence_id == chosen for link in session.patch_view("u2").evidence] == [False]
    assert dock.evidence.strip.hasFocus()
    assert dock.evidence.strip.currentRow() == 0  # what followed it
    press(dock, Qt.Key.Key_Z)
    assert dock.evidence.strip.count() == 2
    # It comes back as the first: the numbers of photos stay what they were.
    assert dock.evidence.strip.item(0).data(ID) == chosen


def test_files_are_counted_before_there_is_a_verdict(desk) -> None:
    _review, dock, _commands, _session = desk
    dock.evidence.show_checklist([])
    assert dock.evidence.checks.toPlainText() == "已有 2 张照片；选定判定后列出所需举证"


def test_undo_of_evidence_keeps_the_choice_that_was_begun(desk) -> None:
    review, dock, _commands, session = desk
    QTest.keyClick(dock.home(), Qt.Key.Key_2)
    begun = dock.verdict.state()
    assert begun[0]
    dock.evidence.strip.setCurrentRow(0)
    dock.evidence.strip.setFocus()
    press(dock, Qt.Key.Key_Delete)
    press(dock, Qt.Key.Key_Z)
    assert len(session.patch_view("u2").evidence) == 2
    assert "u2" in review.drafts
    assert dock.verdict.state() == begun


def test_a_photo_is_made_one_after_rectification_by_a_digit_and_back(desk) -> None:
    review, dock, _commands, session = desk
    dock.evidence.strip.setCurrentRow(1)
    chosen = dock.evidence.strip.current_id()
    menu = dock.evidence.purpose_menu(chosen)
    entry = next(action for action in menu.actions() if "整改后照片" in action.text())
    assert entry.text().startswith("&")
    entry.trigger()
    assert session.patch_view("u2").evidence[1].purpose == "after_photo"
    assert dock.evidence.strip.current_id() == chosen  # still the chosen one, with the same number
    assert badges(dock)[1][0] == "2"
    assert session.can_undo() == "举证用途"
    review.undo()
    assert session.patch_view("u2").evidence[1].purpose == "site_photo"


def test_what_is_missing_offers_the_photos_that_are_there(desk) -> None:
    review, dock, _commands, session = desk
    session.judge("u2", patch_id(2), "illegal", against_reason="核实")
    review.reload()
    review.show_patch("u2")
    items = [item for item in dock.evidence._items if item.kind == "photo"]
    wanted = next(iter(items))
    # The other photo of this patch is laid here for the inside; it can be made the one that is asked for.
    second = review.view.evidence[1].evidence.evidence_id
    session.set_purpose("u2", patch_id(2), second, "interior_photo", "site_photo")
    review.show_patch("u2")
    menu = dock.evidence.requirement_menu(wanted)
    words = [action.text() for action in menu.actions()]
    assert "选择文件…" in words
    offered = next(action for action in menu.actions() if "IMG_20260610_094000.jpg" in action.text())
    assert "2  IMG" in offered.text()
    offered.trigger()
    assert session.patch_view("u2").evidence[1].purpose == wanted.id


def test_a_purpose_of_another_patch_stays(desk) -> None:
    _review, _dock, _commands, session = desk
    shared = session.patch_view("u1").evidence[0].evidence.evidence_id
    session.set_purpose("u1", patch_id(1), shared, "overview_photo", "site_photo")
    assert [link.purpose for link in session.patch_view("u1").evidence] == ["overview_photo"]
    assert session.patch_view("u3").evidence[0].purpose == "site_photo"


def test_a_purpose_that_somebody_changed_meanwhile_is_not_changed_again(desk) -> None:
    from weipian_plugin.core.errors import WeipianError

    _review, _dock, _commands, session = desk
    shared = session.patch_view("u1").evidence[0].evidence.evidence_id
    with pytest.raises(WeipianError, match="E_EVIDENCE_MISSING|举证"):
        session.set_purpose("u1", patch_id(1), shared, "overview_photo", "closeup_photo")
    with pytest.raises(WeipianError):
        session.set_purpose("u1", patch_id(2), shared, "overview_photo", "site_photo")
    assert [link.purpose for link in session.patch_view("u1").evidence] == ["site_photo"]


# -- pictures ------------------------------------------------------------------------------------

#: Where the upper left quarter of the stored picture is to be seen, by EXIF orientation (JEITA CP-3451, 4.6.4).
CORNERS = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}


def turned_jpeg(path: Path, orientation: int) -> Path:
    """64 x 32, the upper left quarter red, the rest blue."""
    import piexif
    from PIL import Image

    image = Image.new("RGB", (64, 32), (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, 32, 16))
    image.save(path, quality=95, exif=piexif.dump({"0th": {piexif.ImageIFD.Orientation: orientation}}))
    return path


def red_corner(image: QImage) -> tuple[int, int]:
    quarters = {
        (x, y): image.pixelColor(image.width() * (2 * x + 1) // 4, image.height() * (2 * y + 1) // 4)
        for x in (0, 1)
        for y in (0, 1)
    }
    return max(quarters, key=lambda corner: quarters[corner].red() - quarters[corner].blue())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(qapp, tmp_path: Path, orientation: int) -> None:
    from qgis.PyQt.QtCore import QSize

    path = str(turned_jpeg(tmp_path / "x.jpg", orientation))
    upright = (32, 64) if orientation > 4 else (64, 32)
    for picture in (read_picture(path), read_picture(path, QSize(40, 40)), read_thumbnail(path, QSize(40, 40))):
        assert red_corner(picture.image) == CORNERS[orientation]
        assert (picture.image.width() > picture.image.height()) == (orientation <= 4)
    whole = read_picture(path, QSize(20, 20)).whole
    assert (whole.width(), whole.height()) == upright


def test_pictures_are_read_beside_the_panel_and_kept_in_the_cache(desk, qtbot, monkeypatch) -> None:
    import threading

    from weipian_plugin.gui import thumbnails

    review, dock, _commands, session = desk
    threads: list[int] = []

    def watched(*arguments):
        threads.append(threading.get_ident())
        return read_thumbnail(*arguments)

    monkeypatch.setattr(thumbnails, "read_thumbnail", watched)
    review.show_patch("u3")
    qtbot.waitUntil(lambda: not dock.evidence.loader.busy(), timeout=10000)
    assert threads
    assert threading.get_ident() not in threads
    assert not dock.evidence.strip.item(1).icon().isNull()
    sha = session.patch_view("u3").evidence[1].evidence.sha256
    assert (session.folder / "cache" / "thumbs" / sha[:2] / f"{sha}.jpg").is_file()


def test_a_heic_that_this_computer_cannot_show_says_what_to_do(desk, qtbot, tmp_path: Path) -> None:
    import numpy as np

    review, dock, _commands, session = desk
    # A box of type ftyp with the brand heic, then noise: named right, not to be decoded by anything.
    body = (24).to_bytes(4, "big") + b"ftypheic\0\0\0\0mif1heic" + np.random.default_rng(3).bytes(4000)
    path = tmp_path / "IMG_0001.heic"
    path.write_bytes(body)
    assert read_picture(str(path)).image.isNull()
    assert "兼容性最佳" in read_picture(str(path)).note
    damaged = tmp_path / "坏.jpg"
    damaged.write_bytes(b"\xff\xd8\xff\xe0 not a picture")
    assert "损坏" in read_picture(str(damaged)).note
    lon, lat = stand(2)
    session.attach("u2", patch_id(2), [shoot(tmp_path / "a.jpg", lon, lat, 0.0, "2026:06:11 09:00:00", 9)])
    gone = session.evidence_path(session.patch_view("u2").evidence[2].evidence.evidence_id)
    gone.chmod(0o600)
    gone.unlink()  # somebody tidied up
    assert "核验工作区" in read_picture(str(gone)).note
    review.show_patch("u2")
    qtbot.waitUntil(lambda: not dock.evidence.loader.busy(), timeout=10000)
    row = next(r for r in range(3) if "a.jpg" in dock.evidence.strip.item(r).toolTip())
    assert dock.evidence.strip.item(row).data(REASON) == "打不开"


def test_the_strip_fits_the_narrow_panel(desk) -> None:
    _review, dock, _commands, _session = desk
    dock.resize(400, 640)
    QTest.qWait(30)
    strip = dock.evidence.strip
    assert strip.width() <= dock.width()
    assert strip.height() <= 9 * dock.fontMetrics().height()
    assert dock.content.minimumSizeHint().width() <= 460
