"""派单: a table of villages with person and deadline prefilled from last time, and who is late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QDate, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QCompleter,
    QDateEdit,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.dispatch import LATE_HEADS, weekday
from ...core.errors import WeipianError
from ...core.proof import Dispatch
from ...workbench.clock import today
from ...workbench.dispatching import NO_VILLAGE, DispatchResult, VillagePlan
from ...workbench.session import Session
from ...workbench.views import QueueRow
from ..compat import describe, line_height, tone, turn_page_not_value, write_in
from .errors import error_text

_HEADS = ("派", "村（社区）", "图斑", "已派过", "责任人", "期限", "")
_TAKE, _VILLAGE, _COUNT, _SENT, _PERSON, _DUE, _DAY = range(len(_HEADS))
_UID = int(Qt.ItemDataRole.UserRole)
#: What of the queue is dispatched.
NEW, AGAIN, SHOWN, CURRENT = "new", "again", "shown", "current"


@dataclass
class _Line:
    """The widgets of one village."""

    plan: VillagePlan
    take: QCheckBox
    person: QComboBox
    due: QDateEdit


class DispatchDialog(QDialog):
    """`result_of` says what was dispatched, None when nothing was; `remind_wanted` carries uids of one village."""

    remind_wanted = pyqtSignal(list)

    def __init__(
        self,
        session: Session,
        rows: Sequence[QueueRow],
        *,
        shown: Sequence[str] = (),
        current: str = "",
        batch_id: str = "",
        parent: Optional[QWidget] = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._batch = session, batch_id
        self._rows = [row for row in rows if not batch_id or row.batch_id == batch_id]
        self._shown, self._current = frozenset(shown), current
        self.result_of: Optional[DispatchResult] = None
        self.lines: list[_Line] = []
        self.setWindowTitle(self.tr("派单"))
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self._send_page(), self.tr("派单"))
        self.tabs.addTab(self._late_page(), "")
        self.notice = QLabel(self)
        self.notice.setWordWrap(True)
        self.notice.hide()
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.notice)
        layout.addLayout(self._buttons())
        self._fill_late()
        self._fill()
        width = line_height(self) * 46
        self.resize(width, line_height(self) * 27)
        QTimer.singleShot(0, self._focus_next)  # cells take the keyboard once they are shown

    # -- building --------------------------------------------------------------------------------
    def _send_page(self) -> QWidget:
        page = QWidget(self)
        self.scope = QComboBox(page)
        self._fill_scope()
        describe(self.scope, self.tr("派哪些图斑"))
        self.all_due = _date_edit(page, "")
        describe(self.all_due, self.tr("统一期限"))
        self.apply_due = QPushButton(self.tr("期限都用这一天"), page)
        self.apply_due.setAutoDefault(False)
        top = QHBoxLayout()
        top.addWidget(QLabel(self.tr("图斑"), page))
        top.addWidget(self.scope, 1)
        top.addWidget(self.all_due)
        top.addWidget(self.apply_due)
        self.table = QTableWidget(0, len(_HEADS), page)
        self.table.setHorizontalHeaderLabels([self.tr(text) for text in _HEADS])
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.verticalHeader().setDefaultSectionSize(int(line_height(self) * 1.9))
        describe(self.table, self.tr("各村的图斑、责任人和期限"))
        self.hint = QLabel(page)
        self.hint.setWordWrap(True)
        write_in(self.hint, "muted")
        layout = QVBoxLayout(page)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.hint)
        self.scope.activated.connect(lambda _index: self._fill())
        self.apply_due.clicked.connect(lambda _checked=False: self._same_due())
        return page

    def _fill_scope(self) -> None:
        given = self._session.dispatches()
        open_rows = [row for row in self._rows if row.workable and not row.finished]
        fresh = sum(row.patch_uid not in given for row in open_rows)
        self.scope.addItem(self.tr("还没有派单的（{}）").format(fresh), NEW)
        self.scope.addItem(self.tr("全部未判定的，已派的重新派（{}）").format(len(open_rows)), AGAIN)
        if self._shown and len(self._shown) < len(self._rows):
            count = sum(row.patch_uid in self._shown for row in open_rows)
            self.scope.addItem(self.tr("列表当前筛选出的（{}）").format(count), SHOWN)
        if self._current:
            row = next((row for row in self._rows if row.patch_uid == self._current), None)
            if row is not None:
                self.scope.addItem(self.tr("只派当前图斑 …{}").format(row.patch_id[-4:]), CURRENT)
        if not fresh:
            self.scope.setCurrentIndex(max(self.scope.findData(CURRENT), 0))

    def _late_page(self) -> QWidget:
        page = QWidget(self)
        self.late = QTableWidget(0, len(LATE_HEADS), page)
        self.late.setHorizontalHeaderLabels(list(LATE_HEADS))
        self.late.verticalHeader().hide()
        self.late.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.late.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        describe(self.late, self.tr("过了期限还没有现场照片或外核的图斑"))
        self.late_text = QLabel(page)
        self.late_text.setWordWrap(True)
        self.remind = QPushButton(self.tr("复制该村提醒"), page)
        self.remind.setToolTip(self.tr("把所选一行的村的逾期图斑写成提醒文字，连同附图复制，粘贴到村里的群"))
        self.copy_late = QPushButton(self.tr("复制表格"), page)
        self.save_late = QPushButton(self.tr("另存为…"), page)
        row = QHBoxLayout()
        for button in (self.remind, self.copy_late, self.save_late):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(page)
        layout.addWidget(self.late_text)
        layout.addWidget(self.late, 1)
        layout.addLayout(row)
        self.remind.clicked.connect(lambda _checked=False: self._remind())
        self.copy_late.clicked.connect(lambda _checked=False: self._copy_late())
        self.save_late.clicked.connect(lambda _checked=False: self._save_late())
        return page

    def _buttons(self) -> QHBoxLayout:
        self.send = QPushButton(self)
        self.send.setDefault(True)
        font = self.send.font()
        font.setBold(True)
        self.send.setFont(font)
        self.cancel = QPushButton(self.tr("关闭"), self)
        self.cancel.setAutoDefault(False)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.send)
        self.send.clicked.connect(lambda _checked=False: self._dispatch())
        self.cancel.clicked.connect(lambda _checked=False: self.reject())
        self.tabs.currentChanged.connect(lambda index: self.send.setVisible(index == 0))
        return row

    # -- the table of villages -------------------------------------------------------------------
    def _chosen_rows(self) -> tuple[list[QueueRow], bool]:
        """The lines of the queue that are dispatched, and whether those sent before are given anew."""
        scope = self.scope.currentData()
        if scope == SHOWN:
            return [row for row in self._rows if row.patch_uid in self._shown], True
        if scope == CURRENT:
            return [row for row in self._rows if row.patch_uid == self._current], True
        return self._rows, scope == AGAIN

    def _fill(self) -> None:
        rows, again = self._chosen_rows()
        plans = self._session.dispatch_plan(rows, again=again)
        people = self._session.dispatch_people()
        self.lines = []
        self.table.setRowCount(0)
        self.table.setRowCount(len(plans))
        for number, plan in enumerate(plans):
            self._line(number, plan, people)
        header = self.table.horizontalHeader()
        for column in range(len(_HEADS)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_VILLAGE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_PERSON, QHeaderView.ResizeMode.Interactive)
        self.table.setColumnWidth(_PERSON, line_height(self) * 10)
        if plans and not self.lines_wanted():
            self.hint.setText(self.tr("都已派过。要改派，请在上面选“重新派”或“只派当前图斑”。"))
        elif not plans:
            self.hint.setText(self.tr("没有等待核查的图斑。"))
        else:
            self.hint.setText(
                self.tr("责任人和期限按上次派单预填，可以改；期限按自然日算。派单后状态变为“已派单”，可一步撤销。")
            )
        self._count()

    def _line(self, number: int, plan: VillagePlan, people: Sequence[str]) -> None:
        village = plan.village or NO_VILLAGE
        take = QCheckBox(self.table)
        take.setChecked(bool(plan.uids))
        take.setEnabled(bool(plan.uids))
        describe(take, self.tr("派 {}").format(village))
        holder = QWidget(self.table)
        inner = QHBoxLayout(holder)
        inner.setContentsMargins(6, 0, 6, 0)
        inner.addWidget(take, 0, Qt.AlignmentFlag.AlignCenter)
        person = QComboBox(self.table)
        person.setEditable(True)
        person.addItems(list(people))
        person.setCurrentText(plan.person)
        person.lineEdit().setPlaceholderText(self.tr("姓名"))
        person.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        describe(person, self.tr("{} 的责任人").format(village))
        due = _date_edit(self.table, plan.due_on)
        describe(due, self.tr("{} 的期限").format(village))
        for widget in (person, due):
            turn_page_not_value(widget)
            widget.setEnabled(bool(plan.uids))
        self.table.setCellWidget(number, _TAKE, holder)
        self.table.setCellWidget(number, _PERSON, person)
        self.table.setCellWidget(number, _DUE, due)
        for column, text in ((_VILLAGE, village), (_COUNT, str(len(plan.uids))), (_SENT, str(plan.sent or ""))):
            cell = QTableWidgetItem(text)
            if column != _VILLAGE:
                cell.setTextAlignment(int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
            self.table.setItem(number, column, cell)
        self.table.setItem(number, _DAY, QTableWidgetItem(""))
        self.lines.append(_Line(plan, take, person, due))
        take.toggled.connect(lambda _on: self._count())
        due.dateChanged.connect(lambda _day, row=number: self._show_day(row))
        self._show_day(number)

    def _show_day(self, number: int) -> None:
        """周三 behind the deadline, with a word when it is past or no working day."""
        day = _iso(self.lines[number].due)
        text = weekday(day)
        cell = self.table.item(number, _DAY)
        past = day < today()
        cell.setText(text + (self.tr(" 已过") if past else ""))
        weekend = date.fromisoformat(day).weekday() >= 5
        cell.setForeground(tone(self.table, "bad" if past else "warn" if weekend else "muted"))

    def _same_due(self) -> None:
        for line in self.lines:
            line.due.setDate(self.all_due.date())

    def _focus_next(self) -> None:
        """The keyboard begins at the first village without a person; where all have one, Enter sends."""
        empty = (line.person for line in self.lines_wanted() if not line.person.currentText().strip())
        (next(empty, None) or self.send).setFocus()

    def lines_wanted(self) -> list[_Line]:
        """The villages that are ticked."""
        return [line for line in self.lines if line.take.isChecked() and line.plan.uids]

    def _count(self) -> None:
        wanted = self.lines_wanted()
        count = sum(len(line.plan.uids) for line in wanted)
        self.send.setText(self.tr("派单（{} 个图斑）").format(count))
        self.send.setEnabled(bool(count) and not self._session.read_only)

    def _dispatch(self) -> None:
        items = []
        for line in self.lines_wanted():
            person = line.person.currentText().strip()
            if not person:
                village = line.plan.village or NO_VILLAGE
                self._tell(self.tr("✖ {}还没有写责任人。").format(village), "bad")
                line.person.setFocus()
                return
            items += [Dispatch(uid, person, line.plan.village, _iso(line.due)) for uid in line.plan.uids]
        try:
            self.result_of = self._session.dispatch(items)
        except WeipianError as error:
            self._tell(f"✖ {error_text(error)}", "bad")
            return
        self.accept()

    # -- who is late -----------------------------------------------------------------------------
    def _fill_late(self) -> None:
        found = self._session.late(self._batch)
        _heads, *rows = self._session.late_table(self._batch)
        self.late.setRowCount(len(rows))
        for number, (cells, item) in enumerate(zip(rows, found)):
            for column, text in enumerate(cells):
                cell = QTableWidgetItem(text)
                cell.setData(_UID, item.patch_uid)
                self.late.setItem(number, column, cell)
        self.late.resizeColumnsToContents()
        self.tabs.setTabText(1, self.tr("逾期（{}）").format(len(rows)))
        people = len({(item.village, item.person) for item in found})
        self.late_text.setText(
            self.tr("过了期限还没有现场照片、也没有外核：{count} 个图斑，{people} 位责任人。").format(
                count=len(rows), people=people
            )
            if rows
            else self.tr("✔ 没有逾期的派单。")
        )
        for button in (self.remind, self.copy_late, self.save_late):
            button.setEnabled(bool(rows))

    def _remind(self) -> None:
        row = max(self.late.currentRow(), 0)
        village = self.late.item(row, 0).text()
        uids = [
            self.late.item(number, 0).data(_UID)
            for number in range(self.late.rowCount())
            if self.late.item(number, 0).text() == village
        ]
        self.remind_wanted.emit(uids)
        self._tell(self.tr("✔ {village} {count} 个图斑的提醒已复制，可以粘贴到群里。").format(
            village=village or NO_VILLAGE, count=len(uids)), "good")  # fmt: skip

    def _copy_late(self) -> None:
        rows = self._session.late_table(self._batch)
        QApplication.clipboard().setText("\n".join("\t".join(cells) for cells in rows))
        self._tell(self.tr("✔ 表格已复制，可以粘贴到 Excel。"), "good")

    def _save_late(self) -> None:
        name, _filter = QFileDialog.getSaveFileName(
            self, self.tr("另存逾期清单"), self.tr("派单逾期") + ".xlsx", "Excel (*.xlsx);;CSV (*.csv)"
        )
        if not name:
            return
        try:
            self._session.save_late(Path(name), self._batch)
        except WeipianError as error:
            self._tell(f"✖ {error_text(error)}", "bad")
            return
        self._tell(self.tr("✔ 已保存 {}").format(Path(name).name), "good")

    def _tell(self, text: str, kind: str) -> None:
        write_in(self.notice, kind)
        self.notice.setText(text)
        self.notice.show()


def _date_edit(parent: QWidget, day: str) -> QDateEdit:
    edit = QDateEdit(parent)
    edit.setCalendarPopup(True)
    edit.setDisplayFormat("yyyy-MM-dd")
    found = QDate.fromString(day or today(), Qt.DateFormat.ISODate)
    edit.setDate(found if found.isValid() else QDate.currentDate())
    return edit


def _iso(edit: QDateEdit) -> str:
    return str(edit.date().toString(Qt.DateFormat.ISODate))
