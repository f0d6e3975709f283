"""规则包…: which packs there are and what is wrong with them, and which one each batch is judged by."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError, os_reason
from ...workbench.pack_choice import PackInfo
from ...workbench.pack_library import set_user_folder, user_folder
from ...workbench.session import Session
from ..compat import describe, turn_page_not_value
from .task_bar import WorkDialog

_UID = Qt.ItemDataRole.UserRole


def status_of(info: PackInfo) -> str:
    """What the check says of a pack, in a few words."""
    report = info.report
    if report.problems:
        return f"✖ {len(report.problems)} 处错误"
    if report.failed:
        return f"▲ {len(report.failed)}/{len(report.cases)} 个用例不符"
    return f"✔ 没有错误，{len(report.cases)} 个用例符合" if report.cases else "✔ 没有错误，没有用例"


def _table(parent: QWidget, heads: list[str], name: str) -> QTableWidget:
    table = QTableWidget(0, len(heads), parent)
    table.setHorizontalHeaderLabels(heads)
    table.verticalHeader().hide()
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setAlternatingRowColors(True)
    table.setWordWrap(True)
    table.setTabKeyNavigation(False)
    table.horizontalHeader().setSectionResizeMode(len(heads) - 1, QHeaderView.ResizeMode.Stretch)  # wraps there
    table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    describe(table, name)
    return table


class PacksDialog(WorkDialog):
    """`changed` is true once a batch or the default has another pack."""

    compare_wanted = pyqtSignal(str, str)  # batch_id, folder of a pack

    def __init__(self, session: Session, batch_id: str = "", parent: Optional[QWidget] = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("规则包"))
        self._session = session
        self._first_batch = batch_id
        self.infos: list[PackInfo] = []
        self.changed = False
        self._build()
        self.size_by_text(54, 30)
        self.refresh()

    # -- layout ---------------------------------------------------------------------------
    def _build(self) -> None:
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self._packs_page(), self.tr("有哪些规则包"))
        self.tabs.addTab(self._batches_page(), self.tr("各批次用哪个"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText(self.tr("关闭"))
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.task)
        layout.addWidget(self.buttons)

    def _packs_page(self) -> QWidget:
        page = QWidget(self)
        heads = [self.tr("名称"), self.tr("编号"), self.tr("版本"), self.tr("来自"), self.tr("检查")]
        self.packs = _table(page, heads, self.tr("规则包清单"))
        self.packs.itemSelectionChanged.connect(self._show_details)
        self.about = QLabel(page)
        self.about.setWordWrap(True)
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        heads = [self.tr("文件"), self.tr("行"), self.tr("项"), self.tr("问题，应当怎样写")]
        self.problems = _table(page, heads, self.tr("检查出的问题"))
        lower = QWidget(page)
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, 0, 0, 0)
        below.addWidget(self.about)
        below.addWidget(self.problems, 1)
        split = QSplitter(Qt.Orientation.Vertical, page)
        split.addWidget(self.packs)
        split.addWidget(lower)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setChildrenCollapsible(False)
        self.check_button = self._button(self.tr("重新检查"), self.refresh, self.tr("改过文件以后再检查一遍"))
        self.open_button = self._button(self.tr("打开文件夹"), self._open_folder, self.tr("看这个规则包的文件"))
        self.default_button = self._button(
            self.tr("新批次用它"), self._set_default, self.tr("以后导入的批次按这个规则包判定；已有批次不变")
        )
        self.folder_button = self._button(
            self.tr("本单位规则包…"), self._choose_folder, self.tr("本单位自己的规则包放在哪个文件夹（各工作区共用）")
        )
        row = QHBoxLayout()
        for button in (self.check_button, self.open_button, self.default_button):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.folder_button)
        layout = QVBoxLayout(page)
        layout.addWidget(split, 1)
        layout.addLayout(row)
        return page

    def _batches_page(self) -> QWidget:
        page = QWidget(self)
        hint = QLabel(
            self.tr(
                "批次保存着自己的规则包副本：换电脑、更新插件都不会改变建议。换用以后已作的判定不变，"
                "可以用“撤销”换回来。"
            ),
            page,
        )
        hint.setWordWrap(True)
        heads = [self.tr("批次"), self.tr("现用"), self.tr("换成")]
        self.batches = _table(page, heads, self.tr("各批次的规则包"))
        self.use_button = self._button(self.tr("换用"), self._use, self.tr("所选批次以后按“换成”里的规则包给出建议"))
        self.compare_button = self._button(
            self.tr("看差异…"), self._compare, self.tr("先看换用以后哪些图斑的建议不同；不改动任何内容")
        )
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.compare_button)
        row.addWidget(self.use_button)
        layout = QVBoxLayout(page)
        layout.addWidget(hint)
        layout.addWidget(self.batches, 1)
        layout.addLayout(row)
        return page

    def _button(self, words: str, slot: object, hint: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setAutoDefault(False)
        button.setToolTip(hint)
        button.clicked.connect(lambda _checked=False: slot())
        return button

    # -- filling --------------------------------------------------------------------------
    def refresh(self) -> None:
        """Look at every pack anew."""
        chosen = self.chosen()
        known = (chosen.ref.id, chosen.ref.version, chosen.ref.origin) if chosen else ()
        try:
            self.infos = self._session.packs()
        except WeipianError as error:
            self.fail(error)
            return
        self.packs.setRowCount(len(self.infos))
        for number, info in enumerate(self.infos):
            name = f"{info.ref.label}（{self.tr('新批次用')}）" if info.default else info.ref.label
            cells = (name, info.ref.id, info.ref.version, info.ref.origin_label, status_of(info))
            for column, text in enumerate(cells):
                self._set(self.packs, number, column, text)
        self.packs.resizeColumnsToContents()
        same = [i for i, p in enumerate(self.infos) if (p.ref.id, p.ref.version, p.ref.origin) == known]
        default = [i for i, p in enumerate(self.infos) if p.default]
        self.packs.selectRow((same or default or [0])[0])
        self._show_details()
        self._fill_batches()
        troubles = self._session.pack_troubles()
        self.tell("；".join(troubles), "warn" if troubles else "muted")

    @staticmethod
    def _set(table: QTableWidget, row: int, column: int, text: str) -> None:
        item = QTableWidgetItem(text)
        item.setToolTip(text)
        table.setItem(row, column, item)

    def chosen(self) -> Optional[PackInfo]:
        """The pack that is selected, None without one."""
        row = self.packs.currentRow()
        return self.infos[row] if 0 <= row < len(self.infos) else None

    def _show_details(self) -> None:
        info = self.chosen()
        self.default_button.setEnabled(
            bool(info and info.ref.files and not info.default and not info.report.problems)
            and not self._session.read_only
        )
        self.open_button.setEnabled(bool(info and info.ref.folder))
        if info is None:
            self.about.clear()
            self.problems.hide()
            return
        above = [name for name, _ in info.ref.files.chain[:-1]] if info.ref.files else []
        lines = [
            self.tr("以 {names} 为底本").format(names="、".join(above)) if above else self.tr("没有底本"),
            self.tr("用于批次：{names}").format(names="、".join(info.batches) or self.tr("（没有）")),
        ]
        if not info.report.problems and info.ref.files:
            based = info.ref.load().based_on
            lines += [self.tr("依据："), *(f"· {text}" for text in based)]
            lines.append(self.tr("没有来源核实的条目在界面上注明“未经核实”。"))
        self.about.setText("\n".join(lines))
        self._show_problems(info)

    def _show_problems(self, info: PackInfo) -> None:
        rows = [(p.file, str(p.line or ""), p.field, p.message) for p in info.report.problems]
        rows += [
            (f"{info.ref.id}/cases.yaml", str(case.line), f"{case.id} {case.label}", "；".join(case.differences))
            for case in info.report.failed
        ]
        self.problems.setRowCount(len(rows))
        for number, cells in enumerate(rows):
            for column, text in enumerate(cells):
                self._set(self.problems, number, column, text)
        self.problems.setVisible(bool(rows))
        self.problems.resizeColumnsToContents()
        self.problems.setColumnWidth(2, min(self.problems.columnWidth(2), self.problems.viewport().width() // 3))

    def _fill_batches(self) -> None:
        batches = self._session.batches()
        usable = [info for info in self.infos if info.ref.files is not None and not info.report.problems]
        self.batches.setRowCount(len(batches))
        for number, batch in enumerate(batches):
            self._set(self.batches, number, 0, batch.name)
            pack = self._session.pack_for(batch.batch_id)
            text = f"{pack.label}（{pack.id} {pack.version}）"
            self._set(self.batches, number, 1, text if batch.pack_id else f"{text}{self.tr('，尚未固定')}")
            combo = QComboBox(self.batches)
            for info in usable:
                combo.addItem(info.ref.display, info)
            same = [i for i, p in enumerate(usable) if (p.ref.id, p.ref.version) == (pack.id, pack.version)]
            combo.setCurrentIndex(same[0] if same else 0)
            describe(combo, self.tr("{name} 换成").format(name=batch.name))
            turn_page_not_value(combo)
            combo.activated.connect(lambda _index, row=number: self.batches.selectRow(row))
            self.batches.setCellWidget(number, 2, combo)
            self.batches.item(number, 0).setData(_UID, batch.batch_id)
            if batch.batch_id == self._first_batch or not number:
                self.batches.selectRow(number)
        header = self.batches.horizontalHeader()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for button in (self.use_button, self.compare_button):
            button.setEnabled(bool(batches))
        self.use_button.setEnabled(bool(batches) and not self._session.read_only)

    # -- what the buttons do --------------------------------------------------------------
    def _batch_choice(self) -> Optional[tuple[str, PackInfo]]:
        row = self.batches.currentRow()
        combo = self.batches.cellWidget(row, 2)
        if not isinstance(combo, QComboBox) or combo.currentIndex() < 0:
            return None
        self._first_batch = str(self.batches.item(row, 0).data(_UID))
        return self._first_batch, combo.currentData()

    def _use(self) -> None:
        choice = self._batch_choice()
        if choice is None:
            return
        batch_id, info = choice
        before = self._session.pack_for(batch_id)
        try:
            self._session.choose_pack(batch_id, info.ref.id, info.ref.version)
        except WeipianError as error:
            self.fail(error)
            return
        after = self._session.pack_for(batch_id)
        if (before.id, before.fingerprint) != (after.id, after.fingerprint):
            self.changed = True
        self.refresh()
        self.tell(self.tr("已换用 {name}，可用“撤销”换回来。").format(name=info.ref.display), "good")

    def _compare(self) -> None:
        choice = self._batch_choice()
        if choice is not None and choice[1].ref.folder is not None:
            self.compare_wanted.emit(choice[0], str(choice[1].ref.folder))

    def _set_default(self) -> None:
        info = self.chosen()
        if info is None:
            return
        try:
            self._session.set_default_pack(info.ref.id)
        except WeipianError as error:
            self.fail(error)
            return
        self.changed = True
        self.refresh()
        self.tell(self.tr("以后导入的批次用 {name}。").format(name=info.ref.display), "good")

    def _open_folder(self) -> None:
        info = self.chosen()
        if info is not None and info.ref.folder is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(info.ref.folder)))

    def _choose_folder(self) -> None:
        start = user_folder() or self._session.packs_folder()
        chosen = QFileDialog.getExistingDirectory(self, self.tr("本单位规则包所在的文件夹"), str(start))
        if chosen:
            self.set_folder(Path(chosen))

    def set_folder(self, folder: Path) -> None:
        """Look for the office's own packs there from now on."""
        try:
            set_user_folder(folder)
        except OSError as error:  # settings on a full or read-only disk
            self.fail(WeipianError("E_WRITE", path=folder, detail=os_reason(error)))
            return
        before = {(i.ref.id, i.ref.version) for i in self.infos}
        self.refresh()
        fresh = len({(i.ref.id, i.ref.version) for i in self.infos} - before)
        said = self.tr("找到 {count} 个新的规则包。").format(count=fresh)
        self.tell(said if fresh else self.tr("这个文件夹里没有新的规则包；每个规则包是一个有 pack.yaml 的文件夹。"),
                  "good" if fresh else "warn")  # fmt: skip
