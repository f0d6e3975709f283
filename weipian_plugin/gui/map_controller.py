"""The map beside the panel: one class owns the group 卫片, every canvas item and the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Callable, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.areas import mu
from ..core.model import ViewFrame
from ..workbench.reading import area_source
from ..workbench.session import Session
from ..workbench.views import PatchView, QueueRow
from .canvas_items import CentreItem, PatchHighlight
from .compare_modes import AFTER, CYCLE, IMAGE_AFTER, IMAGE_BEFORE, LENS, SIDE_BY_SIDE, SWIPE, Comparison, Upcoming
from .gap_items import GapHighlight
from .layers_gone import LayersGone
from .map_layers import LayerGroup, Loaded, exchange_patches, gauss_kruger_at, update_patch
from .map_styles import level_color, mark_current
from .map_tools import MapHands
from .patch_filling import PatchFilling
from .patch_places import PatchPlaces, bounds_of
from .photo_marks import PhotoMarks
from .project_guard import ProjectGuard
from .seen import Seen
from .surroundings_items import Shape, SurroundingItems

__all__ = ["AFTER", "LENS", "SIDE_BY_SIDE", "SWIPE", "MapController"]
#: At most so many neighbours are snapped to.
_SNAPPED_TO = 200
#: What was asked to happen in a moment happens before the objects on the canvas go, ms.
_LINGER = 500


class MapController(QObject):
    """Shows the patches of a session on a canvas; `close` leaves the project as it was."""

    #: A sentence for the user, e.g. that a layer could not be opened.
    message = pyqtSignal(str)
    #: The comparison changed: 后时相, 并排, 卷帘 or 透镜.
    compare_changed = pyqtSignal(str)
    #: Imagery of a patch is painted, its whole box in view: patch_uid, image_after or image_before.
    image_shown = pyqtSignal(str, str)

    def __init__(self, canvas: QgsMapCanvas, session: Session, project: Optional[QgsProject] = None) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._session = session
        self._project = project or QgsProject.instance()
        self._group = LayerGroup(self._project)
        self._loaded: Optional[Loaded] = None
        self._fids: dict[str, int] = {}
        self._filling: Optional[PatchFilling] = None
        self._bounds = QgsRectangle()  # of all patches, EPSG:4490
        self._highlight = PatchHighlight(canvas)
        self.photos = PhotoMarks(canvas, self._project)
        self.photos.chosen.connect(self._redraw_items)
        self._gaps = GapHighlight(canvas, self._project)
        self._centre = CentreItem(canvas, self._project)
        self._around = SurroundingItems(canvas, self._project)
        self._places = PatchPlaces(canvas, self._project)
        self.hands = MapHands(canvas, self._project, self._snap_targets)
        self.hands.message.connect(self.message)
        items = (self._highlight, self.photos.item, self._gaps, self._centre, self._around)
        self.compare = Comparison(canvas, self._project, self._images, self._image_title, items)
        self.compare.message.connect(self.message)
        self.compare.changed.connect(self.compare_changed)
        self.compare.painted.connect(self._painted)
        self.compare.photo_clicked.connect(self.photos.clicked)
        self._seen = Seen()
        self._guard = ProjectGuard(self._project, canvas)
        self._ticked: Optional[str] = None  # the batch whose imagery is switched on
        self._current: Optional[PatchView] = None
        self._our_crs: Optional[QgsCoordinateReferenceSystem] = None
        self._closed = False
        self._gone = LayersGone(self._project, lambda: self._loaded, self._forget_layers, self)
        self._gone.message.connect(self.message)
        self._project.readProject.connect(self._project_read)
        self._project.cleared.connect(self._project_cleared)
        canvas.destinationCrsChanged.connect(self._redraw_items)
        canvas.layersChanged.connect(self._layers_changed)

    # -- the group -------------------------------------------------------------------------------

    def load(self, rows: Optional[Sequence[QueueRow]] = None) -> list[str]:
        """Build or refresh the group; returns, in Chinese, which layers could not be opened.

        `rows`: every patch of the workspace where the caller has just read them.
        """
        self._guard.remember()
        with self._guard.undisturbed():
            loaded = self._load(self._session.queue() if rows is None else rows)
        if loaded.problems:
            self.message.emit("这些图层没有打开：" + "；".join(loaded.problems))
        return list(loaded.problems)

    def _load(self, rows: Sequence[QueueRow]) -> Loaded:
        alone = not self._group.others()
        self._stop_filling()
        self.compare.imagery_changed()
        self._loaded = None  # its layers go now
        loaded = self._group.build((), {}, [*self._session.assignments(), *self._session.basemaps()])
        self._bounds = bounds_of(rows)
        self._loaded, self._fids = loaded, {}
        self._filling = PatchFilling(loaded.patches, rows, self._session.patch_geometries(), self._fids)
        if alone:
            self._our_crs = self._best_crs(loaded, rows)
            self._guard.use_crs(self._our_crs)
            self._home()
            # The desktop sets CRS and extent itself after the first layers of a project came; ours win.
            QTimer.singleShot(0, self._settle)
        for role in (IMAGE_AFTER, IMAGE_BEFORE):
            for layer in loaded.images(role):
                layer.repaintRequested.connect(self.compare.imagery_changed)
        self._ticked = None
        self._tick_images()
        both = bool(self._images(IMAGE_BEFORE) and self._images(IMAGE_AFTER))
        self.compare.set_mode(self.mode if both else AFTER)
        return loaded

    def _best_crs(self, loaded: Loaded, rows: Sequence[QueueRow]) -> Optional[QgsCoordinateReferenceSystem]:
        """CRS of the imagery or the land-use layer, else the Gauss-Krüger zone of the patches."""
        for role in ("image_after", "image_before", "landuse"):
            layer = loaded.image(role)
            if layer is not None:
                return layer.crs()
        boxes = [row.bbox for row in rows if row.bbox]
        return gauss_kruger_at((boxes[0][0] + boxes[0][2]) / 2) if boxes else None

    def _settle(self) -> None:
        if self._closed or self._loaded is None or self._group.others():
            return
        self._guard.use_crs(self._our_crs)
        if self._current is not None:
            self.show_patch(self._current)
        else:
            self._home()

    def _home(self) -> None:
        """All patches on the map."""
        if self._loaded is None or self._bounds.isNull():
            return
        box = QgsGeometry.fromRect(self._bounds)
        if self._places.transform(box):
            extent = box.boundingBox()
            extent.scale(1.1)
            self._canvas.setExtent(extent)
            self._canvas.refresh()

    def _filled(self) -> dict[str, int]:
        """patch_uid -> feature id, once every patch is on the map."""
        if self._filling is not None:
            self._filling.finish()
            self._filling = None
        return self._fids

    def _patches(self) -> Optional[QgsVectorLayer]:
        """The layer of patches, None when it is not there, perhaps because a person took it out."""
        return self._loaded.patches if self._loaded is not None else None

    def _forget_layers(self) -> None:
        """A person takes layers of ours out of the tree: nothing may ask them for anything any more."""
        if self._patches() is None:
            self._stop_filling()
            self._fids = {}
        self.compare.imagery_changed()
        if not (self._images(IMAGE_BEFORE) and self._images(IMAGE_AFTER)):
            self.compare.set_mode(AFTER)

    def _stop_filling(self) -> None:
        if self._filling is not None:
            self._filling.stop()
            self._filling = None

    def refresh_patch(self, patch_uid: str) -> None:
        """Show a patch as it now is; call it after every decision and after undo."""
        layer = self._patches()
        if layer is None or patch_uid not in self._filled():
            return
        update_patch(layer, self._fids[patch_uid], self._session.queue_row(patch_uid))

    def sync(self, rows: Sequence[QueueRow], removed: Sequence[str] = ()) -> None:
        """Patches came, went or have another boundary; no layer is opened anew."""
        layer = self._patches()
        if layer is None:
            return
        fids = self._filled()
        changed = [uid for uid in (*removed, *(row.patch_uid for row in rows)) if uid in fids]
        gone = [self._fids.pop(uid) for uid in dict.fromkeys(changed)]
        geometries = {row.patch_uid: self._session.geometry(row.patch_uid) or b"" for row in rows}
        self._fids.update(exchange_patches(layer, gone, rows, geometries))

    def start_drawing(self, kind: str, done: Callable[[bytes], None]) -> None:
        """Let the person draw on the map; side by side has no room for it."""
        if self.mode != AFTER:
            self.compare.set_mode(AFTER)
        self.hands.draw(kind, done)

    def stop_drawing(self) -> None:
        """Back to the tool that was there before."""
        self.hands.stop()

    def _snap_targets(self) -> list[QgsGeometry]:
        """Boundaries to which a drawing is drawn: of the current patch and of those in view."""
        targets = [self._highlight.geometry()] if self._current and self._current.patch.wkb else []
        layer = self._patches()
        if layer is None:
            return targets
        self._filled()
        return targets + self._places.near(layer, _SNAPPED_TO)

    # -- the current patch -----------------------------------------------------------------------

    def show_patch(self, view: PatchView) -> None:
        """Zoom to a patch, outline it and draw its photos; a frame that was kept for it is shown again."""
        self._show(view, self._places.kept_extent(view) or self._places.extent(view.patch))

    def fit(self) -> None:
        """Zoom to the patch on the screen, whatever frame was kept for it."""
        if self._current is not None:
            self._show(self._current, self._places.extent(self._current.patch))

    def resume(self, view: PatchView, frame: ViewFrame, mode: str) -> None:
        """Show a patch as it was left: the place, the scale and the way of comparing."""
        extent = self._places.kept_extent(replace(view, frame=frame))
        if extent is not None:
            self._show(view, extent)
        if mode in CYCLE and mode != self.compare.mode and self._images(IMAGE_BEFORE) and self._images(IMAGE_AFTER):
            self.compare.set_mode(mode)

    def _show(self, view: PatchView, extent: Optional[QgsRectangle]) -> None:
        if self._current is None or self._current.patch.patch_uid != view.patch.patch_uid:
            self._gaps.clear()
            self._around.clear()
        self._current = view
        if (layer := self._patches()) is not None:
            with self._guard.undisturbed():
                mark_current(layer, view.patch.patch_uid)
        self._tick_images()
        self._redraw_items()
        if extent is None:
            return
        self._canvas.stopRendering()  # what is half done is of another place
        self._canvas.setExtent(extent)
        self.compare.stepped()
        self._canvas.refresh()

    def frame(self) -> Optional[tuple[float, float, float]]:
        """What is looked at: lon and lat of the middle in degrees, width on the ground in m."""
        return self._places.frame()

    def toggle_gaps(self, wkts: Sequence[str]) -> int:
        """Draw the uncovered parts of the patch (WKT, lon/lat) or take them off; how many are drawn now."""
        if self._gaps.shown:
            self._gaps.clear()
            return 0
        return self._gaps.show(wkts)

    def show_wedges(self, view: PatchView) -> None:
        """Draw the photos of a patch anew without moving the map."""
        self._current = view
        self._redraw_items()

    def _redraw_items(self) -> None:
        """Outline, wedges and what else is drawn of the current patch, in the CRS that the map has now."""
        view = self._current
        geometry = self._places.boundary(view.patch) if view is not None else None
        wedges = self.photos.show(view.evidence if view is not None else ())
        color = level_color(view.patch.monitor_level if view else None)
        if geometry is None:
            self._highlight.clear()
        else:
            self._highlight.show(geometry, color)
        self._gaps.redraw()
        self._around.redraw()
        self._show_centre(view)
        self.compare.set_patch(geometry, color, wedges)

    def _show_centre(self, view: Optional[PatchView]) -> None:
        patch = view.patch if view is not None else None
        if patch is None or patch.wkb or patch.centre_lon is None or patch.centre_lat is None:
            self._centre.show_at(None)
            return
        source = area_source(patch) if patch.origin == "delivery" else "线索"
        area = f"{mu(patch.area_in_force):.2f} 亩（{source}）" if patch.area_in_force else source
        self._centre.show_at(QgsPointXY(patch.centre_lon, patch.centre_lat), area)

    # -- before and after ------------------------------------------------------------------------

    @property
    def mode(self) -> str:
        """后时相, 并排, 卷帘 or 透镜."""
        return self.compare.mode

    def cycle_compare(self) -> str:
        """To the next way of comparing; returns what is shown now."""
        return self.compare.cycle()

    def hold_before(self, held: bool) -> None:
        """While held, show the other time over the map."""
        self.compare.hold_before(held)

    def hold_overlays(self, held: bool) -> None:
        """While held, show imagery alone."""
        self.compare.hold_overlays(held)

    def prefetch(self, uids: Sequence[str]) -> None:
        """Have the imagery of these patches ready, most probable first."""
        upcoming: list[Upcoming] = []
        for uid in uids:
            view = self._session.patch_view(uid)
            extent = self._places.kept_extent(view) or self._places.extent(view.patch)
            if extent is not None:
                batch = view.patch.batch_id
                upcoming.append((extent, self._images(IMAGE_AFTER, batch), self._images(IMAGE_BEFORE, batch)))
        self.compare.prefetch(upcoming)

    def shown_roles(self, uid: str) -> set[str]:
        """image_after, image_before: which imagery of a patch has been painted on the screen since it was opened."""
        return self._seen.roles(uid)

    def has_image(self, uid: str, role: str) -> bool:
        """Whether there is imagery of this time where the patch lies; nobody can be asked to have seen what is not."""
        known = self._current is not None and self._current.patch.patch_uid == uid
        view = self._current if known and self._current is not None else self._session.patch_view(uid)
        box = self._places.box(view.patch)
        layers = self._images(role, view.patch.batch_id)
        if box is not None and not layers and self._loaded is not None and self._loaded.taken_out(role, view.patch):
            return True  # taking it out of the tree is no way around looking at it
        return box is not None and any(self._places.reaches(layer, box) for layer in layers)

    @property
    def canvas(self) -> QgsMapCanvas:
        """The canvas that is shown on, e.g. to follow what it shows."""
        return self._canvas

    def images(self, role: str, batch_id: str) -> list[QgsMapLayer]:
        """Imagery of a batch, top first."""
        return self._images(role, batch_id)

    def _images(self, role: str, batch_id: Optional[str] = None) -> list[QgsMapLayer]:
        """Imagery of a batch, that of the current patch when none is named, top first."""
        if self._loaded is None:
            return []
        if batch_id is None:
            batch_id = self._current.patch.batch_id if self._current is not None else ""
        return list(self._loaded.images(role, batch_id))

    def _image_title(self, role: str) -> str:
        """Name and date of the imagery of the current patch, empty without."""
        if self._loaded is None:
            return ""
        patch = self._current.patch if self._current is not None else None
        if patch is None:
            return self._loaded.title(role)
        delivered = (patch.image_after if role == IMAGE_AFTER else patch.image_before) or ""
        return self._loaded.title(role, patch.batch_id, delivered)

    def _tick_images(self) -> None:
        """Switch the later imagery of the current batch on and all other imagery off, once a batch."""
        batch = self._current.patch.batch_id if self._current is not None else ""
        if self._loaded is None or self._ticked == batch:
            return
        self._ticked = batch
        shown = self._images(IMAGE_AFTER) or self._images(IMAGE_BEFORE)
        with self._guard.undisturbed():
            for role in (IMAGE_AFTER, IMAGE_BEFORE):
                for layer in self._loaded.images(role):
                    self._group.show(layer, layer in shown)

    def _painted(self, role: str) -> None:
        """Imagery came onto the screen: it counts as seen while the whole patch is in view."""
        view = self._current
        box = self._places.box(view.patch) if view is not None else None
        if view is None or box is None or not self._canvas.isVisible():
            return
        if self._canvas.extent().contains(box) and self.has_image(view.patch.patch_uid, role):
            self._seen.note(view.patch.patch_uid, role)
            self.image_shown.emit(view.patch.patch_uid, role)

    def show_surroundings(self, shapes: Sequence[Shape]) -> None:
        """Draw neighbours and earlier patches over the map; none takes them off."""
        self._around.show_shapes(shapes)

    def _layers_changed(self) -> None:
        self.compare.layers_changed()

    # -- the project -----------------------------------------------------------------------------

    def _project_cleared(self) -> None:
        """The user starts or opens another project: our layers went with the old one."""
        self._filling = None  # it went with its layer
        self._loaded, self._fids = None, {}
        self.compare.imagery_changed()
        self.compare.set_mode(AFTER)
        self._guard.forget()
        if not self._closed:
            QTimer.singleShot(0, self._load_again)

    def _project_read(self, *_: object) -> None:
        if not self._closed:
            self._load_again()

    def _load_again(self) -> None:
        if self._closed:
            return
        self.load()
        if self._current is not None:
            self.show_patch(self._current)

    def current_geometry(self) -> QgsGeometry:
        """What is outlined, in the canvas CRS."""
        return self._highlight.geometry()

    def close(self) -> None:
        """Remove the group and every item; CRS and extent go back when they were ours."""
        if self._closed:
            return
        self._closed = True
        self._gone.close()
        self._project.readProject.disconnect(self._project_read)
        self._project.cleared.disconnect(self._project_cleared)
        self._canvas.destinationCrsChanged.disconnect(self._redraw_items)
        self._canvas.layersChanged.disconnect(self._layers_changed)
        self.compare.close()
        self._stop_filling()
        for item in (self.hands, self._highlight, self._gaps, self.photos, self._centre, self._around):
            item.remove()
        with self._guard.undisturbed():
            self._group.remove()
        self._loaded = None
        self._guard.restore(alone=not self._group.others())
        self._canvas.refresh()
        for part in (self.hands, self.compare, self._guard, self.photos):
            part.setParent(self)
        QTimer.singleShot(_LINGER, self.deleteLater)
