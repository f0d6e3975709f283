"""The dock: where each part of the panel stands. What happens is in `review`."""

from __future__ import annotations

from typing import Optional

from qgis.gui import QgsCollapsibleGroupBoxBasic, QgsDockWidget
from qgis.PyQt.QtCore import QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QResizeEvent
from qgis.PyQt.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..core.rulepack import RulePack
from ..workbench.views import PatchView
from .advice_panel import AdvicePanel
from .approval_panel import ApprovalPanel
from .case_panel import CasePanel
from .compat import describe, icon, line_height, no_input_method
from .earlier_panel import EarlierPanel
from .evidence_panel import EvidencePanel
from .header_panel import HeaderPanel
from .patch_panel import PatchPanel
from .queue_view import QueuePanel
from .verdict_panel import ChoiceForm, VerdictRow
from .widgets import ElidedLabel, Notice


class _Content(QWidget):
    """Content with the width of the design: 340 at least, about 420 when there is a choice."""

    resized = pyqtSignal(int)  # height in text lines

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt name
        """Tell how many lines there are, so that the long texts can give way on a small screen."""
        super().resizeEvent(event)
        self.resized.emit(self.height() // max(line_height(self), 1))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt name
        """In characters, so that it grows with the font."""
        character = self.fontMetrics().horizontalAdvance("国")
        return QSize(character * 32, line_height(self) * 36)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt name
        """Nothing inside may force the dock wider."""
        character = self.fontMetrics().horizontalAdvance("国")
        return QSize(character * 26, line_height(self) * 20)


class WeipianDock(QgsDockWidget):
    """卫片执法: everything for one decision beside the map."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("卫片执法")
        self.setObjectName("WeipianDock")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self.content = _Content(self)
        no_input_method(self.content)
        self.header = HeaderPanel(self.content)
        self.notice = Notice(self.content)
        self.pages = QStackedWidget(self.content)
        self.pages.addWidget(self._empty_page())
        self.pages.addWidget(self._review_page())
        layout = QVBoxLayout(self.content)
        margin = max(4, line_height(self) // 3)
        layout.setContentsMargins(margin, margin // 2, margin, margin // 2)
        layout.setSpacing(3)
        layout.addWidget(self.header)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self._bottom())
        self.setWidget(self.content)
        # 33 lines are taken by everything else; the advice scrolls within what is left.
        self.content.resized.connect(lambda lines: self.advice.set_room(max(3, min(8, lines - 33))))
        self.show_empty("", "", "")

    def _empty_page(self) -> QWidget:
        page = QWidget(self.content)
        self.empty_text = QLabel(page)
        self.empty_text.setWordWrap(True)
        self.empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty_button = QPushButton(page)
        self.empty_button.setAutoDefault(False)
        self.empty_key = ""
        layout = QVBoxLayout(page)
        layout.addStretch(1)
        layout.addWidget(self.empty_text)
        layout.addWidget(self.empty_button, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(2)
        return page

    def _review_page(self) -> QWidget:
        self.queue = QueuePanel(self.content)
        self.patch = PatchPanel(self.content)
        self.earlier = EarlierPanel(self.content)
        self.advice = AdvicePanel(self.content)
        self.verdict = VerdictRow(self.content)
        self.form = ChoiceForm(self.content)
        self.approvals = ApprovalPanel(self.content)
        self.evidence = EvidencePanel(self.content)
        self.case = CasePanel(self.content)
        self.approval_box = self._section("审批", self.approvals)
        self.evidence_box = self._section("举证", self.evidence)
        self.case_box = self._section("查处整改", self.case)
        self.scroll = self._scroll(self.form, self.approval_box, self.evidence_box, self.case_box)
        rest = QWidget(self.content)
        layout = QVBoxLayout(rest)
        layout.setContentsMargins(0, 2, 0, 0)
        layout.setSpacing(4)
        for widget in (self.patch, self.earlier, self.advice, self.verdict):
            layout.addWidget(widget)
        layout.addWidget(self.scroll, 1)
        split = QSplitter(Qt.Orientation.Vertical, self.content)
        split.addWidget(self.queue)
        split.addWidget(rest)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        line = line_height(self)
        split.setSizes([line * 8, line * 30])
        split.setHandleWidth(4)
        self.splitter = split
        return split

    def _section(self, title: str, inner: QWidget) -> QgsCollapsibleGroupBoxBasic:
        box = QgsCollapsibleGroupBoxBasic(self.content)
        box.setTitle(title)
        box.setFlat(True)
        for button in box.findChildren(QToolButton):
            describe(button, f"展开或收起{title}")
        no_input_method(box)
        layout = QVBoxLayout(box)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.addWidget(inner)
        return box

    def _scroll(self, *widgets: QWidget) -> QScrollArea:
        inside = QWidget(self.content)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 0, 2, 0)
        layout.setSpacing(4)
        for widget in widgets:
            layout.addWidget(widget)
        layout.addStretch(1)
        area = QScrollArea(self.content)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(line_height(self) * 4)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _bottom(self) -> QWidget:
        self.bottom = QWidget(self.content)
        self.undo = QPushButton("撤销", self.bottom)
        self.undo.setIcon(icon("undo", self))
        self.submit = QPushButton("提交并下一个  ⏎", self.bottom)
        font = self.submit.font()
        font.setBold(True)
        self.submit.setFont(font)
        self.state = ElidedLabel(self.bottom)
        self.state.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for button in (self.undo, self.submit):
            button.setAutoDefault(False)
            no_input_method(button)
        describe(self.submit, "提交并下一个")
        layout = QHBoxLayout(self.bottom)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.undo)
        layout.addWidget(self.state, 1)
        layout.addWidget(self.submit)
        return self.bottom

    # -- showing --------------------------------------------------------------------------
    def show_empty(self, text: str, button: str, key: str) -> None:
        """Say what to do first; `key` is the menu command of the button."""
        self.empty_text.setText(text)
        self.empty_button.setText(button)
        self.empty_button.setVisible(bool(button))
        self.empty_key = key
        self.pages.setCurrentIndex(0)
        self.bottom.hide()
        self.header.progress.hide()
        self.header.agenda.hide()

    def lock(self, *, locked: bool) -> None:
        """A patch that was split is looked at; its children are worked on."""
        for widget in (self.verdict, self.form, self.evidence, self.case):
            widget.setEnabled(not locked)

    def show_approvals(self, view: PatchView, pack: RulePack) -> None:
        """The section 审批 of a patch; hidden while there is nothing to say."""
        self.approval_box.setVisible(self.approvals.show_view(view, pack))
        self.approval_box.setTitle(self.approvals.title(view))

    def show_review(self) -> None:
        """Show the queue and the patch."""
        self.pages.setCurrentIndex(1)
        self.bottom.show()
        self.header.progress.show()
        self.header.agenda.show()
