"""The queue panel: filter, search, list. It keeps the selection by patch, not by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Optional

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QFocusEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QMenu,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..workbench.views import QueueRow
from .compat import describe, line_height, no_input_method
from .filters import Chips, FilterPanel
from .queue_filters import ONLY, PRESETS, SLOW_TESTS, Preset, QueueFilter, from_text, to_text
from .queue_model import ORDERS, QueueModel
from .small_dialogs import ask_text

#: Own presets of the person, JSON (queue_filters.to_text).
OWN_KEY = "weipian/queue_presets"
_MINE = "changed"  # the entry of the combo box while the conditions are no preset


class _Lines(QTableView):
    """The list. While the patch on the panel is not in it, no line is the current one, whoever gets the focus."""

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt name
        """Qt takes the first line where none is current, and the panel would jump to another patch."""
        selection = self.selectionModel()
        none = not self.currentIndex().isValid()
        blocked = selection.blockSignals(True) if none else False
        super().focusInEvent(event)
        if none:
            selection.setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)
            selection.blockSignals(blocked)


class QueuePanel(QWidget):
    """Signals `patch_selected(uid)` when the person picks a line; programmatic selection is silent."""

    patch_selected = pyqtSignal(str)
    filter_changed = pyqtSignal(str)
    #: The order 就近 is asked for; whoever knows the way answers with `set_walk`.
    nearest_requested = pyqtSignal()
    #: All conditions are about to be shown with their counts, those that are worked out in the background too.
    filters_opening = pyqtSignal()

    def __init__(self, parent: Optional[QWidget] = None) -> None:
        super().__init__(parent)
        #: (incomplete, against, left) of a patch, as QueueModel.set_facts takes them; set by who can tell.
        self.facts_for: Optional[Callable[[str], tuple[int, int, int]]] = None
        self._uid = ""
        self._silent = False
        self._own: list[Preset] = []
        self._filter = QueueFilter()
        self._computing = False
        self.model = QueueModel(self)
        self.presets = QComboBox(self)
        describe(self.presets, self.tr("筛选"))
        no_input_method(self.presets)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(self.tr("编号、村、项目"))
        self.search.setClearButtonEnabled(True)
        describe(self.search, self.tr("搜索编号、村、项目、主体，空格隔开多个词"))
        self.table = self._make_table()
        self._empty = QLabel(self)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.hide()
        self._typing = self._timer(150, self._search)
        self._recount = self._timer(60, self._count_some)
        self.chips = Chips(self)
        self.panel = FilterPanel(self.model, self)
        self.filter_button = self._button("▽", self.tr("筛选条件…"))
        self.order_button = self._button("⇅", self.tr("排序"))
        self.order_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.order_button.setMenu(self._order_menu())
        self._lay_out()
        self._load_presets()
        self.presets.currentIndexChanged.connect(self._preset_chosen)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.table.selectionModel().currentRowChanged.connect(self._row_changed)
        self.table.horizontalHeader().sectionClicked.connect(self._header_clicked)
        self.filter_button.clicked.connect(lambda _checked=False: self.open_filters())
        self.panel.changed.connect(self.set_conditions)
        self.panel.save_requested.connect(self.save_preset)
        self.panel.remove_requested.connect(self.remove_preset)
        self.chips.removed.connect(lambda key: self.set_conditions(self._filter.without(key)))

    def _timer(self, delay: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(delay)
        timer.timeout.connect(slot)
        return timer

    def _button(self, mark: str, name: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(mark)
        button.setToolTip(name)
        button.setAutoRaise(True)
        describe(button, name)
        no_input_method(button)
        return button

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(2)
        top.addWidget(self.presets, 5)
        top.addWidget(self.filter_button)
        top.addWidget(self.order_button)
        top.addWidget(self.search, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(top)
        layout.addWidget(self.chips)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._empty)
        self.setMinimumHeight(int(line_height(self) * 5.5))

    def _order_menu(self) -> QMenu:
        menu = QMenu(self)
        for key, label in ORDERS.items():
            action = menu.addAction(label)
            action.setCheckable(True)
            action.setData(key)
            action.triggered.connect(lambda _checked=False, key=key: self.set_order(key))
        menu.addSeparator()
        turned = menu.addAction(self.tr("倒序"))
        turned.setCheckable(True)
        turned.setData("")
        turned.triggered.connect(lambda checked=False: self.set_order(self.model.order()[0], down=checked))
        menu.aboutToShow.connect(self._tick_orders)
        return menu

    def _tick_orders(self) -> None:
        order, down = self.model.order()
        for action in self.order_button.menu().actions():
            action.setChecked(down if action.data() == "" else action.data() == order)

    def _make_table(self) -> QTableView:
        table = _Lines(self)
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setTextElideMode(Qt.TextElideMode.ElideLeft)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setFrameShape(QFrame.Shape.StyledPanel)
        table.setTabKeyNavigation(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(line_height(table) + 5)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(True)
        header.setMinimumSectionSize(10)
        character = table.fontMetrics().horizontalAdvance("国")
        sizes = (character * 3, 0, 0, character * 6, character * 5)
        for column, size in enumerate(sizes):
            if size:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
                header.resizeSection(column, size)
            else:
                header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        describe(table, self.tr("图斑队列"))
        no_input_method(table)
        return table

    # -- rows -----------------------------------------------------------------------------
    def set_rows(self, rows: list[QueueRow], today: str) -> None:
        """Replace the list; the selected patch stays selected and the list where it was scrolled to."""
        self.model.set_today(today)
        self._keeping(lambda: self.model.set_rows(rows))
        self._recount.start()

    def update_row(self, row: QueueRow) -> None:
        """One patch changed; counts follow a moment later so that the next patch is painted first."""
        facts = self.facts_for(row.patch_uid) if self.facts_for is not None and self.model.table.has_facts() else None
        self._keeping(lambda: self.model.update_row(row, facts))
        self._recount.start()

    def change_rows(self, rows: list[QueueRow], removed: Sequence[str] = ()) -> None:
        """Several patches changed, came or went; the filter and the selected patch stay."""
        self._keeping(lambda: self.model.change_rows(rows, removed))
        self._recount.start()

    def set_facts(self, facts: Mapping[str, tuple[int, int, int]], *, computing: bool) -> None:
        """What the background found (QueueModel.set_facts), and whether it is still at work."""
        self._computing = computing
        self._keeping(lambda: self.model.set_facts(facts))
        self.panel.count_again(computing=computing)
        self._recount.start()

    def set_view(self, box: Optional[tuple[float, float, float, float]]) -> None:
        """The map shows another piece of land, lon/lat degrees."""
        self._keeping(lambda: self.model.set_view(box))
        self._recount.start()

    def set_person(self, person: str) -> None:
        """Who 我的 is."""
        self._keeping(lambda: self.model.set_person(person))

    def select(self, uid: str) -> None:
        """Show a patch as the current one without signalling; a filtered-out patch leaves no line marked."""
        self._uid = uid
        self._reselect()
        line = self.model.find(uid)
        if line >= 0:
            self.table.scrollTo(self.model.index(line, 0))

    def selected(self) -> str:
        """uid of the current patch."""
        return self._uid

    # -- filters --------------------------------------------------------------------------
    def set_filter(self, key: str, text: str = "") -> None:
        """Choose a preset and a search text as if the person had."""
        preset = next((p for p in (*PRESETS, *self._own) if p.key == key), None)
        if preset is not None:
            self._set_text(text or preset.filter.text)
            self.set_conditions(preset.filter)

    def set_conditions(self, wanted: QueueFilter) -> None:
        """Narrow the list by these conditions beside the words of the search box."""
        self._filter = replace(wanted, text="")
        self._typing.stop()
        self._apply()
        self._show_preset()

    def current_filter(self) -> QueueFilter:
        """The conditions in force, the words of the search box among them."""
        return replace(self._filter, text=self.search.text().strip())

    def show_only(self, uids: Iterable[str], label: str) -> None:
        """Narrow the list to these patches, named by words of somebody else's."""
        self._set_text("")
        self.set_conditions(QueueFilter(only=frozenset(uids), only_label=label))

    def preset(self) -> str:
        """Key of the preset in force; empty when the conditions are none."""
        key = str(self.presets.currentData())
        return "" if key == _MINE else key

    def open_filters(self) -> None:
        """The panel with all conditions."""
        self.filters_opening.emit()
        self.panel.open_below(self, self._filter, computing=self._computing, own=self.preset().startswith("own:"))

    def save_preset(self, name: str = "") -> None:
        """Keep the conditions in force under a name of the person's; the same name replaces."""
        self.panel.close()
        name = name or (ask_text(self, self.tr("存为常用筛选"), self.tr("名称")) or "").strip()
        if not name:
            return
        self._own = [p for p in self._own if p.label != name]
        self._own.append(Preset(f"own:{name}", name, self.current_filter().without(ONLY), own=True))
        self._keep_presets()

    def remove_preset(self) -> None:
        """Forget the own preset in force; its conditions stay."""
        self.panel.close()
        key = self.preset()
        self._own = [p for p in self._own if p.key != key]
        self._keep_presets()

    def _keep_presets(self) -> None:
        QgsSettings().setValue(OWN_KEY, to_text(self._own))
        self._load_presets()
        self._show_preset()
        self._recount.start()

    def _load_presets(self) -> None:
        self._own = from_text(str(QgsSettings().value(OWN_KEY, "") or ""))
        self._silent = True
        self.presets.clear()
        for preset in (*PRESETS, *self._own):
            self.presets.addItem(("★ " if preset.own else "") + preset.label, preset.key)
        self.presets.setMaxVisibleItems(self.presets.count() + 1)
        self._silent = False

    def _show_preset(self) -> None:
        """The preset that has exactly these conditions, else an entry for the conditions as they are."""
        self._silent = True
        at = self.presets.findData(_MINE)
        if at >= 0:
            self.presets.removeItem(at)
        found = [p for p in (*PRESETS, *self._own) if self._same(p)]
        if found:
            self.presets.setCurrentIndex(self.presets.findData(found[0].key))
        else:
            name = self._filter.only_label or self.tr("自选条件")
            self.presets.addItem(f"{name}（{self.model.rowCount()}）", _MINE)
            self.presets.setCurrentIndex(self.presets.count() - 1)
        self._silent = False
        self.chips.show_filter(QueueFilter() if found else self._filter, self.panel.batch_names)
        self.filter_button.setText("▽" if found else f"▼{len(self._filter.parts())}")

    def _same(self, preset: Preset) -> bool:
        wanted = preset.filter
        text = not wanted.text or wanted.text == self.search.text().strip()
        same = wanted.tests == self._filter.tests and dict(wanted.values) == dict(self._filter.values)
        return same and text and not self._filter.only

    def refresh_counts(self) -> None:
        """Write the counts behind the presets."""
        counts = self.model.counts()
        known = {preset.key: preset for preset in (*PRESETS, *self._own)}
        for i in range(self.presets.count()):
            preset = known.get(str(self.presets.itemData(i)))
            if preset is None:
                continue
            count = counts[preset.key] if preset.key in counts else self.model.count(preset.filter)
            more = self.tr("，正在计算") if self._computing and preset.filter.tests & SLOW_TESTS else ""
            self.presets.setItemText(i, f"{'★ ' if preset.own else ''}{preset.label}（{count}{more}）")

    def _count_some(self) -> None:
        """One preset a turn of the event loop, so that no key waits; written when all are counted."""
        if self.model.count_next():
            QTimer.singleShot(0, self._count_some)
        else:
            self.refresh_counts()

    def _preset_chosen(self, _index: int = 0) -> None:
        key = self.preset()
        if not self._silent and key:
            self.set_filter(key, self.search.text() if not key.startswith("own:") else "")

    def _set_text(self, text: str) -> None:
        self._silent = True
        self.search.setText(text)
        self._silent = False
        self._typing.stop()

    def _search(self) -> None:
        if not self._silent:
            self._apply()

    def _apply(self) -> None:
        wanted = self._filter
        self._keeping(lambda: self.model.set_filter(wanted, self.search.text()))
        if self.model.order()[0] == "nearest":
            self.nearest_requested.emit()
        self.filter_changed.emit(self.preset())

    # -- orders ---------------------------------------------------------------------------
    def set_order(self, order: str, *, down: bool = False) -> None:
        """Sort by a key of ORDERS, `down` turned round; 就近 asks for its way first."""
        if order == "nearest":
            self.model.set_order("nearest", down=down, walk={})
            self.nearest_requested.emit()
        else:
            self._keeping(lambda: self.model.set_order(order, down=down))
        self._show_order()

    def set_walk(self, walk: Mapping[str, int]) -> None:
        """The way of the order 就近: uid -> step."""
        order, down = self.model.order()
        if order == "nearest":
            self._keeping(lambda: self.model.set_order("nearest", down=down, walk=walk))

    def _header_clicked(self, section: int) -> None:
        order, down = self.model.order()
        wanted = QueueModel.HEADER_ORDERS[section]
        self.set_order(wanted, down=not down if wanted == order else wanted == "area")

    def _show_order(self) -> None:
        order, down = self.model.order()
        header = self.table.horizontalHeader()
        shown = order in QueueModel.HEADER_ORDERS
        header.setSortIndicatorShown(shown)
        if shown:
            turn = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(QueueModel.HEADER_ORDERS.index(order), turn)
        name = ORDERS[order] + (self.tr("，倒序") if down else "")
        self.order_button.setToolTip(self.tr("排序：{}").format(name))

    # -- inside ---------------------------------------------------------------------------
    def _keeping(self, change: Callable[[], None]) -> None:
        """Change the model so that the same lines stay in the same places on the screen as far as they are there."""
        bar = self.table.verticalScrollBar()
        top = bar.value()
        line = self.model.find(self._uid)
        page = max(bar.pageStep(), 1)
        current = top <= line < top + page
        anchor, offset = (self._uid, line - top) if current else (self.model.uid_at(top), 0)
        self._silent = True
        change()
        self._silent = False
        empty = self.model.rowCount() == 0
        self._empty.setText(self.tr("没有符合条件的图斑。可换一个筛选，或清空搜索。") if self.model.rows else "")
        self._empty.setVisible(empty and bool(self.model.rows))
        self._reselect()
        at = self.model.place(anchor)
        wanted = at - offset if at >= 0 else top
        if bar.value() != wanted or bar.maximum() < wanted:
            self.table.doItemsLayout()
            bar.setValue(max(0, wanted))

    def _reselect(self) -> None:
        line = self.model.find(self._uid)
        selection = self.table.selectionModel()
        self._silent = True
        if line < 0:
            selection.clearSelection()
            selection.setCurrentIndex(QModelIndex(), QItemSelectionModel.SelectionFlag.NoUpdate)
        elif selection.currentIndex().row() != line or not selection.isRowSelected(line, QModelIndex()):
            bar = self.table.verticalScrollBar()
            at = bar.value()
            index = self.model.index(line, 0)
            flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            selection.setCurrentIndex(index, flags)
            bar.setValue(at)  # the view follows its current line; whoever wants that asks for it
        self._silent = False

    def _row_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if self._silent or not current.isValid():
            return
        self._uid = self.model.uid_at(current.row())
        self.patch_selected.emit(self._uid)
