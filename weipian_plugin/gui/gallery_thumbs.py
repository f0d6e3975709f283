"""Small pictures of imagery for the gallery: rendered one at a time off the GUI's thread, the latest asked first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsMapLayer,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QObject, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QImage

from .canvas_items import DISPLAY_CRS
from .spent_jobs import SpentJobs

Box = tuple[float, float, float, float]
#: Pictures kept: 600 of 40 kB are 24 MB.
_KEPT = 600
#: A picture shows this many times the box of the patch, and this much ground at least, degrees (60 m).
_AROUND = 1.8
_LEAST = 0.0006
_GROUND = QColor(0, 0, 0, 0)


def frame_of(box: Box, size: QSize) -> QgsRectangle:
    """What a picture of `size` shows of a patch with this box, lon/lat degrees, in the picture's own shape."""
    xmin, ymin, xmax, ymax = box
    wide = max((xmax - xmin) * _AROUND, _LEAST)
    high = max((ymax - ymin) * _AROUND, _LEAST)
    shape = size.width() / max(size.height(), 1)
    wide, high = max(wide, high * shape), max(high, wide / shape)
    x, y = (xmin + xmax) / 2, (ymin + ymax) / 2
    return QgsRectangle(x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)


class Thumbs(QObject):
    """Emits `ready(uid, role)`; `get` has the picture then, a null one where the imagery does not reach."""

    ready = pyqtSignal(str, str)

    def __init__(self, layers_of: Callable[[str, str], Sequence[QgsMapLayer]], parent: Optional[QObject]) -> None:
        super().__init__(parent)
        self._layers_of = layers_of  # (role, batch_id) -> layers, top first
        self._kept: OrderedDict[tuple[str, str], QImage] = OrderedDict()
        self._wanted: list[tuple[str, str, str, Box]] = []
        self._job: Optional[QgsMapRendererParallelJob] = None
        self._dying: list[QgsMapRendererParallelJob] = []  # cancelled, but their threads have not ended
        self._spent = SpentJobs(self)
        self._now: tuple[str, str] = ("", "")
        self.size = QSize(120, 96)

    def get(self, uid: str, role: str) -> Optional[QImage]:
        """The picture; None while it is not made, null where there is nothing to show."""
        image = self._kept.get((uid, role))
        if image is not None:
            self._kept.move_to_end((uid, role))
        return image

    def want(self, wanted: Sequence[tuple[str, str, str, Box]]) -> None:
        """(uid, role, batch_id, box) of what is on the screen; what was waiting before is forgotten."""
        self._wanted = [item for item in wanted if (item[0], item[1]) not in self._kept and item[:2] != self._now]
        self._next()

    def forget(self) -> None:
        """Imagery changed, or the gallery is closed."""
        self._wanted = []
        self._kept.clear()
        if self._job is not None:
            job, self._job = self._job, None
            self._dying.append(job)
            job.cancelWithoutBlocking()
        self._now = ("", "")

    # -- inside ---------------------------------------------------------------------------
    def _next(self) -> None:
        while self._job is None and self._wanted:
            uid, role, batch_id, box = self._wanted.pop(0)
            extent = frame_of(box, self.size)
            layers = [la for la in self._layers_of(role, batch_id) if la.isValid() and _meets(la, extent)]
            if not layers:
                self._keep(uid, role, QImage())
                continue
            settings = QgsMapSettings()
            settings.setDestinationCrs(_display_crs())
            settings.setTransformContext(QgsProject.instance().transformContext())
            settings.setLayers(layers)
            settings.setOutputSize(self.size)
            settings.setExtent(extent)
            settings.setBackgroundColor(_GROUND)
            settings.setOutputImageFormat(QImage.Format.Format_ARGB32_Premultiplied)
            self._now = (uid, role)
            self._job = QgsMapRendererParallelJob(settings)
            self._job.finished.connect(self._finished)
            self._job.start()

    def _finished(self) -> None:
        job = self.sender()
        self._spent.add(job)
        if job in self._dying:
            self._dying.remove(job)
            return
        if job is not self._job:
            return
        self._job = None
        image = job.renderedImage()
        (uid, role), self._now = self._now, ("", "")
        self._keep(uid, role, image if not _blank(image) else QImage())
        self._next()

    def _keep(self, uid: str, role: str, image: QImage) -> None:
        self._kept[uid, role] = image
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        self.ready.emit(uid, role)


def _display_crs() -> QgsCoordinateReferenceSystem:
    return QgsCoordinateReferenceSystem(DISPLAY_CRS)


def _meets(layer: QgsMapLayer, extent: QgsRectangle) -> bool:
    """Whether a layer reaches into a frame."""
    transform = QgsCoordinateTransform(layer.crs(), _display_crs(), QgsProject.instance())
    try:
        return bool(transform.transformBoundingBox(layer.extent()).intersects(extent))
    except QgsCsException:
        return True


def _blank(image: QImage) -> bool:
    """Nothing was painted in the middle, where the patch is."""
    if image.isNull():
        return True
    part = image.copy(image.width() // 4, image.height() // 4, image.width() // 2, image.height() // 2)
    small = part.scaled(8, 8, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return all(small.pixelColor(x, y).alpha() == 0 for x in range(8) for y in range(8))
