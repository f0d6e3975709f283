"""Small pictures of evidence: upright, from the cache or read in the background, kept for the next time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from functools import partial

from qgis.PyQt.QtCore import QFileInfo, QObject, QSize, pyqtSignal
from qgis.PyQt.QtGui import QPixmap
from qgis.PyQt.QtWidgets import QFileIconProvider

from .picture_reading import Picture, PictureReading, read_thumbnail

_KEPT = 400


class ThumbnailLoader(QObject):
    """Emits `loaded(path, pixmap, note)`; a new `request` forgets what is still waiting.

    The pixmap is null where there is no picture; `note` then says why.
    """

    loaded = pyqtSignal(str, QPixmap, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._cache: OrderedDict[tuple[str, int], tuple[QPixmap, str]] = OrderedDict()
        self._icons = QFileIconProvider()
        self._reading = PictureReading(self)
        self._reading.done.connect(self._came)

    def request(self, photos: Sequence[tuple[str, int]], documents: Sequence[str], size: QSize) -> None:
        """Deliver pictures: cached ones and the icons of documents at once, other photos one after the other.

        Args:
            photos: path and EXIF orientation of each.
            documents: paths.
            size: room for a picture, pixels.
        """
        wanted = []
        for path, orientation in dict(photos).items():
            kept = self._cache.get((path, size.width()))
            if kept is not None:
                self._cache.move_to_end((path, size.width()))
                self.loaded.emit(path, *kept)
            else:
                wanted.append(((path, size.width()), partial(read_thumbnail, path, size, orientation)))
        for path in documents:
            side = size.height() * 2 // 3
            self.loaded.emit(path, self._icons.icon(QFileInfo(path)).pixmap(side, side), "")
        self._reading.ask(wanted)

    def kept(self, path: str) -> QPixmap:
        """The small picture of a file, null while there is none."""
        return next((pixmap for (name, _width), (pixmap, _note) in self._cache.items() if name == path), QPixmap())

    def busy(self) -> bool:
        """Whether pictures are still to come."""
        return self._reading.busy()

    def stop(self) -> None:
        """Forget what is waiting."""
        self._reading.stop()

    def _came(self, key: tuple[str, int], picture: Picture) -> None:
        pixmap = QPixmap.fromImage(picture.image) if not picture.image.isNull() else QPixmap()
        self._cache[key] = (pixmap, picture.note)
        while len(self._cache) > _KEPT:
            self._cache.popitem(last=False)
        self.loaded.emit(key[0], pixmap, picture.note)
