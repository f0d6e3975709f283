"""待归照片: the photo large beside boxes for what its watermark shows; a key lays it on a patch, the next one comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QCloseEvent
from qgis.PyQt.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ..core.errors import WeipianError
from ..workbench.lane import NEAR, Candidate, HandFacts, LaneItem, without_position
from .compat import line_height, write_in
from .guard import guarded
from .lane_choice import CURRENT, LAST, PatchChoice, PurposeBox
from .lane_keys import LaneKeys
from .lane_list import LaneSide
from .lane_picture import LanePhoto, with_tools
from .lane_shift import ShiftBanner
from .photo_entry import PhotoEntry

if TYPE_CHECKING:
    from ..workbench.session import Session

_SIZE_KEY, _SPLIT_KEY = "weipian/lane_geometry", "weipian/lane_splitter"
#: While a position is typed, its candidates follow after this pause, ms.
_TYPING = 120
#: A patch so near that the camera does not look away from is taken unless the person says otherwise, m.
_SURE_M = 100.0


class PhotoLane(QDialog):
    """Not modal: the map and the panel stay usable. Never a question per file."""

    #: Something was saved: patch_uid or empty, and all where any patch may have changed.
    saved = pyqtSignal(str, str)
    #: The person wants to set the position on the map.
    map_requested = pyqtSignal()
    card_requested = pyqtSignal()
    undo_requested = pyqtSignal()
    #: Where the photo stands as it is typed: lon, lat, azimuth or three times None.
    marked = pyqtSignal(object, object, object)
    closed = pyqtSignal()

    def __init__(self, session: Session, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.session = session
        self.current_patch = ""  # uid of the patch in the panel
        self._last: tuple[str, HandFacts, str] = ("", HandFacts(), "")  # patch, facts, file of the last photo
        self._shown = ""
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING)
        self._typing.timeout.connect(self._follow)
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint, on=True)
        self._build()
        self.resize(line_height(self) * 66, line_height(self) * 36)
        self._restore()
        self._keys = LaneKeys(self)

    # -- widgets --------------------------------------------------------------------------
    def _build(self) -> None:
        side = LaneSide(self)
        self.list, self.aside_box = side.list, side.aside_box
        self.photo = LanePhoto(self)
        self.splitter = QSplitter(Qt.Orientation.Horizontal, self)
        for part in (side, with_tools(self.photo, self), self._right()):
            self.splitter.addWidget(part)
        line = line_height(self)
        self.splitter.setSizes([line * 14, line * 32, line * 20])
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setChildrenCollapsible(False)
        self.shift = ShiftBanner(self.session, self)
        self.status = QLabel(self)
        self.status.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self.shift)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.status)
        self.list.chosen.connect(self._show)
        self.aside_box.toggled.connect(lambda _on: self.refresh())
        side.again.clicked.connect(lambda _checked=False: self.rematch())
        self.entry.changed.connect(self._typing.start)
        self.choice.chosen.connect(lambda _uid: self._name_action())

    def _button(self, text: str, tip: str = "") -> QPushButton:
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.setToolTip(tip)
        return button

    def _right(self) -> QWidget:
        box = QWidget(self)
        self.name = QLabel(box)
        self.name.setWordWrap(True)
        self.reason = QLabel(box)
        self.reason.setWordWrap(True)
        self.card = self._button(
            self.tr("打印卡片“怎样发原图”…"), self.tr("发给村里的一页说明：怎样发原图、怎样带定位拍照")
        )
        self.card.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.card.clicked.connect(lambda _checked=False: self.card_requested.emit())
        self.entry = PhotoEntry(box)
        tools = QHBoxLayout()
        self.carry_button = self._button(self.tr("沿用上一张 (Ctrl+D)"), self.tr("把上一张的图斑、位置和方位填进来"))
        self.carry_button.clicked.connect(lambda _checked=False: self.carry())
        self.map_button = self._button(self.tr("地图定点 (Ctrl+M)"), self.tr("在地图上按下定位置，拖动定镜头方向"))
        self.map_button.clicked.connect(lambda _checked=False: self.map_requested.emit())
        tools.addWidget(self.carry_button)
        tools.addWidget(self.map_button)
        self.choice = PatchChoice(box)
        self.purpose = PurposeBox(box)
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(self.tr("图斑"), self.choice)
        form.addRow(self.tr("用途"), self.purpose)
        self.accept_button = self._button(self.tr("归到图斑，下一张（回车）"))
        self.accept_button.setMinimumHeight(int(line_height(self) * 2))
        self.accept_button.clicked.connect(lambda _checked=False: self.accept_photo())
        self.aside_button = self._button(
            self.tr("不作举证 (Delete)"), self.tr("不是现场照片、重复或看不清：移出待归，可恢复")
        )
        self.aside_button.clicked.connect(lambda _checked=False: self.set_aside())
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        for part in (self.name, self.reason, self.card, self.entry):
            column.addWidget(part)
        column.addLayout(tools)
        column.addLayout(form)
        column.addStretch(1)
        column.addWidget(self.accept_button)
        column.addWidget(self.aside_button)
        box.setMinimumWidth(line_height(self) * 17)
        return box

    # -- showing --------------------------------------------------------------------------
    def report_error(self, error: WeipianError) -> None:
        """In the line at the bottom: what happened, what to do."""
        self.tell(f"{error.message}。{error.remedy}", "bad")

    def tell(self, text: str, kind: str = "good") -> None:
        """A sentence in the bottom line."""
        mark = {"good": "✔ ", "bad": "✖ ", "warn": "▲ "}.get(kind, "")
        self.status.setText(f"{mark}{text}" if text else "")
        self.status.setAccessibleName(text)
        write_in(self.status, kind if kind in ("good", "bad", "warn") else "muted")

    @guarded
    def open_at(self, current_patch: str = "", evidence_id: str = "") -> None:
        """Show what waits now; `current_patch` is the one in the panel."""
        self.current_patch = current_patch
        self.purpose.fill(self.session.pack)
        self.choice.set_patches(self.session.lane_patches())
        self.refresh(evidence_id)
        self.shift.refresh()
        self.show()
        self.raise_()
        self.activateWindow()
        self.to_work()

    @guarded
    def refresh(self, keep: str = "") -> None:
        """Read the lane anew."""
        aside = self.aside_box.isChecked()
        items = self.session.lane(aside=aside)
        self._shown = ""
        self.list.fill(items, keep)
        self._title()
        self._show()

    def _settled(self, evidence_ids: Sequence[str]) -> None:
        """These left the list: on to the next."""
        self._shown = ""
        self.list.drop(set(evidence_ids))
        self._title()

    def _title(self) -> None:
        what = self.tr("不作举证") if self.aside_box.isChecked() else self.tr("待归照片")
        count = self.list.count()
        self.setWindowTitle(f"{what}（{count}）" if count else what)

    def items(self) -> Sequence[LaneItem]:
        """What is chosen in the list."""
        return self.list.selected()

    def _near(self) -> Optional[tuple[float, float]]:
        """A position of the place, to complete what is typed short."""
        facts = self._last[1]
        if facts.lon is not None and facts.lat is not None:
            return facts.lon, facts.lat
        return self.session.place_centre()

    @guarded
    def _show(self) -> None:
        chosen = self.items()
        key = "|".join(item.evidence.evidence_id for item in chosen)
        if key == self._shown and key:
            return
        self._shown = key
        item = self.list.current()
        for part in (self.accept_button, self.aside_button, self.carry_button, self.map_button, self.entry):
            part.setEnabled(item is not None)
        if item is None:
            self._show_nothing()
            return
        following = self.list.following()
        next_photo = following is not None and following.evidence.kind == "photo"
        self.photo.show_file(item.path, item.evidence, following.path if next_photo else "")
        several = len(chosen) > 1
        only = item.evidence
        self.name.setText(self.tr("已选 {n} 个文件").format(n=len(chosen)) if several else only.original_name)
        self.reason.setText(self.tr("下面填写的内容用于所选的全部文件，没填的不变") if several else item.reason)
        write_in(self.reason, "muted" if several else "warn")
        self.card.setVisible(not several and only.kind == "photo" and bool(without_position(only)))
        self.entry.setVisible(several or only.kind == "photo")
        self.map_button.setEnabled(several or only.kind == "photo")
        self.entry.show_photo(None if several else only, self._near(), self._last[1].taken_at)
        self.aside_button.setText(
            self.tr("恢复为待归 (Delete)") if self.aside_box.isChecked() else self.tr("不作举证 (Delete)")
        )
        self._offer(item.candidates)
        self._mark()

    def _show_nothing(self) -> None:
        self.photo.clear(
            self.tr("没有定为不作举证的文件") if self.aside_box.isChecked() else self.tr("没有待归的照片，都归好了")
        )
        self.name.setText("")
        self.reason.setText("")
        self.card.hide()
        self.entry.show_photo(None)
        self.choice.offer(())
        self.choice.typed.clear()
        self.marked.emit(None, None, None)

    def _offer(self, candidates: Sequence[Candidate]) -> None:
        """The candidates, then the patch of the last photo and the one in the panel."""
        found = list(candidates)
        for uid, why in ((self._last[0], LAST), (self.current_patch, CURRENT)):
            known = self.session.lane_patch(uid, why) if uid else None
            if known is not None and all(c.patch_uid != uid for c in found):
                found = [*found[:8], known]
        self.choice.typed.clear()
        best = found[0] if found else None
        near = best is not None and best.why == NEAR and best.distance_m is not None and best.distance_m <= _SURE_M
        self.choice.offer(found, first=near and best.looks_at is not False)

    def _name_action(self) -> None:
        patch_id = self.choice.patch_id()
        name = self.tr("归到 …{id}，下一张（回车）").format(id=patch_id[-6:]) if patch_id else ""
        self.accept_button.setText(name or self.tr("归到图斑，下一张（回车）"))

    def to_work(self) -> None:
        """The keyboard goes where the work is: into the boxes while something is unknown, else to the list."""
        item = self.list.current()
        blank = item is not None and item.evidence.kind == "photo" and item.evidence.lon is None
        (self.entry.whole if blank else self.list).setFocus(Qt.FocusReason.OtherFocusReason)

    # -- typing ---------------------------------------------------------------------------
    @guarded
    def _follow(self) -> None:
        """What is typed gives candidates, and a mark on the map."""
        item = self.list.current()
        if item is None or self.entry.unread() is not None:
            return
        facts = self.entry.facts()
        if (
            facts.lon is not None
            and facts.lat is not None
            and self.entry.position.touched() | self.entry.azimuth.touched()
        ):
            half = item.evidence.fov_deg / 2 if item.evidence.fov_deg else None
            found = self.session.candidates_at(facts.lon, facts.lat, facts.azimuth, half)
            typed = self.choice.typed.text()
            self._offer(found)
            self.choice.typed.setText(typed)
            if not found:
                self.tell(self.tr("这个位置周围 1 公里没有图斑，请核对经纬度。"), "warn")
            elif self.status.text().startswith("▲"):
                self.tell("")
        self._mark()

    def _mark(self) -> None:
        facts = self.entry.facts() if self.entry.unread() is None else HandFacts()
        known = facts.lon is not None and facts.lat is not None
        self.marked.emit(*((facts.lon, facts.lat, facts.azimuth) if known else (None, None, None)))

    @guarded
    def aimed(self, lon: float, lat: float, azimuth: Optional[float]) -> None:
        """Position and direction came from the map."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.entry.give(HandFacts(lon, lat, azimuth), self.tr("地图定点"))
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    @guarded
    def carry(self) -> None:
        """Patch, position and direction of the last photo, else of the one taken next in time."""
        item = self.list.current()
        if item is None:
            return
        uid, facts, name = self._last
        if not uid and facts.lon is None:
            near = self.session.carried(item.evidence.evidence_id)
            if near is None:
                self.tell(self.tr("还没有可以沿用的照片：先归好一张，下一张就能沿用。"), "warn")
                return
            facts, name = near
        self.entry.give(facts, self.tr("沿用 {name}").format(name=name))
        self._typing.stop()
        self._follow()
        known = self.session.lane_patch(uid, LAST) if uid else None
        if known is not None:
            self.choice.typed.setText(known.patch_id)

    # -- acting ---------------------------------------------------------------------------
    @guarded
    def accept_photo(self) -> None:
        """Lay what is chosen on the patch, with what was typed, and go to the next."""
        self._typing.stop()
        if not self._readable():
            return
        self._follow()
        items, uid = self.items(), self.choice.uid()
        if not items:
            return
        photos = [item.evidence for item in items if item.evidence.kind == "photo"]
        facts = {photo.evidence_id: self.entry.facts_for(photo) for photo in photos} if self.entry.touched() else {}
        ids = [item.evidence.evidence_id for item in items]
        if not uid:
            self._keep_facts(facts)
            return
        patch_id = self.choice.patch_id()
        self.session.place(ids, uid, patch_id, self.purpose.value(), facts)
        self._remember(uid, items[-1], facts)
        count = self.tr("{n} 个文件").format(n=len(ids)) if len(ids) > 1 else items[0].evidence.original_name
        self._settled(ids)
        hand = self.tr("，手工填写的内容已注明") if facts else ""
        self.tell(self.tr("{what} 已归到 …{id}{hand}（Ctrl+Z 撤销）").format(what=count, id=patch_id[-6:], hand=hand))
        self.saved.emit(uid, "")
        self.to_work()

    def _readable(self) -> bool:
        """Whether every box can be read; else say which cannot and go there."""
        wrong = self.entry.unread()
        if wrong is None:
            return True
        box, why = wrong
        self.tell(why, "bad")
        box.setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def _keep_facts(self, facts: dict[str, HandFacts]) -> None:
        """No patch is chosen: what was typed is not lost."""
        problem = self.choice.problem()
        if not facts or self.choice.typed.text().strip():
            self.tell(problem, "warn")
            return
        for evidence_id, said in facts.items():
            self.session.set_photo_facts(evidence_id, said.lon, said.lat, said.azimuth, said.taken_at)
        self.refresh(next(iter(facts)))
        self.tell(self.tr("填写的内容已保存，但还没有归到图斑：") + problem, "warn")
        self.saved.emit("", "")

    def _remember(self, uid: str, item: LaneItem, facts: dict[str, HandFacts]) -> None:
        evidence = item.evidence
        said = facts.get(evidence.evidence_id)
        if said is None:
            said = HandFacts(evidence.lon, evidence.lat, evidence.azimuth, evidence.taken_at or "")
        elif not said.taken_at:
            said = HandFacts(said.lon, said.lat, said.azimuth, evidence.taken_at or "")
        self._last = (uid, said, evidence.original_name)

    @guarded
    def rematch(self) -> None:
        """Let names, positions and directions decide once more."""
        count = self.session.rematch_lane()
        self.refresh()
        self.tell(self.tr("{n} 个文件归到了图斑").format(n=count) if count else self.tr("没有新归到图斑的文件"))
        self.saved.emit("", "all" if count else "")

    @guarded
    def set_aside(self) -> None:
        """不作举证, or back again where these are shown."""
        ids = [item.evidence.evidence_id for item in self.items()]
        if not ids:
            return
        if self.aside_box.isChecked():
            self.session.take_back(ids)
            said = self.tr("已恢复为待归")
        else:
            self.session.set_aside(ids)
            said = self.tr("{n} 个文件定为不作举证，文件仍在工作区（Ctrl+Z 撤销）").format(n=len(ids))
        self._settled(ids)
        self.tell(said)
        self.saved.emit("", "")
        self.to_work()

    def choose(self, number: int) -> None:
        """Take a candidate by its number."""
        if not self.choice.choose(number):
            self.tell(self.tr("没有第 {n} 个候选图斑").format(n=number), "warn")

    def list_up(self) -> None:
        """The photo before."""
        self.list.step(-1)

    def list_down(self) -> None:
        """The next photo."""
        self.list.step(1)

    def leave_box(self) -> None:
        """From a text box to the list, where letters and numbers are commands."""
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- going ----------------------------------------------------------------------------
    def _restore(self) -> None:
        settings = QgsSettings()
        geometry, split = settings.value(_SIZE_KEY), settings.value(_SPLIT_KEY)
        if geometry:
            self.restoreGeometry(geometry)
        if split:
            self.splitter.restoreState(split)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt name
        """Remember size and columns."""
        settings = QgsSettings()
        settings.setValue(_SIZE_KEY, self.saveGeometry())
        settings.setValue(_SPLIT_KEY, self.splitter.saveState())
        self._typing.stop()
        self.photo.stop()
        self.list.loader.stop()
        super().closeEvent(event)
        self.closed.emit()
