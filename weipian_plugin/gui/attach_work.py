"""Attaching from the panel: what is dropped or chosen goes in as a task, with a line that tells how it went.

Files on the strip of a patch, or chosen for it, belong to that patch. A folder or a zip, and whatever is dropped
elsewhere on the panel, is laid on all patches by names, positions and views.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Optional

from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtGui import QDropEvent
from qgis.PyQt.QtWidgets import (
    QApplication,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..core.errors import WeipianError
from .compat import describe, no_input_method, take_copy, write_in
from .dialogs.task_bar import TaskBar
from .guard import guarded
from .review import Review

if TYPE_CHECKING:
    from ..workbench.attach_report import AttachReport
    from .dialogs.attach_result import AttachResultDialog

#: So few and so small files are in at once; more of them are a task.
_FEW, _SMALL = 3, 24 << 20
#: More patches than this are read anew together.
_MANY = 60
_ZIP = ".zip"
_DRAGS = (QEvent.Type.DragEnter, QEvent.Type.DragMove)


class AttachBar(QWidget):
    """One line above the buttons of the panel: progress while it runs, then what became of it."""

    def __init__(self, parent: QWidget, show_list: Callable[[], None]) -> None:
        super().__init__(parent)
        self.task = TaskBar(self)
        self.task.message.setWordWrap(True)
        self.result = QWidget(self)
        self.text = QLabel(self.result)
        self.text.setWordWrap(True)
        self.list = QPushButton(self.tr("清单…"), self.result)
        self.list.setAutoDefault(False)
        describe(self.list, self.tr("清单…"), self.tr("每个文件归到哪个图斑、为什么"))
        self.list.clicked.connect(lambda _checked=False: show_list())
        #: To the lane of what belongs to no patch yet; whoever serves it connects here.
        self.lane = QPushButton(self.tr("待归…"), self.result)
        self.lane.setAutoDefault(False)
        describe(self.lane, self.tr("待归…"), self.tr("逐张看没有归到图斑的照片，按键归位"))
        away = QToolButton(self.result)
        away.setText("×")
        away.setAutoRaise(True)
        describe(away, self.tr("关闭提示"))
        away.clicked.connect(lambda _checked=False: self.clear())
        for button in (self.list, self.lane, away):
            no_input_method(button)
        top, below = QHBoxLayout(), QHBoxLayout()
        top.addWidget(self.text, 1)
        top.addWidget(away, 0, Qt.AlignmentFlag.AlignTop)
        below.addWidget(self.list)
        below.addWidget(self.lane)
        below.addStretch(1)
        column = QVBoxLayout(self.result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(top)
        column.addLayout(below)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 2, 2, 2)
        layout.addWidget(self.task, 1)
        layout.addWidget(self.result, 1)
        self.task.busy_changed.connect(self._show)
        self.clear()

    def tell(self, text: str, kind: str, *, listed: bool, waiting: int = 0) -> None:
        """Show what became of it; `waiting`: files that lie on no patch yet."""
        self.show_waiting(waiting)
        write_in(self.text, kind)
        self.text.setText(text)
        describe(self.text, text)
        self.list.setVisible(listed)
        self._show(self.task.busy)

    def show_waiting(self, count: int) -> None:
        """So many files lie on no patch; without one there is no button."""
        self.lane.setText(self.tr("待归 {n}…").format(n=count))
        self.lane.setVisible(bool(count))

    def clear(self) -> None:
        """Nothing to tell."""
        self.text.setText("")
        self._show(self.task.busy)

    def _show(self, busy: bool) -> None:
        self.result.setVisible(not busy and bool(self.text.text()))
        self.setVisible(busy or bool(self.text.text()))


class AttachWork(QObject):
    """Receives files from the strip, the menu and the mouse."""

    def __init__(self, review: Review, attach_few: Callable[[list[Path], str], None]) -> None:
        super().__init__(review)
        self._review, self._dock, self._attach_few = review, review.dock, attach_few
        self.bar = AttachBar(self._dock.content, self.show_result)
        layout = self._dock.content.layout()
        layout.insertWidget(layout.indexOf(self._dock.notice), self.bar)
        self.report: Optional[AttachReport] = None
        self._waiting: list[tuple[list[Path], str, str]] = []
        self._dialog: Optional[AttachResultDialog] = None
        self._quiet: Any = None
        self._dock.content.setAcceptDrops(True)
        self._dock.content.installEventFilter(self)
        self._dock.evidence.files_offered.connect(self.offered)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Commands of the menu."""
        commands: dict[str, Callable[[], Any]] = {"photos_folder": self.choose_folder}
        if self.report is not None:
            commands["attach_result"] = self.show_result
        return commands

    def close(self) -> None:
        """Another workspace, or none: what runs is stopped, what was told is about the former one."""
        self._waiting = []
        self.bar.task.cancel()
        if self._quiet is not None:
            self._quiet.cancel()
        self.bar.clear()
        self.report = None
        if self._dialog is not None:
            self._dialog.close()
            self._dialog = None

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self._review.report_error(error)

    # -- what comes in ------------------------------------------------------------------------
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Files may be dropped anywhere on the panel."""
        if event.type() in _DRAGS:
            if self._paths(event):
                take_copy(event)
                return True
        elif event.type() == QEvent.Type.Drop:
            paths = self._paths(event)
            if paths:
                take_copy(event)
                self.dropped(paths)
                return True
        return False

    @staticmethod
    def _paths(event: QDropEvent) -> list[Path]:
        data = event.mimeData()
        return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()] if data.hasUrls() else []

    @guarded
    def choose_folder(self) -> None:
        """Ask for a folder."""
        self._review.opened()
        chosen = QFileDialog.getExistingDirectory(self._dock, self.tr("照片文件夹"))
        if chosen:
            self.start([Path(chosen)])

    @guarded
    def dropped(self, paths: Sequence[Path]) -> None:
        """Dropped on the panel: laid on all patches."""
        if self._review.session is None:
            self._review.tell(self.tr("请先新建或打开工作区。"), "warn")
            return
        self.start(list(paths))

    @guarded
    def offered(self, paths: list[Path], purpose: str = "") -> None:
        """Dropped on the strip or chosen for the patch on the screen."""
        view = self._review.view
        if view is None or any(path.is_dir() or path.suffix.lower() == _ZIP for path in paths):
            self.dropped(paths)
            return
        patch = view.patch
        self._review.assert_shown(patch.patch_id)
        if len(paths) <= _FEW and sum(_size(path) for path in paths) <= _SMALL and not self.bar.task.busy:
            before = self._review.opened().anchor()
            self._attach_few(list(paths), purpose)
            if self._review.opened().anchor() != before:
                self._look_quietly()
            return
        self.start(list(paths), patch.patch_uid, purpose)

    # -- the task -----------------------------------------------------------------------------
    def start(self, paths: list[Path], patch_uid: str = "", purpose: str = "") -> None:
        """Take files in, at once or after what runs already."""
        if self.bar.task.busy:
            self._waiting.append((paths, patch_uid, purpose))
            self._review.tell(self.tr("已排队，前一批附完就开始"), "hint")
            return
        from ..workbench.attaching import attach

        session = self._review.opened()
        folder, who = session.folder, session.who
        self.bar.clear()
        self.bar.task.start(
            self.tr("附照片和文件"),
            lambda feedback: attach(folder, paths, who, feedback, patch_uid, purpose, pictures=False),
            lambda report: self._linked(report, patch_uid, folder),
            self._failed,
        )

    def _failed(self, error: WeipianError) -> None:
        if error.code == "E_CANCELLED":
            self._waiting = []
        self.report_error(error)
        self._next()

    @guarded
    def _linked(self, report: AttachReport, patch_uid: str, folder: Path) -> None:
        """The files lie where they belong; previews and checks follow while the person goes on."""
        if not self._still(folder):
            self._next()
            return
        self.report = report
        self._show_rows({item.patch_uid for item in report.matched if item.new})
        where = self.tr("附在本图斑") if patch_uid else self.tr("按编号和位置归位")
        doubtful = report.unmatched or report.skipped or any(item.doubt for item in report.matched)
        kind = "warn" if doubtful else "good"
        waiting = self._review.opened().lane_count() if report.unmatched else 0
        self.bar.tell(f"{report.summary()}（{where}）", kind, listed=bool(report.everything()), waiting=waiting)
        self._follow_up(report)

    def _show_rows(self, uids: set[str]) -> None:
        view = self._review.view
        if len(uids) > _MANY:
            self._review.reload()
            return
        known = self._review.dock.queue.model
        for uid in uids:
            if known.row_of(uid) is not None:
                self._review.row_changed(uid)
        if view is not None and view.patch.patch_uid in uids:
            self._review.show_patch(view.patch.patch_uid)

    def _follow_up(self, report: AttachReport) -> None:
        """Previews, pictures that are like others, checks."""
        from ..workbench.attaching import follow_up

        session = self._review.opened()
        folder, who = session.folder, session.who
        self.bar.task.start(
            self.tr("做缩略图和比对，可以继续工作"),
            lambda feedback: follow_up(folder, who, feedback, report),
            lambda looked: self._checked(looked, folder),
            self._failed,
        )

    def _still(self, folder: Path) -> bool:
        """Whether that workspace is the open one; work that was done when it was called off reports all the same."""
        session = self._review.session
        return session is not None and session.folder == folder

    def _look_quietly(self) -> None:
        """The same for a few files of one patch: done before a line about it could be read."""
        from ..workbench import runner
        from ..workbench.attach_pictures import finish

        session = self._review.opened()
        folder, who = session.folder, session.who
        self._quiet = runner.run(
            self.tr("做缩略图和比对"),
            lambda feedback: finish(folder, who, feedback),
            self._show_again,
            self._quiet_failed,
        )

    @guarded
    def _checked(self, report: AttachReport, folder: Path) -> None:
        if not self._still(folder):
            self._next()
            return
        self.report = report
        if self._dialog is not None:
            self._dialog.fill(report)
        self._show_again(1)
        self._next()

    @guarded
    def _show_again(self, looked_at: int) -> None:
        """What pictures have told of the patch on the screen; not under the hands of somebody who writes."""
        self._quiet = None
        view, focus = self._review.view, QApplication.focusWidget()
        writing = focus is not None and self._dock.form.isAncestorOf(focus)
        if self._review.session is not None and looked_at and view is not None and view.evidence and not writing:
            self._review.show_patch(view.patch.patch_uid)

    def _quiet_failed(self, error: WeipianError) -> None:
        self._quiet = None
        self.report_error(error)

    def _next(self) -> None:
        if self._waiting and not self.bar.task.busy and self._review.session is not None:
            self.start(*self._waiting.pop(0))

    # -- the list -----------------------------------------------------------------------------
    @guarded
    def show_result(self) -> None:
        """What became of each file of the last drop."""
        if self.report is None:
            return
        from .dialogs.attach_result import AttachResultDialog

        if self._dialog is None:
            self._dialog = AttachResultDialog(self._dock)
            self._dialog.patch_wanted.connect(self._go_to)
            self._dialog.finished.connect(self._list_closed)
        self._dialog.fill(self.report)
        self._dialog.show()
        self._dialog.raise_()

    def _list_closed(self, _result: int) -> None:
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = None

    @guarded
    def _go_to(self, patch_uid: str) -> None:
        self._dock.show_review()  # the start screen may lie over it
        self._review.show_patch(patch_uid)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
