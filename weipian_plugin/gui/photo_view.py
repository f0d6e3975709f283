"""The large view: one photo upright as large as the window, what is known of it beside it, another one to compare.

Not modal: map and panel stay usable. Pictures are read in the background; the next and the one before are had
ready, so that going through them waits for nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from typing import NamedTuple, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QEvent, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QHideEvent, QKeyEvent, QPixmap
from qgis.PyQt.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ..core.check_words import ordered
from ..core.proof import LinkedEvidence
from . import check_marks
from .compat import describe, line_height, no_input_method
from .evidence_texts import caption, facts
from .photo_pane import PhotoPane
from .picture_reading import Picture, PictureReading, read_picture
from .widgets import coloured

#: QgsSettings: place and size of the window.
PLACE_KEY = "weipian/photo_view"
#: Photos kept ready at the size of the window; one takes about 4 MB.
_KEPT = 8
_SETTLE = 150  # the window is being resized, ms
_COMPARED = {"pair": "整改前后对照", "same": "相同画面对照"}


class Other(NamedTuple):
    """A photo to compare with: evidence id, file, EXIF orientation, what stands above it."""

    evidence_id: str
    path: str
    orientation: int
    words: str


class PhotoView(QDialog):
    """Shows the photos of one patch; what is to be done with one goes out as a signal with its evidence id."""

    current_changed = pyqtSignal(str)
    map_requested = pyqtSignal(str)
    facts_requested = pyqtSignal(str)
    purpose_requested = pyqtSignal(str)
    unlink_requested = pyqtSignal(str)
    file_requested = pyqtSignal(str)
    undo_requested = pyqtSignal()
    closed = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("WeipianPhotoView")
        self._links: tuple[LinkedEvidence, ...] = ()
        self._purposes: Mapping[str, str] = {}
        self._at = -1
        self._against = ""  # pair or same while two photos are compared
        self._patch = ""
        #: Finds the photo that a check or a pair speaks of; None when it is gone.
        self.find_other: Callable[[str], Optional[Other]] = lambda _evidence_id: None
        #: The small picture that the strip has, shown until the large one is read.
        self.preview: Callable[[str], QPixmap] = lambda _path: QPixmap()
        self._kept: OrderedDict[str, Picture] = OrderedDict()
        self._reading = PictureReading(self, workers=2)
        self._reading.done.connect(self._came)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE)
        self._settle.timeout.connect(self._load)
        self._build()
        no_input_method(self)
        self._placed = False

    # -- building --------------------------------------------------------------------------------
    def _build(self) -> None:
        self.pane, self.other = PhotoPane(self), PhotoPane(self)
        self.other.hide()
        for pane in (self.pane, self.other):
            pane.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            pane.closer.connect(self._load)
            pane.resized.connect(self._settle.start)
        panes = QSplitter(Qt.Orientation.Horizontal, self)
        panes.addWidget(self.pane)
        panes.addWidget(self.other)
        panes.setChildrenCollapsible(False)
        self.head = QLabel(self)
        self.head.setWordWrap(True)
        font = self.head.font()
        font.setBold(True)
        self.head.setFont(font)
        self.text = QTextBrowser(self)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        # Themes such as Night Mapping give every text view a border and a ground of its own.
        self.text.setStyleSheet("QTextBrowser { border: none; background: transparent; padding: 0; margin: 0; }")
        self.text.viewport().setAutoFillBackground(False)
        self.text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        side = QWidget(self)
        side.setFixedWidth(line_height(self) * 18)
        column = QVBoxLayout(side)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(self.head)
        column.addWidget(self.text, 1)
        column.addLayout(self._buttons())
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(panes, 1)
        row.addWidget(side)
        self._side = side

    def _buttons(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(3)
        self.buttons: dict[str, QPushButton] = {}
        entries = (
            ("previous", self.tr("◀ 上一张"), "←", lambda: self.step(-1)),
            ("next", self.tr("下一张 ▶"), "→", lambda: self.step(1)),
            ("map", self.tr("去地图"), "M", lambda: self._tell(self.map_requested)),
            ("facts", self.tr("手工填写…"), "F2", lambda: self._tell(self.facts_requested)),
            ("purpose", self.tr("用途…"), "F3", lambda: self._tell(self.purpose_requested)),
            ("unlink", self.tr("移出图斑"), "Del", lambda: self._tell(self.unlink_requested)),
            ("pair", self.tr("前后对照"), "B", lambda: self.compare("pair")),
            ("same", self.tr("相同画面"), "S", lambda: self.compare("same")),
            ("file", self.tr("打开原文件"), "Ctrl+O", lambda: self._tell(self.file_requested)),
            ("close", self.tr("关闭"), "Esc", self.close),
        )
        for number, (key, words, shortcut, act) in enumerate(entries):
            arrow = shortcut in ("←", "→")
            button = QPushButton(words if arrow else f"{words} {shortcut}", self)
            button.setAutoDefault(False)
            button.setToolTip(f"{words.strip('◀▶ …')}（{shortcut}）")
            describe(button, words.strip("◀▶ …"))
            no_input_method(button)
            button.clicked.connect(lambda _checked=False, act=act: act())
            grid.addWidget(button, number // 2, number % 2)
            self.buttons[key] = button
        return grid

    # -- showing ---------------------------------------------------------------------------------
    def show_links(
        self, links: Sequence[LinkedEvidence], purposes: Mapping[str, str], current: str, patch: str
    ) -> None:
        """The photos of a patch, the one with evidence id `current` (else the first, or the next) in view."""
        same = patch == self._patch
        at, before = self._at, self.current_id()
        self._links = tuple(link for link in links if link.evidence.kind == "photo")
        self._purposes, self._patch = purposes, patch
        ids = [link.evidence.evidence_id for link in self._links]
        if current in ids:
            self._at = ids.index(current)
        elif same and before in ids:
            self._at = ids.index(before)
        else:
            self._at = min(max(at, 0), len(ids) - 1) if same else min(0, len(ids) - 1)
        if self.current_id() != before:
            self._against = ""
        self._render()

    def current_id(self) -> str:
        """Evidence id of the photo in view, empty without one."""
        link = self.current()
        return link.evidence.evidence_id if link is not None else ""

    def current(self) -> Optional[LinkedEvidence]:
        """The photo in view."""
        return self._links[self._at] if 0 <= self._at < len(self._links) else None

    def step(self, way: int) -> None:
        """To the next photo or the one before; round at the ends."""
        if len(self._links) > 1:
            self._at = (self._at + way) % len(self._links)
            self._against = ""
            self._render()
            self.current_changed.emit(self.current_id())

    def compare(self, kind: str) -> None:
        """Show the other photo beside this one, or no more: `pair` before/after, `same` the like picture."""
        if self._other(kind) is not None:
            self._against = "" if self._against == kind else kind
            self._render(keep=True)

    def _other(self, kind: str) -> Optional[Other]:
        """The photo that this one is to be compared with."""
        link = self.current()
        if link is None:
            return None
        if kind == "pair":
            return self.find_other(link.pair) if link.pair else None
        checks = (check for check in ordered(link.checks) if check.id in ("same_picture", "same_file"))
        others = (self.find_other(name) for check in checks for name in check.others)
        return next((other for other in others if other is not None), None)

    def _render(self, *, keep: bool = False) -> None:
        link = self.current()
        for key, button in self.buttons.items():
            if key not in ("close", "pair", "same"):
                button.setEnabled(link is not None)
        for key in ("previous", "next"):
            self.buttons[key].setEnabled(len(self._links) > 1)
        for key in ("pair", "same"):
            self.buttons[key].setEnabled(self._other(key) is not None)
            self.buttons[key].setDown(self._against == key)
        self.setWindowTitle(self.tr("照片 · {patch}").format(patch=self._patch))
        if link is None:
            self.head.setText(self.tr("本图斑还没有照片"))
            self.text.setHtml("")
            self.pane.clear(self.tr("本图斑还没有照片"))
            self.other.hide()
            return
        words, _tone = caption(link)
        self.head.setText(f"{self._at + 1} / {len(self._links)}  {link.evidence.original_name}")
        self.pane.caption = f"{self._at + 1} · {words}" if self._against else ""
        describe(self.pane, f"{link.evidence.original_name} {words}")
        self.text.setHtml(self._html(link))
        describe(self.text, "照片说明", self.text.toPlainText())
        if not keep:
            kept = self._kept.get(link.path)
            small = self.preview(link.path)
            if kept is not None:
                self._kept.move_to_end(link.path)
                self.pane.show_picture(*kept)
            elif not small.isNull():  # at once, until the photo is read
                self.pane.show_picture(small.toImage(), QSize(small.width() * 40, small.height() * 40))
            else:
                self.pane.clear(self.tr("正在读取…"))
        self._show_other()
        self._load()

    def _show_other(self) -> None:
        other = self._other(self._against) if self._against else None
        self.other.setVisible(other is not None)
        if other is None:
            return
        self.other.caption = f"{_COMPARED[self._against]} · {other.words}"
        kept = self._kept.get(other.path)
        if kept is not None:
            self.other.show_picture(*kept)
        else:
            self.other.clear(self.tr("正在读取…"))

    def _html(self, link: LinkedEvidence) -> str:
        checks = check_marks.lines_html(self, link.checks)
        if not checks:
            words, name = caption(link)
            checks = coloured(self, escape(words), name)
        rows = "".join(
            f"<tr><td>{coloured(self, escape(label), 'muted')}&nbsp;&nbsp;</td><td>{escape(value)}</td></tr>"
            for label, value in facts(link, self._purposes)
        )
        notes = link.evidence.checks.get("notes")
        said = "<br>".join(escape(str(note)) for note in notes) if isinstance(notes, (list, tuple)) else ""
        said = f"<p>{coloured(self, said, 'muted')}</p>" if said else ""
        return f"<p>{checks}</p><table cellspacing='0' cellpadding='1'>{rows}</table>{said}"

    # -- reading ---------------------------------------------------------------------------------
    def _box(self) -> QSize:
        """Pixels that a fitted photo needs."""
        ratio = self.devicePixelRatioF()
        return QSize(int(self.pane.width() * ratio), int(self.pane.height() * ratio))

    def _load(self) -> None:
        """Read what is in view, then what comes next; a photo that is looked at closely in full."""
        link = self.current()
        if link is None or not self.isVisible():
            return
        wanted: list[tuple[object, Callable[[], Picture]]] = []
        self._want(wanted, link.path, link.evidence.orientation, full=not self.pane.fitted())
        other = self._other(self._against) if self._against else None
        if other is not None:
            self._want(wanted, other.path, other.orientation, full=not self.other.fitted())
        for way in (1, -1):
            near = self._links[(self._at + way) % len(self._links)]
            self._want(wanted, near.path, near.evidence.orientation)
        self._reading.ask(wanted)

    def _want(
        self,
        wanted: list[tuple[object, Callable[[], Picture]]],
        path: str,
        orientation: Optional[int],
        *,
        full: bool = False,
    ) -> None:
        box, kept = self._box(), self._kept.get(path)
        if kept is not None:
            short = kept.image.width() < min(kept.whole.width(), box.width() * 0.95) and kept.image.height() < min(
                kept.whole.height(), box.height() * 0.95
            )
            enough = kept.image.width() >= kept.whole.width() if full else not short
            if enough or kept.note:
                return
        key = (path, full)
        if all(known != key for known, _read in wanted):
            wanted.append((key, partial(read_picture, path, None if full else box, orientation or 1)))

    def _came(self, key: tuple[str, bool], picture: Picture) -> None:
        path, full = key
        link = self.current()
        other = self._other(self._against) if self._against else None
        in_view = link is not None and link.path == path
        for shown, pane in ((in_view, self.pane), (other is not None and other.path == path, self.other)):
            if shown:
                pane.show_picture(*picture, keep=full)
        if not full or in_view:
            self._keep(path, picture, full=full)

    def _keep(self, path: str, picture: Picture, *, full: bool) -> None:
        """A photo in full takes 50 MB: only the one in view is kept so."""
        for name, kept in list(self._kept.items()):
            if full and name != path and kept.image.width() == kept.whole.width() > self._box().width() * 2:
                del self._kept[name]
        self._kept[path] = picture
        self._kept.move_to_end(path)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        """Another workspace comes: nothing of this one stays."""
        self._reading.stop()
        self._kept.clear()
        self._links, self._at, self._patch, self._against = (), -1, "", ""

    # -- window ----------------------------------------------------------------------------------
    def present(self) -> None:
        """Show the window where it was last time, and give it the keyboard."""
        if not self._placed:
            self._placed = True
            place = QgsSettings().value(PLACE_KEY)
            if not place or not self.restoreGeometry(place):
                self._first_place()
        self.show()
        self.raise_()
        self.activateWindow()
        self.pane.setFocus(Qt.FocusReason.OtherFocusReason)
        self._load()

    def _first_place(self) -> None:
        """Large, on the side of the screen where the panel is not, and never larger than the screen."""
        dock = self.parentWidget()
        screen = dock.screen().availableGeometry() if dock is not None and hasattr(dock, "screen") else self.geometry()
        line = line_height(self)
        wide, high = min(line * 56, screen.width() - line * 4), min(line * 36, screen.height() - line * 5)
        self.resize(wide, high)
        middle = dock.mapToGlobal(dock.rect().center()).x() if dock is not None else screen.center().x()
        left = screen.left() + line if middle > screen.center().x() else screen.right() - wide - line
        self.move(left, screen.top() + line * 2)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt name
        """Remember place and size; what waits is forgotten."""
        if self._placed:
            QgsSettings().setValue(PLACE_KEY, self.saveGeometry())
        self._reading.stop()
        super().hideEvent(event)
        self.closed.emit()

    def _tell(self, signal: object) -> None:
        if self.current_id():
            signal.emit(self.current_id())  # type: ignore[attr-defined]

    def _enter(self) -> None:
        """Press the button that Tab has gone to; else the photo has been looked at."""
        focus = self.focusWidget()
        if isinstance(focus, QPushButton):
            focus.click()
        else:
            self.close()

    def event(self, event: QEvent) -> bool:
        """Keys act here, whatever button has the focus."""
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Arrows go from photo to photo, or move a photo that is zoomed with Shift; + − 0 zoom; letters as told."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        moves = {
            Qt.Key.Key_Left: (-0.2, 0.0),
            Qt.Key.Key_Right: (0.2, 0.0),
            Qt.Key.Key_Up: (0.0, -0.2),
            Qt.Key.Key_Down: (0.0, 0.2),
        }
        acts: dict[int, Callable[[], object]] = {
            Qt.Key.Key_Left: lambda: self.step(-1),
            Qt.Key.Key_Right: lambda: self.step(1),
            Qt.Key.Key_PageUp: lambda: self.step(-1),
            Qt.Key.Key_PageDown: lambda: self.step(1),
            Qt.Key.Key_Plus: self.pane.zoom_in,
            Qt.Key.Key_Equal: self.pane.zoom_in,
            Qt.Key.Key_Minus: self.pane.zoom_out,
            Qt.Key.Key_0: self.pane.fit,
            Qt.Key.Key_M: self.buttons["map"].click,
            Qt.Key.Key_F2: self.buttons["facts"].click,
            Qt.Key.Key_F3: self.buttons["purpose"].click,
            Qt.Key.Key_Delete: self.buttons["unlink"].click,
            Qt.Key.Key_B: self.buttons["pair"].click,
            Qt.Key.Key_S: self.buttons["same"].click,
            Qt.Key.Key_Z: self.undo_requested.emit,
            Qt.Key.Key_Escape: self.close,
            Qt.Key.Key_Return: self._enter,
            Qt.Key.Key_Enter: self._enter,
        }
        if key in moves and (shift or (not self.pane.fitted() and key in (Qt.Key.Key_Up, Qt.Key.Key_Down))):
            self.pane.pan(*moves[key])
        elif control and key == Qt.Key.Key_O:
            self.buttons["file"].click()
        elif key == Qt.Key.Key_O and not control:
            self.close()  # the key that opened it
        elif key in acts:
            acts[key]()
        else:
            super().keyPressEvent(event)
            return
        event.accept()
