"""Advice beside the decision: headline, reasons with their rules, what is missing."""

from __future__ import annotations

from html import escape
from typing import Optional

from qgis.PyQt.QtCore import QPoint, Qt, QUrl
from qgis.PyQt.QtGui import QCursor
from qgis.PyQt.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from ..core.advice_model import Advice, Reason
from ..core.guide_model import ReturnRisk, Watch
from ..core.rulepack import UNCONFIRMED_MARK, RulePack, is_confirmed
from ..workbench.views import PatchView
from .compat import describe, line_height
from .widgets import NoteFrame, RichText, coloured

_NAMED = 3
#: Lines that stay in sight once a verdict is chosen: the headline and what is missing.
_FOLDED = 2
SOURCES = {
    "S": "方案原文",
    "P": "公开文件",
    "P?": "公开来源不足",
    "K": "行业常识",
    "D": "本软件设计",
    "V": "计算得出",
}


class ClausePopup(QFrame):
    """The text of a rule, beside the pointer; goes away with Esc or a click elsewhere."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QVBoxLayout(self)
        layout.addWidget(self._text)

    def show_rule(self, html: str, at: QPoint) -> None:
        """Open at a point of the screen, kept on the screen."""
        self._text.setText(html)
        describe(self, "规则条文", self._text.text())
        width = line_height(self) * 20
        self.setFixedWidth(width)
        self.adjustSize()
        screen = self.parentWidget().screen() if hasattr(QWidget, "screen") else None
        if screen is not None:
            area = screen.availableGeometry()
            at = QPoint(min(at.x(), area.right() - width), min(at.y(), area.bottom() - self.height()))
        self.move(at)
        self.show()


def rule_html(pack: Optional[RulePack], reason: Reason) -> str:
    """Title, what was measured, clause and where it comes from, as HTML."""
    rule = pack.rules.get(reason.rule_id) if pack is not None else None
    clause = reason.clause or (rule.clause if rule is not None else "")
    title = f"{reason.rule_id} {rule.title}" if rule is not None else reason.rule_id
    parts = [f"<b>{escape(title)}</b>", escape(reason.text)]
    if clause:
        parts.append("依据：" + escape(clause))
    mark = "" if reason.confirmed else f"（{UNCONFIRMED_MARK}）"
    parts.append(f"来源：{escape(SOURCES.get(reason.source, reason.source))}{mark}")
    if pack is not None:
        parts.append(f"规则包：{escape(pack.label)} {escape(pack.version)}")
    return "<br>".join(parts)


def sourced_html(text: str, clause: str, source: str) -> str:
    """A hint with its clause and where it comes from."""
    mark = "" if is_confirmed(source) else f"（{UNCONFIRMED_MARK}）"
    parts = [escape(text), "依据：" + escape(clause) if clause else ""]
    parts.append(f"来源：{escape(SOURCES.get(source, source))}{mark}")
    return "<br>".join(part for part in parts if part)


class AdvicePanel(NoteFrame):
    """Renders Advice; a link opens the clause."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._advice = Advice()
        self._watches: tuple[Watch, ...] = ()
        self._risks: tuple[ReturnRisk, ...] = ()
        self._pack: Optional[RulePack] = None
        self._room, self._folded = 5, False
        self.text = RichText(5, self)
        self.text.anchorClicked.connect(self._open)
        self.popup: Optional[ClausePopup] = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(9, 4, 4, 4)
        layout.addWidget(self.text)

    def set_room(self, lines: int) -> None:
        """So many lines the screen has for advice."""
        self._room = lines
        self.text.set_max_lines(_FOLDED if self._folded else lines)

    def fold(self, *, folded: bool) -> None:
        """Give way to the fields and the evidence once a verdict is chosen; the text still scrolls."""
        self._folded = folded
        self.set_room(self._room)

    def show_view(self, view: PatchView, pack: Optional[RulePack]) -> None:
        """The advice with what contradicts it, the thresholds that are reached and the returns to expect."""
        self._watches, self._risks = view.watches, view.forecast
        self.show_advice(view.advice, pack)

    def show_advice(self, advice: Advice, pack: Optional[RulePack]) -> None:
        """Show what the engine says; the words are the pack's own."""
        self._advice, self._pack = advice, pack
        lines = []
        head = f"<b>{escape(advice.headline)}</b>"
        if advice.strength and advice.strength not in advice.headline:
            head += f"（{escape(advice.strength)}）"
        lines.append(head)
        reasons = "；".join(self._reason(i, reason) for i, reason in enumerate(advice.reasons))
        if reasons:
            lines.append(reasons)
        if advice.missing:
            # What the headline names already is not said twice; the rest of a long list is in the tool tip.
            news = [item for item in advice.missing if item not in advice.headline] or list(advice.missing)
            more = f" 等 {len(advice.missing)} 项" if len(news) > _NAMED else ""
            lines.insert(1, coloured(self, "缺：" + escape(" · ".join(news[:_NAMED]) + more), "warn"))
        lines[1:1] = self._contradictions()
        lines += self._hints()
        self.text.setToolTip("缺：\n" + "\n".join(advice.missing) if advice.missing else "")
        self.text.set_html("<br>".join(lines))
        describe(self.text, "建议", self.text.toPlainText())

    def _contradictions(self) -> list[str]:
        """Facts against what was filled in: they come before everything else."""
        found = enumerate(self._advice.contradictions)
        return [
            coloured(self, "✖ 矛盾：" + escape(item.text), "bad") + f' <a href="against:{i}">{escape(item.rule_id)}</a>'
            for i, item in found
        ]

    def _hints(self) -> list[str]:
        """Thresholds that are reached, and the reasons for which it may come back."""
        tones = {"high": "bad"}
        lines = [
            coloured(self, "⚑ " + escape(item.text), tones.get(item.severity, "warn"))
            + f' <a href="watch:{i}">{self.tr("出处")}</a>'
            for i, item in enumerate(self._watches)
        ]
        if self._risks:
            named = " · ".join(
                f'<a href="risk:{i}">{escape(item.label)}</a>' for i, item in enumerate(self._risks[:_NAMED])
            )
            more = f" 等 {len(self._risks)} 项" if len(self._risks) > _NAMED else ""
            lines.append(coloured(self, self.tr("可能被退回："), "warn") + named + more)
        return lines

    def _reason(self, number: int, reason: Reason) -> str:
        text = escape(reason.text)
        if reason.severity == "high":
            text = f"<b>{text}</b>"
        mark = "" if reason.confirmed else coloured(self, UNCONFIRMED_MARK, "muted")
        return f'{text} <a href="rule:{number}">{escape(reason.rule_id)}</a>{mark and " " + mark}'

    def _open(self, url: QUrl) -> None:
        number = int(url.path()) if url.path().isdigit() else -1
        html = self._html(url.scheme(), number) if number >= 0 else ""
        if not html:
            return
        if self.popup is None:
            self.popup = ClausePopup(self)
        self.popup.show_rule(html, QCursor.pos())

    def _html(self, kind: str, number: int) -> str:
        """What stands behind a link, empty where there is nothing."""
        if kind == "rule" and number < len(self._advice.reasons):
            return rule_html(self._pack, self._advice.reasons[number])
        if kind == "against" and number < len(self._advice.contradictions):
            item = self._advice.contradictions[number]
            return rule_html(self._pack, Reason(item.rule_id, item.text, item.clause, item.source))
        if kind == "watch" and number < len(self._watches):
            watch = self._watches[number]
            return sourced_html(watch.text, watch.clause, watch.source)
        if kind == "risk" and number < len(self._risks):
            risk = self._risks[number]
            mark = "" if risk.confirmed else f"（{UNCONFIRMED_MARK}）"
            return f"<b>{escape(risk.label)}</b>{mark}<br>{escape(risk.why)}"
        return ""
