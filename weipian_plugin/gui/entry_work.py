"""What a photo does not say of itself, entered by hand for one that lies on a patch already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ..core.errors import WeipianError
from ..core.proof import Evidence
from ..workbench.lane import HandFacts, without_position
from .compat import line_height, write_in
from .guard import guarded
from .lane_picture import LanePhoto, with_tools
from .photo_entry import PhotoEntry

if TYPE_CHECKING:
    from .aim_tool import Aim
    from .review import Review

_SIZE_KEY = "weipian/photo_entry_geometry"


class EntryWindow(QDialog):
    """The photo large, the boxes beside it; not modal, so that the map can be looked at."""

    saved = pyqtSignal(object)  # HandFacts
    map_requested = pyqtSignal()
    carry_requested = pyqtSignal()

    def __init__(
        self, evidence: Evidence, path: str, near: Optional[tuple[float, float]], parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("拍摄位置和方位 · {name}").format(name=evidence.original_name))
        self.evidence = evidence
        self.photo = LanePhoto(self)
        self.entry = PhotoEntry(self)
        self.entry.show_photo(evidence, near)
        reason = QLabel(
            without_position(evidence) or self.tr("改动的内容在清单、地图和核查表上注明“手工”，照片自带的值保留。"),
            self,
        )
        reason.setWordWrap(True)
        write_in(reason, "muted")
        self.error = QLabel(self)
        self.error.setWordWrap(True)
        write_in(self.error, "bad")
        buttons = self._buttons()
        side = QVBoxLayout()
        for part in (reason, self.entry):
            side.addWidget(part)
        side.addWidget(buttons[0])
        side.addWidget(buttons[1])
        side.addStretch(1)
        side.addWidget(self.error)
        row = QHBoxLayout()
        row.addWidget(buttons[2])
        row.addWidget(buttons[3])
        side.addLayout(row)
        right = QWidget(self)
        right.setLayout(side)
        right.setFixedWidth(line_height(self) * 18)
        side.setContentsMargins(0, 0, 0, 0)
        layout = QHBoxLayout(self)
        layout.addWidget(with_tools(self.photo, self), 1)
        layout.addWidget(right)
        self.resize(line_height(self) * 48, line_height(self) * 28)
        geometry = QgsSettings().value(_SIZE_KEY)
        if geometry:
            self.restoreGeometry(geometry)
        self.photo.show_file(path, evidence)

    def _buttons(self) -> tuple[QPushButton, ...]:
        made = []
        for text, slot in (
            (self.tr("地图定点 (Ctrl+M)"), self.map_requested.emit),
            (self.tr("沿用同一时段的照片 (Ctrl+D)"), self.carry_requested.emit),
            (self.tr("保存（回车）"), self.save),
            (self.tr("取消"), self.close),
        ):
            button = QPushButton(text, self)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
            made.append(button)
        return tuple(made)

    def refuse(self, text: str) -> None:
        """Say what is wrong; nothing that was typed is lost."""
        self.error.setText(f"✖ {text}" if text else "")

    def save(self) -> None:
        """Hand over what is in the boxes, unless one cannot be read."""
        wrong = self.entry.unread()
        if wrong is not None:
            box, why = wrong
            self.refuse(why)
            box.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if self.entry.touched():
            self.saved.emit(self.entry.facts())
        else:
            self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Enter saves, Esc leaves; text boxes keep what is theirs."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if isinstance(focus, QPushButton):
                focus.click()
            else:
                self.save()
        elif control and event.key() == Qt.Key.Key_M:
            self.map_requested.emit()
        elif control and event.key() == Qt.Key.Key_D:
            self.carry_requested.emit()
        elif control and event.key() == Qt.Key.Key_W:
            self.photo.to_corner()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        """Remember the size; every way out of the window ends here."""
        QgsSettings().setValue(_SIZE_KEY, self.saveGeometry())
        self.photo.stop()
        super().done(result)


def aim_of(review: Review) -> Optional[Aim]:
    """What places photos on the map, None without a map."""
    return getattr(getattr(review.map, "hands", None), "aim", None)


class EntryWork(QObject):
    """One such window at a time, and its way over the map."""

    def __init__(self, review: Review, saved: Callable[[], None]) -> None:
        super().__init__(review)
        self._review, self._saved = review, saved
        self.window: Optional[EntryWindow] = None

    def report_error(self, error: WeipianError) -> None:
        """In the window while it is open."""
        if self.window is not None:
            self.window.refuse(f"{error.message}。{error.remedy}")
        else:
            self._review.report_error(error)

    @guarded
    def open(self, evidence: Evidence, path: str) -> None:
        """Ask for position, direction and time of a photo."""
        self.close()
        near = self._review.opened().place_centre()
        window = EntryWindow(evidence, path, near, self._review.dock)
        window.saved.connect(self._save)
        window.map_requested.connect(self._to_map)
        window.carry_requested.connect(self._carry)
        window.finished.connect(lambda _code: self._gone(window))
        window.destroyed.connect(lambda *_: self._gone(window))
        self.window = window
        window.show()
        window.activateWindow()
        window.entry.whole.setFocus(Qt.FocusReason.OtherFocusReason)

    @staticmethod
    def table() -> dict[str, Callable[[], None]]:
        """No command of its own: the strip and the large view ask for it."""
        return {}

    def close(self) -> None:
        """Another workspace comes, or another photo."""
        window, self.window = self.window, None
        if window is not None:
            window.close()

    def _gone(self, window: EntryWindow) -> None:
        if self.window is window:
            self.window = None

    @guarded
    def _save(self, facts: HandFacts) -> None:
        window = self.window
        if window is None:
            return
        self._review.opened().set_photo_facts(
            window.evidence.evidence_id, facts.lon, facts.lat, facts.azimuth, facts.taken_at
        )
        self.close()
        self._saved()
        self._review.dock.home().setFocus(Qt.FocusReason.OtherFocusReason)
        self._review.tell(self.tr("已保存，照片注明“手工”（{undo}）").format(undo=self._review.undo_hint()))

    @guarded
    def _carry(self) -> None:
        window = self.window
        if window is None:
            return
        found = self._review.opened().carried(window.evidence.evidence_id)
        if found is None:
            window.refuse(self.tr("前后十分钟内没有带位置的照片可以沿用"))
            return
        facts, name = found
        window.refuse("")
        window.entry.give(facts, self.tr("沿用 {name}").format(name=name))

    @guarded
    def _to_map(self) -> None:
        window, aim = self.window, aim_of(self._review)
        if window is None:
            return
        if aim is None:
            window.refuse(self.tr("没有打开地图"))
            return
        window.hide()
        aim.start(self._aimed, self._back, window.photo.pixmap())

    def _back(self) -> None:
        window = self.window
        if window is not None:
            window.show()
            window.activateWindow()
            window.entry.whole.setFocus(Qt.FocusReason.OtherFocusReason)

    @guarded
    def _aimed(self, lon: float, lat: float, azimuth: Optional[float]) -> None:
        window = self.window
        if window is not None:
            self._back()
            window.entry.give(HandFacts(lon, lat, azimuth), self.tr("地图定点"))
