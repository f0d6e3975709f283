"""The last page of an import: what became of it, checks and all."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from ...workbench.importing import ImportResult
from ..compat import describe
from .check_table import CheckTable
from .import_texts import result_text


class ResultPage(QWidget):
    """Headline, table of checks, and the text behind them."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.title = QLabel(self)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.title.setWordWrap(True)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        describe(self.text, "导入结果")
        self.checks = CheckTable(self)
        layout = QVBoxLayout(self)
        layout.addWidget(self.title)
        layout.addWidget(self.checks, 3)
        layout.addWidget(self.text, 1)

    def show_result(self, result: ImportResult) -> None:
        """Show what an import did."""
        self.title.setText(f"✔ {result.headline()}")
        self.text.setPlainText(result_text(result))
        self.text.setVisible(bool(result.rejected or result.findings or not result.checks))
        self.checks.fill(result.checks)
        self.checks.setVisible(bool(result.checks))
