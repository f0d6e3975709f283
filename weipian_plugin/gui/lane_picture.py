"""The photo whose watermark is being read: loaded beside the window, enlarged where the one before was."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial
from typing import Optional

from qgis.PyQt.QtCore import QPointF, QSize
from qgis.PyQt.QtGui import QPixmap
from qgis.PyQt.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ..core.proof import Evidence
from .photo_pane import PhotoPane
from .picture_reading import Picture, PictureReading, read_picture, unreadable

#: Room for a photo that is looked at as a whole; it is read again in full when it is enlarged.
_BOX = QSize(1600, 1200)
_KEPT = 4
#: The corner with the watermark: so much of the width of the photo, from its lower left end.
_WIDE, _CORNER = 0.7, QPointF(0.35, 1.0)


class LanePhoto(PhotoPane):
    """Shows one photo after the other; what was enlarged stays so, watermarks stand at the same place."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._path, self._orientation = "", 1
        self._wished, self._in_corner = 1.0, False
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
        corner = self._in_corner
        note = picture.note or ("" if not picture.image.isNull() else unreadable(self._path))
        self.show_picture(picture.image, picture.whole, note)
        if corner:
            self.to_corner(again=True)
        elif closeness > 1.0:
            self.close_up(closeness, middle)

    def closeness(self) -> float:
        """How many times larger than the whole photo in view; 1: the whole."""
        fit = self.fit_scale()
        return self._scale / fit if self._scale and fit else self._wished

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
        self._wished, self._in_corner = 1.0, False
        super().fit()

    def zoom(self, factor: float, at: Optional[QPointF] = None) -> None:
        """By wheel or key: the person chooses the place from now on."""
        self._in_corner = False
        super().zoom(factor, at)

    def to_corner(self, *, again: bool = False) -> None:
        """The lower left part, where most watermarks stand; the whole photo when it is enlarged, unless `again`."""
        if self.closeness() > 1.0 and not again:
            self.fit()
            return
        self._in_corner = True
        shown = self.fit_scale() * self._whole.width() * _WIDE
        if shown:
            self.close_up(max(1.3, self.width() / shown), _CORNER)

    def pixmap(self) -> QPixmap:
        """What is shown, for the corner of the map."""
        return QPixmap.fromImage(self._image)

    def stop(self) -> None:
        """Read nothing more."""
        self._reading.stop()
        self._kept.clear()


def with_tools(photo: LanePhoto, parent: QWidget) -> QWidget:
    """The photo with the buttons that bring it closer below it."""
    box = QWidget(parent)
    row = QHBoxLayout()
    for text, tip, slot in (
        (photo.tr("看水印角 (W)"), photo.tr("放大左下角，再按还原；换下一张仍停在同一处"), photo.to_corner),
        ("＋", photo.tr("放大（滚轮、加号）"), photo.zoom_in),
        ("－", photo.tr("缩小（滚轮、减号）"), photo.zoom_out),
        (photo.tr("全图 (0)"), photo.tr("整张照片"), photo.fit),
    ):
        button = QPushButton(text, box)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        button.clicked.connect(lambda _checked=False, slot=slot: slot())
        row.addWidget(button)
    row.addStretch(1)
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(photo, 1)
    column.addLayout(row)
    return box
