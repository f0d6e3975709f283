"""平台状态表 in one window: choose the file, answer what must be asked, see what it changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...core.errors import WeipianError
from ...workbench.session import Session
from ...workbench.statuses import StatusOptions, StatusReport, StatusRow, import_status
from ..compat import describe, line_height
from .import_texts import listed
from .task_bar import WorkDialog

FILTER = "状态表 (*.xlsx *.xls *.csv *.txt *.tsv *.ods);;所有文件 (*)"
_COLUMNS = {
    "patch_id": "图斑编号", "fill_state": "填报状态", "audit_stage": "审核阶段", "return_state": "打回状态",
    "split_state": "图斑状态", "split_review": "拆分状态", "city_audit": "市级审核", "province_audit": "省级审核",
    "return_reason": "退回原因", "opinion": "认定意见", "updated_on": "时间", "task": "任务",
}  # fmt: skip


class StatusDialog(WorkDialog):
    """`changed` is true once a table has changed something."""

    def __init__(self, session: Session, path: Optional[Path] = None, parent: Optional[QWidget] = None) -> None:
        super().__init__("导入平台状态表", parent)
        self._session = session
        self.report: Optional[StatusReport] = None
        self.changed = False
        self._answers: dict[str, str] = {}
        self._build()
        self.size_by_text(42, 28)
        if path is not None:
            self.choose(Path(path))

    def _build(self) -> None:
        self.path = QLineEdit(self)
        self.path.setReadOnly(True)
        self.path.setPlaceholderText("从官方平台导出的状态表（xlsx、csv 等）")
        describe(self.path, "状态表")
        self.file_button = QPushButton("选文件…", self)
        self.file_button.setAutoDefault(False)
        self.file_button.clicked.connect(self._browse)
        top = QHBoxLayout()
        top.addWidget(self.path, 1)
        top.addWidget(self.file_button)
        hint = QLabel("按图斑编号对应，审核状态以平台为准；不认识的编号、代码和前后矛盾的行只列出，不改动。", self)
        hint.setWordWrap(True)
        self.questions = QWidget(self)
        self.question_form = QFormLayout(self.questions)
        self.question_form.setContentsMargins(0, 0, 0, 0)
        self.questions.hide()
        self.conflict = QComboBox(self)
        self.conflict.addItem("列出，不改动", "keep")
        self.conflict.addItem("以平台为准", "platform")
        describe(self.conflict, "平台与本地矛盾时")
        form = QFormLayout()
        form.addRow("平台与本地矛盾时", self.conflict)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        describe(self.text, "导入结果")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setText("关闭")
        self.import_button = self.buttons.addButton("导入", QDialogButtonBox.ButtonRole.ActionRole)
        self.import_button.setEnabled(False)
        self.import_button.clicked.connect(self._import_clicked)
        self.buttons.rejected.connect(self.reject)
        self.task.busy_changed.connect(self._busy)
        layout = QVBoxLayout(self)
        layout.addLayout(top)
        layout.addWidget(hint)
        layout.addLayout(form)
        layout.addWidget(self.questions)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.notice)
        layout.addWidget(self.task)
        layout.addWidget(self.buttons)

    def _browse(self, _checked: bool = False) -> None:
        start = str(QgsSettings().value("weipian/status_from", "") or str(Path.home()))
        chosen, _filter = QFileDialog.getOpenFileName(self, "平台状态表", start, FILTER)
        if chosen:
            self.choose(Path(chosen))

    def choose(self, path: Path) -> None:
        """Take a table; nothing is read before 导入."""
        QgsSettings().setValue("weipian/status_from", str(path.parent))
        self.path.setText(str(path))
        self._answers = {}
        self._ask([])
        self.text.clear()
        self.tell("")
        self.import_button.setEnabled(True)

    def _import_clicked(self, _checked: bool = False) -> None:
        self.start_import()

    def start_import(self) -> None:
        """Join the table in the background."""
        folder, path, who = self._session.folder, Path(self.path.text()), self._session.who
        answers = {**self._answers, "conflict": str(self.conflict.currentData())}
        options = StatusOptions(answers=answers)
        self.tell("")
        self.task.start(
            "正在导入状态表",
            lambda feedback: import_status(folder, path, options, who, feedback),
            self._done,
            self._failed,
        )

    def _failed(self, error: WeipianError) -> None:
        self.fail(error)
        self._ask(error.params.get("details", []) if error.code == "E_QUESTION" else [])

    def _ask(self, questions: list[dict[str, Any]]) -> None:
        while self.question_form.rowCount():
            self.question_form.removeRow(0)
        for question in questions:
            combo = QComboBox(self.questions)
            combo.addItem("请选择……", "")
            for choice in question["choices"]:
                combo.addItem(choice["label"], choice["value"])
            describe(combo, question["text"])
            combo.setProperty("question", question["key"])
            combo.activated.connect(self._answered)
            self.question_form.addRow(question["text"], combo)
        self.questions.setVisible(bool(questions))

    def _answered(self, _index: int) -> None:
        combo = self.sender()
        key, value = str(combo.property("question")), str(combo.currentData() or "")
        if value:
            self._answers[key] = value

    def _done(self, report: StatusReport) -> None:
        self.report = report
        if report.seq:
            self.changed = True
        self.text.setPlainText(report_text(report))
        self.import_button.setEnabled(False)
        self.tell(report.headline(), "good" if not report.rejected else "warn")

    def _busy(self, busy: bool) -> None:
        for widget in (self.file_button, self.conflict, self.questions):
            widget.setEnabled(not busy)
        if busy:
            self.import_button.setEnabled(False)
        elif self.report is None:
            self.import_button.setEnabled(bool(self.path.text()))


def _said(row: StatusRow) -> str:
    return f"第 {row.row} 行：{row.reason}"


def report_text(report: StatusReport) -> str:
    """What became of every row that needs a look, then what was changed."""
    named = "，".join(f"{_COLUMNS.get(name, name)} = {header}" for name, header in report.columns.items())
    changed = [
        f"{row.patch_id}：{row.reason or '记下平台状态'}" + (f"（平台 {row.state}）" if row.state else "")
        for row in report.applied
    ]
    lines = [f"对应的列：{named}", ""]
    lines += listed("未采用", [_said(row) for row in report.rejected])
    lines += listed("需要留意", [_said(row) for row in report.notes])
    lines += listed("已更新", changed)
    return "\n".join(lines).rstrip()


def run_status_import(parent: Optional[QWidget], session: Session, path: Optional[Path] = None) -> bool:
    """Show the dialog; true if a table changed something."""
    dialog = StatusDialog(session, path, parent)
    dialog.setMinimumWidth(line_height(dialog) * 30)
    try:
        dialog.exec()
        return dialog.changed
    finally:
        dialog.deleteLater()
