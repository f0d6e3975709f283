"""The guided flow beside the verdict: one line a step, and the questions of the step that matters now."""

from __future__ import annotations

from html import escape
from typing import Optional

from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtGui import QCursor
from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from ..core.guide_model import FAILS, FITS, OPEN, SKIPPED, Guide, GuideStep
from ..core.pack_flow import Card
from ..core.rulepack import UNCONFIRMED_MARK, RulePack, is_confirmed
from .advice_panel import SOURCES, ClausePopup
from .compat import describe
from .widgets import RichText, coloured

_MARKS = {FITS: ("✔", "good"), FAILS: ("✖", "muted"), OPEN: ("？", "warn"), SKIPPED: ("–", "muted")}


def step_html(step: GuideStep, pack: Optional[RulePack]) -> str:
    """What a step rests on: its state, why it is asked, the clause and where that comes from."""
    parts = [f"<b>{escape(step.label)}　{escape(step.state_label)}</b>", escape(step.text), escape(step.why)]
    if step.clause:
        parts.append("依据：" + escape(step.clause))
    parts += [f"问：{escape(q.field.label)}　{escape(q.why)}" for q in step.questions]
    for key in step.rule_ids:
        rule = pack.rules.get(key) if pack is not None else None
        if rule is not None:
            parts.append(f"{escape(key)} {escape(rule.title)}" + (f"：{escape(rule.clause)}" if rule.clause else ""))
    mark = "" if is_confirmed(step.source) else f"（{UNCONFIRMED_MARK}）"
    parts.append(f"来源：{escape(SOURCES.get(step.source, step.source))}{mark}")
    return "<br>".join(part for part in parts if part)


def card_html(card: Card) -> str:
    """The sentences of a card."""
    lines = [f"<b>{escape(card.label)}</b>", *(escape(line) for line in card.lines)]
    if card.clause:
        lines.append("依据：" + escape(card.clause))
    mark = "" if is_confirmed(card.source) else f"（{UNCONFIRMED_MARK}）"
    lines.append(f"来源：{escape(SOURCES.get(card.source, card.source))}{mark}")
    return "<br>".join(lines)


class GuidePanel(QWidget):
    """Renders a Guide; a link opens the clause of a step or a card."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._guide = Guide()
        self._pack: Optional[RulePack] = None
        self.text = RichText(9, self)
        self.text.anchorClicked.connect(self._open)
        self.popup: Optional[ClausePopup] = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text)

    def show_guide(self, guide: Guide, pack: Optional[RulePack]) -> None:
        """Show the steps of one patch."""
        self._guide, self._pack = guide, pack
        lines = [self._line(number, step) for number, step in enumerate(guide.steps)]
        if guide.cards:
            links = " · ".join(f'<a href="card:{i}">{escape(card.label)}</a>' for i, card in enumerate(guide.cards))
            lines.append(coloured(self, "▲ ", "warn") + links)
        self.text.set_html("<br>".join(lines))
        describe(self.text, self.tr("判定步骤"), self.text.toPlainText())

    def summary(self) -> str:
        """One line for the folded section: the marks of all steps."""
        return " ".join(f"{_MARKS[step.state][0]}{step.label}" for step in self._guide.steps if step.state in _MARKS)

    def _line(self, number: int, step: GuideStep) -> str:
        mark, tone = _MARKS.get(step.state, ("？", "warn"))
        label = f'{coloured(self, mark, tone)} <a href="step:{number}">{escape(step.label)}</a>'
        if step.id != self._guide.current:
            return f"{label} {coloured(self, escape(step.text), 'muted')}" if step.state != SKIPPED else label
        asked = "；".join(self._question(step, i) for i in range(len(step.questions)))
        return f"<b>{label}</b> {escape(step.text)}" + (f"<br>　{asked}" if asked else "")

    def _question(self, step: GuideStep, number: int) -> str:
        question = step.questions[number]
        text = f"{escape(question.field.label)}？"
        if question.prefill:
            source = f"（{question.prefill_from}）" if question.prefill_from else ""
            text += coloured(self, escape(f"{question.prefill}{question.field.unit}{source}"), "muted")
        return text

    def _open(self, url: QUrl) -> None:
        number = int(url.path()) if url.path().isdigit() else -1
        html = ""
        if url.scheme() == "step" and 0 <= number < len(self._guide.steps):
            html = step_html(self._guide.steps[number], self._pack)
        elif url.scheme() == "card" and 0 <= number < len(self._guide.cards):
            html = card_html(self._guide.cards[number])
        if not html:
            return
        if self.popup is None:
            self.popup = ClausePopup(self)
        self.popup.show_rule(html, QCursor.pos())
