"""Where the patch on the screen comes from: a changed boundary, the platform's word, earlier patches and clues."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ..core.model import Patch, PlatformStatus, ReviewStatus
from ..core.reissue import ATTRIBUTES, GEOMETRY, told
from ..workbench.earlier import EarlierPatch, Lineage
from .compat import clear_layout, describe, no_input_method, write_in
from .widgets import ElidedLabel

#: Earlier patches that are shown; more are named by their number.
_SHOWN = 3
_BY_HAND = (ReviewStatus.SUBMITTED, ReviewStatus.RETURNED, ReviewStatus.FINISHED)


def platform_text(patch: Patch, platform: Optional[PlatformStatus]) -> str:
    """What the platform said last, or that a state was entered by hand; empty when neither."""
    parts = []
    if platform is not None:
        stage = platform.audit_stage or platform.fill_state or "未写状态"
        back = platform.return_state if platform.return_state == "已打回" and platform.audit_stage != "已打回" else ""
        told_ = "，".join(part for part in (stage, back, platform.opinion) if part)
        parts.append(f"平台：{told_}（表 {platform.source_name}，{platform.imported_at[:10]}）")
    if patch.review_status in _BY_HAND and not patch.review_source:
        parts.append(f"手填：{patch.review_status.label}")
    return "；".join(parts)


class EarlierPanel(QWidget):
    """Renders a Lineage; hidden while there is nothing to tell. Knows no session."""

    open_requested = pyqtSignal(str)  # patch_uid
    take_requested = pyqtSignal(str)  # patch_uid of the earlier one
    confirm_requested = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)
        self.hide()

    def show_lineage(self, lineage: Lineage, patch: Patch) -> None:
        """Show what came before `patch`."""
        clear_layout(self._layout)
        if lineage.boundary:
            self._boundary(lineage)
        if patch.review_status is ReviewStatus.RETURNED and patch.return_reason:
            self._wrapped(f"↩ 退回原因：{patch.return_reason}", "bad", patch.return_reason)
        platform = platform_text(patch, lineage.platform)
        if platform:
            self._line(platform, "muted")
        again = [row for row in lineage.reissues if row.change in (ATTRIBUTES, GEOMETRY) and told(row.differences)]
        if again and not lineage.boundary:
            self._line(f"再次下发时有变化：{told(again[-1].differences)}", "muted")
        for item in lineage.earlier[:_SHOWN]:
            self._earlier(item)
        more = [item.patch_id for item in lineage.earlier[_SHOWN:]]
        if more:
            self._line(f"另有 {len(more)} 个往期图斑：{'、'.join(more)}", "muted")
        self.setVisible(self._layout.count() > 0)

    def texts(self) -> list[str]:
        """The lines shown, for those who cannot see them."""
        labels = [label for label in self.findChildren(QLabel) if not label.isHidden()]
        return [label.full_text() if isinstance(label, ElidedLabel) else label.text() for label in labels]

    def _row(self, label: QLabel, kind: str) -> QHBoxLayout:
        write_in(label, kind)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(label, 1)
        self._layout.addLayout(row)
        label.show()  # Qt shows what is added to a visible parent only later
        return row

    def _line(self, text: str, kind: str) -> None:
        """What may be cut: its whole text is the tool tip."""
        label = ElidedLabel(self)
        label.setText(text)
        self._row(label, kind)

    def _wrapped(self, text: str, kind: str, tip: str) -> QHBoxLayout:
        """What must be read whole."""
        label = QLabel(text, self)
        label.setWordWrap(True)
        label.setToolTip(tip)
        return self._row(label, kind)

    def _button(self, row: QHBoxLayout, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        describe(button, f"{text}：{tip}")
        no_input_method(button)
        row.addWidget(button)
        button.show()
        return button

    def _boundary(self, lineage: Lineage) -> None:
        row = self._wrapped(f"▲ {lineage.boundary}", "warn", lineage.boundary_detail)
        button = self._button(row, "已核对", "已按新边界看过，已有的判定不变；重新判定也会消除这条提示")
        button.clicked.connect(lambda _checked=False: self.confirm_requested.emit())

    def _earlier(self, item: EarlierPatch) -> None:
        tip = f"{item.line()}\n批次 {item.batch}，{item.area_mu:.2f} 亩"
        row = self._wrapped(item.line(short=True), "warn" if item.not_taken else "muted", tip)
        opened = self._button(row, "打开", f"到 {item.patch_id}（{item.batch}）")
        opened.clicked.connect(lambda _checked=False, uid=item.patch_uid: self.open_requested.emit(uid))
        if item.not_taken:
            count = len(item.not_taken)
            taken = self._button(row, "沿用举证", f"把 {item.patch_id} 的 {count} 件举证也归到本图斑，用途不变")
            taken.clicked.connect(lambda _checked=False, uid=item.patch_uid: self.take_requested.emit(uid))
