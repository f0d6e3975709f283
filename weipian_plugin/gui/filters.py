"""The filter bar's parts: a panel with every condition and its count, and chips for those in force."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Optional

from qgis.PyQt.QtCore import QPoint, Qt, pyqtSignal
from qgis.PyQt.QtGui import QFontMetrics, QKeyEvent
from qgis.PyQt.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from .compat import clear_layout, describe, line_height, no_input_method
from .queue_filters import FACETS, SLOW_TESTS, TESTS, QueueFilter, value_label
from .queue_model import QueueModel

_KEY = int(Qt.ItemDataRole.UserRole)
_MARKS = "marks"


class FilterPanel(QFrame):
    """Every test and every value of each facet, with how many patches it would leave; opened below the bar."""

    changed = pyqtSignal(object)  # QueueFilter
    save_requested = pyqtSignal()
    #: The own preset whose conditions are in force is wanted no more.
    remove_requested = pyqtSignal()

    def __init__(self, model: QueueModel, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._model = model
        self._filter = QueueFilter()
        self._waiting = False
        #: batch_id -> name, set by whoever knows the batches.
        self.batch_names: Mapping[str, str] = {}
        self.setFrameShape(QFrame.Shape.StyledPanel)
        describe(self, self.tr("筛选条件"))
        no_input_method(self)
        self.tree = QTreeWidget(self)
        self.tree.setColumnCount(2)
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(line_height(self))
        describe(self.tree, self.tr("筛选条件，空格勾选"))
        no_input_method(self.tree)
        self.hint = QLabel(self)
        self.hint.setWordWrap(True)
        self.clear = QPushButton(self.tr("清除"), self)
        self.save = QPushButton(self.tr("存为常用…"), self)
        self.remove = QPushButton(self.tr("删除常用"), self)
        self.done = QPushButton(self.tr("关闭"), self)
        buttons = QHBoxLayout()
        for button in (self.clear, self.save, self.remove, self.done):
            button.setAutoDefault(False)
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(6, 6, 6, 6)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.hint)
        layout.addLayout(buttons)
        self.tree.itemChanged.connect(self._ticked)
        self.tree.itemExpanded.connect(lambda item: self._fill_facet(item))
        self.clear.clicked.connect(lambda _checked=False: self._set(QueueFilter()))
        self.save.clicked.connect(lambda _checked=False: self.save_requested.emit())
        self.remove.clicked.connect(lambda _checked=False: self.remove_requested.emit())
        self.done.clicked.connect(lambda _checked=False: self.close())

    def open_below(self, widget: QWidget, wanted: QueueFilter, *, computing: bool, own: bool) -> None:
        """Show the conditions of a filter under a widget, as wide as the panel there.

        `own`: they are a preset that the person saved, which can be removed here.
        """
        self._filter = wanted
        self.remove.setVisible(own)
        self.hint.setText(
            self.tr("“举证不全、未整改面积、与建议不一致”正在计算，数字会继续增加。") if computing else ""
        )
        self.hint.setVisible(computing)
        self._fill()
        self.resize(max(widget.width(), line_height(self) * 17), line_height(self) * 26)
        place = widget.mapToGlobal(QPoint(0, widget.height()))
        room = widget.window().windowHandle().screen().availableGeometry() if widget.window().windowHandle() else None
        if room is not None:
            place.setY(max(room.top(), min(place.y(), room.bottom() - self.height())))
        self.move(place)
        self.show()
        self.tree.setFocus()

    def count_again(self, *, computing: bool) -> None:
        """The background found more: write the counts anew while the panel is open."""
        if self.isVisible():
            self.hint.setVisible(computing)
            self._waiting = True
            self._write_counts()
            self._waiting = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt name
        """Escape and Enter close; Enter ticks nothing."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
            return
        super().keyPressEvent(event)

    # -- inside ---------------------------------------------------------------------------
    def _fill(self) -> None:
        self._waiting = True
        self.tree.clear()
        marks = self._head(self.tr("标记"), _MARKS)
        for key, label in TESTS.items():
            item = self._leaf(marks, label, key, ticked=key in self._filter.tests)
            if key in SLOW_TESTS:
                item.setToolTip(0, self.tr("按每个图斑的建议和清单在后台计算"))
        marks.setExpanded(True)
        for facet, label in FACETS.items():
            head = self._head(label, facet)
            head.addChild(QTreeWidgetItem(["…"]))  # values come when it is opened
            if self._filter.values.get(facet):
                self._waiting = False
                head.setExpanded(True)
                self._waiting = True
        self._write_counts()
        self.tree.resizeColumnToContents(1)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, self.tree.header().ResizeMode.Stretch)
        self.tree.setCurrentItem(marks.child(0))
        self._waiting = False

    def _head(self, label: str, key: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem([label, ""])
        item.setData(0, _KEY, key)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        self.tree.addTopLevelItem(item)
        return item

    def _leaf(self, head: QTreeWidgetItem, label: str, key: str, *, ticked: bool) -> QTreeWidgetItem:
        item = QTreeWidgetItem([label, ""])
        item.setData(0, _KEY, key)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(0, Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setTextAlignment(1, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter))
        head.addChild(item)
        return item

    def _fill_facet(self, head: QTreeWidgetItem) -> None:
        facet = head.data(0, _KEY)
        if self._waiting or facet == _MARKS or head.data(1, _KEY):
            return
        self._waiting = True
        head.takeChildren()
        head.setData(1, _KEY, True)
        chosen = self._filter.values.get(facet, frozenset())
        for value, count in self._model.table.facet(facet, self._model.table.mask(self._filter.without(facet))):
            label = value_label(facet, value, self.batch_names)
            self._leaf(head, label, value, ticked=value in chosen).setText(1, str(count))
        self._waiting = False

    def _write_counts(self) -> None:
        """How many patches each condition leaves beside the others that are in force."""
        for i in range(self.tree.topLevelItemCount()):
            head = self.tree.topLevelItem(i)
            facet = head.data(0, _KEY)
            if facet == _MARKS:
                base = self._model.table.mask(self._filter)
                for at in range(head.childCount()):
                    test = head.child(at).data(0, _KEY)
                    passed = base & self._model.table.mask(QueueFilter(frozenset({test})))
                    head.child(at).setText(1, str(int(passed.sum())))
            elif head.data(1, _KEY):
                passed = self._model.table.mask(self._filter.without(facet))
                counts = dict(self._model.table.facet(facet, passed))
                for at in range(head.childCount()):
                    head.child(at).setText(1, str(counts.get(head.child(at).data(0, _KEY), 0)))

    def _ticked(self, item: QTreeWidgetItem, column: int) -> None:
        head = item.parent()
        if self._waiting or column or head is None:
            return
        facet, value = head.data(0, _KEY), item.data(0, _KEY)
        on = item.checkState(0) == Qt.CheckState.Checked
        wanted = self._filter.toggled(value) if facet == _MARKS else self._filter.with_value(facet, value, on=on)
        self._filter = wanted
        self.remove.hide()  # these are other conditions now
        self._waiting = True
        self._write_counts()
        self._waiting = False
        self.changed.emit(wanted)

    def _set(self, wanted: QueueFilter) -> None:
        self._filter = wanted
        self.remove.hide()
        self._fill()
        self.changed.emit(wanted)


class Chips(QWidget):
    """The conditions in force; a click takes one away. Nothing is shown while there is none."""

    removed = pyqtSignal(str)

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self.hide()

    def show_filter(self, wanted: QueueFilter, batches: Mapping[str, str]) -> None:
        """One chip a condition; long ones are shortened so that all fit the width. `batches`: batch_id -> name."""
        clear_layout(self._layout)
        parts = wanted.parts(batches)
        room = max(60, (self.parentWidget().width() if self.parentWidget() else 340) // max(len(parts), 1) - 30)
        for key, label in parts:
            chip = QToolButton(self)
            metrics = QFontMetrics(chip.font())
            chip.setText(metrics.elidedText(label, Qt.TextElideMode.ElideRight, room) + " ✕")
            chip.setToolTip(self.tr("去掉条件：{}").format(label))
            chip.setAutoRaise(False)
            chip.setMinimumWidth(10)
            describe(chip, self.tr("去掉条件：{}").format(label))
            no_input_method(chip)
            chip.clicked.connect(lambda _checked=False, key=key: self.removed.emit(key))
            self._layout.addWidget(chip)
        self._layout.addStretch(1)
        self.setVisible(bool(parts))
