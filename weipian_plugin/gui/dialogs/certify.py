"""村级承诺: print the list of a village, take in the signed one by scanner, number or file name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import QDate, Qt, QUrl
from qgis.PyQt.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDateEdit,
    QDialog,
    QFileDialog,
    QGridLayout,
    QGroupBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core import certify
from ...core.errors import WeipianError
from ...workbench.certifying import CertificateView, PrintedList, VillageState
from ...workbench.clock import today
from ...workbench.dispatching import NO_VILLAGE
from ...workbench.session import Session
from ...workbench.views import QueueRow
from ..compat import describe, line_height, take_copy, tone, write_in
from .errors import error_text

_VILLAGE_HEADS = ("村（社区）", "图斑", "✔ 已签字", "✖ 已失效", "● 待签字", "○ 未承诺", "无材料")
_STATES = (certify.SIGNED, certify.VOID, certify.PRINTED, certify.NONE)
_TONES = {certify.SIGNED: "good", certify.VOID: "bad", certify.PRINTED: "warn", certify.NONE: "muted"}
_PAPER_HEADS = ("编号", "村（社区）", "打印", "签字人", "签字日期", "情况")
_SCANS = "扫描件 (*.pdf *.jpg *.jpeg *.png *.tif *.tiff *.heic);;所有文件 (*)"
_KEY = int(Qt.ItemDataRole.UserRole)
_TOLD = 4


class CertifyDialog(QDialog):
    """`changed` is true once a list was printed, signed or voided."""

    def __init__(
        self, session: Session, rows: Sequence[QueueRow], current: str = "", parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._uids = [row.patch_uid for row in rows if row.workable]
        self._current = current
        self._scan: Optional[Path] = None
        self._view: Optional[CertificateView] = None
        self.changed = False
        self.printed: Optional[PrintedList] = None
        self.setWindowTitle(self.tr("村级承诺"))
        self.setAcceptDrops(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self._print_box(), 3)
        layout.addWidget(self._sign_box())
        layout.addWidget(self._paper_box(), 2)
        layout.addLayout(self._bottom())
        self._fill()
        self.resize(line_height(self) * 48, line_height(self) * 37)
        self.number.setFocus()

    # -- building --------------------------------------------------------------------------------
    def _print_box(self) -> QWidget:
        box = QGroupBox(self.tr("一、打印清单，交村里签字盖章"), self)
        self.villages = _table(box, _VILLAGE_HEADS)
        describe(self.villages, self.tr("各村的承诺情况"))
        self.print_village = QPushButton(self.tr("打印所选村的清单"), box)
        self.print_one = QPushButton(self.tr("只打印当前图斑"), box)
        self.print_one.setEnabled(bool(self._current))
        row = QHBoxLayout()
        for button in (self.print_village, self.print_one):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(box)
        layout.addWidget(self.villages, 1)
        layout.addLayout(row)
        self.print_village.clicked.connect(lambda _checked=False: self._print_village())
        self.print_one.clicked.connect(lambda _checked=False: self._print([self._current]))
        self.villages.itemDoubleClicked.connect(lambda _item: self._print_village())
        return box

    def _sign_box(self) -> QWidget:
        box = QGroupBox(self.tr("二、签收：清单签好字以后"), self)
        self.number = QLineEdit(box)
        self.number.setPlaceholderText(self.tr("扫清单上的二维码，或输入编号，例如 WP260501-123YJ"))
        describe(self.number, self.tr("清单编号"))
        self.signer = QLineEdit(box)
        describe(self.signer, self.tr("签字人"))
        self.day = QDateEdit(box)
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setDate(QDate.fromString(today(), Qt.DateFormat.ISODate))
        describe(self.day, self.tr("签字日期"))
        self.scan_button = QPushButton(self.tr("选扫描件…"), box)
        self.scan_button.setToolTip(self.tr("文件名里有编号的，编号会自动填上；也可以把文件拖到这个窗口"))
        self.scan_label = QLabel(box)
        self.about = QLabel(box)
        self.about.setWordWrap(True)
        self.sign = QPushButton(self.tr("签收"), box)
        self.sign.setEnabled(False)
        for button in (self.scan_button, self.sign):
            button.setAutoDefault(False)
        grid = QGridLayout(box)
        grid.addWidget(QLabel(self.tr("编号"), box), 0, 0)
        grid.addWidget(self.number, 0, 1, 1, 3)
        grid.addWidget(self.scan_button, 0, 4)
        grid.addWidget(self.scan_label, 0, 5)
        grid.addWidget(QLabel(self.tr("签字人"), box), 1, 0)
        grid.addWidget(self.signer, 1, 1)
        grid.addWidget(QLabel(self.tr("日期"), box), 1, 2)
        grid.addWidget(self.day, 1, 3)
        grid.addWidget(self.sign, 1, 4)
        grid.addWidget(self.about, 2, 0, 1, 6)
        grid.setColumnStretch(1, 2)
        grid.setColumnStretch(5, 1)
        self.number.textChanged.connect(lambda _text: self._look())
        self.number.returnPressed.connect(self._number_entered)
        self.signer.returnPressed.connect(self._sign)
        self.scan_button.clicked.connect(lambda _checked=False: self._choose_scan())
        self.sign.clicked.connect(lambda _checked=False: self._sign())
        return box

    def _paper_box(self) -> QWidget:
        box = QGroupBox(self.tr("三、已打印的清单"), self)
        self.papers = _table(box, _PAPER_HEADS)
        describe(self.papers, self.tr("已打印的清单，双击取其编号"))
        self.withdraw = QPushButton(self.tr("作废所选清单"), box)
        self.open_pdf = QPushButton(self.tr("打开所选清单"), box)
        row = QHBoxLayout()
        for button in (self.open_pdf, self.withdraw):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch(1)
        layout = QVBoxLayout(box)
        layout.addWidget(self.papers, 1)
        layout.addLayout(row)
        self.papers.itemDoubleClicked.connect(lambda _item: self.number.setText(self._paper()))
        self.withdraw.clicked.connect(lambda _checked=False: self._withdraw())
        self.open_pdf.clicked.connect(lambda _checked=False: self._open())
        return box

    def _bottom(self) -> QHBoxLayout:
        self.notice = QLabel(self)
        self.notice.setWordWrap(True)
        close = QPushButton(self.tr("关闭"), self)
        close.setAutoDefault(False)
        close.clicked.connect(lambda _checked=False: self.reject())
        row = QHBoxLayout()
        row.addWidget(self.notice, 1)
        row.addWidget(close)
        return row

    # -- showing ---------------------------------------------------------------------------------
    def _fill(self) -> None:
        states = self._session.certificate_villages(self._uids)
        chosen = self._village() or self._first_village()
        self.villages.setRowCount(len(states))
        for number, state in enumerate(states):
            self._village_line(number, state)
            if state.village == chosen:
                self.villages.selectRow(number)
        self._states = states
        papers = self._session.certificates()
        self.papers.setRowCount(len(papers))
        for number, paper in enumerate(papers):
            said = self.tr("已作废") if paper.withdrawn else self.tr("已签字") if paper.signed_on else self.tr("待签字")
            said += self.tr("，有扫描件") if paper.evidence_id else ""
            cells = (
                paper.number,
                paper.village or NO_VILLAGE,
                paper.made_at[:10],
                paper.signed_by,
                paper.signed_on,
                said,
            )
            for column, text in enumerate(cells):
                cell = QTableWidgetItem(text)
                cell.setData(_KEY, paper.number)
                self.papers.setItem(number, column, cell)
        can = bool(papers)
        self.withdraw.setEnabled(can and not self._session.read_only)
        self.open_pdf.setEnabled(can)
        self.print_village.setEnabled(bool(states) and not self._session.read_only)

    def _village_line(self, number: int, state: VillageState) -> None:
        counts = [len(state.uids), *(state.count(key) for key in _STATES), len(state.bare)]
        for column, text in enumerate((state.village or NO_VILLAGE, *(str(count or "") for count in counts))):
            cell = QTableWidgetItem(text)
            cell.setData(_KEY, state.village)
            if column:
                cell.setTextAlignment(int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
            if 2 <= column < 2 + len(_STATES) and text:
                cell.setForeground(tone(self.villages, _TONES[_STATES[column - 2]]))
            self.villages.setItem(number, column, cell)

    def _first_village(self) -> str:
        return self._session.queue_row(self._current).village if self._current else ""

    def _village(self) -> str:
        item = self.villages.item(self.villages.currentRow(), 0)
        return str(item.data(_KEY)) if item is not None else ""

    def _paper(self) -> str:
        item = self.papers.item(max(self.papers.currentRow(), 0), 0)
        return str(item.data(_KEY)) if item is not None else ""

    # -- printing --------------------------------------------------------------------------------
    def _print_village(self) -> None:
        state = next((item for item in self._states if item.village == self._village()), None)
        if state is None:
            self._tell(self.tr("请先在表中选一个村。"), "warn")
            return
        self._print(state.uids)

    def _print(self, uids: Sequence[str]) -> None:
        try:
            self.printed = self._session.print_certificate(uids)
        except WeipianError as error:
            self._tell(f"✖ {error_text(error)}", "bad")
            return
        self.changed = True
        self._fill()
        left = len(uids) - self.printed.patches
        text = self.tr("✔ 清单 {number} 已生成：{count} 个图斑，{pages} 页。").format(
            number=self.printed.certificate.number, count=self.printed.patches, pages=self.printed.pages
        )
        self._tell(text + (self.tr("另有 {} 个还没有举证材料，没有列入。").format(left) if left else ""), "good")
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.printed.path)))

    # -- signing ---------------------------------------------------------------------------------
    def _look(self) -> None:
        """The number is whole: say which list it is, and what changed since it was printed."""
        self._view = None
        self.sign.setEnabled(False)
        self.about.setText("")
        if not certify.find_number(self.number.text()):
            return
        try:
            view = self._session.find_certificate(self.number.text())
        except WeipianError as error:
            self._about(f"✖ {error_text(error)}", "bad")
            return
        self._view = view
        paper = view.certificate
        text = self.tr("{village} {count} 个图斑，{day} 打印").format(
            village=paper.village or NO_VILLAGE, count=len(view.patches), day=paper.made_at[:10]
        )
        if paper.withdrawn:
            self._about("✖ " + text + self.tr("；已作废，不能签收。"), "bad")
            return
        if paper.signed_on:
            text += self.tr("；{} {} 已签字，再签收会更正签字人、日期和扫描件").format(paper.signed_by, paper.signed_on)
            self.signer.setText(self.signer.text() or paper.signed_by)
        self.sign.setEnabled(not self._session.read_only)
        if not view.changed:
            self._about("✔ " + text, "good")
            return
        told = "\n".join(f"…{item.patch_id[-4:]}：{'；'.join(item.changed)}" for item in view.changed[:_TOLD])
        more = self.tr("\n共 {} 个").format(len(view.changed)) if len(view.changed) > _TOLD else ""
        self._about("▲ " + text + self.tr("。打印后材料有变化的，签收后仍算失效：\n") + told + more, "warn")

    def _about(self, text: str, kind: str) -> None:
        write_in(self.about, kind)
        self.about.setText(text)

    def _number_entered(self) -> None:
        """Enter, which a hand scanner types behind the number: on to the name."""
        if self._view is None and self.number.text().strip() and not self.about.text():
            self._about(f"✖ {error_text(WeipianError('E_CERT_NUMBER', value=self.number.text().strip()))}", "bad")
        elif self._view is not None:
            self.signer.setFocus()

    def _choose_scan(self) -> None:
        name, _filter = QFileDialog.getOpenFileName(self, self.tr("签字的清单扫描件"), "", _SCANS)
        if name:
            self.take_scan(Path(name))

    def take_scan(self, path: Path) -> None:
        """A scan was chosen or dropped; a number in its name is taken."""
        self._scan = path
        metrics = self.scan_label.fontMetrics()
        self.scan_label.setText(metrics.elidedText(path.name, Qt.TextElideMode.ElideMiddle, line_height(self) * 12))
        self.scan_label.setToolTip(path.name)
        found = certify.find_number(path.stem)
        if found:
            self.number.setText(found)
            self.signer.setFocus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt name
        """A scan may be dropped."""
        if event.mimeData().hasUrls():
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt name
        """Take the first file that was dropped."""
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            take_copy(event)
            self.take_scan(paths[0])

    def _sign(self) -> None:
        if self._view is None or not self.sign.isEnabled():
            self._tell(self.tr("请先扫码或输入清单编号。"), "warn")
            self.number.setFocus()
            return
        day = str(self.day.date().toString(Qt.DateFormat.ISODate))
        try:
            view = self._session.sign_certificate(self.number.text(), self.signer.text(), day, self._scan)
        except WeipianError as error:
            self._tell(f"✖ {error_text(error)}", "bad")
            (self.signer if error.code == "E_CERT_SIGNED_BY" else self.number).setFocus()
            return
        self.changed = True
        good = len(view.patches) - len(view.changed)
        text = self.tr("✔ {number} 已签收：{good} 个图斑有效").format(number=view.certificate.number, good=good)
        if view.changed:
            text += self.tr("，{} 个打印后有变化、要重新打印").format(len(view.changed))
        self._scan = None
        self.scan_label.setText("")
        self.number.clear()
        self.signer.clear()
        self._fill()
        self._tell(text, "warn" if view.changed else "good")
        self.number.setFocus()  # the next one

    # -- the papers ------------------------------------------------------------------------------
    def _withdraw(self) -> None:
        try:
            paper = self._session.withdraw_certificate(self._paper())
        except WeipianError as error:
            self._tell(f"✖ {error_text(error)}", "bad")
            return
        self.changed = True
        self._fill()
        self._look()
        self._tell(self.tr("✔ 清单 {} 已作废，可在面板上撤销。").format(paper.number), "good")

    def _open(self) -> None:
        path = self._session.certificate_pdf(self._paper())
        if path is None:
            self._tell(self.tr("找不到这份清单的 PDF，可能已被移走；可以重新打印一份。"), "warn")
            return
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def _tell(self, text: str, kind: str) -> None:
        write_in(self.notice, kind)
        self.notice.setText(text)


def _table(parent: QWidget, heads: Sequence[str]) -> QTableWidget:
    table = QTableWidget(0, len(heads), parent)
    table.setHorizontalHeaderLabels(list(heads))
    table.verticalHeader().hide()
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
    table.horizontalHeader().setSectionResizeMode(0 if heads is _VILLAGE_HEADS else 1, QHeaderView.ResizeMode.Stretch)
    table.setMinimumHeight(line_height(table) * 7)
    return table
