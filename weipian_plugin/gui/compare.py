"""Before and after as one object: two linked canvases over the map, and a blink on the map itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, Optional

from qgis.core import QgsGeometry, QgsMapLayer, QgsMapRendererParallelJob, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMapToolPan
from qgis.PyQt.QtCore import QEvent, QObject, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from .canvas_items import BlinkItem, PatchHighlight, Wedge, WedgeItem
from .compat import describe


class _Half(QWidget):
    """One canvas with its title."""

    def __init__(self, title: str, project: QgsProject, parent: QWidget) -> None:
        super().__init__(parent)
        self.title = QLabel(title, self)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.canvas = QgsMapCanvas(self)
        describe(self.canvas, title)
        self.canvas.setProject(project)
        self.canvas.enableAntiAliasing(True)
        self.canvas.setCachingEnabled(True)
        self.canvas.setParallelRenderingEnabled(True)
        self.canvas.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.pan = QgsMapToolPan(self.canvas)
        self.canvas.setMapTool(self.pan)
        self.highlight = PatchHighlight(self.canvas)
        self.wedges = WedgeItem(self.canvas, project)
        self.header = QHBoxLayout()
        self.header.addWidget(self.title, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self.header)
        layout.addWidget(self.canvas, 1)


class CompareView(QWidget):
    """前时相 left, 后时相 right, laid over the map canvas and moving with it in both directions.

    It is a child of the canvas, so it takes no focus from the panel and needs no window of its own.
    """

    closed = pyqtSignal()

    def __init__(self, canvas: QgsMapCanvas, project: QgsProject, titles: tuple[str, str]) -> None:
        super().__init__(canvas)
        self.setObjectName("weipian_compare")
        self.setAutoFillBackground(True)
        self._main = canvas
        self._syncing = False
        self.before = _Half(titles[0], project, self)
        self.after = _Half(titles[1], project, self)
        self._button = QToolButton(self)
        self._button.setText("退出并排 ✕")
        self._button.setAutoRaise(True)
        self._button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._button.clicked.connect(self._close_clicked)
        self.after.header.addWidget(self._button)
        self._sizes: dict[int, QSize] = {}  # pixels of each side when it was last set by us
        for half in self._halves():  # both maps start at the same height
            half.title.setMinimumHeight(self._button.sizeHint().height())
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 2, 4, 2)
        row.setSpacing(4)
        row.addWidget(self.before, 1)
        row.addWidget(self.after, 1)
        canvas.installEventFilter(self)
        canvas.extentsChanged.connect(self._main_moved)
        canvas.destinationCrsChanged.connect(self._main_moved)
        for half in self._halves():
            half.canvas.extentsChanged.connect(self._half_moved)
        self.setGeometry(canvas.rect())
        self.show()
        self.raise_()
        QTimer.singleShot(0, self._main_moved)

    def _halves(self) -> tuple[_Half, _Half]:
        return self.before, self.after

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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Grow and shrink with the map."""
        if watched is self._main and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._main.rect())
            QTimer.singleShot(0, self._main_moved)
        return False

    def _close_clicked(self, _checked: bool = False) -> None:
        self.closed.emit()

    def _main_moved(self) -> None:
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
        self._syncing = False

    def dispose(self) -> None:
        """Stop rendering and go."""
        self._main.removeEventFilter(self)
        self._main.extentsChanged.disconnect(self._main_moved)
        self._main.destinationCrsChanged.disconnect(self._main_moved)
        for half in self._halves():
            half.canvas.extentsChanged.disconnect(self._half_moved)
            half.canvas.stopRendering()
            half.canvas.unsetMapTool(half.pan)
            half.canvas.setLayers([])
        self.hide()
        self.deleteLater()


def _same_view(source: QgsMapCanvas, target: QgsMapCanvas) -> None:
    """Centre and ground size of a pixel of `source` for `target`, whatever their shapes are."""
    size = source.mapUnitsPerPixel()
    centre = source.center()
    pixels = target.mapSettings().outputSize()  # without the frame that width() includes
    half_x, half_y = size * pixels.width() / 2, size * pixels.height() / 2
    target.setExtent(QgsRectangle(centre.x() - half_x, centre.y() - half_y, centre.x() + half_x, centre.y() + half_y))


class Blink:
    """Renders the other time once for a place and shows it at once every further time."""

    def __init__(self, canvas: QgsMapCanvas) -> None:
        self._canvas = canvas
        self._item = BlinkItem(canvas)
        self._job: Optional[QgsMapRendererParallelJob] = None
        self._key = ""
        self._held = False

    def hold(self, layers: Sequence[QgsMapLayer], shown: Callable[[], None]) -> None:
        """Show `layers` (top first) over the map until `release`; `shown` is called once it is visible."""
        self._held = True
        settings = self._canvas.mapSettings()
        settings.setLayers(list(layers))
        key = "|".join([settings.visibleExtent().toString(), str(settings.rotation()), *(la.id() for la in layers)])
        if key == self._key and self._job is None:
            self._item.show()
            shown()
            return
        self._cancel()
        self._key = key
        self._job = QgsMapRendererParallelJob(settings)

        def finished() -> None:
            job, self._job = self._job, None
            if job is None:
                return
            self._item.set_image(job.renderedImage())
            self._item.setVisible(self._held)
            if self._held:
                shown()

        self._job.finished.connect(finished)
        self._job.start()

    def release(self) -> None:
        """Show the map itself again."""
        self._held = False
        self._item.hide()

    def _cancel(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancelWithoutBlocking()

    def remove(self) -> None:
        """Take it off the canvas."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
        self._item.remove()
