"""Before and after side by side: two canvases over the map, linked in extent, scale, rotation and cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.core import QgsGeometry, QgsMapLayer, QgsMapSettings, QgsPointXY, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, QObject, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from .canvas_items import CaptionItem, PatchHighlight
from .compare_items import COVER_Z, CrossItem, Frame, PictureItem
from .compat import describe, no_input_method
from .photo_items import Wedge, WedgeItem
from .wedge_clicks import WedgeClicks


class _Half(QWidget):
    """One canvas with the date of its imagery in its corner."""

    def __init__(self, title: str, project: QgsProject, parent: QWidget) -> None:
        super().__init__(parent)
        self.canvas = QgsMapCanvas(self)
        describe(self.canvas, title)
        no_input_method(self.canvas)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys stay with the panel
        self.canvas.setProject(project)
        self.canvas.enableAntiAliasing(True)
        # No cache: rendering called off outlives its canvas for a moment, and would write into a cache that is gone.
        self.canvas.setCachingEnabled(False)
        self.canvas.setParallelRenderingEnabled(True)
        self.canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.pan = QgsMapToolPan(self.canvas)
        self.canvas.setMapTool(self.pan)
        self.highlight = PatchHighlight(self.canvas)
        self.wedges = WedgeItem(self.canvas, project)
        self.clicks = WedgeClicks(self.canvas, self.wedges)
        self.caption = CaptionItem(self.canvas)
        self.cross = CrossItem(self.canvas)
        self.cover = PictureItem(self.canvas, COVER_Z)
        self.canvas.mapCanvasRefreshed.connect(self.cover.drop)
        self.set_title(title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas, 1)

    def set_title(self, title: str) -> None:
        """Name and date of the imagery, for the eye and for a screen reader."""
        self.title = title
        describe(self.canvas, title)
        self.caption.set_text(f"{title}  1:{self.canvas.scale():,.0f}")


class CompareView(QWidget):
    """前时相 left, 后时相 right, laid over the map canvas and moving with it in both directions.

    It is a child of the canvas, so it takes no focus from the panel and needs no window of its own. The map
    below is frozen meanwhile: nobody sees it, and it would render everything a third time.
    """

    closed = pyqtSignal()
    #: A side was rendered: image_before or image_after.
    painted = pyqtSignal(str)
    #: A photo was clicked: evidence id.
    photo_clicked = pyqtSignal(str)

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, titles: tuple[str, str]) -> None:
        super().__init__(canvas)
        self.setObjectName("weipian_compare")
        self.setAutoFillBackground(True)
        self._main = canvas
        self._was_frozen = canvas.isFrozen()
        self._syncing = False
        self._disposed = False
        self.before = _Half(titles[0], project, self)
        self.after = _Half(titles[1], project, self)
        self._sizes: dict[int, QSize] = {}  # pixels of each side when it was last set by us
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3)
        row.addWidget(self.before, 1)
        row.addWidget(self.after, 1)
        self._button = self._exit_button()
        canvas.installEventFilter(self)
        canvas.extentsChanged.connect(self._main_moved)
        canvas.rotationChanged.connect(self._main_moved)
        canvas.destinationCrsChanged.connect(self._main_moved)
        for half in self._halves():
            half.canvas.extentsChanged.connect(self._half_moved)
            half.clicks.clicked.connect(self.photo_clicked)
            half.canvas.viewport().installEventFilter(self)
        self.before.canvas.mapCanvasRefreshed.connect(self._before_painted)
        self.after.canvas.mapCanvasRefreshed.connect(self._after_painted)
        self.before.canvas.xyCoordinates.connect(self._over_before)
        self.after.canvas.xyCoordinates.connect(self._over_after)
        canvas.freeze(True)
        self.setGeometry(canvas.rect())
        self.show()
        self.raise_()
        QTimer.singleShot(0, self._main_moved)

    def _exit_button(self) -> QToolButton:
        button = QToolButton(self)
        button.setText(self.tr("退出并排 ✕"))
        describe(button, self.tr("退出并排"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAutoFillBackground(True)
        button.clicked.connect(self._close_clicked)
        button.adjustSize()
        return button

    def _halves(self) -> tuple[_Half, _Half]:
        return self.before, self.after

    def set_titles(self, before: str, after: str) -> None:
        """Names and dates of the imagery: another batch may have other imagery."""
        self.before.set_title(before)
        self.after.set_title(after)

    def set_layers(self, before: Sequence[QgsMapLayer], after: Sequence[QgsMapLayer]) -> None:
        """What each side shows, top first."""
        self.before.canvas.setLayers(list(before))
        self.after.canvas.setLayers(list(after))

    def set_patch(self, geometry: Optional[QgsGeometry], color: QColor, wedges: Sequence[Wedge]) -> None:
        """Outline the same patch on both sides; `geometry` is in the CRS of the map."""
        for half in self._halves():
            if geometry is None:
                half.highlight.clear()
            else:
                half.highlight.show(geometry, color)
            half.wedges.set_wedges(wedges)

    def show_overlays(self, *, shown: bool) -> None:
        """Hide outline and photos for a moment, or show them again."""
        for half in self._halves():
            half.highlight.setVisible(shown)
            half.wedges.setVisible(shown)

    def settings(self, role: str) -> QgsMapSettings:
        """Of the side that shows image_before or image_after."""
        return (self.before if role == "image_before" else self.after).canvas.mapSettings()

    def settings_at(self, role: str, main: QgsMapSettings) -> QgsMapSettings:
        """Of a side, as they will be when the map has the settings `main`."""
        settings = QgsMapSettings(self.settings(role))
        settings.setExtent(_extent(main.visibleExtent().center(), main.mapUnitsPerPixel(), settings), False)
        return settings

    def preview(self, role: str, frame: Frame) -> None:
        """Paint this on a side until it has rendered itself."""
        half = self.before if role == "image_before" else self.after
        half.cover.painted = lambda _frame: self._previewed(half, role)
        half.cover.show_frame(frame)
        half.canvas.viewport().repaint()

    def _previewed(self, half: _Half, role: str) -> None:
        half.cover.painted = None
        QTimer.singleShot(0, lambda: None if self._disposed else self.painted.emit(role))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Grow and shrink with the map; the linked cursor goes when the mouse does."""
        if watched is self._main and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._main.rect())
            QTimer.singleShot(0, self._main_moved)
        elif event.type() == QEvent.Type.Leave:
            for half in self._halves():
                half.cross.show_at(None)
        return False

    def resizeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt name
        """Keep the button in its corner."""
        super().resizeEvent(event)
        self._button.move(self.width() - self._button.width() - 4, 4)
        self._button.raise_()

    def _close_clicked(self, _checked: bool = False) -> None:
        self.closed.emit()

    def _over_before(self, point: QgsPointXY) -> None:
        self.before.cross.show_at(None)
        self.after.cross.show_at(point)

    def _over_after(self, point: QgsPointXY) -> None:
        self.after.cross.show_at(None)
        self.before.cross.show_at(point)

    def _before_painted(self) -> None:
        self.painted.emit("image_before")

    def _after_painted(self) -> None:
        self.painted.emit("image_after")

    def _main_moved(self, *_: object) -> None:
        """Same centre, same scale, same rotation on both sides."""
        if self._syncing:
            return
        self._syncing = True
        for half in self._halves():
            half.canvas.setDestinationCrs(self._main.mapSettings().destinationCrs())
            half.canvas.setRotation(self._main.rotation())
            _same_view(self._main, half.canvas)
            self._sizes[id(half.canvas)] = half.canvas.mapSettings().outputSize()
            half.canvas.refresh()
            half.set_title(half.title)
        self._syncing = False

    def _half_moved(self) -> None:
        """One side was moved by hand: take the map and the other side along."""
        if self._syncing:
            return
        moved = self.before.canvas if self.sender() is self.before.canvas else self.after.canvas
        if self._sizes.get(id(moved)) != moved.mapSettings().outputSize():
            self._main_moved()  # it was resized, not moved: the map leads
            return
        self._syncing = True
        other = self.after.canvas if moved is self.before.canvas else self.before.canvas
        for canvas in (other, self._main):
            _same_view(moved, canvas)
            canvas.refresh()
        for half in self._halves():
            half.set_title(half.title)
        self._syncing = False

    def dispose(self) -> None:
        """Stop rendering and go."""
        self._disposed = True
        self._main.removeEventFilter(self)
        self._main.extentsChanged.disconnect(self._main_moved)
        self._main.rotationChanged.disconnect(self._main_moved)
        self._main.destinationCrsChanged.disconnect(self._main_moved)
        for half in self._halves():
            half.clicks.remove()  # a dying canvas takes its items first and still gets events
            half.canvas.viewport().removeEventFilter(self)
            half.canvas.extentsChanged.disconnect(self._half_moved)
            half.canvas.stopRendering()
            half.canvas.unsetMapTool(half.pan)
            half.canvas.setLayers([])
        self._main.freeze(self._was_frozen)
        self.hide()
        self.deleteLater()
        self._main.refresh()


def _same_view(source: QgsMapCanvas, target: QgsMapCanvas) -> None:
    """Centre and ground size of a pixel of `source` for `target`, whatever their shapes are."""
    settings = source.mapSettings()
    target.setExtent(_extent(settings.visibleExtent().center(), settings.mapUnitsPerPixel(), target.mapSettings()))


def _extent(centre: QgsPointXY, size: float, target: QgsMapSettings) -> QgsRectangle:
    """What `target` shows around a centre when a pixel is `size` map units."""
    pixels = target.outputSize()  # without the frame that width() includes
    half_x, half_y = size * pixels.width() / 2, size * pixels.height() / 2
    return QgsRectangle(centre.x() - half_x, centre.y() - half_y, centre.x() + half_x, centre.y() + half_y)
