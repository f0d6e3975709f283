"""A question with several answers, e.g. 违法线: one check box a choice, all of them reached with Tab and Space."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from ..core.answers import join_choices, split_choices
from ..core.rulepack import AskField
from .compat import describe


class ChoicesField(QWidget):
    """Reads and writes like a line of text; what is not among the choices is kept."""

    textEdited = pyqtSignal(str)  # noqa: N815 - as QLineEdit's

    def __init__(self, ask: AskField, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._choices = ask.choices
        self._others: tuple[str, ...] = ()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self.boxes: dict[str, QCheckBox] = {}
        for choice in ask.choices:
            box = QCheckBox(choice, self)
            box.setToolTip(ask.hint)
            describe(box, f"{ask.label}：{choice}", ask.hint)
            box.clicked.connect(lambda _on: self.textEdited.emit(self.text()))
            layout.addWidget(box)
            self.boxes[choice] = box
        layout.addStretch(1)
        if self.boxes:
            self.setFocusProxy(next(iter(self.boxes.values())))

    def text(self) -> str:
        """The choices made, in the order of the pack."""
        return join_choices([*(name for name, box in self.boxes.items() if box.isChecked()), *self._others])

    def setText(self, text: str) -> None:  # noqa: N802 - as QLineEdit's
        """Show an answer."""
        chosen = split_choices(text, self._choices)
        self._others = tuple(name for name in chosen if name not in self.boxes)
        for name, box in self.boxes.items():
            box.setChecked(name in chosen)
