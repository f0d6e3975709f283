"""The offer to take positions for GCJ-02 and convert them back: a sentence with numbers, a preview, two buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from ..core.errors import WeipianError
from .compat import describe
from .guard import guarded
from .widgets import NoteFrame

if TYPE_CHECKING:
    from ..workbench.session import Session


class ShiftBanner(NoteFrame):
    """Hidden unless positions look shifted, or were converted already and can be put back."""

    #: Arrows (lon, lat, lon, lat) to draw; an empty list takes them off.
    preview = pyqtSignal(list)
    #: Positions were changed: what to say.
    done = pyqtSignal(str)

    def __init__(self, session: Session, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._session = session
        self._parent = parent
        self.suspicion: Any = None
        self._shifted: list[str] = []
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.look = QPushButton(self.tr("预览"), self)
        self.look.setCheckable(True)
        self.look.setToolTip(self.tr("在地图上用箭头画出每张照片会移到哪里"))
        self.convert = QPushButton(self.tr("换算"), self)
        self.convert.setToolTip(self.tr("把这些照片的位置从 GCJ-02 换算回来，照片注明“已换算”，可恢复"))
        self.restore = QPushButton(self.tr("恢复原位置"), self)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.text, 1)
        for button in (self.look, self.convert, self.restore):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.look.toggled.connect(self._preview)
        self.convert.clicked.connect(lambda _checked=False: self._convert())
        self.restore.clicked.connect(lambda _checked=False: self._restore())
        self.hide()

    def report_error(self, error: WeipianError) -> None:
        """As the window does."""
        report = getattr(self._parent, "report_error", None)
        if report is not None:
            report(error)

    @guarded
    def refresh(self) -> None:
        """Ask anew whether positions look shifted."""
        self.suspicion = self._session.gcj_suspicion()
        self._shifted = self._session.shifted_photos()
        parts = [self.suspicion.text] if self.suspicion is not None else []
        if self._shifted:
            parts.append(self.tr("{n} 张照片的位置已按 GCJ-02 换算。").format(n=len(self._shifted)))
        self.text.setText("\n".join(parts))
        describe(self, self.tr("坐标偏移"), self.text.text())
        self.look.setVisible(self.suspicion is not None)
        self.convert.setVisible(self.suspicion is not None)
        self.restore.setVisible(bool(self._shifted))
        self.setVisible(bool(parts))
        if self.suspicion is None and self.look.isChecked():
            self.look.setChecked(False)

    @guarded
    def _preview(self, on: bool) -> None:
        shown = on and self.suspicion is not None
        self.preview.emit(self._session.shift_arrows(self.suspicion.evidence_ids) if shown else [])

    @guarded
    def _convert(self) -> None:
        if self.suspicion is None:
            return
        waiting = self._session.lane_count()
        count = self._session.shift_photos(list(self.suspicion.evidence_ids))
        laid = waiting - self._session.lane_count()
        self.look.setChecked(False)
        more = self.tr("，其中 {n} 张归到了图斑").format(n=laid) if laid > 0 else ""
        self.refresh()
        self.done.emit(self.tr("{n} 张照片的位置已换算{more}（Ctrl+Z 撤销，也可恢复）").format(n=count, more=more))

    @guarded
    def _restore(self) -> None:
        count = self._session.unshift_photos(list(self._shifted))
        self.refresh()
        self.done.emit(self.tr("{n} 张照片恢复了原位置").format(n=count))
