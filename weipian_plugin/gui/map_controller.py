"""The map beside the panel: one class owns the group 卫片, every canvas item and the comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable, Optional

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCsException,
    QgsFeatureRequest,
    QgsGeometry,
    QgsMapLayer,
    QgsPointXY,
    QgsProject,
    QgsRectangle,
)
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal

from ..core.areas import mu
from ..workbench.reading import area_source
from ..workbench.session import Session
from ..workbench.views import PatchView, QueueRow
from .canvas_items import CaptionItem, CentreItem, PatchHighlight, Wedge, WedgeItem, from_canvas, to_canvas, wedges_of
from .compare import Blink, CompareView
from .gap_items import GapHighlight
from .map_layers import LayerGroup, Loaded, exchange_patches, gauss_kruger_at, update_patch
from .map_styles import level_color
from .map_tools import MapHands
from .patch_filling import PatchFilling

AFTER, BEFORE, SIDE_BY_SIDE = "后时相", "前时相", "并排"
#: The map shows this many times the bounding box of a patch.
ZOOM_FACTOR = 2.5
#: A tiny patch is still shown within this much of its surroundings, m.
MIN_VIEW_M = 120.0
#: At most so many neighbours are snapped to.
_SNAPPED_TO = 200


class MapController(QObject):
    """Shows the patches of a session on a canvas; `close` leaves the project as it was."""

    #: A sentence for the user, e.g. that a layer could not be opened.
    message = pyqtSignal(str)
    #: The comparison changed: 后时相, 前时相 or 并排.
    compare_changed = pyqtSignal(str)

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
        self._wedges = WedgeItem(canvas, self._project)
        self._gaps = GapHighlight(canvas, self._project)
        self._caption = CaptionItem(canvas)
        self._centre = CentreItem(canvas, self._project)
        self.hands = MapHands(canvas, self._project, self._snap_targets)
        self.hands.message.connect(self.message)
        self._blink = Blink(canvas)
        self._compare: Optional[CompareView] = None
        self.mode = AFTER
        self._current: Optional[PatchView] = None
        self._before_us: Optional[tuple[QgsCoordinateReferenceSystem, QgsRectangle]] = None
        self._our_crs: Optional[QgsCoordinateReferenceSystem] = None
        self._closed = False
        self._project.readProject.connect(self._project_read)
        self._project.cleared.connect(self._project_cleared)
        canvas.destinationCrsChanged.connect(self._redraw_items)
        canvas.layersChanged.connect(self._layers_changed)

    # -- the group -------------------------------------------------------------------------------

    def load(self, rows: Optional[Sequence[QueueRow]] = None) -> list[str]:
        """Build or refresh the group; returns, in Chinese, which layers could not be opened.

        `rows`: every patch of the workspace where the caller has just read them.
        """
        alone, dirty = not self._group.others(), self._project.isDirty()
        if alone and self._before_us is None:
            self._before_us = (self._project.crs(), self._canvas.extent())
        rows = self._session.queue() if rows is None else rows
        self._stop_filling()
        loaded = self._group.build((), {}, [*self._session.assignments(), *self._session.basemaps()])
        self._bounds = _bounds_of(rows)
        self._loaded, self._fids = loaded, {}
        self._filling = PatchFilling(loaded.patches, rows, self._session.patch_geometries(), self._fids)
        if alone:
            self._our_crs = self._best_crs(loaded, rows)
            self._apply_crs()
            self._home()
            # The desktop sets CRS and extent itself after the first layers of a project came; ours win.
            QTimer.singleShot(0, self._settle)
        self._set_mode(self.mode if self.mode != SIDE_BY_SIDE else AFTER)
        if alone:  # nobody wants to be asked whether to save a project that holds our group alone
            self._project.setDirty(dirty)
        if loaded.problems:
            self.message.emit("这些图层没有打开：" + "；".join(loaded.problems))
        return list(loaded.problems)

    def _best_crs(self, loaded: Loaded, rows: Sequence[QueueRow]) -> Optional[QgsCoordinateReferenceSystem]:
        """CRS of the imagery or the land-use layer, else the Gauss-Krüger zone of the patches."""
        for role in ("image_after", "image_before", "landuse"):
            layer = loaded.image(role)
            if layer is not None:
                return layer.crs()
        boxes = [row.bbox for row in rows if row.bbox]
        return gauss_kruger_at((boxes[0][0] + boxes[0][2]) / 2) if boxes else None

    def _apply_crs(self) -> None:
        if self._our_crs is not None and self._our_crs.isValid():
            self._project.setCrs(self._our_crs)
            self._canvas.setDestinationCrs(self._our_crs)

    def _settle(self) -> None:
        if self._closed or self._loaded is None or self._group.others():
            return
        self._apply_crs()
        if self._current is not None:
            self.show_patch(self._current)
        else:
            self._home()

    def _home(self) -> None:
        """All patches on the map."""
        if self._loaded is None or self._bounds.isNull():
            return
        box = QgsGeometry.fromRect(self._bounds)
        if self._transform(box):
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

    def _stop_filling(self) -> None:
        if self._filling is not None:
            self._filling.stop()
            self._filling = None

    def refresh_patch(self, patch_uid: str) -> None:
        """Show a patch as it now is; call it after every decision and after undo."""
        if self._loaded is None or patch_uid not in self._filled():
            return
        update_patch(self._loaded.patches, self._fids[patch_uid], self._session.queue_row(patch_uid))

    def sync(self, rows: Sequence[QueueRow], removed: Sequence[str] = ()) -> None:
        """Patches came, went or have another boundary; no layer is opened anew."""
        if self._loaded is None:
            return
        fids = self._filled()
        changed = [uid for uid in (*removed, *(row.patch_uid for row in rows)) if uid in fids]
        gone = [self._fids.pop(uid) for uid in dict.fromkeys(changed)]
        geometries = {row.patch_uid: self._session.geometry(row.patch_uid) or b"" for row in rows}
        self._fids.update(exchange_patches(self._loaded.patches, gone, rows, geometries))

    def start_drawing(self, kind: str, done: Callable[[bytes], None]) -> None:
        """Let the person draw on the map; side by side has no room for it."""
        if self.mode == SIDE_BY_SIDE:
            self._set_mode(AFTER)
        self.hands.draw(kind, done)

    def stop_drawing(self) -> None:
        """Back to the tool that was there before."""
        self.hands.stop()

    def _snap_targets(self) -> list[QgsGeometry]:
        """Boundaries to which a drawing is drawn: of the current patch and of those in view."""
        targets = [self._highlight.geometry()] if self._current and self._current.patch.wkb else []
        if self._loaded is None:
            return targets
        self._filled()
        box = QgsGeometry.fromRect(self._canvas.extent())
        try:
            box.transform(from_canvas(self._canvas, self._project))
        except QgsCsException:
            return targets
        request = QgsFeatureRequest(box.boundingBox()).setLimit(_SNAPPED_TO)
        for feature in self._loaded.patches.getFeatures(request):
            geometry = feature.geometry()
            if self._transform(geometry):
                targets.append(geometry)
        return targets

    # -- the current patch -----------------------------------------------------------------------

    def show_patch(self, view: PatchView) -> None:
        """Zoom to a patch, outline it and draw its photos."""
        self._blink.release()
        if self._current is None or self._current.patch.patch_uid != view.patch.patch_uid:
            self._gaps.clear()
        self._current = view
        geometry = self._redraw_items() or self._centre_geometry()
        if geometry is None:
            return
        extent = geometry.boundingBox()
        extent.scale(ZOOM_FACTOR)
        least = MIN_VIEW_M * self._units_per_metre()
        if max(extent.width(), extent.height()) < least:
            extent = QgsGeometry.fromPointXY(extent.center()).buffer(least / 2, 1).boundingBox()
        self._canvas.setExtent(extent)
        self._canvas.refresh()

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

    def _centre_geometry(self) -> Optional[QgsGeometry]:
        """The issued centre of a patch without boundary, in the canvas CRS."""
        if self._centre.position is None:
            return None
        geometry = QgsGeometry.fromPointXY(self._centre.position)
        return geometry if self._transform(geometry) else None

    def _units_per_metre(self) -> float:
        return 1 / 111_000 if self._canvas.mapSettings().destinationCrs().isGeographic() else 1.0

    def _transform(self, geometry: QgsGeometry) -> bool:
        """Take a geometry from EPSG:4490 to the canvas CRS in place; False if that cannot be done."""
        try:
            geometry.transform(to_canvas(self._canvas, self._project))
        except QgsCsException:
            return False
        return True

    def _redraw_items(self) -> Optional[QgsGeometry]:
        """Outline and wedges of the current patch; its geometry in the canvas CRS, None without one."""
        view = self._current
        geometry: Optional[QgsGeometry] = None
        wedges: list[Wedge] = []
        color = level_color(view.patch.monitor_level if view else None)
        if view is not None:
            wedges = wedges_of(view.evidence)
            if view.patch.wkb:
                geometry = QgsGeometry()
                geometry.fromWkb(view.patch.wkb)
                geometry = geometry if self._transform(geometry) else None
        if geometry is None:
            self._highlight.clear()
        else:
            self._highlight.show(geometry, color)
        self._wedges.set_wedges(wedges)
        self._gaps.redraw()
        self._show_centre(view)
        if self._compare is not None:
            self._compare.set_patch(geometry, color, wedges)
        return geometry

    def _show_centre(self, view: Optional[PatchView]) -> None:
        patch = view.patch if view is not None else None
        if patch is None or patch.wkb or patch.centre_lon is None or patch.centre_lat is None:
            self._centre.show_at(None)
            return
        source = area_source(patch) if patch.origin == "delivery" else "线索"
        area = f"{mu(patch.area_in_force):.2f} 亩（{source}）" if patch.area_in_force else source
        self._centre.show_at(QgsPointXY(patch.centre_lon, patch.centre_lat), area)

    # -- before and after ------------------------------------------------------------------------

    def cycle_compare(self) -> str:
        """后时相 → 前时相 → 并排 → 后时相; returns what is shown now."""
        loaded = self._loaded
        if loaded is None or loaded.image("image_before") is None or loaded.image("image_after") is None:
            self.message.emit("没有两期影像可对比，请先在“图层设置”中指定前时相和后时相影像")
            return self.mode
        order = (AFTER, BEFORE, SIDE_BY_SIDE)
        self._set_mode(order[(order.index(self.mode) + 1) % len(order)])
        return self.mode

    def _set_mode(self, mode: str) -> None:
        self._blink.release()
        loaded = self._loaded
        self._drop_compare()
        self.mode = mode
        if loaded is None:
            return
        before, after = loaded.image("image_before"), loaded.image("image_after")
        if before is not None and after is not None:
            self._group.show(after, mode != BEFORE)
            self._group.show(before, mode == BEFORE)
        if mode == SIDE_BY_SIDE:
            self._open_compare(loaded)
        self._caption.set_text(self._title())
        self.compare_changed.emit(mode)

    def _title(self) -> str:
        """Name and date of the imagery on the map."""
        if self._loaded is None:
            return ""
        first, second = ("image_before", "image_after") if self.mode == BEFORE else ("image_after", "image_before")
        return self._loaded.title(first) or self._loaded.title(second)

    def _open_compare(self, loaded: Loaded) -> None:
        titles = (loaded.title("image_before"), loaded.title("image_after"))
        self._compare = CompareView(self._canvas, self._project, titles)
        self._compare.closed.connect(self._leave_compare)
        self._layers_changed()
        self._redraw_items()

    def _leave_compare(self) -> None:
        self._set_mode(AFTER)

    def _drop_compare(self) -> None:
        if self._compare is not None:
            self._compare.dispose()
            self._compare = None

    def _with_image(self, role: str) -> list[QgsMapLayer]:
        """The layers on the map with the imagery of another time in place of the one shown, top first."""
        if self._loaded is None:
            return []
        images = [image for image in (self._loaded.image("image_before"), self._loaded.image("image_after")) if image]
        wanted = self._loaded.image(role)
        layers: list[QgsMapLayer] = []
        for layer in self._canvas.layers():
            if layer not in images:
                layers.append(layer)
            elif wanted is not None and wanted not in layers:
                layers.append(wanted)
        if wanted is not None and wanted not in layers:
            layers.append(wanted)
        return layers

    def _layers_changed(self) -> None:
        """Layers were ticked in the tree: the comparison follows."""
        if self._compare is not None:
            self._compare.set_layers(self._with_image("image_before"), self._with_image("image_after"))

    def hold_before(self, held: bool) -> None:
        """While held, show the other time over the map; nothing is reloaded."""
        if not held:
            self._blink.release()
            self._caption.set_text(self._title())
            return
        role = "image_after" if self.mode == BEFORE else "image_before"
        if self._loaded is None or self._loaded.image(role) is None:
            self.message.emit("没有前时相影像，请先在“图层设置”中指定")
            return
        if self.mode != SIDE_BY_SIDE:
            title = self._loaded.title(role)
            self._blink.hold(self._with_image(role), lambda: self._caption.set_text(title))

    # -- the project -----------------------------------------------------------------------------

    def _project_cleared(self) -> None:
        """The user starts or opens another project: our layers went with the old one."""
        self._drop_compare()
        self._blink.release()
        self._filling = None  # it went with its layer
        self._loaded, self._fids, self._before_us = None, {}, None
        self.mode = AFTER
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
        self._project.readProject.disconnect(self._project_read)
        self._project.cleared.disconnect(self._project_cleared)
        self._canvas.destinationCrsChanged.disconnect(self._redraw_items)
        self._canvas.layersChanged.disconnect(self._layers_changed)
        self._drop_compare()
        self._stop_filling()
        for item in (self.hands, self._highlight, self._gaps, self._wedges, self._caption, self._centre, self._blink):
            item.remove()
        self._group.remove()
        self._loaded = None
        if self._before_us is not None and not self._group.others() and self._project.crs() == self._our_crs:
            crs, extent = self._before_us
            self._project.setCrs(crs)
            self._canvas.setDestinationCrs(crs)
            if not extent.isEmpty():
                self._canvas.setExtent(extent)
        self._canvas.refresh()


def _bounds_of(rows: Sequence[QueueRow]) -> QgsRectangle:
    """What holds all boundaries, lon/lat; null without any."""
    boxes = [row.bbox for row in rows if row.bbox]
    if not boxes:
        return QgsRectangle()
    west, south, east, north = zip(*boxes)
    return QgsRectangle(min(west), min(south), max(east), max(north))
