"""Who is at the keyboard: a name and a role. It keeps honest people apart and proves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtWidgets import QComboBox, QLabel, QWidget

from ...core.errors import WeipianError
from ...core.people import ROLES, Person, bare
from ..compat import describe, line_height
from ..small_dialogs import Form


class WhoDialog(Form):
    """Asks once a start, and whenever somebody else sits down; Enter takes what stands there."""

    def __init__(self, people: Sequence[Person], name: str, role: str, parent: Optional[QWidget] = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("现在由谁操作"))
        self._roles = {person.name: person.role for person in people}
        self.name = QComboBox(self)
        self.name.setEditable(True)
        self.name.addItems(list(dict.fromkeys([name, *(person.name for person in people)])))
        self.name.setCurrentText(name)
        self.name.setMinimumWidth(line_height(self) * 12)
        self.role = QComboBox(self)
        for key, label in ROLES.items():
            self.role.addItem(label, key)
        self.role.setCurrentIndex(max(self.role.findData(role), 0))
        self.name.currentTextChanged.connect(self._named)
        for label, widget in ((self.tr("姓名"), self.name), (self.tr("岗位"), self.role)):
            describe(widget, label)
            self.form.addRow(label, widget)
        note = QLabel(self.tr("姓名写入每一条操作记录。这里不验证身份，不能证明坐在这里的是谁。"), self)
        note.setWordWrap(True)
        self.form.addRow(note)
        self.finish()
        self.name.lineEdit().selectAll()

    def _named(self, text: str) -> None:
        known = self._roles.get(text.strip())
        if known is not None:
            self.role.setCurrentIndex(max(self.role.findData(known), 0))

    def check(self) -> None:
        """A name must be there."""
        if not bare(self.name.currentText()):
            raise WeipianError("E_PERSON")

    def values(self) -> tuple[str, str]:
        """(name, role)."""
        return self.name.currentText().strip(), str(self.role.currentData())
