"""The queue: rows sorted once, filters as an index array over them, no proxy model."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Callable, Optional

from qgis.PyQt.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt
from qgis.PyQt.QtGui import QBrush, QColor, QPalette
from qgis.PyQt.QtWidgets import QApplication

from ..core.model import LEVEL_LABELS, LEVEL_MARKS, CaseStatus, ReviewStatus
from ..workbench.views import QueueRow

#: Row data of a cell for callers.
ROW_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_ZERO = Decimal(0)


def _at_risk(row: QueueRow) -> bool:
    return bool(row.prime_mu) or bool(row.redline_mu)


def _to_rectify(row: QueueRow) -> bool:
    return row.verdict == "illegal" and row.case_status is not CaseStatus.CLOSED


@dataclass(frozen=True)
class Preset:
    """A filter of the combo box; `matches(row, today)` with today as ISO text."""

    key: str
    label: str
    matches: Callable[[QueueRow, str], bool]


def _working(test: Callable[[QueueRow], bool]) -> Callable[[QueueRow, str], bool]:
    """A filter over the rows on which something is done: neither split nor void nor part of another patch."""
    return lambda row, _today: row.workable and test(row)


PRESETS: tuple[Preset, ...] = (
    Preset("open_1", "一级 · 未判定", lambda row, _today: not row.finished and row.level == 1),
    Preset("open", "未判定", lambda row, _today: not row.finished),
    Preset("all", "全部", lambda _row, _today: True),
    Preset("doubt", "存疑", _working(lambda row: row.doubt)),
    Preset("risk", "疑似永农/红线", _working(_at_risk)),
    Preset("no_evidence", "尚无举证", _working(lambda row: not row.evidence_count)),
    Preset("returned", "被退回", _working(lambda row: row.review_status is ReviewStatus.RETURNED)),
    Preset("rectify", "待整改", _working(_to_rectify)),
    Preset("overdue", "已超期", lambda row, today: bool(row.due_on) and row.due_on < today and not row.finished),
    Preset("illegal", "违法", _working(lambda row: row.verdict == "illegal")),
    Preset("done", "已判定", _working(lambda row: row.finished)),
    Preset("clues", "线索", _working(lambda row: row.origin != "delivery")),
    Preset("shapeless", "无边界", _working(lambda row: row.bbox is None)),
    Preset("aside", "被拆分/作废/已并入", lambda row, _today: not row.workable),
)
PRESET_BY_KEY = {preset.key: preset for preset in PRESETS}


def _grey() -> QBrush:
    """The text colour of what cannot be worked on."""
    return QBrush(QColor(QApplication.palette().color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.Text)))


def sort_key(row: QueueRow) -> tuple[int, Decimal, str]:
    """Level, then the larger overlap with 永农 first, then the number."""
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


class QueueModel(QAbstractTableModel):
    """All rows of the workspace (or one batch) with the filter's index array on top."""

    LEVEL, PATCH, VILLAGE, AREA, STATUS = range(5)

    def __init__(self, parent: Optional[QObject] = None, today: str = "") -> None:
        super().__init__(parent)
        self._rows: list[QueueRow] = []
        self._at: dict[str, int] = {}
        self._shown: list[int] = []  # ascending positions in _rows
        self._preset = PRESET_BY_KEY["all"]
        self._words: tuple[str, ...] = ()
        self._today = today
        self._counts: dict[str, int] = {}  # empty until somebody asks
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
        row = self._rows[self._shown[index.row()]]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if index.column() == self.AREA else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._tip(row)
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

    def _tip(self, row: QueueRow) -> str:
        source = f"（{row.area_source}）" if row.area_source else ""
        parts = [row.patch_id, LEVEL_LABELS.get(row.level or 0, ""), row.village, f"{row.area_mu:.2f} 亩{source}"]
        if row.merged_into:
            parts.append(f"已并入 {row.merged_into}")
        if row.prime_mu:
            parts.append(f"永农 {row.prime_mu:.2f} 亩")
        if row.redline_mu:
            parts.append(f"红线 {row.redline_mu:.2f} 亩")
        parts += [row.review_status.label, status_text(row)]
        return " · ".join(part for part in parts if part)

    # -- rows -----------------------------------------------------------------------------
    def set_rows(self, rows: Iterable[QueueRow]) -> None:
        """Replace everything; the filter stays."""
        self.beginResetModel()
        self._counts, self._progress = {}, None
        self._rows = sorted(rows, key=sort_key)
        self._at = {row.patch_uid: i for i, row in enumerate(self._rows)}
        self._shown = [i for i, row in enumerate(self._rows) if self._passes(row)]
        self.endResetModel()

    def set_filter(self, preset: str, text: str = "") -> None:
        """Combine a preset with the words of the search box (all must be met)."""
        self._preset = PRESET_BY_KEY[preset]
        self._words = tuple(text.lower().split())
        self.beginResetModel()
        self._shown = [i for i, row in enumerate(self._rows) if self._passes(row)]
        self.endResetModel()

    def change_rows(self, rows: Iterable[QueueRow], removed: Iterable[str] = ()) -> None:
        """Take over several rows at once, new ones too, and drop those of `removed` uids."""
        gone = set(removed)
        fresh = {row.patch_uid: row for row in rows if row.patch_uid not in gone}
        self.set_rows(
            [*(r for r in self._rows if r.patch_uid not in gone and r.patch_uid not in fresh), *fresh.values()]
        )

    def update_row(self, row: QueueRow) -> None:
        """Take over one changed row: repaint, or leave or enter the filtered list, nothing else moves."""
        position = self._at[row.patch_uid]
        moved = sort_key(row) != sort_key(self._rows[position])
        if moved:
            self.set_rows([*self._rows[:position], row, *self._rows[position + 1 :]])
            return
        self._recount(self._rows[position], row)
        self._rows[position] = row
        at = bisect_left(self._shown, position)
        was_shown = at < len(self._shown) and self._shown[at] == position
        passes = self._passes(row)
        if was_shown and passes:
            self.dataChanged.emit(self.index(at, 0), self.index(at, self.STATUS))
        elif was_shown:
            self.beginRemoveRows(QModelIndex(), at, at)
            del self._shown[at]
            self.endRemoveRows()
        elif passes:
            self.beginInsertRows(QModelIndex(), at, at)
            self._shown.insert(at, position)
            self.endInsertRows()

    def _passes(self, row: QueueRow) -> bool:
        if not self._preset.matches(row, self._today):
            return False
        if not self._words:
            return True
        haystack = f"{row.patch_id} {row.village} {row.text}".lower()
        return all(word in haystack for word in self._words)

    def set_today(self, today: str) -> None:
        """The date (ISO) against which 已超期 is told."""
        if today != self._today:
            self._today, self._counts = today, {}

    # -- looking things up ----------------------------------------------------------------
    @property
    def rows(self) -> Sequence[QueueRow]:
        """Every row, filtered or not, in queue order."""
        return self._rows

    def row_of(self, uid: str) -> Optional[QueueRow]:
        """The row of a patch, also when the filter hides it."""
        position = self._at.get(uid)
        return None if position is None else self._rows[position]

    def find(self, uid: str) -> int:
        """Where a patch stands in the filtered list, -1 if it is not in it."""
        position = self._at.get(uid)
        if position is None:
            return -1
        at = bisect_left(self._shown, position)
        return at if at < len(self._shown) and self._shown[at] == position else -1

    def uid_at(self, row: int) -> str:
        """The patch in a line of the filtered list, empty when out of range."""
        return self._rows[self._shown[row]].patch_uid if 0 <= row < len(self._shown) else ""

    def neighbour(self, uid: str, step: int, unfinished: bool) -> str:
        """The next (step 1) or previous (-1) patch of the filtered list, from `uid` even if it is filtered out.

        With `unfinished` only patches that still need a decision, wrapping round once; "" if there is none.
        """
        position = self._at.get(uid, -1)
        start = bisect_left(self._shown, position)
        here = start < len(self._shown) and self._shown[start] == position
        after = self._shown[start + 1 if here else start :]
        before = self._shown[:start]
        order = [*after, *(before if unfinished else [])] if step > 0 else before[::-1]
        if step < 0 and unfinished:
            order += after[::-1]
        for i in order:
            if not unfinished or not self._rows[i].finished:
                return self._rows[i].patch_uid
        return ""

    def counts(self) -> dict[str, int]:
        """preset key -> how many of all rows it holds; counted once, then kept in step with every change."""
        if not self._counts:
            self._counts = {p.key: sum(1 for row in self._rows if p.matches(row, self._today)) for p in PRESETS}
        return dict(self._counts)

    def progress(self) -> tuple[int, int]:
        """(finished, all) of the issued patches as verified: without clues, void and split ones."""
        if self._progress is None:
            counted = [row for row in self._rows if row.counted]
            self._progress = sum(1 for row in counted if row.finished), len(counted)
        return self._progress

    def _recount(self, before: QueueRow, after: QueueRow) -> None:
        """One row changed: what was counted changes by it."""
        for preset in PRESETS if self._counts else ():
            was, now = preset.matches(before, self._today), preset.matches(after, self._today)
            self._counts[preset.key] += bool(now) - bool(was)
        if self._progress is not None:
            done, total = self._progress
            for row, sign in ((before, -1), (after, 1)):
                done += sign * (row.counted and row.finished)
                total += sign * row.counted
            self._progress = done, total
