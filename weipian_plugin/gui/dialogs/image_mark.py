"""标记影像问题: why the imagery of one time cannot serve for this patch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ...core.imagery import SHORT_LABELS
from ...core.model import IMAGE_ROLES
from ...workbench.reasons import Reason
from ...workbench.views import PatchView
from ..compat import describe, line_height

#: Codes that the software finds itself and nobody has to say.
_FOUND = ("undated", "no_crs")


class ImageMarkDialog(QDialog):
    """One time, one reason, a note; an empty reason takes the mark off."""

    def __init__(self, view: PatchView, reasons: Sequence[Reason], parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("标记影像问题"))
        self._view = view
        self.role = QComboBox(self)
        for role in reversed(IMAGE_ROLES):
            self.role.addItem(SHORT_LABELS[role], role)
        self.reason = QComboBox(self)
        self.reason.setEditable(True)
        self.reason.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.reason.addItem(self.tr("（没有问题，清除标记）"), "")
        for reason in reasons:
            if reason.id not in _FOUND:
                self.reason.addItem(reason.label, reason.id)
        self.note = QLineEdit(self)
        self.note.setPlaceholderText(self.tr("例如 东侧三分之一被云遮住"))
        self.state = QLabel(self)
        self.state.setWordWrap(True)
        form = QFormLayout()
        rows = ((self.tr("时相"), self.role), (self.tr("理由"), self.reason), (self.tr("说明"), self.note))
        for text, widget in rows:
            form.addRow(text, widget)
            describe(widget, text)
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self)
        box.button(QDialogButtonBox.StandardButton.Ok).setText(self.tr("保存"))
        box.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("取消"))
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(QLabel(self.tr("图斑 {}").format(view.patch.patch_id), self))
        layout.addWidget(self.state)
        layout.addLayout(form)
        layout.addWidget(box)
        self.setMinimumWidth(line_height(self) * 22)
        self.role.currentIndexChanged.connect(lambda _index: self._show_role())
        self._show_role()

    def _show_role(self) -> None:
        state = self._view.images.get(str(self.role.currentData()))
        text = ""
        if state is not None:
            found = state.short or self.tr("可用")
            by = self.tr("，{} 标记").format(state.by) if state.by else ""
            text = self.tr("现在：{}，日期 {}{}").format(found, state.caption, by)
            index = self.reason.findData(state.reason) if state.by else -1
            fallback = self.reason.findData("cloudy")
            self.reason.setCurrentIndex(index if index >= 0 else max(fallback, 0))
            self.note.setText(state.detail if state.by else "")
        self.state.setText(text)

    @property
    def typed(self) -> bool:
        """Whether the reason is a new one that the person wrote."""
        return self.reason.findText(self.reason.currentText().strip()) < 0

    def values(self) -> tuple[str, str, str]:
        """Role, reason (a code, or a text of one's own, or empty), note."""
        text = self.reason.currentText().strip()
        index = self.reason.findText(text)
        reason = str(self.reason.itemData(index) or "") if index >= 0 else text
        return str(self.role.currentData()), reason, self.note.text().strip()
