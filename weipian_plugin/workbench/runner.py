"""Long work off the GUI's thread: the one place that makes a QgsTask."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any, Callable, Generic, Optional, TypeVar

from qgis.core import Qgis, QgsApplication, QgsMessageLog, QgsTask
from qgis.PyQt.QtCore import QObject, pyqtSignal

from ..core.errors import WeipianError
from ..store.files import of_store, translate

LOG_TAG = "卫片执法助手"
T = TypeVar("T")
_log = logging.getLogger(__name__)


class _Signals(QObject):
    message = pyqtSignal(str)


class TaskFeedback:
    """`core.feedback.Feedback` over a QgsTask."""

    def __init__(self, task: QgsTask, signals: _Signals) -> None:
        self._task = task
        self._signals = signals

    def progress(self, percent: float) -> None:
        """Report 0–100."""
        self._task.setProgress(max(0.0, min(100.0, percent)))

    def message(self, text: str) -> None:
        """Tell the GUI's thread what is being done."""
        self._signals.message.emit(text)

    def cancelled(self) -> bool:
        """True once the user pressed 取消."""
        return self._task.isCanceled()


class _Task(QgsTask, Generic[T]):
    def __init__(self, description: str, function: Callable[[TaskFeedback], T]) -> None:
        super().__init__(description, QgsTask.Flag.CanCancel)
        self.signals = _Signals()
        self.done: Optional[Callable[[T], None]] = None
        self.failed: Optional[Callable[[WeipianError], None]] = None
        self._function = function
        self._result: Optional[T] = None
        self._error: Optional[WeipianError] = None

    def run(self) -> bool:
        # An exception that leaves run() can take QGIS down, so all of them are carried to finished().
        try:
            self._result = self._function(TaskFeedback(self, self.signals))
        except WeipianError as error:
            self._error = error
        except Exception as error:  # noqa: BLE001 - see above
            _log.exception("task failed")
            self._error = unexpected(error)
        return self._error is None

    def finished(self, result: bool) -> None:
        _running.discard(self)
        if result and self.done is not None:
            self.done(self._result)  # type: ignore[arg-type]
        elif not result and self.failed is not None:
            self.failed(self._error or WeipianError("E_CANCELLED"))


#: A QgsTask without a Python reference never finishes.
_running: set[_Task[Any]] = set()


class Handle:
    """A running piece of work."""

    def __init__(self, task: _Task[Any]) -> None:
        self._task = task
        self.progress_changed = task.progressChanged
        self.message = task.signals.message

    def cancel(self) -> None:
        """Ask the work to stop; `failed` is then called with E_CANCELLED."""
        self._task.cancel()


def unexpected(error: BaseException, folder: Path = Path("工作区")) -> WeipianError:
    """Log the traceback, give the clerk a sentence; what the store can explain is not unexpected."""
    import traceback

    if of_store(error):
        return translate(error, folder)

    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    QgsMessageLog.logMessage(text, LOG_TAG, Qgis.MessageLevel.Critical)
    return WeipianError("E_UNEXPECTED", detail=f"{type(error).__name__}: {error}")


def run(
    description: str,
    function: Callable[[TaskFeedback], T],
    done: Callable[[T], None],
    failed: Callable[[WeipianError], None],
) -> Handle:
    """Run `function` in QGIS's task manager; `done` or `failed` is called on the GUI's thread."""
    task: _Task[T] = _Task(description, function)
    task.done, task.failed = done, failed
    _running.add(task)
    QgsApplication.taskManager().addTask(task)
    return Handle(task)


def cancel_all() -> None:
    """Cancel what still runs (unload)."""
    for task in list(_running):
        task.done = task.failed = None
        task.cancel()
