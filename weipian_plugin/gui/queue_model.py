"""The queue as Qt sees it: an index array of the slots shown, in order, over columns; no proxy model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt
from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QPalette
from qgis.PyQt.QtWidgets import QApplication

from ..core.model import LEVEL_LABELS, LEVEL_MARKS, CaseStatus, ReviewStatus
from ..workbench.views import QueueRow
from .queue_filters import PRESET_BY_KEY, PRESETS, SLOW_TESTS, Preset, QueueFilter
from .queue_index import UNKNOWN, Box, QueueIndex

__all__ = ["PRESETS", "PRESET_BY_KEY", "ROW_ROLE", "Preset", "QueueModel", "area_text", "sort_key", "status_text"]

#: Row data of a cell for callers.
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_ZERO = Decimal(0)
#: Orders of the list: key -> words.
ORDERS: Mapping[str, str] = {
    "level": "级别，永农多的在前",
    "due": "期限",
    "nearest": "就近（从当前图斑起）",
    "id": "编号",
    "village": "村",
    "area": "面积",
    "status": "状态",
}


def _at_risk(row: QueueRow) -> bool:
    return bool(row.prime_mu) or bool(row.redline_mu)


def _grey() -> QBrush:
    """The text colour of what cannot be worked on."""
    return QBrush(QColor(QApplication.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)))


def sort_key(row: QueueRow) -> tuple[int, Decimal, str]:
    """Level, then the larger overlap with 永农 first, then the number: the usual order, of one row."""
    return (row.level or 9, -(row.prime_mu or _ZERO), row.patch_id)


def _aside_text(row: QueueRow) -> str:
    """Why nothing is done on this row."""
    if row.review_status is ReviewStatus.VOID:
        return "－ 作废"
    return "▤ 被拆分" if row.split_state == "parent" else "→ 已并入"


def status_text(row: QueueRow) -> str:
    """A mark and a word: what has been decided about this patch."""
    if not row.workable:
        return _aside_text(row)
    if row.review_status is ReviewStatus.RETURNED:
        return "↩ 退回"
    if row.doubt:
        return {"legal": "? 合法", "illegal": "? 违法", "other": "? 其他"}.get(row.verdict, "? 存疑")
    if row.verdict == "illegal" and row.case_status is CaseStatus.CLOSED:
        return "■ 销号"
    return {"legal": "✔ 合法", "illegal": "✖ 违法", "other": "◆ 其他"}.get(row.verdict, "○ 未判")


def area_text(row: QueueRow) -> str:
    """亩, marked where it is the issued figure because there is no boundary; a dash where nothing is known."""
    if row.bbox is None and not row.area_mu:
        return "–"
    return f"{row.area_mu:.2f} 下发" if row.bbox is None and row.area_source else f"{row.area_mu:.2f}"


def _tip(row: QueueRow) -> str:
    source = f"（{row.area_source}）" if row.area_source else ""
    parts = [row.patch_id, LEVEL_LABELS.get(row.level or 0, ""), row.village, f"{row.area_mu:.2f} 亩{source}"]
    if row.merged_into:
        parts.append(f"已并入 {row.merged_into}")
    if row.prime_mu:
        parts.append(f"永农 {row.prime_mu:.2f} 亩")
    if row.redline_mu:
        parts.append(f"红线 {row.redline_mu:.2f} 亩")
    if row.due_on and not row.finished:
        parts.append(f"{row.due_on} 到期")
    parts += [row.review_status.label, status_text(row)]
    return " · ".join(part for part in parts if part)


class QueueModel(QAbstractTableModel):
    """All rows of the workspace (or one batch); filter and order are an array of slots over them."""

    LEVEL, PATCH, VILLAGE, AREA, STATUS = range(5)
    #: Order that a click on each header asks for.
    HEADER_ORDERS = ("level", "id", "village", "area", "status")

    def __init__(self, parent: Optional[QObject] = None, today: str = "") -> None:
        super().__init__(parent)
        self._index = QueueIndex(today=today)
        self._filter = QueueFilter()
        self._order, self._down = "level", False
        self._walk: Mapping[str, int] = {}  # uid -> step of the order 就近
        self._keys: npt.NDArray[np.int64] = np.zeros(0, np.int64)  # a slot
        self._sorted: npt.NDArray[np.int64] = np.zeros(0, np.int64)  # slots by key
        self._shown: npt.NDArray[np.int64] = np.zeros(0, np.int64)  # slots that pass, by key
        self._shown_keys: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._counts: dict[str, int] = {}  # of presets, as far as somebody asked
        self._progress: Optional[tuple[int, int]] = None

    # -- Qt -------------------------------------------------------------------------------
    def rowCount(self, parent: Optional[QModelIndex] = None) -> int:  # noqa: N802 - Qt name
        """Rows that pass the filter."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def columnCount(self, parent: Optional[QModelIndex] = None) -> int:  # noqa: N802 - Qt name
        """级 图斑 村 亩 状态."""
        return 0 if parent is not None and parent.isValid() else 5

    def headerData(  # noqa: N802 - Qt name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Column titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            titles = (self.tr("级"), self.tr("图斑"), self.tr("村"), self.tr("亩"), self.tr("状态"))
            return titles[section]
        return None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, alignment and tool tip of a cell."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        row = self._index.rows[self._shown[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() == self.AREA else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return _tip(row)
        if role == Qt.ItemDataRole.ForegroundRole:
            return None if row.workable else _grey()
        return row if role == ROW_ROLE else None

    def _text(self, row: QueueRow, column: int) -> str:
        if column == self.LEVEL:
            return LEVEL_MARKS.get(row.level or 0, "–") + ("▲" if _at_risk(row) else "")
        if column == self.PATCH:
            return row.patch_id
        if column == self.VILLAGE:
            return row.village
        return area_text(row) if column == self.AREA else status_text(row)

    # -- rows -----------------------------------------------------------------------------
    def set_rows(self, rows: Iterable[QueueRow]) -> None:
        """Replace everything; filter, order and what is known of rows that did not change stay."""
        self.beginResetModel()
        before = self._index
        self._index = QueueIndex(list(rows), before.today, before.person)
        self._index.view = before.view
        self._keep_facts(before)
        self._counts, self._progress = {}, None
        self._sort()
        self._narrow()
        self.endResetModel()

    def _keep_facts(self, before: QueueIndex) -> None:
        for slot, row in enumerate(self._index.rows) if before.has_facts() else ():
            old = before.at.get(row.patch_uid)
            if old is not None and before.rows[old] == row:
                self._index.set_facts(slot, *before.facts(old))

    def set_filter(self, wanted: Union[str, QueueFilter], text: str = "") -> None:
        """Narrow the list by a preset's key or a filter; all words of `text` must be found."""
        found = PRESET_BY_KEY[wanted].filter if isinstance(wanted, str) else wanted
        self._filter = replace(found, text=f"{found.text} {text}".strip())
        self._again()

    def set_order(self, order: str, *, down: bool = False, walk: Optional[Mapping[str, int]] = None) -> None:
        """Sort by a key of ORDERS; for `nearest` the steps (uid -> number) come along."""
        self.beginResetModel()
        self._order, self._down = order, down
        self._walk = walk or {}
        self._sort()
        self._narrow()
        self.endResetModel()

    def change_rows(self, rows: Iterable[QueueRow], removed: Iterable[str] = ()) -> None:
        """Take over several rows at once, new ones too, and drop those of `removed` uids."""
        gone = set(removed)
        fresh = {row.patch_uid: row for row in rows if row.patch_uid not in gone}
        kept = [fresh.pop(r.patch_uid, r) for r in self._index.rows if r.patch_uid not in gone]
        self.set_rows([*kept, *fresh.values()])

    def update_row(self, row: QueueRow, facts: Optional[tuple[int, int, int]] = None) -> None:
        """Take over one changed row: repaint, move, leave or enter the filtered list; nothing else moves.

        `facts` are those of `set_facts`; without them they are not known of a row that changed.
        """
        slot = self._index.at[row.patch_uid]
        before, was = self._index.rows[slot], self._lookup(slot)
        held = {preset.key: self._index.passes(preset.filter, slot) for preset in self._counted()}
        if before != row:
            self._index.put(slot, row)
        if facts is not None or before != row:
            self._index.set_facts(slot, *(facts or (UNKNOWN, UNKNOWN, UNKNOWN)))
        self._recount(before, row, held, slot)
        if self._place(slot):
            self._follow(slot, was)

    def set_facts(self, facts: Mapping[str, tuple[int, int, int]]) -> None:
        """What the background found: uid -> (incomplete, against, left), 1 yes, 0 no, -1 not known."""
        for uid, values in facts.items():
            slot = self._index.at.get(uid)
            if slot is not None:
                self._index.set_facts(slot, *values)
        for key in SLOW_TESTS:
            self._counts.pop(key, None)
        if self._filter.slow():
            self._again()

    def set_today(self, today: str) -> None:
        """The date (ISO) against which 已超期 is told."""
        if today != self._index.today:
            self._index.today, self._counts = today, {}

    def set_person(self, person: str) -> None:
        """Who 我的 is."""
        if person != self._index.person:
            self._index.person = person
            self._counts.pop("mine", None)
            if "mine" in self._filter.tests:
                self._again()

    def set_view(self, box: Optional[Box]) -> None:
        """What the map shows, lon/lat degrees; None without a map."""
        self._index.view = box
        self._counts.pop("in_view", None)
        if "in_view" in self._filter.tests:
            self._again()

    # -- inside ---------------------------------------------------------------------------
    def _again(self) -> None:
        self.beginResetModel()
        self._narrow()
        self.endResetModel()

    def _sort(self) -> None:
        if self._order == "nearest":
            last = len(self._walk)
            steps = np.fromiter((self._walk.get(row.patch_uid, last) for row in self._index.rows), np.int64)
            keys = (steps << 21) | self._index.ranks()
            self._keys = -keys if self._down else keys
        else:
            self._keys = self._index.keys(self._order, down=self._down)
        self._sorted = np.argsort(self._keys, kind="stable")

    def _narrow(self) -> None:
        passed = self._index.mask(self._filter)
        self._shown = self._sorted[passed[self._sorted]]
        self._shown_keys = self._keys[self._shown]

    def _key_of(self, slot: int) -> int:
        if self._order == "nearest":
            return int(self._keys[slot])
        return int(self._index.keys(self._order, down=self._down, sel=slice(slot, slot + 1))[0])

    def _place(self, slot: int) -> bool:
        """Put a slot where its key now belongs in the order of all; False when all were put in order anew."""
        old, new = int(self._keys[slot]), self._key_of(slot)
        if old == new:
            return True
        if self._order in ("village", "status"):  # a new word may move all the others
            keys = self._index.keys(self._order, down=self._down)
            if not np.array_equal(np.delete(keys, slot), np.delete(self._keys, slot)):
                self._keys = keys
                self._sorted = np.argsort(keys, kind="stable")
                self._again()
                return False
        at = int(np.searchsorted(self._keys[self._sorted], old))
        rest = np.delete(self._sorted, at)
        to = int(np.searchsorted(self._keys[rest], new))
        self._keys[slot] = new
        self._sorted = np.insert(rest, to, slot)
        return True

    def _lookup(self, slot: int) -> int:
        """The line of a slot, -1 if it is not shown."""
        at = int(np.searchsorted(self._shown_keys, self._keys[slot]))
        return at if at < len(self._shown) and self._shown[at] == slot else -1

    def _follow(self, slot: int, was: int) -> None:
        """Let the lines of the view follow one slot; `was` its line before."""
        passes = self._index.passes(self._filter, slot)
        shown = was >= 0
        if not shown and not passes:
            return
        key = self._keys[slot]
        rest, rest_keys = (
            (np.delete(self._shown, was), np.delete(self._shown_keys, was))
            if shown
            else (self._shown, self._shown_keys)
        )
        to = int(np.searchsorted(rest_keys, key))
        if shown and passes:
            self._move(was, to, slot, rest, rest_keys)
        elif shown:
            self.beginRemoveRows(QModelIndex(), was, was)
            self._shown, self._shown_keys = rest, rest_keys
            self.endRemoveRows()
        else:
            self.beginInsertRows(QModelIndex(), to, to)
            self._shown, self._shown_keys = np.insert(rest, to, slot), np.insert(rest_keys, to, key)
            self.endInsertRows()

    def _move(self, was: int, to: int, slot: int, rest: npt.NDArray[Any], rest_keys: npt.NDArray[Any]) -> None:
        if was != to:
            self.beginMoveRows(QModelIndex(), was, was, QModelIndex(), to + (to > was))
        self._shown, self._shown_keys = np.insert(rest, to, slot), np.insert(rest_keys, to, self._keys[slot])
        if was != to:
            self.endMoveRows()
        self.dataChanged.emit(self.index(to, 0), self.index(to, self.STATUS))

    # -- looking things up ----------------------------------------------------------------
    @property
    def rows(self) -> Sequence[QueueRow]:
        """Every row, filtered or not, in no particular order."""
        return self._index.rows

    @property
    def table(self) -> QueueIndex:
        """The columns behind, for counts of facets."""
        return self._index

    def wanted(self) -> QueueFilter:
        """The filter in force."""
        return self._filter

    def order(self) -> tuple[str, bool]:
        """(key of ORDERS, whether turned round)."""
        return self._order, self._down

    def row_of(self, uid: str) -> Optional[QueueRow]:
        """The row of a patch, also when the filter hides it."""
        slot = self._index.at.get(uid)
        return None if slot is None else self._index.rows[slot]

    def find(self, uid: str) -> int:
        """Where a patch stands in the filtered list, -1 if it is not in it."""
        slot = self._index.at.get(uid)
        return -1 if slot is None else self._lookup(slot)

    def place(self, uid: str) -> int:
        """The line where a patch stands, or would stand if the filter let it; -1 without such a patch."""
        slot = self._index.at.get(uid)
        return -1 if slot is None else int(np.searchsorted(self._shown_keys, self._keys[slot]))

    def uid_at(self, row: int) -> str:
        """The patch in a line of the filtered list, empty when out of range."""
        return self._index.rows[self._shown[row]].patch_uid if 0 <= row < len(self._shown) else ""

    def shown_uids(self) -> list[str]:
        """The patches of the filtered list, in order."""
        return [self._index.rows[slot].patch_uid for slot in self._shown]

    def neighbour(self, uid: str, step: int, unfinished: bool) -> str:
        """The next (step 1) or previous (-1) patch of the filtered list, from `uid` even if it is filtered out.

        With `unfinished` only patches that still need a decision, wrapping round once; "" if there is none.
        """
        start = self.place(uid)
        here = start >= 0 and self.find(uid) >= 0
        start = max(start, 0)
        after, before = self._shown[start + 1 if here else start :], self._shown[:start]
        first, second = (after, before) if step > 0 else (before[::-1], after[::-1])
        order = np.concatenate([first, second]) if unfinished else first
        if unfinished:
            order = order[~self._index.column("finished")[order]]
        return self._index.rows[order[0]].patch_uid if len(order) else ""

    # -- counts ---------------------------------------------------------------------------
    def _counted(self) -> list[Preset]:
        return [preset for preset in PRESETS if preset.key in self._counts]

    def count(self, wanted: QueueFilter) -> int:
        """How many of all rows a filter holds."""
        return int(np.count_nonzero(self._index.mask(wanted)))

    def counts(self) -> dict[str, int]:
        """preset key -> how many of all rows it holds; counted once, then kept in step with every change."""
        for preset in PRESETS:
            if preset.key not in self._counts:
                self._counts[preset.key] = self.count(preset.filter)
        return dict(self._counts)

    def count_next(self) -> bool:
        """Count one more preset, a few ms; whether others are left."""
        left = [preset for preset in PRESETS if preset.key not in self._counts]
        if left:
            self._counts[left[0].key] = self.count(left[0].filter)
        return len(left) > 1

    def progress(self) -> tuple[int, int]:
        """(finished, all) of the issued patches as verified: without clues, void and split ones."""
        if self._progress is None:
            counted = self._index.column("counted")
            done = np.count_nonzero(counted & self._index.column("finished"))
            self._progress = int(done), int(np.count_nonzero(counted))
        return self._progress

    def _recount(self, before: QueueRow, after: QueueRow, held: Mapping[str, bool], slot: int) -> None:
        """One row changed: what was counted changes by it."""
        for preset in self._counted():
            self._counts[preset.key] += int(self._index.passes(preset.filter, slot)) - int(held[preset.key])
        if self._progress is not None:
            done, total = self._progress
            for row, sign in ((before, -1), (after, 1)):
                done += sign * (row.counted and row.finished)
                total += sign * row.counted
            self._progress = done, total
