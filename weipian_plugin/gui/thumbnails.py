"""Small pictures of evidence: read scaled and turned upright, one per idle turn, kept in a cache."""

from __future__ import annotations

from collections import OrderedDict

from qgis.PyQt.QtCore import QFileInfo, QObject, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QImageReader, QPixmap
from qgis.PyQt.QtWidgets import QFileIconProvider

_KEPT = 200
_KEEP = Qt.AspectRatioMode.KeepAspectRatio
_SMOOTH = Qt.TransformationMode.SmoothTransformation
#: Decoded pictures above this many megapixels are left to the system's viewer.
_LIMIT_MP = 120


def read_scaled(path: str, size: QSize) -> QPixmap:
    """A picture within `size`, upright by its EXIF orientation; null if Qt cannot read it."""
    reader = QImageReader(path)
    reader.setAutoTransform(True)
    whole = reader.size()
    if whole.isValid():
        if whole.width() * whole.height() > _LIMIT_MP * 1_000_000:
            return QPixmap()
        # Orientation 5–8 swaps the sides; reading into the larger square covers both.
        side = max(size.width(), size.height())
        reader.setScaledSize(whole.scaled(QSize(side, side), _KEEP))
    image = reader.read()
    return QPixmap.fromImage(image.scaled(size, _KEEP, _SMOOTH)) if not image.isNull() else QPixmap()


class ThumbnailLoader(QObject):
    """Emits `loaded(path, pixmap)`; a new `request` forgets what is still waiting."""

    loaded = pyqtSignal(str, QPixmap)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._cache: OrderedDict[tuple[str, int], QPixmap] = OrderedDict()
        self._waiting: list[str] = []
        self._size = QSize(96, 72)
        self._icons = QFileIconProvider()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._one)

    def request(self, paths: list[str], size: QSize) -> None:
        """Deliver pictures for `paths`: cached ones at once, others one per turn of the event loop."""
        self._size = size
        self._waiting = []
        for path in paths:
            cached = self._cache.get((path, size.width()))
            if cached is not None:
                self.loaded.emit(path, cached)
            else:
                self._waiting.append(path)
        if self._waiting:
            self._timer.start()

    def stop(self) -> None:
        """Forget what is waiting."""
        self._timer.stop()
        self._waiting = []

    def _one(self) -> None:
        if not self._waiting:
            self._timer.stop()
            return
        path = self._waiting.pop(0)
        pixmap = read_scaled(path, self._size)
        if pixmap.isNull():  # a document, HEIC without a Qt reader, a damaged file
            pixmap = self._icons.icon(QFileInfo(path)).pixmap(self._size.height(), self._size.height())
        self._cache[(path, self._size.width())] = pixmap
        while len(self._cache) > _KEPT:
            self._cache.popitem(last=False)
        self.loaded.emit(path, pixmap)
