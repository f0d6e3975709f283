"""The gallery: patches as cards, before | after, to look over many at once and to decide on like ones together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from qgis.core import QgsGeometry
from qgis.PyQt.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QPointF, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QHideEvent, QKeyEvent, QPolygonF, QResizeEvent
from qgis.PyQt.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QListView, QPushButton, QVBoxLayout, QWidget

from ..core.errors import WeipianError
from ..workbench.views import QueueRow
from .compat import describe, line_height, no_input_method
from .gallery_cards import AFTER, BEFORE, CardAdvice, CardModel, CardPainter
from .gallery_thumbs import Thumbs
from .guard import guarded

_LOOK_AHEAD = 60


def _rings(wkb: Optional[bytes]) -> tuple[QPolygonF, ...]:
    """The rings of a boundary for drawing, in its own coordinates."""
    geometry = QgsGeometry()
    if wkb:
        geometry.fromWkb(wkb)
    parts = geometry.asMultiPolygon() if geometry.isMultipart() else [geometry.asPolygon()] if wkb else []
    return tuple(QPolygonF([QPointF(p.x(), p.y()) for p in ring]) for part in parts for ring in part)


class _Cards(QListView):
    """Cards in rows; says when others came into view, and which keys it does not use itself."""

    moved = pyqtSignal()
    same_requested = pyqtSignal()
    open_requested = pyqtSignal()
    judge_requested = pyqtSignal()
    leave_requested = pyqtSignal()
    undo_requested = pyqtSignal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Ctrl+A takes like ones, Ctrl+Enter decides, Z takes back, Enter opens, Esc leaves, space ticks the card."""
        if event.key() == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            self.same_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
            (self.judge_requested if control else self.open_requested).emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.leave_requested.emit()
        elif event.key() == Qt.Key.Key_Z and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.undo_requested.emit()
        elif event.key() == Qt.Key.Key_Space and self.currentIndex().isValid():
            self.selectionModel().select(self.currentIndex(), QItemSelectionModel.SelectionFlag.Toggle)
        else:
            super().keyPressEvent(event)

    def selectionCommand(  # noqa: N802 - Qt name
        self, index: QModelIndex, event: Any = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Arrows move and leave the ticks alone; Shift takes the way along."""
        if isinstance(event, QKeyEvent) and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return QItemSelectionModel.SelectionFlag.NoUpdate
        return super().selectionCommand(index, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt name
        """More or fewer cards are in view."""
        super().resizeEvent(event)
        self.moved.emit()


class Gallery(QWidget):
    """A window of its own beside QGIS; `review` gives session and map."""

    def __init__(self, review: Any) -> None:
        super().__init__(review.dock, Qt.WindowType.Window)
        self.review = review
        self.setWindowTitle(self.tr("卫片执法 · 画廊"))
        self.seen: dict[str, str] = {}  # uid -> after or before+after: painted in this window
        self._advice: dict[str, CardAdvice] = {}
        self.model = CardModel(self)
        self.thumbs = Thumbs(self._layers, self)
        self.cards = self._make_cards()
        self.line = QLabel(self)
        self.line.setWordWrap(True)
        self.judge = QPushButton(self.tr("批量判定"), self)
        self.same = QPushButton(self.tr("选中相同建议（Ctrl+A）"), self)
        self.undo = QPushButton(self.tr("撤销"), self)
        bottom = QHBoxLayout()
        bottom.addWidget(self.line, 1)
        for button in (self.same, self.judge, self.undo):
            button.setAutoDefault(False)
            no_input_method(button)
            bottom.addWidget(button)
        layout = QVBoxLayout(self)
        layout.addWidget(self.cards, 1)
        layout.addLayout(bottom)
        wide = 4 * (2 * self.thumbs.size.width() + line_height(self) * 2) + line_height(self) * 2
        self.resize(wide, line_height(self) * 38)
        self._look = QTimer(self)
        self._look.setSingleShot(True)
        self._look.setInterval(_LOOK_AHEAD)
        self._look.timeout.connect(self._look_at_visible)
        self._thinking = QTimer(self)
        self._thinking.setInterval(0)
        self._thinking.timeout.connect(self._advise_one)
        self._unadvised: list[str] = []
        self._connect()

    def _make_cards(self) -> _Cards:
        cards = _Cards(self)
        cards.setModel(self.model)
        painter = CardPainter(self.thumbs.get, self._advice.get, self._note_seen, self)
        self.thumbs.size = painter.picture_size
        cards.setItemDelegate(painter)
        cards.setViewMode(QListView.ViewMode.IconMode)
        cards.setMovement(QListView.Movement.Static)
        cards.setResizeMode(QListView.ResizeMode.Adjust)
        cards.setLayoutMode(QListView.LayoutMode.Batched)
        cards.setBatchSize(500)
        cards.setUniformItemSizes(True)
        cards.setSpacing(4)
        cards.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        cards.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        describe(cards, self.tr("图斑卡片：方向键移动，空格选中，回车打开"))
        no_input_method(cards)
        return cards

    def _connect(self) -> None:
        self.thumbs.ready.connect(lambda uid, _role: self.model.repaint_card(uid))
        self.cards.moved.connect(self._look.start)
        self.cards.verticalScrollBar().valueChanged.connect(lambda _value: self._look.start())
        self.cards.same_requested.connect(self.select_same)
        self.cards.open_requested.connect(self._open_in_panel)
        self.cards.judge_requested.connect(self.judge.click)
        self.cards.leave_requested.connect(self.leave)
        self.cards.undo_requested.connect(self.take_back)
        self.cards.doubleClicked.connect(lambda _index: self._open_in_panel())
        self.cards.selectionModel().selectionChanged.connect(lambda _a, _b: self._show_selection())
        self.same.clicked.connect(lambda _checked=False: self.select_same())
        self.judge.clicked.connect(lambda _checked=False: self.judge_selected())
        self.undo.clicked.connect(lambda _checked=False: self.take_back())

    def report_error(self, error: WeipianError) -> None:
        """A failure as a sentence at the bottom of the window."""
        self.line.setText(f"{error.message}。{error.remedy}")

    def leave(self) -> None:
        """Close, and give the keyboard back to the panel."""
        self.hide()
        self.review.dock.window().activateWindow()
        self.review.dock.home().setFocus()

    def _open_in_panel(self) -> None:
        """On one screen the window lies over the map and the panel: it makes room for the patch."""
        self.open_current()
        self.leave()

    # -- showing --------------------------------------------------------------------------
    @guarded
    def show_rows(self, rows: Sequence[QueueRow], current: str) -> None:
        """Open with these patches; what was seen before is to be seen again."""
        self.seen.clear()
        self._advice.clear()
        self.thumbs.forget()
        self.model.set_rows(rows)
        self.show()
        self.raise_()
        self.cards.setFocus()
        at = max(0, self.model.find(current))
        self.cards.selectionModel().setCurrentIndex(self.model.index(at), QItemSelectionModel.SelectionFlag.NoUpdate)
        self.cards.scrollTo(self.model.index(at))
        self._show_selection()
        self._look.start()

    def update_row(self, row: QueueRow) -> None:
        """A patch was written."""
        self._advice.pop(row.patch_uid, None)
        self.model.update_row(row)
        self._look.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Esc leaves from a button too."""
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt name
        """Closed: pictures and what waits are given up."""
        self._look.stop()
        self._thinking.stop()
        self.thumbs.forget()
        super().hideEvent(event)

    def visible_rows(self) -> list[QueueRow]:
        """The patches whose cards are on the screen now."""
        area = self.cards.viewport().rect()
        first = self.cards.indexAt(area.topLeft() + QPoint(30, 30))
        start = first.row() if first.isValid() else 0
        found = []
        for at in range(start, self.model.rowCount()):
            if not self.cards.visualRect(self.model.index(at)).intersects(area):
                break
            found.append(self.model.rows[at])
        return found

    def _layers(self, role: str, batch_id: str) -> Sequence[Any]:
        return self.review.map.images(role, batch_id) if self.review.map is not None else ()

    def _look_at_visible(self) -> None:
        rows = self.visible_rows()
        self._unadvised = [row.patch_uid for row in rows if row.patch_uid not in self._advice]
        self._thinking.start()
        self.thumbs.want([(r.patch_uid, side, r.batch_id, r.bbox) for r in rows if r.bbox for side in (AFTER, BEFORE)])

    @guarded
    def _advise_one(self) -> None:
        if not self._unadvised or self.review.session is None:
            self._thinking.stop()
            return
        uid = self._unadvised.pop(0)
        view = self.review.opened().patch_view(uid)
        advice = view.advice
        days = (view.patch.image_before or "", view.patch.image_after or "")
        self._advice[uid] = CardAdvice(
            advice.leaning or "", advice.sub_type, advice.headline, days, _rings(view.patch.wkb)
        )
        self.model.repaint_card(uid)
        if not self._unadvised and self.cards.selectionModel().hasSelection():
            self._show_selection()

    def _note_seen(self, uid: str, both: bool) -> None:
        if self.isVisible() and self.seen.get(uid) != "before+after":
            self.seen[uid] = "before+after" if both else "after"

    # -- selecting ------------------------------------------------------------------------
    def selected(self) -> list[QueueRow]:
        """The patches that are ticked, in the order of the cards."""
        chosen = sorted(index.row() for index in self.cards.selectionModel().selectedIndexes())
        return [self.model.rows[at] for at in chosen]

    @guarded
    def select_same(self) -> None:
        """Every patch with the advice of the current card whose pictures were on the screen."""
        at = self.cards.currentIndex().row()
        held = self._advice.get(self.model.rows[at].patch_uid) if 0 <= at < len(self.model.rows) else None
        if held is None or not held.leaning:
            self.line.setText(self.tr("当前图斑没有明确的建议，不能按建议选。"))
            return
        wanted, chosen = (held.leaning, held.sub_type), QItemSelection()
        for uid, advice in self._advice.items():
            row = self.model.find(uid)
            if row >= 0 and uid in self.seen and (advice.leaning, advice.sub_type) == wanted:
                chosen.select(self.model.index(row), self.model.index(row))
        self.cards.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def open_current(self) -> None:
        """The patch of the current card in the panel and on the map."""
        at = self.cards.currentIndex().row()
        if 0 <= at < len(self.model.rows):
            self.review.dock.show_review()
            self.review.show_patch(self.model.rows[at].patch_uid)
            self.review.dock.setUserVisible(True)

    def _show_selection(self) -> None:
        rows = self.selected()
        kinds = {self._kind(row.patch_uid) for row in rows}
        label = self._kind_label(next(iter(kinds))) if len(kinds) == 1 else ""
        self.judge.setEnabled(bool(label))
        self.judge.setText(self.tr("判为{}").format(label) if label else self.tr("批量判定"))
        if not rows:
            text = self.tr("空格选中，回车打开。只能对建议相同、看过后时相影像的图斑一起判定；违法要逐个判。")
        elif len(kinds) > 1:
            text = self.tr("已选 {} 个，建议不相同，不能一起判定。").format(len(rows))
        elif not label:
            text = self.tr("已选 {} 个。建议违法或没有明确建议的，要逐个判定。").format(len(rows))
        else:
            text = self.tr("已选 {} 个，建议都是{}。").format(len(rows), label)
        self.line.setText(text)

    def _kind(self, uid: str) -> tuple[str, str]:
        advice = self._advice.get(uid)
        return (advice.leaning, advice.sub_type) if advice is not None else ("", "")

    def _kind_label(self, kind: tuple[str, str]) -> str:
        verdict, sub_type = kind
        if verdict not in ("legal", "other") or self.review.session is None:
            return ""
        found = self.review.opened().pack.sub_type(verdict, sub_type)
        return {"legal": "合法", "other": "其他"}[verdict] + (f"·{found.label}" if found else "")

    @guarded
    def judge_selected(self) -> None:
        """The verdict of their common advice for all that are ticked; who is left out is told with the reason."""
        rows = self.selected()
        kinds = {self._kind(row.patch_uid) for row in rows}
        if len(kinds) != 1 or not self._kind_label(next(iter(kinds))):
            self._show_selection()
            return
        verdict, sub_type = kinds.pop()
        session = self.review.opened()
        result = session.bulk_judge(
            [row.patch_uid for row in rows],
            verdict,
            sub_type,
            patch_ids={row.patch_uid: row.patch_id for row in rows},
            seen={row.patch_uid: self.seen[row.patch_uid] for row in rows if row.patch_uid in self.seen},
        )
        decided = set(result.done)
        for row in rows:
            if row.patch_id in decided:
                self.review.row_changed(row.patch_uid)
                self.update_row(session.queue_row(row.patch_uid))
        self.cards.clearSelection()
        self._tell(result.done, result.refused, len(result.doubtful))
        if self.review.view is not None:
            self.review.show_patch(self.review.view.patch.patch_uid)

    @guarded
    def take_back(self) -> None:
        """The last action, and the cards as they are then."""
        self.review.undo()
        for row in list(self.model.rows):
            now = self.review.dock.queue.model.row_of(row.patch_uid)
            if now is not None and now != row:
                self.update_row(now)
        self.cards.setFocus()
        self.line.setText(self.review.dock.state.full_text() or self.review.dock.notice.text())

    def _tell(self, done: Sequence[str], refused: Sequence[tuple[str, str]], doubtful: int) -> None:
        text = self.tr("已判定 {} 个，可一步撤销。").format(len(done)) if done else self.tr("没有保存任何判定。")
        if doubtful:
            text += self.tr("其中 {} 个事实不齐，仍标存疑。").format(doubtful)
        if refused:
            shown = "；".join(f"…{number[-4:]} {why}" for number, why in refused[:4])
            more = self.tr(" 等") if len(refused) > 4 else ""
            text += self.tr("未判 {} 个：{}{}").format(len(refused), shown, more)
            self.line.setToolTip("\n".join(f"{number}：{why}" for number, why in refused))
        self.line.setText(text)
