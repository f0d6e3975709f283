"""核查模式: while the focus is in the panel its keys act, and everybody can see that they do.

The frame takes no text of an input method, so that a Chinese input method that is switched on swallows no key;
text fields take everything that is typed and let no key through to a command.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional

from qgis.gui import QgsMapCanvas, QgsMapToolPan, QgsMapToolZoom
from qgis.PyQt.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from .compat import no_input_method

#: Esc counts as twice when the second press follows within so many ms.
TWICE = 1500
_MODIFIED = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_MARK = "weipian_guarded"


def takes_text(widget: Optional[QObject]) -> bool:
    """Whether a person writes into this widget."""
    if isinstance(widget, QComboBox):
        return bool(widget.isEditable())
    if isinstance(widget, QAbstractSpinBox):
        return True
    return isinstance(widget, (QLineEdit, QTextEdit, QPlainTextEdit)) and not widget.isReadOnly()


def _belongs(widget: Optional[QObject], frame: QWidget) -> bool:
    """Whether `widget` is the frame, lies in it, or in a popup that was opened from it."""
    while isinstance(widget, QWidget):
        if widget is frame:
            return True
        if widget.isWindow() and widget.windowType() != Qt.WindowType.Popup:
            return False
        widget = widget.parentWidget()
    return False


class ReviewMode(QObject):
    """Follows the focus. `home` gives the widget that takes it when the panel is entered."""

    changed = pyqtSignal(bool)

    def __init__(self, frame: QWidget, home: Callable[[], QWidget], release: Callable[[], None]) -> None:
        super().__init__(frame)
        self._frame = frame
        self._home = home
        self._release = release
        self._active = False
        self._escape = QElapsedTimer()
        self._canvas: Optional[QgsMapCanvas] = None
        frame.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        frame.installEventFilter(self)
        self.guard()
        self._inside = False  # where the keyboard was last in this window
        QApplication.instance().focusChanged.connect(self._focus_changed)
        QApplication.instance().focusWindowChanged.connect(self._window_changed)

    def close(self) -> None:
        """Follow the focus no longer."""
        QApplication.instance().focusChanged.disconnect(self._focus_changed)
        QApplication.instance().focusWindowChanged.disconnect(self._window_changed)
        self._forget_canvas()

    # -- in and out -----------------------------------------------------------------------
    def active(self) -> bool:
        """Whether keys act as commands now."""
        return self._active

    def enter(self) -> None:
        """Take the keyboard."""
        self._frame.window().activateWindow()
        self._home().setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> None:
        """Give the keyboard to the map, or to whatever is in the middle of the window."""
        self._inside = False
        window = self._frame.window()
        dock = self._frame.parentWidget()
        main = dock.parentWidget() if dock is not None else None
        centre = getattr(main, "centralWidget", lambda: None)()
        target = centre if isinstance(centre, QgsMapCanvas) or centre is None else centre.findChild(QgsMapCanvas)
        if target is not None:
            target.window().activateWindow()
            target.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            focus = window.focusWidget()
            if focus is not None:
                focus.clearFocus()
        self._set(active=False)

    def escape(self) -> bool:
        """Esc was pressed; True when it was the second time and the mode was left."""
        if self._escape.isValid() and self._escape.elapsed() < TWICE:
            self._escape.invalidate()
            self.leave()
            return True
        self._escape.start()
        return False

    def forget_escape(self) -> None:
        """Another key came between: the next Esc is a first one."""
        self._escape.invalidate()

    def _set(self, *, active: bool) -> None:
        if active != self._active:
            self._active = active
            self.changed.emit(active)
        if not active:
            self._release()

    # -- focus ----------------------------------------------------------------------------
    def _focus_changed(self, old: Optional[QWidget], new: Optional[QWidget]) -> None:
        if _belongs(new, self._frame):
            self._inside = True
            self._adopt(new)
            self._set(active=True)
            return
        if new is None:
            QTimer.singleShot(0, self._find_again)
        elif new.window() is self._frame.window():
            self._inside = False
        if self._active and new is not None and self._dragged(old, new):
            return
        self._set(active=False)

    def _window_changed(self, _window: object) -> None:
        QTimer.singleShot(0, self._find_again)

    def _find_again(self) -> None:
        """A button that opened a dialog and was made anew meanwhile took the keyboard with it."""
        lost = self._inside and QApplication.focusWidget() is None
        if lost and QApplication.activeWindow() is self._frame.window() and QApplication.activePopupWidget() is None:
            self._home().setFocus(Qt.FocusReason.OtherFocusReason)

    def _dragged(self, old: Optional[QWidget], new: QWidget) -> bool:
        """A click into the map to move it: the panel has its keys back as soon as the button is let go."""
        canvas = new if isinstance(new, QgsMapCanvas) else new.parentWidget()
        if not isinstance(canvas, QgsMapCanvas) or not _belongs(old, self._frame):
            return False
        pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        if not pressed or not isinstance(canvas.mapTool(), (QgsMapToolPan, QgsMapToolZoom)):
            return False
        self._forget_canvas()
        self._canvas = canvas
        canvas.viewport().installEventFilter(self)
        return True

    def _forget_canvas(self) -> None:
        if self._canvas is not None:
            canvas, self._canvas = self._canvas, None
            canvas.viewport().removeEventFilter(self)

    # -- keys -----------------------------------------------------------------------------
    def guard(self) -> None:
        """Look after every widget of the frame; those that come later are met when they get the focus."""
        for widget in self._frame.findChildren(QWidget):
            self._adopt(widget)

    def _adopt(self, widget: QWidget) -> None:
        if not takes_text(widget):
            no_input_method(widget)
        if widget is not self._frame and not widget.property(_MARK):
            widget.setProperty(_MARK, True)
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Keys and input methods of the widgets of the frame, and the button let go over the map."""
        kind = event.type()
        if kind == QEvent.Type.InputMethod:
            return isinstance(watched, QWidget) and not takes_text(watched)
        if kind == QEvent.Type.ShortcutOverride and isinstance(watched, QWidget):
            return self._override(watched, event)
        if kind == QEvent.Type.KeyPress and isinstance(watched, QWidget):
            return self._pressed(watched, event)
        if (
            kind == QEvent.Type.MouseButtonRelease
            and self._canvas is not None
            and event.buttons() == Qt.MouseButton.NoButton
        ):
            self._forget_canvas()
            QTimer.singleShot(0, self.enter)
        elif kind == QEvent.Type.FocusIn and watched is self._frame and self._home() is not self._frame:
            QTimer.singleShot(0, self._go_home)
        return False

    def _go_home(self) -> None:
        if self._frame.hasFocus():
            self._home().setFocus(Qt.FocusReason.OtherFocusReason)

    def _override(self, widget: QWidget, event: QKeyEvent) -> bool:
        """What is typed into a text field or a list that is open is no command."""
        if widget.window().windowType() == Qt.WindowType.Popup:
            event.accept()
            return False  # a combo box chooses with Enter at this very event
        popup = QApplication.activePopupWidget() is not None  # the keys are its, whoever has the focus below
        if popup or (takes_text(widget) and not event.modifiers() & _MODIFIED):
            event.accept()
            return True
        return False

    def _pressed(self, widget: QWidget, event: QKeyEvent) -> bool:
        if widget.window().windowType() == Qt.WindowType.Popup:
            return False
        if takes_text(widget):
            lines = isinstance(widget, (QTextEdit, QPlainTextEdit))
            if event.key() == Qt.Key.Key_Escape or (event.key() in _RETURNS and not lines):
                self._home().setFocus(Qt.FocusReason.OtherFocusReason)
                return True
            return False
        # A list would jump to a line that begins with the letter.
        text = event.text().strip()
        plain = not event.modifiers() & _MODIFIED and text and text.isprintable()  # Delete has a text, too
        return isinstance(widget, QAbstractItemView) and bool(plain)
