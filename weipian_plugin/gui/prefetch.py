"""Pictures of imagery made before they are asked for: rendered one at a time while nothing else goes on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Optional

from qgis.core import QgsApplication, QgsMapLayer, QgsMapRendererSequentialJob, QgsMapSettings
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from .compare_items import Frame, frame_of, view_key
from .spent_jobs import SpentJobs

#: All pictures kept, bytes: six patches of a 1366 × 768 screen at both times are 30 MB, at twice the density 120.
LIMIT = 96 * 1024 * 1024
#: Wait so long while the map renders itself or a task runs (import, overlay), ms.
_WAIT = 60
_BUSY_WAIT = 500


@dataclass(frozen=True)
class FrameJob:
    """A picture that is wanted: `kind` (before, after, other …) of a view, made of `layers`, top first."""

    kind: str
    settings: QgsMapSettings
    layers: tuple[QgsMapLayer, ...]
    kept: bool = True  # goes into the cache

    @property
    def key(self) -> tuple[object, ...]:
        """What the picture is found by."""
        return frame_key(self.kind, self.settings, self.layers)


def frame_key(kind: str, settings: QgsMapSettings, layers: Sequence[QgsMapLayer]) -> tuple[object, ...]:
    """Kind, place and layers."""
    return (kind, view_key(settings), tuple(layer.id() for layer in layers))


class FrameCache:
    """Pictures by key, the longest unused ones given up so that all of them stay below `limit` bytes."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._frames: OrderedDict[tuple[object, ...], Frame] = OrderedDict()
        self.size = 0

    def get(self, key: tuple[object, ...]) -> Optional[Frame]:
        """The picture, None when it is not there; it counts as used now."""
        frame = self._frames.get(key)
        if frame is not None:
            self._frames.move_to_end(key)
        return frame

    def put(self, key: tuple[object, ...], frame: Frame) -> None:
        """Keep a picture; one that is larger than everything allowed is not kept."""
        old = self._frames.pop(key, None)
        self.size -= old.size if old is not None else 0
        if frame.size > self.limit:
            return
        self._frames[key] = frame
        self.size += frame.size
        while self.size > self.limit:
            _key, gone = self._frames.popitem(last=False)
            self.size -= gone.size

    def clear(self) -> None:
        """Forget all: imagery or its style changed."""
        self._frames.clear()
        self.size = 0

    def __len__(self) -> int:
        return len(self._frames)


class Prefetcher(QObject):
    """Renders what is wanted, one picture at a time; what is no longer wanted is cancelled."""

    #: A picture is there: FrameJob, Frame.
    ready = pyqtSignal(object, object)

    def __init__(self, canvas: QgsMapCanvas, cache: FrameCache) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.cache = cache
        self._wanted: list[FrameJob] = []
        self._running: Optional[tuple[FrameJob, QgsMapRendererSequentialJob]] = None
        self._dying: list[Any] = []  # cancelled, but not to be deleted before their thread has ended
        self._spent = SpentJobs(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)

    def want(self, jobs: Sequence[FrameJob], *, urgent: bool = False) -> None:
        """Render these in this order and nothing else; `urgent`: do not wait for the map to be quiet."""
        self._wanted = [job for job in jobs if job.layers and self.cache.get(job.key) is None]
        if self._running is not None:
            running = self._running[0].key
            kept = [job for job in self._wanted if job.key == running]
            if kept and not (urgent and kept[0] is not self._wanted[0]):  # a held key waits for no other picture
                self._wanted.remove(kept[0])
                return
            self._cancel()
        if urgent:
            self._timer.stop()
            self._next(urgent=True)
        else:
            self._timer.start(_WAIT)

    def stop(self) -> None:
        """Nothing is wanted any more."""
        self._wanted = []
        self._timer.stop()
        self._cancel()

    def close(self) -> None:
        """Stop, and wait for threads that still render."""
        self.stop()
        for job in list(self._dying):  # each takes itself off the list when it ends
            job.cancel()
        self._dying = []
        self.cache.clear()

    @property
    def idle(self) -> bool:
        """Nothing runs and nothing is wanted."""
        return self._running is None and not self._wanted

    def _next(self, *, urgent: bool = False) -> None:
        if self._running is not None or not self._wanted:
            return
        if not urgent and self._canvas.isDrawing():
            self._timer.start(_WAIT)
            return
        if not urgent and QgsApplication.taskManager().countActiveTasks():
            self._timer.start(_BUSY_WAIT)  # an import or overlay goes first
            return
        wanted = self._wanted.pop(0)
        settings = QgsMapSettings(wanted.settings)
        settings.setLayers(list(wanted.layers))
        job = QgsMapRendererSequentialJob(settings)
        self._running = (wanted, job)
        job.finished.connect(self._finished)
        job.start()

    def _finished(self) -> None:
        job = self.sender()
        self._spent.add(job)
        if job in self._dying:
            self._dying.remove(job)
            return
        if self._running is None or self._running[1] is not job:
            return
        (wanted, _), self._running = self._running, None
        frame = frame_of(job.renderedImage(), wanted.settings)
        if wanted.kept:
            self.cache.put(wanted.key, frame)
        self._timer.start(0)
        self.ready.emit(wanted, frame)

    def _cancel(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            self._dying.append(running[1])
            running[1].cancelWithoutBlocking()
