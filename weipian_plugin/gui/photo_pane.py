"""A picture that can be looked at closely: fitted, zoomed by wheel or keys, dragged."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, pyqtSignal
from qgis.PyQt.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from qgis.PyQt.QtWidgets import QSizePolicy, QWidget

from .compat import describe, line_height, no_input_method

_STEP = 1.25
#: A pixel of the photo is shown so large at most.
_MOST = 8.0
#: A photo of fewer pixels, e.g. the preview inside a file, may be enlarged so much to be recognised.
_SMALL, _PREVIEW = 700, 2.5
_GROUND, _TEXT = QColor("#202020"), QColor("#e6e6e6")


class PhotoPane(QWidget):
    """Shows one picture. Scales are pixels of the screen per pixel of the whole photo."""

    #: More is to be seen than what was read has: the photo is wanted in full.
    closer = pyqtSignal()
    resized = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self._whole = QSize()
        self._scale = 0.0  # 0: fitted
        self._middle = QPointF(0.5, 0.5)  # of the pane, as a share of the photo
        self._grip: Optional[QPointF] = None
        self.caption = ""
        self.note = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(line_height(self) * 12, line_height(self) * 8)
        no_input_method(self)
        describe(self, self.tr("照片"))

    # -- what is shown ---------------------------------------------------------------------------
    def show_picture(self, image: QImage, whole: QSize, note: str = "", *, keep: bool = False) -> None:
        """Show a picture that stands for one of the size `whole`; `keep`: it is the same photo, sharper."""
        self._image, self.note = image, note
        self._whole = whole if whole.isValid() and not whole.isEmpty() else image.size()
        if not keep:
            self._scale, self._middle = 0.0, QPointF(0.5, 0.5)
        self.update()

    def clear(self, note: str = "") -> None:
        """No picture, perhaps a sentence."""
        self.show_picture(QImage(), QSize(), note)

    def has_picture(self) -> bool:
        """Whether anything is to be seen."""
        return not self._image.isNull()

    def image_size(self) -> QSize:
        """Pixels of what was read, which may be less than the photo has."""
        return self._image.size()

    def fitted(self) -> bool:
        """Whether the whole photo is in view."""
        return not self._scale

    def fit_scale(self) -> float:
        """The scale at which the whole photo just fits; 0 without one."""
        if self._whole.isEmpty():
            return 0.0
        most = _PREVIEW if max(self._whole.width(), self._whole.height()) < _SMALL else 1.0
        return min(self.width() / self._whole.width(), self.height() / self._whole.height(), most)

    def scale(self) -> float:
        """The scale now."""
        return self._scale or self.fit_scale()

    # -- looking closer --------------------------------------------------------------------------
    def zoom(self, factor: float, at: Optional[QPointF] = None) -> None:
        """Enlarge by a factor; what lies under `at` (the middle if not given) stays there."""
        if not self.has_picture() or not self.fit_scale():
            return
        before, place = self.scale(), at if at is not None else QRectF(self.rect()).center()
        after = min(max(before * factor, self.fit_scale()), max(_MOST, self.fit_scale()))
        kept = self._photo_at(place)
        self._scale = after if after > self.fit_scale() * 1.001 else 0.0
        if self._scale:
            away = place - QRectF(self.rect()).center()
            self._middle = QPointF(
                kept.x() - away.x() / (after * self._whole.width()),
                kept.y() - away.y() / (after * self._whole.height()),
            )
            self._hold()
        self.update()
        if self._scale * self._whole.width() > self._image.width() * 1.05:
            self.closer.emit()

    def zoom_in(self) -> None:
        """One step closer."""
        self.zoom(_STEP)

    def zoom_out(self) -> None:
        """One step back."""
        self.zoom(1 / _STEP)

    def fit(self) -> None:
        """The whole photo."""
        self._scale, self._middle = 0.0, QPointF(0.5, 0.5)
        self.update()

    def pan(self, right: float, down: float) -> None:
        """Move what is in view by shares of the pane."""
        if self._scale:
            self._shift(QPointF(-right * self.width(), -down * self.height()))

    def _photo_at(self, place: QPointF) -> QPointF:
        """Share of the photo under a pixel of the pane."""
        away, scale = place - QRectF(self.rect()).center(), self.scale()
        return QPointF(
            self._middle.x() + away.x() / (scale * self._whole.width()),
            self._middle.y() + away.y() / (scale * self._whole.height()),
        )

    def _shift(self, pixels: QPointF) -> None:
        scale = self.scale()
        self._middle -= QPointF(pixels.x() / (scale * self._whole.width()), pixels.y() / (scale * self._whole.height()))
        self._hold()
        self.update()

    def _hold(self) -> None:
        """The photo is not pushed out of the pane."""
        size = QSizeF(self._whole) * self.scale()
        for axis, pane, photo in (("x", self.width(), size.width()), ("y", self.height(), size.height())):
            half = pane / photo / 2 if photo else 0.5
            value = 0.5 if half >= 0.5 else min(max(getattr(self._middle, axis)(), half), 1 - half)
            (self._middle.setX if axis == "x" else self._middle.setY)(value)

    # -- the hand --------------------------------------------------------------------------------
    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt name
        """The wheel enlarges around the pointer."""
        turn = event.angleDelta().y()
        if turn:
            self.zoom(_STEP if turn > 0 else 1 / _STEP, QPointF(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt name
        """Take hold of the photo."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._grip = QPointF(event.pos())
            if self._scale:
                self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt name
        """Drag it."""
        if self._grip is not None and self._scale:
            place = QPointF(event.pos())
            self._shift(place - self._grip)
            self._grip = place

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt name
        """Let go."""
        self._grip = None
        self.unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt name
        """The whole photo, or pixel by pixel where the pointer is."""
        if self._scale:
            self.fit()
        elif self.fit_scale():
            self.zoom(1 / self.fit_scale(), QPointF(event.pos()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt name
        """Another room: perhaps more is to be read."""
        super().resizeEvent(event)
        if self._scale:
            self._hold()
        self.resized.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt name
        """The photo on a dark ground, its caption above, a sentence where there is something to say."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), _GROUND)
        if self.has_picture() and not self._whole.isEmpty():
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            size = QSizeF(self._whole) * self.scale()
            centre = QRectF(self.rect()).center()
            left = centre.x() - self._middle.x() * size.width()
            top = centre.y() - self._middle.y() * size.height()
            painter.drawImage(QRectF(QPointF(left, top), size), self._image)
        line = line_height(self)
        if self.caption:
            self._band(painter, QRectF(0, 0, self.width(), line * 2.8), self.caption)
        if self.note:
            high = line * 1.6 if self.has_picture() else self.height()
            lines = 3 if self.has_picture() else 1
            self._band(painter, QRectF(0, self.height() - high * lines, self.width(), high * lines), self.note)

    def _band(self, painter: QPainter, box: QRectF, text: str) -> None:
        painter.fillRect(box, QColor(0, 0, 0, 150))
        painter.setPen(_TEXT)
        inner = box.adjusted(6, 0, -6, 0)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap), text)
