"""The command 村级承诺, and the lines of 派单 and 承诺 below the evidence of a patch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Optional

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QDialog, QLabel

from ..core import certify
from ..core.errors import WeipianError
from ..workbench.clock import today
from ..workbench.views import PatchView
from .compat import describe, write_in
from .guard import guarded
from .review import Review

_TONES = {certify.NONE: "muted", certify.PRINTED: "warn", certify.SIGNED: "good", certify.VOID: "bad"}
#: So many changes are told on the line, all of them in its tool tip.
_TOLD = 2


class CertifyWork(QObject):
    """Opens the dialog and tells how the patch on the screen stands."""

    def __init__(self, review: Review) -> None:
        super().__init__(review)
        self.review = review
        self.dialog: Optional[QDialog] = None
        self.sent = self._line(self.tr("派单"))
        self.word = self._line(self.tr("村级承诺"))
        review.shown.connect(lambda _uid: self.show())

    def _line(self, name: str) -> QLabel:
        label = QLabel(self.review.dock.evidence)
        label.setWordWrap(True)
        label.hide()
        describe(label, name)
        layout = self.review.dock.evidence.layout()
        if layout is not None:
            layout.addWidget(label)
        return label

    def report_error(self, error: WeipianError) -> None:
        """As the review does."""
        self.review.report_error(error)

    def table(self) -> dict[str, Callable[[], Any]]:
        """Key of the menu and the keyboard -> what it does."""
        return {"certify": self.open}

    def close(self) -> None:
        """Another workspace comes."""
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.close()
        self.sent.hide()
        self.word.hide()

    @guarded
    def open(self) -> None:
        """Print lists, take in signed ones."""
        from .dialogs.certify import CertifyDialog

        review = self.review
        view = review.view
        dialog = CertifyDialog(
            review.opened(), review.dock.queue.model.rows, view.patch.patch_uid if view is not None else "", review.dock
        )
        self.dialog = dialog
        dialog.exec()
        self.dialog = None
        changed = dialog.changed
        dialog.deleteLater()
        if changed and review.view is not None:
            review.show_patch(review.view.patch.patch_uid)
            review.tell(self.tr("已更新（{}）").format(review.undo_hint()))

    # -- the lines of the panel ------------------------------------------------------------------
    @guarded
    def show(self) -> None:
        """How the patch on the screen stands."""
        view = self.review.view
        if view is None or self.review.session is None:
            return
        self._show_sent(view)
        self._show_word(view)

    def _show_sent(self, view: PatchView) -> None:
        found = self.review.opened().sent(patch_uid=view.patch.patch_uid)
        self.sent.setVisible(bool(found))
        if not found:
            return
        given, late = found[0], found[0].late_days(today())
        text = self.tr("派单：{person}，{day} 派出").format(person=given.person, day=given.sent_on)
        text += self.tr("，期限 {}").format(given.due_on) if given.due_on else ""
        text = f"▲ {text}" + self.tr("，已逾期 {} 天").format(late) if late else text
        write_in(self.sent, "bad" if late else "muted")
        self.sent.setText(text)

    def _show_word(self, view: PatchView) -> None:
        state = self.review.opened().certification(view.patch.patch_uid)
        key = self.review.key_of("certify")
        self.word.setVisible(bool(view.evidence) or state.state != certify.NONE)
        text = state.text
        if len(state.changed) > _TOLD:
            text = text.replace("；".join(state.changed), "；".join(state.changed[:_TOLD]) + self.more(state.changed))
        if state.state == certify.NONE:
            text = self.tr("还没有（{} 打印清单）").format(key)
        if state.state == certify.VOID:  # also while the section is folded
            box = self.review.dock.evidence_box
            box.setTitle(f"{self.review.dock.evidence.title()} · ✖ " + self.tr("村级承诺已失效"))
        write_in(self.word, _TONES[state.state])
        self.word.setText(f"{state.mark} " + self.tr("村级承诺：{}").format(text))
        self.word.setToolTip("\n".join((state.label, *state.changed)) if state.changed else state.text)

    def more(self, changed: tuple[str, ...]) -> str:
        """等 n 处."""
        return self.tr("等 {} 处").format(len(changed))
