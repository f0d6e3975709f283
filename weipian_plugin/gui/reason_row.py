"""The reason for deciding against the advice: a pick-list of the office, and words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import QElapsedTimer, QEvent, QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QWidget

from ..workbench.reasons import Reason
from .compat import describe, no_input_method

_ADD = "\0add"


#: Digits that follow each other within so many ms are one number.
_ONE_NUMBER = 1000
#: Lines of an open list; the map beside it stays in sight.
_LINES = 18
_MARGIN = 6  # pixels


class TypeAhead(QObject):
    """Lets an open list have the keys that are commands elsewhere: a number goes to its line.

    Qt's own search begins behind the present line and compares beginnings: 3 went to line 30.
    """

    def __init__(self, combo: QComboBox) -> None:
        super().__init__(combo)
        self._combo = combo
        self._typed = ""
        self._clock = QElapsedTimer()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Take what is typed before a shortcut does; Enter and Escape the list knows itself at this very event."""
        if event.type() == QEvent.Type.ShortcutOverride and event.text().isprintable() and event.text():
            event.accept()
            return True
        if event.type() == QEvent.Type.KeyPress and event.text().isdecimal():
            self._digit(event.text())
            return True
        return False

    def _digit(self, digit: str) -> None:
        following = self._clock.isValid() and self._clock.elapsed() < _ONE_NUMBER
        self._clock.start()
        numbers = (self._typed + digit, digit) if following else (digit,)
        for self._typed in numbers:
            for row in range(self._combo.count()):
                if self._combo.itemText(row).startswith(f"{self._typed} "):
                    index = self._combo.model().index(row, self._combo.modelColumn(), self._combo.rootModelIndex())
                    self._combo.view().setCurrentIndex(index)
                    return
        self._typed = ""


def fit_list(combo: QComboBox) -> None:
    """Make the open list as wide as its longest line; a narrow box would cut the lines."""
    view = combo.view()
    bar = view.verticalScrollBar().sizeHint().width()
    view.window().setMinimumWidth(view.sizeHintForColumn(0) + bar + 2 * view.frameWidth() + _MARGIN)


def take_keys(combo: QComboBox) -> None:
    """The open list of a combo box is used by keyboard alone."""
    combo.setStyleSheet("QComboBox { combobox-popup: 0; }")  # a list; a menu of the screen's height covers the map
    combo.setMaxVisibleItems(_LINES)
    combo.view().installEventFilter(TypeAhead(combo))


class ReasonPick(QComboBox):
    """Numbered reasons; the last line puts what was typed beside it onto the list."""

    add_requested = pyqtSignal()
    picked = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        no_input_method(self)
        describe(self, self.tr("理由清单"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self._reasons: tuple[Reason, ...] = ()
        take_keys(self)
        self.activated.connect(lambda _index: self._activated())
        self.set_reasons(())

    def set_reasons(self, reasons: Sequence[Reason]) -> None:
        """Show a pick-list; what was picked stays picked."""
        if self.count() and tuple(reasons) == self._reasons:
            return
        chosen, self._reasons = self.reason_id(), tuple(reasons)
        self.clear()
        self.addItem(self.tr("（选一条理由）"), "")
        for number, reason in enumerate(reasons, 1):
            self.addItem(f"{number} {reason.label}", reason.id)
            self.setItemData(number, reason.label, int(Qt.ItemDataRole.ToolTipRole))
        self.addItem(self.tr("＋ 把右边写的加进清单"), _ADD)
        fit_list(self)
        self.choose(chosen)

    def reason_id(self) -> str:
        """The one picked, empty without."""
        found = str(self.currentData() or "")
        return "" if found == _ADD else found

    def choose(self, reason_id: str) -> None:
        """Pick by id; one that is not there picks nothing."""
        self.setCurrentIndex(max(self.findData(reason_id), 0))

    def _activated(self) -> None:
        if self.currentData() == _ADD:
            self.setCurrentIndex(0)
            self.add_requested.emit()
        else:
            self.picked.emit()
