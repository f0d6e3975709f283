"""改判: the paper that a changed verdict needs, 内审退回, and the list of what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Callable, Optional

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...core import revision
from ...core.errors import WeipianError
from ...core.proof import Evidence
from ...workbench.reasons import Reason
from ...workbench.revising import HEADS, RevisionLine
from ..compat import describe, line_height
from ..small_dialogs import Form


class RevisionDialog(Form):
    """Reason, document and second person of a 改判; stays open until all three are there."""

    def __init__(
        self,
        patch_id: str,
        reasons: Sequence[Reason],
        documents: Sequence[Evidence],
        people: Sequence[str],
        who: str,
        parent: Optional[QWidget] = None,
    ) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("改判") + f" · {patch_id}")
        self._who = who
        self.reason = QComboBox(self)
        self.reason.addItem("", "")
        for item in reasons:
            self.reason.addItem(item.label, item.id)
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(self.tr("清单里没有时在这里写"))
        self.doc_no = QLineEdit(self)
        self.doc_no.setPlaceholderText(self.tr("例如 渝北规资函〔2026〕12号"))
        self.document = QComboBox(self)
        self.document.addItem(self.tr("（没有附件，只写文号）") if documents else self.tr("（本图斑还没有文件）"), "")
        for paper in documents:
            self.document.addItem(paper.original_name, paper.evidence_id)
        self.second = QComboBox(self)
        self.second.setEditable(True)
        self.second.addItems(["", *people])
        rows = (
            (self.tr("改判理由"), self.reason),
            (self.tr("说明"), self.note),
            (self.tr("文号"), self.doc_no),
            (self.tr("附件"), self.document),
            (self.tr("复核人"), self.second),
        )
        for label, widget in rows:
            describe(widget, label)
            self.form.addRow(label, widget)
        hint = QLabel(self.tr("已查处或上报后改判，要有理由、依据文件和另一位复核人，并列入改判清单。"), self)
        hint.setWordWrap(True)
        self.form.addRow(hint)
        self.setMinimumWidth(line_height(self) * 24)
        self.finish()

    def check(self) -> None:
        """All three are there, and the second person is another one."""
        reason = f"{self.reason.currentText()}{self.note.text()}"
        lacking = revision.missing(
            reason, self.doc_no.text(), str(self.document.currentData() or ""), self.second.currentText(), self._who
        )
        if lacking:
            raise ValueError(self.tr("还缺") + "：" + "、".join(lacking))

    def values(self) -> dict[str, str]:
        """As `Session.judge` takes them."""
        return {
            "reason_id": str(self.reason.currentData() or ""),
            "against_reason": self.note.text().strip(),
            "doc_no": self.doc_no.text().strip(),
            "evidence_id": str(self.document.currentData() or ""),
            "second_person": self.second.currentText().strip(),
        }


class ReturnDialog(Form):
    """内审退回: reasons of the pick-list, and words."""

    def __init__(self, patch_id: str, reasons: Sequence[Reason], parent: Optional[QWidget] = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("内审退回") + f" · {patch_id}")
        self.list = QListWidget(self)
        for item in reasons:
            line = QListWidgetItem(item.label, self.list)
            line.setData(int(Qt.ItemDataRole.UserRole), item.id)
            line.setFlags(line.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            line.setCheckState(Qt.CheckState.Unchecked)
        describe(self.list, self.tr("退回理由"))
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(self.tr("补充一句；清单里没有的理由也写在这里"))
        describe(self.note, self.tr("说明"))
        self.form.addRow(self.list)
        self.form.addRow(self.tr("说明"), self.note)
        self.setMinimumWidth(line_height(self) * 22)
        self.finish()

    def check(self) -> None:
        """At least one reason."""
        chosen, note = self.values()
        if not chosen and not note:
            raise WeipianError("E_CHECK_REASON")

    def values(self) -> tuple[list[str], str]:
        """(ids of the reasons, words)."""
        lines = [self.list.item(i) for i in range(self.list.count())]
        chosen = [line for line in lines if line.checkState() == Qt.CheckState.Checked]
        return [str(line.data(int(Qt.ItemDataRole.UserRole))) for line in chosen], self.note.text().strip()


class RevisionsDialog(QDialog):
    """改判清单: every 改判 of the workspace, to be copied or saved as a table."""

    def __init__(
        self, lines: Sequence[RevisionLine], save: Callable[[Path], None], parent: Optional[QWidget] = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("改判清单") + f"（{len(lines)}）")
        self._lines, self._save_to = lines, save
        self.table = QTableWidget(len(lines), len(HEADS), self)
        self.table.setHorizontalHeaderLabels(list(HEADS))
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        for row, line in enumerate(lines):
            for column, text in enumerate(line.cells()):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self.table.resizeColumnsToContents()
        describe(self.table, self.tr("改判清单"))
        self.empty = QLabel(self.tr("还没有改判。已制止、立案、移交或上报之后把“违法”改为其他，会列在这里。"), self)
        self.empty.setWordWrap(True)
        self.empty.setVisible(not lines)
        box = QDialogButtonBox(self)
        self.copy = box.addButton(self.tr("复制表格"), QDialogButtonBox.ButtonRole.ActionRole)
        self.save = box.addButton(self.tr("另存为…"), QDialogButtonBox.ButtonRole.ActionRole)
        close = box.addButton(self.tr("关闭"), QDialogButtonBox.ButtonRole.RejectRole)
        close.setDefault(True)
        for button in (self.copy, self.save):
            button.setEnabled(bool(lines))
        self.copy.clicked.connect(lambda _checked=False: self._copy())
        self.save.clicked.connect(lambda _checked=False: self._save())
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for widget in (self.empty, self.table, box):
            layout.addWidget(widget)
        self.resize(line_height(self) * 52, line_height(self) * 20)

    def _copy(self) -> None:
        rows = [HEADS, *(line.cells() for line in self._lines)]
        QApplication.clipboard().setText("\n".join("\t".join(cell.replace("\t", " ") for cell in row) for row in rows))

    def _save(self) -> None:
        name, _filter = QFileDialog.getSaveFileName(
            self, self.tr("另存改判清单"), self.tr("改判清单") + ".xlsx", "Excel (*.xlsx);;CSV (*.csv)"
        )
        if name:
            self._save_to(Path(name))
