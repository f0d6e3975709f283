"""Inside desktop QGIS: waiting for paint, keys as a person presses them, memory. Used by `desk_script`."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any, Callable

from qgis.PyQt.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QWidget

#: Nothing here takes so long, s; a wait beyond it fails the measurement.
LONGEST_S = 60.0


class Painted(QObject):
    """Counts the paint events of some widgets."""

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._widgets = widgets
        self._seen: dict[int, int] = {}
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Count, pass on."""
        if event.type() == QEvent.Type.Paint:
            self._seen[id(watched)] = self._seen.get(id(watched), 0) + 1
        return False

    def reset(self) -> None:
        """Count from here."""
        self._seen.clear()

    def all(self) -> bool:
        """Every one of them was painted since `reset`; one that is hidden is not waited for."""
        return all(self._seen.get(id(widget)) or not widget.isVisible() for widget in self._widgets)

    def stop(self) -> None:
        """Take the filters off."""
        for widget in self._widgets:
            widget.removeEventFilter(self)


class Signalled:
    """Counts how often a signal came."""

    def __init__(self, signal: Any) -> None:
        self.count = 0
        self.last: tuple[Any, ...] = ()
        self._signal = signal
        signal.connect(self._came)

    def _came(self, *arguments: Any) -> None:
        self.count += 1
        self.last = arguments

    def stop(self) -> None:
        """Disconnect."""
        self._signal.disconnect(self._came)


def until(condition: Callable[[], bool], what: str, limit_s: float = LONGEST_S) -> float:
    """Let the desktop work until something is the case; gives the seconds.

    Raises:
        RuntimeError: it does not come about.
    """
    start = time.perf_counter()
    waker = QTimer()
    waker.start(3)
    try:
        while not condition():
            if time.perf_counter() - start > limit_s:
                raise RuntimeError(f"waited {limit_s:.0f} s in vain for {what}")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    finally:
        waker.stop()
    return time.perf_counter() - start


def idle(seconds: float) -> None:
    """A person looks and thinks."""
    QTest.qWait(int(seconds * 1000))


def take_focus(widget: QWidget) -> None:
    """Give the keyboard to a widget, as a click does; there is no window manager on this screen."""
    QApplication.setActiveWindow(widget.window())
    widget.setFocus(Qt.FocusReason.MouseFocusReason)
    until(lambda: QApplication.focusWidget() is not None, "the focus", 5)


def press(key: Any, modifiers: Any = Qt.KeyboardModifier.NoModifier) -> None:
    """A key goes to whatever has the focus, shortcuts first, as from the keyboard."""
    focused = QApplication.focusWidget()
    if focused is None:
        raise RuntimeError("nothing has the focus")
    QTest.keyClick(focused, key, modifiers)


def press_command(plugin: Any, key: str) -> None:
    """The key that starts a command of the panel now, whatever the person made it."""
    code = plugin.commands.shortcuts.actions[key].shortcut()[0]
    modifiers = code & int(Qt.KeyboardModifier.KeyboardModifierMask)
    press(Qt.Key(code & ~modifiers), Qt.KeyboardModifiers(modifiers))


def resident_mb() -> float:
    """Resident size of this process after Python tidied up, MB (10⁶ bytes)."""
    gc.collect()
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
