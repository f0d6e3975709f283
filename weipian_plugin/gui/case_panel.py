"""Enforcement and rectification of an illegal patch: what is open, what was done, what may come next."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from typing import Optional

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from ..core.errors import WeipianError
from ..core.model import CaseAction, CaseStatus
from ..core.states import CASE_ACTIONS, WAYS, ActionKind, check_case
from ..workbench.views import PatchView
from .compat import clear_layout, describe, no_input_method
from .widgets import RichText, coloured


def next_actions(patch_id: str, status: CaseStatus) -> list[tuple[ActionKind, bool]]:
    """Kinds of action that may follow, each with whether it is a step back that needs a reason."""
    found = []
    for kind in CASE_ACTIONS.values():
        if kind.kind == "reopen" and status is not CaseStatus.CLOSED:
            continue
        if kind.kind == "rectify" and status is CaseStatus.CLOSED:
            continue
        if kind.leads_to is None:
            if status not in (CaseStatus.NONE, CaseStatus.CLOSED):
                found.append((kind, False))
            continue
        for reason in ("", "x"):
            try:
                check_case(patch_id, status, kind.leads_to, reason)
            except WeipianError:
                continue
            found.append((kind, bool(reason)))
            break
    return found


def action_text(action: CaseAction) -> str:
    """One line of the history."""
    kind = CASE_ACTIONS.get(action.kind)
    areas = [
        f"{label} {value} 亩"
        for label, value in (
            ("停采恢复" if action.way == "mining" else "拆除", action.demolished_mu),
            ("复耕", action.reclaimed_mu),
            ("补办", action.regularised_mu),
        )
        if value
    ]
    parts = [action.date, kind.label if kind is not None else action.kind, WAYS.get(action.way, ""), action.doc_no]
    parts += [action.office, *areas, action.note]
    return " · ".join(part for part in parts if part)


def status_label(status: CaseStatus) -> str:
    """The status as the section says it."""
    return "尚未查处" if status is CaseStatus.NONE else status.label


class CasePanel(QWidget):
    """Renders the case of a PatchView; `action_requested(kind, step_back)` opens its form."""

    action_requested = pyqtSignal(str, bool)

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.summary = RichText(3, self)
        self.history = RichText(8, self)
        self.missing = RichText(6, self)
        self.buttons: dict[str, QPushButton] = {}
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(3)
        self._shown: tuple[str, ...] = ()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self.summary, self.history, self.missing):
            layout.addWidget(widget)
        layout.addLayout(self._grid)

    def show_case(self, view: PatchView) -> None:
        """Show one illegal patch."""
        status = view.patch.case_status
        self.summary.set_html(f"<b>{escape(status_label(status))}</b> · " + self._open_html(view.open_mu))
        self.history.set_html("<br>".join(escape(action_text(action)) for action in view.actions))
        self.history.setVisible(bool(view.actions))
        wanting = "；".join(escape(text) for text in view.closure_missing)
        self.missing.set_html(coloured(self, f"销号还缺：{wanting}", "warn") if wanting else "")
        self.missing.setVisible(bool(wanting))
        self._show_buttons(view.patch.patch_id, status)

    def take_focus(self) -> None:
        """The keyboard to the first step that is possible."""
        first = next((button for button in self.buttons.values() if button.isEnabled()), None)
        if first is not None:
            first.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def has_focus(self) -> bool:
        """Whether the keyboard is on a step, or there is none to be on."""
        return not self.buttons or any(button.hasFocus() for button in self.buttons.values())

    def press_focused(self) -> bool:
        """Enter on a step that has the keyboard takes it; False where none has."""
        chosen = next((button for button in self.buttons.values() if button.hasFocus()), None)
        if chosen is None:
            return False
        chosen.click()
        return True

    def _open_html(self, open_mu: Optional[Decimal]) -> str:
        if open_mu is None:
            return coloured(self, "剩余面积未知", "muted")
        if open_mu > 0:
            return coloured(self, f"▲ 剩余 {open_mu:.2f} 亩未整改", "bad")
        return coloured(self, "✔ 剩余 0.00 亩", "good")

    def _show_buttons(self, patch_id: str, status: CaseStatus) -> None:
        kinds = next_actions(patch_id, status)
        shown = (status.value, *(kind.kind for kind, _back in kinds))
        if shown == self._shown:
            return
        self._shown = shown
        clear_layout(self._grid)
        self.buttons = {}
        # Forward steps first, steps back (they need a reason) after them.
        for number, (kind, back) in enumerate(sorted(kinds, key=lambda item: item[1])):
            label = f"↩ {kind.label}…" if back else f"{kind.label}…"
            button = QPushButton(label, self)
            button.setAutoDefault(False)
            button.setToolTip("退回此步，需写明理由" if back else f"登记{kind.label}")
            describe(button, f"登记{kind.label}")
            no_input_method(button)
            button.clicked.connect(lambda _c=False, k=kind.kind, b=back: self.action_requested.emit(k, b))
            self._grid.addWidget(button, number // 3, number % 3)
            self.buttons[kind.kind] = button
