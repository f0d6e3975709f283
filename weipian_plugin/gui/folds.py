"""Sections of the panel that fold to one line each, and which of them a step of the work needs.

The steps are looking, judging, evidence, rectifying. A section opens by itself where its step needs it and
the screen has room; what a person opened or closed by hand stays so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtWidgets import QApplication, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from .compat import describe, line_height, no_input_method
from .widgets import ElidedLabel

LOOK, JUDGE, PROVE, RECTIFY, DONE = "look", "judge", "evidence", "rectify", "done"
STEPS: tuple[str, ...] = (LOOK, JUDGE, PROVE, RECTIFY)


class _Line(ElidedLabel):
    """The one-line summary; a click opens the section."""

    clicked = pyqtSignal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt name
        """A click anywhere on the line counts."""
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()


class Fold(QWidget):
    """A widget under a header line that opens and closes it.

    `bare` sections show their header only while they are folded: an open one speaks for itself and the line
    is wanted elsewhere.
    """

    toggled = pyqtSignal(bool)
    changed = pyqtSignal()  # title, summary or visibility: somebody may have to make room

    def __init__(self, title: str, inner: QWidget, parent: Optional[QWidget] = None, *, bare: bool = False) -> None:
        super().__init__(parent)
        self.inner = inner
        self._home = parent or self
        self._title = title
        self._bare = bare
        self._open = True
        self.pinned: Optional[bool] = None  # what a person chose
        self.button = QToolButton(self)
        self.button.setAutoRaise(True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        font = self.button.font()
        font.setBold(True)
        self.button.setFont(font)
        no_input_method(self.button)
        self.button.setMaximumHeight(line_height(self.button) + 6)
        self.line = _Line(self)
        self.head = QWidget(self)
        row = QHBoxLayout(self.head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.button)
        row.addWidget(self.line, 1)
        row.addStretch(0)  # keeps the title on the left while there is no line
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.head)
        layout.addWidget(inner, 1)
        self.button.clicked.connect(lambda _checked=False: self.by_hand(not self._open))
        self.line.clicked.connect(lambda: self.by_hand(not self._open))
        self._render()

    # -- what others set ------------------------------------------------------------------
    def title(self) -> str:
        """The words of the header."""
        return self._title

    def setTitle(self, title: str) -> None:  # noqa: N802 - as a group box is called
        """Other words for the header."""
        if title != self._title:
            self._title = title
            self._render()
        self.changed.emit()

    def set_summary(self, text: str) -> None:
        """What the one line says while the section is folded."""
        if text != self.line.full_text():
            self.line.setText(text)

    def offer(self, *, there: bool) -> None:
        """Whether the section has anything to show at all."""
        self.setVisible(there)

    # -- open and closed ------------------------------------------------------------------
    def is_open(self) -> bool:
        """Whether its content is on the panel."""
        return self._open

    def isCollapsed(self) -> bool:  # noqa: N802 - as a group box is called
        """The opposite of open."""
        return not self._open

    def set_open(self, *, opened: bool) -> None:
        """Open or fold for a step; what a person chose wins."""
        self._set(opened if self.pinned is None else self.pinned)

    def by_hand(self, opened: bool) -> None:
        """A person opens or folds it; it stays so until they do the other thing."""
        self.pinned = opened
        self._set(opened)
        self.toggled.emit(opened)

    def _set(self, opened: bool) -> None:
        if opened != self._open or self.inner.isHidden() == opened:  # the content shows and hides itself as well
            self._open = opened
            self._render()

    def _render(self) -> None:
        arrow = Qt.ArrowType.DownArrow if self._open else Qt.ArrowType.RightArrow
        self.button.setArrowType(arrow)
        self.button.setText(self._title)
        state = self.tr("已展开") if self._open else self.tr("已收起")
        describe(self.button, f"{self._title}，{state}")
        self.button.setToolTip(self.tr("收起这一节") if self._open else self.tr("展开这一节"))
        self.line.setVisible(not self._open)
        focus = QApplication.focusWidget()
        if not self._open and focus is not None and self.inner.isAncestorOf(focus):
            self._home.setFocus()  # or Qt would give the keyboard to the next text field
        self.inner.setVisible(self._open)
        self.head.setVisible(not (self._bare and self._open))

    # -- room -----------------------------------------------------------------------------
    def open_height(self) -> int:
        """Pixels that it takes when open, at the width there is."""
        layout = self.inner.layout()
        if layout is not None and layout.hasHeightForWidth():
            inside = layout.totalHeightForWidth(max(self.width(), line_height(self) * 10))
        else:
            inside = max(self.inner.sizeHint().height(), self.inner.minimumSizeHint().height())
        return inside + (0 if self._bare else self.folded_height())

    def folded_height(self) -> int:
        """Pixels of the header line."""
        return min(int(self.button.sizeHint().height()), self.button.maximumHeight())


class Folding:
    """Opens what a step needs, the most needed first, as far as the room goes."""

    def __init__(self, folds: dict[str, Fold], needs: dict[str, tuple[str, ...]]) -> None:
        self._folds = folds
        self._needs = {step: list(keys) for step, keys in needs.items()}
        self.step = LOOK

    def add(self, key: str, fold: Fold, steps: Sequence[str]) -> None:
        """One more section, last in the order of its steps."""
        self._folds[key] = fold
        for step in steps:
            self._needs.setdefault(step, []).append(key)

    def first(self, step: str) -> Optional[Fold]:
        """The section that a step needs most."""
        return next((self._folds[key] for key in self._needs.get(step, []) if not self._folds[key].isHidden()), None)

    def least(self, step: str) -> int:
        """Pixels that a step needs at least: its first section open, the others folded."""
        shown = [fold for fold in self._folds.values() if not fold.isHidden()]
        first = self.first(step)
        extra = first.open_height() - first.folded_height() if first is not None else 0
        return sum(fold.folded_height() for fold in shown) + extra

    def apply(self, step: str, room: int, aside: Sequence[str] = ()) -> None:
        """Fold for `step`; `room` is what the sections may take together, pixels.

        The first section of a step opens however little room there is; the page scrolls then. Those `aside` have
        a place of their own and stay open.
        """
        self.step = step
        for key in aside:
            self._folds[key].set_open(opened=True)
        shown = [(key, fold) for key, fold in self._folds.items() if not fold.isHidden() and key not in aside]
        needed = self._needs.get(step, [])
        room -= sum(fold.folded_height() for _key, fold in shown)
        opened = set()
        for key, fold in shown:
            if fold.pinned:
                opened.add(key)
                room -= fold.open_height() - fold.folded_height()
        for number, key in enumerate(needed):
            fold = self._folds[key]
            if fold.isHidden() or fold.pinned is not None or key in aside:
                continue
            extra = fold.open_height() - fold.folded_height()
            if number == 0 or extra <= room:
                opened.add(key)
                room -= extra
        for key, fold in shown:
            fold.set_open(opened=key in opened)
