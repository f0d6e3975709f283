"""The section 周边: village and grid, measured width, patches nearby. Knows no session."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ..core.model import LEVEL_MARKS, Verdict
from ..workbench.surroundings import Neighbour, Place, Surroundings
from .compat import clear_layout, describe, no_input_method, write_in

#: Neighbours that have a line of their own.
_SHOWN = 5


def verdict_text(neighbour: Neighbour) -> str:
    """What was decided about a neighbour, as its line says it."""
    row = neighbour.row
    verdict = Verdict(row.verdict).label if row.verdict else ""
    return verdict + ("存疑" if row.doubt else "") or "未判定"


def short_id(patch_id: str) -> str:
    """「…0184」; a short number stays whole."""
    return patch_id if len(patch_id) <= 8 else f"…{patch_id[-4:]}"


def neighbour_text(neighbour: Neighbour) -> str:
    """「① …0184 违法 东北 35 米」."""
    level = LEVEL_MARKS.get(neighbour.row.level or 0, "")
    parts = (level, short_id(neighbour.row.patch_id), verdict_text(neighbour), neighbour.where)
    return "  ".join(part for part in parts if part)


class SurroundingsPanel(QWidget):
    """Renders Surroundings; `summary` is the one line of the folded section."""

    open_requested = pyqtSignal(str)  # patch_uid of a neighbour

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)

    def show_surroundings(self, found: Optional[Surroundings]) -> None:
        """Show what lies around a patch; None while it is being looked for."""
        clear_layout(self._layout)
        if found is None:
            return
        self._place(self.tr("村"), found.village)
        self._place(self.tr("网格"), found.grid)
        if found.width is not None:
            self._line(self._width_text(found), "")
        for neighbour in found.neighbours[:_SHOWN]:
            self._neighbour(neighbour)
        rest = len(found.neighbours) - _SHOWN + found.more
        if rest > 0:
            self._line(self.tr("另有 {count} 个图斑在 200 米以内").format(count=rest), "muted")
        if not found.neighbours:
            self._line(self.tr("200 米以内没有其他图斑"), "muted")

    def summary(self, found: Optional[Surroundings]) -> str:
        """「乌牛村 · 第3网格 · 宽约 4.2 米 · 近旁 3 个图斑」."""
        if found is None:
            return ""
        count = len(found.neighbours) + found.more
        width = self.tr("宽约 {width:.1f} 米").format(width=found.width.median_m) if found.width else ""
        near = self.tr("近旁 {count} 个图斑").format(count=count) if count else self.tr("近旁没有图斑")
        return " · ".join(part for part in (found.village.text, found.grid.text, width, near) if part)

    def texts(self) -> list[str]:
        """The lines shown."""
        return [part.text() for part in (*self.findChildren(QLabel), *self.findChildren(QPushButton)) if part.text()]

    def _width_text(self, found: Surroundings) -> str:
        width = found.width
        if width is None:
            return ""
        text = self.tr("量得宽度 {width:.1f} 米（多在 {low:.1f}～{high:.1f}），长 {length:.0f} 米")
        return text.format(width=width.median_m, low=width.low_m, high=width.high_m, length=width.length_m)

    def _place(self, label: str, place: Place) -> None:
        if place.text:
            self._line(f"{label}：{place.text}（{place.source}）", "")
        if place.differs:
            self._line(self.tr("▲ 下发数据写的是{name}").format(name=place.differs), "warn")
        if place.problem:
            self._line(f"▲ {place.problem}", "warn")

    def _line(self, text: str, kind: str) -> None:
        label = QLabel(text, self)
        label.setWordWrap(True)
        if kind:
            write_in(label, kind)
        self._layout.addWidget(label)
        label.show()

    def _neighbour(self, neighbour: Neighbour) -> None:
        button = QPushButton(self)
        button.setText(neighbour_text(neighbour))
        button.setFlat(True)
        button.setAutoDefault(False)
        button.setStyleSheet("QPushButton { text-align: left; padding: 1px 2px; }")
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = neighbour.row
        tip = self.tr("到 {patch}（{village}，{area} 亩）")
        button.setToolTip(tip.format(patch=row.patch_id, village=row.village or "—", area=row.area_mu))
        describe(button, f"{row.patch_id} {verdict_text(neighbour)} {neighbour.where}")
        no_input_method(button)
        button.clicked.connect(lambda _checked=False, uid=row.patch_uid: self.open_requested.emit(uid))
        self._layout.addWidget(button)
        button.show()
