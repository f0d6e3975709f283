"""Top of the panel: which workspace, until when, how far, and what is to be done today."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Callable, Optional

from qgis.PyQt.QtCore import QEvent, QObject, Qt, QUrl, pyqtSignal
from qgis.PyQt.QtGui import QTextOption
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QToolButton, QVBoxLayout, QWidget

from .compat import describe, icon, is_dark, line_height, no_input_method, tone, write_in
from .queue_model import PRESET_BY_KEY
from .widgets import ElidedLabel, RichText, coloured

#: Presets named on the 今天要办 line, most urgent first, each with a short name and its tone.
_AGENDA = (
    ("overdue", "超期", "bad"),
    ("returned", "退回", "bad"),
    ("open_1", "一级", "warn"),
    ("doubt", "存疑", "warn"),
    ("rectify", "整改", "warn"),
    ("open", "未判", "link"),
)


def due_text(due_on: Optional[str], today: str) -> tuple[str, str]:
    """(what is left until a deadline, tone); both dates ISO text, empty when there is no deadline."""
    try:
        due, now = date.fromisoformat(due_on or ""), date.fromisoformat(today)
    except ValueError:
        return "", "muted"
    left = (due - now).days
    day = f"{due.month}-{due.day} 到期"
    if left < 0:
        return f"▲ {day} · 超 {-left} 天", "bad"
    return f"{day} · 剩 {left} 天", "warn" if left <= 5 else "muted"


class HeaderPanel(QWidget):
    """Renders name, deadline, progress and agenda; a click on a count chooses that filter."""

    preset_requested = pyqtSignal(str)
    who_requested = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self.name = ElidedLabel(self)
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        self.due = QLabel(self)
        self.menu_button = QToolButton(self)
        self.menu_button.setIcon(icon("menu", self))
        self.menu_button.setToolTip(self.tr("工作区、导入、套合、导出…"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setAutoRaise(True)
        describe(self.menu_button, self.tr("菜单"))
        self.who = QToolButton(self)
        self.who.setAutoRaise(True)
        self.who.clicked.connect(lambda _checked=False: self.who_requested.emit())
        no_input_method(self.who)
        describe(self.who, self.tr("换人"))
        self.who.hide()
        #: Gives the slower figures for the tool tip of the progress.
        self.figures: Callable[[], str] = str
        self._today: tuple[int, int] = (0, 0)
        self.progress = QProgressBar(self)
        self.progress.installEventFilter(self)
        self.progress.setTextVisible(True)
        self.progress.setMaximumHeight(line_height(self) + 2)
        describe(self.progress, self.tr("判定进度"))
        self.agenda = RichText(1, self)
        self.agenda.setWordWrapMode(QTextOption.WrapMode.NoWrap)  # the tool tip has what is cut
        self.agenda.anchorClicked.connect(self._clicked)
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.addWidget(self.name, 1)
        top.addWidget(self.due)
        top.addWidget(self.who)
        top.addWidget(self.menu_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        second = QHBoxLayout()
        second.setContentsMargins(0, 0, 0, 0)
        second.addWidget(self.progress, 2)
        second.addWidget(self.agenda, 3)
        layout.addLayout(second)

    def set_menu(self, menu: QMenu) -> None:
        """The menu behind ☰."""
        self.menu_button.setMenu(menu)

    def show_name(self, name: str, due_on: Optional[str], today: str) -> None:
        """Workspace · batch, and the days left."""
        self.name.setText(name)
        text, name_of_tone = due_text(due_on, today)
        write_in(self.due, name_of_tone)
        self.due.setText(text)

    def show_progress(self, done: int, total: int) -> None:
        """已判定 n / m."""
        # Night Mapping writes black on its dark bar.
        self.progress.setStyleSheet(f"color: {tone(self, 'muted').name()};" if is_dark(self) else "")
        self.progress.setMaximum(max(total, 1))
        self.progress.setValue(done)
        self.progress.setFormat(f"已判定 {done} / {total}")
        self.progress.setToolTip(f"{100 * done // total} %" if total else "")

    def show_person(self, name: str, role: str) -> None:
        """Who is at the keyboard, and as what; a click changes it."""
        short = self.who.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, line_height(self) * 5)
        self.who.setText(short)
        self.who.setToolTip(self.tr("现在由 {name}（{role}）操作，点一下换人").format(name=name, role=role))
        describe(self.who, self.tr("操作人 {name}，{role}").format(name=name, role=role))
        self.who.show()

    def show_today(self, judged: int, left: int) -> None:
        """今日 n · 剩 m: what this person judged today and what is open."""
        self._today = (judged, left)
        done = self.progress.value()
        total = self.progress.maximum() if done + left else 0
        self.progress.setFormat(f"{done}/{total} · 今日 {judged} · 剩 {left}")
        describe(self.progress, self.tr("判定进度"), self.progress.format())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt name
        """The figures behind the progress are counted when somebody asks for them."""
        if watched is self.progress and event.type() == QEvent.Type.ToolTip:
            judged, left = self._today
            share = f"{100 * self.progress.value() // max(self.progress.maximum(), 1)} %"
            parts = (f"已判定 {share} · 今日 {judged} · 剩 {left}", self.figures())
            self.progress.setToolTip("\n".join(part for part in parts if part))
        return bool(super().eventFilter(watched, event))

    def show_agenda(self, counts: dict[str, int]) -> None:
        """Counts that are not 0, as links to their filter."""
        parts = []
        for key, label, name in _AGENDA:
            count = counts.get(key, 0)
            if count:
                text = coloured(self, escape(f"{label}&nbsp;{count}").replace("&amp;nbsp;", "&nbsp;"), name)
                parts.append(f'<a href="show:{key}" style="text-decoration:none">{text}</a>')
        self.agenda.set_html("<b>今天要办</b> " + (" · ".join(parts) or coloured(self, "✔ 没有待办", "good")))
        describe(self.agenda, "今天要办", self.agenda.toPlainText())
        self.agenda.setToolTip(self.agenda.toPlainText() + "\n点数字即按此筛选")

    def _clicked(self, url: QUrl) -> None:
        if url.path() in PRESET_BY_KEY:
            self.preset_requested.emit(url.path())
