"""Keys of the lane of photos: letters and numbers outside of text boxes only, the others everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Optional

from qgis.PyQt.QtCore import QElapsedTimer, QEvent, QObject, Qt
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import QApplication, QComboBox, QLineEdit, QListWidget, QPushButton, QWidget

if TYPE_CHECKING:
    from .photo_lane import PhotoLane

_RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_UP_DOWN = (Qt.Key.Key_Up, Qt.Key.Key_Down)
_NUMBER = "0123456789."
#: Two of them with less between them than this are one number, ms.
_SAME_NUMBER = 700


class LaneKeys(QObject):
    """Sees every key of the window before the widget that has the focus."""

    def __init__(self, lane: PhotoLane) -> None:
        super().__init__(lane)
        self._lane = lane
        self._begun, self._pause = "", QElapsedTimer()
        for widget in (lane, *lane.findChildren(QWidget)):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Take what is a command; an open list of numbers or a combo box keeps its keys."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(watched, QWidget):
            return False
        if QApplication.activePopupWidget() is not None or watched.window() is not self._lane:
            return False
        return self._pressed(watched, event)

    def _pressed(self, widget: QWidget, event: QKeyEvent) -> bool:
        lane, key = self._lane, event.key()
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        plain = held == Qt.KeyboardModifier.NoModifier
        typing = isinstance(widget, QLineEdit)
        if key in _RETURNS and isinstance(widget, QPushButton):
            widget.click()
            return True
        action: Optional[Callable[[], Any]] = None
        if key in _RETURNS:
            action = lane.accept_photo
        elif key == Qt.Key.Key_Escape:
            action = lane.leave_box if typing else lane.close
        elif not plain:
            action = self._with_modifier(key, held, typing=typing)
        elif key in _UP_DOWN and not isinstance(widget, (QListWidget, QComboBox)):
            action = lane.list_down if key == Qt.Key.Key_Down else lane.list_up
        elif not typing:
            action = self._number_goes_on(event.text()) or self._plain(key)
        if action is None:
            return False
        action()
        return True

    def _number_goes_on(self, text: str) -> Optional[Callable[[], Any]]:
        """A second digit or point right after the first: not a candidate was meant, but what the watermark says."""
        goes_on = bool(self._begun) and text in _NUMBER and not self._pause.hasExpired(_SAME_NUMBER)
        begun, self._begun = self._begun, text if text and text in _NUMBER else ""
        self._pause.start()
        if not goes_on or not text or self._lane.entry.whole.text():
            return None
        self._begun = ""
        self._lane.choice.forget()
        return lambda: self._lane.entry.begin(begun + text)

    @staticmethod
    def _box_takes_back() -> bool:
        """Whether the box with the focus has something typed to take back."""
        box = QApplication.focusWidget()
        return isinstance(box, QLineEdit) and box.isUndoAvailable()

    def _with_modifier(self, key: int, held: Any, *, typing: bool) -> Optional[Callable[[], Any]]:
        lane, number = self._lane, int(key) - int(Qt.Key.Key_0)
        if held == Qt.KeyboardModifier.AltModifier and 1 <= number <= 9:
            return lambda: lane.choose(number)
        if held & ~Qt.KeyboardModifier.ShiftModifier != Qt.KeyboardModifier.ControlModifier:
            return None
        if key in (Qt.Key.Key_W, Qt.Key.Key_0) and typing:
            return self._close_up(key)
        if key == Qt.Key.Key_Z and (held & Qt.KeyboardModifier.ShiftModifier or (typing and self._box_takes_back())):
            return None
        if key in _UP_DOWN:
            return lane.list_down if key == Qt.Key.Key_Down else lane.list_up
        return {
            int(Qt.Key.Key_D): lane.carry,
            int(Qt.Key.Key_M): lane.map_requested.emit,
            int(Qt.Key.Key_Z): lane.undo_requested.emit,
        }.get(int(key)) or self._close_up(key)

    def _close_up(self, key: int) -> Optional[Callable[[], Any]]:
        photo = self._lane.photo
        return {
            int(Qt.Key.Key_Plus): photo.zoom_in,
            int(Qt.Key.Key_Equal): photo.zoom_in,
            int(Qt.Key.Key_Minus): photo.zoom_out,
            int(Qt.Key.Key_0): photo.fit,
            int(Qt.Key.Key_W): photo.to_corner,
        }.get(int(key))

    def _plain(self, key: int) -> Optional[Callable[[], Any]]:
        lane, number = self._lane, int(key) - int(Qt.Key.Key_0)
        if 1 <= number <= 9:
            return lambda: lane.choose(number)
        return {
            int(Qt.Key.Key_M): lane.map_requested.emit,
            int(Qt.Key.Key_Z): lane.undo_requested.emit,
            int(Qt.Key.Key_Delete): lane.set_aside,
        }.get(int(key)) or self._close_up(key)
