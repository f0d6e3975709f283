"""Progress, message and 取消 of one piece of long work, and the frame that all work dialogs share."""

from __future__ import annotations

from typing import Any, Callable, Optional, TypeVar

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ...core.errors import WeipianError
from ...workbench import runner
from ..compat import describe, line_height, write_in
from ..guard import as_error
from .errors import error_text

T = TypeVar("T")


class TaskBar(QWidget):
    """Runs one function at a time in QGIS's task manager; hidden while nothing runs."""

    busy_changed = pyqtSignal(bool)

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._handle: Optional[runner.Handle] = None
        self.message = QLabel(self)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 100)
        describe(self.bar, "进度")
        self.cancel_button = QPushButton("取消", self)
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self._cancel_clicked)
        row = QHBoxLayout()
        row.addWidget(self.bar, 1)
        row.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.message)
        layout.addLayout(row)
        self.hide()

    @property
    def busy(self) -> bool:
        """Whether something runs."""
        return self._handle is not None

    def start(
        self,
        text: str,
        function: Callable[[Any], T],
        done: Callable[[T], None],
        failed: Callable[[WeipianError], None],
    ) -> None:
        """Run `function(feedback)` off this thread; `done` or `failed` is called here afterwards."""
        if self._handle is not None:
            return

        def finish(then: Callable[[Any], None], value: Any) -> None:
            self._handle = None
            self.hide()
            self.busy_changed.emit(False)
            try:
                then(value)
            except Exception as error:  # noqa: BLE001 - showing a result must not open a traceback dialog
                failed(as_error(error))

        self.message.setText(f"{text}……")
        self.bar.setValue(0)
        self.cancel_button.setEnabled(True)
        self.show()
        self._handle = runner.run(
            f"卫片 · {text}", function, lambda value: finish(done, value), lambda error: finish(failed, error)
        )
        self._handle.progress_changed.connect(self._progress)
        self._handle.message.connect(self.message.setText)
        self.busy_changed.emit(True)

    def _progress(self, percent: float) -> None:
        self.bar.setValue(round(percent))

    def _cancel_clicked(self, _checked: bool = False) -> None:
        self.cancel()

    def cancel(self) -> None:
        """Ask the work to stop; `failed` follows with E_CANCELLED."""
        if self._handle is not None:
            self.cancel_button.setEnabled(False)
            self.message.setText("正在取消……")
            self._handle.cancel()


class WorkDialog(QDialog):
    """A dialog with a task bar and a notice line; it does not close under running work."""

    def __init__(self, title: str, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.task = TaskBar(self)
        self.notice = QLabel(self)
        self.notice.setWordWrap(True)
        self.notice.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notice.hide()

    def reject(self) -> None:
        """Cancel running work first; the second time the dialog closes."""
        if self.task.busy:
            self.task.cancel()
            return
        super().reject()

    def tell(self, text: str, kind: str = "muted") -> None:
        """Show a sentence above the buttons, `kind` is good, bad, warn or muted; empty text hides it."""
        signs = {"good": "✔ ", "bad": "✖ ", "warn": "▲ "}
        write_in(self.notice, kind)
        self.notice.setText(signs.get(kind, "") + text)
        self.notice.setVisible(bool(text))

    def fail(self, error: WeipianError) -> None:
        """Tell what went wrong and what to do."""
        kind = "warn" if error.code == "E_CANCELLED" else "bad"
        self.tell(error_text(error), kind)

    def size_by_text(self, columns: int, lines: int) -> None:
        """Size in characters and lines of the dialog's own font, kept within the screen."""
        width, height = line_height(self) * columns, line_height(self) * lines
        screen = self.screen() if hasattr(self, "screen") else None
        if screen is not None:
            free = screen.availableGeometry()
            width, height = min(width, int(free.width() * 0.95)), min(height, int(free.height() * 0.88))
        self.resize(width, height)
