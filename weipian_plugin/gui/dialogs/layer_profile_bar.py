"""The line above the table of layers: the saved layers of a district, taken over with one click."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Optional

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)

from ...core.errors import WeipianError
from ...core.model import LayerAssignment
from ...workbench import layer_profiles
from ...workbench.layer_profiles import LayerProfile, Resolved
from ...workbench.registers import RegisterSource
from ..compat import describe
from ..guard import guarded

_FILES = "图层方案 (*.json)"


class ProfileBar(QWidget):
    """Chooses, keeps and passes on profiles; what one holds goes out as a signal."""

    #: A profile with the files found on this machine: LayerProfile, Resolved.
    applied = pyqtSignal(object, object)
    #: A sentence and its kind (good, warn, bad).
    said = pyqtSignal(str, str)
    #: Wanted: the table as it is, to be kept under this name.
    save_requested = pyqtSignal(str)
    failed = pyqtSignal(object)

    def __init__(self, counties: Sequence[str], parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._counties = tuple(counties)
        self.combo = QComboBox(self)
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        describe(self.combo, "图层方案")
        self.apply_button = QPushButton("采用", self)
        self.save_button = QPushButton("另存为方案…", self)
        self.more = QToolButton(self)
        self.more.setText("更多")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self.more)
        for text, slot in (
            ("从文件导入…", self._import),
            ("导出为文件…", self._export),
            ("图层搬了位置…", self._move),
            ("删除此方案", self._delete),
        ):
            menu.addAction(text).triggered.connect(lambda _checked=False, then=slot: then())
        self.more.setMenu(menu)
        self.apply_button.clicked.connect(lambda _checked=False: self.apply())
        self.save_button.clicked.connect(lambda _checked=False: self._save())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(QLabel("图层方案", self))
        for widget in (self.combo, self.apply_button, self.save_button, self.more):
            layout.addWidget(widget)
        layout.addStretch(1)
        self.refresh()

    def report_error(self, error: WeipianError) -> None:
        """Out to the dialog."""
        self.failed.emit(error)

    def refresh(self, name: str = "") -> None:
        """Show the profiles there are; the one of this county first."""
        mine = layer_profiles.for_county(self._counties)
        wanted = name or self.combo.currentText() or (mine.name if mine else "")
        self.combo.clear()
        for profile in layer_profiles.profiles():
            self.combo.addItem(profile.name)
        self.combo.setCurrentIndex(max(self.combo.findText(wanted), 0))
        there = self.combo.count() > 0
        self.combo.setEnabled(there)
        self.apply_button.setEnabled(there)

    def offered(self) -> Optional[LayerProfile]:
        """The profile that names the county of the patches."""
        return layer_profiles.for_county(self._counties)

    @guarded
    def apply(self, name: str = "") -> None:
        """Take the layers of a profile over; its folder is asked for once when it is not here."""
        profile = layer_profiles.get(name or self.combo.currentText())
        there = layer_profiles.resolve(profile)
        if there.missing and profile.relative and not Path(profile.root or " ").is_dir():
            profile, there = self._asked(profile, there)
        self.applied.emit(profile, there)

    def _asked(self, profile: LayerProfile, there: Resolved) -> tuple[LayerProfile, Resolved]:
        root = QFileDialog.getExistingDirectory(
            self, f"“{profile.name}”的图层现在放在哪个文件夹？（原来是 {profile.root}）"
        )
        if not root:
            return profile, there
        profile = layer_profiles.move(profile.name, root)
        return profile, layer_profiles.resolve(profile)

    @guarded
    def _save(self) -> None:
        name, accepted = QInputDialog.getText(self, "另存为方案", "名称（区县）", text=self.combo.currentText())
        if accepted:
            self.save_requested.emit(str(name))

    @guarded
    def keep(
        self, name: str, layers: Sequence[LayerAssignment], tables: Sequence[RegisterSource], cropland: str
    ) -> None:
        """Save the table as it is under a name."""
        layer_profiles.save(name, self._counties, layers, tables, cropland)
        self.refresh(name.strip())
        self.said.emit(f"已存为“{name.strip()}”。同一区县的新工作区会提示采用它。", "good")

    @guarded
    def _delete(self) -> None:
        name = self.combo.currentText()
        layer_profiles.delete(name)
        self.combo.clear()
        self.refresh()
        self.said.emit(f"已删除方案“{name}”，图层文件没有动。", "good")

    @guarded
    def _export(self) -> None:
        profile = layer_profiles.get(self.combo.currentText())
        chosen, _ = QFileDialog.getSaveFileName(self, "导出图层方案", f"{profile.name}_图层方案.json", _FILES)
        if chosen:
            path = Path(chosen)
            layer_profiles.write(profile, path if path.suffix else path.with_suffix(".json"))
            self.said.emit(f"已导出：{path}。只有图层的位置和设置，不含图层本身。", "good")

    @guarded
    def _import(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "导入图层方案", "", _FILES)
        if chosen:
            profile = layer_profiles.bring_in(Path(chosen))
            self.refresh(profile.name)
            self.apply(profile.name)

    @guarded
    def _move(self) -> None:
        profile = layer_profiles.get(self.combo.currentText())
        self._asked(profile, layer_profiles.resolve(profile))
        self.apply(profile.name)
