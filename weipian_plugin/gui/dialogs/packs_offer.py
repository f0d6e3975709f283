"""The offer of a changed rule pack: a line in the panel that stays until somebody decides."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ..compat import describe
from ..widgets import NoteFrame


class OfferBar(NoteFrame):
    """A sentence with 看差异, 换用 and 不换; nothing is the default."""

    compare_wanted = pyqtSignal()
    taken = pyqtSignal()
    declined = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.label = QLabel(self)
        self.label.setWordWrap(True)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        self.buttons: list[QToolButton] = []
        for words, hint, signal in (
            (self.tr("看差异"), self.tr("用新的规则包重新给出建议，列出不同的图斑；不作改动"), self.compare_wanted),
            (self.tr("换用"), self.tr("本批次以后按新的规则包给出建议；已作的判定不变，可以撤销"), self.taken),
            (self.tr("不换"), self.tr("本批次仍按现用的规则包；同一改动不再提示"), self.declined),
        ):
            button = QToolButton(self)
            button.setText(words)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setToolTip(hint)
            describe(button, words, hint)
            button.clicked.connect(lambda _checked=False, signal=signal: signal.emit())
            row.addWidget(button)
            self.buttons.append(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 2, 4, 2)
        layout.setSpacing(2)
        layout.addWidget(self.label)
        layout.addLayout(row)
        self.hide()

    def offer(self, text: str, pack: str) -> None:
        """Show the sentence; the name of the pack is its tool tip."""
        self.label.setText(text)
        self.label.setToolTip(pack)
        describe(self, self.tr("规则包有改动"), text)
        self.show()
