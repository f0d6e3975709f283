"""What the person decides: verdict row, sub-type, and only the fields that this choice asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Optional, Union

from qgis.PyQt.QtCore import QEvent, QObject, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QStandardItem, QStandardItemModel
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from ..core.advice_model import Advice
from ..core.model import Judgement, Verdict
from ..core.rulepack import AskField, RulePack
from ..workbench.views import PatchView
from .choices_field import ChoicesField
from .compat import describe, no_input_method
from .reason_row import ReasonPick, fit_list, take_keys

_CHECKED = (
    "QPushButton:checked {{ background: {fill}; color: white; font-weight: bold;"
    " border: 1px solid {fill}; border-radius: 3px; padding: 4px; }}"
)
_LAST_ROW = 50  # the asked facts come before it
_FILL = {"legal": "#1a7431", "illegal": "#a92b27", "other": "#3d6480", "doubt": "#8a5200"}


@dataclass(frozen=True)
class Choice:
    """What stands on the panel, saved or not."""

    verdict: str = ""
    sub_type: str = ""
    basis: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    doubt: bool = False
    against_reason: str = ""
    reason_id: str = ""  # of the pick-list, not saved yet


def choice_of(judgement: Optional[Judgement]) -> Choice:
    """The saved decision as a choice."""
    if judgement is None:
        return Choice()
    verdict = judgement.verdict.value if judgement.verdict is not None else ""
    return Choice(
        verdict,
        judgement.sub_type,
        judgement.basis,
        dict(judgement.answers),
        judgement.doubt,
        judgement.against_reason,
    )


def goes_against(choice: Choice, advice: Advice) -> bool:
    """A verdict that differs from where the advice leans needs a reason."""
    return bool(choice.verdict) and advice.leaning is not None and choice.verdict != advice.leaning


def suggestions(view: PatchView) -> dict[str, tuple[str, str]]:
    """What is known for the questions of the guide: field -> (value, whose)."""
    questions = [question for step in view.guide.steps for question in step.questions]
    return {q.field.id: (q.prefill, q.prefill_from) for q in questions if q.prefill}


class VerdictRow(QWidget):
    """1 合法 2 违法 3 其他 exclude each other, 4 存疑 stands beside them."""

    chosen = pyqtSignal(str, bool)  # verdict, doubt

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton] = {}
        self._labels: dict[str, str] = {}
        self._names: dict[str, str] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        names = [(v.value, v.label) for v in (Verdict.LEGAL, Verdict.ILLEGAL, Verdict.OTHER)] + [("doubt", "存疑")]
        for number, (key, label) in enumerate(names, 1):
            button = QPushButton(f"{number} {label}", self)
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setStyleSheet(_CHECKED.format(fill=_FILL[key]))
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            no_input_method(button)
            describe(button, label)
            button.clicked.connect(lambda _checked=False, key=key: self.press(key))
            button.toggled.connect(lambda _on, key=key: self._relabel(key))
            layout.addWidget(button, 1)
            self.buttons[key] = button
            self._names[key] = label
            self._labels[key] = f"{number} {label}"

    def set_keys(self, keys: Mapping[str, str]) -> None:
        """The keys that stand before the names, as they are now; none where a verdict has none."""
        for key, name in self._names.items():
            self._labels[key] = f"{keys.get(key, '')} {name}".strip()
            self._relabel(key)

    def press(self, key: str) -> None:
        """Choose as by click or digit: a verdict is set, 存疑 is switched."""
        verdict, doubt = self.state()
        if key == "doubt":
            doubt = not doubt
        else:
            verdict = key
        self.set_state(verdict, doubt)
        self.chosen.emit(verdict, doubt)

    def state(self) -> tuple[str, bool]:
        """(verdict, doubt) as last set: clicks are turned back and go through `press`."""
        return self._state

    _state: tuple[str, bool] = ("", False)

    def set_state(self, verdict: str, doubt: bool) -> None:
        """Show a choice."""
        self._state = (verdict, doubt)
        for key, button in self.buttons.items():
            button.setChecked(doubt if key == "doubt" else key == verdict)

    def _relabel(self, key: str) -> None:
        # A tick beside the fill: which verdict is chosen can be seen without colour.
        button = self.buttons[key]
        button.setText(("✓ " if button.isChecked() else "") + self._labels[key])


class ChoiceForm(QWidget):
    """Sub-type, asked facts, basis and, against the advice, the reason.

    `sub_type_changed` asks for a new checklist; `edited` is any change.
    """

    sub_type_changed = pyqtSignal()
    edited = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._pack: Optional[RulePack] = None
        self._choice = Choice()
        self._silent = False
        self.fields: dict[str, Union[QLineEdit, QComboBox, ChoicesField]] = {}
        self.sub_type = QComboBox(self)
        self.sub_type.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.sub_type.setMinimumContentsLength(8)
        describe(self.sub_type, self.tr("细类"))
        no_input_method(self.sub_type)
        self.basis = QLineEdit(self)
        describe(self.basis, self.tr("依据"))
        self.reason = QLineEdit(self)
        self.reason.setPlaceholderText(self.tr("或写一句核实到的事实"))
        describe(self.reason, self.tr("与建议不一致的理由"))
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(3)
        self._grid.setHorizontalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(3, 1)
        self._labels: dict[QWidget, QLabel] = {}
        self.reason_pick = ReasonPick(self)
        self.reason_pick.picked.connect(self.edited.emit)
        take_keys(self.sub_type)
        self._place(self.sub_type, self.tr("细类"), 0, 0, 3)
        self._place(self.basis, self.tr("依据"), _LAST_ROW, 0, 3)
        self._place(self.reason_pick, self.tr("理由"), _LAST_ROW + 1, 0, 1)
        self._grid.addWidget(self.reason, _LAST_ROW + 1, 2, 1, 2)
        self.reason.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._asked: tuple[str, ...] = ()
        self.sub_type.currentIndexChanged.connect(self._sub_type_picked)
        self.basis.textEdited.connect(lambda _text: self.edited.emit())
        self.reason.textEdited.connect(lambda _text: self.edited.emit())

    def show_choice(self, choice: Choice, advice: Advice, pack: RulePack, *, needs_reason: bool = False) -> None:
        """Show a choice and the fields that it needs."""
        if pack is not self._pack or choice.verdict != self._choice.verdict:
            self._fill_sub_types(choice.verdict, pack)
        self._pack, self._choice = pack, choice
        self._silent = True
        self.sub_type.setCurrentIndex(max(self.sub_type.findData(choice.sub_type), 0))
        self._build_fields(pack.asks(choice.verdict, choice.sub_type), choice.answers)
        self.basis.setText(choice.basis)
        self.reason.setText(choice.against_reason)
        self.reason_pick.choose(choice.reason_id)
        self._silent = False
        self.setVisible(bool(choice.verdict))
        self._show_clause()
        self.show_reason(visible=needs_reason or goes_against(choice, advice))

    def ask_reason(self) -> None:
        """Bring the reason into view and open the pick-list."""
        self.setVisible(True)
        self.show_reason(visible=True)
        self.reason_pick.setFocus()
        if self.isVisible():
            self.reason_pick.showPopup()

    def pick_sub_type(self) -> None:
        """Open the list of sub-types: a number jumps to its line, Enter takes it."""
        if self.isVisible():
            self.sub_type.setFocus()
            self.sub_type.showPopup()

    def suggest(self, prefills: Mapping[str, tuple[str, str]]) -> None:
        """Grey suggestions, field -> (value, whose); Tab in an empty field takes one, nothing is stored unseen."""
        for key, (value, source) in prefills.items():
            widget = self.fields.get(key)
            edit = widget.lineEdit() if isinstance(widget, QComboBox) else widget
            if value and isinstance(edit, QLineEdit):
                edit.setPlaceholderText(f"{value}（{source or self.tr('建议')}，Tab 采用）")
                edit.setProperty("suggested", value)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """Tab in an empty field takes what is suggested there, and goes on."""
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Tab and isinstance(watched, QLineEdit):
            value = str(watched.property("suggested") or "")
            if value and not watched.text():
                watched.setText(value)
                self._touched()
        return bool(super().eventFilter(watched, event))

    def show_reason(self, *, visible: bool) -> None:
        """Ask for the reason of going against the advice, or no longer."""
        self.reason.setVisible(visible)
        self._set_row_visible(self.reason_pick, visible)

    def choice(self, verdict: str, doubt: bool) -> Choice:
        """What stands in the fields, with the verdict of the row above."""
        answers = dict(self._choice.answers)  # facts of another sub-type are kept, not lost
        for key, widget in self.fields.items():
            text = widget.currentText() if isinstance(widget, QComboBox) else widget.text()
            answers[key] = text.strip()
        reason = self.reason.text().strip()
        return Choice(
            verdict,
            str(self.sub_type.currentData() or "") if verdict == self._choice.verdict else "",
            self.basis.text().strip(),
            {key: value for key, value in answers.items() if value},
            doubt,
            reason,
            self.reason_pick.reason_id(),
        )

    # -- inside ---------------------------------------------------------------------------
    def _fill_sub_types(self, verdict: str, pack: RulePack) -> None:
        self._silent = True
        model = QStandardItemModel(self.sub_type)
        none = QStandardItem(self.tr("（未选细类）"))
        none.setData("", Qt.ItemDataRole.UserRole)
        model.appendRow(none)
        group = ""
        for number, sub in enumerate(pack.sub_types.get(verdict, ()), 1):
            if sub.group and sub.group != group:
                group = sub.group
                head = QStandardItem(group)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                font = head.font()
                font.setBold(True)
                head.setFont(font)
                model.appendRow(head)
            item = QStandardItem(f"{number} {sub.group} · {sub.display}" if sub.group else f"{number} {sub.display}")
            item.setData(sub.id, Qt.ItemDataRole.UserRole)
            item.setToolTip(sub.clause)
            model.appendRow(item)
        self.sub_type.setModel(model)  # the combo deletes the model that was its child before
        fit_list(self.sub_type)
        self._silent = False

    def _build_fields(self, asks: tuple[AskField, ...], answers: Mapping[str, str]) -> None:
        wanted = tuple(ask.id for ask in asks)
        if wanted != self._asked:
            for widget in self.fields.values():
                self._labels.pop(widget).deleteLater()
                widget.hide()
                widget.deleteLater()
            self.fields = {}
            # Two facts a line: a screen of 768 px has no room for a line each; several boxes need one of their own.
            row, column = 1, 0
            for number, ask in enumerate(asks):
                widget = self._make_field(ask)
                self.fields[ask.id] = widget
                if ask.kind == "choices" and column:
                    row, column = row + 1, 0
                alone = not column and (number == len(asks) - 1 or ask.kind == "choices")
                self._place(widget, ask.label, row, 2 * column, 3 if alone else 1)
                row, column = (row + 1, 0) if alone or column else (row, 1)
            self._asked = wanted
            self._tab_order()
        for key, widget in self.fields.items():
            value = answers.get(key, "")
            if isinstance(widget, QComboBox):
                widget.setCurrentText(value)
            else:
                widget.setText(value)

    def _make_field(self, ask: AskField) -> Union[QLineEdit, QComboBox, ChoicesField]:
        if ask.kind == "choices":
            several = ChoicesField(ask, self)
            several.textEdited.connect(lambda _text: self._touched())
            return several
        if ask.kind == "choice":
            combo = QComboBox(self)
            combo.setEditable(True)
            combo.addItems(["", *ask.choices])
            combo.currentTextChanged.connect(lambda _text: self._touched())
            combo.lineEdit().installEventFilter(self)
            describe(combo, ask.label, ask.hint)
            return combo
        edit = QLineEdit(self)
        default = {"date": "2026-05-01", "area": "亩", "number": "数字"}.get(ask.kind, "")
        edit.setPlaceholderText(ask.hint or ask.unit or default)
        edit.setToolTip(ask.hint if ask.confirmed else f"{ask.hint}（未经核实）")
        edit.textEdited.connect(lambda _text: self._touched())
        edit.installEventFilter(self)
        describe(edit, ask.label, ask.hint)
        return edit

    def _tab_order(self) -> None:
        order = [self.sub_type, *self.fields.values(), self.basis, self.reason_pick, self.reason]
        for first, second in zip(order, order[1:]):
            QWidget.setTabOrder(first, second)

    def _touched(self) -> None:
        if not self._silent:
            self.edited.emit()

    def _sub_type_picked(self, _index: int) -> None:
        if not self._silent:
            # Rebuilding the fields inside the combo's own signal would delete what it still uses.
            QTimer.singleShot(0, self.sub_type_changed.emit)

    def _show_clause(self) -> None:
        sub = self._pack.sub_type(self._choice.verdict, self._choice.sub_type) if self._pack is not None else None
        clause = sub.clause if sub is not None else ""
        self.basis.setPlaceholderText(clause or self.tr("文号、条款或核实情况"))
        self.basis.setToolTip(clause)

    def _place(self, widget: QWidget, text: str, row: int, column: int, span: int) -> None:
        label = QLabel(text, self)
        label.setBuddy(widget)
        widget.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._grid.addWidget(label, row, column)
        self._grid.addWidget(widget, row, column + 1, 1, span)
        self._labels[widget] = label

    def _set_row_visible(self, widget: QWidget, visible: bool) -> None:
        widget.setVisible(visible)
        self._labels[widget].setVisible(visible)
