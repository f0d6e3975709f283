"""The photo whose watermark is being read: loaded beside the window, enlarged where the one before was."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Optional

from qgis.PyQt.QtCore import QPointF, QSize
from qgis.PyQt.QtGui import QPixmap
from qgis.PyQt.QtWidgets import QWidget

from ..core.proof import Evidence
from .photo_pane import PhotoPane
from .picture_reading import Picture, PictureReading, read_picture, unreadable

#: Room for a photo that is looked at as a whole; it is read again in full when it is enlarged.
_BOX = QSize(1600, 1200)
_KEPT = 4
#: How much the corner with the watermark is enlarged, and where it is (shares of the photo).
_CLOSE, _CORNER = 2.4, QPointF(0.21, 0.79)


class LanePhoto(PhotoPane):
    """Shows one photo after the other; what was enlarged stays so, watermarks stand at the same place."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._path, self._orientation = "", 1
        self._kept: OrderedDict[tuple[str, bool], Picture] = OrderedDict()
        self._reading = PictureReading(self)
        self._reading.done.connect(self._came)
        self.closer.connect(self._want_full)

    def show_file(self, path: str, evidence: Evidence, following: str = "") -> None:
        """Show a photo; `following` is the path of the one that will probably be next."""
        if evidence.kind != "photo":
            self._path = ""
            self.clear(self.tr("这不是照片：{name}").format(name=evidence.original_name))
            return
        self._path, self._orientation = path, evidence.orientation or 1
        picture = self._kept.get((path, True)) or self._kept.get((path, False))
        if picture is not None:
            self._show(picture)
        else:
            self.clear(self.tr("正在读取…"))
        self._ask(following)

    def _ask(self, following: str) -> None:
        wanted = []
        if self._path and (self._path, False) not in self._kept:
            wanted.append(((self._path, False), partial(read_picture, self._path, _BOX, self._orientation)))
        if following and (following, False) not in self._kept:
            wanted.append(((following, False), partial(read_picture, following, _BOX, 1)))
        self._reading.ask(wanted)

    def _want_full(self) -> None:
        key = (self._path, True)
        if self._path and key not in self._kept:
            self._reading.ask([(key, partial(read_picture, self._path, None, self._orientation))])

    def _came(self, key: tuple[str, bool], picture: Picture) -> None:
        self._kept[key] = picture
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        if key[0] == self._path:
            self._show(picture)

    def _show(self, picture: Picture) -> None:
        """The new picture in the frame of the one before."""
        closeness, middle = self.closeness(), QPointF(self._middle)
        note = picture.note or ("" if not picture.image.isNull() else unreadable(self._path))
        self.show_picture(picture.image, picture.whole, note)
        if closeness > 1.0:
            self.close_up(closeness, middle)

    def closeness(self) -> float:
        """How many times larger than the whole photo in view; 1: the whole."""
        fit = self.fit_scale()
        return self._scale / fit if self._scale and fit else getattr(self, "_wished", 1.0)

    def close_up(self, closeness: float, middle: QPointF) -> None:
        """Enlarge so many times around a place (shares of the photo)."""
        self._wished = closeness
        fit = self.fit_scale()
        if fit and self.has_picture():
            self._scale, self._middle = fit * closeness, QPointF(middle)
            self._hold()
            if self._scale * self._whole.width() > self._image.width() * 1.05:
                self.closer.emit()
        else:
            self._middle = QPointF(middle)
        self.update()

    def fit(self) -> None:
        """The whole photo."""
        self._wished = 1.0
        super().fit()

    def to_corner(self) -> None:
        """The lower left part, where most watermarks stand; the whole photo again when it is enlarged."""
        if self.closeness() > 1.0:
            self.fit()
        else:
            self.close_up(_CLOSE, _CORNER)

    def pixmap(self) -> QPixmap:
        """What is shown, for the corner of the map."""
        return QPixmap.fromImage(self._image)

    def stop(self) -> None:
        """Read nothing more."""
        self._reading.stop()
        self._kept.clear()
