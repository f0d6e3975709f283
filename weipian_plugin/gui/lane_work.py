"""The command 待归照片 and what belongs to it: the window, the way over the map, what the panel takes over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject, Qt

from ..core.errors import WeipianError
from .attach_work import AttachBar
from .entry_work import aim_of
from .guard import guarded
from .photo_lane import PhotoLane
from .review import Review


class LaneWork(QObject):
    """Opens the lane by key or menu and keeps panel and map in step with it."""

    def __init__(self, review: Review, run: Callable[[str], Any], attached: AttachBar) -> None:
        """`run` does a command of the panel; `attached` tells of files that came in and offers the lane."""
        super().__init__(review)
        self._attached = attached
        attached.lane.clicked.connect(lambda _checked=False: self._run("lane"))
        attached.task.busy_changed.connect(self._came_in)
        self._told = ""  # of which shift the person knows
        self.review, self._run = review, run
        self.lane: Optional[PhotoLane] = None

    def report_error(self, error: WeipianError) -> None:
        """In the window while it is to be seen."""
        if self.lane is not None and self.lane.isVisible():
            self.lane.report_error(error)
        else:
            self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {"lane": self.open, "declination": self.declination}

    def count(self) -> int:
        """How many files wait for a patch."""
        return self.review.session.lane_count() if self.review.session is not None else 0

    def close(self) -> None:
        """Another workspace comes."""
        self._told = ""
        lane, self.lane = self.lane, None
        if lane is not None:
            lane.close()
            lane.deleteLater()

    @guarded
    def open(self, evidence_id: str = "") -> None:
        """Show what lies on no patch."""
        session = self.review.opened()
        if self.lane is None or self.lane.session is not session:
            self.close()
            self.lane = self._make(PhotoLane(session, self.review.dock))
        view = self.review.view
        self.lane.open_at(view.patch.patch_uid if view is not None else "", evidence_id)

    def _make(self, lane: PhotoLane) -> PhotoLane:
        lane.saved.connect(self._saved)
        lane.map_requested.connect(self._to_map)
        lane.card_requested.connect(lambda: self._run("photo_card"))
        lane.undo_requested.connect(self._undo)
        lane.marked.connect(self._mark)
        lane.closed.connect(self._closed)
        lane.shift.preview.connect(self._preview)
        lane.shift.done.connect(self._shifted)
        return lane

    @guarded
    def _saved(self, patch_uid: str, scope: str) -> None:
        """A patch has one photo more: its line, and the panel where it shows it; `scope` all: any patch may."""
        review = self.review
        self._attached.show_waiting(self.count())
        if scope == "all":
            review.reload()
            return
        if patch_uid:
            review.row_changed(patch_uid)
        if review.view is not None and (not patch_uid or review.view.patch.patch_uid == patch_uid):
            review.show_patch(review.view.patch.patch_uid)

    @guarded
    def _undo(self) -> None:
        lane = self.lane
        if lane is None:
            return
        session = self.review.opened()
        label = next(iter(session.undo_labels(1)), "")
        self.review.undo()
        self._attached.show_waiting(self.count())
        lane.refresh()
        lane.tell(self.tr("已撤销：{label}").format(label=label) if label else self.tr("没有可以撤销的操作"))
        lane.to_work()

    @guarded
    def _came_in(self, busy: bool) -> None:
        """Files came in: what waits is shown anew, and a shift of their positions is said once."""
        session = self.review.session
        if busy or session is None:
            return
        if self.lane is not None and self.lane.isVisible():
            current = self.lane.list.current()
            if not self.lane.entry.touched():
                self.lane.refresh(current.evidence.evidence_id if current is not None else "")
            self.lane.shift.refresh()
        suspicion = session.gcj_suspicion()
        if suspicion is not None and suspicion.text != self._told:
            self._told = suspicion.text
            key = self.review.key_of("lane")
            self.review.tell(
                self.tr("{text}（{key} 打开待归照片，可预览和换算）").format(text=suspicion.text, key=key), "warn"
            )

    # -- the map --------------------------------------------------------------------------
    @guarded
    def _to_map(self) -> None:
        """The window makes room; the map turns to where the photo may be."""
        lane, aim = self.lane, aim_of(self.review)
        if lane is None:
            return
        if aim is None:
            lane.tell(self.tr("没有打开地图"), "warn")
            return
        uid = lane.choice.uid() or lane.current_patch
        facts = lane.entry.facts() if lane.entry.unread() is None else None
        position = None
        if facts is not None and facts.lon is not None and facts.lat is not None:
            position = (facts.lon, facts.lat)
        lane.hide()
        aim.start(lane.aimed, self._back, lane.photo.pixmap())
        wkb = self.review.opened().geometry(uid) if uid else None
        if wkb or position:
            aim.go_to(wkb, position)

    @guarded
    def _back(self) -> None:
        """Nothing was set."""
        lane = self.lane
        if lane is not None:
            lane.show()
            lane.activateWindow()
            lane.to_work()

    @guarded
    def _mark(self, lon: Optional[float], lat: Optional[float], azimuth: Optional[float]) -> None:
        aim = aim_of(self.review)
        if aim is not None and aim.tool is None:
            aim.show_mark(lon, lat, azimuth)

    @guarded
    def _preview(self, arrows: list[tuple[float, float, float, float]]) -> None:
        aim = aim_of(self.review)
        lane = self.lane
        if aim is None or lane is None:
            return
        words = self.tr("圆点：照片现在的位置；箭头：按 GCJ-02 换算后的位置。\n") + lane.shift.text.text()
        aim.show_mark(None, None, None)
        aim.show_arrows(arrows, words, lambda: lane.shift.look.setChecked(False))
        lane.setVisible(not arrows)
        if not arrows:
            lane.activateWindow()
            lane.to_work()

    @guarded
    def _shifted(self, said: str) -> None:
        lane = self.lane
        if lane is None:
            return
        lane.refresh()
        lane.tell(said)
        self._saved("", "all")

    @guarded
    def _closed(self) -> None:
        aim = aim_of(self.review)
        if aim is not None:
            aim.stop()
            aim.show_mark(None, None, None)
            aim.show_arrows([])
        self.review.dock.home().setFocus(Qt.FocusReason.OtherFocusReason)

    # -- settings -------------------------------------------------------------------------
    @guarded
    def declination(self) -> None:
        """磁偏角 of the workspace."""
        from .dialogs.declination import DeclinationDialog

        session = self.review.opened()
        dialog = DeclinationDialog(session, self.review.dock)
        accepted = bool(dialog.exec())
        value = dialog.value() if accepted else None
        dialog.deleteLater()
        if not accepted:
            return
        count = session.set_declination(value)
        self._saved("", "")
        if self.lane is not None:
            self.lane.refresh()
        more = self.tr("，{n} 张照片的方位角已换算").format(n=count) if count else ""
        self.review.tell(self.tr("磁偏角已保存{more}（{undo}）").format(more=more, undo=self.review.undo_hint()))
