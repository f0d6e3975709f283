"""Small forms of the panel: a text, and one step of a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional, Union

from qgis.PyQt.QtCore import QDate, Qt
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDateEdit,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QWidget,
)

from ..core.areas import parse_mu
from ..core.errors import WeipianError
from ..core.model import CaseAction
from ..core.states import WAYS, ActionKind
from .compat import describe, line_height, write_in

_LABELS = {
    "date": "日期",
    "doc_no": "文号",
    "office": "科室/单位",
    "person": "经办人",
    "way": "整改方式",
    "demolished_mu": "拆除到位（亩）",
    "reclaimed_mu": "复耕到位（亩）",
    "regularised_mu": "补办手续（亩）",
    "note": "说明",
    "reason": "退回理由",
}
#: What a mineral patch is asked for instead.
_MINERAL_LABELS = {"demolished_mu": "停采、清理恢复（亩）"}
_MINERAL_WAYS = ("mining", "regularise", "confiscate")
Field = Union[QLineEdit, QComboBox, QDateEdit]


def ask_text(parent: QWidget, title: str, label: str, known: str = "", *, lines: bool = False) -> Optional[str]:
    """What was typed, of several lines if so wanted, beginning with what is known; None after 取消."""
    dialog = QInputDialog(parent)
    dialog.setTextValue(known)
    dialog.setOption(QInputDialog.InputDialogOption.UsePlainTextEditForTextInput, lines)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    # Qt's own Chinese is missing on many Linux desktops.
    dialog.setOkButtonText("确定")
    dialog.setCancelButtonText("取消")
    accepted = dialog.exec()
    dialog.deleteLater()
    return str(dialog.textValue()).strip() if accepted else None


def _buttons(dialog: QDialog) -> QDialogButtonBox:
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, dialog)
    box.button(QDialogButtonBox.StandardButton.Ok).setText("确定")
    box.button(QDialogButtonBox.StandardButton.Cancel).setText("取消")
    box.rejected.connect(dialog.reject)
    return box


def check_area(text: str) -> None:
    """Raise E_AREA_INVALID unless this is an area in 亩."""
    try:
        parse_mu(text)
    except ValueError as error:
        raise WeipianError("E_AREA_INVALID", value=text) from error


class Form(QDialog):
    """A form with a line for what is wrong; it stays open until its values are right."""

    def __init__(self, title: str, parent: Optional[QWidget]) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(line_height(self) * 20)
        self.form = QFormLayout(self)
        self.error = QLabel(self)
        self.error.setWordWrap(True)
        write_in(self.error, "bad")
        self.error.hide()

    def finish(self) -> None:
        """Put the error line and the buttons below the fields."""
        self.form.addRow(self.error)
        box = _buttons(self)
        box.accepted.connect(self._accept)
        self.form.addRow(box)

    def check(self) -> None:
        """Raise WeipianError or ValueError while a value is wrong."""

    def _accept(self) -> None:
        try:
            self.check()
        except WeipianError as error:
            self._refuse(f"✖ {error.message}。{error.remedy}")
        except ValueError as error:
            self._refuse(f"✖ 写法不对：{error}")
        else:
            self.accept()

    def _refuse(self, text: str) -> None:
        self.error.setText(text)
        self.error.show()
        self.adjustSize()


class _DateField(QDateEdit):
    """Tab leaves it as it leaves every field; the arrows go to month and day."""

    def focusNextPrevChild(self, following: bool) -> bool:  # noqa: N802 - Qt name
        """Not to the month: what was meant for 文号 changed the date there."""
        return bool(QWidget.focusNextPrevChild(self, following))


class ActionDialog(Form):
    """One step of enforcement or rectification: the fields of its kind, nothing else."""

    def __init__(
        self,
        kind: ActionKind,
        patch_uid: str,
        patch_id: str,
        offices: Sequence[str] = (),
        last: Optional[CaseAction] = None,
        needs_reason: bool = False,
        parent: Optional[QWidget] = None,
        *,
        mineral: bool = False,
    ) -> None:
        super().__init__(f"{kind.label} · {patch_id}", parent)
        self._kind = kind
        self._mineral = mineral
        self._patch_uid = patch_uid
        self.fields: dict[str, Field] = {}
        labels = {**_LABELS, **(_MINERAL_LABELS if mineral else {})}
        for name in (*kind.fields, *(("reason",) if needs_reason else ())):
            if mineral and name == "reclaimed_mu":
                continue  # no 复耕 is asked of a mineral patch
            widget = self._field(name, offices, last)
            describe(widget, labels[name])
            self.fields[name] = widget
            self.form.addRow(labels[name], widget)
        self.finish()

    def _field(self, name: str, offices: Sequence[str], last: Optional[CaseAction]) -> Field:
        if name == "date":
            date = _DateField(QDate.currentDate(), self)
            date.setCalendarPopup(True)
            date.setDisplayFormat("yyyy-MM-dd")
            date.setMaximumDate(QDate.currentDate())
            return date
        if name == "way":
            combo = QComboBox(self)
            for key in _MINERAL_WAYS if self._mineral else WAYS:
                combo.addItem(WAYS[key], key)
            if last is not None and last.way:
                combo.setCurrentIndex(max(combo.findData(last.way), 0))
            return combo
        if name == "office":
            combo = QComboBox(self)
            combo.setEditable(True)
            combo.addItems(["", *offices])
            combo.setCurrentText(last.office if last is not None else "")
            return combo
        edit = QLineEdit(self)
        if name == "person" and last is not None:
            edit.setText(last.person)
        return edit

    def text(self, name: str) -> str:
        """The value of a field, empty when this kind has none."""
        widget = self.fields.get(name)
        if widget is None:
            return ""
        if isinstance(widget, QDateEdit):
            return str(widget.date().toString(Qt.DateFormat.ISODate))
        if isinstance(widget, QComboBox):
            return str(widget.currentData() if name == "way" else widget.currentText()).strip()
        return str(widget.text()).strip()

    def check(self) -> None:
        """Areas are numbers, a step back has its reason."""
        for name in ("demolished_mu", "reclaimed_mu", "regularised_mu"):
            check_area(self.text(name))
        if "reason" in self.fields and not self.text("reason"):
            raise ValueError("退回上一步需要写明理由")

    def action(self) -> CaseAction:
        """What was entered."""
        names = (
            "date", "doc_no", "office", "person", "way", "demolished_mu", "reclaimed_mu", "regularised_mu", "note",
        )  # fmt: skip
        return CaseAction(patch_uid=self._patch_uid, kind=self._kind.kind, **{name: self.text(name) for name in names})
