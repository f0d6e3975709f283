"""图斑信息: class, level, village, person, deadline and the area in force, put right by hand."""

from __future__ import annotations

from typing import Optional

from qgis.PyQt.QtWidgets import QComboBox, QLabel, QLineEdit, QWidget

from ...core.areas import adopted_label, mu
from ...core.errors import WeipianError
from ...core.model import LEVEL_LABELS, Patch
from ...core.rulepack import RulePack
from ...workbench.clock import check_date
from ...workbench.patch_facts import LEVELS, PatchFacts, facts_of
from ..compat import describe
from ..small_dialogs import Form, check_area

_TEXTS = ("village", "assignee", "due_on", "adopted_mu", "adopted_reason")


class PatchFactsDialog(Form):
    """A form over the facts of one patch; `facts()` gives what stands in it."""

    def __init__(self, patch: Patch, pack: RulePack, parent: Optional[QWidget] = None) -> None:
        super().__init__("", parent)
        self.setWindowTitle(self.tr("图斑信息 · …{number}").format(number=patch.patch_id[-8:]))
        known = facts_of(patch)
        self.monitor_class = QComboBox(self)
        self.monitor_class.addItem(self.tr("（未知）"), "")
        for item in pack.monitor_classes.values():
            self.monitor_class.addItem(item.display, item.id)
        found = pack.monitor_class(known.monitor_class) if known.monitor_class else None
        if found is None and known.monitor_class:  # what another pack or the delivery called it stays choosable
            self.monitor_class.addItem(known.monitor_class, known.monitor_class)
        self.monitor_class.setCurrentIndex(
            max(self.monitor_class.findData(found.id if found else known.monitor_class), 0)
        )
        self._first_class = str(self.monitor_class.currentData()), known.monitor_class
        self.level = QComboBox(self)
        self.level.addItem(self.tr("（未知）"), None)
        for level in LEVELS:
            self.level.addItem(LEVEL_LABELS[level], level)
        self.level.setCurrentIndex(max(self.level.findData(known.level), 0))
        labels = {
            "village": self.tr("村（社区）"),
            "assignee": self.tr("责任人"),
            "due_on": self.tr("办理期限"),
            "adopted_mu": self.tr("采用面积（亩）"),
            "adopted_reason": self.tr("采用的理由"),
        }
        hints = {
            "due_on": "2026-06-30",
            "adopted_mu": self.tr("不填就用计算面积 {area:.2f}").format(area=mu(patch.area_m2)),
            "adopted_reason": self.tr("例如：勘测定界面积，文号"),
        }
        self._add(self.tr("图斑分类"), self.monitor_class)
        self._add(self.tr("监测等级"), self.level)
        self.fields: dict[str, QLineEdit] = {}
        for name in _TEXTS:
            edit = QLineEdit(getattr(known, name), self)
            edit.setPlaceholderText(hints.get(name, ""))
            self.fields[name] = edit
            self._add(labels[name], edit)
        locked = patch.split_state == "child"
        for name in ("adopted_mu", "adopted_reason"):
            self.fields[name].setEnabled(not locked)
        said = adopted_label(patch)
        note = self.tr("拆分出的图斑面积之和要与原图斑相等，不能单独改。") if locked else ""
        if said and not known.adopted_mu and not locked:
            note = self.tr("现在采用的是{source}面积 {area:.2f} 亩。").format(source=said, area=mu(patch.area_in_force))
        self.note = QLabel(note, self)
        self.note.setWordWrap(True)
        self.note.setVisible(bool(note))
        self.form.addRow(self.note)
        self.finish()

    def _add(self, label: str, widget: QWidget) -> None:
        describe(widget, label)
        self.form.addRow(label, widget)

    def facts(self) -> PatchFacts:
        """What stands in the form."""
        shown, stored = self._first_class
        chosen = str(self.monitor_class.currentData() or "")
        texts = {name: edit.text().strip() for name, edit in self.fields.items()}
        return PatchFacts(monitor_class=stored if chosen == shown else chosen, level=self.level.currentData(), **texts)

    def check(self) -> None:
        """Raise WeipianError while a date or an area is wrong, or a reason is missing."""
        facts = self.facts()
        check_date(facts.due_on)
        if facts.adopted_mu:
            check_area(facts.adopted_mu)
            if not facts.adopted_reason:
                raise WeipianError("E_ADOPTED", reason=self.tr("没有写采用这个面积的理由"))
