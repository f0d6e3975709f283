"""Ledger, sheets and evidence package in one click."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QDesktopServices
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...core.model import Batch
from ...workbench.clock import today
from ...workbench.exporting import ExportResult, export_report
from ...workbench.session import Session
from ..compat import describe, line_height
from .task_bar import WorkDialog


def scopes(batches: list[Batch], day: str) -> list[tuple[str, str]]:
    """(label, scope) of what can be handed in; `day` is today as ISO text."""
    found = [(f"批次 {batch.name}", f"batch:{batch.name}") for batch in reversed(batches)]
    dates = [b.issued_on or b.created_at for b in batches]
    months = {date[:7] for date in [*dates, day] if date}
    years = {month[:4] for month in months}
    found += [(f"{month[:4]} 年 {int(month[5:])} 月", f"month:{month}") for month in sorted(months, reverse=True)]
    found += [(f"{year} 年", f"year:{year}") for year in sorted(years, reverse=True)]
    return [("全部图斑", "all"), ("未办结（挂账）", "open"), *found]


class ExportDialog(WorkDialog):
    """Scope, contents and folder; afterwards the way to what was made."""

    def __init__(self, session: Session, output: Optional[Path] = None, parent: Optional[QWidget] = None) -> None:
        super().__init__("导出台账与举证包", parent)
        self._session = session
        self.result: Optional[ExportResult] = None
        self.scope = QComboBox(self)
        for label, value in scopes(session.batches(), today()):
            self.scope.addItem(label, value)
        self.sheets = QCheckBox("每个图斑出一份核查表（PDF）", self)
        self.package = QCheckBox("整理举证资料包（图斑文件夹、照片、审批和查处文件）", self)
        self.sheets.setChecked(True)
        self.package.setChecked(True)
        self.output = QLineEdit(str(output or session.pending_export_dir()), self)
        describe(self.scope, "范围")
        describe(self.output, "导出到")
        self.browse = QPushButton("浏览…", self)
        self.browse.setAutoDefault(False)
        self.browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.addWidget(self.output, 1)
        row.addWidget(self.browse)
        form = QFormLayout()
        form.addRow("范围", self.scope)
        form.addRow("内容", QCheckBox("台账（台账.xlsx）、图斑成果、自检报告", self, checked=True, enabled=False))
        form.addRow("", self.sheets)
        form.addRow("", self.package)
        form.addRow("导出到", row)
        self.problems = QPlainTextEdit(self)
        self.problems.setReadOnly(True)
        describe(self.problems, "导出后需要留意的问题")
        self.problems.hide()
        self._make_buttons()
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.notice)
        layout.addWidget(self.problems, 1)
        layout.addWidget(self.task)
        layout.addWidget(self.buttons)
        self.task.busy_changed.connect(self._busy)
        self.setMinimumWidth(line_height(self) * 34)

    def _make_buttons(self) -> None:
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText("关闭")
        role = QDialogButtonBox.ButtonRole.ActionRole
        self.open_ledger = self.buttons.addButton("打开台账", role)
        self.open_folder = self.buttons.addButton("打开文件夹", role)
        self.export_button = self.buttons.addButton("导出", role)
        self.export_button.setDefault(True)
        self.open_ledger.hide()
        self.open_folder.hide()
        self.open_ledger.clicked.connect(self._open_ledger)
        self.open_folder.clicked.connect(self._open_folder)
        self.export_button.clicked.connect(self._export_clicked)
        self.buttons.rejected.connect(self.reject)

    def _browse(self, _checked: bool = False) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "导出到", self.output.text())
        if chosen:
            self.output.setText(chosen)

    def _export_clicked(self, _checked: bool = False) -> None:
        self.start()

    def start(self) -> None:
        """Export in the background."""
        folder, output, who = self._session.folder, Path(self.output.text().strip()), self._session.who
        scope, sheets, package = str(self.scope.currentData()), self.sheets.isChecked(), self.package.isChecked()
        self.tell("")
        self.problems.hide()
        self.task.start(
            "正在导出",
            lambda feedback: export_report(
                folder, output, scope, sheets=sheets, package=package, who=who, feedback=feedback
            ),
            self._done,
            self._failed,
        )

    def _failed(self, error: WeipianError) -> None:
        self.fail(error)

    def _done(self, result: ExportResult) -> None:
        self.result = result
        QgsSettings().setValue("weipian/export_to", str(result.folder.parent))
        draft = "（草稿：还有未完成的项目，不能作为正式成果上报）" if result.draft else ""
        text = f"已导出 {result.patches} 个图斑、{result.sheets} 份核查表{draft}\n{result.folder}"
        self.tell(text, "warn" if result.problems else "good")
        self.problems.setPlainText("\n".join(result.problems))
        self.problems.setVisible(bool(result.problems))
        self.open_ledger.show()
        self.open_folder.show()

    def _open_ledger(self, _checked: bool = False) -> None:
        if self.result is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.result.ledger)))

    def _open_folder(self, _checked: bool = False) -> None:
        if self.result is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.result.folder)))

    def _busy(self, busy: bool) -> None:
        for widget in (self.scope, self.sheets, self.package, self.output, self.browse, self.export_button):
            widget.setEnabled(not busy)


def run_export(parent: Optional[QWidget], session: Session, output: Optional[Path] = None) -> None:
    """Show the export."""
    dialog = ExportDialog(session, output, parent)
    try:
        dialog.exec()
    finally:
        dialog.deleteLater()
