"""The dock: where each part of the panel stands. What happens is in `review`."""

from __future__ import annotations

from typing import Callable, Optional

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QPoint, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from qgis.PyQt.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ..core.model import CaseStatus, Verdict
from ..core.rulepack import RulePack
from ..workbench.views import PatchView
from .advice_panel import AdvicePanel
from .approval_panel import ApprovalPanel
from .case_panel import CasePanel
from .compat import describe, icon, line_height, no_input_method, tone
from .earlier_panel import EarlierPanel
from .evidence_panel import EvidencePanel
from .folds import DONE, JUDGE, LOOK, PROVE, RECTIFY, Fold, Folding
from .header_panel import HeaderPanel
from .patch_panel import PatchPanel
from .queue_view import QueuePanel
from .today_page import TodayPage
from .verdict_panel import ChoiceForm, VerdictRow
from .widgets import ElidedLabel, Notice

#: Sections that a step of the work needs, the most needed first.
_NEEDS = {
    LOOK: ("queue", "approvals"),
    JUDGE: ("form", "queue", "evidence", "approvals"),
    PROVE: ("evidence", "queue", "form", "approvals"),
    RECTIFY: ("case", "queue", "evidence"),
    DONE: ("queue", "evidence", "form"),
}


_NO_LIMIT = 16777215  # Qt's own word for it


class _Content(QWidget):
    """Content with the width of the design: 340 at least, about 420 when there is a choice."""

    resized = pyqtSignal(int)  # height in text lines
    framed = False

    def __init__(self, parent: QWidget, first_field: Callable[[Optional[QWidget]], Optional[QWidget]]) -> None:
        super().__init__(parent)
        self._first_field = first_field

    def focusNextPrevChild(self, following: bool) -> bool:  # noqa: N802 - Qt name
        """Tab from where the keyboard rests goes to what is to be filled in, not to the next button."""
        field = self._first_field(QApplication.focusWidget()) if following else None
        if field is None:
            return bool(super().focusNextPrevChild(following))
        field.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt name
        """The frame of the review mode; the words for it stand in the title."""
        super().paintEvent(event)
        if self.framed:
            painter = QPainter(self)
            width = max(2, line_height(self) // 6)
            painter.setPen(QPen(tone(self, "mode"), width))
            half = width // 2
            painter.drawRect(self.rect().adjusted(half, half, -half - width % 2, -half - width % 2))

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
        return QSize(character * 26, line_height(self) * 14)


class WeipianDock(QgsDockWidget):
    """卫片执法: everything for one decision beside the map."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._title = self.tr("卫片执法")
        self.setWindowTitle(self._title)
        self.setObjectName("WeipianDock")
        self.setAllowedAreas(Qt.DockWidgetArea.LeftDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self.content = _Content(self, self._first_field)
        no_input_method(self.content)
        self.header = HeaderPanel(self.content)
        self.notice = Notice(self.content)
        self.pages = QStackedWidget(self.content)
        self.pages.addWidget(self._empty_page())
        self.today = TodayPage(self.content)
        self.pages.addWidget(self.today)
        self.pages.addWidget(self._review_page())
        layout = QVBoxLayout(self.content)
        margin = max(4, line_height(self) // 3)
        layout.setContentsMargins(margin, margin, margin, margin)
        layout.setSpacing(3)
        layout.addWidget(self.header)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self._bottom())
        self.setWidget(self.content)
        self.content.resized.connect(self._resized)
        self._view: Optional[PatchView] = None
        self._step_shown = LOOK
        self._advice_room = 5  # lines
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
        self.queue_box = Fold(self.tr("队列"), self.queue, self.content, bare=True)
        self.form_box = Fold(self.tr("判定内容"), self.form, self.content, bare=True)
        self.approval_box = Fold(self.tr("审批"), self.approvals, self.content)
        self.evidence_box = Fold(self.tr("举证"), self.evidence, self.content)
        self.case_box = Fold(self.tr("查处整改"), self.case, self.content)
        self.folds: dict[str, Fold] = {
            "queue": self.queue_box,
            "form": self.form_box,
            "approvals": self.approval_box,
            "evidence": self.evidence_box,
            "case": self.case_box,
        }
        self.folding = Folding(self.folds, _NEEDS)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(0)
        self._settling.timeout.connect(self.settle)
        for fold in self.folds.values():
            fold.changed.connect(self._settling.start)
            fold.toggled.connect(lambda _open: self.settle())
        self.page = self._stack(self.patch, self.earlier, self.advice, self.verdict, *self._sections())
        self.scroll = self._scroll(self.page)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self.content)
        self.splitter.addWidget(self.queue_box)
        below = QWidget(self.content)
        layout = QVBoxLayout(below)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(self.patch.head)
        layout.addWidget(self.scroll, 1)
        self.splitter.addWidget(below)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setStretchFactor(0, 0)
        self.splitter.setStretchFactor(1, 1)
        line = line_height(self)
        self._queue_height = line * 8
        self.splitter.setSizes([self._queue_height, line * 30])
        self.splitter.setHandleWidth(4)
        return self.splitter

    def _sections(self) -> tuple[QWidget, ...]:
        return (self.form_box, self.approval_box, self.evidence_box, self.case_box)

    def add_section(self, key: str, title: str, inner: QWidget, after: str, steps: tuple[str, ...] = ()) -> Fold:
        """One more section of the patch, below the section `after`; it opens in `steps` where there is room."""
        fold = Fold(title, inner, self.content)
        layout = self.page.layout()
        layout.insertWidget(layout.indexOf(self.folds[after]) + 1, fold)
        fold.changed.connect(self._settling.start)
        fold.toggled.connect(lambda _open: self.settle())
        self.folding.add(key, fold, steps)
        return fold

    def _stack(self, *widgets: QWidget) -> QWidget:
        inside = QWidget(self.content)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(0, 2, 2, 0)
        layout.setSpacing(4)
        for widget in widgets:
            layout.addWidget(widget)
        layout.addStretch(1)
        return inside

    def _scroll(self, inside: QWidget) -> QScrollArea:
        area = QScrollArea(self.content)
        area.setWidget(inside)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setMinimumHeight(line_height(self) * 3)
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
        describe(self.empty_button, button or self.tr("下一步"))
        self.empty_button.setVisible(bool(button))
        self.empty_key = key
        self.pages.setCurrentIndex(0)  # the first page
        self.bottom.hide()
        self.header.progress.hide()
        self.header.agenda.hide()

    def lock(self, *, locked: bool) -> None:
        """A patch that was split or is void is only looked at. The last word of every rendering."""
        for widget in (self.verdict, self.form, self.evidence, self.case):
            widget.setEnabled(not locked)
        self.settle()

    def show_approvals(self, view: PatchView, pack: RulePack) -> None:
        """The section 审批 of a patch; hidden while there is nothing to say."""
        self._view = view
        self.approval_box.setVisible(self.approvals.show_view(view, pack))
        self.approval_box.setTitle(self.approvals.title(view))

    # -- folding --------------------------------------------------------------------------
    def step(self) -> str:
        """Where the work on this patch stands (names in `folds`)."""
        verdict, doubt = self.verdict.state()
        saved = self._view.judgement if self._view is not None else None
        if not verdict and not doubt:
            return LOOK
        written = saved.verdict.value if saved is not None and saved.verdict is not None else ""
        if self._view is None or saved is None or (verdict, doubt) != (written, saved.doubt):
            return JUDGE
        if saved.verdict is Verdict.ILLEGAL and self._view.patch.case_status is not CaseStatus.NONE:
            return RECTIFY
        return PROVE if any(not item.done for item in self._view.checklist) else DONE

    def settle(self) -> None:
        """Open the sections that the present step needs and the screen has room for, fold the others."""
        self._settling.stop()
        if self.pages.currentWidget() is not self.splitter:
            return
        self.queue_box.set_summary(self._queue_line())
        self.form_box.set_summary(self._form_line())
        self.evidence_box.set_summary(" ".join(self.evidence.checks.toPlainText().split()))
        self.approval_box.set_summary(" ".join(self.approvals.text.toPlainText().split()))
        self.case_box.set_summary(" ".join(self.case.summary.toPlainText().split()))
        self.form_box.offer(there=bool(self.verdict.state()[0]))
        step = self.step()
        self.patch.set_compact(compact=False)
        room = self.splitter.height() - self.splitter.handleWidth() - self._fixed_height()
        gaps = 4 * len(self.folds)
        if step != LOOK and self.folding.least(step) + gaps > room:
            self.patch.set_compact(compact=True)
            room += self.patch.spare()
        self.folding.apply(step, room - gaps, aside=("queue",) if self.is_wide() else ())
        self._fit_queue()
        if step == LOOK:
            self._fit_advice()
        if step != self._step_shown:
            self._step_shown = step
            QTimer.singleShot(0, self._show_step)

    def _fit_advice(self) -> None:
        """While one looks, the advice has what the others leave; the verdicts below it stay in sight."""
        layout = self.page.layout()
        for part in (layout.itemAt(number).widget() for number in range(layout.count())):
            if part is not None and part.layout() is not None:
                part.layout().activate()  # or the height of the patch before is still in the sum
        left = self.scroll.viewport().height() - self.page.sizeHint().height()
        shown = min(self._advice_room, self.advice.text.line_count())
        lines = max(3, min(12, shown + left // (line_height(self) + 2)))
        if lines != self._advice_room:
            self._advice_room = lines
            self.advice.set_room(lines)

    def _show_step(self) -> None:
        """Where not everything fits, bring what the step needs into view."""
        first = self.folding.first(self._step_shown)
        if self._step_shown == LOOK:
            self.scroll.verticalScrollBar().setValue(0)
        elif first is not None and self.page.isAncestorOf(first):
            self.scroll.ensureWidgetVisible(first, 0, line_height(self))

    def bring_into_view(self, fold: Fold) -> None:
        """Scroll to a section: all of it, or from its head on where it is higher than the screen."""
        if not fold.is_open() or not self.page.isAncestorOf(fold):
            return
        self.page.layout().activate()
        view, top = self.scroll.viewport().height(), fold.mapTo(self.page, QPoint(0, 0)).y()
        bar = self.scroll.verticalScrollBar()
        bar.setValue(min(top, max(bar.value(), top + fold.height() - view)))

    def _fixed_height(self) -> int:
        """Pixels of what does not fold."""
        parts = (self.patch.head, self.patch, self.earlier, self.advice, self.verdict)
        return sum(int(part.sizeHint().height()) + 4 for part in parts if not part.isHidden())

    def _fit_queue(self) -> None:
        """A folded queue is one line; an open one has the height back that it had before."""
        box, folded = self.queue_box, self.queue_box.folded_height()
        limited = not box.is_open() and not self.is_wide()
        if limited == (box.maximumHeight() < _NO_LIMIT):
            return
        sizes = self.splitter.sizes()
        if limited:
            self._queue_height = sizes[0]
            box.setMaximumHeight(folded)
            self.splitter.setSizes([folded, sum(sizes) - folded])
        else:
            box.setMaximumHeight(_NO_LIMIT)
            if not self.is_wide():
                self.splitter.setSizes([self._queue_height, sum(sizes) - self._queue_height])

    def _queue_line(self) -> str:
        queue = self.queue
        line = queue.model.find(queue.selected())
        place = f"{line + 1} / {queue.model.rowCount()} · " if line >= 0 else ""
        return place + str(queue.presets.currentText())

    def _form_line(self) -> str:
        words = [str(self.form.sub_type.currentText())]
        for widget in self.form.fields.values():
            words.append(str(widget.currentText() if hasattr(widget, "currentText") else widget.text()))
        return " · ".join(word for word in words if word)

    def _resized(self, _lines: int) -> None:
        self._settling.start()

    def show_review(self) -> None:
        """Show the queue and the patch."""
        self.pages.setCurrentWidget(self.splitter)
        self.bottom.show()
        self.header.progress.show()
        self.header.agenda.show()
        self.settle()

    def show_today(self) -> None:
        """Show the start screen over the patch of last time."""
        self.pages.setCurrentWidget(self.today)
        self.bottom.hide()
        self.header.progress.hide()
        self.header.agenda.hide()

    def show_mode(self, active: bool) -> None:
        """Say whether keys act: a frame around everything, and words in the title."""
        self.content.framed = active
        self.content.update()
        self.setWindowTitle(self._title + self.tr(" · 核查模式") if active else self._title)

    def home(self) -> QWidget:
        """The widget that has the keyboard when nothing is being written."""
        page = self.pages.currentWidget()
        if page is self.today:
            return self.today.proceed
        if page is not self.splitter:
            return self.empty_button if self.empty_button.isVisibleTo(page) else self.content
        return self.queue.table if self.queue_box.is_open() else self.content

    def _first_field(self, focus: Optional[QWidget]) -> Optional[QWidget]:
        """Where Tab goes from the home of the keyboard; None where Qt's own order is right."""
        if self.pages.currentWidget() is not self.splitter or focus is None or focus is not self.home():
            return None
        if not self.verdict.state()[0] or not self.form.isEnabled():
            return None
        self.form_box.set_open(opened=True)
        fields = list(self.form.fields.values())
        wanted = fields[0] if fields and self.form.sub_type.currentData() else self.form.sub_type
        return wanted if wanted.isVisible() else None

    # -- wide -----------------------------------------------------------------------------
    def is_wide(self) -> bool:
        """Whether queue and patch stand side by side in a window of their own."""
        return bool(self.splitter.orientation() == Qt.Orientation.Horizontal)

    def set_wide(self, *, wide: bool) -> None:
        """Queue left, patch right, in a window of at least 800 px; or back beside the map, one above the other."""
        if wide == self.is_wide():
            return
        self.splitter.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        line = line_height(self)
        self.setFloating(wide)
        if wide:
            width = max(800, self.content.sizeHint().width() * 2)
            screen = self.screen().availableGeometry() if hasattr(self, "screen") else self.geometry()
            width, height = min(width, screen.width()), min(max(line * 40, 600), int(screen.height() * 0.9))
            self.resize(width, height)
            self.move(screen.right() - width - line, screen.top() + (screen.height() - height) // 2)
            self.splitter.setSizes([width * 2 // 5, width * 3 // 5])
        else:
            self.splitter.setSizes([self._queue_height, line * 30])
        self.settle()
