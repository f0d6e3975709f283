"""Renderer jobs that have ended: each is let go after its own signal has returned."""

from __future__ import annotations

from qgis.core import QgsMapRendererJob
from qgis.PyQt.QtCore import QObject, QTimer


class SpentJobs(QObject):
    """Holds finished jobs for one more turn of the event loop.

    Python deletes a job with its last reference; inside the job's own signal that is a crash, and in a reference
    cycle it happens whenever, and in whatever thread, Python's collector runs.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs: list[QgsMapRendererJob] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._let_go)

    def add(self, job: QgsMapRendererJob) -> None:
        """A job whose signal is being heard."""
        self._jobs.append(job)
        self._timer.start()

    def _let_go(self) -> None:
        self._jobs = []
