"""Photos on the strip, on the map and in the large view speak of the same one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject, QPoint, Qt
from qgis.PyQt.QtGui import QPixmap

from ..core.check_words import ordered
from ..core.errors import WeipianError
from ..workbench.views import PatchView
from .evidence_work import EvidenceWork
from .guard import guarded
from .photo_marks import PhotoMarks
from .photo_view import Other, PhotoView
from .review import Review


class PhotoWork(QObject):
    """Serves the key `O`, clicks on wedges, and the window of the large view."""

    def __init__(self, review: Review, work: EvidenceWork) -> None:
        super().__init__(review)
        self._review, self._work = review, work
        self._panel = review.dock.evidence
        self._map: Any = None
        self._view: Optional[PhotoView] = None
        self._following = False
        self._panel.current_changed.connect(self._chosen)
        self._panel.view_requested.connect(self.open)
        self._panel.left.connect(self._home)
        review.shown.connect(lambda _uid: self._patch_came())

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self._review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {"photo_view": lambda: self.open(self._panel.strip.current_id())}

    def close(self) -> None:
        """Another workspace comes."""
        self._map = None
        self._work.entry.close()
        if self._view is not None:
            self._view.forget()
            self._view.close()

    @property
    def view(self) -> PhotoView:
        """The window of the large view, made when it is first wanted."""
        if self._view is None:
            view = PhotoView(self._review.dock)
            view.find_other = self._other
            view.preview = self._preview
            view.current_changed.connect(self._panel.strip.select)
            view.map_requested.connect(self._to_map)
            view.facts_requested.connect(self._work.aim)
            view.purpose_requested.connect(self._ask_purpose)
            view.unlink_requested.connect(self._work.unlink)
            view.file_requested.connect(self._work.open_evidence)
            view.undo_requested.connect(self._review.undo)
            view.closed.connect(self._home)
            self._view = view
        return self._view

    # -- what is chosen --------------------------------------------------------------------------
    @guarded
    def open(self, evidence_id: str = "") -> None:
        """Show a photo of the patch large, the first one without an id."""
        patch_view = self._review.current()
        if not any(link.evidence.kind == "photo" for link in patch_view.evidence):
            self._review.tell(self.tr("本图斑还没有照片，按 P 添加，或把照片拖到举证栏。"), "hint")
            return
        self._show(patch_view, evidence_id)
        self.view.present()
        self._panel.strip.select(self.view.current_id())

    def _show(self, patch_view: PatchView, evidence_id: str) -> None:
        pack = patch_view.pack or self._review.pack
        purposes = {key: item.label for key, item in pack.requirements.items()}
        self.view.show_links(patch_view.evidence, purposes, evidence_id, patch_view.patch.patch_id)

    @guarded
    def _chosen(self, evidence_id: str) -> None:
        """A file became the current one of the strip."""
        marks = self._marks()
        if marks is not None:
            marks.select(evidence_id, go=not self._following)
        if self._view is not None and self._view.isVisible() and evidence_id != self._view.current_id():
            self._show(self._review.current(), evidence_id)

    @guarded
    def _patch_came(self) -> None:
        """Another patch, or the same one written anew."""
        marks = self._marks()
        if marks is not None and marks is not self._map:
            self._map = marks
            marks.clicked.connect(self._on_map)
            marks.opened.connect(self._opened_on_map)
        if marks is not None:
            marks.selected = self._panel.strip.current_id()
        if self._view is not None and self._view.isVisible() and self._review.view is not None:
            self._show(self._review.view, self._panel.strip.current_id())

    @guarded
    def _on_map(self, evidence_id: str) -> None:
        """A wedge was clicked: its picture comes into view, the map stays where it is."""
        self._open_section()
        self._following = True
        try:
            if self._panel.strip.current_id() == evidence_id:
                self._chosen(evidence_id)
            else:
                self._panel.strip.select(evidence_id)
        finally:
            self._following = False

    @guarded
    def _opened_on_map(self, evidence_id: str) -> None:
        self._on_map(evidence_id)
        self.open(evidence_id)

    def _open_section(self) -> None:
        """The strip is to be seen."""
        box = self._review.dock.evidence_box
        if not box.is_open():
            box.by_hand(True)
        self._review.dock.bring_into_view(box)

    @guarded
    def _to_map(self, evidence_id: str) -> None:
        """From the large view to the camera on the map."""
        link = self._panel.link(evidence_id)
        if link is None or link.evidence.lon is None:
            self._review.tell(self.tr("这张照片没有位置。按 F2 手工填写后，地图上才有它。"), "warn")
            return
        marks = self._marks()
        if marks is not None:
            marks.select(evidence_id, go=True, far=True)
        self._review.dock.window().activateWindow()
        self._home()

    def _home(self) -> None:
        self._review.dock.home().setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_purpose(self, evidence_id: str) -> None:
        button = self.view.buttons["purpose"]
        self._panel.ask_purpose(evidence_id, button.mapToGlobal(QPoint(0, button.height())))

    # -- the other photo -------------------------------------------------------------------------
    def _other(self, evidence_id: str) -> Optional[Other]:
        """A photo of this or of another patch, as far as it is still there."""
        session = self._review.session
        if session is None:
            return None
        here = self._panel.link(evidence_id)
        item = here.evidence if here is not None else session.evidence_item(evidence_id)
        if item is None or item.kind != "photo":
            return None
        try:
            path = session.evidence_path(evidence_id)
        except WeipianError:
            return None
        words = [item.original_name, (item.taken_at or "")[:16].replace("T", " ")]
        words.append("本图斑" if here is not None else self._patches(evidence_id))
        return Other(evidence_id, str(path), item.orientation or 1, " · ".join(word for word in words if word))

    def _patches(self, evidence_id: str) -> str:
        """Numbers of the patches that a check names together with this photo."""
        link = self._panel.link(self.view.current_id())
        checks = ordered(link.checks) if link is not None else []
        named = next((check.patches for check in checks if evidence_id in check.others and check.patches), ())
        return "图斑 " + "、".join(f"…{number[-4:]}" for number in named[:3]) if named else "别的图斑"

    def _marks(self) -> Optional[PhotoMarks]:
        """The photos on the map; None without a map."""
        found = getattr(self._review.map, "photos", None)
        return found if isinstance(found, PhotoMarks) else None

    def _preview(self, path: str) -> QPixmap:
        return self._panel.loader.kept(path)
