"""The patch that a photo belongs to: offered ones by number key, any other by typing its number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from qgis.PyQt.QtCore import QStringListModel, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QCompleter, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from ..core.rulepack import RulePack
from ..workbench.lane import GUESSED, VISIT, Candidate
from .compat import describe, line_height, no_input_method

_UID = int(Qt.ItemDataRole.UserRole)
#: The patch that the last photo went to, and the one that is open in the panel.
LAST, CURRENT = "last", "current"
_WHY = {GUESSED: "导入时判断", VISIT: "同一时段的照片在此", LAST: "上一张归到这里", CURRENT: "面板上的图斑"}


def candidate_text(number: int, candidate: Candidate) -> str:
    """「1  …0183  12 m ✔ 乌牛村」"""
    parts = [f"{number}", f"…{candidate.patch_id[-6:]}"]
    if candidate.distance_m is not None:
        distance = candidate.distance_m
        parts.append(
            "在图斑内" if distance == 0 else f"{distance:.0f} m" if distance < 1000 else f"{distance / 1000:.1f} km"
        )
        parts.append({True: "✔ 朝向", False: "✖ 未朝向"}.get(candidate.looks_at, "？ 方位不明"))
    else:
        parts.append(_WHY.get(candidate.why, ""))
    return "  ".join(part for part in (*parts, candidate.village) if part)


class PurposeBox(QComboBox):
    """What a file proves; as a rule found by its kind and name."""

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        describe(self, self.tr("用途"))

    def fill(self, pack: RulePack) -> None:
        """The requirements of a pack that a file can meet."""
        self.clear()
        self.addItem(self.tr("自动（现场照片）"), "")
        for requirement in pack.requirements.values():
            if requirement.kind in ("photo", "document"):
                self.addItem(requirement.label, requirement.id)

    def value(self) -> str:
        """A requirement id, empty for what is found by itself."""
        return str(self.currentData() or "")


class PatchChoice(QWidget):
    """A box for a number (or its end) and the candidates below it."""

    chosen = pyqtSignal(str)  # patch_uid or empty

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._known: dict[str, Candidate] = {}
        self._by_id: dict[str, str] = {}
        self.typed = QLineEdit(self)
        self.typed.setPlaceholderText(self.tr("图斑编号或末几位，可留空用下面的候选"))
        self.typed.setClearButtonEnabled(True)
        describe(self.typed, self.tr("图斑编号"))
        self._model = QStringListModel(self)
        completer = QCompleter(self._model, self)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setMaxVisibleItems(8)
        self.typed.setCompleter(completer)
        self.list = QListWidget(self)
        self.list.setFixedHeight(int(line_height(self) * 1.35 * 5) + 4)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(self.list, self.tr("候选图斑，按数字键选择"))
        no_input_method(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.typed)
        layout.addWidget(self.list)
        self.typed.textChanged.connect(lambda _text: self.chosen.emit(self.uid()))
        self.list.currentItemChanged.connect(lambda _new, _old: self.chosen.emit(self.uid()))
        self.list.itemClicked.connect(lambda _item: self.typed.clear())

    def set_patches(self, patches: Sequence[Candidate]) -> None:
        """All patches that evidence can be laid on."""
        self._by_id = {}
        for patch in patches:
            self._by_id[patch.patch_id] = patch.patch_uid
            self._known[patch.patch_uid] = patch
        self._model.setStringList([patch.patch_id for patch in patches])

    def offer(self, candidates: Sequence[Candidate], *, first: bool = True) -> None:
        """Show these; with `first` the best is taken until the person says otherwise."""
        self.list.blockSignals(True)
        self.list.clear()
        for number, candidate in enumerate(candidates, 1):
            self._known.setdefault(candidate.patch_uid, candidate)
            item = QListWidgetItem(candidate_text(number, candidate))
            item.setData(_UID, candidate.patch_uid)
            item.setToolTip(candidate.patch_id)
            self.list.addItem(item)
        if first and candidates:
            self.list.setCurrentRow(0)
        self.list.blockSignals(False)
        self.chosen.emit(self.uid())

    def choose(self, number: int) -> bool:
        """Take the candidate with this number; False where there is none."""
        if not 1 <= number <= self.list.count():
            return False
        self.typed.clear()
        self.list.setCurrentRow(number - 1)
        return True

    def forget(self) -> None:
        """Nothing typed, nothing chosen."""
        self.typed.clear()
        self.list.setCurrentRow(-1)

    def uid(self) -> str:
        """The patch that is chosen: by number where one is typed, else the marked candidate; empty without one."""
        text = self.typed.text().strip()
        if text:
            return self._typed_uid(text)
        item = self.list.currentItem()
        return str(item.data(_UID)) if item is not None else ""

    def _typed_uid(self, text: str) -> str:
        exact = self._by_id.get(text)
        if exact:
            return exact
        wanted = text.casefold()
        endings = [uid for patch_id, uid in self._by_id.items() if patch_id.casefold().endswith(wanted)]
        return endings[0] if len(endings) == 1 else ""

    def problem(self) -> str:
        """Why nothing is chosen, empty when something is."""
        text = self.typed.text().strip()
        if self.uid():
            return ""
        if not text:
            return self.tr("还没有选图斑：按数字键选候选，或输入编号")
        count = sum(patch_id.casefold().endswith(text.casefold()) for patch_id in self._by_id)
        if count > 1:
            return self.tr("编号以“{text}”结尾的图斑有 {count} 个，请多输几位").format(text=text, count=count)
        return self.tr("没有编号为“{text}”的图斑").format(text=text)

    def patch_id(self) -> str:
        """Number of the chosen patch."""
        known = self._known.get(self.uid())
        return known.patch_id if known is not None else ""
