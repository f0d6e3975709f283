"""Pictures read off the GUI's thread, and a photo that can be enlarged to read its watermark."""

from __future__ import annotations

from contextlib import suppress
from typing import Optional

from qgis.PyQt.QtCore import QObject, QPointF, QRectF, QRunnable, QSize, Qt, QThreadPool, pyqtSignal
from qgis.PyQt.QtGui import QImage, QImageReader, QMouseEvent, QPainter, QPalette, QPixmap, QResizeEvent, QWheelEvent
from qgis.PyQt.QtWidgets import QFrame, QGraphicsPixmapItem, QGraphicsScene, QGraphicsView, QWidget

from .compat import describe, no_input_method

#: Long side to which a photo is decoded: enough for every watermark, 48 MB at most.
LONG_SIDE = 4000
_LIMIT_MP = 200
_STEP = 1.25
_MOST = 8.0  # screen pixels a picture pixel
_KEEP = Qt.AspectRatioMode.KeepAspectRatio


def read_picture(path: str, long_side: int) -> QImage:
    """A picture upright, its long side at most so many pixels; null if Qt cannot read it."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    whole = reader.size()
    if whole.isValid():
        if whole.width() * whole.height() > _LIMIT_MP * 1_000_000:
            return QImage()
        if max(whole.width(), whole.height()) > long_side:
            reader.setScaledSize(whole.scaled(QSize(long_side, long_side), _KEEP))
    return reader.read()


class _Told(QObject):
    read = pyqtSignal(str, int, QImage)


class _Reading(QRunnable):
    """Decodes one file in a worker; what comes too late is dropped by whoever listens."""

    def __init__(self, told: _Told, path: str, source: str, long_side: int) -> None:
        super().__init__()
        self._told, self._path, self._source, self._side = told, path, source, long_side

    def run(self) -> None:
        """In the worker: no widget is touched here."""
        image = read_picture(self._source, self._side)
        with suppress(RuntimeError):  # the window is gone
            self._told.read.emit(self._path, self._side, image)


class PictureReader(QObject):
    """Emits `read(path, long side, image)`; the newest wish first, so that the photo asked for does not wait."""

    read = pyqtSignal(str, int, QImage)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._told = _Told(self)
        self._told.read.connect(self.read)

    def wish(self, path: str, long_side: int, source: str = "", *, urgent: bool = False) -> None:
        """Read `source` (the file itself unless a smaller copy is named) in the background."""
        self._pool.start(_Reading(self._told, path, source or path, long_side), 1 if urgent else 0)

    def stop(self) -> None:
        """Forget what is waiting, and wait for what is being read."""
        self._pool.clear()
        self._pool.waitForDone(3000)


class PhotoCanvas(QGraphicsView):
    """One photo, upright: wheel and +/− enlarge, the left button moves, 0 or a double click fits it again.

    The part that was enlarged stays enlarged on the next photo: the watermark stands at the same place.
    """

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self._item: Optional[QGraphicsPixmapItem] = None
        self._zoom = 1.0  # times the size that fits
        self._centre = QPointF(0.5, 0.5)  # of the view, as a share of the picture
        self._message = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setBackgroundRole(QPalette.ColorRole.Dark)
        self.setBackgroundBrush(self.palette().color(QPalette.ColorRole.Dark).darker(160))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        no_input_method(self)
        describe(self, self.tr("照片"))

    def show_message(self, text: str) -> None:
        """Words instead of a picture."""
        self._scene.clear()
        self._item, self._message = None, text
        self.resetTransform()
        self._scene.setSceneRect(QRectF(0, 0, 1, 1))
        self.viewport().update()

    def show_image(self, image: QImage) -> None:
        """Show a picture; the enlargement of the one before stays."""
        self._scene.clear()
        self._message = ""
        self._item = self._scene.addPixmap(QPixmap.fromImage(image))
        self._item.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        self._scene.setSceneRect(self._item.boundingRect())
        self._apply()

    @property
    def zoom(self) -> float:
        """Times the size at which the whole photo fits."""
        return self._zoom

    def fit(self) -> None:
        """The whole photo."""
        self._zoom, self._centre = 1.0, QPointF(0.5, 0.5)
        self._apply()

    def to_corner(self) -> None:
        """The lower left part, where most watermarks stand; the whole photo when it is enlarged already."""
        if self._zoom > 1.0:
            self.fit()
            return
        self._zoom, self._centre = 2.5, QPointF(0.2, 0.8)
        self._apply()
        self._note_centre()

    def enlarge(self, steps: float) -> None:
        """By so many steps, smaller with a negative number; never smaller than the whole photo."""
        self._zoom = min(max(1.0, self._zoom * _STEP**steps), 40.0)
        self._apply()

    def _fitting(self) -> float:
        if self._item is None:
            return 1.0
        box, view = self._item.boundingRect(), self.viewport().rect()
        return min(view.width() / max(1.0, box.width()), view.height() / max(1.0, box.height()))

    def _apply(self) -> None:
        if self._item is None:
            return
        scale = min(self._fitting() * self._zoom, max(_MOST, self._fitting()))
        self.resetTransform()
        self.scale(scale, scale)
        box = self._item.boundingRect()
        self.centerOn(QPointF(self._centre.x() * box.width(), self._centre.y() * box.height()))

    def _note_centre(self) -> None:
        if self._item is None:
            return
        box = self._item.boundingRect()
        middle = self.mapToScene(self.viewport().rect().center())
        self._centre = QPointF(middle.x() / max(1.0, box.width()), middle.y() / max(1.0, box.height()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt name
        """Enlarge around the pointer."""
        if self._item is None:
            return
        at = event.position().toPoint() if hasattr(event, "position") else event.pos()
        before = self.mapToScene(at)
        self.enlarge(event.angleDelta().y() / 120)
        moved = self.mapToScene(at) - before
        middle = self.mapToScene(self.viewport().rect().center()) - moved
        self.centerOn(middle)
        self._note_centre()
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt name
        """The part that was moved to is kept for the next photo."""
        super().mouseReleaseEvent(event)
        self._note_centre()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt name
        """The watermark's corner, or the whole photo again."""
        self.to_corner()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt name
        """Fit anew."""
        super().resizeEvent(event)
        self._apply()

    def drawForeground(self, painter: QPainter, rect: QRectF) -> None:  # noqa: N802 - Qt name
        """The message, in the middle."""
        if not self._message:
            super().drawForeground(painter, rect)
            return
        painter.resetTransform()
        painter.setPen(Qt.GlobalColor.white)
        flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
        painter.drawText(self.viewport().rect().adjusted(20, 20, -20, -20), flags, self._message)
