"""How before and after are compared on the map: one mode at a time, and keys that show something while held.

Nothing here enters the layer tree. Pictures of the other time are rendered once for a view and painted over the
map; the imagery of the next patches comes from the prefetcher.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Optional

from qgis.core import QgsGeometry, QgsMapLayer, QgsMapSettings, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QColor

from .canvas_items import CaptionItem
from .compare import CompareView
from .compare_items import COVER_Z, OTHER_Z, Frame, PictureItem, view_key
from .compare_swipe import Divider
from .photo_items import Wedge
from .prefetch import FrameCache, FrameJob, Prefetcher, frame_key

AFTER, SIDE_BY_SIDE, SWIPE, LENS = "后时相", "并排", "卷帘", "透镜"
#: The order in which the key goes round.
CYCLE = (AFTER, SIDE_BY_SIDE, SWIPE, LENS)
_CUTS = {SWIPE: "swipe", LENS: "lens"}
IMAGE_AFTER, IMAGE_BEFORE = "image_after", "image_before"
#: The picture of the other time follows a map that moves after so long, ms.
_FOLLOW = 40

Upcoming = tuple[QgsRectangle, Sequence[QgsMapLayer], Sequence[QgsMapLayer]]  # extent, after, before


class Comparison(QObject):
    """Owns the modes, the held views and the pictures; `images` and `title` are asked by role."""

    message = pyqtSignal(str)
    changed = pyqtSignal(str)
    #: Imagery of a role is on the screen for the view that it has now.
    painted = pyqtSignal(str)
    #: A photo was clicked on one of two maps side by side: evidence id.
    photo_clicked = pyqtSignal(str)

    def __init__(
        self,
        canvas: QgsMapCanvas,
        project: QgsProject,
        images: Callable[[str], list[QgsMapLayer]],
        title: Callable[[str], str],
        items: Sequence[Any],
    ) -> None:
        super().__init__(canvas)
        self._canvas, self._project = canvas, project
        self._images, self._title_of, self._items = images, title, items
        self.mode = AFTER
        self.cache = FrameCache()
        self.prefetcher = Prefetcher(canvas, self.cache)
        self.caption = CaptionItem(canvas)
        self._cover, self._other = PictureItem(canvas, COVER_Z), PictureItem(canvas, OTHER_Z)
        self.divider = Divider(canvas, self._other)
        self.side: Optional[CompareView] = None
        self._patch: tuple[Optional[QgsGeometry], QColor, Sequence[Wedge]] = (None, QColor(), ())
        self._fresh: Optional[Frame] = None  # the other time under all overlays, for the view on the screen
        self._upcoming: Sequence[Upcoming] = ()
        self._started: Optional[tuple[tuple[object, ...], frozenset[str]]] = None
        self._held = ""  # before or overlays
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.setInterval(_FOLLOW)
        self._follow.timeout.connect(self._render_other)
        self.prefetcher.ready.connect(self._ready)
        canvas.renderStarting.connect(self._starting)
        canvas.mapCanvasRefreshed.connect(self._refreshed)
        canvas.extentsChanged.connect(self._moved)

    # -- modes -------------------------------------------------------------------------------------

    def both(self) -> bool:
        """Whether there are two times to compare; says so when not."""
        if self._images(IMAGE_BEFORE) and self._images(IMAGE_AFTER):
            return True
        self.message.emit(
            self.tr("没有两期影像可对比，请先在“图层与套合”中指定前时相和后时相影像；已从图层树移除的，点“重新读取”")
        )
        return False

    def cycle(self) -> str:
        """后时相 → 并排 → 卷帘 → 透镜 → 后时相; gives what is shown now."""
        if self.both():
            self.set_mode(CYCLE[(CYCLE.index(self.mode) + 1) % len(CYCLE)])
        return self.mode

    def toggle(self, mode: str) -> str:
        """Straight to a mode, or back from it."""
        if self.mode == mode or self.both():
            self.set_mode(AFTER if self.mode == mode else mode)
        return self.mode

    def set_mode(self, mode: str) -> None:
        """Show both times in this way."""
        self.release()
        self._drop_side()
        self.divider.stop()
        self._other.drop()
        self.mode = mode
        if mode == SIDE_BY_SIDE:
            self._open_side()
        elif mode in _CUTS:
            self.divider.start(_CUTS[mode], (self._title_of(IMAGE_BEFORE), self._title_of(IMAGE_AFTER)))
            self._show_other()
        self.show_titles()
        self.changed.emit(mode)

    def show_titles(self) -> None:
        """Name, date and scale of what the map shows, burnt in."""
        first = self._title_of(IMAGE_AFTER) or self._title_of(IMAGE_BEFORE)
        scale = f"1:{self._canvas.scale():,.0f}"
        if self.mode in _CUTS:
            self.divider.texts = (self._title_of(IMAGE_BEFORE), f"{first}  {scale}")
            self.divider.update()
        if self.side is not None:
            self.side.set_titles(self._title_of(IMAGE_BEFORE), self._title_of(IMAGE_AFTER))
        shown = self._title_of(IMAGE_BEFORE) if self._held == "before" else first
        cut = self.mode == SWIPE and self._held != "before"
        self.caption.set_text("" if cut or not shown else f"{shown}  {scale}")

    def _open_side(self) -> None:
        titles = (self._title_of(IMAGE_BEFORE), self._title_of(IMAGE_AFTER))
        self.side = CompareView(self._canvas, self._project, titles)
        self.side.closed.connect(lambda: self.set_mode(AFTER))
        self.side.painted.connect(self._side_painted)
        self.side.photo_clicked.connect(self.photo_clicked)
        self.layers_changed()
        self.side.set_patch(*self._patch)

    def _drop_side(self) -> None:
        side, self.side = self.side, None
        if side is not None:
            side.dispose()

    def set_patch(self, geometry: Optional[QgsGeometry], color: QColor, wedges: Sequence[Wedge]) -> None:
        """What is outlined on the map is outlined on both sides as well."""
        self._patch = (geometry, color, wedges)
        if self.side is not None:
            self.side.set_patch(geometry, color, wedges)

    def layers_changed(self) -> None:
        """Layers were ticked in the tree: the comparison follows."""
        if self.side is None:
            return
        bare = self._held == "overlays"
        roles = (IMAGE_BEFORE, IMAGE_AFTER)
        before, after = (self._images(role) if bare else self.with_images(role) for role in roles)
        self.side.set_layers(before, after)

    def with_images(self, role: str) -> list[QgsMapLayer]:
        """The layers on the map with the imagery of another time in place of the one shown, top first."""
        images = [*self._images(IMAGE_BEFORE), *self._images(IMAGE_AFTER)]
        layers: list[QgsMapLayer] = []
        wanted = self._images(role)
        for layer in self._canvas.layers():
            if layer not in images:
                layers.append(layer)
            elif wanted:
                layers += wanted
                wanted = []
        return layers + wanted

    # -- keys that are held --------------------------------------------------------------------------

    def hold_before(self, held: bool) -> None:
        """While held, show the other time over the whole map; nothing is reloaded."""
        if not held:
            if self._held == "before":
                self.release()
            return
        if not self.both() or self.mode == SIDE_BY_SIDE:
            return
        self._held = "before"
        self.divider.setVisible(False)
        self._show_other()

    def hold_overlays(self, held: bool) -> None:
        """While held, show imagery alone: no outline, no photos, no other layer."""
        if not held:
            if self._held == "overlays":
                self.release()
            return
        self._held = "overlays"
        self._set_items(shown=False)
        if self.side is not None:
            self.side.show_overlays(shown=False)
            self.layers_changed()
            return
        role = self._base_role()
        if self._images(role):
            self._show_bare(self._cover, role)
        if self.mode in _CUTS:
            self._show_bare(self._other, IMAGE_BEFORE)
            self.divider.update()

    def release(self) -> None:
        """Whatever key was held is no longer."""
        held, self._held = self._held, ""
        if not held:
            return
        self._cover.drop()
        self._set_items(shown=True)
        if self.side is not None:
            self.side.show_overlays(shown=True)
            self.layers_changed()
        self.divider.setVisible(True)
        if self.mode in _CUTS:
            self._show_other()
        else:
            self._other.drop()
        self.show_titles()

    def _set_items(self, *, shown: bool) -> None:
        for item in self._items:
            item.setVisible(shown)

    def _base_role(self) -> str:
        """What the map itself shows."""
        return IMAGE_AFTER if self._images(IMAGE_AFTER) else IMAGE_BEFORE

    # -- pictures ------------------------------------------------------------------------------------

    def _cached(self, role: str) -> Optional[Frame]:
        """Imagery alone of the view on the screen, if it was made."""
        return self.cache.get(frame_key(role, self._canvas.mapSettings(), self._images(role)))

    def _show_bare(self, item: PictureItem, role: str) -> None:
        frame = self._cached(role)
        if frame is not None:
            item.show_frame(frame, item.clip)
        else:
            job = FrameJob(role, QgsMapSettings(self._canvas.mapSettings()), tuple(self._images(role)))
            self.prefetcher.want([job], urgent=True)

    def _show_other(self) -> None:
        """The other time over the map: at once if it is there in any form, and with all overlays when it is ready."""
        clip = None if self._held == "before" else self.divider.clip()
        fits = self._fresh is not None and self._fresh.key == view_key(self._canvas.mapSettings())
        frame = self._fresh if fits else self._cached(IMAGE_BEFORE)
        if frame is not None:
            self._other.painted = self._tell_before
            self._other.show_frame(frame, clip)
            self.show_titles()
        if not fits:
            self._render_other()

    def _render_other(self) -> None:
        self.prefetcher.want([self._other_job(), *self._plan()[1:]], urgent=True)

    def _other_job(self) -> FrameJob:
        layers = tuple(self.with_images(IMAGE_BEFORE))
        return FrameJob("other", QgsMapSettings(self._canvas.mapSettings()), layers, kept=False)

    def _ready(self, job: FrameJob, frame: Frame) -> None:
        if frame.key != view_key(self._canvas.mapSettings()):
            return
        if job.kind == "other":
            self._fresh = frame
            if self._held == "before" or (self.mode in _CUTS and not self._held):
                self._show_other()
        elif self._held == "overlays" and self.side is None:
            if job.kind == self._base_role():
                self._cover.show_frame(frame)
            elif self.mode in _CUTS:
                self._other.show_frame(frame, self.divider.clip())

    def _tell_before(self, _frame: Frame) -> None:
        self._other.painted = None
        QTimer.singleShot(0, lambda: self.painted.emit(IMAGE_BEFORE))

    def _tell_after(self, frame: Frame) -> None:
        self._cover.painted = None
        role = self._base_role()
        if frame.key == view_key(self._canvas.mapSettings()):
            QTimer.singleShot(0, lambda: self.painted.emit(role))

    # -- the map renders itself ------------------------------------------------------------------------

    def stepped(self) -> bool:
        """The map was moved to another patch: paint what was prefetched of it; False when nothing was."""
        self.release()
        self._fresh = None
        self.show_titles()
        if self.side is not None:
            return self._preview_sides(self.side)
        frame = self._cached(self._base_role())
        if frame is None:
            self._cover.drop()
        else:
            self._cover.painted = self._tell_after
            self._cover.show_frame(frame)
        if self.mode in _CUTS:
            self._show_other()
        if self._cover.isVisible():
            self._canvas.viewport().repaint()  # now, before the map sets its own rendering up
        return frame is not None

    def _preview_sides(self, side: CompareView) -> bool:
        """Both sides as they were prefetched; False unless both were."""
        frames = []
        for role in (IMAGE_AFTER, IMAGE_BEFORE):
            frame = self.cache.get(frame_key(role, side.settings(role), self._images(role)))
            if frame is not None:
                side.preview(role, frame)
                frames.append(frame)
        return len(frames) == 2

    def prefetch(self, upcoming: Sequence[Upcoming]) -> None:
        """What will probably be looked at next, most probable first."""
        self._upcoming = upcoming
        if not self._canvas.isDrawing():
            self.prefetcher.want(self._plan())

    def _plan(self) -> list[FrameJob]:
        """What is worth rendering now, in order of use; never more than fits into the cache."""
        now = QgsMapSettings(self._canvas.mapSettings())
        after, before = tuple(self._images(IMAGE_AFTER)), tuple(self._images(IMAGE_BEFORE))
        jobs = [self._other_job()] if after and before and self.side is None else []
        if self._fresh is not None and self._fresh.key == view_key(now):
            jobs = []
        ahead = []
        for extent, next_after, next_before in self._upcoming:
            if any(sip.isdeleted(layer) for layer in (*next_after, *next_before)):
                continue  # the workspace was read anew since; what comes next is told again
            settings = QgsMapSettings(now)
            settings.setExtent(extent, False)
            for role, layers in ((IMAGE_AFTER, next_after), (IMAGE_BEFORE, next_before)):
                at = self.side.settings_at(role, settings) if self.side is not None else settings
                ahead.append(FrameJob(role, at, tuple(layers)))
        own = [FrameJob(IMAGE_AFTER, now, after), FrameJob(IMAGE_BEFORE, now, before)] if self.side is None else []
        jobs += [*ahead[:2], *own, *ahead[2:]]
        size = now.outputSize()
        each = max(size.width() * size.height() * 4 * float(now.devicePixelRatio()) ** 2, 1.0)
        return [job for job in jobs if job.layers][: max(1, int(self.cache.limit / each) - 1)]

    def _starting(self) -> None:
        settings = self._canvas.mapSettings()
        self._started = (view_key(settings), frozenset(layer.id() for layer in settings.layers()))
        self._fresh = None

    def _refreshed(self) -> None:
        """The map is painted: the cover may go, and there is time for what comes next."""
        started, self._started = self._started, None
        if started is None or started[0] != view_key(self._canvas.mapSettings()):
            return
        if self._held != "overlays":
            self._cover.drop()
        for role in (IMAGE_AFTER, IMAGE_BEFORE):
            if self.side is None and started[1] & {layer.id() for layer in self._images(role)}:
                self.painted.emit(role)
        if self.mode in _CUTS or self._held == "before":
            self._render_other()
        else:
            self.prefetcher.want(self._plan())

    def _side_painted(self, role: str) -> None:
        self.painted.emit(role)
        self.prefetcher.want(self._plan())

    def _moved(self) -> None:
        self.show_titles()
        self._cover.update()
        if self.mode in _CUTS or self._held == "before":
            self._follow.start()

    def imagery_changed(self) -> None:
        """Imagery was loaded anew or has another style: no old picture may be shown."""
        self.prefetcher.stop()
        self._upcoming = ()  # its layers may be gone
        self.cache.clear()
        self._fresh = None
        self._cover.drop()
        self._other.drop()

    def close(self) -> None:
        """Take everything off the canvas."""
        self._canvas.renderStarting.disconnect(self._starting)
        self._canvas.mapCanvasRefreshed.disconnect(self._refreshed)
        self._canvas.extentsChanged.disconnect(self._moved)
        self._follow.stop()
        self._held = ""
        self._drop_side()
        self.prefetcher.close()
        for item in (self.divider, self._cover, self._other, self.caption):
            item.remove()
        for part in (self.prefetcher, self.divider):
            part.setParent(self)
